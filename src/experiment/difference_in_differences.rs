//! Difference in differences: how much more treated units changed than control units.

use super::lift::LiftEstimate;
use super::series::{Scale, float, mean, periods_after, too_few};
use crate::figure::{Cause, Cell, Figure, Table};
use crate::quantity::wire::serialize_fields;
use crate::stats::StatsError;
use alloc::vec::Vec;

/// Deviations whose squares add up to less than this part of the squared values are rounding: relative 1e-15.
const ROUNDING: f64 = 1e-30;

/// How much more treated units changed at the start of a campaign than control units, which saw none of it.
///
/// It is the effect of the campaign if both groups would have moved alike without it. Whether they did *before* can be
/// seen: [`slope_difference`](Self::slope_difference) is about 0 then.
///
/// # Formula
/// For each unit `d = mean(after) - mean(before)`; the effect is `mean(d of treated) - mean(d of control)`, which is
/// the interaction of a regression with effects of units and periods (a common start). Standard errors are those of
/// two means: of `d`, not of single periods, so that what periods of one unit have in common does no harm.
///
/// | case | answer |
/// | --- | --- |
/// | one unit in an arm | no Welch error; the pooled one rests on the other arm |
/// | one unit in each arm | no standard error |
/// | units of an arm that all changed alike | variance of 0; p and interval undefined if so in both |
/// | one period before the start | no slope difference |
/// | without the campaign nothing would have come | no relative effect |
///
/// # Examples
/// ```
/// use marketloop::experiment::DifferenceInDifferences;
///
/// // Orders of two cities with the campaign and three without, two months before and two within.
/// let treated = [[100.0, 104.0, 130.0, 134.0], [80.0, 82.0, 101.0, 103.0]];
/// let control = [[90.0, 92.0, 95.0, 97.0], [60.0, 64.0, 66.0, 68.0], [70.0, 70.0, 75.0, 75.0]];
/// let lift = DifferenceInDifferences::of(&treated, &control, 2)?;
/// assert_eq!(lift.effect(), 20.5);
/// assert_eq!(format!("{:.3}", lift.relative()), "0.212");
/// assert_eq!(format!("{:.2}", lift.welch().standard_error()), "4.50");
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
///
/// ```
/// # use marketloop::experiment::DifferenceInDifferences;
/// let lift = DifferenceInDifferences::of(&[[1.0, 4.0]], &[[2.0, 3.0]], 1)?;
/// let json = serde_json::to_value(&lift)?;
/// assert_eq!(json["pooled"]["estimate"], "2");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[doc(alias = "did")]
pub struct DifferenceInDifferences {
    treated: (f64, f64),
    control: (f64, f64),
    relative: Figure<f64>,
    welch: LiftEstimate,
    pooled: LiftEstimate,
    control_error: Figure<f64>,
    slope_difference: Figure<f64>,
}

serialize_fields!(DifferenceInDifferences {
    treated: own,
    control: own,
    relative,
    welch,
    pooled,
    control_error,
    slope_difference,
});

/// An arm: means before and after, and how its units changed.
struct Arm {
    units: usize,
    before: f64,
    after: f64,
    change: f64,
    squares: f64,
    /// The mean of the units in each period before the start.
    series: Vec<f64>,
}

impl Arm {
    fn of<'a>(rows: impl Iterator<Item = &'a [f64]>, pre: usize, scale: Scale) -> Self {
        let mut units = 0_usize;
        let (mut befores, mut afters, mut series) = (Vec::new(), Vec::new(), Vec::new());
        for row in rows {
            units = units.saturating_add(1);
            let row = scale.down(row);
            let (before, after) = row.split_at(pre.min(row.len()));
            befores.push(mean(before));
            afters.push(mean(after));
            series.resize(before.len(), 0.0);
            series.iter_mut().zip(before).for_each(|(sum, value)| *sum += value);
        }
        for sum in &mut series {
            *sum /= float(units);
        }
        let changes: Vec<f64> = befores.iter().zip(&afters).map(|(before, after)| after - before).collect();
        let change = mean(&changes);
        let squares: f64 = changes.iter().map(|one| (one - change) * (one - change)).sum();
        let values: f64 = befores.iter().chain(&afters).map(|value| value * value).sum();
        let squares = if squares <= ROUNDING * values { 0.0 } else { squares };
        Self { units, before: mean(&befores), after: mean(&afters), change, squares, series }
    }

    /// Degrees of freedom and the variance of the mean change, of two units or more.
    fn variance(&self) -> Option<(f64, f64)> {
        let degrees = float(self.units.checked_sub(1).filter(|degrees| *degrees > 0)?);
        Some((degrees, self.squares / degrees / float(self.units)))
    }
}

impl DifferenceInDifferences {
    /// The effect on the `treated` units beside the `control` units, of which each row is one unit, period by period;
    /// the first `pre` periods are before the start.
    ///
    /// # Errors
    /// [`StatsError::TooFewObservations`] without a unit in an arm, and without a period on a side of the start;
    /// [`StatsError::OutOfRange`] for rows of different lengths; [`StatsError::NotFinite`];
    /// [`StatsError::Overflow`].
    pub fn of<T: AsRef<[f64]>, C: AsRef<[f64]>>(
        treated: &[T],
        control: &[C],
        pre: usize,
    ) -> Result<Self, StatsError> {
        if treated.is_empty() || control.is_empty() {
            return Err(too_few(0, 1));
        }
        let (treated, control) = (|| treated.iter().map(AsRef::as_ref), || control.iter().map(AsRef::as_ref));
        periods_after(treated().chain(control()), pre)?;
        let scale = Scale::of(treated().chain(control()).flatten());
        let (treated, control) = (Arm::of(treated(), pre, scale), Arm::of(control(), pre, scale));
        let name = "the difference in differences";
        let effect = treated.change - control.change;
        let up = |value: f64| scale.up(value, name);
        let both = |arm: &Arm| Ok::<_, StatsError>((up(arm.before)?, up(arm.after)?));
        let estimate = |variance: Option<f64>, degrees: Option<f64>, missing: &'static str| {
            let none = |figure| Figure::undefined(figure, Cause::None(missing.into()));
            let error = variance.map(|variance| up(libm::sqrt(variance))).transpose()?;
            let error = error.map_or_else(|| none("standard error"), Figure::Known);
            let degrees = match (variance, degrees) {
                (Some(variance), _) if variance <= 0.0 => {
                    Figure::undefined("degrees", Cause::Zero("standard error".into()))
                }
                (_, degrees) => degrees.map_or_else(|| none("degrees"), Figure::Known),
            };
            Ok::<_, StatsError>(LiftEstimate::new(up(effect)?, error, degrees))
        };
        let control_error = match control.variance() {
            Some((_, variance)) => Figure::Known(up(libm::sqrt(variance))?),
            None => Figure::undefined("standard error", Cause::None("second control unit".into())),
        };
        Ok(Self {
            treated: both(&treated)?,
            control: both(&control)?,
            relative: relative(effect, &treated, &control),
            welch: {
                let (variance, degrees) = welch(&treated, &control).unzip();
                estimate(variance, degrees, "second unit in each arm")?
            },
            pooled: {
                let (variance, degrees) = pooled(&treated, &control).unzip();
                estimate(variance, degrees, "second unit in either arm")?
            },
            control_error,
            slope_difference: slope_difference(&treated.series, &control.series).try_map(up)?,
        })
    }

    /// The effects of several treated cells that share one control, each as of [`of`](Self::of).
    ///
    /// They are not independent: each has the same mean of the control in it. Where the control happened to fall, all
    /// effects are too large. The covariance of any two is the square of
    /// [`control_error`](Self::control_error), so the difference of two effects has no part of the control, and their
    /// mean is less sure than that of independent ones.
    ///
    /// # Errors
    /// Those of [`of`](Self::of), of the first cell that has any.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::DifferenceInDifferences;
    ///
    /// let (low, high) = ([[10.0, 12.0], [20.0, 23.0]], [[11.0, 18.0], [19.0, 25.0]]);
    /// let lifts = DifferenceInDifferences::of_cells([&low, &high], &[[10.0, 11.0], [12.0, 12.0]], 1)?;
    /// assert_eq!(lifts.iter().map(|lift| lift.effect()).collect::<Vec<_>>(), [2.0, 6.0]);
    /// assert_eq!(lifts[0].control_error(), lifts[1].control_error());
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn of_cells<'a, T: AsRef<[f64]> + 'a, S: AsRef<[T]> + ?Sized + 'a, C: AsRef<[f64]>>(
        cells: impl IntoIterator<Item = &'a S>,
        control: &[C],
        pre: usize,
    ) -> Result<Vec<Self>, StatsError> {
        cells.into_iter().map(|cell| Self::of(cell.as_ref(), control, pre)).collect()
    }

    /// How much more a treated unit changed than a control unit, per period.
    #[must_use]
    pub const fn effect(&self) -> f64 {
        self.pooled.estimate()
    }

    /// The means of the treated units, before the start and after.
    #[must_use]
    pub const fn treated(&self) -> (f64, f64) {
        self.treated
    }

    /// The means of the control units, before the start and after.
    #[must_use]
    pub const fn control(&self) -> (f64, f64) {
        self.control
    }

    /// The effect as a share of what would have been without it.
    ///
    /// # Formula
    /// `effect / (treated after - effect)`.
    #[must_use]
    pub const fn relative(&self) -> &Figure<f64> {
        &self.relative
    }

    /// The effect with the error of two means of unequal variance.
    ///
    /// # Formula
    /// `sqrt(v_t / n_t + v_c / n_c)` with sample variances of the units' changes, degrees by B. L. Welch (1947) and F. E.
    /// Satterthwaite (1946).
    #[must_use]
    pub const fn welch(&self) -> &LiftEstimate {
        &self.welch
    }

    /// The effect with the error of two means of one variance, on `n_t + n_c - 2` degrees.
    #[must_use]
    pub const fn pooled(&self) -> &LiftEstimate {
        &self.pooled
    }

    /// The standard error of the control's mean change, which is a part of every effect against this control.
    #[must_use]
    pub const fn control_error(&self) -> &Figure<f64> {
        &self.control_error
    }

    /// By how much more per period the treated units rose than the control units *before* the start: far from 0, the
    /// groups did not move alike, and the effect is in doubt.
    ///
    /// # Formula
    /// The least-squares slope of the mean treated less the mean control unit over the periods before the start.
    #[must_use]
    pub const fn slope_difference(&self) -> &Figure<f64> {
        &self.slope_difference
    }

    /// A row for the effect by each standard error, and rows for what stands beside it.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::DifferenceInDifferences;
    ///
    /// let lift = DifferenceInDifferences::of(&[[4.0, 10.0], [7.0, 14.0]], &[[5.0, 7.0], [8.0, 8.0]], 1)?;
    /// assert_eq!(lift.table().names(), ["effect (Welch)", "effect (pooled)", "relative", "slope before"]);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("difference in differences");
        self.welch.push(&mut table, "effect (Welch)", "1");
        self.pooled.push(&mut table, "effect (pooled)", "1");
        table.push("relative", "estimate", Cell::from(self.relative.clone()));
        table.push("slope before", "estimate", Cell::from(self.slope_difference.clone()));
        table
    }
}

fn relative(effect: f64, treated: &Arm, control: &Arm) -> Figure<f64> {
    let without = treated.after - effect;
    let size = treated.after.abs() + treated.before.abs() + control.after.abs() + control.before.abs();
    // What is left of terms that cancel is their rounding.
    if without.abs() <= 4.0 * f64::EPSILON * size {
        Figure::undefined("relative effect", Cause::Zero("the outcome without the effect".into()))
    } else {
        Figure::Known(effect / without)
    }
}

/// The variance of the effect and its degrees.
fn welch(treated: &Arm, control: &Arm) -> Option<(f64, f64)> {
    let ((treated_degrees, treated), (control_degrees, control)) = (treated.variance()?, control.variance()?);
    let variance = treated + control;
    if variance <= 0.0 {
        return Some((0.0, 0.0));
    }
    // By shares of the variance, so that no square of a square gets too small for a float.
    let (first, second) = (treated / variance, control / variance);
    Some((variance, 1.0 / (first * first / treated_degrees + second * second / control_degrees)))
}

fn pooled(treated: &Arm, control: &Arm) -> Option<(f64, f64)> {
    let units = treated.units.checked_add(control.units)?;
    let degrees = float(units.checked_sub(2).filter(|degrees| *degrees > 0)?);
    let each = (treated.squares + control.squares) / degrees;
    Some((each * (1.0 / float(treated.units) + 1.0 / float(control.units)), degrees))
}

fn slope_difference(treated: &[f64], control: &[f64]) -> Figure<f64> {
    if treated.len() < 2 {
        return Figure::undefined("slope difference", Cause::None("second period before the start".into()));
    }
    let middle = float(treated.len().saturating_sub(1)) / 2.0;
    let (mut up, mut down) = (0.0, 0.0);
    for (at, (treated, control)) in treated.iter().zip(control).enumerate() {
        let off = float(at) - middle;
        up += off * (treated - control);
        down += off * off;
    }
    Figure::Known(up / down)
}
