//! Exact fractions of any length, and their division into decimals that add up.

use super::DecomposeError;
use crate::quantity::{Ratio, Rounding, round};
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::ops::Neg;
use num_bigint::{BigInt, BigUint, Sign};
use rust_decimal::Decimal;

/// A fraction with a positive denominator, not in lowest terms.
#[derive(Debug, Clone)]
pub(crate) struct Fraction {
    numerator: BigInt,
    denominator: BigUint,
}

#[expect(
    clippy::arithmetic_side_effects,
    reason = "long integers grow, they do not overflow; no denominator is zero"
)]
impl Fraction {
    pub(super) fn zero() -> Self {
        Self { numerator: BigInt::ZERO, denominator: BigUint::from(1_u8) }
    }

    /// The denominator is not zero.
    pub(crate) fn new(numerator: BigInt, denominator: BigUint) -> Self {
        debug_assert!(denominator.bits() > 0, "a denominator of zero");
        Self { numerator, denominator }
    }

    /// The float itself, which is a whole number times a power of two.
    pub(super) fn of_float(value: f64) -> Option<Self> {
        if !value.is_finite() {
            return None;
        }
        // A float has 53 bits: times a power of two it is a whole number below 2^53.
        let (fraction, exponent) = libm::frexp(value);
        #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
        let mantissa = libm::scalbn(fraction, 53) as i64;
        let exponent = exponent - 53;
        let power = BigUint::from(1_u8) << exponent.unsigned_abs();
        Some(if exponent < 0 {
            Self { numerator: mantissa.into(), denominator: power }
        } else {
            Self { numerator: BigInt::from(mantissa) * BigInt::from(power), denominator: BigUint::from(1_u8) }
        })
    }

    pub(super) fn plus(&self, other: &Self) -> Self {
        let (fine, coarse) =
            if self.denominator >= other.denominator { (self, other) } else { (other, self) };
        let widened = |fraction: &Self, factor: BigUint| &fraction.numerator * BigInt::from(factor);
        // Powers of two or ten divide one another: a long sum keeps the finest denominator.
        if (&fine.denominator % &coarse.denominator).bits() == 0 {
            let coarse = widened(coarse, &fine.denominator / &coarse.denominator);
            return Self { numerator: &fine.numerator + coarse, denominator: fine.denominator.clone() };
        }
        let numerator = widened(fine, coarse.denominator.clone()) + widened(coarse, fine.denominator.clone());
        Self { numerator, denominator: &self.denominator * &other.denominator }
    }

    pub(super) fn minus(&self, other: &Self) -> Self {
        self.plus(&other.negated())
    }

    pub(super) fn times(&self, other: &Self) -> Self {
        Self {
            numerator: &self.numerator * &other.numerator,
            denominator: &self.denominator * &other.denominator,
        }
    }

    /// `None` for a divisor of zero.
    pub(super) fn over(&self, divisor: &Self) -> Option<Self> {
        if divisor.is_zero() {
            return None;
        }
        let numerator = &self.numerator * BigInt::from(divisor.denominator.clone());
        let numerator = if divisor.numerator.sign() == Sign::Minus { -numerator } else { numerator };
        Some(Self::new(numerator, &self.denominator * divisor.numerator.magnitude()))
    }

    /// The numerators of both over one denominator, and that denominator.
    pub(super) fn over_one_denominator(&self, other: &Self) -> [BigInt; 3] {
        let (own, others) = (BigInt::from(self.denominator.clone()), BigInt::from(other.denominator.clone()));
        // Decimals have powers of ten, of which one divides the other: the larger one serves both.
        if (&own % &others).sign() == Sign::NoSign {
            let widened = &other.numerator * (&own / &others);
            [self.numerator.clone(), widened, own]
        } else if (&others % &own).sign() == Sign::NoSign {
            let widened = &self.numerator * (&others / &own);
            [widened, other.numerator.clone(), others]
        } else {
            [&self.numerator * &others, &other.numerator * &own, own * others]
        }
    }

    pub(super) fn halved(&self) -> Self {
        Self { numerator: self.numerator.clone(), denominator: &self.denominator * 2_u8 }
    }

    pub(super) fn negated(&self) -> Self {
        Self { numerator: self.numerator.clone().neg(), denominator: self.denominator.clone() }
    }

    pub(super) fn magnitude(&self) -> Self {
        Self { numerator: self.numerator.magnitude().clone().into(), denominator: self.denominator.clone() }
    }

    pub(super) fn is_zero(&self) -> bool {
        self.numerator.sign() == Sign::NoSign
    }

    pub(super) fn is_above(&self, other: &Self) -> bool {
        self.minus(other).numerator.sign() == Sign::Plus
    }

    /// The nearest float up to some units of its last place; infinite where it exceeds the largest.
    #[expect(clippy::cast_precision_loss, reason = "a float is asked for")]
    #[expect(clippy::cast_possible_wrap, reason = "no integer in memory has 2^63 bits")]
    pub(super) fn to_f64(&self) -> f64 {
        // Neither part need fit a float, and their quotient may: they are not divided as floats, but shifted until the
        // whole quotient has 96 to 98 bits.
        let magnitude = self.numerator.magnitude();
        let shift = magnitude.bits() as i64 - self.denominator.bits() as i64 - 97;
        let quotient = if shift > 0 {
            magnitude / (&self.denominator << shift.unsigned_abs())
        } else {
            (magnitude << shift.unsigned_abs()) / &self.denominator
        };
        debug_assert!(quotient.bits() <= 98, "the shift leaves at most 98 bits");
        let leading = u128::try_from(quotient).unwrap_or(u128::MAX) as f64;
        // Beyond 32 bits the exponent has left the range of a float long ago: 0 or infinity either way.
        let exponent = i32::try_from(shift).unwrap_or(if shift < 0 { i32::MIN } else { i32::MAX });
        let value = libm::scalbn(leading, exponent);
        if self.numerator.sign() == Sign::Minus { -value } else { value }
    }

    /// The whole number of units of the last place at or below the value, and the rest as a fraction.
    fn floor(&self, scale: u32) -> (BigInt, Self) {
        let scaled = &self.numerator * BigInt::from(10_u8).pow(scale);
        let divisor = BigInt::from(self.denominator.clone());
        let (whole, rest) = (&scaled / &divisor, &scaled % &divisor);
        let (whole, rest) =
            if rest.sign() == Sign::Minus { (whole - 1_i32, rest + divisor) } else { (whole, rest) };
        (whole, Self { numerator: rest, denominator: self.denominator.clone() })
    }

    /// The value rounded once to `scale` decimals.
    pub(super) fn round(&self, scale: u32, rounding: Rounding) -> Result<Decimal, DecomposeError> {
        let (whole, rest) = self.floor(scale);
        let up = i32::from(goes_up(rounding, &whole, &rest));
        decimal(&(whole + up), scale)
    }

    fn compare(&self, other: &Self) -> Ordering {
        match self.minus(other).numerator.sign() {
            Sign::Minus => Ordering::Less,
            Sign::NoSign => Ordering::Equal,
            Sign::Plus => Ordering::Greater,
        }
    }
}

/// Whether `whole + rest` with `0 <= rest < 1` is rounded to `whole + 1`.
///
/// The crate's one rounding decides, asked with a small number of the same sign and parity whose rest lies
/// on the same side of one half.
#[expect(clippy::arithmetic_side_effects, reason = "a remainder by 2 of a long integer")]
fn goes_up(rounding: Rounding, whole: &BigInt, rest: &Fraction) -> bool {
    if rest.is_zero() {
        return false;
    }
    let half = Fraction { numerator: 1.into(), denominator: 2_u8.into() };
    let tenths: i64 = match rest.compare(&half) {
        Ordering::Less => 2,
        Ordering::Equal => 5,
        Ordering::Greater => 7,
    };
    let odd = (whole % 2_i32).sign() != Sign::NoSign;
    let stand_in: i64 = match (whole.sign() == Sign::Minus, odd) {
        (false, false) => 20,
        (false, true) => 10,
        (true, false) => -20,
        (true, true) => -30,
    };
    let value = Decimal::new(stand_in + tenths, 1);
    round(value, (0, rounding)) > round(value, (0, Rounding::Floor))
}

impl From<Decimal> for Fraction {
    fn from(value: Decimal) -> Self {
        Self { numerator: value.mantissa().into(), denominator: BigUint::from(10_u8).pow(value.scale()) }
    }
}

impl From<Ratio> for Fraction {
    fn from(value: Ratio) -> Self {
        let numerator = BigInt::from(value.numerator());
        let numerator = if value.is_negative() { numerator.neg() } else { numerator };
        Self { numerator, denominator: value.denominator().into() }
    }
}

/// The sum of the fractions.
pub(super) fn sum<'a>(fractions: impl IntoIterator<Item = &'a Fraction>) -> Fraction {
    fractions.into_iter().fold(Fraction::zero(), |sum, fraction| sum.plus(fraction))
}

fn decimal(units: &BigInt, scale: u32) -> Result<Decimal, DecomposeError> {
    i128::try_from(units)
        .ok()
        .and_then(|units| Decimal::try_from_i128_with_scale(units, scale).ok())
        .ok_or(DecomposeError::Overflow { what: "a rounded part" })
}

pub(super) fn checked_scale(scale: u32) -> Result<u32, DecomposeError> {
    if scale > Decimal::MAX_SCALE { Err(DecomposeError::ScaleTooLarge { scale }) } else { Ok(scale) }
}

/// The parts as decimals of `scale` that add up to `total`, each within one unit of the last place: every
/// part is rounded down, and the largest remainders, at ties those of lower index, get one unit each.
///
/// The parts must add up to `total` to within one unit.
#[expect(clippy::arithmetic_side_effects, reason = "long integers grow, they do not overflow")]
#[expect(
    clippy::indexing_slicing,
    reason = "the order has the indexes of the parts, and there is a floor for each"
)]
pub(super) fn apportion(
    parts: &[Fraction],
    total: Decimal,
    scale: u32,
) -> Result<Vec<Decimal>, DecomposeError> {
    let (target, rest) = Fraction::from(total).floor(checked_scale(scale)?);
    if !rest.is_zero() {
        return Err(DecomposeError::FinerThanScale { total, scale });
    }
    let floors: Vec<(BigInt, Fraction)> = parts.iter().map(|part| part.floor(scale)).collect();
    let missing = floors.iter().fold(target, |missing, (whole, _)| missing - whole);
    // Floors miss less than one unit each: any other number says that the parts do not explain the total.
    let missing = usize::try_from(&missing).ok().filter(|units| *units <= parts.len());
    let Some(missing) = missing else {
        return Err(DecomposeError::Unexplained { sum: sum(parts).to_f64(), total });
    };
    let mut order: Vec<usize> = (0..parts.len()).collect();
    // Fractions are compared, not floats of them: two thirds of different denominators are a tie. The sort is stable, so
    // that a tie goes to the lower index.
    order.sort_by(|left, right| floors[*right].1.compare(&floors[*left].1));
    let mut raised = alloc::vec![false; parts.len()];
    for index in order.into_iter().take(missing) {
        raised[index] = true;
    }
    floors
        .into_iter()
        .zip(raised)
        .map(|((whole, _), raised)| decimal(&(whole + i32::from(raised)), scale))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    fn fraction(numerator: i64, denominator: u64) -> Fraction {
        Fraction::new(numerator.into(), denominator.into())
    }

    #[test]
    fn it_rounds_as_decimals_do() {
        for mantissa in -40_i64..=40 {
            let value = Decimal::new(mantissa, 1);
            for rounding in [
                Rounding::HalfEven,
                Rounding::HalfAwayFromZero,
                Rounding::HalfTowardZero,
                Rounding::AwayFromZero,
                Rounding::TowardZero,
                Rounding::Ceiling,
                Rounding::Floor,
            ] {
                let rounded = fraction(mantissa, 10).round(0, rounding).unwrap();
                assert_eq!(rounded, round(value, (0, rounding)), "{value} {rounding:?}");
            }
        }
    }

    #[test]
    fn floats_go_in_and_come_out_whole() {
        for value in [0.0, 1.0, -0.1, 1e300, -1e-300, f64::MAX, f64::MIN_POSITIVE, f64::from_bits(1)] {
            let back = Fraction::of_float(value).unwrap().to_f64();
            assert_eq!(back.to_bits(), (value + 0.0).to_bits(), "{value}");
        }
        assert!(Fraction::of_float(f64::NAN).is_none());
        assert!((fraction(-1, 3).to_f64() + 1.0 / 3.0).abs() < 1e-16);
    }

    #[test]
    fn the_largest_remainders_get_the_units() {
        let third = fraction(100, 3);
        let parts = apportion(&[third.clone(), third.clone(), third], dec!(100), 0).unwrap();
        assert_eq!(parts, [dec!(34), dec!(33), dec!(33)]);
        assert!(apportion(&[fraction(1, 1)], dec!(3), 0).is_err());
        assert!(apportion(&[fraction(1, 1)], dec!(1.5), 0).is_err());
        assert!(apportion(&[fraction(1, 1)], dec!(1), 29).is_err());
    }
}
