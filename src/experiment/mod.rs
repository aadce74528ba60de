//! Experiments: from what each unit did to sums of arms, and from sums to an answer.
//!
//! Units (mostly users) are assigned to arms. [`Units`] are columns of what was counted of each,
//! [`ExperimentMetric`]s say what is measured, and [`ExperimentSums`] are all that has to be kept: whole numbers, which
//! shards and days count and one place merges. The statistics of two samples live in [`stats`](crate::stats).
//!
//! ```
//! use marketloop::experiment::{ExperimentMetric, ExperimentSums, Units};
//!
//! // Six visitors of a landing page, three of each version: orders, and what they paid in fen.
//! let units = Units::new(&[0, 0, 0, 1, 1, 1])
//!     .with_column("bought", &[0, 1, 0, 1, 1, 0])?
//!     .with_column("revenue", &[0, 120_00, 0, 80_00, 60_00, 0])?;
//! let metrics = [ExperimentMetric::proportion("bought"), ExperimentMetric::mean("revenue").with_decimals(2)];
//! let sums = ExperimentSums::of(["old", "new"], metrics, &units)?;
//! assert_eq!(sums.moments("revenue", "new")?.y().mean()?, 46_66.666666666667);
//! # Ok::<(), marketloop::Error>(())
//! ```
//!
//! Who sees what, before anything is counted:
//!
//! ```
//! use marketloop::experiment::Assignment;
//! use marketloop::quantity::Share;
//!
//! let half = Share::percent(50)?;
//! let test = Assignment::new("landing page, July", [("old", half), ("new", half)])?;
//! assert_eq!(test.arm_of("user 17"), Some("new")); // each time, on every machine
//! # Ok::<(), marketloop::Error>(())
//! ```
//!
//! A test that is written down before its first unit says when it is read and by which rule it ends; its record answers each
//! look with a decision, and replays:
//!
//! ```
//! use marketloop::experiment::{ExperimentMetric, ExperimentSums, ExperimentTest, Monitoring};
//! use marketloop::stats::PairedMoments;
//! use marketloop::time::date;
//!
//! let bought = ExperimentMetric::proportion("bought");
//! let test = ExperimentTest::draft("landing page", ["old", "new"], bought.clone(), 20_000)
//!     .with_monitoring(Monitoring::AlwaysValid) // looked at every day
//!     .check()?;
//! let mut record = test.begin(date(2026, 8, 3)?);
//!
//! // From a database: visitors and buyers of each page so far.
//! let counts = |visitors, buyers: u32| PairedMoments::from_sums(visitors, (0, buyers.into()), (0, buyers.into()), 0);
//! let sums = ExperimentSums::from_moments(["old", "new"], [(bought, vec![counts(1_980, 99)?, counts(2_020, 182)?])])?;
//! let decision = record.look(date(2026, 8, 5)?, sums)?;
//! assert_eq!(decision.to_string(), "ship new: bought of new is better, by 0.01306 at least");
//! # Ok::<(), marketloop::Error>(())
//! ```
//!
//! Before a decision is believed: [`SegmentEffects`] says whether segments agree with the whole, [`DayEffects`] whether the
//! effect fades. Titles that share their readers by what they brought so far are [`stats::BestArm`](crate::stats::BestArm)'s,
//! what the best of many are worth [`stats::BestShare`](crate::stats::BestShare)'s.
//!
//! Tests that must not meet stand in one [`Layer`]. How many units a test takes [`ExperimentSums`] of a pilot say
//! ([`size_for_lift`](ExperimentSums::size_for_lift)), how long [`TestTraffic`], and whether it is worth it [`TestValue`].
//!
//! Where nobody was assigned by chance:
//!
//! | you have | begin with |
//! | --- | --- |
//! | several treated units and several without | [`DifferenceInDifferences`] |
//! | one treated series, one series of control markets | [`TimeBasedRegression`] |
//! | one treated unit, many without, none alike | [`SyntheticControl`] |
//!
//! All of them need periods before the start, and a control that the campaign does not reach. Whether the control fits
//! shows before the start: a slope that differs, an error of the fit, and the effect of a start that never was
//! (`placebo_in_time`). An effect is an [`EffectEstimate`](crate::stats::EffectEstimate): its p-value, its interval, and
//! what it is [per unit spent](crate::stats::EffectEstimate::per). What cannot be had is an
//! undefined [`Figure`](crate::figure::Figure) with its cause. No answer is NaN or infinite.
//!
//! ```
//! use marketloop::experiment::DifferenceInDifferences;
//!
//! let treated = [[100.0, 104.0, 130.0, 134.0], [80.0, 82.0, 101.0, 103.0]];
//! let control = [[90.0, 92.0, 95.0, 97.0], [60.0, 64.0, 66.0, 68.0], [70.0, 70.0, 75.0, 75.0]];
//! assert_eq!(DifferenceInDifferences::of(&treated, &control, 2)?.effect(), 20.5);
//! # Ok::<(), marketloop::stats::StatsError>(())
//! ```
//!
//! | case | answer |
//! | --- | --- |
//! | a value of a proportion that is neither 0 nor 1 | [`ExperimentError::NotZeroOrOne`] with the row |
//! | a row whose arm the experiment does not have | [`ExperimentError::ArmOutOfRange`] with the row |
//! | sums of other arms or metrics | [`ExperimentError::OtherExperiment`] |
//! | an arm without units | sums of 0: figures of it are undefined, not 0 |
//! | one unit, or no variance, in both arms | the interval is undefined; a test goes on, and ends inconclusive |
//! | fewer than the least units, or than 10 expected successes or failures | the interval is not read |
//! | a look of a test with one look before its units are there | counted, and nothing read |
//! | a look without new units | no look of a sequential test |
//! | a lift over a control of 0 | undefined; the difference is there |
//! | a record whose sums lead to another action | [`ExperimentError::OtherAction`], with both |
//! | shares of arms, or of tests in a layer, above 1 | [`ExperimentError::SharesAboveOne`] with how much is too much |
//! | an arm that is to have less than it has | [`ExperimentError::ShareFalls`]: its units would go elsewhere |
//! | units that no number of days brings | [`TestDuration::Never`] with those that are reached |
//! | a test that costs more than it is worth at any size | [`TestValue::best`] is 0 units |
//! | a unit in no arm, where shares are below 1 | `None` |
//! | a quantile of too few units for an interval at its level | [`StatsError::TooFewObservations`] with how many are needed |
//! | an exact quantile of more than 65,536 values in an arm | [`ExperimentError::TooManyValues`], never rougher counts |
//! | a segment or a day that one arm does not have | no effect of its own, named with the cause; all of it is mix |
//! | days that are no days | [`ExperimentError::NotADay`] |
//! | from the wire, metrics of one arm that count other units | [`ExperimentError::OtherUnits`] |

mod arm_part;
mod as_float;
mod assignment;
mod comparison;
mod day_effects;
mod decision;
mod difference_in_differences;
mod estimate_rows;
mod guardrail;
mod layer;
mod line;
mod metric;
mod monitoring;
mod nearest_point;
mod possible_sums;
mod quantile;
mod reading;
mod record;
mod sample_ratio;
mod segment_effects;
mod series;
mod size;
mod sums;
mod synthetic_control;
mod tally;
mod test;
mod time_based_regression;
mod traffic;
mod unit_hash;
mod units;
mod value;
mod value_buckets;
mod value_counts;

pub use assignment::Assignment;
pub use day_effects::DayEffects;
pub use decision::{DecisionGround, ExperimentAction, ExperimentDecision};
pub use difference_in_differences::DifferenceInDifferences;
pub use guardrail::Guardrail;
pub use layer::Layer;
pub use metric::{ExperimentMetric, MetricKind};
pub use monitoring::Monitoring;
pub use reading::{ComparisonReading, ExperimentReading, LimitState};
pub use record::ExperimentRecord;
pub use segment_effects::SegmentEffects;
pub use sums::{ExperimentSums, SegmentedSums};
pub use synthetic_control::SyntheticControl;
pub use test::{ExperimentTest, ExperimentTestDraft};
pub use time_based_regression::TimeBasedRegression;
pub use traffic::{DurationStep, TestDuration, TestTraffic, new_shares};
pub use unit_hash::unit_hash;
pub use units::Units;
pub use value::TestValue;

use crate::error::{Counted, ErrorKind, UnknownWord, excerpt, joined, repeated};
use crate::quantity::Share;
use crate::stats::StatsError;
use crate::time::TimeError;
use alloc::string::String;
use alloc::vec::Vec;
use chrono::NaiveDate;
use rust_decimal::Decimal;

/// Why an experiment, its units or its sums were refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ExperimentError {
    /// Fewer than two arms.
    #[error("{}, an experiment has at least 2", Counted(.arms, "arm"))]
    TooFewArms {
        /// How many there are.
        arms: usize,
    },
    /// No arm to be assigned to.
    #[error("an assignment has at least one arm")]
    NoArms,
    /// Nothing is measured.
    #[error("an experiment measures at least one metric")]
    NoMetrics,
    /// A name without a letter.
    #[error("the name of a {what} is empty")]
    EmptyName {
        /// What has no name.
        what: &'static str,
    },
    /// A name that stands twice.
    #[error("the {what} `{}` stands twice", excerpt(name))]
    Duplicate {
        /// What it names.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A name that is not known.
    #[error("there is no {what} `{}` (there is {})", excerpt(name), names(known))]
    Unknown {
        /// What it was to name.
        what: &'static str,
        /// The name as given.
        name: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// More decimals than a whole number has digits.
    #[error("{decimals} decimals, at most 28")]
    TooManyDecimals {
        /// The decimals as given.
        decimals: u32,
    },
    /// Bounds between which no value lies, or of a metric that is 0 or 1.
    #[error("no value counts between {low} and {high}")]
    Bounds {
        /// The lower bound as given.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        low: i64,
        /// The upper bound as given.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        high: i64,
    },
    /// A column whose length is not the number of units.
    #[error("the column `{}` has {}, there are {expected}", excerpt(column), Counted(.actual, "unit"))]
    ColumnLength {
        /// The column.
        column: String,
        /// How many units there are.
        expected: usize,
        /// Its own length.
        actual: usize,
    },
    /// A unit in an arm that the experiment does not have.
    #[error("row {row} is in none of the {}", Counted(.arms, "arm"))]
    ArmOutOfRange {
        /// The row.
        row: usize,
        /// How many arms there are.
        arms: usize,
    },
    /// A unit with a segment that has no name.
    #[error("row {row} is in none of the {}", Counted(.segments, "segment"))]
    SegmentOutOfRange {
        /// The row.
        row: usize,
        /// How many segments have a name.
        segments: usize,
    },
    /// More segments than can be told apart.
    #[error("{} and their arms are too many", Counted(.segments, "segment"))]
    TooManySegments {
        /// How many there are.
        segments: usize,
    },
    /// A value of a proportion that is neither 0 nor 1.
    #[error("row {row} of `{}` is {value}: a unit of a proportion has 0 or 1", excerpt(column))]
    NotZeroOrOne {
        /// The column.
        column: String,
        /// The row.
        row: usize,
        /// The value as given.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        value: i64,
    },
    /// The number of sums is not that of metrics or arms.
    #[error("{} for {expected}", Counted(.actual, "sum"))]
    SumsLength {
        /// How many are needed.
        expected: usize,
        /// How many there are.
        actual: usize,
    },
    /// The number of planned shares is not that of arms.
    #[error("{} for {}", Counted(.actual, "share"), Counted(.expected, "arm"))]
    SharesLength {
        /// How many arms there are.
        expected: usize,
        /// How many shares there are.
        actual: usize,
    },
    /// Sums of a second column where the metric has none.
    #[error("`{}` has no second column, and sums of one", excerpt(metric))]
    NoSecondColumn {
        /// The metric.
        metric: String,
    },
    /// Sums that no zeros and ones have.
    #[error("the sums of `{}` are not those of zeros and ones", excerpt(metric))]
    NoShare {
        /// The metric.
        metric: String,
    },
    /// The share or the error of a quantile outside its range.
    #[error("the {what} of a quantile is {value}, outside {range}")]
    Quantile {
        /// Which of the two.
        what: &'static str,
        /// The value as given.
        value: Share,
        /// What is admitted.
        range: &'static str,
    },
    /// More different values than an exact quantile counts.
    #[error(
        "one arm has more than {limit} values of `{}`: state an error within which to count them",
        excerpt(metric)
    )]
    TooManyValues {
        /// The metric.
        metric: String,
        /// How many there may be.
        limit: usize,
    },
    /// Counts of values that the units of a metric do not have.
    #[error("the counts of values of `{}` are not those of its units", excerpt(metric))]
    NoCounts {
        /// The metric.
        metric: String,
    },
    /// A metric that is no quantile.
    #[error("`{}` is no quantile", excerpt(metric))]
    NoQuantile {
        /// The metric.
        metric: String,
    },
    /// A metric that counts other units of an arm than the first metric does.
    #[error("{} of an arm that has {expected}", Counted(.actual, "unit"))]
    OtherUnits {
        /// The units by the first metric.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        expected: u64,
        /// The units by this one.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        actual: u64,
    },
    /// The control where another arm is asked for: it is not compared with itself.
    #[error("`{}` is the control", excerpt(arm))]
    IsControl {
        /// The arm.
        arm: String,
    },
    /// A quantile where the figures of parts have to add up to that of the whole.
    #[error("`{}` is no mean: quantiles of segments and days do not add up", excerpt(metric))]
    NotAMean {
        /// The metric.
        metric: String,
    },
    /// A segment that had to be a day, in the kind of the others.
    #[error("`{}` is no day: all are dates, such as 2026-07-01, or all whole numbers", excerpt(value))]
    NotADay {
        /// The segment.
        value: String,
    },
    /// Sums of other arms or metrics.
    #[error("the sums are of different arms, metrics or properties")]
    OtherExperiment,
    /// An arm or a test without a share of the units.
    #[error("the {what} `{}` has a share of 0", excerpt(name))]
    NoPart {
        /// What has no share.
        what: &'static str,
        /// Its name; empty where the part has none.
        name: String,
    },
    /// Shares that add up to more than 1.
    #[error("the shares add up to {over} more than 1")]
    SharesAboveOne {
        /// What is too much.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        over: Decimal,
    },
    /// A share that was to become smaller: units that are in an arm would leave it.
    #[error("the share of `{}` cannot fall from {from} to {to}: its units would go elsewhere", excerpt(name))]
    ShareFalls {
        /// The arm or the test.
        name: String,
        /// Its share.
        from: Share,
        /// The share as given.
        to: Share,
    },
    /// A test that is planned for no units.
    #[error("a test without units")]
    NoUnits,
    /// No days, or fewer at most than at least.
    #[error("at least {}{}", Counted(.least, "day"), most.map_or_else(String::new, |most| alloc::format!(", at most {most}")))]
    Days {
        /// The least days.
        least: u32,
        /// The most days.
        most: Option<u32>,
    },
    /// The last planned look is not at the planned units.
    #[error("the last look is at {fraction} of the units, not at 1")]
    LastLook {
        /// The part at which it is planned.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        fraction: f64,
    },
    /// A look on a day on which none can come.
    #[error("a look on {date} is before {earliest}")]
    DateOrder {
        /// The day of the look.
        date: NaiveDate,
        /// The first day that would do.
        earliest: NaiveDate,
    },
    /// A look that counts fewer units of an arm than the one before: looks count from the start on.
    #[error("the arm `{}` had {before} units at the look before, and has {now}", excerpt(arm))]
    FewerUnits {
        /// The arm.
        arm: String,
        /// The units at the look before.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        before: u64,
        /// The units now.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        now: u64,
    },
    /// A look at a test that has ended.
    #[error("the test ended on {date}")]
    Over {
        /// The day of its last look.
        date: NaiveDate,
    },
    /// A record whose sums lead to another decision.
    #[error("the record says {recorded}, its sums say {replayed}")]
    OtherAction {
        /// What the record says.
        recorded: ExperimentAction,
        /// What follows from its sums.
        replayed: ExperimentAction,
    },
    /// A word that is none of its kind.
    #[error(transparent)]
    UnknownWord(#[from] UnknownWord),
    /// A day of a test that brings more new visitors, as a part of all, than the day before.
    #[error("on day {day} a share of {share} is new, after {before} the day before")]
    ShareRises {
        /// The day; the first is 0.
        day: usize,
        /// Its share.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        share: f64,
        /// The share of the day before; 1 before the first.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        before: f64,
    },
    /// Fewer different people within more days.
    #[error("{count} different visitors until day {day}, and {before} until the day before")]
    CountFalls {
        /// The day; the first is 0.
        day: usize,
        /// The people until that day.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        count: u64,
        /// The people until the day before.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        before: u64,
    },
    /// A date that does not exist.
    #[error(transparent)]
    Time(#[from] TimeError),
    /// A statistic that does not exist.
    #[error(transparent)]
    Stats(#[from] StatsError),
}

crate::error::fault!(ExperimentError);

impl ExperimentError {
    /// The kind of the fault.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Stats(error) => error.kind(),
            Self::Time(error) => error.kind(),
            Self::TooFewArms { .. }
            | Self::NoArms
            | Self::NoMetrics
            | Self::EmptyName { .. }
            | Self::NoUnits => ErrorKind::Empty,
            Self::DateOrder { .. } | Self::Over { .. } | Self::Days { .. } => ErrorKind::Conflict,
            Self::Duplicate { .. } => ErrorKind::Duplicate,
            Self::Unknown { .. } => ErrorKind::NotFound,
            Self::TooManySegments { .. } | Self::TooManyValues { .. } => ErrorKind::Limit,
            Self::UnknownWord(_) | Self::NotADay { .. } => ErrorKind::Syntax,
            Self::TooManyDecimals { .. }
            | Self::Bounds { .. }
            | Self::ArmOutOfRange { .. }
            | Self::SegmentOutOfRange { .. }
            | Self::Quantile { .. }
            | Self::IsControl { .. }
            | Self::NotAMean { .. }
            | Self::NotZeroOrOne { .. }
            | Self::NoPart { .. }
            | Self::SharesAboveOne { .. }
            | Self::ShareFalls { .. }
            | Self::LastLook { .. }
            | Self::ShareRises { .. }
            | Self::CountFalls { .. } => ErrorKind::OutOfRange,
            Self::ColumnLength { .. }
            | Self::FewerUnits { .. }
            | Self::OtherAction { .. }
            | Self::SumsLength { .. }
            | Self::SharesLength { .. }
            | Self::NoSecondColumn { .. }
            | Self::NoShare { .. }
            | Self::NoCounts { .. }
            | Self::NoQuantile { .. }
            | Self::OtherUnits { .. }
            | Self::OtherExperiment => ErrorKind::Mismatch,
        }
    }
}

/// Names in an error.
fn names(known: &[String]) -> String {
    joined(known.iter().map(|name| excerpt(name)))
}

/// Names that are there and stand once.
fn check_names(what: &'static str, names: &[String]) -> Result<(), ExperimentError> {
    if names.iter().any(|name| name.trim().is_empty()) {
        return Err(ExperimentError::EmptyName { what });
    }
    let twice = repeated(names).and_then(|(first, _)| names.get(first));
    twice.map_or(Ok(()), |name| Err(ExperimentError::Duplicate { what, name: name.clone() }))
}
