//! Laws of health: scores within their parts, monotone, closed contributions.

use marketloop::decompose::Contribution;
use marketloop::figure::Figure;
use marketloop::health::{
    Aggregation, Dimension, DimensionScore, HealthError, Indicator, IndicatorName, Matrix, MatrixDraft,
    MissingPolicy, Reading, Score, Scoring, ValueColumn,
};
use marketloop::kpi::KpiTree;
use marketloop::laws;
use marketloop::quantity::{Quantity, Ratio, Rounding, Unit};
use marketloop::strategies::{aggregations, health_matrices};
use marketloop::target::{ActualValue, Attainment, Bands, Light, Target, Threshold};
use marketloop::time::Grain;
use proptest::collection::vec;
use proptest::prelude::*;
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, dec};

fn bands() -> Bands<Light> {
    Bands::lights(Threshold::at_or_above(dec!(0.8)), Threshold::at_or_above(dec!(1))).unwrap()
}

fn skipping(aggregation: Aggregation) -> Scoring {
    Scoring::of(aggregation).with_missing(MissingPolicy::Skip)
}

/// The matrix with its dimensions changed.
fn changed(matrix: &Matrix, change: impl FnOnce(&mut Vec<Dimension>)) -> Matrix {
    let mut dimensions = matrix.dimensions().to_vec();
    change(&mut dimensions);
    let draft = dimensions.into_iter().fold(Matrix::draft(matrix.bands().clone()), MatrixDraft::dimension);
    draft.with_scoring(matrix.scoring().clone()).check().unwrap()
}

fn indicators(dimensions: &mut [Dimension]) -> impl Iterator<Item = &mut Indicator> {
    dimensions.iter_mut().flat_map(|dimension| &mut dimension.indicators)
}

/// The matrix with other values, as many as there are.
fn with_values(matrix: &Matrix, values: impl IntoIterator<Item = Option<i64>>) -> Matrix {
    changed(matrix, |dimensions| {
        for (indicator, value) in indicators(dimensions).zip(values) {
            indicator.actual = value.map(|value| Quantity::new(value.into(), Unit::PERCENT).into());
        }
    })
}

fn score(matrix: &Matrix) -> Option<Score> {
    matrix.assess().unwrap().score().known()
}

fn missing() -> impl Strategy<Value = MissingPolicy> {
    prop::sample::select(vec![MissingPolicy::Skip, MissingPolicy::Zero, MissingPolicy::Propagate])
}

proptest! {
    #[test]
    fn a_score_lies_within_the_bounds_of_its_parts(matrix in health_matrices()) {
        let aggregation = matrix.scoring().indicator_aggregation.clone();
        let matrix = matrix.with_scoring(skipping(aggregation)).unwrap();
        let assessment = matrix.assess().unwrap();
        let scores: Vec<Score> = assessment.readings().filter_map(|one| one.score().known()).collect();
        match assessment.score().known() {
            None => prop_assert!(scores.is_empty()),
            Some(score) => {
                laws::score_lies_within_its_parts(score, scores)?;
                prop_assert!(score.to_f64().is_finite());
            }
        }
    }

    #[test]
    fn a_score_is_monotone_in_every_indicator(
        matrix in health_matrices(), pick in any::<prop::sample::Index>(), by in 1_i64..60,
    ) {
        let better = changed(&matrix, |dimensions| {
            let count = indicators(dimensions).count();
            let raised = indicators(dimensions).nth(pick.index(count)).unwrap();
            if let Some(actual) = &raised.actual {
                let higher = actual.value().plus(Decimal::from(by).into()).unwrap();
                raised.actual = Some(ActualValue::new(higher, Unit::PERCENT));
            }
        });
        let value = |matrix: &Matrix| score(matrix).map(|score| score.to_f64());
        match (value(&matrix), value(&better)) {
            (Some(before), Some(after)) => prop_assert!(after >= before - 1e-12, "{before} {after}"),
            (before, after) => prop_assert_eq!(before.is_none(), after.is_none()),
        }
    }

    #[test]
    fn a_mean_is_monotone_and_counts_its_weights(
        matrix in health_matrices(), aggregation in aggregations(), pick in any::<prop::sample::Index>(), by in 1_u32..60,
    ) {
        let assessment = matrix.assess().unwrap();
        let weighted = |one: &Reading<'_>| Some((one.indicator().weight, one.score().known()?));
        let parts: Vec<(Decimal, Score)> = assessment.readings().filter_map(|one| weighted(&one)).collect();
        prop_assume!(!parts.is_empty());
        let mean = |parts: &[(Decimal, Score)]| aggregation.aggregate(parts).ok();
        let ordinary = !matches!(aggregation, Aggregation::Power(_) | Aggregation::Ranks(_));
        if ordinary {
            laws::mean_is_monotone(mean, &parts, pick.index(parts.len()), Decimal::new(by.into(), 2))?;
        }
        if matches!(aggregation, Aggregation::Arithmetic | Aggregation::Geometric | Aggregation::Harmonic | Aggregation::WeakestLink) {
            let counted: Vec<(u8, Score)> = parts.iter().map(|(weight, score)| (weight.to_u8().unwrap(), *score)).collect();
            laws::weight_counts_as_so_many_parts(mean, &counted)?;
        }
    }

    #[test]
    fn contributions_and_changes_add_up(matrix in health_matrices(), later in health_matrices(), scale in 2_u32..8) {
        let scoring = matrix.scoring().clone().with_missing(MissingPolicy::Zero);
        let now = matrix.with_scoring(scoring).unwrap();
        let assessment = now.assess().unwrap();
        let sum = |parts: &[Contribution<IndicatorName>]| parts.iter().map(|part| part.value).sum::<Decimal>();
        let why = assessment.contributions((scale, Rounding::HalfEven)).unwrap();
        prop_assert_eq!(sum(why.parts()), why.total());
        let values = why.parts().iter().map(|part| part.value);
        laws::contributions_make_the_score(assessment.score().known().unwrap(), scale, values)?;
        // The same dimensions and weights with the values of others.
        let then = changed(&now, |dimensions| {
            let mut other = later.dimensions().to_vec();
            for (indicator, other) in indicators(dimensions).zip(indicators(&mut other)) {
                indicator.actual = other.actual.take();
            }
        });
        let then = then.assess().unwrap();
        match assessment.change_since(&then, (scale, Rounding::HalfEven)) {
            Ok(why) => prop_assert_eq!(sum(why.parts()), why.total()),
            Err(error) => prop_assert!(matches!(error, HealthError::TooLarge(_)), "{error}"),
        }
    }

    #[test]
    fn the_order_of_indicators_changes_nothing(matrix in health_matrices()) {
        let aggregation = matrix.scoring().indicator_aggregation.clone();
        let turned = changed(&matrix, |dimensions| {
            dimensions.reverse();
            for dimension in dimensions {
                dimension.indicators.reverse();
            }
        });
        match (score(&matrix), score(&turned)) {
            (Some(one), Some(two)) if aggregation == Aggregation::Arithmetic => prop_assert_eq!(one.ratio(), two.ratio()),
            (Some(one), Some(two)) => prop_assert!((one.to_f64() - two.to_f64()).abs() <= 1e-12),
            (one, two) => prop_assert_eq!(one.is_none(), two.is_none()),
        }
    }

    #[test]
    fn coverage_counts_what_has_a_light(matrix in health_matrices()) {
        let all = || matrix.dimensions().iter().flat_map(|dimension| &dimension.indicators);
        prop_assert_eq!(matrix.coverage().lit, all().filter(|one| one.actual.is_some()).count());
        prop_assert_eq!(matrix.coverage().all, all().count());
    }

    #[test]
    fn columns_score_as_single_matrices_do(
        template in health_matrices().with_dimensions(1..4).with_indicators(1..3),
        entities in vec(vec(prop::option::weighted(0.9, -20_i64..140), 6), 1..12),
    ) {
        let template = with_values(&template, [None; 6]);
        let columns: Vec<ValueColumn> = (0..template.readings().count())
            .map(|at| ValueColumn::of(0, entities.iter().map(|values| values[at].unwrap_or(ValueColumn::MISSING))).unwrap())
            .collect();
        let found = template.score_columns(&columns).unwrap();
        for (entity, values) in entities.iter().enumerate() {
            let single = with_values(&template, values.iter().copied());
            let single = single.assess().unwrap();
            match (found.score(entity).known(), single.score().known()) {
                (Some(bulk), Some(score)) => prop_assert!((bulk - score.to_f64()).abs() <= 1e-12),
                (bulk, score) => prop_assert_eq!(bulk.is_none(), score.is_none()),
            }
            prop_assert_eq!(found.score_light(entity).known(), single.light().known());
            for (index, part) in single.readings().enumerate() {
                prop_assert_eq!(found.light(index, entity).known(), part.light().known());
            }
        }
    }

    #[test]
    fn columns_light_as_single_matrices_do_by_any_target_and_bands(
        given in health_matrices().with_any_targets().with_dimensions(1).with_indicators(1..60), missing in missing(),
    ) {
        let scoring = Scoring::of(Aggregation::Arithmetic).with_missing(missing);
        let given = given.with_scoring(scoring).unwrap();
        let targets: Vec<&Target> = given.dimensions()[0].indicators.iter().map(|one| &one.target).collect();
        let values = (-8_i64..=16).map(Some).chain([None]);
        let matrix_of = |value: Option<i64>| with_values(&given, targets.iter().map(|_| value));
        let numbers: Vec<i64> = values.clone().map(|value| value.unwrap_or(ValueColumn::MISSING)).collect();
        let columns: Vec<ValueColumn> = targets.iter().map(|_| ValueColumn::of(0, numbers.clone()).unwrap()).collect();
        let found = matrix_of(None).score_columns(&columns).unwrap();
        for (entity, value) in values.enumerate() {
            let single = matrix_of(value);
            let single = single.assess().unwrap();
            let mut covered = 0;
            for (index, part) in single.readings().enumerate() {
                prop_assert_eq!(found.light(index, entity).known(), part.light().known(), "{:?} of {:?}", value, targets[index]);
                covered += u16::from(part.score().is_known());
            }
            prop_assert_eq!(found.covered(entity), Some(covered));
            match (found.score(entity).known(), single.score().known()) {
                (Some(bulk), Some(score)) => prop_assert!((bulk - score.to_f64()).abs() <= 1e-12),
                (bulk, score) => prop_assert_eq!(bulk.is_none(), score.is_none()),
            }
        }
    }

    /// N2: whoever measured a value gets a light, a score and an answer; missing is only what was not measured.
    #[test]
    fn a_reading_is_missing_only_without_a_value(
        matrix in health_matrices().with_any_targets().with_dimensions(1).with_indicators(1).with_scoring(Scoring::default()),
    ) {
        let (name, indicator) = (&matrix.dimensions()[0].name, &matrix.dimensions()[0].indicators[0]);
        let (target, bands) = (indicator.target.clone(), matrix.bands().clone());
        let value = indicator.actual.as_ref().map(|actual| actual.value().to_decimal().unwrap());
        let assessment = matrix.assess().unwrap();
        let reading = matrix.readings().next().unwrap();
        let Some(value) = value else {
            prop_assert_eq!(reading.light(), Figure::missing(format!("{name} / {}", indicator.name)));
            prop_assert!(reading.achievement().is_missing() && reading.score().is_missing());
            prop_assert_eq!((assessment.score(), assessment.coverage().lit), (Figure::missing(name.clone()), 0));
            return Ok(());
        };
        let (met, score) = (target.is_met(value), assessment.score().known().unwrap().ratio().unwrap());
        let (best, worst) = (bands.edges()[1].1, *bands.lowest());
        prop_assert_eq!(reading.achievement().get().unwrap().is_met(), met);
        prop_assert_eq!(reading.needs_action(), !met);
        prop_assert_eq!(met, score == Ratio::ONE);
        prop_assert_eq!(assessment.coverage().lit, 1);
        let light = match target.attainment(value) {
            Ok(attainment) => *bands.classify(attainment.ratio()),
            Err(_) if met => best,
            Err(_) => { prop_assert!(score.is_zero()); worst }
        };
        prop_assert_eq!(reading.light(), Figure::Known(light));
    }

    /// N2 and N11: the needed value is an end of the values that take the light, and no end is nearer.
    #[test]
    fn the_needed_value_parts_the_lights_and_is_the_nearest(
        given in health_matrices().with_any_targets().without_missing().with_dimensions(1).with_indicators(1)
            .with_scoring(Scoring::default()),
    ) {
        let indicator = &given.dimensions()[0].indicators[0];
        let target = indicator.target.clone();
        let value = indicator.actual.as_ref().unwrap().value().to_decimal().unwrap();
        let matrix = |value: Decimal| {
            changed(&given, |dimensions| {
                dimensions[0].indicators[0].actual = Some(Quantity::new(value, Unit::PERCENT).into());
            })
        };
        let takes = |value: Decimal, light: Light| matrix(value).readings().next().unwrap().light().known() >= Some(light);
        for light in [Light::Yellow, Light::Green] {
            let needed = given.readings().next().unwrap().needed_for(light).unwrap();
            let grid = || (-20_000_i64..=20_000).step_by(97).map(|tick| Decimal::new(tick, 2));
            let Figure::Known(needed) = needed else {
                let taken = grid().filter(|value| takes(*value, light)).count();
                prop_assert!(taken == 0 || taken == grid().count(), "{} of {}", taken, target);
                continue;
            };
            let at = needed;
            let included = given.readings().next().unwrap().light_at(at) >= light;
            if let Some(exact) = at.to_decimal() {
                prop_assert_eq!(takes(exact, light), included, "{} at {}", target, at);
            }
            let step = Ratio::from(Decimal::new(1, 6));
            let beside = [at.minus(step).unwrap(), at.plus(step).unwrap()]
                .map(|beside| beside.round((9, marketloop::quantity::Rounding::HalfEven)).unwrap());
            prop_assert!(
                beside.iter().filter(|beside| takes(**beside, light)).count() == 1 || included,
                "{} at {}", target, at
            );
            // Between the value and the needed one nothing changes.
            let own = value;
            let end = at.to_f64();
            let from = own.to_f64().unwrap();
            let ticks = (1..20).map(|part| f64::from(part) / 20.0 * (end - from) + from);
            for tick in ticks.map(|tick| Decimal::try_from(tick).unwrap().round_dp(9)) {
                if Ratio::from(tick) != at && Ratio::from(own) != at {
                    prop_assert_eq!(takes(tick, light), takes(own, light), "{} between {} and {}", target, own, at);
                }
            }
        }
    }

    #[test]
    fn hysteresis_never_adds_switches(values in vec(0_i64..130, 2..40), margin in 0_i64..10) {
        let calm = bands().with_hysteresis(Decimal::new(margin, 2)).unwrap();
        let bands = bands();
        let values: Vec<Ratio> = values.iter().map(|value| Ratio::from(Decimal::new(*value, 2))).collect();
        let plain = |value: Ratio| *bands.classify(value);
        let next = |before: &Light, value: Ratio| *calm.classify_after(before, value);
        laws::hysteresis_never_adds_switches(&bands, next, &values)?;
        for before in [Light::Red, Light::Yellow, Light::Green] {
            for value in &values {
                let margin = Decimal::new(margin, 2).into();
                laws::hysteresis_holds_near_an_edge(plain, margin, before, *value, next(&before, *value))?;
            }
        }
    }

    #[test]
    fn least_effort_reaches_the_light_and_is_no_more_than_any_single_way(
        matrix in health_matrices().with_scoring(skipping(Aggregation::Arithmetic)),
    ) {
        let assessment = matrix.assess().unwrap();
        let Some(score) = assessment.score().known().and_then(|score| score.ratio()) else { return Ok(()) };
        let effort = assessment.least_effort(Light::Yellow, |_, _| Ratio::ONE).unwrap();
        let edge = Ratio::from(dec!(0.8));
        if score >= edge {
            prop_assert_eq!(effort.steps().len(), 0);
        } else {
            let sum = effort.steps().try_fold(Ratio::ZERO, |sum, (d, i)| sum.plus(effort.of(d, i))).unwrap();
            prop_assert_eq!(sum, effort.total());
            // A whole point of one indicator moves the score by a point at most.
            prop_assert!(effort.total() >= edge.minus(score).unwrap());
            for reading in assessment.readings() {
                if let Some(to) = effort.raised(reading.dimension(), &reading.indicator().name) {
                    prop_assert!(reading.score().known().and_then(|from| from.ratio()) < Some(to) && to <= Ratio::ONE);
                }
            }
        }
    }

    #[test]
    fn a_light_holds_at_both_ends_of_its_weight_interval(
        matrix in health_matrices().with_scoring(skipping(Aggregation::Arithmetic)),
    ) {
        let assessment = matrix.assess().unwrap();
        if !assessment.score().is_known() { return Ok(()) }
        let scored = |one: &DimensionScore<'_>| !one.weight().is_zero() && one.score().is_known();
        let others = assessment.dimensions().iter().filter(|one| scored(one)).count();
        for dimension in assessment.dimensions() {
            let interval = assessment.weight_interval(dimension.name()).unwrap().known();
            prop_assert_eq!(interval.is_some(), scored(dimension) && others > 1);
            if let Some(holds) = interval {
                let all: Decimal = assessment.dimensions().iter().filter(|one| scored(one)).map(DimensionScore::weight).sum();
                let share = Ratio::new(dimension.weight(), all).unwrap();
                prop_assert!(holds.contains(&share), "{share} {holds}");
                prop_assert!(holds.low() >= Ratio::ZERO && holds.high() <= Ratio::ONE, "{holds}");
            }
        }
    }
}

/// D10: a target is measured by what the tree implies, not by what somebody typed after rounding it.
#[test]
fn an_indicator_takes_its_actual_from_a_node_unrounded() {
    let tree = KpiTree::parse("cvr [%] = orders / visits\n orders, visits").unwrap();
    let inputs = tree.inputs([("orders", dec!(53)), ("visits", dec!(1400))]).unwrap();
    let evaluation = tree.evaluate(&inputs).unwrap();
    let target: Target = "at least 4 %".parse().unwrap();
    let percent = |attainment: Attainment| {
        let hundredfold = attainment.ratio().times(dec!(100).into()).unwrap();
        hundredfold.round((1, Rounding::HalfEven)).unwrap()
    };
    let measured = |actual: ActualValue| {
        let indicator = Indicator::new("conversion", target.clone(), Grain::Month);
        indicator.with_actual(actual).unwrap()
    };
    let implied = measured(evaluation.actual("cvr").unwrap());
    let typed = measured("3.79 %".parse().unwrap());
    assert_eq!(implied.actual.as_ref().unwrap().to_string(), "53/14 %");
    assert_eq!(percent(implied.attainment().unwrap().get().unwrap()), dec!(94.6));
    assert_eq!(percent(typed.attainment().unwrap().get().unwrap()), dec!(94.8));
    // The target itself takes the node's value, and says the same.
    let ratio = evaluation.ratio("cvr").unwrap();
    assert_eq!(target.attainment(ratio).unwrap(), implied.attainment().unwrap().get().unwrap());
    assert!(!target.is_met(ratio));
    assert_eq!(target.variance(ratio).unwrap().absolute(), "-3/14".parse().unwrap());
    let json = serde_json::to_string(&implied).unwrap();
    assert!(json.contains(r#""actual":{"value":"53/14","unit":"%"}"#), "{json}");
    assert_eq!(serde_json::from_str::<Indicator>(&json).unwrap(), implied);
}
