//! Why the root changed, to the last digit: every contribution a decimal, every node the sum of what flows
//! through it.

use super::evaluation::no_value;
use super::exact_flow::{exact_flows, is_exact};
use super::flow::{Flows, Move, flows};
use super::multiplier::NodeMethod;
use super::node::NodeId;
use super::number::Number;
use super::units::{apportion, divide};
use super::value::NumberFault;
use super::{Inputs, KpiError, KpiTree, Value};
use crate::decompose::DecompositionMethod;
use crate::quantity::{Quantity, Rounding, Unit};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;
use serde::Serialize;

/// How a change is explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainOptions {
    rounding: Rounding,
    method: DecompositionMethod,
    scale: Option<u32>,
    of_nodes: BTreeMap<NodeId, DecompositionMethod>,
}

impl Default for ExplainOptions {
    /// Log-mean; contributions of twelve decimals, or of as many more as the change has, or as few as 28
    /// digits leave, half to even.
    fn default() -> Self {
        Self {
            rounding: Rounding::HalfEven,
            method: DecompositionMethod::LogMean,
            scale: None,
            of_nodes: BTreeMap::new(),
        }
    }
}

impl ExplainOptions {
    /// The same with products and quotients divided by `method`.
    #[must_use]
    pub fn with_method(mut self, method: DecompositionMethod) -> Self {
        self.method = method;
        self
    }

    /// The same with the products and quotients of one node's formula divided by `method`.
    #[must_use]
    pub fn with_method_of(mut self, node: NodeId, method: DecompositionMethod) -> Self {
        self.of_nodes.insert(node, method);
        self
    }

    /// The same with contributions of `scale` decimals, which the change is rounded to once.
    #[must_use]
    pub fn with_scale(mut self, scale: u32) -> Self {
        self.scale = Some(scale);
        self
    }

    /// The same with the change rounded by the named `rounding`.
    #[must_use]
    pub fn with_rounding(mut self, rounding: Rounding) -> Self {
        self.rounding = rounding;
        self
    }
}

/// What one node contributed to the change of the root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Part {
    /// The name of the node.
    pub id: String,
    /// The contribution, in `unit`.
    #[serde(with = "crate::quantity::wire::decimal")]
    pub contribution: Decimal,
    /// The unit of the root.
    pub unit: Unit,
    /// How the node's own change was divided among its operands.
    pub method: NodeMethod,
    /// How the node got its contribution: the last method, in their order, on the way from the root.
    pub reached_by: NodeMethod,
}

impl fmt::Display for Part {
    /// `social  -31,200 CNY  (log-mean)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quantity = Quantity::difference(self.contribution, &self.unit);
        write!(f, "{}  {quantity:#}  ({})", self.id, self.reached_by)
    }
}

/// A change of the root, and what every node contributed to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation<'t> {
    tree: &'t KpiTree,
    total: Decimal,
    parts: Vec<Part>,
}

impl KpiTree {
    /// Why the root changed from `before` to `after` (a plan and its actual, or two periods): what every
    /// leaf and inner node contributed, in the unit of the root, adding up exactly.
    ///
    /// # Formula
    /// Node by node `dy = sum of m_i dx_i`: of a sum `m_i` is the weight; of a product `L(y1, y0) / L(x1,
    /// x0)` with the log mean `L` ([`log_mean`](crate::decompose::log_mean); LMDI-I: B. W. Ang and F. Q.
    /// Zhang, 1998; B. W. Ang, 2005), of a divisor the same with the opposite sign. A leaf contributes its
    /// change times the product of the multipliers, over every path from the root; one whose factors cancel,
    /// exactly nothing. Factors that enter from zero, or leave to it, share the node's change in equal parts.
    /// Where a factor changes its sign the node's Shapley values take their place (L. S. Shapley, 1953; G.
    /// Owen, 1972).
    ///
    /// The total is the difference of the two exact roots, rounded once. Where all methods are fractions
    /// (sums, Shapley, one after the other; up to 10,000 edges and 32 factors) the leaves' contributions are exact too, cut toward zero, and
    /// the largest remainders get one unit each. Log means are estimates: rounded, and what is left of the total
    /// is divided in proportion to them. A node gets what runs through it to the root.
    ///
    /// # Errors
    /// [`KpiError::NoValue`] where the root has no value at one of the two points, or the change none of at
    /// most 28 digits; [`KpiError::OtherTree`]; [`KpiError::Range`] where a contribution exceeds its type;
    /// [`KpiError::Unexplained`] where floats do not carry the change.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("
    ///     sales [CNY] = visitors * cvr * aov
    ///     visitors [visitor] = search + social
    ///     cvr [order/visitor], aov [CNY/order]")?;
    /// let plan = tree.inputs([("search", dec!(6000)), ("social", dec!(4000)), ("cvr", dec!(0.02)), ("aov", dec!(150))])?;
    /// let fact = tree.inputs([("search", dec!(6000)), ("social", dec!(6000)), ("cvr", dec!(0.018)), ("aov", dec!(155))])?;
    /// let why = tree.explain(&plan, &fact)?;
    /// assert_eq!(why.total(), dec!(3480));
    /// assert_eq!(why.leaves().map(|part| part.contribution).sum::<rust_decimal::Decimal>(), why.total());
    /// assert_eq!(why.by_size()[0].id, "social");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn explain(&self, before: &Inputs, after: &Inputs) -> Result<Explanation<'_>, KpiError> {
        self.explain_with(before, after, &ExplainOptions::default())
    }

    /// Why the root changed, explained as the options say.
    ///
    /// # Errors
    /// As [`explain`](Self::explain).
    pub fn explain_with(
        &self,
        before: &Inputs,
        after: &Inputs,
        options: &ExplainOptions,
    ) -> Result<Explanation<'_>, KpiError> {
        let slots = self.known_slots(before, after)?;
        let root = self.graph().root as usize;
        let of_root = |why| no_value(self, self.root(), &Value::<()>::Undefined { why, node: self.root() });
        let change = slots.change(root).map_err(of_root)?;
        let graph = self.graph();
        let method_of = |index: usize| {
            let of_node = options.of_nodes.get(&self.node_of(graph.inputs.saturating_add(index)));
            of_node.copied().unwrap_or(options.method)
        };
        let divided = self.flows(&slots, &method_of);
        let scale = options.scale.map_or_else(
            || {
                usual_scale(
                    &change,
                    divided.estimates.iter().fold(0.0, |largest, leaf| leaf.abs().max(largest)),
                )
            },
            |scale| scale.min(Decimal::MAX_SCALE),
        );
        let total = change.round(scale, options.rounding).map_err(of_root)?;
        let unexplained = || KpiError::Unexplained { node: self.id_of(self.root()), scale };
        let range = || KpiError::Range { what: "contribution", node: self.id_of(self.root()) };
        let whole = 10_i128
            .checked_pow(scale.saturating_sub(total.scale()))
            .and_then(|power| total.mantissa().checked_mul(power))
            .ok_or_else(range)?;
        let of_leaves = if let Some(leaves) = &divided.exact {
            apportion(whole, leaves, scale).map_err(of_root)?.ok_or_else(unexplained)?
        } else {
            let change = change.to_f64();
            let size = divided.estimates.iter().fold(change.abs(), |size, flow| size + flow.abs());
            if !size.is_finite() {
                return Err(range());
            }
            if (divided.estimates.iter().sum::<f64>() - change).abs() > 1e-6 * size {
                return Err(unexplained());
            }
            let mut parts = Vec::new();
            divide(whole, &divided.estimates, scale, &mut parts).ok_or_else(unexplained)?;
            parts
        };
        let units = self.units(of_leaves, &divided.edges, scale)?;
        self.explanation(total, scale, &units, &divided.methods)
    }

    /// What flows along the edges and into the leaves: exactly where the methods and the size of the tree allow
    /// it, else as estimates.
    fn flows(&self, slots: &Slots, method_of: &impl Fn(usize) -> DecompositionMethod) -> Divided {
        let graph = self.graph();
        if is_exact(graph, method_of)
            && let Ok(Flows { leaves, edges, methods }) =
                exact_flows(graph, &slots.before, &slots.after, method_of)
        {
            let estimates = leaves.iter().map(Number::to_f64).collect();
            return Divided { estimates, exact: Some(leaves), edges, methods };
        }
        let Flows { leaves, edges, methods } = flows(graph, &slots.moves(), method_of);
        Divided { estimates: leaves, exact: None, edges, methods }
    }

    /// The exact values of all slots at the two points.
    fn known_slots(&self, before: &Inputs, after: &Inputs) -> Result<Slots, KpiError> {
        let known = |inputs: &Inputs| {
            let evaluation = self.evaluate(inputs)?;
            let numbers = evaluation.into_slots().map(|value| match value {
                Value::Known(number) => Ok(number),
                other => Err(no_value(self, self.root(), &other)),
            });
            numbers.collect::<Result<Vec<Number>, KpiError>>()
        };
        Ok(Slots { before: known(before)?, after: known(after)? })
    }

    /// The units of all slots, each the sum of what runs through its edges: those of a leaf go back along the
    /// edges to the nodes that use it, and so on up to the root.
    fn units(&self, of_leaves: Vec<i128>, edges: &[f64], scale: u32) -> Result<Vec<i128>, KpiError> {
        let graph = self.graph();
        let range = |slot: usize| {
            let node = self.id_of(self.node_of(slot));
            KpiError::Range { what: "contribution", node }
        };
        let edges = graph.by_parents(edges);
        let mut units = of_leaves;
        units.resize(graph.len(), 0);
        let mut parts = Vec::new();
        for slot in 0..graph.len() {
            let own = units.get(slot).copied().unwrap_or_default();
            let parents = graph.parents(slot);
            if parents.is_empty() {
                continue;
            }
            divide(own, graph.of_parents(slot, &edges), scale, &mut parts).ok_or_else(|| range(slot))?;
            for (parent, part) in parents.iter().zip(&parts) {
                let parent = *parent as usize;
                if let Some(entry) = units.get_mut(parent) {
                    *entry = entry.checked_add(*part).ok_or_else(|| range(parent))?;
                }
            }
        }
        Ok(units)
    }

    fn explanation(
        &self,
        total: Decimal,
        scale: u32,
        units: &[i128],
        methods: &[NodeMethod],
    ) -> Result<Explanation<'_>, KpiError> {
        let graph = self.graph();
        let count = self.nodes().len();
        let mut own = alloc::vec![NodeMethod::Given; count];
        let mut reached = alloc::vec![NodeMethod::Given; graph.len()];
        for (index, step) in graph.steps.iter().enumerate().rev() {
            let slot = graph.inputs.saturating_add(index);
            let used = methods.get(index).copied().unwrap_or(NodeMethod::Linear);
            if let Some(entry) = own.get_mut(self.node_of(slot).index()) {
                *entry = (*entry).max(used);
            }
            let way = reached.get(slot).copied().unwrap_or(NodeMethod::Given).max(used);
            for operand in graph.operands(step) {
                if let Some(entry) = reached.get_mut(*operand as usize) {
                    *entry = (*entry).max(way);
                }
            }
        }
        let unit = self.node(self.root()).map_or(Unit::ONE, |root| root.unit().clone());
        let parts = self.nodes().zip(own).map(|((id, node), method)| {
            let slot = self.slot(id) as usize;
            let contribution = units
                .get(slot)
                .and_then(|units| Decimal::try_from_i128_with_scale(*units, scale).ok())
                .ok_or_else(|| KpiError::Range { what: "contribution", node: node.id().into() })?;
            let reached_by = reached.get(slot).copied().unwrap_or(NodeMethod::Given);
            Ok(Part { id: node.id().into(), contribution, unit: unit.clone(), method, reached_by })
        });
        let parts = parts.collect::<Result<Vec<Part>, KpiError>>()?;
        Ok(Explanation { tree: self, total, parts })
    }
}

impl Explanation<'_> {
    /// The change of the root, in its unit: what the leaves contributed together.
    #[must_use]
    pub const fn total(&self) -> Decimal {
        self.total
    }

    /// What each node contributed, in the order of declaration.
    ///
    /// An inner node's contribution is the sum of what flows through it: in a tree without shared nodes, that
    /// of its operands.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// What a node contributed.
    #[must_use]
    pub fn part(&self, node: NodeId) -> Option<&Part> {
        self.parts.get(node.index())
    }

    /// What each leaf contributed, in the order of declaration; they add up to the total.
    pub fn leaves(&self) -> impl Iterator<Item = &Part> {
        self.tree.leaves().filter_map(|(leaf, _)| self.part(leaf))
    }

    /// What each leaf contributed, the largest magnitude first, at ties in the order of declaration.
    #[must_use]
    pub fn by_size(&self) -> Vec<&Part> {
        let mut parts: Vec<&Part> = self.leaves().collect();
        parts.sort_by_key(|part| core::cmp::Reverse(part.contribution.abs()));
        parts
    }
}

/// A change before it is rounded.
struct Divided {
    /// What each leaf contributes.
    estimates: Vec<f64>,
    /// The same exactly, where all methods are fractions.
    exact: Option<Vec<Number>>,
    /// What runs along each edge, in the order of the operands.
    edges: Vec<f64>,
    methods: Vec<NodeMethod>,
}

/// The exact values of all slots at two points.
struct Slots {
    before: Vec<Number>,
    after: Vec<Number>,
}

impl Slots {
    fn change(&self, slot: usize) -> Result<Number, NumberFault> {
        match (self.before.get(slot), self.after.get(slot)) {
            (Some(before), Some(after)) => after.minus(before),
            _ => Err(NumberFault::OutOfRange),
        }
    }

    /// The same as floats. A change is the float of the exact difference: two floats that lie close together
    /// would lose its digits.
    fn moves(&self) -> Vec<Move> {
        let of_slot = |(before, after): (&Number, &Number)| {
            let change = match after.minus(before) {
                Ok(change) => change.to_f64(),
                Err(_) => after.to_f64() - before.to_f64(),
            };
            Move { before: before.to_f64(), after: after.to_f64(), change }
        };
        self.before.iter().zip(&self.after).map(of_slot).collect()
    }
}

/// Twelve decimals, or as many as the change has, as far as 28 digits hold the largest contribution.
fn usual_scale(change: &Number, largest: f64) -> u32 {
    let digits = libm::ceil(libm::log10(largest.max(change.to_f64().abs()).max(1.0))) + 1.0;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "saturates: a float from 1 to 310, or infinite"
    )]
    let room = 28_u32.saturating_sub(digits as u32);
    let own = change.to_decimal().map_or(0, |change| change.scale());
    own.max(12).min(room)
}

#[cfg(test)]
mod tests {
    use crate::kpi::KpiTree;
    use alloc::string::ToString;
    use rust_decimal::dec;

    /// D1: what moved a rate is told in percentage points.
    #[test]
    fn a_part_of_a_rates_change_is_in_percentage_points() {
        let tree = KpiTree::parse("kept [%] = 1 - bounce\nbounce [%]").unwrap();
        let bounce = |percent| tree.inputs([("bounce", percent)]).unwrap();
        let why = tree.explain(&bounce(dec!(40)), &bounce(dec!(35.5))).unwrap();
        let part = why.leaves().next().unwrap().to_string();
        assert!(part.starts_with("bounce  4.5 percentage points  ("), "{part}");
    }
}
