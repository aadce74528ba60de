//! What explains a finding's gap, amount by amount, and what is left of it.

use crate::quantity::{Quantity, Ratio};
use crate::target::ActualValue;
use alloc::string::String;
use core::fmt;
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

/// What is left of a gap when all that explains it is taken off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unexplained {
    /// Nothing says how much of the gap it explains. Causes may be named; their amounts are not known.
    NotQuantified,
    /// This rest.
    Rest {
        /// In the target's unit: gap less all that is explained.
        amount: ActualValue,
        /// Rest / gap: 0 where all is explained, below 0 where more is explained than there is.
        share: Ratio,
    },
}

impl Unexplained {
    /// The share of the gap that is left; `None` where nothing is quantified.
    #[must_use]
    pub const fn share(&self) -> Option<Ratio> {
        match self {
            Self::NotQuantified => None,
            Self::Rest { share, .. } => Some(*share),
        }
    }
}

impl fmt::Display for Unexplained {
    /// `20%`, or `not quantified`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotQuantified => f.pad("not quantified"),
            Self::Rest { share, .. } => f.pad(&share.to_percent()),
        }
    }
}
