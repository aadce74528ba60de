//! Mean and variance, of a slice of floats and of integers that were counted in shards.

use super::{StatsError, finite};
use crate::quantity::wire::deserialize_fields;
use num_bigint::BigUint;
use serde::{Deserialize, Serialize};

/// The mean of the `observations`, in their unit.
///
/// # Formula
/// `sum x_i / n`, summed with A. Neumaier's compensation (1974).
///
/// # Errors
/// [`StatsError::TooFewObservations`] for an empty sample; [`StatsError::NotFinite`];
/// [`StatsError::Overflow`] where the sum exceeds the largest float.
///
/// # Examples
/// ```
/// assert_eq!(marketloop::stats::mean(&[1e100, 3.0, -1e100, 5.0])?, 2.0);
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
pub fn mean(observations: &[f64]) -> Result<f64, StatsError> {
    for value in observations {
        finite("observation", *value)?;
    }
    if observations.is_empty() {
        return Err(StatsError::TooFewObservations { found: 0, needed: 1 });
    }
    let mean = compensated_sum(observations.iter().copied()) / length(observations);
    finite("mean", mean).map_err(|_| StatsError::Overflow { function: "the mean" })
}

/// The sample variance of the `observations`, in the square of their unit.
///
/// # Formula
/// `sum (x_i - mean)^2 / (n - 1)`, corrected for the rounding of the mean (T. F. Chan, G. H. Golub and R. J.
/// `LeVeque`, 1983).
///
/// # Errors
/// As [`mean`]; [`StatsError::TooFewObservations`] below two.
///
/// # Examples
/// ```
/// assert_eq!(marketloop::stats::variance(&[2.0, 4.0, 6.0])?, 4.0);
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
pub fn variance(observations: &[f64]) -> Result<f64, StatsError> {
    let mean = mean(observations)?;
    let count = length(observations);
    if count < 2.0 {
        return Err(StatsError::TooFewObservations { found: 1, needed: 2 });
    }
    let rest = compensated_sum(observations.iter().map(|value| value - mean));
    let squares = compensated_sum(observations.iter().map(|value| (value - mean) * (value - mean)));
    // The mean is rounded; what it is off by is in every square, and is taken out again.
    let variance = ((squares - rest * rest / count) / (count - 1.0)).max(0.0);
    // `max` turns NaN into 0: look at what went in.
    if squares.is_finite() && rest.is_finite() {
        finite("variance", variance).map_err(|_| StatsError::Overflow { function: "the variance" })
    } else {
        Err(StatsError::Overflow { function: "the variance" })
    }
}

#[expect(clippy::cast_precision_loss, reason = "no slice has 2^53 elements of eight bytes")]
fn length(observations: &[f64]) -> f64 {
    observations.len() as f64
}

fn compensated_sum(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut rest) = (0.0_f64, 0.0);
    for value in values {
        let next = sum + value;
        rest += if sum.abs() >= value.abs() { (sum - next) + value } else { (value - next) + sum };
        sum = next;
    }
    sum + rest
}

/// Count, sum and sum of squares of integers (minor units, seconds, events): a partial state that shards
/// count and one place finishes, with the same bits in any order.
///
/// # Examples
/// ```
/// use marketloop::stats::Moments;
///
/// let left = Moments::of([200, 400])?;
/// let right = Moments::of([600])?;
/// let all = left.merge(right)?;
/// assert_eq!(all, Moments::of([600, 200, 400])?);
/// assert_eq!((all.count(), all.mean()?, all.variance()?), (3, 400.0, 40_000.0));
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
///
/// ```
/// # use marketloop::stats::Moments;
/// let json = r#"{"count":2,"sum":"600","squares":"200000"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Moments>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Sums")]
pub struct Moments {
    #[serde(with = "crate::quantity::wire::own")]
    count: u64,
    #[serde(with = "crate::quantity::wire::own")]
    sum: i128,
    #[serde(with = "crate::quantity::wire::own")]
    squares: u128,
}

/// As on the wire; the sums as text, because JSON readers turn long integers into floats.
struct Sums {
    count: u64,
    sum: i128,
    squares: u128,
}

deserialize_fields!(Sums { count: own, sum: own, squares: own });

impl TryFrom<Sums> for Moments {
    type Error = StatsError;

    fn try_from(Sums { count, sum, squares }: Sums) -> Result<Self, Self::Error> {
        let moments = Self { count, sum, squares };
        // No numbers have a sum of squares below the square of their sum over their count, and one has none above it.
        let is_spread = |spread: BigUint| count <= 1 && spread != BigUint::ZERO;
        if moments.centred().is_none_or(is_spread) || (count == 0 && squares != 0) {
            return Err(StatsError::OutOfRange {
                name: "squares",
                value: to_float(&BigUint::from(squares)),
                range: "what count and sum admit",
            });
        }
        Ok(moments)
    }
}

impl Moments {
    /// The moments of an empty sample.
    pub const EMPTY: Self = Self { count: 0, sum: 0, squares: 0 };

    /// The moments of sums that were checked together with others.
    pub(super) const fn checked(count: u64, sum: i128, squares: u128) -> Self {
        Self { count, sum, squares }
    }

    /// Count, sum and sum of squares of the `observations`.
    ///
    /// # Errors
    /// [`StatsError::Overflow`] where the sum of squares exceeds 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::Moments;
    ///
    /// let orders = Moments::of([80_00, 100_00, 120_00])?;
    /// assert_eq!((orders.count(), orders.mean()?), (3, 100_00.0));
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn of(observations: impl IntoIterator<Item = i64>) -> Result<Self, StatsError> {
        observations.into_iter().try_fold(Self::EMPTY, |moments, observation| {
            let magnitude = u128::from(observation.unsigned_abs());
            #[expect(clippy::arithmetic_side_effects, reason = "the square of 64 bits fits 128")]
            let squares = magnitude * magnitude;
            moments.merge(Self { count: 1, sum: observation.into(), squares })
        })
    }

    /// The moments of both samples together. The order of merging changes no bit.
    ///
    /// # Errors
    /// [`StatsError::Overflow`] where the sum of squares exceeds 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::Moments;
    ///
    /// let (north, south) = (Moments::of([80_00, 100_00])?, Moments::of([120_00])?);
    /// let all = north.merge(south)?;
    /// assert_eq!(all, south.merge(north)?);
    /// assert_eq!(all, Moments::of([120_00, 80_00, 100_00])?);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn merge(self, other: Self) -> Result<Self, StatsError> {
        let merged = || {
            Some(Self {
                count: self.count.checked_add(other.count)?,
                sum: self.sum.checked_add(other.sum)?,
                squares: self.squares.checked_add(other.squares)?,
            })
        };
        merged().ok_or(StatsError::Overflow { function: "the sum of squares" })
    }

    /// How many observations there are.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// The sum of the observations.
    #[must_use]
    pub const fn sum(&self) -> i128 {
        self.sum
    }

    /// The sum of their squares.
    #[must_use]
    pub const fn squares(&self) -> u128 {
        self.squares
    }

    /// The mean of the observations.
    ///
    /// # Errors
    /// [`StatsError::TooFewObservations`] where there are none.
    pub fn mean(&self) -> Result<f64, StatsError> {
        if self.count == 0 {
            return Err(StatsError::TooFewObservations { found: 0, needed: 1 });
        }
        let magnitude =
            to_float(&BigUint::from(self.sum.unsigned_abs())) / to_float(&BigUint::from(self.count));
        Ok(if self.sum < 0 { -magnitude } else { magnitude })
    }

    /// The sample variance of the observations, without cancellation.
    ///
    /// # Formula
    /// `(n S2 - S1^2) / (n (n - 1))` for the count `n`, sum `S1` and sum of squares `S2`, the numerator in
    /// whole numbers.
    ///
    /// # Errors
    /// [`StatsError::TooFewObservations`] below two.
    pub fn variance(&self) -> Result<f64, StatsError> {
        let below = match self.count.checked_sub(1) {
            None | Some(0) => return Err(StatsError::TooFewObservations { found: self.count, needed: 2 }),
            Some(below) => below,
        };
        #[expect(clippy::arithmetic_side_effects, reason = "the product of two counts of 64 bits fits 128")]
        let pairs = u128::from(self.count) * u128::from(below);
        let centred = self.centred().unwrap_or_default();
        Ok(to_float(&centred) / to_float(&BigUint::from(pairs)))
    }

    /// `n S2 - S1^2`, which no observations make negative.
    #[expect(clippy::arithmetic_side_effects, reason = "a BigUint grows, and the difference is guarded")]
    fn centred(&self) -> Option<BigUint> {
        let all = BigUint::from(self.count) * BigUint::from(self.squares);
        let sum = BigUint::from(self.sum.unsigned_abs());
        let square = &sum * &sum;
        (all >= square).then(|| all - square)
    }
}

/// The nearest float, up to one unit of its last place.
#[expect(clippy::cast_precision_loss, reason = "a float is asked for")]
#[expect(clippy::arithmetic_side_effects, reason = "a shift to the right makes a BigUint smaller")]
pub(super) fn to_float(value: &BigUint) -> f64 {
    let shift = value.bits().saturating_sub(128);
    let leading = u128::try_from(value >> shift).unwrap_or(u128::MAX);
    libm::scalbn(leading as f64, i32::try_from(shift).unwrap_or(i32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_numbers_become_the_nearest_float() {
        for text in ["0", "1", "18446744073709551616", "340282366920938463463374607431768211455"] {
            let value: BigUint = text.parse().unwrap();
            assert!((to_float(&value) - text.parse::<f64>().unwrap()).abs() < 1e-300, "{text}");
        }
        let long = "123456789012345678901234567890123456789012345678901234567890";
        let ratio = to_float(&long.parse().unwrap()) / long.parse::<f64>().unwrap();
        assert!((ratio - 1.0).abs() < 3e-16, "{ratio}");
    }

    #[test]
    fn extremes_are_errors_or_exact() {
        assert!(Moments::EMPTY.mean().is_err() && Moments::of([1]).unwrap().variance().is_err());
        assert!(Moments::of([i64::MIN; 4]).is_err());
        let wide = Moments::of([i64::MIN, i64::MAX]).unwrap();
        assert!((wide.mean().unwrap() + 0.5).abs() < 1e-15);
        assert!((wide.variance().unwrap() / 1.701_411_834_604_692_3e38 - 1.0).abs() < 1e-15);
        // A float formula would find 0 or worse.
        let near = Moments::of([1_000_000_000_000_000, 1_000_000_000_000_001]).unwrap();
        assert!((near.variance().unwrap() - 0.5).abs() < 1e-15);
    }

    #[test]
    fn floats_overflow_with_an_error() {
        assert!(mean(&[f64::MAX, f64::MAX]).is_err());
        assert!(variance(&[f64::MAX, f64::MIN]).is_err());
        assert!(mean(&[]).is_err() && variance(&[1.0]).is_err() && mean(&[f64::NAN]).is_err());
    }
}
