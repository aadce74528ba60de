//! A finding as it is written down, before it is checked.

use super::{ProblemCause, ReviewError};
use crate::decompose::Contribution;
use crate::error::{Lookup, Path, Problems};
use crate::quantity::wire::wire_fields;
use crate::quantity::{Quantity, Ratio};
use crate::target::{ActualValue, Target, TargetError};
use crate::time::{NaiveDate, in_range};
use alloc::string::String;
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// A draft of a finding: [`Finding::draft`](super::Finding::draft) begins it, [`check`](Self::check) makes the finding of it.
///
/// # Examples
/// ```
/// use marketloop::review::{Finding, ProblemCause};
/// use marketloop::time::date;
///
/// let finding = Finding::draft("conversion rate", "at least 2 %".parse()?, "1.5 %".parse()?)
///     .cause(ProblemCause::new("audience too narrow")?)
///     .with_measure("age 20-40 and interest tags")
///     .with_owner("digital operations")
///     .with_review_on(date(2026, 8, 5)?)
///     .check()?;
/// assert_eq!(finding.owner(), Some("digital operations"));
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::review::FindingDraft;
/// let json = r#"{"metric": "conversion", "target": "at least 2 %", "actual": {"value": "1.5", "unit": "%"}}"#;
/// let read: FindingDraft = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<FindingDraft>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FindingDraft {
    // Open within the module: the finding, in a file of its own, keeps its draft and reads it.
    pub(super) metric: String,
    pub(super) target: Target,
    /// One of these two: what was measured, or why nothing was.
    pub(super) actual: Option<ActualValue>,
    pub(super) unmeasured: Option<String>,
    pub(super) causes: Vec<ProblemCause>,
    pub(super) explained_by: Vec<Contribution<String>>,
    pub(super) measure: Option<String>,
    pub(super) owner: Option<String>,
    pub(super) review_on: Option<NaiveDate>,
    pub(super) weight: Decimal,
    pub(super) contribution: Option<Ratio>,
}

wire_fields!(FindingDraft {
    metric,
    target,
    actual: optional,
    unmeasured: optional,
    causes: optional,
    explained_by: optional,
    measure: optional,
    owner: optional,
    review_on: optional(own),
    weight: unless(is_one, one, own),
    contribution: optional
});

/// A part in the unit in which it was written: a percentage stays one, so that it compares with a target's.
pub(super) fn amount(part: &Contribution<String>) -> Quantity {
    Quantity::new(part.value, part.unit.clone())
}

const fn one() -> Decimal {
    Decimal::ONE
}

fn is_one(weight: &Decimal) -> bool {
    *weight == Decimal::ONE
}

impl FindingDraft {
    /// Adds a cause of the gap.
    ///
    /// # Examples
    /// ```
    /// use marketloop::review::{Finding, ProblemCause};
    ///
    /// let throttled = ProblemCause::new("2 notes throttled")?.with_explains("-3 CNY".parse()?);
    /// let draft = Finding::draft("reach", "at least 100".parse()?, "96".parse()?).cause(throttled);
    /// // What it explains is no number of readers.
    /// assert_eq!(draft.check().unwrap_err().to_string(), "causes[0].explains: units differ: CNY and 1");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn cause(mut self, cause: ProblemCause) -> Self {
        self.causes.push(cause);
        self
    }

    /// Adds a contribution that made a part of the gap, such as that of a leaf of the metric's KPI tree.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decompose::Contribution;
    /// use marketloop::review::Finding;
    ///
    /// let finding = Finding::draft("sales", "at least 1000 CNY".parse()?, "920 CNY".parse()?)
    ///     .explained_by(Contribution::new("orders".into(), &"-100 CNY".parse()?))
    ///     .explained_by(Contribution::new("order value".into(), &"20 CNY".parse()?))
    ///     .check()?;
    /// assert_eq!(finding.unexplained()?.get()?.to_string(), "0 CNY");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn explained_by(mut self, part: Contribution<String>) -> Self {
        self.explained_by.push(part);
        self
    }

    /// States what is done about the finding.
    #[must_use]
    pub fn with_measure(self, measure: impl Into<String>) -> Self {
        Self { measure: Some(measure.into()), ..self }
    }

    /// States who answers for the finding.
    #[must_use]
    pub fn with_owner(self, owner: impl Into<String>) -> Self {
        Self { owner: Some(owner.into()), ..self }
    }

    /// Sets the day on which the finding is looked at again.
    #[must_use]
    pub fn with_review_on(self, date: NaiveDate) -> Self {
        Self { review_on: Some(date), ..self }
    }

    /// Sets how much the metric matters beside others: 0 or more, 1 if it is not set.
    ///
    /// # Examples
    /// ```
    /// use marketloop::review::Finding;
    /// use rust_decimal::dec;
    ///
    /// let reach = Finding::draft("reach", "at least 100".parse()?, "96".parse()?);
    /// assert_eq!(reach.clone().with_weight(dec!(3)).check()?.weight(), dec!(3));
    /// assert_eq!(reach.with_weight(dec!(-1)).check().unwrap_err().to_string(), "weight: weight -1 is below 0");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_weight(self, weight: Decimal) -> Self {
        Self { weight, ..self }
    }

    /// States which share of the root's change runs through the metric. Its sign does not matter to the priority.
    ///
    /// # Examples
    /// ```
    /// use marketloop::review::{Finding, Priority};
    ///
    /// // Half of what the root lost was lost here: the finding is half as pressing as one through which all was lost.
    /// let reach = Finding::draft("reach", "at least 100".parse()?, "96".parse()?);
    /// let half = reach.with_contribution("-1/2".parse()?).check()?;
    /// assert_eq!(Priority::of(&half)?.product().to_percent(), "2%");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_contribution(self, contribution: Ratio) -> Self {
        Self { contribution: Some(contribution), ..self }
    }

    /// All that is wrong with it.
    pub(super) fn problems(&self) -> Problems<ReviewError> {
        let mut problems = Problems::new();
        if self.metric.trim().is_empty() {
            problems.push(Path::root().field("metric"), ReviewError::NoName);
        }
        match (&self.actual, &self.unmeasured) {
            // Only whether it converts: the value stays as it was written, with its unit and digits.
            (Some(actual), None) => {
                problems.take(&Path::root().field("actual"), actual.value_in(self.target.unit()));
            }
            (None, Some(why)) if why.trim().is_empty() => {
                problems.push(Path::root().field("unmeasured"), ReviewError::NoName);
            }
            (None, Some(_)) => {}
            (None, None) => problems.push(Path::root().field("actual"), ReviewError::NoActual),
            (Some(_), Some(_)) => problems.push(Path::root().field("unmeasured"), ReviewError::BothActuals),
        }
        for (index, cause) in self.causes.iter().enumerate() {
            self.check_cause(cause, index, &mut problems);
        }
        let path = Path::root().field("explained_by");
        for (index, part) in self.explained_by.iter().enumerate() {
            if part.key.trim().is_empty() {
                problems.push(path.index(index).field("key"), ReviewError::NoName);
            }
            problems.take(&path.index(index).field("value"), self.in_unit(&amount(part)));
        }
        // At the second of each pair: the first one is right by itself.
        for (_, second) in Lookup::of(self.explained_by.iter().map(|part| part.key.as_str())).repeats() {
            #[expect(clippy::indexing_slicing, reason = "the look-up is of these parts")]
            let id = self.explained_by[second].key.clone();
            problems.push(path.index(second).field("key"), ReviewError::DuplicateId { id });
        }
        problems.take(&Path::root().field("review_on"), self.review_on.map(in_range).transpose());
        if self.weight < Decimal::ZERO {
            let error = ReviewError::NegativeWeight { weight: self.weight };
            problems.push(Path::root().field("weight"), error);
        }
        problems
    }

    fn in_unit(&self, quantity: &Quantity) -> Result<Quantity, TargetError> {
        Ok(quantity.to(self.target.unit())?)
    }

    pub(super) fn check_cause(
        &self,
        cause: &ProblemCause,
        index: usize,
        problems: &mut Problems<ReviewError>,
    ) {
        if let Some(explains) = cause.explains() {
            let path = Path::root().field("causes").index(index).field("explains");
            problems.take(&path, self.in_unit(explains));
        }
    }
}
