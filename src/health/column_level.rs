//! The sums of one level of a matrix for a block of entities, and the scores that come from them.

use super::normaliser::float;
use super::{Aggregation, HealthError, MissingPolicy, Score};
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// How many entities are scored at a time: what is in work stays near. Not a power of two, as a processor takes
/// addresses 4 KiB apart for the same at first.
pub(super) const BLOCK: usize = 440;

/// A weight, and the same as a float.
#[derive(Clone, Copy)]
pub(super) struct Weight(pub(super) Decimal, pub(super) f64);

impl From<Decimal> for Weight {
    fn from(weight: Decimal) -> Self {
        Self(weight, float(weight))
    }
}

/// All bits for true and none for false: what is chosen with it is chosen without a branch.
pub(super) const fn mask(holds: bool) -> u64 {
    (holds as u64).wrapping_neg()
}

/// The number where it holds, else 0, whatever the number is.
pub(super) const fn keep(number: f64, holds: bool) -> f64 {
    f64::from_bits(number.to_bits() & mask(holds))
}

/// The sums of a level: of weighted terms, of their weights, and how many parts of weight are missing.
pub(super) struct ScoreLevel {
    terms: [f64; BLOCK],
    weights: [f64; BLOCK],
    missing: [f64; BLOCK],
    /// For an aggregation by ranks: all parts of each entity.
    parts: Vec<Vec<(Decimal, f64)>>,
}

/// Whether a mean over these parts needs no more than the sums of terms and of weights.
pub(super) fn is_plain(aggregation: &Aggregation, missing: MissingPolicy) -> bool {
    // To propagate, missing parts have to be counted: two sums have no room for that.
    *aggregation == Aggregation::Arithmetic && missing != MissingPolicy::Propagate
}

impl ScoreLevel {
    pub(super) fn new() -> Self {
        let zeros = [0.0; BLOCK];
        Self { terms: zeros, weights: zeros, missing: zeros, parts: Vec::new() }
    }

    pub(super) fn clear(&mut self, aggregation: &Aggregation, missing: MissingPolicy) {
        // The least of no parts: a 0 would be the least of all of them.
        let start = if *aggregation == Aggregation::WeakestLink { f64::INFINITY } else { 0.0 };
        self.terms.fill(start);
        self.weights.fill(0.0);
        if missing == MissingPolicy::Propagate {
            self.missing.fill(0.0);
        }
        self.parts.iter_mut().for_each(Vec::clear);
    }

    /// The sums of each entity: of terms, and of weights.
    pub(super) fn sums(&mut self) -> impl Iterator<Item = (&mut f64, &mut f64)> {
        self.terms.iter_mut().zip(&mut self.weights)
    }

    /// Adds the [plain](is_plain) means of another level as one more part of this one.
    pub(super) fn add_means(&mut self, means: &Self, weight: Weight, missing: MissingPolicy) {
        let zero = missing == MissingPolicy::Zero;
        let parts = means.terms.iter().zip(&means.weights);
        for ((sum, weights), (term, parts_weight)) in self.sums().zip(parts) {
            // Without weight there are no terms: 0 over the least weight is 0.
            *sum += weight.1 * (term / parts_weight.max(f64::MIN_POSITIVE));
            *weights += keep(weight.1, (*parts_weight > 0.0) | zero);
        }
    }

    pub(super) fn add(
        &mut self,
        aggregation: &Aggregation,
        (scores, present): (&[f64; BLOCK], &[f64; BLOCK]),
        Weight(exact_weight, weight): Weight,
        missing: MissingPolicy,
    ) {
        // A missing part has the score 0: where it counts as that, it is a part like the others.
        match missing {
            MissingPolicy::Skip => {
                for (weights, present) in self.weights.iter_mut().zip(present) {
                    *weights += weight * present;
                }
            }
            MissingPolicy::Zero => self.weights.iter_mut().for_each(|weights| *weights += weight),
            MissingPolicy::Propagate => {
                for ((missing, weights), present) in
                    self.missing.iter_mut().zip(&mut self.weights).zip(present)
                {
                    *missing += 1.0 - present;
                    *weights += weight;
                }
            }
        }
        let zero = missing == MissingPolicy::Zero;
        let cells = self.terms.iter_mut().zip(scores).zip(present);
        match aggregation {
            Aggregation::Arithmetic => {
                for ((sum, score), _) in cells {
                    *sum += weight * score;
                }
            }
            Aggregation::WeakestLink => {
                for ((least, score), present) in cells {
                    *least = if zero || *present > 0.5 { least.min(*score) } else { *least };
                }
            }
            Aggregation::Geometric => add_terms(cells, zero, |score| weight * libm::log(score)),
            Aggregation::Harmonic => add_terms(cells, zero, |score| weight / score),
            Aggregation::Power(exponent) => {
                let exponent = float(*exponent);
                add_terms(cells, zero, |score| weight * libm::pow(score, exponent));
            }
            Aggregation::RisingRanks
            | Aggregation::FallingRanks
            | Aggregation::Hurwicz(_)
            | Aggregation::Quantifier(_)
            | Aggregation::Ranks(_) => {
                // Made on first use: only means by rank need a list for each entity.
                self.parts.resize_with(BLOCK, Vec::new);
                for ((parts, score), present) in self.parts.iter_mut().zip(scores).zip(present) {
                    if zero || *present > 0.5 {
                        parts.push((exact_weight, *score));
                    }
                }
            }
        }
    }

    /// The scores of the level, 0 where there is none, and 1 where there is one.
    pub(super) fn finish(
        &mut self,
        aggregation: &Aggregation,
        missing: MissingPolicy,
        count: usize,
        (scores, present): (&mut [f64; BLOCK], &mut [f64; BLOCK]),
    ) -> Result<(), HealthError> {
        for (present, weights) in present.iter_mut().zip(&self.weights) {
            *present = keep(1.0, *weights > 0.0);
        }
        if missing == MissingPolicy::Propagate {
            for (present, missing) in present.iter_mut().zip(&self.missing) {
                *present = keep(*present, *missing < 0.5);
            }
        }
        let cells = scores.iter_mut().zip(&self.terms).zip(&self.weights).zip(present.iter()).take(count);
        match aggregation {
            Aggregation::Arithmetic => {
                for (((score, terms), weights), present) in cells {
                    // Without weight there are no terms: 0 over the least weight is 0.
                    *score = present * (terms / weights.max(f64::MIN_POSITIVE));
                }
            }
            Aggregation::WeakestLink => finish_terms(cells, |least, _| least),
            Aggregation::Geometric => finish_terms(cells, |terms, weights| libm::exp(terms / weights)),
            Aggregation::Harmonic => finish_terms(cells, |terms, weights| weights / terms),
            Aggregation::Power(exponent) => {
                let inverse = 1.0 / float(*exponent);
                finish_terms(cells, |terms, weights| libm::pow(terms / weights, inverse));
            }
            Aggregation::RisingRanks
            | Aggregation::FallingRanks
            | Aggregation::Hurwicz(_)
            | Aggregation::Quantifier(_)
            | Aggregation::Ranks(_) => {
                let cells = scores.iter_mut().zip(&self.parts).zip(present.iter()).take(count);
                for ((score, parts), present) in cells {
                    *score = if *present > 0.5 { by_rank(aggregation, parts)? } else { 0.0 };
                }
            }
        }
        Ok(())
    }
}

/// Adds the term of each part that counts.
fn add_terms<'a>(
    cells: impl Iterator<Item = ((&'a mut f64, &'a f64), &'a f64)>,
    zero: bool,
    term: impl Fn(f64) -> f64,
) {
    for ((sum, score), present) in cells {
        if zero || *present > 0.5 {
            *sum += term(*score);
        }
    }
}

/// The score of each entity from its sums, where it has one.
fn finish_terms<'a>(
    cells: impl Iterator<Item = (((&'a mut f64, &'a f64), &'a f64), &'a f64)>,
    score_of: impl Fn(f64, f64) -> f64,
) {
    for (((score, terms), weights), present) in cells {
        *score = if *present > 0.5 { score_of(*terms, *weights) } else { 0.0 };
    }
}

/// The aggregation by ranks of one entity's parts.
fn by_rank(aggregation: &Aggregation, parts: &[(Decimal, f64)]) -> Result<f64, HealthError> {
    let undefined = || HealthError::Undefined { what: "the score of an entity" };
    let parts: Option<Vec<(Decimal, Score)>> =
        parts.iter().map(|(weight, score)| Some((*weight, Score::finite(*score)?))).collect();
    Ok(aggregation.aggregate(&parts.ok_or_else(undefined)?)?.to_f64())
}
