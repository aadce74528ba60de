//! A log of 100,000 events replayed, and the same events decided and recorded: six of ten spend, two tell of a task
//! and two of a target, of 20 lines, 40 tasks and 12 targets.
//!
//! What limits a replay is reading the log once, which `only_read` does. Medians of one run, on a machine that had
//! other work: 3.0 ms to read, 34 ms to replay (2.9 million events in a second), 91 ms to decide and record. So a
//! replay is 11 times away from its limit. What lies between is one look-up of the command's id in a table that the
//! second cache does not hold (a quarter of the time, by perf), and the look-ups of lines, tasks and targets by their
//! names, which the guards ask for.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::indexing_slicing,
    reason = "a benchmark"
)]

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use marketloop::figure::Figure;
use marketloop::pdca::{
    Command, CommandId, Context, CycleId, CyclePlan, Event, EventRecord, Journal, StageTable, replay,
};
use marketloop::plan::{Progress, Raci, Task, WorkPlan};
use marketloop::quantity::{Currency, Money, Quantity, Share};
use marketloop::time::{NaiveDate, date};
use rust_decimal::Decimal;

const EVENTS: u64 = 100_000;
const LINES: u64 = 20;
const TASKS: u64 = 40;
const TARGETS: u64 = 12;

/// How commands are called: by the second in which they were sent and a draw, or by a draw alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ids {
    Increasing,
    Random,
}

/// The output of `SplitMix64`.
fn mixed(n: u64) -> u64 {
    let mut x = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

fn yuan(minor: i128) -> Money {
    Money::from_minor(minor, "CNY".parse().unwrap()).unwrap()
}

fn day(n: u64) -> NaiveDate {
    date(2026, 7, 1).unwrap().iter_days().nth(n as usize).unwrap()
}

/// As long as a UUID.
fn id(ids: Ids, n: u64) -> CommandId {
    let (high, low) = (mixed(2 * n), mixed(2 * n + 1));
    let high = if ids == Ids::Increasing { (1_780_000_000 + n) << 24 | high >> 40 } else { high };
    let text = format!("{high:016x}{low:016x}");
    let dashed = [&text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..]].join("-");
    CommandId::new(dashed).unwrap()
}

fn plan() -> CyclePlan {
    let line = i128::from(EVENTS) * 10_000;
    let total = yuan(line * i128::from(LINES));
    let raci = || Raci::new("team", "director");
    let task = |n| Task::new(format!("task {n:02}"), "a task", 3, raci());
    let work = WorkPlan::draft("work", day(0)).with_tasks((0..TASKS).map(task));
    let draft = CyclePlan::draft("2026-Q3".parse().unwrap(), total, StageTable::quarterly().unwrap());
    let draft = (0..LINES).fold(draft, |draft, n| draft.line(format!("line {n:02}"), yuan(line)));
    let target =
        |n: u64| ["at least 2 %", "at most 80 CNY/order, inverse", "at least 500 order"][n as usize % 3];
    let draft = (0..TARGETS)
        .fold(draft, |draft, n| draft.target(format!("target {n:02}"), target(n).parse().unwrap()));
    draft.with_work(work).signed_by("director").check().unwrap()
}

/// Six of ten spend, two tell of a task, two of a target.
fn command(n: u64, units: &[marketloop::quantity::Unit]) -> Command {
    let draw = mixed(n ^ 0x5EED);
    let low = draw >> 16;
    // Nothing is told before it happened.
    let until = |most: u64| day((low % most).min(n * 90 / EVENTS));
    match draw % 10 {
        0..6 => Command::RecordSpend {
            line: format!("line {:02}", low % LINES),
            amount: yuan(i128::from(low % 9_999 + 1)),
            on: until(90),
        },
        6 | 7 => Command::ReportProgress {
            task: format!("task {:02}", low % TASKS),
            progress: Progress::started(until(60), Share::percent((low % 100) as u32).unwrap()),
        },
        _ => {
            let value =
                Quantity::new(Decimal::new((low % 1_000) as i64, 1), units[(low % 3) as usize].clone());
            Command::RecordActual {
                target: format!("target {:02}", low % TARGETS),
                actual: Figure::Known(value.into()),
            }
        }
    }
}

fn commands(ids: Ids) -> Vec<(Command, Context)> {
    // The targets' own units, or one a power of ten away.
    let units = ["%", "CNY/order", "order"].map(|unit| unit.parse().unwrap());
    let first =
        [Command::Plan(Box::new(plan())), Command::SignOff { role: "director".into() }, Command::Start];
    let rest = (3..EVENTS).map(|n| command(n, &units));
    let context =
        |n| Context { command: id(ids, n), expected: n, by: "Lin".into(), on: day(n * 90 / EVENTS) };
    (0..).zip(first.into_iter().chain(rest)).map(|(n, command)| (command, context(n))).collect()
}

fn recorded(commands: &[(Command, Context)]) -> Journal {
    let mut journal = Journal::new(CycleId::new("2026-Q3").unwrap());
    for (command, context) in commands {
        journal.handle(command, context).unwrap();
    }
    journal
}

fn log(ids: Ids) -> Vec<EventRecord> {
    recorded(&commands(ids)).into()
}

fn main() {
    let log = log(Ids::Random);
    let cycle = replay(&log).unwrap();
    let spent = cycle.money().unwrap().known().unwrap().get(&"spent").unwrap();
    let spent = Money::new(spent, Currency::CNY).unwrap();
    println!("{} events, {spent} spent, expected {EXPECTED}", cycle.version());
    assert_eq!((cycle.version(), spent.to_string().as_str()), (EVENTS, EXPECTED));
    divan::main();
}

const EXPECTED: &str = "2,987,667.30 CNY";

/// At most 100 ms: a million events in a second.
#[divan::bench(args = [Ids::Increasing, Ids::Random])]
fn replayed(bencher: Bencher<'_, '_>, ids: Ids) {
    let log = log(ids);
    bencher.counter(ItemsCount::new(EVENTS)).bench(|| replay(black_box(&log)).unwrap().version());
}

/// What any replay has to do: each record's id and the texts of its event are read.
#[divan::bench(args = [Ids::Increasing, Ids::Random])]
fn only_read(bencher: Bencher<'_, '_>, ids: Ids) {
    let log = log(ids);
    let bytes = |text: &str| text.bytes().map(u64::from).sum::<u64>();
    let read = |record: &EventRecord| {
        let name = match &record.event {
            Event::Spent { line, amount, .. } => bytes(line) ^ amount.minor() as u64,
            Event::Progressed { task, .. } => bytes(task),
            Event::ActualRecorded { target, .. } => bytes(target),
            _ => 0,
        };
        record.sequence ^ name ^ bytes(record.cycle.as_str()) ^ bytes(record.command.as_str())
    };
    bencher
        .counter(ItemsCount::new(EVENTS))
        .bench(|| black_box(&log).iter().map(read).fold(0, u64::wrapping_add));
}

/// Each command decided on, its event recorded and taken in.
#[divan::bench(args = [Ids::Increasing, Ids::Random])]
fn decided_and_recorded(bencher: Bencher<'_, '_>, ids: Ids) {
    let commands = commands(ids);
    bencher.counter(ItemsCount::new(EVENTS)).bench(|| recorded(black_box(&commands)).cycle().version());
}
