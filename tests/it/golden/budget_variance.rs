//! Plan against actual, exactly: the kinds of this file belong to several modules, one function each.

use super::{files, text};
use marketloop::progress::{EarnedValue, Estimate, Pacing, ProgressError};
use marketloop::quantity::Ratio;
use marketloop::split::{Method, integers};
use rust_decimal::Decimal;
use serde_json::Value;

fn decimal(json: &Value) -> Decimal {
    let text = json.as_str().map_or_else(|| json.to_string(), str::to_owned);
    text.parse().unwrap()
}

fn decimals(json: &Value) -> Vec<Decimal> {
    json.as_array().unwrap().iter().map(decimal).collect()
}

/// A figure against its exact text; `null` is the typed undefined.
fn assert_figure(place: &str, actual: &Result<Ratio, ProgressError>, expected: &Value) {
    match expected.as_str() {
        Some(expected) => assert_eq!(*actual, Ok(expected.parse().unwrap()), "{place}"),
        None if expected.is_null() => {
            assert!(matches!(actual, Err(ProgressError::Undefined { .. })), "{place}: {actual:?}");
        }
        None => assert_eq!(*actual, Ok(decimal(expected).into()), "{place}"),
    }
}

#[test]
fn every_kind_matches_exactly() {
    for golden in files("budget_variance") {
        let (mut checked, mut left) = (0, Vec::new());
        for case in golden.list("cases") {
            match text(case, "kind") {
                "earned_value" => earned_value(case),
                "pacing" => pacing(case),
                other => {
                    left.push(other);
                    continue;
                }
            }
            checked += 1;
        }
        println!("{}: {} cases left to other modules: {left:?}", golden.file, left.len());
        golden.checked(checked);
    }
}

fn earned_value(case: &Value) {
    let value = |key: &str| decimal(&case[key]);
    let value = EarnedValue::new(value("bac"), value("pv"), value("ev"), value("ac"))
        .unwrap()
        .with_committed(value("committed"))
        .unwrap();
    let cost = Estimate::CostPerformance;
    for (key, expected) in case["expected"].as_object().unwrap() {
        let actual = match key.as_str() {
            "cv" => value.cost_variance().map(Ratio::from),
            "sv" => value.schedule_variance().map(Ratio::from),
            "cpi" => value.cost_performance_index(),
            "spi" => value.schedule_performance_index(),
            "eac_cpi" => value.estimate_at_completion(cost),
            "eac_remaining_at_plan" => value.estimate_at_completion(Estimate::AsPlanned),
            "eac_cpi_spi" => value.estimate_at_completion(Estimate::CostAndSchedule),
            "etc" => value.estimate_to_complete(cost),
            "vac" => value.variance_at_completion(cost),
            "tcpi" => value.to_complete_index(),
            "available" => value.available().map(Ratio::from),
            other => panic!("{}: no figure for {other}", text(case, "name")),
        };
        assert_figure(&format!("{}, {key}", text(case, "name")), &actual, expected);
    }
}

/// The plan per period, as a caller makes it with `split`.
fn split(total: Decimal, weights: &[Decimal]) -> Vec<Decimal> {
    let parts = integers(total.mantissa(), weights.iter().copied(), Method::LargestRemainder).unwrap();
    parts.into_iter().map(|part| Decimal::from_i128_with_scale(part, total.scale())).collect()
}

fn pacing(case: &Value) {
    let name = text(case, "name");
    let expected = &case["expected"];
    let weights = decimals(&case["weights"]);
    let plan = split(decimal(&case["total_minor"]), &weights);
    assert_eq!(plan, decimals(&expected["plan"]), "{name}");
    let pacing = Pacing::new(plan, weights).unwrap();
    assert_eq!(pacing.total(), decimal(&case["total_minor"]), "{name}");
    let elapsed = usize::try_from(case["elapsed"].as_u64().unwrap()).unwrap();
    let standing =
        pacing.after(elapsed, decimal(&case["spent_minor"]), decimal(&case["committed_minor"])).unwrap();
    let check = case.get("overrun_cap_pct").map(|percent| standing.against_cap(decimal(percent)).unwrap());
    for (key, expected) in expected.as_object().unwrap() {
        let place = format!("{name}, {key}");
        let check = || check.as_ref().unwrap();
        match key.as_str() {
            "plan" => {}
            "cumulative" => assert_eq!(pacing.cumulative().unwrap(), decimals(expected), "{place}"),
            "expected_to_date" => assert_eq!(standing.expected_to_date(), decimal(expected), "{place}"),
            "pacing_index" => assert_figure(&place, &standing.pacing_index(), expected),
            "projected_total" => assert_figure(&place, &standing.projected_total(), expected),
            "remaining" => assert_eq!(standing.remaining(), decimal(expected), "{place}"),
            "repaced" if expected.is_null() => assert!(standing.remainder().is_err(), "{place}"),
            "repaced" => {
                let left = standing.remainder().unwrap();
                assert_eq!(split(left.amount, left.weights), decimals(expected), "{place}");
            }
            "cap" => assert_eq!(check().cap(), decimal(expected), "{place}"),
            "over_cap_now" => assert_eq!(check().is_exceeded(), *expected, "{place}"),
            "projected_over_cap" => assert_eq!(check().will_be_exceeded().unwrap(), *expected, "{place}"),
            other => panic!("{place}: no figure for {other}"),
        }
    }
}
