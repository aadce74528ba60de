//! The loop closed: a quarter planned, done, checked and acted on, and the next one planned from what it hands on.
//!
//! All that happens goes through commands into two logs; the report is made from the logs and the file, so that
//! the logs alone bring it back.

use super::carry_over::CarryOver;
use super::facts::{Channel, Leaves, NamedTree, Sales};
use super::{Refusal, events};
use marketloop::attribution::Journeys;
use marketloop::budget::Allocation;
use marketloop::error::Path;
use marketloop::figure::Figure;
use marketloop::funnel::Funnel;
use marketloop::goal::Cascade;
use marketloop::health::Matrix;
use marketloop::kpi::{Branch, Branches, ExplainOptions, Explanation, Inputs, KpiTree};
use marketloop::optimise::Optimisation;
use marketloop::pdca::{
    Command, CommandId, Context, Cycle, CycleId, CyclePlan, CyclePlanDraft, EventRecord, FindingDecision,
    Journal, StageTable,
};
use marketloop::plan::{Progress, WorkPlanDraft};
use marketloop::quantity::{Money, Quantity, Ratio, Share};
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
    /// Who holds which role.
    pub(super) people: BTreeMap<String, String>,
    /// Trees over what was sold and spent, each over the leaves and the nodes before it.
    trees: Vec<NamedTree>,
    /// The tree of what drives sales: clicks, conversion rates, order values.
    drivers: Vec<String>,
    /// The targets whose actual value a tree implies, each with the node.
    pub(super) implied: BTreeMap<String, String>,
    pub(super) channels: Vec<Channel>,
    /// The other lines that spend, each with its leaf.
    other_spend: BTreeMap<String, String>,
    /// The file of what was sold.
    pub(super) sales: String,
    /// Of each yuan of sales, after goods and delivery.
    pub(super) gross_margin: Share,
    /// From which AUC on a model of credit is listened to.
    pub(super) least_auc: Ratio,
    /// Money is moved in steps of this.
    pub(super) step: Money,
    /// The role that granted the money, and gets back what is not needed.
    pub(super) granted_by: String,
    pub(super) health: Matrix,
    pub(super) quarters: [Quarter; 2],
}

/// One quarter: what is planned, what happens, and what is said about it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Quarter {
    pub(super) cycle: CycleId,
    pub(super) period: Period,
    signatories: Vec<String>,
    targets: BTreeMap<String, Target>,
    pub(super) cascade: Cascade,
    pub(super) tree_plan: BTreeMap<String, Quantity>,
    pub(super) allocation: Allocation,
    /// What each line brings for what is spent on it.
    pub(super) curves: Optimisation,
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
    /// Why a leaf has no value.
    #[serde(default)]
    pub(super) missing: BTreeMap<String, String>,
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
    /// Where it stands in the file.
    #[serde(skip)]
    place: Path,
    #[serde(skip)]
    pub(super) paths: Option<Journeys>,
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
    pub(super) drivers: KpiTree,
    pub(super) trees: Vec<KpiTree>,
    pub(super) sales: Sales,
}

/// Reads the file and the events beside it; nothing happens yet.
pub(super) fn read(path: &str) -> Result<Loop, Refusal> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    let mut file: File = serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(&text))?;
    let drivers = at("drivers", KpiTree::parse(&file.drivers.join("\n")))?;
    let trees = file.trees.iter().map(NamedTree::parse).collect::<Result<Vec<_>, _>>()?;
    for (target, node) in &file.implied {
        if trees.iter().all(|tree| tree.find(node).is_none()) {
            return Err(format!("implied.{target}: no tree has a node `{node}`").into());
        }
    }
    let beside = |name: &str| -> Result<String, Refusal> {
        let path = std::path::Path::new(path).with_file_name(name);
        std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()).into())
    };
    let currency = file.step.currency();
    let sales = Sales::read(&beside(&file.sales)?, &file.channels, currency);
    let sales = at(&format!("sales ({})", file.sales), sales)?;
    for (index, quarter) in file.quarters.iter_mut().enumerate() {
        quarter.place = Path::root().field("quarters").index(index);
        let place = |field: &str, name: &str| format!("{} ({name})", quarter.place.field(field));
        if let Some(name) = &quarter.touches {
            quarter.paths = Some(at(&place("touches", name), events::journeys(&beside(name)?, currency))?);
        }
        if let Some(name) = &quarter.funnel {
            quarter.steps = Some(at(&place("funnel", name), events::funnel(&beside(name)?))?);
        }
    }
    Ok(Loop { file, drivers, trees, sales })
}

/// The result, or the refusal with the place in the file.
fn at<T, E: std::fmt::Display>(place: &str, result: Result<T, E>) -> Result<T, Refusal> {
    result.map_err(|error| format!("{place}: {error}").into())
}

/// What a quarter did on these days, in their order: the file lists it by kind, a log never runs back.
fn book(desk: &mut Desk<'_>, quarter: &Quarter, days: impl Fn(NaiveDate) -> bool) -> Result<(), Refusal> {
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
struct Desk<'a> {
    journal: Journal,
    place: Path,
    people: &'a BTreeMap<String, String>,
}

impl Desk<'_> {
    /// Carries out a command of whoever holds this role, under the next id, in the version that is there.
    fn handle(&mut self, place: &str, role: &str, on: NaiveDate, command: &Command) -> Result<(), Refusal> {
        let by = self.people.get(role).ok_or_else(|| format!("people: nobody is {role}"))?.clone();
        let cycle = self.journal.cycle();
        let expected = cycle.version();
        let id = CommandId::new(format!("{}/{:03}", cycle.id(), expected.saturating_add(1)))?;
        let context = Context { command: id, expected, by, on };
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
            people: &self.file.people,
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

        self.act(&mut one, first, Some(second))?;

        // Now it is known what is handed on: the money comes on top, and the plan is signed again.
        let seed = one.cycle().seed().ok_or("the first quarter has no plan")?;
        let (closed, released) = (first.days.close, seed.released.clone());
        book(&mut two, second, |on| on < closed)?;
        let confirm = Command::ConfirmParent { seed: Box::new(seed) };
        two.handle("cycle", COMMITTEE, closed, &confirm)?;
        if !released.is_empty() {
            let plan = at(second.place.as_str(), with_released(plan, &released)?.check())?;
            let reason = format!("{} hands on what {} needs", first.cycle, second.cycle);
            two.handle("allocation", DIRECTOR, closed, &Command::Replan { plan: Box::new(plan), reason })?;
            two.sign(second, closed)?;
        }
        book(&mut two, second, |on| on >= closed)?;
        self.compare(&mut two, second)?;
        self.act(&mut two, second, None)?;
        Ok([one.journal, two.journal])
    }

    /// What drives sales in a quarter: as planned and as it came.
    pub(super) fn inputs(&self, quarter: &Quarter, cycle: &Cycle) -> Result<[Inputs; 2], Refusal> {
        let plan = quarter.tree_plan.iter().map(|(id, value)| (id.as_str(), value.clone()));
        let plan = at(quarter.place.field("tree_plan").as_str(), self.drivers.inputs_in_units(plan))?;
        Ok([plan, self.leaves(quarter, cycle)?.inputs(&self.drivers)?])
    }

    /// Why sales are not as planned, to the cent.
    pub(super) fn explained(&self, quarter: &Quarter, cycle: &Cycle) -> Result<Explanation, Refusal> {
        let [planned, came] = self.inputs(quarter, cycle)?;
        Ok(self.drivers.explain_with(&planned, &came, &ExplainOptions::default().with_scale(2))?)
    }

    fn leaves(&self, quarter: &Quarter, cycle: &Cycle) -> Result<Leaves, Refusal> {
        let currency = self.file.step.currency();
        let of = |line: &String| cycle.spent().get(line).copied().unwrap_or(Money::zero(currency));
        let channels = self.file.channels.iter().map(|own| (format!("{}_spend", own.name), of(&own.line)));
        let others = self.file.other_spend.iter().map(|(line, leaf)| (leaf.clone(), of(line)));
        let spent = channels.chain(others);
        Leaves::new(&self.sales, &quarter.period, &self.file.channels, spent, &quarter.missing)
    }

    /// What the trees make of a quarter: a node by its id, unrounded.
    pub(super) fn node(
        &self,
        quarter: &Quarter,
        cycle: &Cycle,
        id: &str,
    ) -> Result<Figure<ActualValue>, Refusal> {
        let mut leaves = self.leaves(quarter, cycle)?;
        for tree in &self.trees {
            let inputs = leaves.inputs(tree)?;
            let values = tree.evaluate(&inputs)?;
            if tree.find(id).is_some() {
                return Ok(leaves.node(&values, tree, id));
            }
            leaves.learn(&values, tree);
        }
        Err(format!("no tree has a node `{id}`").into())
    }

    /// What each channel brought and cost.
    pub(super) fn branches(&self, quarter: &Quarter, cycle: &Cycle) -> Result<Branches, Refusal> {
        let leaves = self.leaves(quarter, cycle)?;
        let tree = |node: &str| {
            let tree = self.trees.iter().find(|tree| tree.find(node).is_some());
            tree.ok_or_else(|| Refusal::from(format!("no tree has a node `{node}`")))
        };
        let mut branches = Vec::new();
        for Channel { name, .. } in &self.file.channels {
            let [revenue, orders, spend] =
                ["revenue", "orders", "spend"].map(|what| format!("{name}_{what}"));
            let (sales, counts, costs) = (tree(&revenue)?, tree(&orders)?, tree(&spend)?);
            let branch = Branch::new(name.clone())
                .with_revenue(&sales.evaluate(&leaves.inputs(sales)?)?, &revenue)?
                .with_orders(&counts.evaluate(&leaves.inputs(counts)?)?, &orders)?
                .with_spend(&costs.evaluate(&leaves.inputs(costs)?)?, &spend)?;
            branches.push(branch);
        }
        Ok(Branches::new(branches)?)
    }

    /// What became of a quarter's targets and what it finds.
    fn compare(&self, desk: &mut Desk<'_>, quarter: &Quarter) -> Result<(), Refusal> {
        let days = &quarter.days;
        let mut actuals: Vec<(&String, Figure<ActualValue>)> =
            quarter.actuals.iter().map(|(target, actual)| (target, actual.clone())).collect();
        for (target, node) in &self.file.implied {
            actuals.push((target, self.node(quarter, desk.cycle(), node)?));
        }
        for (target, actual) in actuals {
            let measure = Command::RecordActual { target: target.clone(), actual };
            desk.handle("actuals", AUDIT, days.check, &measure)?;
        }
        desk.handle("days.check", AUDIT, days.check, &Command::BeginCheck)?;
        let why = self.explained(quarter, desk.cycle())?;
        for finding in quarter.findings(desk.cycle())? {
            // The tree explains the gap of sales to the cent.
            let of_sales = finding.metric() == quarter.cascade.metric();
            let finding = if of_sales { at("causes", finding.with_explanation(&why))? } else { finding };
            desk.handle("causes", AUDIT, days.check, &Command::RecordFinding(Box::new(finding)))?;
        }
        Ok(())
    }

    /// What is done about what a quarter found, and where its money goes.
    fn act(&self, desk: &mut Desk<'_>, quarter: &Quarter, next: Option<&Quarter>) -> Result<(), Refusal> {
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
        let over = CarryOver::of(&self.file, desk.cycle(), next)?;
        if !over.from.is_empty() {
            let CarryOver { from, moved, returned, .. } = over;
            let release = Command::Release { from, reassigned: moved, returned };
            desk.handle("days.close", COMMITTEE, close, &release)?;
        }
        desk.handle("days.close", COMMITTEE, close, &Command::Close)
    }
}

impl Quarter {
    /// The plan: carried targets, then this quarter's own, and the lines of the allocation.
    pub(super) fn plan_draft(&self, carried: BTreeMap<String, Target>) -> Result<CyclePlanDraft, Refusal> {
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
            let mut finding = match cycle.actuals().get(name) {
                Some(Figure::Known(actual)) => Finding::new(name, target.clone(), actual.clone())?,
                // What nobody measured is found, too.
                Some(Figure::Missing(why)) => Finding::unmeasured(name, target.clone(), why.clone())?,
                Some(Figure::Undefined(why)) => Finding::unmeasured(name, target.clone(), why.to_string())?,
                None => continue,
            };
            if finding.actual().is_known() && finding.is_met()? {
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
