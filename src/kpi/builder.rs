//! A tree as it is declared, node by node.

use super::compile::compile;
use super::formula::Formula;
use super::node::{Direction, Kind};
use super::{KpiError, KpiTree};
use crate::error::Problems;
use crate::quantity::Unit;
use alloc::string::String;
use alloc::vec::Vec;

/// A node as it is declared, not checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeDraft {
    pub(super) id: String,
    pub(super) unit: Option<Unit>,
    pub(super) kind: Option<Kind>,
    pub(super) direction: Direction,
    pub(super) owner: Option<String>,
    pub(super) formula: Option<Formula>,
}

impl NodeDraft {
    /// A node whose value is given.
    #[must_use]
    pub fn leaf(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            unit: None,
            kind: None,
            direction: Direction::Higher,
            owner: None,
            formula: None,
        }
    }

    /// A node whose value follows from others.
    #[must_use]
    pub fn computed(id: impl Into<String>, formula: impl Into<Formula>) -> Self {
        Self { formula: Some(formula.into()), ..Self::leaf(id) }
    }

    /// The same in `unit`. Without one a leaf has no dimension, and a computed node gets the unit that its
    /// formula gives.
    #[must_use]
    pub fn with_unit(mut self, unit: Unit) -> Self {
        self.unit = Some(unit);
        self
    }

    /// The same with this kind.
    #[must_use]
    pub fn with_kind(mut self, kind: Kind) -> Self {
        self.kind = Some(kind);
        self
    }

    /// The same with this direction.
    #[must_use]
    pub fn with_direction(mut self, direction: Direction) -> Self {
        self.direction = direction;
        self
    }

    /// The same with this owner.
    #[must_use]
    pub fn with_owner(mut self, owner: impl Into<String>) -> Self {
        self.owner = Some(owner.into());
        self
    }
}

/// The nodes of a tree as they are declared, in any order.
///
/// # Examples
/// ```
/// use marketloop::kpi::{Formula, KpiTree, NodeDraft, TreeBuilder};
///
/// let built = TreeBuilder::new()
///     .with(NodeDraft::computed("sales", Formula::product(["visitors", "cvr", "aov"])))
///     .with(NodeDraft::leaf("visitors").with_unit("visitor".parse()?))
///     .with(NodeDraft::leaf("cvr").with_unit("order/visitor".parse()?))
///     .with(NodeDraft::leaf("aov").with_unit("CNY/order".parse()?))
///     .build()?;
/// let read = KpiTree::parse("
///     sales = visitors * cvr * aov
///     visitors [visitor], cvr [order/visitor], aov [CNY/order]")?;
/// assert_eq!(built, read);
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TreeBuilder {
    nodes: Vec<NodeDraft>,
}

impl TreeBuilder {
    /// No nodes yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { nodes: Vec::new() }
    }

    /// The same with one node more.
    #[must_use]
    pub fn with(mut self, node: NodeDraft) -> Self {
        self.nodes.push(node);
        self
    }

    /// The tree. Its root is the first node that no formula uses.
    ///
    /// # Errors
    /// All problems at once, each at the name of its node; see [`KpiTree::parse`].
    pub fn build(self) -> Result<KpiTree, Problems<KpiError>> {
        compile(self.nodes, Problems::new())
    }

    pub(super) fn of_drafts(nodes: Vec<NodeDraft>) -> Self {
        Self { nodes }
    }

    pub(super) fn build_with(self, problems: Problems<KpiError>) -> Result<KpiTree, Problems<KpiError>> {
        compile(self.nodes, problems)
    }
}

impl Extend<NodeDraft> for TreeBuilder {
    fn extend<I: IntoIterator<Item = NodeDraft>>(&mut self, nodes: I) {
        self.nodes.extend(nodes);
    }
}

impl FromIterator<NodeDraft> for TreeBuilder {
    fn from_iter<I: IntoIterator<Item = NodeDraft>>(nodes: I) -> Self {
        Self { nodes: nodes.into_iter().collect() }
    }
}
