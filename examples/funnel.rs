//! From events to decisions: the funnel of two months with its bottlenecks, why it changed, how long steps take,
//! cohorts and silent users; then the documents' channel table with what its figures imply, how the channels
//! overlap, what remains when one fails, and what to do with each.
//!
//! `cargo run --example funnel` reads `examples/data/funnel.csv` and `examples/data/funnel_channels.csv`; two other
//! files may follow behind `--`. Rows are checked while they are read: a broken file is refused with its line.

use marketloop::channel::{
    ActionTable, ChannelFigure, CoOccurrence, Concentration, Metric, Quadrants, Scorecard,
    change_from_baseline, channel_facts,
};
use marketloop::decompose::DecompositionMethod;
use marketloop::figure::Table;
use marketloop::funnel::{
    BottleneckRule, CohortRules, Events, Funnel, FunnelRules, InactivityRules, Property, SegmentTouch,
    explain_segments, repurchase,
};
use marketloop::quantity::{Count, Money, Rounding, Share};
use marketloop::time::{Duration, Timestamp};
use std::fmt::Write;
use std::process::ExitCode;

const STEPS: [&str; 4] = ["impression", "click", "registration", "payment"];
const CHANNELS: [&str; 3] = ["search", "social", "short video"];
const WEEK: Duration = Duration::from_days(7);
/// The end of July, of the last whole week, and of August, in seconds since the first of July.
const JULY: i64 = 31 * 86_400;
const LAST_WEEK: i64 = 56 * 86_400;
const AUGUST: i64 = 62 * 86_400;

fn main() -> ExitCode {
    let data = |name: &str| format!("{}/examples/data/{name}", env!("CARGO_MANIFEST_DIR"));
    let mut arguments = std::env::args().skip(1);
    let events = arguments.next().unwrap_or_else(|| data("funnel.csv"));
    let channels = arguments.next().unwrap_or_else(|| data("funnel_channels.csv"));
    let read = |path: &str| std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"));
    let report = read(&events).and_then(|events| Ok((events, read(&channels)?)));
    match report.map_err(Refusal::from).and_then(|(events, channels)| report_on(&events, &channels)) {
        Ok(report) => {
            #[expect(clippy::print_stdout, reason = "the report is what the example is for")]
            {
                print!("{report}");
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
type Written = Result<(), Refusal>;

/// The report on the texts of both files.
pub(crate) fn report_on(events: &str, channels: &str) -> Result<String, Refusal> {
    let rows = Rows::read(events)?;
    let mut out = String::from("From events to decisions: July and August\n\n");
    funnels(&mut out, &rows)?;
    users(&mut out, &rows)?;
    let table = ChannelRow::read(channels)?;
    beside_each_other(&mut out, &table, &rows)?;
    decisions(&mut out, &table)?;
    Ok(out)
}

/// One event of a user: when, in seconds since the first of July, through which channel, and what.
struct Row {
    user: u64,
    time: i64,
    channel: u32,
    event: String,
}

struct Rows(Vec<Row>);

impl Rows {
    fn read(text: &str) -> Result<Self, Refusal> {
        let mut rows = Vec::new();
        for (number, fields) in table(text, "user,minute,channel,event")? {
            let refuse = |what: &str| format!("line {number}: {what}");
            let [user, minute, channel, event] = fields[..] else {
                return Err(refuse("not 4 fields").into());
            };
            let channel = CHANNELS.iter().position(|own| *own == channel);
            let channel = channel.ok_or_else(|| refuse("there is no such channel"))?;
            if !STEPS.contains(&event) && event != "visit" {
                return Err(refuse("there is no such event").into());
            }
            let minute: i64 = minute.parse().map_err(|_| refuse("the minute is not a number"))?;
            let time = minute.saturating_mul(60);
            if !(0..AUGUST).contains(&time) {
                return Err(refuse("the minute is not in July or August").into());
            }
            let user = user.parse().map_err(|_| refuse("the user is not a number"))?;
            rows.push(Row { user, time, channel: u32::try_from(channel)?, event: event.into() });
        }
        Ok(Self(rows))
    }
}

/// The lines of a file behind its titles, in fields, with their numbers.
fn table<'a>(text: &'a str, titles: &str) -> Result<Vec<(usize, Vec<&'a str>)>, Refusal> {
    let mut lines = text.lines().zip(1..);
    if lines.next().is_none_or(|(line, _)| line != titles) {
        return Err(format!("line 1: the titles are not `{titles}`").into());
    }
    Ok(lines.map(|(line, number)| (number, line.split(',').collect())).collect())
}

/// A row of the channel table.
struct ChannelRow {
    name: String,
    kind: String,
    card: Scorecard,
    activity: (Count, Count),
    lifetime_value: Money,
}

impl ChannelRow {
    fn read(text: &str) -> Result<Vec<Self>, Refusal> {
        let titles = "channel,kind,impressions,clicks,conversions,cost per acquisition,return,activity,baseline,lifetime value";
        let row = |(number, fields): (usize, Vec<&str>)| {
            Self::of(&fields).map_err(|error| Refusal::from(format!("line {number}: {error}")))
        };
        table(text, titles)?.into_iter().map(row).collect()
    }

    fn of(fields: &[&str]) -> Result<Self, Refusal> {
        let [name, kind, impressions, clicks, conversions, cost, roas, activity, baseline, value] =
            fields[..]
        else {
            return Err(format!("{} fields instead of 10", fields.len()).into());
        };
        let card = Scorecard::draft()
            .with_impressions(impressions.parse()?)
            .with_clicks(clicks.parse()?)
            .with_conversions(conversions.parse()?)
            .with_cost_per_acquisition(cost.parse()?)
            .with_return_on_ad_spend(roas.parse()?)
            .check()?;
        let activity = (activity.parse()?, baseline.parse()?);
        Ok(Self { name: name.into(), kind: kind.into(), card, activity, lifetime_value: value.parse()? })
    }
}

impl Rows {
    /// The rows of the users for whom `keep` holds of their first time, with the bits that `mask` gives.
    fn of(&self, keep: impl Fn(i64) -> bool, mask: impl Fn(&Row) -> u32) -> Result<Events<'static>, Refusal> {
        let own = self.0.chunk_by(|one, next| one.user == next.user);
        let rows = || own.clone().filter(|rows| rows.first().is_some_and(|row| keep(row.time))).flatten();
        let users: Vec<u64> = rows().map(|row| row.user).collect();
        let times: Vec<i64> = rows().map(|row| row.time).collect();
        let channels: Vec<u32> = rows().map(|row| row.channel).collect();
        let events = Events::new(users, times, rows().map(mask).collect::<Vec<u32>>())?;
        let mut events = events.with_property(Property::new("channel", CHANNELS)?, channels)?;
        events.sort();
        Ok(events)
    }
}

/// Two months side by side, why the second differs, and how long steps take.
fn funnels(out: &mut String, rows: &Rows) -> Written {
    let rules = FunnelRules::new(STEPS, WEEK)?;
    let mask = |row: &Row| rules.mask(&row.event);
    let (first, second) = (rows.of(|first| first < JULY, mask)?, rows.of(|first| first >= JULY, mask)?);
    let (july, august) = (rules.count(&first)?.funnel(), rules.count(&second)?.funnel());
    writeln!(out, "1. The funnel: users who first came in the month, steps within a week of each other\n")?;
    for (name, funnel) in [("July", &july), ("August", &august)] {
        writeln!(out, "{name}, {} from end to end\n{funnel}", funnel.end_to_end_rate()?.to_percent())?;
    }
    let usual = july.rates()?;
    writeln!(out, "Where August is held up; the rules disagree, so each says its name")?;
    for rule in [
        BottleneckRule::LowestRate,
        BottleneckRule::LargestDrop,
        BottleneckRule::LargestGain(usual.clone()),
        BottleneckRule::WorstAgainst(usual),
    ] {
        writeln!(out, "  {}", august.bottleneck(&rule)?)?;
    }
    let gain = august.what_if("payment", july.rate("payment")?)?.gain()?.round((1, Rounding::HalfEven))?;
    writeln!(out, "If as many of August's registered users paid as in July: {gain} more payments.")?;
    let needed = august.needed_for("payment", Count::new(100))?;
    writeln!(out, "For 100 payments at August's rates: {} impressions.\n", needed.entered())?;

    writeln!(out, "2. Why the rate from end to end changed\n")?;
    for method in
        [DecompositionMethod::LogMean, DecompositionMethod::Shapley, DecompositionMethod::Sequential]
    {
        writeln!(out, "{}", july.compare(&august, method, (6, Rounding::HalfEven))?.table())?;
    }
    let by = |events| rules.count_by(events, "channel", SegmentTouch::First);
    let (before, after) = (by(&first)?, by(&second)?);
    let of = |name| Some((name, before.get(name)?.funnel(), after.get(name)?.funnel()));
    let segments: Vec<(&str, Funnel, Funnel)> = CHANNELS.into_iter().filter_map(of).collect();
    writeln!(out, "By channels, each user in that of the first step: their rates, and their mix")?;
    writeln!(out, "{}", explain_segments(&segments, (6, Rounding::HalfEven))?.table())?;

    writeln!(out, "3. How long it takes since the step before\n")?;
    writeln!(out, "{}", rules.conversion_times(&rows.of(|_| true, mask)?)?)?;
    Ok(())
}

/// Who came back, who is silent, who bought again.
fn users(out: &mut String, rows: &Rows) -> Written {
    writeln!(out, "4. Who comes back: users by the week of their registration\n")?;
    // The ninth week ends in September: what was seen of it says nothing yet.
    let bits = |row: &Row| match row.event.as_str() {
        _ if row.time >= LAST_WEEK => 0,
        "registration" => 0b11,
        event => u32::from(event != "impression") << 1,
    };
    let cohorts = CohortRules::new(7).with_period(WEEK)?.cohorts(&rows.of(|_| true, bits)?)?;
    writeln!(out, "{cohorts}")?;
    let now = Timestamp::from_unix(AUGUST)?;
    let activity = InactivityRules::documents().count(&rows.of(|_| true, |_| 1)?, now)?;
    writeln!(out, "At the end of August, silent after 3 days and dormant after 30\n{activity}")?;
    let payments = rows.of(|_| true, |row| u32::from(row.event == "payment"))?;
    writeln!(out, "Buyers who bought again\n{}", repurchase(&payments)?)?;
    Ok(())
}

/// What the channels' table implies, and where the channels stand, overlap and depend.
fn beside_each_other(out: &mut String, table: &[ChannelRow], rows: &Rows) -> Written {
    writeln!(out, "5. The channels: what the table implies, totals as sums over sums\n")?;
    let total = Scorecard::total(table.iter().map(|row| &row.card))?;
    let mut figures = Table::new("channel");
    let cards = table.iter().map(|row| (row.name.as_str(), &row.card)).chain([("all", &total)]);
    for (name, card) in cards {
        figures.push(name, "spend", card.spend().map(|money| money.to_string()));
        figures.push(name, "revenue", card.revenue().map(|money| money.to_string()));
        for metric in [
            Metric::ClickThroughRate,
            Metric::ConversionRate,
            Metric::CostPerClick,
            Metric::ReturnOnAdSpend,
            Metric::NetReturn,
        ] {
            let value = card.show(metric, (4, Rounding::HalfEven))?.to_string();
            figures.push(name, metric.abbreviation(), value);
        }
    }
    writeln!(out, "{figures}")?;
    for row in table {
        writeln!(out, "  {}: {:#}", row.name, row.card.explain(ChannelFigure::Spend))?;
    }
    writeln!(out, "\n6. The channels beside each other\n")?;
    let quadrants = Quadrants::new("40 CNY".parse()?, "200 CNY".parse()?)?;
    for row in table {
        let cost = row.card.metric(Metric::CostPerAcquisition)?;
        let (quadrant, reason) =
            (quadrants.place(cost, row.lifetime_value)?, quadrants.reason(cost, row.lifetime_value)?);
        writeln!(out, "  {}: {quadrant}: {reason}", row.name)?;
    }
    let reach = CoOccurrence::from_rows(CHANNELS, rows.0.iter().map(|row| (row.user, row.channel as usize)))?;
    writeln!(out, "\nUsers that two channels both reached\n{}", reach.table())?;
    let conversions = table
        .iter()
        .filter_map(|row| Some((row.name.as_str(), row.card.conversions().known()?.to_decimal())));
    let concentration = Concentration::new(conversions)?;
    writeln!(out, "Conversions when one channel fails\n{}", concentration.table())?;
    for failure in concentration.failures(Share::percent(60)?)? {
        writeln!(out, "  without {failure}")?;
    }
    Ok(())
}

/// What to do, and why.
fn decisions(out: &mut String, rows: &[ChannelRow]) -> Written {
    writeln!(out, "\n7. What to do with each, by the documents' rules\n")?;
    let (actions, total) = (ActionTable::documents()?, Scorecard::total(rows.iter().map(|row| &row.card))?);
    writeln!(out, "The table of rules has no gaps: {}.\n", actions.table().report(10_000).gaps().is_empty())?;
    for row in rows {
        let activity = change_from_baseline(row.activity.0, row.activity.1)?;
        let facts = actions.table().facts(channel_facts(&row.kind, &row.card, &total, Some(activity)))?;
        let (action, decision) = actions.decide(&facts)?;
        writeln!(out, "{}: {action}\n{decision}", row.name)?;
    }
    Ok(())
}
