//! Deadlines as expressions: an anchor of the plan period, a step from it, and what happens on a free day.

use super::TimeError;
use chrono::Weekday;

/// The day of the plan period from which a deadline is counted.
///
/// ```
/// # use marketloop::time::Anchor;
/// assert_eq!(serde_json::from_str::<Anchor>(r#""period start""#)?, Anchor::PeriodStart);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Anchor {
    /// The period's first day.
    PeriodStart,
    /// The period's last day.
    PeriodEnd,
    /// The first day after the period.
    NextPeriodStart,
}

/// What a step is counted in.
///
/// ```
/// # use marketloop::time::OffsetUnit;
/// assert_eq!(serde_json::from_str::<OffsetUnit>(r#""day""#)?, OffsetUnit::Day);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OffsetUnit {
    /// Calendar days.
    Day,
    /// Workdays of the calendar, counted one by one.
    Workday,
    /// Seven calendar days.
    Week,
    /// Months, clamped to the end of a short one.
    Month,
}

/// On which side of its anchor a deadline lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Side {
    /// Later than the anchor.
    After,
    /// Earlier than the anchor.
    Before,
}

/// Whether the anchor is day 1 of the count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(crate) enum Counting {
    /// Day 1 is the day next to the anchor (PRC Civil Code art. 201; Regulation (EEC, Euratom) 1182/71
    /// art. 3).
    #[default]
    AnchorExcluded,
    /// The anchor itself is day 1.
    AnchorIncluded,
}

/// What happens to a date that is no workday.
///
/// ```
/// # use marketloop::time::Roll;
/// let json = r#""not rolled""#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Roll>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Roll {
    /// It stays. The calendar is not asked.
    #[default]
    None,
    /// It moves to the next workday.
    Following,
    /// It moves to the last workday before it.
    Preceding,
    /// It moves to the next workday, or to the last one before it where the next lies beyond the plan period.
    ModifiedFollowing,
    /// It moves to the last workday before it, or to the next one where that lies before the plan period.
    ModifiedPreceding,
    /// It falls away.
    Skip,
}

/// Which date or dates a deadline means, before any roll.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum DeadlineRule {
    /// One date, `count` units from the anchor.
    Offset {
        /// How many units, 0 (or 1 where the anchor is counted) to 9999.
        count: u32,
        /// What is counted.
        unit: OffsetUnit,
        /// Later or earlier than the anchor.
        side: Side,
        /// The day that is counted from.
        anchor: Anchor,
        /// Whether that day is day 1.
        counting: Counting,
    },
    /// One date: the last day strictly before the anchor.
    StrictlyBefore(Anchor),
    /// Every day of the period that is this weekday.
    EveryWeekday(Weekday),
    /// Every `count` units from the anchor within the period; the k-th is anchor + k * `count`, never chained.
    Every {
        /// How many units lie between two dates, 1 to 9999.
        count: u32,
        /// What is counted.
        unit: OffsetUnit,
        /// The day that is counted from.
        anchor: Anchor,
        /// Whether that day is the first of the dates.
        counting: Counting,
    },
}

/// A deadline in terms of a plan period: `10 days after period start, rolled forward`.
///
/// The text form is complete: it reads back as the same deadline, and is its form on the wire.
///
/// | text | meaning |
/// | --- | --- |
/// | `10 days after period start` | day 10, the start day not counted |
/// | `10 days after period start, start day counted` | day 10, the start day being day 1 |
/// | `10 workdays after period start` | the tenth workday after the start day |
/// | `0 workdays after period end` | that day, or the next workday where it is a day off |
/// | `3 weeks before period end`, `1 month after period end` | weeks of 7 days; months clamp |
/// | `on period end` | that day |
/// | `before next period start` | the last day strictly before it |
/// | `every Friday`, `every 2 weeks from period start` | all of them within the period |
/// | `…, rolled forward`, `…, rolled backward` | to the next or the last workday |
/// | `…, rolled forward within the period` | the same, but not out of the plan period (modified following) |
/// | `…, skipped on days off` | no date where it is no workday |
///
/// A leading `within` is read and has no meaning of its own.
///
/// # Examples
/// ```
/// use marketloop::time::{Anchor, Deadline, OffsetUnit, Roll};
///
/// let plan = Deadline::offset(10, OffsetUnit::Day, Anchor::PeriodStart)?.with_roll(Roll::Following);
/// assert_eq!(plan, Deadline::parse("within 10 days after period start, rolled forward")?);
/// assert_eq!(plan.to_string(), "10 days after period start, rolled forward");
/// # Ok::<(), marketloop::time::TimeError>(())
/// ```
///
/// ```
/// # use marketloop::time::Deadline;
/// let json = r#""10 workdays after period start, start day counted, rolled forward""#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Deadline>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[doc(alias = "截止日期")]
pub struct Deadline {
    rule: DeadlineRule,
    roll: Roll,
}

impl Deadline {
    /// The largest count of a deadline.
    const MAX: u32 = 9999;

    /// The date `count` (-9999 to 9999) units after the anchor, before it where negative; the anchor not counted, not
    /// rolled.
    ///
    /// # Errors
    /// [`TimeError::DeadlineCount`] beyond 9999.
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{Anchor, Deadline, OffsetUnit};
    ///
    /// let notice = Deadline::offset(-3, OffsetUnit::Week, Anchor::PeriodEnd)?;
    /// assert_eq!(notice.to_string(), "3 weeks before period end");
    /// # Ok::<(), marketloop::time::TimeError>(())
    /// ```
    pub fn offset(count: i32, unit: OffsetUnit, anchor: Anchor) -> Result<Self, TimeError> {
        let counting = Counting::AnchorExcluded;
        let side = if count < 0 { Side::Before } else { Side::After };
        Self::new(DeadlineRule::Offset { count: count.unsigned_abs(), unit, side, anchor, counting })
    }

    /// The last day strictly before the anchor, not rolled.
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{Anchor, Deadline};
    ///
    /// // "before the next quarter starts"
    /// assert_eq!(Deadline::before(Anchor::NextPeriodStart).to_string(), "before next period start");
    /// ```
    #[must_use]
    pub const fn before(anchor: Anchor) -> Self {
        Self { rule: DeadlineRule::StrictlyBefore(anchor), roll: Roll::None }
    }

    /// A deadline on every such weekday of the period, not rolled.
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{Deadline, Weekday};
    ///
    /// let report = Deadline::every(Weekday::Fri);
    /// assert_eq!(report, Deadline::parse("every Friday")?);
    /// assert!(report.is_recurring());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn every(weekday: Weekday) -> Self {
        Self { rule: DeadlineRule::EveryWeekday(weekday), roll: Roll::None }
    }

    /// Every `count` (1 to 9999) units from the anchor within the period, the anchor not counted, not rolled. The k-th
    /// date is the anchor and k times `count` units, never chained.
    ///
    /// # Errors
    /// [`TimeError::DeadlineCount`] for an interval of 0 or beyond 9999.
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{Anchor, Deadline, OffsetUnit};
    ///
    /// let report = Deadline::every_units(2, OffsetUnit::Week, Anchor::PeriodStart)?;
    /// assert_eq!(report.to_string(), "every 2 weeks from period start");
    /// # Ok::<(), marketloop::time::TimeError>(())
    /// ```
    pub fn every_units(count: u32, unit: OffsetUnit, anchor: Anchor) -> Result<Self, TimeError> {
        Self::new(DeadlineRule::Every { count, unit, anchor, counting: Counting::AnchorExcluded })
    }

    /// The deadline of this rule, not rolled.
    ///
    /// # Errors
    /// [`TimeError::DeadlineCount`] for a count beyond 9999, a count of 0 where the anchor is day 1, or an
    /// interval of 0.
    pub(crate) fn new(rule: DeadlineRule) -> Result<Self, TimeError> {
        let (count, min) = match rule {
            DeadlineRule::Offset { count, counting: Counting::AnchorExcluded, .. } => (count, 0),
            DeadlineRule::Offset { count, .. } | DeadlineRule::Every { count, .. } => (count, 1),
            DeadlineRule::StrictlyBefore(_) | DeadlineRule::EveryWeekday(_) => (1, 1),
        };
        if (min..=Self::MAX).contains(&count) {
            Ok(Self { rule, roll: Roll::None })
        } else {
            Err(TimeError::DeadlineCount { count, min })
        }
    }

    /// The deadline that `text` states, in the forms of the table above.
    ///
    /// # Errors
    /// [`TimeError::NotADeadline`] with the reason; [`TimeError::DeadlineCount`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::Deadline;
    ///
    /// let health = Deadline::parse("within 30 days after period end, rolled forward")?;
    /// assert_eq!(health.to_string(), "30 days after period end, rolled forward");
    /// assert!(Deadline::parse("soon").is_err());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        text.parse()
    }

    /// Counts the start day as day 1; no change for rules that do not count.
    ///
    /// Without it day 1 is the day next to the anchor (PRC Civil Code art. 201; Regulation (EEC, Euratom) 1182/71
    /// art. 3).
    ///
    /// # Errors
    /// [`TimeError::DeadlineCount`] when a count of 0 would include the anchor.
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{Anchor, Deadline, OffsetUnit};
    ///
    /// let deadline = Deadline::offset(10, OffsetUnit::Day, Anchor::PeriodStart)?.with_start_day_counted()?;
    /// assert_eq!(deadline.to_string(), "10 days after period start, start day counted");
    /// # Ok::<(), marketloop::time::TimeError>(())
    /// ```
    pub fn with_start_day_counted(self) -> Result<Self, TimeError> {
        self.with_counting(Counting::AnchorIncluded)
    }

    pub(super) fn with_counting(self, with: Counting) -> Result<Self, TimeError> {
        let mut rule = self.rule;
        if let DeadlineRule::Offset { counting, .. } | DeadlineRule::Every { counting, .. } = &mut rule {
            *counting = with;
        }
        // Through `new` again: a count of 0 is none once the anchor is day 1.
        Self::new(rule).map(|deadline| deadline.with_roll(self.roll))
    }

    /// Sets what happens to a date that is no workday.
    ///
    /// # Examples
    /// ```
    /// use marketloop::time::{Deadline, Roll, WorkCalendar, date};
    ///
    /// let calendar = WorkCalendar::monday_to_friday(date(2026, 7, 1)?, date(2026, 9, 30)?)?;
    /// let due = |roll| Deadline::parse("10 days after period start")?.with_roll(roll).due(&"2026-Q3".parse()?, &calendar);
    /// assert_eq!(due(Roll::None)?.date(), date(2026, 7, 11)?); // a Saturday
    /// assert_eq!(due(Roll::Preceding)?.date(), date(2026, 7, 10)?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn with_roll(self, roll: Roll) -> Self {
        Self { roll, ..self }
    }

    /// Which date or dates it means, before any roll.
    #[must_use]
    pub(crate) const fn rule(&self) -> DeadlineRule {
        self.rule
    }

    /// What happens to a date that is no workday.
    #[must_use]
    pub const fn roll(&self) -> Roll {
        self.roll
    }

    /// Whether it may mean more than one date.
    #[must_use]
    pub const fn is_recurring(&self) -> bool {
        matches!(self.rule, DeadlineRule::EveryWeekday(_) | DeadlineRule::Every { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_stay_in_their_bounds() {
        let offset = |count| Deadline::offset(count, OffsetUnit::Day, Anchor::PeriodEnd);
        assert!(offset(0).is_ok() && offset(9999).is_ok() && offset(10_000).is_err());
        assert!(offset(0).unwrap().with_start_day_counted().is_err());
        let every = |count| Deadline::every_units(count, OffsetUnit::Month, Anchor::PeriodStart);
        assert!(every(0).is_err() && every(1).unwrap().is_recurring());
    }
}
