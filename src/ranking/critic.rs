//! Weights by contrast and conflict.

use super::{CriteriaWeights, DecisionMatrix, Normalisation, RankingError};
use alloc::vec::Vec;

/// CRITIC weights: by the contrast of each criterion and by how little it correlates with the others.
///
/// # Formula
/// Columns scaled by min-max, `C_j = s_j sum_k (1 - r_jk)` with sample deviation s and Pearson correlation r,
/// `w = C / sum C` (D. Diakoulaki, G. Mavrotas and L. Papayannakis, 1995). A column of equal values weighs
/// nothing and has no say in the others' sums. Costs are turned around first, by the matrix's directions; where
/// directions are mixed, [`DecisionMatrix::with_direction`] gives the weights of another reading, which differ.
///
/// # Errors
/// [`RankingError::NoContrast`] for a single alternative, for columns that are all constant, or for ones that
/// all rise and fall together.
///
/// # Examples
/// ```
/// use marketloop::ranking::{DecisionMatrix, critic_weights};
/// use marketloop::target::Better;
///
/// // Cost, return, and a reach that says the same as the return: the two share what the cost has alone.
/// let rows = [[50.0, 3.2, 64.0], [40.0, 4.1, 82.0], [45.0, 3.9, 78.0]];
/// let channels = DecisionMatrix::new([Better::Lower, Better::Higher, Better::Higher], rows)?;
/// let weights = critic_weights(&channels)?;
/// assert!(weights.values()[0] > weights.values()[1]);
/// # Ok::<(), marketloop::Error>(())
/// ```
#[doc(alias = "CRITIC")]
pub fn critic_weights(matrix: &DecisionMatrix) -> Result<CriteriaWeights, RankingError> {
    let columns: Vec<Centred> =
        Normalisation::MinMax.columns(matrix)?.into_iter().map(Centred::new).collect();
    // The common divisor m - 1 of the deviations does not change the weights.
    let contrast = |(index, column): (usize, &Centred)| {
        let others =
            columns.iter().enumerate().filter(|(other, column)| *other != index && column.norm > 0.0);
        // Beyond rounding, 1 - r is not below 0.
        column.norm * others.map(|(_, other)| (1.0 - column.correlation(other)).max(0.0)).sum::<f64>()
    };
    let contrasts: Vec<f64> = columns.iter().enumerate().map(contrast).collect();
    // What only rounding leaves of columns that move together is no contrast.
    let noise = columns.iter().map(|column| column.norm).sum::<f64>() * 1e-13;
    if contrasts.iter().sum::<f64>() <= noise {
        return Err(RankingError::NoContrast);
    }
    CriteriaWeights::of_contrasts(contrasts)
}

/// A column less its mean, and the root of the sum of its squares.
struct Centred {
    values: Vec<f64>,
    norm: f64,
}

impl Centred {
    fn new(values: Vec<f64>) -> Self {
        let mean = values.iter().sum::<f64>() / super::normalisation::count(&values);
        let (least, greatest) = super::normalisation::range(&values);
        let constant = greatest <= least;
        let values: Vec<f64> = values.into_iter().map(|x| if constant { 0.0 } else { x - mean }).collect();
        let norm = libm::sqrt(values.iter().map(|x| x * x).sum::<f64>());
        Self { values, norm }
    }

    fn correlation(&self, other: &Self) -> f64 {
        if self.norm <= 0.0 || other.norm <= 0.0 {
            return 0.0;
        }
        let product: f64 = self.values.iter().zip(&other.values).map(|(x, y)| x * y).sum();
        (product / self.norm / other.norm).clamp(-1.0, 1.0)
    }
}
