//! Attainment and variance against decimal arithmetic of 40 digits.

use super::{Golden, files, text};
use marketloop::quantity::{QuantityError, Ratio, Rounding, Unit};
use marketloop::target::{Bands, Favour, Light, LowerRule, Target, TargetError, Threshold};
use rust_decimal::Decimal;
use serde_json::Value;

fn decimal(value: &Value, key: &str) -> Decimal {
    Decimal::from_str_exact(text(value, key)).unwrap()
}

/// The golden text, which may be `0E-12` for zero.
fn expected(value: &Value) -> Option<Decimal> {
    let text = value.as_str()?;
    Some(Decimal::from_str_exact(text).unwrap_or_else(|_| Decimal::from_scientific(text).unwrap()))
}

fn check(name: &str, case: &Value, key: &str, ratio: Option<Ratio>) {
    let rounded = ratio.map(|ratio| ratio.round((12, Rounding::HalfEven)).unwrap());
    assert_eq!(rounded, expected(&case[key]), "{key} of {name}");
}

#[test]
fn pdca_attainment() {
    for golden in files("pdca_attainment") {
        check_file(&golden);
    }
}

fn check_file(golden: &Golden) {
    let cases = golden.list("cases");
    for case in cases {
        let name = format!("actual {} target {}", case["actual"], case["target"]);
        let (actual, value) = (decimal(case, "actual"), decimal(case, "target"));
        let higher = Target::at_least(value, Unit::ONE);
        let inverse = Target::at_most(value, LowerRule::Inverse, Unit::ONE);
        let linear = Target::at_most(value, LowerRule::Linear, Unit::ONE);
        for (key, target) in [("higher", &higher), ("lower_inverse", &inverse), ("lower_linear", &linear)] {
            let attainment = target.attainment(actual);
            // Against a target of 0 or more a negative actual value is better than the target, but
            // target / actual is negative and so ranks below any miss: attained would no longer mean at least
            // 1. The crate calls it undefined, also where a file has the bare quotient.
            if key == "lower_inverse" && actual.is_sign_negative() && !value.is_sign_negative() {
                assert!(target.is_met(actual), "{name}");
                assert!(matches!(attainment, Err(TargetError::ActualNotPositive { .. })), "{key} of {name}");
                continue;
            }
            if case[key].is_null() {
                let undefined = attainment.clone().unwrap_err();
                assert_eq!(undefined.kind(), marketloop::error::ErrorKind::Undefined, "{key} of {name}");
                assert!(!matches!(undefined, TargetError::Quantity(_)), "{key} of {name}");
            }
            check(&name, case, key, attainment.ok().map(|attainment| attainment.ratio()));
        }
        let variance = higher.variance(actual).unwrap();
        assert_eq!(Some(variance.absolute()), expected(&case["variance"]).map(Ratio::from), "{name}");
        let relative = variance.relative();
        if case["variance_pct"].is_null() {
            assert!(matches!(relative, Err(QuantityError::DivisionByZero { .. })), "{name}");
        }
        check(&name, case, "variance_pct", relative.ok());
        let sign = |favour| match favour {
            Favour::Favourable => 1,
            Favour::Neutral => 0,
            Favour::Adverse => -1,
        };
        assert_eq!(Some(sign(variance.favour())), case["favourable_if_higher"].as_i64(), "{name}");
        let lower = linear.variance(actual).unwrap();
        assert_eq!(Some(sign(lower.favour())), case["favourable_if_lower"].as_i64(), "{name}");
    }
    golden.checked(cases.len());
}

#[test]
fn kpi_health_matrix_hysteresis() {
    for golden in files("kpi_health_matrix") {
        let cases = golden.list("hysteresis");
        for case in cases {
            let edge = |key| Threshold::at_or_above(decimal(case, key));
            let bands = Bands::lights(edge("low"), edge("high")).unwrap();
            let bands = bands.with_hysteresis(decimal(case, "margin")).unwrap();
            let mut light: Light = serde_json::from_value(case["start"].clone()).unwrap();
            let states = case["states"].as_array().unwrap();
            for (value, state) in case["sequence"].as_array().unwrap().iter().zip(states) {
                let value: Ratio = value.as_str().unwrap().parse().unwrap();
                light = *bands.classify_after(&light, value);
                assert_eq!(light.to_string(), state.as_str().unwrap(), "{value} in {case}");
            }
        }
        golden.checked(cases.len());
    }
}
