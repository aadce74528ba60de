//! The units of each arm beside the shares that were planned for them.

use super::{ExperimentError, ExperimentSums};
use crate::stats::SampleRatio;
use alloc::vec::Vec;

impl ExperimentSums {
    /// The units of each arm beside its planned share, in the order of [`arms`](Self::arms): whether units got lost on one
    /// of them, before anything else is read. Only the ratios of the shares matter.
    ///
    /// # Errors
    /// [`ExperimentError::SharesLength`] unless there is one share for each arm; [`ExperimentError::Stats`] as
    /// [`SampleRatio::new`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{ExperimentMetric, ExperimentSums, Units};
    ///
    /// let units = Units::new(&[0, 0, 0, 1]).with_column("bought", &[0, 1, 0, 1])?;
    /// let sums = ExperimentSums::of(["old", "new"], [ExperimentMetric::proportion("bought")], &units)?;
    /// let ratio = sums.sample_ratio([1.0, 1.0])?;
    /// assert_eq!(ratio.expected(), [2.0, 2.0]);
    /// assert_eq!(format!("{:.3}", ratio.exact_p_value()?), "0.625");
    /// assert!(sums.sample_ratio([1.0]).is_err());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn sample_ratio(
        &self,
        shares: impl IntoIterator<Item = f64>,
    ) -> Result<SampleRatio, ExperimentError> {
        let shares: Vec<f64> = shares.into_iter().collect();
        if shares.len() != self.arms().len() {
            return Err(ExperimentError::SharesLength { expected: self.arms().len(), actual: shares.len() });
        }
        let units = self.arms().iter().map(|arm| self.units(arm)).collect::<Result<Vec<_>, _>>()?;
        Ok(SampleRatio::new(units.into_iter().zip(shares))?)
    }
}
