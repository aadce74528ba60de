//! The health of a team's marketing: indicators in dimensions, each with its target and its light.
//!
//! ```
//! use marketloop::health::{Dimension, Indicator, Matrix};
//! use marketloop::quantity::{Ratio, Rounding};
//! use marketloop::target::{Bands, Light, Threshold};
//! use marketloop::time::Grain;
//! use rust_decimal::{Decimal, dec};
//!
//! let repurchase = Indicator::new("repurchase rate", "at least 25 %".parse()?, Grain::Month);
//! let retention = Indicator::new("active-user retention", "at least 60 %".parse()?, Grain::Month);
//! let matrix = Matrix::new(
//!     Bands::lights(Threshold::at_or_above(dec!(0.8)), Threshold::at_or_above(dec!(1)))?,
//!     [Dimension::new("stickiness", [
//!         repurchase.with_actual("27 %".parse()?)?,
//!         retention.with_actual("55 %".parse()?)?,
//!     ])],
//! )?;
//! let lights: Vec<String> = matrix.readings().map(|reading| reading.light().to_string()).collect();
//! assert_eq!(lights, ["green", "yellow"]);
//!
//! // One figure for the whole, what each indicator gives to it, and what would turn the light green at least effort.
//! let assessment = matrix.assess()?;
//! let why = assessment.contributions((4, Rounding::HalfEven))?;
//! let parts: Vec<Decimal> = why.parts().iter().map(|part| part.value).collect();
//! assert_eq!((parts, why.total()), (vec![dec!(0.5), dec!(0.4583)], dec!(0.9583)));
//! let effort = assessment.least_effort(Light::Green, |_, _| Ratio::ONE)?;
//! assert_eq!(effort.steps().next(), Some(("stickiness", "active-user retention")));
//! # Ok::<(), marketloop::Error>(())
//! ```
//!
//! An indicator's value becomes a score by its [`Normaliser`] (the attained share of its target where none is named),
//! the scores of a dimension become one by an [`Aggregation`] with weights, and so do those of the dimensions
//! ([`Scoring`]). Weights are given or equal; [`ranking`](crate::ranking) finds them by judgements or from data. Many
//! entities are scored at once by [`Matrix::score_columns`].
//!
//! | case | answer |
//! | --- | --- |
//! | an indicator without a value | [missing](crate::figure::Figure::Missing), and it counts as not covered; never red: *missing* is only what was not measured |
//! | an attainment that is undefined (a target of zero) | the best light and a score of 1 where the target is met, the worst and 0 where it is missed; the reason stands in [`Reading::achievement`] |
//! | a value in another unit | [`HealthError::Target`] naming both units |
//! | two indicators of one name in a dimension | [`HealthError::DuplicateName`] |
//! | an indicator without a score | [`MissingPolicy`]: left out, counted as 0, or no score above it; the coverage is told in each case |
//! | a score of 0 in a geometric or harmonic mean | 0 |
//! | a dimension of weight 0 only | it has a score of its own and no part in the whole |
//! | a score of which a part was not measured, or is carried over | [`Assessment::summary`]: coverage by count and weight, the worst light, the day of each value |
//! | two periods with other indicators | [`Assessment::like_for_like`]: compared over what both measured, the rest is told |
//! | a value older than its review cycle | [`Punctuality::Overdue`] with the date on which the next was due |

mod aggregation;
mod assessment;
mod choice;
mod column_edges;
mod column_level;
mod column_scores;
mod column_shape;
mod columns;
mod comparison;
mod contributions;
mod effort;
mod indicator;
mod indicator_name;
mod light_ends;
mod matrix;
mod normaliser;
mod normaliser_text;
mod percentile;
mod preset;
mod reading;
mod robustness;
mod score;
mod scoring;
mod staleness;
mod summary;
mod value_column;

pub use aggregation::Aggregation;
pub use assessment::{Assessment, DimensionScore};
pub use column_scores::ColumnScores;
pub use comparison::LikeForLike;
pub use effort::Effort;
pub use indicator::{Dimension, Indicator};
pub use indicator_name::IndicatorName;
pub use matrix::{Matrix, MatrixDraft};
pub use normaliser::Normaliser;
pub use percentile::Ties;
pub use reading::{Coverage, Reading};
pub use score::Score;
pub use scoring::{MissingPolicy, Scoring};
pub use staleness::{Punctuality, baseline_due};
pub use value_column::ValueColumn;

use crate::decompose::DecomposeError;
use crate::error::{ErrorKind, TooLarge, UnknownWord};
use crate::quantity::QuantityError;
use crate::target::TargetError;
use crate::time::TimeError;
use alloc::boxed::Box;
use alloc::string::String;
use rust_decimal::Decimal;

/// Why a health matrix or its assessment could not be made.
#[derive(Debug, Clone, PartialEq, thiserror::Error, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum HealthError {
    /// There are no indicators.
    #[error("a matrix needs at least one dimension, and a dimension at least one indicator")]
    Empty,
    /// Two dimensions, or two indicators of a dimension, have the same name.
    #[error("`{name}` stands twice")]
    DuplicateName {
        /// The name.
        name: String,
    },
    /// An indicator that the matrix does not have.
    #[error("there is no indicator `{indicator}` in a dimension `{dimension}`")]
    UnknownIndicator {
        /// The dimension's name.
        dimension: String,
        /// The indicator's name.
        indicator: String,
    },
    /// A weight below 0.
    #[error("weight {weight} is below 0")]
    Weight {
        /// The weight as given.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        weight: Decimal,
    },
    /// No weight above 0.
    #[error("no weight is above 0")]
    NoWeight,
    /// A figure outside its range.
    #[error("{name} {value} is outside {range}")]
    OutOfRange {
        /// What the figure is called.
        name: &'static str,
        /// The value as given.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        value: Decimal,
        /// What is admitted.
        range: &'static str,
    },
    /// A range whose ends are equal, or in the wrong order.
    #[error("{what} from {from} to {to} have no range")]
    NoRange {
        /// What has the ends.
        what: &'static str,
        /// The first end.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        from: Decimal,
        /// The other end.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        to: Decimal,
    },
    /// A sample or a list of points that is too short.
    #[error("{what} needs more values than were given")]
    EmptySample {
        /// What needs them.
        what: &'static str,
    },
    /// A point that is not above the one before it.
    #[error("point {index} is not above the one before it")]
    PointsNotRising {
        /// The index of the point, from 0.
        index: usize,
    },
    /// A target ratio where there is no target: of a dimension or a bare value.
    #[error("a target ratio needs an indicator's target")]
    NeedsTarget,
    /// A score below 0 in a mean that does not take one.
    #[error("geometric, harmonic and power means take no scores below 0")]
    NegativeScore,
    /// A list of another length than its counterpart.
    #[error("{what}: {found} given, {expected} expected")]
    LengthMismatch {
        /// What the list holds.
        what: &'static str,
        /// How many are expected.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A figure that does not exist.
    #[error("{what} is undefined")]
    Undefined {
        /// What was asked for.
        what: &'static str,
    },
    /// A text that names none of the choices.
    #[error(transparent)]
    UnknownWord(#[from] UnknownWord),
    /// Two assessments that are not of the same dimensions and indicators.
    #[error("the two assessments differ in their dimensions, indicators or scoring")]
    DifferentMatrix,
    /// Two assessments that have no measured indicator of weight in common.
    #[error("no indicator was measured in both periods")]
    NothingInCommon,
    /// A light that no choice of values reaches.
    #[error("no values of the indicators reach {needed}; the highest score is {highest}")]
    Unreachable {
        /// The score that was to be reached.
        needed: Box<Score>,
        /// The highest that can be.
        highest: Box<Score>,
    },
    /// More changed scores than Shapley values are computed for.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
    /// A change that could not be explained.
    #[error(transparent)]
    Decompose(#[from] DecomposeError),
    /// An exact figure that cannot be computed, or a text that names none of the choices.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
    /// A target or a value was refused.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// A date was refused.
    #[error(transparent)]
    Time(#[from] TimeError),
}

crate::error::fault!(HealthError);

impl HealthError {
    /// The kind of the fault.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::UnknownIndicator { .. } => ErrorKind::NotFound,
            Self::DuplicateName { .. } => ErrorKind::Duplicate,
            Self::UnknownWord(_) => ErrorKind::Syntax,
            Self::Empty | Self::EmptySample { .. } | Self::NoWeight => ErrorKind::Empty,
            Self::LengthMismatch { .. } | Self::DifferentMatrix | Self::NeedsTarget => ErrorKind::Mismatch,
            Self::Weight { .. }
            | Self::OutOfRange { .. }
            | Self::PointsNotRising { .. }
            | Self::NegativeScore => ErrorKind::OutOfRange,
            Self::NoRange { .. }
            | Self::NothingInCommon
            | Self::Undefined { .. }
            | Self::Unreachable { .. } => ErrorKind::Undefined,
            Self::TooLarge(error) => error.kind(),
            Self::Decompose(error) => error.kind(),
            Self::Quantity(error) => error.kind(),
            Self::Target(error) => error.kind(),
            Self::Time(error) => error.kind(),
        }
    }
}
