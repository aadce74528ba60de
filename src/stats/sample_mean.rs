//! One arm of a comparison of means.

use super::{Moments, StatsError, finite, float};
use crate::figure::from_wire;
use crate::quantity::wire::{deserialize_fields, serialize_fields};
use serde::Deserialize;

/// The largest size of a mean, and the largest variance: what is made of a few of them stays finite.
const LARGEST_MEAN: f64 = 1e140;
const LARGEST_VARIANCE: f64 = 1e280;

/// What is known of one arm: how many units, their mean, and the variance from unit to unit.
///
/// A plain value: where the mean is a ratio, or corrected by what was known before (CUPED), give its own variance per
/// unit. One unit has no variance, and is given 0.
///
/// # Examples
/// ```
/// use marketloop::stats::{Moments, SampleMean};
///
/// let arm = SampleMean::new(3, 4.0, 4.0)?;
/// assert_eq!(arm, SampleMean::of_moments(&Moments::of([2, 4, 6])?)?);
/// assert_eq!(SampleMean::new(1, 4.0, 0.0)?.variance(), None);
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
///
/// ```
/// # use marketloop::stats::SampleMean;
/// let json = r#"{"count":3,"mean":"4","variance":"4"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<SampleMean>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(try_from = "Wire")]
pub struct SampleMean {
    // At least 1.
    count: u64,
    // Within 1e140 around 0.
    mean: f64,
    // Within 0..=1e280; 0 for one unit.
    variance: f64,
}

serialize_fields!(SampleMean { count: own, mean: own, variance: own });
from_wire!(SampleMean);

/// The figures on the wire, not checked yet.
struct Wire {
    count: u64,
    mean: f64,
    variance: f64,
}

deserialize_fields!("SampleMean", Wire { count: own, mean: own, variance: own });

impl TryFrom<Wire> for SampleMean {
    type Error = StatsError;

    fn try_from(Wire { count, mean, variance }: Wire) -> Result<Self, StatsError> {
        Self::new(count, mean, variance)
    }
}

impl SampleMean {
    /// `count` units with this mean and sample variance (with `n - 1`) per unit.
    ///
    /// # Errors
    /// [`StatsError::TooFewObservations`] for no unit, and for one with a variance above 0; [`StatsError::NotFinite`];
    /// [`StatsError::OutOfRange`] for a mean beyond 1e140 or a variance outside 0..=1e280.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::SampleMean;
    /// assert!(SampleMean::new(0, 4.0, 0.0).is_err());
    /// assert!(SampleMean::new(9, 4.0, -1.0).is_err());
    /// ```
    pub fn new(count: u64, mean: f64, variance: f64) -> Result<Self, StatsError> {
        if finite("mean", mean)?.abs() > LARGEST_MEAN {
            return Err(StatsError::OutOfRange { name: "mean", value: mean, range: "-1e140..=1e140" });
        }
        if !(0.0..=LARGEST_VARIANCE).contains(&finite("variance", variance)?) {
            return Err(StatsError::OutOfRange { name: "variance", value: variance, range: "0..=1e280" });
        }
        let needed = if variance > 0.0 { 2 } else { 1 };
        if count < needed {
            return Err(StatsError::TooFewObservations { found: count, needed });
        }
        Ok(Self { count, mean, variance })
    }

    /// The arm whose units have these moments.
    ///
    /// # Errors
    /// [`StatsError::TooFewObservations`] without a unit.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::{Moments, SampleMean};
    /// assert_eq!(SampleMean::of_moments(&Moments::of([2, 6])?)?.mean(), 4.0);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn of_moments(moments: &Moments) -> Result<Self, StatsError> {
        let variance = if moments.count() > 1 { moments.variance()? } else { 0.0 };
        Self::new(moments.count(), moments.mean()?, variance)
    }

    /// How many units.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Their mean.
    #[must_use]
    pub const fn mean(&self) -> f64 {
        self.mean
    }

    /// The sample variance from unit to unit; none for one unit.
    #[must_use]
    pub fn variance(&self) -> Option<f64> {
        (self.count > 1).then_some(self.variance)
    }

    /// The degrees of freedom: one less than the units.
    pub(super) fn degrees(&self) -> f64 {
        float(self.count) - 1.0
    }

    /// The sum of squares around the mean.
    pub(super) fn squares(&self) -> f64 {
        self.variance * self.degrees()
    }

    /// The variance of the mean.
    ///
    /// # Errors
    /// [`StatsError::TooFewObservations`] for one unit.
    pub(super) fn squared_error(&self) -> Result<f64, StatsError> {
        match self.variance() {
            Some(variance) => Ok(variance / float(self.count)),
            None => Err(StatsError::TooFewObservations { found: self.count, needed: 2 }),
        }
    }
}
