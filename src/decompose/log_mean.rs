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
    if low >= LEAST && high <= GREATEST {
        return normal_ln_ratio(high, low);
    }
    // Of neighbours `log(high) - log(low)` cancels to nothing; `log1p` of their difference does not.
    let relative = (high - low) / low;
    if relative < 1e300 { libm::log1p(relative) } else { libm::log(high) - libm::log(low) }
}

/// Between these the product of two is a normal number.
const LEAST: f64 = 1e-150;
const GREATEST: f64 = 1e150;

/// `ln(high / low)` for `LEAST <= low <= high <= GREATEST`, to a few units in the last place; other floats give any number.
///
/// # Formula
/// `k ln 2 + 2 artanh(z)` with `z = (high - 2^k low) / (high + 2^k low)`, where `2^k low` is as near to `high` as makes
/// `|z| <= 1/5`; `artanh(z) = z + z^3 / 3 + z^5 / 5 + ...` to `z^21`, of which the rest is below a tenth of the last digit. Of
/// neighbours `k` is 0 and `high - low` exact, so that nothing cancels.
///
/// It asks for nothing and calls nothing: a loop over it computes several at once, which a logarithm of a library does not.
#[inline]
fn normal_ln_ratio(high: f64, low: f64) -> f64 {
    const MANTISSA: u32 = f64::MANTISSA_DIGITS.saturating_sub(1);
    // The bits of a float, read as a number, are its logarithm but for at most 0.09 halvings.
    let apart = high.to_bits().wrapping_sub(low.to_bits());
    let halvings = apart.wrapping_add(1 << 51) >> MANTISSA;
    let near = f64::from_bits(low.to_bits().wrapping_add(halvings << MANTISSA));
    let z = (high - near) / (high + near);
    let (w, w2) = (z * z, z * z * (z * z));
    // The terms by turns in two sums, so that neither waits for the other.
    let even = 1.0 / 3.0 + w2 * (1.0 / 7.0 + w2 * (1.0 / 11.0 + w2 * (1.0 / 15.0 + w2 * (1.0 / 19.0))));
    let odd = 1.0 / 5.0 + w2 * (1.0 / 9.0 + w2 * (1.0 / 13.0 + w2 * (1.0 / 17.0 + w2 * (1.0 / 21.0))));
    // The last bits of `2^52 + k` are `k`.
    let power = f64::from_bits(0x4330_0000_0000_0000 | halvings) - 4_503_599_627_370_496.0;
    power * core::f64::consts::LN_2 + 2.0 * (z + z * (w * (even + w * odd)))
}

/// The logarithmic means of pairs of numbers, the same bits as one by one; NaN where two have not the same sign, or one is 0 or
/// so small or large that its product with another may not be a normal number.
#[cfg(any(feature = "kpi", test))]
#[expect(
    clippy::needless_bitwise_bool,
    reason = "a branch would keep the loop from computing several at once"
)]
pub(crate) fn same_sign_log_means(before: &[f64], after: &[f64], out: &mut [f64]) {
    for ((out, a), b) in out.iter_mut().zip(before).zip(after) {
        let (size, other) = (a.abs(), b.abs());
        let (low, high) = if size <= other { (size, other) } else { (other, size) };
        let is_normal = (size >= LEAST) & (other >= LEAST) & (size <= GREATEST) & (other <= GREATEST);
        let mean = (high - low) / normal_ln_ratio(high, low);
        // As `clamp`, which a loop over NaN would ask about.
        let mean = if mean < low { low } else { mean };
        let mean = if mean > high { high } else { mean };
        let mean = if low >= high { high } else { mean };
        let mean = if *a < 0.0 { -mean } else { mean };
        *out = if is_normal & (a * b > 0.0) { mean } else { f64::NAN };
    }
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

    /// Halvings of every number, and neighbours: the series meets itself where the next power begins.
    #[test]
    fn a_ratio_has_the_logarithm_of_the_library() {
        for step in 0..7_000 {
            // From a last digit to 2^48, each time by a hundredth.
            let ratio = 1.0 + f64::EPSILON * libm::pow(1.01, f64::from(step));
            for low in [1.0, 1.25, 1.5, 1.999, 3e-7, 7e9] {
                let high = low * ratio;
                let (found, expected) = (normal_ln_ratio(high, low), libm::log1p((high - low) / low));
                let tolerance = 4.0 * f64::EPSILON * expected;
                assert!((found - expected).abs() <= tolerance, "{high} / {low}: {found} {expected}");
            }
        }
    }

    #[test]
    fn means_in_a_line_are_those_one_by_one() {
        let numbers = [1.0, 1.0 + f64::EPSILON, 3.0, 1e150, 1e-150, 2.5, 7e140, 1e-3];
        for a in numbers {
            for b in numbers {
                for (a, b) in [(a, b), (-a, -b)] {
                    let mut mean = [0.0];
                    same_sign_log_means(&[a], &[b], &mut mean);
                    assert_eq!(mean[0].to_bits(), same_sign_log_mean(a, b).to_bits(), "{a} {b}");
                }
            }
            for other in [-a, 0.0, f64::NAN, f64::INFINITY, 1e-200, 1e200] {
                let mut means = [0.0; 2];
                same_sign_log_means(&[a, other], &[other, a], &mut means);
                assert!(means.iter().all(|mean| mean.is_nan()), "{a} {other}: {means:?}");
            }
        }
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
