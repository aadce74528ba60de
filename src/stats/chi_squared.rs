//! The chi-squared distribution.

use super::gamma::{gamma_cdf, gamma_survival};
use super::{StatsError, shape};

/// The probability that a chi-squared variable with `degrees` of freedom is at most `x`.
///
/// # Formula
/// `P(degrees / 2, x / 2)` with the lower regularised incomplete gamma function (K. Pearson, 1900).
///
/// # Errors
/// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] for degrees outside 1e-300..=1e300 or `x < 0`.
///
/// # Examples
/// ```
/// assert!((marketloop::stats::chi_squared_cdf(3.841458820694124, 1.0)? - 0.95).abs() < 1e-14);
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
pub fn chi_squared_cdf(x: f64, degrees: f64) -> Result<f64, StatsError> {
    gamma_cdf((shape("degrees", degrees)? / 2.0).max(1e-300), x / 2.0)
}

/// The probability that a chi-squared variable with `degrees` of freedom exceeds `x`: the p-value of a
/// chi-squared statistic, without cancellation.
///
/// # Errors
/// As [`chi_squared_cdf`].
///
/// # Examples
/// ```
/// // Two degrees of freedom: e^(-x / 2).
/// let p = marketloop::stats::chi_squared_survival(100.0, 2.0)?;
/// assert!((p / (-50.0_f64).exp() - 1.0).abs() < 1e-14);
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
pub fn chi_squared_survival(x: f64, degrees: f64) -> Result<f64, StatsError> {
    gamma_survival((shape("degrees", degrees)? / 2.0).max(1e-300), x / 2.0)
}
