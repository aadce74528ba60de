//! The longest chain of a user under all rules, and the rows of it.
//!
//! The rows of one time are taken together. Before them, each step has the chains that end in it; of two chains
//! the one that started later leaves more of the window, and the one that ended later more of the time within
//! which a next step has to come. Without such times the latest start alone is kept, one chain for each step;
//! with them those chains that no other beats in both.

use super::row_matching::{distinct_rows, enough_rows, has};
use super::rule_parts::Stretch;
use super::{FunnelRules, Matching, Voids};
use crate::time::TimeUnit;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::ops::Range;

/// What is kept of a chain beside its start and end: nothing, or its rows.
pub(super) trait Path: Clone + Default {
    /// The path with one more row, as this step.
    fn with(&self, step: u32, row: usize) -> Self;
    /// The path with each row replaced by the one that stands at it in the list.
    fn within(self, rows: &[usize]) -> Self;
    /// Whether this is to be shown rather than another path to the same level, by the times of their rows.
    fn is_before(&self, other: &Self, times: &[i64]) -> bool;
}

impl Path for () {
    fn with(&self, _: u32, _: usize) {}

    fn within(self, _: &[usize]) {}

    fn is_before(&self, (): &Self, _: &[i64]) -> bool {
        false
    }
}

impl Path for Vec<(u32, usize)> {
    fn with(&self, step: u32, row: usize) -> Self {
        let mut path = self.clone();
        path.push((step, row));
        path
    }

    #[expect(clippy::indexing_slicing, reason = "the rows of a path were found among those of the list")]
    fn within(self, rows: &[usize]) -> Self {
        self.into_iter().map(|(step, row)| (step, rows[row])).collect()
    }

    #[expect(clippy::indexing_slicing, reason = "a path holds rows of the user, and each has a time")]
    fn is_before(&self, other: &Self, times: &[i64]) -> bool {
        let time = |row: usize| times[row];
        let end = |path: &Self| path.last().map(|(_, row)| time(*row));
        let start = |path: &Self| path.first().map(|(_, row)| time(*row));
        let steps = |path: &Self| path.iter().map(|(step, row)| (*step, time(*row))).collect::<Vec<_>>();
        // Lazy, because the times of all steps are lists: they are made only for paths of the same start and end. The
        // rows come last, and tell apart what no time does.
        let order = end(self)
            .cmp(&end(other))
            .then_with(|| start(other).cmp(&start(self)))
            .then_with(|| steps(self).cmp(&steps(other)))
            .then_with(|| self.cmp(other));
        order.is_lt()
    }
}

/// A chain that ends in a step.
#[derive(Clone)]
struct Standing<P> {
    first: i64,
    last: i64,
    path: P,
}

/// How rows may be used.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Freely,
    AtRisingTimes,
    Once,
}

/// The rules, compiled.
struct ChainRules {
    steps: u32,
    window: u64,
    usage: Use,
    /// For each step the longest time since the step before it.
    within: Vec<u64>,
    /// For each step those that may stand right before it, the nearest first.
    before: Vec<Vec<u32>>,
    /// For each step the longest time in which one after it may come, where any has such a limit.
    limits: Vec<Option<u64>>,
    optional: Vec<bool>,
    /// The exclusions, each with its bit of a mask.
    stretches: Vec<(u32, Stretch)>,
}

impl ChainRules {
    /// The rules of the first `most` steps. An exclusion that voids conversions only is among them where its last
    /// step is.
    #[expect(clippy::indexing_slicing, reason = "steps are numbered from 0 to their count")]
    fn of(rules: &FunnelRules, matching: Matching, most: u32, unit: TimeUnit) -> Self {
        debug_assert!(most <= rules.count_of_steps(), "no more than there are");
        let own = || rules.parts_of_steps().iter().take(most as usize);
        let optional: Vec<bool> = own().map(|step| step.optional).collect();
        // No limit is one longer than any span of times.
        let within: Vec<u64> =
            own().map(|step| step.within.map_or(u64::MAX, |within| unit.limit(within))).collect();
        let is_optional = |step: u32| optional[step as usize];
        let before: Vec<Vec<u32>> = (0..most)
            .map(|step| {
                // Back to the nearest required step.
                let skipped = (0..step).rev().take_while(|earlier| is_optional(*earlier));
                let required = (0..step).rev().find(|earlier| !is_optional(*earlier));
                skipped.chain(required).collect()
            })
            .collect();
        let limits = (0..most).map(|step| {
            // A chain may still be extended for as long as the most patient step behind it allows.
            let after = before.iter().zip(&within).filter(|(before, _)| before.contains(&step));
            let limited = after.clone().any(|(_, within)| *within < u64::MAX);
            after.map(|(_, within)| *within).max().filter(|_| limited)
        });
        Self {
            steps: most,
            window: rules.window().map_or(u64::MAX, |window| unit.limit(window)),
            usage: match matching {
                Matching::StrictlyIncreasing => Use::AtRisingTimes,
                Matching::UseOnce => Use::Once,
                Matching::Longest | Matching::WindowFunnel(_) => Use::Freely,
            },
            limits: limits.collect(),
            within,
            before,
            optional,
            stretches: with_bits(rules)
                .filter(|(_, own)| own.voids == Voids::LaterSteps || own.before < most)
                .collect(),
        }
    }

    /// The step after which an exclusion of this mask forbids chains that end in `step`: the earliest.
    fn excluded(&self, mask: u32, step: u32) -> Option<u32> {
        let own = self.stretches.iter().filter(|(bit, _)| has(mask, *bit)).map(|(_, own)| own);
        own.filter(|own| (own.after..own.before).contains(&step)).map(|own| own.after).min()
    }

    /// The required steps between two, with both.
    #[expect(clippy::indexing_slicing, reason = "both are steps, and what lies between them is, too")]
    fn needed(&self, from: u32, to: u32) -> Vec<u32> {
        let optional = |step: &u32| self.optional[*step as usize];
        (from..=to).filter(|step| *step == from || *step == to || !optional(step)).collect()
    }
}

/// The exclusions of the rules, each with its bit of a mask: behind those of all steps.
fn with_bits(rules: &FunnelRules) -> impl Iterator<Item = (u32, Stretch)> + '_ {
    (rules.count_of_steps()..).zip(rules.stretches().iter().copied())
}

/// The search for the furthest chain.
///
/// An exclusion that voids conversions only depends on how far a chain comes, which is not known while it is made.
/// So chains are sought in turns, each of the steps up to the last step of the next such exclusion: in a turn the
/// exclusions are known that count for whoever reaches its goal, and who reaches none of it is left to the next.
pub(super) struct Search<P> {
    turns: Vec<Turn<P>>,
    /// The bits of the exclusions that void conversions only.
    at_goals: u32,
}

struct Turn<P> {
    /// The level from which on the exclusions of this turn are those that count.
    least: u32,
    chains: Chains<P>,
}

impl<P: Path> Search<P> {
    #[expect(clippy::arithmetic_side_effects, reason = "a step is below 32")]
    pub(super) fn new(rules: &FunnelRules, matching: Matching, unit: TimeUnit) -> Self {
        let at_goals = || with_bits(rules).filter(|(_, own)| own.voids == Voids::Conversions);
        let mut goals: Vec<u32> = at_goals().map(|(_, own)| own.before).collect();
        goals.sort_unstable();
        goals.dedup();
        let mut most = rules.count_of_steps();
        let mut turns = Vec::with_capacity(goals.len() + 1);
        for goal in goals.into_iter().rev() {
            let chains = Chains::new(ChainRules::of(rules, matching, most, unit));
            // Steps are numbered from 0, levels from 1.
            turns.push(Turn { least: goal + 1, chains });
            most = goal;
        }
        turns.push(Turn { least: 0, chains: Chains::new(ChainRules::of(rules, matching, most, unit)) });
        // Steps and exclusions together have at most 32 bits.
        Self { turns, at_goals: at_goals().fold(0, |bits, (bit, _)| bits | 1 << bit) }
    }

    /// The level of the user of these rows and the chain that reached it first.
    pub(super) fn find(&mut self, times: &[i64], masks: &[u32]) -> (u32, P) {
        let mut found = (0, P::default());
        for turn in &mut self.turns {
            found = turn.chains.find(times, masks);
            // Without such an event all turns search alike.
            if found.0 >= turn.least || masks.iter().all(|mask| mask & self.at_goals == 0) {
                break;
            }
        }
        found
    }
}

/// The chains of one user, and buffers.
struct Chains<P> {
    rules: ChainRules,
    ends: Vec<VecDeque<Standing<P>>>,
    group: Vec<(usize, u32)>,
    found: Vec<Option<Standing<P>>>,
}

#[expect(
    clippy::indexing_slicing,
    reason = "of all lists of steps each has a place for every step; the rows of a time are rows of the user"
)]
impl<P: Path> Chains<P> {
    fn new(rules: ChainRules) -> Self {
        let ends = rules.within.iter().map(|_| VecDeque::new()).collect();
        Self { rules, ends, group: Vec::new(), found: Vec::new() }
    }

    /// The level of the user of these rows and the chain that reached it first.
    #[expect(clippy::arithmetic_side_effects, reason = "places of rows in memory")]
    fn find(&mut self, times: &[i64], masks: &[u32]) -> (u32, P) {
        self.ends.iter_mut().for_each(VecDeque::clear);
        let (mut level, mut path) = (0, P::default());
        let mut start = 0_usize;
        debug_assert_eq!(times.len(), masks.len(), "both are columns of one user");
        while start < times.len() {
            let time = times[start];
            let end = start + times[start..].iter().take_while(|own| **own == time).count();
            self.take(time, masks, start..end);
            let deepest =
                (1_u32..).zip(&self.found).filter_map(|(own, end)| Some((own, end.as_ref()?))).last();
            // Strictly deeper: times rise, so that of two chains of one depth the one found first ended first.
            if let Some((own, end)) = deepest.filter(|(own, _)| *own > level) {
                (level, path) = (own, end.path.clone());
            }
            // No chain is deeper than all steps: later rows change nothing.
            if level == self.rules.steps {
                break;
            }
            self.settle(time, masks, start..end);
            start = end;
        }
        (level, path)
    }

    /// The best chain to each step that ends in the rows of this time.
    fn take(&mut self, time: i64, masks: &[u32], rows: Range<usize>) {
        let own = rows.clone().zip(masks[rows].iter().copied());
        enough_rows(own.filter(|(_, mask)| *mask != 0), self.rules.steps, &mut self.group);
        self.find_all(time, u32::MAX);
    }

    /// As `found`, of chains whose first row of this time is a step up to `bound`.
    fn find_all(&mut self, time: i64, bound: u32) {
        self.found.clear();
        for step in 0..self.rules.steps {
            let row = self.group.iter().find(|(_, mask)| has(*mask, step)).map(|(row, _)| *row);
            let end = row.and_then(|row| match self.rules.usage {
                Use::Once if self.group.len() > 1 => self.by_distinct_rows(step, time, bound),
                Use::Once | Use::AtRisingTimes => self.before_now(step, row, time, bound),
                Use::Freely => {
                    let before = self.before_now(step, row, time, bound);
                    // Earlier steps were found in this very pass: rows of one time may follow each other.
                    let steps = self.rules.before[step as usize].iter();
                    let now = steps.filter_map(|earlier| self.found[*earlier as usize].as_ref());
                    let now = now.map(|end| Standing { path: end.path.with(step, row), ..*end });
                    before.into_iter().chain(now).reduce(later_start)
                }
            });
            self.found.push(end);
        }
    }

    /// The chain of rows before this time that this step can extend, the latest start of them.
    fn entry(&self, step: u32, time: i64) -> Option<Standing<P>> {
        if step == 0 {
            return Some(Standing { first: time, last: time, path: P::default() });
        }
        let within = self.rules.within[step as usize];
        let ends = self.rules.before[step as usize].iter().filter_map(|earlier| {
            // The first starts latest.
            self.ends[*earlier as usize].iter().find(|end| time.abs_diff(end.last) <= within)
        });
        let open = ends.filter(|end| time.abs_diff(end.first) <= self.rules.window);
        open.reduce(|best, end| if end.first > best.first { end } else { best }).cloned()
    }

    fn before_now(&self, step: u32, row: usize, time: i64, bound: u32) -> Option<Standing<P>> {
        let entry = if step <= bound { self.entry(step, time) } else { None };
        entry.map(|end| Standing { first: end.first, last: time, path: end.path.with(step, row) })
    }

    /// The best chain to this step whose rows of this time are each one step.
    fn by_distinct_rows(&self, step: u32, time: i64, bound: u32) -> Option<Standing<P>> {
        let mut best: Option<Standing<P>> = None;
        for from in 0..=step.min(bound) {
            if !self.group.iter().any(|(_, mask)| has(*mask, from)) {
                continue;
            }
            let entry = self.entry(from, time);
            let Some(entry) = entry.filter(|own| best.as_ref().is_none_or(|best| own.first > best.first))
            else {
                continue;
            };
            let steps = self.rules.needed(from, step);
            if let Some(rows) = distinct_rows(&steps, &self.group) {
                let path = steps.iter().zip(rows).fold(entry.path, |path, (step, row)| path.with(*step, row));
                best = Some(Standing { first: entry.first, last: time, path });
            }
        }
        best
    }

    /// Keeps the chains that end at this time, and drops those that its exclusions forbid.
    fn settle(&mut self, time: i64, masks: &[u32], rows: Range<usize>) {
        if !self.rules.stretches.is_empty() {
            let all = masks[rows].iter().fold(0, |all, mask| all | mask);
            self.exclude(time, all);
        }
        let kept = self.ends.iter_mut().zip(&self.rules.limits).zip(&mut self.found);
        for ((ends, limit), end) in kept {
            // Without a limit between steps only the latest start matters, and one chain is enough.
            let Some(limit) = limit else {
                if let Some(end) =
                    end.take().filter(|end| ends.back().is_none_or(|own| own.first < end.first))
                {
                    ends.clear();
                    ends.push_back(end);
                }
                continue;
            };
            // What ended too long ago for every step behind can be extended by none.
            while ends.front().is_some_and(|end| time.abs_diff(end.last) > *limit) {
                ends.pop_front();
            }
            // The new chain ends latest: those that did not start later are beaten in both. What stays falls in its
            // starts and rises in its ends, so that the first one in time is also the one that started latest.
            if let Some(end) = end.take() {
                while ends.back().is_some_and(|own| own.first <= end.first) {
                    ends.pop_back();
                }
                ends.push_back(end);
            }
        }
    }

    /// Of the chains to the steps that the exclusions of this time forbid those remain whose rows from the
    /// exclusion's first step on are all of this time: it does not lie in between.
    fn exclude(&mut self, time: i64, mask: u32) {
        let forbidden: Vec<(u32, u32)> =
            (0..self.rules.steps).filter_map(|step| Some((step, self.rules.excluded(mask, step)?))).collect();
        let found = core::mem::take(&mut self.found);
        let mut remaining = Vec::new();
        for (step, after) in &forbidden {
            self.find_all(time, *after);
            remaining.push(self.found[*step as usize].clone());
        }
        self.found = found;
        for ((step, _), end) in forbidden.iter().zip(remaining) {
            self.ends[*step as usize].clear();
            self.found[*step as usize] = end;
        }
    }
}

fn later_start<P>(best: Standing<P>, end: Standing<P>) -> Standing<P> {
    if end.first > best.first { end } else { best }
}
