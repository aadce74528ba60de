//! The wire format: pinned JSON of each public type, and what it refuses.

mod agile;
mod attribution;
mod budget;
mod budget_change;
mod domains;
mod drafts;
mod every_format;
mod funnel;
mod health;
mod kpi;
mod mathematics;
mod names;
mod optimise;
mod pdca;
mod places;
mod plan;
mod progress;
mod quantity;
mod response;
mod review;
mod rules;
mod split;
mod target;
mod time;

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::any::type_name;
use std::fmt::Debug;
use std::io::Write as _;
use std::{env, fs};

/// `value` writes exactly `json`, `json` reads as `value`, and so does what any other format writes of it.
pub(crate) fn pinned<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, json: &str) {
    assert_eq!(serde_json::to_string(value).unwrap(), json);
    assert_eq!(serde_json::from_str::<T>(json).unwrap(), *value);
    every_format::round_trips(value);
    places::lead_to_their_place::<T>(json);
    keep::<T>(json);
}

/// A type that is written only: `value` writes exactly `json`, and every other format writes it too.
pub(crate) fn written<T: Serialize + Debug>(value: &T, json: &str) {
    assert_eq!(serde_json::to_string(value).unwrap(), json);
    every_format::writes(value);
}

/// `json` is refused with an error that begins with `error`.
pub(crate) fn refused<T: DeserializeOwned + Debug>(json: &str, error: &(impl ToString + ?Sized)) {
    keep::<T>(json);
    let refusal = serde_json::from_str::<T>(json).unwrap_err().to_string();
    let error = error.to_string();
    assert!(refusal.starts_with(&error), "{json}:\n  {refusal}\n  {error}");
}

/// Adds `json` to the file of `MARKETLOOP_CORPUS`, if there is one: the fuzzer begins with it.
fn keep<T>(json: &str) {
    let Some(corpus) = env::var_os("MARKETLOOP_CORPUS") else { return };
    let line = format!("{}\t{}\n", type_name::<T>(), json.replace(['\n', '\t'], " "));
    // One write each, since the tests run beside each other.
    let mut file = fs::OpenOptions::new().create(true).append(true).open(corpus).unwrap();
    file.write_all(line.as_bytes()).unwrap();
}
