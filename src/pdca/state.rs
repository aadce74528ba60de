//! The states of a cycle.

use super::PdcaError;
use crate::quantity::words::words;

/// The state of a cycle, from draft to closed or cancelled.
///
/// # Examples
/// ```
/// use marketloop::pdca::Phase;
///
/// assert!(Phase::Checking < Phase::Acting);
/// assert_eq!("doing".parse::<Phase>()?, Phase::Doing);
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::pdca::Phase;
/// assert_eq!(serde_json::from_str::<Phase>(r#""doing""#)?, Phase::Doing);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
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

words!(Phase, "phase", PdcaError:
    Draft = "draft",
    Planned = "planned",
    Doing = "doing",
    Checking = "checking",
    Acting = "acting",
    Closed = "closed",
    Cancelled = "cancelled",
);
