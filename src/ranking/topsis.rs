//! Rankings by the distances to an ideal and an anti-ideal alternative.

use super::normalisation::{range, unit_vector};
use super::{CriteriaWeights, DecisionMatrix, Normalisation, Ranking, RankingError};
use crate::quantity::words::words;
use crate::stats::StatsError;
use crate::target::Better;
use alloc::vec::Vec;

/// TOPSIS, by how the columns are made comparable. There is no default: the results differ.
///
/// # Formula
/// Comparable columns times their weights; the ideal takes the best of each column, the anti-ideal the worst;
/// with Euclidean distances D+ to the ideal and D- to the anti-ideal the score is `D- / (D+ + D-)`, in 0..=1
/// (C.-L. Hwang and K. Yoon, 1981).
///
/// ```
/// # use marketloop::ranking::Topsis;
/// assert_eq!(serde_json::from_str::<Topsis>(r#""vector_inverted""#)?, Topsis::VectorInverted);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[doc(alias("TOPSIS", "优劣解距离法"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Topsis {
    /// By the range, costs turned around.
    MinMax,
    /// By the Euclidean norm, a cost as 1 less its part.
    VectorInverted,
    /// By the Euclidean norm, costs as they are: their ideal is the least, their anti-ideal the greatest. As
    /// distances are symmetric, the scores are those of [`VectorInverted`](Self::VectorInverted) up to rounding.
    VectorSwappedIdeals,
}

words!(Topsis, "form of TOPSIS", RankingError:
    MinMax = "min_max" / "min-max",
    VectorInverted = "vector_inverted" / "vector, costs inverted",
    VectorSwappedIdeals = "vector_swapped_ideals" / "vector, ideals swapped",
);

impl Topsis {
    /// The score of each alternative in 0..=1.
    ///
    /// # Errors
    /// [`RankingError::LengthMismatch`] for another number of weights than criteria; [`RankingError::NoContrast`]
    /// where no criterion of weight tells the alternatives apart.
    ///
    /// # Examples
    /// ```
    /// use marketloop::ranking::{CriteriaWeights, DecisionMatrix, Topsis};
    /// use marketloop::target::Better;
    ///
    /// let channels = DecisionMatrix::new([Better::Lower, Better::Higher], [[50.0, 3.2], [40.0, 4.1], [35.0, 3.9]])?;
    /// let even = CriteriaWeights::equal(2)?;
    /// assert_eq!(Topsis::MinMax.scores(&channels, &even)?.order(), [2, 1, 0]);
    /// # Ok::<(), marketloop::ranking::RankingError>(())
    /// ```
    pub fn scores(self, matrix: &DecisionMatrix, weights: &CriteriaWeights) -> Result<Ranking, RankingError> {
        let weights = weights.for_criteria(matrix.directions().len())?;
        let mut to_ideal = alloc::vec![0.0; matrix.alternatives()];
        let mut to_worst = to_ideal.clone();
        for ((direction, values), weight) in matrix.columns().zip(weights) {
            let column = self.column(values, direction);
            let (least, greatest) = range(&column);
            let swapped = self == Self::VectorSwappedIdeals && direction == Better::Lower;
            let (ideal, worst) = if swapped { (least, greatest) } else { (greatest, least) };
            for ((value, plus), minus) in column.iter().zip(&mut to_ideal).zip(&mut to_worst) {
                *plus += weight * (value - ideal) * (weight * (value - ideal));
                *minus += weight * (value - worst) * (weight * (value - worst));
            }
        }
        let scores = to_ideal.into_iter().zip(to_worst).map(|(plus, minus)| {
            let (plus, minus) = (libm::sqrt(plus), libm::sqrt(minus));
            if plus + minus > 0.0 { Ok(minus / (plus + minus)) } else { Err(RankingError::NoContrast) }
        });
        Ranking::new(scores.collect::<Result<_, _>>()?)
    }

    /// The comparable column; a column that has no such form tells nobody apart.
    fn column(self, values: &[f64], direction: Better) -> Vec<f64> {
        let cost = direction == Better::Lower;
        let (least, greatest) = range(values);
        match self {
            Self::MinMax if greatest <= least => values.iter().map(|_| 1.0).collect(),
            Self::MinMax if cost => values.iter().map(|x| (greatest - x) / (greatest - least)).collect(),
            Self::MinMax => values.iter().map(|x| (x - least) / (greatest - least)).collect(),
            Self::VectorInverted | Self::VectorSwappedIdeals => match unit_vector(values) {
                Some(parts) if cost && self == Self::VectorInverted => {
                    parts.into_iter().map(|part| 1.0 - part).collect()
                }
                Some(parts) => parts,
                // All zeros: nobody is told apart, and nothing divides by their norm.
                None => values.to_vec(),
            },
        }
    }
}

/// The weighted sum of each alternative's comparable figures (P. C. Fishburn, 1967).
///
/// # Errors
/// Those of [`Normalisation::column`]; [`RankingError::LengthMismatch`] for another number of weights than
/// criteria.
///
/// # Examples
/// ```
/// use marketloop::ranking::{CriteriaWeights, DecisionMatrix, Normalisation, weighted_sum};
/// use marketloop::target::Better;
///
/// let channels = DecisionMatrix::new([Better::Lower, Better::Higher], [[50.0, 3.2], [40.0, 4.1], [35.0, 3.9]])?;
/// let even = CriteriaWeights::equal(2)?;
/// let sums = weighted_sum(&channels, &even, Normalisation::Linear)?;
/// assert_eq!(sums.order(), [2, 1, 0]);
/// # Ok::<(), marketloop::ranking::RankingError>(())
/// ```
#[doc(alias("WSM", "SAW"))]
pub fn weighted_sum(
    matrix: &DecisionMatrix,
    weights: &CriteriaWeights,
    normalisation: Normalisation,
) -> Result<Ranking, RankingError> {
    let weights = weights.for_criteria(matrix.directions().len())?;
    let mut scores = alloc::vec![0.0; matrix.alternatives()];
    for (column, weight) in normalisation.columns(matrix)?.iter().zip(weights) {
        for (score, value) in scores.iter_mut().zip(column) {
            *score += weight * value;
        }
    }
    Ranking::new(scores)
}

/// The product of each alternative's comparable figures, each to the power of its weight (P. W. Bridgman, 1922).
///
/// # Errors
/// As [`weighted_sum`]; [`RankingError::NoScore`] where a figure below 0 has no such power.
///
/// # Examples
/// ```
/// use marketloop::ranking::{CriteriaWeights, DecisionMatrix, Normalisation, weighted_product};
/// use marketloop::target::Better;
///
/// // A product forgives no zero: the second has all the reach and no return.
/// let channels = DecisionMatrix::new([Better::Higher; 2], [[3.0, 1.0], [0.0, 9.0]])?;
/// let even = CriteriaWeights::equal(2)?;
/// assert_eq!(weighted_product(&channels, &even, Normalisation::Max)?.scores()[1], 0.0);
/// # Ok::<(), marketloop::ranking::RankingError>(())
/// ```
#[doc(alias = "WPM")]
pub fn weighted_product(
    matrix: &DecisionMatrix,
    weights: &CriteriaWeights,
    normalisation: Normalisation,
) -> Result<Ranking, RankingError> {
    let weights = weights.for_criteria(matrix.directions().len())?;
    let mut scores = alloc::vec![1.0; matrix.alternatives()];
    for (column, weight) in normalisation.columns(matrix)?.iter().zip(weights) {
        for (score, value) in scores.iter_mut().zip(column) {
            *score *= libm::pow(*value, *weight);
        }
    }
    Ranking::new(scores)
}

/// `part` of the weighted sum and the rest of the weighted product, both by the linear normalisation (E. K.
/// Zavadskas and others, 2012).
///
/// # Errors
/// As [`weighted_sum`] and [`weighted_product`]; [`RankingError::Stats`] for a part outside 0..=1.
///
/// # Examples
/// ```
/// use marketloop::ranking::{CriteriaWeights, DecisionMatrix, weighted_sum_product};
/// use marketloop::target::Better;
///
/// let channels = DecisionMatrix::new([Better::Lower, Better::Higher], [[50.0, 3.2], [40.0, 4.1], [35.0, 3.9]])?;
/// let even = CriteriaWeights::equal(2)?;
/// let both = weighted_sum_product(&channels, &even, 0.5)?;
/// assert_eq!(both.order(), [2, 1, 0]);
/// assert!(weighted_sum_product(&channels, &even, 1.5).is_err());
/// # Ok::<(), marketloop::ranking::RankingError>(())
/// ```
#[doc(alias = "WASPAS")]
pub fn weighted_sum_product(
    matrix: &DecisionMatrix,
    weights: &CriteriaWeights,
    part: f64,
) -> Result<Ranking, RankingError> {
    within_one("part", part)?;
    // One normalisation for both: a sum and a product of other figures would not be of one scale.
    let sums = weighted_sum(matrix, weights, Normalisation::Linear)?;
    let products = weighted_product(matrix, weights, Normalisation::Linear)?;
    let both = sums.scores().iter().zip(products.scores());
    Ranking::new(both.map(|(sum, product)| part * sum + (1.0 - part) * product).collect())
}

/// The VIKOR compromise measure Q of each alternative; here the *least* is the best, so that the figures are not
/// a [`Ranking`].
///
/// # Formula
/// With best and worst f+ and f- of each criterion, `r = w (f+ - f) / (f+ - f-)`, `S = sum r`, `R = max r`,
/// `Q = v (S - S*) / (S- - S*) + (1 - v) (R - R*) / (R- - R*)` with least S*, R* and greatest S-, R- (S.
/// Opricovic, 1998). `majority` is v. A term whose range is 0 is 0.
///
/// # Errors
/// [`RankingError::ConstantColumn`]; [`RankingError::LengthMismatch`]; [`RankingError::Stats`] for
/// a v outside 0..=1.
///
/// # Examples
/// ```
/// use marketloop::ranking::{CriteriaWeights, DecisionMatrix, vikor};
/// use marketloop::target::Better;
///
/// let channels = DecisionMatrix::new([Better::Lower, Better::Higher], [[50.0, 3.2], [40.0, 4.1], [35.0, 3.9]])?;
/// let even = CriteriaWeights::equal(2)?;
/// // Here the least is the best: the first channel is worst by both.
/// let measures = vikor(&channels, &even, 0.5)?;
/// assert_eq!(measures[0], 1.0);
/// # Ok::<(), marketloop::ranking::RankingError>(())
/// ```
#[doc(alias = "VIKOR")]
pub fn vikor(
    matrix: &DecisionMatrix,
    weights: &CriteriaWeights,
    majority: f64,
) -> Result<Vec<f64>, RankingError> {
    within_one("majority", majority)?;
    let weights = weights.for_criteria(matrix.directions().len())?;
    let mut sums = alloc::vec![0.0; matrix.alternatives()];
    let mut regrets = alloc::vec![0.0_f64; matrix.alternatives()];
    for (column, ((direction, values), weight)) in matrix.columns().zip(weights).enumerate() {
        let (least, greatest) = range(values);
        if greatest <= least {
            return Err(RankingError::ConstantColumn { column });
        }
        for ((value, sum), regret) in values.iter().zip(&mut sums).zip(&mut regrets) {
            let behind = if direction == Better::Higher { greatest - value } else { value - least };
            let part = weight * behind / (greatest - least);
            *sum += part;
            *regret = regret.max(part);
        }
    }
    let (least_sum, greatest_sum) = range(&sums);
    let (least_regret, greatest_regret) = range(&regrets);
    let part = |x: f64, least: f64, greatest: f64| {
        if greatest > least { (x - least) / (greatest - least) } else { 0.0 }
    };
    let measures = sums.iter().zip(&regrets).map(|(sum, regret)| {
        majority * part(*sum, least_sum, greatest_sum)
            + (1.0 - majority) * part(*regret, least_regret, greatest_regret)
    });
    Ok(measures.collect())
}

fn within_one(name: &'static str, value: f64) -> Result<(), RankingError> {
    if (0.0..=1.0).contains(&value) {
        Ok(())
    } else {
        Err(StatsError::OutOfRange { name, value, range: "0..=1" }.into())
    }
}
