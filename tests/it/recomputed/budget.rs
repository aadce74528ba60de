//! The report of the example `budget`, worked out again.

use super::{Checked, Fraction, every_figure_has_its_unit_and_source, every_question_is_answered};
use crate::example::{budget, data};
use serde_json::Value;
use std::collections::BTreeMap;

fn zero() -> Fraction {
    Fraction::whole(0)
}

fn min(one: Fraction, other: Fraction) -> Fraction {
    if one.minus(other).n <= 0 { one } else { other }
}

fn name_of(value: &Value) -> &str {
    value["name"].as_str().or(value["line"].as_str()).unwrap()
}

fn list<'v>(value: &'v Value, field: &str) -> &'v [Value] {
    value[field].as_array().unwrap()
}

/// To whole minor units.
fn cents(amount: Fraction) -> Fraction {
    Fraction::parse(&amount.rounded(2))
}

/// Amount and share of lines, and their total.
fn plan(report: &mut Checked, table: &str, lines: &[(&str, Fraction)], total: Fraction) {
    for (name, amount) in lines.iter().copied().chain([("total", total)]) {
        report.number(table, name, "amount", amount, "CNY");
        report.number(table, name, "share", amount.over(total).percent(), "%");
    }
    assert_eq!(Fraction::sum(lines.iter().map(|line| line.1)), total, "{table}");
}

fn stated(report: &mut Checked, file: &Value) {
    for budget in list(file, "budgets") {
        let total = Fraction::of(&budget["total"]);
        let amount = |line: &Value| match &line["percent"] {
            Value::Null => Fraction::of(&line["amount"]),
            percent => total.times(Fraction::of(percent)).over(Fraction::whole(100)),
        };
        let lines: Vec<_> = list(budget, "lines").iter().map(|line| (name_of(line), amount(line))).collect();
        plan(report, &format!("As stated: {}", name_of(budget)), &lines, total);
    }
}

/// Weights of a dividing rule.
fn weights(rule: &Value) -> Vec<(&str, Fraction)> {
    let parts = list(&rule["rule"]["divide"], "parts").iter();
    parts.map(|part| (name_of(part), Fraction::of(&part["weight"]))).collect()
}

fn divided<'v>(amount: Fraction, weights: &[(&'v str, Fraction)]) -> Vec<(&'v str, Fraction)> {
    let all = Fraction::sum(weights.iter().map(|part| part.1));
    weights.iter().map(|(name, weight)| (*name, amount.times(*weight).over(all))).collect()
}

fn ruled(report: &mut Checked, file: &Value) {
    let [event, b2b, season] = [0, 1, 2].map(|place| &file["ruled"][place]);
    let title = |plan: &Value| format!("By rules: {}", name_of(plan));
    let of = |total: Fraction, percent: &Value| total.times(Fraction::of(percent)).over(Fraction::whole(100));
    let reserve = |plan: &Value| {
        plan["plan"]["rules"][0]["rule"]["reserve"]["size"]["amount"]["percent_of_total"].clone()
    };

    let total = Fraction::of(&event["plan"]["total"]);
    let kept = of(total, &reserve(event));
    let mut lines = vec![("contingency", kept)];
    lines.extend(divided(total.minus(kept), &weights(&event["plan"]["rules"][1])));
    plan(report, &title(event), &lines, total);
    let table = "The event as stated and for conversion";
    for (name, then) in lines.iter().copied().chain([("total", total)]) {
        let line = list(&file["budgets"][1], "lines").iter().find(|line| name_of(line) == name);
        let now = line.map_or(total, |line| of(total, &line["percent"]));
        report.number(table, name, "as stated", now, "CNY");
        report.number(table, name, "for conversion", then, "CNY");
        report.number(table, name, "difference", then.minus(now), "CNY");
    }

    let total = Fraction::of(&b2b["plan"]["total"]);
    plan(report, &title(b2b), &divided(total, &weights(&b2b["plan"]["rules"][0])), total);

    // 8 % are kept; of the rest no line has more than the 40 % that may fail; pilots have 10 % of the total at most;
    // search's reserve is 30 % of search; the others divide what is left.
    let (total, rules) = (Fraction::of(&season["plan"]["total"]), &season["plan"]["rules"]);
    let kept = of(total, &reserve(season));
    let mix = weights(&rules[1]);
    let remains = Fraction::of(&rules[4]["rule"]["concentration"]["remains"]);
    let most = total.minus(kept).times(Fraction::whole(100).minus(remains)).over(Fraction::whole(100));
    let pilots = of(total, &rules[3]["rule"]["cap"]["amount"]["percent_of_total"]);
    let is_pilot = |name: &str| name.ends_with("(pilot)");
    let elastic = of(most, &rules[2]["rule"]["reserve"]["size"]["uplift"]["percent"]);
    let rest = Fraction::sum([kept, most, pilots, elastic]);
    let others: Vec<_> =
        mix.iter().copied().filter(|(name, _)| *name != "search" && !is_pilot(name)).collect();
    let piloted: Vec<_> = mix.iter().copied().filter(|(name, _)| is_pilot(name)).collect();
    let mut lines = vec![("contingency", kept), ("search", most)];
    lines.extend(divided(total.minus(rest), &others));
    lines.extend(divided(pilots, &piloted).into_iter().map(|(name, amount)| (name, cents(amount))));
    lines.push(("search, elastic", elastic));
    plan(report, &title(season), &lines, total);
    let bounds = format!("Bounds: {}", name_of(season));
    let held: BTreeMap<&str, Fraction> = lines.iter().copied().collect();
    let mixed = total.minus(kept);
    for (number, amount, floor, cap, base) in [
        (1, kept, Some(kept), kept, total),
        (2, elastic, Some(elastic), elastic, held["search"]),
        (3, pilots, None, pilots, total),
        (4, held["search"], None, most, mixed),
        (5, held["social"], None, most, mixed),
        (6, held["short video"], None, most, mixed),
        (7, held["live (pilot)"], None, most, mixed),
        (8, held["podcast (pilot)"], None, most, mixed),
    ] {
        let row = number.to_string();
        report.number(&bounds, &row, "held", amount, "CNY");
        report.number(&bounds, &row, "max", cap, "CNY");
        report.number(&bounds, &row, "of", base, "CNY");
        if let Some(floor) = floor {
            report.number(&bounds, &row, "min", floor, "CNY");
        }
        let is_kept = cap.minus(amount).n >= 0 && floor.is_none_or(|floor| amount.minus(floor).n >= 0);
        report.text(&bounds, &row, "kept", if is_kept { "yes" } else { "no" }, "");
    }
}

/// Every source in turn fills every recipient up to its cap: together they can take less than is released.
fn review(report: &mut Checked, file: &Value) {
    let (review, lines, moves) =
        (&file["review"], "Lines before and after the review", "Where each amount went");
    let before: BTreeMap<&str, Fraction> =
        list(review, "positions").iter().map(|line| (name_of(line), Fraction::of(&line["amount"]))).collect();
    let held = |name: &str| before.get(name).copied().unwrap_or(zero());
    let mut room: Vec<(&str, Fraction)> = list(review, "recipients")
        .iter()
        .map(|line| (name_of(line), Fraction::of(&line["cap"]).minus(held(name_of(line)))))
        .collect();
    let mut received: BTreeMap<&str, Fraction> = room.clone().into_iter().collect();
    let (mut number, mut released, mut returned) = (0, zero(), zero());
    let mut given: BTreeMap<&str, Fraction> = BTreeMap::new();
    for line in list(review, "positions") {
        let (name, facts) = (name_of(line), &line["facts"]);
        let below = |fact: &str, edge: &str| Fraction::of(&facts[fact]).minus(Fraction::parse(edge)).n < 0;
        let goes = (facts["kind"] == "\"kol\"" && below("roi", "2")) || below("activity", "0.8");
        if !goes {
            continue;
        }
        let mut left = held(name).minus(Fraction::of(&line["locked"]));
        released = released.plus(left);
        given.insert(name, left);
        let owner = review["return_to"]["owner"].as_str().unwrap();
        for (to, room) in room.iter_mut().map(|(to, room)| (*to, room)).chain([(owner, &mut left.clone())]) {
            let taken = if to == owner { left } else { min(left, *room) };
            if taken.n == 0 {
                continue;
            }
            (left, *room, number) = (left.minus(taken), room.minus(taken), number + 1);
            let row = format!("move {number}");
            report.text(moves, &row, "from", name, "");
            report.text(moves, &row, "to", to, "");
            report.number(moves, &row, "amount", taken, "CNY");
            returned = if to == owner { returned.plus(taken) } else { returned };
        }
    }
    // Each recipient was filled.
    assert!(room.iter().all(|(_, room)| room.n == 0));
    report.number(moves, "total", "amount", released, "CNY");
    report.number(lines, "marketing committee", "received", returned, "CNY");
    let names: Vec<&str> = before
        .keys()
        .copied()
        .chain(received.keys().copied().filter(|name| !before.contains_key(name)))
        .collect();
    let mut all = zero();
    for name in names {
        let (gave, got) =
            (given.get(name).copied().unwrap_or(zero()), received.remove(name).unwrap_or(zero()));
        let after = held(name).minus(gave).plus(got);
        all = all.plus(after);
        for (column, amount) in
            [("before", held(name)), ("released", gave), ("received", got), ("after", after)]
        {
            report.number(lines, name, column, amount, "CNY");
        }
    }
    let sum = Fraction::sum(before.values().copied());
    for (column, amount) in [("before", sum), ("released", released), ("received", released), ("after", all)]
    {
        report.number(lines, "total", column, amount, "CNY");
    }
    assert_eq!(all.plus(returned), sum);
}

fn cuts(report: &mut Checked, file: &Value) {
    let mut lines: Vec<&Value> = list(&file["cuts"], "lines").iter().collect();
    lines.sort_by_key(|line| line["priority"].as_u64());
    let total = Fraction::sum(lines.iter().map(|line| Fraction::of(&line["amount"])));
    let mut left = total.times(Fraction::of(&file["cuts"]["shrink"]["by_share"]["share"]));
    let cut_of_all = left;
    let table = "Cuts by priority";
    for line in lines {
        let before = Fraction::of(&line["amount"]);
        // What may not go: a floor, and a reserve as a whole.
        let floor = if line["floor"].is_null() { zero() } else { Fraction::of(&line["floor"]) };
        let can = if line["reserve"] == true { zero() } else { before.minus(floor) };
        let cut = min(can, left);
        left = left.minus(cut);
        for (column, amount) in [("before", before), ("cut", cut), ("after", before.minus(cut))] {
            report.number(table, name_of(line), column, amount, "CNY");
        }
    }
    for (column, amount) in [("before", total), ("cut", cut_of_all), ("after", total.minus(cut_of_all))] {
        report.number(table, "total", column, amount, "CNY");
    }
    assert_eq!(left, zero());
}

fn tracking(report: &mut Checked, file: &Value) {
    let spending = list(&file["tracking"], "spending");
    let mut totals = [zero(); 7];
    let columns = ["plan", "committed", "actual", "forecast", "available", "variance", "variance at the end"];
    for line in list(&file["tracking"], "lines") {
        let (name, plan) = (name_of(line), Fraction::of(&line["plan"]));
        let own = spending.iter().find(|own| name_of(own) == name).unwrap();
        let amount = |field: &str| if own[field].is_null() { zero() } else { Fraction::of(&own[field]) };
        let (actual, committed) = (amount("actual"), amount("committed"));
        let bound = actual.plus(committed);
        let forecast = match own["forecast"].is_null() {
            false => amount("forecast"),
            true if bound.minus(plan).n > 0 => bound,
            true => plan,
        };
        let all =
            [plan, committed, actual, forecast, plan.minus(bound), actual.minus(plan), forecast.minus(plan)];
        for ((column, amount), total) in columns.iter().zip(all).zip(&mut totals) {
            report.number("Plan against actual", name, column, amount, "CNY");
            *total = total.plus(amount);
        }
    }
    for (column, total) in columns.iter().zip(totals) {
        report.number("Plan against actual", "total", column, total, "CNY");
    }
}

fn pacing(report: &mut Checked, file: &Value) {
    let pacing = &file["pacing"];
    let total = Fraction::of(&pacing["plan"]["total"]);
    let weights: Vec<Fraction> =
        pacing["plan"]["profile"]["custom"].as_array().unwrap().iter().map(Fraction::of).collect();
    let elapsed = usize::try_from(pacing["elapsed"].as_u64().unwrap()).unwrap();
    let all = Fraction::sum(weights.iter().copied());
    let past = Fraction::sum(weights[..elapsed].iter().copied());
    let [spent, ordered] = ["spent", "committed"].map(|field| Fraction::of(&pacing[field]));
    let (expected, free) = (total.times(past).over(all), total.minus(spent).minus(ordered));
    let table = "Pacing of the quarter's channels";
    for (row, amount) in [
        ("expected", expected),
        ("spent", spent),
        ("committed", ordered),
        ("remaining", free),
        ("projected total", spent.times(all).over(past)),
    ] {
        report.number(table, row, "amount", amount, "CNY");
    }
    report.number(table, "pacing index", "ratio", spent.over(expected), "1");
    let table = "What is free, by period";
    for (place, weight) in weights.iter().enumerate() {
        let row = format!("period {}", place + 1);
        let part = if place < elapsed { zero() } else { free.times(*weight).over(all.minus(past)) };
        report.number(table, &row, "planned", total.times(*weight).over(all), "CNY");
        report.number(table, &row, "free, by the weights left", part, "CNY");
    }
    report.number(table, "total", "planned", total, "CNY");
    report.number(table, "total", "free, by the weights left", free, "CNY");
}

fn earned(report: &mut Checked, file: &Value) {
    let value = |field: &str| Fraction::of(&file["earned_value"][field]);
    let (bac, pv) = (value("budget_at_completion"), value("planned_value"));
    let (ev, ac) = (value("earned_value"), value("actual_cost"));
    let eac = bac.times(ac).over(ev);
    for (row, amount) in [
        ("budget at completion (BAC)", bac),
        ("planned value (PV)", pv),
        ("earned value (EV)", ev),
        ("actual cost (AC)", ac),
        ("cost variance (CV)", ev.minus(ac)),
        ("schedule variance (SV)", ev.minus(pv)),
        ("available", bac.minus(ac)),
        ("estimate at completion (EAC)", eac),
        ("variance at completion (VAC)", bac.minus(eac)),
    ] {
        report.number("Earned value half-way", row, "amount", amount, "CNY");
    }
    for (row, index) in [
        ("cost performance index (CPI)", ev.over(ac)),
        ("schedule performance index (SPI)", ev.over(pv)),
        ("to-complete performance index (TCPI)", bac.minus(ev).over(bac.minus(ac))),
    ] {
        report.number("Earned value half-way", row, "ratio", index, "1");
    }
}

fn returns(report: &mut Checked, file: &Value) {
    let (parts, table) = (&file["true_return"], "True return");
    let steps = "From the media return to the true one";
    let (mut direct, mut indirect, mut media, mut other) = (zero(), Vec::new(), zero(), Vec::new());
    for part in list(parts, "returns") {
        let amount = match &part["percent"] {
            Value::Null => Fraction::of(&part["amount"]),
            up => Fraction::of(&up["of"]).times(Fraction::of(&up["percent"])).over(Fraction::whole(100)),
        };
        report.number(table, name_of(part), "revenue", amount, "CNY");
        if part["kind"] == "direct" {
            direct = direct.plus(amount);
        } else {
            indirect.push((name_of(part), amount));
        }
    }
    for cost in list(parts, "costs") {
        let amount = Fraction::of(&cost["amount"]);
        report.number(table, name_of(cost), "cost", amount, "CNY");
        if cost["kind"] == "media" {
            media = media.plus(amount);
        } else {
            other.push((name_of(cost), amount));
        }
    }
    let (mut revenue, mut cost) = (direct, media);
    report.number(steps, "direct on media", "return (revenue) so far", revenue.over(cost), "CNY/CNY");
    {
        let (row, returns, costs) = ("direct on media", direct, media);
        report.number(table, row, "revenue", returns, "CNY");
        report.number(table, row, "cost", costs, "CNY");
        report.number(table, row, "return (revenue)", returns.over(costs), "CNY/CNY");
    }
    for (name, amount) in indirect {
        revenue = revenue.plus(amount);
        report.number(steps, name, "return (revenue) so far", revenue.over(cost), "CNY/CNY");
    }
    for (name, amount) in other {
        cost = cost.plus(amount);
        report.number(steps, name, "return (revenue) so far", revenue.over(cost), "CNY/CNY");
    }
    report.number(table, "all on all", "revenue", revenue, "CNY");
    report.number(table, "all on all", "cost", cost, "CNY");
    report.number(table, "all on all", "return (revenue)", revenue.over(cost), "CNY/CNY");
    report.number(table, "all on all", "net return (revenue)", revenue.minus(cost).over(cost).percent(), "%");
}

fn weeks(report: &mut Checked, file: &Value) {
    let (weeks, table) = (&file["weeks"], "Weeks and the curve");
    let points: Vec<[Fraction; 2]> =
        list(weeks, "points").iter().map(|point| [0, 1].map(|side| Fraction::of(&point[side]))).collect();
    // A spend works on with half its force each week, over so many weeks; the weights add up to 1.
    let (alpha, lags) =
        (Fraction::of(&weeks["adstock"]["alpha"]), weeks["adstock"]["lags"].as_u64().unwrap());
    let mut kernel = vec![Fraction::whole(1)];
    for _ in 1..lags {
        kernel.push(kernel.last().unwrap().times(alpha));
    }
    let all = Fraction::sum(kernel.iter().copied());
    let mut sums = [zero(); 4];
    for (week, [spend, margin]) in points.iter().enumerate() {
        let row = format!("week {}", week + 1);
        let past = kernel.iter().zip(points[..=week].iter().rev());
        let work = Fraction::sum(past.map(|(weight, point)| point[0].times(*weight).over(all)));
        report.number(table, &row, "spend", *spend, "CNY");
        report.number(table, &row, "at work", work, "CNY");
        report.number(table, &row, "gross margin", *margin, "CNY");
        let (curve, unit) = report.cell(table, &row, "gross margin by the curve");
        assert_eq!(unit, "CNY");
        let own = [*spend, cents(work), *margin, Fraction::parse(&curve.unwrap())];
        sums.iter_mut().zip(own).for_each(|(sum, own)| *sum = sum.plus(own));
    }
    for (column, sum) in
        ["spend", "at work", "gross margin", "gross margin by the curve"].into_iter().zip(sums)
    {
        report.number(table, "total", column, sum, "CNY");
    }
    for fit in ["Best fit with carry-over", "Best fit to the spend of the week alone"] {
        report.number(fit, "points", "value", Fraction::whole(points.len().try_into().unwrap()), "point");
    }
}

const CONTEST: &str = "The local optimiser's division beside the optimum";

fn contest(report: &mut Checked, file: &Value) {
    let contest = &file["contest"];
    let budget = Fraction::of(&contest["question"]["aim"]["response"]["budget"]);
    let columns = [
        "amount now",
        "amount at the optimum",
        "moves",
        "response (gross margin) now",
        "response (gross margin) at the optimum",
        "gain (gross margin)",
    ];
    let mut sums = [zero(); 6];
    let mut read = |name: &str| {
        columns.map(|column| {
            let (value, unit) = report.cell(CONTEST, name, column);
            assert_eq!(unit, "CNY");
            Fraction::parse(&value.unwrap())
        })
    };
    // Of floats with 4 decimals a sum of four can be off by the rounding of each.
    let near = |left: Fraction, right: Fraction| {
        let apart = left.minus(right);
        assert!(apart.n.abs() * 1_000 <= apart.d, "{left:?} {right:?}");
    };
    for line in list(&contest["question"], "lines") {
        let own = read(name_of(line));
        let now = &contest["local"][name_of(line)];
        assert_eq!(own[0], if now.is_null() { zero() } else { Fraction::of(now) });
        assert_eq!(own[2], own[1].minus(own[0]));
        near(own[5], own[4].minus(own[3]));
        sums.iter_mut().zip(own).for_each(|(sum, own)| *sum = sum.plus(own));
    }
    let total = read("total");
    assert_eq!((total[0], total[1], total[2]), (budget, budget, zero()));
    sums.into_iter().zip(total).for_each(|(sum, total)| near(sum, total));
    assert!(total[5].n > 0, "the optimum is better");
}

#[test]
fn the_budgets_are_worked_out_again() {
    let text = std::fs::read_to_string(data("budget.json")).unwrap();
    let made = budget::report(&text).unwrap();
    every_figure_has_its_unit_and_source(&made);
    every_question_is_answered(&made);
    let (mut report, file) = (Checked::new(&made), serde_json::from_str::<Value>(&text).unwrap());
    for part in [stated, ruled, review, cuts, tracking, pacing, earned, returns, weeks, contest] {
        part(&mut report, &file);
    }
    report.all_seen(&[
        // Floats of a least-squares search; the golden files hold them against scipy.
        ("Best fit with carry-over", "value"),
        ("Best fit with carry-over", "standard error"),
        ("Best fit to the spend of the week alone", "value"),
        ("Best fit to the spend of the week alone", "standard error"),
        // Slopes of the curves at the amounts: floats, held by the golden files of the optimiser.
        (CONTEST, "marginal return (gross margin) now"),
        (CONTEST, "marginal return (gross margin) at the optimum"),
    ]);
}
