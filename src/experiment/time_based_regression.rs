//! Time-based regression: what treated markets would have done, from what control markets did.

use super::estimate_rows::push;
use super::series::{Scale, before, dot, float, mean, periods_after, representable, too_few};
use crate::figure::{Cause, Cell, Figure, Table};
use crate::quantity::wire::serialize_fields;
use crate::stats::{EffectEstimate, StatsError};
use alloc::vec::Vec;

/// Residuals whose squares add up to no more than this part of the squared outcomes are a perfect fit.
const PERFECT: f64 = 1e-20;
/// A spread of squares below this part of the squares is rounding: relative 1e-15.
const ROUNDING: f64 = 1e-30;

/// What a campaign in some markets added, beside markets without it: time-based regression (J. Kerman, P. Wang and
/// J. Vaver, 2017).
///
/// Before the start the treated markets are a line over the control markets. The line goes on after the start; what
/// is above it is the effect. Its error grows with every period, as that of the line is common to all of them.
///
/// # Formula
/// `treated = intercept + slope control` by least squares on the `n` periods before the start; effect =
/// `treated - line`, cumulative = their sum over `k` periods, with the variance
/// `sigma^2 (k + k^2/n + (sum (x - mean))^2 / Sxx)`, `sigma^2 = SSE / (n - 2)`, and Student's t on `n - 2` degrees.
///
/// | case | answer |
/// | --- | --- |
/// | a control without variance before the start | [`StatsError::NoVariance`] |
/// | two periods before the start | effects, and no error of any |
/// | a perfect fit before the start | errors of 0; p-values and intervals undefined |
/// | the line adds up to 0 after the start | no relative lift |
///
/// # Examples
/// ```
/// use marketloop::experiment::TimeBasedRegression;
///
/// // Orders a day: four days before the campaign, two days within.
/// let control = [10.0, 12.0, 11.0, 13.0, 12.0, 11.0];
/// let treated = [21.0, 25.0, 22.0, 26.0, 29.0, 27.0];
/// let lift = TimeBasedRegression::of(&control, &treated, 4)?;
/// assert_eq!(format!("{:.2}, where {:.1}", lift.cumulative().value(), lift.counterfactual()[0]), "9.00, where 24.4");
/// // Two orders for each unit of ad cost.
/// let per_cost = lift.cumulative().per(4.5)?.get()?;
/// assert_eq!(format!("{:.2} in {:.2}", per_cost.value(), per_cost.interval(0.9)?), "2.00 in 1.29..2.71");
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::experiment::TimeBasedRegression;
/// let lift = TimeBasedRegression::of(&[1.0, 2.0, 3.0], &[2.0, 4.0, 9.0], 2)?;
/// let json = serde_json::to_value(&lift)?;
/// assert_eq!((&json["slope"], &json["effects"][0]), (&"2".into(), &"3".into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[doc(alias = "tbr")]
#[doc(alias = "geo_lift")]
pub struct TimeBasedRegression {
    intercept: f64,
    slope: f64,
    sigma: Figure<f64>,
    counterfactual: Vec<f64>,
    effects: Vec<f64>,
    relative: Figure<f64>,
    cumulative: EffectEstimate,
    path: Vec<EffectEstimate>,
}

serialize_fields!(TimeBasedRegression {
    intercept: own,
    slope: own,
    sigma,
    counterfactual: own,
    effects: own,
    relative,
    cumulative,
    path,
});

impl TimeBasedRegression {
    /// The effect on the `treated` markets together beside the `control` markets together, period by period; the first
    /// `pre` periods are before the start.
    ///
    /// # Errors
    /// [`StatsError::NoVariance`] of the control before the start; [`StatsError::TooFewObservations`] below two
    /// periods before and one after it; [`StatsError::OutOfRange`] for series of different lengths;
    /// [`StatsError::NotFinite`]; [`StatsError::Overflow`].
    pub fn of(control: &[f64], treated: &[f64], pre: usize) -> Result<Self, StatsError> {
        const NAME: &str = "the time-based regression";
        periods_after([control, treated], pre)?;
        let degrees = pre.checked_sub(2).ok_or_else(|| too_few(pre, 2))?;
        let (x_scale, y_scale) = (Scale::of(control), Scale::of(treated));
        let (x, y) = (x_scale.down(control), y_scale.down(treated));
        let ((x_before, x_after), (y_before, y_after)) = (x.split_at(pre), y.split_at(pre));
        let (x_mean, y_mean) = (mean(x_before), mean(y_before));
        let off: Vec<f64> = x_before.iter().map(|x| x - x_mean).collect();
        let spread = dot(&off, &off);
        if spread <= ROUNDING * dot(x_before, x_before) {
            return Err(StatsError::NoVariance { name: "outcomes of the control before the start" });
        }
        let slope = off.iter().zip(y_before).map(|(off, y)| off * (y - y_mean)).sum::<f64>() / spread;
        let residuals = off.iter().zip(y_before).map(|(off, y)| (y - y_mean) - slope * off);
        let squares: f64 = residuals.map(|residual| residual * residual).sum();
        let squares = if squares <= PERFECT * dot(y_before, y_before) { 0.0 } else { squares };
        let sigma = if degrees == 0 {
            Figure::undefined("standard error", Cause::None("third period before the start".into()))
        } else {
            Figure::Known(libm::sqrt(squares / float(degrees)))
        };
        let line: Vec<f64> = x_after.iter().map(|x| y_mean + slope * (x - x_mean)).collect();
        let effects: Vec<f64> = y_after.iter().zip(&line).map(|(y, line)| y - line).collect();
        let up = |value: f64| y_scale.up(value, NAME);
        let (mut sum, mut off_sum, mut path) = (0.0, 0.0, Vec::with_capacity(effects.len()));
        for (at, (effect, x)) in effects.iter().zip(x_after).enumerate() {
            sum += effect;
            off_sum += x - x_mean;
            let periods = float(at) + 1.0;
            let times = periods + periods * periods / float(pre) + off_sum * (off_sum / spread);
            let error = sigma.clone().try_map(|sigma| up(sigma * libm::sqrt(times)))?;
            let estimate = EffectEstimate::of(up(sum)?, error)?;
            path.push(if degrees == 0 { estimate } else { estimate.with_degrees(float(degrees))? });
        }
        let line_sum: f64 = line.iter().sum();
        let size: f64 = x_after.iter().map(|x| y_mean.abs() + (slope * (x - x_mean)).abs()).sum();
        let relative = if line_sum.abs() <= 64.0 * f64::EPSILON * size {
            Figure::undefined("relative lift", Cause::Zero("the outcome without the effect".into()))
        } else {
            Figure::Known(representable(sum / line_sum, NAME)?)
        };
        Ok(Self {
            intercept: up(y_mean - slope * x_mean)?,
            slope: y_scale.per(x_scale).up(slope, NAME)?,
            sigma: sigma.try_map(up)?,
            counterfactual: y_scale.all_up(&line, NAME)?,
            effects: y_scale.all_up(&effects, NAME)?,
            relative,
            // There is a period after the start.
            cumulative: path.last().cloned().ok_or_else(|| too_few(0, 1))?,
            path,
        })
    }

    /// The effect that a start after the first `earlier` periods would have, by the periods before the real start alone:
    /// a placebo in time. There was no campaign, and if the line holds, the effect is not told from 0.
    ///
    /// # Errors
    /// Those of [`of`](Self::of), for the periods before the start in place of all, too.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::TimeBasedRegression;
    /// use marketloop::stats::Alternative;
    ///
    /// let control = [10.0, 12.0, 11.0, 13.0, 12.0, 11.0];
    /// let treated = [21.0, 25.0, 22.0, 26.0, 24.0, 40.0];
    /// let placebo = TimeBasedRegression::placebo_in_time(&control, &treated, 5, 3)?;
    /// assert!(placebo.cumulative().p_value(Alternative::TwoSided).get()? > 0.3);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn placebo_in_time(
        control: &[f64],
        treated: &[f64],
        pre: usize,
        earlier: usize,
    ) -> Result<Self, StatsError> {
        match before([control, treated], pre)?.as_slice() {
            [control, treated] => Self::of(control, treated, earlier),
            _ => Err(too_few(0, 1)),
        }
    }

    /// The treated outcome where the control is 0, by the line.
    #[must_use]
    pub const fn intercept(&self) -> f64 {
        self.intercept
    }

    /// By how much the treated outcome rises with that of the control.
    #[must_use]
    pub const fn slope(&self) -> f64 {
        self.slope
    }

    /// The spread of a single period about the line, before the start.
    #[must_use]
    pub const fn sigma(&self) -> &Figure<f64> {
        &self.sigma
    }

    /// What would have been without the campaign, for each period after the start.
    #[must_use]
    pub fn counterfactual(&self) -> &[f64] {
        &self.counterfactual
    }

    /// The effect in each period after the start.
    #[must_use]
    pub fn effects(&self) -> &[f64] {
        &self.effects
    }

    /// The effect of all periods after the start together: [per](EffectEstimate::per) unit of ad cost it is the
    /// incremental return (iROAS where the outcome is revenue).
    #[must_use]
    #[doc(alias = "iroas")]
    pub const fn cumulative(&self) -> &EffectEstimate {
        &self.cumulative
    }

    /// The cumulative effect after each period: how it grew, and how much surer it became.
    #[must_use]
    pub fn path(&self) -> &[EffectEstimate] {
        &self.path
    }

    /// The cumulative effect as a share of what would have been without it.
    #[must_use]
    pub const fn relative(&self) -> &Figure<f64> {
        &self.relative
    }

    /// A row for the cumulative effect after each period, numbered from 1.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::TimeBasedRegression;
    ///
    /// let control = [10.0, 12.0, 11.0, 13.0, 12.0, 11.0];
    /// let treated = [21.0, 25.0, 22.0, 26.0, 29.0, 27.0];
    /// let table = TimeBasedRegression::of(&control, &treated, 4)?.table();
    /// assert_eq!(table.names(), ["1", "2"]);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("period");
        let periods = self.path.iter().zip(&self.effects).zip(&self.counterfactual);
        for (number, ((lift, effect), line)) in (1_u64..).zip(periods) {
            let name = alloc::format!("{number}");
            table.push(&name, "without", Cell::new(*line, "1"));
            table.push(&name, "effect", Cell::new(*effect, "1"));
            push(&mut table, &name, lift);
        }
        table
    }
}
