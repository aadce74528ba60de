//! The parts of a period: days, weeks, months, quarters, half-years.

use super::period::{Period, PeriodKind};
use super::retail::RetailPart;
use super::{NaiveDate, TimeError, add_days, next_in_series};
use crate::error::within;
use crate::quantity::words::words;
use alloc::vec::Vec;
use chrono::Datelike;

/// The parts into which a period is divided, and how often something is reviewed.
///
/// # Examples
/// ```
/// use marketloop::time::{FiscalCalendar, Grain};
///
/// let year = FiscalCalendar::CALENDAR_YEAR.year(2026)?;
/// let halves = year.divide("half-year".parse()?)?;
/// assert_eq!(halves[1].to_string(), "2026-H2");
/// assert!(Grain::Week < Grain::Quarter); // by length
/// # Ok::<(), marketloop::time::TimeError>(())
/// ```
///
/// ```
/// # use marketloop::time::Grain;
/// assert_eq!(serde_json::from_str::<Grain>(r#""day""#)?, Grain::Day);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Grain {
    /// Days.
    Day,
    /// Weeks of ISO 8601, clipped to the period at its ends; of a retail year its weeks.
    Week,
    /// Calendar months, clipped to the period at its ends; of a retail year its months.
    Month,
    /// Quarters of the period's fiscal or retail year.
    Quarter,
    /// Halves of the period's fiscal or retail year.
    HalfYear,
}

words!(Grain, "grain", TimeError:
    Day = "day",
    Week = "week",
    Month = "month",
    Quarter = "quarter",
    HalfYear = "half_year" / "half-year",
);

impl Grain {
    /// The day one grain later, such as the day of the next review after that of `day`.
    ///
    /// Months, quarters and half-years keep the day of the month, clamped to its last day; a month's last day is
    /// followed by a last day.
    ///
    /// # Errors
    /// [`TimeError::DateOutOfRange`] beyond the year 9999.
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{Grain, date};
    ///
    /// assert_eq!(Grain::Month.after(date(2026, 9, 30)?)?, date(2026, 10, 31)?);
    /// assert_eq!(Grain::Quarter.after(date(2026, 9, 15)?)?, date(2026, 12, 15)?);
    /// assert_eq!(Grain::Week.after(date(2026, 9, 30)?)?, date(2026, 10, 7)?);
    /// # Ok::<(), marketloop::time::TimeError>(())
    /// ```
    pub fn after(self, day: NaiveDate) -> Result<NaiveDate, TimeError> {
        match self {
            Self::Day => add_days(day, 1),
            Self::Week => add_days(day, 7),
            // A series of reports, not a term: after the 30th of a month of 30 days comes a 31st.
            Self::Month => next_in_series(day, 1),
            Self::Quarter => next_in_series(day, 3),
            Self::HalfYear => next_in_series(day, 6),
        }
    }
}

impl Period {
    /// The maximum number of parts that [`divide`](Self::divide) makes: the days of 109 years.
    pub const MAX_PARTS: u64 = 40_000;

    /// How many parts of a grain the period has, those that it cuts included; of quarters and half-years the months,
    /// which are more.
    #[expect(clippy::arithmetic_side_effects, reason = "days and months of 10,000 years")]
    fn count_parts(&self, grain: Grain) -> u64 {
        let days = u64::from(self.days());
        let months = |date: NaiveDate| i64::from(date.year()) * 12 + i64::from(date.month());
        match grain {
            Grain::Day => days,
            Grain::Week if self.retail().is_some() => days.div_ceil(7),
            Grain::Week => (days + u64::from(self.start().weekday().num_days_from_monday())).div_ceil(7),
            // Quarters and half-years are parts of one fiscal year: its months are a bound that is small enough.
            Grain::Month | Grain::Quarter | Grain::HalfYear => {
                months(self.end()).abs_diff(months(self.start())) + 1
            }
        }
    }

    /// The parts of this period in order; together they are the period, without gap or overlap.
    ///
    /// A week or a month that reaches beyond an end of the period is clipped to it and is then a custom
    /// period. The parts of a retail year are whole weeks, months, quarters and halves of its calendar.
    ///
    /// # Errors
    /// [`TimeError::TooLarge`] beyond [`MAX_PARTS`](Self::MAX_PARTS), before any is made;
    /// [`TimeError::NotDivisible`] when the parts are not smaller than the period's kind, or are quarters or
    /// half-years of a period that has no fiscal or retail year (a custom one).
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{Grain, Period};
    ///
    /// let quarter: Period = "2026-Q3".parse()?;
    /// let weeks = quarter.divide(Grain::Week)?;
    /// // 1 July is a Wednesday: the first week is clipped to five days.
    /// assert_eq!((weeks.len(), weeks[0].days()), (14, 5));
    /// assert_eq!(weeks.iter().map(|week| week.days()).sum::<u32>(), quarter.days());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn divide(&self, grain: Grain) -> Result<Vec<Self>, TimeError> {
        let refused = || TimeError::NotDivisible { period: *self, grain };
        let fits = match self.kind() {
            PeriodKind::Day => false,
            PeriodKind::Week | PeriodKind::Retail(RetailPart::Week, _) => grain < Grain::Week,
            PeriodKind::Month | PeriodKind::Retail(RetailPart::Month, _) => grain < Grain::Month,
            PeriodKind::Quarter(_) | PeriodKind::Custom | PeriodKind::Retail(RetailPart::Quarter, _) => {
                grain < Grain::Quarter
            }
            PeriodKind::HalfYear(_) | PeriodKind::Retail(RetailPart::HalfYear, _) => grain < Grain::HalfYear,
            PeriodKind::Year(_) | PeriodKind::Retail(RetailPart::Year, _) => true,
        };
        if !fits {
            return Err(refused());
        }
        // Counted before it is made: a text of twenty characters can ask for every day of 9,999 years.
        let count = within("parts of a period", Some(self.count_parts(grain)), Self::MAX_PARTS)?;
        let mut parts = Vec::with_capacity(count);
        let mut start = self.start();
        loop {
            let part = match (grain, self.kind()) {
                (Grain::Day, _) => Self::day(start)?,
                (Grain::Week, PeriodKind::Retail(_, calendar)) => calendar.week_of(start)?,
                (Grain::Month, PeriodKind::Retail(_, calendar)) => calendar.month_of(start)?,
                (Grain::Quarter, PeriodKind::Retail(_, calendar)) => calendar.quarter_of(start)?,
                (Grain::HalfYear, PeriodKind::Retail(_, calendar)) => calendar.half_year_of(start)?,
                (Grain::Week, _) => {
                    // Up to the Sunday: only the first week may begin on another day than a Monday.
                    #[expect(clippy::arithmetic_side_effects, reason = "days of a week")]
                    let sunday = add_days(start, 6 - i64::from(start.weekday().num_days_from_monday()));
                    self.clipped(start, sunday, PeriodKind::Week)?
                }
                (Grain::Month, _) => {
                    self.clipped(start, Self::month_of(start).map(|month| month.end()), PeriodKind::Month)?
                }
                (Grain::Quarter, PeriodKind::HalfYear(fiscal) | PeriodKind::Year(fiscal)) => {
                    fiscal.quarter_of(start)?
                }
                (Grain::HalfYear, PeriodKind::Year(fiscal)) => fiscal.half_year_of(start)?,
                _ => return Err(refused()),
            };
            parts.push(part);
            if part.end() >= self.end() {
                return Ok(parts);
            }
            start = part.next_start()?;
        }
    }

    /// The part from `start` to `whole_end`, cut to this period's end. It is a week or a month only where nothing is
    /// missing.
    fn clipped(
        &self,
        start: NaiveDate,
        whole_end: Result<NaiveDate, TimeError>,
        kind: PeriodKind,
    ) -> Result<Self, TimeError> {
        // A week or a month that would end after the year 9999 is cut like any other.
        let end = whole_end.map_or(self.end(), |end| end.min(self.end()));
        // What is whole is a week or a month again, with its name; what was cut has none.
        let whole = match kind {
            PeriodKind::Week => Self::week_of(start),
            _ => Self::month_of(start),
        };
        match whole {
            Ok(whole) if whole.start() == start && whole.end() == end => Ok(whole),
            _ => Self::custom(start, end),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::date;
    use alloc::string::ToString;

    fn period(text: &str) -> Period {
        text.parse().unwrap()
    }

    #[test]
    fn a_quarter_in_weeks_is_clipped_at_both_ends() {
        let weeks = period("2026-Q3").divide(Grain::Week).unwrap();
        assert_eq!(weeks.len(), 14);
        assert_eq!(weeks[0].to_string(), "2026-07-01/2026-07-05");
        assert_eq!(weeks[1].to_string(), "2026-W28");
        assert_eq!(weeks[13].to_string(), "2026-09-28/2026-09-30");
    }

    #[test]
    fn only_smaller_parts_are_cut() {
        assert!(period("2026-07-01").divide(Grain::Day).is_err());
        assert!(period("2026-W27").divide(Grain::Month).is_err());
        assert!(period("2026-07").divide(Grain::Month).is_err());
        assert!(period("2026-07").divide(Grain::Quarter).is_err());
        assert!(period("2026-Q3").divide(Grain::HalfYear).is_err());
        assert!(period("2026-H2").divide(Grain::HalfYear).is_err());
        assert!(period("2026-07-15/2026-12-31").divide(Grain::Quarter).is_err());
        assert_eq!(period("2026").divide(Grain::HalfYear).unwrap().len(), 2);
        assert_eq!(period("2026-07-15/2026-08-15").divide(Grain::Month).unwrap().len(), 2);
    }

    #[test]
    fn the_ends_of_time_are_errors() {
        let last = period("9999");
        assert!(last.next().is_err() && last.next_start().is_err());
        assert_eq!(last.divide(Grain::Month).unwrap().len(), 12);
        assert_eq!(last.divide(Grain::Week).unwrap().last().unwrap().end(), last.end());
        let first = period("0001");
        assert!(first.previous().is_err());
        assert_eq!(first.divide(Grain::Day).unwrap().len(), 365);
        assert!(Period::week(9999, 52).is_err() || Period::week(9999, 52).unwrap().next().is_err());
        assert!(Period::week(2026, 54).is_err() && Period::week(2025, 53).is_err());
        assert!(Period::custom(date(2026, 1, 2).unwrap(), date(2026, 1, 1).unwrap()).is_err());
        assert!(Period::custom(NaiveDate::MIN, NaiveDate::MAX).is_err());
        assert!(Period::day(NaiveDate::MAX).is_err());
    }

    /// L1: parts are counted before they are made.
    #[test]
    fn parts_are_counted_before_they_are_made() {
        let all = period("0001-01-01/9999-12-31");
        for (grain, count) in [(Grain::Day, 3_652_059), (Grain::Week, 521_723), (Grain::Month, 119_988)] {
            let Err(TimeError::TooLarge(refused)) = all.divide(grain) else { panic!("{grain}") };
            assert_eq!((refused.count, refused.limit), (count, 40_000));
        }
        let grains = [Grain::Day, Grain::Week, Grain::Month, Grain::Quarter, Grain::HalfYear];
        for text in [
            "1901-01-01/2009-12-31",
            "2026",
            "2026-Q3",
            "2026-07",
            "2026-W27",
            "2026-07-05/2026-08-01",
            "2026-H2",
        ] {
            for grain in grains {
                let Ok(parts) = period(text).divide(grain) else { continue };
                assert!(u64::try_from(parts.len()).unwrap() <= period(text).count_parts(grain));
                let exact = matches!(grain, Grain::Day | Grain::Week | Grain::Month);
                assert!(!exact || parts.len() as u64 == period(text).count_parts(grain), "{text} by {grain}");
            }
        }
    }
}
