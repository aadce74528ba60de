//! What must not get worse, and by how much it may.

use super::{ExperimentError, ExperimentMetric};
use crate::quantity::wire::wire_fields;
use crate::stats::{SampleMean, StatsError, TwoMeans};
use crate::target::Better;

/// A metric that a new arm may not make worse by more than a margin: returns of goods, complaints, loading times.
///
/// An arm is shipped only if the whole interval is on the better side of the margin (non-inferiority), and the test stops
/// for harm where the whole interval is beyond it.
///
/// # Examples
/// ```
/// use marketloop::experiment::{ExperimentMetric, Guardrail};
/// use marketloop::target::Better;
///
/// // Complaints may rise by half a percentage point, revenue may fall by 2 % of the control's.
/// let complaints = Guardrail::new(ExperimentMetric::proportion("complained"), Better::Lower, 0.005);
/// let revenue = Guardrail::relative(ExperimentMetric::mean("revenue").with_decimals(2), Better::Higher, 0.02);
/// assert!(revenue.is_relative() && !complaints.is_relative());
/// ```
///
/// ```
/// # use marketloop::experiment::Guardrail;
/// let json = r#"{"metric":{"name":"returned","kind":{"proportion":{"of":"returned"}}},"better":"lower","margin":"0.01"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Guardrail>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Guardrail {
    metric: ExperimentMetric,
    better: Better,
    margin: f64,
    is_relative: bool,
}

wire_fields!(Guardrail { metric, better, margin: own, is_relative: optional });

impl Guardrail {
    /// A metric that may get worse by `margin` in its own unit: 0.005 of a proportion is half a percentage point.
    #[must_use]
    pub const fn new(metric: ExperimentMetric, better: Better, margin: f64) -> Self {
        Self { metric, better, margin, is_relative: false }
    }

    /// A metric that may get worse by this share of the control's figure.
    ///
    /// # Formula
    /// Of a metric that should be high it is `new - (1 - margin) control` that may not be below 0, with the error of that
    /// difference; no quotient is taken.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{ExperimentMetric, Guardrail};
    /// use marketloop::target::Better;
    ///
    /// let revenue = Guardrail::relative(ExperimentMetric::mean("revenue"), Better::Higher, 0.02);
    /// assert_eq!(revenue.margin(), 0.02);
    /// ```
    #[must_use]
    pub const fn relative(metric: ExperimentMetric, better: Better, margin: f64) -> Self {
        Self { metric, better, margin, is_relative: true }
    }

    /// The metric.
    #[must_use]
    pub const fn metric(&self) -> &ExperimentMetric {
        &self.metric
    }

    /// Which way is better.
    #[must_use]
    pub const fn better(&self) -> Better {
        self.better
    }

    /// By how much it may get worse.
    #[must_use]
    pub const fn margin(&self) -> f64 {
        self.margin
    }

    /// Whether the margin is a share of the control's figure.
    #[must_use]
    pub const fn is_relative(&self) -> bool {
        self.is_relative
    }

    pub(super) fn check(&self) -> Result<(), ExperimentError> {
        let (value, name) = (self.margin, "margin");
        if !value.is_finite() {
            return Err(StatsError::NotFinite { name, value }.into());
        }
        if value < 0.0 || (self.is_relative && value > 1.0) {
            let range = if self.is_relative {
                "0..=1, a share of the control's figure"
            } else {
                "the numbers from 0"
            };
            return Err(StatsError::OutOfRange { name, value, range }.into());
        }
        Ok(())
    }

    /// Means whose difference, and the shift to be added to it, say how much better than its limit the metric is.
    pub(super) fn room(&self, control: SampleMean, own: SampleMean) -> Result<(TwoMeans, f64), StatsError> {
        if !self.is_relative {
            return Ok((toward(self.better, control, own), self.margin));
        }
        let factor = match self.better {
            Better::Higher => 1.0 - self.margin,
            Better::Lower => 1.0 + self.margin,
        };
        // One unit has no variance, and the test of the means says so.
        let variance = control.variance().unwrap_or(0.0) * factor * factor;
        let limit = SampleMean::new(control.count(), control.mean() * factor, variance)?;
        Ok((toward(self.better, limit, own), 0.0))
    }
}

/// The two in the order in which a positive difference is for the better.
pub(super) const fn toward(better: Better, control: SampleMean, own: SampleMean) -> TwoMeans {
    match better {
        Better::Higher => TwoMeans::new(control, own),
        Better::Lower => TwoMeans::new(own, control),
    }
}
