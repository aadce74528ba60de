//! The wire format: pinned JSON of each public type, and what it refuses.

mod agile;
mod attribution;
mod budget;
mod budget_change;
mod domains;
mod funnel;
mod health;
mod kpi;
mod mathematics;
mod optimise;
mod pdca;
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
use std::fmt::Debug;

/// `value` writes exactly `json`, and `json` reads as `value`.
pub(crate) fn pinned<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, json: &str) {
    assert_eq!(serde_json::to_string(value).unwrap(), json);
    assert_eq!(serde_json::from_str::<T>(json).unwrap(), *value);
}

/// `json` is refused with an error that begins with `error`.
pub(crate) fn refused<T: DeserializeOwned + Debug>(json: &str, error: &(impl ToString + ?Sized)) {
    let refusal = serde_json::from_str::<T>(json).unwrap_err().to_string();
    let error = error.to_string();
    assert!(refusal.starts_with(&error), "{json}:\n  {refusal}\n  {error}");
}
