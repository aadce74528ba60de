//! An analyst's Monday: three exports, three questions. Which channel brings what and at what cost, where the funnel
//! leaks, and why fewer of those who came bought.
//!
//! `cargo run --example analyst`; the files lie in `examples/data/analyst`. With `-- --tidy` every sentence and figure is a
//! row of CSV with its unit and source.

use marketloop::attribution::{AttributionModel, ChannelReturn, Costs, Outcome, PathTable};
use marketloop::decompose::DecompositionMethod;
use marketloop::figure::{Evidence, Report, Section, Source};
use marketloop::funnel::Funnel;
use marketloop::prelude::*;
use marketloop::quantity::{Ratio, Revenue};
use serde::{Deserialize, de::DeserializeOwned};

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
pub(crate) fn report() -> Result<Report, Failure> {
    let mut paths = PathTable::builder(Currency::CNY);
    for PathRow { path, conversions, nulls, value } in read("paths")? {
        let value = value.minor().try_into()?;
        paths.push_text(&path, ">", Outcome { conversions, nulls, value })?;
    }
    let credits = "markov(1)".parse::<AttributionModel>()?.credit(&paths.build())?;
    let spends: Vec<Spend> = read("spend")?;
    let costs = Costs::new(Currency::CNY, spends.into_iter().map(|row| (row.channel, row.spend)))?;
    let returns = credits.returns(&costs, 1)?;
    let told = |own: &ChannelReturn| format!("{} {:.2} CNY an order", own.channel, own.cost_per_conversion);
    let answer = format!("{}.", returns.iter().map(told).collect::<Vec<_>>().join(", "));
    let steps: Vec<FunnelRow> = read("steps")?;
    let before = Funnel::new(steps.iter().map(|row| (row.step.as_str(), row.before)))?;
    let after = Funnel::new(steps.iter().map(|row| (row.step.as_str(), row.after)))?;
    let why = before.compare(&after, DecompositionMethod::LogMean, (6, Rounding::HalfEven))?.in_percent()?;
    let largest = why.by_size().next().ok_or("no step")?;
    let moved = format!(
        "By {:+} percentage points, most by {} with {:#}.",
        why.total().normalize(),
        largest.key,
        largest.quantity()
    );
    let rate = |pair: &[FunnelRow]| match pair {
        [from, to] => {
            Some((Ratio::new(to.after.into(), from.after.into()).ok()?, from.step.clone(), to.step.clone()))
        }
        _ => None,
    };
    let (rate, from, to) = steps.windows(2).filter_map(rate).min().ok_or("no two steps")?;
    let lost = format!("Between {from} and {to}: {} go on, the least of all steps.", rate.to_percent());

    let of_paths =
        Source::illustration("paths.csv", "journeys with their orders and value; no period is stated");
    let of_spend = Source::illustration("spend.csv", "spend by channel");
    let of_steps = Source::illustration("steps.csv", "counts by step, before and after");
    let returned = Evidence::new(
        "Credit, cost and return by channel",
        ChannelReturn::table::<Revenue>(&returns),
        [&of_paths, &of_spend],
    );
    let brings = Section::new("Which channel brings what, by the removal effect, and at what cost?");
    let brings = brings.answer(answer).answer("Credit is that of a Markov chain of order 1: an estimate.");
    let now = Section::new("Where does the funnel lose people now?").answer(lost);
    let change = Section::new("Why did the rate from visit to order move?").answer(moved);
    let report =
        Report::new("Three exports, three questions").section(brings.evidence(returned.with_decimals(2)));
    let report = report.section(now.evidence(Evidence::new("The funnel after", after.table(), [&of_steps])));
    Ok(report.section(change.evidence(Evidence::new(
        "Contributions by step (log-mean)",
        why.table(),
        [&of_steps],
    ))))
}

fn main() -> Result<(), Failure> {
    #[expect(clippy::print_stdout, reason = "the report is what the example is for")]
    match std::env::args().skip(1).collect::<Vec<_>>()[..] {
        [] => print!("{}", report()?),
        [ref tidy] if tidy == "--tidy" => print!("{}", report()?.csv()),
        _ => return Err("the only argument is `--tidy`".into()),
    }
    Ok(())
}
