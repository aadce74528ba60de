//! The loop closed: the planning documents' own figures, then two quarters of which the second is planned from
//! what the first hands on.
//!
//! `cargo run --example quarter` reads `examples/data/quarter.json` and `examples/data/two_quarters.json`; other
//! files may follow behind `--`, in this order. A broken file is refused with all its faults, each with its path,
//! and nothing of the report is printed. `--json` prints the log of both quarters instead of the report, and
//! `--replay LOG` the report that a log brings back: the same.

use marketloop::figure::Report;
use marketloop::quantity::{Money, Quantity};
use marketloop::target::ActualValue;
use std::fmt::Write;
use std::process::ExitCode;
use unicode_width::UnicodeWidthStr;

#[path = "quarter/documents.rs"]
mod documents;
#[path = "quarter/events.rs"]
mod events;
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
    replay: Option<String>,
}

impl Asked {
    fn from(mut arguments: impl Iterator<Item = String>) -> Result<Self, Refusal> {
        let data = |name: &str| format!("{}/examples/data/{name}", env!("CARGO_MANIFEST_DIR"));
        let (mut json, mut replay, mut files) = (false, None, Vec::new());
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--json" => json = true,
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
        Ok(Self { documents: file("quarter.json"), two_quarters: file("two_quarters.json"), json, replay })
    }

    fn answer(&self) -> Result<String, Refusal> {
        let documents = run(&self.documents).map_err(|error| format!("{}\n{error}", self.documents))?;
        let log = self.replay.as_ref().map(std::fs::read_to_string).transpose()?;
        let (log, report) = two_quarters(&self.two_quarters, log.as_deref())
            .map_err(|error| format!("{}\n{error}", self.two_quarters))?;
        Ok(if self.json { log } else { format!("{documents}\n{report}") })
    }
}

/// The log of both quarters and the report on them; from a log, if there is one, instead of from commands.
pub(crate) fn two_quarters(path: &str, log: Option<&str>) -> Result<(String, String), Refusal> {
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

/// A number in groups of three digits, money with its cents.
fn show(quantity: &Quantity) -> String {
    Money::try_from(quantity).map_or_else(|_| format!("{quantity:#}"), |money| money.to_string())
}

/// An actual value or a gap: a decimal as a quantity, what has no last decimal with four of them behind a `~`.
fn reached(actual: &ActualValue) -> String {
    actual.to_quantity().map_or_else(|| format!("{actual:#}"), |quantity| show(&quantity))
}

/// Aligned columns: a head of `<` (left) and `>` (right) titles, and rows.
struct Table {
    right: Vec<bool>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn new(head: &str) -> Self {
        let mut right = Vec::new();
        let mut titles: Vec<String> = Vec::new();
        for word in head.split(' ') {
            match word.strip_prefix(['<', '>']) {
                Some(title) => {
                    right.push(word.starts_with('>'));
                    titles.push(title.into());
                }
                None => {
                    if let Some(title) = titles.last_mut() {
                        title.push(' ');
                        title.push_str(word);
                    }
                }
            }
        }
        Self { right, rows: vec![titles] }
    }

    fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    fn write(&self, out: &mut String) -> Result<(), Refusal> {
        let width = |column: usize| {
            self.rows
                .iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.right.len()).map(width).collect();
        for (index, row) in self.rows.iter().enumerate() {
            let mut line = String::new();
            for ((cell, width), right) in row.iter().zip(&widths).zip(&self.right) {
                // Chinese characters are two columns wide: the formatter counts them as one.
                let blank = " ".repeat(width.saturating_sub(cell.width()));
                match right {
                    true => write!(line, "  {blank}{cell}")?,
                    false => write!(line, "  {cell}{blank}")?,
                }
            }
            writeln!(out, "{}", line.trim_end())?;
            if index == 0 {
                let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
                writeln!(out, "  {}", rule.join("  "))?;
            }
        }
        writeln!(out)?;
        Ok(())
    }
}
