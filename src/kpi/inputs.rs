//! The values of a tree's leaves.

use super::node::NodeId;
use super::{KpiError, KpiTree};
use crate::error::{Path, Problems, repeated};
use crate::quantity::Quantity;
use alloc::string::String;
use alloc::sync::Arc;
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
/// assert_eq!(tree.evaluate(&plan)?.known("cvr")?, dec!(3));
/// assert!(tree.inputs([("cvr", dec!(3))]).is_err());
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Inputs {
    values: Leaves,
    fingerprint: u64,
}

/// The values of the leaves in the order of their slots, shared by the inputs and what was evaluated for them: they are
/// copied where inputs change that are still in use.
pub(super) type Leaves = Arc<Vec<Option<Decimal>>>;

impl KpiTree {
    /// The inputs with these values, each in the unit of its leaf.
    ///
    /// # Errors
    /// All problems at once, each at its name: [`KpiError::UnknownName`], [`KpiError::NotALeaf`],
    /// [`KpiError::GivenTwice`].
    pub fn inputs<'n>(
        &self,
        values: impl IntoIterator<Item = (&'n str, Decimal)>,
    ) -> Result<Inputs, Problems<KpiError>> {
        let mut inputs = self.no_inputs();
        let mut problems = Problems::new();
        for (id, value) in values {
            problems.take(&Path::root().field(id), inputs.give(self, id, value));
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
                problems.take(&path, inputs.give_node(self, node, quantity.value()));
            }
        }
        problems.into_result(inputs)
    }

    /// The inputs of which all are missing.
    #[must_use]
    pub fn no_inputs(&self) -> Inputs {
        Inputs { values: Arc::new(alloc::vec![None; self.graph().inputs]), fingerprint: self.fingerprint() }
    }

    /// Refuses a list that names a leaf more than once.
    pub(super) fn each_once<'n>(&self, leaves: impl IntoIterator<Item = &'n NodeId>) -> Result<(), KpiError> {
        let leaves: Vec<&NodeId> = leaves.into_iter().collect();
        match repeated(leaves.iter().copied()) {
            Some((_, place)) => Err(KpiError::GivenTwice {
                id: leaves.get(place).map_or_else(String::new, |leaf| self.id_of(**leaf)),
            }),
            None => Ok(()),
        }
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

    /// The same for a leaf that must not have a value yet.
    fn give(&mut self, tree: &KpiTree, id: &str, value: Decimal) -> Result<(), KpiError> {
        self.give_node(tree, tree.named(id)?, value)
    }

    fn give_node(&mut self, tree: &KpiTree, leaf: NodeId, value: Decimal) -> Result<(), KpiError> {
        let entry = self.entry(tree, leaf)?;
        if entry.is_some() {
            return Err(KpiError::GivenTwice { id: tree.id_of(leaf) });
        }
        *entry = Some(value);
        Ok(())
    }

    /// The values, shared.
    pub(super) fn leaves(&self) -> Leaves {
        Arc::clone(&self.values)
    }

    /// The values, to change them.
    pub(super) fn leaves_mut(&mut self) -> &mut [Option<Decimal>] {
        Arc::make_mut(&mut self.values).as_mut_slice()
    }

    fn entry(&mut self, tree: &KpiTree, leaf: NodeId) -> Result<&mut Option<Decimal>, KpiError> {
        tree.checked(self)?;
        let slot = tree.input(leaf)?;
        self.leaves_mut().get_mut(slot).ok_or(KpiError::OtherTree)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use rust_decimal::dec;

    /// N10.
    #[test]
    fn a_leaf_given_twice_is_told_at_the_leaf() {
        let tree = KpiTree::parse("r = a + b\n a, b").unwrap();
        let twice = [("a", dec!(1)), ("a", dec!(100)), ("b", dec!(1)), ("b", dec!(1))];
        let refused = tree.inputs(twice).unwrap_err().to_string();
        assert_eq!(refused, "2 problems\n  a: `a` is given twice\n  b: `b` is given twice");
        let quantities = twice.map(|(id, value)| (id, Quantity::new(value, crate::quantity::Unit::ONE)));
        assert_eq!(tree.inputs_in_units(quantities).unwrap_err().len(), 2);
        // To set a value again is to replace it.
        let mut inputs = tree.inputs([("a", dec!(1)), ("b", dec!(1))]).unwrap();
        inputs.set(&tree, "a", dec!(2)).unwrap();
        assert_eq!(inputs.value(&tree, tree.find("a").unwrap()), Some(dec!(2)));
        let samples = [1.0, 2.0];
        let a = tree.find("a").unwrap();
        let drawn = tree.uncertainty(&inputs, &[(a, &samples), (a, &samples)]);
        assert!(matches!(drawn, Err(KpiError::GivenTwice { .. })));
    }
}
