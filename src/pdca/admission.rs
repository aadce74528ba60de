//! Which events a cycle admits because of what they say: one function judges commands and stored logs.
//!
//! What blocks a kind of command whatever it says stands in `standing`.

use super::cycle::index;
use super::{Cycle, CyclePlan, Event, FindingDecision, FindingId, PdcaError, Seed};
use crate::figure::Figure;
use crate::plan::{Progress, WorkPlan};
use crate::quantity::Money;
use crate::review::Finding;
use crate::target::ActualValue;
use crate::time::{NaiveDate, in_range};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The guards of every record: it has a sender, and its day is not before that of the last record.
///
/// A log whose dates could run back would let a signature of today count as one of last month.
pub(super) fn sent(cycle: &Cycle, by: &str, on: NaiveDate, unmet: &mut Vec<PdcaError>) {
    text(by, "who sends it", unmet);
    date(on, unmet);
    // The same day is fine: a log counts days, and several commands a day are the usual case.
    if let Some(last) = cycle.last_recorded_on().filter(|last| on < *last) {
        unmet.push(PdcaError::RunsBack { on, last });
    }
}

/// A date that a log can hold.
fn date(date: NaiveDate, unmet: &mut Vec<PdcaError>) {
    unmet.extend(in_range(date).err().map(PdcaError::Time));
}

/// A fact that has happened by the day on which it is recorded.
fn happened(fact: impl FnOnce() -> String, at: NaiveDate, on: NaiveDate, unmet: &mut Vec<PdcaError>) {
    date(at, unmet);
    if at > on {
        // The text is made here and not by the caller: a long log of good facts formats none.
        unmet.push(PdcaError::NotYet { fact: fact(), date: at, on });
    }
}

fn progressed(task: &str, progress: &Progress, on: NaiveDate, unmet: &mut Vec<PdcaError>) {
    for (what, at) in [("start", progress.started), ("finish", progress.finished)] {
        if let Some(at) = at {
            happened(|| format!("the {what} of task {task}"), at, on, unmet);
        }
    }
}

/// What a plan says of work that has begun already.
fn worked(plan: &CyclePlan, on: NaiveDate, unmet: &mut Vec<PdcaError>) {
    // A task may come with progress from before the plan: it is dated by the same rule as a report.
    for task in plan.work().into_iter().flat_map(WorkPlan::tasks) {
        progressed(&task.id, &task.progress, on, unmet);
    }
}

/// The due dates of measures that a cycle inherits.
fn inherited(seed: &Seed, unmet: &mut Vec<PdcaError>) {
    // A seed is plain data from outside: no guard of this cycle has seen its dates.
    let open = seed.open_measures.iter().map(|open| open.due);
    let accepted = seed.findings.iter().filter_map(super::cycle::accepted).map(|(.., due)| due);
    open.chain(accepted).for_each(|due| date(due, unmet));
}

/// The guards that block an event, recorded on this day, because of what it says.
pub(super) fn stated(cycle: &Cycle, event: &Event, on: NaiveDate, unmet: &mut Vec<PdcaError>) {
    match event {
        Event::Inherited { seed, .. } => {
            if seed.cycle == *cycle.id() {
                unmet.push(PdcaError::OwnParent);
            }
            inherited(seed, unmet);
        }
        Event::Planned(plan) => {
            after_parent(cycle, plan, unmet);
            worked(plan, on, unmet);
        }
        Event::SignedOff { role } => signature(cycle, role, unmet),
        Event::Started | Event::CheckBegun | Event::ActBegun => {}
        Event::Spent { line, amount, on: spent } => {
            spend(cycle, line, *amount, unmet);
            happened(|| format!("the spend of line {line}"), *spent, on, unmet);
        }
        Event::Progressed { task, progress } => {
            if cycle.plan().and_then(CyclePlan::work).and_then(|work| work.task(task)).is_none() {
                unmet.push(PdcaError::NoSuchTask { task: task.clone() });
            } else if !progress.is_sound() {
                unmet.push(PdcaError::Progress { task: task.clone() });
            }
            progressed(task, progress, on, unmet);
        }
        Event::ActualRecorded { target, actual } => measured(cycle, target, actual, unmet),
        Event::Replanned { plan, reason, voids_sign_off } => {
            text(reason, "the reason", unmet);
            replanned(cycle, plan, unmet);
            worked(plan, on, unmet);
            // Worked out again: a forged `false` would keep signatures under targets that nobody signed.
            if *voids_sign_off != voids(cycle, plan) {
                unmet.push(PdcaError::Forged { what: "whether signatures hold" });
            }
        }
        Event::Found(finding) => found(cycle, finding, unmet),
        Event::Decided { finding, decision } => decided(cycle, *finding, decision, unmet),
        Event::CountermeasureDone { finding } => {
            if !cycle.is_open(finding) {
                unmet.push(PdcaError::NoSuchCountermeasure { finding: finding.clone() });
            }
        }
        Event::Released { from, reassigned, returned } => {
            released(cycle, [from, reassigned], *returned, unmet);
        }
        Event::Closed { seed } => {
            // Worked out again: the next cycle could else begin with money that this one never had.
            if cycle.seed().as_ref() != Some(&**seed) {
                unmet.push(PdcaError::Forged { what: "the seed" });
            }
        }
        Event::Amended { target, actual, reason } => {
            text(reason, "the reason", unmet);
            measured(cycle, target, actual, unmet);
        }
        Event::Cancelled { reason, returned } => {
            text(reason, "the reason", unmet);
            // Worked out again: a cancelled cycle could else keep money, or owe some.
            if left(cycle) != *returned {
                unmet.push(PdcaError::Forged { what: "the money returned" });
            }
        }
        Event::Postponed { until, reason, .. } => {
            text(reason, "the reason", unmet);
            date(*until, unmet);
        }
        Event::ParentConfirmed { seed, amended } => {
            confirmed(cycle, seed, *amended, unmet);
            inherited(seed, unmet);
        }
    }
}

/// Whether another plan voids the signatures: a target or the total is another.
pub(super) fn voids(cycle: &Cycle, plan: &CyclePlan) -> bool {
    // Not the lines: money that moves within the total needs no new signature.
    cycle.plan().is_none_or(|old| old.targets() != plan.targets() || old.total() != plan.total())
}

/// The money that a cycle has left as a whole.
pub(super) fn left(cycle: &Cycle) -> Option<Money> {
    // No sum leaves the range: what was spent and released are parts of the total.
    cycle.balance().ok().flatten().map(|money| money.left)
}

/// Whether a seed differs from the one that a cycle began with.
pub(super) fn amends(cycle: &Cycle, seed: &Seed) -> bool {
    cycle.inherited().is_none_or(|own| own != seed)
}

pub(super) fn text(text: &str, what: &'static str, unmet: &mut Vec<PdcaError>) {
    if text.trim().is_empty() {
        unmet.push(PdcaError::NoText { what });
    }
}

fn after_parent(cycle: &Cycle, plan: &CyclePlan, unmet: &mut Vec<PdcaError>) {
    let parent = cycle.inherited().map(|seed| seed.period);
    if let Some(parent) = parent.filter(|parent| plan.period().start() <= parent.end()) {
        unmet.push(PdcaError::PeriodNotAfter {
            cycle: cycle.id().clone(),
            period: *plan.period(),
            before: parent,
        });
    }
}

fn signature(cycle: &Cycle, role: &str, unmet: &mut Vec<PdcaError>) {
    let Some(plan) = cycle.plan() else { return };
    if !plan.is_signatory(role) {
        unmet.push(PdcaError::NotASignatory { role: role.into() });
    } else if cycle.signed().contains_key(role) {
        unmet.push(PdcaError::SignedAlready { role: role.into() });
    }
}

/// An amount above 0 in the cycle's currency that a line still has.
fn spend(cycle: &Cycle, line: &str, amount: Money, unmet: &mut Vec<PdcaError>) {
    if cycle.plan().is_none() {
        return;
    }
    let Some(left) = cycle.left(line) else {
        unmet.push(PdcaError::NoSuchLine { line: line.into() });
        return;
    };
    // The currency comes first: an amount in another one cannot be compared with what is left.
    match amount.minus(left) {
        Err(error) => unmet.push(PdcaError::Quantity(error)),
        Ok(_) if amount.is_negative() || amount.is_zero() => {
            unmet.push(PdcaError::NotPositive { line: line.into(), amount });
        }
        Ok(over) if !over.is_negative() && !over.is_zero() => {
            unmet.push(PdcaError::AboveLeft { line: line.into(), left, amount, over });
        }
        Ok(_) => {}
    }
}

fn measured(cycle: &Cycle, name: &str, actual: &Figure<ActualValue>, unmet: &mut Vec<PdcaError>) {
    // Without a plan the phase is wrong, which `standing` has told.
    let Some(plan) = cycle.plan() else { return };
    let Some(target) = plan.targets().get(name) else {
        unmet.push(PdcaError::NoSuchTarget { target: name.into() });
        return;
    };
    match actual {
        Figure::Missing(reason) => text(reason, "the reason for no value", unmet),
        // Undefined has its cause.
        Figure::Undefined(_) => {}
        Figure::Known(value) => {
            if let Err(error) = value.value_in(target.unit()) {
                unmet.push(PdcaError::Target { target: name.into(), error });
            }
        }
    }
}

fn replanned(cycle: &Cycle, plan: &CyclePlan, unmet: &mut Vec<PdcaError>) {
    let Some(old) = cycle.plan() else { return };
    if old.period() != plan.period() {
        unmet.push(PdcaError::OtherPeriod { expected: *old.period(), found: *plan.period() });
    }
    // Amounts in two currencies do not compare line by line: this problem says it for all lines.
    if let Err(error) = old.total().same_currency(plan.total()) {
        unmet.push(PdcaError::Quantity(error));
        return;
    }
    // What was spent decides, not the old plan: a line without spend may be dropped.
    for (line, spent) in cycle.spent() {
        let amount = plan.lines().get(line).copied().unwrap_or(Money::zero(spent.currency()));
        if amount.minus(*spent).is_ok_and(|left| left.is_negative()) {
            unmet.push(PdcaError::BelowSpent { line: line.clone(), amount, spent: *spent });
        }
    }
}

/// A finding on a target says of it what the cycle does.
fn found(cycle: &Cycle, finding: &Finding, unmet: &mut Vec<PdcaError>) {
    let name = finding.metric();
    // A finding may be about what is no target: there is then nothing that it could differ from.
    let Some(target) = cycle.plan().and_then(|plan| plan.targets().get(name)) else { return };
    let Some(measured) = cycle.actuals().get(name) else {
        return unmet.push(PdcaError::FindingDiffers { target: name.into() });
    };
    let in_unit = |value: &ActualValue| value.value_in(target.unit()).ok();
    // Two values that do not convert are both `None`, and still not the same.
    let same = match (measured, finding.actual()) {
        (Figure::Known(value), Figure::Known(stated)) => {
            in_unit(value).is_some() && in_unit(value) == in_unit(stated)
        }
        (Figure::Known(_), _) | (_, Figure::Known(_)) => false,
        // Neither is known: the reason is the cycle's, whatever the finding says of it.
        _ => true,
    };
    if finding.target() != target || !same {
        unmet.push(PdcaError::FindingDiffers { target: name.into() });
    }
}

fn decided(cycle: &Cycle, number: u32, decision: &FindingDecision, unmet: &mut Vec<PdcaError>) {
    match index(number).and_then(|index| cycle.findings().get(index)) {
        None => {
            let finding = FindingId { cycle: cycle.id().clone(), number };
            unmet.push(PdcaError::NoSuchFinding { finding });
        }
        Some(found) if found.decision.is_some() => unmet.push(PdcaError::DecidedAlready { number }),
        Some(_) => {}
    }
    match decision {
        FindingDecision::Rejected(reason) => text(reason, "the reason", unmet),
        FindingDecision::Accepted { measure, owner, due } => {
            text(measure, "the measure", unmet);
            text(owner, "the owner", unmet);
            date(*due, unmet);
        }
    }
}

/// Money that lines give up, equal to what the next cycle gets by its lines and what goes back.
fn released(
    cycle: &Cycle,
    [from, reassigned]: [&BTreeMap<String, Money>; 2],
    returned: Money,
    unmet: &mut Vec<PdcaError>,
) {
    let Some(plan) = cycle.plan() else { return };
    let currency = plan.total().currency();
    // A map has each line once: no two amounts of a line can add up past what it has left.
    for (line, amount) in from {
        spend(cycle, line, *amount, unmet);
    }
    // Lines of the next cycle: this plan need not have them.
    for (line, amount) in reassigned {
        text(line, "a line's name", unmet);
        if amount.is_negative() || amount.is_zero() {
            unmet.push(PdcaError::NotPositive { line: line.clone(), amount: *amount });
        }
    }
    // 0 is fine here, unlike on a line: all of it may be reassigned.
    if returned.is_negative() {
        unmet.push(PdcaError::NotPositive { line: "returned".into(), amount: returned });
    }
    let sum = |amounts: &BTreeMap<String, Money>| Money::sum(amounts.values().copied(), currency);
    let sums = sum(from).and_then(|released| Ok((released, sum(reassigned)?.plus(returned)?)));
    match sums {
        Ok((released, used)) if released != used => unmet.push(PdcaError::Unbalanced { released, used }),
        Ok(_) => {}
        Err(error) => unmet.push(PdcaError::Quantity(error)),
    }
}

fn confirmed(cycle: &Cycle, seed: &Seed, amended: bool, unmet: &mut Vec<PdcaError>) {
    let Some(own) = cycle.inherited() else { return };
    if own.cycle != seed.cycle {
        unmet.push(PdcaError::OtherParent { expected: own.cycle.clone(), found: seed.cycle.clone() });
    }
    // The final seed may state another period than the provisional one: the order is asked again.
    if let Some(plan) = cycle.plan()
        && plan.period().start() <= seed.period.end()
    {
        unmet.push(PdcaError::PeriodNotAfter {
            cycle: cycle.id().clone(),
            period: *plan.period(),
            before: seed.period,
        });
    }
    if amended != amends(cycle, seed) {
        unmet.push(PdcaError::Forged { what: "whether the seed differs" });
    }
}

#[cfg(test)]
mod tests {
    use super::super::standing::standing;
    use super::super::{Command, CommandId, CommandKind, Context, CycleId, Journal, StageTable};
    use super::*;
    use crate::time::{NaiveDate, date};
    use alloc::boxed::Box;
    use alloc::format;
    use alloc::string::ToString;

    fn day() -> NaiveDate {
        date(2026, 7, 1).unwrap()
    }

    fn yuan(amount: &str) -> Money {
        Money::parse(&format!("{amount} CNY")).unwrap()
    }

    fn id(text: &str) -> CycleId {
        CycleId::new(text).unwrap()
    }

    /// A plan of 100 on `search` and nothing on `social`, signed by the director.
    fn plan() -> CyclePlan {
        draft("2026-Q3").check().unwrap()
    }

    fn draft(period: &str) -> super::super::CyclePlanDraft {
        CyclePlan::draft(period.parse().unwrap(), yuan("100"), StageTable::quarterly().unwrap())
            .signed_by("director")
            .target("conversion", "at least 2 %".parse().unwrap())
            .line("search", yuan("100"))
            .line("social", yuan("0"))
    }

    struct Told(Journal);

    impl Told {
        fn new() -> Self {
            Self(Journal::new(id("2026-Q3")))
        }

        fn context(&self) -> Context {
            let version = self.0.cycle().version();
            Context {
                command: CommandId::new(format!("{version}")).unwrap(),
                expected: version,
                by: "Lin".into(),
                on: day(),
            }
        }

        /// The cycle after these commands.
        fn after(mut self, commands: impl IntoIterator<Item = Command>) -> Self {
            for command in commands {
                let context = self.context();
                self.0.handle(&command, &context).unwrap();
            }
            self
        }

        /// What stands in the way of a command.
        fn refuses(&self, command: &Command) -> String {
            super::super::decide(self.0.cycle(), command, &self.context()).unwrap_err().to_string()
        }

        /// The guards that block a kind of command.
        fn unmet(&self, command: CommandKind) -> Vec<String> {
            standing(self.0.cycle(), command).iter().map(ToString::to_string).collect()
        }
    }

    fn sign() -> Command {
        Command::SignOff { role: "director".into() }
    }

    fn spend(line: &str, amount: Money) -> Command {
        Command::RecordSpend { line: line.into(), amount, on: day() }
    }

    fn measure(target: &str, value: &str) -> Command {
        Command::RecordActual { target: target.into(), actual: Figure::Known(value.parse().unwrap()) }
    }

    fn doing() -> Told {
        Told::new().after([Command::Plan(Box::new(plan())), sign(), Command::Start])
    }

    #[test]
    fn a_finding_on_a_value_that_was_measured_again_explains_nothing() {
        let find = |actual: &str| {
            let finding =
                Finding::new("conversion", plan().targets()["conversion"].clone(), actual.parse().unwrap());
            Command::RecordFinding(finding.unwrap().into())
        };
        let told = doing().after([measure("conversion", "1.5 %"), Command::BeginCheck, find("1.5 %")]);
        assert!(told.unmet(CommandKind::BeginAct).is_empty());
        let told = told.after([measure("conversion", "1.4 %")]);
        let missing = ["target conversion was missed, and no finding says why"];
        assert_eq!(told.unmet(CommandKind::BeginAct), missing);
        assert!(told.after([find("1.4 %")]).unmet(CommandKind::BeginAct).is_empty());
    }

    #[test]
    fn a_parent_confirmed_while_results_are_checked_leaves_signatures() {
        let seed = |reached: Option<Figure<ActualValue>>| {
            let mut parent = Told(Journal::new(id("2026-Q2")));
            parent = parent.after([Command::Plan(Box::new(draft("2026-Q2").check().unwrap()))]);
            let mut seed = parent.0.cycle().seed().unwrap();
            seed.targets.get_mut("conversion").unwrap().actual = reached;
            Box::new(seed)
        };
        let inherit = || Command::Inherit { seed: seed(None), provisional: true };
        let confirm = || Command::ConfirmParent { seed: seed(Some(Figure::missing("lost"))) };
        let started = || [inherit(), Command::Plan(Box::new(plan())), sign(), Command::Start];
        let doing = Told::new().after(started()).after([confirm()]);
        assert_eq!(doing.0.cycle().unsigned().collect::<Vec<_>>(), ["director"]);
        let checking =
            Told::new().after(started()).after([measure("conversion", "2 %"), Command::BeginCheck]);
        assert_eq!(checking.after([confirm()]).0.cycle().unsigned().count(), 0);
    }

    #[test]
    fn a_kind_of_command_that_can_say_nothing_fitting_is_not_allowed() {
        let told = doing();
        assert_eq!(told.unmet(CommandKind::SignOff), ["all have signed already"]);
        assert_eq!(told.unmet(CommandKind::ReportProgress), ["no tasks are planned"]);
        let told = told.after([spend("search", yuan("100")), measure("conversion", "2 %")]);
        assert_eq!(told.unmet(CommandKind::RecordSpend), ["no line has money left"]);
        let told = told.after([Command::BeginCheck, Command::BeginAct]);
        assert_eq!(told.unmet(CommandKind::DecideFinding), ["no finding is undecided"]);
    }

    #[test]
    fn a_record_without_a_sender_is_refused_like_a_command_without_one() {
        let told = doing();
        let mut records = told.0.records().to_vec();
        records[1].by = " ".into();
        let refused = Journal::of(records).unwrap_err();
        assert_eq!(refused.to_string(), "record 2: who sends it is empty");
    }

    fn seed(cycle: &str, period: &str) -> Box<Seed> {
        Box::new(Seed {
            cycle: id(cycle),
            period: period.parse().unwrap(),
            open_measures: Vec::new(),
            targets: BTreeMap::new(),
            released: BTreeMap::new(),
            findings: Vec::new(),
        })
    }

    #[test]
    fn a_period_may_not_begin_on_the_last_day_of_the_one_before() {
        let told = Told::new()
            .after([Command::Inherit { seed: seed("2026-H1", "2026-01-01/2026-07-01"), provisional: true }]);
        assert_eq!(
            told.refuses(&Command::Plan(Box::new(plan()))),
            "plan was refused: 2026-Q3 does not come after 2026-01-01/2026-07-01, the period of the cycle before"
        );
        let next_day = draft("2026-07-02/2026-09-30").check().unwrap();
        let told = told.after([Command::Plan(Box::new(next_day))]);
        let confirmed = Command::ConfirmParent { seed: seed("2026-H1", "2026-01-01/2026-07-02") };
        assert!(told.refuses(&confirmed).contains("does not come after 2026-01-01/2026-07-02"));
    }

    #[test]
    fn a_value_in_the_unit_of_the_old_target_says_nothing_of_the_new_one() {
        let other = draft("2026-Q3").target("conversion", "at least 5 CNY".parse().unwrap()).check().unwrap();
        let told = doing().after([
            measure("conversion", "1 %"),
            Command::Replan { plan: Box::new(other), reason: "counted in money".into() },
            sign(),
        ]);
        assert_eq!(
            told.unmet(CommandKind::BeginCheck),
            ["target conversion has neither an actual value nor a reason for having none"]
        );
        // Another bar in the same unit leaves what was measured.
        let higher = draft("2026-Q3").target("conversion", "at least 0.03".parse().unwrap()).check().unwrap();
        let told = doing().after([
            measure("conversion", "1 %"),
            Command::Replan { plan: Box::new(higher), reason: "more is needed".into() },
            sign(),
            Command::BeginCheck,
        ]);
        assert_eq!(
            told.unmet(CommandKind::BeginAct),
            ["target conversion was missed, and no finding says why"]
        );
    }

    #[test]
    fn a_plan_is_done_when_the_last_who_had_not_signed_no_longer_has_to() {
        let both = draft("2026-Q3").signed_by("finance").check().unwrap();
        let told = Told::new().after([
            Command::Plan(Box::new(both)),
            sign(),
            Command::Replan { plan: Box::new(plan()), reason: "finance has no say".into() },
            Command::Start,
        ]);
        let cycle = told.0.cycle();
        assert_eq!(
            (cycle.done_on(super::super::Stage::Plan), cycle.baseline()),
            (Some(day()), Some(&plan()))
        );
    }

    fn finding(metric: &str, target: &str, actual: &str) -> Command {
        let finding = Finding::new(metric, target.parse().unwrap(), actual.parse().unwrap()).unwrap();
        Command::RecordFinding(Box::new(finding))
    }

    fn accept(finding: u32, measure: &str, owner: &str) -> Command {
        let (measure, owner, due) = (measure.into(), owner.into(), day());
        Command::DecideFinding { finding, decision: FindingDecision::Accepted { measure, owner, due } }
    }

    fn release(from: &[(&str, &str)], reassigned: &[(&str, &str)], returned: &str) -> Command {
        let by_line = |amounts: &[(&str, &str)]| {
            amounts
                .iter()
                .map(|(line, amount)| (String::from(*line), Money::parse(amount).unwrap()))
                .collect()
        };
        let returned = Money::parse(returned).unwrap();
        Command::Release { from: by_line(from), reassigned: by_line(reassigned), returned }
    }

    fn replan(plan: CyclePlan, reason: &str) -> Command {
        Command::Replan { plan: Box::new(plan), reason: reason.into() }
    }

    /// A cycle that checks: 40 of 100 spent, the target missed by half.
    fn checking() -> Told {
        doing().after([spend("search", yuan("40")), measure("conversion", "1 %"), Command::BeginCheck])
    }

    fn acting() -> Told {
        checking().after([finding("conversion", "at least 2 %", "1 %"), Command::BeginAct])
    }

    fn provisional() -> Told {
        Told::new().after([Command::Inherit { seed: seed("2026-Q2", "2026-Q2"), provisional: true }])
    }

    fn tomorrow() -> NaiveDate {
        day().succ_opt().unwrap()
    }

    /// A plan of one task, of which so much is known.
    fn with_work(progress: Progress) -> CyclePlan {
        let raci = crate::plan::Raci::new("team", "director");
        let task = crate::plan::Task::new("brief", "brief", 3, raci).with_progress(progress);
        draft("2026-Q3").with_work(WorkPlan::draft("work", day()).task(task)).check().unwrap()
    }

    /// Each command, where it is refused, and with what words after `… was refused: `.
    #[expect(clippy::too_many_lines, reason = "a table")]
    fn refusals() -> Vec<(Told, Command, &'static str)> {
        let with_task = || {
            Told::new().after([
                Command::Plan(Box::new(with_work(crate::plan::Progress::default()))),
                sign(),
                Command::Start,
            ])
        };
        let begun_tomorrow =
            with_work(crate::plan::Progress::started(tomorrow(), crate::quantity::Share::ZERO));
        let progress = |task: &str, progress| Command::ReportProgress { task: task.into(), progress };
        let unfinished = crate::plan::Progress { finished: Some(day()), ..Default::default() };
        let less = draft("2026-Q3").line("search", yuan("0")).line("social", yuan("100")).check().unwrap();
        let dollars = Money::parse("5 USD").unwrap();
        let dollars = draft("2026-Q3").with_total(dollars).with_lines([("search", dollars)]).check().unwrap();
        let number = |cycle: &str, number| super::super::FindingId { cycle: id(cycle), number };
        let waive = Command::Postpone { stage: super::super::Stage::Do, until: day(), reason: " ".into() };
        let amend = |target: &str, value: &str, reason: &str| {
            let actual = Figure::Known(value.parse().unwrap());
            Command::Amend { target: target.into(), actual, reason: reason.into() }
        };
        let closed = || {
            acting().after([
                accept(1, "narrow it", "Lin"),
                release(&[("search", "60 CNY")], &[("video", "50 CNY")], "10 CNY"),
                Command::Close,
            ])
        };
        let unmeasured = |target: &str, why: &str| {
            let found = Finding::unmeasured(target, "at least 2 %".parse().unwrap(), why).unwrap();
            Command::RecordFinding(Box::new(found))
        };
        let no_reason = Command::RecordActual { target: "conversion".into(), actual: Figure::missing(" ") };
        alloc::vec![
            (Told::new(), Command::Start, "start is not for a cycle that is draft"),
            (
                closed(),
                spend("search", yuan("1")),
                "record spend is not for a cycle that is closed; line search has 0.00 CNY left, 1.00 CNY is 1.00 CNY too much"
            ),
            (
                provisional(),
                Command::Inherit { seed: seed("2025", "2025"), provisional: false },
                "the cycle continues 2026-Q2 already"
            ),
            (
                Told::new(),
                Command::Inherit { seed: seed("2026-Q3", "2026-Q2"), provisional: false },
                "a cycle cannot continue itself"
            ),
            (
                doing(),
                Command::ConfirmParent { seed: seed("2026-Q2", "2026-Q2") },
                "the cycle continues no cycle provisionally"
            ),
            (
                provisional(),
                Command::ConfirmParent { seed: seed("2025", "2025") },
                "the seed is of 2025, the cycle continues 2026-Q2"
            ),
            (
                provisional(),
                Command::Plan(Box::new(draft("2026-Q2").check().unwrap())),
                "2026-Q2 does not come after 2026-Q2, the period of the cycle before"
            ),
            (Told::new().after([Command::Plan(Box::new(plan()))]), Command::Start, "director has not signed"),
            (doing(), sign(), "all have signed already; director has signed already"),
            (
                doing(),
                Command::SignOff { role: "nobody".into() },
                "all have signed already; nobody is none of those who sign"
            ),
            (doing(), spend("video", yuan("1")), "there is no line video"),
            (doing(), spend("search", yuan("0")), "0.00 CNY of line search is not above 0"),
            (doing(), spend("search", yuan("-1")), "-1.00 CNY of line search is not above 0"),
            (
                doing(),
                spend("search", yuan("100.01")),
                "line search has 100.00 CNY left, 100.01 CNY is 0.01 CNY too much"
            ),
            (
                doing(),
                spend("search", Money::parse("1 USD").unwrap()),
                "USD and CNY are different currencies"
            ),
            (
                doing().after([spend("search", yuan("100"))]),
                spend("search", yuan("1")),
                "no line has money left; line search has 0.00 CNY left, 1.00 CNY is 1.00 CNY too much"
            ),
            (
                doing(),
                progress("brief", crate::plan::Progress::default()),
                "no tasks are planned; there is no task brief"
            ),
            (with_task(), progress("launch", crate::plan::Progress::default()), "there is no task launch"),
            (
                with_task(),
                progress("brief", unfinished),
                "task brief: done without a start, finished before it, or all done without a finish"
            ),
            (doing(), measure("orders", "1"), "there is no target orders"),
            (doing(), measure("conversion", "1 CNY"), "target conversion: units differ: CNY and %"),
            (doing(), no_reason, "the reason for no value is empty"),
            (
                doing(),
                replan(draft("2026-Q4").check().unwrap(), " "),
                "the reason is empty; the plan is for 2026-Q4, the cycle for 2026-Q3"
            ),
            (
                doing().after([spend("search", yuan("40"))]),
                replan(less, "why"),
                "line search would have 0.00 CNY, 40.00 CNY were spent"
            ),
            (doing(), replan(dollars, "why"), "CNY and USD are different currencies"),
            (
                doing(),
                Command::BeginCheck,
                "target conversion has neither an actual value nor a reason for having none"
            ),
            (checking(), Command::BeginAct, "target conversion was missed, and no finding says why"),
            (
                checking(),
                finding("conversion", "at least 3 %", "1 %"),
                "the finding on conversion has another target or actual value than the cycle"
            ),
            (
                checking(),
                finding("conversion", "at least 2 %", "1.5 %"),
                "the finding on conversion has another target or actual value than the cycle"
            ),
            (
                checking(),
                unmeasured("conversion", "no tracking"),
                "the finding on conversion has another target or actual value than the cycle"
            ),
            (acting(), accept(2, "narrow it", "Lin"), "there is no finding 2026-Q3#2"),
            (
                acting(),
                accept(0, " ", ""),
                "there is no finding 2026-Q3#0; the measure is empty; the owner is empty"
            ),
            (
                acting(),
                Command::DecideFinding { finding: 1, decision: FindingDecision::Rejected(String::new()) },
                "the reason is empty"
            ),
            (
                acting().after([accept(1, "narrow it", "Lin")]),
                accept(1, "widen it", "Wu"),
                "no finding is undecided; finding 1 is decided already"
            ),
            (
                acting(),
                Command::CompleteCountermeasure { finding: number("2026-Q3", 1) },
                "no countermeasure is open; no countermeasure for finding 2026-Q3#1 is open"
            ),
            (
                acting().after([accept(1, "narrow it", "Lin")]),
                Command::CompleteCountermeasure { finding: number("2026-Q3", 2) },
                "no countermeasure for finding 2026-Q3#2 is open"
            ),
            (
                acting(),
                release(&[("search", "60 CNY")], &[("video", "50 CNY")], "9 CNY"),
                "60.00 CNY are released, 59.00 CNY are reassigned or returned"
            ),
            (
                acting(),
                release(&[("search", "60 CNY")], &[("video", "61 CNY")], "-1 CNY"),
                "-1.00 CNY of line returned is not above 0"
            ),
            (
                acting(),
                release(&[("search", "60 CNY")], &[(" ", "0 CNY")], "60 CNY"),
                "a line's name is empty; 0.00 CNY of line   is not above 0"
            ),
            (
                acting(),
                release(&[("search", "61 CNY")], &[], "61 CNY"),
                "line search has 60.00 CNY left, 61.00 CNY is 1.00 CNY too much"
            ),
            (
                acting(),
                release(&[("search", "60 CNY")], &[], "60 USD"),
                "CNY and USD are different currencies"
            ),
            (acting(), Command::Close, "finding 1 is undecided; 60.00 CNY are neither spent nor released"),
            (
                provisional().after([
                    Command::Plan(Box::new(plan())),
                    sign(),
                    Command::Start,
                    spend("search", yuan("100")),
                    measure("conversion", "2 %"),
                    Command::BeginCheck,
                    Command::BeginAct,
                ]),
                Command::Close,
                "2026-Q2 is not confirmed yet"
            ),
            (closed(), amend("orders", "1", " "), "the reason is empty; there is no target orders"),
            (closed(), amend("conversion", "1 CNY", "late"), "target conversion: units differ: CNY and %"),
            (doing(), Command::Cancel { reason: String::new() }, "the reason is empty"),
            (doing(), waive, "the reason is empty"),
            (
                doing(),
                Command::RecordSpend { line: "search".into(), amount: yuan("1"), on: tomorrow() },
                "the spend of line search on 2026-07-02 lies after 2026-07-01, the day on which it is recorded"
            ),
            (
                with_task(),
                progress("brief", crate::plan::Progress::finished(day(), tomorrow())),
                "the finish of task brief on 2026-07-02 lies after 2026-07-01, the day on which it is recorded"
            ),
            (
                with_task(),
                replan(begun_tomorrow, "why"),
                "the start of task brief on 2026-07-02 lies after 2026-07-01, the day on which it is recorded"
            ),
            (
                doing(),
                Command::Postpone {
                    stage: super::super::Stage::Do,
                    until: NaiveDate::MAX,
                    reason: "why".into()
                },
                "+262142-12-31 is outside the years 1 to 9999"
            ),
        ]
    }

    /// The event that a record says happened, after what happened before it.
    fn forgeries() -> Vec<(Told, Event, &'static str)> {
        let closed = seed("2026-Q3", "2026-Q3");
        let higher = draft("2026-Q3").target("conversion", "at least 3 %".parse().unwrap()).check().unwrap();
        let replanned = |plan: &CyclePlan, voids_sign_off| Event::Replanned {
            plan: Box::new(plan.clone()),
            reason: "why".into(),
            voids_sign_off,
        };
        let acted = || {
            acting().after([accept(1, "narrow it", "Lin"), release(&[("search", "60 CNY")], &[], "60 CNY")])
        };
        alloc::vec![
            (doing(), replanned(&higher, false), "whether signatures hold does not follow from the cycle"),
            (doing(), replanned(&plan(), true), "whether signatures hold does not follow from the cycle"),
            (acted(), Event::Closed { seed: closed }, "the seed does not follow from the cycle"),
            (
                doing(),
                Event::Cancelled { reason: "why".into(), returned: Some(yuan("99")) },
                "the money returned does not follow from the cycle"
            ),
            (
                Told::new(),
                Event::Cancelled { reason: "why".into(), returned: Some(yuan("0")) },
                "the money returned does not follow from the cycle"
            ),
            (
                provisional(),
                Event::ParentConfirmed { seed: seed("2026-Q2", "2026-Q2"), amended: true },
                "whether the seed differs does not follow from the cycle"
            ),
            (
                provisional(),
                Event::ParentConfirmed { seed: seed("2026-Q2", "2026-H1"), amended: false },
                "whether the seed differs does not follow from the cycle"
            ),
        ]
    }

    #[test]
    fn every_guard_is_reached_and_says_what_does_not_hold() {
        use super::super::{EventRecord, decide, evolve};
        let mut reached = alloc::collections::BTreeSet::new();
        let mut note = |guards: &[PdcaError]| {
            for guard in guards {
                let _ = guard.kind();
                let text = format!("{guard:?}");
                let name = text.split(|letter: char| !letter.is_alphanumeric()).next().unwrap();
                reached.insert(String::from(name));
            }
        };
        let mut differing = Vec::new();
        for (told, command, expected) in refusals() {
            let refused = decide(told.0.cycle(), &command, &told.context()).unwrap_err();
            let expected = format!("{} was refused: {expected}", command.kind().spoken());
            if refused.to_string() != expected {
                differing.push((refused.to_string(), expected));
            }
            let PdcaError::Unmet { guards, .. } = refused else { panic!("{refused}") };
            note(&guards);
        }
        assert_eq!(differing, []);
        let mut early = doing().context();
        early.on = day().pred_opt().unwrap();
        let refused = decide(doing().0.cycle(), &spend("search", yuan("1")), &early).unwrap_err();
        let expected = "record spend was refused: it is dated 2026-06-30, before 2026-07-01, the date of the record \
                        behind it; the spend of line search on 2026-07-01 lies after 2026-06-30, the day on \
                        which it is recorded";
        assert_eq!(refused.to_string(), expected);
        let PdcaError::Unmet { guards, .. } = refused else { panic!("{refused}") };
        note(&guards);
        for (told, event, expected) in forgeries() {
            let Context { command, by, on, .. } = told.context();
            let cycle = told.0.cycle().clone();
            let sequence = cycle.version() + 1;
            let record = EventRecord { cycle: cycle.id().clone(), sequence, command, by, on, event };
            let refused = evolve(cycle, &record).unwrap_err();
            assert_eq!(refused.to_string(), format!("record {sequence}: {expected}"));
            let PdcaError::Inadmissible { guards, .. } = refused else { panic!("{refused}") };
            note(&guards);
        }
        let (_, variants) = include_str!("mod.rs").split_once("    // The guards: ").unwrap();
        let (variants, _) = variants.split_once("\n}\n").unwrap();
        let lines = variants.lines().filter_map(|line| line.strip_prefix("    "));
        let names = lines.filter(|line| line.starts_with(|letter: char| letter.is_ascii_uppercase()));
        let names = names.map(|line| line.split(|letter: char| !letter.is_alphanumeric()).next().unwrap());
        // These are guards and other errors too.
        let shared = ["PeriodNotAfter", "NoSuchFinding", "NoText", "Quantity", "Time"];
        for name in names.chain(shared) {
            assert!(reached.contains(name), "{name} is not reached");
        }
    }

    /// R2: a command that comes again under its id changes nothing, another one under that id is refused by name.
    #[test]
    fn an_id_belongs_to_one_command() {
        let mut told = doing().after([spend("search", yuan("40"))]);
        let before = told.0.clone();
        let mut again = |command: &Command| {
            // Sent again by somebody else, a day later, with a version of before.
            let context = Context {
                command: CommandId::new("3").unwrap(),
                expected: 1,
                by: "Wu".into(),
                on: tomorrow(),
            };
            told.0.handle(command, &context).map(<[_]>::len).map_err(|error| error.to_string())
        };
        assert_eq!(again(&spend("search", yuan("40"))), Ok(0));
        let other = "command 3 is the record spend of record 4, and now says another record spend";
        assert_eq!(again(&spend("search", yuan("4"))), Err(other.into()));
        assert_eq!(again(&spend("social", yuan("40"))), Err(other.into()));
        let other = "command 3 is the record spend of record 4, and now says record actual";
        assert_eq!(again(&measure("conversion", "2 %")), Err(other.into()));
        assert_eq!(told.0, before);
        // The same after a replay.
        let replayed = Journal::of(before.records().to_vec()).unwrap();
        assert_eq!(replayed, before);
        let context = Context { command: CommandId::new("0").unwrap(), ..told.context() };
        let decide = |command| super::super::decide(replayed.cycle(), &command, &context);
        assert_eq!(decide(Command::Plan(Box::new(plan()))), Ok(Vec::new()));
        let refused = decide(Command::Plan(Box::new(with_work(Progress::default())))).unwrap_err();
        assert_eq!(refused.kind(), crate::error::ErrorKind::Conflict);
        assert_eq!(refused.to_string(), "command 0 is the plan of record 1, and now says another plan");
    }

    /// R1: a log whose dates run back, or that tells of what has not happened yet, is refused like the command was.
    #[test]
    fn a_log_that_is_dated_back_is_refused() {
        let told = doing().after([spend("search", yuan("40"))]);
        assert_eq!(told.0.cycle().last_recorded_on(), Some(day()));
        let mut records = told.0.records().to_vec();
        records[2].on = tomorrow();
        let refused = Journal::of(records.clone()).unwrap_err().to_string();
        assert_eq!(
            refused,
            "record 4: it is dated 2026-07-01, before 2026-07-02, the date of the record behind it"
        );
        records[3].on = tomorrow();
        assert!(Journal::of(records.clone()).is_ok());
        let super::super::Event::Spent { on, .. } = &mut records[3].event else { panic!() };
        *on = tomorrow().succ_opt().unwrap();
        let refused = Journal::of(records).unwrap_err().to_string();
        assert_eq!(
            refused,
            "record 4: the spend of line search on 2026-07-03 lies after 2026-07-02, the day on which it is \
             recorded"
        );
    }

    /// R3: no date enters a log that the log on the wire cannot hold.
    #[test]
    fn no_date_beyond_the_years_enters_a_log() {
        for on in [NaiveDate::MIN, NaiveDate::MAX, date(1, 1, 1).unwrap().pred_opt().unwrap()] {
            let context = Context { on, ..Told::new().context() };
            let refused =
                super::super::decide(Told::new().0.cycle(), &Command::Plan(Box::new(plan())), &context);
            let Err(super::super::PdcaError::Unmet { guards, .. }) = refused else { panic!() };
            assert_eq!(guards, [PdcaError::Time(crate::time::TimeError::YearOutOfRange { date: on })]);
            let mut open = seed("2026-Q2", "2026-Q2");
            let (measure, owner) = (String::from("narrow it"), String::from("Lin"));
            let finding = super::super::FindingId { cycle: id("2026-Q2"), number: 1 };
            let metric = "conversion".into();
            open.open_measures.push(super::super::Countermeasure {
                finding,
                metric,
                measure: measure.clone(),
                owner: owner.clone(),
                due: on,
            });
            let decision = FindingDecision::Accepted { measure, owner, due: on };
            let decided = Command::DecideFinding { finding: 1, decision };
            let expected = format!("{on} is outside the years 1 to 9999");
            let inherit = Command::Inherit { seed: open, provisional: false };
            assert!(Told::new().refuses(&inherit).ends_with(&expected));
            assert!(acting().refuses(&decided).ends_with(&expected));
        }
    }

    #[test]
    fn all_versions_but_the_one_are_refused() {
        let told = doing();
        let mut context = told.context();
        context.expected = 2;
        let refused = super::super::decide(told.0.cycle(), &Command::BeginCheck, &context).unwrap_err();
        assert_eq!(refused.to_string(), "the cycle is in version 3, the command was meant for 2");
        context.expected = 3;
        context.by = " ".into();
        let refused =
            super::super::decide(told.0.cycle(), &Command::Cancel { reason: String::new() }, &context)
                .unwrap_err();
        assert_eq!(refused.to_string(), "cancel was refused: who sends it is empty; the reason is empty");
    }
}
