//! From the values of a criterion to comparable figures, where more is better.

use super::decision_matrix::is_constant;
use super::{DecisionMatrix, RankingError};
use crate::quantity::words::words;
use crate::target::Better;
use alloc::vec::Vec;

/// How the column of a criterion is made comparable.
///
/// # Formula
/// With values x, their least l and greatest g, and n alternatives:
///
/// | name | benefit | cost |
/// | --- | --- | --- |
/// | min-max | (x - l) / (g - l) | (g - x) / (g - l) |
/// | max | x / g | 1 - x / g |
/// | sum | x / sum x | (1 / x) / sum (1 / x) |
/// | vector | x / root of sum x² | 1 - x / root of sum x² |
/// | logarithmic | ln x / sum ln x | (1 - ln x / sum ln x) / (n - 1) |
/// | linear | x / g | l / x |
/// | nonlinear | (x / g)² | (l / x)³ |
/// | enhanced accuracy | 1 - (g - x) / sum (g - x) | 1 - (x - l) / sum (x - l) |
/// | Zavadskas-Turskis | 1 - abs((g - x) / g) | 1 - abs((l - x) / l) |
///
/// A column of equal values is 1 throughout by min-max: it sets nobody back. A column of zeros has the figures of any
/// other column of equal values. By the logarithmic normalisation these are 1 / n each, the enhanced accuracy refuses
/// them, naming the column.
///
/// ```
/// # use marketloop::ranking::Normalisation;
/// assert_eq!(serde_json::from_str::<Normalisation>(r#""min_max""#)?, Normalisation::MinMax);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Normalisation {
    /// By the range.
    MinMax,
    /// By the greatest, which is not below 0.
    Max,
    /// By the sum; every value above 0.
    Sum,
    /// By the Euclidean norm.
    Vector,
    /// By logarithms; every value above 0. Of values whose product is below 1 the order turns round: count them in a
    /// smaller unit first.
    Logarithmic,
    /// By the best; every value above 0.
    Linear,
    /// By powers of the quotient with the best (F. Peldschus, 1983); no value below 0, and above it where less is better.
    Nonlinear,
    /// By the distances to the best (H. Zeng and others, 2013).
    EnhancedAccuracy,
    /// By the relative distance to the best (E. K. Zavadskas and Z. Turskis, 2008).
    ZavadskasTurskis,
}

words!(Normalisation, "normalisation", RankingError:
    MinMax = "min_max" / "min-max",
    Max = "max",
    Sum = "sum",
    Vector = "vector",
    Logarithmic = "logarithmic",
    Linear = "linear",
    Nonlinear = "nonlinear",
    EnhancedAccuracy = "enhanced_accuracy" / "enhanced accuracy",
    ZavadskasTurskis = "zavadskas_turskis" / "Zavadskas-Turskis",
);

impl Normalisation {
    /// The comparable figures of one criterion, one for each alternative.
    ///
    /// # Errors
    /// [`RankingError::Cell`] for a value that the formula does not take, or whose figure is not finite;
    /// [`RankingError::ConstantColumn`] where it divides by a difference of 0; [`RankingError::NoSuchColumn`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::ranking::{DecisionMatrix, Normalisation};
    /// use marketloop::target::Better;
    ///
    /// let channels = DecisionMatrix::new([Better::Lower], [[50.0], [40.0], [30.0]])?;
    /// assert_eq!(Normalisation::MinMax.column(&channels, 0)?, [0.0, 0.5, 1.0]);
    /// # Ok::<(), marketloop::ranking::RankingError>(())
    /// ```
    pub fn column(self, matrix: &DecisionMatrix, criterion: usize) -> Result<Vec<f64>, RankingError> {
        let (Some(values), Some(direction)) =
            (matrix.column(criterion), matrix.directions().get(criterion).copied())
        else {
            let columns = matrix.directions().len();
            return Err(RankingError::NoSuchColumn { column: criterion, columns });
        };
        let figures = if values.iter().all(|value| is_zero(*value)) {
            // Nothing differs, as in any other column of equal values: 0 / 0 is taken for its limit.
            self.of(&values.iter().map(|_| 1.0).collect::<Vec<_>>(), direction, criterion)?
        } else {
            self.of(values, direction, criterion)?
        };
        let cells = values.iter().zip(&figures).enumerate();
        match cells.into_iter().find(|(_, (_, figure))| !figure.is_finite()) {
            None => Ok(figures),
            Some((row, (value, _))) => {
                let needed = "one with a finite figure";
                Err(RankingError::Cell { row, column: criterion, value: *value, needed })
            }
        }
    }

    /// The comparable figures of all criteria, column by column.
    pub(super) fn columns(self, matrix: &DecisionMatrix) -> Result<Vec<Vec<f64>>, RankingError> {
        (0..matrix.directions().len()).map(|criterion| self.column(matrix, criterion)).collect()
    }

    fn of(self, values: &[f64], direction: Better, column: usize) -> Result<Vec<f64>, RankingError> {
        let cost = direction == Better::Lower;
        let (least, greatest) = range(values);
        let refuse = |needed, admits: &dyn Fn(f64) -> bool| match values
            .iter()
            .enumerate()
            .find(|(_, value)| !admits(**value))
        {
            Some((row, value)) => Err(RankingError::Cell { row, column, value: *value, needed }),
            None => Ok(()),
        };
        let map = |f: &dyn Fn(f64) -> f64| values.iter().map(|value| f(*value)).collect::<Vec<f64>>();
        let of_best = |best: f64| {
            // It is one of the values.
            refuse("other than 0, as the best of its column", &|x| !(is_zero(best) && is_zero(x)))?;
            Ok::<f64, RankingError>(best)
        };
        Ok(match (self, cost) {
            (Self::MinMax, _) if greatest <= least => map(&|_| 1.0),
            (Self::MinMax, false) => map(&|x| (x - least) / (greatest - least)),
            (Self::MinMax, true) => map(&|x| (greatest - x) / (greatest - least)),
            (Self::Max, _) => {
                let best = of_best(greatest)?;
                // By a negative best the order would turn round.
                refuse("at least 0, as the best of its column", &|x| best > 0.0 || x < best)?;
                if cost { map(&|x| 1.0 - x / best) } else { map(&|x| x / best) }
            }
            (Self::Sum, _) => {
                refuse("above 0", &|x| x > 0.0)?;
                let terms = if cost { map(&|x| 1.0 / x) } else { values.to_vec() };
                let sum: f64 = terms.iter().sum();
                terms.into_iter().map(|term| term / sum).collect()
            }
            (Self::Vector, _) => {
                let parts = unit_vector(values).ok_or(RankingError::ConstantColumn { column })?;
                if cost { parts.into_iter().map(|part| 1.0 - part).collect() } else { parts }
            }
            (Self::Logarithmic, _) => {
                refuse("above 0", &|x| x > 0.0)?;
                if is_constant(values) {
                    // The limit of equal values; of ones the logarithms add up to 0.
                    let all = count(values);
                    return Ok(map(&|_| 1.0 / all));
                }
                let sum: f64 = values.iter().map(|x| libm::log(*x)).sum();
                // Where the product is below 1 the sum is below 0 and the order turns round. The references
                // compute it so and refuse nothing: the doc says it.
                let others = count(values) - 1.0;
                if cost {
                    map(&|x| (1.0 - libm::log(x) / sum) / others)
                } else {
                    map(&|x| libm::log(x) / sum)
                }
            }
            (Self::Linear, _) => {
                refuse("above 0", &|x| x > 0.0)?;
                if cost { map(&|x| least / x) } else { map(&|x| x / greatest) }
            }
            (Self::Nonlinear, true) => {
                refuse("above 0", &|x| x > 0.0)?;
                map(&|x| (least / x) * (least / x) * (least / x))
            }
            (Self::Nonlinear, false) => {
                let best = of_best(greatest)?;
                // A square loses the sign.
                refuse("at least 0", &|x| x >= 0.0)?;
                map(&|x| (x / best) * (x / best))
            }
            (Self::EnhancedAccuracy, _) => {
                let distance = |x: f64| if cost { x - least } else { greatest - x };
                let sum: f64 = values.iter().map(|x| distance(*x)).sum();
                if is_zero(sum) {
                    return Err(RankingError::ConstantColumn { column });
                }
                map(&|x| 1.0 - distance(x) / sum)
            }
            (Self::ZavadskasTurskis, _) => {
                let best = of_best(if cost { least } else { greatest })?;
                map(&|x| 1.0 - ((best - x) / best).abs())
            }
        })
    }
}

/// The values over their Euclidean norm; `None` where all are 0.
pub(super) fn unit_vector(values: &[f64]) -> Option<Vec<f64>> {
    // Scaled by the greatest magnitude, so that small values keep their squares.
    let scale = values.iter().fold(0.0_f64, |scale, value| scale.max(value.abs()));
    if is_zero(scale) {
        return None;
    }
    let norm = libm::sqrt(values.iter().map(|value| (value / scale) * (value / scale)).sum::<f64>());
    Some(values.iter().map(|value| value / scale / norm).collect())
}

/// The least and the greatest of the values of a column, which has at least one.
pub(super) fn range(values: &[f64]) -> (f64, f64) {
    debug_assert!(!values.is_empty(), "a matrix has at least one alternative");
    let ends = (f64::INFINITY, f64::NEG_INFINITY);
    values.iter().fold(ends, |(least, greatest), value| (least.min(*value), greatest.max(*value)))
}

pub(super) fn is_zero(value: f64) -> bool {
    value.abs() < f64::MIN_POSITIVE
}

#[expect(clippy::cast_precision_loss, reason = "no slice has 2^53 elements of eight bytes")]
pub(super) fn count(values: &[f64]) -> f64 {
    values.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A quotient with a best below 0, and a square of what is below 0, would put the worse one first.
    #[test]
    fn what_would_turn_the_order_round_is_refused() {
        let normalised = |normalisation: Normalisation, better, values: [f64; 2]| {
            let matrix = DecisionMatrix::new([better], values.map(|value| [value])).unwrap();
            normalisation.column(&matrix, 0)
        };
        let (higher, lower) = (Better::Higher, Better::Lower);
        for (normalisation, better, values) in [
            (Normalisation::Max, higher, [-2.0, -1.0]),
            (Normalisation::Max, lower, [-2.0, -1.0]),
            (Normalisation::Linear, higher, [-2.0, -1.0]),
            (Normalisation::Linear, lower, [-2.0, 1.0]),
            (Normalisation::Nonlinear, higher, [-3.0, 1.0]),
            (Normalisation::Nonlinear, lower, [-2.0, -1.0]),
        ] {
            let refused = normalised(normalisation, better, values);
            assert!(
                matches!(refused, Err(RankingError::Cell { .. })),
                "{normalisation} {better}: {refused:?}"
            );
        }
        // A best above 0 keeps the order of what lies below.
        let kept = normalised(Normalisation::Max, higher, [-2.0, 4.0]);
        assert_eq!(kept, Ok(alloc::vec![-0.5, 1.0]));
    }
}
