//! The logarithmic mean, and the contributions of a product's factors by it.

use super::{DecomposeError, all_finite, checked_factors, within_range};
use alloc::vec::Vec;

/// The logarithmic mean of `a` and `b`, in their unit: between the two, and below their arithmetic mean.
///
/// # Formula
/// `L(a, b) = (a - b) / ln(a / b)`, `L(a, a) = a`; 0 if either is 0; `-L(-a, -b)` for two negative numbers.
/// The logarithm is taken of one plus the relative difference, so that close numbers do not cancel.
///
/// # Errors
/// [`DecomposeError::OppositeSigns`]; [`DecomposeError::NotFinite`].
///
/// # Examples
/// ```
/// use marketloop::decompose::log_mean;
///
/// assert!((log_mean(2.0, 1.0)? - 1.0 / 2.0_f64.ln()).abs() < 1e-15);
/// assert!(log_mean(2.0, -1.0).is_err());
/// # Ok::<(), marketloop::decompose::DecomposeError>(())
/// ```
pub fn log_mean(a: f64, b: f64) -> Result<f64, DecomposeError> {
    all_finite(&[a, b])?;
    if (a < 0.0 && b > 0.0) || (a > 0.0 && b < 0.0) {
        return Err(DecomposeError::OppositeSigns { index: 0, before: a, after: b });
    }
    Ok(same_sign_log_mean(a, b))
}

/// The logarithmic mean of two finite numbers that do not have opposite signs.
pub(crate) fn same_sign_log_mean(a: f64, b: f64) -> f64 {
    let (low, high) = if a.abs() <= b.abs() { (a.abs(), b.abs()) } else { (b.abs(), a.abs()) };
    let mean = positive_log_mean(low, high);
    if a < 0.0 { -mean } else { mean }
}

/// `0 <= low <= high`.
fn positive_log_mean(low: f64, high: f64) -> f64 {
    if low <= 0.0 {
        return 0.0;
    }
    if low >= high {
        return high;
    }
    // The mean lies between both; the quotient of two rounded numbers may not, by a last digit.
    ((high - low) / ln_ratio(high, low)).clamp(low, high)
}

/// `ln(high / low)` for `0 < low <= high`.
fn ln_ratio(high: f64, low: f64) -> f64 {
    // Of neighbours `log(high) - log(low)` cancels to nothing; `log1p` of their difference does not.
    let relative = (high - low) / low;
    if relative < 1e300 { libm::log1p(relative) } else { libm::log(high) - libm::log(low) }
}

/// What each factor contributed to the change of their product, by the logarithmic mean.
///
/// The order of the factors does not matter, swapping the two points negates every part, and nothing is
/// left over.
///
/// # Formula
/// `C_i = L(Y1, Y0) ln(b_i / a_i)` with the products `Y0` of `a` and `Y1` of `b` (LMDI-I; B. W. Ang and F. Q.
/// Zhang, 1998). With zeros the limits (B. W. Ang and N. Liu, 2007): factors that enter from 0, or leave to
/// 0, share the whole change in equal parts; the others contribute 0; from a product of 0 to one of 0 all
/// contribute 0. That several enter in equal parts is a convention: they are taken to grow at one speed.
///
/// # Errors
/// [`DecomposeError::OppositeSigns`] for a factor that changes its sign; [`DecomposeError::LengthMismatch`];
/// [`DecomposeError::Empty`]; [`DecomposeError::NotFinite`]; [`DecomposeError::Overflow`] where a product
/// leaves the range of a float.
///
/// # Examples
/// ```
/// use marketloop::decompose::log_mean_contributions;
///
/// let parts = log_mean_contributions(&[0.8, 0.6, 0.2], &[0.75, 2.0 / 3.0, 0.25])?;
/// assert!((parts.iter().sum::<f64>() - 0.029).abs() < 1e-15);
/// assert!((parts[0] + 0.00709038).abs() < 1e-8);
/// # Ok::<(), marketloop::decompose::DecomposeError>(())
/// ```
#[doc(alias = "LMDI")]
pub fn log_mean_contributions(before: &[f64], after: &[f64]) -> Result<Vec<f64>, DecomposeError> {
    checked_factors(before, after)?;
    for (index, (a, b)) in before.iter().zip(after).enumerate() {
        if (*a < 0.0 && *b > 0.0) || (*a > 0.0 && *b < 0.0) {
            return Err(DecomposeError::OppositeSigns { index, before: *a, after: *b });
        }
    }
    let start: f64 = before.iter().product();
    let end: f64 = after.iter().product();
    let moving = |from: &[f64], to: &[f64]| -> Vec<bool> {
        from.iter().zip(to).map(|(from, to)| is_zero(*from) && !is_zero(*to)).collect()
    };
    let contributions = match (before.iter().any(|a| is_zero(*a)), after.iter().any(|b| is_zero(*b))) {
        // What was nothing and is nothing did not change, whichever factors moved.
        (true, true) => before.iter().map(|_| 0.0).collect(),
        (true, false) => shared(end, &moving(before, after)),
        (false, true) => shared(-start, &moving(after, before)),
        (false, false) => {
            // Factors above zero whose product is: it fell below the least float.
            if is_zero(start) || is_zero(end) {
                return Err(DecomposeError::Overflow { what: "a product" });
            }
            // Equal signs factor by factor give products of equal sign.
            let mean = log_mean(end, start)?;
            before.iter().zip(after).map(|(a, b)| mean * signed_ln_ratio(a.abs(), b.abs())).collect()
        }
    };
    within_range(contributions)
}

fn is_zero(value: f64) -> bool {
    value.abs() <= 0.0
}

fn signed_ln_ratio(from: f64, to: f64) -> f64 {
    if to >= from { ln_ratio(to, from) } else { -ln_ratio(from, to) }
}

fn shared(change: f64, moving: &[bool]) -> Vec<f64> {
    let count = moving.iter().filter(|moving| **moving).fold(0.0, |count, _| count + 1.0);
    moving.iter().map(|moving| if *moving { change / count } else { 0.0 }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        assert!(found.iter().zip(expected).all(|(f, e)| (f - e).abs() < 1e-12), "{found:?} {expected:?}");
    }

    #[test]
    fn zeros_take_their_limits() {
        near(&log_mean_contributions(&[0.0, 2.0], &[3.0, 5.0]).unwrap(), &[15.0, 0.0]);
        near(&log_mean_contributions(&[3.0, 5.0], &[0.0, 2.0]).unwrap(), &[-15.0, 0.0]);
        near(&log_mean_contributions(&[0.0, 0.0, 2.0], &[3.0, 5.0, 2.0]).unwrap(), &[15.0, 15.0, 0.0]);
        near(&log_mean_contributions(&[0.0, 2.0], &[3.0, 0.0]).unwrap(), &[0.0, 0.0]);
        near(&log_mean_contributions(&[0.0, 2.0], &[0.0, 7.0]).unwrap(), &[0.0, 0.0]);
    }

    #[test]
    fn signs_are_kept_or_refused() {
        near(&log_mean_contributions(&[-2.0, 3.0], &[-4.0, 3.0]).unwrap(), &[-6.0, 0.0]);
        assert!(matches!(
            log_mean_contributions(&[1.0, -2.0], &[1.0, 2.0]),
            Err(DecomposeError::OppositeSigns { index: 1, .. })
        ));
    }

    #[test]
    fn extremes_are_errors_or_finite() {
        assert!(log_mean(f64::NAN, 1.0).is_err() && log_mean(1.0, f64::INFINITY).is_err());
        for (a, b) in [(f64::MAX, f64::from_bits(1)), (f64::MAX, f64::MAX), (1.0, 1.0 + f64::EPSILON)] {
            let mean = log_mean(a, b).unwrap();
            assert!(mean >= a.min(b) && mean <= a.max(b));
            assert_eq!(mean.to_bits(), log_mean(b, a).unwrap().to_bits());
        }
        assert!(log_mean_contributions(&[1e200, 1e200], &[1.0, 1.0]).is_err());
        assert!(log_mean_contributions(&[1.0], &[1.0, 1.0]).is_err());
        assert!(log_mean_contributions(&[], &[]).is_err());
        // A product that underflows is no product from 0.
        assert!(log_mean_contributions(&[1e-200, 1e-200], &[1.0, 1.0]).is_err());
    }
}
