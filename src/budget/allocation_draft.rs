//! A total and its rules, as they are written down.

use super::Budget;
use super::rule::{NamedRule, Rule};
use crate::quantity::Money;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A total and the rules that turn it into lines, as they are written down, not checked yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllocationDraft {
    /// The total.
    pub total: Money,
    /// The rules in order.
    pub rules: Vec<NamedRule>,
}

impl Budget {
    /// A total to be turned into lines by rules.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{Budget, Cap, Divide, Limit, Reserve};
    /// use marketloop::quantity::{Mix, Money};
    ///
    /// let mix = Mix::from_percents([("video", 50), ("search", 30), ("live", 10), ("podcast", 10)])?;
    /// let budget = Budget::of(Money::parse("100000 CNY")?)
    ///     .rule("contingency", Reserve::percent(10).with_purpose("only for unforeseeable costs"))
    ///     .rule("pilots", Cap::group(["live", "podcast"], Limit::percent(10)))
    ///     .rule("main", Divide::by_mix(&mix))
    ///     .allocate()?;
    /// assert_eq!(budget["podcast"].explain(), "main set 9,000; pilots capped to 5,000");
    /// assert_eq!(budget["video"].explain(), "main set 45,000; main shifted to 50,000");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn of(total: Money) -> AllocationDraft {
        AllocationDraft { total, rules: Vec::new() }
    }
}

impl AllocationDraft {
    /// The draft with one more rule.
    #[must_use]
    pub fn rule(mut self, id: impl Into<String>, rule: impl Into<Rule>) -> Self {
        self.rules.push(NamedRule { id: id.into(), rule: rule.into() });
        self
    }
}
