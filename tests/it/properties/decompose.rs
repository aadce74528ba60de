//! Laws of the explanations of a change.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "the cases are small, or rounding is what they test"
)]

use marketloop::decompose::{
    ContributionMethod, Contributions, DecomposeError, DecompositionMethod, Effect, Element, ProductSales,
    Segment, adtributor, close, explain_product, log_mean, log_mean_contributions, mix_rate,
    price_volume_mix, sequential_contributions, shapley_contributions,
};
use marketloop::laws::{
    self, effects_explain_each_product, explanation_closes, explanatory_powers_add_up,
    factors_explain_their_product, one_segment_has_no_mix, order_does_not_matter,
};
use marketloop::quantity::{Rounding, Share, Unit, round};
use marketloop::strategies::{changes, elements, product_sales, segments, small_decimals};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use rust_decimal::Decimal;

const METHODS: [DecompositionMethod; 3] =
    [DecompositionMethod::LogMean, DecompositionMethod::Shapley, DecompositionMethod::Sequential];

/// The exact sum, where every step of it is a decimal.
fn exact_sum(parts: &[Decimal]) -> Option<Decimal> {
    parts.iter().try_fold(Decimal::ZERO, |sum, part| marketloop::quantity::add(sum, *part).ok())
}

/// Of a float the bits, of which many are no number: hostile on purpose.
const BITS: fn(u64) -> f64 = f64::from_bits;

fn values(why: &Contributions<usize>) -> Vec<Decimal> {
    why.parts().iter().map(|part| part.value).collect()
}

proptest! {
    #[test]
    fn contributions_sum_to_the_change((before, after) in changes(), method in select(&METHODS[..]), scale in 0_u32..6) {
        let why = explain_product(&before, &after, method, (scale, Rounding::HalfEven)).unwrap();
        explanation_closes(why.total(), &why)?;
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
    fn drivers_are_the_fewest_parts_that_carry_the_share(
        values in vec(small_decimals(-60..=99), 0..10), percent in 0_u32..=100
    ) {
        let total: Decimal = values.iter().sum();
        let share = Share::percent(percent).unwrap();
        let parts = values.iter().copied().enumerate();
        let why = Contributions::new(total, &Unit::ONE, parts, ContributionMethod::Given).unwrap();
        let drivers = why.drivers(share);
        if total.is_zero() {
            prop_assert_eq!(drivers, Err(DecomposeError::NoWhole { what: "total" }));
            return Ok(());
        }
        let drivers = drivers.unwrap();
        let toward = |value: Decimal| if total.is_sign_negative() { -value } else { value };
        let needed = toward(total) * share.value();
        // Every set of parts: the least number of those that carry the share.
        let sets = (0..1_u32 << values.len()).filter(|set| {
            let chosen = values.iter().enumerate().filter(|(place, _)| set >> place & 1 == 1);
            chosen.map(|(_, value)| toward(*value)).sum::<Decimal>() >= needed
        });
        prop_assert_eq!(Some(drivers.drivers.len()), sets.map(u32::count_ones).min().map(|count| count as usize));
        prop_assert!(toward(drivers.sum) >= needed);
        prop_assert!(drivers.share >= share.value().into());
        prop_assert_eq!(drivers.sum, drivers.drivers.iter().map(|part| part.value).sum::<Decimal>());
        prop_assert_eq!(drivers.against_sum, drivers.against.iter().map(|part| part.value).sum::<Decimal>());
        prop_assert_eq!(drivers.sum + drivers.rest + drivers.against_sum, total);
        prop_assert!(drivers.against.iter().all(|part| toward(part.value) < Decimal::ZERO));
        prop_assert_eq!(drivers.against.len(), values.iter().filter(|value| toward(**value) < Decimal::ZERO).count());
        prop_assert!(drivers.drivers.is_sorted_by(|one, other| toward(one.value) >= toward(other.value)));
    }

    #[test]
    fn float_contributions_sum_to_the_change(pairs in prop::collection::vec((0.01..10.0_f64, 0.01..10.0_f64), 1..12)) {
        let (before, after): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
        for parts in [
            log_mean_contributions(&before, &after).unwrap(),
            shapley_contributions(&before, &after).unwrap(),
            sequential_contributions(&before, &after).unwrap(),
        ] {
            factors_explain_their_product(&before, &after, &parts)?;
        }
        for contributions in [log_mean_contributions, shapley_contributions] {
            order_does_not_matter(contributions, &before, &after)?;
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
    fn an_unchanged_factor_contributes_nothing((mut before, mut after) in changes().with_digits(1..=999_999), same in small_decimals(1..=999_999), method in select(&METHODS[..])) {
        before.push(same);
        after.push(same);
        let floats = |values: &[Decimal]| -> Vec<f64> { values.iter().map(|v| v.to_string().parse().unwrap()).collect() };
        let (a, b) = (floats(&before), floats(&after));
        let parts = match method {
            DecompositionMethod::LogMean => log_mean_contributions(&a, &b),
            DecompositionMethod::Shapley => shapley_contributions(&a, &b),
            _ => sequential_contributions(&a, &b),
        };
        let parts = parts.unwrap();
        prop_assert!(parts.last().unwrap().abs() <= 0.0);
        laws::an_unchanged_factor_contributes_nothing(&a, &b, &parts)?;
    }

    #[test]
    fn shapley_agrees_with_its_exact_form((before, after) in changes().with_digits(-1_000..=999)) {
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
    fn any_floats_close_or_fail(parts in vec(prop_oneof![any::<f64>(), any::<u64>().prop_map(BITS), Just(0.0), -3.0..3.0], 0..6), total in any::<i64>(), scale in 0_u32..30) {
        let total = Decimal::new(total, 3);
        if let Ok(closed) = close(&parts, total, scale) {
            prop_assert!(exact_sum(&closed).is_none_or(|sum| sum == total));
        }
    }

    #[test]
    fn any_floats_explain_or_fail(pairs in vec(prop::array::uniform2(prop_oneof![any::<f64>(), any::<u64>().prop_map(BITS), Just(0.0), -3.0..3.0]), 0..6)) {
        let (before, after): (Vec<f64>, Vec<f64>) = pairs.into_iter().map(|[a, b]| (a, b)).unzip();
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
        method in select(&METHODS[..]), scale in 0_u32..=28
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
    fn price_volume_mix_sums_to_the_change(mut rows in product_sales(), begins in any::<bool>(), scale in 2_u32..8) {
        if begins {
            // Nothing was sold before, of which an average price could be taken.
            let new = |row: ProductSales<String>| match row.after() {
                Some((quantity, price)) => ProductSales::new(row.key().clone()).sold_after(quantity, price),
                None => ProductSales::new(row.key().clone()),
            };
            rows = rows.into_iter().map(new).collect();
        }
        match price_volume_mix(&rows, scale) {
            Ok(why) => {
                explanation_closes(why.total(), &why)?;
                effects_explain_each_product(&rows, &why)?;
                let effects = [Effect::Volume, Effect::Price, Effect::Mix, Effect::New, Effect::Lost];
                let sum: Decimal = effects.iter().map(|effect| why.of_effect(*effect).unwrap()).sum();
                prop_assert_eq!(sum, why.total());
                let by_product: Decimal = rows.iter().map(|row| why.of_segment(row.key()).unwrap()).sum();
                prop_assert_eq!(by_product, sum);
                prop_assert_eq!(why.parts().len(), 5 * rows.len());
            }
            Err(error) => prop_assert_eq!((begins, error), (true, DecomposeError::NoWhole { what: "quantity before" })),
        }
    }

    #[test]
    fn mix_rate_sums_to_the_change(rows in segments(), scale in 2_u32..12) {
        let why = mix_rate(&rows, (scale, Rounding::HalfAwayFromZero)).unwrap();
        explanation_closes(why.total(), &why)?;
        one_segment_has_no_mix(&why)?;
        prop_assert_eq!(why.of_effect(Effect::Rate).unwrap() + why.of_effect(Effect::Mix).unwrap(), why.total());
        let sum = |side: fn(&Segment<String>) -> Decimal| -> f64 {
            rows.iter().map(side).sum::<Decimal>().to_string().parse().unwrap()
        };
        let before = sum(|row| row.numerator_before) / sum(|row| row.denominator_before);
        let after = sum(|row| row.numerator_after) / sum(|row| row.denominator_after);
        let total: f64 = why.total().to_string().parse().unwrap();
        prop_assert!((total - (after - before)).abs() <= 0.5001 * 10_f64.powi(-(scale as i32)) + 1e-9);
    }

    #[test]
    fn explanatory_powers_sum_to_one(rows in elements()) {
        let why = adtributor(&rows).unwrap();
        explanatory_powers_add_up(&why)?;
        prop_assert!(why.surprise() <= core::f64::consts::LN_2 + 1e-15);
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
