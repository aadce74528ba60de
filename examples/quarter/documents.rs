//! The documents' own plan: a file of their figures, read with all its faults, and the report on it.

use super::Refusal;
use marketloop::Error;
use marketloop::budget::{Budget, BudgetDraft};
use marketloop::channel::{ChannelError, Scorecard};
use marketloop::error::{ErrorKind, Fault, Path, Problems};
use marketloop::figure::Report;
use marketloop::goal::{Cascade, CascadeDraft};
use marketloop::health::{Matrix, MatrixDraft};
use marketloop::pdca::{PdcaError, StageTable};
use marketloop::plan::{Raci, Task, TaskState, WorkPlan};
use marketloop::quantity::{Count, Mix, Money, Quantity, Return, Revenue};
use marketloop::review::{Finding, FindingDraft};
use marketloop::target::Target;
use marketloop::time::{Period, TimeError, WorkCalendar};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

#[path = "documents_cycle.rs"]
mod cycle;
#[path = "documents_money.rs"]
mod money;
#[path = "documents_report.rs"]
mod report;

/// The report on the file, or all its faults.
pub(super) fn run(path: &str) -> Result<Report, Refusal> {
    let file: Value = serde_json::from_str(&std::fs::read_to_string(path)?)?;
    let name = std::path::Path::new(path).file_name().map_or(path.into(), |name| name.to_string_lossy());
    Quarter::read(&name, &file)?.report()
}

/// A goal that is asked again in every year, quarter or month.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StandingGoal {
    metric: String,
    each: String,
    target: Target,
}

/// What each line is to bring of a goal.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Strategy {
    goal: String,
    mix: Mix<String>,
}

/// Who works when on a line of the budget, and what is expected of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Resource {
    name: String,
    people: Count,
    period: Period,
    expects: BTreeMap<String, Quantity>,
}

/// A channel as the file states it: cost per acquisition and return, from which spend and revenue follow.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChannelRow {
    name: String,
    impressions: Count,
    clicks: Count,
    conversions: Count,
    cost_per_acquisition: Money,
    return_on_ad_spend: Return<Revenue>,
    advice: String,
}

struct Channel {
    name: String,
    card: Scorecard,
    advice: String,
}

/// A task with its dates and its state as stated.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TaskRow {
    name: String,
    period: Period,
    state: TaskState,
    #[serde(default)]
    makes: Vec<String>,
    #[serde(default)]
    needs: Vec<Need>,
    /// The day of its key node, of which people are reminded.
    key_node: Option<Period>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Need {
    deliverable: String,
}

/// Which figures of the file are made up, and why.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Illustrations {
    #[serde(rename = "health.actual")]
    actual: Option<String>,
    #[serde(rename = "health.bands")]
    bands: Option<String>,
}

/// What stands at the top of the file.
const FIELDS: [&str; 14] = [
    "title",
    "period",
    "calendar",
    "goal",
    "standing_goals",
    "strategy",
    "budgets",
    "resources",
    "channels",
    "review",
    "health",
    "stages",
    "tasks",
    "illustrations",
];

/// What the stage Plan hands to the tasks.
const APPROVAL: &str = "plan approval";

struct Quarter {
    /// The name of the file, for the sources.
    file: String,
    title: String,
    period: Period,
    calendar: WorkCalendar,
    goal: Cascade,
    standing: Vec<StandingGoal>,
    strategy: Strategy,
    budgets: Vec<Budget>,
    resources: Vec<Resource>,
    channels: Vec<Channel>,
    all_channels: Scorecard,
    review: Vec<Finding>,
    health: Matrix,
    stages: StageTable,
    conflicts: Vec<PdcaError>,
    tasks: Vec<TaskRow>,
    plan: WorkPlan,
    illustrations: Illustrations,
}

/// What can be wrong with the file: its form, or what it says.
#[derive(Debug)]
enum ReadFault {
    Form(serde_json::Error),
    Content(Error),
    /// What only the file as a whole shows.
    Whole(String),
}

impl fmt::Display for ReadFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form(error) => write!(f, "{error}"),
            Self::Content(error) => write!(f, "{error}"),
            Self::Whole(text) => f.write_str(text),
        }
    }
}

impl<E: Into<Error>> From<E> for ReadFault {
    fn from(error: E) -> Self {
        Self::Content(error.into())
    }
}

impl Fault for ReadFault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Form(_) => ErrorKind::Syntax,
            Self::Content(error) => error.kind(),
            Self::Whole(_) => ErrorKind::Conflict,
        }
    }
}

/// Reads parts of the file and notes every fault with its path.
struct Reader<'a> {
    file: &'a Value,
    problems: Problems<ReadFault>,
}

impl Reader<'_> {
    /// The value of type `T` at a field of the file.
    fn field<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        let path = Path::root().field(name);
        if let Some(value) = self.file.get(name) {
            return self.value(value.clone(), &path);
        }
        self.problems.push(path, ReadFault::Whole("it is missing".into()));
        None
    }

    /// Fields that nothing reads, and two elements of a list with one name.
    fn whole(&mut self) {
        for (name, value) in self.file.as_object().into_iter().flatten() {
            let path = Path::root().field(name);
            if !FIELDS.contains(&name.as_str()) {
                self.problems.push(path.clone(), ReadFault::Whole("the file has no such field".into()));
            }
            let mut seen = BTreeSet::new();
            for (index, element) in value.as_array().into_iter().flatten().enumerate() {
                if let Some(name) = element.get("name").and_then(Value::as_str)
                    && !seen.insert(name)
                {
                    let fault = ReadFault::Whole(format!("`{name}` stands twice"));
                    self.problems.push(path.index(index).field("name"), fault);
                }
            }
        }
    }

    /// Each element of a list of the file, read and then checked.
    fn each<D: DeserializeOwned, T>(
        &mut self,
        name: &str,
        check: impl Fn(D) -> Result<T, Problems<ReadFault>>,
    ) -> Vec<T> {
        let path = Path::root().field(name);
        let Some(list) = self.field::<Vec<Value>>(name) else { return Vec::new() };
        let mut checked = Vec::new();
        for (index, value) in list.into_iter().enumerate() {
            let path = path.index(index);
            let draft = self.value(value, &path);
            checked.extend(draft.and_then(|draft| self.problems.take_all(&path, check(draft))));
        }
        checked
    }

    /// What the strategy and the resources name are lines of a budget.
    fn lines(&mut self, budgets: &[Budget], strategy: Option<&Strategy>, resources: &[Resource]) {
        let count = |name: &str| self.file.get(name).and_then(Value::as_array).map_or(0, Vec::len);
        // With a broken budget or resource nobody knows what the lines are.
        if count("budgets") != budgets.len() || count("resources") != resources.len() {
            return;
        }
        let is_line = |name: &str| budgets.iter().any(|budget| budget.lines().get(name).is_some());
        let fault = |name: &str| ReadFault::Whole(format!("no budget has a line `{name}`"));
        let mix = Path::root().field("strategy").field("mix");
        let named = strategy.into_iter().flat_map(|strategy| strategy.mix.iter());
        let named = named.enumerate().map(|(index, (name, _))| (name, mix.index(index).index(0)));
        let at = Path::root().field("resources");
        let resources = resources.iter().enumerate();
        let resources = resources.map(|(index, own)| (&own.name, at.index(index).field("name")));
        for (name, path) in named.chain(resources).filter(|(name, _)| !is_line(name)) {
            self.problems.push(path, fault(name));
        }
    }

    /// The tasks as a plan, to which the approval is given.
    fn plan(&mut self, rows: &[TaskRow], calendar: &WorkCalendar) -> Option<WorkPlan> {
        let mut tasks = Vec::new();
        for (index, row) in rows.iter().enumerate() {
            let path = Path::root().field("tasks").index(index).field("period");
            tasks.extend(self.problems.take(&path, row.task(calendar)));
        }
        // Without one of them nothing can be said of what the others need.
        let count = self.file.get("tasks").and_then(Value::as_array).map_or(0, Vec::len);
        if tasks.len() != count {
            return None;
        }
        let start = rows.iter().map(|row| row.period.start()).min()?;
        let draft = WorkPlan::draft("tasks", start).given(APPROVAL).with_tasks(tasks);
        self.problems.take_all(&Path::root(), draft.check())
    }

    fn value<T: DeserializeOwned>(&mut self, value: Value, path: &Path) -> Option<T> {
        match serde_path_to_error::deserialize(value) {
            Ok(value) => Some(value),
            Err(error) => {
                let inner = error.path().to_string();
                let path = if inner == "." { path.clone() } else { Path::root().field(&inner).within(path) };
                self.problems.push(path, ReadFault::Form(error.into_inner()));
                None
            }
        }
    }
}

/// All problems of a checked draft as faults.
fn faults<T, E: Into<Error>>(result: Result<T, Problems<E>>) -> Result<T, Problems<ReadFault>> {
    result.map_err(|problems| {
        let mut all = Problems::new();
        for problem in problems {
            all.push(problem.path, ReadFault::Content(problem.error.into()));
        }
        all
    })
}

impl Quarter {
    fn read(name: &str, file: &Value) -> Result<Self, Problems<ReadFault>> {
        let mut reader = Reader { file, problems: Problems::new() };
        let at = |name: &str| Path::root().field(name);
        reader.whole();
        let title = reader.field::<String>("title");
        let period = reader.field::<Period>("period");
        let calendar = reader.field::<WorkCalendar>("calendar");
        let goal = reader.field::<CascadeDraft>("goal");
        let goal = goal.and_then(|draft| reader.problems.take_all(&at("goal"), draft.check()));
        if let (Some(period), Some(goal)) = (period, &goal)
            && *goal.period() != period
        {
            let fault = ReadFault::Whole(format!("{} is not the quarter {period}", goal.period()));
            reader.problems.push(at("goal").field("period"), fault);
        }
        let standing = reader.each("standing_goals", Ok);
        let strategy = reader.field::<Strategy>("strategy");
        let budgets = reader.each("budgets", |draft: BudgetDraft| faults(draft.check()));
        let resources = reader.each("resources", Ok::<Resource, _>);
        reader.lines(&budgets, strategy.as_ref(), &resources);
        let channels = reader.each("channels", |row: ChannelRow| faults(row.channel()));
        let all = Scorecard::total(channels.iter().map(|channel| &channel.card));
        let all_channels = reader.problems.take(&at("channels"), all);
        let review = reader.each("review", |draft: FindingDraft| faults(draft.check()));
        let health = reader.field::<MatrixDraft>("health");
        let health = health.and_then(|draft| reader.problems.take_all(&at("health"), draft.check()));
        let stages = reader.field::<StageTable>("stages");
        let tasks = reader.each("tasks", Ok::<TaskRow, _>);
        let (mut conflicts, mut plan) = (None, None);
        if let (Some(period), Some(calendar)) = (period, &calendar) {
            let found = stages.as_ref().map(|table| table.conflicts(&period, calendar));
            conflicts = found.and_then(|found| reader.problems.take_all(&at("stages"), found));
            plan = reader.plan(&tasks, calendar);
        }
        let illustrations = reader.field("illustrations");
        let quarter = (|| {
            Some(Self {
                file: name.into(),
                title: title?,
                period: period?,
                calendar: calendar?,
                goal: goal?,
                standing,
                strategy: strategy?,
                budgets,
                resources,
                channels,
                all_channels: all_channels?,
                review,
                health: health?,
                stages: stages?,
                conflicts: conflicts?,
                tasks,
                plan: plan?,
                illustrations: illustrations?,
            })
        })();
        reader.problems.finish(quarter)
    }
}

impl TaskRow {
    /// The task of a plan: its workdays are those of its dates.
    fn task(&self, calendar: &WorkCalendar) -> Result<Task, TimeError> {
        let workdays = calendar.count_workdays(self.period.start(), self.period.next_start()?)?;
        // The documents name the roles (responsible, approver), and no persons.
        let raci = Raci::new("responsible", "approver");
        let mut task = Task::new(&self.name, &self.name, u32::try_from(workdays).unwrap_or(0), raci)
            .with_not_before(self.period.start())
            .with_finish_by(self.period.end());
        for made in &self.makes {
            task = task.making(made);
        }
        for need in &self.needs {
            task = task.needing(&need.deliverable);
        }
        Ok(task)
    }
}

impl ChannelRow {
    fn channel(self) -> Result<Channel, Problems<ChannelError>> {
        let Self { name, impressions, clicks, conversions, cost_per_acquisition, return_on_ad_spend, advice } =
            self;
        let card = Scorecard::draft()
            .with_impressions(impressions.value())
            .with_clicks(clicks.value())
            .with_conversions(conversions.value())
            .with_cost_per_acquisition(cost_per_acquisition.into())
            .with_return_on_ad_spend(return_on_ad_spend)
            .check()?;
        Ok(Channel { name, card, advice })
    }
}
