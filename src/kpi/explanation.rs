//! Why the root changed, to the last digit: every contribution a decimal, every node the sum of what flows
//! through it.

use super::exact_flow::{exact_flows, ways};
use super::fault::NumberFault;
use super::flow::{Absent, Flows, Move, flows};
use super::number::Number;
use super::units::{apportion, divide};
use super::{ExplainOptions, Inputs, KpiError, KpiTree, Node, NodeId};
use crate::decompose::{Contribution, ContributionMethod, Contributions, DecompositionMethod};
use crate::figure::{Figure, TOTAL, Table, beside};
use crate::quantity::Unit;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

/// A change of the root, and the contribution of every node to it.
///
/// # Examples
/// ```
/// use marketloop::decompose::ContributionMethod;
/// use marketloop::kpi::KpiTree;
/// use rust_decimal::dec;
///
/// let tree = KpiTree::parse("orders [order] = visits * rate\n visits [visit] = search + social\n rate [order/visit]")?;
/// let before = tree.inputs([("search", dec!(100)), ("social", dec!(100)), ("rate", dec!(0.1))])?;
/// let after = tree.inputs([("search", dec!(100)), ("social", dec!(140)), ("rate", dec!(0.1))])?;
/// let why = tree.explain(&before, &after)?;
/// assert_eq!(why.by_size().next().map(ToString::to_string), Some("social  4 order  (log-mean)".into()));
/// // The node between passes on what its operands contributed.
/// assert_eq!(why.node("visits").map(|part| part.value), Some(dec!(4)));
/// assert_eq!(why.divided_by("visits"), Some(ContributionMethod::Weights));
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// Where a condition takes another branch, or another value is the least or the greatest, from `a` to `b`: half of what
/// each of them moved by runs on through it, and the rest, the mean of `b - a` at the two times, is a part of its own
/// beside the leaves, `switch of` the node. (It is the Shapley value of three that move: `a`, `b` and the switch.) Where one
/// of the two has no value at one of the times, all is the switch's.
///
/// ```
/// use marketloop::kpi::KpiTree;
/// use rust_decimal::dec;
///
/// let tree = KpiTree::parse("bonus [CNY] = if(sales >= 100 [CNY], sales * 0.1, 0)\n sales [CNY]")?;
/// let before = tree.inputs([("sales", dec!(80))])?;
/// let after = tree.inputs([("sales", dec!(120))])?;
/// let why = tree.explain(&before, &after)?;
/// // 8 would have come before, 12 come now: the bonus of either time counts half, what sales did to it is the rest.
/// let parts: Vec<_> = why.leaves().iter().map(|part| (part.key.as_str(), part.value)).collect();
/// assert_eq!(parts, [("sales", dec!(2)), ("switch of `bonus`", dec!(10))]);
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    leaves: Contributions<String>,
    inner: Vec<(Contribution<String>, ContributionMethod)>,
}

impl KpiTree {
    /// Why the root changed from `before` to `after` (a plan and its actual, or two periods): what every
    /// leaf and inner node contributed, in the unit of the root, adding up exactly. Of several roots it is the first; what
    /// only others use is not listed.
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
    /// The total is the difference of the two exact roots, rounded once. Where all methods are fractions (sums,
    /// Shapley, one after the other, a log mean that no product needs; up to 10,000 edges and 32 factors) the leaves'
    /// contributions are exact too, cut toward zero, and the largest remainders get one unit each. Log means are
    /// estimates: rounded, and the rest of the total is divided in proportion to them. A node gets what runs through
    /// it to the root.
    ///
    /// From `after` to `before` every contribution has the opposite sign and the same digits, and an error is the same,
    /// but by [`Sequential`](DecompositionMethod::Sequential), which depends on the direction.
    ///
    /// # Errors
    /// [`KpiError::NoValue`] where the root has no value at one of the two points (at both: the reason that comes
    /// first in the tree), or the change none of at most 28 digits; [`KpiError::OtherTree`]; [`KpiError::Range`] where a contribution exceeds its type;
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
    /// let parts: Vec<_> = why.by_size().map(|part| (part.key.as_str(), part.value.round())).collect();
    /// assert_eq!(parts, [("social", dec!(5781)), ("cvr", dec!(-3341)), ("aov", dec!(1040)), ("search", dec!(0))]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn explain(&self, before: &Inputs, after: &Inputs) -> Result<Explanation, KpiError> {
        self.explain_with(before, after, &ExplainOptions::default())
    }

    /// Why the root changed, explained as the options say.
    ///
    /// # Errors
    /// As [`explain`](Self::explain), and [`KpiError::UnknownName`] for a method of a node that the tree does not have.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decompose::DecompositionMethod;
    /// use marketloop::kpi::{ExplainOptions, KpiTree};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("sales = visitors * aov\n visitors, aov")?;
    /// let before = tree.inputs([("visitors", dec!(100)), ("aov", dec!(2))])?;
    /// let after = tree.inputs([("visitors", dec!(110)), ("aov", dec!(3))])?;
    /// let options = ExplainOptions::default().with_method(DecompositionMethod::Shapley).with_scale(0);
    /// let why = tree.explain_with(&before, &after, &options)?;
    /// assert_eq!(why.leaves().get(&"visitors".into()), Some(dec!(25)));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn explain_with(
        &self,
        before: &Inputs,
        after: &Inputs,
        options: &ExplainOptions,
    ) -> Result<Explanation, KpiError> {
        self.explain_to(before, after, options, None)
    }

    /// The explanation of a change that is told as `total`, in the decimals of the options: of a chain the steps round
    /// up or down so that they add up. `None` is the change rounded as the options say.
    pub(super) fn explain_to(
        &self,
        before: &Inputs,
        after: &Inputs,
        options: &ExplainOptions,
        total: Option<Decimal>,
    ) -> Result<Explanation, KpiError> {
        let mut slots = self.known_slots(before, after)?;
        let of_nodes = options.methods_in(self)?;
        let graph = self.graph();
        let given = slots.change(graph.root).map_err(|why| self.root_fault(why))?;
        // A fall is explained as the rise back, with the signs turned: the two ways then have the same parts, and the
        // same error, whatever is rounded in between. Replacement one after the other is another division either way.
        let in_order = options.method == DecompositionMethod::Sequential
            || of_nodes.values().any(|method| *method == DecompositionMethod::Sequential);
        let turned = !in_order && slots.fall(&given, graph.inputs);
        let change = if turned {
            slots.turn();
            given.negated()
        } else {
            given.clone()
        };
        let method_of = |index: usize| {
            let of_node = of_nodes.get(&self.node_of(graph.inputs.saturating_add(index)));
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
        // The change as it was asked for: to the floor is not the same of a rise and of a fall.
        let total = match total {
            Some(total) => total,
            None => given.round(scale, options.rounding()).map_err(|why| self.root_fault(why))?,
        };
        let unexplained = || KpiError::Unexplained { node: self.id_of(self.root()), scale };
        let range = || KpiError::Range { what: "contribution", node: self.id_of(self.root()) };
        // The total in units of the last decimal: what is divided in whole units adds up again.
        let whole = 10_i128
            .checked_pow(scale.saturating_sub(total.scale()))
            .and_then(|power| total.mantissa().checked_mul(power))
            .and_then(|whole| if turned { whole.checked_neg() } else { Some(whole) })
            .ok_or_else(range)?;
        // Leaves first, nodes from them: the leaves are the answer, and what runs through a node is a sum of it.
        let mut of_leaves = if let Some(leaves) = &divided.exact {
            apportion(whole, leaves, scale).map_err(|why| self.root_fault(why))?.ok_or_else(unexplained)?
        } else {
            let change = change.to_f64();
            let size = divided.estimates.iter().fold(change.abs(), |size, flow| size + flow.abs());
            if !size.is_finite() {
                return Err(range());
            }
            // What is below the last decimal is no contradiction: where all cancels, only rounding is left to compare.
            let tolerance = (1e-6 * size).max(libm::pow(10.0, -f64::from(scale)));
            if (divided.estimates.iter().sum::<f64>() - change).abs() > tolerance {
                return Err(unexplained());
            }
            let mut parts = Vec::new();
            divide(whole, &divided.estimates, scale, &mut parts).ok_or_else(unexplained)?;
            parts
        };
        // The switches stand behind the leaves: what they bring begins in their own slot.
        let of_switches: Vec<i128> = of_leaves.split_off(graph.inputs.min(of_leaves.len()));
        let of_switches: Vec<(usize, i128)> = divided.switches.iter().copied().zip(of_switches).collect();
        let mut units = self.units(of_leaves, &of_switches, &divided.edges, scale)?;
        if turned {
            for (slot, units) in units.iter_mut().enumerate() {
                *units = units.checked_neg().ok_or_else(|| self.contribution_range(slot))?;
            }
        }
        self.explanation(total, scale, &units, &of_switches, turned, &divided.methods)
    }

    /// What flows along the edges and into the leaves: exactly where the methods and the size of the tree allow
    /// it, else as estimates.
    fn flows(&self, slots: &Slots, method_of: &impl Fn(usize) -> DecompositionMethod) -> Divided {
        let graph = self.graph();
        let absent = &slots.absent;
        if let Some(ways) = ways(graph, &slots.before, &slots.after, absent, method_of)
            && let Ok(Flows { mut leaves, edges, methods, switches }) =
                exact_flows(graph, &slots.before, &slots.after, absent, &ways)
        {
            let (places, values): (Vec<usize>, Vec<Number>) = switches.into_iter().unzip();
            leaves.extend(values);
            let estimates = leaves.iter().map(Number::to_f64).collect();
            return Divided { estimates, exact: Some(leaves), edges, methods, switches: places };
        }
        let Flows { mut leaves, edges, methods, switches } = flows(graph, &slots.moves(), absent, method_of);
        let (places, values): (Vec<usize>, Vec<f64>) = switches.into_iter().unzip();
        leaves.extend(values);
        Divided { estimates: leaves, exact: None, edges, methods, switches: places }
    }

    /// The exact values of all slots at the two points; where both have none, the reason that comes first in the tree.
    fn known_slots(&self, before: &Inputs, after: &Inputs) -> Result<Slots, KpiError> {
        let (of_before, of_after) = (self.evaluate(before)?, self.evaluate(after)?);
        // Where a branch is not taken the root has a value without it.
        if self.graph().chooses && of_before.root().known().is_some() && of_after.root().known().is_some() {
            let ((before, of_before), (after, of_after)) = (of_before.into_states(), of_after.into_states());
            let states = of_before.into_iter().zip(of_after).collect();
            return Ok(Slots { before, after, absent: Absent { states } });
        }
        let absent = match (of_before.into_numbers(), of_after.into_numbers()) {
            (Ok(before), Ok(after)) => return Ok(Slots { before, after, absent: Absent::default() }),
            (Err(absent), Ok(_)) | (Ok(_), Err(absent)) => absent,
            // An error does not say of which point it tells: it must not depend on which one is asked first.
            (Err(one), Err(other)) => {
                // At one slot the texts decide, for want of another order of causes.
                let place = |(slot, why): &(u32, Figure<Number>)| (*slot, alloc::format!("{why:?}"));
                if place(&one) <= place(&other) { one } else { other }
            }
        };
        self.needed(
            self.root(),
            absent.1.map(|_| Slots { before: Vec::new(), after: Vec::new(), absent: Absent::default() }),
        )
    }

    /// The error of a slot through which more runs than its type holds.
    fn contribution_range(&self, slot: usize) -> KpiError {
        KpiError::Range { what: "contribution", node: self.id_of(self.node_of(slot)) }
    }

    /// The units of all slots, each the sum of what runs through its edges: those of a leaf go back along the
    /// edges to the nodes that use it, and so on up to the root.
    #[expect(clippy::indexing_slicing, reason = "there is an entry for every slot, and parents are slots")]
    fn units(
        &self,
        of_leaves: Vec<i128>,
        of_switches: &[(usize, i128)],
        edges: &[f64],
        scale: u32,
    ) -> Result<Vec<i128>, KpiError> {
        let graph = self.graph();
        let range = |slot: usize| self.contribution_range(slot);
        debug_assert_eq!(of_leaves.len(), graph.inputs, "a part for each leaf");
        let edges = graph.by_parents(edges);
        let mut units = of_leaves;
        units.resize(graph.len(), 0);
        for (slot, part) in of_switches {
            units[*slot] = *part;
        }
        let mut parts = Vec::new();
        // Slots ascend from the leaves to the root: when a slot's turn comes, all below it have given their parts.
        for slot in 0..graph.len() {
            let parents = graph.parents(slot);
            if parents.is_empty() {
                continue;
            }
            divide(units[slot], graph.of_parents(slot, &edges), scale, &mut parts)
                .ok_or_else(|| range(slot))?;
            for (parent, part) in parents.iter().zip(&parts) {
                let parent = *parent as usize;
                units[parent] = units[parent].checked_add(*part).ok_or_else(|| range(parent))?;
            }
        }
        Ok(units)
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "there is a number of units for every slot, and a method for every node"
    )]
    fn explanation(
        &self,
        total: Decimal,
        scale: u32,
        units: &[i128],
        of_switches: &[(usize, i128)],
        turned: bool,
        methods: &[ContributionMethod],
    ) -> Result<Explanation, KpiError> {
        let ways = self.ways(methods);
        let unit = self.node(self.root()).map_or(Unit::ONE, |root| root.unit().clone());
        let of_node = |id, node: &Node| {
            let slot = self.slot(id) as usize;
            let value = Decimal::try_from_i128_with_scale(units[slot], scale)
                .map_err(|_| KpiError::Range { what: "contribution", node: node.id().into() })?;
            Ok::<_, KpiError>((String::from(node.id()), value, ways.reached[slot]))
        };
        let mut leaves = Vec::with_capacity(self.graph().inputs);
        let mut inner = Vec::with_capacity(methods.len());
        // What the root does not depend on is no part of its change, nor a part of 0.
        for (id, node) in self.nodes().filter(|(id, _)| self.is_of_root(*id)) {
            let part = of_node(id, node)?;
            if node.is_leaf() {
                leaves.push(part);
            } else {
                let (key, value, method) = part;
                inner.push((Contribution { key, value, unit: unit.clone(), method }, ways.own[id.index()]));
            }
        }
        // By node, in the order of declaration: a formula may have several conditions.
        let mut switches: BTreeMap<NodeId, i128> = BTreeMap::new();
        for (slot, part) in of_switches {
            let node = self.node_of(*slot);
            let sum = switches.entry(node).or_default();
            let part = if turned { part.checked_neg() } else { Some(*part) };
            *sum =
                part.and_then(|part| sum.checked_add(part)).ok_or_else(|| self.contribution_range(*slot))?;
        }
        for (node, units) in switches {
            let value = Decimal::try_from_i128_with_scale(units, scale)
                .map_err(|_| KpiError::Range { what: "contribution", node: self.id_of(node) })?;
            // A backquote is in no name: no leaf is called so.
            leaves.push((
                alloc::format!("switch of `{}`", self.id_of(node)),
                value,
                ContributionMethod::Switch,
            ));
        }
        let leaves = Contributions::by_method(total, &unit, leaves)?;
        Ok(Explanation { leaves, inner })
    }

    /// The methods by which nodes are divided and slots reached: of several the last in their order.
    #[expect(clippy::indexing_slicing, reason = "a slot's node and a step's operands are the tree's own")]
    fn ways(&self, methods: &[ContributionMethod]) -> Ways {
        let graph = self.graph();
        let mut own = alloc::vec![ContributionMethod::Given; self.nodes().len()];
        let mut reached = alloc::vec![ContributionMethod::Given; graph.len()];
        for ((slot, step), used) in graph.steps_of_root().zip(methods).rev() {
            let node = &mut own[self.node_of(slot).index()];
            *node = (*node).max(*used);
            let way = reached[slot].max(*used);
            for operand in graph.operands(step) {
                let operand = &mut reached[*operand as usize];
                *operand = (*operand).max(way);
            }
        }
        Ways { own, reached }
    }
}

impl Explanation {
    /// The change of the root, in its unit: what the leaves contributed together.
    #[must_use]
    pub const fn total(&self) -> Decimal {
        self.leaves.total()
    }

    /// What each leaf contributed, in the order of declaration; the parts add up to the total.
    #[must_use]
    pub const fn leaves(&self) -> &Contributions<String> {
        &self.leaves
    }

    /// What each leaf contributed, the largest magnitude first, at ties in the order of declaration.
    #[must_use]
    pub fn by_size(&self) -> impl ExactSizeIterator<Item = &Contribution<String>> + use<'_> {
        self.leaves.by_size()
    }

    /// What each node with a formula contributed, the root with the whole change, in the order of declaration.
    ///
    /// It is the sum of what flows through the node: in a tree without shared nodes, that of its operands.
    #[must_use]
    pub fn inner(&self) -> impl ExactSizeIterator<Item = &Contribution<String>> + use<'_> {
        self.inner.iter().map(|(part, _)| part)
    }

    /// What the leaf or inner node of this name contributed.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("orders = visits * 2\n visits = search + social\n search, social")?;
    /// let before = tree.inputs([("search", dec!(1)), ("social", dec!(1))])?;
    /// let after = tree.inputs([("search", dec!(4)), ("social", dec!(0))])?;
    /// let why = tree.explain(&before, &after)?;
    /// // What went up and what went down meet in the visits.
    /// let values = ["search", "social", "visits"].map(|id| why.node(id).map(|part| part.value));
    /// assert_eq!(values, [Some(dec!(6)), Some(dec!(-2)), Some(dec!(4))]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn node(&self, id: &str) -> Option<&Contribution<String>> {
        self.inner().chain(self.leaves.parts()).find(|part| part.key == id)
    }

    /// The method that divided the change of an inner node among its operands.
    ///
    /// If its formula mixes methods, the one listed last in [`ContributionMethod`] is reported.
    #[must_use]
    pub fn divided_by(&self, id: &str) -> Option<ContributionMethod> {
        self.inner.iter().find(|(part, _)| part.key == id).map(|(_, method)| *method)
    }

    /// A row for each leaf and the total, as of [`Contributions`], then one for each inner node with how it was divided.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = self.leaves.table();
        for (part, divided_by) in &self.inner {
            // As in the table of the leaves, which has a row `total`.
            let name = beside(&part.key, &[TOTAL]);
            table.push(&name, "contribution by node", part.cell());
            table.push(&name, "method", divided_by.to_string());
        }
        table
    }
}

impl fmt::Display for Explanation {
    /// The [table](Self::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

/// An inner node in the wire form of an explanation: a contribution and how it was divided.
#[derive(Serialize)]
struct Inner<'a> {
    key: &'a str,
    #[serde(with = "crate::quantity::wire::own")]
    value: Decimal,
    unit: &'a Unit,
    method: ContributionMethod,
    divided_by: ContributionMethod,
}

#[derive(Serialize)]
#[serde(rename = "Explanation")]
struct Wire<'a> {
    leaves: &'a Contributions<String>,
    inner: Vec<Inner<'a>>,
}

impl Serialize for Explanation {
    /// The [leaves](Self::leaves), and the inner nodes each with the method that divided it.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let inner = self.inner.iter().map(|(part, divided_by)| Inner {
            key: &part.key,
            value: part.value,
            unit: &part.unit,
            method: part.method,
            divided_by: *divided_by,
        });
        Wire { leaves: &self.leaves, inner: inner.collect() }.serialize(serializer)
    }
}

/// How each node was divided, and each slot reached.
struct Ways {
    own: Vec<ContributionMethod>,
    reached: Vec<ContributionMethod>,
}

/// A change before it is rounded.
struct Divided {
    /// What each leaf contributes.
    estimates: Vec<f64>,
    /// The exact contribution of each leaf, where all methods are fractions.
    exact: Option<Vec<Number>>,
    /// What runs along each edge, in the order of the operands.
    edges: Vec<f64>,
    methods: Vec<ContributionMethod>,
    /// The slots of the switches whose parts stand behind those of the leaves.
    switches: Vec<usize>,
}

/// The exact values of all slots at two points; 0 where a branch that is not taken has none.
struct Slots {
    before: Vec<Number>,
    after: Vec<Number>,
    absent: Absent,
}

impl Slots {
    #[expect(clippy::indexing_slicing, reason = "both lists have a number for every slot of the tree")]
    fn change(&self, slot: u32) -> Result<Number, NumberFault> {
        self.after[slot as usize].minus(&self.before[slot as usize])
    }

    /// Whether the root falls by `change`, or where it stays the first leaf that moves.
    fn fall(&self, change: &Number, leaves: usize) -> bool {
        let moves = |change: &Number| change.sign().filter(|sign| sign.is_ne());
        let of_leaf = |(before, after): (&Number, &Number)| moves(&after.minus(before).ok()?);
        // A root that stays has contributions all the same, which cancel.
        let sign =
            moves(change).or_else(|| self.before.iter().zip(&self.after).take(leaves).find_map(of_leaf));
        sign == Some(Ordering::Less)
    }

    fn turn(&mut self) {
        self.absent.turn();
        core::mem::swap(&mut self.before, &mut self.after);
    }

    /// The values and changes of all slots as floats. A change is the float of the exact difference: two floats that lie close together
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
    use crate::kpi::{ExplainOptions, KpiTree};
    use crate::quantity::Rounding;
    use alloc::string::ToString;
    use alloc::vec::Vec;
    use rust_decimal::dec;

    /// D1: what moved a rate is told in percentage points.
    #[test]
    fn a_part_of_a_rates_change_is_in_percentage_points() {
        let tree = KpiTree::parse("kept [%] = 1 - bounce\nbounce [%]").unwrap();
        let bounce = |percent| tree.inputs([("bounce", percent)]).unwrap();
        let why = tree.explain(&bounce(dec!(40)), &bounce(dec!(35.5))).unwrap();
        let part = why.by_size().next().unwrap().to_string();
        assert!(part.starts_with("bounce  4.5 percentage points  ("), "{part}");
    }

    /// What cancels is told as nothing, both ways: floats of the two Shapley values leave some 1e-17 one way only.
    #[test]
    fn a_quotient_of_one_figure_that_changes_its_sign_explains_a_change_of_nothing() {
        let tree = KpiTree::parse("root = net / (net)\n net = 1.5 * a - sum(a, b) / 7\n a, b").unwrap();
        let at = |a, b| tree.inputs([("a", a), ("b", b)]).unwrap();
        let times =
            [at(dec!(69.78), dec!(42988)), at(dec!(12480), dec!(113.5)), at(dec!(86335), dec!(322.34))];
        for before in &times {
            for after in &times {
                let why = tree.explain(before, after).unwrap();
                assert!(why.leaves().into_iter().all(|part| part.value.is_zero()), "{why}");
            }
        }
    }

    /// Where neither time has a value the reason does not depend on which of them is asked first.
    #[test]
    fn the_reason_without_values_is_the_same_both_ways() {
        for text in ["root = 1 / a + 1 / b\n a, b", "root = 1 / (a * b)\n a, b", "root = 1 / a / b\n a, b"] {
            let tree = KpiTree::parse(text).unwrap();
            let at = |a, b| tree.inputs([("a", a), ("b", b)]).unwrap();
            let (before, after) = (at(dec!(0), dec!(1)), at(dec!(1), dec!(0)));
            let there = tree.explain(&before, &after).unwrap_err();
            assert_eq!(there, tree.explain(&after, &before).unwrap_err(), "{text}");
            assert_eq!(there.kind(), crate::error::ErrorKind::Undefined);
        }
    }

    /// A change to the floor is one downward in either direction, and its parts still add up.
    #[test]
    fn a_fall_is_rounded_as_it_was_asked() {
        let tree = KpiTree::parse("rate = orders / 3 + clicks / 7\n orders, clicks").unwrap();
        let at = |orders, clicks| tree.inputs([("orders", orders), ("clicks", clicks)]).unwrap();
        let (low, high) = (at(dec!(1), dec!(1)), at(dec!(3), dec!(2)));
        let options = ExplainOptions::default().with_scale(2).with_rounding(Rounding::Floor);
        let (rise, fall) =
            (tree.explain_with(&low, &high, &options), tree.explain_with(&high, &low, &options));
        let (rise, fall) = (rise.unwrap(), fall.unwrap());
        assert_eq!((rise.total(), fall.total()), (dec!(0.80), dec!(-0.81)));
        let values = |why: &super::Explanation| why.leaves().into_iter().map(|part| part.value).collect();
        let (rise, fall): (Vec<_>, Vec<_>) = (values(&rise), values(&fall));
        assert_eq!(
            (rise, fall),
            (alloc::vec![dec!(0.66), dec!(0.14)], alloc::vec![dec!(-0.67), dec!(-0.14)])
        );
    }

    /// Trees of powers: every way that explains one direction explains the other, with the opposite parts.
    #[test]
    fn powers_are_explained_both_ways_or_neither() {
        let texts = [
            "root = p * q\n p = a * a * b\n q = p * p * p * b\n a, b",
            "root = p / q - q\n p = a * a * a - b\n q = p * p + b * b * a\n a, b",
            "root = p * p / p - q\n p = a - b\n q = p * p * p / a\n a, b",
        ];
        for text in texts {
            let tree = KpiTree::parse(text).unwrap();
            let at = |a, b| tree.inputs([("a", a), ("b", b)]).unwrap();
            let (before, after) = (at(dec!(26117), dec!(322.34)), at(dec!(5233.4), dec!(86335)));
            let there = tree.explain(&before, &after);
            let back = tree.explain(&after, &before);
            assert_eq!(there.is_ok(), back.is_ok(), "{text}: {there:?} {back:?}");
            let (Ok(there), Ok(back)) = (there, back) else { continue };
            for (one, other) in there.leaves().into_iter().zip(back.leaves()) {
                assert_eq!(one.value, -other.value, "{text}");
            }
        }
    }
}
