//! Whole journals of cycles, by intents that are read against the cycle as it stands.

use super::pdca::{LINES, TARGETS, day, first_day, seed, yuan};
use super::strategy;
use crate::figure::Figure;
use crate::pdca::{
    Command, CommandId, CommandKind, Context, Cycle, CycleId, CyclePlan, FindingDecision, FindingId, Journal,
    PdcaError, Phase, Seed, Stage, StageTable, allowed,
};
use crate::plan::{Progress, Raci, Task, WorkPlan, WorkPlanDraft};
use crate::quantity::{Currency, Money, Share};
use crate::review::Finding;
use crate::target::{ActualValue, Target};
use crate::time::NaiveDate;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use proptest::collection::{SizeRange, vec};
use proptest::prelude::{Just, Strategy, any};
use proptest::prop_oneof;
use rust_decimal::Decimal;

/// How an intent is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// The next thing that brings the cycle forward.
    Forward,
    /// Anything that nothing stands in the way of, and that fits.
    Free,
    /// Anything.
    Wild,
}

/// What somebody wants of a cycle, whatever its state: beside a cycle it becomes a command. As an index that is drawn before
/// there is a list, it shrinks on its own. See [`intents`].
#[derive(Debug, Clone, Copy)]
pub struct Intent {
    manner: Manner,
    kind: u8,
    numbers: [u8; 3],
}

/// Intents: four of ten bring a cycle forward, four do anything that is free, two may be wrong.
///
/// Mean size 826.2 characters of the command beside a new cycle; 16 % are edges: a command that a new cycle refuses.
///
/// # Examples
/// ```
/// use marketloop::pdca::{CommandKind, Cycle, CycleId};
/// use marketloop::strategies::intents;
/// use proptest::prelude::*;
///
/// // A cycle in which nothing has happened is planned, or inherits from another one before that.
/// proptest!(|(intent in intents())| {
///     let cycle = Cycle::new(CycleId::new("2026-Q3").unwrap());
///     prop_assert!(intent.fitting(&cycle, CommandKind::Plan).is_some());
///     prop_assert!(intent.fitting(&cycle, CommandKind::SignOff).is_none());
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn intents() -> impl Strategy<Value = Intent> + Clone {
    let manner = prop_oneof![4 => Just(Manner::Forward), 4 => Just(Manner::Free), 2 => Just(Manner::Wild)];
    let kinds = u8::try_from(CommandKind::ALL.len()).unwrap_or(u8::MAX);
    (manner, 0..kinds, any::<[u8; 3]>()).prop_map(|(manner, kind, numbers)| Intent { manner, kind, numbers })
}

/// Journals of the cycle `2026-Q3`, from none to closed or cancelled, each with all that was sent to it: of up to 69
/// commands those that were carried out.
///
/// Mean size 31.3 records; 39 % are edges: no record, a cycle that was cancelled or inherited.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::pdca::replay;
/// use marketloop::strategies::journals;
/// use proptest::prelude::*;
///
/// proptest!(|((journal, _) in journals().with_commands(0..30))| {
///     laws::log_replays_to_its_cycle(&journal, |records| replay(records))?;
/// });
/// ```
///
/// With the commands that a journal refuses:
/// ```
/// use marketloop::laws::a_refusal_changes_nothing;
/// use marketloop::pdca::{CycleId, Journal};
/// use marketloop::strategies::journals;
/// use proptest::prelude::*;
///
/// proptest!(|((journal, sent) in journals().with_commands(0..30).with_refused())| {
///     let mut again = Journal::new(CycleId::new("2026-Q3").unwrap());
///     for (command, context) in &sent {
///         a_refusal_changes_nothing(&mut again, |journal| journal.handle(command, context).map(|_| ()))?;
///     }
///     prop_assert_eq!(again, journal);
/// });
/// ```
pub fn journals() -> Journals {
    Journals { commands: (0..70).into(), refused: false, inherited: false }
}

/// How journals are made; see [`journals`].
#[derive(Debug, Clone)]
#[must_use = "a strategy does nothing by itself"]
pub struct Journals {
    commands: SizeRange,
    refused: bool,
    inherited: bool,
}

impl Journals {
    /// Journals that so many commands were sent to.
    pub fn with_commands(mut self, commands: impl Into<SizeRange>) -> Self {
        self.commands = commands.into();
        self
    }

    /// Two of ten commands may say anything, come late, twice or from nobody: most of them are refused, and all are among
    /// what was sent.
    pub const fn with_refused(mut self) -> Self {
        self.refused = true;
        self
    }

    /// Cycles that begin with what the cycle `2026-Q2` hands on.
    pub const fn with_inherited(mut self) -> Self {
        self.inherited = true;
        self
    }

    fn cases(&self) -> impl Strategy<Value = (Journal, Vec<(Command, Context)>)> + use<> {
        let options = self.clone();
        (vec(intents(), self.commands.clone()), any::<[u8; 3]>())
            .prop_filter_map("a journal", move |(intents, heir)| options.journal(&intents, heir))
    }

    fn journal(&self, intents: &[Intent], heir: [u8; 3]) -> Option<(Journal, Vec<(Command, Context)>)> {
        let mut journal = Journal::new(CycleId::new("2026-Q3").ok()?);
        let mut sent = Vec::new();
        let inherits = Intent { manner: Manner::Free, kind: 0, numbers: heir };
        if self.inherited {
            let command = inherits.fitting(journal.cycle(), CommandKind::Inherit)?;
            sent.push((command, sound(journal.cycle(), "inherit")?));
        }
        for (command, context) in &sent {
            journal.handle(command, context).ok()?;
        }
        for (index, intent) in intents.iter().enumerate() {
            let mut intent = *intent;
            if intent.manner == Manner::Wild && !self.refused {
                intent.manner = Manner::Free;
            }
            let command = intent.command(journal.cycle());
            let context = intent.context(journal.cycle(), index)?;
            if journal.handle(&command, &context).is_ok() || self.refused {
                sent.push((command, context));
            }
        }
        Some((journal, sent))
    }
}

strategy!(Journals => (Journal, Vec<(Command, Context)>));

impl Intent {
    /// The command that this intent becomes beside a cycle.
    #[must_use]
    pub fn command(self, cycle: &Cycle) -> Command {
        let [first, _, third] = self.numbers;
        let kind = match self.manner {
            Manner::Forward => forward(cycle),
            Manner::Free => {
                let mut free: Vec<CommandKind> = allowed(cycle)
                    .into_iter()
                    .filter(|(_, unmet)| unmet.is_empty())
                    .map(|(kind, _)| kind)
                    .collect();
                // A cancelled cycle ends the sequence: one in sixteen is enough.
                free.retain(|kind| *kind != CommandKind::Cancel || first % 16 == 0);
                pick(&free, self.kind ^ third).copied().unwrap_or(CommandKind::Amend)
            }
            Manner::Wild => pick(&CommandKind::ALL, self.kind).copied().unwrap_or(CommandKind::Amend),
        };
        let fits = match self.manner {
            Manner::Wild => None,
            Manner::Forward | Manner::Free => self.fitting(cycle, kind),
        };
        fits.unwrap_or_else(|| self.wild(cycle, kind))
    }

    /// A command of this kind that fits what it is about; `None` where there is nothing that it could be about.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "one arm for each kind of command")]
    pub fn fitting(self, cycle: &Cycle, kind: CommandKind) -> Option<Command> {
        let numbers @ [a, b, c] = self.numbers;
        let plan_now = cycle.plan();
        let today = today(cycle)?;
        let targets: Vec<(&String, &Target)> = plan_now.into_iter().flat_map(CyclePlan::targets).collect();
        Some(match kind {
            CommandKind::Inherit => Command::Inherit {
                seed: Box::new(seed("2026-Q2", "2026-Q2", numbers)?),
                provisional: a % 3 > 0,
            },
            CommandKind::Plan => {
                // After the parent, whatever that is.
                let after = cycle.inherited().map(|seed| seed.period.next()).transpose().ok()?;
                let period = after.map_or_else(|| "2026-Q3".to_string(), |period| period.to_string());
                Command::Plan(Box::new(plan(&period, numbers, &BTreeMap::new())?))
            }
            CommandKind::SignOff => {
                let unsigned: Vec<&str> = cycle.unsigned().collect();
                Command::SignOff { role: (*pick(&unsigned, a)?).into() }
            }
            CommandKind::Start => Command::Start,
            CommandKind::RecordSpend => {
                let lines: Vec<(&str, Money)> = money_left(cycle).collect();
                let (line, left) = pick(&lines, a)?;
                let part = left.minor().checked_mul(b.into())?.checked_div(255)?.max(1);
                Command::RecordSpend { line: (*line).into(), amount: yuan(part)?, on: day(c)?.min(today) }
            }
            CommandKind::ReportProgress => {
                let tasks = plan_now?.work()?.tasks();
                let started = day(a)?.min(today);
                let progress = match b % 3 {
                    0 => Progress::default(),
                    1 => Progress::started(started, Share::percent(u32::from(c % 100)).ok()?),
                    _ => Progress::finished(started, day(c)?.clamp(started, today)),
                };
                Command::ReportProgress { task: pick(tasks, a)?.id.clone(), progress }
            }
            CommandKind::RecordActual => {
                let is_missing = |(name, _): &(&String, &Target)| !cycle.actuals().contains_key(*name);
                let missing: Vec<_> = targets.iter().filter(|target| is_missing(target)).copied().collect();
                let (name, target) = *pick(if missing.is_empty() { &targets } else { &missing }, a)?;
                let actual = if b % 5 == 0 {
                    Figure::missing("the tracking was down")
                } else {
                    Figure::Known(value(c, target))
                };
                Command::RecordActual { target: name.clone(), actual }
            }
            CommandKind::Replan => {
                let plan = match c % 4 {
                    0 => plan_now?.clone(),
                    _ => plan(&plan_now?.period().to_string(), numbers, cycle.spent())?,
                };
                Command::Replan { plan: Box::new(plan), reason: "the season came early".into() }
            }
            CommandKind::BeginCheck => Command::BeginCheck,
            CommandKind::RecordFinding => {
                let missed = targets.iter().find_map(|(name, target)| {
                    let actual = cycle.actuals().get(*name)?.as_ref().known()?;
                    let found = cycle.findings().iter().any(|one| one.finding.metric() == *name);
                    (!found && !target.is_met(actual.value_in(target.unit()).ok()?))
                        .then_some((*name, *target, actual))
                });
                Command::RecordFinding(match missed {
                    Some((name, target, actual)) => finding(name, target, actual.clone())?,
                    None => finding("nothing", &target(0, 0)?, "1 %".parse().ok()?)?,
                })
            }
            CommandKind::BeginAct => Command::BeginAct,
            CommandKind::DecideFinding => {
                let numbered = (1_u32..).zip(cycle.findings());
                let open: Vec<u32> =
                    numbered.filter(|(_, one)| one.decision.is_none()).map(|(number, _)| number).collect();
                let decision = if c % 3 == 0 {
                    FindingDecision::Rejected("too dear".into())
                } else {
                    FindingDecision::Accepted { measure: "train".into(), owner: "Wu".into(), due: day(b)? }
                };
                Command::DecideFinding { finding: *pick(&open, a)?, decision }
            }
            CommandKind::CompleteCountermeasure => {
                Command::CompleteCountermeasure { finding: pick(&cycle.open_measures(), a)?.finding.clone() }
            }
            CommandKind::Release => {
                let from: BTreeMap<String, Money> =
                    money_left(cycle).map(|(line, left)| (line.to_string(), left)).collect();
                let sum: i128 = from.values().map(Money::minor).sum();
                let reassigned = sum.checked_mul(a.into())?.checked_div(255)?;
                let next =
                    if reassigned > 0 { Some(("short video".to_string(), yuan(reassigned)?)) } else { None };
                let returned = yuan(sum.checked_sub(reassigned)?)?;
                Command::Release { from, reassigned: next.into_iter().collect(), returned }
            }
            CommandKind::Close => Command::Close,
            CommandKind::Amend => {
                let (name, target) = *pick(&targets, a)?;
                let actual = Figure::Known(value(c, target));
                Command::Amend { target: name.clone(), actual, reason: "late orders".into() }
            }
            CommandKind::Cancel => Command::Cancel { reason: "the product was withdrawn".into() },
            CommandKind::Postpone => {
                Command::Postpone { stage: *pick(&Stage::ALL, a)?, until: day(b)?, reason: "holidays".into() }
            }
            CommandKind::ConfirmParent => {
                let mut seed = cycle.inherited()?.clone();
                if a % 2 == 0 {
                    seed.released.insert("search".into(), yuan(b.into())?);
                }
                Command::ConfirmParent { seed: Box::new(seed) }
            }
        })
    }

    /// A command of this kind that may say anything: names that are not there, money below 0, blank texts.
    #[must_use]
    pub fn wild(self, cycle: &Cycle, kind: CommandKind) -> Command {
        // Each text, date and amount below is lawful in itself: `None` would be a fault of this file.
        self.anything(cycle, kind).unwrap_or(Command::Close)
    }

    fn anything(self, cycle: &Cycle, kind: CommandKind) -> Option<Command> {
        let numbers @ [a, b, c] = self.numbers;
        let text = |text: &str| if a % 4 == 0 { " ".to_string() } else { text.to_string() };
        let any_name = |names: &[&str; 3], number: u8| {
            pick(names, number % 4).filter(|_| number % 4 < 3).map_or("nothing", |name| *name).to_string()
        };
        let any_value = || match b % 3 {
            0 => Some(Figure::missing(text("the tracking was down"))),
            _ => Some(Figure::Known(value(c, &target(b % 3, c)?))),
        };
        let any_seed = || -> Option<Box<Seed>> {
            let seed = match b % 4 {
                0 => seed(cycle.id().as_str(), "2026-Q2", numbers),
                1 => seed("2026-Q2", "2026-Q4", numbers),
                2 => seed("2025", "2025", numbers),
                _ => seed("2026-Q2", "2026-Q2", numbers),
            };
            seed.map(Box::new)
        };
        let hundreds = |number: u8| i128::from(number).checked_sub(9)?.checked_mul(500);
        let any_money = |number: u8| {
            if c % 8 == 0 {
                Money::from_minor(500, Currency::new("USD").ok()?).ok()
            } else {
                yuan(hundreds(number)?)
            }
        };
        Some(match kind {
            CommandKind::Inherit => Command::Inherit { seed: any_seed()?, provisional: a % 2 == 0 },
            CommandKind::Plan => {
                let period = if b % 2 == 0 { "2026-Q2" } else { "2026-Q3" };
                Command::Plan(Box::new(plan(period, numbers, &BTreeMap::new())?))
            }
            CommandKind::SignOff => {
                Command::SignOff { role: (*pick(&["director", "finance", "nobody", ""], a)?).into() }
            }
            CommandKind::RecordSpend => {
                Command::RecordSpend { line: any_name(&LINES, a), amount: any_money(b)?, on: day(c)? }
            }
            CommandKind::ReportProgress => Command::ReportProgress {
                task: (*pick(&["brief", "launch", "nothing"], a)?).into(),
                progress: Progress {
                    started: if b % 2 == 0 { day(a) } else { None },
                    finished: if b % 3 == 0 { day(c) } else { None },
                    done: Share::percent(u32::from(c % 101)).ok()?,
                },
            },
            CommandKind::RecordActual => {
                Command::RecordActual { target: any_name(&TARGETS, a), actual: any_value()? }
            }
            CommandKind::Replan => {
                let period = if b % 3 == 0 { "2026-Q4" } else { "2026-Q3" };
                let plan = plan(period, numbers, &BTreeMap::new())?;
                Command::Replan { plan: Box::new(plan), reason: text("the season came early") }
            }
            CommandKind::RecordFinding => {
                let target = target(a % 3, b)?;
                let value = value(c, &target);
                Command::RecordFinding(finding(&any_name(&TARGETS, a), &target, value)?)
            }
            CommandKind::DecideFinding => {
                let decision = if c % 3 == 0 {
                    FindingDecision::Rejected(text("too dear"))
                } else {
                    FindingDecision::Accepted { measure: text("train"), owner: text("Wu"), due: day(b)? }
                };
                Command::DecideFinding { finding: u32::from(b % 4), decision }
            }
            CommandKind::CompleteCountermeasure => {
                let other = || CycleId::new("2026-Q2").ok();
                let cycle = if a % 2 == 0 { cycle.id().clone() } else { other()? };
                Command::CompleteCountermeasure { finding: FindingId { cycle, number: u32::from(b % 4) } }
            }
            CommandKind::Release => Command::Release {
                from: [(any_name(&LINES, a), any_money(b)?)].into(),
                reassigned: [(text("short video"), any_money(c)?)].into(),
                returned: yuan(hundreds(b)?.checked_sub(hundreds(c)?)?)?,
            },
            CommandKind::Amend => Command::Amend {
                target: any_name(&TARGETS, a),
                actual: any_value()?,
                reason: text("late orders"),
            },
            CommandKind::Cancel => Command::Cancel { reason: text("the product was withdrawn") },
            CommandKind::Postpone => {
                Command::Postpone { stage: *pick(&Stage::ALL, b)?, until: day(c)?, reason: text("holidays") }
            }
            CommandKind::ConfirmParent => Command::ConfirmParent { seed: any_seed()? },
            CommandKind::Start => Command::Start,
            CommandKind::BeginCheck => Command::BeginCheck,
            CommandKind::BeginAct => Command::BeginAct,
            CommandKind::Close => Command::Close,
        })
    }

    /// The context of the command at `index`; that of a wild one may be late, without a sender, sent before or dated back.
    fn context(self, cycle: &Cycle, index: usize) -> Option<Context> {
        let [_, b, c] = self.numbers;
        let mut context = sound(cycle, &format!("command {index}"))?;
        context.on = day(u8::try_from(index).unwrap_or(u8::MAX))?.max(context.on);
        if self.manner == Manner::Wild {
            match b % 8 {
                0 => context.expected = context.expected.wrapping_sub(1),
                1 => context.by = " ".into(),
                2 => context.command = CommandId::new(format!("command {}", index / 2)).ok()?,
                3 => context.on = day(c % 70)?,
                _ => {}
            }
        }
        Some(context)
    }
}

/// A context in which a command is new, in time and has a sender.
fn sound(cycle: &Cycle, name: &str) -> Option<Context> {
    let command = CommandId::new(name).ok()?;
    Some(Context { command, expected: cycle.version(), by: "Lin".into(), on: today(cycle)? })
}

/// The first day on which a record may be dated.
fn today(cycle: &Cycle) -> Option<NaiveDate> {
    cycle.last_recorded_on().or_else(first_day)
}

/// The kind that brings a cycle forward: the next state, or what it waits for.
fn forward(cycle: &Cycle) -> CommandKind {
    let next = match cycle.phase() {
        Phase::Draft => CommandKind::Plan,
        Phase::Planned => CommandKind::Start,
        Phase::Doing => CommandKind::BeginCheck,
        Phase::Checking => CommandKind::BeginAct,
        Phase::Acting => CommandKind::Close,
        Phase::Closed | Phase::Cancelled => CommandKind::Amend,
    };
    match allowed(cycle).get(&next).and_then(|unmet| unmet.first()) {
        Some(PdcaError::NotSigned { .. }) => CommandKind::SignOff,
        Some(PdcaError::NoActual { .. }) => CommandKind::RecordActual,
        Some(PdcaError::MissedWithoutFinding { .. }) => CommandKind::RecordFinding,
        Some(PdcaError::Undecided { .. }) => CommandKind::DecideFinding,
        Some(PdcaError::MoneyLeft { .. }) => CommandKind::Release,
        Some(PdcaError::ParentNotConfirmed { .. }) => CommandKind::ConfirmParent,
        _ => next,
    }
}

fn pick<T>(from: &[T], number: u8) -> Option<&T> {
    from.get(usize::from(number).checked_rem(from.len())?)
}

/// The lines that have money left.
fn money_left(cycle: &Cycle) -> impl Iterator<Item = (&'static str, Money)> + '_ {
    let left = |line: &'static str| Some((line, cycle.left(line)?));
    LINES.into_iter().filter_map(left).filter(|(_, left)| !left.is_zero())
}

/// The target of this name: two bars and, for one of them, two units.
fn target(name: u8, variant: u8) -> Option<Target> {
    let text = match (name, variant % 3) {
        (0, 0) => "at least 2 %",
        (0, 1) => "at least 3 %",
        (0, _) => "at least 5 CNY",
        (1, 0) => "at most 80 CNY, inverse",
        (1, _) => "at most 60 CNY, linear",
        (_, 0) => "at least 100 order",
        (_, _) => "between 90 and 120 order, linear",
    };
    text.parse().ok()
}

fn value(number: u8, target: &Target) -> ActualValue {
    ActualValue::new(Decimal::from(number), target.unit().clone())
}

fn finding(name: &str, target: &Target, actual: ActualValue) -> Option<Box<Finding>> {
    Finding::new(name, target.clone(), actual).ok().map(Box::new)
}

fn work(variant: u8) -> Option<WorkPlanDraft> {
    let raci = || Raci::new("team", "director");
    let brief = Task::new("brief", "brief", 3, raci()).making("brief");
    let draft = WorkPlan::draft("work", first_day()?).task(brief);
    let launch = || Task::new("launch", "launch", 2, raci()).needing("brief");
    Some(if variant & 1 == 0 { draft } else { draft.task(launch()) })
}

/// A plan of these numbers, whose lines give at least `spent`.
fn plan(period: &str, [a, b, c]: [u8; 3], spent: &BTreeMap<String, Money>) -> Option<CyclePlan> {
    let mut lines: BTreeMap<String, Money> = BTreeMap::new();
    for (index, line) in (0_u8..).zip(LINES) {
        let spent = spent.get(line).map_or(0, Money::minor);
        let more = i128::from(a.rotate_left(index.into())).checked_mul(1_001)?;
        // A line of nothing, and a line that is not there.
        match (spent, b.wrapping_add(index) % 4) {
            (0, 0) => {}
            (0, 1) => drop(lines.insert(line.into(), yuan(0)?)),
            _ => drop(lines.insert(line.into(), yuan(spent.checked_add(more)?)?)),
        }
    }
    let total = yuan(lines.values().map(Money::minor).sum())?;
    let draft = CyclePlan::draft(period.parse().ok()?, total, StageTable::quarterly().ok()?);
    let mut draft = draft.signed_by("director").with_lines(lines);
    if c & 1 == 0 {
        draft = draft.signed_by("finance");
    }
    if c & 2 == 0 {
        draft = draft.with_work(work(c >> 2)?);
    }
    for (name, target_of) in (0_u8..=b % 3).zip(TARGETS) {
        draft = draft.target(target_of, target(name, c >> 3)?);
    }
    draft.check().ok()
}
