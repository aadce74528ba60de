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
//! assert_eq!(event.lines()["contingency"].explain(), "10% of 50,000.00 CNY");
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
//! [`Allocation::draft`] turns a total into lines by an ordered list of [`Rule`]s with ids. Each line of the resulting
//! [`Allocation`] has the chain of [`AmountCause`]s that made its amount: [`Line::why`].
//!
//! ```
//! use marketloop::budget::{Allocation, Cap, Divide, Limit, Reserve};
//! use marketloop::quantity::Money;
//!
//! let season = Allocation::draft(Money::parse("100000 CNY")?)
//!     .rule("contingency", Reserve::percent(10).with_purpose("only for unforeseeable costs"))
//!     .rule("main", Divide::by_percents([("search", 40), ("social", 40), ("live", 20)]))
//!     .rule("cpm", Reserve::uplift(30, ["search"]).with_line("search peak"))
//!     .rule("pilots", Cap::line("live", Limit::percent(10)))
//!     .rule("keywords", Divide::by_scores([("brand", 1), ("generic", 3)]).within("search"))
//!     .check()?;
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
//! 1. *Take*, in the order of the rules. [`Rule::take`], [`Reserve`] and a [`Divide`] with an amount take their amount
//!    off the rest: stated, a percentage of the total, or of what is left at that point (nothing where it is below 0).
//!    After a rule that takes all that is left no other may take. Order matters in this step only.
//! 2. *Bind*. Floors, caps, quotas and concentration limits become bounds of lines and of groups of lines that stand
//!    side by side: the lines of the total with those of the rule that divides the rest, those of a rule with an amount
//!    of its own, the parts of one line. Two groups are nested or share no line. Of several floors the highest counts,
//!    of several caps the lowest. A percentage is of the total, or, for quotas and concentration limits, of what their
//!    rule divides: no bound depends on the outcome.
//! 3. *Divide*, at once ([`nested`](crate::split::nested)): each line gets `clamp(t * weight, floor, cap)` at the one
//!    scale t at which all adds up. A group that its bounds hold has a scale of its own: what a cap takes from a group
//!    flows by weight to the lines outside it. A line with parts counts with its own weight and within the bounds of
//!    its parts; they divide what it gets, and what a cap takes from a part stays with the line. An elastic reserve of
//!    ratio u makes its lines count `(1 + u)` times and is `u` times what they get.
//! 4. *Keep*. A [`Rule::keep`] line gets what no rule takes, and what caps keep from the divided lines.
//! 5. *Round* from the total downwards by largest remainder: among the lines and groups of one group, of one rule or of
//!    one line, ties to groups first and then in the order of the rules. Every amount is its exact amount rounded down
//!    or up: a bound of whole minor units is kept, one with a fraction to less than a minor unit.
//!
//! A line has one rule that sets it and any number of rules that bound it. Its steps: `Set` is the amount by weight
//! alone; `Floor` and `Cap` name the rule whose bound holds the line or a group around it; `Shift` is the change that
//! the bounds of other lines cause. Rules that cannot hold together are refused with a smallest set of them
//! ([`BudgetError::Infeasible`]): without any one of these rules the others can hold. The search first finds the rules
//! that every conflict needs. Of the others it tries all subsets, the small ones first, where there are at most 12 and
//! at most four million visits of a line; beyond that it drops unneeded rules one by one, and the set is irreducible
//! but perhaps not the smallest. Where rules collide at several places, up to eight lines and groups, inner ones first,
//! and the total are searched, and the smallest set found is reported.
//!
//! # While it runs, and when it changes
//! | question | answer |
//! | --- | --- |
//! | how does every line stand | [`Tracking`]: plan, committed, actual, forecast, available |
//! | is the money going as planned | [`Pacing`](crate::progress::Pacing): pacing index, projection, the rest paced anew |
//! | why does spending differ from the plan | [`SpendVariance`], [`FlexibleBudget`] |
//! | what did it really bring | [`TrueReturn`] on the basis of revenue or profit |
//! | which money moves at a review | [`Reallocation`] by a [`ReleaseTable`] |
//! | the budget shrinks: what goes first | [`Cuts`] |
//!
//! # Edge cases
//!
//! | case | answer |
//! | --- | --- |
//! | lines above or below the total | [`BudgetError::LinesSum`] with the amount over or under |
//! | a percentage outside 0 to 100 | [`BudgetError::Quantity`] at the line's path |
//! | two lines of one name | [`BudgetError::DuplicateLine`] |
//! | a line with both a percentage and an amount, or with none | [`BudgetError::AmountOrPercent`] |
//! | rules that leave a part of the total without a line | [`BudgetError::Unallocated`] with the amount |
//! | rules that take too much, or caps that leave no place | [`BudgetError::Infeasible`] with the rules and the amount |
//! | two groups of lines that overlap | [`BudgetError::Overlap`] |
//! | a return on investment of 0 or below | only the line's floor, and [`AmountCause::NoReturn`] says why |
//! | a line without a forecast | its plan, or what is spent and committed where that is more: [`TrackingDraft::nothing_more_is_ordered`] |
//! | a share of a plan of zero, a return on no cost, a mix of no planned units | an undefined [`Figure`](crate::figure::Figure) |
//! | no rule of a release table matches | the line keeps its money |
//! | a line that is told to release is also a recipient | it receives nothing, even where it is locked |
//! | nobody can take what is released | it is returned: [`Reallocation::returned`] |
//! | more money is added than the limit on overspending lets in | the rest stays outside: [`Reallocation::not_let_in`] |
//! | lines of one priority and marginal return | the one of which more can be cut goes first, then the order of the list |
//! | floors and kept reserves stop a cut | [`BudgetError::FloorsStopCut`] with the amount and the lines |

mod allocated_lines;
mod allocation;
mod allocation_draft;
mod amount;
mod amount_cause;
mod bounds;
mod conflict;
mod cut_line;
mod cuts;
mod divide;
mod limits;
mod lines;
mod live_extents;
mod names;
mod outline;
mod reallocation;
mod reallocation_check;
mod reallocation_draft;
mod release_table;
mod reserve;
mod rule;
mod rule_bound;
mod rule_check;
mod stated;
mod tracked_line;
mod tracking;
mod tree;
mod true_return;
mod variance;

pub use allocation::Allocation;
pub use allocation_draft::AllocationDraft;
pub use amount::{Amount, Limit};
pub use amount_cause::AmountCause;
pub use cut_line::{CutLine, ReservePolicy, Shrink};
pub use cuts::{Cut, Cuts, CutsDraft};
pub use divide::{Divide, WeightBasis};
pub use limits::{Cap, Floor, Quota, Scope};
pub use lines::{Line, Lines};
pub use reallocation::{Move, ReallocatedLine, Reallocation};
pub use reallocation_draft::{OverspendLimit, Place, Position, ReallocationDraft};
pub use release_table::ReleaseTable;
pub use reserve::{ReleaseCondition, Reserve};
pub use rule::Rule;
pub use rule_bound::RuleBound;
pub use rule_check::RuleCheck;
pub use stated::{Budget, BudgetDraft};
pub use tracked_line::{ForecastBasis, TrackedLine};
pub use tracking::{LineSpending, Tracking, TrackingDraft};
pub use true_return::{CostKind, TrueReturn, TrueReturnDraft};
pub use variance::{FlexibleBudget, LineSpend, SpendVariance};

use crate::decision::DecisionError;
use crate::error::{ErrorKind, UnknownWord, excerpt, joined, listed};
use crate::progress::ProgressError;
use crate::quantity::{Currency, Money, QuantityError, Ratio};
use crate::split::SplitError;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// Why a budget could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize)]
#[serde(rename_all = "snake_case")]
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
    /// A word that is none of the known choices.
    #[error(transparent)]
    UnknownWord(#[from] UnknownWord),
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
    #[error("the lines take {} of {total}, {}", stated::exact_percent(.taken), stated::off(.taken, *.difference))]
    LinesSum {
        /// The part of the total that the lines take.
        taken: Box<Ratio>,
        /// What the lines take less the total, rounded away from zero to minor units.
        difference: Money,
        /// The total.
        total: Money,
    },
    /// The current amounts of lines break a bound of a rule.
    #[error("{bound}")]
    Broken {
        /// The bound with its base and its value.
        bound: Box<RuleBound>,
    },
    /// An amount was stated for a line whose amount is the sum of its parts.
    #[error("the amount of `{line}` is that of its parts")]
    HasParts {
        /// The line.
        line: String,
    },
    /// There are no rules.
    #[error("an allocation needs at least one rule")]
    NoRules,
    /// Two rules have the same id.
    #[error("`{id}` is the id of rule {first} already")]
    DuplicateId {
        /// The id.
        id: String,
        /// The index of the first rule with it.
        first: usize,
    },
    /// An id or a name is empty, or the name of a line has a control character.
    #[error("`{}` is no name: it is empty or has a control character", name.escape_debug())]
    Name {
        /// The name.
        name: String,
    },
    /// The name of a line is too long, together with the names of the lines around it.
    #[error("a name of {length} bytes is longer than {limit}")]
    LongName {
        /// The length of the name in bytes.
        length: usize,
        /// The maximum.
        limit: usize,
    },
    /// Two rules, or two parts of one, set the same line.
    #[error("line `{line}` is set by rule `{rule}` already")]
    LineSetTwice {
        /// The line.
        line: String,
        /// The id of the rule that sets it first.
        rule: String,
    },
    /// No rule sets the line.
    #[error("no rule sets the line `{line}`")]
    UnsetLine {
        /// The line.
        line: String,
    },
    /// No rule of this id divides a part of the total.
    #[error("`{id}` is no rule that divides a part of the total")]
    UnknownRule {
        /// The id.
        id: String,
    },
    /// An amount or a percentage is below zero.
    #[error("{value} is below 0")]
    Negative {
        /// The value.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        value: Decimal,
    },
    /// A list has no lines.
    #[error("at least one line is needed")]
    EmptyList,
    /// A list names a line twice.
    #[error("line `{line}` is named twice")]
    RepeatedLine {
        /// The line.
        line: String,
    },
    /// The lines of a group have different parents: they must all be lines of the total, parts of one rule's amount, or
    /// parts of one line.
    #[error("the lines `{first}` and `{second}` do not stand side by side")]
    DifferentLevels {
        /// A line of the group.
        first: String,
        /// A line of the group that belongs elsewhere.
        second: String,
    },
    /// Two groups of lines overlap, and neither contains the other.
    #[error("the group shares a part of its lines with rule `{other}`, and neither holds the other")]
    Overlap {
        /// The id of the other group's rule.
        other: String,
    },
    /// A rule bounds an elastic reserve, whose amount follows the lines that it protects.
    #[error("line `{line}` is an elastic reserve: bound the lines that it protects")]
    BoundOnReserve {
        /// The reserve's line.
        line: String,
    },
    /// An elastic reserve protects lines that are neither all parts of one dividing rule nor all set by earlier rules.
    #[error(
        "line `{line}` is neither set before the reserve nor a part of the same division as the other lines"
    )]
    Protected {
        /// The protected line.
        line: String,
    },
    /// Two rules divide the same line.
    #[error("line `{line}` is divided by rule `{rule}` already")]
    DividedTwice {
        /// The line.
        line: String,
        /// The id of the rule that divides it first.
        rule: String,
    },
    /// A rule that divides a line states an amount; it can only divide the amount of the line.
    #[error("the parts of a line divide what it has: no amount can be stated")]
    AmountWithin,
    /// Two rules keep what is left over.
    #[error("rule `{rule}` keeps what is left over already")]
    KeptTwice {
        /// The id of the first.
        rule: String,
    },
    /// A quota leaves out a line of its rule, or has it in two groups.
    #[error("line `{line}` of the rule is not in exactly one group of the quota")]
    QuotaLine {
        /// The line.
        line: String,
    },
    /// A rule takes an amount after another one took all that was left.
    #[error("rule `{by}` takes all that is left before it")]
    NothingLeft {
        /// The id of the rule that took the rest.
        by: String,
    },
    /// The rules leave a part of the total without a line, and no rule keeps it.
    #[error("the rules leave {rest} of the total without a line")]
    Unallocated {
        /// What is left.
        rest: Money,
    },
    /// The rules cannot all hold.
    #[error("{}: {}", cannot_hold(.rules), imbalance(*.off))]
    Infeasible {
        /// The ids of a smallest set of rules that cannot hold together: without any one of them the others can.
        rules: Vec<String>,
        /// By how much the rules miss: above zero they need this much more than there is, below zero this much of the
        /// total has no place.
        off: Money,
    },
    /// No line has this name.
    #[error("there is no line `{name}`")]
    UnknownLine {
        /// The name.
        name: String,
    },
    /// An amount of money is negative where it must be 0 or more.
    #[error("{what} {amount} is below 0")]
    NegativeAmount {
        /// What the amount is.
        what: &'static str,
        /// The amount.
        amount: Money,
    },
    /// A number is negative where it must be 0 or more.
    #[error("{what} {value} is below 0")]
    NegativeNumber {
        /// What the number is.
        what: &'static str,
        /// The number.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        value: Decimal,
    },
    /// A rate is negative where it must be 0 or more.
    #[error("the rate {rate} is below 0")]
    NegativeRate {
        /// The rate.
        rate: Ratio,
    },
    /// The forecast of the final amount is below what is spent already.
    #[error("the final amount {forecast} is below the {actual} that is spent already")]
    ForecastBelowActual {
        /// The forecast.
        forecast: Money,
        /// What is spent.
        actual: Money,
    },
    /// The amount that must stay in a line is above what the line holds.
    #[error("{floor} has to stay in a line of {amount}")]
    FloorAboveAmount {
        /// What has to stay.
        floor: Money,
        /// What the line holds.
        amount: Money,
    },
    /// The cut is larger than the total of the lines.
    #[error("a cut of {cut} is more than the total {total}")]
    CutAboveTotal {
        /// The amount to cut.
        cut: Money,
        /// The total of the lines.
        total: Money,
    },
    /// Contractual floors and kept reserves stop a cut.
    #[error("{short_by} cannot be cut: the floors of {} stop it", listed(lines))]
    FloorsStopCut {
        /// The part of the cut that cannot be made.
        short_by: Money,
        /// The lines with a floor or kept as a reserve.
        lines: Vec<String>,
    },
    /// The stated basis of the returns is not that of the type.
    #[error("the returns are {found}, {expected} is needed")]
    OtherBasis {
        /// The basis of the type.
        expected: &'static str,
        /// The basis that is stated.
        found: String,
    },
    /// A decision table does not say how much a line releases.
    #[error("a release table needs {needed}")]
    NotAReleaseTable {
        /// What it lacks.
        needed: &'static str,
    },
    /// A figure of progress was refused.
    #[error(transparent)]
    Progress(#[from] ProgressError),
    /// A decision table was refused.
    #[error(transparent)]
    Decision(#[from] DecisionError),
    /// A quantity was refused.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
    /// The split was refused.
    #[error(transparent)]
    Split(#[from] SplitError),
}

/// The difference by which rules cannot hold together: `5,000.00 CNY over`.
fn imbalance(off: Money) -> String {
    if off.is_negative() { format!("{} short", off.negated()) } else { format!("{off} over") }
}

fn cannot_hold(rules: &[String]) -> String {
    let mut text: String = if rules.len() == 1 { "rule ".into() } else { "rules ".into() };
    text.push_str(&joined(rules.iter().map(|rule| format!("`{}`", excerpt(rule)))));
    text.push_str(if rules.len() == 1 { " cannot hold" } else { " cannot hold together" });
    text
}

crate::error::fault!(BudgetError);

impl BudgetError {
    /// The kind of the fault.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::UnknownLine { .. } | Self::UnsetLine { .. } | Self::UnknownRule { .. } => {
                ErrorKind::NotFound
            }
            Self::DuplicateLine { .. }
            | Self::DuplicateId { .. }
            | Self::LineSetTwice { .. }
            | Self::DividedTwice { .. }
            | Self::KeptTwice { .. } => ErrorKind::Duplicate,
            Self::NoLines | Self::NoRules | Self::EmptyList => ErrorKind::Empty,
            Self::NegativeTotal { .. }
            | Self::NegativeLine { .. }
            | Self::NegativeAmount { .. }
            | Self::NegativeNumber { .. }
            | Self::NegativeRate { .. }
            | Self::Name { .. }
            | Self::LongName { .. }
            | Self::Negative { .. } => ErrorKind::OutOfRange,
            Self::AmountOrPercent { .. }
            | Self::ForecastBelowActual { .. }
            | Self::FloorAboveAmount { .. }
            | Self::CutAboveTotal { .. }
            | Self::FloorsStopCut { .. }
            | Self::RepeatedLine { .. }
            | Self::Overlap { .. }
            | Self::BoundOnReserve { .. }
            | Self::AmountWithin
            | Self::NothingLeft { .. }
            | Self::Broken { .. }
            | Self::HasParts { .. }
            | Self::Infeasible { .. } => ErrorKind::Conflict,
            Self::LinesSum { .. }
            | Self::OtherBasis { .. }
            | Self::NotAReleaseTable { .. }
            | Self::DifferentLevels { .. }
            | Self::Protected { .. }
            | Self::QuotaLine { .. }
            | Self::Unallocated { .. } => ErrorKind::Mismatch,
            Self::UnknownWord(_) => ErrorKind::Syntax,
            Self::Progress(error) => error.kind(),
            Self::Decision(error) => error.kind(),
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
