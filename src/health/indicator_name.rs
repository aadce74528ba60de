//! Which indicator of which dimension.

use crate::figure::{blurs, label};
use crate::quantity::wire::wire_fields;
use alloc::string::String;
use core::fmt;

/// An indicator with its dimension.
///
/// It prints as `traffic / organic share`. A name in which the text would not show where the dimension ends stands in
/// quotes, so that no two indicators print alike.
///
/// # Examples
/// ```
/// use marketloop::health::IndicatorName;
///
/// let name = |dimension: &str, indicator: &str| {
///     IndicatorName { dimension: dimension.into(), indicator: indicator.into() }.to_string()
/// };
/// assert_eq!(name("traffic", "CTR/CVR"), "traffic / CTR/CVR");
/// assert_eq!(name("shop / web", "visits"), r#""shop / web" / visits"#);
/// assert_eq!(name("shop", "web / visits"), r#"shop / "web / visits""#);
/// ```
///
/// On the wire it is two fields:
/// ```
/// # use marketloop::health::IndicatorName;
/// let json = r#"{"dimension":"traffic","indicator":"organic share"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<IndicatorName>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IndicatorName {
    /// The dimension's name.
    pub dimension: String,
    /// The indicator's name.
    pub indicator: String,
}

wire_fields!(IndicatorName { dimension, indicator });

impl IndicatorName {
    /// The name of this indicator of this dimension.
    pub(super) fn new(dimension: &str, indicator: &str) -> Self {
        Self { dimension: dimension.into(), indicator: indicator.into() }
    }
}

impl fmt::Display for IndicatorName {
    /// `traffic / organic share`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} / {}", Label(&self.dimension), Label(&self.indicator))
    }
}

/// The name of a dimension or an indicator in a text, in quotes where it would read as something else.
pub(super) struct Label<'a>(pub(super) &'a str);

impl fmt::Display for Label<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A bracket begins the names of the rows that are no names, such as `(whole)`.
        f.write_str(&label(self.0, blurs(self.0, " / ") || self.0.starts_with('(')))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeMap;
    use alloc::string::ToString;

    #[test]
    fn no_two_indicators_print_alike() {
        let names = [
            "a",
            "b",
            "",
            "/",
            "a /",
            "/ b",
            "a / b",
            " ",
            "\"",
            "\"a\"",
            "\"a",
            "b\"",
            "\"a\" / b",
            "a / \"b\"",
            "\\",
            "a ",
            " b",
        ];
        let mut seen = BTreeMap::new();
        for dimension in names {
            for indicator in names {
                let text = IndicatorName::new(dimension, indicator).to_string();
                assert_eq!(seen.insert(text, (dimension, indicator)), None, "{dimension:?} {indicator:?}");
            }
            // Nor is the row of a dimension that of an indicator, or of the whole.
            let text = Label(dimension).to_string();
            assert_eq!(seen.insert(text, (dimension, "")), None, "{dimension:?}");
        }
        assert_eq!(Label("(whole)").to_string(), r#""(whole)""#);
    }
}
