//! Extents that follow rules as they are dropped and put back.
//!
//! What a rule asks changes the parts it bounds and the sums above them, and nothing else. A set of rules is thinned
//! out one by one at the cost of the tree's depth for each bound, where extents from the start cost the whole tree for
//! each rule.

use super::tree::{Extents, Node, Portion, Role, Tree};
use crate::quantity::{QuantityError, Ratio};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

/// The active rules of a part, and the sums of the parts below it.
#[derive(Clone)]
struct Part {
    floors: BTreeSet<(Ratio, usize)>,
    caps: BTreeSet<(Ratio, usize)>,
    has_pin: bool,
    has_reserve: bool,
    /// The sum of the minima of the parts below it, and that of the maxima that exist.
    below: (Ratio, Ratio),
    /// The number of parts below it without a maximum.
    endless: usize,
    own: (Ratio, Option<Ratio>),
}

/// The extents of a tree under a set of rules that changes.
pub(super) struct LiveExtents<'a> {
    tree: &'a Tree,
    all: &'a Extents,
    /// The last stands for the total.
    parts: Vec<Part>,
    /// The parts that each rule of the set bounds, in which role and by which amount.
    bounded: BTreeMap<usize, Vec<(usize, Role, Ratio)>>,
}

#[expect(
    clippy::indexing_slicing,
    reason = "a part for each node, which is all a parent can be, and the total"
)]
#[expect(clippy::arithmetic_side_effects, reason = "numbers of nodes in memory")]
impl<'a> LiveExtents<'a> {
    /// The extents under these rules; `all` are those under every rule. In a role for which `fixed` has an answer,
    /// rules count, or do not, whatever the set.
    pub(super) fn new(
        tree: &'a Tree,
        all: &'a Extents,
        rules: &BTreeSet<usize>,
        fixed: fn(Role) -> Option<bool>,
    ) -> Result<Self, QuantityError> {
        let none = Part {
            floors: BTreeSet::new(),
            caps: BTreeSet::new(),
            has_pin: false,
            // As in the sweep over the tree: a reserve counts where no rule at this place asks for it.
            has_reserve: true,
            below: (Ratio::ZERO, Ratio::ZERO),
            endless: 0,
            own: (Ratio::ZERO, None),
        };
        // One part more than there are nodes: the last is the total, which holds what has no parent.
        let parts = alloc::vec![none; tree.nodes.len() + 1];
        let mut live = Self { tree, all, parts, bounded: BTreeMap::new() };
        let is_active = |rule: usize, role: Role| fixed(role).unwrap_or_else(|| rules.contains(&rule));
        // Backwards: a node stands behind what is around it, so that its parts have come in before.
        for (index, node) in tree.nodes.iter().enumerate().rev() {
            for (rule, role, bound) in asked(node) {
                live.put(index, (role, bound, rule), is_active(rule, role));
                if rules.contains(&rule) && fixed(role).is_none() {
                    live.bounded.entry(rule).or_default().push((index, role, bound));
                }
            }
            let own = live.own(index)?;
            live.parts[index].own = own;
            live.change(live.above(index), (Ratio::ZERO, Some(Ratio::ZERO)), own)?;
        }
        Ok(live)
    }

    /// Drops a rule of the set, or puts it back.
    pub(super) fn set(&mut self, rule: usize, is_active: bool) -> Result<(), QuantityError> {
        // A rule that asks nothing at this place has no entry. The list is taken out while its parts change, so that
        // they can be borrowed, and put back.
        let Some(bounded) = self.bounded.get_mut(&rule).map(core::mem::take) else { return Ok(()) };
        for (index, role, bound) in &bounded {
            self.put(*index, (*role, *bound, rule), is_active);
            self.refresh(*index)?;
        }
        self.bounded.insert(rule, bounded);
        Ok(())
    }

    /// The minimum of the part, or last of the total.
    pub(super) fn least(&self, index: usize) -> Ratio {
        let part = &self.parts[index];
        // The total has no bounds of its own: what it needs is what lies below it.
        if index == self.tree.nodes.len() { part.below.0 } else { part.own.0 }
    }

    /// The maximum of the part, or last of the total.
    pub(super) fn most(&self, index: usize) -> Option<Ratio> {
        let part = &self.parts[index];
        let is_total = index == self.tree.nodes.len();
        if is_total { (part.endless == 0).then_some(part.below.1) } else { part.own.1 }
    }

    fn above(&self, index: usize) -> usize {
        self.tree.nodes[index].parent.unwrap_or(self.tree.nodes.len())
    }

    /// Switches what a rule asks of a part, in one role, on or off.
    fn put(&mut self, index: usize, (role, bound, asks): (Role, Ratio, usize), is_active: bool) {
        let part = &mut self.parts[index];
        let set = match role {
            Role::Pin => return part.has_pin = is_active,
            Role::Reserve => return part.has_reserve = is_active,
            Role::Floor => &mut part.floors,
            Role::Cap | Role::CapOfPin => &mut part.caps,
        };
        if is_active {
            set.insert((bound, asks));
        } else {
            set.remove(&(bound, asks));
        }
    }

    /// Computes the extent of a part again, and those of the parts above it as far as they change.
    fn refresh(&mut self, mut index: usize) -> Result<(), QuantityError> {
        while index < self.tree.nodes.len() {
            let new = self.own(index)?;
            let old = core::mem::replace(&mut self.parts[index].own, new);
            // What lies above sees only this extent: unchanged here is unchanged up to the total.
            if old == new {
                break;
            }
            index = self.above(index);
            self.change(index, old, new)?;
        }
        Ok(())
    }

    /// Replaces the extent of one part in the sums of the part above it.
    fn change(
        &mut self,
        above: usize,
        old: (Ratio, Option<Ratio>),
        new: (Ratio, Option<Ratio>),
    ) -> Result<(), QuantityError> {
        let part = &mut self.parts[above];
        let replaced = |sum: Ratio, old: Ratio, new: Ratio| {
            // A difference of long fractions may not fit where the sum does: it is not made for nothing.
            if old == new { Ok(sum) } else { sum.minus(old)?.plus(new) }
        };
        // What has no most brings nothing to the sum: it is counted in `endless` instead.
        let most = |bound: Option<Ratio>| bound.unwrap_or(Ratio::ZERO);
        part.below =
            (replaced(part.below.0, old.0, new.0)?, replaced(part.below.1, most(old.1), most(new.1))?);
        // Added first: what is taken off was added when the old extent came in.
        part.endless = part.endless + usize::from(new.1.is_none()) - usize::from(old.1.is_none());
        Ok(())
    }

    /// The minimum and the maximum of a part, as [`Tree::extents`] has them.
    fn own(&self, index: usize) -> Result<(Ratio, Option<Ratio>), QuantityError> {
        // The same as the sweep over the tree has it: the two must agree, or a set would be thinned to one that holds.
        let (node, part) = (&self.tree.nodes[index], &self.parts[index]);
        let below = (part.below.0, (part.endless == 0).then_some(part.below.1));
        let below = match node.portion {
            Portion::MembersAndReserve(ratio) => {
                let factor = Ratio::ONE.plus(ratio)?;
                let low = if part.has_reserve { below.0.times(factor)? } else { below.0 };
                (low, below.1.map(|most| most.times(factor)).transpose()?)
            }
            _ => below,
        };
        let all = Some(self.all.least[index]);
        let pin = node.pin.filter(|_| part.has_pin).map(|(amount, _)| amount);
        // In order, so that a rule that is dropped uncovers the next tightest bound without a search.
        let floor = part.floors.last().map(|(floor, _)| *floor);
        let cap = part.caps.first().map(|(cap, _)| *cap);
        Ok(node.extent(below, (floor, cap, pin), all))
    }
}

/// The demands on a part: the rule, its role, and the amount of its bound.
fn asked(node: &Node) -> impl Iterator<Item = (usize, Role, Ratio)> + '_ {
    let cap = node.cap_role();
    let pin = node.pin.map(|(amount, rule)| (rule, Role::Pin, amount));
    let reserve = node.reserve.map(|rule| (rule, Role::Reserve, Ratio::ZERO));
    let floors = node.floors.iter().map(|(floor, rule)| (*rule, Role::Floor, *floor));
    let caps = node.caps.iter().map(move |(bound, rule)| (*rule, cap, *bound));
    pin.into_iter().chain(reserve).chain(floors).chain(caps)
}
