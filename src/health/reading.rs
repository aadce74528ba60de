//! One indicator of a matrix with its light, and how many have one.

use super::{HealthError, Indicator, Matrix, Normaliser, Score};
use crate::quantity::{Quantity, Ratio};
use crate::target::{Bands, Light};
use core::fmt;
use rust_decimal::Decimal;

/// One indicator of a matrix with its dimension, its attainment, its score and its light.
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

    /// The score of the value; `None` where it was not measured.
    #[must_use]
    pub fn score(&self) -> Option<Result<Score, HealthError>> {
        let value = self.indicator.value()?;
        Some(self.normaliser.score_against(&self.indicator.target, value))
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

/// How many of a matrix's indicators have a light, or of a level's parts a score.
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
