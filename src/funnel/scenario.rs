//! What a funnel would be with another rate, and what it needs above for a target below.

use super::bottleneck::checked_rate;
use super::{Funnel, FunnelError, Step};
use crate::quantity::{Count, Ratio, Rounding};
use alloc::string::String;
use alloc::vec::Vec;

/// A funnel with one rate changed: the counts from that step on are exact ratios, not whole people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    steps: Vec<(String, Ratio)>,
    before: Count,
}

impl Scenario {
    /// The steps with their exact counts.
    #[must_use]
    pub fn steps(&self) -> &[(String, Ratio)] {
        &self.steps
    }

    /// How many more come through the whole funnel; below zero where the new rate is the lower one.
    ///
    /// # Errors
    /// [`FunnelError::Quantity`] beyond 128 bits.
    pub fn gain(&self) -> Result<Ratio, FunnelError> {
        let after = self.steps.last().map_or(Ratio::ZERO, |(_, count)| *count);
        Ok(after.minus(self.before.to_decimal().into())?)
    }

    /// The funnel of whole counts, each rounded by the named `rounding`.
    ///
    /// # Errors
    /// [`FunnelError::Quantity`] for a count above 2^64 - 1.
    pub fn rounded(&self, rounding: Rounding) -> Result<Funnel, FunnelError> {
        let whole = |(name, count): &(String, Ratio)| {
            let count = Count::try_from(count.round(0, rounding)?)?;
            Ok(Step { name: name.clone(), count })
        };
        // Exact counts do not rise, and rounding keeps their order.
        Ok(Funnel::checked(self.steps.iter().map(whole).collect::<Result<_, FunnelError>>()?))
    }
}

impl Funnel {
    /// The same funnel with the rate into `step` set to `rate`; the other rates stay.
    ///
    /// # Formula
    /// `n'_i = n_(i-1) rate` at the step, `n'_k = n'_(k-1) r_k` after it.
    ///
    /// # Errors
    /// [`FunnelError::UnknownStep`]; [`FunnelError::FirstStep`]; [`FunnelError::RateOutOfRange`] outside 0..=1;
    /// [`FunnelError::Undefined`] where a later step has no rate and somebody would come to it;
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
    pub fn what_if(&self, step: &str, rate: Ratio) -> Result<Scenario, FunnelError> {
        self.transition(step)?;
        let rate = checked_rate(step, rate)?;
        let first = self.steps().first().map(|first| (first.name.clone(), first.count.to_decimal().into()));
        let mut steps: Vec<(String, Ratio)> = first.into_iter().collect();
        let mut count = Ratio::from(self.entered().to_decimal());
        for transition in self.transitions() {
            if transition.name() == step {
                count = count.times(rate)?;
            } else if !count.is_zero() {
                count = count.times(transition.rate()?)?;
            }
            steps.push((transition.name().into(), count));
        }
        Ok(Scenario { steps, before: self.completed() })
    }

    /// The funnel that is needed so that `target` reach `step`, at the present rates: each count is rounded up
    /// from the one below it, so that the target is met even when each step going forward is rounded down.
    ///
    /// The funnel ends with `step`.
    ///
    /// # Formula
    /// `n_(i-1) = ceil(n_i / r_i)`, from the target upward.
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
    pub fn needed_for(&self, step: &str, target: Count) -> Result<Self, FunnelError> {
        self.transition(step)?;
        let last = self.index_of(step)?;
        let mut needed = alloc::vec![Step { name: step.into(), count: target }];
        let above = self.steps().iter().zip(self.transitions()).take(last).collect::<Vec<_>>();
        let mut count = target;
        for (before, transition) in above.into_iter().rev() {
            let rate = transition.rate()?;
            if count > Count::ZERO && rate.is_zero() {
                return Err(FunnelError::Unreachable { step: transition.name().into(), target: count });
            }
            if count > Count::ZERO {
                let exact = Ratio::from(count.to_decimal()).divided_by(rate)?;
                count = Count::try_from(exact.round(0, Rounding::Ceiling)?)?;
            }
            needed.push(Step { name: before.name.clone(), count });
        }
        needed.reverse();
        // No rate is above 1: the counts upward do not fall.
        Ok(Self::checked(needed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(text: &str) -> Ratio {
        text.parse().unwrap()
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
