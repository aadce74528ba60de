//! Who answers an alert, in which steps, and until when.

use super::AlertError;
use crate::error::{Path, Problems};
use crate::time::{Duration, TimeError, Timestamp};
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A step of a response, and how long after the alert it has to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResponseStep {
    /// What is done.
    pub action: String,
    /// Until when, counted from the alert.
    pub within: Duration,
}

/// A response as it is written down, not checked yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResponsePlanDraft {
    /// Who answers for it.
    pub responsible: String,
    /// The steps in order.
    pub steps: Vec<ResponseStep>,
}

/// A responsible person and ordered steps, none due before the one ahead of it.
///
/// # Examples
/// ```
/// use marketloop::alert::ResponsePlan;
///
/// let hot_topic = ResponsePlan::hot_topic("social media lead")?;
/// let due = hot_topic.due("2026-07-15T09:00:00Z".parse()?)?;
/// assert_eq!(due[0].1.to_string(), "2026-07-16T09:00:00Z"); // 24 hours to answer
/// assert_eq!(due[1].1.to_string(), "2026-07-18T09:00:00Z"); // 72 hours to scale
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ResponsePlanDraft", into = "ResponsePlanDraft")]
pub struct ResponsePlan {
    draft: ResponsePlanDraft,
}

impl ResponsePlan {
    /// The plan of these steps (what is done, and how long after the alert).
    ///
    /// # Errors
    /// All problems at once: [`AlertError::NoName`] without a responsible person or an action,
    /// [`AlertError::NoSteps`], [`AlertError::StepOrder`] at a step due before the one ahead of it.
    pub fn new(
        responsible: impl Into<String>,
        steps: impl IntoIterator<Item = (impl Into<String>, Duration)>,
    ) -> Result<Self, Problems<AlertError>> {
        let steps = steps.into_iter();
        let steps = steps.map(|(action, within)| ResponseStep { action: action.into(), within }).collect();
        ResponsePlanDraft { responsible: responsible.into(), steps }.check()
    }

    /// The documents' answer to a complaint: within 15 minutes.
    ///
    /// # Errors
    /// [`AlertError::NoName`] without a responsible person.
    pub fn complaint(responsible: impl Into<String>) -> Result<Self, Problems<AlertError>> {
        Self::new(responsible, [("answer", Duration::from_minutes(15))])
    }

    /// The documents' answer to a hot topic: within 24 hours, scaled within 72.
    ///
    /// # Errors
    /// [`AlertError::NoName`] without a responsible person.
    pub fn hot_topic(responsible: impl Into<String>) -> Result<Self, Problems<AlertError>> {
        Self::new(responsible, [("answer", Duration::from_hours(24)), ("scale", Duration::from_hours(72))])
    }

    /// Who answers for it.
    #[must_use]
    pub fn responsible(&self) -> &str {
        &self.draft.responsible
    }

    /// The steps in order.
    #[must_use]
    pub fn steps(&self) -> &[ResponseStep] {
        &self.draft.steps
    }

    /// Each step with the instant until which it is due, of an alert that fired at `fired`.
    ///
    /// # Errors
    /// [`TimeError::TimestampOutOfRange`] beyond the year 9999.
    pub fn due(&self, fired: Timestamp) -> Result<Vec<(&ResponseStep, Timestamp)>, TimeError> {
        self.draft.steps.iter().map(|step| Ok((step, fired.plus(step.within)?))).collect()
    }
}

impl ResponsePlanDraft {
    /// The checked plan.
    ///
    /// # Errors
    /// Those of [`ResponsePlan::new`].
    pub fn check(self) -> Result<ResponsePlan, Problems<AlertError>> {
        let mut problems = Problems::new();
        if self.responsible.trim().is_empty() {
            problems.push(Path::root().field("responsible"), AlertError::NoName);
        }
        let path = Path::root().field("steps");
        if self.steps.is_empty() {
            problems.push(path.clone(), AlertError::NoSteps);
        }
        let mut before = Duration::ZERO;
        for (index, step) in self.steps.iter().enumerate() {
            if step.action.trim().is_empty() {
                problems.push(path.index(index).field("action"), AlertError::NoName);
            }
            if step.within < before {
                let error = AlertError::StepOrder { within: step.within, before };
                problems.push(path.index(index).field("within"), error);
            }
            before = step.within;
        }
        problems.into_result(ResponsePlan { draft: self })
    }
}

impl TryFrom<ResponsePlanDraft> for ResponsePlan {
    type Error = Problems<AlertError>;

    fn try_from(draft: ResponsePlanDraft) -> Result<Self, Self::Error> {
        draft.check()
    }
}

impl From<ResponsePlan> for ResponsePlanDraft {
    fn from(plan: ResponsePlan) -> Self {
        plan.draft
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn a_complaint_is_answered_within_a_quarter_of_an_hour() {
        let plan = ResponsePlan::complaint("service").unwrap();
        let due = plan.due("2026-12-31T23:50:00Z".parse().unwrap()).unwrap();
        assert_eq!(due[0].1.to_string(), "2027-01-01T00:05:00Z");
        assert!(plan.due("9999-12-31T23:50:00Z".parse().unwrap()).is_err());
    }

    #[test]
    fn all_faults_come_at_once() {
        let minutes = Duration::from_minutes;
        let refused = ResponsePlan::new(" ", [("call", minutes(5)), ("", minutes(4))]).unwrap_err();
        let paths: Vec<String> = refused.iter().map(|problem| problem.path.to_string()).collect();
        assert_eq!(paths, ["responsible", "steps[1].action", "steps[1].within"]);
        let none: [(&str, Duration); 0] = [];
        assert_eq!(
            ResponsePlan::new("x", none).unwrap_err().to_string(),
            "steps: a response needs at least one step"
        );
    }
}
