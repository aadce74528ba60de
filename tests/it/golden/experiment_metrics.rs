//! The difference and the relative lift of two means from sums. Ratios and what is corrected by an earlier period come with
//! their metrics: they are such means with another variance.

use super::{files, text};
use marketloop::stats::{Alternative, LiftMethod, MeanTest, Moments, SampleMean, StatsError, TwoMeans};
use serde_json::Value;

/// The arm of the sums of `y`; none without a unit.
fn arm(sums: &Value) -> Option<SampleMean> {
    let text = format!(r#"{{"count":{},"sum":"{}","squares":"{}"}}"#, sums["n"], sums["y"], sums["yy"]);
    let moments: Moments = serde_json::from_str(&text).unwrap();
    match SampleMean::of_moments(&moments) {
        Ok(arm) => Some(arm),
        Err(error) => {
            assert_eq!(error, StatsError::TooFewObservations { found: 0, needed: 1 });
            None
        }
    }
}

/// A number where the file has one, and no number where it has none.
fn agrees(found: Option<f64>, expected: &Value, what: &str) {
    let near = match (found, expected.as_f64()) {
        (Some(found), Some(expected)) => (found - expected).abs() <= 1e-9 * expected.abs().max(1e-9),
        (found, expected) => found.is_none() && expected.is_none(),
    };
    assert!(near, "{what}: {found:?} instead of {expected}");
}

fn check(case: &Value) {
    let arms = (arm(&case["control_sums"]), arm(&case["treatment_sums"]));
    for block in ["absolute", "relative"] {
        for (arm, name) in [(arms.0, "control"), (arms.1, "treatment")] {
            agrees(arm.map(|arm| arm.mean()), &case[block][name], &format!("{name} of {case}"));
        }
    }
    let means = arms.0.zip(arms.1).map(|(first, second)| TwoMeans::new(first, second));
    let (welch, both) = (MeanTest::Welch, Alternative::TwoSided);
    let degrees = means.and_then(|means| means.degrees(welch).ok().flatten());
    let found = |ask: &dyn Fn(&TwoMeans) -> Result<f64, StatsError>| means.and_then(|means| ask(&means).ok());
    // The file's error of 0 is none here: nothing can be judged by it.
    let error = |value: &Value| if value.as_f64() == Some(0.0) { Value::Null } else { value.clone() };
    let (block, what) = (&case["absolute"], format!("absolute of {case}"));
    agrees(means.map(|means| means.difference()), &block["effect"], &what);
    agrees(found(&|means| means.standard_error(welch)), &error(&block["se"]), &what);
    agrees(degrees, &block["df"], &what);
    agrees(found(&|means| means.p_value(welch, both)), &block["p"], &what);
    agrees(found(&|means| Ok(means.interval(0.95, welch)?.low())), &block["ci_95"][0], &what);
    agrees(found(&|means| Ok(means.interval(0.95, welch)?.high())), &block["ci_95"][1], &what);
    let (block, what) = (&case["relative"], format!("relative of {case}"));
    let lift = |means: &TwoMeans| means.lift_interval(0.95, welch, LiftMethod::Delta);
    agrees(found(&TwoMeans::lift), &block["effect"], &what);
    agrees(found(&|means| means.lift_standard_error(welch)), &error(&block["se"]), &what);
    agrees(degrees, &block["df"], &what);
    agrees(found(&|means| means.lift_p_value(welch, both)), &block["p"], &what);
    agrees(found(&|means| Ok(lift(means)?.low())), &block["ci_95"][0], &what);
    agrees(found(&|means| Ok(lift(means)?.high())), &block["ci_95"][1], &what);
}

#[test]
fn experiment_metrics_of_means() {
    for golden in files("experiment_metrics") {
        let means: Vec<&Value> =
            golden.list("cases").iter().filter(|case| text(case, "metric") == "mean").collect();
        for case in &means {
            check(case);
        }
        golden.checked(means.len());
    }
}
