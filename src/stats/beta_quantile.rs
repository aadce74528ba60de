//! The inverse of the regularised incomplete beta function.

use super::beta::{difference, tails};
use super::normal::normal_quantile;
use super::stirling::{beta_power, ln_beta};
use super::{StatsError, Tails, probability, shape};

const ITERATIONS: u32 = 500;

/// The `x` below which a beta variable with shapes `a` and `b` lies with `probability`.
///
/// # Formula
/// The inverse of [`beta_cdf`](super::beta_cdf) in `x`: Newton's iteration (1669) on the logarithm of the
/// smaller tail against the logarithm of the smaller of `x` and `1 - x`, kept within a bracket that is
/// halved where the iteration leaves it or stalls.
///
/// # Errors
/// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] for shapes outside 1e-300..=1e300 or a probability
/// outside 0..=1.
///
/// # Examples
/// ```
/// // Shapes 2 and 1: the probability is x^2.
/// assert!((marketloop::stats::beta_quantile(2.0, 1.0, 0.09)? - 0.3).abs() < 1e-15);
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
pub fn beta_quantile(a: f64, b: f64, probability: f64) -> Result<f64, StatsError> {
    let lower = self::probability("probability", probability)?;
    beta_point(shape("a", a)?, shape("b", b)?, Tails::from_lower(lower)).map(|point| point.0)
}

/// The `x` with these tails and `1 - x`, both with all their digits.
pub(super) fn beta_point(a: f64, b: f64, target: Tails) -> Result<(f64, f64), StatsError> {
    if target.lower <= 0.0 {
        return Ok((0.0, 1.0));
    }
    if target.upper <= 0.0 {
        return Ok((1.0, 0.0));
    }
    // The search runs from the end that is nearer: the smaller of x and 1 - x keeps all its digits.
    let middle = tails(a, b, 0.5, 0.5)?;
    // The smaller tail decides: in the larger, 1 less it, its digits are lost.
    let by_lower = target.lower <= target.upper;
    let left = if by_lower { target.lower <= middle.lower } else { target.upper >= middle.upper };
    if left {
        let x = search(a, b, target, by_lower)?;
        Ok((x, 1.0 - x))
    } else {
        let y = search(b, a, target.swapped(), !by_lower)?;
        Ok((1.0 - y, y))
    }
}

/// The point in 0..=1/2 with the tails of `target`, compared on the lower or the upper tail.
fn search(a: f64, b: f64, target: Tails, by_lower: bool) -> Result<f64, StatsError> {
    let wanted = if by_lower { target.lower } else { target.upper };
    let (mut low, mut high) = (0.0_f64, 0.5_f64);
    let mut x = start(a, b, target);
    for iteration in 0..ITERATIONS {
        let y = 1.0 - x;
        let at = tails(a, b, x, y)?;
        let found = if by_lower { at.lower } else { at.upper };
        if (found < wanted) == by_lower {
            low = x;
        } else {
            high = x;
        }
        let excess = (found - wanted) / wanted;
        // Close to the target found / wanted is 1 but for rounding: the excess still has the digits.
        let logarithm = if excess.abs() < 0.5 { libm::log1p(excess) } else { libm::log(found / wanted) };
        let slope = beta_power(a, b, ((a + b) * x, (a + b) * y), difference(a, b, x, y)) / (y * found);
        let step = logarithm / if by_lower { slope } else { -slope };
        // A step of ln x: however long it is, x stays above 0.
        let newton = x * libm::exp(-step);
        // Newton settles within some ten steps; where it does not, every third halves the bracket.
        let halve = iteration > 20 && iteration % 3 == 0;
        let next = if newton >= low && newton <= high && !halve { newton } else { between(low, high) };
        if (next - x).abs() <= 2e-16 * x || excess.abs() <= 0.0 {
            return Ok(next);
        }
        // Bits of floats from 0 on rise as the floats do: one apart, no float lies between.
        if high.to_bits().saturating_sub(low.to_bits()) <= 1 {
            return Ok(high);
        }
        x = next;
    }
    Err(StatsError::NoConvergence { function: "the beta quantile", iterations: ITERATIONS })
}

/// The float halfway between two that are not negative, in the order of all floats: at most 63 halvings.
fn between(low: f64, high: f64) -> f64 {
    f64::from_bits(low.to_bits().midpoint(high.to_bits()))
}

/// A first guess within 0..=1/2: by the normal approximation, or by the power law near zero.
fn start(a: f64, b: f64, target: Tails) -> f64 {
    let sum = a + b;
    let mean = a / sum;
    let deviation = libm::sqrt(mean * (b / sum) / (sum + 1.0));
    let normal = if target.lower <= target.upper {
        normal_quantile(target.lower)
    } else {
        normal_quantile(target.upper).map(|quantile| -quantile)
    };
    let guess = mean + normal.unwrap_or(0.0) * deviation;
    if guess > 0.1 * mean && guess < 0.5 {
        return guess;
    }
    // Where ln B fails, 0 stands in: a poor guess costs steps, never digits.
    let ln_power = (libm::log(target.lower) + libm::log(a) + ln_beta(a, b).unwrap_or(0.0)) / a;
    libm::exp(ln_power).clamp(f64::MIN_POSITIVE, 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_agree_with_forty_digits() {
        for (a, b, p, x) in REFERENCE {
            let found = beta_quantile(a, b, p).unwrap();
            assert!((found / x - 1.0).abs() < 1e-13, "{a} {b} {p} {found} {x}");
        }
    }

    #[test]
    fn every_argument_gives_a_point() {
        let shapes = [1e-300, 1e-3, 0.5, 1.0, 40.0, 3001.0, 1e10, 1e19, 1e300];
        for a in shapes {
            for b in shapes {
                for p in [0.0, f64::from_bits(1), 1e-300, 1e-10, 0.025, 0.5, 0.975, 1.0 - 1e-16, 1.0] {
                    let x = beta_quantile(a, b, p).unwrap_or_else(|error| panic!("{a} {b} {p}: {error}"));
                    assert!((0.0..=1.0).contains(&x), "{a} {b} {p} {x}");
                }
            }
        }
        assert!(beta_quantile(1.0, 1.0, 1.5).is_err() && beta_quantile(-1.0, 1.0, 0.5).is_err());
    }

    const REFERENCE: [(f64, f64, f64, f64); 6] = [
        (0.5, 0.5, 0.3, 0.206_107_373_853_763_43),
        (0.5, 10.5, 0.025, 4.789_043_315_758_189_6e-05),
        (1.0, 10.0, 0.975, 0.308_497_107_818_760_8),
        (38.0, 4.0, 0.1, 0.844_262_131_173_447_3),
        (2.5, 100.5, 1e-10, 1.596_851_145_019_027_8e-06),
        (0.5, 20.5, 0.999, 0.234_521_049_842_258_5),
    ];
}
