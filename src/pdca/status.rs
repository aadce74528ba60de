//! Where a cycle stands on a day: what is due, late, or done late. Nothing of it is ever entered.

use super::{Cycle, OpenMeasure, PdcaError, Stage, Waiver};
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
    /// The last waiver, where one moved that date.
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
    pub overdue_measures: Vec<(OpenMeasure, u32)>,
}

/// Where a cycle stands on the evening of a day.
///
/// # Errors
/// All problems at once: [`PdcaError::NoPlan`]; [`PdcaError::Time`] where a due date cannot be computed, at its
/// row; [`PdcaError::Plan`] where the tasks have no dates.
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
    let schedule = problems.take_all(&at("stages"), plan.stages().schedule(plan.period(), calendar));
    let stages = schedule.iter().flat_map(super::Schedule::stages).map(|stage| {
        let period_end = stage.row().due.is_recurring().then(|| plan.period().end());
        let (due, stage) = (stage.last().clone(), stage.row().stage);
        let waiver = cycle.waivers().iter().rfind(|waiver| waiver.stage == stage).cloned();
        let until = StageStatus::until_of(&due, period_end, waiver.as_ref());
        let done_on = cycle.done_on(stage).filter(|done| *done <= date);
        let timeliness = match (done_on, days_after(until, done_on.unwrap_or(date))) {
            (None, _) if cycle.phase() == super::Phase::Cancelled => Timeliness::Dropped,
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
        Some(baseline) => Some(baseline.dated(calendar)?.baseline(baseline.start())),
        None => None,
    };
    let statuses = dated.status(date, baseline.as_ref()).map_err(one)?;
    roll_up(&statuses).map_err(one)
}

/// The days by which a day comes after another, 0 where it does not.
fn days_after(due: NaiveDate, date: NaiveDate) -> u32 {
    u32::try_from(date.signed_duration_since(due).num_days().max(0)).unwrap_or(u32::MAX)
}
