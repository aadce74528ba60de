//! Judgements that were not made, as the ones that agree best with those that were.

use super::perron::{Perron, perron, solve};
use alloc::vec::Vec;

/// How many steps are made at most; convergence is quadratic near the minimum.
const STEPS: usize = 60;
/// The step in a logarithm by which second derivatives are measured.
const STEP: f64 = 1e-5;

/// Fills the cells of the missing pairs so that the greatest eigenvalue is least.
///
/// # Formula
/// S. Bozoki, J. Fulop and L. Ronyai (2010): the eigenvalue is convex in the logarithms t of the missing
/// judgements, and strictly so where the others connect all items. Newton's method on its gradient
/// `(u_i a_ij v_j - u_j a_ji v_i) / u v` with left and right vectors u and v, from the logarithmic least squares;
/// a step is halved until the gradient falls.
///
/// `matrix` is square and has 1 in the missing cells; all other judgements connect the items.
pub(super) fn complete(matrix: &mut [f64], count: usize, missing: &[(usize, usize)]) {
    if missing.is_empty() {
        return;
    }
    let mut logs = least_squares(matrix, count, missing);
    let mut gradient = slope(matrix, count, missing, &logs);
    for _ in 0..STEPS {
        if largest(&gradient) <= f64::EPSILON {
            break;
        }
        let Some(next) = newton(matrix, count, missing, &logs, &gradient) else { break };
        (logs, gradient) = next;
    }
    fill(matrix, count, missing, &logs);
}

/// The point after a damped Newton step with its gradient; `None` where the gradient falls no more.
#[expect(clippy::arithmetic_side_effects, reason = "at most 500 judgements are missing")]
fn newton(
    matrix: &mut [f64],
    count: usize,
    missing: &[(usize, usize)],
    logs: &[f64],
    gradient: &[f64],
) -> Option<(Vec<f64>, Vec<f64>)> {
    let size = logs.len();
    let mut hessian = alloc::vec![0.0; size * size];
    for (index, row) in hessian.chunks_exact_mut(size).enumerate() {
        let moved = |by: f64| -> Vec<f64> {
            logs.iter().enumerate().map(|(at, log)| if at == index { log + by } else { *log }).collect()
        };
        let ahead = slope(matrix, count, missing, &moved(STEP));
        let behind = slope(matrix, count, missing, &moved(-STEP));
        for ((cell, ahead), behind) in row.iter_mut().zip(ahead).zip(behind) {
            // From both sides: the error falls with the square of the step.
            *cell = (ahead - behind) / (2.0 * STEP);
        }
    }
    let mut step = gradient.to_vec();
    // Convex: the Hessian is positive definite, and elimination needs no exchange of rows.
    solve(&mut hessian, &mut step, f64::EPSILON);
    // Halved until the slope falls: far from the minimum a whole step may go past it.
    let mut part = 1.0;
    for _ in 0..40 {
        let next: Vec<f64> = logs.iter().zip(&step).map(|(log, step)| log - part * step).collect();
        let slope = slope(matrix, count, missing, &next);
        if largest(&slope) < largest(gradient) {
            return Some((next, slope));
        }
        part *= 0.5;
    }
    None
}

/// The gradient of the greatest eigenvalue by the logarithms, over the eigenvalue.
#[expect(clippy::indexing_slicing, reason = "missing pairs are places of the `count` x `count` matrix")]
fn slope(matrix: &mut [f64], count: usize, missing: &[(usize, usize)], logs: &[f64]) -> Vec<f64> {
    fill(matrix, count, missing, logs);
    let even = || alloc::vec![1.0; count];
    let Perron { root, vector: right } = perron(matrix, even());
    let left = perron(&transposed(matrix, count), even()).vector;
    let both: f64 = left.iter().zip(&right).map(|(u, v)| u * v).sum();
    let cell = |row: usize, column: usize| matrix[place(count, row, column)];
    missing
        .iter()
        .map(|(i, j)| {
            let up = left[*i] * cell(*i, *j) * right[*j];
            let down = left[*j] * cell(*j, *i) * right[*i];
            (up - down) / (both * root)
        })
        .collect()
}

/// The missing logarithms by the weights whose quotients have the least squared error in logarithms.
#[expect(clippy::indexing_slicing, reason = "`i` and `j` are rows of the `count` x `count` matrix")]
fn least_squares(matrix: &[f64], count: usize, missing: &[(usize, usize)]) -> Vec<f64> {
    // Normal equations of the known pairs, with the first item held at weight 1.
    let mut system = alloc::vec![0.0; matrix.len()];
    let mut right = alloc::vec![0.0; count];
    let known = |i: usize, j: usize| i != j && !missing.contains(&(i, j)) && !missing.contains(&(j, i));
    for (i, (row, sum)) in system.chunks_exact_mut(count).zip(&mut right).enumerate() {
        for (j, cell) in row.iter_mut().enumerate().filter(|(j, _)| known(i, *j)) {
            *cell = -1.0;
            *sum += libm::log(matrix[place(count, i, j)]);
        }
        let degree = -row.iter().sum::<f64>();
        row[i] = degree + if i == 0 { 1.0 } else { 0.0 };
    }
    solve(&mut system, &mut right, f64::EPSILON);
    missing.iter().map(|(i, j)| right[*i] - right[*j]).collect()
}

#[expect(clippy::indexing_slicing, reason = "missing pairs are places of the `count` x `count` matrix")]
fn fill(matrix: &mut [f64], count: usize, missing: &[(usize, usize)], logs: &[f64]) {
    for ((i, j), log) in missing.iter().zip(logs) {
        // A step may overshoot: beyond e^100 no judgement is taken, and the eigenvalue stays finite.
        let log = log.clamp(-100.0, 100.0);
        for (row, column, log) in [(*i, *j, log), (*j, *i, -log)] {
            matrix[place(count, row, column)] = libm::exp(log);
        }
    }
}

fn transposed(matrix: &[f64], count: usize) -> Vec<f64> {
    (0..count).flat_map(|column| matrix.iter().skip(column).step_by(count).copied()).collect()
}

/// Where a cell stands in the rows.
#[expect(clippy::arithmetic_side_effects, reason = "at most 100 rows and columns")]
pub(super) fn place(count: usize, row: usize, column: usize) -> usize {
    debug_assert!(row < count && column < count, "another row's cell");
    row * count + column
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |largest, value| f64::max(largest, value.abs()))
}
