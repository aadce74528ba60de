//! Which way is better.

use core::fmt;
use serde::{Deserialize, Serialize};

/// Which values of a figure or a criterion are better.
///
/// # Examples
/// ```
/// use marketloop::target::Better;
///
/// let churn: Better = serde_json::from_str(r#""lower""#)?;
/// assert_eq!(churn, Better::Lower); // a cost, in the words of multiple-criteria decisions
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// More is better: a benefit.
    Higher,
    /// Less is better: a cost.
    Lower,
}

impl fmt::Display for Better {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Higher => "higher",
            Self::Lower => "lower",
        })
    }
}
