//! Two assessments over the same indicators, and what only one of them has.

use super::indicator_name::IndicatorName;
use super::{Assessment, Dimension, HealthError, Indicator, Matrix, Score};
use crate::figure::{Cell, Figure, Table};
use crate::quantity::Precision;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use serde::Serialize;

/// Two periods compared like for like: over the indicators that were measured in both.
///
/// Scores over different indicators are not comparable. Both are computed again over the indicators that both periods
/// measured, with the weights and the scoring of the later one and each period's own values and targets. The other
/// indicators are listed.
#[doc(alias = "同口径")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LikeForLike {
    before: Matrix,
    now: Matrix,
    started: Vec<IndicatorName>,
    stopped: Vec<IndicatorName>,
    not_measured: Vec<IndicatorName>,
    retargeted: Vec<IndicatorName>,
}

impl Assessment<'_> {
    /// The comparison with the assessment of an earlier period, over the indicators measured in both. Indicators
    /// are the same where dimension and name are.
    ///
    /// # Errors
    /// [`HealthError::NothingInCommon`] where no indicator of weight was measured in both.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Matrix;
    /// use marketloop::quantity::Rounding;
    /// use marketloop::time::date;
    ///
    /// let august = Matrix::marketing()?
    ///     .measured("traffic", "organic share", "40 %".parse()?, date(2026, 8, 31)?)?;
    /// let september = Matrix::marketing()?
    ///     .measured("traffic", "organic share", "45 %".parse()?, date(2026, 9, 30)?)?
    ///     .measured("conversion", "lead conversion", "2 %".parse()?, date(2026, 9, 30)?)?;
    /// let (then, now) = (august.assess()?, september.assess()?);
    /// // As it stands the score falls from 80 % to 57.5 %, by an indicator that nobody measured in August.
    /// assert_eq!(now.score().to_string(), "57.5%");
    /// let both = now.like_for_like(&then)?;
    /// assert_eq!(both.change((2, Rounding::HalfEven))?.total().to_string(), "0.10");
    /// assert_eq!(both.started()[0].to_string(), "conversion / lead conversion");
    /// assert_eq!(both.not_measured().len(), 6);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn like_for_like(&self, before: &Assessment<'_>) -> Result<LikeForLike, HealthError> {
        let mut earlier: BTreeMap<(&str, &str), &Indicator> = BTreeMap::new();
        for reading in before.matrix().readings() {
            earlier.insert((reading.dimension(), &reading.indicator().name), reading.indicator());
        }
        let (mut then, mut now) = (Vec::new(), Vec::new());
        let mut told = LikeForLike {
            before: self.matrix().clone(),
            now: self.matrix().clone(),
            started: Vec::new(),
            stopped: Vec::new(),
            not_measured: Vec::new(),
            retargeted: Vec::new(),
        };
        for dimension in self.matrix().dimensions() {
            let (mut own_then, mut own_now) = (Vec::new(), Vec::new());
            for indicator in &dimension.indicators {
                // Taken out as they are met: what is left in the end is no longer in the matrix.
                let old = earlier.remove(&(dimension.name.as_str(), indicator.name.as_str()));
                let measured_before = old.filter(|old| old.actual.is_some());
                let own = IndicatorName::new(&dimension.name, &indicator.name);
                match (measured_before, indicator.actual.is_some()) {
                    (Some(old), true) => {
                        if old.target != indicator.target {
                            told.retargeted.push(own);
                        }
                        own_now.push(indicator.clone());
                        // Weight and normaliser of now: only value and target may make the difference.
                        own_then.push(Indicator {
                            target: old.target.clone(),
                            actual: old.actual.clone(),
                            measured_on: old.measured_on,
                            baseline: None,
                            ..indicator.clone()
                        });
                    }
                    (Some(_), false) => told.stopped.push(own),
                    (None, true) => told.started.push(own),
                    (None, false) => told.not_measured.push(own),
                }
            }
            // Without weight they have no say, and a dimension of nothing else no score.
            if own_now.iter().any(|indicator| !indicator.weight.is_zero()) {
                let part = |indicators| Dimension { indicators, ..dimension.clone() };
                then.push(part(own_then));
                now.push(part(own_now));
            }
        }
        for ((dimension, indicator), old) in earlier {
            let gone = IndicatorName::new(dimension, indicator);
            if old.actual.is_some() { told.stopped.push(gone) } else { told.not_measured.push(gone) }
        }
        // The check below would call this a lack of weight; the cause is that too little is in both.
        if now.iter().all(|dimension| dimension.weight.is_zero()) {
            return Err(HealthError::NothingInCommon);
        }
        told.before = self.matrix().with_dimensions(then)?;
        told.now = self.matrix().with_dimensions(now)?;
        Ok(told)
    }
}

impl LikeForLike {
    /// The matrix of the earlier period with the common indicators.
    #[must_use]
    pub const fn before(&self) -> &Matrix {
        &self.before
    }

    /// The matrix of the later period with the common indicators.
    #[must_use]
    pub const fn now(&self) -> &Matrix {
        &self.now
    }

    /// The scores of both periods over the common indicators, the earlier first.
    ///
    /// # Errors
    /// Those of [`Matrix::assess`].
    pub fn scores(&self) -> Result<[Figure<Score>; 2], HealthError> {
        Ok([self.before.assess()?.score(), self.now.assess()?.score()])
    }

    /// What each common indicator contributes to the change of the score; see [`Assessment::change_since`].
    ///
    /// # Errors
    /// Those of [`Assessment::change_since`].
    pub fn change(
        &self,
        precision: impl Into<Precision>,
    ) -> Result<crate::decompose::Contributions<IndicatorName>, HealthError> {
        self.now.assess()?.change_since(&self.before.assess()?, precision)
    }

    /// Each common indicator as a row with its score before and now, and whether its value was carried over; the others as
    /// rows that say which period lacks them.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("indicator");
        for (before, now) in self.before.readings().zip(self.now.readings()) {
            let name = now.name();
            let cell = Cell::from(now.score());
            // One value on both sides is no sign that nothing moved: it was not measured again.
            let day = now.measured_on().known().filter(|day| before.measured_on() == Figure::Known(*day));
            let carried = day.map(|day| alloc::format!("carried over, measured on {day}"));
            let retargeted = self.retargeted.contains(&name).then(|| "against another target".to_string());
            let whys: Vec<String> = carried.into_iter().chain(retargeted).collect();
            let cell = cell.because(whys.join(", "));
            table.push(&name, "before", before.score());
            table.push(&name, "now", cell);
        }
        for (names, why) in [
            (&self.started, "not measured before"),
            (&self.stopped, "no longer measured"),
            (&self.not_measured, "never measured"),
        ] {
            for name in names {
                table.push(name, "now", Cell::default().because(why));
            }
        }
        table
    }

    /// The indicators measured now and not before.
    #[must_use]
    pub fn started(&self) -> &[IndicatorName] {
        &self.started
    }

    /// The indicators measured before and not now.
    #[must_use]
    pub fn stopped(&self) -> &[IndicatorName] {
        &self.stopped
    }

    /// The indicators measured in neither period.
    #[must_use]
    pub fn not_measured(&self) -> &[IndicatorName] {
        &self.not_measured
    }

    /// The indicators measured in both periods against different targets: part of the change comes from the target.
    #[must_use]
    pub fn retargeted(&self) -> &[IndicatorName] {
        &self.retargeted
    }
}

impl fmt::Display for LikeForLike {
    /// The [`table`](LikeForLike::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::{Aggregation, Scoring};
    use crate::quantity::Rounding;
    use crate::target::{Bands, Threshold};
    use crate::time::Grain;
    use alloc::string::ToString;
    use rust_decimal::dec;

    fn matrix(parts: &[(&str, &str, &str, Option<&str>)]) -> Matrix {
        let mut dimensions: Vec<Dimension> = Vec::new();
        for (dimension, name, target, actual) in parts {
            let indicator = Indicator::new(*name, target.parse().unwrap(), Grain::Month);
            let actual = actual.map(|actual| actual.parse().unwrap());
            let indicator = Indicator { actual, ..indicator };
            match dimensions.iter_mut().find(|own| own.name == *dimension) {
                Some(own) => own.indicators.push(indicator),
                None => dimensions.push(Dimension::new(*dimension, [indicator])),
            }
        }
        let bands =
            Bands::lights(Threshold::at_or_above(dec!(0.8)), Threshold::at_or_above(dec!(1))).unwrap();
        Matrix::new(bands, dimensions).unwrap()
    }

    /// D7: a score over other indicators is not compared; what only one period has is told.
    #[test]
    fn only_what_both_measured_is_compared_and_the_rest_is_told() {
        let before = matrix(&[
            ("a", "kept", "at least 10", Some("8")),
            ("a", "stopped", "at least 10", Some("2")),
            ("a", "never", "at least 10", None),
            ("old", "gone", "at least 10", Some("1")),
            ("old", "gone, never measured", "at least 10", None),
        ]);
        let now = matrix(&[
            ("a", "kept", "at least 12", Some("9")),
            ("a", "stopped", "at least 10", None),
            ("a", "never", "at least 10", None),
            ("b", "started", "at least 10", Some("10")),
        ]);
        let compared = now.assess().unwrap().like_for_like(&before.assess().unwrap()).unwrap();
        let names = |names: &[IndicatorName]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(names(compared.started()), ["b / started"]);
        assert_eq!(names(compared.stopped()), ["a / stopped", "old / gone"]);
        assert_eq!(names(compared.not_measured()), ["a / never", "old / gone, never measured"]);
        assert_eq!(names(compared.retargeted()), ["a / kept"]);
        let scores = compared.scores().unwrap().map(|score| score.known().unwrap().to_string());
        assert_eq!(scores, ["80%", "75%"]);
        let change = compared.change((2, Rounding::HalfEven)).unwrap();
        assert_eq!((change.parts().len(), change.total()), (1, dec!(-0.05)));
        let strict = before.with_scoring(Scoring::of(Aggregation::Geometric)).unwrap();
        let nothing = matrix(&[("a", "kept", "at least 10", None)]);
        let refused = nothing.assess().unwrap().like_for_like(&strict.assess().unwrap());
        assert_eq!(refused.unwrap_err(), HealthError::NothingInCommon);
    }
}
