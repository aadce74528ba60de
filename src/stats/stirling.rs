//! Logarithms of the gamma and the beta function, and the two pieces from which accurate densities are
//! built: the error of Stirling's formula and the deviance.
//!
//! The usual `a ln x + b ln(1-x) - ln B(a, b)` loses as many digits as its terms are large. Written with
//! the deviance, each term is as small as the result (C. Loader, Fast and accurate computation of binomial
//! probabilities, 2000).

use super::{StatsError, finite, positive};

/// `ln(2 pi) / 2`.
const HALF_LN_TWO_PI: f64 = 0.918_938_533_204_672_8;
/// `1 / (2 pi)`.
const ONE_OVER_TWO_PI: f64 = 0.159_154_943_091_895_35;

/// The natural logarithm of the gamma function at `x > 0`.
///
/// # Formula
/// `ln_gamma(x) = ln of the integral over t in 0..infinity of t^(x-1) e^-t`, so that `ln_gamma(n) = ln((n-1)!)`
/// (Euler, 1729).
///
/// # Errors
/// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] at 0 and below; [`StatsError::Overflow`] above about
/// 2.5e305.
///
/// # Examples
/// ```
/// let ln_24 = marketloop::stats::ln_gamma(5.0)?;
/// assert!((ln_24 - 24.0_f64.ln()).abs() < 1e-14);
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
pub fn ln_gamma(x: f64) -> Result<f64, StatsError> {
    let value = libm::lgamma(positive("x", x)?);
    finite("x", value).map_err(|_| StatsError::Overflow { function: "ln_gamma" })
}

/// The natural logarithm of the beta function at `a, b > 0`.
///
/// # Formula
/// `B(a, b) = gamma(a) gamma(b) / gamma(a + b)` (Euler, 1730), computed from the error of Stirling's
/// formula, so that large arguments do not cancel.
///
/// # Errors
/// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] at 0 and below; [`StatsError::Overflow`] where the
/// result exceeds the largest float.
///
/// # Examples
/// ```
/// // B(2, 3) = 1! 2! / 4!
/// let value = marketloop::stats::ln_beta(2.0, 3.0)?;
/// assert!((value - (1.0_f64 / 12.0).ln()).abs() < 1e-14);
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
pub fn ln_beta(a: f64, b: f64) -> Result<f64, StatsError> {
    let (small, large) = if positive("a", a)? <= positive("b", b)? { (a, b) } else { (b, a) };
    // small ln(small / sum) + large ln(large / sum), sum = small + large
    let to_large = small / large;
    let power =
        small * (libm::log(small) - libm::log(large) - libm::log1p(to_large)) - large * libm::log1p(to_large);
    let root = HALF_LN_TWO_PI - 0.5 * (libm::log(small) - libm::log1p(to_large));
    let correction = stirling_error(small) + (stirling_error(large) - stirling_error(small + large));
    finite("a", power + root + correction).map_err(|_| StatsError::Overflow { function: "ln_beta" })
}

/// The error of Stirling's formula: `ln gamma(z) - ((z - 1/2) ln z - z + ln(2 pi) / 2)` at `z > 0`; 0 at
/// infinity.
///
/// From 10 by Stirling's series (1730; the coefficients are `B_2k / (2k (2k-1))` with Bernoulli's numbers),
/// below by the step `error(z) = error(z + 1) + (z + 1/2) ln(1 + 1/z) - 1`.
pub(super) fn stirling_error(z: f64) -> f64 {
    let (mut z, mut steps) = (z, 0.0);
    // From 10 on the last term of the series is below 3e-17.
    while z < 10.0 {
        let ln_step = if z < 1.0 { libm::log1p(z) - libm::log(z) } else { libm::log1p(1.0 / z) };
        steps += (z + 0.5) * ln_step - 1.0;
        z += 1.0;
    }
    let square = 1.0 / (z * z);
    let series = [
        3_617.0 / 122_400.0,
        -1.0 / 156.0,
        691.0 / 360_360.0,
        -1.0 / 1188.0,
        1.0 / 1680.0,
        -1.0 / 1260.0,
        1.0 / 360.0,
        -1.0 / 12.0,
    ];
    steps - series.iter().fold(0.0, |sum, coefficient| sum * square + coefficient) / z
}

/// `e - ln(1 + e)` for `e` near zero, without cancellation.
///
/// With `r = e / (2 + e)`: `ln(1 + e) = 2 (r + r^3/3 + r^5/5 + …)` and `e = 2 r + r e`, hence
/// `e - ln(1 + e) = r e - 2 (r^3/3 + r^5/5 + …)`.
fn excess(e: f64) -> f64 {
    let r = e / (2.0 + e);
    let square = r * r;
    let (mut power, mut sum, mut odd) = (r * square, 0.0, 3.0);
    // |r| <= 0.18: 20 terms reach 1e-30.
    for _ in 0..20 {
        sum += power / odd;
        power *= square;
        odd += 2.0;
    }
    r * e - 2.0 * sum
}

/// `x ln(x / mean) + mean - x`, given `difference = mean - x` with more digits than the two show: how far an
/// observation `x > 0` is from its `mean >= 0`, in units of the log density; infinite for a mean of 0 or infinity.
pub(super) fn deviance(x: f64, mean: f64, difference: f64) -> f64 {
    let relative = difference / x;
    if (-0.3..=0.4).contains(&relative) {
        return x * excess(relative);
    }
    if mean.is_infinite() {
        return mean;
    }
    let ratio = mean / x;
    let ln_ratio =
        // A quotient that leaves the floats has no logarithm; the two logarithms still have a difference.
        if (1e-300..=1e300).contains(&ratio) { libm::log(ratio) } else { libm::log(mean) - libm::log(x) };
    difference - x * ln_ratio
}

/// `x^a y^b / B(a, b)` with `y = 1 - x`, given the means `((a + b) x, (a + b) y)` and
/// `difference = (a + b) x - a`.
pub(super) fn beta_power(a: f64, b: f64, means: (f64, f64), difference: f64) -> f64 {
    let (small, large) = if a <= b { (a, b) } else { (b, a) };
    let harmonic = small / (1.0 + small / large);
    let correction = (stirling_error(a + b) - stirling_error(large)) - stirling_error(small);
    let distance = deviance(a, means.0, difference) + deviance(b, means.1, -difference);
    libm::sqrt(harmonic * ONE_OVER_TWO_PI) * libm::exp(correction - distance)
}

/// `x^a e^-x / gamma(a)`; `difference = x - a`.
pub(super) fn gamma_power(a: f64, x: f64, difference: f64) -> f64 {
    libm::sqrt(a * ONE_OVER_TWO_PI) * libm::exp(-stirling_error(a) - deviance(a, x, difference))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(value: f64, expected: f64, tolerance: f64) {
        assert!((value - expected).abs() <= tolerance * expected.abs().max(1.0), "{value} {expected}");
    }

    #[test]
    fn the_error_of_stirling_is_known_at_small_arguments() {
        // ln gamma(1) = 0 = -1 + ln(2 pi)/2 + error(1)
        near(stirling_error(1.0), 1.0 - HALF_LN_TWO_PI, 1e-15);
        near(stirling_error(0.5), 0.153_426_409_720_027_35, 1e-15);
        near(stirling_error(1e300), 0.0, 1e-300);
        near(ln_gamma(1e-300).unwrap(), 690.775_527_898_213_7, 1e-15);
        assert!(ln_gamma(1e308).is_err() && ln_gamma(0.0).is_err() && ln_gamma(f64::NAN).is_err());
    }

    #[test]
    fn ln_beta_keeps_its_digits() {
        near(ln_beta(1.0, 1.0).unwrap(), 0.0, 1e-15);
        near(ln_beta(0.5, 0.5).unwrap(), core::f64::consts::PI.ln(), 1e-15);
        near(ln_beta(1e-300, 1e300).unwrap(), 690.775_527_898_213_7, 1e-14);
        near(ln_beta(1e-5, 1e10).unwrap(), 11.512_689_434_386_527, 1e-14);
        assert!(ln_beta(f64::MIN_POSITIVE, f64::MAX).is_ok());
        assert!(ln_beta(f64::MAX, f64::MAX).is_err());
    }

    #[test]
    fn the_excess_is_smooth_where_its_forms_meet() {
        for e in [-0.3, 0.4] {
            near(deviance(1.0, 1.0 + e, e), e - (1.0_f64 + e).ln(), 1e-16);
        }
        near(excess(1e-8) / 5e-17, 1.0 - 2e-8 / 3.0, 1e-15);
    }
}
