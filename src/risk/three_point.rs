//! An amount as three estimates: low, most likely, high.

use super::RiskError;
use crate::quantity::wire::{deserialize_fields, serialize_fields};
use crate::quantity::words::words;
use crate::quantity::{AnyAmount, Money, QuantityError, Ratio, Rounding};
use alloc::boxed::Box;
use core::fmt;
use rust_decimal::Decimal;
use serde::Deserialize;

/// An estimate of an amount by its low, most likely and high value, and how their mean is taken.
///
/// # Examples
/// ```
/// use marketloop::quantity::{Count, Money, Rounding};
/// use marketloop::risk::ThreePoint;
///
/// let money = |text| Money::parse(text);
/// let loss = ThreePoint::pert(money("20000 CNY")?, money("36000 CNY")?, money("70000 CNY")?)?;
/// assert_eq!(loss.mean(Rounding::HalfEven)?, money("39000 CNY")?);
///
/// // An estimate keeps the type of its amounts: users stay users.
/// let users = ThreePoint::triangular(Count::new(0), Count::new(3), Count::new(9))?;
/// assert_eq!(users.mean(Rounding::HalfEven)?, Count::new(4));
///
/// let read: ThreePoint<Money> = serde_json::from_str(r#"{"low":"1 CNY","likely":"2 CNY","high":"4 CNY"}"#)?;
/// assert_eq!(read.likely(), &money("2 CNY")?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "Wire<A>", bound(deserialize = "A: AnyAmount + Deserialize<'de>"))]
pub struct ThreePoint<A = Money> {
    low: A,
    likely: A,
    high: A,
    mean: Mean,
}

serialize_fields!(ThreePoint<A> { low, likely, high, mean: unless(is_pert) });

/// How the mean is taken.
// A choice of each estimate, not of each question: two answers about one risk cannot rest on two means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
enum Mean {
    #[default]
    Pert,
    Triangular,
}

words!(Mean, "mean of three points": Pert = "pert", Triangular = "triangular");

#[expect(clippy::trivially_copy_pass_by_ref, reason = "`serialize_fields` asks by reference")]
const fn is_pert(mean: &Mean) -> bool {
    matches!(mean, Mean::Pert)
}

struct Wire<A> {
    low: A,
    likely: A,
    high: A,
    mean: Mean,
}

deserialize_fields!("ThreePoint", Wire<A> { low, likely, high, mean: default });

impl<A: AnyAmount> TryFrom<Wire<A>> for ThreePoint<A> {
    type Error = RiskError;

    fn try_from(Wire { low, likely, high, mean }: Wire<A>) -> Result<Self, Self::Error> {
        Self::new(low, likely, high, mean)
    }
}

impl<A: AnyAmount> ThreePoint<A> {
    /// An estimate with the mean (low + 4 likely + high) / 6 (PERT; Malcolm and others, 1959).
    ///
    /// # Errors
    /// [`RiskError::ThreePoints`] when the amounts do not rise from 0 or more; [`RiskError::Quantity`] for two
    /// currencies or units.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Count;
    /// use marketloop::risk::ThreePoint;
    ///
    /// let days = |low, likely, high| ThreePoint::pert(Count::new(low), Count::new(likely), Count::new(high));
    /// assert!(days(2, 3, 10).is_ok());
    /// assert!(days(3, 2, 10).is_err()); // what is likely lies between low and high
    /// ```
    #[doc(alias = "PERT")]
    pub fn pert(low: A, likely: A, high: A) -> Result<Self, RiskError> {
        Self::new(low, likely, high, Mean::Pert)
    }

    /// An estimate with the mean (low + likely + high) / 3, which gives the ends more weight.
    ///
    /// # Errors
    /// Those of [`pert`](Self::pert).
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::{Money, Rounding};
    /// use marketloop::risk::ThreePoint;
    ///
    /// let cent = |text| Money::parse(text);
    /// let guess = ThreePoint::triangular(cent("0 CNY")?, cent("0 CNY")?, cent("0.01 CNY")?)?;
    /// assert_eq!(guess.exact_mean()?.to_string(), "1/300"); // nothing is rounded before it is shown
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn triangular(low: A, likely: A, high: A) -> Result<Self, RiskError> {
        Self::new(low, likely, high, Mean::Triangular)
    }

    /// A certain amount: low, likely and high are equal.
    ///
    /// # Errors
    /// [`RiskError::ThreePoints`] below 0.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::{Money, Rounding};
    /// use marketloop::risk::ThreePoint;
    ///
    /// let fine = Money::parse("5000 CNY")?;
    /// assert_eq!(ThreePoint::certain(fine)?.mean(Rounding::HalfEven)?, fine);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn certain(amount: A) -> Result<Self, RiskError> {
        Self::new(amount.clone(), amount.clone(), amount, Mean::Pert)
    }

    fn new(low: A, likely: A, high: A, mean: Mean) -> Result<Self, RiskError> {
        let points @ [first, second, third] =
            [low.exact_in(&low)?, likely.exact_in(&low)?, high.exact_in(&low)?];
        if first.is_negative() || first > second || second > third {
            // Boxed: three fractions would make every error of risks as large.
            return Err(RiskError::ThreePoints { points: Box::new(points) });
        }
        Ok(Self { low, likely, high, mean })
    }

    /// The mean in the unit of the amounts, rounded once.
    ///
    /// # Errors
    /// [`RiskError::Quantity`] beyond 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::{Count, Rounding};
    /// use marketloop::risk::ThreePoint;
    ///
    /// let orders = ThreePoint::pert(Count::new(0), Count::new(1), Count::new(9))?; // 13/6
    /// assert_eq!(orders.mean(Rounding::Ceiling)?, Count::new(3));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn mean(&self, rounding: Rounding) -> Result<A, RiskError> {
        Ok(self.low.rounded(self.exact_mean()?, rounding)?)
    }

    /// The mean as an exact fraction, in terms of the unit of [`low`](Self::low).
    ///
    /// # Formula
    /// (low + w likely + high) / (w + 2), with w = 4 by PERT and 1 by the triangle.
    ///
    /// # Errors
    /// [`RiskError::Quantity`] beyond 128 bits.
    pub fn exact_mean(&self) -> Result<Ratio, RiskError> {
        Ok(self.exact_mean_in(&self.low)?)
    }

    pub(super) fn exact_mean_in(&self, like: &A) -> Result<Ratio, QuantityError> {
        let weight = Decimal::from(self.weight_of_likely());
        let [low, likely, high] =
            [self.low.exact_in(like)?, self.likely.exact_in(like)?, self.high.exact_in(like)?];
        let sum = likely.times(Ratio::from(weight))?.plus(low)?.plus(high)?;
        sum.divided_by(Ratio::from(crate::quantity::add(weight, Decimal::TWO)?))
    }
}

impl<A> ThreePoint<A> {
    /// The low end.
    #[must_use]
    pub const fn low(&self) -> &A {
        &self.low
    }

    /// The most likely value.
    #[must_use]
    pub const fn likely(&self) -> &A {
        &self.likely
    }

    /// The high end.
    #[must_use]
    pub const fn high(&self) -> &A {
        &self.high
    }

    /// How many times the likely value counts in the mean: 4 by PERT, 1 by the triangle.
    #[must_use]
    pub const fn weight_of_likely(&self) -> u32 {
        match self.mean {
            Mean::Pert => 4,
            Mean::Triangular => 1,
        }
    }
}

impl<A: fmt::Display> fmt::Display for ThreePoint<A> {
    /// `20,000.00 CNY, 36,000.00 CNY, 70,000.00 CNY`; by the triangle `… (triangular)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}, {}", self.low, self.likely, self.high)?;
        if is_pert(&self.mean) { Ok(()) } else { f.write_str(" (triangular)") }
    }
}
