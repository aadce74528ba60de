//! Findings of a review: a target, what became of it, the cause and the measure.
//!
//! ```
//! use marketloop::review::Finding;
//!
//! let finding = Finding::new("impressions", "at least 5000000 impression".parse()?, "4800000 impression".parse()?)?
//!     .with_cause("3 notes throttled for violations")
//!     .with_measure("compliance training");
//! assert_eq!(finding.attainment()?.to_string(), "96%");
//! # Ok::<(), marketloop::Error>(())
//! ```
//!
//! | case | answer |
//! | --- | --- |
//! | an actual value in another unit than its target | [`ReviewError::Target`] naming both |
//! | an attainment that does not exist (a target of zero) | [`ReviewError::Target`], undefined, with the reason |

mod finding;

pub use finding::{Finding, FindingDraft};

use crate::error::ErrorKind;
use crate::target::TargetError;

/// Why a finding could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReviewError {
    /// A target or an actual value was refused.
    #[error(transparent)]
    Target(#[from] TargetError),
}

impl ReviewError {
    /// The sort of the fault.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Target(error) => error.kind(),
        }
    }
}
