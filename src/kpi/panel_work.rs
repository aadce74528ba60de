//! The exact values of a tree's steps over the cells and periods of a panel, one step after the other.

use super::absence::Absence;
use super::choice::Choice;
use super::evaluation::{evaluated, missing_first};
use super::fault::NumberFault;
use super::frame::{Frame, NOWHERE};
use super::function::{Aggregate, OverTime};
use super::graph::Step;
use super::groups::Gathering;
use super::narrow::Narrow;
use super::number::Number;
use super::operands::{NoFigure, Values};
use super::panel::places;
use super::panel_axis::Axis;
use super::panel_filter::taken_cells;
use super::panel_rolling::{Window, windows};
use super::terms::Terms;
use super::{KpiError, KpiTree, Panel};
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cmp::Ordering;
use rust_decimal::Decimal;

/// The number of a slot in a cell and period, or why it has none.
pub(super) type State = Result<Number, Absence>;

/// The dimensions of each slot: those of its operands, less those that it adds up over.
#[expect(clippy::indexing_slicing, reason = "operands have lower slots: their masks are known")]
pub(super) fn masks(tree: &KpiTree, panel: &Panel, own_bits: &[u32]) -> Vec<u32> {
    let graph = tree.graph();
    let mut masks: Vec<u32> = panel.leaves.iter().map(|leaf| leaf.mask).collect();
    for step in &graph.steps {
        let mask = graph.operands(step).iter().fold(0, |mask, operand| mask | masks[*operand as usize]);
        masks.push(match graph.choice(step) {
            Some(Choice::Members(gathering)) => {
                let over = graph.selection(gathering).mask;
                let over =
                    places(over).filter_map(|place| own_bits.get(place)).fold(0, |mask, bit| mask | bit);
                mask & !over
            }
            _ => mask,
        });
    }
    masks
}

fn leaves(tree: &KpiTree, panel: &Panel, frames: &BTreeMap<u32, Frame>) -> Vec<Vec<State>> {
    let periods = panel.periods.len().max(1);
    let mut numbers: Vec<Vec<State>> = Vec::with_capacity(tree.graph().len());
    for (leaf, slot) in panel.leaves.iter().zip(0..) {
        let frame = frames.get(&leaf.mask);
        let state = |(place, value): (usize, &Option<Decimal>)| {
            let cell = place.checked_div(periods).unwrap_or_default();
            let period = place.checked_rem(periods).unwrap_or_default();
            match value {
                Some(value) => Ok(Number::Decimal(*value)),
                None if leaf.mask != 0 && !frame.is_some_and(|frame| frame.is_there(cell, period)) => {
                    Err(Absence::NoMember)
                }
                None => Err(Absence::MissingIn { slot, place: u32::try_from(place).unwrap_or(u32::MAX) }),
            }
        };
        numbers.push(leaf.values.iter().enumerate().map(state).collect());
    }
    numbers
}

/// The most periods of a window whose values are added up anew for each period: of few that costs less than to slide.
const SHORT: u32 = 16;

/// The numbers of a panel, slot by slot.
pub(super) struct Work<'w> {
    tree: &'w KpiTree,
    panel: &'w Panel,
    /// The bits of the tree's dimensions among those of the panel.
    own_bits: &'w [u32],
    axis: &'w Axis<'w>,
    masks: &'w [u32],
    frames: &'w BTreeMap<u32, Frame>,
    numbers: Vec<Vec<State>>,
    /// From the cells of one frame to those of a coarser one.
    maps: BTreeMap<(u32, u32), Arc<[u32]>>,
    /// The operands of one cell and period at a time, at the places of their slots.
    near: Vec<State>,
}

impl<'w> Work<'w> {
    /// The states of all slots, each by the cells and periods of its frame.
    pub(super) fn all(
        (tree, panel): (&'w KpiTree, &'w Panel),
        axis: &'w Axis<'w>,
        own_bits: &'w [u32],
        masks: &'w [u32],
        frames: &'w BTreeMap<u32, Frame>,
    ) -> Result<Vec<Vec<State>>, KpiError> {
        let graph = tree.graph();
        let near = alloc::vec![Err(Absence::NoMember); graph.len()];
        let numbers = leaves(tree, panel, frames);
        let mut work =
            Work { tree, panel, own_bits, axis, masks, frames, numbers, maps: BTreeMap::new(), near };
        for (step, slot) in graph.steps.iter().zip(graph.first_step()..) {
            let values = work.step(step, slot)?;
            work.numbers.push(values);
        }
        Ok(work.numbers)
    }

    fn frame(&self, mask: u32) -> &Frame {
        &self.frames[&mask]
    }

    fn map(&mut self, from: u32, to: u32) -> Arc<[u32]> {
        if let Some(map) = self.maps.get(&(from, to)) {
            return Arc::clone(map);
        }
        let map: Arc<[u32]> = self.frame(from).within(self.frame(to)).into();
        self.maps.insert((from, to), Arc::clone(&map));
        map
    }

    /// The states of a step in all cells and periods of its frame.
    #[expect(clippy::indexing_slicing, reason = "slots are the tree's own, and each has a mask")]
    fn step(&mut self, step: &Step, slot: u32) -> Result<Vec<State>, KpiError> {
        let mask = self.masks[slot as usize];
        match self.tree.graph().choice(step) {
            Some(Choice::Members(gathering)) => Ok(self.members(step, slot, mask, gathering)),
            Some(Choice::Over(over)) => self.over(step, slot, over),
            _ => Ok(self.pointwise(step, slot, mask)),
        }
    }

    /// A step that reads its operands in the same period and member.
    #[expect(
        clippy::indexing_slicing,
        reason = "operands are lower slots: their values are there, by their frames"
    )]
    fn pointwise(&mut self, step: &Step, slot: u32, mask: u32) -> Vec<State> {
        let graph = self.tree.graph();
        let reduced = graph.reduced.get(&slot.saturating_sub(graph.first_step()));
        let mut operands: Vec<u32> = graph.operands(step).to_vec();
        operands.extend(reduced.iter().flat_map(|reduced| reduced.above.iter().chain(&reduced.below)));
        operands.sort_unstable();
        operands.dedup();
        let maps: Vec<Option<Arc<[u32]>>> = operands
            .iter()
            .map(|operand| self.masks[*operand as usize])
            .map(|of| (of != mask).then(|| self.map(mask, of)))
            .collect();
        let periods = self.axis.periods.len();
        let mut near = core::mem::take(&mut self.near);
        let frame = &self.frames[&mask];
        let mut groups = Vec::new();
        let mut states = Vec::with_capacity(frame.len());
        for cell in 0..frame.cells.len() {
            for period in 0..periods {
                if mask != 0 && !frame.is_there(cell, period) {
                    states.push(Err(Absence::NoMember));
                    continue;
                }
                for (operand, map) in operands.iter().zip(&maps) {
                    let cell = map.as_ref().map_or(cell, |map| map[cell] as usize);
                    near[*operand as usize] = if cell == NOWHERE as usize {
                        Err(Absence::NoMember)
                    } else {
                        self.numbers[*operand as usize]
                            [self.frames[&self.masks[*operand as usize]].place(cell, period)]
                        .clone()
                    };
                }
                let values = Values { leaves: &[], steps: &near };
                let value = evaluated(graph, slot, step, reduced, values, &mut groups);
                states.push(value.map_err(|none| missing_first(graph, step, values, none.at(slot))));
            }
        }
        self.near = near;
        states
    }

    /// What an aggregate makes of members, each period of those that are there.
    #[expect(
        clippy::indexing_slicing,
        reason = "the operand is a lower slot: its values are there, by its frame"
    )]
    fn members(&mut self, step: &Step, slot: u32, mask: u32, gathering: Gathering) -> Vec<State> {
        let operand = self.tree.graph().operands(step)[0] as usize;
        let fine = self.masks[operand];
        let selected = self.tree.graph().selection(gathering);
        let taken = taken_cells(selected, self.panel, self.tree.graph(), self.own_bits, self.frame(fine));
        if fine == mask && taken.is_some() {
            let counted = |state: &State| match state {
                Err(Absence::NoMember) => Err(Absence::NoMember),
                _ => Ok(Number::ONE),
            };
            let own = self.numbers[operand].iter();
            return if gathering.aggregate == Aggregate::Count {
                own.map(counted).collect()
            } else {
                own.cloned().collect()
            };
        }
        // Of values that are of no named member none can be told to be in a set, nor to be in none.
        let is_told = taken.is_some();
        let taken = taken.unwrap_or_else(|| alloc::vec![false; self.frame(fine).cells.len()]);
        let map = self.map(fine, mask);
        let (frame, periods) = (self.frame(mask), self.axis.periods.len());
        // The finer cells by the coarser one in which they lie.
        let mut within: Vec<Vec<usize>> = alloc::vec![Vec::new(); frame.cells.len()];
        for (cell, coarse) in map.iter().enumerate().filter(|(cell, _)| taken[*cell]) {
            if let Some(within) = within.get_mut(*coarse as usize) {
                within.push(cell);
            }
        }
        let (values, finer) = (&self.numbers[operand], self.frame(fine));
        let mut groups = Vec::new();
        let mut states = Vec::with_capacity(frame.len());
        for (cell, within) in within.iter().enumerate() {
            for period in 0..periods {
                if !frame.is_there(cell, period) {
                    // No row at all in this period: that nobody was there is not known.
                    states.push(Err(Absence::NoMember));
                    continue;
                }
                let of = within.iter().map(|cell| &values[finer.place(*cell, period)]);
                let there: Vec<&State> =
                    of.filter(|state| !matches!(state, Err(Absence::NoMember))).collect();
                let place = u32::try_from(frame.place(cell, period)).unwrap_or(u32::MAX);
                let nobody = Absence::MissingIn { slot, place };
                states.push(if is_told {
                    gathered(gathering, &there, (slot, nobody), &mut groups)
                } else {
                    Err(nobody)
                });
            }
        }
        states
    }

    /// The values of other periods of the same member.
    #[expect(
        clippy::indexing_slicing,
        reason = "the operand is a lower slot: its values are there, by its frame"
    )]
    fn over(&self, step: &Step, slot: u32, over: OverTime) -> Result<Vec<State>, KpiError> {
        let operand = self.tree.graph().operands(step)[0] as usize;
        let mask = self.masks[operand];
        let (frame, periods) = (self.frame(mask), self.axis.periods.len());
        let mut groups = Vec::new();
        let mut states: Vec<State> = Vec::with_capacity(frame.len());
        for cell in 0..frame.cells.len() {
            let row = &self.numbers[operand][frame.place(cell, 0)..][..periods];
            // A member that was not there has no value to look back to.
            let at = |period: usize| match &row[period] {
                Err(Absence::NoMember) => {
                    let place = u32::try_from(frame.place(cell, period)).unwrap_or(u32::MAX);
                    Err(Absence::MissingIn { slot: u32::try_from(operand).unwrap_or(u32::MAX), place })
                }
                state => state.clone(),
            };
            let before = Err(Absence::Before(slot));
            let windows = match over {
                OverTime::RollingSum(count) | OverTime::RollingMean(count) if count > SHORT => {
                    windows(row, count as usize)
                }
                _ => Vec::new(),
            };
            for period in 0..periods {
                if mask != 0 && !frame.is_there(cell, period) {
                    states.push(Err(Absence::NoMember));
                    continue;
                }
                let span = |first: usize| (first..=period).map(at).collect::<Vec<State>>();
                states.push(match over {
                    OverTime::Lag(shift) => self.axis.back(period, shift).map_or(before.clone(), at),
                    OverTime::Growth(shift) => {
                        growth(at(period), self.axis.back(period, shift).map_or(before.clone(), at), slot)
                    }
                    OverTime::RollingSum(count) | OverTime::RollingMean(count) => {
                        let first = period.checked_sub((count as usize).saturating_sub(1));
                        let total = match (first, windows.get(period)) {
                            (None, _) => before.clone(),
                            (Some(_), Some(Some(Window::Sum(number)))) => Ok(number.clone()),
                            (Some(_), Some(Some(Window::Absent(period)))) => at(*period),
                            (Some(first), _) => sum(span(first).iter(), &mut groups),
                        };
                        match over {
                            OverTime::RollingMean(_) => total.and_then(|total| {
                                total
                                    .over(&Number::Decimal(count.into()))
                                    .map_err(|why| Absence::Undefined { why, slot })
                            }),
                            _ => total,
                        }
                    }
                    OverTime::ToDate(since) => {
                        let first = self.axis.since(period, since).map_err(|period| KpiError::NoPartOf {
                            node: self.tree.id_of(self.tree.node_of(slot as usize)),
                            span: since.name(),
                            period,
                        })?;
                        match first {
                            None => before.clone(),
                            // On from the sum so far: every period is added once.
                            Some(first) if first < period => match states.last() {
                                Some(Err(Absence::NoMember)) | None => sum(span(first).iter(), &mut groups),
                                Some(so_far) => sum([so_far, &at(period)].into_iter(), &mut groups),
                            },
                            Some(_) => at(period),
                        }
                    }
                });
            }
        }
        Ok(states)
    }
}

/// What an aggregate makes of the members that are there.
fn gathered(
    gathering: Gathering,
    there: &[&State],
    (slot, nobody): (u32, Absence),
    groups: &mut Vec<(i128, u128)>,
) -> State {
    let aggregate = gathering.aggregate;
    let count = || Number::Decimal(Decimal::from(there.len()));
    let states = || there.iter().copied();
    // Nobody there in a month that was recorded is a sum of 0; that nobody of a set is there says nothing of it.
    let is_empty_sum = aggregate == Aggregate::Sum && !gathering.is_filtered;
    match aggregate {
        Aggregate::Count => Ok(count()),
        _ if there.is_empty() && !is_empty_sum => Err(nobody),
        Aggregate::Sum | Aggregate::Share => sum(states(), groups),
        Aggregate::Mean => {
            sum(states(), groups)?.over(&count()).map_err(|why| Absence::Undefined { why, slot })
        }
        Aggregate::Minimum | Aggregate::Maximum => {
            let wanted = if aggregate == Aggregate::Minimum { Ordering::Less } else { Ordering::Greater };
            if let Some(absence) = first_absence(states()) {
                return Err(absence);
            }
            let mut kept: Option<&Number> = None;
            for state in states() {
                let Ok(next) = state else { continue };
                let Some(known) = kept else {
                    kept = Some(next);
                    continue;
                };
                let order = next.minus(known).and_then(|gap| gap.sign().ok_or(NumberFault::Imprecise));
                match order {
                    Ok(order) if order == wanted => kept = Some(next),
                    Ok(_) => {}
                    Err(why) => return Err(Absence::Undefined { why, slot }),
                }
            }
            kept.cloned().ok_or(nobody)
        }
    }
}

/// Why one of these has no number: missing wins over undefined.
fn first_absence<'s>(states: impl Iterator<Item = &'s State> + Clone) -> Option<Absence> {
    let mut absences = states.clone().filter_map(|state| state.as_ref().err());
    let missing = absences.find(|absence| absence.is_missing());
    missing.or_else(|| { states }.find_map(|state| state.as_ref().err())).copied()
}

/// The sum of states: missing where one is, else undefined where one is.
pub(super) fn sum<'s>(
    states: impl Iterator<Item = &'s State> + Clone,
    groups: &mut Vec<(i128, u128)>,
) -> State {
    if let Some(absence) = first_absence(states.clone()) {
        return Err(absence);
    }
    let near: Vec<State> = states.cloned().collect();
    let operands: Vec<u32> = (0..u32::MAX).take(near.len()).collect();
    let values = Values { leaves: &[], steps: &near };
    let terms = Terms { values, operands: &operands, constant: Decimal::ZERO, weights: &[] };
    if let Some(sum) = terms.decimals().and_then(Narrow::number) {
        return Ok(sum);
    }
    terms.sum(groups).map_err(|none| match none {
        NoFigure::Absent(absence) => absence,
        NoFigure::Here(why) => Absence::Undefined { why, slot: 0 },
    })
}

/// `now / base - 1`; undefined from a base of 0 or below, from which a growth says nothing.
pub(super) fn growth(now: State, base: State, slot: u32) -> State {
    let none = |why| Absence::Undefined { why, slot };
    let (now, base) = match (now, base) {
        (Ok(now), Ok(base)) => (now, base),
        (Err(absence), Ok(_)) | (Ok(_), Err(absence)) => return Err(absence),
        (Err(one), Err(other)) => return Err(if one.is_missing() { one } else { other }),
    };
    match base.sign() {
        Some(Ordering::Greater) => now.over(&base).and_then(|times| times.minus(&Number::ONE)).map_err(none),
        Some(_) => Err(none(NumberFault::BaseNotPositive)),
        None => Err(none(NumberFault::Imprecise)),
    }
}
