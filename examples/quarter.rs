//! The loop closed: the planning documents' own figures, then two quarters of which the second is planned from
//! what the first hands on.
//!
//! `cargo run --example quarter` reads `examples/data/quarter.json` and `examples/data/two_quarters.json`; other
//! files may follow behind `--`, in this order. A broken file is refused with all its faults, each with its path,
//! and nothing of the report is printed. `--json` prints the log of both quarters instead of the report, and
//! `--replay LOG` the report that a log brings back: the same. `--tidy` prints rows of data, one a figure, each with its
//! unit and its source.

use marketloop::figure::Report;
use std::process::ExitCode;

#[path = "quarter/carry_over.rs"]
mod carry_over;
#[path = "quarter/credit.rs"]
mod credit;
#[path = "quarter/documents.rs"]
mod documents;
#[path = "quarter/events.rs"]
mod events;
#[path = "quarter/evidence.rs"]
mod evidence;
#[path = "quarter/facts.rs"]
mod facts;
#[path = "quarter/report.rs"]
mod report;
#[path = "quarter/two_quarters.rs"]
mod two_quarters;

fn main() -> ExitCode {
    match Asked::from(std::env::args().skip(1)).and_then(|asked| asked.answer()) {
        Ok(answer) => {
            #[expect(clippy::print_stdout, reason = "the report is what the example is for")]
            {
                print!("{answer}");
            }
            ExitCode::SUCCESS
        }
        Err(refusal) => {
            eprintln!("refused: {refusal}");
            ExitCode::FAILURE
        }
    }
}

type Refusal = Box<dyn std::error::Error>;

/// What is asked for.
struct Asked {
    documents: String,
    two_quarters: String,
    json: bool,
    tidy: bool,
    replay: Option<String>,
}

impl Asked {
    fn from(mut arguments: impl Iterator<Item = String>) -> Result<Self, Refusal> {
        let data = |name: &str| format!("{}/examples/data/{name}", env!("CARGO_MANIFEST_DIR"));
        let (mut json, mut tidy, mut replay, mut files) = (false, false, None, Vec::new());
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--json" => json = true,
                "--tidy" => tidy = true,
                "--replay" => replay = Some(arguments.next().ok_or("--replay needs the log's file")?),
                other if other.starts_with("--") => return Err(format!("there is no option {other}").into()),
                _ => files.push(argument),
            }
        }
        if files.len() > 2 {
            return Err(format!("{} files, at most two are read", files.len()).into());
        }
        let mut files = files.into_iter();
        let mut file = |name: &str| files.next().unwrap_or_else(|| data(name));
        Ok(Self {
            documents: file("quarter.json"),
            two_quarters: file("two_quarters.json"),
            json,
            tidy,
            replay,
        })
    }

    fn answer(&self) -> Result<String, Refusal> {
        let documents = run(&self.documents).map_err(|error| format!("{}\n{error}", self.documents))?;
        let log = self.replay.as_ref().map(std::fs::read_to_string).transpose()?;
        let (log, report) = two_quarters(&self.two_quarters, log.as_deref())
            .map_err(|error| format!("{}\n{error}", self.two_quarters))?;
        Ok(match (self.json, self.tidy) {
            (true, _) => log,
            // One table: the heading of the second report is that of the first.
            (false, true) => documents.csv() + report.csv().split_once('\n').map_or("", |(_, rows)| rows),
            (false, false) => format!("{documents}\n{report}"),
        })
    }
}

/// The log of both quarters and the report on them; from a log, if there is one, instead of from commands.
pub(crate) fn two_quarters(path: &str, log: Option<&str>) -> Result<(String, Report), Refusal> {
    let file = two_quarters::read(path)?;
    let journals = match log {
        Some(log) => serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(log))
            .map_err(|error| format!("the log: {error}"))?,
        None => file.run()?,
    };
    let report = file.report(&journals)?;
    Ok((serde_json::to_string_pretty(&journals)? + "\n", report))
}

/// The report on the documents' plan, or all faults of its file.
pub(crate) fn run(path: &str) -> Result<Report, Refusal> {
    documents::run(path)
}
