//! Sprints over a period.

use super::AgileError;
use crate::quantity::wire::deserialize_fields;
use crate::time::{NaiveDate, Period, Weekday, WorkCalendar, add_days};
use alloc::vec::Vec;
use chrono::Datelike;
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
#[doc(alias = "scrum")]
#[doc(alias = "冲刺")]
pub struct Sprints {
    period: Period,
    weeks: u32,
    begins_on: Weekday,
}

/// Sprints as they are read, not checked yet.
struct SprintsWire {
    period: Period,
    weeks: u32,
    begins_on: Weekday,
}

deserialize_fields!("Sprints", SprintsWire { period, weeks, begins_on });

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

    /// Sprints of `weeks` weeks over a period, beginning on Mondays.
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

    /// Sets the weekday on which sprints begin.
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

pub(super) fn found(sprints: &Sprints, number: u32) -> Result<Period, AgileError> {
    sprints.sprint(number).ok_or_else(|| AgileError::NoSuchSprint { number, last: sprints.count() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::date;

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
}
