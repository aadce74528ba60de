//! The numbers of all slots at one point, as an explanation of the root takes them.

use super::absence::Absence;
use super::evaluation::{Evaluation, is_zero};
use super::graph::slot_number;
use super::number::Number;
use crate::figure::Figure;
use alloc::vec::Vec;

impl Evaluation<'_> {
    /// The numbers of all slots, the leaves first, 0 where one has none; and whether it is missing, else undefined. What the
    /// root does not depend on stands as 0.
    pub(super) fn into_states(self) -> (Vec<Number>, Vec<Option<bool>>) {
        let leaves = self.leaves.iter().zip(0..).map(|(leaf, slot)| match leaf {
            Some(value) => Ok(Number::Decimal(*value)),
            None => Err(Absence::Missing(slot)),
        });
        let graph = self.tree.graph();
        let states = leaves.chain(self.steps).enumerate().map(|(slot, number)| match number {
            _ if !graph.is_of_root(slot) => (Number::ZERO, None),
            Ok(number) => (number, None),
            Err(absence) => (Number::ZERO, Some(absence.is_missing())),
        });
        states.unzip()
    }

    /// The numbers of all slots, the leaves first, or the first slot of the root without one and why. What the root does not
    /// depend on stands as 0.
    pub(super) fn into_numbers(self) -> Result<Vec<Number>, (u32, Figure<Number>)> {
        let mut numbers = Vec::with_capacity(self.leaves.len().saturating_add(self.steps.len()));
        let graph = self.tree.graph();
        for (leaf, slot) in self.leaves.iter().zip(0..) {
            match leaf {
                _ if !graph.is_of_root(slot as usize) => numbers.push(Number::ZERO),
                Some(value) => numbers.push(Number::Decimal(*value)),
                None => return Err((slot, self.tree.absent(Absence::Missing(slot), |_| false))),
            }
        }
        for step in self.steps.into_iter().take(graph.root_steps) {
            match step {
                Ok(number) => numbers.push(number),
                Err(absence) => {
                    let is_zero = |slot: u32| is_zero(numbers.get(slot as usize));
                    // All slots below have a number: the first without one is the next.
                    return Err((slot_number(numbers.len()), self.tree.absent(absence, is_zero)));
                }
            }
        }
        numbers.resize(graph.len(), Number::ZERO);
        Ok(numbers)
    }
}
