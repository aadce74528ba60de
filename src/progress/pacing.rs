//! Pacing: is a total being spent as planned over its periods, and what is left for the rest?
//!
//! The plan per period is an input: the crate's `split` module divides a total by the weights of a
//! [`Profile`](super::Profile) into whole minor units that add up exactly. All amounts of one pacing are
//! decimals of the same unit, minor units or currency units.

use super::{ProgressError, ProgressFigure, UndefinedCause, checked_weights, not_negative, undefined};
use crate::error::{Path, Problems};
use crate::quantity::wire::WireDecimal;
use crate::quantity::{Ratio, add, multiply, subtract};
use alloc::vec::Vec;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A plan of one amount per period, and the weights that it was split by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct Pacing {
    plan: Vec<Decimal>,
    weights: Vec<Decimal>,
    total: Decimal,
}

impl Pacing {
    /// The pacing of `plan`, an amount per period, that was split by `weights`.
    ///
    /// # Errors
    /// All at once: an empty plan, another number of weights, negative amounts or weights, weights that are
    /// all zero, a total of more than 28 digits.
    pub fn new(
        plan: impl Into<Vec<Decimal>>,
        weights: impl Into<Vec<Decimal>>,
    ) -> Result<Self, Problems<ProgressError>> {
        let (plan, weights) = (plan.into(), weights.into());
        let (at_plan, at_weights) = (Path::root().field("plan"), Path::root().field("weights"));
        let mut problems = Problems::new();
        if plan.is_empty() {
            problems.push(at_plan.clone(), ProgressError::Empty { what: "periods" });
        }
        for (index, amount) in plan.iter().enumerate() {
            let _amount = problems.take(&at_plan.index(index), not_negative("amount", *amount));
        }
        let _weights = problems.take(&at_weights, checked_weights(&weights));
        if plan.len() != weights.len() {
            let error = ProgressError::PeriodCount { periods: plan.len(), weights: weights.len() };
            problems.push(at_weights, error);
        }
        let total = problems.take(&at_plan, plan.iter().copied().try_fold(Decimal::ZERO, add));
        problems.finish(total.map(|total| Self { plan, weights, total }))
    }

    /// The amount per period.
    #[must_use]
    pub fn plan(&self) -> &[Decimal] {
        &self.plan
    }

    /// The weight per period.
    #[must_use]
    pub fn weights(&self) -> &[Decimal] {
        &self.weights
    }

    /// The sum of the plan.
    #[must_use]
    pub const fn total(&self) -> Decimal {
        self.total
    }

    /// The planned amount from the start to the end of each period.
    ///
    /// # Errors
    /// [`ProgressError::Quantity`]; the total fits, but an amount of many decimals may not fit beside it.
    pub fn cumulative(&self) -> Result<Vec<Decimal>, ProgressError> {
        let mut sum = Decimal::ZERO;
        let add_up = |amount: &Decimal| {
            sum = add(sum, *amount)?;
            Ok(sum)
        };
        self.plan.iter().map(add_up).collect()
    }

    /// How the plan stands after `elapsed` whole periods, with `spent` paid and `committed` ordered besides.
    ///
    /// # Errors
    /// [`ProgressError::ElapsedCount`]; [`ProgressError::Negative`] for committed below zero (`spent` may be,
    /// by refunds); [`ProgressError::Quantity`].
    pub fn after(
        &self,
        elapsed: usize,
        spent: Decimal,
        committed: Decimal,
    ) -> Result<Standing<'_>, ProgressError> {
        let over = ProgressError::ElapsedCount { periods: self.plan.len(), elapsed };
        let (Some(planned), Some((passed, left))) =
            (self.plan.get(..elapsed), self.weights.split_at_checked(elapsed))
        else {
            return Err(over);
        };
        let sum = |values: &[Decimal]| values.iter().copied().try_fold(Decimal::ZERO, add);
        let committed = not_negative("committed amount", committed)?;
        Ok(Standing {
            total: self.total,
            spent,
            expected: sum(planned)?,
            elapsed_weight: sum(passed)?,
            all_weight: sum(&self.weights)?,
            left: subtract(subtract(self.total, spent)?, committed)?,
            weights_left: left,
        })
    }
}

/// How a plan stands after some of its periods; amounts in the plan's unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing<'a> {
    total: Decimal,
    spent: Decimal,
    expected: Decimal,
    elapsed_weight: Decimal,
    all_weight: Decimal,
    left: Decimal,
    weights_left: &'a [Decimal],
}

/// What is to be split anew over the remaining periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remainder<'a> {
    /// The amount, not negative.
    pub amount: Decimal,
    /// The weights of the remaining periods, at least one of them above zero.
    pub weights: &'a [Decimal],
}

impl<'a> Standing<'a> {
    /// The planned amount of the elapsed periods.
    #[must_use]
    pub const fn expected_to_date(&self) -> Decimal {
        self.expected
    }

    /// Spent over expected to date: above 1 the money goes faster than planned.
    ///
    /// # Formula
    /// `spent / expected`, both from the start to the end of the last elapsed period.
    ///
    /// # Errors
    /// [`ProgressError::Undefined`] where nothing was expected.
    pub fn pacing_index(&self) -> Result<Ratio, ProgressError> {
        if self.expected.is_zero() {
            return Err(undefined(ProgressFigure::PacingIndex, UndefinedCause::NothingExpected));
        }
        Ok(Ratio::new(self.spent, self.expected)?)
    }

    /// Whether more (`Greater`) or less was spent than expected to date: known also where the
    /// [`pacing_index`](Self::pacing_index) is undefined.
    #[must_use]
    pub fn pace(&self) -> core::cmp::Ordering {
        self.spent.cmp(&self.expected)
    }

    /// The total at the end if the money goes on as so far, in proportion to the weights.
    ///
    /// # Formula
    /// `spent * W / W_elapsed`, where `W` is the sum of all weights and `W_elapsed` that of the elapsed
    /// periods (the weights themselves, so that the rounding of the plan plays no part).
    ///
    /// # Errors
    /// [`ProgressError::Undefined`] where the elapsed periods weigh nothing.
    pub fn projected_total(&self) -> Result<Ratio, ProgressError> {
        if self.elapsed_weight.is_zero() {
            return Err(undefined(ProgressFigure::ProjectedTotal, UndefinedCause::NoElapsedWeight));
        }
        let share = Ratio::new(self.all_weight, self.elapsed_weight)?;
        Ok(Ratio::from(self.spent).times(share)?)
    }

    /// What is neither spent nor committed; below zero when more than the total is gone.
    #[must_use]
    pub const fn remaining(&self) -> Decimal {
        self.left
    }

    /// The amount and the weights to split anew over the remaining periods.
    ///
    /// # Formula
    /// `total - spent - committed`, by the weights of the periods that are not over.
    ///
    /// # Errors
    /// [`ProgressError::Undefined`] where no period is left, the remaining ones weigh nothing, or the amount
    /// is below zero.
    pub fn remainder(&self) -> Result<Remainder<'a>, ProgressError> {
        let no = |cause| Err(undefined(ProgressFigure::Remainder, cause));
        if self.weights_left.is_empty() {
            no(UndefinedCause::NoPeriodLeft)
        } else if self.left < Decimal::ZERO {
            no(UndefinedCause::NothingLeft)
        } else if self.weights_left.iter().all(Decimal::is_zero) {
            no(UndefinedCause::NoRemainingWeight)
        } else {
            Ok(Remainder { amount: self.left, weights: self.weights_left })
        }
    }

    /// The standing against a cap of `percent` over the total: now, and at the pace so far.
    ///
    /// # Errors
    /// Those of [`overspending_cap`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::progress::{Pacing, Profile};
    /// use rust_decimal::dec;
    ///
    /// let weights = Profile::even().weights(2)?;
    /// let pacing = Pacing::new([dec!(500), dec!(500)], weights)?;
    /// let check = pacing.after(1, dec!(540), dec!(0))?.against_cap(dec!(5))?;
    /// assert_eq!(check.cap(), dec!(1050));
    /// assert!(!check.is_exceeded());
    /// assert!(check.will_be_exceeded()?); // 1,080 at this pace
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn against_cap(&self, percent: Decimal) -> Result<CapCheck, ProgressError> {
        let cap = overspending_cap(self.total, percent)?;
        Ok(CapCheck { cap, spent: self.spent, projected: self.projected_total() })
    }
}

/// A cap for overspending, and what is held against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapCheck {
    cap: Decimal,
    spent: Decimal,
    projected: Result<Ratio, ProgressError>,
}

impl CapCheck {
    /// The cap, in the plan's unit.
    #[must_use]
    pub const fn cap(&self) -> Decimal {
        self.cap
    }

    /// Whether more than the cap is spent already.
    #[must_use]
    pub fn is_exceeded(&self) -> bool {
        self.spent > self.cap
    }

    /// Whether the projected total lies above the cap. What is exceeded already will be.
    ///
    /// # Errors
    /// Those of [`Standing::projected_total`], where the cap is not exceeded yet.
    pub fn will_be_exceeded(&self) -> Result<bool, ProgressError> {
        if self.is_exceeded() {
            return Ok(true);
        }
        self.projected.clone().map(|projected| projected > Ratio::from(self.cap))
    }
}

/// The most that may be spent, in the unit of `total`, with an overspending of `percent` allowed.
///
/// # Formula
/// `total * (1 + percent / 100)`.
///
/// # Errors
/// [`ProgressError::Negative`] for either; [`ProgressError::Quantity`] where the cap needs more than 28
/// digits.
///
/// # Examples
/// ```
/// use marketloop::progress::overspending_cap;
/// use rust_decimal::dec;
///
/// assert_eq!(overspending_cap(dec!(1000000), dec!(5))?, dec!(1050000));
/// # Ok::<(), marketloop::progress::ProgressError>(())
/// ```
pub fn overspending_cap(total: Decimal, percent: Decimal) -> Result<Decimal, ProgressError> {
    let percent = not_negative("percent of overspending", percent)?;
    let hundredth = Decimal::new(1, 2);
    let factor = multiply(add(Decimal::ONE_HUNDRED, percent)?, hundredth)?;
    Ok(multiply(not_negative("total", total)?, factor)?)
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    plan: Vec<WireDecimal>,
    weights: Vec<WireDecimal>,
}

impl TryFrom<Wire> for Pacing {
    type Error = Problems<ProgressError>;

    fn try_from(wire: Wire) -> Result<Self, Self::Error> {
        let list = |values: Vec<WireDecimal>| values.into_iter().map(|value| value.0).collect::<Vec<_>>();
        Self::new(list(wire.plan), list(wire.weights))
    }
}

impl From<Pacing> for Wire {
    fn from(pacing: Pacing) -> Self {
        let list = |values: Vec<Decimal>| values.into_iter().map(WireDecimal).collect();
        Self { plan: list(pacing.plan), weights: list(pacing.weights) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    #[test]
    fn what_is_undefined_says_why() {
        let pacing = Pacing::new([dec!(0), dec!(5), dec!(0)], [dec!(0), dec!(1), dec!(0)]).unwrap();
        let start = pacing.after(0, dec!(0), dec!(0)).unwrap();
        assert_eq!(
            start.pacing_index(),
            Err(undefined(ProgressFigure::PacingIndex, UndefinedCause::NothingExpected))
        );
        let first = pacing.after(1, dec!(1), dec!(0)).unwrap();
        assert_eq!(
            first.projected_total(),
            Err(undefined(ProgressFigure::ProjectedTotal, UndefinedCause::NoElapsedWeight))
        );
        let second = pacing.after(2, dec!(4), dec!(0)).unwrap();
        assert_eq!(
            second.remainder(),
            Err(undefined(ProgressFigure::Remainder, UndefinedCause::NoRemainingWeight))
        );
        let over = pacing.after(1, dec!(4), dec!(2)).unwrap();
        assert_eq!(over.remaining(), dec!(-1));
        assert_eq!(over.remainder(), Err(undefined(ProgressFigure::Remainder, UndefinedCause::NothingLeft)));
        let end = pacing.after(3, dec!(5), dec!(0)).unwrap();
        assert_eq!(end.remainder(), Err(undefined(ProgressFigure::Remainder, UndefinedCause::NoPeriodLeft)));
        assert!(pacing.after(4, dec!(5), dec!(0)).is_err());
    }

    #[test]
    fn all_problems_come_at_once() {
        let problems = Pacing::new([dec!(1), dec!(-2)], [dec!(0)]).unwrap_err();
        assert_eq!(problems.len(), 3);
        assert!(Pacing::new([], []).is_err());
        assert!(overspending_cap(dec!(1), dec!(-1)).is_err());
    }
}
