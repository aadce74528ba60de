//! Plans of tasks: who does what from which deliverables, early and late dates on a work calendar, and what a change
//! would move.
//!
//! ```
//! use marketloop::figure::Figure;
//! use marketloop::plan::{Change, Raci, Relation, Task, WorkPlan};
//! use marketloop::time::{WorkCalendar, date};
//!
//! let raci = || Raci::new("content team", "marketing director");
//! let plan = WorkPlan::draft("seeding", date(2026, 7, 1)?)
//!     .task(Task::new("koc", "KOC contracts", 8, raci()).making("data pack").with_reminder(3))
//!     .task(Task::new("content", "content", 7, raci()).needing_as("data pack", Relation::FinishToStart(1)))
//!     .check()?;
//! let calendar = WorkCalendar::monday_to_friday(date(2026, 1, 1)?, date(2026, 12, 31)?)?;
//! let dated = plan.dated(&calendar)?;
//! assert_eq!(dated.finish(), date(2026, 7, 22)?);
//! assert_eq!(dated.what_if([("koc", Change::Delay(2))])?.delay(), 2);
//! assert_eq!(dated.reminders(date(2026, 7, 1)?, date(2026, 7, 31)?)[0].on, Figure::Known(date(2026, 7, 7)?));
//! # Ok::<(), marketloop::Error>(())
//! ```
//!
//! Bulk work runs on [`Network`]: durations and relations by index.
//!
//! | case | answer |
//! | --- | --- |
//! | tasks that wait for each other | refused, with one closed path and all groups |
//! | a need that nobody makes, a deliverable made twice | refused, each at its place |
//! | a relation that would start a task before the plan | the task starts with the plan |
//! | a day by which a task cannot be done | negative floats; [`DatedPlan::missed`] names it |
//! | a task of no workdays | a milestone: it has a finish and no start |
//! | a milestone that may not be before a day | that day, where nothing sets a later one |
//! | a late date beyond the calendar, a deadline before it | the dates that need it are missing figures |
//! | a deadline behind the calendar | binds nothing |
//! | the share done on a day before the finish | by an [`EarningRule`]; never all of it |
//! | a longer task under finish-to-finish relations | may end the plan earlier |
//! | a task not begun on the evening of its first day | delayed by one workday |

mod baseline;
mod bounds;
mod critical_paths;
mod cycles;
mod dated;
mod dated_task;
mod earned;
mod earning_rule;
mod gantt;
mod milestone;
mod network;
mod relation;
mod reminder;
mod status;
mod task;
mod what_if;
mod work_plan;

pub use baseline::{PlannedDates, Slip};
pub use dated::DatedPlan;
pub use dated_task::DatedTask;
pub use earning_rule::EarningRule;
pub use network::{Network, Schedule};
pub use relation::Relation;
pub use reminder::Reminder;
pub use status::{TaskState, TaskStatus};
pub use task::{Progress, Raci, Task};
pub use what_if::{Change, Impact};
pub use work_plan::{WorkPlan, WorkPlanDraft};

use crate::error::{Counted, ErrorKind, UnknownWord, chain};
use crate::progress::ProgressError;
use crate::quantity::{Currency, Money, QuantityError};
use crate::time::TimeError;
use alloc::string::String;
use alloc::vec::Vec;

/// Why a plan was refused or has no dates.
#[derive(Debug, Clone, PartialEq, thiserror::Error, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PlanError {
    /// More tasks or relations than a network holds.
    #[error("more than 1073741824 tasks or relations")]
    TooLarge,
    /// A relation of a task that the network does not have.
    #[error("relation {index} names a task beyond the {} of the network", Counted(.tasks, "task"))]
    UnknownTask {
        /// The index of the relation.
        index: usize,
        /// How many tasks there are.
        tasks: usize,
    },
    /// Tasks, by their indexes, that wait for each other.
    #[error("tasks wait for each other: {}", Path(path))]
    Cycle {
        /// One closed path: its first task stands at its end too.
        path: Vec<usize>,
        /// All groups of tasks of which each waits for each (strongly connected components with a cycle), tasks in
        /// ascending order, groups by their first task.
        groups: Vec<Vec<usize>>,
    },
    /// Tasks, by their ids, that wait for each other.
    #[error("tasks wait for each other: {}", chain(path))]
    WaitsForItself {
        /// One closed path: its first task stands at its end too.
        path: Vec<String>,
        /// All groups of tasks of which each waits for each.
        groups: Vec<Vec<String>>,
    },
    /// A plan without tasks.
    #[error("a plan needs at least one task")]
    NoTasks,
    /// An empty name or text.
    #[error("a name or text is empty")]
    NoName,
    /// A task whose id stands twice.
    #[error("`{id}` stands twice")]
    DuplicateId {
        /// The id.
        id: String,
    },
    /// A task for which not exactly one person is accountable.
    #[error("{count} are accountable, exactly one has to be")]
    Accountable {
        /// How many there are.
        count: usize,
    },
    /// A task for which nobody is responsible.
    #[error("nobody is responsible")]
    Responsible,
    /// Somebody who stands twice in one role.
    #[error("`{name}` stands twice in this role")]
    NamedTwice {
        /// The name.
        name: String,
    },
    /// A deliverable that is needed and that nobody makes.
    #[error("nobody makes `{deliverable}`")]
    UnknownDeliverable {
        /// The deliverable.
        deliverable: String,
    },
    /// A deliverable that is made twice.
    #[error("`{deliverable}` is made twice")]
    MadeTwice {
        /// The deliverable.
        deliverable: String,
    },
    /// Contradictory progress: done without a start, a finish before the start, all done without a finish.
    #[error("the progress cannot be: nothing is done before a start, all is done at a finish, and only then")]
    Progress,
    /// Costs of two currencies.
    #[error("a cost in {actual} beside costs in {expected}")]
    CostCurrency {
        /// The currency of the first cost.
        expected: Currency,
        /// The currency of this one.
        actual: Currency,
    },
    /// A cost below zero.
    #[error("cost {cost} is below 0")]
    NegativeCost {
        /// The cost.
        cost: Money,
    },
    /// A task that the plan does not have.
    #[error("there is no task `{id}`")]
    NoSuchTask {
        /// The id as given.
        id: String,
    },
    /// A change after which a task would take more than 4,294,967,295 workdays.
    #[error("`{id}` would take more than 4294967295 workdays")]
    TooLong {
        /// The id of the task.
        id: String,
    },
    /// A text that names none of the choices.
    #[error(transparent)]
    UnknownWord(#[from] UnknownWord),
    /// Earned value of a plan whose tasks have no costs.
    #[error("no task has a cost")]
    NoCosts,
    /// Earned value was refused.
    #[error(transparent)]
    Progressed(#[from] ProgressError),
    /// A quantity was refused.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
    /// A date was refused.
    #[error(transparent)]
    Time(#[from] TimeError),
}

crate::error::fault!(PlanError);

/// Indexes one behind the other: `0 -> 1 -> 0`.
struct Path<'a>(&'a [usize]);

impl core::fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        for (place, task) in self.0.iter().enumerate() {
            write!(f, "{}{task}", if place == 0 { "" } else { " -> " })?;
        }
        Ok(())
    }
}

impl PlanError {
    /// The kind of the fault.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::DuplicateId { .. } | Self::NamedTwice { .. } | Self::MadeTwice { .. } => {
                ErrorKind::Duplicate
            }
            Self::UnknownTask { .. } | Self::UnknownDeliverable { .. } | Self::NoSuchTask { .. } => {
                ErrorKind::NotFound
            }
            Self::TooLarge | Self::TooLong { .. } => ErrorKind::Limit,
            Self::CostCurrency { .. } => ErrorKind::Mismatch,
            Self::Cycle { .. } | Self::WaitsForItself { .. } | Self::Accountable { .. } | Self::Progress => {
                ErrorKind::Conflict
            }
            Self::NoTasks | Self::NoName | Self::Responsible => ErrorKind::Empty,
            Self::NegativeCost { .. } => ErrorKind::OutOfRange,
            Self::UnknownWord(_) => ErrorKind::Syntax,
            Self::NoCosts => ErrorKind::Undefined,
            Self::Progressed(error) => error.kind(),
            Self::Quantity(error) => error.kind(),
            Self::Time(error) => error.kind(),
        }
    }
}
