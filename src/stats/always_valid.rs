//! Evidence that may be looked at as often as one likes: the normal mixture, and the p-value that it leaves.

use super::{StatsError, TwoProportions, finite, float};
use crate::figure::from_wire;
use crate::quantity::wire::{deserialize_fields, serialize_fields};
use serde::Deserialize;

/// The p-value of a test that is looked at again and again: updated at each look, never rising, right at any time.
///
/// It takes the logarithm of any evidence whose expectation is at most 1 if there is no effect, at every time: the
/// mixture ratio of two rates ([`TwoProportions::ln_mixture_ratio`]) or of any
/// estimate ([`ln_mixture_ratio`]), that of a sample ratio
/// ([`SampleRatio::ln_evidence`](super::SampleRatio::ln_evidence)). The same looks in the same order give the same state:
/// it is kept as JSON between two days.
///
/// # Formula
/// `p = min over the looks of min(1, 1 / evidence)`: under no effect the evidence ever reaches `1/alpha` with a
/// probability of at most `alpha` (J. Ville, 1939; R. Johari, P. Koomen, L. Pekelis and D. Walsh, 2022).
///
/// # Examples
/// ```
/// use marketloop::stats::{AlwaysValid, TwoProportions};
///
/// // Daily: 4 % against 6 %. Effects of about a percentage point are looked for.
/// let mut test = AlwaysValid::default();
/// for day in [[(10, 250), (14, 250)], [(40, 1_000), (66, 1_000)], [(80, 2_000), (120, 2_000)]] {
///     test.look(TwoProportions::new(day[0], day[1])?.ln_mixture_ratio(0.0001)?)?;
/// }
/// assert!((test.p_value() - 0.1007).abs() < 1e-4);
/// // Evidence that melts away leaves it as it is.
/// assert_eq!(test.look(-3.0)?, test.p_value());
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
///
/// ```
/// # use marketloop::stats::AlwaysValid;
/// let json = r#"{"looks":4,"ln_evidence":"2.25"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<AlwaysValid>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(try_from = "Wire")]
#[doc(alias = "msprt")]
#[doc(alias = "peeking")]
pub struct AlwaysValid {
    looks: u64,
    // The largest so far, and not below 0, where p is 1.
    ln_evidence: f64,
}

serialize_fields!(AlwaysValid { looks: own, ln_evidence: own });
from_wire!(AlwaysValid);

/// The state on the wire, not checked yet.
struct Wire {
    looks: u64,
    ln_evidence: f64,
}

deserialize_fields!("AlwaysValid", Wire { looks: own, ln_evidence: own });

impl TryFrom<Wire> for AlwaysValid {
    type Error = StatsError;

    fn try_from(Wire { looks, ln_evidence }: Wire) -> Result<Self, StatsError> {
        if finite("ln_evidence", ln_evidence)? < 0.0 || (looks == 0 && ln_evidence > 0.0) {
            let range = if looks == 0 { "0, before the first look" } else { "the numbers from 0" };
            return Err(StatsError::OutOfRange { name: "ln_evidence", value: ln_evidence, range });
        }
        Ok(Self { looks, ln_evidence })
    }
}

impl AlwaysValid {
    /// Takes in one more look and answers with the p-value after it.
    ///
    /// A look without usable evidence (an arm without visitors, a rate of 0) is none: the p-value carries over.
    ///
    /// # Errors
    /// [`StatsError::NotFinite`]; [`StatsError::Overflow`] after 2^64 looks.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::AlwaysValid;
    ///
    /// let mut test = AlwaysValid::default();
    /// assert_eq!(test.look(-1.0)?, 1.0);
    /// assert!((test.look(20.0_f64.ln())? - 0.05).abs() < 1e-15);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn look(&mut self, ln_evidence: f64) -> Result<f64, StatsError> {
        let ln_evidence = finite("ln_evidence", ln_evidence)?;
        let looks =
            self.looks.checked_add(1).ok_or(StatsError::Overflow { function: "the count of looks" })?;
        *self = Self { looks, ln_evidence: self.ln_evidence.max(ln_evidence) };
        Ok(self.p_value())
    }

    /// How many looks were taken.
    #[must_use]
    pub const fn looks(&self) -> u64 {
        self.looks
    }

    /// The largest logarithm of the evidence at any look; 0 where none was above 0.
    #[must_use]
    pub const fn ln_evidence(&self) -> f64 {
        self.ln_evidence
    }

    /// The p-value now; 1 before the first look. Whenever it is at or below `alpha`, the test may stop.
    #[must_use]
    pub fn p_value(&self) -> f64 {
        libm::exp(-self.ln_evidence)
    }
}

/// The logarithm of the evidence of an estimate against an effect of 0, mixed over normal effects of the variance
/// `tau_squared`: the mixture sequential probability ratio.
///
/// The estimate may be a difference of means, of rates, a coefficient, as long as it is about normal with the `variance`
/// given. `tau` is the size of the effects that are looked for: it decides when the test is at its best, not
/// whether it is right.
///
/// # Formula
/// `ln sqrt(V / (V + tau^2)) + tau^2 d^2 / (2 V (V + tau^2))` (H. Robbins, 1970; Johari and others, 2022); with
/// `tau` 0 it is 0.
///
/// # Errors
/// [`StatsError::NotFinite`]; [`StatsError::NoVariance`] for a variance of 0; [`StatsError::OutOfRange`] below 0;
/// [`StatsError::Overflow`].
///
/// # Examples
/// ```
/// use marketloop::stats::ln_mixture_ratio;
///
/// // A mean basket of 3.0 more with a standard error of 1.0, effects of about 2.0 looked for.
/// let ln_evidence = ln_mixture_ratio(3.0, 1.0, 4.0)?;
/// assert!((ln_evidence - (3.6 - 5.0_f64.ln() / 2.0)).abs() < 1e-12);
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
pub fn ln_mixture_ratio(difference: f64, variance: f64, tau_squared: f64) -> Result<f64, StatsError> {
    let from_zero = |name: &'static str, value: f64| {
        if finite(name, value)? >= 0.0 {
            Ok(value)
        } else {
            Err(StatsError::OutOfRange { name, value, range: "the numbers from 0" })
        }
    };
    let difference = finite("difference", difference)?;
    let (variance, tau_squared) = (from_zero("variance", variance)?, from_zero("tau_squared", tau_squared)?);
    if variance <= 0.0 {
        return Err(StatsError::NoVariance { name: "observations" });
    }
    if tau_squared <= 0.0 {
        return Ok(0.0);
    }
    let z = difference / libm::sqrt(variance);
    let ratio = tau_squared / variance;
    // The share of the mixture in the variance of the estimate.
    let weight = 1.0 / (1.0 + variance / tau_squared);
    let value = weight * z * z / 2.0 - libm::log1p(ratio) / 2.0;
    finite("evidence", value).map_err(|_| StatsError::Overflow { function: "ln_mixture_ratio" })
}

impl TwoProportions {
    /// The logarithm of the evidence that the second rate differs from the first, for [`AlwaysValid::look`]: see
    /// [`ln_mixture_ratio`].
    ///
    /// # Formula
    /// The mixture ratio of the [`difference`](Self::difference) with the variance `p1 q1/n1 + p2 q2/n2` of this look.
    ///
    /// # Errors
    /// [`StatsError::NoVariance`] where a rate is 0 or 1: the look says nothing yet; as [`ln_mixture_ratio`] for
    /// `tau_squared`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::TwoProportions;
    ///
    /// let rates = TwoProportions::new((40, 1_000), (66, 1_000))?;
    /// assert!((rates.ln_mixture_ratio(0.0001)?.exp() - 3.8283027001343974).abs() < 1e-9);
    /// assert!(TwoProportions::new((0, 50), (2, 50))?.ln_mixture_ratio(0.0001).is_err());
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn ln_mixture_ratio(&self, tau_squared: f64) -> Result<f64, StatsError> {
        let mut variance = 0.0;
        for (successes, trials) in [self.first(), self.second()] {
            if successes == 0 || successes == trials {
                return Err(StatsError::NoVariance { name: "observations of an arm" });
            }
            let n = float(trials);
            variance += float(successes) / n * (float(trials.saturating_sub(successes)) / n) / n;
        }
        ln_mixture_ratio(self.difference(), variance, tau_squared)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_p_value_never_rises_and_counts_its_looks() {
        let mut test = AlwaysValid::default();
        let mut before = test.p_value();
        for ln_evidence in [-1.0, 0.5, 0.2, 3.0, 2.9, f64::MIN, 800.0, f64::MAX] {
            let p = test.look(ln_evidence).unwrap();
            assert!(p <= before && (0.0..=1.0).contains(&p));
            before = p;
        }
        assert_eq!(test.looks(), 8);
        assert!(test.look(f64::NAN).is_err() && test.look(f64::INFINITY).is_err());
        assert_eq!(test.looks(), 8);
        let mut last = AlwaysValid { looks: u64::MAX, ln_evidence: 1.0 };
        assert!(last.look(2.0).is_err() && last.ln_evidence() < 1.5);
    }

    #[test]
    fn the_mixture_is_the_mean_over_its_effects() {
        // The ratio of densities, averaged over effects drawn from the normal distribution with variance tau^2.
        let (d, variance, tau_squared) = (0.7_f64, 0.09_f64, 0.04_f64);
        let steps = 4000;
        let mean: f64 = (0..=steps)
            .map(|step| {
                let effect = 2.0 * (f64::from(step) / f64::from(steps) - 0.5) * 10.0 * tau_squared.sqrt();
                let weight = (-effect * effect / (2.0 * tau_squared)).exp();
                weight * ((d * effect - effect * effect / 2.0) / variance).exp()
            })
            .sum::<f64>()
            * (20.0 * tau_squared.sqrt() / f64::from(steps))
            / (2.0 * core::f64::consts::PI * tau_squared).sqrt();
        let found = ln_mixture_ratio(d, variance, tau_squared).unwrap();
        assert!((found - mean.ln()).abs() < 1e-9, "{found} {}", mean.ln());
    }

    #[test]
    fn extremes_are_figures_or_errors() {
        for d in [0.0, 1e-300, 1.0, f64::MAX] {
            for variance in [5e-324, 1e-300, 1.0, f64::MAX] {
                for tau_squared in [0.0, 5e-324, 1.0, f64::MAX] {
                    match ln_mixture_ratio(d, variance, tau_squared) {
                        Ok(value) => assert!(value.is_finite()),
                        Err(error) => assert_eq!(error.kind(), crate::error::ErrorKind::Overflow),
                    }
                }
            }
        }
        assert!(matches!(ln_mixture_ratio(1.0, 0.0, 1.0), Err(StatsError::NoVariance { .. })));
        assert!(ln_mixture_ratio(1.0, -1.0, 1.0).is_err() && ln_mixture_ratio(1.0, 1.0, -1.0).is_err());
        assert!(ln_mixture_ratio(f64::NAN, 1.0, 1.0).is_err());
    }
}
