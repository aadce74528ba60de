//! What money, counts and quantities have in common.

use super::{Count, Money, Quantity, QuantityError, Ratio, Rounding};
use crate::figure::{Cell, FromWire, ToWire};
use core::fmt;

/// How many decimals a quantity keeps whose exact value no decimal holds.
const KEPT_DECIMALS: u32 = 10;

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Money {}
    impl Sealed for super::Count {}
    impl Sealed for super::Quantity {}
}

/// Any type of amount: [`Money`], [`Count`] or [`Quantity`]. What is computed of amounts keeps their type.
///
/// # Examples
/// ```
/// use marketloop::quantity::{AnyAmount, Money, QuantityError, Ratio, Rounding};
///
/// fn half<A: AnyAmount>(amount: &A) -> Result<A, QuantityError> {
///     amount.rounded("1/2".parse::<Ratio>()?.times(amount.exact_in(amount)?)?, Rounding::HalfEven)
/// }
/// assert_eq!(half(&Money::parse("0.03 CNY")?)?, Money::parse("0.02 CNY")?);
/// # Ok::<(), marketloop::quantity::QuantityError>(())
/// ```
pub trait AnyAmount:
    Clone + PartialEq + fmt::Debug + fmt::Display + ToWire + FromWire + sealed::Sealed
{
    /// The number, exactly, in terms of the currency or unit of `like`.
    ///
    /// # Errors
    /// [`QuantityError::CurrencyMismatch`], [`QuantityError::UnitMismatch`]; [`QuantityError::Inexact`] beyond 128
    /// bits.
    fn exact_in(&self, like: &Self) -> Result<Ratio, QuantityError>;

    /// The amount of `value` in the currency or unit of this one, by the named rounding: of money in whole minor
    /// units, of a count in whole things; of a quantity exactly, or to 10 decimals where no decimal holds it.
    ///
    /// # Errors
    /// [`QuantityError::Inexact`], [`QuantityError::TooMuchMoney`], [`QuantityError::CountOutOfRange`] (below 0, too).
    fn rounded(&self, value: Ratio, rounding: Rounding) -> Result<Self, QuantityError>;

    /// The amount in a cell of a table.
    fn cell(&self) -> Cell;
}

impl AnyAmount for Money {
    fn exact_in(&self, like: &Self) -> Result<Ratio, QuantityError> {
        like.same_currency(*self)?;
        Ok(Ratio::from(self.amount()))
    }

    fn rounded(&self, value: Ratio, rounding: Rounding) -> Result<Self, QuantityError> {
        Self::new(value.round(self.currency().digits(), rounding)?, self.currency())
    }

    fn cell(&self) -> Cell {
        (*self).into()
    }
}

impl AnyAmount for Count {
    fn exact_in(&self, _: &Self) -> Result<Ratio, QuantityError> {
        Ok(Ratio::from(self.to_decimal()))
    }

    fn rounded(&self, value: Ratio, rounding: Rounding) -> Result<Self, QuantityError> {
        Self::try_from(value.round(0, rounding)?)
    }

    fn cell(&self) -> Cell {
        (*self).into()
    }
}

impl AnyAmount for Quantity {
    fn exact_in(&self, like: &Self) -> Result<Ratio, QuantityError> {
        Ok(Ratio::from(self.to(like.unit())?.value()))
    }

    fn rounded(&self, value: Ratio, rounding: Rounding) -> Result<Self, QuantityError> {
        let value = match value.to_decimal() {
            Some(exact) => exact,
            None => value.round(KEPT_DECIMALS, rounding)?,
        };
        Ok(Self::new(value, self.unit().clone()))
    }

    fn cell(&self) -> Cell {
        self.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn an_amount_keeps_its_type_and_its_last_digit() {
        let third: Ratio = "10/3".parse().unwrap();
        let (money, users): (Money, Quantity) = ("1 CNY".parse().unwrap(), "1 user".parse().unwrap());
        assert_eq!(money.rounded(third, Rounding::Floor).unwrap().to_string(), "3.33 CNY");
        assert_eq!(Count::new(1).rounded(third, Rounding::Ceiling).unwrap(), Count::new(4));
        assert_eq!(users.rounded(third, Rounding::HalfEven).unwrap().to_string(), "3.3333333333 user");
        assert_eq!(users.rounded("1/8".parse().unwrap(), Rounding::Floor).unwrap().to_string(), "0.125 user");
        assert!(Count::new(1).rounded(third.negated(), Rounding::Floor).is_err());
        assert!(money.exact_in(&"1 JPY".parse().unwrap()).is_err());
        assert!(users.exact_in(&"1 order".parse().unwrap()).is_err());
    }
}
