//! Plan against actual, exactly: one function for each kind of case.

use super::{files, text};
use marketloop::budget::{FlexibleBudget, LineSpend, SpendVariance};
use marketloop::figure::Figure;
use marketloop::progress::{EarnedValue, Estimate, Pacing, Profile};
use marketloop::quantity::{Currency, Money, Quantity, Ratio, Unit};
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
fn assert_figure(place: &str, actual: &Figure<Ratio>, expected: &Value) {
    match expected.as_str() {
        Some(expected) => assert_eq!(*actual, Figure::Known(expected.parse().unwrap()), "{place}"),
        None if expected.is_null() => {
            assert!(actual.is_undefined(), "{place}: {actual:?}");
        }
        None => assert_eq!(*actual, Figure::Known(decimal(expected).into()), "{place}"),
    }
}

#[test]
fn every_kind_matches_exactly() {
    for golden in files("budget_variance") {
        let cases = golden.list("cases");
        for case in cases {
            match text(case, "kind") {
                "earned_value" => earned_value(case),
                "pacing" => {
                    pacing(case);
                    paced_money(case);
                }
                "price_volume_mix" => price_volume_mix(case),
                "flex_budget" => flexible_budget(case),
                other => panic!("{}: {}: no test for the kind {other}", golden.file, text(case, "name")),
            }
        }
        golden.checked(cases.len());
    }
}

fn amount(json: &Value) -> Quantity {
    Quantity::new(decimal(json), Unit::ONE)
}

fn amounts(json: &Value) -> Vec<Quantity> {
    json.as_array().unwrap().iter().map(amount).collect()
}

fn earned_value(case: &Value) {
    let value = |key: &str| amount(&case[key]);
    let value = EarnedValue::new(value("bac"), value("pv"), value("ev"), value("ac"))
        .unwrap()
        .with_committed(value("committed"))
        .unwrap();
    let cost = || Estimate::CostPerformance;
    let of = |amount: Figure<Quantity>| amount.map(|amount| Ratio::from(amount.value()));
    for (key, expected) in case["expected"].as_object().unwrap() {
        let actual = match key.as_str() {
            "cv" => of(value.cost_variance()),
            "sv" => of(value.schedule_variance()),
            "cpi" => value.cost_performance_index(),
            "spi" => value.schedule_performance_index(),
            "eac_cpi" => value.estimate_at_completion(cost()),
            "eac_remaining_at_plan" => value.estimate_at_completion(Estimate::AsPlanned),
            "eac_cpi_spi" => value.estimate_at_completion(Estimate::CostAndSchedule),
            "etc" => value.estimate_to_complete(cost()),
            "vac" => value.variance_at_completion(cost()),
            "tcpi" => value.to_complete_performance_index(),
            "available" => of(value.available()),
            other => panic!("{}: no figure for {other}", text(case, "name")),
        };
        assert_figure(&format!("{}, {key}", text(case, "name")), &actual, expected);
    }
}

fn pacing(case: &Value) {
    let name = text(case, "name");
    let expected = &case["expected"];
    let weights = decimals(&case["weights"]);
    let periods = weights.len();
    let profile = Profile::custom(weights).unwrap();
    let pacing = Pacing::new(amount(&case["total_minor"]), &profile, periods).unwrap();
    assert_eq!(*pacing.total(), amount(&case["total_minor"]), "{name}");
    let elapsed = usize::try_from(case["elapsed"].as_u64().unwrap()).unwrap();
    let standing =
        pacing.after(elapsed, amount(&case["spent_minor"]), amount(&case["committed_minor"])).unwrap();
    let check = case.get("overrun_cap_pct").map(|percent| standing.against_cap(decimal(percent)).unwrap());
    for (key, expected) in expected.as_object().unwrap() {
        let place = format!("{name}, {key}");
        let check = || check.as_ref().unwrap();
        match key.as_str() {
            "plan" => assert_eq!(pacing.plan(), amounts(expected), "{place}"),
            "cumulative" => assert_eq!(pacing.cumulative().unwrap(), amounts(expected), "{place}"),
            "expected_to_date" => assert_eq!(*standing.expected_to_date(), amount(expected), "{place}"),
            "pacing_index" => assert_figure(&place, &standing.pacing_index(), expected),
            "projected_total" => assert_figure(&place, &standing.projected_total(), expected),
            "remaining" => assert_eq!(standing.remaining(), Figure::Known(amount(expected)), "{place}"),
            "repaced" if expected.is_null() => assert!(standing.repaced().is_undefined(), "{place}"),
            "repaced" => assert_eq!(standing.repaced(), Figure::Known(amounts(expected)), "{place}"),
            "cap" => assert_eq!(check().cap(), Ratio::from(decimal(expected)), "{place}"),
            "over_cap_now" => assert_eq!(check().is_exceeded(), *expected, "{place}"),
            "projected_over_cap" => {
                assert_eq!(check().will_be_exceeded().get().unwrap(), *expected, "{place}");
            }
            other => panic!("{place}: no figure for {other}"),
        }
    }
}

/// The same pacing in money: plan, standing and the rest come from one type, in minor units of a currency.
fn paced_money(case: &Value) {
    let name = text(case, "name");
    let integer = |json: &Value| i128::from(json.as_i64().unwrap());
    let money = |minor: &Value| Money::from_minor(integer(minor), Currency::CNY).unwrap();
    let minor = |amounts: &[Money]| amounts.iter().map(Money::minor).collect::<Vec<_>>();
    let minors = |json: &Value| json.as_array().unwrap().iter().map(integer).collect::<Vec<_>>();
    let hundred = Ratio::from(Decimal::ONE_HUNDRED);
    let weights = decimals(&case["weights"]);
    let periods = weights.len();
    let paced =
        Pacing::new(money(&case["total_minor"]), &Profile::custom(weights).unwrap(), periods).unwrap();
    let elapsed = usize::try_from(case["elapsed"].as_u64().unwrap()).unwrap();
    let standing =
        paced.after(elapsed, money(&case["spent_minor"]), money(&case["committed_minor"])).unwrap();
    let check = case.get("overrun_cap_pct").map(|percent| standing.against_cap(decimal(percent)).unwrap());
    let check = || check.as_ref().unwrap();
    for (key, expected) in case["expected"].as_object().unwrap() {
        let place = format!("{name}, {key} of money");
        match key.as_str() {
            "plan" => assert_eq!(minor(paced.plan()), minors(expected), "{place}"),
            "cumulative" => assert_eq!(minor(&paced.cumulative().unwrap()), minors(expected), "{place}"),
            "expected_to_date" => assert_eq!(*standing.expected_to_date(), money(expected), "{place}"),
            "pacing_index" => assert_figure(&place, &standing.pacing_index(), expected),
            "projected_total" => {
                let projected = standing.projected_total().map(|total| total.times(hundred).unwrap());
                assert_figure(&place, &projected, expected);
            }
            "remaining" => assert_eq!(standing.remaining(), Figure::Known(money(expected)), "{place}"),
            "repaced" if expected.is_null() => assert!(standing.repaced().is_undefined(), "{place}"),
            "repaced" => assert_eq!(minor(&standing.repaced().get().unwrap()), minors(expected), "{place}"),
            "cap" => {
                assert_eq!(check().cap().times(hundred).unwrap(), Ratio::from(decimal(expected)), "{place}");
            }
            "over_cap_now" => assert_eq!(check().is_exceeded(), *expected, "{place}"),
            "projected_over_cap" => {
                assert_eq!(check().will_be_exceeded().get().unwrap(), *expected, "{place}");
            }
            other => panic!("{place}: no figure for {other}"),
        }
    }
}

fn exact(json: &Value) -> Ratio {
    json.as_str().map_or_else(|| decimal(json).into(), |text| text.parse().unwrap())
}

fn price_volume_mix(case: &Value) {
    let name = text(case, "name");
    let spend = |row: &Value, side: &str| {
        let value = |what: &str| decimal(&row[format!("{side}_{what}").as_str()]);
        (value("price"), value("qty"))
    };
    let rows = case["rows"].as_array().unwrap();
    let lines =
        rows.iter().map(|row| LineSpend::new(text(row, "id"), spend(row, "plan"), spend(row, "actual")));
    let variance = SpendVariance::of(lines).unwrap();
    // Volume and mix are undefined, and null, where no quantity was planned.
    let figure = |place: &str, actual: Figure<Ratio>, expected: &Value| match actual {
        Figure::Known(actual) => assert_eq!(actual, exact(expected), "{place}"),
        none => assert!(expected.is_null() && none.is_undefined(), "{place}: {none}"),
    };
    for (key, expected) in case["expected"].as_object().unwrap() {
        let place = format!("{name}, {key}");
        match key.as_str() {
            "total" => assert_eq!(variance.total(), exact(expected), "{place}"),
            "price" => assert_eq!(variance.price(), exact(expected), "{place}"),
            "volume" => figure(&place, variance.volume(), expected),
            "mix" => figure(&place, variance.mix(), expected),
            "per_row" => {
                let expected = expected.as_array().unwrap();
                assert_eq!(expected.len(), variance.lines().len(), "{place}");
                for (line, row) in variance.lines().iter().zip(expected) {
                    for (key, expected) in row.as_object().unwrap() {
                        let place = format!("{place}, {}, {key}", line.name());
                        match key.as_str() {
                            "id" => assert_eq!(line.name(), expected.as_str().unwrap(), "{place}"),
                            "price" => assert_eq!(line.price(), exact(expected), "{place}"),
                            "volume" => figure(&place, line.volume(), expected),
                            "mix" => figure(&place, line.mix(), expected),
                            "total" => assert_eq!(line.total(), exact(expected), "{place}"),
                            other => panic!("{place}: no figure for {other}"),
                        }
                    }
                }
            }
            other => panic!("{place}: no figure for {other}"),
        }
    }
}

fn flexible_budget(case: &Value) {
    let name = text(case, "name");
    let budget =
        FlexibleBudget::new(decimal(&case["fixed"]), exact(&case["rate"]), decimal(&case["plan_units"]))
            .unwrap();
    let variance = budget.against(decimal(&case["actual_units"]), decimal(&case["actual"])).unwrap();
    for (key, expected) in case["expected"].as_object().unwrap() {
        let actual = match key.as_str() {
            "static" => variance.planned(),
            "flexed" => variance.flexed(),
            "volume_variance" => variance.volume().get().unwrap(),
            "spending_variance" => variance.price(),
            "total" => variance.total(),
            other => panic!("{name}: no figure for {other}"),
        };
        assert_eq!(actual, exact(expected), "{name}, {key}");
    }
}
