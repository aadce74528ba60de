//! One effect as estimated, with its standard error.

use super::normal::cdf;
use super::two_means::critical;
use super::{Alternative, MeanTest, StatsError, TwoMeans, positive, student_cdf};
use crate::figure::from_wire;
use crate::quantity::wire::{deserialize_fields, serialize_fields};
use serde::Deserialize;

/// The largest size of an effect and of its standard error: bounds of both stay finite.
const LARGEST: f64 = 1e150;

/// An estimated effect with its standard error: normal, or Student's t where the degrees of freedom are known.
///
/// A plain value, for effects of any source.
///
/// # Examples
/// ```
/// use marketloop::stats::{Alternative, EffectEstimate};
///
/// let lift = EffectEstimate::new(0.12, 0.05)?;
/// assert!((lift.p_value(Alternative::TwoSided)? - 0.0164).abs() < 1e-4);
/// let of_few = lift.with_degrees(8.0)?;
/// assert!((of_few.p_value(Alternative::TwoSided)? - 0.0432).abs() < 1e-4);
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
///
/// ```
/// # use marketloop::stats::EffectEstimate;
/// let json = r#"{"value":"0.12","standard_error":"0.05","degrees":"8"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<EffectEstimate>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(try_from = "Wire")]
pub struct EffectEstimate {
    // Within 1e150 around 0.
    value: f64,
    // Above 0, up to 1e150.
    standard_error: f64,
    // At least 1.
    degrees: Option<f64>,
}

serialize_fields!(EffectEstimate { value: own, standard_error: own, degrees: optional(own) });
from_wire!(EffectEstimate);

/// The figures on the wire, not checked yet.
struct Wire {
    value: f64,
    standard_error: f64,
    degrees: Option<f64>,
}

deserialize_fields!("EffectEstimate", Wire { value: own, standard_error: own, degrees: optional(own) });

impl TryFrom<Wire> for EffectEstimate {
    type Error = StatsError;

    fn try_from(Wire { value, standard_error, degrees }: Wire) -> Result<Self, StatsError> {
        let estimate = Self::new(value, standard_error)?;
        degrees.map_or(Ok(estimate), |degrees| estimate.with_degrees(degrees))
    }
}

impl EffectEstimate {
    /// An effect of `value` with a standard error that is known, or nearly so: normal.
    ///
    /// # Errors
    /// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] for an effect beyond 1e150 or an error outside
    /// 1e-150..=1e150.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::EffectEstimate;
    /// assert!(EffectEstimate::new(0.12, 0.0).is_err());
    /// ```
    pub fn new(value: f64, standard_error: f64) -> Result<Self, StatsError> {
        if super::finite("value", value)?.abs() > LARGEST {
            return Err(StatsError::OutOfRange { name: "value", value, range: "-1e150..=1e150" });
        }
        if !(1.0 / LARGEST..=LARGEST).contains(&positive("standard error", standard_error)?) {
            let (name, range) = ("standard error", "1e-150..=1e150");
            return Err(StatsError::OutOfRange { name, value: standard_error, range });
        }
        Ok(Self { value, standard_error, degrees: None })
    }

    /// The same with so many degrees of freedom: Student's t.
    ///
    /// # Errors
    /// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] outside 1..=1e300.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::EffectEstimate;
    /// assert_eq!(EffectEstimate::new(0.12, 0.05)?.with_degrees(8.0)?.degrees(), Some(8.0));
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn with_degrees(self, degrees: f64) -> Result<Self, StatsError> {
        if (1.0..=1e300).contains(&super::finite("degrees", degrees)?) {
            Ok(Self { degrees: Some(degrees), ..self })
        } else {
            Err(StatsError::OutOfRange { name: "degrees", value: degrees, range: "1..=1e300" })
        }
    }

    /// The effect.
    #[must_use]
    pub const fn value(&self) -> f64 {
        self.value
    }

    /// Its standard error.
    #[must_use]
    pub const fn standard_error(&self) -> f64 {
        self.standard_error
    }

    /// The degrees of freedom; none for the normal distribution.
    #[must_use]
    pub const fn degrees(&self) -> Option<f64> {
        self.degrees
    }

    /// The probability of an effect at least as large, of the asked kind, if the true one is 0.
    ///
    /// # Errors
    /// Those of [`student_cdf`]; none for the degrees that are admitted.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::{Alternative, EffectEstimate};
    /// assert_eq!(EffectEstimate::new(0.0, 0.05)?.p_value(Alternative::Larger)?, 0.5);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn p_value(&self, alternative: Alternative) -> Result<f64, StatsError> {
        alternative.p_value(self.value / self.standard_error, |t| match self.degrees {
            Some(degrees) => student_cdf(t, degrees),
            None => Ok(cdf(t)),
        })
    }

    /// So many standard errors that `tail` lies beyond them.
    pub(super) fn half(&self, tail: f64) -> Result<f64, StatsError> {
        Ok(critical(tail, self.degrees)? * self.standard_error)
    }

    /// The effect the other way round.
    pub(super) fn negated(self) -> Self {
        Self { value: -self.value, ..self }
    }
}

impl TwoMeans {
    /// The difference as an estimate, by the errors of the test.
    ///
    /// # Errors
    /// As [`standard_error`](Self::standard_error); [`StatsError::OutOfRange`] for one below 1e-150.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::{MeanTest, SampleMean, TwoMeans};
    /// let means = TwoMeans::new(SampleMean::new(100, 5.0, 9.0)?, SampleMean::new(100, 6.0, 16.0)?);
    /// assert_eq!(means.estimate(MeanTest::Normal)?.standard_error(), 0.5);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn estimate(&self, test: MeanTest) -> Result<EffectEstimate, StatsError> {
        let estimate = EffectEstimate::new(self.difference(), self.standard_error(test)?)?;
        self.degrees(test)?.map_or(Ok(estimate), |degrees| estimate.with_degrees(degrees))
    }
}
