//! Goals cascaded over time: what each part of a period owes to the whole.
//!
//! ```
//! use marketloop::kpi::Cascade;
//!
//! let sales = Cascade::explicit(
//!     "sales of new product A",
//!     "2026-Q3".parse()?,
//!     "2000000 CNY".parse()?,
//!     [
//!         ("2026-07".parse()?, "500000 CNY".parse()?),
//!         ("2026-08".parse()?, "700000 CNY".parse()?),
//!         ("2026-09".parse()?, "800000 CNY".parse()?),
//!     ],
//! )?;
//! assert_eq!(sales.parts().len(), 3);
//! assert_eq!(sales.cumulative()?.last().map(ToString::to_string), Some("2000000 CNY".into()));
//! # Ok::<(), marketloop::Error>(())
//! ```
//!
//! | case | answer |
//! | --- | --- |
//! | parts that add up to more or less than the whole | [`KpiError::PartsSum`] with the difference |
//! | parts that leave days out, overlap or reach beyond the period | [`KpiError::NotInSequence`] |
//! | a part in another unit | [`KpiError::Quantity`] naming both units |
//! | no parts | [`KpiError::NoParts`] |

mod cascade;
mod growth;
mod ratio_cascade;
mod smart;

pub use cascade::{Cascade, CascadeDraft, KeyResult};
pub use growth::{Growth, GrowthPath, GrowthReading};
pub use ratio_cascade::{RatioCascade, RatioHistory, RatioSpread};
pub use smart::{Gap, GoalStatement, MetricRecord};

use crate::decompose::DecomposeError;
use crate::error::ErrorKind;
use crate::quantity::{Quantity, QuantityError, Unit};
use crate::split::SplitError;
use crate::time::{NaiveDate, Period, TimeError};
use rust_decimal::Decimal;

/// Why a goal could not be cascaded.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum KpiError {
    /// There are no parts.
    #[error("a cascade needs at least one part")]
    NoParts,
    /// The parts do not add up to the whole.
    #[error("the parts add up to {sum} {unit}, {difference} {unit} off the total of {total} {unit}")]
    PartsSum {
        /// What the parts add up to.
        sum: Decimal,
        /// The sum less the total.
        difference: Decimal,
        /// The total.
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
    /// A key result whose period is not a part of the goal's.
    #[error("{period} is not within {whole}")]
    OutsidePeriod {
        /// The key result's period.
        period: Period,
        /// The goal's period.
        whole: Period,
    },
    /// A total that the parts' decimals cannot hold.
    #[error("{total} has more than {decimals} decimals")]
    TooFine {
        /// The total.
        total: Quantity,
        /// The decimals of the parts.
        decimals: u32,
    },
    /// A growth that leaves nothing, or is beyond what a plan can mean.
    #[error("growth {value} is outside -1 (not in it) to 1000")]
    GrowthOutOfRange {
        /// The growth as a share.
        value: Decimal,
    },
    /// A stock or a flow that is not above 0, from which nothing can grow.
    #[error("level {value} is not above 0")]
    LevelNotPositive {
        /// The level.
        value: Decimal,
    },
    /// A churn rate that is no share.
    #[error("churn {value} is outside 0..=1")]
    ChurnOutOfRange {
        /// The churn rate.
        value: Decimal,
    },
    /// A goal that churn alone does not come down to.
    #[error("the goal needs {additions:.2} gross additions a period, below 0")]
    NegativeAdditions {
        /// The gross additions that the goal would need.
        additions: f64,
    },
    /// A goal with more decimals than its parts may have.
    #[error("the goal {goal} has more than {decimals} decimals")]
    TooFineGoal {
        /// The goal.
        goal: Decimal,
        /// The decimals that the parts may have.
        decimals: u32,
    },
    /// A ratio, or a part of one, outside what its spread can take.
    #[error("{value} in period {period} is outside what this ratio can be")]
    RatioDomain {
        /// The index of the period.
        period: usize,
        /// The value.
        value: Decimal,
    },
    /// A ratio of 0, of which no factor makes a target.
    #[error("a ratio of 0 cannot grow by a factor")]
    ZeroRatio,
    /// Not as many parts as there have to be.
    #[error("{actual} entries where {expected} are needed")]
    PartsLength {
        /// How many are needed.
        expected: usize,
        /// How many there are.
        actual: usize,
    },
    /// Estimates could not be closed to their total.
    #[error(transparent)]
    Decompose(#[from] DecomposeError),
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

impl KpiError {
    /// The sort of the fault.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::NoParts => ErrorKind::Empty,
            Self::GrowthOutOfRange { .. }
            | Self::LevelNotPositive { .. }
            | Self::ChurnOutOfRange { .. }
            | Self::NegativeAdditions { .. }
            | Self::TooFineGoal { .. }
            | Self::RatioDomain { .. }
            | Self::TooFine { .. } => ErrorKind::OutOfRange,
            Self::ZeroRatio => ErrorKind::Undefined,
            Self::PartsLength { .. } => ErrorKind::Mismatch,
            Self::Decompose(error) => error.kind(),
            Self::PartsSum { .. } | Self::NotInSequence { .. } | Self::OutsidePeriod { .. } => {
                ErrorKind::Mismatch
            }
            Self::Quantity(error) => error.kind(),
            Self::Time(error) => error.kind(),
            Self::Split(error) => error.kind(),
        }
    }
}
