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

impl Reduction {
    /// Takes states out, the one with the fewest neighbours first, until `is_dense` says that the cost of the next one
    /// is too much for how many states are left.
    ///
    /// `graph` has the weights of the steps to other states, targets ascending.
    pub(super) fn new(
        mut graph: Vec<Vec<(u32, f64)>>,
        mut rewards: Vec<Rewards>,
        is_dense: impl Fn(usize, usize) -> bool,
        work: &mut Work,
    ) -> Result<Self, AttributionError> {
        let mut sources: Vec<Vec<u32>> = alloc::vec![Vec::new(); graph.len()];
        for (state, steps) in (0_u32..).zip(&graph) {
            for (target, _) in steps {
                if let Some(list) = sources.get_mut(index(*target)) {
                    list.push(state);
                }
            }
        }
        let cost = |graph: &[Vec<(u32, f64)>], sources: &[Vec<u32>], state: u32| {
            let degree = |length: Option<usize>| length.unwrap_or_default();
            degree(graph.get(index(state)).map(Vec::len))
                .saturating_mul(degree(sources.get(index(state)).map(Vec::len)))
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
            let steps = graph.get(at).cloned().unwrap_or_default();
            let own = rewards.get(at).copied().unwrap_or_default();
            // Summed, not subtracted, as in the full matrix: no digit cancels.
            let pivot = steps.iter().fold(own[0], |sum, (_, weight)| sum + weight);
            let mut into = Vec::new();
            for source in sources.get_mut(at).map(core::mem::take).unwrap_or_default() {
                let Some(row) = graph.get_mut(index(source)) else { continue };
                let Ok(place) = row.binary_search_by_key(&state, |(target, _)| *target) else { continue };
                let share = row.remove(place).1 / pivot;
                into.push((source, share));
                work.add(steps.len(), LIST_COST)?;
                work.add(row.len(), 1)?;
                let new = |target: u32| {
                    if let Some(list) = sources.get_mut(index(target))
                        && let Err(place) = list.binary_search(&source)
                    {
                        list.insert(place, source);
                    }
                };
                add(row, &steps, share, source, new);
                if let Some(rewards) = rewards.get_mut(index(source)) {
                    rewards.iter_mut().zip(own).for_each(|(sum, reward)| *sum += share * reward);
                }
            }
            for (target, _) in &steps {
                if let Some(list) = sources.get_mut(index(*target))
                    && let Ok(place) = list.binary_search(&state)
                {
                    list.remove(place);
                }
            }
            for touched in steps.iter().chain(&into).map(|(touched, _)| *touched) {
                let now = cost(&graph, &sources, touched);
                if let Some(cost) = costs.get_mut(index(touched)).filter(|cost| **cost != now) {
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
            let mut sum = self.rewards.get(at).copied().unwrap_or_default();
            for (target, weight) in self.graph.get(at).into_iter().flatten() {
                let onward = self.rewards.get(index(*target)).copied().unwrap_or_default();
                sum.iter_mut().zip(onward).for_each(|(sum, reward)| *sum += weight * reward);
            }
            let solved = sum.map(|sum| sum / pivot);
            if !solved.iter().all(|reward| reward.is_finite()) {
                return Err(AttributionError::Overflow { what: "a probability of the chain" });
            }
            if let Some(rewards) = self.rewards.get_mut(at) {
                *rewards = solved;
            }
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
fn add(row: &mut Vec<(u32, f64)>, steps: &[(u32, f64)], share: f64, own: u32, mut new: impl FnMut(u32)) {
    let others = steps.iter().filter(|(target, _)| *target != own).map(|(t, w)| (*t, share * w));
    if row.len() / LONG > steps.len() {
        // The row of a state that nearly all others lead to: it is not to be copied for each of them.
        for (target, weight) in others {
            match row.binary_search_by_key(&target, |(target, _)| *target) {
                Ok(place) => row.iter_mut().skip(place).take(1).for_each(|(_, sum)| *sum += weight),
                Err(place) => {
                    row.insert(place, (target, weight));
                    new(target);
                }
            }
        }
        return;
    }
    // Both lists ascend: one merge keeps the row sorted without a search for each step.
    let mut merged = Vec::with_capacity(row.len().saturating_add(steps.len()));
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
