//! Alerts (预警): when a metric calls for an answer, who gives it, in which steps, and by when.
//!
//! ```
//! use marketloop::alert::{AlertRule, AlertState, ResponsePlan};
//! use marketloop::time::Timestamp;
//! use rust_decimal::dec;
//!
//! let nine: Timestamp = "2026-07-15T09:00:00Z".parse()?;
//! let step = AlertRule::below(dec!(80), dec!(90))?.step(AlertState::Inactive, nine, Some(dec!(75)))?;
//! assert!(matches!(step.state(), AlertState::Firing { .. }));
//! let answer = ResponsePlan::complaint("service")?.due(nine)?[0].1;
//! assert_eq!(answer.to_string(), "2026-07-15T09:15:00Z");
//! # Ok::<(), marketloop::Error>(())
//! ```
//!
//! | case | answer |
//! | --- | --- |
//! | a metric without data | an alert that fires keeps firing, none is created |
//! | a value between trigger and clear | the alert stays as it is |
//! | a rule that would clear while it still is a breach | [`AlertError::ClearBeyondTrigger`] |
//! | a look earlier than the one before | [`AlertError::TimeRunsBack`] |

mod model;
mod response_plan;
mod rule;

pub use model::Alert;
pub use response_plan::{ResponsePlan, ResponseStep};
pub use rule::{AlertChange, AlertRule, AlertState, AlertStep};

use crate::error::{ErrorKind, UnknownWord};
use crate::time::{Duration, Timestamp};
use alloc::string::String;
use rust_decimal::Decimal;

/// Why an alert, its rule or its response was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AlertError {
    /// A text that is not a rule.
    #[error("`{text}` is not an alert rule such as `below 80, clear at 90, hold 15 minutes`: {reason}")]
    NotARule {
        /// The text as given, cut where it is long.
        text: String,
        /// What it lacks.
        reason: &'static str,
    },
    /// A text that names none of the choices.
    #[error(transparent)]
    UnknownWord(#[from] UnknownWord),
    /// An empty name or text.
    #[error("a name or text is empty")]
    NoName,
    /// An alert that would clear while it is still a breach.
    #[error("the clear threshold {clear} lies on the bad side of the trigger {trigger}")]
    ClearBeyondTrigger {
        /// The trigger.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        trigger: Decimal,
        /// The clear threshold.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
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
}

crate::error::fault!(AlertError);

impl AlertError {
    /// The kind of the fault.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::NotARule { .. } | Self::UnknownWord(_) => ErrorKind::Syntax,
            Self::NoName | Self::NoSteps => ErrorKind::Empty,
            Self::ClearBeyondTrigger { .. } | Self::TimeRunsBack { .. } | Self::StepOrder { .. } => {
                ErrorKind::Conflict
            }
        }
    }
}
