//! The reminders of key nodes.

use super::DatedPlan;
use super::dated_task::covered;
use crate::figure::Figure;
use crate::time::NaiveDate;
use alloc::vec::Vec;
use serde::Serialize;

/// A reminder of a task, some workdays ahead of the day on which it is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Reminder<'a> {
    /// The id of the task.
    pub id: &'a str,
    /// The day of the reminder. Missing beyond the calendar.
    pub on: Figure<NaiveDate>,
    /// The day on which the task is due: its deadline (`finish_by`), or else its last day as planned.
    pub due: NaiveDate,
    /// The workdays from the reminder to that day.
    pub workdays_ahead: u32,
}

impl<'a> DatedPlan<'a> {
    /// The reminders that fall on the days from `from` to `to`, both included, in the order of their days. A task that is
    /// done has none.
    ///
    /// A reminder whose day the calendar does not cover comes at the end with a missing day, if it may fall on one of
    /// these days.
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
        for dated in self.tasks().iter().filter(|dated| dated.task().progress.finished.is_none()) {
            let due = dated.task().finish_by.unwrap_or(dated.finish());
            for &workdays_ahead in &dated.task().remind {
                // Saturated it is still more than any calendar has, and answered as beyond it.
                let on = self.calendar().workday_until(due, workdays_ahead.saturating_add(1));
                let (earliest, latest) = match &on {
                    Ok(on) => (Some(*on), *on),
                    Err(_) => self.around(due, workdays_ahead),
                };
                // A day that is not known is told where it may fall: better one too many than one missed.
                let falls = from <= latest && earliest.is_none_or(|earliest| earliest <= to);
                if falls {
                    let id = &dated.task().id;
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

    /// The earliest and the latest day of a reminder that the calendar does not cover, whichever days behind its last
    /// day are workdays. Before its first day there is no earliest one.
    fn around(&self, due: NaiveDate, workdays_ahead: u32) -> (Option<NaiveDate>, NaiveDate) {
        let (first, last) = (self.calendar().first(), self.calendar().last());
        if due <= last {
            return (None, due.min(first.pred_opt().unwrap_or(first)));
        }
        // At most so many workdays lie behind the calendar: those that are left over lie within it.
        let beyond = u32::try_from(due.signed_duration_since(last).num_days()).unwrap_or(u32::MAX);
        #[expect(clippy::arithmetic_side_effects, reason = "32 bits of 64")]
        let earliest = match workdays_ahead.checked_sub(beyond) {
            None => crate::time::add_days(due, -i64::from(workdays_ahead)).ok(),
            Some(within) => self.calendar().workday_until(last, within.saturating_add(1)).ok(),
        };
        (earliest, due)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Raci, Task, WorkPlan};
    use super::*;
    use crate::time::{WorkCalendar, date};

    fn on(month: u32, day: u32) -> NaiveDate {
        date(2026, month, day).unwrap()
    }

    fn task(id: &str, workdays: u32) -> Task {
        Task::new(id, id, workdays, Raci::new("team", "director")).making(id)
    }

    #[test]
    fn reminders_that_cannot_fall_into_the_days_asked_for_are_left_out() {
        let calendar = WorkCalendar::monday_to_friday(on(10, 1), on(12, 31)).unwrap();
        let plan = WorkPlan::draft("site", on(10, 8)).with_tasks([
            task("far ahead", 2).with_reminder(9).with_reminder(1),
            task("new year", 1).with_finish_by(date(2027, 1, 5).unwrap()).with_reminder(3).with_reminder(9),
        ]);
        let plan = plan.check().unwrap();
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
}
