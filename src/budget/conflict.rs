//! The smallest set of rules that cannot hold together.

use super::live_extents::LiveExtents;
use super::tree::{Extents, Role, Tree};
use crate::quantity::{QuantityError, Ratio};
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

/// The maximum number of rules whose subsets are all tried.
const MAX_RULES: usize = 12;

/// The maximum number of visits of a part in one search through subsets.
const MAX_VISITS: usize = 1 << 22;

/// The maximum number of lines and groups whose conflicts are compared.
const MAX_PLACES: usize = 8;

/// Rules that cannot hold together.
pub(super) struct Conflict {
    /// Their indices, ascending.
    pub(super) rules: Vec<usize>,
    /// By how much all rules together miss.
    pub(super) by: Ratio,
    pub(super) is_over: bool,
}

/// Where rules collide.
#[derive(Clone, Copy)]
enum Place {
    /// The minimum of this part is above its maximum.
    Part(usize),
    /// The lines need more than the total.
    Over,
    /// The caps leave a part of the total without a place.
    Short,
}

impl Place {
    /// The roles that always count at this place (`true`) or never do (`false`); `None` for those that follow the set
    /// of rules.
    fn fixed(self) -> fn(Role) -> Option<bool> {
        match self {
            Self::Short => |role| match role {
                Role::CapOfPin => Some(false),
                Role::Pin | Role::Floor | Role::Reserve => Some(true),
                Role::Cap => None,
            },
            Self::Part(_) | Self::Over => |_| None,
        }
    }
}

/// The conflict with the fewest rules, or `None` where all rules hold together.
///
/// A part collides where its minimum is above its maximum; the total does where the rules need more than it, and where
/// the caps leave a part of it without a place. A rule that is dropped asks for nothing: a line that it set may have
/// any amount. In the last case only caps are dropped, and all other rules stay.
#[expect(clippy::indexing_slicing, reason = "extents are told for each node, and last for the total")]
pub(super) fn smallest(tree: &Tree, total: Ratio) -> Result<Option<Conflict>, QuantityError> {
    let all = tree.extents(None, |_, _| true)?;
    let count = tree.nodes.len();
    // Backwards, as a node stands behind the one around it: an inner part that exceeds lifts the minimum of the outer one,
    // which may exceed for this alone.
    let parts = (0..count).rev().filter(|index| exceeds(&all, *index)).map(Place::Part);
    let over = (all.least[count] > total).then_some(Place::Over);
    // Where the total finds no place, a cap on an amount that a rule sets is no cause: the amount would not grow without it.
    let room = tree.extents(Some(&all), |_, role| role != Role::CapOfPin)?;
    let short = is_short(&room, total).then_some(Place::Short);
    let mut best: Option<Conflict> = None;
    for place in parts.take(MAX_PLACES).chain(over).chain(short) {
        let extents = if matches!(place, Place::Short) { &room } else { &all };
        let found = Search { tree, all: extents, total, place }.conflict()?;
        // Of two sets of one size the first stays: that of an inner part before those of the parts around it and of the total.
        if best.as_ref().is_none_or(|best| found.rules.len() < best.rules.len()) {
            best = Some(found);
        }
    }
    Ok(best)
}

fn is_short(extents: &Extents, total: Ratio) -> bool {
    extents.most.last().copied().flatten().is_some_and(|most| most < total)
}

#[expect(clippy::indexing_slicing, reason = "extents are told for each node, and last for the total")]
fn exceeds(extents: &Extents, index: usize) -> bool {
    // What has no most cannot be exceeded.
    extents.most[index].is_some_and(|most| extents.least[index] > most)
}

/// A search for the rules that collide at one place.
struct Search<'a> {
    tree: &'a Tree,
    all: &'a Extents,
    total: Ratio,
    place: Place,
}

impl Search<'_> {
    fn conflict(&self) -> Result<Conflict, QuantityError> {
        let count = self.tree.nodes.len();
        let Extents { least, most } = self.all;
        let off = |more: Ratio, less: Option<Ratio>| {
            // A part that exceeds its most, and caps that leave a rest, are such by an amount that they have.
            debug_assert!(less.is_some(), "what has no most cannot be exceeded or fall short");
            less.map_or(Ok(Ratio::ZERO), |less| more.minus(less))
        };
        #[expect(clippy::indexing_slicing, reason = "extents are told for each node, and last for the total")]
        let (by, is_over) = match self.place {
            Place::Part(index) => (off(least[index], most[index])?, true),
            Place::Over => (off(least[count], Some(self.total))?, true),
            Place::Short => (off(self.total, most[count])?, false),
        };
        Ok(Conflict { rules: self.smallest()?, by, is_over })
    }

    /// Whether these rules alone collide.
    #[expect(clippy::indexing_slicing, reason = "extents are told for each node, and last for the total")]
    fn collide(&self, rules: &BTreeSet<usize>) -> Result<bool, QuantityError> {
        let fixed = self.place.fixed();
        let is_active = |rule: usize, role: Role| fixed(role).unwrap_or_else(|| rules.contains(&rule));
        let extents = self.tree.extents(Some(self.all), is_active)?;
        let count = self.tree.nodes.len();
        Ok(match self.place {
            Place::Part(index) => exceeds(&extents, index),
            Place::Over => extents.least[count] > self.total,
            Place::Short => is_short(&extents, self.total),
        })
    }

    /// Whether the rules of these extents collide.
    fn is_collision(&self, live: &LiveExtents<'_>) -> bool {
        let count = self.tree.nodes.len();
        match self.place {
            Place::Part(index) => live.most(index).is_some_and(|most| live.least(index) > most),
            Place::Over => live.least(count) > self.total,
            Place::Short => live.most(count).is_some_and(|most| most < self.total),
        }
    }

    /// The rules that can take part in a conflict at this place.
    #[expect(clippy::indexing_slicing, reason = "each node has a flag, and parents are nodes")]
    fn candidates(&self) -> BTreeSet<usize> {
        let mut inside = alloc::vec![!matches!(self.place, Place::Part(_)); self.tree.nodes.len()];
        let mut rules = BTreeSet::new();
        for (index, node) in self.tree.nodes.iter().enumerate() {
            let own = matches!(self.place, Place::Part(part) if part == index);
            // Nodes stand behind what is around them: whether that is inside is known already.
            if !(inside[index] || own || node.parent.is_some_and(|parent| inside[parent])) {
                continue;
            }
            inside[index] = true;
            // Floors do not make a plan fall short, caps do not lift a total: each place has its own.
            if !matches!(self.place, Place::Short) {
                rules.extend(node.pin.map(|(_, rule)| rule));
                rules.extend(node.floors.iter().map(|(_, rule)| *rule));
                rules.extend(node.reserve);
            }
            if !matches!(self.place, Place::Over) {
                rules.extend(node.caps.iter().map(|(_, rule)| *rule));
            }
        }
        rules
    }

    /// A smallest set of rules that collide. A rule whose absence alone ends the conflict is in every such set. Of the
    /// others all subsets are tried, the small ones first, where they are few; else unneeded rules are dropped one by
    /// one, and the set is irreducible but perhaps not the smallest.
    fn smallest(&self) -> Result<Vec<usize>, QuantityError> {
        let mut rules = self.candidates();
        let mut live = LiveExtents::new(self.tree, self.all, &rules, self.place.fixed())?;
        let mut needed = BTreeSet::new();
        let mut others = Vec::new();
        for rule in &rules {
            live.set(*rule, false)?;
            if self.is_collision(&live) {
                others.push(*rule);
            } else {
                needed.insert(*rule);
            }
            live.set(*rule, true)?;
        }
        // Often these alone collide, and no subset has to be looked at.
        if self.collide(&needed)? {
            return Ok(needed.into_iter().collect());
        }
        // Each subset is a sweep over the tree: a large tree affords fewer of them. The number of rules is compared first:
        // a shift by more bits than there are would overflow.
        let is_few = others.len() <= MAX_RULES && self.tree.nodes.len() <= MAX_VISITS >> others.len();
        if is_few && let Some(found) = self.by_size(&needed, &others)? {
            return Ok(found);
        }
        // What is left after one pass is irreducible: a rule that was needed among more rules is needed among fewer.
        for rule in others {
            live.set(rule, false)?;
            if self.is_collision(&live) {
                rules.remove(&rule);
            } else {
                live.set(rule, true)?;
            }
        }
        debug_assert!(self.collide(&rules)?, "the rules that are left do not collide");
        Ok(rules.into_iter().collect())
    }

    /// The smallest set of `needed` and some of `others` that collides, the earliest of several.
    fn by_size(
        &self,
        needed: &BTreeSet<usize>,
        others: &[usize],
    ) -> Result<Option<Vec<usize>>, QuantityError> {
        debug_assert!(others.len() <= MAX_RULES, "too many rules for all subsets");
        // A bit for each rule. The empty set is not among them: that the needed rules alone hold is known.
        let mut subsets: Vec<u32> = (1..1 << others.len()).collect();
        // By size, then by the earliest rules: of sets of one size the first in the caller's order is told.
        subsets.sort_by_key(|subset| (subset.count_ones(), subset.reverse_bits() ^ u32::MAX));
        for subset in subsets {
            let chosen = others.iter().enumerate().filter(|(place, _)| subset >> place & 1 == 1);
            let rules: BTreeSet<usize> =
                chosen.map(|(_, rule)| *rule).chain(needed.iter().copied()).collect();
            if self.collide(&rules)? {
                return Ok(Some(rules.into_iter().collect()));
            }
        }
        Ok(None)
    }
}
