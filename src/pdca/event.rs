//! What happened in a cycle.

use super::{Actual, CyclePlan, FindingDecision, FindingId, Seed, Stage};
use crate::plan::Progress;
use crate::quantity::Money;
use crate::quantity::wire::serialize_fields;
use crate::review::Finding;
use crate::time::NaiveDate;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;

/// Money that is left, and where it goes: what comes from the lines is what is reassigned and what is returned.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// What the lines give up.
    #[serde(deserialize_with = "crate::quantity::wire::map::deserialize")]
    pub from: BTreeMap<String, Money>,
    /// What the next cycle gets, by its lines.
    #[serde(default, deserialize_with = "crate::quantity::wire::map::deserialize")]
    pub reassigned: BTreeMap<String, Money>,
    /// What goes back to who gave it.
    pub returned: Money,
}

serialize_fields!(Release { from, reassigned: optional, returned });

/// A value of a closed cycle that turned out otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Amendment {
    /// The target's name.
    pub target: String,
    /// What was reached.
    pub actual: Actual,
    /// Why it was not known.
    pub reason: String,
}

/// What happened. An event is a fact: it is recorded after all guards were met, and is never altered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The cycle begins with what another one hands on.
    Inherited {
        /// What is handed on.
        seed: Box<Seed>,
        /// Whether that cycle is not closed yet.
        provisional: bool,
    },
    /// There is a plan.
    Planned(Box<CyclePlan>),
    /// A role signed the plan as it is.
    SignedOff {
        /// The role.
        role: String,
    },
    /// The work began.
    Started,
    /// Money was spent.
    Spent {
        /// The line that it came from.
        line: String,
        /// How much.
        amount: Money,
        /// When.
        on: NaiveDate,
    },
    /// A task moved on.
    Progressed {
        /// The task's id.
        task: String,
        /// What is known of it.
        progress: Progress,
    },
    /// It is known what became of a target, or why not.
    Measured {
        /// The target's name.
        target: String,
        /// What became of it.
        actual: Actual,
    },
    /// There is another plan.
    Replanned {
        /// The plan.
        plan: Box<CyclePlan>,
        /// Why.
        reason: String,
        /// Whether targets or total changed, so that signatures no longer hold.
        voids_sign_off: bool,
    },
    /// Results are compared with targets from here on.
    CheckBegun,
    /// Something was found.
    Found(Box<Finding>),
    /// What was found is acted on from here on.
    ActBegun,
    /// It was decided what is done about a finding.
    Decided {
        /// Which of this cycle's findings, from 1.
        finding: u32,
        /// What was decided.
        decision: FindingDecision,
    },
    /// A measure, also an inherited one, was done.
    MeasureDone {
        /// The finding that it answers.
        finding: FindingId,
    },
    /// Money that is left was given up.
    Released(Release),
    /// The cycle is over.
    Closed {
        /// What it hands on.
        seed: Box<Seed>,
    },
    /// Something of a closed cycle turned out otherwise.
    Amended(Amendment),
    /// The cycle ended before it was over.
    Cancelled {
        /// Why.
        reason: String,
        /// The money that went back; `None` where there was no plan.
        returned: Option<Money>,
    },
    /// A stage has until later.
    DueWaived {
        /// The stage.
        stage: Stage,
        /// Until when.
        until: NaiveDate,
        /// Why.
        reason: String,
    },
    /// The cycle that this one came from is closed: what was provisional is replaced.
    ParentConfirmed {
        /// What it hands on.
        seed: Box<Seed>,
        /// Whether that differs from what was provisional; then signatures no longer hold, unless results are checked
        /// already.
        amended: bool,
    },
}
