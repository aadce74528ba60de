//! Adstock: the spend that works in a period, with what earlier periods left.

use super::given::Given;
use super::kernel::{Kernel, Shape};
use super::{GREATEST_SPEND, ResponseCurve, ResponseError, within};
use crate::error::excerpt;
use crate::quantity::wire::{float, serialize_fields, text_on_the_wire};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;
use serde::{Deserialize, Serialize};

/// Whether the weights are applied as given or scaled to a sum of 1; as text, and on the wire, `raw` or `sum_to_one`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum KernelNormalisation {
    /// The weights as the kernel gives them.
    #[default]
    Raw,
    /// The weights divided by their sum.
    SumToOne,
}

impl fmt::Display for KernelNormalisation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Raw => "raw",
            Self::SumToOne => "sum_to_one",
        })
    }
}

impl FromStr for KernelNormalisation {
    type Err = ResponseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "raw" => Ok(Self::Raw),
            "sum_to_one" => Ok(Self::SumToOne),
            _ => Err(ResponseError::UnknownKind { kind: excerpt(text) }),
        }
    }
}

text_on_the_wire!(KernelNormalisation, "`raw` or `sum_to_one`");

/// Carry-over of advertising: weights that spread the effect of each spend over its own period and later ones.
///
/// On the wire `{"kind":"geometric","alpha":0.5,"lags":6,"normalisation":"sum_to_one"}`, with the kinds
/// `geometric`, `delayed`, `binomial`, `weibull_cdf`, `weibull_pdf` and `custom`.
///
/// # Formula
/// `y[t] = sum over i < lags of w[i] x[t - i]`, with no spend before the first period.
///
/// # Examples
/// ```
/// use marketloop::response::{Adstock, Kernel, KernelNormalisation};
///
/// let adstock = Adstock::new(Kernel::geometric(0.5)?, 3, KernelNormalisation::Raw)?;
/// assert_eq!(adstock.apply(&[100.0, 0.0, 40.0, 0.0])?, [100.0, 50.0, 65.0, 20.0]);
/// // In the long run a spend of 1 works 1.75 times.
/// assert_eq!(adstock.long_run_multiplier(), 1.75);
/// let json = r#"{"kind":"geometric","alpha":0.5,"lags":3}"#;
/// assert_eq!(serde_json::from_str::<Adstock>(json)?, adstock);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
#[doc(alias = "carryover")]
#[doc(alias = "广告延续效应")]
#[doc(alias = "广告存量")]
pub struct Adstock {
    kernel: Kernel,
    normalisation: KernelNormalisation,
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
    /// use marketloop::response::{Adstock, Kernel, KernelNormalisation};
    ///
    /// // The effect is spread over periods, but a unit of spend stays a unit.
    /// let spread = Adstock::new(Kernel::geometric(0.5)?, 4, KernelNormalisation::SumToOne)?;
    /// assert!((spread.long_run_multiplier() - 1.0).abs() < 1e-15);
    /// # Ok::<(), marketloop::response::ResponseError>(())
    /// ```
    pub fn new(
        kernel: Kernel,
        lags: usize,
        normalisation: KernelNormalisation,
    ) -> Result<Self, ResponseError> {
        let mut weights = kernel.weights(lags)?;
        if normalisation == KernelNormalisation::SumToOne {
            // First by the greatest: the sum of weights up to 1 neither overflows nor vanishes.
            let greatest = weights.iter().copied().fold(0.0, f64::max);
            let sum: f64 = weights.iter().map(|weight| weight / greatest).sum();
            for weight in &mut weights {
                *weight = *weight / greatest / sum;
            }
        }
        Ok(Self { kernel, normalisation, weights })
    }

    /// The kernel, before it was cut off and normalised.
    #[must_use]
    pub const fn kernel(&self) -> &Kernel {
        &self.kernel
    }

    /// Whether the weights were divided by their sum.
    #[must_use]
    pub const fn normalisation(&self) -> KernelNormalisation {
        self.normalisation
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

    /// The sum of the weights: how often a spend works in the long run, and what a spend of 1 in every period
    /// comes to in each.
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
    /// use marketloop::response::{Adstock, Kernel, KernelNormalisation};
    ///
    /// let adstock = Adstock::new(Kernel::geometric(0.5)?, 3, KernelNormalisation::Raw)?;
    /// // The campaign ends after one week, its effect two weeks later.
    /// assert_eq!(adstock.apply(&[100.0, 0.0, 0.0, 0.0])?, [100.0, 50.0, 25.0, 0.0]);
    /// # Ok::<(), marketloop::response::ResponseError>(())
    /// ```
    pub fn apply(&self, spends: &[f64]) -> Result<Vec<f64>, ResponseError> {
        for spend in spends {
            checked_spend(*spend)?;
        }
        // A sum for each period, not a running one: no rounding is carried on, and `CarryOver` gets the same bits.
        let periods = (1..=spends.len()).map(|end| spends.get(..end).unwrap_or_default());
        Ok(periods.map(|until| self.working(until.iter().rev())).collect())
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
/// use marketloop::response::{Adstock, Kernel, MichaelisMenten, KernelNormalisation, responses};
///
/// let curve = MichaelisMenten::new(900.0, 50.0)?;
/// let adstock = Adstock::new(Kernel::geometric(0.25)?, 2, KernelNormalisation::Raw)?;
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
#[derive(Default, Deserialize)]
#[serde(rename = "Adstock", deny_unknown_fields)]
struct Wire {
    kind: String,
    #[serde(default, with = "float")]
    alpha: Option<f64>,
    #[serde(default, with = "float")]
    theta: Option<f64>,
    #[serde(default, with = "float")]
    scale: Option<f64>,
    #[serde(default, with = "float")]
    shape: Option<f64>,
    #[serde(default, with = "float")]
    weights: Option<Vec<f64>>,
    lags: usize,
    #[serde(default)]
    normalisation: KernelNormalisation,
}

serialize_fields!(Wire {
    kind,
    alpha: optional => float::written(alpha),
    theta: optional => float::written(theta),
    scale: optional => float::written(scale),
    shape: optional => float::written(shape),
    weights: optional => float::written(weights),
    lags,
    normalisation,
});

impl Wire {
    fn check(self) -> Result<Adstock, ResponseError> {
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
        given.nothing_left()?;
        weights.nothing_left()?;
        Adstock::new(kernel?, self.lags, self.normalisation)
    }
}

impl TryFrom<Wire> for Adstock {
    type Error = ResponseError;

    fn try_from(draft: Wire) -> Result<Self, Self::Error> {
        draft.check()
    }
}

impl From<Adstock> for Wire {
    fn from(adstock: Adstock) -> Self {
        let draft = Self { lags: adstock.lags(), normalisation: adstock.normalisation, ..Self::default() };
        match adstock.kernel.shape() {
            Shape::Geometric { alpha } => Self { kind: "geometric".into(), alpha: Some(*alpha), ..draft },
            Shape::Delayed { alpha, theta } => {
                Self { kind: "delayed".into(), alpha: Some(*alpha), theta: Some(*theta), ..draft }
            }
            Shape::Binomial { alpha } => Self { kind: "binomial".into(), alpha: Some(*alpha), ..draft },
            Shape::WeibullCdf { scale, shape } => {
                Self { kind: "weibull_cdf".into(), scale: Some(*scale), shape: Some(*shape), ..draft }
            }
            Shape::WeibullPdf { scale, shape } => {
                Self { kind: "weibull_pdf".into(), scale: Some(*scale), shape: Some(*shape), ..draft }
            }
            Shape::Custom(weights) => Self { kind: "custom".into(), weights: Some(weights.clone()), ..draft },
        }
    }
}
