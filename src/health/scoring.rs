//! How a matrix becomes scores: per level a normaliser and an aggregation, and what is done where values are
//! missing.

use super::{Aggregation, Normaliser};
use core::fmt;
use serde::{Deserialize, Serialize};

/// What a level does with parts that have no score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingPolicy {
    /// Leave them out; the weights of the others are renormalised. Without any part there is no score.
    #[default]
    Skip,
    /// Count them as 0.
    Zero,
    /// One missing part makes the level's score missing.
    Propagate,
}

impl fmt::Display for MissingPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Skip => "skip",
            Self::Zero => "zero",
            Self::Propagate => "propagate",
        })
    }
}

/// One level: how its parts become scores, and these scores one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoreLevel {
    /// From a part's value to its score.
    pub normaliser: Normaliser,
    /// From the parts' scores to one.
    pub aggregation: Aggregation,
}

/// How the indicators of a dimension, and then the dimensions of a matrix, become one score.
///
/// The default is the arithmetic mean of clipped target ratios on both levels, missing parts skipped.
///
/// # Examples
/// ```
/// use marketloop::health::{Aggregation, MissingPolicy, Scoring};
///
/// let strict = Scoring::of(Aggregation::Geometric).with_missing(MissingPolicy::Propagate);
/// assert_eq!(strict.dimensions.aggregation, Aggregation::Geometric);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scoring {
    /// From indicators to a dimension.
    pub indicators: ScoreLevel,
    /// From dimensions to the whole.
    pub dimensions: ScoreLevel,
    /// What is done where scores are missing, on both levels.
    pub missing: MissingPolicy,
}

impl Scoring {
    /// The same aggregation on both levels, of clipped target ratios, missing parts skipped.
    #[must_use]
    pub fn of(aggregation: Aggregation) -> Self {
        Self {
            indicators: ScoreLevel { normaliser: Normaliser::TARGET_RATIO, aggregation: aggregation.clone() },
            dimensions: ScoreLevel { normaliser: Normaliser::UNCHANGED, aggregation },
            missing: MissingPolicy::Skip,
        }
    }

    /// The scoring with this policy.
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
