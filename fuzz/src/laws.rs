//! What holds of every value: it is written, read back equal, and written alike, in every format.

use crate::ensure;
use crate::findings::found;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::any::type_name;
use std::fmt::{Debug, Display};

/// The law of the wire, over JSON (text and value), CBOR, MessagePack in both forms, and postcard.
pub fn round_trip<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let name = type_name::<T>();
    let text = match serde_json::to_string(value) {
        Ok(text) => text,
        Err(error) => return found(format!("NOT WRITTEN {name}: {error}")),
    };
    let same = |format: &str, again: Result<T, String>| match again {
        Ok(again) if again == *value => {
            ensure!(serde_json::to_string(&again).unwrap() == text, "ROUND TRIP {format} {name}: other text")
        }
        Ok(_) => found(format!("ROUND TRIP {format} {name}: other value")),
        Err(error) => found(format!("ROUND TRIP {format} {name}: refused: {}", without_digits(&error))),
    };
    same("JSON", serde_json::from_str(&text).map_err(said));
    same("JSON value", serde_json::to_value(value).and_then(serde_json::from_value).map_err(said));
    let mut cbor = Vec::new();
    let written = ciborium::into_writer(value, &mut cbor).map_err(said);
    same("CBOR", written.and_then(|()| ciborium::from_reader(cbor.as_slice()).map_err(said)));
    let compact = rmp_serde::to_vec(value).map_err(said);
    same("MessagePack", compact.and_then(|bytes| rmp_serde::from_slice(&bytes).map_err(said)));
    let named = rmp_serde::to_vec_named(value).map_err(said);
    same("MessagePack named", named.and_then(|bytes| rmp_serde::from_slice(&bytes).map_err(said)));
    let postcard = postcard::to_allocvec(value).map_err(said);
    same("postcard", postcard.and_then(|bytes| postcard::from_bytes(&bytes).map_err(said)));
    let _ = format!("{value:?}");
}

/// The law for values that cannot be compared: read back, they are written alike.
pub fn round_trip_text<T: Serialize + DeserializeOwned>(value: &T) {
    let name = type_name::<T>();
    let text = serde_json::to_string(value).unwrap();
    match serde_json::from_str::<T>(&text) {
        Ok(again) => ensure!(serde_json::to_string(&again).unwrap() == text, "ROUND TRIP {name}: other text"),
        Err(_) => found(format!("ROUND TRIP {name}: refused")),
    }
}

pub fn reads<T: DeserializeOwned>(text: &str) -> bool {
    serde_json::from_str::<T>(text).is_ok()
}

fn said(error: impl Display) -> String {
    error.to_string()
}

/// One kind of refusal, whatever numbers it names.
fn without_digits(error: &str) -> String {
    error.chars().filter(|c| !c.is_ascii_digit()).take(90).collect()
}

/// A probe that reads `$type` from JSON, checks its round trips and uses it.
#[macro_export]
macro_rules! json {
    ($out:ident, $type:ty, |$value:ident, $session:ident| $body:expr) => {
        $out.push($crate::Probe {
            name: format!("json {}", stringify!($type)),
            source: $crate::Source::Json(std::any::type_name::<$type>(), $crate::laws::reads::<$type>),
            run: |$session: &mut $crate::Session, input: &str| match serde_json::from_str::<$type>(input) {
                Err(error) => {
                    let error = error.to_string();
                    $crate::ensure!(error.len() < 16_000, "an error of {} bytes", error.len());
                }
                Ok($value) => {
                    $session.accepted += 1;
                    $crate::laws::round_trip(&$value);
                    $body
                }
            },
        });
    };
    ($out:ident, $type:ty) => {
        $crate::json!($out, $type, |_value, _session| {})
    };
}
