//! Power and sample size of a test of two rates.

use super::normal::cdf;
use super::{SampleSize, StatsError, TestDesign, no_variance, positive, probability};
use crate::quantity::words::words;

/// The formula for the power of a test of two rates.
///
/// ```
/// # use marketloop::stats::RateFormula;
/// assert_eq!(serde_json::from_str::<RateFormula>(r#""cohen_h""#)?, RateFormula::CohenH);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum RateFormula {
    /// The pooled test: its error where nothing differs, and the rates' own where they do (J. L. Fleiss, 1981).
    Pooled,
    /// The rates' own errors in both places.
    Unpooled,
    /// By the difference of angles `h = 2 asin sqrt p2 - 2 asin sqrt p1` (J. Cohen, 1988).
    CohenH,
}

words!(RateFormula, "formula for the power of a test of rates", StatsError:
    Pooled = "pooled",
    Unpooled = "unpooled",
    CohenH = "cohen_h",
);

impl RateFormula {
    /// Every formula, that of the usual test first.
    pub const ALL: [Self; 3] = [Self::Pooled, Self::Unpooled, Self::CohenH];
}

impl TestDesign {
    /// The units that find the difference of the rates `p1` and `p2` with the power of the design.
    ///
    /// # Formula
    /// With the normal distances `z` of the critical value and `zb` of the power, `k` times the units in the second
    /// sample, and `pb = (p1 + k p2)/(1 + k)`:
    ///
    /// | formula | units of the first |
    /// | --- | --- |
    /// | pooled | `(z sqrt(pb qb (1 + 1/k)) + zb sqrt(p1 q1 + p2 q2/k))^2 / (p2 - p1)^2` |
    /// | unpooled | `(z + zb)^2 (p1 q1 + p2 q2/k) / (p2 - p1)^2` |
    /// | Cohen's h | `(z + zb)^2 (1 + 1/k) / h^2` |
    ///
    /// The chance of an error in the wrong direction is left out, as is usual.
    ///
    /// # Errors
    /// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] for rates outside 0..=1, and beyond 1e300 units;
    /// [`StatsError::Undetectable`] for equal rates.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{RateFormula, TestDesign};
    ///
    /// let design = TestDesign::new(0.05, 0.8)?.with_ratio(2.0)?;
    /// let size = design.size_for_rates(0.04, 0.05, RateFormula::Pooled)?;
    /// assert_eq!(size.units()?, (5129, 10257));
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn size_for_rates(&self, p1: f64, p2: f64, formula: RateFormula) -> Result<SampleSize, StatsError> {
        let (p1, p2) = (probability("first rate", p1)?, probability("second rate", p2)?);
        let ((z, zb), k) = (self.distances()?, self.ratio());
        let own = p1 * (1.0 - p1) + p2 * (1.0 - p2) / k;
        let (distance, effect) = match formula {
            RateFormula::Unpooled => ((z + zb) * libm::sqrt(own), p2 - p1),
            RateFormula::Pooled => {
                let both = (p1 + k * p2) / (1.0 + k);
                let pooled = both * (1.0 - both) * (1.0 + 1.0 / k);
                (z * libm::sqrt(pooled) + zb * libm::sqrt(own), p2 - p1)
            }
            RateFormula::CohenH => ((z + zb) * libm::sqrt(1.0 + 1.0 / k), angle(p1, p2)),
        };
        self.size_of(distance, effect)
    }

    /// The units that show with the power of the design that `p2` is not below `p1` by `margin` or more.
    ///
    /// Choose a one-sided design; `p1` and `p2` are the true rates, mostly equal.
    ///
    /// # Formula
    /// `(z + zb)^2 (p1 q1 + p2 q2/k) / (p2 - p1 + margin)^2` in the first.
    ///
    /// # Errors
    /// As [`size_for_rates`](Self::size_for_rates); [`StatsError::OutOfRange`] unless the margin is above 0;
    /// [`StatsError::Undetectable`] where the true difference uses it up.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{Alternative, TestDesign};
    ///
    /// let design = TestDesign::new(0.05, 0.9)?.with_alternative(Alternative::Larger);
    /// let size = design.size_for_non_inferior_rates(0.05, 0.05, 0.01)?;
    /// assert_eq!(size.units()?, (8136, 8136));
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn size_for_non_inferior_rates(
        &self,
        p1: f64,
        p2: f64,
        margin: f64,
    ) -> Result<SampleSize, StatsError> {
        let (p1, p2) = (probability("first rate", p1)?, probability("second rate", p2)?);
        let ((z, zb), k) = (self.distances()?, self.ratio());
        let own = p1 * (1.0 - p1) + p2 * (1.0 - p2) / k;
        self.size_of((z + zb) * libm::sqrt(own), (p2 - p1 + positive("margin", margin)?).max(0.0))
    }

    /// The power of a test of the rates `p1` and `p2` with samples of this size.
    ///
    /// # Formula
    /// With `d = |p2 - p1|`, `su = sqrt(p1 q1/n1 + p2 q2/n2)` and `sp = sqrt(pb qb (1/n1 + 1/n2))`: unpooled
    /// `Φ(d/su - z) + Φ(-d/su - z)`; pooled `Φ((d - z sp)/su) + Φ((-d - z sp)/su)`; Cohen's h
    /// `Φ(t - z) + Φ(-t - z)`, `t = |h| sqrt(n1 n2/(n1 + n2))`. One-sided without the second term.
    ///
    /// # Errors
    /// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] for rates outside 0..=1 and without units;
    /// [`StatsError::NoVariance`] where both rates are 0 or 1, but for Cohen's h.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{RateFormula, TestDesign};
    ///
    /// let design = TestDesign::new(0.05, 0.8)?;
    /// let power = design.power_for_rates(0.04, 0.05, design.size(3_000.0)?, RateFormula::Unpooled)?;
    /// assert!((power - 0.4637).abs() < 1e-4);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn power_for_rates(
        &self,
        p1: f64,
        p2: f64,
        size: SampleSize,
        formula: RateFormula,
    ) -> Result<f64, StatsError> {
        let (p1, p2) = (probability("first rate", p1)?, probability("second rate", p2)?);
        let (n1, n2) = (positive("units", size.first())?, positive("units", size.second())?);
        let (z, _) = self.distances()?;
        let (d, su) = ((p2 - p1).abs(), libm::sqrt(p1 * (1.0 - p1) / n1 + p2 * (1.0 - p2) / n2));
        if su <= 0.0 && formula != RateFormula::CohenH {
            return Err(no_variance());
        }
        // What the effect and the critical value are in standard errors of the rates as they are.
        let (effect, critical) = match formula {
            RateFormula::Unpooled => (d / su, z),
            RateFormula::Pooled => {
                let both = p1 + (p2 - p1) * (n2 / (n1 + n2));
                let sp = libm::sqrt(both * (1.0 - both) * (1.0 / n1 + 1.0 / n2));
                (d / su, z * sp / su)
            }
            RateFormula::CohenH => (angle(p1, p2).abs() / libm::sqrt(1.0 / n1 + 1.0 / n2), z),
        };
        Ok(self.normal_power(effect, critical))
    }

    /// The smallest rate above `p1` that is found with the power of the design and `first` units in the first sample: by
    /// the unpooled formula.
    ///
    /// # Errors
    /// As [`power_for_rates`](Self::power_for_rates); [`StatsError::Undetectable`] where it would exceed 1.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::TestDesign;
    ///
    /// let rate = TestDesign::new(0.05, 0.8)?.detectable_rate_above(0.04, 5_000.0)?;
    /// assert!((rate - 0.0517).abs() < 1e-4);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn detectable_rate_above(&self, p1: f64, first: f64) -> Result<f64, StatsError> {
        let (_, above) = self.detectable(p1, first)?;
        if p1 < 1.0 && above <= 1.0 { Ok(above) } else { Err(StatsError::Undetectable) }
    }

    /// The largest rate below `p1` that is found: as [`detectable_rate_above`](Self::detectable_rate_above).
    ///
    /// # Errors
    /// As [`power_for_rates`](Self::power_for_rates); [`StatsError::Undetectable`] where it would be below 0.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::TestDesign;
    ///
    /// let rate = TestDesign::new(0.05, 0.8)?.detectable_rate_below(0.04, 5_000.0)?;
    /// assert!((rate - 0.0298).abs() < 1e-4);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn detectable_rate_below(&self, p1: f64, first: f64) -> Result<f64, StatsError> {
        let (below, _) = self.detectable(p1, first)?;
        if p1 > 0.0 && below >= 0.0 { Ok(below) } else { Err(StatsError::Undetectable) }
    }

    /// Both roots of `(p - p1)^2 = a + b p (1 - p)` with `a = (z + zb)^2 p1 q1/n1` and `b = (z + zb)^2/n2`.
    fn detectable(&self, p1: f64, first: f64) -> Result<(f64, f64), StatsError> {
        let p1 = probability("first rate", p1)?;
        let size = self.size(first)?;
        let (n1, n2) = (positive("units", size.first())?, positive("units", size.second())?);
        let (z, zb) = self.distances()?;
        let square = (z + zb) * (z + zb);
        let (a, b) = (square * (p1 * (1.0 - p1)) / n1, square / n2);
        let root = libm::sqrt(b * b + 4.0 * b * (p1 * (1.0 - p1)) + 4.0 * a * (1.0 + b));
        let above = (2.0 * p1 + b + root) / (2.0 * (1.0 + b));
        // By the product of the roots: their difference would cancel.
        let below = (p1 * p1 - a) / ((1.0 + b) * above);
        if above.is_finite() && below.is_finite() {
            Ok((below, above))
        } else {
            Err(StatsError::Undetectable)
        }
    }

    /// The units whose standard error is `effect` over `distance`, where one unit has an error of 1.
    pub(super) fn size_of(&self, distance: f64, effect: f64) -> Result<SampleSize, StatsError> {
        if effect == 0.0 {
            return Err(StatsError::Undetectable);
        }
        let root = distance / effect;
        self.size((root * root).min(f64::MAX))
    }

    /// The power where the effect is so many standard errors.
    pub(super) fn normal_power(&self, effect: f64, critical: f64) -> f64 {
        let wrong = if self.is_two_sided() { cdf(-effect - critical) } else { 0.0 };
        (cdf(effect - critical) + wrong).min(1.0)
    }
}

fn angle(p1: f64, p2: f64) -> f64 {
    2.0 * (libm::asin(libm::sqrt(p2)) - libm::asin(libm::sqrt(p1)))
}
