//! A due date with the steps that made it.

use super::NaiveDate;
use super::deadline::{Anchor, OffsetUnit};
use crate::error::Counted;
use crate::figure::Why;
use crate::quantity::wire::wire_variants;
use core::fmt;

/// A due date and the steps that made it.
///
/// # Examples
/// ```
/// use marketloop::time::{Deadline, Period, WorkCalendar, date};
///
/// let calendar = WorkCalendar::monday_to_friday(date(2026, 1, 1)?, date(2026, 12, 31)?)?;
/// let due = Deadline::parse("1 month after period end")?.due(&"2026-01".parse()?, &calendar)?;
/// assert_eq!(
///     due.why().to_string(),
///     "period end 2026-01-31; 1 month after, start day not counted 2026-02-28; clamped from day 31 2026-02-28"
/// );
/// # Ok::<(), marketloop::time::TimeError>(())
/// ```
///
/// ```
/// # use marketloop::time::Due;
/// let json = r#"[
///   {"cause": {"anchored": "period start"}, "value": "2026-05-01"},
///   {
///     "cause": {"moved": {"count": 2, "unit": "day", "backward": false, "start_day_counted": false}},
///     "value": "2026-05-03"
///   },
///   {"cause": {"rolled": {"backward": false, "days_off": 3}}, "value": "2026-05-06"}
/// ]"#;
/// let read: Due = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<Due>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Due(Why<StepCause, NaiveDate>);

/// The cause of a step on the way from the anchor to the due date.
///
/// ```
/// # use marketloop::time::StepCause;
/// let json = r#"{"anchored":"period end"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<StepCause>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
        /// To earlier dates, not to later ones.
        backward: bool,
        /// Whether the date counted from is day 1.
        start_day_counted: bool,
    },
    /// The month has no such day: its last day was taken.
    Clamped {
        /// The day of the month that was wanted.
        from_day: u32,
    },
    /// The start day counts as the first: one day nearer to it.
    StartDayCounted {
        /// To the day before, not to the day after.
        backward: bool,
    },
    /// The last day strictly before was taken.
    StrictlyBefore,
    /// The occurrence of a recurring deadline with this number, from 1.
    Occurrence(u32),
    /// The date was no workday and was rolled.
    Rolled {
        /// To earlier dates, not to later ones.
        backward: bool,
        /// The days that were passed over, the first date among them.
        days_off: u32,
    },
}

wire_variants!(StepCause {
    "anchored" => Anchored(_),
    "moved" => Moved { count, unit, backward, start_day_counted },
    "clamped" => Clamped { from_day },
    "start_day_counted" => StartDayCounted { backward },
    "strictly_before" => StrictlyBefore,
    "occurrence" => Occurrence(_),
    "rolled" => Rolled { backward, days_off },
});

impl Due {
    /// The due date.
    #[must_use]
    pub const fn date(&self) -> NaiveDate {
        *self.0.value()
    }

    /// The steps that made it, from the anchor on; the last one has the due date.
    #[must_use]
    pub const fn why(&self) -> &Why<StepCause, NaiveDate> {
        &self.0
    }

    /// The due date before it was rolled to a workday.
    #[must_use]
    pub fn before_roll(&self) -> NaiveDate {
        let unrolled = self.0.steps().rev().find(|step| !matches!(step.cause, StepCause::Rolled { .. }));
        unrolled.map_or(self.date(), |step| step.value)
    }

    pub(super) const fn new(cause: StepCause, date: NaiveDate) -> Self {
        Self(Why::new(cause, date))
    }

    pub(super) fn then(self, cause: StepCause, date: NaiveDate) -> Self {
        Self(self.0.then(cause, date))
    }
}

impl fmt::Display for StepCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anchored(anchor) => write!(f, "{anchor}"),
            Self::Moved { count, unit, backward, start_day_counted } => {
                let side = if *backward { "before" } else { "after" };
                let not = if *start_day_counted { "" } else { "not " };
                write!(f, "{} {side}, start day {not}counted", unit.counted(*count))
            }
            Self::Clamped { from_day } => write!(f, "clamped from day {from_day}"),
            Self::StartDayCounted { backward } => {
                let nearer = if *backward { "back" } else { "forward" };
                write!(f, "one day {nearer}, start day counted")
            }
            Self::StrictlyBefore => f.write_str("the last day before"),
            Self::Occurrence(number) => write!(f, "occurrence {number}"),
            Self::Rolled { backward, days_off } => {
                let to = if *backward { "backward" } else { "forward" };
                write!(f, "rolled {to} over {} off", Counted(days_off, "day"))
            }
        }
    }
}

impl fmt::Display for Due {
    /// The date and the steps that made it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.date(), self.0)
    }
}
