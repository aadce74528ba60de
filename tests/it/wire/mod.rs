//! The wire format: pinned JSON of each public type, and what it refuses.

#[cfg(feature = "agile")]
mod agile;
#[cfg(feature = "alert")]
mod alert;
#[cfg(feature = "attribution")]
mod attribution;
mod best_arm;
#[cfg(feature = "budget")]
mod budget;
#[cfg(feature = "budget")]
mod budget_change;
mod decision;
#[cfg(all(feature = "channel", feature = "goal", feature = "health", feature = "pdca"))]
mod domains;
#[cfg(all(
    feature = "channel",
    feature = "funnel",
    feature = "goal",
    feature = "health",
    feature = "optimise",
    feature = "experiment",
    feature = "pdca",
))]
mod drafts;
mod error;
mod every_format;
#[cfg(feature = "experiment")]
mod experiment;
#[cfg(feature = "experiment")]
mod experiment_assignment;
#[cfg(feature = "experiment")]
mod experiment_causal;
#[cfg(feature = "experiment")]
mod experiment_health;
#[cfg(feature = "experiment")]
mod experiment_plan;
#[cfg(feature = "experiment")]
mod experiment_test;
mod figure;
#[cfg(feature = "funnel")]
mod funnel;
#[cfg(feature = "health")]
mod health;
#[cfg(feature = "kpi")]
mod kpi;
#[cfg(feature = "proptest")]
mod laws;
mod mathematics;
mod names;
#[cfg(feature = "optimise")]
mod optimise;
mod own_form;
#[cfg(feature = "pdca")]
mod pdca;
mod places;
#[cfg(feature = "plan")]
mod plan;
mod progress;
#[cfg(feature = "channel")]
mod quantity;
mod ranking;
mod response;
#[cfg(feature = "review")]
mod review;
#[cfg(feature = "risk")]
mod risk;
mod sequential;
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
    places::another_form_is_told_at_its_place::<T>(json);
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
