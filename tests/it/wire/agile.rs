//! The wire form of sprints, experiments and boards, byte for byte.

use super::{pinned, refused, written};
use marketloop::agile::{
    Board, Commitment, Conclusion, Experiment, ExperimentEntry, ExperimentLog, ExperimentVerdict, Flow,
    SprintPlan, Sprints,
};
use marketloop::time::{NaiveDate, Weekday, WorkCalendar, date};

fn day(day: u32) -> NaiveDate {
    date(2026, 7, day).unwrap()
}

#[test]
fn a_sprint_plan_is_its_sprints_people_and_tasks() {
    let sprints = Sprints::of_two_weeks("2026-Q3".parse().unwrap());
    let json = r#"{"period":"2026-Q3","weeks":2,"begins_on":"Mon"}"#;
    pinned(&sprints, json);
    pinned(&sprints.beginning_on(Weekday::Sun), &json.replace("Mon", "Sun"));
    refused::<Sprints>(&json.replace(":2,", ":0,"), "sprints of 0 weeks are outside 1..=52");
    refused::<Sprints>(&json.replace(":2,", ":53,"), "sprints of 53 weeks are outside 1..=52");
    refused::<Sprints>(&json.replace(r#""weeks""#, r#""days""#), "unknown field `days`");
    let plan = SprintPlan::new(
        sprints,
        3,
        [Commitment::new("page", 1, 6).finished_on(day(14)), Commitment::new("tests", 2, 4)],
    )
    .unwrap();
    let json = [
        r#"{"sprints":"#,
        json,
        r#","people":3,"commitments":[{"id":"page","sprint":1,"workdays":6,"finished":"2026-07-14"},"#,
        r#"{"id":"tests","sprint":2,"workdays":4}]}"#,
    ]
    .concat();
    pinned(&plan, &json);
    pinned(&plan.commitments()[1], r#"{"id":"tests","sprint":2,"workdays":4}"#);
    let calendar = WorkCalendar::monday_to_friday(day(1), day(31)).unwrap();
    written(
        &plan.load(1, &calendar).unwrap(),
        r#"{"sprint":1,"days":"2026-07-01/2026-07-12","capacity":24,"committed":6,"carried_in":0,"done":0}"#,
    );
    let table = plan.load(1, &calendar).unwrap().table();
    assert_eq!(table.csv().lines().nth(1), Some("1,capacity,24,workday,"));
    pinned(
        &SprintPlan::new(sprints, 0, []).unwrap(),
        r#"{"sprints":{"period":"2026-Q3","weeks":2,"begins_on":"Mon"},"people":0}"#,
    );
    refused::<SprintPlan>(&json.replace("tests", "page"), "commitments[1].id: `page` stands twice");
    refused::<SprintPlan>(
        &json.replace(r#""sprint":2"#, r#""sprint":8"#),
        "commitments[1].sprint: there is no sprint 8, the last one is 7",
    );
    refused::<SprintPlan>(
        &json.replace("2026-07-14", "2026-06-30"),
        "commitments[0].finished: `page` was done on 2026-06-30, which is outside 2026-07-01 to 2026-09-30",
    );
    refused::<SprintPlan>(&json.replace("2026-07-14", "2026-7-14"), "`2026-7-14` is not a date");
}

#[test]
fn an_experiment_log_is_its_entries() {
    let mut log = ExperimentLog::new();
    pinned(&log, "[]");
    log.start(Experiment {
        id: "video".into(),
        because: "few stay".into(),
        we_believe: "a video on top".into(),
        metric: "conversion".into(),
        expected_change: "0.5 %".parse().unwrap(),
        cost_cap: "100 CNY".parse().unwrap(),
        begins: day(6),
        ends: day(17),
    })
    .unwrap();
    log.spend("video", day(7), "60 CNY".parse().unwrap()).unwrap();
    let result = Conclusion {
        experiment: "video".into(),
        on: day(20),
        verdict: ExperimentVerdict::Supported,
        measured_change: "0.7 %".parse().unwrap(),
        learnt: "the start decides".into(),
    };
    log.conclude(result.clone()).unwrap();
    let corrected = Conclusion { verdict: ExperimentVerdict::Inconclusive, on: day(21), ..result };
    log.correct(corrected).unwrap();
    let json = [
        r#"[{"start":{"id":"video","because":"few stay","we_believe":"a video on top","metric":"conversion","#,
        r#""expected_change":{"value":"0.5","unit":"%"},"cost_cap":{"amount":"100.00","currency":"CNY"},"#,
        r#""begins":"2026-07-06","ends":"2026-07-17"}},"#,
        r#"{"spend":{"experiment":"video","on":"2026-07-07","amount":{"amount":"60.00","currency":"CNY"}}},"#,
        r#"{"result":{"experiment":"video","on":"2026-07-20","verdict":"supported","#,
        r#""measured_change":{"value":"0.7","unit":"%"},"learnt":"the start decides"}},"#,
        r#"{"correction":{"experiment":"video","on":"2026-07-21","verdict":"inconclusive","#,
        r#""measured_change":{"value":"0.7","unit":"%"},"learnt":"the start decides"}}]"#,
    ]
    .concat();
    pinned(&log, &json);
    pinned(&log.entries()[1], &json[json.find(r#"{"spend""#).unwrap()..json.find(r#",{"result""#).unwrap()]);
    let ExperimentEntry::Start(experiment) = &log.entries()[0] else { panic!("it starts") };
    let trial = [
        r#"{"experiment":"#,
        &serde_json::to_string(experiment).unwrap(),
        r#","spent":{"amount":"60.00","currency":"CNY"},"left":{"amount":"40.00","currency":"CNY"},"#,
        r#""latest":"2026-07-21","conclusions":"#,
        &serde_json::to_string(log.trial("video").unwrap().conclusions()).unwrap(),
        "}",
    ];
    written(log.trial("video").unwrap(), &trial.concat());
    pinned(&ExperimentVerdict::Refuted, r#""refuted""#);
    refused::<ExperimentLog>(
        &json.replace("60.00", "100.01"),
        "[1].spend.amount: the spend exceeds the 100.00 CNY that are left for `video` by 0.01 CNY",
    );
    refused::<ExperimentLog>(
        &json.replace("\"correction\"", "\"result\""),
        "[3].result.experiment: `video` has a result since 2026-07-20; it can be corrected",
    );
    refused::<ExperimentLog>(
        &json.replace("\"result\"", "\"correction\""),
        "2 problems\n  [2].correction.experiment: `video` has no result to correct\n  [3].correction.experiment",
    );
    refused::<ExperimentLog>(
        &json.replace("\"spend\":{\"experiment\":\"video\"", "\"spend\":{\"experiment\":\"x\""),
        "[1].spend.experiment: there is no experiment `x`",
    );
    refused::<ExperimentLog>(
        &json.replace("few stay", "").replace("2026-07-17", "2026-07-05"),
        "5 problems\n  [0].start.because: a name or text is empty\n  [0].start.ends: 2026-07-05 is before",
    );
    refused::<ExperimentLog>(&json.replace("2026-07-07", "2026-7-7"), "`2026-7-7` is not a date");
    refused::<ExperimentLog>(&json.replace("\"learnt\"", "\"learned\""), "unknown field `learned`");
}

#[test]
fn a_board_is_its_columns_with_their_cards() {
    let mut board = Board::tasks().with_limit("in progress", 1).unwrap();
    board.add("a").unwrap();
    board.add("b").unwrap();
    board.pull("a", "in progress").unwrap();
    let json = concat!(
        r#"[{"name":"not started","cards":["b"]},{"name":"in progress","limit":1,"cards":["a"]},"#,
        r#"{"name":"done"}]"#
    );
    pinned(&board, json);
    refused::<Board>(
        &json.replace(r#"["a"]"#, r#"["a","c"]"#),
        "[1].cards: `in progress` holds 2 cards, its limit is 1",
    );
    refused::<Board>(&json.replace(r#"["a"]"#, r#"["b"]"#), "[1].cards[0]: `b` stands twice");
    refused::<Board>(&json.replace("done", "not started"), "[2].name: `not started` stands twice");
    refused::<Board>(
        &json.replace(r#""limit":1"#, r#""limit":0"#),
        "[1].limit: the limit of `in progress` is 0, at least 1 is needed",
    );
    refused::<Board>("[]", ".: 0 columns, a board has at least 2");
    refused::<Board>(r#"[{"name":"a","wip":1},{"name":"b"}]"#, "unknown field `wip`");
}

#[test]
fn a_flow_is_its_period_and_counts() {
    let card = "2026-07-06/2026-07-08".parse().unwrap();
    let flow = Flow::over(&"2026-07".parse().unwrap(), &[card]);
    written(&flow, r#"{"period":"2026-07","finished":1,"cycle_days":3,"days_in_progress":3}"#);
}
