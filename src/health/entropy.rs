//! Weights by entropy.

use super::normalisation::is_zero;
use super::{CriteriaWeights, DecisionMatrix, HealthError};
use alloc::vec::Vec;

/// The weights of the criteria by how unevenly their values are spread over the alternatives.
///
/// # Formula
/// `p = x / sum x`, `e = -sum p ln p / ln m` with 0 ln 0 = 0 over m alternatives, `w = (1 - e) / sum (1 - e)`
/// (C. E. Shannon, 1948; M. Zeleny, 1982). The direction does not matter. A column of equal values weighs
/// nothing.
///
/// # Errors
/// [`HealthError::Cell`] for a value below 0; [`HealthError::Undefined`] for a column of zeros;
/// [`HealthError::NoContrast`] for a single alternative or columns that are all constant.
pub fn entropy_weights(matrix: &DecisionMatrix) -> Result<CriteriaWeights, HealthError> {
    matrix.require("0 or more", |value| value >= 0.0)?;
    if matrix.alternatives() < 2 {
        return Err(HealthError::NoContrast);
    }
    let contrasts: Result<Vec<f64>, HealthError> =
        matrix.columns().map(|(_, values)| redundancy(values)).collect();
    CriteriaWeights::of_contrasts(contrasts?)
}

/// `1 - e`.
fn redundancy(values: &[f64]) -> Result<f64, HealthError> {
    let sum: f64 = values.iter().sum();
    if is_zero(sum) {
        return Err(HealthError::Undefined { what: "the share of a column of zeros" });
    }
    if values.windows(2).all(|pair| matches!(pair, [a, b] if a.total_cmp(b).is_eq())) {
        return Ok(0.0);
    }
    let terms = values.iter().map(|value| value / sum).filter(|p| *p > 0.0);
    let entropy: f64 = terms.map(|p| p * libm::log(p)).sum();
    Ok(1.0 + entropy / libm::log(super::normalisation::count(values)))
}
