//! The regularised incomplete gamma function, both tails.

use super::stirling::gamma_power;
use super::tail_integral::tail_integral;
use super::{StatsError, Tails, finite, shape};

/// From this shape on the tail is integrated: a series would need some `sqrt(shape)` terms.
const LARGE: f64 = 3000.0;
const ITERATIONS: u32 = 10_000;

/// The probability that a gamma variable of shape `a` and scale 1 is at most `x`: the lower regularised
/// incomplete gamma function `P(a, x)`.
///
/// # Formula
/// `P(a, x) = 1 / gamma(a) * integral over t in 0..x of t^(a-1) e^-t`. The power series below `a + 1`, the
/// continued fraction of the upper tail above (A.-M. Legendre, 1811), Gauss-Legendre panels for `a > 3000`.
///
/// # Errors
/// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] for `a` outside 1e-300..=1e300 or `x < 0`.
///
/// # Examples
/// ```
/// // Shape 1 is the exponential distribution.
/// assert!((marketloop::stats::gamma_cdf(1.0, 2.0)? - (1.0 - (-2.0_f64).exp())).abs() < 1e-15);
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
pub fn gamma_cdf(a: f64, x: f64) -> Result<f64, StatsError> {
    checked_tails(a, x).map(|tails| tails.lower)
}

/// The probability that a gamma variable of shape `a` and scale 1 exceeds `x`: the upper regularised
/// incomplete gamma function `Q(a, x) = 1 - P(a, x)`, without cancellation.
///
/// # Errors
/// As [`gamma_cdf`].
///
/// # Examples
/// ```
/// assert!((marketloop::stats::gamma_survival(1.0, 50.0)? / (-50.0_f64).exp() - 1.0).abs() < 1e-14);
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
pub fn gamma_survival(a: f64, x: f64) -> Result<f64, StatsError> {
    checked_tails(a, x).map(|tails| tails.upper)
}

fn checked_tails(a: f64, x: f64) -> Result<Tails, StatsError> {
    let (a, x) = (shape("a", a)?, finite("x", x)?);
    if x < 0.0 {
        return Err(StatsError::OutOfRange { name: "x", value: x, range: "the numbers from 0" });
    }
    tails(a, x)
}

/// Both tails at `x >= 0`.
pub(super) fn tails(a: f64, x: f64) -> Result<Tails, StatsError> {
    let difference = x - a;
    if x <= 0.0 {
        Ok(Tails::from_lower(0.0))
    } else if a > LARGE {
        let tail = integral(a, difference);
        Ok(if difference < 0.0 { Tails::from_lower(tail) } else { Tails::from_upper(tail) })
    } else {
        let power = gamma_power(a, x, difference);
        // Below a + 1 the terms of the series fall from the first on, by x / (a + 1) or faster.
        if x < a + 1.0 {
            series(a, x).map(|sum| Tails::from_lower(power * sum))
        } else if power > 0.0 {
            fraction(a, x).map(|fraction| Tails::from_upper(power * fraction))
        } else {
            Ok(Tails::from_upper(0.0))
        }
    }
}

/// The smaller tail by integration of the density in `(t - a) / sqrt(a)`.
fn integral(a: f64, difference: f64) -> f64 {
    let deviation = libm::sqrt(a);
    let density = |u: f64| {
        let power = gamma_power(a, (a + u * deviation).max(0.0), u * deviation);
        if power > 0.0 { power * deviation / (a + u * deviation) } else { 0.0 }
    };
    let start = difference / deviation;
    let slope = difference / (a + difference) * deviation;
    let end = if difference < 0.0 { -deviation } else { f64::MAX };
    tail_integral(start, end, slope, density)
}

/// `1/a + x/(a(a+1)) + x^2/(a(a+1)(a+2)) + …`.
fn series(a: f64, x: f64) -> Result<f64, StatsError> {
    let (mut term, mut sum, mut index) = (1.0 / a, 1.0 / a, a);
    for _ in 0..ITERATIONS {
        index += 1.0;
        term *= x / index;
        sum += term;
        // Less than half a unit in the last place of the sum: adding it changes no bit.
        if term <= sum * 1e-17 {
            return Ok(sum);
        }
    }
    Err(StatsError::NoConvergence { function: "the incomplete gamma function", iterations: ITERATIONS })
}

/// `1/(x+1-a - 1(1-a)/(x+3-a - 2(2-a)/(x+5-a - …)))`, by the method of W. J. Lentz (1976).
fn fraction(a: f64, x: f64) -> Result<f64, StatsError> {
    let mut denominator = x + 1.0 - a;
    let (mut value, mut forward, mut backward) = (denominator, denominator, 0.0);
    let mut n = 0.0;
    for _ in 0..ITERATIONS {
        n += 1.0;
        let numerator = n * (a - n);
        denominator += 2.0;
        forward = denominator + numerator / forward;
        backward = 1.0 / (denominator + numerator * backward);
        let factor = forward * backward;
        value *= factor;
        if (factor - 1.0).abs() <= 2e-16 {
            return Ok(1.0 / value);
        }
    }
    Err(StatsError::NoConvergence { function: "the incomplete gamma function", iterations: ITERATIONS })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_tails_agree_with_forty_digits() {
        for (a, x, lower, upper) in REFERENCE {
            let tails = tails(a, x).unwrap();
            assert!((tails.lower / lower - 1.0).abs() < 2e-13, "{a} {x} {} {lower}", tails.lower);
            assert!((tails.upper / upper - 1.0).abs() < 2e-13, "{a} {x} {} {upper}", tails.upper);
        }
    }

    #[test]
    fn the_ends_are_probabilities() {
        for a in [1e-300, 1e-10, 1.0, 3000.0, 1e10, 4.698_972_118_992_747_5e293, 1e300] {
            for x in [0.0, 1e-300, 1.0, 1e10, a, a * 1.000_001, 1e300, f64::MAX - a, f64::MAX] {
                let tails = tails(a, x).unwrap();
                assert!((0.0..=1.0).contains(&tails.lower), "{a} {x} {tails:?}");
                assert!((tails.lower + tails.upper - 1.0).abs() < 1e-15);
            }
        }
        assert!(gamma_cdf(0.0, 1.0).is_err() && gamma_cdf(1.0, -1.0).is_err());
        assert!(gamma_survival(f64::INFINITY, 1.0).is_err() && gamma_survival(1.0, f64::NAN).is_err());
    }

    const REFERENCE: [(f64, f64, f64, f64); 8] = [
        (0.5, 0.01, 0.112_462_916_018_284_9, 0.887_537_083_981_715_2),
        (0.5, 30.0, 0.999_999_999_999_990_6, 9.485_737_571_073_848e-15),
        (3.0, 2.5, 0.456_186_884_116_670_47, 0.543_813_115_883_329_5),
        (100.0, 130.0, 0.997_249_591_632_693_4, 0.002_750_408_367_306_526),
        (2999.0, 2900.0, 0.034_230_048_049_754_52, 0.965_769_951_950_245_5),
        (5000.0, 5100.0, 0.920_671_118_922_381_1, 0.079_328_881_077_618_97),
        (5000.0, 4000.0, 1.559_862_181_218_968_8e-52, 1.0),
        (100_000.0, 101_000.0, 0.999_191_578_487_074_4, 0.000_808_421_512_925_590_7),
    ];
}
