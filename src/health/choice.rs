//! The text of a choice with parameters: `power(2)`.

use alloc::string::String;
use alloc::vec::Vec;

/// A name, with blanks for the dashes and underlines of other spellings, and what stands in brackets behind it.
pub(super) fn named(text: &str) -> Option<(String, Vec<&str>)> {
    let text = text.trim();
    let (name, given) = match text.split_once('(') {
        None => (text, Vec::new()),
        // No parameter has a bracket or a comma of its own, so that a split is a parser.
        Some((name, rest)) => (name, rest.strip_suffix(')')?.split(',').map(str::trim).collect()),
    };
    Some((name.trim().replace(['_', '-'], " "), given))
}
