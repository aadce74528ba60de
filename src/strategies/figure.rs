//! Figures and intervals.

use super::decimals;
use crate::figure::{Cause, Figure, Interval};
use alloc::vec::Vec;
use proptest::prelude::{Just, Strategy};
use proptest::prop_oneof;
use proptest::sample::select;
use rust_decimal::Decimal;

/// Figures of such values: known, missing with what was not measured, or undefined with a cause.
///
/// Mean size 0.7 known figures; 25 % are edges: missing, undefined.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::strategies::{figures, ratios};
/// use proptest::prelude::*;
///
/// proptest!(|(figure in figures(ratios()))| {
///     laws::reads_back_what_it_writes(&figure)?;
///     prop_assert_eq!(figure.clone().get().is_ok(), figure.is_known());
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn figures<T: core::fmt::Debug>(
    values: impl Strategy<Value = T> + Clone,
) -> impl Strategy<Value = Figure<T>> + Clone {
    let causes = [
        Cause::Zero("spend".into()),
        Cause::Negative("revenue".into()),
        Cause::NotPositive("budget".into()),
        Cause::None("order".into()),
        Cause::NotReached("payback".into()),
        Cause::Inconsistent("directions".into()),
        Cause::OutOfRange,
        Cause::Imprecise,
    ];
    prop_oneof![
        6 => values.prop_map(Figure::Known),
        1 => select(&["revenue", "the report of 2026-07"][..]).prop_map(Figure::missing),
        1 => select(Vec::from(causes)).prop_map(|cause| Figure::undefined("return", cause)),
    ]
}

/// Intervals between any two decimals, their ends now and then the same.
///
/// Mean size 35.8 characters; 15 % are edges: both ends the same, an end of 0.
///
/// # Examples
/// ```
/// use marketloop::strategies::intervals;
/// use proptest::prelude::*;
///
/// proptest!(|(one in intervals(), other in intervals())| {
///     prop_assert!(one.contains(&one.low()) && one.contains(&one.high()));
///     prop_assert_eq!(one.intersection(other), other.intersection(one));
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn intervals() -> impl Strategy<Value = Interval<Decimal>> + Clone {
    let other = prop_oneof![1 => Just(None), 7 => decimals().prop_map(Some)];
    (decimals(), other).prop_filter_map("an interval", |(one, other)| {
        let other = other.unwrap_or(one);
        Interval::new(one.min(other), one.max(other)).ok()
    })
}
