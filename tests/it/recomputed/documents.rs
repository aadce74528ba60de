//! The report on the documents' own plan, worked out again.

use super::{Checked, Fraction, every_figure_has_its_unit_and_source, every_question_is_answered};
use crate::example::{data, quarter};
use marketloop::figure::Report;
use serde_json::Value;
use std::collections::BTreeMap;

fn file() -> Value {
    serde_json::from_str(&std::fs::read_to_string(data("quarter.json")).unwrap()).unwrap()
}

fn report() -> Report {
    quarter::run(&data("quarter.json")).unwrap()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn whole(number: usize) -> Fraction {
    Fraction::whole(i128::try_from(number).unwrap())
}

/// `{"value": 46, "unit": "%"}`.
fn quantity(value: &Value) -> (Fraction, &str) {
    (Fraction::of(&value["value"]), text(&value["unit"]))
}

/// The number and the unit of `at least 40 %` or `at most 80 CNY/customer, inverse`.
fn bound(target: &str) -> (Fraction, &str) {
    let words = target.split(", ").next().unwrap();
    let mut words = words.splitn(4, ' ').skip(2);
    (Fraction::parse(words.next().unwrap()), words.next().unwrap())
}

/// The share and the amount of each line of a budget, in its order.
fn lines(budget: &Value) -> Vec<(String, Fraction, Fraction)> {
    let total = Fraction::of(&budget["total"]);
    let line = |line: &Value| {
        let (share, amount) = match line.get("percent") {
            Some(percent) => {
                let share = Fraction::of(percent).over(Fraction::whole(100));
                (share, share.times(total))
            }
            None => (Fraction::of(&line["amount"]).over(total), Fraction::of(&line["amount"])),
        };
        (text(&line["name"]).to_owned(), share, amount)
    };
    list(&budget["lines"]).iter().map(line).collect()
}

/// The money of a line of the third budget.
fn money(file: &Value, name: &str) -> Fraction {
    lines(&file["budgets"][2]).into_iter().find(|line| line.0 == name).unwrap().2
}

/// Days from 1 January of the year 1, by the rules of the Gregorian calendar.
fn number_of(day: &str) -> i64 {
    let mut parts = day.split('-').map(|part| part.parse::<i64>().unwrap());
    let (year, month, day) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
    let before = (1..month).map(|month| length(year, month)).sum::<i64>();
    let past = year - 1;
    past * 365 + past / 4 - past / 100 + past / 400 + before + day - 1
}

fn length(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn day_of(number: i64) -> String {
    let (mut year, mut month) = (1, 1);
    let mut rest = number;
    loop {
        let days = length(year, month);
        if rest < days {
            return format!("{year:04}-{month:02}-{:02}", rest + 1);
        }
        rest -= days;
        (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    }
}

/// The first and the last day of `2026-07`, `2026-Q3`, `2026-07-01/2026-07-10` or a day.
fn days(period: &str) -> (i64, i64) {
    if let Some((first, last)) = period.split_once('/') {
        return (number_of(first), number_of(last));
    }
    let (year, rest) = period.split_once('-').unwrap();
    let months = |first: i64, last: i64| {
        let end = length(year.parse().unwrap(), last);
        (number_of(&format!("{year}-{first:02}-01")), number_of(&format!("{year}-{last:02}-{end:02}")))
    };
    match (rest.strip_prefix('Q'), rest.contains('-')) {
        (Some(quarter), _) => {
            let last = quarter.parse::<i64>().unwrap() * 3;
            months(last - 2, last)
        }
        (None, true) => (number_of(period), number_of(period)),
        (None, false) => months(rest.parse().unwrap(), rest.parse().unwrap()),
    }
}

/// The calendar of the file: a mask of the week from Monday, days off, and days that are worked all the same.
struct Days {
    week: Vec<bool>,
    off: Vec<i64>,
    on: Vec<i64>,
}

impl Days {
    fn new(file: &Value) -> Self {
        let all = |name: &str| list(&file["calendar"][name]).iter().map(|day| number_of(text(day))).collect();
        let week = text(&file["calendar"]["week"]).chars().map(|own| own == '1').collect();
        Self { week, off: all("holidays"), on: all("makeup_workdays") }
    }

    /// 1 January of the year 1 was a Monday.
    fn is_workday(&self, day: i64) -> bool {
        let by_week = self.week[usize::try_from(day % 7).unwrap()];
        self.on.contains(&day) || (by_week && !self.off.contains(&day))
    }

    fn workdays(&self, first: i64, last: i64) -> i64 {
        i64::try_from((first..=last).filter(|day| self.is_workday(*day)).count()).unwrap()
    }

    fn next(&self, day: i64) -> i64 {
        (day..).find(|day| self.is_workday(*day)).unwrap()
    }

    /// The last day of so many workdays from a first one on; backward where it is below 0.
    fn span(&self, first: i64, workdays: i64) -> i64 {
        let (mut day, mut left) = (first, workdays.abs());
        let step = workdays.signum();
        loop {
            left -= i64::from(self.is_workday(day));
            if left == 0 {
                return day;
            }
            day += step;
        }
    }
}

/// The first page.
const OPEN: &str = "What the documents contradict";

/// A row of the first page: two figures in one unit, and by how much they lie apart.
fn apart(
    checked: &mut Checked,
    name: &str,
    [one, other]: [Fraction; 2],
    (unit, points): (&str, &str),
    sign: i128,
) {
    checked.number(OPEN, name, "one figure", one, unit);
    checked.number(OPEN, name, "the other", other, unit);
    checked.number(OPEN, name, "apart", one.minus(other).times(Fraction::whole(sign)), points);
}

#[test]
fn every_figure_of_the_documents_plan_is_told_with_its_source() {
    let report = report();
    every_figure_has_its_unit_and_source(&report);
    every_question_is_answered(&report);
    // Only what the file says is made up bears a mark, and what follows from it.
    let mut marked = Vec::new();
    report.for_each_row(|row| {
        if row.is_illustration && row.table != "answer" {
            marked.push((row.table.to_owned(), row.column.to_owned()));
        }
    });
    marked.sort_unstable();
    marked.dedup();
    let marked: Vec<(&str, &str)> = marked.iter().map(|own| (own.0.as_str(), own.1.as_str())).collect();
    assert_eq!(
        marked,
        [
            ("Health matrix", "actual"),
            ("Health matrix", "attainment"),
            ("Health matrix", "light"),
            ("Health matrix", "task force"),
            ("Thresholds of the lights", "attainment from"),
        ]
    );
    // Whoever measures the indicators strikes the field, and no mark is left.
    let mut measured = file();
    measured["illustrations"] = serde_json::json!({});
    let path = std::env::temp_dir().join(format!("quarter_{}.json", std::process::id()));
    std::fs::write(&path, measured.to_string()).unwrap();
    let report = quarter::run(path.to_str().unwrap()).unwrap();
    std::fs::remove_file(path).unwrap();
    report.for_each_row(|row| assert!(!row.is_illustration, "{row:?}"));
}

#[test]
fn the_documents_plan_is_worked_out_again() {
    let (file, report) = (file(), report());
    let mut checked = Checked::new(&report);
    goals(&file, &mut checked);
    customers(&file, &mut checked);
    budgets(&file, &mut checked);
    resources(&file, &mut checked);
    channels(&file, &mut checked);
    findings(&file, &mut checked);
    lights(&file, &mut checked);
    stages(&file, &mut checked);
    tasks(&file, &mut checked);
    checked.all_seen(&[]);
    let count = report.table(OPEN).unwrap().names().len();
    assert!(answers(1).starts_with(&format!("{count} contradictions of the documents")), "{}", answers(1));
}

#[test]
fn what_the_file_cannot_mean_is_refused_with_its_path() {
    let text = std::fs::read_to_string(data("quarter.json")).unwrap();
    let path = std::env::temp_dir().join(format!("quarter_broken_{}.json", std::process::id()));
    for (good, broken, refusal) in [
        (
            r#"["referral", "0.3"]"#,
            r#"["podcast", "0.3"]"#,
            "strategy.mix[2][0]: no budget has a line `podcast`",
        ),
        (
            "\"name\": \"Douyin feed\",\n      \"people\"",
            "\"name\": \"radio\",\n      \"people\"",
            "resources[1].name: no budget has a line `radio`",
        ),
        (
            r#"{"deliverable": "KOC data pack"}"#,
            r#"{"deliverable": "data"}"#,
            "tasks[1].needs[0].deliverable: nobody makes `data`",
        ),
        (
            r#""period": "2026-07-01/2026-07-10""#,
            r#""period": "2027-07-01/2027-07-10""#,
            "tasks[0].period: 2027-07-11 is outside the calendar's horizon 2026-01-01 to 2026-12-31",
        ),
        (r#""health.actual""#, r#""health.actuals""#, "illustrations.health.actuals: unknown field"),
        (r#""state": "in_progress""#, r#""state": "begun""#, "tasks[1].state: "),
    ] {
        assert_eq!(text.matches(good).count(), 1, "{good}");
        std::fs::write(&path, text.replace(good, broken)).unwrap();
        let refused = quarter::run(path.to_str().unwrap()).unwrap_err().to_string();
        assert!(refused.starts_with(refusal), "{refused}");
    }
    std::fs::remove_file(path).unwrap();
}

fn goals(file: &Value, checked: &mut Checked) {
    const MONTHS: &str = "Goal by month";
    let (total, unit) = quantity(&file["goal"]["total"]);
    let mut sum = Fraction::whole(0);
    for part in list(&file["goal"]["parts"]) {
        let (month, (amount, _)) = (text(&part[0]), quantity(&part[1]));
        sum = sum.plus(amount);
        checked.number(MONTHS, month, "target", amount, unit);
        checked.number(MONTHS, month, "share", amount.over(total).percent(), "%");
        checked.number(MONTHS, month, "cumulative", sum, unit);
    }
    assert_eq!(sum, total);
    checked.number(MONTHS, "total", "target", total, unit);
    checked.number(MONTHS, "total", "share", Fraction::whole(100), "%");
    for result in list(&file["goal"]["key_results"]) {
        let metric = text(&result["metric"]);
        checked.text("Key results", metric, "target", text(&result["target"]), "");
        checked.text("Key results", metric, "due in", text(&result["period"]), "");
    }
    let standing = "Goals of the year, each quarter and each month";
    for goal in list(&file["standing_goals"]) {
        checked.text(standing, text(&goal["metric"]), "each", text(&goal["each"]), "");
        same(checked, standing, text(&goal["metric"]), "target", text(&goal["target"]));
    }
    let mut asked: BTreeMap<String, Vec<(&str, String)>> = BTreeMap::new();
    let mut ask = |metric: &Value, place, text: String| {
        asked.entry(metric.as_str().unwrap().to_owned()).or_default().push((place, text));
    };
    for goal in list(&file["standing_goals"]) {
        let words = format!("{} each {}", text(&goal["target"]), text(&goal["each"]));
        ask(&goal["metric"], "standing goals (D0)", words);
    }
    for result in list(&file["goal"]["key_results"]) {
        let target = text(&result["target"]).split(", ").next().unwrap();
        ask(&result["metric"], "key results (D3)", format!("{target} in {}", text(&result["period"])));
    }
    for finding in list(&file["review"]) {
        ask(&finding["metric"], "review (D3)", text(&finding["target"]).into());
    }
    for dimension in list(&file["health"]["dimensions"]) {
        for indicator in list(&dimension["indicators"]) {
            ask(&indicator["name"], "health matrix (D1)", text(&indicator["target"]).into());
        }
    }
    for resource in list(&file["resources"]) {
        for (metric, expected) in resource["expects"].as_object().unwrap() {
            let words = format!("{} expected of {}", text(expected), text(&resource["name"]));
            ask(&Value::from(metric.as_str()), "resources (D3)", words);
        }
    }
    asked.retain(|_, places| places.len() > 1);
    assert_eq!(asked.len(), 5);
    let percent = ("%", "percentage points");
    for (metric, places) in &asked {
        let number = |words: &String| {
            let first = words.split(' ').find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
            Fraction::parse(first.unwrap())
        };
        let first = number(&places[0].1);
        if let Some(other) = places.iter().map(|own| number(&own.1)).find(|other| *other != first) {
            // The other less the first.
            apart(checked, &format!("{metric}: which target holds"), [first, other], percent, -1);
        }
    }
    for (metric, places) in asked {
        for (place, words) in places {
            same(checked, "Metrics with several figures", &metric, place, &words);
        }
    }
}

/// A text is that of the file but for groups of digits and the plural of things.
fn same(checked: &mut Checked, table: &str, name: &str, column: &str, stated: &str) {
    let (found, unit) = checked.cell(table, name, column);
    let plain = |text: &str| text.replace(',', "").replace("impressions", "impression");
    assert_eq!((plain(&found.unwrap()), unit.as_str()), (plain(stated), ""), "{table} / {name} / {column}");
}

/// The least share of new customers.
fn asked(file: &Value) -> Fraction {
    let results = list(&file["goal"]["key_results"]);
    let own = results.iter().find(|own| own["metric"] == file["strategy"]["goal"]).unwrap();
    bound(text(&own["target"])).0.over(Fraction::whole(100))
}

/// The most that a new customer may cost.
fn most(file: &Value) -> Fraction {
    let results = list(&file["goal"]["key_results"]).iter();
    let mut bounds = results.map(|own| bound(text(&own["target"])));
    bounds.find(|own| own.1 == "CNY/customer").unwrap().0
}

fn customers(file: &Value, checked: &mut Checked) {
    const TABLE: &str = "Strategy mix beside the budget";
    let budget = lines(&file["budgets"][2]);
    let (mut mixes, mut sum) = (Fraction::whole(0), Fraction::whole(0));
    for part in list(&file["strategy"]["mix"]) {
        let (name, mix) = (text(&part[0]), Fraction::of(&part[1]));
        let line = budget.iter().find(|line| line.0 == name).unwrap();
        mixes = mixes.plus(mix);
        sum = sum.plus(line.2);
        if line.1 != mix {
            let open = format!("{name}: its part of the money beside that of the goal");
            let percent = ("%", "percentage points");
            apart(checked, &open, [line.1.percent(), mix.percent()], percent, 1);
            let more = line.1.minus(mix);
            let moved = Fraction::new(more.n.abs(), more.d).times(Fraction::of(&file["budgets"][2]["total"]));
            checked.number(OPEN, &open, "at stake", moved, "CNY");
        }
        checked.number(TABLE, name, "of the goal", mix.percent(), "%");
        checked.number(TABLE, name, "of all buyers", mix.times(asked(file)).percent(), "%");
        checked.number(TABLE, name, "money", line.2, "CNY");
        checked.number(TABLE, name, "of the money", line.1.percent(), "%");
        checked.number(TABLE, name, "money less goal", line.1.minus(mix).percent(), "percentage points");
    }
    assert_eq!(mixes, Fraction::whole(1));
    checked.number(TABLE, "sum", "of the goal", Fraction::whole(100), "%");
    checked.number(TABLE, "sum", "of all buyers", asked(file).percent(), "%");
    checked.number(TABLE, "sum", "money", sum, "CNY");
    checked.number(TABLE, "sum", "of the money", Fraction::whole(100), "%");
    checked.number(TABLE, "sum", "money less goal", Fraction::whole(0), "percentage points");
}

fn budgets(file: &Value, checked: &mut Checked) {
    const SIDES: &str = "Budgets side by side";
    let totals = list(&file["budgets"]).iter().map(|budget| Fraction::of(&budget["total"]));
    let largest = totals.max_by_key(|total| total.n / total.d).unwrap();
    for budget in list(&file["budgets"]) {
        let (name, total) = (text(&budget["name"]), Fraction::of(&budget["total"]));
        let (table, lines) = (format!("Budget: {name}"), lines(budget));
        assert_eq!(Fraction::sum(lines.iter().map(|line| line.2)), total);
        for (line, share, amount) in &lines {
            checked.number(&table, line, "amount", *amount, "CNY");
            checked.number(&table, line, "share", share.percent(), "%");
        }
        checked.number(&table, "total", "amount", total, "CNY");
        checked.number(&table, "total", "share", Fraction::whole(100), "%");
        checked.number(SIDES, name, "total", total, "CNY");
        checked.number(SIDES, name, "of the largest", total.over(largest).percent(), "%");
        let over = total.minus(largest.over(Fraction::whole(4)));
        if total != largest && over.n > 0 {
            let (open, quarter) = (format!("{name}: of which budget it is paid"), total.minus(over));
            apart(checked, &open, [total, quarter], ("CNY", "CNY"), 1);
            checked.number(OPEN, &open, "at stake", over, "CNY");
        }
        checked.number(SIDES, name, "less an even quarter of the largest", over, "CNY");
        checked.number(SIDES, name, "lines", whole(lines.len()), "line");
    }
}

fn resources(file: &Value, checked: &mut Checked) {
    const TABLE: &str = "Resources and what they are expected to bring";
    const NEED: &str = "What the goal would need of the money";
    const MIX: &str = "If the expected customers are their line's part of the mix";
    let (mut sum, mut persons) = (Fraction::whole(0), Fraction::whole(0));
    for own in list(&file["resources"]) {
        let (name, (first, last)) = (text(&own["name"]), days(text(&own["period"])));
        let (amount, people) = (money(file, name), Fraction::of(&own["people"]));
        sum = sum.plus(amount);
        persons = persons.plus(people);
        checked.number(TABLE, name, "money", amount, "CNY");
        checked.number(TABLE, name, "persons", people, "person");
        checked.text(TABLE, name, "from", &day_of(first), "");
        checked.text(TABLE, name, "to", &day_of(last), "");
        checked.number(TABLE, name, "days", Fraction::whole((last - first + 1).into()), "day");
        for (metric, expected) in own["expects"].as_object().unwrap() {
            let (number, unit) = text(expected).split_once(' ').unwrap();
            let number = Fraction::parse(number);
            checked.number(TABLE, name, metric, number, unit);
            match unit {
                "impression" => {
                    let thousand = amount.over(number).times(Fraction::whole(1_000));
                    checked.number(TABLE, name, "CPM", thousand, "CNY/1000 impression");
                }
                "customer" => {
                    let cost = amount.over(number);
                    checked.number(TABLE, name, "cost per result", cost, "CNY/customer");
                    checked.number(TABLE, name, "over the target", cost.minus(most(file)), "CNY/customer");
                    let (open, unit) =
                        (format!("{name}: what one customer costs beside the key result"), "CNY/customer");
                    apart(checked, &open, [cost, most(file)], (unit, unit), 1);
                    checked.number(OPEN, &open, "at stake", cost.minus(most(file)).times(number), "CNY");
                    // The same customers as a part of all new ones, and these of all buyers.
                    let mix =
                        list(&file["strategy"]["mix"]).iter().find(|part| part[0] == own["name"]).unwrap();
                    let new = number.over(Fraction::of(&mix[1]));
                    let buyers = new.over(asked(file));
                    let total = Fraction::of(&file["budgets"][2]["total"]);
                    checked.number(MIX, "new customers", "value", new, "customer");
                    checked.number(MIX, "buyers", "value", buyers, "customer");
                    let sales = quantity(&file["goal"]["total"]).0.over(buyers);
                    checked.number(MIX, "sales per buyer", "value", sales, "CNY/customer");
                    checked.number(MIX, "money per new customer", "value", total.over(new), "CNY/customer");
                    let said = format!("are {} CNY/customer", cost.rounded(0));
                    assert!(answers(6).contains(&said), "{said}");
                }
                _ => {}
            }
        }
    }
    checked.number(TABLE, "sum", "money", sum, "CNY");
    checked.number(TABLE, "sum", "persons", persons, "person");
    let goal = quantity(&file["goal"]["total"]).0;
    let (mut spend, mut revenue) = (Fraction::whole(0), Fraction::whole(0));
    let mut returns = vec![("the goal".to_owned(), goal.over(sum))];
    for channel in list(&file["channels"]) {
        let (_, cost, gained) = amounts(channel);
        spend = spend.plus(cost);
        revenue = revenue.plus(gained);
        returns.push((format!("{} (D1)", text(&channel["name"])), gained.over(cost)));
    }
    returns.push(("all channels of D1".into(), revenue.over(spend)));
    for (name, value) in returns {
        checked.number(NEED, &name, "return on ad spend (revenue)", value, "CNY/CNY");
        checked.number(NEED, &name, "sales", value.times(sum), "CNY");
        checked.number(NEED, &name, "short of the goal", goal.minus(value.times(sum)), "CNY");
    }
    let short = goal.minus(revenue.over(spend).times(sum));
    let open =
        format!("{}: the return that the goal needs beside that of D1", text(&file["budgets"][2]["name"]));
    apart(checked, &open, [goal.over(sum), revenue.over(spend)], ("CNY/CNY", "CNY/CNY"), 1);
    checked.number(OPEN, &open, "at stake", short, "CNY");
    assert!(answers(6).replace(',', "").contains(&format!("{} CNY short", short.rounded(2))));
}

/// Conversions, spend and revenue of a channel.
fn amounts(channel: &Value) -> (Fraction, Fraction, Fraction) {
    let conversions = Fraction::of(&channel["conversions"]);
    let spend = Fraction::of(&channel["cost_per_acquisition"]).times(conversions);
    let value = Fraction::parse(text(&channel["return_on_ad_spend"]).strip_prefix("1:").unwrap());
    (conversions, spend, spend.times(value))
}

fn channels(file: &Value, checked: &mut Checked) {
    const TABLE: &str = "Channels, totals as sums over sums";
    let mut all = [Fraction::whole(0); 5];
    let mut rows = Vec::new();
    for channel in list(&file["channels"]) {
        let (conversions, spend, revenue) = amounts(channel);
        let [impressions, clicks] = ["impressions", "clicks"].map(|name| Fraction::of(&channel[name]));
        let row = [impressions, clicks, conversions, spend, revenue];
        all = std::array::from_fn(|index| all[index].plus(row[index]));
        rows.push((text(&channel["name"]), row));
    }
    rows.push(("all", all));
    for (name, [impressions, clicks, conversions, spend, revenue]) in rows {
        let mut number = |column: &str, exact, unit: &str| checked.number(TABLE, name, column, exact, unit);
        number("impressions", impressions, "impression");
        number("clicks", clicks, "click");
        number("conversions", conversions, "conversion");
        number("spend", spend, "CNY");
        number("revenue", revenue, "CNY");
        number("CTR", clicks.over(impressions).percent(), "%");
        number("CVR", conversions.over(clicks).percent(), "%");
        number("CPM", spend.over(impressions).times(Fraction::whole(1_000)), "CNY/1000 impression");
        number("CPC", spend.over(clicks), "CNY/click");
        number("CPA", spend.over(conversions), "CNY/conversion");
        number("AOV", revenue.over(conversions), "CNY/conversion");
        number("return on ad spend (revenue)", revenue.over(spend), "CNY/CNY");
        let new = spend.over(conversions.times(asked(file)));
        number("CPA if the new customers are the goal's share", new, "CNY/customer");
    }
}

fn findings(file: &Value, checked: &mut Checked) {
    for finding in list(&file["review"]) {
        let (name, (actual, unit)) = (text(&finding["metric"]), quantity(&finding["actual"]));
        let target = bound(text(&finding["target"])).0;
        same(checked, "Review", name, "target", text(&finding["target"]));
        checked.number("Review", name, "actual", actual, unit);
        checked.number("Review", name, "attainment", actual.over(target).percent(), "%");
        let points = if unit == "%" { "percentage points" } else { unit };
        checked.number("Review", name, "gap", actual.minus(target), points);
        checked.text("Review", name, "cause", text(&finding["causes"][0]["whys"][0]), "");
        checked.text("Review", name, "measure", text(&finding["measure"]), "");
        checked.text("Review", name, "again on", text(&finding["review_on"]), "");
    }
}

fn lights(file: &Value, checked: &mut Checked) {
    const TABLE: &str = "Health matrix";
    let edges = list(&file["health"]["bands"]["edges"]).iter().map(|edge| {
        let at = text(&edge["threshold"]["at"]);
        let (over, under) = at.split_once('/').unwrap_or((at, "1"));
        (Fraction::parse(over).over(Fraction::parse(under)), text(&edge["class"]))
    });
    let edges: Vec<_> = edges.collect();
    for (at, light) in &edges {
        checked.number("Thresholds of the lights", light, "attainment from", at.percent(), "%");
    }
    let (mut measured, mut missed, mut count) = (0, 0, 0);
    for dimension in list(&file["health"]["dimensions"]) {
        for indicator in list(&dimension["indicators"]) {
            let name = format!("{} / {}", text(&dimension["name"]), text(&indicator["name"]));
            count += 1;
            checked.text(TABLE, &name, "target", text(&indicator["target"]), "");
            checked.text(TABLE, &name, "review every", &text(&indicator["review"]).replace('_', "-"), "");
            let Some(actual) = indicator.get("actual") else {
                for column in ["actual", "attainment", "light", "task force"] {
                    assert_eq!(checked.cell(TABLE, &name, column).0, None, "{name} / {column}");
                }
                continue;
            };
            let (actual, unit) = quantity(actual);
            let attainment = actual.over(bound(text(&indicator["target"])).0);
            checked.number(TABLE, &name, "actual", actual, unit);
            checked.number(TABLE, &name, "attainment", attainment.percent(), "%");
            let reached = |at: &Fraction| attainment.minus(*at).n >= 0;
            let light = edges.iter().rev().find(|edge| reached(&edge.0));
            let light = light.map_or(text(&file["health"]["bands"]["lowest"]), |edge| edge.1);
            checked.text(TABLE, &name, "light", light, "");
            let is_met = reached(&Fraction::whole(1));
            checked.text(TABLE, &name, "task force", if is_met { "no" } else { "yes" }, "");
            measured += 1;
            missed += i32::from(!is_met);
        }
    }
    let said = answers(9);
    assert!(said.contains(&format!("{measured} of {count} indicators")), "{said}");
    assert!(said.contains(&format!("{missed} miss")), "{said}");
}

/// The due dates that a deadline of the documents means.
fn due(deadline: &str, (first, last): (i64, i64)) -> Vec<i64> {
    let words: Vec<&str> = deadline.split(' ').collect();
    match words[..] {
        // 1 January of the year 1 was a Monday: Fridays are four days later.
        ["every", "Friday"] => (first..=last).filter(|day| day % 7 == 4).collect(),
        [days, "days", "after", "period", "start"] => vec![first + days.parse::<i64>().unwrap()],
        [days, "days", "after", "period", "end"] => vec![last + days.parse::<i64>().unwrap()],
        ["before", "next", "period", "start"] => vec![last],
        _ => panic!("{deadline}"),
    }
}

fn stages(file: &Value, checked: &mut Checked) {
    const TABLE: &str = "Stages and due dates";
    let (calendar, period) = (Days::new(file), days(text(&file["period"])));
    let mut last = BTreeMap::new();
    for row in list(&file["stages"]) {
        let (stage, all) = (text(&row["stage"]), due(text(&row["due"]), period));
        let off = all.iter().filter(|day| !calendar.is_workday(**day)).count();
        last.insert(stage, *all.last().unwrap());
        for column in ["task", "deliverable", "owner", "due"] {
            checked.text(TABLE, stage, column, text(&row[column]), "");
        }
        checked.number(TABLE, stage, "dates", whole(all.len()), "date");
        checked.number(TABLE, stage, "dates on days off", whole(off), "date");
        checked.text(TABLE, stage, "last due", &day_of(last[stage]), "");
        if stage == "do" {
            let said = format!("{} weekly reports are due (every Friday), {off} of them", all.len());
            assert!(answers(10).contains(&said), "{said}");
        }
    }
    checked.text(OPEN, "act is due before check", "one figure", &day_of(last["act"]), "");
    checked.text(OPEN, "act is due before check", "the other", &day_of(last["check"]), "");
    let days = Fraction::whole((last["check"] - last["act"]).into());
    checked.number(OPEN, "act is due before check", "apart", days, "day");
    // The conflict is the first sentence.
    let (act, check) = (last["act"], last["check"]);
    let said = answers(10);
    let conflict =
        format!("No: act is due on {} (before next period start), check on {}", day_of(act), day_of(check));
    assert!(said.starts_with(&conflict) && said.contains(&format!("{} days before", check - act)), "{said}");
}

/// A task with its earliest dates.
#[derive(Clone)]
struct Dated {
    name: String,
    stated: (i64, i64),
    workdays: i64,
    wait: i64,
    needs: Vec<String>,
    makes: Vec<String>,
    dates: (i64, i64),
}

/// The earliest dates: after what a task needs, and not before its own first day.
fn schedule(calendar: &Days, tasks: &mut [Dated]) {
    for index in 0..tasks.len() {
        let task = tasks[index].clone();
        let made = |before: &&Dated| before.makes.iter().any(|made| task.needs.contains(made));
        let after = tasks[..index].iter().filter(made).map(|before| before.dates.1 + 1).max();
        let mut start = calendar.next(task.stated.0.max(after.unwrap_or(0)));
        for _ in 0..task.wait {
            start = calendar.next(start + 1);
        }
        tasks[index].dates = (start, calendar.span(start, task.workdays));
    }
}

fn end(tasks: &[Dated]) -> i64 {
    tasks.iter().map(|task| task.dates.1).max().unwrap()
}

fn tasks(file: &Value, checked: &mut Checked) {
    const STATED: &str = "Tasks as stated";
    const DATES: &str = "Earliest and latest dates";
    let calendar = Days::new(file);
    let mut all = Vec::new();
    for row in list(&file["tasks"]) {
        let (name, stated) = (text(&row["name"]), days(text(&row["period"])));
        let workdays = calendar.workdays(stated.0, stated.1);
        checked.text(STATED, name, "from", &day_of(stated.0), "");
        checked.text(STATED, name, "to", &day_of(stated.1), "");
        checked.number(STATED, name, "workdays", Fraction::whole(workdays.into()), "workday");
        checked.text(STATED, name, "state", &text(&row["state"]).replace('_', " "), "");
        let texts = |list: Option<&Value>, field: Option<&str>| -> Vec<String> {
            let all = list.and_then(Value::as_array).into_iter().flatten();
            all.map(|own| text(field.map_or(own, |field| &own[field])).to_owned()).collect()
        };
        let (needs, makes) = (texts(row.get("needs"), Some("deliverable")), texts(row.get("makes"), None));
        all.push(Dated { name: name.into(), stated, workdays, wait: 0, needs, makes, dates: (0, 0) });
    }
    schedule(&calendar, &mut all);
    for task in &all {
        // The last day of each task bounds it more than the end of the plan and the tasks after it: no float is left.
        let (start, finish) = task.dates;
        let latest = calendar.span(task.stated.1, -1);
        let float = calendar.workdays(finish + 1, latest);
        let late_start = calendar.span(latest, -task.workdays);
        let followers = all.iter().filter(|other| task.makes.iter().any(|made| other.needs.contains(made)));
        let followed = followers.map(|other| other.dates.0 - 1).min().unwrap_or(end(&all));
        let free = calendar.workdays(finish + 1, followed);
        checked.text(DATES, &task.name, "start", &day_of(start), "");
        checked.text(DATES, &task.name, "finish", &day_of(finish), "");
        checked.text(DATES, &task.name, "late start", &day_of(late_start), "");
        checked.text(DATES, &task.name, "late finish", &day_of(latest), "");
        checked.number(DATES, &task.name, "total float", Fraction::whole(float.into()), "workday");
        checked.number(DATES, &task.name, "free float", Fraction::whole(free.into()), "workday");
        checked.text(DATES, &task.name, "critical", if float == 0 { "yes" } else { "no" }, "");
    }
    // Contracts that end on their key node.
    let mut late = all.clone();
    for (row, task) in list(&file["tasks"]).iter().zip(&mut late) {
        if let Some(node) = row.get("key_node") {
            let node = days(text(node)).1;
            let longer = calendar.workdays(task.stated.1 + 1, node);
            let open = format!("{}: last day beside the key node", task.name);
            checked.text(OPEN, &open, "one figure", &day_of(task.stated.1), "");
            checked.text(OPEN, &open, "the other", &day_of(node), "");
            checked.number(OPEN, &open, "apart", Fraction::whole(longer.into()), "workday");
            task.workdays += longer;
        }
    }
    impact(&calendar, checked, "If KOC selection and contracts end on their key node", &all, late);
    // An approval that comes with the letter of the stage Plan.
    let plan = list(&file["stages"]).iter().find(|row| row["stage"] == "plan").unwrap();
    let approved = due(text(&plan["due"]), days(text(&file["period"])))[0];
    let mut late = all.clone();
    for task in late.iter_mut().filter(|task| task.needs.contains(&"plan approval".to_owned())) {
        task.wait = calendar.workdays(task.dates.0, approved);
        let open = format!("{}: first day beside the plan approval", task.name);
        checked.text(OPEN, &open, "one figure", &day_of(task.stated.0), "");
        checked.text(OPEN, &open, "the other", &day_of(approved), "");
        checked.number(OPEN, &open, "apart", Fraction::whole(task.wait.into()), "workday");
        assert!(answers(11).contains(&format!("{} workdays before the plan is due", task.wait)));
    }
    impact(&calendar, checked, "If the plan approval comes with the stage plan", &all, late);
}

fn impact(calendar: &Days, checked: &mut Checked, table: &str, before: &[Dated], mut after: Vec<Dated>) {
    schedule(calendar, &mut after);
    let moved = |from: i64, to: i64| Fraction::whole(calendar.workdays(from + 1, to).into());
    checked.number(table, "plan", "finish moves by", moved(end(before), end(&after)), "workday");
    let mut late = 0;
    for (old, new) in before.iter().zip(&after) {
        if old.dates == new.dates {
            continue;
        }
        checked.number(table, &new.name, "start moves by", moved(old.dates.0, new.dates.0), "workday");
        checked.number(table, &new.name, "finish moves by", moved(old.dates.1, new.dates.1), "workday");
        if new.dates.1 > new.stated.1 {
            checked.text(table, &new.name, "misses", &day_of(new.stated.1), "");
            late += 1;
        }
    }
    assert!(late > 0, "{table}");
}

/// The sentences of a section, in one text.
fn answers(section: usize) -> String {
    report().sections()[section - 1].sentences().join(" ")
}
