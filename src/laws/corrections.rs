//! Corrections for many tests, intervals that agree with them, and sizes that find their effects.

use super::{Broken, hold};
use crate::figure::Interval;
use alloc::format;

/// Corrected p-values are probabilities in the order of the raw ones, and none is smaller than its own.
///
/// # Errors
/// [`Broken`], with the p-values.
///
/// # Examples
/// ```
/// use marketloop::laws::corrected_p_values_keep_their_order;
/// use marketloop::stats::Correction;
/// use marketloop::strategies::p_values;
/// use proptest::prelude::*;
///
/// proptest!(|(p in p_values())| {
///     corrected_p_values_keep_their_order(&p, &Correction::Hommel.adjusted(&p).unwrap())?;
/// });
/// ```
pub fn corrected_p_values_keep_their_order(p: &[f64], adjusted: &[f64]) -> Result<(), Broken> {
    const LAW: &str = "corrected_p_values_keep_their_order";
    hold(LAW, p.len() == adjusted.len(), || format!("{p:?} are corrected to {adjusted:?}"))?;
    for (at, (one, corrected)) in p.iter().zip(adjusted).enumerate() {
        // What rounding may take from a product by 1.
        let within = *corrected <= 1.0 && *corrected >= one * (1.0 - 1e-14);
        hold(LAW, within, || format!("the p-value {one} is corrected to {corrected}"))?;
        let ordered = p
            .iter()
            .zip(adjusted)
            .take(at)
            .all(|(other, its)| (one > other || corrected <= its) && (one < other || corrected >= its));
        hold(LAW, ordered, || format!("{p:?} are corrected to {adjusted:?}, in another order"))?;
    }
    Ok(())
}

/// The interval of an effect leaves 0 out where its adjusted p-value is below one less the level, and nowhere else; at a
/// tie, either. What has no interval was not selected: its p-value is not below.
///
/// # Errors
/// [`Broken`], with the effect.
///
/// # Examples
/// ```
/// use marketloop::laws::intervals_agree_with_p_values;
/// use marketloop::stats::{Alternative, Correction, MatchingBounds};
/// use marketloop::strategies::effect_estimates;
/// use proptest::prelude::*;
///
/// proptest!(|(effects in effect_estimates())| {
///     let p = effects.iter().map(|effect| effect.p_value(Alternative::TwoSided).get().unwrap());
///     let adjusted = Correction::Bonferroni.adjusted(&p.collect::<Vec<f64>>()).unwrap();
///     let ranges = MatchingBounds::Bonferroni.intervals(&effects, 0.95).unwrap();
///     intervals_agree_with_p_values(0.95, &adjusted, &ranges)?;
/// });
/// ```
pub fn intervals_agree_with_p_values(
    level: f64,
    adjusted: &[f64],
    intervals: &[Option<Interval<f64>>],
) -> Result<(), Broken> {
    const LAW: &str = "intervals_agree_with_p_values";
    hold(LAW, adjusted.len() == intervals.len(), || {
        format!("{} p-values have {} intervals", adjusted.len(), intervals.len())
    })?;
    for (at, (p, interval)) in adjusted.iter().zip(intervals).enumerate() {
        let beyond = interval.as_ref().is_some_and(|range| range.low() >= 0.0 || range.high() <= 0.0);
        let tie = (p - (1.0 - level)).abs() < 1e-12;
        hold(LAW, tie || beyond == (*p < 1.0 - level), || {
            format!("effect {at} has the p-value {p} and the interval {interval:?} at {level}")
        })?;
    }
    Ok(())
}

/// Larger tests never find an effect less often, and one of the size for the effect finds it as often as planned: no less by
/// 1e-6, and no more by 0.001, since sizes of two-sided tests leave the other side out.
///
/// `found` are powers in the order of sizes that rise, the planned size among them at `planned`.
///
/// # Errors
/// [`Broken`], with the powers.
///
/// # Examples
/// ```
/// use marketloop::laws::power_grows_to_what_was_planned;
/// use marketloop::stats::MeanTest;
/// use marketloop::strategies::test_designs;
/// use proptest::prelude::*;
///
/// proptest!(|(design in test_designs())| {
///     let (variances, test) = ((1.0, 2.0), MeanTest::Normal);
///     let size = design.size_for_means(0.1, variances, test).unwrap();
///     let power = |times| design.power_for_means(0.1, variances, size.times(times).unwrap(), test).unwrap();
///     power_grows_to_what_was_planned(design.power(), 1, &[power(0.5), power(1.0), power(2.0)])?;
/// });
/// ```
pub fn power_grows_to_what_was_planned(power: f64, planned: usize, found: &[f64]) -> Result<(), Broken> {
    const LAW: &str = "power_grows_to_what_was_planned";
    let within = found.iter().all(|power| (0.0..=1.0).contains(power));
    let grows = found.iter().zip(found.iter().skip(1)).all(|(smaller, larger)| *larger >= smaller - 1e-12);
    hold(LAW, within && grows, || format!("with the size the power is {found:?}"))?;
    let at = found.get(planned).copied();
    hold(LAW, at.is_some_and(|found| (-1e-6..=1e-3).contains(&(found - power))), || {
        format!("a power of {power} was planned, and {at:?} found")
    })
}
