//! A table of paths as the chains and games read it: channels numbered in the order of their names.
//!
//! Sums of floats are taken in the order of these numbers, so that neither the order of the rows nor that in
//! which the channels were interned changes a bit of a result.

use super::{AttributionError, ChannelId, Outcome, PathTable};
use alloc::vec::Vec;

/// A table with the rank of each channel by name.
#[derive(Debug)]
pub(super) struct Columns<'a> {
    paths: &'a PathTable,
    ranks: Vec<u16>,
    /// The channels in the order of their ranks.
    ids: Vec<ChannelId>,
}

/// One path with its counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    pub(super) path: &'a [ChannelId],
    pub(super) conversions: u64,
    pub(super) nulls: u64,
    pub(super) value: i64,
}

impl Row<'_> {
    /// How many journeys took this path; the table's sum over all rows has 63 bits.
    #[expect(clippy::arithmetic_side_effects, reason = "all journeys have 63 bits: checked with each row")]
    pub(super) const fn journeys(&self) -> u64 {
        self.conversions + self.nulls
    }
}

/// What all rows together count.
#[derive(Debug, Clone, Copy)]
pub(super) struct Totals {
    pub(super) journeys: u64,
    pub(super) conversions: u64,
    pub(super) value: i64,
}

impl<'a> Columns<'a> {
    pub(super) fn new(paths: &'a PathTable) -> Self {
        let channels = paths.channels();
        Self { paths, ranks: channels.ranks(), ids: channels.by_name().collect() }
    }

    /// The number of channels, seen or not.
    pub(super) const fn channels(&self) -> usize {
        self.ids.len()
    }

    /// The channels in the order of their names.
    pub(super) fn ids(&self) -> &[ChannelId] {
        &self.ids
    }

    /// The rank of a touch's channel.
    #[inline]
    #[expect(clippy::indexing_slicing, reason = "every touch of the table has a channel of its dictionary")]
    pub(super) fn number(&self, touch: ChannelId) -> u16 {
        self.ranks[touch.index()]
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'a>> + use<'a> {
        self.paths.rows().map(|row| Row {
            path: row.path,
            conversions: row.outcome.conversions,
            nulls: row.outcome.nulls,
            value: row.outcome.value,
        })
    }

    /// The sums over all rows.
    #[expect(clippy::arithmetic_side_effects, reason = "all journeys have 63 bits: checked with each row")]
    pub(super) const fn totals(&self) -> Totals {
        let Outcome { conversions, nulls, value } = self.paths.sums();
        Totals { journeys: conversions + nulls, conversions, value }
    }

    /// The totals where there is at least one conversion to credit.
    pub(super) fn converting_totals(&self) -> Result<Totals, AttributionError> {
        let totals = self.totals();
        if totals.journeys == 0 {
            return Err(AttributionError::NoPaths);
        }
        if totals.conversions == 0 {
            return Err(AttributionError::NoConversions { journeys: totals.journeys });
        }
        Ok(totals)
    }
}

/// Figures by rank, in the order of the dictionary.
#[expect(clippy::indexing_slicing, reason = "the ids are those of a dictionary, each once")]
pub(super) fn in_dictionary_order<T: Clone + Default>(ids: &[ChannelId], by_rank: Vec<T>) -> Vec<T> {
    debug_assert_eq!(ids.len(), by_rank.len(), "a figure for each channel");
    let mut figures = alloc::vec![T::default(); ids.len()];
    for (id, figure) in ids.iter().zip(by_rank) {
        figures[id.index()] = figure;
    }
    figures
}

/// A count as a float: exact up to 2^53, the nearest beyond.
#[expect(clippy::cast_precision_loss, reason = "a count beyond 2^53 is rounded to 16 digits")]
pub(super) const fn float(count: u64) -> f64 {
    count as f64
}

/// A sum of minor units as a float: exact up to 2^53, the nearest beyond.
#[expect(clippy::cast_precision_loss, reason = "a sum beyond 2^53 is rounded to 16 digits")]
pub(super) const fn float_value(value: i64) -> f64 {
    value as f64
}
