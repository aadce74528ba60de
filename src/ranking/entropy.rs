//! Weights by entropy.

use super::decision_matrix::is_constant;
use super::{CriteriaWeights, DecisionMatrix, RankingError};

/// The weights of the criteria by how unevenly their values are spread over the alternatives.
///
/// # Formula
/// `p = x / sum x`, `e = -sum p ln p / ln m` with 0 ln 0 = 0 over m alternatives, `w = (1 - e) / sum (1 - e)`
/// (C. E. Shannon, 1948; M. Zeleny, 1982). The direction does not matter. A column of equal values, zeros
/// included, weighs nothing.
///
/// # Errors
/// [`RankingError::Cell`] for a value below 0; [`RankingError::NoContrast`] for a single alternative or columns that are all constant.
///
/// # Examples
/// ```
/// use marketloop::ranking::{DecisionMatrix, entropy_weights};
/// use marketloop::target::Better;
///
/// // All cost the same: only the return tells the channels apart.
/// let channels = DecisionMatrix::new([Better::Lower, Better::Higher], [[50.0, 3.2], [50.0, 4.1], [50.0, 1.9]])?;
/// assert_eq!(entropy_weights(&channels)?.values(), [0.0, 1.0]);
/// # Ok::<(), marketloop::ranking::RankingError>(())
/// ```
#[doc(alias("EWM", "熵权法"))]
pub fn entropy_weights(matrix: &DecisionMatrix) -> Result<CriteriaWeights, RankingError> {
    matrix.require("0 or more", |value| value >= 0.0)?;
    if matrix.alternatives() < 2 {
        return Err(RankingError::NoContrast);
    }
    CriteriaWeights::of_contrasts(matrix.columns().map(|(_, values)| redundancy(values)).collect())
}

/// `1 - e`.
fn redundancy(values: &[f64]) -> f64 {
    if is_constant(values) {
        return 0.0;
    }
    let sum: f64 = values.iter().sum();
    // p ln p goes to 0 with p, but not in floats.
    let terms = values.iter().map(|value| value / sum).filter(|p| *p > 0.0);
    let entropy: f64 = terms.map(|p| p * libm::log(p)).sum();
    1.0 + entropy / libm::log(super::normalisation::count(values))
}
