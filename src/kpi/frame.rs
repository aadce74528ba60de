//! The cells of a panel: which members there are of a set of dimensions, and in which periods each of them is there.

use super::KpiError;
use crate::error::within;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

/// The most cells times periods of one set of dimensions.
const PLACES: u64 = 1 << 25;

/// A member of each dimension of a set, in the order of the dimensions' bits.
pub(super) type Tuple = Vec<u32>;

/// The place of a cell that there is not.
pub(super) const NOWHERE: u32 = u32::MAX;

/// An entry of a panel: in this period there is a row of these members.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub(super) mask: u32,
    pub(super) tuple: Tuple,
    pub(super) period: u32,
}

/// All cells of a set of dimensions, in the order of their members; of no dimension there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) mask: u32,
    pub(super) cells: Vec<Tuple>,
    /// Whether a cell is there in a period, by `cell * periods + period`.
    there: Vec<bool>,
    periods: usize,
}

impl Frame {
    /// The cells of `mask` among the entries. Of dimensions that no row has together, every combination of their members.
    ///
    /// # Errors
    /// [`KpiError::TooLarge`] before the memory for more than [`PLACES`] cells times periods is asked for.
    pub(super) fn new(mask: u32, entries: &[Entry], periods: usize) -> Result<Self, KpiError> {
        let of_mask = || entries.iter().filter(|entry| entry.mask & mask == mask);
        let mut cells: BTreeSet<Tuple> =
            of_mask().map(|entry| projected(&entry.tuple, entry.mask, mask)).collect();
        let is_crossed = cells.is_empty() && mask != 0;
        if mask == 0 {
            cells.insert(Tuple::new());
        } else if is_crossed {
            cells = crossed(mask, entries, periods)?;
        }
        let cells: Vec<Tuple> = cells.into_iter().collect();
        let places =
            within("cells of a panel", cells.len().checked_mul(periods).map(|places| places as u64), PLACES)?;
        let mut there = alloc::vec![false; places];
        let mut note = |cell: usize, period: u32| {
            let place = cell.saturating_mul(periods).saturating_add(period as usize);
            if let Some(there) = there.get_mut(place) {
                *there = true;
            }
        };
        if is_crossed {
            // A combination is there where all of its members are.
            let one = |entry: &Entry, bit: u32| {
                Some((bit, *projected(&entry.tuple, entry.mask, bit).first()?, entry.period))
            };
            let single: BTreeSet<(u32, u32, u32)> = entries
                .iter()
                .flat_map(|entry| bits(entry.mask & mask).filter_map(move |bit| one(entry, bit)))
                .collect();
            for (place, cell) in cells.iter().enumerate() {
                for period in (0..u32::MAX).take(periods) {
                    if bits(mask).zip(cell).all(|(bit, member)| single.contains(&(bit, *member, period))) {
                        note(place, period);
                    }
                }
            }
        } else {
            for entry in of_mask() {
                if let Ok(cell) = cells.binary_search(&projected(&entry.tuple, entry.mask, mask)) {
                    note(cell, entry.period);
                }
            }
        }
        Ok(Self { mask, cells, there, periods })
    }

    /// Whether a cell is there in a period.
    pub(super) fn is_there(&self, cell: usize, period: usize) -> bool {
        self.there.get(cell.saturating_mul(self.periods).saturating_add(period)).copied().unwrap_or(false)
    }

    /// The number of cells times periods.
    pub(super) const fn len(&self) -> usize {
        self.there.len()
    }

    /// The place of a cell in a period.
    #[expect(clippy::arithmetic_side_effects, reason = "below the number of places, which is at most 2^25")]
    pub(super) fn place(&self, cell: usize, period: usize) -> usize {
        debug_assert!(cell < self.cells.len() && period < self.periods, "a cell and a period of the frame");
        cell * self.periods + period
    }

    /// For each cell of this frame the cell of a coarser one in which it lies.
    pub(super) fn within(&self, coarser: &Self) -> Vec<u32> {
        let place = |cell: &Tuple| {
            let place = coarser.cells.binary_search(&projected(cell, self.mask, coarser.mask));
            place.ok().and_then(|place| u32::try_from(place).ok()).unwrap_or(NOWHERE)
        };
        self.cells.iter().map(place).collect()
    }
}

/// The bits of a mask, the lowest first.
pub(super) fn bits(mask: u32) -> impl Iterator<Item = u32> {
    (0..u32::BITS).filter_map(move |place| 1_u32.checked_shl(place)).filter(move |bit| mask & bit != 0)
}

/// The members of `onto` among those of `from`.
fn projected(tuple: &[u32], from: u32, onto: u32) -> Tuple {
    bits(from).zip(tuple).filter(|(bit, _)| onto & bit != 0).map(|(_, member)| *member).collect()
}

/// Every combination of the members that single dimensions have, counted before it is made.
fn crossed(mask: u32, entries: &[Entry], periods: usize) -> Result<BTreeSet<Tuple>, KpiError> {
    let members = |bit: u32| -> BTreeSet<u32> {
        let of = entries.iter().filter(|entry| entry.mask & bit != 0);
        of.flat_map(|entry| projected(&entry.tuple, entry.mask, bit)).collect()
    };
    let count =
        bits(mask).try_fold(periods as u64, |count, bit| count.checked_mul(members(bit).len() as u64));
    within("cells of a panel", count, PLACES)?;
    let mut cells: Vec<Tuple> = alloc::vec![Tuple::new()];
    for bit in bits(mask) {
        let members = members(bit);
        let with = |cell: &Tuple, member: u32| {
            let mut cell = cell.clone();
            cell.push(member);
            cell
        };
        cells = cells.iter().flat_map(|cell| members.iter().map(move |member| with(cell, *member))).collect();
    }
    Ok(cells.into_iter().collect())
}
