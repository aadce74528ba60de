//! The measures of one pair of channels.

use super::ChannelError;
use crate::quantity::Ratio;
use rust_decimal::Decimal;

/// The counts of two channels, of each and of both, and the count of all.
#[derive(Clone, Copy)]
pub(super) struct Pair {
    pub(super) left: u64,
    pub(super) right: u64,
    pub(super) both: u64,
    pub(super) all: u64,
}

impl Pair {
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "counts of which each is within those it is taken from; two of 64 bits fit 128"
    )]
    pub(super) const fn either(self) -> u64 {
        // What both have is within the left, and either within all: nothing can wrap.
        self.left - self.both + self.right
    }

    pub(super) fn jaccard(self) -> Result<Ratio, ChannelError> {
        quotient(self.both, self.either())
    }

    #[expect(
        clippy::arithmetic_side_effects,
        reason = "counts of which each is within those it is taken from; two of 64 bits fit 128"
    )]
    pub(super) fn correlation(self) -> Result<f64, ChannelError> {
        // n11 n00 - n10 n01 = n11 all - left right, which is exact in integers: two counts of 64 bits fit 128.
        let product = |left: u64, right: u64| u128::from(left) * u128::from(right);
        let (together, apart) = (product(self.both, self.all), product(self.left, self.right));
        // Subtracted before it is a float: near independence floats would cancel all their digits.
        let size = estimate(together.abs_diff(apart));
        let numerator = if together < apart { -size } else { size };
        let spread = |count: u64| estimate(product(count, self.all - count));
        let (left, right) = (spread(self.left), spread(self.right));
        if left <= 0.0 || right <= 0.0 {
            return Err(ChannelError::EmptyPair);
        }
        // One root at a time: the product of both spreads would need 256 bits, and a float loses digits of it.
        // The roundings can carry a perfect pair past 1 in the last bit.
        Ok((numerator / libm::sqrt(left) / libm::sqrt(right)).clamp(-1.0, 1.0))
    }
}

#[expect(clippy::cast_precision_loss, reason = "a float is asked for")]
const fn estimate(value: u128) -> f64 {
    value as f64
}

/// The share of a part in a whole; an error where the whole is 0.
pub(super) fn quotient(part: u64, whole: u64) -> Result<Ratio, ChannelError> {
    if whole == 0 {
        return Err(ChannelError::EmptyPair);
    }
    Ok(Ratio::new(Decimal::from(part), Decimal::from(whole))?)
}
