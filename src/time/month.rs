//! Month arithmetic: the day of the month is kept where the target month has it, else it is clamped to the
//! month's last day.

use super::{TimeError, is_in_range};
use chrono::{Months, NaiveDate};

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
        let step = Months::new(months.checked_mul(k).filter(|months| *months > 0)?);
        anchor.checked_add_months(step).filter(|date| is_in_range(*date))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::date;

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
