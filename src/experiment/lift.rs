//! What a campaign added, with how sure that is.

use super::series::representable;
use crate::figure::{Cause, Cell, Figure, Interval, Table, to_wire};
use crate::quantity::wire::serialize_fields;
use crate::stats::{StatsError, student_cdf, student_quantile};
use alloc::borrow::Cow;

/// An estimated effect with its standard error and the degrees of freedom of Student's t.
///
/// [`estimate`](Self::estimate) and [`standard_error`](Self::standard_error) are the plain values that calibrate
/// an attribution or a media mix: an increment, and how far it may be off.
///
/// | case | answer |
/// | --- | --- |
/// | nothing to estimate the spread from | the standard error is undefined, and all that rests on it |
/// | a standard error of 0 | p-values and intervals are undefined: there is no noise to compare with |
///
/// # Examples
/// ```
/// use marketloop::experiment::TimeBasedRegression;
///
/// let control = [10.0, 12.0, 11.0, 13.0, 12.0, 11.0];
/// let treated = [21.0, 25.0, 22.0, 26.0, 29.0, 27.0];
/// let lift = TimeBasedRegression::of(&control, &treated, 4)?.cumulative().clone();
/// assert_eq!(format!("{:.2}", lift.estimate()), "9.00");
/// assert!(lift.interval(0.9)?.known().is_some_and(|range| range.low() > 0.0));
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
///
/// ```
/// # use marketloop::experiment::TimeBasedRegression;
/// let lift = TimeBasedRegression::of(&[1.0, 2.0, 3.0], &[2.0, 4.0, 9.0], 2)?;
/// let json = r#"{"estimate":"3","standard_error":{"undefined":{"figure":"standard error","cause":{"none":"third period before the start"}}},"degrees":{"known":"0"}}"#;
/// assert_eq!(serde_json::to_string(lift.cumulative())?, json);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct LiftEstimate {
    // Finite; the standard error is not below 0.
    estimate: f64,
    standard_error: Figure<f64>,
    degrees: Figure<f64>,
}

serialize_fields!(LiftEstimate { estimate: own, standard_error, degrees });
to_wire!(LiftEstimate);

impl LiftEstimate {
    pub(super) fn new(estimate: f64, standard_error: Figure<f64>, degrees: Figure<f64>) -> Self {
        Self { estimate, standard_error, degrees }
    }

    /// The effect.
    #[must_use]
    pub const fn estimate(&self) -> f64 {
        self.estimate
    }

    /// The standard error of the effect.
    #[must_use]
    pub const fn standard_error(&self) -> &Figure<f64> {
        &self.standard_error
    }

    /// The degrees of freedom of Student's t.
    #[must_use]
    pub const fn degrees(&self) -> &Figure<f64> {
        &self.degrees
    }

    /// The probability of an effect at least as large, either way, if there is none.
    ///
    /// # Formula
    /// `2 P(t > |estimate| / standard error)`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::DifferenceInDifferences;
    ///
    /// let lift = DifferenceInDifferences::of(&[[4.0, 10.0], [7.0, 14.0]], &[[5.0, 7.0], [8.0, 8.0]], 1)?;
    /// assert_eq!(format!("{:.3}", lift.pooled().p_value()), "0.039");
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    #[must_use]
    pub fn p_value(&self) -> Figure<f64> {
        self.tail(|t| -t.abs()).map(|half| (2.0 * half).min(1.0))
    }

    /// The probability of an effect at least as large and above 0, if there is none: a small one speaks for a lift.
    ///
    /// # Formula
    /// `P(t > estimate / standard error)`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::DifferenceInDifferences;
    ///
    /// let lift = DifferenceInDifferences::of(&[[4.0, 10.0], [7.0, 14.0]], &[[5.0, 7.0], [8.0, 8.0]], 1)?;
    /// assert_eq!(format!("{:.3}", lift.pooled().p_above()), "0.019");
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    #[must_use]
    pub fn p_above(&self) -> Figure<f64> {
        self.tail(|t| -t)
    }

    /// The interval in which the true effect lies with confidence `level`.
    ///
    /// # Formula
    /// `estimate ± t standard error`, with the quantile `t` of `(1 + level) / 2`.
    ///
    /// # Errors
    /// [`StatsError::OutOfRange`] and [`StatsError::NotFinite`] unless `0 < level < 1`; [`StatsError::Overflow`]
    /// for ends that no float holds.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::DifferenceInDifferences;
    ///
    /// let lift = DifferenceInDifferences::of(&[[4.0, 10.0], [7.0, 14.0]], &[[5.0, 7.0], [8.0, 8.0]], 1)?;
    /// assert_eq!(format!("{:.1}", lift.pooled().interval(0.95)?), "0.7..10.3");
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn interval(&self, level: f64) -> Result<Figure<Interval<f64>>, StatsError> {
        if !level.is_finite() {
            return Err(StatsError::NotFinite { name: "level", value: level });
        }
        if level <= 0.0 || level >= 1.0 {
            let range = "0..1, both ends excluded";
            return Err(StatsError::OutOfRange { name: "level", value: level, range });
        }
        self.noise("interval").try_map(|(error, degrees)| {
            // The lower tail keeps the digits of a level near 1.
            let half = -student_quantile((1.0 - level) / 2.0, degrees)? * error;
            Interval::new(self.estimate - half, self.estimate + half)
                .map_err(|_| StatsError::Overflow { function: "the interval of the effect" })
        })
    }

    /// The effect for each unit of `by`, above 0.
    pub(super) fn per(&self, by: f64, function: &'static str) -> Result<Self, StatsError> {
        let estimate = representable(self.estimate / by, function)?;
        let standard_error = self.standard_error.clone();
        let standard_error = standard_error.try_map(|error| representable(error / by, function))?;
        Ok(Self { estimate, standard_error, degrees: self.degrees.clone() })
    }

    /// Pushes the estimate with what rests on it, as a row.
    pub(super) fn push(&self, table: &mut Table, name: &str, unit: &'static str) {
        let unit = || Cow::Borrowed(unit);
        table.push(name, "estimate", Cell::new(self.estimate, unit()));
        table.push(name, "standard error", Cell::from(self.standard_error.clone()).with_unit(unit()));
        table.push(name, "degrees", Cell::from(self.degrees.clone()));
        table.push(name, "p", Cell::from(self.p_value()));
    }

    /// The standard error above 0 and the degrees above 0.
    fn noise(&self, figure: &'static str) -> Figure<(f64, f64)> {
        let none = |cause| Figure::undefined(figure, cause);
        self.standard_error.clone().zip(self.degrees.clone()).and_then(|(error, degrees)| {
            if error <= 0.0 {
                none(Cause::Zero("standard error".into()))
            } else if degrees <= 0.0 {
                none(Cause::None("degree of freedom".into()))
            } else {
                Figure::Known((error, degrees))
            }
        })
    }

    fn tail(&self, side: impl Fn(f64) -> f64) -> Figure<f64> {
        self.noise("p").and_then(|(error, degrees)| {
            let t = (self.estimate / error).clamp(-f64::MAX, f64::MAX);
            student_cdf(side(t), degrees)
                .map_or_else(|_| Figure::undefined("p", Cause::OutOfRange), Figure::Known)
        })
    }
}
