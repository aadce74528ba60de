//! No circles between the files of a module: what a file needs, it finds below it.
//!
//! An arrow leads from a file to the file beside it that declares a name it takes through `super::`. `mod.rs` counts
//! for neither end: it holds what all of the module share, the error enum and the re-exports.

use super::house::{code_of, expanded, paths_from, sources};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The names that a file declares at its top level for the files beside it.
fn declared(code: &str) -> impl Iterator<Item = &str> {
    const KINDS: [&str; 7] = ["struct", "enum", "trait", "type", "fn", "const", "static"];
    let lines = code.lines().filter(|line| line.starts_with("pub"));
    lines.filter_map(|line| {
        let mut words =
            line.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty());
        words.by_ref().find(|word| KINDS.contains(word))?;
        words.find(|word| !KINDS.contains(word))
    })
}

/// The files beside it that each file takes names from; `files` are the names without `.rs` with their sources.
fn arrows(files: &BTreeMap<String, String>) -> BTreeMap<&str, BTreeSet<&str>> {
    let codes: BTreeMap<&str, String> =
        files.iter().map(|(file, source)| (file.as_str(), code_of(source))).collect();
    let homes: BTreeMap<&str, &str> = (codes.iter().filter(|(file, _)| **file != "mod"))
        .flat_map(|(file, code)| declared(code).map(|name| (name, *file)))
        .collect();
    let mut arrows = BTreeMap::new();
    for (file, code) in codes.iter().filter(|(file, _)| **file != "mod") {
        let to: &mut BTreeSet<&str> = arrows.entry(*file).or_default();
        for path in paths_from(code, "super").flat_map(|tree| expanded(&tree)) {
            let first = path.split("::").next().unwrap_or_default();
            // A file by its own name, or a name that `mod.rs` passes on from it.
            let home = codes.get_key_value(first).map(|(file, _)| *file).or(homes.get(first).copied());
            to.extend(home.filter(|home| home != file && *home != "mod"));
        }
    }
    arrows
}

/// The files that reach themselves, each with the next file on its way.
fn circles(files: &BTreeMap<String, String>) -> Vec<String> {
    let arrows = arrows(files);
    let reach = |from: &str| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
        while let Some(file) = open.pop() {
            for next in arrows.get(file).into_iter().flatten() {
                if seen.insert(*next) {
                    open.push(next);
                }
            }
        }
        seen
    };
    let mut found = Vec::new();
    for (file, nexts) in &arrows {
        let back = nexts.iter().filter(|next| reach(next).contains(file) || *next == file);
        found.extend(back.map(|next| format!("{file} -> {next}")));
    }
    found
}

#[test]
fn no_files_of_a_module_form_a_circle() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    sources(&root, &mut all);
    let mut modules: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for path in all {
        let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        if let Some((module, file)) = name.trim_end_matches(".rs").split_once('/') {
            modules.entry(module.into()).or_default().insert(file.into(), fs::read_to_string(&path).unwrap());
        }
    }
    let arrow_count: usize =
        modules.values().flat_map(|files| arrows(files).into_values()).map(|to| to.len()).sum();
    assert!(arrow_count > 300, "only {arrow_count} arrows found");
    let found: Vec<String> = (modules.iter())
        .flat_map(|(module, files)| circles(files).into_iter().map(move |arrow| format!("{module}: {arrow}")))
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_circle_is_noticed() {
    let house = |files: &[(&str, &str)]| -> BTreeMap<String, String> {
        files.iter().map(|(file, source)| ((*file).into(), (*source).into())).collect()
    };
    let mut files = house(&[
        ("mod", "pub use tree::Tree; pub use leaf::Leaf; pub enum Error {}"),
        ("tree", "use super::{Error, Leaf};\npub struct Tree;"),
        ("leaf", "use super::Error;\npub struct Leaf;\n#[cfg(test)]\nmod tests { use super::super::Tree; }"),
    ]);
    assert_eq!(circles(&files), Vec::<String>::new());
    files.insert("leaf".into(), "fn f() { super::tree::grow() }\npub(super) struct Leaf;".into());
    assert_eq!(circles(&files), ["leaf -> tree", "tree -> leaf"]);
}
