//! The spread of true means behind means with standard errors.

use super::{SpreadMethod, StatsError};
use alloc::vec::Vec;

const ITERATIONS: u32 = 500;

/// Centre and variance of the true means, of which there are at least two.
pub(super) fn centre_and_spread(
    means: &[(f64, f64)],
    method: SpreadMethod,
) -> Result<(f64, f64), StatsError> {
    let first = means.first().map_or(0.0, |(mean, _)| *mean);
    let unit = means.iter().fold(0.0_f64, |unit, (mean, error)| unit.max((mean - first).abs()).max(*error));
    if let Some((_, error)) = means.iter().find(|(_, error)| *error < unit * 1e-10) {
        let range = "1e-10..=1 of the largest error or difference";
        return Err(StatsError::OutOfRange { name: "standard error", value: *error, range });
    }
    // In a unit of their own no square leaves the floats.
    let scaled = means.iter().map(|(mean, error)| ((mean - first) / unit, (error / unit) * (error / unit)));
    let scaled: Vec<(f64, f64)> = scaled.collect();
    let others = count(means) - 1.0;
    let spread = if method == SpreadMethod::DerSimonianLaird {
        let at_zero = Weighted::new(&scaled, 0.0);
        let effective = at_zero.weights - at_zero.squared_weights / at_zero.weights;
        ((at_zero.squares - others) / effective).max(0.0)
    } else {
        paule_mandel(&scaled, others)?
    };
    Ok((first + Weighted::new(&scaled, spread).centre * unit, spread * unit * unit))
}

#[expect(clippy::cast_precision_loss, reason = "no slice has 2^53 elements of this size")]
fn count(means: &[(f64, f64)]) -> f64 {
    means.len() as f64
}

/// The sums of means that are weighted by `1 / (error^2 + spread)`.
struct Weighted {
    weights: f64,
    squared_weights: f64,
    centre: f64,
    /// The weighted squares around the centre, and the same by the squares of the weights.
    squares: f64,
    fall: f64,
}

impl Weighted {
    fn new(scaled: &[(f64, f64)], spread: f64) -> Self {
        let weight = |variance: f64| 1.0 / (variance + spread);
        let weights: f64 = scaled.iter().map(|(_, variance)| weight(*variance)).sum();
        let centre = scaled.iter().map(|(mean, variance)| mean * (weight(*variance) / weights)).sum::<f64>();
        let mut sums = Self { weights, squared_weights: 0.0, centre, squares: 0.0, fall: 0.0 };
        for (mean, variance) in scaled {
            let (weight, off) = (weight(*variance), mean - centre);
            sums.squared_weights += weight * weight;
            sums.squares += weight * off * off;
            sums.fall += weight * weight * off * off;
        }
        sums
    }
}

/// Where the weighted squares are as many as expected. They fall, and ever slower: Newton's steps from 0 rise to the root
/// and do not pass it (R. `DerSimonian` and R. Kacker, 2007).
fn paule_mandel(scaled: &[(f64, f64)], others: f64) -> Result<f64, StatsError> {
    let mut spread = 0.0;
    for _ in 0..ITERATIONS {
        let sums = Weighted::new(scaled, spread);
        let excess = sums.squares - others;
        if excess <= 1e-14 * others {
            return Ok(spread);
        }
        let step = excess / sums.fall;
        spread += step;
        if step <= 1e-15 * spread {
            return Ok(spread);
        }
    }
    Err(StatsError::NoConvergence { function: "the spread of the means", iterations: ITERATIONS })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-12 * expected.abs().max(1.0), "{found} instead of {expected}");
    }

    #[test]
    fn equal_errors_leave_the_variance_beyond_them() {
        let means = [(1.0, 1.0), (2.0, 1.0), (6.0, 1.0), (11.0, 1.0)];
        // Variance 62 / 3, of which 1 is chance.
        for method in [SpreadMethod::PauleMandel, SpreadMethod::DerSimonianLaird] {
            let (centre, spread) = centre_and_spread(&means, method).unwrap();
            near(centre, 5.0);
            near(spread, 62.0 / 3.0 - 1.0);
        }
    }

    #[test]
    fn each_estimator_solves_its_equation() {
        let means = [(0.3, 0.1), (1.9, 0.4), (-0.7, 0.2), (0.9, 0.9), (0.2, 0.3)];
        let (centre, spread) = centre_and_spread(&means, SpreadMethod::PauleMandel).unwrap();
        let squares =
            |(mean, error): &(f64, f64)| (mean - centre) * (mean - centre) / (error * error + spread);
        near(means.iter().map(squares).sum(), 4.0);
        let (_, step) = centre_and_spread(&means, SpreadMethod::DerSimonianLaird).unwrap();
        let w: Vec<f64> = means.iter().map(|(_, error)| 1.0 / (error * error)).collect();
        let sum: f64 = w.iter().sum();
        let centre = means.iter().zip(&w).map(|((mean, _), w)| mean * w).sum::<f64>() / sum;
        let q: f64 = means.iter().zip(&w).map(|((mean, _), w)| w * (mean - centre) * (mean - centre)).sum();
        near(step, (q - 4.0) / (sum - w.iter().map(|w| w * w).sum::<f64>() / sum));
    }

    #[test]
    fn less_than_chance_is_no_spread() {
        for method in [SpreadMethod::PauleMandel, SpreadMethod::DerSimonianLaird] {
            let (centre, spread) = centre_and_spread(&[(1.0, 1.0), (2.0, 2.0), (1.5, 1.0)], method).unwrap();
            assert!(spread == 0.0 && centre > 1.0, "{centre} {spread}");
            assert!(centre_and_spread(&[(1.0, 1e-11), (2.0, 1.0)], method).is_err());
            let (_, far) = centre_and_spread(&[(-1e150, 1e149), (1e150, 1e141)], method).unwrap();
            assert!(far.is_finite() && far > 1e299, "{far}");
        }
    }
}
