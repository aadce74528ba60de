//! Items with their values shrunken to what all have in common: the best of many looks better than it is.

use super::between_means::centre_and_spread;
use super::{BetaArms, EffectEstimate, NormalArms, SpreadMethod, StatsError, beta_binomial, finite, float};
use crate::error::UnknownWord;
use crate::figure::from_wire;
use crate::quantity::wire::{deserialize_fields, serialize_fields, wire_variants};
use crate::quantity::words::Word;
use alloc::vec::Vec;
use serde::Deserialize;

/// Rates or means of many items (titles, covers, posts), and what is to be expected of each after its figure is weighed
/// against those of all: empirical Bayes.
///
/// Of items that were seen a few times the best by far are so by luck, at least in part (the winner's curse). How much of
/// the differences is luck, the items tell together; each is drawn to their centre by that much, and the more, the less
/// often it was seen.
///
/// | case | answer |
/// | --- | --- |
/// | items that differ by no more than chance makes equal ones differ | a [`spread`](Self::spread) of 0; all values are the centre; a choice is [`StatsError::NoVariance`] |
/// | counts that no beta distribution makes most likely | [`SpreadMethod::Moments`] |
/// | an item without trials, without a standard error or with one of 0 | refused |
///
/// The spread and the centre are taken as known once they are estimated: with fewer than some ten items they are not, and
/// values are less certain than their deviations say. In simulations the best fifth of 40 means turned out better than
/// promised by some hundredths of what their raw figures overstate, and their probabilities two points too low: a choice
/// is a little better than it says.
///
/// # Examples
/// ```
/// use marketloop::stats::ShrunkenItems;
///
/// // Clicks of readers of five titles.
/// let titles = ShrunkenItems::of_rates([(9, 60), (70, 1_000), (31, 600), (24, 800), (90, 1_500)])?;
/// let values = titles.values();
/// // 15 % of 60 readers are more luck than 7 % of 1,000.
/// assert_eq!(format!("{:.3} {:.3}", values[0], values[1]), "0.089 0.069");
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
///
/// ```
/// # use marketloop::stats::ShrunkenItems;
/// let json = r#"{"items":{"rates":[[9,60],[70,1000]]},"method":"maximum_likelihood","centre":"0.0625","spread":"0.0001"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<ShrunkenItems>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Wire")]
#[doc(alias = "empirical_bayes")]
#[doc(alias = "winners_curse")]
#[doc(alias = "经验贝叶斯")]
pub struct ShrunkenItems {
    // At least two, and what the spread admits as posteriors.
    items: Items,
    method: SpreadMethod,
    centre: f64,
    // The variance of the true values; not below 0.
    spread: f64,
}

serialize_fields!(ShrunkenItems { items, method, centre: own, spread: own });
from_wire!(ShrunkenItems);

/// The figures on the wire, not checked yet.
struct Wire {
    items: Items,
    method: SpreadMethod,
    centre: f64,
    spread: f64,
}

deserialize_fields!("ShrunkenItems", Wire { items, method, centre: own, spread: own });

impl TryFrom<Wire> for ShrunkenItems {
    type Error = StatsError;

    fn try_from(Wire { items, method, centre, spread }: Wire) -> Result<Self, StatsError> {
        let fits = match (&items, method) {
            (Items::Rates(rates), SpreadMethod::MaximumLikelihood | SpreadMethod::Moments) => {
                checked_rates(rates)?;
                super::probability("centre", centre)?;
                spread <= centre * (1.0 - centre)
            }
            (Items::Means(means), SpreadMethod::PauleMandel | SpreadMethod::DerSimonianLaird) => {
                checked_means(means)?;
                finite("centre", centre)?;
                true
            }
            (Items::Rates(_), _) => return Err(of_rates_alone(method)),
            (Items::Means(_), _) => return Err(of_means_alone(method)),
        };
        if finite("spread", spread)? < 0.0 || !fits {
            let range = "0 to the variance of certain successes and failures";
            return Err(StatsError::OutOfRange { name: "spread", value: spread, range });
        }
        let items = Self { items, method, centre, spread };
        items.posteriors()?;
        Ok(items)
    }
}

/// What the items showed.
#[derive(Debug, Clone, PartialEq)]
enum Items {
    /// Successes and trials.
    Rates(Vec<(u64, u64)>),
    /// Means and their standard errors.
    Means(Vec<(f64, f64)>),
}

wire_variants!(Items { "rates" => Rates(own), "means" => Means(own) });

/// What is known of the items where their true values differ.
pub(super) enum Posteriors {
    Rates(BetaArms),
    Means(NormalArms),
}

fn enough<T>(items: &[T]) -> Result<(), StatsError> {
    if items.len() < 2 {
        return Err(StatsError::TooFewObservations { found: items.iter().map(|_| 1).sum(), needed: 2 });
    }
    Ok(())
}

fn checked_rates(rates: &[(u64, u64)]) -> Result<(), StatsError> {
    enough(rates)?;
    for (successes, trials) in rates.iter().copied() {
        if trials == 0 {
            return Err(StatsError::NoTrials);
        }
        if successes > trials {
            return Err(StatsError::MoreSuccessesThanTrials { successes, trials });
        }
    }
    Ok(())
}

fn checked_means(means: &[(f64, f64)]) -> Result<(), StatsError> {
    enough(means)?;
    for (mean, error) in means.iter().copied() {
        if finite("mean", mean)?.abs() > 1e100 {
            return Err(StatsError::OutOfRange { name: "mean", value: mean, range: "-1e100..=1e100" });
        }
        if !(1e-100..=1e100).contains(&finite("standard error", error)?) {
            let range = "1e-100..=1e100";
            return Err(StatsError::OutOfRange { name: "standard error", value: error, range });
        }
    }
    Ok(())
}

/// The estimators of the other kind of items.
fn of_rates_alone(method: SpreadMethod) -> StatsError {
    let known = &["maximum_likelihood", "moments"];
    UnknownWord::new("estimator of the spread of rates", method.word(), known).into()
}

fn of_means_alone(method: SpreadMethod) -> StatsError {
    let known = &["paule_mandel", "dersimonian_laird"];
    UnknownWord::new("estimator of the spread of means", method.word(), known).into()
}

impl ShrunkenItems {
    /// Items of which successes and trials were counted: clicks of readers, orders of visitors.
    ///
    /// # Formula
    /// True rates of a beta distribution with the shapes `a, b` under which the counts are most likely (the beta-binomial
    /// distribution; J. G. Skellam, 1948; as empirical Bayes D. A. Griffin and R. G. Krutchkoff, 1971), and where there are
    /// none by [`SpreadMethod::Moments`]. The value of an item is `(a + s) / (a + b + n)`.
    ///
    /// # Errors
    /// [`StatsError::TooFewObservations`] below two items, and where none was tried twice; [`StatsError::NoTrials`];
    /// [`StatsError::MoreSuccessesThanTrials`]; [`StatsError::OutOfRange`] of shapes outside those of [`BetaArms`]: items that
    /// never fail beside items that always do; [`StatsError::NoConvergence`], which no counts are known to cause.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::ShrunkenItems;
    ///
    /// // As alike as chance makes equal ones: nothing is known of any but what is known of all.
    /// let alike = ShrunkenItems::of_rates([(9, 100), (11, 100), (10, 100)])?;
    /// assert_eq!((alike.spread(), alike.values()), (0.0, vec![0.1; 3]));
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn of_rates(items: impl IntoIterator<Item = (u64, u64)>) -> Result<Self, StatsError> {
        let rates: Vec<(u64, u64)> = items.into_iter().collect();
        checked_rates(&rates)?;
        let beta_binomial::Fit { centre, spread, method } = beta_binomial::fit(&rates)?;
        let found = Self { items: Items::Rates(rates), method, centre, spread };
        if let Err(error @ StatsError::OutOfRange { .. }) = found.posteriors() {
            // Shapes so small that rates are 0 or 1 rather than anything between.
            let Items::Rates(rates) = found.items else { return Err(error) };
            let beta_binomial::Fit { centre, spread, method } = beta_binomial::fit_by_moments(&rates);
            let other = Self { items: Items::Rates(rates), method, centre, spread };
            other.posteriors()?;
            return Ok(other);
        }
        Ok(found)
    }

    /// Items of which a mean is known with its standard error: revenue per visitor, seconds watched, a lift.
    ///
    /// # Formula
    /// Normal true means of the centre `m` and the variance `v` by [`SpreadMethod::PauleMandel`] or
    /// [`SpreadMethod::DerSimonianLaird`], where `m` weighs each mean by `1 / (s^2 + v)`. The value of an item is
    /// `(v e + s^2 m) / (v + s^2)` (W. James and C. Stein, 1961; B. Efron and C. N. Morris, 1975; C. N. Morris, 1983).
    ///
    /// # Errors
    /// [`StatsError::TooFewObservations`] below two items; [`StatsError::OutOfRange`] of a mean beyond 1e100, of a standard
    /// error outside 1e-100..=1e100 or below 1e-10 times the largest error or difference of means, and of an item with
    /// degrees of freedom; [`StatsError::Figure`] of one without a standard error; [`StatsError::UnknownWord`] of an estimator
    /// of rates.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{EffectEstimate, ShrunkenItems, SpreadMethod};
    ///
    /// let lifts = [(0.30, 0.10), (0.05, 0.05), (0.12, 0.04), (-0.10, 0.12)]
    ///     .map(|(lift, error)| EffectEstimate::new(lift, error).unwrap());
    /// let lifts = ShrunkenItems::of_means(lifts, SpreadMethod::PauleMandel)?;
    /// assert_eq!(format!("{:.3} at {:.3}", lifts.values()[0], lifts.centre()), "0.222 at 0.098");
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn of_means(
        items: impl IntoIterator<Item = EffectEstimate>,
        method: SpreadMethod,
    ) -> Result<Self, StatsError> {
        let means = items.into_iter().map(|item| match item.degrees() {
            Some(degrees) => {
                Err(StatsError::OutOfRange { name: "degrees", value: degrees, range: "none beside a prior" })
            }
            None => Ok((item.value(), item.standard_error().clone().get()?)),
        });
        let means = means.collect::<Result<Vec<(f64, f64)>, StatsError>>()?;
        checked_means(&means)?;
        if !matches!(method, SpreadMethod::PauleMandel | SpreadMethod::DerSimonianLaird) {
            return Err(of_means_alone(method));
        }
        let (centre, spread) = centre_and_spread(&means, method)?;
        let found = Self { items: Items::Means(means), method, centre, spread };
        found.posteriors()?;
        Ok(found)
    }

    /// How the spread was estimated.
    #[must_use]
    pub const fn method(&self) -> SpreadMethod {
        self.method
    }

    /// What is expected of an item of which nothing is known.
    #[must_use]
    pub const fn centre(&self) -> f64 {
        self.centre
    }

    /// The variance of the true values between items; 0 where the items differ by no more than by chance.
    #[must_use]
    pub const fn spread(&self) -> f64 {
        self.spread
    }

    /// The figures of the items as they were: rates or means.
    #[must_use]
    pub fn raw(&self) -> Vec<f64> {
        match &self.items {
            Items::Rates(rates) => rates.iter().map(|(s, n)| float(*s) / float(*n)).collect(),
            Items::Means(means) => means.iter().map(|(mean, _)| *mean).collect(),
        }
    }

    /// What is expected of each item.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::ShrunkenItems;
    ///
    /// let posts = ShrunkenItems::of_rates([(30, 100), (5, 100), (10, 100)])?;
    /// // Between its own rate and the centre.
    /// assert!(posts.values()[0] < 0.3 && posts.values()[0] > posts.centre());
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    #[must_use]
    pub fn values(&self) -> Vec<f64> {
        self.of_each(|(mean, _)| mean)
    }

    /// How far each item may be off its value: the standard deviation of what is known of it.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::ShrunkenItems;
    ///
    /// let posts = ShrunkenItems::of_rates([(300, 1_000), (5, 100), (10, 100)])?;
    /// assert!(posts.deviations()[0] < posts.deviations()[1]);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    #[must_use]
    pub fn deviations(&self) -> Vec<f64> {
        self.of_each(|(_, variance)| libm::sqrt(variance))
    }

    fn of_each(&self, of: impl Fn((f64, f64)) -> f64) -> Vec<f64> {
        // Built once before, and so there: the items and the spread have not changed since.
        match self.posteriors() {
            Ok(Some(Posteriors::Rates(arms))) => {
                arms.means().into_iter().zip(arms.variances()).map(of).collect()
            }
            Ok(Some(Posteriors::Means(arms))) => arms.arms().iter().copied().map(of).collect(),
            Ok(None) | Err(_) => self.raw().into_iter().map(|_| of((self.centre, 0.0))).collect(),
        }
    }

    /// What is known of each item; nothing without a spread.
    pub(super) fn posteriors(&self) -> Result<Option<Posteriors>, StatsError> {
        if self.spread <= 0.0 {
            return Ok(None);
        }
        Ok(Some(match &self.items {
            Items::Rates(rates) => {
                let precision = self.centre * (1.0 - self.centre) / self.spread - 1.0;
                let prior = (self.centre * precision, (1.0 - self.centre) * precision);
                Posteriors::Rates(BetaArms::new(prior, rates.iter().copied())?)
            }
            Items::Means(means) => {
                let squared = means.iter().map(|(mean, error)| (*mean, error * error));
                Posteriors::Means(NormalArms::with_prior((self.centre, self.spread), squared)?)
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn what_is_no_item_is_refused() {
        for items in [vec![], vec![(1, 2)], vec![(1, 2), (0, 0)], vec![(1, 2), (3, 2)], vec![(0, 1), (1, 1)]]
        {
            assert!(ShrunkenItems::of_rates(items.clone()).is_err(), "{items:?}");
        }
        let effect = |value, error| EffectEstimate::new(value, error).unwrap();
        let of = |items: &[EffectEstimate], method| ShrunkenItems::of_means(items.iter().cloned(), method);
        for items in [
            vec![],
            vec![effect(1.0, 1.0)],
            vec![effect(1.0, 1.0), effect(1.0, 0.0)],
            vec![effect(1.0, 1.0), effect(1e101, 1.0)],
            vec![effect(1.0, 1.0), effect(1.0, 1.0).with_degrees(5.0).unwrap()],
        ] {
            assert!(of(&items, SpreadMethod::PauleMandel).is_err(), "{items:?}");
        }
        assert!(of(&[effect(1.0, 1.0), effect(5.0, 1.0)], SpreadMethod::Moments).is_err());
    }

    #[test]
    fn values_lie_between_the_raw_ones_and_the_centre() {
        let items =
            ShrunkenItems::of_rates([(5, 100), (12, 150), (3, 80), (30, 200), (9, 90), (0, 60)]).unwrap();
        assert!(items.spread() > 0.0);
        for (value, raw) in items.values().into_iter().zip(items.raw()) {
            let (low, high) = (raw.min(items.centre()), raw.max(items.centre()));
            assert!(low <= value && value <= high, "{value} {raw}");
        }
        assert!(items.deviations().iter().all(|one| *one > 0.0 && one * one < items.spread()));
    }

    #[test]
    fn items_of_every_size_are_answered_or_refused() {
        let counts = [(0, 1), (1, 1), (0, 50), (50, 50), (3, 1_000_000_000), (1, 3), (700, 1_000)];
        for first in counts {
            for second in counts {
                for third in counts {
                    let Ok(items) = ShrunkenItems::of_rates([first, second, third]) else { continue };
                    let values = items.values();
                    assert!(values.iter().all(|value| (0.0..=1.0).contains(value)), "{items:?} {values:?}");
                }
            }
        }
    }
}
