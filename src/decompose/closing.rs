//! From estimates to facts: float contributions become decimals that add up to the exact total.

use super::DecomposeError;
use super::fraction::{Fraction, apportion, checked_scale, sum};
use crate::quantity::Ratio;
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// The relative error of the contributions' sum that counts as rounding: 1e-9.
const RELATIVE: Decimal = Decimal::from_parts(1, 0, 0, false, 9);

/// The contributions as decimals of `scale` that add up to `total` exactly.
///
/// # Formula
/// What the floats lack to the total is shared among them in proportion to their magnitudes; each is then
/// rounded down to `scale`, and the largest remainders, at ties those of lower index, get one unit of the
/// last place each (A. Hamilton, 1792). The floats are taken at their exact binary value.
///
/// # Errors
/// [`DecomposeError::Unexplained`] where the contributions miss the total by more than one unit of the last
/// place each plus 1e-9 of their magnitudes; [`DecomposeError::FinerThanScale`];
/// [`DecomposeError::ScaleTooLarge`]; [`DecomposeError::NotFinite`]; [`DecomposeError::Empty`];
/// [`DecomposeError::Overflow`] where a part needs more than 28 digits.
///
/// # Examples
/// ```
/// use marketloop::decompose::close;
/// use rust_decimal::dec;
///
/// let parts = close(&[33.333333, 33.333333, 33.333333], dec!(100), 2)?;
/// assert_eq!(parts, [dec!(33.34), dec!(33.33), dec!(33.33)]);
/// assert!(close(&[33.0, 33.0, 33.0], dec!(100), 2).is_err());
/// # Ok::<(), marketloop::decompose::DecomposeError>(())
/// ```
pub fn close(contributions: &[f64], total: Decimal, scale: u32) -> Result<Vec<Decimal>, DecomposeError> {
    checked_scale(scale)?;
    if contributions.is_empty() {
        return Err(DecomposeError::Empty { what: "contributions" });
    }
    let estimate = |(index, value): (usize, &f64)| {
        Fraction::of_float(*value).ok_or(DecomposeError::NotFinite { index, value: *value })
    };
    let estimates: Vec<Fraction> =
        contributions.iter().enumerate().map(estimate).collect::<Result<_, _>>()?;
    let magnitudes: Vec<Fraction> = estimates.iter().map(Fraction::magnitude).collect();
    let magnitude = sum(&magnitudes);
    let explained = sum(&estimates);
    let missing = Fraction::from(total).minus(&explained);
    // A unit of the last place each for the rounding of the total, and a part of the magnitudes for that of the floats:
    // more is a fault of the caller, which closing would hide.
    let count = Fraction::from(Decimal::from(estimates.len()));
    let units = count.times(&Fraction::from(Decimal::new(1, scale)));
    let admitted = units.plus(&magnitude.times(&RELATIVE.into()));
    if missing.magnitude().is_above(&admitted) {
        return Err(DecomposeError::Unexplained { sum: explained.to_f64(), total });
    }
    let closed: Vec<Fraction> = estimates
        .iter()
        .zip(&magnitudes)
        .map(|(estimate, size)| {
            // By magnitude and not by value: where contributions cancel, shares of their sum would be huge. Where all are
            // zero, the few units are shared in equal parts.
            let share = size.times(&missing).over(&magnitude);
            estimate.plus(&share.or_else(|| missing.over(&count)).unwrap_or_else(Fraction::zero))
        })
        .collect();
    apportion(&closed, total, scale)
}

/// The exact parts as decimals of `scale` that add up to `total` exactly: each is rounded down, and the largest
/// remainders, at ties those of lower index, get one unit of the last place each.
///
/// # Errors
/// [`DecomposeError::Unexplained`] where the parts miss the total by more than one unit of the last place each;
/// [`DecomposeError::FinerThanScale`]; [`DecomposeError::ScaleTooLarge`]; [`DecomposeError::Overflow`] where a
/// part needs more than 28 digits.
///
/// # Examples
/// ```
/// use marketloop::decompose::close_exact;
/// use marketloop::quantity::Ratio;
/// use rust_decimal::dec;
///
/// let third = Ratio::new(dec!(1), dec!(3))?;
/// assert_eq!(close_exact(&[third, third, third], dec!(1), 2)?, [dec!(0.34), dec!(0.33), dec!(0.33)]);
/// # Ok::<(), marketloop::Error>(())
/// ```
pub fn close_exact(parts: &[Ratio], total: Decimal, scale: u32) -> Result<Vec<Decimal>, DecomposeError> {
    let parts: Vec<Fraction> = parts.iter().copied().map(Fraction::from).collect();
    apportion(&parts, total, checked_scale(scale)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    #[test]
    fn large_totals_close_too() {
        let total = dec!(1234567890123456789012.34);
        let parts = close(&[1e21, 2.345_678_901_234_568e20, -0.0], total, 2).unwrap();
        assert_eq!(parts.iter().sum::<Decimal>(), total);
        assert_eq!(parts[2], Decimal::ZERO);
    }

    #[test]
    fn edges_are_errors_or_exact() {
        assert_eq!(close(&[0.0, 0.0], dec!(0.01), 2).unwrap(), [dec!(0.01), dec!(0)]);
        assert!(close(&[0.0, 0.0], dec!(0.03), 2).is_err());
        assert!(close(&[], dec!(0), 2).is_err());
        assert!(close(&[f64::NAN], dec!(0), 2).is_err());
        assert!(close(&[1e300, -1e300], dec!(0), 2).is_err());
        assert!(close(&[1.0], dec!(1), 29).is_err());
        assert_eq!(close(&[1.0], dec!(1), 28).unwrap(), [dec!(1)]);
        assert!(close(&[1.0], dec!(1.001), 2).is_err());
        assert_eq!(close(&[-5e-324, 5e-324], dec!(0), 0).unwrap(), [dec!(0), dec!(0)]);
    }
}
