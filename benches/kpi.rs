//! KPI trees on the seeded workload of `tests/golden/kpi_health_tree_workload.json`, built through the public
//! API: sums, weighted sums, quotients of sums and products of sums of ten children each. Before the benches
//! run, the root is printed, and the root after the last leaf is set to 1.25: the file gives both.
//!
//! What limits them:
//! - A full evaluation streams 7.2 MB of leaves, 4.4 MB of operands, 6.4 MB of steps and 2 MB of weights, 20 MB
//!   in all, in ascending addresses; per step one branch on the operation, which this workload makes
//!   unpredictable, and a chain of ten dependent additions. The tree fits a 32 MB third-level cache.
//! - One leaf changed is a path of five to ten steps: for each a pop of the queue, ten loads and ten
//!   additions. With the path in the cache that takes a fraction of a microsecond; another leaf each time
//!   costs some eight cache misses per level instead, as the tree and its columns exceed the second level.
//! - The log-mean sweep streams both columns twice (18 MB), operands, steps and weights, and writes 9 MB of
//!   contributions into fresh pages; a quotient or product costs three logarithms, some 150,000 in all, a sum
//!   none. A tree of products alone would take one logarithm per edge.
//! - Exact values take a 128-bit multiplication and addition per edge, some 10 ns, while they are decimals, in one pass over
//!   leaves that are read where the inputs hold them; a quotient is a fraction without a division. Where the sums of
//!   quotients leave 128 bits, at a thousand nodes of this tree, they run in 1,024 bits on the stack; at some hundred nodes
//!   near the root long integers are allocated: these two take two fifths of the instructions.
//!
//! Medians on 2 shared cores: full evaluation 2 ms, one leaf 0.1 to 0.2 µs and any leaf 1.7 µs, log-mean sweep 13 ms,
//! exact evaluation 2.6 to 3 ms (rounded quotients took 1.5 ms before), of cancelling rates 3 ms, exact explanation 80 to
//! 90 ms.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "a benchmark"
)]

use divan::{Bencher, black_box};
use marketloop::decompose::DecompositionMethod;
use marketloop::figure::Figure;
use marketloop::kpi::{ExplainOptions, Formula, KpiTree, NodeDraft, NodeId, Panel, PanelRow};
use marketloop::quantity::Rounding;
use marketloop::time::Period;
use rust_decimal::Decimal;
use std::sync::OnceLock;

fn main() {
    for (tree, name) in [(small(), "100,001"), (large(), "1,000,001")] {
        let mut columns = tree.floats();
        columns.evaluate();
        let last = tree.last_leaf();
        let root = columns.root(0);
        columns.set(last, 0, 1.25).unwrap();
        columns.update();
        println!("{name} nodes: root {:?}, after the last leaf is 1.25: {:?}", root, columns.root(0));
    }
    divan::main();
}

const SEED: u64 = 42;

fn splitmix64(x: u64) -> u64 {
    let mut z = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn leaf_value(node: u64) -> f64 {
    0.5 + (splitmix64(SEED + node) >> 11) as f64 / (1_u64 << 53) as f64
}

struct Workload {
    tree: KpiTree,
    internal: u64,
}

fn formula(node: u64) -> Formula {
    let child = |j: u64| Formula::from(format!("n{}", 10 * node + j));
    let constant = |units: i64, scale| Formula::constant(Decimal::new(units, scale));
    let sum = |from: u64, to: u64| Formula::sum((from..=to).map(child));
    match splitmix64(SEED + node + (1 << 32)) % 4 {
        0 => constant(1, 1) * sum(1, 10),
        1 => Formula::sum((1..=10).map(|j| Formula::constant(Decimal::from(j)) * child(j))) / constant(55, 0),
        2 => sum(1, 5) / sum(6, 10),
        _ => (constant(2, 1) * sum(1, 5)) * (constant(2, 1) * sum(6, 10)),
    }
}

impl Workload {
    fn new(internal: u64) -> Self {
        let nodes = (0..=10 * internal).map(|node| {
            let id = format!("n{node}");
            if node < internal { NodeDraft::computed(id, formula(node)) } else { NodeDraft::leaf(id) }
        });
        let tree = KpiTree::new(nodes).unwrap_or_else(|problems| panic!("{problems}"));
        Self { tree, internal }
    }

    fn leaves(&self) -> impl Iterator<Item = (NodeId, f64)> + '_ {
        let all = self.tree.nodes().zip(0..);
        all.skip(usize::try_from(self.internal).unwrap()).map(|((id, _), node)| (id, leaf_value(node)))
    }

    fn last_leaf(&self) -> NodeId {
        self.tree.nodes().last().unwrap().0
    }

    fn floats(&self) -> marketloop::kpi::Columns<'_> {
        let mut columns = self.tree.columns(1).unwrap();
        for (leaf, value) in self.leaves() {
            columns.set(leaf, 0, value).unwrap();
        }
        columns
    }
}

fn small() -> &'static Workload {
    static TREE: OnceLock<Workload> = OnceLock::new();
    TREE.get_or_init(|| Workload::new(10_000))
}

fn large() -> &'static Workload {
    static TREE: OnceLock<Workload> = OnceLock::new();
    TREE.get_or_init(|| Workload::new(100_000))
}

/// All 1,000,001 nodes in floats, one column.
#[divan::bench]
fn floats_1_000_000_nodes(bencher: Bencher<'_, '_>) {
    let mut columns = large().floats();
    bencher.bench_local(|| {
        columns.evaluate();
        black_box(columns.root(0))
    });
}

/// One leaf of 1,000,001 nodes is set, and the root read.
#[divan::bench(sample_size = 1000)]
fn one_leaf_of_1_000_000_changed(bencher: Bencher<'_, '_>) {
    let mut columns = large().floats();
    columns.evaluate();
    let leaf = large().last_leaf();
    let mut value = 1.25;
    bencher.bench_local(|| {
        value = 2.5 - value + 1e-9;
        columns.set(leaf, 0, black_box(value)).unwrap();
        columns.update();
        black_box(columns.root(0))
    });
}

/// The same with another leaf each time, so that little of its path is in the cache.
#[divan::bench(sample_size = 1000)]
fn any_leaf_of_1_000_000_changed(bencher: Bencher<'_, '_>) {
    let mut columns = large().floats();
    columns.evaluate();
    let leaves: Vec<NodeId> = large().leaves().map(|(leaf, _)| leaf).collect();
    let mut state = SEED;
    bencher.bench_local(|| {
        state = splitmix64(state);
        let index = usize::try_from(state % 900_000).unwrap();
        columns.set(leaves[index], 0, 1.0 + 1e-3 * f64::from(index as u32 % 1000)).unwrap();
        columns.update();
        black_box(columns.root(0))
    });
}

/// All 100,001 nodes exactly, a quarter of them quotients of sums; the root is rounded to 12 decimals.
#[divan::bench]
fn exact_100_000_nodes(bencher: Bencher<'_, '_>) {
    let tree = &small().tree;
    let inputs = decimals(1.0);
    bencher.bench_local(|| match tree.evaluate(&inputs).unwrap().root().rounded((12, Rounding::HalfEven)) {
        Figure::Known(root) => root,
        other => panic!("{other:?}"),
    });
}

/// 100,001 nodes of cancelling rates: 20,000 channels of `impressions * (orders / impressions) * (revenue /
/// orders)`, added up.
#[divan::bench]
fn exact_cancelling_100_000_nodes(bencher: Bencher<'_, '_>) {
    let (tree, before, _) = cancelling();
    bencher.bench_local(|| match tree.evaluate(before).unwrap().root().rounded((2, Rounding::HalfEven)) {
        Figure::Known(root) => root,
        other => panic!("{other:?}"),
    });
}

/// The log-mean contributions of all 1,000,001 nodes between two evaluated columns.
#[divan::bench]
fn log_mean_sweep_of_1_000_000(bencher: Bencher<'_, '_>) {
    let times = two_times();
    bencher.bench_local(|| times.contributions(0, 1, DecompositionMethod::LogMean).unwrap());
}

/// The same by Shapley values.
#[divan::bench]
fn shapley_sweep_of_1_000_000(bencher: Bencher<'_, '_>) {
    let times = two_times();
    bencher.bench_local(|| times.contributions(0, 1, DecompositionMethod::Shapley).unwrap());
}

/// The explanation of 100,001 nodes, both exact evaluations and the names included.
#[divan::bench]
fn exact_explanation_of_100_000(bencher: Bencher<'_, '_>) {
    let tree = &small().tree;
    let (before, after) = (decimals(1.0), decimals(1.01));
    bencher.bench_local(|| black_box(tree.explain(&before, &after).unwrap()).total());
}

/// The same by exact Shapley values.
#[divan::bench]
fn exact_shapley_of_100_000(bencher: Bencher<'_, '_>) {
    let tree = &small().tree;
    let (before, after) = (decimals(1.0), decimals(1.01));
    let options = ExplainOptions::default().with_method(DecompositionMethod::Shapley);
    bencher.bench_local(|| black_box(tree.explain_with(&before, &after, &options).unwrap()).total());
}

/// The explanation of the 100,001 nodes of cancelling rates.
#[divan::bench]
fn exact_explanation_of_cancelling_100_000(bencher: Bencher<'_, '_>) {
    let (tree, before, after) = cancelling();
    bencher.bench_local(|| black_box(tree.explain(before, after).unwrap()).total());
}

type Cancelling = (KpiTree, marketloop::kpi::Inputs, marketloop::kpi::Inputs);

fn cancelling() -> &'static Cancelling {
    static TREE: OnceLock<Cancelling> = OnceLock::new();
    TREE.get_or_init(|| {
        let mut nodes =
            vec![NodeDraft::computed("sales", Formula::sum((0..16_666).map(|c| format!("s{c}"))))];
        for c in 0..16_666 {
            let node = |name: &str| Formula::from(format!("{name}{c}"));
            nodes.push(NodeDraft::computed(format!("s{c}"), node("i") * node("r") * node("v")));
            nodes.push(NodeDraft::computed(format!("r{c}"), node("o") / node("i")));
            nodes.push(NodeDraft::computed(format!("v{c}"), node("t") / node("o")));
            nodes.extend(["i", "o", "t"].map(|name| NodeDraft::leaf(format!("{name}{c}"))));
        }
        let tree = KpiTree::new(nodes).unwrap_or_else(|problems| panic!("{problems}"));
        let inputs = |salt: u64| {
            let mut inputs = tree.no_inputs();
            for (index, (leaf, _)) in tree.leaves().enumerate() {
                let units = splitmix64(salt + index as u64) % 10_u64.pow(12) + 1;
                inputs.set_node(&tree, leaf, Decimal::from_i128_with_scale(units.into(), 2)).unwrap();
            }
            inputs
        };
        let (before, after) = (inputs(SEED), inputs(SEED + 1_000_000));
        (tree, before, after)
    })
}

fn two_times() -> marketloop::kpi::Columns<'static> {
    let mut times = large().tree.columns(2).unwrap();
    for (index, (leaf, value)) in large().leaves().enumerate() {
        let factor = 0.9 + 0.2 * (splitmix64(index as u64) >> 11) as f64 / (1_u64 << 53) as f64;
        times.set_row(leaf, &[value, value * factor]).unwrap();
    }
    times.evaluate();
    times
}

fn decimals(factor: f64) -> marketloop::kpi::Inputs {
    let tree = &small().tree;
    let mut inputs = tree.no_inputs();
    for (leaf, value) in small().leaves() {
        let value = Decimal::new((factor * value * 1e6).round() as i64, 6);
        inputs.set_node(tree, leaf, value).unwrap();
    }
    inputs
}

/// 36 months, 1,000 members and 40 nodes: ten leaves by member, products, quotients, differences and functions over time of
/// them, and sums over the members.
struct Monthly {
    tree: KpiTree,
    rows: Vec<PanelRow>,
}

fn monthly() -> &'static Monthly {
    static MONTHLY: OnceLock<Monthly> = OnceLock::new();
    MONTHLY.get_or_init(|| {
        // Ten leaves, eight rates, eight products that depend on their rate, eight figures over time, and the totals.
        let mut lines = vec![
            "root = if(growth >= 0, total / spend, before / spend)".to_owned(),
            "growth = missing_as(growth(total, year), 0)\n before = missing_as(lag(total, 1), 0)".to_owned(),
            "total = sum[channel](sales)\n spend = sum[channel](product5 + mean0)".to_owned(),
        ];
        let terms = (0..8).map(|term| format!("product{term} + missing_as(past{term}, 0)"));
        lines.push(format!("sales = {}", terms.collect::<Vec<_>>().join(" + ")));
        lines.push("mean0 = missing_as(rolling_mean(l9, 6), l9)".to_owned());
        for node in 0..8 {
            let (a, b, c) = (node, (node + 3) % 10, (node + 7) % 10);
            lines.push(format!("rate{node} = l{a} / l{b}"));
            lines.push(format!("product{node} = if(rate{node} >= 0.8, l{a} * l{b}, l{c})"));
            let over = ["lag({}, 1)", "rolling_sum({}, 3)", "to_date({}, year)", "lag({}, year)"][node % 4];
            lines.push(format!("past{node} = {}", over.replace("{}", &format!("product{node}"))));
        }
        lines.extend((0..10).map(|leaf| format!("l{leaf}")));
        let tree = KpiTree::parse(&lines.join("\n")).unwrap();
        assert_eq!(tree.nodes().len(), 41);
        let first: Period = "2024-01".parse().unwrap();
        let months = std::iter::successors(Some(first), |month| month.next().ok()).take(36);
        let rows = months.enumerate().flat_map(|(month, period)| {
            (0..1_000).map(move |member| {
                let row = PanelRow::new(period).with_member("channel", format!("m{member}"));
                (0..10_usize).fold(row, |row, leaf| {
                    let value = 1_000 + (month * 977 + member * 131 + leaf * 7_919) % 9_000;
                    row.with_value(format!("l{leaf}"), Decimal::new(i64::try_from(value).unwrap(), 1))
                })
            })
        });
        Monthly { rows: rows.collect(), tree }
    })
}

/// 1.44 million values: a step gathers its operands by index, some 50 ns of copies of numbers, and computes in 128 bits;
/// quotients of decimals are fractions.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn exact_panel_of_36_months_1_000_members_40_nodes(bencher: Bencher<'_, '_>) {
    let Monthly { tree, rows } = monthly();
    let panel = Panel::new(tree, ["channel"], rows.iter().cloned()).unwrap();
    bencher.bench_local(|| tree.evaluate_panel(&panel).unwrap());
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn panel_from_36_000_rows(bencher: Bencher<'_, '_>) {
    let Monthly { tree, rows } = monthly();
    bencher
        .with_inputs(|| rows.clone())
        .bench_local_values(|rows| Panel::new(tree, ["channel"], rows).unwrap());
}

/// The same as floats: 60 slots of 36,000 values, 8 bytes and a state each, are read two or three times and written once, some
/// 60 MB from the second cache; a quotient and a comparison are a few nanoseconds each.
#[divan::bench]
fn floats_panel_of_36_months_1_000_members_40_nodes(bencher: Bencher<'_, '_>) {
    let Monthly { tree, rows } = monthly();
    let panel = Panel::new(tree, ["channel"], rows.iter().cloned()).unwrap();
    let mut columns = tree.panel_columns(&panel).unwrap();
    bencher.bench_local(|| {
        columns.evaluate();
        black_box(&columns);
    });
}

/// One leaf of one member in one month is set: products of that month, figures over up to a year, and in each of these months
/// two sums of 32 members and of 32 such sums.
#[divan::bench(sample_size = 100)]
fn one_cell_of_the_panel_changed(bencher: Bencher<'_, '_>) {
    let Monthly { tree, rows } = monthly();
    let panel = Panel::new(tree, ["channel"], rows.iter().cloned()).unwrap();
    let mut columns = tree.panel_columns(&panel).unwrap();
    let period = panel.periods()[20];
    let mut value = 500.0;
    bencher.bench_local(|| {
        value = 1_000.0 - value + 1e-6;
        columns.set("l4", period, [("channel", "m500")], black_box(value)).unwrap();
        columns.update();
        black_box(columns.value("root", period, []).unwrap())
    });
}

/// What every leaf of every member contributed to the change of each of 35 months against the one before: two logarithmic
/// means for each factor of a product that a branch takes, each month's once, whatever looks back to it; and as many lines of
/// a thousand members as formulas look back to months.
#[divan::bench]
fn explained_floats_panel_of_36_months_1_000_members(bencher: Bencher<'_, '_>) {
    let Monthly { tree, rows } = monthly();
    let panel = Panel::new(tree, ["channel"], rows.iter().cloned()).unwrap();
    let columns = tree.panel_columns(&panel).unwrap();
    bencher.bench_local(|| {
        black_box(columns.contributions_by_period(DecompositionMethod::LogMean).unwrap()).changes().count()
    });
}

/// The same between two Decembers.
#[divan::bench]
fn explained_floats_of_two_months_of_the_panel(bencher: Bencher<'_, '_>) {
    let Monthly { tree, rows } = monthly();
    let panel = Panel::new(tree, ["channel"], rows.iter().cloned()).unwrap();
    let columns = tree.panel_columns(&panel).unwrap();
    let (before, after) = (panel.periods()[23], panel.periods()[35]);
    bencher.bench_local(|| {
        black_box(columns.contributions(before, after, DecompositionMethod::LogMean).unwrap())
            .changes()
            .count()
    });
}
