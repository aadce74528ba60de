//! The dates of a plan.

use super::work_plan::next_day;
use super::{CriticalPaths, PlanError, Schedule, Task, WorkPlan};
use crate::error::Problems;
use crate::time::{NaiveDate, TimeError, WorkCalendar};
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Index;

/// A plan with the dates of its tasks.
#[derive(Debug, Clone)]
pub struct DatedPlan<'a> {
    plan: &'a WorkPlan,
    calendar: &'a WorkCalendar,
    schedule: Schedule<'a>,
    tasks: Vec<DatedTask<'a>>,
    finish: NaiveDate,
}

/// A task with its dates; a finish is the last day of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatedTask<'a> {
    task: &'a Task,
    start: Option<NaiveDate>,
    finish: NaiveDate,
    late_start: Option<NaiveDate>,
    late_finish: NaiveDate,
    total_float: i64,
    free_float: i64,
}

impl<'a> DatedTask<'a> {
    /// The task.
    #[must_use]
    pub const fn task(&self) -> &'a Task {
        self.task
    }

    /// The first day of work at the earliest; `None` of a milestone, which takes no day.
    #[must_use]
    pub const fn start(&self) -> Option<NaiveDate> {
        self.start
    }

    /// The last day of work at the earliest; of a milestone the last workday before it, or the first day of
    /// the plan where it stands at its beginning.
    #[must_use]
    pub const fn finish(&self) -> NaiveDate {
        self.finish
    }

    /// The first day of work at the latest.
    #[must_use]
    pub const fn late_start(&self) -> Option<NaiveDate> {
        self.late_start
    }

    /// The last day of work at the latest.
    #[must_use]
    pub const fn late_finish(&self) -> NaiveDate {
        self.late_finish
    }

    /// How many workdays it can slip without moving the end of the plan; below 0 where a date by which some
    /// task has to be done is missed.
    #[must_use]
    pub const fn total_float(&self) -> i64 {
        self.total_float
    }

    /// How many workdays it can slip without moving any other task.
    #[must_use]
    pub const fn free_float(&self) -> i64 {
        self.free_float
    }

    /// Whether it has no float.
    #[must_use]
    pub const fn is_critical(&self) -> bool {
        self.total_float <= 0
    }

    /// The day by which it has to be done where it is missed at the earliest dates.
    #[must_use]
    pub fn missed(&self) -> Option<NaiveDate> {
        self.task.finish_by.filter(|by| self.finish > *by)
    }
}

impl WorkPlan {
    /// The plan on a calendar.
    ///
    /// # Errors
    /// [`PlanError::Time`] where a date lies outside the calendar's horizon.
    pub fn dated<'a>(&'a self, calendar: &'a WorkCalendar) -> Result<DatedPlan<'a>, Problems<PlanError>> {
        let schedule = self.schedule(calendar)?;
        let mut problems = Problems::new();
        let root = crate::error::Path::root();
        let workdays = Dates { calendar, start: self.start() };
        let mut tasks = Vec::with_capacity(self.tasks().len());
        for (index, task) in self.tasks().iter().enumerate() {
            let dated = workdays.of(task, index, &schedule).map_err(PlanError::from);
            tasks.extend(problems.take(&root.field("tasks").index(index), dated));
        }
        let finish = workdays.finish(schedule.finish()).map_err(PlanError::from);
        let Some(finish) = problems.take(&root, finish) else { return problems.finish(None) };
        problems.into_result(DatedPlan { plan: self, calendar, schedule, tasks, finish })
    }
}

/// Workdays from the start of the plan as dates.
struct Dates<'a> {
    calendar: &'a WorkCalendar,
    start: NaiveDate,
}

impl Dates<'_> {
    fn of<'a>(
        &self,
        task: &'a Task,
        index: usize,
        schedule: &Schedule<'_>,
    ) -> Result<DatedTask<'a>, TimeError> {
        // The schedule has every task of the plan.
        let read = |value: Option<i64>| value.unwrap_or_default();
        let (early, late) = (read(schedule.early_start(index)), read(schedule.late_start(index)));
        let worked = task.workdays > 0;
        Ok(DatedTask {
            task,
            start: worked.then(|| self.day(early)).transpose()?,
            finish: self.finish(read(schedule.early_finish(index)))?,
            late_start: worked.then(|| self.day(late)).transpose()?,
            late_finish: self.finish(read(schedule.late_finish(index)))?,
            total_float: read(schedule.total_float(index)),
            free_float: read(schedule.free_float(index)),
        })
    }

    /// The workday `offset` workdays after the first one.
    fn day(&self, offset: i64) -> Result<NaiveDate, TimeError> {
        let nth = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        if offset >= 0 {
            self.calendar.workday_from(self.start, nth(offset.unsigned_abs().saturating_add(1)))
        } else {
            let before = self.start.pred_opt().ok_or(TimeError::DateOutOfRange { from: self.start })?;
            self.calendar.workday_until(before, nth(offset.unsigned_abs()))
        }
    }

    /// The last day of work before a finish, or the first workday where nothing lies before it.
    fn finish(&self, offset: i64) -> Result<NaiveDate, TimeError> {
        self.day(if offset == 0 { 0 } else { offset.saturating_sub(1) })
    }
}

impl<'a> DatedPlan<'a> {
    /// The plan.
    #[must_use]
    pub const fn plan(&self) -> &'a WorkPlan {
        self.plan
    }

    /// The calendar.
    #[must_use]
    pub const fn calendar(&self) -> &'a WorkCalendar {
        self.calendar
    }

    /// The schedule in workdays.
    #[must_use]
    pub const fn schedule(&self) -> &Schedule<'a> {
        &self.schedule
    }

    /// The tasks in their order.
    #[must_use]
    pub fn tasks(&self) -> &[DatedTask<'a>] {
        &self.tasks
    }

    /// The task of this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&DatedTask<'a>> {
        self.tasks.iter().find(|dated| dated.task.id == id)
    }

    /// The last day of work of the plan.
    #[must_use]
    pub const fn finish(&self) -> NaiveDate {
        self.finish
    }

    /// The tasks that miss the day by which they have to be done.
    pub fn missed(&self) -> impl Iterator<Item = (&DatedTask<'a>, NaiveDate)> {
        self.tasks.iter().filter_map(|dated| Some((dated, dated.missed()?)))
    }

    /// The critical paths by the ids of their tasks, up to `cap`.
    #[must_use]
    pub fn critical_paths(&self, cap: usize) -> (CriticalPaths, Vec<Vec<&'a str>>) {
        let paths = self.schedule.critical_paths(cap);
        let id = |task: &usize| self.plan.tasks().get(*task).map_or("", |task| task.id.as_str());
        let ids = paths.paths().iter().map(|path| path.iter().map(id).collect()).collect();
        (paths, ids)
    }

    /// The reminders of key nodes that fall on `from` to `to`, both included, in the order of their days.
    ///
    /// # Errors
    /// [`PlanError::Time`] where a reminder lies outside the calendar's horizon.
    pub fn reminders(&self, from: NaiveDate, to: NaiveDate) -> Result<Vec<Reminder<'a>>, PlanError> {
        let mut reminders = Vec::new();
        for dated in self.tasks.iter().filter(|dated| dated.task.progress.finished.is_none()) {
            let due = dated.task.finish_by.unwrap_or(dated.finish);
            for &workdays_ahead in &dated.task.remind {
                let nth = workdays_ahead.saturating_add(1);
                let on = self.calendar.workday_until(due, nth)?;
                if from <= on && on <= to {
                    reminders.push(Reminder { task: dated.task, on, due, workdays_ahead });
                }
            }
        }
        reminders.sort_by_key(|reminder| (reminder.on, reminder.due));
        Ok(reminders)
    }

    /// The plan as a Mermaid Gantt chart, a section for each phase.
    #[must_use]
    pub fn gantt(&self) -> String {
        super::gantt::chart(self)
    }
}

impl<'a> Index<&str> for DatedPlan<'a> {
    type Output = DatedTask<'a>;

    /// The task of this id.
    ///
    /// # Panics
    /// Where the plan has no such task, as the maps of the standard library do; [`get`](Self::get) does not.
    #[expect(clippy::expect_used, reason = "the contract of Index")]
    fn index(&self, id: &str) -> &Self::Output {
        self.get(id).expect("no task of this id")
    }
}

/// A day on which somebody is reminded of a key node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reminder<'a> {
    /// The task.
    pub task: &'a Task,
    /// The day of the reminder.
    pub on: NaiveDate,
    /// The day by which the task has to be done, or else its last day as planned.
    pub due: NaiveDate,
    /// How many workdays lie between.
    pub workdays_ahead: u32,
}

/// The number of workdays from one day up to another, both counted.
pub(super) fn workdays_between(
    calendar: &WorkCalendar,
    first: NaiveDate,
    last: NaiveDate,
) -> Result<i64, TimeError> {
    calendar.count_workdays(first, next_day(last)?)
}
