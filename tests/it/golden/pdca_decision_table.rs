//! Decision tables against the trace of another engine.

use super::{Golden, files, text};
use marketloop::decision::{CellValue, DecisionTable, Fact, HitPolicy, TableColumn, ValueKind};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// A JSON value as a value of a table: numbers through their shortest text.
fn value(json: &Json) -> CellValue {
    match json {
        Json::String(text) => CellValue::from(text.as_str()),
        Json::Bool(truth) => CellValue::from(*truth),
        number => number.to_string().parse().unwrap(),
    }
}

fn table(golden: &Golden, policy: HitPolicy) -> DecisionTable {
    let names = |key: &str| -> Vec<String> {
        golden.list(key).iter().map(|name| name.as_str().unwrap().to_owned()).collect()
    };
    let (inputs, outputs) = (names("inputs"), names("outputs"));
    let mut draft = DecisionTable::draft(policy);
    for name in &inputs {
        // The column's sort is that of the first case's value.
        let kind =
            golden.list("cases").first().map_or(ValueKind::Number, |case| value(&case["in"][name]).kind());
        draft = draft.input(TableColumn::new(name, kind));
    }
    for name in &outputs {
        let kind = text(&golden.list("rules")[0], name).parse::<CellValue>().unwrap().kind();
        draft = draft.output(TableColumn::new(name, kind));
    }
    for rule in golden.list("rules") {
        draft = draft.rule(
            inputs.iter().map(|name| text(rule, name)),
            outputs.iter().map(|name| text(rule, name).parse::<CellValue>().unwrap()),
        );
    }
    draft.check().unwrap()
}

/// The outputs of a rule by name.
fn outputs(table: &DecisionTable, rule: usize) -> BTreeMap<&str, CellValue> {
    let named = table.outputs().iter().zip(table.rules().nth(rule).unwrap().1);
    named.map(|(output, value)| (output.name(), value.clone())).collect()
}

fn expected(json: &Json) -> BTreeMap<&str, CellValue> {
    json.as_object().unwrap().iter().map(|(name, json)| (name.as_str(), value(json))).collect()
}

#[test]
fn first_and_collect_match_the_engine() {
    for golden in files("pdca_decision_table") {
        let first = table(&golden, HitPolicy::First);
        let collect = table(&golden, HitPolicy::Collect);
        let report = first.report(1_000_000);
        println!("{}: {report}", golden.file);
        for (index, case) in golden.list("cases").iter().enumerate() {
            let values: Vec<CellValue> =
                first.inputs().iter().map(|input| value(&case["in"][input.name()])).collect();
            let facts: Vec<Fact<'_>> = values.iter().map(Fact::from).collect();
            let decision = first.decide(&facts).unwrap();
            let traced = case["first_trace_rule"].as_str();
            match decision.answering() {
                [] => {
                    assert_eq!(traced, None, "case {index}");
                    assert!(case["first"].as_object().is_none_or(serde_json::Map::is_empty), "case {index}");
                }
                [rule] => {
                    assert_eq!(traced, Some(format!("r{}", rule + 1).as_str()), "case {index}");
                    assert_eq!(outputs(&first, *rule), expected(&case["first"]), "case {index}");
                }
                other => panic!("case {index}: {other:?}"),
            }
            let decision = collect.decide(&facts).unwrap();
            let collected: Vec<_> = decision.matched().iter().map(|rule| outputs(&collect, *rule)).collect();
            let list: Vec<_> = case["collect"].as_array().unwrap().iter().map(expected).collect();
            assert_eq!(collected, list, "case {index}");
        }
        golden.checked(golden.list("cases").len());
    }
}
