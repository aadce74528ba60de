//! Laws of the explanations of a change.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "the cases are small, or rounding is what they test"
)]

use marketloop::decompose::{
    Contributions, DecomposeError, DecompositionMethod, Effect, Element, ProductSales, Segment, adtributor,
    close, explain_product, log_mean, log_mean_contributions, mix_rate, price_volume_mix,
    sequential_contributions, shapley_contributions,
};
use marketloop::quantity::{Rounding, round};
use proptest::prelude::*;
use rust_decimal::Decimal;

fn decimal(range: std::ops::Range<i64>) -> impl Strategy<Value = Decimal> {
    (range, 0_u32..6).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale))
}

fn method() -> impl Strategy<Value = DecompositionMethod> {
    prop::sample::select(vec![
        DecompositionMethod::LogMean,
        DecompositionMethod::Shapley,
        DecompositionMethod::Sequential,
    ])
}

fn factors(range: std::ops::Range<i64>) -> impl Strategy<Value = Vec<(Decimal, Decimal)>> {
    prop::collection::vec((decimal(range.clone()), decimal(range)), 1..5)
}

/// The exact sum, where every step of it is a decimal.
fn exact_sum(parts: &[Decimal]) -> Option<Decimal> {
    parts.iter().try_fold(Decimal::ZERO, |sum, part| marketloop::quantity::add(sum, *part).ok())
}

fn any_float() -> impl Strategy<Value = f64> {
    prop_oneof![any::<f64>(), any::<u64>().prop_map(f64::from_bits), Just(0.0), -3.0..3.0_f64]
}

fn sale() -> impl Strategy<Value = Option<(i64, Decimal)>> {
    prop::option::of((0..10_000_i64, (0..100_000_i64).prop_map(|cents| Decimal::new(cents, 2))))
}

fn product<K>(key: K, before: Option<(i64, Decimal)>, after: Option<(i64, Decimal)>) -> ProductSales<K> {
    let mut product = ProductSales::new(key);
    if let Some((quantity, price)) = before {
        product = product.sold_before(quantity, price);
    }
    if let Some((quantity, price)) = after {
        product = product.sold_after(quantity, price);
    }
    product
}

fn values(why: &Contributions<usize>) -> Vec<Decimal> {
    why.parts().iter().map(|part| part.value).collect()
}

proptest! {
    #[test]
    fn contributions_sum_to_the_change(pairs in factors(0..1_000_000), method in method(), scale in 0_u32..6) {
        let (before, after): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
        let why = explain_product(&before, &after, method, (scale, Rounding::HalfEven)).unwrap();
        prop_assert_eq!(why.parts().iter().map(|part| part.value).sum::<Decimal>(), why.total());
        let products = [&after, &before].map(|factors| factors.iter().try_fold(Decimal::ONE, |product, f| {
            marketloop::quantity::multiply(product, *f).ok()
        }));
        if let [Some(end), Some(start)] = products
            && let Ok(change) = marketloop::quantity::subtract(end, start)
        {
            prop_assert_eq!(why.total(), round(change, (scale, Rounding::HalfEven)));
        }
        prop_assert!(why.parts().iter().all(|part| part.value.scale() <= scale));
    }

    #[test]
    fn float_contributions_sum_to_the_change(pairs in prop::collection::vec((0.01..10.0_f64, 0.01..10.0_f64), 1..12)) {
        let (before, after): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
        let change = after.iter().product::<f64>() - before.iter().product::<f64>();
        for parts in [
            log_mean_contributions(&before, &after).unwrap(),
            shapley_contributions(&before, &after).unwrap(),
            sequential_contributions(&before, &after).unwrap(),
        ] {
            let size: f64 = parts.iter().map(|part| part.abs()).sum();
            let whole = after.iter().product::<f64>() + before.iter().product::<f64>();
            prop_assert!((parts.iter().sum::<f64>() - change).abs() <= 1e-13 * (size + whole));
        }
    }

    #[test]
    fn swapping_the_two_times_negates(pairs in prop::collection::vec((0.01..10.0_f64, 0.01..10.0_f64), 1..8)) {
        let (before, after): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
        for contributions in [log_mean_contributions, shapley_contributions] {
            let there = contributions(&before, &after).unwrap();
            let back = contributions(&after, &before).unwrap();
            let size: f64 = there.iter().map(|part| part.abs()).sum();
            prop_assert_eq!((there.len(), back.len()), (before.len(), before.len()));
            prop_assert!(there.iter().zip(back).all(|(there, back)| (there + back).abs() <= 1e-12 * size));
        }
    }

    #[test]
    fn an_unchanged_factor_contributes_nothing(pairs in factors(1..1_000_000), same in decimal(1..1_000_000), method in method()) {
        let (mut before, mut after): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
        before.push(same);
        after.push(same);
        let floats = |values: &[Decimal]| -> Vec<f64> { values.iter().map(|v| v.to_string().parse().unwrap()).collect() };
        let (a, b) = (floats(&before), floats(&after));
        let parts = match method {
            DecompositionMethod::LogMean => log_mean_contributions(&a, &b),
            DecompositionMethod::Shapley => shapley_contributions(&a, &b),
            _ => sequential_contributions(&a, &b),
        };
        prop_assert!(parts.unwrap().last().unwrap().abs() <= 0.0);
    }

    #[test]
    fn shapley_agrees_with_its_exact_form(pairs in factors(-1000..1000)) {
        let (before, after): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
        let floats = |values: &[Decimal]| -> Vec<f64> { values.iter().map(|v| v.to_string().parse().unwrap()).collect() };
        let parts = shapley_contributions(&floats(&before), &floats(&after)).unwrap();
        let why = explain_product(&before, &after, DecompositionMethod::Shapley, (12, Rounding::HalfEven)).unwrap();
        prop_assert_eq!(parts.len(), why.parts().len());
        for (float, exact) in parts.iter().zip(why.parts()) {
            let exact: f64 = exact.value.to_string().parse().unwrap();
            prop_assert!((float - exact).abs() <= 1e-11 * (1.0 + 1e3_f64.powi(before.len() as i32)), "{float} {exact}");
        }
    }

    #[test]
    fn log_mean_lies_between(a in 1e-300..1e300_f64, b in 1e-300..1e300_f64) {
        let mean = log_mean(a, b).unwrap();
        prop_assert!(a.min(b) <= mean && mean <= a.max(b));
        prop_assert_eq!(mean.to_bits(), log_mean(b, a).unwrap().to_bits());
        // Between the geometric and the arithmetic mean.
        prop_assert!(a.sqrt() * b.sqrt() <= mean * (1.0 + 1e-14) && mean <= (a / 2.0 + b / 2.0) * (1.0 + 1e-14));
    }

    #[test]
    fn closing_keeps_every_part_within_a_unit(parts in prop::collection::vec(-1_000_000_000..1_000_000_000_i64, 1..20), scale in 0_u32..4) {
        // Exact thousandths: the floats miss them by rounding only.
        let exact: Vec<Decimal> = parts.iter().map(|part| Decimal::new(*part, 3)).collect();
        let floats: Vec<f64> = parts.iter().map(|part| *part as f64 / 1000.0).collect();
        let total = round(exact.iter().sum(), (scale, Rounding::HalfEven));
        let closed = close(&floats, total, scale).unwrap();
        prop_assert_eq!(closed.iter().sum::<Decimal>(), total);
        let unit = Decimal::new(1, scale);
        prop_assert_eq!(closed.len(), exact.len());
        for (closed, exact) in closed.iter().zip(&exact) {
            prop_assert!((closed - exact).abs() <= unit + unit, "{closed} {exact}");
        }
        let beyond = total + unit * Decimal::from(parts.len() + 2) + Decimal::from(100);
        let refused = matches!(close(&floats, beyond, scale), Err(DecomposeError::Unexplained { .. }));
        prop_assert!(refused);
    }

    #[test]
    fn any_floats_close_or_fail(parts in prop::collection::vec(any_float(), 0..6), total in any::<i64>(), scale in 0_u32..30) {
        let total = Decimal::new(total, 3);
        if let Ok(closed) = close(&parts, total, scale) {
            prop_assert!(exact_sum(&closed).is_none_or(|sum| sum == total));
        }
    }

    #[test]
    fn any_floats_explain_or_fail(pairs in prop::collection::vec((any_float(), any_float()), 0..6)) {
        let (before, after): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
        for contributions in [log_mean_contributions, shapley_contributions, sequential_contributions] {
            if let Ok(parts) = contributions(&before, &after) {
                prop_assert!(parts.iter().all(|part| part.is_finite()));
            }
        }
        if let [a, b, ..] = before.as_slice() && let Ok(mean) = log_mean(*a, *b) {
            prop_assert!(mean.is_finite());
        }
    }

    #[test]
    fn any_decimals_explain_or_fail(
        pairs in prop::collection::vec((any::<[u32; 3]>(), any::<[u32; 3]>(), any::<[bool; 2]>(), 0_u32..=28), 1..4),
        method in method(), scale in 0_u32..=28
    ) {
        let (before, after): (Vec<_>, Vec<_>) = pairs
            .into_iter()
            .map(|(a, b, [s, t], scale)| {
                (Decimal::from_parts(a[0], a[1], a[2], s, scale), Decimal::from_parts(b[0], b[1], b[2], t, scale))
            })
            .unzip();
        if let Ok(why) = explain_product(&before, &after, method, (scale, Rounding::Floor)) {
            prop_assert!(exact_sum(&values(&why)).is_none_or(|sum| sum == why.total()));
        }
    }

    #[test]
    fn price_volume_mix_sums_to_the_change(sales in prop::collection::vec((sale(), sale()), 1..8), scale in 2_u32..8) {
        let rows: Vec<_> = sales
            .iter()
            .enumerate()
            .map(|(key, (before, after))| product(key, *before, *after))
            .collect();
        match price_volume_mix(&rows, scale) {
            Ok(why) => {
                let effects = [Effect::Volume, Effect::Price, Effect::Mix, Effect::New, Effect::Lost];
                let sum: Decimal = effects.iter().map(|effect| why.of_effect(*effect).unwrap()).sum();
                prop_assert_eq!(sum, why.total());
                let by_product: Decimal = rows.iter().map(|row| why.of_segment(row.key()).unwrap()).sum();
                prop_assert_eq!(by_product, sum);
                prop_assert_eq!(why.parts().len(), 5 * rows.len());
                for row in &rows {
                    let change = row.revenue_after().unwrap() - row.revenue_before().unwrap();
                    prop_assert!((why.of_segment(row.key()).unwrap() - change).abs() <= Decimal::new(5, scale));
                }
            }
            Err(error) => prop_assert_eq!(error, DecomposeError::NoWhole { what: "quantity before" }),
        }
    }

    #[test]
    fn mix_rate_sums_to_the_change(cells in prop::collection::vec(prop::array::uniform4(1..5000_i64), 1..8), scale in 2_u32..12) {
        let rows: Vec<_> = cells
            .iter()
            .enumerate()
            .map(|(key, [a, b, c, d])| Segment {
                key,
                numerator_before: Decimal::from(*a),
                denominator_before: Decimal::from(*b),
                numerator_after: Decimal::from(*c),
                denominator_after: Decimal::from(*d),
            })
            .collect();
        let why = mix_rate(&rows, (scale, Rounding::HalfAwayFromZero)).unwrap();
        prop_assert_eq!(why.of_effect(Effect::Rate).unwrap() + why.of_effect(Effect::Mix).unwrap(), why.total());
        let rate = |a: usize, b: usize| {
            cells.iter().map(|c| c[a] as f64).sum::<f64>() / cells.iter().map(|c| c[b] as f64).sum::<f64>()
        };
        let total: f64 = why.total().to_string().parse().unwrap();
        prop_assert!((total - (rate(2, 3) - rate(0, 1))).abs() <= 0.5001 * 10_f64.powi(-(scale as i32)) + 1e-9);
    }

    #[test]
    fn explanatory_powers_sum_to_one(cells in prop::collection::vec(prop::array::uniform2(0..5000_i64), 1..12)) {
        let rows: Vec<_> = cells
            .iter()
            .enumerate()
            .map(|(key, [f, a])| Element { key, forecast: Decimal::from(*f), actual: Decimal::from(*a) })
            .collect();
        if let Ok(why) = adtributor(&rows) {
            let sum: f64 = why.elements().iter().map(|element| element.explanatory_power).sum();
            let size: f64 = why.elements().iter().map(|element| element.explanatory_power.abs()).sum();
            prop_assert!((sum - 1.0).abs() <= 1e-14 * size);
            prop_assert!(why.elements().iter().all(|element| element.surprise >= 0.0));
            prop_assert!(why.surprise() <= core::f64::consts::LN_2 + 1e-15);
        }
    }
}

#[test]
fn the_wire_is_pinned() {
    let row = ProductSales::new("tea".to_owned()).sold_before(120, Decimal::new(1150, 2));
    let text = r#"{"key":"tea","before":{"quantity":"120","price":"11.5"},"after":null}"#;
    assert_eq!(serde_json::to_string(&row).unwrap(), text);
    assert_eq!(serde_json::from_str::<ProductSales<String>>(text).unwrap(), row);
    let numbers = r#"{"key":"tea","forecast":120,"actual":11.5}"#;
    let element: Element<String> = serde_json::from_str(numbers).unwrap();
    assert_eq!(element.actual, Decimal::new(115, 1));
    assert_eq!(serde_json::to_string(&DecompositionMethod::LogMean).unwrap(), r#""log_mean""#);
}
