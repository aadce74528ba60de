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

/// Money that lines give up, and where it goes: their sum is what is reassigned plus what is returned.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// What the lines give up.
    #[serde(deserialize_with = "crate::quantity::wire::map::deserialize")]
    pub from: BTreeMap<String, Money>,
    /// What the next cycle gets, by its lines.
    #[serde(default, deserialize_with = "crate::quantity::wire::map::deserialize")]
    pub reassigned: BTreeMap<String, Money>,
    /// What goes back to whoever granted it.
    pub returned: Money,
}

serialize_fields!(Release { from, reassigned: optional, returned });

/// The corrected actual value of a target of a closed cycle.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Amendment {
    /// The target's name.
    pub target: String,
    /// The actual value as it is known now.
    pub actual: Actual,
    /// Why it was not known before.
    pub reason: String,
}

/// What happened in a cycle. An event is a fact: it is recorded after all guards were met, and is never altered.
///
/// On the wire it is the event of a record of the newest [schema](super::SCHEMA), whose names do not change.
///
/// # Examples
/// ```
/// use marketloop::pdca::{Event, Stage};
///
/// let text = r#"{"due_waived":{"stage":"check","until":"2026-11-06","reason":"late invoices"}}"#;
/// let event: Event = serde_json::from_str(text)?;
/// assert!(matches!(&event, Event::Postponed { stage: Stage::Check, .. }));
/// assert_eq!(serde_json::to_string(&event)?, text);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Event {
    /// The cycle continues another one from its seed.
    Inherited {
        /// What is handed on.
        seed: Box<Seed>,
        /// Whether that cycle is not closed yet.
        provisional: bool,
    },
    /// The plan was set.
    Planned(Box<CyclePlan>),
    /// A role signed the current plan.
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
        /// Its progress.
        progress: Progress,
    },
    /// The actual value of a target was recorded, or why there is none.
    ActualRecorded {
        /// The target's name.
        target: String,
        /// The actual value.
        actual: Actual,
    },
    /// The plan was replaced.
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
    /// A finding was recorded.
    Found(Box<Finding>),
    /// The findings are acted on from here on.
    ActBegun,
    /// A countermeasure for a finding was accepted, or the finding was rejected.
    Decided {
        /// Which of this cycle's findings, from 1.
        finding: u32,
        /// What was decided.
        decision: FindingDecision,
    },
    /// A countermeasure, also an inherited one, was done.
    CountermeasureDone {
        /// The finding that it answers.
        finding: FindingId,
    },
    /// Money that was left on lines was reassigned or returned.
    Released(Release),
    /// The cycle is over.
    Closed {
        /// What it hands on.
        seed: Box<Seed>,
    },
    /// A recorded result of a closed cycle was corrected.
    Amended(Amendment),
    /// The cycle ended before it was over.
    Cancelled {
        /// Why.
        reason: String,
        /// The money that went back; `None` where there was no plan.
        returned: Option<Money>,
    },
    /// The due date of a stage was postponed.
    Postponed {
        /// The stage.
        stage: Stage,
        /// The new due date.
        until: NaiveDate,
        /// Why.
        reason: String,
    },
    /// The parent cycle was closed, and its final seed replaced the provisional one.
    ParentConfirmed {
        /// What it hands on.
        seed: Box<Seed>,
        /// Whether it differs from the provisional one; then signatures are void, unless results are checked already.
        amended: bool,
    },
}
