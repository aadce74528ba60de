//! The dates of a plan.

use super::dated_task::Dates;
use super::milestone::mornings;
use super::{DatedTask, EarningRule, PlanError, Schedule, WorkPlan};
use crate::error::Problems;
use crate::figure::{Cell, Table};
use crate::time::{NaiveDate, WorkCalendar};
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
    /// Schedules the plan on a calendar: early and late dates and floats of all tasks.
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
        let dates = Dates::new(calendar, self.start());
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
        let finish = tasks.iter().map(DatedTask::finish).fold(finish, NaiveDate::max);
        let unknown = bounds.unknown_late(self.network(), &schedule);
        for (index, dated) in tasks.iter_mut().enumerate() {
            #[expect(clippy::indexing_slicing, reason = "all of them have a place for each task")]
            let (unknown, morning, by) = (
                unknown.as_ref().and_then(|unknown| unknown[index]),
                mornings[index],
                bounds.finish_by[index],
            );
            dated.depend_on(unknown);
            if morning.is_some() {
                dated.reach_within(schedule.early(index).0, by, schedule.finish());
            }
        }
        // The most careful one, until the caller states another.
        let earning = EarningRule::default();
        Ok(DatedPlan { plan: self, calendar, schedule, tasks, finish, earning })
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

    /// Sets the earning rule: how much of a finished task counts as done on a day before its finish.
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

    /// The earning rule in use.
    #[must_use]
    pub const fn earning_rule(&self) -> EarningRule {
        self.earning
    }

    /// The last day of work of the plan.
    #[must_use]
    pub const fn finish(&self) -> NaiveDate {
        self.finish
    }

    /// The tasks that miss their deadline (`finish_by`), each with that deadline.
    pub fn missed(&self) -> impl Iterator<Item = (&DatedTask<'a>, NaiveDate)> {
        self.tasks.iter().filter_map(|dated| Some((dated, dated.missed()?)))
    }

    /// Lists up to `cap` critical paths by the ids of their tasks;
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
            let id = &dated.task().id;
            table.push(id, "start", dated.start());
            table.push(id, "finish", dated.finish());
            table.push(id, "late start", dated.late_start());
            table.push(id, "late finish", dated.late_finish());
            let workdays = |days: i64| Cell::new(days, "workday");
            table.push(id, "total float", dated.total_float().map(workdays));
            table.push(id, "free float", workdays(dated.free_float()));
            table.push(id, "critical", dated.is_critical());
            if let Some(by) = dated.missed() {
                table.push(id, "misses", by);
            }
        }
        table
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

#[cfg(test)]
mod tests {
    use super::super::{Progress, Raci, Task};
    use super::*;
    use crate::figure::Figure;
    use crate::quantity::Share;
    use crate::time::{TimeError, date};
    use alloc::format;
    use alloc::string::ToString;

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
        // A length that no task can have is told at its place, and not cut to one.
        let refused = dated.what_if([("site", super::super::Change::Longer(u32::MAX))]).unwrap_err();
        assert_eq!(refused.to_string(), "[0]: `site` would take more than 4294967295 workdays");
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
