//! The interval of a relative change, from two means and the errors of both.

use super::{StatsError, finite};
use crate::figure::Interval;
use crate::quantity::words::words;

/// The method for the confidence interval of the relative lift of a mean.
///
/// ```
/// # use marketloop::stats::LiftMethod;
/// assert_eq!(serde_json::from_str::<LiftMethod>(r#""fieller""#)?, LiftMethod::Fieller);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum LiftMethod {
    /// The ratios that a test of `second - ratio * first` does not reject (E. C. Fieller, 1954). Exact for normal means;
    /// none where the first mean is not told from 0.
    Fieller,
    /// Plus and minus standard errors of the logarithm. For means above 0 that are known to some 10 %; wider than needed
    /// where they are known less well.
    Log,
    /// Plus and minus standard errors of the ratio itself. For a first mean that is known to some 5 %; what most
    /// platforms show.
    Delta,
}

words!(LiftMethod, "method of the interval of a relative lift", StatsError:
    Fieller = "fieller",
    Log = "log",
    Delta = "delta",
);

impl LiftMethod {
    /// Every method, the recommended one first.
    pub const ALL: [Self; 3] = [Self::Fieller, Self::Log, Self::Delta];
}

/// A mean and the variance of that mean, not of its units.
#[derive(Debug, Clone, Copy)]
pub(super) struct Uncertain {
    pub(super) mean: f64,
    pub(super) variance: f64,
}

/// The relative lift of the second mean over the first.
pub(super) fn lift(first: f64, second: f64) -> Result<f64, StatsError> {
    if first == 0.0 {
        return Err(StatsError::NoBaseline);
    }
    small(second / first - 1.0)
}

/// The ratio of both means, and the variance of each mean over the square of it or of the first: what the methods need.
fn relative(first: Uncertain, second: Uncertain) -> Result<(f64, f64, f64), StatsError> {
    lift(first.mean, second.mean)?;
    let ratio = small(second.mean / first.mean)?;
    let over = |variance: f64| small(variance / first.mean / first.mean);
    let (of_first, of_second) = (over(first.variance)?, over(second.variance)?);
    if of_first <= 0.0 && of_second <= 0.0 {
        return Err(super::no_variance());
    }
    Ok((ratio, of_first, of_second))
}

/// The standard error of the lift by the delta method.
pub(super) fn standard_error(first: Uncertain, second: Uncertain) -> Result<f64, StatsError> {
    let (ratio, of_first, of_second) = relative(first, second)?;
    let variance = small(of_second + of_first * ratio * ratio)?;
    if variance > 0.0 { Ok(libm::sqrt(variance)) } else { Err(super::no_variance()) }
}

/// The interval of the lift, `critical` standard errors to each side.
pub(super) fn interval(
    first: Uncertain,
    second: Uncertain,
    critical: f64,
    method: LiftMethod,
) -> Result<Interval<f64>, StatsError> {
    let (ratio, of_first, of_second) = relative(first, second)?;
    let (low, high) = match method {
        LiftMethod::Delta => {
            let half = critical * standard_error(first, second)?;
            (ratio - half, ratio + half)
        }
        LiftMethod::Log => {
            for (name, mean) in [("first mean", first.mean), ("second mean", second.mean)] {
                super::positive(name, mean)?;
            }
            let half = critical * libm::sqrt(of_first + small(of_second / ratio / ratio)?);
            (ratio * libm::exp(-half), ratio * libm::exp(half))
        }
        LiftMethod::Fieller => {
            let square = critical * critical;
            let rest = 1.0 - square * of_first;
            if rest <= 0.0 {
                return Err(StatsError::Unbounded);
            }
            let half = critical * libm::sqrt(of_first * ratio * ratio + of_second * rest);
            ((ratio - half) / rest, (ratio + half) / rest)
        }
    };
    ends(low - 1.0, high - 1.0)
}

/// An interval, if both ends are numbers that a float holds.
pub(super) fn ends(low: f64, high: f64) -> Result<Interval<f64>, StatsError> {
    small(high - low)?;
    Ok(Interval::new(low, high)?)
}

fn small(value: f64) -> Result<f64, StatsError> {
    finite("lift", value).map_err(|_| StatsError::Overflow { function: "the relative lift" })
}
