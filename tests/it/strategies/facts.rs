//! The strategies of facts.

use super::{Sample, each_fault_is_refused};
use marketloop::laws;
use marketloop::quantity::{Mix, Money, Ratio, Share, Unit};
use marketloop::strategies::{self, almost_valid};
use marketloop::target::Target;
use marketloop::time::{
    Deadline, Duration, FiscalCalendar, NaiveDate, Period, RetailCalendar, Timestamp, WeekMask, WorkCalendar,
};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::{Debug, Display};
use std::str::FromStr;

/// A fact is as long as its text, is read back as it was written, and with a value of another form in it is refused there.
fn holds<T>(
    name: &'static str,
    strategy: impl Strategy<Value = T> + Clone,
    text: impl Fn(&T) -> String,
    is_edge: impl Fn(&T) -> bool,
    is_failure: impl Fn(&T) -> bool,
    pinned: &str,
) where
    T: Serialize + DeserializeOwned + PartialEq + Debug,
{
    let sample = Sample { name, strategy: strategy.clone(), of: "characters" };
    sample.is_valid_and_often_an_edge(
        |value| text(value).chars().count(),
        is_edge,
        laws::reads_back_what_it_writes,
    );
    sample.shrinks_to_text(is_failure, text, pinned);
    each_fault_is_refused(almost_valid(strategy), 1, |case| {
        let mut reader = serde_json::Deserializer::from_str(case.json());
        let read: Result<T, _> = serde_path_to_error::deserialize(&mut reader);
        laws::refuses_form(case, read.map_err(|error| error.path().to_string()))
    });
}

fn printed(value: &impl Display) -> String {
    value.to_string()
}

fn written(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

#[test]
fn decimals() {
    let decimals = Sample { name: "decimals", strategy: strategies::decimals(), of: "characters" };
    decimals.is_valid_and_often_an_edge(
        |value| value.to_string().len(),
        |value| value.mantissa().abs() <= 1 || value.mantissa().unsigned_abs() == (1 << 96) - 1,
        |_| Ok(()),
    );
    decimals.shrinks_to_text(|value| *value > Decimal::TEN, printed, "11");
}

#[test]
fn small_decimals() {
    let strategy = strategies::small_decimals(-1_000..=1_000);
    let decimals = Sample { name: "small_decimals", strategy, of: "characters" };
    decimals.is_valid_and_often_an_edge(
        |value| value.to_string().len(),
        |value| value.is_zero() || value.mantissa().abs() == 1_000,
        |_| Ok(()),
    );
    decimals.shrinks_to_text(|value| value.scale() > 1 && *value > Decimal::ZERO, printed, "0.01");
}

#[test]
fn currencies() {
    let edge = |currency: &marketloop::quantity::Currency| currency.digits() != 2;
    holds("currencies", strategies::currencies(), printed, edge, edge, "JPY");
}

#[test]
fn amounts_of_money() {
    const MOST: i128 = (1 << 96) - 1;
    holds(
        "money",
        strategies::money(),
        printed,
        |money: &Money| money.minor().abs() <= 1 || money.minor().abs() == MOST,
        |money| money.minor() > 100,
        "1.01 CNY",
    );
}

#[test]
fn shares() {
    let edge = |share: &Share| share.value().is_zero() || share.value() == Decimal::ONE;
    holds(
        "shares",
        strategies::shares(),
        printed,
        edge,
        |share| share.value() > Decimal::new(5, 1),
        "50.01%",
    );
}

#[test]
fn mixes() {
    let mixes = Sample { name: "mixes", strategy: strategies::mixes(), of: "entries" };
    mixes.is_valid_and_often_an_edge(
        Mix::len,
        |mix| {
            let mut shares: Vec<_> = mix.iter().map(|(_, share)| share).collect();
            shares.sort_unstable();
            mix.len() == 1 || shares[0].value().is_zero() || shares.windows(2).any(|pair| pair[0] == pair[1])
        },
        laws::reads_back_what_it_writes,
    );
    mixes.shrinks_to(
        |mix| mix.len() > 1,
        r#"Mix { entries: [("line 1", Share(0)), ("line 2", Share(1))], numerators: [0, 1], denominator: 1 }"#,
    );
    mixes.shrinks_to_text(|mix| mix.len() > 2, written, r#"[["line 1","0"],["line 2","0"],["line 3","1"]]"#);
}

#[test]
fn mixes_have_as_many_entries_as_are_asked_for() {
    let runner = &mut super::runner(300);
    let asked =
        [(strategies::mixes().with_entries(3), 3..=3), (strategies::mixes().with_entries(5..8), 5..=7)];
    for (mixes, lengths) in asked {
        let law = |mix: Mix<String>| {
            prop_assert!(lengths.contains(&mix.len()));
            Ok(())
        };
        runner.run(&mixes, law).unwrap();
    }
}

#[test]
fn counts() {
    holds(
        "counts",
        strategies::counts(),
        printed,
        |count| count.value() <= 1 || count.value() == u64::MAX,
        |count| count.value() > 41,
        "42",
    );
}

#[test]
fn ratios() {
    let is_whole = |ratio: &Ratio| !ratio.to_string().contains('/');
    holds("ratios", strategies::ratios(), printed, is_whole, |ratio| !is_whole(ratio), "1/2");
}

#[test]
fn units() {
    let edge = |unit: &Unit| *unit == Unit::ONE || unit.to_string().chars().all(|c| "10^-/".contains(c));
    holds("units", strategies::units(), printed, edge, |unit| unit.to_string().contains("order"), "order");
}

#[test]
fn quantities() {
    holds(
        "quantities",
        strategies::quantities(),
        printed,
        |quantity| quantity.value().is_zero() || *quantity.unit() == Unit::ONE,
        |quantity| quantity.value() < Decimal::ZERO,
        "-1",
    );
}

fn ends_a_month(day: NaiveDate) -> bool {
    day.succ_opt().is_none_or(|next| next.to_string().ends_with("-01"))
}

#[test]
fn days() {
    let days = Sample { name: "days", strategy: strategies::days(), of: "characters" };
    let edge = |day: &NaiveDate| {
        let text = day.to_string();
        text.ends_with("-01") || ends_a_month(*day) || text.starts_with("0001") || text.starts_with("9999")
    };
    days.is_valid_and_often_an_edge(|day| day.to_string().len(), edge, laws::reads_back_what_it_writes);
    days.shrinks_to_text(|day| printed(day).as_str() > "2026", printed, "2026-01-01");
}

#[test]
fn fiscal_calendars() {
    holds(
        "fiscal_calendars",
        strategies::fiscal_calendars(),
        written,
        |fiscal: &FiscalCalendar| *fiscal == FiscalCalendar::CALENDAR_YEAR || written(fiscal).contains("12"),
        |fiscal| *fiscal != FiscalCalendar::CALENDAR_YEAR,
        r#"{"start_month":2,"label":"by_start"}"#,
    );
}

#[test]
fn retail_calendars() {
    holds(
        "retail_calendars",
        strategies::retail_calendars(),
        printed,
        |retail: &RetailCalendar| retail.end_month() == 12,
        |retail| retail.end_month() > 1,
        "4-4-5 to last Monday of 02 by start",
    );
}

#[test]
fn periods() {
    holds(
        "periods",
        strategies::periods(),
        printed,
        |period: &Period| period.days() == 1 || (period.days() < 8 && ends_a_month(period.end())),
        |period| period.days() > 100,
        "1990-H1",
    );
}

#[test]
fn week_masks() {
    let edge = |mask: &WeekMask| matches!(mask.to_string().as_str(), "0000000" | "1111111");
    holds(
        "week_masks",
        strategies::week_masks(),
        printed,
        edge,
        |mask| mask.to_string().ends_with("11"),
        "0000011",
    );
}

#[test]
fn work_calendars() {
    holds(
        "work_calendars",
        strategies::work_calendars(),
        written,
        |calendar: &WorkCalendar| {
            calendar.first() == calendar.last() || calendar.is_workday(calendar.last()) == Ok(false)
        },
        |calendar| calendar.is_workday(calendar.first()) == Ok(false),
        r#"{"first":"2026-02-07","last":"2026-02-07","week":"1111100","holidays":[],"makeup_workdays":[]}"#,
    );
}

#[test]
fn deadlines() {
    holds(
        "deadlines",
        strategies::deadlines(),
        printed,
        |deadline: &Deadline| {
            // "on …" is a count of 0, "every week" one of 1.
            let text = deadline.to_string();
            let count = text.trim_start_matches("every ").split(' ').next().unwrap();
            matches!(count, "on" | "0" | "1" | "9999" | "day" | "week" | "month" | "workday")
        },
        |deadline| deadline.to_string().contains("rolled"),
        "on period start, rolled forward",
    );
}

#[test]
fn targets() {
    holds(
        "targets",
        strategies::targets(),
        printed,
        |target: &Target| {
            let text = target.to_string();
            let numbers: Vec<&str> = text.split(' ').filter(|word| word.parse::<Decimal>().is_ok()).collect();
            numbers.contains(&"0") || (numbers.len() == 2 && numbers[0] == numbers[1])
        },
        |target| target.to_string().starts_with("between"),
        "between 0 and 0, inverse",
    );
}

#[test]
fn weights() {
    let weights = Sample { name: "weights", strategy: strategies::weights(1..20), of: "characters" };
    weights.is_valid_and_often_an_edge(
        |weights| written(weights).len(),
        |weights| weights.len() == 1 || written(weights).matches("\"0\"").count() == weights.len() - 1,
        laws::reads_back_what_it_writes,
    );
    weights.shrinks_to_text(|weights| weights.len() > 2, written, r#"["1","0","0"]"#);
}

#[test]
fn weight_numbers() {
    let numbers =
        Sample { name: "weight_numbers", strategy: strategies::weight_numbers(1..20), of: "characters" };
    numbers.is_valid_and_often_an_edge(
        |numbers| format!("{numbers:?}").len(),
        |numbers| numbers.len() == 1 || numbers.iter().all(Decimal::is_zero),
        |_| Ok(()),
    );
    numbers.shrinks_to_text(
        |numbers| numbers.iter().filter(|number| **number > Decimal::TEN).count() > 1,
        |numbers| format!("{numbers:?}"),
        "[11, 11]",
    );
}

#[test]
fn timestamps() {
    let strategy = strategies::timestamps();
    let edge = |at: &Timestamp| ["T00:00:00Z", "T23:59:59Z"].iter().any(|end| at.to_string().ends_with(end));
    let later = |at: &Timestamp| *at > "2000-01-01T12:00:00Z".parse().unwrap();
    holds("timestamps", strategy.clone(), printed, edge, later, "2000-01-01T23:59:59Z");
    reads_text("timestamps", strategy);
}

#[test]
fn durations() {
    let strategy = strategies::durations();
    let edge = |time: &Duration| [0, 1, 86_400, u64::MAX].contains(&time.seconds());
    holds("durations", strategy.clone(), printed, edge, |time| time.seconds() > 90, "91 seconds");
    reads_text("durations", strategy);
}

fn reads_text<T: Display + FromStr + PartialEq + Debug>(
    name: &'static str,
    strategy: impl Strategy<Value = T>,
) where
    T::Err: Debug,
{
    Sample { name, strategy, of: "characters" }.all_hold(laws::reads_its_own_text);
}
