//! Earned value and earned schedule against another implementation in floats.

use super::files;
use marketloop::figure::Figure;
use marketloop::progress::{EarnedValue, Estimate, PlannedValueCurve};
use marketloop::quantity::{Quantity, Ratio, Rounding, Unit};
use rust_decimal::Decimal;
use serde_json::Value;

/// A JSON number as a decimal, through its shortest text.
fn decimal(json: &Value) -> Decimal {
    json.to_string().parse().unwrap()
}

fn amount(value: Decimal) -> Quantity {
    Quantity::new(value, Unit::ONE)
}

#[test]
fn figures_match_within_the_tolerance_of_the_file() {
    for golden in files("pdca_evm") {
        let mut undefined = 0;
        for (index, case) in golden.list("cases").iter().enumerate() {
            let numbers = |key: &str| case[key].as_array().unwrap().iter().map(decimal);
            let points: Vec<_> = numbers("periods").zip(numbers("pv").map(amount)).collect();
            let baseline = PlannedValueCurve::new(points).unwrap();
            let (ev, ac, at) = (decimal(&case["ev"]), decimal(&case["ac"]), decimal(&case["at"]));
            let planned = baseline.planned_value_at(at).unwrap();
            let value = |planned| {
                let (budget, ev, ac) = (baseline.budget_at_completion().clone(), amount(ev), amount(ac));
                EarnedValue::new(budget, amount(planned), ev, ac).unwrap()
            };
            // Between points far apart the planned value may have no decimal: then it is rounded, once, far
            // below the tolerance.
            let rounded = || planned.round((18, Rounding::HalfEven)).unwrap();
            let value = value(planned.to_decimal().unwrap_or_else(rounded));
            let schedule = baseline.earned_schedule(&amount(ev), at).unwrap();
            let cost = || Estimate::CostPerformance;
            let figure = |key: &str| -> Option<Figure<Ratio>> {
                let of = |amount: &Quantity| Figure::Known(Ratio::from(amount.value()));
                Some(match key {
                    "bac" => of(baseline.budget_at_completion()),
                    "planned_duration" => Figure::Known(baseline.planned_duration().into()),
                    "at" => Figure::Known(schedule.actual().into()),
                    "pv" => Figure::Known(planned),
                    "ev" => of(value.earned_value()),
                    "ac" => of(value.actual_cost()),
                    "cv" => value.cost_variance().and_then(|amount| of(&amount)),
                    "sv" => value.schedule_variance().and_then(|amount| of(&amount)),
                    "cpi" => value.cost_performance_index(),
                    "spi" => value.schedule_performance_index(),
                    "eac_cpi" => value.estimate_at_completion(cost()),
                    "eac_typical" => value.estimate_at_completion(Estimate::AsPlanned),
                    "eac_cpi_spi" => value.estimate_at_completion(Estimate::CostAndSchedule),
                    "etc" => value.estimate_to_complete(cost()),
                    "tcpi_bac" => value.to_complete_performance_index(),
                    "vac" => value.variance_at_completion(cost()),
                    "es" => Figure::Known(schedule.earned()),
                    "sv_t" => schedule.variance(),
                    "spi_t" => schedule.performance_index(),
                    "ieac_t" => schedule.duration_at_completion(),
                    "pct_complete" => value.share_complete(),
                    "pct_spent" => value.share_spent(),
                    _ => return None,
                })
            };
            for (key, expected) in case["out"].as_object().unwrap() {
                let actual = figure(key).unwrap_or_else(|| panic!("case {index}: no figure for {key}"));
                if let Some(expected) = expected.as_f64() {
                    let actual = actual.get().unwrap_or_else(|error| panic!("case {index}, {key}: {error}"));
                    let close = (actual.to_f64() - expected).abs() <= 1e-8;
                    assert!(close, "case {index}, {key}: {actual} is not {expected}");
                } else {
                    undefined += 1;
                    assert!(actual.is_undefined(), "case {index}, {key}: {actual:?}");
                }
            }
        }
        println!("{}: {undefined} figures undefined as in the file", golden.file);
        golden.checked(golden.list("cases").len());
    }
}
