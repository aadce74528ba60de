//! Why a figure changed between two points: contributions that add up to the change, to the last digit.
//!
//! | the figure | the explanation |
//! | --- | --- |
//! | a product of factors (visitors × rate × basket) | [`explain_product`], of ratios [`explain_ratios`], by a [`DecompositionMethod`]: log-mean, Shapley, sequential |
//! | revenue of many products | [`price_volume_mix`]: volume, price, mix, new and lost products |
//! | a rate over segments | [`mix_rate`]: what the rates did and what the mix of the segments did |
//! | a forecast that was missed | [`adtributor`], [`adtributor_derived`]: explanatory power and surprise of each element |
//! | what carries most of any of these | [`Contributions::drivers`]: the fewest parts that carry 80 % of the change, and what stands against them |
//! | parts from elsewhere | [`close`] (estimates), [`close_exact`] (fractions): decimals that add up to the exact total |
//!
//! Sequential replacement, Shapley values, price-volume-mix and mix-rate are computed as exact fractions and
//! rounded once, to a declared scale, by largest remainder: the parts add up to the total. Logarithms are
//! floats; what their rounding leaves is shared in proportion to the contributions.
//!
//! | case | answer |
//! | --- | --- |
//! | no factors, no rows | [`DecomposeError::Empty`] |
//! | log-mean of two numbers of opposite signs | [`DecomposeError::OppositeSigns`]; Shapley and sequential replacement have no such limit |
//! | log-mean, a factor that enters from or leaves to 0 | the whole change is its (in equal parts, where there are several) |
//! | log-mean, from 0 to 0 | all contributions 0 |
//! | price-volume-mix without any quantity before | [`DecomposeError::NoWhole`] |
//! | a segment without denominator at one point | its whole effect is mix |
//! | the drivers of a total of 0 | [`DecomposeError::NoWhole`]: nothing is a share of it |
//! | a total with more decimals than the scale | [`DecomposeError::FinerThanScale`] |
//! | contributions that do not explain the total | [`DecomposeError::Unexplained`] |
//!
//! ```
//! use marketloop::decompose::{DecompositionMethod, explain_product};
//! use marketloop::quantity::Rounding;
//! use rust_decimal::dec;
//!
//! // Sales = visitors * conversion rate * basket.
//! let before = [dec!(10000), dec!(0.02), dec!(150)];
//! let after = [dec!(12000), dec!(0.018), dec!(155)];
//! let why = explain_product(&before, &after, DecompositionMethod::LogMean, (2, Rounding::HalfEven))?;
//! assert_eq!(why.total(), dec!(3480.00));
//! let parts: Vec<_> = why.parts().iter().map(|part| part.value).collect();
//! assert_eq!(parts, [dec!(5781.08), dec!(-3340.79), dec!(1039.71)]);
//! # Ok::<(), marketloop::decompose::DecomposeError>(())
//! ```

mod adtributor;
mod closing;
mod contributions;
mod dimensions;
mod drivers;
mod fraction;
mod log_mean;
mod mix_rate;
mod price_volume_mix;
mod product;
mod sequential;
mod shapley;

pub use adtributor::{Attribution, Element, ElementAttribution, adtributor, adtributor_derived};
pub use closing::{close, close_exact};
pub use contributions::{Contribution, ContributionMethod, Contributions, Effect, SegmentEffect};
pub use dimensions::{RankOptions, rank_dimensions};
pub use drivers::Drivers;
pub use log_mean::{log_mean, log_mean_contributions};
pub use mix_rate::{Segment, mix_rate};
pub use price_volume_mix::{ProductSales, price_volume_mix};
pub use product::{DecompositionMethod, explain_product, explain_ratios};
pub use sequential::sequential_contributions;
pub use shapley::shapley_contributions;

#[cfg(feature = "kpi")]
pub(crate) use fraction::Fraction;
pub(crate) use log_mean::same_sign_log_mean;
#[cfg(feature = "kpi")]
pub(crate) use log_mean::same_sign_log_means;
#[cfg(feature = "kpi")]
pub(crate) use mix_rate::rate_and_mix;
pub(crate) use shapley::{legendre_rule, shapley_integrals};

use crate::error::{Counted, ErrorKind, TooLarge, UnknownWord};
use crate::quantity::{QuantityError, Ratio, Unit};
use rust_decimal::Decimal;

/// Why a change could not be explained.
#[derive(Debug, Clone, PartialEq, thiserror::Error, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DecomposeError {
    /// A text that names none of the choices.
    #[error(transparent)]
    UnknownWord(#[from] UnknownWord),
    /// No factors, rows or contributions were given.
    #[error("there are no {what}")]
    Empty {
        /// What is missing: `factors`, `rows`.
        what: &'static str,
    },
    /// The two points have different numbers of factors.
    #[error("{} before and {after} after", Counted(.before, "factor"))]
    LengthMismatch {
        /// The number of factors before.
        before: usize,
        /// The number of factors after.
        after: usize,
    },
    /// A float that is NaN or infinite.
    #[error("number {index} is {value}, not a finite number")]
    NotFinite {
        /// The index of the number among those given, from 0.
        index: usize,
        /// The value as given.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        value: f64,
    },
    /// Two numbers of opposite signs, between which no logarithmic mean exists.
    #[error("factor {index} changes its sign from {before} to {after}")]
    OppositeSigns {
        /// The index of the factor, from 0.
        index: usize,
        /// The value before.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        before: f64,
        /// The value after.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        after: f64,
    },
    /// A result that its number type does not hold.
    #[error("{what} is outside the range of its type")]
    Overflow {
        /// What was computed.
        what: &'static str,
    },
    /// A scale above 28 decimals.
    #[error("scale {scale} exceeds 28 decimals")]
    ScaleTooLarge {
        /// The scale as given.
        scale: u32,
    },
    /// A total with more decimals than its parts may have: they cannot add up to it.
    #[error("total {total} has more than {}", Counted(.scale, "decimal"))]
    FinerThanScale {
        /// The total.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        total: Decimal,
        /// The declared scale.
        scale: u32,
    },
    /// Contributions whose sum is further from the total than rounding explains.
    #[error("contributions add up to {sum}, not to {total}")]
    Unexplained {
        /// What the contributions add up to.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        sum: f64,
        /// The total that they were to explain.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        total: Decimal,
    },
    /// Parts that do not add up to their total.
    #[error("the parts do not add up to {total}{}", sum.map_or_else(alloc::string::String::new, |sum| alloc::format!(", but to {sum}")))]
    NotTheTotal {
        /// The total as given.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        total: Decimal,
        /// What the parts add up to, where 28 digits hold it.
        sum: Option<Ratio>,
    },
    /// A part in another unit than its total.
    #[error("part {index} is not in {unit}")]
    OtherUnit {
        /// The index of the part, from 0.
        index: usize,
        /// The unit of the total.
        unit: Unit,
    },
    /// A whole of zero, of which nothing can be a share.
    #[error("the {what} is zero")]
    NoWhole {
        /// What is zero.
        what: &'static str,
    },
    /// A segment with a numerator and no denominator.
    #[error("row {index} has a numerator and a denominator of zero")]
    NoDenominator {
        /// The index of the row, from 0.
        index: usize,
    },
    /// A value below zero where a share of a whole is taken.
    #[error("row {index} has {value}, below zero")]
    Negative {
        /// The index of the row, from 0.
        index: usize,
        /// The value as given.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        value: Decimal,
    },
    /// More factors than a stated limit allows.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
    /// An exact quantity that cannot be computed.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
}

crate::error::fault!(DecomposeError);

impl DecomposeError {
    /// The kind of the fault.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::UnknownWord(_) => ErrorKind::Syntax,
            Self::Empty { .. } => ErrorKind::Empty,
            Self::LengthMismatch { .. }
            | Self::FinerThanScale { .. }
            | Self::Unexplained { .. }
            | Self::NotTheTotal { .. }
            | Self::OtherUnit { .. } => ErrorKind::Mismatch,
            Self::NotFinite { .. } | Self::ScaleTooLarge { .. } | Self::Negative { .. } => {
                ErrorKind::OutOfRange
            }
            Self::OppositeSigns { .. } | Self::NoWhole { .. } | Self::NoDenominator { .. } => {
                ErrorKind::Undefined
            }
            Self::Overflow { .. } => ErrorKind::Overflow,
            Self::TooLarge(_) => ErrorKind::Limit,
            Self::Quantity(error) => error.kind(),
        }
    }
}

/// Checks that there are as many factors after as before, at least one, all finite.
fn checked_factors(before: &[f64], after: &[f64]) -> Result<(), DecomposeError> {
    checked_lengths(before.len(), after.len())?;
    all_finite(before).and_then(|()| all_finite(after))
}

fn checked_lengths(before: usize, after: usize) -> Result<(), DecomposeError> {
    if before != after {
        return Err(DecomposeError::LengthMismatch { before, after });
    }
    if before == 0 { Err(DecomposeError::Empty { what: "factors" }) } else { Ok(()) }
}

fn all_finite(values: &[f64]) -> Result<(), DecomposeError> {
    match values.iter().enumerate().find(|(_, value)| !value.is_finite()) {
        Some((index, value)) => Err(DecomposeError::NotFinite { index, value: *value }),
        None => Ok(()),
    }
}

/// The contributions, unless one of them left the range of a float.
fn within_range(contributions: alloc::vec::Vec<f64>) -> Result<alloc::vec::Vec<f64>, DecomposeError> {
    // Asked once at the end: a product of finite factors may leave the range and come back as a NaN.
    if contributions.iter().all(|value| value.is_finite()) {
        Ok(contributions)
    } else {
        Err(DecomposeError::Overflow { what: "a contribution" })
    }
}
