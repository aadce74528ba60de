//! The places of a tree's values over a panel: by which dimensions each node varies, and which cells there are of them.

use super::absence::Absence;
use super::frame::{Frame, Tuple, bits};
use super::panel::{places, unknown_member};
use super::panel_filter::own_bits;
use super::panel_work::masks;
use super::{KpiError, KpiTree, NodeId, Panel};
use crate::figure::Figure;
use crate::time::Period;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// A tree over a panel: the dimensions of each slot, and the cells of each set of dimensions.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Places<'t> {
    pub(super) tree: &'t KpiTree,
    pub(super) panel: &'t Panel,
    /// Which dimensions each slot varies by.
    pub(super) masks: Vec<u32>,
    pub(super) frames: BTreeMap<u32, Frame>,
}

impl<'t> Places<'t> {
    /// # Errors
    /// [`KpiError::OtherTree`]; [`KpiError::TooLarge`] for more cells times periods than a frame holds.
    pub(super) fn new(tree: &'t KpiTree, panel: &'t Panel) -> Result<Self, KpiError> {
        panel.made_for(tree)?;
        let masks = masks(tree, panel, &own_bits(tree, panel));
        let mut frames = panel.frames.clone();
        for mask in &masks {
            if !frames.contains_key(mask) {
                frames.insert(*mask, Frame::new(*mask, &panel.entries, panel.periods.len())?);
            }
        }
        Ok(Self { tree, panel, masks, frames })
    }

    /// The dimensions by which a slot varies.
    pub(super) fn mask(&self, slot: u32) -> u32 {
        self.masks.get(slot as usize).copied().unwrap_or(0)
    }

    /// The cells of a node.
    pub(super) fn frame(&self, node: NodeId) -> Option<&Frame> {
        self.frames.get(self.masks.get(self.tree.slot(node) as usize)?)
    }

    /// The place of a period.
    pub(super) fn period(&self, period: Period) -> Result<usize, KpiError> {
        self.panel.period_place(period).ok_or_else(|| KpiError::UnknownName { name: period.to_string() })
    }

    /// The cell of a node for these members.
    ///
    /// # Errors
    /// [`KpiError::UnknownName`] for a dimension by which it does not vary, a member or a cell that there is not;
    /// [`KpiError::Length`] where a dimension has no member given.
    pub(super) fn cell<'m>(
        &self,
        node: NodeId,
        members: impl IntoIterator<Item = (&'m str, &'m str)>,
    ) -> Result<usize, KpiError> {
        let mask = self.mask(self.tree.slot(node));
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

    /// The missing or undefined figure of a node in a cell and period, with those where it comes from; `is_zero` says whether
    /// the number of a slot in a cell of that period is zero.
    #[cold]
    pub(super) fn absent<T>(
        &self,
        absence: Absence,
        (node, cell, period): (NodeId, usize, usize),
        is_zero: impl Fn(u32, usize) -> bool,
    ) -> Figure<T> {
        let periods = self.panel.periods.len().max(1);
        let named = |slot: u32| self.tree.id_of(self.tree.node_of(slot as usize));
        let own = self.mask(self.tree.slot(node));
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
                let graph = self.tree.graph();
                let filter = graph.step(slot as usize).and_then(|step| graph.filter_text(step));
                let what = filter.map_or_else(|| named(slot), |filter| format!("a member of {filter}"));
                Figure::missing(format!("{what}{}{}", of(self.mask(slot), cell), in_period(period)))
            }
            Absence::NoMember => Figure::missing(format!("a row{}{}", of(own, cell), in_period(period))),
            Absence::Before(slot) => {
                let graph = self.tree.graph();
                let operand = graph.step(slot as usize).and_then(|step| graph.operands(step).first());
                let first = self.panel.periods.first().map_or_else(String::new, Period::to_string);
                let operand = operand.map_or_else(String::new, |operand| named(*operand));
                Figure::missing(format!("{operand} before {first}"))
            }
            // A divisor that is zero is named where the figure's own member has it.
            absence => self.tree.absent(absence, |slot| {
                let mask = self.masks.get(slot as usize).copied().unwrap_or(u32::MAX);
                let cell = if mask == own { cell } else { 0 };
                (mask == own || mask == 0) && is_zero(slot, cell)
            }),
        }
    }
}
