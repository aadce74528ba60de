//! The value of a node, or why it has none; and how finely it is computed.

use super::KpiError;
use super::node::NodeId;
use crate::quantity::Rounding;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A figure, or why there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Value<T = Decimal> {
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
        why: Why,
        /// The node whose formula it is.
        node: NodeId,
    },
}

impl<T: Copy> Value<T> {
    /// The figure, where there is one.
    #[must_use]
    pub fn known(&self) -> Option<T> {
        match self {
            Self::Known(value) => Some(*value),
            _ => None,
        }
    }
}

/// Why a figure does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Why {
    /// A divisor is zero.
    DivisionByZero,
    /// The exact figure has more than 28 digits, or the float left its range.
    OutOfRange,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::DivisionByZero => "division by zero",
            Self::OutOfRange => "a figure of more digits than its type holds",
        })
    }
}

/// What happens to a product of exact factors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Products {
    /// It is exact, or undefined where it needs more than 28 digits.
    #[default]
    Exact,
    /// It is rounded to the declared scale, as a quotient is: for trees that multiply long decimals.
    Rounded,
}

/// How finely a tree is evaluated.
///
/// Sums, and products of exact factors, are exact. A quotient is rounded once to the declared scale, and so
/// is a product that has a quotient among its factors, at any depth: it is not known more finely.
///
/// # Examples
/// ```
/// use marketloop::kpi::Precision;
/// use marketloop::quantity::Rounding;
///
/// assert_eq!(Precision::default().scale(), 12);
/// let cents = Precision::new(2, Rounding::HalfAwayFromZero)?;
/// # Ok::<(), marketloop::kpi::KpiError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Precision {
    scale: u32,
    rounding: Rounding,
    products: Products,
}

impl Precision {
    /// Quotients of `scale` decimals by the named `rounding`.
    ///
    /// # Errors
    /// [`KpiError::TooMany`] for more than 28 decimals.
    pub fn new(scale: u32, rounding: Rounding) -> Result<Self, KpiError> {
        if scale > Decimal::MAX_SCALE {
            return Err(KpiError::TooMany {
                what: "decimals",
                limit: Decimal::MAX_SCALE as usize,
                actual: scale as usize,
            });
        }
        Ok(Self { scale, rounding, products: Products::Exact })
    }

    /// The same with another treatment of products.
    #[must_use]
    pub const fn with_products(self, products: Products) -> Self {
        Self { products, ..self }
    }

    /// The decimals of a quotient.
    #[must_use]
    pub const fn scale(&self) -> u32 {
        self.scale
    }

    /// How a quotient is rounded.
    #[must_use]
    pub const fn rounding(&self) -> Rounding {
        self.rounding
    }

    /// What happens to a product of exact factors.
    #[must_use]
    pub const fn products(&self) -> Products {
        self.products
    }
}

impl Default for Precision {
    /// Twelve decimals, half to even, products exact.
    fn default() -> Self {
        Self { scale: 12, rounding: Rounding::HalfEven, products: Products::Exact }
    }
}
