//! Sprints and their plans, logs of experiments, and boards.

use super::plan::calendars;
use crate::agile::{
    Board, Commitment, Conclusion, Experiment, ExperimentEntry, ExperimentLog, ExperimentVerdict, SprintPlan,
    Sprints,
};
use crate::quantity::{Currency, Money, Quantity, Unit};
use crate::time::{NaiveDate, Period, Weekday, WorkCalendar, add_days, date};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::{Just, Strategy};
use proptest::prop_oneof;
use rust_decimal::Decimal;

/// A day of 2026 or after it.
fn day(offset: i64) -> Option<NaiveDate> {
    add_days(date(2026, 1, 1).ok()?, offset).ok()
}

/// Sprints of 1 to 52 weeks, beginning on any weekday, over periods of up to 200 days.
///
/// Mean size 5.7 sprints; 26 % are edges: one sprint, or sprints that are all whole.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::strategies::sprints;
/// use proptest::prelude::*;
///
/// proptest!(|(sprints in sprints())| {
///     let days: Vec<_> = sprints.iter().map(|(_, days)| days).collect();
///     laws::sprints_leave_no_day_out(sprints.period(), &days)?;
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn sprints() -> impl Strategy<Value = Sprints> + Clone {
    let weeks = prop_oneof![8 => 1_u32..6, 1 => 1_u32..=52];
    let length = prop_oneof![8 => 0_i64..200, 1 => Just(0), 1 => (1_i64..8).prop_map(|weeks| weeks.saturating_mul(7).saturating_sub(1))];
    (0_i64..400, length, weeks, 0_u8..7).prop_filter_map("sprints", |(start, length, weeks, weekday)| {
        let period = Period::custom(day(start)?, day(start.checked_add(length)?)?).ok()?;
        Some(Sprints::of_weeks(weeks, period).ok()?.beginning_on(Weekday::try_from(weekday).ok()?))
    })
}

/// Plans of such [`sprints`], of 0 to 4 people and 0 to 19 tasks of which most are done, with a calendar that covers them.
///
/// Mean size 9.4 tasks; 45 % are edges: no task, nobody, one sprint.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::strategies::sprint_plans;
/// use proptest::prelude::*;
///
/// proptest!(|((plan, calendar) in sprint_plans())| {
///     let loads = plan.sprints().iter().map(|(number, _)| plan.load(number, &calendar).unwrap());
///     laws::open_work_is_carried_over(&loads.collect::<Vec<_>>())?;
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn sprint_plans() -> impl Strategy<Value = (SprintPlan, WorkCalendar)> + Clone {
    let tasks = vec((0_u32..100, 0_u32..20, weighted(0.7, 0_i64..200)), 0..20);
    (sprints(), 0_u32..5, tasks, calendars()).prop_filter_map(
        "a sprint plan",
        |(sprints, people, tasks, calendar)| {
            let mut commitments = Vec::new();
            for (index, (sprint, workdays, finished)) in tasks.into_iter().enumerate() {
                let sprint = sprint.checked_rem(sprints.count())?.checked_add(1)?;
                let first = sprints.sprint(sprint)?.start();
                let mut task = Commitment::new(index.to_string(), sprint, workdays);
                if let Some(days) = finished {
                    // Not after the period, of which the plan knows no sprint.
                    task = task.finished_on(add_days(first, days).ok()?.min(sprints.period().end()));
                }
                commitments.push(task);
            }
            Some((SprintPlan::new(sprints, people, commitments).ok()?, calendar))
        },
    )
}

/// Entries as they may be sent to a log of three experiments, up to 60: an [`ExperimentLog`] takes in some and refuses others.
///
/// Mean size 29.4 entries; 11 % are edges: no more than five entries, or no start among them.
///
/// # Examples
/// ```
/// use marketloop::agile::ExperimentLog;
/// use marketloop::laws::a_refusal_changes_nothing;
/// use marketloop::strategies::experiment_entries;
/// use proptest::prelude::*;
///
/// proptest!(|(entries in experiment_entries())| {
///     let mut log = ExperimentLog::new();
///     for entry in entries {
///         a_refusal_changes_nothing(&mut log, |log| log.append(entry))?;
///     }
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn experiment_entries() -> impl Strategy<Value = Vec<ExperimentEntry>> + Clone {
    let entry = (0_u8..3, 0_u8..8, -5_i64..60, 0_i64..30, 0_u8..6);
    let entry = entry.prop_filter_map("an entry", |(id, kind, number, on, other)| {
        experiment_entry(id, kind, number, on, other)
    });
    vec(entry, 0..60)
}

fn experiment_entry(number_of: u8, kind: u8, number: i64, on: i64, other: u8) -> Option<ExperimentEntry> {
    let id = number_of.to_string();
    let currency = |number: u8| {
        let all = [Currency::CNY, Currency::new("USD").ok()?, Currency::new("JPY").ok()?];
        all.get(usize::from(number).checked_rem(all.len())?).copied()
    };
    let percent = |number: i64| Quantity::new(Decimal::from(number), Unit::PERCENT);
    let money = |minor: i64, currency: Currency| Money::from_minor(minor.into(), currency).ok();
    let verdicts =
        [ExperimentVerdict::Supported, ExperimentVerdict::Refuted, ExperimentVerdict::Inconclusive];
    let verdict = *verdicts.get(usize::from(other).checked_rem(verdicts.len())?)?;
    let conclusion = |learnt: &str| {
        let (experiment, learnt) = (id.clone(), learnt.to_string());
        Some(Conclusion { experiment, on: day(on)?, verdict, measured_change: percent(number), learnt })
    };
    Some(match kind {
        0 | 1 => ExperimentEntry::Start(Experiment {
            id,
            because: "few stay".into(),
            we_believe: "a video".into(),
            metric: "conversion".into(),
            expected_change: percent(1),
            cost_cap: money(number.checked_mul(3)?, currency(number_of)?)?,
            begins: day(on)?,
            ends: day(on.checked_add(14)?)?,
        }),
        // Without a lesson it is refused.
        2 => ExperimentEntry::Result(conclusion(if other == 0 { "" } else { "much" })?),
        3 => ExperimentEntry::Correction(conclusion(if other == 0 { "" } else { "much" })?),
        _ => {
            // In the currency of another experiment it is refused.
            let own = if other == 0 { number_of.checked_add(1)? } else { number_of };
            let amount = money(number, currency(own)?)?;
            ExperimentEntry::Spend { experiment: id, on: day(on)?, amount }
        }
    })
}

/// Logs of such [`experiment_entries`], without those that are refused.
///
/// Mean size 5.0 entries; 59 % are edges: no entry, or no result.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::strategies::experiment_logs;
/// use proptest::prelude::*;
///
/// proptest!(|(log in experiment_logs())| {
///     for trial in log.trials() {
///         laws::spend_stays_within_its_cap(&trial.experiment().cost_cap, &trial.spent(), &trial.left())?;
///     }
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn experiment_logs() -> impl Strategy<Value = ExperimentLog> + Clone {
    experiment_entries().prop_map(|entries| {
        let mut log = ExperimentLog::new();
        for entry in entries {
            // What is refused leaves no trace.
            let _ = log.append(entry);
        }
        log
    })
}

/// Boards of 2 to 5 columns, most of them with a limit, and up to 80 moves of which some are refused: a card, and the column
/// that it is pulled to, or none where it is put on the board.
///
/// Mean size 39.8 moves; 31 % are edges: no column has a limit, there are two columns, or fewer than five moves.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::strategies::boards;
/// use proptest::prelude::*;
///
/// proptest!(|((mut board, moves) in boards())| {
///     for (card, to) in moves {
///         let _ = match to {
///             Some(column) => board.pull(&card, &column).is_ok(),
///             None => board.add(card).is_ok(),
///         };
///         laws::no_column_is_above_its_limit(
///             board.columns().map(|column| (column, board.limit(column), board.cards_in(column).count())),
///         )?;
///     }
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn boards() -> impl Strategy<Value = (Board, Vec<(String, Option<String>)>)> + Clone {
    // A name may be of no column; four of nine steps put a card on the board.
    const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];
    let limits = vec(weighted(0.7, 1_u32..4), 2..6);
    let step = (0_u8..8, 0_usize..9);
    (limits, vec(step, 0..80)).prop_filter_map("a board", |(limits, steps)| {
        let columns = || limits.iter().zip(NAMES);
        let mut board = Board::new(columns().map(|(_, name)| name)).ok()?;
        for (limit, name) in columns() {
            if let Some(limit) = limit {
                board = board.with_limit(name, *limit).ok()?;
            }
        }
        let step = |(card, to): (u8, usize)| (card.to_string(), NAMES.get(to).map(ToString::to_string));
        Some((board, steps.into_iter().map(step).collect()))
    })
}
