//! Why a rate over segments changed: what the rates of the segments did, and what their mix did.

use super::DecomposeError;
use super::contributions::{ContributionMethod, Contributions, Effect, SegmentEffect};
use super::fraction::{Fraction, apportion, checked_scale, sum};
use crate::quantity::wire::wire_fields;
use crate::quantity::{Precision, Unit};
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// A segment at two points: its rate is numerator by denominator (orders by visitors). The points are two periods, or
/// a forecast and its actual.
///
/// ```
/// # use marketloop::decompose::Segment;
/// let json = r#"{
///   "key": "mobile",
///   "numerator_before": "20",
///   "denominator_before": "1000",
///   "numerator_after": "99.5",
///   "denominator_after": "4500"
/// }"#;
/// let read: Segment<String> = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<Segment<String>>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Segment<K> {
    /// The name of the segment.
    pub key: K,
    /// The numerator before.
    pub numerator_before: Decimal,
    /// The denominator before.
    pub denominator_before: Decimal,
    /// The numerator after.
    pub numerator_after: Decimal,
    /// The denominator after.
    pub denominator_after: Decimal,
}

wire_fields!(Segment<K> {
    key,
    numerator_before: own,
    denominator_before: own,
    numerator_after: own,
    denominator_after: own,
});

impl<K> Segment<K> {
    /// A segment with its numerator and denominator before, and the two after.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decompose::Segment;
    /// use rust_decimal::dec;
    ///
    /// // 20 orders of 1,000 visitors, then 99 of 4,500.
    /// let mobile = Segment::new("mobile", (20, 1000), (99, 4500));
    /// assert_eq!((mobile.numerator_after, mobile.denominator_after), (dec!(99), dec!(4500)));
    /// ```
    #[must_use]
    pub fn new(
        key: K,
        before: (impl Into<Decimal>, impl Into<Decimal>),
        after: (impl Into<Decimal>, impl Into<Decimal>),
    ) -> Self {
        Self {
            key,
            numerator_before: before.0.into(),
            denominator_before: before.1.into(),
            numerator_after: after.0.into(),
            denominator_after: after.1.into(),
        }
    }
}

/// The change of the overall rate of `rows` by rate and mix, as decimals; the change is rounded once to
/// `precision`, and the effects add up to it.
///
/// # Formula
/// With the segments' rates `r`, shares of the denominator `s`, the overall rate `R`, 0 before and 1 after:
/// `rate_i = (s0 + s1)/2 (r1 - r0)` and `mix_i = (s1 - s0) ((r0 + r1)/2 - (R0 + R1)/2)` (E. M. Kitagawa,
/// 1955, taken against the mean overall rate, which leaves the sum as it is). A segment that has no
/// denominator at one point takes the rate of the other: its whole effect is mix.
///
/// # Errors
/// [`DecomposeError::Empty`]; [`DecomposeError::NoWhole`] where all denominators of a point are zero;
/// [`DecomposeError::NoDenominator`] for a numerator without denominator; [`DecomposeError::Negative`] for a
/// denominator below zero; [`DecomposeError::ScaleTooLarge`]; [`DecomposeError::Overflow`] beyond 28 digits.
///
/// # Examples
/// ```
/// use marketloop::decompose::{Effect, Segment, mix_rate};
/// use marketloop::quantity::Rounding;
/// use rust_decimal::dec;
///
/// // Both rates rose, and yet the overall rate fell: mobile visitors buy less, and many more came.
/// let rows = [
///     Segment::new("mobile", (20, 1000), (99, 4500)),
///     Segment::new("desktop", (90, 1500), (70, 1100)),
/// ];
/// let why = mix_rate(&rows, (6, Rounding::HalfEven))?;
/// assert_eq!(why.total(), dec!(-0.013821));
/// assert_eq!((why.of_effect(Effect::Rate)?, why.of_effect(Effect::Mix)?), (dec!(0.002652), dec!(-0.016473)));
/// # Ok::<(), marketloop::decompose::DecomposeError>(())
/// ```
#[doc(alias = "Kitagawa")]
pub fn mix_rate<K: Clone>(
    rows: &[Segment<K>],
    precision: impl Into<Precision>,
) -> Result<Contributions<SegmentEffect<K>>, DecomposeError> {
    let before = rows.iter().map(|row| (row.numerator_before, row.denominator_before));
    let after = rows.iter().map(|row| (row.numerator_after, row.denominator_after));
    checked(before)?;
    checked(after)?;
    let rows = rows.iter().map(|row| {
        let before = [row.numerator_before.into(), row.denominator_before.into()];
        (row.key.clone(), [before, [row.numerator_after.into(), row.denominator_after.into()]])
    });
    rate_and_mix(&rows.collect::<Vec<_>>(), &Unit::ONE, precision.into())
}

/// That no denominator is below zero, and none is missing.
fn checked(rows: impl Iterator<Item = (Decimal, Decimal)>) -> Result<(), DecomposeError> {
    for (index, (numerator, denominator)) in rows.enumerate() {
        if denominator < Decimal::ZERO {
            return Err(DecomposeError::Negative { index, value: denominator });
        }
        if denominator.is_zero() && !numerator.is_zero() {
            return Err(DecomposeError::NoDenominator { index });
        }
    }
    Ok(())
}

/// A segment of exact fractions: numerator and denominator before, and the two after. No denominator is below 0, and where
/// one is 0 its numerator is.
type Exactly<K> = (K, [[Fraction; 2]; 2]);

/// The change of the overall rate by rate and mix, in the unit in which the numerators are.
///
/// # Errors
/// As [`mix_rate`], but for what [`Exactly`] promises.
pub(crate) fn rate_and_mix<K: Clone>(
    rows: &[Exactly<K>],
    unit: &Unit,
    Precision { scale, rounding }: Precision,
) -> Result<Contributions<SegmentEffect<K>>, DecomposeError> {
    if rows.is_empty() {
        return Err(DecomposeError::Empty { what: "rows" });
    }
    let before = Side::of(rows.iter().map(|(_, [before, _])| before), "denominator before")?;
    let after = Side::of(rows.iter().map(|(_, [_, after])| after), "denominator after")?;
    let change = after.rate.minus(&before.rate).round(checked_scale(scale)?, rounding)?;
    // Against the mean overall rate: the mix effects then add up to the same, and a segment of average rate has none.
    let middle = before.rate.plus(&after.rate).halved();
    let cells: Vec<Fraction> = before
        .segments
        .iter()
        .zip(&after.segments)
        .flat_map(|(old, new)| effects(old, new, &middle))
        .collect();
    let rounded = apportion(&cells, change, scale)?;
    // A row's effects stand side by side, in this order, as `effects` makes them.
    let keys = rows.iter().flat_map(|(key, _)| {
        [Effect::Rate, Effect::Mix].map(|effect| SegmentEffect { segment: key.clone(), effect })
    });
    Contributions::new(change, unit, keys.zip(rounded), ContributionMethod::Weights)
}

/// All segments at one point: the overall rate, and for each its share and its rate.
struct Side {
    rate: Fraction,
    segments: Vec<(Fraction, Option<Fraction>)>,
}

impl Side {
    fn of<'r>(
        rows: impl Iterator<Item = &'r [Fraction; 2]> + Clone,
        what: &'static str,
    ) -> Result<Self, DecomposeError> {
        let whole = sum(rows.clone().map(|[_, denominator]| denominator));
        let none = || DecomposeError::NoWhole { what };
        let rate = sum(rows.clone().map(|[numerator, _]| numerator)).over(&whole).ok_or_else(none)?;
        let of_row = |[numerator, denominator]: &[Fraction; 2]| {
            Ok((denominator.over(&whole).ok_or_else(none)?, numerator.over(denominator)))
        };
        Ok(Self { rate, segments: rows.map(of_row).collect::<Result<_, DecomposeError>>()? })
    }
}

/// The rate and the mix effect of one segment.
fn effects(
    (old_share, old_rate): &(Fraction, Option<Fraction>),
    (new_share, new_rate): &(Fraction, Option<Fraction>),
    middle: &Fraction,
) -> [Fraction; 2] {
    // A segment that comes or goes has one rate: with it on both sides, its whole effect is mix.
    let Some((old_rate, new_rate)) =
        old_rate.as_ref().or(new_rate.as_ref()).zip(new_rate.as_ref().or(old_rate.as_ref()))
    else {
        return [Fraction::zero(), Fraction::zero()];
    };
    let rate = old_share.plus(new_share).halved().times(&new_rate.minus(old_rate));
    let mix = new_share.minus(old_share).times(&old_rate.plus(new_rate).halved().minus(middle));
    [rate, mix]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::Rounding;

    fn rows(rows: &[[i64; 4]]) -> Vec<Segment<usize>> {
        let segment = |(key, [a, b, c, d]): (usize, &[i64; 4])| Segment {
            key,
            numerator_before: Decimal::from(*a),
            denominator_before: Decimal::from(*b),
            numerator_after: Decimal::from(*c),
            denominator_after: Decimal::from(*d),
        };
        rows.iter().enumerate().map(segment).collect()
    }

    #[test]
    fn a_new_segment_is_all_mix() {
        let why = mix_rate(&rows(&[[1, 10, 1, 10], [0, 0, 5, 10]]), (4, Rounding::HalfEven)).unwrap();
        assert_eq!(why.of_effect(Effect::Rate).unwrap(), Decimal::ZERO);
        assert_eq!(why.of_effect(Effect::Mix).unwrap(), Decimal::new(2, 1));
        assert_eq!(why.total(), why.of_effect(Effect::Mix).unwrap());
    }

    #[test]
    fn what_has_no_rate_is_refused() {
        let run = |list: &[[i64; 4]]| mix_rate(&rows(list), (4, Rounding::HalfEven));
        assert!(run(&[]).is_err());
        assert!(run(&[[0, 0, 1, 10]]).is_err() && run(&[[1, 10, 0, 0]]).is_err());
        assert!(run(&[[1, 10, 3, 0], [1, 10, 1, 10]]).is_err());
        assert!(run(&[[1, -10, 3, 10], [1, 30, 1, 10]]).is_err());
        assert!(run(&[[0, 0, 0, 0], [1, 30, 1, 10]]).is_ok());
    }
}
