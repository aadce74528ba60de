//! One cell: a test of one input, typed or read from text in the manner of DMN's unary tests.

use super::{CellValue, ValueKind};
use crate::quantity::wire::text_on_the_wire;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use core::ops::{Bound, Range, RangeFrom, RangeInclusive, RangeTo, RangeToInclusive};
use rust_decimal::Decimal;

/// A stretch of the number line with open or closed ends, bounded on at least one side.
///
/// Rust's ranges of [`Decimal`] convert into it: `a..b` is half-open, as `[a..b)` is in a cell.
///
/// # Examples
/// ```
/// use marketloop::decision::CellInterval;
/// use rust_decimal::dec;
///
/// assert_eq!(CellInterval::from(dec!(2)..dec!(4)).to_string(), "[2..4)");
/// assert_eq!(CellInterval::open(dec!(2), dec!(4)).to_string(), "(2..4)");
/// assert_eq!(CellInterval::from(dec!(0.8)..).to_string(), ">= 0.8");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CellInterval {
    lower: Bound<Decimal>,
    upper: Bound<Decimal>,
}

impl CellInterval {
    /// The numbers less than `limit`.
    #[must_use]
    pub const fn below(limit: Decimal) -> Self {
        Self { lower: Bound::Unbounded, upper: Bound::Excluded(limit) }
    }

    /// The numbers not more than `limit`.
    #[must_use]
    pub const fn at_most(limit: Decimal) -> Self {
        Self { lower: Bound::Unbounded, upper: Bound::Included(limit) }
    }

    /// The numbers more than `limit`.
    #[must_use]
    pub const fn above(limit: Decimal) -> Self {
        Self { lower: Bound::Excluded(limit), upper: Bound::Unbounded }
    }

    /// The numbers not less than `limit`.
    #[must_use]
    pub const fn at_least(limit: Decimal) -> Self {
        Self { lower: Bound::Included(limit), upper: Bound::Unbounded }
    }

    /// The numbers from `lower` to `upper`, both ends included.
    #[must_use]
    pub const fn closed(lower: Decimal, upper: Decimal) -> Self {
        Self { lower: Bound::Included(lower), upper: Bound::Included(upper) }
    }

    /// The numbers between `lower` and `upper`, neither end included.
    #[must_use]
    pub const fn open(lower: Decimal, upper: Decimal) -> Self {
        Self { lower: Bound::Excluded(lower), upper: Bound::Excluded(upper) }
    }

    /// The numbers above `lower` up to `upper`, the upper end included.
    #[must_use]
    pub const fn open_closed(lower: Decimal, upper: Decimal) -> Self {
        Self { lower: Bound::Excluded(lower), upper: Bound::Included(upper) }
    }

    /// The interval of these ends; the caller sees to it that at least one is bounded.
    pub(super) const fn between(lower: Bound<Decimal>, upper: Bound<Decimal>) -> Self {
        Self { lower, upper }
    }

    /// The lower end.
    #[must_use]
    pub const fn lower(&self) -> Bound<Decimal> {
        self.lower
    }

    /// The upper end.
    #[must_use]
    pub const fn upper(&self) -> Bound<Decimal> {
        self.upper
    }
}

impl From<Range<Decimal>> for CellInterval {
    fn from(range: Range<Decimal>) -> Self {
        Self { lower: Bound::Included(range.start), upper: Bound::Excluded(range.end) }
    }
}

impl From<RangeInclusive<Decimal>> for CellInterval {
    fn from(range: RangeInclusive<Decimal>) -> Self {
        Self::closed(*range.start(), *range.end())
    }
}

impl From<RangeFrom<Decimal>> for CellInterval {
    fn from(range: RangeFrom<Decimal>) -> Self {
        Self::at_least(range.start)
    }
}

impl From<RangeTo<Decimal>> for CellInterval {
    fn from(range: RangeTo<Decimal>) -> Self {
        Self::below(range.end)
    }
}

impl From<RangeToInclusive<Decimal>> for CellInterval {
    fn from(range: RangeToInclusive<Decimal>) -> Self {
        Self::at_most(range.end)
    }
}

impl fmt::Display for CellInterval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (open, lower) = match self.lower {
            Bound::Included(lower) => ('[', Some(lower.normalize())),
            Bound::Excluded(lower) => ('(', Some(lower.normalize())),
            Bound::Unbounded => ('(', None),
        };
        let (close, upper) = match self.upper {
            Bound::Included(upper) => (']', Some(upper.normalize())),
            Bound::Excluded(upper) => (')', Some(upper.normalize())),
            Bound::Unbounded => (')', None),
        };
        match (lower, upper) {
            (Some(lower), Some(upper)) => write!(f, "{open}{lower}..{upper}{close}"),
            (Some(lower), None) => write!(f, "{} {lower}", if open == '[' { ">=" } else { ">" }),
            (None, Some(upper)) => write!(f, "{} {upper}", if close == ']' { "<=" } else { "<" }),
            (None, None) => f.write_str("-"),
        }
    }
}

/// One alternative of a [`CellTest`]: a value or an interval.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Choice {
    /// Equal to the value.
    Is(CellValue),
    /// Inside the interval.
    Within(CellInterval),
}

impl Choice {
    /// The sort of value that the choice admits.
    #[must_use]
    pub const fn kind(&self) -> ValueKind {
        match self {
            Self::Is(value) => value.kind(),
            Self::Within(_) => ValueKind::Number,
        }
    }
}

impl From<CellInterval> for Choice {
    fn from(interval: CellInterval) -> Self {
        Self::Within(interval)
    }
}

impl<V: Into<CellValue>> From<V> for Choice {
    fn from(value: V) -> Self {
        Self::Is(value.into())
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is(value) => value.fmt(f),
            Self::Within(interval) => interval.fmt(f),
        }
    }
}

/// The test of one cell: any value, one of some values and intervals, or none of them.
///
/// | text | typed | holds for |
/// | --- | --- | --- |
/// | empty or `-` | [`CellTest::any`] | every value |
/// | `< 2`, `<= 2`, `> 2`, `>= 2` | [`below`](Self::below), [`at_most`](Self::at_most), [`above`](Self::above), [`at_least`](Self::at_least) | numbers on that side |
/// | `[0.5..1)`, also `(`, `]` and `]0.5..1[` | [`interval`](Self::interval) | numbers between the ends |
/// | `2`, `"kol"`, `true` | [`is`](Self::is) | that value |
/// | `"a", "b"` or `< 2, [5..6]` | [`one_of`](Self::one_of) | each of them |
/// | `not("a", "b")` | [`not`](Self::not) | everything but them |
/// | `not(-)` | `not(any())` | no value |
///
/// A number may stand in groups of three (`< 10,000`), with `%`, `‰`, `万` or `亿`; a list has a blank behind each
/// comma between numbers. `1,2` is refused, because it may be a list or a number.
///
/// # Examples
/// ```
/// use marketloop::decision::CellTest;
/// use rust_decimal::dec;
///
/// assert_eq!("< 2".parse::<CellTest>()?, CellTest::below(dec!(2)));
/// assert_eq!("[0.5..1)".parse::<CellTest>()?, CellTest::interval(dec!(0.5)..dec!(1)));
/// assert_eq!(r#"not("a","b")"#.parse::<CellTest>()?, CellTest::not(CellTest::one_of(["a", "b"])));
/// assert_eq!("".parse::<CellTest>()?, CellTest::any());
/// # Ok::<(), marketloop::decision::DecisionError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CellTest {
    /// "None of these" instead of "one of these": `any` is none of nothing.
    negated: bool,
    choices: Vec<Choice>,
}

impl CellTest {
    /// Holds for every value.
    #[must_use]
    pub const fn any() -> Self {
        Self { negated: true, choices: Vec::new() }
    }

    /// Holds for `value` alone.
    #[must_use]
    pub fn is(value: impl Into<CellValue>) -> Self {
        Self::one_of([Choice::Is(value.into())])
    }

    /// Holds for numbers less than `limit`.
    #[must_use]
    pub fn below(limit: Decimal) -> Self {
        Self::interval(CellInterval::below(limit))
    }

    /// Holds for numbers not more than `limit`.
    #[must_use]
    pub fn at_most(limit: Decimal) -> Self {
        Self::interval(CellInterval::at_most(limit))
    }

    /// Holds for numbers more than `limit`.
    #[must_use]
    pub fn above(limit: Decimal) -> Self {
        Self::interval(CellInterval::above(limit))
    }

    /// Holds for numbers not less than `limit`.
    #[must_use]
    pub fn at_least(limit: Decimal) -> Self {
        Self::interval(CellInterval::at_least(limit))
    }

    /// Holds for the numbers of the interval; `a..b` leaves `b` out, `a..=b` takes it in.
    #[must_use]
    pub fn interval(interval: impl Into<CellInterval>) -> Self {
        Self { negated: false, choices: vec![Choice::Within(interval.into())] }
    }

    /// Holds for each of the values or intervals.
    #[must_use]
    pub fn one_of(choices: impl IntoIterator<Item = impl Into<Choice>>) -> Self {
        Self { negated: false, choices: choices.into_iter().map(Into::into).collect() }
    }

    /// Holds where `test` does not.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "it reads as the cell does: not(\"a\")")]
    pub fn not(test: Self) -> Self {
        Self { negated: !test.negated, ..test }
    }

    /// Whether the test holds for every value whatever its sort.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.negated && self.choices.is_empty()
    }

    /// Whether the test holds for everything but its [`choices`](Self::choices).
    #[must_use]
    pub const fn is_negated(&self) -> bool {
        self.negated
    }

    /// The values and intervals that the test names.
    #[must_use]
    pub fn choices(&self) -> &[Choice] {
        &self.choices
    }
}

impl fmt::Display for CellTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.choices.is_empty() {
            return f.write_str(if self.negated { "-" } else { "not(-)" });
        }
        f.write_str(if self.negated { "not(" } else { "" })?;
        for (index, choice) in self.choices.iter().enumerate() {
            write!(f, "{}{choice}", if index == 0 { "" } else { ", " })?;
        }
        f.write_str(if self.negated { ")" } else { "" })
    }
}

text_on_the_wire!(CellTest, r#"a unary test such as `< 2`, `[0.5..1)` or `"a", "b"`"#);
