//! The regularised incomplete beta function, both tails.

use super::stirling::beta_power;
use super::tail_integral::tail_integral;
use super::{StatsError, Tails, probability, shape};

/// Where both shapes exceed this the tail is integrated: the fraction needs some `sqrt(smaller shape)` steps.
const LARGE: f64 = 3000.0;
const ITERATIONS: u32 = 10_000;

/// The probability that a beta variable with shapes `a` and `b` is at most `x`: the regularised incomplete
/// beta function `I_x(a, b)`.
///
/// # Formula
/// `I_x(a, b) = 1 / B(a, b) * integral over t in 0..x of t^(a-1) (1-t)^(b-1)`. Euler's continued fraction in
/// its even part (A. R. `DiDonato` and A. H. Morris, 1992, formula 9), on the side where it converges fast;
/// Gauss-Legendre panels where `a` and `b` both exceed 3000.
///
/// # Errors
/// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] for shapes outside 1e-300..=1e300 or `x` outside
/// 0..=1.
///
/// # Examples
/// ```
/// // Shapes 2 and 1: the probability is x^2.
/// assert!((marketloop::stats::beta_cdf(2.0, 1.0, 0.3)? - 0.09).abs() < 1e-15);
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
pub fn beta_cdf(a: f64, b: f64, x: f64) -> Result<f64, StatsError> {
    checked_tails(a, b, x).map(|tails| tails.lower)
}

/// The probability that a beta variable with shapes `a` and `b` exceeds `x`: `1 - I_x(a, b)`, without
/// cancellation.
///
/// # Errors
/// As [`beta_cdf`].
///
/// # Examples
/// ```
/// let tail = marketloop::stats::beta_survival(1.0, 20.0, 0.9)?;
/// assert!((tail / 1e-20 - 1.0).abs() < 1e-13);
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
pub fn beta_survival(a: f64, b: f64, x: f64) -> Result<f64, StatsError> {
    checked_tails(a, b, x).map(|tails| tails.upper)
}

fn checked_tails(a: f64, b: f64, x: f64) -> Result<Tails, StatsError> {
    let x = probability("x", x)?;
    tails(shape("a", a)?, shape("b", b)?, x, 1.0 - x)
}

/// `(a + b) x - a` for `x + y = 1`, as `b x - a y` with the rounding errors of both products.
pub(super) fn difference(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let product = a * y;
    libm::fma(b, x, -product) + libm::fma(-a, y, product)
}

/// Both tails at `x = 1 - y`; the caller gives the smaller of `x` and `y` with all its digits.
pub(super) fn tails(a: f64, b: f64, x: f64, y: f64) -> Result<Tails, StatsError> {
    if x <= 0.0 {
        return Ok(Tails::from_lower(0.0));
    }
    if y <= 0.0 {
        return Ok(Tails::from_upper(0.0));
    }
    let difference = difference(a, b, x, y);
    if a > LARGE && b > LARGE {
        let tail = integral(a, b, difference);
        Ok(if difference < 0.0 { Tails::from_lower(tail) } else { Tails::from_upper(tail) })
    // Below (a + 1) / (a + b + 2) the fraction of the lower tail converges fast, above it that of the other.
    } else if x * (b + 1.0) < y * (a + 1.0) {
        lower_tail(a, b, (x, y), difference).map(Tails::from_lower)
    } else {
        lower_tail(b, a, (y, x), -difference).map(Tails::from_upper)
    }
}

fn lower_tail(a: f64, b: f64, (x, y): (f64, f64), difference: f64) -> Result<f64, StatsError> {
    let power = beta_power(a, b, ((a + b) * x, (a + b) * y), difference);
    // A power that underflows makes the tail 0 whatever the fraction is: it is not worked out.
    if power > 0.0 { fraction(a, b, (x, y), difference).map(|fraction| power / fraction) } else { Ok(0.0) }
}

/// The smaller tail by integration of the density in standard deviations from `a / (a + b)`.
fn integral(a: f64, b: f64, difference: f64) -> f64 {
    let sum = a + b;
    // The larger shape over the sum lies in 1/2..=1; a * b would overflow at shapes that are allowed.
    let deviation = libm::sqrt(if a <= b { a * (b / sum) } else { b * (a / sum) });
    let rate = |difference: f64| sum / (a + difference) * (deviation / (b - difference));
    let density = |u: f64| {
        let difference = u * deviation;
        let means = ((a + difference).max(0.0), (b - difference).max(0.0));
        let power = beta_power(a, b, means, difference);
        if power > 0.0 { power * rate(difference) } else { 0.0 }
    };
    let end = if difference < 0.0 { -a / deviation } else { b / deviation };
    tail_integral(difference / deviation, end, difference * rate(difference), density)
}

/// The denominator `beta_1 + alpha_2 / (beta_2 + alpha_3 / …)` with
/// `alpha_(n+1) = (a+n-1) (a+b+n-1) n (b-n) x^2 / (a+2n-1)^2` and
/// `beta_(n+1) = n + n (b-n) x / (a+2n-1) + (a+n) (1 - difference + n (1+y)) / (a+2n+1)`, by the method of
/// W. J. Lentz (1976).
fn fraction(a: f64, b: f64, (x, y): (f64, f64), difference: f64) -> Result<f64, StatsError> {
    let first = a / (a + 1.0) * (1.0 - difference);
    let (mut value, mut forward, mut backward) = (first, first, 0.0);
    let mut index = 0.0;
    for _ in 0..ITERATIONS {
        index += 1.0;
        let step = a + 2.0 * index - 1.0;
        let bend = index * ((b - index) * x) / step;
        let alpha = (a + index - 1.0) / step * bend * ((a + b + index - 1.0) * x);
        let beta = index + bend + (a + index) / (step + 2.0) * (1.0 - difference + index * (1.0 + y));
        forward = beta + alpha / forward;
        backward = 1.0 / (beta + alpha * backward);
        let factor = forward * backward;
        value *= factor;
        // Met by 1 and by the float below it: no step changes a digit any more.
        if (factor - 1.0).abs() <= 2e-16 {
            return Ok(value);
        }
    }
    Err(StatsError::NoConvergence { function: "the incomplete beta function", iterations: ITERATIONS })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_tails_agree_with_forty_digits() {
        for (a, b, x, lower, upper) in REFERENCE {
            let tails = tails(a, b, x, 1.0 - x).unwrap();
            assert!((tails.lower / lower - 1.0).abs() < 2e-12, "{a} {b} {x} {} {lower}", tails.lower);
            assert!((tails.upper / upper - 1.0).abs() < 2e-12, "{a} {b} {x} {} {upper}", tails.upper);
        }
    }

    #[test]
    fn every_argument_gives_a_probability() {
        let shapes = [1e-300, 1e-10, 0.5, 1.0, 2999.0, 3001.0, 1e10, 1e19, 1e300];
        for a in shapes {
            for b in shapes {
                for x in [0.0, 1e-300, 1e-10, 0.3, 0.5, a / (a + b), 0.999_999, 1.0] {
                    let lower = beta_cdf(a, b, x).unwrap_or_else(|error| panic!("{a} {b} {x}: {error}"));
                    assert!((0.0..=1.0).contains(&lower), "{a} {b} {x} {lower}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_argument_is_refused() {
        for (a, b, x) in [(0.0, 1.0, 0.5), (1.0, -1.0, 0.5), (1.0, 1.0, 1.5), (f64::NAN, 1.0, 0.5)] {
            assert!(beta_cdf(a, b, x).is_err() && beta_survival(a, b, x).is_err());
        }
    }

    const REFERENCE: [(f64, f64, f64, f64, f64); 11] = [
        (0.5, 0.5, 0.3, 0.369_010_119_565_545_36, 0.630_989_880_434_454_6),
        (2.0, 3.0, 0.9, 0.9963, 0.003_699_999_999_999_997_6),
        (0.5, 1000.5, 1e-05, 0.112_477_160_603_398_6, 0.887_522_839_396_601_4),
        (0.5, 10.5, 0.6, 0.999_985_665_993_073_8, 1.433_400_692_619_007_2e-05),
        (200.0, 4801.0, 0.035, 0.031_663_644_766_205_84, 0.968_336_355_233_794_1),
        (200.0, 4801.0, 0.08, 1.0, 8.024_599_421_749_695e-31),
        (37.0, 5.0, 0.5, 5.129_186_320_118_606e-08, 0.999_999_948_708_136_8),
        (2000.0, 1_000_000.0, 0.0021, 0.989_289_299_504_010_1, 0.010_710_700_495_989_866),
        (5000.0, 45_001.0, 0.102, 0.931_551_731_008_742_2, 0.068_448_268_991_257_82),
        (4000.0, 4000.0, 0.45, 1.530_783_064_961_819_4e-19, 1.0),
        (123_456.0, 876_544.0, 0.124, 0.950_771_272_529_385, 0.049_228_727_470_614_984),
    ];
}
