//! Bounded splits, flat and nested, and the totals that are split.

use super::{mixes, money, strategy};
use crate::quantity::{Ratio, Rounding};
use crate::split::{Apportionment, Bounded, Split};
use alloc::string::String;
use alloc::vec::Vec;
use proptest::collection::{SizeRange, vec};
use proptest::prelude::{Just, Strategy, any};
use proptest::prop_oneof;
use proptest::sample::select;
use rust_decimal::Decimal;

const METHODS: [Apportionment; 6] = [
    Apportionment::LargestRemainder,
    Apportionment::SainteLague,
    Apportionment::FirstInOrder,
    Apportionment::LastInOrder,
    Apportionment::LargestWeight,
    Apportionment::Cumulative,
];

/// Amounts of any size divided by [`mixes`], by every method.
///
/// Mean size 6.5 parts; 56 % are edges: one part, a part of 0, nothing to divide.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::strategies::money_splits;
/// use proptest::prelude::*;
///
/// proptest!(|(split in money_splits())| {
///     laws::splits_add_up(&split.total(), split.iter().map(|(_, part)| part))?;
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn money_splits() -> impl Strategy<Value = Split<String>> + Clone {
    let method = select(Vec::from(METHODS));
    (money(), mixes(), method)
        .prop_filter_map("a split", |(total, mix, method)| total.split_with(&mix, method).ok())
}

/// Whole totals of either sign, both ends of `i128` among them.
///
/// Mean size 14.3 digits; 15 % are edges: 0, 1, -1, an end of `i128`, the greatest number of 64 bits.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::split::Apportionment;
/// use marketloop::strategies::{totals, weights};
/// use proptest::prelude::*;
///
/// proptest!(|(total in totals(), weights in weights(1..9))| {
///     laws::parts_add_up(total, &weights.split(total, Apportionment::SainteLague))?;
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn totals() -> impl Strategy<Value = i128> + Clone {
    const ENDS: [i128; 7] = [i128::MIN, -i128::MAX, -1, 0, 1, i128::MAX, 0xffff_ffff_ffff_ffff];
    prop_oneof![
        4 => -1_000_i128..1_000,
        4 => -1_000_000_000_000_i128..1_000_000_000_000,
        2 => any::<i128>(),
        2 => select(&ENDS[..]),
    ]
}

/// Totals and the lines that divide them: 1 to 8 with weights, some with a floor, a cap or both.
///
/// Mean size 4.6 lines; 58 % are edges: one line, a weight of 0, two equal weights, a total of 0, bounds that leave no choice.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::split::bounded;
/// use marketloop::strategies::bounded_splits;
/// use proptest::prelude::*;
///
/// proptest!(|((total, lines) in bounded_splits())| {
///     let parts: Vec<i128> = bounded(total, &lines).unwrap().amounts().collect();
///     laws::parts_add_up(total, &parts)?;
///     laws::parts_stay_within_bounds(&lines, &parts)?;
/// });
/// ```
pub fn bounded_splits() -> BoundedSplits {
    BoundedSplits { lines: (1..=8).into(), infeasible: false }
}

/// How bounded splits are made; see [`bounded_splits`].
#[derive(Debug, Clone)]
#[must_use = "a strategy does nothing by itself"]
pub struct BoundedSplits {
    lines: SizeRange,
    infeasible: bool,
}

/// The largest total of a split, beyond what floors ask for.
const MOST: i128 = 1_500;

impl BoundedSplits {
    /// Splits among so many lines; none counts as one.
    pub fn with_lines(self, lines: impl Into<SizeRange>) -> Self {
        Self { lines: lines.into(), ..self }
    }

    /// Also totals that floors exceed or caps cannot hold.
    pub fn with_infeasible(self) -> Self {
        Self { infeasible: true, ..self }
    }

    fn cases(&self) -> impl Strategy<Value = (i128, Vec<Bounded>)> + use<> {
        let weight = prop_oneof![
            1 => Just(Decimal::ZERO),
            6 => (1_u32..60).prop_map(Decimal::from),
            2 => (1_i64..10_000, 1_u32..5).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale)),
        ];
        let bound = || prop_oneof![3 => Just(None), 1 => (0_i128..300).prop_map(Some)];
        let line = (weight, bound(), bound()).prop_map(|(weight, floor, cap)| {
            let (floor, cap) = in_order(floor, cap);
            Bounded { floor, cap, ..Bounded::new(weight) }
        });
        let infeasible = self.infeasible;
        (vec(line, self.lines.clone()), beyond(MOST), any::<bool>()).prop_map(
            move |(mut lines, beyond, negative)| {
                if lines.is_empty() {
                    lines.push(Bounded::new(1));
                }
                let total = if infeasible { beyond } else { reached(&lines, beyond) };
                (if negative { total.saturating_neg() } else { total }, lines)
            },
        )
    }
}

strategy!(BoundedSplits => (i128, Vec<Bounded>));

/// What is given beyond the least: often nothing, or as much as there may be.
fn beyond(most: i128) -> impl Strategy<Value = i128> + Clone {
    // One range, cut off at both ends: it shrinks to the least that fails.
    let margin = most.checked_div(8).unwrap_or(0);
    (0..most.saturating_add(margin).saturating_add(margin))
        .prop_map(move |drawn| drawn.saturating_sub(margin).clamp(0, most))
}

fn in_order<A: Ord>(floor: Option<A>, cap: Option<A>) -> (Option<A>, Option<A>) {
    match (floor, cap) {
        (Some(floor), Some(cap)) if floor > cap => (Some(cap), Some(floor)),
        bounds => bounds,
    }
}

/// A total that is `beyond` what the floors need, as far as the caps can hold it.
fn reached(lines: &[Bounded], beyond: i128) -> i128 {
    let least = |line: &Bounded| line.floor.unwrap_or(0);
    let room = lines.iter().try_fold(0_i128, |room, line| {
        let most =
            if line.weight.is_some_and(|weight| weight.is_zero()) { Some(least(line)) } else { line.cap };
        most.map(|most| room.saturating_add(most))
    });
    let floors = lines.iter().map(least).fold(0_i128, i128::saturating_add);
    let total = floors.saturating_add(beyond);
    room.map_or(total, |room| total.min(room))
}

/// Totals and the trees of parts that divide them: 1 to 12 lines and groups with bounds and reserves in fractions.
///
/// Mean size 6.5 parts; 88 % are edges: one part, a total of 0, a weight of 0, a floor equal to its cap, an empty group.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::split::nested;
/// use marketloop::strategies::nested_splits;
/// use proptest::prelude::*;
///
/// proptest!(|((total, parts) in nested_splits())| {
///     let split = nested(total, &parts).unwrap();
///     laws::nested_parts_add_up(total, &parts, split.parts())?;
/// });
/// ```
pub fn nested_splits() -> NestedSplits {
    NestedSplits { parts: (1..=12).into(), infeasible: false }
}

/// How nested splits are made; see [`nested_splits`].
#[derive(Debug, Clone)]
#[must_use = "a strategy does nothing by itself"]
pub struct NestedSplits {
    parts: SizeRange,
    infeasible: bool,
}

/// The largest total of a nested split, beyond what floors ask for.
const MOST_NESTED: i128 = 1_000;

impl NestedSplits {
    /// Trees of so many parts; none counts as one.
    pub fn with_parts(self, parts: impl Into<SizeRange>) -> Self {
        Self { parts: parts.into(), ..self }
    }

    /// Also bounds that contradict each other, and totals out of their reach.
    pub fn with_infeasible(self) -> Self {
        Self { infeasible: true, ..self }
    }

    fn cases(&self) -> impl Strategy<Value = (i128, Vec<Bounded<Ratio>>)> + use<> {
        let bound = || proptest::option::weighted(0.25, fractions(900));
        let portion = prop_oneof![
            6 => (0_i64..40, 0_u32..2).prop_map(|(mantissa, scale)| (Some(Decimal::new(mantissa, scale)), None)),
            3 => Just((None, None)),
            1 => fractions(4).prop_map(|reserve| (None, Some(reserve))),
        ];
        let part = (portion, any::<Option<u8>>(), bound(), bound());
        let infeasible = self.infeasible;
        (vec(part, self.parts.clone()), beyond(MOST_NESTED)).prop_filter_map(
            "a nested split",
            move |(drawn, beyond)| {
                let placed =
                    |(index, ((weight, reserve), parent, floor, cap)): (usize, (_, Option<u8>, _, _))| {
                        // A part stands behind its parent; the first is always the total's.
                        let parent = parent.and_then(|parent| usize::from(parent).checked_rem(index));
                        let (floor, cap) = in_order(floor, cap);
                        Bounded { parent, weight, reserve, floor, cap }
                    };
                let mut parts: Vec<Bounded<Ratio>> = drawn.into_iter().enumerate().map(placed).collect();
                if parts.is_empty() {
                    parts.push(Bounded::new(1));
                }
                let total = if infeasible { beyond } else { loosened(&mut parts, beyond)? };
                Some((total, parts))
            },
        )
    }
}

strategy!(NestedSplits => (i128, Vec<Bounded<Ratio>>));

/// Ratios from 0 to below `end`, in ones, halves and thirds.
fn fractions(end: u128) -> impl Strategy<Value = Ratio> + Clone {
    (0..end, 1_u128..4).prop_map(|(numerator, denominator)| {
        Ratio::of_integers(false, numerator, denominator).unwrap_or(Ratio::ZERO)
    })
}

/// What a part needs and can have; without a bound it can have anything.
type Reach = (Ratio, Option<Ratio>);

/// Loosens the bounds that contradict what is below them, from the leaves upwards, and gives a total that all parts
/// together can have: `beyond` the least, as far as the most allows.
fn loosened(parts: &mut Vec<Bounded<Ratio>>, beyond: i128) -> Option<i128> {
    let (none, all) = ((Ratio::ZERO, Some(Ratio::ZERO)), parts.len());
    // What the parts directly below each part need and can have; of the total in the last place.
    let mut inside: Vec<Option<Reach>> = alloc::vec![None; all.checked_add(1)?];
    for index in (0..all).rev() {
        let part = parts.get_mut(index)?;
        let (least, most) = match (part.weight, *inside.get(index)?) {
            (Some(_), None) => (Ratio::ZERO, None),
            (_, inside) => {
                let (least, most) = inside.unwrap_or(none);
                let factor = Ratio::ONE.plus(part.reserve.unwrap_or(Ratio::ZERO)).ok()?;
                let most = most.map(|most| most.times(factor)).transpose().ok()?;
                (least.times(factor).ok()?, most)
            }
        };
        part.cap = part.cap.map(|cap| cap.max(least));
        part.floor = part.floor.map(|floor| most.map_or(floor, |most| floor.min(most)));
        let least = part.floor.map_or(least, |floor| floor.max(least));
        let most = part.cap.map_or(most, |cap| Some(most.map_or(cap, |most| cap.min(most))));
        // A line of no weight gets nothing beyond what it needs.
        let most = if part.weight.is_some_and(|weight| weight.is_zero()) { Some(least) } else { most };
        let outer = inside.get_mut(part.parent.unwrap_or(all))?;
        let (before, upto) = outer.unwrap_or(none);
        let upto = upto.zip(most).map(|(upto, most)| upto.plus(most)).transpose().ok()?;
        *outer = Some((before.plus(least).ok()?, upto));
    }
    let whole = |ratio: Ratio, rounding| i128::try_from(ratio.round((0, rounding)).ok()?).ok();
    let (least, most) = (*inside.last()?).unwrap_or(none);
    let least = whole(least, Rounding::Ceiling)?;
    let total = least.checked_add(beyond)?;
    match most {
        None => Some(total),
        Some(most) => {
            let most = whole(most, Rounding::Floor)?;
            // Where no whole number is within reach, a line without bounds takes what is missing.
            if most < least {
                parts.push(Bounded::new(1));
                return Some(total);
            }
            Some(total.min(most))
        }
    }
}
