//! Intervals that hold their estimate, moments that are those of their sample.

use super::{Broken, hold};
use crate::figure::Interval;
use crate::stats::Moments;
use alloc::format;
use alloc::vec::Vec;

/// What rounding may move an end by.
const SLACK: f64 = 1e-13;

/// The interval of a rate lies in 0 to 1 and holds the rate as counted.
///
/// Not for Jeffreys' interval at a low level: it is drawn to the middle of the posterior.
///
/// # Errors
/// [`Broken`], with the interval and the rate.
///
/// # Examples
/// ```
/// use marketloop::laws::interval_contains_its_rate;
/// use marketloop::stats::{IntervalMethod, interval};
/// use marketloop::strategies::success_counts;
/// use proptest::prelude::*;
///
/// proptest!(|((successes, trials) in success_counts())| {
///     let range = interval(successes, trials, 0.9, IntervalMethod::Wilson).unwrap();
///     interval_contains_its_rate(&range, successes, trials)?;
/// });
/// ```
pub fn interval_contains_its_rate(
    interval: &Interval<f64>,
    successes: u64,
    trials: u64,
) -> Result<(), Broken> {
    let rate = rate(successes, trials);
    let within = 0.0 <= interval.low() && interval.high() <= 1.0;
    let holds = interval.low() <= rate + SLACK && rate <= interval.high() + SLACK;
    hold("interval_contains_its_rate", within && holds, || {
        format!("{successes} of {trials}, a rate of {rate}, in {interval}")
    })
}

/// The interval of the failures is that of the successes, mirrored in one half.
///
/// # Errors
/// [`Broken`], with both intervals.
///
/// # Examples
/// ```
/// use marketloop::laws::interval_of_the_failures_is_the_mirror_image;
/// use marketloop::stats::{IntervalMethod, interval};
/// use marketloop::strategies::success_counts;
/// use proptest::prelude::*;
///
/// proptest!(|((successes, trials) in success_counts())| {
///     let of = |count| interval(count, trials, 0.95, IntervalMethod::Jeffreys).unwrap();
///     interval_of_the_failures_is_the_mirror_image(&of(successes), &of(trials - successes))?;
/// });
/// ```
pub fn interval_of_the_failures_is_the_mirror_image(
    of_successes: &Interval<f64>,
    of_failures: &Interval<f64>,
) -> Result<(), Broken> {
    let low = (of_successes.low() + of_failures.high() - 1.0).abs() <= SLACK;
    let high = (of_successes.high() + of_failures.low() - 1.0).abs() <= SLACK;
    hold("interval_of_the_failures_is_the_mirror_image", low && high, || {
        format!("{of_successes} of the successes, and {of_failures} of the failures")
    })
}

/// A higher level never makes an interval narrower.
///
/// # Errors
/// [`Broken`], with both intervals.
///
/// # Examples
/// ```
/// use marketloop::laws::interval_grows_with_its_level;
/// use marketloop::stats::DifferenceMethod;
/// use marketloop::strategies::two_proportions;
/// use proptest::prelude::*;
///
/// proptest!(|(rates in two_proportions())| {
///     let at = |level| rates.interval(level, DifferenceMethod::Newcombe).unwrap();
///     interval_grows_with_its_level(&at(0.8), &at(0.95))?;
/// });
/// ```
pub fn interval_grows_with_its_level(lower: &Interval<f64>, higher: &Interval<f64>) -> Result<(), Broken> {
    let grows = higher.low() <= lower.low() + SLACK && lower.high() <= higher.high() + SLACK;
    hold("interval_grows_with_its_level", grows, || {
        format!("{lower} at the lower level, {higher} at the higher")
    })
}

/// The interval of the difference with the samples swapped is the interval itself, negated.
///
/// # Errors
/// [`Broken`], with both intervals.
///
/// # Examples
/// ```
/// use marketloop::laws::swapped_samples_negate_the_difference;
/// use marketloop::stats::{MeanTest, TwoMeans};
/// use marketloop::strategies::two_means;
/// use proptest::prelude::*;
///
/// proptest!(|(means in two_means())| {
///     let swapped = TwoMeans::new(means.second(), means.first());
///     let of = |means: &TwoMeans| means.interval(0.95, MeanTest::Welch);
///     if let (Ok(there), Ok(back)) = (of(&means), of(&swapped)) {
///         swapped_samples_negate_the_difference(&there, &back)?;
///     }
/// });
/// ```
pub fn swapped_samples_negate_the_difference(
    there: &Interval<f64>,
    back: &Interval<f64>,
) -> Result<(), Broken> {
    let near = |one: f64, other: f64| (one + other).abs() <= SLACK * (1.0 + one.abs().max(other.abs()));
    let negated = near(there.low(), back.high()) && near(there.high(), back.low());
    hold("swapped_samples_negate_the_difference", negated, || {
        format!("{there} of the one from the other, {back} of the other from the one")
    })
}

/// Moments are those of their sample: the count and the sum exactly, the mean and the variance (with `n - 1`) up to 1e-9
/// of them.
///
/// # Errors
/// [`Broken`], with the figure that differs.
///
/// # Examples
/// ```
/// use marketloop::laws::moments_are_those_of_the_sample;
/// use marketloop::stats::Moments;
/// use marketloop::strategies::samples;
/// use proptest::prelude::*;
///
/// proptest!(|(sample in samples())| {
///     let moments = Moments::of(sample.iter().copied()).unwrap();
///     let (mean, variance) = (moments.mean().ok(), moments.variance().ok());
///     moments_are_those_of_the_sample(&sample, &moments, mean, variance)?;
/// });
/// ```
pub fn moments_are_those_of_the_sample(
    sample: &[i64],
    moments: &Moments,
    mean: Option<f64>,
    variance: Option<f64>,
) -> Result<(), Broken> {
    const LAW: &str = "moments_are_those_of_the_sample";
    let sum: i128 = sample.iter().map(|number| i128::from(*number)).sum();
    let counted = u64::try_from(sample.len()) == Ok(moments.count()) && moments.sum() == sum;
    hold(LAW, counted, || {
        format!(
            "{} numbers that add up to {sum} have {} and {}",
            sample.len(),
            moments.count(),
            moments.sum()
        )
    })?;
    let count = float(u128::from(moments.count()));
    let near = |found: f64, expected: f64| (found - expected).abs() <= 1e-9 * expected.abs();
    let expected = (count > 0.0).then(|| signed(sum) / count);
    hold(LAW, same(mean, expected, near), || format!("{sample:?} has the mean {expected:?}, not {mean:?}"))?;
    // Half the squared distance of two numbers, on average over all pairs: no mean is needed, and none is subtracted.
    let pairs = sample.iter().enumerate().flat_map(|(at, one)| {
        sample.iter().skip(at).skip(1).map(move |other| float(u128::from(one.abs_diff(*other))))
    });
    let squares: Vec<f64> = pairs.map(|distance| distance * distance).collect();
    let expected = (count > 1.0).then(|| squares.iter().sum::<f64>() / (count * (count - 1.0)));
    hold(LAW, same(variance, expected, near), || {
        format!("{sample:?} has the variance {expected:?}, not {variance:?}")
    })
}

fn same(found: Option<f64>, expected: Option<f64>, near: impl Fn(f64, f64) -> bool) -> bool {
    match (found, expected) {
        (Some(found), Some(expected)) => near(found, expected),
        (found, expected) => found.is_none() == expected.is_none(),
    }
}

fn rate(successes: u64, trials: u64) -> f64 {
    float(successes.into()) / float(trials.into())
}

fn signed(value: i128) -> f64 {
    let magnitude = float(value.unsigned_abs());
    if value < 0 { -magnitude } else { magnitude }
}

#[expect(clippy::cast_precision_loss, reason = "the laws allow for the rounding of a float")]
fn float(value: u128) -> f64 {
    value as f64
}
