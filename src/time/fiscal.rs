//! The year of an organisation: the month it starts in, and which calendar year names it.

use super::period::PeriodKind;
use super::{NaiveDate, Period, TimeError, add_months, date};
use chrono::Datelike;

/// Which calendar year a fiscal year is named after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum YearLabel {
    /// The calendar year in which the fiscal year starts.
    ByStart,
    /// The calendar year in which the fiscal year ends.
    ByEnd,
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

    /// The fiscal year named `year`.
    ///
    /// # Errors
    /// [`TimeError::NoSuchDate`] or [`TimeError::DateOutOfRange`] outside the years 1 to 9999.
    pub fn year(self, year: i32) -> Result<Period, TimeError> {
        Period::of_months(self.first_day(year)?, PeriodKind::Year(self))
    }

    /// The half-year `half` (1 or 2) of the fiscal year named `year`.
    ///
    /// # Errors
    /// [`TimeError::NoSuchPart`], or those of [`year`](Self::year).
    pub fn half_year(self, year: i32, half: u32) -> Result<Period, TimeError> {
        self.part(year, half, PeriodKind::HalfYear(self))
    }

    /// The quarter `quarter` (1 to 4) of the fiscal year named `year`.
    ///
    /// # Errors
    /// [`TimeError::NoSuchPart`], or those of [`year`](Self::year).
    pub fn quarter(self, year: i32, quarter: u32) -> Result<Period, TimeError> {
        self.part(year, quarter, PeriodKind::Quarter(self))
    }

    /// The fiscal year in which `date` lies.
    ///
    /// # Errors
    /// [`TimeError::DateOutOfRange`] when that year reaches beyond the years 1 to 9999.
    pub fn year_of(self, date: NaiveDate) -> Result<Period, TimeError> {
        self.part_of(date, PeriodKind::Year(self))
    }

    /// The half-year in which `date` lies.
    ///
    /// # Errors
    /// [`TimeError::DateOutOfRange`] when that half-year reaches beyond the years 1 to 9999.
    pub fn half_year_of(self, date: NaiveDate) -> Result<Period, TimeError> {
        self.part_of(date, PeriodKind::HalfYear(self))
    }

    /// The quarter in which `date` lies.
    ///
    /// # Errors
    /// [`TimeError::DateOutOfRange`] when that quarter reaches beyond the years 1 to 9999.
    pub fn quarter_of(self, date: NaiveDate) -> Result<Period, TimeError> {
        self.part_of(date, PeriodKind::Quarter(self))
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

    fn first_day(self, year: i32) -> Result<NaiveDate, TimeError> {
        date(self.start_year(year), self.start_month(), 1)
    }

    /// The calendar year in which the fiscal year named `year` starts.
    fn start_year(self, year: i32) -> i32 {
        match self.label {
            YearLabel::ByEnd if self.start_month > 1 => year.saturating_sub(1),
            _ => year,
        }
    }

    fn part(self, year: i32, index: u32, kind: PeriodKind) -> Result<Period, TimeError> {
        let months = kind.months();
        let parts = 12_u32.checked_div(months).unwrap_or(0);
        if index == 0 || index > parts {
            return Err(TimeError::NoSuchPart { year, part: kind.name(), index });
        }
        // Months from the year 0: the first parts of a year may lie before the year 1, and this one not.
        let before = i32::try_from(index.saturating_sub(1).saturating_mul(months)).unwrap_or(0);
        let since_january = i32::from(self.start_month).saturating_sub(1).saturating_add(before);
        let start_year = self.start_year(year).saturating_add(since_january.div_euclid(12));
        let month = u32::try_from(since_january.rem_euclid(12)).unwrap_or(0).saturating_add(1);
        Period::of_months(date(start_year, month, 1)?, kind)
    }

    fn part_of(self, date: NaiveDate, kind: PeriodKind) -> Result<Period, TimeError> {
        let first = date.with_day(1).unwrap_or(date);
        let into = self.month_index(first).checked_rem(kind.months()).unwrap_or(0);
        Period::of_months(add_months(first, i32::try_from(into).unwrap_or(0).saturating_neg())?, kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_label_is_a_choice_that_january_does_not_need() {
        assert_eq!(FiscalCalendar::new(1, YearLabel::ByEnd).unwrap(), FiscalCalendar::CALENDAR_YEAR);
        let by_start = FiscalCalendar::new(7, YearLabel::ByStart).unwrap();
        let by_end = FiscalCalendar::new(7, YearLabel::ByEnd).unwrap();
        assert_eq!(by_start.year(2026).unwrap().start(), by_end.year(2027).unwrap().start());
        let day = date(2026, 6, 30).unwrap();
        assert_eq!((by_start.label_of(day), by_end.label_of(day)), (2025, 2026));
    }

    #[test]
    fn parts_that_do_not_exist_are_refused() {
        let year = FiscalCalendar::CALENDAR_YEAR;
        assert!(FiscalCalendar::new(0, YearLabel::ByStart).is_err());
        assert!(FiscalCalendar::new(13, YearLabel::ByStart).is_err());
        assert!(year.quarter(2026, 0).is_err() && year.quarter(2026, 5).is_err());
        assert!(year.half_year(2026, 3).is_err() && year.year(0).is_err() && year.year(10_000).is_err());
        let april = FiscalCalendar::new(4, YearLabel::ByStart).unwrap();
        assert!(april.year(9999).is_err() && april.year_of(date(1, 1, 1).unwrap()).is_err());
        assert!(april.year(i32::MIN).is_err() && april.quarter(i32::MAX, 4).is_err());
    }
}
