//! The health of the marketing over three months: lights, what is stale, weights, what moved the score, an alert, findings
//! and risks, each as a question with its answer and the evidence.
//!
//! `cargo run --example health` reads `examples/data/health.json`; another file may follow behind `--`, and `--tidy`
//! before it prints every sentence and figure as a row of CSV with its unit and source. The matrix is the documents'; its
//! values, and everything behind them, are an illustration.

#[path = "health/sections.rs"]
mod sections;

use marketloop::alert::Alert;
use marketloop::figure::{Report, Section, Source};
use marketloop::health::Matrix;
use marketloop::quantity::{Money, Quantity};
use marketloop::ranking::PairwiseComparisons;
use marketloop::review::Finding;
use marketloop::risk::Risk;
use marketloop::target::ActualValue;
use marketloop::time::{NaiveDate, Timestamp};
use serde::Deserialize;
use std::process::ExitCode;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/health.json");
const STATED: &str = "dimensions, indicators, targets, review cycles";

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
    let report = std::fs::read_to_string(path).map_err(Refusal::from).and_then(|text| report(&text));
    match &report {
        Ok(report) => print!("{}", if is_tidy { report.csv() } else { report.to_string() }),
        Err(refusal) => eprintln!("{path} was refused\n{refusal}"),
    }
    ExitCode::from(u8::from(report.is_err()))
}

type Refusal = Box<dyn std::error::Error>;
type Answer = Result<Section, Refusal>;

/// What the file says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Quarter {
    title: String,
    launched_on: NaiveDate,
    today: NaiveDate,
    baseline: Vec<(String, String, ActualValue, NaiveDate)>,
    months: Vec<Month>,
    importance: PairwiseComparisons,
    alert: Alert,
    samples: Vec<(Timestamp, Option<Quantity>)>,
    findings: Vec<Finding>,
    largest_impact: Money,
    risks: Vec<Risk>,
}

/// The values that were measured at the end of a month.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Month {
    on: NaiveDate,
    values: Vec<(String, String, ActualValue)>,
}

/// The report on the text of a file.
pub(crate) fn report(text: &str) -> Result<Report, Refusal> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let quarter: Quarter = serde_path_to_error::deserialize(&mut reader)?;
    let months = quarter.matrices()?;
    let assessments = months.iter().map(Matrix::assess).collect::<Result<Vec<_>, _>>()?;
    let sources = [
        Source::new("the documents, D1 section 5: health matrix", STATED),
        Source::illustration("health.json: launched_on, baseline, months", "values of three months"),
    ];
    let report = Report::new(quarter.title.clone()).section(quarter.bulletin(&assessments, &sources)?);
    let report = report.section(quarter.late(&months, &sources)?).section(quarter.weights()?);
    let report = report.section(quarter.moves(&assessments, &sources)?).section(quarter.alert()?);
    Ok(report.section(quarter.findings()?).section(quarter.risks()?))
}

impl Quarter {
    /// The matrix at the end of each month: what was not measured again keeps its value and its day.
    fn matrices(&self) -> Result<Vec<Matrix>, Refusal> {
        let mut matrix = Matrix::marketing()?.launched_on(self.launched_on)?;
        for (index, (dimension, indicator, value, on)) in self.baseline.iter().enumerate() {
            let based = matrix.with_baseline(dimension, indicator, value.clone(), *on);
            matrix = based.map_err(|error| format!("baseline[{index}]: {error}"))?;
        }
        let mut months = Vec::new();
        for (index, month) in self.months.iter().enumerate() {
            for (dimension, indicator, value) in &month.values {
                let measured = matrix.measured(dimension, indicator, value.clone(), month.on);
                matrix = measured.map_err(|error| format!("months[{index}]: {error}"))?;
            }
            months.push(matrix.clone());
        }
        Ok(months)
    }
}
