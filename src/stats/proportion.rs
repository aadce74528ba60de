//! The interval of a proportion: how far the rate that was seen may be from the true one.

use super::beta_quantile::beta_point;
use super::normal::normal_quantile;
use super::{StatsError, Tails, float, inner_probability};
use crate::figure::Interval;
use crate::quantity::words::words;

/// The method for the confidence interval of a proportion.
///
/// ```
/// # use marketloop::stats::IntervalMethod;
/// assert_eq!(serde_json::from_str::<IntervalMethod>(r#""clopper_pearson""#)?, IntervalMethod::ClopperPearson);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum IntervalMethod {
    /// The rates that a score test does not reject (E. B. Wilson, 1927). Good for any count: the one to take
    /// where nothing speaks for another.
    Wilson,
    /// The rates that the exact binomial test does not reject (C. J. Clopper and E. S. Pearson, 1934): never
    /// below the level, wider than needed.
    ClopperPearson,
    /// Equal tails of the posterior after the prior Beta(1/2, 1/2) (H. Jeffreys, 1946). At 0 of n the low
    /// end is above 0, at n of n the high end below 1.
    Jeffreys,
    /// Wald's interval around Wilson's midpoint, cut to 0..=1 (A. Agresti and B. A. Coull, 1998).
    AgrestiCoull,
    /// The rate plus and minus its standard errors, cut to 0..=1 (P.-S. de Laplace, 1812; A. Wald, 1939). Of
    /// no width at 0 of n and n of n: for comparison with older reports only.
    Wald,
}

words!(IntervalMethod, "method of an interval", StatsError:
    Wilson = "wilson",
    ClopperPearson = "clopper_pearson",
    Jeffreys = "jeffreys",
    AgrestiCoull = "agresti_coull",
    Wald = "wald",
);

impl IntervalMethod {
    /// Every method, the recommended one first.
    pub const ALL: [Self; 5] =
        [Self::Wilson, Self::ClopperPearson, Self::Jeffreys, Self::AgrestiCoull, Self::Wald];
}

/// The interval in which the true rate lies with confidence `level`, when `successes` of `trials` were seen.
///
/// # Formula
/// With `p = x/n`, `q = 1 - p`, `alpha = 1 - level` and `z` the normal quantile of `1 - alpha/2`:
///
/// | method | ends |
/// | --- | --- |
/// | Wilson | `(p + z^2/2n ± z sqrt(pq/n + z^2/4n^2)) / (1 + z^2/n)` |
/// | Clopper-Pearson | the `alpha/2` quantile of Beta(x, n-x+1), the `1 - alpha/2` quantile of Beta(x+1, n-x) |
/// | Jeffreys | the `alpha/2` and `1 - alpha/2` quantiles of Beta(x+1/2, n-x+1/2) |
/// | Agresti-Coull | `p' ± z sqrt(p'(1-p')/n')`, `n' = n + z^2`, `p' = (x + z^2/2)/n'` |
/// | Wald | `p ± z sqrt(pq/n)` |
///
/// L. D. Brown, T. T. Cai and A. `DasGupta` (2001) compare them. Counts are whole, so that the share of samples whose
/// interval holds the true rate swings about the level as that rate moves. It is within a point of 95 % at every rate by
/// Wilson's, Jeffreys' and Agresti and Coull's from 60 expected successes and failures, by Wald's from 100; by Clopper and
/// Pearson's it is never below. Wilson's is within a point on the mean over rates from 2.
///
/// # Errors
/// [`StatsError::NoTrials`]; [`StatsError::MoreSuccessesThanTrials`]; [`StatsError::NotFinite`] and
/// [`StatsError::OutOfRange`] unless `0 < level < 1`.
///
/// # Examples
/// ```
/// use marketloop::stats::{IntervalMethod, interval};
///
/// // Nobody of ten bought. The rate may still be 27 %.
/// let range = interval(0, 10, 0.95, IntervalMethod::Wilson)?;
/// assert!(range.low() == 0.0 && (range.high() - 0.2775).abs() < 1e-4);
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
pub fn interval(
    successes: u64,
    trials: u64,
    level: f64,
    method: IntervalMethod,
) -> Result<Interval<f64>, StatsError> {
    let level = inner_probability("level", level)?;
    if trials == 0 {
        return Err(StatsError::NoTrials);
    }
    let Some(failures) = trials.checked_sub(successes) else {
        return Err(StatsError::MoreSuccessesThanTrials { successes, trials });
    };
    let tail = (1.0 - level) / 2.0;
    let z = || normal_quantile(tail).map(|quantile| -quantile);
    let (low, high) = match method {
        IntervalMethod::Wilson => wilson(successes, failures, trials, z()?),
        IntervalMethod::ClopperPearson => (
            // Without successes, or without failures, one shape would be 0: no such distribution.
            if successes == 0 { 0.0 } else { lower_point(float(successes), float(failures) + 1.0, tail)?.0 },
            if failures == 0 { 1.0 } else { lower_point(float(failures), float(successes) + 1.0, tail)?.1 },
        ),
        IntervalMethod::Jeffreys => {
            let (a, b) = (float(successes) + 0.5, float(failures) + 0.5);
            // The upper end from the other side, as a lower point: the small tail keeps its digits.
            (lower_point(a, b, tail)?.0, lower_point(b, a, tail)?.1)
        }
        IntervalMethod::AgrestiCoull => {
            let z = z()?;
            let trials = float(trials) + z * z;
            let half = z * z / 2.0;
            around((float(successes) + half) / trials, (float(failures) + half) / trials, trials, z)
        }
        IntervalMethod::Wald => {
            let (n, z) = (float(trials), z()?);
            around(float(successes) / n, float(failures) / n, n, z)
        }
    };
    // The ends of a very low level fall together, up to the rounding of the last digit.
    let (low, high) = (low.clamp(0.0, 1.0), high.clamp(0.0, 1.0));
    Ok(Interval::new(low.min(high), high.max(low))?)
}

/// The point of Beta(a, b) below which `tail` lies, and one minus it.
fn lower_point(a: f64, b: f64, tail: f64) -> Result<(f64, f64), StatsError> {
    beta_point(a, b, Tails::from_lower(tail))
}

fn around(rate: f64, complement: f64, trials: f64, z: f64) -> (f64, f64) {
    let half = z * libm::sqrt(rate * complement / trials);
    (rate - half, rate + half)
}

/// The ends by Wilson are the roots of a quadratic, whose product `p^2 / (1 + z^2/n)` gives the smaller one
/// without cancellation: with 0 successes it is 0 exactly, without failures the larger one is 1.
fn wilson(successes: u64, failures: u64, trials: u64, z: f64) -> (f64, f64) {
    let n = float(trials);
    let (rate, complement) = (float(successes) / n, float(failures) / n);
    let half = z * libm::sqrt(rate * complement / n + z * z / (4.0 * n * n));
    let sum = rate + z * z / (2.0 * n) + half;
    (rate * (rate / sum), if failures == 0 { 1.0 } else { sum / (1.0 + z * z / n) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn every_count_and_level_has_an_interval() {
        let counts = [0, 1, 2, 3000, 6001, u64::MAX / 2, u64::MAX - 1, u64::MAX];
        for trials in counts {
            for successes in counts {
                for level in [1e-300, 1e-9, 0.5, 0.95, 1.0 - 1e-16] {
                    for method in IntervalMethod::ALL {
                        let found = interval(successes, trials, level, method);
                        assert_eq!(
                            found.is_ok(),
                            trials > 0 && successes <= trials,
                            "{successes} of {trials} at {level}, {method:?}: {found:?}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_no_level_is_refused() {
        for level in [0.0, 1.0, -1.0, 95.0, f64::NAN, f64::INFINITY] {
            assert!(interval(1, 2, level, IntervalMethod::Wilson).is_err());
        }
        let error = interval(3, 2, 0.95, IntervalMethod::Wald).unwrap_err();
        assert_eq!(error.to_string(), "3 successes are more than 2 trials");
    }
}
