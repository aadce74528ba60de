//! Which events a cycle admits: the guards of every command, in one place.

use super::cycle::index;
use super::{Actual, CommandKind, Cycle, CyclePlan, Decision, Event, Guard, Phase, Release, Seed};
use crate::quantity::Money;
use crate::review::Finding;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

/// A sort of command, and what of its conditions does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    /// The sort.
    pub command: CommandKind,
    /// All that stands in its way, whatever it says; where there is nothing, a fitting command goes through.
    pub unmet: Vec<Guard>,
}

/// All sorts of commands, each with all that stands in its way.
///
/// # Examples
/// ```
/// use marketloop::pdca::{CommandKind, Cycle, CycleId, allowed};
///
/// let cycle = Cycle::new(CycleId::new("2026-Q3")?);
/// let free: Vec<CommandKind> =
///     allowed(&cycle).into_iter().filter(|one| one.unmet.is_empty()).map(|one| one.command).collect();
/// assert_eq!(free, [CommandKind::Inherit, CommandKind::Plan, CommandKind::Cancel]);
/// # Ok::<(), marketloop::Error>(())
/// ```
#[must_use]
pub fn allowed(cycle: &Cycle) -> Vec<Allowed> {
    let one = |command| Allowed { command, unmet: standing(cycle, command) };
    CommandKind::ALL.into_iter().map(one).collect()
}

/// The phases in which a sort of command is heard.
const fn phases(command: CommandKind) -> &'static [Phase] {
    use Phase::{Acting, Checking, Closed, Doing, Draft, Planned};
    match command {
        CommandKind::Inherit | CommandKind::Plan => &[Draft],
        CommandKind::SignOff | CommandKind::Replan => &[Planned, Doing],
        CommandKind::Start => &[Planned],
        CommandKind::Spend | CommandKind::Progress | CommandKind::Measure => &[Doing, Checking],
        CommandKind::BeginCheck => &[Doing],
        CommandKind::Find | CommandKind::BeginAct => &[Checking],
        CommandKind::Decide | CommandKind::Release | CommandKind::Close => &[Acting],
        CommandKind::CompleteMeasure | CommandKind::Waive => &[Planned, Doing, Checking, Acting],
        CommandKind::Amend => &[Closed],
        CommandKind::Cancel | CommandKind::ConfirmParent => &[Draft, Planned, Doing, Checking, Acting],
    }
}

/// What stands in the way of a sort of command, whatever it says.
pub(super) fn standing(cycle: &Cycle, command: CommandKind) -> Vec<Guard> {
    let mut unmet = Vec::new();
    let phase = cycle.phase();
    if !phases(command).contains(&phase) {
        unmet.push(Guard::Phase { command, phase });
        return unmet;
    }
    let unsigned = || cycle.unsigned().map(|role| Guard::NotSigned { role: role.into() });
    let provisional = cycle.inherited().filter(|inherited| inherited.provisional);
    let unconfirmed =
        || provisional.map(|inherited| Guard::ParentNotConfirmed { parent: inherited.seed.cycle.clone() });
    match command {
        CommandKind::Inherit => {
            unmet.extend(cycle.inherited().map(|own| Guard::Inherits { parent: own.seed.cycle.clone() }));
        }
        CommandKind::SignOff if cycle.unsigned().next().is_none() => unmet.push(Guard::AllSigned),
        CommandKind::Start => unmet.extend(unsigned()),
        CommandKind::Spend if !has_left(cycle) => unmet.push(Guard::NothingLeft),
        CommandKind::Progress if cycle.plan().and_then(CyclePlan::work).is_none() => {
            unmet.push(Guard::NoTasks);
        }
        CommandKind::BeginCheck => {
            unmet.extend(unsigned());
            unmet.extend(without_actual(cycle).map(|target| Guard::NoActual { target: target.clone() }));
        }
        CommandKind::BeginAct => unmet.extend(unexplained_misses(cycle)),
        CommandKind::Decide if cycle.findings().iter().all(|decided| decided.decision.is_some()) => {
            unmet.push(Guard::NothingUndecided);
        }
        CommandKind::CompleteMeasure if cycle.open_measures().is_empty() => unmet.push(Guard::NoOpenMeasure),
        CommandKind::Close => {
            let undecided = (1_u32..).zip(cycle.findings()).filter(|(_, decided)| decided.decision.is_none());
            unmet.extend(undecided.map(|(number, _)| Guard::Undecided { number }));
            match cycle.money() {
                Ok(Some(money)) if !money.left.is_zero() => unmet.push(Guard::MoneyLeft { left: money.left }),
                Ok(_) => {}
                Err(error) => unmet.push(Guard::Money(error)),
            }
            unmet.extend(unconfirmed());
        }
        CommandKind::ConfirmParent if provisional.is_none() => unmet.push(Guard::NothingProvisional),
        _ => {}
    }
    unmet
}

/// Whether a line has money left.
fn has_left(cycle: &Cycle) -> bool {
    let lines = cycle.plan().into_iter().flat_map(|plan| plan.lines().keys());
    lines.filter_map(|line| cycle.left(line)).any(|left| !left.is_zero())
}

fn without_actual(cycle: &Cycle) -> impl Iterator<Item = &String> {
    let targets = cycle.plan().into_iter().flat_map(|plan| plan.targets().keys());
    targets.filter(|name| !cycle.actuals().contains_key(*name))
}

/// The targets that were missed and that no finding is about.
fn unexplained_misses(cycle: &Cycle) -> impl Iterator<Item = Guard> {
    let targets = cycle.plan().into_iter().flat_map(CyclePlan::targets);
    targets.filter_map(|(name, target)| {
        let actual = cycle.actuals().get(name)?.measured()?;
        let value = actual.to(target.unit()).ok()?.value();
        let found = cycle.findings().iter().any(|decided| decided.finding.metric() == name);
        (!found && !target.is_met(value)).then(|| Guard::MissedWithoutFinding { target: name.clone() })
    })
}

/// What stands in the way of an event because of what it says.
pub(super) fn stated(cycle: &Cycle, event: &Event, unmet: &mut Vec<Guard>) {
    match event {
        Event::Inherited { seed, .. } => {
            if seed.cycle == *cycle.id() {
                unmet.push(Guard::OwnParent);
            }
        }
        Event::Planned(plan) => after_parent(cycle, plan, unmet),
        Event::SignedOff { role } => signature(cycle, role, unmet),
        Event::Started | Event::CheckBegun | Event::ActBegun => {}
        Event::Spent { line, amount, .. } => spend(cycle, line, *amount, unmet),
        Event::Progressed { task, progress } => {
            if cycle.plan().and_then(CyclePlan::work).and_then(|work| work.task(task)).is_none() {
                unmet.push(Guard::NoSuchTask { task: task.clone() });
            } else if !progress.is_sound() {
                unmet.push(Guard::Progress { task: task.clone() });
            }
        }
        Event::Measured { target, actual } => measured(cycle, target, actual, unmet),
        Event::Replanned { plan, reason, voids_sign_off } => {
            text(reason, "the reason", unmet);
            replanned(cycle, plan, unmet);
            if *voids_sign_off != voids(cycle, plan) {
                unmet.push(Guard::Forged { what: "whether signatures hold" });
            }
        }
        Event::Found(finding) => found(cycle, finding, unmet),
        Event::Decided { finding, decision } => decided(cycle, *finding, decision, unmet),
        Event::MeasureDone { finding } => {
            if !cycle.open_measures().iter().any(|open| open.finding == *finding) {
                unmet.push(Guard::NoSuchMeasure { finding: finding.clone() });
            }
        }
        Event::Released(release) => released(cycle, release, unmet),
        Event::Closed { seed } => {
            if cycle.seed().as_ref() != Some(&**seed) {
                unmet.push(Guard::Forged { what: "the seed" });
            }
        }
        Event::Amended(amendment) => {
            text(&amendment.reason, "the reason", unmet);
            measured(cycle, &amendment.target, &amendment.actual, unmet);
        }
        Event::Cancelled { reason, returned } => {
            text(reason, "the reason", unmet);
            if left(cycle) != *returned {
                unmet.push(Guard::Forged { what: "the money returned" });
            }
        }
        Event::DueWaived { reason, .. } => text(reason, "the reason", unmet),
        Event::ParentConfirmed { seed, amended } => confirmed(cycle, seed, *amended, unmet),
    }
}

/// Whether another plan voids the signatures: a target or the total is another.
pub(super) fn voids(cycle: &Cycle, plan: &CyclePlan) -> bool {
    cycle.plan().is_none_or(|old| old.targets() != plan.targets() || old.total() != plan.total())
}

/// The money that a cycle has left as a whole.
pub(super) fn left(cycle: &Cycle) -> Option<Money> {
    cycle.money().ok().flatten().map(|money| money.left)
}

/// Whether a seed differs from the one that a cycle began with.
pub(super) fn amends(cycle: &Cycle, seed: &Seed) -> bool {
    cycle.inherited().is_none_or(|own| own.seed != *seed)
}

pub(super) fn text(text: &str, what: &'static str, unmet: &mut Vec<Guard>) {
    if text.trim().is_empty() {
        unmet.push(Guard::NoText { what });
    }
}

fn after_parent(cycle: &Cycle, plan: &CyclePlan, unmet: &mut Vec<Guard>) {
    let parent = cycle.inherited().map(|own| own.seed.period);
    if let Some(parent) = parent.filter(|parent| plan.period().start() <= parent.end()) {
        unmet.push(Guard::PeriodNotAfter { parent, period: *plan.period() });
    }
}

fn signature(cycle: &Cycle, role: &str, unmet: &mut Vec<Guard>) {
    let Some(plan) = cycle.plan() else { return };
    if !plan.signatories().iter().any(|own| own == role) {
        unmet.push(Guard::NotASignatory { role: role.into() });
    } else if cycle.signed().contains_key(role) {
        unmet.push(Guard::SignedAlready { role: role.into() });
    }
}

/// An amount above 0 in the cycle's currency that a line still has.
fn spend(cycle: &Cycle, line: &str, amount: Money, unmet: &mut Vec<Guard>) {
    if cycle.plan().is_none() {
        return;
    }
    let Some(left) = cycle.left(line) else {
        unmet.push(Guard::NoSuchLine { line: line.into() });
        return;
    };
    match amount.minus(left) {
        Err(error) => unmet.push(Guard::Money(error)),
        Ok(_) if amount.is_negative() || amount.is_zero() => {
            unmet.push(Guard::NotPositive { line: line.into(), amount });
        }
        Ok(over) if !over.is_negative() && !over.is_zero() => {
            unmet.push(Guard::AboveLeft { line: line.into(), left, amount, over });
        }
        Ok(_) => {}
    }
}

fn measured(cycle: &Cycle, name: &str, actual: &Actual, unmet: &mut Vec<Guard>) {
    let Some(plan) = cycle.plan() else { return };
    let Some(target) = plan.targets().get(name) else {
        unmet.push(Guard::NoSuchTarget { target: name.into() });
        return;
    };
    match actual {
        Actual::Unmeasured(reason) => text(reason, "the reason for no value", unmet),
        Actual::Measured(value) => {
            if let Err(error) = value.to(target.unit()) {
                unmet.push(Guard::Target { target: name.into(), error: error.into() });
            }
        }
    }
}

fn replanned(cycle: &Cycle, plan: &CyclePlan, unmet: &mut Vec<Guard>) {
    let Some(old) = cycle.plan() else { return };
    if old.period() != plan.period() {
        unmet.push(Guard::OtherPeriod { expected: *old.period(), found: *plan.period() });
    }
    if let Err(error) = old.total().same_currency(plan.total()) {
        unmet.push(Guard::Money(error));
        return;
    }
    for (line, spent) in cycle.spent() {
        let amount = plan.lines().get(line).copied().unwrap_or(Money::zero(spent.currency()));
        if amount.minus(*spent).is_ok_and(|left| left.is_negative()) {
            unmet.push(Guard::BelowSpent { line: line.clone(), amount, spent: *spent });
        }
    }
}

/// A finding on a target says of it what the cycle does.
fn found(cycle: &Cycle, finding: &Finding, unmet: &mut Vec<Guard>) {
    let name = finding.metric();
    let Some(target) = cycle.plan().and_then(|plan| plan.targets().get(name)) else { return };
    let measured = cycle.actuals().get(name).and_then(Actual::measured);
    let same = |value: &crate::quantity::Quantity| matches!((value.to(target.unit()), finding.actual().to(target.unit())), (Ok(one), Ok(two)) if one == two);
    if finding.target() != target || !measured.is_some_and(same) {
        unmet.push(Guard::FindingDiffers { target: name.into() });
    }
}

fn decided(cycle: &Cycle, number: u32, decision: &Decision, unmet: &mut Vec<Guard>) {
    match index(number).and_then(|index| cycle.findings().get(index)) {
        None => unmet.push(Guard::NoSuchFinding { number }),
        Some(found) if found.decision.is_some() => unmet.push(Guard::DecidedAlready { number }),
        Some(_) => {}
    }
    match decision {
        Decision::Rejected(reason) => text(reason, "the reason", unmet),
        Decision::Accepted(measure) => {
            text(&measure.measure, "the measure", unmet);
            text(&measure.owner, "the owner", unmet);
        }
    }
}

fn released(cycle: &Cycle, release: &Release, unmet: &mut Vec<Guard>) {
    let Some(plan) = cycle.plan() else { return };
    let currency = plan.total().currency();
    for (line, amount) in &release.from {
        spend(cycle, line, *amount, unmet);
    }
    for (line, amount) in &release.reassigned {
        text(line, "a line's name", unmet);
        if amount.is_negative() || amount.is_zero() {
            unmet.push(Guard::NotPositive { line: line.clone(), amount: *amount });
        }
    }
    if release.returned.is_negative() {
        unmet.push(Guard::NotPositive { line: "returned".into(), amount: release.returned });
    }
    let sum = |amounts: &BTreeMap<String, Money>| Money::sum(amounts.values().copied(), currency);
    let sums = sum(&release.from)
        .and_then(|released| Ok((released, sum(&release.reassigned)?.plus(release.returned)?)));
    match sums {
        Ok((released, used)) if released != used => unmet.push(Guard::Unbalanced { released, used }),
        Ok(_) => {}
        Err(error) => unmet.push(Guard::Money(error)),
    }
}

fn confirmed(cycle: &Cycle, seed: &Seed, amended: bool, unmet: &mut Vec<Guard>) {
    let Some(own) = cycle.inherited() else { return };
    if own.seed.cycle != seed.cycle {
        unmet.push(Guard::OtherParent { expected: own.seed.cycle.clone(), found: seed.cycle.clone() });
    }
    if let Some(plan) = cycle.plan()
        && plan.period().start() <= seed.period.end()
    {
        unmet.push(Guard::PeriodNotAfter { parent: seed.period, period: *plan.period() });
    }
    if amended != amends(cycle, seed) {
        unmet.push(Guard::Forged { what: "whether the seed differs" });
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Command, CommandId, Context, CycleId, Journal, StageTable};
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
        CyclePlan::draft(period.parse().unwrap(), yuan("100"), StageTable::consistent().unwrap())
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

        /// What stands in the way of a sort of command.
        fn unmet(&self, command: CommandKind) -> Vec<String> {
            standing(self.0.cycle(), command).iter().map(ToString::to_string).collect()
        }
    }

    fn sign() -> Command {
        Command::SignOff { role: "director".into() }
    }

    fn spend(line: &str, amount: Money) -> Command {
        Command::Spend { line: line.into(), amount, on: day() }
    }

    fn measure(target: &str, value: &str) -> Command {
        Command::Measure { target: target.into(), actual: Actual::Measured(value.parse().unwrap()) }
    }

    fn doing() -> Told {
        Told::new().after([Command::Plan(Box::new(plan())), sign(), Command::Start])
    }

    #[test]
    fn a_sort_of_command_that_can_say_nothing_fitting_is_not_allowed() {
        let told = doing();
        assert_eq!(told.unmet(CommandKind::SignOff), ["all have signed already"]);
        assert_eq!(told.unmet(CommandKind::Progress), ["no tasks are planned"]);
        let told = told.after([spend("search", yuan("100")), measure("conversion", "2 %")]);
        assert_eq!(told.unmet(CommandKind::Spend), ["no line has money left"]);
        let told = told.after([Command::BeginCheck, Command::BeginAct]);
        assert_eq!(told.unmet(CommandKind::Decide), ["no finding is undecided"]);
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
}
