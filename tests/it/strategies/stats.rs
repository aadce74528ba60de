//! The strategies of counts, rates, samples and floats.

use super::{Sample, each_fault_is_refused, each_form_is_refused, runner};
use marketloop::laws::{self, Broken};
use marketloop::stats::{
    IntervalMethod, Moments, PairedMoments, SampleMean, TwoMeans, TwoProportions, interval,
};
use marketloop::strategies;
use proptest::prelude::*;

fn digits(count: u64) -> usize {
    count.to_string().len()
}

#[test]
fn success_counts() {
    let counts =
        Sample { name: "success_counts", strategy: strategies::success_counts(), of: "digits of the trials" };
    counts.is_valid_and_often_an_edge(
        |(_, trials)| digits(*trials),
        |(successes, trials)| *trials == 1 || *successes == 0 || successes == trials,
        |(successes, trials)| {
            let range = interval(*successes, *trials, 0.95, IntervalMethod::Wilson).unwrap();
            laws::interval_contains_its_rate(&range, *successes, *trials)
        },
    );
    counts.shrinks_to(|(successes, trials)| *successes > 1 && *trials > 9, "(10, 10)");
}

#[test]
fn two_proportions() {
    let rates = Sample {
        name: "two_proportions",
        strategy: strategies::two_proportions(),
        of: "digits of the trials",
    };
    rates.is_valid_and_often_an_edge(
        |rates| digits(rates.first().1) + digits(rates.second().1),
        |rates| {
            let certain = |(successes, trials): (u64, u64)| successes == 0 || successes == trials;
            rates.first() == rates.second() || certain(rates.first()) || certain(rates.second())
        },
        laws::reads_back_what_it_writes,
    );
    rates.shrinks_to(|rates| rates.difference() > 0.5, "TwoProportions { first: (0, 1), second: (15, 29) }");
    each_form_is_refused::<TwoProportions>(strategies::almost_valid(strategies::two_proportions()));
}

#[test]
fn two_means() {
    let means = Sample { name: "two_means", strategy: strategies::two_means(), of: "digits of the units" };
    let edge = |arm: SampleMean| arm.count() == 1 || arm.mean() == 0.0 || arm.variance() == Some(0.0);
    means.is_valid_and_often_an_edge(
        |means| digits(means.first().count()) + digits(means.second().count()),
        |means| edge(means.first()) || edge(means.second()),
        laws::reads_back_what_it_writes,
    );
    each_form_is_refused::<TwoMeans>(strategies::almost_valid(strategies::two_means()));
}

#[test]
fn samples() {
    let samples = Sample { name: "samples", strategy: strategies::samples(), of: "numbers" };
    samples.is_valid_and_often_an_edge(
        Vec::len,
        |sample| {
            sample.len() < 2
                || sample.iter().all(|number| *number == sample[0])
                || sample.iter().any(|number| [i64::MIN, i64::MAX].contains(number))
        },
        |sample| {
            let moments = Moments::of(sample.iter().copied()).unwrap();
            laws::moments_are_those_of_the_sample(
                sample,
                &moments,
                moments.mean().ok(),
                moments.variance().ok(),
            )
        },
    );
    samples.shrinks_to(|sample| sample.len() > 2 && sample.iter().any(|number| *number < -9), "[0, -10, 0]");
}

#[test]
fn moments() {
    let strategy = strategies::moments();
    let moments = Sample { name: "moments", strategy: strategy.clone(), of: "numbers" };
    moments.is_valid_and_often_an_edge(
        |moments| usize::try_from(moments.count()).unwrap(),
        |moments| moments.count() < 2 || moments.variance().is_ok_and(|variance| variance <= 0.0),
        laws::reads_back_what_it_writes,
    );
    moments.shrinks_to(
        |moments| moments.variance().is_ok_and(|variance| variance > 2.0),
        "Moments { count: 2, sum: 3, squares: 9 }",
    );
    let mut runner = runner(256);
    let merge = |a: Moments, b: Moments| a.merge(b).unwrap();
    let held = runner.run(&(strategy.clone(), strategy.clone(), strategy), |(a, b, c)| {
        laws::merge_is_associative(merge, &a, &b, &c)?;
        laws::merge_is_commutative(merge, &a, &b)?;
        Ok(())
    });
    held.unwrap();
}

#[test]
fn paired_moments() {
    let strategy = strategies::paired_moments();
    let moments = Sample { name: "paired_moments", strategy: strategy.clone(), of: "pairs" };
    moments.is_valid_and_often_an_edge(
        |moments| usize::try_from(moments.count()).unwrap(),
        |moments| moments.correlation().map_or(true, |correlation| correlation.abs() > 0.999),
        laws::reads_back_what_it_writes,
    );
    moments.shrinks_to(
        |moments| moments.covariance().is_ok_and(|covariance| covariance > 2.0),
        "PairedMoments { count: 2, x: 1, y: 5, xx: 1, yy: 25, xy: 5 }",
    );
    let mut runner = runner(256);
    let merge = |a: PairedMoments, b: PairedMoments| a.merge(b).unwrap();
    let held = runner.run(&(strategy.clone(), strategy.clone(), strategy), |(a, b, c)| {
        laws::merge_is_associative(merge, &a, &b, &c)?;
        laws::merge_is_commutative(merge, &a, &b)?;
        Ok(())
    });
    held.unwrap();
}

#[test]
fn floats() {
    let floats = Sample { name: "floats", strategy: strategies::floats(), of: "finite floats" };
    floats.is_valid_and_often_an_edge(
        |float| usize::from(float.is_finite()),
        |float| !float.is_normal() || [1.0, -1.0, f64::MAX, f64::MIN, f64::MIN_POSITIVE].contains(float),
        |_| Ok(()),
    );
    floats.shrinks_to(|float| !float.is_finite(), "NaN");
}

/// Moments are read through their constructor, without a draft: what is wrong with them is told as a text.
#[test]
fn a_value_of_another_form_is_refused_at_its_place() {
    let refuses = |case: &strategies::AlmostValid| -> Result<(), Broken> {
        let mut reader = serde_json::Deserializer::from_str(case.json());
        let read: Result<Moments, _> = serde_path_to_error::deserialize(&mut reader);
        laws::refuses_form(case, read.map_err(|error| error.path().to_string()))
    };
    let moments = strategies::samples().prop_map(|sample| Moments::of(sample).unwrap());
    each_fault_is_refused(strategies::almost_valid(moments), 1, refuses);
}
