//! The kernels of panels in floats: a step in all cells of one period, and in one cell of one period, with the same bits.

use super::choice::Choice;
use super::function::{Aggregate, OverTime};
use super::graph::{Graph, Operation, Step, quotient};
use super::groups::Gathering;
use super::panel_lines::{
    BLOCK, Lines, MISSING, NOBODY, Partial, Row, Scratch, Window, block_sum, compare, further, growth, join,
    joined, own_member, partial, stand_in,
};
use super::panel_wire::{CHUNK, Map, Wire};
use alloc::sync::Arc;
use core::ops::Range;

/// What the kernels work on.
pub(super) struct Kernel<'k> {
    pub(super) graph: &'k Graph,
    /// The rows below the step.
    pub(super) below: &'k [Row],
    /// Which cells of the step's frame are there; `None` where all are.
    pub(super) there: Option<&'k [bool]>,
}

#[expect(clippy::indexing_slicing, reason = "operands have lower slots, whose rows lie below and are whole")]
#[expect(clippy::arithmetic_side_effects, reason = "places of the panel, of which there are at most 2^25")]
impl Kernel<'_> {
    fn row(&self, step: &Step, operand: usize) -> &Row {
        &self.below[self.graph.operands(step)[operand] as usize]
    }

    /// A step in all cells and periods.
    pub(super) fn whole(&self, step: &Step, wire: &Wire, own: &mut Row) {
        let periods = own.values.len().checked_div(own.cells).unwrap_or(0);
        match wire {
            Wire::Same(maps) => self.same(step, maps, own, periods),
            Wire::Over(over, looks) => {
                self.blocks(step, *over, own, periods);
                for period in 0..periods {
                    self.over(step, *over, looks[period] as usize, own, period);
                    self.leave_gaps(own, period * own.cells..(period + 1) * own.cells);
                }
            }
            Wire::Members(map, gathering) => {
                self.partials(step, (map, *gathering), own, periods);
                for place in 0..own.values.len() {
                    self.gathered((map, *gathering), own, place);
                }
            }
        }
    }

    /// A step in one cell and period.
    pub(super) fn one(&self, step: &Step, wire: &Wire, own: &mut Row, place: usize) {
        let (period, cell) = (place / own.cells, place % own.cells);
        match wire {
            Wire::Same(maps) => {
                let at = |operand: usize| {
                    let row = self.row(step, operand);
                    let cell = maps[operand].as_ref().map_or(cell, |map| map.to[cell] as usize);
                    if cell < row.cells { row.at(period * row.cells + cell) } else { (f64::NAN, NOBODY) }
                };
                let value = self.value_of(step, &at);
                own.put(place, value);
            }
            Wire::Over(over, looks) => {
                let value = self.value_over(step, *over, looks[period] as usize, own, place);
                own.put(place, value);
            }
            Wire::Members(map, gathering) => self.gathered((map, *gathering), own, place),
        }
        self.leave_gaps(own, place..place + 1);
    }

    fn leave_gaps(&self, own: &mut Row, places: Range<usize>) {
        let Some(there) = self.there else { return };
        let lines = own.values[places.clone()].iter_mut().zip(&mut own.states[places.clone()]);
        for ((value, state), is_there) in lines.zip(&there[places]) {
            if !is_there {
                (*value, *state) = (f64::NAN, NOBODY);
            }
        }
    }

    /// A step that reads its operands in the same period, line by line: a line of a thousand members stays in the nearest cache.
    fn same(&self, step: &Step, maps: &[Option<Arc<Map>>], own: &mut Row, periods: usize) {
        let mut scratch: [Scratch; 3] = Default::default();
        for period in 0..periods {
            let range = period * own.cells..(period + 1) * own.cells;
            let (out, states) = (&mut own.values[range.clone()], &mut own.states[range.clone()]);
            let line = Line { kernel: self, step, maps, period };
            match self.graph.choice(step) {
                Some(choice) => line.choose(choice, out, states, &mut scratch),
                None if step.operation == Operation::Product => line.multiply(out, states, &mut scratch),
                None => line.add(out, states, &mut scratch[0]),
            }
            self.leave_gaps(own, range);
        }
    }

    /// The value of a step that reads its operands in the same period.
    fn value_of(&self, step: &Step, at: &impl Fn(usize) -> (f64, u8)) -> (f64, u8) {
        let count = step.count as usize;
        let states = || (0..count).fold(0, |states, operand| states | at(operand).1);
        match (step.operation, self.graph.choice(step)) {
            (Operation::Choice, Some(choice)) => match choice {
                Choice::If => {
                    let (condition, state) = at(0);
                    if !condition.is_finite() {
                        (f64::NAN, state)
                    } else if condition.abs() > 0.0 {
                        at(1)
                    } else {
                        at(2)
                    }
                }
                Choice::Compare(comparison) => {
                    let mut out = [f64::NAN];
                    compare(comparison, &[at(0).0], &[at(1).0], &mut out);
                    (out[0], states())
                }
                Choice::Minimum | Choice::Maximum => {
                    let further = |kept, operand: usize| further(choice, kept, at(operand).0);
                    ((1..count).fold(at(0).0, further), states())
                }
                Choice::MissingAs | Choice::UndefinedAs => stand_in(choice, at(0), at(1)),
                Choice::Absolute => (at(0).0.abs(), at(0).1),
                Choice::Members(gathering) => own_member(gathering, at(0)),
                Choice::Over(_) => at(0),
            },
            (Operation::Sum, _) => {
                let sum = (0..count).fold(0.0, |sum, operand| sum + at(operand).0);
                (sum * step.scale, states())
            }
            (Operation::WeightedSum, _) => {
                let (constant, weights) = self.graph.weights(step);
                let terms = weights.iter().enumerate();
                let sum = terms.fold(constant, |sum, (operand, weight)| sum + weight * at(operand).0);
                (sum * step.scale, states())
            }
            (Operation::Product | Operation::Choice, _) => {
                let above = count - step.denominators as usize;
                let product = (0..above).fold(step.scale, |product, operand| product * at(operand).0);
                if above == count {
                    return (product, states());
                }
                let divisor = (above..count).fold(1.0, |product, operand| product * at(operand).0);
                (quotient(product, divisor), states())
            }
        }
    }

    /// A line of a step that looks back.
    fn over(&self, step: &Step, over: OverTime, back: usize, own: &mut Row, period: usize) {
        let row = self.row(step, 0);
        let cells = own.cells;
        // What is before this line, of which `to_date` adds to the last.
        let (before, from) = own.values.split_at_mut(period * cells);
        let (states_before, states_from) = own.states.split_at_mut(period * cells);
        let (out, states) = (&mut from[..cells], &mut states_from[..cells]);
        let periods = row.values.len().checked_div(row.cells).unwrap_or(0);
        if back >= periods {
            out.fill(f64::NAN);
            states.fill(MISSING);
            return;
        }
        let ((now, now_states), (then, then_states)) = (row.line(period), row.line(back));
        match over {
            OverTime::Lag(_) => {
                out.copy_from_slice(then);
                states.copy_from_slice(then_states);
            }
            OverTime::Growth(_) => {
                for ((out, now), then) in out.iter_mut().zip(now).zip(then) {
                    *out = growth(*now, *then);
                }
                states.copy_from_slice(now_states);
                join(states, then_states);
            }
            OverTime::RollingSum(_) | OverTime::RollingMean(_) => {
                out.fill(0.0);
                states.fill(0);
                let window = Window::new(back, period);
                for other in window.head.chain(window.tail) {
                    let (next, next_states) = row.line(other);
                    out.iter_mut().zip(next).for_each(|(sum, value)| *sum += value);
                    join(states, next_states);
                }
                for block in window.blocks {
                    let line = &own.partial[block * cells..(block + 1) * cells];
                    for ((sum, state), partial) in out.iter_mut().zip(states.iter_mut()).zip(line) {
                        *sum += partial.value;
                        *state |= partial.state;
                    }
                }
                if let OverTime::RollingMean(count) = over {
                    for sum in out {
                        *sum /= f64::from(count);
                    }
                }
            }
            OverTime::ToDate(_) if back < period => {
                let last = (period - 1) * cells;
                for ((out, so_far), now) in out.iter_mut().zip(&before[last..]).zip(now) {
                    *out = so_far + now;
                }
                states.copy_from_slice(&states_before[last..]);
                join(states, now_states);
            }
            OverTime::ToDate(_) => {
                out.copy_from_slice(now);
                states.copy_from_slice(now_states);
            }
        }
        // A member that was not there has no value to look back to.
        for state in states {
            *state &= MISSING;
        }
    }

    /// The sums of blocks of periods, where a window is so long that it takes some.
    fn blocks(&self, step: &Step, over: OverTime, own: &mut Row, periods: usize) {
        own.partial.clear();
        let (OverTime::RollingSum(count) | OverTime::RollingMean(count)) = over else { return };
        if (count as usize) < 2 * BLOCK {
            return;
        }
        let row = self.row(step, 0);
        for block in 0..periods / BLOCK {
            own.partial.extend((0..own.cells).map(|cell| block_sum(row, block, cell)));
        }
    }

    /// The sum of the one block in which a period lies.
    pub(super) fn period_changed(&self, step: &Step, own: &mut Row, place: usize) {
        let row = self.row(step, 0);
        let (block, cell) = (place / row.cells / BLOCK, place % row.cells);
        if let Some(partial) = own.partial.get_mut(block * row.cells + cell) {
            *partial = block_sum(row, block, cell);
        }
    }

    /// The value of a step that looks back, in one cell.
    fn value_over(&self, step: &Step, over: OverTime, back: usize, own: &Row, place: usize) -> (f64, u8) {
        let row = self.row(step, 0);
        let (period, cell) = (place / own.cells, place % own.cells);
        let at = |period: usize| row.at(period * row.cells + cell);
        let periods = row.values.len().checked_div(row.cells).unwrap_or(0);
        if back >= periods {
            return (f64::NAN, MISSING);
        }
        let ((now, state), (then, state_then)) = (at(period), at(back));
        let (value, state) = match over {
            OverTime::Lag(_) => (then, state_then),
            OverTime::Growth(_) => (growth(now, then), state | state_then),
            OverTime::RollingSum(_) | OverTime::RollingMean(_) => {
                let window = Window::new(back, period);
                let of_block = |block: usize| {
                    let partial = own.partial[block * own.cells + cell];
                    (partial.value, partial.state)
                };
                let all = window.head.chain(window.tail).map(at).chain(window.blocks.map(of_block));
                let (sum, states) =
                    all.fold((0.0, 0), |(sum, states), (value, state)| (sum + value, states | state));
                match over {
                    OverTime::RollingMean(count) => (sum / f64::from(count), states),
                    _ => (sum, states),
                }
            }
            OverTime::ToDate(_) if back < period => {
                let (so_far, states) = own.at(place - own.cells);
                (so_far + now, states | state)
            }
            OverTime::ToDate(_) => (now, state),
        };
        (value, state & MISSING)
    }

    /// What chunks of members make, all of them.
    fn partials(&self, step: &Step, (map, gathering): (&Map, Gathering), own: &mut Row, periods: usize) {
        own.partial.clear();
        let row = self.row(step, 0);
        for period in 0..periods {
            let line = row.line(period);
            for cell in 0..own.cells {
                own.partial.extend(
                    map.within(cell).chunks(CHUNK as usize).map(|chunk| partial(gathering, chunk, line)),
                );
            }
        }
    }

    /// Makes the one chunk in which a member lies again; the place of the cell that it is a part of.
    pub(super) fn member_changed(
        &self,
        step: &Step,
        (map, gathering): (&Map, Gathering),
        own: &mut Row,
        place: usize,
    ) -> Option<usize> {
        let row = self.row(step, 0);
        let (period, cell) = (place / row.cells, place % row.cells);
        let coarse = map.to[cell] as usize;
        if coarse >= own.cells {
            return None;
        }
        let within = map.within(coarse);
        let chunk = within.binary_search(&u32::try_from(cell).ok()?).ok()? / CHUNK as usize;
        let members = within.chunks(CHUNK as usize).nth(chunk)?;
        let (first, all) = map.chunks(coarse);
        own.partial[period * all + first + chunk] = partial(gathering, members, row.line(period));
        Some(period * own.cells + coarse)
    }

    /// What the chunks of one cell make together.
    fn gathered(&self, (map, gathering): (&Map, Gathering), own: &mut Row, place: usize) {
        let (period, cell) = (place / own.cells, place % own.cells);
        let (first, all) = map.chunks(cell);
        let count = map.within(cell).len().div_ceil(CHUNK as usize);
        let partial = &own.partial[period * all + first..][..count];
        let whole = partial.iter().fold(Partial::default(), |whole, next| joined(gathering, whole, *next));
        let count = f64::from(whole.count);
        // Of a period that is recorded, nobody has nothing: the sum of no member is 0. Nobody of a set says nothing of it.
        let is_sum = gathering.aggregate == Aggregate::Sum && !gathering.is_filtered;
        let value = match gathering.aggregate {
            Aggregate::Count if map.is_told => (count, 0),
            _ if whole.count == 0 && !is_sum => (f64::NAN, MISSING),
            Aggregate::Mean => (whole.value / count, whole.state),
            _ => (whole.value, whole.state),
        };
        own.put(place, value);
        self.leave_gaps(own, place..place + 1);
    }
}

/// A line of a step that reads its operands in the same period.
struct Line<'l> {
    kernel: &'l Kernel<'l>,
    step: &'l Step,
    maps: &'l [Option<Arc<Map>>],
    period: usize,
}

#[expect(clippy::indexing_slicing, reason = "a map for each operand of the step")]
#[expect(clippy::arithmetic_side_effects, reason = "a step has at least as many operands as denominators")]
impl Line<'_> {
    fn operand<'r>(&'r self, operand: usize, scratch: &'r mut Scratch) -> Lines<'r> {
        scratch.line(self.kernel.row(self.step, operand), self.maps[operand].as_deref(), self.period)
    }

    fn count(&self) -> usize {
        self.step.count as usize
    }

    /// A sum, weighted or not.
    fn add(&self, out: &mut [f64], states: &mut [u8], scratch: &mut Scratch) {
        states.fill(0);
        if self.step.operation == Operation::WeightedSum {
            let (constant, weights) = self.kernel.graph.weights(self.step);
            out.fill(constant);
            for (operand, weight) in weights.iter().enumerate() {
                let (next, next_states) = self.operand(operand, scratch);
                out.iter_mut().zip(next).for_each(|(sum, value)| *sum += weight * value);
                join(states, next_states);
            }
        } else {
            out.fill(0.0);
            for operand in 0..self.count() {
                let (next, next_states) = self.operand(operand, scratch);
                out.iter_mut().zip(next).for_each(|(sum, value)| *sum += value);
                join(states, next_states);
            }
        }
        for sum in out {
            *sum *= self.step.scale;
        }
    }

    /// A product, divided by those that stand last.
    fn multiply(&self, out: &mut [f64], states: &mut [u8], [scratch, divisors, _]: &mut [Scratch; 3]) {
        let above = self.count() - self.step.denominators as usize;
        out.fill(self.step.scale);
        states.fill(0);
        for operand in 0..above {
            let (next, next_states) = self.operand(operand, scratch);
            out.iter_mut().zip(next).for_each(|(product, value)| *product *= value);
            join(states, next_states);
        }
        if above == self.count() {
            return;
        }
        let divisors = &mut divisors.values;
        divisors.clear();
        divisors.resize(out.len(), 1.0);
        for operand in above..self.count() {
            let (next, next_states) = self.operand(operand, scratch);
            divisors.iter_mut().zip(next).for_each(|(product, value)| *product *= value);
            join(states, next_states);
        }
        for (product, divisor) in out.iter_mut().zip(divisors) {
            *product = quotient(*product, *divisor);
        }
    }

    fn choose(
        &self,
        choice: Choice,
        out: &mut [f64],
        states: &mut [u8],
        [one, two, three]: &mut [Scratch; 3],
    ) {
        let (a, a_states) = self.operand(0, one);
        match choice {
            Choice::If => {
                let ((b, b_states), (c, c_states)) = (self.operand(1, two), self.operand(2, three));
                for (((out, condition), yes), no) in out.iter_mut().zip(a).zip(b).zip(c) {
                    let taken = if condition.abs() > 0.0 { *yes } else { *no };
                    *out = if condition.is_finite() { taken } else { f64::NAN };
                }
                let lines = states.iter_mut().zip(a.iter().zip(a_states)).zip(b_states.iter().zip(c_states));
                for ((out, (condition, own)), (yes, no)) in lines {
                    let taken = if condition.abs() > 0.0 { *yes } else { *no };
                    *out = if condition.is_finite() { taken } else { *own };
                }
            }
            Choice::Compare(comparison) => {
                let (b, b_states) = self.operand(1, two);
                compare(comparison, a, b, out);
                states.copy_from_slice(a_states);
                join(states, b_states);
            }
            Choice::Minimum | Choice::Maximum => {
                out.copy_from_slice(a);
                states.copy_from_slice(a_states);
                for operand in 1..self.count() {
                    let (next, next_states) = self.operand(operand, two);
                    for (kept, next) in out.iter_mut().zip(next) {
                        *kept = further(choice, *kept, *next);
                    }
                    join(states, next_states);
                }
            }
            Choice::MissingAs | Choice::UndefinedAs => {
                let (b, b_states) = self.operand(1, two);
                let lines = a.iter().zip(a_states).zip(b.iter().zip(b_states));
                for ((out, state), ((a, a_state), (b, b_state))) in out.iter_mut().zip(states).zip(lines) {
                    (*out, *state) = stand_in(choice, (*a, *a_state), (*b, *b_state));
                }
            }
            Choice::Members(gathering) if gathering.aggregate == Aggregate::Count => {
                for ((out, state), own) in out.iter_mut().zip(states).zip(a.iter().zip(a_states)) {
                    (*out, *state) = own_member(gathering, (*own.0, *own.1));
                }
            }
            Choice::Absolute | Choice::Over(_) | Choice::Members(_) => {
                out.copy_from_slice(a);
                states.copy_from_slice(a_states);
                if choice == Choice::Absolute {
                    for value in out {
                        *value = value.abs();
                    }
                }
            }
        }
    }
}
