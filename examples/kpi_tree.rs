//! Why sales moved: a KPI tree of the documents' channels, explained to its leaves, divided by branch, asked backwards; then
//! two years of six channels by one formula, what moved the year and since when.
//!
//! `cargo run --example kpi_tree` reads `examples/data/kpi_tree.json` and the table of months beside it that it names; another
//! file may follow behind `--`, one of JSON or a table of months (`.csv`) alone, and `--tidy` before it prints every sentence
//! and figure as a row of CSV with its unit and source.

#[path = "kpi_tree/months.rs"]
pub(crate) mod months;
#[path = "kpi_tree/sections.rs"]
mod sections;

use marketloop::figure::{Report, Section, Source};
use marketloop::kpi::{Evaluation, Inputs, KpiTree, Overlay};
use serde::Deserialize;
use std::path::Path;
use std::process::ExitCode;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/kpi_tree.json");
const STATED: &str = "clicks, conversions, acquisition cost, return; no period and no plan";
const TITLE: &str = "Sales: the documents' campaign against a plan, and two years of six channels";
const TITLE_OF_MONTHS: &str = "Sales by channel and month";

/// What the file says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    tree: Vec<String>,
    plan: Inputs,
    actual: Inputs,
    spend_tree: Vec<String>,
    spend: Inputs,
    advice: Vec<(String, String)>,
    what_if: Vec<Overlay>,
    /// A table of months, beside this file.
    months: Option<String>,
}

#[expect(clippy::print_stdout, reason = "the report is what the example is for")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (is_tidy, path) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--tidy"] => (true, DATA),
        ["--tidy", path] => (true, path),
        [] => (false, DATA),
        [path] if !path.starts_with("--") => (false, path),
        _ => (false, "the arguments are not `[--tidy] [file]`: they"),
    };
    let report = run(path);
    match &report {
        Ok(report) => print!("{}", if is_tidy { report.csv() } else { report.to_string() }),
        Err(refusal) => eprintln!("{path} was refused\n{refusal}"),
    }
    ExitCode::from(u8::from(report.is_err()))
}

type Refusal = Box<dyn std::error::Error>;
type Answer = Result<Section, Refusal>;

/// The tree with its values, and where they come from: the plan, the actual values, the documents.
struct Study<'f> {
    file: &'f File,
    tree: &'f KpiTree,
    planned: Evaluation<'f>,
    reached: Evaluation<'f>,
    spent: Evaluation<'f>,
    all: [&'f Source; 3],
    actual: [&'f Source; 2],
}

/// The report on the file.
pub(crate) fn run(path: &str) -> Result<Report, Refusal> {
    let text = std::fs::read_to_string(path)?;
    if Path::new(path).extension().is_some_and(|own| own.eq_ignore_ascii_case("csv")) {
        return Ok(months::sections(&text)?.into_iter().fold(Report::new(TITLE_OF_MONTHS), Report::section));
    }
    let file: File = serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(&text))?;
    let (tree, costs) =
        (KpiTree::parse(&file.tree.join("\n"))?, KpiTree::parse(&file.spend_tree.join("\n"))?);
    let (planned, reached) = (tree.evaluate(&file.plan)?, tree.evaluate(&file.actual)?);
    let spent = costs.evaluate(&file.spend)?;
    let plan = Source::illustration("kpi_tree.json: plan", "a plan for the documents' campaign");
    let actual = Source::new("kpi_tree.json: actual, spend", "that table as rates and amounts per order");
    let documents = Source::new("the documents, D1 section 3.3: channel table", STATED);
    let (file, tree, all, actual) = (&file, &tree, [&plan, &actual, &documents], [&actual, &documents]);
    let study = Study { file, tree, planned, reached, spent, all, actual };
    let report = Report::new(TITLE).section(study.attainment()?).section(study.causes()?);
    let report = report.section(study.branches()?).section(study.samples()?).section(study.levers()?);
    let report = report.section(study.what_if()?).section(study.needed()?);
    let Some(months) = &study.file.months else { return Ok(report) };
    let table = std::fs::read_to_string(Path::new(path).with_file_name(months))?;
    let months = months::sections(&table).map_err(|refusal| format!("{months}: {refusal}"))?;
    Ok(months.into_iter().fold(report, Report::section))
}
