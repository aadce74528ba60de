//! Expected rewards of an absorbing chain by state reduction, without a subtraction.
//!
//! A state is taken out of the chain; what went through it goes on to where it led. Its pivot is the sum of
//! what leaves it, never `1 - p` (W. K. Grassmann, M. I. Taksar, D. P. Heyman, 1985), so that every number keeps
//! its digits however slowly the chain ends. States with few neighbours go first; the work is what the
//! chain's own density asks for.

use super::AttributionError;
use super::transition::index;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

/// For each state: the weight that ends there, and three rewards that are collected with weights.
pub(super) type Rewards = [f64; 4];

/// The rewards expected from each state on; the first is 1.
///
/// `graph` has the weights of the steps to other states, targets ascending.
pub(super) fn solve(
    mut graph: Vec<Vec<(u32, f64)>>,
    mut rewards: Vec<Rewards>,
) -> Result<Vec<Rewards>, AttributionError> {
    let beyond = AttributionError::Overflow { what: "a probability of the chain" };
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
    let mut open: BTreeSet<(usize, u32)> = costs.iter().copied().zip(0_u32..).collect();
    let mut taken = Vec::with_capacity(graph.len());
    while let Some((_, state)) = open.pop_first() {
        let at = index(state);
        let steps = graph.get(at).cloned().unwrap_or_default();
        let own = rewards.get(at).copied().unwrap_or_default();
        let pivot = steps.iter().fold(own[0], |sum, (_, weight)| sum + weight);
        let into = sources.get_mut(at).map(core::mem::take).unwrap_or_default();
        for source in &into {
            let Some(row) = graph.get_mut(index(*source)) else { continue };
            let Ok(place) = row.binary_search_by_key(&state, |(target, _)| *target) else { continue };
            let share = row.remove(place).1 / pivot;
            let merged = merged(row, &steps, share, *source);
            for (target, _) in &steps {
                let new =
                    target != source && row.binary_search_by_key(target, |(target, _)| *target).is_err();
                if let Some(list) = sources.get_mut(index(*target)).filter(|_| new) {
                    list.push(*source);
                }
            }
            *row = merged;
            if let Some(rewards) = rewards.get_mut(index(*source)) {
                rewards.iter_mut().zip(own).for_each(|(sum, reward)| *sum += share * reward);
            }
        }
        for (target, _) in &steps {
            if let Some(list) = sources.get_mut(index(*target)) {
                list.retain(|source| *source != state);
            }
        }
        for touched in steps.iter().map(|(target, _)| *target).chain(into) {
            let now = cost(&graph, &sources, touched);
            if let Some(cost) = costs.get_mut(index(touched)).filter(|cost| **cost != now) {
                open.remove(&(*cost, touched));
                open.insert((now, touched));
                *cost = now;
            }
        }
        taken.push((state, pivot));
    }
    // Each state's steps lead to states that were taken out later.
    for (state, pivot) in taken.into_iter().rev() {
        let at = index(state);
        let mut sum = rewards.get(at).copied().unwrap_or_default();
        for (target, weight) in graph.get(at).into_iter().flatten() {
            let onward = rewards.get(index(*target)).copied().unwrap_or_default();
            sum.iter_mut().zip(onward).for_each(|(sum, reward)| *sum += weight * reward);
        }
        let solved = sum.map(|sum| sum / pivot);
        if !solved.iter().all(|reward| reward.is_finite()) {
            return Err(beyond);
        }
        if let Some(rewards) = rewards.get_mut(at) {
            *rewards = solved;
        }
    }
    Ok(rewards)
}

/// `row + share * steps` without a step to `own`, targets ascending.
fn merged(row: &[(u32, f64)], steps: &[(u32, f64)], share: f64, own: u32) -> Vec<(u32, f64)> {
    let mut merged = Vec::with_capacity(row.len().saturating_add(steps.len()));
    let mut added =
        steps.iter().filter(|(target, _)| *target != own).map(|(t, w)| (*t, share * w)).peekable();
    for (target, weight) in row {
        while let Some(step) = added.next_if(|step| step.0 < *target) {
            merged.push(step);
        }
        let more = added.next_if(|step| step.0 == *target).map_or(0.0, |step| step.1);
        merged.push((*target, weight + more));
    }
    merged.extend(added);
    merged
}
