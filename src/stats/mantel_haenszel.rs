//! Two proportions in strata: one difference, one odds ratio and one test that compare like with like.

use super::{EffectEstimate, StatsError, TwoProportions, chi_squared_survival, float, no_variance};
use crate::figure::from_wire;
use crate::quantity::wire::{deserialize_fields, serialize_fields};
use alloc::vec::Vec;
use serde::Deserialize;

/// The same two proportions in each of several strata (cities, devices, days): each is compared within its stratum only,
/// so that no mix of strata passes for an effect.
///
/// | case | answer |
/// | --- | --- |
/// | no stratum | [`StatsError::TooFewObservations`] |
/// | every stratum all successes, or all failures | [`StatsError::NoVariance`]: there is nothing to test |
/// | no success in one arm of all strata, or no failure | [`StatsError::NoBaseline`] for the odds ratio |
///
/// # Examples
/// ```
/// use marketloop::stats::{MantelHaenszel, TwoProportions};
///
/// // By device, the new page is better on both; put together it looks worse, for it was shown on phones.
/// let phone = TwoProportions::new((10, 100), (108, 900))?;
/// let desktop = TwoProportions::new((270, 900), (32, 100))?;
/// let strata = MantelHaenszel::of([phone, desktop])?;
/// let difference = strata.difference()?;
/// assert!((difference.value() - 0.02).abs() < 1e-15);
/// assert!(TwoProportions::new((280, 1_000), (140, 1_000))?.difference() < -0.13);
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
///
/// ```
/// # use marketloop::stats::MantelHaenszel;
/// let json = r#"{"strata":[{"first":[10,100],"second":[108,900]}]}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<MantelHaenszel>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Wire")]
#[doc(alias = "cochran_mantel_haenszel")]
#[doc(alias = "cmh")]
pub struct MantelHaenszel {
    // At least one.
    strata: Vec<TwoProportions>,
}

serialize_fields!(MantelHaenszel { strata });
from_wire!(MantelHaenszel);

/// The strata on the wire, not checked yet.
struct Wire {
    strata: Vec<TwoProportions>,
}

deserialize_fields!("MantelHaenszel", Wire { strata });

impl TryFrom<Wire> for MantelHaenszel {
    type Error = StatsError;

    fn try_from(wire: Wire) -> Result<Self, StatsError> {
        Self::of(wire.strata)
    }
}

/// One stratum as a table of two by two: `a` successes of `m` trials in the second arm, `c` of `n` in the first.
struct Stratum {
    a: f64,
    b: f64,
    c: f64,
    d: f64,
    m: f64,
    n: f64,
    all: f64,
}

impl From<&TwoProportions> for Stratum {
    #[expect(clippy::many_single_char_names, reason = "the letters of the formulas")]
    fn from(rates: &TwoProportions) -> Self {
        let split = |(successes, trials): (u64, u64)| {
            (float(successes), float(trials.saturating_sub(successes)), float(trials))
        };
        let ((c, d, n), (a, b, m)) = (split(rates.first()), split(rates.second()));
        Self { a, b, c, d, m, n, all: m + n }
    }
}

impl MantelHaenszel {
    /// The strata, each with its control first.
    ///
    /// # Errors
    /// [`StatsError::TooFewObservations`] of none.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::MantelHaenszel;
    ///
    /// assert!(MantelHaenszel::of([]).is_err());
    /// ```
    pub fn of(strata: impl IntoIterator<Item = TwoProportions>) -> Result<Self, StatsError> {
        let strata: Vec<TwoProportions> = strata.into_iter().collect();
        if strata.is_empty() {
            return Err(StatsError::TooFewObservations { found: 0, needed: 1 });
        }
        Ok(Self { strata })
    }

    /// The strata, as given.
    #[must_use]
    pub fn strata(&self) -> &[TwoProportions] {
        &self.strata
    }

    fn sum(&self, of: impl Fn(&Stratum) -> f64) -> f64 {
        self.strata.iter().map(|rates| of(&Stratum::from(rates))).sum()
    }

    /// The second rate less the first, over the strata.
    ///
    /// # Formula
    /// `sum w (p2 - p1) / sum w` with `w = n1 n2 / (n1 + n2)`; the standard error holds for a few large strata and for many
    /// small ones (T. Sato, S. Greenland and J. M. Robins, 1989).
    ///
    /// # Errors
    /// [`StatsError::NoVariance`] where every stratum is all successes or all failures in each arm.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{MantelHaenszel, TwoProportions};
    ///
    /// // Of one stratum it is the difference with the error of two rates.
    /// let difference = MantelHaenszel::of([TwoProportions::new((5, 20), (4, 10))?])?.difference()?;
    /// assert!((difference.value() - 0.15).abs() < 1e-15);
    /// assert!((difference.standard_error().clone().get()? - (0.024_f64 + 0.009375).sqrt()).abs() < 1e-15);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn difference(&self) -> Result<EffectEstimate, StatsError> {
        let weights = self.sum(|s| s.m * (s.n / s.all));
        // Products first: equal rates differ by 0, and not by what a quotient rounds.
        let difference = self.sum(|s| (s.a * s.n - s.c * s.m) / s.all) / weights;
        let (m, n) = (|s: &Stratum| s.m / s.all, |s: &Stratum| s.n / s.all);
        let sided = self.sum(|s| m(s) * m(s) * s.c - n(s) * n(s) * s.a + m(s) * n(s) * ((s.n - s.m) / 2.0));
        let crossed = self.sum(|s| f64::midpoint(s.a * (s.d / s.all), s.c * (s.b / s.all)));
        let variance = difference * sided + crossed;
        // What is 0 but for rounding is 0: an error of a rate is never below a part of one unit.
        if variance <= 1e-12 * crossed {
            return Err(no_variance());
        }
        EffectEstimate::new(difference, libm::sqrt(variance) / weights)
    }

    /// The logarithm of the odds ratio that all strata share.
    ///
    /// # Formula
    /// `ln(sum a d / N / sum b c / N)` of the successes `a` and failures `b` of the second arm, `c` and `d` of the first
    /// (N. Mantel and W. Haenszel, 1959), with the error of J. Robins, N. Breslow and S. Greenland (1986).
    ///
    /// # Errors
    /// [`StatsError::NoBaseline`] where the ratio is 0 or infinite.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{MantelHaenszel, TwoProportions};
    ///
    /// let one = MantelHaenszel::of([TwoProportions::new((5, 20), (4, 10))?])?.ln_odds_ratio()?;
    /// assert!((one.value() - 2.0_f64.ln()).abs() < 1e-15);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn ln_odds_ratio(&self) -> Result<EffectEstimate, StatsError> {
        let (up, down) = (|s: &Stratum| s.a * (s.d / s.all), |s: &Stratum| s.b * (s.c / s.all));
        let (ups, downs) = (self.sum(up), self.sum(down));
        if ups <= 0.0 || downs <= 0.0 {
            return Err(StatsError::NoBaseline);
        }
        let (p, q) = (|s: &Stratum| (s.a + s.d) / s.all, |s: &Stratum| (s.b + s.c) / s.all);
        let of_ups = self.sum(|s| p(s) * up(s)) / ups / ups;
        let mixed = self.sum(|s| p(s) * down(s) + q(s) * up(s)) / ups / downs;
        let of_downs = self.sum(|s| q(s) * down(s)) / downs / downs;
        EffectEstimate::new(libm::log(ups / downs), libm::sqrt((of_ups + mixed + of_downs) / 2.0))
    }

    /// How far the successes of the second arm are from what they would be without an effect in any stratum.
    ///
    /// # Formula
    /// `(sum (a - E))^2 / sum V`, with the mean `E` and the variance `V` of the hypergeometric distribution of each stratum,
    /// without a correction for continuity (W. G. Cochran, 1954; Mantel and Haenszel, 1959).
    ///
    /// # Errors
    /// [`StatsError::NoVariance`] where every stratum is all successes or all failures.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{MantelHaenszel, TwoProportions};
    ///
    /// let strata = MantelHaenszel::of([TwoProportions::new((2, 4), (4, 4))?, TwoProportions::new((0, 2), (1, 2))?])?;
    /// assert!((strata.chi_squared()? - 3.315789473684211).abs() < 1e-12);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn chi_squared(&self) -> Result<f64, StatsError> {
        let variance = |s: &Stratum| {
            let rates = (s.m / s.all) * (s.n / s.all);
            let successes = s.a + s.c;
            // A stratum of one unit in each arm has two, and never fewer.
            rates * successes * ((s.b + s.d) / (s.all - 1.0))
        };
        let variance = self.sum(variance);
        if variance <= 0.0 {
            return Err(no_variance());
        }
        // `a - (a + c) m / N`, with each arm's successes times the share of the other.
        let off = self.sum(|s| (s.a * s.n - s.c * s.m) / s.all);
        Ok(off * (off / variance))
    }

    /// The probability of as large a [`chi_squared`](Self::chi_squared) without an effect in any stratum.
    ///
    /// # Errors
    /// As [`chi_squared`](Self::chi_squared).
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{MantelHaenszel, TwoProportions};
    ///
    /// let strata = MantelHaenszel::of([TwoProportions::new((20, 100), (40, 100))?, TwoProportions::new((5, 100), (9, 100))?])?;
    /// assert!(strata.p_value()? < 0.002);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn p_value(&self) -> Result<f64, StatsError> {
        chi_squared_survival(self.chi_squared()?, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Alternative;

    /// Cases of the exposed and of the others in eight strata, each beside its controls.
    const TABLES: [(u64, u64, u64, u64); 8] = [
        (126, 100, 35, 61),
        (908, 688, 497, 807),
        (913, 747, 336, 598),
        (235, 172, 58, 121),
        (402, 308, 121, 215),
        (156, 99, 72, 98),
        (60, 99, 11, 43),
        (104, 89, 21, 36),
    ];

    fn strata(swapped: bool) -> MantelHaenszel {
        let rates = |(a, b, c, d): (u64, u64, u64, u64)| {
            let (arm, control) = ((a, a.saturating_add(b)), (c, c.saturating_add(d)));
            if swapped { TwoProportions::new(arm, control) } else { TwoProportions::new(control, arm) }
                .unwrap()
        };
        MantelHaenszel::of(TABLES.map(rates)).unwrap()
    }

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-12 * expected.abs(), "{found} {expected}");
    }

    /// statsmodels 0.15.0, `StratifiedTable` (`correction=False`); the error of the difference by its formula, in numpy.
    #[test]
    fn eight_strata_are_as_another_package_has_them() {
        let strata = strata(false);
        let ratio = strata.ln_odds_ratio().unwrap();
        near(ratio.value(), 0.795_264_996_157_432_7);
        near(ratio.standard_error().clone().known().unwrap(), 0.046_955_713_989_507_54);
        near(strata.chi_squared().unwrap(), 291.428_724_422_755_2);
        let difference = strata.difference().unwrap();
        near(difference.value(), 0.194_480_861_307_870_2);
        near(difference.standard_error().clone().known().unwrap(), 0.011_089_566_923_511_507);
        assert!(difference.p_value(Alternative::TwoSided).known().unwrap() < 1e-60);
    }

    #[test]
    fn swapped_arms_negate_the_difference_and_the_logarithm() {
        let (there, back) = (strata(false), strata(true));
        let both = |of: fn(&MantelHaenszel) -> Result<EffectEstimate, StatsError>| {
            (of(&there).unwrap(), of(&back).unwrap())
        };
        for (there, back) in [both(MantelHaenszel::difference), both(MantelHaenszel::ln_odds_ratio)] {
            near(back.value(), -there.value());
            near(
                back.standard_error().clone().known().unwrap(),
                there.standard_error().clone().known().unwrap(),
            );
        }
        near(back.chi_squared().unwrap(), there.chi_squared().unwrap());
    }

    #[test]
    fn what_has_no_figure_is_an_error() {
        let one = |first, second| MantelHaenszel::of([TwoProportions::new(first, second).unwrap()]).unwrap();
        for sure in [one((0, 7), (0, 3)), one((7, 7), (3, 3)), one((0, 1), (0, 1))] {
            assert_eq!(sure.difference(), Err(no_variance()));
            assert_eq!(sure.p_value(), Err(no_variance()));
            assert_eq!(sure.ln_odds_ratio(), Err(StatsError::NoBaseline));
        }
        // Every unit of the one arm, none of the other: a test, and no error of the difference.
        let all = one((0, 9), (7, 7));
        assert_eq!(
            (all.difference(), all.ln_odds_ratio()),
            (Err(no_variance()), Err(StatsError::NoBaseline))
        );
        assert!(all.p_value().unwrap() < 1e-3);
        let wide = one((3, u64::MAX), (5, u64::MAX));
        assert!(wide.difference().unwrap().value() > 0.0 && wide.p_value().unwrap() > 0.4);
    }
}
