//! What a table is made of: its hit policy, its columns, its cells and its rules.

use super::{CellTest, CellValue, ValueKind};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// What a decision is when several rules match, as in DMN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum HitPolicy {
    /// At most one rule may match; two are an error that names them.
    Unique,
    /// Several may match if all their outputs agree; else an error that names them.
    Any,
    /// The first matching rule in the order of the table.
    First,
    /// The matching rule whose outputs stand first in the outputs' ranking; ties to the earlier rule.
    Priority,
    /// All matching rules in the order of the table.
    RuleOrder,
    /// All matching rules in the order of the outputs' ranking; ties in the order of the table.
    OutputOrder,
    /// All matching rules in the order of the table, as a list without meaning in its order.
    Collect,
    /// The sum of the matching rules' only output.
    CollectSum,
    /// The least of the matching rules' only output.
    CollectMin,
    /// The greatest of the matching rules' only output.
    CollectMax,
    /// How many rules match; 0 where none does.
    CollectCount,
}

impl HitPolicy {
    pub(super) const fn needs_one_number(self) -> bool {
        matches!(self, Self::CollectSum | Self::CollectMin | Self::CollectMax)
    }

    pub(super) const fn needs_ranking(self) -> bool {
        matches!(self, Self::Priority | Self::OutputOrder)
    }
}

impl fmt::Display for HitPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unique => "unique",
            Self::Any => "any",
            Self::First => "first",
            Self::Priority => "priority",
            Self::RuleOrder => "rule order",
            Self::OutputOrder => "output order",
            Self::Collect => "collect",
            Self::CollectSum => "collect sum",
            Self::CollectMin => "collect min",
            Self::CollectMax => "collect max",
            Self::CollectCount => "collect count",
        })
    }
}

/// An input column: its name, the sort of its values, and optionally which of them are allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    pub(super) name: String,
    pub(super) kind: ValueKind,
    pub(super) allowed: CellTest,
}

impl Input {
    /// A column of values of `kind`.
    #[must_use]
    pub fn new(name: &str, kind: ValueKind) -> Self {
        Self { name: name.into(), kind, allowed: CellTest::any() }
    }

    /// A column of decimal numbers.
    #[must_use]
    pub fn number(name: &str) -> Self {
        Self::new(name, ValueKind::Number)
    }

    /// A column of texts.
    #[must_use]
    pub fn text(name: &str) -> Self {
        Self::new(name, ValueKind::Text)
    }

    /// A column of true and false.
    #[must_use]
    pub fn truth(name: &str) -> Self {
        Self::new(name, ValueKind::Truth)
    }

    /// The column with only these values: others are refused as facts, and the report does not look for
    /// gaps among them.
    #[must_use]
    pub fn allowing(self, allowed: CellTest) -> Self {
        Self { allowed, ..self }
    }

    /// The name of the column.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The sort of its values.
    #[must_use]
    pub const fn kind(&self) -> ValueKind {
        self.kind
    }

    /// The values that are allowed.
    #[must_use]
    pub const fn allowed(&self) -> &CellTest {
        &self.allowed
    }
}

/// An output column: its name, the sort of its values, and optionally their ranking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    pub(super) name: String,
    pub(super) kind: ValueKind,
    pub(super) ranking: Vec<CellValue>,
}

impl Output {
    /// A column of values of `kind`.
    #[must_use]
    pub fn new(name: &str, kind: ValueKind) -> Self {
        Self { name: name.into(), kind, ranking: Vec::new() }
    }

    /// A column of decimal numbers.
    #[must_use]
    pub fn number(name: &str) -> Self {
        Self::new(name, ValueKind::Number)
    }

    /// A column of texts.
    #[must_use]
    pub fn text(name: &str) -> Self {
        Self::new(name, ValueKind::Text)
    }

    /// A column of true and false.
    #[must_use]
    pub fn truth(name: &str) -> Self {
        Self::new(name, ValueKind::Truth)
    }

    /// The column with its values from the most to the least important: what [`HitPolicy::Priority`] and
    /// [`HitPolicy::OutputOrder`] go by. With a ranking, every rule's value has to stand in it.
    #[must_use]
    pub fn ranked(self, ranking: impl IntoIterator<Item = impl Into<CellValue>>) -> Self {
        Self { ranking: ranking.into_iter().map(Into::into).collect(), ..self }
    }

    /// The name of the column.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The sort of its values.
    #[must_use]
    pub const fn kind(&self) -> ValueKind {
        self.kind
    }

    /// The values from the most to the least important; empty where they are not ranked.
    #[must_use]
    pub fn ranking(&self) -> &[CellValue] {
        &self.ranking
    }

    /// Where each value stands in the ranking; of a repeated one the first place.
    pub(super) fn places(&self) -> BTreeMap<&CellValue, usize> {
        self.ranking.iter().enumerate().rev().map(|(place, value)| (value, place)).collect()
    }
}

/// A cell of a draft: a typed test, or text that is read when the table is built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CellDraft {
    /// A typed test.
    Typed(CellTest),
    /// Text in the manner of DMN's unary tests.
    Text(String),
}

impl From<CellTest> for CellDraft {
    fn from(test: CellTest) -> Self {
        Self::Typed(test)
    }
}

impl From<&str> for CellDraft {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for CellDraft {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// One row of a table: a test per input and a value per output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRule {
    pub(super) tests: Vec<CellTest>,
    pub(super) outputs: Vec<CellValue>,
    /// The places of the outputs in their rankings.
    pub(super) rank: Vec<usize>,
}

impl TableRule {
    /// The tests in the order of the inputs.
    #[must_use]
    pub fn tests(&self) -> &[CellTest] {
        &self.tests
    }

    /// The values in the order of the outputs.
    #[must_use]
    pub fn outputs(&self) -> &[CellValue] {
        &self.outputs
    }
}
