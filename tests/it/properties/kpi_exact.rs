//! N1: trees of nested quotients are exact, whatever their magnitudes, checked by whole numbers.

use marketloop::decompose::DecompositionMethod;
use marketloop::kpi::{ExplainOptions, Inputs, KpiTree};
use marketloop::quantity::Rounding;
use rust_decimal::Decimal;
use std::fmt::Write;

const CHANNELS: [&str; 5] = ["search", "social", "video", "mail", "shop"];

/// 44 nodes: per channel sales by impressions, click rate, conversion and value of an order, each of these
/// rates a quotient of leaves; costs as a quota of sales that is a quotient of sales itself.
fn tree() -> KpiTree {
    let mut text =
        String::from("margin [CNY] = sales - cost\ncost [CNY] = sales * (spend / sales)\nspend [CNY]\n");
    let all: Vec<String> = CHANNELS.iter().map(|c| format!("{c}.sales")).collect();
    writeln!(text, "sales [CNY] = {}", all.join(" + ")).unwrap();
    for c in CHANNELS {
        writeln!(
            text,
            "{c}.sales [CNY] = {c}.impressions * {c}.ctr * {c}.cvr * {c}.aov
             {c}.ctr [click/impression] = {c}.clicks / {c}.impressions
             {c}.cvr [order/click] = {c}.orders / {c}.clicks
             {c}.aov [CNY/order] = {c}.revenue / {c}.orders
             {c}.impressions [impression], {c}.clicks [click], {c}.orders [order], {c}.revenue [CNY]"
        )
        .unwrap();
    }
    KpiTree::parse(&text).unwrap()
}

/// A month in whole numbers: per channel impressions, clicks, orders and cents of revenue; cents of spend.
struct Month {
    channels: Vec<[i64; 4]>,
    spend: i64,
}

impl Month {
    fn margin(&self) -> i64 {
        self.channels.iter().map(|[.., revenue]| revenue).sum::<i64>() - self.spend
    }

    fn inputs(&self, tree: &KpiTree) -> Inputs {
        let mut inputs = tree.no_inputs();
        let mut set = |id: &str, units: i64, scale: u32| {
            inputs.set(tree, id, Decimal::new(units, scale)).unwrap();
        };
        for (c, [impressions, clicks, orders, revenue]) in CHANNELS.iter().zip(&self.channels) {
            set(&format!("{c}.impressions"), *impressions, 0);
            set(&format!("{c}.clicks"), *clicks, 0);
            set(&format!("{c}.orders"), *orders, 0);
            set(&format!("{c}.revenue"), *revenue, 2);
        }
        set("spend", self.spend, 2);
        inputs
    }
}

fn splitmix64(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn months(impressions: i64, count: usize, state: &mut u64) -> Vec<Month> {
    let mut around =
        |size: i64| (size / 2).max(1) + (splitmix64(state) % size.cast_unsigned().max(1)).cast_signed();
    (0..count)
        .map(|_| {
            let channels: Vec<[i64; 4]> = CHANNELS
                .iter()
                .map(|_| {
                    let impressions = around(impressions);
                    let clicks = around(impressions / 37);
                    let orders = around(clicks / 41);
                    [impressions, clicks, orders, around(orders.saturating_mul(12_345).min(1 << 58))]
                })
                .collect();
            let spend = around(channels.iter().map(|[.., revenue]| revenue / 3).sum());
            Month { channels, spend }
        })
        .collect()
}

#[test]
fn forty_four_nodes_are_exact_to_the_cent_at_every_magnitude() {
    let tree = tree();
    assert_eq!(tree.nodes().len(), 44);
    let count = if std::env::var_os("MARKETLOOP_FULL").is_some() { 2400 } else { 24 };
    let (mut state, mut checked) = (42, 0);
    for power in 6..=12 {
        let months = months(10_i64.pow(power), count, &mut state);
        for pair in months.windows(2) {
            let [before, after] = pair else { continue };
            let inputs = (before.inputs(&tree), after.inputs(&tree));
            let evaluation = tree.evaluate(&inputs.0).unwrap();
            assert_eq!(
                evaluation.rounded("margin", (2, Rounding::HalfEven)).unwrap(),
                Decimal::new(before.margin(), 2)
            );
            assert!(evaluation.root().known().unwrap().is_exact());
            let change = after.margin() - before.margin();
            for method in
                [DecompositionMethod::LogMean, DecompositionMethod::Shapley, DecompositionMethod::Sequential]
            {
                let options = ExplainOptions::default().with_scale(2).with_method(method);
                let why = tree.explain_with(&inputs.0, &inputs.1, &options).unwrap();
                assert_eq!(why.total(), Decimal::new(change, 2));
                let cents = |id: &str| {
                    let part = why.node(id).unwrap().value * Decimal::ONE_HUNDRED;
                    i64::try_from(part).unwrap()
                };
                let leaves: i64 = tree.leaves().map(|(_, leaf)| cents(leaf.id())).sum();
                assert_eq!(leaves, change, "10^{power} {method:?}");
                if method != DecompositionMethod::LogMean {
                    continue;
                }
                // By the log mean what cancels contributes nothing, and the rest what it changed by.
                assert_eq!(cents("sales") + cents("cost"), change);
                assert_eq!(cents("spend"), before.spend - after.spend);
                for (index, c) in CHANNELS.iter().enumerate() {
                    for id in ["impressions", "clicks", "orders"] {
                        assert_eq!(cents(&format!("{c}.{id}")), 0, "10^{power} {c}.{id}");
                    }
                    let revenue = after.channels[index][3] - before.channels[index][3];
                    assert_eq!(cents(&format!("{c}.revenue")), revenue, "10^{power} {c}");
                }
            }
            checked += 1;
        }
    }
    println!("{checked} pairs of months");
}

/// The reproducer of N1 as it was found.
#[test]
fn a_cancelling_quotient_explains_its_change_and_blames_nothing_else() {
    let tree = KpiTree::parse(
        "sales [CNY] = impressions * rate * value
         rate [order/impression] = orders / impressions
         value [CNY/order] = revenue / orders
         impressions [impression], orders [order], revenue [CNY]",
    )
    .unwrap();
    let inputs = |impressions: i64, orders: i64, cents: i64| {
        let values =
            [(impressions, 0), (orders, 0), (cents, 2)].map(|(units, scale)| Decimal::new(units, scale));
        tree.inputs(["impressions", "orders", "revenue"].into_iter().zip(values)).unwrap()
    };
    let before = inputs(98_765_432_101, 7_654_321, 934_567_890_123);
    let after = inputs(98_865_432_101, 7_754_321, 934_567_891_123);
    assert_eq!(tree.evaluate(&before).unwrap().root().known().unwrap(), Decimal::new(934_567_890_123, 2));
    let why = tree.explain(&before, &after).unwrap();
    let parts: Vec<String> =
        why.leaves().into_iter().map(|part| format!("{} {}", part.key, part.value.normalize())).collect();
    assert_eq!(parts, ["impressions 0", "orders 0", "revenue 10"]);
}
