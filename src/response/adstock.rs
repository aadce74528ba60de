//! Adstock: the effective spend of a period, its own and what earlier periods carry over.

use super::kernel::{Kernel, Parameters};
use super::{GREATEST_SPEND, ResponseCurve, ResponseError, within};
use crate::error::excerpt;
use crate::quantity::wire::{text_on_the_wire, wire_fields};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;
use serde::{Deserialize, Serialize};

/// How the weights are applied, on the wire.
#[derive(Clone, Copy, Default, PartialEq)]
enum Normalisation {
    #[default]
    Raw,
    SumToOne,
}

impl fmt::Display for Normalisation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Raw => "raw",
            Self::SumToOne => "sum_to_one",
        })
    }
}

impl FromStr for Normalisation {
    type Err = ResponseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "raw" => Ok(Self::Raw),
            "sum_to_one" => Ok(Self::SumToOne),
            _ => Err(ResponseError::UnknownKind { kind: excerpt(text) }),
        }
    }
}

text_on_the_wire!(Normalisation, "`raw` or `sum_to_one`");

/// Carry-over of advertising: weights that spread the effect of each spend over its own period and later ones.
///
/// On the wire `{"kind":"geometric","alpha":0.5,"lags":6,"normalisation":"sum_to_one"}`, with the kinds
/// `geometric`, `delayed`, `binomial`, `weibull_cdf`, `weibull_pdf` and `custom`; the normalisation is `raw`, or
/// `sum_to_one` of [normalised](Self::normalised) weights.
///
/// # Formula
/// `y[t] = sum over i < lags of w[i] x[t - i]`, with no spend before the first period.
///
/// # Examples
/// ```
/// use marketloop::response::{Adstock, Kernel};
///
/// let adstock = Adstock::new(Kernel::geometric(0.5)?, 3)?;
/// assert_eq!(adstock.apply(&[100.0, 0.0, 40.0, 0.0])?, [100.0, 50.0, 65.0, 20.0]);
/// // In the long run a spend of 1 works 1.75 times.
/// assert_eq!(adstock.long_run_multiplier(), 1.75);
/// let json = r#"{"kind":"geometric","alpha":0.5,"lags":3}"#;
/// assert_eq!(serde_json::from_str::<Adstock>(json)?, adstock);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
#[doc(alias = "MMM")]
#[doc(alias = "carryover")]
#[doc(alias = "广告延续效应")]
#[doc(alias = "广告存量")]
pub struct Adstock {
    kernel: Kernel,
    is_normalised: bool,
    weights: Vec<f64>,
}

impl Adstock {
    /// An adstock with the weights of `kernel` for `lags` periods, including the period of the spend.
    ///
    /// # Errors
    /// [`ResponseError::Lags`] outside 1..=10000; [`ResponseError::NoWeight`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::response::{Adstock, Kernel};
    ///
    /// // Half of what worked in a week still works in the next one; after four weeks nothing is counted.
    /// let adstock = Adstock::new(Kernel::geometric(0.5)?, 4)?;
    /// assert_eq!(adstock.weights(), [1.0, 0.5, 0.25, 0.125]);
    /// # Ok::<(), marketloop::response::ResponseError>(())
    /// ```
    pub fn new(kernel: Kernel, lags: usize) -> Result<Self, ResponseError> {
        let weights = kernel.weights(lags)?;
        Ok(Self { kernel, is_normalised: false, weights })
    }

    /// Divides the weights by their sum: the effect is spread over periods, but a unit of spend stays a unit.
    ///
    /// # Examples
    /// ```
    /// use marketloop::response::{Adstock, Kernel};
    ///
    /// let adstock = Adstock::new(Kernel::geometric(0.5)?, 2)?;
    /// assert_eq!(adstock.long_run_multiplier(), 1.5);
    /// assert_eq!(adstock.normalised().weights(), [2.0 / 3.0, 1.0 / 3.0]);
    /// # Ok::<(), marketloop::response::ResponseError>(())
    /// ```
    #[must_use]
    pub fn normalised(mut self) -> Self {
        // A second division by a sum of nearly 1 would move the last bits.
        if self.is_normalised {
            return self;
        }
        // First by the greatest: the sum of weights up to 1 neither overflows nor vanishes.
        let greatest = self.weights.iter().copied().fold(0.0, f64::max);
        let sum: f64 = self.weights.iter().map(|weight| weight / greatest).sum();
        for weight in &mut self.weights {
            *weight = *weight / greatest / sum;
        }
        Self { is_normalised: true, ..self }
    }

    /// The kernel, before it was cut off and normalised.
    #[must_use]
    pub const fn kernel(&self) -> &Kernel {
        &self.kernel
    }

    /// Whether the weights were divided by their sum.
    #[must_use]
    pub const fn is_normalised(&self) -> bool {
        self.is_normalised
    }

    /// The number of periods in which a spend works.
    #[must_use]
    pub const fn lags(&self) -> usize {
        self.weights.len()
    }

    /// The weight of each lag from 0 on, as it is applied.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The sum of the weights: the total effect of a spend of 1, and the effective spend in each period when 1 is
    /// spent in every period.
    #[must_use]
    pub fn long_run_multiplier(&self) -> f64 {
        self.weights.iter().sum()
    }

    /// The periods between a spend and its effect, on average.
    ///
    /// # Formula
    /// `sum i w[i] / sum w[i]`.
    #[must_use]
    pub fn mean_lag(&self) -> f64 {
        let weighted = self.weights.iter().zip(0_u32..).map(|(weight, lag)| weight * f64::from(lag));
        weighted.sum::<f64>() / self.long_run_multiplier()
    }

    /// The effective spend of each period: its own spend and what earlier periods carry over.
    ///
    /// # Errors
    /// [`ResponseError::OutOfRange`] for a spend outside 0..=1e150.
    ///
    /// # Examples
    /// ```
    /// use marketloop::response::{Adstock, Kernel};
    ///
    /// let adstock = Adstock::new(Kernel::geometric(0.5)?, 3)?;
    /// // The campaign ends after one week, its effect two weeks later.
    /// assert_eq!(adstock.apply(&[100.0, 0.0, 0.0, 0.0])?, [100.0, 50.0, 25.0, 0.0]);
    /// # Ok::<(), marketloop::response::ResponseError>(())
    /// ```
    #[expect(clippy::indexing_slicing, reason = "no end is beyond the spends")]
    pub fn apply(&self, spends: &[f64]) -> Result<Vec<f64>, ResponseError> {
        for spend in spends {
            checked_spend(*spend)?;
        }
        // A sum for each period, not a running one: no rounding is carried on, and `CarryOver` gets the same bits.
        Ok((1..=spends.len()).map(|end| self.working(spends[..end].iter().rev())).collect())
    }

    /// The effective spend from `latest`, the spends from the present period back.
    pub(super) fn working<'a>(&self, latest: impl Iterator<Item = &'a f64>) -> f64 {
        self.weights.iter().zip(latest).map(|(weight, spend)| weight * spend).sum()
    }
}

/// `spend`, if an adstock can work on it.
pub(super) fn checked_spend(spend: f64) -> Result<f64, ResponseError> {
    within("spend", spend, 0.0, GREATEST_SPEND, "0..=1e150")
}

/// The response in each period of `spends`: the curve's response to the effective spend.
///
/// # Errors
/// [`ResponseError::OutOfRange`] for a spend outside 0..=1e150.
///
/// # Examples
/// ```
/// use marketloop::response::{Adstock, Kernel, MichaelisMenten, responses};
///
/// let curve = MichaelisMenten::new(900.0, 50.0)?;
/// let adstock = Adstock::new(Kernel::geometric(0.25)?, 2)?;
/// assert_eq!(responses(&curve, &adstock, &[100.0, 0.0])?, [600.0, 300.0]);
/// # Ok::<(), marketloop::response::ResponseError>(())
/// ```
pub fn responses<C: ResponseCurve + ?Sized>(
    curve: &C,
    adstock: &Adstock,
    spends: &[f64],
) -> Result<Vec<f64>, ResponseError> {
    let working = adstock.apply(spends)?;
    Ok(working.into_iter().map(|spend| curve.value(spend)).collect())
}

/// An adstock as it is written down: a kind of kernel and its parameters, not yet checked.
struct Wire {
    kind: String,
    alpha: Option<f64>,
    theta: Option<f64>,
    scale: Option<f64>,
    shape: Option<f64>,
    weights: Option<Vec<f64>>,
    lags: usize,
    normalisation: Normalisation,
}

wire_fields!(
    "Adstock",
    Wire {
        kind,
        alpha: optional(own),
        theta: optional(own),
        scale: optional(own),
        shape: optional(own),
        weights: optional(own),
        lags,
        normalisation: default
    }
);

impl TryFrom<Wire> for Adstock {
    type Error = ResponseError;

    fn try_from(wire: Wire) -> Result<Self, Self::Error> {
        // Field by field: a flattened struct has no form in formats that do not name their fields.
        let Wire { kind, alpha, theta, scale, shape, weights, lags, normalisation } = wire;
        let kernel = Parameters { kind, alpha, theta, scale, shape, weights }.check()?;
        let adstock = Self::new(kernel, lags)?;
        Ok(if normalisation == Normalisation::SumToOne { adstock.normalised() } else { adstock })
    }
}

impl From<Adstock> for Wire {
    fn from(adstock: Adstock) -> Self {
        let (lags, is_normalised) = (adstock.lags(), adstock.is_normalised);
        let Parameters { kind, alpha, theta, scale, shape, weights } = adstock.kernel.into();
        let normalisation = if is_normalised { Normalisation::SumToOne } else { Normalisation::Raw };
        Self { kind, alpha, theta, scale, shape, weights, lags, normalisation }
    }
}
