//! What paths would have brought without a channel or without one of their touches, from the data alone.

use super::columns::{Columns, float, float_value, in_dictionary_order};
use super::{AttributionError, Conservation, Credits, Model, PathTable};
use alloc::vec::Vec;

/// The share of the conversions whose path contains each channel, 0..=1.
///
/// # Errors
/// [`AttributionError::NoPaths`]; [`AttributionError::NoConversions`], of which no share can be had.
pub fn path_removal(paths: &PathTable) -> Result<Vec<f64>, AttributionError> {
    let columns = Columns::new(paths);
    let total = float(columns.converting_totals()?.conversions);
    // The row that counted a channel last, from 1.
    let mut counted = alloc::vec![(0_usize, 0_u64); columns.channels()];
    for (row, index) in columns.rows().zip(1_usize..).filter(|(row, _)| row.conversions > 0) {
        for touch in row.path {
            let place = counted.get_mut(touch.index());
            if let Some((last, sum)) = place.filter(|(last, _)| *last != index) {
                (*last, *sum) = (index, sum.wrapping_add(row.conversions));
            }
        }
    }
    Ok(counted.into_iter().map(|(_, conversions)| float(conversions) / total).collect())
}

/// Attribution by leaving out one touch at a time.
///
/// # Formula
/// With `p(path) = conversions / journeys` of exactly this path (0 where nobody took it), the touch at `t` of
/// `path` weighs `max(0, p(path) - p(path without t))`; a path's conversions and value are divided in
/// proportion, and go to its last touch where nothing weighs anything (Google, Fractribution, 2021).
///
/// # Examples
/// ```
/// use marketloop::attribution::{LeaveOneTouchOut, Model, Outcome, PathTable};
/// use marketloop::quantity::Currency;
///
/// // A > B converts 3 of 4 times, A 1 of 4 times, nobody took B alone.
/// let mut paths = PathTable::builder(Currency::CNY);
/// paths.push_text("A > B", ">", Outcome { conversions: 3, nulls: 1, value: 30 })?;
/// paths.push_text("A", ">", Outcome { conversions: 1, nulls: 3, value: 10 })?;
/// // Without A 0.75 less, without B 0.5 less.
/// let credits = LeaveOneTouchOut.credit(&paths.build())?;
/// assert!((credits.conversions()[0] - 2.8).abs() < 1e-15);
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct LeaveOneTouchOut;

impl Model for LeaveOneTouchOut {
    /// The credit of each channel; of no conversions 0.
    fn credit(&self, paths: &PathTable) -> Result<Credits, AttributionError> {
        let columns = Columns::new(paths);
        let distinct = distinct_paths(&columns);
        let rate = |path: &[u16]| {
            let found = distinct.binary_search_by(|other| other.ranks.as_slice().cmp(path)).ok();
            found.and_then(|place| distinct.get(place)).map_or(0.0, DistinctPath::rate)
        };
        let mut conversions = alloc::vec![0.0; columns.channels()];
        let mut values = conversions.clone();
        let (mut shorter, mut weights) = (Vec::new(), Vec::new());
        for path in distinct.iter().filter(|path| path.conversions > 0) {
            weights.clear();
            for left_out in 0..path.ranks.len() {
                shorter.clear();
                let others = path.ranks.iter().enumerate().filter(|(at, _)| *at != left_out);
                shorter.extend(others.map(|(_, rank)| *rank));
                weights.push((path.rate() - rate(&shorter)).max(0.0));
            }
            let sum: f64 = weights.iter().sum();
            let last = path.ranks.len().saturating_sub(1);
            for (at, (rank, weight)) in path.ranks.iter().zip(&weights).enumerate() {
                let share = if sum > 0.0 { weight / sum } else { f64::from(u8::from(at == last)) };
                if let Some(credit) = conversions.get_mut(usize::from(*rank)) {
                    *credit += float(path.conversions) * share;
                }
                if let Some(credit) = values.get_mut(usize::from(*rank)) {
                    *credit += float_value(path.value) * share;
                }
            }
        }
        let conversions = in_dictionary_order(columns.ids(), conversions);
        let values = in_dictionary_order(columns.ids(), values);
        Credits::new(paths, conversions, values, Conservation::Conserving)
    }
}

struct DistinctPath {
    ranks: Vec<u16>,
    conversions: u64,
    journeys: u64,
    value: i64,
}

impl DistinctPath {
    fn rate(&self) -> f64 {
        float(self.conversions) / float(self.journeys)
    }
}

/// The distinct paths in the order of their channels' names, with their counts.
fn distinct_paths(columns: &Columns<'_>) -> Vec<DistinctPath> {
    let rows = columns.rows().map(|row| DistinctPath {
        ranks: row.path.iter().map(|touch| columns.number(*touch)).collect(),
        conversions: row.conversions,
        journeys: row.journeys(),
        value: row.value,
    });
    let mut paths: Vec<DistinctPath> = rows.collect();
    paths.sort_unstable_by(|a, b| a.ranks.cmp(&b.ranks));
    paths.dedup_by(|next, kept| {
        let same = next.ranks == kept.ranks;
        if same {
            kept.conversions = kept.conversions.wrapping_add(next.conversions);
            kept.journeys = kept.journeys.wrapping_add(next.journeys);
            kept.value = kept.value.wrapping_add(next.value);
        }
        same
    });
    paths
}
