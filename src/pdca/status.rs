//! Where a cycle stands on a day: what is due, late, or done late. Nothing of it is ever entered.

use super::{Cycle, OpenCountermeasure, PdcaError, Stage, Waiver};
use crate::error::{Path, Problems};
use crate::plan::{PlanError, RolledUp, roll_up};
use crate::time::{Due, NaiveDate, WorkCalendar};
use alloc::vec::Vec;
use core::fmt;

/// Whether a stage is in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Timeliness {
    /// Not done, and not due yet; on its due date it still is in time.
    Open,
    /// Not done, and due so many days ago.
    Overdue {
        /// The days, at least 1.
        days: u32,
    },
    /// Done by its due date.
    Done,
    /// Done so many days after its due date.
    DoneLate {
        /// The days, at least 1.
        days: u32,
    },
    /// Not done, and no longer to be: the cycle was cancelled.
    Dropped,
}

impl fmt::Display for Timeliness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open => f.pad("open"),
            Self::Overdue { days } => write!(f, "overdue by {days} d"),
            Self::Done => f.pad("done"),
            Self::DoneLate { days } => write!(f, "done {days} d late"),
            Self::Dropped => f.pad("dropped"),
        }
    }
}

/// A stage on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageStatus {
    /// The stage.
    pub stage: Stage,
    /// When it is due by the stage table, with how that date came about; of a deadline that recurs the last one.
    pub due: Due,
    /// The last day of the period, where the deadline recurs: its dates are those of reports on the way, the stage
    /// itself is over with the period.
    pub period_end: Option<NaiveDate>,
    /// The last waiver that was given by then, where one moved that date.
    pub waiver: Option<Waiver>,
    /// The day on which it was done.
    pub done_on: Option<NaiveDate>,
    /// Whether it is in time, against the last waiver or else the stage table.
    pub timeliness: Timeliness,
}

impl StageStatus {
    /// The date that counts: of the last waiver, or else of the stage table, but of a deadline that recurs the last
    /// day of the period.
    #[must_use]
    pub fn until(&self) -> NaiveDate {
        Self::until_of(&self.due, self.period_end, self.waiver.as_ref())
    }

    fn until_of(due: &Due, period_end: Option<NaiveDate>, waiver: Option<&Waiver>) -> NaiveDate {
        waiver.map_or(period_end.unwrap_or(due.date()), |waiver| waiver.until)
    }
}

/// A cycle on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CycleStatus {
    /// The stages in order.
    pub stages: Vec<StageStatus>,
    /// The tasks together, where they are planned.
    pub tasks: Option<RolledUp>,
    /// The open measures whose due date has passed, with the days since.
    pub overdue_measures: Vec<(OpenCountermeasure, u32)>,
}

/// Where a cycle stands on the evening of a day.
///
/// # Errors
/// All problems at once: [`PdcaError::NoPlan`]; [`PdcaError::Time`] where a due date cannot be computed, at its
/// row; [`PdcaError::Plan`] where the tasks have no dates.
///
/// # Examples
/// ```
/// use marketloop::pdca::{Command, CommandId, Context, CycleId, CyclePlan, Journal, StageTable, status};
/// use marketloop::quantity::Money;
/// use marketloop::time::{WorkCalendar, date};
///
/// let mut quarter = Journal::new(CycleId::new("2026-Q3")?);
/// let money = Money::parse("50000 CNY")?;
/// let plan = CyclePlan::draft("2026-Q3".parse()?, money, StageTable::quarterly()?)
///     .signed_by("director")
///     .target("repurchase rate", "at least 25 %".parse()?)
///     .line("search", money)
///     .check()?;
/// let today = date(2026, 7, 2)?;
/// let context = Context { command: CommandId::new("plan")?, expected: 0, by: "Lin".into(), on: today };
/// quarter.handle(&Command::Plan(Box::new(plan)), &context)?;
///
/// // The letter of goal responsibility was due within 10 days, and nobody has signed it.
/// let calendar = WorkCalendar::monday_to_friday(date(2026, 7, 1)?, date(2026, 12, 31)?)?;
/// let evening = status(quarter.cycle(), date(2026, 7, 14)?, &calendar)?;
/// assert_eq!(evening.stages[0].timeliness.to_string(), "overdue by 3 d");
/// # Ok::<(), marketloop::Error>(())
/// ```
pub fn status(
    cycle: &Cycle,
    date: NaiveDate,
    calendar: &WorkCalendar,
) -> Result<CycleStatus, Problems<PdcaError>> {
    let mut problems = Problems::new();
    let Some(plan) = cycle.plan() else {
        problems.push(Path::root(), PdcaError::NoPlan);
        return problems.finish(None);
    };
    let at = |name: &str| Path::root().field(name);
    let dates = problems.take_all(&at("stages"), plan.stages().last_dates(plan.period(), calendar));
    let stages = dates.into_iter().flatten().map(|(row, due)| {
        let period_end = row.due.is_recurring().then(|| plan.period().end());
        let stage = row.stage;
        let given = |waiver: &&Waiver| waiver.stage == stage && waiver.on <= date;
        let waiver = cycle.waivers().iter().rfind(given).cloned();
        let until = StageStatus::until_of(&due, period_end, waiver.as_ref());
        let done_on = cycle.done_on(stage).filter(|done| *done <= date);
        let timeliness = match (done_on, days_after(until, done_on.unwrap_or(date))) {
            (None, _) if cycle.cancelled_on().is_some_and(|on| on <= date) => Timeliness::Dropped,
            (Some(_), 0) => Timeliness::Done,
            (Some(_), days) => Timeliness::DoneLate { days },
            (None, 0) => Timeliness::Open,
            (None, days) => Timeliness::Overdue { days },
        };
        StageStatus { stage, due, period_end, waiver, done_on, timeliness }
    });
    let stages: Vec<StageStatus> = stages.collect();
    let tasks = plan.work().and_then(|_| problems.take_all(&at("work"), tasks(cycle, date, calendar)));
    let overdue = cycle.open_measures().into_iter().filter_map(|open| {
        let days = days_after(open.measure.due, date);
        (days > 0).then_some((open, days))
    });
    let overdue_measures = overdue.collect();
    problems.into_result(CycleStatus { stages, tasks: tasks.flatten(), overdue_measures })
}

/// The tasks together, with what the cycle knows of them.
fn tasks(
    cycle: &Cycle,
    date: NaiveDate,
    calendar: &WorkCalendar,
) -> Result<Option<RolledUp>, Problems<PlanError>> {
    let Some(work) = cycle.work()? else { return Ok(None) };
    let one = |error| {
        let mut problems = Problems::new();
        problems.push(Path::root(), error);
        problems
    };
    let dated = work.dated(calendar)?;
    let baseline = match cycle.baseline().and_then(super::CyclePlan::work) {
        Some(baseline) => {
            let taken = baseline.dated(calendar)?.baseline(baseline.start());
            Some(taken.map_err(|error| one(error.into()))?)
        }
        None => None,
    };
    let statuses = dated.status(date, baseline.as_ref()).map_err(one)?;
    roll_up(&statuses).map_err(one)
}

/// The days by which a day comes after another, 0 where it does not.
fn days_after(due: NaiveDate, date: NaiveDate) -> u32 {
    u32::try_from(date.signed_duration_since(due).num_days().max(0)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::{
        Command, CommandId, Context, Countermeasure, CycleId, CyclePlan, FindingId, Journal, Seed, StageTable,
    };
    use super::*;
    use crate::plan::{Progress, Raci, Task, TaskState, WorkPlan};
    use crate::quantity::{Money, Share};
    use crate::time::date;
    use alloc::boxed::Box;
    use alloc::collections::BTreeMap;
    use alloc::format;
    use alloc::string::{String, ToString};

    fn calendar() -> WorkCalendar {
        WorkCalendar::monday_to_friday(date(2026, 1, 1).unwrap(), date(2026, 12, 31).unwrap()).unwrap()
    }

    #[expect(clippy::needless_pass_by_value, reason = "a command is made to be told")]
    fn tell(journal: &mut Journal, month: u32, day: u32, command: Command) {
        let version = journal.cycle().version();
        let context = Context {
            command: CommandId::new(format!("{version}")).unwrap(),
            expected: version,
            by: "Lin".into(),
            on: date(2026, month, day).unwrap(),
        };
        journal.handle(&command, &context).unwrap();
    }

    fn plan(work: Option<crate::plan::WorkPlanDraft>) -> CyclePlan {
        let money = Money::parse("9 CNY").unwrap();
        let mut draft = CyclePlan::draft("2026-Q3".parse().unwrap(), money, StageTable::quarterly().unwrap())
            .signed_by("director")
            .target("conversion", "at least 2 %".parse().unwrap())
            .line("search", money);
        draft.work = work;
        draft.check().unwrap()
    }

    fn planned() -> Journal {
        let mut journal = Journal::new(CycleId::new("2026-Q3").unwrap());
        tell(&mut journal, 7, 1, Command::Plan(Box::new(plan(None))));
        journal
    }

    fn sign(journal: &mut Journal, month: u32, day: u32) {
        tell(journal, month, day, Command::SignOff { role: "director".into() });
    }

    fn stage(journal: &Journal, stage: Stage, month: u32, day: u32) -> StageStatus {
        let status = status(journal.cycle(), date(2026, month, day).unwrap(), &calendar()).unwrap();
        status.stages.into_iter().find(|one| one.stage == stage).unwrap()
    }

    fn timeliness(journal: &Journal, of: Stage, month: u32, day: u32) -> String {
        stage(journal, of, month, day).timeliness.to_string()
    }

    #[test]
    fn a_stage_is_open_on_its_due_date_and_overdue_the_day_after() {
        let mut journal = planned();
        assert_eq!(timeliness(&journal, Stage::Plan, 7, 11), "open");
        assert_eq!(timeliness(&journal, Stage::Plan, 7, 12), "overdue by 1 d");
        assert_eq!(stage(&journal, Stage::Plan, 7, 12).timeliness, Timeliness::Overdue { days: 1 });
        sign(&mut journal, 7, 13);
        assert_eq!(timeliness(&journal, Stage::Plan, 7, 12), "overdue by 1 d");
        assert_eq!(timeliness(&journal, Stage::Plan, 7, 13), "done 2 d late");
        assert_eq!(timeliness(&journal, Stage::Plan, 12, 31), "done 2 d late");
        assert_eq!(stage(&journal, Stage::Plan, 7, 13).done_on, date(2026, 7, 13).ok());
        let mut journal = planned();
        sign(&mut journal, 7, 11);
        assert_eq!(timeliness(&journal, Stage::Plan, 8, 1), "done");
        let due = |of| stage(&journal, of, 7, 1).due.date().to_string();
        assert_eq!(Stage::ALL.map(due), ["2026-07-11", "2026-09-25", "2026-10-30", "2026-11-14"]);
    }

    #[test]
    fn a_waived_stage_keeps_its_old_date_visible() {
        let mut journal = planned();
        let until = |day| Command::Waive {
            stage: Stage::Plan,
            until: date(2026, 7, day).unwrap(),
            reason: "the director is away".into(),
        };
        tell(&mut journal, 7, 14, until(18));
        tell(&mut journal, 7, 19, until(20));
        let status = stage(&journal, Stage::Plan, 7, 20);
        assert_eq!(status.due.date(), date(2026, 7, 11).unwrap());
        assert_eq!((status.until(), status.timeliness), (date(2026, 7, 20).unwrap(), Timeliness::Open));
        let waiver = status.waiver.unwrap();
        assert_eq!((waiver.by.as_str(), waiver.reason.as_str()), ("Lin", "the director is away"));
        assert_eq!(timeliness(&journal, Stage::Plan, 7, 21), "overdue by 1 d");
        // On the evening of an earlier day nobody had given a waiver, or only the first.
        assert_eq!(timeliness(&journal, Stage::Plan, 7, 13), "overdue by 2 d");
        assert_eq!(stage(&journal, Stage::Plan, 7, 13).waiver, None);
        assert_eq!(stage(&journal, Stage::Plan, 7, 18).until(), date(2026, 7, 18).unwrap());
        sign(&mut journal, 7, 22);
        assert_eq!(timeliness(&journal, Stage::Plan, 7, 22), "done 2 d late");
        assert_eq!(timeliness(&journal, Stage::Do, 7, 22), "open");
    }

    #[test]
    fn what_a_cancelled_cycle_has_not_done_is_dropped() {
        let mut journal = planned();
        sign(&mut journal, 7, 2);
        tell(&mut journal, 7, 3, Command::Cancel { reason: "the product was withdrawn".into() });
        let all = Stage::ALL.map(|of| timeliness(&journal, of, 12, 31));
        assert_eq!(all, ["done", "dropped", "dropped", "dropped"]);
        // On the day before it was cancelled nobody knew.
        assert_eq!(timeliness(&journal, Stage::Check, 7, 2), "open");
    }

    #[test]
    fn all_that_has_no_date_is_told_at_once() {
        let draft = Journal::new(CycleId::new("2026-Q3").unwrap());
        let today = date(2026, 7, 1).unwrap();
        assert_eq!(
            status(draft.cycle(), today, &calendar()).unwrap_err().to_string(),
            ".: the cycle has no plan"
        );
        let mut journal = Journal::new(CycleId::new("2026-Q3").unwrap());
        let work = WorkPlan::draft("work", date(2027, 1, 4).unwrap());
        let work = work.task(Task::new("brief", "brief", 3, Raci::new("team", "director")));
        let mut plan = super::super::CyclePlanDraft::from(plan(Some(work)));
        let mut rows: Vec<super::super::StageRow> = plan.stages.into();
        rows[2].due = "90 workdays after period start".parse().unwrap();
        plan.stages = StageTable::new(rows).unwrap();
        tell(&mut journal, 7, 1, Command::Plan(Box::new(plan.check().unwrap())));
        let short =
            WorkCalendar::monday_to_friday(date(2026, 1, 1).unwrap(), date(2026, 9, 1).unwrap()).unwrap();
        let refused = status(journal.cycle(), today, &short).unwrap_err();
        let paths: Vec<&str> = refused.iter().map(|problem| problem.path.as_str()).collect();
        assert_eq!(paths, ["stages[2].due", "work.start"], "{refused}");
    }

    #[test]
    fn tasks_are_rolled_up_with_what_is_known_of_them() {
        let mut journal = Journal::new(CycleId::new("2026-Q3").unwrap());
        let raci = || Raci::new("team", "director");
        let work = WorkPlan::draft("work", date(2026, 7, 1).unwrap())
            .task(Task::new("brief", "brief", 3, raci()).making("brief"))
            .task(Task::new("launch", "launch", 1, raci()).needing("brief"));
        tell(&mut journal, 7, 1, Command::Plan(Box::new(plan(Some(work.clone())))));
        sign(&mut journal, 7, 1);
        tell(&mut journal, 7, 1, Command::Start);
        let rolled = |journal: &Journal, day| {
            status(journal.cycle(), date(2026, 7, day).unwrap(), &calendar()).unwrap().tasks.unwrap()
        };
        assert_eq!((rolled(&journal, 1).state, rolled(&journal, 1).delayed), (TaskState::Delayed, 1));
        let half = Progress::started(date(2026, 7, 1).unwrap(), Share::percent(50).unwrap());
        tell(&mut journal, 7, 1, Command::Progress { task: "brief".into(), progress: half });
        let now = rolled(&journal, 1);
        assert_eq!((now.state, now.tasks, now.done.to_percent()), (TaskState::InProgress, 2, "37.5%".into()));
        // A later start in a new plan does not hide the delay against the plan that was signed.
        let later = crate::plan::WorkPlanDraft { start: date(2026, 8, 3).unwrap(), ..work };
        let replan = Command::Replan { plan: Box::new(plan(Some(later))), reason: "delayed".into() };
        tell(&mut journal, 7, 10, replan);
        assert_eq!(rolled(&journal, 10).state, TaskState::Delayed);
        assert!(status(planned().cycle(), date(2026, 7, 1).unwrap(), &calendar()).unwrap().tasks.is_none());
    }

    #[test]
    fn open_measures_are_overdue_the_day_after_they_are_due() {
        let mut journal = Journal::new(CycleId::new("2026-Q3").unwrap());
        let parent = CycleId::new("2026-Q2").unwrap();
        let finding = FindingId { cycle: parent.clone(), number: 1 };
        let measure =
            Countermeasure { measure: "train".into(), owner: "Wu".into(), due: date(2026, 7, 20).unwrap() };
        let open = OpenCountermeasure { finding: finding.clone(), metric: "conversion".into(), measure };
        let seed = Seed {
            cycle: parent,
            period: "2026-Q2".parse().unwrap(),
            open_measures: alloc::vec![open.clone()],
            targets: BTreeMap::new(),
            released: BTreeMap::new(),
            findings: Vec::new(),
        };
        tell(&mut journal, 7, 1, Command::Inherit { seed: Box::new(seed), provisional: false });
        tell(&mut journal, 7, 1, Command::Plan(Box::new(plan(None))));
        let overdue = |journal: &Journal, day| {
            status(journal.cycle(), date(2026, 7, day).unwrap(), &calendar()).unwrap().overdue_measures
        };
        assert_eq!(overdue(&journal, 20), []);
        assert_eq!(overdue(&journal, 23), [(open, 3)]);
        tell(&mut journal, 7, 23, Command::CompleteMeasure { finding });
        assert_eq!(overdue(&journal, 23), []);
    }
}
