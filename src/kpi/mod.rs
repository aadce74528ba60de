//! KPI trees that know their units, why they moved and how to move them; and goals cascaded over time.
//!
//! ```
//! use marketloop::kpi::{KpiTree, Lever, Seek};
//! use rust_decimal::dec;
//!
//! let tree = KpiTree::parse("
//!     sales    [CNY]     = visitors * cvr * aov
//!     visitors [visitor] = search + social
//!     cvr [order/visitor], aov [CNY/order]")?;
//! let plan = tree.inputs([("search", dec!(6000)), ("social", dec!(4000)), ("cvr", dec!(0.02)), ("aov", dec!(150))])?;
//! let fact = tree.inputs([("search", dec!(6500)), ("social", dec!(3000)), ("cvr", dec!(0.021)), ("aov", dec!(150))])?;
//!
//! // What each leaf did to sales; the parts add up to the change, to the last digit.
//! let why = tree.explain(&plan, &fact)?;
//! assert_eq!(why.total(), dec!(-75));
//! assert!(why.by_size()[0].to_string().starts_with("social  -3,07"));
//!
//! // How many orders per visitor reach the plan all the same?
//! let Seek::Found { at } = tree.goal_seek(&fact, &Lever::leaf(tree.find("cvr").unwrap()), 30_000.0)? else { panic!() };
//! assert!((at - 0.021_052_631_578_947_37).abs() < 1e-15);
//! # Ok::<(), marketloop::Error>(())
//! ```
//!
//! | case | answer |
//! | --- | --- |
//! | a cycle, an unknown name, a duplicate, a node that the root does not use, two units | all of them at once, each at its node |
//! | a name not declared, in a sum of names whose node has a unit | a leaf in that unit; anywhere else [`KpiError::UnknownName`] |
//! | units that differ by a power of ten (`%`, `1000 CNY`) | converted exactly |
//! | a missing input | [`Value::Missing`] with its leaf, in all that depends on it; never 0, not even times 0 |
//! | a division by zero | [`Value::Undefined`] with the node, in all that depends on it |
//! | an exact product of more than 28 digits | [`Why::OutOfRange`], or rounded by [`Products::Rounded`] |
//! | a factor that changes its sign, log-mean asked | Shapley at that node, which says so |
//! | factors that enter from 0 or leave to 0 | they share the node's change in equal parts |
//! | both values of a product 0 | its factors contribute 0, but for what moved inside one that is 0 at both |
//! | a quotient too coarsely rounded to explain the change | [`KpiError::Unexplained`] with the decimals |
//! | a target beyond what a lever reaches | [`Seek::Unreachable`] or [`Seek::OutOfDomain`], with the limit |
//! | parts of a cascade that add up to more or less than the whole | [`KpiError::PartsSum`] with the difference |
//! | parts that leave days out, overlap or reach beyond the period | [`KpiError::NotInSequence`] |
//! | a part in another unit | [`KpiError::Quantity`] naming both units |
//! | no parts | [`KpiError::NoParts`] |
//!
//! ```
//! use marketloop::kpi::Cascade;
//!
//! let sales = Cascade::explicit(
//!     "sales of new product A",
//!     "2026-Q3".parse()?,
//!     "2000000 CNY".parse()?,
//!     [
//!         ("2026-07".parse()?, "500000 CNY".parse()?),
//!         ("2026-08".parse()?, "700000 CNY".parse()?),
//!         ("2026-09".parse()?, "800000 CNY".parse()?),
//!     ],
//! )?;
//! assert_eq!(sales.parts().len(), 3);
//! assert_eq!(sales.cumulative()?.last().map(ToString::to_string), Some("2000000 CNY".into()));
//! # Ok::<(), marketloop::Error>(())
//! ```

mod builder;
mod cascade;
mod columns;
mod compile;
mod contributions;
mod evaluation;
mod explanation;
mod formula;
mod goal_seek;
mod graph;
mod inputs;
mod lexeme;
mod lowering;
mod multiplier;
mod name;
mod node;
mod overlay;
mod sensitivity;
mod text;
mod tree;
mod uncertainty;
mod value;
mod whole_tree;

pub use builder::{NodeDraft, TreeBuilder};
pub use cascade::{Cascade, CascadeDraft, KeyResult};
pub use columns::Columns;
pub use contributions::Contributions;
pub use evaluation::Evaluation;
pub use explanation::{ExplainOptions, Explanation, Part};
pub use formula::Formula;
pub use goal_seek::{Lever, Seek};
pub use inputs::Inputs;
pub use multiplier::NodeMethod;
pub use node::{Direction, Kind, Node, NodeId};
pub use overlay::{Comparison, Overlay, Scenario};
pub use sensitivity::Sensitivities;
pub use tree::KpiTree;
pub use uncertainty::Uncertainty;
pub use value::{Precision, Products, Value, Why};

use crate::error::ErrorKind;
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
    #[error("the parts add up to {sum} {unit}, {difference} {unit} off the total of {total} {unit}")]
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
    #[error("a cycle: {}", path.join(" -> "))]
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
    /// Inputs of another tree.
    #[error("the inputs were made for another tree")]
    OtherTree,
    /// A node that has no value, where one is needed.
    #[error("`{node}` has no value: {}", no_value(*why, cause))]
    NoValue {
        /// The node.
        node: String,
        /// Why; `None` where an input is missing.
        why: Option<Why>,
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
        /// The decimals of its precision.
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

fn no_value(why: Option<Why>, cause: &str) -> String {
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
            Self::NoParts | Self::NoNodes | Self::NoOperands => ErrorKind::Empty,
            Self::PartsSum { .. }
            | Self::NotInSequence { .. }
            | Self::OutsidePeriod { .. }
            | Self::UnitClash { .. }
            | Self::NotALeaf { .. }
            | Self::OtherTree
            | Self::Unexplained { .. }
            | Self::Length { .. } => ErrorKind::Mismatch,
            Self::TooFine { .. }
            | Self::Syntax { .. }
            | Self::TooDeep { .. }
            | Self::NotAName { .. }
            | Self::NotInRange { .. }
            | Self::TooMany { .. } => ErrorKind::OutOfRange,
            Self::TooManyNodes { .. } | Self::Range { .. } => ErrorKind::Overflow,
            Self::DuplicateNode { .. }
            | Self::Cycle { .. }
            | Self::Unreachable { .. }
            | Self::OverlayConflict { .. } => ErrorKind::Conflict,
            Self::UnknownName { .. } | Self::NoValue { .. } => ErrorKind::Undefined,
            Self::Quantity(error) => error.kind(),
            Self::Time(error) => error.kind(),
            Self::Split(error) => error.kind(),
            Self::Stats(error) => error.kind(),
        }
    }
}
