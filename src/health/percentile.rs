//! The percentile rank of a value in a sample, by a named rule of ties.

use super::HealthError;
use crate::quantity::Ratio;
use crate::quantity::words::words;
use rust_decimal::Decimal;

/// How values that equal the scored one are counted. There is no default: the four disagree.
///
/// ```
/// # use marketloop::health::Ties;
/// assert_eq!(serde_json::from_str::<Ties>(r#""strict""#)?, Ties::Strict);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ties {
    /// The mean rank of the equal ones.
    Rank,
    /// At or below: the empirical distribution function.
    Weak,
    /// Only those below.
    Strict,
    /// The mean of weak and strict.
    Mean,
}

words!(Ties, "rule of ties", HealthError: Rank = "rank", Weak = "weak", Strict = "strict", Mean = "mean");

/// The percentile rank of `value` in a sample in rising order: numerator and denominator of a number in 0..=1.
///
/// # Formula
/// With n values, L of them below and E equal: weak `(L + E) / n`, strict `L / n`, mean `(2 L + E) / 2 n`, rank
/// `(2 L + E + 1) / 2 n` where E > 0 and else `L / n`.
pub(super) fn percentile_rank(sorted: &[Decimal], value: Ratio, ties: Ties) -> (u128, u128) {
    let below = sorted.partition_point(|other| Ratio::from(*other) < value);
    let up_to = sorted.partition_point(|other| Ratio::from(*other) <= value);
    rank_of(below, up_to, sorted.len(), ties)
}

/// The [percentile rank](percentile_rank) where less is better: the values above count as those below do there.
pub(super) fn percentile_rank_from_above(sorted: &[Decimal], value: Ratio, ties: Ties) -> (u128, u128) {
    let all = sorted.len();
    // Counted from the other end, so that ties count as they do where more is better: 1 less the rank would turn
    // weak into strict.
    let (up_to, below) = (
        sorted.partition_point(|other| Ratio::from(*other) <= value),
        sorted.partition_point(|other| Ratio::from(*other) < value),
    );
    rank_of(all.abs_diff(up_to), all.abs_diff(below), all, ties)
}

#[expect(clippy::arithmetic_side_effects, reason = "counts of values in memory, in 128 bits")]
fn rank_of(below: usize, up_to: usize, all: usize, ties: Ties) -> (u128, u128) {
    debug_assert!(
        below <= up_to && up_to <= all && all > 0,
        "a sample has a value, and no more than all are counted"
    );
    let (below, up_to, all) = (below as u128, up_to as u128, all as u128);
    // Halves keep the mean of two counts a whole number.
    match ties {
        Ties::Weak => (up_to, all),
        Ties::Strict => (below, all),
        Ties::Mean => (below + up_to, 2 * all),
        Ties::Rank => (below + up_to + u128::from(below < up_to), 2 * all),
    }
}
