//! What some changes would do to a plan.

use super::bounds::Bounds;
use super::milestone::{Morning, mornings};
use super::{DatedPlan, Network, PlanError, Schedule, Slip};
use crate::error::{Path, Problems};
use crate::figure::{Cell, Table, beside};
use crate::quantity::wire::wire_variants;
use crate::time::NaiveDate;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use serde::Serialize;

/// A change of one task, to be tried by [`DatedPlan::what_if`].
///
/// # Examples
/// ```
/// use marketloop::plan::Change;
///
/// assert_eq!(serde_json::from_str::<Change>(r#"{"longer":2}"#)?, Change::Longer(2));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Change {
    /// Replaces its duration in workdays.
    Workdays(u32),
    /// Adds workdays to its duration.
    Longer(u32),
    /// Starts it this many workdays after its early start.
    Delay(u32),
}

wire_variants!(Change {
    "workdays" => Workdays(_),
    "longer" => Longer(_),
    "delay" => Delay(_),
});

/// The consequences of changes: which tasks move, become critical or miss their deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Impact {
    /// The finish of the plan before and after, in workdays from its start.
    pub finish: (i64, i64),
    /// The tasks whose early start or finish moves, each with the workdays by which it moves.
    pub moved: Vec<Slip>,
    /// The ids of the tasks that would be critical.
    pub critical: Vec<String>,
    /// The ids of those that were not before.
    pub newly_critical: Vec<String>,
    /// The ids of the tasks that would miss their deadline (`finish_by`) and did not before, each with that deadline.
    pub broken: Vec<(String, NaiveDate)>,
}

impl fmt::Display for Impact {
    /// The [`table`](Self::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

impl Impact {
    /// A row for the end of the plan and for each task that moves, becomes critical or misses its deadline.
    #[must_use]
    pub fn table(&self) -> Table {
        const PLAN: &str = "plan";
        let mut table = Table::new("task");
        table.push(PLAN, "finish moves by", Cell::new(self.delay(), "workday"));
        Slip::rows(&self.moved, &mut table, &[PLAN]);
        for id in &self.newly_critical {
            table.push(beside(id, &[PLAN]), "critical", true);
        }
        for (id, by) in &self.broken {
            table.push(beside(id, &[PLAN]), "misses", *by);
        }
        table
    }

    /// By how many workdays the end of the plan moves.
    #[must_use]
    pub const fn delay(&self) -> i64 {
        // Open fields: a caller's own numbers may not fit, those of a plan always do.
        self.finish.1.saturating_sub(self.finish.0)
    }
}

impl DatedPlan<'_> {
    /// The consequences of these changes together, each with the id of its task. The plan stays as it is.
    ///
    /// # Errors
    /// All problems at once, each at its place in the list: [`PlanError::NoSuchTask`]; [`PlanError::TooLong`]. Then
    /// those of the calendar.
    ///
    /// # Examples
    /// ```
    /// use marketloop::plan::{Change, Raci, Task, WorkPlan};
    /// use marketloop::time::{WorkCalendar, date};
    ///
    /// let raci = || Raci::new("a", "b");
    /// let plan = WorkPlan::draft("p", date(2026, 7, 1)?)
    ///     .task(Task::new("koc", "contracts", 8, raci()).making("data pack"))
    ///     .task(Task::new("content", "content", 7, raci()).needing("data pack").with_finish_by(date(2026, 7, 21)?))
    ///     .check()?;
    /// let calendar = WorkCalendar::monday_to_friday(date(2026, 7, 1)?, date(2026, 12, 31)?)?;
    /// let impact = plan.dated(&calendar)?.what_if([("koc", Change::Longer(2))])?;
    /// assert_eq!((impact.delay(), impact.broken[0].0.as_str()), (2, "content"));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn what_if<'c>(
        &self,
        changes: impl IntoIterator<Item = (&'c str, Change)>,
    ) -> Result<Impact, Problems<PlanError>> {
        let mut problems = Problems::new();
        let mut durations = self.plan().network().durations().to_vec();
        let bounds = self.plan().bounds(self.calendar())?;
        let mut not_before = bounds.not_before.clone();
        for (place, (id, change)) in changes.into_iter().enumerate() {
            let path = Path::root().index(place);
            let Some(index) = self.plan().index_of(id) else {
                problems.push(path, PlanError::NoSuchTask { id: id.into() });
                continue;
            };
            #[expect(clippy::indexing_slicing, reason = "durations and bounds of all tasks")]
            let (workdays, first) = (&mut durations[index], &mut not_before[index]);
            match change {
                Change::Workdays(count) => *workdays = count,
                Change::Longer(count) => match workdays.checked_add(count) {
                    Some(longer) => *workdays = longer,
                    None => problems.push(path, PlanError::TooLong { id: id.into() }),
                },
                // From the early start of the plan as it is: two delays of one task do not add up.
                #[expect(
                    clippy::arithmetic_side_effects,
                    reason = "a date of the schedule, far from 2^63, and 32 bits"
                )]
                Change::Delay(count) => {
                    *first = (self.schedule().early(index).0 + i64::from(count)).max(*first);
                }
            }
        }
        // The same relations between the same tasks: there is still no cycle.
        let network = Network::new(&durations, self.plan().relations());
        let Some(network) = problems.take(&Path::root(), network) else {
            return problems.finish(None);
        };
        let after = network.schedule_within(&not_before, &bounds.finish_by);
        problems.into_result(())?;
        bounds.bind_nothing(&after)?;
        Ok(self.impact(&after, &bounds))
    }

    #[expect(clippy::indexing_slicing, reason = "bounds and milestones of all tasks")]
    #[expect(clippy::arithmetic_side_effects, reason = "dates of schedules, far from 2^63")]
    fn impact(&self, after: &Schedule<'_>, bounds: &Bounds) -> Impact {
        let before = self.schedule();
        let in_morning = |of: &Schedule<'_>| mornings(self.plan(), of, &bounds.not_before);
        let (morning_before, morning_after) = (in_morning(before), in_morning(after));
        let mut impact = Impact {
            finish: (before.finish(), after.finish()),
            moved: Vec::new(),
            critical: Vec::new(),
            newly_critical: Vec::new(),
            broken: Vec::new(),
        };
        for (index, task) in self.plan().tasks().iter().enumerate() {
            let (own, moved) = (before.early(index), after.early(index));
            if own != moved {
                let id = task.id.clone();
                impact.moved.push(Slip::Moved { id, start: moved.0 - own.0, finish: moved.1 - own.1 });
            }
            if after.is_critical(index) {
                impact.critical.push(task.id.clone());
                if !before.is_critical(index) {
                    impact.newly_critical.push(task.id.clone());
                }
            }
            // What is reached in a morning is reached on that day, whose end is one workday later.
            let evening =
                |finish: i64, mornings: &[Option<Morning>]| finish + i64::from(mornings[index].is_some());
            if let (Some(by), Some(date)) = (bounds.finish_by[index], task.finish_by)
                && evening(own.1, &morning_before) <= by
                && evening(moved.1, &morning_after) > by
            {
                impact.broken.push((task.id.clone(), date));
            }
        }
        impact
    }
}
