//! The static report: what no rule covers, and which rules can match together.
//!
//! Both are exact, because they work on the atoms of the columns, not on samples. The search for gaps goes
//! through the columns one by one and keeps the rules that are still possible; atoms that leave the same
//! rules possible are taken together, and a branch ends as soon as no rule is left (a gap) or a rule is left
//! that tests none of the remaining columns (covered). In the worst case it is exponential in the columns,
//! which is why it takes a limit.

use super::column::insert;
use super::{CellTest, DecisionTable, TableColumn};
use crate::error::Counted;
use crate::figure::{Cell, Table, beside};
use crate::quantity::wire::serialize_fields;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

/// The column that says whether the rules of an overlap have the same outputs.
const AGREES: &str = "same outputs";

/// A box of the input space: where no rule matches (a gap), or where two rules match together (an overlap).
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Region {
    rules: Vec<usize>,
    agrees: bool,
    columns: Vec<(String, CellTest)>,
}

impl Region {
    /// The indexes of the rules that match everywhere in it: none in a gap, two in an overlap.
    #[must_use]
    pub fn rules(&self) -> &[usize] {
        &self.rules
    }

    /// Whether its rules have the same outputs: then [`HitPolicy::Any`](super::HitPolicy::Any) admits the overlap.
    #[must_use]
    pub const fn agrees(&self) -> bool {
        self.agrees
    }

    /// The tests in the order of the columns, each with the column's name; together they hold in the region alone.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decision::{DecisionTable, HitPolicy, TableColumn};
    ///
    /// let draft = DecisionTable::draft(HitPolicy::First).input(TableColumn::number("roi"));
    /// let draft = draft.output(TableColumn::text("action")).rule(["< 2"], ["stop"]);
    /// let report = draft.clone().check()?.report(1_000);
    /// // The tests of a gap are the cells of the rule that the table lacks.
    /// let cells: Vec<_> = report.gaps()[0].columns().map(|(_, test)| test.clone()).collect();
    /// assert!(draft.rule(cells, ["keep"]).check()?.report(1_000).gaps().is_empty());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn columns(&self) -> impl ExactSizeIterator<Item = (&str, &CellTest)> {
        self.columns.iter().map(|(name, test)| (name.as_str(), test))
    }

    fn new(inputs: &[TableColumn], tests: impl IntoIterator<Item = CellTest>) -> Self {
        let columns = inputs.iter().map(|input| input.name.clone()).zip(tests).collect();
        Self { rules: Vec::new(), agrees: false, columns }
    }
}

impl fmt::Display for Region {
    /// `kind "kol"; roi [2..4)`, or `everything`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for (name, test) in self.columns().filter(|(_, test)| !test.is_any()) {
            write!(f, "{separator}{name} {test}")?;
            separator = "; ";
        }
        if separator.is_empty() { f.write_str("everything") } else { Ok(()) }
    }
}

/// The gaps and overlaps of a table, as far as the work limit reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableCheck {
    gaps: Vec<Region>,
    overlaps: Vec<Region>,
    work: u64,
    complete: bool,
}

serialize_fields!(TableCheck { gaps, overlaps, work: own, complete });

impl TableCheck {
    /// Regions without a common point in which no rule matches. In a complete report they are all there is.
    #[must_use]
    pub fn gaps(&self) -> &[Region] {
        &self.gaps
    }

    /// The pairs of rules that can match together, each with the whole region in which both do.
    #[must_use]
    pub fn overlaps(&self) -> &[Region] {
        &self.overlaps
    }

    /// How many steps were made; one step looks at one atom of one column.
    #[must_use]
    pub const fn work(&self) -> u64 {
        self.work
    }

    /// Whether the search came to its end; if not, there may be more gaps and overlaps than listed.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.complete
    }

    /// The regions, a row each with the tests of the columns, and after how many steps an incomplete search stopped.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("region");
        for (index, gap) in self.gaps.iter().enumerate() {
            gap.push_to(&mut table, &format!("gap {index}"));
        }
        for overlap in &self.overlaps {
            let name = overlap.rules.iter().map(|rule| format!("{rule}")).collect::<Vec<_>>().join(" and ");
            overlap.push_to(&mut table, &format!("rules {name}"));
            table.push(format!("rules {name}"), AGREES, overlap.agrees);
        }
        if !self.complete {
            table.push(
                "not searched",
                "",
                Cell::default().because(format!("stopped after {}", Counted(self.work, "step"))),
            );
        }
        table
    }
}

impl Region {
    fn push_to(&self, table: &mut Table, row: &str) {
        for (name, test) in self.columns() {
            table.push(row, beside(name, &[AGREES]).into_owned(), format!("{test}"));
        }
    }
}

impl fmt::Display for TableCheck {
    /// The [table](TableCheck::table) as text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

impl DecisionTable {
    /// The gaps and overlaps of the table among the allowed values of its inputs, found in at most `limit`
    /// steps (one step looks at one atom of one column; a table of ten rules needs some thousands).
    ///
    /// Numbers are taken as continuous: between `< 30` and `>= 31` there is a gap even for whole numbers. Dates are counted
    /// in days and durations in seconds: between `< 2026-07-01` and `>= 2026-07-01`, and between `<= 2026-06-30` and it,
    /// there is none. Where a cell of a column asks for [missing](CellTest::missing) facts, they are a value among
    /// the others. Lists are gone through by which of the named texts they contain, up to 12 of them; a report that meets
    /// a column that names more ends there, as one that is not [complete](TableCheck::is_complete).
    ///
    /// # Examples
    /// ```
    /// use marketloop::decision::{HitPolicy, TableColumn, DecisionTable, CellTest};
    /// use rust_decimal::dec;
    ///
    /// let table = DecisionTable::draft(HitPolicy::Unique)
    ///     .input(TableColumn::number("roi").allowing(CellTest::at_least(dec!(0))))
    ///     .output(TableColumn::text("action"))
    ///     .rule(["< 2"], ["replace"])
    ///     .rule(["[2..4]"], ["keep"])
    ///     .rule([">= 4"], ["boost"])
    ///     .check()?;
    /// let report = table.report(10_000);
    /// assert!(report.is_complete());
    /// assert!(report.gaps().is_empty());
    /// assert_eq!(report.to_string(), "region         roi  same outputs\nrules 1 and 2    4  no\n");
    /// let looser = DecisionTable::draft(HitPolicy::Unique)
    ///     .input(TableColumn::number("roi").allowing(CellTest::at_least(dec!(0))))
    ///     .output(TableColumn::text("action"))
    ///     .rule(["< 2"], ["replace"])
    ///     .rule(["> 2"], ["boost"])
    ///     .check()?;
    /// assert_eq!(looser.report(10_000).gaps()[0].to_string(), "roi 2");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn report(&self, limit: u64) -> TableCheck {
        let mut budget = Budget { work: 0, limit };
        let mut gaps = Vec::new();
        let mut overlaps = Vec::new();
        let finished = self.find_overlaps(&mut budget, &mut overlaps).is_some();
        let complete = self.find_gaps(&mut budget, &mut gaps).is_some() && finished;
        TableCheck { gaps, overlaps, work: budget.work, complete }
    }

    /// `None` where the work ran out.
    fn find_overlaps(&self, budget: &mut Budget, overlaps: &mut Vec<Region>) -> Option<()> {
        for (first, rule) in self.rules.iter().enumerate() {
            for (second, other) in self.rules.iter().enumerate().skip(first).skip(1) {
                // Two boxes meet where their columns meet in every one: the region is exact, not a sample.
                let mut sets = Vec::with_capacity(self.columns.len());
                for column in &self.columns {
                    if !column.is_atomic() {
                        return None;
                    }
                    // Paid for before it is done: no look goes beyond the limit.
                    budget.spend(column.allowed.len())?;
                    let atoms = column.atoms_of(first).zip(column.atoms_of(second)).zip(&column.allowed);
                    let set: Vec<bool> = atoms.map(|((a, b), allowed)| a && b && *allowed).collect();
                    if !set.contains(&true) {
                        break;
                    }
                    sets.push(set);
                }
                // Fewer sets: a column without a common atom ended the loop.
                if sets.len() == self.columns.len() {
                    let region = self.region(sets.iter().map(Vec::as_slice));
                    let agrees = rule.outputs == other.outputs;
                    overlaps.push(Region { rules: vec![first, second], agrees, ..region });
                }
            }
        }
        Some(())
    }

    /// `None` where the work ran out.
    #[expect(clippy::arithmetic_side_effects, reason = "the level that is followed is open")]
    fn find_gaps(&self, budget: &mut Budget, gaps: &mut Vec<Region>) -> Option<()> {
        let suffix_any = self.rules_without_test_from();
        let everything = vec![u64::MAX; self.words()];
        // A stack of its own in place of recursion: a table from outside may have more columns than a thread's stack
        // has frames. The branches still to follow, deepest last; `chosen` is the way to the one that is followed.
        let mut open = vec![self.branches(0, &everything, budget)?.into_iter()];
        let mut chosen: Vec<Vec<bool>> = Vec::new();
        while let Some(level) = open.last_mut() {
            let Some(Branch { atoms, alive }) = level.next() else {
                open.pop();
                chosen.pop();
                continue;
            };
            // The way down to this level is kept, what a branch beside it chose is not.
            let depth = open.len();
            chosen.truncate(depth - 1);
            chosen.push(atoms);
            if alive.iter().all(|word| *word == 0) {
                gaps.push(self.region(chosen.iter().map(Vec::as_slice)));
            } else if !suffix_any.get(depth).is_none_or(|any| intersects(any, &alive)) {
                open.push(self.branches(depth, &alive, budget)?.into_iter());
            }
        }
        Some(())
    }

    /// For each column: the rules that test neither it nor a later one.
    fn rules_without_test_from(&self) -> Vec<Vec<u64>> {
        let mut any = vec![vec![0_u64; self.words()]; self.columns.len()];
        for (rule, tests) in self.rules.iter().map(|rule| &rule.tests).enumerate() {
            for (mask, test) in any.iter_mut().zip(tests).rev() {
                // From the last column back: the first test that is met ends the run of columns without one.
                if !test.is_any() {
                    break;
                }
                insert(mask, rule);
            }
        }
        any
    }

    /// The allowed atoms of the column at `depth`, those together that leave the same of the `alive` rules.
    #[expect(
        clippy::indexing_slicing,
        reason = "a gap is looked for below the last column only; `place` is a branch, and a branch has a flag for each atom"
    )]
    fn branches(&self, depth: usize, alive: &[u64], budget: &mut Budget) -> Option<Vec<Branch>> {
        let column = &self.columns[depth];
        if !column.is_atomic() {
            return None;
        }
        budget.spend(column.allowed.len())?;
        let mut branches: Vec<Branch> = Vec::new();
        for (atom, _) in column.allowed.iter().enumerate().filter(|(_, allowed)| **allowed) {
            let left: Vec<u64> = column.rules_in(atom).iter().zip(alive).map(|(a, b)| a & b).collect();
            budget.spend(branches.len())?;
            // By a scan: the branches of one column are few, and each look is paid for out of the limit.
            let place = branches.iter().position(|branch| branch.alive == left).unwrap_or(branches.len());
            if place == branches.len() {
                branches.push(Branch { atoms: vec![false; column.allowed.len()], alive: left });
            }
            branches[place].atoms[atom] = true;
        }
        Some(branches)
    }

    /// The region of these atoms; columns without a set are free.
    fn region<'s>(&self, sets: impl Iterator<Item = &'s [bool]>) -> Region {
        let tests =
            sets.zip(&self.columns).map(|(set, column)| column.partition.test_of(set, &column.allowed));
        Region::new(&self.inputs, tests.chain(core::iter::repeat_with(CellTest::any)))
    }
}

struct Branch {
    atoms: Vec<bool>,
    alive: Vec<u64>,
}

struct Budget {
    work: u64,
    limit: u64,
}

impl Budget {
    fn spend(&mut self, steps: usize) -> Option<()> {
        // Nothing is spent that is not there: the work told of a stopped search is what was done. Saturated, for the most
        // steps there are is above every limit but that one.
        let work = self.work.saturating_add(u64::try_from(steps).unwrap_or(u64::MAX));
        if work > self.limit {
            return None;
        }
        self.work = work;
        Some(())
    }
}

fn intersects(left: &[u64], right: &[u64]) -> bool {
    left.iter().zip(right).any(|(a, b)| a & b != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decision::HitPolicy;
    use alloc::string::ToString;

    /// The gaps and overlaps of a table of one column.
    fn found(column: TableColumn, cells: &[&str]) -> (Vec<String>, Vec<String>) {
        let draft = DecisionTable::draft(HitPolicy::Unique).input(column).output(TableColumn::truth("y"));
        let table = cells.iter().fold(draft, |draft, cell| draft.rule([cell], [true])).check().unwrap();
        let report = table.report(100_000);
        assert!(report.is_complete());
        let texts = |regions: &[Region]| regions.iter().map(ToString::to_string).collect();
        (texts(report.gaps()), texts(report.overlaps()))
    }

    #[test]
    fn days_and_seconds_that_meet_leave_no_gap() {
        let none = || (Vec::<String>::new(), Vec::<String>::new());
        let dates = |cells: &[&str]| found(TableColumn::date("d"), cells);
        assert_eq!(dates(&["<= 2026-07-01", ">= 2026-07-02"]), none());
        assert_eq!(dates(&["< 2026-07-01", "[2026-07-01..2026-09-30]", "> 2026-09-30"]), none());
        assert_eq!(dates(&["< 2026-07-01", "> 2026-07-01"]).0, ["d 2026-07-01"]);
        assert_eq!(dates(&["<= 2026-07-01", ">= 2026-07-04"]).0, ["d [2026-07-02..2026-07-03]"]);
        assert_eq!(dates(&["<= 2026-07-03", ">= 2026-07-02"]).1, ["d [2026-07-02..2026-07-03]"]);
        assert_eq!(dates(&["> 2026-07-03", "2026-07-01"]).0, ["d <= 2026-06-30, [2026-07-02..2026-07-03]"]);
        let waits = |cells: &[&str]| found(TableColumn::duration("w"), cells);
        assert_eq!(waits(&["<= 1 hour", ">= 3601 seconds"]), none());
        assert_eq!(waits(&["> 0 seconds"]).0, ["w 0 seconds"]);
        let numbers = found(TableColumn::number("n"), &["<= 1", ">= 2"]);
        assert_eq!(numbers.0, ["n (1..2)"]);
    }

    #[test]
    fn missing_facts_are_a_value_where_a_cell_asks_for_them() {
        let numbers = |cells: &[&str]| found(TableColumn::number("n"), cells);
        assert_eq!(numbers(&["< 2", ">= 2"]).0, Vec::<String>::new());
        assert_eq!(numbers(&["< 2", "missing"]).0, ["n >= 2"]);
        assert_eq!(numbers(&["given"]).0, ["n missing"]);
        assert_eq!(numbers(&["not(missing, 2)"]).0, ["n missing, 2"]);
        assert_eq!(numbers(&["missing, < 2", "missing, > 3"]).1, ["n missing"]);
        assert_eq!(numbers(&["-", "missing, 2"]).1, ["n missing, 2"]);
        let texts = found(TableColumn::text("k"), &[r#"not(missing, not("a"))"#]);
        assert_eq!(texts.0, [r#"k missing, not("a")"#]);
    }

    #[test]
    fn lists_are_gone_through_by_the_texts_they_contain() {
        let lists = |cells: &[&str]| found(TableColumn::list("t"), cells);
        assert_eq!(lists(&[r#"contains "a""#, r#"contains none ("a")"#]), (Vec::new(), Vec::new()));
        assert_eq!(lists(&[r#"contains any ("a", "b")"#]).0, [r#"t contains none ("a", "b")"#]);
        assert_eq!(lists(&[r#"contains "a""#, r#"contains "b""#]).1, [r#"t contains all ("a", "b")"#]);
        assert_eq!(
            lists(&[r#"contains all ("a", "b")"#]).0,
            [r#"t contains none ("a"), contains none ("b")"#]
        );
    }
}
