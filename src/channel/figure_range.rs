//! What is known of a figure: its value, or the lowest and the highest that it can have.

use super::{ChannelError, ChannelFigure};
use crate::quantity::{Count, Currency, Money, Quantity, QuantityError, Unit};
use core::fmt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The value of a [`ChannelFigure`]: a count, or an amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FigureValue {
    /// How many there were.
    Count(Count),
    /// How much it was.
    Money(Money),
}

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

impl fmt::Display for FigureValue {
    /// A count in groups, `12,250`; an amount with its currency, `122.56 USD`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(f, "{count:#}"),
            Self::Money(money) => write!(f, "{money}"),
        }
    }
}

/// The lowest and the highest value of something, both possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "RangeEnds<T>", into = "RangeEnds<T>")]
#[serde(bound(
    serialize = "T: Serialize + Clone",
    deserialize = "T: Deserialize<'de> + PartialOrd + fmt::Display"
))]
pub struct ValueRange<T> {
    lowest: T,
    highest: T,
}

/// The ends of a range on the wire, not yet compared.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RangeEnds<T> {
    lowest: T,
    highest: T,
}

impl<T: PartialOrd + fmt::Display> ValueRange<T> {
    /// The values from `lowest` to `highest`, both included.
    ///
    /// # Errors
    /// [`ChannelError::EmptyRange`] when `lowest` is above `highest`, or not comparable with it.
    pub fn new(lowest: T, highest: T) -> Result<Self, ChannelError> {
        if lowest <= highest {
            return Ok(Self { lowest, highest });
        }
        let (lowest, highest) = (alloc::format!("{lowest}"), alloc::format!("{highest}"));
        Err(ChannelError::EmptyRange { lowest, highest })
    }

    /// Whether `value` lies in it.
    pub fn contains(&self, value: &T) -> bool {
        self.lowest <= *value && *value <= self.highest
    }
}

impl<T> ValueRange<T> {
    /// The lowest value.
    pub const fn lowest(&self) -> &T {
        &self.lowest
    }

    /// The highest value.
    pub const fn highest(&self) -> &T {
        &self.highest
    }
}

impl<T: PartialOrd + fmt::Display> TryFrom<RangeEnds<T>> for ValueRange<T> {
    type Error = ChannelError;

    fn try_from(ends: RangeEnds<T>) -> Result<Self, Self::Error> {
        Self::new(ends.lowest, ends.highest)
    }
}

impl<T> From<ValueRange<T>> for RangeEnds<T> {
    fn from(ValueRange { lowest, highest }: ValueRange<T>) -> Self {
        Self { lowest, highest }
    }
}

impl<T: fmt::Display> fmt::Display for ValueRange<T> {
    /// `12,250 to 12,350`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.lowest, self.highest)
    }
}

/// What a scorecard knows of one figure.
///
/// # Examples
/// ```
/// use marketloop::channel::{ChannelFigure, FigureAnswer, Scorecard};
///
/// let shown = Scorecard::draft()
///     .impressions(1_000_000)
///     .click_through_rate("1.23 %".parse()?)
///     .metrics_rounded_to(2)
///     .check()?;
/// assert_eq!(shown.figure(ChannelFigure::Clicks).to_string(), "12,250 to 12,350");
/// assert_eq!(shown.figure(ChannelFigure::Impressions).to_string(), "1,000,000");
/// assert_eq!(shown.figure(ChannelFigure::Spend), FigureAnswer::Unknown);
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FigureAnswer {
    /// It was given, or no other value agrees with what was given.
    Known(FigureValue),
    /// Several values agree with what was given: these are the lowest and the highest.
    Range(ValueRange<FigureValue>),
    /// What was given sets it no highest value.
    Unknown,
}

impl FigureAnswer {
    /// The value, where there is only one.
    #[must_use]
    pub const fn known(self) -> Option<FigureValue> {
        match self {
            Self::Known(value) => Some(value),
            Self::Range(_) | Self::Unknown => None,
        }
    }

    /// The lowest and the highest value, which are one where it is known.
    #[must_use]
    pub const fn range(self) -> Option<ValueRange<FigureValue>> {
        match self {
            Self::Known(value) => Some(ValueRange { lowest: value, highest: value }),
            Self::Range(range) => Some(range),
            Self::Unknown => None,
        }
    }
}

impl fmt::Display for FigureAnswer {
    /// `12,250`, `12,250 to 12,350` or `not known`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(value) => value.fmt(f),
            Self::Range(range) => range.fmt(f),
            Self::Unknown => f.write_str("not known"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_has_its_ends_in_order() {
        let count = |value| FigureValue::Count(Count::new(value));
        let money = |text: &str| FigureValue::Money(Money::parse(text).unwrap());
        assert!(ValueRange::new(count(2), count(2)).unwrap().contains(&count(2)));
        assert!(matches!(ValueRange::new(count(3), count(2)), Err(ChannelError::EmptyRange { .. })));
        assert!(ValueRange::new(count(1), money("2 CNY")).is_err());
        assert!(ValueRange::new(money("1 JPY"), money("2 CNY")).is_err());
        let json = r#"{"range":{"lowest":{"count":1},"highest":{"count":2}}}"#;
        let read: FigureAnswer = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), json);
        assert!(serde_json::from_str::<FigureAnswer>(&json.replace(":1", ":3")).is_err());
    }
}
