//! Whether the arms of a test got the shares of visitors that were planned for them.

use super::beta::{difference, tails};
use super::chi_squared::chi_squared_survival;
use super::stirling::{deviance, stirling_error};
use super::{StatsError, finite, positive, wide_float};
use crate::figure::from_wire;
use crate::quantity::wire::{deserialize_fields, serialize_fields};
use alloc::vec::Vec;
use serde::Deserialize;

/// The weight of the plan in the always-valid test, in observations.
const CONCENTRATION: f64 = 1000.0;
/// Outcomes within this of the one seen count as equally likely, so that rounding does not part the two of a tie.
const TIE: f64 = 1e-7;
/// `ln(2 pi)`.
const LN_TWO_PI: f64 = 1.837_877_066_409_345_6;
/// Sums of weights above this are scaled down, so that a count times a weight stays a float.
const LARGE_SUM: f64 = 1e280;
const SCALE: f64 = 1.0 / 340_282_366_920_938_463_463_374_607_431_768_211_456.0;

/// Observations of each arm beside the weights by which they were to be divided: the check for a sample ratio
/// mismatch, before anything else of a test is read.
///
/// Where visitors get lost on one arm (a redirect, a slow page, a filter of bots), those who remain differ from those of
/// the other arm, and no figure of the test means what it seems to.
///
/// | question | method |
/// | --- | --- |
/// | once, at the end, any number of arms | [`p_value`](Self::p_value) |
/// | once, few observations, two arms | [`exact_p_value`](Self::exact_p_value) |
/// | every day, alarm at any time | [`ln_evidence`](Self::ln_evidence), with [`AlwaysValid`](super::AlwaysValid) |
/// | which arm is off | [`residuals`](Self::residuals) |
///
/// An arm of weight 0 is no part of the sums. With observations all the same, the plan is impossible: the
/// p-values are 0, and the statistics, which are infinite, [`StatsError::Overflow`].
///
/// # Examples
/// ```
/// use marketloop::stats::SampleRatio;
///
/// // Half and half was planned: 821,588 and 815,482 are no chance, near as they look.
/// let ratio = SampleRatio::new([(821_588, 1.0), (815_482, 1.0)])?;
/// assert!((ratio.chi_squared()? - 22.774369).abs() < 1e-6);
/// assert!(ratio.p_value()? < 2e-6);
/// // 146 and 154 are.
/// assert!(SampleRatio::new([(146, 1.0), (154, 1.0)])?.p_value()? > 0.6);
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
///
/// ```
/// # use marketloop::stats::SampleRatio;
/// let json = r#"{"arms":[[5000,"0.5"],[5200,"0.5"]]}"#;
/// let ratio: SampleRatio = serde_json::from_str(json)?;
/// assert_eq!(serde_json::to_string(&ratio)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Wire")]
#[doc(alias = "srm")]
#[doc(alias = "sample_ratio_mismatch")]
#[doc(alias = "样本比例")]
pub struct SampleRatio {
    // Weights are finite, none below 0, and not all 0.
    arms: Vec<(u64, f64)>,
}

serialize_fields!(SampleRatio { arms: own });
from_wire!(SampleRatio);

/// The arms on the wire, not checked yet.
struct Wire {
    arms: Vec<(u64, f64)>,
}

deserialize_fields!("SampleRatio", Wire { arms: own });

impl TryFrom<Wire> for SampleRatio {
    type Error = StatsError;

    fn try_from(wire: Wire) -> Result<Self, StatsError> {
        Self::new(wire.arms)
    }
}

/// One arm against the plan.
struct Arm {
    seen: f64,
    expected: f64,
    share: f64,
    /// One less the share, with all its digits.
    others: f64,
}

impl SampleRatio {
    /// Observations and planned weight of each arm; only the ratios of the weights matter.
    ///
    /// # Errors
    /// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] for a weight below 0, and without a weight above 0.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::SampleRatio;
    ///
    /// // One in ten was to see the new page.
    /// let ratio = SampleRatio::new([(905, 9.0), (95, 1.0)])?;
    /// assert_eq!(ratio.expected(), [900.0, 100.0]);
    /// assert!(SampleRatio::new([(905, 0.0), (95, 0.0)]).is_err());
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn new(arms: impl IntoIterator<Item = (u64, f64)>) -> Result<Self, StatsError> {
        let arms: Vec<(u64, f64)> = arms.into_iter().collect();
        for (_, weight) in &arms {
            if finite("weight", *weight)? < 0.0 {
                return Err(StatsError::OutOfRange {
                    name: "weight",
                    value: *weight,
                    range: "the numbers from 0",
                });
            }
        }
        let heaviest = arms.iter().fold(0.0_f64, |heaviest, (_, weight)| heaviest.max(*weight));
        positive("largest weight", heaviest)?;
        Ok(Self { arms })
    }

    /// Observations and weight of each arm, as given.
    #[must_use]
    pub fn arms(&self) -> &[(u64, f64)] {
        &self.arms
    }

    /// All observations.
    #[must_use]
    pub fn observations(&self) -> u128 {
        self.arms.iter().map(|(seen, _)| u128::from(*seen)).sum()
    }

    /// The observations that each arm was to have.
    ///
    /// # Formula
    /// `N w_i / sum w`.
    #[must_use]
    pub fn expected(&self) -> Vec<f64> {
        self.against_plan().map(|arm| arm.expected).collect()
    }

    /// The least of the [`expected`](Self::expected) observations of an arm with a weight: below about 5 the chi-squared
    /// distribution is a rough guide.
    #[must_use]
    pub fn smallest_expected(&self) -> f64 {
        let planned = self.against_plan().filter(|arm| arm.share > 0.0);
        planned.fold(f64::MAX, |least, arm| least.min(arm.expected))
    }

    /// The degrees of freedom: the arms with a weight above 0, less one.
    #[must_use]
    pub fn degrees(&self) -> usize {
        self.against_plan().filter(|arm| arm.share > 0.0).count().saturating_sub(1)
    }

    /// How far the observations are from the plan.
    ///
    /// # Formula
    /// `sum (o_i - e_i)^2 / e_i` (K. Pearson, 1900).
    ///
    /// # Errors
    /// [`StatsError::NoTrials`] without observations; [`StatsError::Overflow`] where an arm of weight 0 has some.
    pub fn chi_squared(&self) -> Result<f64, StatsError> {
        self.statistic("the chi-squared statistic", |arm| {
            let off = arm.seen - arm.expected;
            off * (off / arm.expected)
        })
    }

    /// How far the observations are from the plan, by their likelihoods: beside
    /// [`chi_squared`](Self::chi_squared) for comparison with tools that report it.
    ///
    /// # Formula
    /// `2 sum o_i ln(o_i / e_i)`, 0 for an arm without observations (S. S. Wilks, 1935); as a sum of terms that are not
    /// negative, `2 sum (o_i ln(o_i / e_i) + e_i - o_i)`.
    ///
    /// # Errors
    /// As [`chi_squared`](Self::chi_squared).
    pub fn g(&self) -> Result<f64, StatsError> {
        self.statistic("the G statistic", |arm| {
            let half = if arm.seen > 0.0 {
                deviance(arm.seen, arm.expected, arm.expected - arm.seen)
            } else {
                arm.expected
            };
            2.0 * half
        })
    }

    /// The probability of observations as far from the plan, by [`chi_squared`](Self::chi_squared), if they were divided
    /// as planned. For one look; who looks daily takes [`ln_evidence`](Self::ln_evidence).
    ///
    /// # Errors
    /// [`StatsError::NoTrials`] without observations; [`StatsError::OutOfRange`] of the degrees of freedom, 0, where one
    /// arm has all the weight.
    pub fn p_value(&self) -> Result<f64, StatsError> {
        self.p_of(Self::chi_squared)
    }

    /// [`p_value`](Self::p_value) by [`g`](Self::g).
    ///
    /// # Errors
    /// As [`p_value`](Self::p_value).
    pub fn g_p_value(&self) -> Result<f64, StatsError> {
        self.p_of(Self::g)
    }

    /// The probability of all divisions among two arms that are at most as likely as the one seen. Exact for any
    /// count, however small or large.
    ///
    /// # Formula
    /// The sum of binomial probabilities `C(n, k) p^k q^(n-k)` up to that of the observations, ties within 1e-7 among
    /// them. Not added up one by one: each of its two tails is an incomplete beta function,
    /// `P(X <= k) = I_q(n - k, k + 1)`, whose smaller side keeps its digits, and where the other tail begins
    /// is found by halving. So a test of 10^9 visitors takes as long as one of 10^5.
    ///
    /// # Errors
    /// [`StatsError::NoTrials`] without observations; [`StatsError::OutOfRange`] of the number of arms unless it is 2;
    /// [`StatsError::NoConvergence`] as [`beta_cdf`](super::beta_cdf).
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::SampleRatio;
    ///
    /// // Twelve tosses, and all one side: twice 2^-12.
    /// assert!((SampleRatio::new([(0, 1.0), (12, 1.0)])?.exact_p_value()? - 2.0 / 4096.0).abs() < 1e-16);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn exact_p_value(&self) -> Result<f64, StatsError> {
        let mut arms = self.against_plan();
        let (Some(first), Some(second), None) = (arms.next(), arms.next(), arms.next()) else {
            let value = count(self.arms.len());
            return Err(StatsError::OutOfRange { name: "number of arms", value, range: "2" });
        };
        let all = self.seen_at_all()?;
        let mut seen = self.arms.iter().map(|(seen, _)| u128::from(*seen));
        let (one, other) = (seen.next().unwrap_or_default(), seen.next().unwrap_or_default());
        let off = libm::fma(all, first.share, -first.seen);
        if first.share <= 0.0 || second.share <= 0.0 {
            let kept = if first.share > 0.0 { second.seen <= 0.0 } else { first.seen <= 0.0 };
            return Ok(if kept { 1.0 } else { 0.0 });
        }
        if off > 0.0 {
            both_tails(one, self.observations(), first.share, second.share)
        } else if off < 0.0 {
            both_tails(other, self.observations(), second.share, first.share)
        } else {
            Ok(1.0)
        }
    }

    /// By how many standard errors each arm is off, if the division were as planned: the larger ones point at the
    /// arm to look into.
    ///
    /// # Formula
    /// `(o_i - e_i) / sqrt(e_i (1 - s_i))` with the share `s_i = w_i / sum w` (S. J. Haberman, 1973); none without
    /// observations, of an arm of weight 0, and of one that has all the weight.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::SampleRatio;
    ///
    /// let ratio = SampleRatio::new([(10_000, 1.0), (9_600, 1.0), (10_100, 1.0)])?;
    /// let residuals = ratio.residuals();
    /// assert!((residuals[1].unwrap_or(0.0) + 3.69).abs() < 0.01);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    #[must_use]
    pub fn residuals(&self) -> Vec<Option<f64>> {
        let of = |arm: Arm| {
            let residual = (arm.seen - arm.expected) / libm::sqrt(arm.expected) / libm::sqrt(arm.others);
            residual.is_finite().then_some(residual)
        };
        self.against_plan().map(of).collect()
    }

    /// The logarithm of the evidence against the plan, which may be looked at after every visitor: under the plan it ever
    /// reaches `ln(1/alpha)` with a probability of at most `alpha`.
    ///
    /// # Formula
    /// The Bayes factor of shares drawn from Dirichlet(1000 s) against the shares `s` (M. Lindon and A. Malek,
    /// Anytime-valid inference for multinomial count data, 2022):
    /// `ln Γ(c) - ln Γ(c + N) + sum (ln Γ(c s_i + o_i) - ln Γ(c s_i)) - sum o_i ln s_i` with `c = 1000`. It is
    /// computed from deviances and the error of Stirling's formula, so that 10^12 observations cancel no digits.
    ///
    /// # Errors
    /// [`StatsError::Overflow`] where an arm of weight 0 has observations.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{AlwaysValid, SampleRatio};
    ///
    /// let mut alarm = AlwaysValid::default();
    /// for seen in [(510, 490), (1_050, 940), (1_650, 1_350)] {
    ///     alarm.look(SampleRatio::new([(seen.0, 1.0), (seen.1, 1.0)])?.ln_evidence()?)?;
    /// }
    /// assert!(alarm.p_value() < 0.001);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn ln_evidence(&self) -> Result<f64, StatsError> {
        const FUNCTION: &str = "the evidence against the plan";
        let all = wide_float(self.observations());
        let total = CONCENTRATION + all;
        let mut sum =
            libm::log1p(all / CONCENTRATION) / 2.0 + (stirling_error(CONCENTRATION) - stirling_error(total));
        for arm in self.planned(FUNCTION)? {
            let prior = CONCENTRATION * arm.share;
            let posterior = prior + arm.seen;
            sum += deviance(posterior, total * arm.share, libm::fma(all, arm.share, -arm.seen));
            sum -= libm::log1p(arm.seen / prior) / 2.0;
            sum += stirling_error(posterior) - stirling_error(prior);
        }
        finite("evidence", sum).map_err(|_| StatsError::Overflow { function: FUNCTION })
    }

    /// The arms against the plan, those of weight 0 too.
    fn against_plan(&self) -> impl Iterator<Item = Arm> + '_ {
        let all = wide_float(self.observations());
        let plain: f64 = self.arms.iter().map(|(_, weight)| *weight).sum();
        let scale = if plain < LARGE_SUM { 1.0 } else { SCALE };
        let sum: f64 = self.arms.iter().map(|(_, weight)| weight * scale).sum();
        self.arms.iter().enumerate().map(move |(at, (seen, weight))| {
            let weight = weight * scale;
            let rest = self.arms.iter().enumerate().filter(|(other, _)| *other != at);
            let rest: f64 = rest.map(|(_, (_, weight))| weight * scale).sum();
            Arm {
                seen: wide_float(u128::from(*seen)),
                expected: all * weight / sum,
                share: weight / sum,
                others: rest / sum,
            }
        })
    }

    /// The arms with a weight, if no other has observations.
    fn planned(&self, function: &'static str) -> Result<impl Iterator<Item = Arm> + '_, StatsError> {
        if self.is_impossible() {
            return Err(StatsError::Overflow { function });
        }
        Ok(self.against_plan().filter(|arm| arm.share > 0.0))
    }

    fn is_impossible(&self) -> bool {
        self.against_plan().any(|arm| arm.share <= 0.0 && arm.seen > 0.0)
    }

    fn seen_at_all(&self) -> Result<f64, StatsError> {
        let all = self.observations();
        if all == 0 { Err(StatsError::NoTrials) } else { Ok(wide_float(all)) }
    }

    fn statistic(&self, function: &'static str, of: impl Fn(&Arm) -> f64) -> Result<f64, StatsError> {
        self.seen_at_all()?;
        let sum: f64 = self.planned(function)?.map(|arm| of(&arm)).sum();
        finite("statistic", sum).map_err(|_| StatsError::Overflow { function })
    }

    fn p_of(&self, statistic: impl Fn(&Self) -> Result<f64, StatsError>) -> Result<f64, StatsError> {
        match statistic(self) {
            // Infinite, or as good as that.
            Err(StatsError::Overflow { .. }) => Ok(0.0),
            found => chi_squared_survival(found?, count(self.degrees())),
        }
    }
}

/// The probability of all counts that are at most as likely as `seen`, which is below its expectation `all p`;
/// `q = 1 - p`.
#[expect(clippy::arithmetic_side_effects, reason = "seen is below all, and all below 2^128 - 1")]
fn both_tails(seen: u128, all: u128, p: f64, q: f64) -> Result<f64, StatsError> {
    let n = wide_float(all);
    let k = wide_float(seen);
    let near = tails(n - k, k + 1.0, q, p)?.lower;
    let limit = ln_binomial(seen, all, p, q) + TIE;
    // From the expectation on the probabilities fall: the first one within the limit.
    let (mut before, mut within) = (seen, all + 1);
    while within - before > 1 {
        let middle = before + (within - before) / 2;
        let above = wide_float(middle) < n * p || ln_binomial(middle, all, p, q) > limit;
        if above { before = middle } else { within = middle }
    }
    let far = if within > all {
        0.0
    } else {
        let beyond = wide_float(within);
        tails(beyond, (n - beyond) + 1.0, p, q)?.lower
    };
    Ok((near + far).min(1.0))
}

/// The logarithm of the probability of `seen` out of `all`: far out the probability itself would be 0, and every outcome
/// beyond a tie (C. Loader, 2000).
fn ln_binomial(seen: u128, all: u128, p: f64, q: f64) -> f64 {
    let n = wide_float(all);
    let (k, rest) = (wide_float(seen), wide_float(all.saturating_sub(seen)));
    let ln = |rate: f64, other: f64| if other < 0.5 { libm::log1p(-other) } else { libm::log(rate) };
    if k <= 0.0 {
        return n * ln(q, p);
    }
    if rest <= 0.0 {
        return n * ln(p, q);
    }
    let off = difference(k, rest, p, q);
    let distance = deviance(k, n * p, off) + deviance(rest, n * q, -off);
    let correction = (stirling_error(n) - stirling_error(k)) - stirling_error(rest);
    correction - distance - (LN_TWO_PI + libm::log(k) + libm::log(rest / n)) / 2.0
}

#[expect(clippy::cast_precision_loss, reason = "no list has 2^53 elements")]
fn count(length: usize) -> f64 {
    length as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn the_exact_test_is_the_sum_of_its_terms() {
        for (n, p) in [(1_u128, 0.5), (7, 0.3), (40, 0.5), (60, 0.9), (200, 1.0 / 3.0), (331, 0.02)] {
            let q = 1.0 - p;
            let terms: Vec<f64> = (0..=n).map(|k| libm::exp(ln_binomial(k, n, p, q))).collect();
            assert!((terms.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            for k in 0..=n {
                let seen = terms[usize::try_from(k).unwrap()];
                let sum: f64 = terms.iter().filter(|term| **term <= seen * (1.0 + TIE)).sum();
                let arms = [(u64::try_from(k).unwrap(), p), (u64::try_from(n - k).unwrap(), q)];
                let found = SampleRatio::new(arms).unwrap().exact_p_value().unwrap();
                assert!((found - sum).abs() <= 1e-11 * sum + 1e-300, "{k} of {n} at {p}: {found} {sum}");
            }
        }
    }

    #[test]
    fn a_thousand_million_visitors_are_exact_too() {
        // Far out the normal distribution errs; reference: 60 digits.
        let n = 1_000_000_000_u64;
        let off = 158_114;
        let ratio = SampleRatio::new([(n / 2 - off, 1.0), (n / 2 + off, 1.0)]).unwrap();
        let found = ratio.exact_p_value().unwrap();
        let normal = 2.0 * crate::stats::normal::cdf(-(2.0 * 158_113.5) / 1e9_f64.sqrt());
        assert!((found / normal - 1.0).abs() < 1e-6, "{found} {normal}");
        assert!(
            SampleRatio::new([(u64::MAX, 1.0), (u64::MAX, 1.0)]).unwrap().exact_p_value().unwrap() >= 1.0
        );
        let far = SampleRatio::new([(u64::MAX, 1.0), (0, 1.0)]).unwrap();
        assert!(far.exact_p_value().unwrap() <= 0.0 && far.p_value().unwrap() <= 0.0);
    }

    #[test]
    fn the_evidence_is_that_of_its_formula() {
        let ln = |x: f64| libm::lgamma(x);
        for arms in
            [vec![(3, 1.0), (0, 2.0)], vec![(500, 9.0), (61, 1.0), (0, 3.0)], vec![(0, 1.0), (0, 1.0)]]
        {
            let sum: f64 = arms.iter().map(|(_, weight)| weight).sum();
            let all: f64 = arms.iter().map(|(seen, _)| wide_float(*seen)).sum();
            let mut expected = ln(1000.0) - ln(1000.0 + all);
            for (seen, weight) in &arms {
                let (share, seen) = (weight / sum, wide_float(*seen));
                expected += ln(1000.0 * share + seen) - ln(1000.0 * share) - seen * share.ln();
            }
            let arms = arms.into_iter().map(|(seen, weight)| (u64::try_from(seen).unwrap(), weight));
            let found = SampleRatio::new(arms).unwrap().ln_evidence().unwrap();
            assert!((found - expected).abs() < 1e-9, "{found} {expected}");
        }
    }

    #[test]
    fn any_weight_that_is_one_has_figures() {
        for weights in
            [[f64::MAX, f64::MAX], [1e-300, 1e300], [5e-324, 5e-324], [0.0, f64::MAX], [5e-324, 1.0]]
        {
            for seen in [[0, 0], [0, 1], [1, 0], [u64::MAX, 0], [7, u64::MAX]] {
                let arms = seen.into_iter().zip(weights);
                let ratio = SampleRatio::new(arms).unwrap();
                let figures = [ratio.chi_squared(), ratio.g(), ratio.ln_evidence()];
                for figure in figures {
                    match figure {
                        Ok(value) => assert!(value.is_finite(), "{ratio:?}"),
                        Err(StatsError::NoTrials | StatsError::Overflow { .. }) => {}
                        Err(error) => panic!("{ratio:?}: {error}"),
                    }
                }
                for p in [ratio.p_value(), ratio.g_p_value(), ratio.exact_p_value()].into_iter().flatten() {
                    assert!((0.0..=1.0).contains(&p), "{ratio:?}: {p}");
                }
                assert!(ratio.residuals().iter().flatten().all(|residual| residual.is_finite()));
                assert!(ratio.expected().iter().all(|expected| expected.is_finite()), "{ratio:?}");
            }
        }
        for bad in [vec![], vec![(1, 0.0)], vec![(1, -1.0), (1, 2.0)], vec![(1, f64::NAN)]] {
            assert!(SampleRatio::new(bad).is_err());
        }
        assert!(SampleRatio::new([(1, 1.0); 3]).unwrap().exact_p_value().is_err());
    }
}
