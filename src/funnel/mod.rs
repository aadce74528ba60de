//! Funnels: from counts or from events to rates, bottlenecks, comparisons, forecasts and cohorts.
//!
//! A [`Funnel`] is named steps with counts. [`FunnelRules`] turn events, in columns, into [`FunnelCounts`]: the
//! deepest step of each user within a window.
//!
//! ```
//! use marketloop::funnel::{BottleneckRule, Events, Funnel, FunnelRules};
//! use marketloop::quantity::Count;
//! use marketloop::time::Duration;
//!
//! // From counts: the bottleneck, and the counts that a target needs.
//! let july = Funnel::new([("impression", 50_000), ("click", 5_000), ("payment", 200)])?;
//! let narrowest = july.bottleneck(&BottleneckRule::LowestRate)?;
//! assert_eq!(narrowest.to_string(), "payment: the lowest rate, 4%");
//! let needed = july.needed_for("payment", Count::new(300))?;
//! assert_eq!(needed.entered().value(), 75_000);
//!
//! // From events: rows of users, times in seconds, and the steps that each row matches.
//! let rules = FunnelRules::new(["visit", "cart", "order"], Duration::from_days(7))?;
//! let (users, times) = ([1, 1, 1, 2], [0, 60, 86_400, 0]);
//! let masks = ["visit", "cart", "order", "visit"].map(|event| rules.mask(event));
//! let counts = rules.count(&Events::new(&users, &times, &masks)?)?;
//! assert_eq!(counts.levels(), [0, 1, 0, 1]);
//! assert_eq!(counts.funnel().end_to_end_rate()?.to_percent(), "50%");
//! # Ok::<(), marketloop::Error>(())
//! ```
//!
//! | case | answer |
//! | --- | --- |
//! | a count above that of the step before | [`FunnelError::Rises`]: each step counts a part of the step before it |
//! | a rate after a step that nobody reached | [`FunnelError::Undefined`] with the figure and the step |
//! | a share of loss where nothing was lost | [`FunnelError::Undefined`] |
//! | a target at or behind a step whose rate is 0 | [`FunnelError::Unreachable`] |
//! | no step below its benchmark | [`FunnelError::NoBottleneck`] |
//! | a bottleneck by so few users that its rate may be that of the next step | [`Bottleneck::beside`] is not distinguishable, and the text says so |
//! | a rate beside one that does not exist | the [`RateDifference`] is undefined, with the step |
//! | rows out of order | [`FunnelError::NotSorted`] with the row |
//! | a user without a step | counted at level 0 |
//! | bits of a mask beyond steps and exclusions | ignored |
//! | the columns lack a property that is held constant or counted by | [`FunnelError::UnknownProperty`] with those they have |
//! | a cohort too young for a figure | [`Figure::Missing`](crate::figure::Figure::Missing) with the period that has to pass |
//!
//! # The contract of chains
//! A chain is a row for each step in the order of the steps, none earlier than the one before it. The time from
//! the first row to the last is at most the window, and a step comes within its maximum time since the step before
//! it; equal is allowed. Rows of one user and time have no order: they are taken in the order by which the chain
//! comes furthest. The [`Matching`] says whether one row, or rows of one time, may be several steps.
//!
//! An exclusion breaks a chain at an event later than the step `after` and earlier than the step `before`; an event
//! at the time of either breaks nothing. A chain that does not reach `before` keeps its steps up to the event, or,
//! under [`Voids::Conversions`], all of them. A user's level is the number of the last step of the furthest chain.
//!
//! # Names and order
//! Stored rules and breakdowns hold the names of properties and values ([`Property`]), not their numbers: they mean
//! the same under another dictionary. No figure depends on the order of rows of one user and time, except under the
//! modes of `windowFunnel` named at [`WindowFunnelModes`]. Where one of several such rows has to be the first, the
//! [sequence](Events::with_sequence) of the source decides; without one, the name of the value ([`SegmentTouch`]) or
//! the number of the condition ([`Pattern`]) does.
//!
//! # Exact and compatible
//! The exact matchings find a chain whenever there is one. Databases mostly keep one candidate for each step, and
//! under some of their modes miss chains: `ClickHouse`'s `strict_increase` lets a later row of a step replace
//! an earlier one even where only the earlier one is before the row of the next step. Use [`Matching::WindowFunnel`]
//! for reports that have to agree with such a database, and an exact matching otherwise. Without modes, under
//! `strict_once`, and under `strict_once+strict_increase` both give the same levels.
//!
//! A longer window never lowers a level, except under `strict_deduplication`: there it can admit a row of a step, and
//! the next row of that step then ends the chain.
//!
//! # Cost
//! One pass over the rows. Of a user one chain for each step is kept; where a step has a maximum time since the step
//! before it, all chains that no other beats in both start and end. A user with an event of an exclusion under
//! [`Voids::Conversions`] takes one more pass for each step `before` of such exclusions that no chain reaches.

mod activity;
mod bottleneck;
mod chain;
mod cohorts;
mod comparison;
mod conversion_times;
mod counts;
mod events;
mod level_counts;
mod levels;
mod matching;
mod order;
mod plain;
mod properties;
mod rate_difference;
mod retained;
mod retention;
mod row_matching;
mod rule_parts;
mod rules;
mod scenario;
mod sequence;
mod window_funnel;
mod window_funnel_once;

pub use activity::{Activity, ActivityCounts, InactivityRules, retention};
pub use bottleneck::{Bottleneck, BottleneckRule};
pub use cohorts::{CohortMatrix, CohortRules};
pub use comparison::explain_segments;
pub use conversion_times::{ConversionTimes, Durations};
pub use counts::Funnel;
pub use events::Events;
pub use level_counts::{Breakdown, FunnelCounts, SegmentTouch};
pub use matching::{Matching, WindowFunnelModes};
pub use properties::Property;
pub use rate_difference::RateDifference;
pub use retained::{Retained, repurchase};
pub use retention::Retention;
pub use rule_parts::{MAX_CONDITIONS, Voids};
pub use rules::{FunnelRules, FunnelRulesDraft};
pub use scenario::FunnelScenario;
pub use sequence::Pattern;

use crate::decompose::DecomposeError;
use crate::error::{Counted, ErrorKind, TooLarge, UnknownWord, excerpt, joined, listed};
use crate::figure::FigureError;
use crate::quantity::{Count, QuantityError, Ratio};
use crate::stats::StatsError;
use crate::time::{Duration, Timestamp};
use alloc::string::String;
use alloc::vec::Vec;

/// Why a funnel was refused or a figure of it does not exist.
#[derive(Debug, Clone, PartialEq, thiserror::Error, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FunnelError {
    /// Fewer than two steps.
    #[error("{}, a funnel has at least 2", Counted(.steps, "step"))]
    TooFewSteps {
        /// How many there are.
        steps: usize,
    },
    /// A step without a name.
    #[error("the name at {index} is empty")]
    EmptyName {
        /// The index of the step.
        index: usize,
    },
    /// Two steps of one name.
    #[error("the step `{step}` stands twice")]
    DuplicateStep {
        /// The name.
        step: String,
    },
    /// A step that the funnel does not have.
    #[error("there is no step `{step}`")]
    UnknownStep {
        /// The name as given.
        step: String,
    },
    /// The first step, into which no transition leads.
    #[error("`{step}` is the first step")]
    FirstStep {
        /// The name.
        step: String,
    },
    /// A step that has more than the one before it.
    #[error("`{step}` has {count}, more than the {before} before it")]
    Rises {
        /// The name of the step.
        step: String,
        /// Its count.
        count: Count,
        /// The count before it.
        before: Count,
    },
    /// A figure whose denominator is 0.
    #[error("the {figure} of `{step}` is undefined: its whole is 0")]
    Undefined {
        /// What was asked for.
        figure: &'static str,
        /// The step.
        step: String,
    },
    /// A rate of a step outside 0..=1.
    #[error("the rate {rate} of `{step}` is outside 0..=1")]
    RateOutOfRange {
        /// The step.
        step: String,
        /// The rate as given.
        rate: Ratio,
    },
    /// The number of benchmarks is not the number of transitions.
    #[error("{} for {}", Counted(.actual, "benchmark"), Counted(.expected, "transition"))]
    BenchmarkCount {
        /// How many transitions there are.
        expected: usize,
        /// How many benchmarks were given.
        actual: usize,
    },
    /// A rule by which no step is the bottleneck.
    #[error("no step is the bottleneck by this rule")]
    NoBottleneck,
    /// A target that no count before it can reach: a rate on the way is 0.
    #[error("{target} at `{step}` cannot be reached: its rate is 0")]
    Unreachable {
        /// The step.
        step: String,
        /// What is wanted there.
        target: Count,
    },
    /// Two funnels of different steps.
    #[error("the steps differ: {} and {}", listed(left), listed(right))]
    OtherSteps {
        /// The steps on the left.
        left: Vec<String>,
        /// The steps on the right.
        right: Vec<String>,
    },
    /// The number of levels is not the number of steps plus 1.
    #[error("{}, {expected} needed", Counted(.actual, "level"))]
    LevelCount {
        /// One more than there are steps.
        expected: usize,
        /// How many there are.
        actual: usize,
    },
    /// More users than can be counted.
    #[error("there are more than 18446744073709551615 users")]
    TooManyUsers,
    /// A segment that stands in a breakdown twice.
    #[error("the segment `{value}` stands twice")]
    DuplicateSegment {
        /// The value of the property, shortened when long.
        value: String,
    },
    /// More steps and exclusions than a mask has bits.
    #[error("{conditions} steps and exclusions, at most {most}")]
    TooManyConditions {
        /// How many there are.
        conditions: usize,
        /// The limit.
        most: usize,
    },
    /// A step that must not be optional: the first, or a bound of an exclusion.
    #[error("the step `{step}` must not be optional")]
    OptionalStep {
        /// The name.
        step: String,
    },
    /// An exclusion without events.
    #[error("exclusion {index} has no events")]
    NoEvents {
        /// The index of the exclusion.
        index: usize,
    },
    /// An exclusion whose step `before` is not behind its step `after`.
    #[error("nothing lies after `{after}` and before `{before}`")]
    EmptyStretch {
        /// The step after which it was to count.
        after: String,
        /// The step before which it was to count.
        before: String,
    },
    /// A rule that does not work with the modes of `windowFunnel`.
    #[error("{rule} and `{modes}` of windowFunnel do not go together")]
    ExactOnly {
        /// The rule.
        rule: &'static str,
        /// The modes.
        modes: WindowFunnelModes,
    },
    /// A mode that `windowFunnel` does not have.
    #[error("`{mode}` is no mode of windowFunnel")]
    UnknownMode {
        /// The mode as given, shortened when long.
        mode: String,
    },
    /// A text that names none of the choices.
    #[error(transparent)]
    UnknownWord(#[from] UnknownWord),
    /// `allow_reentry` without `strict_order`, the mode that it changes.
    #[error("allow_reentry needs strict_order")]
    ReentryWithoutOrder,
    /// A column whose length is not that of the column of users.
    #[error("the column {column} has {}, the users {expected}", Counted(.actual, "row"))]
    ColumnLength {
        /// What the column holds.
        column: &'static str,
        /// The length of the column of users.
        expected: usize,
        /// Its own length.
        actual: usize,
    },
    /// A row before its predecessor in the order of users and times.
    #[error("row {row} is out of the order of users and times")]
    NotSorted {
        /// The index of the row.
        row: usize,
    },
    /// A property that the columns do not have.
    #[error("there is no property `{}` (there is {})", excerpt(property), quoted(known))]
    UnknownProperty {
        /// The name as given.
        property: String,
        /// The names of the properties that they have.
        known: Vec<String>,
    },
    /// A property without a name.
    #[error("a property has no name")]
    EmptyProperty,
    /// Two properties of one name in the same columns.
    #[error("the property `{}` stands twice", excerpt(property))]
    DuplicateProperty {
        /// The name.
        property: String,
    },
    /// A value that a property has twice.
    #[error("`{value}` of the property `{}` stands twice", excerpt(property))]
    DuplicateValue {
        /// The name of the property.
        property: String,
        /// The value, shortened when long.
        value: String,
    },
    /// A value that a property of numbers cannot have.
    #[error("`{value}` is no number of the property `{}`", excerpt(property))]
    UnknownValue {
        /// The name of the property.
        property: String,
        /// The value as given, shortened when long.
        value: String,
    },
    /// More values of a property than can be numbered.
    #[error("the property `{}` has more than 4294967295 values", excerpt(property))]
    TooManyValues {
        /// The name of the property.
        property: String,
    },
    /// A number in a column that stands for no value of the property.
    #[error("row {row}: number {number} of the property `{}`, which has {}", excerpt(property), Counted(.count, "value"))]
    ValueNumber {
        /// The name of the property.
        property: String,
        /// The index of the row.
        row: usize,
        /// The number as given.
        number: u32,
        /// How many values there are, numbered from 0.
        count: usize,
    },
    /// A text that is not a pattern.
    #[error("`{pattern}` is not a pattern: {reason} at {position}")]
    Pattern {
        /// The text as given, shortened when long.
        pattern: String,
        /// The byte at which the fault is, from 0.
        position: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A bracket that ends before it begins.
    #[error("the bracket from {from} to {to} is empty")]
    EmptyBracket {
        /// The first period.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        from: u64,
        /// The last period.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        to: u64,
    },
    /// A row after the last period that was observed.
    #[error("row {row} is after the last period {last}")]
    AfterLast {
        /// The index of the row.
        row: usize,
        /// The last period.
        last: i64,
    },
    /// A period in which no cohort began.
    #[error("no cohort began in {cohort}")]
    UnknownCohort {
        /// The period as given.
        cohort: i64,
    },
    /// A bracket that the rules do not have.
    #[error("bracket {number} of {count}")]
    UnknownBracket {
        /// The number as given.
        number: usize,
        /// How many there are.
        count: usize,
    },
    /// A period of cohorts whose length is 0.
    #[error("a period of cohorts has no time")]
    EmptyPeriod,
    /// A share of an empty group.
    #[error("a share of a group of 0 is undefined")]
    EmptyGroup,
    /// A cohort that stands twice.
    #[error("the cohort {cohort} stands twice")]
    DuplicateCohort {
        /// The period in which it began.
        cohort: i64,
    },
    /// An impossible count of a cohort, such as more active users than the cohort has.
    #[error("{what} of cohort {cohort} is impossible")]
    CohortCount {
        /// The period in which it began.
        cohort: i64,
        /// Which figure.
        what: &'static str,
    },
    /// Two matrices of different rules.
    #[error("the rules of the cohorts differ")]
    OtherRules,
    /// Ages of inactivity that do not rise from 0.
    #[error("silent after {silent_after} and dormant after {dormant_after} do not rise from 0")]
    InactivityOrder {
        /// The age of the last interaction from which a user is silent.
        silent_after: Duration,
        /// The age of the last interaction from which a user is dormant.
        dormant_after: Duration,
    },
    /// An interaction after the moment for which the activity was asked.
    #[error("the interaction at {time} is after {now}")]
    Future {
        /// When it was.
        time: Timestamp,
        /// The moment that was asked for.
        now: Timestamp,
    },
    /// More users came back than the group has.
    #[error("{retained} came back, of {of}")]
    MoreRetained {
        /// How many the group has.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        of: u64,
        /// How many came back.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        retained: u64,
    },
    /// A figure that is missing or undefined.
    #[error(transparent)]
    Figure(#[from] FigureError),
    /// The exact result does not fit the number type.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
    /// The result would be larger than its limit.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
    /// An interval or a quantile that does not exist.
    #[error(transparent)]
    Stats(#[from] StatsError),
    /// A change that could not be explained.
    #[error(transparent)]
    Decompose(#[from] DecomposeError),
}

/// The names in backticks; `none` for an empty list.
fn quoted(names: &[String]) -> String {
    if names.is_empty() {
        return "none".into();
    }
    joined(names.iter().map(|name| alloc::format!("`{}`", excerpt(name))))
}

crate::error::fault!(FunnelError);

impl FunnelError {
    /// The kind of the fault.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::UnknownMode { .. } | Self::UnknownWord(_) | Self::Pattern { .. } => ErrorKind::Syntax,
            Self::UnknownStep { .. }
            | Self::UnknownProperty { .. }
            | Self::UnknownValue { .. }
            | Self::UnknownCohort { .. }
            | Self::UnknownBracket { .. } => ErrorKind::NotFound,
            Self::DuplicateStep { .. }
            | Self::DuplicateSegment { .. }
            | Self::DuplicateCohort { .. }
            | Self::DuplicateProperty { .. }
            | Self::DuplicateValue { .. } => ErrorKind::Duplicate,
            Self::TooFewSteps { .. }
            | Self::EmptyName { .. }
            | Self::EmptyProperty
            | Self::EmptyPeriod
            | Self::NoEvents { .. } => ErrorKind::Empty,
            Self::Rises { .. }
            | Self::OptionalStep { .. }
            | Self::EmptyStretch { .. }
            | Self::ExactOnly { .. }
            | Self::ReentryWithoutOrder
            | Self::InactivityOrder { .. }
            | Self::MoreRetained { .. }
            | Self::CohortCount { .. } => ErrorKind::Conflict,
            Self::ValueNumber { .. }
            | Self::BenchmarkCount { .. }
            | Self::LevelCount { .. }
            | Self::OtherSteps { .. }
            | Self::OtherRules
            | Self::ColumnLength { .. } => ErrorKind::Mismatch,
            Self::RateOutOfRange { .. }
            | Self::NotSorted { .. }
            | Self::EmptyBracket { .. }
            | Self::AfterLast { .. }
            | Self::Future { .. } => ErrorKind::OutOfRange,
            Self::FirstStep { .. }
            | Self::Undefined { .. }
            | Self::NoBottleneck
            | Self::Unreachable { .. }
            | Self::EmptyGroup => ErrorKind::Undefined,
            Self::TooLarge(_)
            | Self::TooManyUsers
            | Self::TooManyConditions { .. }
            | Self::TooManyValues { .. } => ErrorKind::Limit,
            Self::Figure(error) => error.kind(),
            Self::Quantity(error) => error.kind(),
            Self::Stats(error) => error.kind(),
            Self::Decompose(error) => error.kind(),
        }
    }
}
