//! What each indicator contributes to the score, and to its change.

use super::aggregation::{falling, weighted};
use super::assessment::{level_score, present};
use super::indicator_name::IndicatorName;
use super::normaliser::float;
use super::{Aggregation, Assessment, DimensionScore, HealthError, MissingPolicy, Normaliser, Score};
use crate::decompose::{ContributionMethod, Contributions, close, close_exact, log_mean_contributions};
use crate::error::within;
use crate::quantity::{Precision, Ratio, Unit};
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// The maximum number of changed scores whose change is divided by Shapley values: 2^16 scores of the whole.
const MAX_CHANGED: u64 = 16;

impl Assessment<'_> {
    /// What each indicator contributes to the score, as decimals that add up to the score, itself rounded once
    /// to `precision`. A part that is skipped contributes nothing.
    ///
    /// # Formula
    /// Of arithmetic means on both levels the effective weight times the score, exactly. Else, with a mean F of
    /// scores s, `s_i dF/ds_i` in each level; the weakest links share a score equally, as do equal scores the
    /// weights of their ranks. The estimates are closed on the total ([`close`]).
    ///
    /// # Errors
    /// [`HealthError::Undefined`] where there is no score; [`HealthError::Decompose`] for a scale above 28.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Matrix;
    /// use marketloop::quantity::Rounding;
    /// use marketloop::time::date;
    ///
    /// let end = date(2026, 9, 30)?;
    /// let matrix = Matrix::marketing()?
    ///     .measured("traffic", "organic share", "46 %".parse()?, end)?
    ///     .measured("conversion", "lead conversion", "6 %".parse()?, end)?;
    /// let why = matrix.assess()?.contributions((3, Rounding::HalfEven))?;
    /// let largest = why.by_size().next().unwrap();
    /// assert_eq!(largest.to_string(), "traffic / organic share  0.46  (weights)");
    /// assert_eq!(why.total().to_string(), "0.835");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn contributions(
        &self,
        precision: impl Into<Precision>,
    ) -> Result<Contributions<IndicatorName>, HealthError> {
        let Precision { scale, rounding } = precision.into();
        let score = self.found().ok_or(HealthError::Undefined { what: "the score" })?;
        let total = score.round((scale, rounding))?;
        if let Some(parts) = self.exact_parts() {
            return self.named(ContributionMethod::Weights, total, close_exact(&parts, total, scale)?);
        }
        let parts = self.euler_parts(score)?;
        self.named(ContributionMethod::Euler, total, close(&parts, total, scale)?)
    }

    /// What each indicator contributes to the change of the score since the assessment `before`, as decimals
    /// that add up to the change, itself rounded once to `precision`. Where the two measured
    /// other indicators, part of the change is that of what is counted:
    /// [`like_for_like`](Self::like_for_like) compares what both have.
    ///
    /// # Formula
    /// Of arithmetic means the difference of the contributions, exactly: an indicator that went missing takes
    /// its part along, and the others gain its weight. Of geometric means of the same indicators the logarithmic
    /// mean of the scores times the change of the weighted logarithms. Else Shapley values over the indicators
    /// whose score changed, 16 at most.
    ///
    /// # Errors
    /// [`HealthError::DifferentMatrix`] where names, weights or scoring differ; [`HealthError::Undefined`]
    /// where one of the scores, or one between them, is missing; [`HealthError::TooLarge`] for more than 16
    /// changed scores by Shapley values; [`HealthError::Decompose`] for a scale above 28.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Matrix;
    /// use marketloop::quantity::Rounding;
    /// use marketloop::time::date;
    ///
    /// let value = |text: &str| -> Result<Matrix, marketloop::Error> {
    ///     Ok(Matrix::marketing()?.measured("traffic", "organic share", text.parse()?, date(2026, 9, 30)?)?)
    /// };
    /// let (before, now) = (value("40 %")?, value("45 %")?);
    /// let why = now.assess()?.change_since(&before.assess()?, (2, Rounding::HalfEven))?;
    /// assert_eq!(why.total().to_string(), "0.10");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn change_since(
        &self,
        before: &Assessment<'_>,
        precision: impl Into<Precision>,
    ) -> Result<Contributions<IndicatorName>, HealthError> {
        let Precision { scale, rounding } = precision.into();
        if !self.is_like(before) {
            return Err(HealthError::DifferentMatrix);
        }
        let (Some(then), Some(now)) = (before.found(), self.found()) else {
            return Err(HealthError::Undefined { what: "the change of a missing score" });
        };
        let change = difference(now, then).ok_or(HealthError::Undefined { what: "the change" })?;
        let total = change.round((scale, rounding))?;
        // Exact where it can be; Shapley values last, as their work doubles with each changed score.
        let exact = self.exact_parts().zip(before.exact_parts()).and_then(|(now, then)| {
            now.iter().zip(&then).map(|(now, then)| now.minus(*then).ok()).collect::<Option<Vec<_>>>()
        });
        if let Some(parts) = exact {
            return self.named(ContributionMethod::Weights, total, close_exact(&parts, total, scale)?);
        }
        if let Some(parts) = self.log_mean_parts(before) {
            let parts = close(&parts?, total, scale)?;
            return self.named(ContributionMethod::LogMean, total, parts);
        }
        let parts = self.shapley_parts(before)?;
        self.named(ContributionMethod::Shapley, total, close(&parts, total, scale)?)
    }

    fn named(
        &self,
        method: ContributionMethod,
        total: Decimal,
        values: Vec<Decimal>,
    ) -> Result<Contributions<IndicatorName>, HealthError> {
        let names = self.readings().map(|reading| reading.name());
        Ok(Contributions::new(total, &Unit::ONE, names.zip(values), method)?)
    }

    fn is_like(&self, other: &Assessment<'_>) -> bool {
        // By what the weights hang on: another target or normaliser changes a score, and that is what is explained.
        let key = |assessment: &Assessment<'_>| -> Vec<_> {
            let indicators = assessment.matrix().dimensions().iter().flat_map(|dimension| {
                dimension.indicators.iter().map(|indicator| {
                    (dimension.name.clone(), dimension.weight, indicator.name.clone(), indicator.weight)
                })
            });
            indicators.collect()
        };
        self.matrix().scoring() == other.matrix().scoring() && key(self) == key(other)
    }

    /// Both levels aggregate by `aggregation`, with nothing between them.
    pub(super) fn is_plain(&self, aggregation: &Aggregation) -> bool {
        let scoring = self.matrix().scoring();
        scoring.indicator_aggregation == *aggregation
            && scoring.dimension_aggregation == *aggregation
            && scoring.dimension_normaliser == Normaliser::UNCHANGED
    }

    /// Each indicator's exact effective weight, 0 where it is skipped; `None` without a score, and beyond 128
    /// bits.
    pub(super) fn effective_weights(&self) -> Option<Vec<Ratio>> {
        let missing = self.matrix().scoring().missing;
        let parts: Vec<_> = self.dimensions().iter().map(|part| (part.weight(), part.found())).collect();
        let mut weights = Vec::new();
        for (dimension, share) in self.dimensions().iter().zip(level_weights(missing, &parts)?) {
            let parts = indicator_parts(dimension);
            match level_weights(missing, &parts) {
                Some(inner) => {
                    for weight in inner {
                        weights.push(share.times(weight).ok()?);
                    }
                }
                None => weights.extend(parts.iter().map(|_| Ratio::ZERO)),
            }
        }
        Some(weights)
    }

    /// Effective weight times score, of exact arithmetic means.
    fn exact_parts(&self) -> Option<Vec<Ratio>> {
        if !self.is_plain(&Aggregation::Arithmetic) || self.found()?.ratio().is_none() {
            return None;
        }
        // What has no score is left out with a weight of 0, or counts as 0: either way its part is 0.
        let scores = self.readings().map(|reading| reading.scored.map_or(Some(Ratio::ZERO), |s| s.ratio()));
        let weights = self.effective_weights()?;
        weights.into_iter().zip(scores).map(|(weight, score)| weight.times(score?).ok()).collect()
    }

    fn euler_parts(&self, score: Score) -> Result<Vec<f64>, HealthError> {
        let scoring = self.matrix().scoring();
        let parts: Vec<_> = self.dimensions().iter().map(|part| (part.weight(), part.found())).collect();
        let wholes = euler(&scoring.dimension_aggregation, scoring.missing, &parts, score)?;
        let mut found = Vec::new();
        for (dimension, whole) in self.dimensions().iter().zip(wholes) {
            let parts = indicator_parts(dimension);
            // Without a score no part of it counts, and what the mean is does not matter.
            let raw = dimension.found_raw().unwrap_or(Score::ZERO);
            let inner = euler(&scoring.indicator_aggregation, scoring.missing, &parts, raw)?;
            let sum: f64 = inner.iter().sum();
            let count: f64 = inner.iter().map(|_| 1.0).sum();
            // Parts that are 0 or cancel say nothing of their shares: the whole is spread evenly then.
            let zero = sum.abs() < f64::MIN_POSITIVE;
            found.extend(inner.iter().map(|part| if zero { whole / count } else { whole * part / sum }));
        }
        Ok(found)
    }

    /// Of geometric means over the same indicators; `None` for others.
    fn log_mean_parts(&self, before: &Assessment<'_>) -> Option<Result<Vec<f64>, HealthError>> {
        if !self.is_plain(&Aggregation::Geometric) {
            return None;
        }
        let scores: Vec<Option<f64>> =
            self.readings().map(|reading| reading.scored.map(|score| score.to_f64())).collect();
        let others: Vec<Option<f64>> =
            before.readings().map(|reading| reading.scored.map(|score| score.to_f64())).collect();
        let alike = scores.iter().zip(&others).all(|pair| match pair {
            // A score of 0 has no logarithm.
            (Some(now), Some(then)) => *now > 0.0 && *then > 0.0,
            (None, None) => true,
            _ => false,
        });
        // Where missing scores count as 0, so does the whole.
        if !alike || (self.matrix().scoring().missing == MissingPolicy::Zero && scores.contains(&None)) {
            return None;
        }
        let weights = self.effective_weights()?;
        // Factors whose product is the score: what a logarithmic mean divides the change of.
        let factors = |scores: &[Option<f64>]| -> Vec<f64> {
            let pairs = scores.iter().zip(&weights);
            pairs
                .map(|(score, weight)| score.map_or(1.0, |score| libm::pow(score, weight.to_f64())))
                .collect()
        };
        Some(log_mean_contributions(&factors(&others), &factors(&scores)).map_err(HealthError::from))
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "`at` is an indicator's place in both assessments, `set` has a bit for each changed one"
    )]
    fn shapley_parts(&self, before: &Assessment<'_>) -> Result<Vec<f64>, HealthError> {
        // Floats on both sides: an exact score and an estimate of the same size are no change.
        let float = |score: Option<Score>| score.and_then(|score| Score::finite(score.to_f64()));
        let now: Vec<Option<Score>> = self.readings().map(|reading| float(reading.scored)).collect();
        let then: Vec<Option<Score>> = before.readings().map(|reading| float(reading.scored)).collect();
        let changed: Vec<usize> = now
            .iter()
            .zip(&then)
            .enumerate()
            .filter(|(_, (now, then))| now != then)
            .map(|(at, _)| at)
            .collect();
        within("changed scores by Shapley values", u64::try_from(changed.len()).ok(), MAX_CHANGED)?;
        // Only what changed is replaced: an indicator that stayed gets 0 from every order, and halves the work.
        let mut values = Vec::with_capacity(1_usize << changed.len());
        let mut scores = then.clone();
        for set in 0..1_usize << changed.len() {
            for (bit, at) in changed.iter().enumerate() {
                scores[*at] = if set & (1 << bit) == 0 { then[*at] } else { now[*at] };
            }
            let value = self.score_of(&scores)?;
            values.push(value.ok_or(HealthError::Undefined { what: "a score between the two assessments" })?);
        }
        debug_assert_eq!(now.len(), then.len(), "both are of the same indicators");
        let mut parts = alloc::vec![0.0; now.len()];
        for (bit, at) in changed.iter().enumerate() {
            parts[*at] = (0..values.len())
                .filter(|set| set & (1 << bit) == 0)
                .map(|set| {
                    let gain = values[set | (1 << bit)] - values[set];
                    gain * shapley_weight(values.len().trailing_zeros(), set.count_ones())
                })
                .sum();
        }
        Ok(parts)
    }

    /// The score of the matrix with these scores of its indicators.
    pub(super) fn score_of(&self, scores: &[Option<Score>]) -> Result<Option<f64>, HealthError> {
        // The two levels of `Matrix::assess`, by the same functions: what is explained is what was scored.
        let scoring = self.matrix().scoring();
        let mut rest = scores.iter();
        let mut wholes = Vec::with_capacity(self.dimensions().len());
        for dimension in self.dimensions() {
            let parts: Vec<(Decimal, Option<Score>)> = dimension
                .readings()
                .iter()
                .zip(rest.by_ref())
                .map(|(reading, score)| (reading.indicator().weight, *score))
                .collect();
            let raw = level_score(&scoring.indicator_aggregation, scoring.missing, &parts)?;
            let score = raw.map(|raw| scoring.dimension_normaliser.score(raw)).transpose()?;
            wholes.push((dimension.weight(), score));
        }
        let score = level_score(&scoring.dimension_aggregation, scoring.missing, &wholes)?;
        Ok(score.map(|score| score.to_f64()))
    }
}

/// `k! (n - 1 - k)! / n!` for a set of `before` = k before one more of `all` = n.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "a set without one of `all` has fewer: `before < all <= 16`"
)]
fn shapley_weight(all: u32, before: u32) -> f64 {
    debug_assert!(before < all, "the one that is added is not in the set");
    // One over n times the number of sets of k among n - 1.
    let sets = (0..before).fold(1.0, |sets, step| sets * f64::from(all - 1 - step) / f64::from(step + 1));
    1.0 / (sets * f64::from(all))
}

fn difference(now: Score, then: Score) -> Option<Score> {
    match now.ratio().zip(then.ratio()).and_then(|(now, then)| now.minus(then).ok()) {
        Some(exact) => Some(exact.into()),
        None => Score::finite(now.to_f64() - then.to_f64()),
    }
}

fn indicator_parts(dimension: &DimensionScore<'_>) -> Vec<(Decimal, Option<Score>)> {
    dimension.readings().iter().map(|part| (part.indicator().weight, part.scored)).collect()
}

/// The renormalised weights of a level's parts, 0 for those that are left out; `None` where nothing is left.
fn level_weights(missing: MissingPolicy, parts: &[(Decimal, Option<Score>)]) -> Option<Vec<Ratio>> {
    let counts = |score: &Option<Score>| missing != MissingPolicy::Skip || score.is_some();
    let kept: Vec<Ratio> = parts
        .iter()
        .map(|(weight, score)| if counts(score) { (*weight).into() } else { Ratio::ZERO })
        .collect();
    present(missing, parts)?;
    let all = kept.iter().try_fold(Ratio::ZERO, |sum, weight| sum.plus(*weight).ok())?;
    kept.into_iter().map(|weight| weight.divided_by(all).ok()).collect()
}

/// `s_i dF/ds_i` of each part of a level whose mean is `whole`, 0 for those that are left out.
fn euler(
    aggregation: &Aggregation,
    missing: MissingPolicy,
    parts: &[(Decimal, Option<Score>)],
    whole: Score,
) -> Result<Vec<f64>, HealthError> {
    let Some(kept) = present(missing, parts) else { return Ok(alloc::vec![0.0; parts.len()]) };
    let kept = weighted(&kept)?;
    let total = whole.to_f64();
    let all: f64 = kept.iter().map(|(weight, _)| float(*weight)).sum();
    let of = |f: &dyn Fn(f64, f64) -> f64| -> Vec<f64> {
        kept.iter().map(|(weight, score)| f(float(*weight) / all, score.to_f64())).collect()
    };
    let shares = if whole.is_zero() && !aggregation.takes_negative() {
        alloc::vec![0.0; kept.len()]
    } else {
        match aggregation {
            Aggregation::Arithmetic => of(&|weight, score| weight * score),
            Aggregation::Geometric => of(&|weight, _| weight * total),
            Aggregation::Harmonic => of(&|weight, score| total * total * weight / score),
            Aggregation::Power(exponent) => {
                let power = float(*exponent);
                of(&|weight, score| weight * total * libm::pow(score / total, power))
            }
            Aggregation::WeakestLink => {
                let least = |score: f64| score <= total;
                let ties: f64 = of(&|_, score| f64::from(u8::from(least(score)))).iter().sum();
                of(&|_, score| if least(score) { total / ties } else { 0.0 })
            }
            Aggregation::RisingRanks
            | Aggregation::FallingRanks
            | Aggregation::Hurwicz(_)
            | Aggregation::Quantifier(_)
            | Aggregation::Ranks(_) => {
                let order = falling(&kept);
                let weights = aggregation.rank_weights(&order, &kept);
                let sum: f64 = weights.iter().sum();
                debug_assert_eq!(weights.len(), kept.len(), "each part has a rank, and each rank a weight");
                // Equal scores share the weights of their ranks: which of them comes first says nothing.
                let mut ranked: Vec<(f64, f64)> =
                    kept.iter().map(|(_, score)| (0.0, score.to_f64())).collect();
                for (at, weight) in order.into_iter().zip(weights) {
                    #[expect(clippy::indexing_slicing, reason = "`order` holds the places of the parts")]
                    {
                        ranked[at].0 = weight / sum;
                    }
                }
                let mean = |score: f64| {
                    let equal = ranked.iter().filter(|(_, other)| other.total_cmp(&score).is_eq());
                    let (sum, count) = equal.fold((0.0, 0.0), |(sum, count), (w, _)| (sum + w, count + 1.0));
                    sum / count
                };
                ranked.iter().map(|(_, score)| mean(*score) * score).collect()
            }
        }
    };
    let counts = |(weight, score): &(Decimal, Option<Score>)| {
        !weight.is_zero() && (missing == MissingPolicy::Zero || score.is_some())
    };
    // As `present` and `weighted` kept them: whatever else there is contributes nothing.
    let mut all = alloc::vec![0.0; parts.len()];
    let counted = all.iter_mut().zip(parts).filter(|(_, part)| counts(part));
    debug_assert_eq!(
        parts.iter().filter(|part| counts(part)).count(),
        shares.len(),
        "a share for each part that counts"
    );
    for ((slot, _), share) in counted.zip(shares) {
        *slot = share;
    }
    Ok(all)
}
