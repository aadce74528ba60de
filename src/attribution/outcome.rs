//! What became of the journeys of one path.

use crate::figure::{Cell, Table};
use crate::quantity::wire::{serialize_fields, wire_fields};
use crate::quantity::{Currency, Money};
use alloc::string::ToString;
use core::fmt;

/// The result of the journeys of one path: how many converted, how many did not, and their value.
///
/// ```
/// # use marketloop::attribution::Outcome;
/// let json = r#"{"conversions":2,"nulls":"18446744073709551615","value":-150}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Outcome>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Outcome {
    /// How many converted.
    pub conversions: u64,
    /// How many did not.
    pub nulls: u64,
    /// What the conversions were worth together, in minor units of the table's currency.
    pub value: i64,
}

wire_fields!(Outcome { conversions: own, nulls: own, value });

impl Outcome {
    /// One journey that converted, worth `value` minor units.
    #[must_use]
    pub const fn converted(value: i64) -> Self {
        Self { conversions: 1, nulls: 0, value }
    }

    /// One journey that did not convert.
    #[must_use]
    pub const fn null() -> Self {
        Self { conversions: 0, nulls: 1, value: 0 }
    }

    /// The outcome `weight` times, or `None` where a count overflows.
    pub(super) fn times(self, weight: u64) -> Option<Self> {
        // Nothing times a weight of more than 63 bits is still nothing.
        let value =
            self.value.checked_mul(if self.value == 0 { 0 } else { i64::try_from(weight).ok()? })?;
        let conversions = self.conversions.checked_mul(weight)?;
        Some(Self { conversions, nulls: self.nulls.checked_mul(weight)?, value })
    }
}

/// The sums over all rows of a [`PathTable`](super::PathTable).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Totals {
    /// How many journeys converted.
    pub conversions: u64,
    /// How many did not.
    pub nulls: u64,
    /// How many journeys there are.
    pub journeys: u64,
    /// What the conversions were worth.
    pub value: Money,
}

serialize_fields!(Totals { conversions: own, nulls: own, journeys: own, value });

impl Totals {
    /// One row with all sums.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("");
        for (column, count) in
            [("conversions", self.conversions), ("nulls", self.nulls), ("journeys", self.journeys)]
        {
            table.push("all", column, Cell::new(count, "journey"));
        }
        table.push("all", "value", Cell::new(self.value.amount(), self.value.currency().to_string()));
        table
    }
}

/// An estimated amount of so many minor units, in the currency.
pub(super) fn estimated_amount(minor_units: f64, currency: Currency) -> Cell {
    Cell::new(minor_units / libm::exp10(f64::from(currency.digits())), currency.to_string())
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}
