//! The normal distribution with mean 0 and standard deviation 1.

use super::{StatsError, finite, inner_probability};

/// `1 / sqrt(2)` in two parts.
const ROOT_HALF: f64 = core::f64::consts::FRAC_1_SQRT_2;
const ROOT_HALF_REST: f64 = -4.833_646_656_726_457e-17;
const TWO_OVER_ROOT_PI: f64 = core::f64::consts::FRAC_2_SQRT_PI;
const ONE_OVER_ROOT_TWO_PI: f64 = 0.398_942_280_401_432_7;
const ROOT_TWO_PI: f64 = 2.506_628_274_631_000_7;

/// `x / sqrt(2)` as a float and what that float lacks.
fn over_root_two(x: f64) -> (f64, f64) {
    let t = x * ROOT_HALF;
    (t, libm::fma(x, ROOT_HALF, -t) + x * ROOT_HALF_REST)
}

/// The density of the standard normal distribution at `x`.
///
/// # Formula
/// `e^(-x^2 / 2) / sqrt(2 pi)` (de Moivre, 1733).
///
/// # Errors
/// [`StatsError::NotFinite`].
///
/// # Examples
/// ```
/// assert!((marketloop::stats::normal_density(0.0)? - 0.3989422804014327).abs() < 1e-16);
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
pub fn normal_density(x: f64) -> Result<f64, StatsError> {
    Ok(density(finite("x", x)?))
}

/// `x^2` is taken with its rounding error: far out, one unit of its last place would be many of the density.
pub(super) fn density(x: f64) -> f64 {
    // At 50 the density is 0 as a float; further out x * x would overflow, and the rest be NaN.
    let x = x.clamp(-50.0, 50.0);
    let square = x * x;
    // What x * x rounds off: far out it alone would cost the density some three digits.
    let rest = libm::fma(x, x, -square);
    ONE_OVER_ROOT_TWO_PI * libm::exp(-square / 2.0) * (1.0 - rest / 2.0)
}

/// The probability that a standard normal variable is at most `x`, to about 1e-15 relative in both tails.
///
/// # Formula
/// `erfc(-x / sqrt(2)) / 2`, with `x / sqrt(2)` to twice the digits of a float.
///
/// # Errors
/// [`StatsError::NotFinite`].
///
/// # Examples
/// ```
/// assert!((marketloop::stats::normal_cdf(1.959963984540054)? - 0.975).abs() < 1e-15);
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
pub fn normal_cdf(x: f64) -> Result<f64, StatsError> {
    Ok(cdf(finite("x", x)?))
}

pub(super) fn cdf(x: f64) -> f64 {
    let (t, rest) = over_root_two(-x.clamp(-50.0, 50.0));
    let slope = TWO_OVER_ROOT_PI * libm::exp(-t * t);
    (0.5 * (libm::erfc(t) - slope * rest)).clamp(0.0, 1.0)
}

/// The `x` below which a standard normal variable lies with `probability`, to about 1e-15 relative.
///
/// # Formula
/// The inverse of [`normal_cdf`]: a start within 0.0005 (C. Hastings, Approximations for Digital Computers,
/// 1955), then Halley's iteration (1694), which triples the digits each time; around the median on `erf`, in
/// the last tail on the logarithm, so that no digits cancel.
///
/// # Errors
/// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] unless `0 < probability < 1`.
///
/// # Examples
/// ```
/// assert!((marketloop::stats::normal_quantile(0.975)? - 1.959963984540054).abs() < 1e-15);
/// assert!(marketloop::stats::normal_quantile(1.0).is_err());
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
pub fn normal_quantile(probability: f64) -> Result<f64, StatsError> {
    let p = inner_probability("probability", probability)?;
    let from_median = p - 0.5;
    Ok(if from_median.abs() <= 0.25 {
        central_quantile(from_median)
    } else if p < 0.5 {
        lower_quantile(p)
    } else {
        // From 1/2 on 1 - p is exact: nothing of the upper tail is lost.
        -lower_quantile(1.0 - p)
    })
}

/// The quantile of `1/2 + r`, `|r| <= 1/4`.
fn central_quantile(r: f64) -> f64 {
    let start = r * ROOT_TWO_PI;
    let mut z = start * (1.0 + start * start / 6.0 * (1.0 + start * start * 0.35));
    for _ in 0..3 {
        let (t, rest) = over_root_two(z);
        let half_erf = 0.5 * (libm::erf(t) + TWO_OVER_ROOT_PI * libm::exp(-t * t) * rest);
        z = halley(z, half_erf - r);
    }
    z
}

/// The quantile of `p <= 1/4`.
fn lower_quantile(p: f64) -> f64 {
    let t = libm::sqrt(-2.0 * libm::log(p));
    let mut z = (2.515_517 + t * (0.802_853 + t * 0.010_328))
        / (1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308)))
        - t;
    for _ in 0..3 {
        // Near the least normal float the probability loses its digits; its logarithm does not.
        z = if p < 1e-280 { z - log_step(z, p) } else { halley(z, cdf(z) - p) };
    }
    z
}

fn halley(z: f64, error: f64) -> f64 {
    let step = error / density(z);
    z - step / (1.0 + z * step / 2.0)
}

/// Newton's step on `ln cdf(z) = ln p` for `z` below -35, where the tail is
/// `density(z) / -z * (1 - 1/z^2 + 3/z^4 - …)` (Laplace, 1812).
fn log_step(z: f64, p: f64) -> f64 {
    let s = 1.0 / (z * z);
    let series = 1.0 - s * (1.0 - s * (3.0 - s * (15.0 - s * (105.0 - s * 945.0))));
    let ln_cdf = -z * z / 2.0 - libm::log(-z * ROOT_TWO_PI) + libm::log(series);
    (ln_cdf - libm::log(p)) * series / -z
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(value: f64, expected: f64) {
        assert!((value / expected - 1.0).abs() < 3e-15, "{value} {expected}");
    }

    #[test]
    fn tails_are_good_to_the_last_digits() {
        // Reference: 40 digits, the float arguments taken exactly.
        for (x, p) in NORMAL_CDF {
            near(cdf(x), p);
        }
        for (p, z) in NORMAL_QUANTILE {
            near(normal_quantile(p).unwrap(), z);
        }
    }

    #[test]
    fn the_ends_are_answers_or_errors() {
        assert!(normal_cdf(f64::MAX).unwrap() >= 1.0);
        assert!(normal_cdf(f64::MIN).unwrap() <= 0.0);
        assert!(normal_density(f64::MAX).unwrap() <= 0.0);
        assert!(normal_quantile(0.5).unwrap().abs() < 1e-300);
        for bad in [0.0, 1.0, -0.1, 1.1, f64::NAN, f64::INFINITY] {
            assert!(normal_quantile(bad).is_err());
        }
        assert!(normal_quantile(f64::from_bits(1)).unwrap() < -38.0);
        assert!(normal_cdf(f64::NAN).is_err() && normal_density(f64::NEG_INFINITY).is_err());
    }

    const NORMAL_CDF: [(f64, f64); 6] = [
        (-37.3, 8.205_494_844_930_773e-305),
        (-25.1, 2.486_660_188_252_346_3e-139),
        (-8.7, 1.659_420_869_964_784_3e-18),
        (-1.3, 0.096_800_484_585_610_33),
        (-0.1, 0.460_172_162_722_971),
        (0.7, 0.758_036_347_776_927),
    ];
    const NORMAL_QUANTILE: [(f64, f64); 8] = [
        (1e-310, -37.663_060_331_949_524),
        (1e-285, -36.103_480_662_395_41),
        (1e-100, -21.273_453_560_965_326),
        (1e-09, -5.997_807_015_007_686_5),
        (0.025, -1.959_963_984_540_054_3),
        (0.3, -0.524_400_512_708_040_8),
        (0.500_000_000_1, 2.506_628_482_030_354e-10),
        (0.9, 1.281_551_565_544_600_6),
    ];
}
