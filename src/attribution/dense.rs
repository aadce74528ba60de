//! The full matrix of a chain, or of what is left of one, factored without a subtraction.

use alloc::vec::Vec;

/// Right sides that are solved together: they hide each other's latency and fill a cache line.
pub(super) const LANES: usize = 8;

/// Row `k` of the factors holds the steps to later states behind the diagonal, and before it the shares of steps to
/// earlier states that went through them.
#[derive(Debug)]
pub(super) struct Dense {
    rows: Vec<Vec<f64>>,
    pivots: Vec<f64>,
}

impl Dense {
    /// Factors the matrix of these steps; `ends` is what leaves each state for no other.
    #[expect(clippy::indexing_slicing, reason = "all indices are below the number of states")]
    #[expect(clippy::arithmetic_side_effects, reason = "an index below the number of states")]
    pub(super) fn new(mut rows: Vec<Vec<f64>>, mut ends: Vec<f64>) -> Self {
        let n = rows.len();
        debug_assert!(ends.len() == n && rows.iter().all(|row| row.len() == n));
        let mut pivots = Vec::with_capacity(n);
        for k in 0..n {
            let (done, open) = rows.split_at_mut(k + 1);
            let pivot_row = &done[k];
            // The pivot is the sum of what leaves the state. Subtracted from the diagonal it would lose the digits of rare
            // steps (W. K. Grassmann, M. I. Taksar, D. P. Heyman, 1985).
            let pivot = pivot_row.iter().skip(k + 1).fold(ends[k], |sum, weight| sum + weight);
            for (offset, row) in open.iter_mut().enumerate() {
                let state = k + 1 + offset;
                let share = row[k] / pivot;
                row[k] = share;
                // Most shares are 0: skipping them makes a sparse chain cheap in a full matrix.
                if share > 0.0 {
                    let later = row.iter_mut().zip(pivot_row).skip(k + 1);
                    later.for_each(|(weight, through)| *weight += share * through);
                    ends[state] += share * ends[k];
                }
            }
            pivots.push(pivot);
        }
        Self { rows, pivots }
    }

    /// Solves for right sides that are 0 before the state `first`, and gives the solutions from the state `last` on;
    /// what stands before it is of no meaning.
    #[expect(clippy::indexing_slicing, reason = "all indices are below the number of states")]
    #[expect(clippy::arithmetic_side_effects, reason = "an index below the number of states")]
    pub(super) fn solve(&self, right: &mut [[f64; LANES]], first: usize, last: usize) {
        let n = self.rows.len();
        debug_assert!(right.len() == n && first <= n && last <= n);
        let sums = |row: &[f64], right: &[[f64; LANES]]| {
            let mut sums = [0.0; LANES];
            for (factor, values) in row.iter().zip(right) {
                sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += factor * value);
            }
            sums
        };
        // Forward from the first place that is not 0, backward to the last one that is asked for.
        for state in first..n {
            let through = sums(&self.rows[state][first..state], &right[first..state]);
            right[state].iter_mut().zip(through).for_each(|(value, sum)| *value += sum);
        }
        for state in (last..n).rev() {
            let later = state + 1;
            let onward = sums(&self.rows[state][later..], &right[later..]);
            let pivot = self.pivots[state];
            right[state].iter_mut().zip(onward).for_each(|(value, sum)| *value = (*value + sum) / pivot);
        }
    }
}
