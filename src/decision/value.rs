//! The values of a table: what a cell is compared with, what comes in, what comes out.

use super::DecisionError;
use crate::quantity::wire::text_on_the_wire;
use crate::quantity::words::words;
use crate::time::{Duration, NaiveDate};
use alloc::string::String;
use core::cmp::Ordering;
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
    /// A day of the calendar, in the years 1 to 9999.
    Date,
    /// A time of whole seconds.
    Duration,
    /// A list of texts, such as tags or channels. Lists come in and are tested; no [`CellValue`] is one, so that no
    /// output is.
    List,
}

words!(ValueKind, "kind of value", DecisionError:
    Number = "number", Text = "text", Truth = "truth", Date = "date", Duration = "duration", List = "list");

/// A value of a cell or of an output; its text form, also on the wire, is `0.8`, `"kol"`, `true`, `2026-07-01` or
/// `72 hours`.
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
#[non_exhaustive]
pub enum CellValue {
    /// A decimal number.
    Number(Decimal),
    /// A text.
    Text(String),
    /// True or false.
    Truth(bool),
    /// A day; in a table one of the years 1 to 9999.
    Date(NaiveDate),
    /// A time of whole seconds.
    Duration(Duration),
}

impl CellValue {
    /// The kind of the value.
    #[must_use]
    pub const fn kind(&self) -> ValueKind {
        match self {
            Self::Number(_) => ValueKind::Number,
            Self::Text(_) => ValueKind::Text,
            Self::Truth(_) => ValueKind::Truth,
            Self::Date(_) => ValueKind::Date,
            Self::Duration(_) => ValueKind::Duration,
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

    /// The day, where it is one.
    #[must_use]
    pub const fn as_date(&self) -> Option<NaiveDate> {
        match self {
            Self::Date(date) => Some(*date),
            _ => None,
        }
    }

    /// The duration, where it is one.
    #[must_use]
    pub const fn as_duration(&self) -> Option<Duration> {
        match self {
            Self::Duration(duration) => Some(*duration),
            _ => None,
        }
    }
}

/// What an interval of a cell may end at: numbers, dates and durations have an order that cells ask for.
///
/// # Examples
/// ```
/// use marketloop::decision::CellTest;
/// use marketloop::time::{Duration, date};
///
/// assert_eq!(CellTest::below(2).to_string(), "< 2");
/// assert_eq!(CellTest::at_least(date(2026, 7, 1)?).to_string(), ">= 2026-07-01");
/// assert_eq!(CellTest::above(Duration::from_days(3)).to_string(), "> 72 hours");
/// # Ok::<(), marketloop::time::TimeError>(())
/// ```
pub trait OrderedValue: Copy + Into<CellValue> + sealed::Sealed {}

mod sealed {
    /// Only values of the kinds that have an order: an interval of texts would be a cell that no text says.
    pub trait Sealed {}
}

impl fmt::Display for CellValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Fact::from(self).fmt(f)
    }
}

text_on_the_wire!(CellValue, r#"a value such as `0.8`, `"kol"`, `true`, `2026-07-01` or `72 hours`"#);

/// What a decision is asked about in one column; borrowed, so that asking allocates nothing.
///
/// # Examples
/// ```
/// use marketloop::decision::{DecisionTable, Fact, HitPolicy, TableColumn};
/// use marketloop::time::{Duration, date};
///
/// let table = DecisionTable::draft(HitPolicy::First)
///     .input(TableColumn::date("ends"))
///     .input(TableColumn::duration("unanswered"))
///     .input(TableColumn::list("tags"))
///     .output(TableColumn::text("action"))
///     .rule(["missing", "-", "-"], ["ask for the date"])
///     .rule(["<= 2026-09-30", "> 2 days", r#"contains "kol""#], ["remind"])
///     .check()?;
/// let tags = ["kol", "beauty"];
/// let facts = [date(2026, 9, 1)?.into(), Duration::from_hours(49).into(), Fact::from(&tags)];
/// assert_eq!(table.decide(&facts)?.matched(), [1]);
/// let facts = [Fact::Missing, Duration::from_hours(1).into(), Fact::List(&[])];
/// assert_eq!(table.decide(&facts)?.matched(), [0]);
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Fact<'a> {
    /// The value is not known: a value of its own where a cell of the column asks for it. Where rules test the column
    /// and no cell asks for it this is an error, never a silent non-match.
    #[default]
    Missing,
    /// A decimal number.
    Number(Decimal),
    /// A text.
    Text(&'a str),
    /// True or false.
    Truth(bool),
    /// A day; a table refuses those outside the years 1 to 9999.
    Date(NaiveDate),
    /// A time of whole seconds.
    Duration(Duration),
    /// A list of texts, in any order and doubled at will.
    List(&'a [&'a str]),
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
            Self::Date(_) => Some(ValueKind::Date),
            Self::Duration(_) => Some(ValueKind::Duration),
            Self::List(_) => Some(ValueKind::List),
        }
    }

    /// How the fact compares with a value; `None` of another kind.
    pub(super) fn compared(&self, value: &CellValue) -> Option<Ordering> {
        match (self, value) {
            // Numbers by value: `2.0` is `2`, as decimals compare.
            (Self::Number(number), CellValue::Number(other)) => Some(number.cmp(other)),
            (Self::Text(text), CellValue::Text(other)) => Some((*text).cmp(other)),
            (Self::Truth(truth), CellValue::Truth(other)) => Some(truth.cmp(other)),
            (Self::Date(date), CellValue::Date(other)) => Some(date.cmp(other)),
            (Self::Duration(duration), CellValue::Duration(other)) => Some(duration.cmp(other)),
            _ => None,
        }
    }
}

impl fmt::Display for Fact<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("missing"),
            Self::Number(number) => write!(f, "{}", number.normalize()),
            Self::Truth(truth) => write!(f, "{truth}"),
            Self::Date(date) => write!(f, "{date}"),
            Self::Duration(duration) => write!(f, "{duration}"),
            Self::Text(text) => quoted(f, text),
            Self::List(texts) => {
                f.write_char('[')?;
                listed(f, texts.iter().copied())?;
                f.write_char(']')
            }
        }
    }
}

/// `"a", "b"`.
pub(super) fn listed<'t>(
    f: &mut fmt::Formatter<'_>,
    texts: impl IntoIterator<Item = &'t str>,
) -> fmt::Result {
    for (index, text) in texts.into_iter().enumerate() {
        f.write_str(if index == 0 { "" } else { ", " })?;
        quoted(f, text)?;
    }
    Ok(())
}

fn quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
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

impl serde::Serialize for Fact<'_> {
    /// The text form: `0.8`, `"kol"`, `true`, `2026-07-01`, `72 hours`, `["kol", "koc"]`, `missing`.
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
            CellValue::Date(date) => Self::Date(*date),
            CellValue::Duration(duration) => Self::Duration(*duration),
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

impl<'a> From<&'a [&'a str]> for Fact<'a> {
    fn from(texts: &'a [&'a str]) -> Self {
        Self::List(texts)
    }
}

impl<'a, const N: usize> From<&'a [&'a str; N]> for Fact<'a> {
    fn from(texts: &'a [&'a str; N]) -> Self {
        Self::List(texts)
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

from_plain!(
    bool => Truth, Decimal => Number, i32 => Number, i64 => Number, u32 => Number, u64 => Number,
    NaiveDate => Date, Duration => Duration,
);

macro_rules! ordered {
    ($($type:ty),* $(,)?) => {$(
        impl sealed::Sealed for $type {}
        impl OrderedValue for $type {}
    )*};
}

ordered!(Decimal, i32, i64, u32, u64, NaiveDate, Duration);

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
            CellValue::from(crate::time::date(2024, 2, 29).unwrap()),
            CellValue::from(crate::time::date(9999, 12, 31).unwrap()),
            CellValue::from(Duration::ZERO),
            CellValue::from(Duration::from_days(3)),
            CellValue::from(Duration::from_seconds(u64::MAX)),
        ] {
            assert_eq!(value.to_string().parse::<CellValue>().unwrap(), value);
        }
        assert_eq!(CellValue::from(dec!(0.80)).to_string(), "0.8");
        assert_eq!(CellValue::from(Duration::from_days(3)).to_string(), "72 hours");
        for bad in [
            "2026-02-29",
            "2026-7-1",
            "0000-01-01",
            "10000-01-01",
            "2026-07-011",
            "2026-07-01T00:00:00Z",
            "1.5 hours",
            "-1 hours",
            "5 weeks",
            "18446744073709551615 days",
            "missing",
            "[\"kol\"]",
            "contains \"kol\"",
        ] {
            assert!(bad.parse::<CellValue>().is_err(), "{bad:?}");
        }
        assert_eq!(Fact::from(&["kol", "a\"b"]).to_string(), r#"["kol", "a\"b"]"#);
        assert_eq!(Fact::List(&[]).to_string(), "[]");
        for bad in ["", "kol", "\"kol", "kol\"", "1 2", "1e3", "\"a\"b", "\"a\\", "True", "\"\\n\""] {
            assert!(bad.parse::<CellValue>().is_err(), "{bad:?}");
        }
    }
}
