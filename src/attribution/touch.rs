//! Journeys divided among their touches by weights.

use super::credit::{ONE, from_fixed_point};
use super::outcome::estimated_amount;
use super::{AttributionError, Credits, PathTable, Row};
use crate::figure::{Cell, Table};
use crate::quantity::Currency;
use crate::quantity::wire::serialize_fields;
use alloc::vec::Vec;
use core::fmt;

/// The credit of each touch of one journey, first to last.
///
/// # Examples
/// ```
/// use marketloop::attribution::{AttributionModel, Outcome, PathTable};
/// use marketloop::quantity::Currency;
///
/// let mut builder = PathTable::builder(Currency::CNY);
/// builder.push_text("SEM > Email > SEM > KOL", ">", Outcome::converted(100_00))?;
/// let credits = AttributionModel::Linear.touch_credits(&builder.build(), 0)?;
/// assert_eq!(credits.shares, [0.25; 4]);
/// assert_eq!(credits.values, [25_00.0; 4]);
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TouchCredits {
    /// The share of each touch in one conversion.
    pub shares: Vec<f64>,
    /// The conversions of each touch: its share times the row's.
    pub conversions: Vec<f64>,
    /// The value of each touch in minor units.
    pub values: Vec<f64>,
    /// Their currency.
    pub currency: Currency,
}

serialize_fields!(TouchCredits { shares: own, conversions: own, values: own, currency });

impl TouchCredits {
    /// The credit of each touch of the row at index `row` by your own weights, divided as by [`Credits::by_weights`].
    ///
    /// # Errors
    /// [`AttributionError::UnknownRow`], and as of [`Credits::by_weights`].
    pub fn by_weights(
        paths: &PathTable,
        row: usize,
        weigh: impl FnMut(usize, &Row<'_>, &mut Vec<f64>) -> Result<(), AttributionError>,
    ) -> Result<Self, AttributionError> {
        Self::divided(paths, row, true, weigh)
    }

    #[expect(clippy::arithmetic_side_effects, reason = "a share of at most 2^62 times a count of 63 bits")]
    pub(super) fn divided(
        paths: &PathTable,
        index: usize,
        conserving: bool,
        weigh: impl FnMut(usize, &Row<'_>, &mut Vec<f64>) -> Result<(), AttributionError>,
    ) -> Result<Self, AttributionError> {
        let unknown = AttributionError::UnknownRow { row: index, count: paths.len() };
        let row = paths.row(index).ok_or(unknown)?;
        let mut divider = Divider::new(conserving, weigh);
        divider.divide(index, &row)?;
        // At most 2^62 * (2^63 - 1).
        let times = |count: u128| {
            divider.shares.iter().map(move |share| from_fixed_point(u128::from(*share) * count))
        };
        Ok(Self {
            shares: times(1).collect(),
            conversions: times(row.outcome.conversions.into()).collect(),
            values: times(row.outcome.value.unsigned_abs().into()).collect(),
            currency: paths.currency(),
        })
    }

    /// A row for each touch, counted from 1.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("touch");
        let figures = self.shares.iter().zip(&self.conversions).zip(&self.values);
        for (touch, ((share, conversions), value)) in (1_usize..).zip(figures) {
            table.push(touch, "share", Cell::new(100.0 * share, "%"));
            table.push(touch, "conversions", Cell::new(conversions, "conversion"));
            table.push(touch, "value", estimated_amount(*value, self.currency));
        }
        table
    }
}

impl fmt::Display for TouchCredits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

/// Rows that convert lie far apart: copied in a batch their cache misses overlap, one by one they add up.
const BATCH: usize = 64;

impl Credits {
    /// Credits by your own weights for the touches of each journey.
    ///
    /// `weigh` is given the index of a row and the row, and appends a weight for each touch: finite, 0 or more, one
    /// of them above 0. The weights of a journey are divided by their sum to shares in whole 2^-62 that add up to
    /// exactly 1 (largest remainder, ties to the earlier touch). All sums are of integers: neither the order of the
    /// rows nor their aggregation changes a credit by a bit.
    ///
    /// # Errors
    /// [`AttributionError::WeightCount`], [`AttributionError::Weight`], [`AttributionError::NoWeight`]; those of
    /// `weigh`, such as [`AttributionError::MissingTimes`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{Credits, Outcome, PathTable};
    /// use marketloop::quantity::Currency;
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// builder.push_text("SEM > Email", ">", Outcome::converted(100_00))?;
    /// let triple_first = Credits::by_weights(&builder.build(), |_, row, weights| {
    ///     weights.extend((0..row.path.len()).map(|touch| if touch == 0 { 3.0 } else { 1.0 }));
    ///     Ok(())
    /// })?;
    /// assert_eq!(triple_first.conversions(), [0.75, 0.25]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn by_weights(
        paths: &PathTable,
        weigh: impl FnMut(usize, &Row<'_>, &mut Vec<f64>) -> Result<(), AttributionError>,
    ) -> Result<Self, AttributionError> {
        Self::of_touches(paths, true, weigh)
    }

    /// Credits by your own share, 0 to 1, of each touch in its journey. The shares of a journey need not add up to 1, so
    /// the credits are [not conserving](Self::is_conserving).
    ///
    /// # Errors
    /// [`AttributionError::WeightCount`], [`AttributionError::Weight`]; those of `share`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{Credits, Outcome, PathTable};
    /// use marketloop::quantity::Currency;
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// builder.push_text("SEM > Email", ">", Outcome::converted(100_00))?;
    /// // Every touch is paid the whole conversion, as two affiliate contracts may agree.
    /// let paid_twice = Credits::by_shares(&builder.build(), |_, row, shares| {
    ///     shares.extend(row.path.iter().map(|_| 1.0));
    ///     Ok(())
    /// })?;
    /// assert_eq!(paid_twice.conversions(), [1.0, 1.0]);
    /// assert!(!paid_twice.is_conserving());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn by_shares(
        paths: &PathTable,
        share: impl FnMut(usize, &Row<'_>, &mut Vec<f64>) -> Result<(), AttributionError>,
    ) -> Result<Self, AttributionError> {
        Self::of_touches(paths, false, share)
    }

    pub(super) fn of_touches(
        paths: &PathTable,
        conserving: bool,
        weigh: impl FnMut(usize, &Row<'_>, &mut Vec<f64>) -> Result<(), AttributionError>,
    ) -> Result<Self, AttributionError> {
        let sums = sums_of_touches(paths, &mut Divider::new(conserving, weigh))?;
        let (conversions, values) = sums.credits().unzip();
        Self::of(paths, conversions, values, conserving)
    }
}

/// The conversions and value of each channel in 2^-62.
///
/// Where the shares of a journey add up to 1, a sum is at most 2^62 * (2^63 - 1), as the table's totals are bounded.
/// Shares of one's own need not: a channel that stands 8 times in a path of 2^63 conversions can have 2^128. Each touch
/// adds less than 2^125, so that a sum has fewer carries than the table touches: 32 bits hold them. They lie apart,
/// because sums of 192 bits would slow down every model for those that can never overflow.
struct Sums {
    low: Vec<(u128, u128)>,
    /// How often the sums of 128 bits began anew.
    carries: Vec<(u32, u32)>,
}

impl Sums {
    /// The conversions and value of each channel as floats.
    fn credits(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        let whole =
            |low: u128, carries: u32| libm::ldexp(f64::from(carries), 128 - 62) + from_fixed_point(low);
        let sums = self.low.iter().zip(&self.carries);
        sums.map(move |((conversions, values), (one, other))| {
            (whole(*conversions, *one), whole(*values, *other))
        })
    }
}

#[expect(clippy::indexing_slicing, reason = "rows lie in the table, and touches in its dictionary")]
#[expect(
    clippy::arithmetic_side_effects,
    reason = "products of 62 and 63 bits; fewer carries than touches, which have 32 bits"
)]
fn sums_of_touches<W>(paths: &PathTable, divider: &mut Divider<W>) -> Result<Sums, AttributionError>
where
    W: FnMut(usize, &Row<'_>, &mut Vec<f64>) -> Result<(), AttributionError>,
{
    let channels = paths.channels().len();
    let mut sums = Sums { low: alloc::vec![(0, 0); channels], carries: alloc::vec![(0, 0); channels] };
    let converting = paths.converting();
    let (mut batch, mut touches) = (Vec::with_capacity(BATCH), Vec::new());
    for indexes in converting.chunks(BATCH) {
        batch.clear();
        touches.clear();
        for index in indexes {
            let row = paths.at(*index as usize);
            touches.extend_from_slice(row.path);
            batch.push((*index as usize, touches.len(), row));
        }
        let mut start = 0;
        for (index, end, row) in batch.iter().copied() {
            let row = Row { path: &touches[start..end], ..row };
            start = end;
            divider.divide(index, &row)?;
            let conversions = u128::from(row.outcome.conversions);
            let value = u128::from(row.outcome.value.unsigned_abs());
            for (id, share) in row.path.iter().zip(&divider.shares).filter(|(_, share)| **share > 0) {
                let share = u128::from(*share);
                // 62 bits times 63: the products fit.
                let (conversion_sum, value_sum) = sums.low[id.index()];
                let (conversion_sum, conversions_over) = conversion_sum.overflowing_add(share * conversions);
                let (value_sum, value_over) = value_sum.overflowing_add(share * value);
                sums.low[id.index()] = (conversion_sum, value_sum);
                if conversions_over | value_over {
                    let (conversions, value) = &mut sums.carries[id.index()];
                    *conversions += u32::from(conversions_over);
                    *value += u32::from(value_over);
                }
            }
        }
    }
    Ok(sums)
}

/// Divides one journey after the other, with the same memory.
struct Divider<W> {
    conserving: bool,
    weigh: W,
    weights: Vec<f64>,
    whole: Vec<u64>,
    /// The shares of the last journey in 2^-62.
    shares: Vec<u64>,
    /// What the floor of each quota left over.
    rest: Vec<(u128, usize)>,
}

impl<W: FnMut(usize, &Row<'_>, &mut Vec<f64>) -> Result<(), AttributionError>> Divider<W> {
    const fn new(conserving: bool, weigh: W) -> Self {
        Self {
            conserving,
            weigh,
            weights: Vec::new(),
            whole: Vec::new(),
            shares: Vec::new(),
            rest: Vec::new(),
        }
    }

    fn divide(&mut self, index: usize, touched: &Row<'_>) -> Result<(), AttributionError> {
        let row = index;
        self.weights.clear();
        (self.weigh)(index, touched, &mut self.weights)?;
        let (expected, actual) = (touched.path.len(), self.weights.len());
        if actual != expected {
            return Err(AttributionError::WeightCount { row, expected, actual });
        }
        let max = if self.conserving { f64::MAX } else { 1.0 };
        let wrong = |weight: &f64| !(*weight >= 0.0 && *weight <= max);
        if let Some((touch, weight)) = self.weights.iter().copied().enumerate().find(|(_, w)| wrong(w)) {
            return Err(AttributionError::Weight { row, touch, weight });
        }
        self.shares.clear();
        if !self.conserving {
            self.shares.extend(self.weights.iter().map(|weight| whole(*weight)));
            return Ok(());
        }
        let largest = self.weights.iter().copied().fold(0.0, f64::max);
        if largest <= 0.0 {
            return Err(AttributionError::NoWeight { row });
        }
        self.whole.clear();
        // By the largest first: the sum of the weights as floats could overflow, and would depend on their order.
        self.whole.extend(self.weights.iter().map(|weight| whole(*weight / largest)));
        self.divide_one();
        Ok(())
    }

    /// 2^62 by the whole weights, the largest of which is 2^62.
    #[expect(clippy::indexing_slicing, reason = "there is a weight, and a share for each remainder")]
    #[expect(clippy::arithmetic_side_effects, reason = "neither the count nor the sum of the weights is 0")]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a share is at most 2^62, and what is left below the count of touches"
    )]
    fn divide_one(&mut self) {
        let sum: u128 = self.whole.iter().copied().map(u128::from).sum();
        debug_assert!(sum >= u128::from(ONE), "the largest weight is the unit");
        // One touch has all the weight, as with first and last touch: no division.
        if sum == u128::from(ONE) {
            self.shares.extend_from_slice(&self.whole);
            return;
        }
        let first = self.whole[0];
        // Equal weights, as with `linear`: no sort of remainders.
        if self.whole.iter().all(|weight| *weight == first) {
            // A path has less than 2^32 touches.
            let count = self.whole.len() as u64;
            let (each, over) = (ONE / count, ONE % count);
            self.shares.extend((0..count).map(|touch| each.wrapping_add(u64::from(touch < over))));
            return;
        }
        self.rest.clear();
        let mut left = ONE;
        for (touch, weight) in self.whole.iter().enumerate() {
            let product = u128::from(*weight) << 62;
            let (share, rest) = (product / sum, product % sum);
            self.rest.push((rest, touch));
            // No weight is above the sum: the share is at most 1.
            debug_assert!(share <= u128::from(ONE), "a weight above the sum of all");
            let share = share as u64;
            self.shares.push(share);
            left -= share;
        }
        debug_assert!(left < self.whole.len() as u64, "each floor leaves less than a unit");
        self.rest.sort_unstable_by(|(a, first), (b, second)| b.cmp(a).then(first.cmp(second)));
        for (_, touch) in self.rest.iter().take(left as usize) {
            self.shares[*touch] += 1;
        }
    }
}

/// A weight of 0..=1 in whole 2^-62.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "of 0..=2^62")]
fn whole(weight: f64) -> u64 {
    // 2^62, a power of two: the product is exact.
    (weight * 4_611_686_018_427_387_904.0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribution::Outcome;
    use crate::quantity::Currency;

    /// A channel that stands 8 times or more in a path of about 2^63 conversions is paid more than 128 bits of 2^-62 hold.
    #[test]
    #[expect(
        clippy::cast_precision_loss,
        reason = "2^63 - 1 is 2^63 to the nearest float, and so are its multiples"
    )]
    fn shares_of_one_channel_add_up_beyond_128_bits() {
        for touches in [1, 7, 8, 9, 16, 100] {
            let mut builder = PathTable::builder(Currency::CNY);
            let (sem, email) = (builder.channel("SEM").unwrap(), builder.channel("Email").unwrap());
            let mut path = alloc::vec![sem; touches];
            path.push(email);
            let outcome = Outcome { conversions: i64::MAX.unsigned_abs(), nulls: 0, value: i64::MAX };
            builder.push(&path, outcome).unwrap();
            let credits = Credits::by_shares(&builder.build(), |_, row, shares| {
                shares.extend(row.path.iter().map(|_| 1.0));
                Ok(())
            })
            .unwrap();
            let all = [touches as f64 * i64::MAX as f64, i64::MAX as f64];
            assert_eq!((credits.conversions(), credits.values()), (&all[..], &all[..]), "{touches}");
        }
    }
}
