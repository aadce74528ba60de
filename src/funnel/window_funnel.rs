//! The level of a user as `ClickHouse`'s `windowFunnel` finds it, without `strict_once`.
//!
//! For each step it remembers one chain: when it started and the latest row of the step. A row of a step takes
//! the chain of the step before it and replaces the step's own. So a later row of a step may stand in the way of
//! a next step that an earlier row would have admitted, and some chains are not found.

use super::WindowFunnelModes;
use super::chain::Path;
use super::row_matching::has;
use alloc::vec::Vec;

/// The latest chain to a step.
#[derive(Clone)]
struct Latest<P> {
    first: i64,
    last: i64,
    path: P,
}

/// The chains of one user.
pub(super) struct WindowFunnel<P> {
    modes: WindowFunnelModes,
    window: u64,
    chains: Vec<Option<Latest<P>>>,
}

#[expect(
    clippy::indexing_slicing,
    reason = "there is a chain for each step, 2 to 32; the rows of a time are rows of the user"
)]
impl<P: Path> WindowFunnel<P> {
    pub(super) fn new(modes: WindowFunnelModes, steps: usize, window: u64) -> Self {
        Self { modes, window, chains: alloc::vec![None; steps] }
    }

    /// The level of the user of these rows and the chain that reached it.
    #[expect(clippy::arithmetic_side_effects, reason = "places of rows in memory")]
    pub(super) fn find(&mut self, times: &[i64], masks: &[u32]) -> (u32, P) {
        self.chains.fill(None);
        let mut best: (u32, P) = (0, P::default());
        let mut start = 0_usize;
        while start < times.len() {
            let time = times[start];
            let end = start + times[start..].iter().take_while(|own| **own == time).count();
            if !self.take(time, start, &masks[start..end], &mut best) {
                break;
            }
            start = end;
        }
        best
    }

    /// Takes the rows of one time in the order of their steps; whether the chain can go on after them.
    fn take(&mut self, time: i64, start: usize, group: &[u32], best: &mut (u32, P)) -> bool {
        let steps = (0_u32..).zip(&self.chains).map(|(step, _)| step);
        let own = |mask: u32| steps.clone().any(|step| has(mask, step));
        if self.modes.strict_order() && self.chains[0].is_some() && !group.iter().all(|mask| own(*mask)) {
            return false;
        }
        // Step by step, not row by row: so the order of rows of one time does not matter.
        for step in (0_u32..).take(self.chains.len()) {
            let rows = (start..).zip(group).filter(|(_, mask)| has(**mask, step));
            for (row, _) in rows {
                if !self.row(step, row, time, best) {
                    return false;
                }
            }
        }
        true
    }

    /// Takes one row as this step; whether the chain can go on after it.
    #[expect(clippy::arithmetic_side_effects, reason = "a step is below 32")]
    fn row(&mut self, step: u32, row: usize, time: i64, best: &mut (u32, P)) -> bool {
        let at = step as usize;
        let own = self.chains[at].is_some();
        let chain = match at.checked_sub(1) {
            None => Some(Latest { first: time, last: time, path: P::default().with(step, row) }),
            Some(_) if self.modes.strict_deduplication() && own => return false,
            Some(before) => {
                let Some(before) = &self.chains[before] else {
                    // A step too early ends the chain only once there is one: before a first step nothing has begun.
                    let entered = self.chains[0].is_some();
                    return !(self.modes.strict_order() && entered) || self.modes.allow_reentry();
                };
                let in_time = time.abs_diff(before.first) <= self.window;
                let later = !self.modes.strict_increase() || before.last < time;
                let path = || before.path.with(step, row);
                (in_time && later).then(|| Latest { first: before.first, last: time, path: path() })
            }
        };
        let Some(chain) = chain else { return true };
        let level = step + 1;
        // Strictly deeper: the first chain of a level is the one that ended first.
        if level > best.0 {
            *best = (level, chain.path.clone());
        }
        // The later row takes the place of the earlier one, as in the database: chains are lost here that the exact
        // matchings find.
        self.chains[at] = Some(chain);
        level as usize != self.chains.len()
    }
}
