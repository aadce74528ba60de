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

pub use cascade::{Cascade, CascadeDraft, KeyResult};

use crate::error::ErrorKind;
use crate::quantity::{Quantity, QuantityError, Unit};
use crate::split::SplitError;
use crate::time::{NaiveDate, Period, TimeError};
use rust_decimal::Decimal;

/// Why a goal could not be cascaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
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
            Self::PartsSum { .. } | Self::NotInSequence { .. } | Self::OutsidePeriod { .. } => {
                ErrorKind::Mismatch
            }
            Self::TooFine { .. } => ErrorKind::OutOfRange,
            Self::Quantity(error) => error.kind(),
            Self::Time(error) => error.kind(),
            Self::Split(error) => error.kind(),
        }
    }
}
