//! Exact division against integer arithmetic and against the peers, and bounded division.

use super::{files, text};
use marketloop::quantity::{Currency, Mix, Money, QuantityError, Ratio};
use marketloop::split::{Apportionment, Bounded, SplitError, Weights, bounded};
use rust_decimal::Decimal;
use serde_json::Value;

const METHODS: [(&str, Apportionment); 6] = [
    ("largest_remainder", Apportionment::LargestRemainder),
    ("first_in_order", Apportionment::FirstInOrder),
    ("last_in_order", Apportionment::LastInOrder),
    ("largest_weight", Apportionment::LargestWeight),
    ("cumulative_half_up", Apportionment::Cumulative),
    ("sainte_lague", Apportionment::SainteLague),
];

fn decimals(values: &Value) -> Vec<Decimal> {
    let exact = |value: &Value| Decimal::from_str_exact(value.as_str().unwrap()).unwrap();
    values.as_array().unwrap().iter().map(exact).collect()
}

fn integers(values: &Value) -> Vec<i128> {
    values.as_array().unwrap().iter().map(|value| value.as_str().unwrap().parse().unwrap()).collect()
}

#[test]
fn budget_split() {
    for golden in files("budget_split") {
        let cases = golden.list("cases");
        for case in cases {
            let name = text(case, "name");
            let total: i128 = text(case, "minor").parse().unwrap();
            let weights = decimals(&case["weights"]);
            if case.get("error").is_some_and(|error| !error.is_null()) {
                let count = weights.len();
                assert_eq!(Weights::new(weights), Err(SplitError::AllZero { count }), "{name}");
                continue;
            }
            let currency = Currency::new(text(case, "currency")).unwrap();
            assert_eq!(u64::from(currency.digits()), case["decimals"].as_u64().unwrap(), "{name}");
            let checked = Weights::new(weights.clone()).unwrap();
            let expected = case["expected"].as_object().unwrap();
            assert!(!expected.is_empty(), "{name}");
            for (key, parts) in expected {
                let (_, method) = METHODS.into_iter().find(|(known, _)| known == key).unwrap();
                let parts = integers(parts);
                assert_eq!(checked.split(total, method), parts, "{key} of {name}");
                // The same as money, where the amount is within a decimal's digits.
                if let Ok(money) = Money::from_minor(total, currency) {
                    let split = money.split_by(weights.iter().copied().enumerate(), method).unwrap();
                    let minor: Vec<i128> = split.iter().map(|(_, part)| part.minor()).collect();
                    assert_eq!(minor, parts, "{key} of {name} as money");
                }
            }
            refuse_or_split_percentages(&weights, total, currency, &expected["largest_remainder"]);
        }
        golden.checked(cases.len());
    }
}

/// Weights taken as percentages split alike where they add up to 100, else they are refused by the points.
fn refuse_or_split_percentages(weights: &[Decimal], total: i128, currency: Currency, expected: &Value) {
    let hundred = Decimal::ONE_HUNDRED;
    let sum = weights.iter().try_fold(Decimal::ZERO, |sum, weight| marketloop::quantity::add(sum, *weight));
    match Mix::from_percents(weights.iter().copied().enumerate()) {
        Ok(mix) => {
            assert_eq!(sum.unwrap(), hundred);
            let money = Money::from_minor(total, currency).unwrap();
            let minor: Vec<i128> = money.split(&mix).unwrap().iter().map(|(_, part)| part.minor()).collect();
            assert_eq!(minor, integers(expected));
        }
        Err(QuantityError::MixSum { sum: share, rounded: false }) => {
            assert_eq!(marketloop::quantity::multiply(share, hundred).unwrap(), sum.unwrap());
        }
        Err(error) => assert!(
            matches!(error, QuantityError::EntryOutOfRange { .. } | QuantityError::MixSum { .. }),
            "{error} for {weights:?}"
        ),
    }
}

#[test]
fn budget_bounded_split() {
    for golden in files("budget_bounded_split") {
        let cases = golden.list("cases");
        for case in cases {
            check_bounded(case);
        }
        golden.checked(cases.len());
    }
}

fn check_bounded(case: &Value) {
    let name = text(case, "name");
    let whole = |value: &Value| value.as_i64().map(i128::from);
    let total = whole(&case["total_minor"]).unwrap();
    let lines: Vec<Bounded> = case["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| Bounded {
            floor: whole(&line["min_minor"]),
            cap: whole(&line["max_minor"]),
            ..Bounded::new(Decimal::from_str_exact(text(line, "weight")).unwrap())
        })
        .collect();
    let expected = &case["expected"];
    let result = bounded(total, &lines);
    let indices = |key: &str| -> Vec<usize> {
        expected[key]
            .as_array()
            .unwrap()
            .iter()
            .map(|index| usize::try_from(index.as_u64().unwrap()).unwrap())
            .collect()
    };
    match expected.get("error").and_then(Value::as_str) {
        Some("floors_exceed_budget") => {
            let short_by = text(expected, "shortfall").parse().unwrap();
            assert_eq!(
                result,
                Err(SplitError::FloorsExceedTotal { short_by, lines: indices("conflict") }),
                "{name}"
            );
        }
        Some("caps_below_budget") => {
            let unplaced = text(expected, "unallocatable").parse().unwrap();
            assert_eq!(
                result,
                Err(SplitError::CapsBelowTotal { unplaced, lines: indices("conflict") }),
                "{name}"
            );
        }
        Some(other) => panic!("unknown error {other}"),
        None => {
            let split = result.unwrap_or_else(|error| panic!("{name}: {error}"));
            let minor: Vec<i128> =
                expected["minor"].as_array().unwrap().iter().map(|value| whole(value).unwrap()).collect();
            assert_eq!(split.amounts().collect::<Vec<_>>(), minor, "{name}");
            let set_by: Vec<&str> = split
                .parts()
                .iter()
                .map(|part| match (part.is_at_floor(), part.is_at_cap()) {
                    (true, false) => "floor",
                    (false, true) => "cap",
                    (false, false) => "weight",
                    (true, true) => "both",
                })
                .collect();
            assert_eq!(Value::from(set_by), expected["set_by"], "{name}");
            let scale: Ratio = text(expected, "scale").parse().unwrap();
            assert_eq!(split.scale(), Some(scale), "{name}");
            let ratios = |key: &str| -> Vec<Option<Ratio>> {
                let ratio = |value: &Value| Some(value.as_str().unwrap().parse().unwrap());
                expected[key].as_array().unwrap().iter().map(ratio).collect()
            };
            let exact: Vec<Option<Ratio>> = split.parts().iter().map(|part| part.exact).collect();
            assert_eq!(exact, ratios("exact"), "{name}");
            let weights = Weights::new(lines.iter().filter_map(|line| line.weight)).unwrap();
            let quotas: Vec<Option<Ratio>> =
                (0..lines.len()).map(|index| weights.quota(total, index)).collect();
            assert_eq!(quotas, ratios("unbounded_share"), "{name}");
        }
    }
}
