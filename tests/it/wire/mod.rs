//! Wire.

mod progress;
mod quantity;
mod rules;
mod split;
mod target;
mod time;

use core::fmt::Debug;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The value is written as this text, and the text is read as the value.
fn pinned<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, json: &str) {
    assert_eq!(serde_json::to_string(value).unwrap(), json);
    assert_eq!(&serde_json::from_str::<T>(json).unwrap(), value);
}

/// The text is refused, and the error starts with the constructor's words.
fn refused<T: DeserializeOwned + Debug>(json: &str, error: &impl ToString) {
    let found = serde_json::from_str::<T>(json).unwrap_err().to_string();
    let expected = error.to_string();
    assert!(found.starts_with(&expected), "{json}:\n  {found}\n  {expected}");
}
