//! A seeded, structure-aware fuzzer of everything that takes safe input.
//!
//! Each probe reads values from mutated JSON or text, or draws them, and uses them as a caller could. It looks
//! for panics, values that do not read back, parts that do not add up, floats that are not finite, runs of over
//! a second and over 100 MiB. The same seed gives the same runs.

mod deep;
mod document;
mod findings;
mod laws;
mod memory;
mod random;
mod targets;
mod values;

use document::{Document, mutate, text_mutation};
use findings::{CURRENT, FINDINGS, found};
use memory::{NOW, PEAK, Tracked};
use random::{Random, TEXTS};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

#[global_allocator]
static ALLOCATOR: Tracked = Tracked;

/// A run of more than this is a finding.
const SLOW_MILLISECONDS: u128 = 1_000;
/// Memory beyond this, for an input of less than [`SMALL_INPUT`] bytes, is a finding.
const MUCH_MEMORY: usize = 100 << 20;
const SMALL_INPUT: usize = 20_000;
/// A run of more than this ends the process.
const HANGS_MILLISECONDS: u64 = 30_000;
/// The stack that threads have by default.
const STACK: usize = 2 << 20;

/// What a probe draws from, and how many of its inputs became values.
pub struct Session {
    pub random: Random,
    pub accepted: u64,
}

/// Where the inputs of a probe come from.
pub enum Source {
    /// JSON of the type of this name; the function tells whether a text reads as one.
    Json(&'static str, fn(&str) -> bool),
    /// Texts to mutate.
    Text(Vec<String>),
    /// Nothing but the random state.
    Seed,
}

pub struct Probe {
    pub name: String,
    pub source: Source,
    pub run: fn(&mut Session, &str),
}

thread_local! { static PANIC: RefCell<String> = const { RefCell::new(String::new()) }; }

/// When the current run began, in milliseconds of the process; 0 between runs.
static STARTED: AtomicU64 = AtomicU64::new(0);

fn argument(name: &str) -> Option<String> {
    let all: Vec<String> = std::env::args().collect();
    all.iter().position(|given| given == name).and_then(|at| all.get(at + 1).cloned())
}

fn number(name: &str, otherwise: u64) -> u64 {
    argument(name).map_or(otherwise, |text| text.parse().unwrap_or_else(|_| panic!("{name} takes a number")))
}

fn main() -> ExitCode {
    if let Some(which) = argument("--deep") {
        return if deep::run(&which) { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let options = Options {
        seed: number("--seed", 1),
        milliseconds: number("--seconds", 60) * 1_000,
        only: argument("--only").unwrap_or_default(),
        table: std::env::args().any(|given| given == "--table"),
    };
    let corpus = corpus(&argument("--corpus").expect("--corpus FILE: the pinned JSON of the wire tests"));
    let regressions = regressions(include_str!("../regressions.tsv"));
    println!("seed {}", options.seed);
    watch();
    let worker =
        std::thread::Builder::new().stack_size(STACK).spawn(move || fuzz(&corpus, &regressions, &options));
    worker.unwrap().join().unwrap();
    let all = FINDINGS.lock().unwrap();
    println!("{} findings", all.len());
    for (what, (times, input)) in all.iter() {
        println!("- {times}x {what}\n{input}", input = input.chars().take(2_500).collect::<String>());
    }
    if all.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

struct Options {
    seed: u64,
    milliseconds: u64,
    only: String,
    table: bool,
}

/// Ends the process when a run hangs, and notes where a panic came from.
fn watch() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(|at| format!("{}:{}", at.file(), at.line())).unwrap_or_default();
        let payload = info.payload();
        let text =
            payload.downcast_ref::<String>().map(String::as_str).or(payload.downcast_ref::<&str>().copied());
        let text: String = text.unwrap_or_default().chars().take(120).collect();
        if STARTED.load(Relaxed) == 0 {
            eprintln!("outside of a run: {place} {text}");
        }
        PANIC.with(|panic| *panic.borrow_mut() = format!("PANIC at {place}: {text}"));
    }));
    let _ = process_milliseconds();
    std::thread::spawn(|| {
        loop {
            std::thread::sleep(Duration::from_millis(500));
            let started = STARTED.load(Relaxed);
            if started != 0 && process_milliseconds() > started + HANGS_MILLISECONDS {
                println!("HANG\n{}", CURRENT.lock().unwrap().chars().take(3_000).collect::<String>());
                std::process::exit(77);
            }
        }
    });
}

fn process_milliseconds() -> u64 {
    static BASE: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    BASE.get_or_init(Instant::now).elapsed().as_millis() as u64 + 1
}

fn fuzz(corpus: &BTreeMap<String, Vec<String>>, regressions: &[Regression], options: &Options) {
    let pool: Vec<Document> = corpus.values().flatten().filter_map(|text| Document::read(text)).collect();
    let mut pieces: Vec<String> = Vec::new();
    for document in &pool {
        let mut found = Vec::new();
        document.subtrees(&mut found);
        pieces.extend(found.into_iter().map(Document::text));
    }
    pieces.sort();
    pieces.dedup();
    let probes: Vec<Probe> =
        targets::all().into_iter().filter(|probe| probe.name.contains(&options.only)).collect();
    println!("{} documents, {} subtrees, {} probes", pool.len(), pieces.len(), probes.len());
    if options.table {
        println!(
            "| probe | runs | values | seconds | slowest ms | most MiB |\n| --- | --- | --- | --- | --- | --- |"
        );
    }
    let share = Duration::from_millis(options.milliseconds / probes.len().max(1) as u64);
    let mut runs = 0;
    for probe in &probes {
        let own = inputs_of(probe, corpus, &pieces);
        if own.is_none() {
            println!("no input for {}: no wire test pins it", probe.name);
        }
        let mut tally = Tally::default();
        for regression in regressions.iter().filter(|regression| regression.probe == probe.name) {
            let mut session = Session { random: Random(regression.state), accepted: 0 };
            tally.run(probe, &mut session, &regression.input);
        }
        let salt =
            probe.name.bytes().fold(0_u64, |salt, byte| salt.wrapping_mul(31).wrapping_add(byte.into()));
        let mut session = Session { random: Random(options.seed ^ salt), accepted: 0 };
        let start = Instant::now();
        let mut next = 0;
        while let Some(own) = &own
            && start.elapsed() < share
        {
            let input = own.draw(next, &pool, &mut session.random);
            tally.run(probe, &mut session, &input);
            next += 1;
            if FINDINGS.lock().unwrap().len() > 400 {
                break;
            }
        }
        runs += tally.runs;
        if options.table {
            let (name, seconds) = (&probe.name, start.elapsed().as_secs_f64());
            let mebibytes = tally.peak as f64 / 1_048_576.0;
            println!(
                "| {name} | {} | {} | {seconds:.1} | {} | {mebibytes:.1} |",
                tally.runs, session.accepted, tally.slowest
            );
        }
    }
    println!("{runs} runs");
}

/// The inputs of a probe before mutation.
enum Inputs {
    Documents(Vec<Document>),
    Texts(Vec<String>),
    State,
}

fn inputs_of(probe: &Probe, corpus: &BTreeMap<String, Vec<String>>, pieces: &[String]) -> Option<Inputs> {
    match &probe.source {
        Source::Json(name, reads) => {
            let pinned = corpus.get(*name).into_iter().flatten();
            let mut own: Vec<Document> = pinned.filter_map(|text| Document::read(text)).collect();
            if own.len() < 3 {
                own.extend(
                    pieces
                        .iter()
                        .filter(|piece| reads(piece))
                        .take(300)
                        .filter_map(|piece| Document::read(piece)),
                );
            }
            (!own.is_empty()).then_some(Inputs::Documents(own))
        }
        Source::Text(texts) => Some(Inputs::Texts(texts.clone())),
        Source::Seed => Some(Inputs::State),
    }
}

impl Inputs {
    /// The `next`th input: first all as they are, then mutated ones.
    fn draw(&self, next: usize, pool: &[Document], random: &mut Random) -> String {
        match self {
            Self::Documents(own) => match own.get(next) {
                Some(document) => document.text(),
                None => {
                    let mut document = random.pick(own).clone();
                    let donors = if random.one_in(4) { pool } else { own };
                    mutate(&mut document, donors, random);
                    document.text()
                }
            },
            Self::Texts(texts) => match texts.get(next) {
                Some(text) => text.clone(),
                None if random.one_in(3) => {
                    let text: &str = TEXTS[random.below(TEXTS.len())];
                    text_mutation(text, random)
                }
                None => {
                    let text = random.pick(texts).clone();
                    text_mutation(&text, random)
                }
            },
            Self::State => String::new(),
        }
    }
}

/// What the runs of one probe took.
#[derive(Default)]
struct Tally {
    runs: u64,
    slowest: u128,
    peak: usize,
}

impl Tally {
    fn run(&mut self, probe: &Probe, session: &mut Session, input: &str) {
        // A line of `regressions.tsv`.
        let written = serde_json::to_string(input).unwrap();
        *CURRENT.lock().unwrap() = format!("{}\t{}\t{written}", probe.name, session.random.0);
        let before = NOW.load(Relaxed);
        PEAK.store(before, Relaxed);
        let state = session.random.0;
        let mut milliseconds = timed(probe, session, input);
        let memory = PEAK.load(Relaxed).saturating_sub(before);
        // Others may have had the core: slow is what is slow three times.
        for _ in 0..2 {
            if milliseconds > SLOW_MILLISECONDS {
                session.random.0 = state;
                milliseconds = milliseconds.min(timed(probe, session, input));
            }
        }
        if milliseconds > SLOW_MILLISECONDS {
            found(format!("SLOW {}", probe.name));
        }
        if memory > MUCH_MEMORY && input.len() < SMALL_INPUT {
            found(format!("MEMORY {}", probe.name));
        }
        self.runs += 1;
        self.slowest = self.slowest.max(milliseconds);
        self.peak = self.peak.max(memory);
    }
}

/// Runs a probe once, notes a panic, and gives the milliseconds that it took.
fn timed(probe: &Probe, session: &mut Session, input: &str) -> u128 {
    let start = Instant::now();
    STARTED.store(process_milliseconds(), Relaxed);
    let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| (probe.run)(session, input)));
    STARTED.store(0, Relaxed);
    if ended.is_err() {
        found(PANIC.with(|panic| panic.borrow().clone()));
    }
    start.elapsed().as_millis()
}

/// The pinned JSON of each type: a line is the type's name, a tab, the JSON.
fn corpus(path: &str) -> BTreeMap<String, Vec<String>> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, json) in text.lines().filter_map(|line| line.split_once('\t')) {
        all.entry(name.into()).or_default().push(json.into());
    }
    for documents in all.values_mut() {
        // The tests that pin them run in any order.
        documents.sort();
        documents.dedup();
    }
    all
}

/// An input that was a finding once.
struct Regression {
    probe: String,
    state: u64,
    input: String,
}

/// A line is the probe's name, a tab, the random state, a tab, the input as a JSON string.
fn regressions(text: &str) -> Vec<Regression> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let mut cells = line.splitn(3, '\t');
            let mut cell = || cells.next().unwrap_or_else(|| panic!("three cells in {line}"));
            let (probe, state) = (cell().into(), cell().parse().unwrap());
            Regression { probe, state, input: serde_json::from_str(cell()).unwrap() }
        })
        .collect()
}
