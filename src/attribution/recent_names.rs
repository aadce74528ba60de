//! The names that were met last: paths of many rows repeat few names, and the dictionary need not be searched
//! for each of them.

use super::{AttributionError, ChannelId, Channels};
use alloc::vec::Vec;

/// Places for so many names; two names of one place take turns.
const PLACES: usize = 1 << 10;

/// For each place the name met there last.
#[derive(Debug, Clone, Default)]
pub(super) struct RecentNames {
    places: Vec<Option<ChannelId>>,
}

impl RecentNames {
    /// The number of `name` in `channels`, which it joins when it is new.
    pub(super) fn intern(
        &mut self,
        channels: &mut Channels,
        name: &str,
    ) -> Result<ChannelId, AttributionError> {
        if self.places.is_empty() {
            self.places.resize(PLACES, None);
        }
        #[expect(clippy::indexing_slicing, reason = "a place has ten bits, as many as there are places")]
        let place = &mut self.places[place_of(name.as_bytes())];
        match *place {
            // The name is compared whole: two names of one place push each other out, and nothing worse.
            Some(id) if channels.name(id) == Some(name) => Ok(id),
            _ => {
                let id = channels.intern(name)?;
                *place = Some(id);
                Ok(id)
            }
        }
    }
}

/// A place for a name, from its length and its two ends: names of channels differ there.
fn place_of(name: &[u8]) -> usize {
    let ends = match (name.first_chunk::<8>(), name.last_chunk::<8>()) {
        (Some(head), Some(tail)) => u64::from_le_bytes(*head) ^ u64::from_le_bytes(*tail).rotate_left(29),
        _ => name.iter().fold(0, |word: u64, byte| word << 8 | u64::from(*byte)),
    };
    let mixed = (ends ^ (name.len() as u64) << 56).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    // The top ten bits: below the number of places.
    (mixed >> 54) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn more_names_than_places_keep_their_numbers() {
        let (mut recent, mut channels) = (RecentNames::default(), Channels::default());
        for _ in 0..2 {
            for number in 0..3_000_usize {
                let id = recent.intern(&mut channels, &format!("channel {number}")).unwrap();
                assert_eq!(id.index(), number);
                let short = recent.intern(&mut channels, "channel 0").unwrap();
                assert_eq!(short.index(), 0);
            }
        }
        assert!(recent.intern(&mut channels, "").is_err());
    }
}
