//! The rows of a table in the order of their paths, without a copy of any path: equal paths stand together.

use super::columns::Columns;
use super::{ChannelId, Outcome, PathTable, Row};
use alloc::vec::Vec;
use core::cmp::Ordering;

/// How many touches the key of a path holds.
const HEAD: usize = 4;

/// The rows by their paths, in the order of the channels' names.
#[derive(Debug)]
pub(super) struct Canonical<'a> {
    paths: &'a PathTable,
    columns: Columns<'a>,
    /// Whether equal paths of different times are apart.
    by_times: bool,
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
        let order = (0_u32..).zip(paths.rows()).map(|(row, given)| {
            let ranks = given.path.iter().map(|touch| columns.number(*touch));
            (key(ranks), row)
        });
        let order = order.collect();
        let mut canonical = Self { paths, columns, by_times, order };
        let mut order = core::mem::take(&mut canonical.order);
        order.sort_unstable_by(|one, other| canonical.compared(*one, *other));
        canonical.order = order;
        canonical
    }

    pub(super) const fn columns(&self) -> &Columns<'a> {
        &self.columns
    }

    fn row(&self, index: u32) -> Option<Row<'a>> {
        self.paths.row(usize::try_from(index).ok()?)
    }

    fn ranks(&self, path: &'a [ChannelId]) -> impl Iterator<Item = u16> + '_ {
        path.iter().map(|touch| self.columns.number(*touch))
    }

    fn compared(&self, (key, row): (u64, u32), (other_key, other): (u64, u32)) -> Ordering {
        let heads = key.cmp(&other_key);
        // A path that ends within the head is told by its key alone.
        let is_whole = key & u64::from(u16::MAX) == 0;
        if heads != Ordering::Equal || (is_whole && !self.by_times) || row == other {
            return heads;
        }
        let (Some(one), Some(other)) = (self.row(row), self.row(other)) else { return heads };
        let tails = self.ranks(one.path).skip(HEAD).cmp(self.ranks(other.path).skip(HEAD));
        if self.by_times { tails.then(one.seconds_before_end.cmp(&other.seconds_before_end)) } else { tails }
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
    fn run(&self, start: usize) -> Option<Run<'a>> {
        let first = *self.order.get(start)?;
        let rows = self.order.get(start..)?.iter();
        let same = rows.take_while(|entry| self.compared(first, **entry) == Ordering::Equal);
        let (mut outcome, mut end) = (Outcome::default(), start);
        for row in same.filter_map(|(_, row)| self.row(*row)) {
            // The totals hold the sum of all rows, and so each part of it.
            outcome.conversions = outcome.conversions.saturating_add(row.outcome.conversions);
            outcome.nulls = outcome.nulls.saturating_add(row.outcome.nulls);
            outcome.value = outcome.value.saturating_add(row.outcome.value);
            end = end.saturating_add(1);
        }
        Some(Run { row: self.row(first.1)?, outcome, start, end })
    }

    /// The path of the run that begins here.
    pub(super) fn path(&self, start: usize) -> &'a [ChannelId] {
        self.order.get(start).and_then(|(_, row)| self.row(*row)).map_or(&[], |row| row.path)
    }

    /// How the path of the row at `start` compares to these ranks, whose key is `key`.
    pub(super) fn compared_to(&self, start: usize, key: u64, ranks: &[u16]) -> Ordering {
        let own = self.order.get(start).map_or(0, |(key, _)| *key);
        own.cmp(&key)
            .then_with(|| self.ranks(self.path(start)).skip(HEAD).cmp(ranks.iter().copied().skip(HEAD)))
    }
}

/// The first ranks of a path in one word that orders as they do; a path that ends is before one that goes on.
pub(super) fn key(ranks: impl Iterator<Item = u16>) -> u64 {
    // A rank is below 65,535.
    let mut ranks = ranks.map(|rank| u64::from(rank.saturating_add(1)));
    (0..HEAD).fold(0, |key, _| (key << 16) | ranks.next().unwrap_or_default())
}
