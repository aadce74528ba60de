//! The wire form of findings, byte for byte.

use super::{pinned, refused, written};
use marketloop::decompose::Contribution;
use marketloop::review::{A3Report, Finding, Priority, ProblemCause};
use rust_decimal::dec;

#[test]
fn a_finding_is_its_draft() {
    let plain =
        Finding::new("conversion", "at least 2 %".parse().unwrap(), "1.5 %".parse().unwrap()).unwrap();
    let start = r#"{"metric":"conversion","target":"at least 2 %","actual":{"value":"1.5","unit":"%"}"#;
    pinned(&plain, &format!("{start}}}"));
    let cause = ProblemCause::new("audience too narrow").unwrap().with_branch("targeting").with_leaf("cvr");
    pinned(&cause, r#"{"whys":["audience too narrow"],"branch":"targeting","leaf":"cvr"}"#);
    let part = Contribution::new("cvr".to_string(), &"-0.5 %".parse().unwrap());
    let json = r#","explained_by":[{"key":"cvr","value":"-0.5","unit":"%","method":"given"}]}"#;
    pinned(&plain.clone().with_explained_by([part]).unwrap(), &[start, json].concat());
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
    let factors = r#","severity":"1/4","weight":"2","contribution":"3/4","product":"3/8"}"#;
    written(&Priority::of(&full).unwrap(), &[r#"{"finding":"#, &json, factors].concat());
    let page = concat!(
        r#"{"title":"conversion","owner":"operations","background":"b","current_condition":"1.5 %, attainment 75%","#,
        r#""goal":"at least 2 %","root_causes":["audience too narrow: -0.5 percentage points"],"countermeasures":"age 20-40","#,
        r#""follow_up":"2026-08-05"}"#
    );
    written(&A3Report::of(&full, "b"), page);
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
