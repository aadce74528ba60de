//! The methods that start from the floors of the quotas.

use super::Method;
use super::sainte_lague::sainte_lague;
use crate::quantity::natural::Natural;
use alloc::vec::Vec;
use core::cmp::Reverse;

/// What is asked of a split: a magnitude, a method, and for ties the rank of each part.
pub(super) struct Request<'a> {
    pub(super) total: u128,
    pub(super) method: Method,
    pub(super) ranks: Option<&'a [usize]>,
}

impl Request<'_> {
    pub(super) fn rank(&self, index: usize) -> usize {
        self.ranks.and_then(|ranks| ranks.get(index).copied()).unwrap_or(index)
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
        Method::SainteLague => sainte_lague(request, weights, sum),
        Method::Cumulative => cumulative(request, weights, sum),
        _ => from_floors(request, weights, sum),
    }
}

fn from_floors<N: Natural>(request: &Request<'_>, weights: &[N], sum: &N) -> Option<Vec<u128>> {
    let total = N::from_u128(request.total)?;
    let mut parts = Vec::with_capacity(weights.len());
    let mut claims = Vec::with_capacity(weights.len());
    let mut left = request.total;
    for (index, weight) in weights.iter().enumerate() {
        let (floor, remainder) = total.times(weight)?.div_rem(sum)?;
        let floor = floor.to_u128()?;
        left = left.checked_sub(floor)?;
        parts.push(floor);
        if !weight.is_zero() {
            claims.push(Claim { remainder, rank: request.rank(index), index });
        }
    }
    let by_weight = |claim: &Claim<N>| weights.get(claim.index).cloned();
    match request.method {
        Method::FirstInOrder => {}
        Method::LastInOrder => claims.reverse(),
        Method::LargestWeight => claims.sort_by_cached_key(|claim| (Reverse(by_weight(claim)), claim.rank)),
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
