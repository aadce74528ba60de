//! Which channels brought the conversions: journeys from touches by stated rules, all models side by side with
//! their distances, the removal effects of a Markov chain of a chosen order, top paths, return per channel and
//! model, and what each model would move in the budget.
//!
//! `cargo run --example attribution` reads `examples/data/attribution.csv`; another file may follow behind `--`.
//! Its rows are checked while they are read: a broken file is refused with its line.

use marketloop::attribution::{
    AttributionModel, ChannelId, ChannelReturn, Channels, ConversionEvent, Costs, Credits, JourneyRules,
    Journeys, MarkovChain, ModelComparison, OrderSelection, PathTable, RankBy, SessionTouch, TopPath,
    TouchEvent, intervals, resampled,
};
use marketloop::budget::{Allocation, Divide};
use marketloop::figure::Table;
use marketloop::quantity::{Currency, Money};
use marketloop::time::Duration;
use serde::Deserialize;
use std::fmt::Write;
use std::process::ExitCode;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/attribution.csv");
const CURRENCY: Currency = Currency::CNY;
const MAX_ORDER: usize = 4;
const HELD_OUT: u64 = 4;
/// The paid media of the quarter that the credits divide.
const BUDGET: &str = "400000 CNY";

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
    let events = Events::read(text)?;
    let rules = JourneyRules::without_direct("Direct")
        .with_sessions(Duration::from_minutes(30), SessionTouch::LastOfEachChannel)
        .with_lookback(Duration::from_days(30));
    let Journeys { paths, report } =
        rules.journeys(&events.channels, CURRENCY, &events.touches, &events.conversions)?;
    let mut out = String::from("Which channels brought the conversions\n\n");
    writeln!(out, "1. From events to journeys: {rules}\n\n{report}")?;
    writeln!(out, "  The journeys converted for {}.\n", paths.totals().value)?;

    let (fitted, held_out) = paths.split_every(HELD_OUT)?;
    let selection = OrderSelection::new(&fitted, &held_out, MAX_ORDER)?;
    writeln!(out, "2. How many touches back a Markov chain looks, every {HELD_OUT}th journey held out\n")?;
    writeln!(out, "{selection:.4}")?;
    let order = selection.by_likelihood().order;

    let models = models(&paths, order)?;
    let costs = Costs::of_touches(&events.channels, CURRENCY, events.prices)?;
    writeln!(out, "3. All models side by side: conversions, every column adds up to the last digit\n")?;
    let mut side_by_side = Table::new("channel");
    for (model, credits) in &models {
        let returns = ChannelReturn::table(&credits.returns(&costs, 2)?);
        side_by_side.push_column(model.clone(), &returns, "conversions");
    }
    writeln!(out, "{side_by_side:.2}")?;
    writeln!(out, "4. How far the models are apart: % of the credit at another channel\n")?;
    writeln!(out, "{:.1}", ModelComparison::new(models.iter().cloned())?.distances())?;

    writeln!(out, "5. What would be lost without a channel (Markov chain of order {order})\n")?;
    writeln!(out, "{:.3}", MarkovChain::new(&paths, order)?.removal_effects()?)?;
    writeln!(out, "How sure that is: conversions in 90 % of 200 resamples\n\n{:.1}", sure(&paths, order)?)?;
    writeln!(out, "6. The paths that brought most\n")?;
    for by in [RankBy::Conversions, RankBy::Value] {
        writeln!(out, "By {by}\n\n{:.1}", TopPath::table(&paths.top_paths(by, 6)?, paths.channels()))?;
    }

    writeln!(out, "7. Cost per conversion and return, by the last touch and by the removal effect\n")?;
    for (name, credits) in models.iter().filter(|own| own.0 == "last_touch" || own.0.starts_with("markov")) {
        writeln!(out, "By {name}\n\n{:.2}", ChannelReturn::table(&credits.returns(&costs, 4)?))?;
    }
    writeln!(out, "8. What would move in {BUDGET} of paid media, divided by conversions\n")?;
    writeln!(out, "{}", moves(&models, &costs)?)?;
    writeln!(out, "  Credit is not what the next yuan brings: a response curve tells that (`budget`).")?;
    Ok(out)
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
        let time = i64::from(minute).saturating_mul(60);
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

/// What each model credits.
fn models(paths: &PathTable, order: usize) -> Result<Vec<(String, Credits)>, Refusal> {
    let models = [
        AttributionModel::LastTouch,
        AttributionModel::FirstTouch,
        AttributionModel::Linear,
        AttributionModel::U_SHAPED,
        AttributionModel::TimeDecay(Duration::from_days(7)),
        AttributionModel::Markov(order.try_into()?),
        AttributionModel::Shapley,
        AttributionModel::LeaveOneTouchOut,
    ];
    models.into_iter().map(|model| Ok((model.to_string(), model.credit(paths)?))).collect()
}

/// The range of a channel's conversions in nine of ten resamples.
fn sure(paths: &PathTable, order: usize) -> Result<Table, Refusal> {
    let draws = (0..200).map(|draw| drawn(draw, paths.len()));
    let sure = intervals(&resampled(&AttributionModel::Markov(order.try_into()?), paths, draws)?, 0.9)?;
    let mut table = Table::new("channel");
    for (name, interval) in paths.channels().names().zip(sure) {
        table.push(name, "from", interval.low());
        table.push(name, "to", interval.high());
    }
    Ok(table)
}

/// How often each journey is drawn when as many are drawn as there are, with replacement. The library has no
/// random numbers: these are `SplitMix64`'s.
fn drawn(draw: u64, journeys: usize) -> Vec<u64> {
    let mut counts = vec![0; journeys];
    let mut state = draw.wrapping_mul(0xD1B5_4A32_D192_ED03);
    for _ in 0..journeys {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let one = usize::try_from((x ^ (x >> 31)) >> 32).ok().and_then(|random| random.checked_rem(journeys));
        if let Some(count) = one.and_then(|one| counts.get_mut(one)) {
            *count = u64::saturating_add(*count, 1);
        }
    }
    counts
}

/// What a budget by the last touch would move if it went by another model. Credits are plain weights to the
/// budget: channels that cost nothing take no part in it.
fn moves(models: &[(String, Credits)], costs: &Costs) -> Result<Table, Refusal> {
    let by = |name: &str| -> Result<Allocation, Refusal> {
        let (_, credits) = models.iter().find(|(model, _)| model == name).ok_or("no such model")?;
        let paid = credits.conversion_weights(6)?.into_iter().filter(|(name, _)| costs.get(name).is_some());
        Ok(Allocation::draft(Money::parse(BUDGET)?).rule(name, Divide::by_scores(paid)).check()?)
    };
    let (before, after) = (by("last_touch")?, by("shapley")?);
    let mut table = Table::new("channel");
    for line in before.leaves() {
        let (old, new) = (line.amount(), after.lines()[line.name()].amount());
        table.push(line.name(), "by last touch", old);
        table.push(line.name(), "by Shapley", new);
        table.push(line.name(), "moves", new.minus(old)?);
    }
    Ok(table)
}
