//! Month arithmetic: the day of the month is kept where the target month has it, else it is clamped to the
//! month's last day. That is how terms are counted; in a series of reports the last day of a month is followed by
//! the last day of another.

use super::{TimeError, is_in_range};
use chrono::{Datelike, Months, NaiveDate};

/// The date `months` months after `date` (before it, where negative), clamped to the target month's last day.
///
/// # Errors
/// [`TimeError::DateOutOfRange`] when the result leaves the years 1 to 9999.
///
/// # Examples
/// ```
/// use marketloop::time::{add_months, date};
///
/// assert_eq!(add_months(date(2024, 1, 31)?, 1)?, date(2024, 2, 29)?);
/// assert_eq!(add_months(date(2024, 2, 29)?, -12)?, date(2023, 2, 28)?);
/// # Ok::<(), marketloop::time::TimeError>(())
/// ```
pub fn add_months(date: NaiveDate, months: i32) -> Result<NaiveDate, TimeError> {
    let step = Months::new(months.unsigned_abs());
    let moved = if months < 0 { date.checked_sub_months(step) } else { date.checked_add_months(step) };
    moved.filter(|date| is_in_range(*date)).ok_or(TimeError::DateOutOfRange { from: date })
}

/// The first day of the month of `date`.
pub(super) fn first_of_month(date: NaiveDate) -> NaiveDate {
    // Every month has a day 1: chrono asks because others may be missing.
    date.with_day(1).unwrap_or(date)
}

/// The dates `anchor + k * months` for k = 1, 2, 3 and so on, each counted from the anchor, never chained:
/// after a clamped February the day of the month comes back.
///
/// The iterator ends with the year 9999, and at once where `months` is zero.
///
/// # Examples
/// ```
/// use marketloop::time::{date, every_months};
///
/// let due: Vec<_> = every_months(date(2024, 1, 31)?, 1).take(3).collect();
/// assert_eq!(due, [date(2024, 2, 29)?, date(2024, 3, 31)?, date(2024, 4, 30)?]);
/// # Ok::<(), marketloop::time::TimeError>(())
/// ```
pub fn every_months(anchor: NaiveDate, months: u32) -> impl Iterator<Item = NaiveDate> + Clone {
    (1_u32..).map_while(move |k| {
        // More months than 32 bits hold are beyond every year: the series ends.
        let step = Months::new(months.checked_mul(k).filter(|months| *months > 0)?);
        anchor.checked_add_months(step).filter(|date| is_in_range(*date))
    })
}

/// The next day of a series of reports that come every `months` months: as [`add_months`], but a series that
/// stands on the last day of a month stays on last days.
///
/// A value of 30 September stands for all of September, so that the next stands for all of October. A term
/// ("within one month after") is counted by [`add_months`]: its day of the month is that of its first day.
///
/// # Errors
/// [`TimeError::DateOutOfRange`] when the result leaves the years 1 to 9999.
///
/// # Examples
/// ```
/// use marketloop::time::{add_months, date, next_in_series};
///
/// let september = date(2026, 9, 30)?;
/// assert_eq!(next_in_series(september, 1)?, date(2026, 10, 31)?);
/// assert_eq!(add_months(september, 1)?, date(2026, 10, 30)?);
/// assert_eq!(next_in_series(date(2026, 9, 29)?, 1)?, date(2026, 10, 29)?);
/// # Ok::<(), marketloop::time::TimeError>(())
/// ```
pub fn next_in_series(date: NaiveDate, months: i32) -> Result<NaiveDate, TimeError> {
    let moved = add_months(date, months)?;
    if date.day() < u32::from(date.num_days_in_month()) {
        return Ok(moved);
    }
    moved.with_day(moved.num_days_in_month().into()).ok_or(TimeError::DateOutOfRange { from: date })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::date;

    /// D2: month-end series stay at month ends, whatever the lengths of the months, forward and back.
    #[test]
    fn a_series_on_last_days_stays_on_them() {
        let (mut day, mut ends) = (date(2023, 9, 30).unwrap(), 0);
        for _ in 0..30 {
            let next = next_in_series(day, 1).unwrap();
            assert_eq!(next_in_series(next, -1).unwrap(), day);
            assert_eq!(next_in_series(day, 3).unwrap().succ_opt().unwrap().day(), 1);
            ends += u32::from(next.succ_opt().unwrap().day() == 1);
            day = next;
        }
        assert_eq!((day, ends), (date(2026, 3, 31).unwrap(), 30));
        // Any other day is a day of the month, as before.
        assert_eq!(next_in_series(date(2026, 1, 30).unwrap(), 1).unwrap(), date(2026, 2, 28).unwrap());
        assert!(next_in_series(date(9999, 12, 31).unwrap(), 1).is_err());
    }

    #[test]
    fn steps_end_at_the_range() {
        assert!(add_months(date(9999, 12, 1).unwrap(), 1).is_err());
        assert!(add_months(date(1, 1, 1).unwrap(), -1).is_err());
        assert!(add_months(date(2026, 1, 1).unwrap(), i32::MIN).is_err());
        assert_eq!(every_months(date(2026, 1, 1).unwrap(), 0).count(), 0);
        assert_eq!(every_months(date(9998, 12, 31).unwrap(), 1).count(), 12);
        assert_eq!(every_months(date(1, 1, 1).unwrap(), u32::MAX).count(), 0);
    }
}
