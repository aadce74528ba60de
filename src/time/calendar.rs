//! Which days are workdays, and counting with them.
//!
//! A calendar is a bit per day over its horizon with a running count per 64 days: asking for one day is a
//! look-up, the n-th workday from anywhere a binary search. Beyond the horizon nothing is known, and the
//! answer says so.

use super::week_mask::WeekMask;
use super::{NaiveDate, Period, TimeError, add_days, in_range};
use crate::error::{Path, Problems};
use crate::quantity::wire::wire_fields;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use chrono::{Datelike, Days};
use core::fmt;

/// The workdays of a place between the first and the last day of a horizon.
///
/// A day is a workday when its weekday is in the week mask and it is no holiday, or when it is a make-up
/// workday (a weekend day that is worked in exchange for a holiday).
///
/// # Examples
/// ```
/// use marketloop::time::{WeekMask, WorkCalendar, date};
///
/// let may = WorkCalendar::new(
///     date(2026, 5, 1)?,
///     date(2026, 5, 31)?,
///     WeekMask::MONDAY_TO_FRIDAY,
///     [date(2026, 5, 1)?, date(2026, 5, 4)?, date(2026, 5, 5)?],
///     [date(2026, 5, 9)?],
/// )
/// .map_err(|problems| problems.into_iter().next().unwrap().error)?;
///
/// assert!(may.is_workday(date(2026, 5, 9)?)?); // a Saturday, made up
/// assert_eq!(may.following(date(2026, 5, 1)?)?, date(2026, 5, 6)?);
/// assert_eq!(may.add_workdays(date(2026, 5, 8)?, 2)?, date(2026, 5, 11)?);
/// assert!(may.is_workday(date(2026, 6, 1)?).is_err()); // beyond the horizon
/// # Ok::<(), marketloop::time::TimeError>(())
/// ```
///
/// ```
/// # use marketloop::time::WorkCalendar;
/// let json = r#"{
///   "first": "2026-05-01",
///   "last": "2026-05-31",
///   "week": "1111100",
///   "holidays": ["2026-05-04", "2026-05-05"],
///   "makeup_workdays": ["2026-05-09"]
/// }"#;
/// let read: WorkCalendar = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<WorkCalendar>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Draft", into = "Draft")]
#[doc(alias = "工作日")]
#[doc(alias = "调休")]
pub struct WorkCalendar {
    // A list of the workdays would find the n-th at once, but a single day only by a search, in 15 times the memory.
    draft: Draft,
    /// The first day's number, counted from the first day of the year 1.
    first_day: i32,
    /// The number of days in the horizon.
    days: u32,
    /// One bit per day, set for a workday.
    bits: Vec<u64>,
    /// The number of workdays before each word of `bits`, and in all at the end.
    before: Vec<u32>,
}

/// The calendar as it is written down.
#[derive(Clone, PartialEq, Eq)]
struct Draft {
    first: NaiveDate,
    last: NaiveDate,
    week: WeekMask,
    holidays: Vec<NaiveDate>,
    makeup_workdays: Vec<NaiveDate>,
}

wire_fields!(Draft {
    first: own,
    last: own,
    week: or(monday_to_friday),
    holidays: default(own),
    makeup_workdays: default(own)
});

const fn monday_to_friday() -> WeekMask {
    WeekMask::MONDAY_TO_FRIDAY
}

impl TryFrom<Draft> for WorkCalendar {
    type Error = Problems<TimeError>;

    fn try_from(draft: Draft) -> Result<Self, Self::Error> {
        Self::new(draft.first, draft.last, draft.week, draft.holidays, draft.makeup_workdays)
    }
}

impl From<WorkCalendar> for Draft {
    fn from(calendar: WorkCalendar) -> Self {
        calendar.draft
    }
}

impl WorkCalendar {
    /// The calendar of the days from `first` to `last` (both in it).
    ///
    /// Holidays on days that are free anyway and make-up workdays on days that are worked anyway change
    /// nothing; a date that is listed twice counts once.
    ///
    /// # Errors
    /// All problems at once: a horizon that ends before it starts, dates outside the horizon
    /// (`holidays[3]`), dates that are both holiday and make-up workday.
    pub fn new(
        first: NaiveDate,
        last: NaiveDate,
        week: WeekMask,
        holidays: impl IntoIterator<Item = NaiveDate>,
        makeup_workdays: impl IntoIterator<Item = NaiveDate>,
    ) -> Result<Self, Problems<TimeError>> {
        let holidays: Vec<NaiveDate> = holidays.into_iter().collect();
        let makeup_workdays: Vec<NaiveDate> = makeup_workdays.into_iter().collect();
        // A set: asked once for each make-up workday, of which a wire document may have very many.
        let listed: BTreeSet<NaiveDate> = holidays.iter().copied().collect();
        let mut problems = Problems::new();
        if last < first {
            problems.push(Path::root().field("last"), TimeError::Reversed { start: first, end: last });
            return problems.finish(None);
        }
        for (field, date) in [("first", first), ("last", last)] {
            problems.take(&Path::root().field(field), in_range(date));
        }
        for (field, dates) in [("holidays", &holidays), ("makeup_workdays", &makeup_workdays)] {
            for (index, date) in dates.iter().copied().enumerate() {
                let path = Path::root().field(field).index(index);
                // Refused, not dropped: a holiday that is left out without a word is a workday.
                if date < first || date > last {
                    problems.push(path, TimeError::OutOfHorizon { date, first, last });
                } else if field == "makeup_workdays" && listed.contains(&date) {
                    problems.push(path, TimeError::HolidayConflict { date });
                }
            }
        }
        if !problems.is_empty() {
            return problems.finish(None);
        }
        Ok(Self::compiled(Draft { first, last, week, holidays, makeup_workdays }))
    }

    /// The calendar that works Monday to Friday without holidays, from `first` to `last` (both in it).
    ///
    /// # Errors
    /// [`TimeError::Reversed`]; [`TimeError::YearOutOfRange`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{WorkCalendar, date};
    ///
    /// let calendar = WorkCalendar::monday_to_friday(date(2026, 7, 1)?, date(2026, 9, 30)?)?;
    /// assert!(calendar.is_workday(date(2026, 7, 10)?)?);
    /// assert_eq!(calendar.following(date(2026, 7, 11)?)?, date(2026, 7, 13)?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn monday_to_friday(first: NaiveDate, last: NaiveDate) -> Result<Self, TimeError> {
        Self::new(first, last, WeekMask::MONDAY_TO_FRIDAY, [], []).map_err(|problems| {
            let error = problems.into_iter().next().map(|problem| problem.error);
            error.unwrap_or(TimeError::Reversed { start: first, end: last })
        })
    }

    /// The bits of a draft that was checked.
    #[expect(clippy::arithmetic_side_effects, reason = "days of 10,000 years, and listed dates within them")]
    fn compiled(mut draft: Draft) -> Self {
        // In order and once each: calendars of the same days are equal, however their dates were listed.
        draft.holidays.sort_unstable();
        draft.holidays.dedup();
        draft.makeup_workdays.sort_unstable();
        draft.makeup_workdays.dedup();
        let first_day = draft.first.num_days_from_ce();
        let day_of = |date: NaiveDate| (date.num_days_from_ce() - first_day).cast_unsigned();
        let days = day_of(draft.last) + 1;
        let mut bits = alloc::vec![0_u64; days.div_ceil(64) as usize];
        // The weekday is counted along: a date of chrono for each day costs more than the whole calendar.
        let mut weekday = draft.first.weekday();
        for day in 0..days {
            set(&mut bits, day, draft.week.contains(weekday));
            weekday = weekday.succ();
        }
        // No date is in both lists, which the check refused: their order is free.
        for (dates, worked) in [(&draft.holidays, false), (&draft.makeup_workdays, true)] {
            for date in dates {
                set(&mut bits, day_of(*date), worked);
            }
        }
        let mut total = 0_u32;
        let mut before = Vec::with_capacity(bits.len() + 1);
        before.push(0);
        for word in &bits {
            total += word.count_ones();
            before.push(total);
        }
        Self { draft, first_day, days, bits, before }
    }

    /// The first day of the horizon.
    #[must_use]
    pub const fn first(&self) -> NaiveDate {
        self.draft.first
    }

    /// The last day of the horizon.
    #[must_use]
    pub const fn last(&self) -> NaiveDate {
        self.draft.last
    }

    /// The weekdays that are worked.
    #[must_use]
    pub const fn week(&self) -> WeekMask {
        self.draft.week
    }

    /// The holidays, in order.
    #[must_use]
    pub fn holidays(&self) -> &[NaiveDate] {
        &self.draft.holidays
    }

    /// The make-up workdays, in order.
    #[must_use]
    pub fn makeup_workdays(&self) -> &[NaiveDate] {
        &self.draft.makeup_workdays
    }

    /// Whether `date` is a workday.
    ///
    /// # Errors
    /// [`TimeError::OutOfHorizon`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{WorkCalendar, date};
    ///
    /// let calendar = WorkCalendar::monday_to_friday(date(2026, 7, 1)?, date(2026, 9, 30)?)?;
    /// assert!(!calendar.is_workday(date(2026, 7, 11)?)?); // a Saturday
    /// // Of the days beyond the horizon nothing is known, and nothing is guessed.
    /// assert!(calendar.is_workday(date(2026, 10, 1)?).is_err());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[inline]
    #[expect(clippy::indexing_slicing, reason = "`day` is below `days`, for which `bits` has a word each 64")]
    pub fn is_workday(&self, date: NaiveDate) -> Result<bool, TimeError> {
        let day = self.day(date)?;
        Ok(self.bits[day as usize >> 6] >> (day & 63) & 1 == 1)
    }

    /// `date` when it is a workday, else the next workday after it.
    ///
    /// # Errors
    /// [`TimeError::OutOfHorizon`] when `date` or the workday lies beyond the horizon.
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{WorkCalendar, date};
    ///
    /// let calendar = WorkCalendar::monday_to_friday(date(2026, 7, 1)?, date(2026, 9, 30)?)?;
    /// assert_eq!(calendar.following(date(2026, 7, 11)?)?, date(2026, 7, 13)?); // Saturday to Monday
    /// assert_eq!(calendar.following(date(2026, 7, 10)?)?, date(2026, 7, 10)?); // a Friday stays
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn following(&self, date: NaiveDate) -> Result<NaiveDate, TimeError> {
        self.workday_from(date, 1)
    }

    /// `date` when it is a workday, else the last workday before it.
    ///
    /// # Errors
    /// [`TimeError::OutOfHorizon`] when `date` or the workday lies beyond the horizon.
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{WorkCalendar, date};
    ///
    /// let calendar = WorkCalendar::monday_to_friday(date(2026, 7, 1)?, date(2026, 9, 30)?)?;
    /// assert_eq!(calendar.preceding(date(2026, 7, 12)?)?, date(2026, 7, 10)?); // Sunday to Friday
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn preceding(&self, date: NaiveDate) -> Result<NaiveDate, TimeError> {
        self.workday_until(date, 1)
    }

    /// [`following`](Self::following), unless that leaves `period` in which `date` lies: then
    /// [`preceding`](Self::preceding).
    ///
    /// # Errors
    /// [`TimeError::OutOfHorizon`]; [`TimeError::NoWorkday`] when the period has no workday on either side.
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{WorkCalendar, date};
    ///
    /// let calendar = WorkCalendar::monday_to_friday(date(2026, 10, 1)?, date(2026, 12, 31)?)?;
    /// // The 31st is a Saturday, and Monday lies in November: Friday it is.
    /// let day = calendar.modified_following(date(2026, 10, 31)?, &"2026-10".parse()?)?;
    /// assert_eq!(day, date(2026, 10, 30)?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn modified_following(&self, date: NaiveDate, period: &Period) -> Result<NaiveDate, TimeError> {
        match self.following_within(date, period)? {
            Some(rolled) => Ok(rolled),
            None => {
                self.preceding_within(date, period)?.ok_or(TimeError::NoWorkday { date, period: *period })
            }
        }
    }

    /// [`preceding`](Self::preceding), unless that leaves `period` in which `date` lies: then
    /// [`following`](Self::following).
    ///
    /// # Errors
    /// [`TimeError::OutOfHorizon`]; [`TimeError::NoWorkday`] when the period has no workday on either side.
    pub fn modified_preceding(&self, date: NaiveDate, period: &Period) -> Result<NaiveDate, TimeError> {
        match self.preceding_within(date, period)? {
            Some(rolled) => Ok(rolled),
            None => {
                self.following_within(date, period)?.ok_or(TimeError::NoWorkday { date, period: *period })
            }
        }
    }

    /// [`following`](Self::following), or `None` where that leaves `period` in which `date` lies. The calendar
    /// is asked no further than to the workday or to the end of the period.
    fn following_within(&self, date: NaiveDate, period: &Period) -> Result<Option<NaiveDate>, TimeError> {
        self.day(date)?;
        // A date that lies outside already, as a deadline after its period does, is free to roll further.
        let inside = period.contains(date);
        match self.following(date) {
            Ok(rolled) => Ok(Some(rolled).filter(|rolled| !inside || *rolled <= period.end())),
            // No workday up to the horizon's end is none up to the period's, where that lies within the horizon.
            Err(_) if inside && period.end() <= self.last() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// [`preceding`](Self::preceding), or `None` where that leaves `period` in which `date` lies.
    fn preceding_within(&self, date: NaiveDate, period: &Period) -> Result<Option<NaiveDate>, TimeError> {
        self.day(date)?;
        let inside = period.contains(date);
        match self.preceding(date) {
            Ok(rolled) => Ok(Some(rolled).filter(|rolled| !inside || *rolled >= period.start())),
            Err(_) if inside && period.start() >= self.first() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The workday `workdays` workdays after `date` (before it, where negative).
    ///
    /// A `date` that is no workday is first rolled: to the following workday where `workdays` is 0 or more,
    /// else to the preceding one.
    ///
    /// # Errors
    /// [`TimeError::OutOfHorizon`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{WorkCalendar, date};
    ///
    /// let calendar = WorkCalendar::monday_to_friday(date(2026, 7, 1)?, date(2026, 9, 30)?)?;
    /// // Costs are settled within 3 workdays of the event's end, a Thursday.
    /// assert_eq!(calendar.add_workdays(date(2026, 7, 9)?, 3)?, date(2026, 7, 14)?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn add_workdays(&self, date: NaiveDate, workdays: i32) -> Result<NaiveDate, TimeError> {
        // Day 0 is the date's own or next workday, so that 0 workdays after a Saturday are Monday.
        #[expect(clippy::arithmetic_side_effects, reason = "at most 2^31, and 1")]
        let count = workdays.unsigned_abs() + 1;
        if workdays < 0 { self.workday_until(date, count) } else { self.workday_from(date, count) }
    }

    /// The `nth` workday on or after `date`, counted from 1; 0 is read as 1.
    ///
    /// # Errors
    /// [`TimeError::OutOfHorizon`].
    pub fn workday_from(&self, date: NaiveDate, nth: u32) -> Result<NaiveDate, TimeError> {
        // A number beyond 32 bits is beyond every horizon, and answered like one.
        let rank = self.rank(date)?.checked_add(nth.saturating_sub(1));
        rank.and_then(|rank| self.select(rank)).ok_or_else(|| self.beyond(add_days(self.last(), 1)))
    }

    /// The `nth` workday on or before `date`, counted from 1 backward; 0 is read as 1.
    ///
    /// # Errors
    /// [`TimeError::OutOfHorizon`].
    pub fn workday_until(&self, date: NaiveDate, nth: u32) -> Result<NaiveDate, TimeError> {
        // Below 0: more workdays than the horizon has up to `date`.
        let rank = self.rank_through(date)?.checked_sub(nth.max(1));
        rank.and_then(|rank| self.select(rank)).ok_or_else(|| self.beyond(add_days(self.first(), -1)))
    }

    /// The number of workdays from `from` up to, but not on, `to`; negative where `to` is the earlier date,
    /// so that counts of adjoining stretches always add up.
    ///
    /// # Errors
    /// [`TimeError::OutOfHorizon`]; `to` may be the day after the horizon.
    pub fn count_workdays(&self, from: NaiveDate, to: NaiveDate) -> Result<i64, TimeError> {
        #[expect(clippy::arithmetic_side_effects, reason = "two numbers of 32 bits")]
        Ok(i64::from(self.rank(to)?) - i64::from(self.rank(from)?))
    }

    /// The number of workdays from `first` to `last`, both counted; 0 or less where `last` is the earlier date.
    ///
    /// # Errors
    /// [`TimeError::OutOfHorizon`].
    #[cfg(feature = "plan")]
    #[expect(clippy::arithmetic_side_effects, reason = "two numbers of 32 bits")]
    pub(crate) fn count_workdays_through(&self, first: NaiveDate, last: NaiveDate) -> Result<i64, TimeError> {
        Ok(i64::from(self.rank_through(last)?) - i64::from(self.rank(first)?))
    }

    /// The number of workdays after `day` up to `last`, which is counted and not the earlier date.
    ///
    /// # Errors
    /// [`TimeError::OutOfHorizon`]; `day` may be the day before the horizon.
    #[cfg(feature = "plan")]
    pub(crate) fn count_workdays_after(&self, day: NaiveDate, last: NaiveDate) -> Result<i64, TimeError> {
        let next = day.succ_opt().ok_or(TimeError::DateOutOfRange { from: day })?;
        self.count_workdays_through(next, last)
    }

    /// The index of `date` in the horizon.
    #[inline]
    fn day(&self, date: NaiveDate) -> Result<u32, TimeError> {
        // A date before the horizon wraps to a large number: one comparison checks both ends.
        let day = date.num_days_from_ce().wrapping_sub(self.first_day).cast_unsigned();
        if day < self.days { Ok(day) } else { Err(self.beyond(Ok(date))) }
    }

    /// The number of workdays before `date`, which may be the day after the horizon.
    fn rank(&self, date: NaiveDate) -> Result<u32, TimeError> {
        let day = date.num_days_from_ce().wrapping_sub(self.first_day).cast_unsigned();
        if day > self.days {
            return Err(self.beyond(Ok(date)));
        }
        Ok(self.rank_at(day))
    }

    /// The number of workdays up to and on `date`.
    fn rank_through(&self, date: NaiveDate) -> Result<u32, TimeError> {
        // By the index and not by the date of the next day: that may be the first one of the year 10000.
        #[expect(
            clippy::arithmetic_side_effects,
            reason = "a day of the horizon, below the number of its days"
        )]
        Ok(self.rank_at(self.day(date)? + 1))
    }

    /// The number of workdays before this day of the horizon, which may be the day after it.
    #[expect(clippy::indexing_slicing, reason = "`before` has one number more than `bits` has words")]
    #[expect(clippy::arithmetic_side_effects, reason = "at most the days of the horizon")]
    fn rank_at(&self, day: u32) -> u32 {
        let word = day as usize >> 6;
        // The day after a horizon of whole words has no word of its own, and nothing below it in one.
        let below = self.bits.get(word).map_or(0, |bits| bits & !(u64::MAX << (day & 63)));
        self.before[word] + below.count_ones()
    }

    /// The workday that has `rank` workdays before it; `None` beyond the last one.
    #[expect(clippy::indexing_slicing, reason = "`before` has one number more than `bits` has words")]
    #[expect(clippy::arithmetic_side_effects, reason = "`before` begins with 0; a day of the horizon")]
    fn select(&self, rank: u32) -> Option<NaiveDate> {
        let word = self.before.partition_point(|before| *before <= rank) - 1;
        // Beyond the last workday the place found is the one of the total, which has no bits.
        let mut bits = *self.bits.get(word)?;
        // At most 63 bits are cleared: a table of the places within a word would be larger than the calendar.
        for _ in self.before[word]..rank {
            bits &= bits - 1;
        }
        let day = word as u64 * 64 + u64::from(bits.trailing_zeros());
        self.first().checked_add_days(Days::new(day))
    }

    #[cold]
    fn beyond(&self, date: Result<NaiveDate, TimeError>) -> TimeError {
        match date {
            Ok(date) => TimeError::OutOfHorizon { date, first: self.first(), last: self.last() },
            Err(error) => error,
        }
    }
}

#[expect(
    clippy::indexing_slicing,
    reason = "the days of the horizon have a bit each, and listed dates lie within it"
)]
fn set(bits: &mut [u64], day: u32, worked: bool) {
    let word = &mut bits[day as usize >> 6];
    let bit = 1_u64 << (day & 63);
    *word = if worked { *word | bit } else { *word & !bit };
}

impl fmt::Debug for WorkCalendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkCalendar")
            .field("first", &self.first())
            .field("last", &self.last())
            .field("week", &format_args!("{}", self.week()))
            .field("holidays", &self.holidays().len())
            .field("makeup_workdays", &self.makeup_workdays().len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::date;
    use alloc::string::ToString;

    fn day(month: u32, day: u32) -> NaiveDate {
        date(2026, month, day).unwrap()
    }

    fn october() -> WorkCalendar {
        let golden_week = (1..=7).map(|d| day(10, d));
        WorkCalendar::new(day(10, 1), day(10, 31), WeekMask::MONDAY_TO_FRIDAY, golden_week, [day(10, 10)])
            .unwrap()
    }

    #[test]
    fn a_period_without_workdays_cannot_be_rolled_into() {
        let holiday: Period = "2026-10-01/2026-10-04".parse().unwrap();
        let calendar = october();
        assert!(matches!(
            calendar.modified_following(day(10, 2), &holiday),
            Err(TimeError::NoWorkday { .. })
        ));
        assert!(matches!(
            calendar.modified_preceding(day(10, 2), &holiday),
            Err(TimeError::NoWorkday { .. })
        ));
        let month: Period = "2026-10".parse().unwrap();
        assert_eq!(calendar.modified_following(day(10, 31), &month).unwrap(), day(10, 30));
        assert_eq!(calendar.modified_preceding(day(10, 3), &month).unwrap(), day(10, 8));
        // A period beyond the horizon is no hindrance where the workday is known.
        let year: Period = "2026".parse().unwrap();
        assert_eq!(calendar.modified_following(day(10, 24), &year).unwrap(), day(10, 26));
        assert_eq!(calendar.modified_preceding(day(10, 25), &year).unwrap(), day(10, 23));
        assert!(matches!(
            calendar.modified_preceding(day(10, 3), &year),
            Err(TimeError::OutOfHorizon { date, .. }) if date == day(9, 30)
        ));
    }

    #[test]
    fn the_horizon_ends_are_told() {
        let calendar = october();
        assert!(
            matches!(calendar.following(day(10, 31)), Err(TimeError::OutOfHorizon { date, .. }) if date == day(11, 1))
        );
        assert!(
            matches!(calendar.preceding(day(10, 1)), Err(TimeError::OutOfHorizon { date, .. }) if date == day(9, 30))
        );
        assert!(calendar.add_workdays(day(10, 8), i32::MAX).is_err());
        assert!(calendar.add_workdays(day(10, 8), i32::MIN).is_err());
        assert!(calendar.is_workday(NaiveDate::MIN).is_err() && calendar.is_workday(NaiveDate::MAX).is_err());
        assert_eq!(calendar.count_workdays(day(10, 1), day(11, 1)).unwrap(), 18);
        assert_eq!(calendar.count_workdays(day(11, 1), day(10, 1)).unwrap(), -18);
    }

    #[test]
    fn the_last_day_of_all_is_known() {
        let (first, last) = (date(9999, 12, 1).unwrap(), date(9999, 12, 31).unwrap());
        let calendar = WorkCalendar::monday_to_friday(first, last).unwrap();
        assert_eq!(calendar.preceding(last).unwrap(), last); // a Friday
        assert_eq!(calendar.workday_until(last, 6).unwrap(), date(9999, 12, 24).unwrap());
        assert_eq!(calendar.add_workdays(last, -1).unwrap(), date(9999, 12, 30).unwrap());
    }

    #[test]
    fn all_problems_are_told_with_their_paths() {
        let wrong = WorkCalendar::new(
            day(10, 1),
            day(10, 31),
            WeekMask::EVERY_DAY,
            [day(9, 30), day(10, 5)],
            [day(10, 5), day(11, 1)],
        );
        assert_eq!(
            wrong.unwrap_err().to_string(),
            "3 problems\n  holidays[0]: 2026-09-30 is outside the calendar's horizon 2026-10-01 to 2026-10-31\n  \
             makeup_workdays[0]: 2026-10-05 is both a holiday and a make-up workday\n  \
             makeup_workdays[1]: 2026-11-01 is outside the calendar's horizon 2026-10-01 to 2026-10-31"
        );
        assert!(WorkCalendar::monday_to_friday(day(10, 2), day(10, 1)).is_err());
        assert!(WorkCalendar::monday_to_friday(NaiveDate::MIN, NaiveDate::MAX).is_err());
    }

    #[test]
    fn a_week_without_workdays_has_none() {
        let never = WorkCalendar::new(day(1, 1), day(12, 31), WeekMask::new([]), [], []).unwrap();
        assert!(never.following(day(6, 1)).is_err() && never.preceding(day(6, 1)).is_err());
        assert_eq!(never.count_workdays(day(1, 1), day(12, 31)).unwrap(), 0);
    }
}
