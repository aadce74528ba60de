//! Hommel's closed test: adjusted p-values and rejections, from the p-values in order.

use alloc::vec::Vec;

/// A point of the lower hull: its rank, its p-value and the slope of the hull from it to the right.
#[derive(Debug, Clone, Copy)]
struct Corner {
    rank: f64,
    p: f64,
    slope: f64,
}

/// The adjusted p-values of `sorted`, in the same order.
///
/// `simes(i)`, the p-value of Simes' test of the `i` largest, is `i` times the least slope from `(m - i, 0)` to a point
/// `(k, p_k)` behind it: a tangent of their lower hull. It falls as `i` rises. At a level `a` the number of those with
/// `simes(i) > a` is what the smallest p-values are multiplied by, so that the adjusted `p` is where `i p` meets `simes`.
pub(super) fn adjusted(sorted: &[f64]) -> Vec<f64> {
    let simes = simes_of_largest(sorted);
    let adjusted = |p: f64| {
        // (i, simes(i + 1), simes(i)); i p rises and the others fall.
        let meets = simes.partition_point(|(i, next, _)| i * p < *next);
        simes.get(meets).map_or(p, |(i, _, own)| (i * p).min(*own))
    };
    sorted.iter().map(|p| adjusted(*p)).collect()
}

/// For `i` from 0 to `m`: `i`, Simes' p-value of the `i + 1` largest and of the `i` largest; 0 for more than there are,
/// and 1 for none.
fn simes_of_largest(sorted: &[f64]) -> Vec<(f64, f64, f64)> {
    let mut hull: Vec<Corner> = Vec::new();
    let mut found = Vec::new();
    let (mut own, mut i) = (1.0_f64, 0.0);
    for (p, rank) in sorted.iter().rev().zip((1..=sorted.len()).rev()) {
        let rank = rank_float(rank);
        let corner = loop {
            let Some(right) = hull.last() else {
                break Corner { rank, p: *p, slope: f64::INFINITY };
            };
            let slope = (right.p - p) / (right.rank - rank);
            // A corner that does not bend the hull is none.
            if slope >= right.slope {
                hull.pop();
            } else {
                break Corner { rank, p: *p, slope };
            }
        };
        hull.push(corner);
        // Corners stand from right to left: up to the tangent's the hull is steeper than the line to it.
        let start = rank - 1.0;
        let tangent = hull.partition_point(|corner| corner.slope * (corner.rank - start) >= corner.p);
        let least = tangent.checked_sub(1).and_then(|last| hull.get(last)).unwrap_or(&corner);
        let next = ((i + 1.0) * (least.p / (least.rank - start))).min(own);
        found.push((i, next, own));
        (own, i) = (next, i + 1.0);
    }
    found.push((i, 0.0, own));
    found
}

#[expect(clippy::cast_precision_loss, reason = "the count of hypotheses is below 2^32")]
fn rank_float(rank: usize) -> f64 {
    rank as f64
}

/// How many of the smallest are rejected at `alpha`; both in units of 10^-28.
#[expect(clippy::arithmetic_side_effects, reason = "10^28 parts times a count below 2^32 fit 128 bits")]
pub(super) fn rejected(sorted: &[u128], alpha: u128) -> usize {
    // Whether Simes' test of the `i` largest keeps them; if of more, then of fewer, too.
    let is_kept = |i: usize| {
        let largest = sorted.len().checked_sub(i).and_then(|from| sorted.get(from..)).unwrap_or_default();
        let factor = u128::try_from(i).unwrap_or(u128::MAX);
        (1_u128..).zip(largest).all(|(k, p)| p * factor > k * alpha)
    };
    let (mut kept, mut not) = (0_usize, sorted.len() + 1);
    while not - kept > 1 {
        let middle = kept.midpoint(not);
        if is_kept(middle) {
            kept = middle;
        } else {
            not = middle;
        }
    }
    let factor = u128::try_from(kept).unwrap_or(u128::MAX);
    sorted.partition_point(|p| p * factor <= alpha)
}
