//! The wire form of decision tables, byte for byte.

use super::pinned;
use marketloop::decision::{CellTest, CellValue, DecisionTable, HitPolicy, Input, Output};
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
        .input(Input::text("kind"))
        .input(Input::number("roi").allowing(CellTest::at_least(dec!(0))))
        .output(Output::text("action").ranked(["drop", "keep"]))
        .rule([CellTest::one_of(["kol", "paid"]), CellTest::interval(dec!(0.50)..dec!(2))], ["keep"])
        .rule([CellTest::any(), CellTest::not(CellTest::is(4))], ["drop"])
        .build()
        .unwrap();
    pinned(&table, TABLE);
    pinned(&CellTest::not(CellTest::is(4)), r#""not(4)""#);
    pinned(&CellValue::from("keep"), r#""\"keep\"""#);
    pinned(&CellValue::from(dec!(0.50)), r#""0.5""#);
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
