//! A figure, or why there is none.

use super::cause::{Cause, FigureError, Undefined};
use super::on_wire::{FromWire, Read, ToWire, Written};
use crate::error::excerpt;
use alloc::borrow::Cow;
use core::fmt;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A figure that is known, missing (something was not measured) or undefined (its inputs are known, and it does not
/// exist).
///
/// On the wire `{"known": …}`, `{"missing": "visits"}` or
/// `{"undefined": {"figure": "cost per visit", "cause": {"zero": "visits"}}}`.
///
/// # Examples
/// ```
/// use marketloop::figure::Figure;
/// use marketloop::quantity::Ratio;
///
/// let rate: Figure<Ratio> = serde_json::from_str(r#"{"known":"9/10"}"#)?;
/// assert_eq!(format!("{rate:.2}"), "0.90");
/// assert_eq!(rate.clone().get()?.to_percent(), "90%");
/// let gap: Figure<Ratio> = Figure::missing("visits");
/// assert_eq!(rate.zip(gap).get().unwrap_err().to_string(), "visits is missing");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Figure<T> {
    /// The value.
    Known(T),
    /// This was not measured or not given.
    Missing(Cow<'static, str>),
    /// The inputs are known and the figure does not exist: a cost per order without orders.
    Undefined(Undefined),
}

impl<T> Figure<T> {
    /// A missing figure: `what` was not measured or not given.
    ///
    /// # Examples
    /// ```
    /// use marketloop::figure::Figure;
    ///
    /// let visits: Figure<u32> = Figure::missing("visits");
    /// assert_eq!(visits.to_string(), "missing: visits"); // not 0: nobody counted
    /// ```
    pub fn missing(what: impl Into<Cow<'static, str>>) -> Self {
        Self::Missing(what.into())
    }

    /// An undefined figure of this name, with the cause.
    ///
    /// # Examples
    /// ```
    /// use marketloop::figure::{Cause, Figure};
    ///
    /// let cost: Figure<u32> = Figure::undefined("cost per order", Cause::Zero("orders".into()));
    /// assert_eq!(cost.to_string(), "undefined: orders is zero");
    /// ```
    pub fn undefined(figure: impl Into<Cow<'static, str>>, cause: Cause) -> Self {
        Self::Undefined(Undefined::new(figure, cause))
    }

    /// The value, or `None` where the figure is missing or undefined. Where the two call for different answers, use
    /// `match`.
    #[must_use]
    pub fn known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            _ => None,
        }
    }

    /// Whether the figure is known.
    #[must_use]
    pub const fn is_known(&self) -> bool {
        matches!(self, Self::Known(_))
    }

    /// Whether the figure is missing: something was not measured or not given.
    #[must_use]
    pub const fn is_missing(&self) -> bool {
        matches!(self, Self::Missing(_))
    }

    /// Whether the figure is undefined: its inputs are known, and it does not exist.
    #[must_use]
    pub const fn is_undefined(&self) -> bool {
        matches!(self, Self::Undefined(_))
    }

    /// The figure, or the error that says why there is none: `let rate = figure.get()?;`.
    ///
    /// # Errors
    /// [`FigureError::Missing`], [`FigureError::Undefined`].
    pub fn get(self) -> Result<T, FigureError> {
        match self {
            Self::Known(value) => Ok(value),
            Self::Missing(what) => Err(FigureError::Missing { what }),
            Self::Undefined(why) => Err(FigureError::Undefined(why)),
        }
    }

    /// A figure that borrows the value of this one.
    #[must_use]
    pub fn as_ref(&self) -> Figure<&T> {
        match self {
            Self::Known(value) => Figure::Known(value),
            Self::Missing(what) => Figure::Missing(what.clone()),
            Self::Undefined(why) => Figure::Undefined(why.clone()),
        }
    }

    /// Applies `f` to the value of a known figure; a missing or undefined one stays as it is.
    ///
    /// # Examples
    /// ```
    /// use marketloop::figure::Figure;
    ///
    /// assert_eq!(Figure::Known(3).map(|orders| orders * 20), Figure::Known(60));
    /// assert!(Figure::<u32>::missing("orders").map(|orders| orders * 20).is_missing());
    /// ```
    #[must_use]
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Figure<U> {
        // One function passes on what is not known: no second one can do it in another way.
        self.and_then(|value| Figure::Known(f(value)))
    }

    /// Applies `f`, whose figure may not exist either, to the value of a known figure; a missing or undefined one stays
    /// as it is.
    ///
    /// # Examples
    /// ```
    /// use marketloop::figure::{Cause, Figure};
    ///
    /// let per_order = |orders: u32| match 600_u32.checked_div(orders) {
    ///     Some(cost) => Figure::Known(cost),
    ///     None => Figure::undefined("cost per order", Cause::Zero("orders".into())),
    /// };
    /// assert_eq!(Figure::Known(30).and_then(per_order), Figure::Known(20));
    /// assert!(Figure::Known(0).and_then(per_order).is_undefined());
    /// assert!(Figure::missing("orders").and_then(per_order).is_missing());
    /// ```
    #[must_use]
    pub fn and_then<U>(self, f: impl FnOnce(T) -> Figure<U>) -> Figure<U> {
        match self {
            Self::Known(value) => f(value),
            Self::Missing(what) => Figure::Missing(what),
            Self::Undefined(why) => Figure::Undefined(why),
        }
    }

    /// Applies `f`, which may fail with an error, to the value of a known figure; a missing or undefined one stays as it
    /// is.
    ///
    /// # Errors
    /// Those of `f`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::figure::Figure;
    /// use marketloop::quantity::Money;
    ///
    /// let spend = Figure::Known("1200 CNY").try_map(Money::parse)?;
    /// assert_eq!(spend.to_string(), "1,200.00 CNY");
    /// assert!(Figure::Known("a lot").try_map(Money::parse).is_err()); // a fault is no missing figure
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn try_map<U, E>(self, f: impl FnOnce(T) -> Result<U, E>) -> Result<Figure<U>, E> {
        match self {
            Self::Known(value) => f(value).map(Figure::Known),
            Self::Missing(what) => Ok(Figure::Missing(what)),
            Self::Undefined(why) => Ok(Figure::Undefined(why)),
        }
    }

    /// Both values as a pair. If one figure is missing and the other undefined, the pair is missing, because it can still
    /// be measured; of two that are alike the first one is reported.
    ///
    /// # Examples
    /// ```
    /// use marketloop::figure::{Cause, Figure};
    ///
    /// let none: Figure<u32> = Figure::undefined("rate", Cause::Zero("visits".into()));
    /// assert_eq!(Figure::Known(1).zip(Figure::Known(2)), Figure::Known((1, 2)));
    /// assert!(none.zip(Figure::<u32>::missing("orders")).is_missing());
    /// ```
    #[must_use]
    pub fn zip<U>(self, other: Figure<U>) -> Figure<(T, U)> {
        match (self, other) {
            (Self::Known(a), Figure::Known(b)) => Figure::Known((a, b)),
            // The missing one first: it can still be measured, what is undefined cannot.
            (Self::Missing(what), _) | (_, Figure::Missing(what)) => Figure::Missing(what),
            (Self::Undefined(why), _) | (_, Figure::Undefined(why)) => Figure::Undefined(why),
        }
    }
}

impl<T> From<Figure<T>> for Result<T, FigureError> {
    fn from(figure: Figure<T>) -> Self {
        figure.get()
    }
}

impl<T: fmt::Display> fmt::Display for Figure<T> {
    /// The figure in the form that is asked for, or `missing: visits`, or `undefined: visits is zero`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(value) => value.fmt(f),
            Self::Missing(what) => write!(f, "missing: {}", excerpt(what)),
            Self::Undefined(why) => write!(f, "undefined: {}", why.cause),
        }
    }
}

#[derive(Serialize)]
#[serde(rename = "Figure", rename_all = "snake_case", bound(serialize = "T: ToWire"))]
enum Out<'a, T> {
    Known(Written<'a, T>),
    Missing(&'a str),
    Undefined(&'a Undefined),
}

impl<T: ToWire> Serialize for Figure<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Known(value) => Out::Known(Written(value)),
            Self::Missing(what) => Out::Missing(what),
            Self::Undefined(why) => Out::Undefined(why),
        }
        .serialize(serializer)
    }
}

impl<T: ToWire> ToWire for Figure<T> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize(serializer)
    }
}

#[derive(Deserialize)]
#[serde(rename = "Figure", rename_all = "snake_case", bound(deserialize = "T: FromWire"))]
enum In<T> {
    Known(Read<T>),
    Missing(Cow<'static, str>),
    Undefined(Undefined),
}

impl<'de, T: FromWire> Deserialize<'de> for Figure<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match In::deserialize(deserializer)? {
            In::Known(value) => Self::Known(value.0),
            In::Missing(what) => Self::Missing(what),
            In::Undefined(why) => Self::Undefined(why),
        })
    }
}
