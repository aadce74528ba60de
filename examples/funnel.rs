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
use marketloop::decompose::{DecompositionMethod, Effect, SegmentEffect};
use marketloop::figure::Figure;
use marketloop::funnel::{
    BottleneckRule, CohortRules, EventColumns, Events, Funnel, FunnelRules, InactivityRules, Property,
    Repurchase, Retention, SegmentTouch, explain_segments,
};
use marketloop::quantity::{Count, Money, Quantity, Ratio, Rounding, Share};
use marketloop::stats::{IntervalMethod, QuantileMethod};
use rust_decimal::Decimal;
use std::fmt::Write;
use std::num::NonZeroU64;
use std::process::ExitCode;

const STEPS: [&str; 4] = ["impression", "click", "registration", "payment"];
const CHANNELS: [&str; 3] = ["search", "social", "short video"];
const DAY: i64 = 1_440;
/// The end of July and of August, in minutes since the first of July.
const JULY: i64 = 31 * DAY;
const AUGUST: i64 = 62 * DAY;
/// A week, in minutes.
const WINDOW: u64 = 7 * 1_440;

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
    times(&mut out, &rows)?;
    cohorts(&mut out, &rows)?;
    let table = ChannelRow::read(channels)?;
    channel_table(&mut out, &table)?;
    matrix(&mut out, &table, &rows)?;
    decisions(&mut out, &table)?;
    Ok(out)
}

/// One event of a user: when, through which channel, and what.
struct Row {
    user: u64,
    minute: i64,
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
            if !(0..AUGUST).contains(&minute) {
                return Err(refuse("the minute is not in July or August").into());
            }
            let user = user.parse().map_err(|_| refuse("the user is not a number"))?;
            rows.push(Row { user, minute, channel: u32::try_from(channel)?, event: event.into() });
        }
        Ok(Self(rows))
    }

    /// The rows of the users for whom `keep` holds of their first minute, with the bits that `mask` gives.
    fn of(&self, keep: impl Fn(i64) -> bool, mask: impl Fn(&str) -> u32) -> Result<Events, Refusal> {
        let (mut users, mut minutes, mut masks, mut channels) = (vec![], vec![], vec![], vec![]);
        let mut first: Option<(u64, i64)> = None;
        for row in &self.0 {
            if first.is_none_or(|(own, _)| own != row.user) {
                first = Some((row.user, row.minute));
            }
            if first.is_some_and(|(_, minute)| keep(minute)) {
                users.push(row.user);
                minutes.push(row.minute);
                masks.push(mask(&row.event));
                channels.push(row.channel);
            }
        }
        let channel = Property::new("channel", CHANNELS)?;
        let mut events = Events::new(users, minutes, masks)?.with_property(channel, channels)?;
        events.sort();
        Ok(events)
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

/// Two months side by side, and why the second differs.
fn funnels(out: &mut String, rows: &Rows) -> Written {
    let rules = FunnelRules::new(STEPS, WINDOW)?;
    let months = [
        ("July", rows.of(|first| first < JULY, |event| rules.mask(event))?),
        ("August", rows.of(|first| first >= JULY, |event| rules.mask(event))?),
    ];
    let count = |events: &Events| Ok::<Funnel, Refusal>(rules.count(&events.columns())?.funnel());
    let (july, august) = (count(&months[0].1)?, count(&months[1].1)?);
    writeln!(out, "1. The funnel: users who first came in the month, steps within a week of each other\n")?;
    for (name, funnel) in [("July", &july), ("August", &august)] {
        writeln!(out, "{name}")?;
        let mut print = Table::new("<step >users >rate >95 % from >to >lost >share of loss");
        print.row([STEPS[0].into(), funnel.entered().to_string()]);
        for step in funnel.transitions() {
            let interval = step.interval(0.95, IntervalMethod::Wilson)?;
            print.row([
                step.name().into(),
                funnel.count(step.name())?.to_string(),
                percent(step.rate()?)?,
                format!("{:.2}%", interval.low() * 100.0),
                format!("{:.2}%", interval.high() * 100.0),
                step.drop_off().to_string(),
                percent(step.share_of_loss()?)?,
            ]);
        }
        print.write(out)?;
        writeln!(out, "  from end to end: {}\n", percent(funnel.end_to_end_rate()?)?)?;
    }
    let benchmark = july.rates()?;
    writeln!(out, "Where August is held up; the rules disagree, so each says its name\n")?;
    for (name, rule) in [
        ("lowest rate", BottleneckRule::LowestRate),
        ("largest drop", BottleneckRule::LargestDrop),
        ("largest gain, rates as in July", BottleneckRule::LargestGain(benchmark.clone())),
        ("worst against July", BottleneckRule::WorstAgainst(benchmark)),
    ] {
        match august.bottleneck(&rule) {
            Ok(found) => writeln!(out, "  {found}")?,
            Err(why) => writeln!(out, "  {name}: {why}")?,
        }
    }
    let rate = july.transition("payment")?.rate()?;
    let gain = august.what_if("payment", rate)?.gain()?.round(1, Rounding::HalfEven)?;
    writeln!(out, "\n  If as many of August's registered users paid as in July: {gain} more payments.")?;
    let needed = august.needed_for("payment", Count::new(100))?;
    writeln!(out, "  For 100 payments at August's rates: {} impressions.\n", needed.entered())?;
    changes(out, &july, &august, &rules, &months)
}

/// The change from July to August, by steps and by channels.
fn changes(
    out: &mut String,
    july: &Funnel,
    august: &Funnel,
    rules: &FunnelRules,
    months: &[(&str, Events); 2],
) -> Written {
    writeln!(out, "2. Why the rate from end to end changed, in points of a percent\n")?;
    let mut print = Table::new("<method >click >registration >payment >total");
    for (name, method) in [
        ("log-mean", DecompositionMethod::LogMean),
        ("Shapley", DecompositionMethod::Shapley),
        ("one after the other", DecompositionMethod::Sequential),
    ] {
        let why = july.compare(august, method, 6, Rounding::HalfEven)?;
        let mut cells = vec![name.to_string()];
        cells.extend(why.parts().iter().map(|part| points(part.value)));
        cells.push(points(why.total()));
        print.row(cells);
    }
    print.write(out)?;
    let by = |events: &Events| rules.count_by(&events.columns(), "channel", SegmentTouch::First);
    let (before, after) = (by(&months[0].1)?, by(&months[1].1)?);
    let mut segments = Vec::new();
    for name in CHANNELS {
        if let Some((before, after)) = before.get(name).zip(after.get(name)) {
            segments.push((name, before.funnel(), after.funnel()));
        }
    }
    let why = explain_segments(&segments, 6, Rounding::HalfEven)?;
    writeln!(
        out,
        "  Its channel is a user's first. Rates did what they did, the rest is the mix of channels.\n"
    )?;
    let mut print = Table::new("<channel >by its rate >by its share");
    for name in CHANNELS {
        let of = |effect| why.get(&SegmentEffect { segment: name, effect });
        if let Some((rate, mix)) = of(Effect::Rate).zip(of(Effect::Mix)) {
            print.row([name.into(), points(rate), points(mix)]);
        }
    }
    print.row(["all".into(), points(why.of_effect(Effect::Rate)?), points(why.of_effect(Effect::Mix)?)]);
    print.write(out)?;
    writeln!(out)?;
    Ok(())
}

/// How long each step takes.
fn times(out: &mut String, rows: &Rows) -> Written {
    let rules = FunnelRules::new(STEPS, WINDOW)?;
    let events = rows.of(|_| true, |event| rules.mask(event))?;
    let times = rules.conversion_times(&events.columns())?;
    writeln!(out, "3. How long it takes, in hours since the step before (Hyndman and Fan's type 8)\n")?;
    let mut print = Table::new("<step >users >median >90 % within");
    let all = times.steps().iter().map(|(name, times)| (name.as_str(), times));
    for (name, times) in all.chain([("from end to end", times.whole())]) {
        let hours = |p| {
            times.quantile(p, QuantileMethod::MedianUnbiased).map(|minutes| format!("{:.1}", minutes / 60.0))
        };
        print.row([name.into(), times.values().len().to_string(), hours(0.5)?, hours(0.9)?]);
    }
    print.write(out)?;
    writeln!(out)?;
    Ok(())
}

/// Who came back, who is silent, who bought again.
fn cohorts(out: &mut String, rows: &Rows) -> Written {
    writeln!(
        out,
        "4. Who comes back: users by the week of their registration, and their activity in later weeks\n"
    )?;
    let bits = |event: &str| u32::from(event == "registration") | u32::from(event != "impression") << 1;
    // The ninth week ends in September: what was seen of it says nothing yet.
    let weeks = NonZeroU64::new(WINDOW).ok_or("a week has minutes")?;
    let whole = 8 * 7 * DAY;
    let events = rows.of(|_| true, |event| bits(event))?;
    let columns = events.columns();
    let masks = columns.times().iter().zip(columns.masks());
    let masks: Vec<u32> = masks.map(|(minute, mask)| if *minute < whole { *mask } else { 0 }).collect();
    let columns = EventColumns::new(columns.users(), columns.times(), &masks)?;
    let cohorts = CohortRules::new(7).with_period(weeks).cohorts(&columns)?;
    let mut print = Table::new(">week >users >1 later >2 later >3 later >4 later");
    for (cohort, size) in cohorts.cohorts() {
        let mut cells = vec![cohort.to_string(), size.to_string()];
        for period in 1..=4 {
            cells.push(match cohorts.cell(cohort, Retention::On(period))? {
                Figure::Known(cell) => percent(cell.rate()?)?,
                _ => "-".into(),
            });
        }
        print.row(cells);
    }
    print.write(out)?;
    writeln!(out, "  - is a week that was not over yet.\n")?;
    let activity = InactivityRules::documents(u64::try_from(DAY)?)?;
    let seen = rows.of(|_| true, |_| 1)?;
    let counts = activity.count(&seen.columns(), AUGUST)?;
    writeln!(
        out,
        "  At the end of August {} users are active, {} silent (3 days) and {} dormant (30 days).",
        counts.active, counts.silent, counts.dormant
    )?;
    let payments = rows.of(|_| true, |event| u32::from(event == "payment"))?;
    let repurchase = Repurchase::of(&payments.columns())?;
    writeln!(
        out,
        "  Of {} buyers {} bought again: a repurchase rate of {}.\n",
        repurchase.buyers(),
        repurchase.repeat_buyers(),
        percent(repurchase.rate()?)?
    )?;
    Ok(())
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

fn all(table: &[ChannelRow]) -> Result<Scorecard, Refusal> {
    Ok(Scorecard::total(table.iter().map(|row| &row.card))?)
}

/// The documents' table with what follows from it.
fn channel_table(out: &mut String, rows: &[ChannelRow]) -> Written {
    writeln!(out, "5. The channels: what the table implies, totals as sums over sums\n")?;
    let metrics = [
        Metric::ClickThroughRate,
        Metric::ConversionRate,
        Metric::CostPerMille,
        Metric::CostPerClick,
        Metric::CostPerAcquisition,
        Metric::AverageOrderValue,
        Metric::ReturnOnAdSpend,
        Metric::NetReturn,
    ];
    let mut head = String::from("<channel >spend >revenue");
    for metric in metrics {
        write!(head, " >{}", metric.abbreviation())?;
    }
    let mut print = Table::new(&head);
    let total = all(rows)?;
    for (name, card) in rows.iter().map(|row| (row.name.as_str(), &row.card)).chain([("all", &total)]) {
        let money = [card.spend(), card.revenue()]
            .map(|money| money.known().map_or_else(|| "-".into(), |money| money.to_string()));
        let mut cells = vec![name.to_string()];
        cells.extend(money);
        for metric in metrics {
            let value: Quantity = card.show(metric, 4, Rounding::HalfEven)?;
            let percent = if value.unit().power_of_ten() == -2 { "%" } else { "" };
            cells.push(format!("{}{percent}", value.value()));
        }
        print.row(cells);
    }
    print.write(out)?;
    for row in rows {
        writeln!(out, "  {}: {:#}", row.name, row.card.explain(ChannelFigure::Spend))?;
    }
    writeln!(out)?;
    Ok(())
}

/// Where the channels stand, overlap and depend.
fn matrix(out: &mut String, table: &[ChannelRow], rows: &Rows) -> Written {
    writeln!(out, "6. The channels beside each other\n")?;
    let quadrants = Quadrants::new("40 CNY".parse()?, "200 CNY".parse()?)?;
    for row in table {
        let cost = row.card.metric(Metric::CostPerAcquisition)?;
        let (quadrant, reason) =
            (quadrants.place(cost, row.lifetime_value)?, quadrants.reason(cost, row.lifetime_value)?);
        writeln!(out, "  {}: {quadrant}: {reason}", row.name)?;
    }
    let seen = rows.0.iter().map(|row| (row.user, row.channel as usize));
    let reach = CoOccurrence::from_rows(CHANNELS, seen)?;
    writeln!(out, "\n  Users that two channels both reached, as a share of those that either reached")?;
    let [search, social, video] = CHANNELS;
    for (left, right) in [(search, social), (search, video), (social, video)] {
        let (both, either) = (reach.both(&left, &right)?, reach.either(&left, &right)?);
        let shared = percent(reach.jaccard(&left, &right)?)?;
        writeln!(out, "  {left} and {right}: {both} of {either}, {shared}")?;
    }
    let conversions = table
        .iter()
        .filter_map(|row| Some((row.name.as_str(), row.card.conversions().known()?.to_decimal())));
    let concentration = Concentration::new(conversions)?;
    let index = concentration.index().round(4, Rounding::HalfEven)?;
    let channels = concentration.effective_channels()?.round(2, Rounding::HalfEven)?;
    writeln!(out, "\n  Conversions: an index of concentration of {index}, as of {channels} even channels.")?;
    for failure in concentration.failures(Share::percent(60)?)? {
        writeln!(out, "  without {failure}")?;
    }
    writeln!(out)?;
    Ok(())
}

/// What to do, and why.
fn decisions(out: &mut String, rows: &[ChannelRow]) -> Written {
    writeln!(out, "7. What to do with each, by the documents' rules\n")?;
    let (actions, total) = (ActionTable::documents()?, all(rows)?);
    let gaps = actions.table().report(10_000);
    writeln!(
        out,
        "  The table of rules is complete: {}.\n",
        if gaps.is_complete() && gaps.gaps().is_empty() { "yes" } else { "no" }
    )?;
    for row in rows {
        let activity = change_from_baseline(row.activity.0, row.activity.1)?;
        let facts = channel_facts(&row.kind, &row.card, &total, Some(activity));
        let facts = actions.table().facts(facts)?;
        let (action, decision) = actions.decide(&facts)?;
        writeln!(out, "  {}: {action}", row.name)?;
        for line in decision.to_string().lines() {
            writeln!(out, "    {line}")?;
        }
    }
    Ok(())
}

fn percent(ratio: Ratio) -> Result<String, Refusal> {
    let hundred = ratio.times(Ratio::from(Decimal::ONE_HUNDRED))?;
    Ok(format!("{:.2}%", hundred.round(2, Rounding::HalfEven)?))
}

/// A share as signed points of a percent.
fn points(share: Decimal) -> String {
    format!("{:+.4}", share.saturating_mul(Decimal::ONE_HUNDRED))
}

/// Aligned columns: a head of `<` (left) and `>` (right) titles, and rows.
struct Table {
    right: Vec<bool>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn new(head: &str) -> Self {
        let titles: Vec<(bool, String)> =
            head.split_inclusive(' ').fold(Vec::new(), |mut titles: Vec<(bool, String)>, word| {
                match (word.strip_prefix(['<', '>']), titles.last_mut()) {
                    (Some(title), _) => titles.push((word.starts_with('>'), title.into())),
                    (None, Some((_, title))) => title.push_str(word),
                    (None, None) => {}
                }
                titles
            });
        let right = titles.iter().map(|(right, _)| *right).collect();
        Self { right, rows: vec![titles.into_iter().map(|(_, title)| title.trim_end().into()).collect()] }
    }

    fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    fn write(&self, out: &mut String) -> Written {
        let cells = |column: usize| self.rows.iter().filter_map(move |row| row.get(column));
        let width = |column| cells(column).map(|cell| cell.chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..self.right.len()).map(width).collect();
        for (index, row) in self.rows.iter().enumerate() {
            let mut line = String::new();
            for ((cell, width), right) in row.iter().zip(&widths).zip(&self.right) {
                if *right {
                    write!(line, "  {cell:>width$}")?;
                } else {
                    write!(line, "  {cell:<width$}")?;
                }
            }
            writeln!(out, "{}", line.trim_end())?;
            if index == 0 {
                let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
                writeln!(out, "  {}", rule.join("  "))?;
            }
        }
        Ok(())
    }
}
