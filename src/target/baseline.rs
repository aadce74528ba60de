//! Where a figure stood before anything was done.

use super::ActualValue;
use crate::time::NaiveDate;
use serde::{Deserialize, Serialize};

/// The first value of a figure and its day: what later values are compared with.
///
/// # Examples
/// ```
/// use marketloop::target::Baseline;
///
/// let baseline: Baseline = serde_json::from_str(r#"{"value":"38 %","captured_on":"2026-06-30"}"#)?;
/// assert_eq!(baseline.captured_on.to_string(), "2026-06-30");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[doc(alias = "基线")]
pub struct Baseline {
    /// The value, unrounded, in the target's unit or a power of ten of it.
    pub value: ActualValue,
    /// The day that it was captured.
    #[serde(deserialize_with = "crate::time::wire_date::deserialize")]
    pub captured_on: NaiveDate,
}
