//! Dimensions, indicators, and the lights they show.

use super::HealthError;
use crate::error::{Path, Problems};
use crate::quantity::Quantity;
use crate::target::{Attainment, Bands, Light, Target, TargetError};
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use serde::{Deserialize, Serialize};

/// How often an indicator is reviewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewCycle {
    /// Every month.
    Month,
    /// Every quarter.
    Quarter,
    /// Every half-year.
    HalfYear,
}

impl fmt::Display for ReviewCycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::HalfYear => "half-year",
        })
    }
}

/// An indicator: what it is to reach, and what it has reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// The name, unique in its dimension.
    pub name: String,
    /// What is to be reached.
    pub target: Target,
    /// How often it is reviewed.
    pub review: ReviewCycle,
    /// Where the value comes from.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// The value, in the target's unit or a power of ten of it; none where it was not measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actual: Option<Quantity>,
}

impl Indicator {
    /// The indicator with this target, not measured yet.
    #[must_use]
    pub fn new(name: impl Into<String>, target: Target, review: ReviewCycle) -> Self {
        Self { name: name.into(), target, review, source: String::new(), actual: None }
    }

    /// The indicator with this value.
    ///
    /// # Errors
    /// [`HealthError::Target`] when the value's unit is not the target's.
    pub fn with_actual(self, actual: Quantity) -> Result<Self, HealthError> {
        actual.to(self.target.unit()).map_err(TargetError::from)?;
        Ok(Self { actual: Some(actual), ..self })
    }

    /// How far the value attains the target; `None` where it was not measured.
    #[must_use]
    pub fn attainment(&self) -> Option<Result<Attainment, TargetError>> {
        self.actual.as_ref().map(|actual| self.target.attainment_of(actual))
    }
}

/// A dimension: indicators that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dimension {
    /// The name, unique in its matrix.
    pub name: String,
    /// The indicators in order.
    pub indicators: Vec<Indicator>,
}

impl Dimension {
    /// The dimension of these indicators.
    #[must_use]
    pub fn new(name: impl Into<String>, indicators: impl IntoIterator<Item = Indicator>) -> Self {
        Self { name: name.into(), indicators: indicators.into_iter().collect() }
    }
}

/// A health matrix: dimensions of indicators, and the bands that give them their lights.
///
/// The threshold of yellow is part of the bands and so always the caller's explicit choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "MatrixDraft", into = "MatrixDraft")]
pub struct Matrix {
    draft: MatrixDraft,
}

/// A matrix as it is written down, not checked yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatrixDraft {
    /// What gives an attainment its light.
    pub bands: Bands<Light>,
    /// The dimensions in order.
    pub dimensions: Vec<Dimension>,
}

impl MatrixDraft {
    /// The checked matrix.
    ///
    /// # Errors
    /// All problems at once, each with its path; see [`Matrix::new`].
    pub fn check(self) -> Result<Matrix, Problems<HealthError>> {
        self.try_into()
    }
}

/// One indicator of a matrix with its dimension, its attainment and its light.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    dimension: &'a str,
    indicator: &'a Indicator,
    bands: &'a Bands<Light>,
}

impl<'a> Reading<'a> {
    /// The dimension's name.
    #[must_use]
    pub const fn dimension(&self) -> &'a str {
        self.dimension
    }

    /// The indicator.
    #[must_use]
    pub const fn indicator(&self) -> &'a Indicator {
        self.indicator
    }

    /// The light, whatever it was before; `None` where the indicator was not measured or its attainment is
    /// undefined.
    #[must_use]
    pub fn light(&self) -> Option<Light> {
        let attainment = self.indicator.attainment()?.ok()?;
        Some(*self.bands.classify(attainment.ratio()))
    }

    /// The light after `previous`, where the bands' hysteresis holds the light that was; `None` as for
    /// [`light`](Self::light).
    #[must_use]
    pub fn light_after(&self, previous: Light) -> Option<Light> {
        let attainment = self.indicator.attainment()?.ok()?;
        Some(*self.bands.classify_after(&previous, attainment.ratio()))
    }

    /// Whether a value was measured that misses its target, so that somebody has to act.
    #[must_use]
    pub fn needs_action(&self) -> bool {
        let met = |actual: &Quantity| {
            let actual = actual.to(self.indicator.target.unit());
            actual.is_ok_and(|actual| self.indicator.target.is_met(actual.value()))
        };
        self.indicator.actual.as_ref().is_some_and(|actual| !met(actual))
    }
}

/// How many of a matrix's indicators have a light.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coverage {
    /// The indicators with a light.
    pub lit: usize,
    /// All indicators.
    pub all: usize,
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.lit, self.all)
    }
}

impl Matrix {
    /// The matrix of these dimensions.
    ///
    /// # Errors
    /// All problems at once, each with its path: lights that do not rise (`bands`), nothing in it, names that stand twice
    /// (`dimensions[1].indicators[0].name`), values in another unit (`dimensions[0].indicators[1].actual`).
    pub fn new(
        bands: Bands<Light>,
        dimensions: impl IntoIterator<Item = Dimension>,
    ) -> Result<Self, Problems<HealthError>> {
        MatrixDraft { bands, dimensions: dimensions.into_iter().collect() }.check()
    }

    /// The bands.
    #[must_use]
    pub const fn bands(&self) -> &Bands<Light> {
        &self.draft.bands
    }

    /// The dimensions in order.
    #[must_use]
    pub fn dimensions(&self) -> &[Dimension] {
        &self.draft.dimensions
    }

    /// All indicators in order, each with its light.
    pub fn readings(&self) -> impl Iterator<Item = Reading<'_>> + Clone {
        let bands = &self.draft.bands;
        self.draft.dimensions.iter().flat_map(move |Dimension { name, indicators }| {
            indicators.iter().map(move |indicator| Reading { dimension: name, indicator, bands })
        })
    }

    /// How many indicators have a light.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        let readings = self.readings();
        Coverage {
            lit: readings.clone().filter(|reading| reading.light().is_some()).count(),
            all: readings.count(),
        }
    }
}

impl TryFrom<MatrixDraft> for Matrix {
    type Error = Problems<HealthError>;

    fn try_from(draft: MatrixDraft) -> Result<Self, Self::Error> {
        let mut problems = Problems::new();
        problems.take(&Path::root().field("bands"), draft.bands.clone().rising());
        let path = Path::root().field("dimensions");
        if draft.dimensions.is_empty() {
            problems.push(path.clone(), HealthError::Empty);
        }
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
            let mut indicators = BTreeSet::new();
            for (index, indicator) in dimension.indicators.iter().enumerate() {
                let path = path.index(index);
                if !indicators.insert(indicator.name.as_str()) {
                    let name = indicator.name.clone();
                    problems.push(path.field("name"), HealthError::DuplicateName { name });
                }
                if let Some(actual) = &indicator.actual {
                    let converted = actual.to(indicator.target.unit()).map_err(TargetError::from);
                    problems.take(&path.field("actual"), converted);
                }
            }
        }
        problems.into_result(Self { draft })
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
    use crate::target::{Edge, Threshold};
    use alloc::string::ToString;
    use rust_decimal::dec;

    fn bands() -> Bands<Light> {
        Bands::lights(Threshold::from(dec!(0.8)), Threshold::from(dec!(1))).unwrap()
    }

    fn indicator(name: &str, target: &str, actual: Option<&str>) -> Indicator {
        let indicator = Indicator::new(name, target.parse().unwrap(), ReviewCycle::Quarter);
        Indicator { actual: actual.map(|actual| actual.parse().unwrap()), ..indicator }
    }

    #[test]
    fn what_was_not_measured_has_no_light() {
        let indicators = [
            indicator("missing", "at least 50 %", None),
            indicator("undefined", "at least 0 %", Some("5 %")),
            indicator("decrease", "at least 15 %", Some("-3 %")),
            indicator("edge", "at least 50 %", Some("0.4")),
        ];
        let matrix = Matrix::new(bands(), [Dimension::new("d", indicators)]).unwrap();
        let lights: Vec<Option<Light>> = matrix.readings().map(|reading| reading.light()).collect();
        assert_eq!(lights, [None, None, Some(Light::Red), Some(Light::Yellow)]);
        let action: Vec<bool> = matrix.readings().map(|reading| reading.needs_action()).collect();
        assert_eq!(action, [false, false, true, true]);
        assert_eq!(matrix.coverage().to_string(), "2 of 4");
        let calm = bands().with_hysteresis(dec!(0.05)).unwrap();
        let almost = Dimension::new("d", [indicator("held", "at least 100 %", Some("96 %"))]);
        let matrix = Matrix::new(calm, [almost]).unwrap();
        let reading = matrix.readings().next().unwrap();
        assert_eq!(
            (reading.light(), reading.light_after(Light::Green)),
            (Some(Light::Yellow), Some(Light::Green))
        );
    }

    #[test]
    fn lights_that_fall_are_refused() {
        let falling = Edge { threshold: Threshold::from(dec!(0.8)), class: Light::Red };
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
