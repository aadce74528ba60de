//! Counts of what follows each context of up to `k` touches, in one pass over the paths.
//!
//! Contexts are the nodes of a trie. A journey walks down its first `k` touches; from there each touch leads
//! from one `k`-gram to the next, found by the suffix link of the node (the same context without its first
//! touch). A step is one look-up of `(context, channel)`, whatever the order.

use super::columns::{Columns, Row};
use alloc::vec::Vec;

/// A table from keys to ids `0, 1, …` in order of arrival: open addressing, at most half full.
#[derive(Debug)]
pub(super) struct KeyTable {
    slots: Vec<(u64, u32)>,
    length: u32,
}

const FREE: u32 = u32::MAX;

#[expect(
    clippy::indexing_slicing,
    reason = "there are a power of two slots, and a place is masked by their number less 1"
)]
impl KeyTable {
    pub(super) fn new() -> Self {
        Self { slots: alloc::vec![(0, FREE); 64], length: 0 }
    }

    /// The id of `key`, the next one when it is new; `None` when all ids are used.
    #[inline]
    #[expect(clippy::arithmetic_side_effects, reason = "there are slots, and no more ids than 32 bits hold")]
    pub(super) fn id(&mut self, key: u64) -> Option<u32> {
        let mask = self.slots.len() - 1;
        let mut at = place(key) & mask;
        loop {
            let slot = &mut self.slots[at];
            if slot.1 == FREE {
                if self.length == FREE {
                    return None;
                }
                *slot = (key, self.length);
                self.length += 1;
                self.grow_at_half();
                return Some(self.length - 1);
            }
            if slot.0 == key {
                return Some(slot.1);
            }
            at = (at + 1) & mask;
        }
    }

    /// The id of `key`, if it came before.
    #[expect(clippy::arithmetic_side_effects, reason = "there are slots, and a place is below their number")]
    pub(super) fn get(&self, key: u64) -> Option<u32> {
        let mask = self.slots.len() - 1;
        let mut at = place(key) & mask;
        loop {
            // At least half of the slots are free.
            let slot = Some(&self.slots[at]).filter(|slot| slot.1 != FREE)?;
            if slot.0 == key {
                return Some(slot.1);
            }
            at = (at + 1) & mask;
        }
    }

    /// The keys with their ids, in no order.
    pub(super) fn entries(&self) -> impl Iterator<Item = (u64, u32)> {
        self.slots.iter().copied().filter(|slot| slot.1 != FREE)
    }

    #[expect(clippy::arithmetic_side_effects, reason = "twice a size in memory; a place is below it")]
    fn grow_at_half(&mut self) {
        let size = self.slots.len();
        if (self.length as usize) < size / 2 {
            return;
        }
        let old = core::mem::take(&mut self.slots);
        self.slots = alloc::vec![(0, FREE); 2 * size];
        let mask = self.slots.len() - 1;
        for entry in old.into_iter().filter(|slot| slot.1 != FREE) {
            let mut at = place(entry.0) & mask;
            while self.slots[at].1 != FREE {
                at = (at + 1) & mask;
            }
            self.slots[at] = entry;
        }
    }
}

/// Where to look first: the high half of the key times an odd constant (Fibonacci hashing).
const fn place(key: u64) -> usize {
    (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize
}

/// One context.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Context {
    /// The context without its last touch.
    pub(super) parent: u32,
    /// The context without its first touch.
    suffix: u32,
    pub(super) length: u16,
    /// The last touch.
    pub(super) last: u16,
    /// Journeys that have it as their first `k` touches, or as all their touches.
    pub(super) starts: u64,
    /// Conversions right after it.
    pub(super) conversions: u64,
    /// Journeys that end without conversion right after it.
    pub(super) nulls: u64,
    /// The value of its conversions in minor units.
    pub(super) value: i64,
}

/// A step from a context by a channel.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) target: u32,
    pub(super) weight: u64,
}

/// The contexts of up to `order` touches of all paths, and the steps between them.
#[derive(Debug)]
pub(super) struct Contexts {
    order: u16,
    pub(super) nodes: Vec<Context>,
    pub(super) steps: Vec<Step>,
    table: KeyTable,
}

/// The context of no touch.
const ROOT: u32 = 0;

const fn at(id: u32) -> usize {
    id as usize
}

#[expect(clippy::indexing_slicing, reason = "contexts and steps are asked by numbers that were given out")]
impl Contexts {
    /// The counts of all rows; `None` when there are more than `2^32 - 1` contexts or steps, or when all touches
    /// of all journeys are more than a `u64` counts.
    pub(super) fn count(columns: &Columns<'_>, order: u16) -> Option<Self> {
        let touches = columns.rows().try_fold(0_u64, |sum, row| {
            let length = u64::try_from(row.path.len()).ok()?;
            sum.checked_add(row.journeys().checked_mul(length)?)
        });
        touches?;
        let nodes = alloc::vec![Context::default()];
        let mut contexts = Self { order, nodes, steps: Vec::new(), table: KeyTable::new() };
        for row in columns.rows().filter(|row| row.journeys() > 0) {
            contexts.add(columns, &row)?;
        }
        Some(contexts)
    }

    #[expect(
        clippy::arithmetic_side_effects,
        reason = "all touches of all journeys fit: checked before the first row"
    )]
    fn add(&mut self, columns: &Columns<'_>, row: &Row<'_>) -> Option<()> {
        let weight = row.journeys();
        let first = usize::from(self.order).min(row.path.len());
        let mut node = ROOT;
        for (index, channel) in row.path.iter().enumerate() {
            let step = self.step(node, columns.number(*channel))?;
            // All touches of all journeys fit: checked before the first row.
            let step = &mut self.steps[at(step)];
            step.weight += weight;
            node = step.target;
            if index + 1 == first {
                self.nodes[at(node)].starts += weight;
            }
        }
        let context = &mut self.nodes[at(node)];
        context.conversions += row.conversions;
        context.nulls += row.nulls;
        context.value += row.value;
        Some(())
    }

    /// The id of the step from `node` by `channel`, made with its target when it is new.
    #[inline]
    fn step(&mut self, node: u32, channel: u16) -> Option<u32> {
        let id = self.table.id(key(node, channel))?;
        if at(id) < self.steps.len() { Some(id) } else { self.new_step(id, node, channel) }
    }

    #[cold]
    #[expect(clippy::arithmetic_side_effects, reason = "shorter than the order, which is at most 255")]
    fn new_step(&mut self, id: u32, node: u32, channel: u16) -> Option<u32> {
        self.steps.push(Step { target: ROOT, weight: 0 });
        let from = self.nodes[at(node)];
        // The suffix is shorter by one, so this ends after at most `order` levels.
        let shorter = if node == ROOT {
            ROOT
        } else {
            let step = self.step(from.suffix, channel)?;
            self.steps[at(step)].target
        };
        let target = if from.length < self.order {
            let target = u32::try_from(self.nodes.len()).ok()?;
            // Shorter than the order, which is at most 255.
            let length = from.length + 1;
            let context =
                Context { parent: node, suffix: shorter, length, last: channel, ..Context::default() };
            self.nodes.push(context);
            target
        } else {
            shorter
        };
        self.steps[at(id)].target = target;
        Some(id)
    }

    /// All steps: from, channel, step.
    #[expect(clippy::cast_possible_truncation, reason = "a key is a context of 32 bits and a channel of 16")]
    pub(super) fn all_steps(&self) -> impl Iterator<Item = (u32, u16, Step)> {
        self.table.entries().map(|(key, id)| ((key >> 16) as u32, (key & 0xFFFF) as u16, self.steps[at(id)]))
    }

    /// Whether the context has all `order` touches.
    pub(super) const fn is_whole(&self, context: &Context) -> bool {
        context.length == self.order
    }
}

/// A context and a channel in one word.
fn key(node: u32, channel: u16) -> u64 {
    (u64::from(node) << 16) | u64::from(channel)
}
