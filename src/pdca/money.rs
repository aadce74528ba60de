//! Where the money of a cycle is.

use super::Cycle;
use crate::budget::{Allocation, BudgetError, RuleCheck};
use crate::decompose::{ContributionMethod, Contributions};
use crate::error::Problems;
use crate::figure::Figure;
use crate::quantity::{Money, Quantity, QuantityError};
use alloc::collections::BTreeMap;
use alloc::string::String;

/// Where the money of a cycle is: `granted = spent + left + reassigned + returned`, always.
#[derive(Debug, Clone, Copy)]
pub(super) struct MoneyState {
    granted: Money,
    spent: Money,
    pub(super) left: Money,
    reassigned: Money,
    returned: Money,
}

impl Cycle {
    /// The money left on a line; `None` if there is no such line.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::pdca::{Command, CommandId, Context, CycleId, CyclePlan, Journal, StageTable};
    /// # use marketloop::quantity::Money;
    /// # use marketloop::time::date;
    /// # let mut quarter = Journal::new(CycleId::new("2026-Q3")?);
    /// # let money = Money::parse("50000 CNY")?;
    /// # let plan = CyclePlan::draft("2026-Q3".parse()?, money, StageTable::quarterly()?)
    /// #     .signed_by("director")
    /// #     .target("repurchase rate", "at least 25 %".parse()?)
    /// #     .line("search", money)
    /// #     .check()?;
    /// # let context = Context { command: CommandId::new("plan")?, expected: 0, by: "Lin".into(), on: date(2026, 7, 1)? };
    /// # quarter.handle(&Command::Plan(Box::new(plan)), &context)?;
    /// // A quarter that was planned and has spent nothing yet.
    /// assert_eq!(quarter.cycle().left("search"), Some(Money::parse("50000 CNY")?));
    /// assert_eq!(quarter.cycle().left("radio"), None);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn left(&self, line: &str) -> Option<Money> {
        let amount = *self.plan()?.lines().get(line)?;
        let gone = [self.spent(), &self.released];
        gone.iter().filter_map(|gone| gone.get(line)).try_fold(amount, |left, gone| left.minus(*gone).ok())
    }

    /// Checks the rules of a budget allocation against what the lines hold now: the amounts of the current plan less
    /// what was released. `None` without a plan.
    ///
    /// # Errors
    /// Those of [`Allocation::check_rules`].
    pub fn check_rules(&self, rules: &Allocation) -> Result<Option<RuleCheck>, Problems<BudgetError>> {
        let Some(plan) = self.plan() else { return Ok(None) };
        // A guard keeps a release within its line.
        let now = |name: &str, amount: Money| {
            self.released.get(name).map_or(amount, |gone| amount.minus(*gone).unwrap_or(amount))
        };
        plan.check_amounts(rules, now).map(Some)
    }

    /// Where the money granted by the plan is: the parts `spent`, `left`, `reassigned` and `returned` add up to it.
    /// Missing without a plan.
    ///
    /// # Errors
    /// [`QuantityError`] beyond the range of [`Money`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::pdca::{Cycle, CycleId};
    ///
    /// let cycle = Cycle::new(CycleId::new("2026-Q3")?);
    /// assert!(cycle.money()?.is_missing());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn money(&self) -> Result<Figure<Contributions<&'static str>>, QuantityError> {
        let Some(MoneyState { granted, spent, left, reassigned, returned }) = self.balance()? else {
            return Ok(Figure::missing("plan"));
        };
        let parts = [("spent", spent), ("left", left), ("reassigned", reassigned), ("returned", returned)];
        let parts = parts.map(|(name, money)| (name, money.amount()));
        let unit = Quantity::from(granted).unit().clone();
        let parts = Contributions::new(granted.amount(), &unit, parts, ContributionMethod::Given);
        // What is left is what the others leave of the total: only a sum beyond the range differs from it.
        parts.map(Figure::Known).map_err(|_| QuantityError::MoneyOverflow {
            operation: "the sum of the parts".into(),
            currency: granted.currency(),
        })
    }

    /// Where the money is; `None` without a plan.
    pub(super) fn balance(&self) -> Result<Option<MoneyState>, QuantityError> {
        let Some(plan) = self.plan() else { return Ok(None) };
        let currency = plan.total().currency();
        let sum = |amounts: &BTreeMap<String, Money>| Money::sum(amounts.values().copied(), currency);
        let (spent, reassigned) = (sum(self.spent())?, sum(self.reassigned())?);
        let returned = self.returned.unwrap_or(Money::zero(currency));
        // What the others leave: a sum of its own over the lines could disagree with them.
        let left = plan.total().minus(spent)?.minus(reassigned)?.minus(returned)?;
        Ok(Some(MoneyState { granted: plan.total(), spent, left, reassigned, returned }))
    }
}
