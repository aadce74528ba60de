//! Sums of pairs of integers that were counted in shards: variances, covariance, the ratio of two sums and what a
//! covariate explains.

use super::moments::to_float;
use super::{Moments, StatsError};
use crate::quantity::wire::{deserialize_fields, serialize_fields};
use num_bigint::{BigInt, BigUint, Sign};
use serde::Deserialize;

/// Count, sums, sums of squares and sum of products of pairs of integers `(x, y)`: a partial state that shards count
/// and one place finishes, with the same bits in any order.
///
/// One pair is one unit, such as a user: `x` may be visits and `y` orders (a [ratio](Self::ratio)), or `x` the revenue
/// before a test and `y` within it ([adjusted](Self::adjusted_mean) by it). Sums are whole numbers, so that nothing
/// cancels, however far from 0 the numbers lie; figures are rounded once.
///
/// # Examples
/// ```
/// use marketloop::stats::PairedMoments;
///
/// // Visits and orders of four users, two of them counted elsewhere.
/// let here = PairedMoments::of([(2, 1), (4, 2)])?;
/// let there = PairedMoments::of([(6, 2), (8, 3)])?;
/// let all = here.merge(there)?;
/// assert_eq!((all.count(), all.ratio()?), (4, 0.4)); // 8 orders of 20 visits
/// assert_eq!(all, PairedMoments::of([(8, 3), (2, 1), (6, 2), (4, 2)])?);
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
///
/// ```
/// # use marketloop::stats::PairedMoments;
/// let json = r#"{"count":2,"x":"6","y":"3","xx":"20","yy":"5","xy":"10"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<PairedMoments>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "Sums")]
pub struct PairedMoments {
    count: u64,
    x: i128,
    y: i128,
    xx: u128,
    yy: u128,
    xy: i128,
}

serialize_fields!(PairedMoments { count: own, x: own, y: own, xx: own, yy: own, xy: own });

/// As on the wire; the sums as text, because JSON readers turn long integers into floats.
struct Sums {
    count: u64,
    x: i128,
    y: i128,
    xx: u128,
    yy: u128,
    xy: i128,
}

deserialize_fields!("PairedMoments", Sums { count: own, x: own, y: own, xx: own, yy: own, xy: own });

impl TryFrom<Sums> for PairedMoments {
    type Error = StatsError;

    fn try_from(Sums { count, x, y, xx, yy, xy }: Sums) -> Result<Self, Self::Error> {
        Self::from_sums(count, (x, y), (xx, yy), xy)
    }
}

/// Why sums were refused: sums of squares are never below the square of their sum over their count, nor the square of
/// a sum of products above the product of both.
fn impossible(name: &'static str, value: f64) -> StatsError {
    StatsError::OutOfRange { name, value, range: "what count and sums admit" }
}

impl PairedMoments {
    /// The moments of no pairs.
    pub const EMPTY: Self = Self { count: 0, x: 0, y: 0, xx: 0, yy: 0, xy: 0 };

    /// The moments of `count` pairs with these sums of `x` and `y`, of their squares, and of their products.
    ///
    /// # Errors
    /// [`StatsError::OutOfRange`] for sums that no pairs have.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::PairedMoments;
    ///
    /// // From a database: `count(*)`, `sum(x)`, `sum(y)`, `sum(x*x)`, `sum(y*y)`, `sum(x*y)`.
    /// let sums = PairedMoments::from_sums(2, (6, 3), (20, 5), 10)?;
    /// assert_eq!(sums, PairedMoments::of([(2, 1), (4, 2)])?);
    /// assert!(PairedMoments::from_sums(2, (6, 3), (17, 5), 10).is_err()); // (2 * 17) is less than 6 * 6
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn from_sums(
        count: u64,
        (x, y): (i128, i128),
        (xx, yy): (u128, u128),
        xy: i128,
    ) -> Result<Self, StatsError> {
        let sums = Self { count, x, y, xx, yy, xy };
        if count == 0 && sums != Self::EMPTY {
            return Err(impossible("count", 0.0));
        }
        let (spread_x, spread_y, shared) = (sums.spread_x(), sums.spread_y(), sums.shared());
        // One pair does not differ from itself.
        let is_none =
            |spread: &BigInt| spread.sign() == Sign::Minus || (count == 1 && spread.sign() != Sign::NoSign);
        if is_none(&spread_x) {
            return Err(impossible("xx", to_float(&BigUint::from(xx))));
        }
        if is_none(&spread_y) {
            return Err(impossible("yy", to_float(&BigUint::from(yy))));
        }
        if product(&shared, &shared) > product(&spread_x, &spread_y) {
            return Err(impossible("xy", signed_float(&BigInt::from(xy))));
        }
        Ok(sums)
    }

    /// The moments of pairs that were added up elsewhere, which need no check.
    #[cfg(feature = "experiment")]
    pub(crate) const fn of_counted(
        count: u64,
        (x, y): (i128, i128),
        (xx, yy): (u128, u128),
        xy: i128,
    ) -> Self {
        Self { count, x, y, xx, yy, xy }
    }

    /// The moments of these pairs `(x, y)`.
    ///
    /// # Errors
    /// [`StatsError::Overflow`] where a sum exceeds 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::PairedMoments;
    ///
    /// assert_eq!(PairedMoments::of([(1, 10), (2, 20), (3, 30)])?.slope()?, 10.0);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn of(pairs: impl IntoIterator<Item = (i64, i64)>) -> Result<Self, StatsError> {
        pairs.into_iter().try_fold(Self::EMPTY, |sums, (x, y)| sums.merge(Self::of_one(x, y)))
    }

    /// The moments of one pair.
    #[expect(clippy::arithmetic_side_effects, reason = "a product of two numbers of 64 bits fits 128")]
    pub(crate) fn of_one(x: i64, y: i64) -> Self {
        let square = |value: i64| u128::from(value.unsigned_abs()) * u128::from(value.unsigned_abs());
        let (wide_x, wide_y) = (i128::from(x), i128::from(y));
        Self { count: 1, x: wide_x, y: wide_y, xx: square(x), yy: square(y), xy: wide_x * wide_y }
    }

    /// The moments of the pairs of both. The order of merging changes no bit.
    ///
    /// # Errors
    /// [`StatsError::Overflow`] where a sum exceeds 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::PairedMoments;
    ///
    /// let (monday, tuesday) = (PairedMoments::of([(2, 1)])?, PairedMoments::of([(4, 0), (1, 1)])?);
    /// assert_eq!(monday.merge(tuesday)?, tuesday.merge(monday)?);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn merge(self, other: Self) -> Result<Self, StatsError> {
        let merged = || {
            Some(Self {
                count: self.count.checked_add(other.count)?,
                x: self.x.checked_add(other.x)?,
                y: self.y.checked_add(other.y)?,
                xx: self.xx.checked_add(other.xx)?,
                yy: self.yy.checked_add(other.yy)?,
                xy: self.xy.checked_add(other.xy)?,
            })
        };
        merged().ok_or(StatsError::Overflow { function: "the sum of squares" })
    }

    /// How many pairs there are.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Count, sum and sum of squares of `x` alone.
    #[must_use]
    pub const fn x(&self) -> Moments {
        Moments::checked(self.count, self.x, self.xx)
    }

    /// Count, sum and sum of squares of `y` alone.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{Moments, PairedMoments};
    ///
    /// assert_eq!(PairedMoments::of([(2, 1), (4, 3)])?.y(), Moments::of([1, 3])?);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    #[must_use]
    pub const fn y(&self) -> Moments {
        Moments::checked(self.count, self.y, self.yy)
    }

    /// The sum of the products.
    #[must_use]
    pub const fn products(&self) -> i128 {
        self.xy
    }

    /// The sample covariance of `x` and `y`, without cancellation.
    ///
    /// # Formula
    /// `(n Sxy - Sx Sy) / (n (n - 1))`, the numerator in whole numbers.
    ///
    /// # Errors
    /// [`StatsError::TooFewObservations`] below two.
    pub fn covariance(&self) -> Result<f64, StatsError> {
        Ok(quotient(&self.shared(), &self.pairs()?))
    }

    /// The correlation of `x` and `y` (K. Pearson, 1895), within -1..=1.
    ///
    /// # Errors
    /// [`StatsError::TooFewObservations`] below two; [`StatsError::NoVariance`] where all `x` or all `y` are equal.
    pub fn correlation(&self) -> Result<f64, StatsError> {
        self.pairs()?;
        let (spread_x, spread_y) = (self.spread_x(), self.spread_y());
        for (name, spread) in [("x", &spread_x), ("y", &spread_y)] {
            if spread.sign() == Sign::NoSign {
                return Err(StatsError::NoVariance { name });
            }
        }
        // The square as one quotient of whole numbers: a root of each would round twice.
        let shared = self.shared();
        let square = quotient(&product(&shared, &shared), &product(&spread_x, &spread_y));
        let size = libm::sqrt(square).min(1.0);
        Ok(if shared.sign() == Sign::Minus { -size } else { size })
    }

    /// By how much `y` rises with `x`: the slope of the least-squares line.
    ///
    /// # Formula
    /// `cov(x, y) / var(x)`.
    ///
    /// # Errors
    /// [`StatsError::TooFewObservations`] below two; [`StatsError::NoVariance`] where all `x` are equal.
    pub fn slope(&self) -> Result<f64, StatsError> {
        self.pairs()?;
        let spread = self.spread_x();
        if spread.sign() == Sign::NoSign {
            return Err(StatsError::NoVariance { name: "x" });
        }
        Ok(quotient(&self.shared(), &spread))
    }

    /// The ratio of the sums, `sum y / sum x`.
    ///
    /// # Errors
    /// [`StatsError::TooFewObservations`] of no pairs; [`StatsError::ZeroSum`] where the `x` add up to 0.
    pub fn ratio(&self) -> Result<f64, StatsError> {
        if self.count == 0 {
            return Err(StatsError::TooFewObservations { found: 0, needed: 1 });
        }
        if self.x == 0 {
            return Err(StatsError::ZeroSum { name: "x" });
        }
        Ok(quotient(&BigInt::from(self.y), &BigInt::from(self.x)))
    }

    /// The variance of one pair's part in the [`ratio`](Self::ratio), by the delta method: over the number of pairs it
    /// is the variance of the ratio.
    ///
    /// # Formula
    /// `(s_y^2 - 2 R s_xy + R^2 s_x^2) / mean(x)^2` with `R = sum y / sum x` and sample variances (A. Deng, U. Knoblich
    /// and J. Lu, 2018), in whole numbers up to one division: near a constant ratio nothing cancels.
    ///
    /// # Errors
    /// Those of [`ratio`](Self::ratio); [`StatsError::TooFewObservations`] below two pairs.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::PairedMoments;
    ///
    /// // Everybody orders at every second visit: the ratio is certain, although visits differ.
    /// assert_eq!(PairedMoments::of([(2, 1), (4, 2), (10, 5)])?.ratio_variance()?, 0.0);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    #[expect(clippy::arithmetic_side_effects, reason = "a BigInt grows")]
    pub fn ratio_variance(&self) -> Result<f64, StatsError> {
        self.ratio()?;
        let pairs = self.pairs()?;
        let (x, y, count) = (BigInt::from(self.x), BigInt::from(self.y), BigInt::from(self.count));
        let up = residual(self, &y, &x) * &count * &count;
        Ok(quotient(&up, &(pairs * &x * &x * &x * &x)))
    }

    /// The mean of `y` after what `x` explains of it is taken out, with the slope of `pooled`: the pairs of all arms of
    /// a test together, so that all are adjusted alike.
    ///
    /// Without variance of `x` in `pooled` nothing is taken out. The slope is that of all pairs, with the means of the
    /// arms in it, as is the common practice.
    ///
    /// # Formula
    /// `mean(y) - theta mean(x)`, `theta = cov(x, y) / var(x)` of `pooled` (A. Deng, Y. Xu, R. Kohavi and T. Walker,
    /// 2013: CUPED), in whole numbers up to one division.
    ///
    /// # Errors
    /// [`StatsError::TooFewObservations`] of no pairs.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::PairedMoments;
    ///
    /// // Revenue before and within a test: who bought much before buys much.
    /// let old = PairedMoments::of([(10, 11), (20, 21), (30, 32)])?;
    /// let new = PairedMoments::of([(12, 15), (20, 23), (31, 35)])?;
    /// let pooled = old.merge(new)?;
    /// let lift = new.adjusted_mean(&pooled)? - old.adjusted_mean(&pooled)?;
    /// assert_eq!(format!("{lift:.2}"), "1.94"); // of the plain difference, 3, the rest was there before
    /// assert!(new.adjusted_variance(&pooled)? < 0.1 && new.y().variance()? > 100.0);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    #[doc(alias = "cuped")]
    #[expect(clippy::arithmetic_side_effects, reason = "a BigInt grows")]
    pub fn adjusted_mean(&self, pooled: &Self) -> Result<f64, StatsError> {
        if self.count == 0 {
            return Err(StatsError::TooFewObservations { found: 0, needed: 1 });
        }
        let (up, down) = pooled.theta();
        let rest = BigInt::from(self.y) * &down - BigInt::from(self.x) * &up;
        Ok(quotient(&rest, &(down * BigInt::from(self.count))))
    }

    /// The sample variance of `y` after what `x` explains of it is taken out: see
    /// [`adjusted_mean`](Self::adjusted_mean).
    ///
    /// # Formula
    /// `s_y^2 + theta^2 s_x^2 - 2 theta s_xy`, in whole numbers up to one division.
    ///
    /// # Errors
    /// [`StatsError::TooFewObservations`] below two pairs.
    #[expect(clippy::arithmetic_side_effects, reason = "a BigInt grows")]
    pub fn adjusted_variance(&self, pooled: &Self) -> Result<f64, StatsError> {
        let pairs = self.pairs()?;
        let (up, down) = pooled.theta();
        Ok(quotient(&residual(self, &up, &down), &(pairs * &down * &down)))
    }

    /// The slope as a fraction, 0/1 where all `x` are equal.
    fn theta(&self) -> (BigInt, BigInt) {
        let spread = self.spread_x();
        if spread.sign() == Sign::NoSign { (BigInt::ZERO, BigInt::from(1)) } else { (self.shared(), spread) }
    }

    /// `n (n - 1)`.
    #[expect(clippy::arithmetic_side_effects, reason = "the product of two counts of 64 bits fits 128")]
    fn pairs(&self) -> Result<BigInt, StatsError> {
        match self.count.checked_sub(1) {
            None | Some(0) => Err(StatsError::TooFewObservations { found: self.count, needed: 2 }),
            Some(below) => Ok(BigInt::from(u128::from(self.count) * u128::from(below))),
        }
    }

    /// `n Sxx - Sx^2`.
    fn spread_x(&self) -> BigInt {
        centred(self.count, &BigInt::from(self.xx), self.x, self.x)
    }

    /// `n Syy - Sy^2`.
    fn spread_y(&self) -> BigInt {
        centred(self.count, &BigInt::from(self.yy), self.y, self.y)
    }

    /// `n Sxy - Sx Sy`.
    fn shared(&self) -> BigInt {
        centred(self.count, &BigInt::from(self.xy), self.x, self.y)
    }
}

#[expect(clippy::arithmetic_side_effects, reason = "a BigInt grows")]
fn centred(count: u64, products: &BigInt, left: i128, right: i128) -> BigInt {
    BigInt::from(count) * products - BigInt::from(left) * BigInt::from(right)
}

/// `down^2 Cyy - 2 up down Cxy + up^2 Cxx`: how `down y - up x` spreads. No pairs make it negative.
#[expect(clippy::arithmetic_side_effects, reason = "a BigInt grows")]
fn residual(sums: &PairedMoments, up: &BigInt, down: &BigInt) -> BigInt {
    down * down * sums.spread_y() - BigInt::from(2) * up * down * sums.shared() + up * up * sums.spread_x()
}

#[expect(clippy::arithmetic_side_effects, reason = "a BigInt grows")]
fn product(left: &BigInt, right: &BigInt) -> BigInt {
    left * right
}

/// The quotient of two whole numbers, the second not 0.
fn quotient(up: &BigInt, down: &BigInt) -> f64 {
    let size = to_float(up.magnitude()) / to_float(down.magnitude());
    let is_below = (up.sign() == Sign::Minus) != (down.sign() == Sign::Minus);
    // A numerator of 0 is 0 without a sign.
    if is_below && up.sign() != Sign::NoSign { -size } else { size }
}

fn signed_float(value: &BigInt) -> f64 {
    quotient(value, &BigInt::from(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_far_from_zero_do_not_cancel() {
        let far = 4_000_000_000_000_000_000;
        let sums = PairedMoments::of([(far, far), (far + 1, far + 2), (far + 2, far + 4)]).unwrap();
        assert!((sums.slope().unwrap() - 2.0).abs() < 1e-15);
        assert!((sums.covariance().unwrap() - 2.0).abs() < 1e-15);
        assert!((sums.correlation().unwrap() - 1.0).abs() < 1e-15);
        assert!(sums.adjusted_variance(&sums).unwrap().abs() < 1e-300);
    }

    #[test]
    fn what_does_not_exist_is_told() {
        let none = PairedMoments::EMPTY;
        let one = PairedMoments::of([(0, 3)]).unwrap();
        assert!(none.ratio().is_err() && none.covariance().is_err() && none.adjusted_mean(&none).is_err());
        assert_eq!(one.ratio(), Err(StatsError::ZeroSum { name: "x" }));
        assert_eq!(one.slope(), Err(StatsError::TooFewObservations { found: 1, needed: 2 }));
        let flat = PairedMoments::of([(5, 1), (5, 2)]).unwrap();
        assert_eq!(flat.slope(), Err(StatsError::NoVariance { name: "x" }));
        assert_eq!(flat.correlation(), Err(StatsError::NoVariance { name: "x" }));
        // A constant covariate takes nothing out.
        assert_eq!(flat.adjusted_mean(&flat), flat.y().mean());
        assert_eq!(flat.adjusted_variance(&flat), flat.y().variance());
    }

    #[test]
    fn extremes_are_errors_or_exact() {
        let wide = [(i64::MIN, i64::MAX), (i64::MAX, i64::MIN)];
        let sums = PairedMoments::of(wide).unwrap();
        assert!((sums.correlation().unwrap() + 1.0).abs() < 1e-15);
        assert!(sums.ratio().unwrap().is_finite() && sums.ratio_variance().unwrap().is_finite());
        assert!(PairedMoments::of([(i64::MIN, i64::MIN); 4]).is_err());
    }

    #[test]
    fn sums_that_no_pairs_have_are_refused() {
        let refused = |sums: (u64, (i128, i128), (u128, u128), i128)| {
            PairedMoments::from_sums(sums.0, sums.1, sums.2, sums.3).is_err()
        };
        assert!(refused((0, (0, 0), (0, 0), 1)) && refused((0, (1, 0), (1, 0), 0)));
        assert!(refused((1, (2, 0), (5, 0), 0)) && refused((1, (0, 2), (0, 5), 0)));
        assert!(!refused((2, (6, 3), (20, 5), 8)) && !refused((1, (2, 3), (4, 9), 6)));
        assert!(refused((2, (6, 3), (20, 5), 11)) && refused((2, (6, 3), (20, 5), 7)));
        assert!(refused((2, (i128::MIN, 3), (u128::MAX, 5), i128::MAX)));
        assert!(!refused((2, (6, 3), (20, 5), 8)));
    }
}
