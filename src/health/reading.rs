//! One indicator of a matrix with its light, and how many have one.

use super::{Dimension, HealthError, Indicator, Matrix, Normaliser, Score};
use crate::quantity::Ratio;
use crate::target::{Achievement, Bands, Light};
use core::fmt;
use rust_decimal::Decimal;

/// One indicator of a matrix with its dimension, what its value says of its target, its score and its light.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    pub(super) dimension: &'a str,
    pub(super) indicator: &'a Indicator,
    pub(super) bands: &'a Bands<Light>,
    pub(super) normaliser: &'a Normaliser,
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

    /// The edges between the lights.
    pub(super) fn light_edges(&self) -> &'a [crate::target::Edge<crate::target::Light>] {
        self.bands.edges()
    }

    /// What makes its score: its own normaliser, or that of the matrix.
    #[must_use]
    pub const fn normaliser(&self) -> &'a Normaliser {
        self.normaliser
    }

    /// What the value says of the target: its attainment or, where that is undefined, whether the target is
    /// met; `None` only where it was not measured.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::{Dimension, Indicator, Matrix, ReviewCycle};
    /// use marketloop::target::{Bands, Light, Threshold};
    /// use rust_decimal::dec;
    ///
    /// let complaints = Indicator::new("complaints", "at most 0, linear".parse()?, ReviewCycle::Month);
    /// let refunds = Indicator::new("refunds", "at most 5 %, inverse".parse()?, ReviewCycle::Month);
    /// let compliance = Dimension::new("compliance", [complaints.with_actual("9".parse()?)?, refunds]);
    /// let bands = Bands::lights(Threshold::at_or_above(dec!(0.8)), Threshold::at_or_above(dec!(1)))?;
    /// let matrix = Matrix::new(bands, [compliance])?;
    /// let answers: Vec<_> = matrix.readings().map(|reading| reading.achievement()).collect();
    /// // Nine of at most none is no ratio, but it is a miss; what was not measured is neither.
    /// assert!(answers[0].as_ref().is_some_and(|found| found.attainment().is_none() && !found.is_met()));
    /// assert_eq!(answers[1], None);
    /// assert_eq!(matrix.readings().next().and_then(|reading| reading.light()), Some(Light::Red));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn achievement(&self) -> Option<Achievement> {
        Some(self.indicator.target.achievement(self.indicator.value()?))
    }

    /// The score of the value; `None` where it was not measured.
    ///
    /// # Errors
    /// [`HealthError::Undefined`] where an estimate leaves the range of floats.
    #[must_use]
    pub fn score(&self) -> Option<Result<Score, HealthError>> {
        let value = self.indicator.value()?;
        Some(self.normaliser.score_against(&self.indicator.target, value))
    }

    /// The light, whatever it was before; `None` only where the indicator was not measured. Of an undefined
    /// attainment it is the best light where the target is met, and the worst where it is missed
    /// ([`Achievement::class`]).
    #[must_use]
    pub fn light(&self) -> Option<Light> {
        Some(*self.achievement()?.class(self.bands))
    }

    /// The light after `previous`, where the bands' hysteresis holds the light that was; `None` as for
    /// [`light`](Self::light).
    #[must_use]
    pub fn light_after(&self, previous: Light) -> Option<Light> {
        Some(*self.achievement()?.class_after(self.bands, &previous))
    }

    /// Whether a value was measured that misses its target, so that somebody has to act.
    #[must_use]
    pub fn needs_action(&self) -> bool {
        self.achievement().is_some_and(|found| !found.is_met())
    }
}

/// How many of a matrix's indicators were measured, or of a level's parts have a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coverage {
    /// Those that have one.
    pub lit: usize,
    /// All of them.
    pub all: usize,
}

impl Coverage {
    /// The covered part of the whole.
    #[must_use]
    pub fn ratio(&self) -> Ratio {
        Ratio::new(Decimal::from(self.lit), Decimal::from(self.all)).unwrap_or(Ratio::ZERO)
    }

    /// Whether nothing is missing.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.lit == self.all
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.lit, self.all)
    }
}

impl Matrix {
    /// All indicators in order, each with its light.
    pub fn readings(&self) -> impl Iterator<Item = Reading<'_>> + Clone {
        self.dimensions().iter().flat_map(move |dimension| self.readings_of(dimension))
    }

    /// The indicators of one dimension, each with its light.
    pub(super) fn readings_of<'a>(
        &'a self,
        dimension: &'a Dimension,
    ) -> impl Iterator<Item = Reading<'a>> + Clone {
        let (bands, level) = (self.bands(), &self.scoring().indicators.normaliser);
        dimension.indicators.iter().map(move |indicator| Reading {
            dimension: &dimension.name,
            indicator,
            bands,
            normaliser: indicator.normaliser.as_ref().unwrap_or(level),
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
