//! The states of a cycle.

use core::fmt;
use serde::{Deserialize, Serialize};

/// The state of a cycle, from draft to closed or cancelled.
///
/// # Examples
/// ```
/// use marketloop::pdca::Phase;
///
/// assert!(Phase::Checking < Phase::Acting);
/// assert_eq!(serde_json::to_string(&Phase::Doing)?, r#""doing""#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// There is no plan yet.
    Draft,
    /// There is a plan, and work has not begun.
    Planned,
    /// The work is done and tracked.
    Doing,
    /// Results are compared with targets.
    Checking,
    /// The findings are acted on.
    Acting,
    /// The cycle is over, and its seed is final.
    Closed,
    /// The cycle ended before it was over.
    Cancelled,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Draft => "draft",
            Self::Planned => "planned",
            Self::Doing => "doing",
            Self::Checking => "checking",
            Self::Acting => "acting",
            Self::Closed => "closed",
            Self::Cancelled => "cancelled",
        })
    }
}
