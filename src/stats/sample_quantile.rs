//! Quantiles of a sample, by the nine definitions in use.

use super::{StatsError, finite, probability};
use crate::quantity::words::words;
use alloc::vec::Vec;

/// The definition of a sample quantile: the types 1 to 9 of R. J. Hyndman and Y. Fan (1996).
///
/// Spreadsheets and most programs use [`Linear`](Self::Linear) (type 7).
///
/// ```
/// # use marketloop::stats::QuantileMethod;
/// assert_eq!(serde_json::from_str::<QuantileMethod>(r#""median_unbiased""#)?, QuantileMethod::MedianUnbiased);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum QuantileMethod {
    /// Type 1: the smallest observation that at least the share `p` does not exceed.
    InvertedEmpirical,
    /// Type 2: as type 1, the mean of two observations at a jump: the usual median.
    InvertedEmpiricalAveraged,
    /// Type 3: the observation nearest to `n p`, the even one at a tie.
    NearestEven,
    /// Type 4: linear between the points `k / n`.
    InterpolatedEmpirical,
    /// Type 5: linear between the points `(k - 1/2) / n` (A. Hazen, 1914).
    Hazen,
    /// Type 6: linear between the points `k / (n + 1)` (W. Weibull, 1939).
    Weibull,
    /// Type 7: linear between the points `(k - 1) / (n - 1)` (E. J. Gumbel, 1939).
    Linear,
    /// Type 8: linear between the points `(k - 1/3) / (n + 1/3)`: close to median-unbiased for any
    /// distribution, the authors' recommendation.
    MedianUnbiased,
    /// Type 9: linear between the points `(k - 3/8) / (n + 1/4)`: close to unbiased for normal data
    /// (G. Blom, 1958).
    NormalUnbiased,
}

words!(QuantileMethod, "method of a quantile", StatsError:
    InvertedEmpirical = "inverted_empirical",
    InvertedEmpiricalAveraged = "inverted_empirical_averaged",
    NearestEven = "nearest_even",
    InterpolatedEmpirical = "interpolated_empirical",
    Hazen = "hazen",
    Weibull = "weibull",
    Linear = "linear",
    MedianUnbiased = "median_unbiased",
    NormalUnbiased = "normal_unbiased",
);

impl QuantileMethod {
    /// Every definition, type 1 first.
    pub const ALL: [Self; 9] = [
        Self::InvertedEmpirical,
        Self::InvertedEmpiricalAveraged,
        Self::NearestEven,
        Self::InterpolatedEmpirical,
        Self::Hazen,
        Self::Weibull,
        Self::Linear,
        Self::MedianUnbiased,
        Self::NormalUnbiased,
    ];

    /// What is added to `n p` to give the position in the sample.
    fn offset(self, p: f64) -> f64 {
        match self {
            Self::InvertedEmpirical | Self::InvertedEmpiricalAveraged | Self::InterpolatedEmpirical => 0.0,
            Self::NearestEven => -0.5,
            Self::Hazen => 0.5,
            Self::Weibull => p,
            Self::Linear => 1.0 - p,
            Self::MedianUnbiased => (p + 1.0) / 3.0,
            Self::NormalUnbiased => p / 4.0 + 0.375,
        }
    }

    /// The weight of the upper of the two observations around position `whole + part`.
    fn upper_weight(self, whole: f64, part: f64) -> f64 {
        let between = part > 0.0;
        let full = |is_full: bool| if is_full { 1.0 } else { 0.0 };
        match self {
            Self::InvertedEmpirical => full(between),
            Self::InvertedEmpiricalAveraged => f64::midpoint(1.0, full(between)),
            Self::NearestEven => full(between || libm::fmod(whole, 2.0).abs() > 0.5),
            _ => part,
        }
    }
}

/// The `p` quantile of the `observations`, in their unit; they may stand in any order.
///
/// # Formula
/// `(1 - g) x_j + g x_(j+1)` for the sorted sample `x_1..x_n`, with `j` the whole part of `n p + m` and `g`
/// by the [`QuantileMethod`] from its fraction; positions beyond the ends take the end. A fraction within
/// the rounding error of `n p + m` counts as none.
///
/// # Errors
/// [`StatsError::TooFewObservations`] for an empty sample; [`StatsError::NotFinite`];
/// [`StatsError::OutOfRange`] for `p` outside 0..=1.
///
/// # Examples
/// ```
/// use marketloop::stats::{QuantileMethod, sample_quantile};
///
/// let days = [3.0, 1.0, 4.0, 10.0];
/// assert_eq!(sample_quantile(&days, 0.5, QuantileMethod::Linear)?, 3.5);
/// assert_eq!(sample_quantile(&days, 0.9, QuantileMethod::InvertedEmpirical)?, 10.0);
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
pub fn sample_quantile(observations: &[f64], p: f64, method: QuantileMethod) -> Result<f64, StatsError> {
    let mut sorted: Vec<f64> = observations.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted_quantile(&sorted, p, method)
}

/// The `p` quantile of observations in ascending order, for several quantiles of one sample.
///
/// # Errors
/// As [`sample_quantile`], and [`StatsError::NotSorted`].
///
/// # Examples
/// ```
/// use marketloop::stats::{QuantileMethod, sorted_quantile};
///
/// let days = [1.0, 3.0, 4.0, 10.0];
/// assert_eq!(sorted_quantile(&days, 0.25, QuantileMethod::Weibull)?, 1.5);
/// assert!(sorted_quantile(&[2.0, 1.0], 0.5, QuantileMethod::Weibull).is_err());
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
pub fn sorted_quantile(sorted: &[f64], p: f64, method: QuantileMethod) -> Result<f64, StatsError> {
    let p = probability("p", p)?;
    for value in sorted {
        finite("observation", *value)?;
    }
    if let Some(before) = sorted.windows(2).position(|pair| pair.first() > pair.last()) {
        return Err(StatsError::NotSorted { index: before.saturating_add(1) });
    }
    let (Some(first), Some(last)) = (sorted.first(), sorted.last()) else {
        return Err(StatsError::TooFewObservations { found: 0, needed: 1 });
    };
    #[expect(clippy::cast_precision_loss, reason = "no slice has 2^53 elements of eight bytes")]
    let count = sorted.len() as f64;
    let position = count * p + method.offset(p);
    // Rounding puts count * p a little beside whole numbers that it should hit: a rank would be skipped.
    let fuzz = 4.0 * f64::EPSILON * position.abs().max(1.0);
    let whole = libm::floor(position + fuzz);
    let part = position - whole;
    let part = if part.abs() <= fuzz { 0.0 } else { part };
    let weight = method.upper_weight(whole, part);
    // Positions count from 1; those before the first and after the last take the end.
    let at = |position: f64| {
        if position < 1.0 { *first } else { sorted.get(index(position)).copied().unwrap_or(*last) }
    };
    let (low, high) = (at(whole), at(whole + 1.0));
    Ok(((1.0 - weight) * low + weight * high).clamp(low, high))
}

/// The index from 0 of a position from 1.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a position from 1 to the length of a slice and one beyond"
)]
fn index(position: f64) -> usize {
    (position - 1.0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nine_types_give_their_nine_answers() {
        let sample = [1.0, 2.0, 4.0, 8.0, 16.0];
        // n p = 1.5 and the offsets of the definitions, by hand.
        let expected = [2.0, 2.0, 2.0, 1.5, 2.0, 1.8, 2.4, 1.933_333_333_333_333_4, 1.95];
        for (method, expected) in QuantileMethod::ALL.into_iter().zip(expected) {
            let found = sample_quantile(&sample, 0.3, method).unwrap();
            assert!((found - expected).abs() < 1e-12, "{method:?} {found} {expected}");
        }
        // At n p = 2 exactly the first three jump, average and take the even one.
        let at_jump = |method| sample_quantile(&sample, 0.4, method).unwrap();
        assert!((at_jump(QuantileMethod::InvertedEmpirical) - 2.0).abs() < 1e-15);
        assert!((at_jump(QuantileMethod::InvertedEmpiricalAveraged) - 3.0).abs() < 1e-15);
        assert!((at_jump(QuantileMethod::NearestEven) - 2.0).abs() < 1e-15);
    }

    #[test]
    fn edges_are_the_ends_or_errors() {
        for method in QuantileMethod::ALL {
            for p in [0.0, 1e-300, 0.5, 1.0] {
                assert!((sample_quantile(&[7.0], p, method).unwrap() - 7.0).abs() < 1e-15);
                let wide = sample_quantile(&[f64::MAX, f64::MIN], p, method).unwrap();
                assert!(wide.is_finite());
            }
            assert!(sample_quantile(&[], 0.5, method).is_err());
            assert!(sample_quantile(&[1.0, f64::NAN], 0.5, method).is_err());
            assert!(sample_quantile(&[1.0], f64::NAN, method).is_err());
            assert!(sample_quantile(&[1.0], 1.1, method).is_err());
        }
    }
}
