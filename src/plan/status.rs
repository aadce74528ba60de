//! Where a task stands on a day: entered facts, and lateness that follows from them.

use super::dated::workdays_between;
use super::{DatedPlan, DatedTask, PlanError, PlannedDates, Task};
use crate::quantity::Ratio;
use crate::time::NaiveDate;
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The state of a task or of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

impl fmt::Display for TaskState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::NotStarted => "not started",
            Self::InProgress => "in progress",
            Self::Done => "done",
            Self::Delayed => "delayed",
        })
    }
}

/// A task's state on a day, and by how many workdays it is late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaskStatus<'a> {
    /// The task.
    pub task: &'a Task,
    /// Its state.
    pub state: TaskState,
    /// How much of it is done: all of it from its finish on, nothing before its start; else what is known of it, or
    /// on a day before its finish what the plan's [`EarningRule`](super::EarningRule) says.
    pub done: Ratio,
    /// The workdays since it should have begun, or should have been done; 0 where it is not late, and on the days
    /// off right behind its last day, where it is delayed by no workday yet. Of a task
    /// that is done the workdays by which it was done late.
    pub late: i64,
}

/// The state of several tasks together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub struct RolledUp {
    /// Delayed where one of them is; done where all are; not started where none was begun; else in progress.
    pub state: TaskState,
    /// How much of the work is done, weighted by workdays; milestones have no weight.
    pub done: Ratio,
    /// How many tasks there are.
    pub tasks: usize,
    /// How many of them are delayed.
    pub delayed: usize,
}

impl<'a> DatedPlan<'a> {
    /// Where a task stands on the evening of `date`, against its dates in this plan or those of a baseline.
    ///
    /// # Errors
    /// [`PlanError::Time`] outside the calendar's horizon.
    ///
    /// What is known of the work is that of the last time somebody told: a share done is taken for that of `date`.
    pub fn status_of(
        &self,
        dated: &DatedTask<'a>,
        date: NaiveDate,
        baseline: Option<&PlannedDates>,
    ) -> Result<TaskStatus<'a>, PlanError> {
        let task = dated.task();
        let planned = baseline.and_then(|baseline| baseline.get(&task.id));
        let (start, finish) = planned.unwrap_or((dated.start(), dated.finish()));
        // A day of work is late only when it is over.
        let over = |day: NaiveDate| -> Result<i64, PlanError> {
            let next = super::work_plan::next_day(day)?;
            Ok(if next > date { 0 } else { workdays_between(self.calendar(), next, date)? })
        };
        let progress = &task.progress;
        let finished = progress.finished.filter(|finished| *finished <= date);
        let started = progress.started.filter(|started| *started <= date);
        let (state, late) = match (started, finished) {
            (_, Some(finished)) if finished > finish => {
                let late = workdays_between(self.calendar(), super::work_plan::next_day(finish)?, finished)?;
                (TaskState::Done, late)
            }
            (_, Some(_)) => (TaskState::Done, 0),
            (Some(_), None) if date > finish => (TaskState::Delayed, over(finish)?),
            (Some(_), None) => (TaskState::InProgress, 0),
            (None, None) => {
                let due = start.unwrap_or(finish);
                let late = if date >= due { workdays_between(self.calendar(), due, date)? } else { 0 };
                // Not begun on the evening of its first day: one workday is lost.
                (if late > 0 { TaskState::Delayed } else { TaskState::NotStarted }, late)
            }
        };
        Ok(TaskStatus { task, state, done: self.done(task, date)?, late })
    }

    /// Where all tasks stand on the evening of `date`.
    ///
    /// # Errors
    /// Those of [`status_of`](Self::status_of).
    pub fn status(
        &self,
        date: NaiveDate,
        baseline: Option<&PlannedDates>,
    ) -> Result<Vec<TaskStatus<'a>>, PlanError> {
        self.tasks().iter().map(|dated| self.status_of(dated, date, baseline)).collect()
    }
}

/// The state of these tasks together; `None` of none.
///
/// # Errors
/// [`PlanError::Quantity`] where the share done needs more than 128 bits.
pub fn roll_up<'a>(
    statuses: impl IntoIterator<Item = &'a TaskStatus<'a>>,
) -> Result<Option<RolledUp>, PlanError> {
    let (mut tasks, mut delayed, mut done, mut begun) = (0_usize, 0_usize, 0_usize, 0_usize);
    let (mut work, mut worked) = (0_u64, Ratio::ZERO);
    for status in statuses {
        tasks = tasks.saturating_add(1);
        let count = |sum: &mut usize, holds: bool| *sum = sum.saturating_add(usize::from(holds));
        count(&mut delayed, status.state == TaskState::Delayed);
        count(&mut done, status.state == TaskState::Done);
        count(&mut begun, status.task.progress.started.is_some() && status.state != TaskState::NotStarted);
        work = work.saturating_add(status.task.workdays.into());
        let weight = Ratio::from(Decimal::from(status.task.workdays));
        worked = worked.plus(weight.times(status.done)?)?;
    }
    if tasks == 0 {
        return Ok(None);
    }
    let state = match () {
        () if delayed > 0 => TaskState::Delayed,
        () if done == tasks => TaskState::Done,
        () if begun == 0 => TaskState::NotStarted,
        () => TaskState::InProgress,
    };
    // Milestones alone are no work: all of it is done when they are.
    let nothing = if done == tasks { Ratio::ONE } else { Ratio::ZERO };
    let done = if work == 0 { nothing } else { worked.divided_by(Ratio::from(Decimal::from(work)))? };
    Ok(Some(RolledUp { state, done, tasks, delayed }))
}
