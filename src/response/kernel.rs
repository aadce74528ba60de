//! How the effect of one spend is spread over the periods after it.

use super::given::Given;
use super::{ResponseError, as_scale, exponent, within};
use crate::error::excerpt;
use crate::quantity::wire::wire_fields;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// The maximum number of lags of a kernel: ten thousand periods, 27 years of days.
pub(super) const MAX_LAGS: usize = 10_000;

/// The shares of a spend's effect in its own period and in each later one.
///
/// On the wire `{"kind":"geometric","alpha":0.5}`, with the kinds `geometric`, `delayed`, `binomial`, `weibull_cdf`,
/// `weibull_pdf` and `custom`.
///
/// # Examples
/// ```
/// use marketloop::response::Kernel;
///
/// let kernel: Kernel = serde_json::from_str(r#"{"kind":"delayed","alpha":0.5,"theta":1}"#)?;
/// assert_eq!(kernel.weights(3)?, [0.5, 1.0, 0.5]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
#[doc(alias("adstock", "decay"))]
pub struct Kernel(Shape);

#[derive(Debug, Clone, PartialEq)]
enum Shape {
    Geometric { alpha: f64 },
    Delayed { alpha: f64, theta: f64 },
    Binomial { alpha: f64 },
    WeibullCdf { scale: f64, shape: f64 },
    WeibullPdf { scale: f64, shape: f64 },
    Custom(Vec<f64>),
}

impl Kernel {
    /// Each period keeps the share `alpha` of the one before it.
    ///
    /// # Formula
    /// `w[i] = alpha^i` (Broadbent, 1979).
    ///
    /// # Errors
    /// [`ResponseError::OutOfRange`] outside 0..=1.
    ///
    /// # Examples
    /// ```
    /// use marketloop::response::Kernel;
    ///
    /// // Half of the effect is left in each further period.
    /// assert_eq!(Kernel::geometric(0.5)?.weights(3)?, [1.0, 0.5, 0.25]);
    /// assert!(Kernel::geometric(1.5).is_err());
    /// # Ok::<(), marketloop::response::ResponseError>(())
    /// ```
    pub fn geometric(alpha: f64) -> Result<Self, ResponseError> {
        retention(alpha).map(|alpha| Self(Shape::Geometric { alpha }))
    }

    /// A kernel whose effect is greatest `theta` periods after the spend.
    ///
    /// # Formula
    /// `w[i] = alpha^((i - theta)^2)` (Jin et al., 2017).
    ///
    /// # Errors
    /// [`ResponseError::OutOfRange`] for an `alpha` outside 0..=1 or a `theta` outside 0..=10000.
    ///
    /// # Examples
    /// ```
    /// use marketloop::response::Kernel;
    ///
    /// // A television spot that works best one period after it ran.
    /// assert_eq!(Kernel::delayed(0.5, 1.0)?.weights(3)?, [0.5, 1.0, 0.5]);
    /// # Ok::<(), marketloop::response::ResponseError>(())
    /// ```
    pub fn delayed(alpha: f64, theta: f64) -> Result<Self, ResponseError> {
        let theta = within("theta", theta, 0.0, 1e4, "0..=10000")?;
        retention(alpha).map(|alpha| Self(Shape::Delayed { alpha, theta }))
    }

    /// A kernel whose effect falls to 0 just after the last lag: on a straight line for `alpha = 0.5`, slower at
    /// first above it and faster below.
    ///
    /// # Formula
    /// `w[i] = (1 - i / (lags + 1))^(1 / alpha - 1)`.
    ///
    /// # Errors
    /// [`ResponseError::OutOfRange`] outside 0.001..=1.
    ///
    /// # Examples
    /// ```
    /// use marketloop::response::Kernel;
    ///
    /// assert_eq!(Kernel::binomial(0.5)?.weights(3)?, [1.0, 0.75, 0.5]);
    /// # Ok::<(), marketloop::response::ResponseError>(())
    /// ```
    pub fn binomial(alpha: f64) -> Result<Self, ResponseError> {
        // From 0.001 on the power 1 / alpha - 1 stays below 1,000.
        within("alpha", alpha, 1e-3, 1.0, "0.001..=1").map(|alpha| Self(Shape::Binomial { alpha }))
    }

    /// A kernel in which each period keeps a share of the one before, and that share falls with time.
    ///
    /// # Formula
    /// `w[0] = 1`, `w[t] = w[t - 1] e^(-(t / scale)^shape)`: the shares kept are a Weibull survival function.
    ///
    /// # Errors
    /// [`ResponseError::OutOfRange`] for a `scale` outside 1e-100..=1e100 or a `shape` outside 0.001..=1000.
    ///
    /// # Examples
    /// ```
    /// use marketloop::response::Kernel;
    ///
    /// // Of shape 1 the share kept falls from period to period: the effect ends sooner than a geometric one.
    /// let weights = Kernel::weibull_cdf(2.0, 1.0)?.weights(3)?;
    /// assert!(weights[2] / weights[1] < weights[1] / weights[0]);
    /// # Ok::<(), marketloop::response::ResponseError>(())
    /// ```
    pub fn weibull_cdf(scale: f64, shape: f64) -> Result<Self, ResponseError> {
        let (scale, shape) = weibull(scale, shape)?;
        Ok(Self(Shape::WeibullCdf { scale, shape }))
    }

    /// A kernel that follows a Weibull density: above shape 1 the effect can peak late.
    ///
    /// # Formula
    /// `w[t - 1] = (p(t) - min p) / (max p - min p)` with the Weibull density `p` at `t` in `1..=lags`.
    ///
    /// # Errors
    /// [`ResponseError::OutOfRange`] for a `scale` outside 1e-100..=1e100 or a `shape` outside 0.001..=1000.
    ///
    /// # Examples
    /// ```
    /// use marketloop::response::Kernel;
    ///
    /// // A campaign that is talked about two periods after it ran.
    /// let weights = Kernel::weibull_pdf(3.0, 3.0)?.weights(5)?;
    /// assert_eq!(weights[2], 1.0);
    /// assert!(weights[0] < weights[1] && weights[3] > weights[4]);
    /// # Ok::<(), marketloop::response::ResponseError>(())
    /// ```
    pub fn weibull_pdf(scale: f64, shape: f64) -> Result<Self, ResponseError> {
        let (scale, shape) = weibull(scale, shape)?;
        Ok(Self(Shape::WeibullPdf { scale, shape }))
    }

    /// A kernel of these weights. Later lags have weight 0.
    ///
    /// # Errors
    /// [`ResponseError::Lags`] for none or more than 10,000, [`ResponseError::OutOfRange`] for one outside
    /// 0..=1e100.
    ///
    /// # Examples
    /// ```
    /// use marketloop::response::Kernel;
    ///
    /// // Weights measured elsewhere, for example by a holdout test.
    /// assert_eq!(Kernel::custom([1.0, 0.4])?.weights(3)?, [1.0, 0.4, 0.0]);
    /// # Ok::<(), marketloop::response::ResponseError>(())
    /// ```
    pub fn custom(weights: impl Into<Vec<f64>>) -> Result<Self, ResponseError> {
        let weights = weights.into();
        checked_lags(weights.len())?;
        for weight in &weights {
            within("weight", *weight, 0.0, 1e100, "0..=1e100")?;
        }
        Ok(Self(Shape::Custom(weights)))
    }

    /// The weight of each lag from 0 on, not normalised.
    ///
    /// # Errors
    /// [`ResponseError::Lags`] outside 1..=10000; [`ResponseError::NoWeight`] where all are 0, or where a
    /// Weibull density is the same at all lags.
    ///
    /// # Examples
    /// ```
    /// use marketloop::response::Kernel;
    ///
    /// assert_eq!(Kernel::geometric(0.5)?.weights(4)?, [1.0, 0.5, 0.25, 0.125]);
    /// assert_eq!(Kernel::binomial(0.5)?.weights(3)?, [1.0, 0.75, 0.5]);
    /// # Ok::<(), marketloop::response::ResponseError>(())
    /// ```
    pub fn weights(&self, lags: usize) -> Result<Vec<f64>, ResponseError> {
        let last = checked_lags(lags)?;
        // Counted as 32 bits, which a float holds exactly.
        let periods = || (0..last).map(f64::from);
        let weights: Vec<f64> = match &self.0 {
            Shape::Geometric { alpha } => periods().map(|i| libm::pow(*alpha, i)).collect(),
            Shape::Delayed { alpha, theta } => {
                periods().map(|i| libm::pow(*alpha, (i - theta) * (i - theta))).collect()
            }
            Shape::Binomial { alpha } => {
                let (end, power) = (f64::from(last) + 1.0, 1.0 / alpha - 1.0);
                periods().map(|i| libm::pow(1.0 - i / end, power)).collect()
            }
            Shape::WeibullCdf { scale, shape } => {
                let mut weight = 1.0;
                let mut next = |i: f64| {
                    // The Weibull survival at a lag is the share that it keeps of the lag before: the weights are
                    // products of them, which fall faster than the survival itself.
                    weight *= libm::exp(-libm::pow(i / scale, *shape));
                    weight
                };
                periods().map(|i| if i > 0.0 { next(i) } else { 1.0 }).collect()
            }
            Shape::WeibullPdf { scale, shape } => {
                // From 1 on, as a density of a shape below 1 is infinite at 0.
                ranged_densities(periods().map(|i| i + 1.0), *scale, *shape)
            }
            Shape::Custom(weights) => {
                weights.iter().copied().chain(core::iter::repeat(0.0)).take(lags).collect()
            }
        };
        if weights.iter().any(|weight| *weight > 0.0) {
            Ok(weights)
        } else {
            Err(ResponseError::NoWeight { lags })
        }
    }
}

/// The densities at `times`, moved and scaled to 0..=1; all 0 where they cannot be told apart.
fn ranged_densities(times: impl Iterator<Item = f64>, scale: f64, shape: f64) -> Vec<f64> {
    // Without the constant factor, which the range divides out; as logarithms, relative to the greatest.
    let logarithm = |time: f64| (shape - 1.0) * libm::log(time / scale) - libm::pow(time / scale, shape);
    let mut densities: Vec<f64> = times.map(logarithm).collect();
    let greatest = densities.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    for density in &mut densities {
        *density = if greatest.is_finite() { libm::exp(*density - greatest) } else { 0.0 };
    }
    let least = densities.iter().copied().fold(1.0, f64::min);
    let range = 1.0 - least;
    for density in &mut densities {
        // Without a range no weight is left, and the caller is told that.
        *density = if range > 0.0 { (*density - least) / range } else { 0.0 };
    }
    densities
}

pub(super) fn checked_lags(lags: usize) -> Result<u32, ResponseError> {
    match u32::try_from(lags) {
        Ok(last) if (1..=MAX_LAGS).contains(&lags) => Ok(last),
        _ => Err(ResponseError::Lags { lags, limit: MAX_LAGS }),
    }
}

fn retention(alpha: f64) -> Result<f64, ResponseError> {
    within("alpha", alpha, 0.0, 1.0, "0..=1")
}

fn weibull(spread: f64, shape: f64) -> Result<(f64, f64), ResponseError> {
    Ok((as_scale("scale", spread)?, exponent("shape", shape)?))
}

/// A kernel as it is written down: a kind and its parameters, not yet checked.
#[derive(Default)]
pub(super) struct Parameters {
    pub(super) kind: String,
    pub(super) alpha: Option<f64>,
    pub(super) theta: Option<f64>,
    pub(super) scale: Option<f64>,
    pub(super) shape: Option<f64>,
    pub(super) weights: Option<Vec<f64>>,
}

wire_fields!(
    "Kernel",
    Parameters {
        kind,
        alpha: optional(own),
        theta: optional(own),
        scale: optional(own),
        shape: optional(own),
        weights: optional(own)
    }
);

impl Parameters {
    pub(super) fn check(self) -> Result<Kernel, ResponseError> {
        let kinds = ["geometric", "delayed", "binomial", "weibull_cdf", "weibull_pdf", "custom"];
        let unknown = || ResponseError::UnknownKind { kind: excerpt(&self.kind) };
        let kind = kinds.into_iter().find(|kind| *kind == self.kind).ok_or_else(unknown)?;
        let slots =
            [("alpha", self.alpha), ("theta", self.theta), ("scale", self.scale), ("shape", self.shape)];
        let mut given = Given { kind, slots };
        let mut weights = Given { kind, slots: [("weights", self.weights)] };
        let mut take = |name| given.take(name);
        let kernel = match kind {
            "geometric" => Kernel::geometric(take("alpha")?),
            "delayed" => Kernel::delayed(take("alpha")?, take("theta")?),
            "binomial" => Kernel::binomial(take("alpha")?),
            "weibull_cdf" => Kernel::weibull_cdf(take("scale")?, take("shape")?),
            "weibull_pdf" => Kernel::weibull_pdf(take("scale")?, take("shape")?),
            _ => Kernel::custom(weights.take("weights")?),
        };
        // A parameter that the kind does not have was meant for another kind: it is not passed over.
        given.nothing_left()?;
        weights.nothing_left()?;
        kernel
    }
}

impl TryFrom<Parameters> for Kernel {
    type Error = ResponseError;

    fn try_from(parameters: Parameters) -> Result<Self, Self::Error> {
        parameters.check()
    }
}

impl From<Kernel> for Parameters {
    fn from(kernel: Kernel) -> Self {
        let none = Self::default();
        match kernel.0 {
            Shape::Geometric { alpha } => Self { kind: "geometric".into(), alpha: Some(alpha), ..none },
            Shape::Delayed { alpha, theta } => {
                Self { kind: "delayed".into(), alpha: Some(alpha), theta: Some(theta), ..none }
            }
            Shape::Binomial { alpha } => Self { kind: "binomial".into(), alpha: Some(alpha), ..none },
            Shape::WeibullCdf { scale, shape } => {
                Self { kind: "weibull_cdf".into(), scale: Some(scale), shape: Some(shape), ..none }
            }
            Shape::WeibullPdf { scale, shape } => {
                Self { kind: "weibull_pdf".into(), scale: Some(scale), shape: Some(shape), ..none }
            }
            Shape::Custom(weights) => Self { kind: "custom".into(), weights: Some(weights), ..none },
        }
    }
}
