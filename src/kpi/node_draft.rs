//! A node, or a group of members, as it is declared.

use super::formula::Formula;
use super::node::{DIRECTIONS, NodeKind, direction};
use crate::quantity::Unit;
use crate::quantity::wire::{ReadForm, WriteForm, wire_fields};
use crate::target::Better;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A node, or a group of members that formulas filter by, as it is declared, not checked yet: a row of the list that
/// [`KpiTree::new`](super::KpiTree::new) takes.
///
/// # Examples
/// ```
/// use marketloop::kpi::{KpiTree, NodeDraft};
///
/// let rows: Vec<NodeDraft> = serde_json::from_str(r#"[
///     {"id": "cpa", "formula": "spend / orders", "better": "lower", "owner": "Li Na"},
///     {"id": "spend", "unit": "CNY"},
///     {"id": "orders", "unit": "order", "kind": "flow"}
/// ]"#)?;
/// let tree = KpiTree::new(rows)?;
/// assert_eq!(tree.to_string(), "cpa [CNY/order] {lower, owner Li Na} = spend / orders\nspend [CNY]\norders [order] {flow}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeDraft {
    pub(super) id: String,
    pub(super) unit: Option<Unit>,
    pub(super) kind: Option<NodeKind>,
    pub(super) better: Option<Better>,
    pub(super) owner: Option<String>,
    pub(super) formula: Option<Formula>,
    /// Of a group of members, which is no node and has nothing else but its name.
    pub(super) members: Option<Vec<String>>,
}

wire_fields!(NodeDraft {
    id,
    unit: optional,
    kind: optional,
    better: unless(is_higher, higher, with(Direction)),
    owner: optional,
    formula: optional,
    members: optional
});

#[expect(clippy::unnecessary_wraps, reason = "`None` is a direction: neither way is better")]
const fn higher() -> Option<Better> {
    Some(Better::Higher)
}

#[expect(
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    reason = "`serialize_fields!` hands a reference to the field"
)]
fn is_higher(better: &Option<Better>) -> bool {
    *better == higher()
}

/// The form of a direction: a word, also for neither.
struct Direction;

impl WriteForm<Option<Better>> for Direction {
    fn write<S: Serializer>(better: &Option<Better>, serializer: S) -> Result<S::Ok, S::Error> {
        direction(*better).serialize(serializer)
    }
}

impl<'de> ReadForm<'de, Option<Better>> for Direction {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Option<Better>, D::Error> {
        let word = String::deserialize(deserializer)?;
        let known = DIRECTIONS.iter().find(|(_, name)| *name == word);
        known
            .map(|(better, _)| *better)
            .ok_or_else(|| serde::de::Error::unknown_variant(&word, &["higher", "lower", "neutral"]))
    }
}

impl NodeDraft {
    /// A leaf: a node whose value is given.
    #[must_use]
    pub fn leaf(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            unit: None,
            kind: None,
            better: higher(),
            owner: None,
            formula: None,
            members: None,
        }
    }

    /// A node whose value follows from others by its formula.
    #[must_use]
    pub fn computed(id: impl Into<String>, formula: impl Into<Formula>) -> Self {
        Self { formula: Some(formula.into()), ..Self::leaf(id) }
    }

    /// A group of members, by which formulas filter: `sum[channel in paid](spend)`. It is no node, and takes nothing of what
    /// nodes declare.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{Formula, KpiTree, NodeDraft};
    ///
    /// let tree = KpiTree::new([
    ///     NodeDraft::computed("paid_spend", Formula::node("spend").sum_over(["channel in paid"])),
    ///     NodeDraft::leaf("spend").with_unit("CNY".parse()?),
    ///     NodeDraft::group("paid", ["SEM", "Social"]),
    /// ])?;
    /// assert_eq!(tree.to_string(), "paid_spend [CNY] = sum[channel in paid](spend)\nspend [CNY]\npaid = {SEM, Social}");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn group<M: Into<String>>(id: impl Into<String>, members: impl IntoIterator<Item = M>) -> Self {
        Self { members: Some(members.into_iter().map(Into::into).collect()), ..Self::leaf(id) }
    }

    /// Declares the unit. Without one a leaf has no dimension, and a computed node gets the unit that its
    /// formula gives.
    #[must_use]
    pub fn with_unit(mut self, unit: Unit) -> Self {
        self.unit = Some(unit);
        self
    }

    /// Declares how the values of several periods become one.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTree, NodeDraft, NodeKind};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::new([NodeDraft::leaf("members").with_kind(NodeKind::Stock)])?;
    /// let months = [100, 120].map(|count| tree.inputs([("members", count.into())]));
    /// let quarter = tree.roll_up(&months.into_iter().collect::<Result<Vec<_>, _>>()?)?;
    /// assert_eq!(tree.evaluate(&quarter)?.known("members")?, dec!(120)); // the last value, not the sum
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_kind(mut self, kind: NodeKind) -> Self {
        self.kind = Some(kind);
        self
    }

    /// Declares which way is better; `None` for neither.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTree, NodeDraft};
    /// use marketloop::target::Better;
    ///
    /// let tree = KpiTree::new([NodeDraft::leaf("cpa").with_better(Better::Lower)])?;
    /// assert_eq!(tree.to_string(), "cpa {lower}");
    /// let neutral = KpiTree::new([NodeDraft::leaf("mix").with_better(None)])?;
    /// assert_eq!(neutral.to_string(), "mix {neutral}");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_better(mut self, better: impl Into<Option<Better>>) -> Self {
        self.better = better.into();
        self
    }

    /// Declares who answers for it.
    #[must_use]
    pub fn with_owner(mut self, owner: impl Into<String>) -> Self {
        self.owner = Some(owner.into());
        self
    }
}
