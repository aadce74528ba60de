//! The strategies of cells and decision tables.

use super::{Sample, drawn, each_fault_is_refused};
use chrono::Datelike;
use core::ops::Bound;
use marketloop::decision::{CellTest, CellValue, DecisionDraft, DecisionTable, Fact, HitPolicy};
use marketloop::laws;
use marketloop::strategies;
use marketloop::time::Duration;

#[test]
fn cell_values() {
    let values = Sample { name: "cell_values", strategy: strategies::cell_values(), of: "characters" };
    values.is_valid_and_often_an_edge(
        |value| value.as_text().map_or(0, |text| text.chars().count()),
        |value| match value {
            CellValue::Number(number) => number.is_zero(),
            CellValue::Text(text) => text.is_empty(),
            CellValue::Date(date) => {
                [(1, 1, 1), (9999, 12, 31)].contains(&(date.year(), date.month(), date.day()))
            }
            CellValue::Duration(duration) => *duration == Duration::ZERO,
            _ => true,
        },
        |value| {
            laws::reads_its_own_text(value)?;
            laws::reads_back_what_it_writes(value)
        },
    );
    values.shrinks_to_text(
        |value| value.as_text().is_some_and(|text| text.contains('"')),
        ToString::to_string,
        r#""\"""#,
    );
}

#[test]
fn cell_tests() {
    let cells = Sample { name: "cell_tests", strategy: strategies::cell_tests(), of: "alternatives" };
    cells.is_valid_and_often_an_edge(
        |cell| cell.alternatives().len(),
        |cell| {
            let ends = |end: Bound<CellValue>| match end {
                Bound::Included(end) | Bound::Excluded(end) => Some(end),
                Bound::Unbounded => None,
            };
            let degenerate = |(low, high)| match (ends(low), ends(high)) {
                (Some(low), Some(high)) => low > high,
                _ => false,
            };
            ["-", "not(-)", "given", "missing"].contains(&cell.to_string().as_str())
                || cell.alternatives().any(degenerate)
        },
        |cell| {
            laws::reads_its_own_text(cell)?;
            laws::reads_back_what_it_writes(cell)
        },
    );
    cells.shrinks_to_text(|cell| cell.alternatives().len() > 1, ToString::to_string, "0, 0");
}

fn any_row_twice(table: &DecisionTable) -> bool {
    let rows: Vec<&[CellTest]> = table.rules().map(|(when, _)| when).collect();
    rows.iter().enumerate().any(|(at, row)| rows[..at].contains(row))
}

#[test]
fn decision_tables() {
    let tables = Sample { name: "decision_tables", strategy: strategies::decision_tables(), of: "rules" };
    tables.is_valid_and_often_an_edge(
        |(table, _)| table.rules().len(),
        |(table, facts)| {
            let empty = |(when, _): (&[CellTest], _)| when.iter().all(CellTest::is_any);
            table.rules().len() == 1 || facts.is_empty() || table.rules().any(empty) || any_row_twice(table)
        },
        |(table, facts)| {
            laws::reads_back_what_it_writes(table)?;
            facts.iter().try_for_each(|row| {
                laws::matches_are_those_of_the_cells(table, row, table.matches(row).unwrap())
            })
        },
    );
    tables.shrinks_to_text(
        |(table, facts)| facts.iter().any(|row| table.matches(row).unwrap().count() == 2),
        |(table, facts)| format!("{} {facts:?}", serde_json::to_string(table).unwrap()),
        r#"{"hit_policy":"first","inputs":[{"name":"kind","kind":"text"}],"outputs":[{"name":"points","kind":"number","ranking":["2","0","3","1"]}],"rules":[{"when":["-"],"then":["0"]},{"when":["-"],"then":["0"]}]} [[Text("kol")]]"#,
    );
}

#[test]
fn the_options_of_tables_hold() {
    let tables = strategies::decision_tables().with_missing().with_catch_all().with_policy(HitPolicy::Any);
    let mut absent = 0;
    for (table, facts) in drawn(&tables, 512) {
        assert_eq!(table.policy(), HitPolicy::Any);
        assert!(table.report(10_000_000).gaps().is_empty());
        absent += facts.iter().flatten().filter(|fact| **fact == Fact::Missing).count();
    }
    assert!(absent > 100, "{absent}");
}

#[test]
fn a_fault_in_a_table_is_told_alone_at_its_place() {
    let refuse = |case: &strategies::AlmostValid| {
        laws::refuses(case, serde_json::from_str::<DecisionDraft>(case.json()).unwrap().check())
    };
    each_fault_is_refused(strategies::decision_tables().almost_valid(), 11, refuse);
}
