//! A panel is what its rows say, however it is cut, ordered or computed.

use super::kpi::{lost, sizes};
use super::{Broken, hold};
use crate::figure::Figure;
use crate::kpi::{Evaluation, Exact, KpiTree, NodeId, Panel, PanelEvaluation, PanelRow};
use crate::time::Period;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{Debug, Display};

/// A panel of one period and no member is the tree alone: each node is known, missing or undefined as it is there, and has the
/// same value.
///
/// `value` gives the figure of a node by its name, or `None`: that of [`KpiTree::evaluate_panel`], or of your own evaluator. A
/// tree alone knows no other period, and has one member without a name: of a period that begins a year or a quarter, a
/// `to_date` over it is known in the panel alone, so that the period of such a tree lies within.
///
/// # Errors
/// [`Broken`], with the node and both figures.
///
/// # Examples
/// ```
/// use marketloop::kpi::{Panel, PanelRow};
/// use marketloop::laws::one_period_is_the_tree_alone;
/// use marketloop::strategies::trees;
/// use marketloop::time::Period;
/// use proptest::prelude::*;
///
/// let november: Period = "2026-11".parse().unwrap();
/// proptest!(|((tree, inputs) in trees().with_members().with_missing().with_inputs())| {
///     let given = tree.leaves().filter_map(|(leaf, node)| Some((node.id(), inputs.value(&tree, leaf)?)));
///     let row = given.fold(PanelRow::new(november), |row, (leaf, value)| row.with_value(leaf, value));
///     let panel = Panel::new(&tree, [], [row]).unwrap();
///     let values = tree.evaluate_panel(&panel).unwrap();
///     let alone = tree.evaluate(&inputs).unwrap();
///     one_period_is_the_tree_alone(&tree, &alone, |node| values.value(node, november, []).ok())?;
/// });
/// ```
pub fn one_period_is_the_tree_alone(
    tree: &KpiTree,
    alone: &Evaluation<'_>,
    value: impl Fn(&str) -> Option<Figure<Exact>>,
) -> Result<(), Broken> {
    for (place, node) in tree.nodes() {
        let (one, panel) = (alone.value(place), value(node.id()));
        let holds = panel.as_ref().is_some_and(|panel| match (&one, panel) {
            (Figure::Known(one), Figure::Known(panel)) => one == panel,
            (Figure::Missing(_), Figure::Missing(_)) | (Figure::Undefined(_), Figure::Undefined(_)) => true,
            _ => false,
        });
        hold("one_period_is_the_tree_alone", holds, || {
            format!("`{}` is {one} alone, and {panel:?} in the panel, of {tree}", node.id())
        })?;
    }
    Ok(())
}

/// The order of its rows changes nothing about a panel: it is the same from the last row to the first, from the middle on,
/// and every second row first.
///
/// # Errors
/// [`Broken`], with both panels or what was refused.
///
/// # Examples
/// ```
/// use marketloop::kpi::{Panel, PanelRow};
/// use marketloop::laws::panel_ignores_order;
/// use marketloop::strategies::trees;
/// use proptest::prelude::*;
///
/// proptest!(|((tree, panel) in trees().with_members().with_panel())| {
///     let rows: Vec<PanelRow> = panel.rows().collect();
///     panel_ignores_order(|rows| Panel::new(&tree, ["channel", "city"], rows.to_vec()), &rows)?;
/// });
/// ```
pub fn panel_ignores_order<P: PartialEq + Debug, E: Debug>(
    panel: impl Fn(&[PanelRow]) -> Result<P, E>,
    rows: &[PanelRow],
) -> Result<(), Broken> {
    const LAW: &str = "panel_ignores_order";
    let made = |rows: &[PanelRow]| {
        panel(rows).map_err(|error| Broken::new(LAW, format_args!("{rows:?} are refused: {error:?}")))
    };
    let told = made(rows)?;
    let backwards: Vec<PanelRow> = rows.iter().rev().cloned().collect();
    let (start, end) = rows.split_at_checked(rows.len() / 2).unwrap_or((rows, &[]));
    let from_the_middle = [end, start].concat();
    let every_second = |first: usize| rows.iter().skip(first).step_by(2).cloned();
    let apart: Vec<PanelRow> = every_second(0).chain(every_second(1)).collect();
    for order in [backwards, from_the_middle, apart] {
        let other = made(&order)?;
        hold(LAW, other == told, || format!("{rows:?} are {told:?}, and as {order:?} {other:?}"))?;
    }
    Ok(())
}

/// The tree of a root has what the whole has: each node at or below it with its kind, its unit and, in a panel, its values; and
/// all roots together have all nodes.
///
/// `subtree` cuts a tree out by the name of its root: [`KpiTree::subtree`], or yours.
///
/// # Errors
/// [`Broken`], with the root, the node and both series, or what was refused.
///
/// # Examples
/// ```
/// use marketloop::laws::subtrees_keep_their_values;
/// use marketloop::strategies::trees;
/// use proptest::prelude::*;
///
/// proptest!(|((tree, panel) in trees().with_roots(1..=3).with_time().with_members().with_panel())| {
///     subtrees_keep_their_values(&tree, &panel, |root| tree.subtree(root))?;
/// });
/// ```
pub fn subtrees_keep_their_values<E: Display>(
    tree: &KpiTree,
    panel: &Panel,
    subtree: impl Fn(&str) -> Result<KpiTree, E>,
) -> Result<(), Broken> {
    const LAW: &str = "subtrees_keep_their_values";
    let refused = |root: &str, error: &dyn Display| {
        Broken::new(LAW, format_args!("the tree of `{root}` is refused: {error}, of {tree}"))
    };
    let values = tree.evaluate_panel(panel).map_err(|error| refused("all", &error))?;
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for root in tree.roots().filter_map(|root| tree.node(root)) {
        let part = subtree(root.id()).map_err(|error| refused(root.id(), &error))?;
        let own = panel.restricted_to(&part).map_err(|error| refused(root.id(), &error))?;
        let of_part = part.evaluate_panel(&own).map_err(|error| refused(root.id(), &error))?;
        for (_, node) in part.nodes() {
            let whole = tree.find(node.id()).and_then(|place| tree.node(place));
            let (one, other) = (told(panel, &values, node.id()), told(panel, &of_part, node.id()));
            hold(LAW, whole == Some(node) && one == other, || {
                format!(
                    "{whole:?} with {one:?} is, below `{}`, {node:?} with {other:?}, of {tree}",
                    root.id()
                )
            })?;
            seen.insert(node.id().into());
        }
    }
    let absent = tree.nodes().map(|(_, node)| node.id()).find(|id| !seen.contains(*id));
    hold(LAW, absent.is_none(), || format!("{absent:?} is below no root of {tree}"))
}

/// A figure of a node with its period and its members.
type Cell<'c> = (Period, Vec<(&'c str, &'c str)>, Figure<Exact>);

/// The values of a node as texts, cell by cell.
fn told(panel: &Panel, values: &PanelEvaluation<'_>, id: &str) -> Vec<String> {
    let series = cells(panel, values, id).into_iter().filter_map(|cell| values.series(id, cell).ok());
    series.flatten().map(|(period, value)| format!("{period}: {value}")).collect()
}

/// The members of each cell of a node, with their dimensions; not all of them are there.
fn cells<'m>(panel: &'m Panel, values: &'m PanelEvaluation<'_>, id: &str) -> Vec<Vec<(&'m str, &'m str)>> {
    values.dimensions(id).unwrap_or_default().into_iter().fold(
        alloc::vec![Vec::new()],
        |cells: Vec<Vec<(&str, &str)>>, dimension| {
            let members = panel.members(dimension).unwrap_or_default();
            let with = |cell: &Vec<(&'m str, &'m str)>, member: &'m String| {
                cell.iter().copied().chain([(dimension, member.as_str())]).collect()
            };
            cells.iter().flat_map(|cell| members.iter().map(move |member| with(cell, member))).collect()
        },
    )
}

/// Floats of a panel agree with its exact values: each is near the value where that is known, and missing just where that is
/// missing.
///
/// `float` gives the float of a node in a period, of the members of its dimensions, or `None`: that of
/// [`PanelColumns`](crate::kpi::PanelColumns), or of your own evaluator. It may have no number, or another one, only where
/// something below it is undefined, or so small beside what it is made of that its float may be 0. A tree with conditions may
/// take another branch by the rounding of floats; the law is not of such.
///
/// # Errors
/// [`Broken`], with the tree, the node, the period, the members and both figures.
///
/// # Examples
/// ```
/// use marketloop::laws::panel_floats_agree_with_decimals;
/// use marketloop::strategies::trees;
/// use proptest::prelude::*;
///
/// proptest!(|((tree, panel) in trees().with_time().with_members().with_digits(-99..=999).with_panel())| {
///     let (exact, floats) = (tree.evaluate_panel(&panel).unwrap(), tree.panel_columns(&panel).unwrap());
///     panel_floats_agree_with_decimals(&tree, &panel, &exact, |node, period, members| {
///         floats.value(node, period, members.iter().copied()).ok()
///     })?;
/// });
/// ```
pub fn panel_floats_agree_with_decimals(
    tree: &KpiTree,
    panel: &Panel,
    exact: &PanelEvaluation<'_>,
    float: impl Fn(&str, Period, &[(&str, &str)]) -> Option<Figure<f64>>,
) -> Result<(), Broken> {
    const LAW: &str = "panel_floats_agree_with_decimals";
    let mut figures: BTreeMap<NodeId, Vec<Cell<'_>>> = BTreeMap::new();
    for (place, node) in tree.nodes() {
        for cell in cells(panel, exact, node.id()) {
            // Members that are never there together are no cell.
            let Ok(series) = exact.series(node.id(), cell.iter().copied()) else { continue };
            let own = figures.entry(place).or_default();
            own.extend(series.map(|(period, value)| (period, cell.clone(), value)));
        }
    }
    let of = |place: &NodeId| figures.get(place).map_or(&[][..], Vec::as_slice);
    let sizes_of = |place: &NodeId| {
        let known = of(place).iter().filter_map(|(.., value)| value.as_ref().known());
        known.map(|value| value.to_f64().abs())
    };
    let sizes = sizes(tree, |place| sizes_of(&place).fold(0.0, f64::max));
    let size = |place: &NodeId| sizes.get(place).copied().unwrap_or(0.0);
    let is_undefined =
        |place: &NodeId| of(place).iter().any(|(.., value)| matches!(value, Figure::Undefined(_)));
    let is_tiny =
        |place: &NodeId| sizes_of(place).any(|value| value <= 1e-9 * size(place) && size(place) > 0.0);
    let lost = lost(tree, |place| is_undefined(place) || is_tiny(place));
    for (place, node) in tree.nodes() {
        for (period, cell, value) in of(&place) {
            let near = float(node.id(), *period, cell);
            let told = || {
                let near = near.as_ref().map_or_else(|| "nothing".into(), ToString::to_string);
                format!(
                    "`{}` of {cell:?} in {period} is {value}, and as a float {near}, of {tree}",
                    node.id()
                )
            };
            let is_missing = matches!(near, Some(Figure::Missing(_)));
            hold(LAW, near.is_some() && is_missing == matches!(value, Figure::Missing(_)), told)?;
            let Some(exact) = value.as_ref().known() else { continue };
            let is_lost = lost.contains(&place);
            let holds = match near.as_ref().and_then(|near| near.as_ref().known()) {
                None => is_lost,
                Some(float) => {
                    let exact = exact.to_f64();
                    let is_near = (exact - float).abs() <= 1e-9 * size(&place).max(1.0);
                    float.is_finite() && (is_near || is_lost || exact.abs() > 1e12)
                }
            };
            hold(LAW, holds, told)?;
        }
    }
    Ok(())
}
