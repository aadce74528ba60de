//! Bounds of lines and of groups of lines.

use super::amount::Limit;
use crate::quantity::wire::{wire_fields, wire_variants};
use alloc::string::String;
use alloc::vec::Vec;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The lines that a bound applies to.
///
/// ```
/// # use marketloop::budget::Scope;
/// let json = r#"{"group":["SEM","social"]}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Scope>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Each of these lines by itself.
    Each(Vec<String>),
    /// The sum of these lines.
    Group(Vec<String>),
}

wire_variants!(Scope {
    "each" => Each(_),
    "group" => Group(_),
});

macro_rules! bound {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// The lines.
            pub lines: Scope,
            /// The bound.
            pub amount: Limit,
        }

        impl $name {
            #[doc = concat!($what, " of `line`.")]
            ///
            /// # Examples
            /// ```
            #[doc = concat!("use marketloop::budget::{Allocation, Divide, Limit, ", stringify!($name), "};")]
            ///
            #[doc = concat!("let rule = ", stringify!($name), "::line(\"a\", Limit::percent(50));")]
            /// let main = Divide::by_scores([("a", 1), ("b", 1)]);
            /// let plan = Allocation::draft("100 CNY".parse()?).rule("main", main).rule("half", rule).check()?;
            /// assert_eq!(plan["b"].amount().to_string(), "50.00 CNY");
            /// # Ok::<(), marketloop::Error>(())
            /// ```
            #[must_use]
            pub fn line(line: impl Into<String>, amount: impl Into<Limit>) -> Self {
                Self::each([line], amount)
            }

            #[doc = concat!($what, " of each of `lines` by itself.")]
            ///
            /// # Examples
            /// ```
            #[doc = concat!("use marketloop::budget::{Allocation, Divide, Limit, ", stringify!($name), "};")]
            ///
            #[doc = concat!("let rule = ", stringify!($name), "::each([\"a\", \"b\"], Limit::percent(50));")]
            /// let main = Divide::by_scores([("a", 1), ("b", 1)]);
            /// let plan = Allocation::draft("100 CNY".parse()?).rule("main", main).rule("half", rule).check()?;
            /// assert_eq!(plan["b"].amount().to_string(), "50.00 CNY");
            /// # Ok::<(), marketloop::Error>(())
            /// ```
            #[must_use]
            pub fn each<N: Into<String>>(
                lines: impl IntoIterator<Item = N>,
                amount: impl Into<Limit>,
            ) -> Self {
                Self { lines: Scope::Each(names(lines)), amount: amount.into() }
            }

            #[doc = concat!($what, " of `lines` together.")]
            ///
            /// # Examples
            /// ```
            #[doc = concat!("use marketloop::budget::{Allocation, Divide, Limit, ", stringify!($name), "};")]
            ///
            #[doc = concat!("let rule = ", stringify!($name), "::group([\"a\", \"b\"], Limit::percent(100));")]
            /// let main = Divide::by_scores([("a", 1), ("b", 1)]);
            /// let plan = Allocation::draft("100 CNY".parse()?).rule("main", main).rule("half", rule).check()?;
            /// assert_eq!(plan["b"].amount().to_string(), "50.00 CNY");
            /// # Ok::<(), marketloop::Error>(())
            /// ```
            #[must_use]
            pub fn group<N: Into<String>>(
                lines: impl IntoIterator<Item = N>,
                amount: impl Into<Limit>,
            ) -> Self {
                Self { lines: Scope::Group(names(lines)), amount: amount.into() }
            }
        }
    };
}

bound!(
    /// The minimum of lines or of a group of lines.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{Allocation, Divide, Floor, Limit};
    /// use marketloop::quantity::Money;
    ///
    /// let plan = Allocation::draft(Money::parse("1000 CNY")?)
    ///     .rule("main", Divide::by_percents([("search", 80), ("social", 15), ("live", 5)]))
    ///     .rule("contract", Floor::line("live", Money::parse("100 CNY")?))
    ///     .rule("reach", Floor::group(["social", "live"], Limit::percent(30)))
    ///     .check()?;
    /// assert_eq!(plan["live"].amount().to_string(), "100.00 CNY");
    /// assert_eq!(plan["social"].amount().to_string(), "200.00 CNY");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    Floor,
    "The minimum"
);
bound!(
    /// The maximum of lines or of a group of lines: pilots take at most 10 % together.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{Allocation, Cap, Divide, Limit};
    /// use marketloop::quantity::Money;
    ///
    /// let plan = Allocation::draft(Money::parse("1000 CNY")?)
    ///     .rule("main", Divide::by_percents([("search", 60), ("live", 20), ("podcast", 20)]))
    ///     .rule("pilots", Cap::group(["live", "podcast"], Limit::percent(10)))
    ///     .rule("podcast", Cap::line("podcast", Money::parse("30 CNY")?))
    ///     .check()?;
    /// assert_eq!(plan["search"].amount().to_string(), "900.00 CNY");
    /// assert_eq!(plan["live"].amount().to_string(), "70.00 CNY");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    Cap,
    "The maximum"
);

/// A group of lines with its percentage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct QuotaGroup {
    /// The percentage of what the rule has to divide.
    pub(super) percent: Decimal,
    /// The lines.
    pub(super) lines: Vec<String>,
}

wire_fields!(QuotaGroup { percent: own, lines });

/// Fixed shares for groups of lines of a dividing rule: own channels 60 %, partner channels 40 %.
///
/// The groups contain every line of the rule once, and their percentages add up to 100. Within a group its share is
/// divided by the weights.
///
/// # Examples
/// ```
/// use marketloop::budget::{Allocation, Divide, Quota};
/// use marketloop::quantity::Money;
///
/// let budget = Allocation::draft(Money::parse("1000 CNY")?)
///     .rule("score", Divide::by_scores([("site", 1), ("app", 1), ("media", 5), ("KOL", 1)]))
///     .rule("reach", Quota::of("score").group(60, ["site", "app"]).group(40, ["media", "KOL"]))
///     .check()?;
/// assert_eq!(budget["site"].explain(), "score set 125; reach fixed to 300");
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::budget::Quota;
/// let json = r#"{
///   "of": "events",
///   "groups": [{"percent": "60", "lines": ["fair"]}, {"percent": "40", "lines": ["salon"]}]
/// }"#;
/// let read: Quota = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<Quota>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quota {
    /// The id of the dividing rule.
    pub of: String,
    /// The groups.
    pub(super) groups: Vec<QuotaGroup>,
}

wire_fields!(Quota { of, groups });

impl Quota {
    /// A quota for the dividing rule `of`, without groups yet.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::Quota;
    ///
    /// let reach = Quota::of("main").group(60, ["site", "app"]).group(40, ["media"]);
    /// assert_eq!(reach.groups().count(), 2);
    /// ```
    #[must_use]
    pub fn of(of: impl Into<String>) -> Self {
        Self { of: of.into(), groups: Vec::new() }
    }

    /// Adds a group of lines that gets `percent` of what the rule divides.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{Allocation, Divide, Quota};
    /// use marketloop::quantity::Money;
    ///
    /// let reach = Allocation::draft(Money::parse("1000 CNY")?)
    ///     .rule("mix", Divide::by_percents([("own", 50), ("partner", 50)]))
    ///     .rule("60/40", Quota::of("mix").group(60, ["own"]).group(40, ["partner"]))
    ///     .check()?;
    /// assert_eq!(reach["own"].explain(), "mix set 500; 60/40 fixed to 600");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn group<N: Into<String>>(
        mut self,
        percent: impl Into<Decimal>,
        lines: impl IntoIterator<Item = N>,
    ) -> Self {
        self.groups.push(QuotaGroup { percent: percent.into(), lines: names(lines) });
        self
    }

    /// The percentages of the groups and their lines.
    pub fn groups(&self) -> impl Iterator<Item = (Decimal, &[String])> {
        self.groups.iter().map(|group| (group.percent, group.lines.as_slice()))
    }
}

pub(super) fn names<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Vec<String> {
    names.into_iter().map(Into::into).collect()
}
