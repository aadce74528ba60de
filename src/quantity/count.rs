//! A number of things.

use super::display::Shown;
use super::wire::{ReadForm as _, Unsigned};
use super::{QuantityError, parse_decimal};
use crate::figure::ToWire as _;
use core::fmt;
use core::str::FromStr;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A whole number of things from 0 to 2^64 - 1: impressions, clicks, orders, users.
///
/// Printed and written as a whole number; read from an integer, a string, or a float without a fraction.
///
/// # Examples
/// ```
/// use marketloop::quantity::Count;
///
/// let clicks = Count::new(5_000).plus(Count::new(8_000))?;
/// assert_eq!(clicks.value(), 13_000);
/// assert!(Count::try_from(rust_decimal::dec!(2.5)).is_err());
/// # Ok::<(), marketloop::quantity::QuantityError>(())
/// ```
///
/// ```
/// # use marketloop::quantity::Count;
/// let json = r#""18446744073709551615""#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Count>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Count(u64);

impl Count {
    /// The count 0.
    pub const ZERO: Self = Self(0);

    /// A count of `value` things.
    #[must_use]
    pub const fn new(value: u64) -> Self {
        Self(value)
    }

    /// The number.
    #[must_use]
    pub const fn value(self) -> u64 {
        self.0
    }

    /// The number as a decimal.
    #[must_use]
    pub fn to_decimal(self) -> Decimal {
        self.0.into()
    }

    /// The sum of both.
    ///
    /// # Errors
    /// [`QuantityError::CountOutOfRange`] above 2^64 - 1.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Count;
    ///
    /// let clicks = Count::new(5_000).plus(Count::new(8_000))?;
    /// assert_eq!(format!("{clicks:#}"), "13,000");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[expect(clippy::arithmetic_side_effects, reason = "two counts need 65 bits, and a decimal has 96")]
    pub fn plus(self, other: Self) -> Result<Self, QuantityError> {
        // The error tells the sum that was asked for: as a decimal it still exists.
        let sum = || Decimal::from(self.0) + Decimal::from(other.0);
        self.0.checked_add(other.0).map(Self).ok_or_else(|| QuantityError::CountOutOfRange { value: sum() })
    }

    /// This count less `other`.
    ///
    /// # Errors
    /// [`QuantityError::CountOutOfRange`] when `other` is the larger one.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Count;
    ///
    /// let (orders, returned) = (Count::new(200), Count::new(12));
    /// assert_eq!(orders.minus(returned)?, Count::new(188));
    /// assert!(returned.minus(orders).is_err()); // no count lies below zero
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[expect(clippy::arithmetic_side_effects, reason = "two counts need 65 bits, and a decimal has 96")]
    pub fn minus(self, other: Self) -> Result<Self, QuantityError> {
        let rest = || Decimal::from(self.0) - Decimal::from(other.0);
        self.0.checked_sub(other.0).map(Self).ok_or_else(|| QuantityError::CountOutOfRange { value: rest() })
    }
}

impl From<u64> for Count {
    fn from(value: u64) -> Self {
        Self(value)
    }
}

impl From<u32> for Count {
    fn from(value: u32) -> Self {
        Self(value.into())
    }
}

impl TryFrom<Decimal> for Count {
    type Error = QuantityError;

    fn try_from(value: Decimal) -> Result<Self, Self::Error> {
        if !value.is_integer() {
            return Err(QuantityError::CountOutOfRange { value });
        }
        value.to_u64().map(Self).ok_or(QuantityError::CountOutOfRange { value })
    }
}

impl fmt::Display for Count {
    /// `50000`; with `{:#}` in groups, `50,000`; a precision is a number of decimals.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Shown::decimal(f, self.to_decimal(), 0).write(f)
    }
}

impl FromStr for Count {
    type Err = QuantityError;

    /// Reads `50000`, `50,000` or `5万`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::try_from(parse_decimal(text)?)
    }
}

impl Serialize for Count {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(serializer)
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Unsigned::read(deserializer)?;
        Self::try_from(value).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_never_wraps() {
        let most = Count::new(u64::MAX);
        assert!(most.plus(Count::new(1)).is_err());
        assert!(Count::ZERO.minus(Count::new(1)).is_err());
        assert_eq!("18446744073709551615".parse::<Count>().unwrap(), most);
        assert!("18446744073709551616".parse::<Count>().is_err());
        assert!("-1".parse::<Count>().is_err());
        assert_eq!(alloc::format!("{:#10}|{:#}", Count::new(50_000), Count::new(999)), "    50,000|999");
    }

    #[test]
    fn a_text_of_too_many_digits_is_a_number_all_the_same() {
        let long = "123456789012345678901234567890".parse::<Count>();
        assert!(matches!(long, Err(QuantityError::Inexact { .. })), "{long:?}");
        assert!(matches!("five".parse::<Count>(), Err(QuantityError::NotANumber { .. })));
    }
}
