//! The exact numbers of a tree: decimals and fractions, in 128 bits while they hold them, then in 1,024, in long
//! integers up to a stated length, and beyond it significant digits with a bound.

use super::ball::{Ball, rounded_quotient};
use super::fault::NumberFault;
use super::fraction::Fraction;
use super::graph::float;
use super::long::Long;
use crate::quantity::{Ratio, Rounding, add, from_parts, multiply};
use alloc::boxed::Box;
use core::cmp::Ordering;
use num_bigint::{BigInt, Sign};
use rust_decimal::Decimal;

/// The most bits of a numerator or denominator: some 1,200 digits.
///
/// A sum of quotients has the product of their divisors below its line, so that exact fractions grow with the
/// number of quotients in a tree. A tree of some hundred nodes stays within; a larger one is carried on with
/// 77 digits and a bound.
pub(super) const LIMIT: u64 = 4096;

/// A number that is exact, or known within a bound.
#[derive(Debug, Clone)]
pub(super) enum Number {
    Decimal(Decimal),
    /// A fraction, not in lowest terms: reducing costs more than the digits it saves. The denominator is not 0.
    /// Two words, so that a value takes no more room than a decimal does.
    Narrow {
        numerator: i64,
        denominator: u64,
    },
    Middle(Box<(i128, u128)>),
    Long(Box<Long>),
    Wide(Box<Fraction>),
    Ball(Box<Ball>),
}

impl Number {
    pub(super) const ZERO: Self = Self::Decimal(Decimal::ZERO);
    pub(super) const ONE: Self = Self::Decimal(Decimal::ONE);

    /// The fraction as the narrowest form that holds it.
    pub(super) fn of_parts(numerator: i128, denominator: u128) -> Self {
        if denominator == 1
            && let Some(whole) = from_parts(numerator < 0, numerator.unsigned_abs(), 0)
        {
            return Self::Decimal(whole);
        }
        if numerator == 0 {
            return Self::ZERO;
        }
        match (i64::try_from(numerator), u64::try_from(denominator)) {
            (Ok(numerator), Ok(denominator)) => Self::Narrow { numerator, denominator },
            _ => Self::Middle(Box::new((numerator, denominator))),
        }
    }

    #[expect(clippy::large_types_passed_by_value, reason = "it moves into its box")]
    pub(super) fn of_long(long: Long) -> Self {
        match long.narrow() {
            Some((numerator, denominator)) => Self::of_parts(numerator, denominator),
            None => Self::Long(Box::new(long)),
        }
    }

    pub(super) fn of_fraction(numerator: BigInt, denominator: BigInt) -> Self {
        // The parts count as they are, not in lowest terms: a divisor at every step costs more than the digits that it saves.
        if numerator.bits() > LIMIT || denominator.bits() > LIMIT {
            return Self::Ball(Ball::of_fraction(&numerator, denominator.magnitude()).boxed());
        }
        if numerator.bits() < 128
            && denominator.bits() <= 128
            && let (Ok(numerator), Ok(denominator)) =
                (i128::try_from(&numerator), u128::try_from(&denominator))
        {
            return Self::of_parts(numerator, denominator);
        }
        Self::Wide(Box::new(Fraction { numerator, denominator }))
    }

    /// Numerator and denominator where 128 bits hold them.
    #[inline]
    pub(super) fn narrow(&self) -> Option<(i128, u128)> {
        match self {
            Self::Decimal(value) => Some((value.mantissa(), 10_u128.checked_pow(value.scale())?)),
            Self::Narrow { numerator, denominator } => {
                Some((i128::from(*numerator), u128::from(*denominator)))
            }
            Self::Middle(middle) => Some(**middle),
            Self::Long(_) | Self::Wide(_) | Self::Ball(_) => None,
        }
    }

    /// The fraction where 1,024 bits hold it.
    pub(super) fn long(&self) -> Option<Long> {
        match self {
            Self::Long(long) => Some(**long),
            other => other.narrow().map(Long::of),
        }
    }

    /// The exact fraction; a ball has none.
    pub(super) fn fraction(&self) -> Option<Fraction> {
        match self {
            Self::Decimal(value) => Some(Fraction {
                numerator: value.mantissa().into(),
                denominator: BigInt::from(10_u8).pow(value.scale()),
            }),
            Self::Narrow { numerator, denominator } => {
                Some(Fraction { numerator: (*numerator).into(), denominator: (*denominator).into() })
            }
            Self::Middle(middle) => {
                Some(Fraction { numerator: middle.0.into(), denominator: middle.1.into() })
            }
            Self::Long(long) => Some(long.fraction()),
            Self::Wide(fraction) => Some((**fraction).clone()),
            Self::Ball(_) => None,
        }
    }

    fn ball(&self) -> Ball {
        match (self, self.fraction()) {
            (Self::Ball(ball), _) => (**ball).clone(),
            (_, Some(Fraction { numerator, denominator })) => {
                Ball::of_fraction(&numerator, denominator.magnitude())
            }
            // Only a ball is without a fraction.
            (_, None) => Ball::of_fraction(&BigInt::ZERO, BigInt::from(1_u8).magnitude()),
        }
    }

    pub(super) fn plus(&self, other: &Self) -> Result<Self, NumberFault> {
        if let (Self::Decimal(left), Self::Decimal(right)) = (self, other)
            && let Ok(sum) = add(*left, *right)
        {
            return Ok(Self::Decimal(sum));
        }
        if let (Some(left), Some(right)) = (self.narrow(), other.narrow())
            && let Some((numerator, denominator)) = narrow_sum(left, right)
        {
            return Ok(Self::of_parts(numerator, denominator));
        }
        if let (Some(left), Some(right)) = (self.long(), other.long())
            && let Some(result) = left.plus(&right)
        {
            return Ok(Self::of_long(result));
        }
        match (self.fraction(), other.fraction()) {
            (Some(left), Some(right)) => {
                let Fraction { numerator, denominator } = left.plus(&right);
                Ok(Self::of_fraction(numerator, denominator))
            }
            _ => self
                .ball()
                .plus(&other.ball())
                .map(|ball| Self::Ball(ball.boxed()))
                .ok_or(NumberFault::OutOfRange),
        }
    }

    pub(super) fn minus(&self, other: &Self) -> Result<Self, NumberFault> {
        self.plus(&other.negated())
    }

    pub(super) fn negated(&self) -> Self {
        match self {
            Self::Decimal(value) if value.is_zero() => Self::ZERO,
            Self::Decimal(value) => {
                let mut value = *value;
                value.set_sign_negative(value.is_sign_positive());
                Self::Decimal(value)
            }
            Self::Narrow { numerator, denominator } => {
                Self::of_parts(i128::from(*numerator).saturating_neg(), u128::from(*denominator))
            }
            Self::Middle(middle) => match middle.0.checked_neg() {
                Some(numerator) => Self::of_parts(numerator, middle.1),
                None => Self::of_fraction(opposite(BigInt::from(middle.0)), BigInt::from(middle.1)),
            },
            Self::Long(long) => Self::of_long(long.negated()),
            Self::Wide(fraction) => Self::Wide(Box::new(Fraction {
                numerator: opposite(fraction.numerator.clone()),
                denominator: fraction.denominator.clone(),
            })),
            Self::Ball(ball) => Self::Ball(ball.negated().boxed()),
        }
    }

    #[expect(clippy::arithmetic_side_effects, reason = "long integers grow, they do not overflow")]
    pub(super) fn times(&self, other: &Self) -> Result<Self, NumberFault> {
        if let (Self::Decimal(left), Self::Decimal(right)) = (self, other)
            && let Ok(product) = multiply(*left, *right)
        {
            return Ok(Self::Decimal(product));
        }
        if let (Some((a, b)), Some((c, d))) = (self.narrow(), other.narrow())
            && let Some((numerator, denominator)) = a.checked_mul(c).zip(b.checked_mul(d))
        {
            return Ok(Self::of_parts(numerator, denominator));
        }
        if let (Some(left), Some(right)) = (self.long(), other.long())
            && let Some(result) = left.times(&right)
        {
            return Ok(Self::of_long(result));
        }
        match (self.fraction(), other.fraction()) {
            (Some(left), Some(right)) => {
                Ok(Self::of_fraction(left.numerator * right.numerator, left.denominator * right.denominator))
            }
            _ => self
                .ball()
                .times(&other.ball())
                .map(|ball| Self::Ball(ball.boxed()))
                .ok_or(NumberFault::OutOfRange),
        }
    }

    #[expect(clippy::arithmetic_side_effects, reason = "long integers grow, they do not overflow")]
    pub(super) fn over(&self, divisor: &Self) -> Result<Self, NumberFault> {
        match divisor.sign() {
            Some(Ordering::Equal) => return Err(NumberFault::DivisionByZero),
            None => return Err(NumberFault::Imprecise),
            Some(_) => {}
        }
        if let (Some((a, b)), Some((c, d))) = (self.narrow(), divisor.narrow())
            && let Some(numerator) = i128::try_from(d).ok().and_then(|d| a.checked_mul(d))
            && let Some(denominator) = b.checked_mul(c.unsigned_abs())
            && let Some(numerator) = if c < 0 { numerator.checked_neg() } else { Some(numerator) }
        {
            return Ok(Self::of_parts(numerator, denominator));
        }
        if let (Some(left), Some(right)) = (self.long(), divisor.long())
            && let Some(result) = left.over(&right)
        {
            return Ok(Self::of_long(result));
        }
        match (self.fraction(), divisor.fraction()) {
            (Some(left), Some(right)) => {
                let numerator = left.numerator * right.denominator;
                // The sign goes above the line: denominators are above 0.
                let negative = right.numerator.sign() == Sign::Minus;
                let numerator = if negative { opposite(numerator) } else { numerator };
                let divisor = if negative { opposite(right.numerator) } else { right.numerator };
                Ok(Self::of_fraction(numerator, left.denominator * divisor))
            }
            _ => self
                .ball()
                .over(&divisor.ball())
                .map(|ball| Self::Ball(ball.boxed()))
                .ok_or(NumberFault::Imprecise),
        }
    }

    /// Whether the number is below, at or above zero; `None` where its digits do not say.
    pub(super) fn sign(&self) -> Option<Ordering> {
        match self {
            Self::Decimal(value) => Some(value.mantissa().cmp(&0)),
            Self::Narrow { numerator, .. } => Some(numerator.cmp(&0)),
            Self::Middle(middle) => Some(middle.0.cmp(&0)),
            Self::Long(long) => Some(long.sign()),
            Self::Wide(fraction) => Some(match fraction.numerator.sign() {
                Sign::Minus => Ordering::Less,
                Sign::NoSign => Ordering::Equal,
                Sign::Plus => Ordering::Greater,
            }),
            Self::Ball(ball) => ball.sign(),
        }
    }

    /// The number in units of `10^-scale`, rounded once.
    pub(super) fn units(&self, scale: u32, rounding: Rounding) -> Result<BigInt, NumberFault> {
        match (self, self.fraction()) {
            (Self::Ball(ball), _) => ball.round(scale, rounding).ok_or(NumberFault::Imprecise),
            (_, Some(Fraction { numerator, denominator })) => {
                rounded_quotient(&numerator, denominator.magnitude(), scale, rounding)
                    .ok_or(NumberFault::DivisionByZero)
            }
            (_, None) => Err(NumberFault::Imprecise),
        }
    }

    /// The middle of the number's bounds in units of `10^-scale`, rounded once.
    pub(super) fn middle_units(&self, scale: u32, rounding: Rounding) -> Result<BigInt, NumberFault> {
        match self {
            Self::Ball(ball) => ball.middle(scale, rounding).ok_or(NumberFault::OutOfRange),
            _ => self.units(scale, rounding),
        }
    }

    /// The number rounded once to `scale` decimals.
    pub(super) fn round(&self, scale: u32, rounding: Rounding) -> Result<Decimal, NumberFault> {
        if scale > Decimal::MAX_SCALE {
            return Err(NumberFault::OutOfRange);
        }
        if let Self::Decimal(value) = self {
            return Ok(crate::quantity::round(*value, (scale, rounding)));
        }
        let (sign, magnitude) = self.units(scale, rounding)?.into_parts();
        let mantissa = u128::try_from(&magnitude).map_err(|_| NumberFault::OutOfRange)?;
        from_parts(sign == Sign::Minus, mantissa, scale).ok_or(NumberFault::OutOfRange)
    }

    /// The fraction in lowest terms where 128 bits hold it.
    pub(super) fn ratio(&self) -> Result<Ratio, NumberFault> {
        if let Some((numerator, denominator)) = self.narrow() {
            return Ratio::of_integers(numerator < 0, numerator.unsigned_abs(), denominator)
                .ok_or(NumberFault::OutOfRange);
        }
        let Fraction { numerator, denominator } = self.fraction().ok_or(NumberFault::Imprecise)?.reduced();
        let (sign, magnitude) = numerator.into_parts();
        u128::try_from(magnitude)
            .ok()
            .zip(u128::try_from(&denominator).ok())
            .and_then(|(above, below)| Ratio::of_integers(sign == Sign::Minus, above, below))
            .ok_or(NumberFault::OutOfRange)
    }

    /// The decimal that the number is, where it is one of at most 28 digits.
    pub(super) fn to_decimal(&self) -> Option<Decimal> {
        match self {
            Self::Decimal(value) => Some(value.normalize()),
            _ => self.ratio().ok()?.to_decimal(),
        }
    }

    /// The decimal nearest to the number, of at most 28 digits; `None` for one beyond them.
    pub(super) fn nearest_decimal(&self) -> Option<Decimal> {
        // A third has no last decimal: as many places as fit behind those before the point.
        self.to_decimal()
            .or_else(|| (0..=28).rev().find_map(|scale| self.round(scale, Rounding::HalfEven).ok()))
    }

    /// The nearest float, up to its last place.
    #[expect(clippy::cast_precision_loss, reason = "a float is asked for")]
    pub(super) fn to_f64(&self) -> f64 {
        match self {
            Self::Decimal(value) => float(*value),
            Self::Narrow { numerator, denominator } => *numerator as f64 / *denominator as f64,
            Self::Middle(middle) => middle.0 as f64 / middle.1 as f64,
            Self::Long(long) => long.fraction().to_f64(),
            Self::Wide(fraction) => fraction.to_f64(),
            Self::Ball(ball) => ball.to_f64(),
        }
    }
}

impl PartialEq for Number {
    /// Equal as numbers: 2/4 is 0.5. Of balls the same digits and the same bound.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Decimal(left), Self::Decimal(right)) => left == right,
            (Self::Ball(left), Self::Ball(right)) => left == right,
            (Self::Ball(_), _) | (_, Self::Ball(_)) => false,
            _ => self.minus(other).ok().and_then(|difference| difference.sign()) == Some(Ordering::Equal),
        }
    }
}

/// The sum of two fractions in 128 bits, over the larger denominator where the smaller divides it.
#[inline]
pub(super) fn narrow_sum((a, b): (i128, u128), (c, d): (i128, u128)) -> Option<(i128, u128)> {
    if b == d {
        return Some((a.checked_add(c)?, b));
    }
    let signed = |factor: u128| i128::try_from(factor).ok();
    // Powers of ten divide one another. In one word a remainder costs little, in two more than it saves.
    if let (Ok(small_b), Ok(small_d)) = (u64::try_from(b), u64::try_from(d)) {
        if small_b.checked_rem(small_d)? == 0 {
            let factor = i128::from(small_b.checked_div(small_d)?);
            return Some((a.checked_add(c.checked_mul(factor)?)?, b));
        }
        if small_d.checked_rem(small_b)? == 0 {
            let factor = i128::from(small_d.checked_div(small_b)?);
            return Some((c.checked_add(a.checked_mul(factor)?)?, d));
        }
    }
    let numerator = a.checked_mul(signed(d)?)?.checked_add(c.checked_mul(signed(b)?)?)?;
    Some((numerator, b.checked_mul(d)?))
}

#[expect(clippy::arithmetic_side_effects, reason = "the opposite of a long integer always exists")]
fn opposite(value: BigInt) -> BigInt {
    -value
}
