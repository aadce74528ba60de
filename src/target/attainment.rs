//! How far a target is attained, and what is missing.

use super::TargetError;
use crate::figure::Cell;
use crate::quantity::words::words;
use crate::quantity::{Precision, QuantityError, Ratio};
use core::fmt;
use rust_decimal::Decimal;

/// The attained part of a target as an exact ratio: 480 of 500 is 24/25.
///
/// # Examples
/// ```
/// use marketloop::quantity::Rounding;
/// use marketloop::target::Target;
/// use rust_decimal::dec;
///
/// let conversion: Target = "at least 2 %".parse()?;
/// let attainment = conversion.attainment(dec!(1.5))?;
/// assert_eq!(attainment.round((4, Rounding::HalfEven))?, dec!(0.75));
/// assert!(!attainment.is_met());
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::target::Attainment;
/// let json = r#""24/25""#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Attainment>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
#[doc(alias = "达成率")]
pub struct Attainment(Ratio);

impl Attainment {
    pub(super) const fn new(ratio: Ratio) -> Self {
        Self(ratio)
    }

    /// The exact ratio, 1 for a target that is just met.
    #[must_use]
    pub const fn ratio(&self) -> Ratio {
        self.0
    }

    /// The ratio, rounded once to `precision`.
    ///
    /// # Errors
    /// [`QuantityError::Inexact`] when the rounded value needs more than 28 digits.
    pub fn round(&self, precision: impl Into<Precision>) -> Result<Decimal, QuantityError> {
        self.0.round(precision)
    }

    /// Whether the target is met: the ratio is at least 1.
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.0 >= Ratio::ONE
    }
}

impl fmt::Display for Attainment {
    /// The percentage with two decimals, and more where two would round a miss to `100%`; a precision is a number of
    /// decimals, half to even.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write_percent(f)
    }
}

impl From<Attainment> for Cell {
    /// The percentage.
    fn from(attainment: Attainment) -> Self {
        attainment.0.percent_cell()
    }
}

/// Whether a variance is favourable.
///
/// ```
/// # use marketloop::target::Favour;
/// assert_eq!(serde_json::from_str::<Favour>(r#""favourable""#)?, Favour::Favourable);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Favour {
    /// On the better side of the target.
    Favourable,
    /// Just on the target, or within its range.
    Neutral,
    /// On the worse side of the target.
    Adverse,
}

words!(Favour, "favour", TargetError: Favourable = "favourable", Neutral = "neutral", Adverse = "adverse");

/// The difference between an actual value and its target, and whether it is favourable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Variance {
    absolute: Ratio,
    reference: Ratio,
    favour: Favour,
}

impl Variance {
    pub(super) fn new(absolute: Ratio, reference: Ratio, more_is: Favour) -> Self {
        // No variance has two signs: what is favourable is decided here once. Told of more, and turned around where it is less: one match for all four.
        let favour = match more_is {
            _ if absolute.is_zero() => Favour::Neutral,
            Favour::Favourable if absolute.is_negative() => Favour::Adverse,
            Favour::Adverse if absolute.is_negative() => Favour::Favourable,
            same => same,
        };
        Self { absolute, reference, favour }
    }

    /// Actual less target, in the target's unit.
    #[must_use]
    pub const fn absolute(&self) -> Ratio {
        self.absolute
    }

    /// Actual less target as a part of the target's magnitude.
    ///
    /// # Errors
    /// [`QuantityError::DivisionByZero`] for a target of zero; [`QuantityError::Inexact`].
    pub fn relative(&self) -> Result<Ratio, QuantityError> {
        let part = self.absolute.divided_by(self.reference)?;
        // By the magnitude: 2 below a target of -10 are a fifth less, not a fifth more.
        Ok(if self.reference.is_negative() { part.negated() } else { part })
    }

    /// Whether the variance is favourable.
    #[must_use]
    pub const fn favour(&self) -> Favour {
        self.favour
    }
}
