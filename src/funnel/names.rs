//! Words for closed sets of choices.

use super::FunnelError;
use crate::error::excerpt;
use crate::quantity::grammar::plain;
use alloc::string::String;

/// The choice that has this name, in small letters or capitals, with blanks, hyphens or underscores.
pub(super) fn chosen<T: Copy>(
    text: &str,
    what: &'static str,
    choices: &[(T, &'static str)],
) -> Result<T, FunnelError> {
    let word = |text: &str| -> String { plain(text).replace([' ', '-'], "_").to_ascii_lowercase() };
    let asked = word(text);
    let found = choices.iter().find(|(_, name)| word(name) == asked).map(|(choice, _)| *choice);
    found.ok_or_else(|| FunnelError::UnknownName { what, text: excerpt(text) })
}
