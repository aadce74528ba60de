//! Profiles, pacings, curves of planned value and earned value.

use crate::progress::{EarnedValue, Pacing, PlannedValueCurve, Profile, Standing};
use crate::quantity::{AnyAmount, Quantity, Unit};
use alloc::vec::Vec;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any};
use proptest::prop_oneof;
use proptest::sample::select;
use rust_decimal::Decimal;

/// Decimals from 0 to a billion, of up to two places; nothing often.
fn not_negative() -> impl Strategy<Value = Decimal> + Clone {
    let everyday = (0_i64..1_000_000_000, 0_u32..3);
    prop_oneof![1 => Just(Decimal::ZERO), 7 => everyday.prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale))]
}

fn plain_units() -> impl Strategy<Value = Unit> + Clone {
    select(&["1", "hour", "CNY"][..]).prop_map(|unit| unit.parse().unwrap_or(Unit::ONE))
}

/// Profiles that weigh any number of periods: even, front-loaded, back-loaded, and seasons of 1 to 12 periods.
///
/// Mean size 3.7 weights; 48 % are edges: an even profile, a load of 0 or 1, a season of one period or with a period of
/// no weight.
///
/// # Examples
/// ```
/// use marketloop::strategies::profiles;
/// use proptest::prelude::*;
///
/// proptest!(|(profile in profiles(), periods in 1_usize..60)| {
///     prop_assert_eq!(profile.weights(periods).unwrap().len(), periods);
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn profiles() -> impl Strategy<Value = Profile> + Clone {
    let loads = prop_oneof![3 => 0_i64..200, 1 => select(&[0_i64, 10][..])]
        .prop_map(|tenths| Profile::front_loaded(Decimal::new(tenths, 1)).unwrap_or(Profile::even()));
    // The first period weighs something, so that no number of periods sees zeros alone.
    let seasons = (1_u32..100, vec(prop_oneof![1 => Just(0_u32), 9 => 1_u32..100], 0..12));
    let seasons = seasons.prop_map(|(first, others)| {
        let indices = core::iter::once(first).chain(others).map(Decimal::from);
        Profile::seasonal(indices.collect::<Vec<_>>()).unwrap_or(Profile::even())
    });
    prop_oneof![1 => Just(Profile::even()), 2 => loads, 2 => seasons]
}

/// Pacings of 1 to 29 periods, by a profile or with a stated plan, and how each stands after some of its periods.
///
/// Mean size 9.6 periods; 85 % are edges: one period, none or all over, nothing spent, all or more than all spent, a
/// total of 0.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::strategies::pacings;
/// use proptest::prelude::*;
///
/// proptest!(|((pacing, standing) in pacings())| {
///     let left = standing.remaining().get().unwrap();
///     laws::spent_and_left_are_the_total(pacing.total(), standing.spent(), standing.committed(), &left)?;
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn pacings() -> impl Strategy<Value = (Pacing<Quantity>, Standing<Quantity>)> + Clone {
    let periods = prop_oneof![1 => Just(1_usize), 9 => 1_usize..30];
    let stated = prop_oneof![1 => Just(Vec::new()), 1 => vec(not_negative(), 1..12)];
    // The number of periods shrinks before the profile: few periods need no season.
    let plans = (periods, not_negative(), stated, profiles());
    let percents = prop_oneof![1 => Just(0_i128), 1 => Just(100), 6 => 0_i128..130];
    let committed = prop_oneof![1 => Just(0_i128), 1 => 0_i128..20];
    (plans, plain_units(), 0_usize..30, percents, committed).prop_filter_map(
        "a pacing",
        |((periods, total, stated, profile), unit, elapsed, spent, committed)| {
            let amount = |value: Decimal| Quantity::new(value, unit.clone());
            let pacing = if stated.is_empty() {
                Pacing::new(amount(total), &profile, periods).ok()?
            } else {
                let total = stated.iter().try_fold(Decimal::ZERO, |sum, part| sum.checked_add(*part))?;
                let plan: Vec<Quantity> = stated.iter().map(|part| amount(*part)).collect();
                Pacing::new(amount(total), &profile, plan.len()).ok()?.with_plan(plan).ok()?
            };
            // Percents of the total in its own steps, of which a hundredth may be none.
            let part = |percent: i128| {
                let total = pacing.total();
                total.of_steps(total.steps().checked_mul(percent)?.checked_div(100)?).ok()
            };
            // As often all periods as the pool reaches beyond them.
            let elapsed = elapsed.min(pacing.plan().len());
            let standing = pacing.after(elapsed, part(spent)?, part(committed)?).ok()?;
            Some((pacing, standing))
        },
    )
}

/// Earned value at a date: the four amounts in hours, money or points, and what is committed besides.
///
/// Mean size 4.4 amounts above 0; 60 % are edges: an amount of 0, or two that are alike.
///
/// # Examples
/// ```
/// use marketloop::strategies::earned_values;
/// use proptest::prelude::*;
///
/// proptest!(|(value in earned_values())| {
///     let late = value.earned_value().value() < value.planned_value().value();
///     prop_assert_eq!(value.schedule_variance().get().unwrap().value().is_sign_negative(), late);
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn earned_values() -> impl Strategy<Value = EarnedValue<Quantity>> + Clone {
    // What was earned shrinks first: what is compared with it then shrinks to just above.
    let amounts = (not_negative(), not_negative(), not_negative(), not_negative(), not_negative());
    // Which amounts repeat the one before them: work that is just as planned, or cost just what it was worth.
    let alike = prop_oneof![3 => Just([false; 3]), 1 => any::<[bool; 3]>()];
    (amounts, alike, plain_units()).prop_filter_map(
        "earned value",
        |((earned, cost, planned, budget, committed), [as_budgeted, as_planned, as_worth], unit)| {
            let planned = if as_budgeted { budget } else { planned };
            let earned = if as_planned { planned } else { earned };
            let cost = if as_worth { earned } else { cost };
            let amount = |value: Decimal| Quantity::new(value, unit.clone());
            let value =
                EarnedValue::new(amount(budget), amount(planned), amount(earned), amount(cost)).ok()?;
            value.with_committed(amount(committed)).ok()
        },
    )
}

/// Curves of planned value, of 1 to 12 points from the time 0 or later on.
///
/// Mean size 6.4 points; 52 % are edges: one point, a plateau, a first value above 0.
///
/// # Examples
/// ```
/// use marketloop::quantity::Ratio;
/// use marketloop::strategies::planned_value_curves;
/// use proptest::prelude::*;
///
/// proptest!(|(curve in planned_value_curves())| {
///     let end = curve.planned_value_at(curve.planned_duration()).unwrap();
///     prop_assert_eq!(end, Ratio::from(curve.budget_at_completion().value()));
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn planned_value_curves() -> impl Strategy<Value = PlannedValueCurve<Quantity>> + Clone {
    let gain = || prop_oneof![1 => Just(0_u32), 15 => 1_u32..1_000];
    // Quarters of a period, of which whole ones come often.
    let duration = prop_oneof![3 => (1_u32..5).prop_map(|whole| whole.saturating_mul(4)), 1 => 1_u32..20];
    let start = prop_oneof![3 => Just((0_u32, 0_u32)), 1 => (0_u32..12, gain())];
    (start, vec((duration, gain()), 0..12), plain_units()).prop_filter_map(
        "a curve",
        |(start, steps, unit)| {
            let (mut time, mut value) = start;
            let quarters = |time: u32| Decimal::from(time).checked_mul(Decimal::new(25, 2));
            let point = |time, value: u32| Some((quarters(time)?, Quantity::new(value.into(), unit.clone())));
            let mut points = alloc::vec![point(time, value)?];
            for (duration, gain) in steps {
                (time, value) = (time.checked_add(duration)?, value.checked_add(gain)?);
                points.push(point(time, value)?);
            }
            PlannedValueCurve::new(points).ok()
        },
    )
}
