//! Trees with conditions and with values that stand for states keep the laws of all trees.

use marketloop::decompose::DecompositionMethod;
use marketloop::kpi::{ExplainOptions, Explanation, KpiError, KpiTree};
use marketloop::laws::{explanation_closes, reads_its_own_text, update_is_evaluate};
use marketloop::strategies::{Trees, trees};
use proptest::prelude::*;
use proptest::sample::{Index, select};

const METHODS: [DecompositionMethod; 3] =
    [DecompositionMethod::LogMean, DecompositionMethod::Shapley, DecompositionMethod::Sequential];

fn conditions() -> Trees {
    trees().with_quotients().with_conditions()
}

/// Errors that an explanation may end with: a root without value, or figures beyond their type or finer than the declared
/// precision carries.
fn may_refuse(error: &KpiError) -> bool {
    matches!(
        error,
        KpiError::NoValue { .. }
            | KpiError::Range { .. }
            | KpiError::Quantity(_)
            | KpiError::Unexplained { .. }
    )
}

fn explain(
    tree: &KpiTree,
    one: &marketloop::kpi::Inputs,
    other: &marketloop::kpi::Inputs,
    method: DecompositionMethod,
) -> Result<Explanation, KpiError> {
    tree.explain_with(one, other, &ExplainOptions::default().with_method(method))
}

proptest! {
    #[test]
    fn contributions_and_switches_sum_to_the_change(
        (tree, before, after) in conditions().with_missing().with_digits(-30..=99).with_change(), method in select(&METHODS[..])
    ) {
        match explain(&tree, &before, &after, method) {
            Ok(why) => explanation_closes(why.total(), why.leaves())?,
            Err(error) => prop_assert!(may_refuse(&error), "{}", error),
        }
    }

    #[test]
    fn swapping_the_two_times_negates_switches_too(
        (tree, before, after) in conditions().with_digits(-30..=99).with_change(), shapley in any::<bool>()
    ) {
        let method = if shapley { DecompositionMethod::Shapley } else { DecompositionMethod::LogMean };
        let (there, back) = (explain(&tree, &before, &after, method), explain(&tree, &after, &before, method));
        if let (Ok(there), Ok(back)) = (&there, &back) {
            let parts = |why: &Explanation| why.inner().chain(why.leaves()).cloned().collect::<Vec<_>>();
            let (parts, opposite) = (parts(there), parts(back));
            prop_assert_eq!(parts.len(), opposite.len());
            for (one, other) in parts.iter().zip(&opposite) {
                prop_assert_eq!((&one.key, one.value, one.method), (&other.key, -other.value, other.method));
            }
        }
        prop_assert_eq!(there.err(), back.err());
    }

    #[test]
    fn incremental_equals_full_through_conditions(
        (tree, start) in conditions().with_missing().with_digits(-30..=99).with_inputs(), width in 1_usize..4,
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
            if value.fract().abs() < 0.3 {
                columns.clear(leaf, column % width).unwrap();
            } else {
                columns.set(leaf, column % width, value.trunc()).unwrap();
            }
            columns.update();
            update_is_evaluate(&tree, &columns, width)?;
        }
    }

    /// Where floats and fractions stand on different sides of a comparison both are right: such a node has no law here.
    #[test]
    fn floats_have_the_states_of_fractions((tree, inputs) in trees().with_conditions().with_missing().with_digits(-3..=9).with_inputs()) {
        let mut columns = tree.columns(1).unwrap();
        columns.set_inputs(0, &inputs).unwrap();
        columns.evaluate();
        let values = tree.evaluate(&inputs).unwrap();
        for (node, _) in tree.nodes() {
            let (exact, float) = (values.value(node), columns.value(node, 0));
            prop_assert_eq!(exact.is_missing(), float.is_missing(), "{}: {} {}", tree, exact, float);
            prop_assert_eq!(exact.is_known(), float.is_known(), "{}: {} {}", tree, exact, float);
        }
    }

    #[test]
    fn a_tree_with_conditions_reads_back_from_its_text(tree in conditions().with_traits().with_odd_names()) {
        reads_its_own_text(&tree)?;
    }
}
