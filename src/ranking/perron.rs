//! The greatest eigenvalue of a positive matrix and its vector.

use alloc::vec::Vec;

/// How many steps are made at most; convergence is quadratic, five or six are usual.
const STEPS: usize = 60;

/// The Perron root of a positive square matrix, row by row, and its vector with sum 1.
pub(super) struct Perron {
    pub(super) root: f64,
    pub(super) vector: Vec<f64>,
}

/// # Formula
/// T. Noda (1971): with x > 0 and s the greatest of `(A x)_i / x_i`, the next x solves `(s I - A) z = x`. As s is
/// not below the root, s I - A is an M-matrix: z is positive, and elimination needs no exchange of rows.
///
/// `start` is positive and as long as the matrix has rows; the matrix is positive and finite.
#[expect(clippy::arithmetic_side_effects, reason = "a count of rows that are in memory")]
pub(super) fn perron(matrix: &[f64], start: Vec<f64>) -> Perron {
    let count = start.len();
    let mut vector = start;
    scale(&mut vector);
    let mut image = product(matrix, &vector);
    let mut best = spread(&image, &vector);
    let mut system = alloc::vec![0.0; matrix.len()];
    for _ in 0..STEPS {
        let (low, high) = best;
        if high - low <= 2.0 * f64::EPSILON * high {
            break;
        }
        system.copy_from_slice(matrix);
        for value in &mut system {
            *value = -*value;
        }
        // `s` on the diagonal: every cell that is one row and one column further than the last.
        for value in system.iter_mut().step_by(count + 1) {
            *value += high;
        }
        // The greatest quotient, not the middle: below the root `s I - A` is no M-matrix, and a pivot may be negative.
        let mut next = vector.clone();
        solve(&mut system, &mut next, f64::EPSILON * high);
        scale(&mut next);
        let next_image = product(matrix, &next);
        let found = spread(&next_image, &next);
        // Quadratic until rounding is all that is left: then no step is better than the last.
        let narrower = found.1 - found.0 < high - low;
        if !narrower {
            break;
        }
        (vector, image, best) = (next, next_image, found);
    }
    // The vector has the sum 1, so that the sum of its image is the root: a mean of all quotients, weighted by the vector.
    Perron { root: image.iter().sum(), vector }
}

fn product(matrix: &[f64], vector: &[f64]) -> Vec<f64> {
    let rows = matrix.chunks_exact(vector.len().max(1));
    rows.map(|row| row.iter().zip(vector).map(|(a, x)| a * x).sum()).collect()
}

/// The least and the greatest quotient: the root lies between (L. Collatz, 1942).
fn spread(image: &[f64], vector: &[f64]) -> (f64, f64) {
    image
        .iter()
        .zip(vector)
        .map(|(y, x)| y / x)
        .fold((f64::INFINITY, 0.0), |(low, high), quotient| (low.min(quotient), high.max(quotient)))
}

fn scale(vector: &mut [f64]) {
    let sum: f64 = vector.iter().sum();
    for value in vector {
        *value /= sum;
    }
}

/// Solves the system in place by elimination without exchange; a pivot below `least` is that.
#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "`step < count`, and the system has `count` rows of `count` cells"
)]
pub(super) fn solve(system: &mut [f64], right: &mut [f64], least: f64) {
    let count = right.len();
    debug_assert_eq!(system.len(), count * count, "the system is square");
    for step in 0..count {
        let next = step + 1;
        let (above, below) = system.split_at_mut(next * count);
        let (solved, open) = right.split_at_mut(next);
        // The rest of the pivot's row, from the pivot on.
        let tail = &mut above[step * count + step..];
        // At the root the last pivot is 0 but for rounding; that size of it keeps the vector's direction.
        tail[0] = tail[0].max(least);
        for (row, value) in below.chunks_exact_mut(count).zip(open) {
            let row = &mut row[step..];
            let factor = row[0] / tail[0];
            for (cell, above) in row.iter_mut().zip(tail.iter()) {
                *cell -= factor * above;
            }
            *value -= factor * solved[step];
        }
    }
    for (step, row) in system.chunks_exact(count.max(1)).enumerate().rev() {
        let (pivot, later) = (row[step], &row[step + 1..]);
        let (open, solved) = right.split_at_mut(step + 1);
        let known: f64 = later.iter().zip(solved.iter()).map(|(a, x)| a * x).sum();
        open[step] = (open[step] - known) / pivot;
    }
}
