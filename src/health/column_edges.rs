//! An indicator's edges as whole numbers: where a value passes them, exactly.

use super::value_column::GREATEST;
use crate::quantity::{QuantityError, Ratio, Rounding};
use crate::target::{Bands, EdgeSide, Goal, Light, LowerRule, Target, Threshold};
use rust_decimal::Decimal;

/// Values from the first to the second number, both within; empty where the first is the greater.
pub(super) type Interval = (f64, f64);

const NONE: Interval = (f64::INFINITY, f64::NEG_INFINITY);
/// All numbers of a column.
#[expect(clippy::cast_precision_loss, reason = "15 digits are exact")]
pub(super) const ALL: Interval = (-(GREATEST as f64), GREATEST as f64);

/// Where a value has a light, and where it passes each of the at most two edges between three lights.
pub(super) struct Edges {
    pub(super) lit: Interval,
    pub(super) passed: [Interval; 2],
}

/// One end of an interval: the number and whether it is within. `None` has no end.
type End = Option<(Ratio, bool)>;

impl Edges {
    pub(super) fn new(target: &Target, bands: &Bands<Light>, scale: u32) -> Result<Self, QuantityError> {
        let unit = Ratio::from(Decimal::from_i128_with_scale(1, scale));
        let mut edges = Self { lit: lit(target.goal(), unit)?, passed: [NONE; 2] };
        for (passed, edge) in edges.passed.iter_mut().zip(bands.edges()) {
            if edges.lit.0 <= edges.lit.1 {
                *passed = passing(target.goal(), edge.threshold, unit)?;
            }
        }
        Ok(edges)
    }
}

/// Where the attainment is defined.
fn lit(goal: Goal, unit: Ratio) -> Result<Interval, QuantityError> {
    let zero = (Ratio::ZERO, false);
    let positive = |value: Decimal| value > Decimal::ZERO;
    match goal {
        Goal::AtLeast(target) | Goal::AtMost(target, LowerRule::Linear) if !positive(target) => Ok(NONE),
        Goal::AtLeast(_) | Goal::AtMost(_, LowerRule::Linear) => Ok(ALL),
        Goal::AtMost(target, LowerRule::Inverse) if target < Decimal::ZERO => Ok(NONE),
        Goal::AtMost(_, LowerRule::Inverse) => interval(Some(zero), None, unit),
        Goal::Between { low, high, above } => {
            let from = (!positive(low)).then_some((low.into(), true));
            interval(from, (!open_above(high, above)).then_some((high.into(), true)), unit)
        }
    }
}

/// Whether values above a range have an attainment.
fn open_above(high: Decimal, above: LowerRule) -> bool {
    match above {
        LowerRule::Linear => high > Decimal::ZERO,
        LowerRule::Inverse => high >= Decimal::ZERO,
    }
}

/// Where the attainment, if it is defined, passes the threshold.
fn passing(goal: Goal, threshold: Threshold, unit: Ratio) -> Result<Interval, QuantityError> {
    let Threshold { at, side } = threshold;
    let within = side == EdgeSide::Above;
    let floor =
        |target: Decimal| -> Result<End, QuantityError> { Ok(Some((at.times(target.into())?, within))) };
    match goal {
        Goal::AtLeast(target) => interval(floor(target)?, None, unit),
        Goal::AtMost(target, rule) => match ceiling(target, rule, threshold)? {
            Some(end) => interval(None, end, unit),
            None => Ok(NONE),
        },
        Goal::Between { low, high, above } => {
            if at > Ratio::ONE || (at == Ratio::ONE && !within) {
                return Ok(NONE);
            }
            let from = if low > Decimal::ZERO { floor(low)? } else { Some((low.into(), true)) };
            // Where nothing is defined above the range, the range is where it ends.
            let to = if open_above(high, above) { ceiling(high, above, threshold)? } else { None };
            interval(from, to.unwrap_or(Some((high.into(), true))), unit)
        }
    }
}

/// Up to where a value that is to be at most `target` passes; `None` where none does.
fn ceiling(target: Decimal, rule: LowerRule, threshold: Threshold) -> Result<Option<End>, QuantityError> {
    let Threshold { at, side } = threshold;
    let within = side == EdgeSide::Above;
    let target = Ratio::from(target);
    match rule {
        LowerRule::Linear => {
            let part = Ratio::from(Decimal::TWO).minus(at)?;
            Ok(Some(Some((part.times(target)?, within))))
        }
        // target / value is 0 or more, and above 0 where the target is.
        LowerRule::Inverse if at.is_negative() => Ok(Some(None)),
        LowerRule::Inverse if at.is_zero() => Ok((within || !target.is_zero()).then_some(None)),
        LowerRule::Inverse if target.is_zero() => Ok(None),
        LowerRule::Inverse => Ok(Some(Some((target.divided_by(at)?, within)))),
    }
}

/// The whole numbers of the last place between two ends.
fn interval(from: End, to: End, unit: Ratio) -> Result<Interval, QuantityError> {
    let low = match from {
        None => ALL.0,
        Some((at, within)) => {
            let number = at.divided_by(unit)?;
            let whole = whole(number, if within { Rounding::Ceiling } else { Rounding::Floor });
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
    match number.round(0, rounding) {
        Ok(whole) => Ratio::from(whole).to_f64(),
        Err(_) => number.to_f64(),
    }
}
