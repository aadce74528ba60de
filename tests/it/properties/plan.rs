//! Laws of networks and plans: relations hold, floats are what they say, delays move what they must.

use marketloop::figure::Figure;
use marketloop::laws;
use marketloop::plan::{
    Change, Network, PlanError, Progress, Raci, Relation, Task, TaskState, TaskStatus, WorkPlan,
};
use marketloop::quantity::Share;
use marketloop::strategies::{networks, work_plans};
use marketloop::time::{NaiveDate, WorkCalendar, date};
use proptest::prelude::*;

type Arc = (u32, u32, Relation);

const KINDS: [Relation; 4] = [
    Relation::FinishToStart(0),
    Relation::StartToStart(0),
    Relation::FinishToFinish(0),
    Relation::StartToFinish(0),
];

fn starts(tasks: usize, start: impl Fn(usize) -> Option<i64>) -> Vec<i64> {
    (0..tasks).map(|task| start(task).unwrap()).collect()
}

fn calendar() -> WorkCalendar {
    WorkCalendar::monday_to_friday(date(2020, 1, 1).unwrap(), date(2039, 12, 31).unwrap()).unwrap()
}

fn raci() -> Raci {
    Raci::new("team", "director")
}

proptest! {
    #[test]
    fn all_relations_hold_at_early_and_late_dates((durations, relations) in networks()) {
        let network = Network::new(&durations, &relations).unwrap();
        let schedule = network.schedule();
        laws::relations_hold(&durations, &relations, &starts(durations.len(), |task| schedule.early_start(task)))?;
        laws::relations_hold(&durations, &relations, &starts(durations.len(), |task| schedule.late_start(task)))?;
        for task in 0..durations.len() {
            prop_assert!(schedule.early_start(task) >= Some(0));
            prop_assert!(schedule.late_finish(task) <= Some(schedule.finish()));
        }
    }

    #[test]
    fn early_dates_are_the_least_that_hold((durations, relations) in networks()) {
        let network = Network::new(&durations, &relations).unwrap();
        let schedule = network.schedule();
        laws::starts_are_the_earliest(&durations, &relations, &starts(durations.len(), |task| schedule.early_start(task)))?;
        let ends = (0..durations.len()).map(|task| schedule.early_finish(task).unwrap());
        prop_assert_eq!(Some(schedule.finish()), ends.max());
    }

    #[test]
    fn total_float_is_the_longest_slip_that_keeps_the_finish((durations, relations) in networks(), pick in any::<prop::sample::Index>()) {
        let network = Network::new(&durations, &relations).unwrap();
        let task = pick.index(durations.len());
        let float = network.schedule().total_float(task).unwrap();
        laws::total_float_is_the_longest_slip(&durations, &relations, task, float)?;
    }

    #[test]
    fn free_float_moves_no_other_task((durations, relations) in networks(), pick in any::<prop::sample::Index>()) {
        let network = Network::new(&durations, &relations).unwrap();
        let schedule = network.schedule();
        let task = pick.index(durations.len());
        let free = schedule.free_float(task).unwrap();
        laws::free_float_is_within_total_float(free, schedule.total_float(task).unwrap())?;
        laws::free_float_moves_no_other_task(&durations, &relations, task, free)?;
    }

    #[test]
    fn a_delay_moves_the_end_by_what_exceeds_its_float((plan, calendar) in work_plans().with_network(networks().with_kinds([KINDS[0], KINDS[1]])), pick in any::<prop::sample::Index>(), delay in 0_u32..12) {
        let dated = plan.dated(&calendar).unwrap();
        let task = pick.index(plan.tasks().len());
        let float = dated.tasks()[task].total_float().known().unwrap();
        let id = format!("t{task}");
        let impact = dated.what_if([(id.as_str(), Change::Delay(delay))]).unwrap();
        prop_assert_eq!(impact.delay(), (i64::from(delay) - float).max(0));
        let moved = impact.moved.iter().any(|moved| moved.id() == id);
        prop_assert_eq!(moved, delay > 0);
    }

    #[test]
    fn every_critical_path_is_as_long_as_the_project((durations, relations) in networks()) {
        let network = Network::new(&durations, &relations).unwrap();
        let schedule = network.schedule();
        let paths = schedule.critical_paths(1_000);
        prop_assert!(!paths.is_empty());
        prop_assert_eq!(schedule.critical_path_count(), Figure::Known(paths.len() as u128));
        for path in &paths {
            laws::critical_path_is_as_long_as_the_project(&durations, &relations, path, schedule.finish())?;
        }
        let mut on_paths: Vec<usize> = paths.iter().flatten().copied().collect();
        on_paths.sort_unstable();
        on_paths.dedup();
        prop_assert_eq!(on_paths, schedule.critical().collect::<Vec<_>>());
    }

    #[test]
    fn the_order_of_relations_changes_no_date((durations, relations) in networks()) {
        let forward = Network::new(&durations, &relations).unwrap();
        let turned: Vec<Arc> = relations.iter().rev().copied().collect();
        let backward = Network::new(&durations, &turned).unwrap();
        let (one, two) = (forward.schedule(), backward.schedule());
        for task in 0..durations.len() {
            prop_assert_eq!(one.early_start(task), two.early_start(task));
            prop_assert_eq!(one.late_start(task), two.late_start(task));
            prop_assert_eq!(one.free_float(task), two.free_float(task));
        }
    }

    #[test]
    fn any_relations_are_scheduled_or_refused_with_their_cycle(
        durations in prop::collection::vec(any::<u32>(), 0..8),
        arcs in prop::collection::vec((0_u32..9, 0_u32..9, 0_usize..4, any::<i32>()), 0..20),
    ) {
        let relations: Vec<Arc> =
            arcs.into_iter().map(|(a, b, kind, lag)| (a, b, KINDS[kind].with_lag(lag))).collect();
        match Network::new(&durations, &relations) {
            Ok(network) => {
                let schedule = network.schedule_within(&[i64::MAX, i64::MIN, 5], &[Some(i64::MIN), None, Some(i64::MAX)]);
                let _ = (schedule.critical_paths(5), schedule.driving_relations());
            }
            Err(PlanError::Cycle { path, groups }) => {
                prop_assert!(path.len() >= 2 && path.first() == path.last());
                for pair in path.windows(2) {
                    let link = |(before, after, _): &Arc| (*before as usize, *after as usize) == (pair[0], pair[1]);
                    prop_assert!(relations.iter().any(link));
                }
                prop_assert!(groups.iter().any(|group| group.contains(&path[0])));
            }
            Err(error) => prop_assert!(matches!(error, PlanError::UnknownTask { .. }), "{error}"),
        }
    }

    #[test]
    fn dates_follow_the_workdays((plan, calendar) in work_plans()) {
        let dated = plan.dated(&calendar).unwrap();
        for (index, task) in dated.tasks().iter().enumerate() {
            if let Some(start) = task.start() {
                let offset = calendar.count_workdays(plan.start(), start).unwrap();
                prop_assert_eq!(Some(offset), dated.schedule().early_start(index));
                laws::dates_follow_the_workdays(&calendar, start, task.finish(), task.task().workdays)?;
            }
        }
        let baseline = dated.baseline(plan.start()).unwrap();
        let slips = dated.slips(&baseline).unwrap();
        let still = |slip: &marketloop::plan::Slip| matches!(slip, marketloop::plan::Slip::Moved { start: 0, finish: 0, .. });
        prop_assert_eq!(slips.len(), plan.tasks().len());
        prop_assert!(slips.iter().all(still));
        laws::reads_back_what_it_writes(&plan)?;
    }

    /// With deadlines, first dates and progress: what is bound only moves later, and only deadlines make floats negative.
    #[test]
    fn bounds_move_no_task_ahead_and_no_reminder_off_its_workday((plan, calendar) in work_plans().with_dates().with_costs().with_progress()) {
        let dated = plan.dated(&calendar).unwrap();
        let durations = plan.network().durations();
        let early: Vec<i64> = (0..durations.len()).map(|task| dated.schedule().early_start(task).unwrap()).collect();
        laws::relations_hold(durations, plan.relations(), &early)?;
        let free = plan.network().schedule();
        for (index, task) in dated.tasks().iter().enumerate() {
            prop_assert!(free.early_start(index) <= Some(early[index]));
            if plan.tasks().iter().all(|task| task.finish_by.is_none()) {
                laws::free_float_is_within_total_float(task.free_float(), task.total_float().get().unwrap())?;
            }
        }
        for reminder in dated.reminders(calendar.first(), calendar.last()) {
            let on = reminder.on.get().unwrap();
            laws::reminder_is_so_many_workdays_ahead(&calendar, on, reminder.due, reminder.workdays_ahead)?;
        }
        // Once all work is over, all of its cost was planned.
        let nothing = marketloop::quantity::Money::zero(marketloop::quantity::Currency::CNY);
        let end = dated.earned_value(dated.finish(), nothing).unwrap();
        prop_assert_eq!(end.planned_value(), end.budget_at_completion());
    }

    #[test]
    fn lateness_grows_with_the_date_and_done_is_never_delayed(days in 1_u32..9, started in prop::option::of(0_u64..20), done in 0_u32..100, look in 0_u64..40) {
        let first = date(2026, 7, 1).unwrap();
        let after = |days: u64| first.iter_days().nth(usize::try_from(days).unwrap()).unwrap();
        let progress = started.map_or(Progress::default(), |days| Progress::started(after(days), Share::percent(done).unwrap()));
        let task = Task::new("t", "task", days, raci()).with_progress(progress);
        let plan = WorkPlan::draft("plan", first).task(task).check().unwrap();
        let calendar = calendar();
        let dated = plan.dated(&calendar).unwrap();
        let [today, tomorrow] = [look, look + 1].map(|days| dated.status(after(days), None).unwrap()[0].1);
        if today.state == TaskState::Delayed && tomorrow.state == TaskState::Delayed {
            let on = progress.started.is_some_and(|started| started == after(look + 1));
            prop_assert!(on || tomorrow.late >= today.late);
        }
        // On the days off behind its last day a task is delayed, and no workday late yet.
        let delayed = today.state == TaskState::Delayed;
        prop_assert!(delayed || today.late == 0);
        prop_assert!(!delayed || today.late > 0 || !calendar.is_workday(after(look)).unwrap());
        let rolled = TaskStatus::roll_up([&today]).unwrap().unwrap();
        prop_assert_eq!(rolled, today);
        let finished = Progress::finished(first, after(look));
        let plan = plan.with_progress([("t", finished)]).unwrap();
        let dated = plan.dated(&calendar).unwrap();
        prop_assert_eq!(dated.status(after(look), None).unwrap()[0].1.state, TaskState::Done);
    }
}

#[test]
fn ten_thousand_random_networks_hold_their_relations() {
    let mut runner = proptest::test_runner::TestRunner::new(proptest::test_runner::Config {
        cases: 10_000,
        ..Default::default()
    });
    let checked = runner.run(&networks(), |(durations, relations)| {
        let network = Network::new(&durations, &relations).unwrap();
        let schedule = network.schedule();
        laws::relations_hold(
            &durations,
            &relations,
            &starts(durations.len(), |task| schedule.early_start(task)),
        )?;
        laws::relations_hold(
            &durations,
            &relations,
            &starts(durations.len(), |task| schedule.late_start(task)),
        )?;
        Ok(())
    });
    checked.unwrap();
}

#[test]
fn the_documents_tasks_and_reminders_come_out() {
    let first: NaiveDate = date(2026, 7, 1).unwrap();
    let calendar = WorkCalendar::monday_to_friday(first, date(2026, 12, 31).unwrap()).unwrap();
    let selection = Task::new("koc", "KOC selection and contracts", 8, raci())
        .making("KOC data pack")
        .with_reminder(0)
        .with_reminder(3)
        .with_finish_by(date(2026, 7, 15).unwrap());
    let content = Task::new("content", "content creation", 6, raci()).needing("KOC data pack");
    let plan = WorkPlan::draft("seeding", first).task(selection).task(content).check().unwrap();
    let dated = plan.dated(&calendar).unwrap();
    let days: Vec<String> = dated
        .reminders(first, date(2026, 7, 31).unwrap())
        .iter()
        .map(|reminder| format!("{} {}", reminder.on, reminder.due))
        .collect();
    assert_eq!(days, ["2026-07-10 2026-07-15", "2026-07-15 2026-07-15"]);
    assert!(
        dated.gantt().contains("content creation :crit, t1, 2026-07-13, 2026-07-20"),
        "{}",
        dated.gantt()
    );
}
