//! The counts of a funnel with one rate changed, and the counts that its steps need to reach a target.

use super::counts::Step;
use super::{Funnel, FunnelError};
use crate::figure::{Cell, Table};
use crate::quantity::{Count, QuantityError, Ratio, Rounding};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use serde::Serialize;

/// A funnel with one rate changed: the counts from that step on are exact ratios, not whole people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FunnelScenario {
    steps: Vec<(String, Ratio)>,
    before: Count,
}

impl FunnelScenario {
    /// The steps with their exact counts.
    #[must_use]
    pub fn steps(&self) -> &[(String, Ratio)] {
        &self.steps
    }

    /// A row for each step: its count to two decimals.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("step");
        for (name, count) in &self.steps {
            let count = count.round((2, Rounding::HalfEven)).map(|count| count.normalize());
            let cell = |count| Cell::new(count, "1");
            table.push(name, "count", count.map_or_else(|error| Cell::default().because(error), cell));
        }
        table
    }

    /// How many more complete the funnel; below 0 where the new rate is lower.
    ///
    /// # Errors
    /// [`FunnelError::Quantity`] beyond 128 bits.
    pub fn gain(&self) -> Result<Ratio, FunnelError> {
        let after = self.steps.last().map_or(Ratio::ZERO, |(_, count)| *count);
        Ok(after.minus(self.before.to_decimal().into())?)
    }

    /// The funnel of whole counts, each rounded by `rounding`.
    ///
    /// # Errors
    /// [`FunnelError::Quantity`] for a count above 2^64 - 1.
    pub fn rounded(&self, rounding: Rounding) -> Result<Funnel, FunnelError> {
        let whole = |(name, count): &(String, Ratio)| {
            let count = Count::try_from(count.round((0, rounding))?)?;
            Ok(Step { name: name.clone(), count })
        };
        // Exact counts do not rise, and rounding keeps their order.
        Ok(Funnel::checked(self.steps.iter().map(whole).collect::<Result<_, FunnelError>>()?))
    }
}

impl fmt::Display for FunnelScenario {
    /// The [table](FunnelScenario::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

impl Funnel {
    /// The funnel with the rate into `step` set to `rate`; the other rates stay.
    ///
    /// # Formula
    /// `n'_i = n_(i-1) rate` at the step, `n'_k = n'_(k-1) r_k` after it.
    ///
    /// # Errors
    /// [`FunnelError::UnknownStep`]; [`FunnelError::FirstStep`]; [`FunnelError::RateOutOfRange`] outside 0..=1;
    /// [`FunnelError::Undefined`] where a later step has no rate and users would reach the step before it;
    /// [`FunnelError::Quantity`] beyond 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::Funnel;
    /// use marketloop::quantity::Rounding;
    ///
    /// let funnel = Funnel::new([("impression", 50_000), ("click", 5_000), ("payment", 200)])?;
    /// let better = funnel.what_if("click", "0.125".parse()?)?;
    /// assert_eq!(better.gain()?.to_string(), "50");
    /// assert_eq!(better.rounded(Rounding::Floor)?.count("click")?.value(), 6_250);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn what_if(&self, step: &str, rate: Ratio) -> Result<FunnelScenario, FunnelError> {
        // For its errors alone: an unknown or first step would match no transition below, and change nothing.
        self.transition(step)?;
        let rate = checked_rate(step, rate)?;
        let first = self.steps().take(1).map(|(name, count)| (name.into(), count.to_decimal().into()));
        let mut steps: Vec<(String, Ratio)> = first.collect();
        let mut count = Ratio::from(self.entered().to_decimal());
        for transition in self.transitions() {
            if transition.name() == step {
                count = count.times(rate)?;
            } else if !count.is_zero() {
                // After a step that nobody reaches no rate is asked for: it need not exist.
                count = count.times(transition.rate()?)?;
            }
            steps.push((transition.name().into(), count));
        }
        Ok(FunnelScenario { steps, before: self.completed() })
    }

    /// The smallest counts by which at least `target` reach `step` at the present rates, as a funnel that ends with
    /// `step`.
    ///
    /// Each count is rounded up once from the exact need: rounding up from a count that was itself rounded up would
    /// ask for more than is needed.
    ///
    /// # Formula
    /// `n_i = ceil(target / (r_(i+1) * ... * r_step))`, of the exact rates `r`.
    ///
    /// # Errors
    /// [`FunnelError::UnknownStep`]; [`FunnelError::FirstStep`]; [`FunnelError::Undefined`] where a step has no
    /// rate; [`FunnelError::Unreachable`] where a rate is 0 and the target is not; [`FunnelError::Quantity`] for a
    /// count above 2^64 - 1.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::Funnel;
    /// use marketloop::quantity::Count;
    ///
    /// let funnel = Funnel::new([("impression", 50_000), ("click", 5_000), ("payment", 200)])?;
    /// let needed = funnel.needed_for("payment", Count::new(333))?;
    /// assert_eq!(needed.count("click")?.value(), 8_325);
    /// assert_eq!(needed.entered().value(), 83_250);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[expect(clippy::arithmetic_side_effects, reason = "a product of two numbers of 64 bits")]
    pub fn needed_for(&self, step: &str, target: Count) -> Result<Self, FunnelError> {
        self.transition(step)?;
        let last = self.index_of(step)?;
        let mut needed = alloc::vec![Step { name: step.into(), count: target }];
        let above = self.steps().zip(self.transitions()).take(last).collect::<Vec<_>>();
        // The rates between two steps multiply to the ratio of their counts: whole numbers, divided once.
        let end = u128::from(self.count(step)?.value());
        for ((name, before), transition) in above.into_iter().rev() {
            let rate = transition.rate()?;
            if target > Count::ZERO && rate.is_zero() {
                return Err(FunnelError::Unreachable { step: transition.name().into(), target });
            }
            // Two numbers of 64 bits: their product fits.
            let product = u128::from(target.value()) * u128::from(before.value());
            let count = match product.checked_rem(end) {
                Some(_) => product.div_ceil(end),
                // Nothing is asked of steps that nobody reached.
                None => 0,
            };
            let beyond = || QuantityError::Inexact { operation: format!("{product} / {end} as a count") };
            let count = Count::new(u64::try_from(count).map_err(|_| beyond())?);
            needed.push(Step { name: name.into(), count });
        }
        needed.reverse();
        // No rate is above 1: the counts upward do not fall.
        Ok(Self::checked(needed))
    }
}

/// A rate that a step can have.
pub(super) fn checked_rate(step: &str, rate: Ratio) -> Result<Ratio, FunnelError> {
    if rate.is_negative() || rate > Ratio::ONE {
        return Err(FunnelError::RateOutOfRange { step: step.into(), rate });
    }
    Ok(rate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn ratio(text: &str) -> Ratio {
        text.parse().unwrap()
    }

    /// D6: every count is the least that exact rates bring to the target, by a second way over whole numbers.
    #[test]
    fn what_is_needed_is_the_least_that_suffices() {
        let mut state = 1_u64;
        let mut next = |most: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % most + 1
        };
        for _ in 0..2_000 {
            let mut counts = alloc::vec![next(2_000_000)];
            for _ in 0..next(4) {
                let most = *counts.last().unwrap();
                counts.push(next(most));
            }
            let named = counts.iter().enumerate().map(|(at, count)| (at.to_string(), *count));
            let funnel = Funnel::new(named).unwrap();
            let (target, last) = (next(1_000), counts.len() - 1);
            let needed = funnel.needed_for(&last.to_string(), Count::new(target)).unwrap();
            assert_eq!(needed.steps().len(), counts.len());
            for ((_, step), own) in needed.steps().zip(&counts) {
                // count * (rate from here to the last step) >= target, and one less does not suffice.
                let brings = |count: u64| {
                    u128::from(count) * u128::from(counts[last]) >= u128::from(target) * u128::from(*own)
                };
                assert!(brings(step.value()) && !brings(step.value() - 1), "{counts:?} {target}");
            }
        }
    }

    #[test]
    fn rounding_up_once_asks_for_no_more() {
        // 101 payments need 454.5 impressions. By 354 clicks (353.5 rounded up) it would be 456.
        let funnel = Funnel::new([("impression", 9), ("click", 7), ("payment", 2)]).unwrap();
        let needed = funnel.needed_for("payment", Count::new(101)).unwrap();
        assert_eq!(needed.steps().map(|(_, count)| count.value()).collect::<Vec<_>>(), [455, 354, 101]);
    }

    #[test]
    fn a_rate_behind_nothing_is_not_invented() {
        let funnel = Funnel::new([("a", 100), ("b", 0), ("c", 0)]).unwrap();
        assert!(matches!(
            funnel.what_if("b", ratio("0.5")),
            Err(FunnelError::Undefined { figure: "rate", .. })
        ));
        assert_eq!(funnel.what_if("b", Ratio::ZERO).unwrap().gain().unwrap(), Ratio::ZERO);
        assert!(matches!(funnel.what_if("c", ratio("1.5")), Err(FunnelError::RateOutOfRange { .. })));
        assert!(matches!(funnel.what_if("a", ratio("0.5")), Err(FunnelError::FirstStep { .. })));
        assert!(matches!(funnel.needed_for("b", Count::new(1)), Err(FunnelError::Unreachable { .. })));
        assert_eq!(funnel.needed_for("b", Count::ZERO).unwrap().entered(), Count::ZERO);
        assert!(matches!(funnel.needed_for("c", Count::new(1)), Err(FunnelError::Undefined { .. })));
        let thin = Funnel::new([("a", u64::MAX), ("b", 1)]).unwrap();
        assert!(matches!(thin.needed_for("b", Count::new(2)), Err(FunnelError::Quantity(_))));
    }
}
