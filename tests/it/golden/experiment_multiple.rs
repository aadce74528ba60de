//! Corrections for many tests (statsmodels; from their definitions in fractions), also of the older file's block.

use super::{files, text};
use marketloop::stats::Correction;
use rust_decimal::Decimal;
use serde_json::Value;

const NAMES: [(Correction, &str, &str); 7] = [
    (Correction::Bonferroni, "bonferroni", "bonferroni"),
    (Correction::Holm, "holm", "holm"),
    (Correction::HolmSidak, "holm_sidak", "holm-sidak"),
    (Correction::Hochberg, "hochberg", "simes-hochberg"),
    (Correction::Hommel, "hommel", "hommel"),
    (Correction::BenjaminiHochberg, "bh", "fdr_bh"),
    (Correction::BenjaminiYekutieli, "by", "fdr_by"),
];

fn check(
    correction: Correction,
    p: &[Decimal],
    alpha: Decimal,
    adjusted: &Value,
    rejected: &Value,
    what: &str,
) {
    let floats: Vec<f64> = p.iter().map(|p| p.to_string().parse().unwrap()).collect();
    let found = correction.adjusted(&floats).unwrap();
    let expected = adjusted.as_array().unwrap();
    assert_eq!(found.len(), expected.len(), "{what}");
    let tolerance = if correction == Correction::Hommel { 1e-10 } else { 1e-12 };
    for (found, expected) in found.iter().zip(expected) {
        let expected = expected.as_f64().unwrap();
        assert!((found - expected).abs() <= tolerance * expected, "{what}: {found} {expected}");
    }
    let found = correction.rejected(p, alpha).unwrap();
    match rejected.as_array() {
        Some(expected) => {
            let expected: Vec<bool> = expected.iter().map(|value| value.as_bool().unwrap()).collect();
            assert_eq!(found, expected, "{what}");
        }
        // Not stated: as the adjusted p-values say, which tie with the level in the first case only by rounding.
        None => assert_eq!(found.len(), p.len(), "{what}"),
    }
}

#[test]
fn experiment_multiple() {
    for golden in files("experiment_multiple") {
        let mut cases = 0;
        for case in golden.list("cases") {
            let p: Vec<Decimal> =
                case["p"].as_array().unwrap().iter().map(|p| p.as_str().unwrap().parse().unwrap()).collect();
            let alpha = text(case, "alpha").parse().unwrap();
            for (correction, name, _) in NAMES {
                let block = &case["methods"][name];
                let what = format!("{name} of {}", case["p"]);
                check(correction, &p, alpha, &block["adjusted"], &block["reject"], &what);
                cases += 1;
            }
        }
        golden.checked(cases);
    }
}

#[test]
fn funnel_ab_tests_of_many() {
    for golden in files("funnel_ab_tests") {
        let mut cases = 0;
        for case in golden.list("multiple") {
            let p: Vec<Decimal> =
                case["p"].as_array().unwrap().iter().map(|p| p.to_string().parse().unwrap()).collect();
            for (correction, _, name) in NAMES {
                let (block, what) = (&case[name], format!("{name} of {}", case["p"]));
                let alpha = "0.05".parse().unwrap();
                check(correction, &p, alpha, &block["adjusted"], &block["reject_at_0.05"], &what);
                cases += 1;
            }
        }
        golden.checked(cases);
    }
}
