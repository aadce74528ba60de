//! What is divided adds up again, and is divided as its weights and bounds say.

use super::{Broken, hold};
use crate::quantity::{Money, Ratio};
use crate::split::{Bounded, BoundedPart, Weights};
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// The parts of an amount add up to it, to the last minor unit. No parts add up to 0.
///
/// # Errors
/// [`Broken`], with the parts, their sum and the amount.
///
/// # Examples
/// ```
/// use marketloop::laws::splits_add_up;
/// use marketloop::split::Apportionment;
/// use marketloop::strategies::{money, weights};
/// use proptest::prelude::*;
///
/// proptest!(|(year in money(), weights in weights(1..12))| {
///     splits_add_up(&year, &year.split_weighted(&weights, Apportionment::LargestRemainder))?;
/// });
/// ```
pub fn splits_add_up<'a>(total: &Money, parts: impl IntoIterator<Item = &'a Money>) -> Result<(), Broken> {
    const LAW: &str = "splits_add_up";
    let parts: Vec<Money> = parts.into_iter().copied().collect();
    let written = || parts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    match Money::sum(parts.iter().copied(), total.currency()) {
        Ok(sum) => {
            hold(LAW, sum == *total, || format!("the parts [{}] add up to {sum}, not to {total}", written()))
        }
        Err(error) => Err(Broken::new(LAW, format_args!("the parts [{}] do not add up: {error}", written()))),
    }
}

/// The whole parts of a total add up to it, and none has the other sign. No parts add up to 0.
///
/// # Errors
/// [`Broken`], with the parts and the total.
///
/// # Examples
/// ```
/// use marketloop::laws::parts_add_up;
///
/// assert!(parts_add_up(100, &[34, 33, 33]).is_ok());
/// assert!(parts_add_up(100, &[33, 33, 33]).is_err());
/// assert!(parts_add_up(100, &[101, -1]).is_err());
/// ```
pub fn parts_add_up(total: i128, parts: &[i128]) -> Result<(), Broken> {
    const LAW: &str = "parts_add_up";
    let sum = parts.iter().try_fold(0_i128, |sum, part| sum.checked_add(*part));
    hold(LAW, sum == Some(total), || format!("the parts {parts:?} do not add up to {total}"))?;
    let against = parts.iter().find(|part| **part != 0 && part.signum() != total.signum());
    hold(LAW, against.is_none(), || format!("of the parts {parts:?} some are against the sign of {total}"))
}

/// Each part is the quota of its weight, rounded down or up.
///
/// It holds of [`LargestRemainder`](crate::split::Apportionment::LargestRemainder) and
/// [`Cumulative`](crate::split::Apportionment::Cumulative). A quota that needs more than 128 bits is not looked at.
///
/// # Errors
/// [`Broken`], with the part and its quota.
///
/// # Examples
/// ```
/// use marketloop::laws::parts_stay_within_quota;
/// use marketloop::split::Weights;
///
/// let weights = Weights::new([1, 1, 1])?;
/// assert!(parts_stay_within_quota(100, &weights, &[33, 33, 34]).is_ok());
/// assert!(parts_stay_within_quota(100, &weights, &[32, 33, 35]).is_err());
/// # Ok::<(), marketloop::split::SplitError>(())
/// ```
pub fn parts_stay_within_quota(total: i128, weights: &Weights, parts: &[i128]) -> Result<(), Broken> {
    const LAW: &str = "parts_stay_within_quota";
    hold(LAW, weights.len() == parts.len(), || {
        format!("{} weights, and {} parts", weights.len(), parts.len())
    })?;
    for (index, part) in parts.iter().enumerate() {
        let Some(quota) = weights.quota(total, index) else { continue };
        hold(LAW, is_next_to(*part, &quota), || {
            format!("part {index} of {total} is {part}, its quota {quota}")
        })?;
    }
    Ok(())
}

/// Whether a whole number is a ratio rounded down or up.
fn is_next_to(part: i128, exact: &Ratio) -> bool {
    let Ok(off) = exact.minus(Ratio::whole(part)) else { return false };
    let size = if off.is_negative() { off.negated() } else { off };
    size < Ratio::ONE
}

/// What has no weight gets nothing, and of equal weights the earlier one has as much as the later one, or one more.
///
/// It holds of splits by largest remainder without an order of ties of the caller's own.
///
/// # Errors
/// [`Broken`], with the weight and the parts.
///
/// # Examples
/// ```
/// use marketloop::laws::ties_go_to_the_first;
/// use rust_decimal::dec;
///
/// assert!(ties_go_to_the_first(&[dec!(1), dec!(1)], &[3, 2]).is_ok());
/// assert!(ties_go_to_the_first(&[dec!(1), dec!(1)], &[2, 3]).is_err());
/// ```
pub fn ties_go_to_the_first(weights: &[Decimal], parts: &[i128]) -> Result<(), Broken> {
    const LAW: &str = "ties_go_to_the_first";
    hold(LAW, weights.len() == parts.len(), || {
        format!("{} weights, and {} parts", weights.len(), parts.len())
    })?;
    let mut sorted: Vec<(&Decimal, u128)> =
        weights.iter().zip(parts.iter().map(|part| part.unsigned_abs())).collect();
    for (weight, part) in &sorted {
        hold(LAW, !weight.is_zero() || *part == 0, || format!("the weight 0 has {part}"))?;
    }
    // Stable: equal weights keep their order.
    sorted.sort_by_key(|(weight, _)| **weight);
    for (one, next) in sorted.iter().zip(sorted.iter().skip(1)).filter(|(one, next)| one.0 == next.0) {
        let (first, later) = (one.1, next.1);
        hold(LAW, first.checked_sub(later).is_some_and(|more| more <= 1), || {
            format!("of two weights of {} the first has {first}, the next one {later}", one.0)
        })?;
    }
    Ok(())
}

/// What a split answers is parts of its total: where it drops some, both answers would.
fn are_parts(law: &'static str, total: i128, parts: &[i128]) -> Result<(), Broken> {
    hold(law, !parts.is_empty(), || format!("{total} is divided into no parts"))?;
    parts_add_up(total, parts).map_err(|broken| Broken::new(law, broken.values()))
}

/// No part is less when one unit more is divided (house monotonicity).
///
/// [`SainteLague`](crate::split::Apportionment::SainteLague) keeps it;
/// [`LargestRemainder`](crate::split::Apportionment::LargestRemainder) does not (the Alabama paradox).
///
/// # Errors
/// [`Broken`], with the total and the parts of both; also where there is no part, or they do not
/// [add up](parts_add_up).
///
/// # Examples
/// ```
/// use marketloop::laws::parts_grow_with_the_total;
/// use marketloop::split::{Apportionment, Weights};
///
/// let weights = Weights::new([6, 6, 2])?;
/// let split = |method| move |total: i128| Weights::new([6, 6, 2]).unwrap().split(total, method);
/// assert!(parts_grow_with_the_total(split(Apportionment::SainteLague), 10).is_ok());
/// // The third has 2 of 10 seats, and 1 of 11.
/// assert!(parts_grow_with_the_total(split(Apportionment::LargestRemainder), 10).is_err());
/// # Ok::<(), marketloop::split::SplitError>(())
/// ```
pub fn parts_grow_with_the_total(split: impl Fn(i128) -> Vec<i128>, total: i128) -> Result<(), Broken> {
    // Away from 0, so that parts grow in size.
    let more = if total < 0 { total.saturating_sub(1) } else { total.saturating_add(1) };
    let (less, parts) = (split(total), split(more));
    are_parts("parts_grow_with_the_total", total, &less)?;
    are_parts("parts_grow_with_the_total", more, &parts)?;
    let grows = less.len() == parts.len()
        && less.iter().zip(&parts).all(|(less, more)| less.unsigned_abs() <= more.unsigned_abs());
    hold("parts_grow_with_the_total", grows, || {
        format!("{total} is divided into {less:?}, and {more} into {parts:?}")
    })
}

/// A total below 0 has the parts of its counterpart above 0, with the sign.
///
/// # Errors
/// [`Broken`], with the parts of both; also where there is no part, or they do not [add up](parts_add_up).
///
/// # Examples
/// ```
/// use marketloop::laws::refunds_mirror_charges;
///
/// // What is rounded towards minus infinity is not the same both ways.
/// let thirds = |total: i128| vec![total.div_euclid(3), total.div_euclid(3), total - 2 * total.div_euclid(3)];
/// assert!(refunds_mirror_charges(thirds, 100).is_err());
/// assert!(refunds_mirror_charges(|total| vec![total / 3, total / 3, total - total / 3 * 2], 100).is_ok());
/// ```
pub fn refunds_mirror_charges(split: impl Fn(i128) -> Vec<i128>, total: i128) -> Result<(), Broken> {
    // The lowest number has no counterpart.
    let total = total.max(i128::MIN.saturating_add(1));
    let (charge, refund) = (split(total), split(total.saturating_neg()));
    are_parts("refunds_mirror_charges", total, &charge)?;
    let mirrored = charge.len() == refund.len()
        && charge.iter().zip(&refund).all(|(charge, refund)| *charge == refund.saturating_neg());
    hold("refunds_mirror_charges", mirrored, || {
        format!("{total} is divided into {charge:?}, its counterpart into {refund:?}")
    })
}

/// Each part is at least its floor and at most its cap; bounds are magnitudes.
///
/// # Errors
/// [`Broken`], with the part and its bound.
///
/// # Examples
/// ```
/// use marketloop::laws::parts_stay_within_bounds;
/// use marketloop::split::Bounded;
///
/// let lines = [Bounded::new(1).with_cap(40), Bounded::new(1)];
/// assert!(parts_stay_within_bounds(&lines, &[40, 60]).is_ok());
/// assert!(parts_stay_within_bounds(&lines, &[-50, -50]).is_err());
/// ```
pub fn parts_stay_within_bounds(lines: &[Bounded], parts: &[i128]) -> Result<(), Broken> {
    const LAW: &str = "parts_stay_within_bounds";
    hold(LAW, lines.len() == parts.len(), || format!("{} lines, and {} parts", lines.len(), parts.len()))?;
    for (index, (line, part)) in lines.iter().zip(parts).enumerate() {
        let size = part.unsigned_abs();
        let above = |bound: i128| u128::try_from(bound).is_ok_and(|bound| size < bound);
        let below = |bound: i128| u128::try_from(bound).is_ok_and(|bound| size > bound);
        hold(LAW, !line.floor.is_some_and(above), || {
            format!("part {index} is {part}, its floor {:?}", line.floor)
        })?;
        hold(LAW, !line.cap.is_some_and(below), || {
            format!("part {index} is {part}, its cap {:?}", line.cap)
        })?;
    }
    Ok(())
}

/// Exact parts are in proportion to their weights as far as floors and caps allow: each is `scale * weight`, or the
/// bound that it meets.
///
/// A line without a weight, and a part that needs more than 128 bits, are not looked at.
///
/// # Errors
/// [`Broken`], with the part and what it has to be; also where a line has no part.
///
/// # Examples
/// ```
/// use marketloop::laws::parts_are_in_proportion;
/// use marketloop::split::{Bounded, bounded};
///
/// let lines = [Bounded::new(40).with_cap(30), Bounded::new(30), Bounded::new(30)];
/// let split = bounded(100, &lines)?;
/// let exact = split.parts().iter().filter_map(|part| part.exact);
/// parts_are_in_proportion(&lines, split.scale().unwrap(), exact)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn parts_are_in_proportion(
    lines: &[Bounded],
    scale: Ratio,
    exact: impl IntoIterator<Item = Ratio>,
) -> Result<(), Broken> {
    const LAW: &str = "parts_are_in_proportion";
    let mut exact = exact.into_iter();
    for (index, line) in lines.iter().enumerate() {
        let Some(part) = exact.next() else {
            return Err(Broken::new(LAW, format_args!("part {index} is not there")));
        };
        let Some(weight) = line.weight else { continue };
        let Ok(ideal) = scale.times(weight.into()) else { continue };
        let ideal = line.cap.map_or(ideal, |cap| ideal.min(Ratio::whole(cap)));
        let ideal = line.floor.map_or(ideal, |floor| ideal.max(Ratio::whole(floor)));
        let size = if part.is_negative() { part.negated() } else { part };
        hold(LAW, size == ideal, || {
            format!("part {index} is {part}, and by {scale} times {weight} it is {ideal}")
        })?;
    }
    hold(LAW, exact.next().is_none(), || format!("more than {} parts", lines.len()))
}

/// The parts of a nested split add up to their parent, each with the reserve of the parent, and the outermost parts to
/// the total; so do the exact amounts. A reserve is its ratio of the parts beside it.
///
/// Exact sums that need more than 128 bits are not looked at.
///
/// # Errors
/// [`Broken`], with the parent and the sum of its parts; also where a part lacks its exact amount, or the reserve that
/// was asked of it.
///
/// # Examples
/// ```
/// use marketloop::laws::nested_parts_add_up;
/// use marketloop::split::{Bounded, nested};
///
/// let asked = [Bounded::group().with_reserve("1/10".parse()?), Bounded::new(1).below(0), Bounded::new(2).below(0)];
/// let split = nested(1_100, &asked)?;
/// nested_parts_add_up(1_100, &asked, split.parts())?;
/// // Without its first line the group is more than its parts.
/// let mut parts = split.parts().to_vec();
/// parts[1].amount = 0;
/// assert!(nested_parts_add_up(1_100, &asked, &parts).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn nested_parts_add_up(
    total: i128,
    asked: &[Bounded<Ratio>],
    parts: &[BoundedPart],
) -> Result<(), Broken> {
    const LAW: &str = "nested_parts_add_up";
    hold(LAW, asked.len() == parts.len(), || {
        format!("{} parts asked, and {} given", asked.len(), parts.len())
    })?;
    for (index, (asked, part)) in asked.iter().zip(parts).enumerate() {
        hold(LAW, part.exact.is_some(), || format!("part {index} has no exact amount"))?;
        hold(LAW, asked.reserve.is_none() || part.reserve().is_some(), || {
            format!("part {index} has no reserve")
        })?;
    }
    let parents = asked.iter().zip(parts).map(|(asked, part)| {
        (Some(part.key), part.amount, part.exact, asked.reserve.zip(part.reserve().copied()))
    });
    for (parent, whole, exact, reserve) in
        core::iter::once((None, total, Some(Ratio::whole(total)), None)).chain(parents)
    {
        let below: Vec<&BoundedPart> = asked
            .iter()
            .zip(parts)
            .filter(|(asked, _)| asked.parent == parent)
            .map(|(_, part)| part)
            .collect();
        // A line has no parts; an empty group has nothing.
        if below.is_empty() {
            continue;
        }
        let name = parent.map_or_else(|| "the total".into(), |index| format!("part {index}"));
        let kept = reserve.map_or(0, |(_, (kept, _))| kept);
        let sum = below.iter().try_fold(kept, |sum, part| sum.checked_add(part.amount));
        hold(LAW, sum == Some(whole), || format!("{name} is {whole}, its parts with the reserve {sum:?}"))?;
        let members = below.iter().try_fold(Ratio::ZERO, |sum, part| sum.plus(part.exact?).ok());
        let (Some(members), Some(exact)) = (members, exact) else { continue };
        let size = if members.is_negative() { members.negated() } else { members };
        let on_top = reserve.map(|(ratio, (_, exact))| (size.times(ratio), exact));
        if let Some((Ok(due), kept)) = on_top {
            let kept = if kept.is_negative() { kept.negated() } else { kept };
            hold(LAW, kept == due, || format!("{name} keeps {kept} of {size}, and is to keep {due}"))?;
        }
        let kept = reserve.map_or(Ratio::ZERO, |(_, (_, kept))| kept);
        let Ok(sum) = members.plus(kept) else { continue };
        hold(LAW, sum == exact, || format!("{name} is exactly {exact}, its parts with the reserve {sum}"))?;
    }
    Ok(())
}
