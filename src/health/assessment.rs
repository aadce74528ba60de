//! The scores of a matrix: of each indicator, of each dimension, and of the whole.

use super::indicator_name::Label;
use super::{Aggregation, Coverage, HealthError, Matrix, MissingPolicy, Reading, Score};
use crate::figure::{Cell, Figure, Table};
use crate::quantity::wire::WireDecimal;
use crate::target::{Bands, Light};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

/// A matrix with its scores and how much of it they cover.
///
/// It prints as a table of the indicators, the dimensions and the whole, and serialises as these.
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
/// assert_eq!(health.score().to_string(), "91.67%");
/// assert_eq!(health.dimensions()[0].score().to_string(), "missing: traffic / organic share");
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
    bands: &'a Bands<Light>,
    readings: Vec<Reading<'a>>,
    raw: Option<Score>,
    score: Option<Score>,
}

impl Matrix {
    /// The scores of the indicators, the dimensions and the whole.
    ///
    /// # Errors
    /// [`HealthError::Undefined`] where a float leaves its range. A missing value is no error: it has no score,
    /// and the scoring's [`MissingPolicy`] says what follows. An undefined attainment scores as its limit
    /// ([`Achievement`](crate::target::Achievement)): 1 where the target is met, else 0.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Matrix;
    /// use marketloop::time::date;
    ///
    /// let matrix = Matrix::marketing()?;
    /// assert_eq!(matrix.assess()?.score().to_string(), "missing: traffic");
    /// let matrix = matrix.measured("traffic", "organic share", "46 %".parse()?, date(2026, 9, 30)?)?;
    /// assert_eq!(matrix.assess()?.score().to_string(), "92%");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn assess(&self) -> Result<Assessment<'_>, HealthError> {
        let scoring = self.scoring();
        let mut dimensions = Vec::with_capacity(self.dimensions().len());
        for dimension in self.dimensions() {
            let readings = self.readings_of(dimension).map(scored).collect::<Result<Vec<_>, _>>()?;
            let parts: Vec<(Decimal, Option<Score>)> =
                readings.iter().map(|part| (part.indicator().weight, part.scored)).collect();
            let raw = level_score(&scoring.indicator_aggregation, scoring.missing, &parts)?;
            let score = raw.map(|raw| scoring.dimension_normaliser.score(raw)).transpose()?;
            let (name, weight, bands) = (dimension.name.as_str(), dimension.weight, self.score_bands());
            dimensions.push(DimensionScore { name, weight, bands, readings, raw, score });
        }
        let parts: Vec<(Decimal, Option<Score>)> =
            dimensions.iter().map(|dimension| (dimension.weight, dimension.score)).collect();
        let score = level_score(&scoring.dimension_aggregation, scoring.missing, &parts)?;
        Ok(Assessment { matrix: self, dimensions, score })
    }
}

/// The reading with its score worked out, so that nobody does it twice.
fn scored(reading: Reading<'_>) -> Result<Reading<'_>, HealthError> {
    match reading.score() {
        // A value is there and has no score: an error, for as missing it would be skipped in silence.
        Figure::Undefined(_) => Err(HealthError::Undefined { what: "the score" }),
        score => Ok(Reading { scored: score.known(), ..reading }),
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

    /// The score of the whole. Where values are missing and the policy says so it is missing, and names the first
    /// dimension of weight without a score.
    #[must_use]
    pub fn score(&self) -> Figure<Score> {
        let missing = || self.dimensions.iter().find(|part| !part.weight.is_zero() && part.score.is_none());
        figure(self.score, || missing().map_or("score", |part| part.name).to_string())
    }

    /// The score of the whole without the reason where there is none.
    pub(super) const fn found(&self) -> Option<Score> {
        self.score
    }

    /// The dimensions in order.
    #[must_use]
    pub fn dimensions(&self) -> &[DimensionScore<'a>] {
        &self.dimensions
    }

    /// The indicators of all dimensions in order.
    pub fn readings(&self) -> impl Iterator<Item = Reading<'a>> + Clone {
        self.dimensions.iter().flat_map(|dimension| dimension.readings.iter().copied())
    }

    /// How many of all indicators have a score.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        coverage(self.readings())
    }

    /// The light of the whole, by the matrix's bands of scores, whatever it was before; missing as the
    /// [`score`](Self::score) is.
    #[must_use]
    pub fn light(&self) -> Figure<Light> {
        self.score().map(|score| *self.matrix.score_bands().classify(score.at_edge()))
    }

    /// The light of the whole after `previous`, which the bands' hysteresis may hold.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Matrix;
    /// use marketloop::target::{Bands, Light, Threshold};
    /// use marketloop::time::date;
    /// use rust_decimal::dec;
    ///
    /// let bands = Bands::lights(Threshold::at_or_above(dec!(0.8)), Threshold::at_or_above(dec!(1)))?;
    /// let matrix = Matrix::marketing_with(bands.with_hysteresis(dec!(0.05))?)?
    ///     .measured("traffic", "organic share", "49 %".parse()?, date(2026, 9, 30)?)?;
    /// let health = matrix.assess()?;
    /// assert_eq!(health.light().get()?, Light::Yellow);
    /// assert_eq!(health.light_after(Light::Green).get()?, Light::Green);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn light_after(&self, previous: Light) -> Figure<Light> {
        self.score().map(|score| *self.matrix.score_bands().classify_after(&previous, score.at_edge()))
    }

    /// The indicators, the dimensions and the whole as rows; value, score, light, the day of the value and weight as
    /// columns.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Matrix;
    /// use marketloop::time::date;
    ///
    /// let matrix = Matrix::marketing()?.measured("traffic", "organic share", "46 %".parse()?, date(2026, 9, 30)?)?;
    /// let table = matrix.assess()?.table();
    /// let share = table.get("traffic / organic share", "score").ok_or("no such row")?;
    /// assert_eq!((share.value.as_deref(), share.unit.as_ref()), (Some("92"), "%"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("indicator");
        for dimension in &self.dimensions {
            for reading in &dimension.readings {
                let name = reading.name();
                let actual = reading.indicator().actual.as_ref();
                table.push(&name, "value", actual.map_or_else(|| Figure::missing("value"), Figure::Known));
                table.push(&name, "score", reading.score());
                table.push(&name, "light", reading.light());
                table.push(&name, "measured on", reading.measured_on());
                table.push(&name, "weight", Cell::new(reading.indicator().weight, "1"));
            }
        }
        for dimension in &self.dimensions {
            let name = Label(dimension.name);
            table.push(&name, "score", dimension.score());
            table.push(&name, "light", dimension.light());
            table.push(&name, "weight", Cell::new(dimension.weight, "1"));
        }
        // In brackets: the name of a dimension that begins with one stands in quotes.
        table.push("(whole)", "score", self.score());
        table.push("(whole)", "light", self.light());
        table
    }
}

impl fmt::Display for Assessment<'_> {
    /// The [`table`](Assessment::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
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

    /// The indicators in order, each with its score.
    #[must_use]
    pub fn readings(&self) -> &[Reading<'a>] {
        &self.readings
    }

    /// What the indicators aggregate to, before the dimensions' normaliser; missing as the [`score`](Self::score) is.
    #[must_use]
    pub fn raw(&self) -> Figure<Score> {
        figure(self.raw, || self.missing())
    }

    /// The score with which the dimension enters the whole. Where values are missing and the policy says so it is
    /// missing, and names the first indicator of weight without a value.
    #[must_use]
    pub fn score(&self) -> Figure<Score> {
        figure(self.score, || self.missing())
    }

    /// The light of the score, by the matrix's bands of scores.
    #[must_use]
    pub fn light(&self) -> Figure<Light> {
        self.score().map(|score| *self.bands.classify(score.at_edge()))
    }

    /// How many indicators have a score.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        coverage(self.readings.iter().copied())
    }

    /// The score without the reason where there is none.
    pub(super) const fn found(&self) -> Option<Score> {
        self.score
    }

    pub(super) const fn found_raw(&self) -> Option<Score> {
        self.raw
    }

    fn missing(&self) -> String {
        let unscored = |part: &&Reading<'_>| !part.indicator().weight.is_zero() && part.scored.is_none();
        self.readings
            .iter()
            .find(unscored)
            .map_or_else(|| self.name.to_string(), |part| part.name().to_string())
    }
}

fn figure(score: Option<Score>, missing: impl FnOnce() -> String) -> Figure<Score> {
    score.map_or_else(|| Figure::missing(missing()), Figure::Known)
}

fn coverage<'a>(readings: impl Iterator<Item = Reading<'a>> + Clone) -> Coverage {
    Coverage {
        lit: readings.clone().filter(|reading| reading.scored.is_some()).count(),
        all: readings.count(),
    }
}

#[derive(Serialize)]
#[serde(rename = "Assessment")]
struct Written<'a> {
    score: Figure<Score>,
    light: Figure<Light>,
    coverage: Coverage,
    dimensions: &'a [DimensionScore<'a>],
}

impl Serialize for Assessment<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (score, light, coverage) = (self.score(), self.light(), self.coverage());
        Written { score, light, coverage, dimensions: &self.dimensions }.serialize(serializer)
    }
}

#[derive(Serialize)]
#[serde(rename = "DimensionScore")]
struct WrittenDimension<'a> {
    name: &'a str,
    weight: WireDecimal,
    raw: Figure<Score>,
    score: Figure<Score>,
    light: Figure<Light>,
    readings: &'a [Reading<'a>],
}

impl Serialize for DimensionScore<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (raw, score, light) = (self.raw(), self.score(), self.light());
        let (name, weight, readings) = (self.name, WireDecimal(self.weight), self.readings.as_slice());
        WrittenDimension { name, weight, raw, score, light, readings }.serialize(serializer)
    }
}
