//! What an experiment asks, and what became of it.

use super::AgileError;
use crate::error::{Path, Problems};
use crate::quantity::wire::wire_fields;
use crate::quantity::words::words;
use crate::quantity::{Money, Quantity};
use crate::time::{NaiveDate, TimeError, in_range};
use alloc::string::String;
use core::fmt;

/// An experiment as it is written down; [`ExperimentLog::start`](super::ExperimentLog::start) checks it.
///
/// # Examples
/// ```
/// use marketloop::agile::Experiment;
/// use marketloop::time::date;
///
/// let test = Experiment {
///     id: "video-first".into(),
///     because: "visitors leave before the second paragraph".into(),
///     we_believe: "a video on top".into(),
///     metric: "landing page conversion".into(),
///     expected_change: "0.5 %".parse()?,
///     cost_cap: "20000 CNY".parse()?,
///     begins: date(2026, 7, 6)?,
///     ends: date(2026, 7, 17)?,
/// };
/// assert_eq!(
///     test.to_string(),
///     "because visitors leave before the second paragraph, we believe that a video on top will move \
///      landing page conversion by 0.5 %, at a cost of at most 20,000.00 CNY"
/// );
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::agile::Experiment;
/// let json = r#"{
///   "id": "video",
///   "because": "few stay",
///   "we_believe": "a video on top",
///   "metric": "conversion",
///   "expected_change": {"value": "0.5", "unit": "%"},
///   "cost_cap": {"amount": "100.00", "currency": "CNY"},
///   "begins": "2026-07-06",
///   "ends": "2026-07-17"
/// }"#;
/// let read: Experiment = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<Experiment>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[doc(alias = "MVP")]
#[doc(alias = "A/B test")]
pub struct Experiment {
    /// Its id.
    pub id: String,
    /// What was observed.
    pub because: String,
    /// What is changed.
    pub we_believe: String,
    /// The metric that it will move.
    pub metric: String,
    /// By how much, in the metric's unit; not 0.
    pub expected_change: Quantity,
    /// The maximum that it may cost.
    pub cost_cap: Money,
    /// The first day.
    pub begins: NaiveDate,
    /// The last day that is planned; money may be booked later, until the result is in.
    pub ends: NaiveDate,
}

wire_fields!(Experiment {
    id,
    because,
    we_believe,
    metric,
    expected_change,
    cost_cap,
    begins: own,
    ends: own
});

impl Experiment {
    pub(super) fn check(&self, problems: &mut Problems<AgileError>) {
        let texts = [
            ("id", &self.id),
            ("because", &self.because),
            ("we_believe", &self.we_believe),
            ("metric", &self.metric),
        ];
        for (field, text) in texts {
            if text.trim().is_empty() {
                problems.push(Path::root().field(field), AgileError::NoName);
            }
        }
        // With 0 expected, every rise and no change at all would count as moved as expected.
        if self.expected_change.value().is_zero() {
            let error = AgileError::NoExpectedChange { metric: self.metric.clone() };
            problems.push(Path::root().field("expected_change"), error);
        }
        if self.cost_cap.is_negative() {
            let error = AgileError::NegativeAmount { amount: self.cost_cap };
            problems.push(Path::root().field("cost_cap"), error);
        }
        for (field, date) in [("begins", self.begins), ("ends", self.ends)] {
            problems.take(&Path::root().field(field), in_range(date));
        }
        if self.ends < self.begins {
            let error = TimeError::Reversed { start: self.begins, end: self.ends };
            problems.push(Path::root().field("ends"), error);
        }
    }
}

impl fmt::Display for Experiment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { because, we_believe, metric, expected_change, cost_cap, .. } = self;
        write!(
            f,
            "because {because}, we believe that {we_believe} will move {metric} by {expected_change}, \
             at a cost of at most {cost_cap}"
        )
    }
}

/// The verdict on a hypothesis.
///
/// ```
/// # use marketloop::agile::ExperimentVerdict;
/// assert_eq!(serde_json::from_str::<ExperimentVerdict>(r#""refuted""#)?, ExperimentVerdict::Refuted);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ExperimentVerdict {
    /// The metric moved as believed.
    Supported,
    /// It did not.
    Refuted,
    /// The data do not tell.
    Inconclusive,
}

words!(ExperimentVerdict, "verdict of an experiment", AgileError:
    Supported = "supported",
    Refuted = "refuted",
    Inconclusive = "inconclusive",
);

/// The result of an experiment.
///
/// ```
/// # use marketloop::agile::Conclusion;
/// let json = r#"{
///   "experiment": "video",
///   "on": "2026-07-20",
///   "verdict": "supported",
///   "measured_change": {"value": "0.7", "unit": "%"},
///   "learnt": "the start decides"
/// }"#;
/// let read: Conclusion = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<Conclusion>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conclusion {
    /// The experiment's id.
    pub experiment: String,
    /// The day.
    pub on: NaiveDate,
    /// The verdict on the hypothesis.
    pub verdict: ExperimentVerdict,
    /// By how much the metric moved, in its unit or one that differs by a power of ten.
    pub measured_change: Quantity,
    /// What was learnt.
    pub learnt: String,
}

wire_fields!(Conclusion { experiment, on: own, verdict, measured_change, learnt });
