//! A stretch of whole days with a name.

use super::month::first_of_month;
use super::retail::RetailPart;
use super::{FiscalCalendar, NaiveDate, RetailCalendar, TimeError, add_days, add_months, date, in_range};
use crate::quantity::wire::text_on_the_wire;
use chrono::Datelike;
use core::cmp::Ordering;

/// What a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum PeriodKind {
    /// One day.
    Day,
    /// One week of ISO 8601, Monday to Sunday.
    Week,
    /// One calendar month.
    Month,
    /// One quarter of a fiscal year.
    Quarter(FiscalCalendar),
    /// One half of a fiscal year.
    HalfYear(FiscalCalendar),
    /// One fiscal year.
    Year(FiscalCalendar),
    /// A part of a retail year, or one.
    Retail(RetailPart, RetailCalendar),
    /// Any other stretch of days.
    Custom,
}

impl PeriodKind {
    /// The length in months, 0 for what is not counted in months.
    pub(super) const fn months(self) -> u32 {
        match self {
            Self::Month => 1,
            Self::Quarter(_) => 3,
            Self::HalfYear(_) => 6,
            Self::Year(_) => 12,
            Self::Day | Self::Week | Self::Retail(..) | Self::Custom => 0,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter(_) => "quarter",
            Self::HalfYear(_) => "half-year",
            Self::Year(_) => "year",
            Self::Retail(part, _) => part.name(),
            Self::Custom => "period",
        }
    }
}

/// A period: its first and last day (both in it) and what it is.
///
/// Its text names it and reads back: `2026-07-01`, `2026-W27`, `2026-07`, `2026-Q3`, `2026-H2`, `2026`,
/// `FY2026-Q1 from 04 by start`, `FY2026-M07 4-5-4 to Saturday nearest 01 by start` (of a retail year also `-W27`, `-Q3`,
/// `-H2`), `2026-07-15/2026-08-15`. The text is its form on the wire, too.
///
/// # Examples
/// ```
/// use marketloop::time::{Grain, Period, date};
///
/// let q3: Period = "2026-Q3".parse()?;
/// assert_eq!(q3.days(), 92);
/// let months: Vec<String> = q3.divide(Grain::Month)?.iter().map(Period::to_string).collect();
/// assert_eq!(months, ["2026-07", "2026-08", "2026-09"]);
/// assert_eq!(q3.next()?.to_string(), "2026-Q4");
/// assert!(q3.contains(date(2026, 9, 30)?));
/// # Ok::<(), marketloop::time::TimeError>(())
/// ```
///
/// ```
/// # use marketloop::time::Period;
/// let json = r#""FY2027-H2 from 04 by end""#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Period>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period {
    // Both ends, although a kind and its start give the end: nearly all questions compare days.
    start: NaiveDate,
    end: NaiveDate,
    kind: PeriodKind,
}

impl Period {
    /// The period of this one day.
    ///
    /// # Errors
    /// [`TimeError::YearOutOfRange`].
    pub fn day(date: NaiveDate) -> Result<Self, TimeError> {
        let date = in_range(date)?;
        Ok(Self { start: date, end: date, kind: PeriodKind::Day })
    }

    /// The week `week` (1 to 52 or 53) of the ISO 8601 year `year`.
    ///
    /// # Errors
    /// [`TimeError::NoSuchPart`] when the year has no such week.
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{Period, date};
    ///
    /// let week = Period::week(2026, 27)?;
    /// assert_eq!((week.start(), week.end()), (date(2026, 6, 29)?, date(2026, 7, 5)?));
    /// assert!(Period::week(2025, 53).is_err()); // 2025 has 52
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn week(year: i32, week: u32) -> Result<Self, TimeError> {
        let monday = NaiveDate::from_isoywd_opt(year, week, chrono::Weekday::Mon)
            .filter(|_| (1..=9999).contains(&year))
            .ok_or(TimeError::NoSuchPart { year, part: "week", index: week })?;
        Self::week_of(monday)
    }

    /// The week of ISO 8601 in which `date` lies.
    ///
    /// # Errors
    /// [`TimeError::DateOutOfRange`] when the week reaches beyond the years 1 to 9999.
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{Period, date};
    ///
    /// assert_eq!(Period::week_of(date(2026, 7, 1)?)?.to_string(), "2026-W27");
    /// // The first days of a year may belong to the last week of the year before.
    /// assert_eq!(Period::week_of(date(2027, 1, 1)?)?.to_string(), "2026-W53");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn week_of(date: NaiveDate) -> Result<Self, TimeError> {
        #[expect(clippy::arithmetic_side_effects, reason = "at most 6 days")]
        let start = add_days(date, -i64::from(date.weekday().num_days_from_monday()))?;
        Ok(Self { start, end: add_days(start, 6)?, kind: PeriodKind::Week })
    }

    /// The calendar month `month` (1 to 12) of `year`.
    ///
    /// # Errors
    /// [`TimeError::NoSuchDate`] outside 1..=12 or the years 1 to 9999.
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::Period;
    ///
    /// assert_eq!((Period::month(2026, 2)?.days(), Period::month(2028, 2)?.days()), (28, 29));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn month(year: i32, month: u32) -> Result<Self, TimeError> {
        Self::of_months(date(year, month, 1)?, PeriodKind::Month)
    }

    /// The calendar month in which `date` lies.
    ///
    /// # Errors
    /// [`TimeError::DateOutOfRange`] outside the years 1 to 9999.
    pub fn month_of(date: NaiveDate) -> Result<Self, TimeError> {
        Self::of_months(first_of_month(date), PeriodKind::Month)
    }

    /// The period from `start` to `end`, both in it.
    ///
    /// # Errors
    /// [`TimeError::Reversed`]; [`TimeError::YearOutOfRange`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{Period, date};
    ///
    /// let campaign = Period::custom(date(2026, 7, 15)?, date(2026, 8, 15)?)?;
    /// assert_eq!((campaign.to_string(), campaign.days()), ("2026-07-15/2026-08-15".into(), 32));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn custom(start: NaiveDate, end: NaiveDate) -> Result<Self, TimeError> {
        if end < start {
            return Err(TimeError::Reversed { start, end });
        }
        Ok(Self { start: in_range(start)?, end: in_range(end)?, kind: PeriodKind::Custom })
    }

    /// The period of `kind`, which is counted in months, that starts on `start`, the first of a month.
    #[expect(clippy::arithmetic_side_effects, reason = "1 to 12 months, and 28 to 31 days")]
    pub(super) fn of_months(start: NaiveDate, kind: PeriodKind) -> Result<Self, TimeError> {
        // One month less and then its last day, so that the year 9999 has a December.
        let last_month = add_months(start, kind.months().cast_signed() - 1)?;
        let end = add_days(last_month, i64::from(last_month.num_days_in_month()) - 1)?;
        Ok(Self { start: in_range(start)?, end, kind })
    }

    /// The first day.
    #[must_use]
    pub const fn start(&self) -> NaiveDate {
        self.start
    }

    /// The last day, which is in the period.
    #[must_use]
    pub const fn end(&self) -> NaiveDate {
        self.end
    }

    /// The first day after the period.
    ///
    /// # Errors
    /// [`TimeError::DateOutOfRange`] at the end of the year 9999.
    pub fn next_start(&self) -> Result<NaiveDate, TimeError> {
        add_days(self.end, 1)
    }

    /// Its length in calendar months: 1, 3, 6 or 12; 0 for a day, a week, a part of a retail year, which is counted in weeks, or
    /// any other stretch of days.
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::Period;
    ///
    /// assert_eq!("2026-H2".parse::<Period>()?.months(), 6);
    /// assert_eq!("2026-07-01/2026-07-31".parse::<Period>()?.months(), 0);
    /// # Ok::<(), marketloop::time::TimeError>(())
    /// ```
    #[must_use]
    pub const fn months(&self) -> u32 {
        self.kind.months()
    }

    /// The fiscal calendar of a quarter, a half-year or a year; `None` for any other period, those of a retail year among them.
    #[must_use]
    pub const fn fiscal(&self) -> Option<FiscalCalendar> {
        match self.kind {
            PeriodKind::Quarter(fiscal) | PeriodKind::HalfYear(fiscal) | PeriodKind::Year(fiscal) => {
                Some(fiscal)
            }
            PeriodKind::Day
            | PeriodKind::Week
            | PeriodKind::Month
            | PeriodKind::Retail(..)
            | PeriodKind::Custom => None,
        }
    }

    /// The retail calendar of a week, a month, a quarter, a half-year or a year of one; `None` for any other period.
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{Period, RetailCalendar};
    ///
    /// let week = RetailCalendar::US_RETAIL.week(2026, 1)?;
    /// assert_eq!(week.retail(), Some(RetailCalendar::US_RETAIL));
    /// assert_eq!(Period::week(2026, 1)?.retail(), None); // a week of ISO 8601
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn retail(&self) -> Option<RetailCalendar> {
        match self.kind {
            PeriodKind::Retail(_, calendar) => Some(calendar),
            _ => None,
        }
    }

    /// Whether it is a stretch of days without a name of its own: neither a day, a week, a month nor a part of a
    /// fiscal or retail year.
    #[must_use]
    pub const fn is_custom(&self) -> bool {
        matches!(self.kind, PeriodKind::Custom)
    }

    /// The part of a retail year of these days.
    pub(super) fn retail_part(
        calendar: RetailCalendar,
        part: RetailPart,
        days: Result<(NaiveDate, NaiveDate), TimeError>,
    ) -> Result<Self, TimeError> {
        let (start, end) = days?;
        Ok(Self { start, end, kind: PeriodKind::Retail(part, calendar) })
    }

    /// The part of a retail year in which `date` lies.
    pub(super) fn retail_around(
        calendar: RetailCalendar,
        part: RetailPart,
        date: NaiveDate,
    ) -> Result<Self, TimeError> {
        Self::retail_part(calendar, part, calendar.around(part, date))
    }

    /// Whether both are of one kind: two days, two weeks, two quarters of one calendar; a custom one is of no kind.
    #[cfg(feature = "kpi")]
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.kind == other.kind && !self.is_custom()
    }

    pub(super) const fn kind(&self) -> PeriodKind {
        self.kind
    }

    /// The number of days, at least 1.
    #[must_use]
    #[expect(clippy::arithmetic_side_effects, reason = "days of 10,000 years")]
    pub fn days(&self) -> u32 {
        self.end.num_days_from_ce().abs_diff(self.start.num_days_from_ce()) + 1
    }

    /// Whether `date` is one of its days.
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{Period, date};
    ///
    /// let july: Period = "2026-07".parse()?;
    /// assert!(july.contains(date(2026, 7, 31)?)); // the last day is in it
    /// assert!(!july.contains(date(2026, 8, 1)?));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn contains(&self, date: NaiveDate) -> bool {
        self.start <= date && date <= self.end
    }

    /// Whether all days of `other` are days of this period.
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::Period;
    ///
    /// let quarter: Period = "2026-Q3".parse()?;
    /// assert!(quarter.covers(&"2026-08".parse()?));
    /// assert!(!quarter.covers(&"2026-W27".parse()?)); // it starts on 29 June
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The period of the same kind that follows at once; for a custom one, the same number of days.
    ///
    /// # Errors
    /// [`TimeError::DateOutOfRange`] beyond the year 9999.
    pub fn next(&self) -> Result<Self, TimeError> {
        let start = self.next_start()?;
        // Periods in months differ in days: the next one is found by its months, any other by its length.
        match self.kind {
            // The parts of a retail year differ in weeks: the next one is the one in which its first day lies.
            PeriodKind::Retail(part, calendar) => Self::retail_around(calendar, part, start),
            kind if kind.months() == 0 => {
                Ok(Self { start, end: add_days(self.end, self.days().into())?, kind })
            }
            kind => Self::of_months(start, kind),
        }
    }

    /// The period of the same kind that ends the day before; for a custom one, the same number of days.
    ///
    /// # Errors
    /// [`TimeError::DateOutOfRange`] before the year 1.
    #[expect(clippy::arithmetic_side_effects, reason = "at most 12 months, and days of 10,000 years")]
    pub fn previous(&self) -> Result<Self, TimeError> {
        match self.kind {
            PeriodKind::Retail(part, calendar) => {
                Self::retail_around(calendar, part, add_days(self.start, -1)?)
            }
            kind if kind.months() == 0 => Ok(Self {
                start: add_days(self.start, -i64::from(self.days()))?,
                end: add_days(self.start, -1)?,
                kind,
            }),
            kind => Self::of_months(add_months(self.start, -kind.months().cast_signed())?, kind),
        }
    }
}

impl Ord for Period {
    /// By the first day, then by the last, then by the kind.
    fn cmp(&self, other: &Self) -> Ordering {
        (self.start, self.end, self.kind).cmp(&(other.start, other.end, other.kind))
    }
}

impl PartialOrd for Period {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

text_on_the_wire!(Period, "a period such as `2026-Q3`");

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn period(text: &str) -> Period {
        text.parse().unwrap()
    }

    /// A period is copied with every cell and row: the retail calendar must not make it larger.
    #[test]
    fn a_period_is_two_dates_and_four_bytes() {
        assert_eq!(size_of::<Period>(), 12);
        assert_eq!(size_of::<Option<Period>>(), 12);
    }

    #[test]
    fn custom_periods_step_by_their_length() {
        let campaign = period("2026-07-15/2026-08-15");
        assert_eq!(campaign.next().unwrap().to_string(), "2026-08-16/2026-09-16");
        assert_eq!(campaign.previous().unwrap().to_string(), "2026-06-13/2026-07-14");
        assert_eq!(period("2026-W01").previous().unwrap().to_string(), "2025-W52");
        let fiscal = FiscalCalendar::named_by_end(10).unwrap();
        assert_eq!(fiscal.quarter(2027, 1).unwrap().previous().unwrap(), fiscal.quarter(2026, 4).unwrap());
    }
}
