//! Earned value over a plan.

use super::dated::workdays_between;
use super::{DatedPlan, PlanError};
use crate::error::Problems;
use crate::progress::{Baseline, EarnedSchedule, EarnedValue, ProgressError};
use crate::quantity::{Money, Ratio, Rounding};
use crate::time::NaiveDate;
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// Earned value and earned schedule of a plan on a day.
#[derive(Debug, Clone)]
pub struct PlanValue {
    /// What was planned, earned and spent.
    pub value: EarnedValue,
    /// The same in time: workdays from the start of the plan.
    pub schedule: EarnedSchedule,
}

impl DatedPlan<'_> {
    /// Earned value and earned schedule on the evening of `date`, of the tasks that have a cost. Planned value
    /// grows evenly over the workdays of a task at its early dates, and is rounded half-even to the cost's
    /// minor unit once a day; earned value is the cost times the share done, rounded the same way.
    ///
    /// # Errors
    /// [`PlanError::NoCosts`]; [`PlanError::Time`], [`PlanError::Progressed`], [`PlanError::Quantity`].
    pub fn earned_value(&self, date: NaiveDate, actual_cost: Money) -> Result<PlanValue, PlanError> {
        let costs: Vec<(i64, i64, Money, Decimal)> = self
            .tasks()
            .iter()
            .enumerate()
            .filter_map(|(index, dated)| {
                let task = dated.task();
                let begun = task.progress.started.is_some_and(|started| started <= date);
                let done = if begun { task.progress.done.value() } else { Decimal::ZERO };
                let (start, finish) =
                    (self.schedule().early_start(index)?, self.schedule().early_finish(index)?);
                Some((start, finish, task.cost?, done))
            })
            .collect();
        let Some((_, _, first, _)) = costs.first() else { return Err(PlanError::NoCosts) };
        let currency = first.same_currency(actual_cost)?;
        let rounded = |value: Ratio| value.round(currency.digits(), Rounding::HalfEven);
        let planned_at = |day: i64| -> Result<Decimal, PlanError> {
            let mut sum = Ratio::ZERO;
            for (start, finish, cost, _) in &costs {
                let (worked, all) =
                    (day.clamp(*start, *finish).saturating_sub(*start), finish.saturating_sub(*start));
                let share = match all {
                    0 => Ratio::from(Decimal::from(u8::from(day >= *finish))),
                    _ => Ratio::new(worked.into(), all.into())?,
                };
                sum = sum.plus(share.times(Ratio::from(cost.amount()))?)?;
            }
            Ok(rounded(sum)?)
        };
        // The plan's value bends only where a task begins or ends.
        let mut days: Vec<i64> = costs.iter().flat_map(|(start, finish, ..)| [*start, *finish]).collect();
        days.push(0);
        days.sort_unstable();
        days.dedup();
        let points = days.iter().map(|day| Ok((Decimal::from(*day), planned_at(*day)?)));
        let points = points.collect::<Result<Vec<_>, PlanError>>()?;
        let baseline = Baseline::new(points).map_err(first_of)?;
        let at = if date < self.plan().start() {
            0
        } else {
            workdays_between(self.calendar(), self.plan().start(), date)?
        };
        let mut earned = Ratio::ZERO;
        for (_, _, cost, done) in &costs {
            earned = earned.plus(Ratio::from(cost.amount()).times(Ratio::from(*done))?)?;
        }
        let earned = rounded(earned)?;
        let total = baseline.budget_at_completion();
        let value = EarnedValue::new(total, planned_at(at)?, earned, actual_cost.amount());
        let value = value.map_err(first_of)?;
        let schedule = baseline.earned_schedule(earned, at.into())?;
        Ok(PlanValue { value, schedule })
    }
}

/// The first of what is wrong with figures that the plan itself made, but for the actual cost.
fn first_of(problems: Problems<ProgressError>) -> PlanError {
    problems.into_iter().next().map_or(PlanError::NoCosts, |first| PlanError::Progressed(first.error))
}
