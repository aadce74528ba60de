//! Alerts against another implementation, look by look.

use super::{files, text};
use marketloop::alert::{AlertRule, AlertState};
use marketloop::time::{Duration, Timestamp};
use rust_decimal::Decimal;
use serde_json::Value;

/// A JSON number as a decimal, through its shortest text.
fn decimal(json: &Value) -> Decimal {
    json.to_string().parse().unwrap()
}

#[test]
fn states_and_changes_are_those_of_the_file() {
    for golden in files("pdca_alerts") {
        let cases = golden.list("cases");
        for (index, case) in cases.iter().enumerate() {
            let (trigger, clear) = (decimal(&case["trigger"]), decimal(&case["clear"]));
            let rule = match text(case, "direction") {
                "below" => AlertRule::below(trigger, clear),
                "above" => AlertRule::above(trigger, clear),
                other => panic!("direction {other}"),
            };
            // One look a second: the steps of the file are seconds here.
            let steps = |key: &str| Duration::from_seconds(case[key].as_u64().unwrap());
            let rule = rule.unwrap().with_hold(steps("for")).with_keep_firing(steps("keep"));
            let mut state = AlertState::Inactive;
            let (mut states, mut events) = (String::new(), Vec::new());
            for (second, sample) in (0_i64..).zip(case["samples"].as_array().unwrap()) {
                let value = (!sample.is_null()).then(|| decimal(sample));
                let step = rule.step(state, Timestamp::from_unix(second).unwrap(), value).unwrap();
                state = step.state();
                states.push(match state {
                    AlertState::Inactive => 'i',
                    AlertState::Pending { .. } => 'p',
                    AlertState::Firing { .. } => 'f',
                });
                events.extend(step.changes().map(|change| (second, change.to_string())));
            }
            assert_eq!(states, text(&case["out"], "states"), "{}: case {index}", golden.file);
            let expected: Vec<(i64, String)> = serde_json::from_value(case["out"]["events"].clone()).unwrap();
            assert_eq!(events, expected, "{}: case {index}", golden.file);
        }
        golden.checked(cases.len());
    }
}
