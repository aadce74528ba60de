//! The methods that start from the floors of the quotas.

use super::Apportionment;
use super::sainte_lague::sainte_lague;
use crate::quantity::natural::Natural;
use alloc::vec::Vec;
use core::cmp::Reverse;

/// What is asked of a split: a magnitude, a method, and for ties the rank of each part.
pub(super) struct Request<'a> {
    pub(super) total: u128,
    pub(super) method: Apportionment,
    pub(super) ranks: Option<&'a [usize]>,
}

impl Request<'_> {
    #[expect(clippy::indexing_slicing, reason = "where there are ranks, there is one for each weight")]
    pub(super) fn rank(&self, index: usize) -> usize {
        self.ranks.map_or(index, |ranks| ranks[index])
    }
}

/// A part that may receive a unit that is left over.
pub(super) struct Claim<N> {
    pub(super) remainder: N,
    pub(super) rank: usize,
    pub(super) index: usize,
}

/// The parts of the request, or `None` where an intermediate result exceeds the width `N`.
pub(super) fn parts<N: Natural>(request: &Request<'_>, weights: &[N], sum: &N) -> Option<Vec<u128>> {
    match request.method {
        Apportionment::SainteLague => sainte_lague(request.total, |index| request.rank(index), weights, sum),
        Apportionment::Cumulative => cumulative(request, weights, sum),
        _ => from_floors(request, weights, sum),
    }
}

/// The most weights that [`few`] takes: its work fits on the stack.
pub(super) const FEW: usize = 16;

/// [`Apportionment::LargestRemainder`] for few small weights without an allocation, the case of nearly every budget.
///
/// The first parts are the result; `None` where there are more than [`FEW`] weights or 64 bits do not hold
/// every product.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "hot kernel: the product of two 64-bit words fits 128 bits"
)]
pub(super) fn few(total: u64, weights: &[u64], sum: u64, parts: &mut [u64; FEW]) -> Option<()> {
    const INDEX_BITS: u32 = FEW.ilog2();
    const LAST: u64 = FEW as u64 - 1;
    if sum > u64::MAX >> INDEX_BITS {
        return None;
    }
    let reciprocal = u64::MAX.checked_div(sum)?;
    // Remainder and index in one word, so that one comparison of words orders claims, ties included.
    let mut claims = [0; FEW];
    let claims = claims.get_mut(..weights.len())?;
    let mut left = total;
    for (((part, claim), weight), index) in parts.iter_mut().zip(claims.iter_mut()).zip(weights).zip(0..) {
        let product = total.checked_mul(*weight)?;
        // The high word of product * floor((2^64 - 1) / sum) is the quotient or one less (Barrett, 1986).
        let mut quotient = ((u128::from(product) * u128::from(reciprocal)) >> 64) as u64;
        let mut remainder = product.wrapping_sub(quotient.wrapping_mul(sum));
        if remainder >= sum {
            quotient = quotient.wrapping_add(1);
            remainder = remainder.wrapping_sub(sum);
        }
        *part = quotient;
        *claim = remainder << INDEX_BITS | (LAST ^ index);
        left = left.wrapping_sub(quotient);
    }
    // The `left` largest claims get a unit; where that is more than half, all but the smallest do.
    let slot = |claim: u64| usize::try_from(LAST ^ (claim & LAST)).ok();
    let rest = u64::try_from(weights.len()).ok()?.wrapping_sub(left);
    if left <= rest {
        for _ in 0..left {
            let index = slot(claims.iter().copied().max()?)?;
            let part = parts.get_mut(index)?;
            *part = part.wrapping_add(1);
            *claims.get_mut(index)? = 0;
        }
    } else {
        for part in parts.iter_mut() {
            *part = part.wrapping_add(1);
        }
        for _ in 0..rest {
            let index = slot(claims.iter().copied().min()?)?;
            let part = parts.get_mut(index)?;
            *part = part.wrapping_sub(1);
            *claims.get_mut(index)? = u64::MAX;
        }
    }
    Some(())
}

fn from_floors<N: Natural>(request: &Request<'_>, weights: &[N], sum: &N) -> Option<Vec<u128>> {
    let total = N::from_u128(request.total)?;
    let mut parts = Vec::with_capacity(weights.len());
    let mut claims = Vec::with_capacity(weights.len());
    let mut left = request.total;
    // Every floor is below its quota by less than one: what is left is less than a unit for each claim.
    for (index, weight) in weights.iter().enumerate() {
        let (floor, remainder) = total.times(weight)?.div_rem(sum)?;
        let floor = floor.to_u128()?;
        left = left.checked_sub(floor)?;
        parts.push(floor);
        // A weight of zero gets exactly nothing: no claim, also where units are left for every other part.
        if !weight.is_zero() {
            claims.push(Claim { remainder, rank: request.rank(index), index });
        }
    }
    let by_weight = |claim: &Claim<N>| weights.get(claim.index).cloned();
    match request.method {
        Apportionment::FirstInOrder => {}
        Apportionment::LastInOrder => claims.reverse(),
        Apportionment::LargestWeight => {
            claims.sort_by_cached_key(|claim| (Reverse(by_weight(claim)), claim.rank));
        }
        _ => return grant_largest(&mut parts, &mut claims, left),
    }
    grant(&mut parts, &claims, left)?;
    Some(parts)
}

/// Gives one unit each to the `left` largest remainders.
pub(super) fn grant_largest<N: Natural>(
    parts: &mut Vec<u128>,
    claims: &mut [Claim<N>],
    left: u128,
) -> Option<Vec<u128>> {
    let count = usize::try_from(left).ok().filter(|count| *count <= claims.len())?;
    if count > 0 && count < claims.len() {
        // Selected, not sorted: only who is among the first `count` matters, and that is linear.
        claims.select_nth_unstable_by(count, |a, b| {
            b.remainder.cmp(&a.remainder).then(a.rank.cmp(&b.rank)).then(a.index.cmp(&b.index))
        });
    }
    grant(parts, claims, left)?;
    Some(core::mem::take(parts))
}

/// Gives one unit each to the first `left` claims. The floors leave less than one unit per claim.
fn grant<N>(parts: &mut [u128], claims: &[Claim<N>], left: u128) -> Option<()> {
    let count = usize::try_from(left).ok().filter(|count| *count <= claims.len())?;
    for claim in claims.iter().take(count) {
        let part = parts.get_mut(claim.index)?;
        *part = part.checked_add(1)?;
    }
    Some(())
}

/// The difference of the cumulative quotas, each rounded half up.
fn cumulative<N: Natural>(request: &Request<'_>, weights: &[N], sum: &N) -> Option<Vec<u128>> {
    let two = N::from_u128(2)?;
    let total = N::from_u128(request.total)?.times(&two)?;
    let double = sum.times(&two)?;
    // Differences of rounded sums, not rounded differences: what was given up to each part is off by at most a half.
    let mut running = N::from_u128(0)?;
    let mut before = 0_u128;
    let mut parts = Vec::with_capacity(weights.len());
    for weight in weights {
        running = running.plus(weight)?;
        // floor(total * running / sum + 1/2), all doubled.
        let upto = total.times(&running)?.plus(sum)?.div_rem(&double)?.0.to_u128()?;
        parts.push(upto.checked_sub(before)?);
        before = upto;
    }
    Some(parts)
}
