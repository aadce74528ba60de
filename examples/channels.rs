//! The documents' channel table: what its figures imply, what a customer is worth against what it costs to win one, what
//! remains when a channel fails, and what to do with each.
//!
//! `cargo run --example channels` reads `examples/data/channels.json`; another file may follow behind `--`, and `--tidy`
//! prints rows of data. Every scorecard is checked while it is read: a broken file is refused with the path of its
//! first fault.

use marketloop::channel::{LifetimeValue, Metric, Quadrants, Scorecard};
use marketloop::figure::{Cell, Evidence, Report, Section, Source, Table};
use marketloop::quantity::{Count, Money, Ratio, Rounding, Share};
use serde::Deserialize;
use std::process::ExitCode;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/channels.json");

const METRICS: [Metric; 7] = [
    Metric::ClickThroughRate,
    Metric::ConversionRate,
    Metric::CostPerClick,
    Metric::CostPerAcquisition,
    Metric::AverageOrderValue,
    Metric::ReturnOnAdSpend,
    Metric::NetReturn,
];

const UNSTATED: &str = "The documents state no period and call the return ROI: it is read as revenue on spend, from which spend, \
    revenue and order value follow exactly; the stated conversion rates agree with the counts.";

const COUNTED: &str = "All orders from the first one on are counted, undiscounted and without a horizon; each conversion is \
    taken for a new customer, so that the acquisition cost is the CAC.";

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

#[path = "channels/decide.rs"]
mod decide;

/// What the file says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    channels: Vec<Channel>,
    /// The share of conversions that has to remain when a channel fails.
    remain_without_one: Share,
    /// The least lifetime value for each unit of acquisition cost.
    value_per_cost: Ratio,
    quadrants: Quadrants,
}

/// A channel of the table, its scorecard checked while it is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Channel {
    name: String,
    kind: String,
    card: Scorecard,
    advice: String,
    customer: LifetimeValue,
    activity: Count,
    baseline: Count,
}

/// A metric with two decimals.
fn shown(card: &Scorecard, metric: Metric) -> Result<String, Refusal> {
    Ok(card.show(metric, (2, Rounding::HalfEven))?.value().normalize().to_string())
}

/// The report on the text of a file.
pub(crate) fn report(text: &str) -> Result<Report, Refusal> {
    let file: File = serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(text))?;
    let total = Scorecard::total(file.channels.iter().map(|row| &row.card))?;
    let documents = Source::new(
        "channels.json: channels[].card; the documents, D1, channel effect table",
        "impressions, clicks, conversions, conversion rate, acquisition cost, ROI; the documents state no period",
    );
    let sections = [
        brought(&file.channels, &total, &documents)?,
        value(&file, &documents)?,
        decide::failure(&file, &documents)?,
        decide::decisions(&file, &total, &documents)?,
    ];
    Ok(sections.into_iter().fold(Report::new(file.title), Report::section))
}

fn brought(channels: &[Channel], total: &Scorecard, documents: &Source) -> Result<Section, Refusal> {
    let [roas, cost] = [Metric::ReturnOnAdSpend, Metric::CostPerAcquisition];
    let by_return = |row: &&Channel| row.card.metric(roas).ok();
    let ends = [channels.iter().max_by_key(by_return), channels.iter().min_by_key(by_return)];
    let mut told = Vec::new();
    for (row, word) in ends.into_iter().flatten().zip(["The most", "The least"]) {
        let (name, roas, cost) = (&row.name, shown(&row.card, roas)?, shown(&row.card, cost)?);
        told.push(format!(
            "{word} for its money brings {name}: {roas} CNY for each CNY spent, at {cost} CNY a conversion."
        ));
    }
    let mut made = Table::new("channel");
    for row in channels {
        let steps = row.card.table().get("revenue", "value").map(|cell| cell.why.clone());
        made.push(&row.name, "spend", row.card.spend());
        made.push(
            &row.name,
            "revenue",
            Cell::from(row.card.revenue().get()?).because(steps.unwrap_or_default()),
        );
    }
    made.push_sums("all", &["spend", "revenue"]);
    let (spend, revenue, conversions) = (total.spend(), total.revenue(), total.conversions());
    let (roas, cost) = (shown(total, roas)?, shown(total, cost)?);
    let cards = channels.iter().map(|row| (row.name.as_str(), &row.card));
    Ok(Section::new("What does each channel bring for its money?")
        .answer(format!(
            "All together spent {spend} and brought {conversions} conversions with a revenue of {revenue}: \
            {roas} CNY of revenue for each CNY spent, at {cost} CNY a conversion."
        ))
        .answers(told)
        .answer(UNSTATED)
        .evidence(Evidence::new(
            "Channels side by side",
            Scorecard::side_by_side(cards, &METRICS)?,
            [documents],
        ))
        .evidence(Evidence::new("How spend and revenue follow", made, [documents])))
}

fn value(file: &File, documents: &Source) -> Result<Section, Refusal> {
    let loyalty =
        Source::illustration("channels.json: channels[].customer", "margin, orders a month, retention");
    let edges = Source::illustration("channels.json: quadrants, value_per_cost", "edges of cost and value");
    let (mut rows, mut places, mut told) = (Vec::new(), Vec::new(), Vec::new());
    for Channel { name, customer, card, .. } in &file.channels {
        let (cost, least) = (card.metric(Metric::CostPerAcquisition)?, file.value_per_cost);
        let value = customer.value().get()?.round((2, Rounding::HalfEven))?;
        let ratio = customer.per_cost(cost).get()?;
        rows.push((name, *customer, card.conversions().get()?, card.spend().get()?));
        places.push((name, cost, Money::new(value, customer.currency())?));
        told.push(format!("{name} {ratio:.2}, {} {least}", if ratio < least { "below" } else { "at least" }));
    }
    let (table, told) = (LifetimeValue::table(rows), told.join("; "));
    let all = |column| table.get("all", column).and_then(|cell| cell.value.clone()).unwrap_or_default();
    let (value, cost) = (all("lifetime value (gross margin)"), all("customer acquisition cost"));
    let ratio = all("LTV : CAC");
    let evidence = Evidence::new("Lifetime value against acquisition cost", table, [documents, &loyalty]);
    let stated = ["average order value", "customer acquisition cost", "customers won", "spend"];
    let evidence = stated.into_iter().fold(evidence, |all, column| all.column(column, [documents]));
    let quadrants = Evidence::new(
        "Quadrants by cost and value",
        file.quadrants.table(places)?,
        [documents, &loyalty, &edges],
    );
    Ok(Section::new("What is a customer worth against what winning one costs?")
        .answer(format!("A customer is worth {value} CNY of gross margin and costs {cost} CNY: LTV : CAC is {ratio} over all."))
        .answer(format!("By channel it is: {told}."))
        .answer(COUNTED)
        .evidence(evidence)
        .evidence(quadrants))
}
