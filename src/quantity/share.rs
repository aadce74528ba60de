//! A part of a whole.

use super::display::Shown;
use super::grammar::parse_share;
use super::wire::WireDecimal;
use super::{Precision, QuantityError, divide, multiply, subtract};
use core::fmt;
use core::str::FromStr;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A decimal in 0..=1: a part of a budget, a conversion rate, a probability that was stated.
///
/// Printed as a percentage (`40%`), read from a percentage or a plain number, on the wire a plain number.
///
/// # Examples
/// ```
/// use marketloop::quantity::Share;
///
/// let sem = Share::percent(40)?;
/// assert_eq!(sem, "0.4".parse()?);
/// assert_eq!(sem.to_string(), "40%");
/// assert_eq!(sem.complement().to_string(), "60%");
/// assert_eq!(Share::percent(120).unwrap_err().to_string(), "share 1.2 is outside 0..=1");
/// # Ok::<(), marketloop::quantity::QuantityError>(())
/// ```
///
/// ```
/// # use marketloop::quantity::Share;
/// let json = r#""0.4""#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Share>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Share(Decimal);

impl Share {
    /// The share 0.
    pub const ZERO: Self = Self(Decimal::ZERO);
    /// The share 1: the whole.
    pub const ONE: Self = Self(Decimal::ONE);

    /// The share of `value` in 0..=1.
    ///
    /// # Errors
    /// [`QuantityError::ShareOutOfRange`] outside 0..=1.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Share;
    /// use rust_decimal::dec;
    ///
    /// assert_eq!(Share::new(dec!(0.4))?, Share::percent(40)?);
    /// assert!(Share::new(dec!(1.2)).is_err());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn new(value: Decimal) -> Result<Self, QuantityError> {
        if value < Decimal::ZERO || value > Decimal::ONE {
            return Err(QuantityError::ShareOutOfRange { value: value.normalize() });
        }
        Ok(Self(value.normalize()))
    }

    /// The share of `percent` in 0..=100.
    ///
    /// # Errors
    /// [`QuantityError::ShareOutOfRange`] outside 0..=100; [`QuantityError::Inexact`] where a hundredth of
    /// the value needs more than 28 decimals.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Share;
    /// use rust_decimal::dec;
    ///
    /// assert_eq!(Share::percent(dec!(37.5))?.value(), dec!(0.375));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn percent(percent: impl Into<Decimal>) -> Result<Self, QuantityError> {
        Self::new(multiply(percent.into(), Decimal::from_parts(1, 0, 0, false, 2))?)
    }

    /// `part / whole`, rounded once to `precision`.
    ///
    /// # Errors
    /// [`QuantityError::DivisionByZero`]; [`QuantityError::ShareOutOfRange`] when `part` is not within `whole`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::{Rounding, Share};
    /// use rust_decimal::dec;
    ///
    /// let organic = Share::of(dec!(1), dec!(3), (4, Rounding::HalfEven))?;
    /// assert_eq!(organic.to_string(), "33.33%");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn of(part: Decimal, whole: Decimal, precision: impl Into<Precision>) -> Result<Self, QuantityError> {
        Self::new(divide(part, whole, precision)?)
    }

    /// The value in 0..=1.
    #[must_use]
    pub const fn value(self) -> Decimal {
        self.0
    }

    /// The rest of the whole: `1 - share`.
    #[must_use]
    pub fn complement(self) -> Self {
        // 1 - x has the same decimals as x in 0..=1: the difference is always exact.
        let rest = subtract(Decimal::ONE, self.0);
        debug_assert!(rest.is_ok(), "a share outside 0..=1");
        Self(rest.unwrap_or_default())
    }
}

impl fmt::Display for Share {
    /// `37.5%`; a precision is a number of decimals of the percentage, half to even.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Shown::decimal(f, self.0, 2).between("", "%").write(f)
    }
}

impl FromStr for Share {
    type Err = QuantityError;

    /// Reads `40%`, `40 %`, `400‰` or `0.4`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(parse_share(text)?)
    }
}

impl TryFrom<Decimal> for Share {
    type Error = QuantityError;

    fn try_from(value: Decimal) -> Result<Self, Self::Error> {
        Self::new(value)
    }
}

impl From<Share> for Decimal {
    fn from(share: Share) -> Self {
        share.0
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        WireDecimal(self.0).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let WireDecimal(value) = WireDecimal::deserialize(deserializer)?;
        Self::new(value).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_edges_belong_to_it() {
        assert_eq!(Share::percent(0).unwrap(), Share::ZERO);
        assert_eq!(Share::percent(100).unwrap(), Share::ONE);
        assert_eq!(Share::ONE.complement(), Share::ZERO);
        assert!("100.0000000000000000000000001%".parse::<Share>().is_err());
        assert!("-0.1".parse::<Share>().is_err());
        assert!("0.4 %%".parse::<Share>().is_err());
    }

    #[test]
    fn the_smallest_share_has_an_exact_complement() {
        let tiny = Share::new(Decimal::from_parts(1, 0, 0, false, 28)).unwrap();
        assert_eq!(tiny.complement().complement(), tiny);
    }
}
