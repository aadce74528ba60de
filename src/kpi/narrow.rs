//! Fractions of two 128-bit integers and a power of ten, the width of nearly every product.

use super::number::Number;
use crate::quantity::from_parts;
use rust_decimal::Decimal;

/// `10^0` to `10^38`.
pub(super) const POWERS: [i128; 39] = {
    let mut powers = [1_i128; 39];
    let mut index = 1;
    while index < 39 {
        #[expect(
            clippy::indexing_slicing,
            reason = "evaluated when compiled: 1 <= index < 39, and 10^38 < 2^127"
        )]
        {
            powers[index] = powers[index - 1] * 10;
            index += 1;
        }
    }
    powers
};

/// `numerator / denominator * 10^-scale` in 128 bits; every method answers `None` where they do not hold it.
#[derive(Clone, Copy)]
pub(super) struct Narrow {
    negative: bool,
    numerator: u128,
    denominator: u128,
    scale: i32,
}

impl Narrow {
    pub(super) const ONE: Self = Self { negative: false, numerator: 1, denominator: 1, scale: 0 };

    /// `mantissa * 10^-scale`; a scale is at most twice that of a decimal.
    #[inline]
    pub(super) fn of_decimal(mantissa: i128, scale: u32) -> Self {
        let scale = scale.cast_signed();
        Self { negative: mantissa < 0, numerator: mantissa.unsigned_abs(), denominator: 1, scale }
    }

    #[inline]
    pub(super) fn times(self, number: &Number) -> Option<Self> {
        match number {
            Number::Decimal(value) => self.times_decimal(*value),
            other => {
                let (numerator, denominator) = other.narrow()?;
                Some(Self {
                    negative: self.negative != (numerator < 0),
                    numerator: self.numerator.checked_mul(numerator.unsigned_abs())?,
                    denominator: self.denominator.checked_mul(denominator)?,
                    scale: self.scale,
                })
            }
        }
    }

    /// The divisor is not zero.
    #[inline]
    pub(super) fn over(self, number: &Number) -> Option<Self> {
        match number {
            Number::Decimal(value) => self.over_decimal(*value),
            other => {
                let (numerator, denominator) = other.narrow()?;
                Some(Self {
                    negative: self.negative != (numerator < 0),
                    numerator: self.numerator.checked_mul(denominator)?,
                    denominator: self.denominator.checked_mul(numerator.unsigned_abs())?,
                    scale: self.scale,
                })
            }
        }
    }

    #[inline]
    pub(super) fn times_decimal(self, value: Decimal) -> Option<Self> {
        Some(Self {
            negative: self.negative != value.is_sign_negative(),
            numerator: self.numerator.checked_mul(value.mantissa().unsigned_abs())?,
            denominator: self.denominator,
            scale: self.scale.checked_add(i32::try_from(value.scale()).ok()?)?,
        })
    }

    #[inline]
    pub(super) fn over_decimal(self, value: Decimal) -> Option<Self> {
        Some(Self {
            negative: self.negative != value.is_sign_negative(),
            numerator: self.numerator,
            denominator: self.denominator.checked_mul(value.mantissa().unsigned_abs())?,
            scale: self.scale.checked_sub(i32::try_from(value.scale()).ok()?)?,
        })
    }

    pub(super) fn number(self) -> Option<Number> {
        let power = |scale: u32| POWERS.get(scale as usize).map(|power| power.unsigned_abs());
        if self.denominator == 1
            && let Ok(scale) = u32::try_from(self.scale)
            && let Some(value) = from_parts(self.negative && self.numerator > 0, self.numerator, scale)
        {
            return Some(Number::Decimal(value));
        }
        let places = power(self.scale.unsigned_abs())?;
        let (numerator, denominator) = if self.scale > 0 {
            (self.numerator, self.denominator.checked_mul(places)?)
        } else {
            (self.numerator.checked_mul(places)?, self.denominator)
        };
        let numerator = i128::try_from(numerator).ok()?;
        let numerator = if self.negative { numerator.checked_neg()? } else { numerator };
        Some(Number::of_parts(numerator, denominator))
    }
}
