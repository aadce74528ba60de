//! How much the weights may differ before a light or a ranking does.

use super::{Aggregation, Assessment, CriteriaWeights, DecisionMatrix, HealthError, Normalisation, Ranking};
use crate::quantity::{Ratio, Share};
use crate::target::{EdgeSide, Light};
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// The most alternatives whose pairs are compared without each of them.
const MOST_ALTERNATIVES: usize = 256;

/// The weights of one dimension, as shares of all, between which the light of the score holds while the other
/// dimensions keep their proportions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeightInterval {
    /// The share that it has.
    pub share: Ratio,
    /// The least share at which the light holds.
    pub low: Ratio,
    /// The greatest share at which the light holds.
    pub high: Ratio,
}

impl Assessment<'_> {
    /// The weights of a dimension between which the light of the score stays as it is, of arithmetic means;
    /// `None` of a dimension without a score or without others beside it. An end at which the score stands on
    /// an edge belongs to the interval where the edge belongs to the light.
    ///
    /// # Formula
    /// With the score s of the dimension and r of the others, the score is w s + (1 - w) r: it meets an edge e
    /// at w = (e - r) / (s - r).
    ///
    /// # Errors
    /// [`HealthError::Undefined`] without a score and for other means than arithmetic ones;
    /// [`HealthError::Quantity`] beyond 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Matrix;
    /// use marketloop::time::date;
    ///
    /// let end = date(2026, 9, 30)?;
    /// let matrix = Matrix::marketing()?
    ///     .measured("traffic", "organic share", "30 %".parse()?, end)? // 60 % of its target
    ///     .measured("conversion", "lead conversion", "8 %".parse()?, end)?; // all of it
    /// let holds = matrix.assess()?.weight_interval("traffic")?.ok_or("both have scores")?;
    /// // At 80 % the score is just yellow: with more weight on the traffic it is red, with none of it green.
    /// assert_eq!((holds.share.to_percent(), holds.high.to_percent()), ("50%".into(), "50%".into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn weight_interval(&self, dimension: &str) -> Result<Option<WeightInterval>, HealthError> {
        let undefined = |what| HealthError::Undefined { what };
        if !self.is_plain(&Aggregation::Arithmetic) {
            return Err(undefined("the weight interval of means that are not arithmetic"));
        }
        let light = self.light().ok_or(undefined("the light of the score"))?;
        let (mut own, mut others) = (None, (Decimal::ZERO, Ratio::ZERO));
        for part in self.dimensions().iter().filter(|part| !part.weight().is_zero()) {
            let Some(score) = part.score().and_then(|score| score.ratio()) else { continue };
            if part.name() == dimension {
                own = Some((Ratio::from(part.weight()), score));
            } else {
                let weight = crate::quantity::add(others.0, part.weight())?;
                others = (weight, others.1.plus(score.times(part.weight().into())?)?);
            }
        }
        let Some((weight, score)) = own.filter(|_| !others.0.is_zero()) else { return Ok(None) };
        let all = Ratio::from(others.0);
        let rest = others.1.divided_by(all)?;
        let share = weight.divided_by(weight.plus(all)?)?;
        let (mut low, mut high) = (Ratio::ZERO, Ratio::ONE);
        let slope = score.minus(rest)?;
        if slope.is_zero() {
            return Ok(Some(WeightInterval { share, low, high }));
        }
        if let Some((floor, ceiling)) = self.ends(light) {
            for edge in [floor, ceiling].into_iter().flatten() {
                let at = edge.minus(rest)?.divided_by(slope)?;
                // A light holds above its floor and below its ceiling: which side that is, the slope says.
                let is_floor = Some(edge) == floor;
                if is_floor == (slope > Ratio::ZERO) {
                    low = low.max(at);
                } else {
                    high = high.min(at);
                }
            }
        }
        Ok(Some(WeightInterval { share, low, high }))
    }

    /// The edges of a light's band: from where, and up to where.
    fn ends(&self, light: Light) -> Option<(Option<Ratio>, Option<Ratio>)> {
        let bands = self.matrix().score_bands();
        let place = bands.edges().iter().position(|edge| edge.class == light);
        let at = |index: usize| bands.edges().get(index).map(|edge| edge.threshold.at);
        match place {
            Some(index) => Some((at(index), at(index.checked_add(1)?))),
            None if *bands.lowest() == light => Some((None, at(0))),
            None => None,
        }
    }

    /// Whether the score stands on an edge of its own light's band, where any loss changes the light.
    #[must_use]
    pub fn stands_on_edge(&self) -> bool {
        let edges = self.matrix().score_bands().edges();
        self.score().is_some_and(|score| {
            edges
                .iter()
                .any(|edge| edge.threshold.side == EdgeSide::Above && edge.threshold.at == score.at_edge())
        })
    }
}

/// The weights of one criterion between which the best alternative of a weighted sum stays the best, while the
/// other criteria keep their proportions.
///
/// # Formula
/// With the comparable figure n of the criterion and the mean r of the others, the score is w n + (1 - w) r; two
/// alternatives meet at w = (r2 - r1) / (n1 - n2 + r2 - r1).
///
/// # Errors
/// Those of [`weighted_sum`](super::weighted_sum); [`HealthError::Undefined`] where there is no such criterion or
/// no weight on any other.
///
/// # Examples
/// ```
/// use marketloop::health::{CriteriaWeights, DecisionMatrix, Normalisation, best_holds_between};
/// use marketloop::target::Better;
///
/// // Two channels by return and by reach: the first is ahead by its return.
/// let channels = DecisionMatrix::new([Better::Higher; 2], [[3.0, 1.0], [1.0, 2.0]])?;
/// let even = CriteriaWeights::equal(2)?;
/// let (low, high) = best_holds_between(&channels, &even, Normalisation::Max, 0)?;
/// // 1 w + (1 - w) / 2 = w / 3 + (1 - w) at w = 3/7.
/// assert!((low - 3.0 / 7.0).abs() < 1e-12 && (high - 1.0).abs() < 1e-12);
/// # Ok::<(), marketloop::Error>(())
/// ```
pub fn best_holds_between(
    matrix: &DecisionMatrix,
    weights: &CriteriaWeights,
    normalisation: Normalisation,
    criterion: usize,
) -> Result<(f64, f64), HealthError> {
    let ranking = super::weighted_sum(matrix, weights, normalisation)?;
    let undefined = HealthError::Undefined { what: "the weight interval" };
    let own = weights.values().get(criterion).copied();
    let (Some(own), Some(best)) = (own.filter(|own| *own < 1.0), ranking.order().first().copied()) else {
        return Err(undefined);
    };
    let column = normalisation.column(matrix, criterion)?;
    let rest = |alternative: usize| -> Option<(f64, f64)> {
        let (score, figure) = (ranking.scores().get(alternative)?, column.get(alternative)?);
        Some((*figure, (score - own * figure) / (1.0 - own)))
    };
    let (figure, others) = rest(best).ok_or(undefined)?;
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    for (figure_of, others_of) in (0..matrix.alternatives()).filter(|other| *other != best).filter_map(rest) {
        // The lead of the best is lead + w * slope.
        let (lead, slope) = (others - others_of, (figure - figure_of) - (others - others_of));
        if slope > 0.0 {
            low = low.max(-lead / slope);
        } else if slope < 0.0 {
            high = high.min(-lead / slope);
        }
    }
    Ok((low.min(own), high.max(own)))
}

/// Two alternatives that change places when a third one leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RankReversal {
    /// The alternative that leaves.
    pub without: usize,
    /// The one that was ahead.
    pub ahead: usize,
    /// The one that comes to be ahead.
    pub behind: usize,
}

/// All changes of places that a method shows when single alternatives leave: a method that reverses ranks says
/// as much about the company of an alternative as about itself (Belton and Gear, 1983).
///
/// # Errors
/// [`HealthError::TooMany`] for more than 256 alternatives; those of the method, of the whole matrix; a matrix that it refuses without one alternative shows nothing.
///
/// # Examples
/// ```
/// use marketloop::health::{CriteriaWeights, DecisionMatrix, Normalisation, rank_reversals, weighted_sum};
/// use marketloop::target::Better;
///
/// // By return and by reach, each over the greatest: the first channel leads the second by 0.59 to 0.53.
/// let channels = DecisionMatrix::new([Better::Higher; 2], [[9.0, 3.0], [5.0, 8.0], [2.0, 16.0]])?;
/// let even = CriteriaWeights::equal(2)?;
/// let found = rank_reversals(&channels, |matrix| weighted_sum(matrix, &even, Normalisation::Max))?;
/// // Once the third leaves, whose reach dwarfs theirs, it is behind by 0.69 to 0.78.
/// let left: Vec<[usize; 3]> = found.iter().map(|one| [one.without, one.ahead, one.behind]).collect();
/// assert_eq!(left, [[0, 2, 1], [2, 0, 1]]);
/// # Ok::<(), marketloop::Error>(())
/// ```
pub fn rank_reversals(
    matrix: &DecisionMatrix,
    rank: impl Fn(&DecisionMatrix) -> Result<Ranking, HealthError>,
) -> Result<Vec<RankReversal>, HealthError> {
    let found = matrix.alternatives();
    if found > MOST_ALTERNATIVES {
        return Err(HealthError::TooMany { what: "alternatives", found, limit: MOST_ALTERNATIVES });
    }
    let whole = rank(matrix)?;
    let mut reversals = Vec::new();
    for without in 0..matrix.alternatives() {
        let Some(Ok(ranking)) = matrix.without(without).map(|others| rank(&others)) else { continue };
        let left: Vec<usize> = (0..matrix.alternatives()).filter(|other| *other != without).collect();
        for (at, one) in left.iter().enumerate() {
            for (place, other) in left.iter().enumerate().skip(at.saturating_add(1)) {
                let score =
                    |ranking: &Ranking, index: usize| ranking.scores().get(index).copied().unwrap_or(0.0);
                let before = score(&whole, *one) - score(&whole, *other);
                let after = score(&ranking, at) - score(&ranking, place);
                if before * after < 0.0 {
                    let (ahead, behind) = if before > 0.0 { (*one, *other) } else { (*other, *one) };
                    reversals.push(RankReversal { without, ahead, behind });
                }
            }
        }
    }
    Ok(reversals)
}

/// The share of a weight that may be lost or gained before the end of its interval.
impl WeightInterval {
    /// How far the share may move either way before the light changes.
    ///
    /// # Errors
    /// [`HealthError::Quantity`] beyond 128 bits.
    pub fn room(&self) -> Result<Ratio, HealthError> {
        Ok(self.share.minus(self.low)?.min(self.high.minus(self.share)?))
    }

    /// Whether the light holds whatever the weight.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.low <= Ratio::ZERO && self.high >= Ratio::from(Share::ONE.value())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::{Matrix, weighted_sum};
    use crate::target::Better;
    use crate::time::date;

    #[test]
    fn a_light_holds_within_its_interval_and_not_beyond() {
        let on = date(2026, 9, 30).unwrap();
        let matrix = Matrix::marketing().unwrap();
        let value = |matrix: Matrix, d: &str, i: &str, v: &str| {
            matrix.measured(d, i, v.parse().unwrap(), on).unwrap()
        };
        // 60 %, 100 % and 90 % of the targets: 83.3 %, yellow.
        let matrix = value(matrix, "traffic", "organic share", "30 %");
        let matrix = value(matrix, "conversion", "lead conversion", "8 %");
        let matrix = value(matrix, "stickiness", "repurchase rate", "22.5 %");
        let assessment = matrix.assess().unwrap();
        let holds = assessment.weight_interval("traffic").unwrap().unwrap();
        // 0.6 w + 0.95 (1 - w) = 0.8 at w = 3/7; never green.
        assert_eq!((holds.low, holds.high), (Ratio::ZERO, "3/7".parse().unwrap()));
        assert_eq!(holds.room().unwrap(), "2/21".parse().unwrap());
        assert!(!holds.is_whole());
        assert_eq!(assessment.weight_interval("tool adoption").unwrap(), None);
        assert!(!assessment.stands_on_edge());
    }

    #[test]
    fn a_rank_that_depends_on_a_third_is_found() {
        // Normalised by the sum, the third alternative decides between the first two.
        let rows = [[10.0, 1.0], [1.0, 9.0], [0.1, 40.0]];
        let matrix = DecisionMatrix::new([Better::Higher; 2], rows).unwrap();
        let even = CriteriaWeights::equal(2).unwrap();
        let rank = |matrix: &DecisionMatrix| weighted_sum(matrix, &even, Normalisation::Max);
        let found = rank_reversals(&matrix, rank).unwrap();
        // With it 0.5125 against 0.1625; without it 0.5556 against 0.55: no reversal of these.
        assert_eq!(found.iter().filter(|reversal| reversal.without == 2).count(), 0, "{found:?}");
        let close = [[10.0, 1.0], [8.0, 9.0], [0.1, 90.0]];
        let matrix = DecisionMatrix::new([Better::Higher; 2], close).unwrap();
        let found = rank_reversals(&matrix, rank).unwrap();
        assert!(found.contains(&RankReversal { without: 2, ahead: 0, behind: 1 }), "{found:?}");
    }
}
