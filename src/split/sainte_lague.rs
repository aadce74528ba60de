//! The divisor method of Webster and Sainte-Laguë: monotone in the total.

use crate::quantity::natural::Natural;
use alloc::collections::BinaryHeap;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// The claim of a part on its next unit: weight / divisor, where the divisor is 2 * units + 1.
struct Seat<N> {
    weight: N,
    divisor: N,
    rank: usize,
    index: usize,
}

impl<N: Natural> Ord for Seat<N> {
    fn cmp(&self, other: &Self) -> Ordering {
        // The caller has checked that the largest product fits: neither side is `None`.
        let mine = self.weight.times(&other.divisor);
        let theirs = other.weight.times(&self.divisor);
        mine.cmp(&theirs).then(other.rank.cmp(&self.rank)).then(other.index.cmp(&self.index))
    }
}

impl<N: Natural> PartialOrd for Seat<N> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<N: Natural> PartialEq for Seat<N> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<N: Natural> Eq for Seat<N> {}

/// The parts, or `None` where an intermediate result exceeds the width `N`.
///
/// Unit by unit the method would take `total` steps. With n positive weights the final part of weight w is
/// at least w * (total - n/2) / W - 1/2 (each part is a rounded w / d, and rounding moves the sum by at most
/// n/2), and these bounds leave at most n units: only those are given one by one.
pub(super) fn sainte_lague<N: Natural>(
    units: u128,
    rank: impl Fn(usize) -> usize,
    weights: &[N],
    sum: &N,
) -> Option<Vec<u128>> {
    let one = N::from_u128(1)?;
    let two = N::from_u128(2)?;
    let total = N::from_u128(units)?;
    let largest = weights.iter().max()?;
    // The largest product that a comparison of two seats can need.
    largest.times(&total.times(&two)?.plus(&two)?)?;
    let positive = weights.iter().filter(|weight| !weight.is_zero()).count();
    let reduced = total.times(&two)?.minus(&N::from_u128(u128::try_from(positive).ok()?)?);
    let double = sum.times(&two)?;

    let mut parts = Vec::with_capacity(weights.len());
    let mut seats = Vec::with_capacity(positive);
    let mut left = units;
    for (index, weight) in weights.iter().enumerate() {
        let least = match &reduced {
            // The ceiling of (weight * reduced - sum) / (2 * sum), not below zero.
            Some(reduced) => {
                let scaled = weight.times(reduced)?;
                if scaled > *sum {
                    scaled.plus(sum)?.minus(&one)?.div_rem(&double)?.0
                } else {
                    N::from_u128(0)?
                }
            }
            None => N::from_u128(0)?,
        };
        left = left.checked_sub(least.to_u128()?)?;
        parts.push(least.to_u128()?);
        if !weight.is_zero() {
            let divisor = least.times(&two)?.plus(&one)?;
            seats.push(Seat { weight: weight.clone(), divisor, rank: rank(index), index });
        }
    }
    let mut seats = BinaryHeap::from(seats);
    while left > 0 {
        let mut seat = seats.peek_mut()?;
        let part = parts.get_mut(seat.index)?;
        *part = part.checked_add(1)?;
        seat.divisor = seat.divisor.plus(&two)?;
        left = left.checked_sub(1)?;
    }
    Some(parts)
}
