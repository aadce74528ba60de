//! What there is beside what there should be.

use super::ChannelError;
use crate::figure::Cell;
use crate::quantity::{Count, Ratio, Rounding};
use core::fmt;
use rust_decimal::Decimal;
use serde::Serialize;

/// What there is of something beside what there should be: the people of a tier, a kind's share of all content, the
/// share of the total that is left when a channel fails.
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
    /// What there is.
    pub actual: T,
    /// What there should be.
    pub planned: T,
}

impl<K> Gap<K, Count> {
    /// `actual - planned`: above 0 there are too many.
    #[must_use]
    pub fn difference(&self) -> i128 {
        // Counts have 64 bits: their difference cannot leave 128.
        i128::from(self.actual.value()).saturating_sub(self.planned.value().into())
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
        write!(f, "{} {}", self.name, self.actual.to_percent())?;
        let planned = self.planned.to_percent();
        match self.difference() {
            Ok(none) if none.is_zero() => f.write_str(" as planned"),
            Ok(short) if short.is_negative() => {
                let by = Ratio::ZERO.minus(short).unwrap_or(short);
                write!(f, ", {} short of {planned}", by.to_points())
            }
            Ok(over) => write!(f, ", {} more than {planned}", over.to_points()),
            Err(_) => write!(f, " of {planned}"),
        }
    }
}

/// A share as percent to two decimals, or why there is none.
pub(super) fn percent(share: Result<Ratio, ChannelError>) -> Cell {
    let percent =
        |share: Ratio| Ok(share.times(Ratio::from(Decimal::ONE_HUNDRED))?.round((2, Rounding::HalfEven))?);
    match share.and_then(percent) {
        Ok(percent) => Cell::new(percent.normalize(), "%"),
        Err(error) => Cell::default().because(error),
    }
}
