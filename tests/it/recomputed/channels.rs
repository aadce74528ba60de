//! The report of the example `channels`, worked out again.

use super::{Checked, Fraction, every_figure_has_its_unit_and_source, every_question_is_answered};
use crate::example::{channels, data};
use serde_json::Value;

const SIDE: &str = "Channels side by side";
const MADE: &str = "How spend and revenue follow";
const VALUE: &str = "Lifetime value against acquisition cost";
const REMAINS: &str = "What remains without each channel";
const DECISIONS: &str = "Decisions";
const ACTIVITY: &str = "Activity against the baseline";

/// The counts of a channel, or of all: impressions, clicks, conversions, spend, revenue.
type Sums = [Fraction; 5];

fn sums(channel: &Value) -> Sums {
    let card = &channel["card"];
    let [shown, clicks, won] = ["impressions", "clicks", "conversions"].map(|name| Fraction::of(&card[name]));
    let spend = won.times(Fraction::of(&card["cost_per_acquisition"]));
    let roas = card["return_on_ad_spend"].as_str().unwrap().trim_start_matches("1:");
    // The stated conversion rate is that of the counts.
    assert_eq!(won.over(clicks).percent(), Fraction::of(&card["conversion_rate"]));
    [shown, clicks, won, spend, spend.times(Fraction::parse(roas))]
}

fn side_by_side(report: &mut Checked, name: &str, sums: &Sums) {
    let [shown, clicks, won, spend, revenue] = *sums;
    for (column, exact, unit) in [
        ("impressions", shown, "impression"),
        ("clicks", clicks, "click"),
        ("conversions", won, "conversion"),
        ("spend", spend, "CNY"),
        ("revenue", revenue, "CNY"),
        ("CTR", clicks.over(shown).percent(), "%"),
        ("CVR", won.over(clicks).percent(), "%"),
        ("CPC", spend.over(clicks), "CNY/click"),
        ("CPA", spend.over(won), "CNY/conversion"),
        ("AOV", revenue.over(won), "CNY/conversion"),
        ("return on ad spend (revenue)", revenue.over(spend), "CNY/CNY"),
        ("net return (revenue)", revenue.minus(spend).over(spend).percent(), "%"),
    ] {
        report.number(SIDE, name, column, exact, unit);
    }
    report.number(MADE, name, "spend", spend, "CNY");
    report.number(MADE, name, "revenue", revenue, "CNY");
}

/// What a customer of the channel is worth.
fn lifetime(report: &mut Checked, channel: &Value, [_, _, won, spend, revenue]: Sums) -> Fraction {
    let (name, customer) = (channel["name"].as_str().unwrap(), &channel["customer"]);
    let [margin, orders, stay] =
        ["gross_margin", "orders", "retention"].map(|name| Fraction::of(&customer[name]));
    let order = revenue.over(won);
    assert_eq!(order, Fraction::of(&customer["order_value"]), "the order value of the file is the table's");
    let month = order.times(margin).times(orders);
    let (one, cost) = (Fraction::whole(1), spend.over(won));
    let value = month.over(one.minus(stay));
    // Month by month until the cost is paid.
    let (mut paid, mut next, mut months) = (Fraction::whole(0), month, 0);
    while cost.minus(paid).n > 0 {
        (paid, next, months) = (paid.plus(next), next.times(stay), months + 1);
    }
    for (column, exact, unit) in [
        ("average order value", order, "CNY"),
        ("gross margin", margin.percent(), "%"),
        ("orders", orders, "order/month"),
        ("retention", stay.percent(), "%"),
        ("paid back after", Fraction::whole(months), "month"),
    ] {
        report.number(VALUE, name, column, exact, unit);
    }
    worth(report, name, won, spend, value.times(won));
    report.number(DECISIONS, name, "LTV : CAC", value.over(cost), "CNY/CNY");
    report.number("Quadrants by cost and value", name, "LTV : CPA", value.over(cost), "CNY/CNY");
    value
}

fn worth(report: &mut Checked, name: &str, won: Fraction, spend: Fraction, all: Fraction) {
    for (column, exact, unit) in [
        ("lifetime value (gross margin)", all.over(won), "CNY"),
        ("customer acquisition cost", spend.over(won), "CNY"),
        ("LTV : CAC", all.over(spend), "CNY/CNY"),
        ("customers won", won, "customer"),
        ("lifetime value of all", all, "CNY"),
        ("spend", spend, "CNY"),
    ] {
        report.number(VALUE, name, column, exact, unit);
    }
}

/// The action and its rule by the documents' rules, for a channel that is no influencer.
fn action(change: Fraction, returns: Fraction, cost: Fraction) -> (&'static str, &'static str) {
    let below = |left: Fraction, right: &str| left.minus(Fraction::parse(right)).n < 0;
    if below(change, "-0.2") {
        ("drop", "rule 2 of 5")
    } else if !below(returns, "1") && cost.minus(Fraction::whole(1)).n <= 0 {
        ("boost", "rule 3 of 5")
    } else if below(returns, "0.9") && Fraction::parse("1.1").minus(cost).n < 0 {
        ("cut", "rule 4 of 5")
    } else {
        ("keep", "rule 5 of 5")
    }
}

#[test]
fn the_channels_are_worked_out_again() {
    let text = std::fs::read_to_string(data("channels.json")).unwrap();
    let made = channels::report(&text).unwrap();
    every_figure_has_its_unit_and_source(&made);
    every_question_is_answered(&made);
    let (mut report, file) = (Checked::new(&made), serde_json::from_str::<Value>(&text).unwrap());
    let rows = file["channels"].as_array().unwrap();
    let mut total = [Fraction::whole(0); 5];
    for row in rows {
        let own = sums(row);
        total.iter_mut().zip(own).for_each(|(sum, own)| *sum = sum.plus(own));
    }
    let [.., won, spend, revenue] = total;
    let (required, one) = (Fraction::of(&file["remain_without_one"]), Fraction::whole(1));
    let edge = |name: &str| Fraction::of(&file["quadrants"][name]);
    let mut worth_of_all = Fraction::whole(0);
    for row in rows {
        let (name, own) = (row["name"].as_str().unwrap(), sums(row));
        side_by_side(&mut report, name, &own);
        let value = lifetime(&mut report, row, own);
        worth_of_all = worth_of_all.plus(value.times(own[2]));
        let cost = own[3].over(own[2]);
        let high = if value.minus(edge("value")).n >= 0 { "high" } else { "low" };
        let low = if cost.minus(edge("cost")).n <= 0 { "low" } else { "high" };
        report.text(
            "Quadrants by cost and value",
            name,
            "quadrant",
            &format!("{high} value, {low} cost"),
            "",
        );

        let share = own[2].over(won);
        let margin = one.minus(share).minus(required);
        report.number(REMAINS, name, "contribution", own[2], "conversion");
        report.number(REMAINS, name, "share", share.percent(), "%");
        report.number(REMAINS, name, "remains without it", one.minus(share).percent(), "%");
        report.number(REMAINS, name, "margin", margin.percent(), "percentage points");
        report.text(REMAINS, name, "rule kept", if margin.n >= 0 { "yes" } else { "no" }, "");

        let [active, before] = ["activity", "baseline"].map(|name| Fraction::of(&row[name]));
        let change = active.minus(before).over(before);
        report.number(ACTIVITY, name, "active users", active, "user");
        report.number(ACTIVITY, name, "baseline", before, "user");
        report.number(ACTIVITY, name, "change", change.percent(), "%");
        let returns = own[4].over(own[3]).over(revenue.over(spend));
        let (action, rule) = action(change, returns, cost.over(spend.over(won)));
        report.text(DECISIONS, name, "action", action, "");
        report.text(DECISIONS, name, "rule", rule, "");
    }
    side_by_side(&mut report, "all", &total);
    worth(&mut report, "all", won, spend, worth_of_all);
    report.number(REMAINS, "all", "contribution", won, "conversion");
    report.number(REMAINS, "all", "share", Fraction::whole(100), "%");
    report.all_seen(&[]);
}
