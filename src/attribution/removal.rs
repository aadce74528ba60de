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
//!
//! Of a long chain the states with few neighbours are taken out on lists first, and what is left is a full matrix.
//! `M[i,i]` then needs only those elements `M[k,j]` for which there is, or came to be, a step from `j` to `k` (K.
//! Takahashi, J. Fagan, M. Chin, 1973): with `p` the pivot of `i`, `u` its steps to states taken out later, and `l` the
//! shares of their steps to it,
//!
//! `M[k,i] = sum of M[k,j] l_j`, `M[i,j] = sum of u_k M[k,j] / p`, and `M[i,i] = (1 + sum of u_k M[k,i]) / p`,
//!
//! which asks for no more elements, has no subtraction either, and costs as much as the elimination.

use super::AttributionError;
use super::columns::{float, float_value};
use super::dense::{Dense, LANES};
use super::elimination::{Reduction, Taken};
use super::higher_order::Loss;
use super::transition::{MarkovChain, index};
use super::work::Work;
use alloc::vec::Vec;

/// The channels up to which the full matrix is the shorter way: 2 MiB.
const MOST_STATES: usize = 512;

/// A multiplication on lists takes as long as so many on rows of a full matrix.
const SPARSE: usize = 16;

/// What the removal of each channel takes, by rank, of a chain of order 1.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "numbers of states and of pairs of neighbours, below 2^32"
)]
pub(super) fn losses(chain: &MarkovChain, work: &mut Work) -> Result<Vec<Loss>, AttributionError> {
    let is_small = chain.states() <= MOST_STATES;
    // Both are numbers of neighbours or states, below 2^32: their products fit.
    losses_of(chain, |cost, open| is_small || cost * SPARSE >= open * open, work)
}

#[expect(clippy::indexing_slicing, reason = "the ranks of a chain are those of its channels")]
#[expect(clippy::arithmetic_side_effects, reason = "a number of states below 2^16")]
fn losses_of(
    chain: &MarkovChain,
    is_dense: impl Fn(usize, usize) -> bool,
    work: &mut Work,
) -> Result<Vec<Loss>, AttributionError> {
    let rewards = (0..chain.states()).map(|state| {
        [chain.ends(state), float(chain.conversions(state)), float_value(chain.value(state)), 0.0]
    });
    let mut reduction = Reduction::new(chain.graph(|_| true), rewards.collect(), is_dense, work)?;
    let left = reduction.open.len();
    work.add(left * left, left)?;
    let inverse = Inverse::of_open(&mut reduction);
    reduction.solve()?;
    let diagonal = inverse.diagonal(&reduction, work)?;
    let mut losses = alloc::vec![Loss::default(); chain.channels().len()];
    let journeys = float(chain.totals.journeys);
    for (state, (diagonal, [_, conversion, value, _])) in diagonal.iter().zip(&reduction.rewards).enumerate()
    {
        let visit = 1.0 / (diagonal * journeys);
        let loss = Loss { conversion: visit * conversion, value: visit * value, visit };
        // A state of order 1 is one channel; some channels of the table have no state.
        debug_assert_eq!(chain.gram(state).len(), 1, "a state of order 1 is one channel");
        for channel in chain.gram(state) {
            losses[usize::from(*channel)] = loss;
        }
    }
    Ok(losses)
}

/// Where a state is that was taken out, or that was left.
#[derive(Debug, Clone, Copy)]
enum Place {
    Taken(usize),
    Left(usize),
}

/// Elements of the inverse, as far as they are asked for.
struct Inverse {
    places: Vec<Place>,
    diagonal: Vec<f64>,
    /// The rows of the states that were left; only their diagonal where no state was taken out.
    left: Vec<Vec<f64>>,
    /// Of each state `i` that was taken out `M[k,i]` for its steps to `k`, and `M[i,j]` for the steps from `j` to it.
    taken: Vec<(Vec<f64>, Vec<f64>)>,
}

#[expect(clippy::indexing_slicing, reason = "all indices are below the number of states, or of those left")]
impl Inverse {
    /// The elements of the states that were left; puts their rewards in place.
    fn of_open(reduction: &mut Reduction) -> Self {
        let (n, open) = (reduction.open.len(), &reduction.open);
        let mut places = alloc::vec![Place::Left(0); reduction.graph.len()];
        for (place, state) in open.iter().enumerate() {
            places[index(*state)] = Place::Left(place);
        }
        for (place, taken) in reduction.taken.iter().enumerate() {
            places[index(taken.state)] = Place::Taken(place);
        }
        let (mut rows, mut ends) = (alloc::vec![alloc::vec![0.0; n]; n], Vec::with_capacity(n));
        let mut right = alloc::vec![[0.0; LANES]; n];
        for ((state, row), right) in open.iter().zip(&mut rows).zip(&mut right) {
            for (target, weight) in &reduction.graph[index(*state)] {
                if let Place::Left(place) = places[index(*target)] {
                    row[place] = *weight;
                }
            }
            let rewards = reduction.rewards[index(*state)];
            ends.push(rewards[0]);
            right.iter_mut().zip(rewards).skip(1).for_each(|(right, reward)| *right = reward);
        }
        let dense = Dense::new(rows, ends);
        dense.solve(&mut right, 0, 0);
        for (state, solved) in open.iter().zip(&right) {
            reduction.rewards[index(*state)].iter_mut().zip(solved).skip(1).for_each(|(reward, solved)| {
                *reward = *solved;
            });
            // Every journey ends: what is collected of ends is 1 without a solution.
            reduction.rewards[index(*state)][0] = 1.0;
        }
        // With no state taken out only the diagonal is read: full rows would be n^2 floats for nothing.
        let is_all = reduction.taken.is_empty();
        let mut left = alloc::vec![Vec::new(); n];
        if !is_all {
            left.fill(alloc::vec![0.0; n]);
        }
        let mut diagonal = alloc::vec![0.0; reduction.graph.len()];
        // Several columns at a time: one pass over the matrix serves them all.
        for first in (0..n).step_by(LANES) {
            right.fill([0.0; LANES]);
            let last = n.min(first.wrapping_add(LANES));
            for (lane, place) in (first..last).enumerate() {
                right[place][lane] = 1.0;
            }
            dense.solve(&mut right, first, if is_all { first } else { 0 });
            for (lane, place) in (first..last).enumerate() {
                diagonal[index(open[place])] = right[place][lane];
            }
            for (row, right) in left.iter_mut().zip(&right).filter(|_| !is_all) {
                row[first..last].iter_mut().zip(right).for_each(|(element, solved)| *element = *solved);
            }
        }
        Self { places, diagonal, left, taken: Vec::new() }
    }

    /// `M[i,i]` of all states.
    #[expect(clippy::arithmetic_side_effects, reason = "numbers of neighbours, below 2^32")]
    fn diagonal(mut self, reduction: &Reduction, work: &mut Work) -> Result<Vec<f64>, AttributionError> {
        self.taken.resize(reduction.taken.len(), (Vec::new(), Vec::new()));
        // Backwards: a state's steps lead to states taken out later, whose elements are known by then.
        for (place, Taken { state, pivot, into }) in reduction.taken.iter().enumerate().rev() {
            let steps = &reduction.graph[index(*state)];
            work.add(steps.len() * into.len(), SPARSE)?;
            let mut column = alloc::vec![0.0; steps.len()];
            let mut row = alloc::vec![0.0; into.len()];
            for ((target, weight), column) in steps.iter().zip(&mut column) {
                for ((source, share), row) in into.iter().zip(&mut row) {
                    let element = self.element(reduction, *target, *source);
                    *column += element * share;
                    *row += element * weight;
                }
            }
            for element in &mut row {
                *element /= pivot;
            }
            let onward = steps.iter().zip(&column).map(|((_, weight), element)| weight * element);
            self.diagonal[index(*state)] = (1.0 + onward.sum::<f64>()) / pivot;
            self.taken[place] = (column, row);
        }
        Ok(self.diagonal)
    }

    /// `M[k,j]`, where a step from `j` to `k` is or came to be, or the two are one.
    fn element(&self, reduction: &Reduction, k: u32, j: u32) -> f64 {
        if k == j {
            return self.diagonal[index(k)];
        }
        let (steps, state, elements) = match (self.places[index(k)], self.places[index(j)]) {
            (Place::Left(k), Place::Left(j)) => return self.left[k][j],
            (Place::Taken(earlier), Place::Left(_)) => {
                (&reduction.taken[earlier].into, j, &self.taken[earlier].1)
            }
            (Place::Taken(k), Place::Taken(later)) if k < later => {
                (&reduction.taken[k].into, j, &self.taken[k].1)
            }
            (_, Place::Taken(place)) => (&reduction.graph[index(j)], k, &self.taken[place].0),
        };
        let found = steps.binary_search_by_key(&state, |(state, _)| *state);
        debug_assert!(found.is_ok(), "no step between {k} and {j}");
        // Not 0, so that a step that is missing against the proof above is seen in the result.
        found.map_or(f64::NAN, |place| elements[place])
    }
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "a test's numbers are small")]
mod tests {
    use super::*;
    use crate::attribution::{Outcome, PathTable};
    use crate::quantity::Currency;

    fn mixed(n: u64) -> u64 {
        let mut x = n.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x ^ (x >> 27)
    }

    /// Rows of up to `length` touches of `channels` channels.
    fn chain(channels: u64, rows: u64, length: u64) -> MarkovChain {
        let mut paths = PathTable::builder(Currency::CNY);
        let names: Vec<alloc::string::String> = (0..channels).map(|n| alloc::format!("c{n}")).collect();
        for row in 0..rows {
            let touches = 1 + mixed(row) % length;
            let touch = |at: u64| {
                // A few channels are met often.
                let draw = mixed(row * 64 + at) >> 8;
                if draw.is_multiple_of(4) { draw / 4 % 3 % channels } else { draw / 4 % channels }
            };
            let path = (0..touches).map(|at| names[usize::try_from(touch(at)).unwrap()].as_str());
            let conversions = mixed(row + 77) % 3;
            let value = i64::try_from(conversions * 10).unwrap();
            paths.push_names(path, Outcome { conversions, nulls: 2, value }).unwrap();
        }
        MarkovChain::new(&paths.build(), 1).unwrap()
    }

    /// Taking all states out on lists, some, or none gives the same figures.
    #[test]
    fn lists_and_full_matrix_agree() {
        for (channels, rows, length) in [(1, 3, 2), (7, 12, 4), (60, 90, 5), (60, 400, 9), (200, 300, 30)] {
            let chain = chain(channels, rows, length);
            let full = losses_of(&chain, |_, _| true, &mut Work::default()).unwrap();
            let all = losses_of(&chain, |_, _| false, &mut Work::default()).unwrap();
            let some = losses_of(&chain, |_, open| open <= 20, &mut Work::default()).unwrap();
            for (full, lists) in full.iter().zip(&all).chain(full.iter().zip(&some)) {
                for (full, lists) in [
                    (full.conversion, lists.conversion),
                    (full.value, lists.value),
                    (full.visit, lists.visit),
                ] {
                    assert!((full - lists).abs() <= 1e-13 * full, "{full:e} is not {lists:e}");
                }
            }
        }
    }

    /// L3: the work of a chain with few steps a channel grows with the chain and not with its square, also where one
    /// channel is next to all others.
    #[test]
    fn channels_with_few_neighbours_cost_little() {
        for is_star in [false, true] {
            let done = [4_000_u32, 16_000].map(|channels| {
                let mut paths = PathTable::builder(Currency::CNY);
                for channel in 0..channels {
                    let next = if is_star { 0 } else { (channel + 1) % channels };
                    let names = [channel, next, channel / 2].map(|number| alloc::format!("c{number}"));
                    let outcome = Outcome { conversions: 1, nulls: 3, value: 10 };
                    paths.push_names(names.iter().map(alloc::string::String::as_str), outcome).unwrap();
                }
                let chain = MarkovChain::new(&paths.build(), 1).unwrap();
                let mut work = Work::default();
                let losses = losses(&chain, &mut work).unwrap();
                assert!(losses.iter().all(|loss| loss.visit > 0.0 && loss.conversion > 0.0));
                work.done()
            });
            assert!(done[0] <= 4_000 * 4_000, "{done:?}");
            assert!(done[1] <= 20 * done[0], "{done:?}");
        }
    }

    /// L3: a full matrix is refused by its size before it is made.
    #[test]
    fn a_full_matrix_of_many_channels_is_refused() {
        let chain = chain(4_000, 5_000, 40);
        assert!(chain.states() > 3_900);
        let refused = losses_of(&chain, |_, _| true, &mut Work::default()).unwrap_err();
        assert_eq!(refused.kind(), crate::error::ErrorKind::Limit);
        assert!(Work::default().add(3_250 * 3_250, 3_250).is_ok());
        assert!(Work::default().add(3_251 * 3_251, 3_251).is_err());
    }
}
