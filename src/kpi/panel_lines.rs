//! Lines of panels in floats: the values and states of a period's cells, and what two of them, a window or members make.

use super::choice::Choice;
use super::function::{Aggregate, Comparison};
use super::graph::quotient;
use super::groups::Gathering;
use super::panel_wire::Map;
use alloc::vec::Vec;
use core::ops::Range;

/// The value is missing.
pub(super) const MISSING: u8 = 1;
/// The member is not there: nothing to add up. What is not there is missing as well.
pub(super) const NOBODY: u8 = 3;
/// The bit of it that missing values have not.
pub(super) const NOT_THERE: u8 = 2;

/// The periods that a long window adds up at a time: sums of sums, so that a window of half of 40,000 days costs some 400
/// additions, whatever it is asked for.
pub(super) const BLOCK: usize = 128;

/// The values of a slot, period by period: `period * cells + cell`.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Row {
    pub(super) cells: usize,
    /// NaN where there is none; infinite where it left the range of a float.
    pub(super) values: Vec<f64>,
    /// 0 where there is a value or none is defined, [`MISSING`] or [`NOBODY`].
    pub(super) states: Vec<u8>,
    /// Of an aggregate over members its partial ones, chunk by chunk within each cell; of a long window the sums of blocks of
    /// periods, `block * cells + cell`.
    pub(super) partial: Vec<Partial>,
}

/// What a chunk of members makes: their sum, or the least or greatest of them.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Partial {
    pub(super) value: f64,
    /// How many are there.
    pub(super) count: u32,
    pub(super) state: u8,
}

/// Values and states side by side.
pub(super) type Lines<'r> = (&'r [f64], &'r [u8]);

impl Row {
    #[expect(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "periods of the panel only")]
    pub(super) fn line(&self, period: usize) -> Lines<'_> {
        let range = period * self.cells..(period + 1) * self.cells;
        (&self.values[range.clone()], &self.states[range])
    }

    #[expect(clippy::indexing_slicing, reason = "places of the panel only")]
    pub(super) fn at(&self, place: usize) -> (f64, u8) {
        (self.values[place], self.states[place])
    }

    #[expect(clippy::indexing_slicing, reason = "places of the panel only")]
    pub(super) fn put(&mut self, place: usize, (value, state): (f64, u8)) {
        self.values[place] = value;
        self.states[place] = state;
    }
}

/// A line of an operand in the step's own cells.
#[derive(Default)]
pub(super) struct Scratch {
    pub(super) values: Vec<f64>,
    states: Vec<u8>,
}

impl Scratch {
    /// The operand's line as it stands, or gathered by the map.
    pub(super) fn line<'r>(&'r mut self, row: &'r Row, map: Option<&Map>, period: usize) -> Lines<'r> {
        let (values, states) = row.line(period);
        let Some(map) = map else { return (values, states) };
        self.values.clear();
        self.states.clear();
        if let (&[value], &[state]) = (values, states)
            && map.is_total()
        {
            // Of no dimension, or of one member that all have: one for all.
            self.values.resize(map.to.len(), value);
            self.states.resize(map.to.len(), state);
        } else {
            let value = |cell: &u32| values.get(*cell as usize).copied().unwrap_or(f64::NAN);
            self.values.extend(map.to.iter().map(value));
            let state = |cell: &u32| states.get(*cell as usize).copied().unwrap_or(NOBODY);
            self.states.extend(map.to.iter().map(state));
        }
        (&self.values, &self.states)
    }
}

/// The periods of a window, as those that stand alone and blocks of them.
pub(super) struct Window {
    pub(super) head: Range<usize>,
    pub(super) blocks: Range<usize>,
    pub(super) tail: Range<usize>,
}

impl Window {
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "periods of a panel, of which there are at most 40,000"
    )]
    pub(super) fn new(first: usize, last: usize) -> Self {
        let (from, until) = (first.div_ceil(BLOCK), (last + 1) / BLOCK);
        if last + 1 - first < 2 * BLOCK {
            return Self { head: first..last + 1, blocks: 0..0, tail: 0..0 };
        }
        Self { head: first..from * BLOCK, blocks: from..until, tail: until * BLOCK..last + 1 }
    }
}

/// The sum of a cell over the periods of a block, and whether one of them is missing.
#[expect(clippy::arithmetic_side_effects, reason = "blocks of the panel's periods")]
pub(super) fn block_sum(row: &Row, block: usize, cell: usize) -> Partial {
    let periods = block * BLOCK..(block + 1) * BLOCK;
    periods.map(|period| row.at(period * row.cells + cell)).fold(Partial::default(), |sum, (value, state)| {
        Partial { value: sum.value + value, state: sum.state | state, ..sum }
    })
}

/// What the members of a chunk make that are there, and whether one of them is missing.
pub(super) fn partial(gathering: Gathering, members: &[u32], (values, states): Lines<'_>) -> Partial {
    let there = members.iter().filter_map(|member| {
        let place = *member as usize;
        let (value, state) = (*values.get(place)?, *states.get(place)?);
        (state & NOT_THERE == 0).then_some(Partial { value, count: 1, state })
    });
    there.fold(Partial::default(), |whole, next| joined(gathering, whole, next))
}

/// Two parts as one.
pub(super) fn joined(gathering: Gathering, one: Partial, other: Partial) -> Partial {
    let value = match gathering.aggregate {
        Aggregate::Minimum | Aggregate::Maximum if one.count == 0 => other.value,
        Aggregate::Minimum | Aggregate::Maximum if other.count == 0 => one.value,
        Aggregate::Minimum => further(Choice::Minimum, one.value, other.value),
        Aggregate::Maximum => further(Choice::Maximum, one.value, other.value),
        _ => one.value + other.value,
    };
    Partial { value, count: one.count.saturating_add(other.count), state: one.state | other.state }
}

/// What an aggregate makes of one member alone.
pub(super) fn own_member(gathering: Gathering, (value, state): (f64, u8)) -> (f64, u8) {
    match gathering.aggregate {
        Aggregate::Count if state & NOT_THERE == 0 => (1.0, 0),
        _ => (value, state),
    }
}

/// What is missing in one of two.
pub(super) fn join(states: &mut [u8], others: &[u8]) {
    states.iter_mut().zip(others).for_each(|(state, other)| *state |= other);
}

#[expect(clippy::float_cmp, reason = "the formula asks whether two estimates are equal")]
pub(super) fn compare(comparison: Comparison, left: &[f64], right: &[f64], out: &mut [f64]) {
    // One loop for each, so that none asks which it is.
    macro_rules! lines {
        ($holds:expr) => {{
            for ((out, left), right) in out.iter_mut().zip(left).zip(right) {
                let both = left.is_finite() && right.is_finite();
                *out = if both { f64::from(u8::from($holds(left, right))) } else { f64::NAN };
            }
        }};
    }
    match comparison {
        Comparison::Below => lines!(|left, right| left < right),
        Comparison::AtMost => lines!(|left, right| left <= right),
        Comparison::Above => lines!(|left, right| left > right),
        Comparison::AtLeast => lines!(|left, right| left >= right),
        Comparison::Equal => lines!(|left, right| left == right),
        Comparison::Unequal => lines!(|left, right| left != right),
    }
}

/// The lesser or the greater; NaN beside NaN, the first of equals.
pub(super) fn further(choice: Choice, kept: f64, next: f64) -> f64 {
    let replaces = if choice == Choice::Minimum { next < kept } else { next > kept };
    if kept.is_nan() || next.is_nan() {
        f64::NAN
    } else if replaces {
        next
    } else {
        kept
    }
}

pub(super) fn stand_in(choice: Choice, own: (f64, u8), other: (f64, u8)) -> (f64, u8) {
    let is_missing = own.1 != 0;
    let takes_other = match choice {
        Choice::MissingAs => is_missing,
        _ => !is_missing && !own.0.is_finite(),
    };
    if takes_other { other } else { own }
}

/// `now / base - 1`; none from a base of 0 or below.
pub(super) fn growth(now: f64, base: f64) -> f64 {
    if base > 0.0 { quotient(now, base) - 1.0 } else { f64::NAN }
}
