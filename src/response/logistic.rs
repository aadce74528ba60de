//! The logistic curve, shifted so that it starts at a response of 0.

use super::curve::{ResponseCurve, without_search};
use super::{ResponseError, as_scale, seen, within};

/// An S-shaped curve, steepest at a spend of `m`, shifted down so that it starts at 0.
///
/// Its maximum response is therefore `a / (1 + e^(-r m))`, a little less than `a`.
///
/// # Formula
/// `f(x) = a (1 / (1 + e^(-r (x - m))) - 1 / (1 + e^(r m)))`.
///
/// # Examples
/// ```
/// use marketloop::response::{Logistic, ResponseCurve};
///
/// let curve = Logistic::new(1_000.0, 50.0, 0.2)?;
/// assert_eq!(curve.value(0.0), 0.0);
/// assert_eq!(curve.marginal(50.0), 50.0);
/// assert_eq!(curve.inflection(), 50.0);
/// # Ok::<(), marketloop::response::ResponseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Logistic {
    a: f64,
    m: f64,
    r: f64,
}

impl Logistic {
    /// The curve with the `height` (`a` in the formula), the steepest slope at a spend of `midpoint` (`m`), and the
    /// `rate` (`r`) per unit of spend.
    ///
    /// # Errors
    /// [`ResponseError::OutOfRange`] for an `a` or `r` outside 1e-100..=1e100 or an `m` outside 0..=1e100.
    ///
    /// # Examples
    /// ```
    /// use marketloop::response::{Logistic, ResponseCurve};
    ///
    /// let curve = Logistic::new(1_000.0, 50.0, 0.2)?;
    /// // Up to the midpoint the next unit of spend brings more than the one before.
    /// assert!(curve.marginal(20.0) < curve.marginal(50.0) && curve.marginal(80.0) < curve.marginal(50.0));
    /// assert!(Logistic::new(1_000.0, 50.0, -0.2).is_err());
    /// # Ok::<(), marketloop::response::ResponseError>(())
    /// ```
    pub fn new(height: f64, midpoint: f64, rate: f64) -> Result<Self, ResponseError> {
        Ok(Self {
            a: as_scale("a", height)?,
            m: within("m", midpoint, 0.0, 1e100, "0..=1e100")?,
            r: as_scale("r", rate)?,
        })
    }

    /// The height of the curve before the shift.
    #[must_use]
    pub const fn height(&self) -> f64 {
        self.a
    }

    /// The spend of the steepest slope.
    #[must_use]
    pub const fn midpoint(&self) -> f64 {
        self.m
    }

    /// The rate, per unit of spend.
    #[must_use]
    pub const fn rate(&self) -> f64 {
        self.r
    }
}

impl ResponseCurve for Logistic {
    fn value(&self, spend: f64) -> f64 {
        let spend = seen(spend);
        // The difference of the two terms without its cancellation:
        // (1 - e^(-r x)) / ((1 + e^(-r (x - m))) (1 + e^(-r m))).
        let start = 1.0 + libm::exp(-self.r * self.m);
        let rest = 1.0 + libm::exp(self.r * (self.m - spend));
        -self.a * (libm::expm1(-self.r * spend) / (rest * start))
    }

    fn marginal(&self, spend: f64) -> f64 {
        // By the distance: the slope is the same on both sides, and no exponential overflows.
        let distance = libm::fabs(self.r * (seen(spend) - self.m));
        let decay = libm::exp(-distance);
        self.a * self.r * (decay / ((1.0 + decay) * (1.0 + decay)))
    }

    fn rise(&self, from: f64, width: f64) -> f64 {
        let (from, to) = (seen(from), seen(from + if width.is_nan() { 0.0 } else { width }));
        self.a * logistic_rise(self.r * (from - self.m), self.r * (to - from))
    }

    fn inflection(&self) -> f64 {
        self.m
    }

    fn inverse_marginal(&self, marginal: f64) -> f64 {
        if let Some(answer) = without_search(marginal) {
            return answer;
        }
        // With t = tanh(r (x - m) / 2) the slope is a r (1 - t^2) / 4.
        let share = (4.0 * (marginal / (self.a * self.r))).max(f64::MIN_POSITIVE);
        if share > 1.0 {
            return 0.0;
        }
        let tanh = libm::sqrt(1.0 - share);
        self.m + (2.0 * libm::log1p(tanh) - libm::log(share)) / self.r
    }
}

/// `l(u + d) - l(u)` of `l(u) = 1 / (1 + e^-u)` without the difference, as `l(u + d) l(-u) (1 - e^-d)`: a step that is
/// narrower than `d` is seen as well as a slope.
pub(super) fn logistic_rise(u: f64, d: f64) -> f64 {
    let logistic = |u: f64| {
        let decay = libm::exp(-libm::fabs(u));
        if u >= 0.0 { 1.0 / (1.0 + decay) } else { decay / (1.0 + decay) }
    };
    if d < 0.0 {
        return -logistic_rise(u + d, -d);
    }
    // A product, as the difference of two values cancels over a narrow step.
    -logistic(u + d) * logistic(-u) * libm::expm1(-d)
}
