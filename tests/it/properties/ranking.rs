//! Laws of rankings: weights that add up, scores within their bounds, judgements that give their weights back.

use marketloop::laws;
use marketloop::ranking::{
    CriteriaWeights, DecisionMatrix, Normalisation, RandomIndex, RankingError, Topsis, best_holds_between,
    critic_weights, deviation_weights, entropy_weights, gini_weights, removal_weights, weighted_sum,
};
use marketloop::strategies::{decision_matrices, judgements};
use marketloop::target::Better;
use proptest::prelude::*;

fn rows(matrix: &DecisionMatrix) -> Vec<Vec<f64>> {
    let columns = || (0..matrix.directions().len()).map(|criterion| matrix.column(criterion).unwrap());
    (0..matrix.alternatives()).map(|row| columns().map(|column| column[row]).collect()).collect()
}

/// Matrices of several criteria, with all values higher the better.
fn benefits() -> impl Strategy<Value = (DecisionMatrix, CriteriaWeights)> {
    let matrices = decision_matrices().with_criteria(2..5);
    matrices.prop_map(|(matrix, weights)| (matrix.with_direction(Better::Higher), weights))
}

/// Whether no two values of a column are equal.
fn varied(rows: &[Vec<f64>]) -> bool {
    let pairs =
        rows.iter().enumerate().flat_map(|(at, row)| rows[..at].iter().map(move |other| (row, other)));
    pairs.into_iter().all(|(row, other)| row.iter().zip(other).all(|(one, two)| (one - two).abs() > 1e-9))
}

proptest! {
    /// N11: a column in which nothing differs has no weight, a column of zeros like any other.
    #[test]
    fn a_constant_column_has_no_weight(
        (matrix, _) in benefits(),
        constant in prop::sample::select(vec![0.0, 5.0]),
        at in any::<prop::sample::Index>(),
    ) {
        let mut rows = rows(&matrix);
        let at = at.index(matrix.directions().len());
        for (place, row) in (0_u32..).zip(&mut rows) {
            // The other columns tell the alternatives apart.
            for value in row.iter_mut() {
                *value += 1_000.0 * f64::from(place);
            }
            row[at] = constant;
        }
        let matrix = DecisionMatrix::new(matrix.directions().iter().copied(), &rows).unwrap();
        for (how, weights) in [
            ("deviation", deviation_weights(&matrix)),
            ("entropy", entropy_weights(&matrix)),
            ("gini", gini_weights(&matrix)),
            ("removal", removal_weights(&matrix)),
            ("critic", critic_weights(&matrix)),
        ] {
            // What rises and falls together has no contrast for CRITIC.
            if how == "critic" && weights == Err(RankingError::NoContrast) {
                continue;
            }
            let weights = weights.map_err(|error| TestCaseError::fail(format!("{how}: {error}")))?;
            let others: f64 = weights.values().iter().sum::<f64>() - weights.values()[at];
            prop_assert!(weights.values()[at].abs() < 1e-12 && (others - 1.0).abs() < 1e-12, "{how}: {weights:?}");
        }
    }

    #[test]
    fn weights_of_every_kind_add_up_to_one((matrix, given) in decision_matrices().with_criteria(2..5)) {
        let rows = rows(&matrix);
        let criteria = given.values().len();
        let all = [
            Ok(given),
            CriteriaWeights::equal(criteria),
            entropy_weights(&matrix),
            critic_weights(&matrix),
        ];
        // Columns of one value say nothing, and those of two rows may all say the same.
        let [_, _, entropy, critic] = &all;
        prop_assert!(entropy.is_ok() || !varied(&rows));
        prop_assert!(critic.is_ok() || !varied(&rows) || rows.len() == 2);
        for weights in all.into_iter().flatten() {
            laws::weights_add_up_to_one(weights.values())?;
            prop_assert!((weights.values().iter().sum::<f64>() - 1.0).abs() < 1e-12);
            prop_assert!(weights.values().iter().all(|weight| *weight >= -1e-15 && weight.is_finite()));
        }
    }

    #[test]
    fn closeness_to_the_ideal_lies_between_nothing_and_all((matrix, weights) in decision_matrices()) {
        let rows = rows(&matrix);
        for topsis in [Topsis::MinMax, Topsis::VectorInverted, Topsis::VectorSwappedIdeals] {
            let scores = topsis.scores(&matrix, &weights);
            prop_assert!(scores.is_ok() || !varied(&rows), "{:?}", scores);
            if let Ok(ranking) = scores {
                prop_assert!(ranking.scores().iter().all(|score| (0.0..=1.0).contains(score)));
                prop_assert_eq!(ranking.order().len(), rows.len());
                laws::better_in_every_criterion_scores_no_less(&matrix, ranking.scores())?;
            }
        }
    }

    #[test]
    fn the_best_of_a_weighted_sum_holds_within_its_interval(
        (matrix, own) in decision_matrices().with_criteria(2..5).with_contrasts(), at in any::<prop::sample::Index>(), part in 0.02_f64..0.98,
    ) {
        let criterion = at.index(own.values().len());
        let best = |weights: &CriteriaWeights| weighted_sum(&matrix, weights, Normalisation::Max).unwrap().order()[0];
        let holds = best_holds_between(&matrix, &own, Normalisation::Max, criterion).unwrap();
        let now = own.values()[criterion];
        prop_assert!(holds.contains(&now) && 0.0 <= holds.low() && holds.high() <= 1.0);
        let moved = holds.low() + holds.width() * part;
        let others = (1.0 - moved) / (1.0 - now);
        let changed = own.values().iter().enumerate().map(|(i, weight)| if i == criterion { moved } else { weight * others });
        prop_assert_eq!(best(&CriteriaWeights::given(changed).unwrap()), best(&own));
    }

    #[test]
    fn consistent_judgements_give_their_weights_back((judged, importances) in judgements().with_items(1..9)) {
        let found = judged.priorities().unwrap();
        let weights = found.weights().values();
        laws::consistent_judgements_give_their_proportions(&importances, weights, found.consistency_index())?;
        let sum: f64 = importances.iter().sum();
        for (weight, importance) in weights.iter().zip(&importances) {
            prop_assert!((weight - importance / sum).abs() < 1e-10);
        }
        prop_assert!(found.consistency_ratio(&RandomIndex::SAATY).unwrap().abs() < 1e-8);
    }

    #[test]
    fn weights_of_contradicting_judgements_are_the_eigenvector((judged, _) in judgements().with_contradictions().with_gaps()) {
        let found = judged.priorities().unwrap();
        let (weights, root) = (found.weights().values(), found.principal_eigenvalue());
        laws::weights_add_up_to_one(weights)?;
        laws::weights_are_the_principal_eigenvector(|item, over| found.judgement(item, over).unwrap(), weights, root)?;
        let items = u32::try_from(weights.len()).unwrap();
        laws::consistency_index_is_the_excess_per_other_item(items, root, found.consistency_index())?;
    }
}
