//! Groups, filters and aggregates over the members of a panel.

use marketloop::kpi::{Formula, KpiTree, NodeDraft, Panel, PanelRow};
use marketloop::laws;
use marketloop::strategies::small_decimals;
use marketloop::time::Period;
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};

const MEMBERS: [&str; 4] = ["SEM", "Social, paid", "信息流", "email"];

fn month(text: &str) -> Period {
    text.parse().unwrap()
}

/// A row for each member that is there. In the month before all of them are: the leaves are by channel.
fn rows_of(period: Period, values: &[(Decimal, Decimal, bool)]) -> Vec<PanelRow> {
    let of = MEMBERS.iter().zip(values).filter(|(_, (.., is_there))| *is_there);
    let row = |(member, (x, y, _)): (&&str, &(Decimal, Decimal, bool))| {
        PanelRow::new(period).with_member("渠道", *member).with_value("x", *x).with_value("y", *y)
    };
    let before = |member: &&str| {
        PanelRow::new(month("2026-06"))
            .with_member("渠道", *member)
            .with_value("x", dec!(1))
            .with_value("y", dec!(1))
    };
    core::iter::once(PanelRow::new(period)).chain(of.map(row)).chain(MEMBERS.iter().map(before)).collect()
}

fn values_of_members() -> impl Strategy<Value = Vec<(Decimal, Decimal, bool)>> {
    prop::collection::vec((small_decimals(-30..=99), small_decimals(1..=99), any::<bool>()), 4)
}

fn set(is_in: &[bool]) -> Vec<&'static str> {
    MEMBERS.iter().zip(is_in).filter(|(_, is_in)| **is_in).map(|(member, _)| *member).collect()
}

proptest! {
    #[test]
    fn a_filtered_aggregate_is_that_of_a_panel_without_the_others(
        values in values_of_members(), is_in in prop::collection::vec(any::<bool>(), 4), negated in any::<bool>(), named in any::<bool>()
    ) {
        let group = set(&is_in);
        prop_assume!(!group.is_empty());
        let listed = group.iter().map(|member| format!("`{member}`")).collect::<Vec<_>>().join(", ");
        let inline = format!("{{{listed}}}");
        let of = format!("渠道 {} {}", if negated { "not in" } else { "in" }, if named { "付费" } else { &inline });
        let text = |of: &str| format!(
            "all = missing_as(s, 0) + missing_as(m, 0) + missing_as(low, 0) + missing_as(high, 0) + n
            s = sum[{of}](x * y)\n m = mean[{of}](x / y)\n low = min[{of}](x)\n high = max[{of}](x)\n n = count[{of}](x)\n x, y"
        );
        let mut filtered = text(&of);
        if named {
            filtered = format!("{filtered}\n付费 = {inline}");
        }
        let tree = KpiTree::parse(&filtered).unwrap();
        let shown = tree.to_string();
        prop_assert_eq!(&KpiTree::parse(&shown).unwrap(), &tree, "{}", shown);
        let plain = KpiTree::parse(&text("渠道")).unwrap();
        let july = month("2026-07");
        let panel = Panel::new(&tree, ["渠道"], rows_of(july, &values)).unwrap();
        let kept: Vec<_> = values.iter().zip(&is_in).map(|((x, y, is_there), is_in)| (*x, *y, *is_there && (*is_in != negated))).collect();
        let rest = Panel::new(&plain, ["渠道"], rows_of(july, &kept)).unwrap();
        let (filtered, whole) = (tree.evaluate_panel(&panel).unwrap(), plain.evaluate_panel(&rest).unwrap());
        // Floats say the same, with the same reasons, and as much after a change as from the start.
        let mut columns = tree.panel_columns(&panel).unwrap();
        for (member, (x, ..)) in MEMBERS.iter().zip(&values).filter(|(_, (.., is_there))| *is_there) {
            columns.set("x", july, [("渠道", *member)], 7.5).unwrap();
            columns.update();
            columns.set("x", july, [("渠道", *member)], x.to_string().parse().unwrap()).unwrap();
            columns.update();
        }
        for node in ["all", "s", "m", "low", "high", "n"] {
            let (exact, float) = (filtered.value(node, july, []).unwrap(), columns.value(node, july, []).unwrap());
            if let Some(exact) = exact.as_ref().known() {
                let float = float.known().unwrap();
                prop_assert!((exact.to_f64() - float).abs() <= 1e-9 * (1.0 + float.abs()), "{}: {} {}", node, exact, float);
            } else {
                prop_assert_eq!(exact.to_string(), float.to_string());
            }
        }
        let is_nobody = kept.iter().all(|(.., is_there)| !is_there);
        for node in ["s", "m", "low", "high", "n"] {
            let (one, other) = (filtered.value(node, july, []).unwrap(), whole.value(node, july, []).unwrap());
            if is_nobody && node != "n" {
                prop_assert!(one.is_missing(), "{} {}", node, one);
            } else {
                prop_assert_eq!(one.get().unwrap(), other.get().unwrap());
            }
        }
    }

    #[test]
    fn a_set_and_its_complement_add_up_and_shares_are_one(values in values_of_members(), is_in in prop::collection::vec(any::<bool>(), 4)) {
        let group = set(&is_in);
        prop_assume!(!group.is_empty());
        let tree = KpiTree::new([
            NodeDraft::computed("gap", "parts_of".to_owned()),
            NodeDraft::computed("parts_of", Formula::sum(["total", "one"])),
            NodeDraft::computed("total", Formula::parse("sum[渠道](x) - missing_as(sum[渠道 in 付费](x), 0) - missing_as(sum[渠道 not in 付费](x), 0)").unwrap()),
            NodeDraft::computed("one", Formula::node("part").sum_over(["渠道"])),
            NodeDraft::computed("part", Formula::node("y").share_over(["渠道"])),
            NodeDraft::leaf("x"),
            NodeDraft::leaf("y"),
            NodeDraft::group("付费", group),
        ]);
        // A share does not add up over members: it is of kind ratio.
        prop_assert!(tree.unwrap_err().to_string().contains("`part` is of kind ratio"));
        let text = "gap = sum[渠道](x) - missing_as(sum[渠道 in g](x), 0) - missing_as(sum[渠道 not in g](x), 0) + sum[渠道](share[渠道](y) + 0)\n x, y";
        let group = set(&is_in);
        let nodes: Vec<NodeDraft> = vec![
            NodeDraft::computed("gap", Formula::parse(text.lines().next().unwrap().strip_prefix("gap = ").unwrap()).unwrap()),
            NodeDraft::leaf("x"), NodeDraft::leaf("y"), NodeDraft::group("g", group),
        ];
        let json = serde_json::to_string(&nodes).unwrap();
        let tree = KpiTree::new(serde_json::from_str::<Vec<NodeDraft>>(&json).unwrap()).unwrap();
        let july = month("2026-07");
        let panel = Panel::new(&tree, ["渠道"], rows_of(july, &values)).unwrap();
        let gap = tree.evaluate_panel(&panel).unwrap().value("gap", july, []).unwrap();
        let anyone = values.iter().any(|(.., is_there)| *is_there);
        prop_assert_eq!(gap.get().unwrap(), Decimal::from(u8::from(anyone)));
    }

    #[test]
    fn contributions_of_aggregates_add_up(
        months in prop::collection::vec(values_of_members(), 2), is_in in prop::collection::vec(any::<bool>(), 4), stand_in in 0..3
    ) {
        let group = set(&is_in);
        prop_assume!(!group.is_empty());
        let tree = KpiTree::parse(&format!(
            "root = missing_as(s, {stand_in}) * missing_as(low, 1) + missing_as(m, 2) * n + missing_as(high, {stand_in}) + undefined_as(missing_as(e, 3), 4)
            s = sum[渠道 in g](x * y)\n m = mean[渠道](x / y)\n low = min[渠道 in g](x)\n high = max[渠道 not in g](x + 1)\n n = count[渠道](x)
            e = sum[渠道 in g](1 / (x - 3))\n x, y\n g = {{{}}}",
            group.iter().map(|member| format!("`{member}`")).collect::<Vec<_>>().join(", ")
        )).unwrap();
        let (before, after) = (month("2026-07"), month("2026-08"));
        let june = month("2026-06");
        let later = rows_of(after, &months[1]).into_iter().filter(|row| row.period() != june);
        let rows = rows_of(before, &months[0]).into_iter().chain(later);
        let panel = Panel::new(&tree, ["渠道"], rows).unwrap();
        let values = tree.evaluate_panel(&panel).unwrap();
        let root = |month| values.value("root", month, []).unwrap().get();
        if let (Ok(one), Ok(other)) = (root(before), root(after)) {
            let why = tree.explain_panel(&panel, before, after).unwrap();
            let change = other.to_f64() - one.to_f64();
            let total = why.total().to_string().parse::<f64>().unwrap();
            prop_assert!((total - change).abs() <= 1e-6 * (1.0 + change.abs()), "{}: {} {}", why, total, change);
            laws::explanation_closes(why.total(), why.parts())?;
            laws::explanation_closes(why.total(), &why.by_member().unwrap())?;
        }
    }
}

fn refused(text: &str) -> String {
    KpiTree::parse(text).unwrap_err().to_string()
}

#[test]
fn faults_of_groups_are_told_at_their_names() {
    for (text, told) in [
        ("a = sum[c in g](x)\n x", "a: `g` is not declared"),
        ("a = sum[c in x](x)\n x", "a: `x` is not declared"),
        ("a = sum[c](x)\n x\n g = {SEM}", "g: `a` does not depend on `g`"),
        ("a = sum[c in g](x)\n x\n g = {}", "g: `g` is said to be in a set without members"),
        ("a = sum[c in {}](x)\n x", "a: `c` is said to be in a set without members"),
        ("a = sum[c in g](x)\n x\n g = {SEM, SEM}", "g: `SEM` is given twice"),
        ("a = sum[c in {b, b}](x)\n x", "a: `b` is given twice"),
        ("a = sum[c in g](x)\n x\n g = {SEM,}", "g: `` is not a name"),
        ("a = sum[c in g](x)\n x\n g = {SEM}\n g = {Social}", "g: `g` is declared twice"),
        ("a = sum[c in x](x)\n x\n x = {SEM}", "x: `x` is declared twice"),
        ("a = g + x\n x\n g = {SEM}", "a: `g` is a group of members, not a node"),
        ("a [CNY] = x + g\n g = {SEM}", "a: `g` is a group of members, not a node"),
        ("a = sum[c in g](x)\n x\n g [CNY] = {SEM}", "expected a name, a number or `(`, found `{SEM}`"),
        ("a = sum[c in g](x)\n x\n g = {SEM} + 1", "expected the end of the line, found `+`"),
        ("a = share[c in {SEM}](x)\n x", "a: `share` takes dimensions, no filter"),
        ("a = share[c](x)\n x {unique}", "a: `x` is of kind unique"),
        ("a = sum[](x)\n x", "a: `` is not a name"),
        ("a = sum[`c](x)\n x", "a: ``c` is not a name"),
        ("g = {SEM}", "a tree needs at least one node"),
    ] {
        let problems = refused(text);
        assert!(problems.contains(told), "{text}: {problems}");
    }
    let with_unit = [
        NodeDraft::computed("a", Formula::node("x").sum_over(["c in g"])),
        NodeDraft::leaf("x"),
        NodeDraft::group("g", ["SEM"]).with_owner("Li Na"),
    ];
    assert_eq!(KpiTree::new(with_unit).unwrap_err().to_string(), "g: `g` is a group of members, not a node");
}

#[test]
fn groups_are_told_and_read_back() {
    let text = "付费花费 [CNY] = sum[渠道 in 付费, `made in` not in {a, `b, c`}](花费)\n花费 [CNY]\n付费 = {SEM, 信息流, `x}y`}";
    let tree = KpiTree::parse(
        &format!("付费={{SEM, 信息流,`x}}y`}}\n{text}").replace("\n付费 = {SEM, 信息流, `x}y`}", ""),
    )
    .unwrap();
    assert_eq!(tree.to_string(), text);
    assert_eq!(KpiTree::parse(text).unwrap(), tree);
    let other = KpiTree::parse(&text.replace("信息流", "直播")).unwrap();
    assert_ne!(other, tree);
    // In a unit or behind an owner a backquote stays what it is.
    let owner = KpiTree::parse("a {owner x`} = b\n b [CNY] {owner y`}").unwrap();
    assert_eq!(KpiTree::parse(&owner.to_string()).unwrap(), owner);
}

#[test]
fn one_period_alone_has_one_member_without_a_name() {
    let tree = KpiTree::parse("r = sum[c](x) + count[c](x) + mean[c](x) + share[c](x)\n x").unwrap();
    let inputs = tree.inputs([("x", dec!(4))]).unwrap();
    assert_eq!(tree.evaluate(&inputs).unwrap().known("r").unwrap(), dec!(10));
    let filtered =
        KpiTree::parse("r = missing_as(s, 0) + n\n s = sum[c in {SEM}](x)\n n = count[c](y)\n x, y").unwrap();
    let inputs = filtered.inputs([("x", dec!(4))]).unwrap();
    let values = filtered.evaluate(&inputs).unwrap();
    assert_eq!(values.value(filtered.find("s").unwrap()).to_string(), "missing: a member of c in {SEM}");
    // Who is there is counted, whatever is known of its value.
    assert_eq!(values.known("r").unwrap(), dec!(1));
    let mut columns = filtered.columns(2).unwrap();
    columns.set_inputs(1, &inputs).unwrap();
    columns.evaluate();
    assert_eq!(columns.root(1).to_string(), "1");
}

#[test]
fn what_is_of_no_member_is_of_no_set() {
    let tree = KpiTree::parse("r = missing_as(s, 7) * missing_as(o, 1) + n\n s = sum[channel in {SEM}](budget)\n o = sum[shop not in {x}](sales)\n n = sum[channel, shop](sales)\n budget, sales").unwrap();
    let july = month("2026-07");
    let rows = [
        PanelRow::new(july).with_value("budget", dec!(100)),
        PanelRow::new(july).with_member("channel", "SEM").with_value("sales", dec!(3)),
        PanelRow::new(july).with_member("channel", "live").with_value("sales", dec!(4)),
    ];
    let panel = Panel::new(&tree, ["channel"], rows).unwrap();
    let values = tree.evaluate_panel(&panel).unwrap();
    assert_eq!(
        values.value("s", july, []).unwrap().to_string(),
        "missing: a member of channel in {SEM} in 2026-07"
    );
    assert_eq!(
        values.value("o", july, [("channel", "SEM")]).unwrap().to_string(),
        "missing: a member of shop not in {x} of SEM in 2026-07"
    );
    let columns = tree.panel_columns(&panel).unwrap();
    for (node, members) in [("s", &[][..]), ("o", &[("channel", "SEM")][..])] {
        let members = || members.iter().copied();
        assert_eq!(
            columns.value(node, july, members()).unwrap().to_string(),
            values.value(node, july, members()).unwrap().to_string()
        );
    }
    let of_months = KpiTree::parse("n = count[channel](budget) + sum[channel](budget)\n budget").unwrap();
    let panel =
        Panel::new(&of_months, ["channel"], [PanelRow::new(july).with_value("budget", dec!(100))]).unwrap();
    assert_eq!(of_months.evaluate_panel(&panel).unwrap().value("n", july, []).unwrap().to_string(), "101");
    assert_eq!(of_months.panel_columns(&panel).unwrap().value("n", july, []).unwrap().to_string(), "101");
}

#[test]
fn two_dimensions_are_filtered_at_once() {
    let tree = KpiTree::parse("r = all + sum[city not in {south}](by_city)\n all = sum[channel in paid, city](x)\n by_city = sum[channel in paid](x)\n x\n paid = {SEM, live}").unwrap();
    let july = month("2026-07");
    let row = |channel: &str, city: &str, x| {
        PanelRow::new(july).with_member("channel", channel).with_member("city", city).with_value("x", x)
    };
    let rows = [
        row("SEM", "north", dec!(1)),
        row("live", "north", dec!(2)),
        row("email", "north", dec!(4)),
        row("SEM", "south", dec!(8)),
        row("email", "east", dec!(16)),
    ];
    let panel = Panel::new(&tree, ["city", "channel"], rows).unwrap();
    let values = tree.evaluate_panel(&panel).unwrap();
    let of = |node: &str, members: &[(&str, &str)]| {
        values.value(node, july, members.iter().copied()).unwrap().to_string()
    };
    assert_eq!(of("all", &[]), "11");
    assert_eq!(of("by_city", &[("city", "north")]), "3");
    assert_eq!(of("by_city", &[("city", "east")]), "missing: a member of channel in paid of east in 2026-07");
    assert_eq!(of("r", &[]), "missing: a member of channel in paid of east in 2026-07");
}

#[test]
fn groups_come_along_with_the_nodes_that_filter_by_them() {
    let tree = KpiTree::parse("r = paid_spend / spend\n paid_spend = sum[c in paid](cost)\n spend = sum[c in all](cost)\n cost\n paid = {SEM}\n all = {SEM, live}").unwrap();
    let paid = tree.subtree("paid_spend").unwrap();
    assert_eq!(paid.to_string(), "paid_spend = sum[c in paid](cost)\ncost\npaid = {SEM}");
}

#[test]
fn the_rest_of_the_members_is_computed_again_from_its_sums() {
    let tree = KpiTree::parse(
        "
        total = sum[c](x) + sum[c](y) + sum[c](fans)
        rate = x / y
        more [%] = growth(x, 1)
        cut {ratio} = mean_price * rate
        mean_price {ratio}
        reach = users * 2
        users {unique}, fans {stock}, x, y",
    )
    .unwrap();
    let (june, july) = (month("2026-06"), month("2026-07"));
    let row = |period, member: &str, x: Decimal, y: Decimal| {
        let row = PanelRow::new(period).with_member("c", member).with_value("x", x).with_value("y", y);
        row.with_value("mean_price", dec!(2)).with_value("users", x).with_value("fans", y)
    };
    let rows = [
        row(june, "a", dec!(10), dec!(4)),
        row(june, "b", dec!(20), dec!(4)),
        row(june, "d", dec!(5), dec!(4)),
        row(july, "a", dec!(30), dec!(5)),
        row(july, "b", dec!(10), dec!(6)),
        row(july, "c", dec!(10), dec!(1)),
        row(july, "d", dec!(-2), dec!(0)),
    ];
    let panel = Panel::new(&tree, ["c"], rows).unwrap();
    let values = tree.evaluate_panel(&panel).unwrap();
    let of = |node: &str, count: usize| values.top(node, july, "c", count).unwrap();
    let rest =
        |node: &str, count: usize| of(node, count).rest().map(|(count, value)| format!("{count}: {value}"));
    let names = |node: &str| of(node, 9).members().map(|(name, _)| name.to_owned()).collect::<Vec<_>>();
    // Equal ones by name; nobody's name stands for one that is undefined but last.
    assert_eq!(names("x"), ["a", "b", "c", "d"]);
    assert_eq!(names("rate"), ["c", "a", "b", "d"]);
    assert_eq!(rest("x", 9), None);
    // A rest of all members is the total.
    for (node, total) in [("x", "4: 48"), ("y", "4: 12"), ("fans", "4: 12"), ("rate", "4: 4")] {
        assert_eq!(rest(node, 0).unwrap(), total, "{node}");
    }
    assert!((of("rate", 1).rest().unwrap().1.clone().known().unwrap().to_f64() - 38.0 / 11.0).abs() < 1e-12);
    assert_eq!(rest("rate", 3).unwrap(), "1: undefined: y is zero");
    // The same members a month before: 18 of 25, less c, who was not there.
    assert_eq!(rest("more", 1).unwrap(), "3: -28");
    for node in ["cut", "mean_price"] {
        assert_eq!(rest(node, 1).unwrap(), "3: undefined: there is no sum of mean_price over members");
    }
    assert_eq!(rest("users", 2).unwrap(), "2: undefined: there is no sum of users over members");
    let x = of("x", 1);
    assert_eq!(x.share_of("a").unwrap().to_string(), "0.625");
    assert_eq!(of("rate", 1).share_of("c"), None);
    assert_eq!(x.to_string().lines().count(), 3);
    let json = serde_json::to_value(&x).unwrap();
    assert_eq!((json["lines"][1]["members"].as_u64(), json["dimension"].as_str()), (Some(3), Some("c")));
    assert!(values.top("total", july, "c", 1).is_err() && values.top("x", july, "d", 1).is_err());
}
