//! Laws of health: scores within their parts, monotone, closed contributions.

use marketloop::decompose::Contribution;
use marketloop::figure::Figure;
use marketloop::health::{
    Aggregation, Dimension, DimensionScore, HealthError, Indicator, IndicatorName, Matrix, MissingPolicy,
    Scoring, ValueColumn,
};
use marketloop::kpi::KpiTree;
use marketloop::quantity::{Quantity, Ratio, Rounding, Unit};
use marketloop::target::{ActualValue, Attainment, Bands, Light, LowerRule, Target, Threshold};
use marketloop::time::Grain;
use proptest::collection::vec;
use proptest::prelude::*;
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, dec};

fn bands() -> Bands<Light> {
    Bands::lights(Threshold::at_or_above(dec!(0.8)), Threshold::at_or_above(dec!(1))).unwrap()
}

type Part = (u8, Option<i64>, u8);

/// Dimensions of indicators: weight, value in per cent (of a target of 100 %) or none, and the dimension's weight.
fn dimensions() -> impl Strategy<Value = Vec<(u8, Vec<Part>)>> {
    let part = (1_u8..6, prop::option::weighted(0.85, -20_i64..140), 1_u8..6);
    vec((1_u8..6, vec(part, 1..5)), 1..5)
}

fn matrix(dimensions: &[(u8, Vec<Part>)], aggregation: &Aggregation, missing: MissingPolicy) -> Matrix {
    let target = Target::at_least(dec!(100), Unit::PERCENT);
    let dimensions = dimensions.iter().enumerate().map(|(d, (weight, parts))| {
        let indicators = parts.iter().enumerate().map(|(i, (weight, value, _))| {
            let indicator =
                Indicator::new(format!("i{i}"), target.clone(), Grain::Month).with_weight(*weight);
            match value {
                Some(value) => {
                    indicator.with_actual(Quantity::new((*value).into(), Unit::PERCENT).into()).unwrap()
                }
                None => indicator,
            }
        });
        Dimension::new(format!("d{d}"), indicators.collect::<Vec<_>>()).with_weight(*weight)
    });
    let scoring = Scoring::of(aggregation.clone()).with_missing(missing);
    Matrix::new(bands(), dimensions.collect::<Vec<_>>()).unwrap().with_scoring(scoring).unwrap()
}

/// Any target around 0, in per cent, also those that no value can attain.
fn target() -> impl Strategy<Value = Target> {
    let rule = || prop::sample::select(vec![LowerRule::Linear, LowerRule::Inverse]);
    let value = || (-3_i64..=6).prop_map(|value| Decimal::new(value, 0));
    prop_oneof![
        value().prop_map(|least| Target::at_least(least, Unit::PERCENT)),
        (value(), rule()).prop_map(|(most, rule)| Target::at_most(most, rule, Unit::PERCENT)),
        (value(), 0_i64..4, rule()).prop_map(|(low, more, rule)| {
            Target::between(low, low + Decimal::new(more, 0), rule, Unit::PERCENT).unwrap()
        }),
    ]
}

/// Lights at any two edges, in quarters, above or beyond them.
fn any_bands() -> impl Strategy<Value = Bands<Light>> {
    let side = || prop::bool::ANY;
    (-4_i64..6, 1_i64..6, side(), side()).prop_map(|(yellow, more, first, second)| {
        let threshold = |quarters: i64, within: bool| {
            let at = Decimal::new(25 * quarters, 2);
            if within { Threshold::at_or_above(at) } else { Threshold::above(at) }
        };
        Bands::lights(threshold(yellow, first), threshold(yellow + more, second)).unwrap()
    })
}

fn aggregation() -> impl Strategy<Value = Aggregation> {
    prop::sample::select(vec![
        Aggregation::Arithmetic,
        Aggregation::Geometric,
        Aggregation::Harmonic,
        Aggregation::WeakestLink,
    ])
}

fn missing() -> impl Strategy<Value = MissingPolicy> {
    prop::sample::select(vec![MissingPolicy::Skip, MissingPolicy::Zero, MissingPolicy::Propagate])
}

proptest! {
    #[test]
    fn a_score_lies_within_the_bounds_of_its_parts(parts in dimensions(), aggregation in aggregation()) {
        let matrix = matrix(&parts, &aggregation, MissingPolicy::Skip);
        let assessment = matrix.assess().unwrap();
        let scores: Vec<f64> = assessment.readings().filter_map(|one| one.score().known()).map(|score| score.to_f64()).collect();
        match assessment.score().known() {
            None => prop_assert!(scores.is_empty()),
            Some(score) => {
                let (least, most) = scores.iter().fold((f64::MAX, f64::MIN), |(a, b), s| (a.min(*s), b.max(*s)));
                prop_assert!(least - 1e-12 <= score.to_f64() && score.to_f64() <= most + 1e-12);
                prop_assert!(score.to_f64().is_finite());
            }
        }
    }

    #[test]
    fn a_score_is_monotone_in_every_indicator(
        parts in dimensions(), aggregation in aggregation(), missing in missing(),
        pick in any::<prop::sample::Index>(), by in 1_i64..60,
    ) {
        let flat: Vec<(usize, usize)> = parts
            .iter()
            .enumerate()
            .flat_map(|(d, (_, own))| (0..own.len()).map(move |i| (d, i)))
            .collect();
        let (d, i) = flat[pick.index(flat.len())];
        let mut better = parts.clone();
        better[d].1[i].1 = parts[d].1[i].1.map(|value| value + by);
        let score = |parts: &[(u8, Vec<Part>)]| matrix(parts, &aggregation, missing).assess().unwrap().score().known().map(|s| s.to_f64());
        match (score(&parts), score(&better)) {
            (Some(before), Some(after)) => prop_assert!(after >= before - 1e-12, "{before} {after}"),
            (before, after) => prop_assert_eq!(before.is_none(), after.is_none()),
        }
    }

    #[test]
    fn contributions_and_changes_add_up(
        parts in dimensions(), later in dimensions(), aggregation in aggregation(), scale in 2_u32..8,
    ) {
        let now = matrix(&parts, &aggregation, MissingPolicy::Zero);
        let assessment = now.assess().unwrap();
        let sum = |parts: &[Contribution<IndicatorName>]| parts.iter().map(|part| part.value).sum::<Decimal>();
        let why = assessment.contributions((scale, Rounding::HalfEven)).unwrap();
        prop_assert_eq!(sum(why.parts()), why.total());
        prop_assert_eq!(why.total(), assessment.score().known().unwrap().round((scale, Rounding::HalfEven)).unwrap());
        // The same dimensions and weights with the values of others.
        let values: Vec<Option<i64>> = later.iter().flat_map(|(_, own)| own.iter().map(|part| part.1)).collect();
        let mut moved = parts.clone();
        let slots = moved.iter_mut().flat_map(|(_, own)| own.iter_mut());
        for (slot, value) in slots.zip(values) {
            slot.1 = value;
        }
        let then = matrix(&moved, &aggregation, MissingPolicy::Zero);
        let then = then.assess().unwrap();
        match assessment.change_since(&then, (scale, Rounding::HalfEven)) {
            Ok(why) => prop_assert_eq!(sum(why.parts()), why.total()),
            Err(error) => prop_assert!(matches!(error, HealthError::TooLarge(_)), "{error}"),
        }
    }

    #[test]
    fn the_order_of_indicators_changes_nothing(parts in dimensions(), aggregation in aggregation(), missing in missing()) {
        let turned: Vec<(u8, Vec<Part>)> =
            parts.iter().rev().map(|(weight, own)| (*weight, own.iter().rev().copied().collect())).collect();
        let score = |parts: &[(u8, Vec<Part>)]| matrix(parts, &aggregation, missing).assess().unwrap().score().known();
        match (score(&parts), score(&turned)) {
            (Some(one), Some(two)) if aggregation == Aggregation::Arithmetic => prop_assert_eq!(one.ratio(), two.ratio()),
            (Some(one), Some(two)) => prop_assert!((one.to_f64() - two.to_f64()).abs() <= 1e-12),
            (one, two) => prop_assert_eq!(one.is_none(), two.is_none()),
        }
    }

    #[test]
    fn coverage_counts_what_has_a_light(parts in dimensions()) {
        let matrix = matrix(&parts, &Aggregation::Arithmetic, MissingPolicy::Skip);
        let measured = parts.iter().flat_map(|(_, own)| own).filter(|part| part.1.is_some()).count();
        prop_assert_eq!(matrix.coverage().lit, measured);
    }

    #[test]
    fn columns_score_as_single_matrices_do(entities in vec(vec(prop::option::weighted(0.9, -20_i64..140), 3), 1..12), aggregation in aggregation(), missing in missing()) {
        let parts = |values: &[Option<i64>]| vec![(2_u8, vec![(1, values[0], 1), (3, values[1], 1)]), (1, vec![(1, values[2], 1)])];
        let template = matrix(&parts(&[None; 3]), &aggregation, missing);
        let column = |at: usize| {
            ValueColumn::of(0, entities.iter().map(|values| values[at].unwrap_or(ValueColumn::MISSING))).unwrap()
        };
        let found = template.score_columns(&[column(0), column(1), column(2)]).unwrap();
        for (entity, values) in entities.iter().enumerate() {
            let single = matrix(&parts(values), &aggregation, missing);
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
        targets in vec(target(), 1..60), bands in any_bands(), missing in missing(),
    ) {
        let values = (-8_i64..=16).map(Some).chain([None]);
        let matrix_of = |value: Option<i64>| {
            let indicators = targets.iter().enumerate().map(|(index, target)| {
                let indicator = Indicator::new(format!("i{index}"), target.clone(), Grain::Month);
                match value {
                    Some(value) => indicator.with_actual(Quantity::new(value.into(), Unit::PERCENT).into()).unwrap(),
                    None => indicator,
                }
            });
            let scoring = Scoring::of(Aggregation::Arithmetic).with_missing(missing);
            let dimensions = [Dimension::new("all", indicators.collect::<Vec<_>>())];
            Matrix::new(bands.clone(), dimensions).unwrap().with_scoring(scoring).unwrap()
        };
        let numbers: Vec<i64> = values.clone().map(|value| value.unwrap_or(ValueColumn::MISSING)).collect();
        let columns: Vec<ValueColumn> = targets.iter().map(|_| ValueColumn::of(0, numbers.clone()).unwrap()).collect();
        let found = matrix_of(None).score_columns(&columns).unwrap();
        for (entity, value) in values.enumerate() {
            let single = matrix_of(value);
            let single = single.assess().unwrap();
            let mut covered = 0;
            for (index, part) in single.readings().enumerate() {
                prop_assert_eq!(found.light(index, entity).known(), part.light().known(), "{:?} of {:?}", value, &targets[index]);
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
        target in target(), bands in any_bands(), value in prop::option::weighted(0.9, -8_i64..=16),
    ) {
        let indicator = Indicator::new("i", target.clone(), Grain::Month);
        let indicator = match value {
            Some(value) => indicator.with_actual(Quantity::new(value.into(), Unit::PERCENT).into()).unwrap(),
            None => indicator,
        };
        let matrix = Matrix::new(bands.clone(), [Dimension::new("d", [indicator])]).unwrap();
        let assessment = matrix.assess().unwrap();
        let reading = matrix.readings().next().unwrap();
        let Some(value) = value.map(Decimal::from) else {
            prop_assert_eq!(reading.light(), Figure::missing("d / i"));
            prop_assert!(reading.achievement().is_missing() && reading.score().is_missing());
            prop_assert_eq!((assessment.score(), assessment.coverage().lit), (Figure::missing("d"), 0));
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
        target in target(), bands in any_bands(), value in -8_i64..=16,
    ) {
        let matrix = |value: Decimal| {
            let indicator = Indicator::new("i", target.clone(), Grain::Month);
            let indicator = indicator.with_actual(Quantity::new(value, Unit::PERCENT).into()).unwrap();
            Matrix::new(bands.clone(), [Dimension::new("d", [indicator])]).unwrap()
        };
        let takes = |value: Decimal, light: Light| matrix(value).readings().next().unwrap().light().known() >= Some(light);
        let given = matrix(value.into());
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
            let own = Decimal::from(value);
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
        let switches = |bands: &Bands<Light>| {
            let ratio = |value: &i64| Ratio::from(Decimal::new(*value, 2));
            let mut light = *bands.classify(ratio(&values[0]));
            // From red to green at once passes both edges: that is two switches, as it is one after the other.
            let passed = values.iter().skip(1).map(|value| {
                let next = *bands.classify_after(&light, ratio(value));
                let before = core::mem::replace(&mut light, next);
                (before as i32).abs_diff(next as i32)
            });
            passed.sum::<u32>()
        };
        prop_assert!(switches(&calm) <= switches(&bands()));
    }

    #[test]
    fn least_effort_reaches_the_light_and_is_no_more_than_any_single_way(parts in dimensions()) {
        let matrix = matrix(&parts, &Aggregation::Arithmetic, MissingPolicy::Skip);
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
    fn a_light_holds_at_both_ends_of_its_weight_interval(parts in dimensions()) {
        let matrix = matrix(&parts, &Aggregation::Arithmetic, MissingPolicy::Skip);
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
