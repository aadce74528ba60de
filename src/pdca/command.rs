//! What somebody wants to happen in a cycle.

use super::{
    Actual, Amendment, CommandId, CyclePlan, Event, FindingDecision, FindingId, Release, Seed, Stage,
};
use crate::plan::Progress;
use crate::quantity::Money;
use crate::review::Finding;
use crate::time::NaiveDate;
use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;
use core::hash::{Hash, Hasher};

/// What somebody wants to happen.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Command {
    /// Begin with what another cycle hands on, also before it is closed.
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
    /// Spend money of a line.
    Spend {
        /// The line.
        line: String,
        /// How much, above 0.
        amount: Money,
        /// When; not after the day on which it is told.
        on: NaiveDate,
    },
    /// Tell how a task gets on.
    Progress {
        /// The task's id.
        task: String,
        /// What is known of it.
        progress: Progress,
    },
    /// Tell what became of a target, or why nobody knows.
    Measure {
        /// The target's name.
        target: String,
        /// What became of it.
        actual: Actual,
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
    /// Tell what was found.
    Find(Box<Finding>),
    /// Begin to act on what was found.
    BeginAct,
    /// Decide what is done about a finding.
    Decide {
        /// Which of this cycle's findings, from 1.
        finding: u32,
        /// What is decided.
        decision: FindingDecision,
    },
    /// Tell that a measure, also an inherited one, is done.
    CompleteMeasure {
        /// The finding that it answers.
        finding: FindingId,
    },
    /// Give up money that is left.
    Release(Release),
    /// End the cycle.
    Close,
    /// Correct a closed cycle by one more record.
    Amend(Amendment),
    /// End the cycle before it is over.
    Cancel {
        /// Why.
        reason: String,
    },
    /// Give a stage until later.
    Waive {
        /// The stage.
        stage: Stage,
        /// Until when.
        until: NaiveDate,
        /// Why.
        reason: String,
    },
    /// Replace what was provisional by what the closed parent hands on. The cycle knows the parent by its seed alone:
    /// that it is closed, the caller sees to, and [`Lineage`](super::Lineage) checks.
    ConfirmParent {
        /// What it hands on.
        seed: Box<Seed>,
    },
}

/// The sorts of commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
#[expect(missing_docs, reason = "each is the sort of the command of its name")]
pub enum CommandKind {
    Inherit,
    Plan,
    SignOff,
    Start,
    Spend,
    Progress,
    Measure,
    Replan,
    BeginCheck,
    Find,
    BeginAct,
    Decide,
    CompleteMeasure,
    Release,
    Close,
    Amend,
    Cancel,
    Waive,
    ConfirmParent,
}

impl CommandKind {
    /// All sorts, in the order of a cycle.
    pub const ALL: [Self; 19] = [
        Self::Inherit,
        Self::Plan,
        Self::SignOff,
        Self::Start,
        Self::Spend,
        Self::Progress,
        Self::Measure,
        Self::Replan,
        Self::BeginCheck,
        Self::Find,
        Self::BeginAct,
        Self::Decide,
        Self::CompleteMeasure,
        Self::Release,
        Self::Close,
        Self::Amend,
        Self::Cancel,
        Self::Waive,
        Self::ConfirmParent,
    ];
}

impl fmt::Display for CommandKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Inherit => "inherit",
            Self::Plan => "plan",
            Self::SignOff => "sign off",
            Self::Start => "start",
            Self::Spend => "spend",
            Self::Progress => "progress",
            Self::Measure => "measure",
            Self::Replan => "replan",
            Self::BeginCheck => "begin check",
            Self::Find => "find",
            Self::BeginAct => "begin act",
            Self::Decide => "decide",
            Self::CompleteMeasure => "complete measure",
            Self::Release => "release",
            Self::Close => "close",
            Self::Amend => "amend",
            Self::Cancel => "cancel",
            Self::Waive => "waive",
            Self::ConfirmParent => "confirm parent",
        })
    }
}

impl Command {
    /// Its sort.
    #[must_use]
    pub const fn kind(&self) -> CommandKind {
        match self {
            Self::Inherit { .. } => CommandKind::Inherit,
            Self::Plan(_) => CommandKind::Plan,
            Self::SignOff { .. } => CommandKind::SignOff,
            Self::Start => CommandKind::Start,
            Self::Spend { .. } => CommandKind::Spend,
            Self::Progress { .. } => CommandKind::Progress,
            Self::Measure { .. } => CommandKind::Measure,
            Self::Replan { .. } => CommandKind::Replan,
            Self::BeginCheck => CommandKind::BeginCheck,
            Self::Find(_) => CommandKind::Find,
            Self::BeginAct => CommandKind::BeginAct,
            Self::Decide { .. } => CommandKind::Decide,
            Self::CompleteMeasure { .. } => CommandKind::CompleteMeasure,
            Self::Release(_) => CommandKind::Release,
            Self::Close => CommandKind::Close,
            Self::Amend(_) => CommandKind::Amend,
            Self::Cancel { .. } => CommandKind::Cancel,
            Self::Waive { .. } => CommandKind::Waive,
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
            Self::Inherit { seed, provisional } => content!(state: seed, provisional),
            Self::Plan(plan) => content!(state: plan),
            Self::SignOff { role } => content!(state: role),
            Self::Start | Self::BeginCheck | Self::BeginAct | Self::Close => {}
            Self::Spend { line, amount, on } => content!(state: line, amount, on),
            Self::Progress { task, progress } => content!(state: task, progress),
            Self::Measure { target, actual } => content!(state: target, actual),
            Self::Replan { plan, reason } => content!(state: plan, reason),
            Self::Find(finding) => content!(state: finding),
            Self::Decide { finding, decision } => content!(state: finding, decision),
            Self::CompleteMeasure { finding } => content!(state: finding),
            Self::Release(release) => content!(state: release),
            Self::Amend(amendment) => content!(state: amendment),
            Self::Cancel { reason } => content!(state: reason),
            Self::Waive { stage, until, reason } => content!(state: stage, until, reason),
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
            Self::Started | Self::CheckBegun | Self::ActBegun | Self::Closed { .. } => {}
            Self::Spent { line, amount, on } => content!(state: line, amount, on),
            Self::Progressed { task, progress } => content!(state: task, progress),
            Self::Measured { target, actual } => content!(state: target, actual),
            Self::Replanned { plan, reason, .. } => content!(state: plan, reason),
            Self::Found(finding) => content!(state: finding),
            Self::Decided { finding, decision } => content!(state: finding, decision),
            Self::MeasureDone { finding } => content!(state: finding),
            Self::Released(release) => content!(state: release),
            Self::Amended(amendment) => content!(state: amendment),
            Self::Cancelled { reason, .. } => content!(state: reason),
            Self::DueWaived { stage, until, reason } => content!(state: stage, until, reason),
            Self::ParentConfirmed { seed, .. } => content!(state: seed),
        }
    }
}

impl Event {
    /// The sort of the command that it answers.
    #[must_use]
    pub const fn kind(&self) -> CommandKind {
        match self {
            Self::Inherited { .. } => CommandKind::Inherit,
            Self::Planned(_) => CommandKind::Plan,
            Self::SignedOff { .. } => CommandKind::SignOff,
            Self::Started => CommandKind::Start,
            Self::Spent { .. } => CommandKind::Spend,
            Self::Progressed { .. } => CommandKind::Progress,
            Self::Measured { .. } => CommandKind::Measure,
            Self::Replanned { .. } => CommandKind::Replan,
            Self::CheckBegun => CommandKind::BeginCheck,
            Self::Found(_) => CommandKind::Find,
            Self::ActBegun => CommandKind::BeginAct,
            Self::Decided { .. } => CommandKind::Decide,
            Self::MeasureDone { .. } => CommandKind::CompleteMeasure,
            Self::Released(_) => CommandKind::Release,
            Self::Closed { .. } => CommandKind::Close,
            Self::Amended(_) => CommandKind::Amend,
            Self::Cancelled { .. } => CommandKind::Cancel,
            Self::DueWaived { .. } => CommandKind::Waive,
            Self::ParentConfirmed { .. } => CommandKind::ConfirmParent,
        }
    }
}

/// Who sends a command, on which day, under which id, and which version of the cycle was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
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
