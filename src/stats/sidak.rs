//! Šidák's step: what remains of a chance after so many tests.

use super::wide_float;
use num_bigint::BigUint;

/// A whole, in the units of p-values.
const WHOLE: u128 = 10_u128.pow(28);
/// Above so many tests no power of a decimal is a decimal of 28 places again: its places grow by at least one each.
const EXACT: u128 = 28;
/// The binary places of powers with more tests.
const PLACES: u64 = 384;

/// `1 - (1 - p)^tests`, without cancellation.
pub(super) fn adjusted(p: f64, tests: f64) -> f64 {
    -libm::expm1(tests * libm::log1p(-p))
}

/// Whether `1 - (1 - p)^tests <= alpha` exactly; `p` and `alpha` in units of 10^-28, `alpha` below the whole.
#[expect(clippy::arithmetic_side_effects, reason = "p and alpha are at most the whole, and a BigUint grows")]
pub(super) fn passes(p: u128, tests: u128, alpha: u128) -> bool {
    let share = |parts: u128| wide_float(parts) / wide_float(WHOLE);
    let (found, limit) = (wide_float(tests) * libm::log1p(-share(p)), libm::log1p(-share(alpha)));
    // Some 1e-15 of each is rounding: what is further apart is decided.
    if (found - limit).abs() > 1e-12 * limit.abs() {
        return found > limit;
    }
    let (rest, limit) = (BigUint::from(WHOLE - p), BigUint::from(WHOLE - alpha));
    if tests <= EXACT {
        let tests = u32::try_from(tests).unwrap_or(u32::MAX);
        return rest.pow(tests) * WHOLE >= limit * BigUint::from(WHOLE).pow(tests);
    }
    // From below: so near a limit no power of 28 digits comes.
    let (mut square, mut power) = ((rest << PLACES) / WHOLE, BigUint::from(1_u8) << PLACES);
    let mut left = tests;
    while left > 0 {
        if left % 2 == 1 {
            power = (power * &square) >> PLACES;
        }
        square = (&square * &square) >> PLACES;
        left /= 2;
    }
    power * WHOLE >= limit << PLACES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_pass_and_their_neighbours_do_not() {
        // 1 - 0.9^2 = 0.19.
        let unit = WHOLE / 100;
        assert!(passes(10 * unit, 2, 19 * unit));
        assert!(!passes(10 * unit + 1, 2, 19 * unit) && !passes(10 * unit, 2, 19 * unit - 1));
        // 1 - 0.99^100 = 0.6339676587267704950693839734 and some.
        let alpha = 6_339_676_587_267_704_950_693_839_734;
        assert!(passes(unit, 100, alpha + 1) && !passes(unit, 100, alpha));
        assert!(passes(0, 1_000_000, 1) && !passes(WHOLE, 1, WHOLE - 1));
    }
}
