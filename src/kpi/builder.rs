//! A tree as it is declared, node by node or by its text.

use super::compile::compile;
use super::node_draft::NodeDraft;
use super::{KpiError, KpiTree, text};
use crate::error::Problems;
use crate::quantity::wire::text_on_the_wire;
use alloc::vec::Vec;
use core::str::FromStr;

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

impl KpiTree {
    /// The tree of a text.
    ///
    /// Operators are `+ - * /` with parentheses and `sum(a, b)`; `sum(visitors.*)` adds the nodes named
    /// `visitors.` and one more word. Numbers may have a unit, `100 [visitor]`. Names with blanks or
    /// operators stand between backquotes. `#` starts a comment; a line goes on behind an operator, within
    /// parentheses, and where the next one begins with an operator. The root is the first node that no
    /// formula uses.
    ///
    /// # Errors
    /// All problems at once, each at the name of its node: [`KpiError::Syntax`] with its place,
    /// [`KpiError::TooDeep`], [`KpiError::NoNodes`], [`KpiError::NotAName`], [`KpiError::DuplicateNode`],
    /// [`KpiError::UnknownName`], [`KpiError::Cycle`] with its closed path, [`KpiError::Unreachable`],
    /// [`KpiError::UnitClash`] naming both units, [`KpiError::TooLarge`] where all `sum(….*)` stand for more than
    /// 1,000,000 operands, and [`KpiError::Quantity`] for constants that do not fit.
    pub fn parse(text: &str) -> Result<Self, Problems<KpiError>> {
        let (nodes, problems) = text::parse(text);
        compile(nodes, problems)
    }

    /// No nodes yet, to declare them one by one.
    #[must_use]
    pub const fn builder() -> TreeBuilder {
        TreeBuilder::new()
    }
}

impl FromStr for KpiTree {
    type Err = Problems<KpiError>;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

text_on_the_wire!(KpiTree, "the text of a KPI tree");
