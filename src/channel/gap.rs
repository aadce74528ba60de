//! An actual value beside the planned one.

use super::ChannelError;
use crate::figure::Cell;
use crate::quantity::{Count, QuantityError, Ratio, Rounding};
use alloc::string::String;
use core::fmt;
use rust_decimal::Decimal;
use serde::Serialize;

/// An actual value beside the planned one: the people of a tier, a kind's share of all content, the share of the total
/// that is left when a channel fails.
///
/// # Examples
/// ```
/// use marketloop::channel::InfluencerPyramid;
///
/// let gaps = InfluencerPyramid::documents()?.gaps(&[3, 18, 100])?;
/// assert_eq!(gaps[0].difference(), 2);
/// assert_eq!(gaps[1].to_string(), "vertical 18, 2 short of 20");
/// # Ok::<(), marketloop::channel::ChannelError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub struct Gap<K, T> {
    /// The tier, the kind or the channel.
    pub name: K,
    /// The actual value.
    pub actual: T,
    /// The planned value.
    pub planned: T,
}

impl<K> Gap<K, Count> {
    /// `actual - planned`: above 0 there are too many, below 0 too few.
    #[must_use]
    #[expect(clippy::arithmetic_side_effects, reason = "the difference of two counts of 64 bits")]
    pub fn difference(&self) -> i128 {
        i128::from(self.actual.value()) - i128::from(self.planned.value())
    }
}

impl<K> Gap<K, Ratio> {
    /// `actual - planned`: above 0 there is too much, below 0 too little.
    ///
    /// # Errors
    /// [`ChannelError::Quantity`] beyond 128 bits.
    pub fn difference(&self) -> Result<Ratio, ChannelError> {
        Ok(self.actual.minus(self.planned)?)
    }
}

impl<K: fmt::Display> fmt::Display for Gap<K, Count> {
    /// `vertical 18, 2 short of 20`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.actual)?;
        match self.difference() {
            0 => f.write_str(" as planned"),
            over @ 1.. => write!(f, ", {over} more than {}", self.planned),
            short => write!(f, ", {} short of {}", short.unsigned_abs(), self.planned),
        }
    }
}

impl<K: fmt::Display> fmt::Display for Gap<K, Ratio> {
    /// `search 57.5%, 2.5 percentage points short of 60%`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [actual, planned] = percents_apart(self.actual, self.planned);
        write!(f, "{} {actual}", self.name)?;
        match self.difference() {
            Ok(none) if none.is_zero() => f.write_str(" as planned"),
            Ok(short) if short.is_negative() => {
                write!(f, ", {} short of {planned}", short.negated().to_points())
            }
            Ok(over) => write!(f, ", {} more than {planned}", over.to_points()),
            Err(_) => write!(f, " of {planned}"),
        }
    }
}

/// Two shares as percentages, with enough decimals that different ones read differently.
fn percents_apart(one: Ratio, other: Ratio) -> [String; 2] {
    let texts = [one.to_percent(), other.to_percent()];
    if one == other || texts[0] != texts[1] {
        return texts;
    }
    // Two decimals hide what the comparison was decided by: "60%, short of 60%" would contradict itself.
    let hundred = |share: Ratio| share.times(Ratio::from(Decimal::ONE_HUNDRED));
    let apart = |one, other| -> Result<String, QuantityError> {
        let shown = hundred(one)?.round_beside(hundred(other)?, (2, Rounding::HalfEven))?;
        Ok(alloc::format!("{}%", shown.normalize()))
    };
    apart(one, other).and_then(|own| Ok([own, apart(other, one)?])).unwrap_or(texts)
}

/// A share in per cent to two decimals, or the reason why there is none.
pub(super) fn percent(share: Result<Ratio, ChannelError>) -> Cell {
    let percent = |share: Ratio| {
        let exact = share.times(Ratio::from(Decimal::ONE_HUNDRED))?;
        let shown = exact.round((2, Rounding::HalfEven))?;
        // Zeros say that there is more behind them: 33.999 % are 34.00 %, not 34 %.
        Ok(if exact == Ratio::from(shown) { shown.normalize() } else { shown })
    };
    match share.and_then(percent) {
        Ok(percent) => Cell::new(percent, "%"),
        Err(error) => Cell::default().because(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn a_gap_below_the_decimals_shown_is_still_seen() {
        let gap = |actual: &str, planned: &str| {
            let [actual, planned] = [actual, planned].map(|share| share.parse::<Ratio>().unwrap());
            Gap { name: "search", actual, planned }.to_string()
        };
        assert_eq!(gap("57.5%", "60%"), "search 57.5%, 2.5 percentage points short of 60%");
        assert_eq!(gap("59.999%", "60%"), "search 59.999%, 0.001 percentage points short of 60%");
        assert_eq!(gap("2/3", "66.667%"), "search 66.6667%, 0.0003 percentage points short of 66.667%");
        assert_eq!(gap("60%", "60%"), "search 60% as planned");
    }
}
