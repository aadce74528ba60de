//! The lines of a budget or an allocation, each with what set it.

use super::amount_cause::{AmountCause, explain};
use super::reserve::ReleaseCondition;
use crate::figure::{Cell, Table, Why, beside};
use crate::quantity::wire::serialize_fields;
use crate::quantity::{Money, Ratio};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Index;
use serde::Serialize;

/// A line of a budget or of an [`Allocation`](super::Allocation), with the steps that made its amount.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Line {
    pub(super) name: String,
    pub(super) amount: Money,
    pub(super) why: Why<AmountCause, Ratio>,
    pub(super) parent: Option<String>,
    pub(super) has_parts: bool,
    pub(super) reserve: bool,
    pub(super) purpose: Option<String>,
    pub(super) release: Option<ReleaseCondition>,
}

serialize_fields!(Line {
    name,
    amount,
    why,
    parent: optional,
    has_parts: optional,
    reserve: optional,
    purpose: optional,
    release: optional,
});

impl Line {
    /// The name; a part of a line is named `line/part`. A name may have a `/` of its own (`google / cpc`): ask
    /// [`parent`](Self::parent), not the text, for the line around it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The amount; for a line with parts exactly their sum.
    #[must_use]
    pub const fn amount(&self) -> Money {
        self.amount
    }

    /// The steps that made the amount, exactly, in the currency's main unit. The last ends at the amount.
    #[must_use]
    pub const fn why(&self) -> &Why<AmountCause, Ratio> {
        &self.why
    }

    /// The steps in words: `main set 14,000; pilots capped to 9,000`, `33.34% of 100.01 CNY; rounding +0.0067`.
    #[must_use]
    pub fn explain(&self) -> String {
        explain(&self.why, self.amount.currency())
    }

    /// The exact amount before it was rounded to minor units.
    #[must_use]
    pub fn exact(&self) -> Ratio {
        let before = self.why.steps().rfind(|step| step.cause != AmountCause::Rounding);
        before.map_or(*self.why.value(), |step| step.value)
    }

    /// The name of the line of which this one is a part.
    #[must_use]
    pub fn parent(&self) -> Option<&str> {
        self.parent.as_deref()
    }

    /// Whether a rule divides the line into parts.
    #[must_use]
    pub const fn has_parts(&self) -> bool {
        self.has_parts
    }

    /// The purpose of the money, if the plan states one.
    #[must_use]
    pub fn purpose(&self) -> Option<&str> {
        self.purpose.as_deref()
    }

    /// Whether the line is a reserve that is released only for its purpose.
    #[must_use]
    pub const fn is_reserve(&self) -> bool {
        self.reserve
    }

    /// The condition under which the reserve may be spent, if its rule states one.
    #[must_use]
    pub const fn release(&self) -> Option<&ReleaseCondition> {
        self.release.as_ref()
    }
}

impl fmt::Display for Line {
    /// `podcast 9,000.00 CNY: main set 14,000; pilots capped to 9,000`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.name, self.amount, self.explain())
    }
}

/// The lines of a budget or an allocation in order. `lines["SEM"]` is the line of that name; it panics for a name that is not
/// there, as the maps of the standard library do, and [`get`](Self::get) does not.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Lines(pub(super) Vec<Line>);

impl Lines {
    /// The line of this name, or `None`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Line> {
        self.0.iter().find(|line| line.name == name)
    }

    /// The lines in order.
    pub fn iter(&self) -> core::slice::Iter<'_, Line> {
        self.0.iter()
    }

    /// The number of lines, at least 1.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a budget has at least one line")]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// A row for each line: its amount with the steps that made it, and what it is for.
    #[must_use]
    pub fn table(&self) -> Table {
        self.table_beside(&[])
    }

    /// The table with the names of lines that do not read as one of these rows.
    pub(super) fn table_beside(&self, own: &[&str]) -> Table {
        let mut table = Table::new("line");
        for line in self {
            let name = beside(&line.name, own);
            table.push(&name, "amount", Cell::from(line.amount).because(line.explain()));
            match (line.reserve, line.purpose()) {
                (true, None) => table.push(&name, "for", "reserve"),
                (true, Some(purpose)) => table.push(&name, "for", format!("reserve, {purpose}")),
                (false, Some(purpose)) => table.push(&name, "for", purpose),
                (false, None) => {}
            }
        }
        table
    }
}

impl fmt::Display for Lines {
    /// The [table](Self::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

impl<'a> IntoIterator for &'a Lines {
    type Item = &'a Line;
    type IntoIter = core::slice::Iter<'a, Line>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Index<&str> for Lines {
    type Output = Line;

    /// The line of this name.
    ///
    /// # Panics
    /// When there is no such line, as the maps of the standard library; [`Lines::get`] does not panic.
    #[expect(clippy::panic, reason = "the contract of Index, as for the maps of the standard library")]
    fn index(&self, name: &str) -> &Line {
        self.get(name).unwrap_or_else(|| panic!("the budget has no line {name:?}"))
    }
}
