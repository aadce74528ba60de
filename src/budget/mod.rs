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
//! | case | answer |
//! | --- | --- |
//! | lines above or below the total | [`BudgetError::LinesSum`] with the amount over or under |
//! | a percentage outside 0 to 100 | [`BudgetError::Quantity`] at the line's path |
//! | two lines of one name | [`BudgetError::DuplicateLine`] |
//! | a line with both a percentage and an amount, or with none | [`BudgetError::AmountOrPercent`] |

mod lines;

pub use lines::{Budget, BudgetDraft, Line, LineDraft, Lines, Reason};

use crate::error::ErrorKind;
use crate::quantity::{Money, QuantityError, Ratio};
use crate::split::SplitError;
use alloc::boxed::Box;
use alloc::string::String;

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
            Self::NegativeTotal { .. } | Self::NegativeLine { .. } => ErrorKind::OutOfRange,
            Self::AmountOrPercent { .. } | Self::DuplicateLine { .. } => ErrorKind::Conflict,
            Self::LinesSum { .. } => ErrorKind::Mismatch,
            Self::Quantity(error) => error.kind(),
            Self::Split(error) => error.kind(),
        }
    }
}
