//! How far along: pacing of a budget over its periods, earned value, and earned schedule.
//!
//! Every figure is an exact [`Ratio`](crate::quantity::Ratio) or decimal; one that does not exist is
//! [`ProgressError::Undefined`] with its name and the cause, never 0.
//!
//! ```
//! use marketloop::progress::{EarnedValue, Estimate, Pacing, Profile};
//! use rust_decimal::dec;
//!
//! // A quarter of 400,000 paced 50 : 70 : 80 (the plan comes from an exact split of the total).
//! let weights = Profile::custom([dec!(50), dec!(70), dec!(80)])?.weights(3)?;
//! let pacing = Pacing::new([dec!(100000), dec!(140000), dec!(160000)], weights)?;
//! let april = pacing.after(1, dec!(110000), dec!(0))?;
//! assert_eq!(april.pacing_index()?.to_string(), "11/10");
//! assert_eq!(april.projected_total()?.to_string(), "440000");
//!
//! // An event of 50,000: half the time is over, 40 % of the work is done for 22,000.
//! let event = EarnedValue::new(dec!(50000), dec!(25000), dec!(20000), dec!(22000))?;
//! assert_eq!(event.cost_performance_index()?.to_string(), "10/11");
//! assert_eq!(event.estimate_at_completion(Estimate::CostPerformance)?.to_string(), "55000");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | case | answer |
//! | --- | --- |
//! | nothing was expected yet | the pacing index is undefined: [`UndefinedCause::NothingExpected`] |
//! | the elapsed periods weigh nothing | the projected total is undefined: [`UndefinedCause::NoElapsedWeight`] |
//! | no period is left, or nothing is left to spend | re-pacing is undefined: [`UndefinedCause::NoPeriodLeft`], [`UndefinedCause::NothingLeft`] |
//! | no cost yet; no value planned; nothing earned | CPI; SPI; the estimates that divide by them are undefined |
//! | the cost has reached the budget | TCPI is undefined: [`UndefinedCause::BudgetSpent`], also where all work is done |
//! | earned value at or below the baseline's first point, at or above its last | the first time, the last time |
//! | a time before the first or after the last point of a baseline | the first value, the last value |
//! | earned or planned value above the budget at completion | computed by the same formulas |
//! | a negative amount, weight or time | [`ProgressError::Negative`] |

mod earned_schedule;
mod earned_value;
mod pacing;
mod profile;

pub use earned_schedule::{EarnedSchedule, PerformanceBaseline};
pub use earned_value::{EarnedValue, Estimate};
pub use pacing::{CapCheck, Pacing, Remainder, Standing, overspending_cap};
pub use profile::Profile;

use crate::error::ErrorKind;
use crate::quantity::QuantityError;
use core::fmt;
use rust_decimal::Decimal;

/// A figure of this module that may be undefined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ProgressFigure {
    /// Spent over expected to date.
    PacingIndex,
    /// The total at the pace so far.
    ProjectedTotal,
    /// What is left for the remaining periods.
    Remainder,
    /// CPI, earned value over actual cost.
    CostPerformanceIndex,
    /// SPI, earned value over planned value.
    SchedulePerformanceIndex,
    /// EAC, the cost at the end.
    EstimateAtCompletion,
    /// TCPI, the cost performance that the rest needs.
    ToCompletePerformanceIndex,
    /// Earned value over the budget at completion.
    ShareComplete,
    /// Actual cost over the budget at completion.
    ShareSpent,
    /// SPI(t), earned schedule over actual time.
    TimePerformanceIndex,
    /// IEAC(t), the duration at the end.
    DurationAtCompletion,
}

impl fmt::Display for ProgressFigure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PacingIndex => "pacing index",
            Self::ProjectedTotal => "projected total",
            Self::Remainder => "amount to re-pace",
            Self::CostPerformanceIndex => "cost performance index",
            Self::SchedulePerformanceIndex => "schedule performance index",
            Self::EstimateAtCompletion => "estimate at completion",
            Self::ToCompletePerformanceIndex => "to-complete performance index",
            Self::ShareComplete => "share complete",
            Self::ShareSpent => "share spent",
            Self::TimePerformanceIndex => "schedule performance index in time",
            Self::DurationAtCompletion => "duration at completion",
        })
    }
}

/// Why a figure is undefined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum UndefinedCause {
    /// Nothing was expected to be spent so far.
    NothingExpected,
    /// The elapsed periods weigh nothing.
    NoElapsedWeight,
    /// All periods are over.
    NoPeriodLeft,
    /// The remaining periods weigh nothing.
    NoRemainingWeight,
    /// Spent and committed exceed the total.
    NothingLeft,
    /// The actual cost is zero.
    NoActualCost,
    /// The planned value is zero.
    NoPlannedValue,
    /// The earned value is zero.
    NoEarnedValue,
    /// The budget at completion is zero.
    NoBudget,
    /// The actual cost has reached the amount that would have to suffice.
    BudgetSpent,
    /// No time has passed.
    NoTimePassed,
    /// The earned schedule is zero.
    NoEarnedSchedule,
}

impl fmt::Display for UndefinedCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NothingExpected => "nothing was expected to date",
            Self::NoElapsedWeight => "the elapsed periods weigh nothing",
            Self::NoPeriodLeft => "no period is left",
            Self::NoRemainingWeight => "the remaining periods weigh nothing",
            Self::NothingLeft => "spent and committed exceed the total",
            Self::NoActualCost => "the actual cost is zero",
            Self::NoPlannedValue => "the planned value is zero",
            Self::NoEarnedValue => "the earned value is zero",
            Self::NoBudget => "the budget at completion is zero",
            Self::BudgetSpent => "the actual cost has reached the budget",
            Self::NoTimePassed => "no time has passed",
            Self::NoEarnedSchedule => "the earned schedule is zero",
        })
    }
}

/// Why a figure of progress could not be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ProgressError {
    /// The figure does not exist.
    #[error("the {figure} is undefined: {cause}")]
    Undefined {
        /// Which figure.
        figure: ProgressFigure,
        /// Why.
        cause: UndefinedCause,
    },
    /// A value that must not be negative.
    #[error("{what} {value} is negative")]
    Negative {
        /// What the value is.
        what: &'static str,
        /// The value as given.
        #[serde(serialize_with = "crate::quantity::wire::decimal::serialize")]
        value: Decimal,
    },
    /// Weights that are all zero.
    #[error("the {count} weights are all zero")]
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
    #[error("{weights} weights for {periods} periods")]
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
    /// A point of a baseline whose time does not come after the previous one.
    #[error("time {time} of point {index} does not come after {previous}")]
    TimeOrder {
        /// The index of the point, from 0.
        index: usize,
        /// The time before it.
        #[serde(serialize_with = "crate::quantity::wire::decimal::serialize")]
        previous: Decimal,
        /// Its time.
        #[serde(serialize_with = "crate::quantity::wire::decimal::serialize")]
        time: Decimal,
    },
    /// A point of a cumulative baseline whose value lies below the previous one.
    #[error("cumulative value {value} of point {index} is below {previous}")]
    Decreasing {
        /// The index of the point, from 0.
        index: usize,
        /// The value before it.
        #[serde(serialize_with = "crate::quantity::wire::decimal::serialize")]
        previous: Decimal,
        /// Its value.
        #[serde(serialize_with = "crate::quantity::wire::decimal::serialize")]
        value: Decimal,
    },
    /// A number that cannot be held exactly.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
}

crate::error::fault!(ProgressError);

impl ProgressError {
    /// The kind of the fault.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::TooManyPeriods { .. } => ErrorKind::Limit,
            Self::Undefined { .. } => ErrorKind::Undefined,
            Self::Negative { .. } | Self::ElapsedCount { .. } => ErrorKind::OutOfRange,
            Self::NoWeight { .. } | Self::Empty { .. } => ErrorKind::Empty,
            Self::PeriodCount { .. } => ErrorKind::Mismatch,
            Self::TimeOrder { .. } | Self::Decreasing { .. } => ErrorKind::Conflict,
            Self::Quantity(error) => error.kind(),
        }
    }
}

const fn undefined(figure: ProgressFigure, cause: UndefinedCause) -> ProgressError {
    ProgressError::Undefined { figure, cause }
}

/// `value`, when it is not below zero.
fn not_negative(what: &'static str, value: Decimal) -> Result<Decimal, ProgressError> {
    if value < Decimal::ZERO { Err(ProgressError::Negative { what, value }) } else { Ok(value) }
}

/// Weights as they stand anywhere in this module: not negative and not all zero.
fn checked_weights(weights: &[Decimal]) -> Result<(), ProgressError> {
    if weights.is_empty() {
        return Err(ProgressError::Empty { what: "weights" });
    }
    weights.iter().try_for_each(|weight| not_negative("weight", *weight).map(drop))?;
    if weights.iter().all(Decimal::is_zero) {
        return Err(ProgressError::NoWeight { count: weights.len() });
    }
    Ok(())
}
