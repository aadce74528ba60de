//! Where a group sequential test stops, and the effect that it finds.

use super::alpha_spending::AlphaSpending;
use super::group_sequential::GroupSequential;
use super::root::falling_root;
use super::sequential_look::Crossings;
use super::{StatsError, finite, inner_probability};
use alloc::vec::Vec;

impl GroupSequential {
    /// Where the test stops under a drift.
    ///
    /// # Errors
    /// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] for a drift outside -100..=100.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{AlphaSpending, GroupSequential, SpendingSides};
    ///
    /// let test = GroupSequential::new(0.05, SpendingSides::InTotal, AlphaSpending::Linear, &[0.5, 1.0])?;
    /// let crossings = test.crossings(2.5)?;
    /// assert!((crossings.total() - 0.6678028398).abs() < 1e-9);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn crossings(&self, drift: f64) -> Result<Crossings, StatsError> {
        if finite("drift", drift)?.abs() > 100.0 {
            return Err(StatsError::OutOfRange { name: "drift", value: drift, range: "-100..=100" });
        }
        let walks = self.walks(self.looks.len(), drift.abs(), true);
        let (mut bound, mut futility) = (Vec::new(), Vec::new());
        let (mut ends, mut on) = (0.0, 1.0);
        let last = self.looks.last().map_or(0.0, |look| look.information);
        for (walk, look) in walks.iter().zip(&self.looks) {
            let (effect, none) = (self.effect(walk, look, drift), self.none(walk, look, drift));
            ends += look.information * (effect + none);
            on -= effect + none;
            bound.push(effect);
            futility.push(none);
        }
        Ok(Crossings { drift, bound, futility, expected_information: ends + last * on.max(0.0) })
    }

    /// The drift that the test finds with this power: the expected z at full information that has to be planned for.
    ///
    /// # Errors
    /// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] unless the power is above that without a drift, and below 1.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{GroupSequential, SpendingSides};
    ///
    /// let test = GroupSequential::pocock(0.05, SpendingSides::InTotal, 5)?;
    /// let drift = test.drift_for(0.9)?;
    /// assert!((test.crossings(drift)?.total() - 0.9).abs() < 1e-9);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn drift_for(&self, power: f64) -> Result<f64, StatsError> {
        inner_probability("power", power)?;
        let walks = self.walks(self.looks.len(), 12.0, true);
        let missed = |drift: f64| {
            let found: f64 =
                walks.iter().zip(&self.looks).map(|(walk, look)| self.effect(walk, look, drift)).sum();
            Ok(power - found)
        };
        if missed(0.0)? <= 0.0 {
            let range = "above the power without a drift, and below 1";
            return Err(StatsError::OutOfRange { name: "power", value: power, range });
        }
        falling_root("the drift of a power", 0.0, 4.0, missed)
    }

    /// How many times the observations of a test of one look this one has to plan for, of the same power. On average it
    /// needs fewer: [`Crossings::expected_information`].
    ///
    /// # Formula
    /// `(drift / drift of one look)^2`, both with this power (C. Jennison and B. W. Turnbull, 2000).
    ///
    /// # Errors
    /// As [`drift_for`](Self::drift_for).
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{GroupSequential, SpendingSides};
    ///
    /// // Pocock's bounds at five looks ask for 21 % more visitors, O'Brien and Fleming's for 3 %.
    /// let pocock = GroupSequential::pocock(0.05, SpendingSides::InTotal, 5)?;
    /// assert!((pocock.inflation(0.9)? - 1.207).abs() < 1e-3);
    /// let slow = GroupSequential::obrien_fleming(0.05, SpendingSides::InTotal, 5)?;
    /// assert!((slow.inflation(0.9)? - 1.026).abs() < 1e-3);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn inflation(&self, power: f64) -> Result<f64, StatsError> {
        let once = Self::new(self.alpha, self.sides, AlphaSpending::Linear, &[1.0])?;
        let ratio = self.drift_for(power)? / once.drift_for(power)?;
        Ok(ratio * ratio)
    }
}
