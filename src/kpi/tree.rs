//! The tree: nodes with their formulas, compiled once.

use super::KpiError;
use super::graph::Graph;
use super::groups::Group;
use super::name::quoted;
use super::node::{Node, NodeId, direction, usual_kind};
use super::selection::list_text;
use crate::quantity::Unit;
use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

/// A tree of metrics in which each node is a leaf or follows from others by a formula; a node may be used
/// more than once.
///
/// As text, and on the wire: one declaration per line, `id [unit] {kind, direction, owner name} = formula`, and one for each
/// group of members by which formulas filter, `paid = {SEM, Social}`.
///
/// # Examples
/// ```
/// use marketloop::kpi::KpiTree;
///
/// let tree = KpiTree::parse("
///     sales    [CNY]     = visitors * cvr * aov
///     visitors [visitor] = search + social + short_video
///     cvr [order/visitor], aov [CNY/order] {owner Li Na}")?;
/// assert_eq!(tree.find("sales"), Some(tree.root()));
/// // A sum lists its terms: what is declared nowhere else is a leaf in the unit of the sum.
/// assert_eq!(tree.leaves().count(), 5);
/// assert_eq!(tree.find("social").and_then(|node| tree.node(node)).map(|node| node.unit().to_string()), Some("visitor".into()));
///
/// let refused = KpiTree::parse("a [CNY] = b + c * a\n b [order], d = e").unwrap_err();
/// assert!(refused.len() >= 3);
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::kpi::KpiTree;
/// let json = r#""sales [CNY] {owner Li Na} = visitors * cvr * aov\nvisitors [visitor]\ncvr [order/visitor]\naov [CNY/order]""#;
/// let read: KpiTree = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<KpiTree>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone)]
#[doc(alias("KPI", "metric tree", "driver tree", "AOV", "GMV", "LTV", "CLV"))]
#[doc(alias("指标", "客单价", "成交总额", "客户终身价值"))]
pub struct KpiTree {
    nodes: Vec<Node>,
    /// The groups of members by which formulas filter.
    groups: Vec<Group>,
    /// The nodes by name.
    sorted: Vec<u32>,
    graph: Graph,
    /// The slot of each node.
    slots: Vec<u32>,
    /// The node of each slot: that of a part of a formula is the formula's.
    slot_nodes: Vec<u32>,
    /// The names of the leaves by slot; inputs that share them have their values in that order.
    leaf_names: LeafNames,
}

/// The names of leaves in some order.
pub(super) type LeafNames = Arc<Vec<Arc<str>>>;

impl KpiTree {
    /// The place of the root, the computed node that no other uses; of several the one that is declared first. What
    /// explains a change, seeks a goal or measures a sensitivity speaks of it; [`subtree`](Self::subtree) makes the root of
    /// another node.
    #[must_use]
    pub fn root(&self) -> NodeId {
        self.node_of(self.graph.root as usize)
    }

    /// The computed nodes that no other uses, in the order of declaration; of a leaf alone the leaf.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    ///
    /// let tree = KpiTree::parse("
    ///     sales [CNY] = orders * value
    ///     cost [CNY/order] {lower} = spend / orders
    ///     orders [order], value [CNY/order], spend [CNY]")?;
    /// let names: Vec<&str> = tree.roots().filter_map(|root| Some(tree.node(root)?.id())).collect();
    /// assert_eq!(names, ["sales", "cost"]);
    /// assert_eq!(tree.roots().next(), Some(tree.root()));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn roots(&self) -> impl DoubleEndedIterator<Item = NodeId> {
        let is_root = |node: &NodeId| self.graph.parents(self.slot(*node) as usize).is_empty();
        (0..self.nodes.len()).map(node_id).filter(is_root)
    }

    /// The place of the node with this name.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    ///
    /// let tree = KpiTree::parse("cpa = spend / orders\n spend, orders")?;
    /// let orders = tree.find("orders").and_then(|place| tree.node(place));
    /// assert!(orders.is_some_and(|node| node.is_leaf()));
    /// assert_eq!(tree.find("visits"), None);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn find(&self, id: &str) -> Option<NodeId> {
        let name = |index: &u32| self.nodes.get(*index as usize).map_or("", Node::id);
        let position = self.sorted.binary_search_by(|index| name(index).cmp(id)).ok()?;
        self.sorted.get(position).copied().map(NodeId)
    }

    /// The node at this place; `None` for a place in another, larger tree.
    #[must_use]
    pub fn node(&self, node: NodeId) -> Option<&Node> {
        self.nodes.get(node.index())
    }

    /// All nodes with their places, in the order of declaration.
    #[must_use]
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = (NodeId, &Node)> {
        self.nodes.iter().enumerate().map(|(index, node)| (node_id(index), node))
    }

    /// The leaves, which have no formula, in the order of declaration.
    pub fn leaves(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        self.nodes().filter(|(_, node)| node.is_leaf())
    }

    /// The groups of members by which formulas filter, with their members, in the order of declaration.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    ///
    /// let tree = KpiTree::parse("付费花费 [CNY] = sum[渠道 in 付费](花费)\n 花费 [CNY]\n 付费 = {SEM, 信息流}")?;
    /// let (name, members) = tree.groups().next().unwrap();
    /// assert_eq!((name, members.len()), ("付费", 2));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn groups(&self) -> impl ExactSizeIterator<Item = (&str, &[Box<str>])> {
        self.groups.iter().map(|group| (&*group.name, &*group.members))
    }

    /// The nodes that a node's formula uses, in the order of the formula, each once.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    ///
    /// let tree = KpiTree::parse("root = (a + b) * a - 1\n a, b")?;
    /// let names: Vec<&str> = tree.children(tree.root()).into_iter().filter_map(|id| Some(tree.node(id)?.id())).collect();
    /// assert_eq!(names, ["a", "b"]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn children(&self, node: NodeId) -> Vec<NodeId> {
        let mut children = Vec::new();
        let mut told = BTreeSet::new();
        let mut open: Vec<u32> = alloc::vec![self.slot(node)];
        while let Some(slot) = open.pop() {
            let Some(step) = self.graph.step(slot as usize) else { continue };
            // Reversed onto the stack, so that they come off in the order of the formula.
            for operand in self.graph.operands(step).iter().rev() {
                open.push(*operand);
            }
            // A part of the formula belongs to the same node: look into it, not at it.
            while let Some(operand) = open.last().copied() {
                let child = self.node_of(operand as usize);
                if child == node {
                    break;
                }
                open.pop();
                if told.insert(child) {
                    children.push(child);
                }
            }
        }
        children
    }

    pub(super) fn of_parts(
        (nodes, groups): (Vec<Node>, Vec<Group>),
        sorted: Vec<u32>,
        graph: Graph,
        slots: Vec<u32>,
        slot_nodes: Vec<u32>,
    ) -> Self {
        let names = slot_nodes.iter().take(graph.inputs).filter_map(|node| nodes.get(*node as usize));
        let leaf_names = Arc::new(names.map(|node| Arc::clone(&node.id)).collect());
        Self { nodes, groups, sorted, graph, slots, slot_nodes, leaf_names }
    }

    pub(super) const fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The slot of each node.
    pub(super) fn slots(&self) -> &[u32] {
        &self.slots
    }

    pub(super) const fn leaf_names(&self) -> &LeafNames {
        &self.leaf_names
    }

    /// The slot of a node; one that no tree has for a node of another tree.
    pub(super) fn slot(&self, node: NodeId) -> u32 {
        // The node of another, larger tree: no slot has this number.
        self.slots.get(node.index()).copied().unwrap_or(u32::MAX)
    }

    /// The slot of a leaf.
    pub(super) fn input(&self, node: NodeId) -> Result<usize, KpiError> {
        let slot = self.slot(node) as usize;
        if slot < self.graph.inputs {
            return Ok(slot);
        }
        Err(match self.node(node) {
            Some(node) => KpiError::NotALeaf { id: node.id().to_owned() },
            None => KpiError::UnknownName { name: format!("#{}", node.index()) },
        })
    }

    /// The place of the node with this name, or the error.
    pub(super) fn named(&self, id: &str) -> Result<NodeId, KpiError> {
        self.find(id).ok_or_else(|| KpiError::UnknownName { name: crate::error::excerpt(id) })
    }

    /// Whether the root depends on a node, or is it.
    pub(super) fn is_of_root(&self, node: NodeId) -> bool {
        self.graph.is_of_root(self.slot(node) as usize)
    }

    /// The node whose formula a slot belongs to.
    #[expect(clippy::indexing_slicing, reason = "slots are numbered when the tree is compiled")]
    pub(super) fn node_of(&self, slot: usize) -> NodeId {
        debug_assert_eq!(self.slot_nodes.len(), self.graph.len(), "every slot has its node");
        NodeId(self.slot_nodes[slot])
    }

    /// The name of a node, shared.
    pub(super) fn name(&self, node: NodeId) -> Arc<str> {
        self.nodes.get(node.index()).map_or_else(|| "".into(), |node| Arc::clone(&node.id))
    }

    /// The name of a node, for an error.
    pub(super) fn id_of(&self, node: NodeId) -> String {
        self.node(node).map_or_else(String::new, |node| node.id().to_owned())
    }
}

pub(super) fn node_id(index: usize) -> NodeId {
    NodeId(u32::try_from(index).unwrap_or(u32::MAX))
}

impl PartialEq for KpiTree {
    fn eq(&self, other: &Self) -> bool {
        // The rest follows from these.
        self.nodes == other.nodes && self.groups == other.groups
    }
}

impl Eq for KpiTree {}

impl fmt::Display for KpiTree {
    /// One line per node, in the order of declaration, then one per group; [`KpiTree::parse`] reads it back as the same tree.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, node) in self.nodes.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            f.write_str(&quoted(&node.id))?;
            if node.unit != Unit::ONE {
                write!(f, " [{}]", node.unit)?;
            }
            let step = self.graph.step(self.slot(node_id(index)) as usize);
            let slot = self.slot(node_id(index)) as usize;
            let divides = step.is_some_and(|step| {
                step.denominators > 0 || self.graph.factor(slot).divisor != rust_decimal::Decimal::ONE
            });
            // What was declared is written even where it is the usual: that it was declared counts.
            let unusual = node.kind_declared || node.kind != usual_kind(&node.unit, divides);
            let kind = unusual.then(|| format!("{}", node.kind));
            // That higher is better is the usual, and is never written.
            let way = direction(node.better);
            let way = (way != "higher").then(|| way.to_owned());
            let owner = node.owner.as_ref().map(|owner| format!("owner {owner}"));
            let attributes: Vec<String> = [kind, way, owner].into_iter().flatten().collect();
            if !attributes.is_empty() {
                write!(f, " {{{}}}", attributes.join(", "))?;
            }
            if let Some(formula) = &node.formula {
                write!(f, " = {formula}")?;
            }
        }
        for Group { name, members } in &self.groups {
            write!(f, "\n{} = {}", quoted(name), list_text(members))?;
        }
        Ok(())
    }
}
