//! The level of a user as `ClickHouse`'s `windowFunnel` finds it under `strict_once` with other modes.
//!
//! It follows every chain there is. Chains that differ in rows of earlier times only are not told apart by what
//! comes: the one that started latest stands for all of them. Among the rows of one time a chain exists where each
//! of its steps has a row of its own.

use super::WindowFunnelModes;
use super::chain::Path;
use super::row_matching::{distinct_rows, has};
use alloc::vec::Vec;

/// The chain to a step that started latest.
#[derive(Clone)]
struct Start<P> {
    first: i64,
    path: P,
}

/// The chains of one user.
pub(super) struct WindowFunnelOnce<P> {
    modes: WindowFunnelModes,
    window: u64,
    /// Before the rows of the present time.
    before: Vec<Option<Start<P>>>,
    /// With the rows of the present time that were taken.
    now: Vec<Option<Start<P>>>,
    /// The rows of the present time that were taken as steps, a bit for each such step.
    taken: Vec<(usize, u32)>,
}

#[expect(
    clippy::indexing_slicing,
    reason = "there is a chain for each step, 2 to 32, and an entry for each row of a time, which are rows of the user"
)]
impl<P: Path> WindowFunnelOnce<P> {
    pub(super) fn new(modes: WindowFunnelModes, steps: usize, window: u64) -> Self {
        let none = alloc::vec![None; steps];
        Self { modes, window, before: none.clone(), now: none, taken: Vec::new() }
    }

    /// The level of the user of these rows and a chain that reached it.
    #[expect(clippy::arithmetic_side_effects, reason = "places of rows in memory")]
    pub(super) fn find(&mut self, times: &[i64], masks: &[u32]) -> (u32, P) {
        self.now.fill(None);
        let mut best: (u32, P) = (0, P::default());
        let mut start = 0_usize;
        while start < times.len() {
            let time = times[start];
            let end = start + times[start..].iter().take_while(|own| **own == time).count();
            // Chains as they were before this time, so that a row of it is not taken twice in one chain.
            self.before.clone_from(&self.now);
            self.taken.clear();
            self.taken.extend((start..end).map(|row| (row, 0)));
            if !self.take(time, &masks[start..end], &mut best) {
                break;
            }
            start = end;
        }
        best
    }

    fn entered(&self) -> bool {
        self.now[0].is_some()
    }

    /// Takes the rows of one time in the order of their steps; whether the chain can go on after them.
    fn take(&mut self, time: i64, group: &[u32], best: &mut (u32, P)) -> bool {
        let steps = || (0_u32..).take(self.now.len());
        let none = |mask: &u32| !steps().any(|step| has(*mask, step));
        if self.modes.strict_order() && self.entered() && group.iter().any(none) {
            return false;
        }
        for step in (0_u32..).take(self.now.len()) {
            for (place, _) in group.iter().enumerate().filter(|(_, mask)| has(**mask, step)) {
                if !self.row(step, place, time, best) {
                    return false;
                }
            }
        }
        true
    }

    /// Takes the row at `place` of the present time as this step; whether the chain can go on after it.
    #[expect(clippy::arithmetic_side_effects, reason = "a step is below 32")]
    fn row(&mut self, step: u32, place: usize, time: i64, best: &mut (u32, P)) -> bool {
        let at = step as usize;
        if let Some(earlier) = at.checked_sub(1) {
            if self.modes.strict_deduplication() && self.now[at].is_some() {
                return false;
            }
            if self.now[earlier].is_none() {
                return !(self.modes.strict_order() && self.entered()) || self.modes.allow_reentry();
            }
        }
        let Some(chain) = self.extended(step, place, time) else { return true };
        self.taken[place].1 |= 1 << step;
        let level = step + 1;
        if level > best.0 {
            *best = (level, chain.path.clone());
        }
        // The one that started latest has the longest window left, and stands for all others.
        if self.now[at].as_ref().is_none_or(|own| own.first < chain.first) {
            self.now[at] = Some(chain);
        }
        level as usize != self.now.len()
    }

    /// The chain that this row extends, of those the one that started latest.
    fn extended(&self, step: u32, place: usize, time: i64) -> Option<Start<P>> {
        let (row, _) = self.taken[place];
        // The first of the steps that rows of the present time take.
        let earliest = if self.modes.strict_increase() { step } else { 0 };
        (earliest..=step).find_map(|from| {
            let entry = match from.checked_sub(1) {
                None => Start { first: time, path: P::default() },
                Some(before) => self.before[before as usize].clone()?,
            };
            if time.abs_diff(entry.first) > self.window {
                return None;
            }
            // This row is its step and no other.
            let others = self.taken.iter().filter(|(own, _)| *own != row).copied();
            let others: Vec<(usize, u32)> = others.collect();
            let steps: Vec<u32> = (from..step).collect();
            let rows = distinct_rows(&steps, &others)?;
            let path = steps.iter().zip(rows).fold(entry.path, |path, (step, row)| path.with(*step, row));
            Some(Start { first: entry.first, path: path.with(step, row) })
        })
    }
}
