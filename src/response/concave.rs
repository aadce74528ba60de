//! Concave curves whose marginal response is inverted by one elementary function.

use super::curve::{ResponseCurve, without_search};
use super::{ResponseError, as_scale, seen, within};

/// A concave curve that keeps rising, ever more slowly.
///
/// # Formula
/// `f(x) = a ln(1 + x / k)`.
///
/// # Examples
/// ```
/// use marketloop::response::{Logarithmic, ResponseCurve};
///
/// let curve = Logarithmic::new(100.0, 50.0)?;
/// assert_eq!(curve.marginal(50.0), 1.0);
/// assert_eq!(curve.inverse_marginal(0.5), 150.0);
/// assert_eq!(serde_json::from_str::<Logarithmic>(r#"{"kind":"log","a":100,"k":50}"#)?, curve);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Logarithmic {
    a: f64,
    k: f64,
}

/// A curve of constant elasticity: 1 % more spend gives `p` % more response.
///
/// # Formula
/// `f(x) = a x^p` with `0 < p <= 1`.
///
/// # Examples
/// ```
/// use marketloop::response::{Power, ResponseCurve};
///
/// let curve = Power::new(3.0, 0.5)?;
/// assert_eq!(curve.value(100.0), 30.0);
/// assert_eq!(curve.inverse_marginal(0.15), 100.0);
/// # Ok::<(), marketloop::response::ResponseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Power {
    a: f64,
    p: f64,
}

/// A concave curve whose distance to its maximum response decays exponentially.
///
/// # Formula
/// `f(x) = a (1 - e^(-x / k))`.
///
/// # Examples
/// ```
/// use marketloop::response::{Exponential, ResponseCurve};
///
/// let curve = Exponential::new(100.0, 50.0)?;
/// assert!((curve.value(50.0) - 63.212_055_882_855_77).abs() < 1e-12);
/// # Ok::<(), marketloop::response::ResponseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exponential {
    a: f64,
    k: f64,
}

/// A concave curve that starts almost as a straight line and then saturates soon.
///
/// # Formula
/// `f(x) = a tanh(x / k)`.
///
/// # Examples
/// ```
/// use marketloop::response::{HyperbolicTangent, ResponseCurve};
///
/// let curve = HyperbolicTangent::new(100.0, 50.0)?;
/// assert!((curve.value(50.0) - 76.159_415_595_576_49).abs() < 1e-12);
/// # Ok::<(), marketloop::response::ResponseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HyperbolicTangent {
    a: f64,
    k: f64,
}

impl Logarithmic {
    /// The curve with the response `coefficient` (`a` in the formula) for each `e`-fold of `1 + x / k`, and the `scale`
    /// of spend (`k`).
    ///
    /// # Errors
    /// [`ResponseError::OutOfRange`] for a parameter outside 1e-100..=1e100.
    ///
    /// # Examples
    /// ```
    /// use marketloop::response::{Logarithmic, ResponseCurve};
    ///
    /// let curve = Logarithmic::new(60.0, 10.0)?;
    /// // At a spend of `scale` the next unit brings half of what the first one brought.
    /// assert_eq!((curve.marginal(0.0), curve.marginal(10.0)), (6.0, 3.0));
    /// # Ok::<(), marketloop::response::ResponseError>(())
    /// ```
    pub fn new(coefficient: f64, scale: f64) -> Result<Self, ResponseError> {
        Ok(Self { a: as_scale("a", coefficient)?, k: as_scale("k", scale)? })
    }

    /// The response for each `e`-fold of `1 + x / k`.
    #[must_use]
    pub const fn coefficient(&self) -> f64 {
        self.a
    }

    /// The scale of spend.
    #[must_use]
    pub const fn scale(&self) -> f64 {
        self.k
    }
}

impl ResponseCurve for Logarithmic {
    fn value(&self, spend: f64) -> f64 {
        // `ln(1 + x / k)` would lose the digits of a spend far below `k`.
        self.a * libm::log1p(seen(spend) / self.k)
    }

    fn marginal(&self, spend: f64) -> f64 {
        self.a / (self.k + seen(spend))
    }

    fn inflection(&self) -> f64 {
        0.0
    }

    fn inverse_marginal(&self, marginal: f64) -> f64 {
        without_search(marginal).unwrap_or_else(|| (self.a / marginal - self.k).max(0.0))
    }
}

impl Power {
    /// The curve with the response `coefficient` (`a` in the formula) at a spend of 1, and the `elasticity` (`p`).
    ///
    /// # Errors
    /// [`ResponseError::OutOfRange`] for an `a` outside 1e-100..=1e100 or a `p` outside 0.001..=1.
    ///
    /// # Examples
    /// ```
    /// use marketloop::response::{Power, ResponseCurve};
    ///
    /// // Elasticity 0.5: four times the spend for twice the response.
    /// let curve = Power::new(2.0, 0.5)?;
    /// assert_eq!((curve.value(100.0), curve.value(400.0)), (20.0, 40.0));
    /// assert!(Power::new(2.0, 1.2).is_err());
    /// # Ok::<(), marketloop::response::ResponseError>(())
    /// ```
    pub fn new(coefficient: f64, elasticity: f64) -> Result<Self, ResponseError> {
        Ok(Self { a: as_scale("a", coefficient)?, p: within("p", elasticity, 1e-3, 1.0, "0.001..=1")? })
    }

    /// The response at a spend of 1.
    #[must_use]
    pub const fn coefficient(&self) -> f64 {
        self.a
    }

    /// The elasticity of the response.
    #[must_use]
    pub const fn elasticity(&self) -> f64 {
        self.p
    }
}

impl ResponseCurve for Power {
    fn value(&self, spend: f64) -> f64 {
        self.a * libm::pow(seen(spend), self.p)
    }

    fn marginal(&self, spend: f64) -> f64 {
        // 0^0 is 1, a negative power of 0 is infinite.
        let (spend, slope) = (seen(spend), self.a * self.p * libm::pow(seen(spend), self.p - 1.0));
        // Infinite at 0 alone: at a spend above it the slope is a number, however great.
        if spend > 0.0 { slope.min(f64::MAX) } else { slope }
    }

    fn inflection(&self) -> f64 {
        0.0
    }

    fn inverse_marginal(&self, marginal: f64) -> f64 {
        if let Some(answer) = without_search(marginal) {
            return answer;
        }
        let ratio = self.a * self.p / marginal;
        if self.p < 1.0 {
            libm::pow(ratio, 1.0 / (1.0 - self.p))
        } else if ratio >= 1.0 {
            // On a straight line all spend is worth it, or none.
            f64::INFINITY
        } else {
            0.0
        }
    }
}

impl Exponential {
    /// The curve that saturates at `max_response` (`a` in the formula) and reaches 63 % of it at a spend of `scale`
    /// (`k`).
    ///
    /// # Errors
    /// [`ResponseError::OutOfRange`] for a parameter outside 1e-100..=1e100.
    pub fn new(max_response: f64, scale: f64) -> Result<Self, ResponseError> {
        Ok(Self { a: as_scale("a", max_response)?, k: as_scale("k", scale)? })
    }

    /// The maximum response.
    #[must_use]
    pub const fn max_response(&self) -> f64 {
        self.a
    }

    /// The scale of spend.
    #[must_use]
    pub const fn scale(&self) -> f64 {
        self.k
    }
}

impl ResponseCurve for Exponential {
    fn value(&self, spend: f64) -> f64 {
        // 1 - e^(-x / k) would lose the digits of a spend far below the scale.
        -self.a * libm::expm1(-seen(spend) / self.k)
    }

    fn marginal(&self, spend: f64) -> f64 {
        self.a / self.k * libm::exp(-seen(spend) / self.k)
    }

    fn inflection(&self) -> f64 {
        0.0
    }

    fn inverse_marginal(&self, marginal: f64) -> f64 {
        if let Some(answer) = without_search(marginal) {
            return answer;
        }
        let steepest = self.a / self.k;
        if marginal >= steepest { 0.0 } else { -self.k * log_of_share(marginal, steepest) }
    }
}

/// The logarithm of `marginal / steepest`, which is below 1.
fn log_of_share(marginal: f64, steepest: f64) -> f64 {
    let share = marginal / steepest;
    // A share below the normal floats has lost digits, or all: the spend would be a few percent off, or infinite. Two
    // logarithms that far apart lose nothing by their difference.
    if share >= f64::MIN_POSITIVE { libm::log(share) } else { libm::log(marginal) - libm::log(steepest) }
}

impl HyperbolicTangent {
    /// The curve that saturates at `max_response` (`a` in the formula) and reaches 76 % of it at a spend of `scale`
    /// (`k`).
    ///
    /// # Errors
    /// [`ResponseError::OutOfRange`] for a parameter outside 1e-100..=1e100.
    pub fn new(max_response: f64, scale: f64) -> Result<Self, ResponseError> {
        Ok(Self { a: as_scale("a", max_response)?, k: as_scale("k", scale)? })
    }

    /// The maximum response.
    #[must_use]
    pub const fn max_response(&self) -> f64 {
        self.a
    }

    /// The scale of spend.
    #[must_use]
    pub const fn scale(&self) -> f64 {
        self.k
    }
}

impl ResponseCurve for HyperbolicTangent {
    fn value(&self, spend: f64) -> f64 {
        self.a * libm::tanh(seen(spend) / self.k)
    }

    fn marginal(&self, spend: f64) -> f64 {
        // 1 - tanh^2 cancels where the curve is flat; 4 w / (1 + w)^2 with w = e^(-2 x / k) does not.
        let decay = libm::exp(-2.0 * (seen(spend) / self.k));
        self.a / self.k * (4.0 * decay / ((1.0 + decay) * (1.0 + decay)))
    }

    fn inflection(&self) -> f64 {
        0.0
    }

    fn inverse_marginal(&self, marginal: f64) -> f64 {
        if let Some(answer) = without_search(marginal) {
            return answer;
        }
        let steepest = self.a / self.k;
        if marginal >= steepest {
            return 0.0;
        }
        // tanh(x / k) = sqrt(1 - y) = t, and atanh(t) = ln((1 + t)^2 / (1 - t^2)) / 2.
        let tanh = libm::sqrt(1.0 - marginal / steepest);
        self.k * (libm::log1p(tanh) - 0.5 * log_of_share(marginal, steepest))
    }
}
