//! Sprints leave no day out, limits hold, and experiments stay within their caps.

use super::{Broken, hold};
use crate::agile::SprintLoad;
use crate::quantity::{Money, Ratio};
use crate::time::Period;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Sprints cover a period without gaps: the first begins with it, each next one on the day after, the last ends with it.
///
/// # Errors
/// [`Broken`], with the period and its sprints.
///
/// # Examples
/// ```
/// use marketloop::laws::sprints_leave_no_day_out;
/// use marketloop::strategies::sprints;
/// use proptest::prelude::*;
///
/// proptest!(|(sprints in sprints())| {
///     let days: Vec<_> = sprints.iter().map(|(_, days)| days).collect();
///     sprints_leave_no_day_out(sprints.period(), &days)?;
/// });
/// ```
pub fn sprints_leave_no_day_out(period: &Period, sprints: &[Period]) -> Result<(), Broken> {
    let ends = sprints.first().zip(sprints.last());
    let ends =
        ends.is_some_and(|(first, last)| first.start() == period.start() && last.end() == period.end());
    let adjoin = |(one, next): (&Period, &Period)| one.next_start() == Ok(next.start());
    let whole = ends && sprints.iter().zip(sprints.iter().skip(1)).all(adjoin);
    hold("sprints_leave_no_day_out", whole, || {
        let written: Vec<String> =
            sprints.iter().map(|days| format!("{} to {}", days.start(), days.end())).collect();
        format!("{} to {} has the sprints [{}]", period.start(), period.end(), written.join(", "))
    })
}

/// What is not done in a sprint is carried into the next, and into the first nothing; what is committed and carried in is the
/// capacity, with what lies over it and without what is free.
///
/// The loads are those of all sprints of a plan, in order; a plan has at least one.
///
/// # Errors
/// [`Broken`], with the sprint and its load.
///
/// # Examples
/// ```
/// use marketloop::laws::open_work_is_carried_over;
/// use marketloop::strategies::sprint_plans;
/// use proptest::prelude::*;
///
/// proptest!(|((plan, calendar) in sprint_plans())| {
///     let loads = plan.sprints().iter().map(|(number, _)| plan.load(number, &calendar).unwrap());
///     let mut loads: Vec<_> = loads.collect();
///     open_work_is_carried_over(&loads)?;
///     // A day that comes from nowhere.
///     loads[0].carried_in += 1;
///     prop_assert!(open_work_is_carried_over(&loads).is_err());
/// });
/// ```
pub fn open_work_is_carried_over(loads: &[SprintLoad]) -> Result<(), Broken> {
    const LAW: &str = "open_work_is_carried_over";
    hold(LAW, !loads.is_empty(), || "no sprint has a load".to_string())?;
    let mut carried = 0;
    for load in loads {
        let all = load.total() >= load.done && load.carried_in == carried;
        let full = load.capacity.checked_add(load.over()) == load.total().checked_add(load.free());
        hold(LAW, all && full, || format!("{carried} workdays were carried out into {load:?}"))?;
        carried = load.carried_out();
    }
    Ok(())
}

/// No column holds more cards than its limit; each column with its name, its limit and its number of cards. A board has
/// at least one column.
///
/// # Errors
/// [`Broken`], with the column.
///
/// # Examples
/// ```
/// use marketloop::laws::no_column_is_above_its_limit;
///
/// assert!(no_column_is_above_its_limit([("asked", None, 30), ("making", Some(2), 2)]).is_ok());
/// assert_eq!(
///     no_column_is_above_its_limit([("making", Some(2), 3)]).unwrap_err().to_string(),
///     "no_column_is_above_its_limit: `making` holds 3 cards, its limit is 2"
/// );
/// ```
pub fn no_column_is_above_its_limit<'a>(
    columns: impl IntoIterator<Item = (&'a str, Option<u32>, usize)>,
) -> Result<(), Broken> {
    const LAW: &str = "no_column_is_above_its_limit";
    let mut columns = columns.into_iter().peekable();
    hold(LAW, columns.peek().is_some(), || "the board has no column".to_string())?;
    columns.try_for_each(|(column, limit, cards)| {
        let room =
            limit.is_none_or(|limit| u64::try_from(cards).is_ok_and(|cards| cards <= u64::from(limit)));
        hold(LAW, room, || {
            let limit = limit.map_or_else(String::new, |limit| limit.to_string());
            format!("`{column}` holds {cards} cards, its limit is {limit}")
        })
    })
}

/// What an experiment has spent is not below 0 and not above its cap, and what is left is the rest.
///
/// # Errors
/// [`Broken`], with the three amounts.
///
/// # Examples
/// ```
/// use marketloop::laws::spend_stays_within_its_cap;
/// use marketloop::strategies::experiment_logs;
/// use proptest::prelude::*;
///
/// proptest!(|(log in experiment_logs())| {
///     for trial in log.trials() {
///         spend_stays_within_its_cap(&trial.experiment().cost_cap, &trial.spent(), &trial.left())?;
///     }
/// });
/// ```
pub fn spend_stays_within_its_cap(cap: &Money, spent: &Money, left: &Money) -> Result<(), Broken> {
    let within = !spent.is_negative() && !left.is_negative() && spent.plus(*left) == Ok(*cap);
    hold("spend_stays_within_its_cap", within, || format!("{spent} spent and {left} left of {cap}"))
}

/// Little's law: the work in progress is the throughput times the cycle time. It holds in a period at whose ends no card is
/// in progress.
///
/// # Errors
/// [`Broken`], with the three figures.
///
/// # Examples
/// ```
/// use marketloop::agile::Flow;
/// use marketloop::laws::littles_law_holds;
/// use marketloop::time::{Period, date};
///
/// let days = |first, last| Period::custom(date(2026, 7, first)?, date(2026, 7, last)?);
/// let flow = Flow::over(&days(1, 10)?, &[days(2, 5)?, days(3, 9)?]);
/// littles_law_holds(flow.work_in_progress()?, flow.throughput()?, flow.cycle_time()?)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn littles_law_holds(
    work_in_progress: Ratio,
    throughput: Ratio,
    cycle_time: Ratio,
) -> Result<(), Broken> {
    hold("littles_law_holds", throughput.times(cycle_time) == Ok(work_in_progress), || {
        format!("{work_in_progress} cards in progress, {throughput} a day in {cycle_time} days each")
    })
}
