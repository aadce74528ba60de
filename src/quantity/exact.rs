//! Decimal arithmetic that is exact or an error.
//!
//! `rust_decimal`'s operators panic on overflow, and its checked methods may drop digits in silence
//! (`Decimal::MAX + 0.4` is `Decimal::MAX`). The functions here return the exact value or say that it needs
//! more than 28 digits.

use super::natural::{Natural, on_narrowest};
use super::{Precision, QuantityError, Rounding};
use alloc::format;
use alloc::string::{String, ToString};
use rust_decimal::Decimal;

/// The largest mantissa of a [`Decimal`]: 2^96 - 1.
pub(crate) const MAX_MANTISSA: u128 = (1 << 96) - 1;

/// `left + right`, exactly.
///
/// # Errors
/// [`QuantityError::Inexact`] when the sum needs more than 28 digits.
///
/// # Examples
/// ```
/// use marketloop::quantity::add;
/// use rust_decimal::{Decimal, dec};
///
/// assert_eq!(add(dec!(0.1), dec!(0.2))?, dec!(0.3));
/// assert!(add(Decimal::MAX, dec!(0.4)).is_err());
/// # Ok::<(), marketloop::quantity::QuantityError>(())
/// ```
pub fn add(left: Decimal, right: Decimal) -> Result<Decimal, QuantityError> {
    exact_sum(left, right).ok_or_else(|| inexact(left, "+", right))
}

/// `left - right`, exactly.
///
/// # Errors
/// [`QuantityError::Inexact`] when the difference needs more than 28 digits.
///
/// # Examples
/// ```
/// use marketloop::quantity::subtract;
/// use rust_decimal::dec;
///
/// assert_eq!(subtract(dec!(480), dec!(500))?, dec!(-20));
/// # Ok::<(), marketloop::quantity::QuantityError>(())
/// ```
pub fn subtract(left: Decimal, right: Decimal) -> Result<Decimal, QuantityError> {
    exact_sum(left, opposite(right)).ok_or_else(|| inexact(left, "-", right))
}

/// `left * right`, exactly.
///
/// # Errors
/// [`QuantityError::Inexact`] when the product needs more than 28 digits or more than 28 decimals.
///
/// # Examples
/// ```
/// use marketloop::quantity::multiply;
/// use rust_decimal::dec;
///
/// assert_eq!(multiply(dec!(200), dec!(0.0375))?, dec!(7.5));
/// assert!(multiply(dec!(0.000000000000001), dec!(0.000000000000001)).is_err());
/// # Ok::<(), marketloop::quantity::QuantityError>(())
/// ```
pub fn multiply(left: Decimal, right: Decimal) -> Result<Decimal, QuantityError> {
    exact_product(left, right).ok_or_else(|| inexact(left, "*", right))
}

/// `dividend / divisor`, rounded once to `precision`.
///
/// # Errors
/// [`QuantityError::DivisionByZero`]; [`QuantityError::Inexact`] when the rounded quotient needs more than 28
/// digits or `scale` exceeds 28.
///
/// # Examples
/// ```
/// use marketloop::quantity::{Rounding, divide};
/// use rust_decimal::dec;
///
/// assert_eq!(divide(dec!(2), dec!(3), (4, Rounding::HalfEven))?, dec!(0.6667));
/// assert!(divide(dec!(5), dec!(0), (4, Rounding::HalfEven)).is_err());
/// # Ok::<(), marketloop::quantity::QuantityError>(())
/// ```
pub fn divide(
    dividend: Decimal,
    divisor: Decimal,
    precision: impl Into<Precision>,
) -> Result<Decimal, QuantityError> {
    let Precision { scale, rounding } = precision.into();
    if divisor.is_zero() {
        return Err(QuantityError::DivisionByZero { dividend: dividend.to_string() });
    }
    // Beyond it no decimal exists, and 10^scale would grow without bound.
    if scale > Decimal::MAX_SCALE {
        return Err(inexact(dividend, "/", divisor));
    }
    let negative = dividend.is_sign_negative() != divisor.is_sign_negative();
    // dividend / divisor * 10^scale, as one fraction of whole numbers; its power of ten stands on one side of the
    // line only, so that the difference of the scales is cut at 0 on the other.
    let up = scale.saturating_add(divisor.scale()).saturating_sub(dividend.scale());
    let down = dividend.scale().saturating_sub(scale.saturating_add(divisor.scale()));
    decimal_quotient(negative, ([magnitude(dividend), 1], up), (magnitude(divisor), down), scale, rounding)
        .ok_or_else(|| inexact(dividend, "/", divisor))
}

/// `value` rounded to `precision`; unchanged when it has no more decimals than that.
///
/// # Examples
/// ```
/// use marketloop::quantity::{Rounding, round};
/// use rust_decimal::dec;
///
/// assert_eq!(round(dec!(2.345), (2, Rounding::HalfEven)), dec!(2.34));
/// assert_eq!(round(dec!(-2.345), (2, Rounding::HalfAwayFromZero)), dec!(-2.35));
/// ```
#[must_use]
pub fn round(value: Decimal, precision: impl Into<Precision>) -> Decimal {
    let Precision { scale, rounding } = precision.into();
    if value.scale() <= scale {
        return value;
    }
    // Fewer decimals of the same value always fit: the division cannot fail.
    let rounded = divide(value, Decimal::ONE, (scale, rounding));
    debug_assert!(rounded.is_ok(), "a rounding that does not fit");
    rounded.unwrap_or(value)
}

/// `a * b * 10^up / (denominator * 10^down)` of magnitudes, rounded to a whole number.
pub(crate) fn quotient(
    negative: bool,
    numerator: ([u128; 2], u32),
    denominator: (u128, u32),
    rounding: Rounding,
) -> Option<u128> {
    on_narrowest!(quotient_in(negative, numerator, denominator, rounding))
}

/// The same quotient over `10^scale`, as a decimal. Its mantissa may exceed 128 bits by zeros at its end.
pub(crate) fn decimal_quotient(
    negative: bool,
    numerator: ([u128; 2], u32),
    denominator: (u128, u32),
    scale: u32,
    rounding: Rounding,
) -> Option<Decimal> {
    on_narrowest!(decimal_quotient_in(negative, numerator, denominator, scale, rounding))
}

fn decimal_quotient_in<N: Natural>(
    negative: bool,
    numerator: ([u128; 2], u32),
    denominator: (u128, u32),
    mut scale: u32,
    rounding: Rounding,
) -> Option<Decimal> {
    let mut whole = rounded::<N>(negative, numerator, denominator, rounding)?;
    loop {
        if let Some(mantissa) = whole.to_u128() {
            return from_parts(negative, mantissa, scale);
        }
        // Too wide with all its decimals: where they end in zeros, fewer say the same.
        let (tenth, rest) = whole.div_rem(&N::from_u128(10)?)?;
        scale = scale.checked_sub(1).filter(|_| rest.is_zero())?;
        whole = tenth;
    }
}

fn quotient_in<N: Natural>(
    negative: bool,
    numerator: ([u128; 2], u32),
    denominator: (u128, u32),
    rounding: Rounding,
) -> Option<u128> {
    rounded::<N>(negative, numerator, denominator, rounding)?.to_u128()
}

fn rounded<N: Natural>(
    negative: bool,
    ([a, b], up): ([u128; 2], u32),
    (denominator, down): (u128, u32),
    rounding: Rounding,
) -> Option<N> {
    let numerator = N::from_u128(a)?.times(&N::from_u128(b)?)?.times(&N::power_of_ten(up)?)?;
    let denominator = N::from_u128(denominator)?.times(&N::power_of_ten(down)?)?;
    let (whole, rest) = numerator.div_rem(&denominator)?;
    if rest.is_zero() {
        return Some(whole);
    }
    // rest < denominator, so that denominator - rest exists: it avoids doubling the rest.
    let to_half = rest.cmp(&denominator.minus(&rest)?);
    let odd = !whole.div_rem(&N::from_u128(2)?)?.1.is_zero();
    if rounding.goes_up(negative, odd, to_half) { whole.plus(&N::from_u128(1)?) } else { Some(whole) }
}

/// The absolute value of a decimal's mantissa, at most 2^96 - 1.
pub(crate) const fn magnitude(value: Decimal) -> u128 {
    value.mantissa().unsigned_abs()
}

/// The decimal with this sign, mantissa and scale, without its trailing zeros where it would not fit else.
pub(crate) fn from_parts(negative: bool, mut mantissa: u128, mut scale: u32) -> Option<Decimal> {
    // A ten less in both keeps the value; what then still does not fit is not rounded, it is no decimal.
    while mantissa > MAX_MANTISSA || scale > Decimal::MAX_SCALE {
        if mantissa == 0 {
            return Some(Decimal::ZERO);
        }
        if scale == 0 || !mantissa.is_multiple_of(10) {
            return None;
        }
        mantissa = mantissa.checked_div(10)?;
        scale = scale.checked_sub(1)?;
    }
    let signed = i128::try_from(mantissa).ok()?;
    Decimal::try_from_i128_with_scale(if negative { signed.checked_neg()? } else { signed }, scale).ok()
}

fn opposite(value: Decimal) -> Decimal {
    // Zero gets no sign: it would be written as `-0`.
    let mut value = value;
    value.set_sign_negative(value.is_sign_positive() && !value.is_zero());
    value
}

fn exact_sum(left: Decimal, right: Decimal) -> Option<Decimal> {
    // Nearly every sum fits as it stands; zeros at the end cost width and are taken off only where it does not.
    aligned_sum(left, right).or_else(|| aligned_sum(left.normalize(), right.normalize()))
}

/// The sum at the larger of the two scales. For normalised operands this is the scale the sum needs: with
/// different scales its last digit is that of the finer operand, which is not zero.
fn aligned_sum(left: Decimal, right: Decimal) -> Option<Decimal> {
    let scale = left.scale().max(right.scale());
    let at_scale = |value: Decimal| {
        let factor = 10_i128.checked_pow(scale.checked_sub(value.scale())?)?;
        value.mantissa().checked_mul(factor)
    };
    let sum = at_scale(left)?.checked_add(at_scale(right)?)?;
    from_parts(sum.is_negative(), sum.unsigned_abs(), scale)
}

fn exact_product(left: Decimal, right: Decimal) -> Option<Decimal> {
    let negative = left.is_sign_negative() != right.is_sign_negative();
    let scale = left.scale().checked_add(right.scale())?;
    let (mut a, mut b) = (magnitude(left), magnitude(right));
    if let Some(mantissa) = a.checked_mul(b)
        && let Some(product) = from_parts(negative, mantissa, scale)
    {
        return Some(product);
    }
    // Take out the tens that the product has (10 = 2 * 5, the factors may stand on different sides).
    let mut scale = scale;
    while scale > 0 {
        if a.is_multiple_of(10) {
            a = a.checked_div(10)?;
        } else if b.is_multiple_of(10) {
            b = b.checked_div(10)?;
        } else if a.is_multiple_of(2) && b.is_multiple_of(5) {
            (a, b) = (a.checked_div(2)?, b.checked_div(5)?);
        } else if a.is_multiple_of(5) && b.is_multiple_of(2) {
            (a, b) = (a.checked_div(5)?, b.checked_div(2)?);
        } else {
            break;
        }
        scale = scale.checked_sub(1)?;
    }
    from_parts(negative, a.checked_mul(b)?, scale)
}

#[cold]
fn inexact(left: Decimal, operator: &str, right: Decimal) -> QuantityError {
    QuantityError::Inexact { operation: format!("{left} {operator} {right}") }
}

/// `0.4` as `40`, without trailing zeros: the number before a percent sign.
pub(crate) fn percent_text(share: Decimal) -> String {
    let (mantissa, scale) = (magnitude(share), share.scale());
    let negative = share.is_sign_negative() && mantissa != 0;
    let percent = match scale.checked_sub(2) {
        Some(scale) => from_parts(negative, mantissa, scale),
        None => mantissa
            .checked_mul(if scale == 1 { 10 } else { 100 })
            .and_then(|mantissa| from_parts(negative, mantissa, 0)),
    };
    percent.map_or_else(|| format!("{share} * 100 "), |percent| percent.normalize().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    #[test]
    fn a_sum_keeps_every_digit_or_fails() {
        assert_eq!(add(dec!(0.5), dec!(0.50)).unwrap(), Decimal::ONE);
        let max = Decimal::MAX;
        assert!(add(max, dec!(0.4)).is_err());
        assert!(add(max, Decimal::ONE).is_err());
        assert_eq!(add(max, Decimal::ZERO).unwrap(), max);
        assert_eq!(subtract(max, max).unwrap(), Decimal::ZERO);
        // The common scale does not fit, the value does.
        assert_eq!(add(max, Decimal::from_i128_with_scale(0, 28)).unwrap(), max);
        assert_eq!(
            add(Decimal::from_i128_with_scale(10_i128.pow(28), 28), dec!(70000)).unwrap(),
            dec!(70001)
        );
    }

    #[test]
    fn a_product_finds_its_tens_on_either_side() {
        // 2^60 * 5^30 / 10^30 needs 192 bits before the tens are taken out.
        let twos = Decimal::from_i128_with_scale(1 << 60, 15);
        let fives = Decimal::from_i128_with_scale(5_i128.pow(30), 15);
        assert_eq!(multiply(twos, fives).unwrap(), Decimal::from(1_u64 << 30));
        assert!(multiply(Decimal::MAX, dec!(10)).is_err());
        assert_eq!(multiply(Decimal::MAX, Decimal::ZERO).unwrap(), Decimal::ZERO);
        assert_eq!(multiply(Decimal::from_i128_with_scale(1, 28), dec!(0)).unwrap(), Decimal::ZERO);
    }

    #[test]
    fn division_rounds_as_named() {
        let cases = [
            (Rounding::HalfEven, "0.2", "-0.2", "0.4"),
            (Rounding::HalfAwayFromZero, "0.3", "-0.3", "0.4"),
            (Rounding::HalfTowardZero, "0.2", "-0.2", "0.3"),
            (Rounding::AwayFromZero, "0.3", "-0.3", "0.4"),
            (Rounding::TowardZero, "0.2", "-0.2", "0.3"),
            (Rounding::Ceiling, "0.3", "-0.2", "0.4"),
            (Rounding::Floor, "0.2", "-0.3", "0.3"),
        ];
        for (rounding, quarter, minus_quarter, thirty_five) in cases {
            let run = |value| divide(value, Decimal::ONE, (1, rounding)).unwrap().to_string();
            assert_eq!(run(dec!(0.25)), quarter, "{rounding:?}");
            assert_eq!(run(dec!(-0.25)), minus_quarter, "{rounding:?}");
            assert_eq!(run(dec!(0.35)), thirty_five, "{rounding:?}");
        }
    }

    #[test]
    fn division_reaches_beyond_128_bits() {
        let tiny = Decimal::from_i128_with_scale(1, 28);
        assert!(divide(Decimal::MAX, tiny, (0, Rounding::HalfEven)).is_err());
        assert!(divide(tiny, dec!(3), (u32::MAX, Rounding::HalfEven)).is_err());
        assert!(divide(dec!(1), dec!(2), (29, Rounding::HalfEven)).is_err());
        assert_eq!(divide(tiny, Decimal::MAX, (28, Rounding::HalfEven)).unwrap(), Decimal::ZERO);
        assert_eq!(divide(tiny, Decimal::MAX, (28, Rounding::AwayFromZero)).unwrap(), tiny);
        let whole = Decimal::from_i128_with_scale(340_282_366_920_938_463_463_374_608, 0);
        assert_eq!(divide(whole, Decimal::ONE, (12, Rounding::HalfEven)).unwrap(), whole);
        assert_eq!(divide(Decimal::MAX, Decimal::MAX, (28, Rounding::HalfEven)).unwrap(), Decimal::ONE);
    }

    #[test]
    fn percent_text_shifts_two_places() {
        assert_eq!(percent_text(dec!(0.4)), "40");
        assert_eq!(percent_text(dec!(1.1)), "110");
        assert_eq!(percent_text(dec!(0.0375)), "3.75");
        assert_eq!(percent_text(dec!(-1)), "-100");
    }
}
