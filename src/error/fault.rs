//! What every error of the crate can be asked, and the one form in which problems are written.

use super::{ErrorKind, Path, Problem, Problems, Short};
use alloc::string::String;
use core::fmt::{self, Write as _};
use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

/// A kind and a stable code: what programs branch on, the same for every error of the crate.
///
/// Each error enum has both as methods of its own; the trait is for code that takes any of them.
///
/// # Examples
/// ```
/// use marketloop::error::Fault;
/// use marketloop::quantity::Money;
/// use marketloop::time::Period;
///
/// fn status(error: &impl Fault) -> u16 {
///     match error.code() {
///         "not_found" => 404,
///         "duplicate" | "conflict" => 409,
///         _ => 422,
///     }
/// }
/// assert_eq!(status(&Money::parse("12 apples").unwrap_err()), 422);
/// assert_eq!(status(&"summer".parse::<Period>().unwrap_err()), 422);
/// ```
pub trait Fault {
    /// The kind of the fault.
    fn kind(&self) -> ErrorKind;

    /// The stable name of its [`kind`](Self::kind): `not_found`, `syntax`.
    fn code(&self) -> &'static str {
        self.kind().code()
    }

    /// The problems of an error that is itself a list of them; any other error comes back as it is.
    ///
    /// [`Problems`] joins such a list instead of nesting it, so that no error is deeper than the crate made it and
    /// nothing that walks one recurses without end.
    ///
    /// # Errors
    /// The list, where the error is one.
    fn single(self) -> Result<Self, Problems<Self>>
    where
        Self: Sized,
    {
        Ok(self)
    }
}

impl<F: Fault + ?Sized> Fault for &F {
    fn kind(&self) -> ErrorKind {
        (**self).kind()
    }
}

/// Implements [`Fault`] for error enums with a `kind()` of their own, and adds `code()`, so that a caller needs no import.
macro_rules! fault {
    ($($error:ty),+ $(,)?) => {$(
        impl $error {
            /// The stable name of its [`kind`](Self::kind) for programs: `not_found`, `syntax`.
            #[must_use]
            pub fn code(&self) -> &'static str {
                self.kind().code()
            }
        }

        impl $crate::error::Fault for $error {
            fn kind(&self) -> $crate::error::ErrorKind {
                // The method of the enum itself: those come before a trait's.
                Self::kind(self)
            }
        }
    )+};
}
pub(crate) use fault;

impl<E: Fault> Problem<E> {
    /// The kind of the fault.
    pub fn kind(&self) -> ErrorKind {
        self.error.kind()
    }

    /// The stable name of its [`kind`](Self::kind): `not_found`, `syntax`.
    pub fn code(&self) -> &'static str {
        self.error.code()
    }
}

impl<E: fmt::Display> Problem<E> {
    /// The fault in words without its place, at most 1,000 characters and `…`.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail; an error of the text itself only ends it early.
        let _ = write!(text, "{}", Short(&self.error));
        text
    }
}

impl<E: Fault + fmt::Display + Serialize> Serialize for Problem<E> {
    /// `{ "path": …, "code": …, "text": …, "error": {…} }`, the error as data.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Problem", 4)?;
        fields.serialize_field("path", &self.path)?;
        fields.serialize_field("code", self.code())?;
        // Words beside the data: a caller shows the one and branches on the other.
        fields.serialize_field("text", &self.text())?;
        fields.serialize_field("error", &self.error)?;
        fields.end()
    }
}

impl<E: Fault + fmt::Display + Serialize> Serialize for Problems<E> {
    /// The list of the problems.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self)
    }
}

impl<E: Fault> FromIterator<(Path, E)> for Problems<E> {
    fn from_iter<I: IntoIterator<Item = (Path, E)>>(problems: I) -> Self {
        let mut list = Self::new();
        for (path, error) in problems {
            list.push(path, error);
        }
        list
    }
}
