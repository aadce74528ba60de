//! Wrong explanations of a change.

use super::caught;
use marketloop::decompose::{
    Contribution, Contributions, DecompositionMethod, Effect, ProductSales, Segment, SegmentEffect,
    explain_product, log_mean, log_mean_contributions, mix_rate, price_volume_mix, sequential_contributions,
    shapley_contributions,
};
use marketloop::laws::{
    Broken, effects_explain_each_product, explanation_closes, factors_explain_their_product,
    order_does_not_matter, swapping_the_times_negates,
};
use marketloop::quantity::{Quantity, Rounding, Unit, round};
use marketloop::strategies::{changes, product_sales, segments};
use rust_decimal::Decimal;

type Change = (Vec<Decimal>, Vec<Decimal>);

fn floats(values: &[Decimal]) -> Vec<f64> {
    values.iter().map(|value| value.to_string().parse().unwrap()).collect()
}

fn closes(
    (before, after): &Change,
    contributions: impl Fn(&[f64], &[f64]) -> Vec<f64>,
) -> Result<(), Broken> {
    let (before, after) = (floats(before), floats(after));
    factors_explain_their_product(&before, &after, &contributions(&before, &after))
}

/// The product of the factors before one, at their new values, and of those after it, at their old ones.
fn around(before: &[f64], after: &[f64], factor: usize) -> (f64, f64) {
    (after[..factor].iter().product(), before[factor + 1..].iter().product())
}

#[test]
fn the_arithmetic_for_the_logarithmic_mean() {
    // Without factors of 0, of which there is no logarithm.
    let factors = changes().with_digits(1..=1_000_000);
    caught(
        "the arithmetic for the logarithmic mean",
        factors,
        |change| closes(change, |a, b| log_mean_contributions(a, b).unwrap()),
        |change| {
            closes(change, |a, b| {
                let mean = f64::midpoint(a.iter().product(), b.iter().product());
                a.iter().zip(b).map(|(a, b)| mean * (b / a).ln()).collect()
            })
        },
    );
}

#[test]
fn a_mean_of_the_factor_for_one_of_the_product() {
    caught(
        "a logarithmic mean of the factor for one of the product",
        changes().with_digits(1..=1_000_000),
        |change| closes(change, |a, b| log_mean_contributions(a, b).unwrap()),
        |change| {
            closes(change, |a, b| {
                a.iter().zip(b).map(|(a, b)| log_mean(*a, *b).unwrap() * (b / a).ln()).collect()
            })
        },
    );
}

#[test]
fn one_factor_after_the_other_off_by_one() {
    caught(
        "one factor after the other, the own one replaced already",
        changes(),
        |change| closes(change, |a, b| sequential_contributions(a, b).unwrap()),
        |change| {
            closes(change, |a, b| {
                let part = |factor| {
                    let (new, old) = around(a, b, factor);
                    new * b[factor] * (b[factor] - a[factor]) * old
                };
                (0..a.len()).map(part).collect()
            })
        },
    );
}

#[test]
fn all_other_factors_at_their_old_values() {
    caught(
        "each factor with all others at their old values",
        changes(),
        |change| closes(change, |a, b| shapley_contributions(a, b).unwrap()),
        |change| {
            closes(change, |a, b| {
                let part =
                    |factor: usize| (b[factor] - a[factor]) * around(a, a, factor).0 * around(a, a, factor).1;
                (0..a.len()).map(part).collect()
            })
        },
    );
}

#[test]
fn a_shapley_value_over_two_orders() {
    // The first and the last place only: right for two factors, wrong for three.
    caught(
        "a Shapley value over two of all orders",
        changes(),
        |change| {
            closes(change, |a, b| shapley_contributions(a, b).unwrap())?;
            order_does_not_matter(shapley_contributions, &floats(&change.0), &floats(&change.1))
        },
        |(before, after)| {
            let (before, after) = (floats(before), floats(after));
            let contributions = |a: &[f64], b: &[f64]| {
                let others = |values: &[f64], factor: usize| around(values, values, factor);
                let part = |factor: usize| {
                    let [(a0, a1), (b0, b1)] = [others(a, factor), others(b, factor)];
                    (b[factor] - a[factor]) * f64::midpoint(a0 * a1, b0 * b1)
                };
                Ok::<_, String>((0..a.len()).map(part).collect::<Vec<f64>>())
            };
            factors_explain_their_product(&before, &after, &contributions(&before, &after).unwrap())
        },
    );
}

#[test]
fn an_order_where_none_may_matter() {
    caught(
        "sequential replacement for the Shapley value",
        changes(),
        |(before, after)| order_does_not_matter(shapley_contributions, &floats(before), &floats(after)),
        |(before, after)| order_does_not_matter(sequential_contributions, &floats(before), &floats(after)),
    );
    let both = |(before, after): &Change, method| {
        let explain =
            |a: &[Decimal], b: &[Decimal]| explain_product(a, b, method, (4, Rounding::HalfEven)).unwrap();
        swapping_the_times_negates(&explain(before, after), &explain(after, before))
    };
    caught(
        "sequential replacement the other way round in time",
        changes(),
        |change| both(change, DecompositionMethod::Shapley),
        |change| both(change, DecompositionMethod::Sequential),
    );
}

fn parts<K>(change: Decimal, parts: impl IntoIterator<Item = (K, Decimal)>) -> Result<(), Broken>
where
    K: std::fmt::Display,
{
    let part = |(key, value)| Contribution::new(key, &Quantity::new(value, Unit::ONE));
    let parts: Vec<Contribution<K>> = parts.into_iter().map(part).collect();
    explanation_closes(change, &parts)
}

#[test]
fn each_contribution_rounded_for_itself() {
    let explain = |(before, after): &Change| {
        explain_product(before, after, DecompositionMethod::Shapley, (4, Rounding::HalfEven)).unwrap()
    };
    caught(
        "each contribution rounded for itself",
        changes(),
        |change| explanation_closes(explain(change).total(), &explain(change)),
        |change| {
            let why = explain(change);
            let cents = |value| round(value, (2, Rounding::HalfEven));
            parts(cents(why.total()), why.iter().map(|part| (part.key, cents(part.value))))
        },
    );
}

#[test]
fn the_change_of_both_left_out() {
    // By the old shares alone: what rates and mix did together is in neither effect.
    caught(
        "a rate effect by the old shares",
        segments(),
        |rows| {
            let why = mix_rate(rows, (12, Rounding::HalfEven)).unwrap();
            explanation_closes(why.total(), &why)
        },
        |rows| {
            let why = mix_rate(rows, (12, Rounding::HalfEven)).unwrap();
            let sum = |side: fn(&Segment<String>) -> Decimal| rows.iter().map(side).sum::<Decimal>();
            let (before, after) = (sum(|row| row.denominator_before), sum(|row| row.denominator_after));
            let effects = rows.iter().flat_map(|row| {
                let rate = |part: Decimal, of: Decimal| part.checked_div(of);
                let old = rate(row.numerator_before, row.denominator_before);
                let new = rate(row.numerator_after, row.denominator_after);
                let (old, new) = (old.or(new).unwrap_or_default(), new.or(old).unwrap_or_default());
                let (share, later) = (row.denominator_before / before, row.denominator_after / after);
                [
                    (format!("{} rate", row.key), share * (new - old)),
                    (format!("{} mix", row.key), (later - share) * old),
                ]
            });
            // Rounded for comparison: the quotients have 28 digits.
            let effects: Vec<(String, Decimal)> = effects.collect();
            let sum: Decimal = effects.iter().map(|(_, value)| *value).sum();
            let told = round(sum, (9, Rounding::HalfEven));
            parts(round(why.total(), (9, Rounding::HalfEven)), [("all", told)])
        },
    );
}

fn disturbed(
    rows: &[ProductSales<String>],
    disturb: impl Fn(&ProductSales<String>, Effect, Decimal) -> Decimal,
) -> Result<(), Broken> {
    let why = price_volume_mix(rows, 2).unwrap();
    let parts: Vec<(SegmentEffect<String>, Decimal)> = why
        .iter()
        .map(|part| {
            let row = rows.iter().find(|row| *row.key() == part.key.segment).unwrap();
            (part.key.clone(), disturb(row, part.key.effect, part.value))
        })
        .collect();
    let total = parts.iter().map(|(_, value)| *value).sum();
    let why = Contributions::new(total, &Unit::ONE, parts, why.method()).unwrap();
    effects_explain_each_product(rows, &why)
}

fn explained(rows: &[ProductSales<String>]) -> Result<(), Broken> {
    effects_explain_each_product(rows, &price_volume_mix(rows, 2).unwrap())
}

#[test]
fn a_lost_product_with_the_sign_of_a_new_one() {
    caught(
        "a lost product with the sign of a new one",
        product_sales(),
        |rows| explained(rows),
        |rows| disturbed(rows, |_, effect, value| if effect == Effect::Lost { -value } else { value }),
    );
}

#[test]
fn a_price_on_the_quantity_before() {
    caught(
        "a change of price on the quantity before",
        product_sales(),
        |rows| explained(rows),
        |rows| {
            disturbed(rows, |row, effect, value| match (effect, row.before(), row.after()) {
                (Effect::Price, Some((quantity, old)), Some((_, new))) => quantity * (new - old),
                _ => value,
            })
        },
    );
}
