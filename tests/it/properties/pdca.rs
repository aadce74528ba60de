//! Laws of cycles: a log is its cycle, what is refused changes nothing, and money goes somewhere.
//!
//! A sequence of abstract operations (what kind, and small numbers) is read against the journal as it stands:
//! one operation does the next thing that brings the cycle forward, one does anything that is free, one says
//! something that may well be wrong.

use marketloop::figure::Figure;
use marketloop::pdca::{
    Command, CommandId, CommandKind, Context, Countermeasure, Cycle, CycleId, CyclePlan, DecidedFinding,
    Event, EventRecord, FindingDecision, FindingId, Journal, PdcaError, Phase, Seed, Stage, StageTable,
    allowed, decide, evolve, replay, status,
};
use marketloop::plan::{Progress, Raci, Task, WorkPlan};
use marketloop::quantity::{Money, Share};
use marketloop::review::Finding;
use marketloop::target::{ActualValue, Target};
use marketloop::time::{NaiveDate, WorkCalendar, date};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// How an operation is read.
#[derive(Debug, Clone, Copy)]
enum Manner {
    /// The next thing that brings the cycle forward.
    Forward,
    /// Anything that nothing stands in the way of, and that fits.
    Free,
    /// Anything.
    Wild,
}

/// An abstract operation: it means something only beside a journal.
#[derive(Debug, Clone, Copy)]
struct Operation {
    manner: Manner,
    kind: usize,
    numbers: [u8; 3],
}

fn operation() -> impl Strategy<Value = Operation> {
    let manner = prop_oneof![4 => Just(Manner::Forward), 4 => Just(Manner::Free), 2 => Just(Manner::Wild)];
    (manner, 0..CommandKind::ALL.len(), any::<[u8; 3]>()).prop_map(|(manner, kind, numbers)| Operation {
        manner,
        kind,
        numbers,
    })
}

fn operations() -> impl Strategy<Value = Vec<Operation>> {
    prop::collection::vec(operation(), 0..70)
}

fn first_day() -> NaiveDate {
    date(2026, 7, 1).unwrap()
}

fn day(number: u8) -> NaiveDate {
    first_day().iter_days().nth(usize::from(number)).unwrap()
}

fn id(text: &str) -> CycleId {
    CycleId::new(text).unwrap()
}

fn yuan(minor: i128) -> Money {
    Money::from_minor(minor, "CNY".parse().unwrap()).unwrap()
}

const LINES: [&str; 4] = ["content", "search", "social", "nothing"];
const TARGETS: [&str; 4] = ["conversion", "cost", "orders", "nothing"];

/// The target of this name: two bars and, for one of them, two units.
fn target(name: usize, variant: u8) -> Target {
    let text = match (name, variant % 3) {
        (0, 0) => "at least 2 %",
        (0, 1) => "at least 3 %",
        (0, _) => "at least 5 CNY",
        (1, 0) => "at most 80 CNY, inverse",
        (1, _) => "at most 60 CNY, linear",
        (_, 0) => "at least 100 order",
        (_, _) => "between 90 and 120 order, linear",
    };
    text.parse().unwrap()
}

fn value(n: u8, target: &Target) -> ActualValue {
    ActualValue::new(rust_decimal::Decimal::from(n), target.unit().clone())
}

fn work(variant: u8) -> marketloop::plan::WorkPlanDraft {
    let raci = || Raci::new("team", "director");
    let draft =
        WorkPlan::draft("work", first_day()).task(Task::new("brief", "brief", 3, raci()).making("brief"));
    if variant & 1 == 0 {
        draft
    } else {
        draft.task(Task::new("launch", "launch", 2, raci()).needing("brief"))
    }
}

/// A plan of these numbers, whose lines give at least `spent`.
fn plan(period: &str, [a, b, c]: [u8; 3], spent: &BTreeMap<String, Money>) -> CyclePlan {
    let mut lines: BTreeMap<String, Money> = BTreeMap::new();
    for (index, line) in LINES.iter().take(3).enumerate() {
        let spent = spent.get(*line).map_or(0, Money::minor);
        let more = i128::from(a.rotate_left(u32::try_from(index).unwrap())) * 1_001;
        // A line of nothing, and a line that is not there.
        match (spent, (usize::from(b) + index) % 4) {
            (0, 0) => {}
            (0, 1) => drop(lines.insert((*line).into(), yuan(0))),
            _ => drop(lines.insert((*line).into(), yuan(spent + more))),
        }
    }
    let total = lines.values().map(Money::minor).sum();
    let mut draft = CyclePlan::draft(period.parse().unwrap(), yuan(total), StageTable::quarterly().unwrap())
        .signed_by("director")
        .with_lines(lines);
    if c & 1 == 0 {
        draft = draft.signed_by("finance");
    }
    if c & 2 == 0 {
        draft = draft.with_work(work(c >> 2));
    }
    for (index, name) in TARGETS.iter().enumerate().take(usize::from(b % 3) + 1) {
        draft = draft.target(*name, target(index, c >> 3));
    }
    draft.check().unwrap()
}

fn finding(name: &str, target: &Target, actual: ActualValue) -> Box<Finding> {
    Box::new(Finding::new(name, target.clone(), actual).unwrap())
}

/// What a cycle before hands on.
fn seed(cycle: &str, period: &str, [a, b, _]: [u8; 3]) -> Seed {
    let target = target(0, 0);
    let open = |number| Countermeasure {
        finding: FindingId { cycle: id(cycle), number },
        metric: "conversion".into(),
        measure: "narrow the audience".into(),
        owner: "Lin".into(),
        due: day(a),
    };
    let finding = *finding("conversion", &target, "1 %".parse().unwrap());
    Seed {
        cycle: id(cycle),
        period: period.parse().unwrap(),
        open_measures: (1..=u32::from(b % 3)).map(open).collect(),
        targets: BTreeMap::new(),
        released: BTreeMap::from([("search".to_string(), yuan(i128::from(a)))]),
        findings: vec![DecidedFinding { finding, decision: None }],
    }
}

fn pick<T>(from: &[T], number: u8) -> Option<&T> {
    (!from.is_empty()).then(|| &from[usize::from(number) % from.len()])
}

fn kinds_free(cycle: &Cycle) -> Vec<CommandKind> {
    allowed(cycle).into_iter().filter(|(_, unmet)| unmet.is_empty()).map(|(kind, _)| kind).collect()
}

/// A command of this kind that fits what it is about; `None` where there is nothing that it could be about.
#[expect(clippy::too_many_lines, reason = "one arm for each kind of command")]
fn fitting(cycle: &Cycle, kind: CommandKind, numbers @ [a, b, c]: [u8; 3]) -> Option<Command> {
    let plan_now = cycle.plan();
    let targets: Vec<(&String, &Target)> = plan_now.into_iter().flat_map(CyclePlan::targets).collect();
    let inherited = cycle.inherited().cloned();
    Some(match kind {
        CommandKind::Inherit => {
            Command::Inherit { seed: Box::new(seed("2026-Q2", "2026-Q2", numbers)), provisional: a % 3 > 0 }
        }
        CommandKind::Plan => {
            // After the parent, whatever that is.
            let after = cycle.inherited().map(|seed| seed.period.next().unwrap().to_string());
            let period = after.unwrap_or_else(|| "2026-Q3".into());
            Command::Plan(Box::new(plan(&period, numbers, &BTreeMap::new())))
        }
        CommandKind::SignOff => {
            let unsigned: Vec<&str> = cycle.unsigned().collect();
            Command::SignOff { role: (*pick(&unsigned, a)?).into() }
        }
        CommandKind::Start => Command::Start,
        CommandKind::RecordSpend => {
            let lines: Vec<(&str, Money)> = LINES
                .iter()
                .filter_map(|line| Some((*line, cycle.left(line)?)))
                .filter(|(_, left)| !left.is_zero())
                .collect();
            let (line, left) = pick(&lines, a)?;
            let part = (left.minor() * i128::from(b) / 255).max(1);
            Command::RecordSpend { line: (*line).into(), amount: yuan(part), on: day(c).min(today(cycle)) }
        }
        CommandKind::ReportProgress => {
            let tasks = plan_now?.work()?.tasks();
            let progress = match b % 3 {
                0 => Progress::default(),
                1 => Progress::started(day(a).min(today(cycle)), Share::percent(u32::from(c % 100)).unwrap()),
                _ => {
                    let started = day(a).min(today(cycle));
                    Progress::finished(started, day(c).clamp(started, today(cycle)))
                }
            };
            Command::ReportProgress { task: pick(tasks, a)?.id.clone(), progress }
        }
        CommandKind::RecordActual => {
            let missing: Vec<_> =
                targets.iter().filter(|(name, _)| !cycle.actuals().contains_key(*name)).copied().collect();
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
                _ => plan(&plan_now?.period().to_string(), numbers, cycle.spent()),
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
            match missed {
                Some((name, target, actual)) => Command::RecordFinding(finding(name, target, actual.clone())),
                None => Command::RecordFinding(finding("nothing", &target(0, 0), "1 %".parse().unwrap())),
            }
        }
        CommandKind::BeginAct => Command::BeginAct,
        CommandKind::DecideFinding => {
            let open: Vec<u32> = (1..)
                .zip(cycle.findings())
                .filter(|(_, one)| one.decision.is_none())
                .map(|(number, _)| number)
                .collect();
            let decision = if c % 3 == 0 {
                FindingDecision::Rejected("too dear".into())
            } else {
                FindingDecision::Accepted { measure: "train".into(), owner: "Wu".into(), due: day(b) }
            };
            Command::DecideFinding { finding: *pick(&open, a)?, decision }
        }
        CommandKind::CompleteCountermeasure => {
            Command::CompleteCountermeasure { finding: pick(&cycle.open_measures(), a)?.finding.clone() }
        }
        CommandKind::Release => {
            let left = |line: &&str| Some(((*line).to_string(), cycle.left(line)?));
            let from: BTreeMap<String, Money> =
                LINES.iter().filter_map(left).filter(|(_, left)| !left.is_zero()).collect();
            let sum: i128 = from.values().map(Money::minor).sum();
            let reassigned = sum * i128::from(a) / 255;
            let next = (reassigned > 0).then(|| ("short video".to_string(), yuan(reassigned)));
            Command::Release {
                from,
                reassigned: next.into_iter().collect(),
                returned: yuan(sum - reassigned),
            }
        }
        CommandKind::Close => Command::Close,
        CommandKind::Amend => {
            let (name, target) = *pick(&targets, a)?;
            let actual = Figure::Known(value(c, target));
            Command::Amend { target: name.clone(), actual, reason: "late orders".into() }
        }
        CommandKind::Cancel => Command::Cancel { reason: "the product was withdrawn".into() },
        CommandKind::Postpone => Command::Postpone {
            stage: Stage::ALL[usize::from(a) % 4],
            until: day(b),
            reason: "holidays".into(),
        },
        CommandKind::ConfirmParent => {
            let mut seed = inherited?;
            if a % 2 == 0 {
                seed.released.insert("search".into(), yuan(i128::from(b)));
            }
            Command::ConfirmParent { seed: Box::new(seed) }
        }
        _ => unreachable!("a new kind of command needs a line here"),
    })
}

/// A command of this kind that may say anything.
fn wild(cycle: &Cycle, kind: CommandKind, numbers @ [a, b, c]: [u8; 3]) -> Command {
    let text = |text: &str| if a % 4 == 0 { " ".to_string() } else { text.to_string() };
    let any_target = TARGETS[usize::from(a) % 4].to_string();
    let any_value = || match b % 3 {
        0 => Figure::missing(text("the tracking was down")),
        _ => Figure::Known(value(c, &target(usize::from(b) % 3, c))),
    };
    let any_seed = || {
        Box::new(match b % 4 {
            0 => seed(cycle.id().as_str(), "2026-Q2", numbers),
            1 => seed("2026-Q2", "2026-Q4", numbers),
            2 => seed("2025", "2025", numbers),
            _ => seed("2026-Q2", "2026-Q2", numbers),
        })
    };
    let any_money =
        |n: u8| if c % 8 == 0 { Money::parse("5 USD").unwrap() } else { yuan((i128::from(n) - 9) * 500) };
    match kind {
        CommandKind::Inherit => Command::Inherit { seed: any_seed(), provisional: a % 2 == 0 },
        CommandKind::Plan => {
            let period = if b % 2 == 0 { "2026-Q2" } else { "2026-Q3" };
            Command::Plan(Box::new(plan(period, numbers, &BTreeMap::new())))
        }
        CommandKind::SignOff => {
            Command::SignOff { role: ["director", "finance", "nobody", ""][usize::from(a) % 4].into() }
        }
        CommandKind::RecordSpend => {
            Command::RecordSpend { line: LINES[usize::from(a) % 4].into(), amount: any_money(b), on: day(c) }
        }
        CommandKind::ReportProgress => Command::ReportProgress {
            task: ["brief", "launch", "nothing"][usize::from(a) % 3].into(),
            progress: Progress {
                started: (b % 2 == 0).then(|| day(a)),
                finished: (b % 3 == 0).then(|| day(c)),
                done: Share::percent(u32::from(c % 101)).unwrap(),
            },
        },
        CommandKind::RecordActual => Command::RecordActual { target: any_target, actual: any_value() },
        CommandKind::Replan => {
            let period = if b % 3 == 0 { "2026-Q4" } else { "2026-Q3" };
            let plan = plan(period, numbers, &BTreeMap::new());
            Command::Replan { plan: Box::new(plan), reason: text("the season came early") }
        }
        CommandKind::RecordFinding => {
            let target = target(usize::from(a) % 3, b);
            let value = value(c, &target);
            Command::RecordFinding(finding(&any_target, &target, value))
        }
        CommandKind::DecideFinding => {
            let decision = if c % 3 == 0 {
                FindingDecision::Rejected(text("too dear"))
            } else {
                FindingDecision::Accepted { measure: text("train"), owner: text("Wu"), due: day(b) }
            };
            Command::DecideFinding { finding: u32::from(b % 4), decision }
        }
        CommandKind::CompleteCountermeasure => Command::CompleteCountermeasure {
            finding: FindingId {
                cycle: if a % 2 == 0 { cycle.id().clone() } else { id("2026-Q2") },
                number: u32::from(b % 4),
            },
        },
        CommandKind::Release => Command::Release {
            from: BTreeMap::from([(LINES[usize::from(a) % 4].to_string(), any_money(b))]),
            reassigned: BTreeMap::from([(text("short video"), any_money(c))]),
            returned: yuan((i128::from(b) - i128::from(c)) * 500),
        },
        CommandKind::Amend => {
            Command::Amend { target: any_target, actual: any_value(), reason: text("late orders") }
        }
        CommandKind::Cancel => Command::Cancel { reason: text("the product was withdrawn") },
        CommandKind::Postpone => Command::Postpone {
            stage: Stage::ALL[usize::from(b) % 4],
            until: day(c),
            reason: text("holidays"),
        },
        CommandKind::ConfirmParent => Command::ConfirmParent { seed: any_seed() },
        CommandKind::Start => Command::Start,
        CommandKind::BeginCheck => Command::BeginCheck,
        CommandKind::BeginAct => Command::BeginAct,
        CommandKind::Close => Command::Close,
        _ => unreachable!("a new kind of command needs a line here"),
    }
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
    match allowed(cycle)[&next].first() {
        Some(PdcaError::NotSigned { .. }) => CommandKind::SignOff,
        Some(PdcaError::NoActual { .. }) => CommandKind::RecordActual,
        Some(PdcaError::MissedWithoutFinding { .. }) => CommandKind::RecordFinding,
        Some(PdcaError::Undecided { .. }) => CommandKind::DecideFinding,
        Some(PdcaError::MoneyLeft { .. }) => CommandKind::Release,
        Some(PdcaError::ParentNotConfirmed { .. }) => CommandKind::ConfirmParent,
        _ => next,
    }
}

fn command(cycle: &Cycle, operation: Operation) -> Command {
    let Operation { manner, kind, numbers } = operation;
    let kind = match manner {
        Manner::Forward => forward(cycle),
        // A cancelled cycle ends the sequence: one in sixteen is enough.
        Manner::Free => {
            let mut free = kinds_free(cycle);
            free.retain(|kind| *kind != CommandKind::Cancel || numbers[0] % 16 == 0);
            pick(&free, u8::try_from(kind).unwrap() ^ numbers[2]).copied().unwrap_or(CommandKind::Amend)
        }
        Manner::Wild => CommandKind::ALL[kind],
    };
    let fits = match manner {
        Manner::Wild => None,
        _ => fitting(cycle, kind, numbers),
    };
    fits.unwrap_or_else(|| wild(cycle, kind, numbers))
}

/// The first day on which a record may be dated.
fn today(cycle: &Cycle) -> NaiveDate {
    cycle.last_recorded_on().unwrap_or(first_day())
}

/// A context in which a command is new, in time and has a sender.
fn sound(cycle: &Cycle, name: &str) -> Context {
    Context {
        command: CommandId::new(name).unwrap(),
        expected: cycle.version(),
        by: "Lin".into(),
        on: today(cycle),
    }
}

/// The context of the operation at `index`; a wild one may be late, without a sender, sent
/// before or dated back.
fn context(cycle: &Cycle, index: usize, operation: Operation) -> Context {
    let mut context = sound(cycle, &format!("command {index}"));
    context.on = day(u8::try_from(index).unwrap()).max(today(cycle));
    if matches!(operation.manner, Manner::Wild) {
        match operation.numbers[1] % 8 {
            3 => context.on = day(operation.numbers[2] % 70),
            0 => context.expected = context.expected.wrapping_sub(1),
            1 => context.by = " ".into(),
            2 => context.command = CommandId::new(format!("command {}", index / 2)).unwrap(),
            _ => {}
        }
    }
    context
}

/// The journal that operations make, with what each step is told.
fn run_with(
    operations: &[Operation],
    mut told: impl FnMut(&Journal, &Journal, &Command, &Context, Result<&[EventRecord], &PdcaError>),
) -> Journal {
    let mut journal = Journal::new(id("2026-Q3"));
    for (index, operation) in operations.iter().enumerate() {
        let before = journal.clone();
        let command = command(before.cycle(), *operation);
        let context = context(before.cycle(), index, *operation);
        let led_to = journal.handle(&command, &context).map(<[EventRecord]>::to_vec);
        told(&before, &journal, &command, &context, led_to.as_deref());
    }
    journal
}

fn run(operations: &[Operation]) -> Journal {
    run_with(operations, |_, _, _, _, _| {})
}

fn fold(records: &[EventRecord]) -> Cycle {
    records.iter().try_fold(Cycle::new(id("2026-Q3")), evolve).unwrap()
}

/// The records with their numbers as they stand, so that only what they say can be wrong.
fn renumbered(mut records: Vec<EventRecord>) -> Vec<EventRecord> {
    (1..).zip(&mut records).for_each(|(number, record)| record.sequence = number);
    records
}

proptest! {
    #[test]
    fn replay_is_the_fold_of_the_log(operations in operations()) {
        let journal = run(&operations);
        if journal.records().is_empty() {
            prop_assert_eq!(replay([]).unwrap_err(), PdcaError::NoRecords);
        } else {
            prop_assert_eq!(&replay(journal.records()).unwrap(), journal.cycle());
        }
        prop_assert_eq!(&fold(journal.records()), journal.cycle());
    }

    #[test]
    fn every_prefix_replays_to_the_cycle_of_its_time(operations in operations()) {
        let mut cycles = vec![Cycle::new(id("2026-Q3"))];
        let journal = run_with(&operations, |_, after, _, _, led_to| {
            if led_to.is_ok_and(|records| !records.is_empty()) {
                cycles.push(after.cycle().clone());
            }
        });
        prop_assert_eq!(cycles.len(), journal.records().len() + 1);
        for (length, cycle) in cycles.iter().enumerate().skip(1) {
            let replayed = replay(&journal.records()[..length]).unwrap();
            prop_assert_eq!(replayed.version(), length as u64);
            prop_assert_eq!(&replayed, cycle);
        }
    }

    #[test]
    fn allowed_agrees_with_decide(operations in operations(), numbers in any::<[u8; 3]>()) {
        let mut journals = vec![Journal::new(id("2026-Q3"))];
        run_with(&operations, |_, after, _, _, _| journals.push(after.clone()));
        for journal in &journals {
            let cycle = journal.cycle();
            let all = allowed(cycle);
            prop_assert_eq!(all.keys().copied().collect::<Vec<_>>(), CommandKind::ALL);
            for (kind, unmet) in all {
                let context = sound(cycle, "asked");
                let fits = fitting(cycle, kind, numbers);
                if unmet.is_empty() {
                    let Some(command) = fits else { panic!("{kind} is free in {cycle:?}, and nothing fits") };
                    let events = decide(cycle, &command, &context);
                    prop_assert!(events.as_ref().is_ok_and(|events| events.len() == 1), "{kind}: {events:?}");
                    prop_assert_eq!(events.unwrap()[0].kind(), kind);
                    continue;
                }
                for command in fits.into_iter().chain([wild(cycle, kind, numbers)]) {
                    prop_assert_eq!(command.kind(), kind);
                    match decide(cycle, &command, &context) {
                        Err(PdcaError::Unmet { command, guards }) => {
                            prop_assert_eq!(command, kind);
                            prop_assert!(guards.starts_with(&unmet), "{guards:?} and {unmet:?}");
                        }
                        other => prop_assert!(false, "{kind} of {unmet:?}: {other:?}"),
                    }
                }
            }
        }
    }

    #[test]
    fn a_rejected_command_emits_nothing(operations in operations()) {
        let mut faults = Vec::new();
        run_with(&operations, |before, after, command, context, led_to| match led_to {
            Err(rejection) => {
                let named = match rejection {
                    PdcaError::Version { expected, found } => expected != found && *found == before.cycle().version(),
                    PdcaError::Unmet { command: kind, guards } => *kind == command.kind() && !guards.is_empty(),
                    PdcaError::IdUsed { command: id, sent, .. } => *id == context.command && before.cycle().has_handled(id) && *sent == command.kind(),
                    _ => false,
                };
                if after != before || !named || rejection.to_string().is_empty() {
                    faults.push(format!("{command:?}: {rejection}"));
                }
            }
            Ok(records) => {
                let expected: usize = usize::from(!before.cycle().has_handled(&context.command));
                let grown = after.records().len() - before.records().len();
                if records.len() != expected || grown != expected || decide(before.cycle(), command, context).is_err() {
                    faults.push(format!("{command:?}: {records:?}"));
                }
            }
        });
        prop_assert_eq!(faults, Vec::<String>::new());
    }

    /// The status of an evening is the same whatever was recorded later.
    #[test]
    fn an_evening_knows_no_later_record(operations in operations(), later in 0_u64..100) {
        let mut records = run(&operations).records().to_vec();
        // Up to the end of the period and beyond: operations alone stay within it.
        for record in &mut records {
            record.on = record.on.checked_add_days(chrono::Days::new(later)).unwrap();
        }
        prop_assume!(!records.is_empty());
        let all = replay(&records).unwrap();
        let calendar = WorkCalendar::monday_to_friday(first_day(), date(2027, 12, 31).unwrap()).unwrap();
        let told = |cycle: &Cycle, on| {
            let status = status(cycle, on, &calendar).unwrap();
            let stages = Stage::ALL.map(|of| (status.due(of).clone(), status.done_on(of).clone(), status.late(of)));
            (stages, status.overdue_measures)
        };
        let last = records.last().map_or(first_day(), |record| record.on);
        for on in first_day().iter_days().take_while(|on| *on <= last) {
            let known = records.iter().take_while(|record| record.on <= on);
            let Some(then) = replay(known).ok().filter(|cycle| cycle.plan().is_some()) else { continue };
            prop_assert_eq!(told(&all, on), told(&then, on), "{}", on);
        }
    }

    #[test]
    fn money_is_conserved(operations in operations()) {
        let mut cycles = Vec::new();
        run_with(&operations, |_, after, _, _, _| cycles.push(after.cycle().clone()));
        for cycle in cycles {
            let Some(money) = cycle.money().unwrap().known() else {
                prop_assert!(cycle.plan().is_none());
                continue;
            };
            let amount = |value| Money::new(value, "CNY".parse().unwrap()).unwrap();
            let names: Vec<&str> = money.parts().iter().map(|part| part.key).collect();
            prop_assert_eq!(names, ["spent", "left", "reassigned", "returned"]);
            let parts: Vec<Money> = money.parts().iter().map(|part| amount(part.value)).collect();
            prop_assert!(parts.iter().all(|part| !part.is_negative()), "{money:?}");
            prop_assert_eq!(parts.iter().map(Money::minor).sum::<i128>(), amount(money.total()).minor());
            prop_assert_eq!(amount(money.total()), cycle.plan().unwrap().total());
            let rest = amount(money.get(&"left").unwrap());
            let lines = cycle.plan().unwrap().lines().keys();
            let left: Vec<Money> = lines.map(|line| cycle.left(line).unwrap()).collect();
            prop_assert!(left.iter().all(|left| !left.is_negative()));
            match cycle.phase() {
                Phase::Cancelled => prop_assert!(rest.is_zero()),
                phase => {
                    prop_assert_eq!(left.iter().map(Money::minor).sum::<i128>(), rest.minor());
                    prop_assert!(phase != Phase::Closed || rest.is_zero());
                }
            }
        }
    }

    #[test]
    fn of_two_commands_at_one_version_exactly_one_wins(operations in operations(), numbers in any::<[[u8; 3]; 2]>(), picks in any::<[u8; 2]>()) {
        let mut journal = run(&operations);
        let free = kinds_free(journal.cycle());
        let [one, two] = [0, 1].map(|index| {
            let kind = *pick(&free, picks[index])?;
            fitting(journal.cycle(), kind, numbers[index])
        });
        let (Some(one), Some(two)) = (one, two) else {
            prop_assert_eq!(journal.cycle().phase(), Phase::Cancelled);
            return Ok(());
        };
        let [first, second] = ["one", "two"].map(|name| sound(journal.cycle(), name));
        let seen = journal.cycle().version();
        prop_assert_eq!(journal.handle(&one, &first).unwrap().len(), 1);
        let after = journal.clone();
        let refused = journal.handle(&two, &second).unwrap_err();
        prop_assert_eq!(refused, PdcaError::Version { expected: seen, found: seen + 1 });
        prop_assert_eq!(journal, after);
    }

    #[test]
    /// R2, also after a replay: the same command under its id leads to nothing, another one is refused.
    #[test]
    fn an_id_belongs_to_one_command(operations in operations(), which in any::<prop::sample::Index>(), other in operation()) {
        let mut carried_out = BTreeMap::new();
        let journal = run_with(&operations, |_, _, command, context, led_to| {
            if led_to.is_ok_and(|records| !records.is_empty()) {
                carried_out.insert(context.command.clone(), command.clone());
            }
        });
        prop_assume!(!journal.records().is_empty());
        prop_assert_eq!(carried_out.len(), journal.records().len());
        let record = which.get(journal.records());
        let same = &carried_out[&record.command];
        let another = command(journal.cycle(), other);
        for mut journal in [Journal::of(journal.records().to_vec()).unwrap(), journal.clone()] {
            let before = journal.clone();
            // It may come from somebody else, on another day, and have seen any version.
            for expected in [record.sequence - 1, before.cycle().version(), u64::MAX] {
                let again = Context { command: record.command.clone(), expected, by: String::new(), on: day(0) };
                prop_assert_eq!(decide(before.cycle(), same, &again), Ok(Vec::new()));
                prop_assert_eq!(journal.handle(same, &again), Ok(&[][..]));
                prop_assert_eq!(&journal, &before);
                if another != *same {
                    let refused = PdcaError::IdUsed {
                        command: record.command.clone(),
                        sequence: record.sequence,
                        recorded: same.kind(),
                        sent: another.kind(),
                    };
                    prop_assert_eq!(journal.handle(&another, &again), Err(refused));
                    prop_assert_eq!(&journal, &before);
                }
            }
        }
    }

    /// R1, live and on replay.
    #[test]
    fn dates_of_records_never_run_back_and_facts_are_not_after_them(operations in operations(), which in any::<prop::sample::Index>(), back in 1_u8..) {
        let journal = run(&operations);
        prop_assume!(!journal.records().is_empty());
        for pair in journal.records().windows(2) {
            prop_assert!(pair[0].on <= pair[1].on);
        }
        for record in journal.records() {
            let facts = match &record.event {
                Event::Spent { on, .. } => vec![*on],
                Event::Progressed { progress, .. } => progress.started.into_iter().chain(progress.finished).collect(),
                _ => Vec::new(),
            };
            prop_assert!(facts.iter().all(|fact| *fact <= record.on));
        }
        // The same log, one record dated back behind the one before it.
        let mut records = journal.records().to_vec();
        let at = which.index(records.len());
        let last = if at > 0 { records[at - 1].on } else { return Ok(()) };
        records[at].on = last - chrono::Days::new(u64::from(back));
        let refused = replay(&records).unwrap_err();
        let PdcaError::Inadmissible { sequence, guards } = refused else { panic!("{refused:?}") };
        prop_assert_eq!(sequence, at as u64 + 1);
        prop_assert!(guards.contains(&PdcaError::RunsBack { on: records[at].on, last }), "{guards:?}");
    }

    #[test]
    fn a_log_on_the_wire_reads_back_as_itself(operations in operations()) {
        let journal = run(&operations);
        prop_assume!(!journal.records().is_empty());
        let json = serde_json::to_string(&journal).unwrap();
        let read: Journal = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(&read, &journal);
        prop_assert_eq!(serde_json::to_string(&read).unwrap(), json);
    }

    #[test]
    fn a_log_with_one_record_dropped_doubled_swapped_or_of_another_cycle_is_refused(operations in operations(), which in any::<prop::sample::Index>()) {
        let journal = run(&operations);
        let records = journal.records();
        prop_assume!(records.len() > 1);
        // Without its last record a log is a log of before.
        let at = which.index(records.len() - 1);
        let sequence = at as u64 + 1;
        let refused = |records: &[EventRecord]| replay(records).unwrap_err();

        let mut dropped = records.to_vec();
        dropped.remove(at);
        let error = refused(&dropped);
        prop_assert_eq!(error, PdcaError::OutOfSequence { sequence: sequence + 1, expected: sequence });

        let mut doubled = records.to_vec();
        doubled.insert(at, records[at].clone());
        let error = refused(&doubled);
        prop_assert_eq!(error, PdcaError::OutOfSequence { sequence, expected: sequence + 1 });
        // With its number put right it is of a command that was carried out before.
        let error = refused(&renumbered(doubled));
        let command = records[at].command.clone();
        prop_assert_eq!(error, PdcaError::RepeatedCommand { sequence: sequence + 1, command });

        let mut swapped = records.to_vec();
        swapped.swap(at, at + 1);
        let error = refused(&swapped);
        prop_assert_eq!(error, PdcaError::OutOfSequence { sequence: sequence + 1, expected: sequence });

        let mut foreign = records.to_vec();
        foreign[at + 1].cycle = id("2026-Q4");
        let error = refused(&foreign);
        let (expected, found) = (id("2026-Q3"), id("2026-Q4"));
        prop_assert_eq!(error, PdcaError::OtherCycle { sequence: sequence + 1, expected, found });
    }

    #[test]
    fn what_follows_from_the_cycle_cannot_be_stated_otherwise(operations in operations()) {
        let journal = run(&operations);
        for (at, record) in journal.records().iter().enumerate() {
            let mut forged = journal.records()[..=at].to_vec();
            match &mut forged[at].event {
                Event::Replanned { voids_sign_off: flag, .. } | Event::ParentConfirmed { amended: flag, .. } => *flag = !*flag,
                Event::Closed { seed } => drop(seed.released.insert("own pocket".into(), yuan(1))),
                Event::Cancelled { returned, .. } => *returned = returned.map_or(Some(yuan(1)), |money| money.plus(yuan(1)).ok()),
                _ => continue,
            }
            let error = replay(&forged).unwrap_err();
            let PdcaError::Inadmissible { sequence, guards } = error else { panic!("{error:?}") };
            prop_assert_eq!(sequence, record.sequence);
            prop_assert!(matches!(guards[..], [PdcaError::Forged { .. }]), "{guards:?}");
        }
    }

    #[test]
    fn a_log_that_replays_is_one_that_decide_would_have_led_to(operations in operations(), which in any::<prop::sample::Index>(), other in operation(), by in 0..4) {
        let journal = run(&operations);
        let records = journal.records();
        if records.is_empty() {
            return Ok(());
        }
        let Ok(cycle) = replay(&records[..which.index(records.len())]) else { return Ok(()) };
        let command = command(&cycle, other);
        let mut context = sound(&cycle, "one more");
        if by == 0 {
            context.by = " ".into();
        }
        // The event that the command states, admitted or not.
        let Some(event) = stated(&cycle, command.clone()) else { return Ok(()) };
        let record = EventRecord {
            cycle: cycle.id().clone(),
            sequence: cycle.version() + 1,
            command: context.command.clone(),
            by: context.by.clone(),
            on: context.on,
            event: event.clone(),
        };
        match (decide(&cycle, &command, &context), evolve(cycle, &record)) {
            (Ok(events), Ok(_)) => prop_assert_eq!(events, vec![event]),
            (Err(PdcaError::Unmet { guards, .. }), Err(PdcaError::Inadmissible { guards: unmet, .. })) => prop_assert_eq!(unmet, guards),
            (decided, evolved) => prop_assert!(false, "{decided:?} and {evolved:?}"),
        }
    }
}

/// The event that a command states, for those that state all of it.
fn stated(cycle: &Cycle, command: Command) -> Option<Event> {
    Some(match command {
        Command::Inherit { seed, provisional } => Event::Inherited { seed, provisional },
        Command::Plan(plan) => Event::Planned(plan),
        Command::SignOff { role } => Event::SignedOff { role },
        Command::Start => Event::Started,
        Command::RecordSpend { line, amount, on } => Event::Spent { line, amount, on },
        Command::ReportProgress { task, progress } => Event::Progressed { task, progress },
        Command::RecordActual { target, actual } => Event::ActualRecorded { target, actual },
        Command::BeginCheck => Event::CheckBegun,
        Command::RecordFinding(finding) => Event::Found(finding),
        Command::BeginAct => Event::ActBegun,
        Command::DecideFinding { finding, decision } => Event::Decided { finding, decision },
        Command::CompleteCountermeasure { finding } => Event::CountermeasureDone { finding },
        Command::Release { from, reassigned, returned } => Event::Released { from, reassigned, returned },
        Command::Close => Event::Closed { seed: Box::new(cycle.seed()?) },
        Command::Amend { target, actual, reason } => Event::Amended { target, actual, reason },
        Command::Postpone { stage, until, reason } => Event::Postponed { stage, until, reason },
        _ => return None,
    })
}

/// The laws above would hold of logs in which nothing happens: this counts what does.
#[test]
fn the_operations_reach_every_state_and_every_event() {
    use proptest::strategy::ValueTree;
    let config = proptest::test_runner::Config::default();
    let rng = proptest::test_runner::TestRng::deterministic_rng(config.rng_algorithm);
    let mut runner = proptest::test_runner::TestRunner::new_with_rng(config, rng);
    let mut ends: BTreeMap<Phase, usize> = BTreeMap::new();
    let mut events: BTreeMap<CommandKind, usize> = BTreeMap::new();
    let mut rejections = 0;
    for _ in 0..400 {
        let operations = operations().new_tree(&mut runner).unwrap().current();
        let journal = run_with(&operations, |_, _, _, _, led_to| rejections += usize::from(led_to.is_err()));
        *ends.entry(journal.cycle().phase()).or_default() += 1;
        for record in journal.records() {
            *events.entry(record.event.kind()).or_default() += 1;
        }
    }
    println!("{ends:?}\n{events:?}\n{rejections} rejections");
    assert!(ends[&Phase::Closed] >= 100, "{ends:?}");
    assert!(
        CommandKind::ALL.iter().all(|kind| events.get(kind).is_some_and(|count| *count >= 20)),
        "{events:?}"
    );
    assert!(rejections >= 1_000);
}
