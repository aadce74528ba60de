//! The crate's own wire format of numbers: written as a string; read from a string, an integer or a float
//! (through its shortest text).
//!
//! `rust_decimal`'s own format changes with Cargo features that any crate of a program can switch on, and
//! `serde_json/arbitrary_precision` hands numbers over as a map with a private key. Both end here, so that
//! the same text gives the same value in every program.
//!
//! A JSON number beyond 64 bits or with a fraction is a float whatever its digits: readers without
//! `arbitrary_precision` hand it over as one. Up to 15 digits a float's shortest text is the text that was
//! written, whichever reader made it. A float with more digits may have been altered before it is seen here
//! and is refused: it needs a string. 64-bit integers are exact.

pub(crate) use super::wire_fields::{
    Absent, deserialize_fields, form, serialize_fields, serialize_variants, wire_fields, wire_name,
    wire_variants,
};
pub(crate) use super::wire_float::{NUMBER_TOKEN, float};
pub(crate) use super::wire_form::{Map, Own, Plain, ReadForm, WriteForm};
pub(crate) use super::wire_map::map;
pub(crate) use super::wire_read::{
    Given, Maybe, Variants, read_enum, read_newtype, read_struct, read_variant,
};
pub(crate) use super::wire_write::{Chosen, Part, write_newtype, write_struct, write_unit, write_variant};

use super::grammar::parse_decimal;
use crate::error::excerpt;
use crate::figure::{FromWire, ToWire};
use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;
use core::marker::PhantomData;
use core::str::FromStr;
use rust_decimal::Decimal;
use serde::de::{Error, Expected, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The decimal digits that every float carries exactly.
const FLOAT_DIGITS: usize = f64::DIGITS as usize;

/// A decimal on the wire.
pub(crate) struct WireDecimal(pub(crate) Decimal);

impl Serialize for WireDecimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0.normalize())
    }
}

impl<'de> Deserialize<'de> for WireDecimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Formats for people tell what stands there; the others hold what we wrote, and cannot be asked.
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(NumberVisitor)
        } else {
            deserializer.deserialize_str(NumberVisitor)
        }
    }
}

impl ToWire for Decimal {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        WireDecimal(*self).serialize(serializer)
    }
}

/// Strings: neither JSON readers nor TOML have whole numbers of more than 64 bits.
macro_rules! text_of_wide_numbers {
    ($($number:ty),+) => {$(
        impl ToWire for $number {
            fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl FromWire for $number {
            fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                from_text(deserializer, "a whole number as a string")
            }
        }
    )+};
}
text_of_wide_numbers!(i128, u128);

impl FromWire for Decimal {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(WireDecimal::deserialize(deserializer)?.0)
    }
}

struct NumberVisitor;

impl NumberVisitor {
    fn float<E: Error>(value: f64) -> Result<WireDecimal, E> {
        if !value.is_finite() {
            return Err(E::invalid_value(Unexpected::Float(value), &"a finite number"));
        }
        // `Display` of a float is its shortest text that reads back as the same float, without exponent.
        let text = format!("{value}");
        if !is_carried_exactly(&text) {
            let text = excerpt(&text);
            return Err(E::custom(format_args!(
                "number {text} has more digits than a float carries exactly: write it as a string"
            )));
        }
        parse_decimal(&text).map(WireDecimal).map_err(E::custom)
    }

    fn number<E: Error>(text: &str) -> Result<WireDecimal, E> {
        // As a reader without long numbers sees it, so that Cargo features of other crates change no answer.
        match unexpected_number(text) {
            Unexpected::Unsigned(value) => Ok(WireDecimal(value.into())),
            Unexpected::Signed(value) => Ok(WireDecimal(value.into())),
            // The words of `serde_json` where it makes the float itself.
            Unexpected::Float(value) if !value.is_finite() => Err(E::custom("number out of range")),
            Unexpected::Float(value) => Self::float(value),
            _ => parse_decimal(text).map(WireDecimal).map_err(E::custom),
        }
    }
}

/// Whether a float of this shortest text is the decimal that was written, and no neighbour of it: at most 15
/// significant digits, 15 digits before the point and 15 behind it.
fn is_carried_exactly(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole = whole.trim_start_matches(['-', '0']);
    // Zeros before the first digit are no digits that a float could lose.
    let leading = if whole.is_empty() { fraction.trim_start_matches('0') } else { fraction };
    fraction.len() <= FLOAT_DIGITS && whole.len().saturating_add(leading.len()) <= FLOAT_DIGITS
}

/// The text of a JSON number as the same integer or float as without `arbitrary_precision`.
fn unexpected_number(text: &str) -> Unexpected<'_> {
    if let Ok(value) = u64::from_str(text) {
        return Unexpected::Unsigned(value);
    }
    match (i64::from_str(text), f64::from_str(text)) {
        (Ok(value), _) if value != 0 => Unexpected::Signed(value),
        (_, Ok(value)) => Unexpected::Float(value),
        _ => Unexpected::Str(text),
    }
}

/// The error for a number where none belongs, when the first key of a map is [`NUMBER_TOKEN`].
pub(crate) fn unwanted_number<'de, A: MapAccess<'de>>(map: &mut A, expected: &dyn Expected) -> A::Error {
    match map.next_value::<String>() {
        Ok(text) => A::Error::invalid_type(unexpected_number(&text), expected),
        Err(error) => error,
    }
}

impl<'de> Visitor<'de> for NumberVisitor {
    type Value = WireDecimal;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a decimal number, as a string or a number")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        parse_decimal(text).map(WireDecimal).map_err(E::custom)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(WireDecimal(value.into()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(WireDecimal(value.into()))
    }

    fn visit_u128<E: Error>(self, value: u128) -> Result<Self::Value, E> {
        Self::number(&value.to_string())
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<Self::Value, E> {
        Self::number(&value.to_string())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        Self::float(value)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        match map.next_key::<String>()? {
            Some(key) if key == NUMBER_TOKEN => Self::number(&map.next_value::<String>()?),
            _ => Err(A::Error::invalid_type(Unexpected::Map, &self)),
        }
    }
}

/// `#[serde(with = "wire::own")]` for a field in the crate's form of its type: see [`ToWire`].
pub(crate) mod own {
    use super::{Deserializer, FromWire, Serializer, ToWire};

    pub(crate) fn serialize<T: ToWire + ?Sized, S: Serializer>(
        value: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value.write(serializer)
    }

    pub(crate) fn deserialize<'de, T: FromWire, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<T, D::Error> {
        T::read(deserializer)
    }
}

/// Whole numbers, which formats for people write as numbers. Beyond `i64::MAX` there is none in TOML, so that they
/// are strings there; binary formats have them of any size.
impl ToWire for u64 {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() && i64::try_from(*self).is_err() {
            serializer.collect_str(self)
        } else {
            serializer.serialize_u64(*self)
        }
    }
}

impl FromWire for u64 {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Unsigned::read(deserializer)?;
        let whole = Some(value).filter(Decimal::is_integer).and_then(|value| Self::try_from(value).ok());
        whole.ok_or_else(|| {
            let text = format!("{value}");
            D::Error::invalid_value(Unexpected::Other(&text), &"a whole number of 64 bits")
        })
    }
}

/// The form of a `u64` that is read as a decimal, for a caller who refuses what is none, with its place.
pub(crate) struct Unsigned;

impl<'de> ReadForm<'de, Decimal> for Unsigned {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
        if deserializer.is_human_readable() {
            WireDecimal::deserialize(deserializer).map(|value| value.0)
        } else {
            u64::deserialize(deserializer).map(Into::into)
        }
    }
}

/// The form of an `i64` that is read as a decimal, for a caller who refuses what is none, with its place.
pub(crate) struct Signed;

impl<'de> ReadForm<'de, Decimal> for Signed {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
        if deserializer.is_human_readable() {
            WireDecimal::deserialize(deserializer).map(|value| value.0)
        } else {
            i64::deserialize(deserializer).map(Into::into)
        }
    }
}

/// Reads a value from its text form, the inverse of `collect_str`.
pub(crate) fn from_text<'de, D, T>(deserializer: D, expecting: &'static str) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    struct TextVisitor<T>(&'static str, PhantomData<T>);

    impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for TextVisitor<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
            text.parse().map_err(E::custom)
        }
    }

    deserializer.deserialize_str(TextVisitor(expecting, PhantomData))
}

/// Reads a value from its text form, or as the value of the decimal that a JSON number is.
pub(crate) fn from_text_or_number<'de, D, T, E>(
    deserializer: D,
    expecting: &'static str,
    of_number: fn(Decimal) -> Result<T, E>,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
    E: fmt::Display,
{
    struct EitherVisitor<T, E>(&'static str, fn(Decimal) -> Result<T, E>);

    impl<T, F: fmt::Display> EitherVisitor<T, F> {
        fn number<E: Error>(self, number: Result<WireDecimal, E>) -> Result<T, E> {
            number.and_then(|WireDecimal(value)| self.1(value).map_err(E::custom))
        }
    }

    impl<'de, T: FromStr<Err: fmt::Display>, F: fmt::Display> Visitor<'de> for EitherVisitor<T, F> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
            text.parse().map_err(E::custom)
        }

        fn visit_u64<E: Error>(self, value: u64) -> Result<T, E> {
            self.number(NumberVisitor.visit_u64(value))
        }

        fn visit_i64<E: Error>(self, value: i64) -> Result<T, E> {
            self.number(NumberVisitor.visit_i64(value))
        }

        fn visit_u128<E: Error>(self, value: u128) -> Result<T, E> {
            self.number(NumberVisitor.visit_u128(value))
        }

        fn visit_i128<E: Error>(self, value: i128) -> Result<T, E> {
            self.number(NumberVisitor.visit_i128(value))
        }

        fn visit_f64<E: Error>(self, value: f64) -> Result<T, E> {
            self.number(NumberVisitor.visit_f64(value))
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
            match map.next_key::<String>()? {
                Some(key) if key == NUMBER_TOKEN => {
                    self.number(NumberVisitor::number(&map.next_value::<String>()?))
                }
                _ => Err(A::Error::invalid_type(Unexpected::Map, &self)),
            }
        }
    }

    let visitor = EitherVisitor(expecting, of_number);
    if deserializer.is_human_readable() {
        deserializer.deserialize_any(visitor)
    } else {
        deserializer.deserialize_str(visitor)
    }
}

/// `Serialize` by `Display` and `Deserialize` by `FromStr`: the wire form is the text form. With a function of a
/// decimal a number is read too.
macro_rules! text_on_the_wire {
    ($type:ty, $expecting:literal, $of_number:expr) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::quantity::wire::from_text_or_number(deserializer, $expecting, $of_number)
            }
        }
    };
    ($type:ty, $expecting:literal) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::quantity::wire::from_text(deserializer, $expecting)
            }
        }
    };
}
pub(crate) use text_on_the_wire;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_float_of_more_digits_than_it_carries_is_refused() {
        let read = |json: &str| serde_json::from_str::<WireDecimal>(json).map(|value| value.0.to_string());
        for (json, expected) in [
            ("123456789012345.0", "123456789012345"),
            ("999999999999999e0", "999999999999999"),
            ("-0.000000000000001", "-0.000000000000001"),
            ("12345678.9012345", "12345678.9012345"),
            ("18446744073709551615", "18446744073709551615"),
            ("-9223372036854775808", "-9223372036854775808"),
            ("\"83306201060651.05\"", "83306201060651.05"),
        ] {
            assert_eq!(read(json).unwrap(), expected, "{json}");
        }
        for (json, text) in [
            ("83306201060651.05", "83306201060651.05"),
            ("1e15", "1000000000000000"),
            ("1e-16", "0.0000000000000001"),
            ("18446744073709551616", "18446744073709552000"),
            ("0.30000000000000004", "0.30000000000000004"),
        ] {
            let refused = read(json).unwrap_err().to_string();
            let words = "has more digits than a float carries exactly: write it as a string";
            assert!(refused.starts_with(&format!("number {text} {words}")), "{refused}");
        }
    }
}
