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
//! # Rules
//! [`Budget::of`] turns a total into lines by an ordered list of [`Rule`]s with ids. Each line of the resulting
//! [`Allocation`] has the chain of [`Step`]s that made its amount, and [`Reasons::replay`] makes it again.
//!
//! ```
//! use marketloop::budget::{Budget, Cap, Divide, Limit, Quota, Reserve};
//! use marketloop::quantity::Money;
//!
//! let season = Budget::of(Money::parse("100000 CNY")?)
//!     .rule("contingency", Reserve::percent(10).with_purpose("only for unforeseeable costs"))
//!     .rule("main", Divide::by_percents([("search", 40), ("social", 40), ("live", 20)]))
//!     .rule("cpm", Reserve::uplift(30, ["search"]).with_line("search peak"))
//!     .rule("pilots", Cap::line("live", Limit::percent(10)))
//!     .rule("keywords", Divide::by_scores([("brand", 1), ("generic", 3)]).within("search"))
//!     .allocate()?;
//! for line in ["search 34,782.61", "search peak 10,434.78", "social 34,782.61", "live 10,000.00"] {
//!     assert!(season.lines().iter().any(|own| own.to_string().starts_with(line)), "{line}");
//! }
//! assert_eq!(
//!     season["search/brand"].to_string(),
//!     "search/brand 8,695.65 CNY: keywords set ~8,695.6522; rounding ~-0.0022"
//! );
//! # Ok::<(), marketloop::Error>(())
//! ```
//!
//! The algorithm, in exact fractions of a minor unit up to the last step:
//!
//! 1. *Take*, in the order of the rules. [`Take`], [`Reserve`] and a [`Divide`] with an amount take their amount off
//!    the rest: stated, a percentage of the total, or of what is left at that point (nothing where it is below 0).
//!    The first rule that takes all that is left is the last that may take. Order matters here and nowhere else.
//! 2. *Bind*. Floors, caps, quotas and concentration limits become bounds of lines and of groups of lines that stand
//!    side by side: the lines of the total with those of the rule that divides the rest, those of a rule with an
//!    amount of its own, the parts of one line. Of two groups one holds the other, or they share no line. Of several
//!    floors the highest counts, of several caps the lowest. Bases are the total, and for quotas and concentration
//!    what their rule has to divide, so that no bound depends on the outcome.
//! 3. *Divide*, at once ([`nested`](crate::split::nested)): each line gets `clamp(t * weight, floor, cap)` at the one
//!    scale t at which all adds up; a group that its bounds hold has a t of its own for its lines, so that what a
//!    cap takes from a group flows to the lines outside it by weight. A line with parts counts with its own weight
//!    and within the bounds of its parts; they divide what it gets, and what a cap takes from a part stays with the
//!    line. An elastic reserve of ratio u makes its lines count `(1 + u)` times and is `u` times what they get.
//! 4. *Keep*. A [`Keep`] line gets what is left, and what the caps leave over of a divided rest.
//! 5. *Round* from the total downwards by largest remainder: among the lines and groups of one group, of one rule or
//!    of one line, ties to groups first and then in the order of the rules. Every amount is its exact amount rounded
//!    down or up; a bound of whole minor units is kept, one with a fraction up to the next minor unit.
//!
//! A line has one rule that sets it and any number of rules that bound it. Its steps: `Set` is what the weight alone
//! gives it; `Floor` and `Cap` name the rule whose bound holds the line or a group around it; `Shift` is what the
//! bounds of other lines leave for it. Rules that cannot hold are refused with the smallest set of rules that cannot
//! ([`RuleError::Infeasible`]): without any one of them the others can. Rules that every conflict needs are found
//! first; of the others up to 12 all subsets are tried, the small ones first (up to four million visits of a line),
//! beyond that one is dropped after the other that is not needed, and the set is irreducible but may not be the
//! smallest. Where rules collide at several places, the smallest set of the
//! first eight, and of the total, is told.
//!
//! | case | answer |
//! | --- | --- |
//! | lines above or below the total | [`BudgetError::LinesSum`] with the amount over or under |
//! | a percentage outside 0 to 100 | [`BudgetError::Quantity`] at the line's path |
//! | two lines of one name | [`BudgetError::DuplicateLine`] |
//! | a line with both a percentage and an amount, or with none | [`BudgetError::AmountOrPercent`] |
//! | rules that leave a part of the total without a line | [`RuleError::Unallocated`] with the amount |
//! | rules that take too much, or caps that leave no place | [`RuleError::Infeasible`] with the rules and the amount |
//! | two groups of lines that overlap | [`RuleError::Overlap`] |
//! | a return on investment of 0 or below | nothing but the line's floor, and [`Effect::NoReturn`] says why |

mod allocation;
mod bounds;
mod conflict;
mod lines;
mod outline;
mod reason;
mod rule;
mod rule_error;
mod tree;

pub use allocation::{AllocatedLine, Allocation, AllocationDraft};
pub use lines::{Budget, BudgetDraft, Line, LineDraft, Lines, Reason};
pub use reason::{Effect, Reasons, Step, replay};
pub use rule::{
    Amount, Basis, Cap, Concentration, Divide, Floor, Keep, Limit, Quota, QuotaGroup, ReleaseCondition,
    Reserve, ReserveSize, Rule, RuleDraft, Scope, Take, WeightedLine,
};
pub use rule_error::{Off, RuleError};

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
    /// The rules of an allocation cannot be followed.
    #[error(transparent)]
    Rule(#[from] RuleError),
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
            Self::Rule(error) => error.kind(),
            Self::Quantity(error) => error.kind(),
            Self::Split(error) => error.kind(),
        }
    }
}
