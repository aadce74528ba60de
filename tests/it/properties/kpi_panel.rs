//! A panel is its slices, each a tree of its own, and what reads several of them says how.

use marketloop::decompose::{Contributions, DecompositionMethod, Segment, SegmentEffect, mix_rate};
use marketloop::figure::Figure;
use marketloop::kpi::{ExplainOptions, Inputs, KpiError, KpiTree, Panel, PanelExplanation, PanelRow};
use marketloop::laws;
use marketloop::quantity::{Ratio, Rounding};
use marketloop::strategies::{small_decimals, trees};
use marketloop::time::Period;
use proptest::prelude::*;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Months from November 2026 on.
fn months(count: usize) -> Vec<Period> {
    let first: Period = "2026-11".parse().unwrap();
    std::iter::successors(Some(first), |month| month.next().ok()).take(count).collect()
}

fn row(tree: &KpiTree, period: Period, inputs: &Inputs) -> PanelRow {
    let known = tree.leaves().filter_map(|(leaf, node)| Some((node.id(), inputs.value(tree, leaf)?)));
    known.fold(PanelRow::new(period), |row, (leaf, value)| row.with_value(leaf, value))
}

const ROUNDINGS: [Rounding; 7] = [
    Rounding::HalfEven,
    Rounding::HalfAwayFromZero,
    Rounding::HalfTowardZero,
    Rounding::AwayFromZero,
    Rounding::TowardZero,
    Rounding::Ceiling,
    Rounding::Floor,
];

/// The chain adds up to the direct comparison, over whatever it is pivoted by; where one of the periods between has no value
/// there is none.
fn chain_closes(
    tree: &KpiTree,
    panel: &Panel,
    (before, after): (Period, Period),
    options: &ExplainOptions,
) -> Result<(), TestCaseError> {
    let values = tree.evaluate_panel(panel).unwrap();
    let is_between = |month: &Period| (before.min(after)..=before.max(after)).contains(month);
    let root = values.series("root", []).unwrap().filter(|(month, _)| is_between(month));
    let known = root.map(|(_, value)| value).all(|value| value.known().is_some());
    let chain = tree.explain_panel_chain_with(panel, before, after, options);
    prop_assert_eq!(chain.is_ok(), known, "{:?}", chain);
    let Ok(chain) = chain else { return Ok(()) };
    let direct = tree.explain_panel_with(panel, before, after, options).unwrap();
    // Over many steps there may be fewer decimals than of the two ends alone.
    let scale = |why: &PanelExplanation| why.parts().parts()[0].value.scale();
    if scale(&direct) == scale(chain.direct()) {
        prop_assert_eq!(&direct, chain.direct());
    }
    let total = chain.total();
    for why in [chain.direct(), chain.chained()] {
        prop_assert_eq!(why.total(), total);
        laws::explanation_closes(total, why.parts())?;
        laws::explanation_closes(total, &why.by_leaf().unwrap())?;
        laws::explanation_closes(total, &why.by_member().unwrap())?;
    }
    laws::explanation_closes(total, chain.by_period())?;
    for (period, step) in chain.steps() {
        laws::explanation_closes(step.total(), step.parts())?;
        prop_assert_eq!(chain.by_period().get(period), Some(step.total()));
    }
    for table in [chain.leaves_over_time(), chain.members_over_time(), chain.parts_over_time()] {
        let table = table.unwrap();
        let rows: Vec<&str> =
            table.names().iter().map(String::as_str).filter(|row| *row != "total").collect();
        for column in table.columns() {
            let value = |row: &str| -> Decimal {
                let cell = table.get(row, column).and_then(|cell| cell.value.clone());
                cell.map_or(Decimal::ZERO, |value| value.parse().unwrap())
            };
            prop_assert_eq!(
                rows.iter().map(|row| value(row)).sum::<Decimal>(),
                value("total"),
                "{}\n{}",
                column,
                table
            );
        }
        for row in &rows {
            let value = |column: &str| -> Decimal {
                let cell = table.get(row, column).and_then(|cell| cell.value.clone());
                cell.map_or(Decimal::ZERO, |value| value.parse().unwrap())
            };
            let steps: Decimal = chain.steps().iter().map(|(month, _)| value(&month.to_string())).sum();
            prop_assert_eq!(steps, value("chained"), "{}\n{}", row, table);
        }
    }
    Ok(())
}

/// A row for each month and channel, each of one of two inputs.
fn rows_of_slices(tree: &KpiTree, of: [&Inputs; 2], places: &[[bool; 2]]) -> Vec<PanelRow> {
    let mut rows = Vec::new();
    for (month, which) in months(places.len()).iter().zip(places) {
        for (member, which) in ["SEM", "直播"].iter().zip(which) {
            rows.push(row(tree, *month, of[usize::from(*which)]).with_member("渠道", *member));
        }
    }
    rows
}

proptest! {
    #[test]
    fn a_panel_is_its_slices_evaluated_one_by_one(
        (tree, one, other) in trees().with_quotients().with_conditions().with_missing().with_digits(-30..=99).with_change(),
        places in prop::collection::vec(any::<[bool; 2]>(), 1..4)
    ) {
        let months = months(places.len());
        let inputs = |which: bool| if which { &one } else { &other };
        let rows = rows_of_slices(&tree, [&other, &one], &places);
        let panel = Panel::new(&tree, ["渠道"], rows.clone()).unwrap();
        let values = tree.evaluate_panel(&panel).unwrap();
        for (month, which) in months.iter().zip(&places) {
            for (member, which) in ["SEM", "直播"].iter().zip(which) {
                let single = tree.evaluate(inputs(*which)).unwrap();
                for (id, node) in tree.nodes() {
                    let members = [("渠道", *member)];
                    // A node of numbers alone varies by nothing.
                    let slice = values.value(node.id(), *month, members).or_else(|_| values.value(node.id(), *month, [])).unwrap();
                    let alone = single.value(id);
                    prop_assert_eq!(slice.is_missing(), alone.is_missing(), "{}: {} {}", tree, slice, alone);
                    prop_assert_eq!(slice.clone().known(), alone.clone().known(), "{}: {}", tree, node.id());
                }
            }
        }
        // The order of the rows, and how they are cut, say nothing.
        let mut shuffled: Vec<PanelRow> = rows.into_iter().rev().collect();
        shuffled.rotate_left(places.len());
        prop_assert_eq!(&Panel::new(&tree, ["渠道"], shuffled).unwrap(), &panel);
        prop_assert_eq!(&Panel::new(&tree, ["渠道"], panel.rows()).unwrap(), &panel);
    }

    #[test]
    fn the_year_to_date_of_its_last_month_is_the_sum_of_its_months(sales in prop::collection::vec(small_decimals(-999..=9_999), 14)) {
        let tree = KpiTree::parse("all = ytd + rolling\n ytd = to_date(sales, year)\n rolling = rolling_sum(sales, 12)\n sales").unwrap();
        let rows = months(14).into_iter().zip(&sales).map(|(month, sales)| PanelRow::new(month).with_value("sales", *sales));
        let panel = Panel::new(&tree, [], rows).unwrap();
        let values = tree.evaluate_panel(&panel).unwrap();
        let december = "2027-12".parse().unwrap();
        let year: Decimal = sales[2..].iter().sum();
        for node in ["ytd", "rolling"] {
            prop_assert_eq!(values.value(node, december, []).unwrap().get().unwrap(), year);
        }
        // The year before begins before the panel does.
        prop_assert!(values.value("ytd", "2026-12".parse().unwrap(), []).unwrap().is_missing());
    }

    #[test]
    fn a_member_split_in_two_of_the_same_rates_leaves_the_total(
        visits in small_decimals(0..=9_999), share in small_decimals(0..=9_999), rate in small_decimals(0..=999), rest in small_decimals(0..=9_999)
    ) {
        let tree = KpiTree::parse("orders = sum[channel](visits * rate)\n visits, rate").unwrap();
        let july: Period = "2026-07".parse().unwrap();
        let member = |name: &str, visits: Decimal| {
            PanelRow::new(july).with_member("channel", name).with_value("visits", visits).with_value("rate", rate)
        };
        let total = |rows: Vec<PanelRow>| {
            let panel = Panel::new(&tree, ["channel"], rows).unwrap();
            let values = tree.evaluate_panel(&panel).unwrap();
            values.value("orders", july, []).unwrap().get().unwrap()
        };
        let whole = total(vec![member("a", visits), member("b", rest)]);
        let split = total(vec![member("a", visits - share), member("a2", share), member("b", rest)]);
        prop_assert_eq!(whole, split);
    }

    #[test]
    fn rate_and_mix_of_members_add_up(
        members in prop::collection::vec((small_decimals(0..=999), 1_i64..=9_999, small_decimals(0..=999), 1_i64..=9_999, 0..4_u8), 1..6),
        scale in 0_u32..9, rounding in prop::sample::select(&ROUNDINGS[..])
    ) {
        let tree = KpiTree::parse("
            root = rate + cents + again
            rate = 100 * (sum[channel, region](orders) / sum[channel, region](visits))
            cents [%] = all / sum[channel, region](visits)
            all = 2 * sum[channel, region](orders)
            again = sum[channel](inner * cvr) / sum[channel](inner)
            inner = sum[region](visits)
            cvr = sum[region](orders) / sum[region](visits)
            orders, visits").unwrap();
        let (july, august): (Period, Period) = ("2026-07".parse().unwrap(), "2026-08".parse().unwrap());
        let mut rows = Vec::new();
        let mut segments = Vec::new();
        for (place, (orders, visits, later_orders, later_visits, there)) in members.iter().enumerate() {
            let name = format!("m{place}");
            // Who is there in July, in August, or in both; the first always is.
            let (before, after) = if place == 0 { (true, true) } else { (*there != 1, *there != 2) };
            let (visits, later_visits) = (Decimal::from(*visits), Decimal::from(*later_visits));
            let at = |is_there: bool, pair: (Decimal, Decimal)| if is_there { pair } else { (Decimal::ZERO, Decimal::ZERO) };
            segments.push(Segment::new(name.clone(), at(before, (*orders, visits)), at(after, (*later_orders, later_visits))));
            for (month, is_there, orders, visits) in [(july, before, orders, visits), (august, after, later_orders, later_visits)] {
                if is_there {
                    // In two regions, of which one has everything but two visits.
                    let row = |region: &str, orders: Decimal, visits: Decimal| {
                        PanelRow::new(month).with_member("channel", &*name).with_member("region", region)
                            .with_value("orders", orders).with_value("visits", visits)
                    };
                    rows.extend([row("east", *orders, visits), row("west", Decimal::ZERO, Decimal::ZERO)]);
                }
            }
        }
        let panel = Panel::new(&tree, ["channel", "region"], rows.clone()).unwrap();
        rows.reverse();
        let shuffled = Panel::new(&tree, ["channel", "region"], rows).unwrap();
        for (node, times) in [("rate", 100), ("cents", 200), ("again", 1)] {
            let why = tree.explain_panel_mix(&panel, node, "channel", july, august, (scale, rounding)).unwrap();
            laws::explanation_closes(why.total(), &why)?;
            let value = |month| tree.evaluate_panel(&panel).unwrap().value(node, month, []).unwrap().ratio().get().unwrap();
            let change = value(august).minus(value(july)).unwrap();
            prop_assert_eq!(why.total(), change.round((scale, rounding)).unwrap(), "{}", node);
            let other = tree.explain_panel_mix(&shuffled, node, "channel", july, august, (scale, rounding)).unwrap();
            prop_assert_eq!(&other, &why);
            let many = segments.iter().map(|segment| Segment {
                numerator_before: segment.numerator_before * Decimal::from(times),
                numerator_after: segment.numerator_after * Decimal::from(times),
                ..segment.clone()
            });
            let alone = mix_rate(&many.collect::<Vec<_>>(), (scale, rounding)).unwrap();
            let parts = |why: &Contributions<SegmentEffect<String>>| -> Vec<_> {
                why.iter().map(|part| (part.key.clone(), part.value)).collect()
            };
            prop_assert_eq!(parts(&alone), parts(&why), "{}", node);
        }
    }

    #[test]
    fn gaps_are_what_the_rows_lack(
        cells in prop::collection::vec((any::<bool>(), any::<bool>(), any::<bool>()), 2 * 6)
    ) {
        let tree = KpiTree::parse("root = sum[channel](visits * cvr)\n visits, cvr").unwrap();
        let months = months(6);
        let mut rows = Vec::new();
        // A row at both ends, so that the panel has six months.
        for month in [months[0], months[5]] {
            rows.push(PanelRow::new(month));
        }
        let mut expected = Vec::new();
        let cell = |place: usize, member: usize| cells[place * 2 + member];
        for (place, month) in months.iter().enumerate() {
            let anyone = place == 0 || place == 5 || cell(place, 0).0 || cell(place, 1).0;
            if !anyone {
                expected.push(format!("no row in {month}"));
            }
            for (member, name) in ["SEM", "直播"].into_iter().enumerate() {
                let (is_there, visits, cvr) = cell(place, member);
                if is_there {
                    let row = PanelRow::new(*month).with_member("channel", name);
                    let row = if visits { row.with_value("visits", Decimal::ONE) } else { row.with_text("visits", " ") };
                    rows.push(if cvr { row.with_value("cvr", Decimal::ZERO) } else { row });
                    for (leaf, has) in [("visits", visits), ("cvr", cvr)] {
                        if !has {
                            expected.push(format!("{leaf} of {name} has no value in {month}"));
                        }
                    }
                } else if anyone && (0..place).any(|place| cell(place, member).0) && (place..6).any(|place| cell(place, member).0) {
                    expected.push(format!("{name} has no row in {month}"));
                }
            }
        }
        // Both leaves are given somewhere, so that they vary by channel.
        prop_assume!(["visits", "cvr"].into_iter().enumerate().all(|(leaf, _)| {
            cells.iter().any(|(is_there, visits, cvr)| *is_there && if leaf == 0 { *visits } else { *cvr })
        }));
        rows.reverse();
        let panel = Panel::new(&tree, ["channel"], rows).unwrap();
        prop_assert_eq!(panel.gaps().map(|gap| gap.to_string()).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn contributions_of_members_and_months_add_up(
        sales in prop::collection::vec((small_decimals(-30..=99), small_decimals(0..=99), any::<[bool; 3]>()), 15 * 3),
        late in any::<bool>(), rounded in any::<bool>(), rounding in prop::sample::select(&ROUNDINGS[..])
    ) {
        let tree = KpiTree::parse("
            root = if(growth >= 0.1, trend + ytd, trend - 1) + missing_as(spread, 0)
            spread = mean[channel](rate) + max[channel](visits) - min[channel](rate) + count[channel](visits)
            growth = missing_as(undefined_as(growth(total, 1), 0), 0)
            trend = rolling_mean(total, 3) + total / (before * before + 1)
            before = lag(total, 2)
            ytd = to_date(total, year)
            total = sum[channel](visits * rate + max(visits, extra))
            extra = missing_as(lag(visits, 1), 0)
            visits, rate").unwrap();
        let months: Vec<Period> = months(15);
        let mut rows = Vec::new();
        for (month, of) in months.iter().zip(sales.chunks(3)) {
            rows.push(PanelRow::new(*month));
            for (member, (visits, rate, is_there)) in ["a", "b", "c"].iter().zip(of) {
                if is_there[0] || is_there[1] {
                    rows.push(PanelRow::new(*month).with_member("channel", *member).with_value("visits", *visits).with_value("rate", *rate));
                }
            }
        }
        let panel = Panel::new(&tree, ["channel"], rows).unwrap();
        let values = tree.evaluate_panel(&panel).unwrap();
        let (one, other) = if late { (months[4], months[14]) } else { (months[13], months[3]) };
        let root = |month| values.value("root", month, []).unwrap();
        if let (Some(one_value), Some(other_value)) = (root(one).known(), root(other).known()) {
            let why = tree.explain_panel(&panel, one, other).unwrap();
            let change = other_value.to_f64() - one_value.to_f64();
            let total = why.total().to_string().parse::<f64>().unwrap();
            prop_assert!((total - change).abs() <= 1e-6 * (1.0 + change.abs()), "{} {}", total, change);
            laws::explanation_closes(why.total(), why.parts())?;
            laws::explanation_closes(why.total(), &why.by_leaf().unwrap())?;
            laws::explanation_closes(why.total(), &why.by_member().unwrap())?;
            let back = tree.explain_panel(&panel, other, one).unwrap();
            prop_assert_eq!(back.total(), -why.total());
            // The floats have the same parts, up to rounding.
            let columns = tree.panel_columns(&panel).unwrap();
            let moved = columns.contributions(one, other, DecompositionMethod::LogMean).unwrap();
            let size: f64 = moved.by_leaf(other).unwrap().iter().map(|(_, part)| part.abs()).sum();
            for (exact, floats) in [
                (why.by_leaf().unwrap(), moved.by_leaf(other).unwrap()),
                (why.by_member().unwrap(), moved.by_member(other).unwrap()),
            ] {
                // A part of a formula has no name of its own: its switch is that of its node.
                let kind = |name: &str| if name.starts_with("switch of") { "switch".to_owned() } else { name.to_owned() };
                let mut left: BTreeMap<String, f64> = BTreeMap::new();
                for part in &exact {
                    *left.entry(kind(&part.key)).or_default() += part.value.to_string().parse::<f64>().unwrap();
                }
                for (name, part) in floats {
                    *left.entry(kind(&name)).or_default() -= part;
                }
                for (name, left) in left {
                    prop_assert!(left.abs() <= 1e-6 * (1.0 + size), "{}: {}", name, left);
                }
            }
        }
        let (one, other) = if late { (months[10], months[14]) } else { (months[6], months[2]) };
        let options = ExplainOptions::default();
        let options = if rounded { options.with_scale(1).with_rounding(rounding) } else { options };
        chain_closes(&tree, &panel, (one, other), &options)?;
    }

    #[test]
    fn columns_of_a_panel_are_its_slices_in_floats(
        (tree, one, other) in trees().with_quotients().with_conditions().with_missing().with_digits(-30..=99).with_change(),
        places in prop::collection::vec(any::<[bool; 2]>(), 1..4)
    ) {
        let months = months(places.len());
        let inputs = |which: bool| if which { &one } else { &other };
        let rows = rows_of_slices(&tree, [&other, &one], &places);
        let panel = Panel::new(&tree, ["渠道"], rows).unwrap();
        let columns = tree.panel_columns(&panel).unwrap();
        for (month, which) in months.iter().zip(&places) {
            for (member, which) in ["SEM", "直播"].iter().zip(which) {
                let mut single = tree.columns(1).unwrap();
                single.set_inputs(0, inputs(*which)).unwrap();
                single.evaluate();
                for (id, node) in tree.nodes() {
                    let members = [("渠道", *member)];
                    let slice = columns.value(node.id(), *month, members).or_else(|_| columns.value(node.id(), *month, [])).unwrap();
                    let alone = single.value(id, 0);
                    prop_assert_eq!(slice.is_missing(), alone.is_missing(), "{}: {} {}", tree, slice, alone);
                    prop_assert_eq!(slice.known().map(f64::to_bits), alone.known().map(f64::to_bits), "{}: {}", tree, node.id());
                }
            }
        }
    }

    #[test]
    fn columns_of_a_panel_are_near_its_exact_values_and_updates_are_evaluations(
        // Whole numbers: where exact sums are 0, those of floats are.
        sales in prop::collection::vec((-30..=99_i8, 0..=99_i8, 0_u8..6), 15 * 3),
        sets in prop::collection::vec((0..15_usize, 0..3_usize, any::<bool>(), -30..99_i8), 1..9)
    ) {
        let tree = KpiTree::parse("
            root = if(growth >= 0.123456789, trend + ytd, trend - 1) + sum[channel](part)
            growth = missing_as(undefined_as(growth(total, 1), 0), 0)
            trend = rolling_mean(total, 3) + total / (before * before + 1) + growth(total, year)
            before = lag(total, 2)
            ytd = to_date(total, year)
            total = sum[channel](visits * rate + max(visits, extra))
            part = missing_as(undefined_as(visits / sum[channel](visits), 7), rolling_sum(rate, 2))
            extra = missing_as(lag(visits, 1), 0)
            visits, rate").unwrap();
        let months: Vec<Period> = months(15);
        let members = ["a", "b", "c"];
        let mut rows = Vec::new();
        for (month, of) in months.iter().zip(sales.chunks(3)) {
            for (member, (visits, rate, kind)) in members.iter().zip(of) {
                let row = PanelRow::new(*month).with_member("channel", *member);
                match kind {
                    0 => {}
                    1 => rows.push(row.with_value("rate", Decimal::from(*rate))),
                    _ => rows.push(row.with_value("visits", Decimal::from(*visits)).with_value("rate", Decimal::from(*rate))),
                }
            }
        }
        prop_assume!(!rows.is_empty());
        let panel = Panel::new(&tree, ["channel"], rows).unwrap();
        let exact = tree.evaluate_panel(&panel).unwrap();
        let mut columns = tree.panel_columns(&panel).unwrap();
        let cells = |id: &str| {
            let all = members.map(|member| vec![("channel", member)]);
            let varies = ["visits", "rate", "extra", "part"].contains(&id);
            if varies { all.to_vec() } else { vec![vec![]] }
        };
        for (_, node) in tree.nodes() {
            for of in cells(node.id()) {
                let (Ok(exact), Ok(floats)) = (exact.series(node.id(), of.clone()), columns.series(node.id(), of)) else { continue };
                for ((period, exact), (_, floats)) in exact.zip(floats) {
                    match (&exact, &floats) {
                        (marketloop::figure::Figure::Known(exact), marketloop::figure::Figure::Known(float)) => {
                            let exact = exact.to_f64();
                            prop_assert!((exact - float).abs() <= 1e-9 * (1.0 + exact.abs()), "{} {}: {} {}", node.id(), period, exact, float);
                        }
                        (exact, floats) => prop_assert_eq!(exact.to_string(), floats.to_string(), "{} {}", node.id(), period),
                    }
                }
            }
        }
        for (month, member, of_rate, value) in sets {
            let (Some(month), leaf) = (panel.periods().get(month), if of_rate { "rate" } else { "visits" }) else { continue };
            let of = [("channel", members[member])];
            // A member without a row in the month has no value to set.
            let _ = if value == 0 { columns.clear(leaf, *month, of) } else { columns.set(leaf, *month, of, f64::from(value)) };
            columns.update();
        }
        let mut again = columns.clone();
        again.evaluate();
        for (_, node) in tree.nodes() {
            for of in cells(node.id()) {
                let (Ok(updated), Ok(evaluated)) = (columns.series(node.id(), of.clone()), again.series(node.id(), of)) else { continue };
                for ((period, updated), (_, evaluated)) in updated.zip(evaluated) {
                    prop_assert_eq!(updated.to_string(), evaluated.to_string(), "{} {}", node.id(), period);
                    prop_assert_eq!(updated.known().map(f64::to_bits), evaluated.known().map(f64::to_bits));
                }
            }
        }
    }
}

fn panel(tree: &KpiTree, dimensions: &[&str], rows: &str) -> Panel {
    let rows: Vec<PanelRow> = serde_json::from_str(rows).unwrap();
    Panel::new(tree, dimensions.iter().copied(), rows).unwrap()
}

#[test]
fn what_is_known_on_both_sides_is_explained_whatever_lies_before_the_first_period() {
    let months = r#"[
        {"period": "2026-11", "x": 2, "y": 3}, {"period": "2026-12", "x": 5, "y": 7}, {"period": "2027-01", "x": 4, "y": 1},
        {"period": "2027-02", "x": 6, "y": 2}]"#;
    for formula in [
        // Neither reaches back so far: nothing is named that no formula uses.
        "missing_as(rolling_sum(x, 12), y)",
        // One of the two has no sum to date, because its year began before the first month.
        "missing_as(to_date(x, year), y)",
        "missing_as(rolling_mean(x * y, 3), y)",
        // Constants, and what stands for missing values, have no value before the first month either.
        "missing_as(lag(2, year), y)",
        "missing_as(lag(x * 0 + 2, 2), y)",
        "missing_as(lag(missing_as(lag(x, 1), 9), 2), y)",
        "missing_as(lag(if(1 > 0, 3, x), 1), y) * missing_as(growth(5, 3), x)",
        "missing_as(to_date(missing_as(lag(x, 1), 9), year), y)",
    ] {
        let tree = KpiTree::parse(&format!("root = {formula} + 0 * x * y\n x, y")).unwrap();
        let panel = panel(&tree, &[], months);
        let values = tree.evaluate_panel(&panel).unwrap();
        let root: Vec<(Period, Decimal)> = values
            .series("root", [])
            .unwrap()
            .map(|(month, value)| (month, value.known().unwrap().to_decimal().unwrap()))
            .collect();
        for (before, first) in &root {
            for (after, last) in &root {
                let why = tree.explain_panel(&panel, *before, *after).unwrap();
                assert_eq!(why.total(), last - first, "{formula}, {before} to {after}:\n{why}");
                laws::explanation_closes(last - first, why.parts()).unwrap();
            }
        }
    }
}

#[test]
fn whether_nameless_members_are_in_a_set_is_missing_in_a_count_too() {
    let tree = KpiTree::parse("root = x + count[channel in {SEM}](y)\n x, y").unwrap();
    let panel = panel(
        &tree,
        &["channel"],
        r#"[
        {"period": "2026-11", "x": 2, "y": 3}, {"period": "2026-12", "x": 5, "y": 3}]"#,
    );
    let [before, after] = [panel.periods()[0], panel.periods()[1]];
    let told = tree.evaluate_panel(&panel).unwrap().value("root", after, []).unwrap().to_string();
    assert_eq!(told, "missing: a member of channel in {SEM} in 2026-12");
    let near = tree.panel_columns(&panel).unwrap().value("root", after, []).unwrap().to_string();
    assert_eq!(near, told);
    assert!(matches!(tree.explain_panel(&panel, before, after), Err(KpiError::NoValue { .. })));
    // Where a text says what stands for it the rest is explained.
    let tree = KpiTree::parse("root = x + missing_as(count[channel in {SEM}](y), 0)\n x, y").unwrap();
    let panel = Panel::new(&tree, ["channel"], panel.rows()).unwrap();
    assert_eq!(tree.explain_panel(&panel, before, after).unwrap().total(), Decimal::from(3));
}

/// A leaf by two dimensions, of a cell of one pair of members; the other dimension crosses them with each other.
const CROSSED: &str = r#"[
    {"period": "2026-11", "a": "1", "b": "1", "x": 2}, {"period": "2026-11", "a": "2", "b": "2"},
    {"period": "2026-11", "c": "1", "y": 3}, {"period": "2026-11", "a": "1", "z": 1}, {"period": "2026-11", "a": "2", "z": 1},
    {"period": "2026-12", "a": "1", "b": "1", "x": 4}, {"period": "2026-12", "a": "2", "b": "2", "x": 1},
    {"period": "2026-12", "c": "1", "y": 5}, {"period": "2026-12", "a": "1", "z": 1}, {"period": "2026-12", "a": "2"}]"#;

#[test]
fn a_part_that_is_not_there_is_not_counted_whichever_part_is_named_first() {
    let counts = ["x + y + z", "z + y + x", "y * z * x", "(x < z) * y"].map(|formula| {
        let tree = KpiTree::parse(&format!("root = count[a, b, c]({formula})\n x, y, z")).unwrap();
        let panel = panel(&tree, &["a", "b", "c"], CROSSED);
        let (exact, floats) = (tree.evaluate_panel(&panel).unwrap(), tree.panel_columns(&panel).unwrap());
        let exact: Vec<String> =
            exact.series("root", []).unwrap().map(|(_, value)| value.to_string()).collect();
        let near: Vec<String> =
            floats.series("root", []).unwrap().map(|(_, value)| value.to_string()).collect();
        assert_eq!(exact, near, "{formula}");
        let [before, after] = [panel.periods()[0], panel.periods()[1]];
        let why = tree.explain_panel(&panel, before, after).unwrap();
        assert_eq!(why.total(), exact[1].parse::<Decimal>().unwrap() - exact[0].parse::<Decimal>().unwrap());
        exact
    });
    assert!(counts.iter().all(|count| *count == ["2", "2"]), "{counts:?}");
}

#[test]
fn the_one_member_of_a_leaf_is_not_that_of_all() {
    let tree = KpiTree::parse("root = sum[a, b, c](missing_as(x, 0) * y)\n x, y").unwrap();
    let rows = r#"[{"period": "2026-11", "a": "1", "b": "1", "x": 2}, {"period": "2026-11", "a": "2"},
        {"period": "2026-11", "b": "2"}, {"period": "2026-11", "c": "1", "y": 3}]"#;
    let panel = panel(&tree, &["a", "b", "c"], rows);
    let november = panel.periods()[0];
    assert_eq!(tree.evaluate_panel(&panel).unwrap().value("root", november, []).unwrap().to_string(), "6");
    assert_eq!(tree.panel_columns(&panel).unwrap().value("root", november, []).unwrap().known(), Some(6.0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Also where the window is so long that it slides.
    #[test]
    fn a_rolling_sum_is_the_sum_of_its_periods(
        cells in prop::collection::vec((prop::option::weighted(0.97, small_decimals(-999..=9_999)), 0_u32..40), 1..120),
        window in 1_usize..60,
    ) {
        let text = format!("sum = rolling_sum(x, {window}) + 0 * rolling_mean(x, {window})\n x {{flow}} = a / b\n a, b");
        let tree = KpiTree::parse(&text).unwrap();
        let rows = cells.iter().zip(months(cells.len())).map(|((a, b), month)| {
            // Few fractions and fewer quotients by 0.
            let b = match b { 0 => 0, 1 => 3, 2 => 8, _ => 1 };
            let row = PanelRow::new(month).with_value("b", b.into());
            a.map_or(row.clone(), |a| row.with_value("a", a))
        });
        let panel = Panel::new(&tree, [], rows).unwrap();
        let values = tree.evaluate_panel(&panel).unwrap();
        let x: Vec<_> = values.series("x", []).unwrap().map(|(_, value)| value).collect();
        for (place, (_, sum)) in values.series("sum", []).unwrap().enumerate() {
            let Some(first) = (place + 1).checked_sub(window) else {
                prop_assert!(sum.to_string().contains("before 2026-11"));
                continue;
            };
            let within = &x[first..=place];
            let state = within.iter().find(|x| matches!(x, Figure::Missing(_)));
            match state.or(within.iter().find(|x| matches!(x, Figure::Undefined(_)))) {
                Some(Figure::Missing(_)) => prop_assert!(matches!(sum, Figure::Missing(_)), "{}", sum),
                Some(_) => prop_assert!(matches!(sum, Figure::Undefined(_)), "{}", sum),
                None => {
                    let ratios = within.iter().map(|x| x.ratio().get().unwrap());
                    let expected = ratios.fold(Ratio::ZERO, |sum, x| sum.plus(x).unwrap());
                    prop_assert_eq!(sum.ratio().get().unwrap(), expected);
                }
            }
        }
    }
}

/// Windows of more than 256 periods are added up by blocks; whole numbers, so that every order of them has the same sum.
#[test]
fn long_windows_of_columns_are_the_exact_sums_and_updates_are_evaluations() {
    let tree = KpiTree::parse(
        "all = sum[channel](long + short)\n long = rolling_sum(x, 400)\n short = rolling_mean(x, 256)\n x",
    )
    .unwrap();
    let first: Period = "2020-01-01".parse().unwrap();
    let days = std::iter::successors(Some(first), |day| day.next().ok()).take(1_000);
    let rows = days.zip(0_i64..).flat_map(|(day, place)| {
        ["a", "b"].map(|member| {
            let row = PanelRow::new(day).with_member("channel", member);
            // A day without a value, of one member.
            if place == 300 && member == "b" {
                row
            } else {
                row.with_value("x", Decimal::from(place * 7 % 101))
            }
        })
    });
    let panel = Panel::new(&tree, ["channel"], rows).unwrap();
    let exact = tree.evaluate_panel(&panel).unwrap();
    let mut columns = tree.panel_columns(&panel).unwrap();
    for id in ["long", "short"] {
        for member in ["a", "b"] {
            let exact = exact.series(id, [("channel", member)]).unwrap();
            for ((day, exact), (_, floats)) in exact.zip(columns.series(id, [("channel", member)]).unwrap()) {
                assert_eq!(exact.is_missing(), floats.is_missing(), "{id} of {member} on {day}");
                assert_eq!(
                    exact.known().map(|exact| exact.to_f64()),
                    floats.known(),
                    "{id} of {member} on {day}"
                );
            }
        }
    }
    for (day, value) in [(700, Some(1e3)), (128, None), (127, Some(-5.0)), (300, Some(1.0)), (999, Some(2.0))]
    {
        let (day, of) = (panel.periods()[day], [("channel", "b")]);
        match value {
            Some(value) => columns.set("x", day, of, value).unwrap(),
            None => columns.clear("x", day, of).unwrap(),
        }
        columns.update();
        let mut again = columns.clone();
        again.evaluate();
        for (updated, evaluated) in columns.series("all", []).unwrap().zip(again.series("all", []).unwrap()) {
            assert_eq!(updated, evaluated);
        }
    }
}
