//! What each node contributed between two columns, as floats: for many trees, or large ones.

use super::columns::Columns;
use super::evaluation::no_value;
use super::multiplier::{NodeMethod, sweep};
use super::node::NodeId;
use super::{KpiError, KpiTree};
use crate::decompose::DecompositionMethod;
use alloc::vec::Vec;

/// What each node contributed to the change of the root from one column to another.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnContributions<'t> {
    tree: &'t KpiTree,
    of_slots: Vec<f64>,
    methods: Vec<NodeMethod>,
}

impl<'t> Columns<'t> {
    /// What each node contributed to the change of the root from column `before` to column `after`, as of
    /// the last evaluation or update.
    ///
    /// # Formula
    /// As [`KpiTree::explain`], without the division of what rounding leaves.
    ///
    /// # Errors
    /// [`KpiError::NoValue`] where the root has none in one of the columns; [`KpiError::Range`] where a
    /// contribution leaves the range of a float.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decompose::DecompositionMethod;
    /// use marketloop::kpi::KpiTree;
    ///
    /// let tree = KpiTree::parse("sales = visitors * aov\n visitors, aov")?;
    /// let (visitors, aov) = (tree.find("visitors").unwrap(), tree.find("aov").unwrap());
    /// let mut times = tree.columns(2)?;
    /// times.set_row(visitors, &[100.0, 110.0])?;
    /// times.set_row(aov, &[2.0, 3.0])?;
    /// times.evaluate();
    /// let why = times.contributions(0, 1, DecompositionMethod::Shapley)?;
    /// assert!((why.of(visitors) - 25.0).abs() < 1e-12 && (why.of(aov) - 105.0).abs() < 1e-12);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn contributions(
        &self,
        before: usize,
        after: usize,
        method: DecompositionMethod,
    ) -> Result<ColumnContributions<'t>, KpiError> {
        let tree = self.tree();
        for column in [before, after] {
            let root = self.root(column);
            if root.known().is_none() {
                return Err(no_value(tree, tree.root(), &root));
            }
        }
        let at = |slot: u32| (self.at(slot as usize, before), self.at(slot as usize, after));
        let swept = sweep(tree.graph(), &at, method);
        let mut of_slots = swept.adjoints;
        let mut finite = true;
        for (slot, entry) in of_slots.iter_mut().enumerate() {
            *entry *= self.at(slot, after) - self.at(slot, before);
            finite &= entry.is_finite();
        }
        if !finite {
            let slot = of_slots.iter().position(|contribution| !contribution.is_finite()).unwrap_or(0);
            return Err(KpiError::Range { what: "contribution", node: tree.id_of(tree.node_of(slot)) });
        }
        Ok(ColumnContributions { tree, of_slots, methods: swept.methods })
    }
}

impl ColumnContributions<'_> {
    /// What a node contributed, in the unit of the root; 0 for a node of another tree.
    #[must_use]
    pub fn of(&self, node: NodeId) -> f64 {
        self.of_slots.get(self.tree.slot(node) as usize).copied().unwrap_or(0.0)
    }

    /// What the leaves contributed together: the change of the root, up to rounding.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.of_slots.iter().take(self.tree.graph().inputs).sum()
    }

    /// How the change of a node was divided among its operands.
    #[must_use]
    pub fn method(&self, node: NodeId) -> NodeMethod {
        let slot = (self.tree.slot(node) as usize).checked_sub(self.tree.graph().inputs);
        slot.and_then(|index| self.methods.get(index)).copied().unwrap_or(NodeMethod::Given)
    }
}
