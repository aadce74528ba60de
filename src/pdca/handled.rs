//! The commands that were carried out, by a number of their id first: most ids are told apart without being read.

use super::CommandId;
use alloc::collections::btree_map::Entry;
use alloc::collections::{BTreeMap, BTreeSet};

/// A set of ids. Whatever the ids are, it takes no longer than one ordered by their texts: what shares its number
/// with another id stands in such a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Handled {
    by_number: BTreeMap<u64, CommandId>,
    others: BTreeSet<CommandId>,
}

impl Handled {
    pub(super) const fn new() -> Self {
        Self { by_number: BTreeMap::new(), others: BTreeSet::new() }
    }

    pub(super) fn contains(&self, id: &CommandId) -> bool {
        self.by_number.get(&number(id)).is_some_and(|first| first == id || self.others.contains(id))
    }

    /// Takes an id in; `false` where it was in before.
    pub(super) fn insert(&mut self, id: &CommandId) -> bool {
        self.insert_under(number(id), id)
    }

    fn insert_under(&mut self, number: u64, id: &CommandId) -> bool {
        match self.by_number.entry(number) {
            Entry::Vacant(free) => {
                free.insert(id.clone());
                true
            }
            Entry::Occupied(first) if first.get() == id => false,
            Entry::Occupied(_) => self.others.insert(id.clone()),
        }
    }
}

/// A number of an id's text, the same on every machine.
fn number(id: &CommandId) -> u64 {
    id.as_str().as_bytes().chunks(8).fold(0, |number: u64, chunk| {
        let mut word = [0; 8];
        word.iter_mut().zip(chunk).for_each(|(to, from)| *to = *from);
        let mixed = (number ^ u64::from_le_bytes(word)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        mixed ^ (mixed >> 32)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> CommandId {
        CommandId::new(text).unwrap()
    }

    #[test]
    fn ids_that_share_a_number_are_told_apart() {
        let mut handled = Handled::new();
        let [one, two, three] = ["one", "two", "three"].map(id);
        let shared = number(&two);
        assert!(handled.insert_under(shared, &one));
        assert!(!handled.contains(&two));
        assert!(handled.insert(&two));
        assert!(!handled.insert(&two));
        assert!(handled.contains(&two));
        assert!(!handled.insert_under(shared, &one));
        assert!(handled.insert_under(shared, &three));
        assert!(!handled.insert_under(shared, &three));
        assert_eq!((handled.by_number.len(), handled.others.len()), (1, 2));
    }

    #[test]
    fn ids_of_any_length_have_numbers_of_their_own() {
        let texts = ["a", "b", "ab", "ba", "12345678", "123456789", "87654321", "1234567812345678"];
        let numbers: BTreeSet<u64> = texts.map(|text| number(&id(text))).into();
        assert_eq!(numbers.len(), texts.len());
    }
}
