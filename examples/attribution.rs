//! Which channels brought the conversions: journeys from touches by stated rules, all models side by side with
//! their distances, the removal effects of a Markov chain of a chosen order, top paths, return per channel and
//! model, and what each model would move in the budget.
//!
//! `cargo run --example attribution` reads `examples/data/attribution.csv`; another file may follow behind `--`.
//! Its rows are checked while they are read: a broken file is refused with its line.

use marketloop::attribution::{
    AttributionModel, ChannelReturn, Channels, ConversionEvent, Costs, Credits, JourneyRules, Journeys,
    MarkovChain, ModelComparison, OrderSelection, PathTable, RankBy, SessionTouch, TopPath, TouchEvent,
    intervals, resampled,
};
use marketloop::budget::{Allocation, Divide};
use marketloop::figure::Table;
use marketloop::quantity::{Currency, Money};
use marketloop::time::Duration;
use rust_decimal::Decimal;
use std::fmt::Write;
use std::process::ExitCode;

const CURRENCY: Currency = Currency::CNY;
const MOST_ORDER: usize = 4;
const HELD_OUT: u64 = 4;
/// The paid media of the quarter that the credits divide.
const BUDGET: &str = "400000 CNY";

fn main() -> ExitCode {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/attribution.csv");
    let path = std::env::args().nth(1).unwrap_or_else(|| default.into());
    match std::fs::read_to_string(&path).map_err(Refusal::from).and_then(|text| report(&text)) {
        Ok(report) => {
            #[expect(clippy::print_stdout, reason = "the report is what the example is for")]
            {
                print!("{report}");
            }
            ExitCode::SUCCESS
        }
        Err(refusal) => {
            eprintln!("{path} was refused\n{refusal}");
            ExitCode::FAILURE
        }
    }
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
    let selection = OrderSelection::new(&fitted, &held_out, MOST_ORDER)?;
    writeln!(
        out,
        "2. How many touches back a Markov chain has to look, every {HELD_OUT}th journey held out\n"
    )?;
    writeln!(out, "{selection:.4}")?;
    let order = selection.by_likelihood().order;

    let models = models(&paths, order)?;
    writeln!(
        out,
        "3. All models side by side: conversions, every column exact\n\n{:.2}",
        side_by_side(&models)?
    )?;
    writeln!(out, "4. How far the models are apart: % of the credit at another channel\n")?;
    writeln!(out, "{:.1}", distances(&ModelComparison::new(models.iter().cloned())?))?;

    writeln!(out, "5. What would be lost without a channel (Markov chain of order {order})\n")?;
    writeln!(out, "{:.3}", MarkovChain::new(&paths, order)?.removal_effects()?)?;
    writeln!(out, "How sure that is: conversions in 90 % of 200 resamples\n\n{:.1}", sure(&paths, order)?)?;

    writeln!(out, "6. The paths that brought most\n")?;
    for by in [RankBy::Conversions, RankBy::Value] {
        writeln!(out, "By {by}\n\n{:.1}", TopPath::table(&paths.top_paths(by, 6)?, paths.channels()))?;
    }

    let costs = events.costs()?;
    writeln!(out, "7. Cost per conversion and return, by the last touch and by the removal effect\n")?;
    for (name, credits) in
        models.iter().filter(|(name, _)| name == "last_touch" || name.starts_with("markov"))
    {
        writeln!(out, "By {name}\n\n{:.2}", ChannelReturn::table(&credits.returns(&costs, 4)?))?;
    }
    writeln!(out, "8. What would move in {BUDGET} of paid media, divided by conversions\n")?;
    writeln!(out, "{}", moves(&models, &costs)?)?;
    writeln!(
        out,
        "  Credit is not what the next yuan brings: a response curve tells that (example `budget`)."
    )?;
    Ok(out)
}

/// Touches with what each cost, and conversions.
struct Events {
    channels: Channels,
    touches: Vec<TouchEvent>,
    prices: Vec<Option<Money>>,
    conversions: Vec<ConversionEvent>,
}

impl Events {
    /// The rows `event,user,minute,channel,amount`: an amount is the price of a touch, where it has one, or the
    /// value of a conversion.
    fn read(text: &str) -> Result<Self, Refusal> {
        let mut rows = text.lines().zip(1..);
        let titles = "event,user,minute,channel,amount";
        if rows.next().is_none_or(|(line, _)| line != titles) {
            return Err(format!("line 1: the titles are not `{titles}`").into());
        }
        let mut events = Self {
            channels: Channels::default(),
            touches: Vec::new(),
            prices: Vec::new(),
            conversions: Vec::new(),
        };
        for (line, number) in rows {
            events.add(line).map_err(|refusal| format!("line {number}: {refusal}"))?;
        }
        Ok(events)
    }

    fn add(&mut self, line: &str) -> Result<(), Refusal> {
        let fields: Vec<&str> = line.split(',').collect();
        let [event, user, minute, channel, amount] = fields[..] else {
            return Err(format!("{} fields instead of 5", fields.len()).into());
        };
        let whole = |text: &str| text.parse::<u64>().map_err(|error| format!("`{text}`: {error}"));
        let (user, time) = (whole(user)?, i64::try_from(whole(minute)?)?.saturating_mul(60));
        let amount = match amount {
            "" => None,
            text => {
                let amount = text.parse::<Decimal>().map_err(|error| format!("`{text}`: {error}"))?;
                Some(Money::new(amount, CURRENCY)?)
            }
        };
        if let Some(amount) = amount.filter(Money::is_negative) {
            return Err(format!("{amount} is below 0").into());
        }
        match (event, amount) {
            ("touch", price) => {
                let channel = self.channels.intern(channel)?;
                self.touches.push(TouchEvent::new(user, time, channel));
                self.prices.push(price);
            }
            ("conversion", Some(value)) => {
                let value = i64::try_from(value.minor())?;
                self.conversions.push(ConversionEvent { user, time, value });
            }
            ("conversion", None) => return Err("a conversion without a value".into()),
            (other, _) => return Err(format!("`{other}` is neither touch nor conversion").into()),
        }
        Ok(())
    }

    /// What each channel's touches cost together.
    fn costs(&self) -> Result<Costs, Refusal> {
        let priced = self.touches.iter().zip(&self.prices).map(|(touch, price)| (touch.channel, *price));
        Ok(Costs::of_touches(&self.channels, CURRENCY, priced)?)
    }
}

/// What each model credits.
fn models(paths: &PathTable, order: usize) -> Result<Vec<(String, Credits)>, Refusal> {
    let order = u8::try_from(order)?;
    let models = [
        AttributionModel::LastTouch,
        AttributionModel::FirstTouch,
        AttributionModel::Linear,
        AttributionModel::U_SHAPED,
        AttributionModel::TimeDecay(Duration::from_days(7)),
        AttributionModel::Markov(order),
        AttributionModel::Shapley,
        AttributionModel::LeaveOneTouchOut,
    ];
    models.into_iter().map(|model| Ok((model.to_string(), model.credit(paths)?))).collect()
}

/// The conversions of each channel by each model; every column adds up to the last digit.
fn side_by_side(models: &[(String, Credits)]) -> Result<Table, Refusal> {
    let mut table = Table::new("channel");
    for (model, credits) in models {
        let exact = credits.conversions_exact(2)?;
        for (name, conversions) in credits.channels().names().zip(&exact) {
            table.push(name, model.clone(), *conversions);
        }
        table.push("sum", model.clone(), exact.iter().sum::<Decimal>());
    }
    Ok(table)
}

/// The share of the credit that two models give to different channels.
fn distances(comparison: &ModelComparison) -> Table {
    let mut table = Table::new("model");
    for one in comparison.models() {
        for other in comparison.models() {
            let apart = comparison.total_variation(one, other).filter(|_| one != other);
            let apart = apart.map(|apart| 100.0 * apart);
            table.push(one, String::from(other), apart);
        }
    }
    table
}

/// Between which numbers the conversions of a channel lie in nine of ten resamples.
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
        let mut x = state;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
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
        let credits = models.iter().find(|(model, _)| model == name).ok_or("no such model")?;
        let weights = credits.1.conversion_weights(6)?;
        let paid = weights.into_iter().filter(|(channel, _)| costs.get(channel).is_some());
        Ok(Allocation::draft(Money::parse(BUDGET)?).rule(name, Divide::by_scores(paid)).check()?)
    };
    let (before, after) = (by("last_touch")?, by("shapley")?);
    let mut table = Table::new("channel");
    for line in before.leaves() {
        let other = after.get(line.name()).ok_or("no such line")?.amount();
        table.push(line.name(), "by last touch", line.amount());
        table.push(line.name(), "by Shapley", other);
        table.push(line.name(), "moves", other.minus(line.amount())?);
    }
    Ok(table)
}
