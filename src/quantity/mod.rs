//! Facts as typed exact values: [`Money`], [`Count`], [`Share`], [`Mix`], [`Ratio`], [`Return`], and [`Quantity`]
//! with a [`Unit`].
//!
//! Every value is exact. Arithmetic is checked: a result that the type cannot hold to the last digit is an
//! error, never a rounded number. Rounding happens only where a signature takes a [`Rounding`].
//!
//! | case | answer |
//! | --- | --- |
//! | a sum or product that needs more than 28 digits | [`QuantityError::Inexact`] |
//! | money finer than the currency's minor unit (`1.005 CNY`) | [`QuantityError::FinerThanMinorUnit`] |
//! | two currencies or two units in one sum | [`QuantityError::CurrencyMismatch`], [`QuantityError::UnitMismatch`], both named |
//! | a ratio to zero | [`QuantityError::DivisionByZero`] |
//! | percentages that do not add up to 100 | [`QuantityError::MixSum`], with the points over or under |
//! | a share outside 0..=1 | [`QuantityError::ShareOutOfRange`] |
//!
//! # On the wire
//! Numbers are written as strings and read from a string, an integer or a float; a float stands for its
//! shortest text, so that `4216138.98` is that amount and not the nearest binary fraction. The format does
//! not depend on Cargo features of other crates. Integers of 64 bits are exact; any other number of more than 15
//! digits, before the point, behind it or in all, is refused and needs a string: JSON readers make a float of
//! it and lose digits before this crate sees it.

mod amount_text;
mod any_amount;
mod cells;
mod count;
mod currency;
pub(crate) mod display;
mod exact;
pub mod fields;
pub(crate) mod grammar;
mod literal;
mod measure;
mod mix;
mod money;
pub(crate) mod natural;
mod precision;
mod ratio;
mod returns;
mod share;
mod sums;
mod unit;
pub(crate) mod wire;
mod wire_fields;
mod wire_float;
mod wire_form;
mod wire_map;
mod wire_read;
mod wire_write;
pub(crate) mod words;

pub use any_amount::AnyAmount;
pub use count::Count;
pub use currency::Currency;
pub use exact::{add, divide, multiply, round, subtract};
#[doc(hidden)]
pub use literal::decimal_of_literal;
pub use measure::Quantity;
pub use mix::Mix;
pub use money::Money;
pub use precision::{Precision, Rounding};
pub use ratio::Ratio;
pub use returns::{Basis, Profit, Return, Revenue};
pub use share::Share;
pub use unit::Unit;

pub(crate) use exact::from_parts;
pub(crate) use grammar::parse_decimal;
pub(crate) use measure::with_unit;

use crate::error::{Counted, ErrorKind, UnknownWord};
use alloc::string::String;
use rust_decimal::Decimal;

/// Why a value of this module could not be made or computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum QuantityError {
    /// The text is not a plain decimal number.
    #[error("`{text}` is not a decimal number")]
    NotANumber {
        /// The text as given, shortened when long.
        text: String,
    },
    /// A text that has more than one reading: `1,00`, `¥100`.
    #[error("`{text}` is ambiguous: {hint}")]
    Ambiguous {
        /// The text as given, shortened when long.
        text: String,
        /// How to write what may be meant.
        hint: String,
    },
    /// The exact value has more digits than the type holds.
    #[error("{operation} is not exact within 28 digits")]
    Inexact {
        /// What was computed, with its operands.
        operation: String,
    },
    /// Something was divided by zero.
    #[error("{dividend} divided by zero is undefined")]
    DivisionByZero {
        /// What was to be divided.
        dividend: String,
    },
    /// A share outside 0..=1.
    #[error("share {value} is outside 0..=1")]
    ShareOutOfRange {
        /// The value as given.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        value: Decimal,
    },
    /// A count that is negative or has a fraction.
    #[error("count {value} is not a whole number from 0 to 18446744073709551615")]
    CountOutOfRange {
        /// The value as given.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        value: Decimal,
    },
    /// An amount with more decimals than the currency has.
    #[error("{amount} is finer than the minor unit of {currency} ({})", Counted(.digits, "decimal"))]
    FinerThanMinorUnit {
        /// The amount as given.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        amount: Decimal,
        /// The currency.
        currency: Currency,
        /// The decimals of its minor unit.
        digits: u32,
    },
    /// An amount whose number of minor units exceeds 28 digits (2^96 - 1).
    #[error("{minor} minor units of {currency} exceed 79228162514264337593543950335")]
    TooMuchMoney {
        /// The number of minor units.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        minor: i128,
        /// The currency.
        currency: Currency,
    },
    /// A computed amount beyond every number of minor units that could be told.
    #[error("{operation} exceeds 79228162514264337593543950335 minor units of {currency}")]
    MoneyOverflow {
        /// What was computed, with its operands.
        operation: String,
        /// The currency.
        currency: Currency,
    },
    /// Two currencies in one operation.
    #[error("{left} and {right} are different currencies")]
    CurrencyMismatch {
        /// The currency on the left.
        left: Currency,
        /// The currency on the right.
        right: Currency,
    },
    /// A currency code that ISO 4217 does not list.
    #[error("`{code}` is not an ISO 4217 currency code")]
    UnknownCurrency {
        /// The code as given.
        code: String,
    },
    /// Two units in one sum, difference or comparison.
    #[error("units differ: {left} and {right}")]
    UnitMismatch {
        /// The unit on the left.
        left: Unit,
        /// The unit on the right.
        right: Unit,
    },
    /// A text that is not a unit.
    #[error("`{text}` is not a unit: {reason}")]
    NotAUnit {
        /// The text as given, shortened when long.
        text: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// An exponent of a unit beyond -127..=127.
    #[error("the exponent of `{name}` is outside -127..=127")]
    UnitExponent {
        /// The name of the dimension, or `10` for the power of ten.
        name: String,
    },
    /// A text that is not money, such as `12 apples`.
    #[error("`{text}` is not an amount and a currency")]
    NotMoney {
        /// The text as given, shortened when long.
        text: String,
    },
    /// A text that is not a return such as `1:3.2`.
    #[error("`{text}` is not a return such as 1:3.2")]
    NotAReturn {
        /// The text as given, shortened when long.
        text: String,
    },
    /// A text that names none of the choices.
    #[error(transparent)]
    UnknownWord(#[from] UnknownWord),
    /// Shares that do not add up to exactly 1.
    #[error(
        "shares add up to {}{}%, {} {}",
        if *rounded { "about " } else { "" }, exact::percent_text(*sum), Counted(exact::percent_text(difference(*sum)), "percentage point"), if *sum > Decimal::ONE { "over" } else { "under" }
    )]
    MixSum {
        /// What the shares add up to; 1 is required.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        sum: Decimal,
        /// Whether the sum needs more than 28 digits and was rounded to them.
        rounded: bool,
    },
    /// A key that stands in a mix twice.
    #[error("entry {second} repeats the key `{key}` of entry {first}")]
    DuplicateKey {
        /// The key.
        key: String,
        /// The index of the first entry with the key.
        first: usize,
        /// The index of the entry that repeats it.
        second: usize,
    },
    /// A share of a mix outside 0..=1.
    #[error("entry {index}: share {value} is outside 0..=1")]
    EntryOutOfRange {
        /// The index of the entry, from 0.
        index: usize,
        /// The share as given.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        value: Decimal,
    },
    /// A mix without entries.
    #[error("a mix needs at least one entry")]
    EmptyMix,
}

fn difference(sum: Decimal) -> Decimal {
    subtract(sum, Decimal::ONE).map_or(sum, |difference| difference.abs())
}

crate::error::fault!(QuantityError);

impl QuantityError {
    /// The kind of the fault.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::DuplicateKey { .. } => ErrorKind::Duplicate,
            Self::NotANumber { .. }
            | Self::Ambiguous { .. }
            | Self::UnknownCurrency { .. }
            | Self::NotAUnit { .. }
            | Self::NotMoney { .. }
            | Self::UnknownWord(_)
            | Self::NotAReturn { .. } => ErrorKind::Syntax,
            Self::EntryOutOfRange { .. }
            | Self::ShareOutOfRange { .. }
            | Self::CountOutOfRange { .. }
            | Self::FinerThanMinorUnit { .. } => ErrorKind::OutOfRange,
            Self::Inexact { .. }
            | Self::TooMuchMoney { .. }
            | Self::MoneyOverflow { .. }
            | Self::UnitExponent { .. } => ErrorKind::Overflow,
            Self::DivisionByZero { .. } => ErrorKind::Undefined,
            Self::CurrencyMismatch { .. } | Self::UnitMismatch { .. } | Self::MixSum { .. } => {
                ErrorKind::Mismatch
            }
            Self::EmptyMix => ErrorKind::Empty,
        }
    }
}
