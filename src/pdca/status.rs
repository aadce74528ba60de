//! Where a cycle stands on a day: what is due, late, or done late. Nothing of it is ever entered.

use super::stage::days_after;
use super::{Countermeasure, Cycle, Event, PdcaError, Stage, TaskStanding};
use crate::error::{Counted, Path, Problems};
use crate::figure::{Cause, Cell, Figure, Table, Why};
use crate::plan::{PlanError, TaskStatus};
use crate::quantity::wire::serialize_fields;
use crate::time::{Due, NaiveDate, WorkCalendar};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use serde::Serialize;

/// A stage on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct StageStatus {
    stage: Stage,
    due: Why<String, NaiveDate>,
    done_on: Figure<NaiveDate>,
    late: u32,
}

impl fmt::Display for StageStatus {
    /// `open`, `overdue by 3 d`, `done`, `done 2 d late` or `dropped`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.done_on, self.late) {
            (Figure::Undefined(_), _) => f.pad("dropped"),
            (Figure::Known(_), 0) => f.pad("done"),
            (Figure::Known(_), days) => write!(f, "done {days} d late"),
            (Figure::Missing(_), 0) => f.pad("open"),
            (Figure::Missing(_), days) => write!(f, "overdue by {days} d"),
        }
    }
}

/// A cycle on a day: its stages, its tasks together, and the countermeasures that are overdue.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CycleStatus {
    /// One for each stage, in their order.
    stages: Vec<StageStatus>,
    /// The tasks together; `None` if none are planned.
    pub tasks: Option<TaskStatus>,
    /// Each task, in the order of the plan.
    pub each_task: Vec<TaskStanding>,
    /// The open countermeasures whose due date has passed, with the days since.
    pub overdue_measures: Vec<(Countermeasure, u32)>,
}

serialize_fields!(CycleStatus { stages, tasks: optional, each_task: optional, overdue_measures });

impl CycleStatus {
    #[expect(clippy::indexing_slicing, reason = "there is a status for each stage, in the order of the enum")]
    fn of(&self, stage: Stage) -> &StageStatus {
        &self.stages[stage as usize]
    }

    /// The date by which a stage is due, and what made it: the steps of the stage table; the end of the period if the
    /// deadline recurs, as its dates are those of reports on the way; and the postponements that were given by then.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::pdca::{Command, CommandId, Context, CycleId, CyclePlan, Journal, StageTable};
    /// # use marketloop::quantity::Money;
    /// # use marketloop::time::date;
    /// # let mut quarter = Journal::new(CycleId::new("2026-Q3")?);
    /// # let money = Money::parse("50000 CNY")?;
    /// # let plan = CyclePlan::draft("2026-Q3".parse()?, money, StageTable::quarterly()?)
    /// #     .signed_by("director")
    /// #     .target("repurchase rate", "at least 25 %".parse()?)
    /// #     .line("search", money)
    /// #     .check()?;
    /// # let context = Context { command: CommandId::new("plan")?, expected: 0, by: "Lin".into(), on: date(2026, 7, 1)? };
    /// # quarter.handle(&Command::Plan(Box::new(plan)), &context)?;
    /// use marketloop::pdca::{Stage, status};
    /// use marketloop::time::WorkCalendar;
    ///
    /// let calendar = WorkCalendar::monday_to_friday(date(2026, 7, 1)?, date(2026, 12, 31)?)?;
    /// let evening = status(quarter.cycle(), date(2026, 7, 14)?, &calendar)?; // the plan is not signed yet
    /// assert_eq!(*evening.due(Stage::Plan).value(), date(2026, 7, 11)?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn due(&self, stage: Stage) -> &Why<String, NaiveDate> {
        &self.of(stage).due
    }

    /// The day on which a stage was done; missing if it is not done yet, undefined if its cycle was cancelled.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::pdca::{Command, CommandId, Context, CycleId, CyclePlan, Journal, StageTable};
    /// # use marketloop::quantity::Money;
    /// # use marketloop::time::date;
    /// # let mut quarter = Journal::new(CycleId::new("2026-Q3")?);
    /// # let money = Money::parse("50000 CNY")?;
    /// # let plan = CyclePlan::draft("2026-Q3".parse()?, money, StageTable::quarterly()?)
    /// #     .signed_by("director")
    /// #     .target("repurchase rate", "at least 25 %".parse()?)
    /// #     .line("search", money)
    /// #     .check()?;
    /// # let context = Context { command: CommandId::new("plan")?, expected: 0, by: "Lin".into(), on: date(2026, 7, 1)? };
    /// # quarter.handle(&Command::Plan(Box::new(plan)), &context)?;
    /// use marketloop::pdca::{Stage, status};
    /// use marketloop::time::WorkCalendar;
    ///
    /// let calendar = WorkCalendar::monday_to_friday(date(2026, 7, 1)?, date(2026, 12, 31)?)?;
    /// let evening = status(quarter.cycle(), date(2026, 7, 14)?, &calendar)?; // the plan is not signed yet
    /// assert_eq!(evening.done_on(Stage::Plan).to_string(), "missing: end of plan");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn done_on(&self, stage: Stage) -> &Figure<NaiveDate> {
        &self.of(stage).done_on
    }

    /// How many days after its due date a stage was done or, if it is not done, the day is; 0 if it is in time.
    #[must_use]
    pub fn late(&self, stage: Stage) -> u32 {
        self.of(stage).late
    }

    /// Whether a stage is not done and its due date has passed.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::pdca::{Command, CommandId, Context, CycleId, CyclePlan, Journal, StageTable};
    /// # use marketloop::quantity::Money;
    /// # use marketloop::time::date;
    /// # let mut quarter = Journal::new(CycleId::new("2026-Q3")?);
    /// # let money = Money::parse("50000 CNY")?;
    /// # let plan = CyclePlan::draft("2026-Q3".parse()?, money, StageTable::quarterly()?)
    /// #     .signed_by("director")
    /// #     .target("repurchase rate", "at least 25 %".parse()?)
    /// #     .line("search", money)
    /// #     .check()?;
    /// # let context = Context { command: CommandId::new("plan")?, expected: 0, by: "Lin".into(), on: date(2026, 7, 1)? };
    /// # quarter.handle(&Command::Plan(Box::new(plan)), &context)?;
    /// use marketloop::pdca::{Stage, status};
    /// use marketloop::time::WorkCalendar;
    ///
    /// let calendar = WorkCalendar::monday_to_friday(date(2026, 7, 1)?, date(2026, 12, 31)?)?;
    /// let evening = status(quarter.cycle(), date(2026, 7, 14)?, &calendar)?; // the plan is not signed yet
    /// assert!(evening.is_overdue(Stage::Plan) && !evening.is_overdue(Stage::Act));
    /// assert_eq!(evening.late(Stage::Plan), 3);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn is_overdue(&self, stage: Stage) -> bool {
        self.done_on(stage).is_missing() && self.late(stage) > 0
    }

    /// The state of a stage in words: `open`, `overdue by 3 d`, `done`, `done 2 d late` or `dropped`.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::pdca::{Command, CommandId, Context, CycleId, CyclePlan, Journal, StageTable};
    /// # use marketloop::quantity::Money;
    /// # use marketloop::time::date;
    /// # let mut quarter = Journal::new(CycleId::new("2026-Q3")?);
    /// # let money = Money::parse("50000 CNY")?;
    /// # let plan = CyclePlan::draft("2026-Q3".parse()?, money, StageTable::quarterly()?)
    /// #     .signed_by("director")
    /// #     .target("repurchase rate", "at least 25 %".parse()?)
    /// #     .line("search", money)
    /// #     .check()?;
    /// # let context = Context { command: CommandId::new("plan")?, expected: 0, by: "Lin".into(), on: date(2026, 7, 1)? };
    /// # quarter.handle(&Command::Plan(Box::new(plan)), &context)?;
    /// use marketloop::pdca::{Stage, status};
    /// use marketloop::time::WorkCalendar;
    ///
    /// let calendar = WorkCalendar::monday_to_friday(date(2026, 7, 1)?, date(2026, 12, 31)?)?;
    /// let evening = status(quarter.cycle(), date(2026, 7, 14)?, &calendar)?; // the plan is not signed yet
    /// assert_eq!((evening.state(Stage::Plan), evening.state(Stage::Do)), ("overdue by 3 d".into(), "open".into()));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn state(&self, stage: Stage) -> String {
        self.of(stage).to_string()
    }

    /// A row for each stage, for the tasks and for each overdue countermeasure.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("stage");
        for one in &self.stages {
            table.push(one.stage, "state", Cell::new(one, ""));
            table.push(one.stage, "due", Cell::from(*one.due.value()).because(&one.due));
            if let Figure::Known(on) = one.done_on {
                table.push(one.stage, "done", on);
            }
        }
        if let Some(tasks) = &self.tasks {
            let late = self.late_tasks().map(|task| {
                let late = Counted(&task.status.late, "workday");
                format!("{} ({}) {late} late", task.name, task.accountable.join(", "))
            });
            let late: Vec<String> = late.collect();
            let state = Cell::new(tasks.state, "").because(late.join(", "));
            table.push("tasks", "state", state);
            table.push("tasks", "share done", tasks.done);
        }
        for (open, days) in &self.overdue_measures {
            let state = Cell::new(format_args!("overdue by {days} d"), "").because(&open.measure);
            table.push(&open.finding, "state", state);
            table.push(&open.finding, "due", open.due);
        }
        table
    }

    /// The tasks that are late, or were done late.
    ///
    /// # Examples
    /// ```
    /// use marketloop::pdca::CycleStatus;
    ///
    /// /// Who has to be asked, and by how much it is late.
    /// fn late(status: &CycleStatus) -> Vec<String> {
    ///     let owner = |task: &marketloop::pdca::TaskStanding| task.accountable.join(", ");
    ///     status.late_tasks().map(|task| format!("{}: {}, {}", owner(task), task.name, task.status)).collect()
    /// }
    /// ```
    pub fn late_tasks(&self) -> impl Iterator<Item = &TaskStanding> {
        self.each_task.iter().filter(|task| task.is_late())
    }

    /// The tasks that are not done: what a cycle that is closed leaves open.
    ///
    /// # Examples
    /// ```
    /// use marketloop::pdca::CycleStatus;
    ///
    /// fn open(status: &CycleStatus) -> Vec<&str> {
    ///     status.open_tasks().map(|task| task.name.as_str()).collect()
    /// }
    /// ```
    pub fn open_tasks(&self) -> impl Iterator<Item = &TaskStanding> {
        self.each_task.iter().filter(|task| task.is_open())
    }
}

impl fmt::Display for CycleStatus {
    /// The [`table`](Self::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

/// The status of a cycle on the evening of a day: what is due, overdue, or was done late.
///
/// Records that are dated after that day do not count: stages, postponements and countermeasures are as they were
/// known on that evening. Tasks and the rows of the stage table are those of the current plan and its last progress; for
/// an evening before a replan, [`replay`](super::replay) the records up to that day.
///
/// # Errors
/// All problems at once: [`PdcaError::NoPlan`]; [`PdcaError::Time`] where a due date cannot be computed, at its
/// row; [`PdcaError::Plan`] where the tasks have no dates.
///
/// # Examples
/// ```
/// use marketloop::pdca::{Command, CommandId, Context, CycleId, CyclePlan, Journal, Stage, StageTable, status};
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
/// assert_eq!(evening.state(Stage::Plan), "overdue by 3 d");
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
    let is_cancelled = cycle.cancelled_on().is_some_and(|on| on <= date);
    let dates = problems.take_all(&at("stages"), plan.stages().last_dates(plan.period(), calendar));
    let stages = dates.into_iter().flatten().map(|(stage, recurs, due)| {
        let mut why = planned(&due);
        if recurs {
            why.push("period end".into(), plan.period().end());
        }
        for record in cycle.postponements().iter().filter(|record| record.on <= date) {
            if let Event::Postponed { stage: of, until, reason } = &record.event
                && *of == stage
            {
                // Each is a step and the last one counts: the reasons stay with the date.
                why.push(format!("postponed by {} on {}: {reason}", record.by, record.on), *until);
            }
        }
        // What came later is not known on that evening.
        let done_on = cycle.done_by(stage, date);
        let late = days_after(*why.value(), done_on.unwrap_or(date));
        let (done_on, late) = match done_on {
            Some(on) => (Figure::Known(on), late),
            // Late no more, however long ago it was due: nobody will do it.
            None if is_cancelled => {
                let cause = Cause::NotReached(format!("the end of {stage}").into());
                (Figure::undefined("day on which the stage is done", cause), 0)
            }
            None => (Figure::missing(format!("end of {stage}")), late),
        };
        StageStatus { stage, due: why, done_on, late }
    });
    let stages: Vec<StageStatus> = stages.collect();
    let tasks = plan.work().and_then(|_| problems.take_all(&at("work"), tasks(cycle, date, calendar)));
    // A cancelled cycle hands nothing on: nobody will do what it had open.
    let open = if is_cancelled { Vec::new() } else { cycle.open_measures_on(date) };
    let overdue =
        open.into_iter().map(|open| (days_after(open.due, date), open)).filter(|(days, _)| *days > 0);
    let overdue_measures = overdue.map(|(days, open)| (open, days)).collect();
    let (tasks, each_task) = tasks.map_or((None, Vec::new()), |(all, each)| (all, each));
    problems.into_result(CycleStatus { stages, tasks, each_task, overdue_measures })
}

/// The steps that made a due date by the stage table.
fn planned(due: &Due) -> Why<String, NaiveDate> {
    let mut steps = due.why().steps().map(|step| (step.cause.to_string(), step.value));
    // A due date has at least the step that made it.
    let (cause, first) = steps.next().unwrap_or_else(|| ("due".into(), due.date()));
    steps.fold(Why::new(cause, first), |why, (cause, date)| why.then(cause, date))
}

/// The tasks together and one by one, with what the cycle knows of them.
fn tasks(
    cycle: &Cycle,
    date: NaiveDate,
    calendar: &WorkCalendar,
) -> Result<(Option<TaskStatus>, Vec<TaskStanding>), Problems<PlanError>> {
    let Some(work) = cycle.work()? else { return Ok((None, Vec::new())) };
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
    let each = TaskStanding::all(&dated, date, baseline.as_ref()).map_err(one)?;
    let all = TaskStatus::roll_up(each.iter().map(|task| &task.status)).map_err(one)?;
    Ok((all, each))
}

#[cfg(test)]
mod tests {
    use super::super::{
        Command, CommandId, Context, CycleId, CyclePlan, FindingId, Journal, Seed, StageTable,
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
        let draft = CyclePlan::draft("2026-Q3".parse().unwrap(), money, StageTable::quarterly().unwrap())
            .signed_by("director")
            .target("conversion", "at least 2 %".parse().unwrap())
            .line("search", money);
        work.into_iter().fold(draft, super::super::CyclePlanDraft::with_work).check().unwrap()
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
        stage(journal, of, month, day).to_string()
    }

    #[test]
    fn a_stage_is_open_on_its_due_date_and_overdue_the_day_after() {
        let mut journal = planned();
        assert_eq!(timeliness(&journal, Stage::Plan, 7, 11), "open");
        assert_eq!(timeliness(&journal, Stage::Plan, 7, 12), "overdue by 1 d");
        let late = status(journal.cycle(), date(2026, 7, 12).unwrap(), &calendar()).unwrap();
        assert!(late.is_overdue(Stage::Plan) && !late.is_overdue(Stage::Do));
        assert!(late.late(Stage::Plan) == 1 && late.done_on(Stage::Plan).is_missing());
        sign(&mut journal, 7, 13);
        assert_eq!(timeliness(&journal, Stage::Plan, 7, 12), "overdue by 1 d");
        assert_eq!(timeliness(&journal, Stage::Plan, 7, 13), "done 2 d late");
        assert_eq!(timeliness(&journal, Stage::Plan, 12, 31), "done 2 d late");
        assert_eq!(stage(&journal, Stage::Plan, 7, 13).done_on, Figure::Known(date(2026, 7, 13).unwrap()));
        let mut journal = planned();
        sign(&mut journal, 7, 11);
        assert_eq!(timeliness(&journal, Stage::Plan, 8, 1), "done");
        let due = |of| stage(&journal, of, 7, 1).due.value().to_string();
        // The weekly report recurs: the stage is over with the period.
        assert_eq!(Stage::ALL.map(due), ["2026-07-11", "2026-09-30", "2026-10-30", "2026-11-14"]);
        let why = stage(&journal, Stage::Do, 7, 1).due.to_string();
        assert!(why.contains(" 2026-09-25") && why.ends_with("; period end 2026-09-30"), "{why}");
    }

    #[test]
    fn a_postponed_stage_keeps_its_old_date_visible() {
        let mut journal = planned();
        let until = |day| Command::Postpone {
            stage: Stage::Plan,
            until: date(2026, 7, day).unwrap(),
            reason: "the director is away".into(),
        };
        tell(&mut journal, 7, 14, until(18));
        tell(&mut journal, 7, 19, until(20));
        let status = stage(&journal, Stage::Plan, 7, 20);
        assert_eq!((*status.due.value(), status.to_string()), (date(2026, 7, 20).unwrap(), "open".into()));
        let why = status.due.to_string();
        let given = "2026-07-11; postponed by Lin on 2026-07-14: the director is away 2026-07-18; \
                     postponed by Lin on 2026-07-19: the director is away 2026-07-20";
        assert!(why.ends_with(given), "{why}");
        assert_eq!(timeliness(&journal, Stage::Plan, 7, 21), "overdue by 1 d");
        // On the evening of an earlier day nobody had postponed it, or only once.
        assert_eq!(timeliness(&journal, Stage::Plan, 7, 13), "overdue by 2 d");
        assert_eq!(*stage(&journal, Stage::Plan, 7, 13).due.value(), date(2026, 7, 11).unwrap());
        assert_eq!(*stage(&journal, Stage::Plan, 7, 18).due.value(), date(2026, 7, 18).unwrap());
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
        let late = "90 workdays after period start".parse().unwrap();
        let stages = StageTable::quarterly().unwrap().with_due(Stage::Check, late);
        let plan = super::super::CyclePlanDraft::from(plan(Some(work))).with_stages(stages);
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
        tell(&mut journal, 7, 1, Command::ReportProgress { task: "brief".into(), progress: half });
        let now = rolled(&journal, 1);
        assert_eq!((now.state, now.tasks, now.done.to_percent()), (TaskState::InProgress, 2, "37.5%".into()));
        // A later start in a new plan does not hide the delay against the plan that was signed.
        let later = work.with_start(date(2026, 8, 3).unwrap());
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
        let open = Countermeasure {
            finding: finding.clone(),
            metric: "conversion".into(),
            measure: "train".into(),
            owner: "Wu".into(),
            due: date(2026, 7, 20).unwrap(),
        };
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
        tell(&mut journal, 7, 23, Command::CompleteCountermeasure { finding });
        assert_eq!(overdue(&journal, 23), []);
    }

    /// What a parent hands on: this measure, open.
    fn handed_on(metric: &str, due: NaiveDate) -> Box<Seed> {
        let parent = CycleId::new("2026-Q2").unwrap();
        let open = Countermeasure {
            finding: FindingId { cycle: parent.clone(), number: 1 },
            metric: metric.into(),
            measure: "train".into(),
            owner: "Wu".into(),
            due,
        };
        Box::new(Seed {
            cycle: parent,
            period: "2026-Q2".parse().unwrap(),
            open_measures: alloc::vec![open],
            targets: BTreeMap::new(),
            released: BTreeMap::new(),
            findings: Vec::new(),
        })
    }

    fn overdue(journal: &Journal, month: u32, day: u32) -> Vec<(String, u32)> {
        let status = status(journal.cycle(), date(2026, month, day).unwrap(), &calendar()).unwrap();
        status.overdue_measures.into_iter().map(|(open, days)| (open.metric, days)).collect()
    }

    #[test]
    fn the_measures_of_an_evening_are_those_that_were_known_then() {
        let mut journal = Journal::new(CycleId::new("2026-Q3").unwrap());
        let due = date(2026, 7, 20).unwrap();
        tell(&mut journal, 7, 1, Command::Inherit { seed: handed_on("reach", due), provisional: true });
        tell(&mut journal, 7, 1, Command::Plan(Box::new(plan(None))));
        sign(&mut journal, 7, 1);
        tell(&mut journal, 7, 1, Command::Start);
        let known = |days| [(String::from("reach"), days)];
        assert_eq!(overdue(&journal, 7, 23), known(3));
        // The confirmed seed has another measure; on the evenings before it was the one of the provisional seed.
        tell(&mut journal, 7, 24, Command::ConfirmParent { seed: handed_on("clicks", due) });
        assert_eq!(overdue(&journal, 7, 23), known(3));
        assert_eq!(overdue(&journal, 7, 24), [(String::from("clicks"), 4)]);
        let finding = FindingId { cycle: CycleId::new("2026-Q2").unwrap(), number: 1 };
        tell(&mut journal, 7, 27, Command::CompleteCountermeasure { finding });
        // Done by now, and still open on the evening before.
        assert_eq!(overdue(&journal, 7, 26), [(String::from("clicks"), 6)]);
        assert_eq!(overdue(&journal, 7, 27), []);
        sign(&mut journal, 7, 27);
        let value = "1 %".parse().unwrap();
        let actual = Figure::Known(value);
        tell(&mut journal, 10, 1, Command::RecordActual { target: "conversion".into(), actual });
        tell(&mut journal, 10, 1, Command::BeginCheck);
        let (target, actual) = ("at least 2 %".parse().unwrap(), "1 %".parse().unwrap());
        let found = crate::review::Finding::new("conversion", target, actual).unwrap();
        tell(&mut journal, 10, 2, Command::RecordFinding(Box::new(found)));
        tell(&mut journal, 10, 3, Command::BeginAct);
        let decision = super::super::FindingDecision::Accepted {
            measure: "narrow".into(),
            owner: "Lin".into(),
            // Already past: the measure is overdue on the day of the decision, and on none before.
            due: date(2026, 10, 4).unwrap(),
        };
        tell(&mut journal, 10, 10, Command::DecideFinding { finding: 1, decision });
        assert_eq!(overdue(&journal, 10, 9), []);
        assert_eq!(overdue(&journal, 10, 10), [(String::from("conversion"), 6)]);
        // Nobody will do what a cancelled cycle has open; on the evening before nobody knew.
        tell(&mut journal, 10, 12, Command::Cancel { reason: "the product was withdrawn".into() });
        assert_eq!(overdue(&journal, 10, 11), [(String::from("conversion"), 7)]);
        assert_eq!(overdue(&journal, 10, 12), []);
    }

    /// Nobody records the end of a period: on its last evening the work is done, whether Check begins late or never.
    #[test]
    fn the_work_is_done_with_the_period_before_the_check_begins() {
        let mut journal = planned();
        sign(&mut journal, 7, 2);
        tell(&mut journal, 7, 3, Command::Start);
        assert_eq!(timeliness(&journal, Stage::Do, 9, 29), "open");
        let evenings = [(9, 30), (10, 5)];
        let told =
            |journal: &Journal| evenings.map(|(month, day)| timeliness(journal, Stage::Do, month, day));
        assert_eq!(told(&journal), ["done", "done"]);
        assert_eq!(stage(&journal, Stage::Do, 10, 5).done_on, Figure::Known(date(2026, 9, 30).unwrap()));
        let mut cancelled = journal.clone();
        tell(&mut cancelled, 10, 6, Command::Cancel { reason: "withdrawn".into() });
        assert_eq!(told(&cancelled), ["done", "done"]);
        assert_eq!(timeliness(&cancelled, Stage::Do, 12, 31), "done");
        let actual = Figure::missing("no tracking");
        tell(&mut journal, 10, 9, Command::RecordActual { target: "conversion".into(), actual });
        tell(&mut journal, 10, 9, Command::BeginCheck);
        assert_eq!(told(&journal), ["done", "done"]);
        // Work that begins after the period is done late, and not before it began.
        let mut late = planned();
        sign(&mut late, 10, 2);
        assert_eq!(timeliness(&late, Stage::Do, 10, 2), "overdue by 2 d");
        tell(&mut late, 10, 3, Command::Start);
        let actual = Figure::missing("no tracking");
        tell(&mut late, 10, 9, Command::RecordActual { target: "conversion".into(), actual });
        tell(&mut late, 10, 9, Command::BeginCheck);
        assert_eq!(timeliness(&late, Stage::Do, 10, 2), "overdue by 2 d");
        assert_eq!(timeliness(&late, Stage::Do, 10, 9), "done 3 d late");
        assert_eq!(late.cycle().done_on(Stage::Do), Some(date(2026, 10, 3).unwrap()));
    }
}
