//! T5, T6: every public serde type reads back equal from every format, and every such type has an example.

use super::names::names_in;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt::{Debug, Display};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// Stands before the name of each type that has an example, for [`every_public_serde_type_has_an_example`].
const EXAMPLE_OF: &str = "wire example of ";

/// TOML has tables at its root only.
#[derive(Serialize, Deserialize)]
struct Wrapped<T> {
    value: T,
}

/// `value` reads back equal from JSON text, `serde_json::Value`, TOML, CBOR, both forms of `MessagePack`, postcard.
pub(crate) fn round_trips<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    tell_example(value);
    same(value, "json", |value| {
        let json = serde_json::to_string(value).map_err(text)?;
        serde_json::from_str(&json).map_err(text)
    });
    same(value, "json value", |value| {
        let tree = serde_json::to_value(value).map_err(text)?;
        serde_json::from_value(tree).map_err(text)
    });
    same(value, "toml", |value| {
        let text = toml::to_string(&Wrapped { value }).map_err(text)?;
        toml::from_str::<Wrapped<T>>(&text)
            .map(|wrapped| wrapped.value)
            .map_err(|error| format!("{error}\n{text}"))
    });
    same(value, "cbor", |value| {
        let mut bytes = Vec::new();
        ciborium::into_writer(value, &mut bytes).map_err(text)?;
        ciborium::from_reader(bytes.as_slice()).map_err(text)
    });
    same(value, "messagepack compact", |value| {
        let bytes = rmp_serde::to_vec(value).map_err(text)?;
        rmp_serde::from_slice(&bytes).map_err(text)
    });
    same(value, "messagepack named", |value| {
        let bytes = rmp_serde::to_vec_named(value).map_err(text)?;
        rmp_serde::from_slice(&bytes).map_err(text)
    });
    // What stands behind a value is read right only if the value ends where it ought to.
    same(value, "postcard", |value| {
        let bytes = postcard::to_allocvec(&(value, 42_u8)).map_err(text)?;
        let (value, behind) = postcard::from_bytes::<(T, u8)>(&bytes).map_err(text)?;
        if behind == 42 { Ok(value) } else { Err(format!("{behind} behind the value")) }
    });
}

/// Says of which types `value` is an example: its own, and those of its parts, which were read back with it.
fn tell_example<T: Serialize>(value: &T) {
    println!("{EXAMPLE_OF}{} {:?}", std::any::type_name::<T>(), names_in(value));
}

/// Every format writes `value`.
pub(crate) fn writes<T: Serialize + Debug>(value: &T) {
    tell_example(value);
    let name = std::any::type_name::<T>();
    let written = [
        ("json value", serde_json::to_value(value).map(drop).map_err(text)),
        ("toml", toml::to_string(&Wrapped { value }).map(drop).map_err(text)),
        ("cbor", ciborium::into_writer(value, Vec::new()).map_err(text)),
        ("messagepack compact", rmp_serde::to_vec(value).map(drop).map_err(text)),
        ("messagepack named", rmp_serde::to_vec_named(value).map(drop).map_err(text)),
        ("postcard", postcard::to_allocvec(value).map(drop).map_err(text)),
    ];
    for (format, written) in written {
        assert_eq!(written, Ok(()), "{format} of {name}");
    }
}

fn text(error: impl Display) -> String {
    error.to_string()
}

fn same<T: PartialEq + Debug>(value: &T, format: &str, trip: impl Fn(&T) -> Result<T, String>) {
    let name = std::any::type_name::<T>();
    match trip(value) {
        Ok(read) => assert_eq!(read, *value, "{format} reads another {name}"),
        Err(error) => panic!("{format} refuses {name}: {error}\n{value:?}"),
    }
}

/// The types that are public and derive or implement serde's traits, by the sources.
fn public_serde_types() -> BTreeSet<String> {
    fn sources(directory: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let name = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let (mut public, mut serde) = (BTreeSet::new(), BTreeSet::new());
    for file in files {
        let source = fs::read_to_string(file).unwrap();
        let code = source.split_once("#[cfg(test)]\nmod ").map_or(source.as_str(), |(code, _)| code);
        let mut derived = false;
        for line in code.lines() {
            let item = ["pub struct ", "pub enum "].iter().find_map(|start| line.strip_prefix(start));
            let private = ["struct ", "enum ", "pub(super) struct ", "pub(super) enum "];
            if line.starts_with("#[derive(") {
                derived = line.contains("Serialize") || line.contains("Deserialize");
            } else if let Some(item) = item {
                public.insert(name(item));
                if derived {
                    serde.insert(name(item));
                }
                derived = false;
            } else if private.iter().any(|start| line.starts_with(start)) {
                derived = false;
            }
            let starts = [
                "wire_fields!(",
                "serialize_fields!(",
                "deserialize_fields!(",
                "wire_variants!(",
                "serialize_variants!(",
                "text_on_the_wire!(",
                "impl Serialize for ",
            ];
            serde.extend(starts.iter().find_map(|start| line.strip_prefix(start)).map(name));
        }
    }
    serde.intersection(&public).cloned().collect()
}

/// T5, T6: the list of types is made from the sources, that of examples by the examples themselves: this test
/// runs them once more and reads of which types they are.
#[test]
fn every_public_serde_type_has_an_example() {
    let mut examples = Command::new(env::current_exe().unwrap());
    examples.args(["wire::", "--skip", "every_public_serde_type", "--nocapture"]);
    let output = examples.output().unwrap();
    let output = String::from_utf8_lossy(&output.stdout);
    let mut covered = BTreeSet::new();
    for example in output.split(EXAMPLE_OF).skip(1) {
        let types = example
            .lines()
            .next()
            .unwrap_or_default()
            .split(|c: char| !(c.is_alphanumeric() || "_:".contains(c)));
        covered.extend(types.filter_map(|name| name.rsplit("::").next()).map(str::to_string));
    }
    let types = public_serde_types();
    assert!(types.len() > 200 && covered.len() > 100, "{} types, {} examples", types.len(), covered.len());
    let bare: Vec<&String> = types.difference(&covered).collect();
    assert!(bare.is_empty(), "{} of {} public types have no example: {bare:?}", bare.len(), types.len());
}
