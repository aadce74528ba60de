//! Contributions over a panel in floats: from a cell of the root down to the leaves of all members, line by line.

use super::KpiError;
use super::choice::Choice;
use super::function::{Aggregate, OverTime};
use super::graph::{Graph, Operation, Step, slot_number};
use super::panel_columns::PanelColumns;
use super::panel_lines::{NOT_THERE, Row, Scratch};
use super::panel_slopes::{Pair, Shares, Slopes, any, times};
use super::panel_wire::{Map, Wire};
use crate::decompose::{DecompositionMethod, same_sign_log_mean};
use crate::error::within;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// The most values of all lines.
const WORK: u64 = 1 << 30;

/// A line costs at least as much as one of so many values.
const SHORTEST: usize = 64;

/// What a part of the change is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PartKind {
    /// A leaf of members that are there at both times.
    Stays,
    /// A node of a member, or of a period of a sum to date, that is there at the second time only.
    New,
    /// At the first time only.
    Lost,
    /// The switch of a node from one operand to another.
    Switch,
}

/// The contributions of each part, a line of cells for each comparison.
pub(super) type Parts = BTreeMap<(u32, PartKind), Vec<f64>>;

/// The multipliers of a slot's operands, operand by operand, by the second period of a comparison with the one before.
type Kept = Vec<Option<Box<[f64]>>>;

/// A sweep from the root down.
pub(super) struct PanelSweep<'s> {
    columns: &'s PanelColumns<'s>,
    graph: &'s Graph,
    method: DecompositionMethod,
    /// By how much the root follows a slot, for each pair of periods that it is asked for.
    pending: Vec<BTreeMap<Pair, Vec<f64>>>,
    /// Lines that are used again.
    pool: Vec<Vec<f64>>,
    /// What neighbouring periods ask for more than once: a month of this comparison is looked back to by the next.
    kept: BTreeMap<usize, Kept>,
    /// Lines of one step, which the next one writes over.
    scratch: [Scratch; 3],
    shares: Shares,
    parts: Parts,
    /// How many comparisons there are, and which is swept.
    comparisons: (usize, usize),
    /// The values of all lines so far.
    work: u64,
}

#[expect(
    clippy::indexing_slicing,
    reason = "slots of the tree, each with a row, and cells and periods of the panel"
)]
#[expect(clippy::arithmetic_side_effects, reason = "places of the panel, of which there are at most 2^25")]
impl<'s> PanelSweep<'s> {
    pub(super) fn new(
        columns: &'s PanelColumns<'s>,
        method: DecompositionMethod,
        comparisons: usize,
    ) -> Self {
        let graph = columns.places.tree.graph();
        let pending = alloc::vec![BTreeMap::new(); graph.len()];
        let (pool, kept, parts) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
        let (scratch, shares) = (Default::default(), Shares::default());
        let comparisons = (comparisons, 0);
        Self { columns, graph, method, pending, pool, kept, scratch, shares, parts, comparisons, work: 0 }
    }

    /// The parts of all comparisons that were swept.
    pub(super) fn into_parts(self) -> Parts {
        self.parts
    }

    /// One comparison of the root, which has a value in both periods.
    ///
    /// # Errors
    /// [`KpiError::TooLarge`] where formulas look back to so many periods that it would take minutes.
    pub(super) fn compare(&mut self, comparison: usize, pair: Pair) -> Result<(), KpiError> {
        self.comparisons.1 = comparison;
        let root = self.graph.root as usize;
        self.pending[root].insert(pair, alloc::vec![1.0; self.columns.rows[root].cells]);
        // Slots descend from the root: when a slot's turn comes, all that use it have added to its lines.
        for slot in (0..=root).rev() {
            for (pair, adjoint) in core::mem::take(&mut self.pending[slot]) {
                match self.graph.step(slot) {
                    Some(step) => self.hand_on(slot, step, pair, &adjoint),
                    None => self.leaf(slot, pair, &adjoint),
                }
                self.pool.push(adjoint);
                within("values of contributions", Some(self.work), WORK)?;
            }
        }
        Ok(())
    }

    fn row(&self, slot: u32) -> &'s Row {
        &self.columns.rows[slot as usize]
    }

    /// The line of this comparison of a part.
    fn part(&mut self, slot: u32, kind: PartKind) -> &mut [f64] {
        let cells = self.columns.rows[slot as usize].cells;
        let (all, own) = self.comparisons;
        let row = self.parts.entry((slot, kind)).or_insert_with(|| alloc::vec![0.0; all * cells]);
        &mut row[own * cells..(own + 1) * cells]
    }

    /// The line of a slot that adds up what the root follows it by.
    fn line(&mut self, slot: u32, pair: Pair) -> &mut [f64] {
        let cells = self.columns.rows[slot as usize].cells;
        let (pool, work) = (&mut self.pool, &mut self.work);
        self.pending[slot as usize].entry(pair).or_insert_with(|| {
            *work += cells.max(SHORTEST) as u64;
            let mut line = pool.pop().unwrap_or_default();
            line.clear();
            line.resize(cells, 0.0);
            line
        })
    }

    fn leaf(&mut self, slot: usize, (before, after): Pair, adjoint: &[f64]) {
        let slot = slot_number(slot);
        let row = self.row(slot);
        let ((old, _), (new, _)) = (row.line(before), row.line(after));
        let part = self.part(slot, PartKind::Stays);
        for (((part, adjoint), old), new) in part.iter_mut().zip(adjoint).zip(old).zip(new) {
            *part += times(*adjoint, new - old);
        }
    }

    fn hand_on(&mut self, slot: usize, step: &Step, pair: Pair, adjoint: &[f64]) {
        let columns = self.columns;
        match &columns.wires[slot - self.graph.inputs] {
            Wire::Members(map, gathering) => match gathering.aggregate {
                Aggregate::Minimum | Aggregate::Maximum => self.extremes(slot, step, map, pair, adjoint),
                aggregate => self.members(slot, step, (map, aggregate), pair, adjoint),
            },
            Wire::Over(over, looks) => self.over(step, (*over, looks), pair, adjoint),
            Wire::Same(maps) => match (step.operation, self.graph.choice(step)) {
                (_, Some(choice)) if choice.takes_one() => {
                    self.take(slot, step, choice, maps, pair, adjoint);
                }
                (Operation::Product, _) | (_, Some(_)) => self.multiply(slot, step, maps, pair, adjoint),
                _ => {
                    let weights = match step.operation {
                        Operation::WeightedSum => self.graph.weights(step).1,
                        _ => &[],
                    };
                    for (place, operand) in self.graph.operands(step).iter().enumerate() {
                        let weight = step.scale * weights.get(place).copied().unwrap_or(1.0);
                        let parts = adjoint.iter().map(|adjoint| times(*adjoint, weight));
                        self.give(*operand, pair, maps[place].as_deref(), parts);
                    }
                }
            },
        }
    }

    /// A sum, mean or number of members: those there at both times hand on, the others came or went as a whole. A mean is a
    /// quotient, which those who come and go move by their value and by their number.
    fn members(
        &mut self,
        slot: usize,
        step: &Step,
        (map, aggregate): (&Map, Aggregate),
        (before, after): Pair,
        adjoint: &[f64],
    ) {
        let Some(fine) = self.graph.operands(step).first().copied() else { return };
        let row = self.row(fine);
        let ((old, old_states), (new, new_states)) = (row.line(before), row.line(after));
        let there = |states: &[u8], cell: usize| states[cell] & NOT_THERE == 0;
        // By how much the root follows the sum and the number of the members of each cell.
        let follows: Vec<(f64, f64)> = match aggregate {
            Aggregate::Count => adjoint.iter().map(|adjoint| (0.0, *adjoint)).collect(),
            Aggregate::Mean => {
                let own = &self.columns.rows[slot];
                let means = (own.line(before).0, own.line(after).0);
                let quotient = |(cell, adjoint): (usize, &f64)| {
                    let members = map.within(cell).iter().map(|member| *member as usize);
                    let count = |states: &[u8]| {
                        members
                            .clone()
                            .filter(|member| there(states, *member))
                            .fold(0.0, |count, _| count + 1.0)
                    };
                    let counts = (count(old_states), count(new_states));
                    let sums = (means.0[cell] * counts.0, means.1[cell] * counts.1);
                    let (of_sum, of_count) = quotient_multipliers(sums, counts, self.method);
                    (times(*adjoint, of_sum), times(*adjoint, of_count))
                };
                adjoint.iter().enumerate().map(quotient).collect()
            }
            _ => adjoint.iter().map(|adjoint| (*adjoint, 0.0)).collect(),
        };
        let mut moved = Vec::new();
        let line = self.line(fine, (before, after));
        for (cell, coarse) in map.to.iter().enumerate() {
            let Some((of_sum, of_count)) = follows.get(*coarse as usize) else { continue };
            match (there(old_states, cell), there(new_states, cell)) {
                (true, true) => line[cell] += of_sum,
                (false, true) => moved.push((PartKind::New, cell, times(*of_sum, new[cell]) + of_count)),
                (true, false) => moved.push((PartKind::Lost, cell, -times(*of_sum, old[cell]) - of_count)),
                (false, false) => {}
            }
        }
        for (kind, cell, part) in moved {
            self.part(fine, kind)[cell] += part;
        }
    }

    /// The least or greatest of members follows the one that it takes, as a choice does; who was not there is at the level of
    /// the extreme then.
    fn extremes(&mut self, slot: usize, step: &Step, map: &Map, (before, after): Pair, adjoint: &[f64]) {
        let Some(fine) = self.graph.operands(step).first().copied() else { return };
        let (row, own) = (self.row(fine), &self.columns.rows[slot]);
        let ((old, old_states), (new, new_states)) = (row.line(before), row.line(after));
        let (own_old, own_new) = (own.line(before).0, own.line(after).0);
        for (coarse, adjoint) in adjoint.iter().enumerate().filter(|(_, adjoint)| adjoint.abs() > 0.0) {
            let here = |member: &usize| old_states[*member] & new_states[*member] & NOT_THERE == 0;
            let members: Vec<usize> =
                map.within(coarse).iter().map(|member| *member as usize).filter(here).collect();
            let at = |member: usize| {
                let value = |values: &[f64], states: &[u8], level: f64| {
                    if states[member] & NOT_THERE == 0 { values[member] } else { level }
                };
                (value(old, old_states, own_old[coarse]), value(new, new_states, own_new[coarse]))
            };
            let taken = |level: f64, of: fn((f64, f64)) -> f64| {
                members.iter().copied().find(|member| of(at(*member)).to_bits() == level.to_bits())
            };
            let both = [taken(own_old[coarse], |pair| pair.0), taken(own_new[coarse], |pair| pair.1)];
            let mut rest = own_new[coarse] - own_old[coarse];
            for member in both.into_iter().flatten() {
                let (old, new) = at(member);
                rest -= 0.5 * (new - old);
                // Half for each time at which it is taken.
                let half = 0.5 * adjoint;
                match (old_states[member] & NOT_THERE == 0, new_states[member] & NOT_THERE == 0) {
                    (true, true) => self.line(fine, (before, after))[member] += half,
                    (false, _) => self.part(fine, PartKind::New)[member] += half * (new - old),
                    (true, false) => self.part(fine, PartKind::Lost)[member] += half * (new - old),
                }
            }
            if rest.abs() > 0.0 {
                self.part(slot_number(slot), PartKind::Switch)[coarse] += adjoint * rest;
            }
        }
    }

    /// A value of other periods: each pair of periods that are set beside each other has a line of its own.
    fn over(&mut self, step: &Step, (over, looks): (OverTime, &[u32]), pair: Pair, adjoint: &[f64]) {
        let Some(operand) = self.graph.operands(step).first().copied() else { return };
        let (before, after) = pair;
        let (back_before, back_after) = (looks[before] as usize, looks[after] as usize);
        // Before the first period there is nothing, and what follows from it has no value.
        if back_before >= looks.len() || back_after >= looks.len() {
            return;
        }
        match over {
            OverTime::Lag(_) => self.give_all(operand, (back_before, back_after), adjoint, 1.0),
            OverTime::RollingSum(count) | OverTime::RollingMean(count) => {
                let weight = if over == OverTime::RollingSum(count) { 1.0 } else { 1.0 / f64::from(count) };
                for (before, after) in (back_before..=before).zip(back_after..=after) {
                    self.give_all(operand, (before, after), adjoint, weight);
                }
            }
            OverTime::ToDate(_) => {
                // From the first period of one span beside the first of the other on.
                let both = (before - back_before).min(after - back_after);
                for month in 0..=both {
                    self.give_all(operand, (back_before + month, back_after + month), adjoint, 1.0);
                }
                for (kind, from, until) in
                    [(PartKind::New, back_after, after), (PartKind::Lost, back_before, before)]
                {
                    for period in from + both + 1..=until {
                        let (values, _) = self.row(operand).line(period);
                        let sign = if kind == PartKind::New { 1.0 } else { -1.0 };
                        let part = self.part(operand, kind);
                        for ((part, adjoint), value) in part.iter_mut().zip(adjoint).zip(values) {
                            *part += times(*adjoint, sign * value);
                        }
                    }
                }
            }
            OverTime::Growth(_) => {
                let row = self.row(operand);
                let lines = [before, after, back_before, back_after].map(|period| row.line(period).0);
                let parts: Vec<(f64, f64)> = (0..row.cells)
                    .map(|cell| {
                        let [now, later, base, later_base] = lines.map(|line| line[cell]);
                        let (own, of_base) =
                            quotient_multipliers((now, later), (base, later_base), self.method);
                        (times(adjoint[cell], own), times(adjoint[cell], of_base))
                    })
                    .collect();
                self.give(operand, pair, None, parts.iter().map(|part| part.0));
                self.give(operand, (back_before, back_after), None, parts.iter().map(|part| part.1));
            }
        }
    }

    /// The same weight for all cells of an operand; what is compared with itself has not moved.
    fn give_all(&mut self, operand: u32, pair: Pair, adjoint: &[f64], weight: f64) {
        if pair.0 != pair.1 {
            self.give(operand, pair, None, adjoint.iter().map(|adjoint| times(*adjoint, weight)));
        }
    }

    /// A condition or a stand-in hands on to the operand that it takes; what a switch brings is a part of its own.
    fn take(
        &mut self,
        slot: usize,
        step: &Step,
        choice: Choice,
        maps: &[Option<Arc<Map>>],
        pair: Pair,
        adjoint: &[f64],
    ) {
        let mut shares = core::mem::take(&mut self.shares);
        shares.of(&self.slopes(), (slot, step, choice), maps, pair, adjoint);
        let (yes, no) = Shares::branches(choice);
        for (place, parts) in [(yes, &shares.yes), (no, &shares.no)] {
            // A branch that no member takes asks for no line.
            if any(parts, parts, |part, _| part.abs() > 0.0) {
                let operand = self.graph.operands(step)[place];
                self.give(operand, pair, maps[place].as_deref(), parts.iter().copied());
            }
        }
        if any(&shares.switch, &shares.switch, |part, _| part.abs() > 0.0) {
            let part = self.part(slot_number(slot), PartKind::Switch);
            part.iter_mut().zip(&shares.switch).for_each(|(part, own)| *part += own);
        }
        self.shares = shares;
    }

    /// A product hands on by its multipliers, and so does the least, the greatest or the size of numbers; what a switch brings is
    /// a part of its own.
    fn multiply(&mut self, slot: usize, step: &Step, maps: &[Option<Arc<Map>>], pair: Pair, adjoint: &[f64]) {
        let neighbours = pair.0 + 1 == pair.1 && self.comparisons.0 > 1;
        let cells = adjoint.len();
        let known = self.kept.get_mut(&slot).and_then(|kept| kept[pair.1].take());
        let mut scratch = core::mem::take(&mut self.scratch);
        let mut multipliers =
            known.unwrap_or_else(|| self.slopes().line(slot, step, maps, pair, &mut scratch));
        self.scratch = scratch;
        if any(adjoint, &multipliers, |adjoint, own| (adjoint.abs() > 0.0) & own.is_nan()) {
            self.slopes().fill(slot, step, maps, pair, adjoint, &mut multipliers);
        }
        let (of_operands, rest) = multipliers.split_at(step.count as usize * cells);
        for (place, operand) in self.graph.operands(step).iter().enumerate() {
            let own = &of_operands[place * cells..(place + 1) * cells];
            // Nobody asks for a line that nothing is handed on to.
            if any(adjoint, own, |adjoint, own| (adjoint.abs() > 0.0) & (own.abs() > 0.0)) {
                let parts = adjoint.iter().zip(own).map(|(adjoint, own)| times(*adjoint, *own));
                self.give(*operand, pair, maps[place].as_deref(), parts);
            }
        }
        if any(adjoint, rest, |adjoint, rest| (adjoint.abs() > 0.0) & (rest.abs() > 0.0)) {
            let part = self.part(slot_number(slot), PartKind::Switch);
            for ((part, adjoint), rest) in part.iter_mut().zip(adjoint).zip(rest) {
                *part += times(*adjoint, *rest);
            }
        }
        if neighbours {
            let periods = self.columns.places.panel.periods.len();
            let kept = self.kept.entry(slot).or_insert_with(|| alloc::vec![None; periods]);
            kept[pair.1] = Some(multipliers);
        }
    }

    fn slopes(&self) -> Slopes<'s> {
        Slopes { graph: self.graph, rows: &self.columns.rows, method: self.method }
    }

    /// Adds parts to the line of a slot, each to the cell in which its own lies.
    fn give(&mut self, slot: u32, pair: Pair, map: Option<&Map>, parts: impl Iterator<Item = f64>) {
        let Some(map) = map else {
            match self.pending[slot as usize].entry(pair) {
                Entry::Occupied(line) => {
                    line.into_mut().iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
                }
                // The first to give writes, for there is nothing to add to.
                Entry::Vacant(line) => {
                    self.work += self.columns.rows[slot as usize].cells.max(SHORTEST) as u64;
                    let mut first = self.pool.pop().unwrap_or_default();
                    first.clear();
                    first.extend(parts);
                    line.insert(first);
                }
            }
            return;
        };
        let line = self.line(slot, pair);
        for (to, part) in map.to.iter().zip(parts) {
            if let Some(sum) = line.get_mut(*to as usize) {
                *sum += part;
            }
        }
    }
}

/// By how much a quotient follows the two; a growth, `now / base - 1`, does as one.
fn quotient_multipliers(
    (old, new): (f64, f64),
    (base, new_base): (f64, f64),
    method: DecompositionMethod,
) -> (f64, f64) {
    let (before, after) = (old / base, new / new_base);
    // Where nobody is, nothing follows.
    if !before.is_finite() || !after.is_finite() {
        return (0.0, 0.0);
    }
    match method {
        DecompositionMethod::Sequential => (1.0 / base, -new / (base * new_base)),
        DecompositionMethod::LogMean if (old > 0.0 && new > 0.0) || (old < 0.0 && new < 0.0) => {
            let mean = same_sign_log_mean(after, before);
            (mean / same_sign_log_mean(new, old), -mean / same_sign_log_mean(new_base, base))
        }
        // From nothing to nothing, or from nothing: only the value itself can have moved it.
        DecompositionMethod::LogMean if old.abs() <= 0.0 && new.abs() <= 0.0 => {
            (same_sign_log_mean(1.0 / new_base, 1.0 / base), 0.0)
        }
        DecompositionMethod::LogMean if old.abs() <= 0.0 || new.abs() <= 0.0 => {
            ((after - before) / (new - old), 0.0)
        }
        _ => (0.5 * (1.0 / base + 1.0 / new_base), -0.5 * (old + new) / (base * new_base)),
    }
}
