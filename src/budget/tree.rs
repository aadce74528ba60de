//! The outline as a tree of parts with their bounds, and the least and most that each part can have.

use super::BudgetError;
use super::outline::{Bounds, Holder, Outline, Source, place_of};
use crate::error::{Path, Problems};
use crate::quantity::{QuantityError, Ratio};
use crate::split::Bounded;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::cmp::Reverse;
use rust_decimal::Decimal;

/// How the amount of a part of the tree is determined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Portion {
    Weight(Decimal),
    /// A group: what its members add up to.
    Members,
    /// A group with a reserve on top: this ratio of what its members add up to.
    MembersAndReserve(Ratio),
}

/// A part of the tree and what rules ask of it, each with the index of its rule.
pub(super) struct Node {
    pub(super) parent: Option<usize>,
    pub(super) portion: Portion,
    /// The exact amount that a rule sets.
    pub(super) pin: Option<(Ratio, usize)>,
    pub(super) floors: Vec<(Ratio, usize)>,
    pub(super) caps: Vec<(Ratio, usize)>,
    /// The rule of the reserve on top.
    pub(super) reserve: Option<usize>,
    /// The count of a weight of 1, including the reserves on top of it.
    counts: Ratio,
    has_parts: bool,
}

/// The role of a rule for a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Pin,
    Floor,
    Cap,
    /// The cap of a part whose amount a rule sets.
    CapOfPin,
    Reserve,
}

/// The tree of an outline. The index beyond its nodes stands for the total.
pub(super) struct Tree {
    pub(super) nodes: Vec<Node>,
    /// The node of each line; of an elastic reserve the group on top of which it lies.
    pub(super) of_line: Vec<usize>,
    /// The node of each rule that divides an amount of its own.
    of_rule: BTreeMap<usize, usize>,
    /// The sum of the counted weights of each holder.
    pub(super) weights: BTreeMap<Holder, Ratio>,
}

/// The minimum and the maximum that each part, and last the total, can have; `None` is no limit.
pub(super) struct Extents {
    pub(super) least: Vec<Ratio>,
    pub(super) most: Vec<Option<Ratio>>,
}

#[expect(
    clippy::indexing_slicing,
    reason = "members are lines, each with a place in both lists; a parent is a node that stands before its parts"
)]
impl Tree {
    pub(super) fn new(outline: &Outline<'_>) -> Result<Self, Problems<BudgetError>> {
        let mut problems = Problems::new();
        let mut tree = Self {
            nodes: Vec::with_capacity(outline.lines.len()),
            // No node yet: a line gets one at its holder's turn, a reserve on top that of its group.
            of_line: alloc::vec![usize::MAX; outline.lines.len()],
            of_rule: BTreeMap::new(),
            weights: BTreeMap::new(),
        };
        // Holders from the outside to the inside, each with its groups and lines.
        let mut holders: BTreeMap<(usize, Holder), (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        let mut depths = BTreeMap::new();
        for ((index, line), depth) in outline.lines.iter().enumerate().zip(outline.depths()) {
            depths.insert(line.holder, depth);
            holders.entry((depth, line.holder)).or_default().1.push(index);
        }
        for (index, group) in outline.groups.iter().enumerate() {
            // A group has the holder of its lines, whose depth is known from these.
            let depth = depths[&group.holder];
            holders.entry((depth, group.holder)).or_default().0.push(index);
        }
        let mut innermost: Vec<Option<usize>> = alloc::vec![None; outline.lines.len()];
        for ((_, holder), (groups, lines)) in holders {
            // A line whose weight or group was refused has no place, nor has what stands within it: the refusal is told.
            if matches!(holder, Holder::Line(line) if tree.of_line.get(line) == Some(&usize::MAX)) {
                continue;
            }
            let outer = tree.holder(outline, holder);
            tree.add_groups(outline, outer, groups, &mut innermost, &mut problems);
            for line in lines {
                let inside = innermost[line];
                let added = tree.add_line(outline, (holder, line), inside.or(outer));
                problems.take(&Path::root().field("rules"), added);
            }
        }
        for (line, rule, bounds) in &outline.bounds {
            tree.bound(tree.of_line.get(*line).copied(), *rule, *bounds);
        }
        problems.into_result(tree)
    }

    /// The node of a holder; `None` is the total.
    pub(super) fn holder_node(&self, holder: Holder) -> Option<usize> {
        match holder {
            Holder::Total => None,
            Holder::Rule(rule) => self.of_rule.get(&rule).copied(),
            Holder::Line(line) => self.of_line.get(line).copied(),
        }
    }

    fn holder(&mut self, outline: &Outline<'_>, holder: Holder) -> Option<usize> {
        if let Holder::Rule(rule) = holder {
            let pin = outline.offered[rule].map(|amount| (amount, rule));
            // What the rule offers is pinned: its weight of 0 never divides anything.
            let node = self.push(None, Portion::Weight(Decimal::ZERO), Ratio::ONE);
            self.nodes[node].pin = pin;
            self.of_rule.insert(rule, node);
        }
        self.holder_node(holder)
    }

    fn push(&mut self, parent: Option<usize>, portion: Portion, counts: Ratio) -> usize {
        let index = self.nodes.len();
        if let Some(parent) = parent {
            self.nodes[parent].has_parts = true;
        }
        let (floors, caps) = (Vec::new(), Vec::new());
        self.nodes.push(Node {
            parent,
            portion,
            pin: None,
            floors,
            caps,
            reserve: None,
            counts,
            has_parts: false,
        });
        index
    }

    fn bound(&mut self, node: Option<usize>, rule: usize, bounds: Bounds) {
        if let Some(node) = node.and_then(|node| self.nodes.get_mut(node)) {
            node.floors.extend(bounds.floor.map(|floor| (floor, rule)));
            node.caps.extend(bounds.cap.map(|cap| (cap, rule)));
        }
    }

    /// The groups of one holder, from the largest to the smallest: each lies wholly in the one around it.
    fn add_groups(
        &mut self,
        outline: &Outline<'_>,
        outer: Option<usize>,
        mut groups: Vec<usize>,
        innermost: &mut [Option<usize>],
        problems: &mut Problems<BudgetError>,
    ) {
        let group = |index: &usize| outline.groups.get(*index);
        // The larger ones first, so that each finds the one around it in place; of two of one size the reserve lies inside,
        // as it stands on top of its members only.
        groups.sort_by_key(|index| {
            group(index).map(|group| (Reverse(group.members.len()), group.reserve.is_some()))
        });
        let mut rules: BTreeMap<usize, usize> = BTreeMap::new();
        for group in groups.iter().filter_map(group) {
            let path = place_of(group.rule);
            let around = |line: usize| innermost[line];
            let first = group.members.first().and_then(|line| around(*line));
            // All members stand in one group, or the group crosses another: groups are a tree, or there is no single scale.
            let other = group.members.iter().map(|line| around(*line)).find(|other| *other != first);
            if let Some(other) = other {
                let other = other.or(first).and_then(|node| rules.get(&node)).copied().unwrap_or(group.rule);
                problems.push(path, BudgetError::Overlap { other: outline.id(other) });
                continue;
            }
            // The reserve of a group that is placed is not a part that another group could hold.
            let reserve =
                group.members.iter().filter_map(|line| Some((line, outline.lines.get(*line)?))).find(
                    |(line, found)| {
                        matches!(found.source, Source::OnTop)
                            && self.of_line.get(**line).is_some_and(|node| *node != usize::MAX)
                    },
                );
            if let Some((_, line)) = reserve {
                problems.push(path, BudgetError::BoundOnReserve { line: line.name.clone() });
                continue;
            }
            let (portion, factor) = match group.reserve {
                Some((ratio, _)) => (Portion::MembersAndReserve(ratio), Ratio::ONE.plus(ratio)),
                None => (Portion::Members, Ok(Ratio::ONE)),
            };
            let counts = first.map_or(Ratio::ONE, |first| self.nodes[first].counts);
            let counts = factor.and_then(|factor| factor.times(counts));
            let Some(counts) = problems.take(&path, counts) else { continue };
            let node = self.push(first.or(outer), portion, counts);
            self.bound(Some(node), group.rule, group.bounds);
            rules.insert(node, group.rule);
            for member in &group.members {
                innermost[*member] = Some(node);
            }
            if let Some((_, line)) = group.reserve {
                self.of_line[line] = node;
                self.nodes[node].reserve = Some(group.rule);
            }
        }
    }

    fn add_line(
        &mut self,
        outline: &Outline<'_>,
        (holder, index): (Holder, usize),
        parent: Option<usize>,
    ) -> Result<(), QuantityError> {
        let line = &outline.lines[index];
        let (weight, pin) = match line.source {
            Source::Weight { weight, .. } => (weight, None),
            Source::Taken(amount) => (Decimal::ZERO, Some((amount, line.rule))),
            // A place only: what it keeps is known when the bounds of all the others are.
            Source::Kept => (Decimal::ZERO, Some((Ratio::ZERO, line.rule))),
            Source::OnTop | Source::Open => return Ok(()),
        };
        let in_group = parent.filter(|_| parent != self.holder_node(holder));
        let counts = in_group.map_or(Ratio::ONE, |group| self.nodes[group].counts);
        // What a weight counts with the reserves on top of it: the division is by these, not by the weights as stated.
        let sum = self.weights.entry(holder).or_insert(Ratio::ZERO);
        *sum = sum.plus(counts.times(weight.into())?)?;
        let node = self.push(parent, Portion::Weight(weight), Ratio::ONE);
        self.nodes[node].pin = pin;
        self.of_line[index] = node;
        Ok(())
    }

    /// Sets the line that keeps what is left over to the amount that has no other place.
    pub(super) fn keep(&mut self, line: usize, total: Ratio) -> Result<(), QuantityError> {
        // What caps leave over is known before the division: the line is pinned to it, and the caps are not in conflict.
        let most = self.extents(None, |_, _| true)?.most;
        let kept = match most.last().copied().flatten() {
            Some(most) => total.minus(most)?.max(Ratio::ZERO),
            // Without a most of all lines together nothing is left over to be kept.
            None => Ratio::ZERO,
        };
        let node = self.of_line.get(line).and_then(|node| self.nodes.get_mut(*node));
        if let Some((amount, _)) = node.and_then(|node| node.pin.as_mut()) {
            *amount = kept;
        }
        Ok(())
    }

    /// The minimum and maximum of each part, and last of the total, under the rules that are active in a role.
    ///
    /// Dropping a rule never narrows a part: a line of weight 0 keeps the room that its floors gave it in `all`,
    /// the extents under all rules, and the room for a reserve stays.
    #[expect(clippy::arithmetic_side_effects, reason = "a number of nodes in memory")]
    pub(super) fn extents(
        &self,
        all: Option<&Extents>,
        is_active: impl Fn(usize, Role) -> bool,
    ) -> Result<Extents, QuantityError> {
        let count = self.nodes.len();
        // One more than there are nodes: the last is the total, which holds what has no parent.
        let mut least = alloc::vec![Ratio::ZERO; count + 1];
        let mut most = alloc::vec![Some(Ratio::ZERO); count + 1];
        // From the inside to the outside: nodes stand behind what is around them, so that all below is added up.
        for (index, node) in self.nodes.iter().enumerate().rev() {
            let below = (least[index], most[index]);
            let below = match node.portion {
                Portion::MembersAndReserve(ratio) => {
                    let factor = Ratio::ONE.plus(ratio)?;
                    let is_active = node.reserve.is_none_or(|rule| is_active(rule, Role::Reserve));
                    let low = if is_active { below.0.times(factor)? } else { below.0 };
                    (low, below.1.map(|most| most.times(factor)).transpose()?)
                }
                _ => below,
            };
            let is_heard = |bound: &&(Ratio, usize), role: Role| is_active(bound.1, role);
            let floor =
                node.floors.iter().filter(|bound| is_heard(bound, Role::Floor)).map(|bound| bound.0).max();
            let cap =
                node.caps.iter().filter(|bound| is_heard(bound, node.cap_role())).map(|bound| bound.0).min();
            let pin = node.pin.filter(|(_, rule)| is_active(*rule, Role::Pin)).map(|(amount, _)| amount);
            let all = all.map(|all| all.least[index]);
            let (low, high) = node.extent(below, (floor, cap, pin), all);
            let above = node.parent.unwrap_or(count);
            least[above] = least[above].plus(low)?;
            most[above] = match (most[above], high) {
                (Some(sum), Some(high)) => Some(sum.plus(high)?),
                _ => None,
            };
            (least[index], most[index]) = (low, high);
        }
        Ok(Extents { least, most })
    }

    /// The nodes below each node.
    pub(super) fn children(&self) -> Vec<Vec<usize>> {
        let mut children: Vec<Vec<usize>> = self.nodes.iter().map(|_| Vec::new()).collect();
        for (index, node) in self.nodes.iter().enumerate() {
            if let Some(parent) = node.parent {
                children[parent].push(index);
            }
        }
        children
    }

    /// The tree in the form of the split's input.
    pub(super) fn nested(&self) -> Vec<Bounded<Ratio>> {
        let part = |node: &Node| {
            let pin = node.pin.map(|(amount, _)| amount);
            let (weight, reserve) = match node.portion {
                Portion::Weight(weight) => (Some(weight), None),
                Portion::Members => (None, None),
                Portion::MembersAndReserve(ratio) => (None, Some(ratio)),
            };
            Bounded {
                parent: node.parent,
                weight,
                reserve,
                floor: node.floors.iter().map(|(floor, _)| *floor).chain(pin).max(),
                cap: node.caps.iter().map(|(cap, _)| *cap).chain(pin).min(),
            }
        };
        self.nodes.iter().map(part).collect()
    }
}

impl Node {
    /// The minimum and the maximum of the part: of what lies `below` it, the floor, cap and pin that are heard, and the least
    /// it has under all rules.
    pub(super) fn extent(
        &self,
        below: (Ratio, Option<Ratio>),
        (floor, cap, pin): (Option<Ratio>, Option<Ratio>, Option<Ratio>),
        all: Option<Ratio>,
    ) -> (Ratio, Option<Ratio>) {
        let is_line = matches!(self.portion, Portion::Weight(_)) && !self.has_parts;
        let (below, most) = if is_line { (Ratio::ZERO, None) } else { below };
        let low = [floor, pin].into_iter().flatten().fold(below, Ratio::max);
        // Nothing but a floor lifts a line of weight 0. While rules are dropped it keeps the room of all floors: a dropped
        // floor must not make a conflict that was none.
        let room = (self.pin.is_none() && self.is_weightless()).then(|| all.unwrap_or(low));
        let high = [most, cap, pin, room].into_iter().flatten().min();
        (low, high)
    }

    /// The role of the caps of the part.
    pub(super) const fn cap_role(&self) -> Role {
        if self.pin.is_some() { Role::CapOfPin } else { Role::Cap }
    }

    /// The rule that is both the floor and the cap of the part.
    pub(super) fn quota(&self) -> Option<usize> {
        let quota = |floor: &&(Ratio, usize)| self.caps.contains(floor);
        self.floors.iter().find(quota).map(|(_, rule)| *rule)
    }

    fn is_weightless(&self) -> bool {
        matches!(self.portion, Portion::Weight(weight) if weight.is_zero())
    }
}
