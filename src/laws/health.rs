//! Health scores: means that stay within their parts, contributions that make the score, calm lights.

use super::{Broken, hold};
use crate::health::Score;
use crate::quantity::{Ratio, Rounding};
use crate::target::Light;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// What a mean of floats may miss.
const SLACK: f64 = 1e-12;

/// A score lies between the least and the greatest of its parts, up to 1e-12.
///
/// # Errors
/// [`Broken`], with the score and the parts; also where there are no parts to have a score of.
///
/// # Examples
/// ```
/// use marketloop::laws::score_lies_within_its_parts;
/// use marketloop::strategies::health_matrices;
/// use proptest::prelude::*;
///
/// proptest!(|(matrix in health_matrices().without_missing())| {
///     let assessment = matrix.assess().unwrap();
///     let parts = assessment.readings().filter_map(|reading| reading.score().known());
///     score_lies_within_its_parts(assessment.score().known().unwrap(), parts)?;
/// });
/// ```
pub fn score_lies_within_its_parts(
    score: Score,
    parts: impl IntoIterator<Item = Score>,
) -> Result<(), Broken> {
    let parts: Vec<Score> = parts.into_iter().collect();
    let (score, least, greatest) = parts
        .iter()
        .map(Score::to_f64)
        .fold((score.to_f64(), f64::INFINITY, f64::NEG_INFINITY), |(score, least, greatest), part| {
            (score, least.min(part), greatest.max(part))
        });
    hold("score_lies_within_its_parts", (least - SLACK..=greatest + SLACK).contains(&score), || {
        format!("{score} of [{}]", listed(&parts))
    })
}

/// A mean does not fall where one of its parts rises by `by`, up to 1e-12; `None` stands for no mean.
///
/// Parts have no mean where a weight is below 0 or none is above it, and need not have one where a score is below 0. An
/// exact score that rises beyond 128 bits rises as a float.
///
/// # Errors
/// [`Broken`], with the parts and both means; also where parts that have a mean are given none, and where the part that
/// rises is not there.
///
/// # Examples
/// ```
/// use marketloop::health::{Aggregation, Score};
/// use marketloop::laws::mean_is_monotone;
/// use rust_decimal::dec;
///
/// let parts = [(dec!(2), Score::from(dec!(0.5))), (dec!(1), Score::from(dec!(0.9)))];
/// mean_is_monotone(|parts| Aggregation::Geometric.aggregate(parts).ok(), &parts, 0, dec!(0.1))?;
///
/// let spread = |parts: &[(_, Score)]| Score::estimate(parts[1].1.to_f64() - parts[0].1.to_f64()).known();
/// assert!(mean_is_monotone(spread, &parts, 0, dec!(0.1)).is_err());
/// # Ok::<(), marketloop::laws::Broken>(())
/// ```
pub fn mean_is_monotone(
    mean: impl Fn(&[(Decimal, Score)]) -> Option<Score>,
    parts: &[(Decimal, Score)],
    raised: usize,
    by: Decimal,
) -> Result<(), Broken> {
    const LAW: &str = "mean_is_monotone";
    let mut better = parts.to_vec();
    let Some((_, score)) = better.get_mut(raised) else {
        return Err(Broken::new(LAW, format_args!("[{}] has no part {raised}", weighted(parts))));
    };
    let by = Ratio::from(by.abs());
    let exact = score.ratio().and_then(|score| score.plus(by).ok()).map(Score::from);
    let higher = exact.or_else(|| Score::estimate(score.to_f64() + by.to_f64()).known());
    *score = higher.ok_or_else(|| Broken::new(LAW, format_args!("{score} and {by} are no score")))?;
    match (mean(parts), mean(&better)) {
        (Some(before), Some(after)) => hold(LAW, after.to_f64() >= before.to_f64() - SLACK, || {
            format!("{before} of [{}], and {after} with part {raised} raised by {by}", weighted(parts))
        }),
        // A score that is no longer below 0 may give its parts a mean.
        (before, after) => {
            let gained = before.is_none() && after.is_some() && !has_mean(parts) && has_mean(&better);
            let neither = before.is_none() && after.is_none() && !has_mean(&better);
            hold(LAW, gained || neither, || {
                let has = |mean: Option<Score>| if mean.is_some() { "a" } else { "no" };
                let (before, after) = (has(before), has(after));
                format!(
                    "[{}] has {before} mean, and {after} mean with part {raised} raised by {by}",
                    weighted(parts)
                )
            })
        }
    }
}

/// A part of weight 3 counts as three parts of weight 1, up to 1e-12.
///
/// Parts have no mean where no weight is above 0, and need not have one where a score is below 0.
///
/// # Errors
/// [`Broken`], with the parts and both means; also where parts that have a mean are given none.
///
/// # Examples
/// ```
/// use marketloop::health::{Aggregation, Score};
/// use marketloop::laws::weight_counts_as_so_many_parts;
/// use rust_decimal::dec;
///
/// let parts = [(3, Score::from(dec!(0.5))), (1, Score::from(dec!(0.9)))];
/// weight_counts_as_so_many_parts(|parts| Aggregation::Harmonic.aggregate(parts).ok(), &parts)?;
/// # Ok::<(), marketloop::laws::Broken>(())
/// ```
pub fn weight_counts_as_so_many_parts(
    mean: impl Fn(&[(Decimal, Score)]) -> Option<Score>,
    parts: &[(u8, Score)],
) -> Result<(), Broken> {
    const LAW: &str = "weight_counts_as_so_many_parts";
    let once: Vec<_> = parts.iter().map(|(weight, score)| (Decimal::from(*weight), *score)).collect();
    let repeated = parts.iter().flat_map(|(weight, score)| (0..*weight).map(|_| (Decimal::ONE, *score)));
    match (mean(&once), mean(&repeated.collect::<Vec<_>>())) {
        (Some(whole), Some(parted)) => hold(LAW, (whole.to_f64() - parted.to_f64()).abs() <= SLACK, || {
            format!("{whole} of [{}], and {parted} of each part as often as its weight says", weighted(&once))
        }),
        (whole, parted) => hold(LAW, whole.is_none() && parted.is_none() && !has_mean(&once), || {
            format!("[{}], or each part as often as its weight says, has no mean", weighted(&once))
        }),
    }
}

/// The contributions of the indicators add up to the score, itself rounded once to `scale` decimals.
///
/// # Errors
/// [`Broken`], with the contributions, their sum and the rounded score.
///
/// # Examples
/// ```
/// use marketloop::laws::contributions_make_the_score;
/// use marketloop::quantity::Rounding;
/// use marketloop::strategies::health_matrices;
/// use proptest::prelude::*;
///
/// proptest!(|(matrix in health_matrices().without_missing())| {
///     let assessment = matrix.assess().unwrap();
///     let why = assessment.contributions((4, Rounding::HalfEven)).unwrap();
///     let values = why.parts().iter().map(|part| part.value);
///     contributions_make_the_score(assessment.score().known().unwrap(), 4, values)?;
/// });
/// ```
pub fn contributions_make_the_score(
    score: Score,
    scale: u32,
    contributions: impl IntoIterator<Item = Decimal>,
) -> Result<(), Broken> {
    const LAW: &str = "contributions_make_the_score";
    let contributions: Vec<Decimal> = contributions.into_iter().collect();
    let total = score
        .round((scale, Rounding::HalfEven))
        .map_err(|error| Broken::new(LAW, format_args!("{score} is not rounded: {error}")))?;
    let sum = contributions.iter().try_fold(Decimal::ZERO, |sum, value| sum.checked_add(*value));
    hold(LAW, sum == Some(total), || {
        let values = contributions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        match sum {
            Some(sum) => format!("the contributions [{values}] add up to {sum}, not to {total}"),
            None => format!("the contributions [{values}] have no sum"),
        }
    })
}

/// A light is kept while a value within `margin` of the own one would have it without a memory, and left beyond.
///
/// Where a value at the margin needs more than 128 bits, the law says nothing.
///
/// # Errors
/// [`Broken`], with the value, the light before and the one that was told.
///
/// # Examples
/// ```
/// use marketloop::laws::hysteresis_holds_near_an_edge;
/// use marketloop::quantity::Ratio;
/// use marketloop::target::{Bands, Light, Threshold};
/// use rust_decimal::dec;
///
/// let plain = Bands::lights(Threshold::at_or_above(dec!(0.8)), Threshold::at_or_above(dec!(1)))?;
/// let calm = plain.clone().with_hysteresis(dec!(0.05))?;
/// let (margin, value) = (Ratio::from(dec!(0.05)), Ratio::from(dec!(0.97)));
/// let next = *calm.classify_after(&Light::Green, value);
/// hysteresis_holds_near_an_edge(|value| *plain.classify(value), margin, Light::Green, value, next)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn hysteresis_holds_near_an_edge(
    plain: impl Fn(Ratio) -> Light,
    margin: Ratio,
    before: Light,
    value: Ratio,
    next: Light,
) -> Result<(), Broken> {
    let (Ok(low), Ok(high)) = (value.minus(margin), value.plus(margin)) else { return Ok(()) };
    let kept = (plain(low)..=plain(high)).contains(&before);
    hold("hysteresis_holds_near_an_edge", kept == (next == before), || {
        format!("{value} after {before}, with a margin of {margin}, is {next}")
    })
}

/// Whether parts have a mean of any kind.
fn has_mean(parts: &[(Decimal, Score)]) -> bool {
    parts.iter().all(|(weight, score)| *weight >= Decimal::ZERO && score.to_f64() >= 0.0)
        && parts.iter().any(|(weight, _)| *weight > Decimal::ZERO)
}

fn listed(parts: &[Score]) -> String {
    parts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn weighted(parts: &[(Decimal, Score)]) -> String {
    parts.iter().map(|(weight, score)| format!("{weight} × {score}")).collect::<Vec<_>>().join(", ")
}
