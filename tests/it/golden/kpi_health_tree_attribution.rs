//! Explanations of changes on trees (mpmath, 60 digits), and the large seeded trees.

use super::files;
use super::kpi_tree::{Case, Worst, float};
use marketloop::decompose::{ContributionMethod, DecompositionMethod};
use marketloop::kpi::ExplainOptions;
use rust_decimal::Decimal;

/// Finer than the references are compared.
const SCALE: u32 = 20;

#[test]
fn kpi_health_tree_attribution() {
    for golden in files("kpi_health_tree_attribution") {
        let mut worst: [Worst; 5] = Default::default();
        let cases = golden.list("cases");
        for case in cases {
            let case = Case::new(case);
            values(&case, &mut worst[0]);
            explained(&case, "lmdi_chain", DecompositionMethod::LogMean, &mut worst[1]);
            explained(&case, "shapley_nodewise", DecompositionMethod::Shapley, &mut worst[2]);
            let [.., of_leaves, straight] = &mut worst;
            whole_tree(&case, of_leaves, straight);
        }
        let names = ["values", "lmdi_chain", "shapley_nodewise", "shapley_leaf_exact", "straight_line"];
        for (name, worst) in names.iter().zip(&worst) {
            println!("{}: {name}, {:e} relative", golden.file, worst.0);
        }
        golden.checked(cases.len());
    }
}

fn values(case: &Case<'_>, worst: &mut Worst) {
    for (key, block) in [("v0", "value0"), ("v1", "value1")] {
        let evaluation = case.tree.evaluate(&case.inputs(key)).unwrap();
        let mut floats = case.tree.columns(3).unwrap();
        floats.set_inputs(1, &case.inputs(key)).unwrap();
        floats.evaluate();
        for (id, expected) in case.json[block].as_object().into_iter().flatten() {
            worst.check(evaluation.known(id).unwrap().to_f64(), expected, 1.0, case.name());
            let node = case.tree.find(id).unwrap();
            worst.check(floats.value(node, 1).known().unwrap(), expected, 1e12, case.name());
        }
    }
}

fn explained(case: &Case<'_>, block: &str, method: DecompositionMethod, worst: &mut Worst) {
    let Some(expected) = case.json[block].as_object() else { return };
    let (before, after) = (case.inputs("v0"), case.inputs("v1"));
    let mut options = ExplainOptions::default().with_scale(SCALE).with_method(method);
    let delta: f64 = case.json["delta_root"].as_str().unwrap().parse().unwrap();
    if delta != 0.0 && delta.abs() < 1e-3 {
        // The contributions are as small as the change: more decimals, to compare twelve digits.
        options = options.with_scale(27);
    }
    let why = case.tree.explain_with(&before, &after, &options).unwrap();
    worst.check(float(why.total()), &case.json["delta_root"], 1.0, case.name());
    // Exact closure, of the leaves and of the root itself.
    assert_eq!(
        why.leaves().parts().iter().map(|part| part.value).sum::<Decimal>(),
        why.total(),
        "{}",
        case.name()
    );
    let root = case.tree.node(case.tree.root()).unwrap().id();
    assert_eq!(why.node(root).unwrap().value, why.total());
    let size: f64 = why.leaves().into_iter().map(|part| float(part.value).abs()).sum();
    assert_eq!(why.leaves().parts().len(), expected.len());
    for part in why.leaves() {
        worst.check(float(part.value), &expected[&part.key], size, case.name());
    }
    if method == DecompositionMethod::LogMean {
        for (id, expected) in case.json["method_used_when_lmdi_asked"].as_object().into_iter().flatten() {
            let used = match expected.as_str().unwrap() {
                "linear" => ContributionMethod::Weights,
                "lmdi" => ContributionMethod::LogMean,
                "shapley" => ContributionMethod::Shapley,
                other => panic!("method {other}"),
            };
            assert_eq!(why.divided_by(id), Some(used), "{} {id}", case.name());
        }
    }
    // The sweep over columns says the same, as far as floats see the change.
    let mut times = case.tree.columns(2).unwrap();
    times.set_inputs(0, &before).unwrap();
    times.set_inputs(1, &after).unwrap();
    times.evaluate();
    let swept = times.contributions(0, 1, method).unwrap();
    let root = times.root(1).known().unwrap().abs() + times.root(0).known().unwrap().abs();
    for part in why.inner().chain(why.leaves()) {
        let (swept, method) = swept[case.tree.find(&part.key).unwrap().index()];
        let error = (swept - float(part.value)).abs();
        assert!(error <= 1e-12 * (size + root), "{}: {swept} {part}", case.name());
        assert_eq!(method, why.divided_by(&part.key).unwrap_or(ContributionMethod::Given));
    }
}

fn whole_tree(case: &Case<'_>, of_leaves: &mut Worst, straight: &mut Worst) {
    let (before, after) = (case.inputs("v0"), case.inputs("v1"));
    if let Some(expected) = case.json["shapley_leaf_exact"].as_object() {
        let found = case.tree.shapley_of_leaves(&before, &after).unwrap();
        let size: f64 = found.iter().map(|(_, part)| part.abs()).sum();
        for (leaf, part) in found {
            let id = case.tree.node(leaf).unwrap().id();
            of_leaves.check(part, &expected[id], size, case.name());
        }
    }
    if let Some(expected) = case.json["aumann_shapley_straight_line_gl24"].as_object() {
        let found = case.tree.straight_line(&before, &after, 24).unwrap();
        let size: f64 = found.iter().map(|(_, part)| part.abs()).sum();
        for (leaf, part) in found {
            let id = case.tree.node(leaf).unwrap().id();
            straight.check(part, &expected[id], size, case.name());
        }
    }
}
