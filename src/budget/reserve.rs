//! Reserves: amounts that are released only under their condition.

use super::amount::Amount;
use super::limits::names;
use crate::quantity::wire::{wire_fields, wire_variants};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;

/// When a reserve may be spent.
///
/// ```
/// # use marketloop::budget::ReleaseCondition;
/// let json = r#"{"unforeseeable":{"causes":["technical failure"]}}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<ReleaseCondition>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReleaseCondition {
    /// For unforeseeable costs of these causes.
    Unforeseeable {
        /// The causes: technical failure, content changes.
        causes: Vec<String>,
    },
    /// When a metric rises by this much in the named season.
    Uplift {
        /// The metric: CPM.
        metric: String,
        /// By how many per cent it is expected to rise.
        percent: Decimal,
        /// The season or period.
        season: String,
    },
    /// Any other condition, as a text.
    Stated(String),
}

wire_variants!(ReleaseCondition {
    "unforeseeable" => Unforeseeable { causes },
    "uplift" => Uplift { metric, percent: own, season },
    "stated" => Stated(_),
});

impl fmt::Display for ReleaseCondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unforeseeable { causes } if causes.is_empty() => {
                f.write_str("for costs that could not be foreseen")
            }
            Self::Unforeseeable { causes } => {
                write!(f, "for costs that could not be foreseen: {}", causes.join(", "))
            }
            Self::Uplift { metric, percent, season } => {
                write!(f, "when {metric} rises by {}% in {season}", percent.normalize())
            }
            Self::Stated(text) => f.write_str(text),
        }
    }
}

/// An amount for one line that is released only under its condition.
///
/// The amount of an elastic reserve ([`Reserve::uplift`]) is `u * sum of the protected lines`, exactly, before
/// rounding. Where the protected lines are parts of one dividing rule, it comes out of what that rule divides: line and
/// reserve together count `(1 + u)` times the line's weight. Where they are lines that earlier rules set, it is taken
/// from what these have left.
///
/// # Examples
/// ```
/// use marketloop::budget::{Allocation, Divide, ReleaseCondition, Reserve};
/// use marketloop::quantity::Money;
///
/// // Search may cost 30 % more in the season: 40 * 1.3 + 60 = 112 parts.
/// let season = ReleaseCondition::Uplift {
///     metric: "CPM".into(),
///     percent: 30.into(),
///     season: "November".into(),
/// };
/// let budget = Allocation::draft(Money::parse("112000 CNY")?)
///     .rule("main", Divide::by_percents([("search", 40), ("social", 60)]))
///     .rule("peak", Reserve::uplift(30, ["search"]).with_release(season))
///     .check()?;
/// assert_eq!(budget["search"].amount().to_string(), "40,000.00 CNY");
/// assert_eq!(budget["peak"].to_string(), "peak 12,000.00 CNY: peak set 12,000");
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::budget::Reserve;
/// let json = r#"{
///   "size": {"amount": {"percent_of_total": "10"}},
///   "purpose": "only for unforeseeable costs",
///   "release": {"unforeseeable": {"causes": ["technical failure"]}}
/// }"#;
/// let read: Reserve = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<Reserve>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[doc(alias = "应急备用")]
#[doc(alias = "contingency")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reserve {
    /// The name of its line; `None` for the rule's id.
    pub line: Option<String>,
    /// The size of the reserve.
    pub(super) size: ReserveSize,
    /// The purpose of the reserve.
    pub purpose: Option<String>,
    /// The condition under which it may be spent.
    pub release: Option<ReleaseCondition>,
}

wire_fields!(Reserve { line: optional, size, purpose: optional, release: optional });

impl Reserve {
    /// A reserve of this amount, taken before the rest is divided. Its line has the rule's id as name.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{Allocation, Amount, Divide, Reserve};
    /// use marketloop::quantity::Money;
    ///
    /// let plan = Allocation::draft(Money::parse("1000 CNY")?)
    ///     .rule("contingency", Reserve::amount(Money::parse("100 CNY")?))
    ///     .rule("tests", Reserve::amount(Amount::percent_of_rest(10)))
    ///     .rule("main", Divide::by_scores([("search", 1)]))
    ///     .check()?;
    /// assert_eq!(plan["tests"].amount().to_string(), "90.00 CNY");
    /// assert!(plan["tests"].is_reserve());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn amount(amount: impl Into<Amount>) -> Self {
        Self::of(ReserveSize::Amount(amount.into()))
    }

    /// A reserve of `percent` (0 to 100) of the total.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{Allocation, Divide, Reserve};
    /// use marketloop::quantity::Money;
    ///
    /// let plan = Allocation::draft(Money::parse("1000 CNY")?)
    ///     .rule("contingency", Reserve::percent(10))
    ///     .rule("main", Divide::by_scores([("search", 1)]))
    ///     .check()?;
    /// assert_eq!(plan["contingency"].amount().to_string(), "100.00 CNY");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn percent(percent: impl Into<Decimal>) -> Self {
        Self::amount(Amount::percent(percent))
    }

    /// An elastic reserve of `percent` of the protected lines, so that they can cost that much more.
    ///
    /// # Examples
    /// See [`Reserve`].
    #[must_use]
    pub fn uplift<N: Into<String>>(
        percent: impl Into<Decimal>,
        protects: impl IntoIterator<Item = N>,
    ) -> Self {
        Self::of(ReserveSize::Uplift { percent: percent.into(), protects: names(protects) })
    }

    const fn of(size: ReserveSize) -> Self {
        Self { line: None, size, purpose: None, release: None }
    }

    /// The percentage of an elastic reserve and the lines that it protects; `None` for a reserve with an amount.
    #[must_use]
    pub fn protects(&self) -> Option<(Decimal, &[String])> {
        match &self.size {
            ReserveSize::Amount(_) => None,
            ReserveSize::Uplift { percent, protects } => Some((*percent, protects)),
        }
    }

    /// Names the line of the reserve. By default it has the rule's id as name.
    #[must_use]
    pub fn with_line(self, line: impl Into<String>) -> Self {
        Self { line: Some(line.into()), ..self }
    }

    /// States what the reserve is for.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{Allocation, Divide, Reserve};
    /// use marketloop::quantity::Money;
    ///
    /// let plan = Allocation::draft(Money::parse("1000 CNY")?)
    ///     .rule("10 %", Reserve::percent(10).with_line("contingency").with_purpose("technical failure"))
    ///     .rule("main", Divide::by_scores([("search", 1)]))
    ///     .check()?;
    /// assert_eq!(plan["contingency"].purpose(), Some("technical failure"));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_purpose(self, purpose: impl Into<String>) -> Self {
        Self { purpose: Some(purpose.into()), ..self }
    }

    /// States when the reserve may be spent.
    ///
    /// # Examples
    /// See [`Reserve`].
    #[must_use]
    pub fn with_release(self, release: ReleaseCondition) -> Self {
        Self { release: Some(release), ..self }
    }
}

/// The size of a reserve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ReserveSize {
    /// An amount, taken before the rest is divided.
    Amount(Amount),
    /// A percentage of the protected lines: base * (1 + uplift) is affordable.
    Uplift {
        /// The percentage of the protected lines' sum, 0 or more.
        percent: Decimal,
        /// The protected lines.
        protects: Vec<String>,
    },
}

wire_variants!(ReserveSize {
    "amount" => Amount(_),
    "uplift" => Uplift { percent: own, protects },
});
