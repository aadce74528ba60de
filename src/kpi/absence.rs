//! Why a node has no figure, with names in place of the kernels' slots.

use super::fault::NumberFault;
use super::node::NodeId;
use super::{KpiError, KpiTree};
use crate::figure::{Figure, Undefined};

/// Why a slot has no number. A slot in place of a name keeps it within two words and `Copy`, so that an evaluation
/// takes no memory for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Absence {
    /// The leaf of this slot is missing.
    Missing(u32),
    /// The step of this slot has no number, though its operands have.
    Undefined {
        /// What is wrong.
        why: NumberFault,
        /// The step.
        slot: u32,
    },
}

impl KpiTree {
    /// The missing or undefined figure, with names; `is_zero` says whether the number of a slot is zero.
    #[cold]
    pub(super) fn absent<T>(&self, absence: Absence, is_zero: impl Fn(u32) -> bool) -> Figure<T> {
        match absence {
            Absence::Missing(slot) => Figure::missing(self.id_of(self.node_of(slot as usize))),
            Absence::Undefined { why, slot } => {
                let node = self.node_of(slot as usize);
                let graph = self.graph();
                let divisors = graph.step(slot as usize).map_or(&[][..], |step| graph.fraction(step).1);
                let divisor = divisors.iter().find(|divisor| is_zero(**divisor));
                // A divisor that is a part of the node's own formula has no name.
                let divisor = divisor.map(|divisor| self.node_of(*divisor as usize));
                let divisor = divisor.filter(|divisor| *divisor != node).map(|divisor| self.id_of(divisor));
                Figure::undefined(self.id_of(node), why.cause(divisor))
            }
        }
    }

    /// The figure of a node where one is needed.
    pub(super) fn needed<T>(&self, node: NodeId, figure: Figure<T>) -> Result<T, KpiError> {
        figure.get().map_err(|why| KpiError::NoValue { node: self.id_of(node), why })
    }

    /// The error of a number of the root that does not exist though the root does: its change, its rounding.
    pub(super) fn root_fault(&self, why: NumberFault) -> KpiError {
        let node = self.id_of(self.root());
        KpiError::NoValue { why: Undefined::new(node.clone(), why.cause(None)).into(), node }
    }
}
