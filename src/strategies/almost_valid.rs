//! JSON that is valid but for one fault.

use crate::error::{ErrorKind, Path};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use proptest::prelude::{Strategy, any};
use proptest::sample::Index;
use serde::Serialize;
use serde_json::{Value, json};

/// The JSON of a value with one fault in it, and what its refusal has to say: where, and of what kind.
///
/// # Examples
/// ```
/// use marketloop::quantity::Share;
/// use marketloop::strategies::{almost_valid, shares};
/// use proptest::prelude::*;
///
/// proptest!(|(case in almost_valid(shares()))| {
///     prop_assert!(serde_json::from_str::<Share>(case.json()).is_err(), "{}", case.fault());
///     prop_assert_eq!(case.path().as_str(), "");
/// });
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AlmostValid {
    fault: &'static str,
    path: Path,
    code: &'static str,
    json: String,
}

impl AlmostValid {
    /// The fault in words: `a value of another form`.
    #[must_use]
    pub fn fault(&self) -> &'static str {
        self.fault
    }

    /// Where the refusal has to find it; the root where the fault concerns the whole.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The stable [code](ErrorKind::code) that the refusal has to give.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// What is to be read.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }
}

/// One way to spoil the JSON of a draft.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spoil {
    pub(super) fault: &'static str,
    pub(super) kind: ErrorKind,
    /// Spoils the JSON, and says where the fault is told; `None` where the value has no place for it. The index picks
    /// among the places.
    pub(super) at: fn(&mut Value, Index) -> Option<Path>,
}

/// One of a list for a [`Spoil`], with its index; `None` of an empty list.
pub(super) fn one_of(list: &mut [Value], place: Index) -> Option<(&mut Value, usize)> {
    let index = (!list.is_empty()).then(|| place.index(list.len()))?;
    Some((list.get_mut(index)?, index))
}

/// The JSON of `values`, spoilt in one of the given ways.
pub(super) fn spoilt<T: Serialize + core::fmt::Debug>(
    values: impl Strategy<Value = T>,
    spoils: &'static [Spoil],
) -> impl Strategy<Value = AlmostValid> {
    (values, any::<Index>(), any::<Index>()).prop_filter_map(
        "a place for a fault",
        |(value, which, place)| {
            let sound = serde_json::to_value(&value).ok()?;
            // The one that is drawn, or the next that finds a place.
            let first = which.index(spoils.len());
            spoils.iter().cycle().skip(first).take(spoils.len()).find_map(|spoil| {
                let mut json = sound.clone();
                let path = (spoil.at)(&mut json, place)?;
                Some(AlmostValid {
                    fault: spoil.fault,
                    path,
                    code: spoil.kind.code(),
                    json: json.to_string(),
                })
            })
        },
    )
}

/// The JSON of any values with one value in it of another form: `true` where a text, a number, a list or an object
/// stands, and a text where a truth stands.
///
/// Its refusal names the place, with the code `syntax`. A value that is only absent (`null`) keeps its form.
///
/// # Examples
/// ```
/// use marketloop::quantity::Money;
/// use marketloop::strategies::{almost_valid, money};
/// use proptest::prelude::*;
///
/// proptest!(|(case in almost_valid(money()))| {
///     prop_assert!(serde_json::from_str::<Money>(case.json()).is_err());
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn almost_valid<T: Serialize + core::fmt::Debug>(
    values: impl Strategy<Value = T>,
) -> impl Strategy<Value = AlmostValid> {
    const FORM: [Spoil; 1] =
        [Spoil { fault: "a value of another form", kind: ErrorKind::Syntax, at: another_form }];
    spoilt(values, &FORM)
}

/// Puts a value of another form at one of all places.
fn another_form(json: &mut Value, place: Index) -> Option<Path> {
    let mut places = Vec::new();
    all_places(json, &Path::root(), "", &mut places);
    let (path, pointer) = places.get(place.index(places.len()))?;
    let value = json.pointer_mut(pointer)?;
    *value = if value.is_boolean() { json!("neither") } else { json!(true) };
    Some(path.clone())
}

/// All places that hold something, each as a path and as a JSON pointer.
fn all_places(json: &Value, path: &Path, pointer: &str, found: &mut Vec<(Path, String)>) {
    if !json.is_null() {
        found.push((path.clone(), pointer.to_string()));
    }
    match json {
        Value::Object(fields) => {
            for (key, value) in fields {
                let step = key.replace('~', "~0").replace('/', "~1");
                all_places(value, &path.key(key), &alloc::format!("{pointer}/{step}"), found);
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                all_places(value, &path.index(index), &alloc::format!("{pointer}/{index}"), found);
            }
        }
        _ => {}
    }
}
