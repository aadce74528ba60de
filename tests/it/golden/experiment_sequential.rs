//! Tests that are looked at again and again: mixtures and confidence sequences.

use super::{Golden, files};
use marketloop::stats::{
    AlphaSpending, AlwaysValid, ConfidenceSequence, GroupSequential, SpendingSides, TwoProportions,
    normal_cdf,
};
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

fn spending_of(word: &str) -> (SpendingSides, AlphaSpending) {
    match word {
        "obf_per_side" => (SpendingSides::PerSide, AlphaSpending::OBrienFleming),
        "obf_total" => (SpendingSides::InTotal, AlphaSpending::OBrienFleming),
        "pocock" => (SpendingSides::InTotal, AlphaSpending::Pocock),
        "power_2" => (SpendingSides::InTotal, AlphaSpending::Power(2.0)),
        "hsd_-4" => (SpendingSides::InTotal, AlphaSpending::HwangShihDeCani(-4.0)),
        "linear" => (SpendingSides::InTotal, AlphaSpending::Linear),
        word => panic!("{word}"),
    }
}

/// A bound or a probability: absolute, and the worst error so far.
pub(super) fn integrated(found: &[f64], expected: &[f64], worst: &mut f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (found, expected) in found.iter().zip(expected) {
        let error = (found - expected).abs();
        assert!(error <= 1e-7, "{what}: {found} instead of {expected}");
        *worst = worst.max(error);
    }
}

pub(super) fn bounds(test: &GroupSequential) -> Vec<f64> {
    test.looks().iter().map(|look| look.bound.unwrap()).collect()
}

fn spendings(golden: &Golden, worst: &mut f64) -> usize {
    let cases = golden.list("spending");
    for case in cases {
        let alpha = case["alpha_two_sided"].as_f64().unwrap();
        let (sides, spending) = spending_of(case["spending"].as_str().unwrap());
        let times = numbers(&case["t"]);
        for (time, expected) in times.iter().zip(numbers(&case["spent"])) {
            near(
                spending.spent(alpha, sides, *time).unwrap(),
                expected,
                &format!("spent at {time} of {case}"),
            );
        }
        let test = GroupSequential::new(alpha, sides, spending, &times).unwrap();
        let found = bounds(&test);
        integrated(&found, &numbers(&case["z_bounds"]), worst, &format!("bounds of {case}"));
        let nominal: Vec<f64> = found.iter().map(|bound| 2.0 * normal_cdf(-bound).unwrap()).collect();
        integrated(&nominal, &numbers(&case["nominal_p_two_sided"]), worst, "nominal p");
        for power in case["power"].as_array().unwrap() {
            let of = |name: &str| power[name].as_f64().unwrap();
            let crossings = test.crossings(of("drift")).unwrap();
            integrated(&crossings.bound, &numbers(&power["cross_each_look"]), worst, &format!("{power}"));
            let sums = [crossings.total(), crossings.expected_information];
            integrated(&sums, &[of("total"), of("expected_information")], worst, &format!("sums of {power}"));
        }
    }
    cases.len()
}

fn classics(golden: &Golden, worst: &mut f64) -> usize {
    let cases = golden.list("classic");
    for case in cases {
        let (alpha, looks) = (case["alpha_two_sided"].as_f64().unwrap(), case["looks"].as_u64().unwrap());
        let looks = u32::try_from(looks).unwrap();
        let test = match case["shape"].as_str().unwrap() {
            "pocock" => GroupSequential::pocock(alpha, SpendingSides::InTotal, looks),
            shape => {
                assert!(shape.starts_with("obrien") || shape.starts_with("obf"), "{shape}");
                GroupSequential::obrien_fleming(alpha, SpendingSides::InTotal, looks)
            }
        };
        let found = bounds(&test.unwrap());
        integrated(&found, &numbers(&case["z_bounds"]), worst, &format!("bounds of {case}"));
        integrated(&found[found.len() - 1..], &[case["constant"].as_f64().unwrap()], worst, "constant");
    }
    cases.len()
}

#[test]
fn experiment_sequential_bounds() {
    for golden in files("experiment_sequential") {
        let mut worst = 0.0;
        golden.checked(spendings(&golden, &mut worst));
        golden.checked(classics(&golden, &mut worst));
        println!("{}: worst error {worst:e}", golden.file);
    }
}
