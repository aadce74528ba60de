//! Laws of rankings: weights that add up, scores within their bounds, judgements that give their weights back.

use marketloop::ranking::{
    CriteriaWeights, DecisionMatrix, Normalisation, PairwiseComparisons, RandomIndex, RankingError, Topsis,
    best_holds_between, critic_weights, deviation_weights, entropy_weights, gini_weights, removal_weights,
    weighted_sum,
};
use marketloop::target::Better;
use proptest::collection::vec;
use proptest::prelude::*;

fn table() -> impl Strategy<Value = (Vec<Vec<f64>>, Vec<f64>)> {
    (2_usize..6, 2_usize..5).prop_flat_map(|(rows, columns)| {
        (vec(vec(1.0_f64..100.0, columns), rows), vec(0.1_f64..5.0, columns))
    })
}

/// Whether no two values of a column are equal.
fn varied(rows: &[Vec<f64>]) -> bool {
    let pairs =
        rows.iter().enumerate().flat_map(|(at, row)| rows[..at].iter().map(move |other| (row, other)));
    pairs.into_iter().all(|(row, other)| row.iter().zip(other).all(|(one, two)| (one - two).abs() > 1e-9))
}

fn weights(raw: &[f64]) -> CriteriaWeights {
    let sum: f64 = raw.iter().sum();
    CriteriaWeights::given(raw.iter().map(|weight| weight / sum)).unwrap()
}

proptest! {
    /// N11: a column in which nothing differs has no weight, a column of zeros like any other.
    #[test]
    fn a_constant_column_has_no_weight(
        (mut rows, raw) in table(),
        constant in prop::sample::select(vec![0.0, 5.0]),
        at in any::<prop::sample::Index>(),
    ) {
        let at = at.index(raw.len());
        for (place, row) in (0_u32..).zip(&mut rows) {
            // The other columns tell the alternatives apart.
            for value in row.iter_mut() {
                *value += 100.0 * f64::from(place);
            }
            row[at] = constant;
        }
        let matrix = DecisionMatrix::new(vec![Better::Higher; raw.len()], &rows).unwrap();
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
    fn weights_of_every_kind_add_up_to_one((rows, raw) in table()) {
        let directions: Vec<Better> =
            (0..raw.len()).map(|at| if at % 2 == 0 { Better::Higher } else { Better::Lower }).collect();
        let matrix = DecisionMatrix::new(directions, &rows).unwrap();
        let all = [
            Ok(weights(&raw)),
            CriteriaWeights::equal(raw.len()),
            entropy_weights(&matrix),
            critic_weights(&matrix),
        ];
        // Columns of one value say nothing, and those of two rows may all say the same.
        let [_, _, entropy, critic] = &all;
        prop_assert!(entropy.is_ok() || !varied(&rows));
        prop_assert!(critic.is_ok() || !varied(&rows) || rows.len() == 2);
        for weights in all.into_iter().flatten() {
            prop_assert!((weights.values().iter().sum::<f64>() - 1.0).abs() < 1e-12);
            prop_assert!(weights.values().iter().all(|weight| *weight >= -1e-15 && weight.is_finite()));
        }
    }

    #[test]
    fn closeness_to_the_ideal_lies_between_nothing_and_all((rows, raw) in table()) {
        let matrix = DecisionMatrix::new(vec![Better::Higher; raw.len()], &rows).unwrap();
        for topsis in [Topsis::MinMax, Topsis::VectorInverted, Topsis::VectorSwappedIdeals] {
            let scores = topsis.scores(&matrix, &weights(&raw));
            prop_assert!(scores.is_ok() || !varied(&rows), "{:?}", scores);
            if let Ok(ranking) = scores {
                prop_assert!(ranking.scores().iter().all(|score| (0.0..=1.0).contains(score)));
                prop_assert_eq!(ranking.order().len(), rows.len());
            }
        }
    }

    #[test]
    fn the_best_of_a_weighted_sum_holds_within_its_interval((rows, raw) in table(), at in any::<prop::sample::Index>(), part in 0.02_f64..0.98) {
        let matrix = DecisionMatrix::new(vec![Better::Higher; raw.len()], &rows).unwrap();
        let (own, criterion) = (weights(&raw), at.index(raw.len()));
        let best = |weights: &CriteriaWeights| weighted_sum(&matrix, weights, Normalisation::Max).unwrap().order()[0];
        let holds = best_holds_between(&matrix, &own, Normalisation::Max, criterion).unwrap();
        let now = own.values()[criterion];
        prop_assert!(holds.contains(&now) && 0.0 <= holds.low() && holds.high() <= 1.0);
        let moved = holds.low() + holds.width() * part;
        let others = (1.0 - moved) / (1.0 - now);
        let changed = own.values().iter().enumerate().map(|(i, weight)| if i == criterion { moved } else { weight * others });
        prop_assert_eq!(best(&weights(&changed.collect::<Vec<_>>())), best(&own));
    }

    #[test]
    fn consistent_judgements_give_their_weights_back(raw in vec(0.2_f64..8.0, 3..9)) {
        let names: Vec<String> = (0..raw.len()).map(|item| format!("i{item}")).collect();
        let mut judged = PairwiseComparisons::new(names.clone()).unwrap();
        for i in 0..raw.len() {
            for j in i + 1..raw.len() {
                judged = judged.judge(&names[i], &names[j], raw[i] / raw[j]).unwrap();
            }
        }
        let found = judged.priorities().unwrap();
        for (weight, expected) in found.weights().values().iter().zip(weights(&raw).values()) {
            prop_assert!((weight - expected).abs() < 1e-10);
        }
        prop_assert!(found.consistency_ratio(&RandomIndex::SAATY).unwrap().abs() < 1e-8);
    }
}
