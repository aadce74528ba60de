//! Targets of a tree's nodes, by period and member.

use super::kpi_target::{BASELINE, FIELDS, KpiTarget, STRETCH, TARGET, THRESHOLD};
use super::name::checked_dimension;
use super::panel::in_unit;
use super::{KpiError, KpiTree, Node, NodeId};
use crate::error::{Path, Problems, excerpt};
use crate::target::Better;
use crate::time::{NaiveDate, Period};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

/// Targets of the nodes of a tree: each of one node, in a period or standing, of members or of none.
///
/// Three levels, of which only the target is needed: a threshold not to miss, the target, and a stretch beyond it. Where the
/// node's direction is `lower` the threshold is the highest of them.
///
/// # Examples
/// ```
/// use marketloop::kpi::{KpiTarget, KpiTargets, KpiTree};
/// use marketloop::target::{Bands, Threshold};
/// use rust_decimal::dec;
///
/// let tree = KpiTree::parse("
///     sales [CNY] = orders * value
///     cost [CNY/order] {lower} = spend / orders
///     orders [order], value [CNY/order], spend [CNY]")?;
/// let rows: Vec<KpiTarget> = serde_json::from_str(r#"[
///     {"node": "sales", "period": "2026-07", "target": 30000, "threshold": 25000, "stretch": 40000},
///     {"node": "cost", "period": "2026-07", "target": 40, "threshold": "50 CNY/order", "baseline": 60}
/// ]"#)?;
/// let targets = KpiTargets::new(&tree, rows)?;
/// let july = tree.inputs([("orders", dec!(200)), ("value", dec!(130)), ("spend", dec!(9000))])?;
/// let lights = Bands::lights(Threshold::at_or_above(dec!(0.7)), Threshold::at_or_above(dec!(1)))?;
/// let report = targets.against(&tree.evaluate(&july)?, Some("2026-07".parse()?), &lights)?;
/// // From 60 down to 40 it is three quarters of the way at 45.
/// assert_eq!(
///     report.to_string(),
///     "target                target        actual  attainment %  level      light\n\
///      sales, 2026-07     30000 CNY     26000 CNY         86.67  threshold  yellow\n\
///      cost, 2026-07   40 CNY/order  45 CNY/order            75  threshold  yellow\n"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct KpiTargets<'t> {
    pub(super) tree: &'t KpiTree,
    /// By node, period and members.
    pub(super) held: Vec<Held>,
}

/// A target whose node is known, in the node's unit.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Held {
    pub(super) node: NodeId,
    pub(super) period: Option<Period>,
    pub(super) members: BTreeMap<String, String>,
    pub(super) target: Decimal,
    pub(super) threshold: Option<Decimal>,
    pub(super) stretch: Option<Decimal>,
    pub(super) baseline: Option<Decimal>,
}

/// What no two targets share, and their order.
type Place<'h> = (NodeId, Option<(NaiveDate, NaiveDate, String)>, &'h BTreeMap<String, String>);

impl Held {
    fn place(&self) -> Place<'_> {
        let period = self.period.map(|period| (period.start(), period.end(), format!("{period}")));
        (self.node, period, &self.members)
    }
}

/// The name of a node's value of members in a period: `sales [SEM], 2026-07`.
pub(super) fn place_name(node: &str, members: &BTreeMap<String, String>, period: Option<Period>) -> String {
    let of: Vec<&str> = members.values().map(String::as_str).collect();
    let of = if of.is_empty() { String::new() } else { format!(" [{}]", of.join(", ")) };
    let period = period.map_or_else(String::new, |period| format!(", {period}"));
    format!("{node}{of}{period}")
}

impl<'t> KpiTargets<'t> {
    /// The targets of these rows, in any order.
    ///
    /// # Errors
    /// All problems at once, each at its row and field: [`KpiError::UnknownName`] for a node that the tree has not,
    /// [`KpiError::Quantity`] for what is no number or in a unit of another kind, [`KpiError::LevelsOutOfOrder`] where a
    /// threshold or a baseline is better than the target or a stretch worse, by the node's direction, and for levels of a
    /// node of which neither way is better, [`KpiError::GivenTwice`] for two targets of one node, period and members,
    /// [`KpiError::OtherDimensions`] for a node's targets by one dimension here and by another there,
    /// [`KpiError::NotAName`] for what is no dimension or no member, [`KpiError::DuplicateNode`] for a dimension named as a
    /// node.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTarget, KpiTargets, KpiTree};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("cost {lower} = spend / orders\n spend, orders")?;
    /// let rows = [KpiTarget::new("cost", dec!(40)).with_threshold(dec!(30)), KpiTarget::new("cots", dec!(40))];
    /// assert_eq!(
    ///     KpiTargets::new(&tree, rows).unwrap_err().to_string(),
    ///     "2 problems\n  [0].threshold: the threshold of `cost` is better than its target: lower is better\n  [1].node: `cots` is not declared"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn new(
        tree: &'t KpiTree,
        rows: impl IntoIterator<Item = KpiTarget>,
    ) -> Result<Self, Problems<KpiError>> {
        let mut problems = Problems::new();
        let mut held: Vec<(usize, Held)> = Vec::new();
        let mut dimensions: BTreeMap<NodeId, String> = BTreeMap::new();
        for (row, given) in rows.into_iter().enumerate() {
            let path = Path::root().index(row);
            for (dimension, member) in &given.members {
                problems.take(&path.clone().field(dimension), checked_member(tree, dimension, member));
            }
            let Some(node) = problems.take(&path.clone().field("node"), tree.named(&given.node)) else {
                continue;
            };
            let level = |name: &str, text: &str, problems: &mut Problems<KpiError>| {
                problems.take(&path.clone().field(name), in_unit(tree, node, text))
            };
            let target = level(TARGET, &given.target, &mut problems);
            let given_level = |name: &str, text: Option<String>, problems: &mut Problems<KpiError>| {
                text.and_then(|text| level(name, &text, problems))
            };
            let threshold = given_level(THRESHOLD, given.threshold, &mut problems);
            let stretch = given_level(STRETCH, given.stretch, &mut problems);
            let baseline = given_level(BASELINE, given.baseline, &mut problems);
            let Some(target) = target else { continue };
            let period = given.period;
            let own = Held { node, period, members: given.members, target, threshold, stretch, baseline };
            in_order(tree, &own, &path, &mut problems);
            let by: Vec<&str> = own.members.keys().map(String::as_str).collect();
            let found = by.join(", ");
            let expected = dimensions.entry(node).or_insert_with(|| found.clone());
            if *expected != found {
                let fault = KpiError::OtherDimensions { id: given.node, expected: expected.clone(), found };
                problems.push(path.clone(), fault);
            }
            held.push((row, own));
        }
        // Stable: of two of one place the later row is the one too many.
        held.sort_by(|(_, left), (_, right)| left.place().cmp(&right.place()));
        let pairs = held.iter().zip(held.iter().skip(1));
        for ((_, first), (row, second)) in pairs {
            if first.place() == second.place() {
                let id = place_name(&tree.id_of(second.node), &second.members, second.period);
                problems.push(Path::root().index(*row), KpiError::GivenTwice { id });
            }
        }
        let held = held.into_iter().map(|(_, held)| held).collect();
        problems.into_result(Self { tree, held })
    }

    /// The targets as rows, by node in the order of declaration, period and members.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTarget, KpiTargets, KpiTree};
    ///
    /// let tree = KpiTree::parse("sales [1000 CNY] = orders * value\n orders [order], value [CNY/order]")?;
    /// let targets = KpiTargets::new(&tree, [KpiTarget::new("orders", 200), KpiTarget::new("sales", 30)])?;
    /// assert_eq!(targets.rows().next(), Some(KpiTarget::new("sales", 30)));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn rows(&self) -> impl ExactSizeIterator<Item = KpiTarget> {
        self.held.iter().map(|held| {
            let mut row = KpiTarget::new(self.tree.id_of(held.node), held.target);
            row.period = held.period;
            row.members.clone_from(&held.members);
            row = held.threshold.into_iter().fold(row, KpiTarget::with_threshold);
            row = held.stretch.into_iter().fold(row, KpiTarget::with_stretch);
            held.baseline.into_iter().fold(row, KpiTarget::with_baseline)
        })
    }

    /// Refuses the values of another tree.
    pub(super) fn checked(&self, tree: &KpiTree) -> Result<(), KpiError> {
        if core::ptr::eq(self.tree, tree) || self.tree == tree { Ok(()) } else { Err(KpiError::OtherTree) }
    }
}

impl Serialize for KpiTargets<'_> {
    /// The [rows](Self::rows).
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.rows())
    }
}

fn checked_member(tree: &KpiTree, dimension: &str, member: &str) -> Result<(), KpiError> {
    checked_dimension(dimension)?;
    // A field of its own, or a node whose value stands in the place of a member: a slip that would pass for a dimension.
    if FIELDS.contains(&dimension) || member.is_empty() {
        let text = if member.is_empty() { member } else { dimension };
        return Err(KpiError::NotAName { text: excerpt(text) });
    }
    match tree.find(dimension) {
        Some(_) => Err(KpiError::DuplicateNode { id: dimension.into() }),
        None => Ok(()),
    }
}

/// Tells levels that contradict the direction of their node.
fn in_order(tree: &KpiTree, held: &Held, path: &Path, problems: &mut Problems<KpiError>) {
    let better = tree.node(held.node).and_then(Node::better);
    let beyond = |one: Decimal, other: Decimal| match better {
        Some(Better::Higher) => one > other,
        Some(Better::Lower) => one < other,
        None => false,
    };
    let way = match better {
        Some(Better::Higher) => "higher is better",
        Some(Better::Lower) => "lower is better",
        None => "neither way is better",
    };
    let target = Some(held.target);
    let pairs = [
        (THRESHOLD, held.threshold, TARGET, target),
        (BASELINE, held.baseline, TARGET, target),
        (TARGET, target, STRETCH, held.stretch),
    ];
    for (worse, low, better_level, high) in pairs {
        let (Some(low), Some(high)) = (low, high) else { continue };
        // A value between which and another neither way is better has no levels, but may have a way to go.
        let has_no_levels = better.is_none() && worse != BASELINE;
        if beyond(low, high) || has_no_levels {
            let at = if worse == TARGET { STRETCH } else { worse };
            let id = tree.id_of(held.node);
            let fault = KpiError::LevelsOutOfOrder { id, worse, better: better_level, way };
            problems.push(path.clone().field(at), fault);
        }
    }
}
