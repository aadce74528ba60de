//! What-if scenarios: named overlays of the inputs, and their comparison.

use super::node::NodeId;
use super::{Evaluation, Exact, Inputs, KpiError, KpiTree};
use crate::error::{Path, Problems};
use crate::figure::{Figure, Table, beside};
use crate::quantity::wire::WireDecimal;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A what-if scenario: values for some leaves by name, which replace those of the inputs of a tree.
///
/// # Examples
/// ```
/// use marketloop::kpi::{KpiTree, Overlay};
/// use rust_decimal::dec;
///
/// let tree = KpiTree::parse("sales = visitors * aov\n visitors, aov")?;
/// let now = tree.inputs([("visitors", dec!(100)), ("aov", dec!(50))])?;
/// let more = Overlay::new("more visitors").with("visitors", dec!(130));
/// let dearer = Overlay::new("dearer").with("aov", dec!(55));
/// let both = more.merge(&dearer)?;
/// let compared = tree.compare(&now, &[more, dearer, both])?;
/// let changes: Vec<String> = compared.changes(tree.root()).map(|(name, by)| format!("{name} {by:+}")).collect();
/// assert_eq!(changes, ["more visitors +1500", "dearer +500", "dearer + more visitors +2150"]);
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::kpi::Overlay;
/// let json = r#"{"names":["more"],"set":{"cvr":"0.02","search":"5000.5"}}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Overlay>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[doc(alias("what-if", "scenario"))]
pub struct Overlay {
    // By name, not by place: an overlay is written before the tree is chosen, and fits every tree with these leaves.
    names: BTreeSet<String>,
    #[serde(serialize_with = "write_values", deserialize_with = "read_values")]
    set: BTreeMap<String, Decimal>,
}

impl Overlay {
    /// An overlay of this name that changes nothing.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { names: BTreeSet::from([name.into()]), set: BTreeMap::new() }
    }

    /// Sets a leaf to `value`, in the leaf's unit.
    #[must_use]
    pub fn with(mut self, leaf: impl Into<String>, value: impl Into<Decimal>) -> Self {
        self.set.insert(leaf.into(), value.into());
        self
    }

    /// The name; a merged overlay has the names of its parts in alphabetical order, joined by ` + `.
    #[must_use]
    pub fn name(&self) -> String {
        self.names.iter().map(String::as_str).collect::<Vec<_>>().join(" + ")
    }

    /// The leaves with their values, by name.
    #[must_use]
    pub fn values(&self) -> impl ExactSizeIterator<Item = (&str, Decimal)> {
        self.set.iter().map(|(leaf, value)| (leaf.as_str(), *value))
    }

    /// Merges two overlays. The order does not matter, and [`Overlay::default`] changes nothing.
    ///
    /// # Errors
    /// [`KpiError::OverlayConflict`] where they set one leaf to different values.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::Overlay;
    ///
    /// let more = Overlay::new("more visitors").with("visitors", 130);
    /// let dearer = Overlay::new("dearer").with("aov", 55);
    /// assert_eq!(more.merge(&dearer)?.name(), "dearer + more visitors");
    /// assert!(more.merge(&Overlay::new("fewer").with("visitors", 90)).is_err()); // which of the two?
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn merge(&self, other: &Self) -> Result<Self, KpiError> {
        for (leaf, right) in &other.set {
            if let Some(left) = self.set.get(leaf)
                && left != right
            {
                return Err(KpiError::OverlayConflict { leaf: leaf.clone(), left: *left, right: *right });
            }
        }
        Ok(self.then(other))
    }

    /// Lays `other` over this overlay: where both set a leaf, the value of `other` wins. Associative;
    /// [`Overlay::default`] changes nothing.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::Overlay;
    /// use rust_decimal::dec;
    ///
    /// let plan = Overlay::new("plan").with("visitors", 130).with("aov", 50);
    /// let revised = plan.then(&Overlay::new("revised").with("aov", 55));
    /// assert_eq!(revised.values().collect::<Vec<_>>(), [("aov", dec!(55)), ("visitors", dec!(130))]);
    /// ```
    #[must_use]
    pub fn then(&self, other: &Self) -> Self {
        // A set of names: an overlay that came in twice is named once.
        let names = self.names.union(&other.names).cloned().collect();
        let mut set = self.set.clone();
        set.extend(other.set.iter().map(|(leaf, value)| (leaf.clone(), *value)));
        Self { names, set }
    }
}

/// The values of a tree without overlays and under each of several.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OverlayComparison<'t> {
    base: Evaluation<'t>,
    scenarios: Vec<(String, Evaluation<'t>)>,
}

impl KpiTree {
    /// The inputs with the values of the overlay instead of their own.
    ///
    /// # Errors
    /// All problems at once, each at its leaf: [`KpiError::UnknownName`], [`KpiError::NotALeaf`],
    /// [`KpiError::OtherTree`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTree, Overlay};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("sales = visitors * aov\n visitors, aov")?;
    /// let now = tree.inputs([("visitors", dec!(100)), ("aov", dec!(50))])?;
    /// let then = tree.overlaid(&now, &Overlay::new("dearer").with("aov", 55))?;
    /// assert_eq!(tree.evaluate(&then)?.root().to_string(), "5500");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn overlaid(&self, inputs: &Inputs, overlay: &Overlay) -> Result<Inputs, Problems<KpiError>> {
        let mut inputs = inputs.clone();
        let mut problems = Problems::new();
        for (leaf, value) in overlay.values() {
            problems.take(&Path::root().field(leaf), inputs.set(self, leaf, value));
        }
        problems.into_result(inputs)
    }

    /// The values of all nodes without and with each overlay.
    ///
    /// # Errors
    /// All problems at once, each at its overlay (`[1].visitors`): [`KpiError::GivenTwice`] for the name of an earlier
    /// overlay, and those of [`overlaid`](Self::overlaid).
    pub fn compare(
        &self,
        inputs: &Inputs,
        overlays: &[Overlay],
    ) -> Result<OverlayComparison<'_>, Problems<KpiError>> {
        let mut problems = Problems::new();
        let base = problems.take(&Path::root(), self.evaluate(inputs));
        let mut scenarios = Vec::with_capacity(overlays.len());
        let mut names = BTreeSet::new();
        // All overlays are tried before one is refused: every wrong leaf is told at once.
        for (index, overlay) in overlays.iter().enumerate() {
            let path = Path::root().index(index);
            // A scenario is found by its name, and is a column of the table under it.
            if !names.insert(overlay.name()) {
                problems.push(path.clone(), KpiError::GivenTwice { id: overlay.name() });
            }
            let overlaid = problems.take_all(&path, self.overlaid(inputs, overlay));
            let evaluation = overlaid.and_then(|inputs| problems.take(&path, self.evaluate(&inputs)));
            scenarios.extend(evaluation.map(|evaluation| (overlay.name(), evaluation)));
        }
        problems.finish(base.map(|base| OverlayComparison { base, scenarios }))
    }
}

impl<'t> OverlayComparison<'t> {
    /// The tree without overlays.
    #[must_use]
    pub const fn base(&self) -> &Evaluation<'t> {
        &self.base
    }

    /// The name of each overlay and the values under it, in the order of the overlays.
    #[must_use]
    pub fn scenarios(&self) -> impl ExactSizeIterator<Item = (&str, &Evaluation<'t>)> {
        self.scenarios.iter().map(|(name, evaluation)| (name.as_str(), evaluation))
    }

    /// By how much each overlay moves a node, with its name, in the order of the overlays; where the node has no
    /// value without the overlay or under it, why.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTree, Overlay};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("sales = visitors * aov\n visitors, aov")?;
    /// let now = tree.inputs([("visitors", dec!(100)), ("aov", dec!(50))])?;
    /// let compared = tree.compare(&now, &[Overlay::new("dearer").with("aov", dec!(55))])?;
    /// let moved: Vec<String> = compared.changes(tree.root()).map(|(name, by)| format!("{name} {by:+}")).collect();
    /// assert_eq!(moved, ["dearer +500"]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn changes(&self, node: NodeId) -> impl ExactSizeIterator<Item = (&str, Figure<Exact>)> {
        let before = self.base.value(node);
        self.scenarios().map(move |(name, evaluation)| {
            let value = evaluation.value(node);
            let change = value.and_then(|after| before.as_ref().and_then(|before| after.minus(before)));
            (name, change)
        })
    }
}

impl OverlayComparison<'_> {
    /// A row for each node: its value without overlays, then under each of them.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTree, Overlay};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("sales = visitors * aov\n visitors, aov")?;
    /// let now = tree.inputs([("visitors", dec!(100)), ("aov", dec!(50))])?;
    /// let compared = tree.compare(&now, &[Overlay::new("more").with("visitors", 130)])?;
    /// assert_eq!(
    ///     compared.to_string(),
    ///     "node      base  more\n\
    ///      sales     5000  6500\n\
    ///      visitors   100   130\n\
    ///      aov         50    50\n"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table(&self) -> Table {
        const BASE: &str = "base";
        let mut table = Table::new("node");
        self.base.push_values(&mut table, BASE);
        for (name, evaluation) in &self.scenarios {
            evaluation.push_values(&mut table, &beside(name, &[BASE]));
        }
        table
    }
}

impl fmt::Display for OverlayComparison<'_> {
    /// The [table](Self::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

fn write_values<S: serde::Serializer>(
    set: &BTreeMap<String, Decimal>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(set.iter().map(|(leaf, value)| (leaf, WireDecimal(*value))))
}

fn read_values<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, Decimal>, D::Error> {
    let set: BTreeMap<String, WireDecimal> = crate::quantity::wire::map::deserialize(deserializer)?;
    Ok(set.into_iter().map(|(leaf, value)| (leaf, value.0)).collect())
}
