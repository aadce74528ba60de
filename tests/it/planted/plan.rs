//! Wrong schedules.

use super::caught;
use marketloop::laws::Broken;
use marketloop::laws::{
    critical_path_is_as_long_as_the_project, dates_follow_the_workdays, free_float_is_within_total_float,
    relations_hold, reminder_is_so_many_workdays_ahead, starts_are_the_earliest,
    total_float_is_the_longest_slip,
};
use marketloop::plan::{Network, Relation, Schedule};
use marketloop::strategies::{networks, work_plans};

type Case = (Vec<u32>, Vec<(u32, u32, Relation)>);

fn network((durations, relations): &Case) -> Network {
    Network::new(durations, relations).unwrap()
}

fn starts(schedule: &Schedule<'_>) -> Vec<i64> {
    (0..schedule.network().len()).map(|task| schedule.early_start(task).unwrap()).collect()
}

/// A law of every task of a schedule.
fn of_each(case: &Case, law: impl Fn(&Schedule<'_>, usize) -> Result<(), Broken>) -> Result<(), Broken> {
    let network = network(case);
    let schedule = network.schedule();
    (0..network.len()).try_for_each(|task| law(&schedule, task))
}

#[test]
fn the_sign_of_a_lag_turned() {
    caught(
        "the sign of a lag turned",
        networks(),
        |case| relations_hold(&case.0, &case.1, &starts(&network(case).schedule())),
        |case| {
            let turned = |link: &(u32, u32, Relation)| (link.0, link.1, link.2.with_lag(-link.2.lag()));
            let turned = (case.0.clone(), case.1.iter().map(turned).collect());
            relations_hold(&case.0, &case.1, &starts(&network(&turned).schedule()))
        },
    );
}

#[test]
fn a_finish_to_finish_read_as_start_to_start() {
    caught(
        "a finish-to-finish relation read as start-to-start",
        networks(),
        |case| starts_are_the_earliest(&case.0, &case.1, &starts(&network(case).schedule())),
        |case| {
            let read = |link: &(u32, u32, Relation)| match link.2 {
                Relation::FinishToFinish(lag) => (link.0, link.1, Relation::StartToStart(lag)),
                _ => *link,
            };
            let read = (case.0.clone(), case.1.iter().map(read).collect());
            starts_are_the_earliest(&case.0, &case.1, &starts(&network(&read).schedule()))
        },
    );
}

/// The pass forward over finish-to-start relations, where the task that is waited for comes first.
fn forward(case: &Case, of: fn(i64, i64) -> i64) -> Vec<i64> {
    let (durations, relations) = case;
    let mut starts = vec![0_i64; durations.len()];
    let backward = relations.iter().any(|link| link.0 > link.1);
    let tasks = 0..durations.len();
    let order: Vec<usize> = if backward { tasks.rev().collect() } else { tasks.collect() };
    for task in order {
        let waits: Vec<i64> = relations
            .iter()
            .filter(|link| link.1 as usize == task)
            .map(|link| {
                starts[link.0 as usize] + i64::from(durations[link.0 as usize]) + i64::from(link.2.lag())
            })
            .collect();
        starts[task] = waits.into_iter().reduce(of).unwrap_or(0).max(0);
    }
    starts
}

#[test]
fn the_pass_forward_with_min_for_max() {
    caught(
        "the pass forward with min for max",
        networks().with_kinds([Relation::FinishToStart(0)]),
        |case| {
            let starts = starts(&network(case).schedule());
            assert_eq!(starts, forward(case, i64::max));
            relations_hold(&case.0, &case.1, &starts)
        },
        |case| relations_hold(&case.0, &case.1, &forward(case, i64::min)),
    );
}

#[test]
fn total_float_from_the_wrong_end() {
    caught(
        "total float from the early start to the late finish",
        networks(),
        |case| {
            of_each(case, |schedule, task| {
                total_float_is_the_longest_slip(&case.0, &case.1, task, schedule.total_float(task).unwrap())
            })
        },
        |case| {
            of_each(case, |schedule, task| {
                let float = schedule.late_finish(task).unwrap() - schedule.early_start(task).unwrap();
                total_float_is_the_longest_slip(&case.0, &case.1, task, float)
            })
        },
    );
}

#[test]
fn free_float_of_a_last_task_to_the_longest_finish_alone() {
    caught(
        "free float that forgets the finish of the project",
        networks(),
        |case| {
            of_each(case, |schedule, task| {
                let total = schedule.total_float(task).unwrap();
                free_float_is_within_total_float(schedule.free_float(task).unwrap(), total)
            })
        },
        |case| {
            of_each(case, |schedule, task| {
                let start = |task: u32| schedule.early_start(task as usize).unwrap();
                let days = |task: u32| i64::from(case.0[task as usize]);
                let slack = |(before, after, relation): &(u32, u32, Relation)| {
                    let (from, to) = match relation {
                        Relation::FinishToStart(_) => (start(*before) + days(*before), start(*after)),
                        Relation::StartToStart(_) => (start(*before), start(*after)),
                        Relation::FinishToFinish(_) => {
                            (start(*before) + days(*before), start(*after) + days(*after))
                        }
                        Relation::StartToFinish(_) => (start(*before), start(*after) + days(*after)),
                    };
                    to - from - i64::from(relation.lag())
                };
                let slacks = case.1.iter().filter(|link| link.0 as usize == task).map(slack);
                let total = schedule.total_float(task).unwrap();
                slacks.min().map_or(Ok(()), |free| free_float_is_within_total_float(free, total))
            })
        },
    );
}

#[test]
fn the_critical_path_without_its_last_task() {
    let of_each = |case: &Case, without: usize| {
        let network = network(case);
        let schedule = network.schedule();
        schedule.critical_paths(10).iter().filter(|path| path.len() > without).try_for_each(|path| {
            let path = &path[..path.len() - without];
            critical_path_is_as_long_as_the_project(&case.0, &case.1, path, schedule.finish())
        })
    };
    caught(
        "the critical path without its last task",
        networks(),
        |case| of_each(case, 0),
        |case| of_each(case, 1),
    );
}

#[test]
fn an_early_finish_a_workday_late() {
    caught(
        "an early finish a workday late: the start and all workdays",
        work_plans(),
        |(plan, calendar)| {
            plan.dated(calendar).unwrap().tasks().iter().try_for_each(|task| {
                let Some(start) = task.start() else { return Ok(()) };
                dates_follow_the_workdays(calendar, start, task.finish(), task.task().workdays)
            })
        },
        |(plan, calendar)| {
            plan.dated(calendar).unwrap().tasks().iter().try_for_each(|task| {
                let Some(start) = task.start() else { return Ok(()) };
                let workdays = task.task().workdays;
                let finish = calendar.workday_from(start, workdays + 1).unwrap();
                dates_follow_the_workdays(calendar, start, finish, workdays)
            })
        },
    );
}

#[test]
fn a_reminder_that_counts_days_for_workdays() {
    caught(
        "a reminder that counts days for workdays",
        work_plans(),
        |(plan, calendar)| {
            let dated = plan.dated(calendar).unwrap();
            dated.reminders(calendar.first(), calendar.last()).iter().try_for_each(|reminder| {
                let on = reminder.on.clone().known().unwrap();
                reminder_is_so_many_workdays_ahead(calendar, on, reminder.due, reminder.workdays_ahead)
            })
        },
        |(plan, calendar)| {
            let dated = plan.dated(calendar).unwrap();
            dated.reminders(calendar.first(), calendar.last()).iter().try_for_each(|reminder| {
                let on = reminder.due - chrono::Days::new(reminder.workdays_ahead.into());
                reminder_is_so_many_workdays_ahead(calendar, on, reminder.due, reminder.workdays_ahead)
            })
        },
    );
}
