//! The loop closed: a quarter planned, done, checked and acted on, and the next one planned from what it hands on.
//!
//! All that happens goes through commands into two logs; the report is made from the logs and the file, so that
//! the logs alone bring it back.

use super::report;
use super::{Refusal, events};
use marketloop::attribution::PathTable;
use marketloop::budget::{Allocation, Line};
use marketloop::error::Path;
use marketloop::figure::Figure;
use marketloop::funnel::Funnel;
use marketloop::health::Matrix;
use marketloop::kpi::{ExplainOptions, Inputs, KpiTree};
use marketloop::optimise::Optimisation;
use marketloop::pdca::{
    Command, CommandId, Context, Cycle, CycleId, CyclePlan, CyclePlanDraft, EventRecord, FindingDecision,
    Journal, StageTable,
};
use marketloop::plan::{Progress, WorkPlanDraft};
use marketloop::quantity::{Money, Quantity};
use marketloop::review::{Finding, ProblemCause};
use marketloop::target::{ActualValue, Target};
use marketloop::time::{NaiveDate, Period, WorkCalendar};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What the file says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) title: String,
    pub(super) calendar: WorkCalendar,
    pub(super) tree: Vec<String>,
    /// A tree of rates over leaves of the first.
    rates: Vec<String>,
    /// The targets whose actual value a tree implies, each with the node.
    implied: BTreeMap<String, String>,
    pub(super) health: Matrix,
    pub(super) quarters: [Quarter; 2],
    pub(super) notes: Vec<String>,
}

/// One quarter: what is planned, what happens, and what is said about it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Quarter {
    pub(super) cycle: CycleId,
    pub(super) period: Period,
    signatories: Vec<String>,
    targets: BTreeMap<String, Target>,
    pub(super) tree_plan: BTreeMap<String, Quantity>,
    pub(super) tree_actual: BTreeMap<String, Quantity>,
    pub(super) allocation: Allocation,
    #[serde(default)]
    pub(super) curves: Option<Optimisation>,
    work: WorkPlanDraft,
    pub(super) days: Days,
    #[serde(default)]
    touches: Option<String>,
    #[serde(default)]
    funnel: Option<String>,
    spend: Vec<(NaiveDate, String, Money)>,
    progress: Vec<(NaiveDate, String, Progress)>,
    pub(super) indicators: Vec<(String, String, ActualValue)>,
    actuals: BTreeMap<String, Figure<ActualValue>>,
    /// The target whose gap the tree explains.
    root: String,
    /// Why a target was missed.
    #[serde(default)]
    causes: BTreeMap<String, Vec<ProblemCause>>,
    /// What is done about a missed target.
    #[serde(default)]
    measures: BTreeMap<String, Answer>,
    /// Why nothing is done about a missed target.
    #[serde(default)]
    declined: BTreeMap<String, String>,
    /// The targets whose inherited measures are done, and when.
    #[serde(default)]
    measures_done: Vec<(NaiveDate, String)>,
    /// The reserve whose rest goes back.
    #[serde(default)]
    pub(super) reserve: Option<String>,
    /// The most that pilots may have of what is handed on, in percent, and which lines are pilots.
    #[serde(default)]
    pub(super) pilots: Option<(u32, Vec<String>)>,
    /// Where it stands in the file.
    #[serde(skip)]
    place: Path,
    #[serde(skip)]
    pub(super) paths: Option<PathTable>,
    #[serde(skip)]
    pub(super) steps: Option<Funnel>,
}

/// What is done about a missed target.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    measure: String,
    owner: String,
    due: NaiveDate,
}

/// When what happens.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Days {
    plan: NaiveDate,
    start: NaiveDate,
    pub(super) check: NaiveDate,
    act: NaiveDate,
    pub(super) close: NaiveDate,
}

/// The file with what its texts mean: everything but the two logs.
pub(super) struct Loop {
    pub(super) file: File,
    pub(super) tree: KpiTree,
    pub(super) rates: KpiTree,
}

/// Reads the file and the events beside it; nothing happens yet.
pub(super) fn read(path: &str) -> Result<Loop, Refusal> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    let mut file: File = serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(&text))?;
    let tree = at("tree", KpiTree::parse(&file.tree.join("\n")))?;
    let rates = at("rates", KpiTree::parse(&file.rates.join("\n")))?;
    let beside = |name: &str| -> Result<String, Refusal> {
        let path = std::path::Path::new(path).with_file_name(name);
        std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()).into())
    };
    for (index, quarter) in file.quarters.iter_mut().enumerate() {
        quarter.place = Path::root().field("quarters").index(index);
        let currency = quarter.allocation.total().currency();
        let place = |field: &str, name: &str| format!("{} ({name})", quarter.place.field(field));
        if let Some(name) = &quarter.touches {
            quarter.paths = Some(at(&place("touches", name), events::journeys(&beside(name)?, currency))?);
        }
        if let Some(name) = &quarter.funnel {
            quarter.steps = Some(at(&place("funnel", name), events::funnel(&beside(name)?))?);
        }
    }
    Ok(Loop { file, tree, rates })
}

/// The result, or the refusal with the place in the file.
fn at<T, E: std::fmt::Display>(place: &str, result: Result<T, E>) -> Result<T, Refusal> {
    result.map_err(|error| format!("{place}: {error}").into())
}

/// What a quarter did on these days, in their order: the file lists it by kind, a log never runs back.
fn book(desk: &mut Desk, quarter: &Quarter, days: impl Fn(NaiveDate) -> bool) -> Result<(), Refusal> {
    let mut facts: Vec<(NaiveDate, &str, Command)> = Vec::new();
    for (on, line, amount) in &quarter.spend {
        facts.push((*on, "spend", Command::RecordSpend { line: line.clone(), amount: *amount, on: *on }));
    }
    for (on, task, progress) in &quarter.progress {
        facts.push((*on, "progress", Command::ReportProgress { task: task.clone(), progress: *progress }));
    }
    // Measures that were inherited are known once the parent is confirmed.
    for (on, metric) in quarter.measures_done.iter().filter(|(on, _)| days(*on)) {
        let open = desk.cycle().open_measures().into_iter().find(|open| open.metric == *metric);
        let finding = open.ok_or_else(|| format!("measures_done: no measure for {metric} is open"))?.finding;
        facts.push((*on, "measures_done", Command::CompleteCountermeasure { finding }));
    }
    facts.sort_by_key(|(on, ..)| *on);
    for (on, place, command) in facts.iter().filter(|(on, ..)| days(*on)) {
        desk.handle(place, "digital operations", *on, command)?;
    }
    Ok(())
}

/// A journal, and who writes into it.
struct Desk {
    journal: Journal,
    place: Path,
}

impl Desk {
    /// Carries out a command, under the next id, in the version that is there.
    fn handle(&mut self, place: &str, by: &str, on: NaiveDate, command: &Command) -> Result<(), Refusal> {
        let cycle = self.journal.cycle();
        let expected = cycle.version();
        let id = CommandId::new(format!("{}/{:03}", cycle.id(), expected.saturating_add(1)))?;
        let context = Context { command: id, expected, by: by.into(), on };
        let handled = self.journal.handle(command, &context).map(<[EventRecord]>::len);
        at(self.place.field(place).as_str(), handled)?;
        Ok(())
    }

    fn cycle(&self) -> &Cycle {
        self.journal.cycle()
    }

    fn sign(&mut self, quarter: &Quarter, on: NaiveDate) -> Result<(), Refusal> {
        for role in &quarter.signatories {
            self.handle("signatories", role, on, &Command::SignOff { role: role.clone() })?;
        }
        Ok(())
    }
}

const DIRECTOR: &str = "marketing director";
const AUDIT: &str = "internal audit";
const COMMITTEE: &str = "marketing committee";

impl Loop {
    /// Runs both quarters by commands; the logs say all that happened.
    pub(super) fn run(&self) -> Result<[Journal; 2], Refusal> {
        let [first, second] = &self.file.quarters;
        let desk = |quarter: &Quarter| Desk {
            journal: Journal::new(quarter.cycle.clone()),
            place: quarter.place.clone(),
        };
        let (mut one, mut two) = (desk(first), desk(second));
        let plan = at(first.place.as_str(), first.plan_draft(BTreeMap::new())?.check())?;
        one.handle("allocation", DIRECTOR, first.days.plan, &Command::Plan(Box::new(plan)))?;
        one.sign(first, first.days.plan)?;
        one.handle("days.start", DIRECTOR, first.days.start, &Command::Start)?;
        book(&mut one, first, |_| true)?;
        self.compare(&mut one, first)?;

        // The next quarter cannot wait until this one is closed: it is planned from provisional findings.
        let provisional = one.cycle().seed().ok_or("the first quarter has no plan")?;
        let inherit = Command::Inherit { seed: Box::new(provisional.clone()), provisional: true };
        two.handle("cycle", DIRECTOR, second.days.plan, &inherit)?;
        let carried: BTreeMap<String, Target> = provisional
            .targets
            .iter()
            .map(|(name, carried)| (name.clone(), carried.target.clone()))
            .collect();
        let plan = at(second.place.as_str(), second.plan_draft(carried)?.check())?;
        two.handle("allocation", DIRECTOR, second.days.plan, &Command::Plan(Box::new(plan.clone())))?;
        two.sign(second, second.days.plan)?;
        two.handle("days.start", DIRECTOR, second.days.start, &Command::Start)?;

        self.act(&mut one, first)?;

        // Now it is known what is handed on: the money comes on top, and the plan is signed again.
        let seed = one.cycle().seed().ok_or("the first quarter has no plan")?;
        let (closed, released) = (first.days.close, seed.released.clone());
        book(&mut two, second, |on| on < closed)?;
        let confirm = Command::ConfirmParent { seed: Box::new(seed) };
        two.handle("cycle", COMMITTEE, closed, &confirm)?;
        let plan = at(second.place.as_str(), with_released(plan, &released)?.check())?;
        let reason = format!("{} hands on what it did not need", first.cycle);
        two.handle("allocation", DIRECTOR, closed, &Command::Replan { plan: Box::new(plan), reason })?;
        two.sign(second, closed)?;
        book(&mut two, second, |on| on >= closed)?;
        self.compare(&mut two, second)?;
        self.act(&mut two, second)?;
        Ok([one.journal, two.journal])
    }

    /// The inputs of the tree in a quarter: as planned and as they came.
    pub(super) fn inputs(&self, quarter: &Quarter) -> Result<[Inputs; 2], Refusal> {
        let inputs = |name: &str, values: &BTreeMap<String, Quantity>| {
            let values = values.iter().map(|(id, value)| (id.as_str(), value.clone()));
            at(quarter.place.field(name).as_str(), self.tree.inputs_in_units(values))
        };
        Ok([inputs("tree_plan", &quarter.tree_plan)?, inputs("tree_actual", &quarter.tree_actual)?])
    }

    /// The root of the tree, unrounded.
    pub(super) fn root(&self, inputs: &Inputs) -> Result<ActualValue, Refusal> {
        let root = self.tree.node(self.tree.root()).ok_or("the tree has no root")?;
        Ok(self.tree.evaluate(inputs)?.actual(root.id())?)
    }

    /// What the trees imply of a quarter's targets, unrounded: what follows from other figures is typed nowhere.
    fn implied(&self, quarter: &Quarter) -> Result<Vec<(&String, Figure<ActualValue>)>, Refusal> {
        let [_, came] = self.inputs(quarter)?;
        let leaves = self.rates.leaves().map(|(_, leaf)| leaf.id());
        let values = leaves.filter_map(|leaf| Some((leaf, quarter.tree_actual.get(leaf)?.clone())));
        let rates = at(quarter.place.field("tree_actual").as_str(), self.rates.inputs_in_units(values))?;
        let (sales, rates) = (self.tree.evaluate(&came)?, self.rates.evaluate(&rates)?);
        let of_node = |(target, node): (&'_ String, &String)| {
            let actual = sales.actual(node).or_else(|_| rates.actual(node));
            at(&format!("implied.{target}"), actual.map(Figure::Known))
        };
        self.file.implied.iter().map(|own| Ok((own.0, of_node(own)?))).collect()
    }

    /// What became of a quarter's targets and what it finds.
    fn compare(&self, desk: &mut Desk, quarter: &Quarter) -> Result<(), Refusal> {
        let days = &quarter.days;
        let [planned, came] = self.inputs(quarter)?;
        let all = quarter.actuals.iter().map(|(target, actual)| (target, actual.clone()));
        for (target, actual) in all.chain(self.implied(quarter)?) {
            let measure = Command::RecordActual { target: target.clone(), actual };
            desk.handle("actuals", AUDIT, days.check, &measure)?;
        }
        desk.handle("days.check", AUDIT, days.check, &Command::BeginCheck)?;
        let why = self.tree.explain_with(&planned, &came, &ExplainOptions::default().with_scale(2))?;
        for finding in quarter.findings(desk.cycle())? {
            // The tree explains the root's gap to the cent.
            let of_root = finding.metric() == quarter.root;
            let finding = if of_root { at("causes", finding.with_explanation(&why))? } else { finding };
            desk.handle("causes", AUDIT, days.check, &Command::RecordFinding(Box::new(finding)))?;
        }
        Ok(())
    }

    /// What is done about what a quarter found, and where its money goes.
    fn act(&self, desk: &mut Desk, quarter: &Quarter) -> Result<(), Refusal> {
        let Days { act, close, .. } = quarter.days;
        desk.handle("days.act", COMMITTEE, act, &Command::BeginAct)?;
        let metrics: Vec<String> =
            desk.cycle().findings().iter().map(|own| own.finding.metric().to_owned()).collect();
        for (finding, metric) in (1_u32..).zip(metrics) {
            let accepted = quarter.measures.get(&metric).cloned();
            let accepted = accepted.map(|Answer { measure, owner, due }| FindingDecision::Accepted {
                measure,
                owner,
                due,
            });
            let declined = quarter.declined.get(&metric).cloned().map(FindingDecision::Rejected);
            let missing = || format!("neither a measure nor a reason for none: {metric}");
            let decision =
                at(quarter.place.field("measures").as_str(), accepted.or(declined).ok_or_else(missing))?;
            desk.handle("measures", COMMITTEE, act, &Command::DecideFinding { finding, decision })?;
        }
        if let Some(release) = self.release(desk.cycle(), quarter)? {
            desk.handle("reserve", COMMITTEE, close, &release)?;
        }
        desk.handle("days.close", COMMITTEE, close, &Command::Close)
    }

    /// What is left: the reserve's rest goes back, the rest is divided by credit.
    fn release(&self, cycle: &Cycle, quarter: &Quarter) -> Result<Option<Command>, Refusal> {
        let lines = cycle.plan().into_iter().flat_map(|plan| plan.lines().keys());
        let from = lines.filter_map(|line| Some((line.clone(), cycle.left(line)?)));
        let from: BTreeMap<String, Money> = from.filter(|(_, left)| !left.is_zero()).collect();
        let currency = quarter.allocation.total().currency();
        let all = Money::sum(from.values().copied(), currency)?;
        if from.is_empty() {
            return Ok(None);
        }
        let back = quarter.reserve.as_ref().and_then(|reserve| from.get(reserve)).copied();
        let mut returned = back.unwrap_or(Money::zero(currency));
        let mut reassigned = BTreeMap::new();
        match self.divided(quarter, all.minus(returned)?)? {
            Some(divided) => {
                let given = divided.leaves().filter(|line| !line.amount().is_zero());
                reassigned.extend(given.map(|line| (line.name().to_owned(), line.amount())));
            }
            None => returned = all,
        }
        Ok(Some(Command::Release { from, reassigned, returned }))
    }

    /// Money divided by what journeys credit the channels of the next plan with, pilots capped; `None` without
    /// journeys or a next plan.
    pub(super) fn divided(&self, quarter: &Quarter, money: Money) -> Result<Option<Allocation>, Refusal> {
        let [_, next] = &self.file.quarters;
        let Some(paths) = quarter.paths.as_ref().filter(|_| next.cycle != quarter.cycle) else {
            return Ok(None);
        };
        let names: Vec<&str> = next.allocation.leaves().map(Line::name).collect();
        at("pilots", report::by_credit(paths, &names, quarter.pilots.as_ref(), money)).map(Some)
    }
}

impl Quarter {
    /// The plan: carried targets, then this quarter's own, and the lines of the allocation.
    fn plan_draft(&self, carried: BTreeMap<String, Target>) -> Result<CyclePlanDraft, Refusal> {
        let draft = CyclePlan::draft(self.period, self.allocation.total(), StageTable::quarterly()?)
            .with_lines(self.allocation.leaves().map(|line| (line.name(), line.amount())))
            .with_work(self.work.clone());
        let draft = self.signatories.iter().fold(draft, CyclePlanDraft::signed_by);
        let targets = carried.into_iter().chain(self.targets.clone());
        Ok(targets.fold(draft, |draft, (name, target)| draft.target(name, target)))
    }

    /// A finding on each target that was missed, with the causes that the file knows.
    fn findings(&self, cycle: &Cycle) -> Result<Vec<Finding>, Refusal> {
        let mut findings = Vec::new();
        for (name, target) in cycle.plan().into_iter().flat_map(CyclePlan::targets) {
            let Some(actual) = cycle.actuals().get(name).and_then(|actual| actual.as_ref().known()) else {
                continue;
            };
            let mut finding = Finding::new(name, target.clone(), actual.clone())?;
            if finding.is_met()? {
                continue;
            }
            for cause in self.causes.get(name).into_iter().flatten() {
                finding = at(&format!("causes.{name}"), finding.with_cause(cause.clone()))?;
            }
            findings.push(finding);
        }
        Ok(findings)
    }
}

/// A plan with what the quarter before hands on, line by line.
fn with_released(plan: CyclePlan, released: &BTreeMap<String, Money>) -> Result<CyclePlanDraft, Refusal> {
    let (mut total, mut lines) = (plan.total(), plan.lines().clone());
    for (line, amount) in released {
        let before = lines.get(line).copied().unwrap_or(Money::zero(amount.currency()));
        lines.insert(line.clone(), before.plus(*amount)?);
        total = total.plus(*amount)?;
    }
    Ok(CyclePlanDraft::from(plan).with_total(total).with_lines(lines))
}
