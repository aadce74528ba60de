//! The commands that were carried out: their ids, each with what it said, found by a number of the id's text.

use super::{Command, CommandId, CommandKind, Event};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::hash::Hasher;

/// The commands by their ids, without an allocation for a single one.
///
/// An id stands at the place that its number says or at one of the next few. Where those are taken, also by ids that
/// somebody chose for it, it stands in an ordered map: no choice of ids makes a look-up long.
///
/// What a command said is kept whole and compared byte by byte. A digest would be shorter, and somebody could look for
/// two commands that share it.
#[derive(Debug, Clone)]
pub(super) struct Handled<const END: usize = FOUR_GIB> {
    /// Ids, each with the length of its [entry](CarriedOut) and the entry behind it; never beyond `END`.
    bytes: Vec<u8>,
    /// None, or a power of two of them; at most half are taken.
    slots: Vec<Slot>,
    taken: usize,
    /// Entries by the texts of their ids.
    others: BTreeMap<Vec<u8>, Vec<u8>>,
}

/// The last index of a byte that a slot can say. A parameter of the type, so that tests need no 4 GiB to go beyond.
const FOUR_GIB: usize = u32::MAX as usize;

/// Where an id's text lies; free where it has no length.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    // 32 bits for places make a slot 16 bytes; what lies beyond 4 GiB stands among the others.
    number: u64,
    start: u32,
    length: u32,
}

/// The length of an entry, in front of it.
type EntryLength = [u8; 4];

impl Slot {
    /// The slot of a text and the entry behind it, which end at `END` or before.
    #[expect(clippy::cast_possible_truncation, reason = "both lie below the end, which 32 bits can say")]
    fn of(number: u64, start: usize, length: usize) -> Self {
        debug_assert!(length > 0 && start.checked_add(length).is_some_and(|end| end <= FOUR_GIB));
        Self { number, start: start as u32, length: length as u32 }
    }

    const fn is_free(self) -> bool {
        // No text is empty: every id has one that says something.
        self.length == 0
    }

    #[expect(clippy::arithmetic_side_effects, reason = "both were places in one vector")]
    const fn text(self) -> core::ops::Range<usize> {
        self.start as usize..self.start as usize + self.length as usize
    }
}

/// A command that was carried out. Its entry is the sequence number (a number of [`Content`]), the kind (1 byte) and the
/// content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CarriedOut<'a> {
    /// The number of its record.
    pub(super) sequence: u64,
    pub(super) kind: CommandKind,
    content: &'a [u8],
}

impl<'a> CarriedOut<'a> {
    /// The command of an entry.
    #[expect(
        clippy::indexing_slicing,
        reason = "`write` made the entry: a number, the place of a kind, the rest"
    )]
    fn read(entry: &'a [u8]) -> Self {
        let (sequence, rest) = number_of(entry);
        Self { sequence, kind: CommandKind::ALL[usize::from(rest[0])], content: &rest[1..] }
    }

    /// Writes the entry of the command that led to this event.
    fn write(bytes: &mut Vec<u8>, sequence: u64, event: &Event) {
        let kind = event.kind();
        // As a place in `ALL`, which is in the order of the enum.
        debug_assert_eq!(CommandKind::ALL.get(kind as usize), Some(&kind));
        let mut content = Content { bytes };
        content.write_u64(sequence);
        content.write_u8(kind as u8);
        event.content(&mut content);
    }

    /// Whether it is this command.
    pub(super) fn is(&self, command: &Command) -> bool {
        let mut bytes = Vec::new();
        command.content(&mut Content { bytes: &mut bytes });
        self.kind == command.kind() && self.content == bytes
    }
}

/// Takes down all that is hashed.
///
/// Numbers take seven bits a byte, the lowest first, and a set eighth bit where more follow (LEB128), signed ones
/// with their sign lowest: most are small, each says where it ends, and none depends on the machine.
struct Content<'a> {
    bytes: &'a mut Vec<u8>,
}

impl Content<'_> {
    fn number(&mut self, mut number: u128) {
        while number >= 0x80 {
            self.bytes.push((number & 0x7F) as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push((number & 0x7F) as u8);
    }
}

/// The number at the beginning of these bytes, and those behind it.
#[expect(clippy::arithmetic_side_effects, reason = "`Content` wrote the number: a byte below 128 ends it")]
fn number_of(bytes: &[u8]) -> (u64, &[u8]) {
    let length = bytes.iter().take_while(|byte| **byte >= 0x80).count() + 1;
    let (number, rest) = bytes.split_at(length);
    (number.iter().rev().fold(0, |number, byte| number << 7 | u64::from(byte & 0x7F)), rest)
}

/// Signed numbers by their distance from 0, those below it in between.
const fn unsigned(number: i128) -> u128 {
    ((number << 1) ^ (number >> 127)).cast_unsigned()
}

macro_rules! numbers {
    ($($write:ident: $type:ty),*; $($write_signed:ident: $signed:ty),*) => {
        $(fn $write(&mut self, number: $type) {
            self.number(number as u128);
        })*
        $(fn $write_signed(&mut self, number: $signed) {
            self.number(unsigned(number as i128));
        })*
    };
}

#[expect(clippy::cast_lossless, reason = "every width goes into 128 bits; `usize` has no `From`")]
impl Hasher for Content<'_> {
    numbers!(write_u16: u16, write_u32: u32, write_u64: u64, write_u128: u128, write_usize: usize;
        write_i16: i16, write_i32: i32, write_i64: i64, write_i128: i128, write_isize: isize);

    fn write(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Nobody asks: the bytes themselves are compared.
    fn finish(&self) -> u64 {
        0
    }
}

/// What the places of a number hold.
enum Found {
    /// The id.
    Here(Slot),
    /// Not the id, and this place is free.
    Free(usize),
    /// Only other ids.
    Full,
}

/// How many places an id may stand at.
// Bounds what ids chosen for one place can cost; at most half full, others hardly ever come so far.
const REACH: u64 = 32;
const FIRST_SLOTS: usize = 64;

impl<const END: usize> Handled<END> {
    pub(super) const fn new() -> Self {
        Self { bytes: Vec::new(), slots: Vec::new(), taken: 0, others: BTreeMap::new() }
    }

    pub(super) fn contains(&self, id: &CommandId) -> bool {
        self.get(id).is_some()
    }

    /// What was carried out under an id.
    pub(super) fn get(&self, id: &CommandId) -> Option<CarriedOut<'_>> {
        self.entry(id.as_str().as_bytes()).map(CarriedOut::read)
    }

    /// Takes in that the command of this id led to this event; `false` where the id was in before.
    pub(super) fn insert(&mut self, id: &CommandId, sequence: u64, event: &Event) -> bool {
        self.insert_under(number(id.as_str().as_bytes()), id.as_str().as_bytes(), sequence, event)
    }

    /// The entry of an id.
    fn entry(&self, id: &[u8]) -> Option<&[u8]> {
        match self.find(number(id), id) {
            Found::Here(slot) => Some(self.behind(slot)),
            Found::Free(_) | Found::Full => self.others.get(id).map(Vec::as_slice),
        }
    }

    #[expect(clippy::arithmetic_side_effects, reason = "there are at most half as many ids as slots")]
    #[expect(
        clippy::indexing_slicing,
        reason = "`find` answers places of slots; the length is written behind the text"
    )]
    fn insert_under(&mut self, number: u64, text: &[u8], sequence: u64, event: &Event) -> bool {
        // Beyond half full, runs of taken places grow fast.
        if self.taken * 2 >= self.slots.len() {
            self.grow();
        }
        let index = match self.find(number, text) {
            Found::Here(_) => return false,
            // An id among the others stays there although a place may be free by now: growth moves none back.
            Found::Free(_) | Found::Full if self.others.contains_key(text) => return false,
            Found::Free(index) => index,
            Found::Full => {
                let mut entry = Vec::new();
                CarriedOut::write(&mut entry, sequence, event);
                self.others.insert(text.into(), entry);
                return true;
            }
        };
        let start = self.bytes.len();
        self.bytes.extend_from_slice(text);
        // Room for the length, which is known only when the rest is written.
        let length = self.bytes.len();
        self.bytes.extend_from_slice(&EntryLength::default());
        let entry = self.bytes.len();
        CarriedOut::write(&mut self.bytes, sequence, event);
        if self.bytes.len() > END {
            // Places that 32 bits cannot say: the entry moves to the others, whose vectors know their lengths. A
            // refusal would be no better: the command was carried out, and has to be known when it comes again.
            self.others.insert(text.into(), self.bytes.split_off(entry));
            self.bytes.truncate(start);
            return true;
        }
        #[expect(clippy::cast_possible_truncation, reason = "it ends at `END` or before")]
        let written = (self.bytes.len() - entry) as u32;
        self.bytes[length..entry].copy_from_slice(&written.to_le_bytes());
        self.slots[index] = Slot::of(number, start, text.len());
        self.taken += 1;
        true
    }

    #[expect(clippy::indexing_slicing, reason = "masked by the number of slots less one")]
    #[expect(clippy::arithmetic_side_effects, reason = "there is a slot")]
    #[expect(clippy::cast_possible_truncation, reason = "only the low bits choose the place")]
    fn find(&self, number: u64, text: &[u8]) -> Found {
        if self.slots.is_empty() {
            return Found::Full;
        }
        // A mask, as the slots are a power of two.
        let last = self.slots.len() - 1;
        for step in 0..REACH {
            let index = number.wrapping_add(step) as usize & last;
            let slot = self.slots[index];
            // No id is ever taken out: the first free place ends the search.
            if slot.is_free() {
                return Found::Free(index);
            }
            // The number first: the text lies elsewhere in memory.
            if slot.number == number && self.text(slot) == text {
                return Found::Here(slot);
            }
        }
        Found::Full
    }

    /// The text of a taken slot.
    #[expect(clippy::indexing_slicing, reason = "where the text was written; nothing is taken out")]
    fn text(&self, slot: Slot) -> &[u8] {
        &self.bytes[slot.text()]
    }

    /// The entry behind the text of a taken slot.
    #[expect(clippy::indexing_slicing, reason = "the entry was written behind the text, after its length")]
    fn behind(&self, slot: Slot) -> &[u8] {
        let (length, rest) = self.bytes[slot.text().end..].split_at(size_of::<EntryLength>());
        let length = length.iter().rev().fold(0, |length, byte| length << 8 | usize::from(*byte));
        &rest[..length]
    }

    /// Twice as many places; what finds none of its own stands among the others.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "no more slots than fit in memory, and no more taken than were"
    )]
    #[expect(clippy::indexing_slicing, reason = "`find` answers places of slots")]
    fn grow(&mut self) {
        let slots = alloc::vec![Slot::default(); (self.slots.len() * 2).max(FIRST_SLOTS)];
        let before = core::mem::replace(&mut self.slots, slots);
        for slot in before.into_iter().filter(|slot| !slot.is_free()) {
            // No text is empty, and no id stands twice: the first free place is its own.
            if let Found::Free(index) = self.find(slot.number, b"") {
                self.slots[index] = slot;
            } else {
                self.taken -= 1;
                self.others.insert(self.text(slot).into(), self.behind(slot).into());
            }
        }
    }

    #[expect(clippy::arithmetic_side_effects, reason = "all of them fit in memory")]
    fn len(&self) -> usize {
        self.taken + self.others.len()
    }

    /// The ids, in no order of their own, each with its entry.
    fn entries(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let placed = self.slots.iter().filter(|slot| !slot.is_free());
        let placed = placed.map(|slot| (self.text(*slot), self.behind(*slot)));
        placed.chain(self.others.iter().map(|(id, entry)| (id.as_slice(), entry.as_slice())))
    }
}

/// Equal where the same was carried out under the same ids, in whatever order the ids came in.
impl<const END: usize> PartialEq for Handled<END> {
    fn eq(&self, other: &Self) -> bool {
        // As many, and each of the one is in the other: then none is in the other alone.
        self.len() == other.len() && self.entries().all(|(id, entry)| other.entry(id) == Some(entry))
    }
}

impl<const END: usize> Eq for Handled<END> {}

/// A number of an id's text, the same on every machine.
fn number(text: &[u8]) -> u64 {
    text.chunks(8).fold(0, |number: u64, chunk| {
        let mut word = [0; 8];
        word.iter_mut().zip(chunk).for_each(|(to, from)| *to = *from);
        // 2^64 over the golden ratio, then folded: the low bits, which choose the place, see the high ones.
        // No secret seed: the reach already bounds what chosen ids can cost.
        let mixed = (number ^ u64::from_le_bytes(word)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        mixed ^ (mixed >> 32)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;
    use alloc::format;

    fn signed(n: impl core::fmt::Display) -> Event {
        Event::SignedOff { role: format!("role {n}") }
    }

    #[test]
    fn every_id_is_in_once_however_many_there_are() {
        let id = |n: usize| CommandId::new(format!("command {n}")).unwrap();
        let (mut up, mut down) = (<Handled>::new(), <Handled>::new());
        for n in 0..5_000 {
            assert!(!up.contains(&id(n)));
            assert!(up.insert(&id(n), n as u64, &signed(n)));
            assert!(!up.insert(&id(n), n as u64, &signed(n)));
            let n = 4_999 - n;
            assert!(down.insert(&id(n), n as u64, &signed(n)));
        }
        assert!((0..5_000).all(|n| up.contains(&id(n))) && !up.contains(&id(5_000)));
        assert_eq!((up.len(), up.others.len()), (5_000, 0));
        // The order in which they came does not matter, which they are does.
        assert!(up == down && up.insert(&id(5_000), 1, &signed(0)) && up != down);
        let mut other = down.clone();
        assert!(down.insert(&id(5_001), 1, &signed(0)) && up != down);
        // So does what was said.
        assert!(other.insert(&id(5_000), 1, &signed(1)) && up != other);
    }

    #[test]
    fn ids_that_share_a_number_are_told_apart() {
        let mut handled = <Handled>::new();
        for round in [true, false] {
            for n in 0..100 {
                assert_eq!(handled.insert_under(7, format!("id {n}").as_bytes(), n, &signed(7)), round);
            }
        }
        // One in each place in reach, and the others in order.
        assert_eq!((handled.taken, handled.others.len(), handled.len()), (32, 68, 100));
        let sign = |n| Command::SignOff { role: format!("role {n}") };
        let carried_out = |handled: &Handled, n: u64| {
            let entry = handled.others.get(format!("id {n}").as_bytes());
            entry
                .map(|entry| CarriedOut::read(entry))
                .is_none_or(|one| one.sequence == n && one.is(&sign(7)) && !one.is(&sign(8)))
        };
        assert!((0..100).all(|n| carried_out(&handled, n)));
        for n in 0..5_000 {
            let text = format!("{n}");
            assert!(handled.insert_under(number(text.as_bytes()), text.as_bytes(), n, &signed(7)));
        }
        assert!((0..100).all(|n| !handled.insert_under(7, format!("id {n}").as_bytes(), n, &signed(7))));
        assert_eq!(handled.len(), 5_100);
    }

    /// What no slot can point to is known all the same: a command beyond 4 GiB (here 100 bytes) that comes again is
    /// found with what it said, alone, behind others, and after growth.
    #[test]
    fn commands_beyond_the_last_place_are_known() {
        let id = |n: u64| CommandId::new(format!("{n}")).unwrap();
        let long = Event::SignedOff { role: "r".repeat(200) };
        let mut handled = Handled::<100>::new();
        assert!(handled.insert(&id(1_000), 1_000, &long) && handled.bytes.is_empty());
        for n in 0..200 {
            assert!(handled.insert(&id(n), n, &signed(n)));
        }
        assert!(handled.bytes.len() <= 100 && handled.taken > 2, "{handled:?}");
        assert_eq!(handled.len(), 201);
        let again = |n: u64| Command::SignOff { role: format!("role {n}") };
        for n in 0..200 {
            assert!(!handled.insert(&id(n), n, &signed(n)));
            let found = handled.get(&id(n)).unwrap();
            assert!(found.sequence == n && found.is(&again(n)) && !found.is(&again(n + 1)), "{n}");
        }
        let found = handled.get(&id(1_000)).unwrap();
        assert!(found.is(&Command::SignOff { role: "r".repeat(200) }) && !found.is(&again(1)));
        assert!(handled == handled.clone());
    }

    #[test]
    fn kinds_stand_in_the_order_of_their_numbers() {
        let numbers = CommandKind::ALL.map(|kind| kind as usize);
        assert!(numbers.into_iter().eq(0..CommandKind::ALL.len()));
    }

    #[test]
    fn numbers_are_short_and_read_back() {
        let written = |write: &dyn Fn(&mut Content<'_>)| {
            let mut bytes = Vec::new();
            write(&mut Content { bytes: &mut bytes });
            bytes
        };
        for number in [0, 1, 127, 128, 300, 1 << 32, u64::MAX - 1, u64::MAX] {
            let bytes = written(&|content| content.write_u64(number));
            assert_eq!(number_of(&[&bytes[..], &[0xFF, 7]].concat()), (number, &[0xFF, 7][..]));
        }
        let signed = [0, -1, 1, -64, 64, i128::MIN, i128::MAX];
        let all = BTreeSet::from(signed.map(|number| written(&|content| content.write_i128(number))));
        assert_eq!((all.len(), all.iter().map(Vec::len).max()), (signed.len(), Some(19)));
        assert_eq!(written(&|content| content.write_isize(-1)), [1]);
    }

    #[test]
    fn texts_of_any_length_have_numbers_of_their_own() {
        let texts = ["a", "b", "ab", "ba", "12345678", "123456789", "87654321", "1234567812345678"];
        assert_eq!(BTreeSet::from(texts.map(|text| number(text.as_bytes()))).len(), texts.len());
    }
}
