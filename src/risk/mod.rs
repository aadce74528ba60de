//! Risks (风险): probability x impact matrices, expected losses, responses, and the alerts that announce a risk.
//!
//! ```
//! use marketloop::quantity::Share;
//! use marketloop::risk::{Rating, RiskMatrix};
//! use rust_decimal::dec;
//!
//! let matrix = RiskMatrix::five_by_five(dec!(100000))?;
//! assert_eq!(matrix.rate(Share::percent(30)?, dec!(70000))?, Rating::Tolerable);
//! # Ok::<(), marketloop::Error>(())
//! ```
//!
//! | case | answer |
//! | --- | --- |
//! | a risk matrix that could rate the smaller risk higher | refused, with the two cells |
//! | a risk without numbers | rated by its levels; its expected loss is missing, not 0 |
//! | an estimated probability of another level than the one stated | [`RiskError::LevelMismatch`] |
//! | a risk announced by an alert that is not in the register | [`RiskError::UnknownAlert`] |

mod matrix;
mod model;
mod register;
mod three_point;

pub use matrix::{Rating, RiskMatrix};
pub use model::{Risk, RiskResponse};
pub use register::{RankedRisk, RiskRegister};
pub use three_point::ThreePoint;

use crate::error::{Counted, ErrorKind, UnknownWord};
use crate::quantity::{QuantityError, Ratio};
use alloc::boxed::Box;
use alloc::string::String;
use rust_decimal::Decimal;

/// Why a risk, a matrix or a register was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RiskError {
    /// A text that names none of the choices.
    #[error(transparent)]
    UnknownWord(#[from] UnknownWord),
    /// Amounts of two currencies or units, or more digits than fit.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
    /// An empty name or text.
    #[error("a name or text is empty")]
    NoName,
    /// Levels that do not rise, share a name or do not end where they have to.
    #[error("levels rise from above 0 under names of their own, those of probability to 1")]
    Levels,
    /// Ratings that are not one for each pair of levels.
    #[error("the ratings are not {} of {columns}", Counted(.rows, "row"))]
    MatrixShape {
        /// How many levels of probability there are.
        rows: usize,
        /// How many levels of impact there are.
        columns: usize,
    },
    /// A cell rated below a neighbour of smaller risk.
    #[error("{to} follows {from}, though the risk is larger")]
    FallingRating {
        /// The neighbour's rating.
        from: Rating,
        /// The cell's rating.
        to: Rating,
    },
    /// An acceptable cell with risks larger than some in an unacceptable one.
    #[error(
        "risks up to {up_to} are acceptable in cell {}, {}, but from {from} on unacceptable in cell {}, {}",
        acceptable.0, acceptable.1, unacceptable.0, unacceptable.1
    )]
    Inconsistent {
        /// Row and column of the acceptable cell.
        acceptable: (usize, usize),
        /// The largest risk in it.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        up_to: Decimal,
        /// Row and column of the unacceptable cell.
        unacceptable: (usize, usize),
        /// The least risk in it.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        from: Decimal,
    },
    /// An unacceptable cell beside an acceptable one.
    #[error("an unacceptable cell touches the acceptable cell {row}, {column}")]
    Touching {
        /// The row of the acceptable cell.
        row: usize,
        /// Its column.
        column: usize,
    },
    /// An impact below zero or above the highest level.
    #[error("impact {value} is beyond the levels")]
    BeyondScale {
        /// The impact.
        #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
        value: Decimal,
    },
    /// An estimate whose points do not rise from 0 or more.
    #[error("the estimate {} does not rise from 0 or more", in_order(points))]
    ThreePoints {
        /// Low, likely and high, in terms of the unit of the low one.
        // Apart: three fractions would make every error of the module as long.
        points: Box<[Ratio; 3]>,
    },
    /// An alert or a risk whose id stands in its list twice.
    #[error("`{id}` stands twice")]
    DuplicateId {
        /// The id.
        id: String,
    },
    /// A level that the matrix does not have.
    #[error("there is no level `{name}`")]
    UnknownLevel {
        /// The name as given.
        name: String,
    },
    /// An estimated probability of another level than the one stated.
    #[error("the probability is of the level `{level}`")]
    LevelMismatch {
        /// The level that it is of.
        level: String,
    },
    /// An alert that the register does not have.
    #[error("there is no alert `{id}`")]
    UnknownAlert {
        /// The id as given.
        id: String,
    },
}

crate::error::fault!(RiskError);

fn in_order([low, likely, high]: &[Ratio; 3]) -> String {
    alloc::format!("{low}, {likely}, {high}")
}

impl RiskError {
    /// The kind of the fault.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Quantity(error) => error.kind(),
            Self::UnknownWord(_) => ErrorKind::Syntax,
            Self::NoName => ErrorKind::Empty,
            Self::DuplicateId { .. } => ErrorKind::Duplicate,
            Self::UnknownLevel { .. } | Self::UnknownAlert { .. } => ErrorKind::NotFound,
            Self::Levels | Self::BeyondScale { .. } | Self::ThreePoints { .. } => ErrorKind::OutOfRange,
            Self::MatrixShape { .. } | Self::LevelMismatch { .. } => ErrorKind::Mismatch,
            Self::FallingRating { .. } | Self::Inconsistent { .. } | Self::Touching { .. } => {
                ErrorKind::Conflict
            }
        }
    }
}
