//! Where a figure stood before anything was done.

use super::ActualValue;
use crate::quantity::wire::wire_fields;
use crate::time::NaiveDate;

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
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[doc(alias = "基线")]
pub struct Baseline {
    /// The value, unrounded, in the target's unit or a power of ten of it.
    pub value: ActualValue,
    /// The day that it was captured.
    pub captured_on: NaiveDate,
}

wire_fields!(Baseline { value, captured_on: own });
