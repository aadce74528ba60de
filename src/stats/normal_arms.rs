//! Arms of which a mean is known with its variance.

use super::arm_integral::{DEPTH, Place, Posterior};
use super::best_arm::{BestArm, found};
use super::normal::{cdf, density};
use super::top_integral::among;
use super::{StatsError, finite};
use crate::figure::from_wire;
use crate::quantity::wire::{deserialize_fields, serialize_fields};
use alloc::vec::Vec;
use serde::Deserialize;

/// Posterior mean and variance of each arm, taken for normal: revenue per visitor, time on a page, any estimate with a
/// standard error.
///
/// # Examples
/// ```
/// use marketloop::stats::NormalArms;
///
/// // Revenue per visitor: 2.10 and 2.40, with standard errors of 0.10 and 0.15.
/// let best = NormalArms::new([(2.1, 0.01), (2.4, 0.0225)])?.best()?;
/// assert!((best.probabilities()[1] - 0.9519).abs() < 1e-4);
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
///
/// ```
/// # use marketloop::stats::NormalArms;
/// let json = r#"{"arms":[["2.1","0.01"],["2.4","0.0225"]]}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<NormalArms>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Wire")]
pub struct NormalArms {
    // At least one; means and variances within their ranges.
    arms: Vec<(f64, f64)>,
}

serialize_fields!(NormalArms { arms: own });
from_wire!(NormalArms);

/// The arms on the wire, not checked yet.
struct Wire {
    arms: Vec<(f64, f64)>,
}

deserialize_fields!("NormalArms", Wire { arms: own });

impl TryFrom<Wire> for NormalArms {
    type Error = StatsError;

    fn try_from(wire: Wire) -> Result<Self, StatsError> {
        Self::new(wire.arms)
    }
}

impl NormalArms {
    /// Arms as mean and variance.
    ///
    /// # Errors
    /// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] without arms, of a mean outside -1e100..=1e100, of a variance
    /// outside 1e-200..=1e200, and of one below 1e-20 times the largest, beside which an arm is a point.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::NormalArms;
    ///
    /// assert!(NormalArms::new([(2.1, 0.01), (2.4, 0.0)]).is_err());
    /// ```
    pub fn new(arms: impl IntoIterator<Item = (f64, f64)>) -> Result<Self, StatsError> {
        let arms: Vec<(f64, f64)> = arms.into_iter().collect();
        if arms.is_empty() {
            return Err(StatsError::OutOfRange {
                name: "number of arms",
                value: 0.0,
                range: "the numbers from 1",
            });
        }
        let refused = |name, value, range| Err(StatsError::OutOfRange { name, value, range });
        for (mean, variance) in arms.iter().copied() {
            if finite("mean", mean)?.abs() > 1e100 {
                return refused("mean", mean, "-1e100..=1e100");
            }
            if !(1e-200..=1e200).contains(&finite("variance", variance)?) {
                return refused("variance", variance, "1e-200..=1e200");
            }
        }
        let widest = arms.iter().fold(0.0_f64, |widest, (_, variance)| widest.max(*variance));
        match arms.iter().find(|(_, variance)| *variance < widest * 1e-20) {
            Some((_, variance)) => refused("variance", *variance, "1e-20..=1 of the largest"),
            None => Ok(Self { arms }),
        }
    }

    /// Arms as mean and variance of what was observed, over a normal prior of this mean and variance that all share.
    ///
    /// # Formula
    /// As [`EffectEstimate::with_prior`](super::EffectEstimate::with_prior).
    ///
    /// # Errors
    /// As [`new`](Self::new), of the prior, of what was observed and of the posteriors.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::NormalArms;
    ///
    /// let arms = NormalArms::with_prior((2.0, 0.01), [(2.1, 0.01), (2.4, 0.03)])?;
    /// let (mean, variance) = arms.arms()[1];
    /// assert!((mean - 2.1).abs() < 1e-12 && (variance - 0.0075).abs() < 1e-15);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn with_prior(
        prior: (f64, f64),
        arms: impl IntoIterator<Item = (f64, f64)>,
    ) -> Result<Self, StatsError> {
        let observed = Self::new(arms)?;
        Self::new([prior])?;
        Self::new(observed.arms.into_iter().map(|(mean, variance)| {
            let (from_prior, sum) = (variance / (variance + prior.1), variance + prior.1);
            (mean * (1.0 - from_prior) + prior.0 * from_prior, variance * (prior.1 / sum))
        }))
    }

    /// Mean and variance of each arm.
    #[must_use]
    pub fn arms(&self) -> &[(f64, f64)] {
        &self.arms
    }

    /// The probability of each arm to be the largest, the expectation of the largest, and what each arm is expected to
    /// fall short of it: as [`BetaArms::best`](super::BetaArms::best).
    ///
    /// # Errors
    /// [`StatsError::NoConvergence`], which no arms are known to cause.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::NormalArms;
    ///
    /// let best = NormalArms::new([(0.0, 1.0), (0.0, 1.0)])?.best()?;
    /// // The larger of two standard normal variables: 1 / sqrt(pi).
    /// assert!((best.expected_maximum() - 0.5641895835).abs() < 1e-10);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn best(&self) -> Result<BestArm, StatsError> {
        let means: Vec<f64> = self.arms.iter().map(|(mean, _)| *mean).collect();
        found(&self.bells(), &means)
    }

    /// The probability of each arm to be one of the `best` largest.
    pub(super) fn among(&self, best: usize) -> Result<Vec<f64>, StatsError> {
        among(&self.bells(), best)
    }

    /// The arms from the largest mean, so that places near it have all their digits.
    fn bells(&self) -> Vec<Bell> {
        let origin = self.arms.iter().fold(f64::MIN, |largest, (mean, _)| largest.max(*mean));
        let bell =
            |(mean, variance): &(f64, f64)| Bell { mean: mean - origin, deviation: libm::sqrt(*variance) };
        self.arms.iter().map(bell).collect()
    }
}

struct Bell {
    mean: f64,
    deviation: f64,
}

impl Bell {
    fn standard(&self, place: &Place) -> f64 {
        (place.t - self.mean) / self.deviation
    }
}

impl Posterior for Bell {
    fn place(t: f64) -> Place {
        Place { t, x: t, y: 0.0, stretch: 1.0 }
    }

    fn density(&self, place: &Place) -> f64 {
        density(self.standard(place)) / self.deviation
    }

    fn slope(&self, place: &Place) -> f64 {
        -self.standard(place) / self.deviation
    }

    fn bend(&self, _from: &Place, _to: &Place) -> f64 {
        1.0 / self.deviation / self.deviation
    }

    fn support(&self) -> (f64, f64) {
        let reach = self.deviation * libm::sqrt(2.0 * DEPTH);
        (self.mean - reach, self.mean + reach)
    }

    fn below(&self, place: &Place) -> Result<f64, StatsError> {
        Ok(cdf(self.standard(place)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn two_arms_follow_the_closed_form() {
        for (first, second) in
            [((0.0, 1.0), (0.5, 4.0)), ((10.0, 1e-6), (10.001, 1.0)), ((3.0, 0.25), (-1.0, 0.5))]
        {
            let best = NormalArms::new([first, second]).unwrap().best().unwrap();
            let spread = (first.1 + second.1).sqrt();
            let z = (second.0 - first.0) / spread;
            let loss = spread * (density(z) - z * cdf(-z));
            assert!((best.probabilities()[1] / cdf(z) - 1.0).abs() < 1e-8, "{first:?} {second:?} {best:?}");
            assert!(
                (best.expected_losses()[1] / loss - 1.0).abs() < 1e-7,
                "{first:?} {second:?} {best:?} {loss}"
            );
        }
    }

    #[test]
    fn every_scale_is_answered_or_refused() {
        for mean in [-1e100, -1.0, 0.0, 1e-30, 3e50] {
            for variance in [1e-200, 1e-20, 1.0, 1e180, 1e200] {
                let Ok(arms) = NormalArms::new([(mean, variance), (1.0, 1.0), (0.5, variance)]) else {
                    continue;
                };
                let best = arms.best().unwrap_or_else(|error| panic!("{arms:?}: {error}"));
                assert!(best.probabilities().iter().all(|p| (0.0..=1.0).contains(p)), "{arms:?}");
                assert!(
                    best.expected_losses().iter().all(|loss| *loss >= 0.0 && loss.is_finite()),
                    "{arms:?}"
                );
            }
        }
        for arms in [vec![], vec![(f64::NAN, 1.0)], vec![(0.0, -1.0)], vec![(0.0, 1.0), (0.0, 1e-21)]] {
            assert!(NormalArms::new(arms).is_err());
        }
    }
}
