//! The wire form of trees and overlays, byte for byte.

use super::{pinned, written};
use marketloop::kpi::{Direction, KpiTree, NodeKind, NodeMethod, NumberFault, Overlay};
use rust_decimal::dec;

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

#[test]
fn a_part_and_the_words_are_pinned() {
    let tree = KpiTree::parse("sales [CNY] = visitors * aov\nvisitors [visitor], aov [CNY/visitor]").unwrap();
    let inputs = |visitors| tree.inputs([("visitors", visitors), ("aov", dec!(2.5))]).unwrap();
    let why = tree.explain(&inputs(dec!(100)), &inputs(dec!(140))).unwrap();
    written(
        why.by_size()[0],
        r#"{"id":"visitors","contribution":"100","unit":"CNY","method":"given","reached_by":"log_mean"}"#,
    );
    let words = (NodeKind::Unique, Direction::Lower, NodeMethod::Shapley, NumberFault::Imprecise);
    let json = r#"["unique","lower","shapley","imprecise"]"#;
    pinned(&words, json);
}

#[test]
fn an_overlay_is_pinned() {
    let overlay = Overlay::new("more").with("search", dec!(5000.50)).with("cvr", dec!(0.02));
    let json = r#"{"names":["more"],"set":{"cvr":"0.02","search":"5000.5"}}"#;
    pinned(&overlay, json);
    let number = r#"{"names":["more"],"set":{"cvr":0.02,"search":5000.5}}"#;
    assert_eq!(serde_json::from_str::<Overlay>(number).unwrap(), overlay);
}
