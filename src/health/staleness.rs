//! Whether an indicator's value is older than its review cycle, and whether its baseline came in time.

use super::{Indicator, Matrix, Reading};
use crate::time::{NaiveDate, TimeError, add_months};
use core::fmt;

/// How an indicator's value stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Freshness {
    /// There is no value.
    NotMeasured,
    /// There is a value, but not the day that it stands for.
    Undated,
    /// The value is within its review cycle; the next one is due on `due`, which has not passed.
    Current {
        /// When the next value is due.
        due: NaiveDate,
    },
    /// The value is older than its review cycle: the next one was due on `due`.
    Stale {
        /// When the next value was due.
        due: NaiveDate,
        /// The days since then, at least 1.
        days: u32,
    },
}

impl Freshness {
    /// When the next value is or was due; `None` without a dated value.
    #[must_use]
    pub const fn due(&self) -> Option<NaiveDate> {
        match self {
            Self::Current { due } | Self::Stale { due, .. } => Some(*due),
            Self::NotMeasured | Self::Undated => None,
        }
    }

    /// Whether the value is older than its review cycle.
    #[must_use]
    pub const fn is_stale(&self) -> bool {
        matches!(self, Self::Stale { .. })
    }
}

impl fmt::Display for Freshness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotMeasured => f.write_str("not measured"),
            Self::Undated => f.write_str("undated"),
            Self::Current { due } => write!(f, "next value due {due}"),
            Self::Stale { due, days } => write!(f, "stale: a value was due {due}, {days} days ago"),
        }
    }
}

/// How an indicator's baseline stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BaselineState {
    /// Captured on or before the due date.
    Captured {
        /// The day.
        on: NaiveDate,
    },
    /// Captured after the due date.
    Late {
        /// The day.
        on: NaiveDate,
        /// The days after the due date.
        days: u32,
    },
    /// Not captured, and the due date has not passed.
    Open,
    /// Not captured, and the due date has passed.
    Missing {
        /// The days after the due date.
        days: u32,
    },
}

impl BaselineState {
    /// Whether the baseline came, or still may come, in time.
    #[must_use]
    pub const fn is_in_time(&self) -> bool {
        matches!(self, Self::Captured { .. } | Self::Open)
    }
}

impl fmt::Display for BaselineState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Captured { on } => write!(f, "captured {on}"),
            Self::Late { on, days } => write!(f, "captured {on}, {days} days late"),
            Self::Open => f.write_str("open"),
            Self::Missing { days } => write!(f, "missing for {days} days"),
        }
    }
}

/// The last day for baselines: one month after the launch, clamped to the month's last day.
///
/// # Errors
/// [`TimeError::DateOutOfRange`] beyond the year 9999.
pub fn baseline_due(launch: NaiveDate) -> Result<NaiveDate, TimeError> {
    add_months(launch, 1)
}

impl Indicator {
    /// How the value stands on the day `today`. A value from the future is current.
    ///
    /// # Errors
    /// [`TimeError::DateOutOfRange`] where the due date lies beyond the year 9999.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::{Freshness, Indicator, ReviewCycle};
    /// use marketloop::time::date;
    ///
    /// let rate = Indicator::new("repurchase rate", "at least 25 %".parse()?, ReviewCycle::Month);
    /// let rate = rate.measured("27 %".parse()?, date(2026, 7, 31)?)?;
    /// assert_eq!(rate.freshness(date(2026, 8, 31)?)?, Freshness::Current { due: date(2026, 8, 31)? });
    /// assert_eq!(
    ///     rate.freshness(date(2026, 9, 2)?)?.to_string(),
    ///     "stale: a value was due 2026-08-31, 2 days ago"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn freshness(&self, today: NaiveDate) -> Result<Freshness, TimeError> {
        let (Some(_), Some(on)) = (&self.actual, self.measured_on) else {
            let undated = self.actual.is_some();
            return Ok(if undated { Freshness::Undated } else { Freshness::NotMeasured });
        };
        let due = self.review.due_after(on)?;
        Ok(match days_after(due, today) {
            0 => Freshness::Current { due },
            days => Freshness::Stale { due, days },
        })
    }

    /// How the baseline stands on the day `today`, when it is due on the day `due`.
    #[must_use]
    pub fn baseline_state(&self, due: NaiveDate, today: NaiveDate) -> BaselineState {
        match &self.baseline {
            Some(baseline) => match days_after(due, baseline.captured_on) {
                0 => BaselineState::Captured { on: baseline.captured_on },
                days => BaselineState::Late { on: baseline.captured_on, days },
            },
            None => match days_after(due, today) {
                0 => BaselineState::Open,
                days => BaselineState::Missing { days },
            },
        }
    }
}

impl Matrix {
    /// The indicators whose value is older than their review cycle on the day `today`, each with its state.
    ///
    /// # Errors
    /// [`TimeError::DateOutOfRange`] where a due date lies beyond the year 9999.
    pub fn stale(&self, today: NaiveDate) -> Result<alloc::vec::Vec<(Reading<'_>, Freshness)>, TimeError> {
        let mut stale = alloc::vec::Vec::new();
        for reading in self.readings() {
            let freshness = reading.indicator().freshness(today)?;
            if freshness.is_stale() {
                stale.push((reading, freshness));
            }
        }
        Ok(stale)
    }

    /// All indicators with the state of their baselines on the day `today`; none where no launch is known.
    ///
    /// # Errors
    /// [`TimeError::DateOutOfRange`] where the due date lies beyond the year 9999.
    pub fn baselines(
        &self,
        today: NaiveDate,
    ) -> Result<alloc::vec::Vec<(Reading<'_>, BaselineState)>, TimeError> {
        let Some(launch) = self.launch() else { return Ok(alloc::vec::Vec::new()) };
        let due = baseline_due(launch)?;
        let state = |reading: Reading<'_>| reading.indicator().baseline_state(due, today);
        Ok(self.readings().map(|reading| (reading, state(reading))).collect())
    }
}

/// The days from `due` to `day`; 0 where it is not later.
fn days_after(due: NaiveDate, day: NaiveDate) -> u32 {
    u32::try_from(day.signed_duration_since(due).num_days()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::date;
    use alloc::string::ToString;
    use alloc::vec::Vec;

    #[test]
    fn a_value_is_stale_the_day_after_it_was_due() {
        let matrix = Matrix::marketing().unwrap();
        let on = date(2026, 8, 31).unwrap();
        let value =
            |matrix: Matrix, d: &str, i: &str| matrix.measured(d, i, "1 %".parse().unwrap(), on).unwrap();
        let matrix = value(matrix, "stickiness", "repurchase rate");
        let matrix = value(matrix, "conversion", "lead conversion");
        let matrix = value(matrix, "tool adoption", "usage of trained tools");
        let stale = |year, month, day| -> Vec<_> {
            let stale = matrix.stale(date(year, month, day).unwrap()).unwrap();
            stale.iter().map(|(r, f)| (r.indicator().name.clone(), f.due().unwrap().to_string())).collect()
        };
        assert!(stale(2026, 9, 30).is_empty());
        assert_eq!(stale(2026, 10, 1), [("repurchase rate".into(), "2026-09-30".into())]);
        assert_eq!(stale(2026, 12, 1).len(), 2);
        assert_eq!(stale(2027, 3, 1).last().unwrap().1, "2026-11-30");
        assert_eq!(stale(2027, 3, 1).len(), 3);
        let undated =
            Indicator { measured_on: None, ..matrix.readings().nth(2).unwrap().indicator().clone() };
        assert_eq!(undated.freshness(on).unwrap(), Freshness::Undated);
        let none = matrix.readings().next().unwrap().indicator().freshness(on).unwrap();
        assert_eq!(
            (none, none.due(), none.to_string().as_str()),
            (Freshness::NotMeasured, None, "not measured")
        );
    }

    #[test]
    fn a_baseline_is_due_one_month_after_the_launch() {
        let launch = date(2027, 1, 31).unwrap();
        assert_eq!(baseline_due(launch).unwrap(), date(2027, 2, 28).unwrap());
        let matrix = Matrix::marketing().unwrap();
        assert!(matrix.baselines(launch).unwrap().is_empty());
        let indicator = matrix.readings().next().unwrap().indicator().clone();
        let due = baseline_due(launch).unwrap();
        let captured = |day| indicator.clone().with_baseline("40 %".parse().unwrap(), day).unwrap();
        assert!(captured(due).baseline_state(due, due).is_in_time());
        let late = captured(date(2027, 3, 2).unwrap()).baseline_state(due, due);
        assert_eq!(late.to_string(), "captured 2027-03-02, 2 days late");
        let matrix = matrix.launched_on(launch).unwrap();
        let open = matrix.baselines(due).unwrap();
        assert_eq!(open.iter().filter(|(_, state)| *state == BaselineState::Open).count(), 8);
        let missing = matrix.baselines(date(2027, 3, 1).unwrap()).unwrap();
        assert_eq!(missing.len(), 8);
        assert!(missing.iter().all(|(_, state)| *state == BaselineState::Missing { days: 1 }));
    }
}
