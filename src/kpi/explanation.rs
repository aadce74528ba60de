//! Why the root changed, to the last digit: every contribution a decimal, every node the sum of what flows
//! through it.

use super::evaluation::no_value;
use super::graph::{Graph, float};
use super::multiplier::{NodeMethod, step_multipliers};
use super::node::NodeId;
use super::{Evaluation, Inputs, KpiError, KpiTree, Precision, Products, Value};
use crate::decompose::Method;
use crate::quantity::{Quantity, Unit, round, subtract};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;
use serde::Serialize;

/// How a change is explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainOptions {
    precision: Precision,
    method: Method,
    scale: Option<u32>,
    of_nodes: BTreeMap<NodeId, Method>,
}

impl Default for ExplainOptions {
    /// Log-mean, by the default [`Precision`], contributions as fine as the change and the precision.
    fn default() -> Self {
        Self {
            precision: Precision::default(),
            method: Method::LogMean,
            scale: None,
            of_nodes: BTreeMap::new(),
        }
    }
}

impl ExplainOptions {
    /// The same with both points evaluated as finely as `precision` says.
    #[must_use]
    pub fn with_precision(mut self, precision: Precision) -> Self {
        self.precision = precision;
        self
    }

    /// The same with products and quotients divided by `method`.
    #[must_use]
    pub fn with_method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// The same with the products and quotients of one node's formula divided by `method`.
    #[must_use]
    pub fn with_method_of(mut self, node: NodeId, method: Method) -> Self {
        self.of_nodes.insert(node, method);
        self
    }

    /// The same with contributions of `scale` decimals; the change is rounded to them once, as the precision
    /// rounds.
    #[must_use]
    pub fn with_scale(mut self, scale: u32) -> Self {
        self.scale = Some(scale);
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
        let quantity = Quantity::new(self.contribution, self.unit.clone());
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
    /// change times the product of the multipliers, over every path from the root. Factors that enter from
    /// zero, or leave to it, share the node's change in equal parts. Where a factor changes its sign the
    /// node's Shapley values take their place (L. S. Shapley, 1953; G. Owen, 1972). What rounding leaves of a
    /// node's contribution is divided among its operands in proportion to theirs.
    ///
    /// # Errors
    /// [`KpiError::NoValue`] where the root has no value at one of the two points;
    /// [`KpiError::OtherTree`]; [`KpiError::Range`] where a contribution exceeds its type;
    /// [`KpiError::Unexplained`] where floats do not carry a node's change.
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
        let first = self.evaluate_with(before, options.precision)?;
        let second = self.evaluate_with(after, options.precision)?;
        let root = |evaluation: &Evaluation<'_>| {
            let value = evaluation.root();
            value.known().ok_or_else(|| no_value(self, self.root(), &value))
        };
        let change = subtract(root(&second)?, root(&first)?)?;
        let moves = self.moves(before, after, (&first, &second), options)?;
        let scale = self.scale_of(change, &moves, options)?;
        let total = round(change, scale, options.precision.rounding());
        let units = Flow { tree: self, moves: &moves, scale }.units(total, options.precision.scale())?;
        self.explanation(total, scale, &units, &moves.methods)
    }

    /// How all slots changed, and what that owes to their operands.
    ///
    /// What was never rounded changed by the difference of its decimals. A rounded quotient knows less than a
    /// float of it does, and less than its operands' changes: it changed by what these give together.
    fn moves(
        &self,
        before: &Inputs,
        after: &Inputs,
        (first, second): (&Evaluation<'_>, &Evaluation<'_>),
        options: &ExplainOptions,
    ) -> Result<Moves, KpiError> {
        let graph = self.graph();
        let mut floats = self.columns(2)?;
        floats.set_inputs(0, before)?;
        floats.set_inputs(1, after)?;
        floats.evaluate();
        let rounds = options.precision.products() == Products::Rounded;
        let is_rounded = |slot: usize| graph.step(slot).is_some_and(|step| step.estimated || rounds);
        let mut values: Vec<(f64, f64)> = Vec::with_capacity(graph.len());
        let mut changes: Vec<f64> = Vec::with_capacity(graph.len());
        for (slot, pair) in first.slots().iter().zip(second.slots()).enumerate() {
            let (Value::Known(a), Value::Known(b)) = pair else {
                let value = if pair.0.known().is_none() { pair.0 } else { pair.1 };
                return Err(no_value(self, self.root(), value));
            };
            let of_floats = (floats.at(slot, 0), floats.at(slot, 1));
            let usable = of_floats.0.is_finite() && of_floats.1.is_finite();
            values.push(if is_rounded(slot) && usable { of_floats } else { (float(*a), float(*b)) });
            changes.push(subtract(*b, *a).map_or_else(|_| float(*b) - float(*a), float));
        }
        let at = |slot: u32| values.get(slot as usize).copied().unwrap_or_default();
        let mut multipliers: Vec<f64> = Vec::with_capacity(graph.operands.len());
        let mut methods = Vec::with_capacity(graph.steps.len());
        for (index, step) in graph.steps.iter().enumerate() {
            let slot = graph.inputs.saturating_add(index);
            let of_node = options.of_nodes.get(&self.node_of(slot));
            let start = multipliers.len();
            let method = of_node.copied().unwrap_or(options.method);
            methods.push(step_multipliers(graph, step, slot, &at, method, &mut multipliers));
            if is_rounded(slot) {
                let own = multipliers.get(start..).unwrap_or(&[]);
                let change = |operand: &u32| changes.get(*operand as usize).copied().unwrap_or_default();
                let sum = graph.operands(step).iter().zip(own).map(|(operand, m)| m * change(operand)).sum();
                if let Some(entry) = changes.get_mut(slot) {
                    *entry = sum;
                }
            }
        }
        let adjoints = adjoints(graph, &multipliers);
        Ok(Moves { values, changes, multipliers, adjoints, methods })
    }

    /// The decimals of the contributions: as asked for, or as many as the change and the quotients have, if
    /// 28 digits hold them.
    fn scale_of(&self, change: Decimal, moves: &Moves, options: &ExplainOptions) -> Result<u32, KpiError> {
        if let Some(scale) = options.scale {
            return Ok(scale.min(Decimal::MAX_SCALE));
        }
        let sizes =
            moves.adjoints.iter().zip(&moves.changes).map(|(adjoint, change)| (adjoint * change).abs());
        let largest = sizes.fold(float(change).abs(), f64::max);
        let digits = libm::ceil(libm::log10(largest.max(1.0))) + 1.0;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "saturates from 1 to 310"
        )]
        let room = 28_u32.saturating_sub(digits as u32);
        let change = change.normalize();
        if change.scale() > room {
            return Err(KpiError::Range { what: "contributions", node: self.id_of(self.root()) });
        }
        Ok(change.scale().max(options.precision.scale()).min(room))
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

/// Both points as floats, slot by slot, and what moved what.
struct Moves {
    values: Vec<(f64, f64)>,
    changes: Vec<f64>,
    /// The multipliers of all operands, step by step.
    multipliers: Vec<f64>,
    /// The multipliers of all slots from the root.
    adjoints: Vec<f64>,
    methods: Vec<NodeMethod>,
}

/// The products of the multipliers from the root, summed over the paths.
fn adjoints(graph: &Graph, multipliers: &[f64]) -> Vec<f64> {
    let mut adjoints = alloc::vec![0.0; graph.len()];
    if let Some(root) = adjoints.get_mut(graph.root as usize) {
        *root = 1.0;
    }
    for (index, step) in graph.steps.iter().enumerate().rev() {
        let adjoint = adjoints.get(graph.inputs.saturating_add(index)).copied().unwrap_or_default();
        // The multipliers stand in the order of the operands.
        let own = multipliers.get(step.first as usize..).unwrap_or(&[]);
        for (operand, multiplier) in graph.operands(step).iter().zip(own) {
            if let Some(entry) = adjoints.get_mut(*operand as usize) {
                *entry += adjoint * multiplier;
            }
        }
    }
    adjoints
}

/// The division of the total along the edges, in whole units of the last place.
struct Flow<'a> {
    tree: &'a KpiTree,
    moves: &'a Moves,
    scale: u32,
}

impl Flow<'_> {
    /// The contributions of all slots; those of the leaves add up to the total.
    fn units(&self, total: Decimal, precision: u32) -> Result<Vec<i128>, KpiError> {
        let graph: &Graph = self.tree.graph();
        let at = |values: &[f64], slot: usize| values.get(slot).copied().unwrap_or_default();
        let id = |slot: usize| self.tree.id_of(self.tree.node_of(slot));
        let range = |slot: usize| KpiError::Range { what: "contribution", node: id(slot) };
        let mut units = alloc::vec![0_i128; graph.len()];
        let power = 10_i128.checked_pow(self.scale.saturating_sub(total.scale()));
        let whole = power.and_then(|power| total.mantissa().checked_mul(power));
        let root = graph.root as usize;
        if let Some(entry) = units.get_mut(root) {
            *entry = whole.ok_or_else(|| range(root))?;
        }
        let (mut flows, mut parts): (Vec<f64>, Vec<i128>) = (Vec::new(), Vec::new());
        for (index, step) in graph.steps.iter().enumerate().rev() {
            let slot = graph.inputs.saturating_add(index);
            let operands = graph.operands(step);
            let multipliers = self.moves.multipliers.get(step.first as usize..).unwrap_or(&[]);
            let adjoint = at(&self.moves.adjoints, slot);
            flows.clear();
            flows.extend(operands.iter().zip(multipliers).map(|(operand, multiplier)| {
                adjoint * multiplier * at(&self.moves.changes, *operand as usize)
            }));
            let (a, b) = self.moves.values.get(slot).copied().unwrap_or_default();
            let size = flows.iter().fold(adjoint.abs() * (a.abs() + b.abs()), |size, flow| size + flow.abs());
            let sum: f64 = flows.iter().sum();
            if !size.is_finite() {
                return Err(range(slot));
            }
            // The root is also held to its decimals, up to the rounding of quotients on the way there.
            let fineness = 2.0 * libm::pow(10.0, -f64::from(precision.min(self.scale)));
            let off_root = slot == root && (sum - float(total)).abs() > 1e-6 * size + fineness;
            if off_root || (sum - adjoint * at(&self.moves.changes, slot)).abs() > 1e-9 * size {
                return Err(KpiError::Unexplained { node: id(slot), scale: precision });
            }
            let own = units.get(slot).copied().unwrap_or_default();
            divide(own, &flows, self.scale, &mut parts).ok_or_else(|| range(slot))?;
            for (operand, part) in operands.iter().zip(&parts) {
                let operand = *operand as usize;
                if let Some(entry) = units.get_mut(operand) {
                    *entry = entry.checked_add(*part).ok_or_else(|| range(operand))?;
                }
            }
        }
        Ok(units)
    }
}

/// Whole units in proportion to the flows, adding up to `total`: each flow is rounded, what is missing then
/// is shared in proportion to the magnitudes, and the last of it goes to the largest.
fn divide(total: i128, flows: &[f64], scale: u32, parts: &mut Vec<i128>) -> Option<()> {
    let unit = libm::pow(10.0, f64::from(scale));
    parts.clear();
    // A float casts to the integer that it is, or to the end of the range: then the sum is refused.
    #[expect(clippy::cast_possible_truncation, reason = "saturates")]
    parts.extend(flows.iter().map(|flow| libm::rint(flow * unit) as i128));
    let sum = |parts: &[i128]| parts.iter().try_fold(0_i128, |sum, part| sum.checked_add(*part));
    let missing = total.checked_sub(sum(parts)?)?;
    if missing == 0 {
        return Some(());
    }
    let size: f64 = flows.iter().map(|flow| flow.abs()).sum();
    if size > 0.0 {
        #[expect(clippy::cast_precision_loss, reason = "the rest is given in whole units below")]
        let each = missing as f64 / size;
        for (part, flow) in parts.iter_mut().zip(flows) {
            #[expect(clippy::cast_possible_truncation, reason = "saturates")]
            let share = libm::trunc(flow.abs() * each) as i128;
            *part = part.checked_add(share)?;
        }
    }
    let rest = total.checked_sub(sum(parts)?)?;
    let mut largest: Option<(usize, f64)> = None;
    for (index, flow) in flows.iter().enumerate() {
        if largest.is_none_or(|(_, size)| flow.abs() > size) {
            largest = Some((index, flow.abs()));
        }
    }
    match largest.and_then(|(index, _)| parts.get_mut(index)) {
        Some(part) => *part = part.checked_add(rest)?,
        // A node without operands does not change: nothing can have flowed into it.
        None if rest != 0 => return None,
        None => {}
    }
    Some(())
}
