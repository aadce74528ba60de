//! What stands between the brackets of an aggregate: dimensions, and which of their members count.

use super::name::quoted;
use crate::quantity::grammar::{folded, trim, trim_start};
use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// A dimension that an aggregate takes together: `channel`, `channel in paid`, `channel not in {SEM, Social}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Selection {
    pub(super) dimension: Box<str>,
    pub(super) only: Option<Only>,
}

/// The members that count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Only {
    /// Those of the set, else all others.
    pub(super) is_in: bool,
    pub(super) set: Set,
}

/// Members by the name of their group, or one by one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Set {
    Group(Box<str>),
    Listed(Box<[Box<str>]>),
}

impl Selection {
    /// One of a text. It reads any text: what is no name or no group is refused by the tree, at its node.
    pub(super) fn read(text: &str) -> Self {
        let text = trim(text);
        let (dimension, only) = parted(text).unwrap_or((text, None));
        let set = |rest: &str| match braced(rest) {
            Some(members) => Set::Listed(listed(members).into()),
            None => Set::Group(unquoted(rest).into()),
        };
        let only = only.map(|(is_in, rest)| Only { is_in, set: set(rest) });
        Self { dimension: unquoted(dimension).into(), only }
    }

    /// The text from which it is read.
    pub(super) fn text(&self) -> String {
        let dimension = &self.dimension;
        let plain = !dimension.chars().any(|c| matches!(folded(c), '{' | '}'))
            && !dimension.split(|c| folded(c) == ' ').any(|word| matches!(word, "in" | "not"));
        let dimension = if plain { dimension.as_ref().to_owned() } else { format!("`{dimension}`") };
        let Some(Only { is_in, set }) = &self.only else { return dimension };
        let word = if *is_in { "in" } else { "not in" };
        let set = match set {
            Set::Group(name) => quoted(name),
            Set::Listed(members) => list_text(members),
        };
        format!("{dimension} {word} {set}")
    }
}

/// All that stand between two brackets.
pub(super) fn selections(text: &str) -> Box<[Selection]> {
    parts(text).iter().map(|part| Selection::read(part)).collect()
}

/// As they stand between two brackets.
pub(super) fn selections_text(selections: &[Selection]) -> String {
    selections.iter().map(Selection::text).collect::<Vec<_>>().join(", ")
}

/// The members of a list, as they stand between two braces.
pub(super) fn listed(text: &str) -> Vec<Box<str>> {
    if trim(text).is_empty() {
        return Vec::new();
    }
    parts(text).iter().map(|part| unquoted(trim(part)).into()).collect()
}

/// A list of members in its braces.
pub(super) fn list_text(members: &[Box<str>]) -> String {
    let member = |member: &str| {
        let plain = trim(member) == member
            && !member.chars().any(|c| matches!(folded(c), ',' | '{' | '}' | '[' | ']'));
        if plain { member.to_owned() } else { format!("`{member}`") }
    };
    format!("{{{}}}", members.iter().map(|name| member(name)).collect::<Vec<_>>().join(", "))
}

/// What stands between commas, but for those within backquotes or braces.
fn parts(text: &str) -> Vec<String> {
    let mut parts = alloc::vec![String::new()];
    let (mut is_quoted, mut depth) = (false, 0_usize);
    for c in text.chars() {
        if c == '`' {
            is_quoted = !is_quoted;
        } else if !is_quoted {
            match folded(c) {
                ',' if depth == 0 => {
                    parts.push(String::new());
                    continue;
                }
                '{' => depth = depth.saturating_add(1),
                // One too many closes nothing here: what is left over is no name.
                '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        if let Some(part) = parts.last_mut() {
            part.push(c);
        }
    }
    parts
}

/// A dimension, and behind `in` or `not in` what stands there; `None` for a text that is no such thing.
fn parted(text: &str) -> Option<(&str, Option<(bool, &str)>)> {
    if let Some(inner) = text.strip_prefix('`') {
        let (name, rest) = inner.split_once('`')?;
        let rest = trim_start(rest);
        if rest.is_empty() {
            return Some((name, None));
        }
        let within = |text| Some((name, Some((true, behind_word(text, "in")?))));
        let without =
            |text| Some((name, Some((false, behind_word(trim_start(behind_word(text, "not")?), "in")?))));
        return within(rest).or_else(|| without(rest));
    }
    let is_start = |(at, c): (usize, char)| {
        folded(c) == ' ' && behind_word(trim_start(text.split_at(at).1), "in").is_some()
    };
    let Some((at, _)) = text.char_indices().find(|found| is_start(*found)) else { return Some((text, None)) };
    let (name, rest) = text.split_at(at);
    let rest = behind_word(trim_start(rest), "in")?;
    let name = trim(name);
    match name.strip_suffix("not") {
        Some(name) if name.ends_with(|c| folded(c) == ' ') => Some((trim(name), Some((false, rest)))),
        _ => Some((name, Some((true, rest)))),
    }
}

/// What stands behind a word, which ends there.
fn behind_word<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let rest = text.strip_prefix(word)?;
    let ends = rest.chars().next().is_none_or(|c| matches!(folded(c), ' ' | '{') || c == '`');
    ends.then(|| trim(rest))
}

/// What stands between two braces.
fn braced(text: &str) -> Option<&str> {
    text.strip_prefix(|c| folded(c) == '{')?.strip_suffix(|c| folded(c) == '}')
}

/// The name without its backquotes, if it has them.
fn unquoted(text: &str) -> &str {
    let inner = text.strip_prefix('`').and_then(|text| text.strip_suffix('`'));
    inner.filter(|inner| !inner.contains('`')).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn what_is_written_is_read_back() {
        for (text, written) in [
            ("channel", "channel"),
            ("channel, city", "channel, city"),
            ("channel in paid , city", "channel in paid, city"),
            ("渠道 in｛信息流， SEM｝", "渠道 in {信息流, SEM}"),
            ("sales channel  not  in 付费", "sales channel not in 付费"),
            ("`made in`", "`made in`"),
            ("`may not` in paid, `not`", "`may not` in paid, `not`"),
            ("`made in` not in {`a, b`, c d, ` e`}", "`made in` not in {`a, b`, c d, ` e`}"),
            ("channel in `my group`, `in`in{in}", "channel in `my group`, `in` in {in}"),
            ("channel in {}", "channel in {}"),
            ("inn, bin", "inn, bin"),
        ] {
            let read = selections(text);
            assert_eq!(selections_text(&read), written, "{text}");
            assert_eq!(selections(written), read, "{text}");
        }
    }

    #[test]
    fn what_is_no_selection_is_no_name_either() {
        for text in ["", "`a", "`a`b", "`a` of b", "a, , b"] {
            let is_name = |selection: &Selection| {
                crate::kpi::name::checked_dimension(&selection.dimension).is_ok() && selection.only.is_none()
            };
            assert!(!selections(text).iter().all(is_name), "{text}");
        }
        let group = |text: &str| match Selection::read(text).only {
            Some(Only { set: Set::Group(name), .. }) => name.to_string(),
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(group("a in {b"), "{b");
        assert_eq!(group("a in"), "");
    }
}
