//! A panel in longer periods: months put together to quarters, each leaf by its kind.

use super::frame::{Entry, Frame};
use super::node::NodeKind;
use super::panel::{LeafValues, Panel};
use super::roll_up::roll_up;
use super::{KpiError, KpiTree, Node};
use crate::error::{Path, Problems};
use crate::time::{FiscalCalendar, NaiveDate, Period, add_days};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::Range;
use rust_decimal::Decimal;

/// A longer period, and the places of its parts in the panel.
struct Whole {
    period: Period,
    parts: Range<usize>,
    /// Whether the panel has all of it, and a row in each of its parts.
    is_complete: bool,
}

impl KpiTree {
    /// The panel in longer periods: all that are of the kind of `like`, from the one in which the panel begins to the one in
    /// which it ends. Months become quarters by any quarter, `2026-Q3`, those of a fiscal year by one of its own
    /// (`FY2027-Q1 from 04 by end`), the weeks of a retail year its months, quarters and years by one of those, and any weeks become spans of four weeks that follow each other by a period of 28 days.
    ///
    /// Each leaf is put together by its kind, as by [`roll_up`](Self::roll_up): a flow adds up, a stock takes the last, the first or the mean value,
    /// growth compounds. A ratio with a formula is computed again from those. Formulas over time then count the longer
    /// periods: `lag(x, 1)` looks back a quarter.
    ///
    /// | case | answer |
    /// | --- | --- |
    /// | a value that is missing in one part | missing in the whole |
    /// | a part in which a member has no row: nobody there | the other parts: a flow adds them, a stock takes the last, first or mean of them |
    /// | the same, and a growth | missing |
    /// | a longer period of which the panel has only some parts, or with a part without any row | a period without any row: all of it is missing, a count too |
    ///
    /// A stock of a member that went counts with its last value in the period in which it went. Members that have rows only in
    /// periods that are not whole are in no row of the result.
    ///
    /// # Errors
    /// All problems at once, those of leaves each at its leaf: [`KpiError::NotAdditive`] for a leaf that is a unique count or a
    /// ratio without formula; [`KpiError::UndeclaredKind`] for a leaf without kind and unit that is multiplied with something that
    /// adds up; [`KpiError::Quantity`] for a sum of more than 28 digits; [`KpiError::NotWithin`] for a period of the panel that
    /// is no part of a longer one, such as a week at the end of a month or one of another retail calendar; [`KpiError::OtherTree`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTree, Panel, PanelRow};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("cvr = orders / visits\n reach = fans\n orders [order], visits [visit], fans [user] {average stock}")?;
    /// let month = |month: &str, orders, visits, fans| {
    ///     let row = PanelRow::new(month.parse()?).with_value("orders", orders).with_value("visits", visits);
    ///     Ok::<_, marketloop::Error>(row.with_value("fans", fans))
    /// };
    /// let months = [
    ///     month("2026-07", dec!(200), dec!(5000), dec!(100))?,
    ///     month("2026-08", dec!(300), dec!(15000), dec!(120))?,
    ///     month("2026-09", dec!(300), dec!(20000), dec!(140))?,
    ///     month("2026-10", dec!(900), dec!(30000), dec!(150))?,
    /// ];
    /// let panel = Panel::new(&tree, [], months)?;
    /// let quarters = tree.roll_up_panel(&panel, "2026-Q3".parse()?)?;
    /// let values = tree.evaluate_panel(&quarters)?;
    /// let rates: Vec<String> = values.series("cvr", [])?.map(|(period, value)| format!("{period}: {value}")).collect();
    /// // One month of the fourth quarter is not the quarter.
    /// assert_eq!(rates, ["2026-Q3: 0.02", "2026-Q4: missing: orders in 2026-Q4"]);
    /// assert_eq!(values.value("fans", "2026-Q3".parse()?, [])?.to_string(), "120");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn roll_up_panel(&self, panel: &Panel, like: Period) -> Result<Panel, Problems<KpiError>> {
        let mut problems = Problems::new();
        if problems.take(&Path::root(), panel.made_for(self)).is_none() {
            return Err(problems);
        }
        let Some(wholes) = problems.take(&Path::root(), wholes(panel, like)) else { return Err(problems) };
        let entries = entries(panel, &wholes);
        let masks: BTreeSet<u32> = entries.iter().map(|entry| entry.mask).collect();
        let masks = masks.into_iter().chain(panel.leaves.iter().map(|leaf| leaf.mask)).chain([0]);
        let frames = masks.map(|mask| Ok((mask, Frame::new(mask, &entries, wholes.len())?)));
        let frames = problems.take(&Path::root(), frames.collect::<Result<BTreeMap<u32, Frame>, KpiError>>());
        let Some(frames) = frames else { return Err(problems) };
        let undeclared = self.multiplied_undeclared();
        let mut leaves = Vec::with_capacity(panel.leaves.len());
        for (slot, leaf) in panel.leaves.iter().enumerate() {
            let of = self.node_of(slot);
            let path = || Path::root().field(&self.id_of(of));
            let fault = undeclared.get(&of).map(|formula| KpiError::UndeclaredKind {
                id: self.id_of(of),
                formula: self.id_of(*formula),
            });
            let kind = self.node(of).map_or(NodeKind::Flow, Node::kind);
            let (Some(from), Some(to)) = (panel.frames.get(&leaf.mask), frames.get(&leaf.mask)) else {
                continue;
            };
            let put = fault.map_or_else(|| put_together(leaf, kind, (from, to), &wholes), Err);
            leaves.extend(problems.take(&path(), put));
        }
        problems.into_result(Panel {
            periods: wholes.into_iter().map(|whole| whole.period).collect(),
            dimensions: panel.dimensions.clone(),
            members: panel.members.clone(),
            entries,
            frames,
            leaves,
            names: Arc::clone(&panel.names),
        })
    }
}

/// The longer periods with their parts.
fn wholes(panel: &Panel, like: Period) -> Result<Vec<Whole>, KpiError> {
    let recorded = panel.frames.get(&0);
    let mut wholes: Vec<Whole> = Vec::new();
    for (place, part) in panel.periods.iter().enumerate() {
        let is_recorded = recorded.is_some_and(|frame| frame.is_there(0, place));
        let next = place.saturating_add(1);
        if let Some(whole) = wholes.last_mut().filter(|whole| is_part(&whole.period, part)) {
            whole.parts.end = next;
            whole.is_complete &= is_recorded;
            continue;
        }
        let whole = period_like(like, part.start()).filter(|whole| is_part(whole, part));
        let period = whole.ok_or_else(|| KpiError::NotWithin {
            period: *part,
            whole: period_like(like, part.start()).unwrap_or(like),
        })?;
        // Only the first may begin before the panel does: the others begin where one ended.
        let is_complete = is_recorded && period.start() == part.start();
        wholes.push(Whole { period, parts: place..next, is_complete });
    }
    // Only the last may end behind the panel.
    if let (Some(whole), Some(part)) = (wholes.last_mut(), panel.periods.last()) {
        whole.is_complete &= whole.period.end() == part.end();
    }
    Ok(wholes)
}

/// Whether a period of the panel is a part of a longer one.
fn is_part(whole: &Period, part: &Period) -> bool {
    // Weeks of two retail calendars may be the same days: a month of one is still no sum of weeks of the other, whose 53rd
    // week is in another year. A span without a name belongs to no calendar and takes them all.
    let is_own = part.retail().is_none() || whole.is_custom() || part.retail() == whole.retail();
    is_own && whole.covers(part)
}

/// The period of the kind of `like` in which a day lies; `None` beyond the years that there are.
#[expect(clippy::arithmetic_side_effects, reason = "days of 10,000 years, by a length of at least one")]
fn period_like(like: Period, day: NaiveDate) -> Option<Period> {
    if like.retail().is_some() {
        return like.retail_like(day);
    }
    let fiscal = like.fiscal().unwrap_or(FiscalCalendar::CALENDAR_YEAR);
    let whole = match like.months() {
        1 => Period::month_of(day),
        3 => fiscal.quarter_of(day),
        6 => fiscal.half_year_of(day),
        12 => fiscal.year_of(day),
        _ if !like.is_custom() && like.days() == 7 => Period::week_of(day),
        _ if !like.is_custom() => Period::day(day),
        _ => {
            // Steps of its own length, forward or back.
            let days = i64::from(like.days());
            let steps = (day - like.start()).num_days().div_euclid(days);
            let start = add_days(like.start(), steps * days).ok()?;
            Period::custom(start, add_days(start, days - 1).ok()?)
        }
    };
    whole.ok()
}

/// Who is there in the longer periods; in one that is not whole nobody, not even for a count.
fn entries(panel: &Panel, wholes: &[Whole]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for entry in &panel.entries {
        let place = wholes.partition_point(|whole| whole.parts.end <= entry.period as usize);
        if wholes.get(place).is_some_and(|whole| whole.is_complete) {
            let period = u32::try_from(place).unwrap_or(u32::MAX);
            entries.push(Entry { period, ..entry.clone() });
        }
    }
    entries.sort_unstable();
    entries.dedup();
    entries
}

/// The values of one leaf in the longer periods.
fn put_together(
    leaf: &LeafValues,
    kind: NodeKind,
    (from, to): (&Frame, &Frame),
    wholes: &[Whole],
) -> Result<LeafValues, KpiError> {
    let mut values = alloc::vec![None; to.len()];
    if leaf.values.iter().all(Option::is_none) {
        return Ok(LeafValues { mask: leaf.mask, values });
    }
    // Before any value: whether a panel is refused must not hang on the month in which it ends.
    if matches!(kind, NodeKind::Ratio | NodeKind::Unique) {
        return Err(KpiError::NotAdditive { kind });
    }
    let mut parts: Vec<Decimal> = Vec::new();
    for (cell, members) in to.cells.iter().enumerate() {
        let Ok(own) = from.cells.binary_search(members) else { continue };
        for (place, whole) in wholes.iter().enumerate().filter(|(_, whole)| whole.is_complete) {
            parts.clear();
            let mut is_known = true;
            for part in whole.parts.clone() {
                let value = leaf.values.get(from.place(own, part)).copied().flatten();
                parts.extend(value);
                // Nobody is there to grow: what was there before and behind does not say from what.
                is_known &= value.is_some() || kind != NodeKind::Growth && !from.is_there(own, part);
            }
            if is_known && !parts.is_empty() {
                let whole = roll_up(kind, &parts)?;
                if let Some(value) = values.get_mut(to.place(cell, place)) {
                    *value = Some(whole);
                }
            }
        }
    }
    Ok(LeafValues { mask: leaf.mask, values })
}

#[cfg(test)]
mod tests {
    use super::super::PanelRow;
    use super::*;
    use alloc::format;
    use alloc::string::{String, ToString};
    use rust_decimal::dec;

    fn row(period: &str, channel: &str) -> PanelRow {
        PanelRow::new(period.parse().unwrap()).with_member("channel", channel)
    }

    fn plain(period: &str, value: Decimal) -> PanelRow {
        PanelRow::new(period.parse().unwrap()).with_value("x", value)
    }

    fn rolled(tree: &KpiTree, rows: impl IntoIterator<Item = PanelRow>, like: &str) -> Panel {
        let panel = Panel::new(tree, ["channel"], rows).unwrap();
        tree.roll_up_panel(&panel, like.parse().unwrap()).unwrap()
    }

    fn series(tree: &KpiTree, panel: &Panel, node: &str) -> Vec<String> {
        let values = tree.evaluate_panel(panel).unwrap();
        let series = values.series(node, []).unwrap();
        series.map(|(period, value)| format!("{period}: {value}")).collect()
    }

    #[test]
    fn each_kind_of_leaf_is_put_together_by_its_kind() {
        let kinds = ["flow", "stock", "opening stock", "average stock", "growth"];
        let expected = ["0.7", "0.4", "0.1", "0.2333333333333333333333333333", "0.848"];
        for (kind, expected) in kinds.into_iter().zip(expected) {
            let tree = KpiTree::parse(&format!("x {{{kind}}}")).unwrap();
            let months =
                [plain("2026-07", dec!(0.1)), plain("2026-08", dec!(0.2)), plain("2026-09", dec!(0.4))];
            let quarters = rolled(&tree, months, "2026-Q1");
            assert_eq!(series(&tree, &quarters, "x"), [format!("2026-Q3: {expected}")], "{kind}");
        }
    }

    #[test]
    fn what_cannot_be_put_together_is_told_at_its_leaf_all_at_once() {
        let tree = KpiTree::parse(
            "sales [CNY] = visits * cvr * aov + reach * each\n other = a * b\n a, b\n \
             visits [visit], cvr [order/visit], aov [CNY/order], reach [user] {unique}, each [CNY/user]",
        )
        .unwrap();
        let july = PanelRow::new("2026-07".parse().unwrap());
        let names = ["visits", "cvr", "aov", "reach", "a"];
        let filled = names.iter().fold(july.clone(), |row, name| row.with_value(*name, dec!(1)));
        let panel = Panel::new(&tree, [], [filled]).unwrap();
        let quarter: Period = "2026-Q3".parse().unwrap();
        let refused = tree.roll_up_panel(&panel, quarter).unwrap_err();
        let told = refused.to_string();
        for expected in [
            "cvr: values of kind ratio cannot be added up",
            "aov: values of kind ratio",
            "reach: values of kind unique",
            "a: `a` is multiplied in `other`",
            "b: `b` is multiplied in `other`",
        ] {
            assert!(told.contains(expected), "{expected} in\n{told}");
        }
        // A rate of which nothing is known is no fault: `each` is missing, whatever its kind.
        assert_eq!(refused.len(), 5, "{told}");
        let other = KpiTree::parse("calls").unwrap();
        let refused = other.roll_up_panel(&panel, quarter).unwrap_err();
        assert_eq!(refused.to_string(), format!(".: {}", KpiError::OtherTree));
        // More than a decimal holds, of one member.
        let tree = KpiTree::parse("all = sum[channel](x)\n x {flow}").unwrap();
        let rows =
            ["2026-07", "2026-08", "2026-09"].map(|month| row(month, "a").with_value("x", Decimal::MAX));
        let panel = Panel::new(&tree, ["channel"], rows).unwrap();
        let refused = tree.roll_up_panel(&panel, quarter).unwrap_err();
        assert!(refused.to_string().starts_with("x: "), "{refused}");
    }

    #[test]
    fn a_quarter_that_is_not_whole_is_missing_and_never_a_smaller_sum() {
        let text =
            "all = sum[channel](x)\n many = count[channel](x)\n again = missing_as(all, -1)\n x {flow}";
        let tree = KpiTree::parse(text).unwrap();
        let months = ["2025-12", "2026-01", "2026-02", "2026-03", "2026-04", "2026-06", "2026-07", "2026-08"];
        let rows = months.map(|month| row(month, "a").with_value("x", dec!(2)));
        let quarters = rolled(&tree, rows, "2026-Q3");
        let lacking = |quarter| format!("2026-Q{quarter}: missing: a row in 2026-Q{quarter}");
        let first = "2025-Q4: missing: a row in 2025-Q4".to_string();
        assert_eq!(
            series(&tree, &quarters, "all"),
            [first.clone(), "2026-Q1: 6".into(), lacking(2), lacking(3)]
        );
        assert_eq!(series(&tree, &quarters, "many"), [first, "2026-Q1: 1".into(), lacking(2), lacking(3)]);
        // Nor does a panel without one whole quarter have values.
        let july = [row("2026-07", "a").with_value("x", dec!(2))];
        let quarters = rolled(&tree, july, "2026-Q3");
        assert_eq!(series(&tree, &quarters, "all"), [lacking(3)]);
        assert_eq!(quarters.rows().count(), 0);
    }

    #[test]
    fn a_member_counts_with_the_months_in_which_it_is_there() {
        let months = |kind: &str, gap: Option<Decimal>| {
            let tree = KpiTree::parse(&format!("all = sum[channel](x)\n x {{{kind}}}")).unwrap();
            let given = |month, channel, value: Option<Decimal>| {
                value.map_or_else(|| row(month, channel), |value| row(month, channel).with_value("x", value))
            };
            let rows = [
                given("2026-07", "a", Some(dec!(1))),
                given("2026-08", "a", Some(dec!(2))),
                given("2026-09", "a", Some(dec!(3))),
                given("2026-08", "b", Some(dec!(10))),
                given("2026-09", "b", gap),
            ];
            let quarters = rolled(&tree, rows, "2026-Q3");
            series(&tree, &quarters, "all").join("")
        };
        assert_eq!(months("flow", Some(dec!(20))), "2026-Q3: 36");
        assert_eq!(months("stock", Some(dec!(20))), "2026-Q3: 23");
        assert_eq!(months("opening stock", Some(dec!(20))), "2026-Q3: 11");
        assert_eq!(months("average stock", Some(dec!(20))), "2026-Q3: 17");
        // There without a value is missing: the rest would pass for the whole.
        for kind in ["flow", "stock", "opening stock", "average stock"] {
            assert_eq!(months(kind, None), "2026-Q3: missing: x of b in 2026-Q3", "{kind}");
        }
        let growth = |months: &[&str]| {
            let tree = KpiTree::parse("best = max[channel](x)\n x {growth}").unwrap();
            let of =
                |channel: &'static str| move |month: &&str| row(month, channel).with_value("x", dec!(0.1));
            let all = ["2026-07", "2026-08", "2026-09"];
            let rows: Vec<PanelRow> = all.iter().map(of("a")).chain(months.iter().map(of("b"))).collect();
            series(&tree, &rolled(&tree, rows, "2026-Q3"), "best").join("")
        };
        assert_eq!(growth(&["2026-07", "2026-08", "2026-09"]), "2026-Q3: 0.331");
        assert_eq!(growth(&["2026-07", "2026-09"]), "2026-Q3: missing: x of b in 2026-Q3");
    }

    #[test]
    fn every_kind_of_period_has_its_parts() {
        let tree = KpiTree::parse("x {flow}").unwrap();
        let from = |first: &str, count: usize| {
            let periods = core::iter::successors(first.parse::<Period>().ok(), |period| period.next().ok());
            let rows = periods.take(count).map(|period| PanelRow::new(period).with_value("x", dec!(1)));
            Panel::new(&tree, [], rows).unwrap()
        };
        let sums = |first: &str, count: usize, like: &str| -> Result<Vec<String>, String> {
            let whole = tree.roll_up_panel(&from(first, count), like.parse().unwrap());
            Ok(series(&tree, &whole.map_err(|refused| refused.to_string())?, "x"))
        };
        assert_eq!(sums("2026-02-01", 28, "2031-01").unwrap(), ["2026-02: 28"]);
        assert_eq!(sums("2026-07-06", 14, "2026-W01").unwrap(), ["2026-W28: 7", "2026-W29: 7"]);
        assert_eq!(sums("2026-01", 12, "2020-H1").unwrap(), ["2026-H1: 6", "2026-H2: 6"]);
        assert_eq!(sums("2026-Q1", 4, "2020").unwrap(), ["2026: 4"]);
        let fiscal = sums("2026-04", 3, "FY2020-Q3 from 04 by end").unwrap();
        assert_eq!(fiscal, ["FY2027-Q1 from 04 by end: 3"]);
        assert_eq!(sums("2026-04", 12, "FY2026 from 04 by start").unwrap(), ["FY2026 from 04 by start: 12"]);
        // A retail year of 53 weeks: 2023 of the US retail federation.
        let us = |text: &str| format!("{text} 4-5-4 to Saturday nearest 01 by start");
        let months = sums(&us("FY2023-W01"), 53, &us("FY2000-M01")).unwrap();
        assert_eq!(months.len(), 12);
        assert_eq!(
            [&months[0], &months[1], &months[11]],
            [
                &format!("{}: 4", us("FY2023-M01")),
                &format!("{}: 5", us("FY2023-M02")),
                &format!("{}: 5", us("FY2023-M12")),
            ]
        );
        let quarters = sums(&us("FY2023-W40"), 14, &us("FY2000-Q1")).unwrap();
        assert_eq!(quarters, [format!("{}: 14", us("FY2023-Q4"))]);
        assert_eq!(sums(&us("FY2023-M01"), 12, &us("FY2000")).unwrap(), [format!("{}: 12", us("FY2023"))]);
        assert_eq!(sums(&us("FY2023-Q3"), 2, &us("FY2000-H1")).unwrap(), [format!("{}: 2", us("FY2023-H2"))]);
        assert_eq!(sums("2023-01-29", 7, &us("FY2000-W05")).unwrap(), [format!("{}: 7", us("FY2023-W01"))]);
        // Those of another calendar are no parts, although its weeks end on the same Saturdays.
        let other = "FY2000-M01 4-4-5 to last Saturday of 01 by start";
        assert_eq!(
            sums(&us("FY2023-W01"), 1, other).unwrap_err(),
            ".: FY2023-W01 4-5-4 to Saturday nearest 01 by start is no part of FY2023-M01 4-4-5 to last Saturday of 01 by start"
        );
        assert!(sums(&us("FY2026-W01"), 1, "2026-02").unwrap_err().contains("is no part of 2026-02"));
        assert!(sums(&us("FY2026-M01"), 1, &us("FY2026-W01")).unwrap_err().contains("is no part of"));
        // A span of four weeks is of no calendar.
        let spans = sums(&us("FY2026-W01"), 4, "2026-02-01/2026-02-28").unwrap();
        assert_eq!(spans, ["2026-02-01/2026-02-28: 4"]);
        // Four weeks, counted from any such span, forward and back.
        for like in ["2026-06-29/2026-07-26", "2027-06-28/2027-07-25", "2025-06-30/2025-07-27"] {
            let spans = sums("2026-W27", 8, like).unwrap();
            assert_eq!(spans, ["2026-06-29/2026-07-26: 4", "2026-07-27/2026-08-23: 4"]);
        }
        // A period is a part of itself; one that reaches beyond, or is longer, is none.
        assert_eq!(sums("2026-07", 1, "2026-08").unwrap(), ["2026-07: 1"]);
        assert_eq!(sums("2026-W27", 1, "2026-07").unwrap_err(), ".: 2026-W27 is no part of 2026-06");
        assert_eq!(sums("2026-Q3", 1, "2026-07").unwrap_err(), ".: 2026-Q3 is no part of 2026-07");
        assert_eq!(
            sums("2026-Q2", 3, "FY2027-Q1 from 05 by end").unwrap_err().split(" from").next(),
            Some(".: 2026-Q2 is no part of FY2026-Q4")
        );
        // At both ends of time.
        assert_eq!(sums("0001-01", 3, "2026-Q1").unwrap().len(), 1);
        assert_eq!(sums("9999-10", 3, "2026-Q1").unwrap().len(), 1);
        assert!(sums("9999-12-31", 1, "0001-01-01/0001-01-07").is_err());
        assert!(sums("0001-01-01", 1, "FY0002 from 04 by start").is_err());
    }

    #[test]
    fn formulas_over_time_count_the_longer_periods_and_ratios_are_made_again() {
        let text = "more = growth(sales, 1)\n sales = sum[channel](visits * orders / visits)\n \
                    rate = sum[channel](orders) / sum[channel](visits)\n visits [visit], orders [order]";
        let tree = KpiTree::parse(text).unwrap();
        let months = ["01", "02", "03", "04", "05", "06"].into_iter().zip(1_i64..);
        let rows = months.map(|(month, number)| {
            let row = row(&format!("2026-{month}"), "a");
            row.with_value("visits", dec!(100)).with_value("orders", number.into())
        });
        let quarters = rolled(&tree, rows, "2026-Q1");
        assert_eq!(series(&tree, &quarters, "sales"), ["2026-Q1: 6", "2026-Q2: 15"]);
        assert_eq!(series(&tree, &quarters, "rate"), ["2026-Q1: 0.02", "2026-Q2: 0.05"]);
        assert_eq!(series(&tree, &quarters, "more").last().unwrap(), "2026-Q2: 1.5");
        assert_eq!(Panel::new(&tree, ["channel"], quarters.rows()).unwrap(), quarters);
    }
}
