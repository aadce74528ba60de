//! An alert with its metric, its rule and its response.

use super::{AlertRule, ResponsePlan};
use alloc::string::String;
use serde::{Deserialize, Serialize};

/// An alert on a metric, with the response to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
