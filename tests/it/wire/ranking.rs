//! The wire form of what ranks, byte for byte.

use super::{pinned, refused, written};
use marketloop::ranking::{
    Combination, CriteriaWeights, DecisionMatrix, Normalisation, PairwiseComparisons, RandomIndex, Topsis,
    rank_reversals, weighted_sum,
};
use marketloop::target::Better;

#[test]
fn what_ranks_is_its_figures() {
    pinned(
        &[Normalisation::MinMax, Normalisation::EnhancedAccuracy, Normalisation::ZavadskasTurskis],
        r#"["min_max","enhanced_accuracy","zavadskas_turskis"]"#,
    );
    pinned(&CriteriaWeights::equal(4).unwrap(), r#"["0.25","0.25","0.25","0.25"]"#);
    refused::<CriteriaWeights>("[0.25,-0.25]", "the weight of column 1 is -0.25, outside 0..=1e100");
    let matrix = DecisionMatrix::new([Better::Higher, Better::Lower], [[1.0, 2.5]]).unwrap();
    pinned(&matrix, r#"{"directions":["higher","lower"],"rows":[["1","2.5"]]}"#);
    refused::<DecisionMatrix>(
        r#"{"directions":["higher","lower"],"rows":[[1.0]]}"#,
        "row 0 has 1 value, 2 expected",
    );
    let judged = PairwiseComparisons::new(["a", "b"]).unwrap().judge("a", "b", 3.0).unwrap();
    pinned(&judged, r#"{"items":["a","b"],"judgements":[{"item":"a","over":"b","value":"3"}]}"#);
    refused::<PairwiseComparisons>(
        r#"{"items":["a","b"],"judgements":[{"item":"a","over":"a","value":3.0}]}"#,
        "judgements[0]: judgement of 0 over 0 does not stand between two items",
    );
    pinned(&Combination::Linear(0.25), r#"{"linear":"0.25"}"#);
    pinned(&Combination::GeometricMean, r#""geometric_mean""#);
    for combination in [Combination::Linear(0.25), Combination::Product, Combination::GeometricMean] {
        assert_eq!(combination.to_string().parse(), Ok(combination));
    }
    let refused_text = "mean".parse::<Combination>().unwrap_err().to_string();
    assert_eq!(refused_text, "`mean` is no combination of weights: linear(part), product, geometric_mean");
    pinned(&RandomIndex::DONEGAN_DODD, r#""donegan_dodd""#);
    let own = RandomIndex::new([(3, 0.5), (5, 1.0)]).unwrap();
    pinned(&own, r#"{"given":[{"items":3,"index":"0.5"},{"items":5,"index":"1"}]}"#);
    refused::<RandomIndex>(
        r#"{"given":[{"items":5,"index":"0.5"},{"items":3,"index":"1"}]}"#,
        "point 1 is not above the one before it",
    );
    for index in [own, RandomIndex::SAATY, RandomIndex::DONEGAN_DODD] {
        assert_eq!(index.to_string().parse(), Ok(index));
    }
    pinned(&Topsis::VectorInverted, r#""vector_inverted""#);
    for topsis in [Topsis::MinMax, Topsis::VectorInverted, Topsis::VectorSwappedIdeals] {
        let on_wire = serde_json::to_value(topsis).unwrap();
        assert_eq!(on_wire.as_str().unwrap().parse(), Ok(topsis));
        assert_eq!(topsis.to_string().parse(), Ok(topsis));
    }
    assert_eq!("zavadskas_turskis".parse(), Ok(Normalisation::ZavadskasTurskis));
    assert_eq!("min-max".parse(), Ok(Normalisation::MinMax));
    assert_eq!(
        "mean".parse::<Normalisation>().unwrap_err().to_string(),
        "`mean` is no normalisation: min_max, max, sum, vector, logarithmic, linear, nonlinear, enhanced_accuracy, zavadskas_turskis"
    );
}

#[test]
fn results_of_rankings_are_their_figures() {
    let judged = PairwiseComparisons::new(["a", "b"]).unwrap().judge("a", "b", 4.0).unwrap();
    let priorities = judged.priorities().unwrap();
    written(
        &priorities,
        r#"{"comparisons":{"items":["a","b"],"judgements":[{"item":"a","over":"b","value":"4"}]},"judgements":["1","4","0.25","1"],"weights":["0.8","0.2"],"geometric_means":["2","0.5"],"principal_eigenvalue":"2"}"#,
    );
    written(
        &priorities.most_inconsistent().get().unwrap(),
        r#"{"item":"a","over":"b","value":"4","consistent":"4","factor":"1"}"#,
    );
    let rows = [[10.0, 1.0], [8.0, 9.0], [0.1, 90.0]];
    let matrix = DecisionMatrix::new([Better::Higher; 2], rows).unwrap();
    let even = CriteriaWeights::equal(2).unwrap();
    let first = CriteriaWeights::given([1.0, 0.0]).unwrap();
    written(&weighted_sum(&matrix, &first, Normalisation::Max).unwrap(), r#"["1","0.8","0.01"]"#);
    let found = rank_reversals(&matrix, |matrix| weighted_sum(matrix, &even, Normalisation::Max)).unwrap();
    assert!(found.contains(&(2, [0, 1])), "{found:?}");
}
