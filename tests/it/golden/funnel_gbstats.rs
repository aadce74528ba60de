//! Rates as means, absolute and relative to the control (`GrowthBook`'s engine). Its sequential block has a test of its own.

use super::funnel_ab_tests::counts;
use super::{Golden, files};
use marketloop::stats::{
    Alternative, EffectEstimate, LiftMethod, MeanTest, NormalArms, SampleMean, TwoMeans,
};
use rust_decimal::prelude::ToPrimitive;
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

/// The expected losses of choosing either arm: those of the effect as a normal posterior with a flat prior.
fn risk(block: &Value, effect: &EffectEstimate, what: &str) {
    let (control, treatment) = effect.expected_losses().unwrap();
    near(control, &block["risk"][0], what);
    near(treatment, &block["risk"][1], what);
    assert_eq!(block["risk"].as_array().unwrap().len(), 2);
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
        if let Some(p) = block.get("p_value") {
            near(means.p_value(test, Alternative::TwoSided).unwrap(), p, &what);
            continue;
        }
        near(means.p_value(test, Alternative::Smaller).unwrap(), &block["chance_to_win"], &what);
        risk(block, &means.estimate(test).unwrap(), &what);
        // The same from two arms that each have a posterior, by integration.
        let mean = |arm: SampleMean| (arm.mean(), arm.variance().unwrap() / arm.count().to_f64().unwrap());
        let arms = NormalArms::new([mean(means.first()), mean(means.second())]).unwrap();
        for (loss, expected) in arms.best().unwrap().expected_losses().iter().zip([0, 1]) {
            let expected = block["risk"][expected].as_f64().unwrap();
            assert!((loss - expected).abs() < 1e-10, "{what}: {loss} instead of {expected}");
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
        if let Some(p) = block.get("p_value") {
            near(means.lift_p_value(test, Alternative::TwoSided).unwrap(), p, &what);
            continue;
        }
        near(means.lift_p_value(test, Alternative::Smaller).unwrap(), &block["chance_to_win"], &what);
        let lift = (means.lift().unwrap(), means.lift_standard_error(test).unwrap());
        risk(block, &EffectEstimate::new(lift.0, lift.1).unwrap(), &what);
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
