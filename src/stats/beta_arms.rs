//! Arms of which successes and trials were counted, and what a beta prior then knows of their rates.

use super::arm_integral::{DEPTH, Place, Posterior};
use super::best_arm::{BestArm, found};
use super::beta::{difference, tails};
use super::beta_quantile::beta_quantile;
use super::stirling::{beta_power, deviance};
use super::top_integral::among;
use super::{StatsError, finite, inner_probability};
use crate::figure::{Interval, from_wire};
use crate::quantity::wire::{deserialize_fields, serialize_fields};
use alloc::vec::Vec;
use serde::Deserialize;

/// Successes and trials of each arm beside a beta prior that all share: the posterior rates of a test of many arms.
///
/// An arm without trials keeps the prior. The prior (1, 1) takes every rate for equally likely, (1/2, 1/2) is
/// Jeffreys'. Shapes lie within 0.05 and 10^15: below, a rate is 0 or 1 rather than anything between, above, the digits of a
/// float do not tell two rates apart.
///
/// # Examples
/// ```
/// use marketloop::stats::BetaArms;
///
/// // Three titles: 5, 9 and 7 of 40 readers clicked.
/// let titles = BetaArms::new((1.0, 1.0), [(5, 40), (9, 40), (7, 40)])?;
/// let best = titles.best()?;
/// assert!((best.probabilities()[1] - 0.6563519).abs() < 1e-7);
/// // Who takes the second now loses 1.9 points at the expectation.
/// assert!((best.expected_losses()[1] - 0.0192963).abs() < 1e-7);
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
///
/// ```
/// # use marketloop::stats::BetaArms;
/// let json = r#"{"prior":["0.5","0.5"],"arms":[[3,15],[0,12]]}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<BetaArms>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Wire")]
#[doc(alias = "bandit")]
#[doc(alias = "beta_binomial")]
pub struct BetaArms {
    prior: (f64, f64),
    // At least one; no more successes than trials; all shapes within their range.
    arms: Vec<(u64, u64)>,
}

serialize_fields!(BetaArms { prior: own, arms: own });
from_wire!(BetaArms);

/// Prior and counts on the wire, not checked yet.
struct Wire {
    prior: (f64, f64),
    arms: Vec<(u64, u64)>,
}

deserialize_fields!("BetaArms", Wire { prior: own, arms: own });

impl TryFrom<Wire> for BetaArms {
    type Error = StatsError;

    fn try_from(Wire { prior, arms }: Wire) -> Result<Self, StatsError> {
        Self::new(prior, arms)
    }
}

fn shape(value: f64) -> Result<f64, StatsError> {
    if (0.05..=1e15).contains(&finite("shape", value)?) {
        Ok(value)
    } else {
        Err(StatsError::OutOfRange { name: "shape", value, range: "0.05..=1e15" })
    }
}

impl BetaArms {
    /// Arms as successes and trials, over a prior of these shapes.
    ///
    /// # Errors
    /// [`StatsError::OutOfRange`] without arms, and of a shape, of prior or posterior, outside 0.05..=10^15;
    /// [`StatsError::NotFinite`]; [`StatsError::MoreSuccessesThanTrials`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::BetaArms;
    ///
    /// assert!(BetaArms::new((1.0, 1.0), [(0, 0), (3, 20)]).is_ok());
    /// assert!(BetaArms::new((1.0, 1.0), [(21, 20)]).is_err());
    /// ```
    pub fn new(prior: (f64, f64), arms: impl IntoIterator<Item = (u64, u64)>) -> Result<Self, StatsError> {
        shape(prior.0)?;
        shape(prior.1)?;
        let arms: Vec<(u64, u64)> = arms.into_iter().collect();
        if arms.is_empty() {
            return Err(StatsError::OutOfRange {
                name: "number of arms",
                value: 0.0,
                range: "the numbers from 1",
            });
        }
        for (successes, trials) in arms.iter().copied() {
            if successes > trials {
                return Err(StatsError::MoreSuccessesThanTrials { successes, trials });
            }
            let (a, b) = posterior(prior, (successes, trials));
            shape(a)?;
            shape(b)?;
        }
        Ok(Self { prior, arms })
    }

    /// The shapes of the prior.
    #[must_use]
    pub const fn prior(&self) -> (f64, f64) {
        self.prior
    }

    /// Successes and trials of each arm.
    #[must_use]
    pub fn arms(&self) -> &[(u64, u64)] {
        &self.arms
    }

    /// The shapes of the posterior of each arm: the prior's, and its successes and failures.
    pub fn shapes(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.arms.iter().map(|arm| posterior(self.prior, *arm))
    }

    /// The posterior mean of each arm's rate: `a / (a + b)`.
    #[must_use]
    pub fn means(&self) -> Vec<f64> {
        self.shapes().map(|(a, b)| a / (a + b)).collect()
    }

    /// The posterior variance of each arm's rate: `a b / ((a + b)^2 (a + b + 1))`.
    #[must_use]
    pub fn variances(&self) -> Vec<f64> {
        self.shapes().map(|(a, b)| (a / (a + b)) * (b / (a + b)) / (a + b + 1.0)).collect()
    }

    /// For each arm the interval that holds its rate with probability `level`, as much left out below as above.
    ///
    /// # Errors
    /// [`StatsError::NotFinite`] and [`StatsError::OutOfRange`] unless `0 < level < 1`;
    /// [`StatsError::NoConvergence`] as [`beta_quantile`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::BetaArms;
    ///
    /// let arms = BetaArms::new((1.0, 1.0), [(0, 0)])?;
    /// let range = arms.credible_intervals(0.95)?[0];
    /// assert_eq!(format!("{:.3}..{:.3}", range.low(), range.high()), "0.025..0.975");
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn credible_intervals(&self, level: f64) -> Result<Vec<Interval<f64>>, StatsError> {
        let tail = (1.0 - inner_probability("level", level)?) / 2.0;
        let of = |(a, b)| {
            // The upper end from the other side: 1 less a small tail has fewer digits than the tail.
            let (low, high) = (beta_quantile(a, b, tail)?, 1.0 - beta_quantile(b, a, tail)?);
            Ok(Interval::new(low.min(high), high)?)
        };
        self.shapes().map(of).collect()
    }

    /// The probability of each arm to have the largest rate, the expectation of the largest, and what each arm is
    /// expected to fall short of it. Of two arms, the second's probability is that it beats the first.
    ///
    /// # Formula
    /// `p_i = integral f_i prod_(j != i) F_j`, `E max = integral (1 - prod F_j)` and `loss_i = E max - mean_i` over the
    /// posterior densities `f` and distribution functions `F`. They are integrated over the logit of the rate, by
    /// Gauss-Legendre panels that all arms share. The error is below 1e-8; small probabilities and losses have some
    /// eight digits of their own, down to 1e-40, below which 0 may stand.
    ///
    /// # Errors
    /// [`StatsError::NoConvergence`], which no counts are known to cause.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::BetaArms;
    ///
    /// // 4 % against 5.2 % of 5,000 each.
    /// let best = BetaArms::new((1.0, 1.0), [(200, 5_000), (260, 5_000)])?.best()?;
    /// assert!((best.probabilities()[1] - 0.9979123).abs() < 1e-7);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn best(&self) -> Result<BestArm, StatsError> {
        let posteriors: Vec<Rate> = self.shapes().map(Rate::new).collect();
        found(&posteriors, &self.means())
    }

    /// The probability of each arm to be one of the `best` with the largest rates.
    pub(super) fn among(&self, best: usize) -> Result<Vec<f64>, StatsError> {
        among(&self.shapes().map(Rate::new).collect::<Vec<Rate>>(), best)
    }
}

#[expect(clippy::cast_precision_loss, reason = "an estimate: 53 bits of a count are enough")]
#[expect(clippy::arithmetic_side_effects, reason = "no more successes than trials")]
fn posterior((a, b): (f64, f64), (successes, trials): (u64, u64)) -> (f64, f64) {
    (a + successes as f64, b + (trials - successes) as f64)
}

/// A beta density over the logit of its variable: `x^a y^b / B(a, b)`, without a pole at either end.
struct Rate {
    a: f64,
    b: f64,
    peak: f64,
}

impl Rate {
    fn new((a, b): (f64, f64)) -> Self {
        Self { a, b, peak: beta_power(a, b, (a, b), 0.0) }
    }

    /// By how much the logarithm of the density is below its peak.
    fn depth(&self, place: &Place) -> f64 {
        let (a, b, sum) = (self.a, self.b, self.a + self.b);
        let off = difference(a, b, place.x, place.y);
        deviance(a, sum * place.x, off) + deviance(b, sum * place.y, -off)
    }

    /// Where the density is [`DEPTH`] below its peak, on the side of this sign: by Newton's iteration, which comes
    /// from outside, since the depth is convex.
    fn end(&self, sign: f64) -> f64 {
        const FARTHEST: f64 = 700.0;
        let scale = libm::sqrt(1.0 / self.a + 1.0 / self.b);
        let mut t = libm::log(self.a / self.b) + sign * scale * libm::sqrt(2.0 * DEPTH);
        for _ in 0..100 {
            t = t.clamp(-FARTHEST, FARTHEST);
            let place = Self::place(t);
            let missing = DEPTH - self.depth(&place);
            if missing.abs() < 1.0 {
                break;
            }
            t -= missing / self.slope(&place);
        }
        t.clamp(-FARTHEST, FARTHEST)
    }
}

impl Posterior for Rate {
    fn place(t: f64) -> Place {
        let (x, y) = (1.0 / (1.0 + libm::exp(-t)), 1.0 / (1.0 + libm::exp(t)));
        Place { t, x, y, stretch: x * y }
    }

    fn density(&self, place: &Place) -> f64 {
        self.peak * libm::exp(-self.depth(place))
    }

    fn slope(&self, place: &Place) -> f64 {
        -difference(self.a, self.b, place.x, place.y)
    }

    fn bend(&self, from: &Place, to: &Place) -> f64 {
        // x (1 - x) is largest at the logit 0.
        let across = from.t < 0.0 && to.t > 0.0;
        (self.a + self.b) * if across { 0.25 } else { from.stretch.max(to.stretch) }
    }

    fn support(&self) -> (f64, f64) {
        (self.end(-1.0), self.end(1.0))
    }

    fn below(&self, place: &Place) -> Result<f64, StatsError> {
        tails(self.a, self.b, place.x, place.y).map(|tails| tails.lower)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `P(second > first)` of whole shapes (E. Miller, Formulas for Bayesian A/B testing, 2013), term by term.
    fn second_beats_first((a, b): (f64, f64), (c, d): (f64, f64)) -> f64 {
        let beta = |x: f64, y: f64| super::super::ln_beta(x, y).unwrap();
        let terms = core::iter::successors(Some(0.0), |i| Some(i + 1.0)).take_while(|i| *i < c);
        terms.map(|i| (beta(a + i, b + d) - (d + i).ln() - beta(1.0 + i, d) - beta(a, b)).exp()).sum()
    }

    #[test]
    fn two_arms_follow_the_closed_sum() {
        for ((s, n), (t, m)) in
            [((3, 9), (4, 8)), ((0, 50), (3, 50)), ((40, 1_000), (61, 900)), ((7, 7), (0, 30))]
        {
            let arms = BetaArms::new((1.0, 1.0), [(s, n), (t, m)]).unwrap();
            let shapes: Vec<(f64, f64)> = arms.shapes().collect();
            let exact = second_beats_first(shapes[0], shapes[1]);
            let found = arms.best().unwrap().probabilities()[1];
            assert!((found - exact).abs() < 1e-10 && (found / exact - 1.0).abs() < 1e-8, "{found} {exact}");
        }
    }

    #[test]
    fn every_count_is_answered_or_refused() {
        let counts = [
            (0, 0),
            (0, 1),
            (1, 1),
            (5, 9),
            (0, 1_000_000),
            (1_000_000, 1_000_000),
            (500_000_000, 1_000_000_000),
        ];
        let large = [(3, 900_000_000_000_000), (450_000_000_000_000, 900_000_000_000_000)];
        for prior in [(1.0, 1.0), (0.5, 0.5), (0.05, 0.05), (0.05, 1e15), (2.0, 8.0)] {
            for first in counts.into_iter().chain(large) {
                for second in counts.into_iter().chain(large) {
                    let Ok(arms) = BetaArms::new(prior, [first, second, (1, 4)]) else {
                        assert!(prior.1 > 1e14, "{prior:?} {first:?} {second:?}");
                        continue;
                    };
                    let best = arms.best().unwrap_or_else(|error| panic!("{arms:?}: {error}"));
                    let sum: f64 = best.probabilities().iter().sum();
                    assert!((sum - 1.0).abs() < 1e-12, "{arms:?}");
                    assert!(best.expected_losses().iter().all(|loss| (0.0..=1.0).contains(loss)), "{arms:?}");
                    if first == second {
                        assert!(
                            (best.probabilities()[0] - best.probabilities()[1]).abs() < 1e-12,
                            "{arms:?}"
                        );
                    }
                }
            }
        }
        for trials in [2_000_000_000_000_000, u64::MAX / 4, u64::MAX] {
            assert!(matches!(BetaArms::new((1.0, 1.0), [(1, trials)]), Err(StatsError::OutOfRange { .. })));
        }
    }

    #[test]
    fn what_is_no_arm_is_refused() {
        assert!(BetaArms::new((1.0, 1.0), []).is_err());
        assert!(BetaArms::new((f64::NAN, 1.0), [(1, 2)]).is_err());
        assert!(BetaArms::new((0.01, 1.0), [(1, 2)]).is_err());
        assert!(BetaArms::new((1.0, 1.0), [(1, 2)]).unwrap().credible_intervals(1.0).is_err());
    }
}
