//! Series of outcomes: checked at the door, and scaled by a power of two so that no square of them overflows.

use crate::stats::StatsError;
use alloc::vec::Vec;

/// The refusal of fewer than `needed`.
pub(super) fn too_few(found: usize, needed: u64) -> StatsError {
    StatsError::TooFewObservations { found: u64::try_from(found).unwrap_or(u64::MAX), needed }
}

/// How many periods come after the first `pre`, if every row is finite and as long as the others, and there is a
/// period on each side of the start.
pub(super) fn periods_after<'a>(
    rows: impl IntoIterator<Item = &'a [f64]>,
    pre: usize,
) -> Result<usize, StatsError> {
    let mut length = None;
    for row in rows {
        let expected = *length.get_or_insert(row.len());
        if row.len() != expected {
            let (name, range) = ("number of periods", "the periods of the first row");
            return Err(StatsError::OutOfRange { name, value: float(row.len()), range });
        }
        if let Some(value) = row.iter().find(|value| !value.is_finite()) {
            return Err(StatsError::NotFinite { name: "outcome", value: *value });
        }
    }
    let length = length.ok_or_else(|| too_few(0, 1))?;
    if pre == 0 {
        return Err(too_few(0, 1));
    }
    match length.checked_sub(pre) {
        None | Some(0) => Err(too_few(0, 1)),
        Some(post) => Ok(post),
    }
}

/// The periods before the start, of rows that [`periods_after`] admits.
pub(super) fn before<'a>(
    rows: impl IntoIterator<Item = &'a [f64]> + Clone,
    pre: usize,
) -> Result<Vec<&'a [f64]>, StatsError> {
    periods_after(rows.clone(), pre)?;
    Ok(rows.into_iter().filter_map(|row| row.get(..pre)).collect())
}

/// A power of two by which all values are at most 1 in size: dividing by it loses nothing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale(i32);

impl Scale {
    pub(super) fn of<'a>(values: impl IntoIterator<Item = &'a f64>) -> Self {
        let largest = values.into_iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
        Self(libm::frexp(largest).1)
    }

    pub(super) fn down(self, values: &[f64]) -> Vec<f64> {
        values.iter().map(|value| libm::scalbn(*value, self.0.saturating_neg())).collect()
    }

    /// A value of scaled ones, in the caller's size again.
    pub(super) fn up(self, value: f64, function: &'static str) -> Result<f64, StatsError> {
        representable(libm::scalbn(value, self.0), function)
    }

    pub(super) fn all_up(self, values: &[f64], function: &'static str) -> Result<Vec<f64>, StatsError> {
        values.iter().map(|value| self.up(*value, function)).collect()
    }

    /// The scale of a quotient of a value of this scale and one of `other`.
    pub(super) fn per(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

/// `value`, if a float can hold it.
pub(super) fn representable(value: f64, function: &'static str) -> Result<f64, StatsError> {
    // `+ 0.0` makes a negative zero a plain one.
    if value.is_finite() { Ok(value + 0.0) } else { Err(StatsError::Overflow { function }) }
}

/// The mean of values, of which there is at least one.
pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / float(values.len().max(1))
}

pub(super) fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

#[expect(clippy::cast_precision_loss, reason = "an estimate: 53 bits of a count are enough")]
pub(super) fn float(count: usize) -> f64 {
    count as f64
}
