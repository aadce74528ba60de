//! Levels of users (`ClickHouse`'s `windowFunnel` in its modes; brute force for the exact ones).

use super::{files, text};
use marketloop::funnel::{Events, FunnelRules, Matching, Property, SegmentTouch};
use marketloop::time::Duration;
use serde_json::Value;

/// The matching of a key: `exact_max_*` names an exact one, every other the modes of the database.
fn matching(key: &str) -> Matching {
    match key.strip_prefix("exact_max_") {
        Some("default") => Matching::Longest,
        Some("strict_increase") => Matching::StrictlyIncreasing,
        Some("strict_once") => Matching::UseOnce,
        Some(other) => panic!("unknown exact matching {other}"),
        None => Matching::WindowFunnel(key.parse().unwrap()),
    }
}

/// Users, times and events in the order of users and times; the sort keeps the order of equal rows.
fn events(list: &[Value]) -> Vec<(u64, i64, String)> {
    let mut rows: Vec<(u64, i64, String)> = list
        .iter()
        .map(|row| {
            let event = row[2].as_str().unwrap().to_owned();
            (row[0].as_u64().unwrap(), row[1].as_i64().unwrap(), event)
        })
        .collect();
    rows.sort_by_key(|(user, time, _)| (*user, *time));
    rows
}

fn reversed<T: Copy>(column: &[T]) -> Vec<T> {
    column.iter().rev().copied().collect()
}

#[test]
fn funnel_window_funnel() {
    for golden in files("funnel_window_funnel") {
        let mut checked = 0;
        let rows = events(golden.list("events"));
        let users: Vec<u64> = rows.iter().map(|(user, ..)| *user).collect();
        let times: Vec<i64> = rows.iter().map(|(_, time, _)| *time).collect();
        for case in golden.list("cases") {
            let steps = case["steps"].as_array().unwrap();
            let names: Vec<String> = (0..steps.len()).map(|index| format!("step {index}")).collect();
            let window = Duration::from_seconds(case["window"].as_u64().unwrap());
            let mut draft = FunnelRules::draft(&names).with_window(window);
            for (name, events) in names.iter().zip(steps) {
                let events = events.as_array().unwrap().iter().map(|event| event.as_str().unwrap());
                draft = draft.with_step_events(name, events);
            }
            for (key, expected) in case["levels"].as_object().unwrap() {
                let what =
                    format!("{}: {} within {}, {key}", golden.file, text(case, "funnel"), case["window"]);
                let rules = draft.clone().with_matching(matching(key)).check().unwrap();
                let masks: Vec<u32> = rows.iter().map(|(.., event)| rules.mask(event)).collect();
                let columns = Events::new(&users, &times, &masks).unwrap();
                let levels = rules.levels(&columns).unwrap();
                // Levels are digits, so there are at most nine steps.
                let shown: String = levels.iter().map(|(_, level)| level.to_string()).collect();
                assert_eq!(shown, expected.as_str().unwrap(), "{what}");
                // The other routes agree: counts, witnesses, breakdown, and columns that were sorted here.
                let counts = rules.count(&columns).unwrap();
                assert_eq!(counts.levels().len(), steps.len() + 1, "{what}");
                for (level, users) in (0..).zip(counts.levels()) {
                    let own = levels.iter().filter(|(_, own)| *own == level).count();
                    assert_eq!(*users, own as u64, "{what}");
                }
                let chains = rules.chains(&columns).unwrap();
                assert_eq!(chains.len(), levels.len(), "{what}");
                for ((owner, chain), (user, level)) in chains.iter().zip(&levels) {
                    let steps: Vec<u32> = chain.iter().map(|(step, _)| *step).collect();
                    assert_eq!((owner, steps), (user, (0..*level).collect()), "{what}");
                }
                let mut unsorted = Events::new(reversed(&users), reversed(&times), reversed(&masks)).unwrap();
                unsorted.sort();
                if let Matching::WindowFunnel(modes) = rules.matching()
                    && modes.strict_once()
                    && modes.strict_deduplication()
                    && !modes.strict_increase()
                {
                    // Here, and nowhere else, the order of rows of one time decides.
                    checked += 1;
                    continue;
                }
                assert_eq!(rules.count(&unsorted).unwrap(), counts, "{what}");
                let property = vec![7; rows.len()];
                let seven = Property::numbers("number").unwrap();
                let held = columns.with_property(&seven, &property).unwrap();
                let by = rules.count_by(&held, "number", SegmentTouch::First).unwrap();
                assert_eq!(by.get("7"), Some(&counts), "{what}");
                checked += 1;
            }
        }
        golden.checked(checked);
    }
}
