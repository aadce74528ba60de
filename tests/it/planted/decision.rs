//! Wrong decision tables.

use super::caught;
use core::ops::Bound;
use marketloop::decision::{CellTest, CellValue, DecisionDraft, DecisionTable, Fact, HitPolicy};
use marketloop::laws::{
    Broken, gaps_and_overlaps_are_what_points_say, matches_are_those_of_the_cells,
    nearest_miss_has_the_fewest_failing_cells,
};
use marketloop::strategies::decision_tables;

type Case = (DecisionTable, Vec<Vec<Fact<'static>>>);

/// The table with its cells read otherwise; as it is, where a cell would hold for nothing then.
fn misread(table: &DecisionTable, cell: impl Fn(&CellTest) -> CellTest) -> DecisionTable {
    let draft =
        table.inputs().iter().cloned().fold(DecisionTable::draft(table.policy()), DecisionDraft::input);
    let draft = table.outputs().iter().cloned().fold(draft, DecisionDraft::output);
    let draft = table
        .rules()
        .fold(draft, |draft, (when, then)| draft.rule(when.iter().map(&cell), then.iter().cloned()));
    draft.check().unwrap_or_else(|_| table.clone())
}

/// `< 2` read as `<= 2`.
fn closed(cell: &CellTest) -> CellTest {
    let ends: Vec<_> = cell.alternatives().collect();
    match ends.as_slice() {
        [(Bound::Unbounded, Bound::Excluded(end))] if !cell.is_negated() && cell.on_missing().is_none() => {
            match end {
                CellValue::Number(end) => CellTest::at_most(*end),
                CellValue::Date(end) => CellTest::at_most(*end),
                CellValue::Duration(end) => CellTest::at_most(*end),
                _ => cell.clone(),
            }
        }
        _ => cell.clone(),
    }
}

/// `contains any ("a", "b")` read as `contains all ("a", "b")`.
fn all_of_any(cell: &CellTest) -> CellTest {
    cell.to_string().replace("contains any", "contains all").parse().unwrap()
}

/// `missing, < 2` read as `< 2`.
fn without_missing(cell: &CellTest) -> CellTest {
    cell.to_string().trim_start_matches("missing, ").parse().unwrap()
}

fn of_all(
    case: &Case,
    law: impl Fn(&DecisionTable, &[Fact<'static>]) -> Result<(), Broken>,
) -> Result<(), Broken> {
    case.1.iter().try_for_each(|facts| law(&case.0, facts))
}

#[test]
fn at_most_in_place_of_below() {
    let by = |asked: fn(&DecisionTable) -> DecisionTable| {
        move |case: &Case| {
            let asked = asked(&case.0);
            of_all(case, |table, facts| {
                matches_are_those_of_the_cells(table, facts, asked.matches(facts).unwrap())
            })
        }
    };
    caught(
        "at most in place of below",
        decision_tables(),
        by(DecisionTable::clone),
        by(|table| misread(table, closed)),
    );
}

#[test]
fn cells_of_lists_and_missing_facts_that_are_misread() {
    let by = |cell: fn(&CellTest) -> CellTest| {
        move |case: &Case| {
            let asked = misread(&case.0, cell);
            of_all(case, |table, facts| {
                // What the misread table refuses is for another law.
                let Ok(matched) = asked.matches(facts) else { return Ok(()) };
                matches_are_those_of_the_cells(table, facts, matched)
            })
        }
    };
    caught("all in place of any", decision_tables(), by(CellTest::clone), by(all_of_any));
    caught("a missing fact that is left out", decision_tables(), by(CellTest::clone), by(without_missing));
}

#[test]
fn a_gap_that_takes_in_the_edge() {
    let by = |asked: fn(&DecisionTable) -> DecisionTable| {
        move |case: &Case| {
            let check = asked(&case.0).report(10_000_000);
            of_all(case, |table, facts| gaps_and_overlaps_are_what_points_say(table, &check, facts))
        }
    };
    caught(
        "a gap that takes in the edge",
        decision_tables(),
        by(DecisionTable::clone),
        by(|table| misread(table, closed)),
    );
}

#[test]
fn the_last_match_in_place_of_the_first() {
    let by = |pick: fn(&[usize]) -> Option<&usize>| {
        move |case: &Case| {
            of_all(case, |table, facts| {
                let decision = table.decide(facts).unwrap();
                let matched: Vec<usize> = table.matches(facts).unwrap().collect();
                let broken = || Broken::new("first_hit_is_the_first_match", format!("{matched:?}"));
                (decision.answering().first() == pick(&matched)).then_some(()).ok_or_else(broken)
            })
        }
    };
    let tables = decision_tables().with_policy(HitPolicy::First);
    caught("the last match in place of the first", tables, by(<[usize]>::first), by(<[usize]>::last));
}

#[test]
fn the_nearest_miss_by_distance_alone() {
    let tables = || decision_tables().with_policy(HitPolicy::Collect);
    caught(
        "the nearest miss by distance alone",
        tables(),
        |case| {
            of_all(case, |table, facts| {
                let nearest = table.decide(facts).unwrap().nearest_miss();
                nearest_miss_has_the_fewest_failing_cells(table, facts, nearest)
            })
        },
        |case| {
            of_all(case, |table, facts| {
                let decision = table.decide(facts).unwrap();
                let missed = (0..table.rules().len()).filter(|rule| !decision.matched().contains(rule));
                let nearest = missed.min_by_key(|rule| *decision.why(*rule).unwrap().value());
                nearest_miss_has_the_fewest_failing_cells(table, facts, nearest)
            })
        },
    );
}
