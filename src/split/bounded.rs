//! Proportional division within floors and caps.

use super::nested::nested;
use super::parts::{Bounded, BoundedPart, BoundedSplit, SetBy};
use super::quota::{Claim, grant_largest};
use super::weights::{Scaled, signed, widened};
use super::{SplitError, Weights};
use crate::quantity::Ratio;
use crate::quantity::natural::Natural;
use alloc::vec::Vec;
use num_bigint::BigUint;
use rust_decimal::Decimal;

/// Whole parts of `total` in proportion to the weights as far as floors and caps allow.
///
/// # Formula
/// `x_i = clamp(t * w_i, floor_i, cap_i)` with the one `t >= 0` at which the parts add up to the total. It is
/// found exactly: the sum is piecewise linear in t with breaks at `floor_i / w_i` and `cap_i / w_i`. The
/// exact parts are made whole by largest remainder (ties to the lower index); bounds stay kept because they
/// are whole.
///
/// With groups, or lines below others, it is the [`nested`] split, with its errors.
///
/// # Errors
/// [`SplitError::NoWeights`], [`SplitError::NegativeWeight`], [`SplitError::NegativeBound`],
/// [`SplitError::FloorAboveCap`]; [`SplitError::FloorsExceedTotal`] and [`SplitError::CapsBelowTotal`] with
/// the amount that is missing and the lines in conflict.
///
/// # Examples
/// ```
/// use marketloop::split::{Bounded, bounded};
///
/// // 1,000,000.00 by 40:30:20:10, the first line capped at 350,000.00: the rest flows on in proportion.
/// let lines = [Bounded::new(40).with_cap(35_000_000), Bounded::new(30), Bounded::new(20), Bounded::new(10)];
/// let split = bounded(100_000_000, &lines)?;
/// assert_eq!(split.amounts().collect::<Vec<_>>(), [35_000_000, 32_500_000, 21_666_667, 10_833_333]);
/// assert!(split.parts()[0].is_at_cap());
/// assert_eq!(split.scale().map(|scale| scale.to_string()), Some("3250000/3".into()));
/// # Ok::<(), marketloop::split::SplitError>(())
/// ```
pub fn bounded(total: i128, lines: &[Bounded]) -> Result<BoundedSplit, SplitError> {
    // Flat splits keep a kernel of their own: whole bounds and one list of breaks, where groups need a curve each.
    if !lines.iter().all(Bounded::is_flat) {
        let in_fractions = |(index, line): (usize, &Bounded)| {
            let bound = |value: i128| match u128::try_from(value) {
                Err(_) => Err(SplitError::NegativeBound { index, value }),
                Ok(_) => Ok(Ratio::whole(value)),
            };
            line.mapped(bound)
        };
        let lines: Result<Vec<_>, _> = lines.iter().enumerate().map(in_fractions).collect();
        return nested(total, &lines?);
    }
    // Every line has a weight here: those without are groups, and went another way above.
    let weight = |line: &Bounded| line.weight.unwrap_or(Decimal::ZERO);
    let weights = Weights::non_negative(lines.iter().map(weight))?;
    let bounds = bounds(total.unsigned_abs(), lines)?;
    check_feasible(total.unsigned_abs(), lines, &bounds)?;
    // Narrow first: nearly every budget fits, and a width that does not is noticed before it is wrong.
    let small = |scaled: &[u64]| {
        solve::<u64>(total, scaled, &bounds)
            .or_else(|| solve::<u128>(total, &widened(scaled), &bounds))
            .or_else(|| solve::<BigUint>(total, &widened(scaled), &bounds))
    };
    let solved = match weights.scaled() {
        Scaled::Few(few, _) => small(few.as_slice()),
        Scaled::Small(scaled, _) => small(scaled),
        Scaled::Large(scaled, _) => solve::<u128>(total, scaled, &bounds)
            .or_else(|| solve::<BigUint>(total, &widened(scaled), &bounds)),
        Scaled::Wide(scaled, _) => solve::<BigUint>(total, scaled, &bounds),
    };
    // Feasibility was checked and the widest width holds every number: there is a solution.
    debug_assert!(solved.is_some(), "a feasible split without a solution");
    let mut split = solved.unwrap_or_else(|| BoundedSplit { parts: Vec::new(), total, scale: None });
    let per_weight = 10_u128.checked_pow(weights.scale());
    let per_weight = per_weight.and_then(|power| Ratio::of_integers(false, power, 1));
    split.scale = split.scale.and_then(|scale| scale.times(per_weight?).ok());
    // Solved for the magnitude: a refund mirrors its charge, and bounds are magnitudes.
    if total < 0 {
        for part in &mut split.parts {
            part.exact = part.exact.map(|exact| exact.negated());
        }
    }
    Ok(split)
}

/// The floor and the cap of each line in whole units; the cap never above the total it defaults to.
fn bounds(total: u128, lines: &[Bounded]) -> Result<Vec<(u128, u128)>, SplitError> {
    let whole = |index, bound: Option<i128>, default| match bound {
        None => Ok(default),
        Some(value) => u128::try_from(value).map_err(|_| SplitError::NegativeBound { index, value }),
    };
    lines
        .iter()
        .enumerate()
        .map(|(index, line)| {
            let floor = whole(index, line.floor, 0)?;
            let cap = whole(index, line.cap, total.max(floor))?;
            match (line.floor, line.cap) {
                (Some(floor), Some(cap)) if floor > cap => {
                    Err(SplitError::FloorAboveCap { index, floor, cap })
                }
                _ => Ok((floor, cap)),
            }
        })
        .collect()
}

#[expect(
    clippy::arithmetic_side_effects,
    reason = "the room is less than the total where it is taken from it"
)]
fn check_feasible(total: u128, lines: &[Bounded], bounds: &[(u128, u128)]) -> Result<(), SplitError> {
    let takes =
        |index: usize| lines.get(index).and_then(|line| line.weight).is_some_and(|weight| !weight.is_zero());
    // Counted down from the total: the floors' own sum may exceed 128 bits where the missing amount does not.
    let (_, short_by) = bounds.iter().fold((total, 0_u128), |(left, short_by), (floor, _)| {
        (left.saturating_sub(*floor), short_by.saturating_add(floor.saturating_sub(left)))
    });
    if short_by > 0 {
        let lines = bounds.iter().enumerate().filter(|(_, (floor, _))| *floor > 0).map(|(index, _)| index);
        return Err(SplitError::FloorsExceedTotal { short_by, lines: lines.collect() });
    }
    // A line without weight stays at its floor, whatever its cap: it has no room. The sum may stop at 128 bits: it is
    // only asked whether it reaches a total of 127.
    let room = bounds.iter().enumerate().fold(0_u128, |sum, (index, (floor, cap))| {
        sum.saturating_add(if takes(index) { *cap } else { *floor })
    });
    if room < total {
        return Err(SplitError::CapsBelowTotal {
            unplaced: total - room,
            lines: (0..bounds.len()).filter(|index| takes(*index)).collect(),
        });
    }
    Ok(())
}

/// A value of t at which a line reaches a bound.
struct Break<N> {
    bound: N,
    weight: N,
    to_cap: bool,
}

/// The split of the magnitude of `total` with the sign of `total` on the amounts.
fn solve<N: Natural>(total: i128, weights: &[N], bounds: &[(u128, u128)]) -> Option<BoundedSplit> {
    let magnitude = total.unsigned_abs();
    let (scale, per) = scale_of::<N>(&N::from_u128(magnitude)?, weights, bounds)?;
    let mut amounts = Vec::with_capacity(weights.len());
    let mut claims = Vec::with_capacity(weights.len());
    let mut parts = Vec::with_capacity(weights.len());
    let mut left = magnitude;
    for (index, (weight, (floor, cap))) in weights.iter().zip(bounds).enumerate() {
        let raw = weight.times(&scale)?;
        let (whole, remainder) = raw.div_rem(&per)?;
        // Beyond 128 bits it is above every cap.
        let whole = whole.to_u128().unwrap_or(u128::MAX);
        let (amount, set_by) = if whole < *floor {
            (*floor, SetBy::Floor)
        } else if whole > *cap || (whole == *cap && !remainder.is_zero()) {
            // At the cap with a remainder it wants more: its unit must go to another line.
            (*cap, SetBy::Cap)
        } else {
            (whole, SetBy::Weight)
        };
        let exact = if set_by == SetBy::Weight {
            exact_part(&raw, &per)
        } else {
            Ratio::of_integers(false, amount, 1)
        };
        // Lines at a bound take no part in the rounding, so that the bounds stay kept.
        if set_by == SetBy::Weight && !remainder.is_zero() {
            claims.push(Claim { remainder, rank: index, index });
        }
        left = left.checked_sub(amount)?;
        amounts.push(amount);
        parts.push((set_by, exact));
    }
    let amounts = grant_largest(&mut amounts, &mut claims, left)?;
    let parts = amounts.into_iter().zip(parts).enumerate();
    let parts = parts.map(|(index, (amount, (set_by, exact)))| {
        BoundedPart::flat(index, signed(total, amount), set_by, exact)
    });
    Some(BoundedSplit { parts: parts.collect(), total, scale: exact_part(&scale, &per) })
}

fn exact_part<N: Natural>(numerator: &N, denominator: &N) -> Option<Ratio> {
    // Reduced first: a fraction of big integers may fit 128 bits in its lowest terms only.
    let divisor = crate::quantity::natural::greatest_common_divisor(numerator.clone(), denominator.clone());
    let lowest = |value: &N| value.div_rem(&divisor)?.0.to_u128();
    Ratio::of_integers(false, lowest(numerator)?, lowest(denominator)?)
}

/// The scale t per scaled weight, as a fraction.
fn scale_of<N: Natural>(total: &N, weights: &[N], bounds: &[(u128, u128)]) -> Option<(N, N)> {
    let zero = N::from_u128(0)?;
    // Two a line, where it leaves its floor and where it reaches its cap: sorted once, the scale is found in one pass.
    let mut breaks = Vec::with_capacity(weights.len().saturating_mul(2));
    let mut fixed = zero.clone();
    let mut largest_bound = total.clone();
    for (weight, (floor, cap)) in weights.iter().zip(bounds) {
        let (floor, cap) = (N::from_u128(*floor)?, N::from_u128(*cap)?);
        fixed = fixed.plus(&floor)?;
        if weight.is_zero() {
            continue;
        }
        largest_bound = largest_bound.max(cap.clone());
        breaks.push(Break { bound: floor, weight: weight.clone(), to_cap: false });
        breaks.push(Break { bound: cap, weight: weight.clone(), to_cap: true });
    }
    // The largest product that a comparison of two breaks can need.
    largest_bound.times(weights.iter().max()?)?;
    breaks.sort_by(|a, b| {
        a.bound.times(&b.weight).cmp(&b.bound.times(&a.weight)).then(a.to_cap.cmp(&b.to_cap))
    });
    // Below the first break every line is at its floor; each break lets a line grow or stops it.
    let mut growing = zero.clone();
    let mut scale = (zero, N::from_u128(1)?);
    for Break { bound, weight, to_cap } in breaks {
        if growing.times(&bound)? > total.minus(&fixed)?.times(&weight)? {
            break;
        }
        if to_cap {
            fixed = fixed.plus(&bound)?;
            growing = growing.minus(&weight)?;
        } else {
            fixed = fixed.minus(&bound)?;
            growing = growing.plus(&weight)?;
        }
        scale = (bound, weight);
    }
    // No line grows: every scale from the last break on gives the same parts, and the break's is told.
    if growing.is_zero() { Some(scale) } else { Some((total.minus(&fixed)?, growing)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    fn amounts(total: i128, lines: &[Bounded]) -> Vec<i128> {
        bounded(total, lines).unwrap().amounts().collect()
    }

    #[test]
    fn a_refund_mirrors_its_charge() {
        let lines = [Bounded::new(40).with_cap(30), Bounded::new(30).with_floor(45), Bounded::new(20)];
        let charge = amounts(101, &lines);
        let refund = amounts(-101, &lines);
        assert_eq!(refund, charge.iter().map(|amount| -amount).collect::<Vec<_>>());
    }

    #[test]
    fn what_cannot_hold_is_told_with_the_amount() {
        let floors = [Bounded::new(1).with_floor(60), Bounded::new(1), Bounded::new(0).with_floor(41)];
        let refused = SplitError::FloorsExceedTotal { short_by: 1, lines: alloc::vec![0, 2] };
        assert_eq!(bounded(100, &floors), Err(refused));
        let huge = [Bounded::new(1).with_floor(i128::MAX); 3];
        let short_by = u128::MAX - 2; // 3 * (2^127 - 1) - 2^127
        let refused = SplitError::FloorsExceedTotal { short_by, lines: alloc::vec![0, 1, 2] };
        assert_eq!(bounded(i128::MIN, &huge), Err(refused));
        let caps = [Bounded::new(1).with_cap(60), Bounded::new(0)];
        assert_eq!(
            bounded(100, &caps),
            Err(SplitError::CapsBelowTotal { unplaced: 40, lines: alloc::vec![0] })
        );
        assert!(bounded(100, &[Bounded::new(1).with_floor(-1)]).is_err());
        assert!(bounded(100, &[Bounded::new(1).with_floor(2).with_cap(1)]).is_err());
        assert_eq!(bounded(0, &[]), Err(SplitError::NoWeights));
        assert_eq!(amounts(5, &[Bounded::new(0).with_floor(5)]), [5]);
        assert!(bounded(5, &[Bounded::new(0).with_floor(4)]).is_err());
    }

    #[test]
    fn the_ends_of_the_numbers_are_exact() {
        let tiny = Bounded::new(Decimal::from_i128_with_scale(1, 28));
        let lines =
            [Bounded::new(Decimal::MAX).with_cap(i128::MAX / 3), tiny.with_floor(1), Bounded::new(dec!(0.5))];
        let parts = amounts(i128::MAX, &lines);
        assert_eq!(parts.iter().sum::<i128>(), i128::MAX);
        assert_eq!(parts[0], i128::MAX / 3);
        assert_eq!(amounts(i128::MIN, &[Bounded::new(1), Bounded::new(1)]), [i128::MIN / 2; 2]);
        assert_eq!(amounts(i128::MIN, &[Bounded::new(1)]), [i128::MIN]);
    }
}
