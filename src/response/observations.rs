//! Points to fit a curve to.

use super::{ResponseError, within};
use crate::quantity::wire::wire_fields;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// The maximum number of points of a fit.
const MAX_POINTS: usize = 1_000_000;

/// Pairs of spend and response to fit a curve to, each with its weight.
///
/// # Examples
/// ```
/// use marketloop::response::Observations;
///
/// let points = [(100.0, 12.0), (200.0, 20.0), (400.0, 31.0)];
/// // The last is the mean of four weeks and counts four times.
/// let observations = Observations::new(points)?.with_weights([1.0, 1.0, 4.0])?;
/// assert_eq!(observations.points().len(), 3);
/// // On the wire without weights where all are 1.
/// let json = r#"{"points":[["100","12"],["200","20"],["400","31"]]}"#;
/// assert_eq!(serde_json::from_str::<Observations>(json)?, Observations::new(points)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct Observations {
    points: Vec<(f64, f64)>,
    weights: Vec<f64>,
}

impl Observations {
    /// Observations at these points of (spend, response), in any order, each of weight 1.
    ///
    /// # Errors
    /// [`ResponseError::TooFewPoints`] below two, [`ResponseError::TooManyPoints`] above a million,
    /// [`ResponseError::OutOfRange`] for a spend outside 0..=1e100 or a response outside -1e100..=1e100,
    /// [`ResponseError::NoVariation`] where all spends or all responses are the same.
    ///
    /// # Examples
    /// ```
    /// use marketloop::response::{Observations, ResponseError};
    ///
    /// // Equal spends every week cannot tell what more spend would bring.
    /// let flat = Observations::new([(100.0, 20.0), (100.0, 22.0)]);
    /// assert_eq!(flat, Err(ResponseError::NoVariation { what: "spend", count: 2 }));
    /// # Ok::<(), marketloop::response::ResponseError>(())
    /// ```
    pub fn new(points: impl IntoIterator<Item = (f64, f64)>) -> Result<Self, ResponseError> {
        // One more than may be: enough to refuse a list that is too long, be it without end.
        let points: Vec<_> = points.into_iter().take(MAX_POINTS + 1).collect();
        let found = points.len();
        if found > MAX_POINTS {
            return Err(ResponseError::TooManyPoints { found, limit: MAX_POINTS });
        }
        if found < 2 {
            return Err(ResponseError::TooFewPoints { found, needed: 2 });
        }
        for (spend, response) in &points {
            within("spend", *spend, 0.0, 1e100, "0..=1e100")?;
            within("response", *response, -1e100, 1e100, "-1e100..=1e100")?;
        }
        let varies = |figure: fn(&(f64, f64)) -> f64| {
            let least = points.iter().map(figure).fold(f64::INFINITY, f64::min);
            points.iter().map(figure).any(|figure| figure > least)
        };
        if !varies(|point| point.0) {
            return Err(ResponseError::NoVariation { what: "spend", count: found });
        }
        if !varies(|point| point.1) {
            return Err(ResponseError::NoVariation { what: "response", count: found });
        }
        let weights = points.iter().map(|_| 1.0).collect();
        Ok(Self { points, weights })
    }

    /// Sets the weight of each point. Only the proportions of the weights matter to the fitted curve.
    ///
    /// # Errors
    /// [`ResponseError::WeightCount`] for another number of weights than of points;
    /// [`ResponseError::OutOfRange`] for one outside 1e-20..=1e20.
    ///
    /// # Examples
    /// ```
    /// use marketloop::response::{Observations, ResponseError};
    ///
    /// // The second point is the mean of four weeks.
    /// let points = Observations::new([(100.0, 20.0), (400.0, 40.0)])?;
    /// assert!(points.clone().with_weights([1.0, 4.0]).is_ok());
    /// let short = points.with_weights([1.0]);
    /// assert_eq!(short, Err(ResponseError::WeightCount { weights: 1, points: 2 }));
    /// # Ok::<(), marketloop::response::ResponseError>(())
    /// ```
    pub fn with_weights(self, weights: impl Into<Vec<f64>>) -> Result<Self, ResponseError> {
        let weights = weights.into();
        if weights.len() != self.points.len() {
            return Err(ResponseError::WeightCount { weights: weights.len(), points: self.points.len() });
        }
        for weight in &weights {
            within("weight", *weight, 1e-20, 1e20, "1e-20..=1e20")?;
        }
        Ok(Self { weights, ..self })
    }

    /// The points of (spend, response), in the order given.
    #[must_use]
    pub fn points(&self) -> &[(f64, f64)] {
        &self.points
    }

    /// The weight of each point.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// Each point as (spend, response, weight).
    pub(super) fn iter(&self) -> impl Iterator<Item = (f64, f64, f64)> + '_ {
        self.points.iter().zip(&self.weights).map(|((spend, response), weight)| (*spend, *response, *weight))
    }

    /// How many different spends above 0 there are.
    pub(super) fn different_spends(&self) -> usize {
        // The bits of floats above 0 are in the order of the floats.
        let bits = self.points.iter().map(|point| point.0).filter(|spend| *spend > 0.0).map(f64::to_bits);
        bits.collect::<BTreeSet<_>>().len()
    }

    /// Whether there is a point without spend.
    pub(super) fn begins_at_zero(&self) -> bool {
        self.points.iter().any(|point| point.0 <= 0.0)
    }

    /// The greatest spend and the greatest size of a response; both are above 0, as both figures vary.
    pub(super) fn scales(&self) -> (f64, f64) {
        self.points.iter().fold((0.0, 0.0), |(spend, response), point| {
            (point.0.max(spend), libm::fabs(point.1).max(response))
        })
    }
}

/// Observations as they are written down, not yet checked.
struct Wire {
    points: Vec<(f64, f64)>,
    weights: Option<Vec<f64>>,
}

wire_fields!("Observations", Wire { points: own, weights: optional(own) });

impl TryFrom<Wire> for Observations {
    type Error = ResponseError;

    fn try_from(Wire { points, weights }: Wire) -> Result<Self, Self::Error> {
        let observations = Self::new(points)?;
        match weights {
            Some(weights) => observations.with_weights(weights),
            None => Ok(observations),
        }
    }
}

impl From<Observations> for Wire {
    fn from(Observations { points, weights }: Observations) -> Self {
        let is_weighted = weights.iter().any(|weight| weight.to_bits() != 1.0_f64.to_bits());
        Self { points, weights: is_weighted.then_some(weights) }
    }
}
