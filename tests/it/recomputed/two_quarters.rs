//! The report on two quarters, worked out again from its files: sales by month, the log's facts, and plain fractions.

use super::{Checked, Fraction, every_figure_has_its_unit_and_source, every_question_is_answered};
use crate::example::{data, quarter};
use chrono::Datelike as _;
use marketloop::figure::Report;
use marketloop::time::NaiveDate;
use serde_json::Value;
use std::collections::BTreeMap;

/// The files as they stand: nothing of the crate reads them here.
struct Files {
    plan: Value,
    /// Month, channel, clicks, orders, cents of revenue, new customers.
    sales: Vec<(String, String, i128, i128, i128, Option<i128>)>,
}

fn files() -> Files {
    let read = |name: &str| std::fs::read_to_string(data(name)).unwrap();
    let row = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        let number = |place: usize| cells[place].parse::<i128>().ok();
        let cents = Fraction::parse(cells[4]).times(Fraction::whole(100));
        assert_eq!(cents.d, 1);
        (cells[0].into(), cells[1].into(), number(2).unwrap(), number(3).unwrap(), cents.n, number(5))
    };
    Files {
        plan: serde_json::from_str(&read("two_quarters.json")).unwrap(),
        sales: read("sales.csv").lines().skip(1).map(row).collect(),
    }
}

fn report() -> Report {
    quarter::two_quarters(&data("two_quarters.json"), None).unwrap().1
}

/// What a quarter sold and spent, by hand.
struct Quarter<'a> {
    id: String,
    json: &'a Value,
    months: Vec<String>,
    files: &'a Files,
    /// The plan that holds at the end, by line.
    lines: BTreeMap<String, Fraction>,
}

/// What the funnel counts.
const UNIT_OF_STEPS: &str = "user";

const CHANNELS: [(&str, &str); 4] =
    [("search", "SEM"), ("social", "social"), ("content", "content platforms"), ("video", "short video")];

impl<'a> Quarter<'a> {
    fn new(files: &'a Files, index: usize) -> Self {
        let json = &files.plan["quarters"][index];
        let months = json["cascade"]["parts"].as_array().unwrap();
        let months = months.iter().map(|part| part[0].as_str().unwrap().to_owned()).collect();
        Self { id: json["cycle"].as_str().unwrap().into(), json, months, files, lines: own_lines(json) }
    }

    /// Clicks, orders, revenue and new customers in these months, of one channel or all.
    fn sold(
        &self,
        months: &[String],
        channel: Option<&str>,
    ) -> (Fraction, Fraction, Fraction, Option<Fraction>) {
        let own = self
            .files
            .sales
            .iter()
            .filter(|row| months.contains(&row.0) && channel.is_none_or(|channel| channel == row.1));
        let (mut clicks, mut orders, mut cents, mut new) = (0, 0, 0, Some(0));
        for row in own {
            (clicks, orders, cents) = (clicks + row.2, orders + row.3, cents + row.4);
            new = new.zip(row.5).map(|(sum, own)| sum + own);
        }
        (
            Fraction::whole(clicks),
            Fraction::whole(orders),
            Fraction::new(cents, 100),
            new.map(Fraction::whole),
        )
    }

    /// What was spent on a line, or on all, in months that begin so (`2026-0` would be all of them until September).
    fn spent(&self, line: Option<&str>, month: &str) -> Fraction {
        let all = self.json["spend"].as_array().unwrap().iter().filter(|spent| {
            spent[0].as_str().unwrap().starts_with(month)
                && line.is_none_or(|line| line == spent[1].as_str().unwrap())
        });
        Fraction::sum(all.map(|spent| Fraction::of(&spent[2])))
    }

    fn goal(&self) -> Fraction {
        Fraction::of(&self.json["cascade"]["total"]["value"])
    }

    fn title(&self, what: &str) -> String {
        format!("{}: {what}", self.id)
    }
}

/// The lines by the rules as the file has them: the reserve and the pilots first, 40/30/20/10 of the rest.
fn own_lines(json: &Value) -> BTreeMap<String, Fraction> {
    let rules = json["allocation"]["rules"].as_array().unwrap();
    let total = Fraction::of(&json["allocation"]["total"]);
    let mut lines = BTreeMap::new();
    for rule in rules {
        let rule = &rule["rule"];
        if let Some(percent) = rule["reserve"]["size"]["amount"].get("percent_of_total") {
            let amount = total.times(Fraction::of(percent)).over(Fraction::whole(100));
            lines.insert(rule["reserve"]["line"].as_str().unwrap().to_owned(), amount);
        }
        if let Some(stated) = rule["take"]["amount"].get("stated") {
            lines.insert(rule["take"]["line"].as_str().unwrap().to_owned(), Fraction::of(stated));
        }
    }
    let rest = total.minus(Fraction::sum(lines.values().copied()));
    let mix = rules.iter().find_map(|rule| rule["rule"]["divide"]["parts"].as_array()).unwrap();
    for part in mix {
        let share = Fraction::of(&part["weight"]).over(Fraction::whole(100));
        lines.insert(part["line"].as_str().unwrap().to_owned(), rest.times(share));
    }
    lines
}

/// The plan of the second quarter with what the first one hands on: `need` in the lines, as much again as the reserve's
/// 8 % of all, in steps of 100 CNY. How much is needed is the optimiser's; the report says it.
fn carried(report: &mut Checked, first: &Quarter<'_>, second: &Quarter<'_>) -> BTreeMap<String, Fraction> {
    let table = first.title("what moves into 2026-Q4, and what the next yuan brings there");
    let mut moved = BTreeMap::new();
    for (line, own) in own_lines(second.json) {
        report.number(&table, &line, "own plan", own, "CNY");
        let (amount, unit) = report.cell(&table, &line, "moved");
        assert_eq!(unit, "CNY");
        let amount = Fraction::parse(&amount.unwrap());
        report.number(&table, &line, "new plan", own.plus(amount), "CNY");
        moved.insert(line, amount);
    }
    let all = Fraction::sum(moved.values().copied());
    let total = Fraction::of(&second.json["allocation"]["total"]);
    report.number(&table, "sum", "own plan", total, "CNY");
    report.number(&table, "sum", "moved", all, "CNY");
    report.number(&table, "sum", "new plan", total.plus(all), "CNY");
    // Whole steps, no more than there is, and the reserve keeps its 8 %.
    assert_eq!(all.over(Fraction::whole(100)).d, 1);
    assert_eq!(moved["contingency"], all.times(Fraction::new(8, 100)));
    let left = Fraction::of(&first.json["allocation"]["total"]).minus(first.spent(None, "20"));
    assert!(left.minus(all).n > 0);
    // The least that is needed, as the decision states it: one step less would not do.
    let need = report
        .rows
        .iter()
        .find(|row| row.why.is_empty() && row.name.starts_with("carry over") && row.column == "because");
    let need = need.unwrap().value.clone().unwrap();
    let need = Fraction::of(&Value::from(need.split(" needs ").nth(1).unwrap()));
    let lines = all.times(Fraction::new(92, 100));
    assert!(
        lines.minus(need).n >= 0 && need.minus(lines.minus(Fraction::whole(92))).n > 0,
        "{need:?} {lines:?}"
    );
    let own = own_lines(second.json);
    own.into_iter()
        .map(|(line, amount)| {
            let more = moved[&line];
            (line, amount.plus(more))
        })
        .collect()
}

/// Targets, months, pace and rates.
fn first_page(report: &mut Checked, of: &Quarter<'_>) {
    let (clicks, orders, revenue, new) = of.sold(&of.months, None);
    let spent = of.spent(None, "20");
    // Targets: the actual of each from the files, and its attainment.
    let table = of.title("targets");
    let percent = |text: &str| Fraction::parse(text);
    let mut target = |name: &str, actual: Fraction, unit: &str, goal: Fraction, lower: bool| {
        let (value, found) = report.cell(&table, name, "actual");
        assert_eq!(found, unit, "{name}");
        let value = value.unwrap();
        let decimals = value.split_once('.').map_or(0, |(_, digits)| digits.len());
        assert_eq!(value, actual.rounded(u32::try_from(decimals).unwrap()), "{name}");
        let attained = if lower {
            // At most, inverse: the target over the actual value.
            goal.over(actual).percent()
        } else {
            actual.over(goal).percent()
        };
        report.number(&table, name, "attainment", attained, "%");
        let met = if lower { goal.minus(actual).n >= 0 } else { actual.minus(goal).n >= 0 };
        report.text(&table, name, "met", if met { "yes" } else { "no" }, "");
    };
    target("online sales", revenue, "CNY", of.goal(), false);
    target("conversion rate", orders.over(clicks).percent(), "%", percent("4"), false);
    target("return on ad spend (revenue)", revenue.over(spent), "1", percent("5"), false);
    let repurchase = of.json["actuals"]["repurchase rate"]["known"].as_str().unwrap();
    target("repurchase rate", Fraction::of(&Value::from(repurchase)), "%", percent("15"), false);
    if let Some(new) = new {
        target("customer acquisition cost", spent.over(new), "CNY/customer", percent("80"), true);
        target("share of new customers", new.over(orders).percent(), "%", percent("40"), false);
    } else {
        for name in ["customer acquisition cost", "share of new customers"] {
            assert_eq!(report.cell(&table, name, "actual").0, None, "{name}");
        }
    }
    // Month by month against the goal.
    let table = of.title("month by month against the goal");
    let pace = of.title("what was left to do after each month");
    let months = of.title("sales and spend by month");
    let (mut to_date, mut there) = (Fraction::whole(0), Fraction::whole(0));
    for (place, month) in of.months.iter().enumerate() {
        let goal = Fraction::of(&of.json["cascade"]["parts"][place][1]["value"]);
        let own = std::slice::from_ref(month);
        let (_, orders, revenue, new) = of.sold(own, None);
        (to_date, there) = (to_date.plus(goal), there.plus(revenue));
        report.number(&table, month, "target", goal, "CNY");
        report.number(&table, month, "actual", revenue, "CNY");
        report.number(&table, month, "attainment", revenue.over(goal).percent(), "%");
        report.number(&table, month, "target to date", to_date, "CNY");
        report.number(&table, month, "actual to date", there, "CNY");
        report.number(&pace, month, "attained", there, "CNY");
        report.number(&pace, month, "missing to go", of.goal().minus(there), "CNY");
        if place + 1 < of.months.len() {
            let needed = of.goal().minus(there).over(of.goal().minus(to_date)).percent();
            report.number(&pace, month, "needed pace of what is planned", needed, "%");
        }
        by_month(report, &months, month, revenue, orders, of.spent(None, month), new);
    }
    by_month(report, &months, "total", revenue, orders, spent, new);
    report.number(&table, "total", "target", of.goal(), "CNY");
    report.number(&table, "total", "actual", revenue, "CNY");
    report.number(&table, "total", "attainment", revenue.over(of.goal()).percent(), "%");
    report.number(&table, "total", "missing to go", of.goal().minus(revenue), "CNY");
    // Rates of their samples; the ends of the intervals hold the rate.
    let table = of.title("rates judged by their samples, 95 %");
    let mut judged = vec![("conversion rate", orders, clicks)];
    judged.extend(new.map(|new| ("share of new customers", new, orders)));
    for (name, part, whole) in judged {
        report.number(&table, name, "successes", part, "1");
        report.number(&table, name, "trials", whole, "1");
        report.number(&table, name, "rate", part.over(whole).percent(), "%");
        let [low, high] =
            ["from", "to"].map(|end| Fraction::parse(&report.cell(&table, name, end).0.unwrap()));
        let rate = part.over(whole).percent();
        assert!(low.minus(rate).n < 0 && rate.minus(high).n < 0, "{name}");
        // Wilson's interval solves (p - x)^2 = z^2 x (1 - x) / n at its ends, z = 1.959964.
        for end in [low, high] {
            let (p, x) = (rate.over(Fraction::whole(100)), end.over(Fraction::whole(100)));
            let as_float = |own: Fraction| own.n as f64 / own.d as f64;
            let (p, x, n) = (as_float(p), as_float(x), as_float(whole));
            let z = (p - x).abs() / (x * (1.0 - x) / n).sqrt();
            assert!((z - 1.959_964).abs() < 0.01, "{name}: {z}");
        }
    }
}

/// A row of sales and spend.
fn by_month(
    report: &mut Checked,
    table: &str,
    row: &str,
    revenue: Fraction,
    orders: Fraction,
    spent: Fraction,
    new: Option<Fraction>,
) {
    report.number(table, row, "sales", revenue, "CNY");
    report.number(table, row, "orders", orders, "order");
    report.number(table, row, "spend", spent, "CNY");
    report.number(table, row, "return on ad spend (revenue)", revenue.over(spent), "CNY/CNY");
    report.number(table, row, "cost per order", spent.over(orders), "CNY/order");
    match new {
        Some(new) => {
            report.number(table, row, "customer acquisition cost", spent.over(new), "CNY/customer");
        }
        None => assert_eq!(report.cell(table, row, "customer acquisition cost").0, None),
    }
}

/// Lines, rules and drivers of the plan.
fn plan(report: &mut Checked, of: &Quarter<'_>) {
    let own = own_lines(of.json);
    let total = Fraction::of(&of.json["allocation"]["total"]);
    let (lines, rules) = (of.title("lines of the plan"), of.title("rules of the plan"));
    for (line, amount) in &own {
        report.number(&lines, line, "amount", *amount, "CNY");
        report.number(&lines, line, "share", amount.over(total).percent(), "%");
    }
    report.number(&lines, "sum", "amount", total, "CNY");
    report.number(&lines, "sum", "share", Fraction::whole(100), "%");
    check_rules(report, &rules, &own, total);
    // What drives sales as planned, and each channel's sales from it.
    let (drivers, apart) = (of.title("drivers as planned"), of.title("drivers' plan against the curves"));
    let leaf =
        |channel: &str, what: &str| Fraction::of(&of.json["tree_plan"][format!("{channel}_{what}")]["value"]);
    let (mut sum, mut by_curves) = (Fraction::whole(0), Fraction::whole(0));
    for (channel, line) in CHANNELS {
        let [clicks, cvr, aov] = ["clicks", "cvr", "aov"].map(|what| leaf(channel, what));
        for (what, value, unit) in
            [("clicks", clicks, "click"), ("cvr", cvr, "order/click"), ("aov", aov, "CNY/order")]
        {
            report.number(&drivers, &format!("{channel}_{what}"), "value", value, unit);
        }
        let sales = clicks.times(cvr).times(aov);
        report.number(&drivers, &format!("{channel}_sales"), "value", sales, "CNY");
        report.number(&apart, channel, "by its drivers", sales, "CNY");
        // The Hill curve by floats, to the cent: a x^s / (k^s + x^s).
        let curve =
            of.json["curves"]["lines"].as_array().unwrap().iter().find(|own| own["name"] == *line).unwrap();
        let float = |value: Fraction| value.n as f64 / value.d as f64;
        let [a, k, s] = ["a", "k", "s"].map(|name| float(Fraction::of(&curve["curve"][name])));
        let x = float(own[line]);
        let response = a * x.powf(s) / (k.powf(s) + x.powf(s));
        let cents = Fraction::parse(&format!("{response:.2}"));
        report.number(&apart, channel, "by its curve", cents, "CNY");
        report.number(&apart, channel, "difference", cents.minus(sales), "CNY");
        report.number(&apart, channel, "of the drivers' plan", cents.minus(sales).over(sales).percent(), "%");
        (sum, by_curves) = (sum.plus(sales), by_curves.plus(cents));
    }
    report.number(&drivers, "sales_by_drivers", "value", sum, "CNY");
    assert_eq!(sum, of.goal(), "the drivers plan the goal");
    // The same curves at what was really spent.
    let really = of.title("sales against the curves at what was spent");
    let mut totals = [Fraction::whole(0); 4];
    for (channel, line) in CHANNELS {
        let curve =
            of.json["curves"]["lines"].as_array().unwrap().iter().find(|own| own["name"] == *line).unwrap();
        let float = |value: Fraction| value.n as f64 / value.d as f64;
        let [a, k, s] = ["a", "k", "s"].map(|name| float(Fraction::of(&curve["curve"][name])));
        let (spent, (.., came, _)) = (of.spent(Some(line), "20"), of.sold(&of.months, Some(channel)));
        let x = float(spent);
        let expected = Fraction::parse(&format!("{:.2}", a * x.powf(s) / (k.powf(s) + x.powf(s))));
        let row = [spent, expected, came, came.minus(expected)];
        for (column, value) in ["spent", "expected by its curve", "sales", "difference"].into_iter().zip(row)
        {
            report.number(&really, channel, column, value, "CNY");
        }
        totals = [0, 1, 2, 3].map(|place| totals[place].plus(row[place]));
    }
    for (column, value) in ["spent", "expected by its curve", "sales", "difference"].into_iter().zip(totals) {
        report.number(&really, "total", column, value, "CNY");
    }
    report.number(&apart, "total", "by its drivers", sum, "CNY");
    report.number(&apart, "total", "by its curve", by_curves, "CNY");
    report.number(&apart, "total", "difference", by_curves.minus(sum), "CNY");
    report.number(&apart, "total", "of the drivers' plan", by_curves.minus(sum).over(sum).percent(), "%");
}

/// The bounds of the rules: the reserve's 8 %, the pilots as stated, and at most 10 % for both.
fn check_rules(report: &mut Checked, table: &str, lines: &BTreeMap<String, Fraction>, total: Fraction) {
    let pilots = lines["live (pilot)"].plus(lines["podcast (pilot)"]);
    let of = |percent: i128| total.times(Fraction::new(percent, 100));
    for (bound, held, min, max) in [
        ("1", lines["contingency"], Some(of(8)), of(8)),
        ("2", lines["live (pilot)"], Some(lines["live (pilot)"]), lines["live (pilot)"]),
        ("3", lines["podcast (pilot)"], Some(lines["podcast (pilot)"]), lines["podcast (pilot)"]),
        ("4", pilots, None, of(10)),
    ] {
        report.number(table, bound, "held", held, "CNY");
        report.number(table, bound, "max", max, "CNY");
        if let Some(min) = min {
            report.number(table, bound, "min", min, "CNY");
        }
        if ["1", "4"].contains(&bound) {
            report.number(table, bound, "of", total, "CNY");
        }
        let kept = min.is_none_or(|min| held.minus(min).n >= 0) && max.minus(held).n >= 0;
        report.text(table, bound, "kept", if kept { "yes" } else { "no" }, "");
    }
}

/// What was spent by line, what each channel brought, and what is left.
fn work(report: &mut Checked, of: &Quarter<'_>) {
    let (table, left) = (of.title("spend by line"), of.title("what each line has left"));
    let spent = of.spent(None, "20");
    let total = Fraction::sum(of.lines.values().copied());
    for (line, planned) in &of.lines {
        let own = of.spent(Some(line), "20");
        report.number(&table, line, "planned", *planned, "CNY");
        report.number(&table, line, "spent", own, "CNY");
        report.number(&table, line, "not spent", planned.minus(own), "CNY");
        report.number(&table, line, "spent of plan", own.over(*planned).percent(), "%");
        report.number(&left, line, "not spent", planned.minus(own), "CNY");
    }
    report.number(&table, "sum", "planned", total, "CNY");
    report.number(&table, "sum", "spent", spent, "CNY");
    report.number(&table, "sum", "not spent", total.minus(spent), "CNY");
    report.number(&left, "sum", "not spent", total.minus(spent), "CNY");
    let table = of.title("channels, blended totals");
    let all = of.sold(&of.months, None);
    let mut media = Fraction::whole(0);
    let mut row = |name: &str, (revenue, orders, spent): (Fraction, Fraction, Fraction)| {
        report.number(&table, name, "revenue", revenue, "CNY");
        report.number(&table, name, "share of revenue", revenue.over(all.2).percent(), "%");
        report.number(&table, name, "orders", orders, "order");
        report.number(&table, name, "spend", spent, "CNY");
        report.number(&table, name, "return on ad spend (revenue)", revenue.over(spent), "CNY/CNY");
        report.number(&table, name, "cost per order", spent.over(orders), "CNY/order");
        report.number(&table, name, "average order value", revenue.over(orders), "CNY/order");
    };
    for (channel, line) in CHANNELS {
        let (_, orders, revenue, _) = of.sold(&of.months, Some(channel));
        let own = of.spent(Some(line), "20");
        media = media.plus(own);
        row(channel, (revenue, orders, own));
    }
    row("total", (all.2, all.1, media));
    // The money adds up: spent, handed on, returned.
    let table = of.title("the money adds up");
    report.number(&table, "spent", "amount", spent, "CNY");
    report.number(&table, "left", "amount", Fraction::whole(0), "CNY");
    report.number(&table, "granted", "amount", total, "CNY");
    let parts = ["reassigned", "returned"]
        .map(|part| Fraction::parse(&report.cell(&table, part, "amount").0.unwrap()));
    assert_eq!(Fraction::sum(parts).plus(spent), total);
}

/// Contributions to the change of sales add up to it, and the findings show the same ones.
fn contributions(report: &mut Checked, of: &Quarter<'_>) {
    let (_, _, revenue, _) = of.sold(&of.months, None);
    let off = revenue.minus(of.goal());
    let (table, linked) = (
        of.title("contributions to the change of sales"),
        of.title("contributions that explain the findings, by driver"),
    );
    report.number(&table, "sum", "contribution", off, "CNY");
    report.number(&linked, "sum", "contribution", off, "CNY");
    let finding = report
        .rows
        .iter()
        .find(|row| row.table == of.title("findings") && row.value.as_deref() == Some("online sales"));
    let finding = finding.unwrap().name.clone();
    report.number(&of.title("findings"), &finding, "actual", revenue, "CNY");
    report.number(&of.title("findings"), &finding, "gap", off, "CNY");
    report.number(&of.title("findings"), &finding, "not explained by drivers", Fraction::whole(0), "%");
    let mut sum = Fraction::whole(0);
    for (channel, _) in CHANNELS {
        // By the log-mean of a product (Ang 2004), in floats: L(S1, S0) ln(x1 / x0), to the cent.
        let (clicks, orders, sales, _) = of.sold(&of.months, Some(channel));
        let leaf = |what: &str| Fraction::of(&of.json["tree_plan"][format!("{channel}_{what}")]["value"]);
        let before = leaf("clicks").times(leaf("cvr")).times(leaf("aov"));
        let float = |value: Fraction| value.n as f64 / value.d as f64;
        let (one, zero) = (float(sales), float(before));
        let mean = if one == zero { one } else { (one - zero) / (one / zero).ln() };
        for (what, actual) in [("clicks", clicks), ("cvr", orders.over(clicks)), ("aov", sales.over(orders))]
        {
            let name = format!("{channel}_{what}");
            let (value, unit) = report.cell(&table, &name, "contribution");
            assert_eq!(unit, "CNY");
            let value = Fraction::parse(&value.unwrap());
            let exact = mean * (float(actual) / float(leaf(what))).ln();
            // The parts are closed to the cent: each may be a cent from its own value.
            assert!((float(value) - exact).abs() < 0.02, "{name}: {value:?} {exact}");
            sum = sum.plus(value);
            if value.n != 0 {
                report.number(&linked, &format!("{finding} {name}"), "contribution", value, "CNY");
            }
        }
    }
    assert_eq!(sum, off);
}

/// Workdays as the file's calendar has them.
struct Days<'a>(&'a Value);

impl Days<'_> {
    fn is_workday(&self, day: NaiveDate) -> bool {
        let has = |list: &str| {
            let days = self.0[list].as_array().unwrap();
            days.iter().any(|own| own.as_str() == Some(&day.to_string()))
        };
        (day.weekday().num_days_from_monday() < 5 && !has("holidays")) || has("makeup_workdays")
    }

    /// The last of so many workdays from `start` on.
    fn last_of(&self, start: NaiveDate, workdays: i64) -> NaiveDate {
        let days = start.iter_days().filter(|day| self.is_workday(*day));
        days.take(usize::try_from(workdays).unwrap()).last().unwrap()
    }

    /// The workdays after `day` up to and with `last`.
    fn between(&self, day: NaiveDate, last: NaiveDate) -> i128 {
        let days = day.iter_days().skip(1).take_while(|day| *day <= last);
        i128::try_from(days.filter(|day| self.is_workday(*day)).count()).unwrap()
    }
}

/// Dates of the tasks, how late each was, and when stages are due.
fn tasks_and_days(report: &mut Checked, files: &Files) {
    let day = |value: &Value| value.as_str().unwrap().parse::<NaiveDate>().unwrap();
    let days = Days(&files.plan["calendar"]);
    for index in 0..2 {
        let of = Quarter::new(files, index);
        let (close, work) = (day(&of.json["days"]["close"]), &of.json["work"]);
        let mut made: BTreeMap<&str, NaiveDate> = BTreeMap::new();
        let mut planned = Vec::new();
        for task in work["tasks"].as_array().unwrap() {
            let needs = task["needs"].as_array().unwrap().iter();
            let after = needs.filter_map(|need| made.get(need["deliverable"].as_str().unwrap())).max();
            let from = after.map_or_else(|| day(&work["start"]), |after| after.succ_opt().unwrap());
            let finish = days.last_of(from, task["workdays"].as_i64().unwrap());
            for deliverable in task["makes"].as_array().into_iter().flatten() {
                made.insert(deliverable.as_str().unwrap(), finish);
            }
            planned.push((task, from, finish));
        }
        for (task, from, finish) in planned {
            let told =
                of.json["progress"].as_array().unwrap().iter().find(|told| told[1] == task["id"]).unwrap();
            let finished = told[2].get("finished").map(day);
            let late = days.between(finish, finished.unwrap_or(close));
            let name = task["name"].as_str().unwrap();
            for table in ["tasks at the close", "late tasks at the close"] {
                let table = of.title(table);
                if table.contains("late") && late == 0 {
                    continue;
                }
                report.text(&table, name, "had to be done by", &finish.to_string(), "");
                report.number(&table, name, "workdays late", Fraction::whole(late), "workday");
                report.number(&table, name, "share done", Fraction::of(&told[2]["done"]).percent(), "%");
                match finished {
                    Some(finished) => report.text(&table, name, "done on", &finished.to_string(), ""),
                    None => assert_eq!(report.cell(&table, name, "done on").0, None),
                }
            }
            let dated = of.title("dates of the tasks");
            let start = from.iter_days().find(|day| days.is_workday(*day)).unwrap();
            let id = task["id"].as_str().unwrap();
            report.text(&dated, id, "start", &start.to_string(), "");
            report.text(&dated, id, "finish", &finish.to_string(), "");
            // One chain decides the end: only what is beside it has float, up to what waits for it.
            let float = if id == "material" { days.between(finish, made["content"]) } else { 0 };
            for kind in ["total float", "free float"] {
                report.number(&dated, id, kind, Fraction::whole(float), "workday");
            }
        }
        // 10 days after the start, the end of the period, 30 and 45 days after it.
        let months = ["2026-07-01", "2026-09-30", "2026-10-01", "2026-12-31"];
        let [start, end] =
            [months[2 * index], months[2 * index + 1]].map(|own| own.parse::<NaiveDate>().unwrap());
        let stages = of.title("stages");
        for (stage, from, after) in
            [("plan", start, 10), ("do", end, 0), ("check", end, 30), ("act", end, 45)]
        {
            let due = from.checked_add_days(chrono::Days::new(after)).unwrap();
            report.text(&stages, stage, "due", &due.to_string(), "");
        }
    }
}

/// Versions of the plans, facts in order, what was decided on and what became of it.
fn records(report: &mut Checked, first: &Quarter<'_>, second: &Quarter<'_>, granted: Fraction) {
    for (of, totals) in [(first, vec![]), (second, vec![granted])] {
        let records = of.title("records");
        let rows: Vec<_> = report.rows.iter().filter(|row| row.table == records).cloned().collect();
        let value = |number: &str, column: &str| {
            let own = rows.iter().find(|row| row.name == number && row.column == column);
            own.and_then(|row| row.value.clone()).unwrap_or_default()
        };
        let numbers: Vec<&str> =
            rows.iter().filter(|row| row.column == "on").map(|row| row.name.as_str()).collect();
        // R1: in order, from 1, and no day runs back.
        assert!(numbers.iter().enumerate().all(|(place, number)| **number == (place + 1).to_string()));
        assert!(numbers.windows(2).all(|pair| value(pair[0], "on") <= value(pair[1], "on")));
        // Every spend of the file stands there once, with its day, line and amount.
        let mut spent: Vec<(String, String, Fraction)> = of.json["spend"]
            .as_array()
            .unwrap()
            .iter()
            .map(|own| {
                (own[0].as_str().unwrap().into(), own[1].as_str().unwrap().into(), Fraction::of(&own[2]))
            })
            .collect();
        let mut versions = vec![Fraction::of(&of.json["allocation"]["total"])];
        versions.extend(totals);
        let mut planned = versions.iter().zip(1..);
        for number in numbers {
            match value(number, "what").as_str() {
                "spent" => {
                    let (on, line) = (value(number, "on"), value(number, "about"));
                    let place = spent.iter().position(|own| own.0 == on && own.1 == line).unwrap();
                    report.number(&records, number, "amount", spent.remove(place).2, "CNY");
                    assert_eq!(value(number, "in words"), format!("on {on}"));
                }
                "planned" | "replanned" => {
                    let (total, version) = planned.next().unwrap();
                    report.number(&records, number, "amount", *total, "CNY");
                    let table = of.title("versions of the plan");
                    let version = version.to_string();
                    report.number(&table, &version, "amount", *total, "CNY");
                    report.number(&table, &version, "record", Fraction::parse(number), "record");
                    // Both who have to sign did, on that day.
                    let signed = report.cell(&table, &version, "signed by").0.unwrap();
                    let on = value(number, "on");
                    assert_eq!(
                        signed,
                        format!("marketing director Lin Yue on {on}, finance Zhao Min on {on}")
                    );
                }
                _ => {}
            }
        }
        assert!(spent.is_empty() && planned.next().is_none());
        findings(report, of);
        decisions(report, of);
    }
    // What became of each: the attainments of the two quarters' targets.
    let table = "Findings and their targets afterwards";
    let attained = |of: &Quarter<'_>, target: &str, report: &Checked| {
        let rows = report.rows.iter();
        let cell = rows
            .clone()
            .find(|row| row.table == of.title("targets") && row.name == target && row.column == "attainment");
        cell.and_then(|cell| cell.value.clone())
    };
    for of in [first, second] {
        let found: Vec<(String, String)> = report
            .rows
            .iter()
            .filter(|row| row.table == of.title("findings") && row.column == "target")
            .map(|row| (row.name.clone(), row.value.clone().unwrap()))
            .collect();
        for (id, target) in found {
            let before = attained(of, &target, report);
            let after = if of.id == first.id { attained(second, &target, report) } else { None };
            assert_eq!(report.cell(table, &id, "before").0, before, "{id}");
            assert_eq!(report.cell(table, &id, "afterwards").0, after, "{id}");
        }
    }
}

/// Every missed and every unmeasured target is a finding, under its id; its gap by hand.
fn findings(report: &mut Checked, of: &Quarter<'_>) {
    let (targets, table) = (of.title("targets"), of.title("findings"));
    let names: Vec<String> = report
        .rows
        .iter()
        .filter(|row| row.table == targets && row.column == "to reach")
        .map(|row| row.name.clone())
        .collect();
    let mut number = 0;
    for name in names {
        let met =
            report.rows.iter().find(|row| row.table == targets && row.name == name && row.column == "met");
        if met.is_some_and(|met| met.value.as_deref() == Some("yes")) {
            report.text(&targets, &name, "finding", "none needed", "");
            continue;
        }
        number += 1;
        let id = format!("{}#{number}", of.id);
        report.text(&targets, &name, "finding", &id, "");
        report.text(&table, &id, "target", &name, "");
        let (actual, unit) = report.cell(&targets, &name, "actual");
        let found = report.cell(&table, &id, "actual");
        assert_eq!(found, (actual.clone(), unit), "{id}");
        let (clicks, orders, _, new) = of.sold(&of.months, None);
        let gap = match name.as_str() {
            "conversion rate" => orders.over(clicks).percent().minus(Fraction::whole(4)),
            "share of new customers" if new.is_some() => {
                new.unwrap().over(orders).percent().minus(Fraction::whole(40))
            }
            _ => {
                assert!(name == "online sales" || actual.is_none(), "{name}");
                continue;
            }
        };
        report.number(&table, &id, "gap", gap, "percentage points");
    }
}

/// The amounts of the decisions that are wanted, and what each costs undecided.
fn decisions(report: &mut Checked, of: &Quarter<'_>) {
    let table = of.title("decisions that are wanted");
    if of.id == "2026-Q3" {
        // Of the quarter that follows: its own plan beside its optimum.
        let optimum = "2026-Q4: the plan beside the optimum";
        let number = |name: &str, column: &str, report: &mut Checked| {
            Fraction::parse(&report.cell(optimum, name, column).0.unwrap())
        };
        let name = "divide 2026-Q4 by marginal return";
        let (value, unit) = report.cell(&table, name, "at stake");
        // The sum of the lines' gains, each to the cent.
        let gain = Fraction::sum(CHANNELS.map(|(_, line)| number(line, "gain (sales)", report)));
        let apart = gain.minus(Fraction::parse(&value.unwrap()));
        assert!(unit == "CNY" && apart.n.abs() * 100 <= apart.d * 4, "{apart:?}");
        let moved = CHANNELS.map(|(_, line)| number(line, "moves", report));
        let moved = Fraction::sum(moved.into_iter().filter(|own| own.n > 0));
        report.number(&table, name, "amount", moved, "CNY");
    }
    let money = of.title("the money adds up");
    let [reassigned, returned] = ["reassigned", "returned"]
        .map(|part| Fraction::parse(&report.cell(&money, part, "amount").0.unwrap()));
    report.number(&table, "return to finance", "amount", returned, "CNY");
    report.number(&table, "return to finance", "at stake", returned, "CNY");
    let (clicks, orders, revenue, _) = of.sold(&of.months, None);
    let spent = of.spent(None, "20");
    let rows: Vec<String> = report
        .rows
        .iter()
        .filter(|row| row.table == table && row.column == "because")
        .map(|row| row.name.clone())
        .collect();
    for name in rows {
        if name.starts_with("carry over") {
            report.number(&table, &name, "amount", reassigned, "CNY");
            // Short of the next goal by the curves at its own plan.
            let apart = "2026-Q4: drivers' plan against the curves";
            let [sum, goal] = ["by its curve", "by its drivers"]
                .map(|column| Fraction::parse(&report.cell(apart, "total", column).0.unwrap()));
            report.number(&table, &name, "at stake", goal.minus(sum), "CNY");
        } else if name.contains("age 20-40") {
            // As many clicks at the missing share of the rate, each order of this value.
            let gap = Fraction::new(4, 100).minus(orders.over(clicks));
            let cost = gap.times(clicks).times(revenue.over(orders));
            report.number(&table, &name, "at stake", cost, "CNY");
        } else if name.contains("the shop marks") {
            report.number(&table, &name, "at stake", spent, "CNY");
        }
    }
}

/// The lights' scores: attainment up to 100 %, means of indicators and of dimensions; and the steps of the sample.
fn health_and_funnel(report: &mut Checked, of: &Quarter<'_>, matrix: &Value) {
    let (each, scores) = (of.title("health, indicator by indicator"), of.title("health, scores"));
    let values = of.json["indicators"].as_array().unwrap();
    let (mut whole, mut dimensions) = (Vec::new(), Vec::new());
    for dimension in matrix["dimensions"].as_array().unwrap() {
        let mut own = Vec::new();
        let name = dimension["name"].as_str().unwrap();
        for indicator in dimension["indicators"].as_array().unwrap() {
            let title = format!("{name} / {}", indicator["name"].as_str().unwrap());
            report.number(&scores, &title, "weight", Fraction::whole(1), "1");
            let Some(value) = values.iter().find(|value| value[1] == indicator["name"]) else {
                assert_eq!(report.cell(&each, &title, "actual").0, None);
                continue;
            };
            let target = indicator["target"].as_str().unwrap().strip_prefix("at least ").unwrap();
            let (actual, target) = (Fraction::of(&value[2]), Fraction::of(&Value::from(target)));
            report.number(&each, &title, "actual", actual, "%");
            report.number(&scores, &title, "value", actual, "%");
            let attained = actual.over(target).percent();
            report.number(&each, &title, "attainment", attained, "%");
            let score =
                if attained.minus(Fraction::whole(100)).n > 0 { Fraction::whole(100) } else { attained };
            report.number(&scores, &title, "score", score, "%");
            let light = if score == Fraction::whole(100) {
                "green"
            } else if score.minus(Fraction::whole(80)).n >= 0 {
                "yellow"
            } else {
                "red"
            };
            report.text(&each, &title, "light", light, "");
            own.push(score);
        }
        let mean = Fraction::sum(own.iter().copied()).over(Fraction::whole(own.len() as i128));
        report.number(&scores, name, "score", mean, "%");
        report.number(&scores, name, "weight", Fraction::whole(1), "1");
        dimensions.push(mean);
        whole.extend(own);
    }
    let score = Fraction::sum(dimensions.iter().copied()).over(Fraction::whole(dimensions.len() as i128));
    report.number(&scores, "(whole)", "score", score, "%");
    if of.json.get("funnel").is_some() {
        let table = of.title("funnel of a sample of users who first came in July and August");
        let steps = ["impression", "click", "registration", "payment"];
        let count = |step: &str, report: &mut Checked| {
            Fraction::parse(&report.cell(&table, step, "count").0.unwrap())
        };
        // The counts are worked out again with the example `funnel`, by month; here the rates and losses.
        for pair in steps.windows(2) {
            let (before, now) = (count(pair[0], report), count(pair[1], report));
            report.number(&table, pair[1], "rate", now.over(before).percent(), "%");
            report.number(&table, pair[1], "lost", before.minus(now), UNIT_OF_STEPS);
        }
    }
}

#[test]
fn two_quarters_are_worked_out_again() {
    let (files, whole) = (files(), report());
    let mut report = Checked::new(&whole);
    let (first, mut second) = (Quarter::new(&files, 0), Quarter::new(&files, 1));
    second.lines = carried(&mut report, &first, &second);
    let granted = Fraction::sum(second.lines.values().copied());
    check_rules(&mut report, &first.title("rules of the next plan, checked again"), &second.lines, granted);
    for quarter in [&first, &second] {
        first_page(&mut report, quarter);
        plan(&mut report, quarter);
        work(&mut report, quarter);
        contributions(&mut report, quarter);
    }
    for quarter in [&first, &second] {
        health_and_funnel(&mut report, quarter, &files.plan["health"]);
    }
    tasks_and_days(&mut report, &files);
    records(&mut report, &first, &second, granted);
    // What is left is another report's or the optimiser's: the funnel and the journeys are worked out again with the
    // examples of their names; the optimum is proven by its bound, whose amounts are checked here to add up.
    for quarter in [&first, &second] {
        let table = quarter.title("the plan beside the optimum");
        let of = |column: &str, row: &str, report: &mut Checked| {
            Fraction::parse(&report.cell(&table, row, column).0.unwrap())
        };
        for column in ["amount now", "amount at the optimum", "moves"] {
            let sum = Fraction::sum(CHANNELS.map(|(_, line)| of(column, line, &mut report)));
            assert_eq!(sum, of(column, "total", &mut report), "{column}");
        }
        for (_, line) in CHANNELS {
            assert_eq!(of("amount now", line, &mut report), own_lines(quarter.json)[line]);
        }
        assert!(of("gain (sales)", "total", &mut report).n > 0);
    }
    let estimated = |quarter: &Quarter<'_>| {
        let optimum = quarter.title("the plan beside the optimum");
        [
            "response (sales) now",
            "response (sales) at the optimum",
            "gain (sales)",
            "marginal return (sales) now",
            "marginal return (sales) at the optimum",
        ]
        .map(|column| (optimum.clone(), column.to_owned()))
    };
    let mut left_out: Vec<(String, String)> = [&first, &second].into_iter().flat_map(estimated).collect();
    let moves = first.title("what moves into 2026-Q4, and what the next yuan brings there");
    for column in [
        "marginal return (revenue)",
        "marginal return (gross margin)",
        "credit (Markov chain of order 1)",
        "credit from, 90 %",
        "credit to, 90 %",
    ] {
        left_out.push((moves.clone(), column.into()));
    }
    left_out.push((first.title("quality of the credit"), "figure".into()));
    let left_out: Vec<(&str, &str)> =
        left_out.iter().map(|(table, column)| (table.as_str(), column.as_str())).collect();
    report.all_seen(&left_out);
}

#[test]
fn the_quarters_say_unit_and_source_of_every_figure() {
    let report = report();
    every_figure_has_its_unit_and_source(&report);
    every_question_is_answered(&report);
}
