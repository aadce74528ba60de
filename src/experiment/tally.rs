//! One pass over columns of units: sums, squares and products of each arm.
//!
//! Rows are read in blocks that stay in the nearest cache. In a block whose numbers have at most 26 bits, and nearly all
//! have, each is moved by 2^26 so that none is negative: 32-bit products and 64-bit sums are then exact, and the compiler
//! makes vectors of them. Arms are told apart by masks and not by branches; where there are many, the rows of a block are put
//! in the order of their arms once for all metrics, and each arm that is there adds up its own in registers. What a block
//! gives is added in 128 bits. The numbers of any other block are, too, one by one.

use crate::stats::{PairedMoments, StatsError};
use alloc::vec::Vec;
use core::ops::Range;

/// The rows of a block: 2^54 times 2^9 fits 64 bits.
const BLOCK: usize = 512;
/// By how much numbers are moved.
const OFFSET: i64 = 1 << 26;
/// The bits that a moved number may have.
const MOVED: u64 = (1 << 27) - 1;
/// Up to how many arms masks are faster than the order of arms.
const MASKED_ARMS: usize = 5;

/// A measured column and the one beside it.
#[derive(Clone, Copy)]
pub(super) struct Pair<'a> {
    pub(super) y: &'a [i64],
    pub(super) x: Option<&'a [i64]>,
    /// The bounds between which `y` counts.
    pub(super) bounds: Option<(i64, i64)>,
    /// Whether `y` may be 0 and 1 only.
    pub(super) is_share: bool,
}

/// Why columns have no sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// The arm of this row is not there.
    Arm { row: usize },
    /// The value of this row is neither 0 nor 1.
    Share { pair: usize, row: usize, value: i64 },
    /// A sum exceeds its type.
    Overflow,
}

/// Sums of the moved numbers of a block.
#[derive(Clone, Copy, Default)]
struct Moved {
    count: u64,
    x: u64,
    y: u64,
    xx: u64,
    yy: u64,
    xy: u64,
}

/// The sums of an arm: of the moved numbers of all narrow blocks, and of the numbers of all others.
#[derive(Clone, Copy)]
struct Total {
    count: u64,
    x: u128,
    y: u128,
    xx: u128,
    yy: u128,
    xy: u128,
    wide: PairedMoments,
}

impl Total {
    const NONE: Self = Self { count: 0, x: 0, y: 0, xx: 0, yy: 0, xy: 0, wide: PairedMoments::EMPTY };

    #[expect(
        clippy::arithmetic_side_effects,
        reason = "sums of at most 2^64 numbers below 2^54, in 128 bits"
    )]
    fn add(&mut self, block: &Moved) {
        self.count += block.count;
        self.x += u128::from(block.x);
        self.y += u128::from(block.y);
        self.xx += u128::from(block.xx);
        self.yy += u128::from(block.yy);
        self.xy += u128::from(block.xy);
    }

    /// The sums of the numbers as they were: `v = w - b`.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "sums of at most 2^64 numbers below 2^54, in 128 bits: a term has at most 2^118"
    )]
    fn finished(self, has_x: bool) -> Result<PairedMoments, StatsError> {
        let (offset, count) = (i128::from(OFFSET), i128::from(self.count));
        let signed = u128::cast_signed;
        let plain = |sum: u128| signed(sum) - count * offset;
        let (x, y) = (if has_x { plain(self.x) } else { 0 }, plain(self.y));
        let product = |products: u128, x: i128, y: i128| {
            signed(products) - offset * x - offset * y - count * offset * offset
        };
        let square = |squares: u128, sum: i128| product(squares, sum, sum).unsigned_abs();
        let xs = if has_x { (square(self.xx, x), product(self.xy, x, y)) } else { (0, 0) };
        PairedMoments::of_counted(self.count, (x, y), (xs.0, square(self.yy, y)), xs.1).merge(self.wide)
    }
}

/// The sums of each of `arms` arms, for each pair of columns.
///
/// Every column has as many rows as `arm_of`: the caller has checked it. What else can be wrong is looked for while a
/// block is near, because a pass of its own over the columns would cost as much as adding them up.
pub(super) fn tally(
    arm_of: &[u32],
    arms: usize,
    pairs: &[Pair<'_>],
) -> Result<Vec<Vec<PairedMoments>>, Refused> {
    let mut sums: Vec<Vec<Total>> = pairs.iter().map(|_| alloc::vec![Total::NONE; arms]).collect();
    let mut own = [Moved::default(); MASKED_ARMS];
    let mut masks = Masks::default();
    let mut order = Order::new(if arms <= MASKED_ARMS { 0 } else { arms });
    let mut scratch = [0_i64; BLOCK];
    let mut first = 0_usize;
    for block in arm_of.chunks(BLOCK) {
        let rows = first..first.saturating_add(block.len());
        // One pass without a branch; the row is looked for only where there is one.
        if block.iter().fold(0, |most, arm| most.max(*arm)) as usize >= arms
            && let Some(row) = block.iter().position(|arm| *arm as usize >= arms)
        {
            return Err(Refused::Arm { row: first.saturating_add(row) });
        }
        if arms <= MASKED_ARMS {
            masks.set(block, arms);
        } else {
            order.set(block);
        }
        for (index, (pair, sums)) in pairs.iter().zip(&mut sums).enumerate() {
            let y = part(pair.y, &rows);
            if pair.is_share
                && y.iter().fold(0, |bits, value| bits | *value) & !1 != 0
                && let Some((row, value)) = y.iter().enumerate().find(|(_, value)| **value & !1 != 0)
            {
                return Err(Refused::Share { pair: index, row: first.saturating_add(row), value: *value });
            }
            let y = clamped(y, pair.bounds, &mut scratch);
            let x = pair.x.map(|x| part(x, &rows));
            let is_narrow = if arms <= MASKED_ARMS {
                let own = own.get_mut(..arms).unwrap_or_default();
                let is_narrow = match x {
                    None => masked(&masks, y, own),
                    Some(x) => masked_pair(&masks, y, x, own),
                };
                if is_narrow {
                    sums.iter_mut().zip(own).for_each(|(sums, own)| sums.add(own));
                }
                is_narrow
            } else {
                ordered(&order, y, x, sums)
            };
            if !is_narrow {
                add_rows(block, y, x, sums).map_err(|_| Refused::Overflow)?;
            }
        }
        first = rows.end;
    }
    let finished = |(sums, pair): (Vec<Total>, &Pair<'_>)| {
        sums.into_iter().map(|total| total.finished(pair.x.is_some())).collect::<Result<Vec<_>, _>>()
    };
    sums.into_iter().zip(pairs).map(finished).collect::<Result<_, _>>().map_err(|_| Refused::Overflow)
}

fn part<'a>(column: &'a [i64], rows: &Range<usize>) -> &'a [i64] {
    column.get(rows.clone()).unwrap_or_default()
}

fn clamped<'a>(y: &'a [i64], bounds: Option<(i64, i64)>, scratch: &'a mut [i64; BLOCK]) -> &'a [i64] {
    let Some((low, high)) = bounds else { return y };
    for (place, value) in scratch.iter_mut().zip(y) {
        // No `clamp`, which panics on bounds that are turned round; these were checked, and stay harmless.
        *place = (*value).max(low).min(high);
    }
    scratch.get(..y.len()).unwrap_or(y)
}

/// For each arm but the first, all ones where a row of the block is the arm's, and how many these are.
struct Masks {
    bits: [[u64; BLOCK]; MASKED_ARMS - 1],
    counts: [u64; MASKED_ARMS - 1],
}

impl Default for Masks {
    fn default() -> Self {
        Self { bits: [[0; BLOCK]; MASKED_ARMS - 1], counts: [0; MASKED_ARMS - 1] }
    }
}

impl Masks {
    #[expect(clippy::arithmetic_side_effects, reason = "at most 512 rows")]
    fn set(&mut self, block: &[u32], arms: usize) {
        let others = self.bits.iter_mut().zip(&mut self.counts).zip(1_u32..).take(arms.saturating_sub(1));
        for ((bits, count), arm) in others {
            let mut found = 0;
            for (bits, of) in bits.iter_mut().zip(block) {
                let is_arm = u64::from(*of == arm);
                *bits = is_arm.wrapping_neg();
                found += is_arm;
            }
            *count = found;
        }
    }
}

/// Adds the rows of a block one by one; an error where a sum exceeds its type.
fn add_rows(block: &[u32], y: &[i64], x: Option<&[i64]>, sums: &mut [Total]) -> Result<(), StatsError> {
    for (row, (arm, y)) in block.iter().zip(y).enumerate() {
        let x = x.and_then(|x| x.get(row)).copied().unwrap_or_default();
        // Every arm is there: the block was looked through before.
        if let Some(sums) = sums.get_mut(*arm as usize) {
            sums.wide = sums.wide.merge(PairedMoments::of_one(x, *y))?;
        }
    }
    Ok(())
}

/// The moved number, whose high bits tell whether it may count.
fn moved(value: i64) -> u64 {
    value.wrapping_add(OFFSET).cast_unsigned()
}

/// The product of the low halves: one instruction of a vector unit.
#[expect(clippy::cast_possible_truncation, reason = "numbers of 27 bits, or a block that does not count")]
fn times(left: u64, right: u64) -> u64 {
    u64::from(left as u32).wrapping_mul(u64::from(right as u32))
}

/// The sums of each arm by masks; `false` where a number is too large.
fn masked(masks: &Masks, y: &[i64], own: &mut [Moved]) -> bool {
    let mut all = Moved { count: y.len() as u64, ..Moved::default() };
    let mut bits = 0;
    for value in y {
        let w = moved(*value);
        bits |= w;
        all.y = all.y.wrapping_add(w);
        all.yy = all.yy.wrapping_add(times(w, w));
    }
    if bits > MOVED {
        return false;
    }
    for ((mask, count), own) in masks.of_others(own) {
        let (mut sum, mut squares) = (0_u64, 0_u64);
        for (value, mask) in y.iter().zip(mask) {
            let w = moved(*value) & mask;
            sum = sum.wrapping_add(w);
            squares = squares.wrapping_add(times(w, w));
        }
        *own = Moved { count, y: sum, yy: squares, ..Moved::default() };
    }
    leave_to_first(all, own);
    true
}

/// As [`masked`], of pairs.
fn masked_pair(masks: &Masks, y: &[i64], x: &[i64], own: &mut [Moved]) -> bool {
    let mut all = Moved { count: y.len() as u64, ..Moved::default() };
    let mut bits = 0;
    for (y, x) in y.iter().zip(x) {
        let (w, u) = (moved(*y), moved(*x));
        bits |= w | u;
        all.add(u, w);
    }
    if bits > MOVED {
        return false;
    }
    for ((mask, count), own) in masks.of_others(own) {
        let mut sums = Moved::default();
        for ((y, x), mask) in y.iter().zip(x).zip(mask) {
            sums.add(moved(*x) & mask, moved(*y) & mask);
        }
        *own = Moved { count, ..sums };
    }
    leave_to_first(all, own);
    true
}

impl Masks {
    /// Mask, count and place of each arm but the first.
    fn of_others<'m>(
        &'m self,
        own: &'m mut [Moved],
    ) -> impl Iterator<Item = ((&'m [u64; BLOCK], u64), &'m mut Moved)> {
        self.bits.iter().zip(self.counts).zip(own.iter_mut().skip(1))
    }
}

/// The first arm is what the others leave of all.
fn leave_to_first(all: Moved, own: &mut [Moved]) {
    let Some((first, others)) = own.split_first_mut() else { return };
    *first = others.iter().fold(all, |left, own| Moved {
        count: left.count.wrapping_sub(own.count),
        x: left.x.wrapping_sub(own.x),
        y: left.y.wrapping_sub(own.y),
        xx: left.xx.wrapping_sub(own.xx),
        yy: left.yy.wrapping_sub(own.yy),
        xy: left.xy.wrapping_sub(own.xy),
    });
}

impl Moved {
    fn add(&mut self, x: u64, y: u64) {
        self.x = self.x.wrapping_add(x);
        self.y = self.y.wrapping_add(y);
        self.xx = self.xx.wrapping_add(times(x, x));
        self.yy = self.yy.wrapping_add(times(y, y));
        self.xy = self.xy.wrapping_add(times(x, y));
    }
}

/// The rows of a block in the order of their arms.
struct Order {
    rows: [u16; BLOCK],
    /// The arms that the block has, each with the end of its rows.
    ends: Vec<(u32, u16)>,
    /// Of each arm 0, but while a block is put in order.
    places: Vec<u16>,
}

impl Order {
    fn new(arms: usize) -> Self {
        Self { rows: [0; BLOCK], ends: Vec::with_capacity(arms.min(BLOCK)), places: alloc::vec![0; arms] }
    }

    /// Counts the rows of each arm, and puts each row behind those of the arms before it and of its own.
    #[expect(
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        reason = "the block was looked through for its arms; it has at most 512 rows, and so has their order"
    )]
    fn set(&mut self, block: &[u32]) {
        self.ends.clear();
        for arm in block {
            let place = &mut self.places[*arm as usize];
            if *place == 0 {
                self.ends.push((*arm, 0));
            }
            *place += 1;
        }
        let mut begin = 0;
        for (arm, _) in &self.ends {
            let place = &mut self.places[*arm as usize];
            begin += core::mem::replace(place, begin);
        }
        for (row, arm) in (0_u16..).zip(block) {
            let place = &mut self.places[*arm as usize];
            self.rows[usize::from(*place)] = row;
            *place += 1;
        }
        for (arm, end) in &mut self.ends {
            *end = core::mem::take(&mut self.places[*arm as usize]);
        }
    }

    /// Each arm of the block with its rows.
    fn each(&self) -> impl Iterator<Item = (u32, &[u16])> + '_ {
        let mut begin = 0;
        self.ends.iter().map(move |(arm, end)| {
            let rows = self.rows.get(usize::from(begin)..usize::from(*end)).unwrap_or_default();
            begin = *end;
            (*arm, rows)
        })
    }
}

/// Adds the rows of each arm of a block to its sums; `false`, and nothing added, where a number is too large.
#[expect(clippy::indexing_slicing, reason = "an index of a row is cut to the 2^9 rows of a block")]
fn ordered(order: &Order, y: &[i64], x: Option<&[i64]>, sums: &mut [Total]) -> bool {
    let fits = |values: &[i64]| values.iter().fold(0, |bits, value| bits | moved(*value)) <= MOVED;
    if !fits(y) || !x.is_none_or(fits) {
        return false;
    }
    let (mut short_y, mut short_x) = (None, None);
    let y = full(y, &mut short_y);
    let x = x.map(|x| full(x, &mut short_x));
    for (arm, rows) in order.each() {
        let mut own = Moved { count: rows.len() as u64, ..Moved::default() };
        if let Some(x) = x {
            for row in rows {
                let row = usize::from(*row) & (BLOCK - 1);
                own.add(moved(x[row]), moved(y[row]));
            }
        } else {
            for row in rows {
                let w = moved(y[usize::from(*row) & (BLOCK - 1)]);
                own.y = own.y.wrapping_add(w);
                own.yy = own.yy.wrapping_add(times(w, w));
            }
        }
        if let Some(sums) = sums.get_mut(arm as usize) {
            sums.add(&own);
        }
    }
    true
}

/// The values of a block as if it were full: copied where they are short of it, as only the last block of all is.
fn full<'a>(values: &'a [i64], short: &'a mut Option<[i64; BLOCK]>) -> &'a [i64; BLOCK] {
    if let Ok(full) = values.try_into() {
        return full;
    }
    let filled = short.insert([0; BLOCK]);
    for (place, value) in filled.iter_mut().zip(values) {
        *place = *value;
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plainly(arm_of: &[u32], arms: usize, pair: Pair<'_>) -> Vec<PairedMoments> {
        let of = |arm: u32| {
            let rows = (0..arm_of.len()).filter(|row| arm_of[*row] == arm);
            PairedMoments::of(rows.map(|row| {
                let (low, high) = pair.bounds.unwrap_or((i64::MIN, i64::MAX));
                (pair.x.map_or(0, |x| x[row]), pair.y[row].clamp(low, high))
            }))
            .unwrap()
        };
        (0..u32::try_from(arms).unwrap()).map(of).collect()
    }

    #[test]
    fn blocks_of_every_width_add_up_as_single_rows_do() {
        let edge = OFFSET;
        let widths = [0, 1, -1, edge - 1, edge, -edge, -edge - 1, i64::from(i32::MAX), 1 << 40, -(1 << 61)];
        for arms in [1, 2, 3, 5, 6, 9, 40, 130] {
            for (number, width) in widths.into_iter().enumerate() {
                for rows in [0, 1, 511, 512, 513, 1_500] {
                    let arm_of: Vec<u32> = (0..rows).map(|row| row * row % 1_009 % arms).collect();
                    let mut y: Vec<i64> = (0..i64::from(rows)).map(|row| row * 37 % 101 - 50).collect();
                    let mut x: Vec<i64> = y.iter().map(|value| 3 - 2 * value).collect();
                    // One wide number in one block, on one side or the other.
                    if let Some(place) = if number % 2 == 0 { &mut y } else { &mut x }.last_mut() {
                        *place = width;
                    }
                    let pairs = [
                        Pair { y: &y, x: None, bounds: None, is_share: false },
                        Pair { y: &y, x: Some(&x), bounds: None, is_share: false },
                        Pair { y: &x, x: Some(&y), bounds: Some((-40, 40)), is_share: false },
                    ];
                    let found = tally(&arm_of, arms as usize, &pairs).unwrap();
                    for (found, pair) in found.iter().zip(pairs) {
                        assert_eq!(*found, plainly(&arm_of, arms as usize, pair), "{arms} {width} {rows}");
                    }
                }
            }
        }
    }

    #[test]
    fn sums_beyond_their_type_are_told() {
        let wide = [i64::MIN; 4];
        let pair = Pair { y: &wide, x: None, bounds: None, is_share: false };
        assert_eq!(tally(&[0; 4], 1, &[pair]), Err(Refused::Overflow));
    }

    #[test]
    fn the_first_row_that_cannot_count_is_told() {
        let mut y = [1_i64; 1_300];
        let mut arm_of = [0_u32; 1_300];
        let sums = |arm_of: &[u32], y: &[i64]| {
            tally(arm_of, 2, &[Pair { y, x: None, bounds: None, is_share: true }]).map(|_| ())
        };
        assert_eq!(sums(&arm_of, &y), Ok(()));
        y[1_100] = -1;
        y[1_200] = 2;
        assert_eq!(sums(&arm_of, &y), Err(Refused::Share { pair: 0, row: 1_100, value: -1 }));
        arm_of[600] = 2;
        assert_eq!(sums(&arm_of, &y), Err(Refused::Arm { row: 600 }));
    }
}
