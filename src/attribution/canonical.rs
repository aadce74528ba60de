//! The rows of a table in the order of their paths, without a copy of any path: equal paths stand together.

use super::columns::Columns;
use super::{AttributionError, ChannelId, Outcome, PathTable, PathTableBuilder, Row};
use alloc::vec::Vec;
use core::cmp::Ordering;

/// The rows by their paths, in the order of the channels' names.
#[derive(Debug)]
pub(super) struct Canonical<'a> {
    paths: &'a PathTable,
    columns: Columns<'a>,
    /// Whether equal paths of different times are apart.
    by_times: bool,
    keys: Keys,
    /// Key and index of each row: 16 bytes, whatever the length of its path.
    order: Vec<(u64, u32)>,
}

/// Rows of one path that stand together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run<'a> {
    /// The first of them, with its own outcome.
    pub(super) row: Row<'a>,
    /// What all of them add up to.
    pub(super) outcome: Outcome,
    /// Where they begin in the order.
    pub(super) start: usize,
    end: usize,
}

impl<'a> Canonical<'a> {
    /// The rows by their paths; where `by_times` says so, equal paths by their times.
    pub(super) fn new(paths: &'a PathTable, by_times: bool) -> Self {
        let columns = Columns::new(paths);
        let keys = Keys::of(columns.channels());
        let mut canonical = Self { paths, columns, by_times, keys, order: Vec::new() };
        let rows = (0_u32..).zip(paths.rows());
        let mut order: Vec<_> = rows.map(|(row, given)| (canonical.key(given.path), row)).collect();
        // Unstable: rows that compare as equal are added up, in whatever order.
        order.sort_unstable_by(|one, other| canonical.compared(*one, *other));
        canonical.order = order;
        canonical
    }

    pub(super) const fn columns(&self) -> &Columns<'a> {
        &self.columns
    }

    fn key(&self, path: &[ChannelId]) -> u64 {
        self.keys.key(path.iter().map(|touch| self.columns.number(*touch)))
    }

    pub(super) const fn keys(&self) -> Keys {
        self.keys
    }

    fn row(&self, index: u32) -> Row<'a> {
        self.paths.at(index as usize)
    }

    fn ranks(&self, path: &'a [ChannelId]) -> impl Iterator<Item = u16> + '_ {
        path.iter().map(|touch| self.columns.number(*touch))
    }

    fn compared(&self, (key, row): (u64, u32), (other_key, other): (u64, u32)) -> Ordering {
        let heads = key.cmp(&other_key);
        // A path that ends within the head is told by its key alone.
        let (is_whole, head) = (self.keys.is_whole(key), self.keys.head);
        if heads != Ordering::Equal || (is_whole && !self.by_times) || row == other {
            return heads;
        }
        // The touches alone: a whole row would be put together for every pair that the sort looks at.
        let (row, other) = (row as usize, other as usize);
        // A path that ends within its head has no tail.
        let tail = |row| self.paths.path_at(row).get(head..).unwrap_or(&[]);
        let (own_tail, other_tail) = (tail(row), tail(other));
        // Rows that meet behind their heads are mostly of one path, and equal touches have equal ranks.
        let tails = if own_tail == other_tail {
            Ordering::Equal
        } else {
            self.ranks(own_tail).cmp(self.ranks(other_tail))
        };
        if self.by_times {
            tails.then_with(|| self.paths.times_at(row).cmp(&self.paths.times_at(other)))
        } else {
            tails
        }
    }

    /// The rows of each path together, in the order of the paths.
    pub(super) fn runs(&self) -> impl Iterator<Item = Run<'a>> + '_ {
        let mut start = 0;
        core::iter::from_fn(move || {
            let run = self.run(start)?;
            start = run.end;
            Some(run)
        })
    }

    /// The run that begins here.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "parts of the totals, whose sums fit; fewer rows than the table has"
    )]
    fn run(&self, start: usize) -> Option<Run<'a>> {
        let rows = self.order.get(start..)?;
        let first = *rows.first()?;
        let same = rows.iter().take_while(|entry| self.compared(first, **entry) == Ordering::Equal);
        let (mut outcome, mut end) = (Outcome::default(), start);
        for row in same.map(|(_, row)| self.row(*row)) {
            // The totals hold the sum of all rows, and so each part of it.
            outcome.conversions += row.outcome.conversions;
            outcome.nulls += row.outcome.nulls;
            outcome.value += row.outcome.value;
            end += 1;
        }
        Some(Run { row: self.row(first.1), outcome, start, end })
    }

    /// The path of the run that begins here.
    #[expect(clippy::indexing_slicing, reason = "a run begins at a place of the order")]
    pub(super) fn path(&self, start: usize) -> &'a [ChannelId] {
        self.paths.path_at(self.order[start].1 as usize)
    }

    /// How the path of the row at `start` compares to these ranks, whose key is `key`.
    #[expect(clippy::indexing_slicing, reason = "a run begins at a place of the order")]
    pub(super) fn compared_to(&self, start: usize, key: u64, ranks: &[u16]) -> Ordering {
        let (own, _) = self.order[start];
        if own != key || self.keys.is_whole(key) {
            return own.cmp(&key);
        }
        let tail = ranks.iter().copied().skip(self.keys.head);
        self.ranks(self.path(start)).skip(self.keys.head).cmp(tail)
    }
}

impl PathTable {
    /// The same journeys in canonical form: channels sorted by name, rows sorted by path (then times), equal rows
    /// summed.
    ///
    /// Rows are equal when their paths and, where there are times, their times are. Tables of the same journeys
    /// have the same canonical form, whatever the order and the sharding.
    #[must_use]
    #[expect(
        clippy::indexing_slicing,
        reason = "every touch has a channel of the dictionary, and each its place"
    )]
    pub fn aggregated(&self) -> Self {
        let (channels, remap) = self.channels().sorted();
        let mut table = self.without_rows(channels);
        let mut path = Vec::new();
        for run in Canonical::new(self, true).runs() {
            path.clear();
            path.extend(run.row.path.iter().map(|id| remap[id.index()]));
            table.append(Row { path: &path, outcome: run.outcome, ..run.row });
        }
        table
    }

    /// One table with the journeys of both, in the [canonical form](Self::aggregated). The order of merging changes
    /// nothing.
    ///
    /// # Errors
    /// [`AttributionError::CurrencyMismatch`]; [`AttributionError::MissingTimes`] where one table of the two
    /// has times; [`AttributionError::TooMuch`], [`AttributionError::TooManyChannels`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{AttributionError, Outcome, PathTable};
    /// use marketloop::quantity::Currency;
    ///
    /// let shard = |path: &str| {
    ///     let mut builder = PathTable::builder(Currency::CNY);
    ///     builder.push_text(path, ">", Outcome::null())?;
    ///     Ok::<_, AttributionError>(builder.build())
    /// };
    /// let (one, other) = (shard("SEM > Email")?, shard("Email > SEM")?);
    /// // Each shard numbers its channels as they come; the merged table does not show it.
    /// assert_eq!(one.merge(&other)?, other.merge(&one)?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn merge(&self, other: &Self) -> Result<Self, AttributionError> {
        Self::merge_all([self, other])
    }

    /// One table with the journeys of all, in the [canonical form](Self::aggregated). An empty table fits tables
    /// with times and tables without.
    ///
    /// # Errors
    /// As of [`Self::merge`]; [`AttributionError::NoTables`] of none.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{AttributionError, Outcome, PathTable};
    /// use marketloop::quantity::Currency;
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// builder.push_text("SEM > Email", ">", Outcome::converted(80_00))?;
    /// let shard = builder.build();
    /// let merged = PathTable::merge_all([&shard, &shard, &shard])?;
    /// assert_eq!((merged.len(), merged.totals().conversions), (1, 3));
    /// assert_eq!(PathTable::merge_all([]), Err(AttributionError::NoTables));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn merge_all<'a>(tables: impl IntoIterator<Item = &'a Self>) -> Result<Self, AttributionError> {
        let mut builder: Option<PathTableBuilder> = None;
        for table in tables {
            let all = builder.get_or_insert_with(|| Self::builder(table.currency()));
            all.add(table)?;
        }
        // Aggregated last, so that the result does not show which shard came first.
        builder.map(|all| all.build().aggregated()).ok_or(AttributionError::NoTables)
    }
}

/// Keys of paths: their first ranks in one word that orders as they do. A path that ends is before one that goes
/// on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Keys {
    /// How many touches a key holds, and the bits of each.
    head: usize,
    bits: u32,
}

impl Keys {
    /// The keys for so many channels, at most 65,535.
    const fn of(channels: usize) -> Self {
        // 0 stands for the end.
        if channels < 256 { Self { head: 8, bits: 8 } } else { Self { head: 4, bits: 16 } }
    }

    pub(super) fn key(self, ranks: impl Iterator<Item = u16>) -> u64 {
        // At most 65,535 channels: a rank and one more has 16 bits. Behind the end of a path all is 0, below every rank.
        let mut ranks = ranks.map(|rank| u64::from(rank) + 1);
        (0..self.head).fold(0, |key, _| key << self.bits | ranks.next().unwrap_or(0))
    }

    /// Whether the path ends within its key.
    const fn is_whole(self, key: u64) -> bool {
        key.trailing_zeros() >= self.bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::Currency;

    /// Paths of up to 12 touches over so many channels, whose names do not stand in the order of their numbers.
    fn table(channels: u32) -> PathTable {
        let mut builder = PathTable::builder(Currency::CNY);
        for channel in (0..channels).rev() {
            builder.channel(&alloc::format!("{channel:05}")).unwrap();
        }
        let mut random = 1_u32;
        let mut next = |most: u32| {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (random >> 8).checked_rem(most).unwrap()
        };
        for _ in 0..400 {
            // Long common heads, so that tails decide.
            let length = next(12).saturating_add(1);
            let name = |at: u32, step: u32| {
                alloc::format!("{:05}", if at < 7 { channels.saturating_sub(1) } else { step })
            };
            let names: Vec<_> = (0..length).map(|at| name(at, next(3))).collect();
            builder.push_names(names.iter().map(|name| &**name), Outcome::converted(1)).unwrap();
        }
        builder.build()
    }

    #[test]
    fn runs_are_the_distinct_paths_in_the_order_of_their_names() {
        for channels in [3, 255, 256, 300] {
            let paths = table(channels);
            let names = |path: &[ChannelId]| -> Vec<_> {
                path.iter().map(|id| paths.channels().name(*id).unwrap()).collect()
            };
            let mut expected: Vec<_> = paths.rows().map(|row| names(row.path)).collect();
            expected.sort_unstable();
            let canonical = Canonical::new(&paths, false);
            let runs: Vec<_> = canonical.runs().collect();
            let given = runs.iter().flat_map(|run| {
                let rows = usize::try_from(run.outcome.conversions).unwrap();
                core::iter::repeat_n(names(run.row.path), rows)
            });
            assert_eq!(given.collect::<Vec<_>>(), expected);
            for run in &runs {
                let ranks: Vec<u16> = canonical.ranks(run.row.path).collect();
                let key = canonical.keys().key(ranks.iter().copied());
                assert_eq!(canonical.compared_to(run.start, key, &ranks), Ordering::Equal);
                let longer = [&ranks[..], &[0]].concat();
                let key = canonical.keys().key(longer.iter().copied());
                assert_eq!(canonical.compared_to(run.start, key, &longer), Ordering::Less);
            }
        }
    }
}
