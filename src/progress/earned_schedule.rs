//! Earned schedule: how far the work is, in units of time (Walt Lipke, *Schedule is Different*, 2003).
//!
//! Symbols: `PV(t)` the baseline, the cumulative planned value at time `t`, linear between its points; `ES`
//! the time at which the baseline reaches the earned value; `AT` the actual time; `PD` the planned duration.
//! Time is counted from the plan's start, in the periods of the baseline.

use super::{ProgressError, ProgressFigure, UndefinedCause, not_negative, undefined};
use crate::error::{Path, Problems};
use crate::quantity::Ratio;
use crate::quantity::wire::WireDecimal;
use alloc::vec::Vec;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A cumulative plan: the value that is to be earned by each of some times, linear between them.
///
/// # Examples
/// ```
/// use marketloop::progress::PerformanceBaseline;
/// use rust_decimal::dec;
///
/// let baseline = PerformanceBaseline::new([(dec!(0), dec!(0)), (dec!(1), dec!(100)), (dec!(2), dec!(300))])?;
/// assert_eq!(baseline.planned_value_at(dec!(1.5))?.to_string(), "200");
///
/// // After one and a half periods, what is earned should have been earned after one and a quarter.
/// let schedule = baseline.earned_schedule(dec!(150), dec!(1.5))?;
/// assert_eq!(schedule.earned().to_string(), "5/4");
/// assert_eq!(schedule.performance_index()?.to_string(), "5/6");
/// assert_eq!(schedule.duration_at_completion()?.to_string(), "12/5");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<(WireDecimal, WireDecimal)>", into = "Vec<(WireDecimal, WireDecimal)>")]
pub struct PerformanceBaseline {
    /// Time and cumulative value, at least one.
    points: Vec<(Decimal, Decimal)>,
}

impl PerformanceBaseline {
    /// The baseline through `points` of a time and the cumulative value planned by then.
    ///
    /// # Errors
    /// All at once: no point, a negative time or value, times that do not increase, values that decrease.
    pub fn new(points: impl Into<Vec<(Decimal, Decimal)>>) -> Result<Self, Problems<ProgressError>> {
        let points = points.into();
        let mut problems = Problems::new();
        if points.is_empty() {
            problems.push(Path::root(), ProgressError::Empty { what: "points" });
        }
        for (index, (time, value)) in points.iter().enumerate() {
            let path = Path::root().index(index);
            let _time = problems.take(&path.index(0), not_negative("time", *time));
            let _value = problems.take(&path.index(1), not_negative("cumulative value", *value));
        }
        for (index, pair) in points.windows(2).enumerate() {
            let [(previous_time, previous), (time, value)] = *pair else { continue };
            let index = index.saturating_add(1);
            let path = Path::root().index(index);
            if time <= previous_time {
                problems
                    .push(path.index(0), ProgressError::TimeOrder { index, previous: previous_time, time });
            }
            if value < previous {
                problems.push(path.index(1), ProgressError::Decreasing { index, previous, value });
            }
        }
        problems.into_result(Self { points })
    }

    /// The points of time and cumulative value.
    #[must_use]
    pub fn points(&self) -> &[(Decimal, Decimal)] {
        &self.points
    }

    /// BAC, the last cumulative value.
    #[must_use]
    pub fn budget_at_completion(&self) -> Decimal {
        self.points.last().map_or(Decimal::ZERO, |point| point.1)
    }

    /// PD, the last time.
    #[must_use]
    pub fn planned_duration(&self) -> Decimal {
        self.points.last().map_or(Decimal::ZERO, |point| point.0)
    }

    /// PV at `time`, linear between the points, the first value before them and the last after them.
    ///
    /// An [`EarnedValue`](super::EarnedValue) takes it as a decimal: by [`Ratio::to_decimal`] where it is one,
    /// else rounded once by [`Ratio::round`].
    ///
    /// # Errors
    /// [`ProgressError::Negative`]; [`ProgressError::Quantity`] where the exact value does not fit 128 bits.
    pub fn planned_value_at(&self, time: Decimal) -> Result<Ratio, ProgressError> {
        let time = not_negative("time", time)?;
        let after = self.points.partition_point(|point| point.0 <= time);
        self.between(after, time, |(time, value)| (time, value))
    }

    /// The earned schedule at the actual time `at`, in the baseline's units of time.
    ///
    /// # Formula
    /// `ES = t[N] + (EV - PV[N]) / (PV[N+1] - PV[N]) * (t[N+1] - t[N])`, where `N` is the last point with
    /// `PV[N] <= EV`; the first time where EV does not exceed the first value, the last time where it reaches
    /// the last.
    ///
    /// # Errors
    /// [`ProgressError::Negative`]; [`ProgressError::Quantity`] where the exact value does not fit 128 bits.
    pub fn earned_schedule(
        &self,
        earned_value: Decimal,
        at: Decimal,
    ) -> Result<EarnedSchedule, ProgressError> {
        let value = not_negative("earned value", earned_value)?;
        let actual = not_negative("actual time", at)?;
        let after = match self.points.first() {
            // A flat start has earned nothing yet, however long it is.
            Some(first) if value <= first.1 => 0,
            _ => self.points.partition_point(|point| point.1 <= value),
        };
        let earned = self.between(after, value, |(time, value)| (value, time))?;
        Ok(EarnedSchedule { earned, actual, planned_duration: self.planned_duration() })
    }

    /// Where the line to the point at `after` from the one before it passes `x`; `axes` says what is x and y.
    fn between(
        &self,
        after: usize,
        x: Decimal,
        axes: fn((Decimal, Decimal)) -> (Decimal, Decimal),
    ) -> Result<Ratio, ProgressError> {
        let point = |index: usize| self.points.get(index).map(|point| axes(*point));
        let before = after.checked_sub(1).and_then(point);
        let ((x0, y0), (x1, y1)) = match (before, point(after)) {
            (Some(before), Some(after)) => (before, after),
            (Some((_, y)), None) | (None, Some((_, y))) => return Ok(y.into()),
            (None, None) => return Ok(Ratio::ZERO),
        };
        let difference = |a: Decimal, b: Decimal| Ratio::from(a).minus(b.into());
        let part = difference(x, x0)?.divided_by(difference(x1, x0)?)?;
        Ok(Ratio::from(y0).plus(part.times(difference(y1, y0)?)?)?)
    }
}

/// How far the work is in time, against the time that has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EarnedSchedule {
    earned: Ratio,
    actual: Decimal,
    planned_duration: Decimal,
}

impl EarnedSchedule {
    /// ES, the time by which the earned value should have been earned.
    #[must_use]
    pub const fn earned(&self) -> Ratio {
        self.earned
    }

    /// AT, the time that has passed.
    #[must_use]
    pub const fn actual(&self) -> Decimal {
        self.actual
    }

    /// SV(t), in units of time; below zero when the work is late.
    ///
    /// # Formula
    /// `SV(t) = ES - AT`
    ///
    /// # Errors
    /// [`ProgressError::Quantity`] where the exact value does not fit 128 bits.
    pub fn variance(&self) -> Result<Ratio, ProgressError> {
        Ok(self.earned.minus(self.actual.into())?)
    }

    /// SPI(t): below 1 the work is late.
    ///
    /// # Formula
    /// `SPI(t) = ES / AT`
    ///
    /// # Errors
    /// [`ProgressError::Undefined`] where no time has passed.
    pub fn performance_index(&self) -> Result<Ratio, ProgressError> {
        if self.actual.is_zero() {
            return Err(undefined(ProgressFigure::TimePerformanceIndex, UndefinedCause::NoTimePassed));
        }
        Ok(self.earned.divided_by(self.actual.into())?)
    }

    /// IEAC(t), the duration of the whole work at the pace so far, in units of time.
    ///
    /// # Formula
    /// `IEAC(t) = PD / SPI(t)`
    ///
    /// # Errors
    /// [`ProgressError::Undefined`] where no time has passed or the earned schedule is zero.
    pub fn duration_at_completion(&self) -> Result<Ratio, ProgressError> {
        let no = |cause| Err(undefined(ProgressFigure::DurationAtCompletion, cause));
        if self.actual.is_zero() {
            return no(UndefinedCause::NoTimePassed);
        }
        if self.earned.is_zero() {
            return no(UndefinedCause::NoEarnedSchedule);
        }
        Ok(Ratio::from(self.planned_duration).divided_by(self.performance_index()?)?)
    }
}

impl TryFrom<Vec<(WireDecimal, WireDecimal)>> for PerformanceBaseline {
    type Error = Problems<ProgressError>;

    fn try_from(points: Vec<(WireDecimal, WireDecimal)>) -> Result<Self, Self::Error> {
        Self::new(points.into_iter().map(|(time, value)| (time.0, value.0)).collect::<Vec<_>>())
    }
}

impl From<PerformanceBaseline> for Vec<(WireDecimal, WireDecimal)> {
    fn from(baseline: PerformanceBaseline) -> Self {
        baseline.points.into_iter().map(|(time, value)| (WireDecimal(time), WireDecimal(value))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use rust_decimal::dec;

    #[test]
    fn plateaus_and_ends() {
        let baseline = PerformanceBaseline::new(
            [(0, 0), (1, 0), (2, 100), (3, 100), (4, 400)].map(|(t, v)| (t.into(), v.into())),
        )
        .unwrap();
        let earned = |value| baseline.earned_schedule(value, dec!(2)).unwrap().earned().to_string();
        // A flat start counts from its beginning, a later plateau to its end.
        assert_eq!(
            [dec!(0), dec!(50), dec!(100), dec!(250), dec!(400), dec!(500)].map(earned),
            ["0", "3/2", "3", "7/2", "4", "4"]
        );
        let planned = |time| baseline.planned_value_at(time).unwrap().to_string();
        assert_eq!([dec!(0), dec!(1.25), dec!(2.5), dec!(9)].map(planned), ["0", "25", "100", "400"]);
    }

    #[test]
    fn one_point_and_bad_points() {
        let one = PerformanceBaseline::new([(dec!(1), dec!(5))]).unwrap();
        assert_eq!(one.planned_value_at(dec!(0)).unwrap(), Ratio::from(dec!(5)));
        assert_eq!(one.earned_schedule(dec!(3), dec!(1)).unwrap().earned(), Ratio::ONE);
        let problems =
            PerformanceBaseline::new([(dec!(1), dec!(5)), (dec!(1), dec!(4)), (dec!(2), dec!(-1))])
                .unwrap_err();
        assert_eq!(problems.len(), 4);
        assert!(PerformanceBaseline::new([]).is_err());
    }
}
