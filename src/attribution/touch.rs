//! Models that divide each journey among its touches.

use super::credit::{ONE, from_fixed_point};
use super::{AttributionError, Channels, Conservation, Credits, Model, PathTable, Row};
use alloc::vec::Vec;

/// One row of a table with what a model may ask about it.
#[derive(Debug, Clone, Copy)]
pub struct Touched<'a> {
    /// The dictionary of the channels.
    pub channels: &'a Channels,
    /// The index of the row.
    pub index: usize,
    /// The path and what came of it.
    pub row: Row<'a>,
}

/// A model that weighs the touches of each journey on their own.
///
/// The weights of a journey are divided by their sum to shares in whole 2^-62 that add up to exactly 1
/// (largest remainder, ties to the earlier touch). All sums are of integers: neither the order of the rows nor
/// their aggregation changes a credit by a bit.
pub trait TouchModel {
    /// Appends the weight of each touch: finite, 0 or more, one of them above 0.
    ///
    /// # Errors
    /// What the model cannot do with this row, such as [`AttributionError::MissingTimes`].
    fn weigh(&self, touched: &Touched<'_>, weights: &mut Vec<f64>) -> Result<(), AttributionError>;

    /// Whether the shares of a journey add up to 1. Of a model that is not conserving the weights are the
    /// shares, each of 0..=1.
    fn conservation(&self) -> Conservation {
        Conservation::Conserving
    }

    /// What each touch of one row is given.
    ///
    /// # Errors
    /// [`AttributionError::UnknownRow`], and as of [`Model::credit`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{Linear, Outcome, PathTable, TouchModel};
    /// use marketloop::quantity::Currency;
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// builder.push_text("SEM > Email > SEM > KOL", ">", Outcome::converted(100_00))?;
    /// let credits = Linear.touch_credits(&builder.build(), 0)?;
    /// assert_eq!(credits.shares, [0.25; 4]);
    /// assert_eq!(credits.values, [25_00.0; 4]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    fn touch_credits(&self, paths: &PathTable, row: usize) -> Result<TouchCredits, AttributionError> {
        let count = paths.len();
        let found = paths.row(row).ok_or(AttributionError::UnknownRow { row, count })?;
        let mut divider = Divider::new(self.conservation());
        divider.divide(self, &Touched { channels: paths.channels(), index: row, row: found })?;
        let times = |count: u128| {
            divider.shares.iter().map(move |share| from_fixed_point(u128::from(*share).saturating_mul(count)))
        };
        Ok(TouchCredits {
            shares: times(1).collect(),
            conversions: times(found.outcome.conversions.into()).collect(),
            values: times(found.outcome.value.unsigned_abs().into()).collect(),
        })
    }
}

/// What each touch of one row is given, in the order of the touches.
#[derive(Debug, Clone, PartialEq)]
pub struct TouchCredits {
    /// The share of each touch in one conversion.
    pub shares: Vec<f64>,
    /// The conversions of each touch: its share times the row's.
    pub conversions: Vec<f64>,
    /// The value of each touch in minor units.
    pub values: Vec<f64>,
}

/// Rows that convert lie far apart: copied in a batch their cache misses overlap, one by one they add up.
const BATCH: usize = 64;

impl<M: TouchModel> Model for M {
    fn credit(&self, paths: &PathTable) -> Result<Credits, AttributionError> {
        let mut divider = Divider::new(self.conservation());
        // Sums of at most 2^62 * (2^63 - 1) each: the table's totals are bounded.
        let mut sums = alloc::vec![(0_u128, 0_u128); paths.channels().len()];
        let converting = paths.converting();
        let (mut batch, mut touches) = (Vec::with_capacity(BATCH), Vec::new());
        for indexes in converting.chunks(BATCH) {
            batch.clear();
            touches.clear();
            for index in indexes {
                let Some(row) = paths.row(*index as usize) else { continue };
                touches.extend_from_slice(row.path);
                batch.push((*index as usize, touches.len(), row));
            }
            let mut start = 0;
            for (index, end, row) in batch.iter().copied() {
                let row = Row { path: touches.get(start..end).unwrap_or(row.path), ..row };
                start = end;
                divider.divide(self, &Touched { channels: paths.channels(), index, row })?;
                let conversions = u128::from(row.outcome.conversions);
                let value = u128::from(row.outcome.value.unsigned_abs());
                for (id, share) in row.path.iter().zip(&divider.shares).filter(|(_, share)| **share > 0) {
                    let share = u128::from(*share);
                    if let Some((conversion_sum, value_sum)) = sums.get_mut(id.index()) {
                        *conversion_sum = conversion_sum.saturating_add(share.saturating_mul(conversions));
                        *value_sum = value_sum.saturating_add(share.saturating_mul(value));
                    }
                }
            }
        }
        let conversions = sums.iter().map(|(sum, _)| from_fixed_point(*sum)).collect();
        let values = sums.iter().map(|(_, sum)| from_fixed_point(*sum)).collect();
        Credits::new(paths, conversions, values, self.conservation())
    }
}

/// Divides one journey after the other, with the same memory.
struct Divider {
    conservation: Conservation,
    weights: Vec<f64>,
    whole: Vec<u64>,
    /// The shares of the last journey in 2^-62.
    shares: Vec<u64>,
    /// What the floor of each quota left over.
    rest: Vec<(u128, usize)>,
}

impl Divider {
    const fn new(conservation: Conservation) -> Self {
        Self { conservation, weights: Vec::new(), whole: Vec::new(), shares: Vec::new(), rest: Vec::new() }
    }

    fn divide<M: TouchModel + ?Sized>(
        &mut self,
        model: &M,
        touched: &Touched<'_>,
    ) -> Result<(), AttributionError> {
        let row = touched.index;
        self.weights.clear();
        model.weigh(touched, &mut self.weights)?;
        let (expected, actual) = (touched.row.path.len(), self.weights.len());
        if actual != expected {
            return Err(AttributionError::WeightCount { row, expected, actual });
        }
        let conserving = self.conservation == Conservation::Conserving;
        let most = if conserving { f64::MAX } else { 1.0 };
        let wrong = |weight: &f64| !(*weight >= 0.0 && *weight <= most);
        if let Some((touch, weight)) = self.weights.iter().copied().enumerate().find(|(_, w)| wrong(w)) {
            return Err(AttributionError::Weight { row, touch, weight });
        }
        self.shares.clear();
        if !conserving {
            self.shares.extend(self.weights.iter().map(|weight| whole(*weight)));
            return Ok(());
        }
        let largest = self.weights.iter().copied().fold(0.0, f64::max);
        if largest <= 0.0 {
            return Err(AttributionError::NoWeight { row });
        }
        self.whole.clear();
        self.whole.extend(self.weights.iter().map(|weight| whole(*weight / largest)));
        self.divide_one();
        Ok(())
    }

    /// 2^62 by the whole weights, the largest of which is 2^62.
    fn divide_one(&mut self) {
        let sum: u128 = self.whole.iter().copied().map(u128::from).sum();
        if sum == u128::from(ONE) {
            self.shares.extend_from_slice(&self.whole);
            return;
        }
        let first = self.whole.first().copied().unwrap_or_default();
        if self.whole.iter().all(|weight| *weight == first) {
            let count = u64::try_from(self.whole.len()).unwrap_or(u64::MAX);
            let (each, over) = (ONE.checked_div(count), ONE.checked_rem(count));
            let (each, over) = (each.unwrap_or_default(), over.unwrap_or_default());
            self.shares.extend((0..count).map(|touch| each.saturating_add(u64::from(touch < over))));
            return;
        }
        self.rest.clear();
        let mut left = ONE;
        for (touch, weight) in self.whole.iter().enumerate() {
            let product = u128::from(*weight).wrapping_shl(62);
            let share = product.checked_div(sum).unwrap_or_default();
            self.rest.push((product.wrapping_sub(share.wrapping_mul(sum)), touch));
            let share = u64::try_from(share).unwrap_or(ONE);
            self.shares.push(share);
            left = left.saturating_sub(share);
        }
        // Fewer units are left than there are touches.
        self.rest.sort_unstable_by(|(a, first), (b, second)| b.cmp(a).then(first.cmp(second)));
        for (_, touch) in self.rest.iter().take(usize::try_from(left).unwrap_or(usize::MAX)) {
            if let Some(share) = self.shares.get_mut(*touch) {
                *share = share.saturating_add(1);
            }
        }
    }
}

/// A weight of 0..=1 in whole 2^-62.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "of 0..=2^62")]
fn whole(weight: f64) -> u64 {
    // 2^62, a power of two: the product is exact.
    (weight * 4_611_686_018_427_387_904.0) as u64
}
