//! What explains a finding's gap, amount by amount.

use crate::quantity::Quantity;
use alloc::string::String;
use serde::{Deserialize, Serialize};

/// A contribution to a finding's gap: a leaf of a KPI tree, a channel, a step of a funnel, with its amount.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GapPart {
    /// The name of the leaf, channel or step; each stands once in a finding.
    pub name: String,
    /// How much of the gap it makes, in a unit of the metric; below zero where it lowered the metric.
    pub amount: Quantity,
}

impl GapPart {
    /// The contribution of `amount` by `name`.
    #[must_use]
    pub fn new(name: impl Into<String>, amount: Quantity) -> Self {
        Self { name: name.into(), amount }
    }
}
