//! Laws of targets of KPI trees: how far they are attained, and whether they agree.

use marketloop::figure::{Cause, Figure};
use marketloop::kpi::{KpiError, KpiTarget, KpiTargets, KpiTree, Panel, PanelRow, TargetLevel, TargetReport};
use marketloop::quantity::Ratio;
use marketloop::strategies::{small_decimals, trees};
use marketloop::target::{Bands, Light, Threshold};
use marketloop::time::Period;
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};

fn lights() -> Bands<Light> {
    Bands::lights(Threshold::at_or_above(dec!(0.7)), Threshold::at_or_above(dec!(1))).unwrap()
}

fn rows(json: &str) -> Vec<KpiTarget> {
    serde_json::from_str(json).unwrap()
}

fn told(gaps: &marketloop::kpi::TargetGaps) -> Vec<String> {
    gaps.iter().map(ToString::to_string).collect()
}

proptest! {
    /// Hand values in fractions, of either direction, from a baseline or not.
    #[test]
    fn an_attainment_is_the_fraction_of_hand(
        target in small_decimals(1..=9_999), actual in small_decimals(1..=9_999), baseline in small_decimals(-999..=9_999),
        lower in any::<bool>(), from in any::<bool>(),
    ) {
        let text = if lower { "x {lower}" } else { "x" };
        let tree = KpiTree::parse(text).unwrap();
        let row = KpiTarget::new("x", target);
        let row = if from { row.with_baseline(baseline) } else { row };
        let targets = KpiTargets::new(&tree, [row]);
        if from && (if lower { baseline < target } else { baseline > target }) {
            let refused = matches!(targets.unwrap_err().iter().next().unwrap().error, KpiError::LevelsOutOfOrder { .. });
            prop_assert!(refused);
            return Ok(());
        }
        let targets = targets.unwrap();
        let values = tree.inputs([("x", actual)]).unwrap();
        let report = targets.against(&tree.evaluate(&values).unwrap(), None, &lights()).unwrap();
        let own = report.iter().next().unwrap();
        let expected = if from {
            if target == baseline { None } else { Some(Ratio::new(actual - baseline, target - baseline).unwrap()) }
        } else if lower {
            Some(Ratio::new(target, actual).unwrap())
        } else {
            Some(Ratio::new(actual, target).unwrap())
        };
        if let Some(expected) = expected {
            prop_assert_eq!(own.attainment.clone(), Figure::Known(expected));
            prop_assert_eq!(own.light.clone().known(), Some(*lights().classify(expected)));
            prop_assert_eq!(own.level.clone().known() == Some(TargetLevel::Target), expected >= Ratio::ONE);
        } else {
            let none = Figure::undefined("attainment", Cause::Zero("target less baseline".into()));
            prop_assert_eq!(own.attainment.clone(), none);
        }
        // Without a baseline it is what the evaluation says beside its plan.
        if !from {
            let plan = tree.inputs([("x", target)]).unwrap();
            let (now, plan) = (tree.evaluate(&values).unwrap(), tree.evaluate(&plan).unwrap());
            prop_assert_eq!(own.attainment.clone(), now.attainment(&plan, tree.root()));
        }
    }

    /// Targets of all leaves imply what the tree makes of them, however deep the node lies.
    #[test]
    fn what_targets_of_leaves_imply_is_the_evaluation(
        (tree, inputs) in trees().with_depth(1..=4).with_roots(1..=3).with_quotients().with_missing().with_digits(-30..=99).with_inputs(),
        standing in any::<bool>(), shuffle in any::<prop::sample::Index>(),
    ) {
        let period = |row: KpiTarget| if standing { row } else { row.with_period("2026-07".parse().unwrap()) };
        let mut rows: Vec<KpiTarget> = tree.leaves()
            .filter_map(|(leaf, node)| Some(period(KpiTarget::new(node.id(), inputs.value(&tree, leaf)?))))
            .collect();
        if rows.is_empty() {
            return Ok(());
        }
        rows.extend(tree.roots().map(|root| period(KpiTarget::new(tree.node(root).unwrap().id(), dec!(7)))));
        let values = tree.evaluate(&inputs).unwrap();
        let gaps = KpiTargets::new(&tree, rows.clone()).unwrap().gaps().unwrap();
        for gap in gaps.iter() {
            let value = values.value(tree.find(&gap.node).unwrap());
            prop_assert_eq!(gap.implied.is_missing(), value.is_missing(), "{}", tree);
            prop_assert_eq!(gap.implied.clone().known(), value.clone().known(), "{}", tree);
            let exact = value.ratio().known().and_then(|value| value.minus(Ratio::from(dec!(7))).ok());
            if let (Figure::Known(by), Some(exact)) = (gap.gap.ratio(), exact) {
                prop_assert_eq!(by, exact);
            }
        }
        // The order of the rows says nothing.
        let middle = shuffle.index(rows.len());
        rows.rotate_left(middle);
        rows.reverse();
        let shuffled = KpiTargets::new(&tree, rows).unwrap();
        prop_assert_eq!(shuffled.gaps().unwrap(), gaps);
    }

    /// A sum over members adds the targets of members, and a quarter those of its months, with what they lack.
    #[test]
    fn members_and_months_add_up(sales in prop::collection::vec(prop::option::weighted(0.8, small_decimals(0..=999)), 6)) {
        let tree = KpiTree::parse("all = sum[channel](sales)\n sales").unwrap();
        let months: Vec<Period> = ["2026-07", "2026-08", "2026-09"].iter().map(|month| month.parse().unwrap()).collect();
        let mut rows = Vec::new();
        for (place, sales) in sales.iter().enumerate() {
            let row = |value| {
                KpiTarget::new("sales", value).with_period(months[place / 2]).with_member("channel", ["SEM", "抖音"][place % 2])
            };
            rows.extend(sales.map(row));
        }
        rows.extend(months.iter().map(|month| KpiTarget::new("all", dec!(100)).with_period(*month)));
        let quarter = "2026-Q3".parse().unwrap();
        rows.push(KpiTarget::new("all", dec!(310)).with_period(quarter));
        let gaps = KpiTargets::new(&tree, rows).unwrap().gaps().unwrap();
        for (place, month) in months.iter().enumerate() {
            let given: Vec<Decimal> = sales[2 * place..2 * place + 2].iter().filter_map(|sales| *sales).collect();
            let gap = gaps.iter().find(|gap| gap.period == Some(*month));
            match (gap, given.is_empty()) {
                (None, true) => {}
                (Some(gap), false) => {
                    prop_assert_eq!(gap.implied.clone().known().unwrap(), given.iter().sum::<Decimal>());
                    prop_assert_eq!(gap.gap.clone().known().unwrap(), given.iter().sum::<Decimal>() - dec!(100));
                }
                (gap, _) => prop_assert!(false, "{:?}", gap),
            }
        }
        let whole = gaps.iter().find(|gap| gap.period == Some(quarter)).unwrap();
        prop_assert_eq!(whole.gap.clone().known().unwrap(), dec!(-10));
        prop_assert_eq!(whole.parts.len(), 3);
    }
}

#[test]
fn levels_turn_around_where_lower_is_better() {
    let tree =
        KpiTree::parse("cost {lower} = spend / orders\n spend, orders\n mix {neutral} = orders * 2").unwrap();
    let row = r#"{"node": "cost", "target": 40, "threshold": 50, "stretch": 30}"#;
    let targets =
        KpiTargets::new(&tree, rows(&format!("[{row}, {}]", r#"{"node": "mix", "target": 4}"#))).unwrap();
    let at = |spend: Decimal| {
        let inputs = tree.inputs([("spend", spend), ("orders", dec!(2))]).unwrap();
        targets.against(&tree.evaluate(&inputs).unwrap(), None, &lights()).unwrap()
    };
    let level = |report: &TargetReport| report.iter().next().unwrap().level.clone().known();
    for (spend, expected) in [
        (dec!(60), TargetLevel::Stretch),
        (dec!(61), TargetLevel::Target),
        (dec!(80), TargetLevel::Target),
        (dec!(81), TargetLevel::Threshold),
        (dec!(100), TargetLevel::Threshold),
        (dec!(101), TargetLevel::Below),
    ] {
        assert_eq!(level(&at(spend)), Some(expected), "{spend}");
    }
    let mix = at(dec!(60)).iter().nth(1).unwrap().clone();
    assert_eq!(mix.level.to_string(), "undefined: there is no direction that is better");
    assert_eq!(mix.attainment.to_string(), "1");
    let none = tree.evaluate(&tree.no_inputs()).unwrap();
    let report = targets.against(&none, None, &lights()).unwrap();
    assert_eq!(report.iter().next().unwrap().light.to_string(), "missing: spend");
    assert_eq!(
        targets.against(&none, Some("2026-07".parse().unwrap()), &lights()).unwrap().iter().count(),
        0
    );
    let other = KpiTree::parse("calls").unwrap();
    let values = other.evaluate(&other.no_inputs()).unwrap();
    assert_eq!(targets.against(&values, None, &lights()), Err(KpiError::OtherTree));
}

#[test]
fn bad_rows_are_told_all_at_once() {
    let tree =
        KpiTree::parse("cost [CNY/order] {lower} = spend / orders\n spend [CNY], orders [order] {neutral}")
            .unwrap();
    let refused = KpiTargets::new(
        &tree,
        rows(
            r#"[
            {"node": "cots", "target": 1},
            {"node": "cost", "target": "40 CNY", "baseline": "x"},
            {"node": "cost", "target": 40, "threshold": 30, "stretch": 50, "baseline": 20},
            {"node": "orders", "target": 40, "threshold": 30, "stretch": 50, "baseline": 90},
            {"node": "spend", "target": 5, "channel": "SEM"},
            {"node": "spend", "target": 5, "channel": "SEM"},
            {"node": "spend", "target": 5},
            {"node": "spend", "target": 5, "orders": 7, "a,b": "x"}
        ]"#,
        ),
    );
    let refused = refused.unwrap_err().to_string();
    for expected in [
        "[0].node: `cots` is not declared",
        "[1].target: units differ: CNY and CNY/order",
        "[1].baseline: ",
        "[2].threshold: the threshold of `cost` is better than its target: lower is better",
        "[2].baseline: the baseline of `cost` is better than its target: lower is better",
        "[2].stretch: the stretch of `cost` is worse than its target: lower is better",
        "[3].threshold: `orders` has no threshold: neither way is better",
        "[3].stretch: `orders` has no stretch: neither way is better",
        "[5]: `spend [SEM]` is given twice",
        "[6]: `spend` has values by channel, here by no dimension",
        "[7].orders: `orders` is declared twice",
        "[7].a,b: `a,b` is not a name",
    ] {
        assert!(refused.contains(expected), "{expected} in\n{refused}");
    }
    assert!(!refused.contains("[3].baseline"), "{refused}");
    let by_hand = [
        KpiTarget::new("spend", dec!(1)).with_member("target", "x"),
        KpiTarget::new("spend", dec!(1)).with_member("c", ""),
    ];
    assert!(
        KpiTargets::new(&tree, by_hand)
            .unwrap_err()
            .to_string()
            .contains("[0].target: `target` is not a name")
    );
    for (json, expected) in [
        (r#"{"target": 1}"#, "missing field `node`"),
        (r#"{"node": "a"}"#, "missing field `target`"),
        (r#"{"node": "a", "target": ""}"#, "missing field `target`"),
        (r#"{"node": "a", "node": "b", "target": 1}"#, "duplicate key `node`"),
        (r#"{"node": "a", "target": 1, "period": "2026-13"}"#, "there is no day"),
    ] {
        let told = serde_json::from_str::<KpiTarget>(json).unwrap_err().to_string();
        assert!(told.contains(expected), "{told}");
    }
}

#[test]
fn a_panel_has_the_values_of_periods_and_members() {
    let tree = KpiTree::parse(
        "visits = sum[channel](seen)\n fans {stock} = sum[channel](follows)\n cvr = orders / visits\n seen, follows {stock}, orders",
    )
    .unwrap();
    let month = |month: &str, seen: i64| {
        let row = PanelRow::new(month.parse().unwrap()).with_member("channel", "SEM");
        row.with_value("seen", seen.into()).with_value("follows", (seen * 2).into())
    };
    let orders = |month: &str| PanelRow::new(month.parse().unwrap()).with_value("orders", dec!(3));
    let all = [
        month("2026-07", 10),
        month("2026-08", 20),
        month("2026-09", 30),
        orders("2026-07"),
        orders("2026-08"),
    ];
    let panel = Panel::new(&tree, ["channel"], all).unwrap();
    let values = tree.evaluate_panel(&panel).unwrap();
    let targets = KpiTargets::new(
        &tree,
        rows(
            r#"[
            {"node": "visits", "period": "2026-Q3", "target": 120},
            {"node": "visits", "period": "2026-Q4", "target": 120},
            {"node": "fans", "period": "2026-Q3", "target": 30},
            {"node": "cvr", "period": "2026-Q3", "target": 0.1},
            {"node": "cvr", "target": 0.1},
            {"node": "orders", "period": "2026-Q3", "target": 9},
            {"node": "seen", "period": "2026-08", "channel": "SEM", "target": 10},
            {"node": "seen", "period": "2026-08", "channel": "live", "target": 10},
            {"node": "follows", "period": "2026-08", "target": 10}
        ]"#,
        ),
    )
    .unwrap();
    let report = targets.against_panel(&values, &lights()).unwrap();
    let told: Vec<String> =
        report.iter().map(|own| format!("{}: {} {}", own.name(), own.actual, own.attainment)).collect();
    assert_eq!(
        told,
        [
            "visits, 2026-Q3: 60 1/2",
            "visits, 2026-Q4: missing: visits, 2026-Q4 missing: visits, 2026-Q4",
            "fans, 2026-Q3: 60 2",
            "cvr, 2026-07: 0.3 3",
            "cvr, 2026-08: 0.15 3/2",
            "cvr, 2026-09: missing: orders in 2026-09 missing: orders in 2026-09",
            "cvr, 2026-Q3: missing: cvr, 2026-Q3 missing: cvr, 2026-Q3",
            "seen [SEM], 2026-08: 20 2",
            "seen [live], 2026-08: missing: seen [live], 2026-08 missing: seen [live], 2026-08",
            "follows, 2026-08: missing: one value of follows, which varies by channel missing: one value of follows, which varies by channel",
            "orders, 2026-Q3: missing: orders in 2026-09 missing: orders in 2026-09",
        ]
    );
}

#[test]
fn what_lacks_is_named_and_nothing_is_guessed() {
    let tree = KpiTree::parse(
        "profit [CNY] = sales - spend
         sales [CNY] = sum[channel](visits * aov)
         up [%] = growth(sales, 1)
         visits [visit], aov [CNY/visit], spend [CNY]",
    )
    .unwrap();
    let targets = KpiTargets::new(
        &tree,
        rows(
            r#"[
            {"node": "profit", "period": "2026-07", "target": 500},
            {"node": "profit", "period": "2026-08", "target": 500},
            {"node": "spend", "period": "2026-07", "target": 100},
            {"node": "spend", "period": "2026-08", "target": 100},
            {"node": "sales", "period": "2026-08", "target": 600},
            {"node": "sales", "period": "2026-09", "target": 630},
            {"node": "up", "period": "2026-09", "target": 6},
            {"node": "up", "period": "2026-08", "target": 6},
            {"node": "visits", "period": "2026-08", "channel": "SEM", "target": 100},
            {"node": "aov", "period": "2026-08", "channel": "SEM", "target": 5},
            {"node": "visits", "period": "2026-08", "channel": "live", "target": 100},
            {"node": "profit", "target": 9}, {"node": "sales", "target": 10}, {"node": "spend", "target": 1},
            {"node": "up", "target": 1}, {"node": "aov", "period": "2026", "channel": "SEM", "target": 5}
        ]"#,
        ),
    )
    .unwrap();
    assert_eq!(
        told(&targets.gaps().unwrap()),
        [
            "profit: the targets below come to 9 CNY, which is the target",
            // July has no target of sales, nor of any member below: that is not a sum of 0.
            "profit, 2026-07: what the targets below come to is missing: visits of SEM in 2026-07",
            "profit, 2026-08: the targets below come to 500 CNY, which is the target",
            "sales, 2026-08: what the targets below come to is missing: aov of live in 2026-08",
            "up: what the targets below come to is missing: sales of an earlier period",
            "up, 2026-08: what the targets below come to is missing: visits of SEM in 2026-07",
            "up, 2026-09: the targets below come to 5 %, 1 percentage points below the target of 6 %",
        ]
    );
}

#[test]
fn parts_of_a_period_fill_it_or_say_what_lacks() {
    let tree = KpiTree::parse("sales [CNY]\n").unwrap();
    let gaps = |periods: &[(&str, i64)]| {
        let rows = periods
            .iter()
            .map(|(period, target)| KpiTarget::new("sales", *target).with_period(period.parse().unwrap()));
        told(&KpiTargets::new(&tree, rows).unwrap().gaps().unwrap())
    };
    let year: Vec<(String, i64)> = (1..=12).map(|month| (format!("2026-{month:02}"), 10)).collect();
    let mut all: Vec<(&str, i64)> = year.iter().map(|(month, target)| (month.as_str(), *target)).collect();
    all.extend([("2026", 120), ("2026-Q3", 31), ("2026-W32", 3)]);
    assert_eq!(
        gaps(&all),
        [
            "sales, 2026: the targets for 2026-01 to 2026-12 come to 120 CNY, which is the target",
            "sales, 2026-Q3: the targets for 2026-07 to 2026-09 come to 30 CNY, 1 CNY below the target of 31 CNY",
        ]
    );
    assert_eq!(
        gaps(&[("2026-Q3", 30), ("2026-08", 10), ("2026-09", 10)]),
        ["sales, 2026-Q3: what the targets for 2026-08 to 2026-09 come to is missing: sales, 2026-07"]
    );
    assert_eq!(
        gaps(&[("2026-Q3", 30), ("2026-07", 10), ("2026-09", 10)]),
        ["sales, 2026-Q3: what the targets for 2026-07 to 2026-09 come to is missing: sales, 2026-08"]
    );
    assert_eq!(
        gaps(&[("2026-Q3", 30), ("2026-07", 40)]),
        ["sales, 2026-Q3: what the target for 2026-07 comes to is missing: sales, 2026-08"]
    );
    // Weeks are no parts of months, and rates do not add up.
    assert!(gaps(&[("2026-07", 30), ("2026-W28", 10)]).is_empty());
    let rate = KpiTree::parse("cvr = orders / visits\n orders, visits").unwrap();
    let rows = ["2026-Q3", "2026-07", "2026-08", "2026-09"]
        .map(|period| KpiTarget::new("cvr", 1).with_period(period.parse().unwrap()));
    assert_eq!(KpiTargets::new(&rate, rows).unwrap().gaps().unwrap().iter().count(), 0);
}

/// Names that only the tree of targets has stay out of sight, whatever the nodes are called.
#[test]
fn nodes_may_be_called_as_the_tree_of_targets_calls_its_own() {
    let tree =
        KpiTree::parse("`implied x` = `target of x` * 2\n x = `implied x` + a\n `target of x`, a").unwrap();
    let targets = KpiTargets::new(
        &tree,
        [KpiTarget::new("x", 9), KpiTarget::new("implied x", 6), KpiTarget::new("a", 2)],
    )
    .unwrap();
    assert_eq!(told(&targets.gaps().unwrap()), ["x: the targets below come to 8, 1 below the target of 9"]);
}

#[test]
fn groups_of_members_filter_targets_too() {
    let tree = KpiTree::parse("paid [CNY] = sum[channel in ads](spend)\n spend [CNY]\n ads = {SEM, social}")
        .unwrap();
    let spend = |channel: &str, target: i64| KpiTarget::new("spend", target).with_member("channel", channel);
    let rows = [KpiTarget::new("paid", 100), spend("SEM", 60), spend("social", 30), spend("SEO", 5)];
    assert_eq!(
        told(&KpiTargets::new(&tree, rows).unwrap().gaps().unwrap()),
        ["paid: the targets below come to 90 CNY, 10 CNY below the target of 100 CNY"]
    );
}
