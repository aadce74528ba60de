//! A panel in longer periods: the sum to date of their last part, the trees of their parts rolled up, and the same in steps.

use marketloop::kpi::{Exact, Inputs, KpiTarget, KpiTargets, KpiTree, Panel, PanelRow};
use marketloop::strategies::{small_decimals, trees};
use marketloop::target::{Bands, Threshold};
use marketloop::time::Period;
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};

const MEMBERS: [&str; 3] = ["SEM", "直播", "email"];

/// What a member has in a month: no row, a row without a value, or a value.
type Place = Option<Option<Decimal>>;

fn months_from(first: &str, count: usize) -> Vec<Period> {
    let first: Period = first.parse().unwrap();
    std::iter::successors(Some(first), |month| month.next().ok()).take(count).collect()
}

/// Every month is recorded, whoever is there.
fn rows(first: &str, places: &[[Place; 3]]) -> Vec<PanelRow> {
    let mut rows = Vec::new();
    for (month, places) in months_from(first, places.len()).into_iter().zip(places) {
        rows.push(PanelRow::new(month).with_value("budget", dec!(7)));
        for (member, place) in MEMBERS.iter().zip(places) {
            let row = PanelRow::new(month).with_member("渠道", *member);
            rows.extend(place.map(|value| value.map_or(row.clone(), |value| row.with_value("x", value))));
        }
    }
    rows
}

fn places(months: impl Into<prop::collection::SizeRange>) -> impl Strategy<Value = Vec<[Place; 3]>> {
    let value = small_decimals(-999..=9_999);
    let place =
        prop_oneof![2 => Just(None), 1 => Just(Some(None)), 12 => value.prop_map(|value| Some(Some(value)))];
    prop::collection::vec(prop::array::uniform3(place), months)
}

proptest! {
    #[test]
    fn a_quarter_is_the_sum_to_date_of_its_last_month(places in places(1..16), start in 1_u32..13) {
        let text = "root = to_date(all, quarter) - spent\n all = sum[渠道](x)\n spent = to_date(budget, quarter)\n x {flow}, budget {flow}";
        let tree = KpiTree::parse(&format!("so_far = to_date(all, quarter)\n{text}")).unwrap();
        let panel = Panel::new(&tree, ["渠道"], rows(&format!("2026-{start:02}"), &places)).unwrap();
        let quarters = tree.roll_up_panel(&panel, "2020-Q1".parse().unwrap()).unwrap();
        let (by_month, by_quarter) = (tree.evaluate_panel(&panel).unwrap(), tree.evaluate_panel(&quarters).unwrap());
        let is_there = |day| panel.periods().iter().any(|month: &Period| month.contains(day));
        prop_assert!(quarters.periods().windows(2).all(|pair| pair[0].next().unwrap() == pair[1]));
        for quarter in quarters.periods() {
            let whole = |node| by_quarter.value(node, *quarter, []).unwrap();
            if !is_there(quarter.start()) || !is_there(quarter.end()) {
                prop_assert!(whole("all").is_missing() && whole("budget").is_missing(), "{}", quarter);
                continue;
            }
            let last = panel.periods().iter().find(|month| month.end() == quarter.end()).unwrap();
            let to_date = |node| by_month.value(node, *last, []).unwrap();
            prop_assert_eq!(whole("all").known(), to_date("so_far").known(), "{}", quarter);
            prop_assert_eq!(whole("budget").known(), to_date("spent").known());
        }
    }

    #[test]
    fn a_panel_in_longer_periods_is_the_trees_of_its_parts_rolled_up(
        (tree, one, other) in trees().with_quotients().with_conditions().with_digits(-30..=99).with_change()
    ) {
        let row = |(month, inputs): (Period, &Inputs)| {
            let known = tree.leaves().filter_map(|(leaf, node)| Some((node.id(), inputs.value(&tree, leaf)?)));
            known.fold(PanelRow::new(month), |row, (leaf, value)| row.with_value(leaf, value))
        };
        let parts = [&one, &other, &other];
        let panel = Panel::new(&tree, [], months_from("2026-10", 3).into_iter().zip(parts).map(row)).unwrap();
        let quarter: Period = "2026-Q4".parse().unwrap();
        match (tree.roll_up(&parts.map(Clone::clone)), tree.roll_up_panel(&panel, quarter)) {
            (Ok(whole), Ok(quarters)) => {
                let (whole, quarters) = (tree.evaluate(&whole).unwrap(), tree.evaluate_panel(&quarters).unwrap());
                for (id, node) in tree.nodes() {
                    let (own, expected) = (quarters.value(node.id(), quarter, []).unwrap(), whole.value(id));
                    prop_assert_eq!(own.known(), expected.clone().known(), "{}: {}", tree, node.id());
                }
            }
            (Err(expected), Err(refused)) => {
                let sorted = |text: String| { let mut lines: Vec<String> = text.lines().map(|line| line.trim().into()).collect(); lines.sort(); lines };
                prop_assert_eq!(sorted(refused.to_string()), sorted(expected.to_string()));
            }
            (expected, own) => prop_assert!(false, "{}: {:?} and {:?}", tree, expected, own.map(|_| ())),
        }
    }

    #[test]
    fn months_to_years_are_months_to_quarters_to_years(places in places(12..26), kind in prop::sample::select(&["flow", "stock", "opening stock"][..])) {
        let tree = KpiTree::parse(&format!("all = sum[渠道](x) + budget\n x {{{kind}}}, budget {{flow}}")).unwrap();
        let panel = Panel::new(&tree, ["渠道"], rows("2026-01", &places)).unwrap();
        let [quarter, year] = ["2026-Q1", "2026"].map(|like| like.parse().unwrap());
        let quarters = tree.roll_up_panel(&panel, quarter).unwrap();
        let (in_steps, at_once) = (tree.roll_up_panel(&quarters, year).unwrap(), tree.roll_up_panel(&panel, year).unwrap());
        prop_assert_eq!(&in_steps, &at_once);
        // Twice the same kind of period changes nothing.
        prop_assert_eq!(&tree.roll_up_panel(&at_once, year).unwrap(), &at_once);
    }
}

#[test]
fn the_target_of_a_quarter_stands_beside_the_stock_that_its_kind_says() {
    let tree = KpiTree::parse(
        "all = first + last + mean + total\n first {opening stock}, last {stock}, mean {average stock}, total {flow}",
    )
    .unwrap();
    let names = ["first", "last", "mean", "total"];
    let row = |(month, value): (Period, Decimal)| {
        names.iter().fold(PanelRow::new(month), |row, name| row.with_value(*name, value))
    };
    let values = [dec!(1), dec!(2), dec!(5)];
    let panel = Panel::new(&tree, [], months_from("2026-07", 3).into_iter().zip(values).map(row)).unwrap();
    let quarter: Period = "2026-Q3".parse().unwrap();
    let targets = names.map(|name| KpiTarget::new(name, dec!(10)).with_period(quarter));
    let targets = KpiTargets::new(&tree, targets).unwrap();
    let lights = Bands::lights(Threshold::at_or_above(dec!(0.5)), Threshold::at_or_above(dec!(1))).unwrap();
    let report = targets.against_panel(&tree.evaluate_panel(&panel).unwrap(), &lights).unwrap();
    let told: Vec<String> = report
        .iter()
        .map(|own| format!("{}: {}", own.name(), own.actual.as_ref().known().unwrap()))
        .collect();
    assert_eq!(told, ["first, 2026-Q3: 1", "last, 2026-Q3: 5", "mean, 2026-Q3: 8/3", "total, 2026-Q3: 8"]);
    // What the panel in quarters has is the same, but for a mean that is no decimal.
    let quarters = tree.roll_up_panel(&panel, quarter).unwrap();
    let report = targets.against_panel(&tree.evaluate_panel(&quarters).unwrap(), &lights).unwrap();
    for (own, expected) in
        report.iter().zip([dec!(1), dec!(5), dec!(2.6666666666666666666666666667), dec!(8)])
    {
        assert_eq!(own.actual.as_ref().known().and_then(Exact::to_decimal), Some(expected));
    }
}
