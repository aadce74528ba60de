//! The wire form of values inside the generic types of this module.
//!
//! `Serialize` of a decimal or a float is not the crate's (see `quantity::wire`), and a blanket implementation over
//! `Serialize` would take theirs. So what may stand inside says how it is written; a type with a form of its own is
//! listed by [`to_wire`] or [`from_wire`] beside its declaration.

use alloc::vec::Vec;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What is written in the crate's form.
pub trait ToWire {
    /// Writes the value.
    ///
    /// # Errors
    /// Those of the format.
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
}

/// What is read in the crate's form.
pub trait FromWire: Sized {
    /// Reads a value.
    ///
    /// # Errors
    /// Those of the format, and those of the type's own check.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

/// `Serialize` in the crate's form.
pub(crate) struct Written<'a, T: ?Sized>(pub(crate) &'a T);

impl<T: ToWire + ?Sized> Serialize for Written<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(serializer)
    }
}

/// `Deserialize` in the crate's form.
pub(crate) struct Read<T>(pub(crate) T);

impl<'de, T: FromWire> Deserialize<'de> for Read<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::read(deserializer).map(Self)
    }
}

impl<T: ToWire + ?Sized> ToWire for &T {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (*self).write(serializer)
    }
}

/// Types whose own `Serialize` is the crate's form.
macro_rules! to_wire {
    ($($type:ty),+ $(,)?) => {$(
        impl $crate::figure::ToWire for $type {
            fn write<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serde::Serialize::serialize(self, serializer)
            }
        }
    )+};
}
pub(crate) use to_wire;

/// Types whose own `Serialize` and `Deserialize` are the crate's form.
macro_rules! from_wire {
    ($($type:ty),+ $(,)?) => {
        $crate::figure::to_wire!($($type),+);
        $(
            impl $crate::figure::FromWire for $type {
                fn read<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    serde::Deserialize::deserialize(deserializer)
                }
            }
        )+
    };
}
pub(crate) use from_wire;

impl<T: ToWire> ToWire for Option<T> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_ref().map(Written).serialize(serializer)
    }
}

impl<T: FromWire> FromWire for Option<T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::<Read<T>>::deserialize(deserializer)?.map(|read| read.0))
    }
}

impl<T: ToWire> ToWire for [T] {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Written))
    }
}

impl<T: ToWire> ToWire for Vec<T> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_slice().write(serializer)
    }
}

impl<T: FromWire> FromWire for Vec<T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list = Vec::<Read<T>>::deserialize(deserializer)?;
        Ok(list.into_iter().map(|read| read.0).collect())
    }
}

impl<A: ToWire, B: ToWire> ToWire for (A, B) {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (Written(&self.0), Written(&self.1)).serialize(serializer)
    }
}

impl<A: FromWire, B: FromWire> FromWire for (A, B) {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <(Read<A>, Read<B>)>::deserialize(deserializer).map(|(a, b)| (a.0, b.0))
    }
}

from_wire!(bool, u8, u16, u32, usize, i64, alloc::string::String);
to_wire!(str);
