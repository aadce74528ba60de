//! What paths would have brought without a channel or without one of their touches, from the data alone.

use super::AttributionError;
use super::columns::{Columns, Touch, float, number};
use alloc::vec::Vec;

/// The share of the conversions whose path contains each channel, 0..=1.
///
/// # Errors
/// [`AttributionError::NoPaths`]; [`AttributionError::NoConversions`], of which no share can be had.
pub fn path_removal(columns: &Columns<'_>) -> Result<Vec<f64>, AttributionError> {
    let total = float(columns.converting_totals()?.conversions);
    // The row that counted a channel last, from 1.
    let mut counted = alloc::vec![(0_usize, 0_u64); columns.channels()];
    for (row, index) in columns.rows().zip(1_usize..).filter(|(row, _)| row.conversions > 0) {
        for touch in row.path {
            let place = counted.get_mut(usize::from(number(*touch)));
            if let Some((last, sum)) = place.filter(|(last, _)| *last != index) {
                (*last, *sum) = (index, sum.wrapping_add(row.conversions));
            }
        }
    }
    Ok(counted.into_iter().map(|(_, conversions)| float(conversions) / total).collect())
}

/// The conversions credited to each channel by leaving out one touch at a time.
///
/// # Formula
/// With `p(path) = conversions / journeys` of exactly this path (0 where nobody took it), the touch at `t` of
/// `path` weighs `max(0, p(path) - p(path without t))`; a path's conversions are divided in proportion, and go
/// to its last touch where nothing weighs anything (Google, Fractribution, 2021).
///
/// # Errors
/// [`AttributionError::NoPaths`]; [`AttributionError::NoConversions`].
///
/// # Examples
/// ```
/// use marketloop::attribution::{Columns, leave_one_touch_out};
///
/// // A > B converts 3 of 4 times, A 1 of 4 times, nobody took B alone.
/// let columns = Columns::new(2, &[0, 2, 3], &[0, 1, 0], &[3, 1], &[1, 3], &[30, 10])?;
/// // Without A: 0.75 less; without B: 0.5 less.
/// assert_eq!(leave_one_touch_out(&columns)?, [1.0 + 3.0 * 0.6, 3.0 * 0.4]);
/// # Ok::<(), marketloop::Error>(())
/// ```
pub fn leave_one_touch_out(columns: &Columns<'_>) -> Result<Vec<f64>, AttributionError> {
    columns.converting_totals()?;
    let paths = distinct_paths(columns);
    let rate = |path: &[Touch]| {
        let found = paths.binary_search_by(|(other, ..)| (*other).cmp(path)).ok();
        let found = found.and_then(|place| paths.get(place));
        found.map_or(0.0, |(_, conversions, journeys)| float(*conversions) / float(*journeys))
    };
    let mut credits = alloc::vec![0.0; columns.channels()];
    let (mut shorter, mut weights) = (Vec::new(), Vec::new());
    for (path, conversions, journeys) in paths.iter().filter(|(_, conversions, _)| *conversions > 0) {
        let own = float(*conversions) / float(*journeys);
        weights.clear();
        for left_out in 0..path.len() {
            shorter.clear();
            shorter
                .extend(path.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, touch)| *touch));
            weights.push((own - rate(&shorter)).max(0.0));
        }
        let sum: f64 = weights.iter().sum();
        let last = path.len().saturating_sub(1);
        for (at, (touch, weight)) in path.iter().zip(&weights).enumerate() {
            let share = if sum > 0.0 { weight / sum } else { f64::from(u8::from(at == last)) };
            if let Some(credit) = credits.get_mut(usize::from(number(*touch))) {
                *credit += float(*conversions) * share;
            }
        }
    }
    Ok(credits)
}

/// The distinct paths in the order of their touches, with their conversions and journeys.
fn distinct_paths<'a>(columns: &Columns<'a>) -> Vec<(&'a [Touch], u64, u64)> {
    let rows = columns.rows().filter(|row| row.journeys() > 0);
    let mut paths: Vec<_> = rows.map(|row| (row.path, row.conversions, row.journeys())).collect();
    paths.sort_unstable_by_key(|(path, ..)| *path);
    paths.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 = kept.1.wrapping_add(next.1);
            kept.2 = kept.2.wrapping_add(next.2);
        }
        same
    });
    paths
}
