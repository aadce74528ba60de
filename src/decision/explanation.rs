//! Why a rule matched or not: a reason per cell, and the rule that came nearest.

use super::column::Column;
use super::unary_test::Choice;
use super::{CellTest, CellValue, Decision, DecisionError, Fact};
use crate::error::Counted;
use crate::figure::{Cell, Table, Why, beside};
use crate::quantity::wire::serialize_fields;
use crate::quantity::{Ratio, Rounding, subtract};
use crate::time::Duration;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

/// The column that says whether a rule answers, matches or misses.
const STATE: &str = "state";

/// A cell of a rule after it was asked: what was tested, what came in, whether it held, and how far it was from passing.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct TestedCell<'a> {
    /// The name of the input.
    pub input: &'a str,
    /// The test of the cell.
    pub test: &'a CellTest,
    /// The fact that was tested.
    pub fact: Fact<'a>,
    /// Whether the test held.
    pub holds: bool,
    /// The nearest edge beyond which a number that failed would have passed (of two equally near ones the lower), which
    /// itself may be excluded; of dates and durations the nearest that would have passed. `None` where the cell held or
    /// is not about any of these.
    pub edge: Option<Fact<'a>>,
    /// How far the fact is from passing, 0 where it does.
    ///
    /// # Formula
    /// Of a number `abs(edge - fact) / (greatest - least edge of the column)` (J. C. Gower, 1971), and 1 where no
    /// number passes; of a single edge its magnitude takes the place of the range. Of dates and durations the same in
    /// days and seconds; of a single date a year of 365 days is the range. Of a list how many texts would have to come or
    /// go, of those that the cells of the column name. Of any other value that differs, and of a missing one, 1.
    pub distance: Ratio,
}

struct ReasonWire {
    input: String,
    test: CellTest,
    fact: String,
    holds: bool,
    edge: Option<String>,
    distance: Ratio,
}

serialize_fields!(ReasonWire { input, test, fact, holds, edge: optional, distance });

impl Serialize for TestedCell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ReasonWire {
            input: self.input.into(),
            test: self.test.clone(),
            fact: self.fact.to_string(),
            holds: self.holds,
            edge: self.edge.map(|edge| edge.to_string()),
            distance: self.distance,
        }
        .serialize(serializer)
    }
}

impl fmt::Display for TestedCell<'_> {
    /// `roi 3.5 is not >= 4, 0.5 below the edge 4`, `day 2026-07-04 is not <= 2026-07-01, 3 days too late for 2026-07-01`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { input, test, fact, holds, edge, .. } = self;
        let relation = match (*holds, fact) {
            (true, Fact::List(_)) => "passes",
            (false, Fact::List(_)) => "fails",
            (true, _) => "is",
            // Not `is not not(..)`.
            (false, _) if test.reads_as_not() => "is excluded by",
            (false, _) => "is not",
        };
        write!(f, "{input} {fact} {relation} {test}")?;
        match (fact, edge) {
            (Fact::Number(number), Some(Fact::Number(edge))) => {
                // A difference of more than 28 digits is left out: a rounded one could read as 0.
                let Ok(distance) = subtract(*edge, *number) else { return Ok(()) };
                match (edge.normalize(), distance.normalize()) {
                    (edge, distance) if distance.is_zero() => write!(f, ", on the excluded edge {edge}"),
                    (edge, distance) => {
                        let side = if distance.is_sign_negative() { "above" } else { "below" };
                        write!(f, ", {} {side} the edge {edge}", distance.abs())
                    }
                }
            }
            (Fact::Date(date), Some(Fact::Date(edge))) => {
                let days = date.signed_duration_since(*edge).num_days();
                let side = if days > 0 { "late" } else { "early" };
                write!(f, ", {} too {side} for {edge}", Counted(days.unsigned_abs(), "day"))
            }
            (Fact::Duration(duration), Some(Fact::Duration(edge))) => {
                let side = if duration > edge { "longer" } else { "shorter" };
                let apart = Duration::from_seconds(duration.seconds().abs_diff(edge.seconds()));
                write!(f, ", {apart} {side} than {edge}")
            }
            (Fact::List(list), _) if !holds => {
                list_misses(test, list).1.iter().try_for_each(|words| write!(f, ", {words}"))
            }
            _ => Ok(()),
        }
    }
}

/// How many texts would have to come or go for a list that failed to pass, and which.
///
/// Of alternatives the nearest counts, the first of several; of what none may hold each that does.
fn list_misses(test: &CellTest, list: &[&str]) -> (usize, Vec<String>) {
    let contains = |name: &str| list.contains(&name);
    let contents = test.choices().iter().filter_map(|choice| match choice {
        Choice::Contains(contents) => Some(contents),
        _ => None,
    });
    if !test.is_negated() {
        let misses = contents.map(|contents| contents.misses(&contains));
        return misses.min_by_key(|(changes, _)| *changes).unwrap_or((1, Vec::new()));
    }
    let mut all: (usize, Vec<String>) = (0, Vec::new());
    for contents in contents.filter(|contents| contents.holds(&contains)) {
        let (changes, words) = contents.undone(&contains);
        // Named texts in memory: fewer than all numbers.
        all.0 = all.0.saturating_add(changes);
        all.1.extend(words);
    }
    all
}

impl<'a> Decision<'a> {
    /// Why the rule at `index` matched or not; `None` where there is no such rule.
    ///
    /// The steps are the cells in the order of the columns, and the value after each is the distance so far: the
    /// last is how far the rule is from matching, 0 where it matches, to 12 decimals where a sum needs more than
    /// 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decision::{DecisionTable, HitPolicy, TableColumn};
    /// use rust_decimal::dec;
    ///
    /// let table = DecisionTable::draft(HitPolicy::First)
    ///     .input(TableColumn::text("kind"))
    ///     .input(TableColumn::number("share"))
    ///     .output(TableColumn::text("action"))
    ///     .rule([r#""pilot""#, "> 0.1"], ["cap"])
    ///     .check()?;
    /// let facts = ["pilot".into(), dec!(0.1).into()];
    /// let why = table.decide(&facts)?.why(0).ok_or("no such rule")?;
    /// let failed: Vec<_> = why.steps().map(|step| step.cause).filter(|cell| !cell.holds).collect();
    /// assert_eq!((failed.len(), failed[0].input, failed[0].edge), (1, "share", Some(dec!(0.1).into())));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn why(&self, index: usize) -> Option<Why<TestedCell<'a>, Ratio>> {
        let rule = self.table.rules.get(index)?;
        let columns = self.table.inputs.iter().zip(&self.table.columns);
        let mut cells = columns
            .zip(rule.tests.iter().zip(self.facts))
            .map(|((input, column), (test, fact))| Self::cell((index, test), (input.name(), column), fact));
        // A table has at least one input, so that a rule has a first cell.
        let first = cells.next()?;
        Some(cells.fold(Why::new(first, first.distance), |why, cell| {
            let sum = plus(*why.value(), cell.distance);
            why.then(cell, sum)
        }))
    }

    /// The reason of one cell.
    fn cell(
        (rule, test): (usize, &'a CellTest),
        (input, column): (&'a str, &Column),
        fact: &Fact<'a>,
    ) -> TestedCell<'a> {
        let distance = Ratio::ZERO;
        let mut reason = TestedCell { input, test, fact: *fact, holds: true, edge: None, distance };
        // The test itself is asked, and not the compiled column: an explanation is rare, and its words are the test's.
        if test.holds(fact) {
            return reason;
        }
        (reason.holds, reason.distance) = (false, Ratio::ONE);
        if let Fact::List(list) = fact {
            let changes = list_misses(test, list).0;
            reason.distance = over(changes.into(), column.partition.names().into());
            return reason;
        }
        // What is not allowed is no way to pass.
        let set: Vec<bool> = column.atoms_of(rule).zip(&column.allowed).map(|(a, b)| a && *b).collect();
        if let Some((edge, away, span)) = column.partition.nearest(fact, &set) {
            reason.distance = over(away, span);
            reason.edge = match edge {
                CellValue::Number(edge) => Some(Fact::Number(edge)),
                CellValue::Date(edge) => Some(Fact::Date(edge)),
                CellValue::Duration(edge) => Some(Fact::Duration(edge)),
                CellValue::Text(_) | CellValue::Truth(_) => None,
            };
        }
        reason
    }

    /// The reasons in one line: of a rule that matches all its cells, of another those that failed. `None` where
    /// there is no such rule.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decision::{DecisionTable, HitPolicy, TableColumn};
    /// use rust_decimal::dec;
    ///
    /// let draft = DecisionTable::draft(HitPolicy::First).input(TableColumn::number("roi"));
    /// let table = draft.output(TableColumn::text("action")).rule([">= 4"], ["boost"]).check()?;
    /// let facts = [dec!(3.5).into()];
    /// assert_eq!(
    ///     table.decide(&facts)?.explain(0).as_deref(),
    ///     Some("rule 0 misses: roi 3.5 is not >= 4, 0.5 below the edge 4")
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn explain(&self, index: usize) -> Option<String> {
        self.table.rules.get(index)?;
        let verb = if self.matched().contains(&index) { "matches" } else { "misses" };
        let cells = self.cells_of(index);
        let separator = if cells.is_empty() { "" } else { ": " };
        Some(format!("rule {index} {verb}{separator}{cells}"))
    }

    /// The cells of a rule that matches and test something, or those of another that failed.
    fn cells_of(&self, index: usize) -> String {
        let matches = self.matched().contains(&index);
        let why = self.why(index);
        let cells = why.iter().flat_map(Why::steps).map(|step| &step.cause);
        let shown = cells.filter(|cell| if matches { !cell.test.is_any() } else { !cell.holds });
        shown.map(ToString::to_string).collect::<Vec<_>>().join("; ")
    }

    /// The rule that came nearest without matching: the one with the fewest failing cells, of several the one
    /// with the least distance (see [`why`](Self::why)), of several the first; `None` where every rule matches.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decision::{DecisionTable, HitPolicy, TableColumn};
    /// use rust_decimal::dec;
    ///
    /// let table = DecisionTable::draft(HitPolicy::First)
    ///     .input(TableColumn::number("roi"))
    ///     .output(TableColumn::text("action"))
    ///     .rule(["[0..1)"], ["stop"])
    ///     .rule(["[2..3)"], ["keep"])
    ///     .rule(["> 3.5"], ["boost"])
    ///     .check()?;
    /// let facts = [dec!(3.49).into()];
    /// let decision = table.decide(&facts)?;
    /// assert_eq!(decision.nearest_miss(), Some(2));
    /// // 0.01 of the 3.5 between the least and the greatest edge.
    /// assert_eq!(decision.why(2).map(|why| *why.value()), Some("1/350".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn nearest_miss(&self) -> Option<usize> {
        // Cells first: a rule that one cell keeps away is nearer than one that two cells do, however little they miss by.
        let missed = (0..self.table.rules.len()).filter(|rule| self.matched().binary_search(rule).is_err());
        missed.min_by_key(|rule| {
            let why = self.why(*rule);
            why.map(|why| (why.steps().filter(|step| !step.cause.holds).count(), *why.value()))
        })
    }

    /// The rules that matched, or the nearest miss where none did: whether they answer, their outputs, and why their
    /// cells held or failed; below them the number that is the answer.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("rule");
        for index in self.shown() {
            let state = match (self.answering().contains(&index), self.matched().contains(&index)) {
                (true, _) => "answers",
                (false, true) => "matches",
                (false, false) => "misses",
            };
            table.push(index, STATE, Cell::from(state).because(self.cells_of(index)));
            for (output, value) in self.table.outputs.iter().zip(self.table.outputs_of(index)) {
                table.push(index, beside(output.name(), &[STATE]).into_owned(), value.to_string());
            }
        }
        if let Some(number) = self.number() {
            table.push(self.table.policy, "answer", number.normalize());
        }
        table
    }

    /// The rules to show.
    fn shown(&self) -> impl Iterator<Item = usize> {
        // Only where nothing matched: beside an answer a near miss would read as part of it.
        let nearest = if self.matched().is_empty() { self.nearest_miss() } else { None };
        self.matched().iter().copied().chain(nearest)
    }
}

impl fmt::Display for Decision<'_> {
    /// The [table](Decision::table) as text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

struct DecisionWire {
    facts: Vec<String>,
    matched: Vec<usize>,
    answering: Vec<usize>,
    outputs: Vec<Vec<CellValue>>,
    number: Option<CellValue>,
    why: Vec<String>,
}

serialize_fields!(DecisionWire { facts, matched, answering, outputs, number: optional, why });

impl Serialize for Decision<'_> {
    /// The facts, the answer, and the reasons of the rules that matched or of the nearest miss.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        DecisionWire {
            facts: self.facts.iter().map(ToString::to_string).collect(),
            matched: self.matched().to_vec(),
            answering: self.answering().to_vec(),
            outputs: self.outputs().map(<[CellValue]>::to_vec).collect(),
            number: self.number().map(CellValue::Number),
            why: self.shown().filter_map(|rule| self.explain(rule)).collect(),
        }
        .serialize(serializer)
    }
}

/// The quotient, to 28 digits where the exact one needs more than 128 bits.
fn over(distance: Decimal, span: Decimal) -> Ratio {
    let rounded = |_| distance.checked_div(span).unwrap_or(Decimal::MAX).into();
    Ratio::new(distance, span).unwrap_or_else(rounded)
}

/// The sum, to 12 decimals where the exact one needs more than 128 bits.
fn plus(left: Ratio, right: Ratio) -> Ratio {
    left.plus(right).unwrap_or_else(|_| {
        let short = |ratio: Ratio| ratio.round((12, Rounding::HalfEven)).unwrap_or(Decimal::MAX);
        short(left).checked_add(short(right)).unwrap_or(Decimal::MAX).into()
    })
}

impl DecisionError {
    /// The indexes of the rules that an error of a hit policy names, none for other errors.
    #[must_use]
    pub fn rules(&self) -> &[usize] {
        match self {
            Self::SeveralMatches { rules } | Self::ConflictingOutputs { rules } => rules,
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decision::{DecisionTable, HitPolicy, TableColumn};
    use crate::time::date;

    /// The explanation of a table of one rule of one cell.
    fn told(column: TableColumn, cell: &str, fact: Fact<'_>) -> String {
        let draft = DecisionTable::draft(HitPolicy::First).input(column).output(TableColumn::truth("stop"));
        let table = draft.rule([cell], [true]).check().unwrap();
        let facts = [fact];
        let decision = table.decide(&facts).unwrap();
        decision.explain(0).unwrap()
    }

    #[test]
    fn what_a_fact_misses_is_told_in_its_own_unit() {
        let day =
            |cell: &str, day: u32| told(TableColumn::date("d"), cell, date(2026, 7, day).unwrap().into());
        assert_eq!(
            day("<= 2026-07-01", 4),
            "rule 0 misses: d 2026-07-04 is not <= 2026-07-01, 3 days too late for 2026-07-01"
        );
        // The last day before an excluded end.
        assert!(day("< 2026-07-01", 1).ends_with(", 1 day too late for 2026-06-30"));
        assert!(
            day("2026-07-01, [2026-07-09..2026-07-10]", 6).ends_with(", 3 days too early for 2026-07-09")
        );
        assert!(day("not([2026-07-02..2026-07-09])", 3).ends_with("9]), 2 days too late for 2026-07-01"));
        assert_eq!(day("given", 3), "rule 0 matches: d 2026-07-03 is given");
        assert_eq!(day("missing", 3), "rule 0 misses: d 2026-07-03 is not missing");
        let wait = |cell: &str, seconds: u64| {
            told(TableColumn::duration("w"), cell, Duration::from_seconds(seconds).into())
        };
        assert!(
            wait("<= 3 days", 270_000)
                .ends_with("w 75 hours is not <= 72 hours, 3 hours longer than 72 hours")
        );
        assert!(wait("> 1 hour", 3_600).ends_with(", 1 second shorter than 3601 seconds"));
    }

    #[test]
    fn a_list_is_told_what_it_lacks_and_what_it_has_too_much() {
        let tags = |cell: &str, list: &[&str]| {
            let told = told(TableColumn::list("tags"), cell, list.into());
            told.split_once(cell).unwrap().1.to_string()
        };
        assert_eq!(tags(r#"contains "a""#, &["b"]), r#", "a" is lacking"#);
        assert_eq!(tags(r#"contains any ("a", "b")"#, &[]), r#", one of "a", "b" is lacking"#);
        assert_eq!(tags(r#"contains all ("a", "b", "c")"#, &["b", "x"]), r#", "a", "c" are lacking"#);
        assert_eq!(tags(r#"contains none ("a", "b")"#, &["b", "b"]), r#", "b" is excluded"#);
        assert_eq!(tags(r#"contains "a" and none ("b")"#, &["b"]), r#", "a" is lacking, "b" is excluded"#);
        // Of alternatives the nearest.
        assert_eq!(tags(r#"contains all ("a", "b"), contains "c""#, &["x"]), r#", "c" is lacking"#);
        assert_eq!(tags(r#"not(contains all ("a", "b"))"#, &["a", "b"]), r#", "a", "b" are excluded"#);
        assert_eq!(tags(r#"not(contains none ("a", "b"))"#, &[]), r#", one of "a", "b" is lacking"#);
        assert_eq!(tags(r#"contains "a""#, &["a"]), "");
    }

    #[test]
    fn distances_are_shares_of_the_range() {
        let draft = DecisionTable::draft(HitPolicy::Collect)
            .input(TableColumn::date("d"))
            .input(TableColumn::duration("w"))
            .input(TableColumn::list("t"))
            .output(TableColumn::truth("stop"));
        let one = draft.clone().rule(["< 2026-07-01", "< 1 hour", r#"contains all ("a", "b")"#], [true]);
        let table = one.clone().check().unwrap();
        let facts = [date(2026, 7, 4).unwrap().into(), Duration::from_hours(2).into(), Fact::from(&["a"])];
        let decision = table.decide(&facts).unwrap();
        let of = |decision: &Decision<'_>| {
            let why = decision.why(0).unwrap();
            why.steps().map(|step| step.cause.distance.to_string()).collect::<Vec<_>>()
        };
        // A year for a single date, its magnitude for a single duration, and the named texts.
        let parts = ["4/365", "3601/3600", "1/2"];
        assert_eq!(of(&decision), parts);
        let two = one.rule(["> 2026-07-11", "> 3 hours", r#"contains "c""#], [true]).check().unwrap();
        let parts = ["2/5", "3601/7200", "1/3"];
        assert_eq!(of(&two.decide(&facts).unwrap()), parts);
    }

    /// A column may be called what the tables add of their own.
    #[test]
    fn no_column_hides_another() {
        let table = DecisionTable::draft(HitPolicy::First)
            .input(TableColumn::number("same outputs"))
            .output(TableColumn::text("state"))
            .output(TableColumn::text("\"state\""))
            .rule(["< 2"], ["stop", "x"])
            .rule(["< 3"], ["keep", "x"])
            .check()
            .unwrap();
        let facts = [1.into()];
        let shown = table.decide(&facts).unwrap().table();
        let cell = |column: &str| shown.get("0", column).and_then(|cell| cell.value.clone());
        assert_eq!(cell("state").as_deref(), Some("answers"));
        assert_eq!(cell("\"state\"").as_deref(), Some("\"stop\""));
        assert_eq!(cell(r#""\"state\"""#).as_deref(), Some("\"x\""));
        let overlap = table.report(1_000).table();
        let cell = |column: &str| overlap.get("rules 0 and 1", column).and_then(|cell| cell.value.clone());
        assert_eq!(
            (cell("same outputs").as_deref(), cell("\"same outputs\"").as_deref()),
            (Some("no"), Some("< 2"))
        );
    }
}
