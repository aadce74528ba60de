//! A panel in floats: columns by period and member over one compiled tree.

use super::absence::Absence;
use super::choice::Choice;
use super::fault::NumberFault;
use super::frame::NOWHERE;
use super::function::OverTime;
use super::graph::{Step, float};
use super::panel_lines::{MISSING, NOBODY, NOT_THERE, Row};
use super::panel_places::Places;
use super::panel_rows::Kernel;
use super::panel_wire::{Wire, gaps, wires};
use super::{KpiError, KpiTree, Panel};
use crate::error::within;
use crate::figure::Figure;
use crate::time::Period;
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BinaryHeap};
use alloc::vec::Vec;
use core::cmp::Reverse;

/// The most values of all nodes together, 8 bytes and a state each.
const VALUES: u64 = 1 << 32;

/// The estimates of all nodes of a tree over a panel, as floats.
///
/// What [`PanelEvaluation`](super::PanelEvaluation) has exactly; for many scenarios, where a leaf of one member in one period
/// is set and only what depends on it is computed again, with the same bits as [`evaluate`](Self::evaluate), which computes
/// all. Sums over members add up 32 at a time, and then these sums.
///
/// # Examples
/// ```
/// use marketloop::kpi::{KpiTree, Panel, PanelRow};
///
/// let tree = KpiTree::parse("
///     growth = growth(sales, 1)
///     sales = sum[channel](visits * cvr)
///     visits, cvr")?;
/// let rows: Vec<PanelRow> = serde_json::from_str(r#"[
///     {"period": "2026-07", "channel": "SEM", "visits": 1000, "cvr": 0.02},
///     {"period": "2026-08", "channel": "SEM", "visits": 1100, "cvr": 0.02},
///     {"period": "2026-08", "channel": "live", "visits": 500, "cvr": 0.01}
/// ]"#)?;
/// let panel = Panel::new(&tree, ["channel"], rows)?;
/// let (july, august) = (panel.periods()[0], panel.periods()[1]);
/// let mut columns = tree.panel_columns(&panel)?;
/// assert_eq!(columns.value("sales", august, [])?.known(), Some(27.0));
/// // What if live streaming had 800 visits?
/// columns.set("visits", august, [("channel", "live")], 800.0)?;
/// columns.update();
/// assert_eq!(columns.value("growth", august, [])?.known(), Some(0.5));
/// assert_eq!(columns.value("growth", july, [])?.to_string(), "missing: sales before 2026-07");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct PanelColumns<'t> {
    pub(super) places: Places<'t>,
    pub(super) wires: Vec<Wire>,
    pub(super) rows: Vec<Row>,
    /// Which cells of each frame are there, period by period, where not all are.
    there: BTreeMap<u32, Box<[bool]>>,
    /// The slots that have places to compute again, lowest first.
    queue: BinaryHeap<Reverse<u32>>,
    changed: Vec<Changed>,
}

/// The places of a slot to compute again.
#[derive(Debug, Clone, Default)]
struct Changed {
    places: Vec<u32>,
    /// All of them, where a list would be longer.
    all: bool,
    is_queued: bool,
}

impl KpiTree {
    /// The estimates of all nodes over a panel.
    ///
    /// # Errors
    /// As [`evaluate_panel`](Self::evaluate_panel); [`KpiError::TooLarge`] for more than 2^32 values of all nodes, or more
    /// than the memory holds.
    pub fn panel_columns<'t>(&'t self, panel: &'t Panel) -> Result<PanelColumns<'t>, KpiError> {
        let places = Places::new(self, panel)?;
        let periods = panel.periods.len();
        let length = |slot: u32| places.frames.get(&places.mask(slot)).map_or(0, |frame| frame.len() as u64);
        let slots = || (0_u32..).take(self.graph().len());
        let all = slots().try_fold(0_u64, |sum, slot| sum.checked_add(length(slot)));
        within("values of a panel", all, VALUES)?;
        let mut rows = Vec::with_capacity(self.graph().len());
        for slot in slots() {
            let cells = places.frames.get(&places.mask(slot)).map_or(0, |frame| frame.cells.len());
            rows.push(empty(cells, cells.saturating_mul(periods))?);
        }
        let there = places.frames.iter().filter_map(|(mask, frame)| Some((*mask, gaps(frame, periods)?)));
        let there = there.collect();
        let wires = wires(&places)?;
        let changed = alloc::vec![Changed::default(); self.graph().len()];
        let mut columns = PanelColumns { places, wires, rows, there, queue: BinaryHeap::new(), changed };
        columns.fill();
        columns.evaluate();
        Ok(columns)
    }
}

/// A row without values.
fn empty(cells: usize, length: usize) -> Result<Row, KpiError> {
    let mut row = Row { cells, ..Row::default() };
    let reserved = row.values.try_reserve_exact(length).and_then(|()| row.states.try_reserve_exact(length));
    if reserved.is_err() {
        return Err(KpiError::TooMany { what: "values of a panel", limit: 0, actual: length });
    }
    row.values.resize(length, f64::NAN);
    row.states.resize(length, MISSING);
    Ok(row)
}

#[expect(clippy::indexing_slicing, reason = "every slot has a row, with a place for every cell and period")]
#[expect(clippy::arithmetic_side_effects, reason = "places are below the number of values, at most 2^32")]
impl PanelColumns<'_> {
    /// The values of the leaves, as the panel has them.
    fn fill(&mut self) {
        let periods = self.places.panel.periods.len();
        for (leaf, row) in self.places.panel.leaves.iter().zip(&mut self.rows) {
            let frame = self.places.frames.get(&leaf.mask);
            for (cell, values) in leaf.values.chunks(periods.max(1)).enumerate() {
                for (period, value) in values.iter().enumerate() {
                    let place = period * row.cells + cell;
                    let is_there = leaf.mask == 0 || frame.is_some_and(|frame| frame.is_there(cell, period));
                    row.states[place] = match value {
                        Some(_) => 0,
                        None if is_there => MISSING,
                        None => NOBODY,
                    };
                    row.values[place] = value.map_or(f64::NAN, float);
                }
            }
        }
    }

    /// Gives a leaf its value in a period, of the members named with their dimensions.
    ///
    /// # Errors
    /// As [`value`](Self::value); [`KpiError::NotALeaf`]; [`KpiError::NotInRange`] for NaN and infinity;
    /// [`KpiError::UnknownName`] also where the panel has no row of the members in the period.
    pub fn set<'m>(
        &mut self,
        leaf: &str,
        period: Period,
        members: impl IntoIterator<Item = (&'m str, &'m str)>,
        value: f64,
    ) -> Result<(), KpiError> {
        if !value.is_finite() {
            return Err(KpiError::NotInRange { what: "value", required: "a finite number" });
        }
        self.put(leaf, period, members, (value, 0))
    }

    /// Removes the value of a leaf in a period, of the members named with their dimensions: it is missing then.
    ///
    /// # Errors
    /// As [`set`](Self::set).
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTree, Panel, PanelRow};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("cpa = spend / orders\n spend, orders")?;
    /// let july = PanelRow::new("2026-07".parse()?);
    /// let panel = Panel::new(&tree, [], [july.clone().with_value("spend", dec!(90)).with_value("orders", dec!(3))])?;
    /// let mut columns = tree.panel_columns(&panel)?;
    /// columns.clear("orders", july.period(), [])?;
    /// columns.update();
    /// assert_eq!(columns.value("cpa", july.period(), [])?.to_string(), "missing: orders in 2026-07");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn clear<'m>(
        &mut self,
        leaf: &str,
        period: Period,
        members: impl IntoIterator<Item = (&'m str, &'m str)>,
    ) -> Result<(), KpiError> {
        self.put(leaf, period, members, (f64::NAN, MISSING))
    }

    fn put<'m>(
        &mut self,
        leaf: &str,
        period: Period,
        members: impl IntoIterator<Item = (&'m str, &'m str)>,
        (value, state): (f64, u8),
    ) -> Result<(), KpiError> {
        let node = self.places.tree.named(leaf)?;
        let slot = self.places.tree.input(node)?;
        let cell = self.places.cell(node, members)?;
        let period = self.places.period(period)?;
        let row = &mut self.rows[slot];
        let place = period * row.cells + cell;
        if row.states[place] == NOBODY {
            let mask = self.places.mask(self.places.tree.slot(node));
            let frame = self.places.frames.get(&mask);
            let name = frame.map(|frame| self.places.panel.cell_name(mask, &frame.cells[cell]));
            let period = self.places.panel.periods[period];
            let name = alloc::format!("{} in {period}", name.unwrap_or_default());
            return Err(KpiError::UnknownName { name });
        }
        row.values[place] = value;
        row.states[place] = state;
        self.mark(slot, place);
        Ok(())
    }

    /// Computes every node.
    pub fn evaluate(&mut self) {
        for step in 0..self.places.tree.graph().steps.len() {
            self.whole(step);
        }
        self.queue.clear();
        self.changed.iter_mut().for_each(|changed| *changed = Changed::default());
    }

    /// Computes again what depends on the values that were set since the last time. Where a place keeps its value, nothing
    /// above it is computed again.
    pub fn update(&mut self) {
        let graph = self.places.tree.graph();
        // The lowest slot first: all its operands are settled, so that no place comes twice.
        while let Some(Reverse(slot)) = self.queue.pop() {
            let slot = slot as usize;
            let mut changed = core::mem::take(&mut self.changed[slot]);
            let index = slot - graph.inputs;
            if changed.all {
                self.whole(index);
                self.mark_all(slot);
                continue;
            }
            // In the order of the periods: a sum to date goes on from that of the period before.
            changed.places.sort_unstable();
            changed.places.dedup();
            for place in changed.places.drain(..) {
                let place = place as usize;
                let old = self.rows[slot].at(place);
                self.one(index, place);
                let new = self.rows[slot].at(place);
                // Bits are compared, not values: NaN is a value here.
                if old.0.to_bits() != new.0.to_bits() || old.1 != new.1 {
                    self.mark(slot, place);
                }
            }
            // The list keeps its memory.
            self.changed[slot].places = changed.places;
        }
    }

    /// A step with the rows below it and its own.
    fn parts(&mut self, index: usize) -> (Kernel<'_>, &Step, &Wire, &mut Row) {
        let graph = self.places.tree.graph();
        let slot = graph.inputs + index;
        let (below, from) = self.rows.split_at_mut(slot);
        let mask = self.places.masks[slot];
        // What no member varies is there in all periods; a sum over members only where there is one.
        let of_members = matches!(self.wires[index], Wire::Members(..));
        let there = self.there.get(&mask).filter(|_| mask != 0 || of_members).map(|there| &**there);
        (Kernel { graph, below, there }, &graph.steps[index], &self.wires[index], &mut from[0])
    }

    fn whole(&mut self, index: usize) {
        let (kernel, step, wire, own) = self.parts(index);
        kernel.whole(step, wire, own);
    }

    fn one(&mut self, index: usize, place: usize) {
        let (kernel, step, wire, own) = self.parts(index);
        kernel.one(step, wire, own, place);
    }

    /// Puts what uses a place of a slot in the queue.
    fn mark(&mut self, slot: usize, place: usize) {
        let graph = self.places.tree.graph();
        let cells = self.rows[slot].cells;
        let (period, cell) = (place / cells, place % cells);
        for parent in graph.parents(slot) {
            let index = *parent as usize - graph.inputs;
            let changed = &mut self.changed[*parent as usize];
            if !changed.is_queued {
                changed.is_queued = true;
                self.queue.push(Reverse(*parent));
            }
            if changed.all && !matches!(self.wires[index], Wire::Members(..)) {
                continue;
            }
            let cells_above = self.rows[*parent as usize].cells;
            match &self.wires[index] {
                Wire::Same(maps) => {
                    let operands = graph.operands(&graph.steps[index]);
                    let operand = operands.iter().position(|operand| *operand as usize == slot);
                    match operand.and_then(|operand| maps[operand].as_ref()) {
                        None => changed.push(place),
                        Some(map) => {
                            let above = period * cells_above;
                            map.within(cell).iter().for_each(|cell| changed.push(above + *cell as usize));
                        }
                    }
                }
                Wire::Over(over, looks) => {
                    let (below, from) = self.rows.split_at_mut(*parent as usize);
                    let kernel = Kernel { graph, below, there: None };
                    kernel.period_changed(&graph.steps[index], &mut from[0], place);
                    for (other, back) in looks.iter().enumerate() {
                        let back = *back as usize;
                        let uses = match over {
                            OverTime::Lag(_) => back == period,
                            OverTime::Growth(_) => back == period || other == period && back < looks.len(),
                            OverTime::RollingSum(_) | OverTime::RollingMean(_) | OverTime::ToDate(_) => {
                                back <= period && period <= other
                            }
                        };
                        if uses {
                            changed.push(other * cells_above + cell);
                        }
                    }
                }
                Wire::Members(..) => {
                    let (kernel, step, wire, own) = {
                        let slot_above = *parent as usize;
                        let (below, from) = self.rows.split_at_mut(slot_above);
                        (
                            Kernel { graph, below, there: None },
                            &graph.steps[index],
                            &self.wires[index],
                            &mut from[0],
                        )
                    };
                    if let Wire::Members(map, gathering) = wire
                        && let Some(place) = kernel.member_changed(step, (map, *gathering), own, place)
                    {
                        changed.push(place);
                    }
                }
            }
            // Beyond an eighth of its places a row is computed as a whole.
            if changed.places.len() > self.rows[*parent as usize].values.len() / 8 + 64 {
                changed.places.clear();
                changed.all = true;
            }
        }
    }

    /// Puts what uses a slot in the queue, all of its places.
    fn mark_all(&mut self, slot: usize) {
        for parent in self.places.tree.graph().parents(slot) {
            let changed = &mut self.changed[*parent as usize];
            if !changed.is_queued {
                changed.is_queued = true;
                self.queue.push(Reverse(*parent));
            }
            changed.places.clear();
            changed.all = true;
        }
    }

    /// The estimate of the node of this name in a period, of the members named with their dimensions, as of the last
    /// evaluation or update.
    ///
    /// # Errors
    /// As [`PanelEvaluation::value`](super::PanelEvaluation::value).
    pub fn value<'m>(
        &self,
        id: &str,
        period: Period,
        members: impl IntoIterator<Item = (&'m str, &'m str)>,
    ) -> Result<Figure<f64>, KpiError> {
        let node = self.places.tree.named(id)?;
        let cell = self.places.cell(node, members)?;
        let period = self.places.period(period)?;
        Ok(self.figure((node, cell, period)))
    }

    /// The estimates of the node of this name in all periods, of the members named with their dimensions.
    ///
    /// # Errors
    /// As [`value`](Self::value).
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTree, Panel, PanelRow};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("mean = rolling_mean(visits, 2)\n visits")?;
    /// let row = |month: &str, visits| Ok::<_, marketloop::Error>(PanelRow::new(month.parse()?).with_value("visits", visits));
    /// let panel = Panel::new(&tree, [], [row("2026-07", dec!(30))?, row("2026-08", dec!(42))?])?;
    /// let columns = tree.panel_columns(&panel)?;
    /// let means: Vec<Option<f64>> = columns.series("mean", [])?.map(|(_, mean)| mean.known()).collect();
    /// assert_eq!(means, [None, Some(36.0)]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn series<'m>(
        &self,
        id: &str,
        members: impl IntoIterator<Item = (&'m str, &'m str)>,
    ) -> Result<impl ExactSizeIterator<Item = (Period, Figure<f64>)>, KpiError> {
        let node = self.places.tree.named(id)?;
        let cell = self.places.cell(node, members)?;
        let periods = self.places.panel.periods.iter().enumerate();
        Ok(periods.map(move |(place, period)| (*period, self.figure((node, cell, place)))))
    }

    fn figure(&self, at: (super::NodeId, usize, usize)) -> Figure<f64> {
        let (node, cell, period) = at;
        let slot = self.places.tree.slot(node);
        match self.at(slot, cell, period) {
            (value, 0) if value.is_finite() => Figure::Known(value),
            _ => {
                let absence = self.absence(slot, cell, period);
                self.places.absent(absence, at, |slot, cell| self.at(slot, cell, period).0.abs() <= 0.0)
            }
        }
    }

    /// The figure of a root without dimensions.
    pub(super) fn root_at(&self, period: usize) -> Figure<f64> {
        self.figure((self.places.tree.root(), 0, period))
    }

    /// The value of a slot; NaN beside [`NOBODY`] where there is no such cell or period.
    pub(super) fn at(&self, slot: u32, cell: usize, period: usize) -> (f64, u8) {
        let Some(row) = self.rows.get(slot as usize).filter(|row| cell < row.cells) else {
            return (f64::NAN, NOBODY);
        };
        let place = period * row.cells + cell;
        if place < row.values.len() { row.at(place) } else { (f64::NAN, NOBODY) }
    }

    /// Why a slot has no value: down along the first operand that decides it.
    #[cold]
    fn absence(&self, slot: u32, cell: usize, period: usize) -> Absence {
        let graph = self.places.tree.graph();
        let periods = self.places.panel.periods.len();
        let missing_in = |slot: u32, cell: usize, period: usize| {
            let place = u32::try_from(cell * periods + period).unwrap_or(u32::MAX);
            Absence::MissingIn { slot, place }
        };
        let (mut slot, mut cell, mut period) = (slot, cell, period);
        loop {
            let (_, state) = self.at(slot, cell, period);
            let mask = self.places.mask(slot);
            let frame = self.places.frames.get(&mask).filter(|_| mask != 0);
            if frame.is_some_and(|frame| !frame.is_there(cell, period)) {
                return Absence::NoMember;
            }
            let Some(step) = graph.step(slot as usize) else {
                return if state & NOT_THERE == 0 {
                    missing_in(slot, cell, period)
                } else {
                    Absence::NoMember
                };
            };
            // That a member is not there decides over what is missing, as it does in the exact figure.
            let decides = |(value, other): (f64, u8)| match state {
                0 => !value.is_finite(),
                MISSING => other != 0,
                _ => other & NOT_THERE != 0,
            };
            let operands = graph.operands(step);
            let first = operands.first().copied().unwrap_or(slot);
            let next = match &self.wires[slot as usize - graph.inputs] {
                Wire::Same(maps) => {
                    let at = |place: usize| maps[place].as_ref().map_or(cell, |map| map.to[cell] as usize);
                    let value = |operand: u32| {
                        let place = operands.iter().position(|own| *own == operand).unwrap_or(0);
                        let (value, state) = self.at(operand, at(place), period);
                        (value, state != 0)
                    };
                    let counts = graph.counting(step, &value);
                    let place = |operand: &u32| operands.iter().position(|own| own == operand);
                    let decides = |place: &usize| decides(self.at(operands[*place], at(*place), period));
                    let next = counts.iter().filter_map(place).find(decides);
                    next.map(|place| (operands[place], at(place), period))
                }
                Wire::Members(map, _) => {
                    let members = map.within(cell).iter().map(|member| *member as usize);
                    let here = |member: &usize| {
                        let (value, state) = self.at(first, *member, period);
                        state & NOT_THERE == 0 && decides((value, state))
                    };
                    let found = members.clone().find(here);
                    if found.is_none() && state == MISSING {
                        // Nobody of those that it takes is there.
                        return missing_in(slot, cell, period);
                    }
                    found.map(|member| (first, member, period))
                }
                Wire::Over(over, looks) => {
                    let back = looks.get(period).copied().unwrap_or(NOWHERE) as usize;
                    let decides = |other: &usize| decides(self.at(first, cell, *other));
                    let found = match over {
                        // The period itself is asked first, as the exact figure does.
                        OverTime::Growth(_) if back >= periods && decides(&period) => Some(period),
                        _ if back >= periods => return Absence::Before(slot),
                        OverTime::Lag(_) => Some(back),
                        OverTime::Growth(_) => [period, back].into_iter().find(decides),
                        _ => (back..=period).find(decides),
                    };
                    match found {
                        Some(other) if self.at(first, cell, other).1 & NOT_THERE != 0 => {
                            return missing_in(first, cell, other);
                        }
                        found => found.map(|other| (first, cell, other)),
                    }
                }
            };
            match next {
                Some(below) => (slot, cell, period) = below,
                None if state != 0 => return Absence::NoMember,
                None => return Absence::Undefined { why: self.fault(step, slot, cell, period), slot },
            }
        }
    }

    /// Why a step has no value whose operands have.
    fn fault(&self, step: &Step, slot: u32, cell: usize, period: usize) -> NumberFault {
        let graph = self.places.tree.graph();
        if let Some(Choice::Over(OverTime::Growth(_))) = graph.choice(step)
            && let Wire::Over(_, looks) = &self.wires[slot as usize - graph.inputs]
            && let (base, _) = self.at(graph.operands(step)[0], cell, looks[period] as usize)
            && base <= 0.0
        {
            return NumberFault::BaseNotPositive;
        }
        let Wire::Same(maps) = &self.wires[slot as usize - graph.inputs] else {
            return NumberFault::OutOfRange;
        };
        let below = graph.fraction(step).1;
        let above = step.count as usize - below.len();
        let is_zero = |(place, operand): (usize, &u32)| {
            let cell = maps[above + place].as_ref().map_or(cell, |map| map.to[cell] as usize);
            self.at(*operand, cell, period).0.abs() <= 0.0
        };
        // A factor that is no number comes from a constant divisor of zero.
        let by_zero = step.scale.is_nan() || below.iter().enumerate().any(is_zero);
        if by_zero { NumberFault::DivisionByZero } else { NumberFault::OutOfRange }
    }
}

impl Changed {
    fn push(&mut self, place: usize) {
        if !self.all {
            self.places.extend(u32::try_from(place));
        }
    }
}
