//! Which way is better.

use super::TargetError;
use crate::quantity::words::words;

/// Which values of a figure or a criterion are better: of revenue the higher ones, of acquisition cost the lower ones.
///
/// One word for the whole crate: rankings, health matrices and goals ask the same question.
///
/// # Examples
/// ```
/// use marketloop::target::Better;
///
/// let churn: Better = "lower".parse()?;
/// assert_eq!(churn, Better::Lower); // a cost, in the words of multiple-criteria decisions
/// assert_eq!(serde_json::from_str::<Better>(r#""lower""#)?, churn);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Better {
    /// More is better: a benefit.
    Higher,
    /// Less is better: a cost.
    Lower,
}

words!(Better, "direction", TargetError: Higher = "higher", Lower = "lower");
