//! From a unit to a place among the buckets of a test: a hash that is the same on every machine and in every version.

/// What `SplitMix64` adds between two numbers: 2^64 over the golden ratio.
const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// The hash of a unit by its bytes or text, the same on every machine and in every version of the crate.
///
/// Hash a column of ids once, and hand the hashes to every test: each test mixes in its own salt.
///
/// # Formula
/// FNV-1a with 64 bits (G. Fowler, L. C. Noll and K.-P. Vo, 1991), then the mixer of `SplitMix64` (G. Steele, D. Lea and
/// C. Flood, 2014; constants by D. Stafford). FNV-1a is short and told by two constants, and alone it is not enough: ids that
/// differ in the last character share their upper bits. The mixer changes each bit of its answer for half of all
/// changes of one bit.
///
/// The same text is another unit in another encoding. Whoever chooses ids after looking at this function can choose
/// arms: it is no secret.
///
/// # Examples
/// ```
/// use marketloop::experiment::unit_hash;
///
/// assert_eq!(unit_hash("user 17"), unit_hash(b"user 17"));
/// assert_ne!(unit_hash("王芳"), unit_hash("王方"));
/// ```
#[must_use]
pub fn unit_hash(unit: impl AsRef<[u8]>) -> u64 {
    mix(fnv_1a(unit.as_ref()))
}

fn fnv_1a(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The mixer of `SplitMix64`: each number has an answer of its own.
const fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// What a salt does to the hashes of units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Salt {
    first: u64,
    second: u64,
}

impl Salt {
    pub(super) fn of(text: &str) -> Self {
        let first = unit_hash(text);
        Self { first, second: mix(first.wrapping_add(GAMMA)) }
    }

    /// The place of a unit, over which units spread evenly.
    ///
    /// Mixed twice. Once would do for hashes, but callers hand over running numbers too, and two salts that differ in
    /// few bits have to give places that have nothing to do with each other.
    pub(super) const fn place(self, hash: u64) -> u64 {
        mix(mix(hash ^ self.first) ^ self.second)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published vectors of both halves.
    #[test]
    fn the_halves_are_those_that_were_published() {
        assert_eq!(fnv_1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv_1a(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv_1a(b"foobar"), 0x8594_4171_f739_67e8);
        // SplitMix64 from the seeds 0 and 1234567.
        assert_eq!(mix(GAMMA), 0xe220_a839_7b1d_cdaf);
        let seed = 1_234_567_u64;
        assert_eq!(mix(seed.wrapping_add(GAMMA)), 6_457_827_717_110_365_317);
        assert_eq!(mix(seed.wrapping_add(GAMMA.wrapping_mul(2))), 3_203_168_211_198_807_973);
    }

    /// These are written down by callers, in logs of who saw what: they must never change.
    #[test]
    fn places_are_pinned() {
        let salt = Salt::of("landing page");
        let places = ["", "user 17", "王芳"].map(|unit| salt.place(unit_hash(unit)));
        assert_eq!(places, [1_167_501_521_678_697_864, 312_122_741_357_692_650, 542_393_253_590_882_339]);
    }
}
