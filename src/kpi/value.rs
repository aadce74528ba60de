//! The value of a node, or why it has none.

use super::node::NodeId;
use core::fmt;
use serde::{Deserialize, Serialize};

/// A figure, or why there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Value<T> {
    /// The figure.
    Known(T),
    /// An input that it depends on was not given; the first one in the order of the formulas.
    Missing {
        /// The leaf.
        leaf: NodeId,
    },
    /// It does not exist, though the inputs do.
    Undefined {
        /// What is wrong.
        why: NumberFault,
        /// The node whose formula it is.
        node: NodeId,
    },
}

impl<T> Value<T> {
    /// The figure, where there is one.
    #[must_use]
    pub fn known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            _ => None,
        }
    }

    /// Another figure made of it, where there is one.
    #[must_use]
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Value<U> {
        self.and_then(|value| Value::Known(f(value)))
    }

    /// Another figure made of it, which may not exist either.
    #[must_use]
    pub fn and_then<U>(self, f: impl FnOnce(T) -> Value<U>) -> Value<U> {
        match self {
            Self::Known(value) => f(value),
            Self::Missing { leaf } => Value::Missing { leaf },
            Self::Undefined { why, node } => Value::Undefined { why, node },
        }
    }

    /// The same by reference.
    #[must_use]
    pub const fn as_ref(&self) -> Value<&T> {
        match self {
            Self::Known(value) => Value::Known(value),
            Self::Missing { leaf } => Value::Missing { leaf: *leaf },
            Self::Undefined { why, node } => Value::Undefined { why: *why, node: *node },
        }
    }
}

impl<T: fmt::Display> fmt::Display for Value<T> {
    /// The figure, or `missing` or `undefined: division by zero`; [`KpiTree::describe`](super::KpiTree::describe)
    /// names the node too.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(value) => value.fmt(f),
            Self::Missing { .. } => f.pad("missing"),
            Self::Undefined { why, .. } => f.pad(&alloc::format!("undefined: {why}")),
        }
    }
}

/// Why a figure does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NumberFault {
    /// A divisor is zero.
    DivisionByZero,
    /// The figure needs more digits than its type holds: a decimal 28, a float its exponent.
    OutOfRange,
    /// So long a fraction that only digits with a bound were kept, and the bound does not decide the figure:
    /// a divisor that may be zero, or a decimal that may be rounded up or down.
    Imprecise,
}

impl fmt::Display for NumberFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::DivisionByZero => "division by zero",
            Self::OutOfRange => "a figure of more digits than its type holds",
            Self::Imprecise => "a fraction too long for its digits to decide it",
        })
    }
}
