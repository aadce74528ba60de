//! The health of experiments: arms as planned, effects that last, segments that agree.

use marketloop::experiment::{
    DayEffects, ExperimentError, ExperimentMetric, ExperimentSums, SegmentEffects, SegmentedSums, Units,
};
use marketloop::stats::StatsError;
use marketloop::strategies::{experiment_sums, experiment_units, segmented_sums};
use proptest::prelude::*;

const METRICS: [&str; 4] = ["bought", "revenue", "orders per visits", "revenue adjusted by before"];

fn near(one: f64, other: f64, size: f64) -> bool {
    (one - other).abs() <= 1e-9 * (1.0 + size.abs())
}

/// Rows of an experiment of two arms: arm, segment, value, how often.
fn by_segment(rows: &[(u32, u32, i64, usize)], names: &[&str], of: ExperimentMetric) -> SegmentedSums {
    let each = || rows.iter().flat_map(|row| std::iter::repeat_n(*row, row.3));
    let units = Units::new(each().map(|row| row.0).collect::<Vec<_>>())
        .with_column("y", each().map(|row| row.2).collect::<Vec<_>>())
        .unwrap()
        .with_segments("part", names.iter().copied(), each().map(|row| row.1).collect::<Vec<_>>())
        .unwrap();
    ExperimentSums::by(["old", "new"], [of], &units, "part").unwrap()
}

proptest! {
    #[test]
    fn the_sample_ratio_has_the_units_of_each_arm(sums in experiment_sums()) {
        let ratio = sums.sample_ratio([0.5, 0.25, 0.25]).unwrap();
        for ((seen, share), (arm, planned)) in ratio.arms().iter().zip(sums.arms().iter().zip([0.5, 0.25, 0.25])) {
            prop_assert_eq!((*seen, *share), (sums.units(arm).unwrap(), planned));
        }
        let refused: fn(&ExperimentSums) -> _ = |sums| sums.sample_ratio([0.5, 0.5]);
        prop_assert_eq!(refused(&sums), Err(ExperimentError::SharesLength { expected: 3, actual: 2 }));
        prop_assert!(sums.sample_ratio([0.0; 3]).is_err() && sums.sample_ratio([-1.0, 1.0, 1.0]).is_err());
    }

    /// Of every kind of metric, also where a segment lacks an arm.
    #[test]
    fn the_plain_effect_is_that_within_segments_and_the_mix(sums in segmented_sums(), arm in 1_usize..3) {
        let arm = sums.total().unwrap().unwrap().arms()[arm].clone();
        for metric in METRICS {
            let Ok(effects) = SegmentEffects::of(&sums, metric, &arm) else { continue };
            let total = sums.total().unwrap().unwrap();
            let size = effects.plain().abs() + effects.mix_by_segment().iter().map(|(_, mix)| mix.abs()).sum::<f64>();
            prop_assert!(near(effects.plain(), effects.within() + effects.mix(), size), "{:?}", effects);
            let size = size + total.sample(metric, &arm).unwrap().mean().abs();
            prop_assert!(near(effects.plain(), total.beside_control(metric, &arm).unwrap().difference(), size));
            let shares = sums.iter().filter_map(|(name, _)| effects.shares(name));
            let (control, own) = shares.fold((0.0, 0.0), |all, own| (all.0 + own.0, all.1 + own.1));
            prop_assert!(near(control, 1.0, 1.0) && near(own, 1.0, 1.0));
        }
    }

    #[test]
    fn names_and_order_of_segments_change_nothing(units in experiment_units()) {
        let (arms, metrics) = (["a", "b", "c"], [ExperimentMetric::mean("revenue")]);
        let there = ExperimentSums::by(arms, metrics.clone(), &units, "city").unwrap();
        // The same segments under names of another order.
        let renamed: Vec<String> = (0..3).rev().map(|place| place.to_string()).collect();
        let json = serde_json::to_value(&there).unwrap();
        let of: serde_json::Map<String, serde_json::Value> = (json["segments"].as_object().unwrap().values())
            .zip(&renamed)
            .map(|(sums, name)| (name.clone(), sums.clone()))
            .collect();
        let back: SegmentedSums =
            serde_json::from_value(serde_json::json!({"property": "city", "segments": of})).unwrap();
        if let (Ok(there), Ok(back)) = (SegmentEffects::of(&there, "revenue", "b"), SegmentEffects::of(&back, "revenue", "b")) {
            prop_assert!(near(there.within(), back.within(), there.within()));
            prop_assert!(near(there.mix(), back.mix(), there.plain()));
            prop_assert_eq!(there.is_reversed(), back.is_reversed());
            let q = |effects: &SegmentEffects| effects.heterogeneity().ok().map(|effects| effects.q());
            match (q(&there), q(&back)) {
                (Some(there), Some(back)) => prop_assert!(near(there, back, there)),
                (there, back) => prop_assert_eq!(there, back),
            }
        }
    }

    #[test]
    fn swapped_arms_negate_effect_and_mix(
        rows in prop::collection::vec((0_u32..2, 0_u32..3, 0_i64..50, 1_usize..4), 1..40)
    ) {
        let back: Vec<_> = rows.iter().map(|row| (1 - row.0, row.1, row.2, row.3)).collect();
        let of = |rows: &[_]| SegmentEffects::of(&by_segment(rows, &["1", "2", "3"], ExperimentMetric::mean("y")), "y", "new");
        match (of(&rows), of(&back)) {
            (Ok(there), Ok(back)) => {
                prop_assert!(near(there.plain(), -back.plain(), 50.0) && near(there.within(), -back.within(), 50.0));
                prop_assert!(near(there.mix(), -back.mix(), 50.0));
                prop_assert_eq!(there.is_reversed(), back.is_reversed());
                prop_assert_eq!(there.composition_p_value().is_known(), back.composition_p_value().is_known());
            }
            (there, back) => prop_assert_eq!(there.is_err(), back.is_err()),
        }
        let of = |rows: &[_]| DayEffects::of(&by_segment(rows, &["1", "2", "3"], ExperimentMetric::mean("y")), "y", "new").unwrap();
        if let (Ok(there), Ok(back)) = (of(&rows).trend(), of(&back).trend()) {
            prop_assert!(near(there.value(), -back.value(), there.value()));
            prop_assert!(near(there.standard_error().clone().known().unwrap(), back.standard_error().clone().known().unwrap(), there.standard_error().clone().known().unwrap()));
        }
    }

    /// Each segment has the same part of both arms: nothing is mix, whatever the values are.
    #[test]
    fn segments_of_one_composition_show_no_mix(
        values in prop::collection::vec(0_i64..1_000, 6), counts in prop::collection::vec(1_usize..6, 3), times in 1_usize..5
    ) {
        let mut rows = Vec::new();
        for (segment, count) in (0_u32..).zip(&counts) {
            let at = |arm: usize| values[usize::try_from(segment).unwrap() * 2 + arm];
            rows.extend([(0, segment, at(0), *count), (1, segment, at(1), *count * times)]);
        }
        let effects = SegmentEffects::of(&by_segment(&rows, &["1", "2", "3"], ExperimentMetric::mean("y")), "y", "new").unwrap();
        prop_assert!(effects.mix().abs() <= 0.0 && effects.mix_by_segment().iter().all(|(_, mix)| mix.abs() <= 0.0));
        prop_assert!(!effects.is_reversed());
        if let Some(p) = effects.composition_p_value().known() {
            prop_assert!(p > 1.0 - 1e-9);
        }
    }
}

#[test]
fn a_segment_that_one_arm_lacks_is_named_and_is_mix() {
    let rows = [(0, 0, 10, 3), (1, 0, 12, 2), (1, 0, 14, 1), (1, 1, 40, 3), (0, 2, 0, 1)];
    let sums = by_segment(&rows, &["both", "new only", "old only"], ExperimentMetric::mean("y"));
    let effects = SegmentEffects::of(&sums, "y", "new").unwrap();
    let told = |name: &str| effects.effect(name).unwrap().to_string();
    assert_eq!(told("new only"), "undefined: there is no unit of old");
    assert_eq!(told("old only"), "undefined: there is no unit of new");
    assert!(effects.effect("nobody").is_none() && effects.shares("nobody").is_none());
    assert_eq!(effects.mix_by_segment()[0].0, "new only");
    assert!(near(effects.within() + effects.mix(), effects.plain(), 1.0));
    // The old arm does not vary where both are, and the new one does.
    assert!(effects.within_estimate().is_ok() && effects.heterogeneity().unwrap().degrees() == 0);
    let apart = by_segment(&[(0, 0, 1, 3), (1, 1, 2, 3)], &["a", "b"], ExperimentMetric::mean("y"));
    assert_eq!(
        SegmentEffects::of(&apart, "y", "new"),
        Err(StatsError::TooFewObservations { found: 0, needed: 1 }.into())
    );
    assert_eq!(SegmentEffects::of(&apart, "y", "old"), Err(ExperimentError::IsControl { arm: "old".into() }));
    let median = ExperimentMetric::quantile("y", "0.5".parse().unwrap()).named("y");
    let median = by_segment(&[(0, 0, 1, 3), (1, 0, 2, 3)], &["1"], median);
    assert_eq!(
        SegmentEffects::of(&median, "y", "new"),
        Err(ExperimentError::NotAMean { metric: "y".into() })
    );
    assert_eq!(DayEffects::of(&median, "y", "new"), Err(ExperimentError::NotAMean { metric: "y".into() }));
    assert!(matches!(SegmentEffects::of(&apart, "z", "new"), Err(ExperimentError::Unknown { .. })));
    assert!(matches!(DayEffects::of(&apart, "y", "newer"), Err(ExperimentError::Unknown { .. })));
    assert_eq!(DayEffects::of(&apart, "y", "new"), Err(ExperimentError::NotADay { value: "a".into() }));
}

/// Kidney stones (C. R. Charig and others, 1986): open surgery is better for small and for large stones, and looks worse
/// over all, because it got the large ones.
#[test]
fn the_reversal_of_the_textbooks_is_found_with_its_cause() {
    let rows = [
        (0, 0, 1, 234),
        (0, 0, 0, 36),
        (1, 0, 1, 81),
        (1, 0, 0, 6),
        (0, 1, 1, 55),
        (0, 1, 0, 25),
        (1, 1, 1, 192),
        (1, 1, 0, 71),
    ];
    let sums = by_segment(&rows, &["small", "large"], ExperimentMetric::proportion("y"));
    let effects = SegmentEffects::of(&sums, "y", "new").unwrap();
    assert!(effects.is_reversed() && effects.plain() < -0.04 && effects.within() > 0.04);
    let (control, arm) = effects.shares("large").unwrap();
    assert!(near(control, 80.0 / 350.0, 0.0) && near(arm, 263.0 / 350.0, 0.0));
    assert!(effects.composition_p_value().known().unwrap() < 1e-40);
    let strata = effects.strata().unwrap();
    assert!(strata.difference().unwrap().value() > 0.04);
    assert_eq!(strata.strata().len(), 2);
    // Other outcomes of the same patients: the effect differs by size, and the whole agrees in sign.
    assert!(effects.heterogeneity().unwrap().p_value().unwrap() > 0.5);
    let table = effects.table().to_string();
    assert!(table.contains("whole") && table.contains("large"), "{table}");
}

/// scipy 1.x, `chi2_contingency([[300, 500, 200], [340, 430, 230]], correction=False)`.
#[test]
fn the_composition_is_the_chi_squared_test_of_the_table() {
    let rows =
        [(0, 0, 1, 300), (0, 1, 1, 500), (0, 2, 1, 200), (1, 0, 1, 340), (1, 1, 1, 430), (1, 2, 1, 230)];
    let p = |rows: &[_]| {
        let sums = by_segment(rows, &["1", "2", "3"], ExperimentMetric::mean("y"));
        SegmentEffects::of(&sums, "y", "new").unwrap().composition_p_value()
    };
    let found = p(&rows).known().unwrap();
    assert!((found - 0.007_219_856_294_693_744).abs() < 1e-12, "{found}");
    // Small segments count as one; a single one says nothing.
    assert!(!p(&[(0, 0, 1, 300), (1, 0, 1, 290), (0, 1, 1, 2), (1, 2, 1, 3)]).is_known());
}

#[test]
fn an_effect_that_fades_is_a_falling_trend() {
    let mut rows = Vec::new();
    for day in 0_u32..6 {
        let lift = [60, 40, 28, 20, 16, 14][day as usize];
        rows.extend([(0, day, 1, 100), (0, day, 0, 900), (1, day, 1, 100 + lift), (1, day, 0, 900 - lift)]);
    }
    let names = ["2026-06-29", "2026-06-30", "2026-07-01", "2026-07-02", "2026-07-03", "2026-07-04"];
    let sums = by_segment(&rows, &names, ExperimentMetric::proportion("y"));
    let days = DayEffects::of(&sums, "y", "new").unwrap();
    let trend = days.trend().unwrap();
    assert!(trend.value() < -0.005 && trend.value() / trend.standard_error().clone().known().unwrap() < -2.0);
    assert!(days.later_against_first(2).unwrap().value() < -0.02);
    assert_eq!(days.effects().map(|(day, _)| day).collect::<Vec<_>>(), names);
    assert_eq!(days.missing().count(), 0);
    // As numbers since the first visit the trend is the same, also where the text of 10 stands before that of 9.
    let since = DayEffects::of(
        &by_segment(&rows, &["6", "7", "8", "9", "10", "11"], ExperimentMetric::proportion("y")),
        "y",
        "new",
    );
    assert!(near(since.unwrap().trend().unwrap().value(), trend.value(), 0.0));
    let mixed =
        by_segment(&rows, &["2026-06-29", "7", "8", "9", "10", "11"], ExperimentMetric::proportion("y"));
    assert!(matches!(DayEffects::of(&mixed, "y", "new"), Err(ExperimentError::NotADay { .. })));
    // One day: a figure, and neither trend nor heterogeneity.
    let one = DayEffects::of(&by_segment(&rows[..4], &["1"], ExperimentMetric::proportion("y")), "y", "new")
        .unwrap();
    assert!(one.trend().is_err() && one.heterogeneity().unwrap().p_value().is_err());
    // Nobody varies: no error to judge by, and no figure invented.
    let even = by_segment(
        &[(0, 0, 3, 4), (1, 0, 5, 4), (0, 1, 3, 4), (1, 1, 5, 4)],
        &["1", "2"],
        ExperimentMetric::mean("y"),
    );
    let even = DayEffects::of(&even, "y", "new").unwrap();
    assert!(even.trend().is_err() && even.effects().all(|(_, effect)| effect.is_known()));
}
