//! The value of a figure: a count, or an amount of money.

use super::{ChannelError, ChannelFigure};
use crate::figure::{Cell, from_wire};
use crate::quantity::{Count, Currency, Money, Quantity, QuantityError, Unit};
use core::fmt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The value of a [`ChannelFigure`]: a count, or an amount of money.
///
/// # Examples
/// ```
/// use marketloop::channel::FigureValue;
///
/// let clicks: FigureValue = serde_json::from_str(r#"{"count":12250}"#)?;
/// assert_eq!(clicks.to_string(), "12,250");
/// assert!(clicks.money().is_none());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FigureValue {
    /// How many there were.
    Count(Count),
    /// How much it was.
    Money(Money),
}

from_wire!(FigureValue);

impl FigureValue {
    /// So many things, or minor units of the currency.
    pub(super) fn of(
        figure: ChannelFigure,
        whole: u128,
        currency: Option<Currency>,
    ) -> Result<Self, ChannelError> {
        if !figure.is_money() {
            return Ok(Self::Count(u64::try_from(whole).map(Count::new).map_err(|_| ChannelError::TooMany)?));
        }
        // Without a currency there is no figure in money, and no tie to one.
        let currency = currency.ok_or(ChannelError::TooMany)?;
        let minor = i128::try_from(whole).map_err(|_| ChannelError::TooMany)?;
        Ok(Self::Money(Money::from_minor(minor, currency)?))
    }

    /// The value as a quantity: a plain number, or an amount in its currency.
    pub(super) fn quantity(self) -> Result<Quantity, QuantityError> {
        Ok(match self {
            Self::Count(count) => Quantity::new(count.to_decimal(), Unit::ONE),
            Self::Money(money) => {
                Quantity::new(money.amount(), alloc::format!("{}", money.currency()).parse()?)
            }
        })
    }

    /// The count, of a figure that is one.
    #[must_use]
    pub const fn count(self) -> Option<Count> {
        match self {
            Self::Count(count) => Some(count),
            Self::Money(_) => None,
        }
    }

    /// The amount, of a figure that is one.
    #[must_use]
    pub const fn money(self) -> Option<Money> {
        match self {
            Self::Money(money) => Some(money),
            Self::Count(_) => None,
        }
    }

    /// The number: of an amount in major units.
    #[must_use]
    pub fn to_decimal(self) -> Decimal {
        match self {
            Self::Count(count) => count.to_decimal(),
            Self::Money(money) => money.amount(),
        }
    }
}

impl PartialOrd for FigureValue {
    /// `None` between a count and an amount, and between two currencies.
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        match (self, other) {
            (Self::Count(left), Self::Count(right)) => Some(left.cmp(right)),
            (Self::Money(left), Self::Money(right)) => left.partial_cmp(right),
            _ => None,
        }
    }
}

impl From<Count> for FigureValue {
    fn from(count: Count) -> Self {
        Self::Count(count)
    }
}

impl From<Money> for FigureValue {
    fn from(money: Money) -> Self {
        Self::Money(money)
    }
}

impl From<FigureValue> for Cell {
    fn from(value: FigureValue) -> Self {
        match value {
            FigureValue::Count(count) => count.into(),
            FigureValue::Money(money) => money.into(),
        }
    }
}

impl fmt::Display for FigureValue {
    /// A count in groups, `12,250`; an amount with its currency, `122.56 USD`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(f, "{count:#}"),
            Self::Money(money) => write!(f, "{money}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::Interval;

    #[test]
    fn only_values_of_a_kind_are_compared() {
        let count = |value| FigureValue::Count(Count::new(value));
        let money = |text: &str| FigureValue::Money(Money::parse(text).unwrap());
        assert!(Interval::new(count(2), count(2)).unwrap().contains(&count(2)));
        assert!(Interval::new(count(3), count(2)).is_err());
        assert!(Interval::new(count(1), money("2 CNY")).is_err());
        assert!(Interval::new(money("1 JPY"), money("2 CNY")).is_err());
    }
}
