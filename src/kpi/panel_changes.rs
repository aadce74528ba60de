//! What moved the root of a panel, in floats: by period, member and leaf.

use super::panel::places as dimension_places;
use super::panel_columns::PanelColumns;
use super::panel_places::Places;
use super::panel_slopes::{Pair, any};
use super::panel_sweep::{PanelSweep, PartKind, Parts};
use super::{KpiError, NodeId};
use crate::decompose::DecompositionMethod;
use crate::figure::{Cell, Figure, TOTAL, Table, beside};
use crate::quantity::wire::serialize_fields;
use crate::time::Period;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use serde::{Serialize, Serializer};

/// What each leaf of each member contributed to changes of a panel's root, as floats in its unit.
///
/// The estimates of what [`explain_panel`](super::KpiTree::explain_panel) has exactly, without the division of what rounding
/// leaves: the parts of a comparison add up to its change, up to rounding.
///
/// # Examples
/// ```
/// use marketloop::decompose::DecompositionMethod;
/// use marketloop::kpi::{KpiTree, Panel, PanelRow};
///
/// let tree = KpiTree::parse("sales [CNY] = sum[channel](orders * aov)\n orders [order], aov [CNY/order]")?;
/// let rows: Vec<PanelRow> = serde_json::from_str(r#"[
///     {"period": "2026-07", "channel": "SEM", "orders": 20, "aov": 150},
///     {"period": "2026-08", "channel": "SEM", "orders": 24, "aov": 150},
///     {"period": "2026-09", "channel": "SEM", "orders": 24, "aov": 140},
///     {"period": "2026-09", "channel": "live", "orders": 5, "aov": 60}
/// ]"#)?;
/// let panel = Panel::new(&tree, ["channel"], rows)?;
/// let columns = tree.panel_columns(&panel)?;
/// let moved = columns.contributions_by_period(DecompositionMethod::LogMean)?;
/// assert_eq!(
///     moved.to_string(),
///     "leaf    2026-08 CNY  2026-09 CNY\n\
///      orders          600            0\n\
///      aov               0         -240\n\
///      new               0          300\n\
///      total           600           60\n"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct PanelChanges<'c> {
    places: &'c Places<'c>,
    /// The compared periods, and by how much the root moved; `None` where it has no value in one of the two.
    compared: Vec<(Pair, Option<f64>)>,
    parts: Parts,
}

impl PanelColumns<'_> {
    /// What each leaf of each member contributed to the change of the root from one period to another, as of the last
    /// evaluation or update.
    ///
    /// # Errors
    /// [`KpiError::UnknownName`] for a period that the panel has not; [`KpiError::NoValue`] where the root has none in one of
    /// the two; [`KpiError::Length`] where the root varies by a dimension; [`KpiError::Range`] where a contribution leaves the
    /// range of a float; [`KpiError::TooLarge`] for windows over so many periods that it would take minutes.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decompose::DecompositionMethod;
    /// use marketloop::kpi::{KpiTree, Panel, PanelRow};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("all = sum[channel](visits)\n visits [visit]")?;
    /// let row = |month: &str, visits| Ok::<_, marketloop::Error>(PanelRow::new(month.parse()?).with_member("channel", "SEM").with_value("visits", visits));
    /// let panel = Panel::new(&tree, ["channel"], [row("2026-07", dec!(30))?, row("2026-08", dec!(42))?])?;
    /// let columns = tree.panel_columns(&panel)?;
    /// let (july, august) = (panel.periods()[0], panel.periods()[1]);
    /// let moved = columns.contributions(july, august, DecompositionMethod::LogMean)?;
    /// assert_eq!(moved.of("visits", august, [("channel", "SEM")])?, 12.0);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn contributions(
        &self,
        before: Period,
        after: Period,
        method: DecompositionMethod,
    ) -> Result<PanelChanges<'_>, KpiError> {
        let pair = (self.places.period(before)?, self.places.period(after)?);
        for period in [pair.0, pair.1] {
            self.places.tree.needed(self.places.tree.root(), self.root_at(period))?;
        }
        self.compared(&[pair], method)
    }

    /// The same of every period against the one before it: those in which the root has no value, now or before, have none.
    ///
    /// # Errors
    /// As [`contributions`](Self::contributions), but for [`KpiError::NoValue`].
    pub fn contributions_by_period(&self, method: DecompositionMethod) -> Result<PanelChanges<'_>, KpiError> {
        let periods = self.places.panel.periods.len();
        let pairs: Vec<Pair> = (0..periods).zip(1..periods).collect();
        self.compared(&pairs, method)
    }

    fn compared(&self, pairs: &[Pair], method: DecompositionMethod) -> Result<PanelChanges<'_>, KpiError> {
        let dimensions = self.places.mask(self.places.tree.graph().root).count_ones() as usize;
        if dimensions > 0 {
            return Err(KpiError::Length { what: "dimensions of the root", expected: 0, actual: dimensions });
        }
        let mut sweep = PanelSweep::new(self, method, pairs.len());
        let mut compared = Vec::with_capacity(pairs.len());
        for (comparison, pair) in pairs.iter().enumerate() {
            let root = |period: usize| self.at(self.places.tree.graph().root, 0, period).0;
            let change = root(pair.1) - root(pair.0);
            if change.is_finite() {
                sweep.compare(comparison, *pair)?;
            }
            compared.push((*pair, Some(change).filter(|change| change.is_finite())));
        }
        let parts = sweep.into_parts();
        let infinite = parts.iter().find(|(_, row)| any(row, row, |part, _| !part.is_finite()));
        if let Some(((slot, _), _)) = infinite {
            let node = self.places.tree.id_of(self.places.tree.node_of(*slot as usize));
            return Err(KpiError::Range { what: "contribution", node });
        }
        Ok(PanelChanges { places: &self.places, compared, parts })
    }
}

impl PanelChanges<'_> {
    /// The later period of each comparison, in order, and by how much the root moved; `None` where it has no value in one of
    /// the two.
    pub fn changes(&self) -> impl Iterator<Item = (Period, Option<f64>)> {
        self.compared
            .iter()
            .filter_map(|((_, after), change)| Some((*self.places.panel.periods.get(*after)?, *change)))
    }

    /// What a leaf of these members contributed to the change to a period, what formulas look back to included.
    ///
    /// # Errors
    /// As [`PanelColumns::value`]; [`KpiError::NotALeaf`]; [`KpiError::UnknownName`] for a period that was not compared;
    /// [`KpiError::NoValue`] where the root has none in it or before.
    pub fn of<'m>(
        &self,
        leaf: &str,
        period: Period,
        members: impl IntoIterator<Item = (&'m str, &'m str)>,
    ) -> Result<f64, KpiError> {
        let tree = self.places.tree;
        let node = tree.named(leaf)?;
        let slot = tree.slot(node);
        tree.input(node)?;
        let cell = self.places.cell(node, members)?;
        let comparison = self.known(period)?;
        let line = self.line(slot, PartKind::Stays, comparison);
        // A leaf of which the root is not made has no line.
        Ok(line.and_then(|line| line.get(cell)).copied().unwrap_or(0.0))
    }

    /// The contributions by leaf, over all members, to the change to a period; beside them `new`, `lost` and the switches.
    ///
    /// # Errors
    /// [`KpiError::UnknownName`] for a period that was not compared; [`KpiError::NoValue`] where the root has none in it or
    /// before.
    pub fn by_leaf(&self, period: Period) -> Result<Vec<(String, f64)>, KpiError> {
        Ok(self.leaf_sums(self.known(period)?))
    }

    fn leaf_sums(&self, comparison: usize) -> Vec<(String, f64)> {
        self.sums(comparison, |node, kind, _| match kind {
            PartKind::Stays => node.into(),
            PartKind::New => "new".into(),
            PartKind::Lost => "lost".into(),
            PartKind::Switch => switch(node),
        })
    }

    /// The contributions by member, over all leaves, to the change to a period; `all` what is of no member, beside them the
    /// switches.
    ///
    /// # Errors
    /// As [`by_leaf`](Self::by_leaf).
    ///
    /// # Examples
    /// ```
    /// use marketloop::decompose::DecompositionMethod;
    /// use marketloop::kpi::{KpiTree, Panel, PanelRow};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("all = sum[channel](visits) + walk_ins\n visits, walk_ins")?;
    /// let months = ["2026-07".parse()?, "2026-08".parse()?];
    /// let rows = months.iter().zip([dec!(30), dec!(42)]).flat_map(|(month, visits)| {
    ///     let row = PanelRow::new(*month);
    ///     [row.clone().with_member("channel", "SEM").with_value("visits", visits), row.with_value("walk_ins", visits * dec!(2))]
    /// });
    /// let panel = Panel::new(&tree, ["channel"], rows)?;
    /// let columns = tree.panel_columns(&panel)?;
    /// let moved = columns.contributions(months[0], months[1], DecompositionMethod::LogMean)?;
    /// assert_eq!(moved.by_member(months[1])?, [("SEM".into(), 12.0), ("all".into(), 24.0)]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn by_member(&self, period: Period) -> Result<Vec<(String, f64)>, KpiError> {
        let comparison = self.known(period)?;
        Ok(self.sums(comparison, |node, kind, members| match kind {
            PartKind::Switch => switch(node),
            _ if members.is_empty() => "all".into(),
            _ => members.into(),
        }))
    }

    /// The comparison to a period, of which the root's change is known.
    fn known(&self, period: Period) -> Result<usize, KpiError> {
        let place = self.places.period(period)?;
        let comparison = self.compared.iter().position(|((_, after), _)| *after == place);
        let unknown = || KpiError::UnknownName { name: period.to_string() };
        let comparison = comparison.ok_or_else(unknown)?;
        if self.compared.get(comparison).is_some_and(|(_, change)| change.is_some()) {
            return Ok(comparison);
        }
        let root: Figure<f64> = Figure::missing(format!("change to {period}"));
        self.places.tree.needed(self.places.tree.root(), root).map(|_| comparison)
    }

    fn line(&self, slot: u32, kind: PartKind, comparison: usize) -> Option<&[f64]> {
        let row = self.parts.get(&(slot, kind))?;
        let cells = row.len().checked_div(self.compared.len())?;
        row.get(comparison.checked_mul(cells)?..)?.get(..cells)
    }

    /// The parts of a comparison with their node, kind and members, but for those that are 0 because nobody was there.
    fn all(&self, comparison: usize) -> impl Iterator<Item = (NodeId, PartKind, String, f64)> {
        self.parts.keys().flat_map(move |(slot, kind)| {
            let node = self.places.tree.node_of(*slot as usize);
            let mask = self.places.mask(*slot);
            let line = self.line(*slot, *kind, comparison).unwrap_or(&[]);
            line.iter().enumerate().filter_map(move |(cell, part)| {
                if *kind != PartKind::Stays && part.abs() <= 0.0 {
                    return None;
                }
                let members = self.places.frames.get(&mask).and_then(|frame| frame.cells.get(cell));
                let name = members.map(|members| self.places.panel.cell_name(mask, members));
                Some((node, *kind, name.unwrap_or_default(), *part))
            })
        })
    }

    /// Sums of the parts of a comparison by a name, in the order in which the names come first.
    fn sums(&self, comparison: usize, name: impl Fn(&str, PartKind, &str) -> String) -> Vec<(String, f64)> {
        let mut found: BTreeMap<String, usize> = BTreeMap::new();
        let mut sums: Vec<(String, f64)> = Vec::new();
        for (node, kind, members, part) in self.all(comparison) {
            let id = self.places.tree.id_of(node);
            let place = *found.entry(name(&id, kind, &members)).or_insert_with_key(|name| {
                sums.push((name.clone(), 0.0));
                sums.len().saturating_sub(1)
            });
            if let Some((_, sum)) = sums.get_mut(place) {
                *sum += part;
            }
        }
        sums
    }

    /// A row for each leaf, for `new`, `lost` and switches, and the total, with a column for each period.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("leaf");
        let unit = self.places.tree.node(self.places.tree.root()).map(|root| root.unit().to_string());
        let unit = unit.unwrap_or_default();
        let periods: Vec<(Period, Option<f64>)> = self.changes().collect();
        // In the order of the parts, which is that of every period; what was not compared has none.
        let known = periods.iter().enumerate().map(|(comparison, (_, change))| match change {
            Some(_) => self.leaf_sums(comparison),
            None => Vec::new(),
        });
        let known: Vec<Vec<(String, f64)>> = known.collect();
        let mut names: Vec<String> = Vec::new();
        for (name, _) in known.iter().flatten() {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        let parts: Vec<BTreeMap<String, f64>> =
            known.into_iter().map(|parts| parts.into_iter().collect()).collect();
        let cell = |value: f64| Cell::new(value, unit.clone());
        let none = || Figure::missing("change");
        for name in &names {
            for ((period, change), parts) in periods.iter().zip(&parts) {
                let part = change.map(|_| cell(parts.get(name).copied().unwrap_or(0.0)));
                table.push(beside(name, &[TOTAL]), period.to_string(), part.map_or_else(none, Figure::Known));
            }
        }
        for (period, change) in &periods {
            table.push(TOTAL, period.to_string(), change.map(cell).map_or_else(none, Figure::Known));
        }
        table
    }
}

/// How the switch of a node is called.
fn switch(node: &str) -> String {
    format!("switch of `{node}`")
}

impl fmt::Display for PanelChanges<'_> {
    /// The [table](Self::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

/// A comparison in the wire form.
struct Comparison<'a> {
    before: Option<&'a Period>,
    after: Option<&'a Period>,
    change: Option<f64>,
    parts: Vec<PartRow<'a>>,
}

serialize_fields!(Comparison<'a> { before, after, change: own, parts });

/// A part in the wire form.
struct PartRow<'a> {
    node: &'a str,
    members: Option<BTreeMap<&'a str, &'a str>>,
    kind: &'static str,
    contribution: f64,
}

serialize_fields!(PartRow<'a> { node, members: optional, kind, contribution: own });

impl Serialize for PanelChanges<'_> {
    /// A list of `{"before", "after", "change", "parts"}`, each part `{"node", "members", "kind", "contribution"}` of kind
    /// `leaf`, `new`, `lost` or `switch`, without `members` where it is of none.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let periods = &self.places.panel.periods;
        let rows = self.compared.iter().enumerate().map(|(comparison, ((before, after), change))| {
            let of_slot = self.parts.keys().flat_map(|(slot, kind)| {
                let mask = self.places.mask(*slot);
                let node = self.places.tree.node(self.places.tree.node_of(*slot as usize));
                let cells = self.places.frames.get(&mask).map_or(&[][..], |frame| &frame.cells);
                let line = self.line(*slot, *kind, comparison).unwrap_or(&[]);
                line.iter().zip(cells).filter_map(move |(part, cell)| {
                    if change.is_none() || (*kind != PartKind::Stays && part.abs() <= 0.0) {
                        return None;
                    }
                    let member = |(place, member): (usize, &u32)| {
                        let name = self.places.panel.members.get(place)?.get(*member as usize)?;
                        Some((self.places.panel.dimensions.get(place)?.as_str(), name.as_str()))
                    };
                    let members: BTreeMap<&str, &str> =
                        dimension_places(mask).zip(cell).filter_map(member).collect();
                    Some(PartRow {
                        node: node?.id(),
                        members: Some(members).filter(|members| !members.is_empty()),
                        kind: match kind {
                            PartKind::Stays => "leaf",
                            PartKind::New => "new",
                            PartKind::Lost => "lost",
                            PartKind::Switch => "switch",
                        },
                        contribution: *part,
                    })
                })
            });
            let parts = of_slot.collect();
            Comparison { before: periods.get(*before), after: periods.get(*after), change: *change, parts }
        });
        serializer.collect_seq(rows)
    }
}
