//! The forms that the value of a record's field may have on the wire.

use crate::figure::{FromWire, ToWire};
use alloc::collections::BTreeMap;
use core::fmt;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A field in the form of its type's own `Serialize` and `Deserialize`.
pub(crate) struct Plain;

/// A field in the crate's form of its type ([`ToWire`]): exact decimals, floats that come back, dates in full.
pub(crate) struct Own;

/// A map of which no key may stand twice.
pub(crate) struct Map;

/// How the value of a field is written.
pub(crate) trait WriteForm<T: ?Sized> {
    fn write<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error>;
}

/// How the value of a field is read.
pub(crate) trait ReadForm<'de, T> {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error>;
}

impl<T: Serialize + ?Sized> WriteForm<T> for Plain {
    fn write<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        value.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> ReadForm<'de, T> for Plain {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        T::deserialize(deserializer)
    }
}

impl<T: ToWire + ?Sized> WriteForm<T> for Own {
    fn write<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        value.write(serializer)
    }
}

impl<'de, T: FromWire> ReadForm<'de, T> for Own {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        T::read(deserializer)
    }
}

impl<T: Serialize> WriteForm<T> for Map {
    fn write<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        value.serialize(serializer)
    }
}

impl<'de, K, V> ReadForm<'de, BTreeMap<K, V>> for Map
where
    K: Deserialize<'de> + Ord + fmt::Display,
    V: Deserialize<'de>,
{
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error> {
        super::wire_map::map::deserialize(deserializer)
    }
}
