//! The difference of two rates (scipy, statsmodels). The file's other blocks wait for experiments.

use super::files;
use marketloop::stats::{DifferenceMethod, TwoProportions};
use serde_json::Value;

const METHODS: [(&str, DifferenceMethod); 4] = [
    ("ci_diff_miettinen_nurminen_own", DifferenceMethod::MiettinenNurminen),
    ("ci_diff_newcomb", DifferenceMethod::Newcombe),
    ("ci_diff_agresti-caffo", DifferenceMethod::AgrestiCaffo),
    ("ci_diff_wald", DifferenceMethod::Wald),
];

fn counts(value: &Value) -> (u64, u64) {
    (value[0].as_u64().unwrap(), value[1].as_u64().unwrap())
}

/// The error against `expected`, of which the peer has the digits of a difference of numbers up to 1.
fn check(found: f64, expected: f64, tolerance: f64, worst: &mut f64, what: &str) {
    let error = (found - expected).abs() / expected.abs().max(1e-3);
    assert!(error <= tolerance, "{what}: {found} instead of {expected} ({error:e})");
    *worst = worst.max(error);
}

#[test]
fn funnel_ab_tests() {
    for golden in files("funnel_ab_tests") {
        let (mut cases, mut worst) = (0, [0.0; 6]);
        for case in golden.list("two_proportions") {
            let level = case["level"].as_f64().unwrap();
            let rates = TwoProportions::new(counts(&case["control"]), counts(&case["treatment"])).unwrap();
            let of = |name: &str| case["pooled"][name].as_f64();
            check(rates.difference(), case["diff"].as_f64().unwrap(), 1e-12, &mut worst[4], "difference");
            if let (Some(z), Some(p)) = (of("z"), of("p_two_sided")) {
                check(rates.z(), z, 1e-12, &mut worst[5], &format!("z of {case}"));
                check(rates.p_value(), p, 1e-12, &mut worst[5], &format!("p of {case}"));
                cases += 2;
            }
            for ((name, method), worst) in METHODS.into_iter().zip(&mut worst) {
                let Some(expected) = case.get(name).and_then(Value::as_array) else { continue };
                let found = rates.interval(level, method).unwrap();
                for (found, expected) in [found.low(), found.high()].into_iter().zip(expected) {
                    check(found, expected.as_f64().unwrap(), 1e-12, worst, &format!("{name} of {case}"));
                }
                cases += 1;
            }
        }
        golden.checked(cases);
        println!("{}: worst errors {worst:?}", golden.file);
    }
}
