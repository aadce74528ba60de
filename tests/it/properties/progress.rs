//! Laws of pacing, earned value and earned schedule.

use marketloop::figure::Figure;
use marketloop::laws;
use marketloop::progress::{EarnedValue, Estimate, Pacing, PlannedValueCurve, Profile};
use marketloop::quantity::{Count, Quantity, Ratio, Unit};
use marketloop::split::{Apportionment, integers};
use marketloop::strategies::{decimals, earned_values, pacings, planned_value_curves, profiles};
use proptest::prelude::*;
use rust_decimal::Decimal;

fn plain(value: Decimal) -> Quantity {
    Quantity::new(value, Unit::ONE)
}

proptest! {
    #[test]
    fn pacing_plan_sums_to_total(total in 0_i64..1_000_000_000_000, profile in profiles(), periods in 1_usize..30) {
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
    fn what_is_spent_and_left_is_the_total((pacing, standing) in pacings()) {
        laws::periods_add_up(pacing.total(), pacing.plan())?;
        let left = standing.remaining().get().unwrap();
        laws::spent_and_left_are_the_total(pacing.total(), standing.spent(), standing.committed(), &left)?;
        if let Figure::Known(rest) = standing.repaced() {
            laws::periods_add_up(&left, &rest)?;
            prop_assert_eq!(rest.len(), pacing.plan().len() - standing.elapsed());
        }
    }

    #[test]
    fn spending_as_planned_has_the_pacing_index_one((pacing, _) in pacings()) {
        let (periods, total) = (pacing.plan().len(), pacing.total().clone());
        let nothing = Quantity::new(Decimal::ZERO, total.unit().clone());
        let standing = pacing.after(periods, total.clone(), nothing).unwrap();
        match standing.pacing_index() {
            Figure::Known(index) => prop_assert_eq!(index, Ratio::ONE),
            none => prop_assert!(total.value().is_zero() && none.is_undefined()),
        }
        prop_assert_eq!(standing.projected_total(), Figure::Known(Ratio::from(total.value())));
    }

    #[test]
    fn cost_estimate_is_cost_plus_what_is_to_come(value in earned_values()) {
        let variances = [value.cost_variance(), value.schedule_variance()].map(|variance| variance.get().unwrap());
        laws::variances_close(&value, &variances[0], &variances[1])?;
        for estimate in [Estimate::CostPerformance, Estimate::AsPlanned, Estimate::CostAndSchedule] {
            match value.estimate_at_completion(estimate.clone()) {
                Figure::Known(end) => {
                    let to_come = value.estimate_to_complete(estimate.clone()).get().unwrap();
                    let variance = value.variance_at_completion(estimate.clone()).get().unwrap();
                    laws::estimate_closes(&value, end, to_come, variance)?;
                    if estimate == Estimate::CostPerformance {
                        laws::cost_goes_on_as_so_far(&value, end)?;
                    }
                }
                none => {
                    prop_assert!(none.is_undefined());
                    prop_assert!(estimate != Estimate::AsPlanned);
                }
            }
        }
    }

    #[test]
    fn earned_schedule_inverts_the_curve(curve in planned_value_curves(), at in 0_u32..60) {
        let at = Decimal::from(at);
        let earned = |value: &Quantity, at| curve.earned_schedule(value, at).unwrap().earned();
        laws::earned_schedule_inverts_the_curve(&curve, at, earned)?;
        // On time is a variance of zero, where only one time has that value.
        let at = at.clamp(curve.points()[0].0, curve.planned_duration());
        let Some(planned) = curve.planned_value_at(at).unwrap().to_decimal() else { return Ok(()) };
        let planned = Quantity::new(planned, curve.budget_at_completion().unit().clone());
        let schedule = curve.earned_schedule(&planned, at).unwrap();
        let rises = curve.points().windows(2).all(|pair| pair[0].1.value() < pair[1].1.value());
        prop_assert!(!rises || schedule.variance() == Figure::Known(Ratio::ZERO));
    }

    #[test]
    fn no_number_makes_progress_panic(numbers in prop::array::uniform5(decimals()), elapsed in 0_usize..4) {
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
