//! An arm beside the control: from sums to the samples that the statistics of two means and two rates take.

use super::{ExperimentError, ExperimentSums, MetricKind};
use crate::stats::{PairedMoments, SampleMean, TwoMeans, TwoProportions};
use alloc::string::String;

impl ExperimentSums {
    /// A metric in an arm as a sample: units, the figure, and its variance from unit to unit.
    ///
    /// The figure is in whole units of the metric (minor units were taken back by its
    /// [decimals](super::ExperimentMetric::decimals)). A ratio has the variance of the delta method, so that over the units it
    /// is the ratio's own. An adjusted mean stands where the plain mean would if both arms had had the same covariate:
    /// differences are those of [`PairedMoments::adjusted_mean`], and a lift is relative to a figure of the metric's own size.
    /// It uses the covariate of all arms of the experiment.
    ///
    /// A quantile has the error of its interval at 95 % by order statistics, for any distribution: with ranks `l` and `h` and
    /// what lies beyond them as in [`quantile_interval`](Self::quantile_interval), `(x_h - x_l) / (z_l + z_h)`
    /// (R. S. Woodruff, 1952), and differences add the squares of both (R. M. Price and D. G. Bonett, 2002). A
    /// sketch's buckets make it wider, by at most the part of its stated error of both values. Where so many units tie that both
    /// ranks have one value it is 0: for such columns ask for a proportion.
    ///
    /// # Errors
    /// [`ExperimentError::Unknown`]; [`ExperimentError::Stats`] of an arm without units, of a ratio to a sum of 0, or of a
    /// quantile of so few units that they have no interval at 95 %
    /// ([`StatsError::TooFewObservations`](crate::stats::StatsError::TooFewObservations) says how many are needed).
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{ExperimentMetric, ExperimentSums, Units};
    ///
    /// let units = Units::new(&[0, 0, 1, 1]).with_column("revenue", &[10_00, 20_00, 30_00, 50_00])?;
    /// let sums = ExperimentSums::of(["old", "new"], [ExperimentMetric::mean("revenue").with_decimals(2)], &units)?;
    /// let new = sums.sample("revenue", "new")?;
    /// assert_eq!((new.count(), new.mean(), new.variance()), (2, 40.0, Some(200.0)));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn sample(&self, metric: &str, arm: &str) -> Result<SampleMean, ExperimentError> {
        let own = self.moments(metric, arm)?;
        let metric = self.kind_of(metric)?;
        let (mean, variance) = match metric.kind() {
            MetricKind::Proportion { .. } | MetricKind::Mean { .. } => (own.y().mean()?, own.y().variance()),
            MetricKind::Ratio { .. } => (own.ratio()?, own.ratio_variance()),
            MetricKind::Quantile { .. } => return self.quantile_sample(metric.name(), arm),
            MetricKind::Adjusted { .. } => {
                let pooled = self.pooled(metric.name())?;
                let level = match pooled.slope() {
                    Ok(slope) => slope * pooled.x().mean()?,
                    // Without a variance of the covariate nothing was taken out.
                    Err(_) => 0.0,
                };
                (own.adjusted_mean(&pooled)? + level, own.adjusted_variance(&pooled))
            }
        };
        // One unit has no variance, and `SampleMean` says so.
        let variance = if own.count() > 1 { variance? } else { 0.0 };
        let unit = libm::exp10(f64::from(metric.decimals()));
        Ok(SampleMean::new(own.count(), mean / unit, variance / unit / unit)?)
    }

    /// An arm beside the control, of any metric: the difference, its interval, the lift.
    ///
    /// # Errors
    /// As [`sample`](Self::sample), of either arm.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{ExperimentMetric, ExperimentSums, Units};
    /// use marketloop::stats::MeanTest;
    ///
    /// let units = Units::new(&[0, 0, 0, 1, 1, 1]).with_column("pages", &[2, 3, 4, 4, 5, 6])?;
    /// let sums = ExperimentSums::of(["old", "new"], [ExperimentMetric::mean("pages")], &units)?;
    /// let means = sums.beside_control("pages", "new")?;
    /// assert_eq!(means.difference(), 2.0);
    /// assert!(means.interval(0.95, MeanTest::Welch)?.low() < 0.0); // of three units each nothing is known yet
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn beside_control(&self, metric: &str, arm: &str) -> Result<TwoMeans, ExperimentError> {
        Ok(TwoMeans::new(self.sample(metric, self.control()?)?, self.sample(metric, arm)?))
    }

    /// An arm beside the control, of a proportion: the intervals of two rates, which hold for small counts too.
    ///
    /// # Errors
    /// [`ExperimentError::Unknown`]; [`ExperimentError::NoShare`] of another metric; [`ExperimentError::Stats`] of an arm
    /// without units.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{ExperimentMetric, ExperimentSums, Units};
    /// use marketloop::stats::TwoProportions;
    ///
    /// let units = Units::new(&[0, 0, 1, 1]).with_column("bought", &[0, 1, 1, 1])?;
    /// let sums = ExperimentSums::of(["old", "new"], [ExperimentMetric::proportion("bought")], &units)?;
    /// assert_eq!(sums.rates_beside_control("bought", "new")?, TwoProportions::new((1, 2), (2, 2))?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn rates_beside_control(&self, metric: &str, arm: &str) -> Result<TwoProportions, ExperimentError> {
        if !matches!(self.kind_of(metric)?.kind(), MetricKind::Proportion { .. }) {
            return Err(ExperimentError::NoShare { metric: metric.into() });
        }
        Ok(TwoProportions::new(self.successes(metric, self.control()?)?, self.successes(metric, arm)?)?)
    }

    /// The units of an arm whose value of a proportion is 1, and all of its units.
    pub(super) fn successes(&self, metric: &str, arm: &str) -> Result<(u64, u64), ExperimentError> {
        let own = self.moments(metric, arm)?;
        let successes =
            u64::try_from(own.y().sum()).map_err(|_| ExperimentError::NoShare { metric: metric.into() })?;
        Ok((successes, own.count()))
    }

    pub(super) fn kind_of(&self, metric: &str) -> Result<&super::ExperimentMetric, ExperimentError> {
        let index = self.metric(metric)?;
        self.metrics().get(index).ok_or(ExperimentError::NoMetrics)
    }

    /// The first arm.
    pub(super) fn control(&self) -> Result<&str, ExperimentError> {
        self.arms().first().map(String::as_str).ok_or(ExperimentError::TooFewArms { arms: 0 })
    }

    /// The sums of a metric over all arms.
    pub(super) fn pooled(&self, metric: &str) -> Result<PairedMoments, ExperimentError> {
        let mut all = PairedMoments::EMPTY;
        for arm in self.arms() {
            all = all.merge(self.moments(metric, arm)?)?;
        }
        Ok(all)
    }
}
