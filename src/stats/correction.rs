//! Many tests at once: p-values that keep the rate of false alarms, and which hypotheses they reject.

use super::harmonic::{self, Harmonic};
use super::sidak;
use super::{MatchingBounds, StatsError, hommel, probability};
use crate::quantity::words::words;
use alloc::vec::Vec;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// The correction of p-values for how many hypotheses are tested.
///
/// Those before Benjamini's keep the chance of *any* false rejection (the familywise error) at the level, Benjamini's the
/// expected *share* of false ones among the rejected (the false discovery rate).
///
/// | correction | holds | matching intervals |
/// | --- | --- | --- |
/// | Bonferroni | always | yes |
/// | Holm | always; never rejects less than Bonferroni | yes |
/// | Holm-Šidák | for independent or positively dependent tests | none: p alone |
/// | Hochberg | for independent or positively dependent tests; never rejects less than Holm | none |
/// | Hommel | as Hochberg; never rejects less than it | none |
/// | Benjamini-Hochberg | for independent or positively dependent tests | of the selected: their false coverage rate |
/// | Benjamini-Yekutieli | always | none |
///
/// # Examples
/// ```
/// use marketloop::stats::Correction;
/// use rust_decimal::dec;
///
/// let p = [dec!(0.01), dec!(0.02), dec!(0.03), dec!(0.04), dec!(0.05)];
/// // Compared exactly: 5 times 0.01 is 0.05, and not more.
/// assert_eq!(Correction::Bonferroni.rejected(&p, dec!(0.05))?, [true, false, false, false, false]);
/// assert_eq!(Correction::Hommel.rejected(&p, dec!(0.05))?, [true; 5]);
/// let adjusted = Correction::Holm.adjusted(&[0.01, 0.02, 0.03, 0.04, 0.05])?;
/// assert!((adjusted[1] - 0.08).abs() < 1e-15);
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
///
/// ```
/// # use marketloop::stats::Correction;
/// assert_eq!(serde_json::from_str::<Correction>(r#""holm_sidak""#)?, Correction::HolmSidak);
/// assert_eq!("BH".parse(), Ok(Correction::BenjaminiHochberg));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
#[doc(alias = "multiple_comparisons")]
#[doc(alias = "multiple_testing")]
pub enum Correction {
    /// Every p-value times their number (C. E. Bonferroni, 1936).
    Bonferroni,
    /// Bonferroni for those not rejected yet, from the smallest on (S. Holm, 1979).
    Holm,
    /// Holm's steps with Z. Šidák's inequality (1967) in place of Bonferroni's.
    HolmSidak,
    /// Holm's levels from the largest p-value on (Y. Hochberg, 1988).
    Hochberg,
    /// The closed test of R. J. Simes (1986) by G. Hommel (1988).
    Hommel,
    /// The false discovery rate (Y. Benjamini and Y. Hochberg, 1995).
    BenjaminiHochberg,
    /// The false discovery rate under any dependence (Y. Benjamini and D. Yekutieli, 2001).
    BenjaminiYekutieli,
}

words!(Correction, "correction for many tests", StatsError:
    Bonferroni = "bonferroni",
    Holm = "holm",
    HolmSidak = "holm_sidak",
    Hochberg = "hochberg",
    Hommel = "hommel",
    BenjaminiHochberg = "benjamini_hochberg" / "benjamini-hochberg" / "bh",
    BenjaminiYekutieli = "benjamini_yekutieli" / "benjamini-yekutieli" / "by",
);

impl Correction {
    /// Every correction, from the one that rejects least of the familywise ones on.
    pub const ALL: [Self; 7] = [
        Self::Bonferroni,
        Self::Holm,
        Self::HolmSidak,
        Self::Hochberg,
        Self::Hommel,
        Self::BenjaminiHochberg,
        Self::BenjaminiYekutieli,
    ];

    /// The adjusted p-values in the order of `p`: a hypothesis is rejected at every level that is not below its own.
    ///
    /// # Formula
    /// With the `k`-th smallest `p_k` of `m`, each at most 1:
    ///
    /// | correction | adjusted |
    /// | --- | --- |
    /// | Bonferroni | `m p_k` |
    /// | Holm | the largest of `(m - j + 1) p_j`, `j <= k` |
    /// | Holm-Šidák | the largest of `1 - (1 - p_j)^(m - j + 1)`, `j <= k` |
    /// | Hochberg | the smallest of `(m - j + 1) p_j`, `j >= k` |
    /// | Hommel | the largest of `min over j of n q_j / j` over all sets of `n` hypotheses with it, `q` the set's p-values in order |
    /// | Benjamini-Hochberg | the smallest of `m p_j / j`, `j >= k` |
    /// | Benjamini-Yekutieli | that times `1 + 1/2 + … + 1/m` |
    ///
    /// All take the time of a sort; Hommel's by the lower hull of the points `(k, p_k)` (after R. J. Meijer, T. J. P.
    /// Krebs and J. J. Goeman, 2019).
    ///
    /// # Errors
    /// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] for a p-value outside 0..=1, and for more than 2^32 - 1 of
    /// them.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::Correction;
    /// let adjusted = Correction::BenjaminiHochberg.adjusted(&[0.9, 0.01, 0.02])?;
    /// assert_eq!(adjusted, [0.9, 0.03, 0.03]);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn adjusted(self, p: &[f64]) -> Result<Vec<f64>, StatsError> {
        for value in p {
            probability("p", *value)?;
        }
        let all = count(p.len())?;
        let m = f64::from(all);
        let order = ordered(p, f64::total_cmp);
        let sorted: Vec<f64> = order.iter().filter_map(|index| p.get(*index).copied()).collect();
        // The k-th smallest from 1 on, and how many are not smaller.
        let ranks = |(p, k): (&f64, u32)| (*p, f64::from(k), m + 1.0 - f64::from(k));
        let ranked = || sorted.iter().zip(1_u32..).map(ranks);
        let backward = || sorted.iter().rev().zip((1..=all).rev()).map(ranks);
        let adjusted: Vec<f64> = match self {
            Self::Bonferroni => ranked().map(|(p, ..)| m * p).collect(),
            Self::Holm => rising(ranked().map(|(p, _, left)| left * p)),
            Self::HolmSidak => rising(ranked().map(|(p, _, left)| sidak::adjusted(p, left))),
            Self::Hochberg => falling(backward().map(|(p, _, left)| left * p)),
            Self::Hommel => hommel::adjusted(&sorted),
            Self::BenjaminiHochberg => falling(backward().map(|(p, k, _)| m / k * p)),
            Self::BenjaminiYekutieli => {
                let sum = harmonic::float(m);
                falling(backward().map(|(p, k, _)| sum * (m / k * p)))
            }
        };
        Ok(in_callers_order(&order, adjusted.into_iter().map(|p| p.min(1.0)), 1.0))
    }

    /// Which hypotheses are rejected at `alpha`, in the order of `p`: where the exact adjusted p-value is at most `alpha`.
    ///
    /// Floats would differ where `m p` *is* `alpha`; here decimals are compared as fractions, the sum `1 + 1/2 + …` and
    /// the powers of Šidák among them. For p-values that are floats compare [`adjusted`](Self::adjusted).
    ///
    /// # Errors
    /// [`StatsError::OutOfRange`] for a p-value outside 0..=1, unless `0 < alpha < 1`, and for more than 2^32 - 1
    /// p-values.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::Correction;
    /// use rust_decimal::dec;
    ///
    /// // 4 / 2 * 0.012 * (1 + 1/2 + 1/3 + 1/4) is 0.05.
    /// let p = [dec!(0.006), dec!(0.2), dec!(0.012), dec!(0.3)];
    /// assert_eq!(Correction::BenjaminiYekutieli.rejected(&p, dec!(0.05))?, [true, false, true, false]);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn rejected(self, p: &[Decimal], alpha: Decimal) -> Result<Vec<bool>, StatsError> {
        if alpha <= Decimal::ZERO || alpha >= Decimal::ONE {
            return Err(outside("alpha", alpha, "0..1, both ends excluded"));
        }
        let limit = parts(alpha);
        if let Some(value) = p.iter().find(|p| **p < Decimal::ZERO || **p > Decimal::ONE) {
            return Err(outside("p", *value, "0..=1"));
        }
        count(p.len())?;
        let given: Vec<u128> = p.iter().map(|p| parts(*p)).collect();
        let order = ordered(&given, u128::cmp);
        let sorted: Vec<u128> = order.iter().filter_map(|index| given.get(*index).copied()).collect();
        let rejected = self.first_rejected(&sorted, limit);
        Ok(in_callers_order(&order, (0..sorted.len()).map(|rank| rank < rejected), false))
    }

    /// How many of the smallest parts are rejected. All corrections reject equal p-values together.
    #[expect(clippy::arithmetic_side_effects, reason = "10^28 parts times a count below 2^32 fit 128 bits")]
    fn first_rejected(self, sorted: &[u128], alpha: u128) -> usize {
        let m = wide(sorted.len());
        let ranked = || (0_u128..).zip(sorted.iter().copied());
        let steps_down = |passes: &dyn Fn(u128, u128) -> bool| {
            ranked().take_while(|(before, p)| passes(m - before, *p)).count()
        };
        let steps_up = |passes: &dyn Fn(u128, u128) -> bool| {
            let last = (1_usize..).zip(sorted.iter().copied()).filter(|(k, p)| passes(wide(*k), *p)).last();
            last.map_or(0, |(k, _)| k)
        };
        match self {
            Self::Bonferroni => steps_down(&|_, p| m * p <= alpha),
            Self::Holm => steps_down(&|left, p| left * p <= alpha),
            Self::HolmSidak => steps_down(&|left, p| sidak::passes(p, left, alpha)),
            Self::Hochberg => steps_up(&|k, p| (m + 1 - k) * p <= alpha),
            Self::Hommel => hommel::rejected(sorted, alpha),
            Self::BenjaminiHochberg => steps_up(&|k, p| m * p <= k * alpha),
            Self::BenjaminiYekutieli => {
                let sum = Harmonic::new(m);
                steps_up(&|k, p| sum.times_is_at_most(m * p, k * alpha))
            }
        }
    }

    /// The bounds and intervals that say the same as the adjusted p-values; none where no such are known: then p stands
    /// alone, and an interval beside it would contradict it now and then.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::{Correction, MatchingBounds};
    /// assert_eq!(Correction::Holm.bounds(), Some(MatchingBounds::Holm));
    /// assert_eq!(Correction::Hommel.bounds(), None);
    /// ```
    #[must_use]
    pub const fn bounds(self) -> Option<MatchingBounds> {
        match self {
            Self::Bonferroni => Some(MatchingBounds::Bonferroni),
            Self::Holm => Some(MatchingBounds::Holm),
            Self::BenjaminiHochberg => Some(MatchingBounds::FalseCoverage),
            Self::HolmSidak | Self::Hochberg | Self::Hommel | Self::BenjaminiYekutieli => None,
        }
    }
}

/// So many units of 10^-28: every decimal from 0 to 1 is a whole number of them.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "a decimal has at most 28 decimals, and is at most 1 here"
)]
fn parts(value: Decimal) -> u128 {
    value.mantissa().unsigned_abs() * 10_u128.pow(28 - value.scale())
}

fn outside(name: &'static str, value: Decimal, range: &'static str) -> StatsError {
    StatsError::OutOfRange { name, value: value.to_f64().unwrap_or(f64::MAX), range }
}

fn count(hypotheses: usize) -> Result<u32, StatsError> {
    u32::try_from(hypotheses).map_err(|_| StatsError::OutOfRange {
        name: "hypotheses",
        value: hypotheses.to_f64().unwrap_or(f64::MAX),
        range: "0..=4294967295",
    })
}

fn wide(count: usize) -> u128 {
    // A count in memory has at most 64 bits.
    u128::try_from(count).unwrap_or(u128::MAX)
}

/// The places of the values from the smallest on, equal ones in the order given.
pub(super) fn ordered<T>(values: &[T], compare: impl Fn(&T, &T) -> core::cmp::Ordering) -> Vec<usize> {
    let mut order: Vec<(usize, &T)> = values.iter().enumerate().collect();
    order.sort_by(|(_, one), (_, other)| compare(one, other));
    order.into_iter().map(|(index, _)| index).collect()
}

/// The answers, given from the smallest p-value on, back at their places.
#[expect(clippy::indexing_slicing, reason = "the order is a permutation of the places")]
fn in_callers_order<T: Copy>(order: &[usize], answers: impl Iterator<Item = T>, fill: T) -> Vec<T> {
    let mut placed = alloc::vec![fill; order.len()];
    for (index, answer) in order.iter().zip(answers) {
        placed[*index] = answer;
    }
    placed
}

/// Each at least what stands before it.
fn rising(values: impl Iterator<Item = f64>) -> Vec<f64> {
    values
        .scan(0.0_f64, |largest, value| {
            *largest = largest.max(value);
            Some(*largest)
        })
        .collect()
}

/// Each at most what stands after it; the values come from the last to the first.
fn falling(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut found: Vec<f64> = values
        .scan(1.0_f64, |smallest, value| {
            *smallest = smallest.min(value);
            Some(*smallest)
        })
        .collect();
    found.reverse();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_thousand_hypotheses_are_adjusted_and_rejected() {
        let parts: Vec<Decimal> =
            (0..100_000_u64).map(|i| Decimal::from((i * 48_271) % 99_991) * Decimal::new(1, 5)).collect();
        let floats: Vec<f64> = parts.iter().map(|p| p.to_f64().unwrap()).collect();
        for correction in Correction::ALL {
            let adjusted = correction.adjusted(&floats).unwrap();
            let rejected = correction.rejected(&parts, Decimal::new(95, 2)).unwrap();
            for (adjusted, rejected) in adjusted.iter().zip(&rejected) {
                assert!((adjusted - 0.95).abs() < 1e-12 || (*adjusted < 0.95) == *rejected, "{correction}");
            }
        }
    }

    #[test]
    fn hommel_agrees_with_all_subsets() {
        let mut state = 7_u64;
        for round in 0..300 {
            let length = 1 + round % 7;
            let p: Vec<f64> = (0..length)
                .map(|_| {
                    state =
                        state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    f64::from(u32::try_from(state >> 57).unwrap()) / 128.0
                })
                .collect();
            let adjusted = Correction::Hommel.adjusted(&p).unwrap();
            for (index, adjusted) in adjusted.iter().enumerate() {
                let mut largest = 0.0_f64;
                for set in (0_u32..1 << length).filter(|set| set >> index & 1 == 1) {
                    let mut chosen: Vec<f64> =
                        p.iter().enumerate().filter(|(i, _)| set >> i & 1 == 1).map(|(_, p)| *p).collect();
                    chosen.sort_by(f64::total_cmp);
                    let n = chosen.len().to_f64().unwrap();
                    let simes =
                        chosen.iter().zip(1_u32..).map(|(p, j)| n * p / f64::from(j)).fold(1.0, f64::min);
                    largest = largest.max(simes);
                }
                assert!((adjusted - largest).abs() < 1e-14, "{p:?} {index}: {adjusted} {largest}");
            }
            let decimals: Vec<Decimal> = p.iter().map(|p| Decimal::from_f64_retain(*p).unwrap()).collect();
            for alpha in [0.03125, 0.125, 0.5, 0.9375] {
                let rejected =
                    Correction::Hommel.rejected(&decimals, Decimal::from_f64_retain(alpha).unwrap()).unwrap();
                for (adjusted, rejected) in adjusted.iter().zip(rejected) {
                    assert!(
                        (adjusted - alpha).abs() < 1e-14 || (*adjusted < alpha) == rejected,
                        "{p:?} {alpha}"
                    );
                }
            }
        }
    }

    #[test]
    fn what_is_no_probability_is_refused() {
        for correction in Correction::ALL {
            assert!(correction.adjusted(&[0.5, f64::NAN]).is_err() && correction.adjusted(&[1.5]).is_err());
            assert_eq!(correction.adjusted(&[]), Ok(Vec::new()));
            assert_eq!(correction.rejected(&[], Decimal::new(5, 2)), Ok(Vec::new()));
            for alpha in [Decimal::ZERO, Decimal::ONE, Decimal::MAX, Decimal::MIN] {
                assert!(correction.rejected(&[Decimal::ZERO], alpha).is_err());
                assert_eq!(
                    correction.rejected(&[alpha * Decimal::ZERO], Decimal::new(5, 2)),
                    Ok(alloc::vec![true])
                );
            }
            assert!(correction.rejected(&[Decimal::NEGATIVE_ONE], Decimal::new(5, 2)).is_err());
        }
    }
}
