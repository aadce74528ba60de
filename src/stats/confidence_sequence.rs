//! Intervals that hold at all looks at once.

use super::{StatsError, finite, inner_probability, positive};
use crate::figure::{Interval, from_wire};
use crate::quantity::wire::{deserialize_fields, serialize_fields};
use serde::Deserialize;

/// The settings of a confidence sequence: intervals after any number of observations, all of which hold the true
/// value at once with a probability of at least `1 - alpha`.
///
/// An interval of one look is narrower, and right once. `rho` says after how many observations the sequence is at its
/// narrowest against an interval of one look ([`tuned`](Self::tuned)); it is chosen before the first look. As the
/// interval, the promise is asymptotic: it needs enough observations for a mean to be about normal, some tens at least.
///
/// # Examples
/// ```
/// use marketloop::stats::ConfidenceSequence;
///
/// let sequence = ConfidenceSequence::tuned(0.05, 5_000)?;
/// // A mean of 0.50 from 1,250 observations of standard deviation 1.2.
/// let range = sequence.interval(1_250, 0.5, 1.2 / 1_250_f64.sqrt())?;
/// assert_eq!(format!("{:.3}..{:.3}", range.low(), range.high()), "0.389..0.611");
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
///
/// ```
/// # use marketloop::stats::ConfidenceSequence;
/// let json = r#"{"alpha":"0.05","rho":"0.125"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<ConfidenceSequence>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(try_from = "Wire")]
pub struct ConfidenceSequence {
    alpha: f64,
    rho: f64,
}

serialize_fields!(ConfidenceSequence { alpha: own, rho: own });
from_wire!(ConfidenceSequence);

/// The settings on the wire, not checked yet.
struct Wire {
    alpha: f64,
    rho: f64,
}

deserialize_fields!("ConfidenceSequence", Wire { alpha: own, rho: own });

impl TryFrom<Wire> for ConfidenceSequence {
    type Error = StatsError;

    fn try_from(Wire { alpha, rho }: Wire) -> Result<Self, StatsError> {
        Self::new(alpha, rho)
    }
}

impl ConfidenceSequence {
    /// A sequence that errs with a probability of at most `alpha`, with the mixture's scale `rho`.
    ///
    /// # Errors
    /// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] unless `0 < alpha < 1` and `rho > 0`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::ConfidenceSequence;
    ///
    /// assert_eq!(ConfidenceSequence::new(0.05, 0.04)?.rho(), 0.04);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn new(alpha: f64, rho: f64) -> Result<Self, StatsError> {
        Ok(Self { alpha: inner_probability("alpha", alpha)?, rho: positive("rho", rho)? })
    }

    /// A sequence that is at its narrowest after about so many observations.
    ///
    /// # Formula
    /// `rho = sqrt((-2 ln alpha + ln(-2 ln alpha + 1)) / n)` (I. Waudby-Smith, D. Arbour, R. Sinha, E. H.
    /// Kennedy and A. Ramdas, 2024).
    ///
    /// # Errors
    /// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] unless `0 < alpha < 1`;
    /// [`StatsError::TooFewObservations`] for 0 of them.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::ConfidenceSequence;
    ///
    /// let sequence = ConfidenceSequence::tuned(0.05, 500)?;
    /// assert!((sequence.rho() - 0.12598535313073156).abs() < 1e-15);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn tuned(alpha: f64, observations: u64) -> Result<Self, StatsError> {
        let doubled = -2.0 * libm::log(inner_probability("alpha", alpha)?);
        let count = counted(observations)?;
        Self::new(alpha, libm::sqrt((doubled + libm::log1p(doubled)) / count))
    }

    /// The probability that any of the intervals errs, at most.
    #[must_use]
    pub const fn alpha(&self) -> f64 {
        self.alpha
    }

    /// The scale of the mixture, per observation.
    #[must_use]
    pub const fn rho(&self) -> f64 {
        self.rho
    }

    /// The interval of the true value after so many observations, given an estimate and its standard error then.
    ///
    /// Of one sample the estimate is its mean, and the standard error `sd / sqrt(n)`. Of two arms it is the difference
    /// with `sqrt(V_1 / n_1 + V_2 / n_2)`, and the observations are those of both arms together.
    ///
    /// # Formula
    /// `estimate ± se sqrt(2 (1 + 1/(n rho^2)) ln(sqrt(n rho^2 + 1) / alpha))` (Waudby-Smith and others, 2024,
    /// theorem 2.2; the two-sided normal mixture of S. R. Howard, A. Ramdas, J. `McAuliffe` and J. Sekhon, 2021).
    ///
    /// # Errors
    /// [`StatsError::NotFinite`]; [`StatsError::TooFewObservations`] for 0 of them; [`StatsError::NoVariance`] for a
    /// standard error of 0, which would say that all is known; [`StatsError::OutOfRange`] below it;
    /// [`StatsError::Overflow`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::ConfidenceSequence;
    ///
    /// // 4 % of 5,000 against 5.2 % of 5,000: at one look it would be told apart from 0, daily it is not yet.
    /// let error = (0.04 * 0.96 / 5_000.0 + 0.052 * 0.948 / 5_000.0_f64).sqrt();
    /// let range = ConfidenceSequence::tuned(0.05, 5_000)?.interval(10_000, 0.012, error)?;
    /// assert!(range.low() < 0.0 && 0.024 < range.high());
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn interval(
        &self,
        observations: u64,
        estimate: f64,
        standard_error: f64,
    ) -> Result<Interval<f64>, StatsError> {
        let estimate = finite("estimate", estimate)?;
        let scale = self.scale(observations, standard_error)?;
        let wide = 2.0 * (1.0 + 1.0 / scale) * (libm::log1p(scale) / 2.0 - libm::log(self.alpha));
        let half = standard_error * libm::sqrt(wide);
        let (low, high) = (estimate - half, estimate + half);
        if low.is_finite() && high.is_finite() {
            Ok(Interval::new(low, high)?)
        } else {
            Err(StatsError::Overflow { function: "the confidence sequence" })
        }
    }

    /// The logarithm of the evidence against a true value of 0 after so many observations: the e-value, for
    /// [`AlwaysValid::look`](super::AlwaysValid::look). 0 is outside of the [`interval`](Self::interval) where it exceeds
    /// `ln(1/alpha)`.
    ///
    /// # Formula
    /// `-ln(1 + n rho^2) / 2 + (estimate / se)^2 n rho^2 / (2 (1 + n rho^2))`.
    ///
    /// # Errors
    /// As [`interval`](Self::interval).
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::ConfidenceSequence;
    ///
    /// let sequence = ConfidenceSequence::tuned(0.05, 100)?;
    /// let ln_evidence = sequence.ln_evidence(90, -0.4, 0.8 / 90_f64.sqrt())?;
    /// assert!(ln_evidence > 20.0_f64.ln());
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn ln_evidence(
        &self,
        observations: u64,
        estimate: f64,
        standard_error: f64,
    ) -> Result<f64, StatsError> {
        let estimate = finite("estimate", estimate)?;
        let scale = self.scale(observations, standard_error)?;
        let z = estimate / standard_error;
        let value = z * z / (1.0 + 1.0 / scale) / 2.0 - libm::log1p(scale) / 2.0;
        finite("evidence", value).map_err(|_| StatsError::Overflow { function: "the evidence" })
    }

    /// `n rho^2`, once the observations have a spread.
    fn scale(&self, observations: u64, standard_error: f64) -> Result<f64, StatsError> {
        let count = counted(observations)?;
        let standard_error = finite("standard error", standard_error)?;
        if standard_error < 0.0 {
            positive("standard error", standard_error)?;
        }
        if standard_error <= 0.0 {
            return Err(StatsError::NoVariance { name: "observations" });
        }
        Ok(count * self.rho * self.rho)
    }
}

#[expect(clippy::cast_precision_loss, reason = "an estimate: 53 bits of a count are enough")]
fn counted(observations: u64) -> Result<f64, StatsError> {
    if observations == 0 {
        return Err(StatsError::TooFewObservations { found: 0, needed: 1 });
    }
    Ok(observations as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_outside_where_the_evidence_says_so() {
        let sequence = ConfidenceSequence::tuned(0.05, 300).unwrap();
        for n in [1, 20, 300, 100_000] {
            for hundredths in 0..600 {
                let estimate = f64::from(hundredths) / 100.0;
                let range = sequence.interval(n, estimate, 1.0).unwrap();
                let evidence = sequence.ln_evidence(n, estimate, 1.0).unwrap();
                assert_eq!(range.low() > 0.0, evidence > -(0.05_f64.ln()), "{n} {estimate}");
            }
        }
    }

    #[test]
    fn it_is_narrowest_where_it_was_tuned() {
        let width = |n_star: u64| {
            let sequence = ConfidenceSequence::tuned(0.05, n_star).unwrap();
            sequence.interval(1_000, 0.0, 1.0).unwrap().width()
        };
        assert!(width(1_000) < width(500) && width(1_000) < width(2_000));
    }

    #[test]
    fn extremes_are_intervals_or_errors() {
        for rho in [5e-324, 1e-200, 1.0, 1e200, f64::MAX] {
            let sequence = ConfidenceSequence::new(1e-300, rho).unwrap();
            for error in [5e-324, 1.0, f64::MAX] {
                for n in [1, u64::MAX] {
                    for estimate in [0.0, -1.0, f64::MAX] {
                        if let Ok(range) = sequence.interval(n, estimate, error) {
                            assert!(range.low() <= range.high());
                        }
                        if let Ok(evidence) = sequence.ln_evidence(n, estimate, error) {
                            assert!(evidence.is_finite());
                        }
                    }
                }
            }
            assert!(sequence.interval(0, 0.0, 1.0).is_err() && sequence.interval(1, 0.0, -1.0).is_err());
            assert!(matches!(sequence.interval(1, 0.0, 0.0), Err(StatsError::NoVariance { .. })));
            assert!(
                sequence.interval(1, f64::NAN, 1.0).is_err() && sequence.ln_evidence(1, 0.0, 0.0).is_err()
            );
        }
        assert!(ConfidenceSequence::new(0.0, 1.0).is_err() && ConfidenceSequence::new(0.05, 0.0).is_err());
        assert!(ConfidenceSequence::tuned(0.05, 0).is_err() && ConfidenceSequence::tuned(1.0, 1).is_err());
    }
}
