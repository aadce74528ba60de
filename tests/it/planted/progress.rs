//! Wrong pacings, estimates and schedules.

use super::caught;
use marketloop::figure::Figure;
use marketloop::laws::{
    cost_goes_on_as_so_far, earned_schedule_inverts_the_curve, front_load_is_a_straight_line, periods_add_up,
    spent_and_left_are_the_total, variances_close,
};
use marketloop::progress::{EarnedValue, Estimate, PlannedValueCurve, Profile};
use marketloop::quantity::{AnyAmount, Quantity, Ratio, Rounding};
use marketloop::strategies::{earned_values, pacings, planned_value_curves};
use proptest::prelude::*;
use rust_decimal::Decimal;

type Curve = PlannedValueCurve<Quantity>;

fn variances(value: &EarnedValue<Quantity>) -> [Quantity; 2] {
    [value.cost_variance(), value.schedule_variance()].map(|variance| variance.known().unwrap())
}

#[test]
fn the_schedule_variance_with_its_sign_turned() {
    caught(
        "the schedule variance with its sign turned",
        earned_values(),
        |value| {
            let [cost, schedule] = variances(value);
            variances_close(value, &cost, &schedule)
        },
        |value| {
            let [cost, _] = variances(value);
            variances_close(value, &cost, &value.planned_value().minus(value.earned_value()).unwrap())
        },
    );
}

#[test]
fn the_budget_times_the_index_for_by_it() {
    let known = |end: Figure<Ratio>| end.known();
    caught(
        "the budget times the cost performance index, not by it",
        earned_values(),
        |value| {
            let end = known(value.estimate_at_completion(Estimate::CostPerformance));
            end.map_or(Ok(()), |end| cost_goes_on_as_so_far(value, end))
        },
        |value| {
            let index = known(value.cost_performance_index());
            let budget = Ratio::from(value.budget_at_completion().value());
            index.map_or(Ok(()), |index| cost_goes_on_as_so_far(value, budget.times(index).unwrap()))
        },
    );
}

#[test]
fn what_is_committed_is_not_taken_off() {
    caught(
        "what is committed is not taken off what is left",
        pacings(),
        |(pacing, standing)| {
            let left = standing.remaining().known().unwrap();
            spent_and_left_are_the_total(pacing.total(), standing.spent(), standing.committed(), &left)
        },
        |(pacing, standing)| {
            let left = pacing.total().minus(standing.spent()).unwrap();
            spent_and_left_are_the_total(pacing.total(), standing.spent(), standing.committed(), &left)
        },
    );
}

#[test]
fn each_period_rounded_for_itself() {
    caught(
        "each period rounded for itself",
        pacings(),
        |(pacing, _)| periods_add_up(pacing.total(), pacing.plan()),
        |(pacing, _)| {
            let periods = Decimal::from(pacing.plan().len());
            let share = Ratio::new(pacing.total().value(), periods).unwrap();
            let even = pacing.total().rounded(share, Rounding::HalfEven).unwrap();
            periods_add_up(pacing.total(), &vec![even; pacing.plan().len()])
        },
    );
}

#[test]
fn the_line_of_a_front_load_reaches_its_end_one_period_late() {
    let weights =
        |load: Decimal, periods: usize| Profile::front_loaded(load).unwrap().weights(periods).unwrap();
    caught(
        "the line of a front load reaches its end one period late",
        (0_u32..20, 2_usize..30),
        |(load, periods)| front_load_is_a_straight_line(&weights((*load).into(), *periods), (*load).into()),
        |(load, periods)| {
            let late = weights((*load).into(), periods + 1);
            front_load_is_a_straight_line(&late[..*periods], (*load).into())
        },
    );
}

/// Where the curve first reaches a value, by whole points and no line between them.
fn by_points(curve: &Curve, value: &Quantity) -> Ratio {
    let reached = curve.points().iter().rev().find(|point| point.1.value() <= value.value());
    Ratio::from(reached.unwrap_or(&curve.points()[0]).0)
}

#[test]
fn the_earned_schedule_without_the_part_of_the_running_period() {
    caught(
        "the earned schedule without the part of the running period",
        (planned_value_curves(), (0_u32..60).prop_map(Decimal::from)),
        |(curve, at)| {
            let earned = |value: &Quantity, at| curve.earned_schedule(value, at).unwrap().earned();
            earned_schedule_inverts_the_curve(curve, *at, earned)
        },
        |(curve, at)| earned_schedule_inverts_the_curve(curve, *at, |value, _| by_points(curve, value)),
    );
}
