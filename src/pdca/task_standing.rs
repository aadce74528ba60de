//! The tasks of a cycle one by one: which is late, by how much, and whose it is.

use crate::figure::{Cell, Figure, Table};
use crate::plan::{DatedPlan, PlanError, PlannedDates, TaskState, TaskStatus};
use crate::quantity::wire::serialize_fields;
use crate::time::NaiveDate;
use alloc::string::String;
use alloc::vec::Vec;

/// A task of a cycle's work on a day: whose it is, when it had to be done, and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TaskStanding {
    /// The task's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Who does it.
    pub responsible: Vec<String>,
    /// Who answers for it.
    pub accountable: Vec<String>,
    /// The last day that the plan gives it: that of the first signed plan.
    pub finish: NaiveDate,
    /// The day on which it was done; missing if it is not.
    pub done_on: Figure<NaiveDate>,
    /// State, share done, and workdays late.
    pub status: TaskStatus,
}

serialize_fields!(TaskStanding {
    id,
    name,
    responsible: optional,
    accountable: optional,
    finish: own,
    done_on: own,
    status,
});

impl TaskStanding {
    /// Every task of the plan on the evening of `date`.
    pub(super) fn all(
        dated: &DatedPlan<'_>,
        date: NaiveDate,
        baseline: Option<&PlannedDates>,
    ) -> Result<Vec<Self>, PlanError> {
        let one = |own: &crate::plan::DatedTask<'_>| {
            let task = own.task();
            let planned = baseline.and_then(|baseline| baseline.get(&task.id));
            Ok(Self {
                id: task.id.clone(),
                name: task.name.clone(),
                responsible: task.raci.responsible.clone(),
                accountable: task.raci.accountable.clone(),
                finish: planned.map_or_else(|| own.finish(), |(_, finish)| finish),
                done_on: match task.progress.finished.filter(|finished| *finished <= date) {
                    Some(on) => Figure::Known(on),
                    None => Figure::missing(alloc::format!("end of {}", task.name)),
                },
                status: dated.status_of(own, date, baseline)?,
            })
        };
        dated.tasks().iter().map(one).collect()
    }

    /// Whether it was late: done after its last day, or not done or begun when it should be.
    #[must_use]
    pub const fn is_late(&self) -> bool {
        self.status.late > 0 || self.status.delayed > 0
    }

    /// Whether it is not done.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.status.state != TaskState::Done
    }

    /// The tasks as rows, by their names: owner, last day, when done, share done, workdays late.
    ///
    /// # Examples
    /// ```
    /// use marketloop::pdca::TaskStanding;
    ///
    /// assert_eq!(TaskStanding::table(&[]).to_string(), "task\n");
    /// ```
    #[must_use]
    pub fn table<'a>(tasks: impl IntoIterator<Item = &'a Self>) -> Table {
        let mut table = Table::new("task");
        for task in tasks {
            let percent = task.status.done.times(crate::quantity::Ratio::whole(100));
            table.push(&task.name, "accountable", task.accountable.join(", "));
            table.push(&task.name, "responsible", task.responsible.join(", "));
            table.push(&task.name, "state", Cell::new(task.status.state, ""));
            table.push(&task.name, "had to be done by", task.finish);
            table.push(&task.name, "done on", task.done_on.clone());
            // The share is a fraction of workdays: a hundred of it needs as many digits.
            let done = percent.map_or_else(
                |_| Cell::from(task.status.done),
                |percent| Cell { unit: "%".into(), ..Cell::from(percent) },
            );
            table.push(&task.name, "share done", done);
            table.push(&task.name, "workdays late", Cell::new(task.status.late, "workday"));
        }
        table
    }
}
