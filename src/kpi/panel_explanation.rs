//! Why the root of a panel moved from one period to another: by member and leaf, to the last digit.

use super::panel_expansion::{Change, Expanding, Expansion, Origin};
use super::panel_places::Places;
use super::subtree::first_of;
use super::{ExplainOptions, KpiError, KpiTree, NodeId, Panel, PanelEvaluation};
use crate::decompose::{Contribution, ContributionMethod, Contributions};
use crate::error::excerpt;
use crate::figure::Table;
use crate::quantity::{Unit, add};
use crate::time::Period;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
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
    /// sets the first period of one span beside the first of the other; what one of them has more is new or lost. The value of a member that came or went is taken to 28 digits where it is no
    /// decimal.
    ///
    /// # Errors
    /// As [`explain_with`](Self::explain_with) and [`evaluate_panel`](Self::evaluate_panel); [`KpiError::UnknownName`] for a
    /// period that the panel has not, and for methods of single nodes, which have other names in that tree;
    /// [`KpiError::Length`] where the root itself varies by a dimension: [`explain_panel_of`](Self::explain_panel_of) asks
    /// for one of its members; [`KpiError::TooLarge`] for more than 1,000,000 nodes.
    pub fn explain_panel_with(
        &self,
        panel: &Panel,
        before: Period,
        after: Period,
        options: &ExplainOptions,
    ) -> Result<PanelExplanation, KpiError> {
        let values = self.evaluate_panel(panel)?;
        values.explain(values.root()?, values.compared(before, after)?, options, None)
    }

    /// Why any node of a panel moved from one period to another, of the members named with their dimensions.
    ///
    /// # Errors
    /// As [`explain_panel_with`](Self::explain_panel_with); [`KpiError::UnknownName`] for a node, dimension or member, and
    /// [`KpiError::Length`] where a dimension by which the node varies has no member given.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{ExplainOptions, KpiTree, Panel, PanelRow};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("
    ///     total = sum[channel](orders)
    ///     orders [order] = visits * cvr
    ///     visits [visit], cvr [order/visit]")?;
    /// let row = |month: &str, visits| Ok::<_, marketloop::Error>(
    ///     PanelRow::new(month.parse()?).with_member("channel", "SEM").with_value("visits", visits).with_value("cvr", dec!(0.02)));
    /// let panel = Panel::new(&tree, ["channel"], [row("2026-07", dec!(1000))?, row("2026-08", dec!(1200))?])?;
    /// let (july, august) = ("2026-07".parse()?, "2026-08".parse()?);
    /// let why = tree.explain_panel_of(&panel, "orders", [("channel", "SEM")], july, august, &ExplainOptions::default())?;
    /// assert_eq!(why.of("visits", "SEM").map(|part| part.value), Some(dec!(4)));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn explain_panel_of<'m>(
        &self,
        panel: &Panel,
        node: &str,
        members: impl IntoIterator<Item = (&'m str, &'m str)>,
        before: Period,
        after: Period,
        options: &ExplainOptions,
    ) -> Result<PanelExplanation, KpiError> {
        let values = self.evaluate_panel(panel)?;
        let node = self.named(node)?;
        let cell = values.places.cell(node, members)?;
        values.explain((node, cell), values.compared(before, after)?, options, None)
    }
}

impl PanelEvaluation<'_> {
    /// The root with the one cell that it has.
    pub(super) fn root(&self) -> Result<(NodeId, usize), KpiError> {
        let tree = self.places.tree;
        let dimensions = self.mask(tree.graph().root).count_ones() as usize;
        if dimensions > 0 {
            return Err(KpiError::Length { what: "dimensions of the root", expected: 0, actual: dimensions });
        }
        Ok((tree.root(), 0))
    }

    /// The places of two periods.
    pub(super) fn compared(&self, before: Period, after: Period) -> Result<(usize, usize), KpiError> {
        Ok((self.places.period(before)?, self.places.period(after)?))
    }

    /// Why a cell of a node moved between the periods at two places; the change is told as `total` where one is given.
    pub(super) fn explain(
        &self,
        (node, cell): (NodeId, usize),
        compared: (usize, usize),
        options: &ExplainOptions,
        total: Option<Decimal>,
    ) -> Result<PanelExplanation, KpiError> {
        let Places { tree, panel, .. } = &self.places;
        for place in [compared.0, compared.1] {
            tree.needed(node, self.figure(node, cell, place))?;
        }
        let expanding = Expanding::new(tree, panel, self, compared);
        let Expansion { nodes, before, after, origins } = expanding.of(tree.slot(node), cell)?;
        // The names are made here and differ, every node is used, and units were checked: nothing is left to refuse but size.
        let plain = KpiTree::new(nodes).map_err(|problems| first_of(&problems))?;
        let given = |values: &[(String, Decimal)]| {
            let inputs = plain.inputs(values.iter().map(|(name, value)| (name.as_str(), *value)));
            inputs.map_err(|problems| first_of(&problems))
        };
        let why = plain.explain_to(&given(&before)?, &given(&after)?, options, total)?;
        let unit = tree.node(node).map_or(Unit::ONE, |node| node.unit().clone());
        let parts = why.leaves().iter().map(|part| (part.key.clone(), part.value, part.method));
        Ok(PanelExplanation { parts: Contributions::by_method(why.total(), &unit, parts)?, origins })
    }
}

/// Sums of contributions by their keys, in the order in which the keys come first.
#[derive(Default)]
struct Sums {
    places: BTreeMap<String, usize>,
    sums: Vec<(String, Decimal, ContributionMethod)>,
}

impl Sums {
    fn add(&mut self, key: String, part: &Contribution<String>) -> Result<(), KpiError> {
        let place = *self.places.entry(key).or_insert_with_key(|key| {
            self.sums.push((key.clone(), Decimal::ZERO, part.method));
            self.sums.len().saturating_sub(1)
        });
        if let Some((_, sum, method)) = self.sums.get_mut(place) {
            *sum = add(*sum, part.value)?;
            *method = (*method).max(part.method);
        }
        Ok(())
    }

    fn of(self, total: Decimal, unit: &Unit) -> Result<Contributions<String>, KpiError> {
        Ok(Contributions::by_method(total, unit, self.sums)?)
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
        self.pivot(|part| match self.origins.get(&part.key) {
            Some(Origin { node, change: Change::Stays, .. }) => node.clone(),
            Some(Origin { change: Change::New, .. }) => "new".into(),
            Some(Origin { change: Change::Lost, .. }) => "lost".into(),
            // What has no origin is the switch of a node.
            None => part.key.clone(),
        })
    }

    /// The contributions by member, over all leaves; `all` what is of no member, beside them the switches.
    ///
    /// # Errors
    /// [`KpiError::Quantity`] where a sum needs more than 28 digits.
    pub fn by_member(&self) -> Result<Contributions<String>, KpiError> {
        self.pivot(|part| self.member_of(&part.key).into())
    }

    /// The same change by leaf and member, whatever the periods: what a formula looks back to in several periods, as a sum of
    /// twelve months does, is one part, the sum over them.
    ///
    /// # Errors
    /// [`KpiError::Quantity`] where a sum needs more than 28 digits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTree, Panel, PanelRow};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("two [CNY] = rolling_sum(sales, 2)\n sales [CNY] = sum[channel](orders)\n orders [CNY]")?;
    /// let row = |month: &str, orders| Ok::<_, marketloop::Error>(PanelRow::new(month.parse()?).with_member("channel", "SEM").with_value("orders", orders));
    /// let panel = Panel::new(&tree, ["channel"], [row("2026-07", dec!(30))?, row("2026-08", dec!(42))?, row("2026-09", dec!(50))?])?;
    /// let why = tree.explain_panel(&panel, "2026-08".parse()?, "2026-09".parse()?)?;
    /// // August against July, and September against August.
    /// assert_eq!(why.parts().parts().len(), 2);
    /// assert_eq!(why.over_periods()?.parts().drivers("80%".parse()?)?.to_string(), "orders [SEM] 20 CNY: 100% of 20 CNY");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn over_periods(&self) -> Result<Self, KpiError> {
        Self::summed(self.total(), self.parts.unit(), [self])
    }

    /// What the leaves of one member contributed, or the switches and leaves of no member as `all`: the part of that name of
    /// [`by_member`](Self::by_member), told in its turn.
    ///
    /// # Errors
    /// [`KpiError::UnknownName`] for a member without contribution; [`KpiError::Quantity`] where the sum needs more than 28
    /// digits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTree, Panel, PanelRow};
    /// use marketloop::quantity::Share;
    ///
    /// let tree = KpiTree::parse("sales [CNY] = sum[channel](orders * aov)\n orders [order], aov [CNY/order]")?;
    /// let rows: Vec<PanelRow> = serde_json::from_str(r#"[
    ///     {"period": "2026-07", "channel": "SEM", "orders": 20, "aov": 150},
    ///     {"period": "2026-07", "channel": "live", "orders": 9, "aov": 60},
    ///     {"period": "2026-08", "channel": "SEM", "orders": 24, "aov": 150},
    ///     {"period": "2026-08", "channel": "live", "orders": 10, "aov": 60}
    /// ]"#)?;
    /// let panel = Panel::new(&tree, ["channel"], rows)?;
    /// let why = tree.explain_panel(&panel, "2026-07".parse()?, "2026-08".parse()?)?;
    /// // Members first: SEM alone carries 80 % of the change. Then its leaves.
    /// let members = why.by_member()?.drivers(Share::percent(80)?)?;
    /// assert_eq!(members.to_string(), "SEM 600 CNY: 90.91% of 660 CNY");
    /// let leaves = why.of_member("SEM")?.drivers(Share::percent(80)?)?;
    /// assert_eq!(leaves.to_string(), "orders [SEM] 600 CNY: 100% of 600 CNY");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of_member(&self, member: &str) -> Result<Contributions<String>, KpiError> {
        let mut sums = Sums::default();
        let mut total = Decimal::ZERO;
        for part in &self.parts {
            if self.member_of(&part.key) == member {
                total = add(total, part.value)?;
                sums.add(part.key.clone(), part)?;
            }
        }
        if sums.sums.is_empty() {
            return Err(KpiError::UnknownName { name: excerpt(member) });
        }
        sums.of(total, self.parts.unit())
    }

    /// The member of a part; of no member `all`, of a switch its own name.
    fn member_of<'p>(&'p self, key: &'p str) -> &'p str {
        match self.origins.get(key) {
            Some(origin) if origin.members.is_empty() => "all",
            Some(origin) => &origin.members,
            None => key,
        }
    }

    /// The sums of the parts by a name, in the order in which the names come first.
    fn pivot(
        &self,
        name: impl Fn(&Contribution<String>) -> String,
    ) -> Result<Contributions<String>, KpiError> {
        let mut sums = Sums::default();
        for part in &self.parts {
            sums.add(name(part), part)?;
        }
        sums.of(self.parts.total(), self.parts.unit())
    }

    /// The decimals of the parts; without parts there are none.
    pub(super) fn scale(&self) -> Option<u32> {
        self.parts.parts().first().map(|part| part.value.scale())
    }

    /// Several explanations as one of their sum: parts of one leaf, member and kind are one part, whatever their periods.
    pub(super) fn summed<'s>(
        total: Decimal,
        unit: &Unit,
        steps: impl IntoIterator<Item = &'s Self>,
    ) -> Result<Self, KpiError> {
        let mut sums = Sums::default();
        // By origin and not by name: a leaf may be called as another one of a member is.
        let mut names: BTreeMap<&Origin, String> = BTreeMap::new();
        let mut origins: BTreeMap<String, Origin> = BTreeMap::new();
        for step in steps {
            for part in &step.parts {
                let Some(origin) = step.origins.get(&part.key) else {
                    sums.add(part.key.clone(), part)?;
                    continue;
                };
                let name = names.entry(origin).or_insert_with(|| {
                    let mut name = origin.name();
                    while origins.contains_key(&name) {
                        name.push('\'');
                    }
                    origins.insert(name.clone(), origin.clone());
                    name
                });
                sums.add(name.clone(), part)?;
            }
        }
        Ok(Self { parts: sums.of(total, unit)?, origins })
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
        let of = |stays: bool| {
            self.parts.iter().find(|part| {
                self.origins.get(&part.key).is_some_and(|origin| {
                    origin.node == leaf
                        && origin.members == members
                        && (origin.change == Change::Stays || !stays)
                })
            })
        };
        // Over several periods a member may have come as new, and moved then.
        of(true).or_else(|| of(false))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kpi::PanelRow;
    use alloc::format;
    use alloc::string::ToString;
    use rust_decimal::dec;

    fn month(text: &str) -> Period {
        text.parse().unwrap()
    }

    fn row(period: &str, channel: &str, visits: i64, cvr: Decimal) -> PanelRow {
        let row = PanelRow::new(month(period)).with_member("channel", channel);
        row.with_value("visits", visits.into()).with_value("cvr", cvr)
    }

    #[test]
    fn any_node_of_any_member_is_explained() {
        let tree = KpiTree::parse("best = max(orders, 0)\n orders = visits * cvr\n visits, cvr").unwrap();
        let rows = [
            row("2026-07", "a", 100, dec!(0.1)),
            row("2026-08", "a", 150, dec!(0.1)),
            row("2026-07", "b", 10, dec!(0.1)),
        ];
        let panel = Panel::new(&tree, ["channel"], rows).unwrap();
        let (july, august) = (month("2026-07"), month("2026-08"));
        let refused = tree.explain_panel(&panel, july, august).unwrap_err();
        assert_eq!(refused, KpiError::Length { what: "dimensions of the root", expected: 0, actual: 1 });
        let chained = tree.explain_panel_chain(&panel, july, august).unwrap_err();
        assert_eq!(chained, refused);
        let options = ExplainOptions::default();
        let of = |node: &str, members: &[(&'static str, &'static str)], after| {
            tree.explain_panel_of(&panel, node, members.iter().copied(), july, after, &options)
        };
        let told = |result: Result<PanelExplanation, KpiError>| result.unwrap_err().to_string();
        for node in ["best", "orders"] {
            let why = of(node, &[("channel", "a")], august).unwrap();
            assert_eq!((why.total(), why.of("visits", "a").unwrap().value), (dec!(5), dec!(5)), "{node}");
        }
        let leaf = of("visits", &[("channel", "a")], august).unwrap();
        assert_eq!(
            leaf.parts().iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["visits [a]  50  (given)"]
        );
        assert_eq!(told(of("visit", &[("channel", "a")], august)), "`visit` is not declared");
        assert_eq!(told(of("visits", &[], august)), "members: 0 given, 1 needed");
        assert_eq!(told(of("visits", &[("channel", "c")], august)), "`c of channel` is not declared");
        assert_eq!(told(of("visits", &[("region", "a")], august)), "`a of region` is not declared");
        assert_eq!(told(of("visits", &[("channel", "a")], month("2026-09"))), "`2026-09` is not declared");
        // Who is gone has no value: that is its sum's to tell.
        assert_eq!(
            told(of("orders", &[("channel", "b")], august)),
            "`orders` has no value: a row of b in 2026-08 is missing"
        );
    }

    #[test]
    fn a_leaf_of_a_member_by_itself_is_told_from_what_came() {
        let tree = KpiTree::parse("all = sum[channel](visits * cvr)\n visits, cvr").unwrap();
        let rows = [
            row("2026-07", "a", 100, dec!(0.1)),
            row("2026-08", "a", 200, dec!(0.2)),
            row("2026-08", "b", 10, dec!(0.1)),
        ];
        let panel = Panel::new(&tree, ["channel"], rows).unwrap();
        let why = tree.explain_panel(&panel, month("2026-07"), month("2026-08")).unwrap();
        let of_a = why.of_member("a").unwrap();
        assert_eq!((of_a.total(), of_a.parts().len()), (dec!(30), 2));
        assert_eq!(why.of_member("b").unwrap().total(), dec!(1));
        assert_eq!(why.of_member("c").unwrap_err(), KpiError::UnknownName { name: "c".into() });
        let sum: Decimal =
            why.by_member().unwrap().iter().map(|part| why.of_member(&part.key).unwrap().total()).sum();
        assert_eq!(sum, why.total());
    }

    /// A part over all periods is the sum of those of its leaf and member; pivots and total stay.
    #[test]
    fn what_a_formula_looks_back_to_is_one_part_over_periods() {
        let tree =
            KpiTree::parse("two = rolling_sum(all, 2)\n all = sum[channel](visits * cvr)\n visits, cvr")
                .unwrap();
        let months = ["2026-06", "2026-07", "2026-08", "2026-09"];
        let mut rows: Vec<_> =
            months.iter().zip([100, 150, 90, 200]).map(|(m, v)| row(m, "a", v, dec!(0.1))).collect();
        rows.extend(months.iter().skip(2).zip([10, 30]).map(|(m, v)| row(m, "b", v, dec!(0.2))));
        let panel = Panel::new(&tree, ["channel"], rows).unwrap();
        let why = tree.explain_panel(&panel, month("2026-07"), month("2026-09")).unwrap();
        let over = why.over_periods().unwrap();
        let names: Vec<&str> = over.parts().iter().map(|part| part.key.as_str()).collect();
        assert!(why.parts().parts().len() > names.len());
        assert_eq!(over.of("visits", "a").map(|part| part.value.normalize()), Some(dec!(4)));
        assert_eq!(over.of("all", "b").map(|part| part.value.normalize()), Some(dec!(8)), "{names:?}");
        assert_eq!(names.len(), 3, "{names:?}");
        assert_eq!(over.total(), why.total());
        assert_eq!(over.by_leaf(), why.by_leaf());
        assert_eq!(over.by_member(), why.by_member());
        assert_eq!(over.over_periods().as_ref(), Ok(&over));
    }

    #[test]
    fn what_would_be_too_large_is_refused_before_it_is_made() {
        let tree = KpiTree::parse("all = sum[channel, region](visits * cvr)\n visits, cvr").unwrap();
        let july = month("2026-07");
        let rows = (0..1_001).flat_map(|member| {
            let of = |dimension: &str| PanelRow::new(july).with_member(dimension, format!("{member}"));
            [of("channel").with_value("visits", dec!(1)), of("region").with_value("cvr", dec!(1))]
        });
        let panel = Panel::new(&tree, ["channel", "region"], rows).unwrap();
        let refused = tree.explain_panel(&panel, july, july).unwrap_err();
        assert!(matches!(refused, KpiError::TooLarge(_)), "{refused}");
    }
}
