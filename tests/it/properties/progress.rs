//! Laws of pacing, earned value and earned schedule.

use marketloop::progress::{EarnedValue, Estimate, Pacing, PerformanceBaseline, Profile, ProgressError};
use marketloop::quantity::Ratio;
use marketloop::split::{Apportionment, integers};
use proptest::prelude::*;
use rust_decimal::Decimal;

fn amount() -> impl Strategy<Value = Decimal> {
    (0_i64..1_000_000_000, 0_u32..3).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale))
}

fn any_decimal() -> impl Strategy<Value = Decimal> {
    (any::<i128>(), 0_u32..=28).prop_map(|(mantissa, scale)| {
        Decimal::try_from_i128_with_scale(mantissa >> 32, scale).unwrap_or(Decimal::MAX)
    })
}

fn is_undefined(error: &ProgressError) -> bool {
    matches!(error, ProgressError::Undefined { .. })
}

fn profile() -> impl Strategy<Value = Profile> {
    prop_oneof![
        Just(Profile::even()),
        (1_u32..20).prop_map(|factor| Profile::front_loaded(factor.into()).unwrap()),
        prop::collection::vec(1_u32..100, 1..13).prop_map(|season| {
            Profile::seasonal(season.into_iter().map(Decimal::from).collect::<Vec<_>>()).unwrap()
        }),
    ]
}

proptest! {
    #[test]
    fn pacing_plan_sums_to_total(total in 0_i64..1_000_000_000_000, profile in profile(), periods in 1_usize..30) {
        let weights = profile.weights(periods).unwrap();
        let plan = integers(total.into(), weights.iter().copied(), Apportionment::LargestRemainder).unwrap();
        let plan = plan.into_iter().map(|part| Decimal::from_i128_with_scale(part, 0)).collect::<Vec<_>>();
        let pacing = Pacing::new(plan, weights).unwrap();
        prop_assert_eq!(pacing.total(), Decimal::from(total));
        prop_assert_eq!(pacing.cumulative().unwrap().last().copied(), Some(Decimal::from(total)));
    }

    #[test]
    fn what_is_spent_and_left_is_the_total(plan in prop::collection::vec(amount(), 1..12), elapsed in 0_usize..12, spent in amount()) {
        let weights = vec![Decimal::ONE; plan.len()];
        let pacing = Pacing::new(plan, weights).unwrap();
        let elapsed = elapsed.min(pacing.plan().len());
        let standing = pacing.after(elapsed, spent, Decimal::ZERO).unwrap();
        prop_assert_eq!(standing.remaining() + spent, pacing.total());
        if let Ok(remainder) = standing.remainder() {
            prop_assert_eq!(remainder.amount, standing.remaining());
            prop_assert_eq!(remainder.weights.len(), pacing.plan().len() - elapsed);
        }
    }

    #[test]
    fn spending_as_planned_has_the_pacing_index_one(plan in prop::collection::vec(amount(), 1..12)) {
        let periods = plan.len();
        let pacing = Pacing::new(plan, vec![Decimal::ONE; periods]).unwrap();
        let standing = pacing.after(periods, pacing.total(), Decimal::ZERO).unwrap();
        match standing.pacing_index() {
            Ok(index) => prop_assert_eq!(index, Ratio::ONE),
            Err(error) => prop_assert!(pacing.total().is_zero() && is_undefined(&error)),
        }
        prop_assert_eq!(standing.projected_total().unwrap(), Ratio::from(pacing.total()));
    }

    #[test]
    fn cost_estimate_is_cost_plus_what_is_to_come(budget in amount(), planned in amount(), earned in amount(), cost in amount()) {
        let value = EarnedValue::new(budget, planned, earned, cost).unwrap();
        for estimate in [Estimate::CostPerformance, Estimate::AsPlanned, Estimate::CostAndSchedule] {
            match value.estimate_at_completion(estimate) {
                Ok(end) => {
                    let to_come = value.estimate_to_complete(estimate).unwrap();
                    prop_assert_eq!(to_come.plus(cost.into()).unwrap(), end);
                    let variance = value.variance_at_completion(estimate).unwrap();
                    prop_assert_eq!(variance.plus(end).unwrap(), Ratio::from(budget));
                }
                Err(error) => {
                    prop_assert!(is_undefined(&error));
                    prop_assert!(estimate != Estimate::AsPlanned);
                }
            }
        }
    }

    #[test]
    fn earned_schedule_inverts_the_baseline(steps in prop::collection::vec((1_u32..5, 1_u32..1000), 1..12), at in 0_u32..60) {
        let (mut time, mut value) = (0, 0);
        let mut points = vec![(Decimal::ZERO, Decimal::ZERO)];
        for (duration, gain) in steps {
            (time, value) = (time + duration, value + gain);
            points.push((time.into(), value.into()));
        }
        let baseline = PerformanceBaseline::new(points).unwrap();
        let at = Decimal::from(at).min(baseline.planned_duration());
        let Some(planned) = baseline.planned_value_at(at).unwrap().to_decimal() else { return Ok(()) };
        let schedule = baseline.earned_schedule(planned, at).unwrap();
        prop_assert_eq!(schedule.earned(), Ratio::from(at));
        prop_assert!(schedule.variance().unwrap().is_zero());
    }

    #[test]
    fn no_number_makes_progress_panic(numbers in prop::array::uniform5(any_decimal()), elapsed in 0_usize..4) {
        let [a, b, c, d, e] = numbers;
        if let Ok(value) = EarnedValue::new(a, b, c, d).map(|value| value.with_committed(e).unwrap_or(value)) {
            for estimate in [Estimate::CostPerformance, Estimate::AsPlanned, Estimate::CostAndSchedule, Estimate::BottomUp(e)] {
                let _ = (value.variance_at_completion(estimate), value.to_complete_performance_index_for(estimate));
            }
            let _ = (value.available(), value.cost_variance(), value.schedule_variance(), value.to_complete_performance_index());
        }
        if let Ok(pacing) = Pacing::new([a.abs(), b.abs()], [c.abs(), d.abs()])
            && let Ok(standing) = pacing.after(elapsed, e, b)
        {
            let _ = (standing.pacing_index(), standing.projected_total(), standing.remainder(), standing.against_cap(c));
        }
        if let Ok(baseline) = PerformanceBaseline::new([(a.abs(), b.abs()), (c.abs(), d.abs())]) {
            let _ = (baseline.planned_value_at(e), baseline.earned_schedule(e, b).map(|schedule| schedule.duration_at_completion()));
        }
        let _ = Profile::front_loaded(a).and_then(|profile| profile.weights(elapsed));
    }
}
