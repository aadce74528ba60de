//! The value of a figure: a count, or an amount of money.

use super::{ChannelError, ChannelFigure};
use crate::figure::Cell;
use crate::quantity::{Count, Currency, Money, Quantity, Unit};

/// The value of a figure, in the type of the figure. Callers get it as a [`Quantity`], so that chains and ranges have
/// one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FigureValue {
    /// The number of things.
    Count(Count),
    /// The amount of money.
    Money(Money),
}

impl FigureValue {
    /// A figure of `whole` things, or of `whole` minor units of the currency.
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

    /// The count, or `None` for an amount.
    pub(super) const fn count(self) -> Option<Count> {
        match self {
            Self::Count(count) => Some(count),
            Self::Money(_) => None,
        }
    }

    /// The amount, or `None` for a count.
    pub(super) const fn money(self) -> Option<Money> {
        match self {
            Self::Money(money) => Some(money),
            Self::Count(_) => None,
        }
    }
}

impl From<FigureValue> for Quantity {
    fn from(value: FigureValue) -> Self {
        match value {
            FigureValue::Count(count) => Self::new(count.to_decimal(), Unit::ONE),
            FigureValue::Money(money) => money.into(),
        }
    }
}

impl FigureValue {
    /// The value in a table: a count of what the figure counts.
    pub(super) fn cell(self, figure: ChannelFigure) -> Cell {
        match self {
            Self::Count(count) => Cell::new(count.value(), figure.one()),
            Self::Money(money) => money.into(),
        }
    }
}
