//! The year of an organisation: the month it starts in, and which calendar year names it.

use super::{NaiveDate, TimeError, date};
use crate::error::{chosen, excerpt};
use chrono::Datelike;
use core::fmt;
use core::str::FromStr;

/// Which calendar year a fiscal year is named after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum YearLabel {
    /// The calendar year in which the fiscal year starts.
    ByStart,
    /// The calendar year in which the fiscal year ends.
    ByEnd,
}

impl fmt::Display for YearLabel {
    /// `by start` or `by end`, as in `FY2027-Q1 from 04 by end`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::ByStart => "by start",
            Self::ByEnd => "by end",
        })
    }
}

impl FromStr for YearLabel {
    type Err = TimeError;

    /// Reads what is shown, `by end`, and what stands on the wire, `by_end`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let choices = [(Self::ByStart, "by_start"), (Self::ByEnd, "by_end")];
        chosen(text, &choices)
            .ok_or_else(|| TimeError::UnknownWord { text: excerpt(text), known: &["by start", "by end"] })
    }
}

/// A fiscal calendar: quarters, half-years and years from a start month, with a stated way to name the year.
///
/// With a start in January both labels name the same years and the two calendars are equal.
///
/// # Examples
/// ```
/// use marketloop::time::{FiscalCalendar, YearLabel, date};
///
/// let april = FiscalCalendar::new(4, YearLabel::ByEnd)?;
/// let first = april.quarter(2027, 1)?;
/// assert_eq!((first.start(), first.end()), (date(2026, 4, 1)?, date(2026, 6, 30)?));
/// assert_eq!(april.quarter_of(date(2026, 5, 15)?)?, first);
/// assert_eq!(first.to_string(), "FY2027-Q1 from 04 by end");
/// # Ok::<(), marketloop::time::TimeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Draft", into = "Draft")]
pub struct FiscalCalendar {
    start_month: u8,
    label: YearLabel,
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Draft {
    start_month: u32,
    label: YearLabel,
}

impl TryFrom<Draft> for FiscalCalendar {
    type Error = TimeError;

    fn try_from(draft: Draft) -> Result<Self, Self::Error> {
        Self::new(draft.start_month, draft.label)
    }
}

impl From<FiscalCalendar> for Draft {
    fn from(calendar: FiscalCalendar) -> Self {
        Self { start_month: calendar.start_month(), label: calendar.label }
    }
}

impl FiscalCalendar {
    /// The calendar year: from January, where both labels agree.
    pub const CALENDAR_YEAR: Self = Self { start_month: 1, label: YearLabel::ByStart };

    /// The fiscal calendar whose years start on the first of `start_month` (1 to 12).
    ///
    /// # Errors
    /// [`TimeError::StartMonth`] outside 1..=12.
    pub fn new(start_month: u32, label: YearLabel) -> Result<Self, TimeError> {
        match u8::try_from(start_month) {
            Ok(1) => Ok(Self::CALENDAR_YEAR),
            Ok(month @ 2..=12) => Ok(Self { start_month: month, label }),
            _ => Err(TimeError::StartMonth { month: start_month }),
        }
    }

    /// The month in which the year starts, 1 to 12.
    #[must_use]
    pub fn start_month(self) -> u32 {
        self.start_month.into()
    }

    /// Which calendar year names the fiscal year.
    #[must_use]
    pub const fn label(self) -> YearLabel {
        self.label
    }

    /// The name of the fiscal year in which `date` lies.
    #[must_use]
    pub fn label_of(self, date: NaiveDate) -> i32 {
        let started = date.year().saturating_sub(i32::from(date.month() < self.start_month()));
        match self.label {
            YearLabel::ByStart => started,
            YearLabel::ByEnd => started.saturating_add(i32::from(self.start_month > 1)),
        }
    }

    /// How many whole months of the fiscal year are over at the first of the month of `date`, 0 to 11.
    pub(crate) fn month_index(self, date: NaiveDate) -> u32 {
        let months = date.month().saturating_add(12).saturating_sub(self.start_month());
        if months >= 12 { months.saturating_sub(12) } else { months }
    }

    pub(super) fn first_day(self, year: i32) -> Result<NaiveDate, TimeError> {
        date(self.start_year(year), self.start_month(), 1)
    }

    /// The calendar year in which the fiscal year named `year` starts.
    pub(super) fn start_year(self, year: i32) -> i32 {
        match self.label {
            YearLabel::ByEnd if self.start_month > 1 => year.saturating_sub(1),
            _ => year,
        }
    }
}
