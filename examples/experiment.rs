//! Three experiments: a landing page looked at every day, five titles that share their readers by what they brought so far,
//! and a campaign that ran in three cities of ten.
//!
//! `cargo run --example experiment` reads `experiment_landing.csv`, `experiment_titles.csv` and `experiment_geo.csv` in
//! `examples/data`; another folder with files of these names may follow behind `--`, and `--tidy` before it prints every
//! sentence and figure as a row of CSV.

#[path = "experiment/geo.rs"]
mod geo;
#[path = "experiment/landing.rs"]
mod landing;
#[path = "experiment/titles.rs"]
pub(crate) mod titles;

use marketloop::figure::Report;
use serde::de::DeserializeOwned;
use std::path::Path;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data");
const TITLE: &str = "Three experiments: a page, five titles, three cities";

type Refusal = Box<dyn std::error::Error>;

#[expect(clippy::print_stdout, reason = "the report is what the example is for")]
fn main() -> Result<(), Refusal> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (is_tidy, folder) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => (false, DATA),
        ["--tidy"] => (true, DATA),
        ["--tidy", folder] => (true, folder),
        [folder] if !folder.starts_with("--") => (false, folder),
        _ => return Err("the arguments are `[--tidy] [folder]`".into()),
    };
    let report = report(folder)?;
    print!("{}", if is_tidy { report.csv() } else { report.to_string() });
    Ok(())
}

/// The report on the files of a folder.
pub(crate) fn report(folder: &str) -> Result<Report, Refusal> {
    let report = landing::sections(&read(folder, "experiment_landing.csv")?)?
        .into_iter()
        .fold(Report::new(TITLE), Report::section);
    let report = report.section(titles::section(&read(folder, "experiment_titles.csv")?)?);
    Ok(report.section(geo::section(&read(folder, "experiment_geo.csv")?)?))
}

/// The rows of a file; a broken one is refused with its line.
fn read<T: DeserializeOwned>(folder: &str, name: &str) -> Result<Vec<T>, Refusal> {
    let told = |error: &dyn std::fmt::Display| format!("{name}: {error}");
    let text = std::fs::read_to_string(Path::new(folder).join(name)).map_err(|error| told(&error))?;
    let rows =
        csv::Reader::from_reader(text.as_bytes()).into_deserialize().collect::<Result<_, csv::Error>>();
    Ok(rows.map_err(|error| told(&error))?)
}
