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

/// Ratios and adjusted means, and every metric's sizes, through the domain's sums.
#[cfg(feature = "experiment")]
mod through_the_domain {
    use super::{agrees, files, text};
    use marketloop::experiment::{ExperimentMetric, ExperimentSums};
    use marketloop::stats::{Alternative, LiftMethod, MeanTest, PairedMoments, SampleMean, TestDesign};
    use serde_json::{Value, json};

    fn sums(case: &Value, metric: &ExperimentMetric) -> ExperimentSums {
        let arm = |sums: &Value| {
            let of = |name: &str| sums[name].to_string();
            json!({
                "count": sums["n"], "x": of("x"), "y": of("y"), "xx": of("xx"), "yy": of("yy"), "xy": of("xy"),
            })
        };
        let sums = json!({
            "arms": ["control", "treatment"],
            "metrics": [metric],
            "sums": [[arm(&case["control_sums"]), arm(&case["treatment_sums"])]],
        });
        serde_json::from_value(sums).unwrap()
    }

    fn check(case: &Value) {
        let kind = text(case, "metric");
        let metric = match kind {
            "ratio" => ExperimentMetric::ratio("y", "x"),
            "cuped" => ExperimentMetric::adjusted("y", "x"),
            other => panic!("{other}"),
        }
        .named("metric");
        let sums = sums(case, &metric);
        let moments = |arm: &str| sums.moments("metric", arm).unwrap();
        let pooled = moments("control").merge(moments("treatment")).unwrap();
        let arms = ["control", "treatment"].map(|arm| sums.sample("metric", arm).ok());
        for (arm, found) in ["control", "treatment"].into_iter().zip(arms) {
            // The file's adjusted mean is moved by what the covariate takes out of both arms alike.
            let found = if kind == "cuped" {
                moments(arm).adjusted_mean(&pooled).ok()
            } else {
                found.map(|arm| arm.mean())
            };
            agrees(found, &case["absolute"][arm], &format!("{arm} of {case}"));
        }
        if kind == "cuped" {
            // Without variance of the covariate the file's theta is 0.
            let theta = pooled.slope().or_else(|_| if pooled.count() > 1 { Ok(0.0) } else { Err(()) }).ok();
            agrees(theta.or(Some(0.0)), &case["absolute"]["theta"], "theta");
            agrees(pooled.correlation().ok(), &case["correlation"], "correlation");
        }
        let means = sums.beside_control("metric", "treatment").ok();
        let error = |value: &Value| if value.as_f64() == Some(0.0) { Value::Null } else { value.clone() };
        let (welch, both) = (MeanTest::Welch, Alternative::TwoSided);
        let degrees = means.and_then(|means| means.degrees(welch).ok().flatten());
        let (block, what) = (&case["absolute"], format!("absolute of {case}"));
        agrees(means.map(|means| means.difference()), &block["effect"], &what);
        agrees(means.and_then(|means| means.standard_error(welch).ok()), &error(&block["se"]), &what);
        agrees(degrees, &block["df"], &what);
        agrees(means.and_then(|means| means.p_value(welch, both).ok()), &block["p"], &what);
        let range = means.and_then(|means| means.interval(0.95, welch).ok());
        agrees(range.map(|range| range.low()), &block["ci_95"][0], &what);
        agrees(range.map(|range| range.high()), &block["ci_95"][1], &what);
        if kind == "ratio" {
            let (block, what) = (&case["relative"], format!("relative of {case}"));
            agrees(means.and_then(|means| means.lift().ok()), &block["effect"], &what);
            agrees(
                means.and_then(|means| means.lift_standard_error(welch).ok()),
                &error(&block["se"]),
                &what,
            );
            agrees(means.and_then(|means| means.lift_p_value(welch, both).ok()), &block["p"], &what);
            let range = means.and_then(|means| means.lift_interval(0.95, welch, LiftMethod::Delta).ok());
            agrees(range.map(|range| range.low()), &block["ci_95"][0], &what);
            agrees(range.map(|range| range.high()), &block["ci_95"][1], &what);
        }
        sizes(case, arms[0], kind, moments("control"));
    }

    /// Units per arm for a change relative to the control, which for an adjusted mean is the plain one.
    fn sizes(case: &Value, control: Option<SampleMean>, kind: &str, moments: PairedMoments) {
        let design = TestDesign::new(0.05, 0.8).unwrap();
        for size in case["n_per_arm_for_relative"].as_array().unwrap() {
            let change = size["relative_change"].as_f64().unwrap();
            let found = control.and_then(|control| {
                let variance = control.variance()?;
                let mean = if kind == "cuped" { moments.y().mean().ok()? } else { control.mean() };
                if mean == 0.0 {
                    return None;
                }
                if variance == 0.0 {
                    return Some(0.0);
                }
                let size = design.size_for_means(change * mean, (variance, variance), MeanTest::Normal);
                size.ok().map(|size| size.first())
            });
            agrees(found, &size["n"], &format!("size of {case}"));
        }
    }

    #[test]
    fn experiment_metrics_of_ratios_and_adjusted_means() {
        for golden in files("experiment_metrics") {
            let others: Vec<&Value> =
                golden.list("cases").iter().filter(|case| text(case, "metric") != "mean").collect();
            for case in &others {
                check(case);
            }
            golden.checked(others.len());
        }
    }
}
