//! Which indicator of which dimension.

use alloc::string::String;

/// An indicator with its dimension.
///
/// ```
/// # use marketloop::health::IndicatorName;
/// let json = r#"{"dimension":"traffic","indicator":"organic share"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<IndicatorName>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndicatorName {
    /// The dimension's name.
    pub dimension: String,
    /// The indicator's name.
    pub indicator: String,
}

impl core::fmt::Display for IndicatorName {
    /// `traffic / organic share`.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} / {}", self.dimension, self.indicator)
    }
}
