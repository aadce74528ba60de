//! Why a node has no figure, with names in place of the kernels' slots.

use super::fault::NumberFault;
use super::node::NodeId;
use super::{KpiError, KpiTree};
use crate::figure::{Figure, Undefined};
use alloc::string::String;

/// Why a slot has no number. A slot in place of a name keeps it within two words and `Copy`, so that an evaluation
/// takes no memory for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Absence {
    /// The leaf of this slot is missing.
    Missing(u32),
    /// The leaf of this slot is missing at a place of its panel: the cell of its member times the periods, and the period.
    MissingIn {
        /// The leaf.
        slot: u32,
        /// Where.
        place: u32,
    },
    /// The step of this slot looks back before the first period of its panel.
    Before(u32),
    /// The member has no entry in the period: nothing to add up, and nothing missing.
    NoMember,
    /// The step of this slot has no number, though its operands have.
    Undefined {
        /// What is wrong.
        why: NumberFault,
        /// The step.
        slot: u32,
    },
}

impl Absence {
    /// Whether it is missing, else undefined.
    pub(super) const fn is_missing(self) -> bool {
        !matches!(self, Self::Undefined { .. })
    }
}

impl KpiTree {
    /// The missing or undefined figure, with names; `is_zero` says whether the number of a slot is zero.
    #[cold]
    pub(super) fn absent<T>(&self, absence: Absence, is_zero: impl Fn(u32) -> bool) -> Figure<T> {
        match absence {
            Absence::Missing(slot) => Figure::missing(match self.graph().step(slot as usize) {
                None => self.id_of(self.node_of(slot as usize)),
                // A step takes members by their names, of which one period alone has none.
                Some(step) if self.graph().filter_text(step).is_some() => {
                    alloc::format!("a member of {}", self.graph().filter_text(step).unwrap_or_default())
                }
                // A step takes the value of another period, which is not known.
                Some(step) => {
                    let of =
                        self.graph().operands(step).first().map(|operand| self.node_of(*operand as usize));
                    alloc::format!(
                        "another period of {}",
                        of.map_or_else(String::new, |node| self.id_of(node))
                    )
                }
            }),
            // Told with their places by the panel that knows them.
            Absence::MissingIn { slot, .. } => Figure::missing(self.id_of(self.node_of(slot as usize))),
            Absence::Before(slot) => self.absent(Absence::Missing(slot), is_zero),
            Absence::NoMember => Figure::missing("an entry"),
            Absence::Undefined { why: NumberFault::BaseNotPositive, slot } => {
                let node = self.id_of(self.node_of(slot as usize));
                let base =
                    self.graph().step(slot as usize).and_then(|step| self.graph().operands(step).first());
                let base =
                    base.map(|base| self.id_of(self.node_of(*base as usize))).filter(|base| *base != node);
                let base = base.map(|base| alloc::format!("the base of {base}"));
                Figure::undefined(node, NumberFault::BaseNotPositive.cause(base))
            }
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
