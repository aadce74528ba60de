//! The strategies of judgements and decision matrices.

use super::{Sample, drawn, each_fault_is_refused};
use marketloop::laws::{self, Broken};
use marketloop::ranking::{CriteriaWeights, DecisionMatrix, PairwiseComparisons};
use marketloop::strategies::{self, AlmostValid};
use proptest::prelude::*;
use serde::de::DeserializeOwned;
use std::fmt::Debug;

#[test]
fn judgements() {
    let judged = Sample { name: "judgements", strategy: strategies::judgements(), of: "items" };
    judged.is_valid_and_often_an_edge(
        |(_, importances)| importances.len(),
        |(_, importances)| {
            importances.len() < 3 || importances.iter().all(|one| one.to_bits() == importances[0].to_bits())
        },
        |(judged, importances)| {
            laws::reads_back_what_it_writes(judged)?;
            let found = judged.priorities().unwrap();
            let index = found.consistency_index();
            laws::consistent_judgements_give_their_proportions(importances, found.weights().values(), index)
        },
    );
    judged.shrinks_to_text(
        |(_, importances)| importances.len() > 2 && importances.iter().any(|one| *one > 3.0),
        |(judged, importances)| format!("{} {importances:?}", serde_json::to_string(judged).unwrap()),
        r#"{"items":["item 1","item 2","item 3"],"judgements":[{"item":"item 1","over":"item 2","value":"0.25"},{"item":"item 1","over":"item 3","value":"1"},{"item":"item 2","over":"item 3","value":"4"}]} [1.0, 4.0, 1.0]"#,
    );
    let odd = strategies::judgements().with_contradictions().with_gaps().with_items(3..6);
    let (mut incomplete, mut inconsistent) = (0, 0);
    for (judged, _) in drawn(&odd, 512) {
        let found = judged.priorities().unwrap();
        incomplete += usize::from(!judged.is_complete());
        inconsistent += usize::from(found.consistency_index() > 0.1);
    }
    assert!(incomplete > 50 && inconsistent > 100, "{incomplete} {inconsistent}");
}

#[test]
fn decision_matrices() {
    let matrices =
        Sample { name: "decision_matrices", strategy: strategies::decision_matrices(), of: "cells" };
    matrices.is_valid_and_often_an_edge(
        |(matrix, weights)| matrix.alternatives() * weights.values().len(),
        |(matrix, weights)| {
            let columns: Vec<&[f64]> =
                (0..weights.values().len()).map(|criterion| matrix.column(criterion).unwrap()).collect();
            let row = |at: usize| columns.iter().map(|column| column[at]).collect::<Vec<_>>();
            let twins = (1..matrix.alternatives()).any(|at| (0..at).any(|other| row(at) == row(other)));
            let flat = columns
                .iter()
                .any(|column| column.iter().all(|value| value.to_bits() == column[0].to_bits()));
            columns.len() == 1 || flat || twins || weights.values().contains(&0.0)
        },
        |(matrix, weights)| {
            laws::reads_back_what_it_writes(matrix)?;
            laws::reads_back_what_it_writes(weights)?;
            laws::weights_add_up_to_one(weights.values())
        },
    );
    matrices.shrinks_to_text(
        |(matrix, weights)| matrix.alternatives() > 2 && weights.values().len() > 1,
        |(matrix, weights)| format!("{} {:?}", serde_json::to_string(matrix).unwrap(), weights.values()),
        r#"{"directions":["higher","higher"],"rows":[["1","1"],["1","1"],["1","1"]]} [0.5, 0.5]"#,
    );
    for (matrix, weights) in drawn(&strategies::decision_matrices().with_contrasts(), 512) {
        assert!(weights.values().iter().all(|weight| *weight > 0.0));
        let mut first = matrix.column(0).unwrap().to_vec();
        first.sort_by(f64::total_cmp);
        first.dedup();
        assert_eq!(first.len(), matrix.alternatives());
    }
}

fn of_another_form<T: DeserializeOwned + Debug>(case: &AlmostValid) -> Result<(), Broken> {
    let mut reader = serde_json::Deserializer::from_str(case.json());
    let read: Result<T, _> = serde_path_to_error::deserialize(&mut reader);
    laws::refuses_form(case, read.map_err(|error| error.path().to_string()))
}

/// These are read through their constructors, without a draft: what is wrong with them is told as a text.
#[test]
fn a_value_of_another_form_is_refused_at_its_place() {
    let judged = strategies::judgements().prop_map(|(judged, _)| judged);
    each_fault_is_refused(strategies::almost_valid(judged), 1, of_another_form::<PairwiseComparisons>);
    let matrices = strategies::decision_matrices().prop_map(|(matrix, _)| matrix);
    each_fault_is_refused(strategies::almost_valid(matrices), 1, of_another_form::<DecisionMatrix>);
    let weights = strategies::decision_matrices().prop_map(|(_, weights)| weights);
    each_fault_is_refused(strategies::almost_valid(weights), 1, of_another_form::<CriteriaWeights>);
}
