//! What a quarter did not spend: how much of it the next one needs, where it would bring most, and what goes back.
//!
//! Need comes from the curves: the least money that brings the next quarter to its goal, no line below its own plan.
//! Where it goes is decided by marginal return. The reserve keeps its share of the whole, so that its rule holds.

use super::Refusal;
use super::two_quarters::{File, Quarter};
use marketloop::budget::Line;
use marketloop::optimise::Optimisation;
use marketloop::pdca::Cycle;
use marketloop::quantity::{Money, Ratio, Rounding};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::collections::BTreeMap;

/// What becomes of the money that a quarter did not spend.
pub(super) struct CarryOver {
    /// What each line has left.
    pub(super) from: BTreeMap<String, Money>,
    /// What the lines of the next quarter get of it.
    pub(super) moved: BTreeMap<String, Money>,
    /// What goes back to whoever granted it.
    pub(super) returned: Money,
    /// What all lines have left.
    pub(super) left: Money,
    /// Why so much is moved and no more.
    pub(super) why: String,
    /// What the next quarter's own plan brings by its curves; `None` without a next quarter.
    pub(super) expected: Option<f64>,
}

impl CarryOver {
    /// Of what `cycle` has left, for the quarter that follows it.
    pub(super) fn of(file: &File, cycle: &Cycle, next: Option<&Quarter>) -> Result<Self, Refusal> {
        let lines = cycle.plan().into_iter().flat_map(|plan| plan.lines().keys());
        // What was released no longer stands in a line: the log says how much it was.
        let given = |line: &String| cycle.released().get(line).copied().or_else(|| cycle.left(line));
        let from = lines.filter_map(|line| Some((line.clone(), given(line)?)));
        let from: BTreeMap<String, Money> = from.filter(|(_, left)| !left.is_zero()).collect();
        let left = Money::sum(from.values().copied(), file.step.currency())?;
        let keep = |why: String, expected| Self {
            from: from.clone(),
            moved: BTreeMap::new(),
            returned: left,
            left,
            why,
            expected,
        };
        let Some(next) = next else { return Ok(keep("no quarter follows in this report".into(), None)) };
        let own: Vec<(&str, Money)> = next.own_media().collect();
        let planned = Money::sum(own.iter().map(|(_, amount)| *amount), left.currency())?;
        let goal = Money::try_from(next.cascade.total())?;
        let expected = next.curves.response_of(own.iter().copied())?;
        let target = goal.amount().to_f64().ok_or("the goal is no float")?;
        let at_least = |question: Optimisation| {
            let lines = own.iter().filter_map(|(name, amount)| {
                let (_, curve) = next.curves.curves().find(|own| own.0 == *name)?;
                Some((*name, curve.clone(), *amount))
            });
            lines.fold(question, |question, (name, curve, amount)| question.line(name, curve, amount..))
        };
        if expected >= target {
            let why = format!("{} reaches its goal of {goal} by its own plan: nothing is needed", next.cycle);
            return Ok(keep(why, Some(expected)));
        }
        let least = at_least(Optimisation::minimise_budget(target, left.currency())).solve();
        let needed = match &least {
            Ok(least) => least.spend().minus(planned)?,
            // No money of these lines reaches it: all that there is helps.
            Err(_) => left,
        };
        // The reserve takes its share of what is moved: with s of the whole for it, n for the lines are n / (1 - s).
        let share = next.reserve_share()?;
        let whole = Ratio::from(needed.amount()).divided_by(Ratio::ONE.minus(share)?)?;
        let step = file.step.amount();
        let steps = |amount: Ratio, rounding| -> Result<Decimal, Refusal> {
            Ok(amount.divided_by(Ratio::from(step))?.round((0, rounding))?)
        };
        let wanted = steps(whole, Rounding::AwayFromZero)?;
        let there = steps(Ratio::from(left.amount()), Rounding::TowardZero)?;
        let moved = Ratio::from(wanted.min(there)).times(Ratio::from(step))?;
        let moved = Money::new(moved.round((2, Rounding::HalfEven))?, left.currency())?;
        let reserved = Ratio::from(moved.amount()).times(share)?.round((2, Rounding::HalfEven))?;
        let reserved = Money::new(reserved, left.currency())?;
        let for_lines = moved.minus(reserved)?;
        let best = at_least(Optimisation::maximise_response(planned.plus(for_lines)?)).solve()?;
        let margin = Ratio::from(file.gross_margin.value()).to_f64();
        let marginal = best.multiplier().get()?;
        if marginal * margin < 1.0 {
            let why = format!(
                "one more yuan would bring {marginal:.2} CNY of sales, {:.2} CNY of gross margin: less than itself",
                marginal * margin
            );
            return Ok(keep(why, Some(expected)));
        }
        let mut given = BTreeMap::new();
        for (name, amount) in &own {
            let line = best.line(name).ok_or("a line is not in the optimum")?;
            let more = line.amount().minus(*amount)?;
            if !more.is_zero() {
                given.insert((*name).to_owned(), more);
            }
        }
        if let Some(reserve) = next.reserve().filter(|_| !reserved.is_zero()) {
            given.insert(reserve.name().to_owned(), reserved);
        }
        let moved = Money::sum(given.values().copied(), left.currency())?;
        let why = match least {
            Ok(_) if wanted <= there => format!(
                "{} needs {needed} more in its lines to reach {goal} by its curves; the reserve takes its share, in steps of {}",
                next.cycle, file.step
            ),
            _ => format!("{} needs more than there is to reach {goal}", next.cycle),
        };
        Ok(Self { returned: left.minus(moved)?, from, moved: given, left, why, expected: Some(expected) })
    }
}

impl Quarter {
    /// The lines that have a curve, with what the quarter's own plan gives them.
    pub(super) fn own_media(&self) -> impl Iterator<Item = (&str, Money)> {
        self.curves.curves().filter_map(|(name, _)| Some((name, self.allocation.get(name)?.amount())))
    }

    /// The line that is set aside.
    pub(super) fn reserve(&self) -> Option<&Line> {
        self.allocation.leaves().find(|line| line.is_reserve())
    }

    /// The reserve's share of the whole.
    fn reserve_share(&self) -> Result<Ratio, Refusal> {
        let reserve = self.reserve().map_or(Decimal::ZERO, |line| line.amount().amount());
        Ok(Ratio::new(reserve, self.allocation.total().amount())?)
    }
}
