//! The report of the example `analyst`, worked out again; the credits of the Markov chain add up to what the files have.

use super::{Checked, Fraction, every_figure_has_its_unit_and_source, every_question_is_answered};
use crate::example::{analyst, data};

fn lines(name: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(data(&format!("analyst/{name}.csv"))).unwrap();
    text.lines().skip(1).map(|line| line.split(',').map(str::to_string).collect()).collect()
}

#[test]
fn every_figure_of_the_three_exports_is_worked_out_again() {
    let report = analyst::report().unwrap();
    every_figure_has_its_unit_and_source(&report);
    every_question_is_answered(&report);
    let mut checked = Checked::new(&report);
    let credit = "Credit, cost and return by channel";
    let number = |text: &str| Fraction::parse(text.trim_end_matches(" CNY"));
    let cost = Fraction::sum(lines("spend").iter().map(|row| number(&row[1])));
    let (mut orders, mut value) = (Fraction::whole(0), Fraction::whole(0));
    for row in lines("paths") {
        orders = orders.plus(number(&row[1]));
        value = value.plus(number(&row[3]));
    }
    for row in lines("spend") {
        checked.number(credit, &row[0], "cost", number(&row[1]), "CNY");
    }
    checked.number(credit, "total", "cost", cost, "CNY");
    checked.number(credit, "total", "conversions", orders, "conversion");
    checked.number(credit, "total", "value (revenue)", value, "CNY");
    checked.number(credit, "total", "cost per conversion", cost.over(orders), "CNY/conversion");
    checked.number(credit, "total", "return on ad spend (revenue)", value.over(cost), "CNY/CNY");

    let steps = lines("steps");
    for (place, row) in steps.iter().enumerate() {
        let count = number(&row[2]);
        let unit = checked.cell("The funnel after", &row[0], "count").1;
        checked.number("The funnel after", &row[0], "count", count, &unit);
        if let Some(before) = place.checked_sub(1) {
            let before = number(&steps[before][2]);
            checked.number("The funnel after", &row[0], "rate", count.over(before).percent(), "%");
            checked.number("The funnel after", &row[0], "lost", before.minus(count), &unit);
        }
    }
    let rate = |column: usize| number(&steps[3][column]).over(number(&steps[0][column]));
    let change = rate(2).minus(rate(1)).percent();
    // To six decimals of the rate, four of a percentage.
    let shown = Fraction::parse(&change.rounded(4));
    let why = "Contributions by step (log-mean)";
    checked.number(why, "total", "contribution", shown, "percentage points");
    let part = |row: &Vec<String>| checked.cell(why, &row[0], "contribution").0.unwrap();
    let parts: Vec<String> = steps[1..].iter().map(part).collect();
    assert_eq!(Fraction::sum(parts.iter().map(|part| Fraction::parse(part))), shown);
    // The credit of each channel is the elimination of a Markov chain, and what follows from it.
    let estimated = ["conversions", "value (revenue)", "cost per conversion", "return on ad spend (revenue)"];
    checked.all_seen(&estimated.map(|column| (credit, column)));
}
