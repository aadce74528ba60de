//! The exact values of all nodes over the periods and members of a panel.

use super::absence::Absence;
use super::evaluation::is_zero;
use super::exact::Exact;
use super::frame::{Frame, Tuple, bits};
use super::panel::{places, unknown_member};
use super::panel_axis::Axis;
use super::panel_work::{State, Work, masks};
use super::{KpiError, KpiTree, NodeId, Panel};
use crate::figure::{Cell, Figure, Table};
use crate::quantity::Unit;
use crate::quantity::wire::serialize_fields;
use crate::time::Period;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use serde::{Serialize, Serializer};

/// The values of all nodes of a tree over a panel, exact and not rounded.
///
/// A node's values are by the dimensions that its leaves have, less those that its formulas add up; one that no leaf varies
/// has one value a period. See [`Panel`] for an example.
#[derive(Debug, Clone, PartialEq)]
pub struct PanelEvaluation<'t> {
    tree: &'t KpiTree,
    panel: &'t Panel,
    /// Which dimensions each slot varies by.
    masks: Vec<u32>,
    frames: BTreeMap<u32, Frame>,
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
        if !Arc::ptr_eq(&panel.names, self.leaf_names()) && panel.names != *self.leaf_names() {
            return Err(KpiError::OtherTree);
        }
        let graph = self.graph();
        // The bits of the tree's dimensions among those of the panel; one that the panel has not has one member.
        let own_bit = |dimension: &str| {
            let place = panel.dimensions.iter().position(|own| own == dimension)?;
            1_u32.checked_shl(u32::try_from(place).ok()?)
        };
        let own_bits: Vec<u32> = graph.dimensions.iter().map(|name| own_bit(name).unwrap_or(0)).collect();
        let masks = masks(self, panel, &own_bits);
        let mut frames = panel.frames.clone();
        for mask in &masks {
            if !frames.contains_key(mask) {
                frames.insert(*mask, Frame::new(*mask, &panel.entries, panel.periods.len())?);
            }
        }
        let axis = Axis::new(panel);
        let numbers = Work::all(self, panel, &axis, &masks, &frames)?;
        Ok(PanelEvaluation { tree: self, panel, masks, frames, numbers })
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
        let node = self.tree.named(id)?;
        let cell = self.cell(node, members)?;
        let period = self
            .panel
            .period_place(period)
            .ok_or_else(|| KpiError::UnknownName { name: period.to_string() })?;
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
        let node = self.tree.named(id)?;
        let cell = self.cell(node, members)?;
        let periods = self.panel.periods.iter().enumerate();
        Ok(periods.map(move |(place, period)| (*period, self.figure(node, cell, place))))
    }

    /// A row for each node and member with a column for each period: its value, or why there is none.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("node");
        for (id, node) in self.tree.nodes() {
            let Some(frame) = self.frame(id) else { continue };
            for (cell, members) in frame.cells.iter().enumerate() {
                let of = self.panel.cell_name(frame.mask, members);
                let name = if of.is_empty() { node.id().into() } else { format!("{} [{of}]", node.id()) };
                for (place, period) in self.panel.periods.iter().enumerate() {
                    let cell = Cell::from(self.figure(id, cell, place)).with_unit(node.unit().to_string());
                    table.push(&name, period.to_string(), cell);
                }
            }
        }
        table
    }

    fn frame(&self, node: NodeId) -> Option<&Frame> {
        self.frames.get(self.masks.get(self.tree.slot(node) as usize)?)
    }

    /// The cell of a node for these members.
    fn cell<'m>(
        &self,
        node: NodeId,
        members: impl IntoIterator<Item = (&'m str, &'m str)>,
    ) -> Result<usize, KpiError> {
        let mask = self.masks.get(self.tree.slot(node) as usize).copied().unwrap_or(0);
        let mut given: BTreeMap<usize, u32> = BTreeMap::new();
        for (dimension, member) in members {
            let unknown = || unknown_member(dimension, member);
            let place = self.panel.dimensions.iter().position(|own| own == dimension);
            let place = place.filter(|place| places(mask).any(|own| own == *place)).ok_or_else(unknown)?;
            let of = self.panel.members.get(place).ok_or_else(unknown)?;
            let found = of.binary_search_by(|own| own.as_str().cmp(member)).map_err(|_| unknown())?;
            given.insert(place, u32::try_from(found).map_err(|_| unknown())?);
        }
        let tuple: Tuple = given.values().copied().collect();
        let expected = bits(mask).count();
        if tuple.len() != expected {
            return Err(KpiError::Length { what: "members", expected, actual: tuple.len() });
        }
        let frame = self.frame(node);
        let cell = frame.and_then(|frame| frame.cells.binary_search(&tuple).ok());
        cell.ok_or_else(|| KpiError::UnknownName { name: self.panel.cell_name(mask, &tuple) })
    }

    /// The dimensions by which a slot varies.
    pub(super) fn mask(&self, slot: u32) -> u32 {
        self.masks.get(slot as usize).copied().unwrap_or(0)
    }

    pub(super) fn frame_of(&self, mask: u32) -> Option<&Frame> {
        self.frames.get(&mask)
    }

    /// The figure of a root without dimensions.
    pub(super) fn root_at(&self, period: usize) -> Figure<Exact> {
        self.figure(self.tree.root(), 0, period)
    }

    pub(super) fn state(&self, slot: u32, cell: usize, period: usize) -> Option<&State> {
        let place = cell.checked_mul(self.panel.periods.len())?.checked_add(period)?;
        self.numbers.get(slot as usize)?.get(place)
    }

    fn figure(&self, node: NodeId, cell: usize, period: usize) -> Figure<Exact> {
        let slot = self.tree.slot(node);
        match self.state(slot, cell, period) {
            Some(Ok(number)) => Figure::Known(Exact::new(number.clone(), self.tree.name(node))),
            Some(Err(absence)) => self.absent(*absence, (node, cell, period)),
            None => Figure::missing("node"),
        }
    }

    /// The missing or undefined figure, with the period and the member where it comes from.
    fn absent(&self, absence: Absence, (node, cell, period): (NodeId, usize, usize)) -> Figure<Exact> {
        let periods = self.panel.periods.len().max(1);
        let named = |slot: u32| self.tree.id_of(self.tree.node_of(slot as usize));
        let of = |mask: u32, cell: usize| {
            let frame = self.frames.get(&mask);
            let members = frame.and_then(|frame| frame.cells.get(cell));
            let name = members.map_or_else(String::new, |members| self.panel.cell_name(mask, members));
            if name.is_empty() { name } else { format!(" of {name}") }
        };
        let in_period = |place: usize| {
            self.panel.periods.get(place).map_or_else(String::new, |period| format!(" in {period}"))
        };
        match absence {
            Absence::MissingIn { slot, place } => {
                let cell = (place as usize).checked_div(periods).unwrap_or_default();
                let period = (place as usize).checked_rem(periods).unwrap_or_default();
                let mask = self.masks.get(slot as usize).copied().unwrap_or(0);
                Figure::missing(format!("{}{}{}", named(slot), of(mask, cell), in_period(period)))
            }
            Absence::NoMember => {
                let mask = self.masks.get(self.tree.slot(node) as usize).copied().unwrap_or(0);
                Figure::missing(format!("a row{}{}", of(mask, cell), in_period(period)))
            }
            Absence::Before(slot) => {
                let operand = self
                    .tree
                    .graph()
                    .step(slot as usize)
                    .and_then(|step| self.tree.graph().operands(step).first());
                let first = self.panel.periods.first().map_or_else(String::new, Period::to_string);
                Figure::missing(format!(
                    "{} before {first}",
                    operand.map_or_else(String::new, |operand| named(*operand))
                ))
            }
            // A divisor that is zero is named where the figure's own member has it.
            absence => self.tree.absent(absence, |slot| {
                let mask = self.masks.get(slot as usize).copied().unwrap_or(u32::MAX);
                let own = self.masks.get(self.tree.slot(node) as usize).copied().unwrap_or(0);
                let cell = if mask == own { cell } else { 0 };
                let known = mask == own || mask == 0;
                known && is_zero(self.state(slot, cell, period).and_then(|state| state.as_ref().ok()))
            }),
        }
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
        let nodes = self.tree.nodes().filter_map(|(id, node)| Some((id, node, self.frame(id)?)));
        let cells = nodes.flat_map(|(id, node, frame)| {
            frame.cells.iter().enumerate().map(move |(cell, members)| {
                let name = |(place, member): (usize, &u32)| {
                    let member = self.panel.members.get(place)?.get(*member as usize)?;
                    Some((self.panel.dimensions.get(place)?.as_str(), member.as_str()))
                };
                let members: BTreeMap<&str, &str> =
                    places(frame.mask).zip(members).filter_map(name).collect();
                (id, node, cell, members)
            })
        });
        let slices = cells.flat_map(|(id, node, cell, members)| {
            self.panel.periods.iter().enumerate().map(move |(place, period)| Slice {
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
