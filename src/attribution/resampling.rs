//! Intervals from resampled journeys; the random numbers are the caller's.

use super::{AttributionError, Credits, Model, PathTable, Row};
use crate::figure::Interval;
use crate::stats::{QuantileMethod, StatsError, sample_quantile};
use alloc::vec::Vec;

impl PathTable {
    /// A bootstrap sample: each row counted as often as its weight says. Rows of weight 0 are left out.
    ///
    /// A bootstrap draws as many journeys as there are, with replacement, and counts how often each was drawn:
    /// with one row for each journey these are the weights. In a table of aggregated paths a weight repeats the
    /// whole row.
    ///
    /// # Errors
    /// [`AttributionError::Length`] for another number of weights than rows, [`AttributionError::TooMuch`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{Outcome, PathTable};
    /// use marketloop::quantity::Currency;
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// builder.push_text("SEM", ">", Outcome::converted(10_00))?;
    /// builder.push_text("Email", ">", Outcome::null())?;
    /// let drawn = builder.build().weighted(&[2, 0])?;
    /// assert_eq!((drawn.len(), drawn.totals().conversions), (1, 2));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn weighted(&self, weights: &[u64]) -> Result<Self, AttributionError> {
        let (expected, actual) = (self.len(), weights.len());
        if actual != expected {
            return Err(AttributionError::Length { expected, actual });
        }
        let mut builder = Self::builder(self.currency()).with_channels(self.channels())?;
        // A row that was not drawn has no journeys, which a table refuses.
        for (index, (row, weight)) in self.rows().zip(weights).enumerate().filter(|(_, (_, w))| **w > 0) {
            let outcome = row.outcome.times(*weight).ok_or(AttributionError::TooMuch {
                row: index,
                what: "journeys or values",
                limit: i64::MAX.unsigned_abs(),
            })?;
            // Through the builder's checks: weights may lift the sums beyond what a table holds.
            builder.push_row(&Row { outcome, ..row }).map_err(|error| error.at_row(index))?;
        }
        Ok(builder.build())
    }
}

/// The credits of `model` by each resample, in the order of `weights`.
///
/// # Errors
/// As of [`PathTable::weighted`] and of the model.
pub fn resampled<M: Model + ?Sized, W: AsRef<[u64]>>(
    model: &M,
    paths: &PathTable,
    weights: impl IntoIterator<Item = W>,
) -> Result<Vec<Credits>, AttributionError> {
    weights.into_iter().map(|weights| model.credit(&paths.weighted(weights.as_ref())?)).collect()
}

/// The weights of `count` bootstrap samples of a table of so many rows: each draws as many as there are, with replacement.
///
/// The draws are those of `SplitMix64` (G. L. Steele, D. Lea, C. H. Flood, 2014) from seeds that follow from the number of the
/// sample: the same on every machine, so that a report repeats. Who wants other draws makes the weights.
///
/// # Examples
/// ```
/// use marketloop::attribution::bootstrap_weights;
///
/// let samples: Vec<Vec<u64>> = bootstrap_weights(300, 2).collect();
/// assert!(samples.iter().all(|weights| weights.len() == 300 && weights.iter().sum::<u64>() == 300));
/// assert_ne!(samples[0], samples[1]);
/// assert!(bootstrap_weights(0, 1).all(|weights| weights.is_empty()));
/// ```
pub fn bootstrap_weights(rows: usize, count: u64) -> impl Iterator<Item = Vec<u64>> {
    (0..count).map(move |sample| {
        let mut weights = alloc::vec![0_u64; rows];
        let mut state = sample.wrapping_mul(0xD1B5_4A32_D192_ED03);
        for _ in 0..rows {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut x = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            // The upper half: a remainder of 32 bits by the number of rows is even enough for samples of millions.
            let drawn = ((x ^ (x >> 31)) >> 32) as usize;
            if let Some(weight) = drawn.checked_rem(rows).and_then(|row| weights.get_mut(row)) {
                *weight = weight.wrapping_add(1);
            }
        }
        weights
    })
}

/// A confidence interval for the conversions of each channel: the middle `level` of the resamples (percentile
/// bootstrap), in the order of the channels.
///
/// # Errors
/// [`AttributionError::Stats`] of no resample or a level outside 0..=1; [`AttributionError::OtherChannels`].
///
/// # Examples
/// ```
/// use marketloop::attribution::{AttributionModel, Outcome, PathTable, intervals, resampled};
/// use marketloop::quantity::Currency;
///
/// let mut builder = PathTable::builder(Currency::CNY);
/// builder.push_text("SEM", ">", Outcome::converted(10_00))?;
/// builder.push_text("Email", ">", Outcome::converted(20_00))?;
/// let draws = [[1, 1], [2, 0], [0, 2], [1, 1], [1, 1]];
/// let credits = resampled(&AttributionModel::LastTouch, &builder.build(), draws)?;
/// let sem = intervals(&credits, 1.0)?[0];
/// assert_eq!(sem.to_string(), "0..2");
/// # Ok::<(), marketloop::Error>(())
/// ```
pub fn intervals(resamples: &[Credits], level: f64) -> Result<Vec<Interval<f64>>, AttributionError> {
    if !(0.0..=1.0).contains(&level) {
        return Err(StatsError::OutOfRange { name: "level", value: level, range: "0..=1" }.into());
    }
    let first = resamples.first().ok_or(StatsError::TooFewObservations { found: 0, needed: 1 })?;
    if resamples.iter().any(|credits| credits.channels() != first.channels()) {
        return Err(AttributionError::OtherChannels { name: "a resample".into() });
    }
    let tail = (1.0 - level) / 2.0;
    let interval = |channel: usize| {
        #[expect(clippy::indexing_slicing, reason = "all resamples have the channels of the first")]
        let draws: Vec<f64> = resamples.iter().map(|credits| credits.conversions()[channel]).collect();
        let at = |p| sample_quantile(&draws, p, QuantileMethod::Linear);
        Ok(Interval::new(at(tail)?, at(1.0 - tail)?)?)
    };
    (0..first.channels().len()).map(interval).collect()
}
