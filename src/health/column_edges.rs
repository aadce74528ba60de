//! An indicator's edges as whole numbers: where a value passes them, exactly.

use super::light_ends::{End, taking};
use super::value_column::GREATEST;
use crate::quantity::{QuantityError, Ratio, Rounding};
use crate::target::{Bands, Light, Target};
use rust_decimal::Decimal;

/// Values from the first to the second number, both within; empty where the first is the greater.
pub(super) type Interval = (f64, f64);

const NONE: Interval = (f64::INFINITY, f64::NEG_INFINITY);
/// All numbers of a column.
#[expect(clippy::cast_precision_loss, reason = "15 digits are exact")]
pub(super) const ALL: Interval = (-(GREATEST as f64), GREATEST as f64);

/// Where a value passes each of the at most two edges between three lights. Every value has a light.
pub(super) struct Edges {
    pub(super) passed: [Interval; 2],
}

impl Edges {
    pub(super) fn new(target: &Target, bands: &Bands<Light>, scale: u32) -> Result<Self, QuantityError> {
        let unit = Ratio::from(Decimal::from_i128_with_scale(1, scale));
        let mut edges = Self { passed: [NONE; 2] };
        for (passed, (threshold, _)) in edges.passed.iter_mut().zip(bands.edges()) {
            if let Some((from, to)) = taking(target.goal(), *threshold)? {
                *passed = interval(from, to, unit)?;
            }
        }
        Ok(edges)
    }
}

/// The whole numbers of the last place between two ends.
pub(super) fn interval(from: End, to: End, unit: Ratio) -> Result<Interval, QuantityError> {
    let low = match from {
        None => ALL.0,
        Some((at, within)) => {
            let number = at.divided_by(unit)?;
            let whole = whole(number, if within { Rounding::Ceiling } else { Rounding::Floor });
            // An edge that is left out begins at the next whole number, whether it is whole itself or not.
            if within { whole } else { whole + 1.0 }
        }
    };
    let high = match to {
        None => ALL.1,
        Some((at, within)) => {
            let number = at.divided_by(unit)?;
            let whole = whole(number, if within { Rounding::Floor } else { Rounding::Ceiling });
            if within { whole } else { whole - 1.0 }
        }
    };
    Ok((low.max(ALL.0), high.min(ALL.1)))
}

/// The whole number at the ratio, exact up to the greatest of a column and beyond it where it is.
fn whole(number: Ratio, rounding: Rounding) -> f64 {
    match number.round((0, rounding)) {
        Ok(whole) => Ratio::from(whole).to_f64(),
        // Beyond every number that a column can hold: which whole number it is does not matter.
        Err(_) => number.to_f64(),
    }
}
