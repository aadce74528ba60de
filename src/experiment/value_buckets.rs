//! Buckets of whole numbers within a relative error: the logarithmic sketch with bounds that are whole numbers.

use crate::quantity::Share;
use alloc::vec::Vec;

/// The smallest magnitude of no bucket: one more than that of the lowest number of 64 bits.
const END: u128 = (1 << 63) + 1;
/// How many bits behind the leading one choose a number's first candidate.
const NEAR_BITS: u32 = 7;

/// Which values count as one: each its own, or buckets that hold a relative error.
///
/// A bucket is as wide as the error admits: from `l` to the largest `h` with `h - l <= e (h + l)`, so that `2 l h / (l + h)` is
/// within the part `e` of each value in it. C. Masson, J. E. Rim and H. K. Lee (2019) take the bounds from a logarithm; bounds
/// that follow from each other in whole numbers are the same everywhere, and small values are buckets of their own. Bucket
/// 0 is the value 0, and below it they lie mirrored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ValueBuckets {
    /// The smallest magnitude of each bucket from the first one on, and one that ends the last; none where each value is
    /// its own bucket.
    lows: Option<Vec<u64>>,
}

impl ValueBuckets {
    /// The buckets with this error, which was checked; only those up to the `last`, by distance from 0, are worked out.
    pub(super) fn new(within: Option<Share>, last: u64) -> Self {
        Self { lows: within.map(|error| lows(error, last)) }
    }

    /// The values of a bucket, lowest and highest; none of a bucket that no value of 64 bits has.
    pub(super) fn values(&self, bucket: i64) -> Option<(i64, i64)> {
        let Some(lows) = &self.lows else { return Some((bucket, bucket)) };
        if bucket == 0 {
            return Some((0, 0));
        }
        let place = usize::try_from(bucket.unsigned_abs().checked_sub(1)?).ok()?;
        let (low, next) = (*lows.get(place)?, *lows.get(place.checked_add(1)?)?);
        let high = next.checked_sub(1)?;
        if bucket > 0 {
            Some((i64::try_from(low).ok()?, i64::try_from(high).unwrap_or(i64::MAX)))
        } else {
            Some((0_i64.checked_sub_unsigned(high)?, 0_i64.checked_sub_unsigned(low)?))
        }
    }

    /// The number that stands for a bucket.
    #[expect(clippy::cast_precision_loss, reason = "a figure has 53 bits")]
    pub(super) fn middle(&self, bucket: i64) -> Option<f64> {
        let (low, high) = self.values(bucket)?;
        if low == high {
            return Some(low as f64);
        }
        let (low, high) = (low as f64, high as f64);
        Some(2.0 * low * (high / (low + high)))
    }

    /// What finds the bucket of a value.
    pub(super) fn finder(&self) -> BucketFinder<'_> {
        let Some(lows) = &self.lows else { return BucketFinder { lows: &[], near: Vec::new() } };
        let mut near = Vec::new();
        let mut place = 0_u32;
        for bits in 0..64_u32 {
            for part in 0..1_u64 << NEAR_BITS {
                // The smallest magnitude with this leading bit and these bits behind it.
                let behind = if bits >= NEAR_BITS {
                    part << bits.saturating_sub(NEAR_BITS)
                } else {
                    part >> NEAR_BITS.saturating_sub(bits)
                };
                let least = 1 << bits | behind;
                while lows.get(place as usize).is_some_and(|low| *low <= least) {
                    place = place.saturating_add(1);
                }
                near.push(place);
            }
        }
        BucketFinder { lows, near }
    }
}

/// The smallest magnitudes of the buckets up to the `last`, and the one behind it.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "an error of at most 1/2 with at most 16 decimals: both parts of the ratio are below 2^55 and above 0"
)]
fn lows(error: Share, last: u64) -> Vec<u64> {
    let value = error.value();
    let (part, whole) = (value.mantissa().unsigned_abs(), 10_u128.pow(value.scale()));
    let (up, down) = (whole + part, whole - part);
    let mut lows = Vec::new();
    let mut low = 1_u128;
    while low < END && lows.len() as u64 <= last {
        lows.push(low);
        low = (low * up / down + 1).min(END);
    }
    lows.push(low);
    // Magnitudes up to 2^63 and one more fit 64 bits.
    lows.into_iter().map(|low| u64::try_from(low).unwrap_or(u64::MAX)).collect()
}

/// Finds the bucket of a value: a table by the leading bits, and a step or two.
#[derive(Debug)]
pub(super) struct BucketFinder<'a> {
    lows: &'a [u64],
    /// By leading bits, how many buckets begin at or before the least magnitude that has them.
    near: Vec<u32>,
}

impl BucketFinder<'_> {
    /// The bucket of a value.
    pub(super) fn bucket(&self, value: i64) -> i64 {
        if self.near.is_empty() {
            return value;
        }
        let magnitude = value.unsigned_abs();
        let Some(bits) = magnitude.checked_ilog2() else { return 0 };
        let lead = magnitude.wrapping_shl(magnitude.leading_zeros()) >> (63_u32.saturating_sub(NEAR_BITS));
        let cell = (u64::from(bits) << NEAR_BITS) | (lead & ((1 << NEAR_BITS) - 1));
        let near = usize::try_from(cell).ok().and_then(|cell| self.near.get(cell));
        let mut place = near.map_or(0, |place| *place as usize);
        while self.lows.get(place).is_some_and(|low| *low <= magnitude) {
            place = place.saturating_add(1);
        }
        let bucket = i64::try_from(place).unwrap_or(i64::MAX);
        if value < 0 { bucket.saturating_neg() } else { bucket }
    }
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, clippy::cast_precision_loss, reason = "numbers of a test")]
mod tests {
    use super::*;

    fn buckets(error: &str) -> ValueBuckets {
        ValueBuckets::new(Some(error.parse().unwrap()), u64::MAX)
    }

    /// Magnitudes around every power of two, and some between.
    fn magnitudes() -> Vec<i64> {
        let mut all: Vec<i64> = (0..3_000).collect();
        for bits in 1..63 {
            for near in -3..=3 {
                all.push((1_i64 << bits) + near);
            }
            all.push((1_i64 << bits) / 7 * 10);
        }
        all.extend([i64::MAX, i64::MAX - 1]);
        all
    }

    #[test]
    fn the_middle_of_a_bucket_is_within_the_error_of_each_value_in_it() {
        for (error, part) in
            [("0.1%", 0.001), ("1%", 0.01), ("0.0123456789012345", 0.012_345_678_901_234_5), ("50%", 0.5)]
        {
            let buckets = buckets(error);
            let finder = buckets.finder();
            for value in magnitudes().into_iter().flat_map(|value| [value, -value]).chain([i64::MIN]) {
                let bucket = finder.bucket(value);
                let (low, high) = buckets.values(bucket).unwrap();
                assert!(low <= value && value <= high, "{error} {value}: {low}..={high}");
                let middle = buckets.middle(bucket).unwrap();
                for value in [low, value, high] {
                    let off = (middle - value as f64).abs();
                    assert!(off <= part * (value as f64).abs() * (1.0 + 1e-12), "{error} {value} {middle}");
                }
            }
        }
    }

    #[test]
    fn buckets_follow_each_other_without_a_gap_and_are_as_wide_as_the_error_admits() {
        let buckets = buckets("1%");
        let last = buckets.finder().bucket(i64::MAX);
        for bucket in 1..last {
            let (low, high) = buckets.values(bucket).unwrap();
            assert_eq!(buckets.values(bucket + 1).unwrap().0, high + 1);
            assert_eq!(buckets.values(-bucket), Some((-high, -low)));
            let off = |high: i64| i128::from(high - low) * 100 <= i128::from(high) + i128::from(low);
            assert!(off(high) && (bucket + 1 == last || !off(high + 1)), "{low}..={high}");
        }
        assert_eq!(buckets.values(last).unwrap().1, i64::MAX);
        assert_eq!(buckets.values(-last - 1).or(buckets.values(-last)).unwrap().0, i64::MIN);
        assert_eq!((buckets.values(last + 1), buckets.values(i64::MIN)), (None, None));
    }

    #[test]
    fn as_few_buckets_as_asked_for_are_the_first_ones() {
        let all = buckets("2%");
        for last in [0, 1, 5, 300, 100_000] {
            let few = ValueBuckets::new(Some("2%".parse().unwrap()), last);
            let last = i64::try_from(last).unwrap();
            for bucket in [-last, -1, 0, 1, last / 2, last] {
                if bucket.abs() <= last {
                    assert_eq!(few.values(bucket), all.values(bucket), "{last} {bucket}");
                }
            }
        }
    }

    #[test]
    fn without_an_error_each_value_is_its_own() {
        let exact = ValueBuckets::new(None, 0);
        for value in [i64::MIN, -1, 0, 7, i64::MAX] {
            assert_eq!((exact.finder().bucket(value), exact.values(value)), (value, Some((value, value))));
        }
    }
}
