//! The wire form of trees and overlays, byte for byte.

use super::{pinned, refused, written};
use marketloop::decompose::DecompositionMethod;
use marketloop::kpi::{
    Branch, Branches, ExplainOptions, Formula, Inputs, KpiError, KpiTarget, KpiTargets, KpiTree, NodeDraft,
    NodeKind, Overlay, Panel, PanelGap, PanelRow, Picture, TargetLevel, TopMembers,
};
use marketloop::target::{Bands, Better, Light, Threshold};
use rust_decimal::dec;
use serde::Deserialize;
use serde::de::value::MapDeserializer;
use std::collections::BTreeMap;

#[test]
fn a_tree_is_its_text() {
    let tree = KpiTree::parse(
        "sales [CNY] {owner Li Na} = visitors * cvr * aov # the goal
         visitors [visitor] = sum(`short video`, search)
           - bots
         bots [visitor] {lower}, search [visitor], `short video` [visitor] {unique}
         cvr [order/visitor], aov [CNY/order]",
    )
    .unwrap();
    let text = "sales [CNY] {owner Li Na} = visitors * cvr * aov\n\
        visitors [visitor] = `short video` + search - bots\n\
        bots [visitor] {lower}\nsearch [visitor]\n`short video` [visitor] {unique}\n\
        cvr [order/visitor]\naov [CNY/order]";
    assert_eq!(tree.to_string(), text);
    pinned(&tree, &format!("\"{}\"", text.replace('\n', "\\n")));
}

#[test]
fn a_bad_tree_fails_with_the_constructors_error() {
    let error = serde_json::from_str::<KpiTree>("\"a = b * a\\nc\"").unwrap_err().to_string();
    assert!(error.contains("a: `b` is not declared") && error.contains("a: a cycle: a -> a"), "{error}");
}

/// A tree of each case: known, missing, undefined.
fn quotient() -> KpiTree {
    KpiTree::parse("cpa [CNY/order] {lower} = spend / orders\nspend [CNY], orders [order]").unwrap()
}

#[test]
fn an_explanation_is_pinned() {
    let tree = KpiTree::parse("sales [CNY] = visitors * aov\nvisitors [visitor], aov [CNY/visitor]").unwrap();
    let inputs = |visitors| tree.inputs([("visitors", visitors), ("aov", dec!(2.5))]).unwrap();
    let why = tree.explain(&inputs(dec!(100)), &inputs(dec!(140))).unwrap();
    written(
        &why,
        r#"{"leaves":{"total":"100","unit":"CNY","parts":[{"key":"visitors","value":"100","unit":"CNY","method":"log_mean"},{"key":"aov","value":"0","unit":"CNY","method":"log_mean"}]},"inner":[{"key":"sales","value":"100","unit":"CNY","method":"given","divided_by":"log_mean"}]}"#,
    );
    pinned(&NodeKind::Unique, r#""unique""#);
    assert_eq!("unique".parse(), Ok(NodeKind::Unique));
    pinned(&NodeKind::OpeningStock, r#""opening_stock""#);
    pinned(&NodeKind::AverageStock, r#""average_stock""#);
    assert_eq!("Average stock".parse(), Ok(NodeKind::AverageStock));
    assert_eq!("closing-stock".parse(), Ok(NodeKind::Stock));
    assert_eq!(NodeKind::Stock.to_string(), "stock");
    refused::<NodeKind>(r#""unik""#, "unknown variant `unik`");
}

#[test]
fn branches_are_written_with_what_is_missing() {
    let tree = quotient();
    let values = tree.evaluate(&tree.inputs([("spend", dec!(90)), ("orders", dec!(4))]).unwrap()).unwrap();
    let search = Branch::new("search").with_orders(&values, "orders").unwrap();
    let search = search.with_spend(&values, "spend").unwrap();
    let own = |name: &str| {
        format!(
            r#"{{"name":"{name}","revenue":{{"missing":"revenue of `search`"}},"orders":{{"known":{{"value":"4","unit":"order"}}}},"spend":{{"known":{{"value":"90","unit":"CNY"}}}}}}"#
        )
    };
    written(&search, &own("search"));
    let both = format!(r#"{{"branches":[{}],"total":{}}}"#, own("search"), own("total"));
    written(&Branches::new([search]).unwrap(), &both);
}

#[test]
fn goals_of_leaves_are_written() {
    let tree = quotient();
    let now = tree.inputs([("spend", dec!(90)), ("orders", dec!(4))]).unwrap();
    written(
        &tree.goal_seek_each(&now, 45.0).unwrap()[0],
        r#"{"leaf":"orders","unit":"order","actual":"4","needed":{"known":"2"},"change":{"known":"-0.5"}}"#,
    );
}

#[test]
fn options_of_an_explanation_are_pinned() {
    let options = ExplainOptions::default()
        .with_method(DecompositionMethod::Shapley)
        .with_scale(2)
        .with_method_of("cpa", DecompositionMethod::Sequential);
    let json = r#"{"rounding":"half_even","method":"shapley","scale":2,"of_nodes":{"cpa":"sequential"}}"#;
    pinned(&options, json);
    assert_eq!(serde_json::from_str::<ExplainOptions>("{}").unwrap(), ExplainOptions::default());
    refused::<ExplainOptions>(r#"{"method":"guess"}"#, "unknown variant `guess`");
    let tree = quotient();
    let error = tree.explain_with(&tree.no_inputs(), &tree.no_inputs(), &options).unwrap_err();
    assert_eq!(error.to_string(), "`cpa` has no value: spend is missing");
}

#[test]
fn inputs_are_a_map_of_what_is_given() {
    let tree = quotient();
    let inputs = tree.inputs([("orders", dec!(3))]).unwrap();
    pinned(&inputs, r#"{"orders":"3"}"#);
    pinned(&tree.no_inputs(), "{}");
    pinned(
        &tree.inputs([("spend", dec!(1.50)), ("orders", dec!(3))]).unwrap(),
        r#"{"orders":"3","spend":"1.5"}"#,
    );
    refused::<Inputs>(r#"{"a":1,"a":2}"#, "duplicate key `a`");
    refused::<Inputs>(r#"{"":1}"#, "`` is not a name");
    // What is read fits every tree that has its leaves, in whatever order, and no other.
    let read: Inputs = serde_json::from_str(r#"{"spend":90,"orders":3}"#).unwrap();
    let other = KpiTree::parse("y = orders * spend + cpc\norders, spend, cpc").unwrap();
    assert_eq!(tree.evaluate(&read).unwrap().root().known().unwrap(), dec!(30));
    assert_eq!(other.evaluate(&read).unwrap().root().to_string(), "missing: cpc");
    let third = KpiTree::parse("y = spend / cpa\nspend, cpa").unwrap();
    assert_eq!(third.evaluate(&read).unwrap_err(), KpiError::OtherTree);
    let mut grown = read.clone();
    grown.set(&other, "cpc", dec!(2)).unwrap();
    assert_eq!(other.evaluate(&grown).unwrap().root().known().unwrap(), dec!(272));
    assert_eq!(read.value(&other, other.find("spend").unwrap()), Some(dec!(90)));
}

#[test]
fn an_evaluation_tells_every_node() {
    let tree = quotient();
    let inputs = tree.inputs([("spend", dec!(100)), ("orders", dec!(3))]).unwrap();
    written(
        &tree.evaluate(&inputs).unwrap(),
        r#"[{"node":"cpa","unit":"CNY/order","value":{"known":"100/3"}},{"node":"spend","unit":"CNY","value":{"known":"100"}},{"node":"orders","unit":"order","value":{"known":"3"}}]"#,
    );
    let inputs = tree.inputs([("spend", dec!(100)), ("orders", dec!(0))]).unwrap();
    let zero = tree.evaluate(&inputs).unwrap().root();
    written(&zero, r#"{"undefined":{"figure":"cpa","cause":{"zero":"orders"}}}"#);
    let compared = tree.compare(&tree.no_inputs(), &[Overlay::new("x").with("spend", 9)]).unwrap();
    let change = compared.changes(tree.root()).next().map(|(name, change)| format!("{name}: {change}"));
    assert_eq!(change.as_deref(), Some("x: missing: orders"));
    let missing = |leaf: &str| format!(r#""value":{{"missing":"{leaf}"}}"#);
    let [spend, orders] = ["spend", "orders"].map(missing);
    let row = |spend: &str| {
        format!(
            r#"[{{"node":"cpa","unit":"CNY/order",{}}},{{"node":"spend","unit":"CNY",{spend}}},{{"node":"orders","unit":"order",{orders}}}]"#,
            if spend.contains("known") { &orders } else { spend }
        )
    };
    let known = r#""value":{"known":"9"}"#;
    written(&compared, &format!(r#"{{"base":{},"scenarios":[["x",{}]]}}"#, row(&spend), row(known)));
}

#[test]
fn what_moves_a_root_is_written() {
    let tree = quotient();
    let now = tree.inputs([("spend", dec!(90)), ("orders", dec!(3))]).unwrap();
    written(
        &tree.sensitivities(&now).unwrap(),
        r#"[{"node":"cpa","gradient":"1","elasticity":{"known":"1"}},{"node":"spend","gradient":"0.3333333333333333","elasticity":{"known":"1"}},{"node":"orders","gradient":"-10","elasticity":{"known":"-1"}}]"#,
    );
    let none = tree.inputs([("spend", dec!(0)), ("orders", dec!(3))]).unwrap();
    let elasticity = tree.sensitivities(&none).unwrap().elasticity(tree.root());
    assert_eq!(elasticity.to_string(), "undefined: cpa is zero");
    let spend = tree.find("spend").unwrap();
    let spread = tree.uncertainty(&now, &[(spend, &[60.0, 120.0])]).unwrap();
    written(
        &spread,
        r#"{"mean":"30","variance":"200","shares":[["spend",{"known":"1"}]],"roots":["20","40"]}"#,
    );
    let unknown = tree.goal_seek(&now, "clicks", 0.0.., 40.0).unwrap_err();
    assert_eq!(unknown.to_string(), "`clicks` is not declared");
    let beyond = tree.goal_seek(&now, "spend", 0.0..=90.0, 40.0).unwrap_err();
    written(&beyond, r#"{"target_out_of_range":{"at":"120","limit":"30"}}"#);
    let never = KpiTree::parse("y = x * x\nx").unwrap();
    let never = never.goal_seek(&never.inputs([("x", dec!(0))]).unwrap(), "x", 0.0.., -1.0).unwrap_err();
    written(&never, r#"{"target_unreachable":{"limit":"0","at":"0"}}"#);
}

#[test]
fn nodes_and_formulas_are_pinned() {
    let draft = NodeDraft::computed("cpa", Formula::node("spend") / Formula::node("orders"))
        .with_unit("CNY/order".parse().unwrap())
        .with_kind(NodeKind::Ratio)
        .with_better(Better::Lower)
        .with_owner("Li Na");
    pinned(
        &draft,
        r#"{"id":"cpa","unit":"CNY/order","kind":"ratio","better":"lower","owner":"Li Na","formula":"spend / orders"}"#,
    );
    pinned(&NodeDraft::leaf("spend"), r#"{"id":"spend"}"#);
    pinned(&NodeDraft::leaf("spend").with_better(None), r#"{"id":"spend","better":"neutral"}"#);
    refused::<NodeDraft>(r#"{"id":"spend","better":"more"}"#, "unknown variant `more`");
    let tree = quotient();
    written(
        tree.node(tree.root()).unwrap(),
        r#"{"id":"cpa","unit":"CNY/order","kind":"ratio","kind_declared":false,"better":"lower","formula":"spend / orders"}"#,
    );
    pinned(&tree.root(), "0");
    pinned(&Formula::sum(["a", "b c"]), r#""a + `b c`""#);
    refused::<Formula>(r#""a +""#, "line 1, column 4: expected a name, a number or `(`");
    refused::<Formula>(
        r#""a b""#,
        "line 1, column 3: expected an operator or the end of the formula, found `b`",
    );
    refused::<Formula>(
        r#""""#,
        "line 1, column 1: expected a name, a number or `(`, found `the end of the line`",
    );
    assert!(serde_json::to_string(&Formula::sum([""; 0])).is_err());
    let picture = Picture::of(&tree).with_light(tree.root(), Light::Red);
    written(
        &picture,
        r#"[{"lines":["cpa"],"light":"red","children":[1,2]},{"lines":["spend"],"light":null,"children":[]},{"lines":["orders"],"light":null,"children":[]}]"#,
    );
}

#[test]
fn an_overlay_is_pinned() {
    let overlay = Overlay::new("more").with("search", dec!(5000.50)).with("cvr", dec!(0.02));
    let json = r#"{"names":["more"],"set":{"cvr":"0.02","search":"5000.5"}}"#;
    pinned(&overlay, json);
    let number = r#"{"names":["more"],"set":{"cvr":0.02,"search":5000.5}}"#;
    assert_eq!(serde_json::from_str::<Overlay>(number).unwrap(), overlay);
}

/// Headers and members in Chinese, values with units, cells that are empty or blank, members that look like numbers.
const SHEET: &str = "\
period,渠道,访客,客单价,订单
2026-07,007,1200,150 CNY/order,20
2026-07,直播,500,,5
2026-08,007,1300,0.12345678901234567890123,  
2026-08,0012,100,99,30 order
";

#[test]
fn the_cells_of_a_table_are_texts() {
    let tree = KpiTree::parse(
        "销售额 [CNY] = sum[渠道](订单 * 客单价)\n流量 = sum[渠道](访客)\n订单 [order], 客单价 [CNY/order], 访客 [visit]",
    )
    .unwrap();
    let mut rows = Vec::new();
    let mut reader = csv::Reader::from_reader(SHEET.as_bytes());
    for record in reader.deserialize::<BTreeMap<String, String>>() {
        let cells = record.unwrap();
        let row = PanelRow::new(cells["period"].parse().unwrap());
        let fields = cells.iter().filter(|(name, _)| *name != "period");
        let row = fields.fold(row, |row, (name, text)| row.with_text(name, text));
        // A format of texts alone is read the same.
        let texts = MapDeserializer::<_, serde::de::value::Error>::new(cells.into_iter());
        assert_eq!(PanelRow::deserialize(texts).unwrap(), row);
        rows.push(row);
    }
    let of =
        |period: &str, channel: &str| PanelRow::new(period.parse().unwrap()).with_member("渠道", channel);
    let made = [
        of("2026-07", "007")
            .with_value("访客", dec!(1200))
            .with_value("客单价", dec!(150))
            .with_value("订单", dec!(20)),
        of("2026-07", "直播").with_value("访客", dec!(500)).with_value("订单", dec!(5)),
        of("2026-08", "007")
            .with_value("访客", dec!(1300))
            .with_value("客单价", dec!(0.12345678901234567890123)),
        of("2026-08", "0012")
            .with_value("访客", dec!(100))
            .with_value("客单价", dec!(99))
            .with_value("订单", dec!(30)),
    ];
    let panel = Panel::new(&tree, ["渠道"], rows).unwrap();
    assert_eq!(panel, Panel::new(&tree, ["渠道"], made).unwrap());
    let gaps: Vec<String> = panel.gaps().map(|gap| gap.to_string()).collect();
    assert_eq!(gaps, ["客单价 of 直播 has no value in 2026-07", "订单 of 007 has no value in 2026-08"]);
    let values = tree.evaluate_panel(&panel).unwrap();
    let august = values.value("销售额", "2026-08".parse().unwrap(), []).unwrap();
    assert_eq!(august.to_string(), "missing: 订单 of 007 in 2026-08");
    // Whole rows are guessed by the reader of this crate: what looks like a number is one, and one of many digits is refused.
    let guessed: Vec<Result<PanelRow, csv::Error>> =
        csv::Reader::from_reader(SHEET.as_bytes()).into_deserialize().collect();
    let refused: Vec<bool> = guessed.iter().map(Result::is_err).collect();
    assert_eq!(refused, [false, false, true, false]);
    let guessed = Panel::new(&tree, ["渠道"], guessed.into_iter().flatten()).unwrap();
    assert_eq!(guessed.members("渠道").unwrap(), ["12", "7", "直播"]);
}

#[test]
fn a_gap_is_its_place() {
    let tree = KpiTree::parse("all = sum[channel](visits)\n visits").unwrap();
    let rows: Vec<PanelRow> =
        serde_json::from_str(r#"[{"period":"2026-07"},{"period":"2026-09","channel":"SEM"}]"#).unwrap();
    let gaps: Vec<PanelGap> = Panel::new(&tree, ["channel"], rows).unwrap().gaps().collect();
    written(
        &gaps,
        r#"[{"period":"2026-07","leaf":"visits"},{"period":"2026-08"},{"period":"2026-09","leaf":"visits"}]"#,
    );
}

#[test]
fn the_largest_members_are_lines_and_the_rest_is_one() {
    let tree = KpiTree::parse("all = sum[channel](sales)\n sales [CNY]").unwrap();
    let row = |(channel, sales)| {
        PanelRow::new("2026-07".parse().unwrap()).with_member("channel", channel).with_value("sales", sales)
    };
    let rows = [("SEM", dec!(5)), ("live", dec!(3)), ("email", dec!(2))].map(row);
    let panel = Panel::new(&tree, ["channel"], rows).unwrap();
    let values = tree.evaluate_panel(&panel).unwrap();
    let top: TopMembers = values.top("sales", "2026-07".parse().unwrap(), "channel", 1).unwrap();
    written(
        &top,
        r#"{"node":"sales","dimension":"channel","period":"2026-07","unit":"CNY","lines":[{"member":"SEM","value":{"known":"5"},"share":{"known":"0.5"}},{"members":2,"value":{"known":"5"},"share":{"known":"0.5"}}]}"#,
    );
}

#[test]
fn a_panel_is_its_rows() {
    let row = r#"{"period":"2026-07","channel":"SEM","visits":"12000"}"#;
    let july: PanelRow =
        serde_json::from_str(r#"{"visits":12e3,"period":"2026-07","channel":"SEM","aov":null,"cvr":""}"#)
            .unwrap();
    pinned(&july, row);
    refused::<PanelRow>(r#"{"visits":1}"#, "missing field `period`");
    refused::<PanelRow>(r#"{"period":"2026-13"}"#, "there is no day 2026-13-1");
    refused::<PanelRow>(
        r#"{"period":"2026-07","visits":[1]}"#,
        "invalid type: sequence, expected a text or a number",
    );
    refused::<PanelRow>(r#"{"period":"2026-07","a":1,"a":2}"#, "duplicate key `a`");
    let tree = KpiTree::parse("all = sum[channel](visits)\n visits [visit]").unwrap();
    let panel = Panel::new(&tree, ["channel"], [july]).unwrap();
    written(&panel, &format!("[{row}]"));
    let values = tree.evaluate_panel(&panel).unwrap();
    let all = r#"{"node":"all","period":"2026-07","unit":"visit","value":{"known":"12000"}}"#;
    let visits = r#"{"node":"visits","members":{"channel":"SEM"},"period":"2026-07","unit":"visit","value":{"known":"12000"}}"#;
    written(&values, &format!("[{all},{visits}]"));
    let july = "2026-07".parse().unwrap();
    let line = r#"{"member":"SEM","value":{"known":"12000"},"share":{"known":"1"}}"#;
    written(
        &values.top("visits", july, "channel", 1).unwrap(),
        &format!(
            r#"{{"node":"visits","dimension":"channel","period":"2026-07","unit":"visit","lines":[{line}]}}"#
        ),
    );
    let none = r#"{"key":"visits [SEM]","value":"0","unit":"visit","method":"weights"}"#;
    written(
        &tree.explain_panel(&panel, july, july).unwrap(),
        &format!(r#"{{"total":"0","unit":"visit","parts":[{none}]}}"#),
    );
    let august = r#"{"period":"2026-08","channel":"SEM","visits":"12001"}"#;
    let panel = Panel::new(
        &tree,
        ["channel"],
        serde_json::from_str::<Vec<PanelRow>>(&format!("[{row},{august}]")).unwrap(),
    )
    .unwrap();
    let columns = tree.panel_columns(&panel).unwrap();
    let moved = columns.contributions(july, "2026-08".parse().unwrap(), DecompositionMethod::LogMean);
    let part = r#"{"node":"visits","members":{"channel":"SEM"},"kind":"leaf","contribution":"1"}"#;
    let change = r#""before":"2026-07","after":"2026-08","change":"1""#;
    written(&moved.unwrap(), &format!(r#"[{{{change},"parts":[{part}]}}]"#));
    let chain = tree.explain_panel_chain(&panel, july, "2026-08".parse().unwrap()).unwrap();
    let one = none.replace(r#""0""#, r#""1""#);
    let why = format!(r#"{{"total":"1","unit":"visit","parts":[{one}]}}"#);
    written(
        &chain,
        &format!(r#"{{"direct":{why},"chained":{why},"steps":[{{"period":"2026-08","why":{why}}}]}}"#),
    );
}

#[test]
fn targets_are_rows_and_their_reports_lists() {
    let row = r#"{"node":"sales","period":"2026-07","target":"90","threshold":"60","stretch":"120","baseline":"30","channel":"SEM"}"#;
    let read: KpiTarget = serde_json::from_str(
        r#"{"channel":"SEM","stretch":"120","node":"sales","target":9e1,"threshold":60,"baseline":30.0,"period":"2026-07","region":null}"#,
    )
    .unwrap();
    pinned(&read, row);
    pinned(&KpiTarget::new("sales", 90), r#"{"node":"sales","target":"90"}"#);
    refused::<KpiTarget>(
        r#"{"node":"sales","target":[1]}"#,
        "invalid type: sequence, expected a text or a number",
    );
    pinned(&TargetLevel::Below, r#""below""#);
    let tree = KpiTree::parse("all [CNY] = sum[channel](sales)\n sales [CNY]").unwrap();
    let targets = KpiTargets::new(&tree, [read]).unwrap();
    written(&targets, &format!("[{row}]"));
    let july =
        PanelRow::new("2026-07".parse().unwrap()).with_member("channel", "SEM").with_value("sales", dec!(75));
    let panel = Panel::new(&tree, ["channel"], [july]).unwrap();
    let lights = Bands::lights(Threshold::at_or_above(dec!(0.5)), Threshold::at_or_above(dec!(1))).unwrap();
    let report = targets.against_panel(&tree.evaluate_panel(&panel).unwrap(), &lights).unwrap();
    let own = r#"{"node":"sales","members":{"channel":"SEM"},"period":"2026-07","unit":"CNY","target":"90","actual":{"known":"75"},"attainment":{"known":"3/4"},"level":{"known":"threshold"},"light":{"known":"yellow"}}"#;
    written(&report, &format!(r#"{{"standings":[{own}]}}"#));
    written(report.iter().next().unwrap(), own);
    let agree = KpiTargets::new(&tree, [KpiTarget::new("all", 90), KpiTarget::new("sales", 80)]).unwrap();
    let gaps = agree.gaps().unwrap();
    let own = r#"{"node":"all","unit":"CNY","target":"90","formula":"sum[channel](sales)","implied":{"known":"80"},"gap":{"known":"-10"}}"#;
    written(&gaps, &format!(r#"{{"gaps":[{own}]}}"#));
    written(gaps.iter().next().unwrap(), own);
}
