//! One indicator of a matrix with its light, and how many have one.

use super::indicator_name::IndicatorName;
use super::{Dimension, Indicator, Matrix, Normaliser, Score};
use crate::figure::{Cause, Cell, Figure, Table, to_wire};
use crate::quantity::Ratio;
use crate::target::{Achievement, Bands, Light};
use crate::time::NaiveDate;
use alloc::format;
use alloc::string::ToString;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

/// One indicator of a matrix with its dimension, its score and its light.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    pub(super) dimension: &'a str,
    pub(super) indicator: &'a Indicator,
    pub(super) bands: &'a Bands<Light>,
    pub(super) normaliser: &'a Normaliser,
    /// The score where an assessment has worked it out.
    pub(super) scored: Option<Score>,
}

#[derive(Serialize)]
#[serde(rename = "Reading")]
struct Written<'a> {
    dimension: &'a str,
    indicator: &'a Indicator,
    score: Figure<Score>,
    light: Figure<Light>,
}

impl Serialize for Reading<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { dimension, indicator, .. } = *self;
        Written { dimension, indicator, score: self.score(), light: self.light() }.serialize(serializer)
    }
}

to_wire!(Reading<'_>);

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
    pub(super) fn light_edges(&self) -> &'a [(crate::target::Threshold, crate::target::Light)] {
        self.bands.edges()
    }

    /// What makes its score: its own normaliser, or that of the matrix.
    #[must_use]
    pub const fn normaliser(&self) -> &'a Normaliser {
        self.normaliser
    }

    /// The indicator with its dimension, as tables and missing figures name it.
    #[must_use]
    pub fn name(&self) -> IndicatorName {
        IndicatorName::new(self.dimension, &self.indicator.name)
    }

    /// The figure made of the indicator's value; missing where it was not measured.
    fn of_value<T>(&self, of: impl FnOnce(Ratio) -> Figure<T>) -> Figure<T> {
        self.indicator.value().map_or_else(|| Figure::missing(self.name().to_string()), of)
    }

    /// The attainment of the target or, where that is undefined, whether the target is met; missing only where the
    /// indicator was not measured.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::{Dimension, Indicator, Matrix};
    /// use marketloop::target::{Bands, Light, Threshold};
    /// use marketloop::time::Grain;
    /// use rust_decimal::dec;
    ///
    /// let complaints = Indicator::new("complaints", "at most 0, linear".parse()?, Grain::Month);
    /// let refunds = Indicator::new("refunds", "at most 5 %, inverse".parse()?, Grain::Month);
    /// let compliance = Dimension::new("compliance", [complaints.with_actual("9".parse()?)?, refunds]);
    /// let bands = Bands::lights(Threshold::at_or_above(dec!(0.8)), Threshold::at_or_above(dec!(1)))?;
    /// let matrix = Matrix::new(bands, [compliance])?;
    /// let answers: Vec<_> = matrix.readings().map(|reading| reading.achievement()).collect();
    /// // Nine of at most none is no ratio, but it is a miss; what was not measured is neither.
    /// let nine = answers[0].clone().get()?;
    /// assert!(nine.attainment().is_none() && !nine.is_met());
    /// assert!(answers[1].is_missing());
    /// let lights: Vec<String> = matrix.readings().map(|reading| reading.light().to_string()).collect();
    /// assert_eq!(lights, ["red", "missing: compliance / refunds"]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn achievement(&self) -> Figure<Achievement> {
        self.of_value(|value| Figure::Known(self.indicator.target.achievement(value)))
    }

    /// The score of the value; missing where it was not measured, undefined where an estimate leaves the range of
    /// floats.
    #[must_use]
    pub fn score(&self) -> Figure<Score> {
        if let Some(score) = self.scored {
            return Figure::Known(score);
        }
        self.of_value(|value| match self.normaliser.score_against(&self.indicator.target, value) {
            Ok(score) => Figure::Known(score),
            Err(_) => Figure::undefined(format!("score of {}", self.name()), Cause::OutOfRange),
        })
    }

    /// The light without regard to an earlier one; missing only where the indicator was not measured. Of an undefined
    /// attainment it is the best light where the target is met, and the worst where it is missed
    /// ([`Achievement::class`]).
    #[must_use]
    pub fn light(&self) -> Figure<Light> {
        self.achievement().map(|found| *found.class(self.bands))
    }

    /// The light that the indicator would have at this value, in its target's unit.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Matrix;
    /// use marketloop::target::Light;
    /// use rust_decimal::dec;
    ///
    /// let matrix = Matrix::marketing()?;
    /// let share = matrix.readings().next().ok_or("there is one")?; // at least 50 %, not measured yet
    /// assert_eq!((share.light_at(dec!(50).into()), share.light_at(dec!(39).into())), (Light::Green, Light::Red));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn light_at(&self, value: Ratio) -> Light {
        *self.indicator.target.achievement(value).class(self.bands)
    }

    /// The light after `previous`, where the bands' hysteresis holds the light that was; missing as for
    /// [`light`](Self::light).
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::{Dimension, Indicator, Matrix};
    /// use marketloop::target::{Bands, Light, Threshold};
    /// use marketloop::time::Grain;
    /// use rust_decimal::dec;
    ///
    /// let bands = Bands::lights(Threshold::at_or_above(dec!(0.8)), Threshold::at_or_above(dec!(1)))?;
    /// let reach = Indicator::new("reach", "at least 100".parse()?, Grain::Month).with_actual("98".parse()?)?;
    /// let matrix = Matrix::new(bands.with_hysteresis(dec!(0.05))?, [Dimension::new("media", [reach])])?;
    /// let reading = matrix.readings().next().ok_or("there is one")?;
    /// // 98 % would be yellow, but a green light stays green down to 95 %.
    /// assert_eq!(reading.light().get()?, Light::Yellow);
    /// assert_eq!(reading.light_after(Light::Green).get()?, Light::Green);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn light_after(&self, previous: Light) -> Figure<Light> {
        self.achievement().map(|found| *found.class_after(self.bands, &previous))
    }

    /// The day that the value stands for; missing where there is no value, or a value without a day.
    #[must_use]
    pub fn measured_on(&self) -> Figure<NaiveDate> {
        match (&self.indicator.actual, self.indicator.measured_on) {
            (Some(_), Some(on)) => Figure::Known(on),
            (Some(_), None) => Figure::missing(format!("day of {}", self.name())),
            (None, _) => Figure::missing(self.name().to_string()),
        }
    }

    /// Whether a value was measured that misses its target, so that somebody has to act.
    #[must_use]
    pub fn needs_action(&self) -> bool {
        self.achievement().known().is_some_and(|found| !found.is_met())
    }
}

/// How many of a matrix's indicators were measured, or of a level's parts have a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub struct Coverage {
    /// How many were measured, or have a score.
    pub lit: usize,
    /// How many there are.
    pub all: usize,
}

impl Coverage {
    /// The covered part of the whole.
    #[must_use]
    pub fn ratio(&self) -> Ratio {
        debug_assert!(self.all > 0, "a dimension has at least one indicator");
        // Two counts always make a fraction: only a whole of 0 would have none.
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
        let (bands, level) = (self.bands(), &self.scoring().indicator_normaliser);
        dimension.indicators.iter().map(move |indicator| Reading {
            dimension: &dimension.name,
            indicator,
            bands,
            normaliser: indicator.normaliser.as_ref().unwrap_or(level),
            // Worked out when asked, and by an assessment once for all that reads it afterwards.
            scored: None,
        })
    }

    /// A row for each indicator: its target, its value, the attainment, the light, whether a task force starts (the value
    /// misses the target), how often it is reviewed, and where its value is read. [`Assessment::table`](super::Assessment::table)
    /// has the scores.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Matrix;
    /// use marketloop::time::date;
    ///
    /// let matrix = Matrix::marketing()?.measured("traffic", "organic share", "46 %".parse()?, date(2026, 9, 30)?)?;
    /// let table = matrix.table();
    /// let cell = |column| table.get("traffic / organic share", column).and_then(|cell| cell.value.as_deref());
    /// assert_eq!((cell("attainment"), cell("light"), cell("task force")), (Some("92"), Some("yellow"), Some("yes")));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("indicator");
        for reading in self.readings() {
            let (name, indicator) = (reading.name(), reading.indicator());
            table.push(&name, "target", format!("{:#}", indicator.target));
            let actual = indicator.actual.as_ref();
            let missing = || Figure::missing(name.to_string());
            table.push(&name, "actual", actual.map_or_else(missing, Figure::Known));
            let attained = |found: Achievement| match (found.attainment(), found.is_met()) {
                (Some(attainment), _) => Cell::from(attainment),
                (None, true) => "met".into(),
                (None, false) => "missed".into(),
            };
            table.push(&name, "attainment", reading.achievement().map(attained));
            table.push(&name, "light", reading.light().map(|light| light.to_string()));
            table.push(&name, "task force", reading.achievement().map(|found| !found.is_met()));
            table.push(&name, "review every", indicator.review.to_string());
            if !indicator.source.is_empty() {
                table.push(&name, "source", indicator.source.as_str());
            }
        }
        table
    }

    /// How many indicators have a light.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        let readings = self.readings();
        Coverage {
            lit: readings.clone().filter(|reading| reading.indicator.actual.is_some()).count(),
            all: readings.count(),
        }
    }
}
