//! The large seeded trees (numpy, level by level), built and asked through the public API.

#![expect(clippy::cast_precision_loss, reason = "53 bits")]

use super::files;
use super::kpi_tree::Worst;
use marketloop::kpi::{Formula, KpiTree, NodeDraft};
use rust_decimal::Decimal;

fn splitmix64(x: u64) -> u64 {
    let mut z = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn leaf_value(seed: u64, node: u64) -> f64 {
    0.5 + (splitmix64(seed + node) >> 11) as f64 / (1_u64 << 53) as f64
}

fn kind(seed: u64, node: u64) -> u64 {
    splitmix64(seed + node + (1 << 32)) % 4
}

fn formula(seed: u64, node: u64) -> Formula {
    let child = |j: u64| Formula::from(format!("n{}", 10 * node + j));
    let constant = |units: i64, scale| Formula::constant(Decimal::new(units, scale));
    let sum = |from: u64, to: u64| Formula::sum((from..=to).map(child));
    match kind(seed, node) {
        0 => constant(1, 1) * sum(1, 10),
        1 => Formula::sum((1..=10).map(|j| Formula::constant(Decimal::from(j)) * child(j))) / constant(55, 0),
        2 => sum(1, 5) / sum(6, 10),
        _ => (constant(2, 1) * sum(1, 5)) * (constant(2, 1) * sum(6, 10)),
    }
}

#[test]
fn kpi_health_tree_workload() {
    for golden in files("kpi_health_tree_workload") {
        let mut worst = Worst::default();
        let cases = golden.list("trees");
        for case in cases {
            let [internal, count, seed] = ["M_internal", "N", "seed"].map(|key| case[key].as_u64().unwrap());
            let drafts = (0..count).map(|node| {
                let id = format!("n{node}");
                if node < internal {
                    NodeDraft::computed(id, formula(seed, node))
                } else {
                    NodeDraft::leaf(id)
                }
            });
            let tree = KpiTree::new(drafts).unwrap();
            let mut columns = tree.columns(1).unwrap();
            for ((leaf, _), node) in tree.nodes().zip(0_u64..).skip(usize::try_from(internal).unwrap()) {
                columns.set(leaf, 0, leaf_value(seed, node)).unwrap();
            }
            columns.evaluate();
            let at = |columns: &marketloop::kpi::Columns<'_>, node: u64| {
                let id = tree.find(&format!("n{node}")).unwrap();
                columns.value(id, 0).known().unwrap()
            };
            let figures = [
                ("root", 0),
                ("node1", 1),
                ("node_last_internal", internal - 1),
                ("leaf_first", internal),
                ("leaf_last", count - 1),
            ];
            for (key, node) in figures {
                worst.check(at(&columns, node), &case[key], 1.0, key);
            }
            for (node, expected) in (0_u64..).zip(case["kinds_first20"].as_array().unwrap()) {
                assert_eq!(kind(seed, node), expected.as_u64().unwrap());
            }
            let mut kinds = [0_u64; 4];
            (0..internal).for_each(|node| kinds[usize::try_from(kind(seed, node)).unwrap()] += 1);
            let expected: Vec<u64> =
                case["kind_counts"].as_array().unwrap().iter().map(|count| count.as_u64().unwrap()).collect();
            assert_eq!(kinds.as_slice(), expected);
            let last = tree.find(&format!("n{}", count - 1)).unwrap();
            columns.set(last, 0, 1.25).unwrap();
            columns.update();
            let changed = columns.root(0).known().unwrap();
            worst.check(changed, &case["root_after_last_leaf_set_to_1.25"], 1.0, "root");
            columns.evaluate();
            assert_eq!(columns.root(0).known().unwrap().to_bits(), changed.to_bits());
        }
        println!("{}: {:e} relative", golden.file, worst.0);
        golden.checked(cases.len());
    }
}
