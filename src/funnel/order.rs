//! Sorting columns of events in place.
//!
//! Users, times and masks rarely need their full width. Counted from the least of each they mostly fit together
//! in 64 bits: the column of users then holds one number per row, is sorted as numbers, and is taken apart again.
//! Otherwise the rows are divided by the bytes of their keys, most significant first (P. M. `McIlroy`, K. Bostic
//! and M. D. `McIlroy`, 1993, the American flag sort), down to stretches that are sorted in a small buffer.

use super::Events;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// The maximum number of rows of a stretch that is sorted in the buffer.
const BUFFERED: usize = 1 << 14;

impl Events<'_> {
    /// Sorts the rows in place by user, time and mask, then by the sequence and the properties, where there are any.
    /// No figure depends on the order of rows of one user and time. Borrowed columns that are out of order are
    /// copied first.
    ///
    /// Where the user, the time and the mask of every row fit together in 64 bits, as differences from the minimum of
    /// each, no memory is needed beyond the columns; otherwise less than 2 MiB is.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{Events, FunnelError, FunnelRules};
    /// use marketloop::time::Duration;
    ///
    /// let rules = FunnelRules::new(["visit", "order"], Duration::from_hours(1))?;
    /// let mut events = Events::new(vec![2, 1, 1], vec![50, 90, 60], vec![0b01, 0b10, 0b01])?;
    /// assert_eq!(rules.count(&events), Err(FunnelError::NotSorted { row: 1 }));
    /// events.sort();
    /// assert_eq!(rules.count(&events)?.levels(), [0, 1, 1]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn sort(&mut self) {
        // A sequence and properties are part of the order: where there are some, the keys below say too little.
        let is_bare = self.sequence.is_none() && self.properties.is_empty();
        let keys = self.users.iter().zip(&*self.times).zip(&*self.masks);
        if is_bare && keys.is_sorted() {
            return;
        }
        let more = self.sequence.iter_mut().chain(self.properties.iter_mut().map(|(_, values)| values));
        sort(&mut Columns {
            users: self.users.to_mut(),
            times: self.times.to_mut(),
            masks: self.masks.to_mut(),
            more: more.map(|column| column.to_mut().as_mut_slice()).collect(),
        });
    }
}

/// The columns, all of one length: an index of a row is one in each.
struct Columns<'c> {
    users: &'c mut [u64],
    times: &'c mut [i64],
    masks: &'c mut [u32],
    /// The sequence, where there is one, then the properties.
    more: Vec<&'c mut [u32]>,
}

fn sort(events: &mut Columns<'_>) {
    // A packed key has no room for a sequence or properties.
    let packing = if events.more.is_empty() { Packing::of(events) } else { None };
    match packing {
        Some(packing) => packing.sort(events),
        None => divide(events),
    }
}

/// Where in 64 bits the user, the time and the mask stand: the user on top, the mask at the bottom.
struct Packing {
    least_user: u64,
    least_time: i64,
    time_bits: u32,
    mask_bits: u32,
}

impl Packing {
    #[expect(clippy::arithmetic_side_effects, reason = "widths of 64, 64 and 32 bits")]
    fn of(events: &Columns<'_>) -> Option<Self> {
        let (least_user, most_user) = ends(events.users)?;
        let (least_time, most_time) = ends(events.times)?;
        let all_masks = events.masks.iter().fold(0, |all, mask| all | mask);
        // Offsets from the least, not the values: timestamps of a year differ in far fewer bits than they have.
        let bits = |span: u64| u64::BITS - span.leading_zeros();
        let user_bits = bits(most_user.abs_diff(least_user));
        let time_bits = bits(most_time.abs_diff(least_time));
        let mask_bits = bits(all_masks.into());
        // At most 64 + 64 + 32.
        let all = user_bits + time_bits + mask_bits;
        (all <= u64::BITS).then_some(Self { least_user, least_time, time_bits, mask_bits })
    }

    #[expect(
        clippy::arithmetic_side_effects,
        clippy::cast_possible_truncation,
        reason = "offsets from the least; a mask has at most 32 bits; time and mask have at most 64 bits together"
    )]
    fn sort(&self, events: &mut Columns<'_>) {
        let (time_bits, mask_bits) = (self.time_bits, self.mask_bits);
        // Where time and mask take all 64 bits there is one user, whose offset is 0 wherever it is put.
        let user_shift = (time_bits + mask_bits) % u64::BITS;
        // Of 0 bits the shift would be by the whole width, which a shift cannot: 0 is that answer.
        let low = |bits: u32| u64::MAX.checked_shr(u64::BITS - bits).unwrap_or(0);
        let (time_mask, mask_mask) = (low(time_bits), low(mask_bits));
        for ((user, time), mask) in events.users.iter_mut().zip(&*events.times).zip(&*events.masks) {
            *user = ((*user - self.least_user) << user_shift)
                | (time.abs_diff(self.least_time) << mask_bits)
                | u64::from(*mask);
        }
        // Rows of one key are alike in every column: a stable sort would change nothing.
        events.users.sort_unstable();
        let one_user = time_bits + mask_bits == u64::BITS;
        let rows = events.users.iter_mut().zip(&mut *events.times).zip(&mut *events.masks);
        for ((key, time), mask) in rows {
            *mask = (*key & mask_mask) as u32;
            *time = self.least_time.wrapping_add_unsigned((*key >> mask_bits) & time_mask);
            *key = self.least_user + if one_user { 0 } else { *key >> user_shift };
        }
    }
}

fn ends<T: Copy + Ord>(values: &[T]) -> Option<(T, T)> {
    let first = *values.first()?;
    Some(values.iter().fold((first, first), |(least, most), value| (least.min(*value), most.max(*value))))
}

/// How many bytes the key of a row has: of its user, its time, its mask and the columns behind them.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "columns are lists in memory, each larger than what is counted for it"
)]
const fn key_length(events: &Columns<'_>) -> usize {
    // 8 and 8 and 4; the columns are a list in memory, so that four times their number is no more than it has bytes.
    20 + 4 * events.more.len()
}

/// The byte at `place` of the key of a row, the most significant first.
#[expect(
    clippy::indexing_slicing,
    reason = "a row of the columns, which have one length; a place below the length of the key"
)]
#[expect(clippy::arithmetic_side_effects, reason = "a place is taken from where its column begins")]
fn key_byte(events: &Columns<'_>, row: usize, place: usize) -> u8 {
    debug_assert!(place < key_length(events), "a byte of the key");
    match place {
        0..8 => events.users[row].to_be_bytes()[place],
        // The order of signed numbers is that of their bits with the sign turned round.
        8..16 => (events.times[row] ^ i64::MIN).to_be_bytes()[place - 8],
        16..20 => events.masks[row].to_be_bytes()[place - 16],
        _ => events.more[(place - 20) / 4][row].to_be_bytes()[place % 4],
    }
}

fn swap(events: &mut Columns<'_>, left: usize, right: usize) {
    events.users.swap(left, right);
    events.times.swap(left, right);
    events.masks.swap(left, right);
    for column in &mut events.more {
        column.swap(left, right);
    }
}

/// Divides the rows by the bytes of their keys, and what is small enough sorts in the buffer.
#[expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a byte is an index below 256; heads and ends stay within the rows that were counted"
)]
fn divide(events: &mut Columns<'_>) {
    let mut buffer = Buffer::default();
    // A list of what is left to do and no recursion, which would be as deep as a key has bytes: four for each property.
    let mut open = alloc::vec![(0_usize, events.users.len(), 0_usize)];
    while let Some((start, end, place)) = open.pop() {
        if end - start <= BUFFERED {
            buffer.sort(events, start, end);
            continue;
        }
        if place == key_length(events) {
            continue;
        }
        let mut counts = [0_usize; 256];
        for row in start..end {
            counts[usize::from(key_byte(events, row, place))] += 1;
        }
        let (mut heads, mut ends, mut next) = ([0_usize; 256], [0_usize; 256], start);
        for (byte, count) in counts.into_iter().enumerate() {
            heads[byte] = next;
            next += count;
            ends[byte] = next;
            if count > 0 {
                open.push((heads[byte], next, place + 1));
            }
        }
        for byte in 0..256 {
            while heads[byte] < ends[byte] {
                let own = usize::from(key_byte(events, heads[byte], place));
                if own != byte {
                    swap(events, heads[byte], heads[own]);
                }
                heads[own] += 1;
            }
        }
    }
}

/// A few rows, sorted beside the columns.
#[derive(Default)]
struct Buffer {
    rows: Vec<(u64, i64, u32, usize)>,
    values: Vec<u32>,
}

impl Buffer {
    #[expect(clippy::indexing_slicing, reason = "rows of the columns, which have one length")]
    #[expect(clippy::arithmetic_side_effects, reason = "a stretch ends behind its start")]
    fn sort(&mut self, events: &mut Columns<'_>, start: usize, end: usize) {
        self.rows.clear();
        let columns = events.users.iter().zip(&*events.times).zip(&*events.masks).enumerate();
        let rows = columns.skip(start).take(end - start);
        self.rows.extend(rows.map(|(row, ((user, time), mask))| (*user, *time, *mask, row)));
        let properties = &events.more;
        self.rows.sort_unstable_by(|a, b| {
            (a.0, a.1, a.2).cmp(&(b.0, b.1, b.2)).then_with(|| {
                let by_property = properties.iter().map(|values| values[a.3].cmp(&values[b.3]));
                by_property.fold(Ordering::Equal, Ordering::then)
            })
        });
        for property in &mut events.more {
            self.values.clear();
            self.values.extend(self.rows.iter().map(|(_, _, _, row)| property[*row]));
            for (value, sorted) in property.iter_mut().skip(start).zip(&self.values) {
                *value = *sorted;
            }
        }
        let columns = events.users.iter_mut().zip(&mut *events.times).zip(&mut *events.masks).skip(start);
        for (((user, time), mask), sorted) in columns.zip(&self.rows) {
            (*user, *time, *mask) = (sorted.0, sorted.1, sorted.2);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::arithmetic_side_effects,
        clippy::cast_possible_truncation,
        reason = "small numbers, or any bits of large ones"
    )]

    use super::super::Property;
    use super::*;
    use alloc::string::ToString;

    fn mixed(seed: u64) -> u64 {
        let x = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x ^ (x >> 29)
    }

    /// Sorting by any route gives what sorting the rows themselves gives.
    fn check(users: u64, times: u64, masks: u64, properties: usize, rows: u64, least: i64) {
        let draw = |i: u64, k: u64, of: u64| if of == 0 { mixed(8 * i + k) } else { mixed(8 * i + k) % of };
        let users: Vec<u64> = (0..rows).map(|i| draw(i, 0, users)).collect();
        let times: Vec<i64> = (0..rows).map(|i| least.wrapping_add_unsigned(draw(i, 1, times))).collect();
        let masks: Vec<u32> = (0..rows).map(|i| draw(i, 2, masks) as u32).collect();
        let mut events = Events::new(users, times, masks).unwrap();
        for k in 0..properties {
            let values: Vec<u32> = (0..rows).map(|i| draw(i, 3 + k as u64, 5) as u32).collect();
            events = events.with_property(Property::numbers(k.to_string()).unwrap(), values).unwrap();
        }
        let rows_of = |events: &Events<'_>| -> Vec<(u64, i64, u32, Vec<u32>)> {
            let row = |i: usize| {
                let properties = events.properties.iter().map(|(_, values)| values[i]).collect();
                (events.users[i], events.times[i], events.masks[i], properties)
            };
            (0..events.users.len()).map(row).collect()
        };
        let mut expected = rows_of(&events);
        expected.sort();
        events.sort();
        assert_eq!(rows_of(&events), expected);
        events.sort();
        assert_eq!(rows_of(&events), expected);
    }

    #[test]
    fn every_route_sorts() {
        for rows in [0, 1, 2, 100] {
            check(10, 50, 8, 0, rows, 0);
            check(10, 50, 8, 2, rows, -25);
        }
        // Packed: all 64 bits for the time of one user, the whole width, negative times.
        check(1, 0, 1, 0, 1_000, i64::MIN);
        check(0, 1, 1, 0, 1_000, 7);
        check(1 << 20, 1 << 24, 1 << 20, 0, 1_000, -1);
        check(1 << 10, 1 << 22, 0, 0, 1_000, i64::MIN);
        // Divided: too wide, more rows than the buffer holds, equal users, equal rows.
        check(0, 0, 0, 0, 40_000, i64::MIN);
        check(3, 0, 0, 1, 40_000, -1_000);
        check(1, 1, 1, 1, 40_000, 5);
    }
}
