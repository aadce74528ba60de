//! Retention arrays, patterns and cohorts (`ClickHouse`, pandas).

use super::{Golden, files};
use marketloop::funnel::{CohortRules, Events, Pattern, Retention, retention};
use serde_json::Value;
use std::collections::BTreeMap;

/// The brackets of the `bracket` lists where the file does not name them: the only ones that give the numbers of the
/// project's own file.
const BRACKETS: [(u64, u64); 3] = [(1, 7), (8, 14), (15, 28)];
const DAY: i64 = 86_400;

struct Rows {
    users: Vec<u64>,
    days: Vec<i64>,
    events: Vec<String>,
}

impl Rows {
    fn of(list: &[Value]) -> Self {
        let mut rows: Vec<(u64, i64, &str)> = list
            .iter()
            .map(|row| (row[0].as_u64().unwrap(), row[1].as_i64().unwrap(), row[2].as_str().unwrap()))
            .collect();
        rows.sort_by_key(|(user, day, _)| (*user, *day));
        Self {
            users: rows.iter().map(|(user, ..)| *user).collect(),
            days: rows.iter().map(|(_, day, _)| *day).collect(),
            events: rows.iter().map(|(.., event)| (*event).to_owned()).collect(),
        }
    }

    fn masks(&self, mask: impl Fn(usize) -> u32) -> Vec<u32> {
        (0..self.users.len()).map(mask).collect()
    }
}

#[test]
fn funnel_retention() {
    for golden in files("funnel_retention") {
        let rows = Rows::of(golden.list("events"));
        let checked = arrays(&golden, &rows) + patterns(&golden, &rows) + matrix(&golden, &rows);
        golden.checked(checked);
    }
}

/// A row has bit 0 for the signup, and the others for the days 1, 7 and 14 after it.
fn arrays(golden: &Golden, rows: &Rows) -> usize {
    let expected = golden.list("retention_fn");
    if expected.is_empty() {
        return 0;
    }
    let mut signup: BTreeMap<u64, i64> = BTreeMap::new();
    for ((user, day), event) in rows.users.iter().zip(&rows.days).zip(&rows.events) {
        if event == "signup" {
            signup.entry(*user).or_insert(*day);
        }
    }
    let masks = rows.masks(|row| {
        let after = signup.get(&rows.users[row]).map(|day| rows.days[row] - day);
        let later = [1, 7, 14].iter().zip(1..).filter(|(day, _)| after == Some(**day));
        later.fold(u32::from(rows.events[row] == "signup"), |mask, (_, bit)| mask | 1 << bit)
    });
    let found = retention(&Events::new(&rows.users, &rows.days, &masks).unwrap()).unwrap();
    assert_eq!(found.len(), expected.len());
    for ((user, mask), expected) in found.iter().zip(expected) {
        let array: Vec<u32> = (0..4).map(|bit| mask >> bit & 1).collect();
        assert_eq!(serde_json::json!([user, array]), *expected);
    }
    expected.len()
}

/// Conditions 1 to 3 are signup, open and buy; the file's pairs of numbers are match and count.
fn patterns(golden: &Golden, rows: &Rows) -> usize {
    let Some(patterns) = golden.json.get("sequence") else { return 0 };
    let masks = rows.masks(|row| match rows.events[row].as_str() {
        "signup" => 0b001,
        "open" => 0b010,
        "buy" => 0b100,
        other => panic!("unknown event {other}"),
    });
    let times: Vec<i64> = rows.days.iter().map(|day| day * DAY).collect();
    let columns = Events::new(&rows.users, &times, &masks).unwrap();
    let mut checked = 0;
    for (text, expected) in patterns.as_object().unwrap() {
        let pattern: Pattern = text.parse().unwrap();
        assert_eq!(pattern.to_string(), *text);
        let (matches, counts) = (pattern.matches(&columns).unwrap(), pattern.count(&columns).unwrap());
        let expected = expected.as_array().unwrap();
        assert_eq!((matches.len(), counts.len()), (expected.len(), expected.len()));
        for (((user, is_match), (_, count)), expected) in matches.iter().zip(&counts).zip(expected) {
            assert_eq!(serde_json::json!([user, u8::from(*is_match), count]), *expected, "{text}");
            checked += 1;
        }
    }
    checked
}

/// Bit 0 is the signup, bit 1 every other event.
fn matrix(golden: &Golden, rows: &Rows) -> usize {
    let Some(cohorts) = golden.json.get("cohorts") else { return 0 };
    let last = golden.json["last_day"].as_i64().unwrap();
    let mut rules = CohortRules::new(last);
    let named: Option<Vec<(u64, u64)>> =
        golden.json.get("brackets").map(|list| serde_json::from_value(list.clone()).unwrap());
    for (from, to) in named.unwrap_or_else(|| BRACKETS.to_vec()) {
        rules = rules.with_bracket(from, to).unwrap();
    }
    let masks = rows.masks(|row| if rows.events[row] == "signup" { 0b01 } else { 0b10 });
    let columns = Events::new(&rows.users, &rows.days, &masks).unwrap();
    let found = rules.cohorts(&columns).unwrap();
    let cohorts = cohorts.as_object().unwrap();
    assert_eq!(found.cohorts().len(), cohorts.len());
    let mut checked = 0;
    for (cohort, size) in found.cohorts() {
        let expected = &cohorts[&cohort.to_string()];
        assert_eq!(Some(size.value()), expected["size"].as_u64());
        let block = |key: &str| expected[key].as_array().unwrap();
        let figure =
            |retention| found.cell(cohort, retention).unwrap().known().map(|cell| cell.retained().value());
        for (key, kind) in
            [("n_day", Retention::On as fn(u64) -> Retention), ("unbounded", Retention::OnOrAfter)]
        {
            for (period, expected) in (0..).zip(block(key)) {
                assert_eq!(figure(kind(period)), expected.as_u64(), "{key} {period} of {cohort}");
                checked += 1;
            }
            // Whatever the file leaves out behind the list was not observed.
            assert_eq!(figure(kind(block(key).len() as u64)), None);
        }
        for (number, expected) in block("bracket").iter().enumerate() {
            assert_eq!(figure(Retention::Bracket(number)), expected.as_u64(), "bracket {number} of {cohort}");
            checked += 1;
        }
    }
    checked
}
