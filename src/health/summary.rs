//! What stands beside a score: how much of it was measured, the worst light, and the day of each value.

use super::{Assessment, DimensionScore, HealthError, Reading, Score};
use crate::figure::{Cell, Figure, Table};
use crate::quantity::Ratio;
use crate::target::Light;
use crate::time::NaiveDate;
use alloc::string::ToString;
use rust_decimal::Decimal;

impl<'a> Assessment<'a> {
    /// The health of a period that begins on `start` as rows: score, light, coverage, the worst indicator and the oldest
    /// day, then each indicator without a value of the period with the reason.
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
    /// let september = matrix.assess()?.summary(date(2026, 9, 1)?)?.to_string();
    /// let lines: Vec<&str> = september.lines().collect();
    /// assert!(lines[3].starts_with("measured ") && lines[3].contains("2 of 8"));
    /// assert!(september.contains("carried over"), "{september}"); // the share is August's
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn summary(&self, start: NaiveDate) -> Result<Table, HealthError> {
        let mut table = Table::new("summary");
        table.push("score", "value", self.score());
        table.push("light", "value", self.light());
        table.push("measured", "value", Cell::new(self.coverage(), ""));
        table.push("measured weight", "value", Score::from(self.covered_weight()?));
        table.push("worst", "value", self.worst().as_ref().map(|worst| worst.name().to_string()));
        table.push("oldest value", "value", self.oldest());
        for reading in self.carried_over(start) {
            table.push(reading.name(), "value", Cell::from(reading.measured_on()).because("carried over"));
        }
        for reading in self.undated() {
            table.push(reading.name(), "value", Figure::<&str>::missing("day of the value"));
        }
        for reading in self.not_measured() {
            table.push(reading.name(), "value", Figure::<&str>::missing("value"));
        }
        Ok(table)
    }

    /// The day of the oldest value; missing where no value has a day.
    #[must_use]
    pub fn oldest(&self) -> Figure<NaiveDate> {
        let oldest = self.readings().filter_map(|reading| reading.measured_on().known()).min();
        oldest.map_or_else(|| Figure::missing("day of a value"), Figure::Known)
    }

    /// The indicators whose value is from a day before `start`, the first of the period: it was carried over.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Matrix;
    /// use marketloop::time::date;
    ///
    /// let matrix = Matrix::marketing()?.measured("traffic", "organic share", "52 %".parse()?, date(2026, 8, 31)?)?;
    /// let health = matrix.assess()?;
    /// assert_eq!(health.carried_over(date(2026, 9, 1)?).count(), 1);
    /// assert_eq!(health.carried_over(date(2026, 8, 1)?).count(), 0);
    /// assert_eq!(health.not_measured().count(), 7); // the score says nothing about them
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn carried_over(&self, start: NaiveDate) -> impl Iterator<Item = Reading<'a>> + Clone {
        self.readings().filter(move |one| one.measured_on().known().is_some_and(|on| on < start))
    }

    /// The indicators whose value has no day.
    pub fn undated(&self) -> impl Iterator<Item = Reading<'a>> + Clone {
        self.readings().filter(|one| one.indicator().actual.is_some() && !one.measured_on().is_known())
    }

    /// The indicators that were not measured: the score says nothing about them.
    pub fn not_measured(&self) -> impl Iterator<Item = Reading<'a>> + Clone {
        self.readings().filter(|one| one.indicator().actual.is_none())
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
        // Of equal ones `min_by` keeps the first.
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
        // Shares of shares, not weights over all: an indicator counts by its part of its dimension, whose weight is its own.
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
        let empty = nothing.assess().unwrap();
        assert_eq!((empty.not_measured().count(), empty.covered_weight().unwrap()), (8, Ratio::ZERO));
        assert_eq!(empty.oldest(), Figure::missing("day of a value"));
        let mut matrix = nothing;
        for (dimension, indicator, value, on) in [
            ("traffic", "organic share", "50 %", august),
            ("stickiness", "repurchase rate", "10 %", september),
            ("stickiness", "active-user retention", "30 %", september),
        ] {
            matrix = matrix.measured(dimension, indicator, value.parse().unwrap(), on).unwrap();
        }
        let assessment = matrix.assess().unwrap();
        // Two of the three are red: the one of the least score is named.
        assert_eq!(assessment.worst().known().unwrap().indicator().name, "repurchase rate");
        assert_eq!(assessment.covered_weight().unwrap(), Ratio::from(dec!(0.375)));
        assert_eq!((assessment.coverage().lit, assessment.not_measured().count()), (3, 5));
        assert_eq!(assessment.oldest(), Figure::Known(august));
        let carried: Vec<(&str, String)> = assessment
            .carried_over(start)
            .map(|reading| (reading.indicator().name.as_str(), reading.measured_on().to_string()))
            .collect();
        assert_eq!(carried, [("organic share", "2026-08-31".into())]);
        let dimension = &assessment.dimensions()[1];
        assert_eq!(dimension.covered_weight().unwrap(), Ratio::ONE);
    }
}
