//! The floors of the house, and what its rooms must not contain.
//!
//! The test reads the sources' imports and tokens. It is a reader of lines, not a parser: what it knows of
//! Rust is comments, strings and character literals, which it blanks, and `#[cfg(test)]`, where it stops.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const FLOORS: [&[&str]; 5] = [
    &["figure", "quantity", "time", "error"],
    &["split", "stats", "decompose", "target", "progress", "decision", "ranking", "response"],
    &[
        "kpi",
        "goal",
        "budget",
        "optimise",
        "channel",
        "funnel",
        "attribution",
        "health",
        "plan",
        "experiment",
        "audience",
        "alert",
    ],
    &["review", "risk", "agile"],
    &["pdca"],
];

/// These stand above all floors.
const ROOF: [&str; 7] = ["lib", "any_error", "glossary", "guide", "laws", "prelude", "strategies"];

/// What a module of floor 0 may use of its neighbours.
const NEIGHBOURS: [(&str, &str); 9] = [
    ("figure", "error"),
    ("quantity", "figure"),
    ("time", "figure"),
    ("quantity", "error"),
    ("time", "error"),
    ("time", "quantity::wire"),
    ("time", "quantity::grammar"),
    ("time", "quantity::display"),
    ("time", "quantity::words"),
];

/// Modules without a float. Three places read or show one, by name; the fourth estimates an interval beside
/// a target, which is met or missed exactly.
const WITHOUT_FLOATS: [&str; 4] = ["quantity", "split", "target", "time"];
const FLOAT_DOORS: [&str; 4] =
    ["quantity/wire.rs", "quantity/wire_float.rs", "quantity/ratio.rs", "target/sample.rs"];

const VAGUE_NAMES: [&str; 4] = ["utils", "common", "helpers", "types"];
const CLOCKS_AND_DICE: [&str; 7] = ["SystemTime", "Instant", "Utc", "Local", "rand", "getrandom", "fastrand"];
const MOST_LINES: usize = 600;

/// What is wrong with one source file; `name` is its path below `src`.
fn faults(name: &str, source: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let code = code_of(source);
    let lines = before_tests(source).lines().count();
    if lines > MOST_LINES {
        faults.push(format!("{name}: {lines} lines, at most {MOST_LINES}"));
    }
    let module = module_of(name);
    if name.split(['/', '.']).any(|part| VAGUE_NAMES.contains(&part)) {
        faults.push(format!("{name}: a name that says nothing"));
    }
    for word in words(&code) {
        let float = matches!(word, "f32" | "f64") && WITHOUT_FLOATS.contains(&module);
        let open = FLOAT_DOORS.contains(&name) && word != "f32";
        if word == "unsafe" || CLOCKS_AND_DICE.contains(&word) || (float && !open) {
            faults.push(format!("{name}: `{word}`"));
        }
    }
    if paths_from(&code, "std").next().is_some() {
        faults.push(format!("{name}: `std::`"));
    }
    if !ROOF.contains(&module) {
        for path in paths_from(&code, "crate").flat_map(|tree| expanded(&tree)) {
            if let Some(reason) = refused(module, &path) {
                faults.push(format!("{name}: `crate::{path}` {reason}"));
            }
        }
        // A file one level down reaches a neighbour by one `super`, one in a folder by two.
        let up = if name.ends_with("/mod.rs") || !name.contains('/') { "super" } else { "super::super" };
        for path in paths_from(&code, up).flat_map(|tree| expanded(&tree)) {
            let first = path.split("::").next().unwrap_or_default();
            if floor(first).is_some() && first != module {
                faults.push(format!("{name}: `{up}::{path}` reaches out of its module; say `crate::`"));
            }
        }
        if floor(module).is_none() {
            faults.push(format!("{name}: `{module}` stands on no floor"));
        }
    }
    faults
}

fn module_of(name: &str) -> &str {
    name.split(['/', '.']).next().unwrap_or(name)
}

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// Floor 1 is ordered: its modules may use those named before them.
const ORDERED: usize = 1;

/// Why `module` may not use `crate::path`.
fn refused(module: &str, path: &str) -> Option<&'static str> {
    let target = path.split("::").next().unwrap_or_default();
    if target == module {
        return None;
    }
    let (Some(own), Some(other)) = (floor(module), floor(target)) else {
        return Some("is above all floors");
    };
    let neighbour = NEIGHBOURS.iter().any(|(from, to)| {
        *from == module && path.strip_prefix(to).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    });
    let place = |name: &str| FLOORS[own].iter().position(|other| *other == name);
    let before = own == ORDERED && place(target) < place(module);
    match own.cmp(&other) {
        std::cmp::Ordering::Less => Some("is on a higher floor"),
        std::cmp::Ordering::Equal if !neighbour && !before => Some("is a neighbour"),
        _ => None,
    }
}

pub(crate) fn before_tests(source: &str) -> &str {
    source.split_once("#[cfg(test)]\nmod ").map_or(source, |(code, _)| code)
}

/// The code before the tests, with comments, strings and character literals blanked.
pub(crate) fn code_of(source: &str) -> String {
    let source: Vec<char> = before_tests(source).chars().collect();
    let mut code = String::new();
    let mut at = 0;
    let starts =
        |at: usize, text: &str| text.chars().enumerate().all(|(i, c)| source.get(at + i) == Some(&c));
    while at < source.len() {
        let c = source[at];
        if starts(at, "//") {
            at += source[at..].iter().take_while(|c| **c != '\n').count();
        } else if starts(at, "/*") {
            let mut depth = 0;
            loop {
                if starts(at, "/*") {
                    (depth, at) = (depth + 1, at + 2);
                } else if starts(at, "*/") {
                    (depth, at) = (depth - 1, at + 2);
                } else {
                    at += 1;
                }
                if depth == 0 || at >= source.len() {
                    break;
                }
            }
        } else if c == 'r' && !follows_name(&code) && raw_hashes(&source[at + 1..]).is_some() {
            let hashes = raw_hashes(&source[at + 1..]).unwrap_or_default();
            let end = format!("\"{}", "#".repeat(hashes));
            at += 2 + hashes;
            while at < source.len() && !starts(at, &end) {
                at += 1;
            }
            at += end.len();
            code.push(' ');
        } else if c == '"' {
            at += 1;
            while at < source.len() && source[at] != '"' {
                at += if source[at] == '\\' { 2 } else { 1 };
            }
            at += 1;
            code.push(' ');
        } else if c == '\'' && (source.get(at + 1) == Some(&'\\') || source.get(at + 2) == Some(&'\'')) {
            at += if source[at + 1] == '\\' { 3 } else { 2 };
            while at < source.len() && source[at] != '\'' {
                at += 1;
            }
            at += 1;
            code.push(' ');
        } else {
            code.push(c);
            at += 1;
        }
    }
    code
}

fn follows_name(code: &str) -> bool {
    code.ends_with(|c: char| c.is_alphanumeric() || c == '_')
}

/// How many `#` stand before the quote of a raw string.
fn raw_hashes(rest: &[char]) -> Option<usize> {
    let hashes = rest.iter().take_while(|c| **c == '#').count();
    (rest.get(hashes) == Some(&'"')).then_some(hashes)
}

pub(crate) fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !(c.is_alphanumeric() || c == '_'))
}

/// What follows each `root::`, up to the end of the path or of its `{…}` tree, without blanks.
pub(crate) fn paths_from<'a>(code: &'a str, root: &'a str) -> impl Iterator<Item = String> + 'a {
    let start = format!("{root}::");
    let mut rest = code;
    std::iter::from_fn(move || {
        loop {
            let at = rest.find(&start)?;
            let before = &rest[..at];
            let whole = !follows_name(before) && !before.strip_suffix("::").is_some_and(follows_name);
            rest = &rest[at + start.len()..];
            if whole {
                return Some(tree(rest));
            }
        }
    })
}

fn tree(code: &str) -> String {
    let mut depth = 0_usize;
    let mut tree = String::new();
    for c in code.chars() {
        match c {
            '{' if depth > 0 || tree.ends_with("::") || tree.is_empty() => depth += 1,
            '}' if depth > 0 => {
                depth -= 1;
                tree.push(c);
                if depth == 0 {
                    break;
                }
                continue;
            }
            ',' if depth > 0 => {}
            c if c.is_whitespace() && depth > 0 => {}
            c if c.is_alphanumeric() || matches!(c, '_' | ':' | '*') => {}
            _ => break,
        }
        tree.push(if c.is_whitespace() { ' ' } else { c });
    }
    tree
}

/// `a::{b, c::{d, e}}` as `a::b`, `a::c::d`, `a::c::e`.
pub(crate) fn expanded(tree: &str) -> Vec<String> {
    let Some((prefix, rest)) = tree.split_once('{') else {
        return vec![tree.split(" as ").next().unwrap_or(tree).trim().trim_end_matches(':').into()];
    };
    let inner = rest.strip_suffix('}').unwrap_or(rest);
    let mut depth = 0;
    let parts = inner.split(move |c: char| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    });
    let parts = parts.map(str::trim).filter(|part| !part.is_empty());
    parts.flat_map(expanded).map(|path| format!("{}{path}", prefix.trim())).collect()
}

pub(crate) fn sources(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn the_house_stands_on_its_floors() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 30, "only {} sources found", files.len());
    let mut all = Vec::new();
    for file in &files {
        let name = file.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        assert!(name.matches('/').count() <= 1, "{name}: deeper than 2");
        all.extend(faults(&name, &fs::read_to_string(file).unwrap()));
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

/// T6: what is left out is told by names, and formats without names misread the rest. `serialize_fields!` asks
/// the format; serde's attribute cannot.
#[test]
fn nothing_is_left_out_but_by_formats_for_people() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    for file in files {
        for line in fs::read_to_string(&file).unwrap().lines().map(str::trim_start) {
            let left_out = !line.starts_with("//") && line.contains("skip_serializing_if");
            assert!(!left_out, "{}: use `wire::serialize_fields!`: {line}", file.display());
        }
    }
}

/// The fields that serde's derive writes or reads as bare numbers which formats for people alter or cannot hold:
/// floats, decimals, and whole numbers beyond the 63 bits that TOML has.
fn bare_numbers(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    // The attributes above the line, and whether it stands in a type whose fields serde's derive knows.
    let (mut attributes, mut open) = (String::new(), false);
    for line in before_tests(source).lines() {
        let text = line.trim_start();
        let item = !line.starts_with(' ')
            && ["struct", "enum"].iter().any(|kind| words(line).any(|word| word == *kind));
        if text.starts_with("//") || text.is_empty() {
            continue;
        }
        if text.starts_with("#[") && text.ends_with(']') {
            attributes.push_str(text);
            continue;
        }
        if item {
            let by_derive = |derived: &str, by_another: &[&str]| {
                let derives = words(&attributes).any(|word| word == derived);
                derives && !by_another.iter().any(|form| attributes.contains(form))
            };
            open = by_derive("Serialize", &["into = "])
                || by_derive("Deserialize", &["try_from = ", "(from = ", " from = "]);
        }
        // A figure writes its float by `wire::float` itself.
        let float = words(&text.replace("Figure<f64>", "")).any(|word| word == "f64" || word == "f32");
        let wide = text.split_once(": ").is_some_and(|(name, kind)| {
            words(name).count() <= 2
                && words(kind).any(|word| ["Decimal", "u64", "i128", "u128"].contains(&word))
        });
        let told = ["float", "wire::own", "_with = "].iter().any(|form| attributes.contains(form))
            || text.contains("::float")
            || text.contains("wire::own");
        if open && (float || wide) && !told {
            found.push(text.to_string());
        }
        attributes.clear();
        let ends = line.starts_with('}') || (item && line.ends_with(';'));
        open &= !ends;
    }
    found
}

/// T5: the default reader of `serde_json` is one step off for a tenth of all floats, and JSON has no form of what is
/// not finite: the crate's own form is each one's shortest text.
#[test]
fn no_number_goes_bare_on_the_wire() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut all = Vec::new();
    for file in files {
        let bare = bare_numbers(&fs::read_to_string(&file).unwrap());
        all.extend(bare.into_iter().map(|one| format!("{}: {one}", file.display())));
    }
    assert!(all.is_empty(), "use `wire::own`: {all:#?}");
    let with = "#[serde(with = \"crate::quantity::wire::own\")]";
    for (source, bare) in [
        ("#[derive(Debug, Serialize)]\npub struct A {\n    /// One.\n    one: f64,\n}\nfn f(x: f64) {}", 1),
        (
            "#[derive(Deserialize)]\nenum A {\n    One {\n        one: f64,\n        two: Vec<f32>,\n    },\n}",
            2,
        ),
        ("#[derive(Serialize, Deserialize)]\nstruct A(Vec<f64>);\nstruct B(f64);", 1),
        ("#[derive(Serialize, Deserialize)]\n#[serde(try_from = \"B\")]\nstruct A {\n    one: f64,\n}", 1),
        (
            "#[derive(Serialize, Deserialize)]\n#[serde(try_from = \"B\", into = \"B\")]\nstruct A {\n    one: f64,\n}",
            0,
        ),
        ("#[derive(Debug)]\nstruct A {\n    one: f64,\n}", 0),
        (
            "#[derive(Serialize)]\nstruct A {\n    one: Option<u64>,\n    pub two: Decimal,\n    three: u32,\n}",
            2,
        ),
        ("#[derive(Serialize)]\nstruct A {\n    one: Figure<f64>,\n    two: Figure<Vec<f64>>,\n}", 1),
    ] {
        assert_eq!(bare_numbers(source).len(), bare, "{source}");
    }
    assert!(
        bare_numbers(&format!("#[derive(Serialize)]\nstruct A {{\n    {with}\n    one: f64,\n}}")).is_empty()
    );
    assert!(bare_numbers(&format!("#[derive(Serialize)]\nstruct A({with} f64);")).is_empty());
}

/// The names of the public types that a source declares at its top level.
fn public_types(source: &str) -> Vec<String> {
    let code = code_of(source);
    let mut found = Vec::new();
    for line in code.lines().filter(|line| line.starts_with("pub ")) {
        let mut names = words(line).skip(1);
        if names.next().is_some_and(|kind| matches!(kind, "struct" | "enum" | "trait" | "type")) {
            found.extend(names.next().map(String::from));
        }
    }
    found
}

/// One name, one thing: a program that uses several modules writes no `as`.
#[test]
fn no_public_name_stands_in_two_modules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut homes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in files {
        let name = file.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        for public in public_types(&fs::read_to_string(&file).unwrap()) {
            homes.entry(public).or_default().insert(name.clone());
        }
    }
    assert!(homes.len() > 300, "only {} public types found", homes.len());
    let twice: Vec<_> = homes.iter().filter(|(_, files)| files.len() > 1).collect();
    assert!(twice.is_empty(), "{twice:#?}");
    assert_eq!(
        public_types("pub struct A;\npub(super) enum B {}\n    pub type C = A;\npub enum D<T> {}"),
        ["A", "D"]
    );
}

#[test]
fn a_broken_house_is_noticed() {
    let broken = [
        ("split/mod.rs", "use crate::budget::Budget;", "`crate::budget::Budget` is on a higher floor"),
        ("split/mod.rs", "use crate::target::Goal;", "is a neighbour"),
        ("decompose/mod.rs", "use crate::ranking::Topsis;", "is a neighbour"),
        ("budget/mod.rs", "use crate::kpi;", "is a neighbour"),
        ("quantity/money.rs", "use crate::time::date;", "is a neighbour"),
        ("error.rs", "use crate::quantity::Unit;", "is a neighbour"),
        ("time/period.rs", "use crate::quantity::Unit;", "`crate::quantity::Unit` is a neighbour"),
        (
            "time/period.rs",
            "use crate::{error, quantity::{wire, Unit}};",
            "`crate::quantity::Unit` is a neighbour",
        ),
        ("time/period.rs", "fn f() { crate::split::integers(1) }", "is on a higher floor"),
        (
            "review.rs",
            "use crate::{\n    kpi::A,\n    pdca::{B, C},\n};",
            "`crate::pdca::C` is on a higher floor",
        ),
        ("kpi/tree.rs", "use crate::Error;", "is above all floors"),
        ("kpi/tree.rs", "use crate::any_error::Error;", "is above all floors"),
        ("split/quota.rs", "use super::super::target::Goal;", "reaches out of its module"),
        ("review.rs", "use super::kpi::Tree;", "reaches out of its module"),
        ("cellar/mod.rs", "", "`cellar` stands on no floor"),
        ("kpi/tree.rs", "use std::vec::Vec;", "`std::`"),
        ("kpi/tree.rs", "let x = ::std::mem::take(y);", "`std::`"),
        ("lib.rs", "unsafe { x() }", "`unsafe`"),
        ("target/goal.rs", "fn f(x: f64) {}", "`f64`"),
        ("quantity/wire.rs", "fn f(x: f32) {}", "`f32`"),
        ("time/due.rs", "let now = SystemTime::now();", "`SystemTime`"),
        ("kpi/tree.rs", "let x = rand::random();", "`rand`"),
        ("kpi/utils.rs", "", "a name that says nothing"),
        ("common/mod.rs", "", "a name that says nothing"),
        // A quote in a character or a string ends no string.
        ("kpi/tree.rs", "let q = '\"'; unsafe {} let r = '\"';", "`unsafe`"),
        ("kpi/tree.rs", "let q = \"\\\"\"; unsafe {}", "`unsafe`"),
        ("kpi/tree.rs", "let q = r#\"\"\"#; unsafe {}", "`unsafe`"),
        ("kpi/tree.rs", "fn f<'a>(x: &'a str) {} unsafe {}", "`unsafe`"),
    ];
    for (name, source, expected) in broken {
        let found = faults(name, source);
        assert!(found.iter().any(|fault| fault.contains(expected)), "{name}: {source}: {found:?}");
    }
    let long = "fn f() {}\n".repeat(MOST_LINES + 1);
    assert_eq!(faults("kpi/tree.rs", &long).len(), 1);
}

#[test]
fn a_sound_house_is_left_alone() {
    let sound = [
        ("split/mod.rs", "use crate::quantity::{Money, natural::Natural};\nuse crate::error::ErrorKind;"),
        (
            "time/period.rs",
            "use crate::quantity::wire::text_on_the_wire;\nuse crate::error::{Path, excerpt};",
        ),
        ("pdca/mod.rs", "use crate::{alert::Alert, kpi::{Tree as Kpi, node}, time};"),
        ("ranking/mod.rs", "use crate::stats::variance;\nuse crate::decompose::close;"),
        ("any_error.rs", "use crate::pdca::PdcaError;\nuse crate::kpi::KpiError;"),
        (
            "kpi/tree.rs",
            "//! unsafe std:: rand\n/// use crate::pdca::X;\n/* unsafe /* f64 */ std::x */ fn f() {}",
        ),
        (
            "kpi/tree.rs",
            "let text = \"unsafe std::vec crate::pdca::X\";\nlet raw = r#\"use \"crate::pdca::X\"#;",
        ),
        ("kpi/tree.rs", "fn f() {}\n#[cfg(test)]\nmod tests { use std::vec; use crate::pdca::X; }"),
        ("split/mod.rs", "// f64\nlet text = \"f64\";"),
        ("kpi/estimate.rs", "fn f(x: f64) {}"),
        ("kpi/tree.rs", "use super::node;\nuse operand::rand_like;\nlet mystd = my_std::x;"),
        ("lib.rs", "#[cfg(test)]\nextern crate std;\npub mod kpi;"),
    ];
    for (name, source) in sound {
        assert_eq!(faults(name, source), [""; 0], "{name}: {source}");
    }
}
