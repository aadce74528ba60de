//! The strategies of networks and work plans.

use super::{Sample, each_form_is_refused};
use marketloop::laws::{self, Broken, refuses, refuses_form};
use marketloop::plan::{Change, Network, PlannedDates, Relation, Task, WorkPlan, WorkPlanDraft};
use marketloop::strategies::{self, almost_valid};
use marketloop::time::{NaiveDate, WorkCalendar};
use proptest::prelude::*;

type Link = (u32, u32, Relation);

/// One task, no relation, or a milestone.
fn is_edge(durations: &[u32], relations: &[Link]) -> bool {
    durations.len() == 1 || relations.is_empty() || durations.contains(&0)
}

fn text((durations, relations): &(Vec<u32>, Vec<Link>)) -> String {
    let links: Vec<String> =
        relations.iter().map(|(before, after, relation)| format!("{before} {relation} {after}")).collect();
    format!("{durations:?} {}", links.join(", "))
}

#[test]
fn networks() {
    let networks = Sample { name: "networks", strategy: strategies::networks(), of: "tasks" };
    networks.is_valid_and_often_an_edge(
        |(durations, _)| durations.len(),
        |(durations, relations)| is_edge(durations, relations),
        |(durations, relations)| {
            Network::new(durations, relations).map(drop).map_err(|error| Broken::new("a network", error))
        },
    );
    networks.shrinks_to_text(
        |(durations, relations)| Network::new(durations, relations).unwrap().schedule().finish() > 9,
        text,
        "[6, 5] 0 FS 1",
    );
    let turned = |(_, relations): &(_, Vec<Link>)| relations.iter().any(|link| link.0 > link.1);
    networks.shrinks_to_text(turned, text, "[0, 0] 1 FS 0");
    let of = Sample {
        name: "networks",
        strategy: strategies::networks().with_kinds([Relation::StartToStart(0)]).with_lags(0..=0),
        of: "tasks",
    };
    of.shrinks_to_text(|(_, relations)| relations.len() > 1, text, "[0, 0] 0 SS 1, 0 SS 1");
}

#[test]
fn baselines() {
    let strategy = strategies::baselines();
    let baselines = Sample { name: "baselines", strategy: strategy.clone(), of: "tasks" };
    let dates = |baseline: &PlannedDates| -> Vec<(Option<NaiveDate>, NaiveDate)> {
        (0..14).filter_map(|task| baseline.get(&format!("t{task}"))).collect()
    };
    baselines.is_valid_and_often_an_edge(
        |baseline| dates(baseline).len(),
        |baseline| dates(baseline).len() == 1 || dates(baseline).iter().any(|(start, _)| start.is_none()),
        laws::reads_back_what_it_writes,
    );
    baselines.shrinks_to_text(
        |baseline| dates(baseline).len() > 1,
        |baseline| serde_json::to_string(baseline).unwrap(),
        r#"{"taken_on":"2026-01-01","tasks":{"t0":{"finish":"2026-01-01"},"t1":{"finish":"2026-01-01"}}}"#,
    );
    each_form_is_refused::<PlannedDates>(almost_valid(strategy));
}

#[test]
fn task_changes() {
    let strategy = strategies::task_changes();
    let workdays = |change: &Change| match change {
        Change::Workdays(workdays) | Change::Longer(workdays) | Change::Delay(workdays) => *workdays,
    };
    let changes = Sample { name: "task_changes", strategy: strategy.clone(), of: "digits" };
    changes.is_valid_and_often_an_edge(
        |change| workdays(change).to_string().len(),
        |change| workdays(change) == 0,
        laws::reads_back_what_it_writes,
    );
    changes.shrinks_to(|change| matches!(change, Change::Longer(workdays) if *workdays > 2), "Longer(3)");
    each_form_is_refused::<Change>(almost_valid(strategy));
}

#[test]
fn work_plans() {
    let plans = Sample { name: "work_plans", strategy: strategies::work_plans(), of: "tasks" };
    plans.is_valid_and_often_an_edge(
        |(plan, _)| plan.tasks().len(),
        |(plan, calendar)| {
            is_edge(plan.network().durations(), plan.relations())
                || !calendar.is_workday(plan.start()).unwrap()
        },
        |(plan, calendar)| {
            plan.dated(calendar).map_err(|error| Broken::new("a plan that has dates", error))?;
            laws::reads_back_what_it_writes(plan)
        },
    );
    let all = strategies::work_plans().with_dates().with_costs().with_progress();
    let all = Sample { name: "work_plans", strategy: all, of: "tasks" };
    let text = |(plan, _): &(WorkPlan, WorkCalendar)| {
        plan.tasks().iter().fold(format!("from {}", plan.start()), |text, task| {
            let Task { id, workdays, not_before, finish_by, progress, .. } = task;
            let day = |day: &Option<NaiveDate>| day.map_or("-".to_string(), |day| day.to_string());
            let dates = [not_before, finish_by, &progress.started, &progress.finished].map(day).join(" ");
            format!("{text}, {id} of {workdays}: {dates}")
        })
    };
    all.shrinks_to_text(
        |(plan, _)| plan.tasks().iter().any(|task| task.progress.finished.is_some()),
        text,
        "from 2026-01-01, t0 of 0: - - 2026-01-01 2026-01-01",
    );
    all.shrinks_to_text(
        |(plan, calendar)| plan.dated(calendar).unwrap().missed().count() > 0,
        text,
        "from 2026-01-01, t0 of 0: 2026-01-18 2026-01-01 - -",
    );
}

#[test]
fn a_draft_with_one_fault_is_refused_with_just_that() {
    let cases = strategies::work_plans().with_costs().with_progress().almost_valid();
    super::each_fault_is_refused(cases, 10, |case| {
        refuses(case, serde_json::from_str::<WorkPlanDraft>(case.json()).unwrap().check())
    });
}

proptest! {
    #[test]
    fn a_draft_of_another_form(case in almost_valid(strategies::work_plans().with_dates().with_costs().with_progress().prop_map(|(plan, _)| WorkPlanDraft::from(plan)))) {
        let mut reader = serde_json::Deserializer::from_str(case.json());
        let read: Result<WorkPlanDraft, _> = serde_path_to_error::deserialize(&mut reader);
        refuses_form(&case, read.map_err(|error| error.path().to_string()))?;
    }
}
