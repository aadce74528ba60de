//! How many decimals, and what happens to the rest: said together, because neither means anything alone.

use crate::error::Counted;
use crate::quantity::wire::wire_fields;
use core::cmp::Ordering;
use core::fmt;

/// How a value between two representable ones is rounded. There is no default: a rounding is always named.
///
/// # Examples
/// ```
/// use marketloop::quantity::{Rounding, round};
/// use rust_decimal::dec;
///
/// let by_contract: Rounding = "half_even".parse()?;
/// assert_eq!(round(dec!(2.5), (0, by_contract)), dec!(2));
/// assert_eq!(round(dec!(2.5), (0, Rounding::HalfAwayFromZero)), dec!(3));
/// # Ok::<(), marketloop::quantity::QuantityError>(())
/// ```
///
/// ```
/// # use marketloop::quantity::Rounding;
/// assert_eq!(serde_json::from_str::<Rounding>(r#""half_even""#)?, Rounding::HalfEven);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rounding {
    /// To the nearest; a tie goes to the even neighbour (2.5 to 2, 3.5 to 4).
    HalfEven,
    /// To the nearest; a tie goes away from zero (2.5 to 3, -2.5 to -3).
    HalfAwayFromZero,
    /// To the nearest; a tie goes toward zero (2.5 to 2, -2.5 to -2).
    HalfTowardZero,
    /// Away from zero (2.1 to 3, -2.1 to -3).
    AwayFromZero,
    /// Toward zero (2.9 to 2, -2.9 to -2).
    TowardZero,
    /// Toward positive infinity (2.1 to 3, -2.9 to -2).
    Ceiling,
    /// Toward negative infinity (2.9 to 2, -2.1 to -3).
    Floor,
}

impl Rounding {
    /// Whether a magnitude that lies strictly above a multiple takes the next one; `to_half` compares the
    /// part that is left with one half.
    pub(crate) const fn goes_up(self, negative: bool, odd: bool, to_half: Ordering) -> bool {
        // All digits are rounded without their sign: only ceiling and floor have to ask for it.
        match self {
            Self::AwayFromZero => true,
            Self::TowardZero => false,
            Self::Ceiling => !negative,
            Self::Floor => negative,
            Self::HalfEven => {
                matches!(to_half, Ordering::Greater) || (matches!(to_half, Ordering::Equal) && odd)
            }
            Self::HalfAwayFromZero => !matches!(to_half, Ordering::Less),
            Self::HalfTowardZero => matches!(to_half, Ordering::Greater),
        }
    }
}

/// A number of decimals with the [`Rounding`] that makes it. A function that takes a precision takes the pair as well.
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Precision {
    /// The decimals behind the point; at most 28 exist.
    pub scale: u32,
    /// How further decimals are rounded.
    pub rounding: Rounding,
}

wire_fields!(Precision { scale, rounding });

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
        f.pad(&alloc::format!("{}, {}", Counted(self.scale, "decimal"), self.rounding))
    }
}
