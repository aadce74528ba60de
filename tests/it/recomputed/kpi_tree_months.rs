//! The months of the example `kpi_tree`, worked out again from the rows of its table.

use super::{Checked, Fraction};
use crate::example::data;
use std::collections::BTreeMap;

const COMPANY: &str = "The company by month";
const MEMBERS: &str = "Change of the year by channel";
const LEAVES: &str = "Change of the year by lever";
const PARTS: &str = "Change of the year by channel and lever";
const MEMBERS_SINCE: &str = "Channels by month";
const LEAVES_SINCE: &str = "Levers by month";
const SHARES: &str = "Shares of sales by month";
const RETURNS: &str = "Own returns of the channels, and the mix of the money";
const LEVERS: [&str; 3] = ["visits", "cvr", "aov"];

/// The rows: by month and channel visits, conversion rate, value of an order and spend.
struct Rows {
    months: Vec<String>,
    channels: Vec<String>,
    of: BTreeMap<(usize, String), [Fraction; 4]>,
}

/// What leaves, channels that came and channels that went contributed: floats by channel and lever.
type Parts = BTreeMap<(String, &'static str), f64>;

fn float(own: Fraction) -> f64 {
    own.n as f64 / own.d as f64
}

impl Rows {
    fn read() -> Self {
        let text = std::fs::read_to_string(data("kpi_tree.csv")).unwrap();
        let mut rows = Self { months: Vec::new(), channels: Vec::new(), of: BTreeMap::new() };
        for line in text.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            if rows.months.last().is_none_or(|month| month != cells[0]) {
                rows.months.push(cells[0].into());
            }
            let numbers = [2, 3, 4, 5].map(|column| Fraction::parse(cells[column]));
            let known = rows.of.insert((rows.months.len() - 1, cells[1].into()), numbers);
            assert!(known.is_none(), "{line}");
        }
        rows.channels = rows.of.keys().map(|key| key.1.clone()).collect();
        rows.channels.sort();
        rows.channels.dedup();
        rows
    }

    fn row(&self, month: usize, channel: &str) -> Option<[Fraction; 4]> {
        self.of.get(&(month, channel.to_string())).copied()
    }

    /// The sales of a channel, 0 where it is not there.
    fn sales(&self, month: usize, channel: &str) -> Fraction {
        let sales = |[visits, cvr, aov, _]: [Fraction; 4]| visits.times(cvr).times(aov);
        self.row(month, channel).map_or(Fraction::whole(0), sales)
    }

    fn company(&self, month: usize) -> Fraction {
        Fraction::sum(self.channels.iter().map(|channel| self.sales(month, channel)))
    }

    fn spend(&self, month: usize) -> Fraction {
        Fraction::sum(self.channels.iter().filter_map(|channel| Some(self.row(month, channel)?[3])))
    }

    /// Adds what moved sales between two months: the logarithmic mean of a channel's sales times the change of each
    /// logarithm; a channel that is there once is new or lost.
    fn add(&self, before: usize, after: usize, parts: &mut Parts) {
        for channel in &self.channels {
            let [b, a] = [before, after].map(|month| float(self.sales(month, channel)));
            let mut add = |lever, value| *parts.entry((channel.clone(), lever)).or_insert(0.0) += value;
            match (self.row(before, channel), self.row(after, channel)) {
                (Some(from), Some(to)) => {
                    let mean = if (a - b).abs() < 1e-9 { a } else { (a - b) / (a / b).ln() };
                    for (place, lever) in LEVERS.into_iter().enumerate() {
                        add(lever, mean * (float(to[place]) / float(from[place])).ln());
                    }
                }
                (None, Some(_)) => add("new", a),
                (Some(_), None) => add("lost", -b),
                (None, None) => {}
            }
        }
    }
}

/// A cell is this float, to some cents: each part is rounded, and so that all add up.
fn near(checked: &mut Checked, table: &str, name: &str, column: &str, expected: f64) {
    let (value, unit) = checked.cell(table, name, column);
    let value: f64 = value.unwrap().parse().unwrap();
    assert!((value - expected).abs() < 0.5, "{table} / {name} / {column}: {value} and {expected}");
    assert_eq!(unit, "CNY", "{table} / {name} / {column}");
}

/// The rows of a column add up to its total as they are shown.
fn adds_up(checked: &Checked, table: &str, column: &str) {
    let cells = checked.rows.iter().filter(|row| row.table == table && row.column == column);
    let (total, parts): (Vec<_>, Vec<_>) = cells.partition(|row| row.name == "total");
    let sum = |rows: Vec<&super::Row>| {
        Fraction::sum(rows.iter().map(|row| Fraction::parse(row.value.as_deref().unwrap())))
    };
    assert_eq!((total.len(), parts.len() > 1), (1, true), "{table} / {column}");
    assert_eq!(sum(total), sum(parts), "{table} / {column}");
}

/// Of the parts those of one lever.
fn of_lever(parts: &Parts, lever: &str) -> Option<f64> {
    let mut of = parts.iter().filter(|(key, _)| key.1 == lever).map(|(_, value)| *value).peekable();
    of.peek().is_some().then(|| of.sum())
}

pub(super) fn every_figure_is_worked_out_again(checked: &mut Checked) {
    let rows = Rows::read();
    assert_eq!((rows.months.len(), rows.channels.len()), (24, 6));
    company(&rows, checked);
    year(&rows, checked);
    since(&rows, checked);
    shares_and_returns(&rows, checked);
}

fn company(rows: &Rows, checked: &mut Checked) {
    for (place, month) in rows.months.iter().enumerate() {
        let sales = rows.company(place);
        checked.number(COMPANY, month, "sales", sales, "CNY");
        let so_far = Fraction::sum((place / 12 * 12..=place).map(|month| rows.company(month)));
        checked.number(COMPANY, month, "year to date", so_far, "CNY");
        let returned = sales.over(rows.spend(place));
        checked.number(COMPANY, month, "return on ad spend (revenue)", returned, "CNY/CNY");
        if place >= 12 {
            let growth = sales.over(rows.company(place - 12)).minus(Fraction::whole(1)).percent();
            checked.number(COMPANY, month, "growth on the year before", growth, "%");
        }
    }
}

/// What moved the year: each month against that of the year before.
fn year(rows: &Rows, checked: &mut Checked) {
    let of = |months: std::ops::Range<usize>, channel: &str| {
        Fraction::sum(months.map(|month| rows.sales(month, channel)))
    };
    let mut total = Fraction::whole(0);
    for channel in &rows.channels {
        let change = of(12..24, channel).minus(of(0..12, channel));
        near(checked, MEMBERS, channel, "contribution", float(change));
        total = total.plus(change);
    }
    let mut parts = Parts::new();
    (0..12).for_each(|month| rows.add(month, month + 12, &mut parts));
    for table in [MEMBERS, LEAVES, PARTS] {
        checked.number(table, "total", "contribution", total, "CNY");
    }
    for lever in ["visits", "cvr", "aov", "new", "lost"] {
        near(checked, LEAVES, lever, "contribution", of_lever(&parts, lever).unwrap());
    }
    for ((channel, lever), value) in &parts {
        let name = match *lever {
            "new" | "lost" => format!("{lever}: sales [{channel}]"),
            _ => format!("{lever} [{channel}]"),
        };
        near(checked, PARTS, &name, "contribution", *value);
    }
}

/// The steps: what the twelve months up to each have more than the twelve up to the month before.
fn since(rows: &Rows, checked: &mut Checked) {
    let change = |months: std::ops::Range<usize>, channel: &str| {
        Fraction::sum(months.map(|month| rows.sales(month, channel).minus(rows.sales(month - 12, channel))))
    };
    let columns =
        rows.months.iter().enumerate().skip(12).map(|(place, month)| (month.as_str(), place..place + 1));
    let columns: Vec<_> = columns.chain([("chained", 12..24), ("direct", 12..24)]).collect();
    for (column, months) in &columns {
        let all = rows.channels.iter().map(|channel| change(months.clone(), channel));
        let total = Fraction::sum(all);
        checked.number(MEMBERS_SINCE, "total", column, total, "CNY");
        checked.number(LEAVES_SINCE, "total", column, total, "CNY");
        for channel in &rows.channels {
            near(checked, MEMBERS_SINCE, channel, column, float(change(months.clone(), channel)));
        }
    }
    let mut chained = Parts::new();
    for (column, months) in &columns {
        let mut parts = Parts::new();
        match *column {
            "chained" => parts = std::mem::take(&mut chained),
            "direct" => months.clone().for_each(|month| rows.add(month - 12, month, &mut parts)),
            _ => {
                for (before, after) in (months.start - 12..months.start).map(|month| (month, month + 1)) {
                    rows.add(before, after, &mut parts);
                    rows.add(before, after, &mut chained);
                }
            }
        }
        for lever in ["visits", "cvr", "aov", "new", "lost"] {
            if let Some(value) = of_lever(&parts, lever) {
                near(checked, LEAVES_SINCE, lever, column, value);
            }
        }
    }
}

/// The shares of each month, and of December against December the return on spend by own returns and the mix of the money.
fn shares_and_returns(rows: &Rows, checked: &mut Checked) {
    for (place, month) in rows.months.iter().enumerate().skip(12) {
        for channel in rows.channels.iter().filter(|channel| rows.row(place, channel).is_some()) {
            let share = rows.sales(place, channel).over(rows.company(place));
            checked.number(SHARES, month, channel, share.percent(), "%");
        }
    }
    let returned = |month: usize| rows.company(month).over(rows.spend(month));
    let half = Fraction::new(1, 2);
    let middle = returned(11).plus(returned(23)).times(half);
    for channel in &rows.channels {
        let of = |month: usize| {
            let [_, _, _, spend] = rows.row(month, channel)?;
            Some((spend.over(rows.spend(month)), rows.sales(month, channel).over(spend)))
        };
        let zero = Fraction::whole(0);
        let (own, mix) = match (of(11), of(23)) {
            (Some((s0, r0)), Some((s1, r1))) => {
                let own = s0.plus(s1).times(half).times(r1.minus(r0));
                (own, s1.minus(s0).times(r0.plus(r1).times(half).minus(middle)))
            }
            // Who came or went is all mix, at the return that it has.
            (s0, s1) => {
                let return_on = s0.or(s1).unwrap().1;
                let [s0, s1] = [s0, s1].map(|of| of.map_or(zero, |of| of.0));
                (zero, s1.minus(s0).times(return_on.minus(middle)))
            }
        };
        for (effect, expected) in [("rate", own), ("mix", mix)] {
            let name = format!("{channel} {effect}");
            let (value, unit) = checked.cell(RETURNS, &name, "contribution");
            let value: f64 = value.unwrap().parse().unwrap();
            assert!((value - float(expected)).abs() < 0.02, "{name}: {value} and {}", float(expected));
            assert_eq!(unit, "1");
        }
    }
    // What was rounded adds up, to the last cent.
    for (table, column) in [
        (MEMBERS, "contribution"),
        (LEAVES, "contribution"),
        (PARTS, "contribution"),
        (RETURNS, "contribution"),
    ] {
        adds_up(checked, table, column);
    }
    for column in rows.months.iter().skip(12).map(String::as_str).chain(["chained", "direct"]) {
        adds_up(checked, MEMBERS_SINCE, column);
        adds_up(checked, LEAVES_SINCE, column);
    }
    checked.number(RETURNS, "total", "contribution", returned(23).minus(returned(11)), "1");
}
