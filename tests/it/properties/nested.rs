//! Laws of nested bounded splits: each result is checked by the conditions that only the one division meets.

use marketloop::laws;
use marketloop::quantity::Ratio;
use marketloop::split::{Bounded, BoundedPart, SplitError, nested};
use marketloop::strategies::nested_splits;
use proptest::collection::vec;
use proptest::prelude::*;
use rust_decimal::Decimal;

fn ratio(numerator: i128, denominator: i64) -> Ratio {
    Ratio::new(Decimal::from_i128_with_scale(numerator, 0), denominator.into()).unwrap()
}

fn children(parts: &[Bounded<Ratio>], parent: Option<usize>) -> Vec<usize> {
    (0..parts.len()).filter(|index| parts[*index].parent == parent).collect()
}

/// What the floors and caps below a part leave it, found from the leaves upwards.
fn reach(parts: &[Bounded<Ratio>], index: usize) -> Option<(Ratio, Option<Ratio>)> {
    let below = children(parts, Some(index));
    let mut least = Ratio::ZERO;
    let mut most = Some(Ratio::ZERO);
    for child in &below {
        let (low, high) = reach(parts, *child)?;
        let weightless = parts[*child].weight.is_some_and(|weight| weight.is_zero());
        let high = if weightless { Some(low) } else { high };
        least = least.plus(low).unwrap();
        most = most.zip(high).map(|(most, high)| most.plus(high).unwrap());
    }
    let (mut least, mut most) = match (parts[index].weight, parts[index].reserve) {
        (Some(_), _) if below.is_empty() => (Ratio::ZERO, None),
        (_, Some(reserve)) => {
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
fn can_be_reached(total: i128, parts: &[Bounded<Ratio>]) -> bool {
    // A group of everything with the total as both its bounds.
    let shift =
        |part: &Bounded<Ratio>| Bounded { parent: Some(part.parent.map_or(0, |parent| parent + 1)), ..*part };
    let root = Bounded::group().with_floor(ratio(total, 1)).with_cap(ratio(total, 1));
    let whole: Vec<Bounded<Ratio>> = core::iter::once(root).chain(parts.iter().map(shift)).collect();
    reach(&whole, 0).is_some()
}

/// A nested split knows each exact amount.
fn exact(part: &BoundedPart) -> Ratio {
    part.exact.unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn nested_parts_meet_their_conditions((total, parts) in prop_oneof![nested_splits().with_infeasible(), nested_splits()]) {
        let split = match nested(total, &parts) {
            Ok(split) => split,
            Err(error) => {
                prop_assert!(matches!(error, SplitError::NestedReach { .. }), "{}", error);
                prop_assert!(!can_be_reached(total, &parts), "{} {:?}", error, parts);
                return Ok(());
            }
        };
        prop_assert!(can_be_reached(total, &parts));
        laws::nested_parts_add_up(total, &parts, split.parts())?;
        prop_assert_eq!(parts.len(), split.parts().len());
        for (index, (asked, part)) in parts.iter().zip(split.parts()).enumerate() {
            prop_assert!(asked.floor.is_none_or(|floor| exact(part) >= floor));
            prop_assert!(asked.cap.is_none_or(|cap| exact(part) <= cap));
            let off = exact(part).minus(ratio(part.amount, 1)).unwrap();
            prop_assert!(off < Ratio::ONE && off.negated() < Ratio::ONE);
            let outer = asked.parent.map_or(split.scale(), |parent| split.parts()[parent].scale()).unwrap();
            let own = part.scale().unwrap();
            let (least, most) = reach(&parts, index).unwrap();
            match asked.weight {
                // A line has what its weight gives it at the scale around it, within its reach.
                Some(weight) => {
                    let ideal = outer.times(weight.into()).unwrap();
                    let ideal = most.map_or(ideal, |most| ideal.min(most)).max(least);
                    prop_assert_eq!(exact(part), ideal, "{:?}", parts);
                }
                // A group leaves the scale around it only at its bounds, and to their side.
                None if part.is_at_floor() => prop_assert!(own > outer && exact(part) == least),
                None if part.is_at_cap() => prop_assert!(own < outer && part.exact == most),
                None => prop_assert_eq!(own, outer),
            }
        }
        let mirrored = nested(-total, &parts).unwrap();
        prop_assert_eq!(split.parts().len(), mirrored.parts().len());
        for (part, mirror) in split.parts().iter().zip(mirrored.parts()) {
            prop_assert_eq!((part.amount, exact(part)), (-mirror.amount, exact(mirror).negated()));
        }
    }

    #[test]
    fn no_tree_makes_a_nested_split_panic(
        total in any::<i128>(),
        parts in vec((any::<i64>(), 0_u32..28, 0_usize..4, any::<i64>(), any::<i64>()), 0..6),
    ) {
        let place = |(mantissa, scale, parent, floor, cap): (i64, u32, usize, i64, i64)| Bounded {
            parent: parent.checked_sub(1),
            weight: (scale > 0).then(|| Decimal::new(mantissa, scale)),
            reserve: (scale == 0).then(|| ratio(mantissa.into(), 7)),
            floor: (floor % 3 == 0).then(|| ratio(floor.into(), 3)),
            cap: (cap % 5 == 0).then(|| ratio(cap.into(), 11)),
        };
        let parts: Vec<Bounded<Ratio>> = parts.into_iter().map(place).collect();
        if let Ok(split) = nested(total, &parts) {
            let outer = children(&parts, None).into_iter().map(|index| split.parts()[index].amount);
            prop_assert_eq!(outer.sum::<i128>(), total);
        }
    }
}
