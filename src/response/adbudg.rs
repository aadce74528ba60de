//! The ADBUDG curve: it starts at a base response without spend and saturates.

use super::curve::ResponseCurve;
use super::hill::Hill;
use super::{ResponseError, as_scale, exponent, within};

/// A curve that starts at response `b` without spend and saturates at `a`; S-shaped if `c` is above 1.
///
/// # Formula
/// `f(x) = b + (a - b) x^c / (d + x^c)` (Little, 1970).
///
/// # Examples
/// ```
/// use marketloop::response::{Adbudg, ResponseCurve};
///
/// let share = Adbudg::new(0.7, 0.2, 2.0, 10_000.0)?;
/// assert_eq!(share.value(0.0), 0.2);
/// assert!((share.value(100.0) - 0.45).abs() < 1e-15);
/// # Ok::<(), marketloop::response::ResponseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adbudg {
    a: f64,
    b: f64,
    d: f64,
    rise: Hill,
}

impl Adbudg {
    /// The curve from `min_response` without spend (`b` in the formula) to `max_response` (`a`), with the `shape` `c`
    /// and the half-way point `scale` (`d`), in the unit of spend to the power of the shape.
    ///
    /// # Errors
    /// [`ResponseError::OutOfRange`] for an `a` or `d` outside 1e-100..=1e100, a `b` outside 0..=1e100, a `c`
    /// outside 0.001..=1000, or a half-way spend `d^(1/c)` or a rise `a - b` outside 1e-100..=1e100;
    /// [`ResponseError::NoRise`] where `a` is not above `b`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::response::{Adbudg, ResponseCurve, ResponseError};
    ///
    /// // 20 orders come without any spend.
    /// assert_eq!(Adbudg::new(100.0, 20.0, 2.0, 900.0)?.value(0.0), 20.0);
    /// let falling = Adbudg::new(10.0, 20.0, 2.0, 900.0);
    /// assert!(matches!(falling, Err(ResponseError::NoRise { .. })));
    /// # Ok::<(), marketloop::response::ResponseError>(())
    /// ```
    pub fn new(max_response: f64, min_response: f64, shape: f64, scale: f64) -> Result<Self, ResponseError> {
        let (a, b) = (as_scale("a", max_response)?, within("b", min_response, 0.0, 1e100, "0..=1e100")?);
        let (c, d) = (exponent("c", shape)?, as_scale("d", scale)?);
        if a <= b {
            return Err(ResponseError::NoRise { least: b, most: a });
        }
        let half_way = as_scale("half-way spend", libm::pow(d, 1.0 / c))?;
        Ok(Self { a, b, d, rise: Hill::new(as_scale("rise", a - b)?, half_way, c)? })
    }

    /// The maximum response.
    #[must_use]
    pub const fn max_response(&self) -> f64 {
        self.a
    }

    /// The response without spend.
    #[must_use]
    pub const fn min_response(&self) -> f64 {
        self.b
    }

    /// The shape: S-shaped above 1.
    #[must_use]
    pub const fn shape(&self) -> f64 {
        self.rise.shape()
    }

    /// The half-way point, in the unit of spend to the power of the shape.
    #[must_use]
    pub const fn scale(&self) -> f64 {
        self.d
    }
}

impl ResponseCurve for Adbudg {
    fn value(&self, spend: f64) -> f64 {
        self.b + self.rise.value(spend)
    }

    fn marginal(&self, spend: f64) -> f64 {
        self.rise.marginal(spend)
    }

    fn inflection(&self) -> f64 {
        self.rise.inflection()
    }

    fn inverse_marginal(&self, marginal: f64) -> f64 {
        self.rise.inverse_marginal(marginal)
    }

    fn inverse_marginal_near(&self, marginal: f64, guess: f64) -> f64 {
        self.rise.inverse_marginal_near(marginal, guess)
    }

    fn best_spend(&self, price: f64, from: f64, to: f64) -> f64 {
        self.rise.best_spend(price, from, to)
    }

    fn tangent_from(&self, spend: f64) -> Option<(f64, f64)> {
        self.rise.tangent_from(spend)
    }
}
