//! The bounded splits of the golden files as rules: scores, floors and caps in any order.

use super::{files, text};
use marketloop::budget::{Allocation, AllocationDraft, AmountCause, BudgetError, Cap, Divide, Floor};
use marketloop::quantity::{Currency, Money, Ratio};
use rust_decimal::Decimal;
use serde_json::Value;

#[test]
fn budget_bounded_split() {
    for golden in files("budget_bounded_split") {
        let cases = golden.list("cases");
        for case in cases {
            check(case);
        }
        golden.checked(cases.len());
    }
}

fn yen(minor: &Value) -> Money {
    Money::from_minor(minor.as_i64().unwrap().into(), Currency::new("JPY").unwrap()).unwrap()
}

/// The rules of a case, the bounds before or behind the weights.
fn draft(case: &Value, bounds_first: bool) -> AllocationDraft {
    let lines = case["lines"].as_array().unwrap();
    let weight = |line| Decimal::from_str_exact(text(line, "weight")).unwrap();
    let scores = lines.iter().enumerate().map(|(index, line)| (index.to_string(), weight(line)));
    let main = Divide::by_scores(scores);
    let mut draft = Allocation::draft(yen(&case["total_minor"]));
    if !bounds_first {
        draft = draft.rule("main", main.clone());
    }
    for (index, line) in lines.iter().enumerate() {
        let (name, floor, cap) = (index.to_string(), &line["min_minor"], &line["max_minor"]);
        if !cap.is_null() {
            draft = draft.rule(format!("cap {index}"), Cap::line(name.clone(), yen(cap)));
        }
        if !floor.is_null() {
            draft = draft.rule(format!("floor {index}"), Floor::line(name, yen(floor)));
        }
    }
    if bounds_first { draft.rule("main", main) } else { draft }
}

fn check(case: &Value) {
    let (name, expected) = (text(case, "name"), &case["expected"]);
    for bounds_first in [false, true] {
        let result = draft(case, bounds_first).check();
        let off = match expected.get("error").and_then(Value::as_str) {
            Some("floors_exceed_budget") => missing(expected, "shortfall"),
            Some("caps_below_budget") => missing(expected, "unallocatable").negated(),
            Some(other) => panic!("unknown error {other}"),
            None => {
                let allocation = result.unwrap_or_else(|error| panic!("{name}: {error}"));
                check_lines(name, expected, &allocation);
                continue;
            }
        };
        let bound = if off.is_negative() { "cap" } else { "floor" };
        let conflict = expected["conflict"].as_array().unwrap();
        let mut rules: Vec<String> = conflict.iter().map(|index| format!("{bound} {index}")).collect();
        rules.sort();
        let problems: Vec<_> = result.unwrap_err().into_iter().collect();
        let [problem] = problems.as_slice() else { panic!("{name}: {problems:?}") };
        let BudgetError::Infeasible { rules: mut found, off: found_off } = problem.error.clone() else {
            panic!("{name}: {problem}")
        };
        found.sort();
        assert_eq!(found_off, off, "{name}");
        // The file names every line with a bound; the smallest set is a part of them.
        assert!(!found.is_empty() && found.iter().all(|rule| rules.contains(rule)), "{name}: {found:?}");
    }
}

fn missing(expected: &Value, key: &str) -> Money {
    Money::parse(&format!("{} JPY", text(expected, key))).unwrap()
}

fn check_lines(name: &str, expected: &Value, allocation: &Allocation) {
    let minor: Vec<Value> =
        allocation.lines().iter().map(|line| i64::try_from(line.amount().minor()).unwrap().into()).collect();
    assert_eq!(Value::from(minor), expected["minor"], "{name}");
    let exact = expected["exact"].as_array().unwrap();
    let set_by = expected["set_by"].as_array().unwrap();
    let share = expected["unbounded_share"].as_array().unwrap();
    assert_eq!(exact.len(), allocation.lines().len(), "{name}");
    for (index, line) in allocation.lines().iter().enumerate() {
        let ratio = |value: &Value| value.as_str().unwrap().parse::<Ratio>().unwrap();
        let steps: Vec<_> = line.why().steps().filter(|step| step.cause != AmountCause::Rounding).collect();
        assert_eq!(steps[0].value, ratio(&share[index]), "{name}");
        let last = steps.last().unwrap();
        assert_eq!(last.value, ratio(&exact[index]), "{name}");
        let (set, rule) = match last.cause {
            AmountCause::Floor(_) => ("floor", format!("floor {index}")),
            AmountCause::Cap(_) => ("cap", format!("cap {index}")),
            _ => ("weight", "main".to_string()),
        };
        assert_eq!(set, set_by[index], "{name}: {line}");
        assert_eq!(last.cause.rule(), Some(rule.as_str()), "{name}: {line}");
        assert_eq!(*line.why().value(), Ratio::from(line.amount().amount()), "{name}");
    }
}
