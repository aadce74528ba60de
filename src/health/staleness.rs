//! Whether an indicator's value is older than its review cycle, and whether its baseline came in time.

use super::{Indicator, Matrix, Reading};
use crate::error::Counted;
use crate::figure::{Cell, Figure, Table, to_wire};
use crate::time::{NaiveDate, TimeError, add_months};
use alloc::format;
use alloc::vec::Vec;
use core::fmt;
use serde::Serialize;

/// Whether what is due on a day came in time: a baseline, or the next value of an indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Punctuality {
    /// It came on or before the day.
    InTime {
        /// When it came.
        on: NaiveDate,
    },
    /// It came after the day.
    Late {
        /// When it came.
        on: NaiveDate,
        /// The days after the due date, at least 1.
        days: u32,
    },
    /// It has not come, and the day has not passed.
    Open {
        /// The day.
        due: NaiveDate,
    },
    /// It has not come, and the day has passed.
    Overdue {
        /// The day.
        due: NaiveDate,
        /// The days since then, at least 1.
        days: u32,
    },
}

to_wire!(Punctuality);

impl Punctuality {
    /// Whether it came, or still may come, in time.
    #[must_use]
    pub const fn is_in_time(&self) -> bool {
        matches!(self, Self::InTime { .. } | Self::Open { .. })
    }

    /// Whether it has not come, and the day has passed.
    #[must_use]
    pub const fn is_overdue(&self) -> bool {
        matches!(self, Self::Overdue { .. })
    }
}

impl Punctuality {
    /// Each of these as a row: what came or is due and when, and the days that it is late.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::{Matrix, Punctuality};
    /// use marketloop::time::date;
    ///
    /// let matrix = Matrix::marketing()?;
    /// let matrix = matrix.measured("stickiness", "repurchase rate", "27 %".parse()?, date(2026, 8, 31)?)?;
    /// let stale = matrix.stale(date(2026, 10, 2)?)?;
    /// let table = Punctuality::table(stale.iter().map(|(reading, state)| (reading.name(), *state)));
    /// assert_eq!(
    ///     table.to_string(),
    ///     "indicator                     state           day  late day\n\
    ///      stickiness / repurchase rate  overdue  2026-09-30         2\n"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table<N: fmt::Display>(states: impl IntoIterator<Item = (N, Self)>) -> Table {
        let mut table = Table::new("indicator");
        for (name, state) in states {
            let (word, day, late) = match state {
                Self::InTime { on } => ("came in time", on, 0),
                Self::Late { on, days } => ("came late", on, days),
                Self::Open { due } => ("due", due, 0),
                Self::Overdue { due, days } => ("overdue", due, days),
            };
            table.push(&name, "state", word);
            table.push(&name, "day", day);
            table.push(&name, "late", Cell::new(late, "day"));
        }
        table
    }
}

impl fmt::Display for Punctuality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InTime { on } => write!(f, "came {on}, in time"),
            Self::Late { on, days } => write!(f, "came {on}, {} late", Counted(days, "day")),
            Self::Open { due } => write!(f, "due {due}"),
            Self::Overdue { due, days } => write!(f, "due {due}, {} overdue", Counted(days, "day")),
        }
    }
}

/// The last day for baselines: one month after the launch, clamped to the month's last day.
///
/// # Errors
/// [`TimeError::DateOutOfRange`] beyond the year 9999.
///
/// # Examples
/// ```
/// use marketloop::health::baseline_due;
/// use marketloop::time::date;
///
/// assert_eq!(baseline_due(date(2027, 1, 31)?)?, date(2027, 2, 28)?);
/// # Ok::<(), marketloop::time::TimeError>(())
/// ```
pub fn baseline_due(launch: NaiveDate) -> Result<NaiveDate, TimeError> {
    add_months(launch, 1)
}

impl Indicator {
    /// Whether the next value is overdue on the day `today`: one review cycle after the day of the value. Missing
    /// without a value, and where its day is not known.
    ///
    /// # Errors
    /// [`TimeError::DateOutOfRange`] where the due date lies beyond the year 9999.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Indicator;
    /// use marketloop::time::{Grain, date};
    ///
    /// let rate = Indicator::new("repurchase rate", "at least 25 %".parse()?, Grain::Month);
    /// let rate = rate.measured("27 %".parse()?, date(2026, 7, 31)?)?;
    /// assert!(rate.freshness(date(2026, 8, 31)?)?.get()?.is_in_time());
    /// assert_eq!(rate.freshness(date(2026, 9, 2)?)?.to_string(), "due 2026-08-31, 2 days overdue");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn freshness(&self, today: NaiveDate) -> Result<Figure<Punctuality>, TimeError> {
        let on = match (&self.actual, self.measured_on) {
            (Some(_), Some(on)) => on,
            // A value without its day may be of any age: unknown, not fresh.
            (Some(_), None) => return Ok(Figure::missing(format!("day of {}", self.name))),
            (None, _) => return Ok(Figure::missing(self.name.clone())),
        };
        Ok(Figure::Known(not_come(self.review.after(on)?, today)))
    }

    /// Whether the baseline came in time, seen on the day `today`, when it is due on the day `due`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::{Indicator, baseline_due};
    /// use marketloop::time::{Grain, date};
    ///
    /// let due = baseline_due(date(2026, 7, 1)?)?;
    /// let rate = Indicator::new("repurchase rate", "at least 25 %".parse()?, Grain::Month);
    /// assert_eq!(rate.baseline_state(due, date(2026, 8, 3)?).to_string(), "due 2026-08-01, 2 days overdue");
    /// let rate = rate.with_baseline("20 %".parse()?, date(2026, 7, 20)?)?;
    /// assert_eq!(rate.baseline_state(due, date(2026, 8, 3)?).to_string(), "came 2026-07-20, in time");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn baseline_state(&self, due: NaiveDate, today: NaiveDate) -> Punctuality {
        match &self.baseline {
            // Once it came, only its own day counts, whatever `today` is.
            Some(baseline) => match days_after(due, baseline.captured_on) {
                0 => Punctuality::InTime { on: baseline.captured_on },
                days => Punctuality::Late { on: baseline.captured_on, days },
            },
            None => not_come(due, today),
        }
    }
}

impl Matrix {
    /// The indicators whose value is older than their review cycle on the day `today`, each with the day on which
    /// the next was due.
    ///
    /// # Errors
    /// [`TimeError::DateOutOfRange`] where a due date lies beyond the year 9999.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Matrix;
    /// use marketloop::time::date;
    ///
    /// let matrix = Matrix::marketing()?;
    /// let matrix = matrix.measured("stickiness", "repurchase rate", "27 %".parse()?, date(2026, 8, 31)?)?;
    /// assert!(matrix.stale(date(2026, 9, 30)?)?.is_empty());
    /// let stale = matrix.stale(date(2026, 10, 1)?)?;
    /// assert_eq!(stale[0].0.indicator().name, "repurchase rate");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn stale(&self, today: NaiveDate) -> Result<Vec<(Reading<'_>, Punctuality)>, TimeError> {
        let mut stale = Vec::new();
        for reading in self.readings() {
            // What was never measured is a gap, and not stale: only a known day can be too long ago.
            let freshness = reading.indicator().freshness(today)?.known();
            stale.extend(freshness.filter(Punctuality::is_overdue).map(|state| (reading, state)));
        }
        Ok(stale)
    }

    /// All indicators with the state of their baselines on the day `today`; none where no launch is known.
    ///
    /// # Errors
    /// [`TimeError::DateOutOfRange`] where the due date lies beyond the year 9999.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Matrix;
    /// use marketloop::time::date;
    ///
    /// let matrix = Matrix::marketing()?.launched_on(date(2026, 7, 1)?)?;
    /// let states = matrix.baselines(date(2026, 8, 2)?)?;
    /// assert_eq!(states[0].1.to_string(), "due 2026-08-01, 1 day overdue");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn baselines(&self, today: NaiveDate) -> Result<Vec<(Reading<'_>, Punctuality)>, TimeError> {
        let Some(launch) = self.launch() else { return Ok(Vec::new()) };
        let due = baseline_due(launch)?;
        let state = |reading: Reading<'_>| reading.indicator().baseline_state(due, today);
        Ok(self.readings().map(|reading| (reading, state(reading))).collect())
    }
}

fn not_come(due: NaiveDate, today: NaiveDate) -> Punctuality {
    match days_after(due, today) {
        0 => Punctuality::Open { due },
        days => Punctuality::Overdue { due, days },
    }
}

/// The days from `due` to `day`; 0 where it is not later.
fn days_after(due: NaiveDate, day: NaiveDate) -> u32 {
    // Days before the due one are negative: not late, so that 0 is their number.
    u32::try_from(day.signed_duration_since(due).num_days()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::date;
    use alloc::string::ToString;

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
            stale
                .iter()
                .map(|(reading, state)| match state {
                    Punctuality::Overdue { due, .. } => (reading.indicator().name.clone(), due.to_string()),
                    other => panic!("{other}"),
                })
                .collect()
        };
        assert!(stale(2026, 9, 30).is_empty());
        assert_eq!(stale(2026, 10, 1), [("repurchase rate".into(), "2026-09-30".into())]);
        assert_eq!(stale(2026, 12, 1).len(), 2);
        assert_eq!(stale(2027, 3, 1).last().unwrap().1, "2026-11-30");
        assert_eq!(stale(2027, 3, 1).len(), 3);
        let undated =
            Indicator { measured_on: None, ..matrix.readings().nth(2).unwrap().indicator().clone() };
        assert_eq!(undated.freshness(on).unwrap(), Figure::missing("day of repurchase rate"));
        let none = matrix.readings().next().unwrap().indicator().freshness(on).unwrap();
        assert_eq!(none, Figure::missing("organic share"));
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
        assert_eq!(late.to_string(), "came 2027-03-02, 2 days late");
        let matrix = matrix.launched_on(launch).unwrap();
        let open = matrix.baselines(due).unwrap();
        assert_eq!(open.iter().filter(|(_, state)| *state == Punctuality::Open { due }).count(), 8);
        let missing = matrix.baselines(date(2027, 3, 1).unwrap()).unwrap();
        assert_eq!(missing.len(), 8);
        assert!(missing.iter().all(|(_, state)| *state == Punctuality::Overdue { due, days: 1 }));
    }
}
