//! Wrong splits.

use super::caught;
use marketloop::laws;
use marketloop::quantity::{Mix, Money, Ratio, Rounding};
use marketloop::split::{Apportionment, Bounded, BoundedPart, Weights, bounded, integers, nested};
use marketloop::strategies::{bounded_splits, mixes, money, nested_splits, totals, weight_numbers, weights};
use rust_decimal::Decimal;
use std::cmp::Reverse;

fn right((year, mix): &(Money, Mix<String>)) -> Vec<Money> {
    year.split(mix).unwrap().into_iter().map(|(_, part)| part).collect()
}

#[test]
fn each_part_rounded_for_itself() {
    caught(
        "each part rounded for itself",
        (money(), mixes()),
        |case| laws::splits_add_up(&case.0, &right(case)),
        |(year, mix)| {
            let parts: Vec<Money> =
                mix.iter().map(|(_, share)| year.times(share.value(), Rounding::HalfEven).unwrap()).collect();
            laws::splits_add_up(year, &parts)
        },
    );
}

/// The weights as whole numbers on one scale; none where they are too wide for the plain arithmetic below.
fn whole(weights: &[Decimal]) -> Option<Vec<i128>> {
    let scale = weights.iter().map(Decimal::scale).max()?;
    let one = |weight: &Decimal| weight.mantissa().checked_mul(10_i128.checked_pow(scale - weight.scale())?);
    weights.iter().map(one).map(|weight| weight.filter(|weight| *weight < 1 << 80)).collect()
}

/// Largest remainder, whose last units go in the given order of remainders and places.
fn by_remainders<K: Ord>(
    total: i128,
    weights: &[Decimal],
    order: impl Fn(i128, usize) -> K,
) -> Option<Vec<i128>> {
    let weights = whole(weights)?;
    let (sum, size) = (weights.iter().sum::<i128>(), total.checked_abs().filter(|size| *size < 1 << 40)?);
    let mut parts: Vec<i128> = weights.iter().map(|weight| size * weight / sum).collect();
    let left = usize::try_from(size - parts.iter().sum::<i128>()).unwrap();
    let mut turns: Vec<usize> = (0..weights.len()).filter(|index| weights[*index] > 0).collect();
    turns.sort_by_key(|index| order(size * weights[*index] % sum, *index));
    turns[..left].iter().for_each(|index| parts[*index] += 1);
    Some(parts.iter().map(|part| part * total.signum()).collect())
}

fn weighs(weights: &[Decimal]) -> bool {
    weights.iter().any(|weight| !weight.is_zero())
}

#[test]
fn ties_to_the_later_line() {
    caught(
        "largest remainder with ties to the later line",
        (totals(), weight_numbers(1..12)),
        |(total, weights)| match integers(*total, weights.iter().copied(), Apportionment::LargestRemainder) {
            Ok(parts) => laws::ties_go_to_the_first(weights, &parts),
            Err(_) => Ok(()),
        },
        |(total, weights)| {
            let later = |remainder, index| (Reverse(remainder), Reverse(index));
            let parts = weighs(weights).then(|| by_remainders(*total, weights, later)).flatten();
            parts.map_or(Ok(()), |parts| laws::ties_go_to_the_first(weights, &parts))
        },
    );
}

#[test]
fn the_last_units_all_to_the_first_line() {
    let law = |total: i128, weights: &[Decimal], parts: &[i128]| {
        let weights = Weights::new(weights.iter().copied()).unwrap();
        laws::parts_stay_within_quota(total, &weights, parts)
    };
    caught(
        "the last units all to the first line",
        (totals(), weight_numbers(1..12)),
        |(total, weights)| match integers(*total, weights.iter().copied(), Apportionment::LargestRemainder) {
            Ok(parts) => law(*total, weights, &parts),
            Err(_) => Ok(()),
        },
        |(total, weights)| {
            let Some(whole) = whole(weights).filter(|_| weighs(weights) && total.unsigned_abs() < 1 << 40)
            else {
                return Ok(());
            };
            let sum: i128 = whole.iter().sum();
            let mut parts: Vec<i128> = whole.iter().map(|weight| total * weight / sum).collect();
            parts[0] += total - parts.iter().sum::<i128>();
            law(*total, weights, &parts)
        },
    );
}

#[test]
fn seats_by_largest_remainder() {
    let grows = |total: i128, weights: &Weights, method: Apportionment| {
        laws::parts_grow_with_the_total(|total| weights.split(total, method), total)
    };
    caught(
        "largest remainder where no part may be less of a larger total",
        (totals(), weights(1..12)),
        |(total, weights)| grows(total % 100_000, weights, Apportionment::SainteLague),
        |(total, weights)| grows(total % 100_000, weights, Apportionment::LargestRemainder),
    );
}

#[test]
fn a_refund_rounded_towards_minus_infinity() {
    caught(
        "a refund rounded towards minus infinity",
        (totals(), weights(1..12)),
        |(total, weights)| {
            laws::refunds_mirror_charges(
                |total| weights.split(total, Apportionment::LargestRemainder),
                *total,
            )
        },
        |(total, weights)| {
            let wrong = |total: i128| {
                let floor = |index| weights.quota(total, index)?.round((0, Rounding::Floor)).ok();
                let parts = (0..weights.len()).map(|index| i128::try_from(floor(index)?).ok());
                let mut parts = parts.collect::<Option<Vec<i128>>>().unwrap_or_default();
                let left = usize::try_from(total - parts.iter().sum::<i128>()).unwrap_or(0);
                parts.iter_mut().take(left).for_each(|part| *part += 1);
                parts
            };
            laws::refunds_mirror_charges(wrong, *total)
        },
    );
}

#[test]
fn what_a_cap_leaves_divided_once() {
    let right = |(total, lines): &(i128, Vec<Bounded>)| bounded(*total, lines).unwrap();
    caught(
        "what a cap leaves divided once, without a look at the other caps",
        bounded_splits(),
        |case| laws::parts_stay_within_bounds(&case.1, &right(case).amounts().collect::<Vec<_>>()),
        |(total, lines)| {
            let weights: Vec<Decimal> = lines.iter().map(|line| line.weight.unwrap()).collect();
            let plain = |total: i128, weights: &[Decimal]| {
                integers(total, weights.iter().copied(), Apportionment::LargestRemainder).ok()
            };
            let Some(mut parts) = plain(total.abs(), &weights) else { return Ok(()) };
            let mut open = weights.clone();
            for ((line, part), open) in lines.iter().zip(&mut parts).zip(&mut open) {
                let held = line.cap.map_or(*part, |cap| cap.min(*part)).max(line.floor.unwrap_or(0));
                if held != *part {
                    (*part, *open) = (held, Decimal::ZERO);
                }
            }
            let left = total.abs() - parts.iter().sum::<i128>();
            for (part, more) in parts.iter_mut().zip(plain(left, &open).unwrap_or(vec![0; lines.len()])) {
                *part += more;
            }
            laws::parts_stay_within_bounds(lines, &parts)
        },
    );
}

#[test]
fn floors_paid_out_before_the_rest_is_divided() {
    caught(
        "floors paid out before the rest is divided by all weights",
        bounded_splits(),
        |(total, lines)| {
            let split = bounded(*total, lines).unwrap();
            let exact = split.parts().iter().map(|part| part.exact.unwrap());
            laws::parts_are_in_proportion(lines, split.scale().unwrap(), exact)
        },
        |(total, lines)| {
            let sum: Decimal = lines.iter().filter_map(|line| line.weight).sum();
            let floors: i128 = lines.iter().filter_map(|line| line.floor).sum();
            let ratio = |units: i128| Ratio::from(Decimal::from_i128_with_scale(units, 0));
            if sum.is_zero() || lines.iter().any(|line| line.cap.is_some()) {
                return Ok(());
            }
            let scale = ratio(total.abs() - floors).divided_by(sum.into()).unwrap();
            let exact = lines.iter().map(|line| {
                let share = scale.times(line.weight.unwrap().into()).unwrap();
                share.plus(ratio(line.floor.unwrap_or(0))).unwrap()
            });
            laws::parts_are_in_proportion(lines, scale, exact)
        },
    );
}

/// The parts of a nested split; a reserve that is above 0 is disturbed.
fn parts_with(case: &(i128, Vec<Bounded<Ratio>>), disturbed: impl Fn(i128) -> i128) -> Vec<BoundedPart> {
    let mut parts = nested(case.0, &case.1).unwrap().parts().to_vec();
    for part in &mut parts {
        let kept = part.reserve().map_or(0, |(kept, _)| *kept);
        part.amount += disturbed(kept);
    }
    parts
}

#[test]
fn a_reserve_counted_twice() {
    caught(
        "the reserve of a group counted twice",
        nested_splits(),
        |case| laws::nested_parts_add_up(case.0, &case.1, &parts_with(case, |_| 0)),
        |case| laws::nested_parts_add_up(case.0, &case.1, &parts_with(case, |kept| kept)),
    );
}
