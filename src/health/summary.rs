//! What stands beside a score: how much of it was measured, the worst light, and the day of each value.

use super::{Assessment, Coverage, DimensionScore, HealthError, Reading, Score};
use crate::figure::{Cell, Figure, Table};
use crate::quantity::Ratio;
use crate::target::Light;
use crate::time::NaiveDate;
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;
use serde::Serialize;

/// What a reader of a score has to know beside it.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Summary<'a> {
    /// The score of the whole; missing where values are missing and the policy says so.
    pub score: Figure<Score>,
    /// The light of the whole.
    pub light: Figure<Light>,
    /// How many indicators were measured.
    pub coverage: Coverage,
    /// The share of all weight that was measured.
    pub covered_weight: Ratio,
    /// The indicator of the worst light, of several the one of the least score; missing where nothing was measured.
    pub worst: Figure<Reading<'a>>,
    /// The day of the oldest value; missing where no value has a day.
    pub oldest: Figure<NaiveDate>,
    /// The indicators whose value is carried over from a day before the period ([`Reading::measured_on`]).
    pub carried_over: Vec<Reading<'a>>,
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
            oldest: Figure::missing("day of a value"),
            carried_over: Vec::new(),
            undated: Vec::new(),
            not_measured: Vec::new(),
        };
        for reading in self.readings() {
            if reading.indicator().actual.is_none() {
                summary.not_measured.push(reading);
                continue;
            }
            let Figure::Known(on) = reading.measured_on() else {
                summary.undated.push(reading);
                continue;
            };
            if on < start {
                summary.carried_over.push(reading);
            }
            let oldest = summary.oldest.known();
            summary.oldest = Figure::Known(oldest.map_or(on, |oldest| oldest.min(on)));
        }
        Ok(summary)
    }

    /// The indicator of the worst light, of several the one of the least score, of several the first; missing
    /// where nothing was measured.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Matrix;
    /// use marketloop::time::date;
    ///
    /// let matrix = Matrix::marketing()?
    ///     .measured("traffic", "organic share", "52 %".parse()?, date(2026, 9, 30)?)?
    ///     .measured("conversion", "lead conversion", "6 %".parse()?, date(2026, 9, 30)?)?;
    /// let health = matrix.assess()?;
    /// assert_eq!(health.worst().get()?.indicator().name, "lead conversion");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn worst(&self) -> Figure<Reading<'a>> {
        let lit = self.readings().filter_map(|one| Some((one.light().known()?, one.scored?, one)));
        let worse = |one: &(Light, Score, _), other: &(Light, Score, _)| {
            one.0.cmp(&other.0).then_with(|| one.1.compare(&other.1))
        };
        let found = lit.min_by(worse).map(|(_, _, reading)| reading);
        found.map_or_else(|| Figure::missing("value of any indicator"), Figure::Known)
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
        let weight = |one: &Reading<'_>| one.indicator().weight;
        let all = total(self.readings().iter().map(weight))?;
        let measured = self.readings().iter().filter(|one| one.scored.is_some());
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

impl Summary<'_> {
    /// Score, light, coverage, the worst indicator and the oldest day as rows, then each indicator without a fresh
    /// value with the reason.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("summary");
        table.push("score", "value", self.score.clone());
        table.push("light", "value", self.light.clone());
        table.push("measured", "value", Cell::new(self.coverage, ""));
        table.push("measured weight", "value", Score::from(self.covered_weight));
        table.push("worst", "value", self.worst.as_ref().map(Reading::name));
        table.push("oldest value", "value", self.oldest.clone());
        for reading in &self.carried_over {
            table.push(reading.name(), "value", Cell::from(reading.measured_on()).because("carried over"));
        }
        for reading in &self.undated {
            table.push(reading.name(), "value", Figure::<&str>::missing("day of the value"));
        }
        for reading in &self.not_measured {
            table.push(reading.name(), "value", Figure::<&str>::missing("value"));
        }
        table
    }
}

impl fmt::Display for Summary<'_> {
    /// One line for a heading; the [`table`](Summary::table) says the same row by row.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.score, &self.light) {
            (Figure::Known(score), Figure::Known(light)) => write!(f, "{score}, {light}")?,
            _ => f.write_str("no score")?,
        }
        write!(f, "; measured {}, {} of the weight", self.coverage, self.covered_weight.to_percent())?;
        if let Figure::Known(worst) = &self.worst {
            write!(f, "; worst: {}, {}", worst.light(), worst.indicator().name)?;
        }
        if let Figure::Known(oldest) = &self.oldest {
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
    use crate::figure::Figure;
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
        assert_eq!(summary.worst.known().unwrap().indicator().name, "repurchase rate");
        assert_eq!(summary.covered_weight, Ratio::from(dec!(0.375)));
        assert_eq!((summary.coverage.lit, summary.not_measured.len()), (3, 5));
        assert_eq!(summary.oldest, Figure::Known(august));
        let carried: Vec<(&str, String)> = summary
            .carried_over
            .iter()
            .map(|reading| (reading.indicator().name.as_str(), reading.measured_on().to_string()))
            .collect();
        assert_eq!(carried, [("organic share", "2026-08-31".into())]);
        let dimension = &assessment.dimensions()[1];
        assert_eq!(dimension.covered_weight().unwrap(), Ratio::ONE);
    }
}
