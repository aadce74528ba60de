//! One line of an answer: its amount, what that brings, and the bound that holds it.

use super::OptimiseError;
use crate::figure::{Cause, Figure};
use crate::quantity::Money;
use crate::quantity::wire::serialize_fields;
use crate::quantity::words::words;
use crate::response::ResponseCurve;
use alloc::string::String;
use core::fmt;

/// Which bound holds an amount, if any: on the wire `free`, `zero`, `floor` or `cap`; as text `none` for `free`.
///
/// ```
/// # use marketloop::optimise::Binding;
/// assert_eq!(serde_json::from_str::<Binding>(r#""free""#)?, Binding::Free);
/// assert_eq!(Binding::Free.to_string(), "none"); // no bound holds it
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Binding {
    /// Nothing: the marginal return equals that of the other free lines around it, the multiplier where curves
    /// are concave.
    Free,
    /// 0: a first unit is not worth its price, and there is no floor.
    Zero,
    /// The floor: less would be better.
    Floor,
    /// The cap: more would be better.
    Cap,
}

words!(Binding, "binding limit", OptimiseError: Free = "free" / "none", Zero = "zero", Floor = "floor", Cap = "cap");

fn marginal(slope: f64) -> Figure<f64> {
    if slope.is_finite() {
        Figure::Known(slope)
    } else {
        Figure::undefined("marginal return", Cause::OutOfRange)
    }
}

/// The amount of one line, with its response and the bound that holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct OptimumLine {
    pub(super) name: String,
    pub(super) amount: Money,
    pub(super) exact: f64,
    pub(super) response: f64,
    marginal_return: f64,
    binding: Binding,
}

impl OptimumLine {
    /// What a line brings at an amount, which is `exact` in main units.
    pub(super) fn at<C: ResponseCurve>(
        name: String,
        amount: Money,
        exact: f64,
        curve: &C,
        binding: Binding,
    ) -> Self {
        let (response, marginal_return) = (curve.value(exact), curve.marginal(exact));
        Self { name, amount, exact, response, marginal_return, binding }
    }

    /// The line's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The amount in whole minor units.
    #[must_use]
    pub const fn amount(&self) -> Money {
        self.amount
    }

    /// The amount before it was rounded to whole minor units, in main units.
    #[must_use]
    pub const fn exact(&self) -> f64 {
        self.exact
    }

    /// The response to the amount.
    #[must_use]
    pub const fn response(&self) -> f64 {
        self.response
    }

    /// The response of the next unit of money, per unit; undefined where the slope is infinite, as that of a power
    /// curve at 0.
    #[must_use]
    pub fn marginal_return(&self) -> Figure<f64> {
        marginal(self.marginal_return)
    }

    /// The bound that holds the amount.
    #[must_use]
    pub const fn binding(&self) -> Binding {
        self.binding
    }
}

impl fmt::Display for OptimumLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, amount, response, marginal_return, binding, .. } = self;
        write!(f, "{name}: {amount} for a response of {response:.2}")?;
        if let Figure::Known(slope) = marginal(*marginal_return) {
            write!(f, ", the next unit returns {slope:.4}")?;
        }
        match binding {
            Binding::Free => Ok(()),
            Binding::Zero => f.write_str(" (not worth a first unit)"),
            Binding::Floor => f.write_str(" (held up by its floor)"),
            Binding::Cap => f.write_str(" (held down by its cap)"),
        }
    }
}

serialize_fields!(OptimumLine {
    name,
    amount,
    exact: own,
    response: own,
    marginal_return => marginal(*marginal_return),
    binding,
});
