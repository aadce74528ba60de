//! How a record is read: its fields into pairs of [`Given`] and [`Maybe`], by one visitor for all records.

use super::wire_form::ReadForm;
use crate::error::excerpt;
use core::fmt;
use core::marker::PhantomData;
use serde::Deserializer;
use serde::de::value::UnitDeserializer;
use serde::de::{
    DeserializeSeed, EnumAccess, Error, MapAccess, SeqAccess, Unexpected, VariantAccess, Visitor,
};

/// A field that has to be there.
pub(crate) struct Given<T, F>(pub(crate) T, pub(crate) PhantomData<F>);

/// A field that may be missing.
pub(crate) struct Maybe<T, F>(pub(crate) Option<T>, pub(crate) PhantomData<F>);

/// How a field is read, and what it is where it is missing.
pub(crate) trait ReadField<'de>: Sized {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;

    fn missing<E: Error>(name: &'static str) -> Result<Self, E>;
}

impl<'de, T, F: ReadForm<'de, T>> ReadField<'de> for Given<T, F> {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        F::read(deserializer).map(|value| Self(value, PhantomData))
    }

    fn missing<E: Error>(name: &'static str) -> Result<Self, E> {
        // An option that is missing is none; every other type refuses a nothing.
        Self::read(UnitDeserializer::<E>::new()).map_err(|_| E::missing_field(name))
    }
}

impl<'de, T, F: ReadForm<'de, T>> ReadField<'de> for Maybe<T, F> {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        F::read(deserializer).map(|value| Self(Some(value), PhantomData))
    }

    fn missing<E: Error>(_: &'static str) -> Result<Self, E> {
        Ok(Self(None, PhantomData))
    }
}

/// Where the values of the fields come from: a map by their names, or a list by their places.
pub(crate) trait Source<'de> {
    type Error: Error;

    /// The next value; none where a list has ended.
    fn next<T: ReadField<'de>>(&mut self) -> Result<Option<T>, Self::Error>;
}

struct ReadSeed<T>(PhantomData<T>);

impl<'de, T: ReadField<'de>> DeserializeSeed<'de> for ReadSeed<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::read(deserializer)
    }
}

struct OfMap<A>(A);

impl<'de, A: MapAccess<'de>> Source<'de> for OfMap<A> {
    type Error = A::Error;

    fn next<T: ReadField<'de>>(&mut self) -> Result<Option<T>, A::Error> {
        self.0.next_value_seed(ReadSeed(PhantomData)).map(Some)
    }
}

struct OfSeq<A>(A);

impl<'de, A: SeqAccess<'de>> Source<'de> for OfSeq<A> {
    type Error = A::Error;

    fn next<T: ReadField<'de>>(&mut self) -> Result<Option<T>, A::Error> {
        self.0.next_element_seed(ReadSeed(PhantomData))
    }
}

/// The fields of a struct in the order of their names, each a [`Given`] or a [`Maybe`]: `(first, (second, ()))`.
// Flat tuples lost: they need an implementation for each length, which every build of the crate checks.
pub(crate) trait ReadFields<'de>: Sized {
    /// The fields that were read so far.
    type Slots;

    const NONE: Self::Slots;

    /// Reads the field of this place; false where the source has ended.
    fn fill<S: Source<'de>>(
        slots: &mut Self::Slots,
        place: usize,
        names: &[&'static str],
        source: &mut S,
    ) -> Result<bool, S::Error>;

    fn done<E: Error>(slots: Self::Slots, names: &[&'static str]) -> Result<Self, E>;
}

impl<'de> ReadFields<'de> for () {
    type Slots = ();

    const NONE: Self::Slots = ();

    fn fill<S: Source<'de>>(
        (): &mut Self::Slots,
        _: usize,
        _: &[&'static str],
        _: &mut S,
    ) -> Result<bool, S::Error> {
        Ok(false)
    }

    fn done<E: Error>((): Self::Slots, _: &[&'static str]) -> Result<Self, E> {
        Ok(())
    }
}

impl<'de, T: ReadField<'de>, R: ReadFields<'de>> ReadFields<'de> for (T, R) {
    type Slots = (Option<T>, R::Slots);

    const NONE: Self::Slots = (None, R::NONE);

    #[inline]
    #[expect(clippy::indexing_slicing, reason = "the macros give a name for each field")]
    fn fill<S: Source<'de>>(
        slots: &mut Self::Slots,
        place: usize,
        names: &[&'static str],
        source: &mut S,
    ) -> Result<bool, S::Error> {
        match place.checked_sub(1) {
            None => fill_slot(&mut slots.0, names[0], source),
            Some(place) => R::fill(&mut slots.1, place, &names[1..], source),
        }
    }

    #[inline]
    #[expect(clippy::indexing_slicing, reason = "the macros give a name for each field")]
    fn done<E: Error>(slots: Self::Slots, names: &[&'static str]) -> Result<Self, E> {
        let field = match slots.0 {
            Some(field) => field,
            None => T::missing(names[0])?,
        };
        Ok((field, R::done(slots.1, &names[1..])?))
    }
}

fn fill_slot<'de, T: ReadField<'de>, S: Source<'de>>(
    slot: &mut Option<T>,
    name: &'static str,
    source: &mut S,
) -> Result<bool, S::Error> {
    if slot.is_some() {
        return Err(S::Error::duplicate_field(name));
    }
    *slot = source.next()?;
    Ok(slot.is_some())
}

/// Reads the fields of a struct and makes it of them.
pub(crate) fn read_struct<'de, D: Deserializer<'de>, T: ReadFields<'de>, R>(
    deserializer: D,
    name: &'static str,
    names: &'static [&'static str],
    make: impl FnOnce(T) -> R,
) -> Result<R, D::Error> {
    deserializer.deserialize_struct(name, names, RecordVisitor::new(name, names)).map(make)
}

/// Reads the fields of a variant and makes it of them.
pub(crate) fn read_variant<'de, A: VariantAccess<'de>, T: ReadFields<'de>, R>(
    access: A,
    name: &'static str,
    names: &'static [&'static str],
    make: impl FnOnce(T) -> R,
) -> Result<R, A::Error> {
    access.struct_variant(names, RecordVisitor::new(name, names)).map(make)
}

struct RecordVisitor<T> {
    name: &'static str,
    names: &'static [&'static str],
    fields: PhantomData<T>,
}

impl<T> RecordVisitor<T> {
    const fn new(name: &'static str, names: &'static [&'static str]) -> Self {
        Self { name, names, fields: PhantomData }
    }
}

impl<'de, T: ReadFields<'de>> Visitor<'de> for RecordVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "struct {}", self.name)
    }

    #[expect(clippy::arithmetic_side_effects, reason = "a place is below the number of names")]
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        // Slots and no value at once: a name may come in any place, and twice is an error.
        let mut slots = T::NONE;
        let mut source = OfMap(map);
        // What a program wrote stands in the order of the declaration: the next name is tried first.
        let mut next = 0;
        while let Some(place) = source.0.next_key_seed(Name { names: self.names, next })? {
            T::fill(&mut slots, place, self.names, &mut source)?;
            next = place + 1;
        }
        T::done(slots, self.names)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<T, A::Error> {
        let mut slots = T::NONE;
        let mut source = OfSeq(seq);
        for place in 0..self.names.len() {
            if !T::fill(&mut slots, place, self.names, &mut source)? {
                break;
            }
        }
        T::done(slots, self.names)
    }
}

/// The place of a field's name.
struct Name {
    names: &'static [&'static str],
    next: usize,
}

impl<'de> DeserializeSeed<'de> for Name {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Name {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<usize, E> {
        if self.names.get(self.next).is_some_and(|name| *name == text) {
            return Ok(self.next);
        }
        let place = self.names.iter().position(|name| *name == text);
        place.ok_or_else(|| E::unknown_field(&excerpt(text), self.names))
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<usize, E> {
        match core::str::from_utf8(bytes) {
            Ok(text) => self.visit_str(text),
            Err(_) => Err(E::invalid_value(Unexpected::Bytes(bytes), &self)),
        }
    }

    fn visit_u64<E: Error>(self, place: u64) -> Result<usize, E> {
        let place = usize::try_from(place).ok().filter(|place| *place < self.names.len());
        place.ok_or_else(|| {
            E::custom(format_args!("a record of {} fields has no field of this place", self.names.len()))
        })
    }
}

/// An enum with data, read by the word of a variant.
pub(crate) trait Variants<'de>: Sized {
    const NAME: &'static str;
    const WORDS: &'static [&'static str];

    /// The variant of this word, which is one of [`WORDS`](Self::WORDS).
    fn read<A: VariantAccess<'de>>(word: &'static str, access: A) -> Result<Self, A::Error>;
}

/// Reads an enum.
pub(crate) fn read_enum<'de, D: Deserializer<'de>, T: Variants<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_enum(T::NAME, T::WORDS, VariantsVisitor(PhantomData))
}

/// Reads the value of a variant and makes the variant of it.
pub(crate) fn read_newtype<'de, A: VariantAccess<'de>, T: ReadField<'de>, R>(
    access: A,
    make: impl FnOnce(T) -> R,
) -> Result<R, A::Error> {
    access.newtype_variant_seed(ReadSeed(PhantomData)).map(make)
}

struct VariantsVisitor<T>(PhantomData<T>);

impl<'de, T: Variants<'de>> Visitor<'de> for VariantsVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "enum {}", T::NAME)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<T, A::Error> {
        let (word, access) = data.variant_seed(WordOf(T::WORDS))?;
        T::read(word, access)
    }
}

/// The word of a variant.
struct WordOf(&'static [&'static str]);

impl<'de> DeserializeSeed<'de> for WordOf {
    type Value = &'static str;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<&'static str, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for WordOf {
    type Value = &'static str;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the word of a variant")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<&'static str, E> {
        let word = self.0.iter().find(|word| **word == text).copied();
        word.ok_or_else(|| E::unknown_variant(&excerpt(text), self.0))
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<&'static str, E> {
        match core::str::from_utf8(bytes) {
            Ok(text) => self.visit_str(text),
            Err(_) => Err(E::invalid_value(Unexpected::Bytes(bytes), &self)),
        }
    }

    fn visit_u64<E: Error>(self, place: u64) -> Result<&'static str, E> {
        let word = usize::try_from(place).ok().and_then(|place| self.0.get(place)).copied();
        word.ok_or_else(|| {
            E::custom(format_args!("an enum of {} variants has none at place {place}", self.0.len()))
        })
    }
}
