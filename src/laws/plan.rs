//! Dates satisfy their relations, and floats are what they say.

use super::{Broken, hold};
use crate::plan::Relation;
use crate::time::{NaiveDate, WorkCalendar, add_days};
use alloc::format;
use alloc::vec;
use alloc::vec::Vec;

/// Which task waits for which, and how.
type Link = (u32, u32, Relation);

/// By how many days a relation is more than kept, as it is written; below 0 it is broken. `None` if it names a task that
/// is not there.
fn slack(durations: &[u32], (before, after, relation): &Link, starts: &[i64]) -> Option<i64> {
    let start = |task: &u32| starts.get(usize::try_from(*task).ok()?).copied();
    let finish = |task: &u32| {
        let duration = durations.get(usize::try_from(*task).ok()?)?;
        start(task)?.checked_add(i64::from(*duration))
    };
    let (from, to) = match relation {
        Relation::FinishToStart(_) => (finish(before)?, start(after)?),
        Relation::StartToStart(_) => (start(before)?, start(after)?),
        Relation::FinishToFinish(_) => (finish(before)?, finish(after)?),
        Relation::StartToFinish(_) => (start(before)?, finish(after)?),
    };
    to.checked_sub(from)?.checked_sub(i64::from(relation.lag()))
}

/// When the last task finishes.
fn finish_of(durations: &[u32], starts: &[i64]) -> i64 {
    let finishes = starts.iter().zip(durations).map(|(start, days)| start.saturating_add(i64::from(*days)));
    finishes.max().unwrap_or(0).max(0)
}

/// The least starts that keep all relations, from 0 or from these first starts on, by repeating all relations until nothing
/// moves: slow, and in no need of an order.
fn least(durations: &[u32], links: &[Link], mut starts: Vec<i64>) -> Option<Vec<i64>> {
    // Each round settles one more task of the longest path; with a cycle it would never end.
    for _ in 0..=durations.len() {
        let mut moved = false;
        for link in links {
            let lacking = slack(durations, link, &starts)?.min(0);
            if lacking < 0 {
                let after = starts.get_mut(usize::try_from(link.1).ok()?)?;
                *after = after.checked_sub(lacking)?;
                moved = true;
            }
        }
        if !moved {
            return Some(starts);
        }
    }
    None
}

/// All relations hold at these starts, in workdays from the start of the plan: each as it is written, with its kind and its
/// lag.
///
/// # Errors
/// [`Broken`], with the first relation that does not hold and the starts; also where a task has no start.
///
/// # Examples
/// ```
/// use marketloop::laws::relations_hold;
/// use marketloop::plan::Network;
/// use marketloop::strategies::networks;
/// use proptest::prelude::*;
///
/// proptest!(|((durations, relations) in networks())| {
///     let network = Network::new(&durations, &relations).unwrap();
///     let schedule = network.schedule();
///     let late: Vec<i64> = (0..network.len()).filter_map(|task| schedule.late_start(task)).collect();
///     relations_hold(&durations, &relations, &late)?;
/// });
/// ```
pub fn relations_hold(durations: &[u32], relations: &[Link], starts: &[i64]) -> Result<(), Broken> {
    hold("relations_hold", durations.len() == starts.len(), || {
        format!("{} tasks, and the starts {starts:?}", durations.len())
    })?;
    let broken = relations.iter().find(|link| slack(durations, link, starts).is_none_or(|slack| slack < 0));
    hold("relations_hold", broken.is_none(), || match broken {
        Some((before, after, relation)) => {
            format!("{relation} from task {before} to task {after}: {durations:?} workdays at {starts:?}")
        }
        None => format!("{starts:?}"),
    })
}

/// These starts are the earliest: all relations hold, no task starts before 0, and each that starts later could not start a
/// day earlier.
///
/// # Errors
/// [`Broken`], with the relation that does not hold, or the task that waits for nothing; also where one has no start.
///
/// # Examples
/// ```
/// use marketloop::laws::starts_are_the_earliest;
/// use marketloop::plan::Relation;
///
/// let wait = [(0, 1, Relation::FinishToStart(1))];
/// assert!(starts_are_the_earliest(&[3, 2], &wait, &[0, 4]).is_ok());
/// assert_eq!(
///     starts_are_the_earliest(&[3, 2], &wait, &[0, 5]).unwrap_err().to_string(),
///     "starts_are_the_earliest: task 1 could start before 5: [3, 2] workdays at [0, 5]"
/// );
/// ```
pub fn starts_are_the_earliest(durations: &[u32], relations: &[Link], starts: &[i64]) -> Result<(), Broken> {
    const LAW: &str = "starts_are_the_earliest";
    relations_hold(durations, relations, starts).map_err(|broken| Broken::new(LAW, broken.values()))?;
    let waits = |task: usize| {
        let into = relations.iter().filter(|link| usize::try_from(link.1) == Ok(task));
        into.map(|link| slack(durations, link, starts)).any(|slack| slack == Some(0))
    };
    for (task, start) in starts.iter().enumerate() {
        hold(LAW, *start == 0 || (*start > 0 && waits(task)), || {
            format!("task {task} could start before {start}: {durations:?} workdays at {starts:?}")
        })?;
    }
    Ok(())
}

/// The total float of a task is the longest slip that keeps the finish of the project: none of it moves the finish, and a
/// day more does.
///
/// # Errors
/// [`Broken`], with the task, its float, and the finishes.
///
/// # Examples
/// ```
/// use marketloop::laws::total_float_is_the_longest_slip;
/// use marketloop::plan::Network;
/// use marketloop::strategies::networks;
/// use proptest::prelude::*;
///
/// proptest!(|((durations, relations) in networks())| {
///     let network = Network::new(&durations, &relations).unwrap();
///     let float = network.schedule().total_float(0).unwrap();
///     total_float_is_the_longest_slip(&durations, &relations, 0, float)?;
/// });
/// ```
pub fn total_float_is_the_longest_slip(
    durations: &[u32],
    relations: &[Link],
    task: usize,
    total_float: i64,
) -> Result<(), Broken> {
    const LAW: &str = "total_float_is_the_longest_slip";
    let none =
        || Broken::new(LAW, format_args!("{durations:?} workdays with {relations:?} have no schedule"));
    let early = least(durations, relations, vec![0; durations.len()]).ok_or_else(none)?;
    let finish = finish_of(durations, &early);
    let slipped = |by: i64| {
        let mut starts = early.clone();
        let start = starts.get_mut(task)?;
        *start = start.checked_add(by)?;
        Some(finish_of(durations, &least(durations, relations, starts)?))
    };
    let (kept, moved) = (slipped(total_float), slipped(total_float.saturating_add(1)));
    hold(LAW, kept == Some(finish) && moved > Some(finish) && total_float >= 0, || {
        format!(
            "task {task} with a float of {total_float}: the finish {finish} becomes {kept:?}, and a day later \
             {moved:?}; {durations:?} workdays with {relations:?}"
        )
    })
}

/// The free float of a task is the longest slip that moves no other task and not the end: none of it moves one, and a day
/// more does.
///
/// # Errors
/// [`Broken`], with the task, its float, and the starts.
///
/// # Examples
/// ```
/// use marketloop::laws::free_float_moves_no_other_task;
/// use marketloop::plan::Network;
/// use marketloop::strategies::networks;
/// use proptest::prelude::*;
///
/// proptest!(|((durations, relations) in networks())| {
///     let network = Network::new(&durations, &relations).unwrap();
///     let float = network.schedule().free_float(0).unwrap();
///     free_float_moves_no_other_task(&durations, &relations, 0, float)?;
/// });
/// ```
pub fn free_float_moves_no_other_task(
    durations: &[u32],
    relations: &[Link],
    task: usize,
    free_float: i64,
) -> Result<(), Broken> {
    const LAW: &str = "free_float_moves_no_other_task";
    let none =
        || Broken::new(LAW, format_args!("{durations:?} workdays with {relations:?} have no schedule"));
    let early = least(durations, relations, vec![0; durations.len()]).ok_or_else(none)?;
    let finish = finish_of(durations, &early);
    // All other tasks where this one slips, and the end.
    let slipped = |by: i64| {
        let mut starts = early.clone();
        let own = *starts.get(task)?;
        *starts.get_mut(task)? = own.checked_add(by)?;
        let mut starts = least(durations, relations, starts)?;
        let end = finish_of(durations, &starts);
        *starts.get_mut(task)? = own;
        Some((starts, end))
    };
    let unmoved = Some((early.clone(), finish));
    let (kept, moved) = (slipped(free_float), slipped(free_float.saturating_add(1)));
    hold(LAW, kept == unmoved && moved.is_some() && moved != unmoved && free_float >= 0, || {
        format!(
            "task {task} with a free float of {free_float}: {unmoved:?} become {kept:?}, and a day later {moved:?}; \
             {durations:?} workdays with {relations:?}"
        )
    })
}

/// Without deadlines no float is negative, and what a task may slip without moving another one is no more than what it may
/// slip without moving the end.
///
/// # Errors
/// [`Broken`], with both floats.
///
/// # Examples
/// ```
/// use marketloop::laws::free_float_is_within_total_float;
/// use marketloop::strategies::work_plans;
/// use proptest::prelude::*;
///
/// proptest!(|((plan, calendar) in work_plans())| {
///     for task in plan.dated(&calendar).unwrap().tasks() {
///         free_float_is_within_total_float(task.free_float(), task.total_float().get().unwrap())?;
///     }
/// });
/// ```
pub fn free_float_is_within_total_float(free_float: i64, total_float: i64) -> Result<(), Broken> {
    hold("free_float_is_within_total_float", 0 <= free_float && free_float <= total_float, || {
        format!("a free float of {free_float} in a total float of {total_float}")
    })
}

/// A critical path is as long as the project: it begins at 0, each task starts just when the one before it lets it, and
/// the last finishes with the project.
///
/// # Errors
/// [`Broken`], with the path and its length.
///
/// # Examples
/// ```
/// use marketloop::laws::critical_path_is_as_long_as_the_project;
/// use marketloop::plan::Network;
/// use marketloop::strategies::networks;
/// use proptest::prelude::*;
///
/// proptest!(|((durations, relations) in networks())| {
///     let network = Network::new(&durations, &relations).unwrap();
///     let schedule = network.schedule();
///     for path in schedule.critical_paths(10) {
///         critical_path_is_as_long_as_the_project(&durations, &relations, &path, schedule.finish())?;
///     }
/// });
/// ```
pub fn critical_path_is_as_long_as_the_project(
    durations: &[u32],
    relations: &[Link],
    path: &[usize],
    finish: i64,
) -> Result<(), Broken> {
    let length = || {
        let mut starts = vec![0_i64; durations.len()];
        for pair in path.windows(2) {
            let [before, after] = pair else { return None };
            let links = relations.iter().filter(|(from, to, _)| {
                (usize::try_from(*from), usize::try_from(*to)) == (Ok(*before), Ok(*after))
            });
            // From 0 on it starts later by what the strictest relation lacks there, or earlier by what it has too much.
            *starts.get_mut(*after)? = 0;
            let slacks = links.map(|link| slack(durations, link, &starts)).collect::<Option<Vec<_>>>()?;
            *starts.get_mut(*after)? = slacks.into_iter().min()?.checked_neg()?;
        }
        let last = path.last()?;
        starts.get(*last)?.checked_add(i64::from(*durations.get(*last)?))
    };
    let length = length();
    hold("critical_path_is_as_long_as_the_project", length == Some(finish), || {
        format!("{path:?} of {durations:?} workdays is {length:?} long, the project {finish}; {relations:?}")
    })
}

/// A task's first and last day are workdays, and between them, both included, it has its number of workdays.
///
/// # Errors
/// [`Broken`], with the days and how many workdays they are; also where the calendar does not cover them.
///
/// # Examples
/// ```
/// use marketloop::laws::dates_follow_the_workdays;
/// use marketloop::time::{WorkCalendar, date};
///
/// let calendar = WorkCalendar::monday_to_friday(date(2026, 7, 1)?, date(2026, 7, 31)?)?;
/// assert!(dates_follow_the_workdays(&calendar, date(2026, 7, 3)?, date(2026, 7, 6)?, 2).is_ok());
/// assert!(dates_follow_the_workdays(&calendar, date(2026, 7, 3)?, date(2026, 7, 5)?, 2).is_err());
/// # Ok::<(), marketloop::Error>(())
/// ```
pub fn dates_follow_the_workdays(
    calendar: &WorkCalendar,
    start: NaiveDate,
    finish: NaiveDate,
    workdays: u32,
) -> Result<(), Broken> {
    let counted = calendar.count_workdays_through(start, finish);
    let both = calendar.is_workday(start) == Ok(true) && calendar.is_workday(finish) == Ok(true);
    hold("dates_follow_the_workdays", both && counted == Ok(i64::from(workdays)), || {
        format!(
            "{start} to {finish} are {counted:?} workdays and not {workdays}, or one of both is a day off"
        )
    })
}

/// A reminder falls on a workday, so many workdays ahead of the last one by the day on which its task is due.
///
/// # Errors
/// [`Broken`], with the days; also where the calendar does not cover them.
///
/// # Examples
/// ```
/// use marketloop::laws::reminder_is_so_many_workdays_ahead;
/// use marketloop::time::{WorkCalendar, date};
///
/// let calendar = WorkCalendar::monday_to_friday(date(2026, 7, 1)?, date(2026, 7, 31)?)?;
/// // Three workdays ahead of a Wednesday is a Friday.
/// assert!(reminder_is_so_many_workdays_ahead(&calendar, date(2026, 7, 10)?, date(2026, 7, 15)?, 3).is_ok());
/// # Ok::<(), marketloop::Error>(())
/// ```
pub fn reminder_is_so_many_workdays_ahead(
    calendar: &WorkCalendar,
    on: NaiveDate,
    due: NaiveDate,
    workdays_ahead: u32,
) -> Result<(), Broken> {
    let behind = add_days(on, 1).and_then(|next| calendar.count_workdays_through(next, due));
    let holds = calendar.is_workday(on) == Ok(true) && behind == Ok(i64::from(workdays_ahead));
    hold("reminder_is_so_many_workdays_ahead", holds, || {
        format!("{on} is {behind:?} workdays ahead of {due} and not {workdays_ahead}, or is a day off")
    })
}
