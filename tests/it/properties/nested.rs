//! Laws of nested bounded splits: each result is checked by the conditions that only the one division meets.

use marketloop::quantity::Ratio;
use marketloop::split::{Nested, NestedSplit, Portion, SetBy, SplitError, nested};
use proptest::collection::vec;
use proptest::prelude::*;
use rust_decimal::Decimal;

fn ratio(numerator: i128, denominator: i64) -> Ratio {
    Ratio::new(Decimal::from_i128_with_scale(numerator, 0), denominator.into()).unwrap()
}

/// Trees of up to twelve parts with some bounds, many of them fractions.
fn tree() -> impl Strategy<Value = Vec<Nested>> {
    let bound = || prop::option::weighted(0.25, (0_i128..900, 1_i64..4).prop_map(|(n, d)| ratio(n, d)));
    let portion = prop_oneof![
        6 => (0_i64..40, 0_u32..2).prop_map(|(mantissa, scale)| Portion::Weight(Decimal::new(mantissa, scale))),
        3 => Just(Portion::Members),
        1 => (0_i128..4, 1_i64..4).prop_map(|(n, d)| Portion::MembersAndReserve(ratio(n, d))),
    ];
    vec((portion, any::<Option<u8>>(), bound(), bound()), 1..13).prop_map(|parts| {
        let place = |(index, (portion, parent, floor, cap)): (usize, (Portion, Option<u8>, _, _))| {
            let parent = parent.filter(|_| index > 0).map(|parent| usize::from(parent) % index);
            let (floor, cap) = match (floor, cap) {
                (Some(floor), Some(cap)) if floor > cap => (Some(cap), Some(floor)),
                bounds => bounds,
            };
            Nested { parent, portion, floor, cap }
        };
        parts.into_iter().enumerate().map(place).collect()
    })
}

fn sum(amounts: impl IntoIterator<Item = Ratio>) -> Ratio {
    amounts.into_iter().try_fold(Ratio::ZERO, |sum, amount| sum.plus(amount)).unwrap()
}

fn children(parts: &[Nested], parent: Option<usize>) -> Vec<usize> {
    (0..parts.len()).filter(|index| parts[*index].parent == parent).collect()
}

/// What the floors and caps below a part leave it, found from the leaves upwards.
fn reach(parts: &[Nested], index: usize) -> Option<(Ratio, Option<Ratio>)> {
    let below = children(parts, Some(index));
    let mut least = Ratio::ZERO;
    let mut most = Some(Ratio::ZERO);
    for child in &below {
        let (low, high) = reach(parts, *child)?;
        let weightless = matches!(parts[*child].portion, Portion::Weight(weight) if weight.is_zero());
        let high = if weightless { Some(low) } else { high };
        least = least.plus(low).unwrap();
        most = most.zip(high).map(|(most, high)| most.plus(high).unwrap());
    }
    let (mut least, mut most) = match parts[index].portion {
        Portion::Weight(_) if below.is_empty() => (Ratio::ZERO, None),
        Portion::MembersAndReserve(reserve) => {
            let factor = Ratio::ONE.plus(reserve).unwrap();
            (least.times(factor).unwrap(), most.map(|most| most.times(factor).unwrap()))
        }
        _ => (least, most),
    };
    if let Some(floor) = parts[index].floor {
        least = least.max(floor);
    }
    if let Some(cap) = parts[index].cap {
        most = Some(most.map_or(cap, |most| most.min(cap)));
    }
    most.is_none_or(|most| least <= most).then_some((least, most))
}

/// Whether the total lies between what all floors need and what all caps allow.
fn can_be_reached(total: i128, parts: &[Nested]) -> bool {
    // A group of everything with the total as both its bounds.
    let shift = |part: &Nested| Nested { parent: Some(part.parent.map_or(0, |parent| parent + 1)), ..*part };
    let root = Nested::group().with_floor(ratio(total, 1)).with_cap(ratio(total, 1));
    let whole: Vec<Nested> = core::iter::once(root).chain(parts.iter().map(shift)).collect();
    reach(&whole, 0).is_some()
}

fn check_parts(total: i128, asked: &[Nested], split: &NestedSplit) {
    for parent in core::iter::once(None).chain((0..asked.len()).map(Some)) {
        let below = children(asked, parent);
        let (exact, whole, reserve) = match parent {
            Some(parent) => {
                let part = &split.parts[parent];
                (part.exact, part.amount, part.reserve)
            }
            None => (ratio(total, 1), total, None),
        };
        if below.is_empty() {
            continue;
        }
        let members = sum(below.iter().map(|child| split.parts[*child].exact));
        assert_eq!(exact, members.plus(reserve.map_or(Ratio::ZERO, |(_, exact)| exact)).unwrap());
        let amounts: i128 = below.iter().map(|child| split.parts[*child].amount).sum();
        assert_eq!(whole, amounts + reserve.map_or(0, |(whole, _)| whole));
        if let Some(Portion::MembersAndReserve(ratio)) = parent.map(|parent| asked[parent].portion) {
            assert_eq!(reserve.unwrap().1, members.times(ratio).unwrap());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn nested_parts_meet_their_conditions(total in 0_i128..1_000, parts in tree()) {
        let split = match nested(total, &parts) {
            Ok(split) => split,
            Err(error) => {
                prop_assert!(matches!(error, SplitError::NestedReach { .. }), "{}", error);
                prop_assert!(!can_be_reached(total, &parts), "{} {:?}", error, parts);
                return Ok(());
            }
        };
        prop_assert!(can_be_reached(total, &parts));
        check_parts(total, &parts, &split);
        prop_assert_eq!(parts.len(), split.parts.len());
        for (index, (asked, part)) in parts.iter().zip(&split.parts).enumerate() {
            prop_assert!(asked.floor.is_none_or(|floor| part.exact >= floor));
            prop_assert!(asked.cap.is_none_or(|cap| part.exact <= cap));
            let off = part.exact.minus(ratio(part.amount, 1)).unwrap();
            prop_assert!(off < Ratio::ONE && off.negated() < Ratio::ONE);
            let outer = asked.parent.map_or(split.scale, |parent| split.parts[parent].scale).unwrap();
            let own = part.scale.unwrap();
            let (least, most) = reach(&parts, index).unwrap();
            match asked.portion {
                // A line has what its weight gives it at the scale around it, within its reach.
                Portion::Weight(weight) => {
                    let ideal = outer.times(weight.into()).unwrap();
                    let ideal = most.map_or(ideal, |most| ideal.min(most)).max(least);
                    prop_assert_eq!(part.exact, ideal, "{:?}", parts);
                }
                // A group leaves the scale around it only at its bounds, and to their side.
                Portion::Members | Portion::MembersAndReserve(_) => match part.set_by {
                    SetBy::Weight => prop_assert_eq!(own, outer),
                    SetBy::Floor => prop_assert!(own > outer && part.exact == least),
                    SetBy::Cap => prop_assert!(own < outer && Some(part.exact) == most),
                },
            }
        }
        let mirrored = nested(-total, &parts).unwrap();
        prop_assert_eq!(split.parts.len(), mirrored.parts.len());
        for (part, mirror) in split.parts.iter().zip(&mirrored.parts) {
            prop_assert_eq!((part.amount, part.exact), (-mirror.amount, mirror.exact.negated()));
        }
    }

    #[test]
    fn no_tree_makes_a_nested_split_panic(
        total in any::<i128>(),
        parts in vec((any::<i64>(), 0_u32..28, 0_usize..4, any::<i64>(), any::<i64>()), 0..6),
    ) {
        let place = |(mantissa, scale, parent, floor, cap): (i64, u32, usize, i64, i64)| Nested {
            parent: parent.checked_sub(1),
            portion: if scale == 0 {
                Portion::MembersAndReserve(ratio(mantissa.into(), 7))
            } else {
                Portion::Weight(Decimal::new(mantissa, scale))
            },
            floor: (floor % 3 == 0).then(|| ratio(floor.into(), 3)),
            cap: (cap % 5 == 0).then(|| ratio(cap.into(), 11)),
        };
        let parts: Vec<Nested> = parts.into_iter().map(place).collect();
        if let Ok(split) = nested(total, &parts) {
            let outer = children(&parts, None).into_iter().map(|index| split.parts[index].amount);
            prop_assert_eq!(outer.sum::<i128>(), total);
        }
    }
}
