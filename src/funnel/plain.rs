//! The level of a user where there is nothing but steps and a window: the kernel of counting.
//!
//! For each step it is enough to know the latest time at which a chain that reaches it started: whatever comes
//! after has the longest window left in that chain.

use super::row_matching::has;

/// How the rows of one time and the steps of one row are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plain {
    /// A row may be several steps, and rows of one time several more.
    Longest,
    /// Rows of one time are at most one step together.
    Increasing,
    /// A row is at most one step. Where several rows of one time match steps, there is no answer here.
    Once,
}

/// The latest start of a chain to each step, and the steps that a chain reached.
struct Starts {
    times: [i64; 32],
    reached: u32,
    window: u64,
}

#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a bit of 32 is an index below 32; a bit number above 0 is lessened by 1"
)]
impl Starts {
    /// Extends the chain to the step before this one, if there is one with enough time left.
    #[inline]
    fn extend(&mut self, step: u32, time: i64) {
        // The bit of a mask is below 32 already: masked, the index is seen to be within its bounds, and no check is left.
        let step = step as usize & 31;
        if step == 0 {
            self.times[0] = time;
            self.reached |= 1;
            return;
        }
        let start = self.times[step - 1];
        if (self.reached >> (step - 1)) & 1 == 1 && time.abs_diff(start) <= self.window {
            self.times[step] = start;
            self.reached |= 1 << step;
        }
    }

    #[inline]
    fn upward(&mut self, mut mask: u32, time: i64) {
        while mask != 0 {
            let step = mask.trailing_zeros();
            mask &= mask - 1;
            self.extend(step, time);
        }
    }

    #[inline]
    fn downward(&mut self, mut mask: u32, time: i64) {
        while mask != 0 {
            let step = mask.ilog2();
            mask ^= 1 << step;
            self.extend(step, time);
        }
    }
}

/// The level of the user of these rows, which stand in the order of time.
#[expect(clippy::arithmetic_side_effects, reason = "there are 2 to 32 steps")]
pub(super) fn level(plain: Plain, times: &[i64], masks: &[u32], steps: u32, window: u64) -> Option<u32> {
    debug_assert!((2..=u32::BITS).contains(&steps), "checked with the rules");
    let own = u32::MAX >> (u32::BITS - steps);
    let last = steps - 1;
    let mut starts = Starts { times: [0; 32], reached: 0, window };
    // Rows of no step are passed over: plain rules have nothing else that they could mean.
    let mut rows = times.iter().zip(masks).map(|(time, mask)| (*time, mask & own)).filter(|(_, m)| *m != 0);
    let Some((mut now, mut mask)) = rows.next() else { return Some(0) };
    loop {
        // Rows of one time are taken together: among themselves they have no order.
        let next = rows.next();
        if let Some((time, more)) = next
            && time == now
        {
            // Which row is which step would have to be matched, for which nothing is kept here.
            if plain == Plain::Once {
                return None;
            }
            mask |= more;
            continue;
        }
        // Upward a row may be a step and the next one, too. Downward each step sees the chains as they were before
        // this time: no row is two steps.
        match plain {
            Plain::Longest => starts.upward(mask, now),
            Plain::Increasing | Plain::Once => starts.downward(mask, now),
        }
        let Some(next) = next.filter(|_| !has(starts.reached, last)) else { break };
        (now, mask) = next;
    }
    Some(starts.reached.count_ones())
}
