//! `#[serde(with = "…")]` for the fields of a caller's own structs: the wire form of this crate, in rows of CSV too.
//!
//! [`decimal`] writes a `Decimal` as a string and reads a string, an integer or a float, whatever features of
//! `rust_decimal` another crate switches on. [`text`] writes what has a text form as that text: money as `12.50 CNY` in
//! one cell, where its own form has two fields.
//!
//! ```
//! use marketloop::quantity::{Money, fields};
//! use rust_decimal::{Decimal, dec};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Debug, PartialEq, Serialize, Deserialize)]
//! struct Row {
//!     channel: String,
//!     #[serde(with = "fields::text")]
//!     spend: Money,
//!     #[serde(with = "fields::decimal")]
//!     weight: Decimal,
//! }
//! let row = Row { channel: "SEM".into(), spend: Money::parse("1200.50 CNY")?, weight: dec!(0.40) };
//! let json = serde_json::to_string(&row)?;
//! assert_eq!(json, r#"{"channel":"SEM","spend":"1,200.50 CNY","weight":"0.4"}"#);
//! assert_eq!(serde_json::from_str::<Row>(&json)?, row);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

/// `#[serde(with = "fields::decimal")]`: a `Decimal` as this crate writes and reads decimals.
pub mod decimal {
    use crate::quantity::wire;
    use rust_decimal::Decimal;
    use serde::{Deserializer, Serializer};

    /// Writes the decimal as a string without trailing zeros.
    ///
    /// # Errors
    /// Those of the format.
    pub fn serialize<S: Serializer>(value: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
        wire::own::serialize(value, serializer)
    }

    /// Reads a string, an integer or a float of at most 15 digits.
    ///
    /// # Errors
    /// Those of the format, and of what is no decimal of at most 28 digits.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
        wire::own::deserialize(deserializer)
    }
}

/// `#[serde(with = "fields::text")]`: any value with `Display` and `FromStr` as its text.
pub mod text {
    use crate::quantity::wire;
    use core::fmt::Display;
    use core::str::FromStr;
    use serde::{Deserializer, Serializer};

    /// Writes the value's text.
    ///
    /// # Errors
    /// Those of the format.
    pub fn serialize<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    /// Reads the value from its text.
    ///
    /// # Errors
    /// Those of the format and of the value's reader.
    pub fn deserialize<'de, T: FromStr<Err: Display>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<T, D::Error> {
        wire::from_text(deserializer, "a value as text")
    }
}
