//! Why there is no such figure, and the error of it.

use crate::error::{ErrorKind, excerpt};
use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;
use serde::{Deserialize, Serialize};

/// A figure that does not exist although its inputs are known: its name and the cause.
///
/// ```
/// # use marketloop::figure::Undefined;
/// let json = r#"{"figure":"rate","cause":"imprecise"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Undefined>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Undefined {
    /// The name of the figure: `cost per order`, or the name of a node.
    pub figure: Cow<'static, str>,
    /// The cause.
    pub cause: Cause,
}

impl Undefined {
    /// The undefined figure of this name, with its cause.
    ///
    /// # Examples
    /// ```
    /// use marketloop::figure::{Cause, Undefined};
    ///
    /// let undefined = Undefined::new("cost per order", Cause::Zero("orders".into()));
    /// assert_eq!(undefined.to_string(), "cost per order is undefined: orders is zero");
    /// ```
    pub fn new(figure: impl Into<Cow<'static, str>>, cause: Cause) -> Self {
        Self { figure: figure.into(), cause }
    }
}

impl fmt::Display for Undefined {
    /// `cost per order is undefined: orders is zero`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is undefined: {}", excerpt(&self.figure), self.cause)
    }
}

impl core::error::Error for Undefined {}

/// What is wrong with a figure that does not exist. The text names what it is about, without an article.
///
/// # Examples
/// ```
/// use marketloop::figure::Cause;
///
/// assert_eq!(Cause::Zero("actual cost".into()).to_string(), "actual cost is zero");
/// let json = serde_json::to_string(&Cause::None("period left".into()))?;
/// assert_eq!(json, r#"{"none":"period left"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Cause {
    /// A divisor is zero.
    Zero(Cow<'static, str>),
    /// An amount that has to be zero or more is below zero.
    Negative(Cow<'static, str>),
    /// An amount that has to be above zero is not.
    NotPositive(Cow<'static, str>),
    /// There is nothing of the kind: no period left, no observation.
    None(Cow<'static, str>),
    /// A value is never reached: a median beyond the last observation, a target out of reach.
    NotReached(Cow<'static, str>),
    /// Inputs that have to agree do not: directions that differ, values that contradict each other.
    Inconsistent(Cow<'static, str>),
    /// The figure needs more digits than its type holds: a decimal 28, a float its exponent.
    OutOfRange,
    /// So long a fraction that only digits with a bound were kept, and the bound does not decide the figure: a
    /// divisor that may be zero, or a decimal that may be rounded up or down.
    Imprecise,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Zero(what) => write!(f, "{} is zero", excerpt(what)),
            Self::Negative(what) => write!(f, "{} is below zero", excerpt(what)),
            Self::NotPositive(what) => write!(f, "{} is not above zero", excerpt(what)),
            Self::None(what) => write!(f, "there is no {}", excerpt(what)),
            Self::NotReached(what) => write!(f, "{} is not reached", excerpt(what)),
            Self::Inconsistent(what) => write!(f, "{} do not agree", excerpt(what)),
            Self::OutOfRange => f.write_str("a figure of more digits than its type holds"),
            Self::Imprecise => f.write_str("a fraction too long for its digits to decide it"),
        }
    }
}

/// Why there is no figure, interval or chain of steps.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FigureError {
    /// Something was not measured or not given.
    #[error("{} is missing", excerpt(.what))]
    Missing {
        /// What it is.
        what: Cow<'static, str>,
    },
    /// There is no such figure.
    #[error(transparent)]
    Undefined(#[from] Undefined),
    /// An interval whose low end is not at or below its high end, or whose ends are infinitely far apart.
    #[error("the low end {low} is not at or below the high end {high}")]
    Reversed {
        /// The low end as given.
        low: String,
        /// The high end as given.
        high: String,
    },
    /// A chain of reasons without a step.
    #[error("a chain of reasons has at least one step")]
    NoSteps,
}

crate::error::fault!(FigureError);

impl FigureError {
    /// The kind of the fault.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Missing { .. } | Self::NoSteps => ErrorKind::Empty,
            Self::Undefined(_) => ErrorKind::Undefined,
            Self::Reversed { .. } => ErrorKind::OutOfRange,
        }
    }
}
