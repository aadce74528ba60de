//! What somebody wants to happen in a cycle.

use super::wire::Actuals;
use super::{CommandId, CyclePlan, Event, FindingDecision, FindingId, PdcaError, Seed, Stage};
use crate::figure::Figure;
use crate::plan::Progress;
use crate::quantity::Money;
use crate::quantity::wire::{wire_fields, wire_variants};
use crate::quantity::words::words;
use crate::review::Finding;
use crate::target::ActualValue;
use crate::time::NaiveDate;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString as _};
use core::hash::{Hash, Hasher};

/// A request to change a cycle. [`decide`](super::decide) answers it with events, or with the guards that block it.
///
/// # Examples
/// ```
/// use marketloop::figure::Figure;
/// use marketloop::pdca::Command;
///
/// let text = r#"{"record_actual":{"target":"orders","actual":{"unmeasured":"the tracking was down"}}}"#;
/// let actual = Figure::missing("the tracking was down");
/// let command = Command::RecordActual { target: "orders".into(), actual };
/// assert_eq!(serde_json::from_str::<Command>(text)?, command);
/// assert_eq!(command.kind().to_string(), "record_actual");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Command {
    // Seeds, plans and findings are boxed: every other command would else be as large as the largest.
    /// Continue another cycle from its seed, also before that cycle is closed.
    Inherit {
        /// What is handed on.
        seed: Box<Seed>,
        /// Whether that cycle is not closed yet.
        provisional: bool,
    },
    /// Set the plan.
    Plan(Box<CyclePlan>),
    /// Sign the plan.
    SignOff {
        /// The role that signs.
        role: String,
    },
    /// Begin the work.
    Start,
    /// Record money spent from a line.
    RecordSpend {
        /// The line.
        line: String,
        /// How much, above 0.
        amount: Money,
        /// When; not after the day of the command.
        on: NaiveDate,
    },
    /// Report the progress of a task.
    ReportProgress {
        /// The task's id.
        task: String,
        /// Its progress.
        progress: Progress,
    },
    /// Record the actual value of a target, or why there is none.
    RecordActual {
        /// The target's name.
        target: String,
        /// The actual value.
        actual: Figure<ActualValue>,
    },
    /// Set another plan for the same period.
    Replan {
        /// The plan.
        plan: Box<CyclePlan>,
        /// Why.
        reason: String,
    },
    /// Begin to compare results with targets.
    BeginCheck,
    /// Record a finding of the check.
    RecordFinding(Box<Finding>),
    /// Begin to act on the findings.
    BeginAct,
    /// Accept a countermeasure for a finding, or reject it.
    DecideFinding {
        /// Which of this cycle's findings, from 1.
        finding: u32,
        /// What is decided.
        decision: FindingDecision,
    },
    /// Record that a countermeasure, also an inherited one, is done.
    CompleteCountermeasure {
        /// The finding that it answers.
        finding: FindingId,
    },
    /// Give up money that is left: what lines give up is the sum of what is reassigned and what is returned.
    Release {
        /// What the lines give up.
        from: BTreeMap<String, Money>,
        /// What the next cycle gets, by its lines.
        reassigned: BTreeMap<String, Money>,
        /// What goes back to whoever granted it.
        returned: Money,
    },
    /// End the cycle.
    Close,
    /// Correct the actual value of a target of a closed cycle.
    Amend {
        /// The target's name.
        target: String,
        /// The actual value as it is known now.
        actual: Figure<ActualValue>,
        /// Why it was not known before.
        reason: String,
    },
    /// End the cycle before it is over.
    Cancel {
        /// Why.
        reason: String,
    },
    /// Postpone the due date of a stage.
    Postpone {
        /// The stage.
        stage: Stage,
        /// The new due date.
        until: NaiveDate,
        /// Why.
        reason: String,
    },
    /// Replace the provisional seed by the final one of the closed parent. The cycle knows the parent by its seed alone:
    /// the caller makes sure that the parent is closed, and [`Lineage`](super::Lineage) checks it.
    ConfirmParent {
        /// What it hands on.
        seed: Box<Seed>,
    },
}

wire_variants!(Command {
    "inherit" => Inherit { seed, provisional },
    "plan" => Plan(_),
    "sign_off" => SignOff { role },
    "start" => Start,
    "record_spend" => RecordSpend { line, amount, on: own },
    "report_progress" => ReportProgress { task, progress },
    "record_actual" => RecordActual { target, actual: with(Actuals) },
    "replan" => Replan { plan, reason },
    "begin_check" => BeginCheck,
    "record_finding" => RecordFinding(_),
    "begin_act" => BeginAct,
    "decide_finding" => DecideFinding { finding, decision },
    "complete_countermeasure" => CompleteCountermeasure { finding },
    "release" => Release { from: map, reassigned: optional(map), returned },
    "close" => Close,
    "amend" => Amend { target, actual: with(Actuals), reason },
    "cancel" => Cancel { reason },
    "postpone" => Postpone { stage, until: own, reason },
    "confirm_parent" => ConfirmParent { seed },
});

/// The kind of a command, without its content.
///
/// ```
/// # use marketloop::pdca::CommandKind;
/// assert_eq!(serde_json::from_str::<CommandKind>(r#""complete_countermeasure""#)?, CommandKind::CompleteCountermeasure);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each is the kind of the command of its name")]
pub enum CommandKind {
    Inherit,
    Plan,
    SignOff,
    Start,
    RecordSpend,
    ReportProgress,
    RecordActual,
    Replan,
    BeginCheck,
    RecordFinding,
    BeginAct,
    DecideFinding,
    CompleteCountermeasure,
    Release,
    Close,
    Amend,
    Cancel,
    Postpone,
    ConfirmParent,
}

words!(CommandKind, "kind of command", PdcaError:
    Inherit = "inherit",
    Plan = "plan",
    SignOff = "sign_off",
    Start = "start",
    RecordSpend = "record_spend",
    ReportProgress = "report_progress",
    RecordActual = "record_actual",
    Replan = "replan",
    BeginCheck = "begin_check",
    RecordFinding = "record_finding",
    BeginAct = "begin_act",
    DecideFinding = "decide_finding",
    CompleteCountermeasure = "complete_countermeasure",
    Release = "release",
    Close = "close",
    Amend = "amend",
    Cancel = "cancel",
    Postpone = "postpone",
    ConfirmParent = "confirm_parent",
);

impl CommandKind {
    /// All kinds, in the order of a cycle.
    // In the order of the enum: a carried-out command holds its kind as a number, a place here.
    pub const ALL: [Self; 19] = [
        Self::Inherit,
        Self::Plan,
        Self::SignOff,
        Self::Start,
        Self::RecordSpend,
        Self::ReportProgress,
        Self::RecordActual,
        Self::Replan,
        Self::BeginCheck,
        Self::RecordFinding,
        Self::BeginAct,
        Self::DecideFinding,
        Self::CompleteCountermeasure,
        Self::Release,
        Self::Close,
        Self::Amend,
        Self::Cancel,
        Self::Postpone,
        Self::ConfirmParent,
    ];
}

impl CommandKind {
    /// The kind as a sentence names it: `sign off`.
    pub(super) fn spoken(self) -> String {
        self.to_string().replace('_', " ")
    }
}

impl Command {
    /// The kind of the command.
    #[must_use]
    pub const fn kind(&self) -> CommandKind {
        match self {
            Self::Inherit { .. } => CommandKind::Inherit,
            Self::Plan(_) => CommandKind::Plan,
            Self::SignOff { .. } => CommandKind::SignOff,
            Self::Start => CommandKind::Start,
            Self::RecordSpend { .. } => CommandKind::RecordSpend,
            Self::ReportProgress { .. } => CommandKind::ReportProgress,
            Self::RecordActual { .. } => CommandKind::RecordActual,
            Self::Replan { .. } => CommandKind::Replan,
            Self::BeginCheck => CommandKind::BeginCheck,
            Self::RecordFinding(_) => CommandKind::RecordFinding,
            Self::BeginAct => CommandKind::BeginAct,
            Self::DecideFinding { .. } => CommandKind::DecideFinding,
            Self::CompleteCountermeasure { .. } => CommandKind::CompleteCountermeasure,
            Self::Release { .. } => CommandKind::Release,
            Self::Close => CommandKind::Close,
            Self::Amend { .. } => CommandKind::Amend,
            Self::Cancel { .. } => CommandKind::Cancel,
            Self::Postpone { .. } => CommandKind::Postpone,
            Self::ConfirmParent { .. } => CommandKind::ConfirmParent,
        }
    }
}

/// What a command states besides its kind, written the same way by the command and by the event that it became.
///
/// The bytes that [`Hash`] writes are the content: every part of a command derives it, so that equal parts write
/// equal bytes, different ones write different bytes, and no byte depends on a seed.
macro_rules! content {
    ($state:ident: $($part:expr),*) => {{
        $($part.hash($state);)*
    }};
}

impl Command {
    /// Writes what it states.
    pub(super) fn content<H: Hasher>(&self, state: &mut H) {
        match self {
            // No tag of the variant: whoever compares contents compares the kinds beside them.
            Self::Inherit { seed, provisional } => content!(state: seed, provisional),
            Self::Plan(plan) => content!(state: plan),
            Self::SignOff { role } => content!(state: role),
            Self::Start | Self::BeginCheck | Self::BeginAct | Self::Close => {}
            Self::RecordSpend { line, amount, on } => content!(state: line, amount, on),
            Self::ReportProgress { task, progress } => content!(state: task, progress),
            Self::RecordActual { target, actual } => content!(state: target, actual),
            Self::Replan { plan, reason } => content!(state: plan, reason),
            Self::RecordFinding(finding) => content!(state: finding),
            Self::DecideFinding { finding, decision } => content!(state: finding, decision),
            Self::CompleteCountermeasure { finding } => content!(state: finding),
            Self::Release { from, reassigned, returned } => content!(state: from, reassigned, returned),
            Self::Amend { target, actual, reason } => content!(state: target, actual, reason),
            Self::Cancel { reason } => content!(state: reason),
            Self::Postpone { stage, until, reason } => content!(state: stage, until, reason),
            Self::ConfirmParent { seed } => content!(state: seed),
        }
    }
}

impl Event {
    /// Writes what the command stated that led to it; what followed from the cycle is left out.
    pub(super) fn content<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::Inherited { seed, provisional } => content!(state: seed, provisional),
            Self::Planned(plan) => content!(state: plan),
            Self::SignedOff { role } => content!(state: role),
            // The seed of `Closed` follows from the cycle: the command said nothing of it.
            Self::Started | Self::CheckBegun | Self::ActBegun | Self::Closed { .. } => {}
            Self::Spent { line, amount, on } => content!(state: line, amount, on),
            Self::Progressed { task, progress } => content!(state: task, progress),
            Self::ActualRecorded { target, actual } => content!(state: target, actual),
            Self::Replanned { plan, reason, .. } => content!(state: plan, reason),
            Self::Found(finding) => content!(state: finding),
            Self::Decided { finding, decision } => content!(state: finding, decision),
            Self::CountermeasureDone { finding } => content!(state: finding),
            Self::Released { from, reassigned, returned } => content!(state: from, reassigned, returned),
            Self::Amended { target, actual, reason } => content!(state: target, actual, reason),
            Self::Cancelled { reason, .. } => content!(state: reason),
            Self::Postponed { stage, until, reason } => content!(state: stage, until, reason),
            Self::ParentConfirmed { seed, .. } => content!(state: seed),
        }
    }
}

impl Event {
    /// The kind of the command that led to it.
    #[must_use]
    pub const fn kind(&self) -> CommandKind {
        match self {
            Self::Inherited { .. } => CommandKind::Inherit,
            Self::Planned(_) => CommandKind::Plan,
            Self::SignedOff { .. } => CommandKind::SignOff,
            Self::Started => CommandKind::Start,
            Self::Spent { .. } => CommandKind::RecordSpend,
            Self::Progressed { .. } => CommandKind::ReportProgress,
            Self::ActualRecorded { .. } => CommandKind::RecordActual,
            Self::Replanned { .. } => CommandKind::Replan,
            Self::CheckBegun => CommandKind::BeginCheck,
            Self::Found(_) => CommandKind::RecordFinding,
            Self::ActBegun => CommandKind::BeginAct,
            Self::Decided { .. } => CommandKind::DecideFinding,
            Self::CountermeasureDone { .. } => CommandKind::CompleteCountermeasure,
            Self::Released { .. } => CommandKind::Release,
            Self::Closed { .. } => CommandKind::Close,
            Self::Amended { .. } => CommandKind::Amend,
            Self::Cancelled { .. } => CommandKind::Cancel,
            Self::Postponed { .. } => CommandKind::Postpone,
            Self::ParentConfirmed { .. } => CommandKind::ConfirmParent,
        }
    }
}

/// Who sends a command, on which day, under which id, and which version of the cycle was seen.
///
/// # Examples
/// ```
/// use marketloop::pdca::Context;
///
/// let sent: Context = serde_json::from_str(r#"{"command":"c-1","expected":0,"by":"Lin","on":"2026-07-01"}"#)?;
/// assert_eq!((sent.command.as_str(), sent.by.as_str()), ("c-1", "Lin"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Context {
    /// The command's id. The same command under the same id changes nothing, another one under it is refused.
    pub command: CommandId,
    /// The version of the cycle that the sender saw.
    pub expected: u64,
    /// Who sends it.
    pub by: String,
    /// The day, not before that of the cycle's last record.
    pub on: NaiveDate,
}

wire_fields!(Context { command, expected: own, by, on: own });
