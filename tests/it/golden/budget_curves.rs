//! Response curves and adstock kernels (mpmath, 45 digits).

use super::{files, text};
use marketloop::response::{Adstock, Curve, Kernel, ResponseCurve};
use serde_json::{Map, Value};

/// The numbers of the files are texts.
fn number(value: &Value) -> f64 {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).parse().unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

/// The curve of a case, through the wire form: the same names, the numbers as numbers.
fn curve(case: &Value) -> Curve {
    let parameters = case.as_object().unwrap().iter().map(|(name, value)| {
        (name.clone(), if name == "kind" { value.clone() } else { Value::from(number(value)) })
    });
    serde_json::from_value(Value::Object(parameters.collect::<Map<_, _>>())).unwrap()
}

/// Fails when `found` is not within 1e-12 of `expected`, relatively.
///
/// Two sorts of expected values cannot be met by a float, or are not the value: below its range; and 0 for
/// the logistic slope far out, which the 45 digits of the reference lost in `1 - s`: at the rate 0.00012 and
/// the spend 1,000,000 the slope is `a r e^(-113.2)`, or 3e-48. Below 1e-45 of the greatest slope 0 will do.
fn check(found: f64, expected: f64, greatest: f64, worst: &mut f64, what: &dyn std::fmt::Display) {
    if expected < 1e-300 {
        assert!((0.0..=greatest * 1e-45).contains(&found), "{what}: {found:e} instead of {expected:e}");
    } else {
        let error = (found / expected - 1.0).abs();
        assert!(error <= 1e-12, "{what}: {found} instead of {expected} (relative {error:e})");
        *worst = worst.max(error);
    }
}

const CURVE_KEYS: [&str; 5] =
    ["curve", "points", "inverse_marginal", "inflection", "envelope_tangent_from_zero"];

fn check_curve(case: &Value, worst: &mut f64) -> usize {
    let kind = text(&case["curve"], "kind");
    let curve = curve(&case["curve"]);
    for key in case.as_object().unwrap().keys() {
        assert!(CURVE_KEYS.contains(&key.as_str()), "{kind}: unknown key {key}");
    }
    let list = |key: &str| case.get(key).map_or(&[][..], |list| list.as_array().unwrap());
    let mut cases = 0;
    let greatest = list("points").iter().filter_map(|point| point["marginal"].as_str());
    let greatest = greatest.map(|slope| slope.parse::<f64>().unwrap()).fold(0.0, f64::max);
    for point in list("points") {
        let spend = number(&point["x"]);
        let what = format!("{kind} at {spend}");
        check(curve.value(spend), number(&point["f"]), 0.0, worst, &what);
        if point["marginal"].is_null() {
            assert!(curve.marginal(spend) == f64::INFINITY, "{what}");
        } else {
            check(
                curve.marginal(spend),
                number(&point["marginal"]),
                greatest,
                worst,
                &format!("slope of {what}"),
            );
        }
        cases += 1;
    }
    for inverse in list("inverse_marginal") {
        let (slope, expected) = (number(&inverse["lambda_"]), number(&inverse["x"]));
        let what = format!("{kind} of slope {slope}");
        check(curve.inverse_marginal(slope), expected, 0.0, worst, &what);
        for guess in [0.0, 1.0, expected * 0.99, expected * 1.5, 1e9, f64::INFINITY, f64::NAN] {
            check(
                curve.inverse_marginal_near(slope, guess),
                expected,
                0.0,
                worst,
                &format!("{what} from {guess}"),
            );
        }
        cases += 1;
    }
    if let Some(inflection) = case.get("inflection") {
        check(curve.inflection(), number(inflection), 0.0, worst, &format!("inflection of {kind}"));
        cases += 1;
    }
    if let Some(tangent) = case.get("envelope_tangent_from_zero") {
        let (touch, slope) = curve.tangent_from(0.0).unwrap();
        check(touch, number(&tangent["x"]), 0.0, worst, &format!("tangent of {kind}"));
        check(slope, number(&tangent["slope"]), 0.0, worst, &format!("slope of the tangent of {kind}"));
        cases += 1;
    }
    cases
}

const ADSTOCK_KEYS: [&str; 7] = ["kind", "params", "lags", "normalize", "x", "weights", "y"];

fn adstock(case: &Value) -> Adstock {
    let parameter = |name: &str| number(&case["params"][name]);
    let parameters: &[&str] = match text(case, "kind") {
        "delayed" => &["alpha", "theta"],
        "weibull_cdf" | "weibull_pdf" => &["lam", "k"],
        _ => &["alpha"],
    };
    assert_eq!(case["params"].as_object().unwrap().len(), parameters.len(), "{case}");
    let kernel = match text(case, "kind") {
        "geometric" => Kernel::geometric(parameter("alpha")),
        "delayed" => Kernel::delayed(parameter("alpha"), parameter("theta")),
        "binomial" => Kernel::binomial(parameter("alpha")),
        "weibull_cdf" => Kernel::weibull_cdf(parameter("lam"), parameter("k")),
        "weibull_pdf" => Kernel::weibull_pdf(parameter("lam"), parameter("k")),
        kind => panic!("unknown kernel {kind}"),
    };
    let lags = usize::try_from(case["lags"].as_u64().unwrap()).unwrap();
    let adstock = Adstock::new(kernel.unwrap(), lags).unwrap();
    if case["normalize"].as_bool().unwrap() { adstock.normalised() } else { adstock }
}

fn check_adstock(case: &Value, worst: &mut f64) -> usize {
    for key in case.as_object().unwrap().keys() {
        assert!(ADSTOCK_KEYS.contains(&key.as_str()), "unknown key {key}");
    }
    let adstock = adstock(case);
    let found = adstock.apply(&numbers(&case["x"])).unwrap();
    for (found, expected) in [(adstock.weights(), &case["weights"]), (&found, &case["y"])] {
        let expected = numbers(expected);
        assert_eq!(found.len(), expected.len(), "{case}");
        for (found, expected) in found.iter().zip(expected) {
            check(*found, expected, 0.0, worst, case);
        }
    }
    1
}

#[test]
fn budget_curves() {
    for golden in files("budget_curves") {
        let mut worst = 0.0;
        let cases = golden.list("curves").iter().map(|case| check_curve(case, &mut worst)).sum::<usize>()
            + golden.list("adstock").iter().map(|case| check_adstock(case, &mut worst)).sum::<usize>();
        println!("{}: at most {worst:e} relative", golden.file);
        golden.checked(cases);
    }
}
