//! From a command to events.

use super::admission::{amends, left, sent, stated, voids};
use super::standing::standing;
use super::{Command, Context, Cycle, Event, PdcaError};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// The events that a command leads to; none if the same command was carried out before under the same id.
///
/// Two commands are the same if their content is equal. The [`Context`] may differ when a command is sent again.
///
/// Nothing is changed: [`Journal::handle`](super::Journal::handle) records the events, [`evolve`](super::evolve) takes them in.
///
/// # Errors
/// [`PdcaError::IdUsed`] where another command was carried out under the id;
/// [`PdcaError::Version`] where the sender saw another version; [`PdcaError::Unmet`] with all guards that do not
/// hold, those of the cycle (the same that [`allowed`](super::allowed) lists) before those of what the command says.
/// No other error is possible.
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
pub fn decide(cycle: &Cycle, command: &Command, context: &Context) -> Result<Vec<Event>, PdcaError> {
    // Before the version: a command that is sent again after a broken connection was meant for an older one.
    if let Some(before) = cycle.handled(&context.command) {
        if before.is(command) {
            return Ok(Vec::new());
        }
        return Err(PdcaError::IdUsed {
            command: context.command.clone(),
            sequence: before.sequence,
            recorded: before.kind,
            sent: command.kind(),
        });
    }
    // Before the guards: those of a state that the sender has not seen would only confuse.
    if context.expected != cycle.version() {
        return Err(PdcaError::Version { expected: context.expected, found: cycle.version() });
    }
    let kind = command.kind();
    let mut guards = standing(cycle, kind);
    // In the order of `replay`, so that a log is refused with the words that its command would have heard.
    sent(cycle, &context.by, context.on, &mut guards);
    // The event is made before its guards are known to hold: one function then judges commands and logs.
    match outcome(cycle, command) {
        Some(event) => {
            stated(cycle, &event, context.on, &mut guards);
            if guards.is_empty() {
                Ok(alloc::vec![event])
            } else {
                Err(PdcaError::Unmet { command: kind, guards })
            }
        }
        // Only `Close` without a plan comes here, and its phase has blocked it: there is at least one guard.
        None => Err(PdcaError::Unmet { command: kind, guards }),
    }
}

/// The event that a command leads to where its guards hold; `None` where it needs a plan and there is none.
fn outcome(cycle: &Cycle, command: &Command) -> Option<Event> {
    // An event owns what it states; the sender keeps the command, to send it again.
    Some(match command.clone() {
        Command::Inherit { seed, provisional } => Event::Inherited { seed, provisional },
        Command::Plan(plan) => Event::Planned(plan),
        Command::SignOff { role } => Event::SignedOff { role },
        Command::Start => Event::Started,
        Command::RecordSpend { line, amount, on } => Event::Spent { line, amount, on },
        Command::ReportProgress { task, progress } => Event::Progressed { task, progress },
        Command::RecordActual { target, actual } => Event::ActualRecorded { target, actual },
        Command::Replan { plan, reason } => {
            let voids_sign_off = voids(cycle, &plan);
            Event::Replanned { plan, reason, voids_sign_off }
        }
        Command::BeginCheck => Event::CheckBegun,
        Command::RecordFinding(finding) => Event::Found(finding),
        Command::BeginAct => Event::ActBegun,
        Command::DecideFinding { finding, decision } => Event::Decided { finding, decision },
        Command::CompleteCountermeasure { finding } => Event::CountermeasureDone { finding },
        Command::Release { from, reassigned, returned } => Event::Released { from, reassigned, returned },
        Command::Close => Event::Closed { seed: Box::new(cycle.seed()?) },
        Command::Amend { target, actual, reason } => Event::Amended { target, actual, reason },
        Command::Cancel { reason } => Event::Cancelled { reason, returned: left(cycle) },
        Command::Postpone { stage, until, reason } => Event::Postponed { stage, until, reason },
        Command::ConfirmParent { seed } => {
            let amended = amends(cycle, &seed);
            Event::ParentConfirmed { seed, amended }
        }
    })
}
