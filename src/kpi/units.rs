//! The division of a change into whole units of the last decimal that add up: first among the leaves, then
//! from each node back along the edges that lead to its users.

use super::fault::NumberFault;
use super::number::Number;
use crate::quantity::Rounding;
use alloc::vec::Vec;
use num_bigint::BigInt;

/// Whole units in proportion to the flows, adding up to `total`: each flow is rounded, what is missing then
/// is shared in proportion to the magnitudes, and the last of it goes to the largest.
///
/// `None` where a part leaves its range.
pub(super) fn divide(total: i128, flows: &[f64], scale: u32, parts: &mut Vec<i128>) -> Option<()> {
    // Most slots have one user, which gets all.
    if let [_] = flows {
        parts.clear();
        parts.push(total);
        return Some(());
    }
    let unit = libm::pow(10.0, f64::from(scale));
    parts.clear();
    // Each is rounded for itself first: a flow of whole units keeps them, and only what is missing then is shared.
    for flow in flows {
        parts.push(whole(libm::rint(flow * unit))?);
    }
    let sum = |parts: &[i128]| parts.iter().try_fold(0_i128, |sum, part| sum.checked_add(*part));
    let missing = total.checked_sub(sum(parts)?)?;
    if missing == 0 {
        return Some(());
    }
    let size: f64 = flows.iter().map(|flow| flow.abs()).sum();
    if size > 0.0 {
        #[expect(clippy::cast_precision_loss, reason = "the rest is given in whole units below")]
        let each = missing as f64 / size;
        for (part, flow) in parts.iter_mut().zip(flows) {
            *part = part.checked_add(whole(libm::trunc(flow.abs() * each))?)?;
        }
    }
    let rest = total.checked_sub(sum(parts)?)?;
    // Of equal flows the first: what is left goes the same way every time.
    let mut largest: Option<(usize, f64)> = None;
    for (index, flow) in flows.iter().enumerate() {
        if largest.is_none_or(|(_, size)| flow.abs() > size) {
            largest = Some((index, flow.abs()));
        }
    }
    match largest.and_then(|(index, _)| parts.get_mut(index)) {
        Some(part) => *part = part.checked_add(rest)?,
        None if rest != 0 => return None,
        None => {}
    }
    Some(())
}

/// The whole number that a float is. Cut off at the end of the range it would be another: what is too large is refused,
/// at either end alike.
#[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^127")]
fn whole(value: f64) -> Option<i128> {
    const END: f64 = 170_141_183_460_469_231_731_687_303_715_884_105_728.0;
    (value.abs() < END).then_some(value as i128)
}

/// Exact flows as whole units that add up to `total`, each within one unit: cut toward zero, and the largest
/// remainders on the side of what is missing, at ties those of lower index, get one unit each. Opposite flows
/// have opposite parts.
///
/// `None` where the flows do not add up to the total, or a part leaves its range.
#[expect(clippy::arithmetic_side_effects, reason = "long integers grow, they do not overflow")]
pub(super) fn apportion(total: i128, flows: &[Number], scale: u32) -> Result<Option<Vec<i128>>, NumberFault> {
    /// The number of further decimals by which remainders are compared.
    const FINER: u32 = 18;
    let finer = BigInt::from(10_u8).pow(FINER);
    let mut parts: Vec<BigInt> = Vec::with_capacity(flows.len());
    let mut remainders: Vec<(i64, usize)> = Vec::new();
    for (index, flow) in flows.iter().enumerate() {
        // Away from zero: the slightest remainder is one, and a whole number of units has none.
        let fine = flow.middle_units(scale.saturating_add(FINER), Rounding::AwayFromZero)?;
        // A remainder by 10^18 fits 63 bits.
        let rest = i64::try_from(&fine % &finer).unwrap_or_default();
        if rest != 0 {
            remainders.push((rest, index));
        }
        parts.push(fine / &finer);
    }
    let missing = BigInt::from(total) - parts.iter().sum::<BigInt>();
    let Ok(missing) = i64::try_from(&missing) else { return Ok(None) };
    remainders.retain(|(rest, _)| rest.signum() == missing.signum());
    let claims = usize::try_from(missing.unsigned_abs()).unwrap_or(usize::MAX);
    // Each part was cut by less than a unit: of parts that add up no more can be missing.
    if claims > remainders.len() {
        return Ok(None);
    }
    remainders.sort_unstable_by_key(|(rest, index)| (core::cmp::Reverse(rest.unsigned_abs()), *index));
    for (_, index) in remainders.into_iter().take(claims) {
        if let Some(part) = parts.get_mut(index) {
            *part += missing.signum();
        }
    }
    Ok(parts.iter().map(|part| i128::try_from(part).ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    /// Parts cut off at the end of the range added up: what ran through a node was an accident, and only one way.
    #[test]
    fn what_is_beyond_the_range_is_refused_both_ways() {
        let mut parts = Vec::new();
        for flows in [[3e38, -3e38], [-3e38, 3e38], [1.8e38, 1.0], [-1.8e38, -1.0], [f64::NAN, 1.0]] {
            assert_eq!(divide(7, &flows, 0, &mut parts), None, "{flows:?}");
        }
        divide(7, &[1.6e38, -1.6e38], 0, &mut parts).unwrap();
        assert_eq!(parts.iter().sum::<i128>(), 7);
    }

    #[test]
    fn opposite_flows_have_opposite_parts() {
        let third = |value| Number::Decimal(value).over(&Number::Decimal(dec!(3))).unwrap();
        let there = [third(dec!(100)), third(dec!(-50)), third(dec!(-20)), Number::ZERO];
        let back: Vec<Number> = there.iter().map(Number::negated).collect();
        let parts = apportion(10, &there, 0).unwrap().unwrap();
        assert_eq!(parts, [33, -17, -6, 0]);
        assert_eq!(apportion(-10, &back, 0).unwrap().unwrap(), [-33, 17, 6, 0]);
        assert_eq!(apportion(20, &there, 0).unwrap(), None);
    }
}
