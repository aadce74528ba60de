//! An allocation: rules that turn a total into lines, and the lines with what set each.

use super::conflict::{self, Conflict};
use super::outline::{Holder, Outline, OutlineLine, Source};
use super::reason::{Effect, Reasons};
use super::rule::{ReleaseCondition, Reserve, ReserveSize, Rule, RuleDraft};
use super::tree::{Extents, Tree};
use super::{Budget, BudgetDraft, BudgetError, LineDraft, Off, RuleError};
use crate::error::{Path, Problems};
use crate::quantity::{Currency, Money, QuantityError, Ratio, Rounding};
use crate::split::{NestedPart, NestedSplit, SetBy, nested};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Index;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A total and the rules that turn it into lines, as they are written down, not checked yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllocationDraft {
    /// The total.
    pub total: Money,
    /// The rules in order.
    pub rules: Vec<RuleDraft>,
}

/// A line of an allocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllocatedLine {
    name: String,
    amount: Money,
    reasons: Reasons,
    reserve: Option<ReserveSize>,
    purpose: Option<String>,
    release: Option<ReleaseCondition>,
    has_parts: bool,
}

impl AllocatedLine {
    /// The name; a part of a line is named `line/part`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The amount; of a line with parts exactly their sum.
    #[must_use]
    pub const fn amount(&self) -> Money {
        self.amount
    }

    /// What set the amount, step by step.
    #[must_use]
    pub const fn reasons(&self) -> &Reasons {
        &self.reasons
    }

    /// The name of the line of which this one is a part.
    #[must_use]
    pub fn parent(&self) -> Option<&str> {
        self.name.rsplit_once('/').map(|(parent, _)| parent)
    }

    /// Whether a rule divides the line into parts.
    #[must_use]
    pub const fn has_parts(&self) -> bool {
        self.has_parts
    }

    /// Whether the line is a reserve.
    #[must_use]
    pub const fn is_reserve(&self) -> bool {
        self.reserve.is_some()
    }

    /// What the reserve is for, where its rule says so.
    #[must_use]
    pub fn purpose(&self) -> Option<&str> {
        self.purpose.as_deref()
    }

    /// When the reserve may be spent, where its rule says so.
    #[must_use]
    pub const fn release(&self) -> Option<&ReleaseCondition> {
        self.release.as_ref()
    }
}

impl fmt::Display for AllocatedLine {
    /// `podcast 9,000.00 CNY: main set 14,000; pilots capped to 9,000`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.name, self.amount, self.reasons)
    }
}

/// A total in lines that add up to it to the last minor unit, each with the steps that set it.
///
/// On the wire it is its [`AllocationDraft`]; reading it follows the rules again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "AllocationDraft", into = "AllocationDraft")]
pub struct Allocation {
    draft: AllocationDraft,
    lines: Vec<AllocatedLine>,
}

impl Allocation {
    /// The total, which the lines without parts add up to.
    #[must_use]
    pub const fn total(&self) -> Money {
        self.draft.total
    }

    /// The rules in order.
    #[must_use]
    pub fn rules(&self) -> &[RuleDraft] {
        &self.draft.rules
    }

    /// The lines in the order of the rules that set them, those with parts among them.
    #[must_use]
    pub fn lines(&self) -> &[AllocatedLine] {
        &self.lines
    }

    /// The lines without parts: they add up to the total.
    pub fn leaves(&self) -> impl Iterator<Item = &AllocatedLine> {
        self.lines.iter().filter(|line| !line.has_parts)
    }

    /// The parts of the line of this name: they add up to it.
    pub fn parts_of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a AllocatedLine> {
        self.lines.iter().filter(move |line| line.parent() == Some(name))
    }

    /// The line of this name, or `None`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&AllocatedLine> {
        self.lines.iter().find(|line| line.name == name)
    }

    /// The lines without parts as a budget of stated amounts.
    ///
    /// # Errors
    /// Those of [`BudgetDraft::check`]; an allocation has none of them.
    pub fn to_budget(&self, name: impl Into<String>) -> Result<Budget, Problems<BudgetError>> {
        let lines = self.leaves().map(|line| LineDraft {
            name: line.name.clone(),
            percent: None,
            amount: Some(line.amount),
            purpose: line.purpose.clone(),
            reserve: line.is_reserve(),
        });
        BudgetDraft { name: name.into(), total: self.total(), lines: lines.collect() }.check()
    }
}

impl Index<&str> for Allocation {
    type Output = AllocatedLine;

    /// The line of this name.
    ///
    /// # Panics
    /// When there is no such line, as the maps of the standard library; [`Allocation::get`] does not panic.
    #[expect(clippy::panic, reason = "the contract of Index, as for the maps of the standard library")]
    fn index(&self, name: &str) -> &AllocatedLine {
        self.get(name).unwrap_or_else(|| panic!("the allocation has no line {name:?}"))
    }
}

impl Budget {
    /// A total to be turned into lines by rules.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{Budget, Cap, Divide, Limit, Reserve};
    /// use marketloop::quantity::{Mix, Money};
    ///
    /// let mix = Mix::from_percents([("video", 50), ("search", 30), ("live", 10), ("podcast", 10)])?;
    /// let budget = Budget::of(Money::parse("100000 CNY")?)
    ///     .rule("contingency", Reserve::percent(10).with_purpose("only for unforeseeable costs"))
    ///     .rule("pilots", Cap::group(["live", "podcast"], Limit::percent(10)))
    ///     .rule("main", Divide::by_mix(&mix))
    ///     .allocate()?;
    /// assert_eq!(budget["podcast"].reasons().to_string(), "main set 9,000; pilots capped to 5,000");
    /// assert_eq!(budget["video"].reasons().to_string(), "main set 45,000; main shifted to 50,000");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn of(total: Money) -> AllocationDraft {
        AllocationDraft { total, rules: Vec::new() }
    }
}

impl AllocationDraft {
    /// The draft with one more rule.
    #[must_use]
    pub fn rule(mut self, id: impl Into<String>, rule: impl Into<Rule>) -> Self {
        self.rules.push(RuleDraft { id: id.into(), rule: rule.into() });
        self
    }

    /// The lines that the rules make of the total, by the algorithm of the [module](super).
    ///
    /// # Errors
    /// All problems of the rules at once, each with its path: `rules[2].amount`, `rules[0].parts[1].line`. Of rules
    /// without a problem of their own: [`RuleError::Unallocated`] and [`RuleError::Infeasible`] at `rules`; a
    /// [`BudgetError::Split`] or [`BudgetError::Quantity`] where an exact amount needs more than 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{Budget, Divide, Floor, Limit, Take};
    /// use marketloop::quantity::Money;
    ///
    /// let refused = Budget::of(Money::parse("50000 CNY")?)
    ///     .rule("fixed", Take::percent("agency", 50))
    ///     .rule("main", Divide::by_percents([("search", 60), ("social", 40)]))
    ///     .rule("floor", Floor::line("search", Limit::percent(60)))
    ///     .allocate();
    /// assert_eq!(
    ///     refused.unwrap_err().to_string(),
    ///     "rules: rules `fixed`, `floor` cannot hold together: 5,000.00 CNY over"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn allocate(self) -> Result<Allocation, Problems<BudgetError>> {
        let outline = Outline::new(&self)?;
        let mut tree = Tree::new(&outline)?;
        let mut problems = Problems::new();
        let lines = lines(&outline, &mut tree);
        match problems.take(&Path::root().field("rules"), lines) {
            Some(lines) => problems.into_result(Allocation { draft: self, lines }),
            None => problems.finish(None),
        }
    }
}

fn lines(outline: &Outline<'_>, tree: &mut Tree) -> Result<Vec<AllocatedLine>, BudgetError> {
    let currency = outline.draft.total.currency();
    let kept = outline.lines.iter().position(|line| matches!(line.source, Source::Kept));
    match kept {
        Some(kept) => tree.keep(kept, outline.total)?,
        None if outline.last.is_none() && outline.rest > Ratio::ZERO => {
            return Err(RuleError::Unallocated { rest: money_up(outline.rest, currency)? }.into());
        }
        None => {}
    }
    if let Some(Conflict { rules, by, is_over }) = conflict::smallest(tree, outline.total)? {
        let by = money_up(by, currency)?;
        let off = if is_over { Off::Over(by) } else { Off::Short(by) };
        let rules = rules.into_iter().map(|rule| outline.id(rule)).collect();
        return Err(RuleError::Infeasible { rules, off }.into());
    }
    let split = nested(outline.draft.total.minor(), &tree.nested())?;
    let extents = tree.extents(None, |_, _| true)?;
    let per_unit = Ratio::of_integers(false, 1, 10_u128.saturating_pow(currency.digits()));
    let story = Story {
        outline,
        tree,
        split: &split,
        extents: &extents,
        children: tree.children(),
        per_unit: per_unit.unwrap_or(Ratio::ONE),
    };
    let lines = (0..outline.lines.len()).filter_map(|line| story.line(line).transpose());
    Ok(lines.collect::<Result<_, QuantityError>>()?)
}

/// An exact amount of minor units as money, rounded up to whole ones.
fn money_up(minor: Ratio, currency: Currency) -> Result<Money, QuantityError> {
    let whole = minor.round(0, Rounding::AwayFromZero)?;
    Money::from_minor(whole.mantissa(), currency)
}

/// What is needed to tell how each line got its amount.
struct Story<'a> {
    outline: &'a Outline<'a>,
    tree: &'a Tree,
    split: &'a NestedSplit,
    extents: &'a Extents,
    children: Vec<Vec<usize>>,
    /// A minor unit in the currency's main unit.
    per_unit: Ratio,
}

impl Story<'_> {
    fn line(&self, index: usize) -> Result<Option<AllocatedLine>, QuantityError> {
        let (Some(line), Some(node)) = (self.outline.lines.get(index), self.tree.of_line.get(index)) else {
            return Ok(None);
        };
        let Some(part) = self.split.parts.get(*node) else { return Ok(None) };
        let total = self.outline.draft.total;
        let rule = self.outline.draft.rules.get(line.rule);
        let id = rule.map_or("", |rule| rule.id.as_str());
        let mut reasons = Reasons::new(total.currency());
        let minor = match line.source {
            Source::OnTop => {
                let (minor, exact) = part.reserve.unwrap_or((0, Ratio::ZERO));
                reasons.push(Some(id), Effect::Set, exact.times(self.per_unit)?);
                minor
            }
            Source::Weight { weight, has_return } => {
                self.weighted(line, *node, weight, has_return, &mut reasons)?;
                part.amount
            }
            Source::Taken(_) | Source::Kept | Source::Open => {
                reasons.push(Some(id), Effect::Set, part.exact.times(self.per_unit)?);
                part.amount
            }
        };
        let amount = Money::from_minor(minor, total.currency())?;
        reasons.push(None, Effect::Rounding, Ratio::from(amount.amount()));
        let reserve = match rule.map(|rule| &rule.rule) {
            Some(Rule::Reserve(reserve)) => Some(reserve.clone()),
            _ => None,
        };
        let (reserve, purpose, release) = match reserve {
            Some(Reserve { size, purpose, release, .. }) => (Some(size), purpose, release),
            None => (None, None, None),
        };
        let is_line = !matches!(line.source, Source::OnTop);
        let has_parts = is_line && self.children.get(*node).is_some_and(|children| !children.is_empty());
        let name = line.name.clone();
        Ok(Some(AllocatedLine { name, amount, reasons, reserve, purpose, release, has_parts }))
    }

    /// The steps of a line with a weight, from what the weight alone gives it.
    fn weighted(
        &self,
        line: &OutlineLine,
        node: usize,
        weight: Decimal,
        has_return: bool,
        reasons: &mut Reasons,
    ) -> Result<(), QuantityError> {
        let part = |index: usize| self.split.parts.get(index);
        let (Some(own), weight) = (part(node), Ratio::from(weight)) else { return Ok(()) };
        let id = self.outline.id(line.rule);
        let in_main = |minor: Ratio| minor.times(self.per_unit);
        let (divided, scale) = match line.holder {
            Holder::Total => (self.outline.offered.get(line.rule).copied().flatten(), self.split.scale),
            Holder::Rule(_) | Holder::Line(_) => {
                let holder = self.tree.holder_node(line.holder).and_then(part);
                (holder.map(|holder| holder.exact), holder.and_then(|holder| holder.scale))
            }
        };
        let divided = divided.unwrap_or(Ratio::ZERO);
        let weights = self.tree.weights.get(&line.holder).copied().unwrap_or(Ratio::ZERO);
        let unbound =
            if weights.is_zero() { Ratio::ZERO } else { divided.times(weight.divided_by(weights)?)? };
        let effect = if has_return { Effect::Set } else { Effect::NoReturn };
        reasons.push(Some(&id), effect, in_main(unbound)?);
        let steps = self.bounds(line, node, weight);
        let shifted = match steps.first() {
            // Others' bounds moved the line first where its own go the other way.
            Some((Effect::Cap, _, after)) => *after >= unbound,
            Some((_, _, after)) => *after <= unbound,
            None => false,
        };
        if let Some(scale) = scale.filter(|_| shifted)
            && let Ok(after) = scale.times(weight)
        {
            reasons.push(Some(&id), Effect::Shift, in_main(after)?);
        }
        if steps.is_empty() {
            reasons.push(Some(&id), Effect::Shift, in_main(own.exact)?);
        }
        for (effect, rule, after) in steps {
            reasons.push(Some(&self.outline.id(rule)), effect, in_main(after)?);
        }
        Ok(())
    }

    /// The steps that hold a line, from the outermost group to its own bound; the last ends at its exact amount.
    fn bounds(&self, line: &OutlineLine, node: usize, weight: Ratio) -> Vec<(Effect, usize, Ratio)> {
        let holder = self.tree.holder_node(line.holder);
        let mut steps = Vec::new();
        let mut at = Some(node);
        let exact = self.split.parts.get(node).map_or(Ratio::ZERO, |part| part.exact);
        while let Some(index) = at.filter(|_| at != holder) {
            let Some(NestedPart { set_by, scale, .. }) = self.split.parts.get(index) else { break };
            let effect = match set_by {
                SetBy::Weight => None,
                SetBy::Floor => Some(Effect::Floor),
                SetBy::Cap => Some(Effect::Cap),
            };
            // The innermost step is the exact amount itself; a scale that cannot be told leaves its step out.
            let after =
                if steps.is_empty() { Some(exact) } else { scale.and_then(|scale| scale.times(weight).ok()) };
            if let (Some(effect), Some(after)) = (effect, after) {
                let rule = self.owner(index, effect).unwrap_or(line.rule);
                steps.push((effect, rule, after));
            }
            at = self.tree.nodes.get(index).and_then(|node| node.parent);
        }
        steps.reverse();
        steps
    }

    /// The rule whose floor or cap holds a part: its own, or where the parts below it make it, one of theirs.
    fn owner(&self, mut index: usize, effect: Effect) -> Option<usize> {
        loop {
            let node = self.tree.nodes.get(index)?;
            let below = self.children.get(index)?.iter().copied();
            let (held, inner) = if effect == Effect::Cap {
                let bound = self.extents.most.get(index).copied().flatten()?;
                let own = node.caps.iter().chain(&node.pin).find(|(cap, _)| *cap == bound);
                let most = |child: &usize| self.extents.most.get(*child).copied().flatten();
                (own, below.max_by_key(most))
            } else {
                let bound = *self.extents.least.get(index)?;
                let own = node.floors.iter().chain(&node.pin).find(|(floor, _)| *floor == bound);
                let least = |child: &usize| self.extents.least.get(*child).copied();
                (own, below.max_by_key(least))
            };
            match held {
                Some((_, rule)) => return Some(*rule),
                None => index = inner?,
            }
        }
    }
}

impl TryFrom<AllocationDraft> for Allocation {
    type Error = Problems<BudgetError>;

    fn try_from(draft: AllocationDraft) -> Result<Self, Self::Error> {
        draft.allocate()
    }
}

impl From<Allocation> for AllocationDraft {
    fn from(allocation: Allocation) -> Self {
        allocation.draft
    }
}
