//! The dates of a plan as they once were, kept to compare with.

use super::{DatedPlan, PlanError};
use crate::figure::{Cell, Table, beside};
use crate::quantity::wire::wire_fields;
use crate::time::{NaiveDate, TimeError, in_range};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;

/// The baseline of a plan: the first and last day of each task, as planned on one day.
///
/// ```
/// # use marketloop::plan::PlannedDates;
/// let json = r#"{
///   "taken_on": "2026-07-01",
///   "tasks": {"koc": {"start": "2026-07-01", "finish": "2026-07-10"}, "launch": {"finish": "2026-07-01"}}
/// }"#;
/// let read: PlannedDates = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<PlannedDates>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[doc(alias = "baseline")]
#[doc(alias = "基线")]
pub struct PlannedDates {
    /// The day on which it was taken.
    taken_on: NaiveDate,
    // By id, not by index: tasks come and go between a baseline and the plan.
    tasks: BTreeMap<String, PlannedTask>,
}

wire_fields!(PlannedDates { taken_on: own, tasks: map });

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct PlannedTask {
    start: Option<NaiveDate>,
    finish: NaiveDate,
}

wire_fields!(PlannedTask { start: optional(own), finish: own });

/// How many workdays a task has moved against a baseline or in a what-if; positive is later.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Slip {
    /// The task is in both plans.
    Moved {
        /// The id of the task.
        id: String,
        /// How many workdays its start moved; 0 for a milestone.
        start: i64,
        /// How many workdays its finish moved.
        finish: i64,
    },
    /// The task is in the new plan only.
    Added {
        /// The id of the task.
        id: String,
    },
    /// The task is in the baseline only.
    Removed {
        /// The id of the task.
        id: String,
    },
}

impl Slip {
    /// The id of the task.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Moved { id, .. } | Self::Added { id } | Self::Removed { id } => id,
        }
    }

    /// The slips as a table, a row for each task.
    #[must_use]
    pub fn table(slips: &[Self]) -> Table {
        let mut table = Table::new("task");
        Self::rows(slips, &mut table, &[]);
        table
    }

    /// Adds the slips to a table that has these rows of its `own`.
    pub(super) fn rows(slips: &[Self], table: &mut Table, own: &[&str]) {
        for slip in slips {
            let id = beside(slip.id(), own);
            match slip {
                Self::Moved { start, finish, .. } => {
                    table.push(&id, "start moves by", Cell::new(start, "workday"));
                    table.push(&id, "finish moves by", Cell::new(finish, "workday"));
                }
                Self::Added { .. } => table.push(id, "finish moves by", Cell::default().because("added")),
                Self::Removed { .. } => table.push(id, "finish moves by", Cell::default().because("removed")),
            }
        }
    }
}

impl PlannedDates {
    /// The day on which it was taken.
    #[must_use]
    pub const fn taken_on(&self) -> NaiveDate {
        self.taken_on
    }

    /// The first and last day of a task in the baseline; `None` if it has no such task. A milestone has no first day.
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
    /// let baseline = dated.baseline(date(2026, 7, 1)?)?;
    /// assert_eq!(baseline.get("film"), Some((Some(date(2026, 7, 1)?), date(2026, 7, 3)?)));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn get(&self, id: &str) -> Option<(Option<NaiveDate>, NaiveDate)> {
        self.tasks.get(id).map(|planned| (planned.start, planned.finish))
    }
}

impl DatedPlan<'_> {
    /// Takes a baseline: the dates of all tasks as they are planned now.
    ///
    /// # Errors
    /// [`TimeError::YearOutOfRange`].
    pub fn baseline(&self, taken_on: NaiveDate) -> Result<PlannedDates, TimeError> {
        let taken_on = in_range(taken_on)?;
        let planned = self.tasks().iter().map(|dated| {
            let dates = PlannedTask { start: dated.start(), finish: dated.finish() };
            (dated.task().id.clone(), dates)
        });
        Ok(PlannedDates { taken_on, tasks: planned.collect() })
    }

    /// Compares the plan with a baseline: a [`Slip`] for each task of the plan in order, then one for each task that is
    /// no longer planned.
    ///
    /// # Errors
    /// [`PlanError::Time`] outside the calendar's horizon.
    ///
    /// # Examples
    /// ```
    /// use marketloop::plan::{Raci, Slip, Task, WorkPlan};
    /// use marketloop::time::{WorkCalendar, date};
    ///
    /// let film = Task::new("film", "film", 3, Raci::new("a", "b")).making("film").with_reminder(1);
    /// let cut = Task::new("cut", "cut", 2, Raci::new("a", "b")).needing("film");
    /// let plan = WorkPlan::draft("p", date(2026, 7, 1)?).task(film).task(cut).check()?;
    /// let calendar = WorkCalendar::monday_to_friday(date(2026, 7, 1)?, date(2026, 7, 31)?)?;
    /// let dated = plan.dated(&calendar)?;
    /// let baseline = dated.baseline(date(2026, 7, 1)?)?;
    /// let later = plan.clone().changed("film", |film| film.workdays = 5)?;
    /// let slips = later.dated(&calendar)?.slips(&baseline)?;
    /// assert!(matches!(&slips[1], Slip::Moved { id, start: 2, finish: 2 } if id == "cut"));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn slips(&self, baseline: &PlannedDates) -> Result<Vec<Slip>, PlanError> {
        let calendar = self.calendar();
        // The day moved from does not count, on either side: a move and the move back are opposite numbers.
        #[expect(clippy::arithmetic_side_effects, reason = "workdays of a calendar")]
        let moved = |from: NaiveDate, to: NaiveDate| -> Result<i64, PlanError> {
            Ok(if to >= from {
                calendar.count_workdays_after(from, to)?
            } else {
                -calendar.count_workdays_after(to, from)?
            })
        };
        let mut slips = Vec::new();
        for dated in self.tasks() {
            let id = dated.task().id.clone();
            slips.push(match baseline.get(&id) {
                None => Slip::Added { id },
                Some((start, finish)) => {
                    let start = match start.zip(dated.start()) {
                        Some((from, to)) => moved(from, to)?,
                        None => 0,
                    };
                    Slip::Moved { id, start, finish: moved(finish, dated.finish())? }
                }
            });
        }
        let gone = baseline.tasks.keys().filter(|id| self.get(id).is_none());
        slips.extend(gone.map(|id| Slip::Removed { id: id.clone() }));
        Ok(slips)
    }
}
