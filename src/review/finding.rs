//! One row of a review: a target, what became of it, why, and what is done about it.

use super::finding_draft::FindingDraft;
use super::{ProblemCause, ReviewError};
use crate::decompose::Contribution;
use crate::error::Problems;
use crate::figure::{Cause, Figure};
use crate::quantity::Ratio;
use crate::target::{Achievement, ActualValue, Attainment, Bands, Light, Target, TargetError};
use crate::time::{NaiveDate, TimeError, in_range};
use alloc::string::String;
use alloc::vec::Vec;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A metric, its target, what it reached, why, and what is done about it.
///
/// What is known from the start goes into a [`draft`](Self::draft), which tells all problems at once. What the review
/// finds out later is added to the finding itself, which checks only that.
///
/// # Examples
/// ```
/// use marketloop::review::{ProblemCause, Finding};
///
/// let finding = Finding::new("conversion rate", "at least 2 %".parse()?, "1.5 %".parse()?)?
///     .with_cause(ProblemCause::new("audience too narrow")?.with_explains("-0.4 %".parse()?))?
///     .with_measure("age 20-40 and interest tags");
/// assert_eq!(finding.attainment().to_string(), "75%");
/// assert_eq!(finding.gap()?.to_string(), "-0.5 percentage points");
/// assert_eq!(finding.unexplained_share()?.get()?.to_percent(), "20%"); // of the gap, nobody said why
///
/// // A cause without an amount: what it explains was not measured, which is not the same as nothing.
/// let vague = Finding::new("conversion rate", "at least 2 %".parse()?, "1.5 %".parse()?)?
///     .with_cause(ProblemCause::new("audience too narrow")?)?;
/// assert_eq!(vague.unexplained()?.to_string(), "missing: explained amount");
///
/// let read: Finding = serde_json::from_str(
///     r#"{"metric":"conversion rate","target":"at least 2 %","actual":"1.5 %",
///         "causes":[{"whys":["audience too narrow"]}]}"#,
/// )?;
/// assert_eq!(read, vague);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "复盘")]
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "FindingDraft", into = "FindingDraft")]
pub struct Finding {
    // The draft as it was checked: one list of fields serves both, and what is read back is what was written.
    draft: FindingDraft,
}

impl Finding {
    /// A finding: `metric` reached `actual` against `target`. Its weight is 1.
    ///
    /// # Errors
    /// [`ReviewError::NoName`] without a metric; [`ReviewError::Target`] when the units differ by more than a
    /// power of ten.
    pub fn new(
        metric: impl Into<String>,
        target: Target,
        actual: ActualValue,
    ) -> Result<Self, Problems<ReviewError>> {
        Self::draft(metric, target, actual).check()
    }

    /// A finding on a target that nobody measured: what is not known is a finding, too. `why` says what it lacks.
    ///
    /// It has no attainment and no gap, and comes as far up as a target of which nothing is reached.
    ///
    /// # Errors
    /// All problems at once: an empty `metric` or reason (`unmeasured`).
    ///
    /// # Examples
    /// ```
    /// use marketloop::review::Finding;
    ///
    /// let target = "at least 40 %".parse()?;
    /// let unknown = Finding::unmeasured("share of new customers", target, "the shop does not tell them apart")?;
    /// assert_eq!(unknown.attainment().to_string(), "missing: the shop does not tell them apart");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn unmeasured(
        metric: impl Into<String>,
        target: Target,
        why: impl Into<String>,
    ) -> Result<Self, Problems<ReviewError>> {
        // The zero is replaced at once: a draft is made in one place.
        let zero = ActualValue::new(Ratio::ZERO, target.unit().clone());
        let draft = Self::draft(metric, target, zero);
        FindingDraft { actual: None, unmeasured: Some(why.into()), ..draft }.check()
    }

    /// Begins the draft of a finding: `metric` reached `actual` of `target`. The actual value is not rounded: it is as it
    /// was typed, or as a KPI tree implies it ([`Evaluation::actual`](crate::kpi::Evaluation::actual)).
    ///
    /// # Examples
    /// ```
    /// use marketloop::review::Finding;
    ///
    /// let draft = Finding::draft(" ", "at least 2 %".parse()?, "2 CNY".parse()?);
    /// assert_eq!(
    ///     draft.check().unwrap_err().to_string(),
    ///     "2 problems\n  metric: a name or text is empty\n  actual: units differ: CNY and %"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn draft(metric: impl Into<String>, target: Target, actual: ActualValue) -> FindingDraft {
        FindingDraft {
            metric: metric.into(),
            target,
            actual: Some(actual),
            unmeasured: None,
            causes: Vec::new(),
            explained_by: Vec::new(),
            measure: None,
            owner: None,
            review_on: None,
            weight: Decimal::ONE,
            contribution: None,
        }
    }

    /// Adds a cause.
    ///
    /// # Errors
    /// [`ReviewError::Target`] when the cause explains something in another unit.
    ///
    /// # Examples
    /// ```
    /// use marketloop::review::{Finding, ProblemCause};
    ///
    /// let reach = Finding::new("reach", "at least 100".parse()?, "96".parse()?)?;
    /// let throttled = ProblemCause::new("2 notes throttled")?.with_explains("-3 CNY".parse()?);
    /// // What it explains is no number of readers.
    /// assert!(reach.with_cause(throttled).is_err());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn with_cause(mut self, cause: ProblemCause) -> Result<Self, Problems<ReviewError>> {
        // All else was checked before: one cause more is one look.
        let mut problems = Problems::new();
        self.draft.check_cause(&cause, self.draft.causes.len(), &mut problems);
        // Pushed before the problems are asked: with an error the finding is dropped with its cause.
        self.draft.causes.push(cause);
        problems.into_result(self)
    }

    /// Replaces the contributions that explain the gap. The rest that they do not explain is exact.
    ///
    /// # Errors
    /// [`ReviewError::NoName`] or [`ReviewError::DuplicateId`] at a name; [`ReviewError::Target`] at an amount in
    /// another unit.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decompose::Contribution;
    /// use marketloop::review::Finding;
    ///
    /// let finding = Finding::new("sales", "at least 1000 CNY".parse()?, "920.07 CNY".parse()?)?.with_explained_by([
    ///     Contribution::new("orders".into(), &"-100.00 CNY".parse()?),
    ///     Contribution::new("order value".into(), &"20.07 CNY".parse()?),
    /// ])?;
    /// assert_eq!(finding.unexplained()?.get()?.to_string(), "0 CNY");
    /// let orders = &finding.explained_by()[0];
    /// assert_eq!(finding.share_of_gap(&orders.quantity())?.get()?.to_percent(), "125.11%");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_explained_by(
        mut self,
        parts: impl IntoIterator<Item = Contribution<String>>,
    ) -> Result<Self, Problems<ReviewError>> {
        self.draft.explained_by = parts.into_iter().collect();
        self.draft.check()
    }

    /// States what is done about the finding.
    ///
    /// # Examples
    /// ```
    /// use marketloop::review::Finding;
    ///
    /// let reach = Finding::new("reach", "at least 100".parse()?, "96".parse()?)?;
    /// assert_eq!(reach.with_measure("more notes").measure(), Some("more notes"));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_measure(mut self, measure: impl Into<String>) -> Self {
        self.draft.measure = Some(measure.into());
        self
    }

    /// States who answers for the finding.
    #[must_use]
    pub fn with_owner(mut self, owner: impl Into<String>) -> Self {
        self.draft.owner = Some(owner.into());
        self
    }

    /// Sets the day on which the finding is looked at again.
    ///
    /// # Errors
    /// [`TimeError::YearOutOfRange`].
    pub fn with_review_on(mut self, date: NaiveDate) -> Result<Self, TimeError> {
        // One thing can be wrong: its fault itself, and no list of one.
        self.draft.review_on = Some(in_range(date)?);
        Ok(self)
    }

    /// Sets how much the metric matters beside others, 0 or more.
    ///
    /// # Errors
    /// [`ReviewError::NegativeWeight`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::review::{Finding, Priority};
    /// use rust_decimal::dec;
    ///
    /// let reach = Finding::new("reach", "at least 100".parse()?, "96".parse()?)?;
    /// let heavy = reach.clone().with_weight(dec!(3))?;
    /// assert!(Priority::of(&heavy)? < Priority::of(&reach)?); // the most pressing is the least
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn with_weight(mut self, weight: Decimal) -> Result<Self, Problems<ReviewError>> {
        self.draft.weight = weight;
        // All of it again, unlike with a cause: a weight is set once, causes come one by one.
        self.draft.check()
    }

    /// States which share of the root's change runs through the metric.
    #[must_use]
    pub const fn with_contribution(mut self, contribution: Ratio) -> Self {
        self.draft.contribution = Some(contribution);
        self
    }

    /// How far the target was attained (达成率). Undefined against a target of 0 or below, and of an actual value that is
    /// not above 0 where the rule divides by it: [`achievement`](Self::achievement) still says whether it is met.
    ///
    /// # Examples
    /// ```
    /// use marketloop::review::Finding;
    ///
    /// let reach = Finding::new("impressions", "at least 5000000".parse()?, "4800000".parse()?)?;
    /// assert_eq!(reach.attainment().to_string(), "96%");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[doc(alias = "达成率")]
    #[must_use]
    pub fn attainment(&self) -> Figure<Attainment> {
        let actual = match self.actual() {
            Figure::Known(actual) => actual,
            unknown => return unknown.and_then(|_| Figure::undefined("attainment", Cause::OutOfRange)),
        };
        let cause = match self.draft.target.attainment_of(actual) {
            Ok(attainment) => return Figure::Known(attainment),
            Err(TargetError::ZeroTarget { .. }) => Cause::Zero("target".into()),
            Err(TargetError::NegativeTarget { .. }) => Cause::Negative("target".into()),
            Err(TargetError::ActualNotPositive { .. }) => Cause::NotPositive("actual value".into()),
            // The units were checked when the finding was made: what is left is a quotient that is too long.
            Err(_) => Cause::OutOfRange,
        };
        Figure::undefined("attainment", cause)
    }

    /// Whether the target was met, also where the attainment is undefined.
    ///
    /// # Examples
    /// ```
    /// use marketloop::review::Finding;
    ///
    /// let complaints = Finding::new("complaints", "at most 0, linear".parse()?, "9".parse()?)?;
    /// assert!(complaints.attainment().is_undefined()); // nothing is a share of a target of 0
    /// assert!(!complaints.is_met()?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ReviewError::Target`] where the actual value in the target's unit needs more than 128 bits.
    pub fn is_met(&self) -> Result<bool, ReviewError> {
        Ok(self.draft.target.is_met(self.actual_in_unit()?))
    }

    /// How far the target was attained, or only whether it was met where the attainment is undefined.
    ///
    /// # Errors
    /// [`ReviewError::Target`] where the actual value in the target's unit needs more than 128 bits.
    pub fn achievement(&self) -> Result<Achievement, ReviewError> {
        Ok(self.draft.target.achievement_of(self.measured()?)?)
    }

    /// The light of the attainment. If that is undefined, the light is the best where the target was met, else the worst
    /// ([`Achievement::class`]).
    ///
    /// # Errors
    /// Those of [`achievement`](Self::achievement).
    pub fn light(&self, bands: &Bands<Light>) -> Result<Light, ReviewError> {
        Ok(*self.achievement()?.class(bands))
    }

    /// The actual value in the unit of the target.
    pub(super) fn actual_in_unit(&self) -> Result<Ratio, ReviewError> {
        Ok(self.measured()?.value_in(self.draft.target.unit())?)
    }

    /// What was measured, or the error that says that nothing was.
    fn measured(&self) -> Result<&ActualValue, ReviewError> {
        let why = || self.draft.unmeasured.clone().unwrap_or_default();
        self.draft.actual.as_ref().ok_or_else(|| ReviewError::NotMeasured { why: why() })
    }

    /// The metric's name.
    #[must_use]
    pub fn metric(&self) -> &str {
        &self.draft.metric
    }

    /// The target.
    #[must_use]
    pub const fn target(&self) -> &Target {
        &self.draft.target
    }

    /// The actual value, unrounded.
    #[must_use]
    pub fn actual(&self) -> Figure<&ActualValue> {
        match (&self.draft.actual, &self.draft.unmeasured) {
            (Some(actual), _) => Figure::Known(actual),
            (None, why) => Figure::missing(why.clone().unwrap_or_default()),
        }
    }

    /// The causes that were found so far.
    #[must_use]
    pub fn causes(&self) -> &[ProblemCause] {
        &self.draft.causes
    }

    /// The contributions that explain the gap.
    #[must_use]
    pub fn explained_by(&self) -> &[Contribution<String>] {
        &self.draft.explained_by
    }

    /// The countermeasure, if one is stated.
    #[must_use]
    pub fn measure(&self) -> Option<&str> {
        self.draft.measure.as_deref()
    }

    /// The person who answers for it, if one is named.
    #[must_use]
    pub fn owner(&self) -> Option<&str> {
        self.draft.owner.as_deref()
    }

    /// The day on which it is looked at again, if one is set.
    #[must_use]
    pub const fn review_on(&self) -> Option<NaiveDate> {
        self.draft.review_on
    }

    /// The weight of the metric beside others.
    #[must_use]
    pub const fn weight(&self) -> Decimal {
        self.draft.weight
    }

    /// The share of the root's change that runs through the metric, if it is known.
    #[must_use]
    pub const fn contribution(&self) -> Option<Ratio> {
        self.draft.contribution
    }
}

impl FindingDraft {
    /// The checked finding.
    ///
    /// # Errors
    /// All problems at once: [`ReviewError::NoName`]; [`ReviewError::Target`] when the units of the actual
    /// value, of a contribution or of what a cause explains differ from the target's;
    /// [`ReviewError::DuplicateId`] for a contribution that stands twice; [`ReviewError::NegativeWeight`];
    /// [`ReviewError::Time`].
    pub fn check(self) -> Result<Finding, Problems<ReviewError>> {
        self.problems().into_result(Finding { draft: self })
    }
}

impl TryFrom<FindingDraft> for Finding {
    type Error = Problems<ReviewError>;

    fn try_from(draft: FindingDraft) -> Result<Self, Self::Error> {
        draft.check()
    }
}

impl From<Finding> for FindingDraft {
    fn from(finding: Finding) -> Self {
        finding.draft
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use rust_decimal::dec;

    fn finding(target: &str, actual: &str) -> Finding {
        Finding::new("metric", target.parse().unwrap(), actual.parse().unwrap()).unwrap()
    }

    #[test]
    fn the_documents_review_table_comes_out_exactly() {
        let rows =
            [("at least 5000000 impression", "4800000 impression", "96%"), ("at least 2 %", "1.5 %", "75%")];
        for (target, actual, attainment) in rows {
            assert_eq!(finding(target, actual).attainment().to_string(), attainment);
        }
    }

    /// N2: a target of 0 has a light though it has no attainment.
    #[test]
    fn a_finding_without_an_attainment_has_a_light() {
        let bands = Bands::lights(
            crate::target::Threshold::at_or_above(dec!(0.8)),
            crate::target::Threshold::at_or_above(dec!(1)),
        );
        let bands = bands.unwrap();
        let light = |actual| finding("at most 0 complaint, linear", actual).light(&bands).unwrap();
        assert_eq!((light("9 complaint"), light("0 complaint")), (Light::Red, Light::Green));
    }

    #[test]
    fn all_faults_come_at_once() {
        let draft = Finding::draft(" ", "at least 2 %".parse().unwrap(), "2 CNY".parse().unwrap());
        let cause = ProblemCause::new("c").unwrap().with_explains("1 order".parse().unwrap());
        let refused = draft.cause(cause).with_weight(dec!(-1)).check().unwrap_err();
        assert_eq!(
            refused.to_string(),
            "4 problems\n  metric: a name or text is empty\n  actual: units differ: CNY and %\n  \
             causes[0].explains: units differ: order and %\n  weight: weight -1 is below 0"
        );
        let json = r#"{"metric":"x","target":"at least 2 %","actual":{"value":2,"unit":"CNY"}}"#;
        let refused = serde_json::from_str::<Finding>(json).unwrap_err().to_string();
        assert!(refused.starts_with("actual: units differ"), "{refused}");
    }

    /// L3: 100,000 causes one by one, each checked once. R3: a date that reads back.
    #[test]
    fn a_cause_more_is_one_look() {
        let cause = || ProblemCause::new("c").unwrap().with_explains("-0.1 %".parse().unwrap());
        let one = finding("at least 2 %", "1.5 %");
        let many = (0..100_000).fold(one, |one, _| one.with_cause(cause()).unwrap());
        assert_eq!(many.causes().len(), 100_000);
        let other = ProblemCause::new("c").unwrap().with_explains("1 CNY".parse().unwrap());
        let refused = many.clone().with_cause(other).unwrap_err();
        assert_eq!(refused.to_string(), "causes[100000].explains: units differ: CNY and %");
        for date in [NaiveDate::MIN, NaiveDate::MAX] {
            let error = TimeError::YearOutOfRange { date };
            assert_eq!(many.clone().with_review_on(date), Err(error.clone()));
            let draft = FindingDraft { review_on: Some(date), causes: Vec::new(), ..many.clone().into() };
            let refused = draft.check().unwrap_err();
            assert_eq!(refused.iter().map(|one| one.path.as_str()).collect::<Vec<_>>(), ["review_on"]);
        }
    }

    #[test]
    fn a_review_date_is_read_only_in_its_form() {
        let json = r#"{"metric":"x","target":"at least 2 %","actual":"2 %","review_on":"2026-01-01"}"#;
        let finding: Finding = serde_json::from_str(json).unwrap();
        assert_eq!(finding.review_on().map(|date| date.to_string()).as_deref(), Some("2026-01-01"));
        for date in ["2026-1-1", "+10000-01-01"] {
            let refused = serde_json::from_str::<Finding>(&json.replace("2026-01-01", date)).unwrap_err();
            assert!(refused.to_string().starts_with(&alloc::format!("`{date}` is not a date such as")));
        }
    }
}
