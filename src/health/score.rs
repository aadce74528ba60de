//! A score: exact where it is a fraction of whole numbers, else an estimate.

use crate::figure::{Cause, Cell, Figure, to_wire};
use crate::quantity::{Precision, QuantityError, Ratio, parse_decimal, round};
use alloc::format;
use alloc::string::ToString;
use core::cmp::Ordering;
use core::fmt;
use rust_decimal::Decimal;

/// The decimals to which an estimate is rounded before it meets an edge or is printed.
const EDGE_DECIMALS: usize = 12;

/// A score, most often in 0..=1: an exact fraction where the math stays rational within 128 bits, else a float.
///
/// # Examples
/// ```
/// use marketloop::health::{Aggregation, Score};
/// use rust_decimal::dec;
///
/// let parts = [(dec!(1), Score::from(dec!(0.92))), (dec!(1), Score::from(dec!(1)))];
/// let mean = Aggregation::Arithmetic.aggregate(&parts)?;
/// assert_eq!(mean.ratio().map(|ratio| ratio.to_string()).as_deref(), Some("24/25"));
/// assert!(Aggregation::Geometric.aggregate(&parts)?.ratio().is_none());
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[serde(transparent)]
pub struct Score(Kind);

#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Exact(Ratio),
    Estimate(#[serde(with = "crate::quantity::wire::own")] f64),
}

impl Score {
    /// A score of 0.
    pub const ZERO: Self = Self(Kind::Exact(Ratio::ZERO));
    /// A score of 1: all that was to be reached.
    pub const ONE: Self = Self(Kind::Exact(Ratio::ONE));

    /// The estimate `value`; undefined for NaN and infinities.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Score;
    ///
    /// assert_eq!(Score::estimate(0.925).to_string(), "92.5%");
    /// assert!(Score::estimate(f64::NAN).is_undefined());
    /// ```
    #[must_use]
    pub fn estimate(value: f64) -> Figure<Self> {
        Self::finite(value).map_or_else(|| Figure::undefined("score", Cause::OutOfRange), Figure::Known)
    }

    /// The estimate `value`; `None` for NaN and infinities.
    pub(super) fn finite(value: f64) -> Option<Self> {
        value.is_finite().then_some(Self(Kind::Estimate(value)))
    }

    /// The exact fraction; `None` for an estimate.
    #[must_use]
    pub const fn ratio(&self) -> Option<Ratio> {
        match self.0 {
            Kind::Exact(ratio) => Some(ratio),
            Kind::Estimate(_) => None,
        }
    }

    /// The nearest float, always finite.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        match self.0 {
            Kind::Exact(ratio) => ratio.to_f64(),
            Kind::Estimate(value) => value,
        }
    }

    /// Whether the score is below zero, as a standard score may be.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        match self.0 {
            Kind::Exact(ratio) => ratio.is_negative(),
            Kind::Estimate(value) => value < 0.0,
        }
    }

    /// Whether the score is zero.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        match self.0 {
            Kind::Exact(ratio) => ratio.is_zero(),
            Kind::Estimate(value) => value.abs() < f64::MIN_POSITIVE,
        }
    }

    /// The score rounded to `precision`; an estimate's digits are taken from its
    /// expansion to 18 decimals.
    ///
    /// # Errors
    /// [`QuantityError::Inexact`] where the rounded value needs more than 28 digits or `scale` exceeds 28.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Score;
    /// use marketloop::quantity::Rounding;
    /// use rust_decimal::dec;
    ///
    /// let score = Score::from(dec!(0.9583));
    /// assert_eq!(score.round((2, Rounding::HalfEven))?, dec!(0.96));
    /// # Ok::<(), marketloop::quantity::QuantityError>(())
    /// ```
    pub fn round(&self, precision: impl Into<Precision>) -> Result<Decimal, QuantityError> {
        let precision = precision.into();
        match self.0 {
            Kind::Exact(ratio) => ratio.round(precision),
            // Of a large one 18 decimals would be more than 28 digits.
            Kind::Estimate(value) => parse_decimal(&format!("{value:.18}"))
                .or_else(|_| parse_decimal(&format!("{value:.6}")))
                .map(|value| round(value, precision)),
        }
    }

    /// What meets an edge: the exact fraction, or the estimate rounded to 12 decimals.
    #[must_use]
    pub fn at_edge(&self) -> Ratio {
        match self.0 {
            Kind::Exact(ratio) => ratio,
            Kind::Estimate(value) => nearest_decimal(value),
        }
    }

    /// The order of two scores, exact where both are.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Score;
    /// use rust_decimal::dec;
    ///
    /// assert!(Score::from(dec!(0.8)).compare(&Score::ONE).is_lt());
    /// ```
    #[must_use]
    pub fn compare(&self, other: &Self) -> Ordering {
        match (self.0, other.0) {
            (Kind::Exact(left), Kind::Exact(right)) => left.cmp(&right),
            // An exact score comes before an estimate at the same float: two exact ones may differ there, and an
            // estimate equal to both would leave a sort without an order.
            (left, right) => {
                let is_estimate = |kind| matches!(kind, Kind::Estimate(_));
                let by_value = self.to_f64().total_cmp(&other.to_f64());
                by_value.then(is_estimate(left).cmp(&is_estimate(right)))
            }
        }
    }
}

/// The float rounded to 12 decimals, the most that an estimate of a score is good for.
pub(super) fn nearest_decimal(value: f64) -> Ratio {
    // Beyond 28 digits no edge lies: the ends of decimals stand for what is larger.
    let end = if value < 0.0 { Decimal::MIN } else { Decimal::MAX };
    let read = parse_decimal(&format!("{value:.EDGE_DECIMALS$}"));
    read.or_else(|_| parse_decimal(&format!("{value:.0}"))).unwrap_or(end).into()
}

to_wire!(Score);

impl From<Score> for Cell {
    /// The percentage that is shown.
    fn from(score: Score) -> Self {
        let text = score.to_string();
        match text.strip_suffix('%') {
            Some(percent) => Self::new(percent, "%"),
            None => Self::new(text, ""),
        }
    }
}

impl From<Ratio> for Score {
    fn from(ratio: Ratio) -> Self {
        Self(Kind::Exact(ratio))
    }
}

impl From<Decimal> for Score {
    fn from(value: Decimal) -> Self {
        Self(Kind::Exact(value.into()))
    }
}

impl fmt::Display for Score {
    /// The exact fraction as a percentage, as in [`Ratio::to_percent`]; an estimate likewise after rounding to
    /// 12 decimals.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.at_edge().write_percent(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::Rounding;
    use rust_decimal::dec;

    #[test]
    fn an_estimate_meets_the_edge_that_it_stands_for() {
        let almost = Score::finite(0.1 + 0.7).unwrap();
        assert!(almost.to_f64() < 0.8);
        assert_eq!(almost.at_edge(), Ratio::from(dec!(0.8)));
        assert_eq!(almost.to_string(), "80%");
        assert!(Score::estimate(f64::NAN).is_undefined() && Score::estimate(f64::INFINITY).is_undefined());
        let large = Score::finite(1e15).unwrap();
        assert_eq!(large.round((2, Rounding::HalfEven)).unwrap(), dec!(1000000000000000));
        assert_eq!(Score::from(dec!(0.125)).round((2, Rounding::HalfEven)).unwrap(), dec!(0.12));
        assert!(Score::from(dec!(-0.1)).is_negative() && Score::ZERO.is_zero());
        assert_eq!(Score::from(dec!(0.8)).compare(&almost), Ordering::Greater);
    }

    #[test]
    fn exact_scores_and_estimates_have_one_order() {
        let step = Ratio::new(dec!(1), dec!(10000000000000000000)).unwrap();
        let low = Score::from(Ratio::from(dec!(0.8)));
        let high = Score::from(Ratio::from(dec!(0.8)).plus(step).unwrap());
        let between = Score::finite(0.8).unwrap();
        // All three are one float; no two are equal, and the order is the same from both sides.
        assert_eq!((low.to_f64(), high.to_f64()), (0.8, 0.8));
        for (left, right) in [(low, high), (low, between), (high, between)] {
            assert_eq!((left.compare(&right), right.compare(&left)), (Ordering::Less, Ordering::Greater));
        }
    }

    #[test]
    fn an_estimate_of_any_size_keeps_its_side_of_an_edge() {
        for value in [1e17, 1e27, 1e300] {
            assert!(Score::finite(value).unwrap().at_edge() > Ratio::ONE, "{value}");
            assert!(Score::finite(-value).unwrap().at_edge() < Ratio::ZERO, "{value}");
        }
    }
}
