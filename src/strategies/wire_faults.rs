//! What drafts have in common that can be spoilt: names, amounts, lists.

use crate::error::Path;
use alloc::string::String;
use proptest::sample::Index;
use serde_json::{Map, Value, json};

/// The object of a draft.
pub(super) fn object(json: &mut Value) -> Option<&mut Map<String, Value>> {
    json.as_object_mut()
}

/// An entry of a list of objects that `fits`, with its path.
pub(super) fn entry<'a>(
    json: &'a mut Value,
    list: &str,
    place: Index,
    fits: impl Fn(&Map<String, Value>) -> bool,
) -> Option<(Path, &'a mut Map<String, Value>)> {
    let entries = json.get_mut(list)?.as_array_mut()?.iter_mut().enumerate();
    let mut fitting: alloc::vec::Vec<_> = entries
        .filter_map(|(at, entry)| Some((at, entry.as_object_mut()?)))
        .filter(|(_, entry)| fits(entry))
        .collect();
    if fitting.is_empty() {
        return None;
    }
    let (at, entry) = fitting.swap_remove(place.index(fitting.len()));
    Some((Path::root().field(list).index(at), entry))
}

/// Any entry.
pub(super) fn any(_: &Map<String, Value>) -> bool {
    true
}

/// An entry of a list repeated at its end; tells the `key` of the copy.
pub(super) fn repeated(json: &mut Value, list: &str, key: &str, place: Index) -> Option<Path> {
    let entries = json.get_mut(list)?.as_array_mut()?;
    if entries.is_empty() {
        return None;
    }
    let copy = entries.get(place.index(entries.len()))?.clone();
    let path = Path::root().field(list).index(entries.len()).field(key);
    entries.push(copy);
    Some(path)
}

/// A list without entries.
pub(super) fn emptied(json: &mut Value, list: &str) -> Option<Path> {
    object(json)?.insert(list.into(), json!([]));
    Some(Path::root().field(list))
}

/// A field of an entry with another value; tells the field.
pub(super) fn changed((path, entry): (Path, &mut Map<String, Value>), field: &str, value: Value) -> Path {
    entry.insert(field.into(), value);
    path.field(field)
}

/// An amount of so many units in the currency of another amount.
pub(super) fn amount(units: i64, like: &Value) -> Option<Value> {
    Some(json!({"amount": alloc::format!("{units}"), "currency": like.get("currency")?}))
}

/// An amount in another currency.
pub(super) fn foreign(like: &Value) -> Option<Value> {
    let other = if like.get("currency")? == "USD" { "EUR" } else { "USD" };
    Some(json!({"amount": "1", "currency": other}))
}
