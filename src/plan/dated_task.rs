//! The dates of one task.

use super::milestone::Morning;
use super::{Schedule, Task};
use crate::figure::{Cause, Figure};
use crate::quantity::wire::serialize_fields;
use crate::time::{NaiveDate, TimeError, WorkCalendar};
use alloc::string::ToString;
use serde::{Serialize, Serializer};

/// A task with its early and late dates; a finish is the last day of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatedTask<'a> {
    task: &'a Task,
    // Kept so that late dates are looked up only when asked for: they may lie beyond the calendar.
    dates: Dates<'a>,
    start: Option<NaiveDate>,
    finish: NaiveDate,
    /// The late start, and the late last day, in workdays from the start of the plan.
    late: (i64, i64),
    total_float: i64,
    /// The deadline before the calendar on which late dates and float depend: they are then upper bounds.
    unknown: Option<NaiveDate>,
    free_float: i64,
}

impl<'a> DatedTask<'a> {
    /// The task.
    #[must_use]
    pub const fn task(&self) -> &'a Task {
        self.task
    }

    /// The early start: the first day of work; `None` for a milestone, which takes no day.
    #[must_use]
    pub const fn start(&self) -> Option<NaiveDate> {
        self.start
    }

    /// The early finish: the last day of work. For a milestone the day on which it is reached: the day on which the work
    /// ends that it waits for; or its `not_before`, if that sets its date; or the first day of the plan.
    #[must_use]
    pub const fn finish(&self) -> NaiveDate {
        self.finish
    }

    /// The late start: the last day on which work may begin without moving the end of the plan. Undefined for a
    /// milestone; missing beyond the calendar.
    #[must_use]
    pub fn late_start(&self) -> Figure<NaiveDate> {
        if self.task.workdays == 0 {
            return Figure::undefined("late start", Cause::None("workday of a milestone".into()));
        }
        covered(self.known().and_then(|()| self.dates.day(self.late.0)))
    }

    /// The late finish: the day by which work has to end without moving the end of the plan. Missing beyond the
    /// calendar.
    #[must_use]
    pub fn late_finish(&self) -> Figure<NaiveDate> {
        // Without float late is early: in a morning that may be a day off, which no offset tells.
        let late = || if self.total_float == 0 { Ok(self.finish) } else { self.dates.day(self.late.1) };
        covered(self.known().and_then(|()| late()))
    }

    /// The total float: how many workdays the task can slip without moving the end of the plan. Negative if a deadline
    /// (`finish_by`) is missed; missing if it depends on a deadline before the calendar's first day.
    #[must_use]
    #[doc(alias = "slack")]
    #[doc(alias = "浮动时间")]
    pub fn total_float(&self) -> Figure<i64> {
        covered(self.known().map(|()| self.total_float))
    }

    /// Says on which deadline before the calendar its late dates depend.
    pub(super) const fn depend_on(&mut self, deadline: Option<NaiveDate>) {
        self.unknown = deadline;
    }

    /// Keeps the late date of a milestone in a morning on or before its deadline and the end of the plan, which
    /// are evenings.
    pub(super) fn reach_within(&mut self, early: i64, by: Option<i64>, end: i64) {
        let evening = |end: i64, is_met: bool| {
            #[expect(clippy::arithmetic_side_effects, reason = "an offset of the schedule: they fit 64 bits")]
            let day = end - 1;
            // It may be reached on a day off that is not behind the last day.
            if is_met { day.max(early) } else { day }
        };
        if let Some(last) =
            by.map(|by| evening(by, self.missed().is_none())).filter(|last| self.late.1 > *last)
        {
            self.late.1 = last;
            #[expect(clippy::arithmetic_side_effects, reason = "floats of the schedule fit 64 bits")]
            let float = last - early;
            self.total_float = float;
        }
        self.late.1 = self.late.1.min(evening(end, true));
    }

    fn known(&self) -> Result<(), TimeError> {
        // A deadline before the calendar is one of its errors.
        self.unknown.map_or(Ok(()), |deadline| self.dates.calendar.is_workday(deadline).map(drop))
    }

    /// The free float: how many workdays the task can slip without moving any other task.
    #[must_use]
    pub const fn free_float(&self) -> i64 {
        self.free_float
    }

    /// Whether the task is critical: it has no total float.
    #[must_use]
    pub const fn is_critical(&self) -> bool {
        self.total_float <= 0
    }

    /// The deadline (`finish_by`) that the task misses at its early dates.
    #[must_use]
    pub fn missed(&self) -> Option<NaiveDate> {
        self.task.finish_by.filter(|by| self.finish > *by)
    }
}

/// What the calendar tells, or which day it does not cover.
pub(super) fn covered<T>(told: Result<T, TimeError>) -> Figure<T> {
    told.map_or_else(|error| Figure::missing(error.to_string()), Figure::Known)
}

/// A task with its dates on the wire.
struct DatedRow<'a> {
    id: &'a str,
    start: Option<NaiveDate>,
    finish: NaiveDate,
    late_start: Figure<NaiveDate>,
    late_finish: Figure<NaiveDate>,
    total_float: Figure<i64>,
    free_float: i64,
    is_critical: bool,
    missed: Option<NaiveDate>,
}

serialize_fields!(DatedRow<'a> {
    id,
    start: optional,
    finish,
    late_start,
    late_finish,
    total_float,
    free_float,
    is_critical,
    missed: optional,
});

impl Serialize for DatedTask<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        DatedRow {
            id: &self.task.id,
            start: self.start,
            finish: self.finish,
            late_start: self.late_start(),
            late_finish: self.late_finish(),
            total_float: self.total_float(),
            free_float: self.free_float,
            is_critical: self.is_critical(),
            missed: self.missed(),
        }
        .serialize(serializer)
    }
}

/// Workdays from the start of the plan as dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dates<'a> {
    calendar: &'a WorkCalendar,
    start: NaiveDate,
}

impl<'a> Dates<'a> {
    pub(super) const fn new(calendar: &'a WorkCalendar, start: NaiveDate) -> Self {
        Self { calendar, start }
    }

    pub(super) fn of(
        self,
        task: &'a Task,
        index: usize,
        schedule: &Schedule<'_>,
        morning: Option<Morning>,
    ) -> Result<DatedTask<'a>, TimeError> {
        let row = schedule.row(index);
        let finish = match morning {
            None => self.finish(row.early_finish)?,
            Some(Morning::Of(date)) => date,
            Some(Morning::Workday) => self.day(row.early_start)?,
        };
        let last = row.late_finish;
        // Finishes are exclusive: the last day is the one before, but a morning is its own day.
        #[expect(
            clippy::arithmetic_side_effects,
            reason = "a clamped offset: see `Network::schedule_within`"
        )]
        let last = if morning.is_some() || last == 0 { last } else { last - 1 };
        Ok(DatedTask {
            task,
            dates: self,
            start: (task.workdays > 0).then(|| self.day(row.early_start)).transpose()?,
            finish,
            late: (row.late_start, last),
            total_float: row.total_float,
            unknown: None,
            free_float: row.free_float,
        })
    }

    /// The workday `offset` workdays after the first one.
    #[expect(clippy::arithmetic_side_effects, reason = "63 bits and 1")]
    fn day(self, offset: i64) -> Result<NaiveDate, TimeError> {
        // No calendar has so many workdays: it answers with the day that it does not cover.
        let nth = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        if offset >= 0 {
            self.calendar.workday_from(self.start, nth(offset.unsigned_abs() + 1))
        } else {
            // From the day before the start: -1 is the last workday ahead of it.
            let before = self.start.pred_opt().ok_or(TimeError::DateOutOfRange { from: self.start })?;
            self.calendar.workday_until(before, nth(offset.unsigned_abs()))
        }
    }

    /// The last day of work before a finish of 0 or more, or the first workday where nothing lies before it.
    #[expect(clippy::arithmetic_side_effects, reason = "0 or more, less 1")]
    pub(super) fn finish(self, offset: i64) -> Result<NaiveDate, TimeError> {
        self.day((offset - 1).max(0))
    }
}
