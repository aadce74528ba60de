//! The review: findings with their causes and measures, alerts that call for an answer, and risks.
//!
//! ```
//! use marketloop::review::{Cause, Finding, by_priority};
//!
//! let reach = Finding::new("impressions", "at least 5000000 impression".parse()?, "4800000 impression".parse()?)?
//!     .with_cause(Cause::new("3 notes throttled for violations")?)?
//!     .with_measure("compliance training");
//! let rate = Finding::new("conversion rate", "at least 2 %".parse()?, "1.5 %".parse()?)?;
//! assert_eq!(reach.attainment()?.to_string(), "96%");
//!
//! // What is missed furthest comes first.
//! let list = [reach, rate];
//! assert_eq!(by_priority(&list)?[0].finding().metric(), "conversion rate");
//! # Ok::<(), marketloop::Error>(())
//! ```
//!
//! | case | answer |
//! | --- | --- |
//! | an actual value in another unit than its target | [`ReviewError::Target`] naming both |
//! | an attainment that does not exist (a target of zero) | [`Finding::achievement`] says whether the target is met; its severity is 1 where it is missed |
//! | causes that explain more than the gap | an unexplained share below 0 |
//! | a gap of which nobody says how much a cause explains | [`Unexplained::NotQuantified`], not 100 % |
//! | a metric without data | an alert that fires keeps firing, none is created |
//! | a value between trigger and clear | the alert stays as it is |
//! | a risk matrix that could rate the smaller risk higher | refused, with the two cells |
//! | a risk without numbers | rated by its levels, no expected value |

mod a3;
mod alert;
mod cause;
mod explained;
mod finding;
mod leaf_links;
mod priority;
mod response_plan;
mod risk;
mod risk_matrix;

pub use a3::A3Report;
pub use alert::{AlertChange, AlertRule, AlertRuleDraft, AlertState, AlertStep, Breach};
pub use cause::{Cause, CauseDraft, fishbone};
pub use explained::{GapPart, Unexplained};
pub use finding::{Finding, FindingDraft};
pub use priority::{Priority, by_priority};
pub use response_plan::{ResponsePlan, ResponsePlanDraft, ResponseStep};
pub use risk::{
    Alarp, Alert, RankedRisk, Risk, RiskRegister, RiskRegisterDraft, RiskResponse, ThreePoint,
    ThreePointDraft, ThreePointMean,
};
pub use risk_matrix::{Rating, RiskLevel, RiskMatrix, RiskMatrixDraft};

use crate::error::ErrorKind;
use crate::quantity::{Money, QuantityError};
use crate::target::TargetError;
use crate::time::{Duration, TimeError, Timestamp};
use alloc::string::String;
use rust_decimal::Decimal;

/// Why a finding, an alert or a risk was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReviewError {
    /// A target, an actual value or another quantity was refused.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// A date was refused.
    #[error(transparent)]
    Time(#[from] TimeError),
    /// A name or text that has to say something.
    #[error("a name or text is empty")]
    NoName,
    /// A cause without a why.
    #[error("a cause needs at least one why")]
    NoCause,
    /// A share of a gap that is none.
    #[error("actual and target are equal: there is no gap to explain")]
    NoGap,
    /// A leaf that the tree does not have.
    #[error("the tree has no leaf `{leaf}`")]
    UnknownLeaf {
        /// The id as given.
        leaf: String,
    },
    /// A share in the change of a root that did not change.
    #[error("the root did not change")]
    NoChange,
    /// A weight below zero.
    #[error("weight {weight} is below 0")]
    NegativeWeight {
        /// The weight as given.
        weight: Decimal,
    },
    /// An alert that would clear while it is still a breach.
    #[error("the clear threshold {clear} lies on the bad side of the trigger {trigger}")]
    ClearBeyondTrigger {
        /// The trigger.
        trigger: Decimal,
        /// The clear threshold.
        clear: Decimal,
    },
    /// A look at an alert earlier than the one before.
    #[error("a look at {at} comes before the state of {then}")]
    TimeRunsBack {
        /// The time of the look.
        at: Timestamp,
        /// The time in the state.
        then: Timestamp,
    },
    /// A response without a step.
    #[error("a response needs at least one step")]
    NoSteps,
    /// A step that is due before the one ahead of it.
    #[error("a step within {within} comes after one within {before}")]
    StepOrder {
        /// How long the step has.
        within: Duration,
        /// How long the step ahead of it has.
        before: Duration,
    },
    /// Levels that do not rise, share a name or do not end where they have to.
    #[error("levels rise from above 0 under names of their own, those of probability to 1")]
    Levels,
    /// Ratings that are not one for each pair of levels.
    #[error("the ratings are not {rows} rows of {columns}")]
    MatrixShape {
        /// How many levels of probability there are.
        rows: usize,
        /// How many levels of impact there are.
        columns: usize,
    },
    /// A cell rated below a neighbour of smaller risk.
    #[error("{to} follows {from}, though the risk is larger")]
    FallingRating {
        /// The neighbour's rating.
        from: Rating,
        /// The cell's rating.
        to: Rating,
    },
    /// An acceptable cell with risks larger than some in an unacceptable one.
    #[error(
        "risks up to {up_to} are acceptable in cell {}, {}, but from {from} on unacceptable in cell {}, {}",
        acceptable.0, acceptable.1, unacceptable.0, unacceptable.1
    )]
    Inconsistent {
        /// Row and column of the acceptable cell.
        acceptable: (usize, usize),
        /// The largest risk in it.
        up_to: Decimal,
        /// Row and column of the unacceptable cell.
        unacceptable: (usize, usize),
        /// The least risk in it.
        from: Decimal,
    },
    /// An unacceptable cell beside an acceptable one.
    #[error("an unacceptable cell touches the acceptable cell {row}, {column}")]
    Touching {
        /// The row of the acceptable cell.
        row: usize,
        /// Its column.
        column: usize,
    },
    /// An impact below zero or above the highest level.
    #[error("impact {value} is beyond the levels")]
    BeyondScale {
        /// The impact.
        value: Decimal,
    },
    /// An estimate whose points do not rise from 0 or more.
    #[error("the estimate {low}, {likely}, {high} does not rise from 0 or more")]
    ThreePoints {
        /// The low point.
        low: Money,
        /// The likely point.
        likely: Money,
        /// The high point.
        high: Money,
    },
    /// An alert, a risk or a contribution whose id or name stands in its list twice.
    #[error("`{id}` stands twice")]
    DuplicateId {
        /// The id.
        id: String,
    },
    /// A level that the matrix does not have.
    #[error("there is no level `{name}`")]
    UnknownLevel {
        /// The name as given.
        name: String,
    },
    /// An estimated probability of another level than the one stated.
    #[error("the probability is of the level `{level}`")]
    LevelMismatch {
        /// The level that it is of.
        level: String,
    },
    /// An alert that the register does not have.
    #[error("there is no alert `{id}`")]
    UnknownAlert {
        /// The id as given.
        id: String,
    },
}

/// A quantity that was refused: another currency, or more digits than there are.
fn beyond_digits(error: QuantityError) -> ReviewError {
    ReviewError::Target(error.into())
}

impl ReviewError {
    /// The sort of the fault.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::DuplicateId { .. } => ErrorKind::Duplicate,
            Self::UnknownLevel { .. } | Self::UnknownLeaf { .. } | Self::UnknownAlert { .. } => {
                ErrorKind::NotFound
            }
            Self::Target(error) => error.kind(),
            Self::Time(error) => error.kind(),
            Self::NoName | Self::NoCause | Self::NoSteps => ErrorKind::Empty,
            Self::NoGap | Self::NoChange => ErrorKind::Undefined,
            Self::NegativeWeight { .. }
            | Self::Levels
            | Self::BeyondScale { .. }
            | Self::ThreePoints { .. } => ErrorKind::OutOfRange,
            Self::MatrixShape { .. } | Self::LevelMismatch { .. } => ErrorKind::Mismatch,
            Self::ClearBeyondTrigger { .. }
            | Self::TimeRunsBack { .. }
            | Self::StepOrder { .. }
            | Self::FallingRating { .. }
            | Self::Inconsistent { .. }
            | Self::Touching { .. } => ErrorKind::Conflict,
        }
    }
}
