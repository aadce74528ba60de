//! Maps on the wire: a key that stands twice is an error, never "the last wins".

use crate::figure::{FromWire, Read, ToWire, Written};
use alloc::collections::BTreeMap;
use core::fmt;
use core::marker::PhantomData;
use serde::de::{DeserializeOwned, Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// `#[serde(deserialize_with = "wire::map::deserialize")]` for a map: refuses a doubled key, naming it.
pub(crate) mod map {
    use super::{BTreeMap, Deserialize, Deserializer, MapVisitor, PhantomData, fmt};

    pub(crate) fn deserialize<'de, D, K, V>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error>
    where
        D: Deserializer<'de>,
        K: Deserialize<'de> + Ord + fmt::Display,
        V: Deserialize<'de>,
    {
        deserializer.deserialize_map(MapVisitor(PhantomData))
    }
}

impl<K: Serialize, V: ToWire> ToWire for BTreeMap<K, V> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(key, value)| (key, Written(value))))
    }
}

impl<K, V> FromWire for BTreeMap<K, V>
where
    K: DeserializeOwned + Ord + fmt::Display,
    V: FromWire,
{
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read: BTreeMap<K, Read<V>> = map::deserialize(deserializer)?;
        Ok(read.into_iter().map(|(key, value)| (key, value.0)).collect())
    }
}

struct MapVisitor<K, V>(PhantomData<(K, V)>);

impl<'de, K, V> Visitor<'de> for MapVisitor<K, V>
where
    K: Deserialize<'de> + Ord + fmt::Display,
    V: Deserialize<'de>,
{
    type Value = BTreeMap<K, V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut read = BTreeMap::new();
        while let Some(key) = map.next_key()? {
            if read.contains_key(&key) {
                return Err(A::Error::custom(format_args!("duplicate key `{key}`")));
            }
            read.insert(key, map.next_value()?);
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::{String, ToString};

    /// N10: a doubled key is refused, not overwritten.
    #[test]
    fn a_doubled_key_is_refused_by_its_name() {
        let read = |json: &str| {
            map::deserialize::<_, String, u8>(&mut serde_json::Deserializer::from_str(json))
                .map_err(|error| error.to_string())
        };
        assert_eq!(read(r#"{"a":1,"b":2}"#).unwrap().len(), 2);
        assert!(read(r#"{"a":1,"b":2,"a":1}"#).unwrap_err().starts_with("duplicate key `a`"));
        assert!(read("[]").unwrap_err().contains("expected a map"));
    }
}
