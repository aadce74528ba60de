//! Several estimates of one effect: their weighted mean, whether they differ by more than chance, whether they rise.

use super::{EffectEstimate, StatsError, chi_squared_survival, finite, float};
use crate::figure::from_wire;
use crate::quantity::wire::{deserialize_fields, serialize_fields};
use alloc::vec::Vec;
use serde::Deserialize;

/// The largest size of an effect and of its standard error: what is made of their quotients stays finite.
const LARGEST: f64 = 1e150;

/// Estimates of one effect from parts that share no unit: days, segments, cities, tests that were run one after the
/// other.
///
/// Each has a standard error above 0, and counts by its precision, `w_i = 1 / standard error^2`. Standard errors are taken as
/// known: degrees of freedom of an estimate are not used, so that parts of few units are judged too sharply.
///
/// # Examples
/// ```
/// use marketloop::stats::{EffectEstimate, PooledEffects};
///
/// // The effect in three cities.
/// let cities = [(0.20, 0.10), (0.50, 0.10), (0.35, 0.20)];
/// let estimates = cities.map(|(value, error)| EffectEstimate::new(value, error));
/// let effects = PooledEffects::of(estimates.into_iter().collect::<Result<Vec<_>, _>>()?)?;
/// assert!((effects.mean()?.value() - 0.35).abs() < 1e-15);
/// assert!((effects.q() - 4.5).abs() < 1e-12);
/// assert!((effects.p_value()? - 0.105399).abs() < 1e-6); // the cities may well be alike
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
///
/// ```
/// # use marketloop::stats::PooledEffects;
/// let json = r#"{"effects":[{"value":"0.2","standard_error":{"known":"0.1"}},{"value":"0.5","standard_error":{"known":"0.1"}}]}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<PooledEffects>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Wire")]
#[doc(alias = "meta_analysis")]
#[doc(alias = "heterogeneity")]
pub struct PooledEffects {
    // At least one; each within 1e150 around 0, with an error within 1e-150..=1e150; their Q is a float.
    effects: Vec<EffectEstimate>,
}

serialize_fields!(PooledEffects { effects });
from_wire!(PooledEffects);

/// The estimates on the wire, not checked yet.
struct Wire {
    effects: Vec<EffectEstimate>,
}

deserialize_fields!("PooledEffects", Wire { effects });

impl TryFrom<Wire> for PooledEffects {
    type Error = StatsError;

    fn try_from(wire: Wire) -> Result<Self, StatsError> {
        Self::of(wire.effects)
    }
}

impl PooledEffects {
    /// The estimates together.
    ///
    /// # Errors
    /// [`StatsError::TooFewObservations`] of none; [`StatsError::Figure`] of a standard error that does not exist;
    /// [`StatsError::OutOfRange`] of one outside 1e-150..=1e150, 0 among them, and of an effect beyond 1e150;
    /// [`StatsError::Overflow`] where they are so far apart that no float holds their [`q`](Self::q).
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::PooledEffects;
    ///
    /// assert!(PooledEffects::of([]).is_err());
    /// ```
    pub fn of(effects: impl IntoIterator<Item = EffectEstimate>) -> Result<Self, StatsError> {
        let effects = Self { effects: effects.into_iter().collect() };
        if effects.effects.is_empty() {
            return Err(StatsError::TooFewObservations { found: 0, needed: 1 });
        }
        for effect in &effects.effects {
            let (value, error) = (effect.value(), effect.standard_error().clone().get()?);
            if value.abs() > LARGEST {
                return Err(StatsError::OutOfRange { name: "value", value, range: "-1e150..=1e150" });
            }
            if !(1.0 / LARGEST..=LARGEST).contains(&error) {
                let (name, range) = ("standard error", "1e-150..=1e150");
                return Err(StatsError::OutOfRange { name, value: error, range });
            }
        }
        finite("Q", effects.q()).map_err(|_| StatsError::Overflow { function: "Q" })?;
        Ok(effects)
    }

    /// The estimates, as given.
    #[must_use]
    pub fn effects(&self) -> &[EffectEstimate] {
        &self.effects
    }

    /// The mean of the estimates, each weighted by its precision: the one effect, if it is the same in all parts.
    ///
    /// # Formula
    /// `sum w_i d_i / sum w_i`, with the standard error `1 / sqrt(sum w_i)` (W. G. Cochran, 1937).
    ///
    /// # Errors
    /// Those of [`EffectEstimate::new`]; none for the effects that are admitted.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{EffectEstimate, PooledEffects};
    ///
    /// let effects = PooledEffects::of([EffectEstimate::new(1.0, 0.5)?, EffectEstimate::new(3.0, 0.5)?])?;
    /// let mean = effects.mean()?;
    /// assert!(mean.value() == 2.0 && (mean.standard_error().clone().get()? - 0.125_f64.sqrt()).abs() < 1e-15);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn mean(&self) -> Result<EffectEstimate, StatsError> {
        let (value, unit, weights) = self.centre();
        EffectEstimate::new(value, unit / libm::sqrt(weights))
    }

    /// How far the estimates are from their mean, each in its standard errors.
    ///
    /// # Formula
    /// `Q = sum w_i (d_i - mean)^2` (Cochran, 1954).
    #[must_use]
    pub fn q(&self) -> f64 {
        let (mean, ..) = self.centre();
        let off = |effect: &EffectEstimate| (effect.value() - mean) / error(effect);
        self.effects.iter().map(|effect| off(effect) * off(effect)).sum()
    }

    /// The degrees of freedom of [`q`](Self::q): one less than the estimates.
    #[must_use]
    pub fn degrees(&self) -> u64 {
        u64::try_from(self.effects.len()).unwrap_or(u64::MAX).saturating_sub(1)
    }

    /// The probability of estimates that differ as much by chance, if the effect is the same in all parts.
    ///
    /// # Formula
    /// `P(chi-squared of k - 1 degrees > Q)`.
    ///
    /// # Errors
    /// [`StatsError::TooFewObservations`] of a single estimate.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{EffectEstimate, PooledEffects};
    ///
    /// let effects = PooledEffects::of([EffectEstimate::new(-1.0, 0.25)?, EffectEstimate::new(1.0, 0.25)?])?;
    /// assert!(effects.p_value()? < 1e-7);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn p_value(&self) -> Result<f64, StatsError> {
        match self.degrees() {
            0 => Err(StatsError::TooFewObservations { found: 1, needed: 2 }),
            degrees => chi_squared_survival(self.q(), float(degrees)),
        }
    }

    /// The part of the differences among the estimates that is more than chance, from 0 on, below 1.
    ///
    /// # Formula
    /// `I^2 = max(0, (Q - degrees) / Q)` (J. P. T. Higgins and S. G. Thompson, 2002); 0 for a `Q` of 0.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{EffectEstimate, PooledEffects};
    ///
    /// let effects = PooledEffects::of([EffectEstimate::new(0.0, 1.0)?, EffectEstimate::new(4.0, 1.0)?])?;
    /// assert_eq!((effects.q(), effects.inconsistency()), (8.0, 0.875));
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    #[doc(alias = "i_squared")]
    #[must_use]
    pub fn inconsistency(&self) -> f64 {
        let q = self.q();
        if q > 0.0 { ((q - float(self.degrees())) / q).max(0.0) } else { 0.0 }
    }

    /// By how much the effect rises from place to place, where `places` are numbers such as days, one for each estimate.
    ///
    /// # Formula
    /// Weighted least squares, `sum w_i (x_i - x) (d_i - d) / sum w_i (x_i - x)^2` with weighted means `x` and `d`; the
    /// standard error is `1 / sqrt(sum w_i (x_i - x)^2)`, by the errors of the estimates, not by the residuals
    /// (a meta-regression of fixed effects: Higgins and Thompson, 2004).
    ///
    /// # Errors
    /// [`StatsError::OutOfRange`] unless there is one place for each estimate; [`StatsError::NotFinite`];
    /// [`StatsError::NoVariance`] where all places are one; [`StatsError::Overflow`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{EffectEstimate, PooledEffects};
    ///
    /// // An effect that fades from day to day.
    /// let days = [0.6, 0.4, 0.2].map(|value| EffectEstimate::new(value, 0.1));
    /// let effects = PooledEffects::of(days.into_iter().collect::<Result<Vec<_>, _>>()?)?;
    /// let slope = effects.trend(&[1.0, 2.0, 3.0])?;
    /// assert!((slope.value() + 0.2).abs() < 1e-15 && (slope.standard_error().clone().get()? - 0.005_f64.sqrt()).abs() < 1e-15);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    #[doc(alias = "meta_regression")]
    pub fn trend(&self, places: &[f64]) -> Result<EffectEstimate, StatsError> {
        const OVERFLOW: StatsError = StatsError::Overflow { function: "the trend" };
        if places.len() != self.effects.len() {
            let value = float(u64::try_from(places.len()).unwrap_or(u64::MAX));
            return Err(StatsError::OutOfRange {
                name: "number of places",
                value,
                range: "one for each estimate",
            });
        }
        for place in places {
            finite("place", *place)?;
        }
        let (mean, unit, weights) = self.centre();
        let weighted =
            || self.effects.iter().zip(places).map(|(effect, place)| (weight(effect, unit), effect, *place));
        let first = places.first().copied().unwrap_or_default();
        let middle =
            first + weighted().map(|(weight, _, place)| weight * ((place - first) / weights)).sum::<f64>();
        let spread: f64 =
            weighted().map(|(weight, _, place)| weight * (place - middle) * (place - middle)).sum();
        if places.iter().all(|place| (place - first).abs() <= 0.0) {
            return Err(StatsError::NoVariance { name: "places" });
        }
        let rise = |(weight, effect, place): (f64, &EffectEstimate, f64)| {
            weight * ((place - middle) / spread) * (effect.value() - mean)
        };
        let slope: f64 = weighted().map(rise).sum();
        let of_slope = unit / libm::sqrt(spread);
        if !(slope.is_finite() && of_slope.is_finite() && of_slope > 0.0) {
            return Err(OVERFLOW);
        }
        EffectEstimate::new(slope, of_slope).map_err(|_| OVERFLOW)
    }

    /// The weighted mean, the smallest standard error, and the sum of the weights in units of its precision: from 1 on.
    fn centre(&self) -> (f64, f64, f64) {
        // From the most precise estimate on, so that equal ones have a mean that is theirs to the last bit.
        let precise = self.effects.iter().min_by(|one, other| error(one).total_cmp(&error(other)));
        let (first, unit) = precise.map_or((0.0, 1.0), |best| (best.value(), error(best)));
        let weights: f64 = self.effects.iter().map(|effect| weight(effect, unit)).sum();
        let off = |effect: &EffectEstimate| weight(effect, unit) * (effect.value() - first);
        let off: f64 = self.effects.iter().map(off).sum();
        (first + off / weights, unit, weights)
    }
}

/// The standard error, which every effect has.
fn error(effect: &EffectEstimate) -> f64 {
    effect.standard_error().clone().known().unwrap_or(LARGEST)
}

/// The precision of an estimate in that of the most precise one, whose standard error is the unit.
fn weight(effect: &EffectEstimate, unit: f64) -> f64 {
    let share = unit / error(effect);
    share * share
}

#[cfg(test)]
mod tests {
    use super::*;

    fn effects(of: &[(f64, f64)]) -> PooledEffects {
        PooledEffects::of(of.iter().map(|(value, error)| EffectEstimate::new(*value, *error).unwrap()))
            .unwrap()
    }

    #[test]
    fn equal_effects_are_their_own_mean_and_do_not_differ() {
        for value in [0.0, 0.1, -3.7, 1e149] {
            let equal = effects(&[(value, 0.3), (value, 1e-7), (value, 1e90)]);
            assert_eq!(equal.mean().unwrap().value().to_bits(), value.to_bits());
            assert!(equal.q() <= 0.0 && equal.p_value().unwrap() >= 1.0 && equal.inconsistency() <= 0.0);
            assert!(equal.trend(&[1.0, 2.0, 5.0]).unwrap().value().abs() <= 0.0);
        }
    }

    /// statsmodels 0.15.0: `combine_effects` (fixed effect), and `WLS` with `cov_type="fixed scale"` on the days 1 to 7.
    #[test]
    fn seven_days_are_as_another_package_has_them() {
        let near =
            |found: f64, expected: f64| assert!((found - expected).abs() < 1e-12 * expected.abs(), "{found}");
        let days = [
            (0.61, 0.11),
            (0.45, 0.09),
            (0.52, 0.14),
            (0.20, 0.08),
            (0.31, 0.10),
            (0.18, 0.12),
            (0.05, 0.15),
        ];
        let effects = effects(&days);
        let mean = effects.mean().unwrap();
        near(mean.value(), 0.333_946_647_800_840_3);
        near(mean.standard_error().clone().known().unwrap(), 0.039_927_852_777_509_67);
        near(effects.q(), 17.816_752_568_885_008);
        near(effects.inconsistency(), 0.663_238_293_465_536_5);
        near(effects.p_value().unwrap(), 0.006_706_834_377_651_4);
        let slope = effects.trend(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]).unwrap();
        near(slope.value(), -0.083_348_186_181_839_78);
        near(slope.standard_error().clone().known().unwrap(), 0.022_258_765_506_208_93);
        // Wherever the days begin.
        let dates: Vec<f64> = (1..8).map(|day| 739_000.0 + f64::from(day)).collect();
        near(effects.trend(&dates).unwrap().value(), slope.value());
    }

    #[test]
    fn what_has_no_figure_is_an_error() {
        let one = effects(&[(1.0, 1.0)]);
        assert!(matches!(one.p_value(), Err(StatsError::TooFewObservations { found: 1, needed: 2 })));
        assert_eq!(one.trend(&[1.0]), Err(StatsError::NoVariance { name: "places" }));
        let two = effects(&[(1.0, 1.0), (2.0, 1.0)]);
        assert_eq!(two.trend(&[4.0, 4.0]), Err(StatsError::NoVariance { name: "places" }));
        assert!(two.trend(&[1.0]).is_err() && two.trend(&[1.0, f64::NAN]).is_err());
        assert!(two.trend(&[0.0, f64::MAX]).is_err() && two.trend(&[-f64::MAX, f64::MAX]).is_err());
        let far = [(1e150, 1e-150), (-1e150, 1e-150)]
            .map(|(value, error)| EffectEstimate::new(value, error).unwrap());
        assert_eq!(PooledEffects::of(far), Err(StatsError::Overflow { function: "Q" }));
    }
}
