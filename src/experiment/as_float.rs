//! Counts as floats, for what is estimated of them.

#[expect(clippy::cast_precision_loss, reason = "an estimate: 53 bits of a count are enough")]
pub(super) const fn float(count: u64) -> f64 {
    count as f64
}

#[expect(clippy::cast_precision_loss, reason = "an estimate: 53 bits of a sum of counts are enough")]
pub(super) const fn wide(count: u128) -> f64 {
    count as f64
}
