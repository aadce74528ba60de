//! Laws of exact division, and a plain reference of it in big integers.

use core::cmp::Reverse;
use marketloop::laws;
use marketloop::quantity::{Mix, Money, Ratio};
use marketloop::split::{Apportionment, Bounded, SplitError, Weights, bounded, integers};
use marketloop::strategies::{bounded_splits, mixes, money, totals, weight_numbers, weights};
use num_bigint::BigUint;
use proptest::collection::vec;
use proptest::prelude::*;
use rust_decimal::Decimal;

const METHODS: [Apportionment; 6] = [
    Apportionment::LargestRemainder,
    Apportionment::SainteLague,
    Apportionment::FirstInOrder,
    Apportionment::LastInOrder,
    Apportionment::LargestWeight,
    Apportionment::Cumulative,
];

/// Weights as whole numbers on one scale.
fn whole(weights: &[Decimal]) -> Vec<BigUint> {
    let one = |weight: &Decimal| {
        BigUint::from(weight.mantissa().unsigned_abs()) * BigUint::from(10_u8).pow(28 - weight.scale())
    };
    weights.iter().map(one).collect()
}

/// The split as the definition of the method says it, without any width, bound or shortcut.
fn reference(total: i128, weights: &[Decimal], method: Apportionment) -> Vec<BigUint> {
    let weights = whole(weights);
    let sum: BigUint = weights.iter().sum();
    let total = BigUint::from(total.unsigned_abs());
    let zero = BigUint::ZERO;
    if method == Apportionment::Cumulative {
        let mut running = BigUint::ZERO;
        let mut before = BigUint::ZERO;
        return weights
            .iter()
            .map(|weight| {
                running += weight;
                let upto: BigUint = (&total * &running * 2_u8 + &sum) / (&sum * 2_u8);
                let part = &upto - &before;
                before = upto;
                part
            })
            .collect();
    }
    if method == Apportionment::SainteLague {
        let mut parts = vec![BigUint::ZERO; weights.len()];
        let mut given = BigUint::ZERO;
        while given < total {
            let mut best: Option<usize> = None;
            for (index, weight) in weights.iter().enumerate().filter(|(_, weight)| **weight > zero) {
                let beats = |best: usize| {
                    weight * (&parts[best] * 2_u8 + 1_u8) > &weights[best] * (&parts[index] * 2_u8 + 1_u8)
                };
                if best.is_none_or(beats) {
                    best = Some(index);
                }
            }
            parts[best.unwrap()] += 1_u8;
            given += 1_u8;
        }
        return parts;
    }
    let mut parts: Vec<BigUint> = weights.iter().map(|weight| &total * weight / &sum).collect();
    let given: BigUint = parts.iter().sum();
    let left = usize::try_from(&total - &given).unwrap();
    let mut order: Vec<usize> = (0..weights.len()).filter(|index| weights[*index] > zero).collect();
    match method {
        Apportionment::LastInOrder => order.reverse(),
        Apportionment::LargestWeight => order.sort_by_key(|index| Reverse(weights[*index].clone())),
        Apportionment::LargestRemainder => {
            order.sort_by_key(|index| Reverse(&total * &weights[*index] % &sum));
        }
        _ => {}
    }
    for index in &order[..left] {
        parts[*index] += 1_u8;
    }
    parts
}

fn is_positive(weights: &[Decimal]) -> bool {
    weights.iter().any(|weight| !weight.is_zero())
}

proptest! {
    #[test]
    fn split_sums_to_total(total in totals(), weights in weights(1..40)) {
        for method in METHODS {
            let parts = weights.split(total, method);
            prop_assert_eq!(parts.len(), weights.len());
            laws::parts_add_up(total, &parts)?;
        }
    }

    #[test]
    fn money_splits_to_its_amount(amount in money(), mix in mixes(), count in 1_usize..50) {
        for method in METHODS {
            let split = amount.split_with(&mix, method).unwrap();
            laws::splits_add_up(&amount, split.iter().map(|(_, part)| part))?;
            prop_assert_eq!(split.total(), amount);
            // A mix keeps its numerators for speed: the same as from its shares.
            let weights = Weights::new(mix.iter().map(|(_, share)| share.value())).unwrap();
            let parts: Vec<Money> = split.into_iter().map(|(_, part)| part).collect();
            prop_assert_eq!(parts, amount.split_weighted(&weights, method));
        }
        let even = amount.split_evenly(count).unwrap();
        laws::splits_add_up(&amount, &even)?;
        let ones = Weights::new(vec![1; count]).unwrap();
        prop_assert_eq!(even, amount.split_weighted(&ones, Apportionment::LargestRemainder));
    }

    #[test]
    fn small_and_wide_numbers_agree(total in totals(), numbers in weight_numbers(1..24)) {
        prop_assume!(is_positive(&numbers));
        for method in METHODS {
            // The reference gives seats one by one.
            let total = if method == Apportionment::SainteLague { total % 200 } else { total };
            let parts = integers(total, numbers.iter().copied(), method).unwrap();
            let magnitudes: Vec<BigUint> = parts.iter().map(|part| part.unsigned_abs().into()).collect();
            prop_assert_eq!(magnitudes, reference(total, &numbers, method), "{:?} of {}", method, total);
        }
    }

    #[test]
    fn largest_remainder_and_cumulative_stay_within_quota(total in totals(), numbers in weight_numbers(1..24)) {
        prop_assume!(is_positive(&numbers));
        let scaled = whole(&numbers);
        let sum: BigUint = scaled.iter().sum();
        let magnitude = BigUint::from(total.unsigned_abs());
        for method in [Apportionment::LargestRemainder, Apportionment::Cumulative] {
            let parts = integers(total, numbers.iter().copied(), method).unwrap();
            prop_assert_eq!(parts.len(), scaled.len());
            for (part, weight) in parts.iter().zip(&scaled) {
                let (part, share) = (BigUint::from(part.unsigned_abs()) * &sum, &magnitude * weight);
                let apart = if part > share { &part - &share } else { &share - &part };
                prop_assert!(apart < sum, "{:?}", method);
            }
        }
    }

    #[test]
    fn negative_totals_mirror_positive_ones(total in 0..=i128::MAX, weights in weights(1..24)) {
        for method in METHODS {
            laws::refunds_mirror_charges(|total| weights.split(total, method), total)?;
        }
    }

    #[test]
    fn scaling_all_weights_changes_nothing(total in totals(), numbers in vec(0_u32..5_000, 1..24), factor in 1_u64..1_000_000_000, scale in 1_u32..20) {
        prop_assume!(numbers.iter().any(|number| *number > 0));
        let plain = Weights::new(numbers.iter().copied()).unwrap();
        let times = Weights::new(numbers.iter().map(|number| u64::from(*number) * factor)).unwrap();
        let decimals = Weights::new(numbers.iter().map(|number| Decimal::new((*number).into(), scale))).unwrap();
        for method in METHODS {
            prop_assert_eq!(plain.split(total, method), times.split(total, method));
            prop_assert_eq!(plain.split(total, method), decimals.split(total, method));
        }
    }

    #[test]
    fn zero_weights_get_nothing(total in totals(), numbers in weight_numbers(1..24)) {
        prop_assume!(is_positive(&numbers));
        for method in METHODS {
            let parts = integers(total, numbers.iter().copied(), method).unwrap();
            prop_assert!(parts.iter().zip(&numbers).all(|(part, weight)| !weight.is_zero() || *part == 0));
            if method == Apportionment::LargestRemainder {
                laws::ties_go_to_the_first(&numbers, &parts)?;
            }
        }
    }

    #[test]
    fn weights_are_refused_exactly_when_none_weighs(numbers in weight_numbers(0..20)) {
        let count = numbers.len();
        let expected = match (count, is_positive(&numbers)) {
            (0, _) => Some(SplitError::NoWeights),
            (_, false) => Some(SplitError::AllZero { count }),
            _ => None,
        };
        prop_assert_eq!(Weights::new(numbers).err(), expected);
    }

    #[test]
    fn sainte_lague_is_monotone_in_the_total(total in 0_i128..1_000_000, weights in weights(1..24)) {
        laws::parts_grow_with_the_total(|total| weights.split(total, Apportionment::SainteLague), total)?;
    }

    #[test]
    fn permuting_weights_permutes_parts(
        total in totals(),
        (lines, permuted) in vec(0_u32..50, 1..24).prop_flat_map(|weights| {
            let lines: Vec<(usize, u32)> = weights.into_iter().enumerate().collect();
            (Just(lines.clone()), Just(lines).prop_shuffle())
        }),
    ) {
        prop_assume!(lines.iter().any(|(_, weight)| *weight > 0));
        for method in [Apportionment::LargestRemainder, Apportionment::SainteLague, Apportionment::LargestWeight] {
            // Ties go by the key, which moves with its weight.
            let by_key = |lines: &[(usize, u32)]| {
                let keys: Vec<usize> = lines.iter().map(|(key, _)| *key).collect();
                let weights = Weights::new(lines.iter().map(|(_, weight)| *weight)).unwrap();
                let parts = weights.split_with_ties(total, method, &keys).unwrap();
                let mut parts: Vec<(usize, i128)> = keys.into_iter().zip(parts).collect();
                parts.sort_unstable();
                parts
            };
            prop_assert_eq!(by_key(&lines), by_key(&permuted));
        }
    }

    #[test]
    fn quotas_add_up_to_the_total(total in -1_000_000_i128..1_000_000, numbers in vec(0_u32..1_000, 1..12)) {
        prop_assume!(numbers.iter().any(|number| *number > 0));
        let weights = Weights::new(numbers).unwrap();
        let quotas = (0..weights.len()).map(|index| weights.quota(total, index).unwrap());
        let sum = quotas.into_iter().try_fold(Ratio::ZERO, |sum, quota| sum.plus(quota)).unwrap();
        prop_assert_eq!(sum, Ratio::from(Decimal::from(i64::try_from(total).unwrap())));
    }

    #[test]
    fn bounded_parts_respect_bounds_and_sum((total, lines) in bounded_splits()) {
        let split = bounded(total, &lines).unwrap();
        let amounts: Vec<i128> = split.amounts().collect();
        laws::parts_add_up(total, &amounts)?;
        laws::parts_stay_within_bounds(&lines, &amounts)?;
        let exact = split.parts().iter().map(|part| part.exact.unwrap());
        laws::parts_are_in_proportion(&lines, split.scale().unwrap(), exact)?;
        let mirrored = bounded(-total, &lines).unwrap();
        for ((part, mirror), line) in split.parts().iter().zip(mirrored.parts()).zip(&lines) {
            prop_assert_eq!(part.amount, -mirror.amount);
            prop_assert_eq!((part.is_at_floor(), part.is_at_cap()), (mirror.is_at_floor(), mirror.is_at_cap()));
            let amount = i128::try_from(part.amount.unsigned_abs()).unwrap();
            prop_assert!(!part.is_at_floor() || Some(amount) == line.floor);
            prop_assert!(!part.is_at_cap() || line.cap.is_none_or(|cap| amount == cap));
            // Whole parts lie next to the exact ones.
            let exact = part.exact.unwrap();
            let off = exact.minus(Ratio::from(Decimal::from(i64::try_from(part.amount).unwrap()))).unwrap();
            prop_assert!(off < Ratio::ONE && off.negated() < Ratio::ONE);
        }
    }

    /// A group without bounds of its own around all lines changes nothing.
    #[test]
    fn a_group_around_all_is_the_same_split((total, lines) in bounded_splits().with_infeasible()) {
        let inside = lines.iter().map(|line| line.below(0));
        let grouped: Vec<Bounded> = core::iter::once(Bounded::group()).chain(inside).collect();
        match (bounded(total, &lines), bounded(total, &grouped)) {
            (Ok(flat), Ok(grouped)) => {
                prop_assert_eq!(grouped.parts()[0].amount, total);
                prop_assert_eq!(flat.amounts().collect::<Vec<_>>(), grouped.amounts().skip(1).collect::<Vec<_>>());
            }
            (flat, grouped) => prop_assert!(flat.is_err() && grouped.is_err(), "{:?} {:?}", flat, grouped),
        }
    }

    #[test]
    fn bounded_without_bounds_is_largest_remainder(total in totals(), numbers in weight_numbers(1..20)) {
        prop_assume!(is_positive(&numbers));
        let lines: Vec<Bounded> = numbers.iter().copied().map(Bounded::new).collect();
        let parts: Vec<i128> = bounded(total, &lines).unwrap().amounts().collect();
        prop_assert_eq!(parts, integers(total, numbers, Apportionment::LargestRemainder).unwrap());
    }

    #[test]
    fn bounded_is_infeasible_exactly_when_bounds_say_so((total, lines) in bounded_splits().with_infeasible()) {
        let total = total.abs();
        let floors: i128 = lines.iter().filter_map(|line| line.floor).sum();
        let most = |line: &Bounded| match (line.weight.unwrap().is_zero(), line.cap) {
            (true, _) => line.floor.unwrap_or(0),
            (false, Some(cap)) => cap,
            (false, None) => total,
        };
        let room: i128 = lines.iter().map(most).sum();
        match bounded(total, &lines) {
            Ok(_) => prop_assert!(floors <= total && total <= room),
            Err(SplitError::FloorsExceedTotal { short_by, .. }) => {
                prop_assert_eq!(i128::try_from(short_by).unwrap(), floors - total);
                prop_assert!(short_by > 0);
            }
            Err(SplitError::CapsBelowTotal { unplaced, .. }) => {
                prop_assert!(floors <= total);
                prop_assert_eq!(i128::try_from(unplaced).unwrap(), total - room);
                prop_assert!(unplaced > 0);
            }
            Err(error) => prop_assert!(false, "{}", error),
        }
    }

    #[test]
    fn no_bounds_make_a_split_panic(total in any::<i128>(), numbers in vec((-2_i64..100, 0_u32..28, any::<Option<i128>>(), any::<Option<i128>>()), 0..6)) {
        let lines: Vec<Bounded> = numbers
            .into_iter()
            .map(|(mantissa, scale, floor, cap)| Bounded { floor, cap, ..Bounded::new(Decimal::new(mantissa, scale)) })
            .collect();
        if let Ok(split) = bounded(total, &lines) {
            let sum = split.amounts().try_fold(0_i128, i128::checked_add);
            prop_assert_eq!(sum, Some(total));
        }
    }

    #[test]
    fn a_mix_and_its_percentages_split_alike(amount in money(), percents in vec(1_u32..100, 1..6)) {
        let sum: u32 = percents.iter().sum();
        let mix = Mix::from_percents(percents.iter().copied().enumerate());
        prop_assert_eq!(mix.is_ok(), sum == 100);
        let split = amount.split_by(percents.into_iter().enumerate(), Apportionment::LargestRemainder).unwrap();
        if let Ok(mix) = mix {
            prop_assert_eq!(amount.split(&mix).unwrap(), split);
        }
    }
}
