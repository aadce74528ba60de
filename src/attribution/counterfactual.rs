//! What paths would have brought without a channel or without one of their touches, from the data alone.

use super::canonical::{Canonical, Run};
use super::columns::{Columns, float, float_value, in_dictionary_order};
use super::{AttributionError, Credits, Outcome, PathTable};
use alloc::vec::Vec;

/// The share of the conversions, 0 to 1, that each channel took part in: what would be lost if every such path
/// stopped converting.
///
/// # Errors
/// [`AttributionError::NoPaths`]; [`AttributionError::NoConversions`], of which no share can be had.
#[expect(clippy::indexing_slicing, reason = "every touch of the table has a channel of its dictionary")]
#[expect(clippy::arithmetic_side_effects, reason = "parts of the totals, whose sum fits")]
pub fn path_removal(paths: &PathTable) -> Result<Vec<f64>, AttributionError> {
    let columns = Columns::new(paths);
    let total = float(columns.converting_totals()?.conversions);
    // The row that counted a channel last, from 1.
    let mut counted = alloc::vec![(0_usize, 0_u64); columns.channels()];
    for (row, index) in columns.rows().zip(1_usize..).filter(|(row, _)| row.conversions > 0) {
        for touch in row.path {
            let (last, sum) = &mut counted[touch.index()];
            // A channel that stands in a path twice took part once.
            if *last != index {
                (*last, *sum) = (index, *sum + row.conversions);
            }
        }
    }
    Ok(counted.into_iter().map(|(_, conversions)| float(conversions) / total).collect())
}

/// The credit of each channel by leaving out one touch at a time; of no conversions 0.
#[expect(
    clippy::indexing_slicing,
    reason = "every rank is below the number of channels; a place that was found"
)]
#[expect(clippy::arithmetic_side_effects, reason = "a path has a touch")]
pub(super) fn leave_one_touch_out(paths: &PathTable) -> Result<Credits, AttributionError> {
    let canonical = Canonical::new(paths, false);
    let columns = canonical.columns();
    let distinct: Vec<DistinctPath> = canonical.runs().map(|run| DistinctPath::of(&run)).collect();
    let rate = |path: &[u16]| {
        let key = canonical.keys().key(path.iter().copied());
        let found = distinct.binary_search_by(|other| canonical.compared_to(other.start, key, path)).ok();
        // A path that nobody took has converted nobody.
        found.map_or(0.0, |place| distinct[place].rate)
    };
    let mut conversions = alloc::vec![0.0; columns.channels()];
    let mut values = conversions.clone();
    let (mut shorter, mut weights) = (Vec::new(), Vec::new());
    for run in canonical.runs().filter(|run| run.outcome.conversions > 0) {
        let (path, own) = (run.row.path, DistinctPath::of(&run).rate);
        weights.clear();
        for left_out in 0..path.len() {
            shorter.clear();
            let others = path.iter().enumerate().filter(|(at, _)| *at != left_out);
            shorter.extend(others.map(|(_, touch)| columns.number(*touch)));
            // A touch that lowers the rate gets 0: a negative credit could not be a part of the total.
            weights.push((own - rate(&shorter)).max(0.0));
        }
        let sum: f64 = weights.iter().sum();
        // A path has a touch.
        let last = path.len() - 1;
        for (at, (touch, weight)) in path.iter().zip(&weights).enumerate() {
            // Where no touch matters the last one has all, so that the credits still add up.
            let share = if sum > 0.0 { weight / sum } else { f64::from(u8::from(at == last)) };
            let rank = usize::from(columns.number(*touch));
            conversions[rank] += float(run.outcome.conversions) * share;
            values[rank] += float_value(run.outcome.value) * share;
        }
    }
    let conversions = in_dictionary_order(columns.ids(), conversions);
    let values = in_dictionary_order(columns.ids(), values);
    Credits::new(paths, conversions, values)
}

/// Where the rows of one path begin, and which part of its journeys converts.
struct DistinctPath {
    start: usize,
    rate: f64,
}

impl DistinctPath {
    #[expect(clippy::arithmetic_side_effects, reason = "parts of the totals, whose sum fits")]
    fn of(run: &Run<'_>) -> Self {
        let Outcome { conversions, nulls, .. } = run.outcome;
        Self { start: run.start, rate: float(conversions) / float(conversions + nulls) }
    }
}
