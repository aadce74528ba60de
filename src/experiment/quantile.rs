//! Quantiles of an arm, with intervals and errors by order statistics, which hold for any distribution.

use super::as_float::float;
use super::value_buckets::ValueBuckets;
use super::value_counts::ValueCounts;
use super::{ExperimentError, ExperimentSums, MetricKind};
use crate::figure::Interval;
use crate::quantity::{Ratio, Share};
use crate::stats::{SampleMean, StatsError, beta_cdf, beta_survival, normal_quantile};
use num_bigint::BigUint;

/// What a tail of the interval may have by which the error of a quantile is told: 95 % lie within.
const TAIL: f64 = 0.025;

/// The counts of an arm, and how they are read.
struct Counted<'a> {
    counts: &'a ValueCounts,
    buckets: ValueBuckets,
    units: u64,
    p: Share,
    /// How many of the column's numbers are a whole unit.
    unit: f64,
}

/// Two ranks, and how likely the quantile lies below the value of the first, and above that of the second.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Ranks {
    low: u64,
    high: u64,
    below: f64,
    above: f64,
}

impl ExperimentSums {
    /// The quantile of a metric in an arm, in whole units of the metric.
    ///
    /// # Formula
    /// With `n` units, the value of rank `n p` rounded up; where `n p` is whole, halfway between that value and the next
    /// (type 2 of R. J. Hyndman and Y. Fan, 1996: the usual median). The rank is found in whole numbers. A metric
    /// [within an error](super::ExperimentMetric::quantile_within) tells each value within this part of it.
    ///
    /// # Errors
    /// [`ExperimentError::Unknown`]; [`ExperimentError::NoQuantile`] of another metric; [`ExperimentError::Stats`] of an arm
    /// without units.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{ExperimentMetric, ExperimentSums, Units};
    ///
    /// let units = Units::new(&[0, 0, 0, 1, 1, 1, 1]).with_column("load_ms", &[120, 340, 90, 80, 100, 110, 900])?;
    /// let median = [ExperimentMetric::quantile("load_ms", "50%".parse()?)];
    /// let sums = ExperimentSums::of(["old", "new"], median, &units)?;
    /// assert_eq!(sums.quantile("50% quantile of load_ms", "old")?, 120.0);
    /// assert_eq!(sums.quantile("50% quantile of load_ms", "new")?, 105.0);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn quantile(&self, metric: &str, arm: &str) -> Result<f64, ExperimentError> {
        Ok(self.counted(metric, arm)?.quantile()?)
    }

    /// The interval in which the quantile of all units that could come lies with confidence `level`, whatever their
    /// distribution.
    ///
    /// # Formula
    /// From the value of rank `l` to that of rank `h`: with `B` binomial of `n` units and probability `p`, `l` is the largest rank
    /// with `P(B < l) <= (1 - level) / 2`, `h` the smallest with `P(B >= h) <= (1 - level) / 2` (W. R. Thompson, 1936). It
    /// holds the quantile at least so often, with ties more often. A metric
    /// [within an error](super::ExperimentMetric::quantile_within) goes from the lowest to the highest value that these two may
    /// be, so that it holds at least as often.
    ///
    /// # Errors
    /// Those of [`quantile`](Self::quantile); [`ExperimentError::Stats`] unless `0 < level < 1`, and of so few units that one
    /// end does not exist: [`StatsError::TooFewObservations`] says how many are needed, 6 for a median at 95 %, 299 for the 99 %
    /// quantile at 90 %.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{ExperimentMetric, ExperimentSums, Units};
    ///
    /// let units = Units::new(&[0, 0, 0, 0, 0, 0, 0, 1]).with_column("load_ms", &[120, 340, 90, 80, 100, 110, 900, 70])?;
    /// let median = [ExperimentMetric::quantile("load_ms", "50%".parse()?).named("median")];
    /// let sums = ExperimentSums::of(["old", "new"], median, &units)?;
    /// assert_eq!(sums.quantile_interval("median", "old", 0.95)?.to_string(), "80..900");
    /// let refused = sums.quantile_interval("median", "new", 0.95).unwrap_err();
    /// assert_eq!(refused.to_string(), "1 observation of at least 6 needed");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn quantile_interval(
        &self,
        metric: &str,
        arm: &str,
        level: f64,
    ) -> Result<Interval<f64>, ExperimentError> {
        if !(level > 0.0 && level < 1.0) {
            let range = "0..1, both ends excluded";
            return Err(StatsError::OutOfRange { name: "level", value: level, range }.into());
        }
        let counted = self.counted(metric, arm)?;
        let (low, high) = counted.ends(ranks(counted.units, counted.p, (1.0 - level) / 2.0)?);
        Ok(Interval::new(low, high).map_err(StatsError::from)?)
    }

    /// The quantile as a sample: its error is that of its interval at 95 %.
    pub(super) fn quantile_sample(&self, metric: &str, arm: &str) -> Result<SampleMean, ExperimentError> {
        let counted = self.counted(metric, arm)?;
        let ranks = ranks(counted.units, counted.p, TAIL)?;
        let (low, high) = counted.ends(ranks);
        // The tails are those of whole ranks: the width is measured by what it really holds.
        let error = (high - low) / -(normal_quantile(ranks.below)? + normal_quantile(ranks.above)?);
        Ok(SampleMean::new(counted.units, counted.quantile()?, error * error * float(counted.units))?)
    }

    fn counted(&self, metric: &str, arm: &str) -> Result<Counted<'_>, ExperimentError> {
        let (own, units) = (self.kind_of(metric)?, self.units(arm)?);
        let (MetricKind::Quantile { p, within, .. }, Some(counts)) = (own.kind(), self.counts(metric, arm)?)
        else {
            return Err(ExperimentError::NoQuantile { metric: metric.into() });
        };
        let buckets = ValueBuckets::new(*within, counts.reach());
        let unit = libm::exp10(f64::from(own.decimals()));
        Ok(Counted { counts, buckets, units, p: *p, unit })
    }
}

impl Counted<'_> {
    fn quantile(&self) -> Result<f64, StatsError> {
        if self.units == 0 {
            return Err(StatsError::TooFewObservations { found: 0, needed: 1 });
        }
        let (low, high) = middle_ranks(self.units, self.p);
        // Every rank up to the number of units has a value: the counts were checked when they were read.
        let at = |rank: u64| self.counts.at(rank).and_then(|bucket| self.buckets.middle(bucket));
        Ok(f64::midpoint(at(low).unwrap_or_default(), at(high).unwrap_or_default()) / self.unit)
    }

    /// The lowest value that the low rank may have, and the highest of the high one.
    #[expect(clippy::cast_precision_loss, reason = "a figure has 53 bits")]
    fn ends(&self, ranks: Ranks) -> (f64, f64) {
        let at = |rank: u64| self.counts.at(rank).and_then(|bucket| self.buckets.values(bucket));
        let (low, high) = (at(ranks.low).unwrap_or_default().0, at(ranks.high).unwrap_or_default().1);
        (low as f64 / self.unit, high as f64 / self.unit)
    }
}

/// The ranks between which the quantile lies: one rank, or two next to each other where `n p` is whole.
#[expect(clippy::arithmetic_side_effects, reason = "a BigUint grows; 1 more than a rank below `units`")]
fn middle_ranks(units: u64, p: Share) -> (u64, u64) {
    let value = p.value();
    let whole = BigUint::from(10_u128.pow(value.scale()));
    let place = BigUint::from(units) * BigUint::from(value.mantissa().unsigned_abs());
    let is_whole = &place % &whole == BigUint::ZERO;
    // Below `units`, as the share is below 1.
    let below = u64::try_from(place / whole).unwrap_or(u64::MAX).min(units.saturating_sub(1));
    if is_whole { (below.max(1), below + 1) } else { (below + 1, below + 1) }
}

/// The ranks of the interval whose tails have at most this probability each, which is below 1/2.
fn ranks(units: u64, p: Share, tail: f64) -> Result<Ranks, StatsError> {
    let (p, q) = (share(p), share(p.complement()));
    let needed = needed(p.min(q), tail);
    if units < needed {
        return Err(StatsError::TooFewObservations { found: units, needed });
    }
    let n = float(units);
    // How likely at most, or at least, so many of the units lie below the quantile; by the smaller of both shares, which has
    // all its digits.
    let at_most = |count: u64| {
        let (below, above) = (float(count) + 1.0, float(units.saturating_sub(count)));
        if p <= q { beta_survival(below, above, p) } else { beta_cdf(above, below, q) }
    };
    let at_least = |count: u64| {
        let (below, above) = (float(count), float(units.saturating_sub(count)) + 1.0);
        if p <= q { beta_cdf(below, above, p) } else { beta_survival(above, below, q) }
    };
    // Near where the normal distribution has them: a few deviations hold the ends of any usual level.
    let (centre, reach) = (n * p, 12.0 * libm::sqrt(n * p * q) + 12.0);
    let low = last_that(around(centre - reach, units), around(centre + reach, units), |rank| {
        Ok(at_most(rank.saturating_sub(1))? <= tail)
    })?;
    let back = |rank: u64| units.saturating_sub(rank).saturating_add(1);
    let high = last_that(back(around(centre + reach, units)), back(around(centre - reach, units)), |rank| {
        Ok(at_least(back(rank))? <= tail)
    })?;
    let high = back(high).max(low);
    let (below, above) = (at_most(low.saturating_sub(1))?, at_least(high)?);
    Ok(Ranks { low, high, below, above })
}

/// A rank near a float.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float becomes the nearest number of 64 bits"
)]
fn around(rank: f64, units: u64) -> u64 {
    (rank as u64).clamp(1, units.max(1))
}

/// The last rank of which something holds that holds of no rank behind one of which it does not; it holds of the first
/// rank, 1. `from` and `to` are where it is thought to end.
fn last_that(
    from: u64,
    to: u64,
    mut holds: impl FnMut(u64) -> Result<bool, StatsError>,
) -> Result<u64, StatsError> {
    let mut known = if from > 1 && holds(from)? { from } else { 1 };
    let mut beyond = to.max(known).saturating_add(1);
    while known.saturating_add(1) < beyond {
        let middle = known.midpoint(beyond);
        if holds(middle)? { known = middle } else { beyond = middle }
    }
    Ok(known)
}

/// How many units an interval with such tails needs: beyond all of them the quantile lies with the larger share's power.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float becomes the nearest number of 64 bits"
)]
fn needed(smaller: f64, tail: f64) -> u64 {
    let units = libm::log(tail) / libm::log1p(-smaller);
    // Rounding puts a whole number a little beside it.
    (libm::ceil(units * (1.0 - 1e-13)) as u64).max(1)
}

fn share(share: Share) -> f64 {
    Ratio::from(share.value()).to_f64()
}

#[cfg(test)]
#[expect(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "small numbers of a test"
)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    /// Of each number up to all units how likely it is at most, and at least: binomial probabilities by their recurrence.
    fn tails(units: u64, p: f64) -> (Vec<f64>, Vec<f64>) {
        if p > 0.5 {
            let (mut at_most, mut at_least) = tails(units, 1.0 - p);
            at_most.reverse();
            at_least.reverse();
            return (at_least, at_most);
        }
        let mut mass = alloc::vec![libm::pow(1.0 - p, units as f64)];
        for k in 0..units {
            let next = mass[k as usize] * (units - k) as f64 / (k + 1) as f64 * p / (1.0 - p);
            mass.push(next);
        }
        let sum = |mass: &[f64]| mass.iter().sum::<f64>();
        let at_most = (0..=units as usize).map(|k| sum(&mass[..=k])).collect();
        let at_least = (0..=units as usize).map(|k| mass[k..].iter().rev().sum()).collect();
        (at_most, at_least)
    }

    #[test]
    fn ranks_are_those_of_added_up_binomial_probabilities() {
        for units in [1, 2, 5, 6, 20, 73, 300, 500] {
            for p in ["1%", "10%", "0.37", "50%", "90%", "0.99"] {
                let p: Share = p.parse().unwrap();
                let (at_most, at_least) = tails(units, share(p));
                for tail in [0.1, 0.025, 0.005] {
                    let low = (1..=units).rev().find(|rank| at_most[*rank as usize - 1] <= tail);
                    let high = (1..=units).find(|rank| at_least[*rank as usize] <= tail);
                    let found = ranks(units, p, tail);
                    if let (Some(low), Some(high)) = (low, high) {
                        let found = found.unwrap();
                        assert_eq!((found.low, found.high), (low, high), "{units} {p} {tail}");
                        assert!((found.below / at_most[low as usize - 1] - 1.0).abs() < 1e-9);
                        assert!((found.above / at_least[high as usize] - 1.0).abs() < 1e-9);
                    } else {
                        let Err(StatsError::TooFewObservations { found, needed }) = found else {
                            panic!("{units} {p} {tail}: {found:?}")
                        };
                        assert!(found == units && needed > units);
                        assert!(ranks(needed, p, tail).is_ok() && ranks(needed - 1, p, tail).is_err());
                    }
                }
            }
        }
    }

    #[test]
    fn ranks_of_many_units_are_near_those_of_the_normal_distribution() {
        for units in [10_000, 1_000_000, 1 << 40, u64::MAX] {
            for p in ["3%", "50%", "0.98"] {
                let p: Share = p.parse().unwrap();
                let found = ranks(units, p, 0.025).unwrap();
                let (n, share) = (float(units), share(p));
                let deviation = libm::sqrt(n * share * (1.0 - share));
                for (rank, side) in [(found.low, -1.96), (found.high, 1.96)] {
                    let off = (float(rank) - n * share) / deviation - side;
                    assert!(off.abs() < 0.5, "{units} {p} {rank} {off}");
                }
                assert!(found.below <= 0.025 && found.above <= 0.025);
            }
        }
    }

    #[test]
    fn shares_of_28_digits_have_an_answer() {
        let tiny: Share = "0.0000000000000000000000000001".parse().unwrap();
        for p in [tiny, tiny.complement()] {
            let few = ranks(u64::MAX, p, 0.025);
            assert!(
                matches!(few, Err(StatsError::TooFewObservations { needed: u64::MAX, .. }) | Ok(_)),
                "{few:?}"
            );
            let (low, high) = middle_ranks(1_000, p);
            assert!((1..=1_000).contains(&low) && (low..=1_000).contains(&high));
        }
        assert_eq!(middle_ranks(u64::MAX, "50%".parse().unwrap()), (1 << 63, 1 << 63));
        assert_eq!(middle_ranks(10, "30%".parse().unwrap()), (3, 4));
        assert_eq!(middle_ranks(1, "30%".parse().unwrap()), (1, 1));
    }
}
