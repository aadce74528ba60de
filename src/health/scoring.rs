//! The rules by which a matrix is scored: for each level a normaliser and an aggregation, and a policy for missing
//! values.

use super::{Aggregation, HealthError, Normaliser};
use crate::quantity::wire::wire_fields;
use crate::quantity::words::words;

/// What a level does with parts that have no score.
///
/// ```
/// # use marketloop::health::MissingPolicy;
/// assert_eq!(serde_json::from_str::<MissingPolicy>(r#""propagate""#)?, MissingPolicy::Propagate);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum MissingPolicy {
    /// Leave them out; the weights of the others are renormalised. Without any part there is no score.
    #[default]
    Skip,
    /// Count them as 0.
    Zero,
    /// One missing part makes the level's score missing.
    Propagate,
}

words!(MissingPolicy, "policy for missing scores", HealthError:
    Skip = "skip",
    Zero = "zero",
    Propagate = "propagate",
);

/// How the indicators of a dimension, and then the dimensions of a matrix, become one score.
///
/// The default is the arithmetic mean of clipped target ratios on both levels, missing parts skipped.
///
/// # Examples
/// ```
/// use marketloop::health::{Aggregation, MissingPolicy, Scoring};
///
/// let strict = Scoring::of(Aggregation::Geometric).with_missing(MissingPolicy::Propagate);
/// assert_eq!(strict.dimension_aggregation, Aggregation::Geometric);
/// ```
///
/// On the wire:
/// ```
/// # use marketloop::health::{Aggregation, Scoring};
/// let json = r#"{"indicator_normaliser":"target_ratio","indicator_aggregation":"arithmetic",
///     "dimension_normaliser":"unchanged","dimension_aggregation":"weakest_link","missing":"skip"}"#;
/// assert_eq!(serde_json::from_str::<Scoring>(json)?.dimension_aggregation, Aggregation::WeakestLink);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Scoring {
    /// How an indicator's value becomes its score, where the indicator has no normaliser of its own.
    pub indicator_normaliser: Normaliser,
    /// How the scores of a dimension's indicators become one.
    pub indicator_aggregation: Aggregation,
    /// How that one becomes the score with which the dimension enters the whole.
    pub dimension_normaliser: Normaliser,
    /// How the scores of the dimensions become that of the whole.
    pub dimension_aggregation: Aggregation,
    /// What is done where scores are missing, on both levels.
    pub missing: MissingPolicy,
}

wire_fields!(Scoring {
    indicator_normaliser,
    indicator_aggregation,
    dimension_normaliser,
    dimension_aggregation,
    missing
});

impl Scoring {
    /// The same aggregation on both levels, of clipped target ratios, missing parts skipped.
    #[must_use]
    pub fn of(aggregation: Aggregation) -> Self {
        Self {
            indicator_normaliser: Normaliser::TARGET_RATIO,
            indicator_aggregation: aggregation.clone(),
            dimension_normaliser: Normaliser::UNCHANGED,
            dimension_aggregation: aggregation,
            missing: MissingPolicy::Skip,
        }
    }

    /// The scoring with this policy.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::{Matrix, MissingPolicy, Scoring};
    ///
    /// let strict = Scoring::default().with_missing(MissingPolicy::Zero);
    /// let matrix = Matrix::marketing()?.with_scoring(strict)?;
    /// // Nothing was measured, and that counts as nothing reached.
    /// assert_eq!(matrix.assess()?.score().to_string(), "0%");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_missing(self, missing: MissingPolicy) -> Self {
        Self { missing, ..self }
    }

    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Default for Scoring {
    fn default() -> Self {
        Self::of(Aggregation::Arithmetic)
    }
}
