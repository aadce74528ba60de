//! Alternatives by criteria, ranked: what the criteria weigh, and which alternative is best.
//!
//! ```
//! use marketloop::ranking::{CriteriaWeights, DecisionMatrix, PairwiseComparisons, RandomIndex, Topsis};
//! use marketloop::target::Better;
//!
//! // Acquisition cost and return of three channels; the return matters three times as much.
//! let channels =
//!     DecisionMatrix::new([Better::Lower, Better::Higher], [[50.0, 3.2], [40.0, 4.1], [35.0, 3.9]])?;
//! let judged = PairwiseComparisons::new(["cost", "return"])?.judge("return", "cost", 3.0)?;
//! let priorities = judged.priorities()?;
//! assert_eq!(priorities.consistency_ratio(&RandomIndex::SAATY)?, 0.0);
//! let ranking = Topsis::MinMax.scores(&channels, priorities.weights())?;
//! assert_eq!(ranking.order(), [1, 2, 0]);
//! # Ok::<(), marketloop::ranking::RankingError>(())
//! ```
//!
//! Weights are given or equal ([`CriteriaWeights`]), come from judgements (the analytic hierarchy process,
//! [`PairwiseComparisons`]) or from the data ([`entropy_weights`], [`critic_weights`], [`deviation_weights`],
//! [`gini_weights`], [`removal_weights`]). [`Topsis`], [`weighted_sum`], [`weighted_product`], [`weighted_sum_product`]
//! and [`vikor`] rank. [`best_holds_between`] says how far a weight may move before another alternative is best,
//! [`rank_reversals`] which alternatives trade places when a third one leaves.
//!
//! | case | answer |
//! | --- | --- |
//! | a column of equal values, zeros as well, for weights from data | weight 0; [`RankingError::NoContrast`] if no column differs |
//! | a single alternative, for weights from data | [`RankingError::NoContrast`] |
//! | a column of equal values, for a ranking | tells nobody apart; [`RankingError::ConstantColumn`] where the formula divides by the difference |
//! | NaN, or a magnitude above 1e100 | [`RankingError::Cell`] with row and column |
//! | alternatives of equal score | the lower index first |
//! | judgements that are missing | completed so that they agree best with the others |
//! | judgements that do not join all items | [`RankingError::Disconnected`] |
//! | a judgement and its reverse that disagree | [`RankingError::NotReciprocal`] |
//! | one or two items | a consistency ratio of 0: nothing can contradict |

mod analytic_hierarchy;
mod completion;
mod criteria_weights;
mod critic;
mod decision_matrix;
mod dispersion;
mod entropy;
mod normalisation;
mod perron;
mod priorities;
mod random_index;
mod robustness;
mod topsis;

pub use analytic_hierarchy::PairwiseComparisons;
pub use criteria_weights::{Combination, CriteriaWeights};
pub use critic::critic_weights;
pub use decision_matrix::{DecisionMatrix, Ranking};
pub use dispersion::{deviation_weights, gini_weights, removal_weights};
pub use entropy::entropy_weights;
pub use normalisation::Normalisation;
pub use priorities::{Judgement, Priorities};
pub use random_index::RandomIndex;
pub use robustness::{best_holds_between, rank_reversals};
pub use topsis::{Topsis, vikor, weighted_product, weighted_sum, weighted_sum_product};

use crate::decompose::DecomposeError;
use crate::error::{Counted, ErrorKind, TooLarge, UnknownWord};
use crate::quantity::QuantityError;
use crate::stats::StatsError;
use alloc::string::String;

/// Why weights, a decision matrix or a ranking could not be made.
#[derive(Debug, Clone, PartialEq, thiserror::Error, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RankingError {
    /// Two items have the same name.
    #[error("`{name}` stands twice")]
    DuplicateName {
        /// The name.
        name: String,
    },
    /// An item that is not among those compared.
    #[error("there is no item `{name}`")]
    UnknownItem {
        /// The name.
        name: String,
    },
    /// No weight above 0.
    #[error("no weight is above 0")]
    NoWeight,
    /// A sample or a list of points that is too short.
    #[error("{what} needs more values than were given")]
    EmptySample {
        /// What needs them.
        what: &'static str,
    },
    /// A point that is not above the one before it.
    #[error("point {index} is not above the one before it")]
    PointsNotRising {
        /// The index of the point, from 0.
        index: usize,
    },
    /// A list of another length than its counterpart.
    #[error("{what}: {found} given, {expected} expected")]
    LengthMismatch {
        /// What the list holds.
        what: &'static str,
        /// How many are expected.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A figure that does not exist.
    #[error("{what} is undefined")]
    Undefined {
        /// What was asked for.
        what: &'static str,
    },
    /// A cell of a decision matrix that the method does not take.
    #[error("row {row}, column {column} has {value}: it must be {needed}")]
    Cell {
        /// The alternative's index.
        row: usize,
        /// The criterion's index.
        column: usize,
        /// The value as given.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        value: f64,
        /// What is needed.
        needed: &'static str,
    },
    /// A row of a decision matrix of another length than there are criteria.
    #[error("row {row} has {}, {expected} expected", Counted(.found, "value"))]
    RowLength {
        /// The alternative's index.
        row: usize,
        /// How many criteria there are.
        expected: usize,
        /// How many values the row has.
        found: usize,
    },
    /// A criterion that the decision matrix does not have.
    #[error("there is no column {column}: the matrix has {columns}")]
    NoSuchColumn {
        /// The criterion's index as given.
        column: usize,
        /// How many criteria there are.
        columns: usize,
    },
    /// A criterion's weight outside its range, NaN included.
    #[error("the weight of column {column} is {value}, outside 0..=1e100")]
    CriterionWeight {
        /// The criterion's index.
        column: usize,
        /// The weight as given.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        value: f64,
    },
    /// A criterion whose contrast leaves the range of floats.
    #[error("the contrast of column {column} is undefined")]
    CriterionContrast {
        /// The criterion's index.
        column: usize,
    },
    /// An alternative whose figure leaves the range of floats.
    #[error("the score of row {row} is undefined")]
    NoScore {
        /// The alternative's index.
        row: usize,
    },
    /// A criterion by which all alternatives are equal, where the method needs a difference.
    #[error("column {column} is the same for all alternatives")]
    ConstantColumn {
        /// The criterion's index.
        column: usize,
    },
    /// No criterion tells the alternatives apart.
    #[error("no criterion tells the alternatives apart")]
    NoContrast,
    /// A text that names none of the choices.
    #[error(transparent)]
    UnknownWord(#[from] UnknownWord),
    /// A judgement outside its range.
    #[error("judgement of {row} over {column} is {value}, outside 1e-9..=1e9")]
    Judgement {
        /// The index of the first item.
        row: usize,
        /// The index of the second item.
        column: usize,
        /// The value as given.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        value: f64,
    },
    /// A judgement of an item over itself, of an item that is not there, or one that was given before.
    #[error("judgement of {row} over {column} does not stand between two items, or stands twice")]
    JudgementPlace {
        /// The index of the first item.
        row: usize,
        /// The index of the second item.
        column: usize,
    },
    /// Two judgements of one pair that are not reciprocal.
    #[error("judgements of {row} and {column} over each other multiply to {product}, not to 1")]
    NotReciprocal {
        /// The index of the first item.
        row: usize,
        /// The index of the second item.
        column: usize,
        /// Their product.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        product: f64,
    },
    /// Judgements that do not connect all items: the weights of the rest could be anything.
    #[error("item {item} is not connected with item 0 by judgements")]
    Disconnected {
        /// The index of the first item that is not.
        item: usize,
    },
    /// A random-index table without an entry for this number of items.
    #[error("the random-index table has no entry for {}", Counted(.items, "item"))]
    NoRandomIndex {
        /// The number of items.
        items: usize,
    },
    /// More criteria, items, judgements or alternatives than a method takes.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
    /// An estimate outside its range, NaN included.
    #[error(transparent)]
    Stats(#[from] StatsError),
    /// Weights that could not be closed to shares.
    #[error(transparent)]
    Decompose(#[from] DecomposeError),
    /// An exact figure that cannot be computed, or a text that names none of the choices.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
}

crate::error::fault!(RankingError);

impl RankingError {
    /// The kind of the fault, the same in every module.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::UnknownItem { .. } | Self::NoSuchColumn { .. } => ErrorKind::NotFound,
            Self::DuplicateName { .. } => ErrorKind::Duplicate,
            Self::UnknownWord(_) => ErrorKind::Syntax,
            Self::EmptySample { .. } | Self::NoWeight => ErrorKind::Empty,
            Self::JudgementPlace { .. } => ErrorKind::Conflict,
            Self::LengthMismatch { .. } | Self::RowLength { .. } | Self::NotReciprocal { .. } => {
                ErrorKind::Mismatch
            }
            Self::CriterionWeight { .. }
            | Self::PointsNotRising { .. }
            | Self::Cell { .. }
            | Self::Judgement { .. } => ErrorKind::OutOfRange,
            Self::Undefined { .. }
            | Self::ConstantColumn { .. }
            | Self::CriterionContrast { .. }
            | Self::NoScore { .. }
            | Self::NoContrast
            | Self::Disconnected { .. }
            | Self::NoRandomIndex { .. } => ErrorKind::Undefined,
            Self::TooLarge(error) => error.kind(),
            Self::Stats(error) => error.kind(),
            Self::Decompose(error) => error.kind(),
            Self::Quantity(error) => error.kind(),
        }
    }
}
