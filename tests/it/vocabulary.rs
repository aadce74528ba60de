//! One vocabulary: how many public types a module may have, which nouns stand once, and that results are written.
//!
//! The test reads the sources, as `house.rs` does.

use crate::house::{code_of, sources};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The most public types of each module; a new domain brings at most 40.
const LIMITS: [(&str, usize); 0] = [];

/// The most public types in all.
const LIMIT: usize = 400;

/// The nouns of floors 0 and 1, and the one module in which a public type may bear them in its name.
const NOUNS: [(&str, &str); 8] = [
    ("Undefined", "figure"),
    ("Interval", "figure"),
    ("Figure", "figure"),
    ("Why", "figure"),
    ("Reason", "figure"),
    ("Explained", "decompose"),
    ("Contribution", "decompose"),
    ("Baseline", "target"),
];

/// What may bear such a name all the same, and why.
const NAMED_OTHERWISE: [(&str, &str); 0] = [];

/// What is not written, and why.
const NOT_WRITTEN: [(&str, &str); 0] = [];

/// A public type as its source declares it.
struct Declared {
    module: String,
    kind: String,
    name: String,
    written: bool,
}

/// The public types of the sources, outside of their tests.
fn declared() -> Vec<Declared> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let (mut found, mut written) = (Vec::new(), BTreeSet::new());
    for file in files {
        let place = file.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        let module = place.split(['/', '.']).next().unwrap().to_string();
        let code = code_of(&fs::read_to_string(&file).unwrap());
        // What stands above an item without a blank line between: its attributes.
        let mut above = String::new();
        for line in code.lines() {
            if let Some(item) = line.strip_prefix("pub ") {
                let (kind, rest) = item.split_once(' ').unwrap_or((item, ""));
                if matches!(kind, "struct" | "enum" | "trait" | "type") {
                    let written = above.contains("Serialize");
                    let (module, kind) = (module.clone(), kind.to_string());
                    found.push(Declared { module, kind, name: word(rest), written });
                }
            }
            for start in ["serialize_fields!(", "text_on_the_wire!("] {
                written.extend(line.trim_start().strip_prefix(start).map(word));
            }
            if line.starts_with("impl") && line.contains("Serialize for ") {
                written.extend(line.split("Serialize for ").nth(1).map(word));
            }
            if line.starts_with('#') || line.starts_with(' ') || line.starts_with(')') {
                above.push_str(line);
            } else {
                above.clear();
            }
        }
    }
    for declared in &mut found {
        declared.written |= written.contains(&declared.name);
    }
    found
}

#[test]
fn a_module_keeps_within_its_vocabulary() {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for declared in declared() {
        *counts.entry(declared.module).or_default() += 1;
    }
    let all: usize = counts.values().sum();
    assert!(all > 100, "only {all} public types found");
    assert!(all <= LIMIT, "{all} public types, at most {LIMIT}: {counts:?}");
    let limits: BTreeMap<&str, usize> = LIMITS.into();
    let over: Vec<_> = counts
        .iter()
        .filter(|(module, count)| limits.get(module.as_str()).is_none_or(|limit| *count > limit))
        .collect();
    assert!(over.is_empty(), "more public types than the module's limit, or no limit: {over:?}");
}

#[test]
fn one_form_of_why_of_no_such_figure_and_of_contributions() {
    let lawful: BTreeSet<&str> = NAMED_OTHERWISE.iter().map(|(name, _)| *name).collect();
    let mut wrong = Vec::new();
    for declared in declared() {
        for (noun, room) in NOUNS {
            // Errors say what is wrong with a thing by its name.
            let bears = declared.name.contains(noun) && !declared.name.ends_with("Error");
            if bears && declared.module != room && !lawful.contains(declared.name.as_str()) {
                wrong.push(format!("{}::{}: the noun `{noun}` is {room}'s", declared.module, declared.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_result_can_be_written() {
    let lawful: BTreeSet<&str> = NOT_WRITTEN.iter().map(|(name, _)| *name).collect();
    let (mut bare, mut seen) = (Vec::new(), BTreeSet::new());
    for declared in declared() {
        let data = matches!(declared.kind.as_str(), "struct" | "enum");
        if data && !declared.written && !lawful.contains(declared.name.as_str()) {
            bare.push(format!("{}::{}", declared.module, declared.name));
        }
        seen.insert(declared.name);
    }
    assert!(bare.is_empty(), "{} public types cannot be written: {bare:#?}", bare.len());
    let gone: Vec<_> = lawful.iter().filter(|name| !seen.contains(**name)).collect();
    assert!(gone.is_empty(), "exceptions for types that are not there: {gone:?}");
}
