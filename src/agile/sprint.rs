//! Sprints over a period, and the work that is committed to them.

use super::AgileError;
use super::commitment::Commitment;
use crate::error::{Path, Problems};
use crate::figure::{Cell, Table};
use crate::quantity::wire::serialize_fields;
use crate::quantity::{QuantityError, Ratio};
use crate::time::{NaiveDate, Period, Weekday, WorkCalendar, add_days};
use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use chrono::Datelike;
use core::fmt;
use serde::{Deserialize, Serialize};

/// The longest sprint, in weeks.
const MAX_WEEKS: u32 = 52;

/// A period as a run of sprints, without gap or overlap.
///
/// A sprint begins on its weekday every so many weeks, counted from that weekday on or before the period's first
/// day. The first and the last sprint are cut to the period: it begins with the period and ends with it. A short one
/// counts as a sprint like any other and has the capacity of the days that it has.
///
/// # Examples
/// ```
/// use marketloop::agile::Sprints;
/// use marketloop::time::{WorkCalendar, date};
///
/// let sprints = Sprints::of_two_weeks("2026-Q3".parse()?);
/// let all: Vec<String> = sprints.iter().map(|(number, days)| format!("{number}: {days}")).collect();
/// assert_eq!(all[..2], ["1: 2026-07-01/2026-07-12", "2: 2026-07-13/2026-07-26"]);
/// assert_eq!(all[6], "7: 2026-09-21/2026-09-30");
///
/// let (now, _) = sprints.sprint_of(date(2026, 7, 20)?).unwrap();
/// let calendar = WorkCalendar::monday_to_friday(date(2026, 1, 1)?, date(2026, 12, 31)?)?;
/// assert_eq!((now, sprints.workdays(now, &calendar)?), (2, 10));
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::agile::Sprints;
/// let json = r#"{"period":"2026-Q3","weeks":2,"begins_on":"Mon"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Sprints>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "SprintsWire")]
pub struct Sprints {
    period: Period,
    weeks: u32,
    begins_on: Weekday,
}

/// Sprints as they are read, not checked yet.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename = "Sprints")]
struct SprintsWire {
    period: Period,
    weeks: u32,
    begins_on: Weekday,
}

impl TryFrom<SprintsWire> for Sprints {
    type Error = AgileError;

    fn try_from(SprintsWire { period, weeks, begins_on }: SprintsWire) -> Result<Self, Self::Error> {
        Ok(Self::of_weeks(weeks, period)?.beginning_on(begins_on))
    }
}

impl Sprints {
    /// Sprints of two weeks over a period, beginning on Mondays.
    #[must_use]
    pub const fn of_two_weeks(period: Period) -> Self {
        Self { period, weeks: 2, begins_on: Weekday::Mon }
    }

    /// Sprints of so many weeks over a period, beginning on Mondays.
    ///
    /// # Errors
    /// [`AgileError::SprintWeeks`] outside 1..=52.
    ///
    /// # Examples
    /// ```
    /// use marketloop::agile::Sprints;
    ///
    /// assert_eq!(Sprints::of_weeks(4, "2026-Q3".parse()?)?.count(), 4); // cut at both ends
    /// assert!(Sprints::of_weeks(53, "2026-Q3".parse()?).is_err());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub const fn of_weeks(weeks: u32, period: Period) -> Result<Self, AgileError> {
        if weeks == 0 || weeks > MAX_WEEKS {
            return Err(AgileError::SprintWeeks { weeks, max_weeks: MAX_WEEKS });
        }
        Ok(Self { period, weeks, begins_on: Weekday::Mon })
    }

    /// Lets sprints begin on this weekday.
    ///
    /// # Examples
    /// ```
    /// use marketloop::agile::Sprints;
    /// use marketloop::time::Weekday;
    ///
    /// let sprints = Sprints::of_two_weeks("2026-Q3".parse()?).beginning_on(Weekday::Wed);
    /// assert!(sprints.is_whole(1)); // 1 July 2026 is a Wednesday
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn beginning_on(mut self, weekday: Weekday) -> Self {
        self.begins_on = weekday;
        self
    }

    /// The period that they divide.
    #[must_use]
    pub const fn period(&self) -> &Period {
        &self.period
    }

    /// How many weeks a whole sprint has.
    #[must_use]
    pub const fn weeks(&self) -> u32 {
        self.weeks
    }

    /// The weekday on which sprints begin.
    #[must_use]
    pub const fn begins_on(&self) -> Weekday {
        self.begins_on
    }

    /// How many sprints there are, at least 1.
    #[must_use]
    #[expect(clippy::arithmetic_side_effects, reason = "a period has at least one day")]
    pub fn count(&self) -> u32 {
        self.number_at(self.period.days() - 1)
    }

    /// The sprints in order: each with its number, counted from 1, and its days.
    pub fn iter(&self) -> impl Iterator<Item = (u32, Period)> + '_ {
        (1..=self.count()).filter_map(|number| Some((number, self.sprint(number)?)))
    }

    /// The days of the sprint of this number, counted from 1; `None` behind the last one.
    ///
    /// # Examples
    /// ```
    /// use marketloop::agile::Sprints;
    ///
    /// let sprints = Sprints::of_two_weeks("2026-Q3".parse()?);
    /// assert_eq!(sprints.sprint(2).map(|days| days.to_string()), Some("2026-07-13/2026-07-26".into()));
    /// assert_eq!(sprints.sprint(8), None);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn sprint(&self, number: u32) -> Option<Period> {
        let (first, last) = self.offsets(number)?;
        let day = |offset: u32| add_days(self.period.start(), offset.into()).ok();
        Period::custom(day(first)?, day(last)?).ok()
    }

    /// The first and the last day of a sprint, in days from the start of the period.
    fn offsets(&self, number: u32) -> Option<(u32, u32)> {
        // A caller may ask for any number: only one whose days exist is counted on.
        let index = number.checked_sub(1).filter(|index| *index < self.count())?;
        #[expect(
            clippy::arithmetic_side_effects,
            reason = "a sprint that begins within the period, of 364 days at most"
        )]
        let (first, next) = (index * self.length(), (index + 1) * self.length());
        // Both count from the weekday on or before the period's start: the first sprint is cut by that lead, and a
        // sprint has at least 7 days, a lead at most 6.
        #[expect(
            clippy::arithmetic_side_effects,
            reason = "the first sprint ends behind the lead; a period has a day"
        )]
        let (last, end) = (next - self.lead() - 1, self.period.days() - 1);
        // Below 0 for the first sprint alone, which begins with the period.
        Some((first.saturating_sub(self.lead()), last.min(end)))
    }

    /// Whether the sprint of this number has all its weeks: the period cuts none of its days.
    ///
    /// # Examples
    /// ```
    /// use marketloop::agile::Sprints;
    ///
    /// let sprints = Sprints::of_two_weeks("2026-Q3".parse()?); // 1 July 2026 is a Wednesday
    /// assert!(!sprints.is_whole(1) && sprints.is_whole(2));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn is_whole(&self, number: u32) -> bool {
        self.sprint(number).is_some_and(|days| days.days() == self.length())
    }

    /// The number of workdays in the sprint of this number.
    ///
    /// # Errors
    /// [`AgileError::NoSuchSprint`]; [`TimeError::OutOfHorizon`](crate::time::TimeError::OutOfHorizon) as [`AgileError::Time`] where the calendar does not
    /// cover it.
    ///
    /// # Examples
    /// ```
    /// use marketloop::agile::Sprints;
    /// use marketloop::time::{WorkCalendar, date};
    ///
    /// let sprints = Sprints::of_two_weeks("2026-Q3".parse()?);
    /// let calendar = WorkCalendar::monday_to_friday(date(2026, 7, 1)?, date(2026, 9, 30)?)?;
    /// assert_eq!((sprints.workdays(1, &calendar)?, sprints.workdays(2, &calendar)?), (8, 10)); // the first is cut
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn workdays(&self, number: u32, calendar: &WorkCalendar) -> Result<u32, AgileError> {
        let days = found(self, number)?;
        // Without the last day and then with it, so that the last day of the year 9999 has no day after it.
        let before = calendar.count_workdays(days.start(), days.end())?;
        let last = i64::from(calendar.is_workday(days.end())?);
        #[expect(
            clippy::arithmetic_side_effects,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a sprint has 0 to 364 workdays"
        )]
        Ok((before + last) as u32)
    }

    /// The sprint in which a date lies, as its number and its days; `None` outside of the period.
    ///
    /// # Examples
    /// ```
    /// use marketloop::agile::Sprints;
    /// use marketloop::time::date;
    ///
    /// let sprints = Sprints::of_two_weeks("2026-Q3".parse()?);
    /// assert_eq!(sprints.sprint_of(date(2026, 7, 14)?).map(|(number, _)| number), Some(2));
    /// assert_eq!(sprints.sprint_of(date(2026, 10, 1)?), None);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn sprint_of(&self, date: NaiveDate) -> Option<(u32, Period)> {
        let offset = date.signed_duration_since(self.period.start()).num_days();
        let offset = u32::try_from(offset).ok().filter(|_| self.period.contains(date))?;
        let number = self.number_at(offset);
        Some((number, self.sprint(number)?))
    }

    /// The days of a whole sprint.
    #[expect(clippy::arithmetic_side_effects, reason = "at most 52 weeks")]
    const fn length(&self) -> u32 {
        self.weeks * 7
    }

    /// The days from the weekday on or before the period's start to that start.
    fn lead(&self) -> u32 {
        self.period.start().weekday().days_since(self.begins_on)
    }

    /// The number of the sprint so many days after the period's start.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a day of a period of 10,000 years; a sprint has at least 7 days"
    )]
    fn number_at(&self, offset: u32) -> u32 {
        (offset + self.lead()) / self.length() + 1
    }
}

impl IntoIterator for Sprints {
    type Item = (u32, Period);
    type IntoIter = alloc::vec::IntoIter<(u32, Period)>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter().collect::<Vec<_>>().into_iter()
    }
}

fn found(sprints: &Sprints, number: u32) -> Result<Period, AgileError> {
    sprints.sprint(number).ok_or_else(|| AgileError::NoSuchSprint { number, last: sprints.count() })
}

/// What was committed to which sprint, what was done in it, and what was carried over to the next one.
///
/// Work that is not done by a sprint's last day is work of the next one too, until it is done.
///
/// # Examples
/// ```
/// use marketloop::agile::{Commitment, SprintPlan, Sprints};
/// use marketloop::time::{WorkCalendar, date};
///
/// let plan = SprintPlan::new(Sprints::of_two_weeks("2026-Q3".parse()?), 2, [
///     Commitment::new("landing page", 1, 6).finished_on(date(2026, 7, 10)?),
///     Commitment::new("KOC contracts", 1, 8).finished_on(date(2026, 7, 17)?),
///     Commitment::new("A/B tests", 2, 15),
/// ])?;
/// let calendar = WorkCalendar::monday_to_friday(date(2026, 1, 1)?, date(2026, 12, 31)?)?;
///
/// let second = plan.load(2, &calendar)?;
/// assert_eq!((second.capacity, second.committed, second.carried_in), (20, 15, 8));
/// assert_eq!((second.over(), second.done, second.carried_out()), (3, 8, 15));
///
/// // 6 workdays of tasks were done in the first sprint, 8 in the second.
/// assert_eq!(plan.velocity(date(2026, 7, 27)?)?.to_string(), "7");
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::agile::SprintPlan;
/// let json = r#"{"sprints":{"period":"2026-Q3","weeks":2,"begins_on":"Mon"},"people":0}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<SprintPlan>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "PlanWire")]
pub struct SprintPlan {
    sprints: Sprints,
    people: u32,
    commitments: Vec<Commitment>,
}

serialize_fields!(SprintPlan { sprints, people, commitments: optional });

/// A plan as it is read, not checked yet.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename = "SprintPlan")]
struct PlanWire {
    sprints: Sprints,
    people: u32,
    #[serde(default)]
    commitments: Vec<Commitment>,
}

impl TryFrom<PlanWire> for SprintPlan {
    type Error = Problems<AgileError>;

    fn try_from(PlanWire { sprints, people, commitments }: PlanWire) -> Result<Self, Self::Error> {
        Self { sprints, people, commitments }.check()
    }
}

impl SprintPlan {
    /// The plan of these tasks for so many people.
    ///
    /// # Errors
    /// All problems at once, each at its place: [`AgileError::NoName`]; [`AgileError::DuplicateId`];
    /// [`AgileError::NoSuchSprint`]; [`AgileError::FinishedOutside`] where a task was done before its sprint or after
    /// the period.
    ///
    /// # Examples
    /// ```
    /// use marketloop::agile::{Commitment, SprintPlan, Sprints};
    ///
    /// let sprints = Sprints::of_two_weeks("2026-Q3".parse()?);
    /// let refused = SprintPlan::new(sprints, 2, [Commitment::new("landing page", 8, 6)]).unwrap_err();
    /// assert_eq!(refused.to_string(), "commitments[0].sprint: there is no sprint 8, the last one is 7");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn new(
        sprints: Sprints,
        people: u32,
        commitments: impl IntoIterator<Item = Commitment>,
    ) -> Result<Self, Problems<AgileError>> {
        Self { sprints, people, commitments: commitments.into_iter().collect() }.check()
    }

    fn check(self) -> Result<Self, Problems<AgileError>> {
        let mut problems = Problems::new();
        let mut ids = BTreeSet::new();
        for (index, task) in self.commitments.iter().enumerate() {
            let path = Path::root().field("commitments").index(index);
            if task.id.trim().is_empty() {
                problems.push(path.field("id"), AgileError::NoName);
            } else if !ids.insert(task.id.as_str()) {
                problems.push(path.field("id"), AgileError::DuplicateId { id: task.id.clone() });
            }
            let Some(sprint) = problems.take(&path.field("sprint"), found(&self.sprints, task.sprint)) else {
                continue;
            };
            // Up to the end of the period, not of the sprint: open work is carried over until it is done.
            let (first, last) = (sprint.start(), self.sprints.period().end());
            if let Some(finished) = task.finished.filter(|date| *date < first || *date > last) {
                let error = AgileError::FinishedOutside { id: task.id.clone(), finished, first, last };
                problems.push(path.field("finished"), error);
            }
        }
        problems.into_result(self)
    }

    /// The sprints.
    #[must_use]
    pub const fn sprints(&self) -> &Sprints {
        &self.sprints
    }

    /// How many people work in them.
    #[must_use]
    pub const fn people(&self) -> u32 {
        self.people
    }

    /// The tasks as given.
    #[must_use]
    pub fn commitments(&self) -> &[Commitment] {
        &self.commitments
    }

    /// The tasks of earlier sprints that were not done when this sprint began. Of a sprint that is yet to begin: those
    /// not done so far.
    ///
    /// # Errors
    /// [`AgileError::NoSuchSprint`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::agile::{Commitment, SprintPlan, Sprints};
    /// use marketloop::time::date;
    ///
    /// let plan = SprintPlan::new(Sprints::of_two_weeks("2026-Q3".parse()?), 2, [
    ///     Commitment::new("page", 1, 6).finished_on(date(2026, 7, 14)?),
    ///     Commitment::new("tests", 2, 18),
    /// ])?;
    /// // The page was done two days after the first sprint.
    /// assert_eq!(plan.carried_into(2)?[0].id, "page");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn carried_into(&self, number: u32) -> Result<Vec<&Commitment>, AgileError> {
        let sprint = found(self.sprints(), number)?;
        let open = |task: &&Commitment| {
            // Done on the first day of a sprint, it was still open when that began.
            task.sprint < number && task.finished.is_none_or(|finished| finished >= sprint.start())
        };
        Ok(self.commitments.iter().filter(open).collect())
    }

    /// What a sprint can take, has to take and has done, in workdays of one person.
    ///
    /// # Errors
    /// [`AgileError::NoSuchSprint`]; [`TimeError::OutOfHorizon`](crate::time::TimeError::OutOfHorizon) as [`AgileError::Time`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::agile::{Commitment, SprintPlan, Sprints};
    /// use marketloop::time::{WorkCalendar, date};
    ///
    /// let plan = SprintPlan::new(Sprints::of_two_weeks("2026-Q3".parse()?), 2, [
    ///     Commitment::new("page", 1, 6).finished_on(date(2026, 7, 14)?),
    ///     Commitment::new("tests", 2, 18),
    /// ])?;
    /// let calendar = WorkCalendar::monday_to_friday(date(2026, 7, 1)?, date(2026, 9, 30)?)?;
    /// let load = plan.load(2, &calendar)?;
    /// assert_eq!((load.capacity, load.total(), load.over()), (20, 24, 4));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn load(&self, number: u32, calendar: &WorkCalendar) -> Result<SprintLoad, AgileError> {
        let days = found(&self.sprints, number)?;
        let workdays_each = u64::from(self.sprints.workdays(number, calendar)?);
        #[expect(clippy::arithmetic_side_effects, reason = "two numbers of 32 bits")]
        let capacity = workdays_each * u64::from(self.people);
        let committed = workdays(self.commitments.iter().filter(|task| task.sprint == number));
        let carried_in = workdays(self.carried_into(number)?);
        Ok(SprintLoad { sprint: number, days, capacity, committed, carried_in, done: self.done_in(&days) })
    }

    /// The workdays of tasks done per sprint, over all sprints that ended before `today`. A short sprint counts as one.
    ///
    /// # Errors
    /// [`AgileError::NothingFinished`] where no sprint has ended.
    ///
    /// # Examples
    /// ```
    /// use marketloop::agile::{Commitment, SprintPlan, Sprints};
    /// use marketloop::time::date;
    ///
    /// let task = Commitment::new("landing page", 1, 6).finished_on(date(2026, 7, 10)?);
    /// let plan = SprintPlan::new(Sprints::of_two_weeks("2026-Q3".parse()?), 2, [task])?;
    /// assert_eq!(plan.velocity(date(2026, 7, 13)?)?.to_string(), "6");
    /// assert!(plan.velocity(date(2026, 7, 12)?).is_err()); // the first sprint is not over yet
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn velocity(&self, today: NaiveDate) -> Result<Ratio, AgileError> {
        let all = self.sprints();
        let ended = match all.sprint_of(today) {
            #[expect(clippy::arithmetic_side_effects, reason = "sprints are counted from 1")]
            // The running sprint is left out: what it has still to do would lower the average.
            Some((running, _)) => running - 1,
            None if today > all.period().end() => all.count(),
            None => 0,
        };
        // Sprints leave no day out: what was done by the last day of the last one was done in one of them.
        let last = all.sprint(ended).map(|days| days.end());
        let done = |task: &&Commitment| task.finished.is_some_and(|finished| Some(finished) <= last);
        let done = workdays(self.commitments.iter().filter(done));
        Ratio::new(done.into(), ended.into()).map_err(|error| match error {
            QuantityError::DivisionByZero { .. } => AgileError::NothingFinished { figure: "velocity" },
            error => error.into(),
        })
    }

    /// The workdays of tasks that were done in a sprint.
    fn done_in(&self, days: &Period) -> u64 {
        let done = |task: &&Commitment| task.finished.is_some_and(|finished| days.contains(finished));
        workdays(self.commitments.iter().filter(done))
    }
}

fn workdays<'a>(tasks: impl IntoIterator<Item = &'a Commitment>) -> u64 {
    // Tasks in memory, of 32 bits each: their sum has 64.
    tasks.into_iter().map(|task| u64::from(task.workdays)).sum()
}

/// What a sprint can take, has to take and has done, in workdays of one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub struct SprintLoad {
    /// The number of the sprint, counted from 1.
    pub sprint: u32,
    /// Its days.
    pub days: Period,
    /// Its workdays times its people.
    pub capacity: u64,
    /// The tasks first committed to it.
    pub committed: u64,
    /// The tasks carried over from earlier sprints.
    pub carried_in: u64,
    /// The tasks that were done in it.
    pub done: u64,
}

impl SprintLoad {
    /// The load as a row, in workdays of one person.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("sprint");
        let workdays = |count: u64| Cell::new(count, "workday");
        for (column, count) in [
            ("capacity", self.capacity),
            ("committed", self.committed),
            ("carried in", self.carried_in),
            ("done", self.done),
            ("carried out", self.carried_out()),
        ] {
            table.push(self.sprint, column, workdays(count));
        }
        table
    }

    /// All that has to be done in it: committed and carried over.
    #[must_use]
    pub const fn total(&self) -> u64 {
        // Open fields: a caller's own numbers may not fit, the plan's always do.
        self.committed.saturating_add(self.carried_in)
    }

    /// By how much the work exceeds the capacity; 0 where it fits.
    #[must_use]
    pub const fn over(&self) -> u64 {
        self.total().saturating_sub(self.capacity)
    }

    /// How much capacity is left; 0 where there is none.
    #[must_use]
    pub const fn free(&self) -> u64 {
        self.capacity.saturating_sub(self.total())
    }

    /// What was not done in it, and is carried over to the next one.
    #[must_use]
    pub const fn carried_out(&self) -> u64 {
        // What was done in a sprint was committed to it or carried into it, unless a caller changed the fields.
        self.total().saturating_sub(self.done)
    }
}

impl fmt::Display for SprintLoad {
    /// The [`table`](Self::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{TimeError, date};
    use alloc::string::ToString;

    fn quarter() -> Sprints {
        Sprints::of_two_weeks("2026-Q3".parse().unwrap())
    }

    fn day(month: u32, day: u32) -> NaiveDate {
        date(2026, month, day).unwrap()
    }

    #[test]
    fn the_first_and_the_last_sprint_are_cut() {
        let sprints = quarter();
        let all: Vec<Period> = sprints.iter().map(|(_, days)| days).collect();
        assert_eq!((all.len(), sprints.count()), (7, 7));
        assert_eq!((all[0].start(), all[0].end(), sprints.is_whole(1)), (day(7, 1), day(7, 12), false));
        assert!((2..=6).all(|number| sprints.is_whole(number)));
        assert_eq!((all[6].end(), sprints.is_whole(7)), (day(9, 30), false));
        assert_eq!((sprints.sprint(0), sprints.sprint(8), sprints.sprint(u32::MAX)), (None, None, None));
        assert_eq!((sprints.sprint_of(day(6, 30)), sprints.sprint_of(day(10, 1))), (None, None));
        let wednesdays = sprints.beginning_on(Weekday::Wed);
        let first = wednesdays.sprint(1).unwrap();
        assert_eq!((first.end(), wednesdays.is_whole(1)), (day(7, 14), true));
    }

    #[test]
    fn a_period_may_be_shorter_than_a_sprint_or_at_the_end_of_time() {
        let one = Sprints::of_two_weeks(Period::day(day(7, 4)).unwrap());
        let only = one.sprint(1).unwrap();
        assert_eq!((one.count(), only.start(), only.end()), (1, day(7, 4), day(7, 4)));
        // The Sunday before the first day of the year 1 is no date.
        let ends = Period::custom(date(1, 1, 1).unwrap(), date(9999, 12, 31).unwrap()).unwrap();
        let ends = Sprints::of_weeks(1, ends).unwrap().beginning_on(Weekday::Sun);
        assert_eq!(ends.sprint(1).unwrap().end(), date(1, 1, 6).unwrap());
        let last = ends.sprint(ends.count()).unwrap();
        assert_eq!(last.end(), date(9999, 12, 31).unwrap());
        let calendar = WorkCalendar::monday_to_friday(last.start(), last.end()).unwrap();
        assert_eq!(ends.workdays(ends.count(), &calendar).unwrap(), 5);
    }

    #[test]
    fn a_sprint_has_1_to_52_weeks() {
        let period = *quarter().period();
        for weeks in [0, 53, u32::MAX] {
            assert_eq!(
                Sprints::of_weeks(weeks, period),
                Err(AgileError::SprintWeeks { weeks, max_weeks: 52 }),
                "{weeks}"
            );
        }
        assert_eq!(Sprints::of_weeks(52, period).unwrap().count(), 1);
        assert_eq!(Sprints::of_weeks(2, period), Ok(quarter()));
        assert_eq!(quarter().weeks(), 2);
    }

    #[test]
    fn work_is_carried_over_until_it_is_done() {
        let plan = SprintPlan::new(
            quarter(),
            1,
            [
                Commitment::new("a", 1, 3).finished_on(day(7, 27)),
                Commitment::new("b", 2, 5).finished_on(day(7, 26)),
                Commitment::new("c", 3, 0),
            ],
        )
        .unwrap();
        let carried = |number| {
            let tasks = plan.carried_into(number).unwrap();
            tasks.iter().map(|task| task.id.as_str()).collect::<Vec<_>>()
        };
        assert_eq!((carried(1).len(), carried(2), carried(3)), (0, alloc::vec!["a"], alloc::vec!["a"]));
        assert_eq!(carried(4), ["c"]);
        let year = WorkCalendar::monday_to_friday(day(1, 1), day(12, 31)).unwrap();
        let second = plan.load(2, &year).unwrap();
        assert_eq!((second.total(), second.free(), second.over(), second.carried_out()), (8, 2, 0, 3));
        assert_eq!((plan.people(), plan.commitments().len()), (1, 3));
        // On a sprint's last day it is not over.
        let velocity = |day| plan.velocity(day).map(|ratio| ratio.to_string());
        assert_eq!(velocity(day(7, 12)), Err(AgileError::NothingFinished { figure: "velocity" }));
        assert_eq!(velocity(day(7, 13)).unwrap(), "0");
        assert_eq!(velocity(day(7, 27)).unwrap(), "5/2");
        assert_eq!(velocity(day(12, 31)).unwrap(), "8/7");
        assert_eq!(plan.carried_into(8), Err(AgileError::NoSuchSprint { number: 8, last: 7 }));
        let short = WorkCalendar::monday_to_friday(day(7, 1), day(7, 12)).unwrap();
        assert_eq!(plan.load(1, &short).unwrap().capacity, 8);
        assert!(matches!(plan.load(2, &short), Err(AgileError::Time(TimeError::OutOfHorizon { .. }))));
    }

    #[test]
    fn a_plan_tells_all_its_problems() {
        let refused = SprintPlan::new(
            quarter(),
            1,
            [
                Commitment::new("a", 2, 1).finished_on(day(7, 12)),
                Commitment::new("a", 8, 1),
                Commitment::new(" ", 1, 1).finished_on(day(10, 1)),
            ],
        )
        .unwrap_err()
        .to_string();
        assert_eq!(
            refused,
            "5 problems\n  commitments[0].finished: `a` was done on 2026-07-12, which is outside 2026-07-13 to \
             2026-09-30\n  commitments[1].id: `a` stands twice\n  commitments[1].sprint: there is no sprint 8, the \
             last one is 7\n  commitments[2].id: a name or text is empty\n  commitments[2].finished: ` ` was done on \
             2026-10-01, which is outside 2026-07-01 to 2026-09-30"
        );
    }
}
