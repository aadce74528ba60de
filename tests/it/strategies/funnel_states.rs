//! The strategies of states that merge, and of scenarios of funnels.

use super::{Sample, each_form_is_refused};
use marketloop::funnel::{
    ActivityCounts, Breakdown, CohortMatrix, ConversionTimes, Durations, FunnelCounts, Retained, Retention,
};
use marketloop::laws;
use marketloop::quantity::{Ratio, Rounding};
use marketloop::strategies;
use marketloop::time::Duration;
use proptest::prelude::*;
use serde::Serialize;
use std::fmt::Debug;

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

/// Any three states of a strategy merge, in any grouping and in any order.
fn merges<T: Clone + PartialEq + Debug + 'static>(
    states: impl Strategy<Value = T> + Clone,
    merge: impl Fn(T, T) -> T + Copy,
) {
    let mut runner = super::runner(256);
    let held = runner.run(&(states.clone(), states.clone(), states), |(a, b, c)| {
        laws::merge_is_associative(merge, &a, &b, &c)?;
        laws::merge_is_commutative(merge, &a, &b)?;
        Ok(())
    });
    held.unwrap();
}

#[test]
fn conversion_times() {
    let strategy = strategies::conversion_times();
    let times = Sample { name: "conversion_times", strategy: strategy.clone(), of: "times" };
    let all = |times: &ConversionTimes| -> Vec<Duration> {
        times.steps().iter().flat_map(|(_, durations)| durations.iter()).collect()
    };
    times.is_valid_and_often_an_edge(
        |times| all(times).len(),
        |times| all(times).is_empty() || all(times).contains(&Duration::ZERO),
        laws::reads_back_what_it_writes,
    );
    times.shrinks_to_text(
        |times| all(times).contains(&Duration::from_seconds(2)),
        json,
        r#"{"steps":[["view",[2]],["cart",[]]],"whole":[]}"#,
    );
    merges(strategy.clone(), |a, b| a.merge(&b).unwrap());
    each_form_is_refused::<ConversionTimes>(strategies::almost_valid(strategy));
}

#[test]
fn step_durations() {
    let strategy = strategies::step_durations();
    let times = Sample { name: "step_durations", strategy: strategy.clone(), of: "times" };
    times.is_valid_and_often_an_edge(
        Durations::len,
        |times| {
            let all: Vec<Duration> = times.iter().collect();
            all.first() == all.last() || all[0] == Duration::ZERO
        },
        laws::reads_back_what_it_writes,
    );
    times.shrinks_to_text(|times| times.mean().is_ok_and(|mean| mean > 9.0), json, "[10]");
    merges(strategy.clone(), |a, b| a.merge(&b));
    each_form_is_refused::<Durations>(strategies::almost_valid(strategy));
}

#[test]
fn cohort_matrices() {
    let strategy = strategies::cohort_matrices();
    let matrices = Sample { name: "cohort_matrices", strategy: strategy.clone(), of: "cohorts" };
    let back = |matrix: &CohortMatrix| matrix.overall(Retention::OnOrAfter(1)).unwrap().retained().value();
    matrices.is_valid_and_often_an_edge(
        |matrix| matrix.cohorts().len(),
        |matrix| matrix.cohorts().len() < 2 || back(matrix) == 0,
        laws::reads_back_what_it_writes,
    );
    matrices.shrinks_to_text(|matrix| matrix.cohorts().len() > 1 && back(matrix) > 0, json, r#"{"rules":{"last":13,"period":"2 seconds","brackets":[[1,2],[2,5]]},"cohorts":[{"cohort":-1,"size":1,"active":[[1,1]],"last_active":[[1,1]],"brackets":[1,0]},{"cohort":0,"size":1,"active":[],"last_active":[],"brackets":[0,0]}]}"#);
    merges(strategy.clone(), |a, b| a.merge(&b).unwrap());
    each_form_is_refused::<CohortMatrix>(strategies::almost_valid(strategy));
}

#[test]
fn breakdowns() {
    let strategy = strategies::breakdowns();
    let breakdowns = Sample { name: "breakdowns", strategy: strategy.clone(), of: "segments" };
    let nobody = |(_, counts): (&str, &FunnelCounts)| counts.users() == 0;
    breakdowns.is_valid_and_often_an_edge(
        |breakdown| breakdown.iter().len(),
        |breakdown| breakdown.iter().len() < 2 || breakdown.iter().any(nobody),
        laws::reads_back_what_it_writes,
    );
    breakdowns.shrinks_to_text(|breakdown| breakdown.iter().len() > 1, json, r#"[["",{"steps":["visit","view","cart"],"levels":[0,0,0,0]}],["微信",{"steps":["visit","view","cart"],"levels":[0,0,0,0]}]]"#);
    merges(strategy.clone(), |a, b| a.merge(&b).unwrap());
    each_form_is_refused::<Breakdown>(strategies::almost_valid(strategy));
}

#[test]
fn activity_counts() {
    let strategy = strategies::activity_counts();
    let counts = Sample { name: "activity_counts", strategy: strategy.clone(), of: "activities with users" };
    let each = |counts: &ActivityCounts| [counts.active, counts.silent, counts.dormant];
    counts.is_valid_and_often_an_edge(
        |counts| each(counts).into_iter().filter(|users| *users > 0).count(),
        |counts| counts.active == 0,
        laws::reads_back_what_it_writes,
    );
    counts.shrinks_to_text(|counts| counts.silent > 1, json, r#"{"active":0,"silent":2,"dormant":0}"#);
    merges(strategy.clone(), |a, b| a.merge(&b).unwrap());
    each_form_is_refused::<ActivityCounts>(strategies::almost_valid(strategy));
}

#[test]
fn retained() {
    let strategy = strategies::retained();
    let groups = Sample { name: "retained", strategy: strategy.clone(), of: "digits of the users" };
    groups.is_valid_and_often_an_edge(
        |group| group.of().value().to_string().len(),
        |group| group.retained().value() == 0 || group.retained() == group.of(),
        laws::reads_back_what_it_writes,
    );
    groups.shrinks_to_text(
        |group| group.rate().is_ok_and(|rate| rate < Ratio::ONE),
        json,
        r#"{"of":1,"retained":0}"#,
    );
    merges(strategy.clone(), |a, b| a.merge(&b).unwrap());
    each_form_is_refused::<Retained>(strategies::almost_valid(strategy));
}

#[test]
fn funnel_scenarios() {
    let scenarios =
        Sample { name: "funnel_scenarios", strategy: strategies::funnel_scenarios(), of: "steps" };
    scenarios.is_valid_and_often_an_edge(
        |scenario| scenario.steps().len(),
        |scenario| {
            let mut pairs = scenario.steps().windows(2);
            let last = &scenario.steps().last().unwrap().1;
            scenario.steps().len() == 2 || last.is_zero() || pairs.any(|pair| pair[0].1 == pair[1].1)
        },
        |scenario| {
            let whole = scenario.rounded(Rounding::HalfEven).unwrap();
            laws::counts_never_rise(whole.steps().map(|(_, count)| count.value()))
        },
    );
    scenarios.shrinks_to_text(
        |scenario| scenario.gain().unwrap().is_negative(),
        json,
        r#"{"steps":[["visit","1"],["view","0"]],"before":1}"#,
    );
}
