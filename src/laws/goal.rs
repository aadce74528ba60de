//! The parts of a goal add up to it, its paths and ratios reach it.

use super::{Broken, hold};
use crate::goal::GrowthReading;
use crate::quantity::Quantity;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// The parts of a goal add up to it exactly. No parts add up to 0.
///
/// # Errors
/// [`Broken`], with the parts, their sum and the goal.
///
/// # Examples
/// ```
/// use marketloop::laws::cascade_adds_up;
/// use marketloop::strategies::cascades;
/// use proptest::prelude::*;
///
/// proptest!(|(year in cascades())| cascade_adds_up(year.total(), year.parts().iter().map(|(_, part)| part))?);
/// ```
pub fn cascade_adds_up<'a>(
    total: &Quantity,
    parts: impl IntoIterator<Item = &'a Quantity>,
) -> Result<(), Broken> {
    const LAW: &str = "cascade_adds_up";
    let parts: Vec<&Quantity> = parts.into_iter().collect();
    let none = Quantity::new(Decimal::ZERO, total.unit().clone());
    match parts.iter().try_fold(none, |sum, part| sum.plus(part)) {
        Ok(sum) => hold(LAW, sum == *total, || {
            format!("the parts [{}] add up to {sum}, not to {total}", written(&parts))
        }),
        Err(error) => {
            Err(Broken::new(LAW, format_args!("the parts [{}] do not add up: {error}", written(&parts))))
        }
    }
}

fn written(parts: &[&Quantity]) -> String {
    parts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// What is to be reached by the end of each part is the sum of the parts up to it, itself included.
///
/// # Errors
/// [`Broken`], with the part at which the sums differ.
///
/// # Examples
/// ```
/// use marketloop::laws::running_sums_follow_the_parts;
/// use marketloop::strategies::cascades;
/// use proptest::prelude::*;
///
/// proptest!(|(year in cascades())| {
///     let parts = year.parts().iter().map(|(_, part)| part);
///     running_sums_follow_the_parts(parts, &year.cumulative().unwrap())?;
/// });
/// ```
pub fn running_sums_follow_the_parts<'a>(
    parts: impl IntoIterator<Item = &'a Quantity>,
    sums: &[Quantity],
) -> Result<(), Broken> {
    const LAW: &str = "running_sums_follow_the_parts";
    let parts: Vec<&Quantity> = parts.into_iter().collect();
    hold(LAW, parts.len() == sums.len(), || format!("{} parts have {} sums", parts.len(), sums.len()))?;
    let mut before: Option<&Quantity> = None;
    for (index, (part, sum)) in parts.iter().zip(sums).enumerate() {
        let expected = match before.map_or_else(|| Ok((*part).clone()), |before| before.plus(part)) {
            Ok(expected) => expected,
            Err(error) => return Err(Broken::new(LAW, format_args!("part {index}: {error}"))),
        };
        hold(LAW, *sum == expected, || format!("by the end of part {index} {sum} is told, not {expected}"))?;
        before = Some(sum);
    }
    Ok(())
}

/// The flows of a path add up to its goal, and the last level of a stock is its goal, but for the rounding of floats.
///
/// # Errors
/// [`Broken`], with what the path reaches and its goal; also of a path without a level.
///
/// # Examples
/// ```
/// use marketloop::laws::path_reaches_its_goal;
/// use marketloop::strategies::growths;
/// use proptest::prelude::*;
/// use rust_decimal::dec;
///
/// proptest!(|(growth in growths(), periods in 1_u32..24)| {
///     let path = growth.stock_compounding(dec!(1000), periods).unwrap();
///     path_reaches_its_goal(path.reading(), path.levels(), path.goal())?;
/// });
/// ```
pub fn path_reaches_its_goal(reading: GrowthReading, levels: &[f64], goal: Decimal) -> Result<(), Broken> {
    const LAW: &str = "path_reaches_its_goal";
    let is_flow = matches!(
        reading,
        GrowthReading::FlowSameRate | GrowthReading::FlowSteadyFromLast | GrowthReading::FlowSeasonalTrend
    );
    let Some(last) = levels.last().copied() else {
        return Err(Broken::new(LAW, format_args!("no level is read as {reading}, and {goal} is the goal")));
    };
    // A level that is no number would be passed over on the way.
    hold(LAW, levels.iter().all(|level| level.is_finite()), || format!("{levels:?} are not all numbers"))?;
    let reached = if is_flow { levels.iter().sum() } else { last };
    let goal = crate::quantity::Ratio::from(goal).to_f64();
    // A goal of nearly nothing is as far as the digits of what it came from reach.
    let size = levels.iter().fold(goal.abs(), |size, level| size.max(level.abs()));
    hold(LAW, (reached - goal).abs() <= 1e-9 * size, || {
        format!("{levels:?} read as {reading} reach {reached}, not {goal}")
    })
}

/// The ratios of the periods, weighted by their denominators, make the target of the whole, but for the rounding of floats.
///
/// # Errors
/// [`Broken`], with the ratios and what they make of the whole.
///
/// # Examples
/// ```
/// use marketloop::goal::{RatioCascade, RatioSpread};
/// use marketloop::laws::ratios_reach_their_target;
/// use marketloop::strategies::ratio_histories;
/// use proptest::prelude::*;
/// use rust_decimal::dec;
///
/// proptest!(|(year in ratio_histories())| {
///     if let Ok(next) = RatioCascade::spread(year.iter().copied(), dec!(0.03), RatioSpread::LogitShift) {
///         let visitors: Vec<f64> = year.iter().map(|(_, visitors)| f64::from(*visitors)).collect();
///         ratios_reach_their_target(next.ratios(), &visitors, 0.03)?;
///     }
/// });
/// ```
pub fn ratios_reach_their_target(ratios: &[f64], denominators: &[f64], target: f64) -> Result<(), Broken> {
    const LAW: &str = "ratios_reach_their_target";
    hold(LAW, ratios.len() == denominators.len(), || {
        format!("{} ratios have {} denominators", ratios.len(), denominators.len())
    })?;
    let weighted: f64 = ratios.iter().zip(denominators).map(|(ratio, of)| ratio * of).sum();
    let whole = weighted / denominators.iter().sum::<f64>();
    hold(LAW, (whole - target).abs() <= 1e-12, || {
        format!("{ratios:?} of {denominators:?} make {whole} of the whole, not {target}")
    })
}
