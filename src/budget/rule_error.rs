//! Why the rules of a budget could not be followed.

use crate::error::{ErrorKind, excerpt, joined};
use crate::quantity::{Money, QuantityError};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;

/// How far rules that cannot hold together are off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Imbalance {
    /// They ask for this much more than can be had.
    Over(Money),
    /// They leave this much without a place.
    Short(Money),
}

impl fmt::Display for Imbalance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Over(amount) => write!(f, "{amount} over"),
            Self::Short(amount) => write!(f, "{amount} short"),
        }
    }
}

/// Why the rules of a budget could not be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RuleError {
    /// Lines do not keep a bound of a rule now.
    #[error("{bound}")]
    Broken {
        /// The bound with its base and its value.
        bound: Box<super::RuleBound>,
    },
    /// An amount of a line that has parts.
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
    /// An id, or the name of a line, that is empty or, for a line, has a control character.
    #[error("`{}` is no name: it is empty or has a control character", name.escape_debug())]
    Name {
        /// The name.
        name: String,
    },
    /// The name of a line that is too long, with the names of the lines around it.
    #[error("a name of {length} bytes is longer than {limit}")]
    LongName {
        /// The length of the name in bytes.
        length: usize,
        /// The most.
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
    UnknownLine {
        /// The line.
        line: String,
    },
    /// There is no dividing rule of this id that divides a part of the total.
    #[error("`{id}` is no rule that divides a part of the total")]
    UnknownRule {
        /// The id.
        id: String,
    },
    /// An amount or a percentage below zero.
    #[error("{value} is below 0")]
    Negative {
        /// The value.
        #[serde(serialize_with = "crate::quantity::wire::decimal::serialize")]
        value: Decimal,
    },
    /// A list without lines.
    #[error("at least one line is needed")]
    NoLines,
    /// A list that names a line twice.
    #[error("line `{line}` is named twice")]
    RepeatedLine {
        /// The line.
        line: String,
    },
    /// A group whose lines do not stand side by side: lines of the total, parts of one rule's amount, or parts of one
    /// line.
    #[error("the lines `{first}` and `{second}` do not stand side by side")]
    DifferentLevels {
        /// A line of the group.
        first: String,
        /// A line of the group that belongs elsewhere.
        second: String,
    },
    /// Two groups of lines of which neither holds the other.
    #[error("the group shares a part of its lines with rule `{other}`, and neither holds the other")]
    Overlap {
        /// The id of the other group's rule.
        other: String,
    },
    /// A bound on an elastic reserve, which follows the lines that it protects.
    #[error("line `{line}` is an elastic reserve: bound the lines that it protects")]
    BoundOnReserve {
        /// The reserve's line.
        line: String,
    },
    /// An elastic reserve of lines that are neither all parts of one dividing rule nor all set before it.
    #[error(
        "line `{line}` is neither set before the reserve nor a part of the same division as the other lines"
    )]
    Protected {
        /// The protected line.
        line: String,
    },
    /// A line that two rules divide.
    #[error("line `{line}` is divided by rule `{rule}` already")]
    DividedTwice {
        /// The line.
        line: String,
        /// The id of the rule that divides it first.
        rule: String,
    },
    /// An amount for the division of a line, which divides what the line has.
    #[error("the parts of a line divide what it has: no amount can be stated")]
    AmountWithin,
    /// A second line for what is left over.
    #[error("rule `{rule}` keeps what is left over already")]
    KeptTwice {
        /// The id of the first.
        rule: String,
    },
    /// A quota without, or with two groups for, a line of its rule.
    #[error("line `{line}` of the rule is not in exactly one group of the quota")]
    QuotaLine {
        /// The line.
        line: String,
    },
    /// A rule that takes an amount after another took all that was left.
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
    /// Rules that cannot hold together.
    #[error("{}: {off}", conflict(.rules))]
    Infeasible {
        /// The ids of a smallest set of rules that cannot hold together: without any one of them the others can.
        rules: Vec<String>,
        /// How far all rules together are off there.
        off: Imbalance,
    },
    /// A chain of reasons with a step that does not start where the one before it ended.
    #[error("step {index} does not start where the steps before it end")]
    BrokenChain {
        /// The index of the step.
        index: usize,
    },
    /// A quantity was refused.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
}

fn conflict(rules: &[String]) -> String {
    let mut text: String = if rules.len() == 1 { "rule ".into() } else { "rules ".into() };
    text.push_str(&joined(rules.iter().map(|rule| format!("`{}`", excerpt(rule)))));
    text.push_str(if rules.len() == 1 { " cannot hold" } else { " cannot hold together" });
    text
}

crate::error::fault!(RuleError);

impl RuleError {
    /// The kind of the fault.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::DuplicateId { .. }
            | Self::LineSetTwice { .. }
            | Self::DividedTwice { .. }
            | Self::KeptTwice { .. } => ErrorKind::Duplicate,
            Self::UnknownLine { .. } | Self::UnknownRule { .. } => ErrorKind::NotFound,
            Self::NoRules | Self::NoLines => ErrorKind::Empty,
            Self::Name { .. } | Self::LongName { .. } | Self::Negative { .. } => ErrorKind::OutOfRange,
            Self::DifferentLevels { .. }
            | Self::Protected { .. }
            | Self::QuotaLine { .. }
            | Self::Unallocated { .. }
            | Self::BrokenChain { .. } => ErrorKind::Mismatch,
            Self::RepeatedLine { .. }
            | Self::Overlap { .. }
            | Self::BoundOnReserve { .. }
            | Self::AmountWithin
            | Self::NothingLeft { .. }
            | Self::Broken { .. }
            | Self::HasParts { .. }
            | Self::Infeasible { .. } => ErrorKind::Conflict,
            Self::Quantity(error) => error.kind(),
        }
    }
}
