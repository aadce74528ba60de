//! The weights that the rules of practice give the touches of one journey.

use super::{AttributionError, ChannelId, Row};
use crate::quantity::{Ratio, add, subtract};
use crate::time::Duration;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use rust_decimal::Decimal;

pub(super) type Weighed = Result<(), AttributionError>;

/// Weights that every journey has.
pub(super) fn always(
    weigh: impl Fn(&Row<'_>, &mut Vec<f64>),
) -> impl FnMut(usize, &Row<'_>, &mut Vec<f64>) -> Weighed {
    move |_, row, weights| {
        weigh(row, weights);
        Ok(())
    }
}

/// Weight 1 at one place of `length`.
fn only(place: usize, length: usize, weights: &mut Vec<f64>) {
    weights.extend((0..length).map(|touch| if touch == place { 1.0 } else { 0.0 }));
}

/// The last place of a path, which has one: rows without a touch are refused by the table.
#[expect(clippy::arithmetic_side_effects, reason = "a path has a touch")]
const fn end_of(row: &Row<'_>) -> usize {
    debug_assert!(!row.path.is_empty(), "a path has a touch");
    row.path.len() - 1
}

pub(super) fn first_touch(row: &Row<'_>, weights: &mut Vec<f64>) {
    only(0, row.path.len(), weights);
}

pub(super) fn last_touch(row: &Row<'_>, weights: &mut Vec<f64>) {
    only(end_of(row), row.path.len(), weights);
}

pub(super) fn linear(row: &Row<'_>, weights: &mut Vec<f64>) {
    weights.extend(row.path.iter().map(|_| 1.0));
}

pub(super) fn last_non_direct(
    direct: Option<ChannelId>,
) -> impl FnMut(usize, &Row<'_>, &mut Vec<f64>) -> Weighed {
    move |_, row, weights| {
        let place = row.path.iter().rposition(|channel| Some(*channel) != direct);
        only(place.unwrap_or(end_of(row)), row.path.len(), weights);
        Ok(())
    }
}

/// The shares are exact up to here: the rest of 0.4 and 0.4 is 0.2, and not 0.19999999999999996.
pub(super) fn position_based(
    first: Decimal,
    last: Decimal,
) -> Result<impl FnMut(usize, &Row<'_>, &mut Vec<f64>) -> Weighed, AttributionError> {
    let (middle, first, last) =
        (float(subtract(Decimal::ONE, add(first, last)?)?)?, float(first)?, float(last)?);
    Ok(move |_: usize, row: &Row<'_>, weights: &mut Vec<f64>| {
        let length = row.path.len();
        let end = end_of(row);
        // Paths of one and two touches have no middle, and divide it among nobody.
        let each = middle / count(length.saturating_sub(2)).max(1.0);
        let weight = |touch| match touch {
            0 => first,
            _ if touch == end => last,
            _ => each,
        };
        weights.extend((0..length).map(weight));
        if weights.iter().all(|weight| *weight <= 0.0) {
            weights.fill(1.0);
        }
        Ok(())
    })
}

pub(super) fn w_shaped(
    mut milestone: impl FnMut(usize, &Row<'_>) -> Option<usize>,
) -> impl FnMut(usize, &Row<'_>, &mut Vec<f64>) -> Weighed {
    move |index, row, weights| {
        let (length, end) = (row.path.len(), end_of(row));
        let milestone = milestone(index, row);
        if let Some(touch) = milestone.filter(|touch| *touch >= length) {
            return Err(AttributionError::Milestone { row: index, touch, length });
        }
        let marked = |touch| touch == 0 || touch == end || Some(touch) == milestone;
        let others = (0..length).filter(|touch| !marked(*touch)).count();
        let each = 0.1 / count(others).max(1.0);
        weights.extend((0..length).map(|touch| if marked(touch) { 0.3 } else { each }));
        Ok(())
    }
}

#[expect(clippy::cast_precision_loss, reason = "a half-life beyond 2^53 seconds is rounded to 16 digits")]
#[expect(clippy::arithmetic_side_effects, reason = "the times of a row descend: checked by the table")]
pub(super) fn time_decay(half_life: Duration) -> impl FnMut(usize, &Row<'_>, &mut Vec<f64>) -> Weighed {
    let half_life = half_life.seconds() as f64;
    move |row, touched, weights| {
        let seconds = touched.seconds_before_end.ok_or(AttributionError::MissingTimes { row })?;
        // Only the ratios of the weights count: measured from the last touch, none but small ones vanish.
        let Some(end) = seconds.last() else { return Err(AttributionError::EmptyPath { row }) };
        // The times descend: the last touch is the nearest to the end.
        let weight = |at: &u32| libm::exp2(-f64::from(at - end) / half_life);
        weights.extend(seconds.iter().map(weight));
        Ok(())
    }
}

pub(super) fn position_decay(
    ratio: Decimal,
) -> Result<impl FnMut(usize, &Row<'_>, &mut Vec<f64>) -> Weighed, AttributionError> {
    let ratio = float(ratio)?;
    Ok(move |_: usize, row: &Row<'_>, weights: &mut Vec<f64>| {
        let mut weight = 1.0;
        for _ in row.path {
            weights.push(weight);
            weight *= ratio;
        }
        weights.reverse();
        Ok(())
    })
}

/// 1 at the first touch of each channel.
pub(super) fn participation(row: &Row<'_>, weights: &mut Vec<f64>) {
    /// Paths up to this length are searched, longer ones have a set.
    const SHORT: usize = 16;
    let path = row.path;
    let flag = |new| if new { 1.0 } else { 0.0 };
    if path.len() <= SHORT {
        let new = |(touch, id)| !path.iter().take(touch).any(|before| before == id);
        weights.extend(path.iter().enumerate().map(|touch| flag(new(touch))));
    } else {
        let mut seen = BTreeSet::new();
        weights.extend(path.iter().map(|id| flag(seen.insert(*id))));
    }
}

/// The nearest float.
fn float(value: Decimal) -> Result<f64, AttributionError> {
    Ok(Ratio::new(value, Decimal::ONE)?.to_f64())
}

/// A length of a path, below 2^32.
fn count(length: usize) -> f64 {
    u32::try_from(length).map_or(f64::from(u32::MAX), f64::from)
}
