//! Why a goal, its parts or a growth was refused.

use super::RatioSpread;
use crate::decompose::DecomposeError;
use crate::error::{Counted, ErrorKind, TooLarge, UnknownWord, excerpt};
use crate::quantity::{Quantity, QuantityError, Ratio, Rounding, Unit};
use crate::split::SplitError;
use crate::target::ActualValue;
use crate::time::{NaiveDate, Period, TimeError};
use alloc::boxed::Box;
use alloc::string::String;
use rust_decimal::Decimal;

/// Why a goal, its cascade or a growth was refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum GoalError {
    /// There are no parts.
    #[error("a cascade needs at least one part")]
    NoParts,
    /// The parts do not add up to the whole.
    #[error("the parts add up to {sum} {unit}, {} off the total of {total} {unit}", Quantity::difference(*difference, unit))]
    PartsSum {
        /// What the parts add up to.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        sum: Decimal,
        /// The sum less the total.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        difference: Decimal,
        /// The total.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        total: Decimal,
        /// The unit of all three.
        unit: Unit,
    },
    /// A part that does not start on the day after the part before it, or the last one that does not end
    /// with the period.
    #[error("{part} does not continue at {expected}")]
    NotInSequence {
        /// The part.
        part: Period,
        /// The day on which it has to start, or on which the last part has to end.
        expected: NaiveDate,
    },
    /// A period that is not within the goal's, or not one of its parts.
    #[error("{period} is not within {whole}")]
    OutsidePeriod {
        /// The period of the key result, or of the part that was asked for.
        period: Period,
        /// The goal's period.
        whole: Period,
    },
    /// A part whose actual is given twice.
    #[error("{period} is given twice")]
    GivenTwice {
        /// The part.
        period: Period,
    },
    /// A total that the parts' decimals cannot hold.
    #[error("{total} has more than {}", Counted(.decimals, "decimal"))]
    TooFine {
        /// The total.
        total: Quantity,
        /// The decimals of the parts.
        decimals: u32,
    },
    /// A growth of -100 % or less, which leaves nothing, or of more than 100,000 %.
    #[error("growth {value} is outside -1 (not in it) to 1000")]
    GrowthOutOfRange {
        /// The growth as a share.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        value: Decimal,
    },
    /// A stock or a flow that is not above 0, from which nothing can grow.
    #[error("level {value} is not above 0")]
    LevelNotPositive {
        /// The level.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        value: Decimal,
    },
    /// A churn rate that is no share.
    #[error("churn {value} is outside 0..=1")]
    ChurnOutOfRange {
        /// The churn rate.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        value: Decimal,
    },
    /// A goal below the stock that is left after churn: gross additions would have to be negative.
    #[error("the goal needs {additions:.2} gross additions a period, below 0")]
    NegativeAdditions {
        /// The gross additions that the goal would need.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        additions: f64,
    },
    /// A goal with more decimals than its parts may have.
    #[error("the goal {goal} has more than {}", Counted(.decimals, "decimal"))]
    TooFineGoal {
        /// The goal.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        goal: Decimal,
        /// The decimals that the parts may have.
        decimals: u32,
    },
    /// A flow below 0 in a past period.
    #[error("flow {value} in period {period} is below 0")]
    NegativeFlow {
        /// The index of the period.
        period: usize,
        /// The flow.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        value: Decimal,
    },
    /// A past numerator below 0, or a denominator not above 0.
    #[error("{value} in period {period} makes no ratio: a numerator is at least 0, a denominator above 0")]
    RatioPart {
        /// The index of the period.
        period: usize,
        /// The numerator or denominator.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        value: Decimal,
    },
    /// A target that a spread of ratios cannot reach.
    #[error(
        "the target {value} is outside what the {spread} spread can reach: at least 0, of the logit shift between 0 and 1"
    )]
    RatioTarget {
        /// The target.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        value: Decimal,
        /// The spread.
        spread: RatioSpread,
    },
    /// A ratio of one period outside the range of its spread.
    #[error(
        "the ratio {value} of period {period} is outside its domain: at least 0, of the logit shift between 0 and 1"
    )]
    RatioDomain {
        /// The index of the period.
        period: usize,
        /// The value.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        value: Decimal,
    },
    /// A ratio of 0: no factor brings it to a target above 0.
    #[error("a ratio of 0 cannot grow by a factor")]
    ZeroRatio,
    /// The result would be larger than the limit.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
    /// A list of the wrong length, such as of denominators.
    #[error("{what}: {actual} given, {expected} needed")]
    Length {
        /// What is counted.
        what: &'static str,
        /// How many are needed.
        expected: usize,
        /// How many there are.
        actual: usize,
    },
    /// Not specific: no such metric is known.
    #[error("specific: no metric `{}` is known", excerpt(metric))]
    UnknownMetric {
        /// The name as stated.
        metric: String,
    },
    /// Not measurable: nothing says what is to be reached.
    #[error("measurable: no target")]
    NoTarget,
    /// Not measurable: nothing says where it starts.
    #[error("measurable: no baseline")]
    NoBaseline,
    /// Not measurable: a value is not in the metric's unit.
    #[error("measurable: the {value} is in {unit}, the metric in {expected}")]
    WrongUnit {
        /// Which value: `target`, `baseline`, `history` or `benchmark`.
        value: &'static str,
        /// Its unit.
        unit: Unit,
        /// The metric's unit.
        expected: Unit,
    },
    /// Not relevant: the baseline reaches the target already.
    #[error("relevant: the baseline reaches the target already")]
    ReachedAlready,
    /// Not shown to be achievable: no past change goes this way, and there is no benchmark.
    #[error("achievable: neither a history nor a benchmark shows it")]
    NoEvidence,
    /// Hardly achievable: the change asked for, as a share of its start, is larger than any in the history.
    #[error(
        "achievable: asks for a relative change of {}, the largest so far was {}",
        percent(asked),
        percent(best)
    )]
    BeyondHistory {
        /// The change asked for, as a share of the baseline.
        asked: Ratio,
        /// The largest change in this direction so far, as a share of where it started.
        best: Ratio,
    },
    /// Hardly achievable: the change asked for is larger than any in the history, as a difference, because one of
    /// them starts from a measured 0.
    #[error("achievable: asks for a change of {asked:#}, the largest so far was {best:#}")]
    BeyondLargestStep {
        /// The change asked for.
        asked: Box<ActualValue>,
        /// The largest change in this direction so far.
        best: Box<ActualValue>,
    },
    /// Hardly achievable: the target is beyond the benchmark.
    #[error("achievable: beyond the benchmark of {benchmark}")]
    BeyondBenchmark {
        /// The benchmark.
        benchmark: Quantity,
    },
    /// Not time-bound: nothing says when.
    #[error("time-bound: no period")]
    NoPeriod,
    /// There is no owner.
    #[error("no owner")]
    NoOwner,
    /// A text that names none of the choices.
    #[error(transparent)]
    UnknownWord(#[from] UnknownWord),
    /// Rounded estimates could not be made to add up to their total.
    #[error(transparent)]
    Decompose(#[from] DecomposeError),
    /// More periods than a path may have.
    #[error("{actual} {what} exceed the limit of {limit}")]
    TooMany {
        /// What is counted.
        what: &'static str,
        /// How many there may be.
        limit: usize,
        /// How many there are.
        actual: usize,
    },
    /// A quantity was refused.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
    /// A period was refused.
    #[error(transparent)]
    Time(#[from] TimeError),
    /// Weights were refused.
    #[error(transparent)]
    Split(#[from] SplitError),
}

crate::error::fault!(GoalError);

fn percent(ratio: &Ratio) -> String {
    // A text has no error to give: what 128 bits do not hold as a percentage is told as the fraction that it is.
    let percent = ratio.times(Decimal::ONE_HUNDRED.into());
    let percent = percent.and_then(|percent| percent.round((2, Rounding::HalfEven)));
    percent.map_or_else(|_| alloc::format!("{ratio}"), |percent| alloc::format!("{}%", percent.normalize()))
}

impl GoalError {
    /// The kind of the fault, the same in every module.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::UnknownMetric { .. } => ErrorKind::NotFound,
            Self::UnknownWord(_) => ErrorKind::Syntax,
            Self::GivenTwice { .. } => ErrorKind::Duplicate,
            Self::NoParts | Self::NoTarget | Self::NoBaseline | Self::NoPeriod | Self::NoOwner => {
                ErrorKind::Empty
            }
            Self::ReachedAlready => ErrorKind::Conflict,
            Self::WrongUnit { .. }
            | Self::PartsSum { .. }
            | Self::NotInSequence { .. }
            | Self::OutsidePeriod { .. }
            | Self::Length { .. } => ErrorKind::Mismatch,
            Self::TooFine { .. }
            | Self::GrowthOutOfRange { .. }
            | Self::LevelNotPositive { .. }
            | Self::ChurnOutOfRange { .. }
            | Self::NegativeAdditions { .. }
            | Self::TooFineGoal { .. }
            | Self::NegativeFlow { .. }
            | Self::RatioPart { .. }
            | Self::RatioTarget { .. }
            | Self::RatioDomain { .. }
            | Self::BeyondHistory { .. }
            | Self::BeyondLargestStep { .. }
            | Self::BeyondBenchmark { .. } => ErrorKind::OutOfRange,
            Self::TooLarge(_) | Self::TooMany { .. } => ErrorKind::Limit,
            Self::ZeroRatio | Self::NoEvidence => ErrorKind::Undefined,
            Self::Decompose(error) => error.kind(),
            Self::Quantity(error) => error.kind(),
            Self::Time(error) => error.kind(),
            Self::Split(error) => error.kind(),
        }
    }
}
