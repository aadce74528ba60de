//! The year of an organisation: the month it starts in, and which calendar year names it.

use super::{NaiveDate, TimeError, date};
use crate::quantity::wire::wire_fields;
use crate::quantity::words::words;
use chrono::Datelike;

/// Which calendar year a fiscal year is named after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum YearLabel {
    /// The calendar year in which the fiscal year starts.
    ByStart,
    /// The calendar year in which the fiscal year ends.
    ByEnd,
}

words!(YearLabel, "label of a fiscal year": ByStart = "by_start", ByEnd = "by_end");

/// The years of an organisation, with their half-years and quarters: the month in which a year starts, and whether the
/// calendar year of its start or of its end names it.
///
/// A year from April 2026 to March 2027 is 2026 to some and 2027 to others: there is no default. With a start in January
/// both name the same years and the two calendars are equal.
///
/// # Examples
/// ```
/// use marketloop::time::{FiscalCalendar, date};
///
/// let april = FiscalCalendar::named_by_end(4)?;
/// let first = april.quarter(2027, 1)?;
/// assert_eq!((first.start(), first.end()), (date(2026, 4, 1)?, date(2026, 6, 30)?));
/// assert_eq!(april.quarter_of(date(2026, 5, 15)?)?, first);
/// assert_eq!(first.to_string(), "FY2027-Q1 from 04 by end");
/// # Ok::<(), marketloop::time::TimeError>(())
/// ```
///
/// ```
/// # use marketloop::time::FiscalCalendar;
/// let json = r#"{"start_month":7,"label":"by_start"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<FiscalCalendar>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Draft", into = "Draft")]
#[doc(alias = "财年")]
pub struct FiscalCalendar {
    // 8 bits: the calendar is copied with every period that is a quarter, a half-year or a year.
    start_month: u8,
    label: YearLabel,
}

struct Draft {
    start_month: u32,
    label: YearLabel,
}

wire_fields!(Draft { start_month, label });

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

    /// The fiscal calendar whose years start on the first of `start_month` (1 to 12) and are named after the calendar
    /// year in which they start.
    ///
    /// # Errors
    /// [`TimeError::StartMonth`] outside 1..=12.
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{FiscalCalendar, date};
    ///
    /// let july = FiscalCalendar::named_by_start(7)?;
    /// assert_eq!(july.label_of(date(2027, 1, 31)?), 2026);
    /// assert_eq!(FiscalCalendar::named_by_end(7)?.label_of(date(2027, 1, 31)?), 2027);
    /// # Ok::<(), marketloop::time::TimeError>(())
    /// ```
    pub fn named_by_start(start_month: u32) -> Result<Self, TimeError> {
        Self::new(start_month, YearLabel::ByStart)
    }

    /// The fiscal calendar whose years start on the first of `start_month` (1 to 12) and are named after the calendar
    /// year in which they end.
    ///
    /// # Errors
    /// [`TimeError::StartMonth`] outside 1..=12.
    pub fn named_by_end(start_month: u32) -> Result<Self, TimeError> {
        Self::new(start_month, YearLabel::ByEnd)
    }

    pub(super) fn new(start_month: u32, label: YearLabel) -> Result<Self, TimeError> {
        match u8::try_from(start_month) {
            // One value for one calendar: years from January start and end in the same year.
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

    /// Whether the calendar year of its end names the fiscal year, and not that of its start. Of years from January
    /// both are the same, and the answer is no.
    #[must_use]
    pub const fn is_named_by_end(self) -> bool {
        matches!(self.label, YearLabel::ByEnd)
    }

    /// The name of the fiscal year in which `date` lies.
    #[must_use]
    #[expect(clippy::arithmetic_side_effects, reason = "the years of a date have 19 bits")]
    pub fn label_of(self, date: NaiveDate) -> i32 {
        let started = date.year() - i32::from(date.month() < self.start_month());
        match self.label {
            YearLabel::ByStart => started,
            YearLabel::ByEnd => started + i32::from(self.start_month > 1),
        }
    }

    /// How many whole months of the fiscal year are over at the first of the month of `date`, 0 to 11.
    #[expect(clippy::arithmetic_side_effects, reason = "months of a year")]
    pub(crate) fn month_index(self, date: NaiveDate) -> u32 {
        (date.month() + 12 - self.start_month()) % 12
    }

    pub(super) fn first_day(self, year: i32) -> Result<NaiveDate, TimeError> {
        date(self.start_year(year), self.start_month(), 1)
    }

    /// The calendar year in which the fiscal year named `year` starts.
    pub(super) fn start_year(self, year: i32) -> i32 {
        match self.label {
            // A caller's number, which may be any: saturated it is no year of a date, and refused as such.
            YearLabel::ByEnd if self.start_month > 1 => year.saturating_sub(1),
            _ => year,
        }
    }
}
