//! What every error of the crate has in common: a [`kind`](ErrorKind) that a program can branch on, and
//! [`Problems`], the list of everything that is wrong with a plan, each with the path of its place.
//!
//! Each module has one error enum of its own with the data of the fault; [`crate::Error`] unites them.
//!
//! ```
//! use marketloop::error::{Path, Problems};
//! use marketloop::quantity::{QuantityError, Share};
//!
//! let mut problems = Problems::new();
//! for (index, percent) in [40, 130, -5].into_iter().enumerate() {
//!     let path = Path::root().field("lines").index(index);
//!     let _share = problems.take(&path, Share::percent(percent));
//! }
//! let problems = problems.into_result(()).unwrap_err();
//! assert_eq!(problems.len(), 2);
//! assert_eq!(
//!     problems.to_string(),
//!     "2 problems\n  lines[1]: share 1.3 is outside 0..=1\n  lines[2]: share -0.05 is outside 0..=1"
//! );
//! # let _: Problems<QuantityError> = problems;
//! ```

mod counted;
mod excerpt;
mod fault;
mod lookup;
mod size;
mod word;

pub use fault::Fault;
pub use size::TooLarge;
pub use word::UnknownWord;

pub(crate) use counted::Counted;
pub(crate) use excerpt::{chain, excerpt, is_invisible, joined, listed};
pub(crate) use fault::fault;
pub(crate) use lookup::{Lookup, repeated};
pub(crate) use size::within;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Write as _};

/// The kind of a fault, the same ten for the whole crate.
///
/// A program branches on the kind, or on its [`code`](Self::code), which never changes:
///
/// ```
/// use marketloop::error::ErrorKind;
/// use marketloop::quantity::Money;
///
/// let status = |kind: ErrorKind| match kind.code() {
///     "not_found" => 404,
///     "duplicate" | "conflict" => 409,
///     "limit" => 413,
///     _ => 422,
/// };
/// let error = Money::parse("12.5O CNY").unwrap_err();
/// assert_eq!((error.kind(), status(error.kind())), (ErrorKind::Syntax, 422));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// A value lies outside the range that its type or its place admits.
    OutOfRange,
    /// Two things that have to agree do not: units, currencies, lengths, a sum and its total.
    Mismatch,
    /// The exact result does not fit the number type that would have to hold it.
    Overflow,
    /// Something that needs at least one element has none.
    Empty,
    /// Requirements that contradict each other: floors above a budget, an event that its cycle does not allow.
    Conflict,
    /// The figure does not exist: a ratio whose denominator is 0, a date beyond the known calendar.
    Undefined,
    /// A name or a number that is not known: of a line, a channel, a task.
    NotFound,
    /// A name that has to be unique is there twice.
    Duplicate,
    /// A text does not have the form that is expected.
    Syntax,
    /// The result, or the search for it, would be larger than a stated limit: see [`TooLarge`].
    Limit,
}

impl ErrorKind {
    /// All kinds.
    pub const ALL: [Self; 10] = [
        Self::OutOfRange,
        Self::Mismatch,
        Self::Overflow,
        Self::Empty,
        Self::Conflict,
        Self::Undefined,
        Self::NotFound,
        Self::Duplicate,
        Self::Syntax,
        Self::Limit,
    ];

    /// The stable name for programs, also on the wire: `out_of_range`, `mismatch`, `overflow`, `empty`, `conflict`,
    /// `undefined`, `not_found`, `duplicate`, `syntax`, `limit`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::OutOfRange => "out_of_range",
            Self::Mismatch => "mismatch",
            Self::Overflow => "overflow",
            Self::Empty => "empty",
            Self::Conflict => "conflict",
            Self::Undefined => "undefined",
            Self::NotFound => "not_found",
            Self::Duplicate => "duplicate",
            Self::Syntax => "syntax",
            Self::Limit => "limit",
        }
    }
}

impl fmt::Display for ErrorKind {
    /// The [`code`](ErrorKind::code) with blanks: `not found`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.code().replace('_', " "))
    }
}

/// Where in a plan a value stands: `lines[2].cap`. On the wire it is that text, empty for the root.
///
/// ```
/// # use marketloop::error::Path;
/// let json = r#""lines[\"a.b\"]""#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Path>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
// A text and no list of parts: paths are made, extended and shown, and nothing takes one apart again.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct Path(String);

impl Path {
    /// The path of the plan itself, printed as `.`.
    #[must_use]
    pub const fn root() -> Self {
        Self(String::new())
    }

    /// The path of the field `name` of the value at this path.
    ///
    /// # Examples
    /// ```
    /// use marketloop::error::Path;
    ///
    /// assert_eq!(Path::root().field("reserve").field("cap").as_str(), "reserve.cap");
    /// ```
    #[must_use]
    pub fn field(&self, name: &str) -> Self {
        Self(if self.0.is_empty() { name.into() } else { format!("{}.{name}", self.0) })
    }

    /// The path of the element at `index` (from 0) of the list at this path.
    ///
    /// # Examples
    /// ```
    /// use marketloop::error::Path;
    ///
    /// assert_eq!(Path::root().field("lines").index(2).field("cap").as_str(), "lines[2].cap");
    /// ```
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        Self(format!("{}[{index}]", self.0))
    }

    /// The path of the value of `key` in the map at this path: `lines.SEM`, or `lines["a.b"]` where the key
    /// has other characters than letters, digits, `_` and `-`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::error::Path;
    ///
    /// let lines = Path::root().field("lines");
    /// assert_eq!(lines.key("SEM").as_str(), "lines.SEM");
    /// assert_eq!(lines.key("google / cpc").as_str(), r#"lines["google / cpc"]"#);
    /// ```
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        // A key with a dot or a bracket would read as a path of its own.
        let plain = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
        if !key.is_empty() && key.chars().all(plain) {
            self.field(key)
        } else {
            Self(format!("{}[{key:?}]", self.0))
        }
    }

    /// This path, seen from `base`: `base` followed by this path.
    ///
    /// # Examples
    /// ```
    /// use marketloop::error::Path;
    ///
    /// let line = Path::root().field("lines").index(2);
    /// assert_eq!(Path::root().field("cap").within(&line).as_str(), "lines[2].cap");
    /// ```
    #[must_use]
    pub fn within(&self, base: &Self) -> Self {
        // A path that begins with a bracket follows its base without a dot, as JSON paths are written.
        if base.0.is_empty() {
            self.clone()
        } else if self.0.is_empty() || self.0.starts_with('[') {
            Self(format!("{}{}", base.0, self.0))
        } else {
            Self(format!("{}.{}", base.0, self.0))
        }
    }

    /// The path as text, empty for the root.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "." } else { &self.0 })
    }
}

/// One fault and its place.
///
/// On the wire it has its path, its [code](ErrorKind::code), its text and its data:
///
/// ```
/// use marketloop::error::{Path, Problems};
/// use marketloop::quantity::{QuantityError, Share};
///
/// let mut problems = Problems::<QuantityError>::new();
/// problems.take(&Path::root().field("share"), Share::percent(130));
/// assert_eq!(
///     serde_json::to_value(&problems)?,
///     serde_json::json!([{
///         "path": "share",
///         "code": "out_of_range",
///         "text": "share 1.3 is outside 0..=1",
///         "error": { "share_out_of_range": { "value": "1.3" } }
///     }])
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem<E> {
    /// Where the fault is.
    pub path: Path,
    /// What the fault is.
    pub error: E,
}

/// The maximum number of characters of one problem's text.
const LONGEST_PROBLEM: usize = 1_000;
/// The maximum number of problems that are shown.
// With the limit of one problem it bounds the text of any list, however many faults a document has.
const MOST_PROBLEMS: usize = 100;
impl<E: fmt::Display> fmt::Display for Problem<E> {
    /// `lines[2]: share 1.3 is outside 0..=1`, at most 1,000 characters and `…`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        capped(f, format_args!("{}: {}", self.path, self.error))
    }
}

/// At most 1,000 characters of `text`, and `…` where there are more.
fn capped(f: &mut fmt::Formatter<'_>, text: fmt::Arguments<'_>) -> fmt::Result {
    let mut capped = Capped { to: f, left: LONGEST_PROBLEM };
    match capped.write_fmt(text) {
        // Not the formatter but the cap refused more.
        Err(fmt::Error) if capped.left == 0 => f.write_str("…"),
        written => written,
    }
}

/// The text of an error, cut like a problem's.
struct Short<'a, E>(&'a E);

impl<E: fmt::Display> fmt::Display for Short<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        capped(f, format_args!("{}", self.0))
    }
}

/// Passes on `left` characters and refuses more, so that no text is made that nobody sees.
struct Capped<'a, 'b> {
    to: &'a mut fmt::Formatter<'b>,
    left: usize,
}

impl fmt::Write for Capped<'_, '_> {
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a text without a character at `left` has at most so many"
    )]
    fn write_str(&mut self, text: &str) -> fmt::Result {
        // By characters: a cut within one would be no text.
        if let Some((end, _)) = text.char_indices().nth(self.left) {
            self.left = 0;
            self.to.write_str(text.split_at(end).0)?;
            return Err(fmt::Error);
        }
        self.left -= text.chars().count();
        self.to.write_str(text)
    }
}

/// Everything that is wrong with a plan, in the order in which it was found.
///
/// As an error (behind [`Problems::into_result`]) it holds at least one problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems<E> {
    list: Vec<Problem<E>>,
}

impl<E> Default for Problems<E> {
    fn default() -> Self {
        Self::new()
    }
}

impl<E> Problems<E> {
    /// An empty list, to collect into.
    #[must_use]
    pub const fn new() -> Self {
        Self { list: Vec::new() }
    }

    /// Adds one fault at `path`. An [`Error`](crate::Error) that is itself a list adds all its problems, with `path` in
    /// front of their paths.
    ///
    /// # Examples
    /// ```
    /// use marketloop::error::{Path, Problems};
    /// use marketloop::quantity::QuantityError;
    ///
    /// let mut problems = Problems::<QuantityError>::new();
    /// problems.push(Path::root().field("mix"), QuantityError::EmptyMix);
    /// assert_eq!(problems.to_string(), "mix: a mix needs at least one entry");
    /// ```
    pub fn push(&mut self, path: Path, error: impl Into<E>)
    where
        E: Fault,
    {
        match error.into().single() {
            Ok(error) => self.list.push(Problem { path, error }),
            // A list holds no lists: one level is all there is to join.
            Err(problems) => self.list.extend(
                problems
                    .list
                    .into_iter()
                    .map(|Problem { path: inner, error }| Problem { path: inner.within(&path), error }),
            ),
        }
    }

    /// The value of `result`, or `None` after its error was added at `path`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::error::{Path, Problems};
    /// use marketloop::quantity::{QuantityError, Share};
    ///
    /// let (mut problems, at) = (Problems::<QuantityError>::new(), Path::root().field("share"));
    /// assert!(problems.take(&at, Share::percent(40)).is_some() && problems.is_empty());
    /// assert!(problems.take(&at, Share::percent(140)).is_none() && problems.len() == 1);
    /// ```
    pub fn take<T>(&mut self, path: &Path, result: Result<T, impl Into<E>>) -> Option<T>
    where
        E: Fault,
    {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.push(path.clone(), error);
                None
            }
        }
    }

    /// The value of `result`, or `None` after all its problems were added below `base`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::error::{Path, Problems};
    /// use marketloop::quantity::{QuantityError, Share};
    ///
    /// fn line(percent: i64) -> Result<Share, Problems<QuantityError>> {
    ///     let mut problems = Problems::new();
    ///     let share = problems.take(&Path::root().field("share"), Share::percent(percent));
    ///     problems.finish(share)
    /// }
    /// let mut plan = Problems::<QuantityError>::new();
    /// plan.take_all(&Path::root().field("lines").index(1), line(140));
    /// assert_eq!(plan.to_string(), "lines[1].share: share 1.4 is outside 0..=1");
    /// ```
    pub fn take_all<T, F: Into<E>>(&mut self, base: &Path, result: Result<T, Problems<F>>) -> Option<T>
    where
        E: Fault,
    {
        match result {
            Ok(value) => Some(value),
            Err(problems) => {
                for Problem { path, error } in problems.list {
                    self.push(path.within(base), error);
                }
                None
            }
        }
    }

    /// `Ok(value)` when there is no problem, else all the problems.
    ///
    /// # Errors
    /// The list itself, when it is not empty.
    pub fn into_result<T>(self, value: T) -> Result<T, Self> {
        if self.list.is_empty() { Ok(value) } else { Err(self) }
    }

    /// The value that was built from several [`take`](Self::take)s, or all the problems.
    ///
    /// A `None` without a problem cannot come from `take`; it is answered with an empty list.
    ///
    /// # Errors
    /// The list itself, when it is not empty or when there is no value.
    ///
    /// # Examples
    /// ```
    /// use marketloop::error::{Path, Problems};
    /// use marketloop::quantity::{Money, QuantityError};
    ///
    /// let (mut problems, root) = (Problems::<QuantityError>::new(), Path::root());
    /// let floor = problems.take(&root.field("floor"), Money::parse("10 CNY"));
    /// let cap = problems.take(&root.field("cap"), Money::parse("12 apples"));
    /// // Both are there, or the list says what is wrong with each.
    /// let refused = problems.finish(floor.zip(cap)).unwrap_err();
    /// assert_eq!(refused.to_string(), "cap: `apples` is not an ISO 4217 currency code");
    /// ```
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Self> {
        // A value beside problems is not handed out: it was made of the parts that were sound.
        match value {
            Some(value) if self.list.is_empty() => Ok(value),
            _ => Err(self),
        }
    }

    /// The problems in the order in which they were found.
    pub fn iter(&self) -> core::slice::Iter<'_, Problem<E>> {
        self.list.iter()
    }

    /// How many problems there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is no problem.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

impl<E> IntoIterator for Problems<E> {
    type Item = Problem<E>;
    type IntoIter = alloc::vec::IntoIter<Problem<E>>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl<'a, E> IntoIterator for &'a Problems<E> {
    type Item = &'a Problem<E>;
    type IntoIter = core::slice::Iter<'a, Problem<E>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<E: fmt::Display> fmt::Display for Problems<E> {
    /// One problem on its line, several on a line each: the first 100 and how many more there are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [only] = self.list.as_slice() {
            return only.fmt(f);
        }
        write!(f, "{} problems", self.list.len())?;
        self.list.iter().take(MOST_PROBLEMS).try_for_each(|problem| write!(f, "\n  {problem}"))?;
        match self.list.len().checked_sub(MOST_PROBLEMS) {
            None | Some(0) => Ok(()),
            Some(more) => write!(f, "\n  and {more} more"),
        }
    }
}

impl<E: fmt::Display + fmt::Debug> core::error::Error for Problems<E> {}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    impl Fault for String {
        fn kind(&self) -> ErrorKind {
            ErrorKind::Syntax
        }
    }

    /// L6: no error's text grows with the input.
    #[test]
    fn the_text_of_problems_is_bounded() {
        let mut problems = Problems::<String>::new();
        for index in 0..100_000 {
            problems.push(Path::root().field(&"f".repeat(10)).index(index), "?".repeat(5_000));
        }
        let text = problems.to_string();
        assert!(text.len() < 110_000, "{}", text.len());
        assert!(
            text.starts_with("100000 problems\n  ffffffffff[0]: ???")
                && text.ends_with("?…\n  and 99900 more")
        );
        let one = Problem { path: Path::root(), error: "é".repeat(998) };
        assert_eq!(one.to_string().chars().count(), 1_001);
        let one = Problem { path: Path::root(), error: "é".repeat(997) };
        assert_eq!(one.to_string(), format!(".: {}", one.error));
    }
}
