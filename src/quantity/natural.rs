//! Whole numbers of three widths behind one trait: an algorithm runs on `u64`, again on `u128` where that
//! overflows, and last on [`BigUint`], which never does. Exactness then costs its price only where needed.

use num_bigint::BigUint;

/// A natural number whose arithmetic says when it does not fit (`None`).
pub(crate) trait Natural: Clone + Ord {
    fn from_u128(value: u128) -> Option<Self>;
    fn to_u128(&self) -> Option<u128>;
    fn plus(&self, other: &Self) -> Option<Self>;
    /// `None` where the difference would be negative.
    fn minus(&self, other: &Self) -> Option<Self>;
    fn times(&self, other: &Self) -> Option<Self>;
    /// `None` for a zero divisor.
    fn div_rem(&self, divisor: &Self) -> Option<(Self, Self)>;
    fn is_zero(&self) -> bool;

    /// 10 to the power `exponent`.
    fn power_of_ten(exponent: u32) -> Option<Self> {
        let mut power = Self::from_u128(1)?;
        let ten = Self::from_u128(10)?;
        for _ in 0..exponent {
            power = power.times(&ten)?;
        }
        Some(power)
    }
}

macro_rules! primitive {
    ($type:ty, $from:expr, $powers:expr) => {
        impl Natural for $type {
            #[inline]
            fn from_u128(value: u128) -> Option<Self> {
                $from(value)
            }
            #[inline]
            fn to_u128(&self) -> Option<u128> {
                Some(u128::from(*self))
            }
            #[inline]
            fn plus(&self, other: &Self) -> Option<Self> {
                self.checked_add(*other)
            }
            #[inline]
            fn minus(&self, other: &Self) -> Option<Self> {
                self.checked_sub(*other)
            }
            #[inline]
            fn times(&self, other: &Self) -> Option<Self> {
                self.checked_mul(*other)
            }
            #[inline]
            fn div_rem(&self, divisor: &Self) -> Option<(Self, Self)> {
                Some((self.checked_div(*divisor)?, self.checked_rem(*divisor)?))
            }
            #[inline]
            fn is_zero(&self) -> bool {
                *self == 0
            }
            #[inline]
            fn power_of_ten(exponent: u32) -> Option<Self> {
                $powers.get(exponent as usize).copied()
            }
        }
    };
}

primitive!(u64, |value| u64::try_from(value).ok(), POWERS_64);
primitive!(u128, Some, POWERS_128);

/// The powers of ten that 64 bits hold.
const POWERS_64: [u64; 20] = {
    let mut powers = [1_u64; 20];
    let mut rest: &mut [u64] = &mut powers;
    // The product behind the last entry leaves the width; it wraps, and no entry takes it.
    let mut power = 1_u64;
    while let [first, tail @ ..] = rest {
        *first = power;
        power = power.wrapping_mul(10);
        rest = tail;
    }
    powers
};

/// The powers of ten that 128 bits hold.
const POWERS_128: [u128; 39] = {
    let mut powers = [1_u128; 39];
    let mut rest: &mut [u128] = &mut powers;
    let mut power = 1_u128;
    while let [first, tail @ ..] = rest {
        *first = power;
        power = power.wrapping_mul(10);
        rest = tail;
    }
    powers
};

impl Natural for BigUint {
    fn from_u128(value: u128) -> Option<Self> {
        Some(Self::from(value))
    }
    fn to_u128(&self) -> Option<u128> {
        u128::try_from(self).ok()
    }
    #[expect(clippy::arithmetic_side_effects, reason = "a BigUint grows, it does not overflow")]
    fn plus(&self, other: &Self) -> Option<Self> {
        Some(self + other)
    }
    #[expect(clippy::arithmetic_side_effects, reason = "guarded: never negative")]
    fn minus(&self, other: &Self) -> Option<Self> {
        (self >= other).then(|| self - other)
    }
    #[expect(clippy::arithmetic_side_effects, reason = "a BigUint grows, it does not overflow")]
    fn times(&self, other: &Self) -> Option<Self> {
        Some(self * other)
    }
    #[expect(clippy::arithmetic_side_effects, reason = "guarded: the divisor is not zero")]
    fn div_rem(&self, divisor: &Self) -> Option<(Self, Self)> {
        (!Natural::is_zero(divisor)).then(|| (self / divisor, self % divisor))
    }
    fn is_zero(&self) -> bool {
        self.bits() == 0
    }
}

/// Runs `$narrow` on the narrowest width that holds every intermediate result.
macro_rules! on_narrowest {
    ($function:ident($($argument:expr),* $(,)?)) => {
        $function::<u64>($($argument),*)
            .or_else(|| $function::<u128>($($argument),*))
            .or_else(|| $function::<num_bigint::BigUint>($($argument),*))
    };
}
pub(crate) use on_narrowest;

/// The greatest common divisor; `gcd(a, 0) = a`.
pub(crate) fn greatest_common_divisor<N: Natural>(left: N, right: N) -> N {
    // Euclid's way: it ends where nothing is left to divide by, for which `div_rem` has no answer.
    let (mut larger, mut smaller) = (left, right);
    while let Some((_, rest)) = larger.div_rem(&smaller) {
        larger = smaller;
        smaller = rest;
    }
    larger
}
