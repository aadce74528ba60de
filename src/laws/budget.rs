//! Budgets: lines add up, bounds hold, money is neither made nor lost on its way.

use super::{Broken, hold, splits_add_up};
use crate::budget::{
    Allocation, AmountCause, Cap, CutLine, Floor, Limit, Line, Place, Position, ReallocatedLine,
    Reallocation, ReservePolicy, Rule, Scope, TrackedLine, Tracking,
};
use crate::figure::Why;
use crate::quantity::{Money, QuantityError, Ratio, Rounding, multiply};
use alloc::format;
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// The lines of an allocation that are not divided further add up to its total, the parts of a line to the line, and no
/// line is below 0. The amounts are those that `amount` gives.
///
/// # Errors
/// [`Broken`], with the amounts that do not add up.
///
/// # Examples
/// ```
/// use marketloop::laws::allocation_adds_up;
/// use marketloop::strategies::allocations;
/// use proptest::prelude::*;
///
/// proptest!(|(draft in allocations())| {
///     allocation_adds_up(&draft.check().unwrap(), |line| line.amount())?;
/// });
/// ```
pub fn allocation_adds_up(allocation: &Allocation, amount: impl Fn(&Line) -> Money) -> Result<(), Broken> {
    const LAW: &str = "allocation_adds_up";
    let named = |broken: Broken| Broken::new(LAW, broken.values());
    for line in allocation.lines() {
        hold(LAW, !amount(line).is_negative(), || format!("{} has {}", line.name(), amount(line)))?;
        if line.has_parts() {
            let parts: Vec<Money> = allocation.parts_of(line.name()).map(&amount).collect();
            splits_add_up(&amount(line), &parts).map_err(named)?;
        }
    }
    let leaves: Vec<Money> = allocation.leaves().map(&amount).collect();
    splits_add_up(&allocation.total(), &leaves).map_err(named)
}

/// Each floor and cap of an allocation holds, of one line and of lines together; a percentage of the total that is no
/// whole minor unit is a bound of the one outside of it. The amounts are those that `amount` gives.
///
/// A cap beyond all amounts of money bounds nothing.
///
/// # Errors
/// [`Broken`], with the rule, the amount and the bound.
///
/// # Examples
/// ```
/// use marketloop::laws::allocation_keeps_its_bounds;
/// use marketloop::strategies::allocations;
/// use proptest::prelude::*;
///
/// proptest!(|(draft in allocations())| {
///     allocation_keeps_its_bounds(&draft.check().unwrap(), |line| line.amount())?;
/// });
/// ```
pub fn allocation_keeps_its_bounds(
    allocation: &Allocation,
    amount: impl Fn(&Line) -> Money,
) -> Result<(), Broken> {
    const LAW: &str = "allocation_keeps_its_bounds";
    let total = allocation.total();
    for (id, rule) in allocation.rules() {
        let (Rule::Floor(Floor { lines, amount: limit }) | Rule::Cap(Cap { lines, amount: limit })) = rule
        else {
            continue;
        };
        let is_floor = matches!(rule, Rule::Floor(_));
        let rounding = if is_floor { Rounding::Floor } else { Rounding::Ceiling };
        let bound = match limit {
            Limit::Stated(bound) => Ok(*bound),
            Limit::PercentOfTotal(percent) => part_of(total, *percent, rounding),
        };
        let bound = match bound {
            Ok(bound) => bound,
            Err(_) if !is_floor => continue,
            Err(error) => return Err(Broken::new(LAW, format_args!("rule `{id}`: {error}"))),
        };
        let (names, together) = match lines {
            Scope::Each(names) => (names, 1),
            Scope::Group(names) => (names, names.len()),
        };
        for names in names.chunks(together.max(1)) {
            let lines: Vec<&Line> = names.iter().filter_map(|name| allocation.get(name)).collect();
            hold(LAW, lines.len() == names.len(), || {
                format!("rule `{id}`: of {} only {} lines are there", names.join(", "), lines.len())
            })?;
            let sum = Money::sum(lines.into_iter().map(&amount), total.currency());
            let kept = sum.as_ref().is_ok_and(|sum| if is_floor { *sum >= bound } else { *sum <= bound });
            hold(LAW, kept, || {
                let side = if is_floor { "at least" } else { "at most" };
                format!("rule `{id}`: {} have {sum:?}, and {side} {bound}", names.join(", "))
            })?;
        }
    }
    Ok(())
}

fn part_of(amount: Money, percent: Decimal, rounding: Rounding) -> Result<Money, QuantityError> {
    amount.times(multiply(percent, Decimal::new(1, 2))?, rounding)
}

/// The steps of a line's reason lead to its amount: floors raise, caps lower, rounding is the last step and less than
/// a minor unit.
///
/// # Errors
/// [`Broken`], with the step.
///
/// # Examples
/// ```
/// use marketloop::laws::amount_is_explained;
/// use marketloop::strategies::allocations;
/// use proptest::prelude::*;
///
/// proptest!(|(draft in allocations())| {
///     for line in draft.check().unwrap().lines() {
///         amount_is_explained(line.why(), line.amount())?;
///     }
/// });
/// ```
pub fn amount_is_explained(why: &Why<AmountCause, Ratio>, amount: Money) -> Result<(), Broken> {
    const LAW: &str = "amount_is_explained";
    let due = Ratio::from(amount.amount());
    hold(LAW, *why.value() == due, || format!("the steps lead to {}, the amount is {amount}", why.value()))?;
    let unit = Ratio::from(Decimal::new(1, amount.currency().digits()));
    let mut before: Option<Ratio> = None;
    let mut rounded = false;
    for step in why.steps() {
        let from = before.unwrap_or(Ratio::ZERO);
        let told = || format!("`{}` leads from {before:?} to {}", step.cause, step.value);
        hold(LAW, !rounded, || format!("{}, after the rounding", told()))?;
        let is_sound = match step.cause {
            AmountCause::Floor(_) => from < step.value,
            AmountCause::Cap(_) => step.value < from,
            AmountCause::Rounding => {
                rounded = true;
                // The amount is a whole number of minor units, and so are those beside it: they are ratios.
                let below = step.value.minus(unit).is_ok_and(|below| below < from);
                let above = step.value.plus(unit).is_ok_and(|above| from < above);
                before.is_some() && below && above
            }
            AmountCause::Set(_) | AmountCause::NoReturn(_) | AmountCause::Stated => before.is_none(),
            _ => true,
        };
        hold(LAW, is_sound, told)?;
        before = Some(step.value);
    }
    Ok(())
}

/// An elastic reserve is its percentage of what it protects, exactly.
///
/// # Errors
/// [`Broken`], with the reserve and what it has to be; also where what it has to be needs more than 128 bits, as then
/// no [`Ratio`] is it.
///
/// # Examples
/// ```
/// use marketloop::laws::reserve_is_its_uplift;
/// use rust_decimal::dec;
///
/// assert!(reserve_is_its_uplift(dec!(30), "400".parse()?, "120".parse()?).is_ok());
/// // 30 % of both together is more.
/// assert!(reserve_is_its_uplift(dec!(30), "400".parse()?, "156".parse()?).is_err());
/// # Ok::<(), marketloop::quantity::QuantityError>(())
/// ```
pub fn reserve_is_its_uplift(percent: Decimal, protected: Ratio, reserve: Ratio) -> Result<(), Broken> {
    let due = Ratio::new(percent, Decimal::ONE_HUNDRED).and_then(|ratio| protected.times(ratio));
    hold("reserve_is_its_uplift", due.as_ref() == Ok(&reserve), || {
        let due = due.map_or_else(|error| format!("{error}"), |due| format!("{due}"));
        format!("the reserve is {reserve}, and {percent} % of {protected} are {due}")
    })
}

/// Of each tracked line and of the total, plan less actual less committed is available, and actual less plan the
/// variance; the available amounts of the lines add up to that of the total.
///
/// # Errors
/// [`Broken`], with the line and its figures.
///
/// # Examples
/// ```
/// use marketloop::laws::tracking_closes;
/// use marketloop::strategies::trackings;
/// use proptest::prelude::*;
///
/// proptest!(|(draft in trackings())| {
///     tracking_closes(&draft.check().unwrap(), |line| line.available(), |line| line.variance())?;
/// });
/// ```
pub fn tracking_closes(
    tracking: &Tracking,
    available: impl Fn(&TrackedLine) -> Money,
    variance: impl Fn(&TrackedLine) -> Money,
) -> Result<(), Broken> {
    const LAW: &str = "tracking_closes";
    let sum = |amounts: &[Money]| Money::sum(amounts.iter().copied(), tracking.total().plan().currency());
    for line in tracking.lines().iter().chain([tracking.total()]) {
        let (plan, actual, committed) = (line.plan(), line.actual(), line.committed());
        let (free, over) = (available(line), variance(line));
        hold(LAW, sum(&[free, actual, committed]).is_ok_and(|sum| sum == plan), || {
            format!("{}: plan {plan}, spent {actual}, committed {committed}, available {free}", line.name())
        })?;
        hold(LAW, sum(&[plan, over]).is_ok_and(|sum| sum == actual), || {
            format!("{}: plan {plan}, spent {actual}, variance {over}", line.name())
        })?;
    }
    let free: Vec<Money> = tracking.lines().iter().map(&available).collect();
    splits_add_up(&available(tracking.total()), &free).map_err(|broken| Broken::new(LAW, broken.values()))
}

/// A line releases what its rule asks for, but at most what is not locked.
///
/// # Errors
/// [`Broken`], with the line, what it released and what it has to; also where that is no amount of money.
///
/// # Examples
/// ```
/// use marketloop::budget::Position;
/// use marketloop::laws::release_follows_its_rule;
/// use marketloop::quantity::Rounding;
/// use rust_decimal::dec;
///
/// let forum = Position::new("forum", "100 CNY".parse()?).with_locked("80 CNY".parse()?);
/// assert!(release_follows_its_rule(&forum, dec!(30), Rounding::Floor, "20 CNY".parse()?).is_ok());
/// assert!(release_follows_its_rule(&forum, dec!(30), Rounding::Floor, "30 CNY".parse()?).is_err());
/// # Ok::<(), marketloop::Error>(())
/// ```
pub fn release_follows_its_rule(
    position: &Position,
    percent: Decimal,
    rounding: Rounding,
    released: Money,
) -> Result<(), Broken> {
    const LAW: &str = "release_follows_its_rule";
    let free = position.locked.map_or(Ok(position.amount), |locked| position.amount.minus(locked));
    let none = |error: QuantityError| Broken::new(LAW, format_args!("{}: {error}", position.line));
    let (free, asked) = (free.map_err(none)?, part_of(position.amount, percent, rounding).map_err(none)?);
    let due = if free < asked { free } else { asked };
    hold(LAW, released == due, || {
        format!("{} releases {released}: {percent} % are {asked}, {free} are free", position.line)
    })
}

/// A review neither makes money nor loses any: what the lines held and what was added is what they hold and what went
/// to owners outside. The new amounts are those that `new` gives.
///
/// # Errors
/// [`Broken`], with both sums.
///
/// # Examples
/// ```
/// use marketloop::laws::review_conserves_money;
/// use marketloop::strategies::reallocations;
/// use proptest::prelude::*;
///
/// proptest!(|(draft in reallocations())| {
///     review_conserves_money(&draft.check().unwrap(), |line| line.new_amount())?;
/// });
/// ```
pub fn review_conserves_money(
    review: &Reallocation,
    new: impl Fn(&ReallocatedLine) -> Money,
) -> Result<(), Broken> {
    const LAW: &str = "review_conserves_money";
    let currency = review.released().currency();
    let lines = review.lines();
    for line in lines {
        hold(LAW, !new(line).is_negative(), || format!("{} has {}", line.name(), new(line)))?;
    }
    let outside =
        review.moves().iter().filter(|step| matches!(step.to, Place::Owner(_))).map(|step| step.amount);
    let before = Money::sum(lines.iter().map(ReallocatedLine::old).chain([review.added()]), currency);
    let after = Money::sum(lines.iter().map(new).chain(outside), currency);
    match (before, after) {
        (Ok(before), Ok(after)) => {
            hold(LAW, before == after, || format!("{before} before, and {after} after"))
        }
        (before, after) => Err(Broken::new(LAW, format_args!("{before:?} before, and {after:?} after"))),
    }
}

/// Cuts take their amount, and what the lines have left is what they had without it.
///
/// # Errors
/// [`Broken`], with the sums.
///
/// # Examples
/// ```
/// use marketloop::budget::CutLine;
/// use marketloop::laws::cuts_add_up;
///
/// let lines = [CutLine::new("a", "100 CNY".parse()?, 1), CutLine::new("b", "50 CNY".parse()?, 1)];
/// assert!(cuts_add_up(&lines, "30 CNY".parse()?, &["80 CNY".parse()?, "40 CNY".parse()?]).is_ok());
/// assert!(cuts_add_up(&lines, "30 CNY".parse()?, &["80 CNY".parse()?, "50 CNY".parse()?]).is_err());
/// # Ok::<(), marketloop::Error>(())
/// ```
pub fn cuts_add_up(lines: &[CutLine], cut: Money, left: &[Money]) -> Result<(), Broken> {
    const LAW: &str = "cuts_add_up";
    hold(LAW, lines.len() == left.len(), || format!("{} lines, and {} amounts", lines.len(), left.len()))?;
    let before = Money::sum(lines.iter().map(|line| line.amount), cut.currency());
    let after = Money::sum(left.iter().copied().chain([cut]), cut.currency());
    hold(LAW, before.is_ok() && before == after, || {
        format!("{before:?} before, and {after:?} left and cut, of which {cut} are cut")
    })
}

/// A cut leaves each line its floor, a kept reserve all it has, and makes no line larger.
///
/// # Errors
/// [`Broken`], with the line and what it has left.
///
/// # Examples
/// ```
/// use marketloop::budget::{CutLine, ReservePolicy};
/// use marketloop::laws::cuts_keep_floors;
///
/// let line = CutLine::new("a", "100 CNY".parse()?, 1).with_floor("60 CNY".parse()?);
/// assert!(cuts_keep_floors(&[line.clone()], ReservePolicy::Kept, &["60 CNY".parse()?]).is_ok());
/// assert!(cuts_keep_floors(&[line], ReservePolicy::Kept, &["59 CNY".parse()?]).is_err());
/// # Ok::<(), marketloop::Error>(())
/// ```
pub fn cuts_keep_floors(lines: &[CutLine], reserves: ReservePolicy, left: &[Money]) -> Result<(), Broken> {
    const LAW: &str = "cuts_keep_floors";
    hold(LAW, lines.len() == left.len(), || format!("{} lines, and {} amounts", lines.len(), left.len()))?;
    for (line, left) in lines.iter().zip(left) {
        let is_kept = line.reserve && reserves == ReservePolicy::Kept;
        let nothing = Money::zero(line.amount.currency());
        let floor = if is_kept { line.amount } else { line.floor.unwrap_or(nothing) };
        hold(LAW, floor <= *left && *left <= line.amount, || {
            format!("{} has {left} of {} left, {floor} have to stay", line.name, line.amount)
        })?;
    }
    Ok(())
}

/// The parts of a variance add up to it, exactly: price, volume and mix, or the totals of lines.
///
/// # Errors
/// [`Broken`], with the parts and their sum.
///
/// # Examples
/// ```
/// use marketloop::budget::SpendVariance;
/// use marketloop::laws::variances_add_up;
/// use marketloop::strategies::line_spends;
/// use proptest::prelude::*;
///
/// proptest!(|(lines in line_spends(1..6))| {
///     let all = SpendVariance::of(lines).unwrap();
///     variances_add_up(all.total(), all.lines().iter().map(|line| line.total()))?;
/// });
/// ```
pub fn variances_add_up(total: Ratio, parts: impl IntoIterator<Item = Ratio>) -> Result<(), Broken> {
    let parts: Vec<Ratio> = parts.into_iter().collect();
    let sum = parts.iter().try_fold(Ratio::ZERO, |sum, part| sum.plus(*part));
    hold("variances_add_up", sum.as_ref() == Ok(&total), || {
        format!("the parts {parts:?} add up to {sum:?}, not to {total}")
    })
}
