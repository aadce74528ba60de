//! An alert with its metric, its rule and its response.

use super::{AlertRule, ResponsePlan};
use crate::quantity::wire::wire_fields;
use alloc::string::String;
use core::fmt;

/// An alert on a metric (预警): when it fires, and who then does what by when.
///
/// # Examples
/// ```
/// use marketloop::alert::{Alert, ResponsePlan};
///
/// let alert: Alert = serde_json::from_str(
///     r#"{"id":"spend","metric":"spend to plan","rule":"above 1.1, clear at 1",
///         "response":{"responsible":"finance","steps":[{"action":"answer","within":"15 minutes"}]}}"#,
/// )?;
/// assert_eq!(alert, Alert {
///     id: "spend".into(),
///     metric: "spend to plan".into(),
///     rule: "above 1.1, clear at 1".parse()?,
///     response: ResponsePlan::complaint("finance")?,
/// });
/// assert_eq!(alert.to_string(), "spend: spend to plan above 1.1, clear at 1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "预警")]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Alert {
    /// Its id.
    pub id: String,
    /// The metric that it watches.
    pub metric: String,
    /// When it fires and when it clears.
    pub rule: AlertRule,
    /// What is done when it fires.
    pub response: ResponsePlan,
}

wire_fields!(Alert { id, metric, rule, response });

impl fmt::Display for Alert {
    /// `spend: spend to plan above 1.1, clear at 1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} {}", self.id, self.metric, self.rule)
    }
}
