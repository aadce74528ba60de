//! The scores of a matrix: of each indicator, of each dimension, and of the whole.

use super::{Aggregation, Coverage, HealthError, Matrix, MissingPolicy, Reading, Score};
use crate::target::Light;
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// A matrix with its scores and how much of it they cover.
///
/// # Examples
/// ```
/// use marketloop::health::{Aggregation, Matrix, Scoring};
/// use marketloop::time::date;
///
/// let matrix = Matrix::marketing()?.with_scoring(Scoring::of(Aggregation::WeakestLink))?;
/// let end = date(2026, 9, 30)?;
/// let matrix = matrix
///     .measured("stickiness", "repurchase rate", "27 %".parse()?, end)?
///     .measured("stickiness", "active-user retention", "55 %".parse()?, end)?;
/// let health = matrix.assess()?;
/// assert_eq!(health.score().map(|score| score.to_string()).as_deref(), Some("91.67%"));
/// assert_eq!(health.coverage().to_string(), "2 of 8");
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Assessment<'a> {
    matrix: &'a Matrix,
    dimensions: Vec<DimensionScore<'a>>,
    score: Option<Score>,
}

/// A dimension with the scores of its indicators and its own.
#[derive(Debug, Clone)]
pub struct DimensionScore<'a> {
    name: &'a str,
    weight: Decimal,
    indicators: Vec<IndicatorScore<'a>>,
    raw: Option<Score>,
    score: Option<Score>,
}

/// An indicator with its score.
#[derive(Debug, Clone)]
pub struct IndicatorScore<'a> {
    reading: Reading<'a>,
    score: Option<Score>,
}

impl Matrix {
    /// The scores of the indicators, the dimensions and the whole.
    ///
    /// # Errors
    /// [`HealthError::Undefined`] where a float leaves its range. A missing value is no error: it has no score,
    /// and the scoring's [`MissingPolicy`] says what follows. An undefined attainment scores as its limit
    /// ([`Achievement`](crate::target::Achievement)): 1 where the target is met, else 0.
    pub fn assess(&self) -> Result<Assessment<'_>, HealthError> {
        let scoring = self.scoring();
        let mut dimensions = Vec::with_capacity(self.dimensions().len());
        for dimension in self.dimensions() {
            let indicators: Vec<IndicatorScore<'_>> = self
                .readings_of(dimension)
                .map(|reading| Ok(IndicatorScore { reading, score: reading.score().transpose()? }))
                .collect::<Result<_, HealthError>>()?;
            let parts: Vec<(Decimal, Option<Score>)> =
                indicators.iter().map(|part| (part.reading.indicator().weight, part.score)).collect();
            let raw = level_score(&scoring.indicators.aggregation, scoring.missing, &parts)?;
            let score = raw.map(|raw| scoring.dimensions.normaliser.score(raw)).transpose()?;
            let (name, weight) = (dimension.name.as_str(), dimension.weight);
            dimensions.push(DimensionScore { name, weight, indicators, raw, score });
        }
        let parts: Vec<(Decimal, Option<Score>)> =
            dimensions.iter().map(|dimension| (dimension.weight, dimension.score)).collect();
        let score = level_score(&scoring.dimensions.aggregation, scoring.missing, &parts)?;
        Ok(Assessment { matrix: self, dimensions, score })
    }
}

/// The one score of parts that may be missing; `None` where the policy says so or nothing of weight is left.
pub(super) fn level_score(
    aggregation: &Aggregation,
    missing: MissingPolicy,
    parts: &[(Decimal, Option<Score>)],
) -> Result<Option<Score>, HealthError> {
    match present(missing, parts) {
        Some(parts) => aggregation.aggregate(&parts).map(Some),
        None => Ok(None),
    }
}

/// The parts that count; `None` where there is no score.
pub(super) fn present(
    missing: MissingPolicy,
    parts: &[(Decimal, Option<Score>)],
) -> Option<Vec<(Decimal, Score)>> {
    // A part without weight has no say, missing or not.
    let weighted = parts.iter().filter(|(weight, _)| !weight.is_zero());
    let present: Vec<(Decimal, Score)> = match missing {
        MissingPolicy::Skip => weighted.filter_map(|(weight, score)| Some((*weight, (*score)?))).collect(),
        MissingPolicy::Zero => {
            weighted.map(|(weight, score)| (*weight, score.unwrap_or(Score::ZERO))).collect()
        }
        MissingPolicy::Propagate => {
            weighted.map(|(weight, score)| Some((*weight, (*score)?))).collect::<Option<_>>()?
        }
    };
    (!present.is_empty()).then_some(present)
}

impl<'a> Assessment<'a> {
    /// The matrix.
    #[must_use]
    pub const fn matrix(&self) -> &'a Matrix {
        self.matrix
    }

    /// The score of the whole; `None` where values are missing and the policy says so.
    #[must_use]
    pub const fn score(&self) -> Option<Score> {
        self.score
    }

    /// The dimensions in order.
    #[must_use]
    pub fn dimensions(&self) -> &[DimensionScore<'a>] {
        &self.dimensions
    }

    /// The indicators of all dimensions in order.
    pub fn indicators(&self) -> impl Iterator<Item = &IndicatorScore<'a>> + Clone {
        self.dimensions.iter().flat_map(|dimension| &dimension.indicators)
    }

    /// How many of all indicators have a score.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        coverage(self.indicators())
    }

    /// The light of the whole, by the matrix's bands of scores, whatever it was before.
    #[must_use]
    pub fn light(&self) -> Option<Light> {
        self.score.map(|score| *self.matrix.score_bands().classify(score.at_edge()))
    }

    /// The light of the whole after `previous`, which the bands' hysteresis may hold.
    #[must_use]
    pub fn light_after(&self, previous: Light) -> Option<Light> {
        self.score.map(|score| *self.matrix.score_bands().classify_after(&previous, score.at_edge()))
    }

    /// The light of a dimension by the matrix's bands of scores.
    #[must_use]
    pub fn light_of(&self, dimension: &DimensionScore<'_>) -> Option<Light> {
        dimension.score.map(|score| *self.matrix.score_bands().classify(score.at_edge()))
    }
}

impl<'a> DimensionScore<'a> {
    /// The name.
    #[must_use]
    pub const fn name(&self) -> &'a str {
        self.name
    }

    /// The weight among the dimensions.
    #[must_use]
    pub const fn weight(&self) -> Decimal {
        self.weight
    }

    /// The indicators in order.
    #[must_use]
    pub fn indicators(&self) -> &[IndicatorScore<'a>] {
        &self.indicators
    }

    /// What the indicators aggregate to, before the dimensions' normaliser.
    #[must_use]
    pub const fn raw(&self) -> Option<Score> {
        self.raw
    }

    /// The score with which the dimension enters the whole.
    #[must_use]
    pub const fn score(&self) -> Option<Score> {
        self.score
    }

    /// How many indicators have a score.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        coverage(self.indicators.iter())
    }
}

impl<'a> IndicatorScore<'a> {
    /// The indicator with its target, value and light.
    #[must_use]
    pub const fn reading(&self) -> Reading<'a> {
        self.reading
    }

    /// The score; `None` only where there is no value.
    #[must_use]
    pub const fn score(&self) -> Option<Score> {
        self.score
    }
}

fn coverage<'a, 'b: 'a>(indicators: impl Iterator<Item = &'a IndicatorScore<'b>> + Clone) -> Coverage {
    Coverage {
        lit: indicators.clone().filter(|indicator| indicator.score.is_some()).count(),
        all: indicators.count(),
    }
}
