//! What stands beside a score: how much of it was measured, the worst light, and the day of each value.

use super::{Assessment, Coverage, DimensionScore, HealthError, IndicatorScore, Reading, Score};
use crate::quantity::Ratio;
use crate::target::Light;
use crate::time::NaiveDate;
use alloc::vec::Vec;
use chrono::Datelike;
use core::fmt;
use rust_decimal::Decimal;

/// Where the value of an indicator comes from, seen from the first day of the period that is assessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValueOrigin {
    /// Measured within the period, or later.
    Own {
        /// The day that it stands for.
        on: NaiveDate,
    },
    /// Carried over from an earlier period.
    CarriedOver {
        /// The day that it stands for.
        on: NaiveDate,
    },
    /// There is a value, but not the day that it stands for.
    Undated,
    /// There is no value.
    NotMeasured,
}

impl fmt::Display for ValueOrigin {
    /// `2026-09-30`, or `carried over from 2026-08`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own { on } => write!(f, "{on}"),
            Self::CarriedOver { on } => write!(f, "carried over from {:04}-{:02}", on.year(), on.month()),
            Self::Undated => f.pad("undated"),
            Self::NotMeasured => f.pad("not measured"),
        }
    }
}

impl Reading<'_> {
    /// Whether the value was measured in the period that begins on `start`, or is carried over into it.
    #[must_use]
    pub fn origin(&self, start: NaiveDate) -> ValueOrigin {
        match (&self.indicator().actual, self.indicator().measured_on) {
            (None, _) => ValueOrigin::NotMeasured,
            (Some(_), None) => ValueOrigin::Undated,
            (Some(_), Some(on)) if on < start => ValueOrigin::CarriedOver { on },
            (Some(_), Some(on)) => ValueOrigin::Own { on },
        }
    }
}

/// What a reader of a score has to know beside it.
#[derive(Debug, Clone)]
pub struct Summary<'a> {
    /// The score of the whole; `None` where values are missing and the policy says so.
    pub score: Option<Score>,
    /// The light of the whole.
    pub light: Option<Light>,
    /// How many indicators were measured.
    pub coverage: Coverage,
    /// The share of all weight that was measured.
    pub covered_weight: Ratio,
    /// The indicator of the worst light, of several the one of the least score; `None` where nothing was measured.
    pub worst: Option<Reading<'a>>,
    /// The day of the oldest value; `None` where no value has a day.
    pub oldest: Option<NaiveDate>,
    /// The indicators whose value is of a day before the period, each with that day.
    pub carried_over: Vec<(Reading<'a>, NaiveDate)>,
    /// The indicators whose value has no day.
    pub undated: Vec<Reading<'a>>,
    /// The indicators that were not measured: the score says nothing about them.
    pub not_measured: Vec<Reading<'a>>,
}

impl<'a> Assessment<'a> {
    /// What stands beside the score of a period that begins on `start`.
    ///
    /// # Errors
    /// [`HealthError::Quantity`] where the share of weight needs more than 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Matrix;
    /// use marketloop::time::date;
    ///
    /// let matrix = Matrix::marketing()?
    ///     .measured("traffic", "organic share", "52 %".parse()?, date(2026, 8, 31)?)?
    ///     .measured("conversion", "lead conversion", "6 %".parse()?, date(2026, 9, 30)?)?;
    /// let september = matrix.assess()?.summary(date(2026, 9, 1)?)?;
    /// assert_eq!(
    ///     september.to_string(),
    ///     "87.5%, yellow; measured 2 of 8, 25% of the weight; worst: red, lead conversion; \
    ///      oldest value 2026-08-31, 1 carried over"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn summary(&self, start: NaiveDate) -> Result<Summary<'a>, HealthError> {
        let mut summary = Summary {
            score: self.score(),
            light: self.light(),
            coverage: self.coverage(),
            covered_weight: self.covered_weight()?,
            worst: self.worst(),
            oldest: None,
            carried_over: Vec::new(),
            undated: Vec::new(),
            not_measured: Vec::new(),
        };
        for reading in self.indicators().map(IndicatorScore::reading) {
            let on = match reading.origin(start) {
                ValueOrigin::NotMeasured => {
                    summary.not_measured.push(reading);
                    continue;
                }
                ValueOrigin::Undated => {
                    summary.undated.push(reading);
                    continue;
                }
                ValueOrigin::CarriedOver { on } => {
                    summary.carried_over.push((reading, on));
                    on
                }
                ValueOrigin::Own { on } => on,
            };
            summary.oldest = Some(summary.oldest.map_or(on, |oldest| oldest.min(on)));
        }
        Ok(summary)
    }

    /// The indicator of the worst light, of several the one of the least score, of several the first; `None`
    /// where nothing was measured.
    #[must_use]
    pub fn worst(&self) -> Option<Reading<'a>> {
        let lit =
            self.indicators().filter_map(|one| Some((one.reading().light()?, one.score()?, one.reading())));
        let worse = |one: &(Light, Score, _), other: &(Light, Score, _)| {
            one.0.cmp(&other.0).then_with(|| one.1.compare(&other.1))
        };
        lit.min_by(worse).map(|(_, _, reading)| reading)
    }

    /// The share of all weight that was measured.
    ///
    /// # Formula
    /// sum of (dimension's share of weight) (indicator's share of its dimension's weight) over those measured
    ///
    /// # Errors
    /// [`HealthError::Quantity`] beyond 128 bits.
    pub fn covered_weight(&self) -> Result<Ratio, HealthError> {
        let all = total(self.dimensions().iter().map(DimensionScore::weight))?;
        let mut covered = Ratio::ZERO;
        for dimension in self.dimensions() {
            let share = Ratio::from(dimension.weight()).divided_by(all)?;
            covered = covered.plus(share.times(dimension.covered_weight()?)?)?;
        }
        Ok(covered)
    }
}

impl DimensionScore<'_> {
    /// The share of the dimension's weight that was measured.
    ///
    /// # Errors
    /// [`HealthError::Quantity`] beyond 128 bits.
    pub fn covered_weight(&self) -> Result<Ratio, HealthError> {
        let weight = |one: &IndicatorScore<'_>| one.reading().indicator().weight;
        let all = total(self.indicators().iter().map(weight))?;
        let measured = self.indicators().iter().filter(|one| one.score().is_some());
        Ok(total(measured.map(weight))?.divided_by(all)?)
    }
}

fn total(weights: impl Iterator<Item = Decimal>) -> Result<Ratio, HealthError> {
    let mut sum = Ratio::ZERO;
    for weight in weights {
        sum = sum.plus(weight.into())?;
    }
    Ok(sum)
}

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.score, self.light) {
            (Some(score), Some(light)) => write!(f, "{score}, {light}")?,
            _ => f.write_str("no score")?,
        }
        write!(f, "; measured {}, {} of the weight", self.coverage, self.covered_weight.to_percent())?;
        if let Some((worst, light)) = self.worst.and_then(|worst| Some((worst, worst.light()?))) {
            write!(f, "; worst: {light}, {}", worst.indicator().name)?;
        }
        if let Some(oldest) = self.oldest {
            write!(f, "; oldest value {oldest}")?;
        }
        for (count, what) in [(self.carried_over.len(), "carried over"), (self.undated.len(), "undated")] {
            if count > 0 {
                write!(f, ", {count} {what}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::health::Matrix;
    use crate::quantity::Ratio;
    use crate::time::date;
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;
    use rust_decimal::dec;

    /// D7: what a score leaves out and what it carries over stand beside it.
    #[test]
    fn a_score_tells_what_it_does_not_say() {
        let [august, september] = [date(2026, 8, 31).unwrap(), date(2026, 9, 30).unwrap()];
        let nothing = Matrix::marketing().unwrap();
        let start = date(2026, 9, 1).unwrap();
        let summary = nothing.assess().unwrap().summary(start).unwrap();
        assert_eq!(summary.to_string(), "no score; measured 0 of 8, 0% of the weight");
        assert_eq!(summary.not_measured.len(), 8);
        let mut matrix = nothing;
        for (dimension, indicator, value, on) in [
            ("traffic", "organic share", "50 %", august),
            ("stickiness", "repurchase rate", "10 %", september),
            ("stickiness", "active-user retention", "30 %", september),
        ] {
            matrix = matrix.measured(dimension, indicator, value.parse().unwrap(), on).unwrap();
        }
        let assessment = matrix.assess().unwrap();
        let summary = assessment.summary(start).unwrap();
        // Two of the three are red: the one of the least score is named.
        assert_eq!(summary.worst.unwrap().indicator().name, "repurchase rate");
        assert_eq!(summary.covered_weight, Ratio::from(dec!(0.375)));
        assert_eq!((summary.coverage.lit, summary.not_measured.len()), (3, 5));
        assert_eq!(summary.oldest, Some(august));
        let carried: Vec<(&str, String)> = summary
            .carried_over
            .iter()
            .map(|(reading, _)| (reading.indicator().name.as_str(), reading.origin(start).to_string()))
            .collect();
        assert_eq!(carried, [("organic share", "carried over from 2026-08".into())]);
        let dimension = &assessment.dimensions()[1];
        assert_eq!(dimension.covered_weight().unwrap(), Ratio::ONE);
    }
}
