//! One effect as estimated, with its standard error.

use super::normal::cdf;
use super::two_means::critical;
use super::{Alternative, MeanTest, StatsError, TwoMeans, finite, inner_probability, student_cdf};
use crate::figure::{Cause, Figure, Interval, from_wire};
use crate::quantity::wire::{deserialize_fields, serialize_fields};
use serde::Deserialize;

const NAME: &str = "the estimate of an effect";

/// An estimated effect with its standard error: normal, or Student's t where the degrees of freedom are known.
///
/// A plain value, for effects of any source: [`MatchingBounds`](super::MatchingBounds) of several, and the calibration
/// of an attribution or a media mix, take it as an increment and how far that may be off.
///
/// | case | answer |
/// | --- | --- |
/// | nothing to estimate the spread from | the standard error is undefined, and all that rests on it |
/// | a standard error of 0 | p-values and intervals are undefined: there is no noise to compare with |
/// | no degrees | the normal distribution |
///
/// # Examples
/// ```
/// use marketloop::stats::{Alternative, EffectEstimate};
///
/// let lift = EffectEstimate::new(0.12, 0.05)?;
/// assert_eq!(format!("{:.4}", lift.p_value(Alternative::TwoSided)), "0.0164");
/// let of_few = lift.with_degrees(8.0)?;
/// assert_eq!(format!("{:.4}", of_few.p_value(Alternative::TwoSided)), "0.0432");
/// assert_eq!(format!("{:.3}", of_few.interval(0.95)?), "0.005..0.235");
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
///
/// ```
/// # use marketloop::stats::EffectEstimate;
/// let json = r#"{"value":"0.12","standard_error":{"known":"0.05"},"degrees":"8"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<EffectEstimate>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Wire")]
pub struct EffectEstimate {
    // Finite.
    value: f64,
    // Not below 0.
    standard_error: Figure<f64>,
    // At least 1.
    degrees: Option<f64>,
}

serialize_fields!(EffectEstimate { value: own, standard_error, degrees: optional(own) });
from_wire!(EffectEstimate);

/// The figures on the wire, not checked yet.
struct Wire {
    value: f64,
    standard_error: Figure<f64>,
    degrees: Option<f64>,
}

deserialize_fields!("EffectEstimate", Wire { value: own, standard_error, degrees: optional(own) });

impl TryFrom<Wire> for EffectEstimate {
    type Error = StatsError;

    fn try_from(Wire { value, standard_error, degrees }: Wire) -> Result<Self, StatsError> {
        Self::of(value, standard_error)?.with(degrees)
    }
}

impl EffectEstimate {
    /// An effect of `value` with a standard error that is known, or nearly so: normal.
    ///
    /// # Errors
    /// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] for a standard error below 0.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::EffectEstimate;
    /// assert!(EffectEstimate::new(0.12, -0.05).is_err());
    /// ```
    pub fn new(value: f64, standard_error: f64) -> Result<Self, StatsError> {
        Self::of(value, Figure::Known(standard_error))
    }

    /// An effect of `value` whose standard error may not exist.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    ///
    /// # Examples
    /// ```
    /// use marketloop::figure::Figure;
    /// use marketloop::stats::{Alternative, EffectEstimate};
    ///
    /// let lift = EffectEstimate::of(0.12, Figure::missing("standard error"))?;
    /// assert_eq!(lift.p_value(Alternative::Larger).to_string(), "missing: standard error");
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn of(value: f64, standard_error: Figure<f64>) -> Result<Self, StatsError> {
        let (value, name) = (finite("value", value)?, "standard error");
        let standard_error = standard_error.try_map(|error| {
            if finite(name, error)? < 0.0 {
                return Err(StatsError::OutOfRange { name, value: error, range: "the numbers from 0" });
            }
            // `+ 0.0` makes a negative zero a plain one.
            Ok(error + 0.0)
        })?;
        Ok(Self { value: value + 0.0, standard_error, degrees: None })
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
        if (1.0..=1e300).contains(&finite("degrees", degrees)?) {
            Ok(Self { degrees: Some(degrees), ..self })
        } else {
            Err(StatsError::OutOfRange { name: "degrees", value: degrees, range: "1..=1e300" })
        }
    }

    fn with(self, degrees: Option<f64>) -> Result<Self, StatsError> {
        match degrees {
            Some(degrees) => self.with_degrees(degrees),
            None => Ok(self),
        }
    }

    /// The effect.
    #[must_use]
    pub const fn value(&self) -> f64 {
        self.value
    }

    /// Its standard error.
    #[must_use]
    pub const fn standard_error(&self) -> &Figure<f64> {
        &self.standard_error
    }

    /// The degrees of freedom; none for the normal distribution, and where there is no standard error.
    #[must_use]
    pub const fn degrees(&self) -> Option<f64> {
        self.degrees
    }

    /// The probability of an effect at least as large, of the asked kind, if the true one is 0.
    ///
    /// # Formula
    /// The tail, or twice the smaller tail, of `value / standard error`.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::{Alternative, EffectEstimate};
    /// assert_eq!(EffectEstimate::new(0.0, 0.05)?.p_value(Alternative::Larger).get()?, 0.5);
    /// let certain = EffectEstimate::new(0.12, 0.0)?.p_value(Alternative::Larger);
    /// assert_eq!(certain.to_string(), "undefined: standard error is zero");
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    #[must_use]
    pub fn p_value(&self, alternative: Alternative) -> Figure<f64> {
        self.noise("p").and_then(|error| {
            let statistic = (self.value / error).clamp(-f64::MAX, f64::MAX);
            let p = alternative.p_value(statistic, |t| match self.degrees {
                Some(degrees) => student_cdf(t, degrees),
                None => Ok(cdf(t)),
            });
            p.map_or_else(|_| Figure::undefined("p", Cause::OutOfRange), Figure::Known)
        })
    }

    /// The interval in which the true effect lies with confidence `level`.
    ///
    /// # Formula
    /// `value ± c standard error`, where `c` leaves `(1 - level) / 2` beyond it.
    ///
    /// # Errors
    /// [`StatsError::OutOfRange`] and [`StatsError::NotFinite`] unless `0 < level < 1`; [`StatsError::Overflow`]
    /// for ends that no float holds.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::EffectEstimate;
    /// assert_eq!(format!("{:.3}", EffectEstimate::new(0.12, 0.05)?.interval(0.95)?), "0.022..0.218");
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn interval(&self, level: f64) -> Result<Figure<Interval<f64>>, StatsError> {
        // The lower tail keeps the digits of a level near 1.
        let tail = (1.0 - inner_probability("level", level)?) / 2.0;
        self.noise("interval").try_map(|_| {
            let half = self.half(tail)?;
            Ok(Interval::new(held(self.value - half)?, held(self.value + half)?)?)
        })
    }

    /// The effect for each unit of `amount`: an incremental return where that is what was spent, with its interval.
    /// Undefined for an amount of 0.
    ///
    /// The amount is taken as known: a spend as booked, without error.
    ///
    /// # Errors
    /// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] for an amount below 0; [`StatsError::Overflow`].
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::EffectEstimate;
    /// // 9,000 more revenue, give or take 2,000, for 4,500 of ad cost.
    /// let per_cost = EffectEstimate::new(9_000.0, 2_000.0)?.per(4_500.0)?.get()?;
    /// assert_eq!(format!("{} in {:.2}", per_cost.value(), per_cost.interval(0.95)?), "2 in 1.13..2.87");
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    #[doc(alias = "iroas")]
    #[doc(alias = "incremental_return")]
    pub fn per(&self, amount: f64) -> Result<Figure<Self>, StatsError> {
        let amount = factor(amount)?;
        if amount <= 0.0 {
            return Ok(Figure::undefined("effect per unit", Cause::Zero("amount".into())));
        }
        self.mapped(|value| value / amount).map(Figure::Known)
    }

    /// So many times the effect, with as many times its error: the increment of `count` units or periods that have the
    /// same effect.
    ///
    /// # Errors
    /// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] below 0; [`StatsError::Overflow`].
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::EffectEstimate;
    /// let all = EffectEstimate::new(1.5, 0.5)?.times(40.0)?;
    /// assert_eq!((all.value(), all.standard_error().clone().get()?), (60.0, 20.0));
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn times(&self, count: f64) -> Result<Self, StatsError> {
        let count = factor(count)?;
        self.mapped(|value| value * count)
    }

    /// So many standard errors that `tail` lies beyond them.
    pub(super) fn half(&self, tail: f64) -> Result<f64, StatsError> {
        held(critical(tail, self.degrees)? * self.standard_error.clone().get()?)
    }

    /// The effect the other way round.
    pub(super) fn negated(&self) -> Self {
        Self { value: 0.0 - self.value, ..self.clone() }
    }

    /// The standard error above 0.
    fn noise(&self, figure: &'static str) -> Figure<f64> {
        self.standard_error.clone().and_then(|error| {
            if error > 0.0 {
                Figure::Known(error)
            } else {
                Figure::undefined(figure, Cause::Zero("standard error".into()))
            }
        })
    }

    fn mapped(&self, of: impl Fn(f64) -> f64) -> Result<Self, StatsError> {
        let standard_error = self.standard_error.clone().try_map(|error| held(of(error)))?;
        Ok(Self { value: held(of(self.value))?, standard_error, degrees: self.degrees })
    }
}

/// `value`, if it is finite and not below 0.
fn factor(value: f64) -> Result<f64, StatsError> {
    if finite("amount", value)? < 0.0 {
        return Err(StatsError::OutOfRange { name: "amount", value, range: "the numbers from 0" });
    }
    Ok(value)
}

/// `value`, if a float holds it.
pub(super) fn held(value: f64) -> Result<f64, StatsError> {
    if value.is_finite() { Ok(value + 0.0) } else { Err(StatsError::Overflow { function: NAME }) }
}

impl TwoMeans {
    /// The difference as an estimate, by the errors of the test.
    ///
    /// # Errors
    /// As [`standard_error`](Self::standard_error).
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::{MeanTest, SampleMean, TwoMeans};
    /// let means = TwoMeans::new(SampleMean::new(100, 5.0, 9.0)?, SampleMean::new(100, 6.0, 16.0)?);
    /// assert_eq!(means.estimate(MeanTest::Normal)?.standard_error().clone().get()?, 0.5);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn estimate(&self, test: MeanTest) -> Result<EffectEstimate, StatsError> {
        EffectEstimate::new(self.difference(), self.standard_error(test)?)?.with(self.degrees(test)?)
    }
}
