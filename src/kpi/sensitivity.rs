//! How the root would move with each node: one pass from the root to the leaves.

use super::columns::Columns;
use super::evaluation::no_value;
use super::graph::{Graph, Operation};
use super::node::NodeId;
use super::{Inputs, KpiError, KpiTree};
use alloc::vec::Vec;

/// The derivatives of the root by each node, at one set of inputs.
#[derive(Debug, Clone, PartialEq)]
pub struct Sensitivities<'t> {
    tree: &'t KpiTree,
    values: Vec<f64>,
    gradients: Vec<f64>,
}

impl KpiTree {
    /// The derivatives and elasticities of the root by each node, at these inputs.
    ///
    /// # Formula
    /// `d root / d x`, summed over every path from the root to `x` (reverse accumulation: S. Linnainmaa, 1970);
    /// the elasticity is that times `x / root`.
    ///
    /// # Errors
    /// [`KpiError::NoValue`] where the root has none; [`KpiError::OtherTree`]; [`KpiError::Range`] where a
    /// derivative leaves the range of a float.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("sales = visitors * cvr * aov\n visitors, cvr, aov")?;
    /// let now = tree.inputs([("visitors", dec!(10000)), ("cvr", dec!(0.02)), ("aov", dec!(50))])?;
    /// let moves = tree.sensitivities(&now)?;
    /// assert_eq!(moves.gradient(tree.find("aov").unwrap()), 200.0);
    /// assert_eq!(moves.elasticity(tree.find("aov").unwrap()), Some(1.0));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn sensitivities(&self, inputs: &Inputs) -> Result<Sensitivities<'_>, KpiError> {
        let mut columns = self.columns(1)?;
        columns.set_inputs(0, inputs)?;
        columns.evaluate();
        let gradients = gradients(&columns)?;
        let values = (0..self.graph().len()).map(|slot| columns.at(slot, 0)).collect();
        Ok(Sensitivities { tree: self, values, gradients })
    }
}

impl Sensitivities<'_> {
    /// What the root gains by one unit more of a node, in units of the root; 0 for the node of another tree.
    #[must_use]
    pub fn gradient(&self, node: NodeId) -> f64 {
        self.at(&self.gradients, node)
    }

    /// By how many percent the root rises with one percent more of a node; `None` where the root is zero or
    /// the figure leaves the range of a float.
    #[must_use]
    pub fn elasticity(&self, node: NodeId) -> Option<f64> {
        let root = self.values.get(self.tree.graph().root as usize).copied().unwrap_or(f64::NAN);
        let elasticity = self.gradient(node) * (self.at(&self.values, node) / root);
        elasticity.is_finite().then_some(elasticity)
    }

    /// The leaves with their elasticities, the largest magnitude first, at ties in the order of declaration.
    #[must_use]
    pub fn by_elasticity(&self) -> Vec<(NodeId, f64)> {
        let leaves = self.tree.leaves().map(|(leaf, _)| leaf);
        let mut all: Vec<(NodeId, f64)> =
            leaves.filter_map(|leaf| Some((leaf, self.elasticity(leaf)?))).collect();
        all.sort_by(|left, right| right.1.abs().total_cmp(&left.1.abs()));
        all
    }

    fn at(&self, values: &[f64], node: NodeId) -> f64 {
        values.get(self.tree.slot(node) as usize).copied().unwrap_or(0.0)
    }
}

/// The derivatives of the root by every slot, in the first column.
pub(super) fn gradients(columns: &Columns<'_>) -> Result<Vec<f64>, KpiError> {
    let tree = columns.tree();
    let root = columns.root(0);
    if root.known().is_none() {
        return Err(no_value(tree, tree.root(), &root));
    }
    let gradients = reverse(tree.graph(), &|slot| columns.at(slot as usize, 0));
    match gradients.iter().position(|gradient| !gradient.is_finite()) {
        Some(slot) => Err(KpiError::Range { what: "derivative", node: tree.id_of(tree.node_of(slot)) }),
        None => Ok(gradients),
    }
}

fn reverse(graph: &Graph, at: &impl Fn(u32) -> f64) -> Vec<f64> {
    let mut adjoints = alloc::vec![0.0; graph.len()];
    if let Some(root) = adjoints.get_mut(graph.root as usize) {
        *root = 1.0;
    }
    let mut leading: Vec<f64> = Vec::new();
    for (index, step) in graph.steps.iter().enumerate().rev() {
        let adjoint = adjoints.get(graph.inputs.saturating_add(index)).copied().unwrap_or_default();
        let own = adjoint * step.scale;
        let mut give = |operand: &u32, gradient: f64| {
            if let Some(entry) = adjoints.get_mut(*operand as usize) {
                *entry += gradient;
            }
        };
        match step.operation {
            Operation::Sum => graph.operands(step).iter().for_each(|operand| give(operand, own)),
            Operation::WeightedSum => {
                let terms = graph.operands(step).iter().zip(graph.weights(step).1);
                terms.for_each(|(operand, weight)| give(operand, own * weight));
            }
            Operation::Product => {
                let (above, below) = graph.fraction(step);
                let divisor = below.iter().fold(1.0, |product, operand| product * at(*operand));
                // The factors before each one, then those after it: a factor of zero divides nothing.
                leading.clear();
                let mut product = 1.0;
                for operand in above {
                    leading.push(product);
                    product *= at(*operand);
                }
                for operand in below {
                    give(operand, -own * (product / divisor) / at(*operand));
                }
                let mut trailing = 1.0;
                for (operand, leading) in above.iter().zip(&leading).rev() {
                    give(operand, own * (leading * trailing / divisor));
                    trailing *= at(*operand);
                }
            }
        }
    }
    adjoints
}
