//! Laws of KPI trees.

use marketloop::decompose::DecompositionMethod;
use marketloop::kpi::{ExplainOptions, Explanation, Formula, KpiError, KpiTree, NodeDraft, Overlay};
use marketloop::laws::{
    self, explanation_closes, merge_is_associative, merge_is_commutative, reads_its_own_text,
    swapping_the_times_negates, update_is_evaluate,
};
use marketloop::strategies::{changes, overlays, small_decimals, trees};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use rust_decimal::Decimal;

fn inputs(tree: &KpiTree, values: &[Decimal]) -> marketloop::kpi::Inputs {
    let mut inputs = tree.no_inputs();
    for ((leaf, _), value) in tree.leaves().zip(values) {
        inputs.set_node(tree, leaf, *value).unwrap();
    }
    inputs
}

const METHODS: [DecompositionMethod; 3] =
    [DecompositionMethod::LogMean, DecompositionMethod::Shapley, DecompositionMethod::Sequential];

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

/// Pieces of formulas.
const WORDS: [&str; 44] = [
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
    "if(",
    "min(",
    "abs(",
    "missing_as(",
    "undefined_as(",
    "(a <",
    ">=",
    "!=",
    "≤",
    "<",
];

proptest! {
    #[test]
    fn contributions_sum_to_the_change_on_any_dag(
        (tree, before, after) in trees().with_depth(0..=6).with_roots(1..=3).with_quotients().with_change(), method in select(&METHODS[..])
    ) {
        match tree.explain_with(&before, &after, &options(method)) {
            Ok(why) => {
                explanation_closes(why.total(), why.leaves())?;
                prop_assert_eq!(why.node(tree.node(tree.root()).unwrap().id()).map(|part| part.value), Some(why.total()));
            }
            Err(error) => prop_assert!(may_refuse(&error), "{}", error),
        }
    }

    #[test]
    fn contributions_sum_to_the_change_through_signs(
        (tree, before, after) in trees().with_quotients().with_digits(-3..=2).with_change(), method in select(&METHODS[..])
    ) {
        match tree.explain_with(&before, &after, &options(method)) {
            Ok(why) => explanation_closes(why.total(), why.leaves())?,
            Err(error) => prop_assert!(may_refuse(&error), "{}", error),
        }
    }

    #[test]
    fn swapping_the_two_times_negates(
        (tree, before, after) in trees().with_quotients().with_digits(-1_000..=99_999).with_change(), shapley in any::<bool>()
    ) {
        let method = if shapley { DecompositionMethod::Shapley } else { DecompositionMethod::LogMean };
        let there = tree.explain_with(&before, &after, &options(method));
        let back = tree.explain_with(&after, &before, &options(method));
        if let (Ok(there), Ok(back)) = (&there, &back) {
            swapping_the_times_negates(there.leaves(), back.leaves())?;
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
        (before, after) in changes().with_factors(6).with_digits(1..=999), inner in prop::sample::subsequence(vec![0, 1, 2, 3, 4, 5], 1..6)
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
        (tree, start) in trees().with_roots(1..=2).with_quotients().with_digits(-1_000..=999).with_inputs(), width in 1_usize..4,
        moves in prop::collection::vec((any::<Index>(), 0_usize..4, -5.0..5.0_f64), 0..20)
    ) {
        let leaves: Vec<_> = tree.leaves().map(|(leaf, _)| leaf).collect();
        let mut columns = tree.columns(width).unwrap();
        for column in 0..width {
            columns.set_inputs(column, &start).unwrap();
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
            update_is_evaluate(&tree, &columns, width)?;
        }
    }

    #[test]
    fn floats_agree_with_decimals((tree, inputs) in trees().with_quotients().with_missing().with_digits(-1_000..=999).with_inputs()) {
        let mut columns = tree.columns(1).unwrap();
        columns.set_inputs(0, &inputs).unwrap();
        columns.evaluate();
        laws::floats_agree_with_decimals(&tree, &tree.evaluate(&inputs).unwrap(), |node| columns.value(node, 0).known())?;
    }

    #[test]
    fn what_is_found_reaches_the_target((tree, inputs) in trees().with_quotients().with_digits(1..=99_999).with_inputs(), factor in 0.0..3.0_f64, pick in any::<Index>()) {
        let leaves: Vec<_> = tree.leaves().map(|(leaf, _)| leaf).collect();
        let leaf = leaves[pick.index(leaves.len())];
        let mut columns = tree.columns(1).unwrap();
        columns.set_inputs(0, &inputs).unwrap();
        columns.evaluate();
        if let Some(root) = columns.root(0).known() {
            let target = root * factor;
            match tree.goal_seek(&inputs, tree.node(leaf).unwrap().id(), 0.0.., target) {
                Ok(at) | Err(KpiError::TargetOutOfRange { at, .. }) => {
                    columns.set(leaf, 0, at).unwrap();
                    columns.update();
                    let reached = columns.root(0).known().unwrap();
                    // As near as neighbouring floats of the leaf come to it, where the root is steep.
                    columns.set(leaf, 0, at * (1.0 + 1e-9) + 1e-300).unwrap();
                    columns.update();
                    let steep = columns.root(0).known().map_or(f64::INFINITY, |next| (next - reached).abs());
                    // Floats cancel by more than that where much is taken from as much: then exact values decide.
                    let exactly = || {
                        let mut moved = inputs.clone();
                        moved.set_node(&tree, leaf, Decimal::from_str_exact(&at.to_string()).ok()?).ok()?;
                        Some(tree.evaluate(&moved).ok()?.root().known()?.to_f64())
                    };
                    let near = |reached: f64| (reached - target).abs() <= 1e-9 * (root.abs() + target.abs()) + steep;
                    prop_assert!(near(reached) || exactly().is_some_and(near), "{} {} {:?}", reached, target, exactly());
                }
                Err(KpiError::TargetUnreachable { limit, at }) => prop_assert!(limit.is_finite() && at.is_finite()),
                // Where exact divisors are 0 the root has no value, though that of floats that round past it has.
                Err(KpiError::NoValue { .. }) => prop_assert!(tree.evaluate(&inputs).unwrap().root().known().is_none()),
                Err(other) => prop_assert!(false, "{:?}", other),
            }
        }
    }

    #[test]
    fn shares_of_variance_are_shares((tree, inputs) in trees().with_quotients().with_digits(1..=999).with_inputs(), draws in prop::collection::vec(-10.0..10.0_f64, 2..150)) {
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
    fn a_tree_of_several_roots_is_its_subtrees(
        (tree, before, after) in trees().with_roots(1..=3).with_quotients().with_conditions().with_missing().with_digits(-9..=99).with_change(),
    ) {
        let whole = tree.evaluate(&before).unwrap();
        let first = tree.root();
        for (place, node) in tree.nodes() {
            let part = tree.subtree(node.id()).unwrap();
            let (before, after) = (before.restricted_to(&part).unwrap(), after.restricted_to(&part).unwrap());
            let values = part.evaluate(&before).unwrap();
            for (own, node) in part.nodes() {
                let of_whole = whole.value(tree.find(node.id()).unwrap());
                prop_assert_eq!(values.value(own).is_missing(), of_whole.is_missing(), "{} of {}", node.id(), tree);
                prop_assert_eq!(values.value(own).known(), of_whole.known(), "{} of {}", node.id(), tree);
            }
            prop_assert_eq!(part.roots().collect::<Vec<_>>(), [part.root()]);
            // What speaks of the root says of the first one what its own tree says.
            if place == first {
                let (one, other) = (part.explain(&before, &after), tree.explain(&before, &after));
                prop_assert_eq!(one.is_ok(), other.is_ok(), "{:?} {:?}", one, other);
                if let (Ok(one), Ok(other)) = (one, other) {
                    prop_assert_eq!(one, other);
                }
                let slopes = |tree: &KpiTree, inputs| {
                    tree.sensitivities(inputs).ok().map(|moves| moves.table().to_string())
                };
                prop_assert_eq!(slopes(&part, &before), slopes(&tree, &before));
            }
        }
        let roots: Vec<_> = tree.roots().filter_map(|root| Some(tree.node(root)?.id())).collect();
        let used = |id: &str| tree.nodes().any(|(place, _)| tree.children(place).into_iter().any(|child| tree.node(child).unwrap().id() == id));
        for (_, node) in tree.nodes() {
            prop_assert_eq!(roots.contains(&node.id()), !used(node.id()));
        }
    }

    #[test]
    fn a_tree_reads_back_from_its_text(tree in trees().with_roots(1..=3).with_quotients().with_traits()) {
        reads_its_own_text(&tree)?;
    }

    #[test]
    fn any_text_is_a_tree_or_problems(
        text in prop_oneof![vec(select(&WORDS[..]), 0..40).prop_map(|words| words.concat()), any::<String>()],
        start in vec(small_decimals(-10..=9), 6)
    ) {
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
        x in overlays(), y in overlays(), z in overlays()
    ) {
        let merged = |left: Option<Overlay>, right: Option<Overlay>| left?.merge(&right?).ok();
        let [some_x, some_y, some_z] = [&x, &y, &z].map(|overlay| Some(overlay.clone()));
        merge_is_associative(merged, &some_x, &some_y, &some_z)?;
        merge_is_commutative(merged, &some_x, &some_y)?;
        prop_assert_eq!(x.merge(&x), Ok(x.clone()));
        prop_assert_eq!(x.merge(&Overlay::default()), Ok(x.clone()));
        prop_assert_eq!(x.then(&y).then(&z), x.then(&y.then(&z)));
        if let Ok(merged) = x.merge(&y) {
            prop_assert_eq!(merged, x.then(&y));
        }
    }
}
