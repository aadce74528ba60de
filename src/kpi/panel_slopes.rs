//! By how much a step over a panel follows its operands from one period to another, in floats: a line of cells at a time.

use super::choice::Choice;
use super::graph::{Graph, Operation, Step};
use super::multiplier::{choice_multipliers, computed_multipliers};
use super::panel_lines::{Lines, NOT_THERE, Row, Scratch};
use super::panel_wire::Map;
use crate::decompose::{DecompositionMethod, same_sign_log_means};
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Two periods that are compared, by their places.
pub(super) type Pair = (usize, usize);

/// The rows of all slots, and how products are divided.
pub(super) struct Slopes<'s> {
    pub(super) graph: &'s Graph,
    pub(super) rows: &'s [Row],
    pub(super) method: DecompositionMethod,
}

#[expect(
    clippy::indexing_slicing,
    reason = "slots of the tree, each with a row, and cells and periods of the panel"
)]
#[expect(clippy::arithmetic_side_effects, reason = "places of the panel, of which there are at most 2^25")]
impl Slopes<'_> {
    /// The multipliers of a step's operands, operand by operand, and behind them, of a choice, what is left to its switch; NaN
    /// until it is asked for. Those of a product by logarithmic means are there at once, in all cells in which no factor is 0 or
    /// changes its sign: they are computed faster together than those that are needed one by one.
    pub(super) fn line(
        &self,
        slot: usize,
        step: &Step,
        maps: &[Option<Arc<Map>>],
        (before, after): Pair,
        [one, two, means]: &mut [Scratch; 3],
    ) -> Box<[f64]> {
        let own = &self.rows[slot];
        let count = step.count as usize;
        if step.operation != Operation::Product || self.method != DecompositionMethod::LogMean {
            let lines = count + usize::from(step.operation == Operation::Choice);
            return alloc::vec![f64::NAN; lines * own.cells].into();
        }
        let mut all = alloc::vec![0.0; count * own.cells];
        let means = &mut means.values;
        means.clear();
        means.resize(own.cells, f64::NAN);
        same_sign_log_means(own.line(before).0, own.line(after).0, means);
        let lines = all.chunks_exact_mut(own.cells.max(1));
        for ((line, operand), map) in lines.zip(self.graph.operands(step)).zip(maps) {
            let row = &self.rows[*operand as usize];
            let (old, _) = one.line(row, map.as_deref(), before);
            let (new, _) = two.line(row, map.as_deref(), after);
            same_sign_log_means(old, new, line);
            for (mean, of_operand) in means.iter_mut().zip(line) {
                *mean = if of_operand.is_nan() { f64::NAN } else { *mean };
            }
        }
        let above = count - step.denominators as usize;
        for (place, line) in all.chunks_exact_mut(own.cells.max(1)).enumerate() {
            let sign = if place < above { 1.0 } else { -1.0 };
            for (of_operand, mean) in line.iter_mut().zip(means.iter()) {
                *of_operand = sign * mean / *of_operand;
            }
        }
        all.into()
    }

    /// Fills in the multipliers of a step's operands in the cells of a line that the root follows, operand by operand; behind
    /// them, of a choice, what is left to its switch.
    pub(super) fn fill(
        &self,
        slot: usize,
        step: &Step,
        maps: &[Option<Arc<Map>>],
        (before, after): Pair,
        adjoint: &[f64],
        all: &mut [f64],
    ) {
        let (cells, count) = (adjoint.len(), step.count as usize);
        let operands = self.graph.operands(step);
        let own = &self.rows[slot];
        let (old, new) = (own.line(before).0, own.line(after).0);
        let gather = Gathered::new(self.rows, operands, maps, (before, after));
        let choice = self.graph.choice(step);
        let mut of_cell = Vec::with_capacity(count);
        for (cell, adjoint) in adjoint.iter().enumerate() {
            if adjoint.abs() <= 0.0 || !all[cell].is_nan() {
                continue;
            }
            let at = |operand: u32| {
                if operand as usize == slot { (old[cell], new[cell]) } else { gather.at(operand, cell) }
            };
            of_cell.clear();
            if !old[cell].is_finite() || !new[cell].is_finite() {
                // The root has a value, so that this one takes no part in it.
                of_cell.resize(count + usize::from(choice.is_some()), 0.0);
            } else if let Some(choice) = choice {
                let missing = |operand: u32| gather.missing(operand, cell);
                of_cell.resize(count, 0.0);
                choice_multipliers(self.graph, step, choice, &at, &missing, &mut of_cell);
                let mut rest = new[cell] - old[cell];
                for (operand, multiplier) in operands.iter().zip(&of_cell) {
                    let (old, new) = at(*operand);
                    rest -= times(*multiplier, new - old);
                }
                all[count * cells + cell] = rest;
            } else {
                computed_multipliers(self.graph, step, slot, &at, self.method, &mut of_cell);
            }
            for (place, multiplier) in of_cell.iter().enumerate() {
                all[place * cells + cell] = *multiplier;
            }
        }
    }
}

/// What a condition or a stand-in hands on of a line: to the operand that it takes where it holds, to the other one, and to its
/// switch.
#[derive(Default)]
pub(super) struct Shares {
    pub(super) yes: Vec<f64>,
    pub(super) no: Vec<f64>,
    pub(super) switch: Vec<f64>,
    scratch: [Scratch; 6],
}

/// The values of the two branches and of the step itself, each at the two times.
type Ends<'e> = [[&'e [f64]; 2]; 3];

#[expect(
    clippy::indexing_slicing,
    reason = "a condition has three operands and a stand-in two, and cells are the line's"
)]
impl Shares {
    /// The places of the operand that is taken where the first one, the condition, holds or has to be stood in for, and of the
    /// other.
    pub(super) const fn branches(choice: Choice) -> (usize, usize) {
        if matches!(choice, Choice::If) { (1, 2) } else { (1, 0) }
    }

    /// The shares of one step.
    pub(super) fn of(
        &mut self,
        slopes: &Slopes<'_>,
        (slot, step, choice): (usize, &Step, Choice),
        maps: &[Option<Arc<Map>>],
        (before, after): Pair,
        adjoint: &[f64],
    ) {
        let operands = slopes.graph.operands(step);
        let row = |place: usize| &slopes.rows[operands[place] as usize];
        let map = |place: usize| maps[place].as_deref();
        let (yes, no) = Self::branches(choice);
        let [first, first_then, one, one_then, other, other_then] = &mut self.scratch;
        let first = [first.line(row(0), map(0), before), first_then.line(row(0), map(0), after)];
        let one = [one.line(row(yes), map(yes), before).0, one_then.line(row(yes), map(yes), after).0];
        let other = [other.line(row(no), map(no), before).0, other_then.line(row(no), map(no), after).0];
        let own = [before, after].map(|period| slopes.rows[slot].line(period).0);
        let mut out = [&mut self.yes, &mut self.no, &mut self.switch].map(|line| {
            line.resize(adjoint.len(), 0.0);
            &mut line[..]
        });
        let ends = [one, other, own];
        match choice {
            Choice::If => share(|value, _| value.abs() > 0.0, first, ends, adjoint, &mut out),
            Choice::MissingAs => share(|_, state| state != 0, first, ends, adjoint, &mut out),
            _ => share(|value, state| (state == 0) & !value.is_finite(), first, ends, adjoint, &mut out),
        }
    }
}

/// The operand taken at both times has all, two operands have a half each and the switch what is left. Where one of two has no
/// value at one of the times, all is the switch's; where the step itself has none, the root has a value without it.
///
/// One loop without a branch, for a text of each choice, so that several cells are computed at once.
#[inline]
#[expect(clippy::indexing_slicing, reason = "all lines are cut to one length")]
fn share(
    takes: impl Fn(f64, u8) -> bool,
    first: [Lines<'_>; 2],
    ends: Ends<'_>,
    adjoint: &[f64],
    out: &mut [&mut [f64]; 3],
) {
    let cells = adjoint.len();
    let [(old, old_state), (new, new_state)] =
        first.map(|(values, states)| (&values[..cells], &states[..cells]));
    let [[a, b], [c, d], [own, own_then]] = ends.map(|line| line.map(|line| &line[..cells]));
    let [yes, no, switch] = out.each_mut().map(|line| &mut line[..cells]);
    for cell in 0..cells {
        let half = |taken: bool| if taken { 0.5 } else { 0.0 };
        let of_yes = half(takes(old[cell], old_state[cell])) + half(takes(new[cell], new_state[cell]));
        let of_no = 1.0 - of_yes;
        let known = own[cell].is_finite() & own_then[cell].is_finite();
        let one_known = (of_yes <= 0.0) | (a[cell].is_finite() & b[cell].is_finite());
        let other_known = (of_no <= 0.0) | (c[cell].is_finite() & d[cell].is_finite());
        let shared = known & one_known & other_known;
        let (of_yes, of_no) = if shared { (of_yes, of_no) } else { (0.0, 0.0) };
        let moved = times(of_yes, b[cell] - a[cell]) + times(of_no, d[cell] - c[cell]);
        let rest = if known { own_then[cell] - own[cell] - moved } else { 0.0 };
        yes[cell] = times(adjoint[cell], of_yes);
        no[cell] = times(adjoint[cell], of_no);
        switch[cell] = times(adjoint[cell], rest);
    }
}

/// Whether it holds of any pair of two lines, which are asked in blocks, without a branch for each.
#[inline]
pub(super) fn any(one: &[f64], other: &[f64], holds: impl Fn(f64, f64) -> bool) -> bool {
    let mut blocks = one.chunks(64).zip(other.chunks(64));
    blocks
        .any(|(one, other)| one.iter().zip(other).fold(false, |any, (one, other)| any | holds(*one, *other)))
}

/// The lines of operands at two times, in the cells of their step.
struct Gathered<'g> {
    operands: &'g [u32],
    /// For each operand value and state at the first and at the second time.
    lines: Vec<[GatheredLine<'g>; 2]>,
}

/// A line as it stands, or gathered.
enum GatheredLine<'g> {
    Own((&'g [f64], &'g [u8])),
    Mapped((&'g [f64], &'g [u8]), &'g Map),
}

#[expect(clippy::indexing_slicing, reason = "a line for each operand, with a value for each cell")]
impl<'g> Gathered<'g> {
    fn new(
        rows: &'g [Row],
        operands: &'g [u32],
        maps: &'g [Option<Arc<Map>>],
        (before, after): Pair,
    ) -> Self {
        let line = |operand: &u32, map: &'g Option<Arc<Map>>| {
            [before, after].map(|period| {
                let line = rows[*operand as usize].line(period);
                map.as_deref().map_or(GatheredLine::Own(line), |map| GatheredLine::Mapped(line, map))
            })
        };
        Self { operands, lines: operands.iter().zip(maps).map(|(operand, map)| line(operand, map)).collect() }
    }

    fn place(&self, operand: u32) -> usize {
        self.operands.iter().position(|own| *own == operand).unwrap_or(0)
    }

    fn at(&self, operand: u32, cell: usize) -> (f64, f64) {
        let [old, new] = &self.lines[self.place(operand)];
        (old.at(cell).0, new.at(cell).0)
    }

    fn missing(&self, operand: u32, cell: usize) -> (bool, bool) {
        let [old, new] = &self.lines[self.place(operand)];
        (old.at(cell).1 != 0, new.at(cell).1 != 0)
    }
}

#[expect(clippy::indexing_slicing, reason = "a line has a value for each cell of its frame")]
impl GatheredLine<'_> {
    #[inline]
    fn at(&self, cell: usize) -> (f64, u8) {
        let ((values, states), cell) = match self {
            GatheredLine::Own(line) => (*line, cell),
            GatheredLine::Mapped(line, map) => (*line, map.to[cell] as usize),
        };
        (values.get(cell).copied().unwrap_or(f64::NAN), states.get(cell).copied().unwrap_or(NOT_THERE))
    }
}

/// What follows from nothing is nothing, also where the other has no value.
#[inline]
pub(super) fn times(adjoint: f64, other: f64) -> f64 {
    if adjoint.abs() <= 0.0 { 0.0 } else { adjoint * other }
}
