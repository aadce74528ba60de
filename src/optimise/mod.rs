//! Finds the amounts that bring the greatest response, and proves how close to the optimum they are.
//!
//! ```
//! use marketloop::optimise::{Binding, Optimisation};
//! use marketloop::quantity::Money;
//! use marketloop::response::Power;
//!
//! // Two channels with square-root response: the marginal returns meet at 4 : 1.
//! let question = Optimisation::maximise_response(Money::parse("100 CNY")?)
//!     .line("search", Power::new(2.0, 0.5)?, ..)
//!     .line("social", Power::new(1.0, 0.5)?, ..);
//! let best = question.solve()?;
//! assert_eq!(best["search"].amount(), Money::parse("80 CNY")?);
//! assert_eq!(best["social"].binding(), Binding::Free);
//!
//! // The bound follows from the multiplier alone: anyone can work it out again.
//! assert!(question.bound_at(best.multiplier().get()?)? >= best.response());
//! assert!(best.verify(&question)? <= 1e-12);
//! # Ok::<(), marketloop::Error>(())
//! ```
//!
//! Amounts are whole minor units and exact; responses are estimates (`f64`). Nothing depends on a clock or on
//! chance: the same question has the same answer on every machine.
//!
//! | case | answer |
//! | --- | --- |
//! | floors above the budget or above a group's cap | [`OptimiseError::FloorsAbove`] with the amount over |
//! | caps below the budget or below a group's floor | [`OptimiseError::CapsBelow`] with the amount short |
//! | a target that no amounts reach | [`OptimiseError::Unreachable`] with the greatest response; [`OptimiseError::Undecided`] where the work limit leaves that open |
//! | the work limit is reached, or a search that comes no further | the best amounts found, a [`gap`](Optimum::gap) above the one asked for, and [why it stopped](Optimum::stop) |
//! | a curve of the caller's that breaks its contract | [`OptimiseError::NotACurve`], [`OptimiseError::NotBest`] or [`OptimiseError::BoundBelow`] |
//! | lines that are the same | the first gets the odd minor unit |
//! | curves that stay flat | what is left is spent all the same, the first lines first |

mod branch_and_bound;
mod certificate;
mod demand;
mod draft;
mod improvement;
mod least_budget;
mod measure;
mod minor_units;
mod model;
mod optimum;
mod optimum_line;
mod optimum_report;
mod problem;
mod solve;
mod stop;
mod sum;
mod whole_units;

pub use improvement::Improvement;
pub use optimum::{Optimum, OptimumGroup};
pub use optimum_line::{Binding, OptimumLine};
pub use problem::{Aim, Limits, Optimisation};
pub use stop::Stop;

use crate::error::{ErrorKind, UnknownWord};
use crate::quantity::{Currency, Money, QuantityError};
use alloc::string::String;
use core::fmt;

/// What floors or caps do not fit: the budget, or the bounds of a group.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Budgeted {
    /// All lines together, against the budget.
    Whole,
    /// The members of the group of this name, against its bounds.
    Group(String),
}

impl fmt::Display for Budgeted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => f.write_str("the budget"),
            Self::Group(name) => write!(f, "the bounds of group `{name}`"),
        }
    }
}

/// Why a question to the optimiser was refused or has no answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OptimiseError {
    /// There are no lines.
    #[error("an optimum needs at least one line")]
    NoLines,
    /// Two lines or groups have the same name.
    #[error("`{name}` is the name of another line or group already")]
    DuplicateName {
        /// The name.
        name: String,
    },
    /// A group names a member that is neither a line nor a group.
    #[error("`{name}` is neither a line nor a group")]
    UnknownMember {
        /// The name.
        name: String,
    },
    /// A line or group is a member twice.
    #[error("`{name}` is a member of group `{first}` already")]
    TwoGroups {
        /// The member.
        name: String,
        /// The group that has it.
        first: String,
    },
    /// A group contains itself, directly or through others.
    #[error("group `{name}` contains itself")]
    InItself {
        /// The group.
        name: String,
    },
    /// Groups are nested too deep.
    #[error("groups are nested deeper than {limit}")]
    TooDeep {
        /// The deepest nesting.
        limit: usize,
    },
    /// A floor, a cap or the budget is negative.
    #[error("the amount {bound} is below 0")]
    NegativeBound {
        /// The amount.
        bound: Money,
    },
    /// A floor is above the cap beside it.
    #[error("the floor {floor} is above the cap {cap}")]
    FloorAboveCap {
        /// The floor.
        floor: Money,
        /// The cap.
        cap: Money,
    },
    /// An amount is in another currency.
    #[error("{found} and {expected} are different currencies")]
    Currency {
        /// The question's currency.
        expected: Currency,
        /// The amount's.
        found: Currency,
    },
    /// The target is no number.
    #[error("the target {target} is no finite number")]
    Target {
        /// The target.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        target: f64,
    },
    /// A multiplier or marginal return is no number or not above 0.
    #[error("the marginal return {multiplier} is no finite number above 0")]
    Multiplier {
        /// The multiplier.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        multiplier: f64,
    },
    /// A relative gap that is no number or below 0.
    #[error("the gap {gap} is no finite number from 0 up")]
    Gap {
        /// The gap.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        gap: f64,
    },
    /// A curve gave a response or a slope that is no number.
    #[error("the curve gives {response} at a spend of {spend}: it is no curve over its bounds")]
    NotACurve {
        /// The spend.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        spend: f64,
        /// The response there.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        response: f64,
    },
    /// A multiplier so great that the bound is no finite number.
    #[error("the bound at a marginal return of {multiplier} is no finite number")]
    NoBound {
        /// The multiplier.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        multiplier: f64,
    },
    /// The response that was reached lies above the bound: a curve is wrong about its best spend.
    #[error("{reached} was reached, above the bound of {bound}: a curve's `best_spend` is not its best")]
    BoundBelow {
        /// The bound.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        bound: f64,
        /// What was reached, in the aim's unit.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        reached: f64,
    },
    /// A curve calls a spend its best although its own figures make another spend better.
    #[error("at a price of {price} the curve calls a spend of {claimed} its best, where {better} is better")]
    NotBest {
        /// The price of a unit of money.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        price: f64,
        /// The spend that the curve gave.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        claimed: f64,
        /// A better one.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        better: f64,
    },
    /// The floors add up to more than the budget or the cap of a group.
    #[error("the floors take {floors}: {over} over {of}")]
    FloorsAbove {
        /// The budget or the group that they exceed.
        of: Budgeted,
        /// The sum of the floors.
        floors: Money,
        /// The excess.
        over: Money,
    },
    /// The caps add up to less than the budget or the floor of a group.
    #[error("the caps take {caps} at most: {short} short of {of}")]
    CapsBelow {
        /// The budget or the group that they do not fill.
        of: Budgeted,
        /// The sum of the caps.
        caps: Money,
        /// How much cannot be spent.
        short: Money,
    },
    /// No amounts reach the target.
    #[error("a response of {target} is out of reach: all caps together bring {most}")]
    Unreachable {
        /// The target.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        target: f64,
        /// The greatest response.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        most: f64,
    },
    /// Whether the target can be reached was not decided within the limits.
    #[error("whether {target} can be reached was not decided within the limits")]
    Undecided {
        /// The target.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        target: f64,
    },
    /// The optimum belongs to another question.
    #[error("the optimum does not answer this question: {what} differ")]
    NotProven {
        /// What differs.
        what: &'static str,
    },
    /// A text that names none of the choices.
    #[error(transparent)]
    UnknownWord(#[from] UnknownWord),
    /// A quantity was refused.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
}

crate::error::fault!(OptimiseError);

impl OptimiseError {
    /// The kind of the fault.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::UnknownWord(_) => ErrorKind::Syntax,
            Self::UnknownMember { .. } => ErrorKind::NotFound,
            Self::DuplicateName { .. } => ErrorKind::Duplicate,
            Self::NoLines => ErrorKind::Empty,
            Self::TwoGroups { .. }
            | Self::InItself { .. }
            | Self::FloorAboveCap { .. }
            | Self::FloorsAbove { .. }
            | Self::CapsBelow { .. } => ErrorKind::Conflict,
            Self::Currency { .. }
            | Self::NotProven { .. }
            | Self::BoundBelow { .. }
            | Self::NotBest { .. } => ErrorKind::Mismatch,
            Self::NoBound { .. } => ErrorKind::Overflow,
            Self::NegativeBound { .. }
            | Self::Target { .. }
            | Self::Multiplier { .. }
            | Self::Gap { .. }
            | Self::NotACurve { .. } => ErrorKind::OutOfRange,
            Self::Unreachable { .. } => ErrorKind::Undefined,
            Self::Undecided { .. } | Self::TooDeep { .. } => ErrorKind::Limit,
            Self::Quantity(error) => error.kind(),
        }
    }
}
