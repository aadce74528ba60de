//! Plans, costs and estimates close.

use super::{Broken, hold};
use crate::progress::{EarnedValue, PlannedValueCurve};
use crate::quantity::{AnyAmount, QuantityError, Ratio};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Debug;
use rust_decimal::Decimal;

/// A law over numbers that have to be exact: one that is not breaks it too.
fn exactly(
    law: &'static str,
    holds: Result<bool, QuantityError>,
    values: impl FnOnce() -> String,
) -> Result<(), Broken> {
    match holds {
        Ok(holds) => hold(law, holds, values),
        Err(error) => Err(Broken::new(law, format_args!("{}: {error}", values()))),
    }
}

/// The amounts of the periods add up to the total, and none is below 0. No periods add up to 0.
///
/// # Errors
/// [`Broken`], with the amounts and the total.
///
/// # Examples
/// ```
/// use marketloop::laws::periods_add_up;
/// use marketloop::quantity::Count;
/// use marketloop::strategies::pacings;
/// use proptest::prelude::*;
///
/// proptest!(|((pacing, _) in pacings())| periods_add_up(pacing.total(), pacing.plan())?);
///
/// // Ten posts over four weeks, each week's rounded for itself.
/// assert!(periods_add_up(&Count::new(10), &[2, 2, 2, 2].map(Count::new)).is_err());
/// ```
pub fn periods_add_up<A: AnyAmount>(total: &A, plan: &[A]) -> Result<(), Broken> {
    let exact: Result<Vec<Ratio>, _> = plan.iter().map(|amount| amount.exact_in(total)).collect();
    let holds = exact.and_then(|exact| {
        let sum = exact.iter().try_fold(Ratio::ZERO, |sum, amount| sum.plus(*amount))?;
        Ok(sum == total.exact_in(total)? && !exact.iter().any(Ratio::is_negative))
    });
    exactly("periods_add_up", holds, || {
        let written: Vec<String> = plan.iter().map(ToString::to_string).collect();
        format!("[{}] are not {total}, or one is below 0", written.join(", "))
    })
}

/// What is spent, committed and left is the total.
///
/// # Errors
/// [`Broken`], with the four amounts.
///
/// # Examples
/// ```
/// use marketloop::laws::spent_and_left_are_the_total;
/// use marketloop::strategies::pacings;
/// use proptest::prelude::*;
///
/// proptest!(|((pacing, standing) in pacings())| {
///     let left = standing.remaining().get().unwrap();
///     spent_and_left_are_the_total(pacing.total(), standing.spent(), standing.committed(), &left)?;
/// });
/// ```
pub fn spent_and_left_are_the_total<A: AnyAmount>(
    total: &A,
    spent: &A,
    committed: &A,
    left: &A,
) -> Result<(), Broken> {
    let parts = [spent, committed, left];
    let sum = parts.iter().try_fold(Ratio::ZERO, |sum, part| sum.plus(part.exact_in(total)?));
    let holds = sum.and_then(|sum| Ok(sum == total.exact_in(total)?));
    exactly("spent_and_left_are_the_total", holds, || {
        format!("{spent} spent, {committed} committed and {left} left are not {total}")
    })
}

/// Variances are what was earned less what it cost, and less what was planned: `CV = EV - AC` and `SV = EV - PV`, so that
/// work that costs more or is late is below zero.
///
/// # Errors
/// [`Broken`], with the amounts and the variances.
///
/// # Examples
/// ```
/// use marketloop::laws::variances_close;
/// use marketloop::strategies::earned_values;
/// use proptest::prelude::*;
///
/// proptest!(|(value in earned_values())| {
///     let cost = value.cost_variance().get().unwrap();
///     variances_close(&value, &cost, &value.schedule_variance().get().unwrap())?;
/// });
/// ```
pub fn variances_close<A: AnyAmount>(
    value: &EarnedValue<A>,
    cost_variance: &A,
    schedule_variance: &A,
) -> Result<(), Broken> {
    let like = value.budget_at_completion();
    let closes = |variance: &A, basis: &A| -> Result<bool, QuantityError> {
        let earned = variance.exact_in(like)?.plus(basis.exact_in(like)?)?;
        Ok(earned == value.earned_value().exact_in(like)?)
    };
    let holds = closes(cost_variance, value.actual_cost())
        .and_then(|cost| Ok(cost && closes(schedule_variance, value.planned_value())?));
    exactly("variances_close", holds, || {
        let (earned, cost, planned) = (value.earned_value(), value.actual_cost(), value.planned_value());
        format!("EV {earned}, AC {cost}, PV {planned}, and CV is {cost_variance}, SV is {schedule_variance}")
    })
}

/// An estimate closes: the cost at completion is the actual cost and the cost to come, and with the variance at completion
/// it is the budget: `EAC = AC + ETC` and `VAC = BAC - EAC`.
///
/// # Errors
/// [`Broken`], with the amounts.
///
/// # Examples
/// ```
/// use marketloop::laws::estimate_closes;
/// use marketloop::progress::Estimate;
/// use marketloop::strategies::earned_values;
/// use proptest::prelude::*;
///
/// proptest!(|(value in earned_values())| {
///     let end = value.estimate_at_completion(Estimate::AsPlanned).get().unwrap();
///     let to_come = value.estimate_to_complete(Estimate::AsPlanned).get().unwrap();
///     estimate_closes(&value, end, to_come, value.variance_at_completion(Estimate::AsPlanned).get().unwrap())?;
/// });
/// ```
pub fn estimate_closes<A: AnyAmount>(
    value: &EarnedValue<A>,
    at_completion: Ratio,
    to_complete: Ratio,
    variance: Ratio,
) -> Result<(), Broken> {
    let (budget, cost) = (value.budget_at_completion(), value.actual_cost());
    let holds = cost.exact_in(budget).and_then(|cost| {
        let whole = variance.plus(at_completion)? == budget.exact_in(budget)?;
        Ok(whole && cost.plus(to_complete)? == at_completion)
    });
    exactly("estimate_closes", holds, || {
        format!("BAC {budget}, AC {cost}, EAC {at_completion}, ETC {to_complete}, VAC {variance}")
    })
}

/// The cost at completion at the pace so far is in proportion: it stands to the budget as the actual cost to the earned
/// value, `EAC * EV = BAC * AC`.
///
/// # Errors
/// [`Broken`], with the four.
///
/// # Examples
/// ```
/// use marketloop::figure::Figure;
/// use marketloop::laws::cost_goes_on_as_so_far;
/// use marketloop::progress::Estimate;
/// use marketloop::strategies::earned_values;
/// use proptest::prelude::*;
///
/// proptest!(|(value in earned_values())| {
///     if let Figure::Known(end) = value.estimate_at_completion(Estimate::CostPerformance) {
///         cost_goes_on_as_so_far(&value, end)?;
///     }
/// });
/// ```
pub fn cost_goes_on_as_so_far<A: AnyAmount>(
    value: &EarnedValue<A>,
    at_completion: Ratio,
) -> Result<(), Broken> {
    let (budget, cost, earned) = (value.budget_at_completion(), value.actual_cost(), value.earned_value());
    let product = |one: &A, other: Ratio| one.exact_in(budget).and_then(|one| one.times(other));
    let holds =
        cost.exact_in(budget).and_then(|cost| Ok(product(budget, cost)? == product(earned, at_completion)?));
    exactly("cost_goes_on_as_so_far", holds, || {
        format!("BAC {budget}, EV {earned}, AC {cost}, and EAC is {at_completion}")
    })
}

/// The earned schedule inverts the curve: what is planned by a time was to be earned by that time, or on a plateau at one
/// of its ends. `earned` is the function from a value to its time.
///
/// A value that no decimal holds exactly cannot be earned and says nothing.
///
/// # Errors
/// [`Broken`], with the time, its value, and the time that was answered.
///
/// # Examples
/// ```
/// use marketloop::laws::earned_schedule_inverts_the_curve;
/// use marketloop::strategies::planned_value_curves;
/// use proptest::prelude::*;
/// use rust_decimal::Decimal;
///
/// proptest!(|(curve in planned_value_curves(), at in 0_u32..60)| {
///     let at = Decimal::from(at);
///     let earned = |value: &_, at| curve.earned_schedule(value, at).unwrap().earned();
///     earned_schedule_inverts_the_curve(&curve, at, earned)?;
/// });
/// ```
pub fn earned_schedule_inverts_the_curve<A: AnyAmount>(
    curve: &PlannedValueCurve<A>,
    at: Decimal,
    earned: impl Fn(&A, Decimal) -> Ratio,
) -> Result<(), Broken> {
    const LAW: &str = "earned_schedule_inverts_the_curve";
    let broken = |what: &dyn Debug| Broken::new(LAW, format_args!("{curve:?} at {at}: {what:?}"));
    // Before the first point and after the last the curve is flat: its own times are the ones to come back to.
    let first = curve.points().first().map_or(at, |point| point.0);
    let at = at.clamp(first, curve.planned_duration());
    let planned = curve.planned_value_at(at).map_err(|error| broken(&error))?;
    let Ok(value) = curve.budget_at_completion().exactly(planned) else { return Ok(()) };
    let time = earned(&value, at);
    // One of two points of the same value.
    let is_plateau = |(point, _): &&(Decimal, A)| {
        time == Ratio::from(*point) && curve.planned_value_at(*point) == Ok(planned)
    };
    let holds = time == Ratio::from(at) || curve.points().iter().any(|point| is_plateau(&point));
    hold(LAW, holds, || format!("{value} is planned by {at}, and was to be earned by {time}"))
}

/// A front load falls or rises on a straight line: the first weight is `first_to_last` times the last, and each differs
/// from the next by the same.
///
/// # Errors
/// [`Broken`], with the weights and the load; also where there is no weight.
///
/// # Examples
/// ```
/// use marketloop::laws::front_load_is_a_straight_line;
/// use marketloop::progress::Profile;
/// use proptest::prelude::*;
/// use rust_decimal::Decimal;
///
/// proptest!(|(load in 0_u32..20, periods in 2_usize..60)| {
///     let weights = Profile::front_loaded(load.into()).unwrap().weights(periods).unwrap();
///     front_load_is_a_straight_line(&weights, load.into())?;
/// });
/// ```
pub fn front_load_is_a_straight_line(weights: &[Decimal], first_to_last: Decimal) -> Result<(), Broken> {
    let exact: Vec<Ratio> = weights.iter().copied().map(Ratio::from).collect();
    let ends = exact.first().zip(exact.last());
    // Of no weights none is the first.
    let holds = ends.map_or(Ok(false), |(first, last)| {
        let steps = exact.iter().zip(exact.iter().skip(1)).map(|(one, next)| one.minus(*next));
        let steps = steps.collect::<Result<Vec<_>, _>>()?;
        let even = steps.iter().zip(steps.iter().skip(1)).all(|(one, next)| one == next);
        // Of a single period the first is the last.
        Ok(steps.is_empty() || (even && *first == last.times(first_to_last.into())?))
    });
    exactly("front_load_is_a_straight_line", holds, || {
        format!("{weights:?} with the first {first_to_last} times the last")
    })
}
