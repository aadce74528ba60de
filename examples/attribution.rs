//! Which channels brought the conversions: journeys from touches by stated rules, all models side by side with
//! their distances, the removal effects of a Markov chain of a chosen order, top paths, return per channel and
//! model, and what each model would move in the budget.
//!
//! `cargo run --example attribution` reads `examples/data/attribution.csv`; another file may follow behind `--`.
//! Its rows are checked while they are read: a broken file is refused with its line.

use marketloop::attribution::{
    AttributionModel, ChannelReturn, Channels, ConversionEvent, Costs, Credits, JourneyReport, JourneyRules,
    Journeys, MarkovChain, ModelComparison, OrderChoice, OrderSelection, PathTable, RankBy, SessionTouch,
    TouchEvent, intervals, resampled,
};
use marketloop::budget::{Allocation, Budget, Divide};
use marketloop::figure::Figure;
use marketloop::quantity::{Currency, Money, Ratio, Rounding};
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
    journeys(&mut out, &events, &paths, &report)?;
    let order = orders(&mut out, &paths)?;
    let models = models(&paths, order)?;
    side_by_side(&mut out, &models)?;
    distances(&mut out, &models)?;
    removal(&mut out, &paths, order)?;
    top_paths(&mut out, &paths)?;
    let costs = events.costs()?;
    returns(&mut out, &models, &costs)?;
    budget(&mut out, &models, &costs)?;
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

/// What became of all events.
fn journeys(
    out: &mut String,
    events: &Events,
    paths: &PathTable,
    report: &JourneyReport,
) -> Result<(), Refusal> {
    writeln!(out, "1. From events to journeys\n")?;
    writeln!(
        out,
        "  A session ends after 30 minutes without a touch, and a channel counts once in it, by its last touch."
    )?;
    writeln!(
        out,
        "  A conversion closes the journey of the touches since the one before, 30 days back at most."
    )?;
    writeln!(out, "  Direct goes unless it is alone; then of one channel in a row the last touch stays.\n")?;
    let rows = [
        format!("{}\ttouches read", report.touches),
        format!("-{}\tone with another in a session", report.in_session),
        format!("-{}\tmore than 30 days before the end", report.before_lookback),
        format!("-{}\trepeats of a channel, and Direct among others", report.transformed),
        format!("{}\ttouches in journeys", report.kept),
        format!("{}\tconversions read", events.conversions.len()),
        format!("{}\tjourneys with a conversion", report.converted),
        format!("{}\tconversions without a touch in time", report.unattributed),
        format!("{}\tjourneys without a conversion", report.nulls),
        format!("{}\tusers whose touches are all too early", report.empty_nulls),
    ];
    table(out, ">count\tof what", rows)?;
    writeln!(out, "  The journeys converted for {}.\n", paths.totals().value)?;
    Ok(())
}

/// The order of the chain that predicts journeys best that it has not seen.
fn orders(out: &mut String, paths: &PathTable) -> Result<usize, Refusal> {
    writeln!(out, "2. How many touches back a Markov chain has to look\n")?;
    let (fitted, held_out) = paths.split_every(HELD_OUT)?;
    let selection = OrderSelection::new(&fitted, &held_out, MOST_ORDER)?;
    let (kept, tested) = (fitted.totals().journeys, held_out.totals().journeys);
    writeln!(
        out,
        "  Fitted to {kept} journeys, scored on {tested} others: every {HELD_OUT}th is held out.\n"
    )?;
    let rows = selection.scores().iter().map(|score| {
        let area = score.auc.as_ref().known().map_or_else(|| "-".into(), |area| format!("{area:.4}"));
        format!("{}\t{:.5}\t{area}", score.order, score.log_likelihood)
    });
    table(out, ">order\t>log-likelihood of a step\t>AUC", rows)?;
    let choice: OrderChoice = selection.by_likelihood();
    writeln!(out, "  By likelihood: {choice}.")?;
    if let Some(choice) = selection.by_auc().known() {
        writeln!(out, "  By AUC: {choice}.")?;
        let best =
            selection.scores().iter().filter_map(|score| score.auc.clone().known()).fold(0.0, f64::max);
        if best <= 0.5 {
            writeln!(out, "  An AUC of 0.5 is a guess: here the last touches do not tell who will convert.")?;
        }
    }
    writeln!(out, "  The lowest order within one standard error of the best is taken: {}.\n", choice.order)?;
    Ok(choice.order)
}

/// What each model credits.
fn models(paths: &PathTable, order: usize) -> Result<Vec<(&'static str, Credits)>, Refusal> {
    let models = [
        ("last", AttributionModel::LastTouch),
        ("first", AttributionModel::FirstTouch),
        ("linear", AttributionModel::Linear),
        ("U", AttributionModel::U_SHAPED),
        ("decay", AttributionModel::TimeDecay(Duration::from_days(7))),
        ("Markov", AttributionModel::Markov(order.try_into()?)),
        ("Shapley", AttributionModel::Shapley),
        ("left out", AttributionModel::LeaveOneTouchOut),
    ];
    let credited = models.into_iter().map(|(name, model)| Ok((name, model.credit(paths)?)));
    credited.collect()
}

/// Titles of columns of figures behind the first.
fn titles<'a>(first: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().fold(first.to_owned(), |titles, name| format!("{titles}\t>{name}"))
}

/// The conversions of each channel by each model; every column adds up to the last digit.
fn side_by_side(out: &mut String, models: &[(&str, Credits)]) -> Result<(), Refusal> {
    writeln!(out, "3. All models side by side: conversions\n")?;
    let names = models.iter().flat_map(|(_, credits)| credits.channels().names()).take(channels(models));
    let mut rows: Vec<String> = names.map(String::from).collect();
    let mut sums = String::from("sum");
    for (_, credits) in models {
        let exact = credits.conversions_exact(2)?;
        rows.iter_mut().zip(&exact).try_for_each(|(row, figure)| write!(row, "\t{figure:.2}"))?;
        write!(sums, "\t{:.2}", exact.iter().sum::<Decimal>())?;
    }
    rows.push(sums);
    table(out, &titles("channel", models.iter().map(|(name, _)| *name)), rows)?;
    writeln!(
        out,
        "  U gives 40 % to the first and the last touch; decay halves a touch's weight every 7 days;"
    )?;
    writeln!(out, "  left out compares the rate of a path with that of the path without the touch.\n")?;
    Ok(())
}

fn channels(models: &[(&str, Credits)]) -> usize {
    models.first().map_or(0, |(_, credits)| credits.channels().len())
}

/// The share of the credit that two models give to different channels.
fn distances(out: &mut String, models: &[(&str, Credits)]) -> Result<(), Refusal> {
    writeln!(out, "4. How far the models are apart: % of the credit at another channel\n")?;
    let comparison = ModelComparison::new(models.iter().cloned())?;
    let rows = comparison.models().map(|one| {
        let apart = comparison.models().map(|other| match comparison.total_variation(one, other) {
            Some(apart) if one != other => format!("\t{:.1}", 100.0 * apart),
            _ => "\t".into(),
        });
        format!("{one}{}", apart.collect::<String>())
    });
    table(out, &titles("model", comparison.models()), rows)
}

/// What would be lost without each channel, and how sure that is.
fn removal(out: &mut String, paths: &PathTable, order: usize) -> Result<(), Refusal> {
    writeln!(out, "5. What would be lost without a channel (Markov chain of order {order})\n")?;
    let model = AttributionModel::Markov(order.try_into()?);
    let effects = MarkovChain::new(paths, order)?.removal_effects()?;
    let draws = (0..200).map(|draw| drawn(draw, paths.len()));
    let sure = intervals(&resampled(&model, paths, draws)?, 0.9)?;
    let values = effects.values().known().unwrap_or_default();
    let rows = paths.channels().names().zip(paths.channels().ids()).filter_map(|(name, id)| {
        let channel = id.index();
        let percent =
            |figures: &[f64]| figures.get(channel).map_or("-".into(), |f| format!("{:.2} %", 100.0 * f));
        let (visits, lost) = (percent(effects.visit_probabilities()), percent(effects.conversions()));
        let credited = effects.credited_conversions().get(channel)?;
        let interval = sure.get(channel)?;
        let interval = format!("{:.1} to {:.1}", interval.low(), interval.high());
        Some(format!("{name}\t{visits}\t{lost}\t{}\t{credited:.2}\t{interval}", percent(values)))
    });
    let titles = "channel\t>reached by\t>conversions lost\t>value lost\t>credited\t>90 % of 200 resamples";
    table(out, titles, rows)
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

/// The paths that brought most.
fn top_paths(out: &mut String, paths: &PathTable) -> Result<(), Refusal> {
    writeln!(out, "6. The paths that brought most\n")?;
    for (title, by) in [("By conversions", RankBy::Conversions), ("By value", RankBy::Value)] {
        writeln!(out, "{title}")?;
        let top = paths.top_paths(by, 6)?;
        let rows = top.iter().map(|top| {
            let value = i128::from(top.outcome.value);
            let value = Money::from_minor(value, CURRENCY)?;
            let (conversions, rate) = (top.outcome.conversions, percent(top.conversion_rate)?);
            Ok(format!("{}\t{conversions}\t{value}\t{rate}", paths.channels().path_text(&top.path, " > ")))
        });
        let rows = rows.collect::<Result<Vec<_>, Refusal>>()?;
        table(out, "path\t>conversions\t>value\t>converting", rows)?;
    }
    Ok(())
}

fn percent(ratio: Ratio) -> Result<String, Refusal> {
    let hundred = Ratio::new(Decimal::ONE_HUNDRED, Decimal::ONE)?;
    Ok(format!("{} %", ratio.times(hundred)?.round(1, Rounding::HalfEven)?))
}

/// A ratio with two decimals.
fn near(ratio: &Figure<Ratio>) -> Result<String, Refusal> {
    let Figure::Known(ratio) = ratio else { return Ok("-".into()) };
    Ok(format!("{:.2}", ratio.round(2, Rounding::HalfEven)?))
}

/// One figure of a channel.
type FigureOf = fn(&ChannelReturn) -> &Figure<Ratio>;

/// What a conversion cost, and what a yuan brought, by channel and model.
fn returns(out: &mut String, models: &[(&str, Credits)], costs: &Costs) -> Result<(), Refusal> {
    writeln!(out, "7. Cost per conversion and return, by channel and model\n")?;
    let titles = titles("channel\t>cost", models.iter().map(|(name, _)| *name));
    let all = models.iter().map(|(_, credits)| Ok(credits.returns(costs, 4)?));
    let all = all.collect::<Result<Vec<_>, Refusal>>()?;
    let first = all.first().ok_or("no model")?;
    let figures: [(&str, FigureOf); 2] = [
        ("Cost per conversion (CPA), CNY", |channel| &channel.cost_per_conversion),
        ("Value per cost (ROAS)", |channel| &channel.return_on_ad_spend),
    ];
    for (title, figure) in figures {
        writeln!(out, "{title}")?;
        let mut rows = Vec::new();
        for (index, channel) in first.iter().enumerate() {
            let cost =
                channel.cost.as_ref().known().map_or_else(|| "not known".into(), |cost| cost.to_string());
            let mut row = format!("{}\t{cost}", channel.channel);
            for channel in all.iter().filter_map(|returns| returns.get(index)) {
                write!(row, "\t{}", near(figure(channel))?)?;
            }
            rows.push(row);
        }
        table(out, &titles, rows)?;
    }
    Ok(())
}

/// What a budget by the last touch would move if it went by another model. Credits are plain weights to the
/// budget: channels that cost nothing take no part in it.
fn budget(out: &mut String, models: &[(&str, Credits)], costs: &Costs) -> Result<(), Refusal> {
    let total = Money::parse(BUDGET)?;
    writeln!(out, "8. What would move in {total} of paid media, divided by conversions\n")?;
    let by = |name: &str| -> Result<Allocation, Refusal> {
        let credits = models.iter().find(|(model, _)| *model == name).ok_or("no such model")?;
        let weights = credits.1.conversion_weights(6)?;
        let paid = weights.into_iter().filter(|(channel, _)| costs.get(channel).is_some());
        Ok(Budget::of(total).rule(name, Divide::by_scores(paid)).allocate()?)
    };
    let (before, others) = (by("last")?, [by("Markov")?, by("Shapley")?]);
    let mut rows = Vec::new();
    for line in before.leaves() {
        let mut row = format!("{}\t{}", line.name(), line.amount());
        for other in &others {
            let amount = other.get(line.name()).ok_or("no such line")?.amount();
            write!(row, "\t{amount}\t{}", amount.minus(line.amount())?)?;
        }
        rows.push(row);
    }
    table(out, "channel\t>by last\t>by Markov\t>moves\t>by Shapley\t>moves", rows)?;
    writeln!(
        out,
        "  Credit is not what the next yuan brings: a response curve tells that (example `budget`)."
    )?;
    let unpriced: Vec<&str> = models
        .iter()
        .take(1)
        .flat_map(|(_, credits)| credits.channels().names())
        .filter(|channel| costs.get(channel).is_none())
        .collect();
    writeln!(
        out,
        "  No touch of {} has a price: no media money is divided to them.",
        unpriced.join(" and ")
    )?;
    Ok(())
}

/// Aligned columns of rows with tabs; a title behind `>` stands over a column of figures.
fn table(out: &mut String, titles: &str, rows: impl IntoIterator<Item = String>) -> Result<(), Refusal> {
    let rows: Vec<String> = [titles.replace('>', "")].into_iter().chain(rows).collect();
    let columns = titles.split('\t').enumerate().map(|(column, title)| {
        let cells = rows.iter().filter_map(|row| row.split('\t').nth(column));
        (title.starts_with('>'), cells.map(|cell| cell.chars().count()).max().unwrap_or(0))
    });
    let columns: Vec<(bool, usize)> = columns.collect();
    for (index, row) in rows.iter().enumerate() {
        let mut line = String::new();
        for (cell, (is_right, width)) in row.split('\t').zip(&columns) {
            match is_right {
                true => write!(line, "  {cell:>width$}")?,
                false => write!(line, "  {cell:<width$}")?,
            }
        }
        writeln!(out, "{}", line.trim_end())?;
        if index == 0 {
            let rule: Vec<String> = columns.iter().map(|(_, width)| "-".repeat(*width)).collect();
            writeln!(out, "  {}", rule.join("  "))?;
        }
    }
    writeln!(out)?;
    Ok(())
}
