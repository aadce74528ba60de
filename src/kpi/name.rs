//! Names of nodes as text: plain, or between backquotes.

use super::KpiError;
use crate::error::excerpt;
use crate::quantity::grammar::{folded, is_blank, trim};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;

/// The name as it stands in a formula.
pub(super) fn quoted(name: &str) -> String {
    if is_plain(name) { name.to_owned() } else { format!("`{name}`") }
}

/// The sum of the children of `parent` as it stands in a formula.
pub(super) fn quoted_family(parent: &str) -> String {
    format!("sum({}.*)", quoted(parent))
}

/// Whether a name's first character can be this one without backquotes. A letter that nobody sees, as the Hangul filler is,
/// parts words.
pub(super) fn starts(c: char) -> bool {
    (c.is_alphabetic() && !is_blank(c)) || c == '_'
}

/// Whether a plain name can go on with this character; a dot must have another one of these behind it.
pub(super) fn goes_on(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Refuses what cannot stand between backquotes.
pub(super) fn checked(name: &str) -> Result<(), KpiError> {
    if name.is_empty() || name.chars().any(|c| c == '`' || c.is_control()) {
        return Err(KpiError::NotAName { text: excerpt(name) });
    }
    Ok(())
}

/// Refuses what cannot stand between the brackets of `sum[…]`.
pub(super) fn checked_dimension(name: &str) -> Result<(), KpiError> {
    let plain = !name.is_empty() && trim(name) == name;
    if !plain || name.chars().any(|c| matches!(folded(c), ',' | '[' | ']' | '`') || c.is_control()) {
        return Err(KpiError::NotAName { text: excerpt(name) });
    }
    Ok(())
}

/// Refuses what cannot stand behind `owner` in a tree's text.
pub(super) fn checked_owner(owner: &str) -> Result<(), KpiError> {
    let plain = !owner.is_empty() && trim(owner) == owner;
    if !plain || owner.chars().any(|c| matches!(folded(c), ',' | '{' | '}') || c.is_control()) {
        return Err(KpiError::NotAName { text: excerpt(owner) });
    }
    Ok(())
}

fn is_plain(name: &str) -> bool {
    name != "sum"
        && name.chars().next().is_some_and(starts)
        && name.split('.').all(|word| !word.is_empty() && word.chars().all(goes_on))
}
