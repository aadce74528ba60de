//! The rules that turn a total into lines.

use super::amount::Amount;
use super::divide::Divide;
use super::limits::{Cap, Floor, Quota};
use super::reserve::Reserve;
use crate::quantity::wire::{wire_fields, wire_variants};
use alloc::string::String;
use rust_decimal::Decimal;

/// A rule and the id by which reasons and conflicts name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NamedRule {
    pub(super) id: String,
    pub(super) rule: Rule,
}

wire_fields!(NamedRule { id, rule });

/// A rule of an [`Allocation`](super::Allocation): an amount for a line, a division, or a bound of lines.
///
/// # Examples
/// ```
/// use marketloop::budget::{Allocation, Rule};
///
/// let rule: Rule = serde_json::from_str(r#"{"take":{"line":"agency","amount":{"percent_of_total":"70"}}}"#)?;
/// let plan = Allocation::draft("100 CNY".parse()?)
///     .rule("agency", rule)
///     .rule("rest", Rule::keep("unallocated"))
///     .check()?;
/// assert_eq!(plan["unallocated"].amount().to_string(), "30.00 CNY");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// An amount for one line.
    Take {
        /// The line.
        line: String,
        /// The amount.
        amount: Amount,
    },
    /// An amount for one line that is released only under its condition.
    Reserve(Reserve),
    /// An amount divided over lines by weights.
    Divide(Divide),
    /// A line for the money that no other rule places.
    Keep {
        /// The line.
        line: String,
    },
    /// The minimum of lines or of a group of lines.
    Floor(Floor),
    /// The maximum of lines or of a group of lines.
    Cap(Cap),
    /// The maximum of each line of a dividing rule, so that enough remains when the largest fails.
    Concentration {
        /// The id of the dividing rule.
        of: String,
        /// The percentage that has to remain.
        remains: Decimal,
    },
    /// Fixed shares for groups of lines of a dividing rule.
    Quota(Quota),
}

wire_variants!(Rule {
    "take" => Take { line, amount },
    "reserve" => Reserve(_),
    "divide" => Divide(_),
    "keep" => Keep { line },
    "floor" => Floor(_),
    "cap" => Cap(_),
    "concentration" => Concentration { of, remains: own },
    "quota" => Quota(_),
});

impl Rule {
    /// Gives `line` this amount, taken from what earlier rules have left.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{Allocation, Amount, Rule};
    /// use marketloop::quantity::Money;
    ///
    /// let plan = Allocation::draft(Money::parse("400000 CNY")?)
    ///     .rule("KOC", Rule::take("Xiaohongshu KOC", Money::parse("120000 CNY")?))
    ///     .rule("feed", Rule::take("Douyin feed", Amount::percent(50)))
    ///     .rule("referral", Rule::take("referral", Amount::percent_of_rest(100)))
    ///     .check()?;
    /// assert_eq!(plan["referral"].amount().to_string(), "80,000.00 CNY");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn take(line: impl Into<String>, amount: impl Into<Amount>) -> Self {
        Self::Take { line: line.into(), amount: amount.into() }
    }

    /// Puts on `line` the money that no other rule places: what no rule takes, and what caps keep from the divided
    /// lines.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{Allocation, Cap, Divide, Limit, Rule};
    /// use marketloop::quantity::Money;
    ///
    /// let plan = Allocation::draft(Money::parse("100 CNY")?)
    ///     .rule("main", Divide::by_scores([("search", 1), ("social", 1)]))
    ///     .rule("most", Cap::each(["search", "social"], Limit::percent(35)))
    ///     .rule("keep", Rule::keep("unallocated"))
    ///     .check()?;
    /// assert_eq!(plan["unallocated"].amount().to_string(), "30.00 CNY");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn keep(line: impl Into<String>) -> Self {
        Self::Keep { line: line.into() }
    }

    /// Caps each line of the dividing rule `of`, so that `percent` per cent remain when its largest line fails.
    ///
    /// Each line is capped at `100 - percent` per cent of what the rule has to divide. The base is this amount, not the
    /// sum of the lines in the end: it is known before the division. An elastic reserve of the rule's lines counts as
    /// remaining.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{Allocation, Divide, Rule};
    /// use marketloop::quantity::Money;
    ///
    /// let plan = Allocation::draft(Money::parse("1000 CNY")?)
    ///     .rule("main", Divide::by_percents([("search", 60), ("social", 30), ("live", 10)]))
    ///     .rule("redundancy", Rule::remains("main", 60))
    ///     .check()?;
    /// assert_eq!(plan["search"].explain(), "main set 600; redundancy capped to 400");
    /// # assert_eq!(plan["social"].amount().to_string(), "400.00 CNY");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn remains(of: impl Into<String>, percent: impl Into<Decimal>) -> Self {
        Self::Concentration { of: of.into(), remains: percent.into() }
    }

    /// The name of its kind on the wire.
    pub(super) const fn key(&self) -> &'static str {
        match self {
            Self::Take { .. } => "take",
            Self::Reserve(_) => "reserve",
            Self::Divide(_) => "divide",
            Self::Keep { .. } => "keep",
            Self::Floor(_) => "floor",
            Self::Cap(_) => "cap",
            Self::Concentration { .. } => "concentration",
            Self::Quota(_) => "quota",
        }
    }
}

macro_rules! rule_of {
    ($($kind:ident),*) => {
        $(impl From<$kind> for Rule {
            fn from(rule: $kind) -> Self {
                Self::$kind(rule)
            }
        })*
    };
}
rule_of!(Reserve, Divide, Floor, Cap, Quota);
