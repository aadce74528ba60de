//! Decimals in the source text.

use rust_decimal::Decimal;

/// An exact decimal from a number in the source text, worked out by the compiler: `dec!(-12.50)` has two decimals.
///
/// It takes digits, a `.`, `_` between digits and a sign; what is no decimal of at most 96 bits and 28 decimals does not
/// compile. A program needs no dependency on `rust_decimal` and none of its features.
///
/// # Examples
/// ```
/// use marketloop::dec;
/// use marketloop::quantity::{Currency, Money};
///
/// let total = Money::new(dec!(1_250_000.50), Currency::CNY)?;
/// assert_eq!(total.to_string(), "1,250,000.50 CNY");
/// assert_eq!(dec!(-0.5).to_string(), "-0.5");
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```compile_fail
/// let too_long = marketloop::dec!(79228162514264337593543950336);
/// ```
///
/// ```compile_fail
/// let power = marketloop::dec!(1e3);
/// ```
#[macro_export]
macro_rules! dec {
    ($number:literal) => {
        const { $crate::quantity::decimal_of_literal(::core::stringify!($number)) }
    };
}

/// What [`dec!`](crate::dec) makes of the text of a number.
#[doc(hidden)]
#[must_use]
#[expect(clippy::panic, reason = "the compiler runs it: a wrong literal is an error of the build")]
#[expect(clippy::cast_possible_truncation, reason = "words of 32 bits of a checked number")]
#[expect(clippy::indexing_slicing, reason = "`at` is below the length, and the compiler checks it")]
#[expect(
    clippy::arithmetic_side_effects,
    reason = "the compiler runs it: an overflow is an error of the build"
)]
pub const fn decimal_of_literal(text: &str) -> Decimal {
    let bytes = text.as_bytes();
    let (mut mantissa, mut scale, mut fraction, mut negative, mut digits) =
        (0_u128, 0_u32, false, false, false);
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            digit @ b'0'..=b'9' => {
                let Some(shifted) = mantissa.checked_mul(10) else { panic!("a decimal has at most 96 bits") };
                let Some(sum) = shifted.checked_add(digit.wrapping_sub(b'0') as u128) else {
                    panic!("a decimal has at most 96 bits")
                };
                mantissa = sum;
                digits = true;
                scale = if fraction { scale + 1 } else { scale };
            }
            b'.' if !fraction => fraction = true,
            b'-' if at == 0 => negative = true,
            b'_' | b' ' => {}
            _ => panic!("a decimal has digits, a point, underscores and a sign"),
        }
        at += 1;
    }
    assert!(digits && scale <= 28 && mantissa >> 96 == 0, "a decimal has at most 96 bits and 28 decimals");
    Decimal::from_parts(mantissa as u32, (mantissa >> 32) as u32, (mantissa >> 64) as u32, negative, scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_the_decimals_that_their_text_reads_as() {
        for (literal, text) in [
            (dec!(0), "0"),
            (dec!(-0.50), "-0.50"),
            (dec!(12.), "12"),
            (dec!(1_000_000.01), "1000000.01"),
            (dec!(79228162514264337593543950335), "79228162514264337593543950335"),
            (dec!(0.0000000000000000000000000001), "0.0000000000000000000000000001"),
        ] {
            let read = Decimal::from_str_exact(text).unwrap();
            assert_eq!((literal, literal.scale()), (read, read.scale()), "{text}");
        }
    }
}
