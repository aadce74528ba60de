//! The dates that tasks have of their own, in workdays on a calendar.

use super::{Network, PlanError, Schedule, WorkPlan};
use crate::error::{Path, Problems};
use crate::time::{NaiveDate, TimeError, WorkCalendar};
use alloc::vec::Vec;

impl WorkPlan {
    /// The schedule in workdays from the first workday.
    ///
    /// # Errors
    /// Those of the calendar, each at its date.
    ///
    /// # Examples
    /// ```
    /// use marketloop::plan::{Raci, Task, WorkPlan};
    /// use marketloop::time::{WorkCalendar, date};
    ///
    /// let film = Task::new("film", "film", 5, Raci::new("a", "b")).with_not_before(date(2026, 7, 6)?);
    /// let plan = WorkPlan::draft("p", date(2026, 7, 1)?).task(film).check()?;
    /// let calendar = WorkCalendar::monday_to_friday(date(2026, 7, 1)?, date(2026, 7, 31)?)?;
    /// // Wednesday to Friday come before it.
    /// assert_eq!(plan.schedule(&calendar)?.early_start(0), Some(3));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn schedule(&self, calendar: &WorkCalendar) -> Result<Schedule<'_>, Problems<PlanError>> {
        let bounds = self.bounds(calendar)?;
        bounds.all_known()?;
        let schedule = self.network().schedule_within(&bounds.not_before, &bounds.finish_by);
        bounds.bind_nothing(&schedule)?;
        Ok(schedule)
    }

    /// The bounds of all tasks in workdays from the first workday.
    pub(super) fn bounds(&self, calendar: &WorkCalendar) -> Result<Bounds, Problems<PlanError>> {
        let mut problems = Problems::new();
        let (root, start) = (Path::root(), self.start());
        // The offsets of the horizon's ends. A start beyond them is told once, not at each date.
        let first = calendar.count_workdays(start, calendar.first());
        let Some(first) = problems.take(&root.field("start"), first) else { return problems.finish(None) };
        let last = calendar.count_workdays_through(start, calendar.last());
        let Some(last) = problems.take(&root.field("start"), last) else { return problems.finish(None) };
        let mut bounds = Bounds {
            not_before: Vec::new(),
            finish_by: Vec::new(),
            before: Vec::new(),
            behind: Vec::new(),
            last,
        };
        for (index, task) in self.tasks().iter().enumerate() {
            let path = root.field("tasks").index(index).field("not_before");
            let offset = task.not_before.map(|date| calendar.count_workdays(start, date)).transpose();
            // 0 binds nothing: no task starts before the plan.
            bounds.not_before.push(problems.take(&path, offset).flatten().unwrap_or(0));
            let by = task.finish_by.and_then(|by| bounds.deadline(index, by, start, first, calendar));
            bounds.finish_by.push(by);
        }
        problems.into_result(bounds)
    }
}

/// First starts and last finishes in workdays from the first workday.
#[derive(Debug)]
pub(super) struct Bounds {
    pub(super) not_before: Vec<i64>,
    /// Of a deadline before the calendar the offset of the calendar's first day, which is too late for it.
    pub(super) finish_by: Vec<Option<i64>>,
    /// The tasks whose deadline lies before the calendar, with it and the calendar's error.
    before: Vec<(usize, NaiveDate, TimeError)>,
    /// The tasks whose deadline lies behind the calendar, with the calendar's error.
    behind: Vec<(usize, TimeError)>,
    /// The workdays from the first one to the end of the calendar.
    last: i64,
}

impl Bounds {
    /// The offset by which a task has to be done; `None` where its deadline binds nothing.
    fn deadline(
        &mut self,
        task: usize,
        by: NaiveDate,
        start: NaiveDate,
        first: i64,
        calendar: &WorkCalendar,
    ) -> Option<i64> {
        // A deadline beyond the calendar is no error yet: most plans end long before one that lies behind it.
        match calendar.count_workdays_through(start, by) {
            Ok(offset) => Some(offset),
            Err(error) if by < calendar.first() => {
                self.before.push((task, by, error));
                Some(first)
            }
            Err(error) => {
                self.behind.push((task, error));
                None
            }
        }
    }

    /// # Errors
    /// The deadlines before the calendar.
    fn all_known(&self) -> Result<(), Problems<PlanError>> {
        told(self.before.iter().map(|(index, _, error)| (*index, error)))
    }

    /// Deadlines behind the calendar bind nothing where all work ends within it.
    ///
    /// # Errors
    /// Those deadlines, where it does not.
    pub(super) fn bind_nothing(&self, schedule: &Schedule<'_>) -> Result<(), Problems<PlanError>> {
        let bind = schedule.finish() > self.last;
        told(self.behind.iter().filter(|_| bind).map(|(index, error)| (*index, error)))
    }

    /// For each task the deadline before the calendar on which its late dates depend; `None` where there is no
    /// such deadline at all.
    ///
    /// What depends on them moves where they do: the backward pass is made once more with deadlines so early that
    /// they bind everything they can.
    pub(super) fn unknown_late(
        &self,
        network: &Network,
        schedule: &Schedule<'_>,
    ) -> Option<Vec<Option<NaiveDate>>> {
        let (_, first, _) = self.before.first()?;
        let mut finish_by = self.finish_by.clone();
        for (index, ..) in &self.before {
            // The network clamps it: earlier than any path of the plan reaches.
            #[expect(clippy::indexing_slicing, reason = "the index of a task, of which each has a bound")]
            let by = &mut finish_by[*index];
            *by = Some(i64::MIN);
        }
        let moved = network.schedule_within(&self.not_before, &finish_by);
        let late = |index| (schedule.late_start(index) != moved.late_start(index)).then_some(*first);
        Some((0..network.len()).map(late).collect())
    }
}

/// Deadlines that the calendar does not cover, each at its place.
fn told<'a>(deadlines: impl Iterator<Item = (usize, &'a TimeError)>) -> Result<(), Problems<PlanError>> {
    let mut problems = Problems::new();
    for (index, error) in deadlines {
        problems.push(Path::root().field("tasks").index(index).field("finish_by"), error.clone());
    }
    problems.into_result(())
}
