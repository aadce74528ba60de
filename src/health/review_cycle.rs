//! How often an indicator is reviewed.

use crate::time::{NaiveDate, TimeError, next_in_series};
use core::fmt;
use serde::{Deserialize, Serialize};

/// How often an indicator is reviewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewCycle {
    /// Every month.
    Month,
    /// Every quarter.
    Quarter,
    /// Every half-year.
    HalfYear,
}

impl ReviewCycle {
    /// The months from one value to the next: 1, 3 or 6.
    #[must_use]
    pub const fn months(self) -> i32 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::HalfYear => 6,
        }
    }

    /// The date on which the value after that of `measured_on` is due: one cycle later, clamped to the month's
    /// last day. A value of a month's last day is followed by one of a last day.
    ///
    /// # Errors
    /// [`TimeError::DateOutOfRange`] beyond the year 9999.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::ReviewCycle;
    /// use marketloop::time::date;
    ///
    /// assert_eq!(ReviewCycle::Month.due_after(date(2026, 9, 30)?)?, date(2026, 10, 31)?);
    /// assert_eq!(ReviewCycle::Quarter.due_after(date(2026, 9, 15)?)?, date(2026, 12, 15)?);
    /// # Ok::<(), marketloop::time::TimeError>(())
    /// ```
    pub fn due_after(self, measured_on: NaiveDate) -> Result<NaiveDate, TimeError> {
        next_in_series(measured_on, self.months())
    }
}

impl fmt::Display for ReviewCycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::HalfYear => "half-year",
        })
    }
}
