//! Wrong intervals and moments.

use super::caught;
use marketloop::figure::Interval;
use marketloop::laws::{
    interval_contains_its_rate, interval_of_the_failures_is_the_mirror_image,
    moments_are_those_of_the_sample, swapped_samples_negate_the_difference,
};
use marketloop::stats::{IntervalMethod, MeanTest, Moments, TwoMeans, interval};
use marketloop::strategies::{samples, success_counts, two_means};
use rust_decimal::prelude::ToPrimitive;

const Z: f64 = 1.959_963_984_540_054;

/// Wilson's interval by its first formula, whose middle is moved by `sign` times `z^2 / 2n`.
fn wilson(successes: u64, trials: u64, sign: f64) -> Interval<f64> {
    let (count, n) = (successes.to_f64().unwrap(), trials.to_f64().unwrap());
    let rate = count / n;
    let middle = rate + sign * Z * Z / (2.0 * n);
    let half = Z * (rate * (1.0 - rate) / n + Z * Z / (4.0 * n * n)).sqrt();
    let end = |end: f64| (end / (1.0 + Z * Z / n)).clamp(0.0, 1.0);
    Interval::new(end(middle - half), end(middle + half)).unwrap()
}

#[test]
fn wilsons_interval_with_its_sign_turned() {
    caught(
        "Wilson's interval with its sign turned",
        success_counts(),
        |(successes, trials)| {
            let found = interval(*successes, *trials, 0.95, IntervalMethod::Wilson).unwrap();
            interval_contains_its_rate(&found, *successes, *trials)
        },
        |(successes, trials)| {
            interval_contains_its_rate(&wilson(*successes, *trials, -1.0), *successes, *trials)
        },
    );
}

#[test]
fn a_continuity_correction_on_one_side() {
    caught(
        "a continuity correction on one side",
        success_counts(),
        |(successes, trials)| {
            let of = |count| interval(count, *trials, 0.95, IntervalMethod::Wilson).unwrap();
            interval_of_the_failures_is_the_mirror_image(&of(*successes), &of(trials - successes))
        },
        |(successes, trials)| {
            let of = |count| {
                let found = interval(count, *trials, 0.95, IntervalMethod::Wilson).unwrap();
                let high = found.high() + 0.5 / trials.to_f64().unwrap();
                Interval::new(found.low(), high.min(1.0)).unwrap()
            };
            interval_of_the_failures_is_the_mirror_image(&of(*successes), &of(trials - successes))
        },
    );
}

#[test]
fn a_variance_with_n() {
    caught(
        "a variance with n in place of n - 1",
        samples(),
        |sample| {
            let moments = Moments::of(sample.iter().copied()).unwrap();
            let (mean, variance) = (moments.mean().ok(), moments.variance().ok());
            moments_are_those_of_the_sample(sample, &moments, mean, variance)
        },
        |sample| {
            let moments = Moments::of(sample.iter().copied()).unwrap();
            let count = moments.count().to_f64().unwrap();
            let variance = moments.variance().ok().map(|variance| variance * (count - 1.0) / count);
            moments_are_those_of_the_sample(sample, &moments, moments.mean().ok(), variance)
        },
    );
}

#[test]
fn a_variance_by_the_difference_of_squares() {
    caught(
        "a variance by the difference of squares in floats",
        samples(),
        |sample| {
            let moments = Moments::of(sample.iter().copied()).unwrap();
            let (mean, variance) = (moments.mean().ok(), moments.variance().ok());
            moments_are_those_of_the_sample(sample, &moments, mean, variance)
        },
        |sample| {
            let moments = Moments::of(sample.iter().copied()).unwrap();
            let floats: Vec<f64> = sample.iter().map(|number| number.to_f64().unwrap()).collect();
            let count = moments.count().to_f64().unwrap();
            let (sum, squares) =
                floats.iter().fold((0.0, 0.0), |(sum, squares), x| (sum + x, squares + x * x));
            let variance = (count > 1.0).then(|| (squares - sum * sum / count) / (count - 1.0));
            moments_are_those_of_the_sample(sample, &moments, moments.mean().ok(), variance)
        },
    );
}

#[test]
fn an_interval_that_is_wider_above() {
    let law = |means: &TwoMeans, wider: f64| {
        let of = |means: &TwoMeans| {
            let range = means.interval(0.95, MeanTest::Welch).ok()?;
            Interval::new(range.low(), range.high() + wider * range.width()).ok()
        };
        match of(means).zip(of(&TwoMeans::new(means.second(), means.first()))) {
            Some((there, back)) => swapped_samples_negate_the_difference(&there, &back),
            None => Ok(()),
        }
    };
    caught(
        "an interval of a difference that is wider above than below",
        two_means(),
        |means| law(means, 0.0),
        |means| law(means, 0.01),
    );
}
