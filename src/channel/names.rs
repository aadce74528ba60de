//! Words for closed sets of choices.

use super::ChannelError;
use crate::error::excerpt;
use crate::quantity::grammar::plain;
use alloc::string::String;
use alloc::vec::Vec;

/// The choice that has this name, in small letters or capitals, with blanks, hyphens or underscores.
pub(super) fn chosen<T: Copy, const N: usize>(
    text: &str,
    what: &'static str,
    choices: impl IntoIterator<Item = (T, [&'static str; N])>,
) -> Result<T, ChannelError> {
    let words = |text: &str| -> Vec<String> {
        plain(text).split([' ', '-', '_']).map(str::to_ascii_lowercase).collect()
    };
    let asked = words(text);
    let mut choices = choices.into_iter();
    let found = choices.find(|(_, names)| names.iter().any(|name| words(name) == asked));
    found.map(|(choice, _)| choice).ok_or_else(|| ChannelError::UnknownName { what, text: excerpt(text) })
}
