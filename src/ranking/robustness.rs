//! How far a ranking depends on one weight, and on the presence of other alternatives.

use super::{CriteriaWeights, DecisionMatrix, Normalisation, Ranking, RankingError};
use crate::error::within;
use crate::figure::Interval;
use alloc::vec::Vec;

/// The maximum number of alternatives whose pairs are compared without each of them.
const MAX_ALTERNATIVES: u64 = 256;

/// The weights of one criterion between which the best alternative of a weighted sum stays the best, while the
/// other criteria keep their proportions. Its present weight is one of them.
///
/// # Formula
/// With the comparable figure n of the criterion and the mean r of the others, the score is w n + (1 - w) r; two
/// alternatives meet at w = (r2 - r1) / (n1 - n2 + r2 - r1).
///
/// # Errors
/// Those of [`weighted_sum`](super::weighted_sum); [`RankingError::NoSuchColumn`]; [`RankingError::Undefined`] where no
/// other criterion has any weight.
///
/// # Examples
/// ```
/// use marketloop::ranking::{CriteriaWeights, DecisionMatrix, Normalisation, best_holds_between};
/// use marketloop::target::Better;
///
/// // Two channels by return and by reach: the first is ahead by its return.
/// let channels = DecisionMatrix::new([Better::Higher; 2], [[3.0, 1.0], [1.0, 2.0]])?;
/// let even = CriteriaWeights::equal(2)?;
/// let holds = best_holds_between(&channels, &even, Normalisation::Max, 0)?;
/// // 1 w + (1 - w) / 2 = w / 3 + (1 - w) at w = 3/7.
/// assert_eq!(format!("{holds:.4}"), "0.4286..1.0000");
/// # Ok::<(), marketloop::Error>(())
/// ```
#[expect(clippy::indexing_slicing, reason = "a ranking and a column have a figure for each alternative")]
pub fn best_holds_between(
    matrix: &DecisionMatrix,
    weights: &CriteriaWeights,
    normalisation: Normalisation,
    criterion: usize,
) -> Result<Interval<f64>, RankingError> {
    let ranking = super::weighted_sum(matrix, weights, normalisation)?;
    let column = normalisation.column(matrix, criterion)?;
    debug_assert_eq!(
        weights.values().len(),
        matrix.directions().len(),
        "`weighted_sum` refuses other weights"
    );
    let own = weights.values()[criterion];
    // With all weight on one criterion the others have no proportions to keep, and 1 - own divides.
    if own >= 1.0 {
        return Err(RankingError::Undefined { what: "the weight interval beside criteria without weight" });
    }
    let best = ranking.order()[0];
    let rest = |alternative: usize| {
        let (score, figure) = (ranking.scores()[alternative], column[alternative]);
        (figure, (score - own * figure) / (1.0 - own))
    };
    let (figure, others) = rest(best);
    // Each other alternative cuts the interval at the weight where it meets the best: no weight is tried out.
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    for (figure_of, others_of) in (0..matrix.alternatives()).filter(|other| *other != best).map(rest) {
        // The lead of the best is lead + w * slope.
        let (lead, slope) = (others - others_of, (figure - figure_of) - (others - others_of));
        if slope > 0.0 {
            low = low.max(-lead / slope);
        } else if slope < 0.0 {
            high = high.min(-lead / slope);
        }
    }
    // At its own weight the best is best: rounding must not put an end on the wrong side of it. Both ends are
    // within 0..=1 and so make an interval.
    let undefined = |_| RankingError::Undefined { what: "the weight interval" };
    Interval::new(low.min(own), high.max(own)).map_err(undefined)
}

/// Pairs of alternatives whose order flips when one *other* alternative is removed (rank reversal; Belton and Gear,
/// 1983): the one that leaves, then the one that was ahead and the one that comes to be ahead.
///
/// # Errors
/// [`RankingError::TooLarge`] for more than 256 alternatives; those of the method, of the whole matrix; a matrix that it refuses without one alternative shows nothing.
///
/// # Examples
/// ```
/// use marketloop::ranking::{CriteriaWeights, DecisionMatrix, Normalisation, rank_reversals, weighted_sum};
/// use marketloop::target::Better;
///
/// // By return and by reach, each over the greatest: the first channel leads the second by 0.59 to 0.53.
/// let channels = DecisionMatrix::new([Better::Higher; 2], [[9.0, 3.0], [5.0, 8.0], [2.0, 16.0]])?;
/// let even = CriteriaWeights::equal(2)?;
/// let found = rank_reversals(&channels, |matrix| weighted_sum(matrix, &even, Normalisation::Max))?;
/// // Once the third leaves, whose reach dwarfs theirs, it is behind by 0.69 to 0.78.
/// assert_eq!(found, [(0, [2, 1]), (2, [0, 1])]);
/// # Ok::<(), marketloop::Error>(())
/// ```
pub fn rank_reversals(
    matrix: &DecisionMatrix,
    rank: impl Fn(&DecisionMatrix) -> Result<Ranking, RankingError>,
) -> Result<Vec<(usize, [usize; 2])>, RankingError> {
    // Every pair without each other alternative: the work grows with the cube of their number.
    within("alternatives", u64::try_from(matrix.alternatives()).ok(), MAX_ALTERNATIVES)?;
    let whole = rank(matrix)?;
    let mut reversals = Vec::new();
    for without in 0..matrix.alternatives() {
        let Some(Ok(ranking)) = matrix.without(without).map(|others| rank(&others)) else { continue };
        let left: Vec<usize> = (0..matrix.alternatives()).filter(|other| *other != without).collect();
        for (at, one) in left.iter().enumerate() {
            for (place, other) in left.iter().enumerate().skip(at).skip(1) {
                // A method that scores fewer alternatives than it was given shows nothing of those it left out.
                let lead = |ranking: &Ranking, one: usize, other: usize| {
                    Some(ranking.scores().get(one)? - ranking.scores().get(other)?)
                };
                let leads = lead(&whole, *one, *other).zip(lead(&ranking, at, place));
                let Some((before, after)) = leads else { continue };
                // A tie before or after is no reversal: neither was ahead.
                if before * after < 0.0 {
                    reversals.push((without, if before > 0.0 { [*one, *other] } else { [*other, *one] }));
                }
            }
        }
    }
    Ok(reversals)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ranking::weighted_sum;
    use crate::target::Better;

    #[test]
    fn a_rank_that_depends_on_a_third_is_found() {
        // Normalised by the sum, the third alternative decides between the first two.
        let rows = [[10.0, 1.0], [1.0, 9.0], [0.1, 40.0]];
        let matrix = DecisionMatrix::new([Better::Higher; 2], rows).unwrap();
        let even = CriteriaWeights::equal(2).unwrap();
        let rank = |matrix: &DecisionMatrix| weighted_sum(matrix, &even, Normalisation::Max);
        let found = rank_reversals(&matrix, rank).unwrap();
        // With it 0.5125 against 0.1625; without it 0.5556 against 0.55: no reversal of these.
        assert_eq!(found.iter().filter(|(without, _)| *without == 2).count(), 0, "{found:?}");
        let close = [[10.0, 1.0], [8.0, 9.0], [0.1, 90.0]];
        let matrix = DecisionMatrix::new([Better::Higher; 2], close).unwrap();
        let found = rank_reversals(&matrix, rank).unwrap();
        assert!(found.contains(&(2, [0, 1])), "{found:?}");
    }
}
