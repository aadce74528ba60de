//! Bounds at which a group sequential test stops for want of an effect.

use super::StatsError;
use super::alpha_spending::{AlphaSpending, SpendingSides, error_rate};
use super::group_sequential::GroupSequential;
use super::root::falling_root;
use super::sequential_look::Futility;
use alloc::vec::Vec;

impl GroupSequential {
    /// The plan with bounds at which it stops for want of an effect, as advice: who goes on all the same keeps alpha.
    ///
    /// # Formula
    /// Under the drift that is missed with a probability of `beta` in all, `P(first at or below the futility bound at look
    /// k) = spent(t_k) - spent(t_(k-1))` of beta (S. Pampallona, A. Tsiatis and K. Kim, 2001); at the last look the two
    /// bounds meet. Of a two-sided test it is the inner region, between minus and plus the bound.
    ///
    /// # Errors
    /// As [`AlphaSpending::spent`]; [`StatsError::OutOfRange`] unless `beta < 1 - alpha`;
    /// [`StatsError::NoConvergence`] where no drift makes the bounds meet.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{AlphaSpending, GroupSequential, SpendingSides};
    ///
    /// let test =
    ///     GroupSequential::new(0.025, SpendingSides::Upper, AlphaSpending::OBrienFleming, &[0.5, 1.0])?;
    /// let test = test.with_advisory_futility(0.1, AlphaSpending::OBrienFleming)?;
    /// assert_eq!(test.looks()[1].futility, test.looks()[1].bound);
    /// // Without an effect it ends early more often than not.
    /// assert!(test.crossings(0.0)?.expected_information < 0.8);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn with_advisory_futility(&self, beta: f64, spending: AlphaSpending) -> Result<Self, StatsError> {
        self.with_futility(beta, spending, false)
    }

    /// The plan with bounds at which it has to stop for want of an effect: those for an effect are lower, and alpha holds
    /// only where the test is stopped as it says.
    ///
    /// # Formula
    /// As [`with_advisory_futility`](Self::with_advisory_futility), and the bounds for an effect spend alpha of the tests
    /// that are not stopped.
    ///
    /// # Errors
    /// As [`with_advisory_futility`](Self::with_advisory_futility).
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{AlphaSpending, GroupSequential, SpendingSides};
    ///
    /// let test = GroupSequential::new(0.025, SpendingSides::Upper, AlphaSpending::Pocock, &[0.5, 1.0])?;
    /// let binding = test.with_binding_futility(0.1, AlphaSpending::Pocock)?;
    /// assert!(binding.looks()[1].bound < test.looks()[1].bound);
    /// assert!((binding.crossings(0.0)?.total() - 0.025).abs() < 1e-8);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn with_binding_futility(&self, beta: f64, spending: AlphaSpending) -> Result<Self, StatsError> {
        self.with_futility(beta, spending, true)
    }

    fn with_futility(
        &self,
        beta: f64,
        spending: AlphaSpending,
        is_binding: bool,
    ) -> Result<Self, StatsError> {
        let beta = error_rate("beta", beta)?;
        if beta >= 1.0 - self.alpha {
            return Err(StatsError::OutOfRange { name: "beta", value: beta, range: "below 1 - alpha" });
        }
        let fractions: Vec<f64> = self.looks.iter().map(|look| look.information).collect();
        let spent = Self::increments(&self.spending, self.alpha, self.sides, 0.0, &fractions)?;
        let lost = Self::increments(&spending, beta, SpendingSides::Upper, 0.0, &fractions)?;
        let planned = |drift: f64| {
            let mut plan = Self { looks: Vec::new(), futility: None, ..self.clone() };
            let missed = plan.extend(&fractions, &spent, &lost, drift, is_binding);
            (plan, missed)
        };
        // Too large a drift loses beta before the last look, where the bounds meet too early.
        let drift = falling_root("the drift of futility bounds", 0.0, 3.0, |drift| {
            Ok(planned(drift).1.unwrap_or(0.0) - beta)
        })?;
        let (plan, _) = planned(drift);
        Ok(Self { futility: Some(Futility { beta, spending, is_binding, drift }), ..plan })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDES: [SpendingSides; 3] = [SpendingSides::Upper, SpendingSides::InTotal, SpendingSides::PerSide];

    #[test]
    fn bounds_for_want_of_an_effect_lose_beta() {
        for sides in SIDES {
            for binding in [true, false] {
                let test = GroupSequential::new(0.05, sides, AlphaSpending::OBrienFleming, &[0.3, 0.6, 1.0])
                    .unwrap();
                let plan = test.with_futility(0.1, AlphaSpending::Pocock, binding).unwrap();
                let drift = plan.futility().unwrap().drift;
                let crossings = plan.crossings(drift).unwrap();
                let lost: f64 = crossings.futility.iter().sum();
                assert!((lost - 0.1).abs() < 1e-8, "{sides} {binding}: {lost}");
                assert!((crossings.total() - 0.9).abs() < 1e-7, "{sides} {binding}");
                let none = plan.crossings(0.0).unwrap().total();
                assert!(if binding { (none - 0.05).abs() < 1e-8 } else { none < 0.05 }, "{sides} {none}");
                let end = plan.looks().last().unwrap();
                assert_eq!(end.bound, end.futility);
                let moved = (end.bound.unwrap() - test.looks()[2].bound.unwrap()).abs();
                assert_eq!(binding, moved > 1e-8, "{sides} {moved}");
                // Looks as planned leave the plan as it is.
                let again = plan.replan(1, &[0.6, 1.0]).unwrap();
                for (one, other) in again.looks().iter().zip(plan.looks()) {
                    let near = |a: Option<f64>, b: Option<f64>| (a.unwrap() - b.unwrap()).abs() < 1e-7;
                    assert!(
                        near(one.bound, other.bound) && near(one.futility, other.futility),
                        "{one:?} {other:?}"
                    );
                }
            }
        }
    }
}
