//! The sum `1 + 1/2 + … + 1/m`, as a float and exactly enough to compare by.

use num_bigint::BigUint;

/// Below so many terms the sum is a fraction. From here on no product of a count, a decimal and the sum is a decimal: each
/// prime between half of `m` and `m` stands in the sum's denominator once, and together they exceed what is left.
const FRACTION: u128 = 256;
/// The binary places of the sum with more terms: closer than two different products of that many digits can be.
const PLACES: u32 = 384;

/// The sum as a float, from the smallest term on.
pub(super) fn float(m: f64) -> f64 {
    let (mut sum, mut i) = (0.0, m);
    while i >= 1.0 {
        sum += 1.0 / i;
        i -= 1.0;
    }
    sum
}

/// The least number of parts that is not below the sum, as far as its places go.
#[derive(Debug)]
pub(super) struct Harmonic {
    sum: BigUint,
    parts: BigUint,
}

impl Harmonic {
    #[expect(clippy::arithmetic_side_effects, reason = "a BigUint grows, and i is at least 1")]
    pub(super) fn new(m: u128) -> Self {
        if m < FRACTION {
            let (mut sum, mut parts) = (BigUint::ZERO, BigUint::from(1_u8));
            for i in 1..=m {
                sum = sum * i + &parts;
                parts *= i;
            }
            return Self { sum, parts };
        }
        let parts = BigUint::from(1_u8) << PLACES;
        // Each term lacks less than one part. So near a limit no product of p-values of 28 digits comes.
        let sum = (1..=m).map(|i| &parts / i).sum::<BigUint>() + m;
        Self { sum, parts }
    }

    /// Whether `factor` times the sum is at most `limit`.
    #[expect(clippy::arithmetic_side_effects, reason = "a BigUint grows")]
    pub(super) fn times_is_at_most(&self, factor: u128, limit: u128) -> bool {
        &self.sum * factor <= &self.parts * limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_agree_with_the_float() {
        for m in [1_u32, 2, 3, 255, 256, 10_000] {
            let (sum, exact) = (float(f64::from(m)), Harmonic::new(m.into()));
            // 10^15 times the sum lies between these.
            let low = 1e15 * sum * (1.0 - 1e-12);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some 10^16")]
            let (below, above) = (low as u128, (low * (1.0 + 3e-12)) as u128);
            assert!(
                !exact.times_is_at_most(10_u128.pow(15), below)
                    && exact.times_is_at_most(10_u128.pow(15), above)
            );
        }
    }
}
