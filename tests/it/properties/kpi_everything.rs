//! Trees of everything that formulas can say, and panels of them.

use marketloop::kpi::{Inputs, KpiError, KpiTree, Panel, PanelRow};
use marketloop::laws;
use marketloop::strategies::{Trees, trees};
use marketloop::time::Period;
use proptest::prelude::*;

fn everything() -> Trees {
    trees().with_quotients().with_conditions().with_time().with_members().with_roots(1..=3)
}

/// The one row of these inputs.
fn row(tree: &KpiTree, inputs: &Inputs, period: Period) -> PanelRow {
    let given = tree.leaves().filter_map(|(leaf, node)| Some((node.id(), inputs.value(tree, leaf)?)));
    given.fold(PanelRow::new(period), |row, (leaf, value)| row.with_value(leaf, value))
}

/// Errors that an explanation may end with: a root without value or by members, figures beyond their type.
fn may_refuse(error: &KpiError) -> bool {
    matches!(
        error,
        KpiError::NoValue { .. }
            | KpiError::Length { .. }
            | KpiError::Range { .. }
            | KpiError::Quantity(_)
            | KpiError::Unexplained { .. }
    )
}

proptest! {
    #[test]
    fn what_a_tree_writes_is_read_back(tree in everything().with_traits().with_odd_names()) {
        laws::reads_its_own_text(&tree)?;
        laws::reads_back_what_it_writes(&tree)?;
    }

    #[test]
    fn a_panel_of_one_period_is_the_tree_alone((tree, inputs) in everything().with_missing().with_digits(-30..=99).with_inputs()) {
        let november: Period = "2026-11".parse().unwrap();
        let panel = Panel::new(&tree, [], [row(&tree, &inputs, november)]).unwrap();
        let values = tree.evaluate_panel(&panel).unwrap();
        laws::one_period_is_the_tree_alone(&tree, &tree.evaluate(&inputs).unwrap(), |node| values.value(node, november, []).ok())?;
    }

    #[test]
    fn floats_of_a_panel_agree_with_decimals(
        (tree, panel) in trees().with_quotients().with_time().with_members().with_missing().with_digits(-99..=999).with_panel()
    ) {
        let (exact, floats) = (tree.evaluate_panel(&panel).unwrap(), tree.panel_columns(&panel).unwrap());
        laws::panel_floats_agree_with_decimals(&tree, &panel, &exact, |node, period, members| {
            floats.value(node, period, members.iter().copied()).ok()
        })?;
    }

    #[test]
    fn rows_say_the_same_in_any_order((tree, panel) in everything().with_missing().with_panel()) {
        let rows: Vec<PanelRow> = panel.rows().collect();
        let made = |rows: &[PanelRow]| Panel::new(&tree, ["channel", "city"], rows.to_vec());
        laws::panel_ignores_order(made, &rows)?;
        prop_assert_eq!(&made(&rows).unwrap(), &panel);
        let values = tree.evaluate_panel(&panel).unwrap().table();
        let backwards = made(&rows.iter().rev().cloned().collect::<Vec<_>>()).unwrap();
        prop_assert_eq!(tree.evaluate_panel(&backwards).unwrap().table(), values);
    }

    #[test]
    fn rows_of_odd_names_are_read_back((tree, panel) in everything().with_odd_names().with_missing().with_panel()) {
        for row in panel.rows() {
            laws::reads_back_what_it_writes(&row)?;
        }
        tree.evaluate_panel(&panel).unwrap();
    }

    #[test]
    fn subtrees_keep_the_values_of_a_panel((tree, panel) in everything().with_traits().with_odd_names().with_missing().with_panel()) {
        laws::subtrees_keep_their_values(&tree, &panel, |root| tree.subtree(root))?;
    }

    #[test]
    fn what_moved_a_panel_adds_up(
        (tree, panel) in everything().with_odd_names().with_missing().with_digits(-30..=99).with_panel()
    ) {
        let periods = panel.periods();
        for after in periods {
            match tree.explain_panel(&panel, periods[0], *after) {
                Ok(why) => {
                    laws::explanation_closes(why.total(), why.parts())?;
                    laws::explanation_closes(why.total(), &why.by_leaf().unwrap())?;
                    laws::explanation_closes(why.total(), &why.by_member().unwrap())?;
                }
                Err(error) => prop_assert!(may_refuse(&error), "{}: {:?}", error, error),
            }
        }
    }
}
