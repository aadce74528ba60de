//! Why a goal, a tree or a question to it was refused.

use super::{NodeKind, NumberFault, RatioSpread};
use crate::decompose::DecomposeError;
use crate::error::{ErrorKind, TooLarge, chain};
use crate::quantity::{Quantity, QuantityError, Unit};
use crate::split::SplitError;
use crate::stats::StatsError;
use crate::time::{NaiveDate, Period, TimeError};
use alloc::string::String;
use alloc::vec::Vec;
use rust_decimal::Decimal;
/// Why a goal could not be cascaded, or a tree not be built or asked.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum KpiError {
    /// There are no parts.
    #[error("a cascade needs at least one part")]
    NoParts,
    /// The parts do not add up to the whole.
    #[error("the parts add up to {sum} {unit}, {} off the total of {total} {unit}", Quantity::difference(*difference, unit))]
    PartsSum {
        /// What the parts add up to.
        sum: Decimal,
        /// The sum less the total.
        difference: Decimal,
        /// The total.
        total: Decimal,
        /// The unit of all three.
        unit: Unit,
    },
    /// A part that does not start on the day after the part before it, or the last one that does not end
    /// with the period.
    #[error("{part} does not continue at {expected}")]
    NotInSequence {
        /// The part.
        part: Period,
        /// The day on which it has to start, or on which the last part has to end.
        expected: NaiveDate,
    },
    /// A key result whose period is not a part of the goal's.
    #[error("{period} is not within {whole}")]
    OutsidePeriod {
        /// The key result's period.
        period: Period,
        /// The goal's period.
        whole: Period,
    },
    /// A total that the parts' decimals cannot hold.
    #[error("{total} has more than {decimals} decimals")]
    TooFine {
        /// The total.
        total: Quantity,
        /// The decimals of the parts.
        decimals: u32,
    },
    /// A growth that leaves nothing, or is beyond what a plan can mean.
    #[error("growth {value} is outside -1 (not in it) to 1000")]
    GrowthOutOfRange {
        /// The growth as a share.
        value: Decimal,
    },
    /// A stock or a flow that is not above 0, from which nothing can grow.
    #[error("level {value} is not above 0")]
    LevelNotPositive {
        /// The level.
        value: Decimal,
    },
    /// A churn rate that is no share.
    #[error("churn {value} is outside 0..=1")]
    ChurnOutOfRange {
        /// The churn rate.
        value: Decimal,
    },
    /// A goal that churn alone does not come down to.
    #[error("the goal needs {additions:.2} gross additions a period, below 0")]
    NegativeAdditions {
        /// The gross additions that the goal would need.
        additions: f64,
    },
    /// A goal with more decimals than its parts may have.
    #[error("the goal {goal} has more than {decimals} decimals")]
    TooFineGoal {
        /// The goal.
        goal: Decimal,
        /// The decimals that the parts may have.
        decimals: u32,
    },
    /// A flow below 0 in a past period.
    #[error("flow {value} in period {period} is below 0")]
    NegativeFlow {
        /// The index of the period.
        period: usize,
        /// The flow.
        value: Decimal,
    },
    /// A past numerator below 0, or a denominator not above 0.
    #[error("{value} in period {period} makes no ratio: a numerator is at least 0, a denominator above 0")]
    RatioPart {
        /// The index of the period.
        period: usize,
        /// The numerator or denominator.
        value: Decimal,
    },
    /// A target that a spread of ratios cannot reach.
    #[error(
        "the target {value} is outside what the {spread} spread can reach: at least 0, of the logit shift between 0 and 1"
    )]
    RatioTarget {
        /// The target.
        value: Decimal,
        /// The spread.
        spread: RatioSpread,
    },
    /// A ratio of one period outside what its spread can take.
    #[error(
        "the ratio {value} of period {period} is outside its domain: at least 0, of the logit shift between 0 and 1"
    )]
    RatioDomain {
        /// The index of the period.
        period: usize,
        /// The value.
        value: Decimal,
    },
    /// A ratio of 0, of which no factor makes a target.
    #[error("a ratio of 0 cannot grow by a factor")]
    ZeroRatio,
    /// A text that is no tree.
    #[error("line {line}, column {column}: expected {expected}, found `{found}`")]
    Syntax {
        /// The line, from 1.
        line: u32,
        /// The column in characters, from 1.
        column: u32,
        /// What could stand there.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// Parentheses that stand too deep in each other.
    #[error("more than {limit} parentheses stand in each other")]
    TooDeep {
        /// How many may.
        limit: usize,
    },
    /// A tree without nodes.
    #[error("a tree needs at least one node")]
    NoNodes,
    /// A tree with more nodes, operands or constants than it can number.
    #[error("a tree has at most {limit} nodes and parts of formulas")]
    TooManyNodes {
        /// How many it can have.
        limit: u32,
    },
    /// A sum or a product of nothing.
    #[error("a sum or product has no operands")]
    NoOperands,
    /// A name that is empty or has a control character, a backquote, or as an owner a comma or a brace.
    #[error("`{text}` is not a name")]
    NotAName {
        /// The text as given, shortened when long.
        text: String,
    },
    /// Two nodes of one name.
    #[error("`{id}` is declared twice")]
    DuplicateNode {
        /// The name.
        id: String,
    },
    /// A name that no node has.
    #[error("`{name}` is not declared")]
    UnknownName {
        /// The name.
        name: String,
    },
    /// Nodes that depend on themselves.
    #[error("a cycle: {}", chain(path))]
    Cycle {
        /// The nodes of the cycle, the first once more at its end; of a long one both ends.
        path: Vec<String>,
    },
    /// A node on which the root does not depend.
    #[error("`{root}` does not depend on `{id}`")]
    Unreachable {
        /// The node.
        id: String,
        /// The root.
        root: String,
    },
    /// Two units that have to be one.
    #[error("units differ where {operation}: {left} and {right}")]
    UnitClash {
        /// The unit on the left, or declared.
        left: Unit,
        /// The unit on the right, or of the formula.
        right: Unit,
        /// Where they meet: `added`, `declared`.
        operation: &'static str,
    },
    /// A value given for a node that follows from others.
    #[error("`{id}` has a formula: a value can only be given for a leaf")]
    NotALeaf {
        /// The node.
        id: String,
    },
    /// A leaf that is given more than once.
    #[error("`{id}` is given twice")]
    GivenTwice {
        /// The leaf.
        id: String,
    },
    /// A leaf whose kind was not declared, as a factor of something that adds up over time: whether it adds up
    /// too, or is a rate, nobody said.
    #[error(
        "`{id}` is multiplied in `{formula}`, and neither its kind nor its unit is declared: {{stock}} takes the last value, {{flow}} the sum, and a rate needs a formula"
    )]
    UndeclaredKind {
        /// The leaf.
        id: String,
        /// The node that multiplies it.
        formula: String,
    },
    /// More would be made than the limit allows.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
    /// Inputs of another tree.
    #[error("the inputs were made for another tree")]
    OtherTree,
    /// A node that has no value, where one is needed.
    #[error("`{node}` has no value: {}", no_value(*why, cause))]
    NoValue {
        /// The node.
        node: String,
        /// Why; `None` where an input is missing.
        why: Option<NumberFault>,
        /// The leaf that is missing, or the node in which the value ceases to exist.
        cause: String,
    },
    /// A float that is NaN, infinite, or outside the range that it must lie in.
    #[error("the {what} is not {required}")]
    NotInRange {
        /// What it is: `value`, `target`.
        what: &'static str,
        /// What it has to be: `a finite number`.
        required: &'static str,
    },
    /// A number that its type does not hold.
    #[error("the {what} of `{node}` is outside the range of its type")]
    Range {
        /// What was computed.
        what: &'static str,
        /// The node.
        node: String,
    },
    /// Contributions that miss the change by more than rounding explains.
    #[error("the operands of `{node}` do not explain its change within {scale} decimals")]
    Unexplained {
        /// The node.
        node: String,
        /// The decimals asked for.
        scale: u32,
    },
    /// Columns, samples or leaves that are not as many as they have to be.
    #[error("{actual} {what} where {expected} are needed")]
    Length {
        /// What is counted.
        what: &'static str,
        /// How many are needed.
        expected: usize,
        /// How many there are.
        actual: usize,
    },
    /// Estimates could not be closed to their total.
    #[error(transparent)]
    Decompose(#[from] DecomposeError),
    /// More of something than can be enumerated.
    #[error("{actual} {what} exceed the limit of {limit}")]
    TooMany {
        /// What is counted.
        what: &'static str,
        /// How many there may be.
        limit: usize,
        /// How many there are.
        actual: usize,
    },
    /// Two overlays that set one leaf to different values.
    #[error("`{leaf}` is set to {left} and to {right}")]
    OverlayConflict {
        /// The leaf.
        leaf: String,
        /// The value of the one.
        left: Decimal,
        /// The value of the other.
        right: Decimal,
    },
    /// A kind whose values over time do not add up to the whole's.
    #[error("values of kind {kind} cannot be added up over time")]
    NotAdditive {
        /// The kind.
        kind: NodeKind,
    },
    /// A quantity was refused.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
    /// A period was refused.
    #[error(transparent)]
    Time(#[from] TimeError),
    /// A statistic does not exist.
    #[error(transparent)]
    Stats(#[from] StatsError),
    /// Weights were refused.
    #[error(transparent)]
    Split(#[from] SplitError),
}

fn no_value(why: Option<NumberFault>, cause: &str) -> String {
    match why {
        None => alloc::format!("`{cause}` is missing"),
        Some(why) => alloc::format!("{why} in `{cause}`"),
    }
}

impl KpiError {
    /// The sort of the fault.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::UnknownName { .. } => ErrorKind::NotFound,
            Self::DuplicateNode { .. } | Self::GivenTwice { .. } => ErrorKind::Duplicate,
            Self::Syntax { .. } | Self::NotAName { .. } => ErrorKind::Syntax,
            Self::NoParts | Self::NoNodes | Self::NoOperands => ErrorKind::Empty,
            Self::PartsSum { .. }
            | Self::NotInSequence { .. }
            | Self::OutsidePeriod { .. }
            | Self::UnitClash { .. }
            | Self::NotALeaf { .. }
            | Self::NotAdditive { .. }
            | Self::OtherTree
            | Self::Unexplained { .. }
            | Self::Length { .. } => ErrorKind::Mismatch,
            Self::TooFine { .. }
            | Self::NotInRange { .. }
            | Self::GrowthOutOfRange { .. }
            | Self::LevelNotPositive { .. }
            | Self::ChurnOutOfRange { .. }
            | Self::NegativeAdditions { .. }
            | Self::TooFineGoal { .. }
            | Self::NegativeFlow { .. }
            | Self::RatioPart { .. }
            | Self::RatioTarget { .. }
            | Self::RatioDomain { .. } => ErrorKind::OutOfRange,
            Self::Range { .. } => ErrorKind::Overflow,
            Self::Cycle { .. } | Self::Unreachable { .. } | Self::OverlayConflict { .. } => {
                ErrorKind::Conflict
            }
            Self::TooLarge(_) | Self::TooDeep { .. } | Self::TooMany { .. } | Self::TooManyNodes { .. } => {
                ErrorKind::Limit
            }
            Self::NoValue { .. } | Self::UndeclaredKind { .. } | Self::ZeroRatio => ErrorKind::Undefined,
            Self::Decompose(error) => error.kind(),
            Self::Quantity(error) => error.kind(),
            Self::Time(error) => error.kind(),
            Self::Split(error) => error.kind(),
            Self::Stats(error) => error.kind(),
        }
    }
}
