//! Proportional division within floors and caps of lines and of groups of lines.

use super::SplitError;
use super::curve::{Curve, Fraction};
use super::parts::{Below as Inner, Bounded, BoundedPart, BoundedSplit, SetBy};
use super::weights::{scaled_to, signed};
use crate::quantity::natural::{Natural, greatest_common_divisor, on_narrowest};
use crate::quantity::{QuantityError, Ratio};
use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// Whole parts of `total` in proportion to the weights as far as the floors and caps of lines and groups allow.
///
/// # Formula
/// At the scale t a line gives `f(t) = clamp(t * w, floor, cap)` and a group
/// `f(t) = clamp((1 + u) * sum of its members' f(t), floor, cap)` with its reserve's ratio u, 0 without one. The
/// scale is the one at which the parts directly below the total add up to it, the largest of several. Where a
/// group's own bounds hold it, its members are on the scale at which they give what it has; so are always the
/// parts below a line with a weight, whose bounds their floors and caps tighten.
///
/// This is the one division whose parts are as near to proportion as the bounds allow (it minimises the sum of
/// `x^2 / w`), whatever the order of the bounds. Exact parts are made whole from the total downwards, by largest
/// remainder among the parts of one parent (ties to the lower index): each part is then its exact amount rounded
/// down or up, bounds that are whole are kept, and parts add up to their parent.
///
/// # Errors
/// [`SplitError::NoWeights`] without parts, [`SplitError::NestedParent`], [`SplitError::NegativeWeight`],
/// [`SplitError::NestedNegative`] for a bound or a reserve below 0; [`SplitError::NestedReach`] where a part, or
/// the total, cannot be reached within the bounds; a [`SplitError::Quantity`] where an exact amount
/// needs more than 128 bits.
///
/// # Examples
/// ```
/// use marketloop::quantity::Ratio;
/// use marketloop::split::{Bounded, nested};
///
/// // 50,000 by 60:20:20, the last two at most 5,000 together: what they lose flows to the first.
/// let pilots = Bounded::group().with_cap("5000".parse()?);
/// let lines =
///     [Bounded::new(60), pilots, Bounded::new(20).below(1), Bounded::new(20).below(1)];
/// let split = nested(50_000, &lines)?;
/// assert_eq!(split.amounts().collect::<Vec<_>>(), [45_000, 5_000, 2_500, 2_500]);
/// assert_eq!((split.scale(), split.parts()[1].scale()), (Some("750".parse()?), Some("125".parse()?)));
/// # Ok::<(), marketloop::Error>(())
/// ```
pub fn nested(total: i128, parts: &[Bounded<Ratio>]) -> Result<BoundedSplit, SplitError> {
    check(parts)?;
    let inexact = || QuantityError::Inexact { operation: format!("the nested split of {total}") };
    let (exact, scale) = on_narrowest!(solve(total.unsigned_abs(), parts)).ok_or_else(inexact)??;
    let mut split = BoundedSplit { parts: exact, total, scale };
    make_whole(total, parts, &mut split.parts).ok_or_else(inexact)?;
    Ok(split)
}

fn check(parts: &[Bounded<Ratio>]) -> Result<(), SplitError> {
    if parts.is_empty() {
        return Err(SplitError::NoWeights);
    }
    for (index, part) in parts.iter().enumerate() {
        if let Some(parent) = part.parent.filter(|parent| *parent >= index) {
            return Err(SplitError::NestedParent { index, parent });
        }
        if let Some(value) = part.weight.filter(|weight| weight.is_sign_negative() && !weight.is_zero()) {
            return Err(SplitError::NegativeWeight { index, value });
        }
        if part.weight.is_some() && part.reserve.is_some() {
            return Err(SplitError::ReserveOfLine { index });
        }
        let below = [part.floor, part.cap, part.reserve].into_iter().flatten().find(Ratio::is_negative);
        if let Some(value) = below {
            return Err(SplitError::NestedNegative { index, value: Box::new(value) });
        }
    }
    Ok(())
}

/// The parts as natural numbers: amounts in a unit so small that every bound and every sum is whole.
struct Scaled<N> {
    /// The small units of one unit.
    per_unit: N,
    /// What a weight of 1 counts.
    per_weight: N,
    weights: Vec<N>,
    floors: Vec<N>,
    caps: Vec<Option<N>>,
    /// `1 + u` of each part, 1 for lines.
    factors: Vec<Fraction<N>>,
}

fn scaled<N: Natural>(parts: &[Bounded<Ratio>]) -> Option<Scaled<N>> {
    let one = N::from_u128(1)?;
    let mut per_bound = one.clone();
    for bound in parts.iter().flat_map(|part| [part.floor, part.cap]).flatten() {
        if bound.denominator() != 1 {
            per_bound = common_multiple(&per_bound, &N::from_u128(bound.denominator())?)?;
        }
    }
    // Each reserve divides what is below it once by the denominator of its ratio.
    let mut paths: Vec<N> = Vec::with_capacity(parts.len());
    let mut factors = Vec::with_capacity(parts.len());
    let mut per_path = one.clone();
    for part in parts {
        let above = part.parent.and_then(|parent| paths.get(parent)).unwrap_or(&one).clone();
        let (path, factor) = match part.reserve {
            Some(reserve) => {
                let denominator = N::from_u128(reserve.denominator())?;
                let numerator = N::from_u128(reserve.numerator())?.plus(&denominator)?;
                let path = above.times(&denominator)?;
                per_path = common_multiple(&per_path, &path)?;
                (path, (numerator, denominator))
            }
            None => (above, (one.clone(), one.clone())),
        };
        paths.push(path);
        factors.push(factor);
    }
    let per_unit = per_bound.times(&per_path)?;
    let small = |bound: Ratio| {
        let per = per_unit.div_rem(&N::from_u128(bound.denominator())?)?.0;
        N::from_u128(bound.numerator())?.times(&per)
    };
    // A group grows with its members and has no weight of its own.
    let weight = |part: &Bounded<Ratio>| part.weight.unwrap_or(Decimal::ZERO);
    let scale = parts.iter().map(|part| weight(part).scale()).fold(0, u32::max);
    let (weights, _) = scaled_to::<N>(parts.iter().map(weight), scale)?;
    let weights = weights.iter().map(|weight| weight.times(&per_path)).collect::<Option<_>>()?;
    let floors = parts.iter().map(|part| small(part.floor.unwrap_or(Ratio::ZERO))).collect::<Option<_>>()?;
    let caps = parts.iter().map(|part| part.cap.map_or(Some(None), |cap| small(cap).map(Some)));
    let caps = caps.collect::<Option<_>>()?;
    let per_weight = N::power_of_ten(scale)?.times(&per_path)?;
    Some(Scaled { per_unit, per_weight, weights, floors, caps, factors })
}

fn common_multiple<N: Natural>(left: &N, right: &N) -> Option<N> {
    let divisor = greatest_common_divisor(left.clone(), right.clone());
    left.times(&right.div_rem(&divisor)?.0)
}

/// The exact parts and the scale of the total.
type Exact = (Vec<BoundedPart>, Option<Ratio>);

/// The exact parts; `None` where the width does not hold every number.
fn solve<N: Natural>(total: u128, parts: &[Bounded<Ratio>]) -> Option<Result<Exact, SplitError>> {
    let mut scaled = scaled::<N>(parts)?;
    let total = N::from_u128(total)?.times(&scaled.per_unit)?;
    Some(match curves(&mut scaled, &total, parts)? {
        Ok(curves) => Ok(amounts(&scaled, &total, parts, &curves)?),
        Err(error) => Err(error),
    })
}

/// The curves of what stands below each part and, last, below the total.
type Curves<N> = Vec<Option<Curve<N>>>;

/// What the parts below one part, or below the total, add up to.
struct Below<N> {
    curves: Vec<Curve<N>>,
    least: N,
    most: Option<N>,
}

/// From the leaves upwards: tightens the bounds by those of the parts below and adds up the curves.
fn curves<N: Natural>(
    scaled: &mut Scaled<N>,
    total: &N,
    parts: &[Bounded<Ratio>],
) -> Option<Result<Curves<N>, SplitError>> {
    let zero = N::from_u128(0)?;
    let empty = || Below { curves: Vec::new(), least: zero.clone(), most: Some(zero.clone()) };
    let mut below: Vec<Below<N>> = (0..=parts.len()).map(|_| empty()).collect();
    // One more than the parts: the curve of the total stands behind those of the parts.
    let mut inner = Vec::with_capacity(parts.len().saturating_add(1));
    let Scaled { per_unit, weights, floors, caps, factors, .. } = scaled;
    for (index, part) in parts.iter().enumerate().rev() {
        let own = core::mem::replace(below.get_mut(index)?, empty());
        let is_group = part.weight.is_none();
        let factor = factors.get(index)?;
        let (floor, cap) = (floors.get_mut(index)?, caps.get_mut(index)?);
        let mut curve = None;
        if is_group || !own.curves.is_empty() {
            let times = |value: &N| Some(value.times(&factor.0)?.div_rem(&factor.1)?.0);
            *floor = floor.clone().max(times(&own.least)?);
            if let Some(most) = &own.most {
                let most = times(most)?;
                *cap = Some(cap.take().map_or_else(|| most.clone(), |cap| cap.min(most.clone())));
            }
            curve = Some(Curve::sum(own.curves)?.scaled(factor)?);
        }
        if let Some(cap) = cap.as_ref().filter(|cap| **cap < *floor) {
            return Some(Err(reach(Some(index), floor, cap, per_unit)?));
        }
        let weight = weights.get(index)?;
        let outer = match &curve {
            Some(curve) if is_group => curve.clamped(floor, cap.as_ref())?,
            _ => Curve::of_weight(weight, floor, cap.as_ref())?,
        };
        let most = if !is_group && weight.is_zero() { Some(&*floor) } else { cap.as_ref() };
        let above = below.get_mut(part.parent.unwrap_or(parts.len()))?;
        above.most = match (above.most.take(), most) {
            (Some(sum), Some(most)) => Some(sum.plus(most)?),
            _ => None,
        };
        above.least = above.least.plus(floor)?;
        above.curves.push(outer);
        inner.push(curve);
    }
    inner.reverse();
    let Below { curves, least, most } = below.pop()?;
    if least > *total {
        return Some(Err(reach(None, &least, total, per_unit)?));
    }
    if let Some(most) = most.filter(|most| most < total) {
        return Some(Err(reach(None, total, &most, per_unit)?));
    }
    inner.push(Some(Curve::sum(curves)?));
    Some(Ok(inner))
}

fn reach<N: Natural>(part: Option<usize>, least: &N, most: &N, per_unit: &N) -> Option<SplitError> {
    let ratio = |value: &N| ratio(value, per_unit).map(Box::new);
    Some(SplitError::NestedReach { part, least: ratio(least)?, most: ratio(most)? })
}

/// From the total downwards: the exact amount of each part and the scale of the parts below it.
fn amounts<N: Natural>(
    scaled: &Scaled<N>,
    total: &N,
    parts: &[Bounded<Ratio>],
    curves: &Curves<N>,
) -> Option<Exact> {
    let one = N::from_u128(1)?;
    let outermost = lowest(curves.last()?.as_ref()?.scale_of(&(total.clone(), one.clone()))?)?;
    let unit = ratio(&scaled.per_weight, &scaled.per_unit);
    let per_weight =
        |(numerator, denominator): &Fraction<N>| ratio(numerator, denominator)?.times(unit?).ok();
    let mut inner: Vec<Fraction<N>> = Vec::with_capacity(parts.len());
    let mut exact: Vec<BoundedPart> = Vec::with_capacity(parts.len());
    for (index, part) in parts.iter().enumerate() {
        let outer = part.parent.map_or(Some(&outermost), |parent| inner.get(parent))?.clone();
        let is_group = part.weight.is_none();
        let curve = curves.get(index)?.as_ref();
        let raw = match curve {
            Some(curve) if is_group => curve.at(&outer)?,
            _ => (scaled.weights.get(index)?.times(&outer.0)?, outer.1.clone()),
        };
        let (floor, cap) = (scaled.floors.get(index)?, scaled.caps.get(index)?.as_ref());
        let (amount, set_by) = if raw.0 < floor.times(&raw.1)? {
            ((floor.clone(), one.clone()), SetBy::Floor)
        } else {
            match cap {
                Some(cap) if raw.0 > cap.times(&raw.1)? => ((cap.clone(), one.clone()), SetBy::Cap),
                _ => (lowest(raw)?, SetBy::Weight),
            }
        };
        let below = match curve {
            Some(curve) if !is_group || set_by != SetBy::Weight => lowest(curve.scale_of(&amount)?)?,
            _ => outer,
        };
        let exact_amount = ratio(&amount.0, &amount.1.times(&scaled.per_unit)?)?;
        let reserve = match part.reserve {
            Some(reserve) => {
                let whole = Ratio::ONE.plus(reserve).ok()?;
                Some((0, exact_amount.times(reserve.divided_by(whole).ok()?).ok()?))
            }
            None => None,
        };
        let inside = Inner { is_member: part.parent.is_some(), scale: per_weight(&below), reserve };
        exact.push(BoundedPart {
            below: Some(Box::new(inside)),
            ..BoundedPart::flat(index, 0, set_by, Some(exact_amount))
        });
        inner.push(below);
    }
    Some((exact, per_weight(&outermost)))
}

fn lowest<N: Natural>((numerator, denominator): Fraction<N>) -> Option<Fraction<N>> {
    let divisor = greatest_common_divisor(numerator.clone(), denominator.clone());
    Some((numerator.div_rem(&divisor)?.0, denominator.div_rem(&divisor)?.0))
}

fn ratio<N: Natural>(numerator: &N, denominator: &N) -> Option<Ratio> {
    let (numerator, denominator) = lowest((numerator.clone(), denominator.clone()))?;
    Ratio::of_integers(false, numerator.to_u128()?, denominator.to_u128()?)
}

/// A claim to one more unit: the fraction that was cut off, and whose it is; `None` is the parent's reserve.
struct Claim {
    rest: Ratio,
    child: Option<usize>,
}

/// From the total downwards: whole amounts by largest remainder among the parts of one parent.
fn make_whole(total: i128, asked: &[Bounded<Ratio>], parts: &mut [BoundedPart]) -> Option<()> {
    let mut children: Vec<Vec<usize>> = (0..=asked.len()).map(|_| Vec::new()).collect();
    for (index, part) in asked.iter().enumerate() {
        children.get_mut(part.parent.unwrap_or(asked.len()))?.push(index);
    }
    let mut whole: Vec<u128> = alloc::vec![0; asked.len()];
    let mut reserves: Vec<u128> = alloc::vec![0; asked.len()];
    // The total first, then each parent before its children.
    for parent in core::iter::once(None).chain((0..asked.len()).map(Some)) {
        let children = children.get(parent.unwrap_or(asked.len()))?;
        let reserve = parent.and_then(|parent| parts.get(parent)?.reserve().copied());
        if children.is_empty() && reserve.is_none() {
            continue;
        }
        let mut left = parent.map_or(Some(total.unsigned_abs()), |parent| whole.get(parent).copied())?;
        let mut claims = Vec::with_capacity(children.len());
        for child in children.iter().copied().map(Some).chain(reserve.map(|_| None)) {
            let exact = match child {
                Some(child) => parts.get(child)?.exact?,
                None => reserve?.1,
            };
            let units = exact.numerator().checked_div(exact.denominator())?;
            left = left.checked_sub(units)?;
            let cut = exact.numerator().checked_rem(exact.denominator())?;
            if cut > 0 {
                claims.push(Claim { rest: Ratio::of_integers(false, cut, exact.denominator())?, child });
            }
            *match child {
                Some(child) => whole.get_mut(child)?,
                None => reserves.get_mut(parent?)?,
            } = units;
        }
        let count = usize::try_from(left).ok().filter(|count| *count <= claims.len())?;
        // Of equal claims the lower index is first, and the reserve last: it stands behind what it is kept for.
        let order = |claim: &Claim| claim.child.unwrap_or(usize::MAX);
        if count > 0 && count < claims.len() {
            claims.select_nth_unstable_by(count, |a, b| {
                b.rest.cmp(&a.rest).then_with(|| order(a).cmp(&order(b)))
            });
        }
        for claim in claims.iter().take(count) {
            let units = match claim.child {
                Some(child) => whole.get_mut(child)?,
                None => reserves.get_mut(parent?)?,
            };
            *units = units.checked_add(1)?;
        }
    }
    let turned = |exact: Ratio| if total < 0 { exact.negated() } else { exact };
    for ((part, units), own) in parts.iter_mut().zip(whole).zip(reserves) {
        part.amount = signed(total, units);
        part.exact = part.exact.map(turned);
        if let Some((units, exact)) = part.below.as_mut().and_then(|below| below.reserve.as_mut()) {
            (*units, *exact) = (signed(total, own), turned(*exact));
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::split::bounded;
    use rust_decimal::dec;

    fn ratio(text: &str) -> Ratio {
        text.parse().unwrap()
    }

    fn amounts(total: i128, parts: &[Bounded<Ratio>]) -> Vec<i128> {
        nested(total, parts).unwrap().amounts().collect()
    }

    #[test]
    fn without_groups_it_is_the_bounded_split() {
        let lines = [(dec!(40), None, Some(30)), (dec!(30.5), Some(45), None), (dec!(20), None, None)];
        let flat: Vec<Bounded> = lines
            .iter()
            .map(|(weight, floor, cap)| Bounded { floor: *floor, cap: *cap, ..Bounded::new(*weight) })
            .collect();
        let units = |bound: Option<i128>| bound.map(|bound| Ratio::from(Decimal::from(bound)));
        let parts: Vec<Bounded<Ratio>> = lines
            .iter()
            .map(|(weight, floor, cap)| Bounded {
                floor: units(*floor),
                cap: units(*cap),
                ..Bounded::new(*weight)
            })
            .collect();
        for total in [101, -101, 75, 45] {
            let (flat, nested) = (bounded(total, &flat).unwrap(), nested(total, &parts).unwrap());
            assert_eq!(nested.scale, flat.scale);
            assert_eq!(nested.parts.len(), flat.parts.len());
            for (nested, flat) in nested.parts.iter().zip(&flat.parts) {
                assert_eq!((nested.amount, nested.set_by), (flat.amount, flat.set_by));
                assert_eq!(nested.exact, flat.exact);
            }
        }
    }

    #[test]
    fn a_group_that_is_not_held_changes_nothing_but_the_rounding() {
        let group = [Bounded::new(1), Bounded::group(), Bounded::new(1).below(1), Bounded::new(1).below(1)];
        assert_eq!(amounts(9, &group), [3, 6, 3, 3]);
        let floored = [Bounded::new(1), Bounded::group().with_floor(ratio("7")), group[2], group[3]];
        assert_eq!(amounts(9, &floored), [2, 7, 4, 3]);
        assert_eq!(nested(9, &floored).unwrap().parts[1].scale(), Some(ratio("7/2")));
    }

    #[test]
    fn a_reserve_lies_on_top_of_its_members() {
        let lines =
            [Bounded::new(60), Bounded::group().with_reserve(ratio("3/10")), Bounded::new(40).below(1)];
        // 60 : 40 : 12 of 112
        let split = nested(112, &lines).unwrap();
        assert_eq!(split.parts[1].amount, 52);
        assert_eq!(split.parts[1].reserve(), Some(&(12, ratio("12"))));
        assert_eq!(split.parts[2].amount, 40);
        let odd = nested(-100, &lines).unwrap();
        let reserve = odd.parts[1].reserve().unwrap();
        assert_eq!(odd.parts[2].amount + reserve.0 + odd.parts[0].amount, -100);
        assert_eq!(reserve.1, odd.parts[2].exact.unwrap().times(ratio("3/10")).unwrap());
        // The cap of the group is one of members and reserve together.
        let capped = [lines[0], lines[1].with_cap(ratio("26")), lines[2]];
        assert_eq!(amounts(112, &capped), [86, 26, 20]);
    }

    #[test]
    fn the_parts_of_a_line_share_what_it_has() {
        let lines = [
            Bounded::new(1),
            Bounded::new(1),
            Bounded::new(3).below(1).with_cap(ratio("30")),
            Bounded::new(1).below(1),
        ];
        // What the capped sub-line loses stays with its line.
        assert_eq!(amounts(100, &lines), [50, 50, 30, 20]);
        // The floors of the parts are felt by the line.
        let floored = [lines[0], lines[1], lines[2], lines[3].with_floor(ratio("60"))];
        assert_eq!(amounts(100, &floored), [40, 60, 0, 60]);
    }

    #[test]
    fn what_cannot_be_reached_is_told() {
        let reach = |part, least: &str, most: &str| SplitError::NestedReach {
            part,
            least: Box::new(ratio(least)),
            most: Box::new(ratio(most)),
        };
        let floor = Bounded::new(1).with_floor(ratio("60"));
        assert_eq!(nested(100, &[floor, floor]), Err(reach(None, "120", "100")));
        let cap = Bounded::new(1).with_cap(ratio("81/2"));
        assert_eq!(nested(100, &[cap, cap]), Err(reach(None, "100", "81")));
        let group = [Bounded::group().with_cap(ratio("50")), floor.below(0), Bounded::new(1)];
        assert_eq!(nested(100, &group), Err(reach(Some(0), "60", "50")));
        let empty = [Bounded::group().with_floor(ratio("1")), Bounded::new(1)];
        assert_eq!(nested(100, &empty), Err(reach(Some(0), "1", "0")));
        assert_eq!(nested(1, &[]), Err(SplitError::NoWeights));
        assert_eq!(
            nested(1, &[Bounded::new(1).below(0)]),
            Err(SplitError::NestedParent { index: 0, parent: 0 })
        );
        assert!(matches!(nested(1, &[Bounded::new(-1)]), Err(SplitError::NegativeWeight { .. })));
        let below = Bounded::new(1).with_cap(ratio("-1"));
        assert!(matches!(nested(1, &[below]), Err(SplitError::NestedNegative { index: 0, .. })));
    }

    #[test]
    fn the_ends_of_the_numbers_are_exact() {
        let tiny = Decimal::from_i128_with_scale(1, 28);
        let lines = [Bounded::new(tiny).with_floor(ratio("1")), Bounded::new(tiny), Bounded::new(tiny)];
        let parts = amounts(i128::MIN, &lines);
        assert_eq!(parts.iter().sum::<i128>(), i128::MIN);
        let wide = [Bounded::new(Decimal::MAX), Bounded::new(tiny)];
        assert!(matches!(nested(i128::MAX, &wide), Err(SplitError::Quantity(_))));
    }
}
