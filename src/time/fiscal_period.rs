//! The periods of a fiscal calendar: its years, half-years and quarters.

use super::month::first_of_month;
use super::period::PeriodKind;
use super::{FiscalCalendar, NaiveDate, Period, TimeError, add_months, date};

impl FiscalCalendar {
    /// The fiscal year named `year`.
    ///
    /// # Errors
    /// [`TimeError::NoSuchDate`] or [`TimeError::DateOutOfRange`] outside the years 1 to 9999.
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{FiscalCalendar, date};
    ///
    /// let year = FiscalCalendar::named_by_start(4)?.year(2026)?;
    /// assert_eq!((year.start(), year.end()), (date(2026, 4, 1)?, date(2027, 3, 31)?));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn year(self, year: i32) -> Result<Period, TimeError> {
        Period::of_months(self.first_day(year)?, PeriodKind::Year(self))
    }

    /// The half-year `half` (1 or 2) of the fiscal year named `year`.
    ///
    /// # Errors
    /// [`TimeError::NoSuchPart`], or those of [`year`](Self::year).
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::FiscalCalendar;
    ///
    /// assert_eq!(FiscalCalendar::CALENDAR_YEAR.half_year(2026, 2)?.to_string(), "2026-H2");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn half_year(self, year: i32, half: u32) -> Result<Period, TimeError> {
        self.part(year, half, PeriodKind::HalfYear(self))
    }

    /// The quarter `quarter` (1 to 4) of the fiscal year named `year`.
    ///
    /// # Errors
    /// [`TimeError::NoSuchPart`], or those of [`year`](Self::year).
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::FiscalCalendar;
    ///
    /// let quarter = FiscalCalendar::CALENDAR_YEAR.quarter(2026, 3)?;
    /// assert_eq!(quarter, "2026-Q3".parse()?);
    /// assert!(FiscalCalendar::CALENDAR_YEAR.quarter(2026, 5).is_err());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn quarter(self, year: i32, quarter: u32) -> Result<Period, TimeError> {
        self.part(year, quarter, PeriodKind::Quarter(self))
    }

    /// The fiscal year in which `date` lies.
    ///
    /// # Errors
    /// [`TimeError::DateOutOfRange`] when that year reaches beyond the years 1 to 9999.
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{FiscalCalendar, date};
    ///
    /// let april = FiscalCalendar::named_by_start(4)?;
    /// assert_eq!(april.year_of(date(2027, 3, 31)?)?, april.year(2026)?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
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
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{FiscalCalendar, date};
    ///
    /// let quarter = FiscalCalendar::named_by_start(4)?.quarter_of(date(2027, 1, 15)?)?;
    /// assert_eq!(quarter.to_string(), "FY2026-Q4 from 04 by start");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn quarter_of(self, date: NaiveDate) -> Result<Period, TimeError> {
        self.part_of(date, PeriodKind::Quarter(self))
    }

    /// The half-year or quarter with this number in the fiscal year named `year`.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "months of two years, which hold every part of a year"
    )]
    fn part(self, year: i32, index: u32, kind: PeriodKind) -> Result<Period, TimeError> {
        let months = kind.months();
        if index == 0 || index > 12 / months {
            return Err(TimeError::NoSuchPart { year, part: kind.name(), index });
        }
        // In months, and not by stepping from the year's first day: that may lie before the year 1, and this part not.
        let since_january = self.start_month() - 1 + (index - 1) * months;
        let start_year = self.start_year(year).saturating_add((since_january / 12).cast_signed());
        Period::of_months(date(start_year, since_january % 12 + 1, 1)?, kind)
    }

    /// The part of this kind in which `date` lies.
    #[expect(clippy::arithmetic_side_effects, reason = "a part has 3 to 12 months")]
    fn part_of(self, date: NaiveDate, kind: PeriodKind) -> Result<Period, TimeError> {
        let first = first_of_month(date);
        // How far the month lies into its part: the months before are stepped back over.
        let into = self.month_index(first) % kind.months();
        Period::of_months(add_months(first, -into.cast_signed())?, kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_label_is_a_choice_that_january_does_not_need() {
        assert_eq!(FiscalCalendar::named_by_end(1).unwrap(), FiscalCalendar::CALENDAR_YEAR);
        let by_start = FiscalCalendar::named_by_start(7).unwrap();
        let by_end = FiscalCalendar::named_by_end(7).unwrap();
        assert_eq!(by_start.year(2026).unwrap().start(), by_end.year(2027).unwrap().start());
        let day = date(2026, 6, 30).unwrap();
        assert_eq!((by_start.label_of(day), by_end.label_of(day)), (2025, 2026));
    }

    #[test]
    fn parts_that_do_not_exist_are_refused() {
        let year = FiscalCalendar::CALENDAR_YEAR;
        assert!(FiscalCalendar::named_by_start(0).is_err());
        assert!(FiscalCalendar::named_by_start(13).is_err());
        assert!(year.quarter(2026, 0).is_err() && year.quarter(2026, 5).is_err());
        assert!(year.half_year(2026, 3).is_err() && year.year(0).is_err() && year.year(10_000).is_err());
        let april = FiscalCalendar::named_by_start(4).unwrap();
        assert!(april.year(9999).is_err() && april.year_of(date(1, 1, 1).unwrap()).is_err());
        assert!(april.year(i32::MIN).is_err() && april.quarter(i32::MAX, 4).is_err());
    }
}
