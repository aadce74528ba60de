//! A value of a tree before it is rounded.

use super::node::NodeId;
use super::number::Number;
use super::value::{NumberFault, Value};
use crate::quantity::{Ratio, Rounding};
use core::fmt;
use rust_decimal::Decimal;

/// The value of a node: an exact fraction, or 77 digits of it with a bound where a fraction would be too long.
///
/// It is rounded once, where it is shown.
///
/// # Examples
/// ```
/// use marketloop::kpi::{KpiTree, Value};
/// use marketloop::quantity::Rounding;
/// use rust_decimal::dec;
///
/// let tree = KpiTree::parse("rate = orders / visits\n orders, visits")?;
/// let rate = tree.evaluate(&tree.inputs([("orders", dec!(2)), ("visits", dec!(3))])?)?.root();
/// assert_eq!(rate.rounded(4, Rounding::HalfEven), Value::Known(dec!(0.6667)));
/// assert_eq!(rate.ratio(), Value::Known("2/3".parse()?));
/// assert_eq!(rate.to_string(), "2/3");
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Clone)]
pub struct Exact {
    number: Number,
    node: NodeId,
}

impl Exact {
    pub(super) const fn new(number: Number, node: NodeId) -> Self {
        Self { number, node }
    }

    /// The node whose value it is.
    #[must_use]
    pub const fn node(&self) -> NodeId {
        self.node
    }

    /// The value rounded once to `scale` decimals; undefined with [`NumberFault::OutOfRange`] where that needs more
    /// than 28 digits, with [`NumberFault::Imprecise`] where the bound on the digits does not decide it.
    #[must_use]
    pub fn rounded(&self, scale: u32, rounding: Rounding) -> Value<Decimal> {
        self.or_undefined(self.number.round(scale, rounding))
    }

    /// The value as a fraction in lowest terms; undefined with [`NumberFault::OutOfRange`] where 128 bits do not hold
    /// it, with [`NumberFault::Imprecise`] where only its digits are known.
    #[must_use]
    pub fn ratio(&self) -> Value<Ratio> {
        self.or_undefined(self.number.ratio())
    }

    /// The value as a decimal, where it is one of at most 28 digits.
    #[must_use]
    pub fn to_decimal(&self) -> Option<Decimal> {
        self.number.to_decimal()
    }

    /// The nearest float up to its last place, for estimates and plots.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        self.number.to_f64()
    }

    /// Whether the value is exact, not carried on as digits with a bound.
    #[must_use]
    pub const fn is_exact(&self) -> bool {
        !matches!(self.number, Number::Ball(_))
    }

    /// This value less another, exactly or within the bound of both.
    pub(super) fn minus(&self, other: &Self) -> Value<Self> {
        let difference = self.number.minus(&other.number);
        self.or_undefined(difference.map(|number| Self { number, node: self.node }))
    }

    fn or_undefined<T>(&self, result: Result<T, NumberFault>) -> Value<T> {
        match result {
            Ok(value) => Value::Known(value),
            Err(why) => Value::Undefined { why, node: self.node },
        }
    }
}

impl PartialEq for Exact {
    /// Equal as numbers, of whatever node: 2/4 is 0.5.
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl PartialEq<Decimal> for Exact {
    fn eq(&self, other: &Decimal) -> bool {
        self.number == Number::Decimal(*other)
    }
}

impl fmt::Debug for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Exact({self})")
    }
}

impl fmt::Display for Exact {
    /// The decimal where there is one of at most 28 digits, else the fraction, else the nearest float behind
    /// a `≈`. A precision rounds half to even: `{:.2}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rounded = f
            .precision()
            .and_then(|scale| u32::try_from(scale).ok())
            .and_then(|scale| self.number.round(scale, Rounding::HalfEven).ok());
        if let Some(value) = rounded.or_else(|| self.to_decimal()) {
            return fmt::Display::fmt(&value, f);
        }
        match self.number.ratio() {
            Ok(ratio) => f.pad(&alloc::format!("{ratio}")),
            Err(_) => f.pad(&alloc::format!("≈{:e}", self.to_f64())),
        }
    }
}

impl Value<Exact> {
    /// The value rounded once to `scale` decimals: see [`Exact::rounded`].
    #[must_use]
    pub fn rounded(&self, scale: u32, rounding: Rounding) -> Value<Decimal> {
        self.as_ref().and_then(|exact| exact.rounded(scale, rounding))
    }

    /// The value as a fraction in lowest terms: see [`Exact::ratio`].
    #[must_use]
    pub fn ratio(&self) -> Value<Ratio> {
        self.as_ref().and_then(Exact::ratio)
    }
}
