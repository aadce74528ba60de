//! The wire form of tests, what they decide, and their records.

use super::{pinned, refused, written};
use marketloop::experiment::{
    DecisionGround, ExperimentAction, ExperimentMetric, ExperimentRecord, ExperimentTest,
    ExperimentTestDraft, Guardrail, LimitState, Monitoring, Units,
};
use marketloop::target::Better;
use marketloop::time::date;

const TEST: &str = concat!(
    r#"{"name":"page","arms":["old","new"],"goal":{"name":"bought","kind":{"proportion":{"of":"bought"}}},"#,
    r#""units":4000,"alpha":"0.05","monitoring":"always_valid"}"#,
);

fn draft() -> ExperimentTestDraft {
    ExperimentTest::draft("page", ["old", "new"], ExperimentMetric::proportion("bought"), 4_000)
        .with_monitoring(Monitoring::AlwaysValid)
}

#[test]
fn a_test_is_written_with_what_is_not_usual() {
    pinned(&draft(), TEST);
    pinned(&draft().check().unwrap(), TEST);
    let more = draft()
        .with_shares(["60%".parse().unwrap(), "40%".parse().unwrap()])
        .with_better(Better::Lower)
        .with_smallest_effect(0.01)
        .with_least_days(7)
        .with_most_days(28)
        .with_least_units(50)
        .with_sample_ratio_alpha(0.01)
        .guardrail(Guardrail::relative(ExperimentMetric::mean("spent"), Better::Higher, 0.02));
    let json = concat!(
        r#"{"name":"page","arms":["old","new"],"shares":["0.6","0.4"],"goal":{"name":"bought","kind":{"proportion":{"of":"bought"}}},"#,
        r#""better":"lower","smallest_effect":"0.01","guardrails":[{"metric":{"name":"spent","kind":{"mean":{"of":"spent"}}},"#,
        r#""better":"higher","margin":"0.02","is_relative":true}],"units":4000,"alpha":"0.05","monitoring":"always_valid","#,
        r#""least_days":7,"most_days":28,"least_units":50,"sample_ratio_alpha":"0.01"}"#,
    );
    pinned(&more.check().unwrap(), json);
    refused::<ExperimentTest>(&TEST.replace("0.05", "5"), "alpha: alpha 5 is outside 0..1");
    refused::<ExperimentTest>(&TEST.replace("4000", "0"), "units: a test without units");
    refused::<Guardrail>(
        r#"{"metric":{"name":"x","kind":{"mean":{"of":"x"}}},"better":"up","margin":"0.1"}"#,
        "unknown variant `up`",
    );
}

#[test]
fn choices_are_words_and_settings() {
    pinned(&Monitoring::FixedHorizon, r#""fixed_horizon""#);
    pinned(
        &Monitoring::equal_looks(2),
        r#"{"group_sequential":{"spending":"obrien_fleming","sides":"in_total","fractions":["0.5","1"]}}"#,
    );
    pinned(
        &Monitoring::Bayesian { least_probability: 0.95, most_loss: 0.001 },
        r#"{"bayesian":{"least_probability":"0.95","most_loss":"0.001"}}"#,
    );
    pinned(&LimitState::NotRead, r#""not_read""#);
    pinned(&ExperimentAction::Ship { arm: "new".into() }, r#"{"ship":{"arm":"new"}}"#);
    pinned(
        &Guardrail::new(ExperimentMetric::mean("x"), Better::Lower, 0.5),
        r#"{"metric":{"name":"x","kind":{"mean":{"of":"x"}}},"better":"lower","margin":"0.5"}"#,
    );
    written(
        &DecisionGround::FewUnits { arm: "new".into(), units: 3, needed: 100 },
        r#"{"few_units":{"arm":"new","units":3,"needed":100}}"#,
    );
    written(
        &DecisionGround::FewDays { days: 1, needed: 7, earliest: date(2026, 8, 9).unwrap() },
        r#"{"few_days":{"days":1,"needed":7,"earliest":"2026-08-09"}}"#,
    );
}

#[test]
fn a_decision_is_written_with_its_reading_and_a_record_with_its_sums() {
    let mut record = draft().check().unwrap().begin(date(2026, 8, 3).unwrap());
    let units = Units::new(&[0, 1]).with_column("bought", &[0, 1]).unwrap();
    let sums = record.test().sums(&units).unwrap();
    let decision = record.look(date(2026, 8, 3).unwrap(), sums).unwrap().clone();
    let comparison = concat!(
        r#"{"arm":"new","metric":"bought","is_goal":true,"control":{"known":"0"},"own":{"known":"1"},"difference":{"known":"1"},"#,
        r#""interval":{"undefined":{"figure":"interval","cause":{"not_reached":"least units of an arm"}}},"#,
        r#""room":{"undefined":{"figure":"interval","cause":{"not_reached":"least units of an arm"}}},"#,
        r#""lift":{"undefined":{"figure":"lift","cause":{"zero":"control's figure"}}},"is_futile":false,"state":"not_read"}"#,
    );
    written(&decision.reading().readings[0], comparison);
    let reading = [
        r#"{"look":1,"date":"2026-08-03","day":1,"units":[["old",1],["new",1]],"planned":4000,"alpha":"0.05","comparisons":1,"#,
        r#""monitoring":"always_valid","is_last":false,"sample_ratio_p_value":"1","readings":["#,
        comparison,
        "]}",
    ]
    .concat();
    written(decision.reading(), &reading);
    let grounds = concat!(
        r#"[{"few_units":{"arm":"old","units":1,"needed":100}},{"few_units":{"arm":"new","units":1,"needed":100}},"#,
        r#"{"goal":{"arm":"new","metric":"bought","state":"not_read"}},{"ahead":{"end":3998,"earliest":"2026-08-04"}}]"#,
    );
    written(
        &decision,
        &[r#"{"action":"go_on","grounds":"#, grounds, r#","reading":"#, &reading, "}"].concat(),
    );
    let sums = concat!(
        r#"{"arms":["old","new"],"metrics":[{"name":"bought","kind":{"proportion":{"of":"bought"}}}],"sums":[["#,
        r#"{"count":1,"x":"0","y":"0","xx":"0","yy":"0","xy":"0"},"#,
        r#"{"count":1,"x":"0","y":"1","xx":"0","yy":"1","xy":"0"}]]}"#,
    );
    let json = [
        r#"{"test":"#,
        TEST,
        r#","start":"2026-08-03","looks":[{"date":"2026-08-03","sums":"#,
        sums,
        r#","action":"go_on"}]}"#,
    ]
    .concat();
    pinned(&record, &json);
    refused::<ExperimentRecord>(
        &json.replace(r#""start":"2026-08-03""#, r#""start":"2026-08-04""#),
        "looks[0]: a look on 2026-08-03 is before 2026-08-04",
    );
    refused::<ExperimentRecord>(
        &json.replace("go_on", "stop"),
        "looks[0].action: the record says stop, its sums say go on",
    );
}
