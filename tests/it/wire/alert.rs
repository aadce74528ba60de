//! The wire form of alerts, byte for byte.

use super::{pinned, refused, written};
use marketloop::alert::{Alert, AlertChange, AlertRule, AlertState, ResponsePlan};
use marketloop::time::{Duration, Timestamp};
use rust_decimal::dec;

#[test]
fn an_alert_is_its_rule_and_state() {
    let rule = AlertRule::below(dec!(80), dec!(90)).unwrap().with_hold(Duration::from_minutes(15));
    let json = r#""below 80, clear at 90, hold 15 minutes""#;
    pinned(&rule, json);
    refused::<AlertRule>(&json.replace("90", "70"), "the clear threshold 70 lies on the bad side");
    refused::<AlertRule>(
        &json.replace("15 minutes", "15 weeks"),
        "`below 80, clear at 90, hold 15 weeks` is not",
    );
    refused::<AlertRule>("80", "invalid type: integer `80`, expected an alert rule such as");
    let at = Timestamp::from_unix(0).unwrap();
    pinned(&AlertState::Inactive, r#""inactive""#);
    pinned(&AlertState::Pending { since: at }, r#"{"pending":{"since":"1970-01-01T00:00:00Z"}}"#);
    pinned(
        &AlertState::Firing { since: at, last_bad: at },
        r#"{"firing":{"since":"1970-01-01T00:00:00Z","last_bad":"1970-01-01T00:00:00Z"}}"#,
    );
    refused::<AlertState>(r#"{"pending":{"since":"1970-01-01"}}"#, "`1970-01-01` is not a timestamp");
    pinned(&AlertChange::Fired, r#""fired""#);
    let step = rule.step(AlertState::Inactive, at, Some(dec!(79))).unwrap();
    written(&step, r#"{"state":{"pending":{"since":"1970-01-01T00:00:00Z"}},"changes":["pending"]}"#);
    let quiet = rule.step(AlertState::Inactive, at, None).unwrap();
    written(&quiet, r#"{"state":"inactive","changes":[]}"#);
    let plan = ResponsePlan::complaint("service").unwrap();
    let json = r#"{"responsible":"service","steps":[{"action":"answer","within":"15 minutes"}]}"#;
    pinned(&plan, json);
    pinned(&plan.steps()[0], r#"{"action":"answer","within":"15 minutes"}"#);
    let alert = Alert { id: "a".into(), metric: "reach".into(), rule, response: plan };
    let whole = [
        r#"{"id":"a","metric":"reach","rule":"below 80, clear at 90, hold 15 minutes","response":"#,
        json,
        "}",
    ];
    pinned(&alert, &whole.concat());
    refused::<ResponsePlan>(&json.replace("service", ""), "responsible: a name or text is empty");
}
