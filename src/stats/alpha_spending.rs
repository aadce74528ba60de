//! How the errors of a test are spent over its looks.

use super::normal::{cdf, normal_quantile};
use super::{StatsError, finite};
use crate::quantity::wire::wire_variants;
use crate::quantity::words::words;
use alloc::vec::Vec;

/// The exponents and parameters that a spending function takes.
const LARGEST: f64 = 100.0;

/// On which sides of 0 a test stops, and whether a two-sided alpha is spent in total or per side.
///
/// The two differ for O'Brien and Fleming's spending alone, which is not proportional to alpha: reports say `alpha =
/// 0.05, two-sided`, and their first bounds differ (4.38 and 4.88 standard errors at a fifth of the information).
///
/// ```
/// # use marketloop::stats::SpendingSides;
/// assert_eq!(serde_json::from_str::<SpendingSides>(r#""per_side""#)?, SpendingSides::PerSide);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum SpendingSides {
    /// One-sided: only large values stop, and alpha is theirs.
    Upper,
    /// Two-sided: the function is asked for the whole of alpha, and each side gets half of what it says.
    InTotal,
    /// Two-sided: the function is asked for half of alpha, for each side. What packages for trials do.
    PerSide,
}

words!(SpendingSides, "sides on which a test stops", StatsError:
    Upper = "upper",
    InTotal = "in_total",
    PerSide = "per_side",
);

/// How much of an error may be spent until a part of the information is there.
///
/// # Examples
/// ```
/// use marketloop::stats::{AlphaSpending, SpendingSides};
///
/// // At half of the visitors: Pocock's spends 62 % of alpha, O'Brien and Fleming's 11 %.
/// let spent = |spending: AlphaSpending| spending.spent(0.05, SpendingSides::InTotal, 0.5);
/// assert!((spent(AlphaSpending::Pocock)? - 0.0310).abs() < 1e-4);
/// assert!((spent(AlphaSpending::OBrienFleming)? - 0.0056).abs() < 1e-4);
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
///
/// ```
/// # use marketloop::stats::AlphaSpending;
/// for json in [r#""pocock""#, r#"{"power":"2"}"#, r#"{"given":[["0.5","0.2"],["1","1"]]}"#] {
///     assert_eq!(serde_json::to_string(&serde_json::from_str::<AlphaSpending>(json)?)?, json);
/// }
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum AlphaSpending {
    /// Almost nothing at first (K. K. G. Lan and D. L. `DeMets`, 1983): the last bound is close to that of one look. The
    /// one to take where nothing speaks for another.
    OBrienFleming,
    /// Bounds of about the same height at each look (Lan and `DeMets`, 1983): for those who want to stop early.
    Pocock,
    /// A power of the information fraction, above 0 and up to 100 (K. Kim and D. L. `DeMets`, 1987).
    Power(f64),
    /// The family of I. K. Hwang, W. J. Shih and J. S. De Cani (1990) with this gamma, within -100..=100: -4 is near
    /// O'Brien and Fleming's, 1 near Pocock's, 0 is linear.
    HwangShihDeCani(f64),
    /// In proportion to the information.
    Linear,
    /// Shares of alpha spent at information fractions, straight between them and from (0, 0): for looks that a plan
    /// names itself.
    Given(Vec<(f64, f64)>),
}

wire_variants!(AlphaSpending {
    "obrien_fleming" => OBrienFleming,
    "pocock" => Pocock,
    "power" => Power(own),
    "hwang_shih_de_cani" => HwangShihDeCani(own),
    "linear" => Linear,
    "given" => Given(own),
});

impl AlphaSpending {
    /// What is spent of `alpha`, on both sides together, until `fraction` of the information is there; all of it from
    /// 1 on, but for given shares that say less.
    ///
    /// # Formula
    /// | spending | with alpha `a` at `t` |
    /// | --- | --- |
    /// | O'Brien-Fleming | `f(a) = 2 (1 - Φ(z / sqrt(t)))`, `z` the normal quantile of `1 - a/2`; per side `2 f(a/2)` |
    /// | Pocock | `a ln(1 + (e - 1) t)` |
    /// | power | `a t^power` |
    /// | Hwang-Shih-De Cani | `a (1 - e^(-gamma t)) / (1 - e^(-gamma))` |
    /// | linear | `a t` |
    ///
    /// # Errors
    /// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] for an alpha outside 1e-300..1, a fraction below 0, a parameter
    /// out of its range, given fractions or shares that do not rise or shares outside 0..=1.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{AlphaSpending, SpendingSides};
    ///
    /// let spending = AlphaSpending::HwangShihDeCani(-4.0);
    /// assert!((spending.spent(0.05, SpendingSides::Upper, 0.2)? - 0.00114).abs() < 1e-5);
    /// // A plan of its own: a fifth at half time.
    /// let own = AlphaSpending::Given(vec![(0.5, 0.2), (1.0, 1.0)]);
    /// assert!((own.spent(0.05, SpendingSides::Upper, 0.75)? - 0.03).abs() < 1e-15);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn spent(&self, alpha: f64, sides: SpendingSides, fraction: f64) -> Result<f64, StatsError> {
        let alpha = error_rate("alpha", alpha)?;
        let fraction = finite("information fraction", fraction)?;
        if fraction < 0.0 {
            let range = "the numbers from 0";
            return Err(StatsError::OutOfRange { name: "information fraction", value: fraction, range });
        }
        self.check()?;
        let t = fraction.min(1.0);
        if t <= 0.0 {
            return Ok(0.0);
        }
        let spent = match self {
            Self::OBrienFleming => {
                let of = |alpha: f64| normal_quantile(alpha / 2.0).map(|z| 2.0 * cdf(z / libm::sqrt(t)));
                if sides == SpendingSides::PerSide { 2.0 * of(alpha / 2.0)? } else { of(alpha)? }
            }
            Self::Pocock => alpha * libm::log1p((core::f64::consts::E - 1.0) * t),
            Self::Power(power) => alpha * libm::pow(t, *power),
            // Below this the family differs from its limit by less than a float.
            Self::HwangShihDeCani(gamma) if gamma.abs() > 1e-16 => {
                alpha * (libm::expm1(-gamma * t) / libm::expm1(-gamma))
            }
            Self::HwangShihDeCani(_) | Self::Linear => alpha * t,
            Self::Given(points) => alpha * between(points, t),
        };
        Ok(spent.clamp(0.0, alpha))
    }

    /// Whether the parameters are such as can be.
    fn check(&self) -> Result<(), StatsError> {
        let refused = |name, value, range| Err(StatsError::OutOfRange { name, value, range });
        match self {
            Self::Power(power) if finite("power", *power)? <= 0.0 || *power > LARGEST => {
                refused("power", *power, "0..=100, 0 excluded")
            }
            Self::HwangShihDeCani(gamma) if finite("gamma", *gamma)?.abs() > LARGEST => {
                refused("gamma", *gamma, "-100..=100")
            }
            Self::Given(points) => {
                let mut before = (0.0, 0.0);
                for (fraction, share) in points {
                    if finite("given fraction", *fraction)? <= before.0 {
                        return refused("given fraction", *fraction, "above 0 and the one before it");
                    }
                    if finite("given share", *share)? < before.1 || *share > 1.0 {
                        return refused("given share", *share, "0..=1, and not below the one before it");
                    }
                    before = (*fraction, *share);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

/// The share at `t` on the line through the points; the last one's beyond them.
fn between(points: &[(f64, f64)], t: f64) -> f64 {
    let mut before = (0.0, 0.0);
    for (fraction, share) in points {
        if t <= *fraction {
            return before.1 + (share - before.1) * ((t - before.0) / (fraction - before.0));
        }
        before = (*fraction, *share);
    }
    before.1
}

/// `value`, if it is an error rate of which quantiles exist.
pub(super) fn error_rate(name: &'static str, value: f64) -> Result<f64, StatsError> {
    if finite(name, value)? >= 1e-300 && value < 1.0 {
        Ok(value)
    } else {
        Err(StatsError::OutOfRange { name, value, range: "1e-300..1, 1 excluded" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn all() -> Vec<AlphaSpending> {
        let mut all = vec![AlphaSpending::OBrienFleming, AlphaSpending::Pocock, AlphaSpending::Linear];
        all.extend([1e-3, 1.0, 3.0, 100.0].map(AlphaSpending::Power));
        all.extend([-100.0, -4.0, -1e-20, 0.0, 1e-9, 1.0, 100.0].map(AlphaSpending::HwangShihDeCani));
        all.push(AlphaSpending::Given(vec![(0.25, 0.0), (0.5, 0.5), (2.0, 1.0)]));
        all.push(AlphaSpending::Given(vec![]));
        all
    }

    #[test]
    fn what_is_spent_rises_from_nothing_to_alpha() {
        for spending in all() {
            for sides in [SpendingSides::Upper, SpendingSides::InTotal, SpendingSides::PerSide] {
                for alpha in [1e-300, 1e-12, 0.05, 0.999] {
                    let mut before = 0.0;
                    for step in 0..=120 {
                        let spent = spending.spent(alpha, sides, f64::from(step) / 100.0).unwrap();
                        assert!(before <= spent && spent <= alpha, "{spending:?} {sides} {alpha} {step}");
                        before = spent;
                    }
                    let given = matches!(spending, AlphaSpending::Given(_));
                    assert!(given || (before / alpha - 1.0).abs() < 1e-11, "{spending:?} {before} {alpha}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_spending_is_refused() {
        let refused = [
            AlphaSpending::Power(0.0),
            AlphaSpending::Power(f64::NAN),
            AlphaSpending::Power(101.0),
            AlphaSpending::HwangShihDeCani(-101.0),
            AlphaSpending::HwangShihDeCani(f64::INFINITY),
            AlphaSpending::Given(vec![(0.0, 0.1)]),
            AlphaSpending::Given(vec![(0.5, 0.1), (0.5, 0.2)]),
            AlphaSpending::Given(vec![(0.5, 0.2), (0.6, 0.1)]),
            AlphaSpending::Given(vec![(0.5, 1.1)]),
        ];
        for spending in refused {
            assert!(spending.spent(0.05, SpendingSides::Upper, 0.5).is_err(), "{spending:?}");
        }
        for (alpha, fraction) in [(0.0, 0.5), (1.0, 0.5), (f64::NAN, 0.5), (0.05, -0.1), (0.05, f64::NAN)] {
            assert!(AlphaSpending::Linear.spent(alpha, SpendingSides::Upper, fraction).is_err());
        }
    }
}
