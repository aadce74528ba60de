//! Wrong health scores and lights.

use super::caught;
use marketloop::health::{Aggregation, Matrix, Score};
use marketloop::laws::{
    contributions_make_the_score, hysteresis_holds_near_an_edge, hysteresis_never_adds_switches,
    score_lies_within_its_parts, weight_counts_as_so_many_parts,
};
use marketloop::quantity::{Ratio, Rounding, round};
use marketloop::strategies::health_matrices;
use marketloop::target::{Bands, Light, Threshold};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// The scores of all indicators with their weights in their dimensions.
fn parts(matrix: &Matrix) -> Vec<(u8, Score)> {
    let assessment = matrix.assess().unwrap();
    let scored = assessment
        .readings()
        .filter_map(|reading| Some((reading.indicator().weight.to_u8().unwrap(), reading.score().known()?)));
    scored.collect()
}

#[test]
fn a_geometric_mean_without_weights() {
    let plain = |parts: &[(Decimal, Score)]| {
        let product: f64 = parts.iter().map(|(_, score)| score.to_f64()).product();
        Score::estimate(product.powf(1.0 / f64::from(u32::try_from(parts.len()).unwrap()))).known()
    };
    caught(
        "a geometric mean without weights",
        health_matrices(),
        |matrix| {
            weight_counts_as_so_many_parts(
                |parts| Aggregation::Geometric.aggregate(parts).ok(),
                &parts(matrix),
            )
        },
        |matrix| weight_counts_as_so_many_parts(plain, &parts(matrix)),
    );
}

#[test]
fn a_harmonic_mean_that_is_not_turned_back() {
    let inverse_left = |parts: &[(Decimal, Score)]| {
        let all: f64 = parts.iter().map(|(weight, _)| weight.to_f64().unwrap()).sum();
        let sum: f64 = parts.iter().map(|(weight, score)| weight.to_f64().unwrap() / score.to_f64()).sum();
        Score::estimate(sum / all).known()
    };
    let by = |mean: fn(&[(Decimal, Score)]) -> Option<Score>| {
        move |matrix: &Matrix| {
            let parts: Vec<_> =
                parts(matrix).into_iter().map(|(weight, score)| (weight.into(), score)).collect();
            let scores = parts.iter().map(|(_, score)| *score);
            mean(&parts).map_or(Ok(()), |score| score_lies_within_its_parts(score, scores))
        }
    };
    caught(
        "a harmonic mean that is not turned back",
        health_matrices(),
        by(|parts| Aggregation::Harmonic.aggregate(parts).ok()),
        by(inverse_left),
    );
}

#[test]
fn contributions_each_rounded_for_itself() {
    caught(
        "contributions each rounded for itself",
        health_matrices().without_missing(),
        |matrix| {
            let assessment = matrix.assess().unwrap();
            let why = assessment.contributions((2, Rounding::HalfEven)).unwrap();
            let values = why.parts().iter().map(|part| part.value);
            contributions_make_the_score(assessment.score().known().unwrap(), 2, values)
        },
        |matrix| {
            let assessment = matrix.assess().unwrap();
            let fine = assessment.contributions((12, Rounding::HalfEven)).unwrap();
            let values = fine.parts().iter().map(|part| round(part.value, (2, Rounding::HalfEven)));
            contributions_make_the_score(assessment.score().known().unwrap(), 2, values)
        },
    );
}

fn bands() -> Bands<Light> {
    Bands::lights(Threshold::at_or_above(Decimal::new(80, 2)), Threshold::at_or_above(Decimal::new(100, 2)))
        .unwrap()
}

/// What the indicators of a matrix attain, one after the other.
fn attained(matrix: &Matrix) -> Vec<Ratio> {
    let own = matrix.dimensions().iter().flat_map(|dimension| &dimension.indicators);
    let percent = Ratio::from(Decimal::new(1, 2));
    own.filter_map(|one| Some(one.actual.as_ref()?.value().times(percent).unwrap())).collect()
}

#[test]
fn hysteresis_ignored_on_the_way_back() {
    let margin = Decimal::new(5, 2);
    let (plain, calm) = (bands(), bands().with_hysteresis(margin).unwrap());
    let calmly = |before: Light, value| *calm.classify_after(&before, value);
    let law = |matrix: &Matrix, next: &dyn Fn(Light, Ratio) -> Light| {
        let mut before = Light::Red;
        attained(matrix).into_iter().try_for_each(|value| {
            let light = next(before, value);
            let plain = |value| *plain.classify(value);
            hysteresis_holds_near_an_edge(plain, margin.into(), before, value, light)?;
            before = light;
            Ok(())
        })
    };
    caught(
        "hysteresis ignored on the way back",
        health_matrices(),
        |matrix| law(matrix, &calmly),
        |matrix| law(matrix, &|before, value| calmly(before, value).min(*plain.classify(value))),
    );
}

#[test]
fn a_margin_with_its_sign_turned() {
    let (plain, calm) = (bands(), bands().with_hysteresis(Decimal::new(5, 2)).unwrap());
    let turned = |before: &Light, value: Ratio| {
        let edges = plain.edges().iter().filter(|(threshold, light)| {
            let margin = Ratio::from(Decimal::new(if light <= before { 5 } else { -5 }, 2));
            value >= threshold.at().plus(margin).unwrap()
        });
        edges.map(|(_, light)| *light).max().unwrap_or(Light::Red)
    };
    let law = |matrix: &Matrix, next: &dyn Fn(&Light, Ratio) -> Light| {
        hysteresis_never_adds_switches(&plain, next, &attained(matrix))
    };
    caught(
        "a margin with its sign turned",
        health_matrices(),
        |matrix| law(matrix, &|before, value| *calm.classify_after(before, value)),
        |matrix| law(matrix, &turned),
    );
}
