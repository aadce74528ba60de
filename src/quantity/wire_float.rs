//! The wire format of estimates, which are floats.
//!
//! In formats for people a float is a string of its shortest text: the default JSON reader of `serde_json` is one
//! step off for a tenth of all floats, and a string passes every reader unaltered. A number is read as well, as
//! whatever float the reader makes of it. In binary formats a float is its eight bytes. What is not finite is
//! refused on both ways.

use crate::error::excerpt;
use crate::figure::{FromWire, ToWire};
use alloc::string::String;
use core::fmt;
use core::str::FromStr;
use serde::de::{Error as _, MapAccess, Unexpected, Visitor};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The key under which `serde_json/arbitrary_precision` passes the text of a number.
pub(crate) const NUMBER_TOKEN: &str = "$serde_json::private::Number";

/// A float on the wire.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct WireFloat(pub(crate) f64);

impl fmt::Display for WireFloat {
    /// The shortest digits that read back as the same float, with an exponent where zeros would fill the text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.0.abs();
        if magnitude > 0.0 && !(1e-5..1e16).contains(&magnitude) {
            write!(f, "{:e}", self.0)
        } else {
            write!(f, "{}", self.0)
        }
    }
}

impl FromStr for WireFloat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // `f64` also reads `inf`, `nan` and a sign `+`; none of them is a finite number of the wire.
        let plain = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'));
        let value = f64::from_str(text).ok().filter(|value| plain && value.is_finite());
        value.map(Self).ok_or_else(|| alloc::format!("`{}` is not a finite number", excerpt(text)))
    }
}

impl Serialize for WireFloat {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !self.0.is_finite() {
            return Err(S::Error::custom(format_args!("{} is not a finite number", self.0)));
        }
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for WireFloat {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(FloatVisitor)
        } else {
            deserializer.deserialize_f64(FloatVisitor)
        }
    }
}

impl ToWire for f64 {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        WireFloat(*self).serialize(serializer)
    }
}

impl FromWire for f64 {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(WireFloat::deserialize(deserializer)?.0)
    }
}

struct FloatVisitor;

impl<'de> Visitor<'de> for FloatVisitor {
    type Value = WireFloat;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a finite number, as a string or a number")
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<WireFloat, E> {
        if value.is_finite() {
            Ok(WireFloat(value))
        } else {
            Err(E::invalid_value(Unexpected::Float(value), &self))
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "the nearest float, as from the same digits with a point")]
    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<WireFloat, E> {
        Ok(WireFloat(value as f64))
    }

    #[expect(clippy::cast_precision_loss, reason = "the nearest float, as from the same digits with a point")]
    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<WireFloat, E> {
        Ok(WireFloat(value as f64))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<WireFloat, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<WireFloat, A::Error> {
        match map.next_key::<String>()? {
            // The words of `serde_json` where it makes the float itself.
            Some(key) if key == NUMBER_TOKEN => {
                map.next_value::<String>()?.parse().map_err(|_| A::Error::custom("number out of range"))
            }
            _ => Err(A::Error::invalid_type(Unexpected::Map, &self)),
        }
    }
}

/// Floats that are not written as [`ToWire`] says.
pub(crate) mod float {
    use super::{Serializer, WireFloat};

    /// `#[serde(serialize_with = "wire::float::given")]` for the float of an error, which may be the very one that is
    /// refused: `"NaN"`, `"inf"`, `"-inf"` in formats for people, its eight bytes in others.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    pub(crate) fn given<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(&WireFloat(*value))
        } else {
            serializer.serialize_f64(*value)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use alloc::vec::Vec;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Every {
        #[serde(with = "crate::quantity::wire::own")]
        one: f64,
        #[serde(with = "crate::quantity::wire::own")]
        perhaps: Option<f64>,
        #[serde(with = "crate::quantity::wire::own")]
        points: Vec<(f64, f64)>,
    }

    /// T5: every float comes back bit for bit, from JSON's default reader and from eight bytes.
    #[test]
    #[expect(clippy::cast_precision_loss, reason = "53 bits are a float")]
    fn every_float_reads_back_bit_for_bit() {
        let mut bits = 0x9E37_79B9_7F4A_7C15_u64;
        let mut floats =
            vec![0.0, -0.0, 1.0, f64::MAX, f64::MIN_POSITIVE, 5e-324, 1e16, 1e-5, 9_007_199_254_740_993.0];
        while floats.len() < 20_000 {
            bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            floats.extend(Some(f64::from_bits(bits)).filter(|float| float.is_finite()));
            floats.push((bits >> 11) as f64 / 9_007_199_254_740_992.0);
        }
        for float in floats {
            let text = serde_json::to_string(&WireFloat(float)).unwrap();
            assert!(text.starts_with('"') && text.len() <= 26, "{text}");
            let read: WireFloat = serde_json::from_str(&text).unwrap();
            assert_eq!(read.0.to_bits(), float.to_bits(), "{text}");
            let bytes = postcard::to_allocvec(&WireFloat(float)).unwrap();
            assert_eq!(bytes, float.to_le_bytes());
            assert_eq!(postcard::from_bytes::<WireFloat>(&bytes).unwrap().0.to_bits(), float.to_bits());
        }
    }

    #[test]
    fn numbers_are_read_and_what_is_not_finite_is_refused() {
        for (json, value) in [("3", 3.0), ("-2", -2.0), ("0.5", 0.5), ("\"1e-7\"", 1e-7), ("1e20", 1e20)] {
            assert_eq!(serde_json::from_str::<WireFloat>(json).unwrap(), WireFloat(value), "{json}");
        }
        for json in ["\"inf\"", "\"NaN\"", "\"1e999\"", "\"\"", "\" 1\"", "null", "true", "{}", "\"0x1\""] {
            assert!(serde_json::from_str::<WireFloat>(json).is_err(), "{json}");
        }
        for float in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(serde_json::to_string(&WireFloat(float)).is_err());
            assert!(postcard::to_allocvec(&WireFloat(float)).is_err());
            assert!(postcard::from_bytes::<WireFloat>(&float.to_le_bytes()).is_err());
        }
    }

    #[test]
    fn lists_options_and_pairs_hold_floats() {
        let every = Every { one: 0.1, perhaps: None, points: vec![(1.0, 1e300)] };
        let json = serde_json::to_string(&every).unwrap();
        assert_eq!(json, r#"{"one":"0.1","perhaps":null,"points":[["1","1e300"]]}"#);
        assert_eq!(serde_json::from_str::<Every>(&json).unwrap(), every);
        let bytes = postcard::to_allocvec(&every).unwrap();
        assert_eq!(postcard::from_bytes::<Every>(&bytes).unwrap(), every);
        assert_eq!("`x` is not a finite number", "x".parse::<WireFloat>().unwrap_err());
    }
}
