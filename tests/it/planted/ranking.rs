//! Wrong weights and scores.

use super::caught;
use marketloop::laws::{
    better_in_every_criterion_scores_no_less, consistency_index_is_the_excess_per_other_item,
    consistent_judgements_give_their_proportions, weights_are_the_principal_eigenvector,
};
use marketloop::ranking::{Normalisation, Priorities, weighted_sum};
use marketloop::strategies::{decision_matrices, judgements};

fn normalised(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let values: Vec<f64> = values.collect();
    let sum: f64 = values.iter().sum();
    values.into_iter().map(|value| value / sum).collect()
}

fn row(found: &Priorities<'_>, item: usize) -> Vec<f64> {
    let count = found.weights().values().len();
    (0..count).map(|over| found.judgement(item, over).unwrap()).collect()
}

#[test]
fn weights_by_the_sums_of_rows() {
    let law = |found: &Priorities<'_>, weights: &[f64]| {
        let judgement = |item, over| found.judgement(item, over).unwrap();
        weights_are_the_principal_eigenvector(judgement, weights, found.principal_eigenvalue())
    };
    caught(
        "weights by the sums of rows",
        judgements().with_contradictions(),
        |(judged, _)| {
            let found = judged.priorities().unwrap();
            law(&found, found.weights().values())
        },
        |(judged, importances)| {
            let found = judged.priorities().unwrap();
            let sums = (0..importances.len()).map(|item| row(&found, item).iter().sum());
            law(&found, &normalised(sums))
        },
    );
}

#[test]
fn weights_by_the_sums_of_columns() {
    caught(
        "weights by the sums of columns",
        judgements(),
        |(judged, importances)| {
            let found = judged.priorities().unwrap();
            let index = found.consistency_index();
            consistent_judgements_give_their_proportions(importances, found.weights().values(), index)
        },
        |(judged, importances)| {
            let found = judged.priorities().unwrap();
            let inverse = |item: usize| row(&found, item).iter().map(|value| 1.0 / value).sum::<f64>();
            let weights = normalised((0..importances.len()).map(inverse));
            consistent_judgements_give_their_proportions(importances, &weights, 0.0)
        },
    );
}

#[test]
fn a_consistency_index_per_item() {
    let law = |found: &Priorities<'_>, index: f64| {
        let items = u32::try_from(found.weights().values().len()).unwrap();
        consistency_index_is_the_excess_per_other_item(items, found.principal_eigenvalue(), index)
    };
    caught(
        "a consistency index per item",
        judgements().with_contradictions(),
        |(judged, _)| {
            let found = judged.priorities().unwrap();
            law(&found, found.consistency_index())
        },
        |(judged, importances)| {
            let found = judged.priorities().unwrap();
            let items = f64::from(u32::try_from(importances.len()).unwrap());
            law(&found, (found.principal_eigenvalue() - items) / items)
        },
    );
}

#[test]
fn lower_taken_for_higher() {
    caught(
        "lower taken for higher",
        decision_matrices(),
        |(matrix, weights)| {
            let ranking = weighted_sum(matrix, weights, Normalisation::Max).unwrap();
            better_in_every_criterion_scores_no_less(matrix, ranking.scores())
        },
        |(matrix, weights)| {
            let turned = matrix.with_direction(marketloop::target::Better::Higher);
            let ranking = weighted_sum(&turned, weights, Normalisation::Max).unwrap();
            better_in_every_criterion_scores_no_less(matrix, ranking.scores())
        },
    );
}
