//! Removal effects of a chain of order 1, all from one elimination without a subtraction.
//!
//! Let `w_ij` count the steps from channel `i` to channel `j`, `d_i` all visits of `i`, `s_i` the journeys that
//! start there, `c_i` those that convert right after it, and `T` and `C` all journeys and conversions. With
//! `A = D - W` and `M` its inverse, the fundamental matrix is `N = M D`, and the probability of a conversion from
//! `i` on is `b = M c`. Journeys that are lost without `i` are those that reach it, which has the probability
//! `N[s,i] / N[i,i]`, and would have converted from there on:
//!
//! `RE_i = N[s,i] / N[i,i] * b_i / b_s`
//!
//! Every visit is a start or a step, so the columns of `A` add up to `s`, hence `s M = (1, …, 1)`, so that
//! `N[s,i] = d_i / T` and `b_s = C / T`:
//!
//! `RE_i = b_i / (M[i,i] * C)`, and the probability that a journey reaches `i` is `1 / (M[i,i] * T)`.
//!
//! `A` is eliminated with each pivot as the sum of what leaves the state (W. K. Grassmann, M. I. Taksar, D. P.
//! Heyman, 1985). All other operations add, multiply or divide numbers that are not negative, so that a removal
//! effect of 1e-12 has as many good digits as one of 0.5. The counts balance, so no `M[i,i]` is above the number
//! of channels, and no pivot is 0.

use super::columns::{float, float_value};
use super::higher_order::Loss;
use super::transition::{MarkovChain, index};
use alloc::vec::Vec;

/// The channels up to which the full matrix is the shorter way: 2 MiB.
pub(super) const MOST_STATES: usize = 512;

/// What the removal of each channel takes, by rank, of a chain of order 1 with at most [`MOST_STATES`] states.
#[expect(clippy::indexing_slicing, reason = "all indices are below the number of states")]
pub(super) fn losses(chain: &MarkovChain) -> Vec<Loss> {
    let n = chain.states();
    let mut rows: Vec<Vec<f64>> = alloc::vec![alloc::vec![0.0; n]; n];
    let mut ends = Vec::with_capacity(n);
    for (state, row) in rows.iter_mut().enumerate() {
        for (target, weight) in chain.steps(state) {
            row[index(target)] = float(weight);
        }
        ends.push(chain.ends(state));
    }
    // Row `k` keeps its steps to later states, column `k` becomes the shares of earlier steps that went through.
    let mut pivots = Vec::with_capacity(n);
    for k in 0..n {
        let (done, open) = rows.split_at_mut(k.wrapping_add(1));
        let pivot_row = &done[k];
        let pivot = pivot_row.iter().skip(k.wrapping_add(1)).fold(ends[k], |sum, weight| sum + weight);
        for (offset, row) in open.iter_mut().enumerate() {
            let state = k.wrapping_add(1).wrapping_add(offset);
            let share = row[k] / pivot;
            row[k] = share;
            if share > 0.0 {
                let later = row.iter_mut().zip(pivot_row).skip(k.wrapping_add(1));
                later.for_each(|(weight, through)| *weight += share * through);
                ends[state] += share * ends[k];
            }
        }
        pivots.push(pivot);
    }
    let solve = |mut right: Vec<f64>, first: usize| {
        for state in first..n {
            let through = rows[state].iter().zip(&right).take(state).skip(first);
            right[state] += through.map(|(share, value)| share * value).sum::<f64>();
        }
        for state in (first..n).rev() {
            let onward = rows[state].iter().zip(&right).skip(state.wrapping_add(1));
            let sum = onward.map(|(weight, value)| weight * value).sum::<f64>();
            right[state] = (right[state] + sum) / pivots[state];
        }
        right
    };
    let conversions = solve(chain.conversions.iter().map(|count| float(*count)).collect(), 0);
    let values = solve(chain.values.iter().map(|value| float_value(*value)).collect(), 0);
    let mut losses = alloc::vec![Loss::default(); chain.channels()];
    let journeys = float(chain.total_journeys);
    for state in 0..n {
        let mut unit = alloc::vec![0.0; n];
        unit[state] = 1.0;
        let diagonal = solve(unit, state)[state];
        let visit = 1.0 / (diagonal * journeys);
        let loss = Loss { conversion: visit * conversions[state], value: visit * values[state], visit };
        let channel = chain.state(state).and_then(<[u16]>::first).copied();
        if let Some(place) = channel.and_then(|channel| losses.get_mut(usize::from(channel))) {
            *place = loss;
        }
    }
    losses
}
