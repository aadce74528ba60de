//! The wire form of decision tables, byte for byte.

use super::{pinned, refused, written};
use marketloop::decision::{
    CellTest, CellValue, DecisionDraft, DecisionTable, Fact, HitPolicy, TableColumn, ValueKind,
};
use marketloop::time::{Duration, date};
use rust_decimal::dec;

const TABLE: &str = concat!(
    r#"{"hit_policy":"output_order","#,
    r#""inputs":[{"name":"kind","kind":"text"},{"name":"roi","kind":"number","allowed":">= 0"}],"#,
    r#""outputs":[{"name":"action","kind":"text","ranking":["\"drop\"","\"keep\""]}],"#,
    r#""rules":[{"when":["\"kol\", \"paid\"","[0.5..2)"],"then":["\"keep\""]},"#,
    r#"{"when":["-","not(4)"],"then":["\"drop\""]}]}"#
);

#[test]
fn a_table_is_readable_text() {
    let table = DecisionTable::draft(HitPolicy::OutputOrder)
        .input(TableColumn::text("kind"))
        .input(TableColumn::number("roi").allowing(CellTest::at_least(dec!(0))))
        .output(TableColumn::text("action").ranked(["drop", "keep"]))
        .rule([CellTest::one_of(["kol", "paid"]), CellTest::interval(dec!(0.50)..dec!(2))], ["keep"])
        .rule([CellTest::any(), CellTest::not(CellTest::is(4))], ["drop"])
        .check()
        .unwrap();
    pinned(&table, TABLE);
    pinned(&CellTest::not(CellTest::is(4)), r#""not(4)""#);
    pinned(&CellValue::from("keep"), r#""\"keep\"""#);
    pinned(&CellValue::from(dec!(0.50)), r#""0.5""#);
    let day = date(2026, 7, 1).unwrap();
    pinned(&CellValue::from(day), r#""2026-07-01""#);
    pinned(&CellValue::from(Duration::from_days(3)), r#""72 hours""#);
    pinned(&CellTest::interval(day..=date(2026, 9, 30).unwrap()), r#""[2026-07-01..2026-09-30]""#);
    pinned(&CellTest::below(Duration::from_minutes(90)).or_missing(), r#""missing, < 90 minutes""#);
    pinned(&CellTest::given(), r#""given""#);
    pinned(&CellTest::contains_none(["kol", "koc"]), r#""contains none (\"kol\", \"koc\")""#);
}

#[test]
fn a_table_of_dates_durations_lists_and_missing_facts_has_its_form() {
    let table = r#"{"hit_policy":"first","inputs":[{"name":"ends","kind":"date","allowed":"missing, >= 2026-01-01"},{"name":"wait","kind":"duration"},{"name":"tags","kind":"list"}],"outputs":[{"name":"until","kind":"date"}],"rules":[{"when":["missing","-","-"],"then":["2026-07-31"]},{"when":["< 2026-07-01","[1 hour..72 hours)","contains \"kol\" and none (\"koc\")"],"then":["2026-08-31"]}]}"#;
    let read: DecisionTable = serde_json::from_str(table).unwrap();
    pinned(&read, table);
    let facts = [date(2026, 7, 4).unwrap().into(), Duration::from_hours(74).into(), Fact::from(&["koc"])];
    let decision = read.decide(&facts).unwrap();
    written(
        &decision.why(1).unwrap(),
        r#"[{"cause":{"input":"ends","test":"< 2026-07-01","fact":"2026-07-04","holds":false,"edge":"2026-06-30","distance":"4/181"},"value":"4/181"},{"cause":{"input":"wait","test":"[1 hour..72 hours)","fact":"74 hours","holds":false,"edge":"259199 seconds","distance":"7201/255600"},"value":"2325781/46263600"},{"cause":{"input":"tags","test":"contains \"kol\" and none (\"koc\")","fact":"[\"koc\"]","holds":false,"distance":"1"},"value":"48589381/46263600"}]"#,
    );
    refused::<DecisionTable>(
        &table.replace(r#""then":["2026-07-31"]"#, r#""then":["[\"kol\"]"]"#),
        r#"`["kol"]` is not understood"#,
    );
}

#[test]
fn every_part_has_its_form() {
    let day = date(2026, 7, 1).unwrap();
    let draft = DecisionTable::draft(HitPolicy::CollectSum).input(TableColumn::number("roi"));
    let draft = draft.output(TableColumn::number("points")).rule([">= 2"], [3]).rule(["> 4"], [2]);
    pinned::<DecisionDraft>(
        &draft,
        r#"{"hit_policy":"collect_sum","inputs":[{"name":"roi","kind":"number"}],"outputs":[{"name":"points","kind":"number"}],"rules":[{"when":[">= 2"],"then":["3"]},{"when":["> 4"],"then":["2"]}]}"#,
    );
    pinned(
        &TableColumn::text("kind").allowing(CellTest::is("kol")),
        r#"{"name":"kind","kind":"text","allowed":"\"kol\""}"#,
    );
    pinned(
        &[
            ValueKind::Number,
            ValueKind::Text,
            ValueKind::Truth,
            ValueKind::Date,
            ValueKind::Duration,
            ValueKind::List,
        ],
        r#"["number","text","truth","date","duration","list"]"#,
    );
    assert_eq!("collect sum".parse::<HitPolicy>(), Ok(HitPolicy::CollectSum));
    assert_eq!("collect_sum".parse::<HitPolicy>(), Ok(HitPolicy::CollectSum));
    written(
        &[
            Fact::Missing,
            "a".into(),
            dec!(0.50).into(),
            true.into(),
            day.into(),
            Duration::from_days(3).into(),
            Fact::from(&["kol", "koc"]),
        ],
        r#"["missing","\"a\"","0.5","true","2026-07-01","72 hours","[\"kol\", \"koc\"]"]"#,
    );
    refused::<DecisionTable>(
        r#"{"hit_policy":"first","inputs":[{"name":"x","kind":"number","ranking":["1"]}],"outputs":[{"name":"y","kind":"number","allowed":"< 2"}],"rules":[{"when":["-"],"then":["2"]}]}"#,
        "2 problems\n  inputs[0].ranking: only outputs are ranked, not inputs\n  rules[0].then[0]: the value 2 is not allowed",
    );

    let table = draft.check().unwrap();
    let (both, none) = ([dec!(5).into()], [dec!(1).into()]);
    written(
        &table.decide(&both).unwrap(),
        r#"{"facts":["5"],"matched":[0,1],"answering":[],"outputs":[],"number":"5","why":["rule 0 matches: roi 5 is >= 2","rule 1 matches: roi 5 is > 4"]}"#,
    );
    let decision = table.decide(&none).unwrap();
    written(
        &decision,
        r#"{"facts":["1"],"matched":[],"answering":[],"outputs":[],"why":["rule 0 misses: roi 1 is not >= 2, 1 below the edge 2"]}"#,
    );
    written(
        &decision.why(0).unwrap(),
        r#"[{"cause":{"input":"roi","test":">= 2","fact":"1","holds":false,"edge":"2","distance":"1/2"},"value":"1/2"}]"#,
    );
    assert_eq!(
        decision.to_string(),
        "rule  state   points  why\n0     misses       3  roi 1 is not >= 2, 1 below the edge 2\n"
    );
    let report = table.report(1_000);
    written(&report.gaps()[0], r#"{"rules":[],"agrees":false,"columns":[["roi","< 2"]]}"#);
    let said = serde_json::to_string(&report).unwrap();
    assert!(
        said.contains(r#""overlaps":[{"rules":[0,1],"agrees":false,"columns":[["roi","> 4"]]}]"#),
        "{said}"
    );
    super::every_format::writes(&report);
}

#[test]
fn a_bad_table_fails_with_all_its_problems() {
    let bad = TABLE.replace("[0.5..2)", "[2..0.5)").replace("not(4)", "not 4");
    let error = serde_json::from_str::<DecisionTable>(&bad).unwrap_err().to_string();
    assert!(error.starts_with("rules[1].when[1]: `not 4` is not understood"), "{error}");
    let bad = TABLE.replace("[0.5..2)", "[2..0.5)");
    let error = serde_json::from_str::<DecisionTable>(&bad).unwrap_err().to_string();
    assert!(error.starts_with("rules[0].when[1]: `[2..0.5)` holds for no allowed value"), "{error}");
}
