//! What the response of a question is: its name and unit in tables.

use crate::figure::{Cell, Figure};
use crate::quantity::wire::serialize_fields;
use crate::quantity::{Currency, Unit};
use alloc::string::{String, ToString};

/// The name and the unit of a response; both may be unknown.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Measure {
    pub(super) name: String,
    pub(super) unit: Unit,
}

serialize_fields!(Measure { name, unit });

impl Measure {
    pub(super) const NONE: Self = Self { name: String::new(), unit: Unit::ONE };

    /// The name of a column of it: `marginal return (gross margin)`.
    pub(super) fn column(&self, what: &str) -> String {
        if self.name.is_empty() { what.into() } else { alloc::format!("{what} ({})", self.name) }
    }

    /// A response in its unit.
    pub(super) fn response(&self, value: f64) -> Cell {
        Cell::new(format_args!("{value:.4}"), self.unit.to_string())
    }

    /// A response for each unit of money.
    pub(super) fn marginal(&self, slope: Figure<f64>, currency: Currency) -> Figure<Cell> {
        // Written out, as `CNY/CNY` says more to a reader than the 1 to which it cancels.
        let unit = alloc::format!("{}/{currency}", self.unit);
        slope.map(|slope| Cell::new(format_args!("{slope:.4}"), unit.clone()))
    }
}
