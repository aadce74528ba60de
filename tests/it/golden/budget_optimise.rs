//! Optimal budgets against high-precision water-filling, exhaustive search and branch and bound.

use super::{Golden, files, text};
use marketloop::optimise::{Aim, Binding, Optimisation, Optimum, OptimumLine};
use marketloop::quantity::{Currency, Money};
use marketloop::response::{
    Adbudg, Curve, Exponential, Hill, HyperbolicTangent, Logarithmic, Logistic, MichaelisMenten, Power,
};
use serde_json::Value;

/// A number that the file holds as text or as a float.
fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| value.as_str().unwrap().parse().unwrap())
}

fn yuan(value: &Value) -> Money {
    Money::parse(&format!("{} CNY", value.as_str().unwrap().trim_end_matches(".0"))).unwrap()
}

fn curve(value: &Value) -> Curve {
    let parameter = |name: &str| number(&value[name]);
    match text(value, "kind") {
        "log" => Logarithmic::new(parameter("a"), parameter("k")).unwrap().into(),
        "power" => Power::new(parameter("a"), parameter("p")).unwrap().into(),
        "michaelis_menten" => MichaelisMenten::new(parameter("a"), parameter("k")).unwrap().into(),
        "hill" => Hill::new(parameter("a"), parameter("k"), parameter("s")).unwrap().into(),
        "exp" => Exponential::new(parameter("a"), parameter("k")).unwrap().into(),
        "tanh" => HyperbolicTangent::new(parameter("a"), parameter("k")).unwrap().into(),
        "logistic" => Logistic::new(parameter("a"), parameter("m"), parameter("r")).unwrap().into(),
        "adbudg" => {
            Adbudg::new(parameter("a"), parameter("b"), parameter("c"), parameter("d")).unwrap().into()
        }
        kind => panic!("no curve {kind}"),
    }
}

fn question(case: &Value) -> Optimisation {
    let currency = Currency::new("CNY").unwrap();
    let mut question = match text(case, "kind") {
        "maximise_response" => Optimisation::maximise_response(yuan(&case["budget"])),
        "minimise_budget" => Optimisation::minimise_budget(number(&case["target"]), currency),
        "marginal_roi_at_least" => {
            Optimisation::until_marginal_return(number(&case["marginal_roi"]), currency)
        }
        kind => panic!("no aim {kind}"),
    };
    let bound = |holder: &Value, key: &str| holder.get(key).filter(|bound| !bound.is_null()).map(yuan);
    let most = bound(case, "default_max").or_else(|| bound(case, "budget")).unwrap();
    for channel in case["channels"].as_array().unwrap() {
        let floor = bound(channel, "min").unwrap_or_else(|| Money::zero(currency));
        let cap = bound(channel, "max");
        let curve = curve(&channel["curve"]);
        question = match cap.or_else(|| (text(case, "kind") != "maximise_response").then_some(most)) {
            Some(cap) => question.line(text(channel, "id"), curve, floor..=cap),
            None => question.line(text(channel, "id"), curve, floor..),
        };
    }
    for group in case.get("groups").and_then(Value::as_array).into_iter().flatten() {
        let members = group["members"].as_array().unwrap().iter().map(|member| member.as_str().unwrap());
        let name = text(group, "name");
        question = match (bound(group, "min"), bound(group, "max")) {
            (Some(floor), Some(cap)) => question.group(name, members, floor..=cap),
            (Some(floor), None) => question.group(name, members, floor..),
            (None, Some(cap)) => question.group(name, members, ..=cap),
            (None, None) => question.group(name, members, ..),
        };
    }
    question
}

fn assert_near(found: f64, expected: f64, tolerance: f64, what: &str) {
    let off = (found - expected).abs() / expected.abs().max(f64::MIN_POSITIVE);
    assert!(off <= tolerance, "{what}: {found} is {off:e} from {expected}");
}

/// What every optimum has to show, whatever was asked.
fn assert_proven(best: &Optimum, question: &Optimisation, name: &str) {
    let sum = Money::sum(best.lines().iter().map(OptimumLine::amount), best.spend().currency()).unwrap();
    assert_eq!(sum, best.spend(), "{name}");
    assert_near(best.verify(question).unwrap(), best.gap(), 1e-12, name);
    let bound = question.bound_at(best.multiplier().get().unwrap()).unwrap();
    assert!(bound >= best.response() || !matches!(question.aim(), Aim::Response { .. }), "{name}");
}

fn assert_lines(best: &Optimum, expected: &Value, name: &str) {
    for (line, exact) in best.lines().iter().zip(expected["allocation"].as_array().unwrap()) {
        let exact = number(exact);
        let whole: f64 = line.amount().amount().to_string().parse().unwrap();
        assert!(
            (line.exact() - exact).abs() <= 1e-9 * exact.max(1.0),
            "{name} {}: {} is not {exact}",
            line.name(),
            line.exact()
        );
        assert!((whole - exact).abs() <= 0.02, "{name} {}: {whole} is not {exact}", line.name());
    }
}

fn assert_binding(binding: Binding, expected: &Value, name: &str) {
    let found = match binding {
        Binding::Free => None,
        Binding::Zero => Some("zero"),
        Binding::Floor => Some("min"),
        Binding::Cap => Some("max"),
        other => panic!("no binding {other}"),
    };
    assert_eq!(found, expected.as_str(), "{name}");
}

#[test]
fn budget_concave() {
    for golden in files("budget_concave") {
        let cases = golden.list("cases");
        for case in cases {
            let (name, expected) = (text(case, "name"), &case["expected"]);
            let question = question(case);
            let best = question.solve().unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_proven(&best, &question, name);
            assert_eq!(best.nodes(), 1, "{name}");
            assert_lines(&best, expected, name);
            let spend: f64 = best.spend().amount().to_string().parse().unwrap();
            match text(case, "kind") {
                "maximise_response" => {
                    assert!(best.gap() <= 1e-12, "{name}: gap {:e}", best.gap());
                    assert_eq!(best.spend(), yuan(&case["budget"]), "{name}");
                    assert_near(best.exact_response(), number(&expected["objective"]), 1e-12, name);
                    maximised(&best, expected, name);
                }
                "minimise_budget" => {
                    assert!(best.response() >= number(&case["target"]), "{name}");
                    assert!((spend - number(&expected["budget"])).abs() <= 0.02, "{name}: {spend}");
                    assert!(best.gap() <= 0.02 / spend, "{name}: gap {:e}", best.gap());
                    assert_near(
                        best.multiplier().get().unwrap(),
                        number(&expected["multiplier"]),
                        1e-9,
                        name,
                    );
                }
                _ => {
                    let cents: f64 = best.lines().iter().map(|_| 0.01).sum();
                    assert!((spend - number(&expected["budget"])).abs() <= cents, "{name}: {spend}");
                    assert!((best.response() - number(&expected["response"])).abs() <= 2.0 * cents, "{name}");
                    let profit = best.response() - spend * number(&case["marginal_roi"]);
                    assert!(best.bound() >= profit, "{name}");
                    assert!(best.gap() <= 1e-9, "{name}: gap {:e}", best.gap());
                    // The file's profit counts a unit of money as one unit of response, whatever the marginal return.
                    let profit = best.response() - spend;
                    assert!((profit - number(&expected["profit"])).abs() <= 2.0 * cents, "{name}: {profit}");
                }
            }
        }
        golden.checked(cases.len());
    }
}

fn maximised(best: &Optimum, expected: &Value, name: &str) {
    if let Some(most) = expected.get("objective_at_minor") {
        assert_near(best.response(), number(most), 1e-12, name);
    }
    // Whole cents stay below real amounts; the gap says that no other whole cents are nearer.
    assert!(best.response() <= number(&expected["objective"]) * (1.0 + 1e-14), "{name}");
    assert_near(best.multiplier().get().unwrap(), number(&expected["multiplier"]), 1e-11, name);
    if let Some(minor) = expected.get("allocation_minor") {
        let found: Vec<i128> = best.lines().iter().map(|line| line.amount().minor()).collect();
        let minor: Vec<i128> =
            minor.as_array().unwrap().iter().map(|units| units.as_i64().unwrap().into()).collect();
        assert_eq!(found, minor, "{name}");
    }
    for (line, binding) in best.lines().iter().zip(expected["binding"].as_array().unwrap()) {
        assert_binding(line.binding(), binding, name);
    }
    for group in expected.get("groups").and_then(Value::as_array).into_iter().flatten() {
        let found = best.group(text(group, "name")).unwrap();
        assert_binding(found.binding(), &group["binding"], name);
        if let Some(multiplier) = group.get("multiplier") {
            assert_near(found.multiplier().get().unwrap(), number(multiplier), 1e-11, name);
        }
    }
}

#[test]
fn budget_s_shaped() {
    for golden in files("budget_s_shaped") {
        let cases = golden.list("cases");
        for case in cases {
            s_shaped(case, &golden);
        }
        golden.checked(cases.len());
    }
}

fn s_shaped(case: &Value, golden: &Golden) {
    let (name, expected) = (text(case, "name"), &case["expected"]);
    let question = question(case);
    let best = question.solve().unwrap_or_else(|error| panic!("{name} of {}: {error}", golden.file));
    assert_proven(&best, &question, name);
    assert_eq!(best.spend(), yuan(&case["budget"]), "{name}");
    let known = number(&expected["best_known_objective"]);
    println!(
        "{name}: {} nodes, gap {:e}, {:e} over the best known",
        best.nodes(),
        best.gap(),
        best.response() / known - 1.0
    );
    assert!(best.response() >= known * (1.0 - 1e-9), "{name}: {} is less than {known}", best.response());
    assert!(best.bound() >= best.response(), "{name}");
    assert!(best.bound() <= number(&expected["certified_upper_bound"]) * (1.0 + 1e-6), "{name}");
    assert!(best.gap() <= 1e-9, "{name}: gap {:e}", best.gap());
}
