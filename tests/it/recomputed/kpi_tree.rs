//! The report of the example `kpi_tree`, worked out again.

use super::{
    Checked, Fraction, every_figure_has_its_unit_and_source, every_question_is_answered, kpi_tree_months,
};
use crate::example::{data, kpi_tree};
use serde_json::Value;

const PLAN: &str = "Plan and actual; yellow from 80 % of the plan on";
const WHY: &str = "Contributions of the leaves, and of each node with what stands below it";
const BRANCHES: &str = "Revenue, orders and spend by branch";
const SAMPLES: &str = "Orders of clicks: rate and its interval at 95 % (Wilson)";
const MOVES: &str = "Gradient and elasticity by node";
const CHANGES: &str = "Values under each change";
const ALONE: &str = "Each leaf alone, all others as they are";
const NAMES: [&str; 3] = ["search", "social", "video"];
const LEAVES: [(&str, &str); 3] = [("clicks", "click"), ("cvr", "order/click"), ("aov", "CNY/order")];

/// The values of a set of inputs: each branch's clicks, rate and value of an order, its sales, and the sum.
struct Values {
    of: [[Fraction; 3]; 3],
}

impl Values {
    fn read(file: &Value, set: &Value) -> Self {
        let leaf = |id: String| Fraction::of(set.get(&id).unwrap_or(&file["actual"][&id]));
        Self { of: NAMES.map(|name| LEAVES.map(|(own, _)| leaf(format!("{name}_{own}")))) }
    }

    fn sales(&self, branch: usize) -> Fraction {
        let [clicks, rate, value] = self.of[branch];
        clicks.times(rate).times(value)
    }

    fn all(&self) -> Fraction {
        Fraction::sum((0..3).map(|branch| self.sales(branch)))
    }

    /// Every node with its name, its value and its unit.
    fn nodes(&self) -> Vec<(String, Fraction, &'static str)> {
        let mut nodes = vec![("sales".to_string(), self.all(), "CNY")];
        nodes.extend((0..3).map(|branch| (format!("{}_sales", NAMES[branch]), self.sales(branch), "CNY")));
        for (leaf, (own, unit)) in LEAVES.iter().enumerate() {
            let id = |branch: usize| format!("{}_{own}", NAMES[branch]);
            nodes.extend((0..3).map(|branch| (id(branch), self.of[branch][leaf], *unit)));
        }
        nodes
    }
}

#[test]
fn every_figure_of_the_tree_is_worked_out_again() {
    let text = std::fs::read_to_string(data("kpi_tree.json")).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    let report = kpi_tree::run(&data("kpi_tree.json")).unwrap();
    every_figure_has_its_unit_and_source(&report);
    every_question_is_answered(&report);
    let mut checked = Checked::new(&report);
    let (plan, actual) = (Values::read(&file, &file["plan"]), Values::read(&file, &file["actual"]));

    // Plan, actual, attainment, light.
    let eighty = Fraction::new(4, 5);
    for ((id, planned, unit), (_, reached, _)) in plan.nodes().into_iter().zip(actual.nodes()) {
        checked.number(PLAN, &id, "plan", planned, unit);
        checked.number(PLAN, &id, "actual", reached, unit);
        let attained = reached.over(planned);
        checked.number(PLAN, &id, "attainment", attained.percent(), "%");
        let light = match (attained.minus(Fraction::whole(1)).n >= 0, attained.minus(eighty).n >= 0) {
            (true, _) => "green",
            (false, true) => "yellow",
            (false, false) => "red",
        };
        checked.text(PLAN, &id, "light", light, "");
    }

    // Contributions: the logarithmic mean of a branch's sales times the change of the factor's logarithm, to the cent.
    let float = |own: Fraction| own.n as f64 / own.d as f64;
    let mut total = Fraction::whole(0);
    for branch in 0..3 {
        let (before, after) = (plan.sales(branch), actual.sales(branch));
        let (b, a) = (float(before), float(after));
        let mean = if (a - b).abs() < 1e-9 { a } else { (a - b) / (a / b).ln() };
        let mut sum = Fraction::whole(0);
        for (leaf, (own, _)) in LEAVES.iter().enumerate() {
            let id = format!("{}_{own}", NAMES[branch]);
            let (value, unit) = checked.cell(WHY, &id, "contribution");
            let part = Fraction::parse(&value.unwrap());
            let expected = mean * (float(actual.of[branch][leaf]) / float(plan.of[branch][leaf])).ln();
            assert!((float(part) - expected).abs() < 0.01, "{id}: {expected}");
            assert_eq!(unit, "CNY");
            sum = sum.plus(part);
        }
        // The parts of a branch add up to its change, those of all to the change of sales.
        assert_eq!(sum, after.minus(before));
        checked.number(WHY, &format!("{}_sales", NAMES[branch]), "contribution by node", sum, "CNY");
        total = total.plus(sum);
    }
    assert_eq!(total, actual.all().minus(plan.all()));
    checked.number(WHY, "total", "contribution", total, "CNY");
    checked.number(WHY, "sales", "contribution by node", total, "CNY");

    // Branches: the spend is orders times their cost; the total is sums over sums.
    let of = |name: &str, own: &str| Fraction::of(&file["spend"][format!("{name}_{own}")]);
    let mut rows: Vec<(&str, [Fraction; 3])> = Vec::new();
    for (branch, name) in NAMES.iter().enumerate() {
        let orders = of(name, "orders");
        // The documents' orders are the clicks at the rate: one count, not two.
        assert_eq!(orders, actual.of[branch][0].times(actual.of[branch][1]));
        rows.push((name, [actual.sales(branch), orders, orders.times(of(name, "cost"))]));
    }
    let sums = [0, 1, 2].map(|column| Fraction::sum(rows.iter().map(|row| row.1[column])));
    rows.push(("total", sums));
    for (name, [revenue, orders, spend]) in rows {
        checked.number(BRANCHES, name, "revenue", revenue, "CNY");
        checked.number(BRANCHES, name, "share of revenue", revenue.over(sums[0]).percent(), "%");
        checked.number(BRANCHES, name, "orders", orders, "order");
        checked.number(BRANCHES, name, "spend", spend, "CNY");
        checked.number(BRANCHES, name, "return on ad spend (revenue)", revenue.over(spend), "CNY/CNY");
        checked.number(BRANCHES, name, "cost per order", spend.over(orders), "CNY/order");
        checked.number(BRANCHES, name, "average order value", revenue.over(orders), "CNY/order");
    }

    // Samples: the ends of Wilson's interval, by the normal quantile 1.959964.
    for (branch, name) in NAMES.iter().enumerate() {
        let (orders, clicks) = (of(name, "orders"), actual.of[branch][0]);
        checked.number(SAMPLES, name, "successes", orders, "1");
        checked.number(SAMPLES, name, "trials", clicks, "1");
        checked.number(SAMPLES, name, "rate", orders.over(clicks).percent(), "%");
        let (n, p, z) = (float(clicks), float(orders.over(clicks)), 1.959_964_f64);
        let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt() / (1.0 + z * z / n);
        let middle = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
        let ends = [middle - half, middle + half].map(|end| end * 100.0);
        for (column, end) in ["from", "to"].into_iter().zip(ends) {
            let found: f64 = checked.cell(SAMPLES, name, column).0.unwrap().parse().unwrap();
            assert!((found - end).abs() < 1e-4, "{name} {column}: {end}");
        }
        let planned = float(plan.of[branch][1]) * 100.0;
        let met = if float(orders.over(clicks)) * 100.0 >= planned { "met" } else { "missed" };
        let told = !(ends[0] <= planned && planned <= ends[1]);
        let verdict =
            if told { met.to_string() } else { format!("{met}, not distinguishable from the target") };
        checked.text(SAMPLES, name, "verdict", &verdict, "");
    }

    // Gradients: a branch's sales over the leaf; elasticities: the share of the branch. Floats, to nine digits.
    let mut close = |row: &str, column: &str, exact: Fraction, unit: &str| {
        let (value, found) = checked.cell(MOVES, row, column);
        let value: f64 = value.unwrap().parse().unwrap();
        assert!((value - float(exact)).abs() <= 1e-9 * float(exact).abs(), "{row} {column}: {value}");
        assert_eq!(found, unit, "{row} {column}");
    };
    let one = Fraction::whole(1);
    close("sales", "gradient", one, "1");
    close("sales", "elasticity", one, "%/%");
    for (branch, name) in NAMES.iter().enumerate() {
        let share = actual.sales(branch).over(actual.all());
        close(&format!("{name}_sales"), "gradient", one, "1");
        close(&format!("{name}_sales"), "elasticity", share, "%/%");
        for ((own, _), (leaf, unit)) in
            LEAVES.iter().zip([(0, "CNY/click"), (1, "CNY*click/order"), (2, "order")])
        {
            let id = format!("{name}_{own}");
            close(&id, "gradient", actual.sales(branch).over(actual.of[branch][leaf]), unit);
            close(&id, "elasticity", share, "%/%");
        }
    }

    // What if: the actual values, and those with a leaf set otherwise.
    let overlays = file["what_if"].as_array().unwrap();
    for (id, value, unit) in actual.nodes() {
        checked.number(CHANGES, &id, "base", value, unit);
    }
    for overlay in overlays {
        let name = overlay["names"][0].as_str().unwrap();
        for (id, value, unit) in Values::read(&file, &overlay["set"]).nodes() {
            checked.number(CHANGES, &id, name, value, unit);
        }
    }

    // Alone: each leaf is a factor of its branch, which has to lose what sales are above the plan.
    let missing = plan.all().minus(actual.all());
    for (branch, name) in NAMES.iter().enumerate() {
        let factor = one.plus(missing.over(actual.sales(branch)));
        for (leaf, (own, unit)) in LEAVES.iter().enumerate() {
            let (id, now) = (format!("{name}_{own}"), actual.of[branch][leaf]);
            checked.number(ALONE, &id, "actual", now, unit);
            let found: f64 = checked.cell(ALONE, &id, "needed").0.unwrap().parse().unwrap();
            assert!((found - float(now.times(factor))).abs() < 1e-6, "{id}: {found}");
            checked.number(ALONE, &id, "change", factor.minus(one).percent(), "%");
        }
    }
    kpi_tree_months::every_figure_is_worked_out_again(&mut checked);
    checked.all_seen(&[]);
}
