//! Fractions of long integers.

use super::ball::Ball;
use crate::quantity::natural::greatest_common_divisor;
use num_bigint::BigInt;

/// A fraction of long integers, not in lowest terms; the denominator is not 0.
#[derive(Debug, Clone)]
pub(super) struct Fraction {
    pub(super) numerator: BigInt,
    /// Above 0; of the same type, so that it multiplies numerators without a copy.
    pub(super) denominator: BigInt,
}

#[expect(
    clippy::arithmetic_side_effects,
    reason = "long integers grow, they do not overflow; no denominator is zero"
)]
impl Fraction {
    pub(super) fn plus(&self, other: &Self) -> Self {
        // Figures of one scale are added often: multiplied out, the denominator would double at every sum.
        if self.denominator == other.denominator {
            let numerator = &self.numerator + &other.numerator;
            return Self { numerator, denominator: self.denominator.clone() };
        }
        Self {
            numerator: &self.numerator * &other.denominator + &other.numerator * &self.denominator,
            denominator: &self.denominator * &other.denominator,
        }
    }

    pub(super) fn to_f64(&self) -> f64 {
        Ball::of_fraction(&self.numerator, self.denominator.magnitude()).to_f64()
    }

    pub(super) fn reduced(self) -> Self {
        let (above, below) = (self.numerator.magnitude().clone(), self.denominator.magnitude().clone());
        let divisor = BigInt::from(greatest_common_divisor(above, below));
        Self { numerator: self.numerator / &divisor, denominator: self.denominator / divisor }
    }
}
