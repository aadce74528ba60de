//! The part of a sample that a value is not below, with named ties.

use super::HealthError;
use crate::error::{chosen, excerpt};
use crate::quantity::{QuantityError, Ratio};
use core::fmt;
use core::str::FromStr;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// How values that equal the scored one are counted. There is no default: the four disagree.
///
/// ```
/// # use marketloop::health::Ties;
/// assert_eq!(serde_json::from_str::<Ties>(r#""strict""#)?, Ties::Strict);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

impl fmt::Display for Ties {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Rank => "rank",
            Self::Weak => "weak",
            Self::Strict => "strict",
            Self::Mean => "mean",
        })
    }
}

impl FromStr for Ties {
    type Err = HealthError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let choices =
            [(Self::Rank, "rank"), (Self::Weak, "weak"), (Self::Strict, "strict"), (Self::Mean, "mean")];
        let known = &["rank", "weak", "strict", "mean"];
        let refuse = || QuantityError::UnknownWord { text: excerpt(text), known };
        Ok(chosen(text, &choices).ok_or_else(refuse)?)
    }
}

/// The percentile rank of `value` in a sample in rising order, in 0..=1; `None` for an empty sample.
///
/// # Formula
/// With n values, L of them below and E equal: weak `(L + E) / n`, strict `L / n`, mean `(2 L + E) / 2 n`, rank
/// `(2 L + E + 1) / 2 n` where E > 0 and else `L / n`.
pub(super) fn percentile_rank(sorted: &[Decimal], value: Ratio, ties: Ties) -> Option<Ratio> {
    let below = sorted.partition_point(|other| Ratio::from(*other) < value);
    let up_to = sorted.partition_point(|other| Ratio::from(*other) <= value);
    rank_of(below, up_to, sorted.len(), ties)
}

/// The same of a sample where less is better: how many are not better than `value`.
pub(super) fn percentile_rank_from_above(sorted: &[Decimal], value: Ratio, ties: Ties) -> Option<Ratio> {
    let all = sorted.len();
    // Counted from the other end, so that ties count as they do where more is better: 1 less the rank would turn
    // weak into strict.
    let (up_to, below) = (
        sorted.partition_point(|other| Ratio::from(*other) <= value),
        sorted.partition_point(|other| Ratio::from(*other) < value),
    );
    rank_of(all.abs_diff(up_to), all.abs_diff(below), all, ties)
}

fn rank_of(below: usize, up_to: usize, all: usize, ties: Ties) -> Option<Ratio> {
    let both = below.saturating_add(up_to);
    let (numerator, halves) = match ties {
        Ties::Weak => (up_to, 1),
        Ties::Strict => (below, 1),
        Ties::Mean => (both, 2),
        Ties::Rank => (both.saturating_add(usize::from(below < up_to)), 2),
    };
    // Halves keep the mean of two counts a whole number; the fraction is reduced when it is made.
    let whole = u128::try_from(all).ok()?.checked_mul(halves).filter(|whole| *whole > 0)?;
    Ratio::of_integers(false, u128::try_from(numerator).ok()?, whole)
}
