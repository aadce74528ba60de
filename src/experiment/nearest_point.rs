//! The point of the convex hull of some points that is nearest to the origin, by exact active sets.

use super::series::dot;
use crate::stats::StatsError;
use alloc::vec;
use alloc::vec::Vec;

/// Weights at or below this are none.
const NO_WEIGHT: f64 = 1e-12;
/// By how much of the product of lengths a point has to be nearer to count as nearer.
const NEARER: f64 = 1e-13;
/// Directions shorter than this part of their length are within those before them.
const WITHIN: f64 = 1e-10;

/// The nearest point as weights of points.
#[derive(Debug)]
pub(super) struct Nearest {
    /// The points with a weight, with their weights, which are above 0 and add up to 1.
    active: Vec<(usize, f64)>,
    /// The nearest point itself.
    pub(super) point: Vec<f64>,
    /// How far its squared distance may be above the least one.
    pub(super) gap: f64,
}

impl Nearest {
    /// The weights of `count` points, exact zeros where none.
    pub(super) fn weights(&self, count: usize) -> Vec<f64> {
        let mut weights = vec![0.0; count];
        for (at, weight) in &self.active {
            if let Some(place) = weights.get_mut(*at) {
                *place = *weight;
            }
        }
        weights
    }
}

/// The nearest point of the hull of `points`, of which there is at least one, all as long.
///
/// P. Wolfe (1976): the points with weight are affinely independent; each step lets in the point that lies most on the
/// near side of the current one, goes to the point of their affine hull nearest to the origin, and where that has
/// a weight below 0 only so far that the first of them is 0 and leaves. Each set comes once, so it ends, and
/// what has no weight has exactly none. Interior-point methods lost: their zeros are small numbers.
///
/// The distance is proven: for the found `x` and all points `p`, `|x|^2 - least <= 2 (|x|^2 - min x p)`.
pub(super) fn nearest(points: &[Vec<f64>]) -> Result<Nearest, StatsError> {
    const NAME: &str = "the weights of a synthetic control";
    let longest = points.iter().fold(0.0_f64, |longest, point| longest.max(dot(point, point)));
    let shortest = points.iter().enumerate().map(|(at, point)| (at, dot(point, point)));
    let first = shortest.reduce(|best, next| if next.1 < best.1 { next } else { best });
    let Some((first, _)) = first else {
        return Err(StatsError::TooFewObservations { found: 0, needed: 1 });
    };
    let mut active = vec![(first, 1.0)];
    // Far above what is needed: some two steps for each point that gets a weight.
    let bound = u32::try_from(points.len()).unwrap_or(u32::MAX).saturating_mul(20).saturating_add(100);
    for _ in 0..bound {
        let point = mixed(points, &active);
        let square = dot(&point, &point);
        let nearer = points.iter().enumerate().map(|(at, other)| (at, dot(&point, other)));
        let Some((at, least)) = nearer.reduce(|best, next| if next.1 < best.1 { next } else { best }) else {
            break;
        };
        let gap = 2.0 * (square - least).max(0.0);
        let done = |active, point| Ok(Nearest { active, point, gap });
        let reached = square - least <= NEARER * libm::sqrt(square * longest) || square <= 1e-31 * longest;
        if reached || active.iter().any(|(known, _)| *known == at) {
            return done(active, point);
        }
        let before = active.clone();
        active.push((at, 0.0));
        settle(points, &mut active);
        // What came in left at once: within rounding nothing is nearer.
        if active.iter().map(|(at, _)| at).eq(before.iter().map(|(at, _)| at)) {
            return done(before, point);
        }
    }
    Err(StatsError::NoConvergence { function: NAME, iterations: bound })
}

/// The point that these weights make.
fn mixed(points: &[Vec<f64>], active: &[(usize, f64)]) -> Vec<f64> {
    let length = points.first().map_or(0, Vec::len);
    let mut sum = vec![0.0; length];
    for (at, weight) in active {
        if let Some(point) = points.get(*at) {
            sum.iter_mut().zip(point).for_each(|(sum, value)| *sum += weight * value);
        }
    }
    sum
}

/// Moves the weights to the nearest point of the affine hull, or until those that would be below 0 have left.
fn settle(points: &[Vec<f64>], active: &mut Vec<(usize, f64)>) {
    // At least one leaves in each turn.
    while active.len() > 1 {
        let Some(goal) = affine(points, active) else {
            // The last one lies in the hull of the others: it adds nothing.
            active.pop();
            return;
        };
        if goal.iter().all(|weight| *weight > NO_WEIGHT) {
            active.iter_mut().zip(goal).for_each(|(one, weight)| one.1 = weight);
            return;
        }
        let falling = active.iter().zip(&goal).enumerate().filter(|(_, (_, goal))| **goal <= NO_WEIGHT);
        let steps = falling.map(|(place, ((_, weight), goal))| {
            let fall = weight - goal;
            (place, if fall > 0.0 { (weight / fall).clamp(0.0, 1.0) } else { 0.0 })
        });
        let Some((leaves, step)) = steps.reduce(|best, next| if next.1 < best.1 { next } else { best })
        else {
            return;
        };
        for ((_, weight), goal) in active.iter_mut().zip(&goal) {
            *weight += step * (goal - *weight);
        }
        active.remove(leaves);
        active.retain(|(_, weight)| *weight > NO_WEIGHT || step <= 0.0);
    }
    if let [only] = active.as_mut_slice() {
        only.1 = 1.0;
    }
}

/// An orthonormal basis of the directions from the first of some points to the others, with the triangle that makes the
/// directions of it.
struct Basis {
    unit: Vec<Vec<f64>>,
    triangle: Vec<Vec<f64>>,
}

/// The basis, or `None` where a direction is within those before it.
fn basis(points: &[Vec<f64>], active: &[(usize, f64)]) -> Option<Basis> {
    let mut at = active.iter().filter_map(|(at, _)| points.get(*at));
    let first = at.next()?;
    let mut basis = Basis { unit: Vec::new(), triangle: Vec::new() };
    for point in at {
        let mut rest: Vec<f64> = point.iter().zip(first).map(|(point, first)| point - first).collect();
        let length = libm::sqrt(dot(&rest, &rest));
        let mut column = basis.without(&mut rest);
        let left = libm::sqrt(dot(&rest, &rest));
        if left <= 1e-14 * length || left <= 0.0 {
            return None;
        }
        for value in &mut rest {
            *value /= left;
        }
        column.push(left);
        basis.unit.push(rest);
        basis.triangle.push(column);
    }
    Some(basis)
}

impl Basis {
    /// Takes out of `vector` what the basis holds of it, and returns that by direction (modified Gram-Schmidt).
    fn without(&self, vector: &mut [f64]) -> Vec<f64> {
        let part = |unit: &Vec<f64>| {
            let part = dot(unit, vector);
            vector.iter_mut().zip(unit).for_each(|(value, unit)| *value -= part * unit);
            part
        };
        self.unit.iter().map(part).collect()
    }
}

/// The weights of the nearest point of the affine hull.
fn affine(points: &[Vec<f64>], active: &[(usize, f64)]) -> Option<Vec<f64>> {
    let basis = basis(points, active)?;
    let mut first = points.get(active.first()?.0)?.clone();
    let mut right: Vec<f64> = basis.without(&mut first).into_iter().map(|part| -part).collect();
    // Backwards through the triangle, whose columns end on the diagonal.
    let mut weights = Vec::with_capacity(active.len());
    for column in basis.triangle.iter().rev() {
        let weight = right.pop()? / column.last()?;
        right.iter_mut().zip(column).for_each(|(right, above)| *right -= weight * above);
        weights.push(weight);
    }
    weights.push(1.0 - weights.iter().sum::<f64>());
    weights.reverse();
    Some(weights)
}

/// Whether other weights reach the same point.
///
/// Only points that are as near to the side of the nearest point (all of them where that is the origin) can have a weight.
/// Those without one have directions out of the affine hull of the others; there are other weights exactly if some
/// weights of these directions cancel, that is if the origin is in their hull: the same question again.
pub(super) fn is_one_of_several(points: &[Vec<f64>], nearest_point: &Nearest) -> Result<bool, StatsError> {
    let Some(basis) = basis(points, &nearest_point.active) else { return Ok(true) };
    let Some(first) = nearest_point.active.first().and_then(|(at, _)| points.get(*at)) else {
        return Ok(true);
    };
    let x = &nearest_point.point;
    let square = dot(x, x);
    let longest = points.iter().fold(0.0_f64, |longest, point| longest.max(dot(point, point)));
    // Where the point is the origin up to rounding, its direction says nothing.
    let is_origin = square <= 1e-24 * longest;
    let mut directions = Vec::new();
    for (at, point) in points.iter().enumerate() {
        if nearest_point.active.iter().any(|(known, _)| *known == at) {
            continue;
        }
        if !is_origin && dot(x, point) - square > WITHIN * libm::sqrt(square * longest) {
            continue;
        }
        let mut rest: Vec<f64> = point.iter().zip(first).map(|(point, first)| point - first).collect();
        let length = libm::sqrt(dot(&rest, &rest));
        basis.without(&mut rest);
        let left = libm::sqrt(dot(&rest, &rest));
        if left <= WITHIN * length || left <= 0.0 {
            return Ok(true);
        }
        for value in &mut rest {
            *value /= left;
        }
        directions.push(rest);
    }
    if directions.is_empty() {
        return Ok(false);
    }
    let least = nearest(&directions)?;
    Ok(dot(&least.point, &least.point) <= WITHIN * WITHIN)
}
