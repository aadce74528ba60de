//! Texts that had to name one of a closed set of choices.

use super::{ErrorKind, excerpt, fault};
use alloc::string::String;

/// A text that names none of the choices.
///
/// Every module's error has it as its variant `UnknownWord`.
///
/// # Examples
/// ```
/// use marketloop::target::Better;
///
/// let error = "up".parse::<Better>().unwrap_err();
/// assert_eq!(error.to_string(), "`up` is no direction: higher, lower");
/// assert_eq!(error.code(), "syntax");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize)]
#[error("`{text}` is no {what}: {}", known.join(", "))]
#[non_exhaustive]
pub struct UnknownWord {
    /// What kind of word was expected: `grain`, `direction`.
    pub what: &'static str,
    /// The text as given, shortened when long.
    pub text: String,
    /// The words that are known, as on the wire, or the forms of a text.
    pub known: &'static [&'static str],
}

impl UnknownWord {
    pub(crate) fn new(what: &'static str, text: &str, known: &'static [&'static str]) -> Self {
        Self { what, text: excerpt(text), known }
    }

    /// The kind of the fault: [`ErrorKind::Syntax`].
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        ErrorKind::Syntax
    }
}

fault!(UnknownWord);
