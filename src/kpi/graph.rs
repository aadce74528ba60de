//! The compiled tree: slots in topological order, operands in compressed rows.
//!
//! Slots `0..inputs` are the leaves in the order of first use, the others the steps, level by level up to the
//! root: every operand has a lower slot, and the operands of a step mostly stand side by side. Of several roots the leaves
//! and the steps of the first stand before those that only others use: its tree is the beginning of both lists.

use super::choice::Choice;
use super::function::Aggregate;
use super::groups::{Gathering, Selected};
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::ops::Range;
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
    /// A [`Choice`], by its index: it has no scale. It stands apart, because steps are streamed, and most choose nothing.
    Choice,
}

/// One computed slot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Step {
    pub(super) operation: Operation,
    pub(super) first: u32,
    pub(super) count: u32,
    pub(super) denominators: u32,
    /// The index of the weights, the constant term first; of a choice its index.
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
    /// What the steps choose that are choices.
    pub(super) choices: Vec<Choice>,
    /// The slot of the first root.
    pub(super) root: u32,
    /// How many leaves the first root depends on: the first ones.
    pub(super) root_inputs: usize,
    /// How many steps the first root depends on, its own among them: the first ones.
    pub(super) root_steps: usize,
    /// What is left of the products whose factors cancel, by the index of their step.
    pub(super) reduced: BTreeMap<u32, Reduced>,
    /// What the aggregates take together.
    pub(super) selections: Vec<Selected>,
    /// The dimensions over which steps take values together, by their bits.
    pub(super) dimensions: Vec<Box<str>>,
    /// Whether a step asks whether a value is missing: floats alone do not tell it from one that is undefined.
    pub(super) asks_for_states: bool,
    /// Whether a step is a choice: then a slot can have no value though the root has one.
    pub(super) chooses: bool,
    /// The steps that use a slot: `parents[parents_first[slot]..parents_first[slot + 1]]`.
    parents_first: Vec<u32>,
    parents: Vec<u32>,
}

// Every index below is a slot or a range that compilation has put there, and nothing is added to a graph once it is
// compiled: a step's operands are slots below its own, and its range lies within the list of operands. A wrong one is
// a fault of the compiler, which must fail here and not become a missing figure.
#[expect(clippy::indexing_slicing, reason = "slots and ranges are the compiled graph's own")]
#[expect(clippy::arithmetic_side_effects, reason = "slots and places are below 2^31")]
impl Graph {
    /// The number of slots; compilation numbers them in 32 bits.
    pub(super) fn len(&self) -> usize {
        self.inputs + self.steps.len()
    }

    /// The slot of the first step.
    pub(super) fn first_step(&self) -> u32 {
        slot_number(self.inputs)
    }

    /// The steps of the first root with their slots: of others it knows nothing.
    #[inline]
    pub(super) fn steps_of_root(
        &self,
    ) -> impl DoubleEndedIterator<Item = (usize, &Step)> + ExactSizeIterator {
        (self.inputs..self.inputs + self.root_steps).zip(&self.steps[..self.root_steps])
    }

    /// Whether the first root depends on a slot, or is it.
    pub(super) fn is_of_root(&self, slot: usize) -> bool {
        slot < self.root_inputs || (slot >= self.inputs && slot < self.inputs + self.root_steps)
    }

    /// How many edges the first root depends on: the first ones.
    pub(super) fn root_edges(&self) -> usize {
        let last = self.root_steps.checked_sub(1).and_then(|last| self.steps.get(last));
        last.map_or(0, |last| last.first as usize + last.count as usize)
    }

    /// The step of a slot; a leaf has none.
    pub(super) fn step(&self, slot: usize) -> Option<&Step> {
        self.steps.get(slot.checked_sub(self.inputs)?)
    }

    /// The constant factor of a computed slot.
    pub(super) fn factor(&self, slot: usize) -> Factor {
        self.factors[slot - self.inputs]
    }

    /// All operands of a step, the denominators last.
    #[inline]
    pub(super) fn operands(&self, step: &Step) -> &[u32] {
        let first = step.first as usize;
        &self.operands[first..first + step.count as usize]
    }

    /// The numerators and the denominators of a product.
    #[inline]
    pub(super) fn fraction(&self, step: &Step) -> (&[u32], &[u32]) {
        let operands = self.operands(step);
        operands.split_at(operands.len() - step.denominators as usize)
    }

    /// The constant term and the weights of a weighted sum.
    #[inline]
    pub(super) fn weights(&self, step: &Step) -> (f64, &[f64]) {
        debug_assert_eq!(step.operation, Operation::WeightedSum, "only these have weights");
        let first = step.weight as usize;
        (self.weights[first], &self.weights[first + 1..=first + step.count as usize])
    }

    /// What a step chooses; `None` for one that does not.
    #[inline]
    pub(super) fn choice(&self, step: &Step) -> Option<Choice> {
        if step.operation == Operation::Choice {
            self.choices.get(step.weight as usize).copied()
        } else {
            None
        }
    }

    /// What a step takes together, by which members; `None` for one that takes all or none.
    pub(super) fn filter_text(&self, step: &Step) -> Option<&str> {
        match self.choice(step)? {
            Choice::Members(gathering) if gathering.is_filtered || gathering.aggregate != Aggregate::Sum => {
                Some(&self.selection(gathering).of.text)
            }
            _ => None,
        }
    }

    /// What an aggregate takes together.
    pub(super) fn selection(&self, gathering: Gathering) -> &Selected {
        &self.selections[gathering.selection as usize]
    }

    /// The constant term and the weights of a weighted sum, exactly.
    pub(super) fn exact_weights(&self, step: &Step) -> (Decimal, &[Decimal]) {
        debug_assert_eq!(step.operation, Operation::WeightedSum, "only these have weights");
        let first = step.weight as usize;
        (self.exact_weights[first], &self.exact_weights[first + 1..=first + step.count as usize])
    }

    /// The slots of the steps that use a slot.
    #[inline]
    pub(super) fn parents(&self, slot: usize) -> &[u32] {
        &self.parents[self.edges_up(slot)]
    }

    /// The range of a slot in the lists that are ordered by who is used.
    #[inline]
    fn edges_up(&self, slot: usize) -> Range<usize> {
        debug_assert_eq!(self.parents_first.len(), self.len() + 1, "the graph is connected");
        self.parents_first[slot] as usize..self.parents_first[slot + 1] as usize
    }

    /// Brings the steps into the order of the slots, and answers the new place of each; operands are still
    /// steps by index, or marked as `leaf`.
    ///
    /// From the last root on, a step comes when all that use it have come, first come first served (A. B. Kahn,
    /// 1962); the order is that one backward. What several roots use waits for the first of them, so that the steps of the
    /// first root come last and get the lowest slots.
    pub(super) fn reorder(&mut self, roots: &[u32], leaf: u32) -> Vec<u32> {
        let count = self.steps.len();
        let mut uses = alloc::vec![0_u32; count];
        for operand in self.operands.iter().filter(|operand| **operand & leaf == 0) {
            uses[*operand as usize] += 1;
        }
        let mut order: Vec<u32> = Vec::with_capacity(count);
        let mut next = 0_usize;
        let mut root_steps = count;
        for root in roots.iter().rev() {
            root_steps = count - order.len();
            order.push(*root);
            while let Some(step) = order.get(next) {
                next += 1;
                let step = &self.steps[*step as usize];
                for operand in self.operands(step).iter().rev().filter(|operand| **operand & leaf == 0) {
                    let uses = &mut uses[*operand as usize];
                    *uses -= 1;
                    if *uses == 0 {
                        order.push(*operand);
                    }
                }
            }
        }
        // A cycle was refused before: a step that never came would take another's place.
        debug_assert_eq!(order.len(), count, "the roots use every step");
        let mut places = alloc::vec![0_u32; count];
        for (place, step) in (0_u32..).zip(order.iter().rev()) {
            places[*step as usize] = place;
        }
        let old = core::mem::take(self);
        self.dimensions.clone_from(&old.dimensions);
        self.choices.clone_from(&old.choices);
        self.root_steps = root_steps;
        self.selections.clone_from(&old.selections);
        for step in order.iter().rev() {
            let index = *step as usize;
            let (step, factor) = (&old.steps[index], &old.factors[index]);
            let (first, weight) = match step.operation {
                Operation::Choice => (slot_number(self.operands.len()), step.weight),
                _ => (slot_number(self.operands.len()), slot_number(self.weights.len())),
            };
            self.operands.extend(old.operands(step).iter().map(|operand| match operand & leaf {
                0 => places[*operand as usize],
                _ => *operand,
            }));
            if step.operation == Operation::WeightedSum {
                // The constant, then a weight for each operand.
                let range = step.weight as usize..=step.weight as usize + step.count as usize;
                self.weights.extend(&old.weights[range.clone()]);
                self.exact_weights.extend(&old.exact_weights[range]);
            }
            self.steps.push(Step { first, weight, ..*step });
            self.factors.push(*factor);
        }
        places
    }

    /// Fills in who uses whom, once the operands are complete.
    pub(super) fn connect(&mut self) {
        let asks = |choice: &Choice| {
            choice.reads_elsewhere()
                || choice.counts()
                || matches!(choice, Choice::MissingAs | Choice::UndefinedAs | Choice::Over(_))
        };
        self.asks_for_states = self.choices.iter().any(asks);
        self.chooses = !self.choices.is_empty();
        // Counts by who is used, summed to first places: a counting sort.
        let mut first = alloc::vec![0_u32; self.len() + 1];
        for operand in &self.operands {
            first[*operand as usize + 1] += 1;
        }
        let mut sum = 0_u32;
        for count in &mut first {
            sum += *count;
            *count = sum;
        }
        let mut next = first.clone();
        let mut parents = alloc::vec![0_u32; self.operands.len()];
        for (slot, step) in (self.first_step()..).zip(&self.steps) {
            for operand in self.operands(step) {
                let next = &mut next[*operand as usize];
                parents[*next as usize] = slot;
                *next += 1;
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
            let next = &mut next[*operand as usize];
            sorted[*next as usize] = *value;
            *next += 1;
        }
        sorted
    }

    /// The values of the edges into a slot's users, from those in the order of [`parents`](Self::parents).
    #[inline]
    pub(super) fn of_parents<'v>(&self, slot: usize, values: &'v [f64]) -> &'v [f64] {
        &values[self.edges_up(slot)]
    }

    /// The value of a step, from the values of all slots below it.
    ///
    /// What does not exist is NaN, and stays NaN in whatever uses it: a quotient by zero, by a number that
    /// left the range of a float, or of a missing input. `missing` says of the slots below which of them are missing,
    /// where a step asks for it.
    #[inline]
    pub(super) fn evaluate(&self, step: &Step, values: &[f64], missing: &[bool]) -> f64 {
        if step.operation == Operation::Choice {
            return self.chosen_at(step, values, missing, (1, 0));
        }
        self.computed(step, values)
    }

    /// The value of a step that is no choice: trees without one ask only for this, and their loops branch three ways.
    #[inline]
    pub(super) fn computed(&self, step: &Step, values: &[f64]) -> f64 {
        debug_assert_ne!(step.operation, Operation::Choice, "a choice has no scale and no factors");
        let at = |slot: &u32| values[*slot as usize];
        // Questions in the order of the operations, not a `match` of all four: one less of them.
        if step.operation == Operation::Sum {
            return step.scale * self.operands(step).iter().map(at).fold(0.0, |sum, x| sum + x);
        }
        if step.operation == Operation::WeightedSum {
            let (constant, weights) = self.weights(step);
            let terms = self.operands(step).iter().zip(weights);
            return step.scale * terms.fold(constant, |sum, (slot, weight)| sum + weight * at(slot));
        }
        let (above, below) = self.fraction(step);
        let product = above.iter().fold(step.scale, |product, slot| product * at(slot));
        if below.is_empty() {
            return product;
        }
        quotient(product, below.iter().map(at).fold(1.0, |product, x| product * x))
    }

    /// The value of a choice in one column of as many as stated. Out of line: the loops of sums and products stay short.
    #[inline(never)]
    fn chosen_at(
        &self,
        step: &Step,
        values: &[f64],
        missing: &[bool],
        (width, column): (usize, usize),
    ) -> f64 {
        let Some(choice) = self.choice(step) else { return f64::NAN };
        self.chosen(step, choice, &|slot| {
            let place = slot as usize * width + column;
            (values[place], missing.get(place).copied().unwrap_or(false))
        })
    }

    /// The value of a choice, from the values of the slots below it and whether they are missing.
    fn chosen(&self, step: &Step, choice: Choice, at: &impl Fn(u32) -> (f64, bool)) -> f64 {
        let operands = self.operands(step);
        let value = |place: usize| at(operands[place]).0;
        match choice {
            Choice::Compare(comparison) => {
                match value(0).partial_cmp(&value(1)) {
                    // Of two that are infinite, both left their range: nothing is known of their order.
                    Some(order) if value(0).is_finite() && value(1).is_finite() => {
                        if comparison.holds(order) { 1.0 } else { 0.0 }
                    }
                    _ => f64::NAN,
                }
            }
            Choice::If => match value(0) {
                condition if !condition.is_finite() => f64::NAN,
                condition if condition.abs() > 0.0 => value(1),
                _ => value(2),
            },
            Choice::Minimum | Choice::Maximum => {
                let wanted = if choice == Choice::Minimum { Ordering::Less } else { Ordering::Greater };
                let all = operands.iter().map(|operand| at(*operand).0);
                let chosen = all.reduce(|kept, next| match next.partial_cmp(&kept) {
                    None => f64::NAN,
                    Some(order) if order == wanted => next,
                    Some(_) => kept,
                });
                chosen.unwrap_or(f64::NAN)
            }
            Choice::Absolute => value(0).abs(),
            _ if choice.reads_elsewhere() => f64::NAN,
            // One member, whatever its value is.
            _ if choice.counts() => 1.0,
            Choice::MissingAs if at(operands[0]).1 => value(1),
            Choice::UndefinedAs if !value(0).is_finite() && !at(operands[0]).1 => value(1),
            Choice::MissingAs | Choice::UndefinedAs | Choice::Over(_) | Choice::Members(_) => value(0),
        }
    }

    /// The place of the operand that a choice takes; `None` for a comparison, whose value is neither's, and where it has none.
    pub(super) fn taken(
        &self,
        step: &Step,
        choice: Choice,
        at: &impl Fn(u32) -> (f64, bool),
    ) -> Option<usize> {
        let operands = self.operands(step);
        match choice {
            Choice::Compare(_) => None,
            _ if choice.counts() => None,
            Choice::Absolute | Choice::Over(_) | Choice::Members(_) => Some(0),
            Choice::Minimum | Choice::Maximum => {
                let value = self.chosen(step, choice, at);
                operands.iter().position(|operand| at(*operand).0.to_bits() == value.to_bits())
            }
            Choice::If | Choice::MissingAs | Choice::UndefinedAs => {
                let counts = self.counting(step, at);
                let taken =
                    counts.first().filter(|_| choice != Choice::If || at(operands[0]).0.is_finite())?;
                // From the back: a condition may be its own branch.
                operands.iter().rposition(|operand| operand == taken)
            }
        }
    }

    /// The derivative of a choice: the place of the operand taken and by how much the value follows it. NaN at a kink, where
    /// it has none.
    pub(super) fn slope(
        &self,
        step: &Step,
        choice: Choice,
        at: &impl Fn(u32) -> (f64, bool),
    ) -> Option<(usize, f64)> {
        let place = self.taken(step, choice, at)?;
        let own = self.operands(step)[place];
        let value = at(own).0;
        Some((
            place,
            match choice {
                Choice::Absolute if value > 0.0 => 1.0,
                Choice::Absolute if value < 0.0 => -1.0,
                Choice::Absolute => f64::NAN,
                Choice::Minimum | Choice::Maximum => {
                    let ties =
                        |operand: &&u32| **operand != own && at(**operand).0.to_bits() == value.to_bits();
                    if self.operands(step).iter().any(|operand| ties(&operand)) { f64::NAN } else { 1.0 }
                }
                _ => 1.0,
            },
        ))
    }

    /// The operands whose values decide that of a step: of a condition itself and the branch taken.
    pub(super) fn counting(&self, step: &Step, at: &impl Fn(u32) -> (f64, bool)) -> &[u32] {
        let operands = self.operands(step);
        let (value, is_missing) = operands.first().map_or((0.0, false), |first| at(*first));
        let place = match self.choice(step) {
            Some(Choice::If) if value.is_finite() => {
                if value.abs() > 0.0 {
                    1
                } else {
                    2
                }
            }
            Some(Choice::If) => 0,
            Some(Choice::MissingAs) => usize::from(is_missing),
            Some(Choice::UndefinedAs) => usize::from(!is_missing && !value.is_finite()),
            Some(choice) if choice.reads_elsewhere() || choice.counts() => return &[],
            _ => return operands,
        };
        &operands[place..=place]
    }

    /// Whether the value of a step is missing, from that of the slots below it: missing wins over undefined.
    pub(super) fn is_missing(&self, step: &Step, at: &impl Fn(u32) -> (f64, bool)) -> bool {
        match self.choice(step) {
            // Of one period alone no other is known, nor the name of its member.
            Some(choice) if choice.reads_elsewhere() => true,
            Some(choice) if choice.counts() => false,
            Some(choice) if choice.takes_one() => {
                self.counting(step, at).iter().any(|operand| at(*operand).1)
            }
            _ => self.operands(step).iter().any(|operand| at(*operand).1),
        }
    }

    /// The values of a step in `out.len()` columns; `values` holds the rows below it, `missing` which of these values
    /// are missing, where a step asks for it.
    pub(super) fn evaluate_row(&self, step: &Step, values: &[f64], missing: &[bool], out: &mut [f64]) {
        let width = out.len();
        let row = |slot: &u32| {
            let start = *slot as usize * width;
            &values[start..start + width]
        };
        match step.operation {
            Operation::Choice => {
                for (column, value) in out.iter_mut().enumerate() {
                    *value = self.chosen_at(step, values, missing, (width, column));
                }
            }
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
                    let at = |slot: &u32| values[*slot as usize * width + column];
                    *product = quotient(*product, below.iter().map(at).fold(1.0, |product, x| product * x));
                }
            }
        }
    }
}

/// A place in a list of a compiled graph as it stands in the graph itself: half the width, twice as many in a cache line.
#[expect(
    clippy::cast_possible_truncation,
    reason = "compilation refuses a tree of more than 2^31 slots or operands"
)]
pub(super) fn slot_number(place: usize) -> u32 {
    debug_assert!(u32::try_from(place).is_ok(), "places are numbered in 32 bits");
    place as u32
}

/// The quotient; NaN by zero and by infinity, which would turn a figure that left the range into a zero.
#[inline]
pub(super) fn quotient(dividend: f64, divisor: f64) -> f64 {
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
        // Through its text, which the standard library reads with one rounding.
        _ => alloc::format!("{value}").parse().unwrap_or(f64::NAN),
    }
}
