//! What explains a change adds up to it.

use super::{Broken, hold};
use crate::decompose::{Attribution, Contribution, Contributions, Effect, ProductSales, SegmentEffect};
use crate::quantity::{Ratio, add, subtract};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{Debug, Display};
use rust_decimal::Decimal;

/// The contributions of an explanation add up to the change, to the last digit. No contributions add up to 0.
///
/// It takes [`Contributions`] of any keys by reference, and lists of [`Contribution`]s that your own method made.
///
/// # Errors
/// [`Broken`], with the parts, their sum and the change.
///
/// # Examples
/// ```
/// use marketloop::decompose::{DecompositionMethod, explain_product};
/// use marketloop::laws::explanation_closes;
/// use marketloop::quantity::Rounding;
/// use marketloop::strategies::changes;
/// use proptest::prelude::*;
///
/// proptest!(|((before, after) in changes())| {
///     let why = explain_product(&before, &after, DecompositionMethod::Shapley, (2, Rounding::HalfEven)).unwrap();
///     explanation_closes(why.total(), &why)?;
/// });
/// ```
pub fn explanation_closes<'a, K: Display + 'a>(
    change: Decimal,
    parts: impl IntoIterator<Item = &'a Contribution<K>>,
) -> Result<(), Broken> {
    const LAW: &str = "explanation_closes";
    let parts: Vec<&Contribution<K>> = parts.into_iter().collect();
    let written = || {
        let parts: Vec<String> = parts.iter().map(|part| format!("{} {}", part.key, part.value)).collect();
        parts.join(", ")
    };
    // As fractions: parts of opposite signs may add up to more than a decimal holds on the way.
    let sum = parts.iter().try_fold(Ratio::ZERO, |sum, part| sum.plus(part.value.into()));
    match sum {
        Ok(sum) => hold(LAW, sum == change.into(), || {
            format!("the parts [{}] add up to {sum}, not to the change of {change}", written())
        }),
        Err(error) => Err(Broken::new(LAW, format_args!("the parts [{}] do not add up: {error}", written()))),
    }
}

/// Explained the other way round in time, each part has the opposite sign, and is otherwise the same.
///
/// Of two parts with equal remainders the first one gets the unit that rounding leaves, one way and the other: a part may
/// differ by one unit of its last decimal. Shapley values and the log mean keep this law; one factor after the other does not.
///
/// # Errors
/// [`Broken`], with the two parts that differ.
///
/// # Examples
/// ```
/// use marketloop::decompose::{DecompositionMethod, explain_product};
/// use marketloop::laws::swapping_the_times_negates;
/// use marketloop::quantity::Rounding;
/// use marketloop::strategies::changes;
/// use proptest::prelude::*;
///
/// proptest!(|((before, after) in changes())| {
///     let explain = |from, to| explain_product(from, to, DecompositionMethod::LogMean, (2, Rounding::HalfEven)).unwrap();
///     swapping_the_times_negates(&explain(&before, &after), &explain(&after, &before))?;
/// });
/// ```
pub fn swapping_the_times_negates<K: PartialEq + Display>(
    there: &Contributions<K>,
    back: &Contributions<K>,
) -> Result<(), Broken> {
    const LAW: &str = "swapping_the_times_negates";
    let (total, opposite) = (there.total(), back.total());
    let told = |error| Broken::new(LAW, error);
    hold(LAW, add(total, opposite).map_err(told)?.is_zero(), || {
        format!("the change is {total}, and back {opposite}")
    })?;
    hold(LAW, there.parts().len() == back.parts().len(), || format!("{there}, and back {back}"))?;
    for (part, opposite) in there.iter().zip(back) {
        let off = add(part.value, opposite.value).map_err(told)?;
        let unit = Decimal::try_new(1, off.scale()).map_err(|error| Broken::new(LAW, error))?;
        let same = part.key == opposite.key && off.abs() <= unit && part.method == opposite.method;
        hold(LAW, same, || format!("{part}, and back {opposite}"))?;
    }
    Ok(())
}

/// The contributions of the factors of a product add up to its change, but for the rounding of floats.
///
/// # Errors
/// [`Broken`], with the factors, the parts, their sum and the change; also where a factor has no part, or the change is
/// no finite float.
///
/// # Examples
/// ```
/// use marketloop::decompose::shapley_contributions;
/// use marketloop::laws::factors_explain_their_product;
/// use proptest::collection::vec;
/// use proptest::prelude::*;
///
/// proptest!(|(factors in vec((0.01..10.0, 0.01..10.0), 1..12))| {
///     let (before, after): (Vec<f64>, Vec<f64>) = factors.into_iter().unzip();
///     factors_explain_their_product(&before, &after, &shapley_contributions(&before, &after).unwrap())?;
/// });
/// ```
pub fn factors_explain_their_product(before: &[f64], after: &[f64], parts: &[f64]) -> Result<(), Broken> {
    const LAW: &str = "factors_explain_their_product";
    let (start, end) = (before.iter().product::<f64>(), after.iter().product::<f64>());
    let (sum, size) = parts.iter().fold((0.0, 0.0), |(sum, size), part| (sum + part, size + part.abs()));
    let (change, whole) = (end - start, start.abs() + end.abs());
    each_factor_has_a_part(LAW, before, after, parts)?;
    // Of infinite figures each difference would be within a share of them.
    hold(LAW, change.is_finite() && (sum - change).abs() <= 1e-13 * (size + whole), || {
        format!("from {before:?} to {after:?} the parts {parts:?} add up to {sum}, not to {change}")
    })
}

/// A factor that did not change contributes nothing.
///
/// # Errors
/// [`Broken`], with the factor and its part; also where a factor has none.
///
/// # Examples
/// ```
/// use marketloop::laws::an_unchanged_factor_contributes_nothing;
///
/// assert!(an_unchanged_factor_contributes_nothing(&[2.0, 3.0], &[4.0, 3.0], &[6.0, 0.0]).is_ok());
/// assert!(an_unchanged_factor_contributes_nothing(&[2.0, 3.0], &[4.0, 3.0], &[3.0, 3.0]).is_err());
/// ```
pub fn an_unchanged_factor_contributes_nothing(
    before: &[f64],
    after: &[f64],
    parts: &[f64],
) -> Result<(), Broken> {
    const LAW: &str = "an_unchanged_factor_contributes_nothing";
    each_factor_has_a_part(LAW, before, after, parts)?;
    for (index, ((from, to), part)) in before.iter().zip(after).zip(parts).enumerate() {
        let holds = from.total_cmp(to).is_ne() || part.abs() <= 0.0;
        hold(LAW, holds, || format!("factor {index} is {from} at both times, and contributes {part}"))?;
    }
    Ok(())
}

fn each_factor_has_a_part(
    law: &'static str,
    before: &[f64],
    after: &[f64],
    parts: &[f64],
) -> Result<(), Broken> {
    let finite = parts.iter().all(|part| part.is_finite());
    hold(law, finite && before.len() == after.len() && before.len() == parts.len(), || {
        format!("from {before:?} to {after:?} the parts are {parts:?}: not one finite number of each factor")
    })
}

/// The order in which factors are listed does not matter: in reverse order they have the same parts, reversed.
///
/// Shapley values and the log mean keep this law; one factor after the other does not.
///
/// # Errors
/// [`Broken`], with the parts in both orders, or with what one of them was refused with.
///
/// # Examples
/// ```
/// use marketloop::decompose::{log_mean_contributions, sequential_contributions};
/// use marketloop::laws::order_does_not_matter;
///
/// let (before, after) = ([2.0, 3.0], [4.0, 5.0]);
/// assert!(order_does_not_matter(log_mean_contributions, &before, &after).is_ok());
/// assert!(order_does_not_matter(sequential_contributions, &before, &after).is_err());
/// ```
pub fn order_does_not_matter<E: Debug>(
    contributions: impl Fn(&[f64], &[f64]) -> Result<Vec<f64>, E>,
    before: &[f64],
    after: &[f64],
) -> Result<(), Broken> {
    const LAW: &str = "order_does_not_matter";
    let reversed = |values: &[f64]| values.iter().rev().copied().collect::<Vec<f64>>();
    let asked = |before: &[f64], after: &[f64]| {
        contributions(before, after)
            .map_err(|error| Broken::new(LAW, format_args!("{before:?} to {after:?}: {error:?}")))
    };
    let there = asked(before, after)?;
    each_factor_has_a_part(LAW, before, after, &there)?;
    let back = reversed(&asked(&reversed(before), &reversed(after))?);
    let size: f64 = there.iter().map(|part| part.abs()).sum();
    let near = |(one, other): (&f64, &f64)| (one - other).abs() <= 1e-12 * size;
    hold(LAW, there.len() == back.len() && there.iter().zip(&back).all(near), || {
        format!("from {before:?} to {after:?} the parts are {there:?}, and in reverse order {back:?}")
    })
}

/// The effects of a product add up to the change of its own revenue, but for the rounding of its five effects.
///
/// # Errors
/// [`Broken`], with the product, its effects' sum and its change; also where it has no effects.
///
/// # Examples
/// ```
/// use marketloop::decompose::price_volume_mix;
/// use marketloop::laws::effects_explain_each_product;
/// use marketloop::strategies::product_sales;
/// use proptest::prelude::*;
///
/// proptest!(|(rows in product_sales())| {
///     effects_explain_each_product(&rows, &price_volume_mix(&rows, 2).unwrap())?;
/// });
/// ```
pub fn effects_explain_each_product<K: PartialEq + Display>(
    rows: &[ProductSales<K>],
    why: &Contributions<SegmentEffect<K>>,
) -> Result<(), Broken> {
    const LAW: &str = "effects_explain_each_product";
    let told = |error: &dyn Display| Broken::new(LAW, error);
    // Each effect is within one unit of the last decimal.
    let scale = why.parts().iter().map(|part| part.value.scale()).max().unwrap_or(0);
    let room = Decimal::try_new(5, scale).map_err(|error| told(&error))?;
    for row in rows {
        let before = row.revenue_before().map_err(|error| told(&error))?;
        let after = row.revenue_after().map_err(|error| told(&error))?;
        let change = subtract(after, before).map_err(|error| told(&error))?;
        let is_there = why.parts().iter().any(|part| part.key.segment == *row.key());
        hold(LAW, is_there, || format!("{} has no effect", row.key()))?;
        let effects = why.of_segment(row.key()).map_err(|error| told(&error))?;
        let off = subtract(effects, change).map_err(|error| told(&error))?;
        hold(LAW, off.abs() <= room, || {
            format!("the effects of {} add up to {effects}, and its revenue changed by {change}", row.key())
        })?;
    }
    Ok(())
}

/// A segment that stands alone has no effect of the mix: all of the change is its rate's.
///
/// # Errors
/// [`Broken`], with the segment and its effect; also where no segment has an effect of its rate.
///
/// # Examples
/// ```
/// use marketloop::decompose::mix_rate;
/// use marketloop::laws::one_segment_has_no_mix;
/// use marketloop::quantity::Rounding;
/// use marketloop::strategies::segments;
/// use proptest::prelude::*;
///
/// proptest!(|(rows in segments())| {
///     one_segment_has_no_mix(&mix_rate(&rows, (6, Rounding::HalfEven)).unwrap())?;
/// });
/// ```
pub fn one_segment_has_no_mix<K: PartialEq + Display>(
    why: &Contributions<SegmentEffect<K>>,
) -> Result<(), Broken> {
    const LAW: &str = "one_segment_has_no_mix";
    let segments = why.parts().iter().filter(|part| part.key.effect == Effect::Rate).count();
    hold(LAW, segments > 0, || "no segment has an effect of its rate".to_string())?;
    for part in why {
        let holds = segments != 1 || part.key.effect == Effect::Rate || part.value.is_zero();
        hold(LAW, holds, || format!("{} contributes {}", part.key, part.value))?;
    }
    Ok(())
}

/// The elements of a dimension explain the whole miss: their powers add up to 1, and no surprise is below 0.
///
/// # Errors
/// [`Broken`], with the elements and the sum of their powers.
///
/// # Examples
/// ```
/// use marketloop::decompose::adtributor;
/// use marketloop::laws::explanatory_powers_add_up;
/// use marketloop::strategies::elements;
/// use proptest::prelude::*;
///
/// proptest!(|(elements in elements())| {
///     if let Ok(why) = adtributor(&elements) {
///         explanatory_powers_add_up(&why)?;
///     }
/// });
/// ```
pub fn explanatory_powers_add_up<K: Debug>(why: &Attribution<K>) -> Result<(), Broken> {
    const LAW: &str = "explanatory_powers_add_up";
    let powers = why.elements().iter().map(|element| element.explanatory_power);
    let (sum, size) = powers.fold((0.0_f64, 0.0_f64), |(sum, size), power| (sum + power, size + power.abs()));
    hold(LAW, size.is_finite() && (sum - 1.0).abs() <= 1e-14 * size, || {
        format!("the powers of {:?} add up to {}", why.elements(), sum)
    })?;
    hold(LAW, why.elements().iter().all(|element| element.surprise >= 0.0), || {
        format!("a surprise of {:?} is below 0", why.elements())
    })
}
