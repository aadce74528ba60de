//! A plan of tasks on a work calendar, checked as a whole.

use super::{Network, PlanError, Progress, Relation, Task};
use crate::error::{Lookup, Path, Problems};
use crate::quantity::wire::wire_fields;
use crate::time::{NaiveDate, in_range};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A draft of a plan: [`WorkPlan::draft`] begins it, [`check`](Self::check) makes the plan of it.
///
/// ```
/// # use marketloop::plan::WorkPlanDraft;
/// let json = r#"{
///   "title": "seeding",
///   "start": "2026-07-01",
///   "given": ["approval"],
///   "tasks": [{
///     "id": "launch", "name": "launch", "acceptance": "done", "workdays": 0, "progress": {"done": "0"},
///     "raci": {"responsible": ["team"], "accountable": ["director"]},
///     "needs": [{"deliverable": "approval", "relation": "FS"}]
///   }]
/// }"#;
/// let read: WorkPlanDraft = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<WorkPlanDraft>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct WorkPlanDraft {
    title: String,
    start: NaiveDate,
    given: Vec<String>,
    tasks: Vec<Task>,
}

wire_fields!(WorkPlanDraft { title, start: own, given: optional, tasks });

impl WorkPlanDraft {
    /// Moves the plan's first day. Where it is no workday, work starts on the next one.
    ///
    /// # Examples
    /// ```
    /// use marketloop::plan::{Raci, Task, WorkPlan, WorkPlanDraft};
    /// use marketloop::time::date;
    ///
    /// let film = Task::new("film", "film", 5, Raci::new("studio", "director"));
    /// let plan = WorkPlan::draft("p", date(2026, 7, 1)?).task(film).check()?;
    /// let postponed = WorkPlanDraft::from(plan).with_start(date(2026, 8, 3)?).check()?;
    /// assert_eq!(postponed.start(), date(2026, 8, 3)?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_start(self, start: NaiveDate) -> Self {
        Self { start, ..self }
    }

    /// Replaces the tasks of the draft.
    ///
    /// # Examples
    /// ```
    /// use marketloop::plan::{Raci, Task, WorkPlan, WorkPlanDraft};
    /// use marketloop::time::date;
    ///
    /// let task = |id: &str| Task::new(id, id, 5, Raci::new("studio", "director"));
    /// let plan = WorkPlan::draft("p", date(2026, 7, 1)?).with_tasks([task("film"), task("print")]).check()?;
    /// // Every task takes a day longer; the plan is checked once.
    /// let tasks = plan.tasks().to_vec().into_iter().map(|task| Task { workdays: task.workdays + 1, ..task });
    /// let longer = WorkPlanDraft::from(plan).with_tasks(tasks).check()?;
    /// assert_eq!(longer.network().durations(), [6, 6]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_tasks(self, tasks: impl IntoIterator<Item = Task>) -> Self {
        Self { tasks: tasks.into_iter().collect(), ..self }
    }

    /// Adds a deliverable that comes from outside of the plan, such as an approval.
    ///
    /// # Examples
    /// ```
    /// use marketloop::plan::{Raci, Task, WorkPlan};
    /// use marketloop::time::date;
    ///
    /// let print = || Task::new("print", "printing", 3, Raci::new("a", "b")).needing("approval");
    /// let draft = WorkPlan::draft("p", date(2026, 7, 1)?).task(print());
    /// assert_eq!(
    ///     draft.clone().check().unwrap_err().to_string(),
    ///     "tasks[0].needs[0].deliverable: nobody makes `approval`"
    /// );
    /// assert!(draft.given("approval").check().is_ok());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn given(mut self, deliverable: impl Into<String>) -> Self {
        self.given.push(deliverable.into());
        self
    }

    /// Adds a task.
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
    /// [`PlanError::MadeTwice`]; [`PlanError::Progress`]; [`PlanError::CostCurrency`], [`PlanError::NegativeCost`];
    /// [`PlanError::TooLarge`]; [`TimeError::YearOutOfRange`](crate::time::TimeError::YearOutOfRange);
    /// [`PlanError::WaitsForItself`] with the ids of one closed path and of all groups.
    pub fn check(self) -> Result<WorkPlan, Problems<PlanError>> {
        let mut problems = Problems::new();
        if self.tasks.is_empty() {
            problems.push(Path::root().field("tasks"), PlanError::NoTasks);
        }
        problems.take(&Path::root().field("start"), in_range(self.start));
        let mut ids: BTreeMap<&str, u32> = BTreeMap::new();
        for (index, task) in (0_u32..).zip(&self.tasks) {
            let path = Path::root().field("tasks").index(index as usize);
            check_task(task, &path, &mut problems);
            if ids.insert(&task.id, index).is_some() {
                problems.push(path.field("id"), PlanError::DuplicateId { id: task.id.clone() });
            }
        }
        // Short where an id stands twice, but then no plan is made of it.
        let by_id = ids.into_values().collect();
        let mut costs = self.tasks.iter().enumerate().filter_map(|(index, task)| Some((index, task.cost?)));
        if let Some((_, first)) = costs.next() {
            for (index, cost) in costs.filter(|(_, cost)| cost.currency() != first.currency()) {
                let error = PlanError::CostCurrency { expected: first.currency(), actual: cost.currency() };
                problems.push(Path::root().field("tasks").index(index).field("cost"), error);
            }
        }
        // Also where something is wrong already: a cycle is told together with all else.
        let relations = self.relations(&mut problems);
        let durations: Vec<u32> = self.tasks.iter().map(|task| task.workdays).collect();
        let network = match Network::new(&durations, &relations) {
            Ok(network) => Some(network),
            Err(PlanError::Cycle { path, groups }) => {
                #[expect(clippy::indexing_slicing, reason = "the network has the tasks of the draft")]
                let id = |task: &usize| self.tasks[*task].id.clone();
                let ids = |tasks: &[usize]| tasks.iter().map(id).collect::<Vec<_>>();
                let path = ids(&path);
                let groups = groups.iter().map(|group| ids(group)).collect();
                problems.push(Path::root().field("tasks"), PlanError::WaitsForItself { path, groups });
                None
            }
            Err(error) => problems.take(&Path::root().field("tasks"), Err(error)),
        };
        problems.finish(network.map(|network| WorkPlan { draft: self, network, relations, by_id }))
    }

    /// The relations between tasks, by who makes what.
    fn relations(&self, problems: &mut Problems<PlanError>) -> Vec<(u32, u32, Relation)> {
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
            for (at, (deliverable, relation)) in task.needs.iter().enumerate() {
                match makers.get(deliverable.as_str()) {
                    Some(Some(maker)) => relations.push((*maker, index, *relation)),
                    // What is given is there before the plan begins.
                    Some(None) => {}
                    None => {
                        let error = PlanError::UnknownDeliverable { deliverable: deliverable.clone() };
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
        let mut repeats = Lookup::of(names.iter()).repeats().into_iter().map(|(_, again)| again).peekable();
        for (index, name) in names.iter().enumerate() {
            let is_repeated = repeats.next_if_eq(&index).is_some();
            if name.trim().is_empty() {
                problems.push(raci.field(field).index(index), PlanError::NoName);
            } else if is_repeated {
                problems.push(raci.field(field).index(index), PlanError::NamedTwice { name: name.clone() });
            }
        }
    }
    for (field, date) in [("not_before", task.not_before), ("finish_by", task.finish_by)] {
        problems.take(&path.field(field), date.map_or(Ok(()), |date| in_range(date).map(drop)));
    }
    check_progress(&task.progress, &path.field("progress"), problems);
    if let Some(cost) = task.cost.filter(crate::quantity::Money::is_negative) {
        problems.push(path.field("cost"), PlanError::NegativeCost { cost });
    }
}

fn check_progress(progress: &Progress, path: &Path, problems: &mut Problems<PlanError>) {
    if !progress.is_sound() {
        problems.push(path.clone(), PlanError::Progress);
    }
    for (field, date) in [("started", progress.started), ("finished", progress.finished)] {
        problems.take(&path.field(field), date.map_or(Ok(()), |date| in_range(date).map(drop)));
    }
}

/// A checked plan: tasks with their deliverables, relations and people.
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
/// assert!(dated["koc"].is_critical() && dated["material"].total_float().get()? == 7);
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::plan::WorkPlan;
/// let json = r#"{
///   "title": "seeding",
///   "start": "2026-07-01",
///   "given": ["approval"],
///   "tasks": [
///     {
///       "id": "koc",
///       "name": "contracts",
///       "phase": "prepare",
///       "acceptance": "100 signed",
///       "raci": {"responsible": ["team"], "accountable": ["director"], "consulted": ["legal"]},
///       "workdays": 8,
///       "makes": ["data pack"],
///       "not_before": "2026-07-01",
///       "finish_by": "2026-07-15",
///       "remind": [3],
///       "cost": {"amount": "120000.00", "currency": "CNY"},
///       "progress": {"started": "2026-07-01", "done": "0.4"}
///     },
///     {
///       "id": "launch",
///       "name": "launch",
///       "acceptance": "done",
///       "raci": {"responsible": ["team"], "accountable": ["director"]},
///       "workdays": 0,
///       "needs": [
///         {"deliverable": "approval", "relation": "FS"},
///         {"deliverable": "data pack", "relation": "SF-1"}
///       ],
///       "progress": {"done": "0"}
///     }
///   ]
/// }"#;
/// let read: WorkPlan = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<WorkPlan>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "WorkPlanDraft", into = "WorkPlanDraft")]
#[doc(alias = "WBS")]
pub struct WorkPlan {
    draft: WorkPlanDraft,
    network: Network,
    relations: Vec<(u32, u32, Relation)>,
    /// The indexes of the tasks in the order of their ids.
    by_id: Vec<u32>,
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
    /// Begins the draft of a plan with this title and first day. Where that is no workday, work starts on the next one.
    ///
    /// # Examples
    /// ```
    /// use marketloop::plan::WorkPlan;
    /// use marketloop::time::date;
    ///
    /// let empty = WorkPlan::draft("seeding", date(2026, 7, 1)?).check();
    /// assert_eq!(empty.unwrap_err().to_string(), "tasks: a plan needs at least one task");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn draft(title: impl Into<String>, start: NaiveDate) -> WorkPlanDraft {
        WorkPlanDraft { title: title.into(), start, given: Vec::new(), tasks: Vec::new() }
    }

    /// The title.
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
    ///
    /// # Examples
    /// ```
    /// use marketloop::plan::{Raci, Task, WorkPlan};
    /// use marketloop::time::date;
    ///
    /// let film = Task::new("film", "film", 5, Raci::new("studio", "director"));
    /// let plan = WorkPlan::draft("p", date(2026, 7, 1)?).task(film).check()?;
    /// assert_eq!(plan.task("film").map(|task| task.workdays), Some(5));
    /// assert!(plan.task("radio").is_none());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "`index_of` finds places in the list of tasks")]
    pub fn task(&self, id: &str) -> Option<&Task> {
        Some(&self.draft.tasks[self.index_of(id)?])
    }

    /// The index of the task of this id.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "`by_id` has the index of each task")]
    pub fn index_of(&self, id: &str) -> Option<usize> {
        let id_of = |index: &u32| self.draft.tasks[*index as usize].id.as_str();
        let place = self.by_id.binary_search_by(|index| id_of(index).cmp(id)).ok()?;
        Some(self.by_id[place] as usize)
    }

    /// The relations between tasks, one for each need that a task of the plan meets: the index of the predecessor, that of
    /// the successor, and the relation.
    #[must_use]
    pub fn relations(&self) -> &[(u32, u32, Relation)] {
        &self.relations
    }

    /// The tasks and relations as a network of workdays.
    #[must_use]
    pub const fn network(&self) -> &Network {
        &self.network
    }

    /// Records the progress of tasks by their ids. If a task is named twice, the last progress counts.
    ///
    /// # Errors
    /// All problems at once, each at its place in the list: [`PlanError::NoSuchTask`]; [`PlanError::Progress`];
    /// [`TimeError::YearOutOfRange`](crate::time::TimeError::YearOutOfRange).
    ///
    /// # Examples
    /// ```
    /// use marketloop::plan::{Progress, Raci, Task, WorkPlan};
    /// use marketloop::time::date;
    ///
    /// let plan = WorkPlan::draft("p", date(2026, 7, 1)?).task(Task::new("koc", "contracts", 8, Raci::new("a", "b")));
    /// let done = Progress::finished(date(2026, 7, 1)?, date(2026, 7, 10)?);
    /// let plan = plan.check()?.with_progress([("koc", done)])?;
    /// assert_eq!(plan.task("koc").unwrap().progress, done);
    ///
    /// let refused = plan.with_progress([("koc", Progress::default()), ("kol", done), ("video", done)]).unwrap_err();
    /// assert_eq!(refused.to_string(), "2 problems\n  [1]: there is no task `kol`\n  [2]: there is no task `video`");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn with_progress<'i>(
        mut self,
        progress: impl IntoIterator<Item = (&'i str, Progress)>,
    ) -> Result<Self, Problems<PlanError>> {
        let mut problems = Problems::new();
        // What is known of the work changes no relation and no duration: only itself is checked again.
        for (place, (id, progress)) in progress.into_iter().enumerate() {
            let path = Path::root().index(place);
            match self.index_of(id) {
                Some(index) => {
                    check_progress(&progress, &path, &mut problems);
                    #[expect(
                        clippy::indexing_slicing,
                        reason = "`index_of` finds places in the list of tasks"
                    )]
                    let task = &mut self.draft.tasks[index];
                    task.progress = progress;
                }
                None => problems.push(path, PlanError::NoSuchTask { id: id.into() }),
            }
        }
        problems.into_result(self)
    }

    /// Changes one task and checks the whole plan again. To change many tasks at the price of one check, use
    /// [`WorkPlanDraft::with_tasks`].
    ///
    /// # Errors
    /// [`PlanError::NoSuchTask`]; those of [`WorkPlanDraft::check`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::plan::{Raci, Task, WorkPlan};
    /// use marketloop::time::date;
    ///
    /// let film = Task::new("film", "film", 5, Raci::new("studio", "director"));
    /// let plan = WorkPlan::draft("p", date(2026, 7, 1)?).task(film).check()?;
    /// let longer = plan.changed("film", |task| task.workdays = 8)?;
    /// assert_eq!(longer.network().durations(), [8]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn changed(self, id: &str, change: impl FnOnce(&mut Task)) -> Result<Self, Problems<PlanError>> {
        let Some(index) = self.index_of(id) else {
            let mut problems = Problems::new();
            problems.push(Path::root(), PlanError::NoSuchTask { id: id.into() });
            return problems.finish(None);
        };
        let mut draft = self.draft;
        #[expect(clippy::indexing_slicing, reason = "`index_of` finds places in the list of tasks")]
        change(&mut draft.tasks[index]);
        draft.check()
    }
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
