//! Rates as means, absolute and relative to the control (`GrowthBook`'s engine). Its sequential block has a test of its own.

use super::funnel_ab_tests::counts;
use super::{Golden, files};
use marketloop::stats::{Alternative, LiftMethod, MeanTest, SampleMean, TwoMeans};
use serde_json::Value;

#[expect(clippy::cast_precision_loss, reason = "the counts are small")]
fn arm(value: &Value) -> SampleMean {
    let (successes, trials) = counts(value);
    let rate = successes as f64 / trials as f64;
    SampleMean::new(trials, rate, rate * (1.0 - rate)).unwrap()
}

fn near(found: f64, expected: &Value, what: &str) {
    let expected = expected.as_f64().unwrap();
    let error = (found - expected).abs() / expected.abs().max(1e-4);
    assert!(error <= 1e-9, "{what}: {found} instead of {expected} ({error:e})");
}

/// The difference by both tests, and the chance that the second is larger.
fn absolute(case: &Value, means: &TwoMeans) {
    for (block, test) in
        [("welch_absolute", MeanTest::Welch), ("bayes_effect_flat_absolute", MeanTest::Normal)]
    {
        let (block, what) = (&case[block], format!("{block} of {case}"));
        near(means.difference(), &block["expected"], &what);
        near(means.difference(), &block["uplift_mean_sd"][0], &what);
        near(means.standard_error(test).unwrap(), &block["uplift_mean_sd"][1], &what);
        let range = means.interval(0.95, test).unwrap();
        near(range.low(), &block["ci"][0], &what);
        near(range.high(), &block["ci"][1], &what);
        // With a flat prior the posterior probability of a larger second is the p-value of the other side.
        match block.get("p_value") {
            Some(p) => near(means.p_value(test, Alternative::TwoSided).unwrap(), p, &what),
            None => near(means.p_value(test, Alternative::Smaller).unwrap(), &block["chance_to_win"], &what),
        }
    }
}

fn relative(case: &Value, means: &TwoMeans) {
    for (block, test) in
        [("welch_relative", MeanTest::Welch), ("bayes_effect_flat_relative", MeanTest::Normal)]
    {
        let (block, what) = (&case[block], format!("{block} of {case}"));
        near(means.lift().unwrap(), &block["expected"], &what);
        near(means.lift().unwrap(), &block["uplift_mean_sd"][0], &what);
        near(means.lift_standard_error(test).unwrap(), &block["uplift_mean_sd"][1], &what);
        let range = means.lift_interval(0.95, test, LiftMethod::Delta).unwrap();
        near(range.low(), &block["ci"][0], &what);
        near(range.high(), &block["ci"][1], &what);
        match block.get("p_value") {
            Some(p) => near(means.lift_p_value(test, Alternative::TwoSided).unwrap(), p, &what),
            None => {
                near(means.lift_p_value(test, Alternative::Smaller).unwrap(), &block["chance_to_win"], &what);
            }
        }
    }
}

#[test]
fn funnel_gbstats_tests() {
    for golden in files("funnel_gbstats") {
        let cases: &[Value] = Golden::list(&golden, "cases");
        for case in cases {
            let means = TwoMeans::new(arm(&case["control"]), arm(&case["treatment"]));
            absolute(case, &means);
            relative(case, &means);
        }
        golden.checked(cases.len());
    }
}
