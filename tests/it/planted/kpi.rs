//! Wrong values and explanations of a KPI tree.

use super::caught;
use marketloop::decompose::Contribution;
use marketloop::kpi::{Inputs, KpiError, KpiTree, NodeKind, Overlay, Panel, PanelRow, roll_up};
use marketloop::laws::{
    Broken, explanation_closes, floats_agree_with_decimals, merge_is_commutative,
    one_period_is_the_tree_alone, panel_floats_agree_with_decimals, panel_ignores_order, rolls_up_in_steps,
    subtrees_keep_their_values, update_is_evaluate,
};
use marketloop::quantity::{Quantity, Rounding, round};
use marketloop::strategies::{overlays, small_decimals, trees};
use marketloop::time::Period;
use proptest::collection::vec;
use proptest::strategy::Strategy;
use rust_decimal::Decimal;

type Change = (KpiTree, Inputs, Inputs);

fn explained((tree, before, after): &Change) -> Result<(), Broken> {
    match tree.explain(before, after) {
        Ok(why) => explanation_closes(why.total(), why.leaves()),
        Err(_) => Ok(()),
    }
}

#[test]
fn each_contribution_rounded_for_itself() {
    let cents = |value| round(value, (2, Rounding::HalfEven));
    caught(
        "each leaf's contribution rounded for itself",
        trees().with_change(),
        explained,
        |(tree, before, after)| {
            let Ok(why) = tree.explain(before, after) else { return Ok(()) };
            let part = |part: &Contribution<String>| {
                Contribution::new(part.key.clone(), &Quantity::new(cents(part.value), part.unit.clone()))
            };
            let parts: Vec<Contribution<String>> = why.leaves().iter().map(part).collect();
            explanation_closes(cents(why.total()), &parts)
        },
    );
}

#[test]
fn a_difference_with_the_sign_of_a_sum() {
    // Each leaf by what it changed, as in a sum: whatever is subtracted or multiplied has another part.
    caught("what is subtracted, added", trees().with_change(), explained, |(tree, before, after)| {
        let Ok(why) = tree.explain(before, after) else { return Ok(()) };
        let parts: Vec<Contribution<String>> = tree
            .leaves()
            .filter_map(|(place, leaf)| {
                let change = after.value(tree, place)? - before.value(tree, place)?;
                Some(Contribution::new(leaf.id().to_owned(), &Quantity::new(change, leaf.unit().clone())))
            })
            .collect();
        explanation_closes(why.total(), &parts)
    });
}

#[test]
fn a_switch_that_nobody_tells() {
    caught(
        "what another branch brings, left out",
        trees().with_conditions().with_change(),
        explained,
        |(tree, before, after)| {
            let Ok(why) = tree.explain(before, after) else { return Ok(()) };
            let leaves: Vec<_> =
                why.leaves().iter().filter(|part| !part.key.starts_with("switch of ")).cloned().collect();
            explanation_closes(why.total(), &leaves)
        },
    );
}

#[test]
fn a_missing_value_taken_for_0() {
    let strategy = trees().with_missing().with_inputs();
    let agree = |tree: &KpiTree, inputs: &Inputs, given: &Inputs| {
        let mut columns = tree.columns(1).unwrap();
        columns.set_inputs(0, given).unwrap();
        columns.evaluate();
        let exact = tree.evaluate(inputs).unwrap();
        floats_agree_with_decimals(tree, &exact, |node| columns.value(node, 0).known())
    };
    caught(
        "a missing value taken for 0",
        strategy,
        |(tree, inputs)| agree(tree, inputs, inputs),
        |(tree, inputs)| {
            let mut given = inputs.clone();
            for (leaf, _) in tree.leaves() {
                if given.value(tree, leaf).is_none() {
                    given.set_node(tree, leaf, Decimal::ZERO).unwrap();
                }
            }
            agree(tree, inputs, &given)
        },
    );
}

#[test]
fn a_value_that_was_not_passed_on() {
    let set = |(tree, inputs, value): &(KpiTree, Inputs, f64), update: bool| {
        let mut columns = tree.columns(1).unwrap();
        columns.set_inputs(0, inputs).unwrap();
        columns.evaluate();
        columns.set(tree.leaves().next().unwrap().0, 0, *value).unwrap();
        if update {
            columns.update();
        }
        update_is_evaluate(tree, &columns, 1)
    };
    let strategy =
        (trees().with_inputs(), -5.0..5.0).prop_map(|((tree, inputs), value)| (tree, inputs, value));
    caught("a value that was not passed on", strategy, |case| set(case, true), |case| set(case, false));
}

#[test]
fn a_mean_of_means_over_time() {
    let months = vec(small_decimals(-100_000..=100_000), 2..13);
    caught(
        "a mean of means over time",
        months,
        |months| rolls_up_in_steps(|months| roll_up(NodeKind::Flow, months), months, 1),
        |months| {
            let mean = |months: &[Decimal]| {
                Ok::<_, KpiError>(months.iter().sum::<Decimal>() / Decimal::from(months.len()))
            };
            rolls_up_in_steps(mean, months, 1)
        },
    );
    caught(
        "the middle value of a stock for its last",
        vec(small_decimals(-100_000..=100_000), 2..13),
        |months| rolls_up_in_steps(|months| roll_up(NodeKind::Stock, months), months, 1),
        |months| rolls_up_in_steps(|months| Ok::<_, KpiError>(months[months.len() / 2]), months, 1),
    );
}

#[test]
fn the_later_overlay_wins() {
    let merged = |left: Option<Overlay>, right: Option<Overlay>| left?.merge(&right?).ok();
    let laid = |left: Option<Overlay>, right: Option<Overlay>| Some(left?.then(&right?));
    caught(
        "a conflict of overlays that the later one wins",
        (overlays(), overlays()),
        |(one, other)| merge_is_commutative(merged, &Some(one.clone()), &Some(other.clone())),
        |(one, other)| merge_is_commutative(laid, &Some(one.clone()), &Some(other.clone())),
    );
}

#[test]
fn what_a_formula_does_not_say_in_its_text() {
    // A text that leaves a filter out is read back as another tree.
    let strategy = trees().with_time().with_members();
    let read = |tree: &KpiTree, text: &str| match text.parse::<KpiTree>() {
        Ok(read) if read == *tree => Ok(()),
        read => Err(Broken::new("reads_its_own_text", format!("{text}: {read:?}"))),
    };
    caught(
        "a function over time without its year",
        strategy.clone(),
        |tree| read(tree, &tree.to_string()),
        |tree| read(tree, &tree.to_string().replace(", year)", ", 1)")),
    );
    caught(
        "a filter that takes the others",
        strategy,
        |tree| read(tree, &tree.to_string()),
        |tree| read(tree, &tree.to_string().replace(" not in ", " in ")),
    );
}

#[test]
fn a_value_before_the_first_period_taken_for_0() {
    let november: Period = "2026-11".parse().unwrap();
    let alone = |(tree, inputs): &(KpiTree, Inputs), rows: &[&str]| {
        let given = tree.leaves().filter_map(|(leaf, node)| Some((node.id(), inputs.value(tree, leaf)?)));
        let row = given.fold(PanelRow::new(november), |row, (leaf, value)| row.with_value(leaf, value));
        let zeros = rows.iter().map(|month| {
            let row = PanelRow::new(month.parse().unwrap());
            tree.leaves().fold(row, |row, (_, leaf)| row.with_value(leaf.id(), Decimal::ZERO))
        });
        let panel = Panel::new(tree, [], zeros.chain([row])).unwrap();
        let values = tree.evaluate_panel(&panel).unwrap();
        let single = tree.evaluate(inputs).unwrap();
        one_period_is_the_tree_alone(tree, &single, |node| values.value(node, november, []).ok())
    };
    caught(
        "a value before the first period taken for 0",
        trees().with_time().with_members().with_inputs(),
        |case| alone(case, &[]),
        |case| alone(case, &["2026-09", "2026-10"]),
    );
}

#[test]
fn a_later_row_that_wins() {
    let dimensions = ["channel", "city"];
    let rows = |panel: &Panel| panel.rows().collect::<Vec<PanelRow>>();
    caught(
        "the last of the rows left out",
        trees().with_members().with_panel(),
        |(tree, panel)| panel_ignores_order(|rows| Panel::new(tree, dimensions, rows.to_vec()), &rows(panel)),
        |(tree, panel)| {
            let most = |rows: &[PanelRow]| {
                let kept = if rows.len() > 1 { &rows[1..] } else { rows };
                Panel::new(tree, dimensions, kept.to_vec())
            };
            panel_ignores_order(most, &rows(panel))
        },
    );
}

#[test]
fn a_subtree_of_other_formulas() {
    let strategy = trees().with_roots(1..=3).with_time().with_members().with_panel();
    caught(
        "a subtree that adds up the other members",
        strategy.clone(),
        |(tree, panel)| subtrees_keep_their_values(tree, panel, |root| tree.subtree(root)),
        |(tree, panel)| {
            let other = |root: &str| {
                tree.subtree(root).unwrap().to_string().replace(" not in ", " in ").parse::<KpiTree>()
            };
            subtrees_keep_their_values(tree, panel, other)
        },
    );
    caught(
        "the first root for each",
        strategy,
        |(tree, panel)| subtrees_keep_their_values(tree, panel, |root| tree.subtree(root)),
        |(tree, panel)| {
            let first = tree.node(tree.root()).unwrap().id();
            subtrees_keep_their_values(tree, panel, |_| tree.subtree(first))
        },
    );
}

#[test]
fn floats_of_the_period_before() {
    let agree = |(tree, panel): &(KpiTree, Panel), late: bool| {
        let (exact, floats) = (tree.evaluate_panel(panel).unwrap(), tree.panel_columns(panel).unwrap());
        panel_floats_agree_with_decimals(tree, panel, &exact, |node, period, members| {
            let place = panel.periods().iter().position(|own| *own == period)?;
            let period = if late { panel.periods()[place.saturating_sub(1)] } else { period };
            floats.value(node, period, members.iter().copied()).ok()
        })
    };
    caught(
        "floats of the period before",
        trees().with_time().with_members().with_missing().with_digits(-99..=999).with_panel(),
        |case| agree(case, false),
        |case| agree(case, true),
    );
}
