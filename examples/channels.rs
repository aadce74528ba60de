//! The documents' channel table: what its figures imply, where each channel stands, what remains when one fails, and
//! what to do with each.
//!
//! `cargo run --example channels` reads `examples/data/channels.json`; another file may follow behind `--`. Every
//! scorecard is checked while it is read: a broken file is refused with the path of its first fault.

use marketloop::channel::{
    ActionTable, Concentration, Metric, Quadrants, Scorecard, change_from_baseline, channel_facts,
};
use marketloop::figure::Table;
use marketloop::quantity::{Count, Money, Share};
use serde::Deserialize;
use std::fmt::Write;
use std::process::ExitCode;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/channels.json");

#[expect(clippy::print_stdout, reason = "the report is what the example is for")]
fn main() -> ExitCode {
    let path = std::env::args().nth(1).unwrap_or_else(|| DATA.into());
    let report = std::fs::read_to_string(&path).map_err(Refusal::from).and_then(|text| report(&text));
    match &report {
        Ok(report) => print!("{report}"),
        Err(refusal) => eprintln!("{path} was refused\n{refusal}"),
    }
    ExitCode::from(u8::from(report.is_err()))
}

type Refusal = Box<dyn std::error::Error>;

/// The report on the text of a file.
pub(crate) fn report(text: &str) -> Result<String, Refusal> {
    let channels: Vec<Channel> =
        serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(text))?;
    let total = Scorecard::total(channels.iter().map(|row| &row.card))?;
    let mut out = String::from("1. What the table of channels implies, totals as sums over sums\n\n");
    let mut figures = Table::new("figure");
    for row in &channels {
        figures.push_column(row.name.clone(), &row.card.table(), "value");
    }
    figures.push_column("all", &total.table(), "value");
    writeln!(out, "{figures}\n2. The value of a customer against the cost\n")?;
    let place = |row: &Channel| {
        Ok::<_, Refusal>((row.name.clone(), row.card.metric(Metric::CostPerAcquisition)?, row.lifetime_value))
    };
    let placed = channels.iter().map(place).collect::<Result<Vec<_>, _>>()?;
    writeln!(out, "{}", Quadrants::new("40 CNY".parse()?, "200 CNY".parse()?)?.table(placed)?)?;

    writeln!(out, "3. Conversions when one channel fails\n")?;
    let conversions =
        channels.iter().filter_map(|row| Some((&row.name, row.card.conversions().known()?.to_decimal())));
    let concentration = Concentration::new(conversions)?;
    writeln!(out, "{concentration}")?;
    for failure in concentration.failures(Share::percent(60)?)? {
        writeln!(out, "  without {failure}")?;
    }

    writeln!(out, "\n4. What to do with each, by the documents' rules\n")?;
    let actions = ActionTable::documents()?;
    writeln!(out, "The table of rules has no gaps: {}.\n", actions.table().report(10_000).gaps().is_empty())?;
    for row in &channels {
        let activity = change_from_baseline(row.activity, row.baseline)?;
        let facts = actions.table().facts(channel_facts(&row.kind, &row.card, &total, Some(activity)))?;
        let (action, decision) = actions.decide(&facts)?;
        writeln!(out, "{}: {action}\n{decision}", row.name)?;
    }
    Ok(out)
}

/// A channel of the table, its scorecard checked while it is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Channel {
    name: String,
    kind: String,
    card: Scorecard,
    activity: Count,
    baseline: Count,
    lifetime_value: Money,
}
