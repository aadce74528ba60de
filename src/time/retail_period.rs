//! The periods of a retail calendar: its years, half-years, quarters, months and weeks.

use super::period::PeriodKind;
use super::retail::RetailPart;
use super::{NaiveDate, Period, RetailCalendar, TimeError};

impl RetailCalendar {
    /// The retail year named `year`: 52 or 53 weeks.
    ///
    /// # Errors
    /// [`TimeError::NoSuchDate`] or [`TimeError::DateOutOfRange`] outside the years 1 to 9999.
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{RetailCalendar, date};
    ///
    /// let year = RetailCalendar::US_RETAIL.year(2023)?;
    /// assert_eq!((year.start(), year.end()), (date(2023, 1, 29)?, date(2024, 2, 3)?));
    /// assert_eq!(year.to_string(), "FY2023 4-5-4 to Saturday nearest 01 by start");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn year(self, year: i32) -> Result<Period, TimeError> {
        Period::retail_part(self, RetailPart::Year, self.numbered(RetailPart::Year, year, 1))
    }

    /// The half-year `half` (1 or 2) of the retail year named `year`: 26 weeks, or 27 at the end of a year of 53.
    ///
    /// # Errors
    /// [`TimeError::NoSuchPart`], or those of [`year`](Self::year).
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::RetailCalendar;
    ///
    /// assert_eq!(RetailCalendar::US_RETAIL.half_year(2023, 2)?.days(), 27 * 7);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn half_year(self, year: i32, half: u32) -> Result<Period, TimeError> {
        Period::retail_part(self, RetailPart::HalfYear, self.numbered(RetailPart::HalfYear, year, half))
    }

    /// The quarter `quarter` (1 to 4) of the retail year named `year`: 13 weeks, or 14 at the end of a year of 53.
    ///
    /// # Errors
    /// [`TimeError::NoSuchPart`], or those of [`year`](Self::year).
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{RetailCalendar, date};
    ///
    /// let quarter = RetailCalendar::US_RETAIL.quarter(2026, 2)?;
    /// assert_eq!((quarter.start(), quarter.days()), (date(2026, 5, 3)?, 13 * 7));
    /// assert!(RetailCalendar::US_RETAIL.quarter(2026, 5).is_err());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn quarter(self, year: i32, quarter: u32) -> Result<Period, TimeError> {
        Period::retail_part(self, RetailPart::Quarter, self.numbered(RetailPart::Quarter, year, quarter))
    }

    /// The month `month` (1 to 12, counted from the year's start) of the retail year named `year`: 4 or 5 weeks, the last with
    /// the 53rd.
    ///
    /// # Errors
    /// [`TimeError::NoSuchPart`], or those of [`year`](Self::year).
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{RetailCalendar, date};
    ///
    /// // What the trade calls March: five weeks.
    /// let march = RetailCalendar::US_RETAIL.month(2026, 2)?;
    /// assert_eq!((march.start(), march.end()), (date(2026, 3, 1)?, date(2026, 4, 4)?));
    /// assert_eq!(march.to_string(), "FY2026-M02 4-5-4 to Saturday nearest 01 by start");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn month(self, year: i32, month: u32) -> Result<Period, TimeError> {
        Period::retail_part(self, RetailPart::Month, self.numbered(RetailPart::Month, year, month))
    }

    /// The week `week` (1 to 52 or 53) of the retail year named `year`.
    ///
    /// # Errors
    /// [`TimeError::NoSuchPart`] when the year has no such week, or those of [`year`](Self::year).
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{RetailCalendar, date};
    ///
    /// let last = RetailCalendar::US_RETAIL.week(2023, 53)?;
    /// assert_eq!((last.start(), last.end()), (date(2024, 1, 28)?, date(2024, 2, 3)?));
    /// assert!(RetailCalendar::US_RETAIL.week(2026, 53).is_err()); // 2026 has 52
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn week(self, year: i32, week: u32) -> Result<Period, TimeError> {
        Period::retail_part(self, RetailPart::Week, self.numbered(RetailPart::Week, year, week))
    }

    /// The retail year in which `date` lies.
    ///
    /// # Errors
    /// [`TimeError::YearOutOfRange`]; [`TimeError::DateOutOfRange`] when that year reaches beyond the years 1 to 9999.
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{RetailCalendar, date};
    ///
    /// let us = RetailCalendar::US_RETAIL;
    /// assert_eq!(us.year_of(date(2026, 1, 31)?)?, us.year(2025)?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn year_of(self, date: NaiveDate) -> Result<Period, TimeError> {
        Period::retail_around(self, RetailPart::Year, date)
    }

    /// The retail half-year in which `date` lies.
    ///
    /// # Errors
    /// Those of [`year_of`](Self::year_of).
    pub fn half_year_of(self, date: NaiveDate) -> Result<Period, TimeError> {
        Period::retail_around(self, RetailPart::HalfYear, date)
    }

    /// The retail quarter in which `date` lies.
    ///
    /// # Errors
    /// Those of [`year_of`](Self::year_of).
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{RetailCalendar, date};
    ///
    /// let us = RetailCalendar::US_RETAIL;
    /// assert_eq!(us.quarter_of(date(2026, 5, 2)?)?, us.quarter(2026, 1)?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn quarter_of(self, date: NaiveDate) -> Result<Period, TimeError> {
        Period::retail_around(self, RetailPart::Quarter, date)
    }

    /// The retail month in which `date` lies.
    ///
    /// # Errors
    /// Those of [`year_of`](Self::year_of).
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{RetailCalendar, date};
    ///
    /// let us = RetailCalendar::US_RETAIL;
    /// assert_eq!(us.month_of(date(2026, 4, 4)?)?, us.month(2026, 2)?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn month_of(self, date: NaiveDate) -> Result<Period, TimeError> {
        Period::retail_around(self, RetailPart::Month, date)
    }

    /// The retail week in which `date` lies.
    ///
    /// # Errors
    /// Those of [`year_of`](Self::year_of).
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{RetailCalendar, date};
    ///
    /// let us = RetailCalendar::US_RETAIL;
    /// assert_eq!(us.week_of(date(2026, 2, 7)?)?, us.week(2026, 1)?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn week_of(self, date: NaiveDate) -> Result<Period, TimeError> {
        Period::retail_around(self, RetailPart::Week, date)
    }

    /// How many weeks the retail year named `year` has: 52 or 53.
    ///
    /// # Errors
    /// Those of [`year`](Self::year).
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::RetailCalendar;
    ///
    /// let us = RetailCalendar::US_RETAIL;
    /// let long: Vec<i32> = (2010..2027).filter(|year| us.weeks_in_year(*year) == Ok(53)).collect();
    /// assert_eq!(long, [2012, 2017, 2023]);
    /// ```
    pub fn weeks_in_year(self, year: i32) -> Result<u32, TimeError> {
        Ok(self.year(year)?.days() / 7)
    }
}

#[cfg(feature = "kpi")]
impl Period {
    /// The part of the retail year before with the same number; `None` where that year has none, as of a 53rd week, and for any
    /// other period.
    pub(crate) fn retail_year_before(&self) -> Option<Self> {
        let PeriodKind::Retail(part, calendar) = self.kind() else { return None };
        let (label, number) = calendar.number_of(part, self.start()).ok()?;
        Self::retail_part(calendar, part, calendar.numbered(part, label.checked_sub(1)?, number)).ok()
    }

    /// The part of the same kind and calendar in which `day` lies; `None` beyond the years 1 to 9999, and for any other period.
    pub(crate) fn retail_like(&self, day: NaiveDate) -> Option<Self> {
        let PeriodKind::Retail(part, calendar) = self.kind() else { return None };
        Self::retail_around(calendar, part, day).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{Grain, Weekday, YearEnd, add_days, date};
    use alloc::string::ToString;
    use alloc::vec::Vec;
    use chrono::Datelike;

    fn maker() -> RetailCalendar {
        RetailCalendar::named_by_end(YearEnd::Last, Weekday::Sat, 9, [4, 4, 5]).unwrap()
    }

    /// Every calendar that there is.
    fn all() -> Vec<RetailCalendar> {
        let mut all = Vec::new();
        for named in [RetailCalendar::named_by_start, RetailCalendar::named_by_end] {
            for end in [YearEnd::Last, YearEnd::Nearest] {
                for weeks in [[4, 4, 5], [4, 5, 4], [5, 4, 4]] {
                    let weekdays = core::iter::successors(Some(Weekday::Mon), |day| Some(day.succ())).take(7);
                    for (weekday, month) in weekdays.flat_map(|day| (1..=12).map(move |month| (day, month))) {
                        let calendar = named(end, weekday, month, weeks).unwrap();
                        let said = (calendar.year_end(), calendar.end_weekday(), calendar.end_month());
                        assert_eq!(said, (end, weekday, month));
                        assert_eq!(calendar.month_weeks(), weeks);
                        all.push(calendar);
                    }
                }
            }
        }
        all
    }

    #[test]
    fn a_calendar_is_its_choices() {
        let mut calendars = all();
        calendars.sort();
        calendars.dedup();
        // Years that end with December have one name only: 12 months and labels of 11 more, by 7 weekdays, 2 ends, 3 patterns.
        assert_eq!(calendars.len(), (12 + 11) * 7 * 2 * 3);
        let us = RetailCalendar::named_by_start(YearEnd::Nearest, Weekday::Sat, 1, [4, 5, 4]).unwrap();
        assert_eq!(us, RetailCalendar::US_RETAIL);
        assert!(!us.is_named_by_end() && maker().is_named_by_end());
        assert_eq!(alloc::format!("{us:?}"), "RetailCalendar(4-5-4 to Saturday nearest 01 by start)");
        let refused = |month, weeks| RetailCalendar::named_by_end(YearEnd::Last, Weekday::Sat, month, weeks);
        for month in [0, 13, u32::MAX] {
            assert_eq!(refused(month, [4, 4, 5]), Err(TimeError::EndMonth { month }));
        }
        for weeks in [[4, 4, 4], [13, 0, 0], [0; 3], [5, 5, 3], [u32::MAX; 3]] {
            assert_eq!(refused(9, weeks), Err(TimeError::MonthWeeks { weeks }));
        }
    }

    /// The years of the federation as it publishes them, and those of a maker of computers as its annual reports tell.
    #[test]
    fn the_years_are_the_published_ones() {
        let us = RetailCalendar::US_RETAIL;
        for (year, start, weeks) in [
            (2006, (2006, 1, 29), 53),
            (2012, (2012, 1, 29), 53),
            (2013, (2013, 2, 3), 52),
            (2017, (2017, 1, 29), 53),
            (2018, (2018, 2, 4), 52),
            (2023, (2023, 1, 29), 53),
            (2024, (2024, 2, 4), 52),
            (2025, (2025, 2, 2), 52),
            (2026, (2026, 2, 1), 52),
        ] {
            let (y, m, d) = start;
            assert_eq!(us.year(year).unwrap().start(), date(y, m, d).unwrap(), "{year}");
            assert_eq!(us.weeks_in_year(year), Ok(weeks), "{year}");
        }
        for (year, end, weeks) in [
            (2017, (2017, 9, 30), 53),
            (2022, (2022, 9, 24), 52),
            (2023, (2023, 9, 30), 53),
            (2024, (2024, 9, 28), 52),
        ] {
            let (y, m, d) = end;
            assert_eq!(maker().year(year).unwrap().end(), date(y, m, d).unwrap(), "{year}");
            assert_eq!(maker().weeks_in_year(year), Ok(weeks), "{year}");
        }
        assert_eq!(maker().year(2023).unwrap().start(), date(2022, 9, 25).unwrap());
    }

    /// 60 years, day by day: whether a day ends a year is asked of its neighbours, and all else is counted from there.
    #[test]
    fn the_days_of_sixty_years_are_counted_into_their_parts() {
        let in_month = |day: NaiveDate, month: u32| day.month() == month;
        for calendar in all().into_iter().step_by(101).chain([RetailCalendar::US_RETAIL, maker()]) {
            let month = calendar.end_month();
            let ends = |day: NaiveDate| {
                let later = |days| add_days(day, days).unwrap();
                let is_last =
                    |day: NaiveDate| in_month(day, month) && !in_month(add_days(day, 1).unwrap(), month);
                day.weekday() == calendar.end_weekday()
                    && match calendar.year_end() {
                        YearEnd::Last => in_month(day, month) && !in_month(later(7), month),
                        YearEnd::Nearest => (-3..=3).any(|days| is_last(later(days))),
                    }
            };
            let mut day = date(1979, 1, 1).unwrap();
            while !ends(day) {
                day = add_days(day, 1).unwrap();
            }
            let [first, second, third] = calendar.month_weeks();
            let lengths = [first, second, third].repeat(4);
            for _ in 0..60 {
                let start = add_days(day, 1).unwrap();
                let mut days: Vec<NaiveDate> = Vec::new();
                while days.is_empty() || !ends(day) {
                    day = add_days(day, 1).unwrap();
                    days.push(day);
                }
                let year = calendar.year_of(start).unwrap();
                assert_eq!((year.start(), year.end()), (start, day), "{calendar}");
                let label = calendar.label_of(start).unwrap();
                // The last month begins the year before at the latest, three days behind its end at most.
                let ended = add_days(day, -3).unwrap();
                let ended = if ended.month() == month { ended.year() } else { day.year() };
                let named = if calendar.is_named_by_end() || month == 12 { ended } else { ended - 1 };
                assert_eq!(label, named, "{calendar} {day}");
                let weeks = u32::try_from(days.len() / 7).unwrap();
                assert_eq!((days.len() % 7, weeks), (0, calendar.weeks_in_year(label).unwrap()));
                assert!(weeks == 52 || weeks == 53);
                let mut lengths = lengths.clone();
                lengths[11] += weeks - 52;
                let (mut place, mut end) = (0_usize, 0);
                for (month, length) in (1..).zip(lengths) {
                    end += length as usize * 7;
                    for at in place..end {
                        let day = days[at];
                        let week = u32::try_from(at / 7 + 1).unwrap();
                        let week = calendar.week(label, week).unwrap();
                        assert_eq!(calendar.week_of(day).unwrap(), week, "{calendar} {day}");
                        assert_eq!((week.start(), week.end()), (days[at / 7 * 7], days[at / 7 * 7 + 6]));
                        let own = calendar.month(label, month).unwrap();
                        assert_eq!(
                            (own.start(), own.end()),
                            (days[place], days[end - 1]),
                            "{calendar} {day}"
                        );
                        assert_eq!(calendar.month_of(day).unwrap(), own);
                        let quarter = calendar.quarter(label, month.div_ceil(3)).unwrap();
                        assert!(quarter.covers(&own) && calendar.quarter_of(day).unwrap() == quarter);
                        let half = calendar.half_year(label, month.div_ceil(6)).unwrap();
                        assert!(half.covers(&quarter) && calendar.half_year_of(day).unwrap() == half);
                        assert!(calendar.year_of(day).unwrap() == year && year.covers(&half));
                    }
                    place = end;
                }
                assert_eq!(place, days.len());
                assert_eq!(year.next().unwrap().start(), add_days(day, 1).unwrap());
            }
        }
    }

    /// The weeks to the Sunday nearest to 31 December are those of ISO 8601, years and numbers too.
    #[test]
    fn the_sunday_nearest_to_the_end_of_december_makes_iso_weeks() {
        let iso = RetailCalendar::named_by_end(YearEnd::Nearest, Weekday::Sun, 12, [4, 4, 5]).unwrap();
        let mut day = date(1999, 1, 1).unwrap();
        while day.year() < 2041 {
            let (week, own) = (Period::week_of(day).unwrap(), iso.week_of(day).unwrap());
            assert_eq!((own.start(), own.end()), (week.start(), week.end()));
            assert_eq!(iso.week(day.iso_week().year(), day.iso_week().week()), Ok(own));
            day = add_days(day, 1).unwrap();
        }
    }

    #[test]
    fn parts_are_whole_parts_of_the_calendar() {
        let us = RetailCalendar::US_RETAIL;
        let year = us.year(2023).unwrap();
        for (grain, count) in [
            (Grain::Day, 371),
            (Grain::Week, 53),
            (Grain::Month, 12),
            (Grain::Quarter, 4),
            (Grain::HalfYear, 2),
        ] {
            let parts = year.divide(grain).unwrap();
            assert_eq!(parts.len(), count, "{grain}");
            assert!(parts.iter().all(|part| part.retail() == (grain > Grain::Day).then_some(us)), "{grain}");
            assert!(
                parts.iter().all(|part| !part.is_custom() && part.months() == 0 && part.fiscal().is_none())
            );
        }
        let quarter = us.quarter(2023, 4).unwrap();
        assert_eq!(quarter.divide(Grain::Week).unwrap().len(), 14);
        let months: Vec<u32> = quarter.divide(Grain::Month).unwrap().iter().map(Period::days).collect();
        assert_eq!(months, [28, 35, 35]);
        let refused = [
            (us.week(2026, 1), Grain::Week),
            (us.month(2026, 1), Grain::Month),
            (us.month(2026, 1), Grain::Quarter),
            (us.quarter(2026, 1), Grain::Quarter),
            (us.half_year(2026, 1), Grain::HalfYear),
        ];
        for (period, grain) in refused {
            let period = period.unwrap();
            assert_eq!(period.divide(grain), Err(TimeError::NotDivisible { period, grain }));
        }
        assert_eq!(us.week(2026, 1).unwrap().divide(Grain::Day).unwrap().len(), 7);
        // Over the end of a year of 53 weeks, forward and back.
        let last = us.week(2023, 53).unwrap();
        assert_eq!(last.next().unwrap(), us.week(2024, 1).unwrap());
        assert_eq!(us.month(2024, 1).unwrap().previous().unwrap(), us.month(2023, 12).unwrap());
        assert_eq!(us.year(2024).unwrap().previous().unwrap(), year);
    }

    #[test]
    fn parts_that_do_not_exist_are_refused() {
        let us = RetailCalendar::US_RETAIL;
        for (asked, part, index) in [
            (us.week(2026, 53), "week", 53),
            (us.week(2026, 0), "week", 0),
            (us.week(2026, u32::MAX), "week", u32::MAX),
            (us.month(2026, 13), "month", 13),
            (us.quarter(2026, 5), "quarter", 5),
            (us.half_year(2026, 3), "half-year", 3),
        ] {
            assert_eq!(asked, Err(TimeError::NoSuchPart { year: 2026, part, index }));
        }
        for calendar in all() {
            for year in [i32::MIN, -1, 10_001, 262_142, 1_000_000, i32::MAX] {
                assert!(calendar.year(year).is_err() && calendar.week(year, 1).is_err());
                assert!(calendar.month(year, 12).is_err() && calendar.weeks_in_year(year).is_err());
            }
            for day in [NaiveDate::MIN, NaiveDate::MAX] {
                assert!(calendar.year_of(day).is_err() && calendar.week_of(day).is_err());
                assert_eq!(calendar.label_of(day), Err(TimeError::YearOutOfRange { date: day }));
            }
            // At both ends of time the parts that are whole are there, and no others.
            let (first, last) = (date(1, 1, 1).unwrap(), date(9999, 12, 31).unwrap());
            assert!(calendar.label_of(first).is_ok() && calendar.label_of(last).is_ok());
            for week in [calendar.week_of(first), calendar.week_of(add_days(first, 7).unwrap())] {
                let Ok(week) = week else { continue };
                assert!(week.start() >= first && week.to_string().parse() == Ok(week), "{week}");
            }
            let week = calendar.week_of(add_days(last, -7).unwrap()).unwrap();
            assert_eq!((week.to_string().parse(), week.days()), (Ok(week), 7));
            assert!(calendar.year_of(add_days(last, -7).unwrap()).is_err() || calendar.end_month() == 12);
        }
    }
}
