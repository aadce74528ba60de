//! A review moves money: lines release by a decision table, others receive by weights.

use super::release_table::ReleaseTable;
use super::{BudgetError, Line};
use crate::decision::CellValue;
use crate::quantity::wire::{WireDecimal, serialize_fields};
use crate::quantity::words::words;
use crate::quantity::{Mix, Money, Rounding};
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A line at a review: what it holds, what of it has to stay, and what is known about it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// The line's name, unique in its list.
    pub line: String,
    /// What the line holds.
    pub amount: Money,
    /// What cannot be released: spent, committed, under contract. Nothing where it is not stated.
    #[serde(default)]
    pub locked: Option<Money>,
    /// What the release table asks for, by the names of its inputs.
    #[serde(default, deserialize_with = "crate::quantity::wire::map::deserialize")]
    pub facts: BTreeMap<String, CellValue>,
}

serialize_fields!(Position { line, amount, locked: optional, facts: optional });

impl Position {
    /// A line with this amount, nothing of it locked, nothing known.
    #[must_use]
    pub fn new(line: impl Into<String>, amount: Money) -> Self {
        Self { line: line.into(), amount, locked: None, facts: BTreeMap::new() }
    }

    /// The line of a budget, nothing of it locked, nothing known.
    #[must_use]
    pub fn of(line: &Line) -> Self {
        Self::new(line.name(), line.amount())
    }

    /// The same with an amount that cannot be released.
    #[must_use]
    pub fn with_locked(self, locked: Money) -> Self {
        Self { locked: Some(locked), ..self }
    }

    /// The same with a fact, in place of an earlier one of this name.
    #[must_use]
    pub fn with_fact(mut self, name: impl Into<String>, value: impl Into<CellValue>) -> Self {
        self.facts.insert(name.into(), value.into());
        self
    }
}

/// A line that may receive money. A line that a rule tells to release receives none, whatever its weight and even
/// where all of it is locked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    /// The name of a position, or of a new line.
    pub line: String,
    /// The weight, 0 or more: a return on investment, a score, a share of a mix.
    #[serde(with = "crate::quantity::wire::decimal")]
    pub weight: Decimal,
    /// The most that the line may hold afterwards.
    #[serde(default)]
    pub cap: Option<Money>,
}

serialize_fields!(Recipient { line, weight => WireDecimal(*weight), cap: optional });

impl Recipient {
    /// A line of this weight without a cap.
    #[must_use]
    pub fn new(line: impl Into<String>, weight: impl Into<Decimal>) -> Self {
        Self { line: line.into(), weight: weight.into(), cap: None }
    }

    /// The same with the most that the line may hold afterwards.
    #[must_use]
    pub fn with_cap(self, cap: Money) -> Self {
        Self { cap: Some(cap), ..self }
    }

    /// A recipient per part of a mix, weighted by its share.
    #[must_use]
    pub fn of_mix<K: fmt::Display>(mix: &Mix<K>) -> Vec<Self> {
        mix.iter().map(|(key, share)| Self::new(key.to_string(), share.value())).collect()
    }
}

/// Where money is: in a line, or with somebody outside of the lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A line of the review.
    Line(String),
    /// An owner outside: the department's budget, the marketing committee.
    Owner(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Line(name) | Self::Owner(name)) = self;
        f.pad(name)
    }
}

/// What the limit on overspending holds for when money is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OverspendLimit {
    /// The new total of the lines against the old one.
    #[default]
    Total,
    /// Every recipient against what it held; a line that held nothing receives nothing. What is returned to a line
    /// is no part of this.
    EachLine,
}

words!(OverspendLimit, BudgetError: Total = "total", EachLine = "each_line");

/// Money that comes in from outside, within a limit on overspending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TopUp {
    /// Who gives it; what the limit does not let in stays there.
    pub from: String,
    /// The amount, 0 or more.
    pub amount: Money,
    /// The overspending that is allowed, in percent of what was held before.
    #[serde(with = "crate::quantity::wire::decimal")]
    pub overspending_percent: Decimal,
    /// What the limit holds for.
    #[serde(default)]
    pub guard: OverspendLimit,
}

/// A review as it is written down, not checked yet.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReallocationDraft {
    /// The lines as they stand.
    pub positions: Vec<Position>,
    /// How much a line releases.
    pub release: ReleaseTable,
    /// How a released percentage becomes whole minor units.
    pub rounding: Rounding,
    /// Who receives.
    #[serde(default)]
    pub recipients: Vec<Recipient>,
    /// Where released money goes that nobody can take. A line here is not asked to release.
    pub return_to: Place,
    /// Money from outside.
    #[serde(default)]
    pub added: Option<TopUp>,
}

serialize_fields!(ReallocationDraft { positions, release, rounding, recipients, return_to, added: optional });

impl ReallocationDraft {
    /// The draft with a line as it stands.
    #[must_use]
    pub fn position(mut self, position: Position) -> Self {
        self.positions.push(position);
        self
    }

    /// The draft with somebody who receives.
    #[must_use]
    pub fn recipient(mut self, recipient: Recipient) -> Self {
        self.recipients.push(recipient);
        self
    }

    /// The draft with money from outside.
    #[must_use]
    pub fn with_added(self, added: TopUp) -> Self {
        Self { added: Some(added), ..self }
    }
}
