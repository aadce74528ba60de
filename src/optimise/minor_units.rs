//! Amounts in whole minor units as floats of main units.

use crate::quantity::Currency;

/// An amount in main units.
#[expect(
    clippy::cast_precision_loss,
    reason = "amounts are exact up to 2^53 minor units, beyond it to 16 digits"
)]
pub(super) fn main(minor: i128, units: f64) -> f64 {
    minor as f64 / units
}

/// Minor units in a main unit.
pub(super) fn units(currency: Currency) -> f64 {
    (0..currency.digits()).fold(1.0, |units, _| units * 10.0)
}
