//! One row of a review.

use super::ReviewError;
use crate::quantity::Quantity;
use crate::target::{Attainment, Target, TargetError};
use crate::time::NaiveDate;
use alloc::string::String;
use serde::{Deserialize, Serialize};

/// A finding as it is written down, not checked yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FindingDraft {
    /// The metric's name.
    pub metric: String,
    /// What was to be reached.
    pub target: Target,
    /// What was reached.
    pub actual: Quantity,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// What is done about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<String>,
    /// When it is looked at again.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::time::wire_date::option::deserialize"
    )]
    pub review_on: Option<NaiveDate>,
}

/// A metric, its target, what it reached, why, and what is done about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "FindingDraft", into = "FindingDraft")]
pub struct Finding {
    draft: FindingDraft,
}

impl Finding {
    /// The finding that `metric` reached `actual` of `target`.
    ///
    /// # Errors
    /// [`ReviewError::Target`] when the units differ by more than a power of ten.
    pub fn new(metric: impl Into<String>, target: Target, actual: Quantity) -> Result<Self, ReviewError> {
        let metric = metric.into();
        FindingDraft { metric, target, actual, cause: None, measure: None, review_on: None }.check()
    }

    /// The finding with this cause.
    #[must_use]
    pub fn with_cause(mut self, cause: impl Into<String>) -> Self {
        self.draft.cause = Some(cause.into());
        self
    }

    /// The finding with this measure.
    #[must_use]
    pub fn with_measure(mut self, measure: impl Into<String>) -> Self {
        self.draft.measure = Some(measure.into());
        self
    }

    /// The finding, to be looked at again on this day.
    #[must_use]
    pub const fn with_review_on(mut self, date: NaiveDate) -> Self {
        self.draft.review_on = Some(date);
        self
    }

    /// How far the target was attained.
    ///
    /// # Errors
    /// [`ReviewError::Target`] where the attainment is undefined.
    pub fn attainment(&self) -> Result<Attainment, ReviewError> {
        Ok(self.draft.target.attainment_of(&self.draft.actual)?)
    }

    /// The metric's name.
    #[must_use]
    pub fn metric(&self) -> &str {
        &self.draft.metric
    }

    /// What was to be reached.
    #[must_use]
    pub const fn target(&self) -> &Target {
        &self.draft.target
    }

    /// What was reached.
    #[must_use]
    pub const fn actual(&self) -> &Quantity {
        &self.draft.actual
    }

    /// Why, where it is known.
    #[must_use]
    pub fn cause(&self) -> Option<&str> {
        self.draft.cause.as_deref()
    }

    /// What is done about it, where something is.
    #[must_use]
    pub fn measure(&self) -> Option<&str> {
        self.draft.measure.as_deref()
    }

    /// When it is looked at again, where that is set.
    #[must_use]
    pub const fn review_on(&self) -> Option<NaiveDate> {
        self.draft.review_on
    }
}

impl FindingDraft {
    /// The checked finding.
    ///
    /// # Errors
    /// [`ReviewError::Target`] when the units differ by more than a power of ten.
    pub fn check(self) -> Result<Finding, ReviewError> {
        self.actual.to(self.target.unit()).map_err(TargetError::from)?;
        Ok(Finding { draft: self })
    }
}

impl TryFrom<FindingDraft> for Finding {
    type Error = ReviewError;

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

    #[test]
    fn the_documents_review_table_comes_out_exactly() {
        let rows =
            [("at least 5000000 impression", "4800000 impression", "96%"), ("at least 2 %", "1.5 %", "75%")];
        for (target, actual, attainment) in rows {
            let finding = Finding::new("metric", target.parse().unwrap(), actual.parse().unwrap()).unwrap();
            assert_eq!(finding.attainment().unwrap().to_string(), attainment);
        }
    }

    #[test]
    fn units_have_to_agree() {
        let refused = Finding::new("x", "at least 2 %".parse().unwrap(), "2 CNY".parse().unwrap());
        assert_eq!(refused.unwrap_err().to_string(), "units differ: CNY and %");
        let json = r#"{"metric":"x","target":"at least 2 %","actual":{"value":2,"unit":"CNY"}}"#;
        assert!(serde_json::from_str::<Finding>(json).unwrap_err().to_string().starts_with("units differ"));
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
