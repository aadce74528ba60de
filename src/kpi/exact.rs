//! An exact value of a tree, before it is rounded.

use super::fault::NumberFault;
use super::number::Number;
use crate::figure::{Cell, Figure, to_wire};
use crate::quantity::{Precision, Ratio, Rounding};
use alloc::string::ToString;
use alloc::sync::Arc;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

/// The value of a node: an exact fraction, or 77 digits of it with a bound where a fraction would be too long.
///
/// It is rounded once, where it is shown. On the wire it is its text: a decimal, a fraction, or the nearest float
/// after a `≈`.
///
/// # Examples
/// ```
/// use marketloop::figure::Figure;
/// use marketloop::kpi::KpiTree;
/// use marketloop::quantity::Rounding;
/// use rust_decimal::dec;
///
/// let tree = KpiTree::parse("rate = orders / visits\n orders, visits")?;
/// let rate = tree.evaluate(&tree.inputs([("orders", dec!(2)), ("visits", dec!(3))])?)?.root();
/// assert_eq!(rate.rounded((4, Rounding::HalfEven)), Figure::Known(dec!(0.6667)));
/// assert_eq!(rate.ratio(), Figure::Known("2/3".parse()?));
/// assert_eq!(rate.to_string(), "2/3");
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Clone)]
pub struct Exact {
    number: Number,
    /// Shared with the tree, as every value of an evaluation has one.
    node: Arc<str>,
}

impl Exact {
    pub(super) const fn new(number: Number, node: Arc<str>) -> Self {
        Self { number, node }
    }

    /// The name of the node whose value it is.
    #[must_use]
    pub fn node(&self) -> &str {
        &self.node
    }

    /// The value rounded once to `precision`; undefined by
    /// [`Cause::OutOfRange`](crate::figure::Cause::OutOfRange) where that needs more than 28 digits, by
    /// [`Cause::Imprecise`](crate::figure::Cause::Imprecise) where the bound on the digits does not decide it.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    /// use marketloop::quantity::Rounding;
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("cost = spend / orders\n spend, orders")?;
    /// let cost = tree.evaluate(&tree.inputs([("spend", dec!(100)), ("orders", dec!(3))])?)?.known("cost")?;
    /// // One value, three roundings of it: none is rounded twice.
    /// assert_eq!(cost.rounded((2, Rounding::Ceiling)).get()?, dec!(33.34));
    /// assert_eq!(cost.rounded((0, Rounding::HalfEven)).get()?, dec!(33));
    /// assert_eq!(cost.ratio().get()?, "100/3".parse()?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn rounded(&self, precision: impl Into<Precision>) -> Figure<Decimal> {
        let Precision { scale, rounding } = precision.into();
        self.or_undefined(self.number.round(scale, rounding))
    }

    /// The value as a fraction in lowest terms; undefined by
    /// [`Cause::OutOfRange`](crate::figure::Cause::OutOfRange) where 128 bits do not hold it, by
    /// [`Cause::Imprecise`](crate::figure::Cause::Imprecise) where only its digits are known.
    #[must_use]
    pub fn ratio(&self) -> Figure<Ratio> {
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

    pub(super) const fn number(&self) -> &Number {
        &self.number
    }

    /// This value and another, exactly or within the bound of both.
    pub(super) fn plus(&self, other: &Self) -> Figure<Self> {
        let sum = self.number.plus(&other.number);
        self.or_undefined(sum.map(|number| Self { number, node: Arc::clone(&self.node) }))
    }

    /// This value less another, exactly or within the bound of both.
    pub(super) fn minus(&self, other: &Self) -> Figure<Self> {
        let difference = self.number.minus(&other.number);
        self.or_undefined(difference.map(|number| Self { number, node: Arc::clone(&self.node) }))
    }

    /// This value over a number of parts.
    pub(super) fn over_count(&self, count: u32) -> Figure<Self> {
        let part = self.number.over(&Number::Decimal(count.into()));
        self.or_undefined(part.map(|number| Self { number, node: Arc::clone(&self.node) }))
    }

    fn or_undefined<T>(&self, result: Result<T, NumberFault>) -> Figure<T> {
        match result {
            Ok(value) => Figure::Known(value),
            Err(why) => Figure::undefined(self.node.to_string(), why.cause(None)),
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

to_wire!(Exact);

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl From<Exact> for Cell {
    /// All decimals where they are at most six, else six, half to even, or the nearest float where digits do not decide
    /// them.
    fn from(exact: Exact) -> Self {
        match exact.to_decimal() {
            // More than six decimals are cut for the eye; the figure itself keeps them.
            Some(value) if value.scale() <= 6 => Self::new(value, "1"),
            _ => Self::new(alloc::format!("{exact:.6}"), "1"),
        }
    }
}

impl fmt::Debug for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Exact({self})")
    }
}

impl fmt::Display for Exact {
    /// The decimal where there is one of at most 28 digits, else the fraction, else the nearest float after a `≈`. A
    /// precision rounds half to even: `{:.2}`.
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
            // Lowest terms beyond 128 bits would be a text of hundreds of digits.
            Err(_) => f.pad(&alloc::format!("≈{:e}", self.to_f64())),
        }
    }
}

impl Figure<Exact> {
    /// The value rounded once to `precision`: see [`Exact::rounded`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    /// use marketloop::quantity::Rounding;
    ///
    /// let tree = KpiTree::parse("cost = spend / orders\n spend, orders")?;
    /// let cost = tree.evaluate(&tree.no_inputs())?.root();
    /// assert_eq!(cost.rounded((2, Rounding::HalfEven)).to_string(), "missing: spend");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn rounded(&self, precision: impl Into<Precision>) -> Figure<Decimal> {
        let Precision { scale, rounding } = precision.into();
        self.as_ref().and_then(|exact| exact.rounded((scale, rounding)))
    }

    /// The value as a fraction in lowest terms: see [`Exact::ratio`].
    #[must_use]
    pub fn ratio(&self) -> Figure<Ratio> {
        self.as_ref().and_then(Exact::ratio)
    }
}
