//! What money, counts and quantities have in common.

use super::{Count, Money, Quantity, QuantityError, Ratio, Rounding};
use crate::figure::{Cell, FromWire, ToWire};
use alloc::string::ToString;
use core::fmt;
use rust_decimal::Decimal;

/// The decimals of a quantity whose exact value no decimal holds.
const KEPT_DECIMALS: u32 = 10;

// Every split and sum of the crate rests on whole steps, which a type of somebody else might not have.
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

    /// The amount of `value` in the currency or unit of this one, without rounding.
    ///
    /// # Errors
    /// [`QuantityError::Inexact`] and [`QuantityError::FinerThanMinorUnit`] where it is finer than the type holds;
    /// [`QuantityError::TooMuchMoney`], [`QuantityError::CountOutOfRange`] (below 0, too).
    fn exactly(&self, value: Ratio) -> Result<Self, QuantityError>;

    /// The amount as a whole number of its smallest steps: minor units of money, things of a count, steps of a quantity's
    /// last decimal.
    fn steps(&self) -> i128;

    /// The amount of `steps` steps of this amount, as [`steps`](Self::steps) counts them.
    ///
    /// # Errors
    /// [`QuantityError::Inexact`], [`QuantityError::TooMuchMoney`], [`QuantityError::CountOutOfRange`].
    fn of_steps(&self, steps: i128) -> Result<Self, QuantityError>;

    /// Whether the amount is zero.
    fn is_nothing(&self) -> bool {
        self.steps() == 0
    }

    /// The amount in a cell of a table.
    fn cell(&self) -> Cell;
}

/// The decimal that a ratio is, or that it is none.
fn decimal(value: Ratio) -> Result<Decimal, QuantityError> {
    value.to_decimal().ok_or_else(|| QuantityError::Inexact { operation: value.to_string() })
}

impl AnyAmount for Money {
    fn exact_in(&self, like: &Self) -> Result<Ratio, QuantityError> {
        like.same_currency(*self)?;
        Ok(Ratio::from(self.amount()))
    }

    fn rounded(&self, value: Ratio, rounding: Rounding) -> Result<Self, QuantityError> {
        Self::new(value.round((self.currency().digits(), rounding))?, self.currency())
    }

    fn exactly(&self, value: Ratio) -> Result<Self, QuantityError> {
        Self::new(decimal(value)?, self.currency())
    }

    fn steps(&self) -> i128 {
        self.minor()
    }

    fn of_steps(&self, steps: i128) -> Result<Self, QuantityError> {
        Self::from_minor(steps, self.currency())
    }

    fn cell(&self) -> Cell {
        (*self).into()
    }
}

impl AnyAmount for Count {
    // All counts have one unit: there is nothing in which two could differ.
    fn exact_in(&self, _: &Self) -> Result<Ratio, QuantityError> {
        Ok(Ratio::from(self.to_decimal()))
    }

    fn rounded(&self, value: Ratio, rounding: Rounding) -> Result<Self, QuantityError> {
        Self::try_from(value.round((0, rounding))?)
    }

    fn exactly(&self, value: Ratio) -> Result<Self, QuantityError> {
        Self::try_from(decimal(value)?)
    }

    fn steps(&self) -> i128 {
        self.value().into()
    }

    fn of_steps(&self, steps: i128) -> Result<Self, QuantityError> {
        let whole = Ratio::of_integers(steps < 0, steps.unsigned_abs(), 1);
        whole.map_or_else(
            || Err(QuantityError::Inexact { operation: steps.to_string() }),
            |whole| self.exactly(whole),
        )
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
        // A decimal is kept whole, whatever its length: only what never ends is cut.
        let value = match value.to_decimal() {
            Some(exact) => exact,
            None => value.round((KEPT_DECIMALS, rounding))?,
        };
        Ok(Self::new(value, self.unit().clone()))
    }

    fn exactly(&self, value: Ratio) -> Result<Self, QuantityError> {
        Ok(Self::new(decimal(value)?, self.unit().clone()))
    }

    // A quantity has no smallest unit: its last decimal is the step, so that parts get no more decimals than it has.
    fn steps(&self) -> i128 {
        self.value().mantissa()
    }

    fn of_steps(&self, steps: i128) -> Result<Self, QuantityError> {
        let value = Decimal::try_from_i128_with_scale(steps, self.value().scale());
        let value = value.map_err(|_| QuantityError::Inexact { operation: steps.to_string() })?;
        Ok(Self::new(value, self.unit().clone()))
    }

    fn cell(&self) -> Cell {
        self.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_keeps_its_type_and_its_last_digit() {
        let third: Ratio = "10/3".parse().unwrap();
        let (money, users): (Money, Quantity) = ("1 CNY".parse().unwrap(), "1 user".parse().unwrap());
        assert_eq!(money.rounded(third, Rounding::Floor).unwrap().to_string(), "3.33 CNY");
        assert_eq!(Count::new(1).rounded(third, Rounding::Ceiling).unwrap(), Count::new(4));
        assert_eq!(users.rounded(third, Rounding::HalfEven).unwrap().to_string(), "3.3333333333 user");
        assert_eq!(users.rounded("1/8".parse().unwrap(), Rounding::Floor).unwrap().to_string(), "0.125 user");
        assert!(money.exactly(third).is_err() && Count::new(1).of_steps(-1).is_err());
        assert_eq!(Count::new(1).of_steps(7).unwrap(), Count::new(7));
        let hours: Quantity = "0.5 hour".parse().unwrap();
        assert_eq!((hours.steps(), hours.of_steps(12).unwrap().to_string()), (5, "1.2 hour".into()));
        assert!(Count::new(1).rounded(third.negated(), Rounding::Floor).is_err());
        assert!(money.exact_in(&"1 JPY".parse().unwrap()).is_err());
        assert!(users.exact_in(&"1 order".parse().unwrap()).is_err());
    }
}
