//! One vocabulary: how many public types a module may have, which nouns stand once, and that results are written.
//!
//! The test reads the sources, as `house.rs` does.

use crate::house::{code_of, sources, words};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The most public types of each module; a new domain brings at most 40.
const LIMITS: [(&str, usize); 30] = [
    ("agile", 13),
    ("alert", 8),
    ("any_error", 1),
    ("attribution", 30),
    ("budget", 46),
    ("channel", 18),
    ("decision", 14),
    ("decompose", 14),
    ("error", 7),
    ("experiment", 28),
    ("figure", 16),
    ("funnel", 26),
    ("goal", 12),
    ("health", 21),
    ("kpi", 37),
    ("laws", 1),
    ("optimise", 11),
    ("pdca", 27),
    ("plan", 19),
    ("progress", 9),
    ("quantity", 16),
    ("ranking", 11),
    ("response", 20),
    ("review", 6),
    ("risk", 8),
    ("split", 7),
    ("stats", 39),
    ("strategies", 40),
    ("target", 14),
    ("time", 17),
];

/// The most public types in all, but for the options of strategies and what laws tell.
const LIMIT: usize = 495;

/// The nouns of floors 0 and 1, and the one module in which a public type may bear them in its name.
const NOUNS: [(&str, &str); 7] = [
    ("Undefined", "figure"),
    ("Interval", "figure"),
    ("Why", "figure"),
    ("Reason", "figure"),
    ("Explained", "decompose"),
    ("Contribution", "decompose"),
    ("Baseline", "target"),
];

/// What may bear such a name all the same, and why.
const NAMED_OTHERWISE: [(&str, &str); 1] = [("IntervalMethod", "how an interval is made, not one")];

/// What is not written, and why.
const NOT_WRITTEN: [(&str, &str); 7] = [
    ("PathTableBuilder", "a builder with a cache of names; the `PathTable` that it builds is written"),
    ("Section", "a part of a `Report`, which is written as rows with the section's question"),
    ("Evidence", "a part of a `Report`, which is written as rows with the table's title"),
    ("Revenue", "a marker without values; a `Return` is written, and a draft says its basis by its word"),
    ("Profit", "a marker without values, as `Revenue`"),
    ("Columns", "a working copy over a borrowed tree; the tree and its inputs are written"),
    ("PanelColumns", "a working copy over a borrowed tree and panel, as `Columns`"),
];

/// A public type as its source declares it.
pub(crate) struct Declared {
    pub(crate) module: String,
    kind: String,
    pub(crate) name: String,
    /// It has the trait that was asked for.
    pub(crate) has: bool,
}

/// A trait as a source gives it to a type: in a derive, and by hand.
#[derive(Clone, Copy)]
pub(crate) struct Trait {
    derived: &'static str,
    by_hand: &'static str,
}

/// What can be written.
const WRITTEN: Trait = Trait { derived: "Serialize", by_hand: "Serialize for " };

/// What can be read.
pub(crate) const READ: Trait = Trait { derived: "Deserialize", by_hand: "Deserialize<'de> for " };

/// The first identifier of a text.
fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The identifiers of a text that begin with a capital, as types and variants do.
fn capitals(text: &str) -> impl Iterator<Item = String> + '_ {
    let words = text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$')));
    words.filter(|word| word.starts_with(|c: char| c.is_ascii_uppercase())).map(String::from)
}

/// What follows each `start` up to the bracket that closes the one it opens, and the name before that bracket.
fn bracketed<'a>(code: &'a str, start: &'a str) -> impl Iterator<Item = (String, &'a str)> + 'a {
    code.match_indices(start).filter_map(move |(at, _)| {
        let rest = code[at + start.len()..].trim_start();
        let open = rest.find(['(', '{', '['])?;
        let mut depth = 0_usize;
        let end = rest[open..].find(|c| {
            depth += usize::from(matches!(c, '(' | '{' | '['));
            depth -= usize::from(matches!(c, ')' | '}' | ']'));
            depth == 0
        })?;
        Some((word(rest), &rest[open..open + end]))
    })
}

/// A macro of the crate that makes types or gives them the trait.
struct Macro {
    name: String,
    /// It declares the type that it is given first.
    declares: bool,
    /// It gives the trait to the type that it is given first.
    gives: bool,
    /// It gives the trait to every type that it is given.
    gives_all: bool,
}

/// A text with one blank where it has several, or the end of a line.
fn on_a_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The crate's macros; one that calls a giving one gives too.
fn macros(codes: &[(String, String)], of: Trait) -> Vec<Macro> {
    let derived = |body: &str| {
        body.split("derive(")
            .skip(1)
            .any(|rest| words(&rest[..rest.find(')').unwrap_or(0)]).any(|w| w == of.derived))
    };
    let bodies: Vec<(String, &str)> =
        codes.iter().flat_map(|(_, code)| bracketed(code, "macro_rules! ")).collect();
    let mut found: Vec<Macro> = (bodies.iter())
        .map(|(name, body)| Macro {
            name: name.clone(),
            declares: ["struct", "enum"].iter().any(|kind| body.contains(&format!("pub {kind} $"))),
            gives: on_a_line(body).contains(&format!("{}$", of.by_hand))
                || (derived(body) && body.contains("struct $")),
            gives_all: on_a_line(body).contains(&format!("$(impl {}$", of.by_hand)),
        })
        .collect();
    // A macro calls one that calls one: twice is deep enough, a third would be found by the test below.
    for _ in 0..2 {
        let giving: Vec<String> =
            found.iter().filter(|one| one.gives).map(|one| format!("{}!(", one.name)).collect();
        for (one, (_, body)) in found.iter_mut().zip(&bodies) {
            one.gives |= giving.iter().any(|call| {
                // A call of `deserialize_fields!` is none of `serialize_fields!`.
                let before = body.match_indices(call.as_str()).map(|(at, _)| &body[..at]);
                before.into_iter().any(|text| !text.ends_with(|c: char| c.is_alphanumeric() || c == '_'))
            });
        }
    }
    found
}

/// The public types of some sources, each with its module and whether it has a trait, outside of their tests.
fn declared_in(codes: &[(String, String)], of: Trait) -> Vec<Declared> {
    const KINDS: [&str; 4] = ["struct", "enum", "trait", "type"];
    let macros = macros(codes, of);
    let (mut found, mut having) = (Vec::new(), BTreeSet::new());
    for (module, code) in codes {
        let mut declare = |kind: &str, name: String, has: bool| {
            let (module, kind) = (module.clone(), kind.to_string());
            found.push(Declared { module, kind, name, has });
        };
        let bodies: Vec<&str> = bracketed(code, "macro_rules! ").map(|(_, body)| body).collect();
        let in_macros: BTreeSet<&str> = bodies.iter().flat_map(|body| body.lines()).map(str::trim).collect();
        // What stands above an item without a blank line between: its attributes.
        let mut above = String::new();
        for line in code.lines() {
            let text = line.trim();
            let top = !line.starts_with(' ') || in_macros.contains(text);
            if let Some((kind, rest)) = text.strip_prefix("pub ").and_then(|item| item.split_once(' '))
                && top
                && KINDS.contains(&kind)
                && !rest.starts_with('$')
            {
                declare(kind, word(rest), words(&above).any(|word| word == of.derived));
            }
            if text.starts_with("impl") {
                having.extend(text.split(of.by_hand).nth(1).map(word));
            }
            let attribute =
                text.starts_with(['#', ')']) || (line.starts_with(' ') && !text.ends_with([';', '}']));
            if attribute { above.push_str(text) } else { above.clear() }
        }
        for one in &macros {
            for call in ["!(", "! {"].map(|open| format!("{}{open}", one.name)) {
                for (at, _) in code.match_indices(&call) {
                    let rest = &code[at + one.name.len() + 1..];
                    let Some((_, given)) = bracketed(rest, "").next() else { continue };
                    if one.declares {
                        capitals(given).take(1).for_each(|name| declare("struct", name, one.gives));
                    }
                    let most = if one.gives_all { usize::MAX } else { usize::from(one.gives) };
                    having.extend(capitals(given).take(most));
                }
            }
        }
    }
    for declared in &mut found {
        declared.has |= having.contains(&declared.name);
    }
    found
}

/// The crate's public types, and whether they have a trait.
pub(crate) fn declared(of: Trait) -> Vec<Declared> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let codes: Vec<(String, String)> = (files.iter())
        .map(|file| {
            let place = file.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
            let module = place.split(['/', '.']).next().unwrap().to_string();
            (module, code_of(&fs::read_to_string(file).unwrap()))
        })
        .collect();
    declared_in(&codes, of)
}

/// The reader itself: by derive, by hand, by a macro, by a macro of a macro, and not at all.
#[test]
fn what_is_written_is_told_from_what_is_not() {
    let code = r"
#[derive(Debug, Serialize)]
#[expect(
    clippy::all,
)]
pub struct Derived {
    pub field: u8,
}

pub struct Bare;

pub enum ByHand {}
impl Serialize for ByHand {}

macro_rules! text {
    ($type:ty) => { impl Serialize for $type {} };
}
macro_rules! choice {
    ($type:ty) => { text!($type); };
}
macro_rules! named {
    ($name:ident) => {
        #[derive(Serialize, Deserialize)]
        pub struct $name(String);
    };
}
macro_rules! all {
    ($($name:ident)*) => {
        pub enum Inside {}
        $(impl Serialize for $name {})*
    };
}
pub enum Text {}
text!(Text);
pub enum Choice {}
choice!(Choice);
named! {
    Named
}
pub struct First;
pub struct Second;
all! { First Second }
fn f() {
    pub struct Local;
}
";
    let found = declared_in(&[("one".to_string(), code.to_string())], WRITTEN);
    let names = |written: bool| -> BTreeSet<&str> {
        found.iter().filter(|one| one.has == written).map(|one| one.name.as_str()).collect()
    };
    let expected = ["ByHand", "Choice", "Derived", "First", "Named", "Second", "Text"];
    assert_eq!(names(true), expected.into());
    assert_eq!(names(false), ["Bare", "Inside"].into());
}

#[test]
fn a_module_keeps_within_its_vocabulary() {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for declared in declared(WRITTEN) {
        *counts.entry(declared.module).or_default() += 1;
    }
    let of_tests: usize = ["laws", "strategies"].iter().filter_map(|module| counts.get(*module)).sum();
    let all: usize = counts.values().sum::<usize>() - of_tests;
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
    for declared in declared(WRITTEN) {
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
    for declared in declared(WRITTEN) {
        let data = matches!(declared.kind.as_str(), "struct" | "enum");
        // The options of strategies are no results: a test states them.
        let options = declared.module == "strategies";
        if data && !declared.has && !options && !lawful.contains(declared.name.as_str()) {
            bare.push(format!("{}::{}", declared.module, declared.name));
        }
        seen.insert(declared.name);
    }
    assert!(bare.is_empty(), "{} public types cannot be written: {bare:#?}", bare.len());
    let gone: Vec<_> = lawful.iter().filter(|name| !seen.contains(**name)).collect();
    assert!(gone.is_empty(), "exceptions for types that are not there: {gone:?}");
}
