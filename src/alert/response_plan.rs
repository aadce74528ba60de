//! Who answers an alert, in which steps, and until when.

use super::AlertError;
use crate::error::{Path, Problems};
use crate::quantity::wire::{deserialize_fields, wire_fields};
use crate::time::{Duration, TimeError, Timestamp};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use serde::{Deserialize, Serialize};

/// A step of a response, and how long after the alert it has to be done.
///
/// ```
/// # use marketloop::alert::ResponseStep;
/// let json = r#"{"action":"answer","within":"15 minutes"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<ResponseStep>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ResponseStep {
    /// What is done.
    pub action: String,
    /// The time limit, counted from the alert.
    pub within: Duration,
}

wire_fields!(ResponseStep { action, within });

impl fmt::Display for ResponseStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} within {}", self.action, self.within)
    }
}

/// Who answers an alert, in which steps, and how long after the alert each has to be done.
///
/// No step is due before the one ahead of it.
///
/// # Examples
/// ```
/// use marketloop::alert::ResponsePlan;
///
/// let hot_topic = ResponsePlan::hot_topic("social media lead")?;
/// let due = hot_topic.due("2026-07-15T09:00:00Z".parse()?)?;
/// assert_eq!(due[0].1.to_string(), "2026-07-16T09:00:00Z"); // 24 hours to answer
/// assert_eq!(due[1].1.to_string(), "2026-07-18T09:00:00Z"); // 72 hours to scale
///
/// let read: ResponsePlan = serde_json::from_str(
///     r#"{"responsible":"service","steps":[{"action":"answer","within":"15 minutes"}]}"#,
/// )?;
/// assert_eq!(read, ResponsePlan::complaint("service")?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Wire")]
pub struct ResponsePlan {
    responsible: String,
    steps: Vec<ResponseStep>,
}

// Paths of problems are those of this shape; a public draft would be a second way to write the same plan.
struct Wire {
    responsible: String,
    steps: Vec<ResponseStep>,
}

deserialize_fields!("ResponsePlan", Wire { responsible, steps });

impl TryFrom<Wire> for ResponsePlan {
    type Error = Problems<AlertError>;

    fn try_from(Wire { responsible, steps }: Wire) -> Result<Self, Self::Error> {
        Self { responsible, steps }.check()
    }
}

impl ResponsePlan {
    /// The plan of these steps: what is done, and how long after the alert.
    ///
    /// # Errors
    /// All problems at once: [`AlertError::NoName`] without a responsible person or an action,
    /// [`AlertError::NoSteps`], [`AlertError::StepOrder`] at a step due before the one ahead of it.
    ///
    /// # Examples
    /// ```
    /// use marketloop::alert::ResponsePlan;
    /// use marketloop::time::Duration;
    ///
    /// let plunge = [("check tracking", Duration::from_minutes(15)), ("report the cause", Duration::from_hours(24))];
    /// let plan = ResponsePlan::new("digital operations", plunge)?;
    /// assert_eq!(
    ///     plan.to_string(),
    ///     "digital operations: check tracking within 15 minutes, report the cause within 24 hours"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn new(
        responsible: impl Into<String>,
        steps: impl IntoIterator<Item = (impl Into<String>, Duration)>,
    ) -> Result<Self, Problems<AlertError>> {
        let steps = steps.into_iter();
        let steps = steps.map(|(action, within)| ResponseStep { action: action.into(), within }).collect();
        Self { responsible: responsible.into(), steps }.check()
    }

    /// The documents' answer to a complaint (投诉): within 15 minutes.
    ///
    /// # Errors
    /// [`AlertError::NoName`] without a responsible person.
    ///
    /// # Examples
    /// ```
    /// use marketloop::alert::ResponsePlan;
    ///
    /// assert_eq!(ResponsePlan::complaint("service")?.to_string(), "service: answer within 15 minutes");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[doc(alias = "投诉")]
    pub fn complaint(responsible: impl Into<String>) -> Result<Self, AlertError> {
        Self::of_steps(responsible.into(), &[("answer", Duration::from_minutes(15))])
    }

    /// The documents' answer to a hot topic (热点): within 24 hours, scaled within 72.
    ///
    /// # Errors
    /// [`AlertError::NoName`] without a responsible person.
    ///
    /// # Examples
    /// ```
    /// use marketloop::alert::ResponsePlan;
    ///
    /// let plan = ResponsePlan::hot_topic("social media lead")?;
    /// assert_eq!(plan.steps()[1].to_string(), "scale within 72 hours");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[doc(alias = "热点")]
    pub fn hot_topic(responsible: impl Into<String>) -> Result<Self, AlertError> {
        let steps = [("answer", Duration::from_hours(24)), ("scale", Duration::from_hours(72))];
        Self::of_steps(responsible.into(), &steps)
    }

    /// A plan of steps that are in order.
    fn of_steps(responsible: String, steps: &[(&str, Duration)]) -> Result<Self, AlertError> {
        if responsible.trim().is_empty() {
            return Err(AlertError::NoName);
        }
        let steps =
            // The steps of presets are in order: nothing but the name can be wrong.
            steps.iter().map(|(action, within)| ResponseStep { action: (*action).into(), within: *within });
        Ok(Self { responsible, steps: steps.collect() })
    }

    fn check(self) -> Result<Self, Problems<AlertError>> {
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
            // Equal times are fine: two steps may be due at once.
            if step.within < before {
                let error = AlertError::StepOrder { within: step.within, before };
                problems.push(path.index(index).field("within"), error);
            }
            // Against the step just ahead, be it wrong: one step out of place is told once.
            before = step.within;
        }
        problems.into_result(self)
    }

    /// Who answers the alert.
    #[must_use]
    pub fn responsible(&self) -> &str {
        &self.responsible
    }

    /// The steps in order.
    #[must_use]
    pub fn steps(&self) -> &[ResponseStep] {
        &self.steps
    }

    /// The steps in order, one after the other.
    pub fn iter(&self) -> core::slice::Iter<'_, ResponseStep> {
        self.steps.iter()
    }

    /// Each step with the instant until which it is due, for an alert that fired at `fired`.
    ///
    /// # Errors
    /// [`TimeError::TimestampOutOfRange`] beyond the year 9999.
    ///
    /// # Examples
    /// ```
    /// use marketloop::alert::ResponsePlan;
    ///
    /// // An alert just before midnight is answered on the next day.
    /// let due = ResponsePlan::complaint("service")?.due("2026-12-31T23:50:00Z".parse()?)?[0].1;
    /// assert_eq!(due.to_string(), "2027-01-01T00:05:00Z");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn due(&self, fired: Timestamp) -> Result<Vec<(&ResponseStep, Timestamp)>, TimeError> {
        self.steps.iter().map(|step| Ok((step, fired.plus(step.within)?))).collect()
    }
}

impl<'a> IntoIterator for &'a ResponsePlan {
    type Item = &'a ResponseStep;
    type IntoIter = core::slice::Iter<'a, ResponseStep>;

    fn into_iter(self) -> Self::IntoIter {
        self.steps.iter()
    }
}

impl fmt::Display for ResponsePlan {
    /// `service: answer within 15 minutes`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.responsible)?;
        for (index, step) in self.steps.iter().enumerate() {
            write!(f, "{} {step}", if index == 0 { ":" } else { "," })?;
        }
        Ok(())
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
