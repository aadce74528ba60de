//! Why a tree or a question to it was refused.

use super::NodeKind;
use crate::decompose::DecomposeError;
use crate::error::{Counted, ErrorKind, TooLarge, UnknownWord, chain};
use crate::figure::FigureError;
use crate::quantity::{QuantityError, Unit};
use crate::stats::StatsError;
use crate::time::Period;
use alloc::string::String;
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// Why a tree could not be built or asked.
#[derive(Debug, Clone, PartialEq, thiserror::Error, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum KpiError {
    /// There are no periods.
    #[error("at least one period is needed")]
    NoParts,
    /// The text of a tree has a syntax error.
    #[error("line {line}, column {column}: expected {expected}, found `{found}`")]
    Syntax {
        /// The line, from 1.
        line: u32,
        /// The column in characters, from 1.
        column: u32,
        /// What was expected there.
        expected: &'static str,
        /// What was found there.
        found: String,
    },
    /// Parentheses that are nested too deep.
    #[error("more than {limit} parentheses stand in each other")]
    TooDeep {
        /// The maximum depth.
        limit: usize,
    },
    /// A tree without nodes.
    #[error("a tree needs at least one node")]
    NoNodes,
    /// A tree with more nodes, operands or constants than it can number.
    #[error("a tree has at most {limit} nodes and parts of formulas")]
    TooManyNodes {
        /// The maximum number.
        limit: u32,
    },
    /// There are no branches.
    #[error("at least one branch is needed")]
    NoBranches,
    /// A node whose unit is of another kind than what it is taken for.
    #[error("`{node}` is in {unit}, which is not {required}")]
    OtherUnit {
        /// The node.
        node: String,
        /// Its unit.
        unit: Unit,
        /// What it has to be: `money`, `a count`.
        required: &'static str,
    },
    /// A sum or a product without operands.
    #[error("a sum or product has no operands")]
    NoOperands,
    /// A function with too many or too few arguments.
    #[error("`{function}` takes {}, {actual} are given", Counted(.expected, "argument"))]
    Arguments {
        /// The name of the function.
        function: &'static str,
        /// How many it takes.
        expected: usize,
        /// How many there are.
        actual: usize,
    },
    /// A name that is empty or has a control character, a backquote, or as an owner a comma or a brace.
    #[error("`{text}` is not a name")]
    NotAName {
        /// The text as given, shortened when long.
        text: String,
    },
    /// A text that names none of the choices.
    #[error(transparent)]
    UnknownWord(#[from] UnknownWord),
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
    /// Nodes that depend on each other in a circle.
    #[error("a cycle: {}", chain(path))]
    Cycle {
        /// The nodes of the cycle, the first once more at its end; of a long one only both ends.
        path: Vec<String>,
    },
    /// A node on which no root depends: a leaf that no formula uses, or one of a cycle.
    #[error("`{root}` does not depend on `{id}`")]
    Unreachable {
        /// The node.
        id: String,
        /// The first root.
        root: String,
    },
    /// Two units that have to be equal.
    #[error("units differ where {operation}: {left} and {right}")]
    UnitClash {
        /// The unit on the left, or declared.
        left: Unit,
        /// The unit on the right, or of the formula.
        right: Unit,
        /// Where they meet: `added`, `declared`.
        operation: &'static str,
    },
    /// A group of members where a node has to stand, or with a unit, kind, direction or owner, which only nodes have.
    #[error("`{id}` is a group of members, not a node")]
    NotANode {
        /// The group.
        id: String,
    },
    /// A group of members, or a set between brackets, without members.
    #[error("`{of}` is said to be in a set without members")]
    NoMembers {
        /// The group, or the dimension.
        of: String,
    },
    /// A filter in a function that takes dimensions alone.
    #[error("`{function}` takes dimensions, no filter")]
    Filtered {
        /// The function.
        function: &'static str,
    },
    /// A value for a node that has a formula.
    #[error("`{id}` has a formula: a value can only be given for a leaf")]
    NotALeaf {
        /// The node.
        id: String,
    },
    /// A leaf or a scenario is given more than once.
    #[error("`{id}` is given twice")]
    GivenTwice {
        /// The leaf, or the name of the scenario.
        id: String,
    },
    /// A leaf of undeclared kind is a factor of what adds up over time: it may add up too or be a rate.
    #[error(
        "`{id}` is multiplied in `{formula}`, and neither its kind nor its unit is declared: {{stock}} takes the last value, {{flow}} the sum, and a rate needs a formula"
    )]
    UndeclaredKind {
        /// The leaf.
        id: String,
        /// The node that multiplies it.
        formula: String,
    },
    /// The result would be larger than the limit.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
    /// Inputs of another tree.
    #[error("the inputs were made for another tree")]
    OtherTree,
    /// A node that has no value, where one is needed.
    #[error("`{node}` has no value: {why}")]
    NoValue {
        /// The node.
        node: String,
        /// The leaf that is missing, or the node whose figure is undefined, with the cause.
        why: FigureError,
    },
    /// A float that is NaN, infinite, or outside the range that it must lie in.
    #[error("the {what} is not {required}")]
    NotInRange {
        /// What it is: `value`, `target`.
        what: &'static str,
        /// What it has to be: `a finite number`.
        required: &'static str,
    },
    /// A target that the root reaches only outside the range that was searched.
    #[error("the target is reached only out of range, at {at}: within it {limit} comes nearest")]
    TargetOutOfRange {
        /// Where it is reached, nearest to the value now.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        at: f64,
        /// The value of the root nearest to the target within the range.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        limit: f64,
    },
    /// A target that the root does not reach.
    #[error("the target is not reached: {limit} at {at} comes nearest")]
    TargetUnreachable {
        /// The value of the root nearest to the target within the range.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        limit: f64,
        /// Where the root has it.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        at: f64,
    },
    /// A number outside the range of its type.
    #[error("the {what} of `{node}` is outside the range of its type")]
    Range {
        /// What was computed.
        what: &'static str,
        /// The node.
        node: String,
    },
    /// Contributions that miss the change by more than rounding explains.
    #[error("the operands of `{node}` do not explain its change within {}", Counted(.scale, "decimal"))]
    Unexplained {
        /// The node.
        node: String,
        /// The decimals asked for.
        scale: u32,
    },
    /// A list of the wrong length: columns, samples or leaves.
    #[error("{what}: {actual} given, {expected} needed")]
    Length {
        /// What is counted.
        what: &'static str,
        /// How many are needed.
        expected: usize,
        /// How many there are.
        actual: usize,
    },
    /// Rounded estimates could not be made to add up to their total.
    #[error(transparent)]
    Decompose(#[from] DecomposeError),
    /// More leaves, points or values than the method takes.
    #[error("{actual} {what} exceed the limit of {limit}")]
    TooMany {
        /// What is counted.
        what: &'static str,
        /// How many there may be.
        limit: usize,
        /// How many there are.
        actual: usize,
    },
    /// Two overlays set one leaf to different values.
    #[error("`{leaf}` is set to {left} and to {right}")]
    OverlayConflict {
        /// The leaf.
        leaf: String,
        /// The value of the first overlay.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        left: Decimal,
        /// The value of the second overlay.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        right: Decimal,
    },
    /// A kind whose values cannot be added up over time.
    #[error("values of kind {kind} cannot be added up over time")]
    NotAdditive {
        /// The kind.
        kind: NodeKind,
    },
    /// Values of a node that a formula adds up, which their kind does not.
    #[error("`{id}` is of kind {kind}: its values do not add up over {over}")]
    DoesNotAddUp {
        /// The node.
        id: String,
        /// Its kind.
        kind: NodeKind,
        /// Over what: `periods`, `members`.
        over: &'static str,
    },
    /// A leaf of a panel whose rows are by other dimensions than those before.
    #[error("`{id}` has values by {}, here by {}", or_none(.expected), or_none(.found))]
    OtherDimensions {
        /// The leaf.
        id: String,
        /// The dimensions of its first rows.
        expected: String,
        /// The dimensions of this row.
        found: String,
    },
    /// A node that is no quotient of two sums over the members of a dimension.
    #[error("`{node}` is no quotient of two sums over all members of {dimension}: rate and mix need one")]
    NoRateOver {
        /// The node.
        node: String,
        /// The dimension.
        dimension: String,
    },
    /// Levels of a target that contradict the direction of their node.
    #[error("{}", out_of_order(.id, .worse, .better, .way))]
    LevelsOutOfOrder {
        /// The node.
        id: String,
        /// The level that has to be the worse one, or equal: `threshold`, `baseline`, `target`.
        worse: &'static str,
        /// The level that has to be the better one, or equal: `target`, `stretch`.
        better: &'static str,
        /// Which way is better: `lower is better`, `neither way is better`.
        way: &'static str,
    },
    /// Periods that do not follow each other as one kind.
    #[error("{period} is not one of the periods that follow {first}")]
    OtherPeriod {
        /// The period.
        period: Period,
        /// The first period.
        first: Period,
    },
    /// Periods that are no parts of the span over which a formula adds them up.
    #[error("`{node}` adds up since the start of the {span}, and {period} is no part of one")]
    NoPartOf {
        /// The node.
        node: String,
        /// The span.
        span: &'static str,
        /// The period.
        period: Period,
    },
    /// A period of a panel that is no part of a longer one into which it is put together.
    #[error("{period} is no part of {whole}")]
    NotWithin {
        /// The period.
        period: Period,
        /// The longer one in which its first day lies.
        whole: Period,
    },
    /// A quantity was refused.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
    /// A statistic does not exist.
    #[error(transparent)]
    Stats(#[from] StatsError),
}

/// Which level should not be better than which other; the target itself is never at fault.
fn out_of_order(id: &str, worse: &str, better: &str, way: &str) -> String {
    match (worse, way) {
        ("target", "neither way is better") => alloc::format!("`{id}` has no {better}: {way}"),
        (_, "neither way is better") => alloc::format!("`{id}` has no {worse}: {way}"),
        ("target", _) => alloc::format!("the {better} of `{id}` is worse than its {worse}: {way}"),
        _ => alloc::format!("the {worse} of `{id}` is better than its {better}: {way}"),
    }
}

/// Dimensions, or that there is none.
fn or_none(dimensions: &str) -> &str {
    if dimensions.is_empty() { "no dimension" } else { dimensions }
}

crate::error::fault!(KpiError);

impl KpiError {
    /// The kind of the fault.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::UnknownName { .. } => ErrorKind::NotFound,
            Self::DuplicateNode { .. } | Self::GivenTwice { .. } => ErrorKind::Duplicate,
            Self::Syntax { .. } | Self::NotAName { .. } | Self::UnknownWord(_) => ErrorKind::Syntax,
            Self::NoParts | Self::NoNodes | Self::NoBranches | Self::NoOperands | Self::NoMembers { .. } => {
                ErrorKind::Empty
            }
            Self::UnitClash { .. }
            | Self::NotALeaf { .. }
            | Self::NotANode { .. }
            | Self::Filtered { .. }
            | Self::NotAdditive { .. }
            | Self::DoesNotAddUp { .. }
            | Self::OtherPeriod { .. }
            | Self::LevelsOutOfOrder { .. }
            | Self::OtherDimensions { .. }
            | Self::NoPartOf { .. }
            | Self::NotWithin { .. }
            | Self::NoRateOver { .. }
            | Self::OtherTree
            | Self::OtherUnit { .. }
            | Self::Unexplained { .. }
            | Self::Arguments { .. }
            | Self::Length { .. } => ErrorKind::Mismatch,
            Self::NotInRange { .. } | Self::TargetOutOfRange { .. } | Self::TargetUnreachable { .. } => {
                ErrorKind::OutOfRange
            }
            Self::Range { .. } => ErrorKind::Overflow,
            Self::Cycle { .. } | Self::Unreachable { .. } | Self::OverlayConflict { .. } => {
                ErrorKind::Conflict
            }
            Self::TooLarge(_) | Self::TooDeep { .. } | Self::TooMany { .. } | Self::TooManyNodes { .. } => {
                ErrorKind::Limit
            }
            Self::NoValue { .. } | Self::UndeclaredKind { .. } => ErrorKind::Undefined,
            Self::Decompose(error) => error.kind(),
            Self::Quantity(error) => error.kind(),
            Self::Stats(error) => error.kind(),
        }
    }
}
