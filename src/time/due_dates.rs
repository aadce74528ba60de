//! The dates that a deadline means in a period.

use super::calendar::WorkCalendar;
use super::deadline::{Anchor, Counting, Deadline, DeadlineRule, OffsetUnit, Roll, Side};
use super::due::{Due, StepCause};
use super::{NaiveDate, Period, TimeError, add_days, add_months};
use crate::error::within;
use alloc::vec::Vec;
use chrono::Datelike;

impl Deadline {
    /// The maximum number of dates that [`due_dates`](Self::due_dates) makes: one for every day of 109 years.
    pub const MAX_DATES: u64 = 40_000;

    /// The due date in `period`; of a recurring deadline the last one, found without making the others.
    ///
    /// The calendar is asked only by workday counts and rolls, and only for this date.
    ///
    /// # Errors
    /// [`TimeError::OutOfHorizon`], [`TimeError::DateOutOfRange`], [`TimeError::NoWorkday`],
    /// [`TimeError::NotBefore`]; [`TimeError::NoDate`] when nothing is due in the period.
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{Deadline, Period, WorkCalendar, date};
    ///
    /// let calendar = WorkCalendar::monday_to_friday(date(1, 1, 1)?, date(9999, 12, 31)?)?;
    /// let always: Period = "0001-01-01/9999-12-31".parse()?;
    /// let daily = Deadline::parse("every day from period start, start day counted")?;
    /// assert_eq!(daily.due(&always, &calendar)?.date(), date(9999, 12, 31)?);
    /// let refused = daily.due_dates(&always, &calendar).unwrap_err();
    /// assert_eq!(refused.to_string(), "3652059 due dates, at most 40000");
    /// # Ok::<(), marketloop::time::TimeError>(())
    /// ```
    pub fn due(&self, period: &Period, calendar: &WorkCalendar) -> Result<Due, TimeError> {
        let none = || TimeError::NoDate { deadline: *self, period: *period };
        let occurrences = match self.rule() {
            DeadlineRule::EveryWeekday(_) | DeadlineRule::Every { .. } => {
                Occurrences::new(self.rule(), period, calendar)?
            }
            _ => return self.due_dates(period, calendar)?.pop().ok_or_else(none),
        };
        // From the last back: a daily deadline over centuries has millions of dates, of which one is asked for. Only dates
        // that fall away on days off need more than one look.
        let mut number = occurrences.count;
        while let Some(place) = number.checked_sub(1) {
            let due = self.rolled(occurrences.at(place, calendar)?, period, calendar)?;
            if let Some(due) = due {
                return Ok(due);
            }
            number = place;
        }
        Err(none())
    }

    /// All due dates in `period`, in order; one where the deadline does not recur, none where it was skipped.
    ///
    /// Recurring dates are those within the period; a roll may then carry the first or the last of them out
    /// of it, unless it is one within the period.
    ///
    /// # Errors
    /// [`TimeError::TooLarge`] beyond [`MAX_DATES`](Self::MAX_DATES), before any date is made;
    /// [`TimeError::OutOfHorizon`], [`TimeError::DateOutOfRange`], [`TimeError::NoWorkday`],
    /// [`TimeError::NotBefore`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{Deadline, WorkCalendar, date};
    ///
    /// let calendar = WorkCalendar::monday_to_friday(date(2026, 7, 1)?, date(2026, 9, 30)?)?;
    /// let reports = Deadline::parse("every Friday")?.due_dates(&"2026-07".parse()?, &calendar)?;
    /// let days: Vec<String> = reports.iter().map(|due| due.date().to_string()).collect();
    /// assert_eq!(days, ["2026-07-03", "2026-07-10", "2026-07-17", "2026-07-24", "2026-07-31"]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn due_dates(&self, period: &Period, calendar: &WorkCalendar) -> Result<Vec<Due>, TimeError> {
        let once = match self.rule() {
            DeadlineRule::Offset { count, unit, side, anchor, counting } => {
                moved(anchored(anchor, period)?, count, unit, side, counting, calendar)?
            }
            DeadlineRule::StrictlyBefore(anchor) => {
                let start = anchored(anchor, period)?;
                let date = add_days(start.date(), -1)?;
                start.then(StepCause::StrictlyBefore, date)
            }
            DeadlineRule::EveryWeekday(_) | DeadlineRule::Every { .. } => {
                let occurrences = Occurrences::new(self.rule(), period, calendar)?;
                let count = within("due dates", Some(occurrences.count.into()), Self::MAX_DATES)?;
                let mut rolled = Vec::with_capacity(count);
                for place in 0..occurrences.count {
                    rolled.extend(self.rolled(occurrences.at(place, calendar)?, period, calendar)?);
                }
                return Ok(rolled);
            }
        };
        Ok(self.rolled(once, period, calendar)?.into_iter().collect())
    }

    fn rolled(&self, due: Due, period: &Period, calendar: &WorkCalendar) -> Result<Option<Due>, TimeError> {
        let from = due.date();
        let date = match self.roll() {
            Roll::None => return Ok(Some(due)),
            // Not moved and not an error: a report of a holiday is simply not due.
            Roll::Skip => return Ok(if calendar.is_workday(from)? { Some(due) } else { None }),
            Roll::Following => calendar.following(from)?,
            Roll::Preceding => calendar.preceding(from)?,
            Roll::ModifiedFollowing => calendar.modified_following(from, period)?,
            Roll::ModifiedPreceding => calendar.modified_preceding(from, period)?,
        };
        if date == from {
            return Ok(Some(due));
        }
        // "Before the next quarter" is a promise that a roll must not break: an error, and no date on the wrong side.
        if let DeadlineRule::StrictlyBefore(anchor) = self.rule() {
            let anchor = anchored(anchor, period)?.date();
            if date >= anchor {
                return Err(TimeError::NotBefore { date, anchor });
            }
        }
        let backward = date < from;
        let days_off = date.num_days_from_ce().abs_diff(from.num_days_from_ce());
        Ok(Some(due.then(StepCause::Rolled { backward, days_off }, date)))
    }
}

fn anchored(anchor: Anchor, period: &Period) -> Result<Due, TimeError> {
    let date = match anchor {
        Anchor::PeriodStart => period.start(),
        Anchor::PeriodEnd => period.end(),
        Anchor::NextPeriodStart => period.next_start()?,
    };
    Ok(Due::new(StepCause::Anchored(anchor), date))
}

fn moved(
    start: Due,
    count: u32,
    unit: OffsetUnit,
    side: Side,
    counting: Counting,
    calendar: &WorkCalendar,
) -> Result<Due, TimeError> {
    let (date, clamped) = step(start.date(), count, unit, side, counting, calendar)?;
    let backward = side == Side::Before;
    let moved = |start_day_counted| StepCause::Moved { count, unit, backward, start_day_counted };
    let Some((from_day, whole)) = clamped else {
        return Ok(start.then(moved(counting == Counting::AnchorIncluded), date));
    };
    // Whole months, the day that this month has, and only then the day for the start day.
    let due = start.then(moved(false), whole).then(StepCause::Clamped { from_day }, whole);
    Ok(if date == whole { due } else { due.then(StepCause::StartDayCounted { backward: !backward }, date) })
}

/// The date `count` units from `from`, and where it was clamped the day of the month that was wanted and the
/// clamped date.
fn step(
    from: NaiveDate,
    count: u32,
    unit: OffsetUnit,
    side: Side,
    counting: Counting,
    calendar: &WorkCalendar,
) -> Result<(NaiveDate, Option<(u32, NaiveDate)>), TimeError> {
    let sign = if side == Side::After { 1 } else { -1 };
    // Where the anchor is day 1, the last day counted is one nearer to it.
    let nearer = match (counting, side) {
        (Counting::AnchorExcluded, _) => 0,
        (Counting::AnchorIncluded, Side::After) => -1,
        (Counting::AnchorIncluded, Side::Before) => 1,
    };
    #[expect(clippy::arithmetic_side_effects, reason = "weeks of 32 bits in days, and one day")]
    let days = |count: u32, size: i64| add_days(from, i64::from(count) * size * sign + nearer);
    Ok(match unit {
        OffsetUnit::Day => (days(count, 1)?, None),
        OffsetUnit::Week => (days(count, 7)?, None),
        // Zero workdays after a day off is a question of its own: the next workday, not the day.
        OffsetUnit::Workday if count == 0 => {
            let roll = if side == Side::After { WorkCalendar::following } else { WorkCalendar::preceding };
            (roll(calendar, from)?, None)
        }
        OffsetUnit::Workday => {
            let first = if counting == Counting::AnchorIncluded { from } else { add_days(from, sign)? };
            let date = match side {
                Side::After => calendar.workday_from(first, count)?,
                Side::Before => calendar.workday_until(first, count)?,
            };
            (date, None)
        }
        OffsetUnit::Month => {
            // Counted from the anchor and never chained: two months after 31 January are 31 March, not 28. A count beyond
            // the calendar leaves the years either way.
            let months = i32::try_from(count).unwrap_or(i32::MAX);
            #[expect(clippy::arithmetic_side_effects, reason = "0 or more")]
            let whole = add_months(from, if side == Side::After { months } else { -months })?;
            let clamped = (whole.day() != from.day()).then_some((from.day(), whole));
            (add_days(whole, nearer)?, clamped)
        }
    })
}

/// The dates of a recurring rule in a period, each found by its place: none is made that is not asked for.
struct Occurrences {
    anchor: Due,
    /// The date that is counted from.
    from: NaiveDate,
    count_of_units: u32,
    unit: OffsetUnit,
    /// Whether the anchor, or the workday at or after it, is the first date.
    from_anchor: bool,
    /// How many there are.
    count: u32,
}

impl Occurrences {
    fn new(rule: DeadlineRule, period: &Period, calendar: &WorkCalendar) -> Result<Self, TimeError> {
        let mut occurrences = match rule {
            DeadlineRule::Every { count, unit, anchor, counting } => {
                let from_anchor = counting == Counting::AnchorIncluded;
                let anchor = anchored(anchor, period)?;
                Self { from: anchor.date(), anchor, count_of_units: count, unit, from_anchor, count: 0 }
            }
            DeadlineRule::EveryWeekday(weekday) => {
                let start = period.start();
                let first = add_days(start, i64::from(weekday.days_since(start.weekday())));
                let anchor = Due::new(StepCause::Anchored(Anchor::PeriodStart), start);
                // The first such day is the one counted from; the year 9999 may end before it.
                let Ok(first) = first else { return Ok(Self::none(anchor)) };
                Self {
                    anchor,
                    from: first,
                    count_of_units: 1,
                    unit: OffsetUnit::Week,
                    from_anchor: true,
                    count: 0,
                }
            }
            _ => return Ok(Self::none(anchored(Anchor::PeriodStart, period)?)),
        };
        // Dates never run back, and none lies before its anchor, nor that before the period: how many there are
        // within the period is found by halving. No date more comes than the period has days.
        #[expect(clippy::arithmetic_side_effects, reason = "days of 10,000 years")]
        let (mut within, mut beyond) = (0, period.days() + 1);
        while within < beyond {
            let middle = within.midpoint(beyond);
            if occurrences.is_within(middle, period, calendar)? {
                #[expect(clippy::arithmetic_side_effects, reason = "below `beyond`")]
                let next = middle + 1;
                within = next;
            } else {
                beyond = middle;
            }
        }
        occurrences.count = within;
        Ok(occurrences)
    }

    const fn none(anchor: Due) -> Self {
        Self {
            from: anchor.date(),
            anchor,
            count_of_units: 1,
            unit: OffsetUnit::Day,
            from_anchor: true,
            count: 0,
        }
    }

    fn is_within(&self, place: u32, period: &Period, calendar: &WorkCalendar) -> Result<bool, TimeError> {
        match self.stepped(place, calendar) {
            Ok((date, _)) => Ok(date <= period.end()),
            // The years end: so do the dates. A calendar that ends is an error.
            Err(TimeError::DateOutOfRange { .. }) => Ok(false),
            // Beyond the period nothing is asked for; before it the calendar is missing days.
            Err(TimeError::OutOfHorizon { date, .. }) if date > period.end() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The date at a place, and where it was clamped the day of the month that was wanted.
    fn stepped(&self, place: u32, calendar: &WorkCalendar) -> Result<(NaiveDate, Option<u32>), TimeError> {
        #[expect(clippy::arithmetic_side_effects, reason = "at most the days of the period, and 1")]
        let steps = if self.from_anchor { place } else { place + 1 };
        // 9,999 units times the days of 9,999 years may exceed 32 bits: saturated, it leaves the years as it should.
        let total = self.count_of_units.saturating_mul(steps);
        if self.from_anchor && self.unit == OffsetUnit::Workday {
            // The workday at or after the anchor is the first; the others are counted from it.
            // Saturated it is beyond every calendar, too.
            let date = calendar.workday_from(self.from, total.saturating_add(1))?;
            return Ok((date, None));
        }
        let counting = Counting::AnchorExcluded;
        let (date, clamped) = step(self.from, total, self.unit, Side::After, counting, calendar)?;
        Ok((date, clamped.map(|(from_day, _)| from_day)))
    }

    fn at(&self, place: u32, calendar: &WorkCalendar) -> Result<Due, TimeError> {
        let (date, clamped) = self.stepped(place, calendar)?;
        #[expect(clippy::arithmetic_side_effects, reason = "at most the days of the period, and 1")]
        let due = self.anchor.clone().then(StepCause::Occurrence(place + 1), date);
        Ok(match clamped {
            Some(from_day) => due.then(StepCause::Clamped { from_day }, date),
            None => due,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::date;
    use alloc::string::ToString;

    fn calendar() -> WorkCalendar {
        WorkCalendar::monday_to_friday(date(2026, 1, 1).unwrap(), date(2026, 12, 31).unwrap()).unwrap()
    }

    fn due(deadline: &str, period: &str) -> Result<alloc::string::String, TimeError> {
        let due = Deadline::parse(deadline)?.due(&period.parse()?, &calendar())?;
        Ok(due.date().to_string())
    }

    #[test]
    fn the_counted_anchor_is_day_one_on_both_sides() {
        let cases = [
            ("10 days after period start", "2026-07-11"),
            ("10 days after period start, start day counted", "2026-07-10"),
            ("10 days before period end", "2026-09-20"),
            ("10 days before period end, start day counted", "2026-09-21"),
            ("2 weeks after period start, start day counted", "2026-07-14"),
            ("1 month after period start, start day counted", "2026-07-31"),
            ("1 workday after period start", "2026-07-02"),
            ("1 workday after period start, start day counted", "2026-07-01"),
            ("1 workday before next period start", "2026-09-30"),
            ("2 workdays before next period start, start day counted", "2026-09-30"),
            ("on period end", "2026-09-30"),
            ("0 workdays after period end", "2026-09-30"),
            ("before period start", "2026-06-30"),
        ];
        for (deadline, expected) in cases {
            assert_eq!(due(deadline, "2026-Q3").unwrap(), expected, "{deadline}");
        }
    }

    #[test]
    fn no_workdays_from_a_day_off_is_a_workday() {
        // 2026-08-01 is a Saturday, 2026-05-31 a Sunday.
        assert_eq!(due("0 workdays after period start", "2026-08").unwrap(), "2026-08-03");
        assert_eq!(due("0 workdays before period start", "2026-08").unwrap(), "2026-07-31");
        assert_eq!(due("0 workdays after period end", "2026-05").unwrap(), "2026-06-01");
        let dates = |deadline: &str| -> Vec<alloc::string::String> {
            let all = Deadline::parse(deadline).unwrap().due_dates(&"2026-08".parse().unwrap(), &calendar());
            all.unwrap().iter().map(|due| due.date().to_string()).collect()
        };
        assert_eq!(
            dates("every 5 workdays from period start, start day counted"),
            ["2026-08-03", "2026-08-10", "2026-08-17", "2026-08-24", "2026-08-31"]
        );
        let daily = dates("every workday from period start, start day counted");
        assert_eq!((daily.len(), daily[0].as_str(), daily[1].as_str()), (21, "2026-08-03", "2026-08-04"));
    }

    #[test]
    fn strictly_before_stays_before() {
        // 2026-05-31 is a Sunday.
        assert_eq!(due("before next period start, rolled backward", "2026-05").unwrap(), "2026-05-29");
        assert!(matches!(
            due("before next period start, rolled forward", "2026-05"),
            Err(TimeError::NotBefore { .. })
        ));
        assert_eq!(
            due("before next period start, rolled forward within the period", "2026-05").unwrap(),
            "2026-05-29"
        );
    }

    #[test]
    fn each_step_of_a_clamped_month_is_true() {
        let steps = |deadline: &str, period: &str| {
            let due = Deadline::parse(deadline).unwrap().due(&period.parse().unwrap(), &calendar()).unwrap();
            due.to_string()
        };
        assert_eq!(
            steps("1 month after period end, start day counted", "2026-01"),
            "2026-02-27: period end 2026-01-31; 1 month after, start day not counted 2026-02-28; \
             clamped from day 31 2026-02-28; one day back, start day counted 2026-02-27"
        );
        assert_eq!(
            steps("1 month before period end, start day counted", "2026-03"),
            "2026-03-01: period end 2026-03-31; 1 month before, start day not counted 2026-02-28; \
             clamped from day 31 2026-02-28; one day forward, start day counted 2026-03-01"
        );
        assert_eq!(
            steps("1 month after period start, start day counted", "2026-07"),
            "2026-07-31: period start 2026-07-01; 1 month after, start day counted 2026-07-31"
        );
    }

    #[test]
    fn what_recurs_is_clipped_and_anchored() {
        let dates = |deadline: &str, period: &str| -> Vec<alloc::string::String> {
            let all =
                Deadline::parse(deadline).unwrap().due_dates(&period.parse().unwrap(), &calendar()).unwrap();
            all.iter().map(|due| due.date().to_string()).collect()
        };
        assert_eq!(
            dates("every month from period start", "2026-01-31/2026-05-01"),
            ["2026-02-28", "2026-03-31", "2026-04-30"]
        );
        assert_eq!(dates("every 2 weeks from period start, start day counted", "2026-07").len(), 3);
        assert_eq!(
            dates("every day from period start, skipped on days off", "2026-07-03/2026-07-07"),
            ["2026-07-06", "2026-07-07"]
        );
        assert_eq!(
            dates("every 5 workdays from period start", "2026-12"),
            ["2026-12-08", "2026-12-15", "2026-12-22", "2026-12-29"]
        );
        assert!(matches!(due("every Sunday", "2026-07-06/2026-07-11"), Err(TimeError::NoDate { .. })));
        assert!(matches!(
            due("on period start, skipped on days off", "2026-07-05"),
            Err(TimeError::NoDate { .. })
        ));
    }

    #[test]
    fn plain_days_need_no_calendar_but_rolls_do() {
        assert_eq!(due("30 days after period end", "2030-Q3").unwrap(), "2030-10-30");
        assert!(matches!(
            due("30 days after period end, rolled forward", "2030-Q3"),
            Err(TimeError::OutOfHorizon { .. })
        ));
        // The calendar starts within this period: the count from its start cannot be had.
        assert!(matches!(
            due("every 5 workdays from period start", "2025-12-15/2026-01-31"),
            Err(TimeError::OutOfHorizon { .. })
        ));
        assert!(matches!(due("before next period start", "9999"), Err(TimeError::DateOutOfRange { .. })));
        assert!(matches!(due("9999 months after period end", "9999"), Err(TimeError::DateOutOfRange { .. })));
    }

    /// L1: the last date of a recurring deadline is the last of all of them, with the same steps.
    #[test]
    fn the_last_date_is_found_without_the_others() {
        let rules = [
            "every day from period start",
            "every 3 days from period start, start day counted",
            "every Friday",
            "every Sunday",
            "every 2 weeks from period start",
            "every month from period start",
            "every 5 months from period start, start day counted",
            "every workday from period start",
            "every 4 workdays from period start, start day counted",
            "every week from period end, start day counted",
            "every day from next period start",
        ];
        let rolls = [
            "",
            ", rolled forward",
            ", rolled backward",
            ", rolled forward within the period",
            ", rolled backward within the period",
            ", skipped on days off",
        ];
        let mut dates = 0;
        for rule in rules {
            for roll in rolls {
                let deadline = Deadline::parse(&alloc::format!("{rule}{roll}")).unwrap();
                for period in [
                    "2026-Q3",
                    "2026-03",
                    "2026-07-04",
                    "2026-01-31/2026-05-01",
                    "2026-W27",
                    "2026-05-30/2026-05-31",
                ] {
                    let period: Period = period.parse().unwrap();
                    let last = deadline.due(&period, &calendar());
                    match deadline.due_dates(&period, &calendar()) {
                        Ok(all) => {
                            assert_eq!(last.ok(), all.last().cloned(), "{deadline} in {period}");
                            dates += all.len();
                        }
                        // Of the last date less is asked than of all.
                        Err(error) => assert!(last.is_ok() || last == Err(error), "{deadline} in {period}"),
                    }
                }
            }
        }
        assert!(dates > 3_000, "{dates}");
    }

    /// L1: dates are counted before they are made, whatever the period.
    #[test]
    fn dates_are_counted_before_they_are_made() {
        let all = Period::custom(date(1, 1, 1).unwrap(), date(9999, 12, 31).unwrap()).unwrap();
        let years = Period::custom(date(1901, 1, 1).unwrap(), date(2009, 12, 31).unwrap()).unwrap();
        let wide = WorkCalendar::monday_to_friday(all.start(), all.end()).unwrap();
        for (rule, count) in [
            ("every day from period start, start day counted", 3_652_059),
            ("every workday from period start", 2_608_614),
            ("every Friday", 521_723),
            ("every month from period start, start day counted", 119_988),
        ] {
            let deadline = Deadline::parse(rule).unwrap();
            let refused = deadline.due_dates(&all, &wide).unwrap_err();
            let TimeError::TooLarge(refused) = refused else { panic!("{refused}") };
            assert_eq!((refused.count, refused.limit), (count, 40_000), "{rule}");
            assert!(deadline.due(&all, &wide).unwrap().date().year() == 9999);
            assert!(deadline.due_dates(&years, &wide).unwrap().len() <= 40_000);
        }
        let skipped = Deadline::parse("every Sunday, skipped on days off").unwrap();
        assert!(matches!(skipped.due(&all, &wide), Err(TimeError::NoDate { .. })));
    }
}
