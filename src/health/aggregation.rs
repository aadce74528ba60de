//! From several scores to one.

use super::choice::named;
use super::normaliser::float;
use super::{HealthError, Score};
use crate::error::UnknownWord;
use crate::figure::{FromWire, ToWire as _};
use crate::quantity::wire::{ReadForm, WriteForm, wire_variants};
use crate::quantity::{QuantityError, Ratio, Share, parse_decimal};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;
use rust_decimal::Decimal;
use serde::{Deserializer, Serializer};

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
/// | power | (sum w s^p / W)^(1/p), 0 where p < 0 and a score is 0 | no |
/// | rising ranks, falling ranks, Hurwicz, quantifier, ranks | `sum v_k s_(k)` with a weight v for each rank, the scores in falling order (R. R. Yager, 1988) | yes |
///
/// All but the geometric and the power mean are exact while 128 bits hold the fraction. Parameters are checked when a
/// text is read, when a [`Matrix`](super::Matrix) is made and when [`aggregate`](Self::aggregate) is asked.
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
///
/// ```
/// # use marketloop::health::Aggregation;
/// let json = r#"{"ranks":["2","0.5"]}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Aggregation>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
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
    /// The weighted power mean of this exponent, which is not 0.
    Power(Decimal),
    /// By ranks, 2 k / n (n + 1): the worse, the heavier. The parts' own weights have no say.
    RisingRanks,
    /// By ranks, 2 (n + 1 - k) / n (n + 1): the better, the heavier. The parts' own weights have no say.
    FallingRanks,
    /// This share on the best score, the optimism, and the rest on the worst (L. Hurwicz, 1951). The parts' own weights
    /// have no say.
    Hurwicz(Share),
    /// By ranks, `Q(W_k) - Q(W_(k-1))` with `Q(r) = r^power` and `W_k` the weight of the k best parts (R. R. Yager,
    /// 1996): with power 1 the arithmetic mean, above it the worse parts gain.
    Quantifier(u8),
    /// These weights, the best score's first, one for each rank: none below 0, the first above 0. Where parts are
    /// missing, those of the first ranks count. The parts' own weights have no say.
    Ranks(Vec<Decimal>),
}

wire_variants!(Aggregation {
    "arithmetic" => Arithmetic,
    "geometric" => Geometric,
    "harmonic" => Harmonic,
    "weakest_link" => WeakestLink,
    "power" => Power(own),
    "rising_ranks" => RisingRanks,
    "falling_ranks" => FallingRanks,
    "hurwicz" => Hurwicz(_),
    "quantifier" => Quantifier(_),
    "ranks" => Ranks(with(Ranks)),
});

/// The form of the weights of ranks.
struct Ranks;

impl WriteForm<Vec<Decimal>> for Ranks {
    fn write<S: Serializer>(weights: &Vec<Decimal>, serializer: S) -> Result<S::Ok, S::Error> {
        weights.write(serializer)
    }
}

impl<'de> ReadForm<'de, Vec<Decimal>> for Ranks {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Decimal>, D::Error> {
        let weights = <Vec<Decimal> as FromWire>::read(deserializer)?;
        // The text shows weights digit by digit: trailing zeros of the input must not come back in it.
        Ok(weights.into_iter().map(|weight| weight.normalize()).collect())
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
        // Exact wherever it can be: a score at the edge of a light must not be decided by rounding.
        let exact = self.exact(&parts);
        let estimate = || Score::finite(self.estimate(&parts));
        exact.map(Score::from).or_else(estimate).ok_or(HealthError::Undefined { what: "the mean score" })
    }

    /// Checks the parameters, for a level of this number of parts.
    pub(super) fn check(&self, parts: usize) -> Result<(), HealthError> {
        match self {
            // Its limit is the geometric mean, which has a name.
            Self::Power(exponent) if exponent.is_zero() => {
                Err(HealthError::OutOfRange { name: "power", value: *exponent, range: "all numbers but 0" })
            }
            // Every share to the power of 0 is 1: the best part alone would count.
            Self::Quantifier(0) => {
                Err(HealthError::OutOfRange { name: "power", value: Decimal::ZERO, range: "1..=255" })
            }
            Self::Ranks(ranks) => {
                if let Some(weight) = ranks.iter().find(|weight| **weight < Decimal::ZERO) {
                    return Err(HealthError::Weight { weight: *weight });
                }
                // Where one part is left, the first weight alone counts.
                if ranks.first().is_none_or(Decimal::is_zero) {
                    return Err(HealthError::NoWeight);
                }
                let found = ranks.len();
                if found < parts {
                    return Err(HealthError::LengthMismatch {
                        what: "weights of ranks",
                        expected: parts,
                        found,
                    });
                }
                Ok(())
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
            // A root is hardly ever a fraction: these are estimates from the start.
            Self::Geometric | Self::Power(_) => None,
            Self::Arithmetic => mean(exact.iter().copied()).ok(),
            // The limit as a score falls to 0, where its inverse is no number.
            Self::Harmonic if exact.iter().any(|(_, score)| score.is_zero()) => Some(Ratio::ZERO),
            Self::Harmonic => {
                let inverses = exact.iter().map(|(weight, score)| Some((*weight, inverse(*score)?)));
                mean(inverses.collect::<Option<Vec<_>>>()?).ok().and_then(inverse)
            }
            Self::WeakestLink => exact.iter().map(|(_, score)| *score).min(),
            Self::RisingRanks
            | Self::FallingRanks
            | Self::Hurwicz(_)
            | Self::Quantifier(_)
            | Self::Ranks(_) => {
                let order = falling(parts);
                let weights = self.exact_ranks(&order, parts)?;
                let scores = ranked(&order, &exact).map(|(_, score)| *score);
                mean(weights.into_iter().zip(scores)).ok()
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
            Self::RisingRanks
            | Self::FallingRanks
            | Self::Hurwicz(_)
            | Self::Quantifier(_)
            | Self::Ranks(_) => {
                let order = falling(parts);
                let weights = self.rank_weights(&order, parts);
                let scores = ranked(&order, parts).map(|(_, score)| score.to_f64());
                mean_estimate(weights.into_iter().zip(scores).collect())
            }
        }
    }
}

impl Aggregation {
    /// The weights of the ranks of these parts, best first; `None` beyond 128 bits, and without ranks.
    #[expect(clippy::arithmetic_side_effects, reason = "a rank is below the count of the parts")]
    fn exact_ranks(&self, order: &[usize], parts: &[(Decimal, Score)]) -> Option<Vec<Ratio>> {
        let count = order.len();
        let whole = |number: usize| Ratio::of_integers(false, u128::try_from(number).ok()?, 1);
        let last = count.checked_sub(1)?;
        let rank_weight = |rank: usize| match self {
            Self::RisingRanks => whole(rank + 1),
            Self::FallingRanks => whole(count - rank),
            // A lone score is best and worst at once: its two weights add up to 1.
            Self::Hurwicz(_) if last == 0 => Some(Ratio::ONE),
            Self::Hurwicz(optimism) if rank == 0 => Some(optimism.value().into()),
            Self::Hurwicz(optimism) if rank == last => Some(optimism.complement().value().into()),
            Self::Hurwicz(_) => Some(Ratio::ZERO),
            Self::Ranks(ranks) => ranks.get(rank).copied().map(Ratio::from),
            _ => None,
        };
        if let Self::Quantifier(power) = self {
            let weights: Vec<Ratio> = ranked(order, parts).map(|(weight, _)| (*weight).into()).collect();
            let all = weights.iter().try_fold(Ratio::ZERO, |sum, weight| sum.plus(*weight).ok())?;
            let quantity =
                |share: Ratio| (0..*power).try_fold(Ratio::ONE, |product, _| product.times(share).ok());
            let mut up_to = Ratio::ZERO;
            let mut before = Ratio::ZERO;
            return weights
                .into_iter()
                .map(|weight| {
                    up_to = up_to.plus(weight).ok()?;
                    // Differences of powers of the running share telescope: the weights add up to 1.
                    let here = quantity(up_to.divided_by(all).ok()?)?;
                    let step = here.minus(before).ok();
                    before = here;
                    step
                })
                .collect();
        }
        (0..count).map(rank_weight).collect()
    }

    /// The weights of the ranks of these parts as floats, best first.
    pub(super) fn rank_weights(&self, order: &[usize], parts: &[(Decimal, Score)]) -> Vec<f64> {
        if let Some(exact) = self.exact_ranks(order, parts) {
            return exact.iter().map(Ratio::to_f64).collect();
        }
        debug_assert!(matches!(self, Self::Quantifier(_)), "only a quantifier outgrows 128 bits");
        let power = if let Self::Quantifier(power) = self { f64::from(*power) } else { 1.0 };
        let weights: Vec<f64> = ranked(order, parts).map(|(weight, _)| float(*weight)).collect();
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
    // Taken out, not kept at 0: as a part it would still have a rank, or be the weakest link.
    let weighted: Vec<(Decimal, Score)> =
        parts.iter().filter(|(weight, _)| !weight.is_zero()).copied().collect();
    if weighted.is_empty() { Err(HealthError::NoWeight) } else { Ok(weighted) }
}

/// The indices of the parts, the best score first, at ties the lower index.
#[expect(clippy::indexing_slicing, reason = "the order is of the parts' own places")]
pub(super) fn falling(parts: &[(Decimal, Score)]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..parts.len()).collect();
    // Stable: equal scores keep the order of their parts, so that one input has one order of ranks.
    order.sort_by(|left, right| parts[*right].1.compare(&parts[*left].1));
    order
}

/// What stands at the places of an order.
#[expect(clippy::indexing_slicing, reason = "the order is of the parts' own places")]
fn ranked<'a, T>(order: &'a [usize], parts: &'a [T]) -> impl Iterator<Item = &'a T> {
    order.iter().map(|index| &parts[*index])
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
    /// `geometric`, `power(2)`, `ranks(2, 1)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Arithmetic => "arithmetic",
            Self::Geometric => "geometric",
            Self::Harmonic => "harmonic",
            Self::WeakestLink => "weakest link",
            Self::RisingRanks => "rising ranks",
            Self::FallingRanks => "falling ranks",
            Self::Power(exponent) => return write!(f, "power({})", exponent.normalize()),
            Self::Hurwicz(optimism) => return write!(f, "hurwicz({optimism})"),
            Self::Quantifier(power) => return write!(f, "quantifier({power})"),
            Self::Ranks(weights) => {
                let weights: Vec<String> = weights.iter().map(ToString::to_string).collect();
                return write!(f, "ranks({})", weights.join(", "));
            }
        };
        f.pad(name)
    }
}

/// The forms of an aggregation in a text.
const AGGREGATIONS: &[&str] = &[
    "arithmetic",
    "geometric",
    "harmonic",
    "weakest_link",
    "rising_ranks",
    "falling_ranks",
    "power(exponent)",
    "hurwicz(optimism)",
    "quantifier(power)",
    "ranks(weights ...)",
];

impl FromStr for Aggregation {
    type Err = HealthError;

    /// Reads the text that is shown; a name may be that of the wire, `weakest_link`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || HealthError::from(UnknownWord::new("aggregation", text, AGGREGATIONS));
        let (name, given) = named(text).ok_or_else(refuse)?;
        let found = match (name.as_str(), given.as_slice()) {
            ("arithmetic", []) => Self::Arithmetic,
            ("geometric", []) => Self::Geometric,
            ("harmonic", []) => Self::Harmonic,
            ("weakest link", []) => Self::WeakestLink,
            ("rising ranks", []) => Self::RisingRanks,
            ("falling ranks", []) => Self::FallingRanks,
            ("power", [exponent]) => Self::Power(parse_decimal(exponent)?),
            ("hurwicz", [optimism]) => Self::Hurwicz(optimism.parse()?),
            ("quantifier", [power]) => Self::Quantifier(power.parse().map_err(|_| refuse())?),
            ("ranks", weights) => {
                let weights = weights.iter().map(|weight| Ok(parse_decimal(weight)?.normalize()));
                Self::Ranks(weights.collect::<Result<_, QuantityError>>()?)
            }
            _ => return Err(refuse()),
        };
        // How many parts there will be is not known yet: 0 lets every length of rank weights pass.
        found.check(0)?;
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
        let owa = |ranks: Aggregation| ranks.aggregate(&scores).unwrap().ratio().unwrap();
        assert_eq!(owa(Aggregation::RisingRanks), Ratio::new(dec!(2.6), dec!(6)).unwrap());
        assert_eq!(owa(Aggregation::FallingRanks), Ratio::new(dec!(4.2), dec!(6)).unwrap());
        assert_eq!(owa(Aggregation::Hurwicz(Share::new(dec!(0.25)).unwrap())), dec!(0.4).into());
        assert_eq!(owa(Aggregation::Ranks(alloc::vec![dec!(1), dec!(2), dec!(1)])), dec!(0.55).into());
        let two = parts(&[dec!(1), dec!(0)]);
        assert_eq!(exact(&Aggregation::Quantifier(2), &two), dec!(0.25));
        let few = Aggregation::Ranks(alloc::vec![dec!(1)]);
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
        for ranks in [[dec!(0), dec!(1)], [dec!(1), dec!(-1)]] {
            assert!(Aggregation::Ranks(ranks.to_vec()).aggregate(&zero).is_err());
        }
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
