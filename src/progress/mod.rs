//! How far along: pacing of a budget over its periods, earned value, and earned schedule.
//!
//! Amounts keep their type: money, a count, a quantity. A figure that divides is an exact
//! [`Ratio`]; one that does not exist is an undefined [`Figure`] with its cause, never 0.
//!
//! ```
//! use marketloop::progress::{EarnedValue, Estimate, Pacing, Profile};
//! use marketloop::quantity::Money;
//! use rust_decimal::dec;
//!
//! let yuan = |amount: &str| Money::parse(&format!("{amount} CNY"));
//! // A quarter of 400,000 paced 50 : 70 : 80.
//! let profile = Profile::custom([dec!(50), dec!(70), dec!(80)])?;
//! let april = Pacing::new(yuan("400000")?, &profile, 3)?.after(1, yuan("110000")?, yuan("0")?)?;
//! assert_eq!(april.pacing_index().get()?.to_percent(), "110%");
//! assert_eq!(april.projected_total().to_string(), "440000");
//!
//! // An event of 50,000: half the time is over, 40 % of the work is done for 22,000.
//! let event = EarnedValue::new(yuan("50000")?, yuan("25000")?, yuan("20000")?, yuan("22000")?)?;
//! assert_eq!(event.cost_performance_index().to_string(), "10/11");
//! assert_eq!(event.estimate_at_completion(Estimate::CostPerformance).to_string(), "55000");
//! # Ok::<(), marketloop::Error>(())
//! ```
//!
//! | case | answer |
//! | --- | --- |
//! | nothing was expected yet | the pacing index is undefined |
//! | the elapsed periods weigh nothing | the projected total is undefined |
//! | no period is left, or more than the total is spent and ordered | re-pacing is undefined |
//! | no cost yet; no value planned; nothing earned | CPI; SPI; the estimates that divide by them are undefined |
//! | the cost has reached the budget | TCPI is undefined, also where all work is done |
//! | a difference below zero | an amount below zero; of counts undefined |
//! | earned value at or below the curve's first point, at or above its last | the first time, the last time |
//! | a time before the first or after the last point of a curve | the first value, the last value |
//! | earned or planned value above the budget at completion | computed by the same formulas |
//! | a negative amount, weight or time | [`ProgressError::Negative`] |

mod earned_schedule;
mod earned_value;
mod pacing;
mod profile;
mod standing;

pub use earned_schedule::{EarnedSchedule, PlannedValueCurve};
pub use earned_value::{EarnedValue, Estimate};
pub use pacing::Pacing;
pub use profile::Profile;
pub use standing::{CapCheck, Standing, overspending_cap};

use crate::error::{Counted, ErrorKind};
use crate::figure::{Cause, Cell, Figure};
use crate::quantity::{AnyAmount, QuantityError, Ratio, Rounding};
use crate::split::SplitError;
use alloc::borrow::Cow;
use alloc::string::String;
use rust_decimal::Decimal;

/// Why a pacing, an earned value or a curve could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ProgressError {
    /// A value that must not be negative.
    #[error("{what} {value} is negative")]
    Negative {
        /// What the value is.
        what: &'static str,
        /// The value as given.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        value: Decimal,
    },
    /// Weights that are all zero.
    #[error("no weight of {count} is above 0")]
    NoWeight {
        /// How many there are.
        count: usize,
    },
    /// A list that needs at least one element.
    #[error("at least one of {what} is needed")]
    Empty {
        /// What is missing.
        what: &'static str,
    },
    /// Another number of weights than of periods.
    #[error("{} for {}", Counted(.weights, "weight"), Counted(.periods, "period"))]
    PeriodCount {
        /// How many periods there are.
        periods: usize,
        /// How many weights were given.
        weights: usize,
    },
    /// More periods than can be paced.
    #[error("{periods} periods exceed {limit}")]
    TooManyPeriods {
        /// How many were asked for.
        periods: usize,
        /// The limit.
        limit: usize,
    },
    /// More elapsed periods than the plan has.
    #[error("{elapsed} elapsed periods exceed the {periods} of the plan")]
    ElapsedCount {
        /// How many periods the plan has.
        periods: usize,
        /// How many were said to be over.
        elapsed: usize,
    },
    /// Amounts of periods that add up to another total.
    #[error("the amounts of the periods do not add up to {total}")]
    OtherTotal {
        /// The total.
        total: String,
    },
    /// A point of a curve whose time does not come after the previous one.
    #[error("time {time} of point {index} does not come after {previous}")]
    TimeOrder {
        /// The index of the point, from 0.
        index: usize,
        /// The time before it.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        previous: Decimal,
        /// Its time.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        time: Decimal,
    },
    /// A point of a curve whose value lies below the previous one.
    #[error("cumulative value {value} of point {index} is below {previous}")]
    Decreasing {
        /// The index of the point, from 0.
        index: usize,
        /// The value before it.
        previous: String,
        /// Its value.
        value: String,
    },
    /// A number that cannot be held exactly.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
    /// A total that could not be split over the periods.
    #[error(transparent)]
    Split(#[from] SplitError),
}

crate::error::fault!(ProgressError);

impl ProgressError {
    /// The kind of the fault.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::TooManyPeriods { .. } => ErrorKind::Limit,
            Self::Negative { .. } | Self::ElapsedCount { .. } => ErrorKind::OutOfRange,
            Self::NoWeight { .. } | Self::Empty { .. } => ErrorKind::Empty,
            Self::PeriodCount { .. } | Self::OtherTotal { .. } => ErrorKind::Mismatch,
            Self::TimeOrder { .. } | Self::Decreasing { .. } => ErrorKind::Conflict,
            Self::Quantity(error) => error.kind(),
            Self::Split(error) => error.kind(),
        }
    }
}

/// A figure that does not exist.
fn no<T>(figure: &'static str, cause: Cause) -> Figure<T> {
    Figure::undefined(figure, cause)
}

/// The ratio as a figure; one of more than 128 bits is out of range.
fn ratio_or(figure: &'static str, ratio: Result<Ratio, QuantityError>) -> Figure<Ratio> {
    ratio.map_or_else(|_| no(figure, Cause::OutOfRange), Figure::Known)
}

/// The cell of an exact amount, in the unit of `like`.
fn exact_cell<A: AnyAmount>(like: &A, amount: Figure<Ratio>) -> Cell {
    let shown = like.cell();
    let mut cell = cell_in(shown.unit, amount);
    // As many decimals as the amounts beside it: `440000` beside `400000.00` would read as rounded.
    if let (Some(value), Some((_, decimals))) =
        (&mut cell.value, shown.value.as_deref().and_then(|shown| shown.split_once('.')))
    {
        let own = value.split_once('.').map_or(0, |(_, own)| own.len());
        if own == 0 {
            value.push('.');
        }
        decimals.chars().skip(own).for_each(|_| value.push('0'));
    }
    cell
}

/// The cell of an exact amount in this unit.
fn cell_in(unit: Cow<'static, str>, amount: Figure<Ratio>) -> Cell {
    let mut cell = Cell::from(amount);
    // A figure that does not exist has no unit either.
    if cell.value.is_some() {
        cell.unit = unit;
    }
    cell
}

/// The amount as a figure: a count has none below zero.
fn amount_or<A: AnyAmount>(figure: &'static str, like: &A, value: Ratio) -> Figure<A> {
    match like.exactly(value) {
        Ok(amount) => Figure::Known(amount),
        // A count below zero is no fault of digits: the figure is what is below zero.
        Err(QuantityError::CountOutOfRange { .. }) if value.is_negative() => {
            no(figure, Cause::Negative(figure.into()))
        }
        Err(_) => no(figure, Cause::OutOfRange),
    }
}

/// `value`, when it is not below zero.
fn checked(what: &'static str, value: Decimal) -> Result<Decimal, ProgressError> {
    if value < Decimal::ZERO { Err(ProgressError::Negative { what, value }) } else { Ok(value) }
}

/// The exact number of `amount` in the unit of `like`, when it is not below zero.
fn not_negative<A: AnyAmount>(what: &'static str, amount: &A, like: &A) -> Result<Ratio, ProgressError> {
    let exact = amount.exact_in(like)?;
    if exact.is_negative() {
        // For the words of the error only.
        let value = match exact.to_decimal() {
            Some(value) => value,
            None => exact.round((10, Rounding::HalfEven))?,
        };
        return Err(ProgressError::Negative { what, value });
    }
    Ok(exact)
}

/// Weights as they stand anywhere in this module: not negative and not all zero.
fn checked_weights(weights: &[Decimal]) -> Result<(), ProgressError> {
    if weights.is_empty() {
        return Err(ProgressError::Empty { what: "weights" });
    }
    weights.iter().try_for_each(|weight| checked("weight", *weight).map(drop))?;
    if weights.iter().all(Decimal::is_zero) {
        return Err(ProgressError::NoWeight { count: weights.len() });
    }
    Ok(())
}
