//! How a record is written: its fields as pairs of [`Part`]s, by one function for all records.

use super::wire_form::WriteForm;
use core::marker::PhantomData;
use serde::ser::{SerializeStruct, SerializeStructVariant};
use serde::{Serialize, Serializer};

/// A field that is written, and whether it is.
pub(crate) struct Part<'a, T: ?Sized, F> {
    value: &'a T,
    is_written: bool,
    form: PhantomData<F>,
}

impl<'a, T: ?Sized, F> Part<'a, T, F> {
    pub(crate) const fn new(value: &'a T, is_written: bool) -> Self {
        Self { value, is_written, form: PhantomData }
    }
}

impl<T: ?Sized, F: WriteForm<T>> Serialize for Part<'_, T, F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        F::write(self.value, serializer)
    }
}

/// Where the fields of a struct, or of an enum's variant, go.
// serde has two traits of the same methods for the two; one function for both needs this third.
pub(crate) trait Fields {
    type Error;

    fn write<T: ?Sized, F: WriteForm<T>>(
        &mut self,
        name: &'static str,
        part: &Part<'_, T, F>,
    ) -> Result<(), Self::Error>;
}

struct OfStruct<S>(S);

impl<S: SerializeStruct> Fields for OfStruct<S> {
    type Error = S::Error;

    fn write<T: ?Sized, F: WriteForm<T>>(
        &mut self,
        name: &'static str,
        part: &Part<'_, T, F>,
    ) -> Result<(), S::Error> {
        if part.is_written { self.0.serialize_field(name, part) } else { self.0.skip_field(name) }
    }
}

struct OfVariant<S>(S);

impl<S: SerializeStructVariant> Fields for OfVariant<S> {
    type Error = S::Error;

    fn write<T: ?Sized, F: WriteForm<T>>(
        &mut self,
        name: &'static str,
        part: &Part<'_, T, F>,
    ) -> Result<(), S::Error> {
        if part.is_written { self.0.serialize_field(name, part) } else { self.0.skip_field(name) }
    }
}

/// The fields of a struct in the order of their names: `(first, (second, ()))`.
pub(crate) trait Parts {
    /// How many are written.
    fn count(&self) -> usize;

    fn write<F: Fields>(&self, names: &[&'static str], fields: &mut F) -> Result<(), F::Error>;
}

impl Parts for () {
    fn count(&self) -> usize {
        0
    }

    fn write<F: Fields>(&self, _: &[&'static str], _: &mut F) -> Result<(), F::Error> {
        Ok(())
    }
}

impl<T: ?Sized, W: WriteForm<T>, R: Parts> Parts for (Part<'_, T, W>, R) {
    #[inline]
    #[expect(clippy::arithmetic_side_effects, reason = "as many as a struct has fields")]
    fn count(&self) -> usize {
        self.1.count() + usize::from(self.0.is_written)
    }

    #[inline]
    #[expect(clippy::indexing_slicing, reason = "the macros give a name for each field")]
    fn write<F: Fields>(&self, names: &[&'static str], fields: &mut F) -> Result<(), F::Error> {
        fields.write(names[0], &self.0)?;
        self.1.write(&names[1..], fields)
    }
}

/// The variant that is written: of which enum, and its word among those of all variants.
#[derive(Clone, Copy)]
pub(crate) struct Chosen<'a> {
    pub(crate) name: &'static str,
    pub(crate) words: &'a [&'static str],
    pub(crate) word: &'static str,
}

impl Chosen<'_> {
    /// Its place, by which formats without names know it.
    #[expect(clippy::cast_possible_truncation, reason = "the macros list the words of an enum's variants")]
    fn place(self) -> u32 {
        self.words.iter().take_while(|word| **word != self.word).count() as u32
    }
}

/// Writes the fields of a struct.
pub(crate) fn write_struct<S: Serializer>(
    serializer: S,
    name: &'static str,
    names: &[&'static str],
    parts: &impl Parts,
) -> Result<S::Ok, S::Error> {
    let mut fields = OfStruct(serializer.serialize_struct(name, parts.count())?);
    parts.write(names, &mut fields)?;
    fields.0.end()
}

/// Writes a variant and its fields.
pub(crate) fn write_variant<S: Serializer>(
    serializer: S,
    chosen: Chosen<'_>,
    names: &[&'static str],
    parts: &impl Parts,
) -> Result<S::Ok, S::Error> {
    let variant =
        serializer.serialize_struct_variant(chosen.name, chosen.place(), chosen.word, parts.count())?;
    let mut fields = OfVariant(variant);
    parts.write(names, &mut fields)?;
    fields.0.end()
}

/// Writes a variant of one value.
pub(crate) fn write_newtype<S: Serializer>(
    serializer: S,
    chosen: Chosen<'_>,
    value: &impl Serialize,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_newtype_variant(chosen.name, chosen.place(), chosen.word, value)
}

/// Writes a variant without data.
pub(crate) fn write_unit<S: Serializer>(serializer: S, chosen: Chosen<'_>) -> Result<S::Ok, S::Error> {
    serializer.serialize_unit_variant(chosen.name, chosen.place(), chosen.word)
}
