//! The wire form of what ranks, byte for byte.

use super::{pinned, refused};
use marketloop::ranking::{
    Combination, CriteriaWeights, CriticDirections, DecisionMatrix, Normalisation, PairwiseComparisons,
    Topsis,
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
        "row 0 has 1 values, 2 expected",
    );
    let judged = PairwiseComparisons::new(["a", "b"]).unwrap().judge("a", "b", 3.0).unwrap();
    pinned(&judged, r#"{"items":["a","b"],"judgements":[{"item":"a","over":"b","value":"3"}]}"#);
    refused::<PairwiseComparisons>(
        r#"{"items":["a","b"],"judgements":[{"item":"a","over":"a","value":3.0}]}"#,
        "judgements[0]: judgement of 0 over 0 does not stand between two items",
    );
    pinned(&Combination::Linear(0.25), r#"{"linear":"0.25"}"#);
    pinned(&Combination::GeometricMean, r#""geometric_mean""#);
    pinned(&CriticDirections::Turned, r#""turned""#);
    pinned(&Topsis::VectorInverted, r#""vector_inverted""#);
}
