//! Budgets: an amount in lines that add up to it, each with what set it.
//!
//! ```
//! use marketloop::budget::Budget;
//! use marketloop::quantity::Money;
//! use rust_decimal::dec;
//!
//! let event = Budget::draft("event", Money::parse("50000 CNY")?)
//!     .percent("content production", dec!(40))
//!     .percent("tool testing", dec!(30))
//!     .percent("invited speakers", dec!(20))
//!     .reserve("contingency", dec!(10), "only for unforeseeable costs")
//!     .check()?;
//! assert_eq!(event.lines()["contingency"].amount().to_string(), "5,000.00 CNY");
//! assert_eq!(event.lines()["contingency"].reason().to_string(), "10% of 50,000.00 CNY");
//!
//! // Tool testing at 40 % makes 110 %: the budget is refused, and says by how much.
//! let over = Budget::draft("event", Money::parse("50000 CNY")?)
//!     .percent("content production", dec!(40))
//!     .percent("tool testing", dec!(40))
//!     .percent("invited speakers", dec!(20))
//!     .reserve("contingency", dec!(10), "only for unforeseeable costs")
//!     .check();
//! assert_eq!(
//!     over.unwrap_err().to_string(),
//!     "lines: the lines take 110% of 50,000.00 CNY, 10 percentage points (5,000.00 CNY) over"
//! );
//! # Ok::<(), marketloop::Error>(())
//! ```
//!
//! | question | answer |
//! | --- | --- |
//! | how does every line stand | [`Tracking`]: plan, committed, actual, forecast, available |
//! | is the money going as planned | [`Paced`]: pacing index, projection, the rest paced anew |
//! | why does spending differ from the plan | [`SpendVariance`], [`FlexibleBudget`] |
//! | what did it really bring | [`TrueReturn`] on the basis of revenue or profit |
//! | which money moves at a review | [`Reallocation`] by a [`ReleaseTable`] |
//! | the budget shrinks: what goes first | [`Cuts`] |
//!
//! | case | answer |
//! | --- | --- |
//! | lines above or below the total | [`BudgetError::LinesSum`] with the amount over or under |
//! | a percentage outside 0 to 100 | [`BudgetError::Quantity`] at the line's path |
//! | two lines of one name | [`BudgetError::DuplicateLine`] |
//! | a line with both a percentage and an amount, or with none | [`BudgetError::AmountOrPercent`] |
//! | a line without a forecast | its plan, or what is spent and committed where that is more: [`UnstatedForecast`] |
//! | a share of a plan of zero, a return on no cost, a mix of no planned units | [`BudgetError::Undefined`] |
//! | no rule of a release table matches | the line keeps its money |
//! | a line that is told to release is also a recipient | it receives nothing, even where it is locked |
//! | nobody can take what is released | it is returned: [`Reallocation::returned`] |
//! | more money is added than the limit on overspending lets in | the rest stays outside: [`Reallocation::not_let_in`] |
//! | lines of one priority and marginal return | the one of which more can be cut goes first, then the order of the list |
//! | floors and kept reserves stop a cut | [`BudgetError::FloorsStopCut`] with the amount and the lines |

mod cuts;
mod lines;
mod names;
mod paced;
mod reallocation;
mod reallocation_draft;
mod release_table;
mod tracking;
mod true_return;
mod undefined;
mod variance;

pub use cuts::{Cut, CutExtent, CutLine, CutReason, Cuts, CutsDraft, ReservePolicy, Shrink, WithinPriority};
pub use lines::{Budget, BudgetDraft, Line, LineDraft, Lines, Reason};
pub use paced::{Paced, PacedStanding};
pub use reallocation::{Move, MoveKind, ReallocatedLine, Reallocation, Release};
pub use reallocation_draft::{Added, Guard, Place, Position, ReallocationDraft, Recipient};
pub use release_table::ReleaseTable;
pub use tracking::{
    CapReport, ForecastBasis, LineSpending, PlannedLine, Side, Tracked, TrackedLine, Tracking, TrackingDraft,
    UnstatedForecast, Variance,
};
pub use true_return::{
    Basis, BasisKind, CostKind, CostPart, NetReturn, PercentOf, Profit, ReturnKind, ReturnPart, ReturnRatio,
    ReturnStep, Revenue, TrueReturn, TrueReturnDraft,
};
pub use undefined::Undefined;
pub use variance::{FlexVariance, FlexibleBudget, LineSpend, LineVariance, SpendVariance, UnitSpend};

use crate::error::ErrorKind;
use crate::progress::ProgressError;
use crate::quantity::{Currency, Money, QuantityError, Ratio};
use crate::rules::RulesError;
use crate::split::SplitError;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// Why a budget could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BudgetError {
    /// There are no lines.
    #[error("a budget needs at least one line")]
    NoLines,
    /// The total is negative.
    #[error("the total {total} is below 0")]
    NegativeTotal {
        /// The total.
        total: Money,
    },
    /// A line's amount is negative.
    #[error("the amount {amount} is below 0")]
    NegativeLine {
        /// The amount.
        amount: Money,
    },
    /// A line states both an amount and a percentage, or neither.
    #[error("a line has either an amount or a percentage, this one has {found}")]
    AmountOrPercent {
        /// What it has: `both` or `neither`.
        found: &'static str,
    },
    /// Two lines have the same name.
    #[error("`{name}` is the name of line {first} already")]
    DuplicateLine {
        /// The name.
        name: String,
        /// The index of the first line with it.
        first: usize,
    },
    /// The lines take more or less than the whole.
    #[error("the lines take {} of {total}, {}", lines::exact_percent(.taken), lines::off(.taken, *.difference))]
    LinesSum {
        /// The part of the total that the lines take.
        taken: Box<Ratio>,
        /// What the lines take less the total, rounded away from zero to minor units.
        difference: Money,
        /// The total.
        total: Money,
    },
    /// A name that no line has.
    #[error("there is no line `{name}`")]
    UnknownLine {
        /// The name.
        name: String,
    },
    /// An amount of money that must not be negative.
    #[error("{what} {amount} is below 0")]
    NegativeAmount {
        /// What the amount is.
        what: &'static str,
        /// The amount.
        amount: Money,
    },
    /// A number that must not be negative.
    #[error("{what} {value} is below 0")]
    NegativeNumber {
        /// What the number is.
        what: &'static str,
        /// The number.
        value: Decimal,
    },
    /// A rate that must not be negative.
    #[error("the rate {rate} is below 0")]
    NegativeRate {
        /// The rate.
        rate: Ratio,
    },
    /// A forecast of the final amount below what is spent already.
    #[error("the final amount {forecast} is below the {actual} that is spent already")]
    ForecastBelowActual {
        /// The forecast.
        forecast: Money,
        /// What is spent.
        actual: Money,
    },
    /// An amount that has to stay in a line above what the line holds.
    #[error("{floor} has to stay in a line of {amount}")]
    FloorAboveAmount {
        /// What has to stay.
        floor: Money,
        /// What the line holds.
        amount: Money,
    },
    /// A cut above what there is.
    #[error("a cut of {cut} is more than the total {total}")]
    CutAboveTotal {
        /// The amount to cut.
        cut: Money,
        /// The total of the lines.
        total: Money,
    },
    /// Contractual floors and kept reserves stop a cut.
    #[error("{short_by} cannot be cut: the floors of {lines:?} stop it")]
    FloorsStopCut {
        /// The part of the cut that finds no place.
        short_by: Money,
        /// The lines with a floor or kept as a reserve.
        lines: Vec<String>,
    },
    /// A return of another basis than the type says.
    #[error("the returns are {found}, {expected} is needed")]
    OtherBasis {
        /// The basis of the type.
        expected: BasisKind,
        /// The basis that is stated.
        found: BasisKind,
    },
    /// A decision table that cannot say how much a line releases.
    #[error("a release table needs {needed}")]
    NotAReleaseTable {
        /// What it lacks.
        needed: &'static str,
    },
    /// A figure that does not exist.
    #[error(transparent)]
    Undefined(#[from] Undefined),
    /// A figure of progress was refused.
    #[error(transparent)]
    Progress(#[from] ProgressError),
    /// A decision table was refused.
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// A quantity was refused.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
    /// The split was refused.
    #[error(transparent)]
    Split(#[from] SplitError),
}

impl BudgetError {
    /// The sort of the fault.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::NoLines => ErrorKind::Empty,
            Self::NegativeTotal { .. }
            | Self::NegativeLine { .. }
            | Self::NegativeAmount { .. }
            | Self::NegativeNumber { .. }
            | Self::NegativeRate { .. } => ErrorKind::OutOfRange,
            Self::AmountOrPercent { .. }
            | Self::DuplicateLine { .. }
            | Self::ForecastBelowActual { .. }
            | Self::FloorAboveAmount { .. }
            | Self::CutAboveTotal { .. }
            | Self::FloorsStopCut { .. } => ErrorKind::Conflict,
            Self::LinesSum { .. }
            | Self::UnknownLine { .. }
            | Self::OtherBasis { .. }
            | Self::NotAReleaseTable { .. } => ErrorKind::Mismatch,
            Self::Undefined(_) => ErrorKind::Undefined,
            Self::Progress(error) => error.kind(),
            Self::Rules(error) => error.kind(),
            Self::Quantity(error) => error.kind(),
            Self::Split(error) => error.kind(),
        }
    }
}

/// `amount` when it has this currency and is not below zero.
fn checked(what: &'static str, amount: Money, currency: Currency) -> Result<Money, BudgetError> {
    amount.same_currency(Money::zero(currency))?;
    if amount.is_negative() { Err(BudgetError::NegativeAmount { what, amount }) } else { Ok(amount) }
}

#[cfg(test)]
mod tests {
    use super::BudgetError;

    #[test]
    fn the_error_is_small() {
        assert!(size_of::<BudgetError>() <= 112, "{}", size_of::<BudgetError>());
    }
}
