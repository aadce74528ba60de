//! Significant digits with a bound: what a fraction becomes when it grows too long to carry on.
//!
//! A ball is a whole number of units `2^exponent`, and how many units it may be off. Every operation adds its
//! own rounding to the bound, so that the true value always lies within: a digit that is shown is either right
//! or refused (ball arithmetic: J. van der Hoeven, 2010).

use crate::quantity::Rounding;
use alloc::boxed::Box;
use core::cmp::Ordering;
use num_bigint::{BigInt, BigUint, Sign};

/// The bits that are kept: 77 digits, of which a decimal shows at most 28.
const BITS: u64 = 256;

/// Exponents that lie this far apart leave of the smaller number only its existence.
const APART: u64 = 1024;

/// Beyond these exponents a tree has left any range that a figure could have.
const EXPONENT: i64 = 1 << 40;

/// A number between `(mantissa - error) * 2^exponent` and `(mantissa + error) * 2^exponent`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ball {
    mantissa: BigInt,
    exponent: i64,
    error: BigUint,
}

#[expect(
    clippy::arithmetic_side_effects,
    reason = "long integers grow, divisors are guarded; exponents of balls are below 2^40, and a shift is of a few thousand bits"
)]
impl Ball {
    /// The quotient of two whole numbers; the divisor is not zero.
    pub(super) fn of_fraction(numerator: &BigInt, denominator: &BigUint) -> Self {
        // Parts are products of a few numbers of at most 4,096 bits: no exponent of a fraction leaves the range.
        debug_assert!(numerator.bits().max(denominator.bits()) < 1 << 20, "a fraction of bounded length");
        // Nothing is shifted where the numerator has more bits than the quotient needs.
        let up = (BITS + denominator.bits()).saturating_sub(numerator.bits());
        let magnitude = (numerator.magnitude() << up) / denominator;
        let mantissa = BigInt::from_biguint(numerator.sign(), magnitude);
        // The quotient is cut: less than one unit is lost.
        Self { mantissa, exponent: -up.cast_signed(), error: BigUint::from(1_u8) }.cut()
    }

    /// At most [`BITS`] bits of mantissa and error; `None` beyond the range of exponents.
    fn normal(self) -> Option<Self> {
        let ball = self.cut();
        (ball.exponent.unsigned_abs() < EXPONENT.unsigned_abs()).then_some(ball)
    }

    /// The leading [`BITS`] bits of mantissa and error.
    fn cut(self) -> Self {
        let bits = self.mantissa.bits().max(self.error.bits());
        if bits <= BITS {
            return self;
        }
        let down = bits - BITS;
        // What is shifted out is less than one unit of either. Toward zero: a shift of a negative integer would go
        // down, and the opposite of a ball would not be the ball of the opposite.
        Self {
            mantissa: BigInt::from_biguint(self.mantissa.sign(), self.mantissa.magnitude() >> down),
            exponent: self.exponent + down.cast_signed(),
            error: (self.error >> down) + 2_u8,
        }
    }

    pub(super) fn negated(&self) -> Self {
        Self { mantissa: -&self.mantissa, ..self.clone() }
    }

    pub(super) fn plus(&self, other: &Self) -> Option<Self> {
        let (coarse, fine) = if self.exponent >= other.exponent { (self, other) } else { (other, self) };
        let apart = (coarse.exponent - fine.exponent).unsigned_abs();
        if apart <= APART {
            return Self {
                mantissa: (&coarse.mantissa << apart) + &fine.mantissa,
                exponent: fine.exponent,
                error: (&coarse.error << apart) + &fine.error,
            }
            .normal();
        }
        // An exact 0 has an exponent all the same: one unit of it would drown the other ball.
        if coarse.mantissa.sign() == Sign::NoSign && coarse.error.bits() == 0 {
            return Some(fine.clone());
        }
        // The finer one has at most 257 bits: it is less than one unit of the coarser.
        Self { error: &coarse.error + 1_u8, ..coarse.clone() }.normal()
    }

    pub(super) fn times(&self, other: &Self) -> Option<Self> {
        Self {
            mantissa: &self.mantissa * &other.mantissa,
            exponent: self.exponent + other.exponent,
            error: self.mantissa.magnitude() * &other.error
                + other.mantissa.magnitude() * &self.error
                + &self.error * &other.error,
        }
        .normal()
    }

    /// `None` where the divisor may be zero.
    pub(super) fn over(&self, divisor: &Self) -> Option<Self> {
        let least = divisor.mantissa.magnitude();
        // Within its error the divisor may be 0: no bound holds for the quotient.
        if *least <= divisor.error {
            return None;
        }
        let least = least - &divisor.error;
        debug_assert!(self.mantissa.bits() <= BITS, "every ball is cut");
        let up = BITS + divisor.mantissa.bits() - self.mantissa.bits();
        let mantissa = (&self.mantissa << up) / &divisor.mantissa;
        // |a/b - m/n| <= (error of a + |m/n| * error of b) / (|n| - error of b), and one unit of division.
        let spread = (&self.error << up) + (mantissa.magnitude() + 1_u8) * &divisor.error;
        let error = spread / least + 2_u8;
        Self { mantissa, exponent: self.exponent - divisor.exponent - up.cast_signed(), error }.normal()
    }

    /// Whether the number is below, at or above zero; `None` where its digits do not say.
    pub(super) fn sign(&self) -> Option<Ordering> {
        if *self.mantissa.magnitude() <= self.error {
            return (self.error.bits() == 0).then_some(Ordering::Equal);
        }
        Some(if self.mantissa.sign() == Sign::Minus { Ordering::Less } else { Ordering::Greater })
    }

    /// The number in units of `10^-scale`, rounded; `None` where its digits do not decide.
    pub(super) fn round(&self, scale: u32, rounding: Rounding) -> Option<BigInt> {
        let error = BigInt::from(self.error.clone());
        // Where both ends round alike, every number of the ball does.
        let low = self.rounded(&(&self.mantissa - &error), scale, rounding)?;
        let high = self.rounded(&(&self.mantissa + &error), scale, rounding)?;
        (low == high).then_some(low)
    }

    /// The middle of the ball, rounded.
    pub(super) fn middle(&self, scale: u32, rounding: Rounding) -> Option<BigInt> {
        self.rounded(&self.mantissa, scale, rounding)
    }

    fn rounded(&self, mantissa: &BigInt, scale: u32, rounding: Rounding) -> Option<BigInt> {
        // Beyond 2^512 no decimal holds it; below 2^-512 only its sign matters to a rounding.
        if self.exponent > 512 {
            return None;
        }
        let top = self.exponent + mantissa.bits().cast_signed();
        let (mantissa, exponent) = if top < -512 {
            (BigInt::from_biguint(mantissa.sign(), BigUint::from(1_u8)), -512)
        } else {
            (mantissa.clone(), self.exponent)
        };
        let shift = exponent.unsigned_abs();
        let one = BigUint::from(1_u8);
        if exponent >= 0 {
            rounded_quotient(&(mantissa << shift), &one, scale, rounding)
        } else {
            rounded_quotient(&mantissa, &(one << shift), scale, rounding)
        }
    }

    /// The middle as the nearest float up to its last place; infinite beyond the largest.
    #[expect(clippy::cast_precision_loss, reason = "a float is asked for")]
    pub(super) fn to_f64(&self) -> f64 {
        // More bits than a float keeps; of a shorter mantissa nothing is shifted out.
        let down = self.mantissa.bits().saturating_sub(96);
        let leading = self.mantissa.magnitude() >> down;
        let digits = leading.iter_u64_digits().rev();
        let leading = digits.fold(0_u128, |leading, digit| leading << 64 | u128::from(digit)) as f64;
        let exponent = self.exponent + down.cast_signed();
        // Far beyond the exponents of floats at either end: the value is 0 or infinite there.
        let exponent = i32::try_from(exponent).unwrap_or(if exponent < 0 { i32::MIN } else { i32::MAX });
        let value = libm::scalbn(leading, exponent);
        if self.mantissa.sign() == Sign::Minus { -value } else { value }
    }

    pub(super) fn boxed(self) -> Box<Self> {
        Box::new(self)
    }
}

/// `numerator / denominator * 10^scale`, rounded to a whole number; `None` for a denominator of zero.
#[expect(clippy::arithmetic_side_effects, reason = "long integers grow; the divisor is guarded")]
pub(super) fn rounded_quotient(
    numerator: &BigInt,
    denominator: &BigUint,
    scale: u32,
    rounding: Rounding,
) -> Option<BigInt> {
    if denominator.bits() == 0 {
        return None;
    }
    let dividend = numerator.magnitude() * BigUint::from(10_u8).pow(scale);
    let (whole, rest) = (&dividend / denominator, &dividend % denominator);
    let negative = numerator.sign() == Sign::Minus;
    let whole =
        if rest.bits() > 0 && rounding.goes_up(negative, whole.bit(0), (rest << 1_u8).cmp(denominator)) {
            whole + 1_u8
        } else {
            whole
        };
    Some(BigInt::from_biguint(if negative { Sign::Minus } else { Sign::Plus }, whole))
}
