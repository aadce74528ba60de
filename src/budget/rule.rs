//! The rules that turn a total into lines, as they are written down.

use super::BudgetError;
use crate::quantity::wire::serialize_fields;
use crate::quantity::words::words;
use crate::quantity::{Mix, Money, wire};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A rule and the id by which reasons and conflicts name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedRule {
    /// The id, unique among the rules.
    pub id: String,
    /// What it says.
    pub rule: Rule,
}

/// What a rule says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Rule {
    /// An amount for one line.
    Take(Take),
    /// An amount for one line that is released only under its condition.
    Reserve(Reserve),
    /// An amount divided over lines by weights.
    Divide(Divide),
    /// A line for what no other rule has a place for.
    Keep(Keep),
    /// The least of lines or of a group of lines.
    Floor(Floor),
    /// The most of lines or of a group of lines.
    Cap(Cap),
    /// The most of each line of a dividing rule, so that enough remains when the largest fails.
    Concentration(ConcentrationRule),
    /// The exact shares of groups of lines in what a dividing rule divides.
    Quota(Quota),
}

impl Rule {
    /// The name of its kind on the wire.
    pub(super) const fn key(&self) -> &'static str {
        match self {
            Self::Take(_) => "take",
            Self::Reserve(_) => "reserve",
            Self::Divide(_) => "divide",
            Self::Keep(_) => "keep",
            Self::Floor(_) => "floor",
            Self::Cap(_) => "cap",
            Self::Concentration(_) => "concentration",
            Self::Quota(_) => "quota",
        }
    }
}

/// An amount that a rule takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Amount {
    /// This amount.
    Stated(Money),
    /// A percentage (0 to 100) of the total.
    PercentOfTotal(#[serde(with = "wire::decimal")] Decimal),
    /// A percentage (0 to 100) of what the rules before it have left.
    PercentOfRest(#[serde(with = "wire::decimal")] Decimal),
}

/// A bound that does not depend on the order of the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// This amount.
    Stated(Money),
    /// A percentage (0 to 100) of the total.
    PercentOfTotal(#[serde(with = "wire::decimal")] Decimal),
}

impl Limit {
    /// `percent` (0 to 100) of the total.
    #[must_use]
    pub fn percent(percent: impl Into<Decimal>) -> Self {
        Self::PercentOfTotal(percent.into())
    }
}

impl From<Money> for Limit {
    fn from(amount: Money) -> Self {
        Self::Stated(amount)
    }
}

/// An amount for one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Take {
    /// The line.
    pub line: String,
    /// The amount.
    pub amount: Amount,
}

impl Take {
    /// This amount for `line`.
    #[must_use]
    pub fn amount(line: impl Into<String>, amount: Money) -> Self {
        Self { line: line.into(), amount: Amount::Stated(amount) }
    }

    /// `percent` (0 to 100) of the total for `line`.
    #[must_use]
    pub fn percent(line: impl Into<String>, percent: impl Into<Decimal>) -> Self {
        Self { line: line.into(), amount: Amount::PercentOfTotal(percent.into()) }
    }

    /// `percent` (0 to 100) of what the rules before it have left, for `line`.
    #[must_use]
    pub fn percent_of_rest(line: impl Into<String>, percent: impl Into<Decimal>) -> Self {
        Self { line: line.into(), amount: Amount::PercentOfRest(percent.into()) }
    }
}

/// When a reserve may be spent.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReleaseCondition {
    /// For costs that could not be foreseen, of these causes.
    Unforeseeable {
        /// The causes: technical failure, content changes.
        causes: Vec<String>,
    },
    /// When a metric rises by this much in the named season.
    Uplift {
        /// The metric: CPM.
        metric: String,
        /// By how many per cent it is expected to rise.
        #[serde(with = "wire::decimal")]
        percent: Decimal,
        /// The season or period.
        season: String,
    },
    /// As the text says.
    Stated(String),
}

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

/// How large a reserve is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReserveSize {
    /// An amount, taken before the rest is divided.
    Amount(Amount),
    /// A percentage of what the protected lines have: base * (1 + uplift) is affordable.
    Uplift {
        /// The percentage of the protected lines' sum, 0 or more.
        #[serde(with = "wire::decimal")]
        percent: Decimal,
        /// The protected lines.
        protects: Vec<String>,
    },
}

/// An amount for one line that is released only under its condition.
///
/// An elastic reserve ([`Reserve::uplift`]) is `u * sum of the protected lines`, exactly, before the rounding. Where
/// the protected lines are parts of one dividing rule, it comes out of what that rule divides: line and reserve
/// together count `(1 + u)` times the line's weight. Where they are lines that earlier rules set, it is taken off the
/// rest.
///
/// # Examples
/// ```
/// use marketloop::budget::{Budget, Divide, ReleaseCondition, Reserve};
/// use marketloop::quantity::Money;
///
/// // Search may cost 30 % more in the season: 40 * 1.3 + 60 = 112 parts.
/// let season = ReleaseCondition::Uplift {
///     metric: "CPM".into(),
///     percent: 30.into(),
///     season: "November".into(),
/// };
/// let budget = Budget::of(Money::parse("112000 CNY")?)
///     .rule("main", Divide::by_percents([("search", 40), ("social", 60)]))
///     .rule("peak", Reserve::uplift(30, ["search"]).with_release(season))
///     .allocate()?;
/// assert_eq!(budget["search"].amount().to_string(), "40,000.00 CNY");
/// assert_eq!(budget["peak"].to_string(), "peak 12,000.00 CNY: peak set 12,000");
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reserve {
    /// The line; without one the rule's id.
    #[serde(default)]
    pub line: Option<String>,
    /// How large it is.
    pub size: ReserveSize,
    /// What it is for.
    #[serde(default)]
    pub purpose: Option<String>,
    /// When it may be spent.
    #[serde(default)]
    pub release: Option<ReleaseCondition>,
}

serialize_fields!(Reserve { line: optional, size, purpose: optional, release: optional });

impl Reserve {
    /// A reserve of this amount.
    #[must_use]
    pub const fn amount(amount: Money) -> Self {
        Self::of(ReserveSize::Amount(Amount::Stated(amount)))
    }

    /// A reserve of `percent` (0 to 100) of the total.
    #[must_use]
    pub fn percent(percent: impl Into<Decimal>) -> Self {
        Self::of(ReserveSize::Amount(Amount::PercentOfTotal(percent.into())))
    }

    /// A reserve of `percent` of what the protected lines have.
    #[must_use]
    pub fn uplift<N: Into<String>>(
        percent: impl Into<Decimal>,
        protects: impl IntoIterator<Item = N>,
    ) -> Self {
        Self::of(ReserveSize::Uplift { percent: percent.into(), protects: names(protects) })
    }

    /// A reserve of this size, its line named as the rule.
    #[must_use]
    pub const fn of(size: ReserveSize) -> Self {
        Self { line: None, size, purpose: None, release: None }
    }

    /// The same reserve on this line.
    #[must_use]
    pub fn with_line(self, line: impl Into<String>) -> Self {
        Self { line: Some(line.into()), ..self }
    }

    /// The same reserve for this purpose.
    #[must_use]
    pub fn with_purpose(self, purpose: impl Into<String>) -> Self {
        Self { purpose: Some(purpose.into()), ..self }
    }

    /// The same reserve, released under this condition.
    #[must_use]
    pub fn with_release(self, release: ReleaseCondition) -> Self {
        Self { release: Some(release), ..self }
    }
}

/// What the weights of a dividing rule are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WeightBasis {
    /// Percentages that add up to 100.
    Percent,
    /// Scores of 0 or more.
    Score,
    /// Returns on investment; a line without a positive one gets nothing but its floor.
    ReturnOnInvestment,
}

words!(
    WeightBasis, BudgetError:
    Percent = "percent",
    Score = "score",
    ReturnOnInvestment = "return_on_investment"
);

/// A line and its weight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeightedLine {
    /// The line.
    pub line: String,
    /// The weight.
    #[serde(with = "wire::decimal")]
    pub weight: Decimal,
}

/// An amount divided over lines by weights, as far as floors and caps allow it.
///
/// # Examples
/// ```
/// use marketloop::budget::{Budget, Divide};
/// use marketloop::quantity::Money;
/// use rust_decimal::dec;
///
/// let budget = Budget::of(Money::parse("900 CNY")?)
///     .rule("roi", Divide::by_roi([("search", dec!(3)), ("social", dec!(1.5)), ("print", dec!(-0.2))]))
///     .rule("words", Divide::by_percents([("brand", 25), ("generic", 75)]).within("search"))
///     .allocate()?;
/// assert_eq!(budget["search/generic"].amount().to_string(), "450.00 CNY");
/// assert_eq!(budget["print"].explain(), "roi set 0, its return is not above 0");
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Divide {
    /// The amount; without one all that the rules before it have left. Not for the parts of a line.
    #[serde(default)]
    pub amount: Option<Amount>,
    /// The line whose amount is divided, into lines named `line/part`; without one a part of the total is.
    #[serde(default)]
    pub within: Option<String>,
    /// What the weights are.
    pub by: WeightBasis,
    /// The lines and their weights.
    pub parts: Vec<WeightedLine>,
}

serialize_fields!(Divide { amount: optional, within: optional, by, parts });

impl Divide {
    /// All that is left, by the shares of a mix.
    #[must_use]
    pub fn by_mix<N: Into<String> + Clone>(mix: &Mix<N>) -> Self {
        let shares = mix.iter().map(|(line, share)| {
            // A share times 100 has two decimals less: it is always exact.
            let percent = crate::quantity::multiply(share.value(), Decimal::ONE_HUNDRED);
            (line.clone(), percent.unwrap_or_default().normalize())
        });
        Self::by_percents(shares)
    }

    /// All that is left, by percentages that add up to 100.
    #[must_use]
    pub fn by_percents<N: Into<String>, P: Into<Decimal>>(parts: impl IntoIterator<Item = (N, P)>) -> Self {
        Self::by(WeightBasis::Percent, parts)
    }

    /// All that is left, in proportion to scores of 0 or more.
    #[must_use]
    pub fn by_scores<N: Into<String>, P: Into<Decimal>>(parts: impl IntoIterator<Item = (N, P)>) -> Self {
        Self::by(WeightBasis::Score, parts)
    }

    /// All that is left, in proportion to the return on investment; nothing where that is not above 0.
    #[must_use]
    pub fn by_roi<N: Into<String>, P: Into<Decimal>>(parts: impl IntoIterator<Item = (N, P)>) -> Self {
        Self::by(WeightBasis::ReturnOnInvestment, parts)
    }

    fn by<N: Into<String>, P: Into<Decimal>>(
        by: WeightBasis,
        parts: impl IntoIterator<Item = (N, P)>,
    ) -> Self {
        let part = |(line, weight): (N, P)| WeightedLine { line: line.into(), weight: weight.into() };
        Self { amount: None, within: None, by, parts: parts.into_iter().map(part).collect() }
    }

    /// The same division of this amount.
    #[must_use]
    pub fn of(self, amount: Amount) -> Self {
        Self { amount: Some(amount), ..self }
    }

    /// The same division of what `line` has.
    #[must_use]
    pub fn within(self, line: impl Into<String>) -> Self {
        Self { within: Some(line.into()), ..self }
    }
}

/// A line for what no other rule has a place for: what is left, and what caps leave over of a divided rest.
///
/// # Examples
/// ```
/// use marketloop::budget::{Budget, Keep, Take};
/// use marketloop::quantity::Money;
///
/// let budget = Budget::of(Money::parse("100 CNY")?)
///     .rule("fair", Take::percent("fair", 70))
///     .rule("keep", Keep::on("unallocated"))
///     .allocate()?;
/// assert_eq!(budget["unallocated"].amount().to_string(), "30.00 CNY");
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keep {
    /// The line.
    pub line: String,
}

impl Keep {
    /// What is left over is kept on `line`.
    #[must_use]
    pub fn on(line: impl Into<String>) -> Self {
        Self { line: line.into() }
    }
}

/// Which lines a bound is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Each of these lines by itself.
    Each(Vec<String>),
    /// What these lines have together.
    Group(Vec<String>),
}

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
            #[must_use]
            pub fn line(line: impl Into<String>, amount: impl Into<Limit>) -> Self {
                Self::each([line], amount)
            }

            #[doc = concat!($what, " of each of `lines` by itself.")]
            #[must_use]
            pub fn each<N: Into<String>>(
                lines: impl IntoIterator<Item = N>,
                amount: impl Into<Limit>,
            ) -> Self {
                Self { lines: Scope::Each(names(lines)), amount: amount.into() }
            }

            #[doc = concat!($what, " of `lines` together.")]
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
    /// The least of lines or of a group of lines.
    Floor,
    "The least"
);
bound!(
    /// The most of lines or of a group of lines: pilots take at most 10 % together.
    Cap,
    "The most"
);

/// The most of each line of a dividing rule: when the largest line fails, `remains` per cent remain.
///
/// Each line is capped at `100 - remains` per cent of what the rule has to divide. That amount, and not what the
/// lines come to in the end, is the base: it is known before the division. An elastic reserve of the rule's lines
/// counts as what remains.
///
/// # Examples
/// ```
/// use marketloop::budget::{Budget, ConcentrationRule, Divide};
/// use marketloop::quantity::Money;
///
/// let budget = Budget::of(Money::parse("1000 CNY")?)
///     .rule("main", Divide::by_percents([("search", 60), ("social", 30), ("live", 10)]))
///     .rule("redundancy", ConcentrationRule::remains("main", 60))
///     .allocate()?;
/// assert_eq!(budget["search"].explain(), "main set 600; redundancy capped to 400");
/// # assert_eq!(budget["social"].amount().to_string(), "400.00 CNY");
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConcentrationRule {
    /// The id of the dividing rule.
    pub of: String,
    /// The percentage that has to remain.
    #[serde(with = "wire::decimal")]
    pub remains: Decimal,
}

impl ConcentrationRule {
    /// When the largest line of the rule `of` fails, `remains` per cent remain.
    #[must_use]
    pub fn remains(of: impl Into<String>, remains: impl Into<Decimal>) -> Self {
        Self { of: of.into(), remains: remains.into() }
    }
}

/// A group of lines with its percentage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuotaGroup {
    /// The percentage of what the rule has to divide.
    #[serde(with = "wire::decimal")]
    pub percent: Decimal,
    /// The lines.
    pub lines: Vec<String>,
}

/// The exact shares of groups of lines in what a dividing rule has to divide: own 60 %, partners 40 %.
///
/// The groups hold every line of the rule once, and their percentages add up to 100. Within a group the weights
/// divide.
///
/// # Examples
/// ```
/// use marketloop::budget::{Budget, Divide, Quota};
/// use marketloop::quantity::Money;
///
/// let budget = Budget::of(Money::parse("1000 CNY")?)
///     .rule("score", Divide::by_scores([("site", 1), ("app", 1), ("media", 5), ("KOL", 1)]))
///     .rule("reach", Quota::of("score").group(60, ["site", "app"]).group(40, ["media", "KOL"]))
///     .allocate()?;
/// assert_eq!(budget["site"].explain(), "score set 125; reach fixed to 300");
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    /// The id of the dividing rule.
    pub of: String,
    /// The groups.
    pub groups: Vec<QuotaGroup>,
}

impl Quota {
    /// A quota of the rule `of`, to be filled with groups.
    #[must_use]
    pub fn of(of: impl Into<String>) -> Self {
        Self { of: of.into(), groups: Vec::new() }
    }

    /// The quota with a group that has `percent` of what the rule divides.
    #[must_use]
    pub fn group<N: Into<String>>(
        mut self,
        percent: impl Into<Decimal>,
        lines: impl IntoIterator<Item = N>,
    ) -> Self {
        self.groups.push(QuotaGroup { percent: percent.into(), lines: names(lines) });
        self
    }
}

fn names<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Vec<String> {
    names.into_iter().map(Into::into).collect()
}

macro_rules! rule_of {
    ($($kind:ident: $type:ty),*) => {
        $(impl From<$type> for Rule {
            fn from(rule: $type) -> Self {
                Self::$kind(rule)
            }
        })*
    };
}
rule_of!(
    Take: Take, Reserve: Reserve, Divide: Divide, Keep: Keep, Floor: Floor, Cap: Cap,
    Concentration: ConcentrationRule, Quota: Quota
);
