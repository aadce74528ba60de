//! Trees over the months of a panel and over members, in exact fractions.

use super::files;
use marketloop::decompose::DecompositionMethod;
use marketloop::figure::Figure;
use marketloop::kpi::{Exact, ExplainOptions, KpiTree, Panel, PanelExplanation, PanelRow};
use marketloop::quantity::Ratio;
use marketloop::time::Period;
use rust_decimal::Decimal;
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
        let chained: usize = golden.list("chain").iter().map(chain).sum();
        println!(
            "{}: {cells} values of months, {totals} totals of members, {chained} parts of chains are exact",
            golden.file
        );
        assert!(cells > 1_000 && totals == 24 && chained == 36, "{cells}, {totals}, {chained}");
        golden.checked(["panel", "dimension", "chain"].map(|list| golden.list(list).len()).iter().sum());
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
    let why = shapley(&tree, &panel, "2026-07", "2026-08");
    let mut parts = 0;
    for (member, of) in case["contributions"].as_object().unwrap() {
        for (leaf, expected) in of.as_object().unwrap() {
            let part = match leaf.as_str() {
                "new" | "lost" => {
                    why.parts().iter().find(|part| part.key == format!("{leaf}: root [{member}]"))
                }
                leaf => why.of(leaf, member),
            };
            is_near(
                part.map_or(Decimal::ZERO, |part| part.value),
                expected,
                &format!("{}: {leaf} of {member}", case["id"]),
            );
            parts += 1;
        }
    }
    assert_eq!(why.parts().iter().len(), parts, "{}: {why}", case["id"]);
    let by_leaf = why.by_leaf().unwrap();
    let of =
        |name: &str| by_leaf.iter().find(|part| part.key == name).map_or(Decimal::ZERO, |part| part.value);
    for (leaf, expected) in case["by_leaf"].as_object().unwrap() {
        is_near(of(leaf), expected, leaf);
    }
    for name in ["new", "lost"] {
        is_near(of(name), &case[name], name);
    }
    2
}

/// Finer than the parts of a change of some hundred thousands need.
const SCALE: u32 = 20;

fn shapley(tree: &KpiTree, panel: &Panel, before: &str, after: &str) -> PanelExplanation {
    tree.explain_panel_with(panel, before.parse().unwrap(), after.parse().unwrap(), &shapley_options())
        .unwrap()
}

fn shapley_options() -> ExplainOptions {
    ExplainOptions::default().with_method(DecompositionMethod::Shapley).with_scale(SCALE)
}

/// A part is the fraction to the last decimal, where it gets a unit more or less so that all add up; of sums one for each.
fn is_near(part: Decimal, fraction: &Value, what: &str) {
    let expected: Ratio = fraction.as_str().unwrap().parse().unwrap();
    let off = Ratio::from(part).minus(expected).unwrap();
    let unit = Ratio::from(Decimal::new(8, SCALE));
    assert!(off <= unit && off >= unit.negated(), "{what}: {part} for {expected}");
}

/// The parts of a chain, month by month and directly.
fn chain(case: &Value) -> usize {
    let leaves = texts(&case["leaves"]);
    let tree = KpiTree::parse(&format!("root = {}\n{}", leaves.join(" * "), leaves.join(", "))).unwrap();
    let months: Vec<String> =
        (1..=case["rows"].as_array().unwrap().len()).map(|month| format!("2026-{month:02}")).collect();
    let rows = months.iter().zip(case["rows"].as_array().unwrap()).map(|(month, values)| {
        let values = leaves.iter().zip(texts(values));
        values.fold(PanelRow::new(month.parse().unwrap()), |row, (leaf, value)| {
            row.with_value(*leaf, value.parse().unwrap())
        })
    });
    let panel = Panel::new(&tree, [], rows).unwrap();
    let [first, last] = [&months[0], &months[months.len() - 1]].map(|month| month.parse().unwrap());
    let chain = tree.explain_panel_chain_with(&panel, first, last, &shapley_options()).unwrap();
    assert_eq!(chain.direct(), &shapley(&tree, &panel, &months[0], &months[months.len() - 1]));
    for ((month, step), pair) in chain.steps().iter().zip(months.windows(2)) {
        assert_eq!((month.to_string(), step), (pair[1].clone(), &shapley(&tree, &panel, &pair[0], &pair[1])));
    }
    assert_eq!(chain.steps().len(), months.len() - 1);
    let of = |why: &PanelExplanation, leaf: &str| why.of(leaf, "").map_or(Decimal::ZERO, |part| part.value);
    for (place, leaf) in leaves.iter().enumerate() {
        is_near(of(chain.direct(), leaf), &case["direct"][place], leaf);
        is_near(of(chain.chained(), leaf), &case["chained"][place], leaf);
    }
    is_near(chain.total(), &case["total"], "total");
    is_near(chain.chained().total(), &case["total"], "total");
    2 * leaves.len()
}
