//! A panel in longer periods: the sum to date of their last part, the trees of their parts rolled up, and the same in steps.

use marketloop::kpi::{Exact, Inputs, KpiError, KpiTarget, KpiTargets, KpiTree, Panel, PanelRow};
use marketloop::strategies::{retail_calendars, small_decimals, trees};
use marketloop::target::{Bands, Threshold};
use marketloop::time::{Grain, Period, RetailCalendar};
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};

const MEMBERS: [&str; 3] = ["SEM", "直播", "email"];

fn decimal(exact: &Exact) -> Decimal {
    exact.to_decimal().unwrap()
}

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
    /// Two or three retail years, 53 weeks among them: each figure of a week is counted again from the list of weeks.
    #[test]
    fn retail_weeks_add_up_to_their_months_quarters_and_years(
        retail in prop_oneof![Just(RetailCalendar::US_RETAIL), retail_calendars()],
        first in 2021_i32..2026,
        sales in prop::collection::vec(small_decimals(1..=9_999), 53),
    ) {
        let text = "root = before + more + qtd + mtd + htd + ytd\n before = lag(sales, year)\n more = growth(sales, year)\n \
                    mtd = to_date(sales, month)\n qtd = to_date(sales, quarter)\n htd = to_date(sales, half_year)\n \
                    ytd = to_date(sales, year)\n sales = 2 * x\n x {flow}";
        let tree = KpiTree::parse(text).unwrap();
        let weeks: Vec<Period> = [first, first + 1].iter().flat_map(|year| retail.year(*year).unwrap().divide(Grain::Week).unwrap()).collect();
        let sales: Vec<Decimal> = sales.iter().copied().cycle().take(weeks.len()).zip(0_i64..).map(|(value, week)| value + Decimal::from(week)).collect();
        let rows = weeks.iter().zip(&sales).map(|(week, value)| PanelRow::new(*week).with_value("x", *value / dec!(2)));
        let panel = Panel::new(&tree, [], rows).unwrap();
        let (exact, floats) = (tree.evaluate_panel(&panel).unwrap(), tree.panel_columns(&panel).unwrap());
        let (own, ahead) = (retail.weeks_in_year(first).unwrap() as usize, weeks.len());
        let value = |node: &str, week: usize| exact.value(node, weeks[week], []).unwrap().known().map(|value| decimal(&value));
        for week in 0..ahead {
            for (node, whole) in [
                ("mtd", retail.month_of(weeks[week].start())),
                ("qtd", retail.quarter_of(weeks[week].start())),
                ("htd", retail.half_year_of(weeks[week].start())),
                ("ytd", retail.year_of(weeks[week].start())),
            ] {
                let whole = whole.unwrap();
                let sum: Decimal = (0..=week).filter(|place| whole.covers(&weeks[*place])).map(|place| sales[place]).sum();
                prop_assert_eq!(value(node, week), Some(sum), "{} {}", node, weeks[week]);
            }
            // Week n of the second year stands beside week n of the first; a 53rd beside none in a first year of 52.
            let before = week.checked_sub(own).filter(|place| *place < own).map(|place| sales[place]);
            prop_assert_eq!(value("before", week), before, "{}", weeks[week]);
            prop_assert_eq!(exact.value("more", weeks[week], []).unwrap().is_known(), before.is_some());
            for node in ["root", "before", "more", "mtd", "qtd", "htd", "ytd"] {
                let float = floats.value(node, weeks[week], []).unwrap();
                let exact = exact.value(node, weeks[week], []).unwrap();
                let far = |(exact, float): (f64, f64)| (exact - float).abs() > 1e-9 * exact.abs().max(1.0);
                let pair = exact.clone().known().map(|exact| exact.to_f64()).zip(float.clone().known());
                prop_assert_eq!(exact.is_known(), float.is_known(), "{} {}", node, weeks[week]);
                prop_assert!(!pair.is_some_and(far), "{} {}", node, weeks[week]);
            }
        }
        // Longer periods are parts of no month: a tree of its own has what they have.
        let tree = KpiTree::parse("root = before + ytd\n before = lag(sales, year)\n ytd = to_date(sales, year)\n sales = 2 * x\n x {flow}").unwrap();
        let panel = Panel::new(&tree, [], panel.rows()).unwrap();
        for (grain, like) in [
            (Grain::Month, retail.month(2000, 5).unwrap()),
            (Grain::Quarter, retail.quarter(2000, 2).unwrap()),
            (Grain::HalfYear, retail.half_year(2000, 2).unwrap()),
        ] {
            let rolled = tree.roll_up_panel(&panel, like).unwrap();
            let wholes: Vec<Period> = [first, first + 1].iter().flat_map(|year| retail.year(*year).unwrap().divide(grain).unwrap()).collect();
            prop_assert_eq!(rolled.periods(), &wholes[..]);
            let by_whole = tree.evaluate_panel(&rolled).unwrap();
            for (place, whole) in wholes.iter().enumerate() {
                let sum: Decimal = weeks.iter().zip(&sales).filter(|(week, _)| whole.covers(week)).map(|(_, value)| value).sum();
                let value = |node| by_whole.value(node, *whole, []).unwrap().known().map(|value| decimal(&value));
                prop_assert_eq!(value("sales"), Some(sum));
                let before = place.checked_sub(wholes.len() / 2).map(|place| by_whole.value("sales", wholes[place], []).unwrap().known().map(|value| decimal(&value)).unwrap());
                prop_assert_eq!(value("before"), before);
            }
        }
        let years = tree.roll_up_panel(&panel, retail.year(2000).unwrap()).unwrap();
        let values = tree.evaluate_panel(&years).unwrap();
        let second = retail.year(first + 1).unwrap();
        prop_assert_eq!(values.value("before", second, []).unwrap().known().map(|value| decimal(&value)), Some(sales[..own].iter().sum()));
        prop_assert_eq!(values.value("ytd", second, []).unwrap().known().map(|value| decimal(&value)), value("ytd", ahead - 1));
        // Weeks of another calendar are none of its parts, nor is any week of a calendar month.
        let weeks_of = |pattern| if retail.month_weeks() == pattern { [4, 4, 5] } else { pattern };
        let other = RetailCalendar::named_by_start(retail.year_end(), retail.end_weekday(), retail.end_month(), weeks_of([5, 4, 4])).unwrap();
        let refused = tree.roll_up_panel(&panel, other.month(2000, 1).unwrap()).unwrap_err();
        let is_not_within = |error: &KpiError| matches!(error, KpiError::NotWithin { period, .. } if *period == weeks[0]);
        prop_assert!(refused.into_iter().all(|problem| is_not_within(&problem.error)));
    }

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
