//! The shape in which a total is spread over periods: weights, that an exact split turns into amounts.

use super::{ProgressError, checked_weights};
use crate::figure::{Cell, Table};
use crate::quantity::wire::{WireDecimal, wire_variants};
use crate::quantity::{multiply, subtract};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The maximum number of periods of one plan: a century of weeks, with room.
const MAX_PERIODS: usize = 10_000;

/// The weights of the periods; only their proportion counts.
///
/// On the wire `"even"`, `{"front_loaded": "3"}`, `{"seasonal": [..]}` or `{"custom": [..]}`.
///
/// # Examples
/// ```
/// use marketloop::progress::Profile;
/// use rust_decimal::dec;
///
/// assert_eq!(Profile::even().weights(3)?, [dec!(1), dec!(1), dec!(1)]);
/// // The first period weighs three times the last, linear between: 3, 2.5, 2, 1.5, 1.
/// let weights = Profile::front_loaded(dec!(3))?.weights(5)?;
/// assert_eq!(weights, [dec!(12), dec!(10), dec!(8), dec!(6), dec!(4)]);
/// # Ok::<(), marketloop::progress::ProgressError>(())
/// ```
///
/// ```
/// # use marketloop::progress::Profile;
/// let json = r#"{"seasonal":["1","1.2"]}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Profile>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct Profile(Shape);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Shape {
    Even,
    FrontLoaded(Decimal),
    Seasonal(Vec<Decimal>),
    Custom(Vec<Decimal>),
}

impl Profile {
    /// Every period weighs the same.
    ///
    /// # Examples
    /// ```
    /// use marketloop::progress::Profile;
    /// use rust_decimal::dec;
    ///
    /// assert_eq!(Profile::even().weights(2)?, [dec!(1), dec!(1)]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn even() -> Self {
        Self(Shape::Even)
    }

    /// The first period weighs `first_to_last` times the last, those between on a straight line; a factor
    /// below 1 loads the end instead.
    ///
    /// # Formula
    /// `w[k] = r (n - 1) - (r - 1) k` for `k` in `0..n`, where `r` is `first_to_last` and `n` the number of
    /// periods; `w = 1` for a single period.
    ///
    /// # Errors
    /// [`ProgressError::Negative`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::progress::Profile;
    /// use rust_decimal::dec;
    ///
    /// // A launch: the first of three months weighs twice the last, the second between.
    /// assert_eq!(Profile::front_loaded(dec!(2))?.weights(3)?, [dec!(4), dec!(3), dec!(2)]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn front_loaded(first_to_last: Decimal) -> Result<Self, ProgressError> {
        super::checked("front load", first_to_last).map(Shape::FrontLoaded).map(Self)
    }

    /// The indices repeat from the first period on: twelve monthly ones for a plan of any number of months.
    ///
    /// # Errors
    /// [`ProgressError::Empty`], [`ProgressError::Negative`], [`ProgressError::NoWeight`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::progress::Profile;
    /// use rust_decimal::dec;
    ///
    /// // Three high and one low quarter, again and again.
    /// let season = Profile::seasonal([dec!(1.2), dec!(1.2), dec!(1.2), dec!(0.4)])?;
    /// assert_eq!(season.weights(6)?[3..], [dec!(0.4), dec!(1.2), dec!(1.2)]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn seasonal(indices: impl Into<Vec<Decimal>>) -> Result<Self, ProgressError> {
        let indices = indices.into();
        checked_weights(&indices).map(|()| Self(Shape::Seasonal(indices)))
    }

    /// One weight per period.
    ///
    /// # Errors
    /// [`ProgressError::Empty`], [`ProgressError::Negative`], [`ProgressError::NoWeight`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::progress::Profile;
    /// use rust_decimal::dec;
    ///
    /// let quarter = Profile::custom([dec!(50), dec!(70), dec!(80)])?;
    /// assert!(quarter.weights(3).is_ok() && quarter.weights(4).is_err());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn custom(weights: impl Into<Vec<Decimal>>) -> Result<Self, ProgressError> {
        let weights = weights.into();
        checked_weights(&weights).map(|()| Self(Shape::Custom(weights)))
    }

    /// One weight per period, without a unit, to split a total by.
    ///
    /// # Errors
    /// [`ProgressError::PeriodCount`] for custom weights of another number; [`ProgressError::NoWeight`] where
    /// the periods see only zeros of a season; [`ProgressError::Empty`] for no period;
    /// [`ProgressError::TooManyPeriods`]; [`ProgressError::Quantity`] where a front load is not exact.
    pub fn weights(&self, periods: usize) -> Result<Vec<Decimal>, ProgressError> {
        // Before anything is made: the number of periods comes from outside.
        if periods > MAX_PERIODS {
            return Err(ProgressError::TooManyPeriods { periods, limit: MAX_PERIODS });
        }
        let weights = match &self.0 {
            Shape::Even => vec![Decimal::ONE; periods],
            Shape::FrontLoaded(_) if periods == 1 => vec![Decimal::ONE],
            Shape::FrontLoaded(first_to_last) => {
                // Over the common denominator: whole steps, where the straight line itself would need endless decimals.
                // No period has no steps either; the empty list is refused below.
                let first = multiply(*first_to_last, Decimal::from(periods.saturating_sub(1)))?;
                let step = subtract(*first_to_last, Decimal::ONE)?;
                let weight = |period| subtract(first, multiply(step, Decimal::from(period))?);
                (0..periods).map(weight).collect::<Result<_, _>>()?
            }
            Shape::Seasonal(indices) => indices.iter().copied().cycle().take(periods).collect(),
            Shape::Custom(weights) if weights.len() == periods => weights.clone(),
            Shape::Custom(weights) => {
                return Err(ProgressError::PeriodCount { periods, weights: weights.len() });
            }
        };
        // Again, of these periods: a season of zeros and one peak is sound, its first months alone may not be.
        checked_weights(&weights).map(|()| weights)
    }
}

impl Profile {
    /// The weights that the profile states, a row for each period that has one of its own; what holds for the other
    /// periods stands beside the last.
    ///
    /// # Examples
    /// ```
    /// use marketloop::progress::Profile;
    /// use rust_decimal::dec;
    ///
    /// let launch = Profile::front_loaded(dec!(3))?;
    /// assert_eq!(
    ///     launch.to_string(),
    ///     "period  weight  why\nfirst        3\nlast         1  those between on a straight line\n"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("period");
        let weight = |weight: &Decimal| Cell::new(weight.normalize(), "");
        match &self.0 {
            Shape::Even => table.push("each", "weight", weight(&Decimal::ONE)),
            Shape::FrontLoaded(first_to_last) => {
                table.push("first", "weight", weight(first_to_last));
                let last = weight(&Decimal::ONE).because("those between on a straight line");
                table.push("last", "weight", last);
            }
            Shape::Seasonal(weights) | Shape::Custom(weights) => {
                for (period, own) in (1_usize..).zip(weights) {
                    let again = period == weights.len() && matches!(self.0, Shape::Seasonal(_));
                    let cell = weight(own);
                    let cell = if again { cell.because("then from the first again") } else { cell };
                    table.push(period, "weight", cell);
                }
            }
        }
        table
    }
}

impl fmt::Display for Profile {
    /// The [`table`](Profile::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

enum Wire {
    Even,
    FrontLoaded(Decimal),
    Seasonal(Vec<WireDecimal>),
    Custom(Vec<WireDecimal>),
}

wire_variants!(Wire {
    "even" => Even,
    "front_loaded" => FrontLoaded(own),
    "seasonal" => Seasonal(_),
    "custom" => Custom(_),
});

impl TryFrom<Wire> for Profile {
    type Error = ProgressError;

    fn try_from(wire: Wire) -> Result<Self, Self::Error> {
        let list = |values: Vec<WireDecimal>| values.into_iter().map(|value| value.0).collect::<Vec<_>>();
        match wire {
            Wire::Even => Ok(Self::even()),
            Wire::FrontLoaded(first_to_last) => Self::front_loaded(first_to_last),
            Wire::Seasonal(indices) => Self::seasonal(list(indices)),
            Wire::Custom(weights) => Self::custom(list(weights)),
        }
    }
}

impl From<Profile> for Wire {
    fn from(profile: Profile) -> Self {
        let list = |values: Vec<Decimal>| values.into_iter().map(WireDecimal).collect();
        match profile.0 {
            Shape::Even => Self::Even,
            Shape::FrontLoaded(first_to_last) => Self::FrontLoaded(first_to_last),
            Shape::Seasonal(indices) => Self::Seasonal(list(indices)),
            Shape::Custom(weights) => Self::Custom(list(weights)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    #[test]
    fn edges() {
        assert_eq!(Profile::front_loaded(dec!(3)).unwrap().weights(1).unwrap(), [dec!(1)]);
        assert_eq!(Profile::front_loaded(dec!(0)).unwrap().weights(3).unwrap(), [dec!(0), dec!(1), dec!(2)]);
        assert_eq!(Profile::even().weights(0), Err(ProgressError::Empty { what: "weights" }));
        assert!(Profile::even().weights(usize::MAX).is_err());
        let season = Profile::seasonal([dec!(0), dec!(2)]).unwrap();
        assert_eq!(season.weights(3).unwrap(), [dec!(0), dec!(2), dec!(0)]);
        assert_eq!(season.weights(1), Err(ProgressError::NoWeight { count: 1 }));
        assert!(Profile::custom([dec!(1)]).unwrap().weights(2).is_err());
        assert!(Profile::custom([dec!(1), dec!(-1)]).is_err());
        assert!(Profile::front_loaded(Decimal::MAX).unwrap().weights(3).is_err());
    }
}
