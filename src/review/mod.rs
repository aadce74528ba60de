//! Reviews (复盘): findings with their causes, countermeasures and priorities, and the A3 report of a finding.
//!
//! ```
//! use marketloop::review::{ProblemCause, Finding, by_priority};
//!
//! let reach = Finding::new("impressions", "at least 5000000 impression".parse()?, "4800000 impression".parse()?)?
//!     .with_cause(ProblemCause::new("3 notes throttled for violations")?)?
//!     .with_measure("compliance training");
//! let rate = Finding::new("conversion rate", "at least 2 %".parse()?, "1.5 %".parse()?)?;
//! assert_eq!(reach.attainment().to_string(), "96%");
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
//! | a gap of which nobody says how much a cause explains | what is unexplained is missing, not 100 % |
//! | a gap of 0 | the share that is unexplained is undefined |

mod a3;
mod cause;
mod finding;
mod finding_draft;
mod gap;
mod leaf_links;
mod priority;

pub use a3::A3Report;
pub use cause::{ProblemCause, fishbone};
pub use finding::Finding;
pub use finding_draft::FindingDraft;
pub use priority::{Priority, by_priority};

use crate::error::ErrorKind;
use crate::quantity::QuantityError;
use crate::target::TargetError;
use crate::time::TimeError;
use alloc::string::String;
use rust_decimal::Decimal;

/// Why a finding was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReviewError {
    /// A target, an actual value or another quantity was refused.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// A date was refused.
    #[error(transparent)]
    Time(#[from] TimeError),
    /// An empty name or text.
    #[error("a name or text is empty")]
    NoName,
    /// Neither an actual value nor a reason for none.
    #[error("neither an actual value nor why there is none")]
    NoActual,
    /// An actual value and a reason for none.
    #[error("an actual value, and why there is none")]
    BothActuals,
    /// A target that nobody measured has no gap, and is neither met nor missed.
    #[error("not measured: {}", crate::error::excerpt(why))]
    NotMeasured {
        /// What it lacks.
        why: String,
    },
    /// A cause without a why.
    #[error("a cause needs at least one why")]
    NoCause,
    /// A leaf that the tree does not have.
    #[error("the tree has no leaf `{leaf}`")]
    UnknownLeaf {
        /// The id as given.
        leaf: String,
    },
    /// The root of the KPI tree did not change: nothing is a share of its change.
    #[error("the root did not change")]
    NoChange,
    /// A weight below zero.
    #[error("weight {weight} is below 0")]
    NegativeWeight {
        /// The weight as given.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        weight: Decimal,
    },
    /// A contribution whose name stands in its list twice.
    #[error("`{id}` stands twice")]
    DuplicateId {
        /// The name.
        id: String,
    },
}

/// A quantity that was refused: another currency, or more digits than fit.
fn beyond_digits(error: QuantityError) -> ReviewError {
    ReviewError::Target(error.into())
}

crate::error::fault!(ReviewError);

impl ReviewError {
    /// The kind of the fault.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::DuplicateId { .. } => ErrorKind::Duplicate,
            Self::UnknownLeaf { .. } => ErrorKind::NotFound,
            Self::Target(error) => error.kind(),
            Self::Time(error) => error.kind(),
            Self::NoName | Self::NoCause | Self::NoActual => ErrorKind::Empty,
            Self::BothActuals => ErrorKind::Conflict,
            Self::NoChange | Self::NotMeasured { .. } => ErrorKind::Undefined,
            Self::NegativeWeight { .. } => ErrorKind::OutOfRange,
        }
    }
}
