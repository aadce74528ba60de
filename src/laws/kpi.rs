//! A tree has one value, however it is evaluated.

use super::{Broken, hold};
use crate::kpi::{Columns, Evaluation, KpiTree, NodeId};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::vec::Vec;
use core::fmt::Debug;
use rust_decimal::Decimal;

/// Floats of a tree's nodes agree with its exact values: each is near the value where that is known, and what has no exact
/// value for want of an input has no float.
///
/// `float` gives the float of a node, or `None`: that of [`Columns`], or of your own evaluator. A node may lack its float
/// only where something below it is so small beside what it is made of that its float may be 0, and is divided by.
///
/// # Errors
/// [`Broken`], with the tree, the node and both values; also where a float is lacking, or is no number.
///
/// # Examples
/// ```
/// use marketloop::laws::floats_agree_with_decimals;
/// use marketloop::strategies::trees;
/// use proptest::prelude::*;
///
/// proptest!(|((tree, inputs) in trees().with_quotients().with_missing().with_inputs())| {
///     let mut columns = tree.columns(1).unwrap();
///     columns.set_inputs(0, &inputs).unwrap();
///     columns.evaluate();
///     let float = |node| columns.value(node, 0).known();
///     floats_agree_with_decimals(&tree, &tree.evaluate(&inputs).unwrap(), float)?;
/// });
/// ```
pub fn floats_agree_with_decimals(
    tree: &KpiTree,
    exact: &Evaluation<'_>,
    float: impl Fn(NodeId) -> Option<f64>,
) -> Result<(), Broken> {
    const LAW: &str = "floats_agree_with_decimals";
    let own = |place| exact.value(place).known().map_or(0.0, |value| value.to_f64().abs());
    let sizes = sizes(tree, own);
    let is_lost = |place: &NodeId| {
        let size = sizes.get(place).copied().unwrap_or(0.0);
        exact.value(*place).known().is_none_or(|value| value.to_f64().abs() <= 1e-9 * size)
    };
    let lost = lost(tree, is_lost);
    for (place, node) in tree.nodes() {
        let (value, near) = (exact.value(place), float(place));
        let told = || format!("`{}` is {value:?}, and as a float {near:?}, of {tree}", node.id());
        let missing = matches!(value, crate::figure::Figure::Missing(_));
        hold(LAW, !missing || near.is_none(), told)?;
        let Some(exact) = value.clone().known() else { continue };
        hold(LAW, near.is_some() || lost.contains(&place), told)?;
        if let Some(float) = near {
            let exact = exact.to_f64();
            // A difference has the digits of what it was taken of; of a very large or small value nothing is asked.
            let size = sizes.get(&place).copied().unwrap_or(0.0).max(1.0);
            let holds = (exact - float).abs() <= 1e-9 * size || exact.abs() > 1e12 || exact.abs() < 1e-3;
            hold(LAW, float.is_finite() && holds, told)?;
        }
    }
    Ok(())
}

/// The nodes with a value at or below them that a float may have lost: a difference of nearly equal ones.
pub(super) fn lost(tree: &KpiTree, is_lost: impl Fn(&NodeId) -> bool) -> BTreeSet<NodeId> {
    let mut lost: BTreeSet<NodeId> = tree.nodes().map(|(place, _)| place).filter(is_lost).collect();
    let mut grows = true;
    // Once a level, as in `sizes`.
    while grows {
        let above = tree.nodes().map(|(place, _)| place);
        let above = above.filter(|place| tree.children(*place).iter().any(|child| lost.contains(child)));
        let above: Vec<NodeId> = above.collect();
        let before = lost.len();
        lost.extend(above);
        grows = lost.len() > before;
    }
    lost
}

/// For each node the largest value that it is made of, its own among them.
pub(super) fn sizes(tree: &KpiTree, own: impl Fn(NodeId) -> f64) -> BTreeMap<NodeId, f64> {
    let mut sizes: BTreeMap<NodeId, f64> = tree.nodes().map(|(place, _)| (place, own(place))).collect();
    let mut grows = true;
    // Once a level, from below: a tree may be deeper than a call stack.
    while grows {
        grows = false;
        for (place, _) in tree.nodes() {
            let below = tree
                .children(place)
                .iter()
                .filter_map(|child| sizes.get(child))
                .fold(0.0, |a: f64, b| a.max(*b));
            if let Some(size) = sizes.get_mut(&place)
                && *size < below
            {
                *size = below;
                grows = true;
            }
        }
    }
    sizes
}

/// Columns that were brought up to date hold what a full evaluation of them holds, bit for bit.
///
/// # Errors
/// [`Broken`], with the tree, the node and both values.
///
/// # Examples
/// ```
/// use marketloop::laws::update_is_evaluate;
/// use marketloop::strategies::trees;
/// use proptest::prelude::*;
///
/// proptest!(|((tree, inputs) in trees().with_inputs(), value in -5.0..5.0)| {
///     let mut columns = tree.columns(2).unwrap();
///     columns.set_inputs(0, &inputs).unwrap();
///     columns.evaluate();
///     columns.set(tree.leaves().next().unwrap().0, 0, value).unwrap();
///     columns.update();
///     update_is_evaluate(&tree, &columns, 2)?;
/// });
/// ```
pub fn update_is_evaluate(tree: &KpiTree, columns: &Columns<'_>, width: usize) -> Result<(), Broken> {
    let mut full = columns.clone();
    full.evaluate();
    for (place, node) in tree.nodes() {
        for column in 0..width {
            let (updated, evaluated) =
                (columns.value(place, column).known(), full.value(place, column).known());
            let holds = updated.map(f64::to_bits) == evaluated.map(f64::to_bits);
            hold("update_is_evaluate", holds, || {
                format!(
                    "`{}` is {updated:?} in column {column}, and {evaluated:?} anew, of {tree}",
                    node.id()
                )
            })?;
        }
    }
    Ok(())
}

/// Rolling up two parts of the time and then both results is rolling up the whole time.
///
/// A cut that leaves one part empty asks nothing.
///
/// # Errors
/// [`Broken`], with the values, the cut and both results, or with what was refused.
///
/// # Examples
/// ```
/// use marketloop::kpi::{NodeKind, roll_up};
/// use marketloop::laws::rolls_up_in_steps;
/// use rust_decimal::dec;
///
/// let months = [dec!(3), dec!(5), dec!(4)];
/// assert!(rolls_up_in_steps(|months| roll_up(NodeKind::Stock, months), &months, 1).is_ok());
/// // The mean of means is not the mean.
/// let mean = |months: &[_]| Ok::<_, ()>(months.iter().sum::<rust_decimal::Decimal>() / rust_decimal::Decimal::from(months.len()));
/// assert!(rolls_up_in_steps(mean, &months, 1).is_err());
/// ```
pub fn rolls_up_in_steps<E: Debug>(
    roll_up: impl Fn(&[Decimal]) -> Result<Decimal, E>,
    values: &[Decimal],
    cut: usize,
) -> Result<(), Broken> {
    const LAW: &str = "rolls_up_in_steps";
    let rolled = |values: &[Decimal]| {
        roll_up(values).map_err(|error| Broken::new(LAW, format_args!("{values:?}: {error:?}")))
    };
    let (first, rest) = values.split_at_checked(cut).unwrap_or((values, &[]));
    if first.is_empty() || rest.is_empty() {
        return Ok(());
    }
    let (in_steps, whole) = (rolled(&[rolled(first)?, rolled(rest)?])?, rolled(values)?);
    hold(LAW, in_steps == whole, || format!("{values:?} are {whole}, and cut after {cut} of them {in_steps}"))
}
