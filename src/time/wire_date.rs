//! Dates on the wire: exactly `2026-07-15`, in the years 1 to 9999.
//!
//! `chrono`'s own format reads `2026-1-1` and years of five digits too, so that a date is read as its [`FromWire`]
//! says; it is written by `chrono`.

use super::text::parse_date;
use super::{Duration, NaiveDate, Period, TimeError, Timestamp, date};
use crate::error::excerpt;
use crate::figure::{Cell, FromWire, ToWire, from_wire};
use crate::quantity::grammar::plain;
use crate::quantity::wire::from_text;
use alloc::format;
use alloc::string::{String, ToString};
use core::str::FromStr;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

struct WireDate(NaiveDate);

impl FromStr for WireDate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match parse_date(&plain(text)) {
            Some((year, month, day)) => {
                date(year, month, day).map(Self).map_err(|error: TimeError| error.to_string())
            }
            None => Err(format!("`{}` is not a date such as 2026-07-15", excerpt(text))),
        }
    }
}

impl<'de> Deserialize<'de> for WireDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_text(deserializer, "a date such as `2026-07-15`")
    }
}

impl ToWire for NaiveDate {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize(serializer)
    }
}

impl FromWire for NaiveDate {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        WireDate::deserialize(deserializer).map(|date| date.0)
    }
}

impl From<NaiveDate> for Cell {
    fn from(date: NaiveDate) -> Self {
        Self::new(date, "")
    }
}

from_wire!(Timestamp, Duration, Period);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_form_is_read() {
        let read = |json: &str| serde_json::from_str::<WireDate>(json).map(|date| date.0.to_string());
        for text in ["2026-07-15", "0001-01-01", "9999-12-31", "2024-02-29"] {
            assert_eq!(read(&format!("\"{text}\"")).unwrap(), text);
        }
        for text in ["2026-1-1", "+2026-01-01", "10000-01-01", "+10000-01-01", "2026-01", ""] {
            let refused = read(&format!("\"{text}\"")).unwrap_err().to_string();
            assert!(refused.starts_with(&format!("`{text}` is not a date such as 2026-07-15")), "{refused}");
        }
        for text in ["2026-02-29", "0000-01-01", "2026-13-01"] {
            let refused = read(&format!("\"{text}\"")).unwrap_err().to_string();
            assert!(refused.starts_with("there is no day "), "{refused}");
        }
        assert!(read("20260715").is_err() && read("null").is_err());
    }
}
