//! Dimensions, indicators, the lights they show, and how they become one score.

use super::{Dimension, HealthError, Indicator, Normaliser, Scoring};
use crate::error::{Path, Problems};
use crate::quantity::wire::wire_fields;
use crate::target::{ActualValue, Bands, Light};
use crate::time::{NaiveDate, TimeError, in_range};
use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A health matrix: dimensions of indicators, the bands that give them their lights, and how they become one score.
///
/// The threshold of yellow is part of the bands and so always the caller's explicit choice.
///
/// # Examples
/// ```
/// use marketloop::health::Matrix;
///
/// let json = r#"{"bands":{"lowest":"red","edges":[{"threshold":{"at":"4/5","side":"above"},"class":"yellow"},
///     {"threshold":{"at":"1","side":"above"},"class":"green"}],"hysteresis":"0"},
///     "dimensions":[{"name":"traffic","indicators":[{"name":"organic share","target":"at least 50 %",
///     "review":"quarter","actual":"46 %"}]}]}"#;
/// let matrix: Matrix = serde_json::from_str(json)?;
/// assert_eq!(matrix.assess()?.light().to_string(), "yellow");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "健康度")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "MatrixDraft", into = "MatrixDraft")]
pub struct Matrix {
    draft: MatrixDraft,
}

/// A matrix that is being written; [`check`](Self::check) tells all that is wrong with it.
///
/// [`Matrix::draft`] begins one. Its JSON is that of the [`Matrix`], unchecked:
///
/// ```
/// # use marketloop::health::MatrixDraft;
/// let json = r#"{
///   "bands": {
///     "lowest": "red",
///     "edges": [
///       {"threshold": {"at": "4/5", "side": "above"}, "class": "yellow"},
///       {"threshold": {"at": "1", "side": "below"}, "class": "green"}
///     ],
///     "hysteresis": "0"
///   },
///   "dimensions": [
///     {
///       "name": "stickiness",
///       "indicators": [
///         {
///           "name": "repurchase rate",
///           "target": "at least 25 %",
///           "review": "half_year",
///           "actual": {"value": "27", "unit": "%"}
///         }
///       ]
///     }
///   ]
/// }"#;
/// let read: MatrixDraft = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<MatrixDraft>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct MatrixDraft {
    /// What gives an attainment its light.
    bands: Bands<Light>,
    /// What gives a score, of a dimension or of the whole, its light; none for the same bands.
    score_bands: Option<Bands<Light>>,
    /// How values become scores.
    scoring: Scoring,
    /// The day of the launch, within a month of which each indicator needs a baseline.
    launched_on: Option<NaiveDate>,
    /// The dimensions in order.
    dimensions: Vec<Dimension>,
}

wire_fields!(MatrixDraft {
    bands,
    score_bands: optional,
    scoring: unless(Scoring::is_default, Default::default),
    launched_on: optional(own),
    dimensions
});

impl MatrixDraft {
    /// Adds a dimension.
    pub fn dimension(mut self, dimension: Dimension) -> Self {
        self.dimensions.push(dimension);
        self
    }

    /// Sets how values become scores; the default is that of [`Scoring`].
    pub fn with_scoring(self, scoring: Scoring) -> Self {
        Self { scoring, ..self }
    }

    /// Gives the scores of dimensions and of the whole bands of their own; the default is the bands of attainments.
    pub fn with_score_bands(self, bands: Bands<Light>) -> Self {
        Self { score_bands: Some(bands), ..self }
    }

    /// Sets the day of the launch, within a month of which each indicator needs a baseline.
    pub fn with_launch(self, day: NaiveDate) -> Self {
        Self { launched_on: Some(day), ..self }
    }

    /// The checked matrix.
    ///
    /// # Errors
    /// All problems at once, each with its path; see [`Matrix::new`] and [`Matrix::with_scoring`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::{Dimension, Matrix};
    /// use marketloop::target::{Bands, Threshold};
    /// use rust_decimal::dec;
    ///
    /// let bands = Bands::lights(Threshold::at_or_above(dec!(0.8)), Threshold::at_or_above(dec!(1)))?;
    /// let empty = Matrix::draft(bands).dimension(Dimension::new("traffic", []).with_weight(0));
    /// let paths: Vec<String> = empty.check().unwrap_err().iter().map(|one| one.path.to_string()).collect();
    /// assert_eq!(paths, ["dimensions", "dimensions[0].indicators"]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn check(self) -> Result<Matrix, Problems<HealthError>> {
        self.try_into()
    }
}

impl Matrix {
    /// Begins a matrix with these bands, which give an attainment its light.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::{Aggregation, Dimension, Indicator, Matrix, Scoring};
    /// use marketloop::target::{Bands, Threshold};
    /// use marketloop::time::{Grain, date};
    /// use rust_decimal::dec;
    ///
    /// let bands = Bands::lights(Threshold::at_or_above(dec!(0.8)), Threshold::at_or_above(dec!(1)))?;
    /// let share = Indicator::new("organic share", "at least 50 %".parse()?, Grain::Quarter);
    /// let matrix = Matrix::draft(bands)
    ///     .dimension(Dimension::new("traffic", [share]).with_weight(2))
    ///     .with_scoring(Scoring::of(Aggregation::Geometric))
    ///     .with_launch(date(2026, 7, 1)?)
    ///     .check()?;
    /// assert_eq!(matrix.readings().count(), 1);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn draft(bands: Bands<Light>) -> MatrixDraft {
        let (scoring, dimensions) = (Scoring::default(), Vec::new());
        MatrixDraft { bands, score_bands: None, scoring, launched_on: None, dimensions }
    }

    /// The matrix of these dimensions with the default [`Scoring`].
    ///
    /// # Errors
    /// All problems at once, each with its path: lights that do not rise (`bands`), nothing in it, names that stand twice
    /// (`dimensions[1].indicators[0].name`), values in another unit (`dimensions[0].indicators[1].actual`),
    /// weights below 0 or without any above it.
    pub fn new(
        bands: Bands<Light>,
        dimensions: impl IntoIterator<Item = Dimension>,
    ) -> Result<Self, Problems<HealthError>> {
        MatrixDraft { dimensions: dimensions.into_iter().collect(), ..Self::draft(bands) }.check()
    }

    /// The matrix scored in this way.
    ///
    /// # Errors
    /// The problems of `scoring`, each with its path: an aggregation that does not take the scores below 0
    /// that a normaliser gives, too few weights of ranks, a target ratio of dimensions.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::{Aggregation, Matrix, Scoring};
    /// use marketloop::time::date;
    ///
    /// let matrix = Matrix::marketing()?.with_scoring(Scoring::of(Aggregation::WeakestLink))?;
    /// let matrix = matrix
    ///     .measured("traffic", "organic share", "50 %".parse()?, date(2026, 9, 30)?)?
    ///     .measured("conversion", "lead conversion", "6 %".parse()?, date(2026, 9, 30)?)?;
    /// assert_eq!(matrix.assess()?.score().to_string(), "75%"); // no better than its worst part
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn with_scoring(self, scoring: Scoring) -> Result<Self, Problems<HealthError>> {
        MatrixDraft { scoring, ..self.draft }.check()
    }

    /// The matrix with bands of their own for the scores of dimensions and of the whole.
    ///
    /// # Errors
    /// Lights that do not rise (`score_bands`).
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Matrix;
    /// use marketloop::target::{Bands, Light, Threshold};
    /// use marketloop::time::date;
    /// use rust_decimal::dec;
    ///
    /// // The whole is green from 90 % on, though an indicator is only from its target on.
    /// let bands = Bands::lights(Threshold::at_or_above(dec!(0.6)), Threshold::at_or_above(dec!(0.9)))?;
    /// let matrix = Matrix::marketing()?.with_score_bands(bands)?;
    /// let matrix = matrix.measured("traffic", "organic share", "46 %".parse()?, date(2026, 9, 30)?)?;
    /// assert_eq!(matrix.assess()?.light().get()?, Light::Green);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn with_score_bands(self, bands: Bands<Light>) -> Result<Self, Problems<HealthError>> {
        MatrixDraft { score_bands: Some(bands), ..self.draft }.check()
    }

    /// The matrix launched on this day.
    ///
    /// # Errors
    /// [`TimeError::YearOutOfRange`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Matrix;
    /// use marketloop::time::date;
    ///
    /// let matrix = Matrix::marketing()?.launched_on(date(2026, 7, 1)?)?;
    /// let overdue = matrix.baselines(date(2026, 8, 2)?)?;
    /// assert!(overdue.iter().all(|(_, state)| state.is_overdue()));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn launched_on(mut self, day: NaiveDate) -> Result<Self, TimeError> {
        // Nothing else of a matrix depends on the day: its check would find what it found before.
        self.draft.launched_on = Some(in_range(day)?);
        Ok(self)
    }

    /// The day of the launch.
    #[must_use]
    pub const fn launch(&self) -> Option<NaiveDate> {
        self.draft.launched_on
    }

    /// The bands of attainments.
    #[must_use]
    pub const fn bands(&self) -> &Bands<Light> {
        &self.draft.bands
    }

    /// The bands of scores.
    #[must_use]
    pub fn score_bands(&self) -> &Bands<Light> {
        self.draft.score_bands.as_ref().unwrap_or(&self.draft.bands)
    }

    /// How values become scores.
    #[must_use]
    pub const fn scoring(&self) -> &Scoring {
        &self.draft.scoring
    }

    /// The dimensions in order.
    #[must_use]
    pub fn dimensions(&self) -> &[Dimension] {
        &self.draft.dimensions
    }

    /// The matrix with this value of one indicator and the day that the value stands for.
    ///
    /// # Errors
    /// [`HealthError::UnknownIndicator`]; those of [`Indicator::measured`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Matrix;
    /// use marketloop::time::date;
    ///
    /// let matrix = Matrix::marketing()?;
    /// let matrix = matrix.measured("traffic", "organic share", "46 %".parse()?, date(2026, 9, 30)?)?;
    /// assert_eq!(matrix.assess()?.score().to_string(), "92%");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn measured(
        mut self,
        dimension: &str,
        indicator: &str,
        actual: ActualValue,
        on: NaiveDate,
    ) -> Result<Self, HealthError> {
        let found = self.indicator(dimension, indicator)?;
        *found = found.clone().measured(actual, on)?;
        Ok(self)
    }

    /// The matrix with this baseline of one indicator and the day on which it was captured.
    ///
    /// # Errors
    /// [`HealthError::UnknownIndicator`]; those of [`Indicator::with_baseline`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Matrix;
    /// use marketloop::time::date;
    ///
    /// let matrix = Matrix::marketing()?.launched_on(date(2026, 7, 1)?)?;
    /// let matrix = matrix.with_baseline("traffic", "organic share", "38 %".parse()?, date(2026, 7, 20)?)?;
    /// let states = matrix.baselines(date(2026, 8, 2)?)?;
    /// assert!(states[0].1.is_in_time() && states[1].1.is_overdue());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn with_baseline(
        mut self,
        dimension: &str,
        indicator: &str,
        value: ActualValue,
        captured_on: NaiveDate,
    ) -> Result<Self, HealthError> {
        let found = self.indicator(dimension, indicator)?;
        *found = found.clone().with_baseline(value, captured_on)?;
        Ok(self)
    }

    /// What is put back in this place has been checked by [`Indicator`]'s own methods: the matrix stays sound without
    /// a check of the whole.
    fn indicator(&mut self, dimension: &str, indicator: &str) -> Result<&mut Indicator, HealthError> {
        let found = self.draft.dimensions.iter_mut().find(|other| other.name == dimension);
        let found = found.and_then(|own| own.indicators.iter_mut().find(|other| other.name == indicator));
        found.ok_or_else(|| HealthError::UnknownIndicator {
            dimension: dimension.into(),
            indicator: indicator.into(),
        })
    }

    /// The matrix with these dimensions in place of its own; the first problem where they are refused.
    pub(super) fn with_dimensions(&self, dimensions: Vec<Dimension>) -> Result<Self, HealthError> {
        let checked = MatrixDraft { dimensions, ..self.draft.clone() }.check();
        checked.map_err(|problems| match problems.into_iter().next() {
            Some(problem) => problem.error,
            None => HealthError::Empty,
        })
    }
}

impl TryFrom<MatrixDraft> for Matrix {
    type Error = Problems<HealthError>;

    fn try_from(draft: MatrixDraft) -> Result<Self, Self::Error> {
        let mut problems = Problems::new();
        problems.take(&Path::root().field("bands"), draft.bands.clone().rising());
        if let Some(bands) = &draft.score_bands {
            problems.take(&Path::root().field("score_bands"), bands.clone().rising());
        }
        problems.take(&Path::root().field("launched_on"), draft.launched_on.map(in_range).transpose());
        check_scoring(&draft, &mut problems);
        let path = Path::root().field("dimensions");
        if draft.dimensions.is_empty() {
            problems.push(path.clone(), HealthError::Empty);
        }
        check_weights(draft.dimensions.iter().map(|dimension| dimension.weight), &path, &mut problems);
        // Sets, not a look at each pair: a matrix from outside may have 100,000 names.
        let mut dimensions = BTreeSet::new();
        for (index, dimension) in draft.dimensions.iter().enumerate() {
            let path = path.index(index);
            if !dimensions.insert(dimension.name.as_str()) {
                let name = dimension.name.clone();
                problems.push(path.field("name"), HealthError::DuplicateName { name });
            }
            let path = path.field("indicators");
            if dimension.indicators.is_empty() {
                problems.push(path.clone(), HealthError::Empty);
            }
            check_weights(
                dimension.indicators.iter().map(|indicator| indicator.weight),
                &path,
                &mut problems,
            );
            let mut indicators = BTreeSet::new();
            for (index, indicator) in dimension.indicators.iter().enumerate() {
                let path = path.index(index);
                if !indicators.insert(indicator.name.as_str()) {
                    let name = indicator.name.clone();
                    problems.push(path.field("name"), HealthError::DuplicateName { name });
                }
                check_indicator(&draft, indicator, &path, &mut problems);
            }
        }
        problems.into_result(Self { draft })
    }
}

fn check_weights(weights: impl Iterator<Item = Decimal>, path: &Path, problems: &mut Problems<HealthError>) {
    let (mut any, mut positive) = (false, false);
    for (index, weight) in weights.enumerate() {
        any = true;
        positive |= weight > Decimal::ZERO;
        if weight < Decimal::ZERO {
            problems.push(path.index(index).field("weight"), HealthError::Weight { weight });
        }
    }
    // An empty list was told of already, under its own code.
    if any && !positive {
        problems.push(path.clone(), HealthError::NoWeight);
    }
}

fn check_scoring(draft: &MatrixDraft, problems: &mut Problems<HealthError>) {
    let path = Path::root().field("scoring");
    let scoring = &draft.scoring;
    // Weights by rank have to reach every indicator of the largest dimension.
    let widest = draft.dimensions.iter().map(|dimension| dimension.indicators.len()).max().unwrap_or(0);
    for (name, aggregation, parts) in [
        ("indicator_aggregation", &scoring.indicator_aggregation, widest),
        ("dimension_aggregation", &scoring.dimension_aggregation, draft.dimensions.len()),
    ] {
        problems.take(&path.field(name), aggregation.check(parts));
    }
    let (indicators, dimensions) = (&scoring.indicator_normaliser, &scoring.dimension_normaliser);
    // A dimension left unchanged is below 0 only where an indicator can be.
    let own = draft.dimensions.iter().flat_map(|dimension| &dimension.indicators);
    let negative = indicators.can_be_negative()
        || own.filter_map(|indicator| indicator.normaliser.as_ref()).any(Normaliser::can_be_negative);
    if indicators.can_be_negative() && !scoring.indicator_aggregation.takes_negative() {
        problems.push(path.field("indicator_normaliser"), HealthError::NegativeScore);
    }
    if dimensions.can_be_negative()
        && (negative || *dimensions != Normaliser::UNCHANGED)
        && !scoring.dimension_aggregation.takes_negative()
    {
        problems.push(path.field("dimension_normaliser"), HealthError::NegativeScore);
    }
    // The score of a dimension has no target that it could be measured against.
    if dimensions.needs_target() {
        problems.push(path.field("dimension_normaliser"), HealthError::NeedsTarget);
    }
}

fn check_indicator(
    draft: &MatrixDraft,
    indicator: &Indicator,
    path: &Path,
    problems: &mut Problems<HealthError>,
) {
    let takes_negative = draft.scoring.indicator_aggregation.takes_negative();
    if indicator.normaliser.as_ref().is_some_and(Normaliser::can_be_negative) && !takes_negative {
        problems.push(path.field("normaliser"), HealthError::NegativeScore);
    }
    // Readings convert values without an error of their own: here is where another unit is refused.
    let unit = indicator.target.unit();
    if let Some(actual) = &indicator.actual {
        problems.take(&path.field("actual"), actual.value_in(unit));
    }
    if let Some(baseline) = &indicator.baseline {
        problems.take(&path.field("baseline").field("value"), baseline.value.value_in(unit));
    }
    if let Some(on) = indicator.measured_on {
        problems.take(&path.field("measured_on"), in_range(on));
    }
    if let Some(baseline) = &indicator.baseline {
        problems.take(&path.field("baseline").field("captured_on"), in_range(baseline.captured_on));
    }
}

impl From<Matrix> for MatrixDraft {
    fn from(matrix: Matrix) -> Self {
        matrix.draft
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::Figure;
    use crate::target::Threshold;
    use crate::time::Grain;
    use alloc::string::ToString;
    use rust_decimal::dec;

    fn bands() -> Bands<Light> {
        Bands::lights(Threshold::at_or_above(dec!(0.8)), Threshold::at_or_above(dec!(1))).unwrap()
    }

    fn indicator(name: &str, target: &str, actual: Option<&str>) -> Indicator {
        let indicator = Indicator::new(name, target.parse().unwrap(), Grain::Quarter);
        Indicator { actual: actual.map(|actual| actual.parse().unwrap()), ..indicator }
    }

    #[test]
    fn what_was_not_measured_has_no_light_and_all_else_has_one() {
        let indicators = [
            indicator("missing", "at least 50 %", None),
            indicator("undefined, met", "at least 0 %", Some("5 %")),
            indicator("undefined, missed", "at most 0 %, linear", Some("5 %")),
            indicator("decrease", "at least 15 %", Some("-3 %")),
            indicator("edge", "at least 50 %", Some("0.4")),
        ];
        let matrix = Matrix::new(bands(), [Dimension::new("d", indicators)]).unwrap();
        let lights: Vec<Option<Light>> = matrix.readings().map(|reading| reading.light().known()).collect();
        let (green, yellow, red) = (Some(Light::Green), Some(Light::Yellow), Some(Light::Red));
        assert_eq!(lights, [None, green, red, red, yellow]);
        let action: Vec<bool> = matrix.readings().map(|reading| reading.needs_action()).collect();
        assert_eq!(action, [false, false, true, true, true]);
        assert_eq!(matrix.coverage().to_string(), "4 of 5");
        let calm = bands().with_hysteresis(dec!(0.05)).unwrap();
        let almost = Dimension::new("d", [indicator("held", "at least 100 %", Some("96 %"))]);
        let matrix = Matrix::new(calm, [almost]).unwrap();
        let reading = matrix.readings().next().unwrap();
        assert_eq!(
            (reading.light(), reading.light_after(Light::Green)),
            (Figure::Known(Light::Yellow), Figure::Known(Light::Green))
        );
    }

    /// R3: every date of a matrix is one that reads back.
    #[test]
    fn every_date_is_checked() {
        use crate::time::NaiveDate;
        for date in [NaiveDate::MIN, NaiveDate::MAX] {
            let value = || -> ActualValue { "1 %".parse().unwrap() };
            let sound = || indicator("i", "at least 50 %", None);
            assert!(
                sound().measured(value(), date).is_err() && sound().with_baseline(value(), date).is_err()
            );
            let matrix = Matrix::new(bands(), [Dimension::new("d", [sound()])]).unwrap();
            assert!(matrix.clone().launched_on(date).is_err());
            let mut draft = MatrixDraft::from(matrix);
            draft.launched_on = Some(date);
            let one = &mut draft.dimensions[0].indicators[0];
            one.measured_on = Some(date);
            one.baseline = Some(crate::target::Baseline { value: value(), captured_on: date });
            let refused = draft.check().unwrap_err();
            let paths: Vec<&str> = refused.iter().map(|problem| problem.path.as_str()).collect();
            let of = "dimensions[0].indicators[0]";
            let expected = [
                "launched_on".to_string(),
                alloc::format!("{of}.measured_on"),
                alloc::format!("{of}.baseline.captured_on"),
            ];
            assert_eq!(paths, expected);
        }
    }

    #[test]
    fn lights_that_fall_are_refused() {
        let falling = (Threshold::at_or_above(dec!(0.8)), Light::Red);
        let bands = Bands::new(Light::Green, [falling]).unwrap();
        let refused = Matrix::new(bands, [Dimension::new("d", [indicator("i", "at least 1", None)])]);
        assert_eq!(
            refused.unwrap_err().to_string(),
            "bands: edge 0 takes green down to red: lights rise from red over yellow to green"
        );
    }

    #[test]
    fn all_problems_are_told_with_their_paths() {
        let twice = [indicator("a", "at least 50 %", Some("5 CNY")), indicator("a", "at least 1", None)];
        let refused = Matrix::new(bands(), [Dimension::new("d", twice), Dimension::new("d", [])]);
        assert_eq!(
            refused.unwrap_err().to_string(),
            "4 problems\n  dimensions[0].indicators[0].actual: units differ: CNY and %\n  \
             dimensions[0].indicators[1].name: `a` stands twice\n  dimensions[1].name: `d` stands twice\n  \
             dimensions[1].indicators: a matrix needs at least one dimension, and a dimension at least one indicator"
        );
    }
}
