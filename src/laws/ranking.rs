//! Weights of judgements and criteria, and what scores owe to them.

use super::{Broken, hold};
use crate::ranking::DecisionMatrix;
use crate::target::Better;
use alloc::format;

/// What sums of floats may miss.
const SLACK: f64 = 1e-9;

/// Weights add up to 1, up to 1e-9, and none is negative.
///
/// # Errors
/// [`Broken`], with the weights and their sum.
///
/// # Examples
/// ```
/// use marketloop::laws::weights_add_up_to_one;
/// use marketloop::strategies::judgements;
/// use proptest::prelude::*;
///
/// proptest!(|((judged, _) in judgements().with_contradictions().with_gaps())| {
///     weights_add_up_to_one(judged.priorities().unwrap().weights().values())?;
/// });
/// ```
pub fn weights_add_up_to_one(weights: &[f64]) -> Result<(), Broken> {
    let sum: f64 = weights.iter().sum();
    let lawful = (sum - 1.0).abs() <= SLACK && weights.iter().all(|weight| *weight >= 0.0);
    hold("weights_add_up_to_one", lawful, || format!("{weights:?} add up to {sum}"))
}

/// Weights stand in the proportions of the importances that consistent judgements stem from, up to 1e-9, and their
/// consistency index is 0.
///
/// # Errors
/// [`Broken`], with the weights, the importances and the index.
///
/// # Examples
/// ```
/// use marketloop::laws::consistent_judgements_give_their_proportions;
/// use marketloop::strategies::judgements;
/// use proptest::prelude::*;
///
/// proptest!(|((judged, importances) in judgements())| {
///     let found = judged.priorities().unwrap();
///     let weights = found.weights().values();
///     consistent_judgements_give_their_proportions(&importances, weights, found.consistency_index())?;
/// });
/// ```
pub fn consistent_judgements_give_their_proportions(
    importances: &[f64],
    weights: &[f64],
    consistency_index: f64,
) -> Result<(), Broken> {
    let sum: f64 = importances.iter().sum();
    let near = |(weight, importance): (&f64, &f64)| (weight - importance / sum).abs() <= SLACK;
    let lawful = !weights.is_empty()
        && weights.len() == importances.len()
        && weights.iter().zip(importances).all(near)
        && consistency_index.abs() <= SLACK;
    hold("consistent_judgements_give_their_proportions", lawful, || {
        format!("{importances:?} give the weights {weights:?} with an index of {consistency_index}")
    })
}

/// Weights are the principal eigenvector of their judgements: each row of these, weighted, is `root` times the weight of
/// the row's item, up to 1e-9 of it.
///
/// # Errors
/// [`Broken`], with the weights and the row that misses; also where no weight is there, or one is not above 0.
///
/// # Examples
/// ```
/// use marketloop::laws::weights_are_the_principal_eigenvector;
/// use marketloop::strategies::judgements;
/// use proptest::prelude::*;
///
/// proptest!(|((judged, _) in judgements().with_contradictions())| {
///     let found = judged.priorities().unwrap();
///     let judgement = |item, over| found.judgement(item, over).unwrap();
///     weights_are_the_principal_eigenvector(judgement, found.weights().values(), found.principal_eigenvalue())?;
/// });
/// ```
pub fn weights_are_the_principal_eigenvector(
    judgement: impl Fn(usize, usize) -> f64,
    weights: &[f64],
    root: f64,
) -> Result<(), Broken> {
    const LAW: &str = "weights_are_the_principal_eigenvector";
    // Without weights above 0 every root fits; so does an infinite one.
    let positive = weights.iter().all(|weight| *weight > 0.0);
    hold(LAW, !weights.is_empty() && positive && root.is_finite(), || {
        format!("the weights {weights:?} with the eigenvalue {root} are not all above 0 and finite")
    })?;
    weights.iter().enumerate().try_for_each(|(row, own)| {
        let image: f64 =
            weights.iter().enumerate().map(|(column, weight)| judgement(row, column) * weight).sum();
        hold(LAW, (image - root * own).abs() <= SLACK * root * own, || {
            format!(
                "row {row} of the judgements, weighted with {weights:?}, is {image}, not {root} times {own}"
            )
        })
    })
}

/// The consistency index is what the eigenvalue exceeds the number of items by, for each other item: minus the mean of
/// the other eigenvalues.
///
/// # Errors
/// [`Broken`], with the items, the eigenvalue and the index.
///
/// # Examples
/// ```
/// use marketloop::laws::consistency_index_is_the_excess_per_other_item;
///
/// consistency_index_is_the_excess_per_other_item(3, 3.1, 0.05)?;
/// assert!(consistency_index_is_the_excess_per_other_item(3, 3.1, 0.1 / 3.0).is_err());
/// # Ok::<(), marketloop::laws::Broken>(())
/// ```
pub fn consistency_index_is_the_excess_per_other_item(
    items: u32,
    principal_eigenvalue: f64,
    consistency_index: f64,
) -> Result<(), Broken> {
    let others = f64::from(items.saturating_sub(1));
    let excess = principal_eigenvalue - f64::from(items);
    hold(
        "consistency_index_is_the_excess_per_other_item",
        (consistency_index * others - excess).abs() <= SLACK,
        || {
            format!(
                "{items} items with the eigenvalue {principal_eigenvalue} have the index {consistency_index}"
            )
        },
    )
}

/// An alternative that is at least as good as another in every criterion scores no less, up to 1e-9.
///
/// # Errors
/// [`Broken`], with both alternatives and their scores; also where an alternative has none.
///
/// # Examples
/// ```
/// use marketloop::laws::better_in_every_criterion_scores_no_less;
/// use marketloop::ranking::{Normalisation, weighted_sum};
/// use marketloop::strategies::decision_matrices;
/// use proptest::prelude::*;
///
/// proptest!(|((matrix, weights) in decision_matrices())| {
///     let ranking = weighted_sum(&matrix, &weights, Normalisation::Max).unwrap();
///     better_in_every_criterion_scores_no_less(&matrix, ranking.scores())?;
/// });
/// ```
pub fn better_in_every_criterion_scores_no_less(
    matrix: &DecisionMatrix,
    scores: &[f64],
) -> Result<(), Broken> {
    const LAW: &str = "better_in_every_criterion_scores_no_less";
    let count = matrix.alternatives();
    hold(LAW, count == scores.len() && scores.iter().all(|score| score.is_finite()), || {
        format!("{count} alternatives have the scores {scores:?}: not one finite number each")
    })?;
    let as_good = |one: usize, other: usize| {
        matrix.directions().iter().enumerate().all(|(criterion, direction)| {
            let column = matrix.column(criterion).unwrap_or(&[]);
            match (column.get(one), column.get(other), direction) {
                (Some(one), Some(other), Better::Higher) => one >= other,
                (Some(one), Some(other), Better::Lower) => one <= other,
                _ => false,
            }
        })
    };
    for (one, score) in scores.iter().enumerate() {
        for (other, less) in scores.iter().enumerate() {
            hold(LAW, !as_good(one, other) || score + SLACK >= *less, || {
                format!("alternative {one} is as good as {other} throughout, and scores {score}, not {less}")
            })?;
        }
    }
    Ok(())
}
