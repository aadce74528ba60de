//! Budgets that explain themselves: the documents' budgets, rules with reasons, a review that moves money, the
//! cut list, tracking, response curves, and an optimum that a local optimiser misses.
//!
//! `cargo run --example budget` reads `examples/data/budget.json`; another file may follow behind `--`, and `--tidy` prints
//! rows of data. Every part is checked while it is read: a broken file is refused with the path of its first fault.

use marketloop::budget::{Allocation, Budget, BudgetDraft, Cuts, Reallocation, Tracking, TrueReturn};
use marketloop::figure::{Report, Section};
use marketloop::optimise::Optimisation;
use marketloop::progress::{EarnedValue, Pacing};
use marketloop::quantity::{Money, Revenue};
use marketloop::response::Adstock;
use marketloop::time::NaiveDate;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::process::ExitCode;

#[path = "budget/curves.rs"]
mod curves;
#[path = "budget/plans.rs"]
mod plans;
#[path = "budget/running.rs"]
mod running;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/budget.json");

/// What the file says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    budgets: Vec<Budget>,
    what_if: Vec<BudgetDraft>,
    ruled: Vec<Ruled>,
    review: Reallocation,
    cuts: Cuts,
    tracking: Tracking,
    pacing: Paced,
    earned_value: EarnedValue<Money>,
    true_return: TrueReturn<Revenue>,
    weeks: Weeks,
    contest: Contest,
}

/// A total in lines by rules.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ruled {
    name: String,
    remark: String,
    plan: Allocation,
}

/// How far the money is after some of its periods.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Paced {
    plan: Pacing<Money>,
    elapsed: usize,
    spent: Money,
    committed: Money,
}

/// A channel's weeks, and how long a spend works.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Weeks {
    channel: String,
    from: NaiveDate,
    to: NaiveDate,
    adstock: Adstock,
    /// Spend and gross margin of each week.
    points: Vec<(f64, f64)>,
}

/// A question to the optimiser, and what a local one answered; lines that it does not name got nothing.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Contest {
    question: Optimisation,
    local: BTreeMap<String, Money>,
}

#[expect(clippy::print_stdout, reason = "the report is what the example is for")]
fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).peekable();
    let is_tidy = arguments.next_if_eq("--tidy").is_some();
    let path = arguments.next().unwrap_or_else(|| DATA.into());
    let text = std::fs::read_to_string(&path).map_err(Refusal::from);
    let report = text.and_then(|text| report(&text));
    match &report {
        Ok(report) if is_tidy => print!("{}", report.csv()),
        Ok(report) => print!("{report}"),
        Err(refusal) if path.starts_with('-') => eprintln!("there is no option {path}: {refusal}"),
        Err(refusal) => eprintln!("{path} was refused\n{refusal}"),
    }
    ExitCode::from(u8::from(report.is_err()))
}

type Refusal = Box<dyn std::error::Error>;

/// The report on the text of a file.
pub(crate) fn report(text: &str) -> Result<Report, Refusal> {
    let file: File = serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(text))?;
    let sections = [
        plans::stated(&file),
        within("what_if", plans::what_if(&file))?,
        within("ruled", plans::ruled(&file))?,
        plans::review(&file.review),
        plans::cuts(&file.cuts),
        running::tracked(&file.tracking),
        within("pacing", running::paced(&file.pacing))?,
        within("earned_value", running::earned(&file.earned_value))?,
        within("true_return", running::returns(&file.true_return))?,
        within("weeks", curves::weeks(&file.weeks))?,
        within("contest", curves::contest(&file.contest))?,
    ];
    Ok(sections.into_iter().fold(Report::new(file.title), Report::section))
}

/// A fault that only a question to the checked parts of the file shows, with the path of the part.
fn within(path: &str, answer: Result<Section, Refusal>) -> Result<Section, Refusal> {
    answer.map_err(|refusal| format!("{path}: {refusal}").into())
}
