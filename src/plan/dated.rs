//! The dates of a plan.

use super::milestone::{Morning, mornings};
use super::work_plan::next_day;
use super::{EarningRule, PlanError, Schedule, Task, WorkPlan};
use crate::error::Problems;
use crate::figure::{Cause, Figure, Table};
use crate::quantity::wire::serialize_fields;
use crate::time::{NaiveDate, TimeError, WorkCalendar};
use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Index;
use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

/// A plan with the dates of its tasks on a work calendar.
///
/// On the wire its finish and the tasks with their dates; [`table`](Self::table) shows the same.
#[derive(Debug, Clone)]
pub struct DatedPlan<'a> {
    plan: &'a WorkPlan,
    calendar: &'a WorkCalendar,
    schedule: Schedule<'a>,
    tasks: Vec<DatedTask<'a>>,
    finish: NaiveDate,
    earning: EarningRule,
}

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

    /// The first day of work at the earliest; `None` of a milestone, which takes no day.
    #[must_use]
    pub const fn start(&self) -> Option<NaiveDate> {
        self.start
    }

    /// The last day of work at the earliest. Of a milestone the day on which it is reached: the last workday
    /// before it, on which the work ends that it waits for; or the day that it may not be before, where that sets
    /// its date; or the first day of the plan.
    #[must_use]
    pub const fn finish(&self) -> NaiveDate {
        self.finish
    }

    /// The first day of work at the latest. Undefined of a milestone; missing beyond the calendar.
    #[must_use]
    pub fn late_start(&self) -> Figure<NaiveDate> {
        if self.task.workdays == 0 {
            return Figure::undefined("late start", Cause::None("workday of a milestone".into()));
        }
        covered(self.known().and_then(|()| self.dates.day(self.late.0)))
    }

    /// The last day of work at the latest. Missing beyond the calendar.
    #[must_use]
    pub fn late_finish(&self) -> Figure<NaiveDate> {
        // Without float late is early: in a morning that may be a day off, which no offset tells.
        let late = || if self.total_float == 0 { Ok(self.finish) } else { self.dates.day(self.late.1) };
        covered(self.known().and_then(|()| late()))
    }

    /// How many workdays it can slip without moving the end of the plan; below 0 if a date by which some
    /// task has to be done is missed. Missing if it depends on a deadline before the calendar's first day.
    #[must_use]
    pub fn total_float(&self) -> Figure<i64> {
        covered(self.known().map(|()| self.total_float))
    }

    /// Keeps the late date of a milestone in a morning on or before its deadline and the end of the plan, which
    /// are evenings.
    fn reach_within(&mut self, early: i64, by: Option<i64>, end: i64) {
        let evening = |end: i64, is_met: bool| {
            let day = end.saturating_sub(1);
            // It may be reached on a day off that is not behind the last day.
            if is_met { day.max(early) } else { day }
        };
        if let Some(last) =
            by.map(|by| evening(by, self.missed().is_none())).filter(|last| self.late.1 > *last)
        {
            self.late.1 = last;
            self.total_float = last.saturating_sub(early);
        }
        self.late.1 = self.late.1.min(evening(end, true));
    }

    fn known(&self) -> Result<(), TimeError> {
        // A deadline before the calendar is one of its errors.
        self.unknown.map_or(Ok(()), |deadline| self.dates.calendar.is_workday(deadline).map(drop))
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

/// What the calendar tells, or which day it does not cover.
fn covered<T>(told: Result<T, TimeError>) -> Figure<T> {
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

impl Serialize for DatedPlan<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("DatedPlan", 2)?;
        fields.serialize_field("finish", &self.finish)?;
        fields.serialize_field("tasks", &self.tasks)?;
        fields.end()
    }
}

impl fmt::Display for DatedPlan<'_> {
    /// The [`table`](Self::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

impl WorkPlan {
    /// The dates of the plan on a calendar.
    ///
    /// All early dates have to lie within the calendar's horizon. A late date beyond it, or one that depends on
    /// a deadline before it, is missing, and nothing else; a deadline behind it binds nothing.
    ///
    /// # Errors
    /// [`PlanError::Time`] where an early date lies outside the calendar's horizon.
    ///
    /// # Examples
    /// ```
    /// use marketloop::figure::Figure;
    /// use marketloop::plan::{Raci, Task, WorkPlan};
    /// use marketloop::time::{WorkCalendar, date};
    ///
    /// // Ten days of work, to be done on the second: they would have to begin before the calendar does.
    /// let site = Task::new("site", "site", 10, Raci::new("a", "b")).with_finish_by(date(2026, 10, 9)?);
    /// let plan = WorkPlan::draft("site", date(2026, 10, 8)?).task(site).check()?;
    /// let calendar = WorkCalendar::monday_to_friday(date(2026, 10, 1)?, date(2026, 12, 31)?)?;
    /// let dated = plan.dated(&calendar)?;
    /// assert_eq!((dated.finish(), dated["site"].total_float()), (date(2026, 10, 21)?, Figure::Known(-8)));
    /// assert_eq!(dated["site"].missed(), Some(date(2026, 10, 9)?));
    /// assert_eq!(dated["site"].late_finish(), Figure::Known(date(2026, 10, 9)?));
    /// assert!(dated["site"].late_start().is_missing());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn dated<'a>(&'a self, calendar: &'a WorkCalendar) -> Result<DatedPlan<'a>, Problems<PlanError>> {
        let bounds = self.bounds(calendar)?;
        let schedule = self.network().schedule_within(&bounds.not_before, &bounds.finish_by);
        bounds.bind_nothing(&schedule)?;
        let mut problems = Problems::new();
        let root = crate::error::Path::root();
        let dates = Dates { calendar, start: self.start() };
        let mornings = mornings(self, &schedule, &bounds.not_before);
        let mut tasks = Vec::with_capacity(self.tasks().len());
        for ((index, task), morning) in self.tasks().iter().enumerate().zip(&mornings) {
            let with_dates = dates.of(task, index, &schedule, *morning).map_err(PlanError::from);
            tasks.extend(problems.take(&root.field("tasks").index(index), with_dates));
        }
        let finish = dates.finish(schedule.finish()).map_err(PlanError::from);
        let Some(finish) = problems.take(&root, finish) else { return problems.finish(None) };
        let mut tasks = problems.into_result(tasks)?;
        // A milestone may stand on a day off behind the last day of work.
        let finish = tasks.iter().map(|dated| dated.finish).fold(finish, NaiveDate::max);
        let unknown = bounds.unknown_late(self.network(), &schedule);
        for (index, dated) in tasks.iter_mut().enumerate() {
            dated.unknown = unknown.as_ref().and_then(|unknown| unknown.get(index).copied().flatten());
            if mornings.get(index).is_some_and(Option::is_some) {
                let by = bounds.finish_by.get(index).copied().flatten();
                dated.reach_within(schedule.early_start(index).unwrap_or_default(), by, schedule.finish());
            }
        }
        // The most careful one, until the caller states another.
        let earning = EarningRule::default();
        Ok(DatedPlan { plan: self, calendar, schedule, tasks, finish, earning })
    }
}

/// Workdays from the start of the plan as dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Dates<'a> {
    calendar: &'a WorkCalendar,
    start: NaiveDate,
}

impl<'a> Dates<'a> {
    fn of(
        self,
        task: &'a Task,
        index: usize,
        schedule: &Schedule<'_>,
        morning: Option<Morning>,
    ) -> Result<DatedTask<'a>, TimeError> {
        // The schedule has every task of the plan.
        let read = |value: Option<i64>| value.unwrap_or_default();
        let (early, late) = (read(schedule.early_start(index)), read(schedule.late_start(index)));
        let finish = match morning {
            None => self.finish(read(schedule.early_finish(index)))?,
            Some(Morning::Of(date)) => date,
            Some(Morning::Workday) => self.day(early)?,
        };
        let last = read(schedule.late_finish(index));
        // Finishes are exclusive: the last day is the one before, but a morning is its own day.
        let last = if morning.is_some() || last == 0 { last } else { last.saturating_sub(1) };
        Ok(DatedTask {
            task,
            dates: self,
            start: (task.workdays > 0).then(|| self.day(early)).transpose()?,
            finish,
            late: (late, last),
            total_float: read(schedule.total_float(index)),
            unknown: None,
            free_float: read(schedule.free_float(index)),
        })
    }

    /// The workday `offset` workdays after the first one.
    fn day(self, offset: i64) -> Result<NaiveDate, TimeError> {
        // No calendar has so many workdays: it answers with the day that it does not cover.
        let nth = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        if offset >= 0 {
            self.calendar.workday_from(self.start, nth(offset.unsigned_abs().saturating_add(1)))
        } else {
            // From the day before the start: -1 is the last workday ahead of it.
            let before = self.start.pred_opt().ok_or(TimeError::DateOutOfRange { from: self.start })?;
            self.calendar.workday_until(before, nth(offset.unsigned_abs()))
        }
    }

    /// The last day of work before a finish, or the first workday where nothing lies before it.
    fn finish(self, offset: i64) -> Result<NaiveDate, TimeError> {
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
    /// assert_eq!(dated.get("cut").map(|cut| cut.finish()), Some(date(2026, 7, 7)?));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&DatedTask<'a>> {
        self.tasks.get(self.plan.index_of(id)?)
    }

    /// The plan, whose tasks earn by this rule on days before they are done.
    ///
    /// # Examples
    /// ```
    /// use marketloop::plan::{EarningRule, Progress, Raci, Task, WorkPlan};
    /// use marketloop::quantity::Money;
    /// use marketloop::time::{WorkCalendar, date};
    ///
    /// // It was done on the 20th of its workdays; how far it was after 5 of them, nobody wrote down.
    /// let film = Task::new("film", "film", 20, Raci::new("a", "b"))
    ///     .with_cost(Money::parse("10000 CNY")?)
    ///     .with_progress(Progress::finished(date(2026, 7, 1)?, date(2026, 7, 28)?));
    /// let plan = WorkPlan::draft("p", date(2026, 7, 1)?).task(film).check()?;
    /// let calendar = WorkCalendar::monday_to_friday(date(2026, 7, 1)?, date(2026, 7, 31)?)?;
    /// let earned = |rule| -> Result<String, marketloop::Error> {
    ///     let dated = plan.dated(&calendar)?.with_earning_rule(rule);
    ///     Ok(dated.earned_value(date(2026, 7, 7)?, Money::parse("300 CNY")?)?.earned_value().to_string())
    /// };
    /// assert_eq!(earned(EarningRule::ZeroHundred)?, "0.00 CNY");
    /// assert_eq!(earned(EarningRule::FiftyFifty)?, "5,000.00 CNY");
    /// assert_eq!(earned(EarningRule::Linear)?, "2,500.00 CNY");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_earning_rule(self, earning: EarningRule) -> Self {
        Self { earning, ..self }
    }

    /// How tasks earn on days before they are done.
    #[must_use]
    pub const fn earning_rule(&self) -> EarningRule {
        self.earning
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

    /// The critical paths by the ids of their tasks, up to `cap`;
    /// [`Schedule::critical_path_count`] says how many there are.
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
    /// assert_eq!(dated.critical_paths(10), [["film", "cut"]]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "the schedule has the tasks of the plan")]
    pub fn critical_paths(&self, cap: usize) -> Vec<Vec<&'a str>> {
        let id = |task: usize| self.plan.tasks()[task].id.as_str();
        let paths = self.schedule.critical_paths(cap).into_iter();
        paths.map(|path| path.into_iter().map(id).collect()).collect()
    }

    /// A row for each task with its early and late dates and its floats; [`gantt`](Self::gantt) draws them.
    ///
    /// # Examples
    /// ```
    /// use marketloop::plan::{Raci, Task, WorkPlan};
    /// use marketloop::time::{WorkCalendar, date};
    ///
    /// let plan = WorkPlan::draft("p", date(2026, 7, 1)?).task(Task::new("koc", "contracts", 8, Raci::new("a", "b")));
    /// let (plan, calendar) = (plan.check()?, WorkCalendar::monday_to_friday(date(2026, 7, 1)?, date(2026, 12, 31)?)?);
    /// let table = plan.dated(&calendar)?.table();
    /// assert_eq!(table.get("koc", "finish").and_then(|cell| cell.value.as_deref()), Some("2026-07-10"));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("task");
        for dated in &self.tasks {
            let id = &dated.task.id;
            table.push(id, "start", dated.start);
            table.push(id, "finish", dated.finish);
            table.push(id, "late start", dated.late_start());
            table.push(id, "late finish", dated.late_finish());
            table.push(id, "total float", dated.total_float());
            table.push(id, "free float", dated.free_float);
            table.push(id, "critical", dated.is_critical());
            if let Some(by) = dated.missed() {
                table.push(id, "misses", by);
            }
        }
        table
    }

    /// The reminders of key nodes that fall on `from` to `to`, both included, in the order of their days.
    ///
    /// If the calendar does not tell the day of a reminder, which may be one of these, the reminder comes at the
    /// end, and its day is missing.
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
    /// // A workday ahead of the film's last day.
    /// let reminders = dated.reminders(date(2026, 7, 1)?, date(2026, 7, 31)?);
    /// assert_eq!((reminders[0].id, reminders[0].on.clone().get()?), ("film", date(2026, 7, 2)?));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn reminders(&self, from: NaiveDate, to: NaiveDate) -> Vec<Reminder<'a>> {
        let mut reminders = Vec::new();
        for dated in self.tasks.iter().filter(|dated| dated.task.progress.finished.is_none()) {
            let due = dated.task.finish_by.unwrap_or(dated.finish);
            for &workdays_ahead in &dated.task.remind {
                let on = self.calendar.workday_until(due, workdays_ahead.saturating_add(1));
                let (earliest, latest) = match &on {
                    Ok(on) => (Some(*on), *on),
                    Err(_) => self.around(due, workdays_ahead),
                };
                // A day that is not known is told where it may fall: better one too many than one missed.
                let falls = from <= latest && earliest.is_none_or(|earliest| earliest <= to);
                if falls {
                    let id = &dated.task.id;
                    reminders.push(Reminder { id, on: covered(on), due, workdays_ahead });
                }
            }
        }
        reminders.sort_by_key(|reminder| {
            let on = reminder.on.as_ref().known().copied();
            // `false` comes first: unknown days stand at the end.
            (on.is_none(), on, reminder.due)
        });
        reminders
    }

    /// The days between which a reminder falls that the calendar does not tell, whatever days are workdays behind
    /// the calendar's last day; before its first day nothing is known.
    fn around(&self, due: NaiveDate, workdays_ahead: u32) -> (Option<NaiveDate>, NaiveDate) {
        let (first, last) = (self.calendar.first(), self.calendar.last());
        if due <= last {
            return (None, due.min(first.pred_opt().unwrap_or(first)));
        }
        // At most so many workdays lie behind the calendar: those that are left over lie within it.
        let beyond = u32::try_from(due.signed_duration_since(last).num_days()).unwrap_or(u32::MAX);
        let earliest = match workdays_ahead.checked_sub(beyond) {
            None => crate::time::add_days(due, i64::from(workdays_ahead).saturating_neg()).ok(),
            Some(within) => self.calendar.workday_until(last, within.saturating_add(1)).ok(),
        };
        (earliest, due)
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Reminder<'a> {
    /// The id of the task.
    pub id: &'a str,
    /// The day of the reminder. Missing beyond the calendar.
    pub on: Figure<NaiveDate>,
    /// The day by which the task has to be done, or else its last day as planned.
    pub due: NaiveDate,
    /// The workdays from the reminder to that day.
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

#[cfg(test)]
mod tests {
    use super::super::{Progress, Raci};
    use super::*;
    use crate::quantity::Share;
    use crate::time::date;
    use alloc::format;

    fn on(month: u32, day: u32) -> NaiveDate {
        date(2026, month, day).unwrap()
    }

    fn autumn() -> WorkCalendar {
        WorkCalendar::monday_to_friday(on(10, 1), on(12, 31)).unwrap()
    }

    fn task(id: &str, workdays: u32) -> Task {
        Task::new(id, id, workdays, Raci::new("team", "director")).making(id)
    }

    fn plan(tasks: impl IntoIterator<Item = Task>) -> WorkPlan {
        WorkPlan::draft("site", on(10, 8)).with_tasks(tasks).check().unwrap()
    }

    fn beyond<T>(date: NaiveDate) -> Figure<T> {
        let error = TimeError::OutOfHorizon { date, first: on(10, 1), last: on(12, 31) };
        Figure::missing(error.to_string())
    }

    /// N14: a date that the calendar does not cover is one error of its own, and the plan is dated.
    #[test]
    fn only_what_needs_a_missing_day_is_undefined() {
        let calendar = autumn();
        let tight = plan([task("site", 10).with_finish_by(on(10, 9)), task("watch", 2).needing("site")]);
        let dated = tight.dated(&calendar).unwrap();
        let site = &dated["site"];
        assert_eq!((site.start(), site.finish()), (Some(on(10, 8)), on(10, 21)));
        assert_eq!((site.total_float(), site.missed()), (Figure::Known(-8), Some(on(10, 9))));
        assert_eq!((site.late_start(), site.late_finish()), (beyond(on(9, 30)), Figure::Known(on(10, 9))));
        assert_eq!(dated["watch"].late_start(), Figure::Known(on(10, 22)));
        // A deadline behind the calendar binds nothing, one on its last day may.
        let far = date(2027, 3, 31).unwrap();
        let late = plan([task("site", 10).with_finish_by(far).with_reminder(3)]);
        let dated = late.dated(&calendar).unwrap();
        assert_eq!((dated.finish(), dated["site"].total_float()), (on(10, 21), Figure::Known(0)));
        assert!(
            late.schedule(&calendar).is_ok()
                && dated.what_if([("site", super::super::Change::Delay(9))]).is_ok()
        );
        // Beyond the calendar it may bind.
        let refused = dated.what_if([("site", super::super::Change::Longer(90))]).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "tasks[0].finish_by: 2027-03-31 is outside the calendar's horizon 2026-10-01 to 2026-12-31"
        );
        // Its reminder is on some day of next year.
        assert_eq!(dated.reminders(on(10, 1), on(12, 31)), []);
        let unknown = dated.reminders(on(10, 1), far);
        assert_eq!((unknown.len(), unknown[0].on.clone()), (1, beyond(far)));
    }

    #[test]
    fn a_deadline_before_the_calendar_leaves_the_float_unknown_where_it_counts() {
        let calendar = autumn();
        let early = plan([
            task("brief", 2),
            task("site", 3).needing("brief").with_finish_by(on(9, 1)),
            task("watch", 2).needing("site"),
            task("apart", 1),
        ]);
        let dated = early.dated(&calendar).unwrap();
        for id in ["brief", "site"] {
            let float: Figure<i64> = beyond(on(9, 1));
            assert_eq!(dated[id].total_float(), float, "{id}");
            assert_eq!(dated[id].late_finish(), beyond(on(9, 1)), "{id}");
            assert!(dated[id].is_critical());
        }
        assert_eq!(
            (dated["watch"].total_float(), dated["apart"].total_float()),
            (Figure::Known(0), Figure::Known(6))
        );
        assert_eq!(dated["site"].missed(), Some(on(9, 1)));
        assert_eq!(
            early.schedule(&calendar).unwrap_err().to_string(),
            "tasks[1].finish_by: 2026-09-01 is outside the calendar's horizon 2026-10-01 to 2026-12-31"
        );
    }

    #[test]
    fn reminders_that_cannot_fall_into_the_days_asked_for_are_left_out() {
        let calendar = autumn();
        let plan = plan([
            task("far ahead", 2).with_reminder(9).with_reminder(1),
            task("new year", 1).with_finish_by(date(2027, 1, 5).unwrap()).with_reminder(3).with_reminder(9),
        ]);
        let dated = plan.dated(&calendar).unwrap();
        let known = |reminder: &Reminder<'_>| reminder.on.clone().known();
        let told = |from, to| dated.reminders(from, to).iter().map(known).collect::<Vec<_>>();
        // Nine workdays ahead of 9 October lie before the calendar.
        assert_eq!(told(on(10, 1), on(10, 31)), [Some(on(10, 8))]);
        assert_eq!(told(on(9, 1), on(10, 31)), [Some(on(10, 8)), None]);
        // Three workdays ahead of 5 January are 2 January at the earliest, nine 22 December.
        assert_eq!(told(on(12, 1), on(12, 21)), []);
        assert_eq!(told(on(12, 1), on(12, 31)), [None]);
        assert_eq!(told(on(12, 1), date(2027, 1, 31).unwrap()), [None, None]);
    }

    /// R3: a date outside the years 1 to 9999 is refused wherever a plan takes one.
    #[test]
    fn every_date_of_a_plan_is_checked() {
        for date in [NaiveDate::MIN, NaiveDate::MAX] {
            let draft = WorkPlan::draft("p", date)
                .task(task("a", 1).with_not_before(date).with_finish_by(date))
                .task(task("b", 1).with_progress(Progress::finished(date, date)));
            let refused = draft.check().unwrap_err();
            let paths: Vec<&str> = refused.iter().map(|problem| problem.path.as_str()).collect();
            let expected =
                ["start", "tasks[0].not_before", "tasks[0].finish_by", "tasks[1].progress.started"];
            assert_eq!(paths[..4], expected);
            assert_eq!(paths[4..], ["tasks[1].progress.finished"]);
            assert!(refused.iter().all(|one| one.error == TimeError::YearOutOfRange { date }.into()));
            let sound = plan([task("a", 1)]);
            assert!(sound.dated(&autumn()).unwrap().baseline(date).is_err());
            assert!(sound.with_progress([("a", Progress::started(date, Share::ZERO))]).is_err());
        }
    }

    /// L3: 100,000 tasks, each asked for by its id: in their list, one by one, and together.
    #[test]
    fn tasks_are_found_by_their_ids_however_many_there_are() {
        let many = 100_000_u32;
        let id = |n: u32| format!("task {n}");
        let mut plan = plan((0..many).map(|n| task(&id(n), 1)));
        let begun = Progress::started(on(10, 8), Share::percent(40).unwrap());
        for n in 0..many / 2 {
            plan = plan.with_progress([(id(n).as_str(), begun)]).unwrap();
        }
        let ids: Vec<_> = (many / 2..many).map(id).collect();
        let plan = plan.with_progress(ids.iter().map(|id| (id.as_str(), begun))).unwrap();
        assert!((0..many).all(|n| plan.task(&id(n)).is_some_and(|task| task.progress == begun)));
        let calendar = autumn();
        let dated = plan.dated(&calendar).unwrap();
        let baseline = dated.baseline(on(10, 8)).unwrap();
        assert_eq!(dated.slips(&baseline).unwrap().len(), 100_000);
        assert_eq!(dated.status(on(10, 8), Some(&baseline)).unwrap().len(), 100_000);
        let ids: Vec<_> = (0..many).map(id).collect();
        let longer = ids.iter().map(|id| (id.as_str(), super::super::Change::Longer(1)));
        assert_eq!(dated.what_if(longer).unwrap().moved.len(), 100_000);
    }
}
