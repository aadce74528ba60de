//! One cell: a test of one input, typed or read from text in the manner of DMN's unary tests.

use super::{CellValue, Fact, ValueKind};
use crate::quantity::wire::text_on_the_wire;
use alloc::vec::Vec;
use core::fmt;
use core::ops::{Bound, RangeBounds};
use rust_decimal::Decimal;

/// One alternative of a test: a value, or a stretch of the number line bounded on at least one side.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Choice {
    Is(CellValue),
    Within(Bound<Decimal>, Bound<Decimal>),
}

impl Choice {
    /// The kind of value that the choice admits.
    pub(super) const fn kind(&self) -> ValueKind {
        match self {
            Self::Is(value) => value.kind(),
            Self::Within(..) => ValueKind::Number,
        }
    }

    fn admits(&self, fact: &Fact<'_>) -> bool {
        match (self, fact) {
            (Self::Within(lower, upper), Fact::Number(number)) => (*lower, *upper).contains(number),
            (Self::Within(..), _) => false,
            // Numbers by value: `2.0` is `2`, as decimals compare.
            (Self::Is(value), fact) => Fact::from(value) == *fact,
        }
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (lower, upper) = match self {
            Self::Is(value) => return value.fmt(f),
            Self::Within(lower, upper) => {
                (lower.map(|end| end.normalize()), upper.map(|end| end.normalize()))
            }
        };
        match (lower, upper) {
            (Bound::Unbounded, Bound::Unbounded) => f.write_str("-"),
            (Bound::Unbounded, Bound::Included(upper)) => write!(f, "<= {upper}"),
            (Bound::Unbounded, Bound::Excluded(upper)) => write!(f, "< {upper}"),
            (Bound::Included(lower), Bound::Unbounded) => write!(f, ">= {lower}"),
            (Bound::Excluded(lower), Bound::Unbounded) => write!(f, "> {lower}"),
            (Bound::Included(lower), Bound::Included(upper)) => write!(f, "[{lower}..{upper}]"),
            (Bound::Included(lower), Bound::Excluded(upper)) => write!(f, "[{lower}..{upper})"),
            (Bound::Excluded(lower), Bound::Included(upper)) => write!(f, "({lower}..{upper}]"),
            (Bound::Excluded(lower), Bound::Excluded(upper)) => write!(f, "({lower}..{upper})"),
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
/// | `"a", "b"` | [`one_of`](Self::one_of) | each of them |
/// | `< 2, [5..6]` | [`with_interval`](Self::with_interval), [`with_value`](Self::with_value) | each of them |
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
///
/// ```
/// # use marketloop::decision::CellTest;
/// let json = r#""not(4)""#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<CellTest>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CellTest {
    /// "None of these" instead of "one of these": `any` is none of nothing.
    negated: bool,
    choices: Vec<Choice>,
}

impl CellTest {
    /// Holds for every value.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decision::{CellTest, Fact};
    ///
    /// assert_eq!(CellTest::any().to_string(), "-");
    /// assert!(CellTest::any().holds(&Fact::Missing)); // nobody asks for the fact
    /// ```
    #[must_use]
    pub const fn any() -> Self {
        Self { negated: true, choices: Vec::new() }
    }

    /// Holds for `value` alone.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decision::CellTest;
    ///
    /// let paid = CellTest::is("paid");
    /// assert_eq!(paid.to_string(), r#""paid""#);
    /// assert!(paid.holds(&"paid".into()) && !paid.holds(&"owned".into()));
    /// ```
    #[must_use]
    pub fn is(value: impl Into<CellValue>) -> Self {
        Self::one_of([value])
    }

    /// Holds for numbers less than `limit`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decision::CellTest;
    /// use rust_decimal::dec;
    ///
    /// let poor = CellTest::below(dec!(2));
    /// assert_eq!(poor.to_string(), "< 2");
    /// assert!(poor.holds(&dec!(1.99).into()) && !poor.holds(&dec!(2).into()));
    /// ```
    #[must_use]
    pub fn below(limit: Decimal) -> Self {
        Self::interval(..limit)
    }

    /// Holds for numbers not more than `limit`.
    #[must_use]
    pub fn at_most(limit: Decimal) -> Self {
        Self::interval(..=limit)
    }

    /// Holds for numbers more than `limit`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decision::CellTest;
    /// use rust_decimal::dec;
    ///
    /// let over = CellTest::above(dec!(0.2));
    /// assert!(!over.holds(&dec!(0.2).into()) && over.holds(&dec!(0.21).into()));
    /// ```
    #[must_use]
    pub fn above(limit: Decimal) -> Self {
        Self::interval((Bound::Excluded(limit), Bound::Unbounded))
    }

    /// Holds for numbers not less than `limit`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decision::CellTest;
    /// use rust_decimal::dec;
    ///
    /// let good = CellTest::at_least(dec!(4));
    /// assert!(good.holds(&dec!(4).into()));
    /// assert_eq!(good, ">= 4".parse()?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn at_least(limit: Decimal) -> Self {
        Self::interval(limit..)
    }

    /// Holds for the numbers of the range: `a..b` leaves `b` out, `a..=b` takes it in, and two [`Bound`]s say the rest.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decision::CellTest;
    /// use rust_decimal::dec;
    /// use std::ops::Bound::Excluded;
    ///
    /// assert_eq!(CellTest::interval(dec!(2)..dec!(4)).to_string(), "[2..4)");
    /// assert_eq!(CellTest::interval((Excluded(dec!(2)), Excluded(dec!(4)))).to_string(), "(2..4)");
    /// ```
    #[must_use]
    pub fn interval(range: impl RangeBounds<Decimal>) -> Self {
        Self::none().with_interval(range)
    }

    /// Holds for each of the values.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decision::CellTest;
    ///
    /// let paid = CellTest::one_of(["paid", "kol"]);
    /// assert_eq!(paid.to_string(), r#""paid", "kol""#);
    /// assert!(paid.holds(&"kol".into()) && !paid.holds(&"owned".into()));
    /// ```
    #[must_use]
    pub fn one_of(values: impl IntoIterator<Item = impl Into<CellValue>>) -> Self {
        Self::of(values.into_iter().map(|value| Choice::Is(value.into())).collect())
    }

    /// The test that also names this value: it passes, or under [`not`](Self::not) it is excluded too.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decision::CellTest;
    /// use rust_decimal::dec;
    ///
    /// let odd = CellTest::below(dec!(0)).with_value(99);
    /// assert_eq!(odd.to_string(), "< 0, 99");
    /// ```
    #[must_use]
    pub fn with_value(mut self, value: impl Into<CellValue>) -> Self {
        self.choices.push(Choice::Is(value.into()));
        self
    }

    /// The test that also names the numbers of this range: they pass, or under [`not`](Self::not) they are excluded
    /// too.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decision::CellTest;
    /// use rust_decimal::dec;
    ///
    /// let outside = CellTest::below(dec!(2)).with_interval(dec!(5)..=dec!(6));
    /// assert_eq!(outside.to_string(), "< 2, [5..6]");
    /// assert_eq!(CellTest::not(outside).with_value(9).to_string(), "not(< 2, [5..6], 9)");
    /// ```
    #[must_use]
    pub fn with_interval(mut self, range: impl RangeBounds<Decimal>) -> Self {
        match (range.start_bound().cloned(), range.end_bound().cloned()) {
            // Every number: what `-` says, and inside a list nothing else could.
            (Bound::Unbounded, Bound::Unbounded) => {
                return if self.negated { Self::none() } else { Self::any() };
            }
            (lower, upper) => self.choices.push(Choice::Within(lower, upper)),
        }
        self
    }

    /// Holds for no value yet.
    const fn none() -> Self {
        Self { negated: false, choices: Vec::new() }
    }

    pub(super) const fn of(choices: Vec<Choice>) -> Self {
        Self { negated: false, choices }
    }

    /// Holds where `test` does not.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decision::CellTest;
    ///
    /// let others = CellTest::not(CellTest::one_of(["paid", "kol"]));
    /// assert_eq!(others.to_string(), r#"not("paid", "kol")"#);
    /// assert!(others.holds(&"owned".into()) && !others.holds(&"kol".into()));
    /// ```
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "it reads as the cell does: not(\"a\")")]
    pub fn not(test: Self) -> Self {
        // Turned, not set: not(not(x)) is x, and not of `-` is the test that nothing passes.
        Self { negated: !test.negated, ..test }
    }

    /// Whether the test holds for every value of any kind.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.negated && self.choices.is_empty()
    }

    /// Whether the fact passes; a missing one passes only what holds for [any](Self::any) value.
    ///
    /// A [`DecisionTable`](super::DecisionTable) does not ask its cells one by one: it is compiled.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decision::{CellTest, Fact};
    /// use rust_decimal::dec;
    ///
    /// let test: CellTest = "not([2..4))".parse()?;
    /// assert!(test.holds(&dec!(4).into()) && !test.holds(&dec!(2).into()));
    /// assert!(!test.holds(&Fact::Missing) && CellTest::any().holds(&Fact::Missing));
    /// # Ok::<(), marketloop::decision::DecisionError>(())
    /// ```
    #[must_use]
    pub fn holds(&self, fact: &Fact<'_>) -> bool {
        // What is not known is not "none of these" either: only a test that asks nothing lets it pass.
        if *fact == Fact::Missing {
            return self.is_any();
        }
        self.choices.iter().any(|choice| choice.admits(fact)) != self.negated
    }

    /// Whether the test holds for everything but what it names.
    #[must_use]
    pub const fn is_negated(&self) -> bool {
        self.negated
    }

    /// The lower and the upper end of each alternative that the test names; a value is both ends, included.
    #[must_use]
    pub fn alternatives(&self) -> impl ExactSizeIterator<Item = (Bound<CellValue>, Bound<CellValue>)> {
        self.choices.iter().map(|choice| match choice {
            Choice::Is(value) => (Bound::Included(value.clone()), Bound::Included(value.clone())),
            Choice::Within(lower, upper) => (lower.map(CellValue::Number), upper.map(CellValue::Number)),
        })
    }

    pub(super) fn choices(&self) -> &[Choice] {
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
