//! The commands that were carried out: their ids behind one another, found by a number of their text.

use super::CommandId;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

/// A set of ids that allocates nothing for a single one.
///
/// An id stands at the place that its number says or at one of the next few. Where those are taken, also by ids that
/// somebody chose for it, it stands in an ordered set: no choice of ids makes a look-up long.
#[derive(Debug, Clone)]
pub(super) struct Handled {
    /// The ids behind one another.
    texts: String,
    /// None, or a power of two of them; at most half are taken.
    slots: Vec<Slot>,
    taken: usize,
    others: BTreeSet<String>,
}

/// Where an id's text lies; free where it has no length.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    number: u64,
    start: u32,
    length: u32,
}

/// What the places of a number hold.
enum Found {
    /// The id.
    Here,
    /// Not the id, and this place is free.
    Free(usize),
    /// Only other ids.
    Full,
}

/// How many places an id may stand at.
const REACH: u64 = 32;
const FIRST_SLOTS: usize = 64;

impl Handled {
    pub(super) const fn new() -> Self {
        Self { texts: String::new(), slots: Vec::new(), taken: 0, others: BTreeSet::new() }
    }

    pub(super) fn contains(&self, id: &CommandId) -> bool {
        self.holds(id.as_str())
    }

    /// Takes an id in; `false` where it was in before.
    pub(super) fn insert(&mut self, id: &CommandId) -> bool {
        self.insert_under(number(id.as_str()), id.as_str())
    }

    fn holds(&self, text: &str) -> bool {
        matches!(self.find(number(text), text), Found::Here) || self.others.contains(text)
    }

    fn insert_under(&mut self, number: u64, text: &str) -> bool {
        if self.taken.saturating_mul(2) >= self.slots.len() {
            self.grow();
        }
        match self.find(number, text) {
            Found::Here => false,
            Found::Free(_) if self.others.contains(text) => false,
            Found::Free(index) => {
                let range = (u32::try_from(self.texts.len()), u32::try_from(text.len()));
                let ((Ok(start), Ok(length)), Some(slot)) = (range, self.slots.get_mut(index)) else {
                    return self.others.insert(text.into());
                };
                *slot = Slot { number, start, length };
                self.texts.push_str(text);
                self.taken = self.taken.saturating_add(1);
                true
            }
            Found::Full => self.others.insert(text.into()),
        }
    }

    fn find(&self, number: u64, text: &str) -> Found {
        let last = u64::try_from(self.slots.len()).unwrap_or(u64::MAX).wrapping_sub(1);
        for step in 0..REACH {
            let index = usize::try_from(number.wrapping_add(step) & last).unwrap_or(usize::MAX);
            match self.slots.get(index) {
                Some(slot) if slot.length == 0 => return Found::Free(index),
                Some(slot) if slot.number == number && self.text(*slot) == Some(text) => return Found::Here,
                Some(_) => {}
                None => return Found::Full,
            }
        }
        Found::Full
    }

    fn text(&self, slot: Slot) -> Option<&str> {
        let start = usize::try_from(slot.start).ok()?;
        self.texts.get(start..start.checked_add(usize::try_from(slot.length).ok()?)?)
    }

    /// Twice as many places; what finds none of its own stands among the others.
    fn grow(&mut self) {
        let slots = alloc::vec![Slot::default(); self.slots.len().saturating_mul(2).max(FIRST_SLOTS)];
        let before = core::mem::replace(&mut self.slots, slots);
        for slot in before.into_iter().filter(|slot| slot.length > 0) {
            // No text is empty, and no id stands twice: the first free place is its own.
            match self.find(slot.number, "") {
                Found::Free(index) => {
                    if let Some(free) = self.slots.get_mut(index) {
                        *free = slot;
                    }
                }
                Found::Here | Found::Full => {
                    self.taken = self.taken.saturating_sub(1);
                    self.others.extend(self.text(slot).map(String::from));
                }
            }
        }
    }

    fn len(&self) -> usize {
        self.taken.saturating_add(self.others.len())
    }
}

/// Sets are equal where they hold the same ids, in whatever order those came.
impl PartialEq for Handled {
    fn eq(&self, other: &Self) -> bool {
        let placed = self.slots.iter().filter_map(|slot| self.text(*slot).filter(|text| !text.is_empty()));
        let mut all = placed.chain(self.others.iter().map(String::as_str));
        self.len() == other.len() && all.all(|text| other.holds(text))
    }
}

impl Eq for Handled {}

/// A number of an id's text, the same on every machine.
fn number(text: &str) -> u64 {
    text.as_bytes().chunks(8).fold(0, |number: u64, chunk| {
        let mut word = [0; 8];
        word.iter_mut().zip(chunk).for_each(|(to, from)| *to = *from);
        let mixed = (number ^ u64::from_le_bytes(word)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        mixed ^ (mixed >> 32)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn every_id_is_in_once_however_many_there_are() {
        let id = |n: usize| CommandId::new(format!("command {n}")).unwrap();
        let (mut up, mut down) = (Handled::new(), Handled::new());
        for n in 0..5_000 {
            assert!(!up.contains(&id(n)));
            assert!(up.insert(&id(n)));
            assert!(!up.insert(&id(n)));
            assert!(down.insert(&id(4_999 - n)));
        }
        assert!((0..5_000).all(|n| up.contains(&id(n))) && !up.contains(&id(5_000)));
        assert_eq!((up.len(), up.others.len()), (5_000, 0));
        // The order in which they came does not matter, which they are does.
        assert!(up == down && up.insert(&id(5_000)) && up != down);
        assert!(down.insert(&id(5_001)) && up != down);
    }

    #[test]
    fn ids_that_share_a_number_are_told_apart() {
        let mut handled = Handled::new();
        for round in [true, false] {
            for n in 0..100 {
                assert_eq!(handled.insert_under(7, &format!("id {n}")), round);
            }
        }
        // One in each place in reach, and the others in order.
        assert_eq!((handled.taken, handled.others.len(), handled.len()), (32, 68, 100));
        for n in 0..5_000 {
            assert!(handled.insert_under(number(&format!("{n}")), &format!("{n}")));
        }
        assert!((0..100).all(|n| !handled.insert_under(7, &format!("id {n}"))));
        assert_eq!(handled.len(), 5_100);
    }

    #[test]
    fn texts_of_any_length_have_numbers_of_their_own() {
        let texts = ["a", "b", "ab", "ba", "12345678", "123456789", "87654321", "1234567812345678"];
        assert_eq!(BTreeSet::from(texts.map(number)).len(), texts.len());
    }
}
