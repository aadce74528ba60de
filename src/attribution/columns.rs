//! Paths as plain columns: what the chains and games are counted from.

use super::AttributionError;

/// How a touch is written in the columns.
pub(super) type Touch = u16;

/// The number of a touch's channel.
pub(super) const fn number(touch: Touch) -> u16 {
    touch
}

/// Aggregated paths, one per row, as borrowed columns of whole numbers.
///
/// Row `r` is the path `touches[offsets[r]..offsets[r + 1]]` of channel ids with how often it converted, how
/// often it did not, and the value of its conversions in minor units.
///
/// # Examples
/// ```
/// use marketloop::attribution::{Columns, path_removal};
///
/// // A > B converts 2 times, B does not convert once.
/// let columns = Columns::new(2, &[0, 2, 3], &[0, 1, 1], &[2, 0], &[0, 1], &[30, 0])?;
/// assert_eq!(path_removal(&columns)?, [1.0, 1.0]);
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Columns<'a> {
    channels: usize,
    offsets: &'a [usize],
    touches: &'a [Touch],
    conversions: &'a [u64],
    nulls: &'a [u64],
    values: &'a [i64],
}

/// One path with its counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    pub(super) path: &'a [Touch],
    pub(super) conversions: u64,
    pub(super) nulls: u64,
    pub(super) value: i64,
}

impl Row<'_> {
    /// How many journeys took this path; the sum over all rows fits (checked in [`Columns::new`]).
    pub(super) const fn journeys(&self) -> u64 {
        self.conversions.wrapping_add(self.nulls)
    }
}

/// What all rows together count.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Totals {
    pub(super) journeys: u64,
    pub(super) conversions: u64,
    pub(super) value: i64,
}

impl<'a> Columns<'a> {
    /// The columns as one table over channels `0..channels`.
    ///
    /// # Errors
    /// [`AttributionError::LengthMismatch`] for columns of different lengths or offsets that do not rise to
    /// the number of touches; [`AttributionError::UnknownId`]; [`AttributionError::EmptyPath`];
    /// [`AttributionError::NegativeValue`]; [`AttributionError::ValueWithoutConversion`];
    /// [`AttributionError::Overflow`] when all touches of all journeys are more than a `u64` counts, or the
    /// values more than an `i64` holds.
    pub fn new(
        channels: usize,
        offsets: &'a [usize],
        touches: &'a [Touch],
        conversions: &'a [u64],
        nulls: &'a [u64],
        values: &'a [i64],
    ) -> Result<Self, AttributionError> {
        let rows = offsets.len().saturating_sub(1);
        for (column, length) in
            [("conversions", conversions.len()), ("nulls", nulls.len()), ("values", values.len())]
        {
            if length != rows {
                return Err(AttributionError::LengthMismatch { column, length, expected: rows });
            }
        }
        let last = offsets.last().copied().unwrap_or_default();
        let rising = offsets.is_sorted() && offsets.first().is_none_or(|first| *first == 0);
        if last != touches.len() || !rising {
            let (length, expected) = (touches.len(), last);
            return Err(AttributionError::LengthMismatch { column: "touches", length, expected });
        }
        let columns = Self { channels, offsets, touches, conversions, nulls, values };
        let (mut steps, mut value) = (0_u128, 0_i128);
        for (index, row) in columns.rows().enumerate() {
            let journeys = u128::from(row.conversions).saturating_add(u128::from(row.nulls));
            if row.path.is_empty() && journeys > 0 {
                return Err(AttributionError::EmptyPath { row: index });
            }
            let mut ids = row.path.iter().map(|touch| usize::from(number(*touch)));
            if let Some(id) = ids.find(|id| *id >= channels) {
                return Err(AttributionError::UnknownId { row: index, id, count: channels });
            }
            if row.value < 0 {
                return Err(AttributionError::NegativeValue { row: index, value: row.value });
            }
            if row.value > 0 && row.conversions == 0 {
                return Err(AttributionError::ValueWithoutConversion { row: index, value: row.value });
            }
            let length = u128::try_from(row.path.len()).unwrap_or(u128::MAX).saturating_add(1);
            steps = steps.saturating_add(journeys.saturating_mul(length));
            value = value.saturating_add(i128::from(row.value));
        }
        if u64::try_from(steps).is_err() {
            return Err(AttributionError::Overflow { what: "the number of touches" });
        }
        if i64::try_from(value).is_err() {
            return Err(AttributionError::Overflow { what: "the sum of values" });
        }
        Ok(columns)
    }

    /// The number of channels, seen or not.
    #[must_use]
    pub const fn channels(&self) -> usize {
        self.channels
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'a>> + use<'a> {
        let ends = self.offsets.iter().skip(1);
        let touches = self.touches;
        let counts = self.conversions.iter().zip(self.nulls).zip(self.values);
        self.offsets.iter().zip(ends).zip(counts).map(move |((from, to), ((conversions, nulls), value))| {
            Row {
                path: touches.get(*from..*to).unwrap_or_default(),
                conversions: *conversions,
                nulls: *nulls,
                value: *value,
            }
        })
    }

    /// The sums over all rows, none of which overflows.
    pub(super) fn totals(&self) -> Totals {
        self.rows().fold(Totals::default(), |sum, row| Totals {
            journeys: sum.journeys.wrapping_add(row.journeys()),
            conversions: sum.conversions.wrapping_add(row.conversions),
            value: sum.value.wrapping_add(row.value),
        })
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
