//! The compiled tree: slots in topological order, operands in compressed rows.
//!
//! Slots `0..inputs` are the leaves in the order of first use, the others the steps, level by level up to the
//! root: every operand has a lower slot, and the operands of a step mostly stand side by side.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// What a step does with its operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    /// `scale * sum of x`.
    Sum,
    /// `scale * (w_0 + sum of w_i x_i)`.
    WeightedSum,
    /// `scale * product of the numerators / product of the denominators`, which stand last.
    Product,
}

/// One computed slot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Step {
    pub(super) operation: Operation,
    pub(super) first: u32,
    pub(super) count: u32,
    pub(super) denominators: u32,
    /// The index of the weights, the constant term first.
    pub(super) weight: u32,
    /// The constant factor; NaN where it divides by zero.
    pub(super) scale: f64,
}

/// The constant factor of a step, exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Factor {
    pub(super) factor: Decimal,
    pub(super) divisor: Decimal,
}

/// What is left of a product when its common factors are cancelled.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reduced {
    /// The slots above the line, each as often as its exponent says.
    pub(super) above: Vec<u32>,
    /// The slots below the line.
    pub(super) below: Vec<u32>,
    pub(super) factor: Decimal,
    pub(super) divisor: Decimal,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Graph {
    pub(super) inputs: usize,
    pub(super) steps: Vec<Step>,
    pub(super) factors: Vec<Factor>,
    pub(super) operands: Vec<u32>,
    pub(super) weights: Vec<f64>,
    pub(super) exact_weights: Vec<Decimal>,
    pub(super) root: u32,
    /// What is left of the products whose factors cancel, by the index of their step.
    pub(super) reduced: BTreeMap<u32, Reduced>,
    /// The steps that use a slot: `parents[parents_first[slot]..parents_first[slot + 1]]`.
    parents_first: Vec<u32>,
    parents: Vec<u32>,
}

impl Graph {
    /// The number of slots.
    pub(super) fn len(&self) -> usize {
        self.inputs.saturating_add(self.steps.len())
    }

    /// The slot of the first step; compilation numbers all slots in 32 bits.
    pub(super) fn first_step(&self) -> u32 {
        debug_assert!(u32::try_from(self.len()).is_ok(), "slots are numbered in 32 bits");
        u32::try_from(self.inputs).unwrap_or(u32::MAX)
    }

    /// The step of a slot; a leaf has none.
    pub(super) fn step(&self, slot: usize) -> Option<&Step> {
        self.steps.get(slot.checked_sub(self.inputs)?)
    }

    /// The constant factor of a slot.
    pub(super) fn factor(&self, slot: usize) -> Factor {
        let factor = slot.checked_sub(self.inputs).and_then(|index| self.factors.get(index));
        factor.copied().unwrap_or(Factor { factor: Decimal::ONE, divisor: Decimal::ONE })
    }

    /// All operands of a step, the denominators last.
    #[inline]
    pub(super) fn operands(&self, step: &Step) -> &[u32] {
        let first = step.first as usize;
        self.operands.get(first..first.saturating_add(step.count as usize)).unwrap_or(&[])
    }

    /// The numerators and the denominators of a product.
    #[inline]
    pub(super) fn fraction(&self, step: &Step) -> (&[u32], &[u32]) {
        let operands = self.operands(step);
        let above = operands.len().saturating_sub(step.denominators as usize);
        operands.split_at_checked(above).unwrap_or((operands, &[]))
    }

    /// The constant term and the weights of a weighted sum.
    #[inline]
    pub(super) fn weights(&self, step: &Step) -> (f64, &[f64]) {
        let all = self.weights.get(step.weight as usize..).unwrap_or(&[]);
        all.split_first().map_or((0.0, &[]), |(constant, rest)| (*constant, rest))
    }

    /// The same, exactly.
    pub(super) fn exact_weights(&self, step: &Step) -> (Decimal, &[Decimal]) {
        let all = self.exact_weights.get(step.weight as usize..).unwrap_or(&[]);
        all.split_first().map_or((Decimal::ZERO, &[]), |(constant, rest)| (*constant, rest))
    }

    /// The slots of the steps that use a slot.
    #[inline]
    pub(super) fn parents(&self, slot: usize) -> &[u32] {
        let at = |slot: usize| self.parents_first.get(slot).map_or(0, |first| *first as usize);
        self.parents.get(at(slot)..at(slot.saturating_add(1))).unwrap_or(&[])
    }

    /// Brings the steps into the order of the slots, and answers the new place of each; operands are still
    /// steps by index, or marked as `leaf`.
    ///
    /// From the root on, a step comes when all that use it have come, first come first served (A. B. Kahn,
    /// 1962); the order is that one backward.
    pub(super) fn reorder(&mut self, root: u32, leaf: u32) -> Vec<u32> {
        let count = self.steps.len();
        let mut uses = alloc::vec![0_u32; count];
        for operand in self.operands.iter().filter(|operand| **operand & leaf == 0) {
            if let Some(uses) = uses.get_mut(*operand as usize) {
                *uses = uses.saturating_add(1);
            }
        }
        let mut order: Vec<u32> = Vec::with_capacity(count);
        order.push(root);
        let mut next = 0_usize;
        while let Some(step) = order.get(next).and_then(|step| self.steps.get(*step as usize)) {
            next = next.saturating_add(1);
            for operand in self.operands(step).iter().rev().filter(|operand| **operand & leaf == 0) {
                if let Some(uses) = uses.get_mut(*operand as usize) {
                    *uses = uses.saturating_sub(1);
                    if *uses == 0 {
                        order.push(*operand);
                    }
                }
            }
        }
        let mut places = alloc::vec![0_u32; count];
        for (place, step) in (0_u32..).zip(order.iter().rev()) {
            if let Some(entry) = places.get_mut(*step as usize) {
                *entry = place;
            }
        }
        let old = core::mem::take(self);
        for step in order.iter().rev() {
            let index = *step as usize;
            let (Some(step), Some(factor)) = (old.steps.get(index), old.factors.get(index)) else { continue };
            let position = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
            let (first, weight) = (position(self.operands.len()), position(self.weights.len()));
            self.operands.extend(old.operands(step).iter().map(|operand| match operand & leaf {
                0 => places.get(*operand as usize).copied().unwrap_or(0),
                _ => *operand,
            }));
            if step.operation == Operation::WeightedSum {
                let count = (step.count as usize).saturating_add(1);
                let range = step.weight as usize..(step.weight as usize).saturating_add(count);
                self.weights.extend(old.weights.get(range.clone()).unwrap_or(&[]));
                self.exact_weights.extend(old.exact_weights.get(range).unwrap_or(&[]));
            }
            self.steps.push(Step { first, weight, ..*step });
            self.factors.push(*factor);
        }
        places
    }

    /// Fills in who uses whom, once the operands are complete.
    pub(super) fn connect(&mut self) {
        let mut first = alloc::vec![0_u32; self.len().saturating_add(1)];
        for operand in &self.operands {
            if let Some(count) = first.get_mut((*operand as usize).saturating_add(1)) {
                *count = count.saturating_add(1);
            }
        }
        let mut sum = 0_u32;
        for count in &mut first {
            sum = sum.saturating_add(*count);
            *count = sum;
        }
        let mut next = first.clone();
        let mut parents = alloc::vec![0_u32; self.operands.len()];
        for (index, step) in self.steps.iter().enumerate() {
            let slot = u32::try_from(self.inputs.saturating_add(index)).unwrap_or(u32::MAX);
            for operand in self.operands(step) {
                if let Some(next) = next.get_mut(*operand as usize) {
                    if let Some(parent) = parents.get_mut(*next as usize) {
                        *parent = slot;
                    }
                    *next = next.saturating_add(1);
                }
            }
        }
        self.parents_first = first;
        self.parents = parents;
    }

    /// One value per edge, `values` being in the order of the operands, brought into the order of
    /// [`parents`](Self::parents).
    pub(super) fn by_parents(&self, values: &[f64]) -> Vec<f64> {
        let mut next = self.parents_first.clone();
        let mut sorted = alloc::vec![0.0; values.len()];
        for (operand, value) in self.operands.iter().zip(values) {
            if let Some(next) = next.get_mut(*operand as usize) {
                if let Some(entry) = sorted.get_mut(*next as usize) {
                    *entry = *value;
                }
                *next = next.saturating_add(1);
            }
        }
        sorted
    }

    /// The values of the edges into a slot's users, from those in the order of [`parents`](Self::parents).
    #[inline]
    pub(super) fn of_parents<'v>(&self, slot: usize, values: &'v [f64]) -> &'v [f64] {
        let at = |slot: usize| self.parents_first.get(slot).map_or(0, |first| *first as usize);
        values.get(at(slot)..at(slot.saturating_add(1))).unwrap_or(&[])
    }

    /// The value of a step, from the values of all slots below it.
    ///
    /// What does not exist is NaN, and stays NaN in whatever uses it: a quotient by zero, by a number that
    /// left the range of a float, or of a missing input.
    #[inline]
    pub(super) fn evaluate(&self, step: &Step, values: &[f64]) -> f64 {
        let at = |slot: &u32| values.get(*slot as usize).copied().unwrap_or(f64::NAN);
        match step.operation {
            Operation::Sum => step.scale * self.operands(step).iter().map(at).fold(0.0, |sum, x| sum + x),
            Operation::WeightedSum => {
                let (constant, weights) = self.weights(step);
                let terms = self.operands(step).iter().zip(weights);
                step.scale * terms.fold(constant, |sum, (slot, weight)| sum + weight * at(slot))
            }
            Operation::Product => {
                let (above, below) = self.fraction(step);
                let product = above.iter().fold(step.scale, |product, slot| product * at(slot));
                if below.is_empty() {
                    return product;
                }
                quotient(product, below.iter().map(at).fold(1.0, |product, x| product * x))
            }
        }
    }

    /// The same for a row of `out.len()` columns; `values` holds the rows below it.
    pub(super) fn evaluate_row(&self, step: &Step, values: &[f64], out: &mut [f64]) {
        let width = out.len();
        let row = |slot: &u32| {
            let start = (*slot as usize).saturating_mul(width);
            values.get(start..start.saturating_add(width)).unwrap_or(&[])
        };
        match step.operation {
            Operation::Sum => {
                out.fill(0.0);
                for slot in self.operands(step) {
                    out.iter_mut().zip(row(slot)).for_each(|(sum, value)| *sum += value);
                }
                for sum in out.iter_mut() {
                    *sum *= step.scale;
                }
            }
            Operation::WeightedSum => {
                let (constant, weights) = self.weights(step);
                out.fill(constant);
                for (slot, weight) in self.operands(step).iter().zip(weights) {
                    out.iter_mut().zip(row(slot)).for_each(|(sum, value)| *sum += weight * value);
                }
                for sum in out.iter_mut() {
                    *sum *= step.scale;
                }
            }
            Operation::Product => {
                let (above, below) = self.fraction(step);
                out.fill(step.scale);
                for slot in above {
                    out.iter_mut().zip(row(slot)).for_each(|(product, value)| *product *= value);
                }
                if below.is_empty() {
                    return;
                }
                for (column, product) in out.iter_mut().enumerate() {
                    let at = |slot: &u32| row(slot).get(column).copied().unwrap_or(f64::NAN);
                    *product = quotient(*product, below.iter().map(at).fold(1.0, |product, x| product * x));
                }
            }
        }
    }
}

/// The quotient; NaN by zero and by infinity, which would turn a figure that left the range into a zero.
#[inline]
fn quotient(dividend: f64, divisor: f64) -> f64 {
    if divisor.abs() > 0.0 && divisor.abs() < f64::INFINITY { dividend / divisor } else { f64::NAN }
}

/// The nearest float.
pub(super) fn float(value: Decimal) -> f64 {
    const POWERS: [f64; 23] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
        1e18, 1e19, 1e20, 1e21, 1e22,
    ];
    let mantissa = value.mantissa();
    match POWERS.get(value.scale() as usize) {
        // Two exact floats: one rounding.
        #[expect(clippy::cast_precision_loss, reason = "below 2^53 a float holds it")]
        Some(power) if mantissa.unsigned_abs() < 1 << 53 => mantissa as f64 / power,
        _ => alloc::format!("{value}").parse().unwrap_or(f64::NAN),
    }
}
