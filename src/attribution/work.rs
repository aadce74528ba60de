//! How much one answer of a chain may cost, counted in multiplications and not in time.

use super::AttributionError;
use crate::error::within;

/// The most multiplications for one answer: a chain of order 1 in which every channel follows every other takes
/// the cube of its number of channels, so that 3,250 of them are allowed.
pub(super) const MOST_WORK: u64 = 1 << 35;

/// The multiplications done so far.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Work {
    done: u64,
}

impl Work {
    /// Counts as many more before they are done.
    ///
    /// # Errors
    /// [`AttributionError::TooLarge`] beyond [`MOST_WORK`].
    pub(super) fn add(&mut self, one: usize, other: usize) -> Result<(), AttributionError> {
        let product = u64::try_from(one).ok().zip(u64::try_from(other).ok());
        let more = product.and_then(|(one, other)| one.checked_mul(other));
        // Counted before they are done: a refusal costs no more than what came before it.
        let done = more.and_then(|more| self.done.checked_add(more));
        self.done = within("multiplications for one chain", done, MOST_WORK)? as u64;
        Ok(())
    }

    /// How many there were.
    #[cfg(test)]
    pub(super) const fn done(self) -> u64 {
        self.done
    }
}
