//! The draft of an allocation: a total and its rules.

use super::rule::{NamedRule, Rule};
use crate::quantity::Money;
use crate::quantity::wire::wire_fields;
use alloc::string::String;
use alloc::vec::Vec;

/// A total and the rules that turn it into lines, not checked yet: [`Allocation::draft`](super::Allocation::draft).
///
/// # Examples
/// ```
/// use marketloop::budget::AllocationDraft;
///
/// let draft: AllocationDraft = serde_json::from_str(
///     r#"{"total":"900 CNY","rules":[{"id":"main","rule":{"divide":{"by":"score","parts":[{"line":"SEM","weight":2}]}}}]}"#,
/// )?;
/// assert_eq!(draft.check()?["SEM"].explain(), "main set 900");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllocationDraft {
    pub(super) total: Money,
    pub(super) rules: Vec<NamedRule>,
}

wire_fields!(AllocationDraft { total, rules });

impl AllocationDraft {
    /// Adds a rule under its id. Amounts are taken in the order of the rules; for bounds it does not matter.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{Allocation, Divide, Reserve};
    /// use marketloop::quantity::Money;
    ///
    /// let plan = Allocation::draft(Money::parse("500 CNY")?)
    ///     .rule("contingency", Reserve::percent(10))
    ///     .rule("main", Divide::by_percents([("search", 60), ("social", 40)]))
    ///     .check()?;
    /// assert_eq!(plan["search"].to_string(), "search 270.00 CNY: main set 270");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn rule(mut self, id: impl Into<String>, rule: impl Into<Rule>) -> Self {
        self.rules.push(NamedRule { id: id.into(), rule: rule.into() });
        self
    }

    /// The total.
    #[must_use]
    pub const fn total(&self) -> Money {
        self.total
    }

    /// The rules in order, each with its id.
    pub fn rules(&self) -> impl Iterator<Item = (&str, &Rule)> {
        self.rules.iter().map(|rule| (rule.id.as_str(), &rule.rule))
    }
}
