//! A node of a tree: its name, unit, kind, direction, owner and formula.

use crate::quantity::Unit;
use crate::quantity::wire::serialize_fields;
use crate::target::Better;
use alloc::boxed::Box;
use alloc::sync::Arc;
use serde::{Deserialize, Serialize};

/// How the values of several periods or groups become one.
///
/// ```
/// # use marketloop::kpi::NodeKind;
/// assert_eq!(serde_json::from_str::<NodeKind>(r#""unique""#)?, NodeKind::Unique);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum NodeKind {
    /// Adds up over time: sales, page views, spend.
    #[doc(alias("GMV", "PV"))]
    Flow,
    /// The last value counts: members, stock, followers.
    Stock,
    /// The first value counts: what was there when the whole began, such as the members of 1 July in the third quarter.
    OpeningStock,
    /// The mean counts: the members of a month by which a rate for each of them divides.
    #[doc(alias("MAU", "headcount"))]
    AverageStock,
    /// Is computed again from its numerator and denominator: a conversion rate, a cost per customer.
    #[doc(alias("CTR", "CVR", "CPC", "CPM", "CPA", "CAC", "ROAS", "AOV", "LTV", "CLV"))]
    #[doc(alias("转化率", "获客成本", "客单价", "客户终身价值"))]
    Ratio,
    /// Compounds: growth on the period before.
    #[doc(alias("MoM", "YoY", "环比", "同比"))]
    Growth,
    /// Counts each person once, so that two periods or channels cannot be added: unique users.
    #[doc(alias("UV", "访客数"))]
    Unique,
}

/// The words of a tree's text and of the wire for which way is better.
pub(super) const DIRECTIONS: [(Option<Better>, &str); 3] =
    [(Some(Better::Higher), "higher"), (Some(Better::Lower), "lower"), (None, "neutral")];

/// The word for which way is better.
pub(super) const fn direction(better: Option<Better>) -> &'static str {
    match better {
        Some(Better::Higher) => "higher",
        Some(Better::Lower) => "lower",
        None => "neutral",
    }
}

/// A node's place in its tree, from 0 in the order of declaration.
///
/// On the wire that number. It means nothing without the tree: store names instead.
///
/// ```
/// # use marketloop::kpi::NodeId;
/// let json = r#"0"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<NodeId>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NodeId(pub(super) u32);

impl NodeId {
    /// The place from 0 in the order of declaration.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A node of a tree, from [`KpiTree::node`](super::KpiTree::node).
///
/// # Examples
/// ```
/// use marketloop::kpi::{KpiTree, NodeKind};
/// use marketloop::target::Better;
///
/// let tree = KpiTree::parse("cpa [CNY/order] {lower, owner Li Na} = spend / orders\n spend [CNY], orders [order]")?;
/// let cpa = tree.node(tree.root()).unwrap();
/// assert_eq!((cpa.kind(), cpa.better(), cpa.owner()), (NodeKind::Ratio, Some(Better::Lower), Some("Li Na")));
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    pub(super) id: Arc<str>,
    pub(super) unit: Unit,
    pub(super) kind: NodeKind,
    /// Whether the kind was declared, not taken from the unit and the formula.
    pub(super) kind_declared: bool,
    pub(super) better: Option<Better>,
    pub(super) owner: Option<Box<str>>,
    pub(super) formula: Option<Box<str>>,
}

serialize_fields!(Node {
    id => &**id,
    unit,
    kind,
    kind_declared,
    better => direction(*better),
    owner: optional,
    formula: optional,
});

impl Node {
    /// The name.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The unit, declared or inferred from the formula.
    #[must_use]
    pub const fn unit(&self) -> &Unit {
        &self.unit
    }

    /// The kind: as declared, else a ratio where the formula divides or the unit is a share or has a
    /// denominator, else a flow.
    #[must_use]
    pub const fn kind(&self) -> NodeKind {
        self.kind
    }

    /// Which way is better: higher where nothing was declared, `None` where neither is.
    #[must_use]
    pub const fn better(&self) -> Option<Better> {
        self.better
    }

    /// Who answers for it.
    #[must_use]
    pub fn owner(&self) -> Option<&str> {
        self.owner.as_deref()
    }

    /// The formula as text; a leaf has none.
    #[must_use]
    pub fn formula(&self) -> Option<&str> {
        self.formula.as_deref()
    }

    /// Whether how its values add up over time is known: the kind was declared, or the unit says it.
    pub(super) fn adds_up_as_declared(&self) -> bool {
        self.kind_declared || self.unit != Unit::ONE
    }

    /// Whether the node is a leaf: it has no formula.
    #[must_use]
    pub const fn is_leaf(&self) -> bool {
        self.formula.is_none()
    }
}

/// The kind of a node that declares none.
pub(super) fn usual_kind(unit: &Unit, divides: bool) -> NodeKind {
    let share = unit.is_dimensionless() && unit.power_of_ten() < 0;
    if divides || share || unit.has_denominator() { NodeKind::Ratio } else { NodeKind::Flow }
}
