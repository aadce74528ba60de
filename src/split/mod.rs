//! Exact division: the parts of an amount by weights always add up to the amount again.
//!
//! ```
//! use marketloop::quantity::{Mix, Money};
//! use marketloop::split::Apportionment;
//!
//! let year = Money::parse("1000000 CNY")?;
//! let mix = Mix::from_percents([("SEM", 40), ("social", 30), ("content", 20), ("short video", 10)])?;
//! let plan = year.split(&mix)?;
//! assert_eq!(plan["SEM"], Money::parse("400,000.00 CNY")?);
//!
//! // 0.05 CNY in sevenths: five parts of 0.01, two of nothing, and never 0.07 in all.
//! let even = Money::parse("0.05 CNY")?.split_evenly(7)?;
//! assert_eq!(even.iter().filter(|part| !part.is_zero()).count(), 5);
//! # Ok::<(), marketloop::Error>(())
//! ```
//!
//! The quota of part i is `q_i = total * w_i / W` (W the sum of the weights). All methods work on the
//! magnitude of the total and put the sign back, so that a refund mirrors its charge; a weight of zero gets
//! exactly nothing. All arithmetic is exact, up to the ends of `i128` and of `Decimal`.
//!
//! | method | each part within its quota's floor and ceiling | grows with the total |
//! | --- | --- | --- |
//! | [`Apportionment::LargestRemainder`] (Hamilton, 1792) | yes | not always (Alabama paradox) |
//! | [`Apportionment::SainteLague`] (Webster, 1832; Sainte-Laguë, 1910) | mostly | always |
//! | [`Apportionment::Cumulative`] | yes | not always |
//! | [`Apportionment::FirstInOrder`], [`Apportionment::LastInOrder`], [`Apportionment::LargestWeight`] | within one unit | not always |
//!
//! | case | answer |
//! | --- | --- |
//! | no weights | [`SplitError::NoWeights`] |
//! | all weights zero | [`SplitError::AllZero`] |
//! | a negative weight | [`SplitError::NegativeWeight`] with its index |
//! | a total of zero | parts of zero |
//! | a key that stands twice | [`SplitError::DuplicateKey`] with both indices |
//! | floors above the total, caps below it | [`SplitError::FloorsExceedTotal`], [`SplitError::CapsBelowTotal`] with the missing amount and the lines |
//! | the same of money | [`SplitError::FloorsExceedMoney`], [`SplitError::CapsBelowMoney`] with the missing money, the total and the lines |
//! | floors and caps of groups of lines | [`nested`]; [`SplitError::NestedReach`] where they contradict each other |

mod bounded;
mod bounded_money;
mod curve;
mod money;
mod nested;
mod parts;
mod quota;
mod sainte_lague;
mod weights;

pub use bounded::bounded;
pub use money::Split;
pub use nested::nested;
pub use parts::{Bounded, BoundedPart, BoundedSplit};

pub(crate) use parts::SetBy;
pub use weights::Weights;

use crate::error::{Counted, ErrorKind, TooLarge, UnknownWord, listed};
use crate::quantity::words::words;
use crate::quantity::{Currency, Money, QuantityError, Ratio};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// The method that gives out the units which remain when every quota is rounded down.
///
/// ```
/// # use marketloop::split::Apportionment;
/// assert_eq!(serde_json::from_str::<Apportionment>(r#""largest_remainder""#)?, Apportionment::LargestRemainder);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Apportionment {
    /// One each to the largest fractional parts of the quotas.
    #[default]
    LargestRemainder,
    /// Unit by unit to the largest w / (2a + 1), where a is what the part has already.
    SainteLague,
    /// One each in the order of the input.
    FirstInOrder,
    /// One each in the reverse order of the input.
    LastInOrder,
    /// One each to the largest weights.
    LargestWeight,
    /// The difference of the rounded (half up) cumulative quotas: what was given up to each part is right.
    Cumulative,
}

words!(Apportionment, "rule of apportionment", SplitError:
    LargestRemainder = "largest_remainder",
    SainteLague = "sainte_lague",
    FirstInOrder = "first_in_order",
    LastInOrder = "last_in_order",
    LargestWeight = "largest_weight",
    Cumulative = "cumulative",
);

/// Why an amount could not be split.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SplitError {
    /// A text that names none of the choices.
    #[error(transparent)]
    UnknownWord(#[from] UnknownWord),
    /// There are no weights.
    #[error("a split needs at least one weight")]
    NoWeights,
    /// All weights are zero.
    #[error("no weight of {count} is above 0")]
    AllZero {
        /// How many there are.
        count: usize,
    },
    /// A weight below zero.
    #[error("weight {value} at {index} is below 0")]
    NegativeWeight {
        /// The index of the weight.
        index: usize,
        /// The weight.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        value: Decimal,
    },
    /// There are not as many keys, parts or weights as there have to be.
    #[error("{}, {expected} needed", Counted(.actual, "entry"))]
    Length {
        /// How many are needed.
        expected: usize,
        /// How many there are.
        actual: usize,
    },
    /// A floor or a cap below zero: bounds are magnitudes, mirrored for a negative total.
    #[error("bound {value} at {index} is below 0")]
    NegativeBound {
        /// The index of the line.
        index: usize,
        /// The bound.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        value: i128,
    },
    /// A line whose floor is above its cap.
    #[error("floor {floor} at {index} is above its cap {cap}")]
    FloorAboveCap {
        /// The index of the line.
        index: usize,
        /// The floor.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        floor: i128,
        /// The cap.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        cap: i128,
    },
    /// The floors need more than there is.
    #[error("the floors of lines {} exceed the total by {short_by}", listed(lines))]
    FloorsExceedTotal {
        /// The missing amount, in whole units; 2^128 - 1 where it is that or more.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        short_by: u128,
        /// The lines with a floor.
        lines: Vec<usize>,
    },
    /// The caps leave a part of the total without a line to go to.
    #[error("the caps of lines {} leave {unplaced} of the total without a place", listed(lines))]
    CapsBelowTotal {
        /// The amount without a place, in whole units.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        unplaced: u128,
        /// The lines that could take more, were it not for their caps.
        lines: Vec<usize>,
    },
    /// A floor or a cap of money below zero: bounds are magnitudes, mirrored for a negative total.
    #[error("bound {bound} at {index} is below 0")]
    NegativeMoneyBound {
        /// The index of the line.
        index: usize,
        /// The bound.
        bound: Money,
    },
    /// A floor or a cap in another currency than the total.
    #[error("the bound at {index} is in {found}, the total in {expected}")]
    BoundCurrency {
        /// The index of the line.
        index: usize,
        /// The currency of the total.
        expected: Currency,
        /// The currency of the bound.
        found: Currency,
    },
    /// A line of money whose floor is above its cap.
    #[error("floor {floor} at {index} is above its cap {cap}")]
    MoneyFloorAboveCap {
        /// The index of the line.
        index: usize,
        /// The floor.
        floor: Money,
        /// The cap.
        cap: Money,
    },
    /// The floors need more money than there is.
    #[error("the floors of lines {} exceed the total {total} by {short_by}", listed(lines))]
    FloorsExceedMoney {
        /// The missing amount.
        short_by: Money,
        /// What was to be split.
        total: Money,
        /// The indices of the lines with a floor.
        lines: Vec<usize>,
    },
    /// The caps leave a part of the money without a line to go to.
    #[error("the caps of lines {} leave {unplaced} of the total {total} without a place", listed(lines))]
    CapsBelowMoney {
        /// The amount without a place.
        unplaced: Money,
        /// What was to be split.
        total: Money,
        /// The indices of the lines that could take more, were it not for their caps.
        lines: Vec<usize>,
    },
    /// A part of a nested split that does not stand before the parts below it.
    #[error("part {index} belongs to part {parent}, which does not stand before it")]
    NestedParent {
        /// The index of the part.
        index: usize,
        /// The index of its parent.
        parent: usize,
    },
    /// A line with a weight and a reserve: only groups have a reserve.
    #[error("part {index} has a weight and a reserve, only groups have a reserve")]
    ReserveOfLine {
        /// The index of the line.
        index: usize,
    },
    /// A bound or a reserve of a nested split below zero.
    #[error("bound {value} at {index} is below 0")]
    NestedNegative {
        /// The index of the part.
        index: usize,
        /// The bound.
        value: Box<Ratio>,
    },
    /// A part of a nested split, or its total, that needs more than it can have.
    #[error("{} needs at least {least} and can have at most {most}", part_name(*.part))]
    NestedReach {
        /// The index of the part; `None` is the total.
        part: Option<usize>,
        /// What its floors need; for the total also what is to be split.
        least: Box<Ratio>,
        /// What its caps allow; for the total also what is to be split.
        most: Box<Ratio>,
    },
    /// More parts than a stated limit allows.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
    /// Parts that do not add up to the total they claim.
    #[error("the parts differ from their total by {}", Counted(.difference, "minor unit"))]
    SumMismatch {
        /// The sum of the parts less the total.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        difference: i128,
    },
    /// A key that stands in a split twice: the second part could not be reached by it.
    #[error("part {second} repeats the key of part {first}")]
    DuplicateKey {
        /// The index of the first part with the key.
        first: usize,
        /// The index of the part that repeats it.
        second: usize,
    },
    /// A part that does not have the sign of the total that was split.
    #[error("part {index} of {part} has not the sign of its total {total}")]
    SignMismatch {
        /// The index of the part.
        index: usize,
        /// The part.
        part: Money,
        /// The total.
        total: Money,
    },
    /// A quantity was refused.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
}

crate::error::fault!(SplitError);

impl SplitError {
    /// The kind of the fault.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::DuplicateKey { .. } => ErrorKind::Duplicate,
            Self::UnknownWord(_) => ErrorKind::Syntax,
            Self::NoWeights => ErrorKind::Empty,
            Self::AllZero { .. } => ErrorKind::Undefined,
            Self::NegativeWeight { .. }
            | Self::NegativeBound { .. }
            | Self::NestedNegative { .. }
            | Self::NegativeMoneyBound { .. } => ErrorKind::OutOfRange,
            Self::TooLarge(_) => ErrorKind::Limit,
            Self::Length { .. }
            | Self::BoundCurrency { .. }
            | Self::NestedParent { .. }
            | Self::SumMismatch { .. }
            | Self::SignMismatch { .. } => ErrorKind::Mismatch,
            Self::MoneyFloorAboveCap { .. }
            | Self::FloorsExceedMoney { .. }
            | Self::CapsBelowMoney { .. }
            | Self::FloorAboveCap { .. }
            | Self::ReserveOfLine { .. }
            | Self::FloorsExceedTotal { .. }
            | Self::NestedReach { .. }
            | Self::CapsBelowTotal { .. } => ErrorKind::Conflict,
            Self::Quantity(error) => error.kind(),
        }
    }
}

fn part_name(part: Option<usize>) -> String {
    part.map_or_else(|| "the total".into(), |index| format!("part {index}"))
}

/// Whole parts of `total` by `weights` and `method`; they add up to `total`.
///
/// [`Weights`] do the same more than once, and with a caller's order of ties.
///
/// # Errors
/// [`SplitError::NoWeights`], [`SplitError::AllZero`], [`SplitError::NegativeWeight`].
///
/// # Examples
/// ```
/// use marketloop::split::{Apportionment, integers};
///
/// assert_eq!(integers(100, [1, 1, 1], Apportionment::LargestRemainder)?, [34, 33, 33]);
/// assert_eq!(integers(-100, [1, 1, 1], Apportionment::LastInOrder)?, [-33, -33, -34]);
/// # Ok::<(), marketloop::split::SplitError>(())
/// ```
pub fn integers<W: Into<Decimal>>(
    total: i128,
    weights: impl IntoIterator<Item = W>,
    method: Apportionment,
) -> Result<Vec<i128>, SplitError> {
    Weights::new(weights).map(|weights| weights.split(total, method))
}
