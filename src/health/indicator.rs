//! An indicator and the dimension that it belongs to.

use super::{HealthError, Normaliser};
use crate::figure::Figure;
use crate::quantity::Ratio;
use crate::quantity::wire::wire_fields;
use crate::target::{Achievement, ActualValue, Attainment, Baseline, Target, TargetError};
use crate::time::{Grain, NaiveDate, in_range};
use alloc::string::String;
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// An indicator with its target, its review cycle and, once measured, its value.
///
/// ```
/// # use marketloop::health::Indicator;
/// let json = r#"{
///   "name": "cvr",
///   "target": "at least 4 %",
///   "review": "month",
///   "actual": {"value": "53/14", "unit": "%"}
/// }"#;
/// let read: Indicator = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<Indicator>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indicator {
    /// The name, unique in its dimension.
    pub name: String,
    /// What is to be reached.
    pub target: Target,
    /// How often it is reviewed.
    pub review: Grain,
    /// Where the value comes from.
    pub source: String,
    /// How much it counts among the indicators of its dimension, 0 or more; only the proportions matter.
    pub weight: Decimal,
    /// How its value becomes a score; none for that of the matrix's scoring.
    pub normaliser: Option<Normaliser>,
    /// The value, unrounded, in the target's unit or a power of ten of it; none where it was not measured.
    pub actual: Option<ActualValue>,
    /// The day that the value stands for.
    pub measured_on: Option<NaiveDate>,
    /// The first value, which later ones are compared with.
    pub baseline: Option<Baseline>,
}

wire_fields!(Indicator {
    name,
    target,
    review,
    source: optional,
    weight: unless(is_one, one, own),
    normaliser: optional,
    actual: optional,
    measured_on: optional(own),
    baseline: optional
});

pub(super) const fn one() -> Decimal {
    Decimal::ONE
}

pub(super) fn is_one(weight: &Decimal) -> bool {
    *weight == Decimal::ONE
}

impl Indicator {
    /// The indicator with this target, of weight 1, not measured yet.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Indicator;
    /// use marketloop::time::Grain;
    ///
    /// let rate = Indicator::new("repurchase rate", "at least 25 %".parse()?, Grain::Month);
    /// assert!(rate.actual.is_none() && rate.measured_on.is_none());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn new(name: impl Into<String>, target: Target, review: Grain) -> Self {
        Self {
            name: name.into(),
            target,
            review,
            source: String::new(),
            weight: Decimal::ONE,
            normaliser: None,
            actual: None,
            measured_on: None,
            baseline: None,
        }
    }

    /// The indicator with this source.
    #[must_use]
    pub fn with_source(self, source: impl Into<String>) -> Self {
        Self { source: source.into(), ..self }
    }

    /// The indicator with this weight among those of its dimension.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Indicator;
    /// use marketloop::time::Grain;
    ///
    /// let rate = Indicator::new("repurchase rate", "at least 25 %".parse()?, Grain::Month);
    /// // It counts three times as much as the others of its dimension.
    /// assert_eq!(rate.with_weight(3).weight, 3.into());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_weight(self, weight: impl Into<Decimal>) -> Self {
        Self { weight: weight.into(), ..self }
    }

    /// The indicator with a way of its own from value to score.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::{Dimension, Indicator, Matrix, Normaliser};
    /// use marketloop::time::Grain;
    /// use rust_decimal::dec;
    ///
    /// // A standard of the trade in place of the share of the target: 10 % scores 0, 30 % scores 1.
    /// let posts = Normaliser::goalposts(dec!(10), dec!(30))?;
    /// let rate = Indicator::new("repurchase rate", "at least 25 %".parse()?, Grain::Month).with_normaliser(posts);
    /// let matrix = Matrix::marketing()?;
    /// let dimension = Dimension::new("loyalty", [rate.with_actual("20 %".parse()?)?]);
    /// let matrix = Matrix::new(matrix.bands().clone(), [dimension])?;
    /// assert_eq!(matrix.assess()?.score().to_string(), "50%");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_normaliser(self, normaliser: Normaliser) -> Self {
        Self { normaliser: Some(normaliser), ..self }
    }

    /// The indicator with this value, of any number of digits: as a KPI tree implies it
    /// ([`Evaluation::actual`](crate::kpi::Evaluation::actual)), or as it was typed.
    ///
    /// # Errors
    /// [`HealthError::Target`] when the value's unit is not the target's.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Indicator;
    /// use marketloop::time::Grain;
    ///
    /// let rate = Indicator::new("repurchase rate", "at least 25 %".parse()?, Grain::Month);
    /// assert!(rate.clone().with_actual("27 CNY".parse()?).is_err()); // not the unit of its target
    /// assert_eq!(rate.with_actual("0.27".parse()?)?.attainment()?.to_string(), "108%");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn with_actual(self, actual: ActualValue) -> Result<Self, HealthError> {
        // Only whether it converts is asked: the value stays as it was written.
        actual.value_in(self.target.unit())?;
        Ok(Self { actual: Some(actual), ..self })
    }

    /// The indicator with this value and the day that it stands for.
    ///
    /// # Errors
    /// As [`with_actual`](Self::with_actual); [`TimeError::YearOutOfRange`](crate::time::TimeError::YearOutOfRange) as
    /// [`HealthError::Time`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Indicator;
    /// use marketloop::time::{Grain, date};
    ///
    /// let rate = Indicator::new("repurchase rate", "at least 25 %".parse()?, Grain::Month);
    /// let rate = rate.measured("27 %".parse()?, date(2026, 9, 30)?)?;
    /// assert_eq!(rate.measured_on, Some(date(2026, 9, 30)?));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn measured(self, actual: ActualValue, on: NaiveDate) -> Result<Self, HealthError> {
        Ok(Self { measured_on: Some(in_range(on)?), ..self.with_actual(actual)? })
    }

    /// The indicator with this baseline.
    ///
    /// # Errors
    /// [`HealthError::Target`] when the value's unit is not the target's;
    /// [`TimeError::YearOutOfRange`](crate::time::TimeError::YearOutOfRange) as [`HealthError::Time`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Indicator;
    /// use marketloop::time::{Grain, date};
    ///
    /// let rate = Indicator::new("repurchase rate", "at least 25 %".parse()?, Grain::Month);
    /// let rate = rate.with_baseline("20 %".parse()?, date(2026, 7, 1)?)?;
    /// assert_eq!(rate.baseline.map(|first| first.value.to_string()), Some("20 %".into()));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn with_baseline(self, value: ActualValue, captured_on: NaiveDate) -> Result<Self, HealthError> {
        value.value_in(self.target.unit())?;
        let captured_on = in_range(captured_on)?;
        Ok(Self { baseline: Some(Baseline { value, captured_on }), ..self })
    }

    /// How far the value attains the target; missing where it was not measured.
    ///
    /// # Errors
    /// Those of [`Target::attainment`], and a value in another unit.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Indicator;
    /// use marketloop::time::Grain;
    ///
    /// let rate = Indicator::new("repurchase rate", "at least 25 %".parse()?, Grain::Month);
    /// assert_eq!(rate.attainment()?.to_string(), "missing: repurchase rate");
    /// assert_eq!(rate.with_actual("20 %".parse()?)?.attainment()?.to_string(), "80%");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn attainment(&self) -> Result<Figure<Attainment>, TargetError> {
        self.measured_value().try_map(|actual| self.target.attainment(actual.value_in(self.target.unit())?))
    }

    /// Whether and how far the value attains the target, known also where the attainment is undefined; missing where it
    /// was not measured.
    ///
    /// # Errors
    /// A value in another unit.
    pub fn achievement(&self) -> Result<Figure<Achievement>, TargetError> {
        self.measured_value()
            .try_map(|actual| Ok(self.target.achievement(actual.value_in(self.target.unit())?)))
    }

    fn measured_value(&self) -> Figure<&ActualValue> {
        match &self.actual {
            Some(actual) => Figure::Known(actual),
            None => Figure::missing(self.name.clone()),
        }
    }

    /// The value in the target's unit; `None` where it was not measured.
    pub(super) fn value(&self) -> Option<Ratio> {
        // Asked of a matrix's indicators only, and a matrix takes no value in another unit.
        self.actual.as_ref()?.value_in(self.target.unit()).ok()
    }
}

/// A dimension: indicators that belong together.
///
/// ```
/// # use marketloop::health::Dimension;
/// let json = r#"{
///   "name": "stickiness",
///   "indicators": [
///     {
///       "name": "repurchase rate",
///       "target": "at least 25 %",
///       "review": "half_year",
///       "actual": {"value": "27", "unit": "%"}
///     }
///   ]
/// }"#;
/// let read: Dimension = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<Dimension>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dimension {
    /// The name, unique in its matrix.
    pub name: String,
    /// How much it counts among the dimensions, 0 or more; only the proportions matter.
    pub weight: Decimal,
    /// The indicators in order.
    pub indicators: Vec<Indicator>,
}

wire_fields!(Dimension { name, weight: unless(is_one, one, own), indicators });

impl Dimension {
    /// The dimension of these indicators, of weight 1.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::{Dimension, Indicator};
    /// use marketloop::time::Grain;
    ///
    /// let rate = Indicator::new("repurchase rate", "at least 25 %".parse()?, Grain::Month);
    /// let loyalty = Dimension::new("loyalty", [rate]).with_weight(2);
    /// assert_eq!((loyalty.weight, loyalty.indicators.len()), (2.into(), 1));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn new(name: impl Into<String>, indicators: impl IntoIterator<Item = Indicator>) -> Self {
        Self { name: name.into(), weight: Decimal::ONE, indicators: indicators.into_iter().collect() }
    }

    /// The dimension with this weight among those of its matrix.
    #[must_use]
    pub fn with_weight(self, weight: impl Into<Decimal>) -> Self {
        Self { weight: weight.into(), ..self }
    }
}
