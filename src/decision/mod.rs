//! Decision tables after OMG's Decision Model and Notation: which rules apply, what they say, and why.
//!
//! A [`DecisionTable`] has input columns, output columns and rules. Each cell of a rule is a [`CellTest`] of one input,
//! typed or as text; a rule matches when all its cells hold. The [`HitPolicy`] says what a decision is when
//! several rules match. A [`Decision`] says [why](Decision::why), a [`TableCheck`] finds the gaps and overlaps of the table.
//!
//! ```
//! use marketloop::decision::{HitPolicy, TableColumn, DecisionTable, CellTest};
//! use rust_decimal::dec;
//!
//! let table = DecisionTable::draft(HitPolicy::First)
//!     .input(TableColumn::text("kind").allowing(CellTest::one_of(["owned", "paid", "kol"])))
//!     .input(TableColumn::number("roi"))
//!     .output(TableColumn::text("action"))
//!     .rule([CellTest::is("kol"), CellTest::below(dec!(2))], ["replace"])
//!     .rule([CellTest::any(), CellTest::at_least(dec!(4))], ["boost"])
//!     .check()?;
//!
//! let facts = table.facts([("kind", "paid".into()), ("roi", dec!(3.5).into())])?;
//! let decision = table.decide(&facts)?;
//! assert!(decision.matched().is_empty());
//! assert_eq!(
//!     decision.nearest_miss().and_then(|rule| decision.explain(rule)).as_deref(),
//!     Some("rule 1 misses: roi 3.5 is not >= 4, 0.5 below the edge 4")
//! );
//! let gaps: Vec<_> = table.report(1_000).gaps().iter().map(ToString::to_string).collect();
//! assert_eq!(gaps, [r#"kind "kol"; roi [2..4)"#, r#"kind "owned", "paid"; roi < 4"#]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | case | answer |
//! | --- | --- |
//! | no rule matches | no [answering](Decision::answering) rule and no [number](Decision::number), under collect count 0 |
//! | a fact is missing in a column that any rule tests | [`DecisionError::MissingInput`], even if the other cells decide |
//! | it is missing where a cell of the column, or what it allows, says `missing` or `given` | a value of its own: `-` and `missing` hold, all else does not; [`DecisionError::MissingInput`] only where no rule matches and a cell that does not ask for it kept a rule away |
//! | a fact is missing in a column that no rule tests | the column holds |
//! | a fact of another kind than its column, or not among its allowed values | [`DecisionError::FactKind`], [`DecisionError::NotAllowed`] |
//! | two rules match under unique; outputs differ under any | [`DecisionError::SeveralMatches`], [`DecisionError::ConflictingOutputs`] with the rules |
//! | a cell that no allowed value passes (`(2..2)`, `not(true, false)`) | [`DecisionError::NeverHolds`] when the table is built |
//! | an empty cell | holds for every value |
//! | the report's work limit is reached, or a column of lists names more than 12 texts | what was found, and [`TableCheck::is_complete`] is false |
//! | between the days or seconds of two cells lies none (`<= 2026-07-01`, `>= 2026-07-02`) | no gap: days and seconds are counted, numbers are continuous |

mod answer;
mod cell_text;
mod column;
mod contents;
mod explanation;
mod partition;
mod parts;
mod report;
mod steps;
mod table;
mod unary_test;
mod value;

pub use answer::Decision;
pub use explanation::TestedCell;
pub use parts::{HitPolicy, TableColumn};
pub use report::{Region, TableCheck};
pub use table::{DecisionDraft, DecisionTable};
pub use unary_test::CellTest;
pub use value::{CellValue, Fact, OrderedValue, ValueKind};

use crate::error::{Counted, ErrorKind, UnknownWord, listed};
use crate::quantity::QuantityError;
use crate::time::TimeError;
use alloc::string::String;
use alloc::vec::Vec;

/// Why a table could not be built or asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DecisionError {
    /// A text that is no cell or no value.
    #[error("`{text}` is not understood: {expected} expected at byte {at}")]
    Syntax {
        /// The text as given, shortened when long.
        text: String,
        /// The byte at which something else was expected, from 0.
        at: usize,
        /// What was expected.
        expected: &'static str,
    },
    /// A text that names none of the choices.
    #[error(transparent)]
    UnknownWord(#[from] UnknownWord),
    /// A cell or value of another kind than its column.
    #[error("`{cell}` is about a {actual}, the column holds a {expected}")]
    CellKind {
        /// The offending part of the cell.
        cell: String,
        /// The kind of the column.
        expected: ValueKind,
        /// The kind of the cell.
        actual: ValueKind,
    },
    /// A cell that no allowed value passes.
    #[error("`{cell}` holds for no allowed value")]
    NeverHolds {
        /// The cell.
        cell: String,
    },
    /// The number of cells or values of a rule, or of facts, is not the number of their columns.
    #[error("{} for {}", Counted(.found, .what), Counted(.expected, .columns))]
    LengthMismatch {
        /// What was counted: `cell`, `value` or `fact`.
        what: &'static str,
        /// Their columns: `input` or `output`.
        columns: &'static str,
        /// How many columns there are.
        expected: usize,
        /// How many were given.
        found: usize,
    },
    /// A name of a column or fact that is given twice.
    #[error("the name `{name}` stands twice")]
    DuplicateName {
        /// The name.
        name: String,
    },
    /// A table without inputs, outputs or rules.
    #[error("a table needs at least one entry in {what}")]
    Empty {
        /// What is missing: `inputs`, `outputs` or `rules`.
        what: &'static str,
    },
    /// An input column with a ranking: only outputs are ranked.
    #[error("only outputs are ranked, not inputs")]
    RankedInput,
    /// A value that the output column does not allow.
    #[error("the value {value} is not allowed, allowed is {allowed}")]
    OutputNotAllowed {
        /// The value.
        value: CellValue,
        /// The test of the allowed values.
        allowed: String,
    },
    /// A hit policy that goes by a ranking, but no output is ranked.
    #[error("the hit policy {policy} needs an output with a ranking")]
    NoRanking {
        /// The hit policy.
        policy: HitPolicy,
    },
    /// A value that stands in a ranking twice.
    #[error("the value {value} is ranked twice")]
    DuplicateRank {
        /// The value.
        value: CellValue,
    },
    /// A value that the ranking of its output lacks.
    #[error("the value {value} is not in the ranking of its output")]
    NotRanked {
        /// The value.
        value: CellValue,
    },
    /// A hit policy that computes with the output, but there is not exactly one output of numbers.
    #[error("the hit policy {policy} needs exactly one output, of numbers")]
    NotOneNumber {
        /// The hit policy.
        policy: HitPolicy,
    },
    /// A table that would need too much memory.
    #[error("the table compiles to {words} words of 64 bits, at most {limit} are allowed")]
    TooLarge {
        /// How many words it would need, counted up to the column that exceeds the limit.
        words: usize,
        /// The limit.
        limit: usize,
    },
    /// A fact for a column that the table does not have.
    #[error("the table has no input `{name}`")]
    UnknownInput {
        /// The name as given.
        name: String,
    },
    /// A fact is missing that a rule tests, and no rule that asks for [missing](CellTest::missing) ones matches.
    #[error("the input `{input}` is missing")]
    MissingInput {
        /// The name of the input.
        input: String,
    },
    /// A fact of another kind than its column.
    #[error("the input `{input}` is a {actual}, the column holds a {expected}")]
    FactKind {
        /// The name of the input.
        input: String,
        /// The kind of the column.
        expected: ValueKind,
        /// The kind of the fact.
        actual: ValueKind,
    },
    /// A fact that is not among the allowed values of its column.
    #[error("the input `{input}` is {fact}, allowed is {allowed}")]
    NotAllowed {
        /// The name of the input.
        input: String,
        /// The fact.
        fact: String,
        /// The test of the allowed values.
        allowed: String,
    },
    /// More than one rule matches under [`HitPolicy::Unique`].
    #[error("rules {} match together, at most one may", listed(rules))]
    SeveralMatches {
        /// The indexes of all rules that match.
        rules: Vec<usize>,
    },
    /// Rules that match together have different outputs under [`HitPolicy::Any`].
    #[error("rules {} match together, but their outputs differ", listed(rules))]
    ConflictingOutputs {
        /// The indexes of all rules that match.
        rules: Vec<usize>,
    },
    /// A sum that needs more than 28 digits.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
    /// A day of a cell, an output or a fact that is outside the years 1 to 9999.
    #[error(transparent)]
    Time(#[from] TimeError),
}

crate::error::fault!(DecisionError);

impl DecisionError {
    const fn lengths(what: &'static str, found: usize, columns: &'static str, expected: usize) -> Self {
        Self::LengthMismatch { what, columns, expected, found }
    }

    /// The kind of the fault.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::TooLarge { .. } => ErrorKind::Limit,
            Self::DuplicateName { .. } | Self::DuplicateRank { .. } => ErrorKind::Duplicate,
            Self::UnknownInput { .. } => ErrorKind::NotFound,
            Self::Syntax { .. } | Self::UnknownWord(_) => ErrorKind::Syntax,
            Self::NotRanked { .. } | Self::NotAllowed { .. } | Self::OutputNotAllowed { .. } => {
                ErrorKind::OutOfRange
            }
            Self::CellKind { .. }
            | Self::LengthMismatch { .. }
            | Self::FactKind { .. }
            | Self::NotOneNumber { .. } => ErrorKind::Mismatch,
            Self::NeverHolds { .. }
            | Self::RankedInput
            | Self::SeveralMatches { .. }
            | Self::ConflictingOutputs { .. } => ErrorKind::Conflict,
            Self::Empty { .. } | Self::NoRanking { .. } => ErrorKind::Empty,
            Self::MissingInput { .. } => ErrorKind::Undefined,
            Self::Quantity(error) => error.kind(),
            Self::Time(error) => error.kind(),
        }
    }
}
