//! Tests that are looked at again and again: mixtures and confidence sequences.

use super::{Golden, files};
use marketloop::stats::{AlwaysValid, ConfidenceSequence, TwoProportions};
use serde_json::Value;

pub(super) fn counts(value: &Value) -> (u64, u64) {
    (value[0].as_u64().unwrap(), value[1].as_u64().unwrap())
}

pub(super) fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

/// A closed form: relative 1e-10.
pub(super) fn near(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() <= 1e-10 * expected.abs(), "{what}: {found} instead of {expected}");
}

/// A look that is unusable has no evidence, and the p-value carries over.
fn mixtures(golden: &Golden) -> usize {
    let mut cases = 0;
    for case in golden.list("msprt") {
        let tau_squared = case["tau2"].as_f64().unwrap();
        let mut test = AlwaysValid::default();
        for look in case["looks"].as_array().unwrap() {
            let ln_evidence = TwoProportions::new(counts(&look["control"]), counts(&look["treatment"]))
                .and_then(|rates| rates.ln_mixture_ratio(tau_squared));
            match (ln_evidence, look["lambda"].as_f64()) {
                (Ok(found), Some(expected)) => {
                    near(found.exp(), expected, &format!("lambda of {look}"));
                    test.look(found).unwrap();
                }
                (found, expected) => assert!(found.is_err() && expected.is_none(), "{look}: {found:?}"),
            }
            near(test.p_value(), look["p_always_valid"].as_f64().unwrap(), &format!("p of {look}"));
            // What is written and read goes on as if nothing had happened.
            test = serde_json::from_str(&serde_json::to_string(&test).unwrap()).unwrap();
            cases += 1;
        }
    }
    cases
}

fn confidence_sequences(golden: &Golden) -> usize {
    let mut cases = 0;
    for case in golden.list("confidence_sequence") {
        let of = |name: &str| case[name].as_f64();
        let sequence =
            ConfidenceSequence::tuned(of("alpha").unwrap(), case["n_star"].as_u64().unwrap()).unwrap();
        near(sequence.rho(), of("rho").unwrap(), &format!("rho of {case}"));
        let (n, mean) = (case["n"].as_u64().unwrap(), of("mean").unwrap());
        let error = of("sd").unwrap() / of("n").unwrap().sqrt();
        let (range, evidence) = (sequence.interval(n, mean, error), sequence.ln_evidence(n, mean, error));
        if let Some(half) = of("half_width") {
            let range = range.unwrap();
            near(range.width() / 2.0, half, &format!("half width of {case}"));
            for (found, expected) in [range.low(), range.high()].into_iter().zip(numbers(&case["interval"])) {
                near(found, expected, &format!("interval of {case}"));
            }
            near(evidence.unwrap(), of("log_e_value_at_zero").unwrap(), &format!("evidence of {case}"));
        } else {
            assert!(range.is_err() && evidence.is_err(), "{case}");
            assert!(case["interval"].is_null() && case["log_e_value_at_zero"].is_null(), "{case}");
        }
        cases += 1;
    }
    cases
}

#[test]
fn experiment_sequential() {
    for golden in files("experiment_sequential") {
        golden.checked(mixtures(&golden));
        golden.checked(confidence_sequences(&golden));
    }
}
