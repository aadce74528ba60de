//! Weights by the spread of each column, and by the effect of its removal.

use super::decision_matrix::is_constant;
use super::normalisation::count;
use super::{CriteriaWeights, DecisionMatrix, Normalisation, RankingError};
use crate::stats::variance;
use crate::target::Better;
use alloc::vec::Vec;

/// The weights of the criteria by the sample deviation of their values as they are, in their units. A column of
/// equal values, zeros included, weighs nothing.
///
/// # Errors
/// [`RankingError::NoContrast`] for a single alternative or columns that are all constant.
///
/// # Examples
/// ```
/// use marketloop::ranking::{DecisionMatrix, deviation_weights};
/// use marketloop::target::Better;
///
/// // All cost the same: only the return tells the channels apart.
/// let channels = DecisionMatrix::new([Better::Lower, Better::Higher], [[50.0, 3.2], [50.0, 4.1], [50.0, 1.9]])?;
/// assert_eq!(deviation_weights(&channels)?.values(), [0.0, 1.0]);
/// # Ok::<(), marketloop::ranking::RankingError>(())
/// ```
pub fn deviation_weights(matrix: &DecisionMatrix) -> Result<CriteriaWeights, RankingError> {
    // The mean of equal values may be rounded: what that leaves is no deviation. So is a lone value none.
    let deviation = |values: &[f64]| {
        if is_constant(values) { Ok(0.0) } else { variance(values).map(libm::sqrt) }
    };
    let deviations = matrix.columns().map(|(_, values)| deviation(values));
    CriteriaWeights::of_contrasts(deviations.collect::<Result<_, _>>()?)
}

/// The weights of the criteria by the Gini coefficient of their values.
///
/// # Formula
/// `G = sum_jk abs(x_j - x_k) / (2 m^2 mean)` over m alternatives, `w = G / sum G` (C. Gini, 1912). A column of
/// equal values, zeros included, weighs nothing.
///
/// # Errors
/// [`RankingError::Cell`] for a value below 0; [`RankingError::NoContrast`] for columns that are all constant.
///
/// # Examples
/// ```
/// use marketloop::ranking::{DecisionMatrix, gini_weights};
/// use marketloop::target::Better;
///
/// // All cost the same: only the return tells the channels apart.
/// let channels = DecisionMatrix::new([Better::Lower, Better::Higher], [[50.0, 3.2], [50.0, 4.1], [50.0, 1.9]])?;
/// assert_eq!(gini_weights(&channels)?.values(), [0.0, 1.0]);
/// # Ok::<(), marketloop::ranking::RankingError>(())
/// ```
pub fn gini_weights(matrix: &DecisionMatrix) -> Result<CriteriaWeights, RankingError> {
    matrix.require("0 or more", |value| value >= 0.0)?;
    let gini = |values: &[f64]| {
        if is_constant(values) {
            return 0.0;
        }
        let sum: f64 = values.iter().sum();
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        // The gap above the i-th value in order lies between i m - i^2 pairs: terms of one sign, without the m^2 pairs.
        let places = (1..sorted.len()).scan(0.0, |place, _| {
            *place += 1.0;
            Some(*place)
        });
        let all = count(values);
        let gaps = sorted.iter().zip(sorted.iter().skip(1)).map(|(low, high)| high - low);
        let differences: f64 = gaps.zip(places).map(|(gap, place)| gap * place * (all - place)).sum();
        differences / (all * sum)
    };
    CriteriaWeights::of_contrasts(matrix.columns().map(|(_, values)| gini(values)).collect())
}

/// MEREC weights: by how much the overall performance of the alternatives changes when the criterion is removed.
///
/// # Formula
/// Columns scaled by the linear normalisation of the opposite direction, `S_i = ln(1 + sum_j abs(ln n_ij) / n)`,
/// the same without criterion j as `S_ij`, and `E_j = sum_i abs(S_ij - S_i)` (M. Keshavarz-Ghorabaee and
/// others, 2021). A column of equal values, zeros included, weighs nothing.
///
/// # Errors
/// [`RankingError::Cell`] for a value that is not above 0, but in a column of equal ones;
/// [`RankingError::NoContrast`] for columns that are all constant.
///
/// # Examples
/// ```
/// use marketloop::ranking::{DecisionMatrix, removal_weights};
/// use marketloop::target::Better;
///
/// // All cost the same: only the return tells the channels apart.
/// let channels = DecisionMatrix::new([Better::Lower, Better::Higher], [[50.0, 3.2], [50.0, 4.1], [50.0, 1.9]])?;
/// assert_eq!(removal_weights(&channels)?.values(), [0.0, 1.0]);
/// # Ok::<(), marketloop::ranking::RankingError>(())
/// ```
#[doc(alias = "MEREC")]
pub fn removal_weights(matrix: &DecisionMatrix) -> Result<CriteriaWeights, RankingError> {
    matrix.require_where_different("above 0", |value| value > 0.0)?;
    let opposite = matrix.turned();
    let logs: Vec<Vec<f64>> = Normalisation::Linear
        .columns(&opposite)?
        .into_iter()
        .map(|column| column.into_iter().map(|value| libm::log(value).abs()).collect())
        .collect();
    let criteria = logs.iter().map(|_| 1.0).sum::<f64>();
    let mut sums = alloc::vec![0.0; matrix.alternatives()];
    for column in &logs {
        for (sum, log) in sums.iter_mut().zip(column) {
            *sum += log;
        }
    }
    // Near the best the sum is small: 1 plus it would lose its digits.
    let performance = |sum: f64| libm::log1p(sum / criteria);
    let effect = |column: &Vec<f64>| {
        let pairs = sums.iter().zip(column);
        pairs.map(|(sum, log)| (performance(sum - log) - performance(*sum)).abs()).sum::<f64>()
    };
    CriteriaWeights::of_contrasts(logs.iter().map(effect).collect())
}

impl DecisionMatrix {
    /// The same values, with every criterion in the opposite direction.
    pub(super) fn turned(&self) -> Self {
        self.directed(|direction| match direction {
            Better::Higher => Better::Lower,
            Better::Lower => Better::Higher,
        })
    }
}
