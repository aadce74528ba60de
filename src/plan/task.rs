//! A task as it is written down.

use super::Relation;
use crate::quantity::wire::{ReadForm, WriteForm, wire_fields};
use crate::quantity::{Money, Share};
use crate::time::NaiveDate;
use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Who does what in a task: the responsibility matrix (RACI). Exactly one is accountable, at least one responsible.
///
/// ```
/// # use marketloop::plan::Raci;
/// let json = r#"{"responsible":["team"],"accountable":["director"],"consulted":["legal"]}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Raci>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[doc(alias = "责任矩阵")]
pub struct Raci {
    /// Those who do the work.
    pub responsible: Vec<String>,
    /// The one who approves it and answers for it.
    pub accountable: Vec<String>,
    /// Those who are asked: participants.
    pub consulted: Vec<String>,
    /// Those who are told.
    pub informed: Vec<String>,
}

wire_fields!(Raci { responsible, accountable, consulted: optional, informed: optional });

impl Raci {
    /// The matrix of one person who does the work and one who is accountable.
    ///
    /// # Examples
    /// ```
    /// use marketloop::plan::Raci;
    ///
    /// let raci = Raci { consulted: vec!["legal".into()], ..Raci::new("content team", "marketing director") };
    /// assert_eq!(raci.accountable, ["marketing director"]);
    /// ```
    #[must_use]
    pub fn new(responsible: impl Into<String>, accountable: impl Into<String>) -> Self {
        let (responsible, accountable) = (responsible.into(), accountable.into());
        Self {
            responsible: alloc::vec![responsible],
            accountable: alloc::vec![accountable],
            ..Self::default()
        }
    }
}

/// The progress of a task: entered, never derived. Whether the task is late follows from a date.
///
/// ```
/// # use marketloop::plan::Progress;
/// let json = r#"{"started":"2026-07-01","done":"0.4"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Progress>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Progress {
    /// The day on which it began.
    pub started: Option<NaiveDate>,
    /// The day on which it was done.
    pub finished: Option<NaiveDate>,
    /// How much of it is done.
    pub done: Share,
}

wire_fields!(Progress { started: optional(own), finished: optional(own), done: default });

impl Progress {
    /// The progress of a task that was begun on this day, with this share done so far.
    ///
    /// # Examples
    /// ```
    /// use marketloop::plan::Progress;
    /// use marketloop::quantity::Share;
    /// use marketloop::time::date;
    ///
    /// assert!(Progress::started(date(2026, 7, 1)?, Share::percent(40)?).is_sound());
    /// assert!(!Progress::started(date(2026, 7, 1)?, Share::ONE).is_sound()); // all done, and no day on which it was
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn started(on: NaiveDate, done: Share) -> Self {
        Self { started: Some(on), finished: None, done }
    }

    /// Whether it is consistent: nothing is done without a start, the finish is not before it, and all is done exactly
    /// where there is a finish.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        match (self.started, self.finished) {
            (None, None) => self.done == Share::ZERO,
            (Some(_), None) => self.done < Share::ONE,
            (Some(started), Some(finished)) => started <= finished && self.done == Share::ONE,
            (None, Some(_)) => false,
        }
    }

    /// The progress of a finished task: begun and done on these days.
    ///
    /// # Examples
    /// ```
    /// use marketloop::plan::Progress;
    /// use marketloop::quantity::Share;
    /// use marketloop::time::date;
    ///
    /// let progress = Progress::finished(date(2026, 7, 1)?, date(2026, 7, 3)?);
    /// assert_eq!(progress.done, Share::ONE);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn finished(started: NaiveDate, finished: NaiveDate) -> Self {
        Self { started: Some(started), finished: Some(finished), done: Share::ONE }
    }
}

/// A task: what is done, by whom, from which deliverables, in how many workdays, and when it counts as done.
///
/// ```
/// # use marketloop::plan::Task;
/// let json = r#"{
///   "id": "koc",
///   "name": "contracts",
///   "phase": "prepare",
///   "acceptance": "100 signed",
///   "raci": {"responsible": ["team"], "accountable": ["director"], "consulted": ["legal"]},
///   "workdays": 8,
///   "makes": ["data pack"],
///   "not_before": "2026-07-01",
///   "finish_by": "2026-07-15",
///   "remind": [3],
///   "cost": {"amount": "120000.00", "currency": "CNY"},
///   "progress": {"started": "2026-07-01", "done": "0.4"}
/// }"#;
/// let read: Task = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<Task>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[doc(alias = "WBS")]
#[doc(alias = "work package")]
#[doc(alias = "milestone")]
#[doc(alias = "里程碑")]
pub struct Task {
    /// Its id.
    pub id: String,
    /// What is done.
    pub name: String,
    /// The phase that it belongs to.
    pub phase: String,
    /// When it counts as done.
    pub acceptance: String,
    /// Who does what.
    pub raci: Raci,
    /// How many workdays it takes; 0 is a milestone.
    pub workdays: u32,
    /// The deliverables that it makes.
    pub makes: Vec<String>,
    /// The deliverables that it waits for, and how.
    pub needs: Vec<(String, Relation)>,
    /// The first day on which it may begin.
    pub not_before: Option<NaiveDate>,
    /// The last day on which it has to be done.
    pub finish_by: Option<NaiveDate>,
    /// How many workdays ahead of its due day somebody is reminded; empty if it is no key node.
    pub remind: Vec<u32>,
    /// What it costs as planned.
    pub cost: Option<Money>,
    /// Its progress.
    pub progress: Progress,
}

wire_fields!(Task {
    id,
    name,
    phase: optional,
    acceptance,
    raci,
    workdays,
    makes: optional,
    needs: optional(with(Needs)),
    not_before: optional(own),
    finish_by: optional(own),
    remind: optional,
    cost: optional,
    progress: default
});

/// What a task waits for, on the wire.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Need<'a> {
    deliverable: Cow<'a, str>,
    #[serde(default)]
    relation: Relation,
}

impl<'a> Need<'a> {
    fn of((deliverable, relation): &'a (String, Relation)) -> Self {
        Self { deliverable: deliverable.into(), relation: *relation }
    }
}

/// The form of what a task waits for: a list of [`Need`]s.
struct Needs;

impl WriteForm<Vec<(String, Relation)>> for Needs {
    fn write<S: Serializer>(needs: &Vec<(String, Relation)>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(needs.iter().map(Need::of))
    }
}

impl<'de> ReadForm<'de, Vec<(String, Relation)>> for Needs {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Vec<(String, Relation)>, D::Error> {
        let needs = Vec::<Need<'_>>::deserialize(deserializer)?;
        Ok(needs.into_iter().map(|need| (need.deliverable.into_owned(), need.relation)).collect())
    }
}

impl Task {
    /// A task of `workdays` workdays (0 is a milestone); the rest is set by the `with_` methods or field by field.
    ///
    /// # Examples
    /// ```
    /// use marketloop::plan::{Raci, Task};
    ///
    /// let selection = Task::new("koc", "KOC selection and contracts", 8, Raci::new("channel manager", "director"))
    ///     .with_acceptance("100 signed contracts")
    ///     .making("KOC data pack");
    /// assert_eq!(selection.makes, ["KOC data pack"]);
    /// ```
    #[must_use]
    pub fn new(id: impl Into<String>, name: impl Into<String>, workdays: u32, raci: Raci) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            phase: String::new(),
            // Not empty: a plan refuses a task without a standard.
            acceptance: "done".into(),
            raci,
            workdays,
            makes: Vec::new(),
            needs: Vec::new(),
            not_before: None,
            finish_by: None,
            remind: Vec::new(),
            cost: None,
            progress: Progress::default(),
        }
    }

    /// Sets the phase that the task belongs to.
    #[must_use]
    pub fn with_phase(self, phase: impl Into<String>) -> Self {
        Self { phase: phase.into(), ..self }
    }

    /// Sets the acceptance standard: when the task counts as done.
    #[must_use]
    pub fn with_acceptance(self, acceptance: impl Into<String>) -> Self {
        Self { acceptance: acceptance.into(), ..self }
    }

    /// Adds a deliverable that the task makes.
    ///
    /// # Examples
    /// ```
    /// use marketloop::plan::{Raci, Task};
    ///
    /// let shooting = Task::new("shoot", "shooting", 3, Raci::new("studio", "director")).making("raw film").making("stills");
    /// assert_eq!(shooting.makes, ["raw film", "stills"]);
    /// ```
    #[must_use]
    pub fn making(mut self, deliverable: impl Into<String>) -> Self {
        self.makes.push(deliverable.into());
        self
    }

    /// Adds a deliverable that has to be finished before the task starts.
    ///
    /// # Examples
    /// ```
    /// use marketloop::plan::{Raci, Relation, Task};
    ///
    /// let editing = Task::new("edit", "editing", 4, Raci::new("studio", "director")).needing("raw film");
    /// assert_eq!(editing.needs, [("raw film".to_string(), Relation::FinishToStart(0))]);
    /// ```
    #[must_use]
    pub fn needing(self, deliverable: impl Into<String>) -> Self {
        self.needing_as(deliverable, Relation::default())
    }

    /// Adds a deliverable that the task depends on, and how.
    ///
    /// # Examples
    /// ```
    /// use marketloop::plan::{Raci, Relation, Task};
    ///
    /// // Editing may begin a day after shooting begins.
    /// let editing = Task::new("edit", "editing", 4, Raci::new("studio", "director"))
    ///     .needing_as("raw film", Relation::StartToStart(1));
    /// assert_eq!(editing.needs[0].1.to_string(), "SS+1");
    /// ```
    #[must_use]
    pub fn needing_as(mut self, deliverable: impl Into<String>, relation: Relation) -> Self {
        self.needs.push((deliverable.into(), relation));
        self
    }

    /// Sets the first day on which the task may begin.
    ///
    /// # Examples
    /// ```
    /// use marketloop::plan::{Raci, Task, WorkPlan};
    /// use marketloop::time::{WorkCalendar, date};
    ///
    /// let live = Task::new("live", "live show", 1, Raci::new("a", "b")).with_not_before(date(2026, 11, 11)?);
    /// let plan = WorkPlan::draft("double 11", date(2026, 11, 2)?).task(live).check()?;
    /// let calendar = WorkCalendar::monday_to_friday(date(2026, 11, 1)?, date(2026, 11, 30)?)?;
    /// assert_eq!(plan.dated(&calendar)?["live"].start(), Some(date(2026, 11, 11)?));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn with_not_before(mut self, date: NaiveDate) -> Self {
        self.not_before = Some(date);
        self
    }

    /// Sets the deadline: the last day on which the task has to be done.
    ///
    /// # Examples
    /// ```
    /// use marketloop::plan::{Raci, Task, WorkPlan};
    /// use marketloop::time::{WorkCalendar, date};
    ///
    /// let film = Task::new("film", "film", 5, Raci::new("a", "b")).with_finish_by(date(2026, 7, 3)?);
    /// let plan = WorkPlan::draft("p", date(2026, 7, 1)?).task(film).check()?;
    /// let calendar = WorkCalendar::monday_to_friday(date(2026, 7, 1)?, date(2026, 7, 31)?)?;
    /// let dated = plan.dated(&calendar)?;
    /// assert_eq!((dated["film"].finish(), dated["film"].missed()), (date(2026, 7, 7)?, Some(date(2026, 7, 3)?)));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn with_finish_by(mut self, date: NaiveDate) -> Self {
        self.finish_by = Some(date);
        self
    }

    /// Adds a reminder, this many workdays ahead of the day on which the task is due.
    #[must_use]
    pub fn with_reminder(mut self, workdays_ahead: u32) -> Self {
        self.remind.push(workdays_ahead);
        self
    }

    /// Sets the planned cost.
    ///
    /// # Examples
    /// ```
    /// use marketloop::plan::{Raci, Task};
    ///
    /// let film = Task::new("film", "film", 5, Raci::new("a", "b")).with_cost("8000 CNY".parse()?);
    /// assert_eq!(film.cost.map(|cost| cost.to_string()), Some("8,000.00 CNY".into()));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn with_cost(mut self, cost: Money) -> Self {
        self.cost = Some(cost);
        self
    }

    /// Sets the progress.
    #[must_use]
    pub const fn with_progress(mut self, progress: Progress) -> Self {
        self.progress = progress;
        self
    }
}
