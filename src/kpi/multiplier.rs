//! What a node's change owes to each operand's: `dy = sum of m_i dx_i`, node by node, and the sweep that
//! multiplies these along every path from the root.

use super::choice::Choice;
use super::graph::{Graph, Operation, Step, slot_number};
use crate::decompose::{ContributionMethod, DecompositionMethod, same_sign_log_mean, shapley_integrals};
use alloc::vec::Vec;

/// The multipliers of all slots from the root, and the method of each step.
pub(super) struct Sweep {
    pub(super) adjoints: Vec<f64>,
    pub(super) methods: Vec<ContributionMethod>,
}

/// One pass from the root to the leaves, in multipliers alone: half the work of flows, whose logarithms keep cancelled
/// factors at an exact zero. Bulk comparisons take the estimates. `at` answers a slot's values at the two times.
pub(super) fn sweep(
    graph: &Graph,
    at: &impl Fn(u32) -> (f64, f64),
    missing: &impl Fn(u32) -> (bool, bool),
    method: DecompositionMethod,
) -> Sweep {
    // Two loops of one text: that of trees without a choice asks for none.
    if graph.chooses {
        sweep_where::<true>(graph, at, missing, method)
    } else {
        sweep_where::<false>(graph, at, missing, method)
    }
}

#[expect(clippy::indexing_slicing, reason = "there is an adjoint for every slot, and operands are slots")]
fn sweep_where<const CHOOSES: bool>(
    graph: &Graph,
    at: &impl Fn(u32) -> (f64, f64),
    missing: &impl Fn(u32) -> (bool, bool),
    method: DecompositionMethod,
) -> Sweep {
    let mut adjoints = alloc::vec![0.0; graph.len()];
    let mut methods = alloc::vec![ContributionMethod::Weights; graph.steps.len()];
    adjoints[graph.root as usize] = 1.0;
    let mut multipliers: Vec<f64> = Vec::new();
    // Slots descend from the root: when a slot's turn comes, all that use it have added to its adjoint.
    let used = methods[..graph.root_steps].iter_mut();
    for ((slot, step), used) in graph.steps_of_root().zip(used).rev() {
        let adjoint: f64 = adjoints[slot];
        // What no branch taken leads to has no part, and may have no value.
        if CHOOSES && adjoint.abs() <= 0.0 {
            continue;
        }
        multipliers.clear();
        *used = if CHOOSES {
            step_multipliers(graph, step, slot, at, missing, method, &mut multipliers)
        } else {
            computed_multipliers(graph, step, slot, at, method, &mut multipliers)
        };
        for (operand, multiplier) in graph.operands(step).iter().zip(&multipliers) {
            adjoints[*operand as usize] += adjoint * multiplier;
        }
    }
    Sweep { adjoints, methods }
}

/// Appends the multiplier of each operand of a step. What they leave of a choice's change is its switch's.
#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a multiplier for each operand of the step"
)]
pub(super) fn step_multipliers(
    graph: &Graph,
    step: &Step,
    slot: usize,
    at: &impl Fn(u32) -> (f64, f64),
    missing: &impl Fn(u32) -> (bool, bool),
    method: DecompositionMethod,
    out: &mut Vec<f64>,
) -> ContributionMethod {
    let Some(choice) = graph.choice(step) else {
        return computed_multipliers(graph, step, slot, at, method, out);
    };
    let start = out.len();
    out.resize(start + step.count as usize, 0.0);
    choice_multipliers(graph, step, choice, at, missing, &mut out[start..])
}

/// Appends the multiplier of each operand of a step that is no choice.
#[inline]
pub(super) fn computed_multipliers(
    graph: &Graph,
    step: &Step,
    slot: usize,
    at: &impl Fn(u32) -> (f64, f64),
    method: DecompositionMethod,
    out: &mut Vec<f64>,
) -> ContributionMethod {
    debug_assert_ne!(step.operation, Operation::Choice, "a choice has multipliers of its own");
    let start = out.len();
    match step.operation {
        Operation::Sum => out.extend(core::iter::repeat_n(step.scale, step.count as usize)),
        Operation::WeightedSum => {
            out.extend(graph.weights(step).1.iter().take(step.count as usize).map(|w| step.scale * w));
        }
        Operation::Product | Operation::Choice => {
            let slot = slot_number(slot);
            let product = Factors { graph, step, at };
            if method == DecompositionMethod::LogMean && product.log_mean(at(slot), out) {
                return ContributionMethod::LogMean;
            }
            out.truncate(start);
            if method == DecompositionMethod::Sequential {
                product.sequential(out);
                return ContributionMethod::Sequential;
            }
            product.shapley(out);
            return ContributionMethod::Shapley;
        }
    }
    ContributionMethod::Weights
}

/// A choice follows the operand that it takes. Where it takes another one at the second time, both have a half each, and
/// what is left is the switch's: the mean of what it brings at the two times, the Shapley value of three that move, the
/// two operands and the switch. Where the other branch has no value at one of the times, all is the switch's.
#[expect(clippy::indexing_slicing, reason = "a multiplier for each operand, of which the places are")]
pub(super) fn choice_multipliers(
    graph: &Graph,
    step: &Step,
    choice: Choice,
    at: &impl Fn(u32) -> (f64, f64),
    missing: &impl Fn(u32) -> (bool, bool),
    out: &mut [f64],
) -> ContributionMethod {
    let before = graph.taken(step, choice, &|slot| (at(slot).0, missing(slot).0));
    let after = graph.taken(step, choice, &|slot| (at(slot).1, missing(slot).1));
    let operands = graph.operands(step);
    match (before, after) {
        (Some(before), Some(after)) if before == after => {
            let (a, b) = at(operands[before]);
            // The size of a number that changes its sign moves by less than the number.
            let crosses = choice == Choice::Absolute && (a < 0.0 || b < 0.0);
            out[before] = if crosses { (b.abs() - a.abs()) / (b - a) } else { 1.0 };
            if crosses && out[before].is_nan() {
                out[before] = -1.0;
            }
            ContributionMethod::Weights
        }
        (Some(before), Some(after)) => {
            let known = |place: usize| {
                let (a, b) = at(operands[place]);
                a.is_finite() && b.is_finite()
            };
            if known(before) && known(after) {
                out[before] = 0.5;
                out[after] = 0.5;
            }
            ContributionMethod::Switch
        }
        _ => ContributionMethod::Switch,
    }
}

struct Factors<'a, A> {
    graph: &'a Graph,
    step: &'a Step,
    at: &'a A,
}

impl<A: Fn(u32) -> (f64, f64)> Factors<'_, A> {
    /// The multipliers by the logarithmic mean; false where a factor changes its sign.
    fn log_mean(&self, (before, after): (f64, f64), out: &mut Vec<f64>) -> bool {
        let (above, below) = self.graph.fraction(self.step);
        let operands = self.graph.operands(self.step);
        let changes_sign = |operand: &u32| {
            let (a, b) = (self.at)(*operand);
            (a < 0.0 && b > 0.0) || (a > 0.0 && b < 0.0)
        };
        if operands.iter().any(changes_sign) {
            return false;
        }
        let zero = |value: f64| value.abs() <= 0.0;
        match (zero(before), zero(after)) {
            (false, false) => {
                // Operands of one sign at both times give results of one sign.
                let mean = same_sign_log_mean(after, before);
                let of = |operand: &u32| {
                    let (a, b) = (self.at)(*operand);
                    same_sign_log_mean(b, a)
                };
                out.extend(above.iter().map(|operand| mean / of(operand)));
                out.extend(below.iter().map(|operand| -mean / of(operand)));
                true
            }
            // From nothing to nothing: only a factor that is zero throughout can have moved inside.
            (true, true) => {
                for (index, operand) in operands.iter().enumerate() {
                    let (a, b) = (self.at)(*operand);
                    let idle = zero(a) && zero(b) && index < above.len();
                    let (others_before, others_after) = self.others(index);
                    out.push(if idle { same_sign_log_mean(others_after, others_before) } else { 0.0 });
                }
                true
            }
            // Factors that enter from zero, or leave to it, share the change in equal parts.
            (enters, _) => {
                let moves = |operand: &u32| {
                    let (a, b) = (self.at)(*operand);
                    if enters { zero(a) && !zero(b) } else { zero(b) && !zero(a) }
                };
                let count = above.iter().filter(|operand| moves(operand)).fold(0.0, |count, _| count + 1.0);
                let share = (after - before) / count;
                out.extend(above.iter().map(|operand| {
                    let (a, b) = (self.at)(*operand);
                    if moves(operand) { share / (b - a) } else { 0.0 }
                }));
                out.extend(below.iter().map(|_| 0.0));
                // A result of zero without a factor of zero was too small for its type.
                count > 0.0
            }
        }
    }

    /// The result without one operand, at the two times.
    fn others(&self, left_out: usize) -> (f64, f64) {
        let above = self.graph.fraction(self.step).0.len();
        let start = (self.step.scale, self.step.scale);
        self.graph.operands(self.step).iter().enumerate().filter(|(index, _)| *index != left_out).fold(
            start,
            |(before, after), (index, operand)| {
                let (a, b) = (self.at)(*operand);
                if index < above { (before * a, after * b) } else { (before / a, after / b) }
            },
        )
    }

    /// The factors at the two times, a divisor as its reciprocal.
    fn factors(&self) -> (Vec<f64>, Vec<f64>) {
        let (above, below) = self.graph.fraction(self.step);
        let numerators = above.iter().map(|operand| (self.at)(*operand));
        let reciprocals = below.iter().map(|operand| {
            let (a, b) = (self.at)(*operand);
            (1.0 / a, 1.0 / b)
        });
        numerators.chain(reciprocals).unzip()
    }

    /// Multipliers of factors as multipliers of operands: the reciprocal of `d` moves by `-1 / (d_0 d_1)`
    /// times what `d` moves.
    fn push_all(
        &self,
        of_factors: impl IntoIterator<Item = f64>,
        before: &[f64],
        after: &[f64],
        out: &mut Vec<f64>,
    ) {
        let above = self.graph.fraction(self.step).0.len();
        let factors = of_factors.into_iter().zip(before.iter().zip(after)).enumerate();
        out.extend(factors.map(|(index, (multiplier, (a, b)))| {
            // `a * b` first: the same bits when the two times are swapped.
            if index < above { self.step.scale * multiplier } else { -self.step.scale * multiplier * (a * b) }
        }));
    }

    fn shapley(&self, out: &mut Vec<f64>) {
        let (before, after) = self.factors();
        self.push_all(shapley_integrals(&before, &after), &before, &after, out);
    }

    fn sequential(&self, out: &mut Vec<f64>) {
        let (before, after) = self.factors();
        let mut trailing: Vec<f64> = Vec::with_capacity(before.len());
        let mut product = 1.0;
        for factor in before.iter().rev() {
            trailing.push(product);
            product *= factor;
        }
        let mut leading = 1.0;
        let multipliers: Vec<f64> = after
            .iter()
            .zip(trailing.iter().rev())
            .map(|(factor, trailing)| {
                let multiplier = leading * trailing;
                leading *= factor;
                multiplier
            })
            .collect();
        self.push_all(multipliers, &before, &after, out);
    }
}
