//! Laws of pacing, earned value and earned schedule.

use marketloop::figure::Figure;
use marketloop::progress::{EarnedValue, Estimate, Pacing, PlannedValueCurve, Profile};
use marketloop::quantity::{Count, Quantity, Ratio, Unit};
use marketloop::split::{Apportionment, integers};
use proptest::prelude::*;
use rust_decimal::Decimal;

fn amount() -> impl Strategy<Value = Quantity> {
    (0_i64..1_000_000_000, 0_u32..3).prop_map(|(mantissa, scale)| plain(Decimal::new(mantissa, scale)))
}

fn plain(value: Decimal) -> Quantity {
    Quantity::new(value, Unit::ONE)
}

fn sum(plan: &[Quantity]) -> Quantity {
    plan.iter().fold(plain(Decimal::ZERO), |sum, amount| sum.plus(amount).unwrap())
}

/// A stated plan whose periods weigh the same.
fn stated(plan: Vec<Quantity>) -> Pacing<Quantity> {
    let pacing = Pacing::new(sum(&plan), &Profile::even(), plan.len()).unwrap();
    pacing.with_plan(plan).unwrap()
}

fn any_decimal() -> impl Strategy<Value = Decimal> {
    (any::<i128>(), 0_u32..=28).prop_map(|(mantissa, scale)| {
        Decimal::try_from_i128_with_scale(mantissa >> 32, scale).unwrap_or(Decimal::MAX)
    })
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
        let plan: Vec<_> = plan.into_iter().map(|part| Count::new(part.try_into().unwrap())).collect();
        let total = Count::new(total.try_into().unwrap());
        let pacing = Pacing::new(total, &profile, periods).unwrap();
        prop_assert_eq!(pacing.plan(), plan);
        prop_assert_eq!(*pacing.total(), total);
        prop_assert_eq!(pacing.cumulative().unwrap().last().copied(), Some(total));
    }

    #[test]
    fn what_is_spent_and_left_is_the_total(plan in prop::collection::vec(amount(), 1..12), elapsed in 0_usize..12, spent in amount()) {
        let pacing = stated(plan);
        let elapsed = elapsed.min(pacing.plan().len());
        let standing = pacing.after(elapsed, spent.clone(), plain(Decimal::ZERO)).unwrap();
        let left = standing.remaining().get().unwrap();
        prop_assert_eq!(left.plus(&spent).unwrap(), pacing.total().clone());
        if let Figure::Known(rest) = standing.repaced() {
            prop_assert_eq!(sum(&rest), left);
            prop_assert_eq!(rest.len(), pacing.plan().len() - elapsed);
        }
    }

    #[test]
    fn spending_as_planned_has_the_pacing_index_one(plan in prop::collection::vec(amount(), 1..12)) {
        let pacing = stated(plan);
        let (periods, total) = (pacing.plan().len(), pacing.total().clone());
        let standing = pacing.after(periods, total.clone(), plain(Decimal::ZERO)).unwrap();
        match standing.pacing_index() {
            Figure::Known(index) => prop_assert_eq!(index, Ratio::ONE),
            none => prop_assert!(total.value().is_zero() && none.is_undefined()),
        }
        prop_assert_eq!(standing.projected_total(), Figure::Known(Ratio::from(total.value())));
    }

    #[test]
    fn cost_estimate_is_cost_plus_what_is_to_come(budget in amount(), planned in amount(), earned in amount(), cost in amount()) {
        let (whole, spent) = (Ratio::from(budget.value()), Ratio::from(cost.value()));
        let value = EarnedValue::new(budget, planned, earned, cost).unwrap();
        for estimate in [Estimate::CostPerformance, Estimate::AsPlanned, Estimate::CostAndSchedule] {
            match value.estimate_at_completion(estimate.clone()) {
                Figure::Known(end) => {
                    let to_come = value.estimate_to_complete(estimate.clone()).get().unwrap();
                    prop_assert_eq!(to_come.plus(spent).unwrap(), end);
                    let variance = value.variance_at_completion(estimate).get().unwrap();
                    prop_assert_eq!(variance.plus(end).unwrap(), whole);
                }
                none => {
                    prop_assert!(none.is_undefined());
                    prop_assert!(estimate != Estimate::AsPlanned);
                }
            }
        }
    }

    #[test]
    fn earned_schedule_inverts_the_curve(steps in prop::collection::vec((1_u32..5, 1_u32..1000), 1..12), at in 0_u32..60) {
        let (mut time, mut value) = (0, 0);
        let mut points = vec![(Decimal::ZERO, plain(Decimal::ZERO))];
        for (duration, gain) in steps {
            (time, value) = (time + duration, value + gain);
            points.push((time.into(), plain(value.into())));
        }
        let curve = PlannedValueCurve::new(points).unwrap();
        let at = Decimal::from(at).min(curve.planned_duration());
        let Some(planned) = curve.planned_value_at(at).unwrap().to_decimal() else { return Ok(()) };
        let schedule = curve.earned_schedule(&plain(planned), at).unwrap();
        prop_assert_eq!(schedule.earned(), Ratio::from(at));
        prop_assert!(schedule.variance() == Figure::Known(Ratio::ZERO));
    }

    #[test]
    fn no_number_makes_progress_panic(numbers in prop::array::uniform5(any_decimal()), elapsed in 0_usize..4) {
        let [a, b, c, d, e] = numbers;
        let value = EarnedValue::new(plain(a), plain(b), plain(c), plain(d));
        if let Ok(value) = value.map(|value| value.clone().with_committed(plain(e)).unwrap_or(value)) {
            for estimate in [Estimate::CostPerformance, Estimate::AsPlanned, Estimate::CostAndSchedule, Estimate::BottomUp(plain(e))] {
                let _ = (value.variance_at_completion(estimate.clone()), value.to_complete_performance_index_for(estimate));
            }
            let _ = value.to_string();
        }
        if let Ok(profile) = Profile::custom([c.abs(), d.abs()])
            && let Ok(pacing) = Pacing::new(plain(a.abs()), &profile, 2)
            && let Ok(standing) = pacing.after(elapsed, plain(e), plain(b))
        {
            let _ = (standing.repaced(), standing.to_string(), standing.against_cap(c));
        }
        if let Ok(curve) = PlannedValueCurve::new([(a.abs(), plain(b.abs())), (c.abs(), plain(d.abs()))]) {
            let schedule = curve.earned_schedule(&plain(e), b);
            let _ = (curve.planned_value_at(e), schedule.map(|schedule| schedule.to_string()));
        }
        let _ = Profile::front_loaded(a).and_then(|profile| profile.weights(elapsed));
    }
}
