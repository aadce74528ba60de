//! Periods of calendar, fiscal and retail years, work calendars and deadlines that show how they came about.
//!
//! Dates are [`NaiveDate`]s of the proleptic Gregorian calendar in the years 1 to 9999. There is no clock
//! here: whoever asks brings the date.
//!
//! ```
//! use marketloop::time::{Deadline, FiscalCalendar, WorkCalendar, date};
//!
//! let fiscal = FiscalCalendar::CALENDAR_YEAR;
//! let q3 = fiscal.quarter(2026, 3)?;
//! let calendar = WorkCalendar::monday_to_friday(date(2026, 1, 1)?, date(2026, 12, 31)?)?;
//!
//! let due = Deadline::parse("10 days after period start, rolled forward")?.due(&q3, &calendar)?;
//! assert_eq!(due.date(), date(2026, 7, 13)?);
//! assert_eq!(
//!     due.to_string(),
//!     "2026-07-13: period start 2026-07-01; 10 days after, start day not counted 2026-07-11; \
//!      rolled forward over 2 days off 2026-07-13"
//! );
//! # Ok::<(), marketloop::time::TimeError>(())
//! ```
//!
//! | case | answer |
//! | --- | --- |
//! | one month after 31 January | the last day of February, and a step says that it was clamped |
//! | a workday asked for outside the calendar's horizon | [`TimeError::OutOfHorizon`] with the horizon |
//! | a roll within a period that has no workday | [`TimeError::NoWorkday`] |
//! | a strict `before` that a roll carries to its anchor | [`TimeError::NotBefore`] |
//! | a recurring deadline without a date in the period | [`TimeError::NoDate`] |
//! | more than 40,000 dates or parts | [`TimeError::TooLarge`], before any is made |
//! | week 53 of a retail year that has 52 | [`TimeError::NoSuchPart`] |
//! | a date outside the years 1 to 9999 | [`TimeError::YearOutOfRange`]; of a step that leaves them [`TimeError::DateOutOfRange`] |

mod calendar;
mod deadline;
mod due;
mod due_dates;
mod fiscal;
mod fiscal_period;
mod grain;
mod month;
mod period;
mod retail;
mod retail_period;
mod text;
mod timestamp;
mod week_mask;
pub(crate) mod wire_date;

pub use calendar::WorkCalendar;
pub use chrono::{NaiveDate, Weekday};
pub use deadline::{Anchor, Deadline, OffsetUnit, Roll};
#[cfg(feature = "proptest")]
pub(crate) use deadline::{Counting, DeadlineRule, Side};
pub use due::{Due, StepCause};
pub use fiscal::FiscalCalendar;
pub use grain::Grain;
pub use month::{add_months, every_months, next_in_series};
pub use period::Period;
pub use retail::{RetailCalendar, YearEnd};
pub(crate) use text::parse_date;
pub use timestamp::{Duration, TimeUnit, Timestamp};
pub use week_mask::WeekMask;

use crate::error::{ErrorKind, TooLarge, UnknownWord};
use alloc::string::String;
use chrono::Datelike;

/// The date of this year (1 to 9999), month (1 to 12) and day of the month.
///
/// # Errors
/// [`TimeError::NoSuchDate`] when the calendar has no such day.
///
/// # Examples
/// ```
/// use marketloop::time::date;
///
/// assert_eq!(date(2024, 2, 29)?.to_string(), "2024-02-29");
/// assert!(date(2026, 2, 29).is_err());
/// # Ok::<(), marketloop::time::TimeError>(())
/// ```
pub fn date(year: i32, month: u32, day: u32) -> Result<NaiveDate, TimeError> {
    NaiveDate::from_ymd_opt(year, month, day).filter(|date| is_in_range(*date)).ok_or(TimeError::NoSuchDate {
        year,
        month,
        day,
    })
}

fn is_in_range(date: NaiveDate) -> bool {
    (1..=9999).contains(&date.year())
}

/// `date`, when it is in the years 1 to 9999.
///
/// A `NaiveDate` holds years that no text of ours has. Every door that takes one asks here, so that what is
/// built can be read back.
pub(crate) fn in_range(date: NaiveDate) -> Result<NaiveDate, TimeError> {
    if is_in_range(date) { Ok(date) } else { Err(TimeError::YearOutOfRange { date }) }
}

/// The date `days` after `date` (before it, where negative).
pub(crate) fn add_days(date: NaiveDate, days: i64) -> Result<NaiveDate, TimeError> {
    chrono::TimeDelta::try_days(days)
        .and_then(|delta| date.checked_add_signed(delta))
        .filter(|date| is_in_range(*date))
        .ok_or(TimeError::DateOutOfRange { from: date })
}

/// Why a date, a period or a deadline could not be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TimeError {
    /// A day that the calendar does not have.
    #[error("there is no day {year}-{month}-{day} in the years 1 to 9999")]
    NoSuchDate {
        /// The year as given.
        year: i32,
        /// The month as given.
        month: u32,
        /// The day of the month as given.
        day: u32,
    },
    /// A date outside the years 1 to 9999.
    #[error("{date} is outside the years 1 to 9999")]
    YearOutOfRange {
        /// The date as given.
        date: NaiveDate,
    },
    /// More dates or parts than are made at once.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
    /// A step from a date that leaves the years 1 to 9999.
    #[error("a step from {from} leaves the years 1 to 9999")]
    DateOutOfRange {
        /// The date before the step.
        from: NaiveDate,
    },
    /// A fiscal year's first month outside 1..=12.
    #[error("start month {month} is outside 1..=12")]
    StartMonth {
        /// The month as given.
        month: u32,
    },
    /// A retail year's last month outside 1..=12.
    #[error("end month {month} is outside 1..=12")]
    EndMonth {
        /// The month as given.
        month: u32,
    },
    /// Weeks of the months of a retail quarter that are not 13 in one of the three customary orders.
    #[error("months of {weeks:?} weeks are not 4-4-5, 4-5-4 or 5-4-4")]
    MonthWeeks {
        /// The weeks as given.
        weeks: [u32; 3],
    },
    /// A text that is not a retail calendar.
    #[error("`{text}` is not a retail calendar: {reason}")]
    NotARetailCalendar {
        /// The text as given, shortened when long.
        text: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A part of a year that the year does not have, such as quarter 5 or week 53 of a short year.
    #[error("{year} has no {part} {index}")]
    NoSuchPart {
        /// The labelled year.
        year: i32,
        /// The part: `quarter`, `half-year`, `month`, `week`.
        part: &'static str,
        /// The index as given, from 1.
        index: u32,
    },
    /// A period or a horizon that ends before it starts.
    #[error("{end} is before {start}")]
    Reversed {
        /// The first day as given.
        start: NaiveDate,
        /// The last day as given.
        end: NaiveDate,
    },
    /// A text that is not a period.
    #[error("`{text}` is not a period: {reason}")]
    NotAPeriod {
        /// The text as given, shortened when long.
        text: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A subdivision into parts that are not smaller, or that need a fiscal calendar.
    #[error("{period} cannot be divided into parts of one {grain}")]
    NotDivisible {
        /// The period.
        period: Period,
        /// The parts asked for.
        grain: Grain,
    },
    /// A question about workdays on a date that the calendar does not cover.
    #[error("{date} is outside the calendar's horizon {first} to {last}")]
    OutOfHorizon {
        /// The first date that would be needed beyond the horizon.
        date: NaiveDate,
        /// The first day of the horizon.
        first: NaiveDate,
        /// The last day of the horizon.
        last: NaiveDate,
    },
    /// A date that is listed as a holiday and as a make-up workday.
    #[error("{date} is both a holiday and a make-up workday")]
    HolidayConflict {
        /// The date.
        date: NaiveDate,
    },
    /// A text that is not a week mask.
    #[error("`{text}` is not a week mask of seven 0 or 1, Monday first")]
    NotAWeekMask {
        /// The text as given, shortened when long.
        text: String,
    },
    /// A roll within a period that has no workday in the direction allowed.
    #[error("there is no workday to roll {date} to within {period}")]
    NoWorkday {
        /// The date to be rolled.
        date: NaiveDate,
        /// The period that the roll must not leave.
        period: Period,
    },
    /// A text that is not a deadline.
    #[error("`{text}` is not a deadline: {reason}")]
    NotADeadline {
        /// The text as given, shortened when long.
        text: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A number of days, weeks or months that this rule does not admit.
    #[error("{count} is outside {min}..=9999, the counts of this deadline")]
    DeadlineCount {
        /// The count as given.
        count: u32,
        /// The minimum count of this rule.
        min: u32,
    },
    /// A text that is not a timestamp.
    #[error("`{text}` is not a timestamp such as 2026-07-15T09:30:00Z")]
    NotATimestamp {
        /// The text as given, shortened when long.
        text: String,
    },
    /// A text that is not a duration.
    #[error("`{text}` is not a duration such as 15 minutes")]
    NotADuration {
        /// The text as given, shortened when long.
        text: String,
    },
    /// An instant outside the years 1 to 9999.
    #[error("{seconds} seconds from 1970 are outside the years 1 to 9999")]
    TimestampOutOfRange {
        /// The seconds since 1970-01-01T00:00:00Z.
        seconds: i64,
    },
    /// A second that a day does not have.
    #[error("second {second} of a day is outside 0..=86399")]
    SecondOfDay {
        /// The second as given.
        second: u32,
    },
    /// A text that names none of the choices.
    #[error(transparent)]
    UnknownWord(#[from] UnknownWord),
    /// A strict `before` whose date was rolled onto or behind its anchor.
    #[error("{date} is not before {anchor}")]
    NotBefore {
        /// The rolled date.
        date: NaiveDate,
        /// The anchor's date.
        anchor: NaiveDate,
    },
    /// A deadline that has no date in the period: nothing recurs in it, or all was skipped.
    #[error("`{deadline}` has no date in {period}")]
    NoDate {
        /// The deadline.
        deadline: Deadline,
        /// The period.
        period: Period,
    },
}

crate::error::fault!(TimeError);

impl TimeError {
    /// The kind of the fault.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::NotAPeriod { .. }
            | Self::NotARetailCalendar { .. }
            | Self::NotADeadline { .. }
            | Self::NotATimestamp { .. }
            | Self::UnknownWord(_)
            | Self::NotADuration { .. } => ErrorKind::Syntax,
            Self::NoSuchDate { .. }
            | Self::NoSuchPart { .. }
            | Self::StartMonth { .. }
            | Self::EndMonth { .. }
            | Self::MonthWeeks { .. }
            | Self::NotAWeekMask { .. }
            | Self::TimestampOutOfRange { .. }
            | Self::YearOutOfRange { .. }
            | Self::SecondOfDay { .. }
            | Self::DeadlineCount { .. } => ErrorKind::OutOfRange,
            Self::DateOutOfRange { .. } => ErrorKind::Overflow,
            Self::TooLarge(_) => ErrorKind::Limit,
            Self::Reversed { .. } | Self::NotDivisible { .. } => ErrorKind::Mismatch,
            Self::HolidayConflict { .. } | Self::NotBefore { .. } => ErrorKind::Conflict,
            Self::OutOfHorizon { .. } | Self::NoWorkday { .. } => ErrorKind::Undefined,
            Self::NoDate { .. } => ErrorKind::Empty,
        }
    }
}
