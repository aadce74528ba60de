//! What one arm counted of a metric in a part of the units: a segment, a day.

use super::as_float::float;
use super::{ExperimentError, ExperimentMetric, ExperimentSums, MetricKind, SegmentedSums};
use crate::figure::{Cause, Figure};
use crate::stats::{PairedMoments, SampleMean, StatsError};
use alloc::string::{String, ToString};

/// An arm's sum of a metric, and what it is divided by: the figure is `sum / weight`, of the part as of the whole.
pub(super) struct ArmPart {
    /// In whole units of the metric; of an adjusted mean, after the covariate's part is taken out.
    pub(super) sum: f64,
    /// Units, or the sum below a ratio.
    pub(super) weight: f64,
    pub(super) units: u64,
    /// The figure with its variance from unit to unit, or why there is none.
    pub(super) sample: Figure<SampleMean>,
}

/// A metric of one experiment in an arm and the control, whatever part of the units is looked at.
pub(super) struct Comparison<'a> {
    metric: &'a ExperimentMetric,
    control: String,
    arm: String,
    /// The sums of all arms and parts, by which every part is adjusted alike.
    pooled: PairedMoments,
    unit: f64,
}

impl<'a> Comparison<'a> {
    /// # Errors
    /// [`ExperimentError::Unknown`]; [`ExperimentError::IsControl`]; [`ExperimentError::NotAMean`] of a quantile;
    /// [`ExperimentError::Stats`] of sums beyond 128 bits.
    pub(super) fn new(whole: &'a ExperimentSums, metric: &str, arm: &str) -> Result<Self, ExperimentError> {
        let metric = whole.kind_of(metric)?;
        if matches!(metric.kind(), MetricKind::Quantile { .. }) {
            return Err(ExperimentError::NotAMean { metric: metric.name().to_string() });
        }
        if whole.arm(arm)? == 0 {
            return Err(ExperimentError::IsControl { arm: arm.to_string() });
        }
        let pooled = whole.pooled(metric.name())?;
        let control = whole.control()?.to_string();
        let unit = libm::exp10(f64::from(metric.decimals()));
        Ok(Self { metric, control, arm: arm.to_string(), pooled, unit })
    }

    /// Control and arm in a part of the units.
    ///
    /// # Errors
    /// [`ExperimentError::Unknown`] where the part has no such arm or metric.
    pub(super) fn of(&self, part: &ExperimentSums) -> Result<(ArmPart, ArmPart), ExperimentError> {
        Ok((self.part(part, &self.control)?, self.part(part, &self.arm)?))
    }

    fn part(&self, part: &ExperimentSums, arm: &str) -> Result<ArmPart, ExperimentError> {
        let own = part.moments(self.metric.name(), arm)?;
        let units = own.count();
        let count = float(units);
        let none = |cause| Figure::undefined(self.metric.name().to_string(), cause);
        let (mut sum, mut weight, mut below) = (wide(own.y().sum()), count, None);
        match self.metric.kind() {
            MetricKind::Ratio { per, .. } => {
                weight = wide(own.x().sum());
                below = (weight <= 0.0).then(|| Cause::NotPositive(per.clone().into()));
            }
            MetricKind::Adjusted { .. } if units > 0 => sum = own.adjusted_mean(&self.pooled)? * count,
            _ => {}
        }
        let sum = sum / self.unit;
        let sample = if units == 0 {
            none(Cause::None(alloc::format!("unit of {arm}").into()))
        } else if let Some(cause) = below {
            none(cause)
        } else {
            match self.sample(part, &own, arm) {
                Ok(sample) => Figure::Known(sample),
                Err(_) => none(Cause::OutOfRange),
            }
        };
        Ok(ArmPart { sum, weight, units, sample })
    }

    fn sample(
        &self,
        part: &ExperimentSums,
        own: &PairedMoments,
        arm: &str,
    ) -> Result<SampleMean, ExperimentError> {
        if !matches!(self.metric.kind(), MetricKind::Adjusted { .. }) {
            return part.sample(self.metric.name(), arm);
        }
        let variance = if own.count() > 1 { own.adjusted_variance(&self.pooled)? } else { 0.0 };
        let mean = own.adjusted_mean(&self.pooled)? / self.unit;
        Ok(SampleMean::new(own.count(), mean, variance / self.unit / self.unit)?)
    }
}

/// The sums of all parts together.
///
/// # Errors
/// [`ExperimentError::Stats`] without a part, or of sums beyond 128 bits.
pub(super) fn total(parts: &SegmentedSums) -> Result<ExperimentSums, ExperimentError> {
    parts.total()?.ok_or_else(|| StatsError::TooFewObservations { found: 0, needed: 1 }.into())
}

#[expect(clippy::cast_precision_loss, reason = "an estimate: 53 bits of a sum are enough")]
fn wide(sum: i128) -> f64 {
    sum as f64
}
