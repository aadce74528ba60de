//! The strategies of KPI trees.

use super::{Sample, each_fault_is_refused};

use marketloop::kpi::{Formula, Inputs, KpiTree, NodeDraft, Panel};
use marketloop::laws::{self, Broken};
use marketloop::strategies;

fn uses(tree: &KpiTree) -> usize {
    tree.nodes().map(|(node, _)| tree.children(node).len()).sum()
}

/// One node, or one that is used twice.
fn is_edge(tree: &KpiTree) -> bool {
    tree.nodes().len() == 1 || uses(tree) >= tree.nodes().len()
}

fn is_valid(tree: &KpiTree) -> Result<(), Broken> {
    laws::reads_its_own_text(tree)?;
    laws::reads_back_what_it_writes(tree)
}

#[test]
fn trees() {
    let trees = Sample { name: "trees", strategy: strategies::trees(), of: "nodes" };
    trees.is_valid_and_often_an_edge(|tree| tree.nodes().len(), is_edge, is_valid);
    trees.shrinks_to_text(|tree| tree.nodes().len() > 1, ToString::to_string, "a [CNY] = b\nb [CNY]");
    trees.shrinks_to_text(
        |tree| uses(tree) >= tree.nodes().len(),
        ToString::to_string,
        "a [CNY] = b + c\nb [CNY] = d\nc [CNY] = d\nd [CNY]",
    );
    trees.shrinks_to_text(
        |tree| tree.to_string().contains(" - "),
        ToString::to_string,
        "a [CNY] = -(b - c)\nb [CNY]\nc [CNY]",
    );
}

#[test]
fn trees_with_all_options() {
    let name = "trees";
    let strategy = strategies::trees().with_quotients().with_traits().with_odd_names();
    let trees = Sample { name, strategy, of: "nodes" };
    trees.all_hold(is_valid);
    trees.shrinks_to_text(
        |tree| tree.to_string().contains(" / "),
        ToString::to_string,
        "a [a] = 1.5 * a1 - a2 / 7\na1 [a]\na2 [a]",
    );
    let deep = Sample { name, strategy: strategies::trees().with_depth(2..4), of: "nodes" };
    deep.all_hold(|tree| {
        let depth = depth(tree, tree.root());
        if (2..4).contains(&depth) { Ok(()) } else { Err(Broken::new("depth", format!("{depth}: {tree}"))) }
    });
}

#[test]
fn trees_over_time_and_members() {
    let everything = || {
        strategies::trees().with_quotients().with_conditions().with_time().with_members().with_roots(1..=3)
    };
    let trees = Sample { name: "trees", strategy: everything().with_traits().with_odd_names(), of: "nodes" };
    trees.all_hold(|tree| {
        is_valid(tree)?;
        laws::reads_back_what_it_writes(tree)
    });
    let plain = Sample { name: "trees", strategy: everything(), of: "nodes" };
    for part in [
        "lag(",
        ", year)",
        "rolling_sum(",
        "rolling_mean(",
        "to_date(",
        ", quarter)",
        "growth(",
        "sum[channel](",
        "share[city](",
        "mean[channel, city](",
        "min[",
        "max[",
        "count[",
        "[channel in paid]",
        "[channel not in {SEM}]",
        "[channel, city in {Beijing}]",
        "[city not in north]",
        "[channel in {SEM, Social}, city]",
        "{flow}",
    ] {
        let text = |tree: &KpiTree| tree.to_string();
        assert!(super::drawn(&plain.strategy, 512).iter().any(|tree| text(tree).contains(part)), "no {part}");
    }
    plain.shrinks_to_text(
        |tree| tree.to_string().contains("lag("),
        ToString::to_string,
        "a [CNY] = b - lag(c, 1)\nb [CNY]\nc [CNY]",
    );
    plain.shrinks_to_text(
        |tree| tree.to_string().contains("sum[channel in paid]"),
        ToString::to_string,
        "a [CNY] = b + sum[channel in paid](c)\nb [CNY]\nc [CNY]\npaid = {SEM, Social}",
    );
}

#[test]
fn trees_with_panels() {
    let name = "trees";
    let strategy = strategies::trees().with_quotients().with_conditions().with_time().with_members();
    let strategy = strategy.with_roots(1..=2).with_traits().with_odd_names().with_missing().with_panel();
    let panels = Sample { name, strategy, of: "rows" };
    panels.all_hold(|(tree, panel)| {
        tree.evaluate_panel(panel).map(drop).map_err(|error| Broken::new("evaluates", error))
    });
    let plain = strategies::trees().with_time().with_members().with_panel();
    let plain = Sample { name, strategy: plain, of: "rows" };
    let drawn = super::drawn(&plain.strategy, 512);
    let some = |what: &str, is_so: &dyn Fn(&Panel) -> bool| {
        assert!(drawn.iter().any(|(_, panel)| is_so(panel)), "no panel with {what}");
    };
    some("two dimensions", &|panel| {
        panel.members("channel").is_some_and(|of| of.len() > 2)
            && panel.members("city").is_some_and(|of| of.len() > 1)
    });
    some("a gap", &|panel| panel.gaps().next().is_some());
    some("one period", &|panel| panel.periods().len() == 1);
    some("weeks", &|panel| panel.periods()[0].to_string().contains('W'));
    some("quarters", &|panel| panel.periods()[0].to_string().contains('Q'));
    plain.shrinks_to_text(
        |(_, panel)| panel.periods().len() > 2,
        |(tree, panel)| format!("{tree}: {}", serde_json::to_string(panel).unwrap()),
        r#"a [CNY]: [{"period":"2026-11","a":"0"},{"period":"2026-12","a":"0"},{"period":"2027-01","a":"0"}]"#,
    );
}

fn depth(tree: &KpiTree, node: marketloop::kpi::NodeId) -> usize {
    tree.children(node).into_iter().map(|child| 1 + depth(tree, child)).max().unwrap_or(0)
}

#[test]
fn trees_with_inputs() {
    let name = "trees";
    let strategy = strategies::trees().with_quotients().with_missing().with_change();
    let changes = Sample { name, strategy, of: "nodes" };
    let text = |(tree, before, after): &(KpiTree, Inputs, Inputs)| {
        let json = |inputs| serde_json::to_string(inputs).unwrap();
        format!("{tree}: {} to {}", json(before), json(after))
    };
    changes.all_hold(|(tree, before, after)| {
        let refused = |error| Broken::new("evaluates", error);
        tree.evaluate(before).map_err(refused)?;
        tree.evaluate(after).map(drop).map_err(refused)
    });
    changes.shrinks_to_text(
        |(tree, before, after)| tree.explain(before, after).is_ok_and(|why| why.total() > 1.into()),
        text,
        r#"a [CNY]: {"a":"0"} to {"a":"100000"}"#,
    );
}

#[test]
fn rows_of_a_tree_with_one_fault() {
    each_fault_is_refused(strategies::trees().almost_valid(), 8, |case| {
        let rows: Vec<NodeDraft> = serde_json::from_str(case.json()).unwrap();
        laws::refuses(case, KpiTree::new(rows))
    });
}

#[test]
fn formulas() {
    let strategy = strategies::formulas(&["a", "b", "c"]);
    let formulas = Sample { name: "formulas", strategy, of: "operands" };
    let text = |formula: &Formula| formula.text().unwrap();
    let operands = |formula: &Formula| {
        text(formula)
            .split([' ', '(', ')', '-'])
            .filter(|word| word.starts_with(char::is_alphanumeric))
            .count()
    };
    formulas.is_valid_and_often_an_edge(
        operands,
        |formula| operands(formula) == 1 || text(formula).split([' ', '(', ')']).any(|word| word == "0"),
        |formula| match Formula::parse(&text(formula)) {
            Ok(read) if read == *formula => Ok(()),
            read => Err(Broken::new("reads_its_own_text", format!("{}: {read:?}", text(formula)))),
        },
    );
    formulas.shrinks_to_text(|formula| operands(formula) > 1, text, "a + a");
}

#[test]
fn overlays() {
    let overlays = Sample { name: "overlays", strategy: strategies::overlays(), of: "leaves" };
    overlays.is_valid_and_often_an_edge(
        |overlay| overlay.values().len(),
        |overlay| overlay.values().len() == 0,
        laws::reads_back_what_it_writes,
    );
    overlays.shrinks_to_text(
        |overlay| overlay.values().len() > 1,
        |overlay| serde_json::to_string(overlay).unwrap(),
        r#"{"names":["x"],"set":{"a":"0","c":"0"}}"#,
    );
}
