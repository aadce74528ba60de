//! The wire form of traffic, durations and the value of tests.

use super::{pinned, refused};
use marketloop::experiment::{Assignment, DurationStep, TestDuration, TestTraffic, TestValue};
use marketloop::quantity::Share;
use marketloop::time::date;

#[test]
fn traffic_is_its_figures() {
    let arms = Assignment::new("page", [("new", Share::percent(50).unwrap())]).unwrap();
    let start = date(2026, 7, 6).unwrap();
    let json = concat!(
        r#"{"start":"2026-07-06","visitors":["90"],"weekly":["7","6","5","4","3","2","1"],"weekly_growth":"1.5","#,
        r#""new_shares":["1","0.5"],"later_share":"0.25","arms":{"salt":"page","parts":[{"share":"0.5","of":"new"}]}}"#,
    );
    let traffic = TestTraffic::weekly(start, [7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0], &[1.0, 0.5], &arms)
        .and_then(|traffic| traffic.with_first_days(&[90.0]))
        .and_then(|traffic| traffic.with_weekly_growth(1.5))
        .and_then(|traffic| traffic.with_later_share(0.25))
        .unwrap();
    pinned(&traffic, json);
    pinned(
        &TestTraffic::daily(start, &[90.0], &[1.0], &arms).unwrap(),
        r#"{"start":"2026-07-06","visitors":["90"],"new_shares":["1"],"arms":{"salt":"page","parts":[{"share":"0.5","of":"new"}]}}"#,
    );
    refused::<TestTraffic>(
        &json.replace("0.25", "0.75"),
        "on day 2 a share of 0.75 is new, after 0.5 the day before",
    );
    refused::<TestTraffic>(
        &json.replace(r#","1"],"weekly_growth""#, r#"],"weekly_growth""#),
        "weekdays 6 is outside 0 or 7",
    );
    refused::<TestTraffic>(&json.replace(r#"["90"]"#, r#"["-90"]"#), "visitors -90 is outside 0..=1e15");
}

#[test]
fn durations_are_days_or_never() {
    let last = date(2026, 7, 19).unwrap();
    pinned(&TestDuration::Reached { days: 14, last }, r#"{"reached":{"days":14,"last":"2026-07-19"}}"#);
    pinned(
        &TestDuration::Never { arm: "new".into(), reached: 2450.5, needed: 3000.0, days: 3 },
        r#"{"never":{"arm":"new","reached":"2450.5","needed":"3000","days":3}}"#,
    );
    pinned(&DurationStep::Week, r#""week""#);
    refused::<DurationStep>(r#""month""#, "unknown variant `month`");
}

#[test]
fn the_value_of_a_test_is_what_it_rests_on() {
    let value = TestValue::new((-0.05, 0.4), 144.0, 1e5)
        .and_then(|value| value.with_share(0.25))
        .and_then(|value| value.with_unit_cost(0.5))
        .unwrap();
    let json = r#"{"mean":"-0.05","deviation":"0.4","variance":"144","population":"100000","share":"0.25","unit_cost":"0.5","fixed_cost":"0"}"#;
    pinned(&value, json);
    refused::<TestValue>(&json.replace("0.25", "1"), "share 1 is outside 1e-6..=1 - 1e-6");
    refused::<TestValue>(&json.replace("144", "-1"), "variance -1 is outside");
}
