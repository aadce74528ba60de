//! Earned value after the PMI's practice standard: what the work done was worth, what it cost, and where
//! that leads.
//!
//! Symbols: `BAC` budget at completion, `PV` planned value, `EV` earned value, `AC` actual cost, all at one
//! date, in one unit, and not negative. The figures are exact ratios in that unit, or plain ratios.

use super::{ProgressError, ProgressFigure, UndefinedCause, not_negative, undefined};
use crate::error::{Path, Problems};
use crate::quantity::{Ratio, subtract};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// How the cost of the remaining work is expected to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Estimate {
    /// As it went so far: `EAC = BAC / CPI`.
    CostPerformance,
    /// As it was planned: `EAC = AC + BAC - EV`.
    AsPlanned,
    /// As it went so far, with the pressure of the schedule: `EAC = AC + (BAC - EV) / (CPI * SPI)`.
    CostAndSchedule,
    /// As newly estimated: `EAC = AC + ETC` with this ETC.
    BottomUp(Decimal),
}

/// The four figures of a plan at one date, and what is committed besides.
///
/// # Examples
/// ```
/// use marketloop::progress::{EarnedValue, Estimate};
/// use rust_decimal::dec;
///
/// let year = EarnedValue::new(dec!(1000000), dec!(500000), dec!(550000), dec!(480000))?
///     .with_committed(dec!(120000))?;
/// assert_eq!(year.schedule_performance_index()?.to_string(), "11/10");
/// assert_eq!(year.estimate_at_completion(Estimate::CostPerformance)?.to_string(), "9600000/11");
/// assert_eq!(year.available()?, dec!(400000));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
#[expect(clippy::struct_field_names, reason = "the standard's own terms")]
pub struct EarnedValue {
    budget_at_completion: Decimal,
    planned_value: Decimal,
    earned_value: Decimal,
    actual_cost: Decimal,
    committed: Decimal,
}

impl EarnedValue {
    /// The four figures, with nothing committed.
    ///
    /// # Errors
    /// All that are negative, each with its name.
    pub fn new(
        budget_at_completion: Decimal,
        planned_value: Decimal,
        earned_value: Decimal,
        actual_cost: Decimal,
    ) -> Result<Self, Problems<ProgressError>> {
        let mut problems = Problems::new();
        for (field, what, value) in [
            ("budget_at_completion", "budget at completion", budget_at_completion),
            ("planned_value", "planned value", planned_value),
            ("earned_value", "earned value", earned_value),
            ("actual_cost", "actual cost", actual_cost),
        ] {
            let _value = problems.take(&Path::root().field(field), not_negative(what, value));
        }
        problems.into_result(Self {
            budget_at_completion,
            planned_value,
            earned_value,
            actual_cost,
            committed: Decimal::ZERO,
        })
    }

    /// The same with `committed`, what is ordered and not yet paid.
    ///
    /// # Errors
    /// [`ProgressError::Negative`].
    pub fn with_committed(self, committed: Decimal) -> Result<Self, ProgressError> {
        Ok(Self { committed: not_negative("committed amount", committed)?, ..self })
    }

    /// BAC, what the whole work may cost.
    #[must_use]
    pub const fn budget_at_completion(&self) -> Decimal {
        self.budget_at_completion
    }

    /// PV, what the work that should be done was to cost.
    #[must_use]
    pub const fn planned_value(&self) -> Decimal {
        self.planned_value
    }

    /// EV, what the work that is done was to cost.
    #[must_use]
    pub const fn earned_value(&self) -> Decimal {
        self.earned_value
    }

    /// AC, what the work that is done did cost.
    #[must_use]
    pub const fn actual_cost(&self) -> Decimal {
        self.actual_cost
    }

    /// What is ordered and not yet paid.
    #[must_use]
    pub const fn committed(&self) -> Decimal {
        self.committed
    }

    /// CV, below zero when the work cost more than planned.
    ///
    /// # Formula
    /// `CV = EV - AC`
    ///
    /// # Errors
    /// [`ProgressError::Quantity`] where it needs more than 28 digits.
    pub fn cost_variance(&self) -> Result<Decimal, ProgressError> {
        Ok(subtract(self.earned_value, self.actual_cost)?)
    }

    /// SV, below zero when less is done than planned.
    ///
    /// # Formula
    /// `SV = EV - PV`
    ///
    /// # Errors
    /// [`ProgressError::Quantity`] where it needs more than 28 digits.
    pub fn schedule_variance(&self) -> Result<Decimal, ProgressError> {
        Ok(subtract(self.earned_value, self.planned_value)?)
    }

    /// CPI, the value earned per unit of cost: below 1 the work costs more than planned.
    ///
    /// # Formula
    /// `CPI = EV / AC`
    ///
    /// # Errors
    /// [`ProgressError::Undefined`] where AC is zero.
    pub fn cost_performance_index(&self) -> Result<Ratio, ProgressError> {
        self.over(self.actual_cost, ProgressFigure::CostPerformanceIndex, UndefinedCause::NoActualCost)
    }

    /// SPI, the value earned per unit of planned value: below 1 less is done than planned.
    ///
    /// # Formula
    /// `SPI = EV / PV`
    ///
    /// # Errors
    /// [`ProgressError::Undefined`] where PV is zero.
    pub fn schedule_performance_index(&self) -> Result<Ratio, ProgressError> {
        self.over(
            self.planned_value,
            ProgressFigure::SchedulePerformanceIndex,
            UndefinedCause::NoPlannedValue,
        )
    }

    /// The part of the work that is done, 1 for all of it.
    ///
    /// # Formula
    /// `EV / BAC`
    ///
    /// # Errors
    /// [`ProgressError::Undefined`] where BAC is zero.
    pub fn share_complete(&self) -> Result<Ratio, ProgressError> {
        self.over(self.budget_at_completion, ProgressFigure::ShareComplete, UndefinedCause::NoBudget)
    }

    /// The part of the budget that is spent, 1 for all of it.
    ///
    /// # Formula
    /// `AC / BAC`
    ///
    /// # Errors
    /// [`ProgressError::Undefined`] where BAC is zero.
    pub fn share_spent(&self) -> Result<Ratio, ProgressError> {
        if self.budget_at_completion.is_zero() {
            return Err(undefined(ProgressFigure::ShareSpent, UndefinedCause::NoBudget));
        }
        Ok(Ratio::new(self.actual_cost, self.budget_at_completion)?)
    }

    /// EAC, the cost of the whole work at its end.
    ///
    /// # Formula
    /// One of four (PMI, *Practice Standard for Earned Value Management*, 2011), by `estimate`:
    /// `BAC / CPI`; `AC + BAC - EV`; `AC + (BAC - EV) / (CPI * SPI)`; `AC + ETC`.
    ///
    /// # Errors
    /// [`ProgressError::Undefined`] where an index that the formula divides by is undefined or zero;
    /// [`ProgressError::Negative`] for a bottom-up ETC below zero.
    pub fn estimate_at_completion(&self, estimate: Estimate) -> Result<Ratio, ProgressError> {
        let (budget, cost) = (Ratio::from(self.budget_at_completion), Ratio::from(self.actual_cost));
        let no = |cause| Err(undefined(ProgressFigure::EstimateAtCompletion, cause));
        let divides = matches!(estimate, Estimate::CostPerformance | Estimate::CostAndSchedule);
        if divides && self.actual_cost.is_zero() {
            return no(UndefinedCause::NoActualCost);
        }
        if divides && self.earned_value.is_zero() {
            return no(UndefinedCause::NoEarnedValue);
        }
        Ok(match estimate {
            Estimate::CostPerformance => budget.divided_by(self.cost_performance_index()?)?,
            Estimate::AsPlanned => cost.plus(self.work_left()?)?,
            Estimate::CostAndSchedule => {
                if self.planned_value.is_zero() {
                    return no(UndefinedCause::NoPlannedValue);
                }
                let pace = self.cost_performance_index()?.times(self.schedule_performance_index()?)?;
                cost.plus(self.work_left()?.divided_by(pace)?)?
            }
            Estimate::BottomUp(to_complete) => {
                cost.plus(not_negative("estimate to complete", to_complete)?.into())?
            }
        })
    }

    /// ETC, the cost that is still to come.
    ///
    /// # Formula
    /// `ETC = EAC - AC`
    ///
    /// # Errors
    /// Those of [`estimate_at_completion`](Self::estimate_at_completion).
    pub fn estimate_to_complete(&self, estimate: Estimate) -> Result<Ratio, ProgressError> {
        Ok(self.estimate_at_completion(estimate)?.minus(self.actual_cost.into())?)
    }

    /// VAC, below zero when the work will cost more than its budget.
    ///
    /// # Formula
    /// `VAC = BAC - EAC`
    ///
    /// # Errors
    /// Those of [`estimate_at_completion`](Self::estimate_at_completion).
    pub fn variance_at_completion(&self, estimate: Estimate) -> Result<Ratio, ProgressError> {
        Ok(Ratio::from(self.budget_at_completion).minus(self.estimate_at_completion(estimate)?)?)
    }

    /// TCPI to BAC, the cost performance that the rest of the work needs to end on the budget.
    ///
    /// # Formula
    /// `TCPI = (BAC - EV) / (BAC - AC)`
    ///
    /// # Errors
    /// [`ProgressError::Undefined`] where AC has reached BAC.
    pub fn to_complete_performance_index(&self) -> Result<Ratio, ProgressError> {
        self.index_to_end(self.budget_at_completion.into())
    }

    /// TCPI to EAC, the cost performance that the rest of the work needs to end on the estimate.
    ///
    /// # Formula
    /// `TCPI = (BAC - EV) / (EAC - AC)`
    ///
    /// # Errors
    /// [`ProgressError::Undefined`] where AC has reached EAC, and those of
    /// [`estimate_at_completion`](Self::estimate_at_completion).
    pub fn to_complete_performance_index_for(&self, estimate: Estimate) -> Result<Ratio, ProgressError> {
        self.index_to_end(self.estimate_at_completion(estimate)?)
    }

    /// What of the budget is neither spent nor committed; below zero when more is.
    ///
    /// # Formula
    /// `BAC - AC - committed`
    ///
    /// # Errors
    /// [`ProgressError::Quantity`] where it needs more than 28 digits.
    pub fn available(&self) -> Result<Decimal, ProgressError> {
        Ok(subtract(subtract(self.budget_at_completion, self.actual_cost)?, self.committed)?)
    }

    fn over(
        &self,
        divisor: Decimal,
        figure: ProgressFigure,
        cause: UndefinedCause,
    ) -> Result<Ratio, ProgressError> {
        if divisor.is_zero() {
            Err(undefined(figure, cause))
        } else {
            Ok(Ratio::new(self.earned_value, divisor)?)
        }
    }

    fn work_left(&self) -> Result<Ratio, ProgressError> {
        Ok(Ratio::from(self.budget_at_completion).minus(self.earned_value.into())?)
    }

    fn index_to_end(&self, end: Ratio) -> Result<Ratio, ProgressError> {
        let money_left = end.minus(self.actual_cost.into())?;
        if money_left <= Ratio::ZERO {
            return Err(undefined(ProgressFigure::ToCompletePerformanceIndex, UndefinedCause::BudgetSpent));
        }
        Ok(self.work_left()?.divided_by(money_left)?)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    #[serde(with = "crate::quantity::wire::decimal")]
    budget_at_completion: Decimal,
    #[serde(with = "crate::quantity::wire::decimal")]
    planned_value: Decimal,
    #[serde(with = "crate::quantity::wire::decimal")]
    earned_value: Decimal,
    #[serde(with = "crate::quantity::wire::decimal")]
    actual_cost: Decimal,
    #[serde(with = "crate::quantity::wire::decimal", default)]
    committed: Decimal,
}

impl TryFrom<Wire> for EarnedValue {
    type Error = Problems<ProgressError>;

    fn try_from(wire: Wire) -> Result<Self, Self::Error> {
        let mut problems = Problems::new();
        let value =
            Self::new(wire.budget_at_completion, wire.planned_value, wire.earned_value, wire.actual_cost);
        let value = problems.take_all(&Path::root(), value);
        let committed = not_negative("committed amount", wire.committed);
        let committed = problems.take(&Path::root().field("committed"), committed);
        problems.finish(value.zip(committed).map(|(value, committed)| Self { committed, ..value }))
    }
}

impl From<EarnedValue> for Wire {
    fn from(value: EarnedValue) -> Self {
        Self {
            budget_at_completion: value.budget_at_completion,
            planned_value: value.planned_value,
            earned_value: value.earned_value,
            actual_cost: value.actual_cost,
            committed: value.committed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use rust_decimal::dec;

    #[test]
    fn the_bottom_up_estimate_adds_to_the_cost() {
        let event = EarnedValue::new(dec!(50000), dec!(25000), dec!(20000), dec!(22000)).unwrap();
        let estimate = Estimate::BottomUp(dec!(31000));
        assert_eq!(event.estimate_at_completion(estimate).unwrap().to_string(), "53000");
        assert_eq!(event.variance_at_completion(estimate).unwrap().to_string(), "-3000");
        assert_eq!(event.to_complete_performance_index_for(estimate).unwrap().to_string(), "30/31");
        assert!(event.estimate_at_completion(Estimate::BottomUp(dec!(-1))).is_err());
        // To end on BAC / CPI, the rest has to perform as so far.
        let index = event.to_complete_performance_index_for(Estimate::CostPerformance).unwrap();
        assert_eq!(index, event.cost_performance_index().unwrap());
    }

    #[test]
    fn nothing_begun_leaves_figures_undefined() {
        let nothing = EarnedValue::new(dec!(0), dec!(0), dec!(0), dec!(0)).unwrap();
        for (result, cause) in [
            (nothing.cost_performance_index(), UndefinedCause::NoActualCost),
            (nothing.schedule_performance_index(), UndefinedCause::NoPlannedValue),
            (nothing.share_complete(), UndefinedCause::NoBudget),
            (nothing.share_spent(), UndefinedCause::NoBudget),
            (nothing.to_complete_performance_index(), UndefinedCause::BudgetSpent),
            (nothing.estimate_at_completion(Estimate::CostAndSchedule), UndefinedCause::NoActualCost),
        ] {
            assert!(matches!(result, Err(ProgressError::Undefined { cause: found, .. }) if found == cause));
        }
        assert_eq!(nothing.estimate_at_completion(Estimate::AsPlanned).unwrap(), Ratio::ZERO);
        assert_eq!(EarnedValue::new(dec!(-1), dec!(0), dec!(-1), dec!(0)).unwrap_err().len(), 2);
    }
}
