//! Effects without randomisation (own closed forms and rationals; statsmodels as second source).

use super::files;
use marketloop::experiment::{DifferenceInDifferences, SyntheticControl, TimeBasedRegression};
use marketloop::figure::Figure;
use marketloop::stats::{Alternative, EffectEstimate, StatsError};
use serde_json::Value;

const TOLERANCE: f64 = 1e-9;

fn numbers(list: &Value) -> Vec<f64> {
    list.as_array().unwrap().iter().map(|one| one.as_f64().unwrap()).collect()
}

fn rows(list: &Value) -> Vec<Vec<f64>> {
    list.as_array().unwrap().iter().map(numbers).collect()
}

/// What is null has no value; `size` is that of the data, for values near 0.
fn check(found: Option<f64>, expected: &Value, size: f64, what: &str) {
    match (found, expected.as_f64()) {
        (None, None) => assert!(expected.is_null(), "{what}: {expected}"),
        (Some(found), Some(expected)) => {
            let room = TOLERANCE * expected.abs() + 1e-13 * size;
            assert!((found - expected).abs() <= room, "{what}: {found} instead of {expected}");
        }
        (found, expected) => panic!("{what}: {found:?} instead of {expected:?}"),
    }
}

fn check_all(found: &[f64], expected: &Value, size: f64, what: &str) {
    let expected = expected.as_array().unwrap();
    assert_eq!(found.len(), expected.len(), "{what}");
    found.iter().zip(expected).for_each(|(found, expected)| check(Some(*found), expected, size, what));
}

fn check_interval(lift: &EffectEstimate, level: f64, expected: &Value, size: f64, what: &str) {
    let range = lift.interval(level).unwrap().known();
    let end = |at: usize| if expected.is_null() { &Value::Null } else { &expected[at] };
    check(range.map(|range| range.low()), end(0), size, what);
    check(range.map(|range| range.high()), end(1), size, what);
}

fn value(figure: &Figure<f64>) -> Option<f64> {
    figure.clone().known()
}

fn did(case: &Value) {
    let pre = usize::try_from(case["pre_periods"].as_u64().unwrap()).unwrap();
    let (treated, control) = (rows(&case["treated"]), rows(&case["control"]));
    let size = treated.iter().chain(&control).flatten().fold(0.0_f64, |size, one| size.max(one.abs()));
    let lift = DifferenceInDifferences::of(&treated, &control, pre).unwrap();
    let check = |found: Option<f64>, expected: &Value, what: &str| {
        check(found, expected, size, &format!("{what} of {case}"));
    };
    let cells = &case["cells"];
    check(Some(lift.treated().0), &cells["treated_pre"], "treated_pre");
    check(Some(lift.treated().1), &cells["treated_post"], "treated_post");
    check(Some(lift.control().0), &cells["control_pre"], "control_pre");
    check(Some(lift.control().1), &cells["control_post"], "control_post");
    check(Some(lift.effect()), &case["effect"], "effect");
    check(value(lift.relative()), &case["relative"], "relative");
    check(value(lift.welch().standard_error()), &case["se_welch"], "se_welch");
    check(lift.welch().degrees(), &case["df_welch"], "df_welch");
    check(lift.welch().p_value(Alternative::TwoSided).known(), &case["p_welch"], "p_welch");
    check_interval(lift.welch(), 0.95, &case["ci_95_welch"], size, "ci_95_welch");
    check(value(lift.pooled().standard_error()), &case["se_pooled"], "se_pooled");
    check(lift.pooled().p_value(Alternative::TwoSided).known(), &case["p_pooled"], "p_pooled");
    let slope = lift.slope_difference().as_ref().map(EffectEstimate::value);
    check(slope.known(), &case["pre_trend_slope_difference"], "slope");
}

fn tbr(case: &Value) {
    let pre = usize::try_from(case["pre_periods"].as_u64().unwrap()).unwrap();
    let (control, treated) = (numbers(&case["control"]), numbers(&case["treated"]));
    let lift = match TimeBasedRegression::of(&control, &treated, pre) {
        Ok(lift) => lift,
        Err(error) => {
            assert!(matches!(error, StatsError::NoVariance { .. }), "{error} for {case}");
            let nulls = case.as_object().unwrap().iter().filter(|(_, value)| value.is_null());
            // All but the input, the degrees and the cost.
            let given = ["pre_periods", "control", "treated", "df", "ad_cost"];
            assert_eq!(nulls.count() + given.len(), case.as_object().unwrap().len(), "{case}");
            assert_eq!(usize::try_from(case["df"].as_u64().unwrap()).unwrap(), pre - 2);
            return;
        }
    };
    let size = treated.iter().fold(0.0_f64, |size, one| size.max(one.abs()));
    let check = |found: Option<f64>, expected: &Value, what: &str| {
        check(found, expected, size, &format!("{what} of {case}"));
    };
    check(Some(lift.intercept()), &case["intercept"], "intercept");
    check(Some(lift.slope()), &case["slope"], "slope");
    check(value(lift.sigma()), &case["sigma"], "sigma");
    check_all(lift.counterfactual(), &case["counterfactual"], size, "counterfactual");
    check_all(lift.effects(), &case["effect"], size, "effect");
    let cumulative = lift.cumulative();
    check(Some(cumulative.value()), &case["cumulative"], "cumulative");
    check(value(cumulative.standard_error()), &case["cumulative_se"], "cumulative_se");
    // None are none: 0.
    check(Some(cumulative.degrees().unwrap_or(0.0)), &case["df"], "df");
    check_interval(cumulative, 0.9, &case["ci_90"], size, "ci_90");
    check(cumulative.p_value(Alternative::Larger).known(), &case["p_one_sided"], "p_one_sided");
    check(value(lift.relative()), &case["relative_lift"], "relative_lift");
    match cumulative.per(case["ad_cost"].as_f64().unwrap()).unwrap() {
        Figure::Known(per_cost) => {
            check(Some(per_cost.value()), &case["iroas"], "iroas");
            check_interval(&per_cost, 0.9, &case["iroas_ci_90"], size, "iroas_ci_90");
        }
        _ => assert!(case["iroas"].is_null() && case["iroas_ci_90"].is_null(), "{case}"),
    }
    let path: Vec<f64> = lift.path().iter().map(EffectEstimate::value).collect();
    check_all(&path, &case["cumulative_path"], size, "cumulative_path");
    let errors: Vec<f64> = lift.path().iter().filter_map(|one| value(one.standard_error())).collect();
    if case["cumulative_path_se"].is_null() {
        assert!(errors.is_empty(), "{case}");
    } else {
        check_all(&errors, &case["cumulative_path_se"], size, "cumulative_path_se");
    }
}

fn check_weights(control: &SyntheticControl, expected: &Value, what: &str) {
    let weights = control.weights().clone().known();
    assert_eq!(weights.is_none(), expected.is_null(), "{what}: {weights:?}");
    let Some(weights) = weights else { return };
    let expected = numbers(expected);
    assert_eq!(weights.len(), expected.len(), "{what}");
    for (found, expected) in weights.iter().zip(expected) {
        assert!((found - expected).abs() <= 1e-9, "{what}: {weights:?} instead of {expected}");
        assert_eq!(found.to_bits() == 0, expected == 0.0, "{what}: {weights:?}");
    }
}

fn synthetic_control(case: &Value) {
    let pre = usize::try_from(case["pre_periods"].as_u64().unwrap()).unwrap();
    let (treated, donors) = (numbers(&case["treated"]), rows(&case["donors"]));
    let control = SyntheticControl::of(&treated, &donors, pre).unwrap();
    let size = treated.iter().chain(donors.iter().flatten()).fold(0.0_f64, |size, one| size.max(one.abs()));
    let check = |found: Option<f64>, expected: &Value, what: &str| {
        check(found, expected, size, &format!("{what} of {case}"));
    };
    check_weights(&control, &case["weights"], &format!("weights of {case}"));
    check_all(control.synthetic(), &case["synthetic"], size, "synthetic");
    check_all(control.gap(), &case["gap"], size, "gap");
    check(Some(control.error_before()), &case["rmspe_pre"], "rmspe_pre");
    check(Some(control.error_after()), &case["rmspe_post"], "rmspe_post");
    check(value(control.ratio()), &case["ratio"], "ratio");
    check(Some(control.effect()), &case["effect_mean"], "effect_mean");
    check(Some(control.increment().unwrap()), &case["effect_sum"], "effect_sum");
    assert!(control.excess() <= 1e-12, "{} of {case}", control.excess());
    let placebos = SyntheticControl::placebos(&donors, pre).unwrap();
    let expected = case["placebo"].as_array().unwrap();
    assert_eq!(placebos.len(), expected.len(), "{case}");
    for (at, (placebo, expected)) in placebos.iter().zip(expected).enumerate() {
        assert_eq!(u64::try_from(at).unwrap(), expected["donor"].as_u64().unwrap());
        check_weights(placebo, &expected["weights"], &format!("placebo {at} of {case}"));
        check(value(placebo.ratio()), &expected["ratio"], &format!("ratio of placebo {at}"));
    }
    check(control.p_placebo(&placebos).known(), &case["p_placebo"], "p_placebo");
}

#[test]
fn experiment_did() {
    for golden in files("experiment_did") {
        let mut cases = 0;
        for (block, check) in
            [("did", did as fn(&Value)), ("tbr", tbr), ("synthetic_control", synthetic_control)]
        {
            for case in golden.list(block) {
                check(case);
                cases += 1;
            }
        }
        golden.checked(cases);
    }
}
