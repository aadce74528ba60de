//! Bounds of a test that is looked at a planned number of times.

use super::alpha_spending::{AlphaSpending, SpendingSides};
use super::normal::normal_quantile;
use super::sequential_look::{Futility, SequentialLook, rising};
use super::stopped_walk::{Beyond, Walk};
use super::{StatsError, finite};
use crate::figure::from_wire;
use crate::quantity::wire::{deserialize_fields, serialize_fields};
use alloc::vec::Vec;
use serde::Deserialize;

/// Beyond so many standard errors a probability is no float.
pub(super) const FARTHEST: f64 = 36.0;
/// What lies beyond so many standard errors is below the rounding of a sum of probabilities.
const REACH: f64 = 8.0;

/// The plan of a test that is looked at now and then, its errors divided over the looks: bounds for the z of each
/// look, as of a difference of rates in standard errors.
///
/// A drift is the expected z at full information: the effect by its standard error then. Which effect has which power,
/// how many visitors are saved on average, and how many more have to be planned for, are questions to
/// [`crossings`](Self::crossings), [`drift_for`](Self::drift_for) and [`inflation`](Self::inflation).
///
/// # Formula
/// The z of the looks are those of a Brownian motion `S(t)`, `z_k = S(t_k) / sqrt(t_k)`. The bound of a look
/// solves `P(first beyond a bound at look k) = spent(t_k) - spent(t_(k-1))` without a drift (K. K. G. Lan and D. L.
/// `DeMets`, 1983), by recursive integration (P. Armitage, C. K. `McPherson` and B. C. Rowe, 1969), to about 1e-9.
///
/// # Examples
/// ```
/// use marketloop::stats::{AlphaSpending, GroupSequential, SpendingSides};
///
/// // Five weekly looks.
/// let weeks = [0.2, 0.4, 0.6, 0.8, 1.0];
/// let test = GroupSequential::new(0.05, SpendingSides::PerSide, AlphaSpending::OBrienFleming, &weeks)?;
/// let bounds = test.looks().iter().filter_map(|look| look.bound).map(|bound| format!("{bound:.3}"));
/// assert_eq!(bounds.collect::<Vec<_>>(), ["4.877", "3.357", "2.680", "2.290", "2.031"]);
/// // With the drift that one look finds in 80 % of all tests, these find it in 79 %, and end after 81 % of the weeks.
/// let crossings = test.crossings(2.8016)?;
/// assert!((crossings.total() - 0.7903).abs() < 1e-4);
/// assert!((crossings.expected_information - 0.8085).abs() < 1e-4);
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
///
/// ```
/// # use marketloop::stats::GroupSequential;
/// let json = concat!(
///     r#"{"alpha":"0.05","sides":"per_side","spending":"obrien_fleming","looks":["#,
///     r#"{"information":"0.5","bound":"2.9626"},{"information":"1","bound":"1.9686"}]}"#,
/// );
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<GroupSequential>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Wire")]
#[doc(alias = "interim_analysis")]
#[doc(alias = "peeking")]
pub struct GroupSequential {
    pub(super) alpha: f64,
    pub(super) sides: SpendingSides,
    pub(super) spending: AlphaSpending,
    // Information rises; bounds lie within the farthest, futility not above its bound.
    pub(super) looks: Vec<SequentialLook>,
    pub(super) futility: Option<Futility>,
}

serialize_fields!(GroupSequential { alpha: own, sides, spending, looks, futility: optional });
from_wire!(GroupSequential);

/// The plan on the wire, not checked yet.
struct Wire {
    alpha: f64,
    sides: SpendingSides,
    spending: AlphaSpending,
    looks: Vec<SequentialLook>,
    futility: Option<Futility>,
}

deserialize_fields!("GroupSequential", Wire { alpha: own, sides, spending, looks, futility: optional });

impl TryFrom<Wire> for GroupSequential {
    type Error = StatsError;

    fn try_from(wire: Wire) -> Result<Self, StatsError> {
        let Wire { alpha, sides, spending, looks, futility } = wire;
        spending.spent(alpha, sides, 1.0)?;
        rising(0.0, looks.iter().map(|look| look.information))?;
        for look in &looks {
            let highest = look.bound.unwrap_or(FARTHEST);
            let least = if sides == SpendingSides::Upper { -FARTHEST } else { 0.0 };
            for (name, value) in [("bound", look.bound), ("futility bound", look.futility)] {
                if let Some(value) = value
                    && !(least..=highest.min(FARTHEST)).contains(&finite(name, value)?)
                {
                    let range = "-36..=36, from 0 where two-sided, futility not above its bound";
                    return Err(StatsError::OutOfRange { name, value, range });
                }
            }
        }
        if let Some(Futility { beta, spending, drift, .. }) = &futility {
            spending.spent(*beta, SpendingSides::Upper, 1.0)?;
            finite("drift", *drift)?;
        }
        Ok(Self { alpha, sides, spending, looks, futility })
    }
}

impl GroupSequential {
    /// The bounds of looks at these information fractions, alpha spent by a function.
    ///
    /// The last fraction is 1 where all of the information is there; where it is less, the rest of alpha is not spent.
    ///
    /// # Errors
    /// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] for an alpha outside 1e-300..1, fractions outside
    /// 1e-9..=1e9 or not at least 1.0001 times the one before, more than 1,000 looks, a spending out of its range;
    /// [`StatsError::TooFewObservations`] without a look.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{AlphaSpending, GroupSequential, SpendingSides};
    ///
    /// let spending = AlphaSpending::Power(2.0);
    /// let test = GroupSequential::new(0.1, SpendingSides::InTotal, spending, &[0.2, 0.4, 0.6, 0.8, 1.0])?;
    /// assert!((test.looks()[4].bound.unwrap_or(0.0) - 1.7902305335).abs() < 1e-8);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn new(
        alpha: f64,
        sides: SpendingSides,
        spending: AlphaSpending,
        fractions: &[f64],
    ) -> Result<Self, StatsError> {
        rising(0.0, fractions.iter().copied())?;
        Self { alpha, sides, spending, looks: Vec::new(), futility: None }.followed_by(fractions)
    }

    /// The looks, in their order.
    #[must_use]
    pub fn looks(&self) -> &[SequentialLook] {
        &self.looks
    }

    /// The probability to stop for an effect where there is none, at most.
    #[must_use]
    pub const fn alpha(&self) -> f64 {
        self.alpha
    }

    /// On which sides the test stops.
    #[must_use]
    pub const fn sides(&self) -> SpendingSides {
        self.sides
    }

    /// How alpha is spent; of Pocock's and O'Brien and Fleming's constants what their looks spend, as given shares.
    #[must_use]
    pub const fn spending(&self) -> &AlphaSpending {
        &self.spending
    }

    /// How the test stops for want of an effect, if it does.
    #[must_use]
    pub const fn futility(&self) -> Option<&Futility> {
        self.futility.as_ref()
    }

    /// The plan after looks that came at other times than planned: the first `taken` looks stay, bounds and all, and the
    /// later ones are at these fractions.
    ///
    /// Alpha that the kept looks have not spent is there for the later ones. When to look may not depend on what was seen.
    /// Bounds for want of an effect are set anew for the same effect.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{AlphaSpending, GroupSequential, SpendingSides};
    ///
    /// let plan =
    ///     GroupSequential::new(0.05, SpendingSides::PerSide, AlphaSpending::OBrienFleming, &[0.3, 0.6, 1.0])?;
    /// // The second look came late.
    /// let now = plan.replan(1, &[0.7, 1.0])?;
    /// assert_eq!(now.looks()[0], plan.looks()[0]);
    /// assert!(now.looks()[1].bound < plan.looks()[1].bound);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn replan(&self, taken: usize, later: &[f64]) -> Result<Self, StatsError> {
        let kept: Vec<SequentialLook> = self.looks.iter().take(taken).copied().collect();
        let all = kept.iter().map(|look| look.information).chain(later.iter().copied());
        rising(0.0, all)?;
        Self { looks: kept, ..self.clone() }.followed_by(later)
    }

    pub(super) const fn is_two_sided(&self) -> bool {
        !matches!(self.sides, SpendingSides::Upper)
    }

    /// The part of the motion that is left before each of the first `looks` looks, integrated so far out that it serves
    /// any drift up to `drift` either way.
    pub(super) fn walks(&self, looks: usize, drift: f64, with_futility: bool) -> Vec<Walk> {
        let mut walks = Vec::new();
        let mut walk = Walk::start();
        for (at, look) in self.looks.iter().enumerate().take(looks) {
            walks.push(walk.clone());
            if let Some(next) = self.looks.get(at.saturating_add(1)) {
                let futility = look.futility.filter(|_| with_futility);
                let reach = self.reach() + drift * libm::sqrt(look.information);
                let look = SequentialLook { futility, ..*look };
                walk = self.gone_on(&walk, &look, reach, next.information);
            }
        }
        walks
    }

    /// So many standard errors out, what is cut off is small against alpha.
    fn reach(&self) -> f64 {
        normal_quantile((self.alpha * 1e-10).max(1e-300)).map_or(FARTHEST, |z| REACH.max(-z))
    }

    /// What goes on after a look, up to so many standard errors out.
    fn gone_on(&self, walk: &Walk, look: &SequentialLook, reach: f64, next: f64) -> Walk {
        let root = libm::sqrt(look.information);
        let reach = reach.min(FARTHEST);
        let high = look.bound.map_or(reach, |bound| bound.min(reach));
        let regions = match (self.is_two_sided(), look.futility) {
            (true, None) => [(-high, high), (0.0, 0.0)],
            (true, Some(futility)) => [(-high, -futility), (futility, high)],
            (false, futility) => [(futility.unwrap_or(-reach).max(-reach), high), (0.0, 0.0)],
        };
        let regions = regions.map(|(low, high)| (low * root, high * root));
        let regions: Vec<(f64, f64)> = regions.into_iter().filter(|(low, high)| low < high).collect();
        walk.after(look.information, &regions, self.is_two_sided(), next - look.information)
    }

    /// The probability to stop for an effect at a look.
    pub(super) fn effect(&self, walk: &Walk, look: &SequentialLook, drift: f64) -> f64 {
        let Some(bound) = look.bound else { return 0.0 };
        let upper = walk.above(look.information, bound, drift).probability;
        if self.is_two_sided() {
            upper + walk.below(look.information, -bound, drift).probability
        } else {
            upper
        }
    }

    /// The probability to stop for want of an effect at a look.
    pub(super) fn none(&self, walk: &Walk, look: &SequentialLook, drift: f64) -> f64 {
        look.futility.map_or(0.0, |futility| self.up_to(walk, look.information, futility, drift))
    }

    /// The probability to be at or below `z`, of a two-sided test up to `z` on either side.
    fn up_to(&self, walk: &Walk, information: f64, z: f64, drift: f64) -> f64 {
        let below = walk.below(information, z, drift).probability;
        if self.is_two_sided() {
            (below - walk.below(information, -z, drift).probability).max(0.0)
        } else {
            below
        }
    }

    /// The looks that are there, and then later ones, bounds by what is spent until each.
    fn followed_by(mut self, later: &[f64]) -> Result<Self, StatsError> {
        let kept: f64 = if self.looks.is_empty() {
            0.0
        } else {
            let binding = self.futility.as_ref().is_some_and(|futility| futility.is_binding);
            let walks = self.walks(self.looks.len(), 0.0, binding);
            walks.iter().zip(&self.looks).map(|(walk, look)| self.effect(walk, look, 0.0)).sum()
        };
        let missed: f64 = match &self.futility {
            None => 0.0,
            Some(futility) => {
                let walks = self.walks(self.looks.len(), futility.drift.abs(), true);
                walks.iter().zip(&self.looks).map(|(walk, look)| self.none(walk, look, futility.drift)).sum()
            }
        };
        let taken = self.looks.len();
        let spent = Self::increments(&self.spending, self.alpha, self.sides, kept, later)?;
        let Some(futility) = self.futility.clone() else {
            self.extend(later, &spent, &[], 0.0, false);
            return Ok(self);
        };
        let lost = Self::increments(&futility.spending, futility.beta, SpendingSides::Upper, missed, later)?;
        self.extend(later, &spent, &lost, futility.drift, futility.is_binding);
        debug_assert!(self.looks.len() >= taken, "looks are added");
        Ok(self)
    }

    /// What may be spent at each of the later looks, when so much is spent already.
    pub(super) fn increments(
        spending: &AlphaSpending,
        rate: f64,
        sides: SpendingSides,
        mut before: f64,
        later: &[f64],
    ) -> Result<Vec<f64>, StatsError> {
        let mut all = Vec::new();
        for fraction in later {
            let until = spending.spent(rate, sides, *fraction)?;
            all.push((until - before).max(0.0));
            before = before.max(until);
        }
        Ok(all)
    }

    /// Adds looks that spend so much each; what is lost may be empty. Answers with what the last look misses in all, with
    /// its bound for both, or with none where the bounds meet before.
    pub(super) fn extend(
        &mut self,
        later: &[f64],
        spent: &[f64],
        lost: &[f64],
        drift: f64,
        is_binding: bool,
    ) -> Option<f64> {
        let least = spent
            .iter()
            .chain(lost)
            .filter(|part| **part > 0.0)
            .fold(1.0_f64, |least, part| least.min(*part));
        // What is cut off has to be small against the least that is looked for.
        let reach = REACH.max(normal_quantile((least * 1e-10).max(1e-300)).map_or(REACH, |z| -z));
        let reach_at = |information: f64| reach + drift.abs() * libm::sqrt(information);
        let taken = self.looks.len();
        let (mut plain, mut cut) = (Walk::start(), Walk::start());
        let mut missed = 0.0;
        let mut meet_early = false;
        let times: Vec<f64> =
            self.looks.iter().map(|look| look.information).chain(later.iter().copied()).collect();
        for (at, information) in times.iter().enumerate() {
            let is_last = at.saturating_add(1) == times.len();
            if let Some(added) = at.checked_sub(taken) {
                let alone = if is_binding { &cut } else { &plain };
                let part = spent.get(added).copied().unwrap_or(0.0);
                let bound = self.bound_of(alone, *information, part);
                let futility = lost.get(added).and_then(|part| {
                    if is_last {
                        return bound;
                    }
                    let found =
                        self.futility_of(&cut, *information, *part, drift, bound.unwrap_or(FARTHEST))?;
                    Some(bound.map_or(found, |bound| {
                        meet_early |= found >= bound;
                        found.min(bound)
                    }))
                });
                self.looks.push(SequentialLook { information: *information, bound, futility });
            }
            let (Some(look), next) = (self.looks.get(at).copied(), times.get(at.saturating_add(1))) else {
                break;
            };
            missed += self.none(&cut, &look, drift);
            if let Some(next) = next {
                let reach = reach_at(*information);
                let bare = SequentialLook { futility: None, ..look };
                if !lost.is_empty() || is_binding {
                    cut = self.gone_on(&cut, &look, reach, *next);
                }
                if !is_binding {
                    plain = self.gone_on(&plain, &bare, reach, *next);
                }
            }
        }
        (!meet_early).then_some(missed)
    }

    /// The bound at a look that spends `part`: Newton's iteration on the logarithm of the tail, from the bound that
    /// a first look would have. The tail of a log-concave density has a concave logarithm, and less is left than at a
    /// first look: it comes from above, and never leaves.
    fn bound_of(&self, walk: &Walk, information: f64, part: f64) -> Option<f64> {
        let part = if self.is_two_sided() { part / 2.0 } else { part };
        let start = -normal_quantile(part).ok()?;
        newton(start, part, |z| walk.above(information, z, 0.0), 1.0)
    }

    /// The futility bound at a look that loses `part` under a drift; at most `highest`.
    fn futility_of(&self, walk: &Walk, information: f64, part: f64, drift: f64, highest: f64) -> Option<f64> {
        if !self.is_two_sided() {
            let start = normal_quantile(part).ok()? + drift * libm::sqrt(information);
            return newton(start, part, |z| walk.below(information, z, drift), -1.0);
        }
        if part <= 0.0 {
            return None;
        }
        // By halving: a region around 0 has no tail whose logarithm is concave.
        let (mut low, mut high) = (0.0, highest);
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if self.up_to(walk, information, middle, drift) < part { low = middle } else { high = middle }
        }
        Some(high)
    }
}

/// Where the logarithm of a tail is that of `part`; `side` is 1 where it falls with `z`, -1 where it rises.
fn newton(start: f64, part: f64, tail: impl Fn(f64) -> Beyond, side: f64) -> Option<f64> {
    if part <= 0.0 {
        return None;
    }
    let (mut z, ln_part) = (start.clamp(-FARTHEST, FARTHEST), libm::log(part));
    for _ in 0..200 {
        let Beyond { probability, density } = tail(z);
        let step = if probability > 0.0 && density > 0.0 {
            (libm::log(probability) - ln_part) * probability / density
        } else {
            // Out of where anything is left: back to it.
            -0.5
        };
        z += side * step;
        if step.abs() <= 1e-13 * z.abs().max(1.0) {
            return Some(z);
        }
        if z.abs() > FARTHEST {
            return None;
        }
    }
    // More is to be spent than is left.
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    const SIDES: [SpendingSides; 3] = [SpendingSides::Upper, SpendingSides::InTotal, SpendingSides::PerSide];

    #[test]
    fn what_is_spent_is_what_is_crossed() {
        for sides in SIDES {
            for alpha in [1e-12, 0.01, 0.3, 0.999] {
                for spending in
                    [AlphaSpending::OBrienFleming, AlphaSpending::Pocock, AlphaSpending::Power(3.0)]
                {
                    let times = [0.1, 0.15, 0.5, 0.9, 1.0];
                    let test = GroupSequential::new(alpha, sides, spending.clone(), &times).unwrap();
                    let mut until = 0.0;
                    for (look, part) in test.looks().iter().zip(test.crossings(0.0).unwrap().bound) {
                        until += part;
                        let spent = spending.spent(alpha, sides, look.information).unwrap();
                        assert!(
                            (until - spent).abs() <= 1e-7 * spent + 1e-9 * alpha,
                            "{alpha} {sides} {spending:?}: {until} {spent}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn a_thousand_looks_spend_alpha() {
        let times: Vec<f64> = (1..=1000).map(|look| f64::from(look) / 1000.0).collect();
        let test = GroupSequential::new(0.05, SpendingSides::InTotal, AlphaSpending::Pocock, &times).unwrap();
        let crossings = test.crossings(0.0).unwrap();
        assert!((crossings.total() - 0.05).abs() < 1e-7, "{}", crossings.total());
        let more: Vec<f64> = (1..=1001).map(f64::from).collect();
        assert!(GroupSequential::new(0.05, SpendingSides::Upper, AlphaSpending::Linear, &more).is_err());
    }

    #[test]
    fn what_is_no_plan_is_refused() {
        let new = |alpha: f64, times: &[f64]| {
            GroupSequential::new(alpha, SpendingSides::InTotal, AlphaSpending::Pocock, times)
        };
        for times in [
            &[][..],
            &[0.0],
            &[-1.0],
            &[f64::NAN],
            &[f64::INFINITY],
            &[0.5, 0.5],
            &[0.5, 0.4],
            &[1.0, 1.00001],
        ] {
            assert!(new(0.05, times).is_err(), "{times:?}");
        }
        for alpha in [0.0, 1.0, -0.1, 5e-324, f64::NAN] {
            assert!(new(alpha, &[0.5, 1.0]).is_err(), "{alpha}");
            assert!(GroupSequential::pocock(alpha, SpendingSides::Upper, 3).is_err());
        }
        assert!(GroupSequential::pocock(0.05, SpendingSides::Upper, 0).is_err());
        assert!(GroupSequential::obrien_fleming(0.05, SpendingSides::Upper, 1_001).is_err());
        let test = new(0.05, &[0.5, 1.0]).unwrap();
        for drift in [f64::NAN, 101.0, -1e300] {
            assert!(test.crossings(drift).is_err());
        }
        for power in [0.0, 0.04, 1.0, f64::NAN] {
            assert!(test.drift_for(power).is_err(), "{power}");
        }
        assert!(
            test.replan(1, &[]).is_ok() && test.replan(0, &[]).is_err() && test.replan(1, &[0.4]).is_err()
        );
        for beta in [0.0, 0.96, 1.0, f64::NAN] {
            assert!(test.with_binding_futility(beta, AlphaSpending::Linear).is_err());
        }
    }

    #[test]
    fn looks_that_spend_nothing_have_no_bound() {
        let given = AlphaSpending::Given(vec![(0.4, 0.0), (0.5, 0.5), (0.8, 0.5), (1.0, 1.0)]);
        let times = [0.2, 0.5, 0.7, 1.0, 1.2];
        let test = GroupSequential::new(0.05, SpendingSides::InTotal, given, &times).unwrap();
        let there: Vec<bool> = test.looks().iter().map(|look| look.bound.is_some()).collect();
        assert_eq!(there, [false, true, false, true, false]);
        assert!((test.crossings(0.0).unwrap().total() - 0.05).abs() < 1e-9);
    }
}
