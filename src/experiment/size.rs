//! How many units a test takes, by what a pilot or the weeks before it show.

use super::{ExperimentError, ExperimentSums, MetricKind};
use crate::stats::{MeanTest, RateFormula, SampleSize, StatsError, TestDesign};

/// What is known of a metric before the test.
struct Baseline {
    mean: f64,
    variance: f64,
    is_rate: bool,
}

impl ExperimentSums {
    /// The units that find a `difference` of a metric with the power of the design, where units are as those of `arm` in
    /// these sums: a pilot's, or those of the weeks before.
    ///
    /// A ratio has the variance of the delta method, an adjusted mean what its covariate leaves of it: the same test
    /// by [`adjusted`](super::ExperimentMetric::adjusted) takes `1 - correlation^2` times the units. Both arms are taken to vary
    /// alike. The sums must have units of as many days as the test's: who comes for a week orders more than who comes
    /// for a day.
    ///
    /// # Formula
    /// Of a proportion [`TestDesign::size_for_rates`], unpooled; of all others [`TestDesign::size_for_means`] by the normal
    /// distribution with the variance of [`sample`](Self::sample).
    ///
    /// # Errors
    /// [`ExperimentError::Unknown`]; [`ExperimentError::Stats`] of an arm of fewer than two units, and those of the formula:
    /// a difference of 0, a rate outside 0..=1.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{ExperimentMetric, ExperimentSums, Units};
    /// use marketloop::stats::TestDesign;
    ///
    /// let units = Units::new(&[0, 0, 0, 0, 1, 1])
    ///     .with_column("revenue", &[12, 18, 29, 41, 22, 30])?
    ///     .with_column("before", &[10, 20, 30, 40, 20, 30])?;
    /// let metrics = [ExperimentMetric::mean("revenue"), ExperimentMetric::adjusted("revenue", "before").named("adjusted")];
    /// let pilot = ExperimentSums::of(["old", "new"], metrics, &units)?;
    /// let design = TestDesign::new(0.05, 0.8)?;
    /// assert_eq!(pilot.size_for_difference("revenue", "old", 1.0, &design)?.units()?, (2564, 2564));
    /// // What was known of each user before explains nearly all.
    /// assert_eq!(pilot.size_for_difference("adjusted", "old", 1.0, &design)?.units()?, (52, 52));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn size_for_difference(
        &self,
        metric: &str,
        arm: &str,
        difference: f64,
        design: &TestDesign,
    ) -> Result<SampleSize, ExperimentError> {
        let base = self.baseline(metric, arm)?;
        Ok(if base.is_rate {
            design.size_for_rates(base.mean, base.mean + difference, RateFormula::Unpooled)?
        } else {
            design.size_for_means(difference, (base.variance, base.variance), MeanTest::Normal)?
        })
    }

    /// The units that find a change by `lift` of the metric's own size: 0.1 for a tenth more.
    ///
    /// # Formula
    /// [`size_for_difference`](Self::size_for_difference) of `lift` times the figure of the arm.
    ///
    /// # Errors
    /// As [`size_for_difference`](Self::size_for_difference); [`StatsError::NoBaseline`] of a figure of 0.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{ExperimentMetric, ExperimentSums, Units};
    /// use marketloop::stats::TestDesign;
    ///
    /// let units = Units::new(&[0, 0, 0, 0, 1]).with_column("bought", &[0, 0, 0, 1, 1])?;
    /// let pilot = ExperimentSums::of(["old", "new"], [ExperimentMetric::proportion("bought")], &units)?;
    /// // From 25 % to 30 %.
    /// let size = pilot.size_for_lift("bought", "old", 0.2, &TestDesign::new(0.05, 0.8)?)?;
    /// assert_eq!(size.units()?, (1248, 1248));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn size_for_lift(
        &self,
        metric: &str,
        arm: &str,
        lift: f64,
        design: &TestDesign,
    ) -> Result<SampleSize, ExperimentError> {
        let base = self.baseline(metric, arm)?.mean;
        if base == 0.0 {
            return Err(StatsError::NoBaseline.into());
        }
        self.size_for_difference(metric, arm, lift * base, design)
    }

    /// The difference of a metric that is found with the power of the design and samples of this size.
    ///
    /// The ratio of the samples is that of `size`. Of a proportion it is the difference upwards.
    ///
    /// # Errors
    /// As [`size_for_difference`](Self::size_for_difference); [`StatsError::NoVariance`] where no two units differ;
    /// [`StatsError::Undetectable`] where no rate up to 1 is far enough.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{ExperimentMetric, ExperimentSums, Units};
    /// use marketloop::stats::{SampleSize, TestDesign};
    ///
    /// let units = Units::new(&[0, 0, 0, 0, 1]).with_column("bought", &[0, 0, 0, 1, 1])?;
    /// let pilot = ExperimentSums::of(["old", "new"], [ExperimentMetric::proportion("bought")], &units)?;
    /// let (design, size) = (TestDesign::new(0.05, 0.8)?, SampleSize::new(1248.0, 1248.0)?);
    /// assert_eq!(format!("{:.3}", pilot.detectable_difference("bought", "old", &design, size)?), "0.050");
    /// assert_eq!(format!("{:.2}", pilot.detectable_lift("bought", "old", &design, size)?), "0.20");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn detectable_difference(
        &self,
        metric: &str,
        arm: &str,
        design: &TestDesign,
        size: SampleSize,
    ) -> Result<f64, ExperimentError> {
        let base = self.baseline(metric, arm)?;
        if !base.is_rate {
            let variances = (base.variance, base.variance);
            return Ok(design.detectable_difference(variances, size, MeanTest::Normal)?);
        }
        if size.first() <= 0.0 {
            return Err(StatsError::NoTrials.into());
        }
        let design = design.with_ratio(size.second() / size.first())?;
        Ok(design.detectable_rate_above(base.mean, size.first())? - base.mean)
    }

    /// The change that is found with the power of the design and samples of this size, relative to the figure of the
    /// arm.
    ///
    /// # Formula
    /// `detectable difference / |figure|`.
    ///
    /// # Errors
    /// As [`detectable_difference`](Self::detectable_difference); [`StatsError::NoBaseline`] of a figure of 0.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{ExperimentMetric, ExperimentSums, Units};
    /// use marketloop::stats::{SampleSize, TestDesign};
    ///
    /// let units = Units::new(&[0, 0, 1]).with_column("orders", &[0, 0, 1])?;
    /// let pilot = ExperimentSums::of(["old", "new"], [ExperimentMetric::mean("orders")], &units)?;
    /// let (design, size) = (TestDesign::new(0.05, 0.8)?, SampleSize::new(100.0, 100.0)?);
    /// assert!(pilot.detectable_lift("orders", "old", &design, size).is_err()); // nobody ordered: no lift of nothing
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn detectable_lift(
        &self,
        metric: &str,
        arm: &str,
        design: &TestDesign,
        size: SampleSize,
    ) -> Result<f64, ExperimentError> {
        let base = self.baseline(metric, arm)?.mean.abs();
        if base == 0.0 {
            return Err(StatsError::NoBaseline.into());
        }
        let lift = self.detectable_difference(metric, arm, design, size)? / base;
        if lift.is_finite() { Ok(lift) } else { Err(StatsError::Overflow { function: "the lift" }.into()) }
    }

    fn baseline(&self, metric: &str, arm: &str) -> Result<Baseline, ExperimentError> {
        let sample = self.sample(metric, arm)?;
        let few = StatsError::TooFewObservations { found: sample.count(), needed: 2 };
        let variance = sample.variance().ok_or(few)?;
        let is_rate = self
            .metrics()
            .iter()
            .any(|own| own.name() == metric && matches!(own.kind(), MetricKind::Proportion { .. }));
        Ok(Baseline { mean: sample.mean(), variance, is_rate })
    }
}
