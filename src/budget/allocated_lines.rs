//! The lines of an allocation: their amounts by the split, and the steps that made them.

use super::amount_cause::{AmountCause, push};
use super::conflict::{self, Conflict};
use super::outline::{Holder, Outline, OutlineLine, Source};
use super::reserve::Reserve;
use super::rule::{NamedRule, Rule};
use super::tree::{Extents, Tree};
use super::{BudgetError, Line};
use crate::figure::Why;
use crate::quantity::{Currency, Money, QuantityError, Ratio, Rounding};
use crate::split::{BoundedPart, BoundedSplit, SetBy, nested};
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// The lines of the tree, each with the steps that set it.
pub(super) fn lines(outline: &Outline<'_>, tree: &mut Tree) -> Result<Vec<Line>, BudgetError> {
    let currency = outline.draft.total.currency();
    let kept = outline.lines.iter().position(|line| matches!(line.source, Source::Kept));
    match kept {
        Some(kept) => tree.keep(kept, outline.total)?,
        // A rest that no line holds is refused: the lines would add up to less than the total without a word.
        None if outline.last.is_none() && outline.rest > Ratio::ZERO => {
            return Err(BudgetError::Unallocated { rest: money_up(outline.rest, currency)? });
        }
        None => {}
    }
    if let Some(Conflict { rules, by, is_over }) = conflict::smallest(tree, outline.total)? {
        let by = money_up(by, currency)?;
        let off = if is_over { by } else { by.negated() };
        let rules = rules.into_iter().map(|rule| outline.id(rule)).collect();
        return Err(BudgetError::Infeasible { rules, off });
    }
    // The conflict is looked for first: the split would refuse it, too, but could not name the rules.
    let split = nested(outline.draft.total.minor(), &tree.nested())?;
    let extents = tree.extents(None, |_, _| true)?;
    let story = Story {
        outline,
        tree,
        split: &split,
        extents: &extents,
        children: tree.children(),
        per_unit: Decimal::new(1, currency.digits()).into(),
    };
    let lines = (0..outline.lines.len()).map(|line| story.line(line));
    Ok(lines.collect::<Result<_, QuantityError>>()?)
}

/// An exact amount of minor units as money, rounded up to whole ones.
fn money_up(minor: Ratio, currency: Currency) -> Result<Money, QuantityError> {
    // Away from 0, as a conflict of a part of a minor unit would else be told as one of nothing.
    let whole = minor.round((0, Rounding::AwayFromZero))?;
    Money::from_minor(whole.mantissa(), currency)
}

/// The data that explain how each line got its amount.
struct Story<'a> {
    outline: &'a Outline<'a>,
    tree: &'a Tree,
    split: &'a BoundedSplit,
    extents: &'a Extents,
    children: Vec<Vec<usize>>,
    /// A minor unit in the currency's main unit.
    per_unit: Ratio,
}

/// The exact amount of a part of the tree.
fn exact(part: &BoundedPart) -> Result<Ratio, QuantityError> {
    // A nested split tells every one or is refused as a whole; only a flat one leaves out what 128 bits do not hold.
    part.exact.ok_or_else(|| QuantityError::Inexact { operation: "the exact amount of a line".into() })
}

impl Story<'_> {
    /// The part of a node, with its amount by the split.
    #[expect(
        clippy::indexing_slicing,
        reason = "the split has a part for each node of the tree, in its order"
    )]
    fn part(&self, node: usize) -> &BoundedPart {
        &self.split.parts()[node]
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "the index is of a line, and a tree without problems has a node for each line of its outline"
    )]
    fn line(&self, index: usize) -> Result<Line, QuantityError> {
        let (line, node) = (&self.outline.lines[index], self.tree.of_line[index]);
        let part = self.part(node);
        let NamedRule { id, rule } = &self.outline.draft.rules[line.rule];
        let set = |exact: Ratio| {
            Ok::<_, QuantityError>(Why::new(AmountCause::Set(id.clone()), exact.times(self.per_unit)?))
        };
        let (mut why, minor) = match line.source {
            Source::OnTop => {
                // The node is the group on top of which the reserve lies: its own amount stands beside the group's.
                let (minor, exact) = *part.reserve().ok_or_else(|| QuantityError::Inexact {
                    operation: "the exact amount of a reserve".into(),
                })?;
                (set(exact)?, minor)
            }
            Source::Weight { weight, has_return } => {
                (self.weighted(line, node, part, weight, has_return)?, part.amount)
            }
            Source::Taken(_) | Source::Kept | Source::Open => (set(exact(part)?)?, part.amount),
        };
        let amount = Money::from_minor(minor, self.outline.draft.total.currency())?;
        // The last step goes to whole minor units, so that the story ends at the amount of the line.
        push(&mut why, AmountCause::Rounding, Ratio::from(amount.amount()));
        let (reserve, purpose, release) = match rule {
            Rule::Reserve(Reserve { purpose, release, .. }) => (true, purpose.clone(), release.clone()),
            _ => (false, None, None),
        };
        // The children of a reserve's node are the lines that it protects, not its parts.
        let has_parts = !matches!(line.source, Source::OnTop) && !self.children[node].is_empty();
        let (name, parent) = (line.name.clone(), line.within.clone());
        Ok(Line { name, amount, why, parent, has_parts, reserve, purpose, release })
    }

    /// The steps of a line with a weight, from what the weight alone gives it.
    fn weighted(
        &self,
        line: &OutlineLine,
        node: usize,
        own: &BoundedPart,
        weight: Decimal,
        has_return: bool,
    ) -> Result<Why<AmountCause, Ratio>, QuantityError> {
        let weight = Ratio::from(weight);
        let id = self.outline.id(line.rule);
        let in_main = |minor: Ratio| minor.times(self.per_unit);
        let (divided, scale) = match line.holder {
            Holder::Total => (self.outline.offered.get(line.rule).copied().flatten(), self.split.scale()),
            Holder::Rule(_) | Holder::Line(_) => {
                let holder = self.tree.holder_node(line.holder).map(|node| self.part(node));
                (holder.map(exact).transpose()?, holder.and_then(BoundedPart::scale))
            }
        };
        let unbound = match (divided, self.tree.weights.get(&line.holder)) {
            // The weight's part first: of a fraction below 1 the product stays shorter.
            (Some(divided), Some(weights)) if !weights.is_zero() => {
                divided.times(weight.divided_by(*weights)?)?
            }
            // Weights of nothing but zeros divide nothing: floors alone give these lines money.
            _ => Ratio::ZERO,
        };
        let set = if has_return { AmountCause::Set(id.clone()) } else { AmountCause::NoReturn(id.clone()) };
        let mut why = Why::new(set, in_main(unbound)?);
        let steps = self.bounds(line, node, weight)?;
        let shifted = match steps.first() {
            // Others' bounds moved the line first where its own go the other way.
            Some((AmountCause::Cap(_), after)) => *after >= unbound,
            Some((AmountCause::Floor(_), after)) => *after <= unbound,
            _ => false,
        };
        if let Some(scale) = scale.filter(|_| shifted)
            && let Ok(after) = scale.times(weight)
        {
            push(&mut why, AmountCause::Shift(id.clone()), in_main(after)?);
        }
        // Without a bound of its own the line moved only as those of others made it.
        if steps.is_empty() {
            push(&mut why, AmountCause::Shift(id), in_main(exact(own)?)?);
        }
        for (reason, after) in steps {
            push(&mut why, reason, in_main(after)?);
        }
        Ok(why)
    }

    /// The steps that hold a line, from the outermost group to its own bound; the last ends at its exact amount.
    #[expect(clippy::indexing_slicing, reason = "a parent is a node")]
    fn bounds(
        &self,
        line: &OutlineLine,
        node: usize,
        weight: Ratio,
    ) -> Result<Vec<(AmountCause, Ratio)>, QuantityError> {
        let holder = self.tree.holder_node(line.holder);
        let mut steps = Vec::new();
        let mut at = Some(node);
        let exact = exact(self.part(node))?;
        // From the line outwards: every group up to the holder may have held it.
        while let Some(index) = at.filter(|_| at != holder) {
            let part = self.part(index);
            let quota = self.tree.nodes[index].quota();
            let held = |is_cap| self.owner(index, is_cap).unwrap_or(line.rule);
            let reason = match (quota, part.set_by) {
                (Some(quota), _) => Some(AmountCause::Quota(self.outline.id(quota))),
                (None, SetBy::Weight) => None,
                (None, SetBy::Floor) => Some(AmountCause::Floor(self.outline.id(held(false)))),
                (None, SetBy::Cap) => Some(AmountCause::Cap(self.outline.id(held(true)))),
            };
            // The innermost step is the exact amount itself; a scale that cannot be told leaves its step out.
            let after = if steps.is_empty() {
                Some(exact)
            } else {
                part.scale().and_then(|scale| scale.times(weight).ok())
            };
            steps.extend(reason.zip(after));
            at = self.tree.nodes[index].parent;
        }
        steps.reverse();
        Ok(steps)
    }

    /// The rule whose floor or cap holds a part: its own, or one of the parts below it whose bounds make its own.
    #[expect(clippy::indexing_slicing, reason = "each node has extents and a list of what lies below it")]
    fn owner(&self, mut index: usize, is_cap: bool) -> Option<usize> {
        loop {
            let node = &self.tree.nodes[index];
            let below = self.children[index].iter().copied();
            let (held, inner) = if is_cap {
                let bound = self.extents.most[index]?;
                let own = node.caps.iter().chain(&node.pin).find(|(cap, _)| *cap == bound);
                let most = |child: &usize| self.extents.most[*child];
                (own, below.max_by_key(most))
            } else {
                let bound = self.extents.least[index];
                let own = node.floors.iter().chain(&node.pin).find(|(floor, _)| *floor == bound);
                let least = |child: &usize| self.extents.least[*child];
                (own, below.max_by_key(least))
            };
            // Where no rule set it, the bound is a sum over the parts, and the largest part stands for it.
            match held {
                Some((_, rule)) => return Some(*rule),
                None => index = inner?,
            }
        }
    }
}
