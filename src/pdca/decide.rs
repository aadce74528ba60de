//! From a command to events.

use super::admission::{amends, left, sent, standing, stated, voids};
use super::guard::Listed;
use super::{Command, CommandId, CommandKind, Context, Cycle, Event, Guard};
use crate::error::ErrorKind;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

/// Why a command changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Rejection {
    /// The sender saw another version: somebody else was first.
    Version {
        /// The version that the sender saw.
        #[serde(serialize_with = "crate::quantity::wire::whole::serialize")]
        expected: u64,
        /// The cycle's version.
        #[serde(serialize_with = "crate::quantity::wire::whole::serialize")]
        found: u64,
    },
    /// The id belongs to another command, which was carried out before.
    IdUsed {
        /// The id.
        command: CommandId,
        /// The sequence number of the record of the command that was carried out.
        #[serde(serialize_with = "crate::quantity::wire::whole::serialize")]
        sequence: u64,
        /// The kind of that command.
        recorded: CommandKind,
        /// The kind of this command.
        sent: CommandKind,
    },
    /// Conditions that do not hold, all of them.
    Unmet {
        /// The sort of command.
        command: CommandKind,
        /// What does not hold; at least one.
        guards: Vec<Guard>,
    },
}

crate::error::fault!(Rejection);

impl Rejection {
    /// The kind of the fault; of several guards that of the first.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Version { .. } | Self::IdUsed { .. } => ErrorKind::Conflict,
            Self::Unmet { guards, .. } => guards.first().map_or(ErrorKind::Conflict, Guard::kind),
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version { expected, found } => {
                write!(f, "the cycle is in version {found}, the command was meant for {expected}")
            }
            Self::IdUsed { command, sequence, recorded, sent } => {
                let other = if recorded == sent { "another " } else { "" };
                write!(
                    f,
                    "command {command} is the {recorded} of record {sequence}, and now says {other}{sent}"
                )
            }
            Self::Unmet { command, guards } => {
                write!(f, "{command} was refused: {}", Listed(guards))
            }
        }
    }
}

impl core::error::Error for Rejection {}

/// The events that a command leads to; none where the same command was carried out before under the same id.
///
/// Two commands are the same where they say the same: who sends them, on which day, and which version was seen is
/// the envelope, which may differ when a command is sent again.
///
/// Nothing is changed: [`Journal::handle`](super::Journal::handle) records the events, [`evolve`](super::evolve) takes them in.
///
/// # Errors
/// [`Rejection::IdUsed`] where another command was carried out under the id;
/// [`Rejection::Version`] where the sender saw another version; [`Rejection::Unmet`] with all guards that do not
/// hold, those of the cycle (the same that [`allowed`](super::allowed) lists) before those of what the command says.
///
/// # Examples
/// ```
/// use marketloop::pdca::{Command, CommandId, Context, Cycle, CycleId, decide};
/// use marketloop::time::date;
///
/// let cycle = Cycle::new(CycleId::new("2026-Q3")?);
/// let context = Context {
///     command: CommandId::new("start")?,
///     expected: 0,
///     by: "Lin".into(),
///     on: date(2026, 7, 1)?,
/// };
/// let refused = decide(&cycle, &Command::Start, &context).unwrap_err();
/// assert_eq!(refused.to_string(), "start was refused: start is not for a cycle that is draft");
/// # Ok::<(), marketloop::Error>(())
/// ```
pub fn decide(cycle: &Cycle, command: &Command, context: &Context) -> Result<Vec<Event>, Rejection> {
    if let Some(before) = cycle.handled(&context.command) {
        if before.is(command) {
            return Ok(Vec::new());
        }
        return Err(Rejection::IdUsed {
            command: context.command.clone(),
            sequence: before.sequence,
            recorded: before.kind,
            sent: command.kind(),
        });
    }
    if context.expected != cycle.version() {
        return Err(Rejection::Version { expected: context.expected, found: cycle.version() });
    }
    let kind = command.kind();
    let mut guards = standing(cycle, kind);
    sent(cycle, &context.by, context.on, &mut guards);
    match outcome(cycle, command) {
        Some(event) => {
            stated(cycle, &event, context.on, &mut guards);
            if guards.is_empty() {
                Ok(alloc::vec![event])
            } else {
                Err(Rejection::Unmet { command: kind, guards })
            }
        }
        None => Err(Rejection::Unmet { command: kind, guards }),
    }
}

/// The event that a command leads to where its guards hold; `None` where it needs a plan and there is none.
fn outcome(cycle: &Cycle, command: &Command) -> Option<Event> {
    Some(match command.clone() {
        Command::Inherit { seed, provisional } => Event::Inherited { seed, provisional },
        Command::Plan(plan) => Event::Planned(plan),
        Command::SignOff { role } => Event::SignedOff { role },
        Command::Start => Event::Started,
        Command::Spend { line, amount, on } => Event::Spent { line, amount, on },
        Command::Progress { task, progress } => Event::Progressed { task, progress },
        Command::Measure { target, actual } => Event::Measured { target, actual },
        Command::Replan { plan, reason } => {
            let voids_sign_off = voids(cycle, &plan);
            Event::Replanned { plan, reason, voids_sign_off }
        }
        Command::BeginCheck => Event::CheckBegun,
        Command::Find(finding) => Event::Found(finding),
        Command::BeginAct => Event::ActBegun,
        Command::Decide { finding, decision } => Event::Decided { finding, decision },
        Command::CompleteMeasure { finding } => Event::MeasureDone { finding },
        Command::Release(release) => Event::Released(release),
        Command::Close => Event::Closed { seed: Box::new(cycle.seed()?) },
        Command::Amend(amendment) => Event::Amended(amendment),
        Command::Cancel { reason } => Event::Cancelled { reason, returned: left(cycle) },
        Command::Waive { stage, until, reason } => Event::DueWaived { stage, until, reason },
        Command::ConfirmParent { seed } => {
            let amended = amends(cycle, &seed);
            Event::ParentConfirmed { seed, amended }
        }
    })
}
