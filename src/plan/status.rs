//! Where a task stands on a day: entered facts, and lateness that follows from them.

use super::{DatedPlan, DatedTask, PlanError, PlannedDates};
use crate::error::Counted;
use crate::figure::{Cell, Table};
use crate::quantity::Ratio;
use crate::quantity::wire::serialize_fields;
use crate::quantity::words::words;
use crate::time::NaiveDate;
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;

/// The state of a task or of several.
///
/// ```
/// # use marketloop::plan::TaskState;
/// assert_eq!(serde_json::from_str::<TaskState>(r#""in_progress""#)?, TaskState::InProgress);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum TaskState {
    /// Nothing was begun, and nothing had to be.
    NotStarted,
    /// Begun and in time.
    InProgress,
    /// Done.
    Done,
    /// Not begun although it should have been, or not done although it should be.
    Delayed,
}

words!(TaskState, "state of a task", PlanError:
    NotStarted = "not_started" / "not started",
    InProgress = "in_progress" / "in progress",
    Done = "done",
    Delayed = "delayed",
);

/// The status of one task on a day, or of several together: state, share done, and by how many workdays it is late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct TaskStatus {
    /// The state. Of several tasks delayed if one of them is; done if all are; not started if none was begun; else in
    /// progress.
    pub state: TaskState,
    /// The share done: all of it from its finish on, nothing before its start; else what is known of it, or
    /// on a day before its finish what the plan's [`EarningRule`](super::EarningRule) says. Of several tasks weighted
    /// by workdays; milestones have no weight.
    pub done: Ratio,
    /// The workdays since it should have begun, or should have been done; 0 if it is not late, and on the days
    /// off right behind its last day, when it is delayed by no workday yet. Of a task that is done the workdays by
    /// which it was done late; of several tasks the largest.
    pub late: i64,
    /// The number of tasks.
    pub tasks: usize,
    /// How many of them are delayed.
    pub delayed: usize,
    /// The planned workdays of all of them.
    pub workdays: u64,
}

serialize_fields!(TaskStatus { state, done, late, tasks, delayed, workdays: own });

impl TaskStatus {
    /// Rolls up the statuses of several tasks into one; `None` for an empty list.
    ///
    /// # Errors
    /// [`PlanError::Quantity`] if the share done needs more than 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::plan::{Progress, Raci, Task, TaskStatus, WorkPlan};
    /// use marketloop::time::{WorkCalendar, date};
    ///
    /// let raci = || Raci::new("team", "director");
    /// let done = Progress::finished(date(2026, 7, 1)?, date(2026, 7, 3)?);
    /// let plan = WorkPlan::draft("p", date(2026, 7, 1)?)
    ///     .task(Task::new("brief", "brief", 3, raci()).making("brief").with_progress(done))
    ///     .task(Task::new("film", "film", 9, raci()).needing("brief"))
    ///     .check()?;
    /// let calendar = WorkCalendar::monday_to_friday(date(2026, 7, 1)?, date(2026, 7, 31)?)?;
    /// let statuses = plan.dated(&calendar)?.status(date(2026, 7, 3)?, None)?;
    /// let all = TaskStatus::roll_up(statuses.iter().map(|(_, status)| status))?.unwrap();
    /// assert_eq!(all.to_string(), "in progress, 25% of 12 workdays done");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn roll_up<'s>(statuses: impl IntoIterator<Item = &'s Self>) -> Result<Option<Self>, PlanError> {
        let mut all: Option<Self> = None;
        let mut worked = Ratio::ZERO;
        for one in statuses {
            let weight = Ratio::from(Decimal::from(one.workdays));
            worked = worked.plus(weight.times(one.done)?)?;
            all = Some(all.map_or(*one, |all| Self {
                state: all.state.with(one.state),
                late: all.late.max(one.late),
                // Open fields: a caller's own numbers may not fit, those of a plan always do.
                tasks: all.tasks.saturating_add(one.tasks),
                delayed: all.delayed.saturating_add(one.delayed),
                workdays: all.workdays.saturating_add(one.workdays),
                // Joined behind the loop, by workdays: an average of averages would forget the weights.
                done: all.done,
            }));
        }
        let Some(all) = all else { return Ok(None) };
        let done = match all.workdays {
            // Milestones alone are no work: all of it is done when they are.
            0 if all.state == TaskState::Done => Ratio::ONE,
            0 => Ratio::ZERO,
            workdays => worked.divided_by(Ratio::from(Decimal::from(workdays)))?,
        };
        Ok(Some(Self { done, ..all }))
    }

    /// A row for each task, by its id.
    #[must_use]
    pub fn table(statuses: &[(&str, Self)]) -> Table {
        let mut table = Table::new("task");
        for (id, status) in statuses {
            table.push(id, "state", Cell::new(status.state, ""));
            table.push(id, "done", status.done.percent_cell());
            table.push(id, "late", Cell::new(status.late, "workday"));
        }
        table
    }
}

impl fmt::Display for TaskStatus {
    /// `delayed, 25% of 12 workdays done, 2 late`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { state, done, late, workdays, .. } = self;
        write!(f, "{state}, {} of {} done", done.to_percent(), Counted(workdays, "workday"))?;
        if *late > 0 {
            write!(f, ", {late} late")?;
        }
        Ok(())
    }
}

impl TaskState {
    /// The state of two together.
    fn with(self, other: Self) -> Self {
        match (self, other) {
            (Self::Delayed, _) | (_, Self::Delayed) => Self::Delayed,
            (a, b) if a == b => a,
            _ => Self::InProgress,
        }
    }
}

impl<'a> DatedPlan<'a> {
    /// The status of a task on the evening of `date`, against its dates in this plan or those of a baseline.
    ///
    /// Progress is that of the last report: a share done is taken for that of `date`.
    ///
    /// # Errors
    /// [`PlanError::Time`] outside the calendar's horizon.
    ///
    /// # Examples
    /// ```
    /// use marketloop::plan::{Raci, Task, WorkPlan};
    /// use marketloop::time::{WorkCalendar, date};
    ///
    /// let film = Task::new("film", "film", 3, Raci::new("a", "b")).making("film").with_reminder(1);
    /// let cut = Task::new("cut", "cut", 2, Raci::new("a", "b")).needing("film");
    /// let plan = WorkPlan::draft("p", date(2026, 7, 1)?).task(film).task(cut).check()?;
    /// let calendar = WorkCalendar::monday_to_friday(date(2026, 7, 1)?, date(2026, 7, 31)?)?;
    /// let dated = plan.dated(&calendar)?;
    /// // Not begun on the evening of its first day: a workday is lost.
    /// let evening = dated.status_of(&dated["film"], date(2026, 7, 1)?, None)?;
    /// assert_eq!(evening.to_string(), "delayed, 0% of 3 workdays done, 1 late");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn status_of(
        &self,
        dated: &DatedTask<'a>,
        date: NaiveDate,
        baseline: Option<&PlannedDates>,
    ) -> Result<TaskStatus, PlanError> {
        let task = dated.task();
        // A task that came after the baseline is held to its own dates.
        let planned = baseline.and_then(|baseline| baseline.get(&task.id));
        let (start, finish) = planned.unwrap_or((dated.start(), dated.finish()));
        // A day of work is late only when it is over: the workdays behind it count.
        let calendar = self.calendar();
        let behind = |day: NaiveDate, last: NaiveDate| -> Result<i64, PlanError> {
            Ok(calendar.count_workdays_after(day, last)?)
        };
        let progress = &task.progress;
        // What was reported for a later day is not known on that evening.
        let finished = progress.finished.filter(|finished| *finished <= date);
        let started = progress.started.filter(|started| *started <= date);
        let (state, late) = match (started, finished) {
            (_, Some(finished)) if finished > finish => (TaskState::Done, behind(finish, finished)?),
            (_, Some(_)) => (TaskState::Done, 0),
            (Some(_), None) if date > finish => (TaskState::Delayed, behind(finish, date)?),
            (Some(_), None) => (TaskState::InProgress, 0),
            (None, None) => {
                let due = start.unwrap_or(finish);
                let late = if date >= due { calendar.count_workdays_through(due, date)? } else { 0 };
                // Not begun on the evening of its first day: one workday is lost.
                (if late > 0 { TaskState::Delayed } else { TaskState::NotStarted }, late)
            }
        };
        let delayed = usize::from(state == TaskState::Delayed);
        let workdays = task.workdays.into();
        Ok(TaskStatus { state, done: self.done(task, date)?, late, tasks: 1, delayed, workdays })
    }

    /// The status of all tasks on the evening of `date`, each by the id of its task, in their order.
    ///
    /// # Errors
    /// Those of [`status_of`](Self::status_of).
    ///
    /// # Examples
    /// ```
    /// use marketloop::plan::{Raci, Task, WorkPlan};
    /// use marketloop::time::{WorkCalendar, date};
    ///
    /// let film = Task::new("film", "film", 3, Raci::new("a", "b")).making("film").with_reminder(1);
    /// let cut = Task::new("cut", "cut", 2, Raci::new("a", "b")).needing("film");
    /// let plan = WorkPlan::draft("p", date(2026, 7, 1)?).task(film).task(cut).check()?;
    /// let calendar = WorkCalendar::monday_to_friday(date(2026, 7, 1)?, date(2026, 7, 31)?)?;
    /// let dated = plan.dated(&calendar)?;
    /// let statuses = dated.status(date(2026, 7, 1)?, None)?;
    /// assert_eq!((statuses[1].0, statuses[1].1.to_string().as_str()), ("cut", "not started, 0% of 2 workdays done"));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn status(
        &self,
        date: NaiveDate,
        baseline: Option<&PlannedDates>,
    ) -> Result<Vec<(&'a str, TaskStatus)>, PlanError> {
        let status =
            |dated: &DatedTask<'a>| Ok((dated.task().id.as_str(), self.status_of(dated, date, baseline)?));
        self.tasks().iter().map(status).collect()
    }
}
