//! The dates that a deadline means in a period, with the steps that made them.

use super::calendar::WorkCalendar;
use super::deadline::{Anchor, Counting, Deadline, DeadlineRule, OffsetUnit, Roll, Side};
use super::{NaiveDate, Period, TimeError, add_days, add_months};
use alloc::vec::Vec;
use chrono::Datelike;
use core::fmt;

/// A due date and how it came about.
///
/// # Examples
/// ```
/// use marketloop::time::{Deadline, Period, WorkCalendar, date};
///
/// let calendar = WorkCalendar::monday_to_friday(date(2026, 1, 1)?, date(2026, 12, 31)?)?;
/// let due = Deadline::parse("1 month after period end")?.due(&"2026-01".parse()?, &calendar)?;
/// let steps: Vec<String> = due.steps().iter().map(ToString::to_string).collect();
/// assert_eq!(
///     steps,
///     ["period end 2026-01-31", "1 month after, start day not counted 2026-02-28", "clamped from day 31 2026-02-28"]
/// );
/// # Ok::<(), marketloop::time::TimeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    date: NaiveDate,
    steps: Vec<DueStep>,
}

/// One step on the way to a due date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueStep {
    /// What was done.
    pub cause: StepCause,
    /// The date after it.
    pub date: NaiveDate,
}

/// What was done to a date on its way to a due date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StepCause {
    /// The anchor was taken from the period.
    Anchored(Anchor),
    /// A number of units was counted.
    Moved {
        /// How many.
        count: u32,
        /// Of what.
        unit: OffsetUnit,
        /// Later or earlier.
        side: Side,
        /// Whether the date counted from is day 1.
        counting: Counting,
    },
    /// The month has no such day: its last day was taken.
    Clamped {
        /// The day of the month that was wanted.
        from_day: u32,
    },
    /// The start day counts as the first: one day nearer to it.
    StartDayCounted {
        /// On which side of the start day the date lies.
        side: Side,
    },
    /// The last day strictly before was taken.
    StrictlyBefore,
    /// The occurrence of a recurring deadline with this number, from 1.
    Occurrence(u32),
    /// The date was no workday and was rolled.
    Rolled {
        /// To later or to earlier.
        to: Side,
        /// The days that were passed over, the first date among them.
        days_off: u32,
    },
}

impl Due {
    /// The due date.
    #[must_use]
    pub const fn date(&self) -> NaiveDate {
        self.date
    }

    /// The steps that made it, from the anchor on; the last one has the due date.
    #[must_use]
    pub fn steps(&self) -> &[DueStep] {
        &self.steps
    }

    /// The day on which it would be due on a calendar without days off.
    #[must_use]
    pub fn before_roll(&self) -> NaiveDate {
        let unrolled = self.steps.iter().rev().find(|step| !matches!(step.cause, StepCause::Rolled { .. }));
        unrolled.map_or(self.date, |step| step.date)
    }

    fn new(cause: StepCause, date: NaiveDate) -> Self {
        Self { date, steps: alloc::vec![DueStep { cause, date }] }
    }

    fn then(mut self, cause: StepCause, date: NaiveDate) -> Self {
        self.date = date;
        self.steps.push(DueStep { cause, date });
        self
    }
}

impl Deadline {
    /// The due date in `period`; of a recurring deadline the last one.
    ///
    /// The calendar is asked only by workday counts and rolls.
    ///
    /// # Errors
    /// [`TimeError::OutOfHorizon`], [`TimeError::DateOutOfRange`], [`TimeError::NoWorkday`],
    /// [`TimeError::NotBefore`]; [`TimeError::NoDate`] when nothing is due in the period.
    pub fn due(&self, period: &Period, calendar: &WorkCalendar) -> Result<Due, TimeError> {
        let last = self.due_dates(period, calendar)?.pop();
        last.ok_or(TimeError::NoDate { deadline: *self, period: *period })
    }

    /// All due dates in `period`, in order; one where the deadline does not recur, none where it was skipped.
    ///
    /// Recurring dates are those within the period; a roll may then carry the first or the last of them out
    /// of it, unless it is one within the period.
    ///
    /// # Errors
    /// [`TimeError::OutOfHorizon`], [`TimeError::DateOutOfRange`], [`TimeError::NoWorkday`],
    /// [`TimeError::NotBefore`].
    pub fn due_dates(&self, period: &Period, calendar: &WorkCalendar) -> Result<Vec<Due>, TimeError> {
        let dates = match self.rule() {
            DeadlineRule::Offset { count, unit, side, anchor, counting } => {
                let start = anchored(anchor, period)?;
                alloc::vec![moved(start, count, unit, side, counting, calendar)?]
            }
            DeadlineRule::StrictlyBefore(anchor) => {
                let start = anchored(anchor, period)?;
                let date = add_days(start.date, -1)?;
                alloc::vec![start.then(StepCause::StrictlyBefore, date)]
            }
            DeadlineRule::EveryWeekday(weekday) => every_weekday(weekday, period),
            DeadlineRule::Every { count, unit, anchor, counting } => {
                every(&anchored(anchor, period)?, count, unit, counting, period, calendar)?
            }
        };
        let mut rolled = Vec::with_capacity(dates.len());
        for due in dates {
            rolled.extend(self.rolled(due, period, calendar)?);
        }
        Ok(rolled)
    }

    fn rolled(&self, due: Due, period: &Period, calendar: &WorkCalendar) -> Result<Option<Due>, TimeError> {
        let from = due.date;
        let date = match self.roll() {
            Roll::None => return Ok(Some(due)),
            Roll::Skip => return Ok(if calendar.is_workday(from)? { Some(due) } else { None }),
            Roll::Following => calendar.following(from)?,
            Roll::Preceding => calendar.preceding(from)?,
            Roll::ModifiedFollowing => calendar.modified_following(from, period)?,
            Roll::ModifiedPreceding => calendar.modified_preceding(from, period)?,
        };
        if date == from {
            return Ok(Some(due));
        }
        if let DeadlineRule::StrictlyBefore(anchor) = self.rule() {
            let anchor = anchored(anchor, period)?.date;
            if date >= anchor {
                return Err(TimeError::NotBefore { date, anchor });
            }
        }
        let to = if date > from { Side::After } else { Side::Before };
        let days_off = date.signed_duration_since(from).num_days().unsigned_abs();
        let days_off = u32::try_from(days_off).unwrap_or(u32::MAX);
        Ok(Some(due.then(StepCause::Rolled { to, days_off }, date)))
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
    let (date, clamped) = step(start.date, count, unit, side, counting, calendar)?;
    let Some((from_day, whole)) = clamped else {
        return Ok(start.then(StepCause::Moved { count, unit, side, counting }, date));
    };
    // Whole months, the day that this month has, and only then the day for the start day.
    let months = StepCause::Moved { count, unit, side, counting: Counting::AnchorExcluded };
    let due = start.then(months, whole).then(StepCause::Clamped { from_day }, whole);
    Ok(if date == whole { due } else { due.then(StepCause::StartDayCounted { side }, date) })
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
    let days = |days: i64| add_days(from, days.saturating_mul(sign).saturating_add(nearer));
    Ok(match unit {
        OffsetUnit::Day => (days(count.into())?, None),
        OffsetUnit::Week => (days(i64::from(count).saturating_mul(7))?, None),
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
            let months = i32::try_from(count).unwrap_or(i32::MAX);
            let whole = add_months(from, if side == Side::After { months } else { months.saturating_neg() })?;
            let clamped = (whole.day() != from.day()).then_some((from.day(), whole));
            (add_days(whole, nearer)?, clamped)
        }
    })
}

fn every_weekday(weekday: chrono::Weekday, period: &Period) -> Vec<Due> {
    let start = period.start();
    let ahead = weekday.days_since(start.weekday());
    let mut dates = Vec::new();
    let mut offset = i64::from(ahead);
    for number in 1.. {
        match add_days(start, offset) {
            Ok(date) if date <= period.end() => {
                let anchor = Due::new(StepCause::Anchored(Anchor::PeriodStart), start);
                dates.push(anchor.then(StepCause::Occurrence(number), date));
            }
            _ => break,
        }
        offset = offset.saturating_add(7);
    }
    dates
}

fn every(
    anchor: &Due,
    count: u32,
    unit: OffsetUnit,
    counting: Counting,
    period: &Period,
    calendar: &WorkCalendar,
) -> Result<Vec<Due>, TimeError> {
    let mut dates = Vec::new();
    let first = u32::from(counting == Counting::AnchorExcluded);
    for (number, k) in (1_u32..).zip(first..) {
        let total = count.saturating_mul(k);
        let stepped = if first == 0 && unit == OffsetUnit::Workday {
            // The workday at or after the anchor is the first; the others are counted from it.
            calendar.workday_from(anchor.date, total.saturating_add(1)).map(|date| (date, None))
        } else {
            step(anchor.date, total, unit, Side::After, Counting::AnchorExcluded, calendar)
        };
        let (date, clamped) = match stepped {
            Ok(stepped) => stepped,
            // The years end: so do the dates. A calendar that ends is an error.
            Err(TimeError::DateOutOfRange { .. }) => break,
            // Beyond the period nothing is asked for; before it the calendar is missing days.
            Err(TimeError::OutOfHorizon { date, .. }) if date > period.end() => break,
            Err(error) => return Err(error),
        };
        if date > period.end() {
            break;
        }
        if date < period.start() {
            continue;
        }
        let due = anchor.clone().then(StepCause::Occurrence(number), date);
        dates.push(match clamped {
            Some((from_day, _)) => due.then(StepCause::Clamped { from_day }, date),
            None => due,
        });
    }
    Ok(dates)
}

impl fmt::Display for StepCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anchored(anchor) => write!(f, "{anchor}"),
            Self::Moved { count, unit, side, counting } => {
                let side = if *side == Side::After { "after" } else { "before" };
                let not = if *counting == Counting::AnchorIncluded { "" } else { "not " };
                write!(f, "{} {side}, start day {not}counted", unit.counted(*count))
            }
            Self::Clamped { from_day } => write!(f, "clamped from day {from_day}"),
            Self::StartDayCounted { side } => {
                let nearer = if *side == Side::After { "back" } else { "forward" };
                write!(f, "one day {nearer}, start day counted")
            }
            Self::StrictlyBefore => f.write_str("the last day before"),
            Self::Occurrence(number) => write!(f, "occurrence {number}"),
            Self::Rolled { to, days_off } => {
                let to = if *to == Side::After { "forward" } else { "backward" };
                let plural = if *days_off == 1 { "" } else { "s" };
                write!(f, "rolled {to} over {days_off} day{plural} off")
            }
        }
    }
}

impl fmt::Display for DueStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.cause, self.date)
    }
}

impl fmt::Display for Due {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.date)?;
        for (index, step) in self.steps.iter().enumerate() {
            write!(f, "{} {step}", if index == 0 { ":" } else { ";" })?;
        }
        Ok(())
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
            assert_eq!(due.steps().last().unwrap().date, due.date());
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
}
