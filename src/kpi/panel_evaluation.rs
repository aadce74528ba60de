//! The exact values of all nodes over the periods and members of a panel.

use super::absence::Absence;
use super::evaluation::is_zero;
use super::exact::Exact;
use super::frame::Frame;
use super::panel::places;
use super::panel_axis::Axis;
use super::panel_filter::own_bits;
use super::panel_places::Places;
use super::panel_work::{State, Work};
use super::{KpiError, KpiTree, NodeId, Panel};
use crate::figure::{Cell, Figure, Table};
use crate::quantity::Unit;
use crate::quantity::wire::serialize_fields;
use crate::time::Period;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use serde::{Serialize, Serializer};

/// The values of all nodes of a tree over a panel, exact and not rounded.
///
/// A node's values are by the dimensions that its leaves have, less those that its formulas add up; one that no leaf varies
/// has one value a period. See [`Panel`] for an example.
#[derive(Debug, Clone, PartialEq)]
pub struct PanelEvaluation<'t> {
    pub(super) places: Places<'t>,
    /// The numbers of each slot, `cell * periods + period`.
    numbers: Vec<Vec<State>>,
}

impl KpiTree {
    /// The exact values of all nodes in all periods and of all members.
    ///
    /// Each slice is the tree evaluated for it; a function over periods or members reads the other slices.
    ///
    /// # Errors
    /// [`KpiError::OtherTree`]; [`KpiError::NoPartOf`] where periods are no parts of what `to_date` adds up over, such as
    /// weeks of a month. A value that does not exist is no error but a [`Figure`] that says why.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTree, Panel, PanelRow};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("so_far [CNY] = to_date(sales, quarter)\n sales [CNY]")?;
    /// let month = |text: &str, sales| Ok::<_, marketloop::Error>(PanelRow::new(text.parse()?).with_value("sales", sales));
    /// let panel = Panel::new(&tree, [], [month("2026-07", dec!(10))?, month("2026-08", dec!(12))?, month("2026-10", dec!(5))?])?;
    /// let values = tree.evaluate_panel(&panel)?;
    /// let so_far: Vec<String> = values.series("so_far", [])?.map(|(_, value)| value.to_string()).collect();
    /// // September has no row: that is not 0.
    /// assert_eq!(so_far, ["10", "22", "missing: sales in 2026-09", "5"]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn evaluate_panel<'t>(&'t self, panel: &'t Panel) -> Result<PanelEvaluation<'t>, KpiError> {
        let places = Places::new(self, panel)?;
        let axis = Axis::new(panel);
        let numbers = Work::all((self, panel), &axis, &own_bits(self, panel), &places.masks, &places.frames)?;
        Ok(PanelEvaluation { places, numbers })
    }
}

impl PanelEvaluation<'_> {
    /// The value of the node of this name in a period, of the members named with their dimensions.
    ///
    /// # Errors
    /// [`KpiError::UnknownName`] for a node, a period, a dimension by which the node does not vary or a member that the panel
    /// has not; [`KpiError::Length`] where a dimension by which the node varies has no member given.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTree, Panel, PanelRow};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("visits = sum[渠道](访客)\n 访客 [visit]")?;
    /// let july = PanelRow::new("2026-07".parse()?);
    /// let rows = [("抖音", dec!(30)), ("SEM", dec!(12))].map(|(channel, visits)| july.clone().with_member("渠道", channel).with_value("访客", visits));
    /// let panel = Panel::new(&tree, ["渠道"], rows)?;
    /// let values = tree.evaluate_panel(&panel)?;
    /// assert_eq!(values.value("visits", july.period(), [])?.to_string(), "42");
    /// assert_eq!(values.value("访客", july.period(), [("渠道", "SEM")])?.to_string(), "12");
    /// assert!(values.value("访客", july.period(), [("渠道", "email")]).is_err());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn value<'m>(
        &self,
        id: &str,
        period: Period,
        members: impl IntoIterator<Item = (&'m str, &'m str)>,
    ) -> Result<Figure<Exact>, KpiError> {
        let node = self.places.tree.named(id)?;
        let cell = self.places.cell(node, members)?;
        let period = self.places.period(period)?;
        Ok(self.figure(node, cell, period))
    }

    /// The values of the node of this name in all periods, of the members named with their dimensions.
    ///
    /// # Errors
    /// As [`value`](Self::value).
    pub fn series<'m>(
        &self,
        id: &str,
        members: impl IntoIterator<Item = (&'m str, &'m str)>,
    ) -> Result<impl ExactSizeIterator<Item = (Period, Figure<Exact>)>, KpiError> {
        let node = self.places.tree.named(id)?;
        let cell = self.places.cell(node, members)?;
        let periods = self.places.panel.periods.iter().enumerate();
        Ok(periods.map(move |(place, period)| (*period, self.figure(node, cell, place))))
    }

    /// The dimensions by which the node of this name varies: those of its leaves, less those that its formulas add up.
    ///
    /// # Errors
    /// [`KpiError::UnknownName`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTree, Panel, PanelRow};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("visits = sum[channel](seen)\n seen")?;
    /// let july = PanelRow::new("2026-07".parse()?).with_member("channel", "SEM").with_value("seen", dec!(30));
    /// let panel = Panel::new(&tree, ["channel"], [july])?;
    /// let values = tree.evaluate_panel(&panel)?;
    /// assert_eq!(values.dimensions("seen")?, ["channel"]);
    /// assert!(values.dimensions("visits")?.is_empty());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn dimensions(&self, id: &str) -> Result<Vec<&str>, KpiError> {
        let node = self.places.tree.named(id)?;
        let name = |place: usize| self.places.panel.dimensions.get(place).map(String::as_str);
        Ok(places(self.places.mask(self.places.tree.slot(node))).filter_map(name).collect())
    }

    /// The tree.
    pub(super) const fn tree(&self) -> &KpiTree {
        self.places.tree
    }

    /// The periods of the panel.
    pub(super) fn periods(&self) -> &[Period] {
        &self.places.panel.periods
    }

    /// A row for each node and member with a column for each period: its value, or why there is none.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("node");
        for (id, node) in self.places.tree.nodes() {
            let Some(frame) = self.places.frame(id) else { continue };
            for (cell, members) in frame.cells.iter().enumerate() {
                let of = self.places.panel.cell_name(frame.mask, members);
                let name = if of.is_empty() { node.id().into() } else { format!("{} [{of}]", node.id()) };
                for (place, period) in self.places.panel.periods.iter().enumerate() {
                    let cell = Cell::from(self.figure(id, cell, place)).with_unit(node.unit().to_string());
                    table.push(&name, period.to_string(), cell);
                }
            }
        }
        table
    }

    /// The dimensions by which a slot varies.
    pub(super) fn mask(&self, slot: u32) -> u32 {
        self.places.mask(slot)
    }

    pub(super) fn frame_of(&self, mask: u32) -> Option<&Frame> {
        self.places.frames.get(&mask)
    }

    pub(super) fn state(&self, slot: u32, cell: usize, period: usize) -> Option<&State> {
        let place = cell.checked_mul(self.places.panel.periods.len())?.checked_add(period)?;
        self.numbers.get(slot as usize)?.get(place)
    }

    pub(super) fn figure(&self, node: NodeId, cell: usize, period: usize) -> Figure<Exact> {
        let slot = self.places.tree.slot(node);
        match self.state(slot, cell, period) {
            Some(Ok(number)) => Figure::Known(Exact::new(number.clone(), self.places.tree.name(node))),
            Some(Err(absence)) => self.absent(*absence, (node, cell, period)),
            None => Figure::missing("node"),
        }
    }

    /// The missing or undefined figure, with the period and the member where it comes from.
    pub(super) fn absent(&self, absence: Absence, at: (NodeId, usize, usize)) -> Figure<Exact> {
        self.places.absent(absence, at, |slot, cell| {
            is_zero(self.state(slot, cell, at.2).and_then(|state| state.as_ref().ok()))
        })
    }
}

impl fmt::Display for PanelEvaluation<'_> {
    /// The [table](Self::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

/// A value as it stands in the wire form.
struct Slice<'a> {
    node: &'a str,
    members: Option<BTreeMap<&'a str, &'a str>>,
    period: Period,
    unit: &'a Unit,
    value: Figure<Exact>,
}

serialize_fields!(Slice<'a> { node, members: optional, period, unit, value });

impl Serialize for PanelEvaluation<'_> {
    /// A list of `{"node", "members", "period", "unit", "value"}`, the value a [`Figure`]; without `members` where the node
    /// varies by no dimension.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let nodes =
            self.places.tree.nodes().filter_map(|(id, node)| Some((id, node, self.places.frame(id)?)));
        let cells = nodes.flat_map(|(id, node, frame)| {
            frame.cells.iter().enumerate().map(move |(cell, members)| {
                let name = |(place, member): (usize, &u32)| {
                    let member = self.places.panel.members.get(place)?.get(*member as usize)?;
                    Some((self.places.panel.dimensions.get(place)?.as_str(), member.as_str()))
                };
                let members: BTreeMap<&str, &str> =
                    places(frame.mask).zip(members).filter_map(name).collect();
                (id, node, cell, members)
            })
        });
        let slices = cells.flat_map(|(id, node, cell, members)| {
            self.places.panel.periods.iter().enumerate().map(move |(place, period)| Slice {
                node: node.id(),
                members: Some(members.clone()).filter(|members| !members.is_empty()),
                period: *period,
                unit: node.unit(),
                value: self.figure(id, cell, place),
            })
        });
        // A list first: binary formats ask for its length.
        serializer.collect_seq(slices.collect::<Vec<_>>())
    }
}
