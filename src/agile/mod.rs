//! Short cycles within a period: sprints, experiments under a cost cap, a board with limits.
//!
//! ```
//! use marketloop::agile::Sprints;
//! use marketloop::time::date;
//!
//! let sprints = Sprints::of_two_weeks("2026-Q3".parse()?);
//! assert_eq!(sprints.sprint_of(date(2026, 7, 14)?).map(|(number, _)| number), Some(2));
//! # Ok::<(), marketloop::Error>(())
//! ```
//!
//! | case | answer |
//! | --- | --- |
//! | a sprint that the period cuts | a sprint like any other, with the capacity of the days that it has |
//! | a velocity before the first sprint has ended, a cycle time of no card | [`AgileError::NothingFinished`] |
//! | a spend above an experiment's cap | [`AgileError::AboveCostCap`] with the excess |
//! | a second result of an experiment | [`AgileError::Concluded`]; a correction keeps both visible |
//! | a card pulled into a full column, or past one | every reason at once: [`AgileError::WipLimit`], [`AgileError::SkipsColumn`] |

mod commitment;
mod experiment;
mod flow;
mod hypothesis;
mod kanban;
mod sprint;
mod sprint_plan;
mod trial;

pub use commitment::Commitment;
pub use experiment::{ExperimentEntry, ExperimentLog};
pub use flow::Flow;
pub use hypothesis::{Conclusion, Experiment, ExperimentVerdict};
pub use kanban::Board;
pub use sprint::Sprints;
pub use sprint_plan::{SprintLoad, SprintPlan};
pub use trial::Trial;

use crate::error::{Counted, ErrorKind, UnknownWord};
use crate::quantity::{Money, QuantityError};
use crate::time::{NaiveDate, TimeError};
use alloc::string::String;

/// Why a sprint, an experiment or a board could not be made or used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AgileError {
    /// An id, a name or a text that is empty.
    #[error("a name or text is empty")]
    NoName,
    /// An id or a name that is taken.
    #[error("`{id}` stands twice")]
    DuplicateId {
        /// The id or name.
        id: String,
    },
    /// A length of sprints outside 1 to 52 weeks.
    #[error("sprints of {weeks} weeks are outside 1..={max_weeks}")]
    SprintWeeks {
        /// The weeks as given.
        weeks: u32,
        /// The maximum length of a sprint in weeks.
        max_weeks: u32,
    },
    /// A sprint that the period does not have.
    #[error("there is no sprint {number}, the last one is {last}")]
    NoSuchSprint {
        /// The number as given.
        number: u32,
        /// The number of the last sprint.
        last: u32,
    },
    /// A task that was done before the sprint to which it was committed, or after the period.
    #[error("`{id}` was done on {finished}, which is outside {first} to {last}")]
    FinishedOutside {
        /// The task.
        id: String,
        /// The day as given.
        finished: NaiveDate,
        /// The first day of its sprint.
        first: NaiveDate,
        /// The last day of the period.
        last: NaiveDate,
    },
    /// An average over what was finished, where nothing was.
    #[error("the {figure} is undefined: nothing was finished")]
    NothingFinished {
        /// The figure: `velocity`, `cycle time`.
        figure: &'static str,
    },
    /// An experiment that the log does not have.
    #[error("there is no experiment `{experiment}`")]
    NoSuchExperiment {
        /// The id as given.
        experiment: String,
    },
    /// An experiment that expects nothing to move.
    #[error("the expected change of `{metric}` is 0")]
    NoExpectedChange {
        /// The metric.
        metric: String,
    },
    /// An amount below 0.
    #[error("{amount} is below 0")]
    NegativeAmount {
        /// The amount as given.
        amount: Money,
    },
    /// A spend beyond what is left of an experiment's cap.
    #[error("the spend exceeds the {left} that are left for `{experiment}` by {excess}")]
    AboveCostCap {
        /// The experiment.
        experiment: String,
        /// What was left of the cap.
        left: Money,
        /// By how much it is exceeded.
        excess: Money,
    },
    /// A spend or a second result of an experiment that has a result.
    #[error("`{experiment}` has a result since {on}; it can be corrected")]
    Concluded {
        /// The experiment.
        experiment: String,
        /// The day of its result.
        on: NaiveDate,
    },
    /// A correction of an experiment that has no result.
    #[error("`{experiment}` has no result to correct")]
    NotConcluded {
        /// The experiment.
        experiment: String,
    },
    /// An entry dated before the experiment's first day, or a result before what it follows.
    #[error("{on} is before {earliest}, the earliest date for this entry of `{experiment}`")]
    TooEarly {
        /// The experiment.
        experiment: String,
        /// The day as given.
        on: NaiveDate,
        /// The earliest day possible.
        earliest: NaiveDate,
    },
    /// A board with fewer than 2 columns.
    #[error("{}, a board has at least 2", Counted(.columns, "column"))]
    TooFewColumns {
        /// How many it has.
        columns: usize,
    },
    /// A column that the board does not have.
    #[error("there is no column `{column}`")]
    NoSuchColumn {
        /// The name as given.
        column: String,
    },
    /// A column that could never hold a card.
    #[error("the limit of `{column}` is 0, at least 1 is needed")]
    ZeroWipLimit {
        /// The column.
        column: String,
    },
    /// More cards in a column than its limit.
    #[error("`{column}` holds {}, its limit is {limit}", Counted(.cards, "card"))]
    AboveWipLimit {
        /// The column.
        column: String,
        /// The maximum number of cards.
        limit: u32,
        /// The cards that it holds, or would hold.
        cards: usize,
    },
    /// A card that the board does not have.
    #[error("there is no card `{card}`")]
    NoSuchCard {
        /// The id as given.
        card: String,
    },
    /// A move of a card into the column in which it is.
    #[error("`{card}` is in `{column}` already")]
    AlreadyThere {
        /// The card.
        card: String,
        /// The column.
        column: String,
    },
    /// A move ahead by more than one column.
    #[error("from `{from}` to `{to}` skips `{skipped}`")]
    SkipsColumn {
        /// Where the card is.
        from: String,
        /// Where it was to go.
        to: String,
        /// The first column between them.
        skipped: String,
    },
    /// A move into a column that is full.
    #[error("`{column}` holds {}, its limit is {limit}", Counted(.cards, "card"))]
    WipLimit {
        /// The column.
        column: String,
        /// The maximum number of cards.
        limit: u32,
        /// The cards that it holds.
        cards: usize,
    },
    /// A text that names none of the choices.
    #[error(transparent)]
    UnknownWord(#[from] UnknownWord),
    /// Amounts of two currencies, quantities of two units, or a figure beyond the number types.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
    /// A date beyond the calendar, or none at all.
    #[error(transparent)]
    Time(#[from] TimeError),
}

crate::error::fault!(AgileError);

impl AgileError {
    /// The kind of the fault.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::UnknownWord(_) => ErrorKind::Syntax,
            Self::NoSuchSprint { .. }
            | Self::NoSuchExperiment { .. }
            | Self::NoSuchColumn { .. }
            | Self::NoSuchCard { .. } => ErrorKind::NotFound,
            Self::DuplicateId { .. } => ErrorKind::Duplicate,
            Self::AboveCostCap { .. }
            | Self::Concluded { .. }
            | Self::TooEarly { .. }
            | Self::AboveWipLimit { .. }
            | Self::AlreadyThere { .. }
            | Self::SkipsColumn { .. }
            | Self::WipLimit { .. } => ErrorKind::Conflict,
            Self::NoName | Self::TooFewColumns { .. } => ErrorKind::Empty,
            Self::SprintWeeks { .. }
            | Self::FinishedOutside { .. }
            | Self::NoExpectedChange { .. }
            | Self::NegativeAmount { .. }
            | Self::ZeroWipLimit { .. } => ErrorKind::OutOfRange,
            Self::NothingFinished { .. } | Self::NotConcluded { .. } => ErrorKind::Undefined,
            Self::Quantity(error) => error.kind(),
            Self::Time(error) => error.kind(),
        }
    }
}
