//! Why the root of a panel moved from one period to another: by member and leaf, to the last digit.

use super::panel_expansion::{Change, Expanding, Expansion, Origin};
use super::subtree::first_of;
use super::{ExplainOptions, KpiError, KpiTree, Panel};
use crate::decompose::{Contribution, ContributionMethod, Contributions};
use crate::figure::Table;
use crate::quantity::{Unit, add};
use crate::time::Period;
use alloc::collections::BTreeMap;
use alloc::string::String;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

/// A change of a panel's root from one period to another, and what each leaf of each member contributed.
///
/// A member that is there at both times contributes by its leaves; one that came or went by its value, as `new: …` or
/// `lost: …`. What a formula looks back to is a leaf of its own, with its periods.
///
/// # Examples
/// ```
/// use marketloop::kpi::{KpiTree, Panel, PanelRow};
///
/// let tree = KpiTree::parse("sales [CNY] = sum[channel](orders * aov)\n orders [order], aov [CNY/order]")?;
/// let rows: Vec<PanelRow> = serde_json::from_str(r#"[
///     {"period": "2026-07", "channel": "SEM", "orders": 20, "aov": 150},
///     {"period": "2026-08", "channel": "SEM", "orders": 24, "aov": 150},
///     {"period": "2026-08", "channel": "live", "orders": 5, "aov": 60}
/// ]"#)?;
/// let panel = Panel::new(&tree, ["channel"], rows)?;
/// let why = tree.explain_panel(&panel, "2026-07".parse()?, "2026-08".parse()?)?;
/// let parts: Vec<String> = why.parts().by_size().map(ToString::to_string).collect();
/// assert_eq!(parts, ["orders [SEM]  600 CNY  (log-mean)", "new: sales [live]  300 CNY  (weights)", "aov [SEM]  0 CNY  (log-mean)"]);
/// assert_eq!(why.by_member()?.to_string().lines().count(), 4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanelExplanation {
    parts: Contributions<String>,
    origins: BTreeMap<String, Origin>,
}

impl KpiTree {
    /// Why the root of a panel moved from one period to another, with options by default.
    ///
    /// # Errors
    /// As [`explain_panel_with`](Self::explain_panel_with).
    pub fn explain_panel(
        &self,
        panel: &Panel,
        before: Period,
        after: Period,
    ) -> Result<PanelExplanation, KpiError> {
        self.explain_panel_with(panel, before, after, &ExplainOptions::default())
    }

    /// Why the root of a panel moved from one period to another.
    ///
    /// The panel is written out as one tree, each leaf once for each member and each period that a formula looks back to,
    /// and that tree explained: the contributions add up to the change as those of [`explain`](Self::explain) do. A `to_date`
    /// sets the first period of one span beside the first of the other; what one of them has more is new or lost.
    ///
    /// # Errors
    /// As [`explain_with`](Self::explain_with) and [`evaluate_panel`](Self::evaluate_panel); [`KpiError::UnknownName`] for a
    /// period that the panel has not, and for methods of single nodes, which have other names in that tree;
    /// [`KpiError::Length`] where the root itself varies by a dimension; [`KpiError::TooLarge`] for more than 1,000,000 nodes.
    pub fn explain_panel_with(
        &self,
        panel: &Panel,
        before: Period,
        after: Period,
        options: &ExplainOptions,
    ) -> Result<PanelExplanation, KpiError> {
        let values = self.evaluate_panel(panel)?;
        let place = |period: Period| {
            panel
                .period_place(period)
                .ok_or_else(|| KpiError::UnknownName { name: alloc::format!("{period}") })
        };
        let compared = (place(before)?, place(after)?);
        let dimensions = values.mask(self.graph().root).count_ones() as usize;
        if dimensions > 0 {
            return Err(KpiError::Length { what: "dimensions of the root", expected: 0, actual: dimensions });
        }
        for place in [compared.0, compared.1] {
            self.needed(self.root(), values.root_at(place))?;
        }
        let Expansion { nodes, before, after, origins } =
            Expanding::new(self, panel, &values, compared).of_root()?;
        // The names are made here and differ, every node is used, and units were checked: nothing is left to refuse but size.
        let plain = Self::new(nodes).map_err(|problems| first_of(&problems))?;
        let given = |values: &[(String, Decimal)]| {
            let inputs = plain.inputs(values.iter().map(|(name, value)| (name.as_str(), *value)));
            inputs.map_err(|problems| first_of(&problems))
        };
        let why = plain.explain_with(&given(&before)?, &given(&after)?, options)?;
        let unit = self.node(self.root()).map_or(Unit::ONE, |root| root.unit().clone());
        let parts = why.leaves().iter().map(|part| (part.key.clone(), part.value, part.method));
        Ok(PanelExplanation { parts: Contributions::by_method(why.total(), &unit, parts)?, origins })
    }
}

impl PanelExplanation {
    /// The change of the root.
    #[must_use]
    pub const fn total(&self) -> Decimal {
        self.parts.total()
    }

    /// The contributions of the leaves of each member, of members that came or went, and of switches.
    #[must_use]
    pub const fn parts(&self) -> &Contributions<String> {
        &self.parts
    }

    /// The contributions by leaf, over all members; beside them `new`, `lost` and the switches.
    ///
    /// # Errors
    /// [`KpiError::Quantity`] where a sum needs more than 28 digits.
    pub fn by_leaf(&self) -> Result<Contributions<String>, KpiError> {
        self.pivot(|origin| match origin.change {
            Change::Stays => origin.node.clone(),
            Change::New => "new".into(),
            Change::Lost => "lost".into(),
        })
    }

    /// The contributions by member, over all leaves; `all` what is of no member, beside them the switches.
    ///
    /// # Errors
    /// [`KpiError::Quantity`] where a sum needs more than 28 digits.
    pub fn by_member(&self) -> Result<Contributions<String>, KpiError> {
        self.pivot(|origin| if origin.members.is_empty() { "all".into() } else { origin.members.clone() })
    }

    /// The sums of the parts by a name, in the order in which the names come first.
    fn pivot(&self, name: impl Fn(&Origin) -> String) -> Result<Contributions<String>, KpiError> {
        let mut sums: alloc::vec::Vec<(String, Decimal, ContributionMethod)> = alloc::vec::Vec::new();
        for part in &self.parts {
            // What has no origin is the switch of a node.
            let key = self.origins.get(&part.key).map_or_else(|| part.key.clone(), &name);
            match sums.iter_mut().find(|(own, ..)| *own == key) {
                Some((_, sum, method)) => {
                    *sum = add(*sum, part.value)?;
                    *method = (*method).max(part.method);
                }
                None => sums.push((key, part.value, part.method)),
            }
        }
        Ok(Contributions::by_method(self.parts.total(), self.parts.unit(), sums)?)
    }

    /// The contribution of a leaf of a member: `why.of("visits", "SEM")`; of several dimensions their members after commas.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTree, Panel, PanelRow};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("all = sum[channel](visits)\n visits [visit]")?;
    /// let row = |month: &str, visits| Ok::<_, marketloop::Error>(PanelRow::new(month.parse()?).with_member("channel", "SEM").with_value("visits", visits));
    /// let panel = Panel::new(&tree, ["channel"], [row("2026-07", dec!(30))?, row("2026-08", dec!(42))?])?;
    /// let why = tree.explain_panel(&panel, "2026-07".parse()?, "2026-08".parse()?)?;
    /// assert_eq!(why.of("visits", "SEM").map(|part| part.value), Some(dec!(12)));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn of(&self, leaf: &str, members: &str) -> Option<&Contribution<String>> {
        self.parts.parts().iter().find(|part| {
            self.origins.get(&part.key).is_some_and(|origin| origin.node == leaf && origin.members == members)
        })
    }

    /// A row for each contribution.
    #[must_use]
    pub fn table(&self) -> Table {
        self.parts.table()
    }
}

impl fmt::Display for PanelExplanation {
    /// The [table](Self::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

impl Serialize for PanelExplanation {
    /// The contributions.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.parts.serialize(serializer)
    }
}
