//! The values of a tree's leaves.

use super::node::NodeId;
use super::{KpiError, KpiTree};
use crate::error::{Path, Problems};
use crate::quantity::Quantity;
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// A value for each leaf of one tree; what was not given is missing.
///
/// # Examples
/// ```
/// use marketloop::kpi::{KpiTree, Value};
/// use rust_decimal::dec;
///
/// let tree = KpiTree::parse("cvr [%] = orders / visits\n orders [order], visits [order]")?;
/// let mut plan = tree.inputs([("orders", dec!(30))])?;
/// assert!(matches!(tree.evaluate(&plan)?.root(), Value::Missing { .. }));
/// plan.set(&tree, "visits", dec!(1000))?;
/// assert_eq!(tree.evaluate(&plan)?.root(), Value::Known(dec!(3)));
/// assert!(tree.inputs([("cvr", dec!(3))]).is_err());
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Inputs {
    pub(super) values: Vec<Option<Decimal>>,
    fingerprint: u64,
}

impl KpiTree {
    /// The inputs with these values, each in the unit of its leaf.
    ///
    /// # Errors
    /// All problems at once, each at its name: [`KpiError::UnknownName`], [`KpiError::NotALeaf`].
    pub fn inputs<'n>(
        &self,
        values: impl IntoIterator<Item = (&'n str, Decimal)>,
    ) -> Result<Inputs, Problems<KpiError>> {
        let mut inputs = self.no_inputs();
        let mut problems = Problems::new();
        for (id, value) in values {
            problems.take(&Path::root().field(id), inputs.set(self, id, value));
        }
        problems.into_result(inputs)
    }

    /// The inputs with these quantities, converted to the units of their leaves.
    ///
    /// # Errors
    /// As [`inputs`](Self::inputs), and [`KpiError::Quantity`] naming both units where they differ.
    pub fn inputs_in_units<'n>(
        &self,
        values: impl IntoIterator<Item = (&'n str, Quantity)>,
    ) -> Result<Inputs, Problems<KpiError>> {
        let mut inputs = self.no_inputs();
        let mut problems = Problems::new();
        for (id, quantity) in values {
            let path = Path::root().field(id);
            let Some(node) = problems.take(&path, self.named(id)) else { continue };
            let Some(leaf) = self.node(node) else { continue };
            if let Some(quantity) = problems.take(&path, quantity.to(leaf.unit())) {
                problems.take(&path, inputs.set_node(self, node, quantity.value()));
            }
        }
        problems.into_result(inputs)
    }

    /// The inputs of which all are missing.
    #[must_use]
    pub fn no_inputs(&self) -> Inputs {
        Inputs { values: alloc::vec![None; self.graph().inputs], fingerprint: self.fingerprint() }
    }

    /// The values of the leaves in the order of their slots, if they are this tree's.
    pub(super) fn checked<'i>(&self, inputs: &'i Inputs) -> Result<&'i [Option<Decimal>], KpiError> {
        if inputs.fingerprint == self.fingerprint() && inputs.values.len() == self.graph().inputs {
            Ok(&inputs.values)
        } else {
            Err(KpiError::OtherTree)
        }
    }
}

impl Inputs {
    /// Gives the leaf of this name a value, in its unit.
    ///
    /// # Errors
    /// [`KpiError::UnknownName`], [`KpiError::NotALeaf`], [`KpiError::OtherTree`].
    pub fn set(&mut self, tree: &KpiTree, id: &str, value: Decimal) -> Result<(), KpiError> {
        self.set_node(tree, tree.named(id)?, value)
    }

    /// Gives a leaf a value, in its unit.
    ///
    /// # Errors
    /// [`KpiError::NotALeaf`], [`KpiError::OtherTree`].
    pub fn set_node(&mut self, tree: &KpiTree, leaf: NodeId, value: Decimal) -> Result<(), KpiError> {
        *self.entry(tree, leaf)? = Some(value);
        Ok(())
    }

    /// Takes the value of a leaf away.
    ///
    /// # Errors
    /// [`KpiError::NotALeaf`], [`KpiError::OtherTree`].
    pub fn clear(&mut self, tree: &KpiTree, leaf: NodeId) -> Result<(), KpiError> {
        *self.entry(tree, leaf)? = None;
        Ok(())
    }

    /// The value of a leaf, `None` where it is missing or no leaf.
    #[must_use]
    pub fn value(&self, tree: &KpiTree, leaf: NodeId) -> Option<Decimal> {
        let values = tree.checked(self).ok()?;
        values.get(tree.input(leaf).ok()?).copied().flatten()
    }

    fn entry(&mut self, tree: &KpiTree, leaf: NodeId) -> Result<&mut Option<Decimal>, KpiError> {
        tree.checked(self)?;
        let slot = tree.input(leaf)?;
        self.values.get_mut(slot).ok_or(KpiError::OtherTree)
    }
}
