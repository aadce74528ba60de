//! Trees over the months of a panel and over members, in exact fractions.

use super::files;
use marketloop::figure::Figure;
use marketloop::kpi::{Exact, KpiTree, Panel, PanelRow};
use marketloop::time::Period;
use serde_json::Value;
use std::collections::BTreeMap;

/// The names of a formula, functions among them.
fn names(formula: &str) -> impl Iterator<Item = &str> {
    formula.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

/// The tree of one node with all that it uses: the nodes of a case have no root together.
fn tree(node: &str, formulas: &BTreeMap<&str, &str>, leaves: &[&str]) -> KpiTree {
    let (mut lines, mut open, mut done) = (Vec::new(), vec![node], Vec::new());
    while let Some(name) = open.pop() {
        if done.contains(&name) {
            continue;
        }
        done.push(name);
        lines.push(match formulas.get(name) {
            Some(formula) => {
                open.extend(
                    names(formula).filter(|word| formulas.contains_key(word) || leaves.contains(word)),
                );
                format!("{name} = {formula}")
            }
            None => name.to_owned(),
        });
    }
    let text = lines.join("\n");
    KpiTree::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn written(value: &Figure<Exact>) -> String {
    match value {
        Figure::Known(exact) => exact.ratio().get().unwrap().to_string(),
        Figure::Missing(_) => "missing".into(),
        Figure::Undefined(_) => "undefined".into(),
    }
}

fn texts(json: &Value) -> Vec<&str> {
    json.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

#[test]
fn kpi_panel() {
    for golden in files("kpi_panel") {
        let (mut cells, mut totals) = (0, 0);
        for case in golden.list("panel") {
            cells += panel(case);
        }
        for case in golden.list("dimension") {
            totals += dimension(case);
        }
        println!("{}: {cells} values of months and {totals} totals of members are exact", golden.file);
        assert!(cells > 1_000 && totals == 24, "{cells}, {totals}");
        golden.checked(golden.list("panel").len() + golden.list("dimension").len());
    }
}

fn panel(case: &Value) -> usize {
    let months: Vec<Period> = texts(&case["months"]).iter().map(|month| month.parse().unwrap()).collect();
    let leaves: Vec<&str> = case["leaves"].as_object().unwrap().keys().map(String::as_str).collect();
    let nodes: Vec<Vec<&str>> = case["nodes"].as_array().unwrap().iter().map(texts).collect();
    let formulas: BTreeMap<&str, &str> = nodes.iter().map(|node| (node[0], node[1])).collect();
    let mut cells = 0;
    for (node, expected) in case["values"].as_object().unwrap() {
        let tree = tree(node, &formulas, &leaves);
        let rows = months.iter().enumerate().map(|(place, month)| {
            let known = tree.leaves().filter_map(|(_, leaf)| {
                Some((leaf.id().to_owned(), case["leaves"][leaf.id()][place].as_str()?.parse().unwrap()))
            });
            known.fold(PanelRow::new(*month), |row, (leaf, value)| row.with_value(leaf, value))
        });
        // The order of the rows says nothing.
        let panel = Panel::new(&tree, [], rows.rev()).unwrap();
        let values = tree.evaluate_panel(&panel).unwrap();
        let found: Vec<String> = values.series(node, []).unwrap().map(|(_, value)| written(&value)).collect();
        assert_eq!(found, texts(expected), "{}: {node}", case["id"]);
        cells += found.len();
    }
    cells
}

fn dimension(case: &Value) -> usize {
    let leaves = texts(&case["leaves"]);
    let tree = KpiTree::parse(&format!("root = sum[channel]({})\n{}", leaves.join(" * "), leaves.join(", ")))
        .unwrap();
    let mut rows = Vec::new();
    for (month, block) in [("2026-07", "before"), ("2026-08", "after")] {
        // A month in which nobody is there was recorded all the same.
        let month = PanelRow::new(month.parse().unwrap());
        rows.push(month.clone());
        for (member, values) in case[block].as_object().unwrap() {
            let row = month.clone().with_member("channel", member);
            rows.push(leaves.iter().fold(row, |row, leaf| {
                row.with_value(*leaf, values[leaf].as_str().unwrap().parse().unwrap())
            }));
        }
    }
    let panel = Panel::new(&tree, ["channel"], rows).unwrap();
    let values = tree.evaluate_panel(&panel).unwrap();
    let found: Vec<String> = values.series("root", []).unwrap().map(|(_, value)| written(&value)).collect();
    let expected = [&case["root_before"], &case["root_after"]].map(|total| total.as_str().unwrap());
    assert_eq!(found, expected, "{}", case["id"]);
    2
}
