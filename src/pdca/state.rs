//! Where a cycle stands, what it began with, and where its money is.

use super::{Seed, Stage};
use crate::quantity::Money;
use crate::time::NaiveDate;
use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

/// Where a cycle stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// There is no plan yet.
    Draft,
    /// There is a plan.
    Planned,
    /// The work is done and tracked.
    Doing,
    /// Results are compared with targets.
    Checking,
    /// What was found is acted on.
    Acting,
    /// It is over.
    Closed {
        /// What it hands on.
        seed: Box<Seed>,
    },
    /// It ended before it was over.
    Cancelled {
        /// Why.
        reason: String,
    },
}

/// The states of a cycle without what they carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is the state of its name")]
pub enum Phase {
    Draft,
    Planned,
    Doing,
    Checking,
    Acting,
    Closed,
    Cancelled,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Draft => "draft",
            Self::Planned => "planned",
            Self::Doing => "doing",
            Self::Checking => "checking",
            Self::Acting => "acting",
            Self::Closed => "closed",
            Self::Cancelled => "cancelled",
        })
    }
}

impl State {
    /// The state without what it carries.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        match self {
            Self::Draft => Phase::Draft,
            Self::Planned => Phase::Planned,
            Self::Doing => Phase::Doing,
            Self::Checking => Phase::Checking,
            Self::Acting => Phase::Acting,
            Self::Closed { .. } => Phase::Closed,
            Self::Cancelled { .. } => Phase::Cancelled,
        }
    }
}

/// What a cycle begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inheritance {
    /// What the cycle before hands on.
    pub seed: Seed,
    /// Whether that cycle was not closed yet.
    pub provisional: bool,
}

/// A later due date of a stage; the old one stays visible in [`StageStatus`](super::StageStatus).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The stage.
    pub stage: Stage,
    /// Until when.
    pub until: NaiveDate,
    /// Why.
    pub reason: String,
    /// Who gave it.
    pub by: String,
    /// When it was given.
    pub on: NaiveDate,
}

/// Where the money of a cycle is: `granted = spent + left + reassigned + returned`, always.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MoneyState {
    /// The plan's total.
    pub granted: Money,
    /// What was spent.
    pub spent: Money,
    /// What is left on the lines.
    pub left: Money,
    /// What the next cycle gets.
    pub reassigned: Money,
    /// What went back.
    pub returned: Money,
}
