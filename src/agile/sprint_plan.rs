//! The work that is committed to sprints.

use super::AgileError;
use super::commitment::Commitment;
use super::sprint::{Sprints, found};
use crate::error::{Path, Problems};
use crate::figure::{Cell, Table};
use crate::quantity::wire::{deserialize_fields, serialize_fields};
use crate::quantity::{QuantityError, Ratio};
use crate::time::{NaiveDate, Period, WorkCalendar};
use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::fmt;
use serde::Deserialize;

/// The tasks committed to each sprint, with what was done in it and what is carried over to the next one.
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
struct PlanWire {
    sprints: Sprints,
    people: u32,
    commitments: Vec<Commitment>,
}

deserialize_fields!("SprintPlan", PlanWire { sprints, people, commitments: default });

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

    /// The load of a sprint in workdays of one person: its capacity, the work committed and carried over to it, and what
    /// was done.
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

/// The load of a sprint in workdays of one person: its capacity, the work committed and carried over to it, and what was
/// done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

serialize_fields!(SprintLoad { sprint, days, capacity: own, committed: own, carried_in: own, done: own });

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
