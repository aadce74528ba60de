//! How the root would move with each node: one pass from the root to the leaves.

use super::columns::Columns;
use super::graph::{Graph, Operation};
use super::node::{Node, NodeId};
use super::{Inputs, KpiError, KpiTree};
use crate::figure::{Cause, Cell, Figure, Table};
use crate::quantity::Unit;
use crate::quantity::wire::{Own, Part};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use serde::{Serialize, Serializer};

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
    /// use marketloop::figure::Figure;
    /// use marketloop::kpi::KpiTree;
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("sales = visitors * cvr * aov\n visitors, cvr, aov")?;
    /// let now = tree.inputs([("visitors", dec!(10000)), ("cvr", dec!(0.02)), ("aov", dec!(50))])?;
    /// let moves = tree.sensitivities(&now)?;
    /// assert_eq!(moves.gradient(tree.find("aov").unwrap()), 200.0);
    /// assert_eq!(moves.elasticity(tree.find("aov").unwrap()), Figure::Known(1.0));
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
    /// The change of the root for one unit more of a node, in units of the root; 0 for the node of another tree.
    #[must_use]
    pub fn gradient(&self, node: NodeId) -> f64 {
        self.at(&self.gradients, node)
    }

    /// By how many percent the root rises with one percent more of a node; undefined where the root is zero or
    /// the figure leaves the range of a float.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("cpa = spend / orders\n spend, orders")?;
    /// let now = tree.inputs([("spend", dec!(90)), ("orders", dec!(3))])?;
    /// // One percent more orders, and an order costs one percent less.
    /// assert_eq!(tree.sensitivities(&now)?.elasticity(tree.find("orders").unwrap()).known(), Some(-1.0));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn elasticity(&self, node: NodeId) -> Figure<f64> {
        let root = self.at(&self.values, self.tree.root());
        // Of what the root does not depend on the value may be missing: it moves nothing all the same.
        if !self.tree.is_of_root(node) && root.abs() > 0.0 {
            return Figure::Known(0.0);
        }
        // The value over the root first: gradient times value may leave the range of a float where the elasticity does not.
        let elasticity = self.gradient(node) * (self.at(&self.values, node) / root);
        if elasticity.is_finite() {
            return Figure::Known(elasticity);
        }
        let cause = if root.abs() <= 0.0 {
            Cause::Zero(self.tree.id_of(self.tree.root()).into())
        } else {
            Cause::OutOfRange
        };
        Figure::undefined("elasticity", cause)
    }

    /// The leaves of the root with their elasticities, the largest magnitude first, at ties in the order of declaration.
    #[must_use]
    pub fn by_elasticity(&self) -> Vec<(NodeId, f64)> {
        let leaves = self.rows().filter(|(_, node)| node.is_leaf()).map(|(leaf, _)| leaf);
        let mut all: Vec<(NodeId, f64)> =
            leaves.filter_map(|leaf| Some((leaf, self.elasticity(leaf).known()?))).collect();
        // Stable: equal elasticities keep the order of the leaves.
        all.sort_by(|left, right| right.1.abs().total_cmp(&left.1.abs()));
        all
    }

    /// The nodes of which the root's tree is made, in the order of declaration.
    fn rows(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        self.tree.nodes().filter(|(node, _)| self.tree.is_of_root(*node))
    }

    fn at(&self, values: &[f64], node: NodeId) -> f64 {
        // The node of another, larger tree: nothing here moves with it.
        values.get(self.tree.slot(node) as usize).copied().unwrap_or(0.0)
    }
}

impl Sensitivities<'_> {
    /// A row for each node of the root's tree: the gradient in the root's unit per unit of the node, and the elasticity in per cent of the
    /// root per per cent of the node, or why there is none.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("sales [CNY] = orders * value\n orders [order], value [CNY/order]")?;
    /// let now = tree.inputs([("orders", dec!(200)), ("value", dec!(160))])?;
    /// let table = tree.sensitivities(&now)?.table();
    /// let value = table.get("value", "gradient").unwrap();
    /// assert_eq!((value.value.as_deref(), value.unit.as_ref()), (Some("200"), "order")); // CNY for each CNY/order
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("node");
        let root = self.tree.node(self.tree.root()).map_or(Unit::ONE, |root| root.unit().clone());
        for (id, node) in self.rows() {
            let unit = per(&root, node.unit());
            table.push(node.id(), "gradient", Cell::new(self.gradient(id), unit));
            table.push(node.id(), "elasticity", self.elasticity(id).map(|own| Cell::new(own, "%/%")));
        }
        table
    }
}

/// The unit of a gradient.
fn per(root: &Unit, node: &Unit) -> String {
    // By the power of ten of `%` the unit would be a hundred of the root's: right, and read by nobody.
    if node.is_dimensionless() && *node != Unit::ONE {
        return alloc::format!("{root}/{node}");
    }
    // More dimensions than a unit holds: the two stand beside each other.
    root.per(node).map_or_else(|_| alloc::format!("{root} per {node}"), |unit| unit.to_string())
}

impl fmt::Display for Sensitivities<'_> {
    /// The [table](Self::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

/// A node in the wire form of sensitivities.
#[derive(Serialize)]
struct Row<'a, G, E> {
    node: &'a str,
    gradient: G,
    elasticity: E,
}

impl Serialize for Sensitivities<'_> {
    /// A list of `{"node", "gradient", "elasticity"}` in the order of declaration, the elasticity a [`Figure`].
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let gradients: Vec<f64> = self.rows().map(|(id, _)| self.gradient(id)).collect();
        let rows = self.rows().zip(&gradients).map(|((id, node), gradient)| Row {
            node: node.id(),
            gradient: Part::<_, Own>::new(gradient, true),
            elasticity: self.elasticity(id),
        });
        // A list first: binary formats ask for its length.
        serializer.collect_seq(rows.collect::<Vec<_>>())
    }
}

/// The derivatives of the root by every slot, in the first column.
pub(super) fn gradients(columns: &Columns<'_>) -> Result<Vec<f64>, KpiError> {
    let tree = columns.tree();
    tree.needed(tree.root(), columns.root(0))?;
    let gradients =
        reverse(tree.graph(), &|slot| (columns.at(slot as usize, 0), columns.is_missing(slot, 0)));
    match gradients.iter().position(|gradient| !gradient.is_finite()) {
        Some(slot) => Err(KpiError::Range { what: "derivative", node: tree.id_of(tree.node_of(slot)) }),
        None => Ok(gradients),
    }
}

#[expect(
    clippy::indexing_slicing,
    reason = "there is an adjoint for every slot, and a leading product for every factor above the line"
)]
fn reverse(graph: &Graph, state: &impl Fn(u32) -> (f64, bool)) -> Vec<f64> {
    let at = |slot: u32| state(slot).0;
    let mut adjoints = alloc::vec![0.0; graph.len()];
    adjoints[graph.root as usize] = 1.0;
    let mut leading: Vec<f64> = Vec::new();
    // Backward: every step that uses a slot has given its part before the slot hands it on.
    for (slot, step) in graph.steps_of_root().rev() {
        let own = adjoints[slot] * step.scale;
        // What no branch taken leads to has no part, and may have no value.
        if own.abs() <= 0.0 {
            continue;
        }
        let mut give = |operand: &u32, gradient: f64| adjoints[*operand as usize] += gradient;
        match step.operation {
            Operation::Sum => graph.operands(step).iter().for_each(|operand| give(operand, own)),
            Operation::Choice => {
                let slope = graph.choice(step).and_then(|choice| graph.slope(step, choice, state));
                if let Some((place, slope)) = slope {
                    give(&graph.operands(step)[place], own * slope);
                }
            }
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
