//! Expected rewards of an absorbing chain by state reduction, without a subtraction.
//!
//! A state is taken out of the chain; what went through it goes on to where it led. Its pivot is the sum of
//! what leaves it, never `1 - p` (W. K. Grassmann, M. I. Taksar, D. P. Heyman, 1985), so that every number keeps
//! its digits however slowly the chain ends. States with few neighbours go first; the work is what the
//! chain's own density asks for.

use super::AttributionError;
use super::transition::index;
use super::work::Work;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

/// For each state: the weight that ends there, and three rewards that are collected with weights.
pub(super) type Rewards = [f64; 4];

/// A state that was taken out of a chain: what left it, and the shares of earlier steps into it.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) state: u32,
    pub(super) pivot: f64,
    /// The states that led here, ascending, each with the part of its steps here to what left here.
    pub(super) into: Vec<(u32, f64)>,
}

/// A chain of which states were taken out.
#[derive(Debug)]
pub(super) struct Reduction {
    /// The steps of each state: of one that was taken out, those to states that were taken out later or never.
    pub(super) graph: Vec<Vec<(u32, f64)>>,
    pub(super) rewards: Vec<Rewards>,
    /// In the order in which they were taken.
    pub(super) taken: Vec<Taken>,
    /// What is left, ascending.
    pub(super) open: Vec<u32>,
}

/// What a multiplication on lists costs in ones on rows of a full matrix.
const LIST_COST: usize = 8;

#[expect(
    clippy::indexing_slicing,
    reason = "steps lead to states; each has steps, sources, rewards and a cost"
)]
impl Reduction {
    /// Takes states out, the one with the fewest neighbours first, until `is_dense` says that the cost of the next one
    /// is too much for how many states are left.
    ///
    /// `graph` has the weights of the steps to other states, targets ascending.
    #[expect(clippy::arithmetic_side_effects, reason = "less than 2^32 neighbours on each side")]
    pub(super) fn new(
        mut graph: Vec<Vec<(u32, f64)>>,
        mut rewards: Vec<Rewards>,
        is_dense: impl Fn(usize, usize) -> bool,
        work: &mut Work,
    ) -> Result<Self, AttributionError> {
        let mut sources: Vec<Vec<u32>> = alloc::vec![Vec::new(); graph.len()];
        for (state, steps) in (0_u32..).zip(&graph) {
            for (target, _) in steps {
                sources[index(*target)].push(state);
            }
        }
        let cost = |graph: &[Vec<(u32, f64)>], sources: &[Vec<u32>], state: u32| {
            // Less than 2^32 neighbours on each side: the product fits.
            graph[index(state)].len() * sources[index(state)].len()
        };
        let mut costs: Vec<usize> =
            (0_u32..).zip(&graph).map(|(state, _)| cost(&graph, &sources, state)).collect();
        // A set ordered by (cost, state): equal costs go by state, so that the result does not depend on insertion.
        let mut open: BTreeSet<(usize, u32)> = costs.iter().copied().zip(0_u32..).collect();
        let mut taken = Vec::with_capacity(graph.len());
        while let Some((least, state)) = open.first().copied() {
            if is_dense(least, open.len()) {
                break;
            }
            open.pop_first();
            let at = index(state);
            let (steps, own) = (graph[at].clone(), rewards[at]);
            // Summed, not subtracted, as in the full matrix: no digit cancels.
            let pivot = steps.iter().fold(own[0], |sum, (_, weight)| sum + weight);
            let mut into = Vec::new();
            for source in core::mem::take(&mut sources[at]) {
                let row = &mut graph[index(source)];
                let found = row.binary_search_by_key(&state, |(target, _)| *target);
                debug_assert!(found.is_ok(), "{source} is a source of {state} without a step to it");
                let Ok(place) = found else { continue };
                let share = row.remove(place).1 / pivot;
                into.push((source, share));
                // Counted while it is done: how full the lists become is not known before.
                work.add(steps.len(), LIST_COST)?;
                work.add(row.len(), 1)?;
                let new = |target: u32| {
                    // Lists of sources ascend, so that a search finds what they have.
                    let list = &mut sources[index(target)];
                    if let Err(place) = list.binary_search(&source) {
                        list.insert(place, source);
                    }
                };
                add(row, &steps, share, source, new);
                rewards[index(source)].iter_mut().zip(own).for_each(|(sum, reward)| *sum += share * reward);
            }
            for (target, _) in &steps {
                let list = &mut sources[index(*target)];
                if let Ok(place) = list.binary_search(&state) {
                    list.remove(place);
                }
            }
            for touched in steps.iter().chain(&into).map(|(touched, _)| *touched) {
                let now = cost(&graph, &sources, touched);
                let cost = &mut costs[index(touched)];
                if *cost != now {
                    open.remove(&(*cost, touched));
                    open.insert((now, touched));
                    *cost = now;
                }
            }
            taken.push(Taken { state, pivot, into });
        }
        let mut open: Vec<u32> = open.into_iter().map(|(_, state)| state).collect();
        open.sort_unstable();
        Ok(Self { graph, rewards, taken, open })
    }

    /// The rewards expected from each state on, once `rewards` has those of the states that were left.
    pub(super) fn solve(&mut self) -> Result<(), AttributionError> {
        // Each state's steps lead to states that were taken out later.
        for Taken { state, pivot, .. } in self.taken.iter().rev() {
            let at = index(*state);
            let mut sum = self.rewards[at];
            for (target, weight) in &self.graph[at] {
                let onward = self.rewards[index(*target)];
                sum.iter_mut().zip(onward).for_each(|(sum, reward)| *sum += weight * reward);
            }
            let solved = sum.map(|sum| sum / pivot);
            if !solved.iter().all(|reward| reward.is_finite()) {
                return Err(AttributionError::Overflow { what: "a probability of the chain" });
            }
            self.rewards[at] = solved;
        }
        Ok(())
    }
}

/// The rewards expected from each state on; the first is 1.
///
/// `graph` has the weights of the steps to other states, targets ascending.
pub(super) fn solve(
    graph: Vec<Vec<(u32, f64)>>,
    rewards: Vec<Rewards>,
    work: &mut Work,
) -> Result<Vec<Rewards>, AttributionError> {
    let mut reduction = Reduction::new(graph, rewards, |_, _| false, work)?;
    reduction.solve()?;
    Ok(reduction.rewards)
}

/// How many times as long a row has to be for few steps to be put into it one by one.
const LONG: usize = 16;

/// Adds `share * steps` to `row` but for a step to `own`, targets ascending; says which targets are new.
#[expect(clippy::indexing_slicing, reason = "a place that the search found")]
#[expect(clippy::arithmetic_side_effects, reason = "lengths of two lists in memory")]
fn add(row: &mut Vec<(u32, f64)>, steps: &[(u32, f64)], share: f64, own: u32, mut new: impl FnMut(u32)) {
    let others = steps.iter().filter(|(target, _)| *target != own).map(|(t, w)| (*t, share * w));
    if row.len() / LONG > steps.len() {
        // The row of a state that nearly all others lead to: it is not to be copied for each of them.
        for (target, weight) in others {
            match row.binary_search_by_key(&target, |(target, _)| *target) {
                Ok(place) => row[place].1 += weight,
                Err(place) => {
                    row.insert(place, (target, weight));
                    new(target);
                }
            }
        }
        return;
    }
    // Both lists ascend: one merge keeps the row sorted without a search for each step.
    let mut merged = Vec::with_capacity(row.len() + steps.len());
    let mut added = others.peekable();
    for (target, weight) in row.iter() {
        while let Some(step) = added.next_if(|step| step.0 < *target) {
            new(step.0);
            merged.push(step);
        }
        let more = added.next_if(|step| step.0 == *target).map_or(0.0, |step| step.1);
        merged.push((*target, weight + more));
    }
    for step in added {
        new(step.0);
        merged.push(step);
    }
    *row = merged;
}
