//! T5: numbers and dates pass the wire in the crate's own form, also in the records that the crate's macros read and
//! write.
//!
//! `rust_decimal`, `chrono` and serde have forms of their own for these types: digits that a reader alters, dates that are
//! read in more ways than they are written. A field of such a type that the macro is not told to write as `own` would
//! have theirs.

use crate::house::{code_of, sources};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Types that have another form of their own; a date is only read in another.
const OWN: [&str; 7] = ["f32", "f64", "Decimal", "u64", "i128", "u128", "NaiveDate"];

/// Types of the crate that write what they hold in its form.
const HOLDERS: [&str; 3] = ["Figure<", "Interval<", "Why<"];

/// The calls of the macros, and whether they read.
const CALLS: [(&str, bool); 5] = [
    ("wire_fields!(", true),
    ("deserialize_fields!(", true),
    ("wire_variants!(", true),
    ("serialize_fields!(", false),
    ("serialize_variants!(", false),
];

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

/// The text up to the bracket that closes the first one.
fn closed(text: &str) -> &str {
    let mut depth = 0_usize;
    let end = text.find(|c| {
        depth += usize::from("([{".contains(c));
        let closes = ")]}".contains(c);
        depth -= usize::from(closes);
        closes && depth == 0
    });
    end.map_or(text, |end| &text[..=end])
}

/// The parts between commas that stand in no bracket.
fn parts(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut found) = (0_usize, 0, Vec::new());
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        depth += usize::from("([{<".contains(c));
        depth -= usize::from(")]}".contains(c) || (c == '>' && !"=-".contains(before)));
        if c == ',' && depth == 0 {
            found.push(&text[start..at]);
            start = at + 1;
        }
        before = c;
    }
    found.push(&text[start..]);
    found
}

/// What stands in the first pair of these brackets.
fn inside(text: &str) -> &str {
    let closed = closed(text);
    closed.find(['(', '{', '[']).map_or("", |open| &closed[open + 1..closed.len() - 1])
}

/// The fields of the struct or enum of this name with their types; a single value of a variant under the variant's
/// name, a field of a variant as `Variant.field`.
fn types_of<'a>(code: &'a str, name: &str) -> BTreeMap<String, &'a str> {
    fn fields<'a>(body: &'a str, of: &str, found: &mut BTreeMap<String, &'a str>) {
        for part in parts(body) {
            let part = without_attributes(part);
            if let Some((field, kind)) = part.split_once(':') {
                let field = words(field).last().unwrap_or_default();
                found.insert(format!("{of}{field}"), kind);
            }
        }
    }
    let mut found = BTreeMap::new();
    for kind in ["struct", "enum"] {
        for (at, start) in code.match_indices(&format!("{kind} {name}")) {
            let rest = &code[at + start.len()..];
            if rest.starts_with(|c: char| c.is_alphanumeric() || c == '_') || !rest.contains('{') {
                continue;
            }
            let body = inside(&rest[rest.find('{').unwrap()..]);
            if kind == "struct" {
                fields(body, "", &mut found);
                continue;
            }
            for variant in parts(body) {
                let variant = without_attributes(variant);
                let name = words(variant).next().unwrap_or_default();
                if variant.contains('{') {
                    fields(inside(variant), &format!("{name}."), &mut found);
                } else if variant.contains('(') {
                    found.insert(name.to_string(), inside(variant));
                }
            }
        }
    }
    found
}

fn without_attributes(mut text: &str) -> &str {
    text = text.trim();
    while text.starts_with("#[") {
        text = text[closed(text).len()..].trim();
    }
    text
}

/// The name of a field in a list, and how it passes the wire: a field may itself be called `own`.
fn named(field: &str) -> (&str, &str) {
    let name = words(field).next().unwrap_or_default();
    (name, &field[name.len()..])
}

/// The fields of the records of a source that are not told to have the crate's form, though their type needs it.
fn bare(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (call, reads) in CALLS {
        for (at, _) in code.match_indices(call) {
            if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':') {
                continue;
            }
            let given = inside(&code[at + call.len() - 1..]);
            let Some(open) = given.find('{') else { continue };
            let name =
                words(&given[..open]).find(|word| word.starts_with(char::is_uppercase)).unwrap_or_default();
            let types = types_of(code, name);
            let mut check = |of: &str, field: &str, how: &str| {
                let name = format!("{of}{field}");
                let Some(kind) = types.get(&name) else {
                    found.push(format!("{call}{name}: no such field"));
                    return;
                };
                let needs = !HOLDERS.iter().any(|holder| kind.contains(holder))
                    && words(kind).any(|word| OWN.contains(&word) && (reads || word != "NaiveDate"));
                let told = words(how).any(|word| matches!(word, "own" | "with")) || how.contains("=>");
                if needs && !told {
                    found.push(format!("{name}: {}", kind.trim()));
                }
            };
            for part in
                parts(inside(&given[open..])).into_iter().map(str::trim).filter(|part| !part.is_empty())
            {
                if call.contains("variants") {
                    let variant = part.split_once("=>").unwrap_or_default().1.trim();
                    let name = words(variant).next().unwrap_or_default();
                    if variant.contains('{') {
                        for field in
                            parts(inside(variant)).into_iter().map(str::trim).filter(|f| !f.is_empty())
                        {
                            let (field, how) = named(field);
                            check(&format!("{name}."), field, how);
                        }
                    } else if variant.contains('(') {
                        check("", name, inside(variant));
                    }
                } else {
                    let (field, how) = named(part);
                    check("", field, how);
                }
            }
        }
    }
    found
}

#[test]
fn numbers_and_dates_have_the_crates_own_form() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let (mut all, mut calls) = (Vec::new(), 0);
    for file in files {
        let code = code_of(&fs::read_to_string(&file).unwrap());
        calls += CALLS.iter().map(|(call, _)| code.matches(call).count()).sum::<usize>();
        all.extend(bare(&code).into_iter().map(|one| format!("{}: {one}", file.display())));
    }
    assert!(calls > 200, "only {calls} records found");
    assert!(all.is_empty(), "say `own`: {all:#?}");
}

/// The reader itself.
#[test]
fn a_bare_number_is_seen() {
    for (code, expected) in [
        ("struct A { a: f64, b: u8 }\nwire_fields!(A { a, b });", "a: f64"),
        ("struct A { own: f64 }\nwire_fields!(A { own });", "own: f64"),
        ("struct A { pub a: Option<Decimal> }\nserialize_fields!(A { a: optional });", "a: Option<Decimal>"),
        ("struct A { a: Vec<(NaiveDate, u8)> }\ndeserialize_fields!(A { a });", "a: Vec<(NaiveDate, u8)>"),
        (
            "enum A { One(f64), Two { a: Decimal } }\nwire_variants!(A { \"one\" => One(_), \"two\" => Two { a: own } });",
            "One: f64",
        ),
        ("enum A { Two { a: Decimal } }\nwire_variants!(A { \"two\" => Two { a } });", "Two.a: Decimal"),
    ] {
        assert_eq!(bare(code), [expected], "{code}");
    }
    for code in [
        "struct A { a: f64, b: u8 }\nwire_fields!(A { a: own, b });",
        "struct A { a: Decimal }\nwire_fields!(A { a: unless(is_one, one, own) });",
        "struct A { a: NaiveDate }\nserialize_fields!(A { a });",
        "struct A<K> { key: BTreeMap<K, V>, a: f64 }\nserialize_fields!(A<K> { key, a => written(a) });",
    ] {
        assert!(bare(code).is_empty(), "{code}");
    }
}
