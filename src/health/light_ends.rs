//! The values that take a light: from which end to which.

use crate::quantity::{QuantityError, Ratio};
use crate::target::{Goal, LowerRule, Threshold};
use rust_decimal::Decimal;

/// One end of the values that take a light: the value, and whether it takes the light itself. `None` has no end.
pub(super) type End = Option<(Ratio, bool)>;

/// The values whose attainment passes the threshold, an undefined one where the target is met; `None` where no
/// value does. They are one interval for every goal.
pub(super) fn taking(goal: Goal, threshold: Threshold) -> Result<Option<(End, End)>, QuantityError> {
    Ok(match goal {
        Goal::AtLeast(target) => Some((floor(target, threshold)?, None)),
        Goal::AtMost(target, rule) => Some((None, ceiling(target, rule, threshold)?)),
        Goal::Between { low, high, above } => {
            // Within the range the attainment is 1.
            let at = threshold.at();
            if at > Ratio::ONE || (at == Ratio::ONE && !threshold.is_included()) {
                None
            } else {
                Some((floor(low, threshold)?, ceiling(high, above, threshold)?))
            }
        }
    })
}

/// From where a value that is to be at least `target` passes.
fn floor(target: Decimal, threshold: Threshold) -> Result<End, QuantityError> {
    // Of a target of 0 or less no share is defined: met or missed is all that is left.
    if target <= Decimal::ZERO {
        return Ok(Some(met(target)));
    }
    Ok(Some((threshold.at().times(target.into())?, threshold.is_included())))
}

/// Up to where a value that is to be at most `target` passes.
fn ceiling(target: Decimal, rule: LowerRule, threshold: Threshold) -> Result<End, QuantityError> {
    let (at, within) = (threshold.at(), threshold.is_included());
    let ratio = Ratio::from(target);
    Ok(match rule {
        LowerRule::Linear if target > Decimal::ZERO => {
            // The attainment 2 - value / target, solved for the value.
            let part = Ratio::from(Decimal::TWO).minus(at)?;
            Some((part.times(ratio)?, within))
        }
        LowerRule::Inverse if target >= Decimal::ZERO => {
            // Above 0 the attainment target / value is 0 or more, and more than 0 where the target is.
            if at.is_negative() || (at.is_zero() && (within || !target.is_zero())) {
                None
            } else if target.is_zero() {
                Some(met(target))
            } else {
                Some((ratio.divided_by(at)?, within))
            }
        }
        LowerRule::Linear | LowerRule::Inverse => Some(met(target)),
    })
}

/// Where only the target itself parts what passes from what does not.
fn met(target: Decimal) -> (Ratio, bool) {
    (target.into(), true)
}
