//! The strategies of aggregations, normalisers and health matrices.

use super::{Sample, each_fault_is_refused};
use marketloop::health::{Aggregation, Indicator, Matrix, MatrixDraft, Normaliser, Score};
use marketloop::laws;
use marketloop::strategies;
use rust_decimal::Decimal;

#[test]
fn aggregations() {
    let all = Sample { name: "aggregations", strategy: strategies::aggregations(), of: "weights by rank" };
    all.is_valid_and_often_an_edge(
        |aggregation| if let Aggregation::Ranks(weights) = aggregation { weights.len() } else { 0 },
        |aggregation| match aggregation {
            Aggregation::Power(power) => *power == Decimal::ONE,
            Aggregation::Hurwicz(share) => share.value().is_zero() || share.value() == Decimal::ONE,
            Aggregation::Quantifier(power) => *power == 1,
            Aggregation::Ranks(weights) => weights.len() == 1,
            _ => false,
        },
        |aggregation| {
            laws::reads_its_own_text(aggregation)?;
            laws::reads_back_what_it_writes(aggregation)
        },
    );
    all.shrinks_to_text(
        |aggregation| matches!(aggregation, Aggregation::Ranks(weights) if weights.len() > 1),
        ToString::to_string,
        "ranks(1, 0)",
    );
}

#[test]
fn normalisers() {
    let all = Sample { name: "normalisers", strategy: strategies::normalisers(), of: "values of a sample" };
    let sample = |normaliser: &Normaliser| {
        let json = serde_json::to_value(normaliser).unwrap();
        json.pointer("/percentile/sample").and_then(|sample| sample.as_array().cloned()).unwrap_or_default()
    };
    all.is_valid_and_often_an_edge(
        |normaliser| sample(normaliser).len(),
        |normaliser| {
            let values = sample(normaliser);
            normaliser.needs_target()
                || *normaliser == Normaliser::UNCHANGED
                || (!values.is_empty() && values.iter().all(|value| *value == values[0]))
        },
        |normaliser| {
            laws::reads_its_own_text(normaliser)?;
            laws::reads_back_what_it_writes(normaliser)
        },
    );
    all.shrinks_to_text(
        |normaliser| sample(normaliser).len() > 2,
        ToString::to_string,
        "percentile(higher, rank, 0, 0, 0)",
    );
}

fn indicators(matrix: &Matrix) -> impl Iterator<Item = &Indicator> {
    matrix.dimensions().iter().flat_map(|dimension| &dimension.indicators)
}

#[test]
fn health_matrices() {
    let matrices =
        Sample { name: "health_matrices", strategy: strategies::health_matrices(), of: "indicators" };
    let valid = |matrix: &Matrix| {
        laws::reads_back_what_it_writes(matrix)?;
        let assessment = matrix.assess().unwrap();
        let parts = assessment.readings().filter_map(|reading| reading.score().known());
        // What counts as 0 where it is missing is a part too.
        let zero = (!assessment.coverage().is_complete()).then_some(Score::ZERO);
        let score = assessment.score().known();
        score.map_or(Ok(()), |score| laws::score_lies_within_its_parts(score, parts.chain(zero)))
    };
    matrices.is_valid_and_often_an_edge(
        |matrix| indicators(matrix).count(),
        |matrix| {
            let lit = matrix.coverage().lit;
            let met = |one: &Indicator| {
                one.actual.as_ref().is_some_and(|actual| actual.value() == Decimal::ONE_HUNDRED.into())
            };
            indicators(matrix).count() == 1 || lit == 0 || indicators(matrix).any(met)
        },
        valid,
    );
    matrices.shrinks_to_text(
        |matrix| matrix.assess().unwrap().score().is_missing() && matrix.coverage().lit > 0,
        |matrix| serde_json::to_string(matrix).unwrap(),
        r#"{"bands":{"lowest":"red","edges":[{"threshold":{"at":"4/5","side":"above"},"class":"yellow"},{"threshold":{"at":"1","side":"above"},"class":"green"}],"hysteresis":"0"},"scoring":{"indicator_normaliser":"target_ratio","indicator_aggregation":"arithmetic","dimension_normaliser":"unchanged","dimension_aggregation":"arithmetic","missing":"propagate"},"dimensions":[{"name":"d1","indicators":[{"name":"i1","target":"at least 100 %","review":"month"},{"name":"i2","target":"at least 100 %","review":"month","actual":{"value":"0","unit":"%"}}]}]}"#,
    );
}

#[test]
fn any_targets() {
    let matrices = Sample {
        name: "health_matrices",
        strategy: strategies::health_matrices().with_any_targets().without_missing().with_dimensions(1),
        of: "indicators",
    };
    for matrix in super::drawn(&matrices.strategy, 512) {
        assert_eq!(matrix.coverage().lit, indicators(&matrix).count());
    }
    matrices.shrinks_to_text(
        |matrix| matrix.readings().any(|reading| reading.needs_action()),
        |matrix| serde_json::to_string(matrix).unwrap(),
        r#"{"bands":{"lowest":"red","edges":[{"threshold":{"at":"0","side":"below"},"class":"yellow"},{"threshold":{"at":"1/4","side":"below"},"class":"green"}],"hysteresis":"0"},"dimensions":[{"name":"d1","indicators":[{"name":"i1","target":"at least 2 %","review":"month","actual":{"value":"1","unit":"%"}}]}]}"#,
    );
}

#[test]
fn a_fault_in_a_matrix_is_told_alone_at_its_place() {
    each_fault_is_refused(strategies::health_matrices().almost_valid(), 8, |case| {
        laws::refuses(case, serde_json::from_str::<MatrixDraft>(case.json()).unwrap().check())
    });
}
