//! How many decimals, and what happens to the rest: said together, because neither means anything alone.

use super::Rounding;
use core::fmt;
use serde::{Deserialize, Serialize};

/// A number of decimals and the [`Rounding`] that gets there. What asks for one takes the pair as well.
///
/// # Examples
/// ```
/// use marketloop::quantity::{Precision, Ratio, Rounding};
/// use rust_decimal::dec;
///
/// let third = Ratio::new(dec!(1), dec!(3))?;
/// assert_eq!(third.round((2, Rounding::HalfEven))?, dec!(0.33));
///
/// // Stated once, used everywhere: a plan's reports agree to the last digit.
/// let house: Precision = serde_json::from_str(r#"{"scale":4,"rounding":"half_even"}"#).unwrap();
/// assert_eq!(third.round(house)?, dec!(0.3333));
/// assert_eq!(house.to_string(), "4 decimals, half_even");
/// # Ok::<(), marketloop::quantity::QuantityError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Precision {
    /// The decimals behind the point; at most 28 exist.
    pub scale: u32,
    /// What happens to those beyond.
    pub rounding: Rounding,
}

impl Precision {
    /// `scale` decimals, by the named `rounding`.
    ///
    /// ```
    /// use marketloop::quantity::{Precision, Rounding};
    ///
    /// assert_eq!(Precision::new(2, Rounding::HalfEven), (2, Rounding::HalfEven).into());
    /// ```
    #[must_use]
    pub const fn new(scale: u32, rounding: Rounding) -> Self {
        Self { scale, rounding }
    }
}

impl From<(u32, Rounding)> for Precision {
    fn from((scale, rounding): (u32, Rounding)) -> Self {
        Self { scale, rounding }
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&alloc::format!("{} decimals, {}", self.scale, self.rounding))
    }
}
