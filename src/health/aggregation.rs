//! From several scores to one.

use super::normaliser::float;
use super::{HealthError, Score};
use crate::quantity::wire::{WireDecimal, decimal as wire_decimal};
use crate::quantity::{QuantityError, Ratio};
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// How the scores of a level become one.
///
/// Weights are relative. A part of weight 0 has no say in any of them, and is no weakest link either.
///
/// # Formula
/// With scores s, weights w and W = sum w:
///
/// | aggregation | result | takes negative scores |
/// | --- | --- | --- |
/// | arithmetic | sum w s / W | yes |
/// | geometric | exp(sum w ln s / W), 0 where a score is 0 | no |
/// | harmonic | W / sum (w / s), 0 where a score is 0 | no |
/// | weakest link | the least s | yes |
/// | ordered weighted | `sum v_k s_(k)`, the scores in falling order (R. R. Yager, 1988) | yes |
/// | power | (sum w s^p / W)^(1/p), 0 where p < 0 and a score is 0 | no |
///
/// Arithmetic, harmonic, weakest link and ordered weighted are exact while 128 bits hold the fraction.
///
/// # Examples
/// ```
/// use marketloop::health::{Aggregation, Score};
/// use rust_decimal::dec;
///
/// let parts = [(dec!(3), Score::from(dec!(1))), (dec!(1), Score::from(dec!(0.5)))];
/// assert_eq!(Aggregation::Arithmetic.aggregate(&parts)?.to_string(), "87.5%");
/// assert_eq!(Aggregation::Harmonic.aggregate(&parts)?.to_string(), "80%");
/// assert_eq!(Aggregation::WeakestLink.aggregate(&parts)?.to_string(), "50%");
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Aggregation {
    /// The weighted mean: a strong part makes up for a weak one.
    Arithmetic,
    /// The weighted geometric mean: weak parts weigh more, a zero decides.
    Geometric,
    /// The weighted harmonic mean: weak parts weigh still more.
    Harmonic,
    /// The least score.
    WeakestLink,
    /// Weights by rank.
    OrderedWeighted(RankWeights),
    /// The weighted power mean of this exponent, which is not 0.
    Power(#[serde(with = "wire_decimal")] Decimal),
}

/// The weights v of the ranks 1 to n, the best score first.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum RankWeights {
    /// 2 k / n (n + 1): the worse, the heavier. The parts' own weights have no say.
    Rising,
    /// 2 (n + 1 - k) / n (n + 1): the better, the heavier. The parts' own weights have no say.
    Falling,
    /// `optimism` on the best and the rest on the worst (L. Hurwicz, 1951). The parts' own weights have no say.
    Hurwicz(crate::quantity::Share),
    /// `Q(W_k) - Q(W_(k-1))` with `Q(r) = r^power` and `W_k` the weight of the k best parts (R. R. Yager, 1996): with
    /// power 1 the arithmetic mean, above it the worse parts gain.
    Quantifier(u8),
    /// These weights, one for each rank; where parts are missing, those of the first ranks. The parts' own
    /// weights have no say.
    Given(Ranks),
}

/// Given weights of the ranks: none below 0, the first above 0.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<WireDecimal>", into = "Vec<WireDecimal>")]
pub struct Ranks(Vec<Decimal>);

impl Ranks {
    /// The weights of the ranks, the best score first.
    ///
    /// # Errors
    /// [`HealthError::Weight`] for one below 0; [`HealthError::NoWeight`] where the first, which alone counts
    /// when one part is left, is 0 or missing.
    pub fn new(weights: impl IntoIterator<Item = Decimal>) -> Result<Self, HealthError> {
        let weights: Vec<Decimal> = weights.into_iter().map(|weight| weight.normalize()).collect();
        if let Some(weight) = weights.iter().find(|weight| **weight < Decimal::ZERO) {
            return Err(HealthError::Weight { weight: *weight });
        }
        match weights.first() {
            Some(first) if !first.is_zero() => Ok(Self(weights)),
            _ => Err(HealthError::NoWeight),
        }
    }

    /// The weights, the best score's first.
    #[must_use]
    pub fn weights(&self) -> &[Decimal] {
        &self.0
    }
}

impl TryFrom<Vec<WireDecimal>> for Ranks {
    type Error = HealthError;

    fn try_from(weights: Vec<WireDecimal>) -> Result<Self, Self::Error> {
        Self::new(weights.into_iter().map(|weight| weight.0))
    }
}

impl From<Ranks> for Vec<WireDecimal> {
    fn from(ranks: Ranks) -> Self {
        ranks.0.into_iter().map(WireDecimal).collect()
    }
}

impl Aggregation {
    /// Whether scores below 0 have a result.
    #[must_use]
    pub const fn takes_negative(&self) -> bool {
        !matches!(self, Self::Geometric | Self::Harmonic | Self::Power(_))
    }

    /// The one score of `parts`, each with its relative weight.
    ///
    /// # Errors
    /// [`HealthError::Weight`] for a weight below 0; [`HealthError::NoWeight`] where none is above 0;
    /// [`HealthError::NegativeScore`] where the aggregation does not take one; [`HealthError::OutOfRange`] for
    /// a power or a quantifier of 0; [`HealthError::LengthMismatch`] for fewer given ranks than parts.
    pub fn aggregate(&self, parts: &[(Decimal, Score)]) -> Result<Score, HealthError> {
        let parts = weighted(parts)?;
        self.check(parts.len())?;
        if !self.takes_negative() && parts.iter().any(|(_, score)| score.is_negative()) {
            return Err(HealthError::NegativeScore);
        }
        let exact = self.exact(&parts);
        let estimate = || Score::estimate(self.estimate(&parts));
        exact.map(Score::from).or_else(estimate).ok_or(HealthError::Undefined { what: "the mean score" })
    }

    /// What can be said without the scores, of so many parts.
    pub(super) fn check(&self, parts: usize) -> Result<(), HealthError> {
        match self {
            Self::Power(exponent) if exponent.is_zero() => {
                Err(HealthError::OutOfRange { name: "power", value: *exponent, range: "not 0" })
            }
            Self::OrderedWeighted(RankWeights::Quantifier(0)) => {
                Err(HealthError::OutOfRange { name: "power", value: Decimal::ZERO, range: "1..=255" })
            }
            Self::OrderedWeighted(RankWeights::Given(ranks)) if ranks.0.len() < parts => {
                let found = ranks.0.len();
                Err(HealthError::LengthMismatch { what: "weights of ranks", expected: parts, found })
            }
            _ => Ok(()),
        }
    }

    /// The exact result; `None` where it is irrational or beyond 128 bits.
    fn exact(&self, parts: &[(Decimal, Score)]) -> Option<Ratio> {
        let exact: Vec<(Ratio, Ratio)> = parts
            .iter()
            .map(|(weight, score)| Some(((*weight).into(), score.ratio()?)))
            .collect::<Option<_>>()?;
        match self {
            Self::Geometric | Self::Power(_) => None,
            Self::Arithmetic => mean(exact.iter().copied()).ok(),
            Self::Harmonic if exact.iter().any(|(_, score)| score.is_zero()) => Some(Ratio::ZERO),
            Self::Harmonic => {
                let inverses = exact.iter().map(|(weight, score)| Some((*weight, inverse(*score)?)));
                mean(inverses.collect::<Option<Vec<_>>>()?).ok().and_then(inverse)
            }
            Self::WeakestLink => exact.iter().map(|(_, score)| *score).min(),
            Self::OrderedWeighted(ranks) => {
                let order = falling(parts);
                let weights = ranks.exact(&order, parts)?;
                let ranked = order.iter().filter_map(|index| exact.get(*index)).map(|(_, score)| *score);
                mean(weights.into_iter().zip(ranked)).ok()
            }
        }
    }

    fn estimate(&self, parts: &[(Decimal, Score)]) -> f64 {
        let zero = parts.iter().any(|(_, score)| score.is_zero());
        let parts_of = |f: &dyn Fn(f64) -> f64| {
            parts.iter().map(|(w, s)| (float(*w), f(s.to_f64()))).collect::<Vec<_>>()
        };
        match self {
            Self::Arithmetic => mean_estimate(parts_of(&|s| s)),
            Self::Geometric | Self::Harmonic if zero => 0.0,
            Self::Geometric => libm::exp(mean_estimate(parts_of(&libm::log))),
            Self::Harmonic => 1.0 / mean_estimate(parts_of(&|s| 1.0 / s)),
            Self::WeakestLink => parts.iter().map(|(_, s)| s.to_f64()).fold(f64::INFINITY, f64::min),
            Self::Power(p) if zero && p.is_sign_negative() => 0.0,
            Self::Power(p) => {
                let p = float(*p);
                libm::pow(mean_estimate(parts_of(&|s| libm::pow(s, p))), 1.0 / p)
            }
            Self::OrderedWeighted(ranks) => {
                let order = falling(parts);
                let weights = ranks.estimate(&order, parts);
                let ranked = order.iter().filter_map(|index| parts.get(*index));
                mean_estimate(weights.into_iter().zip(ranked).map(|(w, (_, s))| (w, s.to_f64())).collect())
            }
        }
    }
}

impl RankWeights {
    /// The weights of the ranks of these parts, best first; `None` beyond 128 bits.
    pub(super) fn exact(&self, order: &[usize], parts: &[(Decimal, Score)]) -> Option<Vec<Ratio>> {
        let count = order.len();
        let whole = |number: usize| Ratio::of_integers(false, u128::try_from(number).ok()?, 1);
        let last = count.checked_sub(1)?;
        let rank_weight = |rank: usize| match self {
            Self::Rising => whole(rank.saturating_add(1)),
            Self::Falling => whole(count.saturating_sub(rank)),
            Self::Hurwicz(_) if last == 0 => Some(Ratio::ONE),
            Self::Hurwicz(optimism) if rank == 0 => Some(optimism.value().into()),
            Self::Hurwicz(optimism) if rank == last => Some(optimism.complement().value().into()),
            Self::Hurwicz(_) => Some(Ratio::ZERO),
            Self::Given(ranks) => ranks.0.get(rank).copied().map(Ratio::from),
            Self::Quantifier(_) => None,
        };
        if let Self::Quantifier(power) = self {
            let weights: Vec<Ratio> = order
                .iter()
                .filter_map(|index| parts.get(*index))
                .map(|(weight, _)| (*weight).into())
                .collect();
            let all = weights.iter().try_fold(Ratio::ZERO, |sum, weight| sum.plus(*weight).ok())?;
            let quantity =
                |share: Ratio| (0..*power).try_fold(Ratio::ONE, |product, _| product.times(share).ok());
            let mut up_to = Ratio::ZERO;
            let mut before = Ratio::ZERO;
            return weights
                .into_iter()
                .map(|weight| {
                    up_to = up_to.plus(weight).ok()?;
                    let here = quantity(up_to.divided_by(all).ok()?)?;
                    let step = here.minus(before).ok();
                    before = here;
                    step
                })
                .collect();
        }
        (0..count).map(rank_weight).collect()
    }

    pub(super) fn estimate(&self, order: &[usize], parts: &[(Decimal, Score)]) -> Vec<f64> {
        if let Some(exact) = self.exact(order, parts) {
            return exact.iter().map(Ratio::to_f64).collect();
        }
        // Only a quantifier outgrows 128 bits.
        let power = if let Self::Quantifier(power) = self { f64::from(*power) } else { 1.0 };
        let weights: Vec<f64> =
            order.iter().filter_map(|index| parts.get(*index)).map(|(weight, _)| float(*weight)).collect();
        let all: f64 = weights.iter().sum();
        let (mut up_to, mut before) = (0.0, 0.0);
        weights
            .into_iter()
            .map(|weight| {
                up_to += weight;
                let here = libm::pow((up_to / all).min(1.0), power);
                let step = here - before;
                before = here;
                step
            })
            .collect()
    }
}

/// The parts that have a weight above 0.
pub(super) fn weighted(parts: &[(Decimal, Score)]) -> Result<Vec<(Decimal, Score)>, HealthError> {
    if let Some((weight, _)) = parts.iter().find(|(weight, _)| *weight < Decimal::ZERO) {
        return Err(HealthError::Weight { weight: *weight });
    }
    let weighted: Vec<(Decimal, Score)> =
        parts.iter().filter(|(weight, _)| !weight.is_zero()).copied().collect();
    if weighted.is_empty() { Err(HealthError::NoWeight) } else { Ok(weighted) }
}

/// The indices of the parts, the best score first, at ties the lower index.
pub(super) fn falling(parts: &[(Decimal, Score)]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by(|left, right| match (parts.get(*left), parts.get(*right)) {
        (Some((_, left)), Some((_, right))) => right.compare(left),
        _ => core::cmp::Ordering::Equal,
    });
    order
}

fn mean(parts: impl IntoIterator<Item = (Ratio, Ratio)>) -> Result<Ratio, QuantityError> {
    let (mut sum, mut all) = (Ratio::ZERO, Ratio::ZERO);
    for (weight, score) in parts {
        sum = sum.plus(weight.times(score)?)?;
        all = all.plus(weight)?;
    }
    sum.divided_by(all)
}

/// The weighted mean; the terms are added in rising order, so that their order does not matter.
fn mean_estimate(mut parts: Vec<(f64, f64)>) -> f64 {
    parts.sort_by(|left, right| (left.0 * left.1).total_cmp(&(right.0 * right.1)));
    let sum: f64 = parts.iter().map(|(weight, score)| weight * score).sum();
    parts.sort_by(|left, right| left.0.total_cmp(&right.0));
    sum / parts.iter().map(|(weight, _)| weight).sum::<f64>()
}

fn inverse(ratio: Ratio) -> Option<Ratio> {
    Ratio::ONE.divided_by(ratio).ok()
}

impl fmt::Display for Aggregation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Arithmetic => "arithmetic",
            Self::Geometric => "geometric",
            Self::Harmonic => "harmonic",
            Self::WeakestLink => "weakest link",
            Self::OrderedWeighted(_) => "ordered weighted",
            Self::Power(_) => "power",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::Share;
    use rust_decimal::dec;

    fn parts(scores: &[Decimal]) -> Vec<(Decimal, Score)> {
        scores.iter().map(|score| (Decimal::ONE, Score::from(*score))).collect()
    }

    fn exact(aggregation: &Aggregation, parts: &[(Decimal, Score)]) -> Decimal {
        aggregation.aggregate(parts).unwrap().ratio().unwrap().to_decimal().unwrap()
    }

    #[test]
    fn ranks_weigh_as_they_say() {
        let scores = parts(&[dec!(0.2), dec!(1), dec!(0.5)]);
        let owa = |ranks| Aggregation::OrderedWeighted(ranks).aggregate(&scores).unwrap().ratio().unwrap();
        assert_eq!(owa(RankWeights::Rising), Ratio::new(dec!(2.6), dec!(6)).unwrap());
        assert_eq!(owa(RankWeights::Falling), Ratio::new(dec!(4.2), dec!(6)).unwrap());
        assert_eq!(owa(RankWeights::Hurwicz(Share::new(dec!(0.25)).unwrap())), dec!(0.4).into());
        assert_eq!(
            owa(RankWeights::Given(Ranks::new([dec!(1), dec!(2), dec!(1)]).unwrap())),
            dec!(0.55).into()
        );
        let two = parts(&[dec!(1), dec!(0)]);
        assert_eq!(exact(&Aggregation::OrderedWeighted(RankWeights::Quantifier(2)), &two), dec!(0.25));
        let few = Aggregation::OrderedWeighted(RankWeights::Given(Ranks::new([dec!(1)]).unwrap()));
        assert!(matches!(few.aggregate(&two), Err(HealthError::LengthMismatch { .. })));
    }

    #[test]
    fn zeros_decide_and_weightless_parts_do_not() {
        let zero = parts(&[dec!(0), dec!(1)]);
        for aggregation in [Aggregation::Geometric, Aggregation::Harmonic, Aggregation::Power(dec!(-1))] {
            assert!(aggregation.aggregate(&zero).unwrap().is_zero());
        }
        let weightless = [(dec!(0), Score::ZERO), (dec!(2), Score::ONE)];
        assert_eq!(exact(&Aggregation::WeakestLink, &weightless), dec!(1));
        assert_eq!(Aggregation::Arithmetic.aggregate(&[]), Err(HealthError::NoWeight));
        assert_eq!(Aggregation::Arithmetic.aggregate(&weightless[..1]), Err(HealthError::NoWeight));
        let negative = parts(&[dec!(-1)]);
        assert_eq!(Aggregation::Geometric.aggregate(&negative), Err(HealthError::NegativeScore));
        assert_eq!(exact(&Aggregation::Arithmetic, &negative), dec!(-1));
        assert!(Aggregation::Arithmetic.aggregate(&[(dec!(-1), Score::ONE)]).is_err());
        assert!(Aggregation::Power(dec!(0)).aggregate(&zero).is_err());
        assert!(Ranks::new([dec!(0), dec!(1)]).is_err() && Ranks::new([dec!(1), dec!(-1)]).is_err());
    }

    #[test]
    fn beyond_128_bits_it_is_an_estimate() {
        let long: Vec<(Decimal, Score)> =
            [dec!(0.1234567890123456789012345678), dec!(0.9876543210987654321098765431)]
                .iter()
                .map(|score| (dec!(0.3333333333333333333333333333), Score::from(*score)))
                .collect();
        let harmonic = Aggregation::Harmonic.aggregate(&long).unwrap();
        assert!((harmonic.to_f64() - 0.219_478_736_244_170_08).abs() < 1e-12);
    }
}
