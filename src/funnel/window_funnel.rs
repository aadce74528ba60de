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

impl<P: Path> WindowFunnel<P> {
    pub(super) fn new(modes: WindowFunnelModes, steps: usize, window: u64) -> Self {
        Self { modes, window, chains: alloc::vec![None; steps] }
    }

    /// The level of the user of these rows and the chain that reached it.
    pub(super) fn find(&mut self, times: &[i64], masks: &[u32]) -> (u32, P) {
        self.chains.fill(None);
        let mut best: (u32, P) = (0, P::default());
        let mut start = 0_usize;
        while let Some(time) = times.get(start).copied() {
            let rest = times.get(start..).unwrap_or_default();
            let end = start.saturating_add(rest.iter().take_while(|own| **own == time).count());
            let group = masks.get(start..end).unwrap_or_default();
            let goes_on = self.take(time, start, group, &mut best);
            if !goes_on {
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
        let entered = |chains: &[Option<Latest<P>>]| chains.first().is_some_and(Option::is_some);
        if self.modes.strict_order() && entered(&self.chains) && !group.iter().all(|mask| own(*mask)) {
            return false;
        }
        for step in 0..u32::try_from(self.chains.len()).unwrap_or(0) {
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
    fn row(&mut self, step: u32, row: usize, time: i64, best: &mut (u32, P)) -> bool {
        let at = step as usize;
        let own = self.chains.get(at).is_some_and(Option::is_some);
        let chain = match at.checked_sub(1) {
            None => Some(Latest { first: time, last: time, path: P::default().with(step, row) }),
            Some(_) if self.modes.strict_deduplication() && own => return false,
            Some(before) => {
                let Some(before) = self.chains.get(before).and_then(Option::as_ref) else {
                    let entered = self.chains.first().is_some_and(Option::is_some);
                    return !(self.modes.strict_order() && entered) || self.modes.allow_reentry();
                };
                let in_time = time.abs_diff(before.first) <= self.window;
                let later = !self.modes.strict_increase() || before.last < time;
                let path = || before.path.with(step, row);
                (in_time && later).then(|| Latest { first: before.first, last: time, path: path() })
            }
        };
        let Some(chain) = chain else { return true };
        let level = step.saturating_add(1);
        if level > best.0 {
            *best = (level, chain.path.clone());
        }
        if let Some(own) = self.chains.get_mut(at) {
            *own = Some(chain);
        }
        level as usize != self.chains.len()
    }
}
