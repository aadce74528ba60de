//! No strategy and no law is left out: of the measurements, and of the chapter.

use std::fs;
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The public functions of a folder of sources, with the docs above each.
fn public_functions(folder: &str) -> Vec<(String, String)> {
    let folder = root().join(folder);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let source = fs::read_to_string(entry.unwrap().path()).unwrap();
        for (at, _) in source.match_indices("\npub fn ") {
            let name: String =
                source[at + 8..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let docs = source[..at].rsplit("\n\n").next().unwrap_or_default();
            found.push((name, docs.to_string()));
        }
    }
    found.sort();
    found
}

/// Each strategy says how large its cases are and how often an edge, and a test of this folder measures it.
#[test]
fn every_strategy_is_measured() {
    let mut tests = String::new();
    for entry in fs::read_dir(root().join("tests/it/strategies")).unwrap() {
        tests += &fs::read_to_string(entry.unwrap().path()).unwrap();
    }
    let all = public_functions("src/strategies");
    assert!(all.len() > 20, "{all:?}");
    // A wrapper around any strategy has no cases of its own.
    let own = all.iter().filter(|(name, _)| name != "almost_valid");
    let unmeasured: Vec<&String> = own
        .filter(|(name, docs)| !docs.contains("/// Mean size ") || !tests.contains(&format!("\"{name}\"")))
        .map(|(name, _)| name)
        .collect();
    assert!(unmeasured.is_empty(), "no `Mean size` or no test: {unmeasured:?}");
}

/// Each law and each strategy stands in the chapter on testing, where a user looks for it.
#[test]
fn every_law_and_every_strategy_stands_in_the_chapter() {
    let chapter = fs::read_to_string(root().join("src/guide/testing.rs")).unwrap();
    let (_, table) = chapter.split_once("# Which law for what").unwrap();
    let folders = ["laws", "strategies"].map(|folder| (folder, public_functions(&format!("src/{folder}"))));
    let absent: Vec<String> = folders
        .into_iter()
        .flat_map(|(folder, all)| all.into_iter().map(move |(name, _)| format!("(crate::{folder}::{name})")))
        .filter(|link| !table.contains(link))
        .collect();
    assert!(absent.is_empty(), "{absent:#?}");
}
