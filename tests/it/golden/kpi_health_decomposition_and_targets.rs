//! Explanations of a change (mpmath, 60 digits), block by block. Each function checks one block of every
//! file and returns how many cases it has.

use super::{Golden, files, text};
use marketloop::decompose::{
    Effect, Element, ElementAttribution, ProductSales, Segment, SegmentEffect, adtributor,
    adtributor_derived, log_mean, mix_rate, price_volume_mix,
};
use marketloop::goal::{Growth, RatioCascade, RatioSpread};
use marketloop::quantity::{Ratio, Rounding};
use marketloop::split::integers;
use rust_decimal::Decimal;
use serde_json::Value;

const TOLERANCE: f64 = 1e-12;

/// Checks one block of a file: how many cases there are, and the worst error among them.
type Block = fn(&Golden, &mut Worst) -> usize;

#[derive(Default)]
struct Worst(f64);

impl Worst {
    fn check(&mut self, found: f64, expected: &Value, what: &Value) {
        let expected: f64 = expected.as_str().unwrap().parse().unwrap();
        let error = (found - expected).abs() / expected.abs().max(f64::MIN_POSITIVE);
        assert!(error <= TOLERANCE, "{found} instead of {expected} in {what}");
        self.0 = self.0.max(error);
    }

    fn check_decimal(&mut self, found: Decimal, expected: &Value, what: &Value) {
        self.check(found.to_string().parse().unwrap(), expected, what);
    }
}

fn decimal(value: &Value, key: &str) -> Decimal {
    text(value, key).parse().unwrap()
}

fn log_means(golden: &Golden, worst: &mut Worst) -> usize {
    for case in golden.list("log_mean") {
        let [a, b] = ["a", "b"].map(|key| text(case, key).parse::<f64>().unwrap());
        worst.check(log_mean(a, b).unwrap(), &case["L"], case);
    }
    golden.list("log_mean").len()
}

fn price_volume_mixes(golden: &Golden, worst: &mut Worst) -> usize {
    for case in golden.list("pvm") {
        let rows: Vec<ProductSales<String>> = case["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| {
                let mut product = ProductSales::new(text(row, "id").to_owned());
                if row["q0"].is_string() {
                    product = product.sold_before(decimal(row, "q0"), decimal(row, "p0"));
                }
                if row["q1"].is_string() {
                    product = product.sold_after(decimal(row, "q1"), decimal(row, "p1"));
                }
                product
            })
            .collect();
        let found = price_volume_mix(&rows, 20).unwrap();
        let effects = [Effect::Volume, Effect::Price, Effect::Mix, Effect::New, Effect::Lost];
        worst.check_decimal(found.total(), &case["delta"], case);
        let before: Decimal = rows.iter().map(|row| row.revenue_before().unwrap()).sum();
        let after: Decimal = rows.iter().map(|row| row.revenue_after().unwrap()).sum();
        assert_eq!((before, after), (decimal(case, "R0"), decimal(case, "R1")));
        assert_eq!(found.total(), after - before);
        for effect in effects {
            worst.check_decimal(found.of_effect(effect).unwrap(), &case[effect.to_string()], case);
        }
        let sum: Decimal = effects.iter().map(|effect| found.of_effect(*effect).unwrap()).sum();
        assert_eq!(sum, found.total());
        assert_eq!(case["per_product"].as_array().unwrap().len(), rows.len());
        for expected in case["per_product"].as_array().unwrap() {
            for effect in effects {
                let key = effect.to_string();
                let segment = text(expected, "id").to_owned();
                let value = found.get(&SegmentEffect { segment, effect }).unwrap();
                match expected.get(&key) {
                    Some(expected) => worst.check_decimal(value, expected, case),
                    None => assert_eq!(value, Decimal::ZERO),
                }
            }
        }
    }
    golden.list("pvm").len()
}

fn mix_rates(golden: &Golden, worst: &mut Worst) -> usize {
    for case in golden.list("mix_rate") {
        let rows: Vec<Segment<String>> = case["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| Segment {
                key: text(row, "id").to_owned(),
                numerator_before: decimal(row, "n0"),
                denominator_before: decimal(row, "d0"),
                numerator_after: decimal(row, "n1"),
                denominator_after: decimal(row, "d1"),
            })
            .collect();
        let found = mix_rate(&rows, (25, Rounding::HalfEven)).unwrap();
        worst.check_decimal(found.total(), &case["delta"], case);
        worst.check_decimal(found.of_effect(Effect::Rate).unwrap(), &case["rate_total"], case);
        worst.check_decimal(found.of_effect(Effect::Mix).unwrap(), &case["mix_total"], case);
        assert_eq!(found.parts().iter().map(|part| part.value).sum::<Decimal>(), found.total());
        assert_eq!(case["per_segment"].as_array().unwrap().len(), rows.len());
        for expected in case["per_segment"].as_array().unwrap() {
            for effect in [Effect::Rate, Effect::Mix] {
                let segment = text(expected, "id").to_owned();
                let value = found.get(&SegmentEffect { segment, effect }).unwrap();
                worst.check_decimal(value, &expected[effect.to_string()], case);
            }
        }
    }
    golden.list("mix_rate").len()
}

fn attributions(golden: &Golden, worst: &mut Worst) -> usize {
    for case in golden.list("adtributor") {
        let rows = case["elements"].as_array().unwrap();
        let found = if text(case, "kind").starts_with("derived") {
            let rows: Vec<_> = rows
                .iter()
                .map(|row| {
                    let of = |numerator, denominator| (decimal(row, numerator), decimal(row, denominator));
                    Segment::new(text(row, "id"), of("f1", "f2"), of("a1", "a2"))
                })
                .collect();
            adtributor_derived(&rows).unwrap()
        } else {
            let rows: Vec<_> = rows
                .iter()
                .map(|row| Element {
                    key: text(row, "id"),
                    forecast: decimal(row, "forecast"),
                    actual: decimal(row, "actual"),
                })
                .collect();
            adtributor(&rows).unwrap()
        };
        assert_eq!(found.elements().len(), rows.len());
        for (ElementAttribution { effect, explanatory_power, surprise, .. }, expected) in
            found.elements().iter().zip(rows)
        {
            worst.check(*explanatory_power, &expected["explanatory_power"], case);
            worst.check(*surprise, &expected["surprise"], case);
            if expected["raw_effect"].is_string() {
                worst.check(*effect, &expected["raw_effect"], case);
            }
        }
        if case["sum_surprise"].is_string() {
            worst.check(found.surprise(), &case["sum_surprise"], case);
        }
    }
    golden.list("adtributor").len()
}

fn decimals(values: &Value) -> Vec<Decimal> {
    values.as_array().unwrap().iter().map(|value| value.as_str().unwrap().parse().unwrap()).collect()
}

/// Checks a list of estimates.
fn check_all(worst: &mut Worst, found: &[f64], expected: &Value, case: &Value) {
    let expected = expected.as_array().unwrap();
    assert_eq!(found.len(), expected.len(), "{case}");
    for (found, expected) in found.iter().zip(expected) {
        worst.check(*found, expected, case);
    }
}

fn growths(golden: &Golden, worst: &mut Worst) -> usize {
    for case in golden.list("growth") {
        let inputs = &case["inputs"];
        let growth = Growth::new(decimal(inputs, "annual_growth")).unwrap();
        let base = decimal(inputs, "base_stock");
        let last_year = decimals(&inputs["last_year_quarters"]);
        let quarters = u32::try_from(last_year.len()).unwrap();

        let block = &case["stock_compound"];
        for (periods, rate, levels) in
            [(quarters, "quarter_rate", "quarter_levels"), (12, "month_rate", "month_levels")]
        {
            let path = growth.stock_compounding(base, periods).unwrap();
            worst.check(path.step(), &block[rate], case);
            check_all(worst, path.levels(), &block[levels], case);
        }
        let block = &case["stock_linear"];
        let path = growth.stock_linear(base, quarters).unwrap();
        check_all(worst, path.levels(), &block["quarter_levels"], case);
        let rates: Vec<f64> = path.rates().into_iter().map(|rate| rate.known().unwrap()).collect();
        check_all(worst, &rates, &block["quarter_rates"], case);

        let block = &case["stock_seasonal_increments"];
        let path = growth.stock_seasonal(base, &last_year).unwrap();
        check_all(worst, path.levels(), &block["quarter_levels"], case);
        let gained = |levels: &[f64]| -> Vec<f64> {
            let before = std::iter::once(base.to_string().parse().unwrap()).chain(levels.iter().copied());
            before.zip(levels).map(|(before, level)| (level - before) / path.step()).collect()
        };
        check_all(worst, &gained(path.levels()), &block["weights"], case);

        let block = &case["flow_same_yoy"];
        let path = growth.flow_same_rate(&last_year).unwrap();
        assert_eq!(path.goal(), decimal(block, "annual_target"));
        check_all(worst, path.levels(), &block["quarters"], case);

        let block = &case["flow_constant_qoq_from_last_quarter"];
        let path = growth.flow_steady_from_last(&last_year).unwrap();
        worst.check(path.step(), &block["qoq_rate"], case);
        worst.check(path.exit_growth().known().unwrap(), &block["exit_over_exit_growth"], case);
        check_all(worst, path.levels(), &block["quarters"], case);

        let block = &case["flow_seasonal_times_constant_qoq_trend"];
        let path = growth.flow_seasonal_trend(&last_year).unwrap();
        worst.check(path.step(), &block["qoq_trend_rate"], case);
        check_all(worst, path.levels(), &block["quarters"], case);

        let block = &case["stock_with_churn_constant_gross_adds"];
        let path = growth.stock_with_churn(base, 12, decimal(inputs, "monthly_churn")).unwrap();
        worst.check(path.step(), &block["gross_adds_per_month"], case);
        check_all(worst, path.levels(), &block["month_levels"], case);
    }
    golden.list("growth").len()
}

fn ratio_cascades(golden: &Golden, worst: &mut Worst) -> usize {
    for case in golden.list("ratio_cascade") {
        let rows = decimals(&case["numerators"]).into_iter().zip(decimals(&case["denominators"]));
        let history: Vec<(Decimal, Decimal)> = rows.collect();
        let spread =
            |spread| RatioCascade::spread(history.iter().copied(), decimal(case, "target"), spread).unwrap();
        let proportional = spread(RatioSpread::Proportional);
        worst.check(proportional.last().to_f64(), &case["last_ratio"], case);
        check_all(worst, proportional.ratios(), &case["proportional"], case);
        check_all(worst, spread(RatioSpread::Additive).ratios(), &case["additive"], case);
        let shifted = spread(RatioSpread::LogitShift);
        worst.check(shifted.shift(), &case["logit_shift"]["delta"], case);
        check_all(worst, shifted.ratios(), &case["logit_shift"]["ratios"], case);
        let mean = history
            .iter()
            .map(|(numerator, denominator)| Ratio::new(*numerator, *denominator).unwrap().to_f64())
            .sum::<f64>();
        let periods = f64::from(u32::try_from(history.len()).unwrap());
        worst.check(mean / periods, &case["mean_of_ratios_wrong"], case);
    }
    golden.list("ratio_cascade").len()
}

fn largest_remainders(golden: &Golden, _: &mut Worst) -> usize {
    for case in golden.list("largest_remainder") {
        let total = case["total"].as_i64().unwrap().into();
        let parts =
            integers(total, decimals(&case["weights"]), marketloop::split::Apportionment::LargestRemainder);
        let expected = case["parts"].as_array().unwrap().iter().map(|part| part.as_i64().unwrap().into());
        assert_eq!(parts.unwrap(), expected.collect::<Vec<i128>>(), "{case}");
    }
    golden.list("largest_remainder").len()
}

#[test]
fn kpi_health_decomposition() {
    for golden in files("kpi_health_decomposition_and_targets") {
        let blocks: [(&str, Block); 7] = [
            ("log_mean", log_means),
            ("pvm", price_volume_mixes),
            ("mix_rate", mix_rates),
            ("adtributor", attributions),
            ("growth", growths),
            ("ratio_cascade", ratio_cascades),
            ("largest_remainder", largest_remainders),
        ];
        let mut cases = 0;
        for (name, block) in blocks {
            let mut worst = Worst::default();
            let checked = block(&golden, &mut worst);
            println!("{}: {name} {checked} cases, {:e} relative", golden.file, worst.0);
            cases += checked;
        }
        golden.checked(cases);
    }
}
