//! The trees of the KPI files: nodes with operations and two values per leaf, built through the public API.

use super::text;
use marketloop::kpi::{Formula, Inputs, KpiTree, NodeDraft};
use rust_decimal::Decimal;
use serde_json::Value;
use std::collections::BTreeMap;

pub(crate) const TOLERANCE: f64 = 1e-12;

/// The greatest relative error of what was checked.
#[derive(Default)]
pub(crate) struct Worst(pub(crate) f64);

impl Worst {
    /// Where the reference is zero, a float of the size of `whole` cannot be told from it.
    pub(crate) fn check(&mut self, found: f64, expected: &Value, whole: f64, what: &str) {
        let expected: f64 = expected.as_str().unwrap().parse().unwrap();
        let size = if expected.abs() > 0.0 { expected.abs() } else { whole.abs().max(1e-300) };
        let error = (found - expected).abs() / size;
        assert!(error <= TOLERANCE, "{what}: {found:e} instead of {expected:e}, {error:e} off");
        self.0 = self.0.max(error);
    }
}

pub(crate) fn float(value: Decimal) -> f64 {
    value.to_string().parse().unwrap()
}

pub(crate) struct Case<'a> {
    pub(crate) json: &'a Value,
    pub(crate) tree: KpiTree,
    nodes: &'a [Value],
}

impl<'a> Case<'a> {
    pub(crate) fn new(json: &'a Value) -> Self {
        let nodes = json["nodes"].as_array().unwrap();
        let drafts = nodes.iter().map(|node| {
            let id = text(node, "id");
            let children: Vec<&str> = node["children"]
                .as_array()
                .map(|children| children.iter().map(|child| child.as_str().unwrap()).collect())
                .unwrap_or_default();
            let formula = match text(node, "op") {
                "leaf" => return NodeDraft::leaf(id),
                "product" => Formula::product(children),
                "ratio" => {
                    assert_eq!(children.len(), 2, "{node}");
                    Formula::node(children[0]) / Formula::node(children[1])
                }
                "sum" => {
                    let coefficients = node["coef"].as_array();
                    Formula::sum(children.iter().enumerate().map(|(index, child)| {
                        let weight: Decimal = coefficients
                            .map_or(Decimal::ONE, |all| all[index].as_str().unwrap().parse().unwrap());
                        Formula::constant(weight) * Formula::node(child)
                    }))
                }
                other => panic!("operation {other}"),
            };
            NodeDraft::computed(id, formula)
        });
        let tree = KpiTree::new(drafts).unwrap();
        assert_eq!(tree.node(tree.root()).unwrap().id(), text(json, "root"));
        // Text and builder give the same tree.
        assert_eq!(KpiTree::parse(&tree.to_string()).unwrap(), tree);
        Self { json, tree, nodes }
    }

    pub(crate) fn name(&self) -> &str {
        text(self.json, "name")
    }

    /// The inputs under the key `v0` or `v1`.
    pub(crate) fn inputs(&self, key: &str) -> Inputs {
        let leaves = self.nodes.iter().filter(|node| text(node, "op") == "leaf");
        let values: BTreeMap<&str, Decimal> =
            leaves.map(|leaf| (text(leaf, "id"), text(leaf, key).parse().unwrap())).collect();
        self.tree.inputs(values).unwrap()
    }
}
