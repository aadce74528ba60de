//! Optimal budgets: water-filling for concave curves, branch and bound for S-shaped ones.
//!
//! The lines are those of the golden files, in the copy of this project, and 10,000 lines from a seeded generator. The physical
//! limit of water-filling is a handful of prices, each of which asks every line once: about ten evaluations of
//! a curve's inverse (20 to 60 ns) per line, a fifth of the time measured; the rest is whole minor units, the proof and the
//! copies that the answer keeps.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "a benchmark"
)]

use divan::Bencher;
use marketloop::optimise::Optimisation;
use marketloop::quantity::{Currency, Money};
use marketloop::response::{
    Curve, Exponential, Hill, HyperbolicTangent, Logarithmic, Logistic, MichaelisMenten, Power,
};
use serde_json::Value;

fn main() {
    divan::main();
}

fn curve(value: &Value) -> Curve {
    let number = |key: &str| value[key].as_str().unwrap().parse::<f64>().unwrap();
    match value["kind"].as_str().unwrap() {
        "log" => Logarithmic::new(number("a"), number("k")).unwrap().into(),
        "power" => Power::new(number("a"), number("p")).unwrap().into(),
        "michaelis_menten" => MichaelisMenten::new(number("a"), number("k")).unwrap().into(),
        "hill" => Hill::new(number("a"), number("k"), number("s")).unwrap().into(),
        "exp" => Exponential::new(number("a"), number("k")).unwrap().into(),
        "tanh" => HyperbolicTangent::new(number("a"), number("k")).unwrap().into(),
        _ => Logistic::new(number("a"), number("m"), number("r")).unwrap().into(),
    }
}

fn golden(file: &str, name: &str) -> Optimisation {
    let path = format!("{}/tests/golden/{file}", env!("CARGO_MANIFEST_DIR"));
    let json: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let case = json["cases"].as_array().unwrap().iter().find(|case| case["name"] == name).unwrap();
    let money = |value: &Value| Money::parse(&format!("{} CNY", value.as_str().unwrap())).unwrap();
    let budget = money(&case["budget"]);
    case["channels"].as_array().unwrap().iter().fold(
        Optimisation::maximise_response(budget),
        |question, channel| {
            let floor = channel.get("min").map_or(Money::zero(budget.currency()), money);
            let cap = channel.get("max").map_or(budget, money);
            question.line(channel["id"].as_str().unwrap(), curve(&channel["curve"]), floor..=cap)
        },
    )
}

#[divan::bench(args = ["5_mixed_bounds", "20_mixed", "100_mixed"])]
fn concave(bencher: Bencher<'_, '_>, name: &str) {
    let question = golden("budget_concave.json", name);
    bencher.bench_local(|| question.solve().unwrap().response());
}

#[divan::bench(args = ["s_10", "s_10_bounds", "s_20"])]
fn s_shaped(bencher: Bencher<'_, '_>, name: &str) {
    let question = golden("budget_s_shaped.json", name);
    bencher.bench_local(|| question.solve().unwrap().response());
}

#[divan::bench(args = [1_000, 10_000])]
fn many_concave(bencher: Bencher<'_, '_>, lines: usize) {
    let mut seed = 20_260_724_u64;
    let mut next = move || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 11) as f64 / (1_u64 << 53) as f64
    };
    let budget = Money::from_minor(10_000 * 100 * lines as i128, Currency::new("CNY").unwrap()).unwrap();
    let question = (0..lines).fold(Optimisation::maximise_response(budget), |question, line| {
        let (a, k, s) = (1e4 + 9e4 * next(), 2e3 + 3e4 * next(), 0.5 + 0.5 * next());
        let curve: Curve = match line % 6 {
            0 => Logarithmic::new(a, k).unwrap().into(),
            1 => Power::new(a / 500.0, s).unwrap().into(),
            2 => MichaelisMenten::new(a, k).unwrap().into(),
            3 => Hill::new(a, k, s).unwrap().into(),
            4 => Exponential::new(a, k).unwrap().into(),
            _ => HyperbolicTangent::new(a, k).unwrap().into(),
        };
        question.line(format!("line {line}"), curve, ..)
    });
    let best = question.solve().unwrap();
    println!("{lines} lines: response {}, gap {:e}", best.response(), best.gap());
    bencher.bench_local(|| question.solve().unwrap().response());
}
