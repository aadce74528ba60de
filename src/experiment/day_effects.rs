//! The effect by day: whether it lasts, fades as news does, or grows as people learn.

use super::arm_part::{ArmPart, Comparison, total};
use super::as_float::float;
use super::segment_effects::error_of;
use super::{ExperimentError, SegmentedSums};
use crate::figure::{Cell, Figure, Table, label};
use crate::quantity::wire::serialize_fields;
use crate::stats::{EffectEstimate, PooledEffects, StatsError};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use chrono::{Datelike as _, NaiveDate};

/// The effect of an arm on units by day: the day on which each came first, or the days since then.
///
/// A change that is new draws clicks because it is new (novelty), or loses some until people know their way (primacy): then
/// the mean over the test is not what remains. A unit belongs to one day, so that days share none.
///
/// The variance from unit to unit is that of all days together, around the mean of each: a day of one unit or of no
/// conversion counts by its size, and its weight does not hang on its figure.
///
/// | case | answer |
/// | --- | --- |
/// | a day without units in one of the two arms | no effect, with the cause; [`missing`](Self::missing) names it |
/// | a segment that is neither a date nor a whole number, or both kinds | [`ExperimentError::NotADay`] |
/// | fewer than two days with an effect | [`ExperimentError::Stats`] for trend and heterogeneity |
/// | no variance in either arm | [`ExperimentError::Stats`]: there is no error to judge by |
///
/// # Examples
/// ```
/// use marketloop::experiment::{DayEffects, ExperimentMetric, ExperimentSums, Units};
///
/// // Pages of readers by the day on which they came: at first the new page is looked through.
/// let units = Units::new(&[0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1])
///     .with_column("pages", &[2, 4, 8, 10, 3, 5, 6, 8, 2, 4, 3, 5])?
///     .with_segments("came", ["2026-07-01", "2026-07-02", "2026-07-03"], &[0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2])?;
/// let by_day = ExperimentSums::by(["old", "new"], [ExperimentMetric::mean("pages")], &units, "came")?;
/// let days = DayEffects::of(&by_day, "pages", "new")?;
/// assert_eq!(days.trend()?.value(), -2.5); // 6, 3, 1 pages more
/// assert_eq!(days.later_against_first(1)?.value(), -4.0);
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::experiment::{DayEffects, ExperimentMetric, ExperimentSums, Units};
/// let units = Units::new(&[0, 1]).with_column("pages", &[1, 3])?.with_segments("day", ["0"], &[0, 0])?;
/// let by_day = ExperimentSums::by(["old", "new"], [ExperimentMetric::mean("pages")], &units, "day")?;
/// let json = serde_json::to_value(DayEffects::of(&by_day, "pages", "new")?)?;
/// assert_eq!(json["days"][0]["effect"]["known"], "2");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[doc(alias = "novelty_effect")]
#[doc(alias = "primacy_effect")]
#[doc(alias = "新奇效应")]
pub struct DayEffects {
    metric: String,
    arm: String,
    // In the order of time, at least one.
    days: Vec<Day>,
}

serialize_fields!(DayEffects { metric, arm, days });

#[derive(Debug, Clone, PartialEq)]
struct Day {
    name: String,
    number: i64,
    effect: Figure<f64>,
    standard_error: Figure<f64>,
}

serialize_fields!(Day { name, number: own, effect, standard_error });

impl DayEffects {
    /// The effects of an arm on a metric, where the segments of these sums are days: dates (`2026-07-01`), or whole numbers
    /// such as days since the first visit.
    ///
    /// # Errors
    /// [`ExperimentError::Unknown`]; [`ExperimentError::IsControl`]; [`ExperimentError::NotAMean`] of a quantile;
    /// [`ExperimentError::NotADay`]; [`ExperimentError::Stats`] without a day.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{DayEffects, ExperimentMetric, ExperimentSums, Units};
    ///
    /// let units = Units::new(&[0, 1, 0]).with_column("pages", &[1, 3, 2])?.with_segments("day", ["10", "9"], &[0, 0, 1])?;
    /// let by_day = ExperimentSums::by(["old", "new"], [ExperimentMetric::mean("pages")], &units, "day")?;
    /// let days = DayEffects::of(&by_day, "pages", "new")?;
    /// let missing: Vec<(&str, String)> = days.missing().map(|(day, why)| (day, why.to_string())).collect();
    /// assert_eq!(missing, [("9", "undefined: there is no unit of new".to_string())]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn of(days: &SegmentedSums, metric: &str, arm: &str) -> Result<Self, ExperimentError> {
        let whole = total(days)?;
        let compared = Comparison::new(&whole, metric, arm)?;
        let numbers = numbers(days)?;
        let mut parts = Vec::with_capacity(numbers.len());
        for ((name, sums), number) in days.iter().zip(numbers) {
            parts.push((name, number, compared.of(sums)?));
        }
        parts.sort_by_key(|(_, number, _)| *number);
        let control = within(parts.iter().map(|(.., part)| &part.0));
        let treated = within(parts.iter().map(|(.., part)| &part.1));
        let day = |(name, number, part): (&str, i64, (ArmPart, ArmPart))| {
            let both = part.0.sample.zip(part.1.sample);
            Day {
                name: name.to_string(),
                number,
                standard_error: both
                    .clone()
                    .and_then(|(one, other)| error_of(control, treated, (one.count(), other.count()))),
                effect: both.map(|(one, other)| other.mean() - one.mean()),
            }
        };
        let days = parts.into_iter().map(day).collect();
        Ok(Self { metric: metric.to_string(), arm: arm.to_string(), days })
    }

    /// The days in the order of time, each with its effect or why it has none.
    #[must_use]
    pub fn effects(&self) -> impl ExactSizeIterator<Item = (&str, &Figure<f64>)> + '_ {
        self.days.iter().map(|day| (day.name.as_str(), &day.effect))
    }

    /// The days that no figure counts, each with the cause: nobody came in one of the arms.
    pub fn missing(&self) -> impl Iterator<Item = (&str, &Figure<f64>)> + '_ {
        self.effects().filter(|(_, effect)| !effect.is_known())
    }

    /// The effects of all days that have one, each by its precision: their mean, and whether they differ by more than
    /// chance.
    ///
    /// # Errors
    /// [`ExperimentError::Stats`] without a day that has a standard error.
    pub fn heterogeneity(&self) -> Result<PooledEffects, ExperimentError> {
        Ok(pooled(self.days.iter())?)
    }

    /// By how much the effect rises from day to day.
    ///
    /// # Formula
    /// The weighted regression of [`PooledEffects::trend`].
    ///
    /// # Errors
    /// [`ExperimentError::Stats`] with fewer than two days, or without variance.
    pub fn trend(&self) -> Result<EffectEstimate, ExperimentError> {
        // From the first day on: dates are large numbers.
        let first = self.days.first().map_or(0, |day| day.number);
        let place = |day: &Day| days_between(first, day.number);
        let places: Vec<f64> =
            self.days.iter().filter(|day| day.standard_error.is_known()).map(place).collect();
        Ok(self.heterogeneity()?.trend(&places)?)
    }

    /// The mean effect of the later days less that of the first ones, both over days that have an effect.
    ///
    /// # Errors
    /// [`ExperimentError::Stats`] unless there are days on both sides.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{DayEffects, ExperimentMetric, ExperimentSums, Units};
    ///
    /// let units = Units::new(&[0, 0, 1, 0, 0, 1])
    ///     .with_column("pages", &[2, 4, 8, 2, 4, 6])?
    ///     .with_segments("day", ["1", "2"], &[0, 0, 0, 1, 1, 1])?;
    /// let by_day = ExperimentSums::by(["old", "new"], [ExperimentMetric::mean("pages")], &units, "day")?;
    /// let days = DayEffects::of(&by_day, "pages", "new")?;
    /// assert!(days.later_against_first(1).is_err() && days.later_against_first(2).is_err());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn later_against_first(&self, first: usize) -> Result<EffectEstimate, ExperimentError> {
        let counted = || self.days.iter().filter(|day| day.standard_error.is_known());
        let (early, late) = (pooled(counted().take(first))?.mean()?, pooled(counted().skip(first))?.mean()?);
        let errors = early.standard_error().clone().zip(late.standard_error().clone());
        let error = errors.map(|(early, late)| libm::hypot(early, late));
        Ok(EffectEstimate::of(late.value() - early.value(), error)?)
    }

    /// The metric.
    #[must_use]
    pub fn metric(&self) -> &str {
        &self.metric
    }

    /// The arm that is compared with the control.
    #[must_use]
    pub fn arm(&self) -> &str {
        &self.arm
    }

    /// A row for each day: its effect with the standard error.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("day");
        for day in &self.days {
            table.push(label(&day.name, false), "effect", Cell::from(day.effect.clone()));
            table.push(label(&day.name, false), "standard error", Cell::from(day.standard_error.clone()));
        }
        table
    }
}

fn pooled<'a>(days: impl Iterator<Item = &'a Day>) -> Result<PooledEffects, StatsError> {
    let both = |day: &Day| day.effect.clone().zip(day.standard_error.clone()).known();
    let effects = days.filter_map(both).map(|(effect, error)| EffectEstimate::new(effect, error));
    PooledEffects::of(effects.collect::<Result<Vec<_>, _>>()?)
}

/// The variance from unit to unit around the mean of each day; none where every day has one unit at most.
fn within<'a>(parts: impl Iterator<Item = &'a ArmPart>) -> Option<f64> {
    let (mut squares, mut degrees) = (0.0, 0.0);
    for sample in parts.filter_map(|part| part.sample.clone().known()) {
        // One unit has no variance, and no part in it.
        if let (Some(variance), Some(own)) = (sample.variance(), sample.count().checked_sub(1)) {
            squares += variance * float(own);
            degrees += float(own);
        }
    }
    (degrees > 0.0).then(|| squares / degrees)
}

/// The place of each day in time, in the order of the segments: all dates, or all whole numbers.
fn numbers(days: &SegmentedSums) -> Result<Vec<i64>, ExperimentError> {
    let date = |name: &str| name.parse::<NaiveDate>().ok().map(|date| i64::from(date.num_days_from_ce()));
    let whole = |name: &str| name.parse::<i32>().ok().map(i64::from);
    let is_dated = days.iter().next().is_some_and(|(name, _)| date(name).is_some());
    days.iter()
        .map(|(name, _)| {
            let number = if is_dated { date(name) } else { whole(name) };
            number.ok_or_else(|| ExperimentError::NotADay { value: name.to_string() })
        })
        .collect()
}

#[expect(clippy::cast_precision_loss, reason = "days of 32 bits, and their differences, are exact")]
fn days_between(first: i64, day: i64) -> f64 {
    day.saturating_sub(first) as f64
}
