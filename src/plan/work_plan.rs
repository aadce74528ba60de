//! A plan of tasks on a work calendar, checked as a whole.

use super::{Network, PlanError, Relation, Schedule, Task};
use crate::error::{Path, Problems};
use crate::time::{NaiveDate, TimeError, WorkCalendar};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A plan as it is written down, not checked yet.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkPlanDraft {
    /// What is planned.
    pub title: String,
    /// The first day; where it is no workday, the one after it.
    #[serde(deserialize_with = "crate::time::wire_date::deserialize")]
    pub start: NaiveDate,
    /// The deliverables that come from outside of the plan, such as an approval.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub given: Vec<String>,
    /// The tasks.
    pub tasks: Vec<Task>,
}

impl WorkPlanDraft {
    /// One more deliverable from outside of the plan.
    #[must_use]
    pub fn given(mut self, deliverable: impl Into<String>) -> Self {
        self.given.push(deliverable.into());
        self
    }

    /// One more task.
    #[must_use]
    pub fn task(mut self, task: Task) -> Self {
        self.tasks.push(task);
        self
    }

    /// The checked plan.
    ///
    /// # Errors
    /// All problems at once, each at its place: [`PlanError::NoTasks`]; [`PlanError::NoName`];
    /// [`PlanError::DuplicateId`]; [`PlanError::Accountable`], [`PlanError::Responsible`],
    /// [`PlanError::NamedTwice`] of a RACI matrix; [`PlanError::UnknownDeliverable`],
    /// [`PlanError::MadeTwice`]; [`PlanError::Progress`]; [`PlanError::CostCurrency`];
    /// [`PlanError::WaitsForItself`] with the ids of one closed path and of all groups.
    pub fn check(self) -> Result<WorkPlan, Problems<PlanError>> {
        let mut problems = Problems::new();
        if self.tasks.is_empty() {
            problems.push(Path::root().field("tasks"), PlanError::NoTasks);
        }
        let mut ids: BTreeMap<&str, usize> = BTreeMap::new();
        for (index, task) in self.tasks.iter().enumerate() {
            let path = Path::root().field("tasks").index(index);
            check_task(task, &path, &mut problems);
            if ids.insert(&task.id, index).is_some() {
                problems.push(path.field("id"), PlanError::DuplicateId { id: task.id.clone() });
            }
        }
        let mut costs = self.tasks.iter().enumerate().filter_map(|(index, task)| Some((index, task.cost?)));
        if let Some((_, first)) = costs.next() {
            for (index, cost) in costs.filter(|(_, cost)| cost.currency() != first.currency()) {
                let error = PlanError::CostCurrency { expected: first.currency(), actual: cost.currency() };
                problems.push(Path::root().field("tasks").index(index).field("cost"), error);
            }
        }
        let relations = self.relations(&mut problems);
        let durations: Vec<u32> = self.tasks.iter().map(|task| task.workdays).collect();
        let network = match Network::new(&durations, &relations) {
            Ok(network) => Some(network),
            Err(PlanError::Cycle(cycle)) => {
                let id = |task: &usize| self.tasks.get(*task).map(|task| task.id.clone()).unwrap_or_default();
                let ids = |tasks: &[usize]| tasks.iter().map(id).collect::<Vec<_>>();
                let path = ids(cycle.path());
                let groups = cycle.groups().iter().map(|group| ids(group)).collect();
                problems.push(Path::root().field("tasks"), PlanError::WaitsForItself { path, groups });
                None
            }
            Err(error) => problems.take(&Path::root().field("tasks"), Err(error)),
        };
        problems.finish(network.map(|network| WorkPlan { draft: self, network, relations }))
    }

    /// The relations between tasks, by who makes what.
    fn relations(&self, problems: &mut Problems<PlanError>) -> Vec<Relation> {
        let mut makers: BTreeMap<&str, Option<u32>> = BTreeMap::new();
        for (index, deliverable) in self.given.iter().enumerate() {
            if makers.insert(deliverable, None).is_some() {
                let error = PlanError::MadeTwice { deliverable: deliverable.clone() };
                problems.push(Path::root().field("given").index(index), error);
            }
        }
        let tasks = || (0_u32..).zip(&self.tasks);
        let path = |task: u32| Path::root().field("tasks").index(task as usize);
        for (index, task) in tasks() {
            for (at, deliverable) in task.makes.iter().enumerate() {
                if makers.insert(deliverable, Some(index)).is_some() {
                    let error = PlanError::MadeTwice { deliverable: deliverable.clone() };
                    problems.push(path(index).field("makes").index(at), error);
                }
            }
        }
        let mut relations = Vec::new();
        for (index, task) in tasks() {
            for (at, need) in task.needs.iter().enumerate() {
                match makers.get(need.deliverable.as_str()) {
                    Some(Some(maker)) => {
                        relations.push(Relation::new(*maker, index, need.relation).with_lag(need.lag));
                    }
                    Some(None) => {}
                    None => {
                        let error = PlanError::UnknownDeliverable { deliverable: need.deliverable.clone() };
                        problems.push(path(index).field("needs").index(at).field("deliverable"), error);
                    }
                }
            }
        }
        relations
    }
}

fn check_task(task: &Task, path: &Path, problems: &mut Problems<PlanError>) {
    for (field, text) in [("id", &task.id), ("name", &task.name), ("acceptance", &task.acceptance)] {
        if text.trim().is_empty() {
            problems.push(path.field(field), PlanError::NoName);
        }
    }
    let raci = path.field("raci");
    if task.raci.accountable.len() != 1 {
        let error = PlanError::Accountable { count: task.raci.accountable.len() };
        problems.push(raci.field("accountable"), error);
    }
    if task.raci.responsible.is_empty() {
        problems.push(raci.field("responsible"), PlanError::Responsible);
    }
    let roles = [
        ("responsible", &task.raci.responsible),
        ("accountable", &task.raci.accountable),
        ("consulted", &task.raci.consulted),
        ("informed", &task.raci.informed),
    ];
    for (field, names) in roles {
        for (index, name) in names.iter().enumerate() {
            if name.trim().is_empty() {
                problems.push(raci.field(field).index(index), PlanError::NoName);
            } else if names.iter().take(index).any(|before| before == name) {
                problems.push(raci.field(field).index(index), PlanError::NamedTwice { name: name.clone() });
            }
        }
    }
    if !task.progress.is_sound() {
        problems.push(path.field("progress"), PlanError::Progress);
    }
    if let Some(cost) = task.cost.filter(crate::quantity::Money::is_negative) {
        problems.push(path.field("cost"), PlanError::NegativeCost { cost });
    }
}

/// Tasks with their deliverables, relations and people.
///
/// A dependency names a deliverable: who needs it waits for the task that makes it.
///
/// # Examples
/// ```
/// use marketloop::plan::{Raci, Task, WorkPlan};
/// use marketloop::time::{WorkCalendar, date};
///
/// let raci = || Raci::new("content team", "marketing director");
/// let plan = WorkPlan::draft("Xiaohongshu seeding", date(2026, 7, 1)?)
///     .given("plan approval")
///     .task(Task::new("koc", "KOC selection and contracts", 8, raci()).making("KOC data pack"))
///     .task(Task::new("content", "content creation", 7, raci()).needing("KOC data pack"))
///     .task(Task::new("material", "material production", 8, raci()).needing("plan approval"))
///     .check()?;
/// let calendar = WorkCalendar::monday_to_friday(date(2026, 7, 1)?, date(2026, 12, 31)?)?;
/// let dated = plan.dated(&calendar)?;
/// assert_eq!(dated["content"].start(), Some(date(2026, 7, 13)?));
/// assert_eq!(dated.finish(), date(2026, 7, 21)?);
/// assert!(dated["koc"].is_critical() && dated["material"].total_float() == 7);
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "WorkPlanDraft", into = "WorkPlanDraft")]
pub struct WorkPlan {
    draft: WorkPlanDraft,
    network: Network,
    relations: Vec<Relation>,
}

impl PartialEq for WorkPlan {
    /// Plans are equal when what was written down is: the rest follows from it.
    fn eq(&self, other: &Self) -> bool {
        self.draft == other.draft
    }
}

impl Eq for WorkPlan {}

impl core::hash::Hash for WorkPlan {
    fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
        self.draft.hash(state);
    }
}

impl WorkPlan {
    /// A plan to be filled in.
    #[must_use]
    pub fn draft(title: impl Into<String>, start: NaiveDate) -> WorkPlanDraft {
        WorkPlanDraft { title: title.into(), start, given: Vec::new(), tasks: Vec::new() }
    }

    /// What is planned.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.draft.title
    }

    /// The first day as given.
    #[must_use]
    pub const fn start(&self) -> NaiveDate {
        self.draft.start
    }

    /// The tasks as given.
    #[must_use]
    pub fn tasks(&self) -> &[Task] {
        &self.draft.tasks
    }

    /// The task of this id.
    #[must_use]
    pub fn task(&self, id: &str) -> Option<&Task> {
        self.draft.tasks.iter().find(|task| task.id == id)
    }

    /// The index of the task of this id.
    #[must_use]
    pub fn index_of(&self, id: &str) -> Option<usize> {
        self.draft.tasks.iter().position(|task| task.id == id)
    }

    /// The relations between tasks by their indexes, as the needs are written down.
    #[must_use]
    pub fn relations(&self) -> &[Relation] {
        &self.relations
    }

    /// The tasks and relations as a network of workdays.
    #[must_use]
    pub const fn network(&self) -> &Network {
        &self.network
    }

    /// The same plan with what is known of the work of one task.
    ///
    /// # Errors
    /// [`PlanError::NoSuchTask`]; [`PlanError::Progress`].
    pub fn with_progress(self, id: &str, progress: super::Progress) -> Result<Self, Problems<PlanError>> {
        self.changed(id, |task| task.progress = progress)
    }

    /// The same plan with one task changed.
    ///
    /// # Errors
    /// [`PlanError::NoSuchTask`]; those of [`WorkPlanDraft::check`].
    pub fn changed(self, id: &str, change: impl FnOnce(&mut Task)) -> Result<Self, Problems<PlanError>> {
        let mut draft = self.draft;
        let Some(task) = draft.tasks.iter_mut().find(|task| task.id == id) else {
            let mut problems = Problems::new();
            problems.push(Path::root(), PlanError::NoSuchTask { id: id.into() });
            return problems.finish(None);
        };
        change(task);
        draft.check()
    }

    /// The schedule in workdays from the first workday.
    ///
    /// # Errors
    /// Those of the calendar, each at its date.
    pub fn schedule(&self, calendar: &WorkCalendar) -> Result<Schedule<'_>, Problems<PlanError>> {
        let (not_before, finish_by) = self.bounds(calendar)?;
        Ok(self.network.schedule_within(&not_before, &finish_by))
    }

    /// The bounds of all tasks in workdays from the first workday.
    pub(super) fn bounds(&self, calendar: &WorkCalendar) -> Result<Bounds, Problems<PlanError>> {
        let mut problems = Problems::new();
        let at = |date: NaiveDate| calendar.count_workdays(self.draft.start, date);
        let (mut not_before, mut finish_by) = (Vec::new(), Vec::new());
        for (index, task) in self.draft.tasks.iter().enumerate() {
            let path = Path::root().field("tasks").index(index);
            let offset = task.not_before.map(at).transpose();
            not_before.push(problems.take(&path.field("not_before"), offset).flatten().unwrap_or(0));
            let offset = task.finish_by.map(|date| at(next_day(date)?)).transpose();
            finish_by.push(problems.take(&path.field("finish_by"), offset).flatten());
        }
        problems.into_result((not_before, finish_by))
    }
}

/// First starts and last finishes.
pub(super) type Bounds = (Vec<i64>, Vec<Option<i64>>);

pub(super) fn next_day(date: NaiveDate) -> Result<NaiveDate, TimeError> {
    date.succ_opt().ok_or(TimeError::DateOutOfRange { from: date })
}

impl TryFrom<WorkPlanDraft> for WorkPlan {
    type Error = Problems<PlanError>;

    fn try_from(draft: WorkPlanDraft) -> Result<Self, Self::Error> {
        draft.check()
    }
}

impl From<WorkPlan> for WorkPlanDraft {
    fn from(plan: WorkPlan) -> Self {
        plan.draft
    }
}
