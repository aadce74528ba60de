//! The search for the least squares of a family (Levenberg, 1944; Marquardt, 1963), within bounds.

use super::parameters::{bounds, derivatives, scaled};
use super::positive_definite::{Factor, Matrix, Vector, dot};
use super::{Family, ResponseCurve};

/// The most steps from one start, rejected ones included.
const MOST_STEPS: u32 = 300;

/// The size of a step, relative to the parameters, that counts as none.
const SETTLED: f64 = 1e-11;

/// The greatest cosine between the residuals and a column of the Jacobian at a minimum that rounding keeps
/// the steps from getting nearer to.
const ORTHOGONAL: f64 = 1e-6;

/// The points in the scale of the search: (spend, response, weight).
pub(super) type Points = [(f64, f64, f64)];

/// The end of a search.
#[derive(Debug, Clone, Copy)]
pub(super) struct Minimum {
    pub(super) at: Vector,
    pub(super) squares: f64,
    pub(super) steps: u32,
    pub(super) settled: bool,
}

/// The normal equations at a point of the search.
pub(super) struct Normal {
    /// `J^T W J`.
    pub(super) matrix: Matrix,
    /// `J^T W r`.
    right: Vector,
    squares: f64,
}

/// The weighted squares of the residuals; infinite where there is no curve.
pub(super) fn squares(family: Family, at: &Vector, points: &Points) -> f64 {
    let Ok(scaled) = scaled(family, at) else { return f64::INFINITY };
    let residual = |spend: f64, response: f64| response - scaled.base - scaled.curve.value(spend);
    let square = |(spend, response, weight): &(f64, f64, f64)| {
        let residual = residual(*spend, *response);
        weight * residual * residual
    };
    points.iter().map(square).sum()
}

pub(super) fn normal(family: Family, at: &Vector, points: &Points) -> Option<Normal> {
    let scaled = scaled(family, at).ok()?;
    let mut normal = Normal { matrix: [[0.0; 4]; 4], right: [0.0; 4], squares: 0.0 };
    for (spend, response, weight) in points {
        let (value, gradient) = derivatives(family, at, &scaled, *spend);
        let residual = response - value;
        normal.squares += weight * residual * residual;
        for ((row, right), left) in normal.matrix.iter_mut().zip(&mut normal.right).zip(gradient) {
            *right += weight * left * residual;
            for (cell, factor) in row.iter_mut().zip(gradient) {
                *cell += weight * left * factor;
            }
        }
    }
    Some(normal)
}

/// `matrix` with the rows and columns that `used` leaves out replaced by those of the unit matrix.
pub(super) fn reduced(matrix: &Matrix, used: [bool; 4]) -> Matrix {
    let mut reduced = *matrix;
    for (i, (row, in_use)) in reduced.iter_mut().zip(used).enumerate() {
        for (j, (cell, other)) in row.iter_mut().zip(used).enumerate() {
            if !(in_use && other) {
                *cell = if i == j { 1.0 } else { 0.0 };
            }
        }
    }
    reduced
}

/// The minimum that the search from `start` leads to; `None` where there is no curve to start with.
pub(super) fn minimum(family: Family, start: &Vector, points: &Points) -> Option<Minimum> {
    search(family, start, points, &bounds(family))
}

/// The sum of squared residuals of a perfect fit, as a share of that of the responses: rounding keeps it above 0.
const ROUNDING: f64 = 1e-26;

/// The minimum with one number at a bound of the search, where the points tell nothing against it.
///
/// A valley whose squares fall with a high power of a number is too flat for the search to walk it: on a straight line the
/// squares of `tanh` fall with the fourth power of its scale, and are gone in the rounding half the way to the bound. A
/// search that ends in one, settled or not, is told by its end: the curve at the bound does as well.
#[expect(clippy::arithmetic_side_effects, reason = "two searches of at most MOST_STEPS steps each")]
pub(super) fn at_bound(family: Family, found: Minimum, points: &Points) -> Option<Minimum> {
    let rounding = ROUNDING * total(points);
    // A minimum with residuals is one because leaving it makes them larger.
    if found.settled && found.squares > rounding {
        return None;
    }
    let all = bounds(family);
    let mut best: Option<Minimum> = None;
    for place in 1..all.len() {
        let Some((least, most)) = all.get(place).copied().filter(|(least, most)| least < most) else {
            continue;
        };
        for bound in [least, most] {
            let (mut held, mut start) = (all, found.at);
            if let (Some(range), Some(value)) = (held.get_mut(place), start.get_mut(place)) {
                (*range, *value) = ((bound, bound), bound);
            }
            let there = with_best_height(family, &start, points)
                .and_then(|start| search(family, &start, points, &held))
                .filter(|there| {
                    there.settled
                        && there.squares <= best.map_or(found.squares, |best| best.squares).max(rounding)
                });
            if let Some(there) = there {
                best = Some(Minimum { steps: found.steps + there.steps, ..there });
            }
        }
    }
    best
}

/// The search within these bounds: a number whose bounds are one stays there.
#[expect(clippy::arithmetic_side_effects, reason = "at most MOST_STEPS steps")]
fn search(family: Family, start: &Vector, points: &Points, bounds: &[(f64, f64); 4]) -> Option<Minimum> {
    let clamped = |at: Vector| {
        let mut at = at;
        for (value, (least, most)) in at.iter_mut().zip(bounds) {
            *value = value.max(*least).min(*most);
        }
        at
    };
    let mut at = clamped(*start);
    let mut here = normal(family, &at, points)?;
    // A small start: near the minimum the first step is almost Gauss and Newton's.
    let mut damping = 1e-3;
    let mut found = Minimum { at, squares: here.squares, steps: 0, settled: false };
    while found.steps < MOST_STEPS && found.squares.is_finite() {
        found.steps += 1;
        let used = free(&at, &here.right, bounds);
        let mut matrix = reduced(&here.matrix, used);
        for (i, row) in matrix.iter_mut().enumerate() {
            if let Some(cell) = row.get_mut(i) {
                // Marquardt's scaling: damping in proportion to the diagonal is the same in any unit. The smallest float keeps a
                // column of zeros solvable.
                *cell = *cell * (1.0 + damping) + f64::MIN_POSITIVE;
            }
        }
        let mut right = here.right;
        for (value, in_use) in right.iter_mut().zip(used) {
            *value = if in_use { *value } else { 0.0 };
        }
        let Some(factor) = Factor::new(&matrix) else {
            if damping > 1e12 {
                break;
            }
            damping *= 10.0;
            continue;
        };
        let step = factor.solve(&right);
        let mut next = at;
        for (value, step) in next.iter_mut().zip(step) {
            // Most numbers are logarithms, where 3 is a factor of 20: a longer step leaves where the slope means anything.
            *value += step.clamp(-3.0, 3.0);
        }
        next = clamped(next);
        let small =
            next.iter().zip(&at).all(|(next, at)| libm::fabs(next - at) <= SETTLED * (1.0 + libm::fabs(*at)));
        let squares = squares(family, &next, points);
        if squares <= found.squares {
            at = next;
            here = normal(family, &at, points)?;
            found = Minimum { at, squares: here.squares, ..found };
            damping = (damping * 0.1).max(1e-12);
        } else if damping > 1e12 {
            break;
        } else {
            damping *= 10.0;
        }
        if small {
            break;
        }
    }
    found.settled = is_minimum(&at, &here, bounds, points);
    Some(found)
}

/// Which numbers can move: those the family has, but for one at a bound that the gradient points out of.
fn free(at: &Vector, right: &Vector, bounds: &[(f64, f64); 4]) -> [bool; 4] {
    let mut free = [false; 4];
    for (((free, at), right), (least, most)) in free.iter_mut().zip(at).zip(right).zip(bounds) {
        *free = least < most && !(at <= least && *right <= 0.0) && !(at >= most && *right >= 0.0);
    }
    free
}

/// The weighted squares of the responses.
fn total(points: &Points) -> f64 {
    points.iter().map(|(_, response, weight)| weight * response * response).sum()
}

/// Whether the residuals are orthogonal to every direction that is free, or are gone.
fn is_minimum(at: &Vector, here: &Normal, bounds: &[(f64, f64); 4], points: &Points) -> bool {
    if here.squares <= ROUNDING * total(points) {
        return true;
    }
    let free = free(at, &here.right, bounds);
    let columns = here.matrix.iter().zip(&here.right).zip(free).enumerate();
    let cosines = columns.filter(|(_, (_, free))| *free).filter_map(|(i, ((row, right), _))| {
        let length = libm::sqrt(row.get(i)? * here.squares);
        (length > 0.0).then_some(libm::fabs(*right) / length)
    });
    cosines.fold(0.0, f64::max) <= ORTHOGONAL
}

/// The height, and for an ADBUDG curve the base, that fit best to the other numbers; `None` where the best
/// curve would fall.
pub(super) fn with_best_height(family: Family, at: &Vector, points: &Points) -> Option<Vector> {
    let [_, second, third, _] = *at;
    let unit = scaled(family, &[0.0, second, third, 0.0]).ok()?;
    let columns = |spend: f64| [unit.curve.value(spend), 1.0, 0.0, 0.0];
    let (mut matrix, mut right) = ([[0.0; 4]; 4], [0.0; 4]);
    for (spend, response, weight) in points {
        let column = columns(*spend);
        for ((row, right), left) in matrix.iter_mut().zip(&mut right).zip(column) {
            *right += weight * left * response;
            for (cell, factor) in row.iter_mut().zip(column) {
                *cell += weight * left * factor;
            }
        }
    }
    let alone = || Factor::new(&reduced(&matrix, [true, false, false, false]));
    let solved = |factor: &Factor, used: [f64; 4]| {
        let mut right = right;
        for (value, used) in right.iter_mut().zip(used) {
            *value *= used;
        }
        factor.solve(&right)
    };
    let mut best = [0.0; 4];
    if family == Family::Adbudg
        && let Some(factor) = Factor::new(&reduced(&matrix, [true, true, false, false]))
    {
        best = solved(&factor, [1.0, 1.0, 0.0, 0.0]);
    }
    let [mut height, mut base, ..] = best;
    if height <= 0.0 || base <= 0.0 {
        base = 0.0;
        height = dot(&solved(&alone()?, [1.0, 0.0, 0.0, 0.0]), &[1.0, 0.0, 0.0, 0.0]);
    }
    (height > 0.0).then(|| [libm::log(height), second, third, base])
}
