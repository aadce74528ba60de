//! The cycle of plan, do, check and act: which stage owes what, when it is due, and where due dates conflict.
//!
//! ```
//! use marketloop::pdca::StageTable;
//! use marketloop::time::{WorkCalendar, date};
//!
//! let calendar = WorkCalendar::monday_to_friday(date(2026, 1, 1)?, date(2026, 12, 31)?)?;
//! let schedule = StageTable::documents()?.schedule(&"2026-Q3".parse()?, &calendar)?;
//!
//! // As the documents have it, Check may end a month after Act has to be done.
//! let conflicts: Vec<String> = schedule.conflicts().iter().map(ToString::to_string).collect();
//! assert_eq!(conflicts, ["act is due 2026-09-30, 30 days before check (2026-10-30)"]);
//! # Ok::<(), marketloop::Error>(())
//! ```
//!
//! | case | answer |
//! | --- | --- |
//! | a stage whose last due date lies before that of an earlier stage | both dates are kept, and a [`Conflict`] with the days |
//! | a stage without a row, or with two | [`PdcaError::StageRows`] |
//! | a deadline that cannot be computed | [`PdcaError::Time`] at the stage's path |

mod stage;

pub use stage::{Conflict, Schedule, ScheduledStage, Stage, StageRow, StageTable};

use crate::error::ErrorKind;
use crate::time::TimeError;

/// Why a stage table or its schedule could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PdcaError {
    /// A stage without a row, or with more than one.
    #[error("{stage} has {rows} rows, each stage has one")]
    StageRows {
        /// The stage.
        stage: Stage,
        /// How many rows it has.
        rows: usize,
    },
    /// A deadline was refused or has no date.
    #[error(transparent)]
    Time(#[from] TimeError),
}

impl PdcaError {
    /// The sort of the fault.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::StageRows { .. } => ErrorKind::Conflict,
            Self::Time(error) => error.kind(),
        }
    }
}
