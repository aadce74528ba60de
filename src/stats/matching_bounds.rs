//! Bounds and intervals of many effects at once that say the same as their adjusted p-values.

use super::effect_estimate::held;
use super::lift::ends;
use super::{Alternative, EffectEstimate, StatsError, inner_probability};
use crate::figure::Interval;
use crate::quantity::words::words;
use alloc::vec::Vec;

/// Simultaneous bounds that match a [`Correction`](super::Correction): they leave 0 out exactly where the adjusted p-value
/// is at most one less the level. At a tie the bound is 0.
///
/// # Examples
/// ```
/// use marketloop::stats::{EffectEstimate, MatchingBounds};
///
/// let effects = [EffectEstimate::new(0.12, 0.03)?, EffectEstimate::new(0.05, 0.03)?, EffectEstimate::new(0.01, 0.03)?];
/// // The first is above 0; the others may be at or below it.
/// let bounds = MatchingBounds::Holm.lower_bounds(&effects, 0.95)?;
/// assert_eq!(bounds[0], Some(0.0));
/// assert!(bounds[1] < Some(0.0) && bounds[2] < Some(0.0));
/// // Bonferroni says how far above.
/// let bounds = MatchingBounds::Bonferroni.lower_bounds(&effects, 0.95)?;
/// assert!((bounds[0].unwrap() - 0.0562).abs() < 1e-4);
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
///
/// ```
/// # use marketloop::stats::MatchingBounds;
/// assert_eq!(serde_json::from_str::<MatchingBounds>(r#""false_coverage""#)?, MatchingBounds::FalseCoverage);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum MatchingBounds {
    /// Each at a level of its own so that all hold together (C. E. Bonferroni, 1936; O. J. Dunn, 1961).
    Bonferroni,
    /// Those of Holm's test (K. Strassburger and F. Bretz, 2008; O. Guilbaud, 2008): they hold together. What is rejected
    /// is beyond 0 and no more is said of it, until all are rejected.
    Holm,
    /// Of the effects that Benjamini and Hochberg select, each at the level of the selection: the expected share of those
    /// that miss among them is held (Y. Benjamini and D. Yekutieli, 2005). None for the others.
    FalseCoverage,
}

words!(MatchingBounds, "kind of matching bounds", StatsError:
    Bonferroni = "bonferroni",
    Holm = "holm",
    FalseCoverage = "false_coverage",
);

/// What a bound of one effect is made by.
#[derive(Debug, Clone, Copy)]
enum Rule {
    /// At this tail, on the far side of 0 where `rejected`.
    Tail { tail: f64, rejected: bool },
    /// Beyond 0, and no more.
    Zero,
    /// Not selected.
    None,
}

impl MatchingBounds {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Bonferroni, Self::Holm, Self::FalseCoverage];

    /// The bounds above which the true effects lie with confidence `level`, in the order of `effects`; they match the
    /// one-sided p-values of [`Alternative::Larger`].
    ///
    /// # Formula
    /// With `m` effects, one less the level `α` and the quantile `c(t)` that leaves `t` beyond it:
    ///
    /// | kind | bound |
    /// | --- | --- |
    /// | Bonferroni | `e - c(α/m) s` |
    /// | Holm, `r` rejected | `e - c(α/(m - r)) s` of those not rejected; 0 of the rejected where `r < m`, else the larger of 0 and `e - c(α/m) s` |
    /// | false coverage, `r` selected | `e - c(r α/m) s` of the selected |
    ///
    /// # Errors
    /// [`StatsError::NotFinite`] and [`StatsError::OutOfRange`] unless `0 < level < 1`; [`StatsError::Figure`] of an
    /// effect whose standard error is 0 or does not exist; [`StatsError::Overflow`] where a bound exceeds the largest
    /// float.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::{EffectEstimate, MatchingBounds};
    /// let effects = [EffectEstimate::new(0.12, 0.03)?, EffectEstimate::new(0.01, 0.03)?];
    /// // Of two effects one is selected: at 97.5 % in place of 95 %. Of the other nothing is said.
    /// let bounds = MatchingBounds::FalseCoverage.lower_bounds(&effects, 0.95)?;
    /// assert!((bounds[0].unwrap() - 0.0612).abs() < 1e-4);
    /// assert_eq!(bounds[1], None);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn lower_bounds(
        self,
        effects: &[EffectEstimate],
        level: f64,
    ) -> Result<Vec<Option<f64>>, StatsError> {
        let alpha = 1.0 - inner_probability("level", level)?;
        self.lower(effects, alpha)
    }

    /// The bounds below which the true effects lie with confidence `level`: as [`lower_bounds`](Self::lower_bounds), for
    /// [`Alternative::Smaller`].
    ///
    /// # Errors
    /// As [`lower_bounds`](Self::lower_bounds).
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::{EffectEstimate, MatchingBounds};
    /// let effects = [EffectEstimate::new(-0.12, 0.03)?, EffectEstimate::new(0.01, 0.03)?];
    /// assert_eq!(MatchingBounds::Holm.upper_bounds(&effects, 0.95)?[0], Some(0.0));
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn upper_bounds(
        self,
        effects: &[EffectEstimate],
        level: f64,
    ) -> Result<Vec<Option<f64>>, StatsError> {
        let alpha = 1.0 - inner_probability("level", level)?;
        self.upper(effects, alpha)
    }

    /// The intervals in which the true effects lie with confidence `level`, in the order of `effects`.
    ///
    /// Bonferroni's and the false coverage rate's match the two-sided p-values. Holm's are the bounds of both sides at
    /// half of `1 - level` each, and match Holm's one-sided p-values at that half: no two-sided intervals of one Holm
    /// test that tell the side are known to hold under any dependence.
    ///
    /// # Errors
    /// As [`lower_bounds`](Self::lower_bounds).
    ///
    /// # Examples
    /// ```
    /// # use marketloop::stats::{EffectEstimate, MatchingBounds};
    /// let effects = [EffectEstimate::new(0.12, 0.03)?, EffectEstimate::new(0.01, 0.03)?];
    /// let ranges = MatchingBounds::Bonferroni.intervals(&effects, 0.95)?;
    /// assert_eq!(format!("{:.3}", ranges[0].unwrap()), "0.053..0.187");
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn intervals(
        self,
        effects: &[EffectEstimate],
        level: f64,
    ) -> Result<Vec<Option<Interval<f64>>>, StatsError> {
        let alpha = 1.0 - inner_probability("level", level)?;
        if self == Self::Holm {
            let (low, high) = (self.lower(effects, alpha / 2.0)?, self.upper(effects, alpha / 2.0)?);
            return low
                .into_iter()
                .zip(high)
                .map(|(low, high)| low.zip(high).map(|(l, h)| ends(l, h)).transpose())
                .collect();
        }
        let p = p_values(effects, Alternative::TwoSided)?;
        let ranges = effects.iter().zip(self.rules(&p, alpha)).map(|(effect, rule)| {
            let Rule::Tail { tail, rejected } = rule else { return Ok(None) };
            let (e, half) = (effect.value(), effect.half(tail / 2.0)?);
            let (low, high) = (e - half, e + half);
            // Rounding decides nothing: 0 is where the p-value says.
            Ok(Some(match (rejected, e > 0.0) {
                (true, true) => ends(low.max(0.0), high)?,
                (true, false) => ends(low, high.min(0.0))?,
                (false, _) => ends(low.min(0.0), high.max(0.0))?,
            }))
        });
        ranges.collect()
    }

    fn lower(self, effects: &[EffectEstimate], alpha: f64) -> Result<Vec<Option<f64>>, StatsError> {
        let p = p_values(effects, Alternative::Larger)?;
        let bounds = effects.iter().zip(self.rules(&p, alpha)).map(|(effect, rule)| {
            Ok(match rule {
                Rule::Tail { tail, rejected } => {
                    let bound = held(effect.value() - effect.half(tail)?)?;
                    Some(if rejected { bound.max(0.0) } else { bound.min(0.0) })
                }
                Rule::Zero => Some(0.0),
                Rule::None => None,
            })
        });
        bounds.collect()
    }

    fn upper(self, effects: &[EffectEstimate], alpha: f64) -> Result<Vec<Option<f64>>, StatsError> {
        let negated: Vec<EffectEstimate> = effects.iter().map(EffectEstimate::negated).collect();
        // Not `-bound`: the bound 0 has no sign.
        Ok(self.lower(&negated, alpha)?.into_iter().map(|bound| bound.map(|bound| 0.0 - bound)).collect())
    }

    /// What each bound is made by, in the order of the p-values.
    fn rules(self, p: &[f64], alpha: f64) -> Vec<Rule> {
        let mut sorted = p.to_vec();
        sorted.sort_by(f64::total_cmp);
        let m = count(sorted.len());
        let ranked = || sorted.iter().zip(1_u64..).map(|(p, k)| (*p, super::float(k)));
        match self {
            Self::Bonferroni => {
                p.iter().map(|p| Rule::Tail { tail: alpha / m, rejected: p * m <= alpha }).collect()
            }
            Self::Holm => {
                let last = ranked().take_while(|(p, k)| (m + 1.0 - k) * p <= alpha).last();
                let Some((limit, r)) = last else {
                    return alloc::vec![Rule::Tail { tail: alpha / m, rejected: false }; p.len()];
                };
                p.iter()
                    .map(|p| match (*p <= limit, r < m) {
                        (true, true) => Rule::Zero,
                        (true, false) => Rule::Tail { tail: alpha / m, rejected: true },
                        (false, _) => Rule::Tail { tail: alpha / (m - r), rejected: false },
                    })
                    .collect()
            }
            Self::FalseCoverage => {
                let last = ranked().filter(|(p, k)| m * p <= k * alpha).last();
                let Some((limit, r)) = last else { return alloc::vec![Rule::None; p.len()] };
                let selected = Rule::Tail { tail: r * alpha / m, rejected: true };
                p.iter().map(|p| if *p <= limit { selected } else { Rule::None }).collect()
            }
        }
    }
}

fn p_values(effects: &[EffectEstimate], alternative: Alternative) -> Result<Vec<f64>, StatsError> {
    effects.iter().map(|effect| Ok(effect.p_value(alternative).get()?)).collect()
}

#[expect(clippy::cast_precision_loss, reason = "no slice has 2^53 elements of this size")]
fn count(effects: usize) -> f64 {
    effects as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn effects(values: &[f64]) -> Vec<EffectEstimate> {
        values.iter().map(|value| EffectEstimate::new(*value, 1.0).unwrap()).collect()
    }

    #[test]
    fn holm_tells_more_than_the_side_when_all_are_rejected() {
        let bounds = MatchingBounds::Holm.lower_bounds(&effects(&[3.0, 4.0]), 0.95).unwrap();
        let bonferroni = MatchingBounds::Bonferroni.lower_bounds(&effects(&[3.0, 4.0]), 0.95).unwrap();
        assert_eq!(bounds, bonferroni);
        // Holm rejects the second, Bonferroni does not: its bound is below 0, Holm's is 0.
        let both = effects(&[4.0, 1.7]);
        let bounds = MatchingBounds::Holm.lower_bounds(&both, 0.95).unwrap();
        assert_eq!(bounds[1], Some(0.0));
        assert!(MatchingBounds::Bonferroni.lower_bounds(&both, 0.95).unwrap()[1] < Some(0.0));
    }

    #[test]
    fn nothing_selected_and_nothing_asked_are_answers() {
        let none = MatchingBounds::FalseCoverage.intervals(&effects(&[0.1, -0.1]), 0.95).unwrap();
        assert_eq!(none, [None, None]);
        for kind in MatchingBounds::ALL {
            assert!(kind.intervals(&[], 0.95).unwrap().is_empty());
            assert!(kind.lower_bounds(&[], 0.95).unwrap().is_empty());
            for level in [0.0, 1.0, f64::NAN] {
                assert!(kind.intervals(&[], level).is_err() && kind.upper_bounds(&[], level).is_err());
            }
        }
    }

    #[test]
    fn the_upper_bounds_mirror_the_lower() {
        for kind in MatchingBounds::ALL {
            let lower = kind.lower_bounds(&effects(&[2.9, 0.4, -1.0]), 0.9).unwrap();
            let upper = kind.upper_bounds(&effects(&[-2.9, -0.4, 1.0]), 0.9).unwrap();
            assert_eq!(lower, upper.iter().map(|bound| bound.map(|bound| -bound)).collect::<Vec<_>>());
        }
    }
}
