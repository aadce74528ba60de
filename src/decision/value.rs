//! The values of a table: what a cell is compared with, what comes in, what comes out.

use super::DecisionError;
use crate::quantity::wire::text_on_the_wire;
use crate::quantity::words::words;
use alloc::string::String;
use core::fmt::{self, Write as _};
use rust_decimal::Decimal;

/// The kind of value that a column holds.
///
/// ```
/// # use marketloop::decision::ValueKind;
/// assert_eq!(serde_json::from_str::<ValueKind>(r#""number""#)?, ValueKind::Number);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ValueKind {
    /// A decimal number.
    Number,
    /// A text.
    Text,
    /// True or false.
    Truth,
}

words!(ValueKind, "kind of value", DecisionError: Number = "number", Text = "text", Truth = "truth");

/// A value of a cell or of an output; its text form, also on the wire, is `0.8`, `"kol"` or `true`.
///
/// # Examples
/// ```
/// use marketloop::decision::{ValueKind, CellValue};
///
/// let action: CellValue = r#""replace""#.parse()?;
/// assert_eq!(action, CellValue::from("replace"));
/// assert_eq!(action.kind(), ValueKind::Text);
/// assert_eq!(action.to_string(), r#""replace""#);
/// # Ok::<(), marketloop::decision::DecisionError>(())
/// ```
///
/// ```
/// # use marketloop::decision::CellValue;
/// let json = r#""\"keep\"""#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<CellValue>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CellValue {
    /// A decimal number.
    Number(Decimal),
    /// A text.
    Text(String),
    /// True or false.
    Truth(bool),
}

impl CellValue {
    /// The kind of the value.
    #[must_use]
    pub const fn kind(&self) -> ValueKind {
        match self {
            Self::Number(_) => ValueKind::Number,
            Self::Text(_) => ValueKind::Text,
            Self::Truth(_) => ValueKind::Truth,
        }
    }

    /// The number, where it is one.
    #[must_use]
    pub const fn as_number(&self) -> Option<Decimal> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The text, where it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl fmt::Display for CellValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Fact::from(self).fmt(f)
    }
}

text_on_the_wire!(CellValue, r#"a value such as `0.8`, `"kol"` or `true`"#);

/// What a decision is asked about in one column; borrowed, so that asking allocates nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fact<'a> {
    /// The value is not known. Where a rule tests the column this is an error, never a silent non-match.
    #[default]
    Missing,
    /// A decimal number.
    Number(Decimal),
    /// A text.
    Text(&'a str),
    /// True or false.
    Truth(bool),
}

impl Fact<'_> {
    /// The kind of the fact, `None` where it is missing.
    #[must_use]
    pub const fn kind(&self) -> Option<ValueKind> {
        match self {
            Self::Missing => None,
            Self::Number(_) => Some(ValueKind::Number),
            Self::Text(_) => Some(ValueKind::Text),
            Self::Truth(_) => Some(ValueKind::Truth),
        }
    }
}

impl fmt::Display for Fact<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("missing"),
            Self::Number(number) => write!(f, "{}", number.normalize()),
            Self::Truth(truth) => write!(f, "{truth}"),
            Self::Text(text) => {
                f.write_char('"')?;
                // Only what would end the text or begin an escape is escaped: people read and write these cells.
                for character in text.chars() {
                    if matches!(character, '"' | '\\') {
                        f.write_char('\\')?;
                    }
                    f.write_char(character)?;
                }
                f.write_char('"')
            }
        }
    }
}

impl serde::Serialize for Fact<'_> {
    /// The text form: `0.8`, `"kol"`, `true`, `missing`.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'a> From<&'a CellValue> for Fact<'a> {
    fn from(value: &'a CellValue) -> Self {
        match value {
            CellValue::Number(number) => Self::Number(*number),
            CellValue::Text(text) => Self::Text(text),
            CellValue::Truth(truth) => Self::Truth(*truth),
        }
    }
}

impl From<&str> for CellValue {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for CellValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a str> for Fact<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

macro_rules! from_plain {
    ($($type:ty => $variant:ident),* $(,)?) => {$(
        impl From<$type> for CellValue {
            fn from(value: $type) -> Self {
                Self::$variant(value.into())
            }
        }

        impl From<$type> for Fact<'_> {
            fn from(value: $type) -> Self {
                Self::$variant(value.into())
            }
        }
    )*};
}

from_plain!(bool => Truth, Decimal => Number, i32 => Number, i64 => Number, u32 => Number, u64 => Number);

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use rust_decimal::dec;

    #[test]
    fn text_form_and_back() {
        for value in [
            CellValue::from("a \"quoted\" \\ text, with ) and .."),
            CellValue::from(""),
            CellValue::from("是"),
            CellValue::from(dec!(-0.80)),
            CellValue::from(true),
        ] {
            assert_eq!(value.to_string().parse::<CellValue>().unwrap(), value);
        }
        assert_eq!(CellValue::from(dec!(0.80)).to_string(), "0.8");
        for bad in ["", "kol", "\"kol", "kol\"", "1 2", "1e3", "\"a\"b", "\"a\\", "True", "\"\\n\""] {
            assert!(bad.parse::<CellValue>().is_err(), "{bad:?}");
        }
    }
}
