//! How many units have each value: the state from which quantiles are told, the same whoever counted which unit.

use super::value_buckets::BucketFinder;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// The most different values, or buckets of values, that one arm has of one metric: 16 bytes each.
pub(super) const MOST_VALUES: usize = 1 << 16;
/// How many values are gathered at least before they are counted.
const PENDING: usize = 1 << 12;

/// Why values cannot be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Uncountable {
    /// There are more of them than [`MOST_VALUES`].
    TooMany,
    /// More units than 64 bits count.
    Overflow,
}

/// Values, or buckets of values, in ascending order, with how many units each has: more than none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct ValueCounts(Vec<(i64, u64)>);

impl ValueCounts {
    /// Counts from elsewhere; none unless they ascend and each counts a unit.
    pub(super) fn checked(counts: Vec<(i64, u64)>) -> Option<Self> {
        let ascends = counts.iter().zip(counts.iter().skip(1)).all(|(left, right)| left.0 < right.0);
        (ascends && counts.iter().all(|(_, count)| *count > 0)).then_some(Self(counts))
    }

    pub(super) fn into_counts(self) -> Vec<(i64, u64)> {
        self.0
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (i64, u64)> + '_ {
        self.0.iter().copied()
    }

    /// How far the values lie from 0 at most.
    pub(super) fn reach(&self) -> u64 {
        let ends = [self.0.first(), self.0.last()];
        ends.into_iter().flatten().map(|(value, _)| value.unsigned_abs()).max().unwrap_or_default()
    }

    /// The value of the unit with this rank: 1 is the lowest unit's.
    pub(super) fn at(&self, rank: u64) -> Option<i64> {
        let mut left = rank.checked_sub(1)?;
        for (value, count) in self.iter() {
            match left.checked_sub(count) {
                Some(behind) => left = behind,
                None => return Some(value),
            }
        }
        None
    }

    /// The counts of the units of both.
    pub(super) fn merge(&self, other: &Self) -> Result<Self, Uncountable> {
        let mut merged = Vec::with_capacity(self.0.len().max(other.0.len()));
        let (mut left, mut right) = (self.iter().peekable(), other.iter().peekable());
        loop {
            let next = match (left.peek(), right.peek()) {
                (None, None) => break,
                (Some(_), None) => left.next(),
                (None, Some(_)) => right.next(),
                (Some(own), Some(others)) => match own.0.cmp(&others.0) {
                    Ordering::Less => left.next(),
                    Ordering::Greater => right.next(),
                    Ordering::Equal => {
                        let count = own.1.checked_add(others.1).ok_or(Uncountable::Overflow)?;
                        right.next();
                        left.next().map(|(value, _)| (value, count))
                    }
                },
            };
            merged.extend(next);
        }
        if merged.len() > MOST_VALUES { Err(Uncountable::TooMany) } else { Ok(Self(merged)) }
    }

    /// Counts values in any order, which are left empty.
    fn count(values: &mut Vec<i64>) -> Self {
        values.sort_unstable();
        let runs = values.chunk_by(|left, right| left == right);
        let counts = runs.filter_map(|run| Some((*run.first()?, run.len() as u64))).collect();
        values.clear();
        Self(counts)
    }
}

/// The counts of one arm while its rows are read.
#[derive(Default)]
struct Gathered {
    pending: Vec<i64>,
    counts: ValueCounts,
}

impl Gathered {
    fn push(&mut self, value: i64) -> Result<(), Uncountable> {
        self.pending.push(value);
        // As many as there are counts already: each row then costs a share of one merge, however many values there are.
        if self.pending.len() >= PENDING.max(self.counts.len()) { self.count() } else { Ok(()) }
    }

    fn count(&mut self) -> Result<(), Uncountable> {
        self.counts = self.counts.merge(&ValueCounts::count(&mut self.pending))?;
        Ok(())
    }
}

/// The counts of each of `arms` arms; every row has an arm that is there, and its value is cut to the bounds.
pub(super) fn count_values(
    arm_of: &[u32],
    arms: usize,
    (values, bounds): (&[i64], Option<(i64, i64)>),
    finder: &BucketFinder<'_>,
) -> Result<Vec<ValueCounts>, Uncountable> {
    let mut gathered: Vec<Gathered> = (0..arms).map(|_| Gathered::default()).collect();
    let (low, high) = bounds.unwrap_or((i64::MIN, i64::MAX));
    for (arm, value) in arm_of.iter().zip(values) {
        if let Some(own) = gathered.get_mut(*arm as usize) {
            own.push(finder.bucket((*value).max(low).min(high)))?;
        }
    }
    let counted = gathered.into_iter().map(|mut own| own.count().map(|()| own.counts));
    counted.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::value_buckets::ValueBuckets;
    use alloc::collections::BTreeMap;

    #[test]
    fn values_are_counted_as_a_map_counts_them() {
        let exact = ValueBuckets::new(None, 0);
        for (rows, most) in [(0, 1), (1, 1), (4_095, 3), (4_096, 5_000), (30_000, 7), (30_000, 100_000)] {
            let values: Vec<i64> = (0..rows).map(|row: i64| row * row * 7_919 % most - most / 3).collect();
            let arm_of: Vec<u32> = (0..rows).map(|row| u32::try_from(row % 3).unwrap()).collect();
            let found = count_values(&arm_of, 4, (&values, Some((-100, 60_000))), &exact.finder()).unwrap();
            for (arm, found) in (0..4).zip(found) {
                let mut plain = BTreeMap::new();
                for (_, value) in arm_of.iter().zip(&values).filter(|(of, _)| **of == arm) {
                    *plain.entry((*value).clamp(-100, 60_000)).or_insert(0_u64) += 1;
                }
                let sorted: Vec<i64> =
                    plain.iter().flat_map(|(value, count)| (0..*count).map(|_| *value)).collect();
                for rank in [1, 2, sorted.len() / 2, sorted.len()] {
                    let value = rank.checked_sub(1).and_then(|place| sorted.get(place)).copied();
                    assert_eq!(found.at(rank as u64), value);
                }
                assert_eq!((found.at(0), found.at(sorted.len() as u64 + 1)), (None, None));
                assert_eq!(found.into_counts(), plain.into_iter().collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn too_many_values_are_told_in_whatever_order_they_come() {
        let exact = ValueBuckets::new(None, 0);
        let most = i64::try_from(MOST_VALUES).unwrap();
        let counts = |values: &[i64]| {
            let arm_of = alloc::vec![0; values.len()];
            count_values(&arm_of, 1, (values, None), &exact.finder()).map(|mut all| all.remove(0))
        };
        let fits: Vec<i64> = (0..most).chain(0..most).collect();
        assert_eq!(counts(&fits).unwrap().len(), MOST_VALUES);
        let mut beyond = fits;
        beyond.insert(70, -1);
        assert_eq!(counts(&beyond), Err(Uncountable::TooMany));
        let (left, right) = (counts(&beyond[..60_000]).unwrap(), counts(&beyond[60_000..70_000]).unwrap());
        assert_eq!(left.merge(&right), Err(Uncountable::TooMany));
        let full = ValueCounts::checked(alloc::vec![(3, u64::MAX)]).unwrap();
        assert_eq!(full.merge(&full), Err(Uncountable::Overflow));
    }

    #[test]
    fn counts_from_elsewhere_ascend_and_count_a_unit_each() {
        let refused = |counts: &[(i64, u64)]| ValueCounts::checked(counts.to_vec()).is_none();
        assert!(refused(&[(1, 0)]) && refused(&[(1, 1), (1, 1)]) && refused(&[(2, 1), (1, 1)]));
        assert!(!refused(&[]) && !refused(&[(-2, 1), (9, 4)]));
    }
}
