//! Beta posteriors of many arms (quadrature on scipy, rationals, mpmath).

use super::files;
use marketloop::stats::{BetaArms, StatsError};
use rust_decimal::Decimal;
use serde_json::Value;

fn pair(value: &Value) -> (f64, f64) {
    (value[0].as_f64().unwrap(), value[1].as_f64().unwrap())
}

/// A list beside the file's, `null` beside an error.
fn check(found: Result<Vec<f64>, StatsError>, expected: &Value, tolerance: f64, what: &str) {
    let Some(expected) = expected.as_array() else {
        assert!(expected.is_null() && found.is_err(), "{what}: {found:?}");
        return;
    };
    let found = found.unwrap();
    assert_eq!(found.len(), expected.len(), "{what}");
    for (found, expected) in found.iter().zip(expected) {
        let expected = expected.as_f64().unwrap();
        assert!((found - expected).abs() <= tolerance, "{what}: {found} instead of {expected}");
        // Small probabilities keep digits of their own.
        let own = expected <= 0.0 || expected > 1e-6 || (found / expected - 1.0).abs() < 1e-6;
        assert!(own, "{what}: {found} instead of {expected}");
    }
}

#[test]
fn experiment_bandit() {
    for golden in files("experiment_bandit") {
        for case in golden.list("cases") {
            let counts = case["arms_success_trials"].as_array().unwrap().iter();
            let counts = counts.map(|arm| (arm[0].as_u64().unwrap(), arm[1].as_u64().unwrap()));
            let arms = BetaArms::new(pair(&case["prior"]), counts).unwrap();
            let shapes: Vec<(f64, f64)> = case["posterior"].as_array().unwrap().iter().map(pair).collect();
            assert_eq!(arms.shapes().collect::<Vec<_>>(), shapes, "{case}");
            check(Ok(arms.means()), &case["mean"], 1e-14, "mean");
            check(Ok(arms.variances()), &case["variance"], 1e-14, "variance");
            let ranges = arms.credible_intervals(0.95).unwrap();
            assert_eq!(ranges.len(), case["credible_95"].as_array().unwrap().len());
            for (range, expected) in ranges.iter().zip(case["credible_95"].as_array().unwrap()) {
                check(Ok(vec![range.low(), range.high()]), expected, 1e-9, &format!("interval of {case}"));
            }
            let best = arms.best().unwrap();
            check(Ok(best.probabilities().to_vec()), &case["p_best"], 1e-8, &format!("p_best of {case}"));
            let expected = Value::from(vec![case["expected_max"].clone()]);
            check(Ok(vec![best.expected_maximum()]), &expected, 1e-8, &format!("expected_max of {case}"));
            check(
                Ok(best.expected_losses().to_vec()),
                &case["expected_loss"],
                1e-8,
                &format!("losses of {case}"),
            );
            let floor: Decimal = case["floor"].to_string().parse().unwrap();
            let name = "allocation_with_floor";
            check(best.thompson_shares(floor), &case[name], 1e-8, &format!("{name} of {case}"));
            let name = "top_two_beta_half";
            check(best.top_two_shares(Decimal::ZERO), &case[name], 1e-8, &format!("{name} of {case}"));
        }
        golden.checked(golden.list("cases").len());
    }
}
