//! Student's t distribution.

use super::beta::tails;
use super::beta_quantile::beta_point;
use super::stirling::ln_beta;
use super::{StatsError, Tails, finite, inner_probability, shape};

/// Where `t / sqrt(degrees)` exceeds this, its square may not fit and the tail is a power to all digits.
const FAR: f64 = 1e140;

/// The probability that a Student t variable with `degrees` of freedom is at most `t`.
///
/// # Formula
/// `I_x(degrees / 2, 1/2) / 2` for `t < 0` with `x = degrees / (degrees + t^2)`, one minus it for `t > 0`
/// (W. S. Gosset, 1908).
///
/// # Errors
/// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] for degrees outside 1e-300..=1e300.
///
/// # Examples
/// ```
/// // One degree of freedom is the Cauchy distribution.
/// assert!((marketloop::stats::student_cdf(1.0, 1.0)? - 0.75).abs() < 1e-15);
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
pub fn student_cdf(t: f64, degrees: f64) -> Result<f64, StatsError> {
    let (t, degrees) = (finite("t", t)?, shape("degrees", degrees)?);
    let half = half_degrees(degrees);
    let ratio = t.abs() / libm::sqrt(degrees);
    let both = if ratio > FAR {
        let ln_ratio = libm::log(t.abs()) - libm::log(degrees) / 2.0;
        Tails::from_lower(libm::exp(-2.0 * half * ln_ratio - libm::log(half) - ln_beta(half, 0.5)?))
    } else {
        let square = ratio * ratio;
        tails(half, 0.5, 1.0 / (1.0 + square), square / (1.0 + square))?
    };
    Ok(if t < 0.0 { both.lower / 2.0 } else { 0.5 + both.upper / 2.0 })
}

/// The `t` below which a Student t variable with `degrees` of freedom lies with `probability`.
///
/// # Formula
/// The inverse of [`student_cdf`] through the quantile of the beta distribution.
///
/// # Errors
/// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] for degrees outside 1e-300..=1e300 or unless
/// `0 < probability < 1`; [`StatsError::Overflow`] where the quantile exceeds the largest float, as it does
/// for a small fraction of one degree.
///
/// # Examples
/// ```
/// assert!((marketloop::stats::student_quantile(0.975, 10.0)? - 2.2281388519862744).abs() < 1e-14);
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
pub fn student_quantile(probability: f64, degrees: f64) -> Result<f64, StatsError> {
    let (p, degrees) = (inner_probability("probability", probability)?, shape("degrees", degrees)?);
    let half = half_degrees(degrees);
    let tail = if p < 0.5 { p } else { 1.0 - p };
    let both = Tails { lower: 2.0 * tail, upper: 1.0 - 2.0 * tail };
    let (x, y) = beta_point(half, 0.5, both)?;
    let ratio = if x < 1e-280 {
        libm::exp(-(libm::log(both.lower) + libm::log(half) + ln_beta(half, 0.5)?) / (2.0 * half))
    } else {
        libm::sqrt(y / x)
    };
    let t = libm::sqrt(degrees) * ratio;
    finite("t", t).map_err(|_| StatsError::Overflow { function: "student_quantile" })?;
    Ok(if p < 0.5 { -t } else { t })
}

fn half_degrees(degrees: f64) -> f64 {
    (degrees / 2.0).max(1e-300)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_agrees_with_forty_digits() {
        for (t, degrees, p) in REFERENCE {
            let found = student_cdf(t, degrees).unwrap();
            assert!((found / p - 1.0).abs() < 1e-13, "{t} {degrees} {found} {p}");
        }
        // The Cauchy quantile is -1 / tan(pi p).
        for p in [1e-200, 1e-10, 0.2, 0.499] {
            let expected = -1.0 / (core::f64::consts::PI * p).tan();
            let found = student_quantile(p, 1.0).unwrap();
            assert!((found / expected - 1.0).abs() < 1e-13, "{p} {found} {expected}");
        }
    }

    #[test]
    fn the_ends_are_answers_or_errors() {
        for degrees in [1e-300, 0.1, 1.0, 30.0, 1e10, 1e300] {
            for t in [0.0, 1e-300, 1.0, 1e10, 1e200, f64::MAX] {
                let (above, below) = (student_cdf(t, degrees).unwrap(), student_cdf(-t, degrees).unwrap());
                assert!((above + below - 1.0).abs() < 1e-15, "{t} {degrees}");
            }
            for p in [f64::from_bits(1), 1e-300, 0.3, 0.5, 1.0 - 1e-16] {
                match student_quantile(p, degrees) {
                    Ok(t) => assert!(t.is_finite()),
                    Err(error) => assert!(degrees < 2.0, "{p} {degrees} {error}"),
                }
            }
        }
        assert!(student_quantile(0.5, 7.0).unwrap().abs() < 1e-300);
        assert!(student_quantile(1.0, 7.0).is_err() && student_cdf(f64::NAN, 7.0).is_err());
        assert!(student_cdf(1.0, 0.0).is_err());
    }

    const REFERENCE: [(f64, f64, f64); 6] = [
        (-2.0, 5.0, 0.050_969_739_414_929_18),
        (1.5, 3.5, 0.891_090_906_492_327_4),
        (-40.0, 7.0, 7.951_089_992_425_185e-10),
        (-100.0, 2.0, 4.999_250_124_978_129e-05),
        (-0.5, 10.0, 0.313_946_802_871_486_46),
        (-3.0, 1000.0, 0.001_383_354_522_119_096_3),
    ];
}
