//! What happened in a cycle.

use super::{CyclePlan, FindingDecision, FindingId, Seed, Stage};
use crate::figure::Figure;
use crate::plan::Progress;
use crate::quantity::Money;
use crate::review::Finding;
use crate::target::ActualValue;
use crate::time::NaiveDate;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;

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
// No serde here: the names in stored logs stay when a variant is renamed, see `record`.
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
    /// The progress of a task was reported.
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
        actual: Figure<ActualValue>,
    },
    /// The plan was replaced.
    Replanned {
        /// The plan.
        plan: Box<CyclePlan>,
        /// Why.
        reason: String,
        /// Whether the targets or the total changed: then the signatures are void.
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
    /// Money that was left on lines was reassigned or returned: what lines give up is the sum of both.
    Released {
        /// What the lines give up.
        from: BTreeMap<String, Money>,
        /// What the next cycle gets, by its lines.
        reassigned: BTreeMap<String, Money>,
        /// What goes back to whoever granted it.
        returned: Money,
    },
    /// The cycle is over.
    Closed {
        /// What it hands on.
        seed: Box<Seed>,
    },
    /// A recorded result of a closed cycle was corrected.
    Amended {
        /// The target's name.
        target: String,
        /// The actual value as it is known now.
        actual: Figure<ActualValue>,
        /// Why it was not known before.
        reason: String,
    },
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
