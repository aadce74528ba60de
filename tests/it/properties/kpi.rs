//! Laws of KPI trees.

use marketloop::decompose::DecompositionMethod;
use marketloop::kpi::{ExplainOptions, Explanation, Formula, KpiError, KpiTree, NodeDraft, Overlay};
use proptest::prelude::*;
use proptest::sample::Index;
use rust_decimal::Decimal;

/// A tree of `leaves` and some inner nodes over any nodes before them; the root uses what nothing else does.
#[derive(Debug, Clone)]
struct Dag {
    leaves: usize,
    inner: Vec<(u8, Vec<Index>)>,
}

fn dag() -> impl Strategy<Value = Dag> {
    let inner = prop::collection::vec((0_u8..5, prop::collection::vec(any::<Index>(), 1..5)), 0..7);
    (1_usize..6, inner).prop_map(|(leaves, inner)| Dag { leaves, inner })
}

fn build(dag: &Dag) -> KpiTree {
    let name = |index: usize| format!("n{index}");
    let mut used = vec![false; dag.leaves + dag.inner.len()];
    let mut nodes: Vec<NodeDraft> = (0..dag.leaves).map(|leaf| NodeDraft::leaf(name(leaf))).collect();
    for (operation, picks) in &dag.inner {
        let operands: Vec<usize> = picks.iter().map(|pick| pick.index(nodes.len())).collect();
        for operand in &operands {
            used[*operand] = true;
        }
        let all = || operands.iter().map(|operand| name(*operand));
        let first = || Formula::from(name(operands[0]));
        let formula = match operation {
            0 => Formula::sum(all()),
            1 => Formula::product(all()),
            2 => first() / Formula::sum(all()),
            3 => {
                Formula::constant(Decimal::new(15, 1)) * first()
                    - Formula::sum(all()) / Formula::constant(Decimal::from(7))
            }
            _ => Formula::sum(all()) * Formula::product(all()) + Formula::constant(Decimal::ONE),
        };
        nodes.push(NodeDraft::computed(name(nodes.len()), formula));
    }
    let unused = used.iter().enumerate().filter(|(_, used)| !**used).map(|(index, _)| name(index));
    nodes.push(NodeDraft::computed("root", Formula::sum(unused)));
    KpiTree::new(nodes).unwrap_or_else(|problems| panic!("{problems}"))
}

fn values(range: std::ops::Range<i64>) -> impl Strategy<Value = Vec<Decimal>> {
    prop::collection::vec((range, 0_u32..3).prop_map(|(units, scale)| Decimal::new(units, scale)), 6)
}

fn inputs(tree: &KpiTree, values: &[Decimal]) -> marketloop::kpi::Inputs {
    let mut inputs = tree.no_inputs();
    for ((leaf, _), value) in tree.leaves().zip(values) {
        inputs.set_node(tree, leaf, *value).unwrap();
    }
    inputs
}

fn method() -> impl Strategy<Value = DecompositionMethod> {
    prop::sample::select(vec![
        DecompositionMethod::LogMean,
        DecompositionMethod::Shapley,
        DecompositionMethod::Sequential,
    ])
}

fn options(method: DecompositionMethod) -> ExplainOptions {
    ExplainOptions::default().with_method(method)
}

/// Errors that an explanation may end with: a root without value, or figures beyond their type or finer than
/// the declared precision carries.
fn may_refuse(error: &KpiError) -> bool {
    matches!(
        error,
        KpiError::NoValue { .. }
            | KpiError::Range { .. }
            | KpiError::Quantity(_)
            | KpiError::Unexplained { .. }
    )
}

/// Pieces of formulas in any order, mostly wrong.
fn text() -> impl Strategy<Value = String> {
    let words = vec![
        "a",
        "b",
        "c",
        "d",
        "=",
        "+",
        "-",
        "*",
        "/",
        "(",
        ")",
        ",",
        "\n",
        ";",
        "sum(",
        "sum(a.*)",
        "a.b",
        "2",
        "0.5",
        "0",
        "[CNY]",
        "[%]",
        "[",
        "{stock}",
        "{",
        "`x y`",
        "`",
        "#",
        " ",
        ".",
        "\n",
        "=",
        "1e3",
        "99999999999999999999999999999",
    ];
    let pieces = prop::collection::vec(prop::sample::select(words), 0..40);
    prop_oneof![pieces.prop_map(|words| words.concat()), any::<String>()]
}

/// Whether parts add up: in whole units of the last decimal, because parts of opposite signs may add up to more than a
/// decimal holds on the way.
fn add_up(why: &Explanation) -> bool {
    let scale = why.leaves().into_iter().map(|part| part.value.scale()).fold(why.total().scale(), u32::max);
    let units = |value: Decimal| value.mantissa().checked_mul(10_i128.checked_pow(scale - value.scale())?);
    let sum = why.leaves().into_iter().try_fold(0_i128, |sum, part| sum.checked_add(units(part.value)?));
    sum.is_some() && sum == units(why.total())
}

proptest! {
    #[test]
    fn contributions_sum_to_the_change_on_any_dag(
        dag in dag(), before in values(0..100_000), after in values(0..100_000), method in method()
    ) {
        let tree = build(&dag);
        let (before, after) = (inputs(&tree, &before), inputs(&tree, &after));
        match tree.explain_with(&before, &after, &options(method)) {
            Ok(why) => {
                prop_assert!(add_up(&why), "{}", why);
                prop_assert_eq!(why.node("root").map(|part| part.value), Some(why.total()));
            }
            Err(error) => prop_assert!(may_refuse(&error), "{}", error),
        }
    }

    #[test]
    fn contributions_sum_to_the_change_through_signs(
        dag in dag(), before in values(-3..3), after in values(-3..3), method in method()
    ) {
        let tree = build(&dag);
        let (before, after) = (inputs(&tree, &before), inputs(&tree, &after));
        match tree.explain_with(&before, &after, &options(method)) {
            Ok(why) => prop_assert!(add_up(&why), "{}", why),
            Err(error) => prop_assert!(may_refuse(&error), "{}", error),
        }
    }

    #[test]
    fn swapping_the_two_times_negates(
        dag in dag(), before in values(-1000..100_000), after in values(-1000..100_000), shapley in any::<bool>()
    ) {
        let tree = build(&dag);
        let (before, after) = (inputs(&tree, &before), inputs(&tree, &after));
        let method = if shapley { DecompositionMethod::Shapley } else { DecompositionMethod::LogMean };
        let there = tree.explain_with(&before, &after, &options(method));
        let back = tree.explain_with(&after, &before, &options(method));
        if let (Ok(there), Ok(back)) = (&there, &back) {
            prop_assert_eq!(there.total(), -back.total());
            // To the last digit, by whatever method, the leaves and what runs through the inner nodes.
            let parts = |why: &Explanation| why.inner().chain(why.leaves()).cloned().collect::<Vec<_>>();
            let (parts, opposite) = (parts(there), parts(back));
            prop_assert_eq!(parts.len(), opposite.len());
            for (one, other) in parts.iter().zip(&opposite) {
                prop_assert_eq!(one.value, -other.value, "{} {}", one, other);
                prop_assert_eq!(&one.key, &other.key);
                prop_assert_eq!(one.method, other.method);
                prop_assert_eq!(there.divided_by(&one.key), back.divided_by(&one.key));
            }
        }
        prop_assert_eq!(there.as_ref().err(), back.as_ref().err());
    }

    #[test]
    fn log_mean_contributions_do_not_depend_on_nesting(
        before in values(1..1000), after in values(1..1000), inner in prop::sample::subsequence(vec![0, 1, 2, 3, 4, 5], 1..6)
    ) {
        let leaves: Vec<String> = (0..6).map(|leaf| format!("n{leaf}")).collect();
        let drafts = || leaves.iter().map(NodeDraft::leaf);
        let flat: Vec<NodeDraft> =
            drafts().chain([NodeDraft::computed("y", Formula::product(&leaves))]).collect();
        let outer = (0..6).filter(|leaf| !inner.contains(leaf)).map(|leaf| leaves[leaf].clone());
        let nested: Vec<NodeDraft> = drafts()
            .chain([
                NodeDraft::computed("y", Formula::product(outer.chain(["part".to_owned()]))),
                NodeDraft::computed("part", Formula::product(inner.iter().map(|leaf| &leaves[*leaf]))),
            ])
            .collect();
        let explain = |drafts: Vec<NodeDraft>| {
            let tree = KpiTree::new(drafts).unwrap();
            let why = tree.explain(&inputs(&tree, &before), &inputs(&tree, &after)).unwrap();
            why.leaves().into_iter().map(|part| (part.key.clone(), part.value)).collect::<Vec<_>>()
        };
        let (flat, nested) = (explain(flat), explain(nested));
        let size: Decimal = flat.iter().map(|(_, part)| part.abs()).sum();
        prop_assert_eq!(flat.len(), nested.len());
        for ((id, flat), (same, nested)) in flat.iter().zip(&nested) {
            prop_assert_eq!(id, same);
            prop_assert!((flat - nested).abs() <= size * Decimal::new(1, 13) + Decimal::new(1, 11), "{} {}", flat, nested);
        }
    }

    #[test]
    fn incremental_equals_full_bit_for_bit(
        dag in dag(), start in values(-1000..1000), width in 1_usize..4,
        moves in prop::collection::vec((any::<Index>(), 0_usize..4, -5.0..5.0_f64), 0..20)
    ) {
        let tree = build(&dag);
        let leaves: Vec<_> = tree.leaves().map(|(leaf, _)| leaf).collect();
        let mut columns = tree.columns(width).unwrap();
        for column in 0..width {
            columns.set_inputs(column, &inputs(&tree, &start)).unwrap();
        }
        columns.evaluate();
        for (leaf, column, value) in moves {
            let leaf = leaves[leaf.index(leaves.len())];
            if value.fract().abs() < 0.1 {
                columns.clear(leaf, column % width).unwrap();
            } else {
                columns.set(leaf, column % width, value.trunc()).unwrap();
            }
            columns.update();
            let mut full = columns.clone();
            full.evaluate();
            for (node, _) in tree.nodes() {
                for column in 0..width {
                    prop_assert_eq!(
                        columns.value(node, column).known().map(f64::to_bits),
                        full.value(node, column).known().map(f64::to_bits)
                    );
                }
            }
        }
    }

    #[test]
    fn floats_agree_with_decimals(dag in dag(), start in values(-1000..1000)) {
        let tree = build(&dag);
        let inputs = inputs(&tree, &start);
        let exact = tree.evaluate(&inputs).unwrap();
        let mut columns = tree.columns(1).unwrap();
        columns.set_inputs(0, &inputs).unwrap();
        columns.evaluate();
        for (node, _) in tree.nodes() {
            if let (Some(exact), Some(float)) = (exact.value(node).known(), columns.value(node, 0).known()) {
                let exact = exact.to_f64();
                // Differences that cancel leave no relative bound; the values are below 1e28.
                prop_assert!((exact - float).abs() <= 1e-9 * exact.abs().max(1.0) || exact.abs() > 1e12 || exact.abs() < 1e-3);
            }
        }
    }

    #[test]
    fn what_is_found_reaches_the_target(dag in dag(), start in values(1..100_000), factor in 0.0..3.0_f64, pick in any::<Index>()) {
        let tree = build(&dag);
        let inputs = inputs(&tree, &start);
        let leaves: Vec<_> = tree.leaves().map(|(leaf, _)| leaf).collect();
        let leaf = leaves[pick.index(leaves.len())];
        let mut columns = tree.columns(1).unwrap();
        columns.set_inputs(0, &inputs).unwrap();
        columns.evaluate();
        if let Some(root) = columns.root(0).known() {
            let target = root * factor;
            match tree.goal_seek(&inputs, tree.node(leaf).unwrap().id(), 0.0.., target) {
                Ok(at) | Err(KpiError::TargetOutOfRange { at, .. }) => {
                    let moves = tree.sensitivities(&inputs);
                    columns.set(leaf, 0, at).unwrap();
                    columns.update();
                    let reached = columns.root(0).known().unwrap();
                    // As near as neighbouring floats of the leaf come to it, where the root is steep.
                    columns.set(leaf, 0, at * (1.0 + 1e-9) + 1e-300).unwrap();
                    columns.update();
                    let steep = columns.root(0).known().map_or(f64::INFINITY, |next| (next - reached).abs());
                    prop_assert!((reached - target).abs() <= 1e-9 * (root.abs() + target.abs()) + steep, "{} {} {:?}", reached, target, moves);
                }
                Err(KpiError::TargetUnreachable { limit, at }) => prop_assert!(limit.is_finite() && at.is_finite()),
                Err(other) => prop_assert!(false, "{:?}", other),
            }
        }
    }

    #[test]
    fn shares_of_variance_are_shares(dag in dag(), start in values(1..1000), draws in prop::collection::vec(-10.0..10.0_f64, 2..150)) {
        let tree = build(&dag);
        let inputs = inputs(&tree, &start);
        let leaves: Vec<_> = tree.leaves().map(|(leaf, _)| leaf).collect();
        let samples: Vec<_> = leaves.iter().map(|leaf| (*leaf, draws.as_slice())).collect();
        if let Ok(spread) = tree.uncertainty(&inputs, &samples) {
            prop_assert!(spread.mean().is_finite() && spread.variance() >= 0.0);
            prop_assert!(spread.shares().iter().all(|(_, share)| share.clone().known().is_none_or(|share| share >= 0.0)));
        }
        if let Ok(spread) = tree.uncertainty(&inputs, &samples[..1]) {
            // Drawn alone, a leaf has all of the variance.
            prop_assert!(spread.shares()[0].1.clone().known().is_none_or(|share| (share - 1.0).abs() < 1e-12));
        }
    }

    #[test]
    fn a_tree_reads_back_from_its_text(dag in dag()) {
        let tree = build(&dag);
        prop_assert_eq!(KpiTree::parse(&tree.to_string()).unwrap(), tree);
    }

    #[test]
    fn any_text_is_a_tree_or_problems(text in text(), start in values(-10..10)) {
        match KpiTree::parse(&text) {
            Ok(tree) => {
                prop_assert_eq!(KpiTree::parse(&tree.to_string()), Ok(tree.clone()));
                let before = inputs(&tree, &start);
                let after = inputs(&tree, &start[1..]);
                let _value = tree.evaluate(&before).unwrap().root();
                let _why = tree.explain(&before, &after);
                let _moves = tree.sensitivities(&before);
            }
            Err(problems) => prop_assert!(!problems.is_empty()),
        }
    }

    #[test]
    fn merge_of_overlays_is_associative_and_commutative(
        sets in prop::collection::vec(prop::collection::btree_map("[a-d]", 0_i64..2, 0..4), 3)
    ) {
        let overlays: Vec<Overlay> = sets
            .iter()
            .zip(["x", "y", "z"])
            .map(|(set, name)| set.iter().fold(Overlay::new(name), |overlay, (leaf, v)| overlay.with(leaf, *v)))
            .collect();
        let [x, y, z] = overlays.as_slice() else { unreachable!() };
        let both = |left: Result<Overlay, KpiError>, right: Result<Overlay, KpiError>| left?.merge(&right?);
        let left = both(x.merge(y), Ok(z.clone())).ok();
        let right = both(Ok(x.clone()), y.merge(z)).ok();
        prop_assert_eq!(left, right);
        prop_assert_eq!(x.merge(y).ok(), y.merge(x).ok());
        prop_assert_eq!(x.merge(x), Ok(x.clone()));
        prop_assert_eq!(x.merge(&Overlay::default()), Ok(x.clone()));
        prop_assert_eq!(x.then(y).then(z), x.then(&y.then(z)));
        if let Ok(merged) = x.merge(y) {
            prop_assert_eq!(merged, x.then(y));
        }
    }
}
