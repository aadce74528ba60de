//! How many of the methods that do something show by an example why their type is there.
//!
//! A verb is a public function that takes more than `self`; what takes `self` alone reads or converts.

use crate::house::{before_tests, sources};
use crate::vocabulary::{READ, declared};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Of a hundred verbs, those that have an example at least: in all, and in each module.
const PERCENT: usize = 60;

/// The arguments of the function that begins at the first of these lines.
fn arguments(lines: &[&str]) -> String {
    let ends = lines.iter().position(|line| line.contains('{') || line.ends_with(';')).unwrap_or_default();
    let signature = lines[..=ends].join(" ");
    // Past the generics: the first bracket after the name may stand in `<F: Fn(u8) -> u8>`.
    let (mut angle, mut round, mut open) = (0_i32, 0_i32, None);
    for (at, c) in signature.char_indices() {
        match c {
            '<' if open.is_none() => angle += 1,
            '>' if open.is_none() && !signature[..at].ends_with('-') => angle -= 1,
            '(' if open.is_none() && angle == 0 => (open, round) = (Some(at + 1), 1),
            '(' if open.is_some() => round += 1,
            ')' if open.is_some() => {
                round -= 1;
                if round == 0 {
                    return signature[open.unwrap()..at].trim().trim_end_matches(',').to_string();
                }
            }
            _ => {}
        }
    }
    panic!("no arguments in {signature}")
}

/// Whether a function reads: it takes `self` and nothing else.
fn reads(arguments: &str) -> bool {
    let by_reference = arguments.strip_prefix('&').unwrap_or(arguments);
    let plain = match by_reference.strip_prefix('\'') {
        Some(lifetime) => lifetime.split_once(' ').map_or("", |(_, rest)| rest),
        None => by_reference,
    };
    plain.trim_start_matches("mut ") == "self"
}

/// The type whose methods a line opens: `A` of `impl<K: Ord> A<K> {`.
fn opened(line: &str) -> Option<&str> {
    let mut rest = line.strip_prefix("impl")?;
    if rest.starts_with('<') {
        let mut depth = 0_i32;
        let end = rest.char_indices().find(|(at, c)| {
            depth += i32::from(*c == '<');
            depth -= i32::from(*c == '>' && !rest[..*at].ends_with('-'));
            depth == 0
        })?;
        rest = &rest[end.0 + 1..];
    }
    rest.trim().split(|c: char| !(c.is_alphanumeric() || c == '_')).next()
}

/// The verbs of a source on `public` types, each with whether its doc has an example.
fn verbs(source: &str, public: &BTreeSet<String>) -> Vec<(String, bool)> {
    let lines: Vec<&str> = before_tests(source).lines().collect();
    let mut found = Vec::new();
    let mut open = true;
    for (at, line) in lines.iter().enumerate() {
        if let Some(name) = opened(line) {
            open = public.contains(name);
        } else if line.starts_with(|c: char| c.is_alphabetic()) {
            open = true;
        }
        if !open {
            continue;
        }
        let text = line.trim();
        let name = text.strip_prefix("pub fn ").or_else(|| text.strip_prefix("pub const fn "));
        let Some(name) = name else { continue };
        if reads(&arguments(&lines[at..])) {
            continue;
        }
        let above = lines[..at].iter().rev().map(|line| line.trim());
        let own = above.take_while(|line| {
            line.starts_with("///") || !(line.is_empty() || line.ends_with(['{', '}', ';']))
        });
        let name = name.split(['(', '<']).next().unwrap_or_default().to_string();
        found.push((name, own.into_iter().any(|line| line.contains("```"))));
    }
    found
}

#[test]
fn most_verbs_show_the_reason_for_their_type() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let public: BTreeSet<String> = declared(READ).into_iter().map(|declared| declared.name).collect();
    let mut modules: BTreeMap<String, (Vec<String>, usize)> = BTreeMap::new();
    for file in files {
        let place = file.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        let module = place.split(['/', '.']).next().unwrap().to_string();
        for (name, shown) in verbs(&fs::read_to_string(&file).unwrap(), &public) {
            let (bare, all) = modules.entry(module.clone()).or_default();
            *all += 1;
            if !shown {
                bare.push(format!("{place}: {name}"));
            }
        }
    }
    let all: usize = modules.values().map(|(_, all)| all).sum();
    assert!(all > 500, "only {all} verbs found");
    let few: Vec<_> = (modules.iter())
        .filter(|(_, (bare, all))| (all - bare.len()) * 100 < all * PERCENT)
        .map(|(module, (bare, all))| format!("{module}: {} of {all}; without: {bare:?}", all - bare.len()))
        .collect();
    assert!(few.is_empty(), "modules with examples on fewer than {PERCENT} % of their verbs: {few:#?}");
}

/// The public types of a source whose own doc, not that of a method, shows no JSON.
fn without_json(source: &str) -> Vec<String> {
    let lines: Vec<&str> = before_tests(source).lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some((_, rest)) = ["pub struct ", "pub enum "].iter().find_map(|kind| line.split_once(kind))
        else {
            continue;
        };
        let own = lines[..at].iter().rev().map(|line| line.trim()).take_while(|line| !line.is_empty());
        if !own.into_iter().any(|line| line.starts_with("///") && line.contains("json")) {
            found.push(
                rest.split(|c: char| !(c.is_alphanumeric() || c == '_'))
                    .next()
                    .unwrap_or_default()
                    .to_string(),
            );
        }
    }
    found
}

/// Input is written by people: its doc shows them how, and the example is run.
#[test]
fn what_can_be_read_shows_its_json() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    // The reader takes `Exact`, a name in the arguments of a macro, for a type that is read.
    let read: BTreeSet<String> = (declared(READ).into_iter())
        .filter(|declared| declared.has && declared.name != "Exact")
        .map(|declared| declared.name)
        .collect();
    assert!(read.len() > 150, "only {} types can be read", read.len());
    let mut bare = Vec::new();
    for file in files {
        let source = fs::read_to_string(&file).unwrap();
        bare.extend(without_json(&source).into_iter().filter(|name| read.contains(name)));
    }
    assert!(bare.is_empty(), "{} types can be read and show no JSON: {bare:?}", bare.len());
    let source =
        "/// One.\n/// serde_json\npub struct A;\n\n/// Two.\npub enum B {\n    /// json\n    C,\n}\n";
    assert_eq!(without_json(source), ["B"]);
}

#[test]
fn a_verb_is_told_from_a_getter() {
    let source = r#"
impl A {
    /// Reads.
    #[must_use]
    pub fn read(&self) -> u8 { 0 }

    pub fn borrow<'a>(&'a self) -> &'a u8 { &0 }

    pub fn into_it(mut self) -> u8 { 0 }

    /// Makes.
    ///
    /// ```
    /// A::make();
    /// ```
    #[expect(
        clippy::all,
        reason = "x"
    )]
    pub const fn make() -> Self { A }

    /// Without.
    pub fn apply<F: Fn(u8) -> u8>(
        &self,
        by: F,
    ) -> u8 {
        by(0)
    }

    pub(crate) fn inner(self, other: u8) {}
}

impl<K: Fn(u8) -> u8> Private<K> {
    pub fn hidden(&self, other: u8) {}
}

pub fn free(other: u8) {}
"#;
    let found = verbs(source, &["A".to_string()].into());
    assert_eq!(
        found,
        [("make".to_string(), true), ("apply".to_string(), false), ("free".to_string(), false)]
    );
}
