//! What flows along every edge of a tree when its leaves change: from the root down, by multipliers where a
//! method is linear, by logarithms where factors are divided by the log mean.
//!
//! In logarithms a nested product is one product (LMDI is consistent in aggregation: B. W. Ang and N. Liu,
//! 2001): a factor that stands above and below the line gets the same weight with both signs, which cancels to
//! an exact zero. Products of multipliers would leave their rounding there.

use super::graph::{Graph, Operation, Step};
use super::multiplier::step_multipliers;
use crate::decompose::{ContributionMethod, DecompositionMethod, same_sign_log_mean};
use alloc::vec::Vec;

/// The changes of the root that run through edges and end in leaves.
pub(super) struct Flows<T> {
    /// What each leaf contributes, by slot.
    pub(super) leaves: Vec<T>,
    /// What runs along each edge, in the order of the operands.
    pub(super) edges: Vec<f64>,
    /// The method of each step.
    pub(super) methods: Vec<ContributionMethod>,
    /// What the switches of choices contribute, by slot in descending order.
    pub(super) switches: Vec<(usize, T)>,
}

/// Which slots have no value at one of the two times, though the root has one: branches that are not taken. Empty where
/// all have one.
#[derive(Debug, Default)]
pub(super) struct Absent {
    /// By slot, before and after: whether it is missing, else undefined; `None` where it has a value.
    pub(super) states: Vec<(Option<bool>, Option<bool>)>,
}

impl Absent {
    fn states(&self, slot: usize) -> (Option<bool>, Option<bool>) {
        self.states.get(slot).copied().unwrap_or((None, None))
    }

    /// Whether the slot has no value at one of the times.
    pub(super) fn at(&self, slot: usize) -> bool {
        let (before, after) = self.states(slot);
        before.is_some() || after.is_some()
    }

    /// Whether the slot has no value, at each time.
    pub(super) fn times(&self, slot: u32) -> (bool, bool) {
        let (before, after) = self.states(slot as usize);
        (before.is_some(), after.is_some())
    }

    /// Whether the slot is missing at each time.
    pub(super) fn missing(&self, slot: u32) -> (bool, bool) {
        let (before, after) = self.states(slot as usize);
        (before == Some(true), after == Some(true))
    }

    /// The values of the slot at the two times; NaN where it has none.
    pub(super) fn values(&self, slot: u32, (before, after): (f64, f64)) -> (f64, f64) {
        let (no_before, no_after) = self.states(slot as usize);
        let value = |value: f64, none: Option<bool>| if none.is_some() { f64::NAN } else { value };
        (value(before, no_before), value(after, no_after))
    }

    pub(super) fn turn(&mut self) {
        for (before, after) in &mut self.states {
            core::mem::swap(before, after);
        }
    }
}

/// The two values of a slot and its change, which they may round to nothing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Move {
    pub(super) before: f64,
    pub(super) after: f64,
    pub(super) change: f64,
}

/// One pass from the root to the leaves, as estimates.
#[expect(
    clippy::indexing_slicing,
    reason = "there is a move for every slot, a method for every step, an edge for every operand"
)]
pub(super) fn flows(
    graph: &Graph,
    moves: &[Move],
    absent: &Absent,
    method_of: &impl Fn(usize) -> DecompositionMethod,
) -> Flows<f64> {
    debug_assert_eq!(moves.len(), graph.len(), "a move for every slot");
    let pair = |slot: u32| (moves[slot as usize].before, moves[slot as usize].after);
    let (value, missing) = (|slot: u32| absent.values(slot, pair(slot)), |slot: u32| absent.missing(slot));
    // A slot's change reaches the root times `linear`, and its logarithm's change times `weights`. Both are kept apart
    // down to the leaves: weights of one factor above and below the line cancel to an exact zero, multipliers do not.
    let mut linear = alloc::vec![0.0; graph.len()];
    let mut weights = alloc::vec![0.0; graph.len()];
    let mut edges = alloc::vec![0.0; graph.operands.len()];
    let mut methods = alloc::vec![ContributionMethod::Weights; graph.steps.len()];
    linear[graph.root as usize] = 1.0;
    let mut switches: Vec<(usize, f64)> = Vec::new();
    let mut multipliers: Vec<f64> = Vec::new();
    for (index, (slot, step)) in graph.steps_of_root().enumerate().rev() {
        // Slots descend from the root: all that use this one have given their share.
        if absent.at(slot) {
            continue;
        }
        let (own, by_change, by_logarithm) = (moves[slot], linear[slot], weights[slot]);
        let out = &mut edges[step.first as usize..];
        let method = method_of(index);
        if method == DecompositionMethod::LogMean
            && step.operation == Operation::Product
            && keeps_signs(graph, step, own, &pair)
        {
            let weight = by_logarithm + by_change * same_sign_log_mean(own.after, own.before);
            let above = graph.fraction(step).0.len();
            for (place, (operand, edge)) in graph.operands(step).iter().zip(out).enumerate() {
                let signed = if place < above { weight } else { -weight };
                *edge = along_logarithm(signed, moves[*operand as usize]);
                weights[*operand as usize] += signed;
            }
            methods[index] = ContributionMethod::LogMean;
            continue;
        }
        // Another name for one slot moves in proportion to it: logarithms pass through.
        let renames = step.operation == Operation::Sum && step.count == 1;
        let (total, passed) = if renames {
            (by_change, by_logarithm)
        } else {
            (by_change + per_change(by_logarithm, own), 0.0)
        };
        multipliers.clear();
        methods[index] = step_multipliers(graph, step, slot, &value, &missing, method, &mut multipliers);
        if methods[index] == ContributionMethod::Switch && total.abs() > 0.0 {
            let followed = graph.operands(step).iter().zip(&multipliers);
            let followed: f64 = followed.map(|(operand, m)| m * moves[*operand as usize].change).sum();
            switches.push((slot, total * (own.change - followed)));
        }
        for ((operand, multiplier), edge) in graph.operands(step).iter().zip(&multipliers).zip(out) {
            let place = *operand as usize;
            *edge = total * multiplier * moves[place].change + along_logarithm(passed, moves[place]);
            linear[place] += total * multiplier;
            weights[place] += passed;
        }
    }
    let leaves = moves.iter().zip(linear.iter().zip(&weights)).take(graph.inputs);
    let leaves =
        leaves.map(|(own, (linear, weight))| linear * own.change + along_logarithm(*weight, *own)).collect();
    Flows { leaves, edges, methods, switches }
}

/// What `weight` times the change of a logarithm is: `ln(b/a) = (b - a) / L(b, a)`.
fn along_logarithm(weight: f64, own: Move) -> f64 {
    per_change(weight, own) * own.change
}

/// `weight` times the change of a logarithm, per unit of the change itself.
fn per_change(weight: f64, own: Move) -> f64 {
    // A weight of 0 is none: the log mean may be 0 as well, where the slot was zero at one of the times.
    if weight.abs() > 0.0 { weight / same_sign_log_mean(own.after, own.before) } else { 0.0 }
}

/// Whether a product and all its factors have one sign, and are not zero, at both times.
fn keeps_signs(graph: &Graph, step: &Step, own: Move, pair: &impl Fn(u32) -> (f64, f64)) -> bool {
    let one_sign = |(a, b): (f64, f64)| (a > 0.0 && b > 0.0) || (a < 0.0 && b < 0.0);
    one_sign((own.before, own.after)) && graph.operands(step).iter().all(|operand| one_sign(pair(*operand)))
}
