//! From events to funnels: two months side by side with their bottlenecks, why the second differs, how long steps
//! take, cohorts, silent users, and which channels reach the same users.
//!
//! `cargo run --example funnel` reads `examples/data/funnel.csv`; another file may follow behind `--`. Rows are
//! checked while they are read: a broken file is refused with its line.

use marketloop::channel::CoOccurrence;
use marketloop::decompose::DecompositionMethod;
use marketloop::figure::Table;
use marketloop::funnel::{
    BottleneckRule, CohortRules, Events, Funnel, FunnelRules, InactivityRules, Property, SegmentTouch,
    explain_segments, repurchase,
};
use marketloop::quantity::{Count, Rounding};
use marketloop::time::{Duration, Timestamp};
use serde::Deserialize;
use std::fmt::Write;
use std::process::ExitCode;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/funnel.csv");
const STEPS: [&str; 4] = ["impression", "click", "registration", "payment"];
const CHANNELS: [&str; 3] = ["search", "social", "short video"];
const WEEK: Duration = Duration::from_days(7);
/// The end of July, of the last whole week, and of August, in seconds since the first of July.
const JULY: i64 = 31 * 86_400;
const LAST_WEEK: i64 = 56 * 86_400;
const AUGUST: i64 = 62 * 86_400;

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
type Written = Result<(), Refusal>;

/// The report on the text of a file.
pub(crate) fn report(text: &str) -> Result<String, Refusal> {
    let rows = read(text)?;
    let mut out = String::from("From events to funnels: July and August\n\n");
    funnels(&mut out, &rows)?;
    users(&mut out, &rows)?;
    Ok(out)
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
            _ => {
                rows.push(row);
                continue;
            }
        };
        return Err(format!("line {line}: {refused}").into());
    }
    Ok(rows)
}

/// The events of the users for whom `keep` holds of their first time, with the bits that `mask` gives.
fn events(
    rows: &[Row],
    keep: impl Fn(i64) -> bool,
    mask: impl Fn(&Row) -> u32,
) -> Result<Events<'static>, Refusal> {
    let users = rows.chunk_by(|one, next| one.user == next.user);
    let rows = users.filter(|rows| rows.first().is_some_and(|row| keep(row.time()))).flatten();
    let (mut users, mut times, mut masks, mut channels) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        users.push(row.user);
        times.push(row.time());
        masks.push(mask(row));
        channels.push(u32::try_from(row.channel().ok_or("there is no such channel")?)?);
    }
    let property = Property::new("channel", CHANNELS)?;
    let mut events = Events::new(users, times, masks)?.with_property(property, channels)?;
    events.sort();
    Ok(events)
}

/// Two months side by side, why the second differs, and how long steps take.
fn funnels(out: &mut String, rows: &[Row]) -> Written {
    let rules = FunnelRules::new(STEPS, WEEK)?;
    let mask = |row: &Row| rules.mask(&row.event);
    let (first, second) =
        (events(rows, |first| first < JULY, mask)?, events(rows, |first| first >= JULY, mask)?);
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

    writeln!(out, "2. Why the rate from end to end changed, by three methods\n")?;
    let mut why = Table::new("part");
    for method in
        [DecompositionMethod::LogMean, DecompositionMethod::Shapley, DecompositionMethod::Sequential]
    {
        let parts = july.compare(&august, method, (6, Rounding::HalfEven))?;
        why.push_column(method.to_string(), &parts.table(), "contribution");
    }
    writeln!(out, "{why}")?;
    let by = |events| rules.count_by(events, "channel", SegmentTouch::First);
    let (before, after) = (by(&first)?, by(&second)?);
    let of = |name| Some((name, before.get(name)?.funnel(), after.get(name)?.funnel()));
    let segments: Vec<(&str, Funnel, Funnel)> = CHANNELS.into_iter().filter_map(of).collect();
    writeln!(out, "By channels, each user in that of the first step: their rates, and their mix")?;
    writeln!(out, "{}", explain_segments(&segments, (6, Rounding::HalfEven))?)?;
    writeln!(out, "3. How long it takes since the step before\n")?;
    writeln!(out, "{}", rules.conversion_times(&events(rows, |_| true, mask)?)?)?;
    Ok(())
}

/// Who came back, who is silent, who bought again, and who was reached by several channels.
fn users(out: &mut String, rows: &[Row]) -> Written {
    writeln!(out, "4. Who comes back: users by the week of their registration\n")?;
    // The ninth week ends in September: what was seen of it says nothing yet.
    let bits = |row: &Row| match row.event.as_str() {
        _ if row.time() >= LAST_WEEK => 0,
        "registration" => 0b11,
        event => u32::from(event != "impression") << 1,
    };
    let cohorts = CohortRules::new(7).with_period(WEEK)?.cohorts(&events(rows, |_| true, bits)?)?;
    writeln!(out, "{cohorts}")?;
    let now = Timestamp::from_unix(AUGUST)?;
    let activity = InactivityRules::documents().count(&events(rows, |_| true, |_| 1)?, now)?;
    writeln!(out, "At the end of August, silent after 3 days and dormant after 30\n{activity}")?;
    let payments = events(rows, |_| true, |row| u32::from(row.event == "payment"))?;
    writeln!(out, "Buyers who bought again\n{}", repurchase(&payments)?)?;
    let reached = rows.iter().filter_map(|row| Some((row.user, row.channel()?)));
    let reach = CoOccurrence::from_rows(CHANNELS, reached)?;
    writeln!(out, "Users that two channels both reached\n{reach}")?;
    Ok(())
}
