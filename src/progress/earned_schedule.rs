//! Earned schedule: how far the work is, in units of time (Walt Lipke, *Schedule is Different*, 2003).
//!
//! Symbols: `PV(t)` the curve of planned value, the cumulative planned value at time `t`, linear between its points; `ES`
//! the time at which the curve reaches the earned value; `AT` the actual time; `PD` the planned duration.
//! Time is counted from the plan's start, in the periods of the curve.

use super::{ProgressError, checked, no, not_negative, ratio_or};
use crate::error::{Path, Problems};
use crate::figure::{Cause, Figure, Table};
use crate::quantity::wire::WireDecimal;
use crate::quantity::{AnyAmount, Ratio};
use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize, Serializer};

/// Planned value over time (the performance measurement baseline): the cumulative value planned by some points in time,
/// linear between them.
///
/// On the wire the list of times and amounts: `[[0, "0 CNY"], [1, "100 CNY"]]`.
///
/// # Examples
/// ```
/// use marketloop::progress::PlannedValueCurve;
/// use marketloop::quantity::Money;
/// use rust_decimal::dec;
///
/// let yuan = |amount: i128| Money::from_minor(amount * 100, "CNY".parse()?);
/// let curve = PlannedValueCurve::new([(dec!(0), yuan(0)?), (dec!(1), yuan(100)?), (dec!(2), yuan(300)?)])?;
/// assert_eq!(curve.planned_value_at(dec!(1.5))?.to_string(), "200");
///
/// // After one and a half periods, what is earned should have been earned after one and a quarter.
/// let schedule = curve.earned_schedule(&yuan(150)?, dec!(1.5))?;
/// assert_eq!(schedule.earned().to_string(), "5/4");
/// assert_eq!(schedule.performance_index().to_string(), "5/6");
/// assert_eq!(schedule.duration_at_completion().to_string(), "12/5");
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::progress::PlannedValueCurve;
/// # use marketloop::quantity::Count;
/// let json = r#"[["0",0],["1.5",100]]"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<PlannedValueCurve<Count>>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "Vec<(WireDecimal, A)>", bound(deserialize = "A: AnyAmount + Deserialize<'de>"))]
#[doc(alias = "PMB")]
#[doc(alias = "S-curve")]
pub struct PlannedValueCurve<A> {
    /// Time and cumulative value as given.
    points: Vec<(Decimal, A)>,
    /// The same values as exact numbers in the unit of the last.
    exact: Vec<(Ratio, Ratio)>,
    last: (Decimal, A),
}

impl<A: AnyAmount> PlannedValueCurve<A> {
    /// The curve through `points` of a time and the cumulative value planned by then.
    ///
    /// # Errors
    /// All at once: no point, a negative time or value, another currency or unit than that of the last point, times
    /// that do not increase, values that decrease.
    pub fn new(points: impl Into<Vec<(Decimal, A)>>) -> Result<Self, Problems<ProgressError>> {
        let points = points.into();
        let mut problems = Problems::new();
        let Some(last) = points.last().cloned() else {
            problems.push(Path::root(), ProgressError::Empty { what: "points" });
            return problems.finish(None);
        };
        let mut exact: Vec<(Ratio, Ratio)> = Vec::with_capacity(points.len());
        for (index, (time, value)) in points.iter().enumerate() {
            let path = Path::root().index(index);
            problems.take(&path.index(0), checked("time", *time));
            let at = path.index(1);
            let value = problems.take(&at, not_negative("cumulative value", value, &last.1));
            exact.extend(value.map(|value| (Ratio::from(*time), value)));
        }
        // Pairs are compared apart from the points: one bad value must not hide that the next time runs back.
        for (index, (before, here)) in points.iter().zip(points.iter().skip(1)).enumerate() {
            // The later of the two is the one that is out of order.
            let index = index.saturating_add(1);
            let path = Path::root().index(index);
            if here.0 <= before.0 {
                let error = ProgressError::TimeOrder { index, previous: before.0, time: here.0 };
                problems.push(path.index(0), error);
            }
            let values = before.1.exact_in(&last.1).ok().zip(here.1.exact_in(&last.1).ok());
            if values.is_some_and(|(before, here)| here < before) {
                let (previous, value) = (before.1.to_string(), here.1.to_string());
                problems.push(path.index(1), ProgressError::Decreasing { index, previous, value });
            }
        }
        problems.into_result(Self { points, exact, last })
    }

    /// The points of time and cumulative value.
    #[must_use]
    pub fn points(&self) -> &[(Decimal, A)] {
        &self.points
    }

    /// BAC, the last cumulative value.
    #[must_use]
    pub const fn budget_at_completion(&self) -> &A {
        &self.last.1
    }

    /// PD, the last time.
    #[must_use]
    pub const fn planned_duration(&self) -> Decimal {
        self.last.0
    }

    /// PV at `time`, exactly, linear between the points, the first value before them and the last after them.
    ///
    /// An [`EarnedValue`](super::EarnedValue) takes it as an amount: [`AnyAmount::rounded`] makes one.
    ///
    /// # Errors
    /// [`ProgressError::Negative`]; [`ProgressError::Quantity`] where the exact value does not fit 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::progress::PlannedValueCurve;
    /// use marketloop::quantity::Money;
    /// use rust_decimal::dec;
    ///
    /// let yuan = |amount: &str| Money::parse(&format!("{amount} CNY"));
    /// let curve = PlannedValueCurve::new([(dec!(0), yuan("0")?), (dec!(4), yuan("1000")?)])?;
    /// assert_eq!(curve.planned_value_at(dec!(1))?.to_string(), "250");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn planned_value_at(&self, time: Decimal) -> Result<Ratio, ProgressError> {
        let time = Ratio::from(checked("time", time)?);
        // Behind all points at this time: the curve is read from the point that was reached to the next.
        let after = self.exact.partition_point(|point| point.0 <= time);
        self.between(after, time, |(time, value)| (time, value))
    }

    /// The earned schedule at the actual time `at`, in the curve's units of time.
    ///
    /// # Formula
    /// `ES = t[N] + (EV - PV[N]) / (PV[N+1] - PV[N]) * (t[N+1] - t[N])`, where `N` is the last point with
    /// `PV[N] <= EV`; the first time where EV does not exceed the first value, the last time where it reaches
    /// the last.
    ///
    /// # Errors
    /// [`ProgressError::Negative`]; [`ProgressError::Quantity`] for another currency or unit, and where the exact value
    /// does not fit 128 bits.
    pub fn earned_schedule(&self, earned_value: &A, at: Decimal) -> Result<EarnedSchedule, ProgressError> {
        let value = not_negative("earned value", earned_value, &self.last.1)?;
        let actual = checked("actual time", at)?;
        let after = match self.exact.first() {
            // A flat start has earned nothing yet, however long it is.
            Some(first) if value <= first.1 => 0,
            _ => self.exact.partition_point(|point| point.1 <= value),
        };
        let earned = self.between(after, value, |(time, value)| (value, time))?;
        Ok(EarnedSchedule { earned, actual, planned_duration: self.planned_duration() })
    }

    /// Where the line to the point at `after` from the one before it passes `x`; `axes` says what is x and y.
    fn between(
        &self,
        after: usize,
        x: Ratio,
        axes: fn((Ratio, Ratio)) -> (Ratio, Ratio),
    ) -> Result<Ratio, ProgressError> {
        let point = |index: usize| self.exact.get(index).map(|point| axes(*point));
        let before = after.checked_sub(1).and_then(point);
        let ((x0, y0), (x1, y1)) = match (before, point(after)) {
            (Some(before), Some(after)) => (before, after),
            (Some((_, y)), None) | (None, Some((_, y))) => return Ok(y),
            // A curve has at least one point.
            (None, None) => return Err(ProgressError::Empty { what: "points" }),
        };
        // The point before is at or below x and the one at `after` above it: they differ, and nothing divides by zero.
        let part = x.minus(x0)?.divided_by(x1.minus(x0)?)?;
        Ok(y0.plus(part.times(y1.minus(y0)?)?)?)
    }
}

impl<A: AnyAmount + Serialize> Serialize for PlannedValueCurve<A> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.points.iter().map(|(time, value)| (WireDecimal(*time), value)))
    }
}

impl<A: AnyAmount> TryFrom<Vec<(WireDecimal, A)>> for PlannedValueCurve<A> {
    type Error = Problems<ProgressError>;

    fn try_from(points: Vec<(WireDecimal, A)>) -> Result<Self, Self::Error> {
        Self::new(points.into_iter().map(|(time, value)| (time.0, value)).collect::<Vec<_>>())
    }
}

/// How far the work is in time, against the time that has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[doc(alias = "ES")]
pub struct EarnedSchedule {
    earned: Ratio,
    #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
    actual: Decimal,
    #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
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
    #[must_use]
    pub fn variance(&self) -> Figure<Ratio> {
        ratio_or("schedule variance in time", self.earned.minus(self.actual.into()))
    }

    /// SPI(t): below 1 the work is late. Undefined where no time has passed.
    ///
    /// # Formula
    /// `SPI(t) = ES / AT`
    #[must_use]
    pub fn performance_index(&self) -> Figure<Ratio> {
        let figure = "schedule performance index in time";
        if self.actual.is_zero() {
            return no(figure, Cause::Zero("time passed".into()));
        }
        ratio_or(figure, self.earned.divided_by(self.actual.into()))
    }

    /// IEAC(t), the duration of the whole work at the pace so far, in units of time. Undefined where no time has passed
    /// or the earned schedule is zero.
    ///
    /// # Formula
    /// `IEAC(t) = PD / SPI(t)`
    #[must_use]
    pub fn duration_at_completion(&self) -> Figure<Ratio> {
        let figure = "duration at completion";
        if self.actual.is_zero() {
            return no(figure, Cause::Zero("time passed".into()));
        }
        if self.earned.is_zero() {
            return no(figure, Cause::Zero("earned schedule".into()));
        }
        let planned = Ratio::from(self.planned_duration);
        // Zeros were asked for above, so that the cause names them and not the index.
        self.performance_index().and_then(|index| ratio_or(figure, planned.divided_by(index)))
    }

    /// A row for each figure, in units of time or as a plain ratio.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("figure");
        table.push("ES", "value", self.earned);
        table.push("AT", "value", self.actual);
        table.push("SV(t)", "value", self.variance());
        table.push("SPI(t)", "value", self.performance_index());
        table.push("IEAC(t)", "value", self.duration_at_completion());
        table
    }
}

impl fmt::Display for EarnedSchedule {
    /// The [table](Self::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::Count;
    use rust_decimal::dec;

    #[test]
    fn plateaus_and_ends() {
        let curve = PlannedValueCurve::new(
            [(0, 0), (1, 0), (2, 100), (3, 100), (4, 400)].map(|(t, v)| (t.into(), Count::new(v))),
        )
        .unwrap();
        let earned = |value| curve.earned_schedule(&Count::new(value), dec!(2)).unwrap().earned().to_string();
        // A flat start counts from its beginning, a later plateau to its end.
        assert_eq!([0, 50, 100, 250, 400, 500].map(earned), ["0", "3/2", "3", "7/2", "4", "4"]);
        let planned = |time| curve.planned_value_at(time).unwrap().to_string();
        assert_eq!([dec!(0), dec!(1.25), dec!(2.5), dec!(9)].map(planned), ["0", "25", "100", "400"]);
    }

    #[test]
    fn one_point_and_bad_points() {
        let one = PlannedValueCurve::new([(dec!(1), Count::new(5))]).unwrap();
        assert_eq!(one.planned_value_at(dec!(0)).unwrap(), Ratio::from(dec!(5)));
        let schedule = one.earned_schedule(&Count::new(3), dec!(1)).unwrap();
        assert_eq!(schedule.earned(), Ratio::ONE);
        assert!(schedule.to_string().contains("SPI(t)"), "{schedule}");
        let money = |text: &str| text.parse::<crate::quantity::Money>().unwrap();
        let problems = PlannedValueCurve::new([
            (dec!(1), money("5 CNY")),
            (dec!(1), money("4 CNY")),
            (dec!(2), money("-1 CNY")),
        ])
        .unwrap_err();
        assert_eq!(problems.len(), 4);
        assert!(PlannedValueCurve::<Count>::new([]).is_err());
        assert!(PlannedValueCurve::new([(dec!(0), money("5 CNY")), (dec!(1), money("6 JPY"))]).is_err());
    }
}
