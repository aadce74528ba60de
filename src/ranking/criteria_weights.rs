//! Weights of criteria: given, equal, combined, and as exact shares.

use super::RankingError;
use crate::decompose::close;
use crate::error::{UnknownWord, within};
use crate::quantity::Share;
use crate::quantity::wire::wire_variants;
use crate::stats::StatsError;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The maximum number of criteria that are made of a number alone.
const MAX_CRITERIA: u64 = 100_000;
/// How far a sum may be from 1 to be left as it is.
const ROUNDING: f64 = 1e-12;

/// Weights of 0 or more that add up to 1, one for each criterion.
///
/// # Examples
/// ```
/// use marketloop::ranking::{Combination, CriteriaWeights};
///
/// let ours = CriteriaWeights::given([2.0, 1.0, 1.0])?;
/// let both = ours.combined(&CriteriaWeights::equal(3)?, Combination::Product)?;
/// assert_eq!(both.values(), [0.5, 0.25, 0.25]);
/// let shares: Vec<String> = both.shares(2)?.iter().map(ToString::to_string).collect();
/// assert_eq!(shares, ["50%", "25%", "25%"]);
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::ranking::CriteriaWeights;
/// let json = r#"["0.25","0.25","0.25","0.25"]"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<CriteriaWeights>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Given")]
pub struct CriteriaWeights(#[serde(with = "crate::quantity::wire::own")] Vec<f64>);

/// Weights as they are read, not yet checked.
#[derive(Deserialize)]
struct Given(#[serde(with = "crate::quantity::wire::own")] Vec<f64>);

/// How subjective and objective weights become one: `linear(0.25)`, `product` or `geometric mean` as a text.
///
/// # Examples
/// ```
/// use marketloop::ranking::Combination;
///
/// assert_eq!("linear(0.25)".parse(), Ok(Combination::Linear(0.25)));
/// assert_eq!(Combination::GeometricMean.to_string(), "geometric mean");
/// assert!("linear(2)".parse::<Combination>().is_err());
/// let json: Combination = serde_json::from_str(r#"{"linear":"0.25"}"#)?;
/// assert_eq!(json, Combination::Linear(0.25));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Combination {
    /// `a w + (1 - a) v` with this part a in 0..=1 of the weights that are asked.
    Linear(f64),
    /// `w v`, renormalised: a criterion needs weight by both.
    Product,
    /// `sqrt(w v)`, renormalised: the same with less contrast.
    GeometricMean,
}

wire_variants!(Combination {
    "linear" => Linear(own),
    "product" => Product,
    "geometric_mean" => GeometricMean,
});

impl Combination {
    fn check(self) -> Result<Self, RankingError> {
        match self {
            Self::Linear(part) if !(0.0..=1.0).contains(&part) => {
                Err(StatsError::OutOfRange { name: "part", value: part, range: "0..=1" }.into())
            }
            sound => Ok(sound),
        }
    }
}

impl fmt::Display for Combination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Linear(part) => write!(f, "linear({part})"),
            Self::Product => f.pad("product"),
            Self::GeometricMean => f.pad("geometric mean"),
        }
    }
}

impl FromStr for Combination {
    type Err = RankingError;

    /// Reads the text that is shown, or the name on the wire, `geometric_mean`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let part = |text: &str| text.strip_prefix("linear(")?.strip_suffix(')')?.trim().parse().ok();
        match text.trim() {
            "product" => Ok(Self::Product),
            "geometric mean" | "geometric_mean" => Ok(Self::GeometricMean),
            linear => {
                let known = &["linear(part)", "product", "geometric_mean"];
                let refuse = || UnknownWord::new("combination of weights", text, known);
                Self::Linear(part(linear).ok_or_else(refuse)?).check()
            }
        }
    }
}

impl CriteriaWeights {
    /// These weights over their sum.
    ///
    /// # Errors
    /// [`RankingError::CriterionWeight`] for one that is NaN, below 0 or above 1e100; [`RankingError::NoWeight`]
    /// where none is above 0.
    ///
    /// # Examples
    /// ```
    /// use marketloop::ranking::CriteriaWeights;
    ///
    /// assert_eq!(CriteriaWeights::given([2.0, 1.0, 1.0])?.values(), [0.5, 0.25, 0.25]);
    /// assert!(CriteriaWeights::given([0.0, 0.0]).is_err());
    /// # Ok::<(), marketloop::ranking::RankingError>(())
    /// ```
    pub fn given(weights: impl IntoIterator<Item = f64>) -> Result<Self, RankingError> {
        let weights: Vec<f64> = weights.into_iter().collect();
        let refused = weights.iter().enumerate().find(|(_, weight)| !(0.0..=1e100).contains(*weight));
        if let Some((column, value)) = refused {
            return Err(RankingError::CriterionWeight { column, value: *value });
        }
        let sum: f64 = weights.iter().sum();
        if sum < f64::MIN_POSITIVE {
            return Err(RankingError::NoWeight);
        }
        // Left as they are: divided once more, weights that are read back would change in their last bits.
        if (sum - 1.0).abs() <= ROUNDING {
            return Ok(Self(weights));
        }
        Ok(Self(weights.into_iter().map(|weight| weight / sum).collect()))
    }

    /// Equal weights for this number of criteria.
    ///
    /// # Errors
    /// [`RankingError::NoWeight`] for none; [`RankingError::TooLarge`] for more than 100,000.
    ///
    /// # Examples
    /// ```
    /// use marketloop::ranking::CriteriaWeights;
    ///
    /// assert_eq!(CriteriaWeights::equal(4)?.values(), [0.25; 4]);
    /// # Ok::<(), marketloop::ranking::RankingError>(())
    /// ```
    pub fn equal(criteria: usize) -> Result<Self, RankingError> {
        within("criteria", u64::try_from(criteria).ok(), MAX_CRITERIA)?;
        Self::given((0..criteria).map(|_| 1.0))
    }

    /// These weights, of which there may be some below 0 by rounding, as an answer of a method.
    pub(super) fn of_contrasts(contrasts: Vec<f64>) -> Result<Self, RankingError> {
        if let Some(column) = contrasts.iter().position(|contrast| !contrast.is_finite()) {
            return Err(RankingError::CriterionContrast { column });
        }
        Self::given(contrasts.into_iter().map(|contrast| contrast.max(0.0))).map_err(|error| match error {
            RankingError::NoWeight => RankingError::NoContrast,
            other => other,
        })
    }

    /// The weights in the order of the criteria.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.0
    }

    /// These weights combined with `other` weights of the same criteria.
    ///
    /// # Errors
    /// [`RankingError::LengthMismatch`]; [`RankingError::Stats`] for a part outside 0..=1;
    /// [`RankingError::NoWeight`] where a product leaves none.
    ///
    /// # Examples
    /// ```
    /// use marketloop::ranking::{Combination, CriteriaWeights};
    ///
    /// let judged = CriteriaWeights::given([0.5, 0.5])?;
    /// let from_data = CriteriaWeights::given([0.9, 0.1])?;
    /// // A quarter of what was judged, three quarters of what the data says.
    /// let both = judged.combined(&from_data, Combination::Linear(0.25))?;
    /// assert!((both.values()[0] - 0.8).abs() < 1e-12);
    /// # Ok::<(), marketloop::ranking::RankingError>(())
    /// ```
    pub fn combined(&self, other: &Self, combination: Combination) -> Result<Self, RankingError> {
        if self.0.len() != other.0.len() {
            let (expected, found) = (self.0.len(), other.0.len());
            return Err(RankingError::LengthMismatch { what: "weights", expected, found });
        }
        let combination = combination.check()?;
        Self::given(self.0.iter().zip(&other.0).map(|(w, v)| match combination {
            Combination::Linear(part) => part * w + (1.0 - part) * v,
            Combination::Product => w * v,
            Combination::GeometricMean => libm::sqrt(w * v),
        }))
    }

    /// The weights as shares of `scale` decimals that add up to exactly 1, by largest remainder.
    ///
    /// # Errors
    /// [`RankingError::Decompose`] for a scale above 28, or one so small that a weight leaves 0..=1.
    ///
    /// # Examples
    /// ```
    /// use marketloop::ranking::CriteriaWeights;
    ///
    /// let thirds = CriteriaWeights::equal(3)?.shares(4)?;
    /// let texts: Vec<String> = thirds.iter().map(ToString::to_string).collect();
    /// assert_eq!(texts, ["33.34%", "33.33%", "33.33%"]); // together exactly 100 %
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn shares(&self, scale: u32) -> Result<Vec<Share>, RankingError> {
        // Closed as a whole: shares that are rounded one by one need not add up to 1.
        let parts = close(&self.0, Decimal::ONE, scale)?;
        Ok(parts.into_iter().map(Share::new).collect::<Result<_, _>>()?)
    }

    /// As many weights as criteria, or the error.
    pub(super) fn for_criteria(&self, criteria: usize) -> Result<&[f64], RankingError> {
        if self.0.len() == criteria {
            Ok(&self.0)
        } else {
            Err(RankingError::LengthMismatch { what: "weights", expected: criteria, found: self.0.len() })
        }
    }
}

impl TryFrom<Given> for CriteriaWeights {
    type Error = RankingError;

    fn try_from(Given(weights): Given) -> Result<Self, Self::Error> {
        Self::given(weights)
    }
}

impl TryFrom<Vec<f64>> for CriteriaWeights {
    type Error = RankingError;

    fn try_from(weights: Vec<f64>) -> Result<Self, Self::Error> {
        Self::given(weights)
    }
}

impl From<CriteriaWeights> for Vec<f64> {
    fn from(weights: CriteriaWeights) -> Self {
        weights.0
    }
}
