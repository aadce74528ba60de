//! From declarations to a tree: node by node, or by its text.

use super::compile::compile;
use super::node_draft::NodeDraft;
use super::{KpiError, KpiTree, text};
use crate::error::Problems;
use crate::quantity::wire::text_on_the_wire;
use core::str::FromStr;

impl KpiTree {
    /// The tree of a text.
    ///
    /// Operators are `+ - * /` with parentheses, `sum(a, b)` and the functions of a [`Formula`](super::Formula), as in
    /// `if(roas >= 3, revenue, 0)`; `sum(visitors.*)` adds the nodes named `visitors.` and one more word. Numbers may have a unit, `100 [visitor]`. Names with blanks or operators stand between
    /// backquotes. `#` starts a comment; a declaration continues on the next line after an operator, within
    /// parentheses, and where that line begins with an operator. A group of members by which formulas filter is a line of its
    /// own, `paid = {SEM, Social}`: names with commas or brackets stand between backquotes. Each computed node that no formula
    /// uses is a [root](Self::roots).
    ///
    /// # Errors
    /// All problems at once, each at the name of its node: [`KpiError::Syntax`] with its place,
    /// [`KpiError::TooDeep`], [`KpiError::Arguments`], [`KpiError::NoNodes`], [`KpiError::NotAName`], [`KpiError::DuplicateNode`],
    /// [`KpiError::UnknownName`], [`KpiError::Cycle`] with its closed path, [`KpiError::Unreachable`],
    /// [`KpiError::NoMembers`], [`KpiError::NotANode`] and [`KpiError::Filtered`] for groups and filters,
    /// [`KpiError::UnitClash`] naming both units, [`KpiError::TooLarge`] where all `sum(….*)` stand for more than
    /// 1,000,000 operands, and [`KpiError::Quantity`] for constants that do not fit.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    ///
    /// let tree = KpiTree::parse("
    ///     cpa [CNY/order] {lower, owner Li Na} = spend / orders  # what an order costs
    ///     spend [CNY] = sum(spend.*)
    ///     spend.search [CNY], spend.social [CNY], orders [order]")?;
    /// assert_eq!(tree.leaves().count(), 3);
    /// // A cycle, and a name that nobody declares: both are told, each at its node.
    /// assert_eq!(KpiTree::parse("root = a / b\n a = root * 2").unwrap_err().len(), 2);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, Problems<KpiError>> {
        let (nodes, problems) = text::parse(text);
        compile(nodes, problems)
    }

    /// The tree of these nodes and groups, in any order. Each computed node that no formula uses is a [root](Self::roots).
    ///
    /// # Errors
    /// All problems at once, each at the name of its node; see [`parse`](Self::parse).
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{Formula, KpiTree, NodeDraft};
    ///
    /// let built = KpiTree::new([
    ///     NodeDraft::computed("sales", Formula::product(["visitors", "cvr", "aov"])),
    ///     NodeDraft::leaf("visitors").with_unit("visitor".parse()?),
    ///     NodeDraft::leaf("cvr").with_unit("order/visitor".parse()?),
    ///     NodeDraft::leaf("aov").with_unit("CNY/order".parse()?),
    /// ])?;
    /// let read = KpiTree::parse("
    ///     sales = visitors * cvr * aov
    ///     visitors [visitor], cvr [order/visitor], aov [CNY/order]")?;
    /// assert_eq!(built, read);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn new(nodes: impl IntoIterator<Item = NodeDraft>) -> Result<Self, Problems<KpiError>> {
        compile(nodes.into_iter().collect(), Problems::new())
    }
}

impl FromStr for KpiTree {
    type Err = Problems<KpiError>;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

text_on_the_wire!(KpiTree, "the text of a KPI tree");
