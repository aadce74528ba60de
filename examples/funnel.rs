//! From events to funnels: two months side by side with their bottlenecks, why the second differs, how long steps
//! take, cohorts, silent users, and which channels reach the same users.
//!
//! `cargo run --example funnel` reads `examples/data/funnel.csv`; another file may follow behind `--`, and `--tidy`
//! before it prints every sentence and figure as a row of CSV. Rows are checked while they are read: a broken file is
//! refused with its line.

use marketloop::channel::CoOccurrence;
use marketloop::decompose::DecompositionMethod;
use marketloop::figure::{Evidence, Figure, Report, Section, Source, Table};
use marketloop::funnel::BottleneckRule::{LargestDrop, LargestGain, LowestRate, WorstAgainst};
use marketloop::funnel::{
    Bottleneck, CohortRules, Events, FunnelRules, InactivityRules, Property, RateDifference, Retention,
    SegmentTouch, explain_segments, repurchase,
};
use marketloop::quantity::{Count, Rounding};
use marketloop::stats::QuantileMethod;
use marketloop::time::{Duration, Timestamp};
use serde::Deserialize;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/funnel.csv");
const STEPS: [&str; 4] = ["impression", "click", "registration", "payment"];
const CHANNELS: [&str; 3] = ["search", "social", "short video"];
const WEEK: Duration = Duration::from_days(7);
/// The first of July 2026: the minutes of the file begin here.
const START: i64 = 1_782_864_000;
/// The end of July, of the last whole week, and of August, in seconds since then.
const JULY: i64 = 31 * 86_400;
const LAST_WEEK: i64 = 56 * 86_400;
const AUGUST: i64 = 62 * 86_400;
const POINTS: (u32, Rounding) = (6, Rounding::HalfEven);
const METHODS: [DecompositionMethod; 3] =
    [DecompositionMethod::LogMean, DecompositionMethod::Shapley, DecompositionMethod::Sequential];
const END: i64 = START + AUGUST;
const PAYMENTS: u64 = 100;
const MADE_UP: [(&str, &str); 2] = [
    ("funnel.csv", "user, minute, channel and event, from a generator"),
    ("funnel.rs", "the window of 7 days, the months, the weeks of cohorts"),
];
const ASKED: &str = "impression, click, registration, payment; silent after 3 days, dormant after 30";
const LAST_DAYS: i64 = 55 * 86_400;
const CHANGED: &str = "The rate from end to end changed by more than chance explains.";
const NOT_CHANGED: &str = "By so few users the change from end to end is not told from chance: look again when September is in, and act on no part of it alone. One of twenty such comparisons differs by chance.";

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

/// One event of a user: the minute since the first of July, the channel, and what happened.
#[derive(Deserialize)]
struct Row {
    user: u64,
    minute: u32,
    channel: String,
    event: String,
}

impl Row {
    fn time(&self) -> i64 {
        i64::from(self.minute).saturating_mul(60)
    }

    /// The number of the channel, for the library: places in `CHANNELS`.
    fn channel(&self) -> Option<usize> {
        CHANNELS.iter().position(|own| *own == self.channel)
    }
}

fn read(text: &str) -> Result<Vec<Row>, Refusal> {
    let mut rows = Vec::new();
    for (row, line) in csv::Reader::from_reader(text.as_bytes()).into_deserialize().zip(2..) {
        let row: Row = row?;
        let refused = match row.event.as_str() {
            _ if row.channel().is_none() => "there is no such channel",
            _ if row.time() >= AUGUST => "the minute is not in July or August",
            event if event != "visit" && !STEPS.contains(&event) => "there is no such event",
            _ => "",
        };
        if !refused.is_empty() {
            return Err(format!("line {line}: {refused}").into());
        }
        rows.push(row);
    }
    Ok(rows)
}

/// The events, in seconds since `start`, of the users for whom `keep` holds of their first time, with the bits that
/// `mask` gives.
fn events(
    rows: &[Row],
    start: i64,
    keep: impl Fn(i64) -> bool,
    mask: impl Fn(&Row) -> u32,
) -> Result<Events<'static>, Refusal> {
    let users = rows.chunk_by(|one, next| one.user == next.user);
    let rows = users.filter(|rows| rows.first().is_some_and(|row| keep(row.time()))).flatten();
    let (mut users, mut times, mut masks, mut channels) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        users.push(row.user);
        times.push(row.time().saturating_add(start));
        masks.push(mask(row));
        channels.push(u32::try_from(row.channel().ok_or("there is no such channel")?)?);
    }
    let property = Property::new("channel", CHANNELS)?;
    let mut events = Events::new(users, times, masks)?.with_property(property, channels)?;
    events.sort();
    Ok(events)
}

/// The report on the text of a file.
pub(crate) fn report(text: &str) -> Result<Report, Refusal> {
    let rows = &read(text)?;
    let [data, window] = &MADE_UP.map(|own| Source::illustration(own.0, own.1));
    let counted = [data, window, &Source::new("the documents, D2 section 2.1", ASKED)];
    let rules = FunnelRules::new(STEPS, WEEK)?;
    let mask = |row: &Row| rules.mask(&row.event);
    let first = events(rows, START, |first| first < JULY, mask)?;
    let second = events(rows, START, |first| first >= JULY, mask)?;
    let all = events(rows, START, |_| true, mask)?;
    let late = rules.count(&events(rows, START, |first| first >= LAST_DAYS, mask)?)?.funnel().entered();
    let (july, august) = (rules.count(&first)?.funnel(), rules.count(&second)?.funnel());
    let samples = [("July", &first), ("August", &second), ("both", &all)];
    let sample = Section::new("Who was counted, and when?")
        .answer(format!("{} users who first came in July and {} who did in August. All steps of a user count that lie within {WEEK} of the impression.", july.entered(), august.entered()))
        .answer(format!("{late} of August came in its last 7 days: their time was not over when the observation ended, so that August's rates may still rise."))
        .evidence(Evidence::new("Samples", Events::table(&samples), [data, window]));

    let by = [LowestRate, LargestDrop, LargestGain(july.rates()?), WorstAgainst(july.rates()?)];
    let found = by.iter().map(|rule| august.bottleneck(rule)).collect::<Result<Vec<_>, _>>()?;
    let gain = august.what_if("payment", july.rate("payment")?)?.gain()?.round((1, Rounding::HalfEven))?;
    let held_up = Section::new("How far do users come, and where is August held up?")
        .answer(format!("{}. Other rules are in the table, with July's rates as benchmarks.", august.bottleneck(&LowestRate)?))
        .answer(format!("Had as many of August's registered users paid as of July's, {gain} more would have; {PAYMENTS} payments take {} impressions at August's rates.", august.needed_for("payment", Count::new(PAYMENTS))?.entered()))
        .evidence(Evidence::new("July", july.table_in("user"), counted))
        .evidence(Evidence::new("August", august.table_in("user"), counted))
        .evidence(Evidence::new("Bottlenecks of August", Bottleneck::table(&found, "user"), counted));

    let whole = july.end_to_end_difference(&august)?;
    let advice = if whole.is_distinguishable() == Figure::Known(true) { CHANGED } else { NOT_CHANGED };
    let steps = [july.rate_differences(&august)?, vec![whole]].concat();
    let told = RateDifference::table(&steps, ["July", "August"]);
    let changed = Section::new("Is August really different from July?")
        .answer(advice)
        .answers(steps.iter().rev().map(|step| format!("{step}.")))
        .evidence(Evidence::new("July and August", told, counted));

    let mut why = Table::new("step");
    for method in METHODS {
        let parts = july.compare(&august, method, POINTS)?.in_percent()?;
        why.push_column(method.to_string(), &parts.table(), "contribution");
    }
    let by_step = july.compare(&august, DecompositionMethod::Shapley, POINTS)?.in_percent()?;
    let of = |events| rules.count_by(events, "channel", SegmentTouch::First);
    let (before, after) = (of(&first)?, of(&second)?);
    let by_channel = explain_segments(&before.beside(&after), POINTS)?.in_percent()?;
    let by_size = by_step.by_size().next().zip(by_channel.by_size().next()).ok_or("no part")?;
    let parts = Section::new("Why did the rate from end to end change?")
        .answer(format!("The largest part of the change is, of the steps (Shapley value), {} with {} and, of the channels' own rates and their mix, {} with {}.", by_size.0.key, by_size.0.quantity(), by_size.1.key, by_size.1.quantity()))
        .answer(advice)
        .evidence(Evidence::new("Contributions by step and method", why, counted))
        .evidence(Evidence::new("Contributions by channel", by_channel.table(), counted));

    let times = rules.conversion_times(&all)?;
    let hours = |p| Ok::<_, Refusal>(times.whole().quantile(p, QuantileMethod::MedianUnbiased)? / 3_600.0);
    let lasting = Section::new("How long do the steps take?")
        .answer(format!("Half of the {} who paid did so within {:.1} hours of the impression, nine of ten within {:.1}. Who takes more than {WEEK} is not among them.", times.whole().len(), hours(0.5)?, hours(0.9)?))
        .evidence(Evidence::new("Time since the step before", times.table(), counted));

    // The ninth week ends in September: what was seen of it says nothing yet.
    let bits = |row: &Row| match row.event.as_str() {
        _ if row.time() >= LAST_WEEK => 0,
        "registration" => 0b11,
        event => u32::from(event != "impression") << 1,
    };
    let cohorts = CohortRules::new(7).with_period(WEEK)?.cohorts(&events(rows, 0, |_| true, bits)?)?;
    let next = cohorts.overall(Retention::On(1))?;
    let retention = Section::new("Who comes back after the registration?")
        .answer(format!("Of {} registered users {} came back in the week after that of their registration: {}. Cohorts are weeks from 1 July on, numbered from 0.", next.of(), next.retained(), next.rate()?.to_percent()))
        .evidence(Evidence::new("Active by week since the registration", cohorts.table(), [data, window]));

    let seen = events(rows, START, |_| true, |_| 1)?;
    let activity = InactivityRules::documents().count(&seen, Timestamp::from_unix(END)?)?;
    let silent = Section::new("Who is silent?")
        .answer(format!("At the end of August {} users were active within 3 days, {} were silent for longer, and {} dormant: 30 days or more.", activity.active, activity.silent, activity.dormant))
        .evidence(Evidence::new("Activity at the end of August", activity.table(), counted));

    let bought = repurchase(&events(rows, START, |_| true, |row| u32::from(row.event == "payment"))?)?;
    let (of, twice, rate) = (bought.of(), bought.retained(), bought.rate()?.to_percent());
    let again = Section::new("Who bought again?")
        .answer(format!("{twice} of {of} buyers: {rate}. The documents' health matrix asks for at least 25% (D1 section 5)."))
        .evidence(Evidence::new("Buyers of July and August", bought.table(), [data]));

    let reached = rows.iter().filter_map(|row| Some((row.user, row.channel()?)));
    let reach = CoOccurrence::from_rows(CHANNELS, reached)?;
    let (one, other, index) = reach.closest().ok_or("no pair")?;
    let (both, either) = (reach.both(one, other)?, reach.either(one, other)?);
    let overlap = Section::new("Which channels reach the same users?")
        .answer(format!("{one} and {other} share most of their users: {both} of the {either} that either channel reached were reached by both, which is {} of them.", index.to_percent()))
        .evidence(Evidence::new("Users that two channels both reached", reach.table_in("user"), [data]));
    let sections = [sample, held_up, changed, parts, lasting, retention, silent, again, overlap];
    Ok(sections.into_iter().fold(Report::new("From events to funnels: July and August"), Report::section))
}
