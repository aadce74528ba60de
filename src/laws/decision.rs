//! Decision tables answer as their cells say.

use super::{Broken, hold};
use crate::decision::{DecisionTable, Fact, Region, TableCheck};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// The rules that match are those of which every cell holds for its fact.
///
/// Facts for which the table does not answer, such as a missing one that is tested, are not for this law.
///
/// # Errors
/// [`Broken`], with the facts and both lists of rules; also where a column has no fact.
///
/// # Examples
/// ```
/// use marketloop::laws::matches_are_those_of_the_cells;
/// use marketloop::strategies::decision_tables;
/// use proptest::prelude::*;
///
/// proptest!(|((table, facts) in decision_tables())| {
///     for facts in &facts {
///         matches_are_those_of_the_cells(&table, facts, table.matches(facts).unwrap())?;
///     }
/// });
/// ```
pub fn matches_are_those_of_the_cells(
    table: &DecisionTable,
    facts: &[Fact<'_>],
    matched: impl IntoIterator<Item = usize>,
) -> Result<(), Broken> {
    const LAW: &str = "matches_are_those_of_the_cells";
    each_column_has_a_fact(LAW, table, facts)?;
    let (matched, expected) = (matched.into_iter().collect::<Vec<_>>(), matching(table, facts));
    hold(LAW, matched == expected, || {
        format!("for {} the cells of rules {expected:?} hold, and told was {matched:?}", told(facts))
    })
}

/// A point lies in one gap of the table exactly where no rule matches it, and in one overlap per pair of rules that match.
///
/// The check has to be [complete](TableCheck::is_complete).
///
/// # Errors
/// [`Broken`], with the facts, the rules that match, and how many gaps and overlaps there are; also where the check is not
/// complete, or a column has no fact.
///
/// # Examples
/// ```
/// use marketloop::laws::gaps_and_overlaps_are_what_points_say;
/// use marketloop::strategies::decision_tables;
/// use proptest::prelude::*;
///
/// proptest!(|((table, facts) in decision_tables().with_rules(1..4))| {
///     let check = table.report(10_000_000);
///     for facts in &facts {
///         gaps_and_overlaps_are_what_points_say(&table, &check, facts)?;
///     }
/// });
/// ```
pub fn gaps_and_overlaps_are_what_points_say(
    table: &DecisionTable,
    check: &TableCheck,
    facts: &[Fact<'_>],
) -> Result<(), Broken> {
    const LAW: &str = "gaps_and_overlaps_are_what_points_say";
    each_column_has_a_fact(LAW, table, facts)?;
    hold(LAW, check.is_complete(), || "the check is not complete".to_string())?;
    let inside = |region: &&Region| region.columns().zip(facts).all(|((_, test), fact)| test.holds(fact));
    let matched = matching(table, facts);
    let gaps = check.gaps().iter().filter(inside).count();
    hold(LAW, gaps == usize::from(matched.is_empty()), || {
        format!("{} match rules {matched:?} and lie in {gaps} gaps", told(facts))
    })?;
    let pair = |region: &&Region| region.rules().iter().all(|rule| matched.contains(rule));
    let wrong = check.overlaps().iter().find(|overlap| inside(overlap) != pair(overlap));
    if let Some(overlap) = wrong {
        let told = told(facts);
        return Err(Broken::new(LAW, format_args!("{told} match rules {matched:?}, told was {overlap}")));
    }
    let overlaps = check.overlaps().iter().filter(inside).count();
    let pairs = (1..matched.len()).sum::<usize>();
    hold(LAW, overlaps == pairs, || {
        format!("{} match rules {matched:?}: {pairs} pairs, and lie in {overlaps} overlaps", told(facts))
    })
}

/// The nearest miss is the rule that misses by the fewest cells, of these the first by the least distance; none where
/// every rule matches.
///
/// # Errors
/// [`Broken`], with the facts, the rule that was told and the one that is nearer.
///
/// # Examples
/// ```
/// use marketloop::decision::HitPolicy;
/// use marketloop::laws::nearest_miss_has_the_fewest_failing_cells;
/// use marketloop::strategies::decision_tables;
/// use proptest::prelude::*;
///
/// proptest!(|((table, facts) in decision_tables().with_policy(HitPolicy::Collect))| {
///     for facts in &facts {
///         let nearest = table.decide(facts).unwrap().nearest_miss();
///         nearest_miss_has_the_fewest_failing_cells(&table, facts, nearest)?;
///     }
/// });
/// ```
pub fn nearest_miss_has_the_fewest_failing_cells(
    table: &DecisionTable,
    facts: &[Fact<'_>],
    nearest: Option<usize>,
) -> Result<(), Broken> {
    const LAW: &str = "nearest_miss_has_the_fewest_failing_cells";
    let decision = table
        .decide(facts)
        .map_err(|error| Broken::new(LAW, format_args!("{} has no answer: {error}", told(facts))))?;
    let missed = (0..table.rules().len()).filter_map(|rule| {
        let why = decision.why(rule)?;
        let failing = why.steps().filter(|step| !step.cause.holds).count();
        (failing > 0).then_some((failing, *why.value(), rule))
    });
    let expected = missed.min().map(|(_, _, rule)| rule);
    hold(LAW, nearest == expected, || {
        format!("of {} rule {expected:?} is the nearest miss, and told was {nearest:?}", told(facts))
    })
}

/// A shorter list of facts would leave cells out, and so hold more of them.
fn each_column_has_a_fact(
    law: &'static str,
    table: &DecisionTable,
    facts: &[Fact<'_>],
) -> Result<(), Broken> {
    let columns = table.inputs().len();
    hold(law, columns == facts.len(), || format!("{columns} columns, and the facts {}", told(facts)))
}

/// The rules that match, cell by cell.
fn matching(table: &DecisionTable, facts: &[Fact<'_>]) -> Vec<usize> {
    let rules = table.rules().enumerate();
    let matched = rules.filter(|(_, (when, _))| when.iter().zip(facts).all(|(test, fact)| test.holds(fact)));
    matched.map(|(rule, _)| rule).collect()
}

fn told(facts: &[Fact<'_>]) -> String {
    format!("({})", facts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
}
