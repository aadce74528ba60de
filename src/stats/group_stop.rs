//! What is known of the effect when a group sequential test has ended.

use super::group_sequential::GroupSequential;
use super::root::falling_root;
use super::sequential_look::SequentialLook;
use super::stopped_walk::Walk;
use super::{StatsError, finite, inner_probability};
use crate::figure::Interval;
use alloc::vec::Vec;

/// A z that a test ended with, as the probability of an outcome at least as high under any drift.
///
/// Outcomes are ordered by stages (D. O. Siegmund, 1978): to stop for an effect earlier is more; at the same look a higher z
/// is; to go on lies between the bounds.
struct Outcome<'a> {
    test: &'a GroupSequential,
    walks: Vec<Walk>,
    look: &'a SequentialLook,
    z: f64,
}

impl Outcome<'_> {
    fn at_least(&self, drift: f64) -> f64 {
        let mut sum = 0.0;
        let earlier = self.test.looks();
        for (walk, look) in self.walks.iter().zip(earlier).take(self.walks.len().saturating_sub(1)) {
            sum += look.bound.map_or(0.0, |bound| walk.above(look.information, bound, drift).probability);
        }
        let now = self.walks.last();
        sum + now.map_or(0.0, |walk| walk.above(self.look.information, self.z, drift).probability)
    }

    /// The drift under which an outcome at least as high has this probability.
    fn drift_of(&self, probability: f64) -> Result<f64, StatsError> {
        // The drift of one look with this z and this probability, and further down by steps where that is not low enough.
        let mut low = self.z / libm::sqrt(self.look.information);
        let above = |drift: f64| Ok(probability - self.at_least(drift));
        let mut step = 1.0;
        while above(low)? <= 0.0 {
            low -= step;
            step *= 2.0;
            if low < -1e3 {
                return Err(StatsError::NoConvergence {
                    function: "the drift of an outcome",
                    iterations: 10,
                });
            }
        }
        falling_root("the drift of an outcome", low, low + 2.0, above)
    }
}

impl GroupSequential {
    /// The p-value of a test that ended at a look (0 is the first) with this z; two-sided where the test is.
    ///
    /// It is right although the test might have stopped earlier, and at most alpha exactly where the test stopped for an
    /// effect. Advisory bounds for want of an effect are left aside.
    ///
    /// # Formula
    /// `P(an upper bound was crossed before) + P(not, and z_k >= z)` without a drift (stagewise ordering; D. O. Siegmund,
    /// 1978); two-sided twice that or twice the rest, whichever is less.
    ///
    /// # Errors
    /// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] for a look that is not planned or a z outside -30..=30.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{GroupSequential, SpendingSides};
    ///
    /// let test = GroupSequential::pocock(0.05, SpendingSides::InTotal, 5)?;
    /// // A z of 2.5 at the first look is worth more than at the fourth.
    /// assert!(test.stop_p_value(0, 2.5)? < 0.0125 && test.stop_p_value(3, 2.5)? > 0.04);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn stop_p_value(&self, look: usize, z: f64) -> Result<f64, StatsError> {
        let above = self.outcome(look, z, 0.0)?.at_least(0.0).min(1.0);
        Ok(if self.is_two_sided() { (2.0 * above.min(1.0 - above)).clamp(0.0, 1.0) } else { above })
    }

    /// The drift that a test which ended at a look with this z over- and underestimates equally often: unbiased, where
    /// `z / sqrt(information)` is too large after an early stop. Times the standard error at full information it is the
    /// effect.
    ///
    /// # Formula
    /// The drift under which an outcome at least as high has a probability of 1/2 (stagewise ordering).
    ///
    /// # Errors
    /// As [`stop_p_value`](Self::stop_p_value); [`StatsError::NoConvergence`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{GroupSequential, SpendingSides};
    ///
    /// let test = GroupSequential::pocock(0.05, SpendingSides::InTotal, 5)?;
    /// let naive = 2.6 / 0.6_f64.sqrt();
    /// assert!(test.median_unbiased(2, 2.6)? < naive - 0.2);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn median_unbiased(&self, look: usize, z: f64) -> Result<f64, StatsError> {
        self.outcome(look, z, 12.0)?.drift_of(0.5)
    }

    /// The interval of the drift after a test that ended at a look with this z, equal tails.
    ///
    /// # Formula
    /// The drifts under which an outcome at least as high has a probability of `(1 - level) / 2` and one less that
    /// (stagewise ordering; A. A. Tsiatis, G. L. Rosner and C. R. Mehta, 1984).
    ///
    /// # Errors
    /// As [`median_unbiased`](Self::median_unbiased); [`StatsError::OutOfRange`] unless `0 < level < 1`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{GroupSequential, SpendingSides};
    ///
    /// let test = GroupSequential::pocock(0.05, SpendingSides::InTotal, 5)?;
    /// let range = test.stop_interval(2, 2.6, 0.95)?;
    /// assert!(0.0 < range.low() && range.high() < 6.0);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn stop_interval(&self, look: usize, z: f64, level: f64) -> Result<Interval<f64>, StatsError> {
        let tail = (1.0 - inner_probability("level", level)?) / 2.0;
        let outcome = self.outcome(look, z, 12.0)?;
        let (low, high) = (outcome.drift_of(tail)?, outcome.drift_of(1.0 - tail)?);
        Ok(Interval::new(low.min(high), high.max(low))?)
    }

    /// The interval of the drift at a look with this z, whether or not the test stops there: all looks together hold it
    /// with a probability of `1 - alpha`. Of a one-sided test only the low end is its bound; the high one is that of a second
    /// such test.
    ///
    /// # Formula
    /// `(z ± bound_k) / sqrt(t_k)` (C. Jennison and B. W. Turnbull, 1989).
    ///
    /// # Errors
    /// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] for a look that is not planned, a z outside -30..=30 or a bound
    /// below 0; [`StatsError::Overflow`] at a look without a bound.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{AlphaSpending, GroupSequential, SpendingSides};
    ///
    /// let test = GroupSequential::new(0.05, SpendingSides::PerSide, AlphaSpending::OBrienFleming, &[0.5, 1.0])?;
    /// // Above 0 exactly where the test stops for an effect.
    /// assert!(test.repeated_interval(0, 2.9)?.low() < 0.0);
    /// assert!(test.repeated_interval(0, 3.0)?.low() > 0.0);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn repeated_interval(&self, look: usize, z: f64) -> Result<Interval<f64>, StatsError> {
        let (look, z) = (self.look_at(look)?, end(z)?);
        let bound = look.bound.ok_or(StatsError::Overflow { function: "the repeated interval" })?;
        if bound < 0.0 {
            return Err(StatsError::OutOfRange { name: "bound", value: bound, range: "the numbers from 0" });
        }
        let root = libm::sqrt(look.information);
        Ok(Interval::new((z - bound) / root, (z + bound) / root)?)
    }

    fn look_at(&self, look: usize) -> Result<&SequentialLook, StatsError> {
        self.looks().get(look).ok_or_else(|| StatsError::OutOfRange {
            name: "look",
            value: u32::try_from(look).map_or(f64::MAX, f64::from),
            range: "0 up to the last look",
        })
    }

    fn outcome(&self, look: usize, z: f64, drift: f64) -> Result<Outcome<'_>, StatsError> {
        let (at, z) = (self.look_at(look)?, end(z)?);
        let binding = self.futility().is_some_and(|futility| futility.is_binding);
        let walks = self.walks(look.saturating_add(1), drift + z.abs(), binding);
        Ok(Outcome { test: self, walks, look: at, z })
    }
}

fn end(z: f64) -> Result<f64, StatsError> {
    if finite("z", z)?.abs() <= 30.0 {
        Ok(z)
    } else {
        Err(StatsError::OutOfRange { name: "z", value: z, range: "-30..=30" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::{AlphaSpending, SpendingSides, normal_cdf};

    #[test]
    fn one_look_is_a_plain_test() {
        let test = GroupSequential::new(0.05, SpendingSides::InTotal, AlphaSpending::Pocock, &[1.0]).unwrap();
        for z in [-3.0, -0.2, 0.0, 1.0, 2.5] {
            let p = test.stop_p_value(0, z).unwrap();
            assert!((p - 2.0 * normal_cdf(-z.abs()).unwrap()).abs() < 1e-12);
            assert!((test.median_unbiased(0, z).unwrap() - z).abs() < 1e-9);
            let (plain, repeated) = (test.stop_interval(0, z, 0.95), test.repeated_interval(0, z));
            assert!((plain.unwrap().low() - repeated.unwrap().low()).abs() < 1e-8);
        }
    }

    #[test]
    fn the_p_value_is_what_was_spent_where_z_is_at_its_bound() {
        for sides in [SpendingSides::Upper, SpendingSides::InTotal] {
            let spending = AlphaSpending::OBrienFleming;
            let test = GroupSequential::new(0.05, sides, spending.clone(), &[0.25, 0.5, 0.8, 1.0]).unwrap();
            for (at, look) in test.looks().iter().enumerate() {
                let bound = look.bound.unwrap();
                let spent = spending.spent(0.05, sides, look.information).unwrap();
                assert!((test.stop_p_value(at, bound).unwrap() - spent).abs() < 1e-9, "{sides} {at}");
                // The interval of the same level ends at 0 exactly at the last bound.
                let level = if sides == SpendingSides::Upper { 0.9 } else { 0.95 };
                let low = test.stop_interval(at, bound, level).unwrap().low();
                assert!(if at == 3 { low.abs() < 1e-6 } else { low > 0.0 }, "{sides} {at} {low}");
            }
        }
    }

    #[test]
    fn the_estimate_turns_round_with_the_sides() {
        let test = GroupSequential::pocock(0.05, SpendingSides::InTotal, 4).unwrap();
        for (look, z) in [(0, 2.7), (1, 2.5), (3, 0.4), (3, 6.0)] {
            let (up, down) =
                (test.median_unbiased(look, z).unwrap(), test.median_unbiased(look, -z).unwrap());
            assert!((up + down).abs() < 1e-7, "{look} {z}: {up} {down}");
            assert!(
                (test.stop_p_value(look, z).unwrap() - test.stop_p_value(look, -z).unwrap()).abs() < 1e-10
            );
        }
    }

    #[test]
    fn what_is_no_outcome_is_refused() {
        let test = GroupSequential::pocock(0.05, SpendingSides::InTotal, 2).unwrap();
        for z in [f64::NAN, f64::INFINITY, 31.0, -1e300] {
            assert!(test.stop_p_value(0, z).is_err() && test.repeated_interval(0, z).is_err());
            assert!(test.median_unbiased(0, z).is_err() && test.stop_interval(0, z, 0.9).is_err());
        }
        assert!(test.stop_p_value(2, 1.0).is_err() && test.stop_interval(0, 1.0, 1.0).is_err());
        let none =
            GroupSequential::new(0.05, SpendingSides::InTotal, AlphaSpending::OBrienFleming, &[1e-5, 1.0]);
        assert!(none.unwrap().repeated_interval(0, 1.0).is_err());
        for z in [-30.0, 30.0] {
            let found = test.median_unbiased(1, z);
            assert!(found.is_err() || found.unwrap().is_finite());
        }
    }
}
