//! The rules of an allocation checked against the current amounts of its lines.

use super::amount::{Amount, Limit};
use super::outline::{Holder, Outline, Source};
use super::reserve::ReserveSize;
use super::rule::Rule;
use super::{Allocation, AllocationDraft, BudgetError, Cuts, Line, Reallocation, RuleBound};
use crate::error::{Path, Problems};
use crate::figure::{Cell, Table};
use crate::quantity::{Currency, Money, QuantityError, Ratio, Rounding};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;
use serde::Serialize;

/// Every bound of an allocation's rules with its base and its current value.
///
/// # Examples
/// ```
/// use marketloop::budget::{Allocation, Cap, Divide, Limit, Reserve};
/// use marketloop::quantity::Money;
///
/// let plan = Allocation::draft(Money::parse("1000000 CNY")?)
///     .rule("contingency", Reserve::percent(8))
///     .rule("pilots", Cap::group(["live", "podcast"], Limit::percent(8)))
///     .rule("main", Divide::by_percents([("search", 80), ("live", 10), ("podcast", 10)]))
///     .check()?;
/// assert!(plan.check_rules([], plan.total())?.is_kept());
///
/// // The carry-over of the last quarter goes to a pilot, out of the contingency.
/// let now = [("live", Money::parse("41900 CNY")?), ("contingency", Money::parse("78100 CNY")?)];
/// let check = plan.check_rules(now, plan.total())?;
/// let broken: Vec<String> = check.broken().map(ToString::to_string).collect();
/// assert_eq!(
///     broken,
///     ["contingency: 7.81% of 1,000,000.00 CNY, set to 8%", "pilots: 8.19% of 1,000,000.00 CNY, at most 8%"]
/// );
/// assert!(check.into_result().is_err()); // for who refuses it
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleCheck {
    bounds: Vec<RuleBound>,
    outside: Vec<String>,
}

impl RuleCheck {
    /// Every bound, in the order of the rules.
    #[must_use]
    pub fn bounds(&self) -> &[RuleBound] {
        &self.bounds
    }

    /// The bounds that are broken now.
    pub fn broken(&self) -> impl Iterator<Item = &RuleBound> {
        self.bounds.iter().filter(|bound| !bound.is_kept)
    }

    /// The lines with an amount that no rule mentions, in the order of their names.
    #[must_use]
    pub fn outside(&self) -> &[String] {
        &self.outside
    }

    /// Whether the lines keep every bound.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.broken().next().is_none()
    }

    /// A row for each bound in the order of the rules: its rule, its lines, their sum, its minimum and maximum, the
    /// base of a percentage, and whether it is kept; below them the lines that no rule mentions.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{Allocation, Divide, Reserve};
    /// use marketloop::quantity::Money;
    ///
    /// let plan = Allocation::draft(Money::parse("1000 CNY")?)
    ///     .rule("contingency", Reserve::percent(8))
    ///     .rule("main", Divide::by_percents([("search", 100)]))
    ///     .check()?;
    /// let table = plan.check_rules([("contingency", Money::parse("79 CNY")?)], plan.total())?.table();
    /// let cell = |column: &str| table.get("1", column).and_then(|cell| cell.value.clone());
    /// assert_eq!((cell("rule"), cell("kept")), (Some("contingency".into()), Some("no".into())));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("bound");
        // By number: a rule may bound several lines one by one, and every bound needs a row of its own.
        for (number, bound) in (1_usize..).zip(&self.bounds) {
            table.push(number, "rule", bound.rule.as_str());
            table.push(number, "lines", bound.lines.join(", "));
            table.push(number, "held", bound.amount);
            // A word where there is no bound: an empty cell would leave open whether one was forgotten.
            let or_none = |amount: Option<Money>| amount.map_or_else(|| Cell::from("none"), Cell::from);
            table.push(number, "min", or_none(bound.floor));
            table.push(number, "max", or_none(bound.cap));
            table.push(number, "of", or_none(bound.base));
            table.push(number, "kept", bound.is_kept);
        }
        if !self.outside.is_empty() {
            table.push("without a rule", "lines", self.outside.join(", "));
        }
        table
    }

    /// The check itself if every bound is kept.
    ///
    /// # Errors
    /// [`BudgetError::Broken`] for each bound that is not, at `rules`.
    pub fn into_result(self) -> Result<Self, Problems<BudgetError>> {
        let mut problems = Problems::new();
        for bound in self.broken() {
            let bound = alloc::boxed::Box::new(bound.clone());
            problems.push(Path::root().field("rules"), BudgetError::Broken { bound });
        }
        problems.into_result(self)
    }
}

impl fmt::Display for RuleCheck {
    /// The [`table`](RuleCheck::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

impl Allocation {
    /// Checks the rules against the current amounts of lines: after a replan, a carry-over, a release, a cut.
    ///
    /// `now` lists the lines without parts whose amounts have changed, or that are new; the others hold what was
    /// allocated. Percentages of the total are of `base`, the current total of the plan. The weights of a dividing rule
    /// are no bounds.
    ///
    /// # Errors
    /// [`BudgetError::DuplicateLine`] for a line given twice; [`BudgetError::HasParts`] for one whose amount is that
    /// of its parts, both with the path `now[0]`; [`BudgetError::Quantity`] for another currency; those of
    /// [`AllocationDraft::check`] for a base that the rules do not take, such as one below 0.
    ///
    /// # Examples
    /// See [`RuleCheck`].
    pub fn check_rules<'a>(
        &'a self,
        now: impl IntoIterator<Item = (&'a str, Money)>,
        base: Money,
    ) -> Result<RuleCheck, Problems<BudgetError>> {
        let mut problems = Problems::new();
        problems.take(&Path::root().field("base"), base.same_currency(self.total()));
        let mut amounts: BTreeMap<&str, Money> =
            self.leaves().map(|line| (line.name(), line.amount())).collect();
        let with_parts: BTreeSet<&str> =
            self.lines().iter().filter(|line| line.has_parts()).map(Line::name).collect();
        let mut given: BTreeMap<&str, usize> = BTreeMap::new();
        for (index, (line, amount)) in now.into_iter().enumerate() {
            let path = Path::root().field("now").index(index);
            problems.take(&path, amount.same_currency(base));
            // A line with parts holds what they hold: an amount of its own would be counted twice.
            if with_parts.contains(line) {
                problems.push(path.clone(), BudgetError::HasParts { line: line.into() });
            }
            let first = *given.entry(line).or_insert(index);
            if first != index {
                problems.push(path, BudgetError::DuplicateLine { name: line.into(), first });
            }
            amounts.insert(line, amount);
        }
        if !problems.is_empty() {
            return problems.finish(None);
        }
        // The rules are read anew on the base, so that what is in percent of the total follows it.
        let draft = AllocationDraft { total: base, rules: self.draft.rules.clone() };
        let outline = Outline::new(&draft)?;
        let checked = Checked::new(&outline, amounts).and_then(Checked::bounds);
        let check = problems.take(&Path::root().field("rules"), checked);
        problems.finish(check)
    }
}

impl Reallocation {
    /// Checks the rules of the plan against the amounts of its lines after this review.
    ///
    /// Percentages of the total are of the plan's total plus the money added from outside. Money returned to an owner
    /// still belongs to the plan.
    ///
    /// # Errors
    /// Those of [`Allocation::check_rules`].
    pub fn check_rules(&self, plan: &Allocation) -> Result<RuleCheck, Problems<BudgetError>> {
        let mut problems = Problems::new();
        // With what comes in from outside there is more to hold the percents against.
        let base = problems.take(&Path::root().field("added"), plan.total().plus(self.added()));
        let Some(base) = base else { return problems.finish(None) };
        plan.check_rules(self.lines().iter().map(|line| (line.name(), line.new_amount())), base)
    }
}

impl Cuts {
    /// Checks the rules of the plan against the amounts of its lines after the cuts. Percentages of the total are of
    /// the plan's total less the cuts; lines that may not be cut hold what was allocated.
    ///
    /// # Errors
    /// Those of [`Allocation::check_rules`]; the path `amount` where the cuts are in another currency or take more
    /// than the plan has.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{Allocation, Cap, CutLine, Cuts, Divide, Limit, Shrink};
    /// use marketloop::quantity::Money;
    ///
    /// let plan = Allocation::draft(Money::parse("1000 CNY")?)
    ///     .rule("pilots", Cap::line("live", Limit::percent(8)))
    ///     .rule("main", Divide::by_percents([("search", 92), ("live", 8)]))
    ///     .check()?;
    /// let lines = plan.leaves().zip([1, 2]).map(|(line, priority)| CutLine::of(line, priority));
    /// let cuts = Cuts::draft(lines, Shrink::By(Money::parse("200 CNY")?)).check()?;
    /// // Nothing was taken from the pilot, so that its part of the rest grew.
    /// let check = cuts.check_rules(&plan)?;
    /// let broken: Vec<String> = check.broken().map(ToString::to_string).collect();
    /// assert_eq!(broken, ["pilots: 10% of 800.00 CNY, at most 8%"]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn check_rules(&self, plan: &Allocation) -> Result<RuleCheck, Problems<BudgetError>> {
        let mut problems = Problems::new();
        let base = plan.total().minus(self.amount()).map_err(BudgetError::from).and_then(|base| {
            if base.is_negative() {
                return Err(BudgetError::CutAboveTotal { cut: self.amount(), total: plan.total() });
            }
            Ok(base)
        });
        let Some(base) = problems.take(&Path::root().field("amount"), base) else {
            return problems.finish(None);
        };
        let cuts = self.cuts().iter();
        plan.check_rules(cuts.map(|cut| (cut.line(), cut.to())), base)
    }
}

/// The side of its limit on which a rule holds lines.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    AtLeast,
    AtMost,
    Exactly,
}

/// Resolved rules with the current amounts of their lines in minor units.
struct Checked<'a> {
    outline: &'a Outline<'a>,
    held: Vec<Ratio>,
    outside: Vec<String>,
    currency: Currency,
    bounds: Vec<(usize, RuleBound)>,
}

impl<'a> Checked<'a> {
    #[expect(clippy::indexing_slicing, reason = "what holds a line is a line, and each has a sum")]
    fn new(outline: &'a Outline<'a>, mut amounts: BTreeMap<&str, Money>) -> Result<Self, BudgetError> {
        let mut held = alloc::vec![Ratio::ZERO; outline.lines.len()];
        for (index, line) in outline.lines.iter().enumerate() {
            let Some(amount) = amounts.remove(line.name.as_str()) else { continue };
            let amount = Ratio::whole(amount.minor());
            // A line counts in itself and in every line that it is a part of; names grow inwards, so this ends.
            let mut at = Some(index);
            while let Some(index) = at {
                held[index] = held[index].plus(amount)?;
                at = match outline.lines[index].holder {
                    Holder::Line(parent) => Some(parent),
                    Holder::Total | Holder::Rule(_) => None,
                };
            }
        }
        // Without money in it a line that no rule knows breaks none.
        let outside = amounts.into_iter().filter(|(_, amount)| !amount.is_zero());
        let outside = outside.map(|(name, _)| name.into()).collect();
        let currency = outline.draft.total.currency();
        Ok(Self { outline, held, outside, currency, bounds: Vec::new() })
    }

    fn bounds(mut self) -> Result<RuleCheck, BudgetError> {
        let outline = self.outline;
        for (index, line) in outline.lines.iter().enumerate() {
            if let Source::Taken(amount) = line.source {
                self.push(line.rule, &[index], Side::Exactly, amount, self.base_of(line.rule))?;
            }
        }
        for (rule, offered) in outline.offered.iter().enumerate() {
            // The last division takes what is left and has no amount of its own to be held to.
            let Some(offered) = offered.filter(|_| outline.last != Some(rule)) else { continue };
            let reserves = outline.reserves.get(&rule).into_iter().flatten().copied();
            let members: Vec<usize> = outline.lines_of(rule).chain(reserves).collect();
            self.push(rule, &members, Side::Exactly, offered, self.base_of(rule))?;
        }
        for (line, rule, bounds) in &outline.bounds {
            self.limits(*rule, &[*line], bounds.floor, bounds.cap)?;
        }
        for group in &outline.groups {
            self.limits(group.rule, &group.members, group.bounds.floor, group.bounds.cap)?;
            if let Some((ratio, own)) = group.reserve {
                let protected = self.sum(group.members.iter().filter(|member| **member != own))?;
                let limit = protected.times(ratio)?;
                // Each protected line is rounded by less than a minor unit, and the reserve itself.
                let slack = count(group.members.len()).times(ratio)?.plus(Ratio::ONE)?;
                self.compare(group.rule, &[own], Side::Exactly, (limit, slack), Some(protected))?;
            }
        }
        // They were found by kind; a reader looks for the rule. The sort is stable: bounds of one rule keep their order.
        self.bounds.sort_by_key(|(rule, _)| *rule);
        let bounds = self.bounds.into_iter().map(|(_, bound)| bound).collect();
        Ok(RuleCheck { bounds, outside: self.outside })
    }

    fn limits(
        &mut self,
        rule: usize,
        lines: &[usize],
        floor: Option<Ratio>,
        cap: Option<Ratio>,
    ) -> Result<(), BudgetError> {
        let base = self.base_of(rule);
        match (floor, cap) {
            // Told as one bound: two would be broken or kept by the same amount.
            (Some(floor), Some(cap)) if floor == cap => self.push(rule, lines, Side::Exactly, cap, base),
            (floor, cap) => {
                for (side, limit) in [(Side::AtLeast, floor), (Side::AtMost, cap)] {
                    if let Some(limit) = limit {
                        self.push(rule, lines, side, limit, base)?;
                    }
                }
                Ok(())
            }
        }
    }

    /// The base of a rule's percentages in minor units; `None` for a stated amount and for a percentage of a rest.
    fn base_of(&self, rule: usize) -> Option<Ratio> {
        let of_total = |percent: bool| percent.then_some(self.outline.total);
        let offered = |id: &String| {
            let rule = self.outline.ids.get(id.as_str())?;
            *self.outline.offered.get(*rule)?
        };
        let amount = |amount: &Amount| of_total(matches!(amount, Amount::PercentOfTotal(_)));
        match &self.outline.draft.rules.get(rule)?.rule {
            Rule::Take { amount: taken, .. } => amount(taken),
            Rule::Reserve(reserve) => match &reserve.size {
                ReserveSize::Amount(size) => amount(size),
                ReserveSize::Uplift { .. } => None,
            },
            Rule::Divide(divide) => divide.amount.as_ref().and_then(amount),
            Rule::Floor(floor) => of_total(matches!(floor.amount, Limit::PercentOfTotal(_))),
            Rule::Cap(cap) => of_total(matches!(cap.amount, Limit::PercentOfTotal(_))),
            Rule::Concentration { of, .. } => offered(of),
            Rule::Quota(quota) => offered(&quota.of),
            Rule::Keep { .. } => None,
        }
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "a rule's lines are lines of the outline, and each has a sum"
    )]
    fn sum<'b>(&self, lines: impl IntoIterator<Item = &'b usize>) -> Result<Ratio, QuantityError> {
        lines.into_iter().try_fold(Ratio::ZERO, |sum, line| sum.plus(self.held[*line]))
    }

    fn push(
        &mut self,
        rule: usize,
        lines: &[usize],
        side: Side,
        limit: Ratio,
        base: Option<Ratio>,
    ) -> Result<(), BudgetError> {
        // A division rounds each line by less than a minor unit.
        self.compare(rule, lines, side, (limit, count(lines.len())), base)
    }

    fn compare(
        &mut self,
        rule: usize,
        lines: &[usize],
        side: Side,
        (limit, slack): (Ratio, Ratio),
        base: Option<Ratio>,
    ) -> Result<(), BudgetError> {
        let amount = self.sum(lines)?;
        let over = amount.minus(limit)?;
        let is_kept = match side {
            Side::AtLeast => over.negated() < slack,
            Side::AtMost => over < slack,
            Side::Exactly => over < slack && over.negated() < slack,
        };
        let money = |minor: Ratio| {
            let whole = minor.round((0, Rounding::HalfEven))?;
            Money::from_minor(whole.mantissa(), self.currency)
        };
        #[expect(clippy::indexing_slicing, reason = "a rule's lines are lines of the outline")]
        let names = lines.iter().map(|line| self.outline.lines[*line].name.clone());
        let bound = RuleBound {
            rule: self.outline.id(rule),
            lines: names.collect(),
            amount: money(amount)?,
            floor: (side != Side::AtMost).then_some(money(limit)?),
            cap: (side != Side::AtLeast).then_some(money(limit)?),
            base: base.map(money).transpose()?,
            is_kept,
        };
        self.bounds.push((rule, bound));
        Ok(())
    }
}

/// A number of lines as a ratio.
fn count(lines: usize) -> Ratio {
    Ratio::from(Decimal::from(lines))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::{Cap, CutLine, Divide, Floor, Place, Position, Quota, ReleaseTable, Reserve, Shrink};
    use alloc::string::ToString;
    use rust_decimal::dec;

    fn yuan(text: &str) -> Money {
        alloc::format!("{text} CNY").parse().unwrap()
    }

    fn plan() -> Allocation {
        Allocation::draft(yuan("1000.01"))
            .rule("agency", Rule::take("agency", Amount::percent(5)))
            .rule("peak", Reserve::uplift(30, ["search"]))
            .rule("main", Divide::by_scores([("search", 4), ("social", 3), ("live", 2), ("app", 1)]))
            .rule("words", Divide::by_percents([("brand", 25), ("generic", 75)]).within("search"))
            .rule("spread", Rule::remains("main", 60))
            .rule("own", Quota::of("main").group(70, ["search", "social", "peak"]).group(30, ["live", "app"]))
            .rule("least", Floor::line("social", yuan("10")))
            .rule("pilots", Cap::group(["live", "app"], Limit::percent(40)))
            .check()
            .unwrap()
    }

    /// D3: what was allocated keeps its rules.
    #[test]
    fn an_allocation_keeps_its_own_rules() {
        let plan = plan();
        let check = plan.check_rules([], plan.total()).unwrap();
        assert!(check.is_kept());
        assert!(check.bounds().len() >= 9 && check.outside().is_empty());
        assert!(check.clone().into_result().is_ok());
    }

    /// D3: each bound that a change breaks is told with its base and its value.
    #[test]
    fn changed_amounts_are_checked_against_every_rule() {
        let plan = plan();
        let now = [("search/brand", yuan("0")), ("app", yuan("600")), ("podcast", yuan("1"))];
        let check = plan.check_rules(now, plan.total()).unwrap();
        let broken: Vec<&str> = check.broken().map(|bound| bound.rule.as_str()).collect();
        assert_eq!(broken, ["peak", "spread", "own", "own", "pilots"]);
        assert_eq!(check.outside(), ["podcast"]);
        let refused = check.into_result().unwrap_err();
        assert!(refused.to_string().contains("pilots: 79% of 1,000.01 CNY, at most 40%"), "{refused}");
        // The base is the caller's: of more money the pilots may have more.
        let more = plan.check_rules([("live", yuan("300"))], yuan("2000")).unwrap();
        let broken: Vec<&str> = more.broken().map(|bound| bound.rule.as_str()).collect();
        assert!(!broken.is_empty() && !broken.contains(&"pilots"), "{more}");
        for (now, message) in [
            (("search", yuan("1")), "now[0]: the amount of `search` is that of its parts"),
            (("live", "1 JPY".parse().unwrap()), "now[0]: JPY and CNY are different currencies"),
        ] {
            assert_eq!(plan.check_rules([now], plan.total()).unwrap_err().to_string(), message);
        }
        assert!(plan.check_rules([("live", yuan("1")), ("live", yuan("2"))], plan.total()).is_err());
        assert!(plan.check_rules([], yuan("-1")).is_err());
    }

    /// D3: after cuts, whose base is what is left.
    #[test]
    fn cuts_say_which_rules_they_leave_broken() {
        let plan = plan();
        let of = |line: &Line| CutLine::of(line, if line.is_reserve() { 1 } else { 2 });
        let cut = |shrink| Cuts::draft(plan.leaves().map(of), shrink).check().unwrap();
        assert!(cut(Shrink::By(yuan("0"))).check_rules(&plan).unwrap().is_kept());
        let cuts = cut(Shrink::By(yuan("500")));
        let left = cuts.to_budget("left").unwrap();
        assert_eq!((left.total(), cuts.left()), (yuan("500.01"), yuan("500.01")));
        let check = cuts.check_rules(&plan).unwrap();
        let same = left.lines().iter().map(|line| (line.name(), line.amount()));
        assert_eq!(check, plan.check_rules(same, yuan("500.01")).unwrap());
        assert!(!check.is_kept() && check.bounds().iter().any(|bound| bound.base == Some(yuan("500.01"))));
        let other = |line: CutLine| Cuts::draft([line.clone()], Shrink::By(line.amount)).check().unwrap();
        for (line, refusal) in [
            (
                CutLine::new("search", "5 JPY".parse().unwrap(), 1),
                "amount: CNY and JPY are different currencies",
            ),
            (
                CutLine::new("live", yuan("5000"), 1),
                "amount: a cut of 5,000.00 CNY is more than the total 1,000.01 CNY",
            ),
        ] {
            assert_eq!(other(line).check_rules(&plan).unwrap_err().to_string(), refusal);
        }
    }

    /// D3: after a review.
    #[test]
    fn a_review_says_which_rules_it_leaves_broken() {
        let plan = Allocation::draft(yuan("1000"))
            .rule("pilots", Cap::group(["live"], Limit::percent(8)))
            .rule("main", Divide::by_percents([("search", 80), ("live", 20)]))
            .check()
            .unwrap();
        let position = |name: &str, roi| {
            let position = Position::new(name, plan[name].amount()).with_fact("kind", "channel");
            position.with_fact("roi", roi).with_fact("activity", dec!(1))
        };
        let mut release = ReleaseTable::kol_and_activity().unwrap();
        let draft = Reallocation::draft(release.clone(), Rounding::Floor, Place::Owner("board".into()))
            .position(position("search", dec!(3)))
            .position(position("live", dec!(3)))
            .recipient("live", 1);
        assert!(draft.clone().check().unwrap().check_rules(&plan).unwrap().is_kept());
        let mut dropped = draft.clone();
        dropped.positions[0] = position("search", dec!(3)).with_fact("activity", dec!(0.5));
        let check = dropped.check().unwrap().check_rules(&plan).unwrap();
        let broken: Vec<String> = check.broken().map(ToString::to_string).collect();
        assert_eq!(broken, ["pilots: 100% of 1,000.00 CNY, at most 8%"]);
        assert_eq!(
            check.to_string(),
            "bound  rule    lines  held CNY  min   max CNY   of CNY  kept\n\
             1      pilots  live    1000.00  none    80.00  1000.00  no\n"
        );
        release = ReleaseTable::kol_and_activity().unwrap();
        assert_eq!(release, draft.release);
    }

    /// What is broken never reads as if it were kept.
    #[test]
    fn a_bound_missed_by_little_is_told_in_amounts() {
        let plan = Allocation::draft(yuan("1000000")).rule("main", Divide::by_scores([("a", 92), ("b", 8)]));
        let plan = plan.rule("pilots", Cap::line("b", Limit::percent(8))).check().unwrap();
        let broken = |b: &str| -> Vec<String> {
            let check = plan.check_rules([("b", yuan(b))], plan.total()).unwrap();
            check.broken().map(ToString::to_string).collect()
        };
        assert_eq!(broken("81900"), ["pilots: 8.19% of 1,000,000.00 CNY, at most 8%"]);
        assert_eq!(broken("80001"), ["pilots: 80,001.00 CNY, at most 80,000.00 CNY of 1,000,000.00 CNY"]);
        assert!(broken("80000").is_empty());
    }
}
