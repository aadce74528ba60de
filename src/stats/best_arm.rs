//! How likely each arm is the best, what each choice may cost, and the shares of visitors that follow.

use super::StatsError;
use super::arm_integral::{Posterior, largest};
use super::{finite, probability};
use crate::figure::from_wire;
use crate::quantity::Ratio;
use crate::quantity::wire::{deserialize_fields, serialize_fields};
use alloc::vec::Vec;
use rust_decimal::Decimal;
use serde::Deserialize;

/// The probability of each arm to be the best, the expectation of the best, and what each arm is expected to fall short of
/// it; in the order of the arms.
///
/// # Examples
/// ```
/// use marketloop::stats::BetaArms;
/// use rust_decimal::dec;
///
/// let best = BetaArms::new((1.0, 1.0), [(30, 100), (45, 400)])?.best()?;
/// assert_eq!(best.arm(), 0);
/// // The second keeps a tenth of the visitors, whatever it did so far.
/// let shares = best.thompson_shares(dec!(0.1))?;
/// assert!((shares[1] - 0.1000039).abs() < 1e-7);
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
///
/// ```
/// # use marketloop::stats::BestArm;
/// let json = r#"{"probabilities":["0.25","0.75"],"expected_maximum":"0.5","expected_losses":["0.125","0"]}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<BestArm>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Wire")]
#[doc(alias = "thompson_sampling")]
pub struct BestArm {
    // At least one arm, probabilities that add up to 1, losses from 0.
    probabilities: Vec<f64>,
    expected_maximum: f64,
    expected_losses: Vec<f64>,
}

serialize_fields!(BestArm { probabilities: own, expected_maximum: own, expected_losses: own });
from_wire!(BestArm);

/// The figures on the wire, not checked yet.
struct Wire {
    probabilities: Vec<f64>,
    expected_maximum: f64,
    expected_losses: Vec<f64>,
}

deserialize_fields!("BestArm", Wire { probabilities: own, expected_maximum: own, expected_losses: own });

impl TryFrom<Wire> for BestArm {
    type Error = StatsError;

    fn try_from(wire: Wire) -> Result<Self, StatsError> {
        let Wire { probabilities, expected_maximum, expected_losses } = wire;
        finite("expected_maximum", expected_maximum)?;
        let mut sum = 0.0;
        for value in &probabilities {
            sum += probability("probability", *value)?;
        }
        if (sum - 1.0).abs() > 1e-8 {
            let range = "1, which the probabilities add up to";
            return Err(StatsError::OutOfRange { name: "sum", value: sum, range });
        }
        for loss in &expected_losses {
            if finite("expected_loss", *loss)? < 0.0 {
                let range = "the numbers from 0";
                return Err(StatsError::OutOfRange { name: "expected_loss", value: *loss, range });
            }
        }
        if expected_losses.len() != probabilities.len() {
            let range = "the number of probabilities";
            return Err(StatsError::OutOfRange {
                name: "number of losses",
                value: count(&expected_losses),
                range,
            });
        }
        Ok(Self { probabilities, expected_maximum, expected_losses })
    }
}

#[expect(clippy::cast_precision_loss, reason = "no list has 2^53 elements")]
fn count(list: &[f64]) -> f64 {
    list.len() as f64
}

/// The best of arms with these posteriors and means.
pub(super) fn found<P: Posterior>(posteriors: &[P], means: &[f64]) -> Result<BestArm, StatsError> {
    let (leader, highest) = first_largest(means);
    let found = largest(posteriors, leader)?;
    // Against the leader no digits cancel: its own loss is integrated, and the means differ by what they show.
    let expected_losses = means.iter().map(|mean| found.loss + (highest - mean)).collect();
    Ok(BestArm {
        probabilities: found.probabilities,
        expected_maximum: highest + found.loss,
        expected_losses,
    })
}

/// The first of the largest values, with its number; there is at least one.
fn first_largest(values: &[f64]) -> (usize, f64) {
    let all = values.iter().copied().enumerate();
    all.fold((0, f64::MIN), |largest, (at, value)| if value > largest.1 { (at, value) } else { largest })
}

impl BestArm {
    /// The probability of each arm to be the best. They add up to 1.
    #[must_use]
    pub fn probabilities(&self) -> &[f64] {
        &self.probabilities
    }

    /// The expectation of the best arm's value, whichever it is.
    #[must_use]
    pub const fn expected_maximum(&self) -> f64 {
        self.expected_maximum
    }

    /// What each arm is expected to fall short of the best: the price of choosing it now.
    #[must_use]
    pub fn expected_losses(&self) -> &[f64] {
        &self.expected_losses
    }

    /// The number of the arm that is most probably the best; the first of several.
    #[must_use]
    pub fn arm(&self) -> usize {
        first_largest(&self.probabilities).0
    }

    /// The shares of visitors by Thompson sampling, with a floor for every arm.
    ///
    /// # Formula
    /// `floor + (1 - K floor) p_i` for `K` arms: without a floor an arm gets the probability that it is the best (W. R.
    /// Thompson, 1933). `K floor` is exact: a floor of 0.1 leaves ten arms equal shares.
    ///
    /// # Errors
    /// [`StatsError::OutOfRange`] for a floor below 0 and for floors that add up to more than 1.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::BetaArms;
    /// use rust_decimal::dec;
    ///
    /// let best = BetaArms::new((1.0, 1.0), [(5, 40), (9, 40), (7, 40)])?.best()?;
    /// assert_eq!(best.thompson_shares(dec!(0))?, best.probabilities());
    /// assert!(best.thompson_shares(dec!(0.4)).is_err());
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn thompson_shares(&self, floor: Decimal) -> Result<Vec<f64>, StatsError> {
        above_floor(floor, &self.probabilities)
    }

    /// The shares of visitors by top-two Thompson sampling with an even coin, with a floor for every arm: finds the best arm
    /// with fewer visitors than Thompson sampling, which soon shows little else than the leader.
    ///
    /// # Formula
    /// `floor + (1 - K floor) t_i` with `t_i = p_i / 2 + 1/2 sum_(j != i) p_j p_i / (1 - p_j)` for `K` arms (D. Russo, Simple
    /// Bayesian algorithms for best-arm identification, 2020). `1 - p_j` is added up from the other arms and so keeps
    /// its digits; without a floor two arms get a half each.
    ///
    /// # Errors
    /// [`StatsError::OutOfRange`] of a single arm, and where an arm is the best so certainly that the others have a
    /// probability of 0: there is no second; of a floor as [`thompson_shares`](Self::thompson_shares).
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::BetaArms;
    /// use rust_decimal::dec;
    ///
    /// let best = BetaArms::new((1.0, 1.0), [(5, 40), (9, 40), (7, 40)])?.best()?;
    /// let shares = best.top_two_shares(dec!(0))?;
    /// assert!((shares[1] - 0.4746856).abs() < 1e-7);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn top_two_shares(&self, floor: Decimal) -> Result<Vec<f64>, StatsError> {
        let arms = self.probabilities.iter().copied().enumerate();
        let others = |at: usize| arms.clone().filter(move |(other, _)| *other != at).map(|(_, p)| p);
        let mut quotients = Vec::new();
        for (at, p) in arms.clone() {
            let rest: f64 = others(at).sum();
            let quotient = p / rest;
            if !quotient.is_finite() {
                let range = "below 1, with a second arm";
                return Err(StatsError::OutOfRange { name: "probability of the best arm", value: p, range });
            }
            quotients.push(quotient);
        }
        let all = arms.clone().map(|(at, p)| {
            let drawn: f64 =
                quotients.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, q)| q).sum();
            p / 2.0 + p * drawn / 2.0
        });
        above_floor(floor, &all.collect::<Vec<f64>>())
    }
}

/// The floor, and of what all floors leave the `shares`.
fn above_floor(floor: Decimal, shares: &[f64]) -> Result<Vec<f64>, StatsError> {
    let refused = StatsError::OutOfRange {
        name: "floor",
        value: Ratio::from(floor).to_f64(),
        range: "0..=1 over the number of arms",
    };
    let floors = floor.checked_mul(Decimal::from(shares.len()));
    let left = floors.and_then(|floors| Decimal::ONE.checked_sub(floors));
    let left = left.filter(|left| *left >= Decimal::ZERO && floor >= Decimal::ZERO).ok_or(refused)?;
    let (floor, left) = (Ratio::from(floor).to_f64(), Ratio::from(left).to_f64());
    Ok(shares.iter().map(|share| floor + left * share).collect())
}
