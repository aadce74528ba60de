//! The commands that were carried out: their ids, each with what it said, found by a number of the id's text.

use super::{Command, CommandId, CommandKind, Event};
use alloc::collections::BTreeMap;
use alloc::string::String;
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
pub(super) struct Handled {
    /// Ids, each with an [entry](CarriedOut) behind it.
    bytes: Vec<u8>,
    /// None, or a power of two of them; at most half are taken.
    slots: Vec<Slot>,
    taken: usize,
    others: BTreeMap<String, Vec<u8>>,
}

/// Where an id's text lies, and behind it its entry; free where it has no length.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    // 32 bits for places make a slot 16 bytes; what lies beyond 4 GiB stands among the others.
    number: u64,
    start: u32,
    length: u32,
}

/// A command that was carried out. Its entry is the length of the rest (4 bytes), the sequence number (a number of
/// [`Content`]), the kind (1 byte) and the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CarriedOut<'a> {
    /// The number of its record.
    pub(super) sequence: u64,
    pub(super) kind: CommandKind,
    content: &'a [u8],
}

impl<'a> CarriedOut<'a> {
    /// The entry at the beginning of these bytes.
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let rest = rest.get(..usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
        let (sequence, rest) = number_of(rest)?;
        let (kind, content) = rest.split_first()?;
        let kind = *CommandKind::ALL.get(usize::from(*kind))?;
        Some(Self { sequence, kind, content })
    }

    /// Writes an entry; `false` where it is longer than 32 bits can say.
    fn write(bytes: &mut Vec<u8>, sequence: u64, event: &Event) -> bool {
        let start = bytes.len();
        // Room for the length, which is known only when the rest is written.
        bytes.extend_from_slice(&[0; 4]);
        let mut content = Content { bytes };
        content.write_u64(sequence);
        content.write_u8(event.kind() as u8);
        event.content(&mut content);
        let length = bytes.len().checked_sub(start.saturating_add(4)).map(u32::try_from);
        match (length, bytes.get_mut(start..).and_then(<[u8]>::first_chunk_mut)) {
            (Some(Ok(length)), Some(place)) => {
                *place = length.to_le_bytes();
                true
            }
            _ => false,
        }
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
fn number_of(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let length = bytes.iter().position(|byte| *byte < 0x80)?.checked_add(1)?;
    let (number, rest) = bytes.split_at_checked(length)?;
    Some((number.iter().rev().fold(0, |number, byte| number << 7 | u64::from(byte & 0x7F)), rest))
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

impl Handled {
    pub(super) const fn new() -> Self {
        Self { bytes: Vec::new(), slots: Vec::new(), taken: 0, others: BTreeMap::new() }
    }

    pub(super) fn contains(&self, id: &CommandId) -> bool {
        self.entry(id.as_str().as_bytes()).is_some()
    }

    /// What was carried out under an id.
    pub(super) fn get(&self, id: &CommandId) -> Option<CarriedOut<'_>> {
        CarriedOut::read(self.entry(id.as_str().as_bytes())?)
    }

    /// Takes in that the command of this id led to this event; `false` where the id was in before.
    pub(super) fn insert(&mut self, id: &CommandId, sequence: u64, event: &Event) -> bool {
        self.insert_under(number(id.as_str().as_bytes()), id.as_str(), sequence, event)
    }

    /// The bytes that begin with the entry of an id.
    fn entry(&self, id: &[u8]) -> Option<&[u8]> {
        match self.find(number(id), id) {
            Found::Here(slot) => self.behind(slot),
            Found::Free(_) | Found::Full if self.others.is_empty() => None,
            Found::Free(_) | Found::Full => {
                self.others.get(core::str::from_utf8(id).ok()?).map(Vec::as_slice)
            }
        }
    }

    fn insert_under(&mut self, number: u64, text: &str, sequence: u64, event: &Event) -> bool {
        // Beyond half full, runs of taken places grow fast.
        if self.taken.saturating_mul(2) >= self.slots.len() {
            self.grow();
        }
        match self.find(number, text.as_bytes()) {
            Found::Here(_) => false,
            // An id among the others stays there although a place may be free by now: growth moves none back.
            Found::Free(_) | Found::Full if self.others.contains_key(text) => false,
            Found::Free(index) => {
                let start = self.bytes.len();
                let range = (u32::try_from(start), u32::try_from(text.len()));
                self.bytes.extend_from_slice(text.as_bytes());
                let written = CarriedOut::write(&mut self.bytes, sequence, event);
                let ((Ok(start), Ok(length)), true, Some(slot)) = (range, written, self.slots.get_mut(index))
                else {
                    // Half an entry that no slot points to would only take room.
                    self.bytes.truncate(start);
                    return self.insert_other(text, sequence, event);
                };
                *slot = Slot { number, start, length };
                self.taken = self.taken.saturating_add(1);
                true
            }
            Found::Full => self.insert_other(text, sequence, event),
        }
    }

    fn insert_other(&mut self, text: &str, sequence: u64, event: &Event) -> bool {
        let mut entry = Vec::new();
        CarriedOut::write(&mut entry, sequence, event);
        self.others.insert(text.into(), entry).is_none()
    }

    fn find(&self, number: u64, text: &[u8]) -> Found {
        // A mask, as the slots are a power of two; without slots all ones, and no index is found.
        let last = u64::try_from(self.slots.len()).unwrap_or(u64::MAX).wrapping_sub(1);
        for step in 0..REACH {
            let index = usize::try_from(number.wrapping_add(step) & last).unwrap_or(usize::MAX);
            match self.slots.get(index) {
                // No id is ever taken out: the first free place ends the search.
                Some(slot) if slot.length == 0 => return Found::Free(index),
                // The number first: the text lies elsewhere in memory.
                Some(slot) if slot.number == number && self.text(*slot) == Some(text) => {
                    return Found::Here(*slot);
                }
                Some(_) => {}
                None => return Found::Full,
            }
        }
        Found::Full
    }

    fn text(&self, slot: Slot) -> Option<&[u8]> {
        let start = usize::try_from(slot.start).ok()?;
        self.bytes.get(start..start.checked_add(usize::try_from(slot.length).ok()?)?)
    }

    /// The bytes behind an id's text.
    fn behind(&self, slot: Slot) -> Option<&[u8]> {
        let start = usize::try_from(slot.start).ok()?;
        self.bytes.get(start.checked_add(usize::try_from(slot.length).ok()?)?..)
    }

    /// Twice as many places; what finds none of its own stands among the others.
    fn grow(&mut self) {
        let slots = alloc::vec![Slot::default(); self.slots.len().saturating_mul(2).max(FIRST_SLOTS)];
        let before = core::mem::replace(&mut self.slots, slots);
        for slot in before.into_iter().filter(|slot| slot.length > 0) {
            // No text is empty, and no id stands twice: the first free place is its own.
            match self.find(slot.number, b"") {
                Found::Free(index) => {
                    if let Some(free) = self.slots.get_mut(index) {
                        *free = slot;
                    }
                }
                Found::Here(_) | Found::Full => {
                    self.taken = self.taken.saturating_sub(1);
                    let text = self.text(slot).and_then(|text| core::str::from_utf8(text).ok());
                    if let Some((text, entry)) = text.map(String::from).zip(self.behind(slot)) {
                        let length = entry.first_chunk().map(|length| u32::from_le_bytes(*length));
                        let end = length.and_then(|length| usize::try_from(length).ok()?.checked_add(4));
                        let entry = end.and_then(|end| entry.get(..end)).map(Vec::from);
                        self.others.insert(text, entry.unwrap_or_default());
                    }
                }
            }
        }
    }

    fn len(&self) -> usize {
        self.taken.saturating_add(self.others.len())
    }

    /// The ids, in no order of their own.
    fn ids(&self) -> impl Iterator<Item = &[u8]> {
        let placed = self.slots.iter().filter_map(|slot| self.text(*slot).filter(|text| !text.is_empty()));
        placed.chain(self.others.keys().map(String::as_bytes))
    }
}

/// Equal where the same was carried out under the same ids, in whatever order the ids came in.
impl PartialEq for Handled {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && self.ids().all(|id| {
                let (one, two) =
                    (self.entry(id).and_then(CarriedOut::read), other.entry(id).and_then(CarriedOut::read));
                one.is_some() && one == two
            })
    }
}

impl Eq for Handled {}

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

    fn signed(n: usize) -> Event {
        Event::SignedOff { role: format!("role {n}") }
    }

    #[test]
    fn every_id_is_in_once_however_many_there_are() {
        let id = |n: usize| CommandId::new(format!("command {n}")).unwrap();
        let (mut up, mut down) = (Handled::new(), Handled::new());
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
        let mut handled = Handled::new();
        for round in [true, false] {
            for n in 0..100 {
                assert_eq!(handled.insert_under(7, &format!("id {n}"), n, &signed(7)), round);
            }
        }
        // One in each place in reach, and the others in order.
        assert_eq!((handled.taken, handled.others.len(), handled.len()), (32, 68, 100));
        let sign = |n| Command::SignOff { role: format!("role {n}") };
        let carried_out = |handled: &Handled, n: u64| {
            let entry = handled.others.get(&format!("id {n}")).map(|entry| CarriedOut::read(entry).unwrap());
            entry.is_none_or(|one| one.sequence == n && one.is(&sign(7)) && !one.is(&sign(8)))
        };
        assert!((0..100).all(|n| carried_out(&handled, n)));
        for n in 0..5_000 {
            assert!(handled.insert_under(number(format!("{n}").as_bytes()), &format!("{n}"), n, &signed(7)));
        }
        assert!((0..100).all(|n| !handled.insert_under(7, &format!("id {n}"), n, &signed(7))));
        assert_eq!(handled.len(), 5_100);
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
            assert_eq!(number_of(&[&bytes[..], &[0xFF, 7]].concat()).unwrap(), (number, &[0xFF, 7][..]));
        }
        assert_eq!((number_of(&[]), number_of(&[0x80])), (None, None));
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
