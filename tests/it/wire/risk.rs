//! The wire form of risks, byte for byte.

use super::{pinned, refused, written};
use marketloop::alert::{Alert, AlertRule, ResponsePlan};
use marketloop::quantity::{Count, Money, Rounding, Share};
use marketloop::risk::{Rating, Risk, RiskMatrix, RiskRegister, RiskResponse, ThreePoint};
use rust_decimal::dec;

#[test]
fn a_register_is_its_matrix_alerts_and_risks() {
    let matrix = RiskMatrix::new(
        [("rare", dec!(0.5)), ("likely", dec!(1))],
        [("small", dec!(100)), ("large", dec!(200))],
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
    let impact = ThreePoint::pert(money("1 CNY"), money("2 CNY"), money("4 CNY")).unwrap();
    let points = concat!(
        r#"{"low":{"amount":"1.00","currency":"CNY"},"likely":{"amount":"2.00","currency":"CNY"},"#,
        r#""high":{"amount":"4.00","currency":"CNY"}}"#
    );
    pinned(&impact, points);
    refused::<ThreePoint>(&points.replace("4.00", "0.00"), "the estimate 1, 2, 0 does not rise");
    let triangle = ThreePoint::triangular(money("1 CNY"), money("2 CNY"), money("4 CNY")).unwrap();
    pinned(&triangle, &points.replace("}}", r#"},"mean":"triangular"}"#));
    pinned(
        &ThreePoint::pert(Count::new(1), Count::new(2), Count::new(4)).unwrap(),
        r#"{"low":1,"likely":2,"high":4}"#,
    );
    pinned(&Rating::Tolerable, r#""tolerable""#);
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
    let register = RiskRegister::new(matrix, [alert], [risk]).unwrap();
    let json = [
        r#"{"matrix":"#,
        table,
        r#","alerts":[{"id":"a","metric":"reach","rule":"below 80","response":{"responsible":"service","#,
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
    pinned(
        &register.risks()[0].responses[0],
        &[
            r#"{"action":"train","cost":{"amount":"1.00","currency":"CNY"},"probability":"0","impact":"#,
            points,
            "}",
        ]
        .concat(),
    );
    let ranked = register.ranked(dec!(1), Rounding::HalfEven).unwrap();
    let risk = serde_json::to_string(&register.risks()[0]).unwrap();
    let told = [
        r#"{"risk":"#,
        &risk,
        r#","rating":"acceptable","expected_loss":{"known":{"amount":"0.43","currency":"CNY"}},"response":null,"#,
        r#""net_benefit":{"missing":"response"}}"#,
    ];
    written(&ranked[0], &told.concat());
    refused::<RiskRegister>(
        &json.replace(r#""triggers":["a"]"#, r#""triggers":["b"]"#),
        "risks[0].triggers[0]: there is no alert",
    );
}
