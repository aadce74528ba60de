//! Effects without randomisation: what moves them and what does not, and that weights are the best.

use marketloop::experiment::{DifferenceInDifferences, SyntheticControl, TimeBasedRegression};
use marketloop::figure::Figure;
use marketloop::stats::{Alternative, StatsError};
use proptest::collection::vec;
use proptest::prelude::*;

type Rows = Vec<Vec<f64>>;

fn near(found: f64, expected: f64, size: f64) -> bool {
    (found - expected).abs() <= 1e-9 * size
}

fn all_near(found: &[f64], expected: &[f64], size: f64) -> bool {
    found.len() == expected.len() && found.iter().zip(expected).all(|(one, other)| near(*one, *other, size))
}

fn mapped(rows: &Rows, of: impl Fn(f64) -> f64) -> Rows {
    rows.iter().map(|row| row.iter().map(|value| of(*value)).collect()).collect()
}

/// Treated and control rows of as many periods, and the periods before the start.
fn panels() -> impl Strategy<Value = (Rows, Rows, usize)> {
    (2_usize..9, 1_usize..5, 2_usize..7).prop_flat_map(|(periods, treated, control)| {
        let rows = |count| vec(vec(-100.0..100.0_f64, periods), count);
        (rows(treated), rows(control), 1..periods)
    })
}

proptest! {
    #[test]
    fn a_constant_changes_no_effect_and_a_factor_scales_it(
        (treated, control, pre) in panels(), add in -50.0..50.0_f64, times in 0.1..9.0_f64,
    ) {
        let lift = DifferenceInDifferences::of(&treated, &control, pre).unwrap();
        let moved = |of: &dyn Fn(f64) -> f64| {
            DifferenceInDifferences::of(&mapped(&treated, of), &mapped(&control, of), pre).unwrap()
        };
        let error = |lift: &DifferenceInDifferences| lift.welch().standard_error().clone().known();
        let more = moved(&|value| value + add);
        prop_assert!(near(more.effect(), lift.effect(), 1e3));
        prop_assert!(near(error(&more).unwrap_or(0.0), error(&lift).unwrap_or(0.0), 1e3));
        let scaled = moved(&|value| value * times);
        prop_assert!(near(scaled.effect(), times * lift.effect(), 1e4));
        prop_assert!(near(error(&scaled).unwrap_or(0.0), times * error(&lift).unwrap_or(0.0), 1e4));
    }

    #[test]
    fn swapping_the_arms_negates_the_effect((treated, control, pre) in panels()) {
        let there = DifferenceInDifferences::of(&treated, &control, pre).unwrap();
        let back = DifferenceInDifferences::of(&control, &treated, pre).unwrap();
        prop_assert!(near(there.effect(), -back.effect(), 1.0));
        let p = |lift: &DifferenceInDifferences| lift.welch().p_value(Alternative::TwoSided).known();
        prop_assert_eq!(p(&there).is_some(), p(&back).is_some());
        prop_assert!(near(p(&there).unwrap_or(0.0), p(&back).unwrap_or(0.0), 1.0));
    }

    #[test]
    fn an_effect_that_was_put_in_is_found(
        control in vec(10.0..90.0_f64, 8), slope in 0.5..3.0_f64, added in -20.0..20.0_f64,
    ) {
        // A perfect line before the start: what is above it after is the effect, without error.
        let treated: Vec<f64> = control.iter().enumerate()
            .map(|(at, x)| 5.0 + slope * x + if at < 5 { 0.0 } else { added })
            .collect();
        let lift = TimeBasedRegression::of(&control, &treated, 5).unwrap();
        prop_assert!(near(lift.cumulative().value(), 3.0 * added, 1e4));
        prop_assert_eq!(lift.cumulative().standard_error(), &Figure::Known(0.0));
        prop_assert!(lift.cumulative().p_value(Alternative::TwoSided).is_undefined());
    }

    #[test]
    fn weights_are_the_best((treated, donors, pre) in panels()) {
        let treated = &treated[0];
        let control = SyntheticControl::of(treated, &donors, pre).unwrap();
        prop_assert!(control.excess() <= 1e-11, "{}", control.excess());
        let Figure::Known(weights) = control.weights() else { return Ok(()) };
        prop_assert!(near(weights.iter().sum(), 1.0, 1e-3) && weights.iter().all(|weight| *weight >= 0.0));
        // The conditions of optimality: the slope is the same for every weight, and no less where there is none.
        let gap = &control.gap()[..pre];
        let slope = |donor: &Vec<f64>| -> f64 { gap.iter().zip(donor).map(|(gap, value)| -gap * value).sum() };
        let least = donors.iter().map(slope).fold(f64::MAX, f64::min);
        for (donor, weight) in donors.iter().zip(weights) {
            prop_assert!(*weight == 0.0 || slope(donor) - least <= 1e-6, "{weights:?}");
        }
        // Reversed donors have reversed weights.
        let back: Rows = donors.iter().rev().cloned().collect();
        let other = SyntheticControl::of(treated, &back, pre).unwrap();
        let reversed: Vec<f64> = other.weights().clone().known().unwrap().into_iter().rev().collect();
        prop_assert!(all_near(&reversed, weights, 1.0), "{reversed:?} {weights:?}");
    }

    #[test]
    fn a_constant_changes_no_gap(
        (treated, donors, pre) in panels(), add in -50.0..50.0_f64, times in 0.1..9.0_f64,
    ) {
        let control = SyntheticControl::of(&treated[0], &donors, pre).unwrap();
        let other = SyntheticControl::of(
            &mapped(&treated, |value| (value + add) * times)[0],
            &mapped(&donors, |value| (value + add) * times),
            pre,
        ).unwrap();
        // Where several mixes fit as well, the gap after the start is that of any.
        if control.weights().is_known() && other.weights().is_known() {
            let scaled: Vec<f64> = control.gap().iter().map(|gap| gap * times).collect();
            prop_assert!(all_near(other.gap(), &scaled, 1e5));
        }
        prop_assert!(near(other.error_before(), control.error_before() * times, 1e5));
    }

    #[test]
    fn the_control_of_a_donor_is_that_donor((_, donors, pre) in panels(), pick in any::<prop::sample::Index>()) {
        let at = pick.index(donors.len());
        let control = SyntheticControl::of(&donors[at], &donors, pre).unwrap();
        prop_assert!(control.error_before() <= 0.0);
        prop_assert!(control.ratio().is_undefined());
        // A donor within the hull of others is reached by them, too.
        if let Figure::Known(weights) = control.weights() {
            prop_assert_eq!(weights[at].to_bits(), 1.0_f64.to_bits());
            prop_assert!(control.effect().abs() <= 0.0);
        }
    }

    #[test]
    fn equal_donors_have_no_weights_of_their_own((treated, donors, pre) in panels()) {
        let control = SyntheticControl::of(&treated[0], &donors, pre).unwrap();
        let Figure::Known(weights) = control.weights() else { return Ok(()) };
        let heaviest = (0..weights.len()).max_by(|a, b| weights[*a].total_cmp(&weights[*b])).unwrap();
        let mut twice = donors.clone();
        twice.push(donors[heaviest].clone());
        let doubled = SyntheticControl::of(&treated[0], &twice, pre).unwrap();
        prop_assert!(doubled.weights().is_undefined());
        prop_assert!(all_near(doubled.synthetic(), control.synthetic(), 1e3));
    }
}

#[test]
fn what_is_no_input_is_refused() {
    let none: [[f64; 2]; 0] = [];
    let few = |found| Err(StatsError::TooFewObservations { found, needed: 1 });
    let did = DifferenceInDifferences::of::<[f64; 2], [f64; 2]>;
    assert_eq!(did(&none, &[[1.0, 2.0]], 1), few(0));
    assert_eq!(did(&[[1.0, 2.0]], &none, 1), few(0));
    assert_eq!(did(&[[1.0, 2.0]], &[[1.0, 2.0]], 0), few(0));
    assert_eq!(did(&[[1.0, 2.0]], &[[1.0, 2.0]], 2), few(0));
    assert_eq!(did(&[[1.0, 2.0]], &[[1.0, 2.0]], usize::MAX), few(0));
    let uneven = DifferenceInDifferences::of(&[vec![1.0, 2.0]], &[vec![1.0]], 1);
    assert!(matches!(uneven, Err(StatsError::OutOfRange { name: "number of periods", .. })));
    let error = SyntheticControl::of(&[1.0, 2.0], &none, 1).unwrap_err();
    assert_eq!(error, StatsError::TooFewObservations { found: 0, needed: 1 });
    assert!(matches!(
        SyntheticControl::of(&[1.0, 2.0], &vec![[1.0, 2.0]; 501], 1),
        Err(StatsError::OutOfRange { name: "number of donors", .. })
    ));
    let one = TimeBasedRegression::of(&[1.0, 2.0], &[1.0, 2.0], 1);
    assert_eq!(one, Err(StatsError::TooFewObservations { found: 1, needed: 2 }));
    let flat = TimeBasedRegression::of(&[0.1; 9], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0], 7);
    assert!(matches!(flat, Err(StatsError::NoVariance { .. })));
    let lift = TimeBasedRegression::of(&[1.0, 2.0, 3.0], &[1.0, 2.0, 3.0], 2).unwrap();
    assert!(lift.cumulative().per(-1.0).is_err() && lift.cumulative().per(f64::NAN).is_err());
    for level in [0.0, 1.0, f64::NAN, 2.0] {
        assert!(lift.cumulative().interval(level).is_err());
    }
}

/// Before the start alone: what a placebo in time says is what the door says of those periods.
#[test]
fn a_placebo_in_time_sees_nothing_of_the_campaign() {
    let (treated, control) = ([[1.0, 3.0, 2.0, 90.0]; 1], [[2.0, 2.0, 5.0, -70.0], [0.0, 1.0, 1.0, 44.0]]);
    let cut = |row: &[f64; 4]| [row[0], row[1], row[2]];
    let (short, others) = (treated.map(|row| cut(&row)), control.map(|row| cut(&row)));
    assert_eq!(
        DifferenceInDifferences::placebo_in_time(&treated, &control, 3, 2),
        DifferenceInDifferences::of(&short, &others, 2)
    );
    assert_eq!(
        TimeBasedRegression::placebo_in_time(&control[0], &treated[0], 3, 2),
        TimeBasedRegression::of(&others[0], &short[0], 2)
    );
    assert_eq!(
        SyntheticControl::placebo_in_time(&treated[0], &control, 3, 2),
        SyntheticControl::of(&short[0], &others, 2)
    );
    let none: [[f64; 4]; 0] = [];
    assert!(DifferenceInDifferences::placebo_in_time(&none, &control, 3, 2).is_err());
    assert!(SyntheticControl::placebo_in_time(&treated[0], &none, 3, 2).is_err());
    for (pre, earlier) in [(3, 3), (3, 0), (4, 2), (0, 0), (usize::MAX, 1), (1, 1)] {
        assert!(DifferenceInDifferences::placebo_in_time(&treated, &control, pre, earlier).is_err());
        assert!(TimeBasedRegression::placebo_in_time(&control[0], &treated[0], pre, earlier).is_err());
        assert!(SyntheticControl::placebo_in_time(&treated[0], &control, pre, earlier).is_err());
    }
}

/// Lifts are plain values: an attribution takes them as conversions, a media mix as points of (spend, increment) with
/// weights by their errors. Neither knows of experiments, nor they of it.
#[test]
#[cfg(feature = "attribution")]
fn lifts_calibrate_an_attribution_and_a_media_mix() {
    use marketloop::attribution::{AttributionModel, Outcome, PathTable};
    use marketloop::quantity::Currency;
    use marketloop::response::{Family, Observations, fit};
    use rust_decimal::{Decimal, dec};

    // Four cities with as many spends, and three without.
    let city = |level: f64, added: f64| [level, level + 2.0, level + 1.0 + added, level + 3.0 + added];
    let control = [[40.0, 43.0, 42.0, 44.0], [70.0, 71.0, 70.0, 72.0], [55.0, 57.0, 57.0, 57.0]];
    let spends = [50.0, 100.0, 200.0, 400.0];
    let cells = [20.0, 31.0, 43.0, 56.0].map(|added| [city(60.0, added), city(30.0, added + 1.0)]);
    let lifts: Vec<_> = DifferenceInDifferences::of_cells(&cells, &control, 2)
        .unwrap()
        .iter()
        .map(|lift| lift.increment().unwrap())
        .collect();

    let mut paths = PathTable::builder(Currency::CNY);
    paths.push_text("SEM > Email > KOL", ">", Outcome { conversions: 300, nulls: 700, value: 0 }).unwrap();
    let credits = AttributionModel::Linear.credit(&paths.build()).unwrap();
    let measured = Decimal::try_from(lifts[0].value()).unwrap().round();
    let calibrated = credits.calibrated([("KOL", measured)], 1).unwrap();
    assert_eq!(calibrated.iter().map(|(_, share)| share).sum::<Decimal>(), dec!(300));
    assert!(calibrated.contains(&("KOL".to_owned(), measured)), "{calibrated:?} {measured}");

    let weights: Vec<f64> =
        lifts.iter().map(|lift| lift.standard_error().clone().known().unwrap().powi(-2)).collect();
    let points = spends.into_iter().zip(&lifts).map(|(spend, lift)| (spend, lift.value()));
    let curve =
        fit(Family::Power, &Observations::new(points).unwrap().with_weights(weights).unwrap()).unwrap();
    assert!(curve.r_squared() > 0.98, "{}", curve.r_squared());
}

const HOSTILE: [f64; 9] = [0.0, 1.0, -1.0, 1e300, -1e300, f64::MAX, 5e-324, f64::NAN, f64::NEG_INFINITY];

/// Every number of a value on the wire is one, and no field says that a float is not finite.
fn is_finite<T: serde::Serialize>(value: &T) {
    let json = serde_json::to_string(value).unwrap();
    assert!(!json.contains("NaN") && !json.contains("inf\"") && !json.contains("null"), "{json}");
}

#[test]
fn hostile_floats_are_answered_or_refused() {
    let mut answered = 0;
    for a in HOSTILE {
        for b in HOSTILE {
            for c in HOSTILE {
                let (one, two, three) = ([a, b, c, 1.0, a], [1.0, c, a, b, b], [b, b, a, 2.0, c]);
                let is_bad = [a, b, c].iter().any(|value| !value.is_finite());
                if let Ok(lift) = DifferenceInDifferences::of(&[one, two], &[three, two], 3) {
                    assert!(!is_bad);
                    is_finite(&lift);
                    is_finite(&lift.welch().p_value(Alternative::TwoSided));
                    if let Ok(range) = lift.pooled().interval(0.95) {
                        is_finite(&range);
                    }
                    if let Ok(increment) = lift.increment() {
                        is_finite(&increment);
                    }
                    answered += 1;
                }
                if let Ok(lift) = TimeBasedRegression::of(&one, &two, 3) {
                    assert!(!is_bad);
                    is_finite(&lift);
                    if let Ok(per) = lift.cumulative().per(5e-324) {
                        is_finite(&per);
                    }
                    answered += 1;
                }
                let donors = [two, three, one, [1.0; 5]];
                for placebo in [
                    SyntheticControl::placebo_in_time(&one, &donors, 3, 2).map(|placebo| is_finite(&placebo)),
                    TimeBasedRegression::placebo_in_time(&one, &two, 3, 2).map(|placebo| is_finite(&placebo)),
                ] {
                    answered += u32::from(placebo.is_ok());
                }
                match SyntheticControl::of(&one, &donors, 3) {
                    Ok(control) => {
                        assert!(!is_bad);
                        is_finite(&control);
                        let placebos = SyntheticControl::placebos(&donors, 3).unwrap_or_default();
                        if let Ok(increment) = control.increment_estimate(&placebos) {
                            is_finite(&increment);
                        }
                        answered += 1;
                    }
                    Err(error) => {
                        assert!(!matches!(error, StatsError::NoConvergence { .. }), "{a} {b} {c}: {error}");
                    }
                }
            }
        }
    }
    assert!(answered > 300, "{answered}");
}
