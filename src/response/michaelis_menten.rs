//! The Michaelis-Menten curve, the Hill curve of shape 1.

use super::curve::{ResponseCurve, without_search};
use super::{ResponseError, as_scale, seen};

/// A concave curve that saturates at a maximum response and reaches half of it at a spend of `k`.
///
/// # Formula
/// `f(x) = a x / (k + x)` (Michaelis and Menten, 1913).
///
/// # Examples
/// ```
/// use marketloop::response::{MichaelisMenten, ResponseCurve};
///
/// let curve = MichaelisMenten::new(900.0, 50.0)?;
/// assert_eq!(curve.value(100.0), 600.0);
/// # Ok::<(), marketloop::response::ResponseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MichaelisMenten {
    a: f64,
    k: f64,
}

impl MichaelisMenten {
    /// The curve that saturates at `max_response` (`a` in the formula) and reaches half of it at a spend of
    /// `half_saturation` (`k`).
    ///
    /// # Errors
    /// [`ResponseError::OutOfRange`] for a parameter outside 1e-100..=1e100.
    ///
    /// # Examples
    /// ```
    /// use marketloop::response::{MichaelisMenten, ResponseCurve};
    ///
    /// let curve = MichaelisMenten::new(1_000.0, 300.0)?;
    /// assert_eq!(curve.value(300.0), 500.0);
    /// // Saturation: three times the spend brings half as much again.
    /// assert_eq!(curve.value(900.0), 750.0);
    /// # Ok::<(), marketloop::response::ResponseError>(())
    /// ```
    pub fn new(max_response: f64, half_saturation: f64) -> Result<Self, ResponseError> {
        Ok(Self { a: as_scale("a", max_response)?, k: as_scale("k", half_saturation)? })
    }

    /// The maximum response.
    #[must_use]
    pub const fn max_response(&self) -> f64 {
        self.a
    }

    /// The spend at which the response is half of its maximum.
    #[must_use]
    pub const fn half_saturation(&self) -> f64 {
        self.k
    }
}

impl ResponseCurve for MichaelisMenten {
    fn value(&self, spend: f64) -> f64 {
        let spend = seen(spend);
        self.a * (spend / (self.k + spend))
    }

    fn marginal(&self, spend: f64) -> f64 {
        let sum = self.k + seen(spend);
        (self.a / sum) * (self.k / sum)
    }

    fn inflection(&self) -> f64 {
        0.0
    }

    fn inverse_marginal(&self, marginal: f64) -> f64 {
        if let Some(answer) = without_search(marginal) {
            return answer;
        }
        of_slope(marginal, self.a / self.k, self.k)
    }
}

/// The spend at which the slope is `marginal`, which is above 0, on a curve that begins with `slope`.
pub(super) fn of_slope(marginal: f64, slope: f64, k: f64) -> f64 {
    // k (1 / sqrt(y) - 1) without the difference that cancels near y = 1.
    let share = (marginal / slope).max(f64::MIN_POSITIVE);
    if share >= 1.0 { 0.0 } else { k * ((1.0 - share) / (libm::sqrt(share) + share)) }
}
