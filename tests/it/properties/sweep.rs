//! Draws of heavy sweeps from a seed, and how many of them run.

/// A tenth of `all` by default, all with `MARKETLOOP_FULL=1`.
pub(crate) fn runs(all: u32) -> u32 {
    if std::env::var("MARKETLOOP_FULL").is_ok_and(|full| full == "1") { all } else { all / 10 }
}

/// Numbers from a seed: splitmix64.
pub(crate) struct Draws(u64);

impl Draws {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// A number from 0 to below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// A number from 1 to `most` whose order of magnitude is even.
    pub(crate) fn magnitude(&mut self, most: u64) -> u64 {
        let bits = self.below(u64::from(64 - most.leading_zeros()) + 1);
        (1_u64 << bits).min(most)
    }
}
