//! Intervals of proportions and decompositions of end-to-end rates (scipy, statsmodels).

use super::files;
use marketloop::decompose::{
    DecompositionMethod, log_mean_contributions, sequential_contributions, shapley_contributions,
};
use marketloop::funnel::{Funnel, FunnelError};
use marketloop::quantity::{Ratio, Rounding};
use marketloop::stats::{IntervalMethod, interval};
use serde_json::Value;

const METHODS: [(&str, IntervalMethod); 5] = [
    ("wilson", IntervalMethod::Wilson),
    ("clopper_pearson", IntervalMethod::ClopperPearson),
    ("jeffreys", IntervalMethod::Jeffreys),
    ("agresti_coull", IntervalMethod::AgrestiCoull),
    ("wald", IntervalMethod::Wald),
];

/// The relative error. Where the peer expects 0 up to one rounding error of 1 (its Wilson end at 0 of n is
/// 7e-18), so must the crate.
fn error(found: f64, expected: f64) -> f64 {
    let difference = (found - expected).abs();
    if expected.abs() <= 1e-16 {
        if difference <= 1e-16 { 0.0 } else { f64::INFINITY }
    } else {
        difference / expected.abs()
    }
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn check(found: f64, expected: f64, tolerance: f64, worst: &mut f64, what: &dyn std::fmt::Display) {
    let error = error(found, expected);
    assert!(error <= tolerance, "{what}: {found} instead of {expected} (relative {error:e})");
    *worst = worst.max(error);
}

/// The intervals of `case` under their names: x of n at `level`.
fn intervals(case: &Value, names: [&str; 2], prefix: &str, level: f64, worst: &mut [f64; 5]) -> usize {
    let [successes, trials] = names.map(|name| case[name].as_u64());
    let (Some(successes), Some(trials)) = (successes, trials) else { return 0 };
    let mut cases = 0;
    for ((name, method), worst) in METHODS.into_iter().zip(worst) {
        let Some(expected) = case.get(format!("{prefix}{name}")) else { continue };
        let expected = numbers(expected);
        let found = interval(successes, trials, level, method).unwrap();
        // The peer takes its low ends as differences of numbers up to 1, which cancel at small rates.
        let tolerance = if expected[0] < 1e-3 { 1e-9 } else { 1e-12 };
        check(found.low(), expected[0], tolerance, worst, &format!("{name} low of {case}"));
        check(found.high(), expected[1], tolerance, worst, &format!("{name} high of {case}"));
        cases += 1;
    }
    cases
}

#[test]
fn funnel_stats() {
    for golden in files("funnel_stats") {
        let (mut cases, mut worst) = (0, [0.0; 5]);
        for case in golden.list("intervals") {
            cases += intervals(case, ["x", "n"], "", case["level"].as_f64().unwrap(), &mut worst);
        }
        for funnel in golden.list("funnels") {
            let level = funnel["level"].as_f64().unwrap();
            let first = &funnel["counts"][0];
            for step in funnel["steps"].as_array().unwrap() {
                cases += intervals(step, ["x", "n"], "", level, &mut worst);
                let mut cumulative = step.clone();
                cumulative["n"] = first.clone();
                cases += intervals(&cumulative, ["x", "n"], "cumulative_", level, &mut worst);
                if step["n"].as_u64() == Some(0) {
                    assert!(interval(0, 0, level, IntervalMethod::Wilson).is_err());
                    cases += 1;
                }
            }
        }
        let mut worst_parts = [0.0; 3];
        for case in golden.list("comparisons") {
            let (a, b) = (numbers(&case["step_rates_a"]), numbers(&case["step_rates_b"]));
            let ways = [
                ("lmdi", log_mean_contributions(&a, &b)),
                ("shapley", shapley_contributions(&a, &b)),
                ("sequential_first_to_last", sequential_contributions(&a, &b)),
            ];
            for ((name, found), worst) in ways.into_iter().zip(&mut worst_parts) {
                let (found, expected) = (found.unwrap(), numbers(&case[name]));
                assert_eq!(found.len(), expected.len());
                for (found, expected) in found.iter().zip(&expected) {
                    // Computed in double by the peer: its differences of rates near 1 carry 1e-16.
                    check(*found, *expected, 1e-12, worst, &format!("{name} of {case}"));
                }
                let delta = case["delta"].as_f64().unwrap();
                assert!((found.iter().sum::<f64>() - delta).abs() < 1e-15, "{name} of {case}");
                cases += 1;
            }
        }
        println!("{}: intervals {worst:?}, decompositions {worst_parts:?} relative", golden.file);
        golden.checked(cases);
    }
}

fn funnel(counts: &Value) -> Funnel {
    let counts = counts.as_array().unwrap().iter().map(|count| count.as_u64().unwrap());
    Funnel::new((1..).zip(counts).map(|(step, count): (usize, u64)| (step.to_string(), count))).unwrap()
}

/// The same figures from a funnel of counts, exact until they are compared.
#[test]
fn funnel_stats_of_funnels() {
    for golden in files("funnel_stats") {
        let (mut cases, mut worst) = (0, 0.0);
        for case in golden.list("funnels") {
            let (own, level) = (funnel(&case["counts"]), case["level"].as_f64().unwrap());
            for step in case["steps"].as_array().unwrap() {
                let name = &*step["step"].to_string();
                let (_, before) = own.steps().nth(own.index_of(name).unwrap() - 1).unwrap();
                assert_eq!(before.value(), step["n"].as_u64().unwrap());
                assert_eq!(own.count(name).unwrap().value(), step["x"].as_u64().unwrap());
                assert_eq!(own.drop_off(name).unwrap().value(), step["drop"].as_u64().unwrap());
                let figures: [(&str, Result<Ratio, FunnelError>); 4] = [
                    ("rate", own.rate(name)),
                    ("cumulative", own.cumulative_rate(name)),
                    ("drop_rate", own.drop_rate(name)),
                    ("share_of_total_loss", own.share_of_loss(name)),
                ];
                for (key, found) in figures {
                    // Null there is undefined here. The peer's shares of one are one minus a rate, in double.
                    match step[key].as_f64() {
                        Some(expected) => check(found.unwrap().to_f64(), expected, 1e-15, &mut worst, &key),
                        None => assert!(matches!(found, Err(FunnelError::Undefined { .. })), "{key}"),
                    }
                    cases += 1;
                }
                for (key, method) in METHODS {
                    for (key, found) in [
                        (key.to_owned(), own.interval(name, level, method)),
                        (format!("cumulative_{key}"), own.cumulative_interval(name, level, method)),
                    ] {
                        let Some(expected) = step.get(&key).filter(|ends| ends.is_array()) else { continue };
                        let (found, expected) = (found.unwrap(), numbers(expected));
                        let tolerance = if expected[0] < 1e-3 { 1e-9 } else { 1e-12 };
                        check(found.low(), expected[0], tolerance, &mut 0.0, &key);
                        check(found.high(), expected[1], tolerance, &mut 0.0, &key);
                        cases += 1;
                    }
                }
            }
        }
        for case in golden.list("comparisons") {
            let (a, b) = (funnel(&case["a"]), funnel(&case["b"]));
            let scale = 20;
            for (key, method) in [
                ("lmdi", DecompositionMethod::LogMean),
                ("shapley", DecompositionMethod::Shapley),
                ("sequential_first_to_last", DecompositionMethod::Sequential),
            ] {
                let why = a.compare(&b, method, (scale, Rounding::HalfEven)).unwrap();
                let expected = numbers(&case[key]);
                assert_eq!(why.parts().len(), expected.len());
                for (part, expected) in why.parts().iter().zip(expected) {
                    let found = Ratio::from(part.value).to_f64();
                    assert!((found - expected).abs() <= 1e-15, "{key}: {found} {expected}");
                }
                let change = b.end_to_end_rate().unwrap().minus(a.end_to_end_rate().unwrap()).unwrap();
                assert_eq!(why.total(), change.round((scale, Rounding::HalfEven)).unwrap());
                let sum: rust_decimal::Decimal = why.parts().iter().map(|part| part.value).sum();
                assert_eq!(sum, why.total());
                cases += 1;
            }
        }
        println!("{}: worst relative error {worst:e}", golden.file);
        golden.checked(cases);
    }
}
