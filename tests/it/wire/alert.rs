//! The wire form of alerts, byte for byte.

use super::{pinned, refused};
use marketloop::alert::{AlertChange, AlertRule, AlertState, ResponsePlan};
use marketloop::time::{Duration, Timestamp};
use rust_decimal::dec;

#[test]
fn an_alert_is_its_rule_and_state() {
    let rule = AlertRule::below(dec!(80), dec!(90)).unwrap().with_hold(Duration::from_minutes(15));
    let json =
        r#"{"breach":"below","trigger":"80","clear":"90","hold":"15 minutes","keep_firing":"0 seconds"}"#;
    pinned(&rule, json);
    refused::<AlertRule>(&json.replace("90", "70"), "the clear threshold 70 lies on the bad side");
    refused::<AlertRule>(&json.replace("15 minutes", "15 weeks"), "`15 weeks` is not a duration");
    let at = Timestamp::from_unix(0).unwrap();
    pinned(&AlertState::Inactive, r#""inactive""#);
    pinned(&AlertState::Pending { since: at }, r#"{"pending":{"since":"1970-01-01T00:00:00Z"}}"#);
    pinned(
        &AlertState::Firing { since: at, last_bad: at },
        r#"{"firing":{"since":"1970-01-01T00:00:00Z","last_bad":"1970-01-01T00:00:00Z"}}"#,
    );
    refused::<AlertState>(r#"{"pending":{"since":"1970-01-01"}}"#, "`1970-01-01` is not a timestamp");
    pinned(&AlertChange::Fired, r#""fired""#);
    let plan = ResponsePlan::complaint("service").unwrap();
    let json = r#"{"responsible":"service","steps":[{"action":"answer","within":"15 minutes"}]}"#;
    pinned(&plan, json);
    refused::<ResponsePlan>(&json.replace("service", ""), "responsible: a name or text is empty");
}
