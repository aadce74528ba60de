//! The year of a retailer or a manufacturer: whole weeks, and where each begins.

use super::fiscal::YearLabel;
use super::{NaiveDate, TimeError, Weekday, add_days, in_range};
use crate::quantity::words::words;
use chrono::{Datelike, TimeDelta};

/// Which weekday at the end of a month ends the year of a [`RetailCalendar`].
///
/// # Examples
/// ```
/// use marketloop::time::{RetailCalendar, YearEnd};
///
/// assert_eq!(RetailCalendar::US_RETAIL.year_end(), YearEnd::Nearest);
/// assert_eq!("last".parse::<YearEnd>()?, YearEnd::Last);
/// # Ok::<(), marketloop::time::TimeError>(())
/// ```
///
/// ```
/// # use marketloop::time::YearEnd;
/// assert_eq!(serde_json::from_str::<YearEnd>(r#""nearest""#)?, YearEnd::Nearest);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum YearEnd {
    /// The last such weekday of the month.
    Last,
    /// The one nearest to the last day of the month, which may be one of the first three of the next.
    Nearest,
}

words!(YearEnd, "end of a retail year", TimeError: Last = "last", Nearest = "nearest");

/// The years of a retailer or a manufacturer: whole weeks, 52 of them or 53. A year has four quarters of 13 weeks, a quarter
/// three months of 4, 4 and 5 weeks (or 4-5-4, 5-4-4); the 53rd week belongs to the last month.
///
/// The choices are the last month and the weekday on which the year ends, which such weekday it is, the weeks of the months,
/// and whether the calendar year of its start or of its end names the year. None has a default. The names are counted by
/// months: a year that ends at the end of December is named after that December, although it may begin in the year before or end
/// on 3 January.
///
/// Its text names all of them and reads back (`nearest 01` is nearest to the end of January): `4-5-4 to Saturday nearest 01 by start`,
/// `4-4-5 to last Saturday of 09 by end`. The text is its form on the wire, too.
///
/// # Examples
/// ```
/// use marketloop::time::{Grain, RetailCalendar, Weekday, YearEnd, date};
///
/// // The years of a maker of computers end on the last Saturday of September: that of 2023 has 53 weeks.
/// let maker = RetailCalendar::named_by_end(YearEnd::Last, Weekday::Sat, 9, [4, 4, 5])?;
/// let year = maker.year(2023)?;
/// assert_eq!((year.end(), maker.weeks_in_year(2023)?), (date(2023, 9, 30)?, 53));
/// let weeks: Vec<u32> = year.divide(Grain::Month)?.iter().map(|month| month.days() / 7).collect();
/// assert_eq!(weeks, [4, 4, 5, 4, 4, 5, 4, 4, 5, 4, 4, 6]);
/// # Ok::<(), marketloop::time::TimeError>(())
/// ```
///
/// ```
/// # use marketloop::time::RetailCalendar;
/// let json = r#""4-5-4 to Saturday nearest 01 by start""#;
/// assert_eq!(serde_json::from_str::<RetailCalendar>(json)?, RetailCalendar::US_RETAIL);
/// assert_eq!(serde_json::to_string(&RetailCalendar::US_RETAIL)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
// One number for all choices, `84 month + 12 weekday + 6 rule + 2 pattern + label`: the calendar is copied with each of its
// periods, and a period is to stay as small as its two dates and four bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[doc(alias = "4-4-5")]
#[doc(alias = "454")]
#[doc(alias = "零售日历")]
pub struct RetailCalendar(u16);

/// The weeks of the three months of a quarter, as they can be.
pub(super) const PATTERNS: [[u32; 3]; 3] = [[4, 4, 5], [4, 5, 4], [5, 4, 4]];

/// A part of a retail year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum RetailPart {
    Week,
    Month,
    Quarter,
    HalfYear,
    Year,
}

impl RetailPart {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::HalfYear => "half-year",
            Self::Year => "year",
        }
    }
}

/// One year of a calendar, which may reach beyond the years that dates have.
#[derive(Clone, Copy)]
struct RetailYear {
    /// The calendar year of the month at whose end it ends.
    ends_in: i32,
    start: NaiveDate,
    weeks: u32,
}

impl RetailYear {
    /// How many parts of a kind it has.
    const fn count(&self, part: RetailPart) -> u32 {
        match part {
            RetailPart::Week => self.weeks,
            RetailPart::Month => 12,
            RetailPart::Quarter => 4,
            RetailPart::HalfYear => 2,
            RetailPart::Year => 1,
        }
    }
}

impl core::fmt::Debug for RetailCalendar {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "RetailCalendar({self})")
    }
}

impl RetailCalendar {
    /// The calendar of the US retail federation: 4-5-4 to the Saturday nearest to 31 January, named after the year in which it
    /// starts.
    ///
    /// Source: the 4-5-4 calendar that the National Retail Federation publishes at <https://nrf.com/resources/4-5-4-calendar>. By
    /// it the years 2006, 2012, 2017 and 2023 have 53 weeks.
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{RetailCalendar, date};
    ///
    /// let us = RetailCalendar::US_RETAIL;
    /// assert_eq!(us.year(2026)?.start(), date(2026, 2, 1)?);
    /// assert_eq!((us.weeks_in_year(2023)?, us.weeks_in_year(2024)?), (53, 52));
    /// # Ok::<(), marketloop::time::TimeError>(())
    /// ```
    pub const US_RETAIL: Self = Self(84 + 12 * 5 + 6 + 2);

    /// The retail calendar whose years end at the end of `end_month` (1 to 12), on its last `weekday` or on the nearest one to
    /// its last day, with months of `weeks` ([4, 4, 5], [4, 5, 4] or [5, 4, 4]), named after the calendar year in which they start.
    ///
    /// # Errors
    /// [`TimeError::EndMonth`] outside 1..=12; [`TimeError::MonthWeeks`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{RetailCalendar, Weekday, YearEnd};
    ///
    /// let us = RetailCalendar::named_by_start(YearEnd::Nearest, Weekday::Sat, 1, [4, 5, 4])?;
    /// assert_eq!(us, RetailCalendar::US_RETAIL);
    /// assert!(RetailCalendar::named_by_start(YearEnd::Nearest, Weekday::Sat, 1, [4, 4, 4]).is_err());
    /// # Ok::<(), marketloop::time::TimeError>(())
    /// ```
    pub fn named_by_start(
        year_end: YearEnd,
        weekday: Weekday,
        end_month: u32,
        weeks: [u32; 3],
    ) -> Result<Self, TimeError> {
        Self::new(year_end, weekday, end_month, weeks, YearLabel::ByStart)
    }

    /// The same, named after the calendar year in which they end.
    ///
    /// # Errors
    /// Those of [`named_by_start`](Self::named_by_start).
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{RetailCalendar, Weekday, YearEnd};
    ///
    /// let maker = RetailCalendar::named_by_end(YearEnd::Last, Weekday::Sat, 9, [4, 4, 5])?;
    /// assert_eq!(maker.to_string(), "4-4-5 to last Saturday of 09 by end");
    /// # Ok::<(), marketloop::time::TimeError>(())
    /// ```
    pub fn named_by_end(
        year_end: YearEnd,
        weekday: Weekday,
        end_month: u32,
        weeks: [u32; 3],
    ) -> Result<Self, TimeError> {
        Self::new(year_end, weekday, end_month, weeks, YearLabel::ByEnd)
    }

    #[expect(
        clippy::arithmetic_side_effects,
        reason = "at most 1,091: month 12, and less than 84 of the others"
    )]
    pub(super) fn new(
        year_end: YearEnd,
        weekday: Weekday,
        end_month: u32,
        weeks: [u32; 3],
        label: YearLabel,
    ) -> Result<Self, TimeError> {
        let month = u16::try_from(end_month).ok().filter(|month| (1..=12).contains(month));
        let month = month.ok_or(TimeError::EndMonth { month: end_month })?;
        let pattern = (0_u16..).zip(PATTERNS).find(|(_, own)| *own == weeks);
        let (pattern, _) = pattern.ok_or(TimeError::MonthWeeks { weeks })?;
        // One value for one calendar: years that end with December start with January, and have one name.
        let by_end = u16::from(label == YearLabel::ByEnd && month < 12);
        let nearest = u16::from(year_end == YearEnd::Nearest);
        Ok(Self(84 * month + 12 * weekday as u16 + 6 * nearest + 2 * pattern + by_end))
    }

    /// The month at whose end the year ends, 1 to 12.
    #[must_use]
    pub fn end_month(self) -> u32 {
        (self.0 / 84).into()
    }

    /// The weekday on which the year and every week of it ends.
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{RetailCalendar, Weekday};
    ///
    /// assert_eq!(RetailCalendar::US_RETAIL.end_weekday(), Weekday::Sat);
    /// ```
    #[must_use]
    pub const fn end_weekday(self) -> Weekday {
        match self.0 / 12 % 7 {
            0 => Weekday::Mon,
            1 => Weekday::Tue,
            2 => Weekday::Wed,
            3 => Weekday::Thu,
            4 => Weekday::Fri,
            5 => Weekday::Sat,
            _ => Weekday::Sun,
        }
    }

    /// Which such weekday ends the year.
    #[must_use]
    pub const fn year_end(self) -> YearEnd {
        match self.0 / 6 % 2 {
            0 => YearEnd::Last,
            _ => YearEnd::Nearest,
        }
    }

    /// The weeks of the three months of a quarter.
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::RetailCalendar;
    ///
    /// assert_eq!(RetailCalendar::US_RETAIL.month_weeks(), [4, 5, 4]);
    /// ```
    #[must_use]
    pub const fn month_weeks(self) -> [u32; 3] {
        let [first, second, third] = PATTERNS;
        match self.0 / 2 % 3 {
            0 => first,
            1 => second,
            _ => third,
        }
    }

    /// Whether the calendar year of its end names the year, and not that of its start. Of years that end with December both are
    /// the same, and the answer is no.
    #[must_use]
    pub const fn is_named_by_end(self) -> bool {
        self.0 % 2 == 1
    }

    /// The name of the year in which `date` lies.
    ///
    /// # Errors
    /// [`TimeError::YearOutOfRange`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{RetailCalendar, date};
    ///
    /// assert_eq!(RetailCalendar::US_RETAIL.label_of(date(2026, 1, 31)?)?, 2025);
    /// assert_eq!(RetailCalendar::US_RETAIL.label_of(date(2026, 2, 1)?)?, 2026);
    /// # Ok::<(), marketloop::time::TimeError>(())
    /// ```
    pub fn label_of(self, date: NaiveDate) -> Result<i32, TimeError> {
        Ok(self.label(&self.year_around(date)?))
    }

    /// The first and the last day of a part of the year of this name; parts count from 1.
    pub(super) fn numbered(
        self,
        part: RetailPart,
        label: i32,
        number: u32,
    ) -> Result<(NaiveDate, NaiveDate), TimeError> {
        let ends_in = label.saturating_add(i32::from(self.starts_before()));
        let none = TimeError::NoSuchDate { year: label, month: self.end_month(), day: 1 };
        let year = self.year_ending_in(ends_in).ok_or(none)?;
        let index = number.checked_sub(1).filter(|index| *index < year.count(part));
        let index = index.ok_or(TimeError::NoSuchPart { year: label, part: part.name(), index: number })?;
        self.days(&year, part, index)
    }

    /// The first and the last day of the part of a year in which `date` lies.
    pub(super) fn around(
        self,
        part: RetailPart,
        date: NaiveDate,
    ) -> Result<(NaiveDate, NaiveDate), TimeError> {
        let year = self.year_around(date)?;
        self.days(&year, part, self.index(&year, part, date))
    }

    /// The name of the year in which `date` lies, and the number of its part, from 1.
    pub(super) fn number_of(self, part: RetailPart, date: NaiveDate) -> Result<(i32, u32), TimeError> {
        let year = self.year_around(date)?;
        Ok((self.label(&year), self.index(&year, part, date).saturating_add(1)))
    }

    /// Whether a year is named after the calendar year before the one in which it ends.
    fn starts_before(self) -> bool {
        !self.is_named_by_end() && self.end_month() < 12
    }

    fn label(self, year: &RetailYear) -> i32 {
        year.ends_in.saturating_sub(i32::from(self.starts_before()))
    }

    /// The last day of the year that ends at the end of a month of `year`.
    fn last_day(self, year: i32) -> Option<NaiveDate> {
        let first = NaiveDate::from_ymd_opt(year, self.end_month(), 1)?;
        let last = first.with_day(first.num_days_in_month().into())?;
        // So many days lie behind the last such weekday of the month; of four or more the next one is nearer.
        let behind = i64::from(last.weekday().days_since(self.end_weekday()));
        let nearest_is_next = self.year_end() == YearEnd::Nearest && behind > 3;
        let back = if nearest_is_next { behind.checked_sub(7)? } else { behind };
        last.checked_sub_signed(TimeDelta::try_days(back)?)
    }

    fn year_ending_in(self, ends_in: i32) -> Option<RetailYear> {
        let before = self.last_day(ends_in.checked_sub(1)?)?;
        let days = self.last_day(ends_in)?.signed_duration_since(before).num_days();
        Some(RetailYear { ends_in, start: before.succ_opt()?, weeks: u32::try_from(days / 7).ok()? })
    }

    fn year_around(self, date: NaiveDate) -> Result<RetailYear, TimeError> {
        let date = in_range(date)?;
        // A year ends in the calendar year of its days, in the next, or on one of the first days of a January.
        let mut ends_in = (-1..=1).filter_map(|later| self.year_ending_in(date.year().checked_add(later)?));
        let has = |year: &RetailYear| {
            let days = date.signed_duration_since(year.start).num_days();
            (0..i64::from(year.weeks).saturating_mul(7)).contains(&days)
        };
        ends_in.find(has).ok_or(TimeError::DateOutOfRange { from: date })
    }

    /// The week, from 0, in which a part begins; that of the part behind the last of the year is 52, or more.
    #[expect(clippy::arithmetic_side_effects, reason = "an index of a part is at most 53")]
    fn first_week(self, part: RetailPart, index: u32) -> u32 {
        let [first, second, _] = self.month_weeks();
        match part {
            RetailPart::Week => index,
            RetailPart::Month => {
                let into = match index % 3 {
                    0 => 0,
                    1 => first,
                    _ => first + second,
                };
                13 * (index / 3) + into
            }
            RetailPart::Quarter => 13 * index,
            RetailPart::HalfYear => 26 * index,
            RetailPart::Year => 52 * index,
        }
    }

    /// The part of a year, from 0, in which one of its days lies.
    fn index(self, year: &RetailYear, part: RetailPart, date: NaiveDate) -> u32 {
        let days = date.signed_duration_since(year.start).num_days();
        let begins_after = |index: &u32| i64::from(self.first_week(part, *index)).saturating_mul(7) > days;
        // The last that has begun, so that the 53rd week is in the last part of each kind.
        let next = (1..year.count(part)).find(begins_after).unwrap_or_else(|| year.count(part));
        next.saturating_sub(1)
    }

    /// The first and the last day of a part of a year, from 0.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "an index of a part is at most 53, the days are at most 371"
    )]
    fn days(
        self,
        year: &RetailYear,
        part: RetailPart,
        index: u32,
    ) -> Result<(NaiveDate, NaiveDate), TimeError> {
        let is_last = index + 1 == year.count(part);
        let next = if is_last { year.weeks } else { self.first_week(part, index + 1) };
        let days = |week: u32| i64::from(week) * 7;
        // From the year's first day, which may lie before the year 1 although this part does not.
        let start = add_days(year.start, days(self.first_week(part, index)))?;
        Ok((start, add_days(year.start, days(next) - 1)?))
    }
}
