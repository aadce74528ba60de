//! Earned value after the PMI's practice standard: what the work done was worth, what it cost, and where
//! that leads.
//!
//! Symbols: `BAC` budget at completion, `PV` planned value, `EV` earned value, `AC` actual cost, all at one
//! date, in one unit, and not negative. Figures that divide are exact ratios in that unit, or plain ratios.

use super::{ProgressError, amount_or, exact_cell, no, not_negative, ratio_or};
use crate::error::{Path, Problems};
use crate::figure::{Cause, Cell, Figure, Table};
use crate::quantity::wire::wire_fields;
use crate::quantity::{AnyAmount, QuantityError, Ratio};
use core::fmt;
use serde::{Deserialize, Serialize};

/// How the cost of the remaining work is expected to go.
///
/// ```
/// # use marketloop::progress::Estimate;
/// # use marketloop::quantity::Count;
/// assert_eq!(serde_json::from_str::<Estimate<Count>>(r#""cost_performance""#)?, Estimate::CostPerformance);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Estimate<A> {
    /// As it went so far: `EAC = BAC / CPI`.
    CostPerformance,
    /// As it was planned: `EAC = AC + BAC - EV`.
    AsPlanned,
    /// As it went so far, with the pressure of the schedule: `EAC = AC + (BAC - EV) / (CPI * SPI)`.
    CostAndSchedule,
    /// As newly estimated: `EAC = AC + ETC` with this ETC.
    BottomUp(A),
}

/// The four amounts of a plan at one date, and what is committed besides: in [`Money`](crate::quantity::Money), or in
/// hours or points as a [`Quantity`](crate::quantity::Quantity).
///
/// # Examples
/// ```
/// use marketloop::progress::{EarnedValue, Estimate};
/// use marketloop::quantity::{AnyAmount, Money, Rounding};
///
/// let yuan = |amount: &str| Money::parse(&format!("{amount} CNY"));
/// let year = EarnedValue::new(yuan("1000000")?, yuan("500000")?, yuan("550000")?, yuan("480000")?)?
///     .with_committed(yuan("120000")?)?;
/// assert_eq!(year.schedule_performance_index().to_string(), "11/10");
/// assert_eq!(year.available().to_string(), "400,000.00 CNY");
/// let end = year.estimate_at_completion(Estimate::CostPerformance).get()?; // 9600000/11
/// assert_eq!(year.budget_at_completion().rounded(end, Rounding::HalfEven)?, yuan("872727.27")?);
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::progress::EarnedValue;
/// # use marketloop::quantity::Money;
/// let json = r#"{
///   "budget_at_completion": {"amount": "500.00", "currency": "CNY"},
///   "planned_value": {"amount": "250.00", "currency": "CNY"},
///   "earned_value": {"amount": "200.00", "currency": "CNY"},
///   "actual_cost": {"amount": "219.98", "currency": "CNY"},
///   "committed": {"amount": "0.00", "currency": "CNY"}
/// }"#;
/// let read: EarnedValue<Money> = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<EarnedValue<Money>>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(
    try_from = "Wire<A>",
    into = "Wire<A>",
    bound(serialize = "A: Clone + Serialize", deserialize = "A: AnyAmount + Deserialize<'de>")
)]
#[expect(clippy::struct_field_names, reason = "the standard's own terms")]
#[doc(alias = "EVM")]
#[doc(alias = "挣值")]
pub struct EarnedValue<A> {
    budget_at_completion: A,
    planned_value: A,
    earned_value: A,
    actual_cost: A,
    committed: A,
}

impl<A: AnyAmount> EarnedValue<A> {
    /// The four amounts, with nothing committed.
    ///
    /// # Errors
    /// All that are negative or of another currency or unit than the budget, each with its name.
    pub fn new(
        budget_at_completion: A,
        planned_value: A,
        earned_value: A,
        actual_cost: A,
    ) -> Result<Self, Problems<ProgressError>> {
        let mut problems = Problems::new();
        // The budget sets the unit: every other amount is told against it.
        let like = &budget_at_completion;
        for (field, what, value) in [
            ("budget_at_completion", "budget at completion", like),
            ("planned_value", "planned value", &planned_value),
            ("earned_value", "earned value", &earned_value),
            ("actual_cost", "actual cost", &actual_cost),
        ] {
            problems.take(&Path::root().field(field), not_negative(what, value, like));
        }
        // Nothing is committed until it is said: zero in the unit of the budget, which `A` alone does not know.
        let committed = problems.take(&Path::root(), like.of_steps(0).map_err(ProgressError::from));
        problems.finish(committed.map(|committed| Self {
            budget_at_completion,
            planned_value,
            earned_value,
            actual_cost,
            committed,
        }))
    }

    /// Sets `committed`, what is ordered and not yet paid.
    ///
    /// # Errors
    /// [`ProgressError::Negative`]; [`ProgressError::Quantity`] for another currency or unit.
    ///
    /// # Examples
    /// ```
    /// use marketloop::progress::EarnedValue;
    /// use marketloop::quantity::Quantity;
    ///
    /// let hours = |text: &str| text.parse::<Quantity>();
    /// let plan = EarnedValue::new(hours("100 hour")?, hours("50 hour")?, hours("40 hour")?, hours("60 hour")?)?;
    /// let plan = plan.with_committed(hours("15 hour")?)?;
    /// assert_eq!(plan.available().to_string(), "25 hour");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn with_committed(self, committed: A) -> Result<Self, ProgressError> {
        not_negative("committed amount", &committed, &self.budget_at_completion)?;
        Ok(Self { committed, ..self })
    }

    /// BAC, the budget of the whole work.
    #[must_use]
    #[doc(alias = "BAC")]
    pub const fn budget_at_completion(&self) -> &A {
        &self.budget_at_completion
    }

    /// PV, the planned cost of the work that should be done by the date.
    #[must_use]
    #[doc(alias = "PV")]
    pub const fn planned_value(&self) -> &A {
        &self.planned_value
    }

    /// EV, the planned cost of the work that is done.
    #[must_use]
    #[doc(alias = "EV")]
    pub const fn earned_value(&self) -> &A {
        &self.earned_value
    }

    /// AC, the actual cost of the work that is done.
    #[must_use]
    #[doc(alias = "AC")]
    pub const fn actual_cost(&self) -> &A {
        &self.actual_cost
    }

    /// The amount that is ordered and not yet paid.
    #[must_use]
    pub const fn committed(&self) -> &A {
        &self.committed
    }

    /// CV, what the work done was planned to cost less what it did cost: below zero when it cost more. No count is below
    /// zero: of counts it is then undefined.
    ///
    /// # Formula
    /// `CV = EV - AC`
    #[must_use]
    #[doc(alias = "CV")]
    pub fn cost_variance(&self) -> Figure<A> {
        self.difference("cost variance", &self.earned_value, &[&self.actual_cost])
    }

    /// SV, the value of the work done less that of the work planned: below zero when less is done. Of counts it is then
    /// undefined.
    ///
    /// # Formula
    /// `SV = EV - PV`
    #[must_use]
    #[doc(alias = "SV")]
    pub fn schedule_variance(&self) -> Figure<A> {
        self.difference("schedule variance", &self.earned_value, &[&self.planned_value])
    }

    /// The budget less what is spent and committed: below zero when more is. Of counts it is then undefined.
    ///
    /// # Formula
    /// `BAC - AC - committed`
    #[must_use]
    pub fn available(&self) -> Figure<A> {
        self.difference("available amount", &self.budget_at_completion, &[&self.actual_cost, &self.committed])
    }

    /// CPI, the value earned per unit of cost: below 1 the work costs more than planned. Undefined where AC is zero.
    ///
    /// # Formula
    /// `CPI = EV / AC`
    #[must_use]
    #[doc(alias = "CPI")]
    pub fn cost_performance_index(&self) -> Figure<Ratio> {
        let divisor = (&self.actual_cost, "actual cost");
        self.over("cost performance index", &self.earned_value, divisor)
    }

    /// SPI, the value earned per unit of planned value: below 1 less is done than planned. Undefined where PV is zero.
    ///
    /// # Formula
    /// `SPI = EV / PV`
    #[must_use]
    #[doc(alias = "SPI")]
    pub fn schedule_performance_index(&self) -> Figure<Ratio> {
        let divisor = (&self.planned_value, "planned value");
        self.over("schedule performance index", &self.earned_value, divisor)
    }

    /// The part of the work that is done, 1 for all of it. Undefined where BAC is zero.
    ///
    /// # Formula
    /// `EV / BAC`
    #[must_use]
    pub fn share_complete(&self) -> Figure<Ratio> {
        let divisor = (&self.budget_at_completion, "budget at completion");
        self.over("share complete", &self.earned_value, divisor)
    }

    /// The part of the budget that is spent, 1 for all of it. Undefined where BAC is zero.
    ///
    /// # Formula
    /// `AC / BAC`
    #[must_use]
    pub fn share_spent(&self) -> Figure<Ratio> {
        let divisor = (&self.budget_at_completion, "budget at completion");
        self.over("share spent", &self.actual_cost, divisor)
    }

    /// EAC, the cost of the whole work at its end, exactly, in the unit of the budget; [`AnyAmount::rounded`] makes an
    /// amount of it. Undefined where an index that the formula divides by is undefined or zero, and for a bottom-up ETC
    /// below zero.
    ///
    /// # Formula
    /// One of four (PMI, *Practice Standard for Earned Value Management*, 2011), by `estimate`:
    /// `BAC / CPI`; `AC + BAC - EV`; `AC + (BAC - EV) / (CPI * SPI)`; `AC + ETC`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::progress::{EarnedValue, Estimate};
    /// use marketloop::quantity::Quantity;
    ///
    /// let hours = |text: &str| text.parse::<Quantity>();
    /// let plan = EarnedValue::new(hours("100 hour")?, hours("50 hour")?, hours("40 hour")?, hours("60 hour")?)?;
    /// // 40 hours' worth of work took 60: at that pace the whole takes 150, and as planned from here on 120.
    /// assert_eq!(plan.estimate_at_completion(Estimate::CostPerformance).to_string(), "150");
    /// assert_eq!(plan.estimate_at_completion(Estimate::AsPlanned).to_string(), "120");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    #[doc(alias = "EAC")]
    pub fn estimate_at_completion(&self, estimate: Estimate<A>) -> Figure<Ratio> {
        let figure = "estimate at completion";
        // Every estimate is exact until a caller rounds it: a quotient of quotients by decimals would drift.
        let known = |amount: &A| ratio_or(figure, self.exact(amount));
        let (budget, cost) = (known(&self.budget_at_completion), known(&self.actual_cost));
        let sum = |cost: Ratio, more: Ratio| ratio_or(figure, cost.plus(more));
        let divided = |by: [(&A, &'static str); 2]| {
            let zero = by.into_iter().find(|(amount, _)| amount.is_nothing());
            zero.map_or(Figure::Known(()), |(_, what)| no(figure, Cause::Zero(what.into())))
        };
        let (spent, earned) = ((&self.actual_cost, "actual cost"), (&self.earned_value, "earned value"));
        let planned = (&self.planned_value, "planned value");
        match estimate {
            Estimate::CostPerformance => {
                // A work that earned nothing has an index of 0, by which nothing divides: the cause names what is zero.
                let index = divided([spent, earned]).and_then(|()| self.cost_performance_index());
                budget.zip(index).and_then(|(budget, index)| ratio_or(figure, budget.divided_by(index)))
            }
            Estimate::AsPlanned => cost.zip(self.work_left()).and_then(|(cost, left)| sum(cost, left)),
            Estimate::CostAndSchedule => {
                // The causes in the order in which a reader meets them: the cost, the work, then the plan.
                let ready = divided([spent, earned]).and_then(|()| divided([planned, planned]));
                let pace = ready
                    .and_then(|()| self.cost_performance_index().zip(self.schedule_performance_index()))
                    .and_then(|(cost, schedule)| ratio_or(figure, cost.times(schedule)));
                let rest = self.work_left().zip(pace);
                let rest = rest.and_then(|(left, pace)| ratio_or(figure, left.divided_by(pace)));
                cost.zip(rest).and_then(|(cost, rest)| sum(cost, rest))
            }
            Estimate::BottomUp(to_complete) => match self.exact(&to_complete) {
                Ok(more) if more.is_negative() => no(figure, Cause::Negative("estimate to complete".into())),
                Ok(more) => cost.and_then(|cost| sum(cost, more)),
                Err(_) => no(figure, Cause::Inconsistent("the units of budget and estimate".into())),
            },
        }
    }

    /// ETC, the cost that is still to come. Undefined where [`estimate_at_completion`](Self::estimate_at_completion)
    /// is.
    ///
    /// # Formula
    /// `ETC = EAC - AC`
    ///
    /// # Examples
    /// ```
    /// use marketloop::progress::{EarnedValue, Estimate};
    /// use marketloop::quantity::Quantity;
    ///
    /// let hours = |text: &str| text.parse::<Quantity>();
    /// let plan = EarnedValue::new(hours("100 hour")?, hours("50 hour")?, hours("40 hour")?, hours("60 hour")?)?;
    /// assert_eq!(plan.estimate_to_complete(Estimate::CostPerformance).to_string(), "90");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    #[doc(alias = "ETC")]
    pub fn estimate_to_complete(&self, estimate: Estimate<A>) -> Figure<Ratio> {
        let figure = "estimate to complete";
        let cost = ratio_or(figure, self.exact(&self.actual_cost));
        let ends = self.estimate_at_completion(estimate).zip(cost);
        ends.and_then(|(end, cost)| ratio_or(figure, end.minus(cost)))
    }

    /// VAC, below zero when the work will cost more than its budget. Undefined where
    /// [`estimate_at_completion`](Self::estimate_at_completion) is.
    ///
    /// # Formula
    /// `VAC = BAC - EAC`
    ///
    /// # Examples
    /// ```
    /// use marketloop::progress::{EarnedValue, Estimate};
    /// use marketloop::quantity::Quantity;
    ///
    /// let hours = |text: &str| text.parse::<Quantity>();
    /// let plan = EarnedValue::new(hours("100 hour")?, hours("50 hour")?, hours("40 hour")?, hours("60 hour")?)?;
    /// assert_eq!(plan.variance_at_completion(Estimate::AsPlanned).to_string(), "-20");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    #[doc(alias = "VAC")]
    pub fn variance_at_completion(&self, estimate: Estimate<A>) -> Figure<Ratio> {
        let figure = "variance at completion";
        let budget = ratio_or(figure, self.exact(&self.budget_at_completion));
        let ends = self.estimate_at_completion(estimate).zip(budget);
        ends.and_then(|(end, budget)| ratio_or(figure, budget.minus(end)))
    }

    /// TCPI to BAC, the cost performance that the rest of the work needs to end on the budget. Undefined where AC has
    /// reached BAC.
    ///
    /// # Formula
    /// `TCPI = (BAC - EV) / (BAC - AC)`
    #[must_use]
    #[doc(alias = "TCPI")]
    pub fn to_complete_performance_index(&self) -> Figure<Ratio> {
        self.index_to_end(ratio_or(TCPI, self.exact(&self.budget_at_completion)))
    }

    /// TCPI to EAC, the cost performance that the rest of the work needs to end on the estimate. Undefined where AC has
    /// reached EAC, and where [`estimate_at_completion`](Self::estimate_at_completion) is.
    ///
    /// # Formula
    /// `TCPI = (BAC - EV) / (EAC - AC)`
    #[must_use]
    pub fn to_complete_performance_index_for(&self, estimate: Estimate<A>) -> Figure<Ratio> {
        self.index_to_end(self.estimate_at_completion(estimate))
    }

    /// A row for each figure, the estimates by the cost performance so far, with the reason of one that does not
    /// exist.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("figure");
        let amounts = [
            ("budget at completion (BAC)", &self.budget_at_completion),
            ("planned value (PV)", &self.planned_value),
            ("earned value (EV)", &self.earned_value),
            ("actual cost (AC)", &self.actual_cost),
        ];
        for (name, amount) in amounts {
            table.push(name, "amount", amount.cell());
        }
        for (name, amount) in [
            ("cost variance (CV)", self.cost_variance()),
            ("schedule variance (SV)", self.schedule_variance()),
            ("available", self.available()),
        ] {
            let cell = match amount {
                Figure::Known(amount) => amount.cell(),
                none => Cell::from(none.map(|_| "")),
            };
            table.push(name, "amount", cell);
        }
        for (name, ratio) in [
            ("cost performance index (CPI)", self.cost_performance_index()),
            ("schedule performance index (SPI)", self.schedule_performance_index()),
            ("to-complete performance index (TCPI)", self.to_complete_performance_index()),
        ] {
            table.push(name, "ratio", ratio);
        }
        for (name, amount) in [
            ("estimate at completion (EAC)", self.estimate_at_completion(Estimate::CostPerformance)),
            ("variance at completion (VAC)", self.variance_at_completion(Estimate::CostPerformance)),
        ] {
            table.push(name, "amount", exact_cell(&self.budget_at_completion, amount));
        }
        table
    }

    fn exact(&self, amount: &A) -> Result<Ratio, QuantityError> {
        amount.exact_in(&self.budget_at_completion)
    }

    fn difference(&self, figure: &'static str, from: &A, less: &[&A]) -> Figure<A> {
        // One exact fraction to the end: a step that does not fit a decimal is no fault of the difference.
        let left = less.iter().try_fold(self.exact(from), |left, amount| {
            Ok::<_, QuantityError>(left.and_then(|left| left.minus(self.exact(amount)?)))
        });
        let left = ratio_or(figure, left.and_then(|left| left));
        left.and_then(|left| amount_or(figure, &self.budget_at_completion, left))
    }

    fn over(&self, figure: &'static str, of: &A, (divisor, what): (&A, &'static str)) -> Figure<Ratio> {
        // Asked before it divides, so that the answer names what is zero, and not a division.
        if divisor.is_nothing() {
            return no(figure, Cause::Zero(what.into()));
        }
        ratio_or(figure, self.exact(of).and_then(|of| of.divided_by(self.exact(divisor)?)))
    }

    fn work_left(&self) -> Figure<Ratio> {
        let left = self.exact(&self.budget_at_completion);
        ratio_or("work left", left.and_then(|left| left.minus(self.exact(&self.earned_value)?)))
    }

    fn index_to_end(&self, end: Figure<Ratio>) -> Figure<Ratio> {
        let cost = ratio_or(TCPI, self.exact(&self.actual_cost));
        let left = end.zip(cost).and_then(|(end, cost)| ratio_or(TCPI, end.minus(cost)));
        left.and_then(|left| {
            // Money that is gone earns nothing: an index below zero would read as a very easy end.
            if left <= Ratio::ZERO {
                return no(TCPI, Cause::NotPositive("budget less actual cost".into()));
            }
            self.work_left().and_then(|work| ratio_or(TCPI, work.divided_by(left)))
        })
    }
}

const TCPI: &str = "to-complete performance index";

impl<A: AnyAmount> fmt::Display for EarnedValue<A> {
    /// The [table](Self::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

struct Wire<A> {
    budget_at_completion: A,
    planned_value: A,
    earned_value: A,
    actual_cost: A,
    committed: Option<A>,
}

wire_fields!("EarnedValue", Wire<A> {
    budget_at_completion,
    planned_value,
    earned_value,
    actual_cost,
    committed: or(Option::default),
});

impl<A> From<EarnedValue<A>> for Wire<A> {
    fn from(value: EarnedValue<A>) -> Self {
        Self {
            budget_at_completion: value.budget_at_completion,
            planned_value: value.planned_value,
            earned_value: value.earned_value,
            actual_cost: value.actual_cost,
            committed: Some(value.committed),
        }
    }
}

impl<A: AnyAmount> TryFrom<Wire<A>> for EarnedValue<A> {
    type Error = Problems<ProgressError>;

    fn try_from(wire: Wire<A>) -> Result<Self, Self::Error> {
        let mut problems = Problems::new();
        let like = wire.budget_at_completion.clone();
        let value =
            Self::new(wire.budget_at_completion, wire.planned_value, wire.earned_value, wire.actual_cost);
        let value = problems.take_all(&Path::root(), value);
        if let Some(committed) = &wire.committed {
            let at = Path::root().field("committed");
            problems.take(&at, not_negative("committed amount", committed, &like));
        }
        let committed = wire.committed;
        problems.finish(value.map(|value| match committed {
            Some(committed) => Self { committed, ..value },
            None => value,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::{Count, Money, Quantity};
    use alloc::string::ToString;

    fn of<A: AnyAmount>(values: [A; 4]) -> EarnedValue<A> {
        let [budget, planned, earned, cost] = values;
        EarnedValue::new(budget, planned, earned, cost).unwrap()
    }

    fn yuan(amount: i128) -> Money {
        Money::from_minor(amount.saturating_mul(100), "CNY".parse().unwrap()).unwrap()
    }

    #[test]
    fn the_bottom_up_estimate_adds_to_the_cost() {
        let event = of([50_000, 25_000, 20_000, 22_000].map(yuan));
        let estimate = Estimate::BottomUp(yuan(31_000));
        assert_eq!(event.estimate_at_completion(estimate).to_string(), "53000");
        assert_eq!(event.variance_at_completion(estimate).to_string(), "-3000");
        assert_eq!(event.to_complete_performance_index_for(estimate).to_string(), "30/31");
        assert!(event.estimate_at_completion(Estimate::BottomUp(yuan(-1))).is_undefined());
        assert!(event.estimate_at_completion(Estimate::BottomUp("1 JPY".parse().unwrap())).is_undefined());
        // To end on BAC / CPI, the rest has to perform as so far.
        let index = event.to_complete_performance_index_for(Estimate::CostPerformance);
        assert_eq!(index, event.cost_performance_index());
        assert!(event.to_string().contains("TCPI"), "{event}");
    }

    #[test]
    fn nothing_begun_leaves_figures_undefined() {
        let nothing = of([0, 0, 0, 0].map(yuan));
        for (figure, cause) in [
            (nothing.cost_performance_index(), "actual cost is zero"),
            (nothing.schedule_performance_index(), "planned value is zero"),
            (nothing.share_complete(), "budget at completion is zero"),
            (nothing.share_spent(), "budget at completion is zero"),
            (nothing.to_complete_performance_index(), "budget less actual cost is not above zero"),
            (nothing.estimate_at_completion(Estimate::CostAndSchedule), "actual cost is zero"),
        ] {
            assert_eq!(figure.to_string(), alloc::format!("undefined: {cause}"));
        }
        assert_eq!(nothing.estimate_at_completion(Estimate::AsPlanned), Figure::Known(Ratio::ZERO));
        assert_eq!(EarnedValue::new(yuan(-1), yuan(0), yuan(-1), yuan(0)).unwrap_err().len(), 2);
        assert!(EarnedValue::new(yuan(1), "1 JPY".parse().unwrap(), yuan(1), yuan(0)).is_err());
    }

    #[test]
    fn every_amount_earns() {
        let posts = of([10, 5, 4, 6].map(Count::new));
        assert_eq!(posts.cost_variance().to_string(), "undefined: cost variance is below zero");
        assert_eq!(posts.available(), Figure::Known(Count::new(4)));
        let hours =
            of(["1.5 hour", "1 hour", "0.5 hour", "2 hour"].map(|text| text.parse::<Quantity>().unwrap()));
        assert_eq!(hours.cost_variance().to_string(), "-1.5 hour");
        assert_eq!(hours.cost_performance_index().to_string(), "1/4");
    }
}
