//! An estimated effect as a row of a table.

use crate::figure::{Cell, Table};
use crate::stats::{Alternative, EffectEstimate};

/// Pushes the estimate with what rests on it.
pub(super) fn push(table: &mut Table, name: &str, effect: &EffectEstimate) {
    table.push(name, "estimate", Cell::new(effect.value(), "1"));
    table.push(name, "standard error", Cell::from(effect.standard_error().clone()).with_unit("1"));
    if let Some(degrees) = effect.degrees() {
        table.push(name, "degrees", Cell::new(degrees, "1"));
    }
    table.push(name, "p", Cell::from(effect.p_value(Alternative::TwoSided)));
}
