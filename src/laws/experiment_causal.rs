//! Effects without randomisation that depend on what they should, and weights that no exchange makes better.

use super::{Broken, hold};
use alloc::format;
use alloc::vec::Vec;

/// What rounding may move an effect by, as a share of the largest outcome.
const SLACK: f64 = 1e-9;

/// An effect beside a control is moved by neither of what does no harm to it: a level of each unit that stays the same,
/// and a movement in time that all units share.
///
/// `effect` takes treated rows, control rows and the periods before the start.
///
/// # Errors
/// [`Broken`], with both effects.
///
/// # Examples
/// ```
/// use marketloop::experiment::DifferenceInDifferences;
/// use marketloop::laws::effect_ignores_levels_and_shared_movement;
/// use marketloop::strategies::unit_series;
/// use proptest::prelude::*;
///
/// proptest!(|((treated, control, pre) in unit_series())| {
///     let effect = |t: &[Vec<f64>], c: &[Vec<f64>], pre| DifferenceInDifferences::of(t, c, pre).unwrap().effect();
///     effect_ignores_levels_and_shared_movement(effect, &treated, &control, pre)?;
/// });
/// ```
pub fn effect_ignores_levels_and_shared_movement(
    effect: impl Fn(&[Vec<f64>], &[Vec<f64>], usize) -> f64,
    treated: &[Vec<f64>],
    control: &[Vec<f64>],
    pre: usize,
) -> Result<(), Broken> {
    const LAW: &str = "effect_ignores_levels_and_shared_movement";
    // Whole numbers that repeat after a prime number of units or periods.
    let steps = |start: u32| (0_u32..7).cycle().skip(usize::try_from(start % 7).unwrap_or(0));
    let moved = |rows: &[Vec<f64>], first: u32| -> Vec<Vec<f64>> {
        let levels = steps(first).map(|step| 5.0 * f64::from(step) - 11.0);
        let one = |(row, level): (&Vec<f64>, f64)| {
            let shared = steps(2).map(f64::from).map(|step| step * step - 2.5 * step);
            row.iter().zip(shared).map(|(value, shared)| value + level + shared).collect()
        };
        rows.iter().zip(levels).map(one).collect()
    };
    let before = effect(treated, control, pre);
    let after = effect(&moved(treated, 1), &moved(control, 4), pre);
    hold(LAW, (after - before).abs() <= SLACK * (largest(treated, control) + 100.0), || {
        format!(
            "the effect on {treated:?} beside {control:?} is {before}, and {after} when all have moved alike"
        )
    })
}

/// What is treated and what is control is a name: swapped, the effect is the same the other way round.
///
/// `effect` takes treated rows, control rows and the periods before the start.
///
/// # Errors
/// [`Broken`], with both effects.
///
/// # Examples
/// ```
/// use marketloop::experiment::DifferenceInDifferences;
/// use marketloop::laws::swapped_arms_negate_the_effect;
/// use marketloop::strategies::unit_series;
/// use proptest::prelude::*;
///
/// proptest!(|((treated, control, pre) in unit_series())| {
///     let effect = |t: &[Vec<f64>], c: &[Vec<f64>], pre| DifferenceInDifferences::of(t, c, pre).unwrap().effect();
///     swapped_arms_negate_the_effect(effect, &treated, &control, pre)?;
/// });
/// ```
pub fn swapped_arms_negate_the_effect(
    effect: impl Fn(&[Vec<f64>], &[Vec<f64>], usize) -> f64,
    treated: &[Vec<f64>],
    control: &[Vec<f64>],
    pre: usize,
) -> Result<(), Broken> {
    let (there, back) = (effect(treated, control, pre), effect(control, treated, pre));
    hold(
        "swapped_arms_negate_the_effect",
        (there + back).abs() <= SLACK * largest(treated, control).max(1e-300),
        || format!("the effect on {treated:?} beside {control:?} is {there}, and {back} the other way round"),
    )
}

/// The weights of a mix of donors are not below 0, add up to 1, and no exchange of weight between two donors brings the
/// mix nearer to the treated unit before the start. That is a certificate: where no exchange helps, nothing does.
///
/// `treated` and the rows of `donors` are the periods before the start.
///
/// # Errors
/// [`Broken`], with the weights and the exchange that helps.
///
/// # Examples
/// ```
/// use marketloop::experiment::SyntheticControl;
/// use marketloop::laws::no_exchange_of_weight_fits_better;
/// use marketloop::strategies::unit_series;
/// use proptest::prelude::*;
///
/// proptest!(|((treated, donors, pre) in unit_series())| {
///     let control = SyntheticControl::of(&treated[0], &donors, pre).unwrap();
///     if let Some(weights) = control.weights().as_ref().known() {
///         let donors: Vec<&[f64]> = donors.iter().map(|donor| &donor[..pre]).collect();
///         no_exchange_of_weight_fits_better(weights, &treated[0][..pre], &donors)?;
///     }
/// });
/// ```
pub fn no_exchange_of_weight_fits_better<D: AsRef<[f64]>>(
    weights: &[f64],
    treated: &[f64],
    donors: &[D],
) -> Result<(), Broken> {
    const LAW: &str = "no_exchange_of_weight_fits_better";
    let donors: Vec<&[f64]> = donors.iter().map(AsRef::as_ref).collect();
    hold(LAW, weights.len() == donors.len(), || {
        format!("{} weights for {} donors", weights.len(), donors.len())
    })?;
    let all: f64 = weights.iter().sum();
    hold(LAW, (all - 1.0).abs() <= SLACK && weights.iter().all(|weight| *weight >= 0.0), || {
        format!("the weights {weights:?} are no shares of a whole")
    })?;
    let mut gap: Vec<f64> = treated.to_vec();
    for (donor, weight) in donors.iter().zip(weights) {
        gap.iter_mut().zip(*donor).for_each(|(gap, value)| *gap -= weight * value);
    }
    // What is gained is a part of the distance of the farthest donor: that is the size of the problem.
    let distance = |donor: &&[f64]| donor.iter().zip(treated).map(|(a, b)| (a - b) * (a - b)).sum::<f64>();
    let farthest = donors.iter().map(distance).fold(0.0_f64, f64::max);
    for (from, weight) in donors.iter().zip(weights).filter(|(_, weight)| **weight > 0.0) {
        for to in &donors {
            let step = || to.iter().zip(*from).map(|(to, from)| to - from);
            let (along, length): (f64, f64) = gap
                .iter()
                .zip(step())
                .fold((0.0, 0.0), |(along, length), (gap, step)| (along + gap * step, length + step * step));
            let moved = if length > 0.0 { (along / length).clamp(0.0, *weight) } else { 0.0 };
            let gain = moved * (2.0 * along - moved * length);
            hold(LAW, gain <= SLACK * farthest, || {
                format!(
                    "of {weights:?}, {moved} moved from {from:?} to {to:?} fits {treated:?} better by {gain}"
                )
            })?;
        }
    }
    Ok(())
}

fn largest(treated: &[Vec<f64>], control: &[Vec<f64>]) -> f64 {
    treated.iter().chain(control).flatten().fold(0.0_f64, |largest, value| largest.max(value.abs()))
}
