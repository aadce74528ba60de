//! The outcome of the journeys of one path.

use serde::{Deserialize, Serialize};

/// The result of the journeys of one path: how many converted, how many did not, and their value.
///
/// ```
/// # use marketloop::attribution::Outcome;
/// let json = r#"{"conversions":2,"nulls":"18446744073709551615","value":-150}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Outcome>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Outcome {
    /// How many converted.
    #[serde(with = "crate::quantity::wire::whole")]
    pub conversions: u64,
    /// How many did not.
    #[serde(with = "crate::quantity::wire::whole")]
    pub nulls: u64,
    /// The value of all conversions together, in minor units of the table's currency.
    pub value: i64,
}

impl Outcome {
    /// One journey that converted, worth `value` minor units.
    #[must_use]
    pub const fn converted(value: i64) -> Self {
        Self { conversions: 1, nulls: 0, value }
    }

    /// One journey that did not convert.
    #[must_use]
    pub const fn null() -> Self {
        Self { conversions: 0, nulls: 1, value: 0 }
    }

    /// The outcome `weight` times, or `None` where a count overflows.
    pub(super) fn times(self, weight: u64) -> Option<Self> {
        // Nothing times a weight of more than 63 bits is still nothing.
        let value =
            self.value.checked_mul(if self.value == 0 { 0 } else { i64::try_from(weight).ok()? })?;
        let conversions = self.conversions.checked_mul(weight)?;
        Some(Self { conversions, nulls: self.nulls.checked_mul(weight)?, value })
    }
}
