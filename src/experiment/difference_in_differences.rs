//! Difference in differences: how much more treated units changed than control units.

use super::estimate_rows::push;
use super::series::{Scale, before, dot, float, mean, periods_after, too_few};
use crate::figure::{Cause, Cell, Figure, Table};
use crate::quantity::wire::serialize_fields;
use crate::stats::{EffectEstimate, StatsError};
use alloc::vec::Vec;

/// Deviations whose squares add up to less than this part of the squared values are rounding: relative 1e-15.
const ROUNDING: f64 = 1e-30;

/// How much more treated units changed at the start of a campaign than control units, which saw none of it.
///
/// It is the effect of the campaign if both groups would have moved alike without it. Whether they did *before* can be
/// seen: [`slope_difference`](Self::slope_difference) is about 0 then, and so is the effect of a start that never was
/// ([`placebo_in_time`](Self::placebo_in_time)).
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
/// assert_eq!(json["pooled"]["value"], "2");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[doc(alias = "did")]
pub struct DifferenceInDifferences {
    treated: (f64, f64),
    control: (f64, f64),
    relative: Figure<f64>,
    welch: EffectEstimate,
    pooled: EffectEstimate,
    control_error: Figure<f64>,
    slope_difference: Figure<EffectEstimate>,
    unit_periods: usize,
}

serialize_fields!(DifferenceInDifferences {
    treated: own,
    control: own,
    relative,
    welch,
    pooled,
    control_error,
    slope_difference,
    unit_periods: own => u64::try_from(*unit_periods).unwrap_or(u64::MAX),
});

/// One number of each unit of an arm: how many, their mean, and the squares of what they are off it.
struct Spread {
    units: usize,
    mean: f64,
    squares: f64,
}

impl Spread {
    /// Of `values` that were worked out of terms whose squares add up to `terms`.
    fn of(values: &[f64], terms: f64) -> Self {
        let middle = mean(values);
        let squares: f64 = values.iter().map(|one| (one - middle) * (one - middle)).sum();
        let squares = if squares <= ROUNDING * terms { 0.0 } else { squares };
        Self { units: values.len(), mean: middle, squares }
    }

    /// The variance of the mean and its degrees of freedom, of two units or more.
    fn variance(&self) -> Option<(f64, f64)> {
        let degrees = float(self.units.checked_sub(1).filter(|degrees| *degrees > 0)?);
        Some((self.squares / degrees / float(self.units), degrees))
    }

    /// The variance of the difference of both means, and its degrees.
    fn welch(&self, other: &Self) -> Option<(f64, f64)> {
        let ((own, own_degrees), (others, others_degrees)) = (self.variance()?, other.variance()?);
        let variance = own + others;
        if variance <= 0.0 {
            return Some((0.0, 1.0));
        }
        // By shares of the variance, so that no square of a square gets too small for a float.
        let (first, second) = (own / variance, others / variance);
        Some((variance, 1.0 / (first * first / own_degrees + second * second / others_degrees)))
    }

    /// As [`welch`](Self::welch), if both have one variance.
    fn pooled(&self, other: &Self) -> Option<(f64, f64)> {
        let units = self.units.checked_add(other.units)?;
        let degrees = float(units.checked_sub(2).filter(|degrees| *degrees > 0)?);
        let each = (self.squares + other.squares) / degrees;
        Some((each * (1.0 / float(self.units) + 1.0 / float(other.units)), degrees))
    }
}

/// An arm: means before and after, how its units changed, and how they rose before the start.
struct Arm {
    before: f64,
    after: f64,
    changes: Spread,
    slopes: Spread,
}

impl Arm {
    fn of<'a>(rows: impl Iterator<Item = &'a [f64]>, pre: usize, scale: Scale) -> Self {
        let (mut befores, mut afters, mut slopes, mut squares) = (Vec::new(), Vec::new(), Vec::new(), 0.0);
        for row in rows {
            let row = scale.down(row);
            let (before, after) = row.split_at(pre.min(row.len()));
            befores.push(mean(before));
            afters.push(mean(after));
            slopes.push(slope(before));
            squares += dot(before, before);
        }
        let changes: Vec<f64> = befores.iter().zip(&afters).map(|(before, after)| after - before).collect();
        let terms = dot(&befores, &befores) + dot(&afters, &afters);
        Self {
            before: mean(&befores),
            after: mean(&afters),
            changes: Spread::of(&changes, terms),
            slopes: Spread::of(&slopes, squares),
        }
    }
}

/// The least-squares slope per period; 0 of a single one.
fn slope(values: &[f64]) -> f64 {
    let middle = float(values.len().saturating_sub(1)) / 2.0;
    let (mut up, mut down) = (0.0, 0.0);
    for (at, value) in values.iter().enumerate() {
        let off = float(at) - middle;
        up += off * value;
        down += off * off;
    }
    if down > 0.0 { up / down } else { 0.0 }
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
        let post = periods_after(treated().chain(control()), pre)?;
        let scale = Scale::of(treated().chain(control()).flatten());
        let (treated, control) = (Arm::of(treated(), pre, scale), Arm::of(control(), pre, scale));
        let name = "the difference in differences";
        let effect = treated.changes.mean - control.changes.mean;
        let up = |value: f64| scale.up(value, name);
        let both = |arm: &Arm| Ok::<_, StatsError>((up(arm.before)?, up(arm.after)?));
        let estimate = |value: f64, variance: Option<(f64, f64)>, missing: &'static str| match variance {
            None => EffectEstimate::of(
                up(value)?,
                Figure::undefined("standard error", Cause::None(missing.into())),
            ),
            Some((variance, degrees)) => {
                let estimate = EffectEstimate::new(up(value)?, up(libm::sqrt(variance))?)?;
                // Without noise there is no distribution of it. Rounding takes Welch's degrees just below 1.
                if variance > 0.0 { estimate.with_degrees(degrees.max(1.0)) } else { Ok(estimate) }
            }
        };
        let control_error = match control.changes.variance() {
            Some((variance, _)) => Figure::Known(up(libm::sqrt(variance))?),
            None => Figure::undefined("standard error", Cause::None("second control unit".into())),
        };
        let slopes = treated.slopes.mean - control.slopes.mean;
        Ok(Self {
            treated: both(&treated)?,
            control: both(&control)?,
            relative: relative(effect, &treated, &control),
            welch: {
                let variance = treated.changes.welch(&control.changes);
                estimate(effect, variance, "second unit in each arm")?
            },
            pooled: {
                let variance = treated.changes.pooled(&control.changes);
                estimate(effect, variance, "second unit in either arm")?
            },
            control_error,
            slope_difference: if pre < 2 {
                Figure::undefined("slope difference", Cause::None("second period before the start".into()))
            } else {
                let variance = treated.slopes.welch(&control.slopes);
                Figure::Known(estimate(slopes, variance, "second unit in each arm")?)
            },
            unit_periods: treated.changes.units.saturating_mul(post),
        })
    }

    /// The effect that a start after the first `earlier` periods would have, by the periods before the real start alone:
    /// a placebo in time. There was no campaign, and if the groups moved alike, the effect is not told from 0.
    ///
    /// # Errors
    /// Those of [`of`](Self::of), for the periods before the start in place of all, too.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::DifferenceInDifferences;
    /// use marketloop::stats::Alternative;
    ///
    /// let treated = [[50.0, 52.0, 51.0, 70.0], [80.0, 81.0, 82.0, 95.0]];
    /// let control = [[60.0, 61.0, 61.0, 62.0], [90.0, 92.0, 91.0, 93.0]];
    /// let placebo = DifferenceInDifferences::placebo_in_time(&treated, &control, 3, 2)?;
    /// assert!(placebo.effect().abs() < 1.0 && placebo.welch().p_value(Alternative::TwoSided).get()? > 0.3);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn placebo_in_time<T: AsRef<[f64]>, C: AsRef<[f64]>>(
        treated: &[T],
        control: &[C],
        pre: usize,
        earlier: usize,
    ) -> Result<Self, StatsError> {
        if treated.is_empty() || control.is_empty() {
            return Err(too_few(0, 1));
        }
        let rows = treated.iter().map(AsRef::as_ref).chain(control.iter().map(AsRef::as_ref));
        let rows = before(rows, pre)?;
        let (treated, control) = rows.split_at(treated.len().min(rows.len()));
        Self::of(treated, control, earlier)
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
        self.pooled.value()
    }

    /// What the campaign added in all treated units and periods together, with the error of [`welch`](Self::welch):
    /// [per](EffectEstimate::per) unit spent it is the incremental return.
    ///
    /// # Formula
    /// `effect · treated units · periods after the start`, and so its standard error.
    ///
    /// # Errors
    /// [`StatsError::Overflow`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::DifferenceInDifferences;
    ///
    /// let treated = [[100.0, 104.0, 130.0, 134.0], [80.0, 82.0, 101.0, 103.0]];
    /// let control = [[90.0, 92.0, 95.0, 97.0], [60.0, 64.0, 66.0, 68.0], [70.0, 70.0, 75.0, 75.0]];
    /// let increment = DifferenceInDifferences::of(&treated, &control, 2)?.increment()?;
    /// assert_eq!(increment.value(), 82.0);
    /// let per_cost = increment.per(41.0)?.get()?;
    /// assert_eq!(format!("{} in {:.1}", per_cost.value(), per_cost.interval(0.8)?), "2 in 0.6..3.4");
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn increment(&self) -> Result<EffectEstimate, StatsError> {
        self.welch.times(float(self.unit_periods))
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
    pub const fn welch(&self) -> &EffectEstimate {
        &self.welch
    }

    /// The effect with the error of two means of one variance, on `n_t + n_c - 2` degrees.
    #[must_use]
    pub const fn pooled(&self) -> &EffectEstimate {
        &self.pooled
    }

    /// The standard error of the control's mean change, which is a part of every effect against this control.
    #[must_use]
    pub const fn control_error(&self) -> &Figure<f64> {
        &self.control_error
    }

    /// By how much more per period the treated units rose than the control units *before* the start: told from 0, the
    /// groups did not move alike, and the effect is in doubt. Not told from 0 proves nothing with few units.
    ///
    /// # Formula
    /// The difference of the mean least-squares slopes of the units over the periods before the start, with the error of
    /// two means of unequal variance.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::DifferenceInDifferences;
    /// use marketloop::stats::Alternative;
    ///
    /// // The treated cities rose before the campaign, too.
    /// let treated = [[10.0, 15.0, 21.0, 25.0], [20.0, 26.0, 30.0, 36.0]];
    /// let control = [[30.0, 30.0, 31.0, 31.0], [40.0, 41.0, 41.0, 42.0]];
    /// let slope = DifferenceInDifferences::of(&treated, &control, 3)?.slope_difference().clone().get()?;
    /// assert_eq!(slope.value(), 4.75);
    /// assert!(slope.p_value(Alternative::TwoSided).get()? < 0.05);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    #[must_use]
    #[doc(alias = "parallel_trends")]
    pub const fn slope_difference(&self) -> &Figure<EffectEstimate> {
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
        push(&mut table, "effect (Welch)", &self.welch);
        push(&mut table, "effect (pooled)", &self.pooled);
        table.push("relative", "estimate", Cell::from(self.relative.clone()));
        match self.slope_difference.as_ref() {
            Figure::Known(slope) => push(&mut table, "slope before", slope),
            none => table.push("slope before", "estimate", Cell::from(none.map(EffectEstimate::value))),
        }
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
