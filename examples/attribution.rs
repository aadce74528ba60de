//! Which channels brought the conversions: journeys from touches by stated rules, all models side by side with
//! their distances, the removal effects of a Markov chain of a chosen order, top paths, return per channel and
//! model, and what each model would move in the budget.
//!
//! `cargo run --example attribution` reads `examples/data/attribution.csv`; another file may follow behind `--`, and
//! `--tidy` before it prints every sentence and figure as a row of CSV. The file's rows are checked while they are read: a
//! broken file is refused with its line.

use marketloop::attribution::{
    AttributionModel, ChannelId, ChannelReturn, Channels, ConversionEvent, Costs, Credits, JourneyReport,
    JourneyRules, MarkovChain, ModelComparison, OrderSelection, RankBy, SessionTouch, TopPath, Totals,
    TouchEvent, bootstrap_weights, intervals, resampled,
};
use marketloop::budget::{Allocation, Divide};
use marketloop::figure::{Evidence, Figure, Report, Section, Source, Table};
use marketloop::quantity::{Currency, Money, Revenue};
use marketloop::time::{Duration, Timestamp};
use serde::Deserialize;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/attribution.csv");
const CURRENCY: Currency = Currency::CNY;
/// The minutes of the file begin here.
const START: &str = "2026-04-01T00:00:00Z";
const MAX_ORDER: usize = 4;
const HELD_OUT: u64 = 4;
const MODELS_ASKED: &str = "the models asked for: Markov chain, time decay, first and last touch, linear";
const RESAMPLES: u64 = 200;
const TOP: usize = 6;
const MARGINAL: &str = "Credit divides what was sold; what the next CNY brings is the marginal return of a response curve (report `budget`).";
const MAY_MOVE: &str = "These credits may be weighed beside marginal returns when budget is moved.";
const MAY_NOT_MOVE: &str =
    "These credits tell what happened and not who converts: no budget should be moved by them.";
const BY_RULE: [&str; 5] =
    ["last_touch", "first_touch", "linear", "position_based(0.4, 0.4)", "time_decay(7 days)"];
/// The paid media of the quarter that the credits divide.
const BUDGET: &str = "400000 CNY";
const SOURCES: [(&str, &str); 5] = [
    ("attribution.csv: touch", "user, minute and channel of every touch, from a generator"),
    ("attribution.csv: conversion", "user, minute and revenue of every order, from the same generator"),
    ("attribution.csv: touch, amount", "the price of each paid touch, from the same generator"),
    ("attribution.rs", "how touches become journeys, which of them are held out, the models' parameters"),
    ("attribution.rs: BUDGET", "the paid media of a quarter"),
];

type Refusal = Box<dyn std::error::Error>;

#[expect(clippy::print_stdout, reason = "the report is what the example is for")]
fn main() -> Result<(), Refusal> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (is_tidy, path) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => (false, DATA),
        ["--tidy"] => (true, DATA),
        ["--tidy", path] => (true, path),
        [path] if !path.starts_with("--") => (false, path),
        _ => return Err("the arguments are `[--tidy] [file]`".into()),
    };
    let report = report(&std::fs::read_to_string(path)?).map_err(|refusal| format!("{path}: {refusal}"))?;
    print!("{}", if is_tidy { report.csv() } else { report.to_string() });
    Ok(())
}

/// A row of the file; its amount is the price of a touch, where it has one, or the value of a conversion.
#[derive(Deserialize)]
struct Row {
    event: String,
    user: u64,
    minute: u32,
    channel: String,
    amount: Option<String>,
}

/// Touches with what each cost, and conversions.
#[derive(Default)]
struct Events {
    channels: Channels,
    touches: Vec<TouchEvent>,
    prices: Vec<(ChannelId, Option<Money>)>,
    conversions: Vec<ConversionEvent>,
}

impl Events {
    fn read(text: &str) -> Result<Self, Refusal> {
        let mut events = Self::default();
        for (row, line) in csv::Reader::from_reader(text.as_bytes()).into_deserialize().zip(2..) {
            events.add(row?).map_err(|refusal| format!("line {line}: {refusal}"))?;
        }
        Ok(events)
    }

    fn add(&mut self, Row { event, user, minute, channel, amount }: Row) -> Result<(), Refusal> {
        let time = START.parse::<Timestamp>()?.plus(Duration::from_minutes(minute))?.unix();
        let amount = amount.map(|text| Money::parse(&format!("{text} {CURRENCY}"))).transpose()?;
        match event.as_str() {
            _ if amount.is_some_and(|own| own.is_negative()) => return Err("an amount is below 0".into()),
            "touch" => {
                let channel = self.channels.intern(&channel)?;
                self.touches.push(TouchEvent::new(user, time, channel));
                self.prices.push((channel, amount));
            }
            "conversion" => {
                let value = amount.ok_or("a conversion without a value")?.minor().try_into()?;
                self.conversions.push(ConversionEvent { user, time, value });
            }
            other => return Err(format!("`{other}` is neither touch nor conversion").into()),
        }
        Ok(())
    }
}

/// The report on the text of a file.
pub(crate) fn report(text: &str) -> Result<Report, Refusal> {
    let source = SOURCES.map(|own| Source::illustration(own.0, own.1));
    let [touches, orders, prices, settings, _] = &source;
    let (all, paid) = ([touches, orders, settings], [touches, orders, prices, settings]);
    let events = Events::read(text)?;
    let rules = JourneyRules::without_direct("Direct")
        .with_sessions(Duration::from_minutes(30), SessionTouch::LastOfEachChannel)
        .with_lookback(Duration::from_days(30));
    let journeys = rules.journeys(&events.channels, CURRENCY, &events.touches, &events.conversions)?;
    let paths = &journeys.paths;
    let Totals { journeys: count, conversions, value, .. } = paths.totals();
    let JourneyReport { users, kept, unattributed, touches: given, .. } = &journeys.report;
    let (fitted, held_out) = paths.split_every(HELD_OUT)?;
    let selection = OrderSelection::new(&fitted, &held_out, MAX_ORDER)?;
    let sample = Section::new("Which journeys are behind these figures?")
        .answer(format!("{count} journeys of {users} users, {}, of which {conversions} converted for a revenue of {value:#}.", journeys.report.period()))
        .answer(format!("How touches became journeys: {rules}."))
        .answer(format!("Of {given} touches {kept} stand in a journey; {unattributed} conversions have no touch, and no model credits those."))
        .evidence(Evidence::new("From events to journeys", journeys.table(), all));

    let order = selection.by_likelihood().order;
    let chain = AttributionModel::Markov(order.try_into()?);
    let mut models = BY_RULE.iter().map(|text| text.parse()).collect::<Result<Vec<_>, _>>()?;
    models.extend([chain.clone(), AttributionModel::Shapley, AttributionModel::LeaveOneTouchOut]);
    let credit = |model: AttributionModel| Ok((model.title(), model.credit(paths)?));
    let models = models.into_iter().map(credit).collect::<Result<Vec<_>, Refusal>>()?;
    let asked = [touches, orders, settings, &Source::new("the documents, D4 section 10", MODELS_ASKED)];
    let mut side_by_side = Table::new("channel");
    for (title, credits) in &models {
        side_by_side.push_column(title.clone(), &credits.table(), "conversions");
    }
    let (last, by_chain) = (AttributionModel::LastTouch.credit(paths)?, chain.credit(paths)?);
    let ((most, x), (of_chain, y)) = last.most().zip(by_chain.most()).ok_or("no channel")?;
    let sure = intervals(&resampled(&chain, paths, bootstrap_weights(paths.len(), RESAMPLES))?, 0.9)?;
    let advice = if selection.beats_a_guess() == Figure::Known(true) { MAY_MOVE } else { MAY_NOT_MOVE };
    let credits = Section::new("Which channels brought the conversions, and how sure is that?")
        .answer(format!("Most by the last touch: {most}, {x:.0} of {conversions}; by the {}: {of_chain}, {y:.2}. Ranges are those of 90% of {RESAMPLES} resamples of the journeys.", chain.title()))
        .answer(format!("Does the chain know who converts? Tried {}.", selection.quality()))
        .answer(advice)
        .evidence(Evidence::new("Conversions by model", side_by_side, asked).with_decimals(2))
        .evidence(Evidence::new("Conversions by the chain", by_chain.table_between(&sure)?, all).with_decimals(2))
        .evidence(Evidence::new("Orders of the chain", selection.table(), all).with_decimals(4));

    let compared = ModelComparison::new(models)?;
    let (one, other, apart) = compared.furthest().ok_or("one model alone")?;
    let agreement = Section::new("How far do the models agree?")
        .answer(format!("Furthest apart are {one} and {other}: they give {:.1}% of the credit to different channels. That much of a division by credit is the choice of the model.", 100.0 * apart))
        .evidence(Evidence::new("Credit at another channel", compared.distances(), all).with_decimals(1));

    let effects = MarkovChain::new(paths, order)?.removal_effects()?;
    let (dearest, share) = effects.most().ok_or("no channel")?;
    let removal = Section::new("What would be lost without a channel?")
        .answer(format!("Most without {dearest}: {:.1}% of the conversions. The effects do not add up, because a journey is lost by each of its channels; who would have come another way the chain does not know.", 100.0 * share))
        .evidence(Evidence::new("Removal effects", effects.table(), all).with_decimals(2));

    let (often, dear) = (paths.top_paths(RankBy::Conversions, TOP)?, paths.top_paths(RankBy::Value, TOP)?);
    let in_top: u64 = often.iter().map(|own| own.outcome.conversions).sum();
    let in_first = often.first().map_or(0, |own| own.outcome.conversions);
    let best = Section::new("Which paths brought most?")
        .answer(format!("The {TOP} paths with most conversions brought {in_top} of {conversions} conversions, the first of them {in_first}. What a path brings next cannot be read from so few."))
        .evidence(Evidence::new("Paths by conversions", TopPath::table(&often, paths), all))
        .evidence(Evidence::new("Paths by revenue", TopPath::table(&dear, paths), all));

    let costs = Costs::of_touches(&events.channels, CURRENCY, events.prices)?;
    let (by_last, by_markov) = (last.returns(&costs, 4)?, by_chain.returns(&costs, 4)?);
    let table = ChannelReturn::table::<Revenue>;
    let returns = Section::new("What did a conversion cost, and what did it return?")
        .answer(format!("By the last touch {}.", ChannelReturn::summary::<Revenue>(&by_last)))
        .answer(format!("By the chain {}.", ChannelReturn::summary::<Revenue>(&by_markov)))
        .evidence(Evidence::new("Return by the last touch", table(&by_last), paid).column("cost", [prices]))
        .evidence(Evidence::new("Return by the chain", table(&by_markov), paid).column("cost", [prices]));

    let by = |credits: &Credits| -> Result<Allocation, Refusal> {
        let paid = credits.conversion_weights(6)?.into_iter().filter(|own| costs.get(&own.0).is_some());
        Ok(Allocation::draft(Money::parse(BUDGET)?).rule("credit", Divide::by_scores(paid)).check()?)
    };
    let (before, after) = (by(&last)?, by(&AttributionModel::Shapley.credit(paths)?)?);
    let (mut paid, mut moved) = (Table::new("channel"), Money::zero(CURRENCY));
    for line in before.leaves() {
        let new = after.lines()[line.name()].amount();
        let gain = new.minus(line.amount())?;
        paid.push(line.name(), "by last touch", line.amount());
        paid.push(line.name(), "by Shapley value", new);
        paid.push(line.name(), "would move", gain);
        moved = if gain.is_negative() { moved } else { moved.plus(gain)? };
    }
    paid.push_sums("sum", &["by last touch", "by Shapley value", "would move"]);
    let budget = Section::new("What would move if credit decided the budget, and should it?")
        .answer(format!(
            "Of {:#} {moved:#} would stand at another channel by the Shapley value than by the last touch.",
            before.total()
        ))
        .answer(advice)
        .answer(MARGINAL)
        .evidence(Evidence::new("Paid media by credit", paid, &source));
    let sections = [sample, credits, agreement, removal, best, returns, budget];
    Ok(sections.into_iter().fold(Report::new("Which channels brought the conversions"), Report::section))
}
