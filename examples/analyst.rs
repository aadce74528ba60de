//! An analyst's Monday: three exports, four questions. Which channel earned what, what it returned, where the funnel
//! leaks, and why fewer of those who came bought.
//!
//! `cargo run --example analyst`; the files lie in `examples/data/analyst`.

use marketloop::attribution::{AttributionModel, Costs, Outcome, PathTable};
use marketloop::decompose::DecompositionMethod;
use marketloop::funnel::Funnel;
use marketloop::prelude::*;
use serde::{Deserialize, de::DeserializeOwned};
use std::fmt::Write as _;

type Failure = Box<dyn std::error::Error>;

#[derive(Deserialize)]
struct Spend {
    channel: String,
    spend: Money,
}

#[derive(Deserialize)]
struct PathRow {
    path: String,
    conversions: u64,
    nulls: u64,
    value: Money,
}

#[derive(Deserialize)]
struct FunnelRow {
    step: String,
    before: u64,
    after: u64,
}

fn read<Row: DeserializeOwned>(name: &str) -> Result<Vec<Row>, Failure> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/analyst");
    Ok(csv::Reader::from_path(format!("{folder}/{name}.csv"))?.deserialize().collect::<Result<_, _>>()?)
}

/// The report, a section a question.
pub(crate) fn report() -> Result<String, Failure> {
    let mut out = String::new();

    let mut paths = PathTable::builder(Currency::CNY);
    for PathRow { path, conversions, nulls, value } in read("paths")? {
        let value = value.minor().try_into()?;
        paths.push_text(&path, ">", Outcome { conversions, nulls, value })?;
    }
    let credits = "markov(1)".parse::<AttributionModel>()?.credit(&paths.build())?;
    writeln!(out, "Credit by the removal effect\n\n{credits}")?;

    let spends: Vec<Spend> = read("spend")?;
    let costs = Costs::new(Currency::CNY, spends.into_iter().map(|row| (row.channel, row.spend)))?;
    writeln!(out, "Return\n")?;
    for channel in credits.returns(&costs, 1)? {
        let (cost, revenue) = (channel.cost_per_conversion, channel.return_on_ad_spend);
        writeln!(out, "{:8} {cost:.2} CNY an order, {revenue:.2} CNY back per CNY spent", channel.channel)?;
    }

    let steps: Vec<FunnelRow> = read("steps")?;
    let before = Funnel::new(steps.iter().map(|row| (row.step.as_str(), row.before)))?;
    let after = Funnel::new(steps.iter().map(|row| (row.step.as_str(), row.after)))?;
    writeln!(out, "\nThe funnel now\n\n{after}")?;

    let why = before.compare(&after, DecompositionMethod::LogMean, (6, Rounding::HalfEven))?;
    writeln!(out, "Why the rate from visit to order moved by {:+}\n\n{why}", why.total())?;
    Ok(out)
}

fn main() -> Result<(), Failure> {
    #[expect(clippy::print_stdout, reason = "the report is what the example is for")]
    {
        print!("{}", report()?);
    }
    Ok(())
}
