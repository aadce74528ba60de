//! The report of the example `health`, worked out again.

use super::{Checked, Fraction, every_figure_has_its_unit_and_source, every_question_is_answered};
use crate::example::{data, health};
use serde_json::Value;

const LIGHTS: &str = "Values and lights; green from the target on, yellow from 80 % of it on";
const TARGETS: &str = "Against the targets, at the end";
const BESIDE: &str = "What stands beside the score";
const WEIGHTED: &str = "Weights by the principal eigenvector (AHP), and by geometric means";
const RISKS: &str = "Risks by rating and expected loss";

/// The documents' matrix: dimension, indicator, the least value in per cent. Two indicators a dimension.
const MATRIX: [(&str, &str, i128); 8] = [
    ("traffic", "organic share", 50),
    ("traffic", "acquisition-cost decrease", 15),
    ("stickiness", "repurchase rate", 25),
    ("stickiness", "active-user retention", 60),
    ("tool adoption", "usage of trained tools", 80),
    ("tool adoption", "automated-task coverage", 50),
    ("conversion", "lead conversion", 8),
    ("conversion", "customer value uplift", 20),
];

/// The days from one date to another, both in 2026.
fn days(from: &str, to: &str) -> i128 {
    const BEFORE: [i128; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let day = |date: &str| {
        let (month, day): (usize, i128) = (date[5..7].parse().unwrap(), date[8..10].parse().unwrap());
        assert_eq!(&date[..4], "2026");
        BEFORE[month - 1] + day
    };
    day(to) - day(from)
}

fn light(attained: Fraction) -> &'static str {
    match (attained.minus(Fraction::whole(1)).n >= 0, attained.minus(Fraction::new(4, 5)).n >= 0) {
        (true, _) => "green",
        (false, true) => "yellow",
        (false, false) => "red",
    }
}

/// The score of an indicator: what it attains, and no more than all.
fn score(value: Fraction, target: i128) -> Fraction {
    let attained = value.over(Fraction::whole(target));
    if attained.minus(Fraction::whole(1)).n > 0 { Fraction::whole(1) } else { attained }
}

#[test]
fn every_figure_of_the_health_is_worked_out_again() {
    let text = std::fs::read_to_string(data("health.json")).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    let report = health::report(&text).unwrap();
    every_figure_has_its_unit_and_source(&report);
    every_question_is_answered(&report);
    let mut checked = Checked::new(&report);
    let name = |own: &(&str, &str, i128)| format!("{} / {}", own.0, own.1);

    // Values month by month: what was not measured again is that of the month before.
    let mut months: Vec<[Fraction; 8]> = Vec::new();
    for (month, column) in file["months"].as_array().unwrap().iter().zip(["Jul", "Aug", "Sep"]) {
        let mut values = months.last().copied().unwrap_or([Fraction::whole(0); 8]);
        for (place, own) in MATRIX.iter().enumerate() {
            let rows = month["values"].as_array().unwrap();
            if let Some(row) = rows.iter().find(|row| row[0] == own.0 && row[1] == own.1) {
                values[place] = Fraction::of(&row[2]);
            }
            checked.number(LIGHTS, &name(own), column, values[place], "%");
            let expected = light(values[place].over(Fraction::whole(own.2)));
            checked.text(LIGHTS, &name(own), &format!("light {column}"), expected, "");
        }
        months.push(values);
    }
    let last = months[2];
    for (place, own) in MATRIX.iter().enumerate() {
        checked.number(TARGETS, &name(own), "actual", last[place], "%");
        let attained = last[place].over(Fraction::whole(own.2));
        checked.number(TARGETS, &name(own), "attainment", attained.percent(), "%");
        checked.text(TARGETS, &name(own), "light", light(attained), "");
        let misses = attained.minus(Fraction::whole(1)).n < 0;
        checked.text(TARGETS, &name(own), "task force", if misses { "yes" } else { "no" }, "");
    }

    // Eight indicators of equal weight: two in each of four dimensions.
    let eighth = Fraction::new(1, 8);
    let scores = |values: &[Fraction; 8]| -> Vec<Fraction> {
        values.iter().zip(MATRIX).map(|(value, own)| score(*value, own.2)).collect()
    };
    let whole = |values: &[Fraction; 8]| Fraction::sum(scores(values)).times(eighth);
    checked.number(BESIDE, "score", "value", whole(&last).percent(), "%");
    checked.number(BESIDE, "measured weight", "value", Fraction::whole(100), "%");
    checked.text(BESIDE, "measured", "value", "8 of 8", "");
    checked.text(BESIDE, "conversion / customer value uplift", "value", "2026-08-31", "");
    for (index, month) in ["August", "September"].iter().enumerate() {
        let (before, now) = (scores(&months[index]), scores(&months[index + 1]));
        let (table, why) =
            (format!("Scores before and in {month}"), format!("Contributions to the change in {month}"));
        let mut sum = Fraction::whole(0);
        for (place, own) in MATRIX.iter().enumerate() {
            checked.number(&table, &name(own), "before", before[place].percent(), "%");
            checked.number(&table, &name(own), "now", now[place].percent(), "%");
            let (value, unit) = checked.cell(&why, &name(own), "contribution");
            assert_eq!(unit, "percentage points");
            let value = Fraction::parse(&value.unwrap());
            // Rounded to hundredths so that they add up: each within a hundredth of its eighth of the change.
            let off = value.minus(now[place].minus(before[place]).times(eighth).percent());
            assert!(off.n.abs() * 100 <= off.d, "{month} {}: {off:?}", own.1);
            sum = sum.plus(value);
        }
        let change = whole(&months[index + 1]).minus(whole(&months[index]));
        assert_eq!(sum, Fraction::parse(&change.percent().rounded(2)), "{month}");
        checked.number(&why, "total", "contribution", sum, "percentage points");
    }

    // Months at their end are due at the next end: 30 September, reviewed by month, on 31 October.
    let today = file["today"].as_str().unwrap();
    for own in ["stickiness / repurchase rate", "stickiness / active-user retention"] {
        checked.text("Values older than their review cycle", own, "day", "2026-10-31", "");
        let late = Fraction::whole(days("2026-10-31", today));
        checked.number("Values older than their review cycle", own, "late", late, "day");
    }
    // Baselines are due a month after 20 June.
    let came = file["baseline"][6][3].as_str().unwrap();
    for (own, until) in
        [("conversion / lead conversion", came), ("conversion / customer value uplift", today)]
    {
        let late = Fraction::whole(days("2026-07-20", until));
        checked.number("Baselines that were late", own, "late", late, "day");
    }

    // Geometric means of the rows of judgements, over their sum; the eigenvector's weights add up to 1.
    let items: Vec<&str> =
        file["importance"]["items"].as_array().unwrap().iter().map(|own| own.as_str().unwrap()).collect();
    let mut products = vec![1.0_f64; items.len()];
    for judged in file["importance"]["judgements"].as_array().unwrap() {
        let place = |own: &Value| items.iter().position(|item| own == item).unwrap();
        let value: f64 = judged["value"].as_str().unwrap().parse().unwrap();
        products[place(&judged["item"])] *= value;
        products[place(&judged["over"])] /= value;
    }
    let means: Vec<f64> = products.iter().map(|product| product.powf(0.25)).collect();
    let all: f64 = means.iter().sum();
    let mut weights = 0.0;
    for (item, mean) in items.iter().zip(means) {
        let mut float = |column| -> f64 { checked.cell(WEIGHTED, item, column).0.unwrap().parse().unwrap() };
        assert!((float("by geometric means") - mean / all).abs() < 1e-12, "{item}");
        let weight = float("weight");
        // Judgements that nearly agree: both ways are close.
        assert!((weight - mean / all).abs() < 0.002, "{item}");
        weights += weight;
    }
    assert!((weights - 1.0_f64).abs() < 1e-12);

    for sample in file["samples"].as_array().unwrap() {
        let at = sample[0].as_str().unwrap();
        if sample[1].is_null() {
            assert_eq!(checked.cell("Looks", at, "value").0, None);
        } else {
            checked.number("Looks", at, "value", Fraction::of(&sample[1]), "%");
        }
    }

    // Findings: severity is what is missing of the target, priority that times the weight.
    for finding in file["findings"].as_array().unwrap() {
        let metric = finding["metric"].as_str().unwrap();
        let target = finding["target"].as_str().unwrap().trim_start_matches("at least ");
        let (target, actual) =
            (Fraction::parse(target.trim_end_matches(" %")), Fraction::of(&finding["actual"]));
        let weight = finding.get("weight").map_or(Fraction::whole(1), Fraction::of);
        let severity = Fraction::whole(1).minus(actual.over(target));
        checked.number("Priorities", metric, "severity", severity, "1");
        checked.number("Priorities", metric, "weight", weight, "1");
        checked.number("Priorities", metric, "contribution", Fraction::whole(1), "1");
        checked.number("Priorities", metric, "priority", severity.times(weight), "1");
        checked.number("Findings", metric, "actual", actual, "%");
        checked.number("Findings", metric, "attainment", actual.over(target).percent(), "%");
        checked.number("Findings", metric, "gap", actual.minus(target), "percentage points");
    }

    // Risks: probability times (low + 4 likely + high) / 6; a response saves the difference less its cost.
    let mean = |impact: &Value| {
        let point = |end: &str| Fraction::of(&impact[end]["amount"]);
        let middle = point("likely").times(Fraction::whole(4));
        point("low").plus(middle).plus(point("high")).over(Fraction::whole(6))
    };
    let mut total = Fraction::whole(0);
    for risk in file["risks"].as_array().unwrap() {
        let id = risk["id"].as_str().unwrap();
        let Some(probability) = risk.get("probability").map(Fraction::of) else {
            assert_eq!(checked.cell(RISKS, id, "expected loss").0, None);
            continue;
        };
        let loss = probability.times(mean(&risk["impact"]));
        checked.number(RISKS, id, "probability", probability.percent(), "%");
        checked.number(RISKS, id, "expected loss", loss, "CNY");
        total = total.plus(loss);
        if let Some(response) = risk.get("responses").map(|all| &all[0]) {
            let left = Fraction::of(&response["probability"]).times(mean(&response["impact"]));
            let benefit = loss.minus(left).minus(Fraction::of(&response["cost"]["amount"]));
            checked.number(RISKS, id, "net benefit", benefit, "CNY");
        }
    }
    checked.number(RISKS, "total", "expected loss", total, "CNY");
    checked.all_seen(&[]);
}
