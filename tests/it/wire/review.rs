//! The wire form of findings, alerts and risks, byte for byte.

use super::{pinned, refused};
use marketloop::quantity::{Money, Share};
use marketloop::review::{
    Alert, AlertChange, AlertRule, AlertState, Cause, Finding, GapPart, Rating, ResponsePlan, Risk,
    RiskLevel, RiskMatrix, RiskRegister, RiskRegisterDraft, RiskResponse, ThreePoint, ThreePointMean,
};
use marketloop::time::{Duration, Timestamp};
use rust_decimal::dec;

#[test]
fn a_finding_is_its_draft() {
    let plain =
        Finding::new("conversion", "at least 2 %".parse().unwrap(), "1.5 %".parse().unwrap()).unwrap();
    let start = r#"{"metric":"conversion","target":"at least 2 %","actual":{"value":"1.5","unit":"%"}"#;
    pinned(&plain, &format!("{start}}}"));
    let cause = Cause::new("audience too narrow").unwrap().with_branch("targeting").with_leaf("cvr");
    pinned(&cause, r#"{"whys":["audience too narrow"],"branch":"targeting","leaf":"cvr"}"#);
    pinned(
        &GapPart::new("cvr", "-0.5 %".parse().unwrap()),
        r#"{"name":"cvr","amount":{"value":"-0.5","unit":"%"}}"#,
    );
    let full = plain
        .with_cause(cause.with_explains("-0.5 %".parse().unwrap()))
        .unwrap()
        .with_measure("age 20-40")
        .with_owner("operations")
        .with_review_on(marketloop::time::date(2026, 8, 5).unwrap())
        .unwrap()
        .with_weight(dec!(2))
        .unwrap()
        .with_contribution("-3/4".parse().unwrap());
    let json = [
        start,
        r#","causes":[{"whys":["audience too narrow"],"branch":"targeting","leaf":"cvr","#,
        r#""explains":{"value":"-0.5","unit":"%"}}],"measure":"age 20-40","owner":"operations","#,
        r#""review_on":"2026-08-05","weight":"2","contribution":"-3/4"}"#,
    ]
    .concat();
    pinned(&full, &json);
    refused::<Finding>(
        &json.replace(r#""1.5","unit":"%""#, r#""1.5","unit":"day""#),
        "actual: units differ: day and %",
    );
    refused::<Finding>(
        &json.replace(r#""-0.5","unit":"%""#, r#""1","unit":"day""#),
        "causes[0].explains: units differ",
    );
    refused::<Finding>(
        &json.replace(r#"["audience too narrow"]"#, "[]"),
        "whys: a cause needs at least one why",
    );
    refused::<Finding>(&json.replace(r#""weight":"2""#, r#""weight":-2"#), "weight: weight -2 is below 0");
}

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

#[test]
fn a_register_is_its_matrix_alerts_and_risks() {
    let level = |name: &str, up_to| RiskLevel::new(name, up_to);
    let matrix = RiskMatrix::new(
        [level("rare", dec!(0.5)), level("likely", dec!(1))],
        [level("small", dec!(100)), level("large", dec!(200))],
        [[Rating::Acceptable, Rating::Tolerable], [Rating::Tolerable, Rating::Unacceptable]],
    )
    .unwrap();
    let table = concat!(
        r#"{"probability":[{"name":"rare","up_to":"0.5"},{"name":"likely","up_to":"1"}],"#,
        r#""impact":[{"name":"small","up_to":"100"},{"name":"large","up_to":"200"}],"#,
        r#""ratings":[["acceptable","tolerable"],["tolerable","unacceptable"]]}"#
    );
    pinned(&matrix, table);
    refused::<RiskMatrix>(
        &table.replace("unacceptable", "acceptable"),
        "2 problems\n  ratings[1][1]: acceptable follows",
    );
    let money = |text: &str| text.parse::<Money>().unwrap();
    let impact = ThreePoint::new(money("1 CNY"), money("2 CNY"), money("4 CNY")).unwrap();
    let points = concat!(
        r#"{"low":{"amount":"1.00","currency":"CNY"},"likely":{"amount":"2.00","currency":"CNY"},"#,
        r#""high":{"amount":"4.00","currency":"CNY"}}"#
    );
    pinned(&impact, points);
    refused::<ThreePoint>(
        &points.replace("4.00", "0.00"),
        "the estimate 1.00 CNY, 2.00 CNY, 0.00 CNY does not rise",
    );
    pinned(&ThreePointMean::Pert, r#""pert""#);
    let risk = Risk {
        id: "r".into(),
        event: "throttled".into(),
        probability_level: "rare".into(),
        impact_level: "small".into(),
        responsible: "operations".into(),
        probability: Some(Share::percent(20).unwrap()),
        impact: Some(impact),
        triggers: vec!["a".into()],
        responses: vec![RiskResponse {
            action: "train".into(),
            cost: money("1 CNY"),
            probability: Share::ZERO,
            impact,
        }],
    };
    let alert = Alert {
        id: "a".into(),
        metric: "reach".into(),
        rule: AlertRule::below(dec!(80), dec!(80)).unwrap(),
        response: ResponsePlan::complaint("service").unwrap(),
    };
    let register = RiskRegisterDraft { matrix, alerts: vec![alert], risks: vec![risk] }.check().unwrap();
    let json = [
        r#"{"matrix":"#,
        table,
        r#","alerts":[{"id":"a","metric":"reach","rule":{"breach":"below","trigger":"80","clear":"80","#,
        r#""hold":"0 seconds","keep_firing":"0 seconds"},"response":{"responsible":"service","#,
        r#""steps":[{"action":"answer","within":"15 minutes"}]}}],"#,
        r#""risks":[{"id":"r","event":"throttled","probability_level":"rare","impact_level":"small","#,
        r#""responsible":"operations","probability":"0.2","impact":"#,
        points,
        r#","triggers":["a"],"responses":[{"action":"train","cost":{"amount":"1.00","currency":"CNY"},"#,
        r#""probability":"0","impact":"#,
        points,
        "}]}]}",
    ]
    .concat();
    pinned(&register, &json);
    refused::<RiskRegister>(
        &json.replace(r#""triggers":["a"]"#, r#""triggers":["b"]"#),
        "risks[0].triggers[0]: there is no alert",
    );
}
