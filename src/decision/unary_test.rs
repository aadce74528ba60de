//! One cell: a test of one input, typed or read from text in the manner of DMN's unary tests.

use super::contents::{Contents, Wanted};
use super::{CellValue, Fact, OrderedValue, ValueKind};
use crate::quantity::wire::text_on_the_wire;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;
use core::ops::{Bound, RangeBounds};

/// One alternative of a test: a value, a stretch of ordered values bounded on at least one side, or what a list contains.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Choice {
    Is(CellValue),
    /// The ends are of one kind that has an order.
    Within(Bound<CellValue>, Bound<CellValue>),
    Contains(Contents),
}

impl Choice {
    /// The kind of value that the choice admits.
    pub(super) const fn kind(&self) -> ValueKind {
        match self {
            Self::Is(value)
            | Self::Within(Bound::Included(value) | Bound::Excluded(value), _)
            | Self::Within(Bound::Unbounded, Bound::Included(value) | Bound::Excluded(value)) => value.kind(),
            // Never made: an interval without ends is the test of any value.
            Self::Within(Bound::Unbounded, Bound::Unbounded) => ValueKind::Number,
            Self::Contains(_) => ValueKind::List,
        }
    }

    /// The ends of an interval, or the value as both; `None` of a test of lists.
    pub(super) fn ends(&self) -> Option<(Bound<&CellValue>, Bound<&CellValue>)> {
        match self {
            Self::Is(value) => Some((Bound::Included(value), Bound::Included(value))),
            Self::Within(lower, upper) => Some((lower.as_ref(), upper.as_ref())),
            Self::Contains(_) => None,
        }
    }

    pub(super) fn admits(&self, fact: &Fact<'_>) -> bool {
        match self {
            Self::Is(value) => fact.compared(value) == Some(Ordering::Equal),
            Self::Within(lower, upper) => {
                let above = match lower {
                    Bound::Included(end) => fact.compared(end).is_some_and(Ordering::is_ge),
                    Bound::Excluded(end) => fact.compared(end).is_some_and(Ordering::is_gt),
                    Bound::Unbounded => true,
                };
                above
                    && match upper {
                        Bound::Included(end) => fact.compared(end).is_some_and(Ordering::is_le),
                        Bound::Excluded(end) => fact.compared(end).is_some_and(Ordering::is_lt),
                        Bound::Unbounded => true,
                    }
            }
            Self::Contains(contents) => match fact {
                Fact::List(list) => contents.holds(&|name| list.contains(&name)),
                _ => false,
            },
        }
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (lower, upper) = match self {
            Self::Is(value) => return value.fmt(f),
            Self::Contains(contents) => return contents.fmt(f),
            Self::Within(lower, upper) => (lower, upper),
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
/// | `< 2`, `<= 2`, `> 2`, `>= 2` | [`below`](Self::below), [`at_most`](Self::at_most), [`above`](Self::above), [`at_least`](Self::at_least) | numbers on that side; as well dates and durations: `< 2026-07-01`, `>= 3 days` |
/// | `[0.5..1)`, also `(`, `]` and `]0.5..1[` | [`interval`](Self::interval) | numbers, dates or durations between the ends: `[2026-07-01..2026-09-30]` |
/// | `2`, `"kol"`, `true`, `2026-07-01`, `36 hours` | [`is`](Self::is) | that value |
/// | `"a", "b"` | [`one_of`](Self::one_of) | each of them |
/// | `< 2, [5..6]` | [`with_interval`](Self::with_interval), [`with_value`](Self::with_value) | each of them |
/// | `not("a", "b")` | [`not`](Self::not) | everything but them |
/// | `not(-)` | `not(any())` | no value |
/// | `contains "a"` | [`contains`](Self::contains) | lists in which the text is |
/// | `contains any ("a", "b")` | [`contains_any`](Self::contains_any) | lists with one of them at least |
/// | `contains all ("a", "b")` | [`contains_all`](Self::contains_all) | lists with all of them |
/// | `contains none ("a", "b")` | [`contains_none`](Self::contains_none) | lists with none of them |
/// | `contains "a" and none ("b", "c")` | as text | lists of which all parts hold |
/// | `missing` | [`missing`](Self::missing) | missing facts alone |
/// | `missing, < 2`, `missing, not("a")` | [`or_missing`](Self::or_missing) | missing facts, and what the others hold for |
/// | `given` | [`given`](Self::given) | every value, and no missing fact |
/// | `not(missing, < 2)` | [`not`](Self::not) | every value but them, and no missing fact |
///
/// A number may stand in groups of three (`< 10,000`), with `%`, `‰`, `万` or `亿`; a list has a blank behind each
/// comma between numbers. `1,2` is refused, because it may be a list or a number. Durations are whole seconds, minutes,
/// hours or days, as [`Duration`](crate::time::Duration) reads them.
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
    /// Whether a missing fact passes, where the test asks for it. With it, a test without choices is `missing` or
    /// `given`; never one that says the same as `-` or `not(-)`.
    on_missing: Option<bool>,
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
        Self { negated: true, choices: Vec::new(), on_missing: None }
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

    /// Holds for numbers less than `limit`, dates before it, durations shorter than it.
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
    pub fn below(limit: impl OrderedValue) -> Self {
        Self::interval(..limit)
    }

    /// Holds for values not more than `limit`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decision::CellTest;
    /// use marketloop::time::date;
    ///
    /// let this_quarter = CellTest::at_most(date(2026, 9, 30)?);
    /// assert!(this_quarter.holds(&date(2026, 9, 30)?.into()) && !this_quarter.holds(&date(2026, 10, 1)?.into()));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn at_most(limit: impl OrderedValue) -> Self {
        Self::interval(..=limit)
    }

    /// Holds for values more than `limit`.
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
    pub fn above(limit: impl OrderedValue) -> Self {
        Self::interval((Bound::Excluded(limit), Bound::Unbounded))
    }

    /// Holds for values not less than `limit`.
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
    pub fn at_least(limit: impl OrderedValue) -> Self {
        Self::interval(limit..)
    }

    /// Holds for the numbers, dates or durations of the range: `a..b` leaves `b` out, `a..=b` takes it in, and two [`Bound`]s say the rest.
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
    pub fn interval<V: OrderedValue>(range: impl RangeBounds<V>) -> Self {
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

    /// The test that also names the values of this range: they pass, or under [`not`](Self::not) they are excluded
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
    pub fn with_interval<V: OrderedValue>(mut self, range: impl RangeBounds<V>) -> Self {
        let end = |end: &V| -> CellValue { (*end).into() };
        match (range.start_bound().map(end), range.end_bound().map(end)) {
            // Every value: what `-` says, and inside a list nothing else could.
            (Bound::Unbounded, Bound::Unbounded) => {
                return match (self.negated, self.on_missing) {
                    (false, Some(false)) => Self::given(),
                    (true, Some(true)) => Self::missing(),
                    (false, _) => Self::any(),
                    (true, _) => Self::none(),
                };
            }
            (lower, upper) => self.choices.push(Choice::Within(lower, upper)),
        }
        self
    }

    /// Holds for lists that contain `text`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decision::CellTest;
    ///
    /// let creators = CellTest::contains("kol");
    /// assert_eq!(creators.to_string(), r#"contains "kol""#);
    /// assert!(creators.holds(&(&["beauty", "kol"]).into()) && !creators.holds(&(&["koc"]).into()));
    /// ```
    #[must_use]
    pub fn contains(text: impl Into<String>) -> Self {
        Self::contains_all([text])
    }

    /// Holds for lists that contain one of the texts at least; of no text, for none.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decision::CellTest;
    ///
    /// let creators = CellTest::contains_any(["kol", "koc"]);
    /// assert_eq!(creators.to_string(), r#"contains any ("kol", "koc")"#);
    /// assert!(creators.holds(&(&["beauty", "koc"]).into()) && !creators.holds(&(&["beauty"]).into()));
    /// ```
    #[must_use]
    pub fn contains_any(texts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::of_contents(Wanted::Any, texts)
    }

    /// Holds for lists that contain all of the texts; of no text, for every list.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decision::CellTest;
    ///
    /// let both = CellTest::contains_all(["kol", "beauty"]);
    /// assert_eq!(both, r#"contains all ("kol", "beauty")"#.parse()?);
    /// assert!(both.holds(&(&["beauty", "kol", "new"]).into()) && !both.holds(&(&["beauty"]).into()));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn contains_all(texts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::of_contents(Wanted::All, texts)
    }

    /// Holds for lists that contain none of the texts.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decision::{CellTest, Fact};
    ///
    /// let unpaid = CellTest::contains_none(["kol", "koc"]);
    /// assert!(unpaid.holds(&Fact::List(&[])) && !unpaid.holds(&(&["koc"]).into()));
    /// assert!(!unpaid.holds(&Fact::Missing)); // nobody knows what is in it
    /// ```
    #[must_use]
    pub fn contains_none(texts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::of_contents(Wanted::None, texts)
    }

    fn of_contents(wanted: Wanted, texts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let names = texts.into_iter().map(Into::into).collect();
        Self::of(alloc::vec![Choice::Contains(Contents::of(wanted, names))])
    }

    /// Holds for missing facts alone.
    ///
    /// A column with a cell that asks for missing facts has *missing* as a value of its own: see
    /// [`decide`](super::DecisionTable::decide).
    ///
    /// # Examples
    /// ```
    /// use marketloop::decision::{CellTest, DecisionTable, Fact, HitPolicy, TableColumn};
    ///
    /// let draft = DecisionTable::draft(HitPolicy::First).input(TableColumn::number("roi"));
    /// let draft = draft.output(TableColumn::text("action"));
    /// let draft = draft.rule([CellTest::missing()], ["measure"]).rule([CellTest::below(2)], ["stop"]);
    /// assert_eq!(draft.check()?.decide(&[Fact::Missing])?.matched(), [0]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn missing() -> Self {
        Self { negated: false, choices: Vec::new(), on_missing: Some(true) }
    }

    /// Holds for every value, and for no missing fact: what `not(missing)` says.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decision::{CellTest, Fact};
    ///
    /// assert!(CellTest::given().holds(&1.into()) && !CellTest::given().holds(&Fact::Missing));
    /// assert_eq!(CellTest::given(), CellTest::not(CellTest::missing()));
    /// ```
    #[must_use]
    pub const fn given() -> Self {
        Self { negated: true, choices: Vec::new(), on_missing: Some(false) }
    }

    /// The test that holds for missing facts, too.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decision::{CellTest, Fact};
    ///
    /// let poor = CellTest::below(2).or_missing();
    /// assert_eq!(poor.to_string(), "missing, < 2");
    /// assert!(poor.holds(&Fact::Missing) && poor.holds(&1.into()) && !poor.holds(&2.into()));
    /// ```
    #[must_use]
    pub fn or_missing(self) -> Self {
        // Every value and missing ones: what `-` says.
        if self.negated && self.choices.is_empty() {
            return Self::any();
        }
        Self { on_missing: Some(true), ..self }
    }

    /// Holds for no value yet.
    const fn none() -> Self {
        Self { negated: false, choices: Vec::new(), on_missing: None }
    }

    pub(super) const fn of(choices: Vec<Choice>) -> Self {
        Self { negated: false, choices, on_missing: None }
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
        Self { negated: !test.negated, on_missing: test.on_missing.map(|passes| !passes), ..test }
    }

    /// Whether the test holds for every value of any kind, and for missing ones.
    #[must_use]
    pub const fn is_any(&self) -> bool {
        self.negated && self.choices.is_empty() && self.on_missing.is_none()
    }

    /// Whether a missing fact passes, where the test asks for it: `missing`, `given` and lists with one of them. `None`
    /// of every other test.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decision::CellTest;
    ///
    /// assert_eq!("missing, < 2".parse::<CellTest>()?.on_missing(), Some(true));
    /// assert_eq!("given".parse::<CellTest>()?.on_missing(), Some(false));
    /// assert_eq!("< 2".parse::<CellTest>()?.on_missing(), None);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn on_missing(&self) -> Option<bool> {
        self.on_missing
    }

    /// Whether the fact passes; a missing one passes what holds for [any](Self::any) value and what asks for
    /// [missing](Self::missing) ones.
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
            return self.on_missing.unwrap_or_else(|| self.is_any());
        }
        self.choices.iter().any(|choice| choice.admits(fact)) != self.negated
    }

    /// Whether the test holds for everything but what it names.
    #[must_use]
    pub const fn is_negated(&self) -> bool {
        self.negated
    }

    /// The lower and the upper end of each alternative that the test names; a value is both ends, included. What lists
    /// have to contain is none: it stands in the text alone.
    #[must_use]
    pub fn alternatives(&self) -> impl ExactSizeIterator<Item = (Bound<CellValue>, Bound<CellValue>)> {
        let ends = self.choices.iter().filter_map(Choice::ends);
        ends.map(|(lower, upper)| (lower.cloned(), upper.cloned())).collect::<Vec<_>>().into_iter()
    }

    /// Whether the text begins with `not(`.
    pub(super) fn reads_as_not(&self) -> bool {
        match self.on_missing {
            Some(true) => false,
            Some(false) => !self.choices.is_empty(),
            None => self.negated && !self.choices.is_empty(),
        }
    }

    pub(super) fn choices(&self) -> &[Choice] {
        &self.choices
    }
}

impl fmt::Display for CellTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.choices.is_empty() {
            return f.write_str(match (self.on_missing, self.negated) {
                (Some(true), _) => "missing",
                (Some(false), _) => "given",
                (None, true) => "-",
                (None, false) => "not(-)",
            });
        }
        // `missing` stands before a list or before `not(list)`; what it is not for is `not(` of the opposite.
        let (before, negated) = match self.on_missing {
            None => ("", self.negated),
            Some(true) => ("missing, ", self.negated),
            Some(false) => ("not(missing, ", !self.negated),
        };
        f.write_str(before)?;
        f.write_str(if negated { "not(" } else { "" })?;
        for (index, choice) in self.choices.iter().enumerate() {
            write!(f, "{}{choice}", if index == 0 { "" } else { ", " })?;
        }
        f.write_str(if negated { ")" } else { "" })?;
        f.write_str(if self.on_missing == Some(false) { ")" } else { "" })
    }
}

text_on_the_wire!(CellTest, r#"a unary test such as `< 2`, `[0.5..1)`, `"a", "b"` or `missing`"#);
