//! Fractions of at most 1,024 bits above and below the line, which need no memory of their own: the step between
//! 128 bits and long integers, whose every sum is three allocations.

use super::fraction::Fraction;
use core::cmp::Ordering;
use num_bigint::{BigInt, BigUint, Sign};

const LIMBS: usize = 16;

/// A whole number of at most 1,024 bits: the limbs from the lowest up, zero from `used` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Natural {
    limbs: [u64; LIMBS],
    used: usize,
}

impl Natural {
    const ZERO: Self = Self { limbs: [0; LIMBS], used: 0 };

    #[expect(clippy::cast_possible_truncation, reason = "the low and the high half")]
    fn of(value: u128) -> Self {
        let mut limbs = [0; LIMBS];
        let [low, high, ..] = &mut limbs;
        (*low, *high) = (value as u64, (value >> 64) as u64);
        Self::of_limbs(limbs, 2)
    }

    /// Of limbs that are zero from the place `most` on.
    #[expect(clippy::indexing_slicing, reason = "no more than all limbs are looked at")]
    #[expect(clippy::arithmetic_side_effects, reason = "the place of a limb is below 16")]
    fn of_limbs(limbs: [u64; LIMBS], most: usize) -> Self {
        // Of a sum of sixteen limbs `most` is seventeen.
        let lowest = &limbs[..most.min(LIMBS)];
        let used = lowest.iter().rposition(|limb| *limb != 0).map_or(0, |last| last + 1);
        Self { limbs, used }
    }

    #[expect(clippy::indexing_slicing, reason = "at most all limbs are used")]
    fn limbs(&self) -> &[u64] {
        &self.limbs[..self.used]
    }

    fn narrow(&self) -> Option<u128> {
        let [low, high, ..] = self.limbs;
        (self.used <= 2).then(|| u128::from(high) << 64 | u128::from(low))
    }

    #[expect(
        clippy::arithmetic_side_effects,
        reason = "at most 16 limbs are used, and one more for the carry"
    )]
    fn plus(&self, other: &Self) -> Option<Self> {
        let (mut limbs, mut carry) = (self.limbs, false);
        let most = self.used.max(other.used) + 1;
        for (limb, more) in limbs.iter_mut().zip(other.limbs).take(most) {
            let (sum, first) = limb.overflowing_add(more);
            let (sum, second) = sum.overflowing_add(u64::from(carry));
            (*limb, carry) = (sum, first || second);
        }
        (!carry).then(|| Self::of_limbs(limbs, most))
    }

    /// `None` where the difference would be negative.
    fn minus(&self, other: &Self) -> Option<Self> {
        let (mut limbs, mut borrow) = (self.limbs, false);
        let most = self.used.max(other.used);
        for (limb, less) in limbs.iter_mut().zip(other.limbs).take(most) {
            let (difference, first) = limb.overflowing_sub(less);
            let (difference, second) = difference.overflowing_sub(u64::from(borrow));
            (*limb, borrow) = (difference, first || second);
        }
        (!borrow).then(|| Self::of_limbs(limbs, most))
    }

    #[expect(clippy::cast_possible_truncation, reason = "the low and the high half")]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "(2^64 - 1)^2 + 2 (2^64 - 1) = 2^128 - 1; of either number at most 16 limbs are used"
    )]
    #[expect(clippy::indexing_slicing, reason = "the place of a limb that is used")]
    fn times(&self, other: &Self) -> Option<Self> {
        // The product has as many limbs as its factors together, or one fewer.
        if self.used + other.used > LIMBS + 1 {
            return None;
        }
        let mut limbs = [0_u64; LIMBS];
        for (place, factor) in self.limbs().iter().enumerate() {
            let mut carry = 0_u64;
            let mut out = limbs[place..].iter_mut();
            for (limb, out) in other.limbs().iter().zip(&mut out) {
                let sum = u128::from(*factor) * u128::from(*limb) + u128::from(*out) + u128::from(carry);
                (*out, carry) = (sum as u64, (sum >> 64) as u64);
            }
            // No more limbs than together one fewer: all terms were added, and only the last carry may not fit.
            match out.next() {
                Some(out) => *out = carry,
                None if carry == 0 => {}
                None => return None,
            }
        }
        Some(Self::of_limbs(limbs, self.used + other.used))
    }

    #[expect(clippy::indexing_slicing, reason = "at most all limbs are used")]
    fn to_big(self) -> BigUint {
        let mut bytes = [[0_u8; 8]; LIMBS];
        for (own, limb) in bytes.iter_mut().zip(self.limbs()) {
            *own = limb.to_le_bytes();
        }
        BigUint::from_bytes_le(bytes[..self.used].as_flattened())
    }
}

/// A fraction in 1,024 bits, not in lowest terms; the denominator is not 0. Every method answers `None` where the
/// bits do not hold it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Long {
    negative: bool,
    numerator: Natural,
    denominator: Natural,
}

impl Long {
    pub(super) fn of((numerator, denominator): (i128, u128)) -> Self {
        Self {
            negative: numerator < 0,
            numerator: Natural::of(numerator.unsigned_abs()),
            denominator: Natural::of(denominator),
        }
    }

    /// Numerator and denominator where 128 bits hold them.
    pub(super) fn narrow(&self) -> Option<(i128, u128)> {
        let numerator = i128::try_from(self.numerator.narrow()?).ok()?;
        let numerator = if self.negative { numerator.checked_neg()? } else { numerator };
        Some((numerator, self.denominator.narrow()?))
    }

    pub(super) fn sign(&self) -> Ordering {
        match (self.numerator.used, self.negative) {
            (0, _) => Ordering::Equal,
            (_, true) => Ordering::Less,
            (_, false) => Ordering::Greater,
        }
    }

    pub(super) const fn negated(self) -> Self {
        Self { negative: !self.negative, ..self }
    }

    pub(super) fn plus(&self, other: &Self) -> Option<Self> {
        let (left, right, denominator) = if self.denominator == other.denominator {
            (self.numerator, other.numerator, self.denominator)
        } else {
            (
                self.numerator.times(&other.denominator)?,
                other.numerator.times(&self.denominator)?,
                self.denominator.times(&other.denominator)?,
            )
        };
        let (negative, numerator) = if self.negative == other.negative {
            (self.negative, left.plus(&right)?)
        } else if let Some(difference) = left.minus(&right) {
            (self.negative, difference)
        } else {
            (other.negative, right.minus(&left)?)
        };
        Some(Self { negative, numerator, denominator })
    }

    pub(super) fn times(&self, other: &Self) -> Option<Self> {
        Some(Self {
            negative: self.negative != other.negative,
            numerator: self.numerator.times(&other.numerator)?,
            denominator: self.denominator.times(&other.denominator)?,
        })
    }

    /// `None` for a divisor of zero, too.
    pub(super) fn over(&self, divisor: &Self) -> Option<Self> {
        if divisor.numerator == Natural::ZERO {
            return None;
        }
        let (numerator, denominator) = (divisor.denominator, divisor.numerator);
        self.times(&Self { negative: divisor.negative, numerator, denominator })
    }

    pub(super) fn fraction(&self) -> Fraction {
        let sign = if self.negative { Sign::Minus } else { Sign::Plus };
        Fraction {
            numerator: BigInt::from_biguint(sign, self.numerator.to_big()),
            denominator: BigInt::from(self.denominator.to_big()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// N1: 1,024 bits say what long integers say, or that they do not hold it.
    #[test]
    fn a_thousand_bits_agree_with_long_integers() {
        let mut state = 7_u64;
        let mut next = || {
            state = state.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(0x1405_7B7E_F767_814F);
            state
        };
        let mut natural = || {
            let used = (next() >> 32) as usize % 17;
            let limb = |random: u64| if random.is_multiple_of(5) { u64::MAX } else { random };
            let limbs = core::array::from_fn(|place| if place < used { limb(next()) } else { 0 });
            Natural::of_limbs(limbs, used)
        };
        let (mut held, mut refused) = (0, 0);
        for _ in 0..20_000 {
            let (a, b) = (natural(), natural());
            let big = (a.to_big(), b.to_big());
            let below = if big.0 >= big.1 { Some(&big.0 - &big.1) } else { None };
            let expected = [Some(&big.0 + &big.1), Some(&big.0 * &big.1), below];
            let found = [a.plus(&b), a.times(&b), a.minus(&b)];
            for (expected, found) in expected.into_iter().zip(found) {
                assert_eq!(found.map(Natural::to_big), expected.filter(|value| value.bits() <= 1024));
                *if found.is_some() { &mut held } else { &mut refused } += 1;
            }
        }
        assert!(held > 20_000 && refused > 10_000, "{held}, {refused}");
    }
}
